"""Measures of what rests on assumptions, as files: written, and found again. Light to read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deter.errors import OutputError
from deter.files import cannot_write, write_whole
from deter.spec.stored import without

KIND = "assumptions"
FILE = "assumptions.json"
BUNDLED = Path(__file__).resolve().parents[1] / "calibrated"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """A measure that is about a scenario under a framework, number by number.

    Attributes
    ----------
    under : mapping
        What was found under the framework.
    document : mapping
        The whole measure.
    place : str
        Its file; empty for one that came with the package.
    """

    under: Document
    document: Document
    place: str


def check_file(path: str | Path) -> Path:
    """Return the path of a file that is to be written, before anything is run.

    Raises
    ------
    OutputError
        If it is a folder, or a file that is no such measure.
    """
    place = Path(path)
    if place.is_dir():
        raise OutputError(f"{place}: is a folder; name a file, as {place / FILE}")
    if place.exists() and _plain(place) is None:
        raise OutputError(
            f"{place}: is there, and is no measure of deter evidence assumptions; name another file"
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(cannot_write(place, error)) from None
    return place


def write(document: Document, place: Path) -> None:
    """Write a measure, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    text = json.dumps(
        {"made_by": "deter", "kind": KIND, **document},
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    write_whole(place, (text + "\n").encode())


WORDS = frozenset({"title", "summary", "description", "source", "sources"})
"""Keys whose texts say what something is, and change no history."""


def fingerprint(scenario: Document, framework: Document) -> str:
    """Return a digest of all that bears on a measure: numbers, grades, choices, not descriptions.

    Parameters
    ----------
    scenario, framework : mapping
        As :mod:`deter.spec.stored` has them as plain data.
    """
    return fingerprints(scenario, {"": framework})[""]


def fingerprints(scenario: Document, frameworks: Mapping[str, Document]) -> dict[str, str]:
    """Return by framework the :func:`fingerprint` of a scenario under it."""
    told = json.dumps(without(scenario, WORDS), sort_keys=True)
    contents = {
        name: f"[{told}, {json.dumps(without(framework, WORDS), sort_keys=True)}]"
        for name, framework in frameworks.items()
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in contents.items()}


def find(prints: Mapping[str, str], places: Sequence[Path] = ()) -> dict[str, Found]:
    """Return by framework a measure of the very same scenario under it.

    Parameters
    ----------
    prints : mapping of str to str
        By framework, what :func:`fingerprint` returns.
    places : sequence of Path
        Files to look in; those that came with the package are looked in first.
    """
    found: dict[str, Found] = {}
    for place, document in _documents(places):
        known = {one["fingerprint"]: one for one in document["frameworks"].values()}
        for name, one in prints.items():
            if one in known:
                found.setdefault(name, Found(known[one], document, place))
    return found


def bundled() -> list[Document]:
    """Return the measures that came with the package."""
    files = sorted(BUNDLED.glob(f"{KIND}_*.json"))
    return [document for path in files if (document := _read(path)) is not None]


def _documents(places: Sequence[Path]) -> Iterator[tuple[str, Document]]:
    for document in bundled():
        yield "", document
    for path in places:
        read = _read(path)
        if read is not None:
            yield str(path), read


NEEDED = ("spread", "command", "model", "frameworks")
EACH = ("fingerprint", "outcomes", "leading")


def _read(path: Path) -> Document | None:
    """Return a measure; None for what is none, is damaged, or was written by another version."""
    document = _plain(path)
    if document is None or not all(name in document for name in NEEDED):
        return None
    held = document["frameworks"]
    if not isinstance(held, dict) or not all(isinstance(one, dict) for one in held.values()):
        return None
    return document if all(name in one for one in held.values() for name in EACH) else None


def _plain(path: Path) -> Document | None:
    """Return a file's content where it says that it is a measure."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) and document.get("kind") == KIND else None


__all__ = ["FILE", "Document", "Found", "bundled", "check_file", "find", "fingerprint", "write"]
