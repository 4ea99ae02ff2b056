"""Calibration: known posteriors are found, draws resume, rows stay together."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.test_patterns import SMALL

from deter.engine import compiled, reference
from deter.engine.game import build, drawn
from deter.errors import InputError
from deter.evidence.calibration import bundle, draws, fragments, recipe
from deter.evidence.calibration.draws import Draws
from deter.evidence.calibration.emulator import fitted
from deter.evidence.calibration.prior import Parameter, Prior, bundled_prior
from deter.evidence.calibration.proposing import sampled
from deter.evidence.patterns.book import Book, Pattern, Target, bundled, read_book
from deter.evidence.patterns.running import Bench
from deter.spec.ledger import ledger
from deter.spec.loading import load_scenario
from deter.spec.schema import fields_table

# ---- known answers


def test_an_emulator_learns_a_polynomial_and_says_what_it_misses() -> None:
    rng = np.random.default_rng(1)
    cube = rng.random((400, 4))
    truth = 1 + 2 * cube[:, 0] - cube[:, 1] * cube[:, 2]
    found = fitted(cube, np.column_stack([truth + rng.normal(0, 0.1, 400), rng.normal(0, 1, 400)]))
    fresh = rng.random((200, 4))
    missed = found.predict(fresh)[:, 0] - (1 + 2 * fresh[:, 0] - fresh[:, 1] * fresh[:, 2])
    assert np.std(missed) < 0.04
    assert found.error[0] == pytest.approx(0.1, rel=0.2)
    assert found.explained[0] > 0.95
    assert found.explained[1] < 0.1


def test_chains_find_a_normal_law_within_the_cube() -> None:
    begin = np.random.default_rng(2).random((200, 3))

    def density(at: Any) -> Any:
        return -0.5 * ((at - [0.5, 0.6, 0.4]) ** 2).sum(axis=1) / 0.05**2

    chains = sampled(density, begin, 800, 3)
    found = chains.ended
    assert found.mean(axis=0) == pytest.approx([0.5, 0.6, 0.4], abs=0.015)
    assert found.std(axis=0) == pytest.approx(0.05, rel=0.2)
    assert 0.1 < chains.accepted < 0.6
    assert chains.memory < 0.25  # of where they began


def test_a_known_posterior_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One measure is 2 a, seen as 1 with a standard deviation of .1; b is seen by nothing."""
    law = {"distribution": "uniform", "low": 0.0, "high": 1.0}
    prior = Prior(tuple(Parameter(name, {name: 1.0}, law, "") for name in "ab"), ())
    target = Target("x", lambda s: s["x"], 1 - 1.96 * 0.1, 1 + 1.96 * 0.1, "1", log=False)
    book = Book((Pattern("P1", "", "", "C", (), True, (), (target,), "", False),), ())

    def simulate(points: Any, folder: Path, **_: Any) -> Draws:
        noise = np.random.default_rng(len(points)).normal(0, 0.02, len(points))
        return Draws(prior.names, points, {"x": 2 * points[:, 0] + noise})

    monkeypatch.setattr(recipe, "simulate", simulate)
    monkeypatch.setattr(recipe, "bundled", lambda: book)
    monkeypatch.setattr(recipe, "bundled_prior", lambda: prior)
    effort = recipe.Effort(256, 1, 2, 200, 1, 24, 400, 300)
    found = recipe.calibrate(tmp_path, effort=effort, seed=4)
    a, b = found.rows.T
    assert a.mean() == pytest.approx(0.5, abs=0.012)
    assert a.std() == pytest.approx(0.05, rel=0.2)
    assert b.std() == pytest.approx(np.sqrt(1 / 12), rel=0.12)
    assert found.chains.effective > 300


# ---- draws


def test_the_prior_covers_its_range_and_inverts() -> None:
    prior = bundled_prior()
    points = prior.draws(64, 1)
    assert np.allclose(prior.points(prior.cube(points)), points)
    assert np.array_equal(prior.draws(16, 1), points[:16])
    for parameter, column in zip(prior.parameters, points.T, strict=True):
        assert parameter.prior["low"] <= column.min() < column.max() <= parameter.prior["high"]


def test_every_parameter_has_a_place_in_the_worlds() -> None:
    from deter.evidence.patterns.worlds import Ready, World

    prior = bundled_prior()
    ready = Ready(World("x", "stylised/rivals", "nuclear_pact", {}), prior.paths)
    assert set(ready.paths) == set(prior.paths)


def test_finished_draws_are_not_run_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prior, book = bundled_prior(), read_book(SMALL)
    bench = Bench(book, prior.paths)
    ran: list[int] = []

    def once() -> Any:
        ran.append(1)
        return bench, prior, book

    monkeypatch.setattr(draws, "_bench", once)
    points = prior.draws(12, 1)
    first = draws.simulate(points, tmp_path, n=8, seed=1)
    assert len(ran) == 2
    before = first.sums["rivals/none.wars"]
    (tmp_path / "part-00001.parquet").write_bytes(b"cut off")
    again = draws.simulate(points, tmp_path, n=8, seed=1)
    assert len(ran) == 3  # only the part that was spoilt
    assert np.array_equal(again.sums["rivals/none.wars"], before)
    assert np.allclose(again.points, points)
    shorter = draws.simulate(points[:8], tmp_path, n=8, seed=1)
    assert np.allclose(shorter.points, points[:8])


