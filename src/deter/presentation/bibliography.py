"""The bibliography: every source of the library, where it is cited, and which laws rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from deter.presentation.markdown import plain, table
from deter.presentation.rules import Law, laws
from deter.spec import library
from deter.spec.schema import fields_table
from deter.spec.sources import (
    MARKS,
    Source,
    catalogue_files,
    citations,
    keys_cited,
    library_sources,
    load_catalogue,
)
from deter.spec.yaml_reader import read_table

_WORD = r"[A-Z][\w'’-]*"
_NAME = rf"{_WORD}(?:(?: de| von| van)? {_WORD})*"
_WORK = re.compile(
    rf"({_NAME})((?:(?:, (?:and |& )?| & | and ){_NAME})*(?: et al\.)?),? \(?(1[5-9]\d\d|20\d\d)\b"
)
_MONTHS = "January February March April May June July August September October November December"
NO_YEAR = ("NIST DLMF", "RFC 7693", "UN Charter", "Vienna Convention", "OSCE SMM")
"""Works that laws cite by a name and no year of theirs."""


def works_cited(text: str) -> list[tuple[str, str]]:
    """Return first author and year of every work a text cites; the year is empty for some.

    Examples
    --------
    >>> works_cited("McKelvey & Palfrey 1998; Salmon et al. (2011), as RFC 7693")
    [('McKelvey', '1998'), ('Salmon', '2011'), ('RFC 7693', '')]
    """
    text = " ".join(text.split())
    found = [
        (match[1].split(",")[0], match[3])
        for match in _WORK.finditer(text)
        if match[1].split()[-1] not in _MONTHS
    ]
    return found + [(name, "") for name in NO_YEAR if name in text]


def matches(work: tuple[str, str], source: Source) -> bool:
    """Tell whether a source is the work cited: of that author and year, or of that name."""
    name, year = work
    if not year:
        return name in f"{source.title} {source.author}"
    return source.year == year and name in (source.author or "")


def sources_of(law: Law, sources: Mapping[str, Source]) -> list[str]:
    """Return the keys of the works a law cites."""
    cited = works_cited(f"{law.source} {law.departs}")
    return [key for key, source in sources.items() if any(matches(work, source) for work in cited)]


def cited_by() -> dict[str, list[str]]:
    """Return what cites each key: files of the library, fields of the schema, laws."""
    found: dict[str, list[str]] = {}
    for key, place in (*_in_files(), *_in_fields(), *_in_laws()):
        places = found.setdefault(key, [])
        if place not in places:
            places.append(place)
    return found


def _in_files() -> Iterator[tuple[str, str]]:
    root = library.library_root()
    names = {path: path.relative_to(root).as_posix() for path in library.yaml_files(root)}
    for path in library.experiment_files():
        names[path] = path.relative_to(library.experiments_root().parent).as_posix()
    for path, name in names.items():
        for one in citations(read_table(path, library.shown(path))):
            yield one.key, name


def _in_fields() -> Iterator[tuple[str, str]]:
    for row in fields_table():
        yield from ((key, f"default of {row.path}") for key in keys_cited(row.source or ""))


def _in_laws() -> Iterator[tuple[str, str]]:
    sources = library_sources()
    for law in laws():
        yield from ((key, f"law {law.name}") for key in sources_of(law, sources))


def bibliography() -> str:
    """Return the bibliography as Markdown, a section for each catalogue.

    Raises
    ------
    InputError
        With everything that is wrong with the catalogues.
    """
    cited = cited_by()
    return "\n".join(_section(path, cited) for path in catalogue_files())


_HEADS = ("key", "what it is", "mark", "cited by")


def _section(path: Path, cited: Mapping[str, list[str]]) -> str:
    sources = load_catalogue(path, library.shown(path))
    rows = (
        (f"`{key}`", plain(reference(source)), source.mark, _places(cited.get(key, [])))
        for key, source in sorted(sources.items())
    )
    return f"## `{path.stem}`\n\n{table(_HEADS, rows)}"


def reference(source: Source) -> str:
    """Return a source as a reference: author (year), title, address, note."""
    year = f" ({source.year})" if source.year else ""
    head = f"{source.author}{year}: {source.title}" if source.author else f"{source.title}{year}"
    note = source.note and source.note[:1].upper() + source.note[1:]
    parts = (head, source.address, note)
    return ". ".join(part.strip().rstrip(".") for part in parts if part) + "."


def _places(places: Iterable[str]) -> str:
    return ", ".join(f"`{place}`" if " " not in place else plain(place) for place in places)


def marks() -> str:
    """Return what the marks say, as Markdown."""
    return table(("mark", "meaning"), MARKS.items())
