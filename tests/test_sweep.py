"""Sweeps: rows as of single runs, whoever runs them; folders that go on, or say why they cannot."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.evidence import FULL, size
from typer.testing import CliRunner

from deter.analysis.measures import estimates
from deter.cli import app
from deter.engine import compiled
from deter.engine.game import Built, build
from deter.errors import InputError, OutputError
from deter.experiments import folder as folders
from deter.experiments import parts, sweep
from deter.experiments.games import Games
from deter.experiments.parts import PARTS, table_digest
from deter.experiments.pools import processes
from deter.experiments.rows import Rows
from deter.experiments.stopping import Rule, block_end, limits
from deter.experiments.study import Study
from deter.experiments.sweep import Outcome, plan_sweep, run_sweep
from deter.experiments.values import measure_names, per_replication
from deter.experiments.work import Kitchen, Seat, Task, run_task, sliced
from deter.spec.experiments import LoadedExperiment, load_experiment
from deter.spec.factors import Factor, level_of, number_at, shape_at
from deter.spec.loading import load_scenario, patch_scenario
from deter.spec.schema import fields_table
from deter.spec.values import walk_values

SOURCE = Path(__file__).resolve().parents[1] / "src"

BASE = """
title: A small one
horizon: 3 y
challenger: {forces: 30, ceiling: 40}
protege: {forces: 20, ceiling: 30}
guarantors:
  A: {title: Aland, brigades_30d: 2, brigades_90d: 4, stake: 1, arms: 2}
  B: {economic_weight: 1000, stake: 0}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}
  attack: {class: full, severity: 0.9, prize: 1, cost: 0.1, share: 0.8, steps_to_objective: 4,
           steps_to_repulse: 4}
behaviour: {opportunity_rate: 4}
framework:
  title: Pact
  layers:
    - id: pact
      members: [A, B]
      obligation: {air: all_means, arms: assist}
      binding: political
      deadlines: {decide: 10 d}
      presence: [{guarantor: A, troops: 5000, place: rear}]
      peacetime: {arms: 1}
"""

TEXT = """
title: A question
base: base.yaml
frameworks: [none, inline]
levers:
  binding: {path: framework.layers.pact.binding, values: [political, ratified_treaty]}
  response: {path: framework.layers.pact.activation.response, values: [signature, ceasefire]}
uncertainties:
  forces: {path: protege.forces, distribution: uniform, low: 15, high: 25}
  stake: {path: guarantors.B.stake, distribution: uniform, low: 0, high: 1}
