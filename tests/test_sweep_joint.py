"""A sample that the scenario draws from, as one uncertainty; folders of earlier versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from deter.errors import InputError, OutputError
from deter.experiments.folder import BASE as BASE_FILE
from deter.experiments.folder import MANIFEST
from deter.experiments.study import Study
from deter.experiments.sweep import Outcome, plan_sweep, run_sweep
from deter.spec.experiments import load_experiment
from deter.spec.loading import load_scenario, patch_scenario

SAMPLE = """# a posterior of three rows
rate,lag
2,10
4,20
8,40
"""

BASE = """
title: A small one
horizon: 3 y
challenger: {forces: 30, ceiling: 40}
protege: {forces: 20, ceiling: 30}
guarantors:
  A: {brigades_30d: 2, brigades_90d: 4, stake: 1, arms: 2,
      days_brigade: {joint: sample.csv, column: lag, times: 2}}
  B: {brigades_30d: 1, brigades_90d: 1, days_brigade: {joint: sample.csv, column: lag, times: 3}}
  C: {brigades_30d: 1, brigades_90d: 1, days_brigade: {joint: sample.csv, column: lag, times: 2}}
options:
  attack: {class: full, severity: 0.9, prize: 1, cost: 0.1, share: 0.8, steps_to_objective: 4,
           steps_to_repulse: 4}
behaviour: {opportunity_rate: {joint: sample.csv, column: rate}}
"""

TEXT = """
title: A question
base: base.yaml
frameworks: [none]
uncertainties:
  calibrated: {joint: sample.csv}
  forces: {path: protege.forces, distribution: normal, mean: 20, sd: 1}
design: {kind: sobol, n: 4}
replications: 30
seed: 3
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("sample.csv", SAMPLE), ("base.yaml", BASE), ("experiment.yaml", TEXT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def swept(place: Path, *, resume: bool = False) -> Outcome:
    plan = plan_sweep(load_experiment(place / "experiment.yaml"))
    return run_sweep(plan, place / "out", resume=resume)


def test_a_case_takes_one_row_for_all_that_the_base_draws(place: Path) -> None:
    loaded = load_experiment(place / "experiment.yaml")
    found = {f.name: (f.paths, f.drawn) for f in loaded.uncertainties if f.joint == "calibrated"}
    a, b, c = (f"guarantors.{code}.days_brigade" for code in "ABC")
    assert found == {
        "rate": (("behaviour.opportunity_rate",), (2.0, 4.0, 8.0)),
        "lag_A": ((a, c), (20.0, 40.0, 80.0)),
        "lag_B": ((b,), (30.0, 60.0, 120.0)),
    }
    cases = plan_sweep(loaded).cases
    assert [one.name for one in cases.inputs] == ["forces", "calibrated"]
    assert set(cases.table["calibrated"]) == {0, 1, 2}
    for row in cases.table.itertuples():
        rate = (2.0, 4.0, 8.0)[int(str(row.calibrated))]
        assert (row.rate, row.lag_A, row.lag_B) == (rate, 10 * rate, 15 * rate)


def test_its_rows_are_those_of_the_values_set(place: Path) -> None:
    import deter

    outcome = swept(place)
    study = Study.open(outcome.folder)
    rows = study.pooled().frame
    base = load_scenario(place / "base.yaml")
    for case, row in study.cases.iterrows():
        settings = {
            "behaviour.opportunity_rate": row["rate"],
            "guarantors.A.days_brigade": row["lag_A"],
            "guarantors.C.days_brigade": row["lag_A"],
            "guarantors.B.days_brigade": row["lag_B"],
            "protege.forces": row["forces"],
        }
        alone = deter.run(patch_scenario(base, settings), "none", n=30, seed=3).frame
        mine = rows[rows["case"] == case]
        for column in ("s_full_attack", "t_full_attack", "ground_lost"):
            pd.testing.assert_series_equal(
                mine[column].reset_index(drop=True), alone[column].reset_index(drop=True)
            )


def test_a_file_that_the_base_does_not_draw_from_is_named(place: Path) -> None:
    (place / "experiment.yaml").write_text(TEXT.replace("sample.csv", "other.csv"), "utf-8")
    with pytest.raises(InputError) as caught:
        load_experiment(place / "experiment.yaml")
    (said,) = map(str, caught.value.faults)
    assert "experiment.yaml:6: uncertainties.calibrated.joint" in said
    assert "draws no number from 'other.csv' (it draws from sample.csv)" in said
    assert "name `columns`" in said


def test_columns_may_be_named_of_a_sample_with_a_comment_in_the_library(place: Path) -> None:
    named = (
        "{joint: posterior/default.csv, columns: {opportunity_rate: behaviour.opportunity_rate}}"
    )
    (place / "experiment.yaml").write_text(TEXT.replace("{joint: sample.csv}", named), "utf-8")
    (one,) = [f for f in load_experiment(place / "experiment.yaml").uncertainties if f.joint]
    assert len(one.drawn) > 100


# ---- going on in the folder of an earlier version


def without(document: Any, keys: set[str]) -> Any:
    """Return a document without keys whose value is the models' default."""
    if isinstance(document, dict):
        kept = {k: v for k, v in document.items() if not (k in keys and v in ("", 1.0))}
        return {k: without(v, keys) for k, v in kept.items()}
    return [without(item, keys) for item in document] if isinstance(document, list) else document


def aged(place: Path) -> None:
    """Make the folder one of a version that knew no joint samples in scenarios."""
    for name in (BASE_FILE, MANIFEST):
        path = place / "out" / name
        before = json.loads(path.read_text("utf-8"))
        after = without(before, {"joint", "column", "times", "region"})
        assert after != before
        path.write_text(json.dumps(after), "utf-8")


def test_what_the_models_have_gained_since_is_no_change(place: Path) -> None:
    (place / "base.yaml").write_text(
        BASE.replace("{joint: sample.csv, column: rate}", "{distribution: normal, mean: 4, sd: 1}"),
        "utf-8",
    )
    first = swept(place)
    aged(place)
    again = swept(place, resume=True)
    assert (again.ran, again.rows) == (0, first.rows)


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        ("base.yaml", "times: 3", "times: 4", "B.days_brigade"),
        ("base.yaml", "forces: 20", "forces: 21", r"protege\.forces\.value: was 20"),
        ("experiment.yaml", "sd: 1", "sd: 2", "forces.*was 1.0, is 2.0"),
    ],
)
def test_what_has_changed_in_such_a_folder_is_named(
    place: Path, file: str, before: str, after: str, words: str
) -> None:
    swept(place)
    aged(place)
    text = (place / file).read_text("utf-8")
    (place / file).write_text(text.replace(before, after), "utf-8")
    with pytest.raises(OutputError, match=words):
        swept(place, resume=True)