# ---- numbers drawn together


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = "\n".join(f"{0.3 + 0.01 * k},{100 + k}" for k in range(20))
    (tmp_path / "rows.csv").write_text(f"# a remark\nmotive,men\n{rows}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


TOGETHER: dict[str, dict[str, Any]] = {
    "challenger.motive_mean": {"joint": "rows.csv", "column": "motive"},
    "protege.forces": {"joint": "rows.csv", "column": "men", "times": 0.5},
}


def test_numbers_of_one_file_come_from_one_row(sample: Path) -> None:
    case = load_scenario("stylised/rivals", TOGETHER, "nuclear_pact")
    built = build(case.scenario, case.framework)
    seen = set()
    for replication in range(30):
        game = drawn(built, 1, replication)
        row = round((float(game.challenger[0]["motive_mean"]) - 0.3) / 0.01)
        assert float(game.protege[0]["forces"]) == 0.5 * (100 + row)
        seen.add(row)
    assert len(seen) > 10
    block = compiled.rows(built, 1, 0, 20)
    assert block.rows.tolist() == reference.rows(built, 1, 0, 20).rows.tolist()


def test_the_ledger_names_the_file_and_what_is_calibrated(sample: Path) -> None:
    given = {**TOGETHER["challenger.motive_mean"], "evidence": "calibrated"}
    case = load_scenario("stylised/rivals", {"challenger.motive_mean": given})
    found = ledger(case)
    ours = [e for e in found.entries if e.evidence == "calibrated" and not e.default]
    assert [e.path for e in ours] == ["challenger.motive_mean"]
    (entry,) = found.below("challenger.motive_mean").entries
    assert entry.as_dict()["distribution"] == {"joint": "rows.csv", "column": "motive"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"joint": "none.csv", "column": "men"}, "there is no file 'none.csv'"),
        ({"joint": "rows.csv", "column": "man"}, "did you mean 'men'"),
        ({"joint": "rows.csv"}, "`column`"),
        ({"joint": "rows.csv", "column": "men", "times": -1}, "out of range"),
        ({"joint": "rows.csv", "column": "men", "time": 2}, "did you mean 'times'"),
    ],
)
def test_a_wrong_joint_number_is_told(sample: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_scenario("stylised/rivals", {"protege.forces": given})


# ---- what comes with the package


def test_the_bundled_posterior_is_the_one_the_manifest_tells_of() -> None:
    manifest = bundle.read_manifest()
    assert manifest is not None
    text = bundle.posterior_file().read_bytes()
    assert hashlib.sha256(text).hexdigest() == manifest["posterior_sha256"]
    rows = bundle.read_posterior()
    assert len(rows) == len(np.unique(rows, axis=0)) == manifest["rows"]
    marked = [p.id for p in bundled().patterns if p.fit]
    assert manifest["fitted"] == marked
    assert len(manifest["out_of_fit"]) >= 4


def test_what_parts_multiply_is_what_it_was_fitted_on() -> None:
    middle = load_scenario("stylised/rivals").scenario.guarantors["MID"]
    assert middle.decision_clock.value == fragments.BASE_CLOCK
    assert middle.days_brigade.value == fragments.BASE_DAYS
    (force,) = (row for row in fields_table() if row.path == "behaviour.force_severity")
    assert force.default == fragments.FORCE


def test_the_parts_that_scenarios_extend_are_current() -> None:
    for path, text in fragments.parts().items():
        assert path.read_text(encoding="utf-8") == text, path.name


def test_defaults_of_fitted_numbers_are_the_middle_of_the_posterior() -> None:
    """A change of the posterior that leaves the defaults behind is seen; three digits are kept."""
    lines = [x for x in bundle.posterior_file().read_text().splitlines() if not x.startswith("#")]
    rows = list(csv.DictReader(lines))
    middle = {name: float(np.median([float(row[name]) for row in rows])) for name in rows[0]}
    prior = bundled_prior()
    summed = bundle.summed_paths(prior)
    known = {row.path: row for row in fields_table()}
    tried = set()
    for parameter in prior.parameters:
        for path, factor in parameter.sets.items():
            column = summed.get(path, parameter.name)
            fitted = middle[column] * (1 if path in summed else factor)
            field = path.replace("guarantors.MID", "guarantors.*")
            if field not in known:
                continue
            tried.add(field)
            assert known[field].default == pytest.approx(fitted, rel=0.006), field
            assert known[field].evidence == "calibrated", field
    assert len(tried) > 25
    calibrated = {path for path, row in known.items() if row.evidence == "calibrated"}
    assert calibrated - tried == {"rungs.ground.lag.typical"}  # as a middle power's brigade