design: {kind: sobol, n: 4}
replications: 60
seed: 3
"""


def written(folder: Path, text: str = TEXT, base: str = BASE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    path = folder / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def loaded_from(folder: Path, text: str = TEXT, base: str = BASE) -> LoadedExperiment:
    return load_experiment(written(folder, text, base))


def swept(folder: Path, text: str = TEXT, base: str = BASE, **options: Any) -> Outcome:
    loaded = loaded_from(folder, text, base)
    return run_sweep(plan_sweep(loaded), folder / "out", **options)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    swept(folder)
    return folder / "out"


# ---- rows are those of single runs


def as_set(case: Any, settings: dict[str, Any]) -> Built:
    """Return the game of a case as ``deter run --set`` makes it."""
    overrides = [
        f"{path}={raw!r}" if isinstance(raw, float) else f"{path}={raw}"
        for path, raw in settings.items()
    ]
    patched = patch_scenario(case, overrides)
    return build(patched.scenario, patched.framework)


def test_a_row_is_that_of_the_same_case_run_by_itself(done: Path, tmp_path: Path):
    loaded = loaded_from(tmp_path)
    study = Study.open(done)
    for case in range(0, len(study), 3):
        for name in study.frameworks:
            built = as_set(loaded.cases[name], study.settings(case, name))
            block = compiled.rows(built, 3, 0, 60)
            found = study.rows(case)
            for column in ("t_full_attack", "ground_lost", "final_credibility", "damage"):
                expected = block.rows[column].astype(float)
                assert found.numbers(name, column).tobytes() == expected.tobytes()


def test_the_command_of_the_first_case_gives_its_rows(done: Path, tmp_path: Path):
    written(tmp_path)
    study = Study.open(done)
    settings = study.settings(5, "inline")
    arguments = [a for path, raw in settings.items() for a in ("--set", f"{path}={raw}")]
    out = tmp_path / "single"
    base = str(tmp_path / "base.yaml")
    options = ["-n", "60", "--seed", "3", "-o", str(out), *arguments]
    made = CliRunner().invoke(app, ["run", base, *options])
    assert made.exit_code == 0, made.output
    single = pd.read_parquet(out / "rows.parquet").drop(columns="framework")
    here = study.rows(5)
    frame = Rows({"inline": here.parts["inline"]}).frame.drop(columns="framework")
    pd.testing.assert_frame_equal(frame, single)


def some_values(row: Any) -> list[float]:
    """Return values at which a field may behave differently: its ends, nothing, and between."""
    low = row.low if math.isfinite(row.low) else -3.0
    high = row.high if math.isfinite(row.high) else max(low, 0.0) + 7.0
    values = [low, low + 0.37 * (high - low)]
    values += [high - 0.11 * (high - low)] if FULL else []
    return list(dict.fromkeys([*values, *([0.0] if low < 0 < high else [])]))


RICH = """
extends: base.yaml
behaviour: {winter: [1, 2]}
scripted: [{option: raid, at: 30 d}, {option: raid, rate: 0.5}]
framework:
  title: Rich
  layers:
    - id: pact
      members: [A, B]
      obligation: {air: all_means, arms: assist}
      binding: ratified_treaty
      deadlines: {consult: 1 d, decide: 10 d}
      decision: {rule: weighted_majority, quota: 0.5, weights: {A: 2}, others: {n: 3}}
      sanctions: {level: 0.2, snapback: automatic}
      peacetime: {arms: 1, training: 0.5}
      presence: [{guarantor: A, troops: 5000, place: rear, reinforcement: 2}]
      ladder: [{deadline: 1 d, rung: arms, who: [A]}]
    - {id: second, members: all, obligation: assist, binding: political}
"""


def test_every_field_is_written_as_set_and_built(tmp_path: Path):
    """Whatever varies: a game whose cells are written to is the game built with those values."""
    written(tmp_path)
    (tmp_path / "rich.yaml").write_text(RICH, encoding="utf-8")
    case = load_scenario(tmp_path / "rich.yaml")
    patterns = {row.path: row for row in fields_table()}
    tried: dict[str, int] = {}
    every = [
        *((p, v) for p, v in walk_values(case.scenario)),
        *((p, v) for p, v in walk_values(case.framework, "framework")),
    ]
    plain = 0
    for path, _ in every:
        pattern = _pattern(path, patterns)
        row = patterns.get(pattern)
        if row is None or tried.get(pattern, 0) >= size(1, 3):
            continue
        tried[pattern] = tried.get(pattern, 0) + 1
        values = some_values(row)
        factor = Factor("x", "lever", (path,), levels=_levels(path, values), frameworks=("f",))
        plain += _agrees(case, factor, values)
    assert len(tried) > 150
    assert plain > 0.8 * len(tried)


def test_every_word_is_written_as_set_and_built(tmp_path: Path):
    written(tmp_path)
    (tmp_path / "rich.yaml").write_text(RICH, encoding="utf-8")
    case = load_scenario(tmp_path / "rich.yaml")
    places = {"guarantors": "A", "options": "attack", "layers": "pact", "rungs": "air"}
    plain = tried = 0
    for row in fields_table():
        if row.kind not in ("choice", "truth"):
            continue
        steps = row.path.split(".")
        path = ".".join(
            places.get(steps[at - 1], "0") if step == "*" else step for at, step in enumerate(steps)
        )
        shape = shape_at(path)
        assert shape is not None
        words: list[Any] = list(shape.choices) or [True, False]
        tried += 1
        levels = tuple(level_of(word, None, None) for word in words)
        factor = Factor("x", "lever", (path,), levels=levels, frameworks=("f",))
        plain += _agrees(case, factor, [level.value for level in levels])
    assert tried >= 20
    assert plain >= 5


def _pattern(path: str, patterns: dict[str, Any]) -> str:
    steps = path.split(".")
    for known in patterns:
        parts_ = known.split(".")
        alike = len(parts_) == len(steps)
        if alike and all(k in ("*", s) for k, s in zip(parts_, steps, strict=True)):
            return known
    return ""


def _levels(path: str, values: list[float]) -> Any:
    meta = number_at(path)
    return tuple(level_of(value, None, meta) for value in values)


def _agrees(case: Any, factor: Factor, values: list[Any]) -> bool:
    """Compare games of a case written to with games built; tell whether cells were written to."""
    games = Games({"f": case}, (factor,), {}, {})
    expected: dict[Any, Built] = {}
    for value in values:
        try:
            patched = patch_scenario(case, {factor.paths[0]: factor.raw(value)})
        except InputError:
            continue
        expected[value] = build(patched.scenario, patched.framework)
    used = False
    for value in [*expected, *list(expected)[-2::-1]]:
        template = games.template("f", {"x": value})
        seat = Seat(template, "reference")
        seat.write(games.written(template, {"x": value}))
        for name, array in expected[value].game._asdict().items():
            mine = getattr(seat.built.game, name)
            assert np.ascontiguousarray(mine).tobytes() == array.tobytes(), (factor.paths, value)
        assert seat.built[1:] == expected[value][1:], (factor.paths, value)
        used |= bool(template.cells)
    return used


def test_a_combination_that_is_wrong_is_a_row_that_says_so(tmp_path: Path):
    text = """
