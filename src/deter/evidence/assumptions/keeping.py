"""Measures of what rests on assumptions, as files: written, and found again. Light to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deter.errors import OutputError

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
    if place.exists() and _read(place) is None:
        raise OutputError(
            f"{place}: is there, and is no measure of deter evidence assumptions; name another file"
        )
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
    return place


def write(document: Document, place: Path) -> None:
    """Write a measure, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    from deter.experiments.parts import write_whole

    text = json.dumps(
        {"made_by": "deter", "kind": KIND, **document},
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    write_whole(place, (text + "\n").encode())


def find(digests: Mapping[str, str], places: Sequence[Path] = ()) -> dict[str, Found]:
    """Return by framework a measure of the very same scenario under it.

    Parameters
    ----------
    digests : mapping of str to str
        Of the scenario under each framework.
    places : sequence of Path
        Files to look in; those that came with the package are looked in first.
    """
    found: dict[str, Found] = {}
    for place, document in _documents(places):
        by_digest = {one["digest"]: one for one in document["frameworks"].values()}
        for name, digest in digests.items():
            if digest in by_digest:
                found.setdefault(name, Found(by_digest[digest], document, place))
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


def _read(path: Path) -> Document | None:
    """Return a measure; None for what is none, or cannot be read."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(document, dict) and document.get("kind") == KIND
    return document if known and isinstance(document.get("frameworks"), dict) else None


__all__ = ["FILE", "Document", "Found", "bundled", "check_file", "find", "write"]
