"""The ledger of assumptions: every number in force, with unit, meaning, evidence and place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deter.cli import app
from deter.spec.ledger import GRADES, Ledger, counts, ledger
from deter.spec.loading import list_scenarios, load_scenario, resolve_framework
from deter.spec.values import walk_values

ENTRY = (
    "path",
    "value",
    "unit",
    "low",
    "high",
    "meaning",
    "evidence",
    "source",
    "file",
    "line",
    "default",
)

SCENARIO = """\
title: A small scenario
horizon: 3 y
protege:
  forces: {value: 60000 troops, evidence: estimate, source: a count}
challenger:
  motive_mean: {distribution: normal, mean: 0.5, sd: 0.1, low: 0}
guarantors:
  A: {resolve: 0.5}
  B: {}
  C: {}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01, months: [1, 2]}
framework: pact
"""

PACT = """\
title: Pact
layers:
  - id: treaty
    members: [A, B]
    decision:
      rule: coalition
      k: 2
      weights: {A: 3}
    deadlines: {decide: {value: 72 h, evidence: published, source: article 5}}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "small.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def told(*words: str) -> dict[str, Any]:
    result = deter_("ledger", *words, "--json")
    assert result.exit_code == 0, result.output

    def refuse(word: str) -> float:
        raise AssertionError(f"{word} is not JSON")

    found: dict[str, Any] = json.loads(result.stdout, parse_constant=refuse)
    return found


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for words in said:
        assert words in result.stderr


def at(found: dict[str, Any], path: str) -> dict[str, Any]:
    (entry,) = [entry for entry in found["entries"] if entry["path"] == path]
    return dict(entry)


# ------------------------------------------------------------------------- the bundled library


def ledgers(name: str) -> list[Ledger]:
    """The ledgers of a bundled scenario under its own framework and each that it names."""
    case = load_scenario(name)
    named = [resolve_framework(case, framework) for framework in case.scenario.frameworks]
    return [ledger(one) for one in (case, *named)]


@pytest.mark.parametrize("name", [entry.name for entry in list_scenarios()])
def test_no_number_is_without_unit_meaning_and_grade(name: str) -> None:
    for found in ledgers(name):
        assert len(found.entries) > 100
        for entry in found.entries:
            where = f"{name}, {found.framework}: {entry.path}"
            assert entry.unit.strip(), where
            assert entry.meaning.strip(), where
            assert entry.evidence in GRADES, where
            assert entry.low <= entry.high, where
            if not entry.default:
                assert entry.line > 0, where
            if entry.evidence == "published":
                assert entry.source, f"{where}: published, and by whom?"


@pytest.mark.parametrize("name", [entry.name for entry in list_scenarios()])
def test_no_number_of_the_record_is_missing(name: str) -> None:
    case = load_scenario(name)
    paths = {entry.path for entry in ledger(case).entries}
    numbers = [path for path, _ in walk_values(case.scenario) if not path.startswith("framework.")]
    numbers += [path for path, _ in walk_values(case.framework, "framework")]
    assert set(numbers) <= paths
    assert len(paths) == len(ledger(case).entries), "a path is there twice"


def test_the_line_of_a_number_is_the_line_it_stands_in() -> None:
    for found in ledgers("ukraine/ceasefire"):
        checked = 0
        for entry in found.entries:
            if entry.default:
                continue
            line = Path(entry.file).read_text(encoding="utf-8").splitlines()[entry.line - 1]
            key = entry.path.split(".")[-1]
            assert re.search(rf"\b{key}\b", line), f"{entry.path}: {entry.file}:{entry.line}"
            checked += 1
        assert checked > 100


# ----------------------------------------------------------------------------------- entries


def test_json_has_what_a_machine_needs(here: Path) -> None:
    found = told("small.yaml")
    assert (found["scenario"], found["framework"]) == ("small", "pact")
    assert all(set(entry) >= set(ENTRY) for entry in found["entries"])
    assert at(found, "protege.forces") == {
        "path": "protege.forces",
        "value": 12.0,
        "distribution": None,
        "unit": "brigades",
        "low": 0.0,
        "high": None,
        "meaning": "Forces at the start, in brigade equivalents.",
        "evidence": "estimate",
        "source": "a count",
        "file": "small.yaml",
        "line": 4,
        "default": False,
        "free": False,
    }


def test_a_distribution_is_told_with_its_parameters(here: Path) -> None:
    entry = at(told("small.yaml"), "challenger.motive_mean")
    assert entry["value"] == 0.5
    assert entry["distribution"] == {
        "distribution": "normal",
        "mean": 0.5,
        "sd": 0.1,
        "low": 0.0,
    }
    assert entry["free"] is True
    assert "normal (mean 0.5, sd 0.1, low 0)" in deter_("ledger", "small.yaml", "--markdown").stdout


def test_a_default_says_so_and_has_the_fields_grade(here: Path) -> None:
    found = told("small.yaml")
    entry = at(found, "protege.acceptance_none")
    assert (entry["default"], entry["file"], entry["line"]) == (True, None, None)
    assert entry["evidence"] == "published"
    assert entry["source"].startswith("[kiis_2026]")
    assert at(found, "rungs.ground.risk")["value"] == 2.75, "each rung has a default of its own"


def test_whole_numbers_are_numbers_too(here: Path) -> None:
    found = told("small.yaml")
    k = at(found, "framework.layers.treaty.decision.k")
    assert (k["value"], k["unit"], k["line"]) == (2, "members", 7)
    assert (k["low"], k["high"], k["evidence"]) == (1, 300, "assumption")
    assert at(found, "framework.layers.treaty.decision.weights.A")["value"] == 3.0
    assert at(found, "options.raid.months")["value"] == [1, 2]
    assert at(found, "behaviour.winter")["default"] is True