title: x
base: base.yaml
levers:
  early: {path: guarantors.A.brigades_30d, values: [1, 6]}
  late: {path: guarantors.A.brigades_90d, values: [4, 8]}
design: {kind: grid}
replications: 4
"""
    text = text.replace("values: [4, 8]", "values: [2, 8]").replace("[1, 6]", "[1, 4]")
    done = swept(tmp_path, text)
    study = Study.open(done.folder)
    failed = study.failures()
    assert done.failures == 4
    assert failed["case"].unique().tolist() == [2]
    assert "fewer than the 4 in 30 days" in failed["error"][0]
    assert "repeat with: deter trace" in failed["error"][0]
    assert study.per_case("p_war").set_index("case")["n"].tolist() == [4, 4, 0, 4]


@pytest.mark.parametrize(("early", "late"), [("[4, 1]", "[2, 8]"), ("[1, 4]", "[8, 2]")])
def test_a_case_that_is_wrong_is_no_fault_of_another(tmp_path: Path, early: str, late: str):
    text = f"""
title: x
base: base.yaml
levers:
  early: {{path: guarantors.A.brigades_30d, values: {early}}}
  late: {{path: guarantors.A.brigades_90d, values: {late}}}
design: {{kind: grid}}
replications: 4
"""
    study = Study.open(swept(tmp_path, text).folder)
    failed = study.cases.loc[study.failures()["case"].unique()]
    assert failed[["early", "late"]].to_numpy().tolist() == [[4.0, 2.0]]


@pytest.mark.parametrize("values", ["[0, 4]", "[4, 0]"])
def test_a_lever_that_does_not_go_with_a_patch_is_told(tmp_path: Path, values: str):
    text = f"""
title: x
base: base.yaml
patches:
  as_it_is: {{label: as it is}}
  few: {{set: {{guarantors.A.brigades_90d: 2}}}}
levers:
  early: {{path: guarantors.A.brigades_30d, values: {values}}}
