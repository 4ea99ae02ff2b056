"""Write the generated sections of the documents, so that they cannot drift from the code.

Run as ``python docs/generate.py``; with ``--check`` it writes nothing and exits with 1 if a page
is stale. A section stands between ``<!-- generated: name -->`` and ``<!-- end: name -->``.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "src"
for folder in (SOURCE, DOCS):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import evidence_page  # noqa: E402
from episodes_page import episodes_page, packaged  # noqa: E402
from requirements_page import requirements_page  # noqa: E402

from deter.evidence.calibration.fragments import parts  # noqa: E402
from deter.presentation.markdown import plain, table  # noqa: E402

PAGES = ("model.md", "parameters.md", "laws.md", "glossary.md", "bibliography.md", "evidence.md")

SECTION = re.compile(
    r"<!-- generated: (?P<name>[a-z ]+) -->\n(?P<body>.*?)<!-- end: (?P=name) -->", re.S
)


def _law_table() -> str:
    from deter.presentation.rule_tables import law_table
    from deter.presentation.rules import laws

    return law_table(laws())


FieldCells = tuple[str, ...]


def _fields() -> Iterator[tuple[str, bool, FieldCells]]:
    """Yield group, whether free, and cells of every field a user may write."""
    from deter.spec.schema import fields_table

    for row in fields_table():
        group = row.path.split(".")[0] if "." in row.path else "scenario"
        cells = (
            f"`{row.path}`",
            plain(row.unit),
            _default(row.default, row.required),
            plain(row.range),
            plain(row.meaning),
            row.evidence,
            plain(row.source or ""),
            "free" if row.free else "",
        )
        yield group, row.free, cells


def _default(value: object, required: bool) -> str:
    if required:
        return "*required*"
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "none" if math.isinf(value) else f"{value:g}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return plain(str(value))


_FIELD_HEADS = ("field", "unit", "default", "allowed", "meaning", "evidence", "source", "")


def _parameter_tables() -> str:
    groups: dict[str, list[FieldCells]] = {}
    for group, _, cells in _fields():
        groups.setdefault(group, []).append(cells)
    return "\n".join(
        f"## `{group}`\n\n{table(_FIELD_HEADS, rows)}" for group, rows in groups.items()
    )


def _free_table() -> str:
    rows = [(cells[0], cells[1], cells[2], cells[4]) for _, free, cells in _fields() if free]
    return table(("field", "unit", "default", "meaning"), rows)


def _column_table() -> str:
    from deter.experiments.columns import describe_columns

    rows = []
    for name, column in describe_columns().items():
        if not name.startswith("response_"):
            rows.append((f"`{name}`", plain(column.unit), plain(column.meaning)))
    bins = sorted(name for name in describe_columns() if name.startswith("response_"))
    meaning = (
        "owed responses by days after the event, in bins of ⅛ decade from 0.25 d; the last is open"
    )
    rows.append((f"`{bins[0]}` … `{bins[-1]}`", "count", meaning))
    return table(("column", "unit", "meaning"), rows)


def _measure_table() -> str:
    from deter.analysis.measures import NAMES, TWIN_SHARES, measure
    from deter.analysis.twins import MEANINGS

    rows = []
    for name in NAMES:
        if name in TWIN_SHARES:
            unit = "1"
            what = f"share of all pairs, under shared luck: {MEANINGS[TWIN_SHARES[name][0]]}"
        else:
            unit, what = measure(name).unit, measure(name).what
            what = what.replace(", of {horizon}", "").replace("{horizon} years", "the horizon")
        rows.append((f"`{name}`", plain(unit), plain(what)))
    return table(("measure", "unit", "meaning"), rows)


def _glossary_table() -> str:
    from deter.vocabulary import GLOSSARY

    return table(("word", "meaning"), ((f"**{k}**", plain(v)) for k, v in GLOSSARY.items()))


def _code_tables() -> str:
    from deter.vocabulary import CODE_TITLES, CODES

    return "\n".join(
        f"### {CODE_TITLES[name]}\n\n"
        + table(("code", "meaning"), ((f"`{code}`", plain(what)) for code, what in codes.items()))
        for name, codes in CODES.items()
    )


def _bibliography() -> str:
    from deter.presentation.bibliography import bibliography

    return bibliography()


def _marks() -> str:
    from deter.presentation.bibliography import marks

    return marks()


SECTIONS: dict[str, Callable[[], str]] = {
    "parameters": _parameter_tables,
    "free parameters": _free_table,
    "laws": _law_table,
    "columns": _column_table,
    "measures": _measure_table,
    "glossary": _glossary_table,
    "codes": _code_tables,
    "bibliography": _bibliography,
    "marks": _marks,
    **evidence_page.SECTIONS,
}

WHOLE: dict[str, Callable[[], str]] = {
    "requirements.md": requirements_page,
    "evidence_episodes.md": episodes_page,
}
"""Pages that are generated whole."""


def rendered(text: str) -> str:
    """Return a page with its generated sections made anew.

    Raises
    ------
    KeyError
        If a section has a name that nothing generates.
    """

    def anew(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- generated: {name} -->\n\n{SECTIONS[name]()}\n<!-- end: {name} -->"

    return SECTION.sub(anew, text)


def stale() -> dict[Path, str]:
    """Return the pages that are not as they would be written now, with their new text."""
    pages = {DOCS / name: (DOCS / name).read_text(encoding="utf-8") for name in PAGES}
    fresh = {path: rendered(text) for path, text in pages.items()}
    for name, page in WHOLE.items():
        path = DOCS / name
        pages[path] = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh[path] = page()
    for path, text in {**parts(), **packaged()}.items():
        pages[path] = path.read_text(encoding="utf-8") if path.exists() else ""
        fresh[path] = text
    return {path: text for path, text in fresh.items() if text != pages[path]}


def main() -> int:
    """Write what is stale, or only say so with ``--check``."""
    changed = stale()
    check = "--check" in sys.argv[1:]
    for path, text in changed.items():
        print(f"{path.name}: {'is stale; run python docs/generate.py' if check else 'written'}")
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if check and changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
