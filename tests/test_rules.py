"""The laws as a command tells them."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deter.cli import app
from deter.presentation import rules
from deter.presentation.rules import laws, modules, uses

SOURCE = Path(__file__).resolve().parents[1] / "src"
NAMES = [law.name for law in laws()]
USES = uses(laws())

UNUSED = {"normal.mills_ratio", "incomplete.regularised_gamma_q"}
"""Laws that only tests call; a law nobody calls is to be removed."""


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def by_name(name: str) -> rules.Law:
    return next(law for law in laws() if law.name == name)


def decorated() -> set[str]:
    """The functions of theory/ that are decorated as laws, found without the parser at test."""
    found = set()
    for path in (SOURCE / "deter" / "theory").glob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                marks = {ast.unparse(mark) for mark in node.decorator_list}
                if "law" in marks:
                    found.add(f"{path.stem}.{node.name}")
    return found


# ------------------------------------------------------------------------------- the parser


def test_no_law_is_missing() -> None:
    assert decorated() <= set(NAMES)
    assert len(NAMES) == len(set(NAMES)) > 60


@pytest.mark.parametrize("name", NAMES)
def test_a_law_has_what_every_law_has(name: str) -> None:
    law = by_name(name)
    assert law.summary
    assert law.source
    assert law.signature.startswith(f"{law.function}(")
    for argument in law.arguments:
        assert argument in law.signature
    for text in (law.summary, law.equation, *law.remarks, law.units, law.source, law.departs):
        for word in ("Source:", "Departs:", "Units:", "Parameters", ">>>", "----"):
            assert word not in text, f"{name}: {word} in {text!r}"


def test_a_docstring_is_taken_apart() -> None:
    law = by_name("choice.choice_index")
    assert law.signature == (
        "choice_index(precision: float, utility: float, stake: float, exponent: float) -> float"
    )
    assert law.equation == "v = lambda * EU / stake^eta"
    assert [part.names for part in law.parameters] == list(law.arguments)
    assert law.parameters[0].meaning == "lambda, the precision of choice."
    assert law.source == "McKelvey & Palfrey 1998 (agent quantal response)."
    assert law.departs.startswith("the stake exponent.")
    assert law.departs.endswith("or a step.")
    assert law.example.startswith(">>> choice_index(6.0, 0.01, 0.02, 1.0)\n3.0")
    assert law.has_units


def test_an_equation_that_stands_alone_is_found() -> None:
    assert by_name("choice.war_utility").equation.startswith("EU = gain * W")
    assert by_name("credibility.obligation_weight").equation == "o = 0, 1/4, 1/2, 3/4, 1"
    assert by_name("chance.uniform_quantile").units == "those of the bounds. low > high gives NaN."
    assert by_name("chance.lag_mean").raises.startswith("ValueError")


# ------------------------------------------------------------------------------ where it is used


def test_a_use_is_where_the_law_is_named() -> None:
    for name, places in USES.items():
        function = name.split(".")[1]
        for use in places:
            line = (SOURCE / "deter" / use.file).read_text(encoding="utf-8").splitlines()
            near = "".join(line[use.line - 1 : use.line + 1])
            assert function in near, f"{name}: {use}"


def test_every_law_is_used() -> None:
    assert {name for name, places in USES.items() if not places} <= UNUSED


def test_an_import_and_a_mention_are_no_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SOURCE / "deter" / "theory", tmp_path / "theory")
    (tmp_path / "a.py").write_text(
        '"""choice.expit is mentioned here; theory too."""\n'
        "from deter.theory import choice\n"
        "from deter.theory.choice import expit, logit as odds\n\n"
        "def one(x):\n    return choice.expit(x)\n\n"
        "class Two:\n    def three(self, x):\n        return odds(x)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(rules, "PACKAGE", tmp_path)
    found = uses([by_name("choice.expit"), by_name("choice.logit")])
    assert [str(u) for u in found["choice.expit"] if u.file == "a.py"] == ["a.py:6, in one"]
    assert [str(u) for u in found["choice.logit"] if u.file == "a.py"] == ["a.py:10, in Two.three"]


# --------------------------------------------------------------------------------- the command


def test_rules_lists_every_law() -> None:
    result = deter_("rules")
    assert result.exit_code == 0, result.output
    flat = "".join(result.stdout.split())
    assert [name for name in NAMES if name not in flat] == []


@pytest.mark.parametrize("width", [80, 120])
def test_the_list_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = deter_("rules")
    assert max(map(len, result.stdout.splitlines())) <= width


def test_one_law_is_told_whole() -> None:
    result = deter_("rules", "choice.logit")
    assert result.exit_code == 0, result.output
    for words in (
        "choice.logit(p: float) -> float",
        "log(p / (1 - p))",
        "source: standard.",
        "engine/votes.py:",
        "theory/choice.py:",
        ">>> round(logit(0.75), 6)",
    ):
        assert words in result.stdout
    assert deter_("rules", "logit").stdout == result.stdout, "the bare name will do"


def test_a_file_of_laws_is_told_as_a_list() -> None:
    for module in modules():
        found = json.loads(deter_("rules", module, "--json").stdout)["laws"]
        assert {law["name"].split(".")[0] for law in found} == {module}


def test_json_has_every_law_with_its_uses() -> None:
    found: list[dict[str, Any]] = json.loads(deter_("rules", "--json").stdout)["laws"]
    assert [law["name"] for law in found] == NAMES
    wanted = {"signature", "meaning", "equation", "parameters", "units", "source", "departs"}
    assert all(set(law) >= wanted | {"used", "example"} for law in found)
    assert any(use["file"].startswith("engine/") for law in found for use in law["used"])


def test_markdown_has_a_section_for_each_law() -> None:
    result = deter_("rules", "--markdown")
    assert result.exit_code == 0, result.output
    heads = [line for line in result.stdout.splitlines() if line.startswith("## ")]
    assert heads == [f"## `{name}`" for name in NAMES]
    assert "| used in |" in result.stdout


@pytest.mark.parametrize(
    ("name", "near"),
    [("choice.logitt", "choice.logit"), ("chioce", "choice"), ("ruin", "ruin_win")],
)
def test_an_unknown_law_is_refused_with_the_nearest(name: str, near: str) -> None:
    result = deter_("rules", name)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "is unknown" in result.stderr
    assert near in result.stderr


@pytest.mark.parametrize("name", ["", ".", "x" * 500, "\x1b[31m", "choice."])
def test_nonsense_is_refused(name: str) -> None:
    result = deter_("rules", name)
    assert result.exit_code == 2, result.output
    assert "\x1b" not in result.stderr
    assert len(result.stderr) < 2000


def test_it_works_from_an_installed_package(tmp_path: Path) -> None:
    """Where there is no checkout around it, and the working folder is another."""
    shutil.copytree(
        SOURCE / "deter", tmp_path / "deter", ignore=shutil.ignore_patterns("__pycache__")
    )
    done = subprocess.run(
        [sys.executable, "-m", "deter", "rules", "choice.logit"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path.parent,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "engine/votes.py" in done.stdout