design: {{kind: grid}}
replications: 4
"""
    study = Study.open(swept(tmp_path, text).folder)
    failed = study.cases.loc[study.failures()["case"].unique()]
    assert failed[["early", "patch"]].to_numpy().tolist() == [[4.0, "few"]]


# ---- who runs it does not show


def test_who_runs_it_does_not_show(done: Path, tmp_path: Path):
    expected = table_digest(done)
    assert table_digest(done / PARTS) == expected
    ways: list[tuple[str, dict[str, Any]]] = [
        ("threads", {"workers": 2}),
        ("small parts", {"part_rows": 1, "workers": 2}),
    ]
    for name, options in ways:
        folder = tmp_path / name
        assert table_digest(swept(folder, **options).folder) == expected
    loaded = loaded_from(tmp_path / "processes")
    with processes(2) as pool:
        there = run_sweep(plan_sweep(loaded), tmp_path / "p", executor=pool, workers=2)
    assert table_digest(there.folder) == expected
    with ThreadPoolExecutor(3) as other:
        there = run_sweep(plan_sweep(loaded), tmp_path / "t", executor=other, workers=3)
    assert table_digest(there.folder) == expected


def test_the_reference_engine_gives_the_same_table(tmp_path: Path):
    text = TEXT.replace("replications: 60", "replications: 2").replace("n: 4", "n: 1")
    loaded = loaded_from(tmp_path, text)
    one = run_sweep(plan_sweep(loaded, "reference"), tmp_path / "a")
    two = run_sweep(plan_sweep(loaded, "compiled"), tmp_path / "b")
    assert table_digest(one.folder) == table_digest(two.folder)


def test_the_digest_sees_a_change(done: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(done, copy)
    whole = table_digest(copy)
    part = next((copy / PARTS).iterdir())
    frame = pd.read_parquet(part)
    frame["ground_lost"] += np.where(np.arange(len(frame)) == 3, 1e-12, 0.0)
    frame.to_parquet(part)
    assert table_digest(copy) != whole


def test_cases_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Stopped early, all cases under all frameworks are about equally far."""
    text = TEXT.replace("replications: 60", "replications: 400")
    seen: list[dict[str, Any]] = []

    class Stop(Exception):
        pass

    def stop(run: Any, batch: Any, queue: Any) -> None:
        keep(run, batch, queue)
        done = np.array(list(run.ledger.done.values()))
        seen.append({"least": done.min(), "most": done.max()})
        if done.min() >= 100:
            raise KeyboardInterrupt

    keep = sweep._Run._keep_and_go_on
    monkeypatch.setattr(sweep._Run, "_keep_and_go_on", stop)
    outcome = swept(tmp_path, text)
    assert outcome.interrupted
    assert all(s["most"] <= block_end(s["least"], 400) for s in seen)
    assert Study.open(outcome.folder).manifest["state"] == "stopped"


# ---- going on, and extending


def test_it_goes_on_where_it_was_stopped(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    keep, batches = sweep._Run._keep, []

    def stop(run: Any, batch: Any) -> None:
        keep(run, batch)
        batches.append(batch)
        if len(batches) % 3 == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweep._Run, "_keep", stop)
    rounds, outcome = 0, None
    while outcome is None or outcome.interrupted:
        outcome = swept(tmp_path, resume=rounds > 0, part_rows=100)
        rounds += 1
    assert rounds > 2
    assert table_digest(outcome.folder) == table_digest(done)
    rows = Study.open(outcome.folder).pooled()
    assert len(rows) == outcome.rows == 16 * 2 * 60


def test_a_part_that_is_lost_is_run_again(done: Path, tmp_path: Path):
    out = swept(tmp_path, part_rows=50).folder
    there = sorted((out / PARTS).glob("part-*"))
    assert len(there) > 6
    for lost in there[1:4]:
        lost.unlink()
    again = swept(tmp_path, resume=True)
    assert again.ran > 0
    assert table_digest(out) == table_digest(done)


STOPPED = """
title: x
base: base.yaml
levers:
  rate: {path: behaviour.opportunity_rate, values: [1, 3]}
design: {kind: grid}
replications: {measure: p_full_attack, half_width: 0.09, max: 400, min: 40}
seed: 3
"""


