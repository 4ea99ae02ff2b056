"""What the library holds: its frameworks, its scenarios, the guarantors it knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deter.errors import InputError
from deter.spec import library
from deter.spec.extends import load_tree
from deter.spec.framework import Framework
from deter.spec.hints import nearest
from deter.spec.quantities import Record
from deter.spec.scenario import Scenario
from deter.spec.tree import Leaf, Table


@dataclass(frozen=True)
class FrameworkEntry:
    """A framework of the library; ``path`` is None for the built-in ``none``."""

    name: str
    path: Path | None
    title: str
    summary: str


@dataclass(frozen=True)
class ScenarioEntry:
    """A scenario of the library."""

    name: str
    path: Path
    title: str
    summary: str


def list_frameworks() -> list[FrameworkEntry]:
    """Return the library's frameworks by name, ``none`` first."""
    entries = [
        FrameworkEntry(path.stem, path, *_about(path, Framework))
        for path in library.framework_files()
    ]
    if all(entry.name != library.NO_FRAMEWORK for entry in entries):
        title = str(Framework.model_fields["title"].default)
        entries.append(
            FrameworkEntry(library.NO_FRAMEWORK, None, title, "No commitment beyond what exists.")
        )
    return sorted(entries, key=lambda entry: (entry.name != library.NO_FRAMEWORK, entry.name))


def list_scenarios() -> list[ScenarioEntry]:
    """Return the library's scenarios by name."""
    return sorted(
        (
            ScenarioEntry(library.name_of(path), path, *_about(path, Scenario))
            for path in library.scenario_files()
        ),
        key=lambda entry: entry.name,
    )


def _about(path: Path, model: type[Record]) -> tuple[str, str]:
    """Return title and summary; a file that cannot be read says so in place of its summary."""
    try:
        tree = load_tree(path, library.shown(path), model)
    except InputError as error:
        return "", f"({error.faults[0]})"
    key = "summary" if model is Framework else "description"
    return _text(tree, "title"), _text(tree, key)


def _text(tree: Table, key: str) -> str:
    node = tree.get(key)
    value = node.value if isinstance(node, Leaf) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def catalogue_codes() -> frozenset[str]:
    """Return the codes of all guarantors the library knows; empty where it has no catalogue."""
    return frozenset(catalogue_titles())


def catalogue_titles() -> dict[str, str]:
    """Return the names of all guarantors the library knows, by code."""
    titles: dict[str, str] = {}
    for path in library.yaml_files(library.library_root() / library.ACTORS):
        guarantors = load_tree(path, library.shown(path), Scenario).get("guarantors")
        if isinstance(guarantors, Table):
            for code, entry in guarantors.entries.items():
                name = _text(entry.node, "title") if isinstance(entry.node, Table) else ""
                titles[code] = name or titles.get(code, "")
    return titles


def code_meant(word: str) -> str | None:
    """Return the code of the guarantor a word may mean: by code, by name or by initials.

    Examples
    --------
    >>> code_meant("UK"), code_meant("Germny"), code_meant("fr"), code_meant("Narnia")
    ('GB', 'DE', 'FR', None)
    """
    titles = catalogue_titles()
    for code, title in titles.items():
        initials = "".join(part[0] for part in title.split() if part[0].isupper())
        if word.lower() == code.lower() or (len(word) > 1 and word.upper() == initials):
            return code
    named = nearest(word, [title for title in titles.values() if title], least=0.75)
    return next((code for code, title in titles.items() if title == named), None)
