"""The rows of the source documents: all there, mostly modelled, and nothing named that is not."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from deter.experiments.columns import describe_columns
from deter.spec.framework import Framework
from deter.spec.loading import load_scenario
from deter.spec.schema import field_row
from deter.vocabulary import RUNGS

ROOT = Path(__file__).resolve().parents[1]
LENGTHS = {"S000": 20, "S001": 46, "S002": 54, "S003": 34, "S004": 15}
IDS = [f"{document}-{i:02d}" for document, n in LENGTHS.items() for i in range(1, n + 1)]
ERRORS = {"S002-32", "S004-04", "S004-15"}
CAUSES = {
    *("S000-01", "S000-11", "S000-13", "S001-17", "S001-34", "S001-38", "S001-41", "S001-43"),
    *("S001-45", "S002-03", "S002-08", "S002-11", "S002-18", "S002-34", "S002-40", "S002-41"),
    *("S002-43", "S002-51", "S003-07", "S003-10", "S003-19"),
}
"""Rows that claim a cause and have to be tested, not encoded."""
KEYS = {"status", "says", "where", "tests", "found", "why"}
PLACES = {"fields", "laws", "options", "files", "outputs"}


def _page() -> ModuleType:
    path = ROOT / "docs" / "requirements_page.py"
    spec = importlib.util.spec_from_file_location("requirements_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


page = _page()
ROWS: dict[str, dict[str, Any]] = page.read_requirements()


def named(kind: str) -> Iterator[tuple[str, str]]:
    """Yield row and name of everything of a kind that rows point to."""
    for row, entry in ROWS.items():
        for name in entry.get("where", {}).get(kind, []):
            yield row, name


def test_the_rows_are_those_of_the_documents() -> None:
    assert list(ROWS) == IDS
    assert len(IDS) == 169


def test_errors_are_called_errors_and_nine_in_ten_of_the_rest_are_modelled() -> None:
    assert {row for row, entry in ROWS.items() if entry["status"] == "document_error"} == ERRORS
    modelled = sum(entry["status"] == "modelled" for entry in ROWS.values())
    assert modelled >= 0.9 * (len(ROWS) - len(ERRORS))


@pytest.mark.parametrize("row", IDS)
def test_a_row_says_what_its_status_needs(row: str) -> None:
    entry = ROWS[row]
    assert set(entry) <= KEYS
    assert entry["says"]
    if entry["status"] == "modelled":
        assert entry["tests"]
        assert entry["where"]
        assert set(entry["where"]) <= PLACES
        assert "why" not in entry
    else:
        assert entry["status"] in {"not_modelled", "document_error"}
        assert entry["why"]
        assert "found" not in entry
    if row in CAUSES and entry["status"] == "modelled":
        assert entry["found"], "a claim about a cause says what was found"


def test_what_was_found_has_figures() -> None:
    without = {
        row for row in CAUSES if "found" in ROWS[row] and not re.search(r"\d", ROWS[row]["found"])
    }
    assert without <= {"S000-11", "S002-08"}  # claims about a sign only


def test_fields_exist() -> None:
    assert not [(row, name) for row, name in named("fields") if field_row(name) is None]


def test_outputs_are_columns() -> None:
    columns = describe_columns()
    assert not [(row, name) for row, name in named("outputs") if name not in columns]


def test_files_exist() -> None:
    assert not [(row, name) for row, name in named("files") if not (ROOT / name).is_file()]


def test_acts_are_options() -> None:
    options = load_scenario("ukraine/ceasefire.yaml").scenario.options
    assert not [(row, name) for row, name in named("options") if name not in options]


def test_laws_exist() -> None:
    for row, name in named("laws"):
        module, _, function = name.partition(".")
        source = (ROOT / "src" / "deter" / "theory" / f"{module}.py").read_text(encoding="utf-8")
        assert re.search(rf"^def {function}\(", source, re.M), f"{row}: {name}"


def collected(files: set[str]) -> set[str]:
    """Return the node ids that pytest finds in some files; nothing runs."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *sorted(files)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_every_test_named_exists() -> None:
    nodes = {(row, node) for row, entry in ROWS.items() for node in entry.get("tests", [])}
    there = collected({node.partition("::")[0] for _, node in nodes})
    assert not sorted((row, node) for row, node in nodes if node not in there)


def test_the_page_is_fresh() -> None:
    assert (ROOT / "docs" / "requirements.md").read_text(
        encoding="utf-8"
    ) == page.requirements_page()


# ------------------------------------------------------------------------------- traps

