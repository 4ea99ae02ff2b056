"""Documents cannot drift: what is generated is fresh, what is named exists, examples run."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from deter.engine.game import build
from deter.engine.reference import simulate
from deter.presentation.rules import laws
from deter.spec.loading import load_scenario
from deter.spec.schema import field_row, fields_table
from deter.spec.validation import framework_faults
from deter.version import VERSION

ROOT = Path(__file__).resolve().parents[1]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    return module


generate = _generator()
LAWS = laws()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a document in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", read(name), re.M | re.S)


# ---- generated sections


def test_generated_sections_are_fresh():
    stale = sorted(path.name for path in generate.stale())
    assert not stale, f"stale: {', '.join(stale)}; run python docs/generate.py"


def test_every_section_is_in_a_page():
    found = [
        m["name"]
        for page in generate.PAGES
        for m in generate.SECTION.finditer(read(f"docs/{page}"))
    ]
    assert sorted(found) == sorted(generate.SECTIONS)


def test_a_stale_section_is_noticed():
    page = read("docs/glossary.md")
    assert generate.rendered(page) == page
    assert generate.rendered(page.replace("**incident**", "**accident**")) == page


# ---- laws


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_has_source_and_example(law):
    assert law.source, f"{law.name} has no `Source:` in its docstring"
    assert law.example, f"{law.name} has no Examples block that runs"


def test_there_are_laws():
    assert len(LAWS) > 60


# ---- what the hand-written text names


def section(start: str, end: str) -> str:
    text = read("docs/model.md")
    return text[text.index(start) : text.index(end)]


def first_cells(text: str) -> list[str]:
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    return rows[2:]


WORDS_ONLY = {"title", "summary", "sources", "facts", "id"}


def test_every_clause_says_where_it_enters():
    table = first_cells(section("<!-- clauses -->", "<!-- end of clauses -->"))
    named = {name for cell in table for name in re.findall(r"`([^`]+)`", cell)}
    clauses = {
        row.path.removeprefix("framework.").removeprefix("layers.*.")
        for row in fields_table()
        if row.path.startswith("framework.")
    }
    clauses = {c for c in clauses if c.split(".")[-1] not in WORDS_ONLY}
    assert named == clauses


def test_a_symbol_has_one_meaning():
    cells = first_cells(section("## 8. Symbols", "## 9. Clauses"))
    symbols = [symbol.strip(" *") for cell in cells for symbol in cell.split(",")]
    assert len(symbols) == len(set(symbols)), sorted(s for s in symbols if symbols.count(s) > 1)


def test_symbols_point_to_fields():
    for line in section("## 8. Symbols", "## 9. Clauses").splitlines():
        for path in re.findall(r"\| `([a-z_.*0-9]+)` \|$", line):
            assert field_row(path) is not None, path


HAND_WRITTEN = ("docs/model.md", "docs/design.md", "CONTRIBUTING.md")


@pytest.mark.parametrize("page", HAND_WRITTEN)
def test_laws_named_in_the_text_exist(page: str):
    modules = "campaign|chance|choice|coordination|credibility|posture|special"
    named = set(re.findall(rf"\b(?:{modules})\.[a-z_0-9]+(?![\w./])", read(page)))
    known = {law.name for law in LAWS}
    files = {f"{module}.py" for module in modules.split("|")}
    assert {n for n in named if n not in files} <= known


@pytest.mark.parametrize("page", [*HAND_WRITTEN, "docs/parameters.md", "docs/laws.md"])
def test_links_lead_somewhere(page: str):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", read(page)):
        assert ((ROOT / page).parent / target).exists(), target


def test_files_named_in_the_text_exist():
    for page in HAND_WRITTEN:
        for name in re.findall(
            r"`((?:src/deter|tests|docs|engine|theory|spec|presentation)/[\w/.]*)`", read(page)
        ):
            places = (ROOT / name, ROOT / "src" / "deter" / name)
            assert any(place.exists() for place in places), f"{page}: {name}"


# ---- recipes


def test_the_framework_of_the_recipe_is_valid(tmp_path: Path):
    (example,) = blocks("CONTRIBUTING.md", "yaml")
    path = tmp_path / "frameworks" / "neighbours.yaml"
    path.parent.mkdir()
    path.write_text(example, encoding="utf-8")
    assert framework_faults(path, "neighbours.yaml") == []


SCENARIO = """
horizon: 5 y
challenger: {strategy: "STRATEGY"}
guarantors: {A: {}}
behaviour: {opportunity_rate: 4}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01, duration: 60 d}
"""


def test_the_strategy_of_the_recipe_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (example,) = blocks("CONTRIBUTING.md", "python")
    (name,) = re.findall(r"^# (\w+)\.py", example)
    (function,) = re.findall(r"^def (\w+)", example, re.M)
    (tmp_path / f"{name}.py").write_text(example, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def acts(strategy: str) -> int:
        path = tmp_path / "small.yaml"
        path.write_text(SCENARIO.replace("STRATEGY", strategy), encoding="utf-8")
        case = load_scenario(path)
        built = build(case.scenario, case.framework)
        return sum(simulate(built, 1, r).row["n_incidents"] for r in range(10))

    assert 0 < acts(f"{name}:{function}") < acts("logit")


# ---- commands


def test_scripts_can_be_run():
    for name in ("check", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
    shell = subprocess.run(["sh", "-n", str(ROOT / "check")], check=False, capture_output=True)
    assert shell.returncode == 0, shell.stderr


def test_the_readme_gives_a_test_command():
    lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
    assert any(line.startswith("./check") for line in lines), "README.md: no ./check in a sh block"


def test_one_version():
    assert re.search(rf"^version = \"{re.escape(VERSION)}\"", read("pyproject.toml"), re.M)
    assert re.search(rf"^version: {re.escape(VERSION)}$", read("CITATION.cff"), re.M)
    assert f"## [{VERSION}]" in read("CHANGELOG.md")
