"""Sweeps and answers from Python: the same as from the command, as tables and as plain data."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.test_analyse import GRID, SALTELLI
from tests.test_cli import PACT, PAPER, SMALL
from typer.testing import CliRunner

import deter
from deter.cli import app
from deter.presentation.frames import ENDS


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "paper.yaml").write_text(PAPER, encoding="utf-8")
    (folder / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    (folder / "grid.yaml").write_text(GRID, encoding="utf-8")
    (folder / "saltelli.yaml").write_text(SALTELLI, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def study(here: Path) -> deter.Study:
    return deter.sweep(here / "grid.yaml", here / "grid")


@pytest.fixture(scope="module")
def saltelli(here: Path) -> deter.Study:
    return deter.sweep(here / "saltelli.yaml", here / "saltelli")


def test_a_study_is_a_table_of_cases_and_a_table_of_rows(study: deter.Study) -> None:
    assert study.complete
    assert list(study.cases.columns) == ["share", "rate"]
    assert len(study) == 6
    rows = study.frame
    assert len(rows) == 6 * 3 * 200
    assert list(rows["framework"].cat.categories) == ["none", "paper", "pact"]
    means = rows.assign(event=rows["s_full_attack"] == "event").groupby(
        ["case", "framework"], observed=True
    )["event"]
    assert np.allclose(means.mean(), study.per_case("p_full_attack")["mean"])
    assert (rows.groupby("case")["rate"].nunique() == 1).all()
    assert len(study.rows(3)) == 3 * 200


def test_rows_depend_neither_on_the_door_nor_on_the_workers(here: Path, study: deter.Study) -> None:
    done = CliRunner().invoke(app, ["sweep", str(here / "grid.yaml"), "-o", str(here / "door")])
    assert done.exit_code == 0, done.output
    with ThreadPoolExecutor(2) as pool:
        calls: list[tuple[int, int]] = []
        threads = deter.sweep(
            here / "grid.yaml", here / "threads", executor=pool, workers=2,
            progress=lambda finished, asked: calls.append((finished, asked)),
        )  # fmt: skip
    assert study.digest() == deter.Study.open(here / "door").digest() == threads.digest()
    assert calls[-1] == (3600, 3600)
    assert study.manifest["command"] == f"deter sweep {here / 'grid.yaml'} -o {here / 'grid'}"


def test_a_loaded_experiment_is_swept_and_gone_on_with(here: Path) -> None:
    loaded = deter.load_experiment(here / "grid.yaml")
    few = replace(loaded, experiment=loaded.experiment.model_copy(update={"replications": 20}))
    first = deter.sweep(few, here / "loaded")
    assert len(first.frame) == 6 * 3 * 20
    with pytest.raises(deter.OutputError, match="--resume"):
        deter.sweep(few, here / "loaded")
    more = replace(loaded, experiment=loaded.experiment.model_copy(update={"replications": 30}))
    assert len(deter.sweep(more, here / "loaded", resume=True).frame) == 6 * 3 * 30


def test_answers_are_those_of_the_command(here: Path, study: deter.Study) -> None:
    for what in ("summary", "contrast", "sensitivity", "regret", "survival", "enough"):
        told = CliRunner().invoke(app, ["analyse", str(here / "grid"), what, "--json"])
        found = [answer.as_dict() for answer in deter.analyse(study, what)]
        assert json.loads(told.stdout)["answers"] == json.loads(json.dumps(found))


@pytest.mark.parametrize(
    ("what", "of"),
    [
        ("summary", {"case", "label", "framework"}),
        ("contrast", {"framework", "rank", "letters"}),
        ("sensitivity", {"lever", "from", "to"}),
        ("regret", {"framework", "letters"}),
        ("survival", {"framework", "years"}),
        ("enough", {"half_width", "more"}),
    ],
)
def test_each_answer_is_frozen_and_a_table(study: deter.Study, what: str, of: set[str]) -> None:
    answers = deter.analyse(study, what)
    assert of <= set(answers[0].frame.columns)
    for answer in answers:
        assert is_dataclass(answer.result)
        with pytest.raises(FrozenInstanceError):
            setattr(answer.result, "what", "another")  # noqa: B010
        table = answer.frame
        assert list(table.columns[-len(ENDS) :]) == list(ENDS)
        known = table.dropna(subset=["low", "high"])
        assert len(known)
        assert (known["low"] <= known["high"]).all()
        assert str(answer).startswith(f"{what}: ")
        assert max(map(len, answer.text.splitlines())) <= 100 + len(answer.heading)


def test_indices_and_boxes_are_tables_too(saltelli: deter.Study) -> None:
    (answer,) = deter.analyse(saltelli, "sensitivity", frameworks="none")
    indices = answer.frame.pivot_table(index="factor", columns="quantity", values="estimate")
    assert set(indices.columns) == {"first order", "total order"}
    assert indices["total order"].idxmin() == "prize"
    (found,) = deter.analyse(saltelli, "discover", frameworks=["none"])
    assert {"coverage", "density", "mass"} <= set(found.frame["quantity"])


def test_replays_are_tables_too(study: deter.Study) -> None:
    wholly = {"at once": ["framework.layers.0.trigger.threshold=0.1"]}
    trades = deter.analyse(
        study, "trade", currency="behaviour.opportunity_rate", low=2, high=3, n=20, changes=wholly
    )
    assert [one.heading for one in trades] == ["paper", "pact"]  # each that has clauses
    assert {"change", "known"} <= set(trades[1].frame.columns)
    (autopsy,) = deter.analyse(study, "autopsy", frameworks="pact", n=20)
    assert {"saved", "caused", "net"} <= set(autopsy.frame["quantity"])


def test_replays_are_of_what_was_swept(here: Path, tmp_path: Path) -> None:
    """What an experiment sets in every case is in force when histories are run again."""
    text = GRID.replace("base: small.yaml", f"base: {here / 'small.yaml'}").replace(
        "frameworks: [none, paper, pact]", "frameworks: [none, pact]"
    )
    settled = text.replace("design:", "set: {behaviour.opportunity_rate: 0}\ndesign:").replace(
        "  rate: {path: behaviour.opportunity_rate, values: [1, 3, 6]}\n", ""
    )
    path = here / "settled.yaml"
    path.write_text(settled.replace("replications: 200", "replications: 5"), encoding="utf-8")
    study = deter.sweep(path, tmp_path / "out")
    (autopsy,) = deter.analyse(study, "autopsy", frameworks="pact", n=20)
    assert autopsy.result.n_failed == 0  # with no occasions there is no attack
    path.write_text(settled.replace("rate: 0}", "rate: 1}"), encoding="utf-8")
    with pytest.raises(deter.InputError, match="has changed since"):
        deter.analyse(study, "autopsy", frameworks="pact", n=20)
    path.unlink()
    with pytest.raises(deter.InputError, match="cannot be read again"):
        deter.analyse(study, "autopsy", frameworks="pact", n=20)


def test_what_does_not_fit_is_refused(study: deter.Study, tmp_path: Path) -> None:
    with pytest.raises(deter.InputError, match="nonsense"):
        deter.analyse(study, "nonsense")
    with pytest.raises(deter.InputError, match="did you mean 'half_width'"):
        deter.analyse(study, "enough", half_widht=0.1)
    with pytest.raises(deter.OutputError):
        deter.analyse(tmp_path)
    with pytest.raises(deter.InputError, match="there is no such experiment"):
        deter.sweep(tmp_path / "none.yaml")