SELF = {"docs/requirements.yaml", "docs/requirements.md", "docs/requirements_page.py"}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every sentence of the project's documents, scenarios and code, with its file."""
    for pattern in ("README.md", "docs/*.md", "scenarios/**/*", "src/deter/**/*.py"):
        for path in sorted(ROOT.glob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix in {".md", ".yaml", ".py"} and name not in SELF:
                for line in re.split(r"(?<=[.;])\s|\n", path.read_text(encoding="utf-8")):
                    yield name, line


def said(pattern: str) -> list[tuple[str, str]]:
    return [(name, line) for name, line in texts() if re.search(pattern, line, re.I)]


NINETY = r"\b90(?:[.,]0)? ?(?:bn|billion|milliard)"
ASSETS = r"asset|frozen|immobili[sz]ed"
OFTEN = r"several times|repeatedly|many times|twice|more than once|on \w+ occasions"


def test_the_loan_is_not_called_assets() -> None:
    """The EU lends 90 bn; what is immobilised is another sum (trap 1)."""
    wrong = [(n, s) for n, s in said(NINETY) if re.search(ASSETS, s, re.I) and "loan" not in s]
    assert not wrong
    assert any("loan" in sentence for _, sentence in said(NINETY))


def test_article_5_was_invoked_once() -> None:
    """Trap 2."""
    assert not [
        (n, s)
        for n, s in said(r"article 5\b|art\. 5\b|north atlantic")
        if re.search(rf"invoked.*({OFTEN})", s, re.I)
    ]
    for name in ("nato_membership", "nato_art5"):
        facts = load_scenario("ukraine/ceasefire.yaml", framework=name).framework.facts
        assert str(facts["invoked"]).startswith("once: 12 September 2001")


def test_nobody_is_named_in_an_office_that_was_not_theirs() -> None:
    """Traps 3, 4 and 5: a Secretary General, a president, a negotiator."""
    assert not said(r"stoltenberg|former president|\bwaltz\b")


OFFERS_2025_26 = (
    *("article5_like", "berlin_dec2025", "paris_jan2026", "layered", "ladder_ft_feb2026"),
    *("us_guarantee_2026", "plan20_dec2025", "plan28_nov2025"),
)


def owed(layer: Any, rung: str) -> str:
    """Return what is owed at a rung; one word may stand for all."""
    one = layer.obligation
    return str(one if isinstance(one, str) else getattr(one, rung))


def asks(layer: Any) -> bool:
    return any(owed(layer, rung) != "none" for rung in RUNGS) or bool(layer.ladder)


def layers_that_ask(name: str) -> list[Any]:
    framework: Framework = load_scenario("ukraine/ceasefire.yaml", framework=name).framework
    return [layer for layer in framework.layers if asks(layer)]


@pytest.mark.parametrize("name", OFFERS_2025_26)
def test_offers_of_2025_and_2026_bind_from_a_ceasefire_or_a_settlement(name: str) -> None:
    """Guarantees that do not wait are a wish of the documents and no text (trap 6)."""
    layers = layers_that_ask(name)
    assert layers
    assert {layer.activation.response for layer in layers} <= {
        "ceasefire",
        "peace_treaty",
        "ratification",
    }


def test_the_comparator_that_breaks_off_is_filled_from_its_text() -> None:
    """The paragraph on Israel has no end (trap 7): money for ten years, no duty to defend."""
    framework = load_scenario("ukraine/ceasefire.yaml", framework="us_israel_mou_2016").framework
    (layer,) = framework.layers
    assert layer.duration.years is not None
    assert {owed(layer, rung) for rung in RUNGS} == {"none"}


def test_clarity_is_tested_and_not_assumed() -> None:
    """Trap 8: two tests, of which one says the opposite of the documents."""
    names = " ".join(ROWS["S002-51"]["tests"])
    assert "clarity_deters" in names
    assert "clarity_invites" in names


def test_a_wrong_statement_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = [
        ("a.md", "Russian assets of EUR 90 bn are frozen"),
        ("b.md", "EU loan of EUR 90 bn"),
        ("c.md", "Article 5 was invoked several times"),
        ("d.md", "Secretary General Stoltenberg"),
    ]
    monkeypatch.setattr(sys.modules[__name__], "texts", lambda: iter(wrong))
    for test in (
        test_the_loan_is_not_called_assets,
        test_article_5_was_invoked_once,
        test_nobody_is_named_in_an_office_that_was_not_theirs,
    ):
        with pytest.raises(AssertionError):
            test()
