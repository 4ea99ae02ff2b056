"""The bundled experiments: sound, described, and their committed answers reproduced."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.evidence import FULL

from deter.experiments.study import Study
from deter.experiments.sweep import plan_sweep, run_sweep
from deter.inquiry import ask, questions_of
from deter.presentation.answers import as_dict, view
from deter.spec.experiments import load_experiment

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "experiments"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/experiment.yaml"))
REDUCED = ("before_or_after", "losing_a_guarantor")
COLUMNS = "100"


def test_there_are_seven_at_least() -> None:
    assert len(NAMES) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_each_is_sound_and_described(name: str) -> None:
    loaded = load_experiment(name)
    readme = (FOLDER / name / "README.md").read_text(encoding="utf-8")
    assert loaded.name == name
    assert loaded.experiment.question
    assert loaded.experiment.analyses
    assert f"deter sweep {name}" in readme
    assert (FOLDER / name / "summary.txt").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("name", REDUCED)
def test_a_reduced_sweep_answers_what_the_experiment_asks(name: str, tmp_path: Path) -> None:
    loaded = load_experiment(name)
    few = replace(loaded, experiment=loaded.experiment.model_copy(update={"replications": 20}))
    outcome = run_sweep(plan_sweep(few), tmp_path / name)
    study = Study.open(tmp_path / name)
    assert study.complete
    assert not outcome.failures
    for question in questions_of(study):
        answers = ask(study, question)
        assert answers
        for answer in answers:
            assert view(answer.result, study.seed) is not None
            assert as_dict(answer.result)


def layers_of(path: Path) -> list[dict[str, object]]:
    layers: list[dict[str, object]] = YAML(typ="safe").load(path)["layers"]
    return layers


@pytest.mark.parametrize(
    ("name", "peacetime", "response"),
    [
        ("promise_first", "ceasefire", "signature"),
        ("troops_first", "signature", "ceasefire"),
        ("both_first", "signature", "signature"),
    ],
)
def test_early_forms_differ_from_the_stationed_force_in_dates_only(
    name: str, peacetime: str, response: str
) -> None:
    (early,) = layers_of(FOLDER / "before_or_after" / f"{name}.yaml")
    (force,) = layers_of(ROOT / "scenarios" / "frameworks" / "stationed_force.yaml")
    begins = early.pop("activation")
    assert begins == {"peacetime": peacetime, "response": response, "ratified": True}
    assert force.pop("activation") == {**begins, "peacetime": "ceasefire", "response": "ceasefire"}
    played = load_experiment("before_or_after").base.scenario.guarantors
    force["members"] = [code for code in force["members"] if code in played]  # type: ignore[attr-defined]
    assert early == force


def deter_(*arguments: str) -> str:
    """Return what a command prints on a terminal of 100 columns, without colour."""
    place = {**os.environ, "COLUMNS": COLUMNS, "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, "-m", "deter", *arguments],
        env=place, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def tidy(text: str) -> str:
    """Return a text without the blanks that tables leave at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


@pytest.mark.skipif(not FULL, reason="whole sweeps are run with DETER_EVIDENCE=full")
@pytest.mark.parametrize("name", NAMES)
def test_the_whole_sweep_reproduces_its_summary(name: str, tmp_path: Path) -> None:
    deter_("sweep", name, "-o", str(tmp_path / name))
    found = tidy(deter_("analyse", str(tmp_path / name)))
    assert found == (FOLDER / name / "summary.txt").read_text(encoding="utf-8")