def test_a_rule_judges_only_when_what_was_lost_is_there_again(tmp_path: Path):
    out = swept(tmp_path, STOPPED, part_rows=40).folder
    whole = table_digest(out)
    there = sorted((out / PARTS).glob("part-*"))
    assert len(there) > 4
    for lost in there[:-1]:
        kept = lost.read_bytes()
        lost.unlink()
        swept(tmp_path, STOPPED, resume=True)
        assert table_digest(out) == whole, lost.name
        for more in sorted((out / PARTS).glob("part-*")):
            if more not in there:
                more.unlink()
        lost.write_bytes(kept)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [("replications: 400", "stopped by a rule"), ("replications: 45", "holds up to")],
)
def test_what_a_rule_stopped_is_not_gone_on_with_without_it(
    tmp_path: Path, wanted: str, words: str
):
    swept(tmp_path, STOPPED)
    text = STOPPED.replace(
        next(line for line in STOPPED.splitlines() if "half_width" in line), wanted
    )
    with pytest.raises(OutputError, match=words):
        swept(tmp_path, text, resume=True)


def test_a_part_copied_over_another_is_noticed(tmp_path: Path):
    out = swept(tmp_path, part_rows=50).folder
    first, second, *_ = sorted((out / PARTS).glob("part-*"))
    second.write_bytes(first.read_bytes())
    with pytest.raises(OutputError, match="twice; was a part copied"):
        swept(tmp_path, resume=True)


def test_a_damaged_part_is_named(tmp_path: Path):
    out = swept(tmp_path, part_rows=50).folder
    broken = sorted((out / PARTS).glob("part-*"))[2]
    broken.write_bytes(broken.read_bytes()[:-50])
    with pytest.raises(OutputError, match=f"{broken.name}: is damaged.*delete it"):
        swept(tmp_path, resume=True)
    broken.unlink()
    assert not swept(tmp_path, resume=True).interrupted


EXTENSIONS = {
    "replications": ("replications: 60", "replications: 130"),
    "frameworks": ("[none, inline]", "[none, inline, tripwire]"),
    "points": ("n: 4", "n: 8"),
    "levels": ("[signature, ceasefire]", "[signature, ratification, ceasefire]"),
}
GUARANTORS = "{A: {title: Aland"


@pytest.mark.parametrize("what", EXTENSIONS)
def test_it_can_be_extended(tmp_path: Path, what: str):
    """What is there is not run again, and the rows are those of one sweep."""
    before, after = EXTENSIONS[what]
    if what == "frameworks":
        paper = "title: Paper\nlayers:\n  - {id: pact, members: [A], obligation: consult}\n"
        (tmp_path / "frameworks").mkdir()
        (tmp_path / "frameworks" / "tripwire.yaml").write_text(paper, encoding="utf-8")
    first = swept(tmp_path)
    more = swept(tmp_path, TEXT.replace(before, after), resume=True)
    assert more.ran == more.rows - first.rows > 0
    whole = run_sweep(plan_sweep(load_experiment(tmp_path / "experiment.yaml")), tmp_path / "new")
    assert whole.rows == more.rows
    if what != "levels":
        assert table_digest(whole.folder) == table_digest(more.folder)
        return
    one, two = (_by_settings(Study.open(folder)) for folder in (more.folder, whole.folder))
    pd.testing.assert_frame_equal(one, two)


def _by_settings(study: Study) -> pd.DataFrame:
    keys = ["binding", "response", "forces", "stake"]
    rows = study.pooled().frame.merge(study.cases[keys], on="case").drop(columns="case")
    return rows.sort_values([*keys, "framework", "replication"], ignore_index=True)


def test_a_finished_one_has_nothing_to_do(tmp_path: Path):
    swept(tmp_path)
    again = swept(tmp_path, resume=True)
    assert (again.ran, again.interrupted) == (0, False)


