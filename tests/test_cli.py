"""The command line: what it prints, where it writes, how it fails."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import resource
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import deter
from deter.cli import app, common
from deter.experiments import runner, store
from deter.experiments.interrupts import stopping_once
from deter.reopening import reopen

CEASEFIRE = "ukraine/ceasefire"
SOURCE = Path(__file__).resolve().parents[1] / "src"

MEASURES = (
    "p_limited_attack",
    "p_full_attack",
    "p_war",
    "p_force_within_1y",
    "incidents_per_10y",
    "median_years_to_first_attack",
    "honoured_share",
    "median_response_days",
    "ground_lost",
    "p_major_escalation",
    "deterred_share",
    "provoked_share",
    "campaign_days",
)

SMALL = """
title: A small scenario
horizon: 3 y
guarantors:
  A: {title: Aland}
  B: {}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}
  attack:
    class: full
    severity: 0.9
    prize: 1
    cost: 0.1
    share: 0.8
    steps_to_objective: 4
    steps_to_repulse: 4
behaviour: {opportunity_rate: 3}
frameworks: [paper, pact]
"""

PAPER = """
title: Paper
layers:
  - {id: text, members: all, obligation: consult, binding: political}
"""

PACT = """
title: Pact
summary: A treaty that binds all.
layers:
  - id: treaty
    title: The treaty
    members: all
    obligation: all_means
    binding: ratified_treaty
    activation: {ratified: true}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a small scenario and two frameworks."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "paper.yaml").write_text(PAPER, encoding="utf-8")
    (tmp_path / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def strict(text: str) -> Any:
    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def refused(result: Result, *words: str) -> None:
    """Check that a command was refused with a message, and neither result nor traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ------------------------------------------------------------------------------------ compare


def test_compare_prints_the_object_of_the_issue(here: Path) -> None:
    result = deter_("compare", "small.yaml", "-n", "6", "--workers", "1", "--json")
    assert result.exit_code == 0, result.output
    found = strict(result.stdout)
    assert list(found) == ["scenario", "n", "seed", "engine", "frameworks", "evidence"]
    assert (found["scenario"], found["n"], found["seed"]) == ("small", 6, 1)
    assert list(found["frameworks"]) == ["none", "paper", "pact"]
    for measures in found["frameworks"].values():
        assert set(measures) >= set(MEASURES)
        for measure in measures.values():
            assert set(measure) == {"estimate", "low", "high"}
            for value in measure.values():
                assert value is None or math.isfinite(value)
    assert listing(here) == ["frameworks", "small.yaml"], "with --json nothing is written"


def test_compare_leaves_a_picture_and_says_where(here: Path) -> None:
    result = deter_("compare", "small.yaml", "-n", "5", "--workers", "1")
    assert result.exit_code == 0, result.output
    folder = here / "results" / "small" / "compare"
    assert listing(folder) == [
        "README.md",
        "base.json",
        "causes.png",
        "comparison.png",
        "flow.png",
        "ladder.png",
        "manifest.json",
        "peace.png",
        "race.png",
        "rows.parquet",
        "summary.json",
    ]
    assert "results/small/compare/comparison.png" in result.stderr
    told = " ".join(result.stdout.split())
    for words in ("pact", "n = 5", "not a forecast", "told apart"):
        assert words in told


def test_the_manifests_command_repeats_the_rows(here: Path) -> None:
    args = ["compare", "small.yaml", "-f", "pact,frameworks/paper.yaml", "-n", "4", "--seed", "9"]
    deter_(*args, "--set", "protege.forces=90", "-o", "one", "--workers", "1")
    frame, manifest = store.read_results(here / "one")
    again = manifest["command"].split()
    assert again[0] == "deter"
    result = deter_(*again[1:], "-o", "two", "--workers", "1")
    assert result.exit_code == 0, result.output
    other, second = store.read_results(here / "two")
    assert frame.equals(other)
    assert manifest["frameworks"] == second["frameworks"]
    assert manifest["overrides"] == ["protege.forces=90"]


def test_workers_change_no_row(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POOL_SECONDS", 0.0)
    for workers in ("1", "2"):
        result = deter_("compare", "small.yaml", "-n", "6", "-o", workers, "--workers", workers)
        assert result.exit_code == 0, result.output
    assert store.read_results(here / "1")[0].equals(store.read_results(here / "2")[0])


def test_a_clause_may_be_set_for_one_framework(here: Path) -> None:
    setting = ("--set", "framework.layers.treaty.binding=none")
    one = deter_("compare", "small.yaml", "-f", "pact", "-n", "3", "--json", *setting)
    assert one.exit_code == 0, one.output
    refused(deter_("compare", "small.yaml", "-n", "3", "--json", *setting), "--set", "2 frameworks")


def test_compare_all_takes_the_library(here: Path) -> None:
    result = deter_("compare", CEASEFIRE, "-f", "all", "-n", "1", "--json", "--workers", "1")
    assert result.exit_code == 0, result.output
    found = strict(result.stdout)["frameworks"]
    assert len(found) >= 11
    assert next(iter(found)) == "none"
    assert {"budapest_1994", "stationed_force", "tripwire"} <= set(found)


def test_compare_runs_the_frameworks_the_scenario_names() -> None:
    named = deter.load(CEASEFIRE).scenario.frameworks
    result = deter_("compare", CEASEFIRE, "-n", "1", "--json", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert set(strict(result.stdout)["frameworks"]) == {"none", *named}


# ---------------------------------------------------------------------------------------- run


def test_run_prints_estimates_and_writes_only_if_asked(here: Path) -> None:
    result = deter_("run", "small.yaml", "-f", "pact", "-n", "5", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "P(full attack)" in result.stdout
    assert "Pact" in result.stdout
    assert listing(here) == ["frameworks", "small.yaml"]
    kept = deter_("run", "small.yaml", "-n", "3", "--json", "-o", "kept", "--workers", "1")
    found = strict(kept.stdout)
    assert list(found["frameworks"]) == ["none"]
    assert found["frameworks"]["none"]["deterred_share"]["estimate"] is None
    files = ["README.md", "base.json", "manifest.json", "rows.parquet", "summary.json"]
    assert listing(here / "kept") == files


def test_the_same_seed_gives_the_same_output(here: Path) -> None:
    args = ("run", "small.yaml", "-f", "pact", "-n", "4", "--json", "--workers", "1")
    first, again, other = deter_(*args), deter_(*args), deter_(*args, "--seed", "2")
    assert first.stdout == again.stdout
    assert first.stdout != other.stdout


def test_a_null_framework_equals_none_run_for_run(here: Path) -> None:
    (here / "frameworks" / "null.yaml").write_text("title: Nothing in it\nlayers: [{id: empty}]\n")
    result = deter.compare("small.yaml", ["null"], n=12)
    rows = {
        name: part.drop(columns="framework").reset_index(drop=True)
        for name, part in result.frame.groupby("framework", observed=True)
    }
    assert rows["none"].equals(rows["null"])


def test_a_failing_law_is_a_row_and_a_remark(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deter.engine import reference

    whole = reference.simulate

    def breaks(built: Any, seed: int, replication: int) -> Any:
        if replication == 2:
            raise ZeroDivisionError("planted")
        return whole(built, seed, replication)

    monkeypatch.setattr(reference, "simulate", breaks)
    args = ("--workers", "1", "--engine", "reference")
    result = deter_("run", "small.yaml", "-f", "pact", "-n", "4", "-o", "r", *args)
    assert result.exit_code == 0, result.output
    assert "1 replication failed" in re.sub(r"\s+", " ", result.stdout)
    failed = store.read_results(here / "r")[0].query("status == 'failed'").iloc[0]
    assert "planted" in failed["error"]
    again = "deter trace small.yaml -f pact -r 2 --engine reference --seed 1"
    assert f"(repeat with: {again})" in failed["error"]

    def always(*_: object) -> Any:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(reference, "simulate", always)
    result = deter_("run", "small.yaml", "-n", "3", *args)
    assert result.exit_code == 1
    assert "Every replication failed" in result.stderr


# -------------------------------------------------------------------------------------- trace


def test_trace_tells_a_dated_story(here: Path) -> None:
    result = deter_("trace", "small.yaml", "-r", "3", "-f", "pact")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "A small scenario, under Pact"
    assert lines[1].startswith("Replication 3, seed 1. It ends with: ")
    assert any(re.match(r"\d{1,2} [A-Z][a-z]{2} \d{4} +\S", line) for line in lines)
    assert {"WHAT BECAME OF IT", "WHO DID NOT COME, AND WHY", "WHAT WOULD HAVE CHANGED IT"} <= {
        *lines
    }


def test_trace_gives_every_line_if_asked(here: Path) -> None:
    story = deter.trace("small.yaml", 3, "pact")
    for option in ("--full", "-v"):
        text = deter_("trace", "small.yaml", "-r", "3", "-f", "pact", option).stdout
        assert text == f"{story.full}\n"
    begun = story.full.index("WHAT BECAME OF IT")
    assert story.full[:begun].count("\n") >= len(story.log)


def test_trace_against_another_framework(here: Path) -> None:
    text = deter_("trace", "small.yaml", "-r", "3", "-f", "pact", "--against", "none").stdout
    assert text.startswith("A small scenario: Pact against No guarantee\n")
    assert "WHERE THEY PART" in text
    told = deter.trace("small.yaml", 3, "pact", against="none")
    assert told.other is not None
    assert told.other.replication == 3
    found = strict(
        deter_("trace", "small.yaml", "-r", "3", "-f", "pact", "--against", "none", "--json").stdout
    )
    assert (found["parting"] is None) == (told.parting is None)
    assert found["against"]["framework"] == "none"
    assert len(found["crises"]) == len(told.crises)
    wrong = deter_("trace", "small.yaml", "--against", "pakt")
    assert wrong.exit_code == 2
    assert "did you mean 'pact'" in wrong.output


@pytest.mark.parametrize("name", ["one.png", "one.svg", "one.PDF"])
def test_trace_draws_a_picture(here: Path, name: str) -> None:
    result = deter_("trace", "small.yaml", "-r", "3", "-f", "pact", "--plot", name)
    assert result.exit_code == 0, result.output
    assert f"Pictures: {name}" in result.stderr
    assert (here / f"one-credibility.{name[4:]}").exists()
    heads = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert (here / name).read_bytes().startswith(heads[name[-3:].lower()])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one.gif", "end the name in .png, .svg, .pdf"),
        ("one", "has no ending"),
        ("no/one.png", "not there"),
    ],
)
def test_trace_says_why_a_picture_cannot_be_drawn(here: Path, name: str, said: str) -> None:
    result = deter_("trace", "small.yaml", "--plot", name)
    assert result.exit_code == 2
    assert said in result.output
    assert result.stdout == ""


def test_trace_as_json_is_the_log_of_the_row_it_tells(here: Path) -> None:
    found = strict(deter_("trace", "small.yaml", "-r", "2", "-f", "pact", "--json").stdout)
    assert (found["replication"], found["framework"]) == (2, "pact")
    times = [entry["time"] for entry in found["log"]]
    assert times == sorted(times)
    for entry in found["log"]:
        assert set(entry) >= {"time", "actor", "kind", "text", "seen", "chose", "probabilities"}
    rows = deter.run("small.yaml", "pact", n=3).frame
    assert found["row"]["t_incident"] == pytest.approx(rows["t_incident"][2])


# ------------------------------------------------------------------------------------ engines

PLUG_IN = """
from deter.engine import strategies

def never(sight: strategies.Sight) -> int:
    return -1
"""


@pytest.fixture
def plug_in(here: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the setting that makes a plug-in the challenger's strategy."""
    (here / "my_rules.py").write_text(PLUG_IN, encoding="utf-8")
    monkeypatch.syspath_prepend(str(here))
    return "challenger.strategy=my_rules:never"


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_the_engine_that_ran_is_told(here: Path, engine: str) -> None:
    args = ("--engine", engine, "--workers", "1")
    result = deter_("compare", "small.yaml", "-n", "3", "-o", "out", *args)
    assert result.exit_code == 0, result.output
    workers = {"reference": "1 process", "compiled": "1 thread"}[engine]
    assert f"{engine} engine ({workers})" in re.sub(r"\s+", " ", result.stdout)
    manifest = store.read_results(here / "out")[1]
    assert (manifest["engine"], manifest["workers"]) == (engine, workers)
    assert f"--engine {engine}" in manifest["command"]
    told = strict(deter_("run", "small.yaml", "-n", "3", "--json", *args).stdout)
    assert told["engine"] == engine
    story = deter_("trace", "small.yaml", "--engine", engine, "--json")
    assert strict(story.stdout)["engine"] == engine
    assert f"Told by the {engine} engine" in story.stderr


def test_auto_is_the_compiled_engine_but_for_a_plug_in(here: Path, plug_in: str) -> None:
    for command in (("run", "small.yaml", "-n", "2"), ("trace", "small.yaml")):
        usual = deter_(*command, "--json")
        assert strict(usual.stdout)["engine"] == "compiled"
        assert "--engine" not in usual.stderr
        own = deter_(*command, "--json", "--set", plug_in)
        assert strict(own.stdout)["engine"] == "reference"


def test_the_compiled_engine_refuses_a_plug_in(here: Path, plug_in: str) -> None:
    for command in (
        ("run", "small.yaml", "-n", "2"),
        ("compare", "small.yaml", "-n", "2", "-o", "out"),
        ("trace", "small.yaml"),
    ):
        result = deter_(*command, "--set", plug_in, "--engine", "compiled")
        refused(result, "--engine", "my_rules:never", "Python", "auto", "reference", "logit")
    assert not (here / "out").exists()
    with pytest.raises(deter.InputError, match="compiled engine cannot call"):
        deter.run("small.yaml", n=2, overrides=[plug_in], engine="compiled")
    with pytest.raises(deter.InputError, match="known: auto, reference, compiled"):
        deter.trace("small.yaml", engine="fast")  # type: ignore[arg-type]


def test_a_slow_start_is_explained_in_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a pipe too, whichever engine is prepared."""
    monkeypatch.setattr(common, "SILENCE", 0.0)
    for command in (("run", "small.yaml", "-n", "40"), ("trace", "small.yaml")):
        result = deter_(*command, "--json")
        assert result.stderr.count("Preparing the engine") == 1
        strict(result.stdout)


# ------------------------------------------------------------------- validate, frameworks, schema


def test_validate_names_every_fault(here: Path) -> None:
    good = deter_("validate", "small.yaml", "frameworks")
    assert good.exit_code == 0, good.output
    assert good.stdout.count("all is well") == 2
    (here / "bad.yaml").write_text("horizn: 3 y\nprotege: {forces: -1}\n", encoding="utf-8")
    refused(
        deter_("validate", "bad.yaml"), "bad.yaml:1", "horizon", "bad.yaml:2", "0 or more brigades"
    )
    both = deter_("validate", "small.yaml", "bad.yaml", "--json")
    assert both.exit_code == 2
    assert [file["ok"] for file in strict(both.stdout)["files"]] == [True, False]


def test_the_library_is_valid() -> None:
    result = deter_("validate", "scenarios")
    assert result.exit_code == 0, result.output


def test_frameworks_lists_and_tells(here: Path) -> None:
    listed = deter_("frameworks")
    assert listed.exit_code == 0
    for name in ("none", "budapest_1994", "stationed_force", "tripwire"):
        assert name in listed.stdout
    told = deter_("frameworks", "tripwire")
    assert told.exit_code == 0, told.output
    for word in ("members:", "presence:", "troops at the front", "activation:", "duration:"):
        assert word in told.stdout
    names = [entry["name"] for entry in strict(deter_("frameworks", "--json").stdout)["frameworks"]]
    assert names[0] == "none"
    for name in names:
        assert deter_("frameworks", name).exit_code == 0
        assert strict(deter_("frameworks", name, "--json").stdout)["name"] == name
    refused(deter_("frameworks", "tripwir"), "tripwire")


def test_schema_is_json() -> None:
    for which in ((), ("scenario",), ("framework",)):
        found = strict(deter_("schema", *which).stdout)
        assert found["$schema"].startswith("https://json-schema.org")


CONTAINED = "formal_cases.json"


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_formal_evidence_passes(engine: str, tmp_path: Path) -> None:
    few = []
    if engine == "reference" and os.environ.get("DETER_EVIDENCE") != "full":
        contained = json.loads(resources.files("deter.evidence").joinpath(CONTAINED).read_text())
        (tmp_path / "few.json").write_text(
            json.dumps({**contained, "cases": contained["cases"][::3]})
        )
        few = [str(tmp_path / "few.json")]
    result = deter_("evidence", "formal", *few, "--json", "--engine", engine)
    assert result.exit_code == 0, result.output
    cases = strict(result.stdout)["cases"]
    assert {case["status"] for case in cases} <= {"pass", "no_law"}
    assert all(set(c) == {"id", "group", "status", "expected", "got"} for c in cases)
    assert sum(case["status"] == "pass" for case in cases) > 20


# ------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "small.yaml", "-n", "0"), "-n"),
        (("run", "small.yaml", "-n", "-3"), "-n"),
        (("run", "small.yaml", "-n", "99999999999"), "10,000,000"),
        (("run", "small.yaml", "-n", "many"), "found 'many'"),
        (("run", "small.yaml", "--seed", "-1"), "--seed"),
        (("run", "small.yaml", "--seed", str(2**70)), "--seed"),
        (("run", "small.yaml", "--workers", "0"), "--workers"),
        (("run", "small.yaml", "-f", "pakt"), "did you mean 'pact'"),
        (("run", "smal.yaml"), "did you mean 'small'"),
        (("run", "small.yaml", "--set", "protege.force=3"), "forces"),
        (("run", "small.yaml", "--set", "nonsense"), "path=value"),
        (("compare", "small.yaml", "-n", "0"), "-n"),
        (("compare", "small.yaml", "-f", "pakt,paper,papper"), "did you mean 'paper'"),
        (("compare", "small.yaml", "-f", "pact,,paper"), "empty name"),
        (("trace", "small.yaml", "-r", "-1"), "-r"),
        (("trace", "small.yaml", "-r", str(2**40)), "-r"),
        (("trace", "small.yaml", "-f", "pakt"), "did you mean 'pact'"),
        (("validate", "nowhere.yaml"), "nowhere.yaml"),
        (("trace", "small.yaml", "-r", "two"), "found 'two'"),
        (("run", "small.yaml", "--engine", "fast"), "reference"),
        (("schema", "scenery"), "scenario"),
        (("run",), "scenario"),
        (("rum", "small.yaml"), "run"),
    ],
)
def test_bad_input_is_one_message_and_exit_2(here: Path, words: tuple[str, ...], said: str) -> None:
    refused(deter_(*words), said)
    assert listing(here) == ["frameworks", "small.yaml"]


def test_all_faults_come_together(here: Path) -> None:
    refused(
        deter_("run", "small.yaml", "-n", "0", "--seed", "-1"), "-n: found 0", "--seed: found -1"
    )
    refused(deter_("compare", "small.yaml", "-f", "pakt,papper"), "'pakt'", "'papper'")


def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("it ran")

    monkeypatch.setattr(runner, "replicate", never)
    (here / "mine").mkdir()
    (here / "mine" / "thesis.txt").write_text("x")
    for command in ("run", "compare"):
        refused(deter_(command, "small.yaml", "-o", "small.yaml"), "is a file")
        refused(deter_(command, "small.yaml", "-o", "small.yaml/below"), "cannot be written")
        refused(deter_(command, "small.yaml", "-o", "mine"), "another folder")
    assert listing(here / "mine") == ["thesis.txt"]


def test_the_usual_place_taken_by_others_is_no_reason_not_to_run(here: Path) -> None:
    (here / "results").write_text("mine")
    result = deter_("compare", "small.yaml", "-n", "2", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "will not be kept" in result.stderr
    assert (here / "results").read_text() == "mine"


def test_an_error_while_writing_leaves_no_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "readme", full)
    result = deter_("run", "small.yaml", "-n", "2", "-o", "out", "--workers", "1")
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert listing(here) == ["frameworks", "small.yaml"]


# --------------------------------------------------------------------------------------- Ctrl-C


def test_ctrl_c_says_what_was_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deter.engine import reference

    whole = reference.simulate

    def stops(built: Any, seed: int, replication: int) -> Any:
        if replication == 3:
            raise KeyboardInterrupt
        return whole(built, seed, replication)

    monkeypatch.setattr(reference, "simulate", stops)
    args = ("compare", "small.yaml", "-n", "50", "--workers", "1", "--engine", "reference")
    result = deter_(*args, "-o", "part")
    assert result.exit_code == 130
    assert "3 of 50 replications" in result.stderr
    frame, manifest = store.read_results(here / "part")
    assert (manifest["n"], manifest["asked"], manifest["interrupted"]) == (3, 50, True)
    assert len(frame) == 9
    result = deter_(*args, "--json")
    assert result.exit_code == 130
    assert strict(result.stdout)["n"] == 3


def test_ctrl_c_before_the_first_replication_keeps_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deter.engine import reference

    def stops(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(reference, "simulate", stops)
    args = ("--workers", "1", "--engine", "reference")
    result = deter_("compare", "small.yaml", "-n", "50", *args)
    assert result.exit_code == 130
    assert "nothing was kept" in result.stderr
    assert result.stdout == ""
    assert listing(here) == ["frameworks", "small.yaml"]


def ctrl_c(*_: object, **__: object) -> Any:
    """Do what a hand at the keyboard does."""
    signal.raise_signal(signal.SIGINT)
    raise AssertionError("Ctrl-C was not heard")


def test_ctrl_c_while_pictures_are_drawn_loses_no_histories(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deter.presentation import figures

    with monkeypatch.context() as patched:
        patched.setattr(figures, "draw", ctrl_c)
        result = deter_("compare", "small.yaml", "-n", "20", "--workers", "1", "-o", "out")
    assert result.exit_code == 130
    assert "20 replications under every framework are kept in out" in result.stderr
    assert "nothing was kept" not in result.stderr
    frame, manifest = store.read_results(here / "out")
    assert len(frame) == 60
    assert set(manifest["files"]) == set(listing(here / "out"))
    assert "summary.json" in manifest["files"]
    assert deter_("plot", "out", "--only", "comparison").exit_code == 0
    assert deter_("run", "small.yaml", "-n", "1", "-o", "out").exit_code == 0, "it can be replaced"


def test_a_second_ctrl_c_while_the_run_is_put_together_loses_nothing(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is heard in the run; the second comes before a row is written."""
    from deter.engine import reference
    from deter.experiments import ledger

    whole, together = reference.simulate, ledger.Ledger.complete

    def first(built: Any, seed: int, replication: int) -> Any:
        if replication == 3:
            signal.raise_signal(signal.SIGINT)
        return whole(built, seed, replication)

    hits: list[int] = []

    def second(self: Any) -> int:
        if not hits:
            hits.append(2)
            signal.raise_signal(signal.SIGINT)
        return together(self)

    monkeypatch.setattr(reference, "simulate", first)
    monkeypatch.setattr(ledger.Ledger, "complete", second)
    args = ("-n", "50", "--workers", "1", "--engine", "reference", "-o", "out")
    result = deter_("compare", "small.yaml", *args)
    assert result.exit_code == 130, result.output
    assert "3 of 50 replications" in result.stderr
    assert hits == [2]
    assert len(store.read_results(here / "out")[0]) == 9


def test_a_third_ctrl_c_is_heard_again() -> None:
    heard = []
    with stopping_once():
        for hit in (1, 2, 3):
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                heard.append(hit)
    assert heard == [1, 3]


def test_ctrl_c_while_a_sweep_is_drawn_says_that_all_is_kept(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deter.cli import plots

    (here / "grid.yaml").write_text(
        "title: A grid\nbase: small.yaml\nframeworks: [none, pact]\n"
        "levers:\n  rate: {path: behaviour.opportunity_rate, values: [1, 6]}\n"
        "design: {kind: grid}\nreplications: 5\n"
    )
    monkeypatch.setattr(plots, "drawn_of", ctrl_c)
    result = deter_("sweep", "grid.yaml", "-o", "out", "--workers", "1")
    assert result.exit_code == 130, result.output
    assert "all 20 histories are kept in out" in result.stderr
    assert "nothing was kept" not in result.stderr
    assert reopen(here / "out").study is not None


def until_working(pid: int) -> None:
    """Wait until a process has workers, and a little longer."""
    for _ in range(60):
        time.sleep(0.5)
        if children_of(pid) > 1:
            time.sleep(1.5)
            return


def children_of(pid: int) -> int:
    """Count the processes a process has started; 0 where there is no /proc."""
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            count += stat.read_text().rpartition(")")[2].split()[1] == str(pid)
    return count


def hears_ctrl_c() -> None:
    """Undo what a shell does to programs it starts in the background: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_ctrl_c_from_a_terminal(here: Path, engine: str) -> None:
    """A real signal to a real process group, workers and all."""
    deter_("run", "small.yaml", "-n", "1", "--engine", engine)  # compiled before the clock runs
    command = [sys.executable, "-m", "deter", "compare", "small.yaml", "-n", "2000000"]
    command += ["--engine", engine]
    with subprocess.Popen(
        [*command, "--workers", "2", "-o", "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509  no other thread runs here
    ) as process:
        try:
            if engine == "reference":
                until_working(process.pid)
            else:
                time.sleep(8.0)
            os.killpg(process.pid, signal.SIGINT)
            _, err = process.communicate(timeout=60)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "Stopped by Ctrl-C" in err
    kept = re.search(r": (\d+) of 2000000 replications", err)
    assert kept, err
    assert store.read_results(here / "out")[1]["n"] == int(kept.group(1))


# ---------------------------------------------------------------------------------- the rest


def test_four_lines_of_python(here: Path) -> None:
    scenario = deter.load("small.yaml")
    result = deter.compare(scenario, ["pact"], n=5)
    assert len(result.frame) == 10
    assert result.estimates["pact"]["p_full_attack"].n == 5
    assert set(result.differences) == set(result.twins) == {"pact"}
    assert result.groups.n == 5
    assert result.save("kept").name == "kept"
    assert "values may have been set" in " ".join(store.read_results("kept")[1]["notes"])
    assert "under Pact" in str(deter.trace(scenario, 1, "pact"))
    with pytest.raises(deter.InputError, match="-n: found 0"):
        deter.run(scenario, n=0)
    with pytest.raises(AttributeError):
        deter.nothing  # noqa: B018
    assert {"compare", "load"} <= set(dir(deter))


def test_help_answers_at_once() -> None:
    command = [sys.executable, "-m", "deter", "--help"]
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(took) < 0.5  # of the processor: other work on the machine does not count
    for word in ("run", "compare", "trace", "validate", "frameworks", "schema", "evidence"):
        assert word in done.stdout


def test_version() -> None:
    assert deter_("--version").stdout.strip() == f"deter {deter.__version__}"
