"""The command ``analyse``: from a finished sweep to each of its answers, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.test_cli import PACT, PAPER, SMALL
from typer.testing import CliRunner, Result

from deter.cli import app
from deter.experiments.study import Study
from deter.spec.experiment import ANALYSES

GRID = """
title: A grid
base: small.yaml
frameworks: [none, paper, pact]
levers:
  share: {path: options.attack.share, values: [0.4, 0.8]}
  rate: {path: behaviour.opportunity_rate, values: [1, 3, 6]}
design: {kind: grid}
replications: 200
analyses:
  - summary
  - enough: {half_width: 0.02, framework: pact}
"""

SALTELLI = """
title: Indices
base: small.yaml
frameworks: [none, pact]
uncertainties:
  share: {path: options.attack.share, distribution: uniform, low: 0.2, high: 1}
  rate: {path: behaviour.opportunity_rate, distribution: uniform, low: 0.5, high: 6}
  prize: {path: options.raid.prize, distribution: uniform, low: 0.049, high: 0.051}
design: {kind: saltelli, n: 64}
replications: 60
"""


UNTIL = """
title: Until it is known
base: small.yaml
frameworks: [none, pact]
levers:
  share: {path: options.attack.share, values: [0.05, 0.8]}
design: {kind: grid}
replications: {measure: p_full_attack, half_width: 0.08, min: 50, max: 160}
"""


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished sweeps over a small scenario."""
    folder = tmp_path_factory.mktemp("swept")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "paper.yaml").write_text(PAPER, encoding="utf-8")
    (folder / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    for name, text in (("grid", GRID), ("saltelli", SALTELLI), ("until", UNTIL)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        done = deter_("sweep", str(folder / f"{name}.yaml"), "-o", str(folder / name), "--no-plots")
        assert done.exit_code == 0, done.output
    return folder


def answers(folder: Path, *words: str) -> list[dict[str, Any]]:
    done = deter_("analyse", str(folder), *words, "--json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)["answers"]
    return found


def test_estimates_of_a_summary_are_those_of_the_rows(swept: Path) -> None:
    found = answers(swept / "grid", "summary")[0]["result"]
    means = Study.open(swept / "grid").per_case("p_full_attack")
    assert found["frameworks"] == ["none", "paper", "pact"]
    shown = [e["estimate"] for row in found["estimates"] for e in row]
    assert np.allclose(shown, means["mean"])
    assert all(e["n"] == 200 for row in found["estimates"] for e in row)
    assert all(e["low"] <= e["estimate"] <= e["high"] for row in found["estimates"] for e in row)


def test_without_a_name_the_experiments_own_questions_are_asked(swept: Path) -> None:
    found = answers(swept / "grid")
    assert {one["analysis"] for one in found} == {"summary", "enough"}
    enough = [one for one in found if one["analysis"] == "enough"]
    assert [one["about"].split(",")[0] for one in enough] == ["pact"]
    assert enough[0]["result"]["target"] == 0.02


@pytest.mark.parametrize("what", ["contrast", "sensitivity", "regret", "survival", "enough"])
def test_each_answer_has_words_and_data(swept: Path, what: str) -> None:
    shown = deter_("analyse", str(swept / "grid"), what)
    assert shown.exit_code == 0, shown.output
    assert "replications" in shown.stdout or "histories" in shown.stdout
    assert answers(swept / "grid", what)


def test_a_framework_that_is_no_more_than_paper_changes_nothing(swept: Path) -> None:
    found = {a["about"]: a["result"] for a in answers(swept / "grid", "contrast")}
    gap = found["paper against none"]["difference"]
    assert gap["low"] <= 0.0 <= gap["high"]
    assert found["pact against none"]["difference"]["estimate"] < gap["estimate"]


def test_indices_find_the_number_that_matters(swept: Path) -> None:
    found = {a["about"]: a["result"] for a in answers(swept / "saltelli", "sensitivity")}
    totals = {
        one["factor"]: one["total"]["estimate"] for one in found["p_full_attack, none"]["indices"]
    }
    assert totals["prize"] < totals["rate"]
    assert totals["prize"] < totals["share"]


def test_where_it_fails_is_told_of_a_sample(swept: Path) -> None:
    found = answers(swept / "saltelli", "discover", "-f", "none")
    assert [one["about"] for one in found] == ["none"]
    assert found[0]["result"]["cases"] == 64 * 2  # the others have values from these


def test_replays_take_the_sweeps_base_and_levers(swept: Path) -> None:
    words = ["flip", "-f", "none,pact", "--with", "path=options.attack.share"]
    words += ["--with", "low=0.3", "--with", "high=0.9", "--with", "n=150"]
    flip = answers(swept / "grid", *words)[0]["result"]
    assert flip["n"] == 150
    trade = answers(
        swept / "grid", "trade", "-f", "pact", "--with", "currency=protege.forces",
        "--with", "low=60", "--with", "high=140", "--with", "n=150",
    )  # fmt: skip
    assert trade
    autopsy = answers(swept / "grid", "autopsy", "-f", "pact", "--with", "n=150")
    assert autopsy


def test_cases_that_were_stopped_are_told_with_the_rules_interval(swept: Path) -> None:
    study = Study.open(swept / "until")
    stops = study.stops.set_index(["case", "framework"])
    assert set(stops["known"]) == {True, False}  # the sweep has cases of both kinds
    found = answers(swept / "until", "summary")[0]["result"]
    for case, row in enumerate(found["estimates"]):
        for name, told in zip(found["frameworks"], row, strict=True):
            stop = stops.loc[case, name]
            assert (told["low"], told["high"]) == pytest.approx((stop["low"], stop["high"]))
            assert told["n"] == stop["n"]
            wide = max(told["high"] - told["estimate"], told["estimate"] - told["low"]) > 0.08
            assert wide == (not stop["known"])
    shown = deter_("analyse", str(swept / "until"), "summary").stdout
    words = " ".join(shown.split())
    short = int((~stops["known"]).sum())
    assert "until p_full_attack was known to ±8 points" in words
    assert "Intervals are the stopping rule's own" in words
    assert f"* {short} of {len(stops)} reached 160 with p_full_attack not known so well" in words
    assert words.count(") *") == short


def test_another_measure_of_a_stopped_sweep_says_whose_its_interval_is(swept: Path) -> None:
    def said(*words: str) -> str:
        return " ".join(deter_("analyse", str(swept / "until"), "summary", *words).stdout.split())

    assert "of the stopping rule's kind" in said("-m", "p_war")
    assert "may hold a little less often" in said("-m", "n_campaigns")
    assert "stopping rule" not in deter_("analyse", str(swept / "grid"), "summary").stdout
    told = deter_("analyse", str(swept / "until"), "contrast").stderr
    assert "p_full_attack is known to ±8 points in" in told
    assert "take the numbers of replications as given" in told
    assert "as given" not in deter_("analyse", str(swept / "until"), "summary").stderr


def test_the_end_of_a_stopped_sweep_tells_the_rules_interval(swept: Path) -> None:
    again = deter_(
        "sweep", str(swept / "until.yaml"), "-o", str(swept / "until"), "--resume", "--json"
    )
    document = json.loads(again.stdout)
    stops = Study.open(swept / "until").stops
    assert "reached 160 replications without" in document["stopping"]
    for row, low, high in zip(document["summary"], stops["low"], stops["high"], strict=True):
        told = row["p_full_attack"]
        assert (told["low"], told["high"]) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nonsense"], "nonsense"),
        (["summary", "-f", "nato"], "nato"),
        (["summary", "-m", "p_fuul_attack"], "did you mean 'p_full_attack'"),
        (["enough", "--with", "half_width"], "NAME=VALUE"),
        (["enough", "contrast", "--with", "half_widht=0.1"], "did you mean 'half_width'?"),
        (["summary", "--with", "half_width=0.1"], "summary takes none"),
        (["enough", "--with", "case=99"], "there is no case 99"),
        (["flip", "-f", "none"], "two frameworks"),
    ],
)
def test_what_does_not_fit_is_refused(swept: Path, words: list[str], message: str) -> None:
    done = deter_("analyse", str(swept / "grid"), *words)
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_indices_of_a_design_that_has_none_are_refused(swept: Path) -> None:
    done = deter_("analyse", str(swept / "nowhere"))
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_every_analysis_an_experiment_may_name_can_be_asked() -> None:
    from deter.inquiry import ASKED

    assert tuple(ASKED) == ANALYSES


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("enough", "case=x"), "'x'; write a whole number from 0"),
        (("enough", "case="), "write a whole number from 0"),
        (("enough", "half_width=abc"), "'abc' is not a number"),
        (("regret", "threshold=.nan"), "is not a number"),
        (("autopsy", "n=1.5"), "write a whole number from 1"),
    ],
)
def test_a_value_that_is_none_is_refused(swept: Path, asked: tuple[str, str], words: str) -> None:
    done = deter_("analyse", str(swept / "grid"), asked[0], "--with", asked[1])
    assert done.exit_code == 2
    assert words in done.output


def test_what_cannot_be_answered_hinders_no_other(swept: Path) -> None:
    done = deter_("analyse", str(swept / "grid"), "discover", "survival")
    assert done.exit_code == 2
    assert "survival" in done.stdout
    assert "discover cannot be answered: " in done.output


def test_a_folder_of_something_else_is_named_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert "its manifest.json cannot be read; name" in deter_("analyse", str(tmp_path)).output
    made = deter_("run", "stylised/rivals", "-n", "5", "-o", str(tmp_path / "run"))
    assert made.exit_code == 0, made.output
    refused = deter_("analyse", str(tmp_path / "run"))
    assert refused.exit_code == 2
    assert "it holds a run or a comparison; name the folder" in refused.output
