"""Catalogues of sources: what a key in brackets stands for, and whether there is one.

A catalogue is a YAML file in a folder ``sources``, of the library or beside a scenario: a mapping
of keys to records. An entry of a file's ``sources``, and the ``source`` of a number, may begin with
a key, as ``"[kiel_2026] aid a year"``; then a catalogue must have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.checking import Origin, check
from deter.spec.hints import found, unknown
from deter.spec.quantities import Record
from deter.spec.tree import Entry, Leaf, Listing, Node, Place, Table
from deter.spec.tree import Path as Steps
from deter.spec.yaml_reader import read_table

KEY = re.compile(r"[a-z][a-z0-9_]{3,63}", re.ASCII)
KEY_RULE = (
    "four or more lower-case letters, digits and _, a letter first; it ends in the year, if one "
    "is given"
)

_LEADING = re.compile(r"\s*\[([^\[\]]*)\]")
_MARK = re.compile(r"[A-Z]", re.ASCII)
_LINE = re.compile(r"""^(["']?)([A-Za-z0-9_]+)\1\s*:""", re.M)
_YEARS = re.compile(r"(\d{4})(?:[-–/](\d{2}|\d{4}))?", re.ASCII)


def parse_year(raw: Any) -> str:
    """Read a year, or a span of years, as a text.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_year(2026), parse_year("2019-20")
    ('2026', '2019-20')
    """
    text = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    if not _YEARS.fullmatch(text):
        raise ValueError(f"found {found(raw)}; write a year as 2026, or years as 2019-20")
    return text


def parse_address(raw: Any) -> Any:
    """Refuse an address with its protocol; leave all else as it is."""
    if isinstance(raw, str) and re.match(r"\s*https?://", raw):
        raise ValueError(f"found {found(raw)}; leave https:// out")
    return raw


class Source(Record):
    """One work, page, survey or data set that something was taken from."""

    title: str = Field(description="What it is called.")
    author: str | None = Field(default=None, description="Who wrote or publishes it.")
    year: Annotated[str, BeforeValidator(parse_year)] | None = Field(
        default=None, description="Year of publication, or years covered; none where unknown."
    )
    address: Annotated[str, BeforeValidator(parse_address)] | None = Field(
        default=None, description="Public page, without https://."
    )
    mark: Literal["V", "M", "C"] = Field(
        description="V read in a public page, M from memory, C computed from what was read."
    )
    note: str | None = Field(default=None, description="What a reader should know about it.")


class Catalogue(Record):
    """A file of sources, as it is validated: under one key of our own."""

    sources: dict[str, Source] = Field(default_factory=dict, description="Sources by key.")


MARKS = {
    "V": "read in a public page",
    "M": "from memory, not checked against the work",
    "C": "computed from what was read",
}
"""What a mark says, in the order of trust."""


@dataclass(frozen=True)
class Citation:
    """A key that a file cites, and where.

    Attributes
    ----------
    key : str
        As written between the brackets.
    path : tuple
        Of the text it stands in.
    place : Place
        File and line.
    """

    key: str
    path: Steps
    place: Place


# ---------------------------------------------------------------------------- catalogues


def catalogue_files(base: Path | None = None) -> list[Path]:
    """Return the catalogues of the library, and those beside a scenario.

    Parameters
    ----------
    base : Path, optional
        The folder of a scenario, or of its frameworks.
    """
    folders = [library.library_root() / library.SOURCES]
    if base is not None:
        folders += [base / library.SOURCES]
        folders += [base.parent / library.SOURCES] if base.name == library.FRAMEWORKS else []
    files = {path.resolve(): path for folder in folders for path in library.yaml_files(folder)}
    return list(files.values())


def load_catalogue(path: Path, shown: str) -> dict[str, Source]:
    """Load a catalogue.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    record, faults = _checked(path, shown)
    if record is None or faults:
        raise InputError(tuple(sorted(faults)))
    return record.sources


def sources_faults(path: Path, shown: str) -> list[Fault]:
    """Return everything that is wrong with a catalogue, and keys other catalogues have too."""
    try:
        faults = _checked(path, shown)[1]
        table = read_table(path, shown)
    except InputError as error:
        return list(error.faults)
    others = (other for other in catalogue_files(path.resolve().parent.parent))
    for other in others:
        if other.resolve() != path.resolve():
            for key in sorted(keys_in(other) & set(table.entries)):
                place = table.entries[key].key
                message = f"key {found(key)} is in {library.shown(other)} too; keep one"
                faults.append(Fault(place.file, place.line, "", message))
    return sorted(faults)


def _checked(path: Path, shown: str) -> tuple[Catalogue | None, list[Fault]]:
    table = read_table(path, shown)
    below = Table({"sources": Entry(table, table.place)}, table.place)
    record, faults = check(Catalogue, Origin(below))
    faults = [
        Fault(f.file, f.line, f.path.removeprefix("sources").removeprefix("."), f.message)
        for f in faults
    ]
    return record, faults + list(_key_faults(table))


def _key_faults(table: Table) -> Iterator[Fault]:
    for key, entry in table.entries.items():
        years = _last_years(entry.node)
        if not KEY.fullmatch(key):
            message = f"key {found(key)} is no key: {KEY_RULE}"
        elif years and not key.rstrip("abcdefgh").endswith(years):
            message = f"key {found(key)} does not end in its year; write it …_{years[0]}"
        else:
            continue
        yield Fault(entry.key.file, entry.key.line, "", message)


def _last_years(node: Node) -> tuple[str, ...]:
    """Return the endings a key may have: the year, or the first, the last or both of a span."""
    year = node.get("year") if isinstance(node, Table) else None
    match = _YEARS.fullmatch(str(year.value)) if isinstance(year, Leaf) else None
    if match is None:
        return ()
    first, last = match.groups()
    if last is None:
        return (first,)
    whole = last if len(last) == 4 else first[: 4 - len(last)] + last
    return (whole, first, f"{first}_{last}", f"{first}_{whole}")


def keys_in(path: Path) -> frozenset[str]:
    """Return the keys of a catalogue, without validating it; none where it cannot be read."""
    try:
        changed = path.stat().st_mtime_ns
        return _keys_in(path, changed)
    except (OSError, ValueError):
        return frozenset()


@lru_cache(maxsize=256)
def _keys_in(path: Path, _changed: int) -> frozenset[str]:
    text = path.read_text(encoding="utf-8-sig")
    return frozenset(match[2] for match in _LINE.finditer(text))


# ----------------------------------------------------------------------------- citations


def keys_cited(text: str) -> list[str]:
    """Return the keys a text begins with; a mark as ``[V]`` is none.

    Examples
    --------
    >>> keys_cited("[kiel_2026] aid"), keys_cited("[V] read"), keys_cited("aid [kiel_2026]")
    (['kiel_2026'], [], [])
    """
    keys, start = [], 0
    while match := _LEADING.match(text, start):
        keys.append(match[1].strip())
        start = match.end()
    return [key for key in keys if not _MARK.fullmatch(key)]


def citations(node: Node, path: Steps = ()) -> Iterator[Citation]:
    """Yield every key cited in a tree: in lists ``sources``, and in the ``source`` of numbers."""
    if isinstance(node, Listing):
        for index, item in enumerate(node.items):
            yield from citations(item, (*path, index))
    elif isinstance(node, Table):
        for name, entry in node.entries.items():
            yield from citations(entry.node, (*path, name))
    elif isinstance(node.value, str) and _is_source(path):
        yield from (Citation(key, path, node.place) for key in keys_cited(node.value))


def _is_source(path: Steps) -> bool:
    listed = len(path) > 1 and path[-2] == "sources" and isinstance(path[-1], int)
    return listed or path[-1:] == ("source",)


def citation_faults(origin: Origin, base: Path | None) -> list[Fault]:
    """Return a fault for every key cited in a tree that is in no catalogue.

    Parameters
    ----------
    origin : Origin
        The tree.
    base : Path or None
        The folder of its file; catalogues beside it, beside the files it extends and of the
        library are known.
    """
    cited = list(citations(origin.tree))
    if not cited:
        return []
    bases = {base, *(Path(one.place.file).parent for one in cited if one.place.line)}
    known = _known(bases)
    return [
        origin.fault(one.path, _unknown_key(one.key, known))
        for one in cited
        if one.key not in known
    ]


def _known(bases: Iterable[Path | None]) -> frozenset[str]:
    files = {path for base in bases for path in catalogue_files(base)}
    return frozenset().union(*(keys_in(path) for path in files))


def _unknown_key(key: str, known: Iterable[str]) -> str:
    words = sorted(known)
    if not words:
        return f"source key {found(key)}: there is no catalogue; write one in sources/, beside"
    return f"source key {unknown(key, words)}; catalogues are in sources/"


def library_sources() -> Mapping[str, Source]:
    """Return every source of the library's catalogues by key.

    Raises
    ------
    InputError
        With everything that is wrong with the catalogues.
    """
    merged: dict[str, Source] = {}
    faults: list[Fault] = []
    for path in catalogue_files():
        try:
            merged |= load_catalogue(path, library.shown(path))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(tuple(sorted(faults)))
    return merged


__all__ = [
    "MARKS",
    "Citation",
    "Source",
    "catalogue_files",
    "citation_faults",
    "citations",
    "keys_cited",
    "keys_in",
    "library_sources",
    "load_catalogue",
    "sources_faults",
]
