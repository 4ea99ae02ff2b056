"""Write docs/requirements.md from docs/requirements.yaml.

:mod:`generate` writes it with the other pages.
"""

# ruff: noqa: E501 (a paragraph of the page is one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DOCS = Path(__file__).resolve().parent
DATA = DOCS / "requirements.yaml"

DOCUMENTS: Mapping[str, str] = {
    "S000": "S000: what makes a guarantee real",
    "S001": "S001: talks, and a plan beside NATO",
    "S002": "S002: the Berlin offer",
    "S003": "S003: a bridge to membership",
    "S004": "S004: layers, Turkey, delay",
}
"""The source documents and what each is about."""

INTRO = """\
# Requirements, row by row

The project began from five short documents on guarantees for Ukraine. Each statement in them that says something about a model is a row here: {rows} rows, of which {modelled} are modelled, {missing} are not, and {errors} are errors of the documents, which are no facts of this project. Of the rows that are no errors, {share} are modelled. The data behind this page is [requirements.yaml](requirements.yaml); `tests/test_requirements.py` holds it to the schema, the files and the tests it names.

**A row counts as modelled** if something stands for it and a test changes that one thing and sees an output move (the interval of a paired difference excludes zero), or finds an exact identity. That says the model has a lever there, not that the lever has the right strength. Where only part of a row is represented, the section *What was found* says which.

Tests are named without `test_`; `clauses`, `processes`, `effects`, `ukraine`, `main` and `historical` are `tests/test_clauses.py`, `test_processes.py`, `test_requirement_effects.py`, `test_scenarios_ukraine.py`, `test_ukraine.py` and `test_scenarios_historical.py`.
"""

FOUND = """\
## What was found

Claims about causes, put to the bundled scenarios, and rows that are represented in part. Unless a row says otherwise: Ukraine after a ceasefire (or in war, where a war ends), n = 2000, seed 1, ten years, differences paired by shared luck, 95 % intervals. How states behave is drawn from the posterior, history by history, and an interval is that of the average; it holds under the scenarios' other assumptions, most of which nobody has measured. *Full attack*, *land grab* and *war* are shares of histories with at least one.
"""

FILES = {
    "clauses": "test_clauses",
    "processes": "test_processes",
    "effects": "test_requirement_effects",
    "ukraine": "test_scenarios_ukraine",
    "main": "test_ukraine",
    "historical": "test_scenarios_historical",
    "analysis": "test_analysis",
    "requirements": "test_requirements",
}
"""Short names of the files of tests."""

TABLES = (
    "a_clause_moves_its_output",
    "a_field_moves_its_output",
    "what_must_change_nothing_changes_nothing",
    "a_scenario_shows_what_it_is_for",
    "a_counterfactual_differs_as_found",
)
"""Tests of tables, of which only the line is named."""

Row = Mapping[str, Any]


def read_requirements(path: Path = DATA) -> dict[str, Row]:
    """Return the rows of the data file by id."""
    rows: dict[str, Row] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return rows


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def test_name(node: str) -> str:
    """Return a test's node id as the page shows it."""
    path, _, name = node.partition("::")
    short = {f"tests/{file}.py": word for word, file in FILES.items()}[path]
    found = re.fullmatch(r"test_(\w+)(?:\[(.*)\])?", name)
    if found is None:
        raise ValueError(f"not the name of a test: {node}")
    function, line = found[1], found[2]
    if function in TABLES:
        return f"{short}: {line}"
    return f"{short}: {function.replace('_', ' ')}" + (f" ({line})" if line else "")


def _where(row: Row) -> str:
    where = row.get("where", {})
    short = {"fields": "", "laws": "", "options": "", "files": "scenarios/", "outputs": ""}
    words = {"fields": "", "laws": "law ", "options": "act ", "files": "", "outputs": "output "}
    return ", ".join(
        f"{words[kind]}`{name.removeprefix(short[kind]).removeprefix('framework.layers.*.')}`"
        for kind in words
        for name in where.get(kind, [])
    )


def _cells(name: str, row: Row) -> tuple[str, ...]:
    tests = "; ".join(_cell(test_name(node)) for node in row.get("tests", []))
    status = {"modelled": "yes", "not_modelled": "no", "document_error": "error"}[row["status"]]
    return name, _cell(row["says"]), status, _cell(_where(row)), tests


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reasons(rows: Mapping[str, Row], status: str) -> str:
    found = [(name, row) for name, row in rows.items() if row["status"] == status]
    return _table(
        ("row", "asks", "why"),
        ((name, _cell(row["says"]), _capital(_cell(row["why"]))) for name, row in found),
    )


def requirements_page() -> str:
    """Return the page in Markdown, as it would be written now."""
    rows = read_requirements()
    count = {
        status: sum(row["status"] == status for row in rows.values())
        for status in ("modelled", "not_modelled", "document_error")
    }
    share = count["modelled"] / (len(rows) - count["document_error"])
    parts = [
        INTRO.format(
            rows=len(rows),
            modelled=count["modelled"],
            missing=count["not_modelled"],
            errors=count["document_error"],
            share=f"{100 * share:.0f} %",
        ),
        FOUND,
        _table(
            ("row", "asks or claims", "found"),
            (
                (name, _cell(row["says"]), _cell(row["found"]))
                for name, row in rows.items()
                if "found" in row
            ),
        ),
        "## Not modelled, and why\n",
        _reasons(rows, "not_modelled"),
        "## Errors of the documents\n",
        _reasons(rows, "document_error"),
        "Clauses below stand without `framework.layers.*.`, files without `scenarios/`.\n",
    ]
    for prefix, title in DOCUMENTS.items():
        cells = (_cells(name, row) for name, row in rows.items() if name.startswith(prefix))
        heads = ("row", "asks", "modelled", "represented by", "seen in")
        parts += [f"## {title}\n", _table(heads, cells)]
    return "\n".join(parts)