def test_the_framework_has_its_own_file_and_lines(here: Path) -> None:
    entry = at(told("small.yaml"), "framework.layers.treaty.deadlines.decide")
    assert (entry["file"], entry["line"]) == ("frameworks/pact.yaml", 9)
    assert (entry["value"], entry["evidence"], entry["source"]) == (3.0, "published", "article 5")


def test_what_is_set_on_the_command_line_says_so(here: Path) -> None:
    found = told(
        "small.yaml", "--set", "protege.forces=90", "--set", "framework.layers.treaty.decision.k=1"
    )
    entry = at(found, "protege.forces")
    assert (entry["value"], entry["file"], entry["line"]) == (90.0, "--set", None)
    assert (entry["evidence"], entry["default"]) == ("assumption", False)
    assert at(found, "framework.layers.treaty.decision.k")["file"] == "--set"


def test_a_layer_that_loses_members_keeps_its_lines(here: Path) -> None:
    text = (
        "title: Big\nlayers:\n  - id: force\n    presence:\n"
        "      - {guarantor: US, troops: 1}\n      - {guarantor: FR, troops: 2}\n"
    )
    (here / "fr.yaml").write_text(
        "extends: ukraine/ceasefire.yaml\nguarantors: {}\n", encoding="utf-8"
    )
    case = load_scenario("fr.yaml", framework="stationed_force")
    for entry in ledger(case).below("framework").entries:
        assert entry.default or entry.file.endswith("stationed_force.yaml"), entry
    (here / "inline.yaml").write_text(
        "guarantors: {US: {}, FR: {}}\nframework:\n"
        + "".join(f"  {line}\n" for line in text.splitlines()),
        encoding="utf-8",
    )
    found = told("inline.yaml")
    assert at(found, "framework.layers.force.presence.1.troops")["line"] == 8


# ------------------------------------------------------------------------------------- counts


def test_counts_add_up(here: Path) -> None:
    found = told("small.yaml")
    assert found["counts"]["total"] == len(found["entries"])
    assert sum(found["counts"][grade] for grade in GRADES) == found["counts"]["total"]
    for key in found["counts"]:
        assert sum(part[key] for part in found["sections"].values()) == found["counts"][key]
    assert found["counts"]["default"] == sum(entry["default"] for entry in found["entries"])
    assert found["sections"]["framework"]["published"] == 1


def test_a_grade_counts_where_it_is_given(here: Path) -> None:
    before = told("small.yaml")["counts"]
    after = told("small.yaml", "--set", "horizon={value: 3, evidence: published, source: me}")
    assert after["counts"]["published"] == before["published"] + 1
    assert after["counts"]["assumption"] == before["assumption"] - 1


# -------------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal(
    here: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = deter_("ledger", "ukraine/ceasefire", "-f", "layered")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= width
    assert "…" not in result.stdout


def test_the_summary_comes_first_and_nothing_is_hidden(here: Path) -> None:
    result = deter_("ledger", "small.yaml")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert "how well its numbers are known" in lines[0]
    many = counts(ledger(load_scenario("small.yaml")).entries)
    assert f"{many['total']} numbers in force" in " ".join(result.stdout.split())
    for entry in ledger(load_scenario("small.yaml")).entries:
        assert entry.path.split(".")[-1] in result.stdout


def test_defaults_that_are_alike_stand_together(here: Path) -> None:
    folded = " ".join(deter_("ledger", "small.yaml", "--only", "guarantors").stdout.split())
    assert "A, B, C: default of the schema" in folded
    assert "B, C: default of the schema" in folded
    unfolded = deter_("ledger", "small.yaml", "--only", "guarantors", "--all").stdout
    assert "A, B" not in unfolded


def test_only_shows_a_part(here: Path) -> None:
    found = told("small.yaml", "--only", "guarantors.B")
    assert {entry["path"].rpartition(".")[0] for entry in found["entries"]} == {"guarantors.B"}
    assert found["counts"]["total"] == len(found["entries"])
    for path in ("horizon", "scenario"):
        assert [e["path"] for e in told("small.yaml", "--only", path)["entries"]] == ["horizon"]


def test_markdown_has_a_row_for_each_number(here: Path) -> None:
    result = deter_("ledger", "small.yaml", "--markdown")
    assert result.exit_code == 0, result.output
    rows = [line for line in result.stdout.splitlines() if line.startswith("| `")]
    assert len(rows) == told("small.yaml")["counts"]["total"]
    assert all(len(re.split(r"(?<!\\)\|", row)) == 10 for row in rows)
    assert "`small.yaml:4`" in result.stdout


def test_several_frameworks(here: Path) -> None:
    found = told("small.yaml", "-f", "none", "-f", "pact")
    assert [one["framework"] for one in found["ledgers"]] == ["none", "pact"]
    result = deter_("ledger", "small.yaml", "-f", "none,pact")
    assert result.stdout.count("how well its numbers are known") == 2
    assert result.stdout.count("Length of a history") == 1, "the scenario's numbers are told once"


# ----------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("smal.yaml",), "did you mean 'small'"),
        (("small.yaml", "-f", "pakt"), "did you mean 'pact'"),
        (("small.yaml", "-f", ""), "there is no framework"),
        (("small.yaml", "--set", "horizon"), "--set"),
        (("small.yaml", "--only", "guarantor"), "did you mean 'guarantors'"),
        (("small.yaml", "--only", ""), "--only"),
        (("small.yaml", "--json", "--markdown"), "--markdown"),
    ],
)
def test_bad_input_is_refused(here: Path, words: tuple[str, ...], said: str) -> None:
    refused(deter_("ledger", *words), said)