CHANGES = {
    "the base": (BASE.replace("forces: 20", "forces: 21"), TEXT, r"protege\.forces\.value: was 20"),
    "a framework": (
        BASE.replace("decide: 10 d", "decide: 20 d"), TEXT,
        r"framework inline\.layers\.pact\.deadlines\.decide\.value: was 10\.0, is 20\.0",
    ),
    "the seed": (BASE, TEXT.replace("seed: 3", "seed: 4"), "seed: was 3, is 4"),
    "a distribution": (BASE, TEXT.replace("high: 25", "high: 26"), "forces.*was 25.0, is 26.0"),
    "a path": (BASE, TEXT.replace("protege.forces", "challenger.forces"),
               "was 'protege.forces', is 'challenger.forces'"),
    "the design": (BASE, TEXT.replace("kind: sobol", "kind: latin_hypercube"), "design.kind"),
    "a level": (BASE, TEXT.replace("[signature, ceasefire]", "[signature, ratification]"),
                "'ceasefire' is in the folder and no longer among its values"),
    "fewer frameworks": (BASE, TEXT.replace("[none, inline]", "[inline]"),
                         "none is in the folder and no longer asked for"),
    "fewer replications": (BASE, TEXT.replace("replications: 60", "replications: 50"),
                           "holds up to 60 replications"),
    "fewer points": (BASE, TEXT.replace("n: 4", "n: 2"), "would go: n can only go from"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_refused_and_named(done: Path, tmp_path: Path, what: str):
    base, text, words = CHANGES[what]
    shutil.copytree(done, tmp_path / "out")
    before = table_digest(tmp_path / "out")
    with pytest.raises(OutputError, match=words):
        swept(tmp_path, text, base, resume=True)
    assert table_digest(tmp_path / "out") == before


def test_another_model_is_refused(done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(done, tmp_path / "out")
    monkeypatch.setattr(folders, "model_digest", lambda: "another")
    with pytest.raises(OutputError, match="the model's own code has changed"):
        swept(tmp_path, resume=True)


def test_what_does_not_matter_may_change(done: Path, tmp_path: Path):
    shutil.copytree(done, tmp_path / "out")
    text = TEXT.replace("A question", "Another title") + "analyses: [summary]\n"
    assert swept(tmp_path, text, resume=True).ran == 0
    assert Study.open(tmp_path / "out").title == "Another title"


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=r"thesis\.docx"):
        swept(tmp_path)
    assert (tmp_path / "out" / "thesis.docx").exists()


def test_a_sweep_is_not_begun_twice(done: Path, tmp_path: Path):
    shutil.copytree(done, tmp_path / "out")
    with pytest.raises(OutputError, match="--resume"):
        swept(tmp_path)
    with folders.locked(tmp_path / "out"), pytest.raises(OutputError, match="another sweep"):
        swept(tmp_path, TEXT.replace("60", "70"), resume=True)


# ---- until it is known well enough


UNTIL = "{measure: p_full_attack, half_width: 0.08, min: 50, max: 400}"


def test_it_stops_case_by_case(tmp_path: Path):
    text = TEXT.replace("replications: 60", f"replications: {UNTIL}")
    one = swept(tmp_path / "one", text)
    two = swept(tmp_path / "two", text, workers=2, part_rows=200)
    assert table_digest(one.folder) == table_digest(two.folder)
    table = Study.open(one.folder).per_case("p_full_attack")
    rule = Rule(0.08, 400, 50)
    assert set(table["n"]) <= set(rule.looks())
    assert table["n"].nunique() > 1
    n, mean = table["n"].to_numpy(), table["mean"].to_numpy()
    low, high = limits(n, mean * n, mean * n)
    assert ((np.maximum(high - mean, mean - low) <= 0.08) | (n == 400)).all()


def test_until_goes_on_after_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text = TEXT.replace("replications: 60", f"replications: {UNTIL}")
    whole = swept(tmp_path / "whole", text)
    keep, batches = sweep._Run._keep, []

    def stop(run: Any, batch: Any) -> None:
        keep(run, batch)
        batches.append(batch)
        if len(batches) % 7 == 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweep._Run, "_keep", stop)
    outcome, rounds = None, 0
    while outcome is None or outcome.interrupted:
        outcome = swept(tmp_path / "parts", text, resume=rounds > 0, part_rows=100)
        rounds += 1
    assert rounds > 1
    assert table_digest(outcome.folder) == table_digest(whole.folder)


# ---- disks that are full


def full_after(monkeypatch: pytest.MonkeyPatch, bytes_left: int, number: int) -> None:
    """Let writing fail once some bytes are written."""
    left = [bytes_left]
    sync = os.fsync

    def fsync(handle: int) -> None:
        left[0] -= os.fstat(handle).st_size
        if left[0] < 0:
            raise OSError(number, os.strerror(number))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_a_folder_that_goes_on(
    done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    with monkeypatch.context() as patch:
        full_after(patch, 400_000, number)
        with pytest.raises(OutputError, match=r"make room.*rows are safe.*--resume") as caught:
            swept(tmp_path, part_rows=50)
    assert "Traceback" not in str(caught.value)
    out = tmp_path / "out"
    kept = sum(parts.row_count(path) for path in parts.part_files(out / PARTS))
    assert 0 < kept < 1920
    assert not list((out / PARTS).glob(".draft*"))
    again = swept(tmp_path, resume=True)
    assert again.ran == 1920 - kept
    assert table_digest(out) == table_digest(done)


def small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", str(place)],
        check=False, capture_output=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("may not mount a small disk here; the stub above stands for it")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=False, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    yield from small_disk(tmp_path / "disk")


def command(*arguments: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "deter", *arguments],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True, text=True, check=False, timeout=300, preexec_fn=limited,
    )  # fmt: skip


MANY = TEXT.replace("replications: 60", "replications: 1000")


def test_a_small_disk_that_fills(disk: Path, tmp_path: Path):
    path = written(tmp_path, MANY)
    failed = command("sweep", str(path), "-o", str(disk / "out"))
    assert failed.returncode == 2
    assert "No space left on device; make room on that disk" in failed.stderr
    safe = re.search(r"; ([\d,]+) rows are safe", failed.stderr)
    assert safe is not None
    assert int(safe[1].replace(",", "")) >= parts.PART_ROWS
    assert "Traceback" not in failed.stderr
    moved = tmp_path / "moved"
    shutil.copytree(disk / "out", moved)
    again = command("sweep", str(path), "-o", str(moved), "--resume", "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["rows"] == 16 * 2 * 1000


def test_a_limit_on_the_size_of_files(tmp_path: Path):
    path = written(tmp_path)
    failed = command("sweep", str(path), "-o", str(tmp_path / "out"), limit=50_000)
    assert failed.returncode == 2
    assert "File too large; files may not be that large there" in failed.stderr
    assert "Traceback" not in failed.stderr


# ---- reading


def test_a_study_says_what_the_analysis_says(done: Path):
    study = Study.open(done)
    assert study.complete
    assert study.frameworks == ("none", "inline")
    assert [f.name for f in study.levers] == ["binding", "response"]
    assert study.uncertainties[0].unit == "brigades"
    rows = study.rows(7)
    assert rows.aligned
    known = estimates(rows, study.horizon, names=_shared())
    for measure in _shared():
        table = study.per_case(measure).set_index(["case", "framework"])
        for name in study.frameworks:
            assert table.loc[(7, name), "mean"] == pytest.approx(known[name][measure].estimate)
            values = per_values(study, 7, name, measure)
            assert table.loc[(7, name), "variance"] == pytest.approx(np.var(values, ddof=1))


def _shared() -> tuple[str, ...]:
    return tuple(measure_names())


def per_values(study: Study, case: int, framework: str, measure: str) -> Any:
    from deter.experiments.values import of_table

    wanted = per_replication(measure)
    rows = study.rows(case)
    table = next(rows.parts[framework].pieces(["status", *wanted.columns]))
    return of_table(wanted, table)


def test_pooled_rows_keep_their_case(done: Path):
    study = Study.open(done)
    pooled = study.pooled([2, 5])
    assert pooled.columns()[:2] == ["case", "framework"]
    assert sorted(set(pooled.numbers("none", "case"))) == [2, 5]
    assert len(pooled) == 2 * 2 * 60
    everything = study.pooled()
    assert len(everything) == 16 * 2 * 60
    assert everything.aligned


def test_others_can_read_it(done: Path):
    frame = pd.read_parquet(done / PARTS).merge(pd.read_parquet(done / "cases.parquet"), on="case")
    assert len(frame) == 16 * 2 * 60
    assert {"forces", "binding", "ground_lost"} <= set(frame.columns)
    text = (done / "README.md").read_text(encoding="utf-8")
    assert "| `forces` | brigades | uncertainty, sets `protege.forces` |" in text
    assert all(f"| `{column}` |" in text for column in pd.read_parquet(done / PARTS).columns)
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed")
    join = f"'{done}/parts/*.parquet' JOIN '{done}/cases.parquet' USING (\"case\")"
    query = f"SELECT count(*) FROM {join}"
    assert duckdb.sql(query).fetchall() == [(16 * 2 * 60,)]


# ---- the command


def test_the_command_runs_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = written(tmp_path)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    dry = runner.invoke(app, ["sweep", str(path), "--dry-run", "--json", "--workers", "1"])
    assert dry.exit_code == 0, dry.output
    estimate = json.loads(dry.stdout)
    assert (estimate["cases"], estimate["histories"]) == (16, 1920)
    assert estimate["seconds"] > 0
    assert estimate["bytes"] > 10_000
    assert not Path("results").exists()
    made = runner.invoke(app, ["sweep", str(path), "--json", "--workers", "1"])
    assert made.exit_code == 0, made.output
    document = json.loads(made.stdout)
    assert (document["state"], document["rows"], document["added"]) == ("complete", 1920, 1920)
    assert len(document["summary"]) == 32
    assert Path(document["folder"]).is_dir()
    refused = runner.invoke(app, ["sweep", str(path)])
    assert refused.exit_code == 2
    assert "--resume" in refused.stderr
    again = runner.invoke(app, ["sweep", str(path), "--resume"])
    assert again.exit_code == 0
    assert "deter analyse" in again.stderr


def test_ctrl_c_leaves_a_folder_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: Path
):
    path = written(tmp_path)
    keep = sweep._Run._keep_and_go_on

    def stop(run: Any, batch: Any, queue: Any) -> None:
        keep(run, batch, queue)
        raise KeyboardInterrupt

    out = str(tmp_path / "out")
    with monkeypatch.context() as patch:
        patch.setattr(sweep._Run, "_keep_and_go_on", stop)
        stopped = CliRunner().invoke(app, ["sweep", str(path), "-o", out])
    assert stopped.exit_code == 130
    assert "go on with --resume" in stopped.stderr
    again = CliRunner().invoke(app, ["sweep", str(path), "-o", out, "--resume"])
    assert again.exit_code == 0
    assert table_digest(out) == table_digest(done)


# ---- overhead


def test_overhead_of_a_case(tmp_path: Path):
    """Beyond simulating it a case costs less than a millisecond, writing its row included."""
    n = size(2_000, 100_000)
    text = TEXT.replace("kind: sobol, n: 4", f"kind: latin_hypercube, n: {n}")
    text = text.replace("replications: 60", "replications: 1").replace("[none, inline]", "[inline]")
    levers, uncertainties = text.index("levers:"), text.index("uncertainties:")
    text = text[:levers] + text[uncertainties:]
    text = text.replace("path: guarantors.B.stake", "path: guarantors.B.resolve")
    loaded = loaded_from(tmp_path, text)
    plan = plan_sweep(loaded)
    outcome = run_sweep(plan, tmp_path / "out")
    games = plan.games()
    columns = {str(name): plan.cases.table[name].tolist() for name in plan.cases.table}
    task = Task("inline", (0,), sliced(columns, (0,)), 0, 2000)
    pure = run_task(Kitchen(games, "compiled", 3), task).seconds / 2000
    overhead = outcome.seconds / n - pure
    assert overhead < 1e-3, f"{overhead * 1e3:.3f} ms a case"
