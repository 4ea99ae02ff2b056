"""Starter folders: they run as they are, and nothing is half made."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deter.cli import app
from deter.spec import starter
from deter.spec.loading import list_scenarios, load_scenario, validate_path
from deter.spec.shape import fields_of

FILES = ["README.md", "frameworks/first_draft.yaml", "scenario.yaml"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def inside(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    for words in said:
        assert words in result.stderr


# ----------------------------------------------------------------------------------- it runs


def test_every_command_works_from_it(here: Path) -> None:
    made = deter_("new", "mine")
    assert made.exit_code == 0, made.output
    assert inside(here / "mine") == FILES
    for words in ("cd mine", "deter validate .", "deter compare scenario.yaml", "deter trace"):
        assert words in made.stdout
    os.chdir(here / "mine")
    assert deter_("validate", ".").exit_code == 0
    few = ("-n", "4", "--workers", "1")
    run = deter_("run", "scenario.yaml", "-f", "first_draft", *few)
    assert run.exit_code == 0, run.output
    compared = deter_("compare", "scenario.yaml", *few, "-o", "out")
    assert compared.exit_code == 0, compared.output
    assert "first_draft" in compared.stdout or "First draft" in compared.stdout
    traced = deter_("trace", "scenario.yaml", "-f", "first_draft")
    assert traced.exit_code == 0, traced.output
    assert "First draft" in traced.stdout
    assert deter_("ledger", "scenario.yaml", "-f", "first_draft").exit_code == 0
    told = deter_("frameworks", "frameworks/first_draft.yaml", "nato_membership")
    assert told.exit_code == 0, told.output


def test_the_commands_of_its_readme_work(here: Path) -> None:
    deter_("new", "mine")
    os.chdir(here / "mine")
    text = Path("README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)
    commands = [line.split()[1:] for line in block.splitlines()]
    assert [words[0] for words in commands] == ["validate", "compare", "trace"]
    for words in commands:
        few = ["-n", "2", "--workers", "1"] if words[0] == "compare" else []
        result = deter_(*words, *few)
        assert result.exit_code == 0, result.output
    named = set(re.findall(r"`([\w/]+\.yaml)`", text))
    assert named == {"scenario.yaml", "frameworks/first_draft.yaml"}


@pytest.mark.parametrize("base", [entry.name for entry in list_scenarios()])
def test_it_can_build_on_any_scenario_of_the_library(here: Path, base: str) -> None:
    assert deter_("new", "mine", "--from", base).exit_code == 0
    assert [str(fault) for fault in validate_path("mine")] == []
    case, old = load_scenario("mine/scenario.yaml"), load_scenario(base)
    assert case.framework_name == "first_draft"
    assert case.framework.layers[0].id == "pact"
    assert case.scenario.frameworks == ["none", "first_draft"]
    own = {"title", "description", "sources", "frameworks", "framework"}
    for name, entry in fields_of(type(case.scenario)).items():
        if name not in own:
            before, after = (getattr(one.scenario, entry.attribute) for one in (old, case))
            assert after == before, f"{base}: {name} is not as it was"


def test_it_can_build_on_a_scenario_of_ones_own(here: Path) -> None:
    (here / "deep").mkdir()
    (here / "deep" / "own case.yaml").write_text(
        "title: 'Yes: no'\nguarantors: {NO: {}, ON: {}}\nprotege: {forces: 77}\n"
        "options: {raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}}\n",
        encoding="utf-8",
    )
    made = deter_("new", "mine", "--from", "deep/own case.yaml")
    assert made.exit_code == 0, made.output
    case = load_scenario("mine/scenario.yaml", framework="first_draft")
    assert case.scenario.protege.forces.value == 77
    assert case.framework.layers[0].members == ["NO", "ON"]
    assert case.scenario.title == "mine: Yes: no"


def test_every_setting_has_a_comment_above_it(here: Path) -> None:
    deter_("new", "mine")
    for name in ("scenario.yaml", "frameworks/first_draft.yaml"):
        lines = (here / "mine" / name).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            starts = re.match(r"\s*(?:- )?[a-z_A-Z]+:", line)
            if starts and not line.strip().startswith("#"):
                above = lines[number - 1].strip()
                assert above.startswith("#") or above.endswith(":"), f"{name}:{number + 1}: {line}"


def test_json_says_what_was_made(here: Path) -> None:
    found: dict[str, Any] = json.loads(deter_("new", "mine", "--json").stdout)
    assert sorted(found["files"]) == FILES
    assert (found["folder"], found["from"]) == ("mine", "ukraine/ceasefire")


# ----------------------------------------------------------------------------- all or nothing


def test_an_empty_folder_is_filled(here: Path) -> None:
    (here / "mine").mkdir()
    assert deter_("new", "mine").exit_code == 0
    assert inside(here / "mine") == FILES
    assert sorted(p.name for p in here.iterdir()) == ["mine"]


def test_the_working_folder_is_filled_if_it_is_empty(here: Path) -> None:
    assert deter_("new", ".").exit_code == 0
    assert inside(here) == FILES


@pytest.mark.parametrize("name", [".hidden", "scenario.yaml", "notes.txt"])
def test_a_folder_that_holds_anything_is_left_alone(here: Path, name: str) -> None:
    (here / "mine").mkdir()
    (here / "mine" / name).write_text("mine", encoding="utf-8")
    refused(deter_("new", "mine"), "mine", "is not empty")
    assert inside(here / "mine") == [name]
    assert (here / "mine" / name).read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_nothing_is_left_where_writing_fails(
    here: Path, monkeypatch: pytest.MonkeyPatch, there: bool, fails_at: int
) -> None:
    whole, calls = Path.write_text, 0

    def full(self: Path, *args: Any, **kwargs: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(28, "No space left on device")
        return whole(self, *args, **kwargs)

    if there:
        (here / "mine").mkdir()
    monkeypatch.setattr(Path, "write_text", full)
    refused(deter_("new", "mine"), "No space left on device")
    assert inside(here) == []
    assert (here / "mine").exists() is there


def test_nothing_is_left_where_moving_fails(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "mine").mkdir()
    whole, calls = Path.rename, 0

    def fails(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(13, "Permission denied")
        return whole(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    refused(deter_("new", "mine"), "Permission denied")
    assert list((here / "mine").iterdir()) == []


# ----------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("a_file",), "is a file"),
        (("no/such/place",), "there is no folder"),
        (("",), "is no path"),
        (("  ",), "is no path"),
        (("a\0b",), "is no path"),
        (("frameworks",), "reads as a kind of file"),
        (("sources",), "reads as a kind of file"),
        (("mine", "--from", "ukraine/ceasfire"), "did you mean 'ukraine/ceasefire'"),
        (("mine", "--from", "tripwire"), "no such file"),
        (("mine", "--from", "frameworks/tripwire"), "is a framework"),
        (("mine", "--from", "sources/literature"), "is a catalogue of sources"),
        (("x" * 300,), "too long"),
    ],
)
def test_bad_input_is_refused(here: Path, words: tuple[str, ...], said: str) -> None:
    (here / "a_file").write_text("x", encoding="utf-8")
    refused(deter_("new", *words), said)
    assert sorted(p.name for p in here.iterdir()) == ["a_file"]


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind this user"
)
def test_a_folder_that_cannot_be_written_is_refused(here: Path) -> None:
    (here / "locked").mkdir(mode=0o500)
    refused(deter_("new", "locked/mine"), "cannot be written")


def test_templates_come_with_the_package() -> None:
    names = {path.name for path in starter._TEMPLATES.iterdir()}
    assert {"scenario.yaml", "framework.yaml", "README.md", "guarantors.yaml"} <= names
    assert starter._TEMPLATES.is_relative_to(Path(starter.__file__).parent)
