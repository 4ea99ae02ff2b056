"""The ledger of assumptions as a reader sees it: in the terminal, and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.presentation.grids import grid
from deter.presentation.markdown import plain, table
from deter.spec.ledger import GRADES, Ledger, LedgerEntry, counts, drawn

PLURALS = {
    "published": "published",
    "estimate": "estimates",
    "calibrated": "calibrated",
    "assumption": "assumptions",
}
COLOURS = {"published": "green", "estimate": "yellow", "calibrated": "cyan", "assumption": "red"}
UNITS = {"1": "(no unit)", "p": "(share)"}
DEFAULT = "default of the schema"
_FREE = (" Free, and not fitted.", " Fitted.")
"""What is said of a free number: one that no pattern was fitted with, and one that was."""
CONSTANTS = "Constants inside the laws are not listed here; deter rules tells the laws."


def amount(entry: LedgerEntry) -> str:
    """Return the value of a number, or its distribution, without the unit.

    Every digit that a user wrote is there.
    """
    made = drawn(entry.distribution)
    if made is not None and "joint" in made:
        times = f", times {_shown(made['times'])}" if "times" in made else ""
        return f"{_shown(entry.value)} in the middle of {made['joint']}, {made['column']}{times}"
    if made is not None:
        kind = made.pop("distribution")
        return f"{kind} ({', '.join(f'{name} {_shown(part)}' for name, part in made.items())})"
    return _shown(list(entry.value)) if isinstance(entry.value, tuple) else _shown(entry.value)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_shown(item) for item in value)
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


def summary(found: Ledger) -> str:
    """Return in a sentence how many numbers there are and how well they are known."""
    many = counts(found.entries)
    graded = ", ".join(f"{many[grade]} {PLURALS[grade]}" for grade in GRADES)
    return (
        f"{many['total']} numbers in force: {graded}. "
        f"{many['default']} of them are defaults of the schema, which no file sets."
    )


def _headings() -> tuple[str, ...]:
    return ("section", *(PLURALS[grade] for grade in GRADES), "in all", "defaults")


def _count_rows(found: Ledger) -> Iterator[tuple[str, ...]]:
    parts: list[tuple[str, Sequence[LedgerEntry]]] = [*found.sections().items()]
    for name, entries in [*parts, ("in all", found.entries)]:
        many = counts(entries)
        yield (name, *(str(many[key]) for key in (*GRADES, "total", "default")))


# ------------------------------------------------------------------------------- the terminal


def ledger_summary(found: Ledger) -> RenderableType:
    """Return the counts of a ledger, a line for each section."""
    made = grid(f"{found.title}, under {found.framework}: how well its numbers are known")
    for place, heading in enumerate(_headings()):
        made.add_column(heading, justify="left" if place == 0 else "right")
    rows = list(_count_rows(found))
    for row in rows[:-1]:
        made.add_row(*row)
    made.add_section()
    made.add_row(*rows[-1], style="bold")
    return Group(made, Text(summary(found)))


def ledger_tables(found: Ledger, *, unfold: bool = False) -> RenderableType:
    """Return the numbers of a ledger, a table for each section.

    What is the same field of several names stands together, its meaning once.

    Parameters
    ----------
    found : Ledger
        Which.
    unfold : bool
        Show each default of the schema by itself, though it is alike for several names.
    """
    files = _short_names(entry.file for entry in found.entries)
    tables = [_section(name, part, files, unfold) for name, part in found.sections().items()]
    named = [
        Text(f"{short}: {file}", style="dim") for file, short in files.items() if short != file
    ]
    return Group(*tables, *named, Text(CONSTANTS, style="dim"))


def _short_names(files: Iterable[str]) -> dict[str, str]:
    """Return the last part of each file's path, or all of it where two have the same."""
    known = [file for file in dict.fromkeys(files) if file]
    last = [PurePath(file).name for file in known]
    return {
        file: name if last.count(name) == 1 else file
        for file, name in zip(known, last, strict=True)
    }


def _section(
    name: str, entries: Sequence[LedgerEntry], files: Mapping[str, str], unfold: bool
) -> Table:
    made = grid(name)
    made.add_column(
        "number; what it means, what is allowed, where it is from", ratio=1, overflow="fold"
    )
    made.add_column("value", max_width=30, overflow="fold")
    made.add_column("evidence", no_wrap=True)
    by_field: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        by_field.setdefault(entry.field, []).append(entry)
    for field, held in by_field.items():
        if len(held) == 1:
            _add_one(made, held[0], files)
        else:
            _add_many(made, field, held, files, unfold)
    return made


def _add_one(made: Table, entry: LedgerEntry, files: Mapping[str, str]) -> None:
    words = Text.assemble(
        (_within(entry.path), "bold"), "\n", _about(entry), "\n", (_origin(entry, files), "dim")
    )
    made.add_row(words, Text(f"{amount(entry)} {_unit(entry)}"), _grade(entry))


def _add_many(
    made: Table, field: str, held: list[LedgerEntry], files: Mapping[str, str], unfold: bool
) -> None:
    words = Text.assemble((_within(field), "bold"), "\n", _about(held[0]))
    made.add_row(words, Text(_unit(held[0])), "")
    for alike in _folded(held, unfold):
        names = ", ".join(_name(entry, field) for entry in alike)
        origin = (_origin(alike[0], files), "dim")
        made.add_row(Text.assemble(f"{names}: ", origin), Text(amount(alike[0])), _grade(alike[0]))


def _folded(held: list[LedgerEntry], unfold: bool) -> list[list[LedgerEntry]]:
    """Return entries one by one, but defaults that are alike in one lot, at the place of the first.

    Nothing is hidden by it: every name is said.
    """
    lots: dict[object, list[LedgerEntry]] = {}
    for entry in held:
        lone = unfold or not entry.default
        key = entry.path if lone else (entry.value, entry.evidence, entry.source)
        lots.setdefault(key, []).append(entry)
    return list(lots.values())


def _within(path: str) -> str:
    """Return a path below its section."""
    return path.partition(".")[2] or path


def _name(entry: LedgerEntry, field: str) -> str:
    """Return what stands for the stars of a field in a path."""
    steps = zip(entry.path.split("."), field.split("."), strict=False)
    named = [step for step, pattern in steps if pattern == "*"]
    return ".".join(named) or entry.path.split(".")[-1]


def _about(entry: LedgerEntry) -> str:
    free = _FREE[entry.evidence == "calibrated"] if entry.free else ""
    return f"{entry.meaning.rstrip('.')}. Allowed: {entry.range}.{free}"


def _origin(entry: LedgerEntry, files: Mapping[str, str]) -> str:
    place = (
        f"{files[entry.file]}{f':{entry.line}' if entry.line else ''}" if entry.file else DEFAULT
    )
    return f"{entry.source}; {place}" if entry.source else place


def _grade(entry: LedgerEntry) -> Text:
    return Text(entry.evidence, style=COLOURS.get(entry.evidence, ""))


def _unit(entry: LedgerEntry) -> str:
    return UNITS.get(entry.unit, entry.unit)


# ------------------------------------------------------------------------------------ Markdown


def ledger_markdown(found: Ledger) -> str:
    """Return a ledger as Markdown: counts, then every number, a table for each section."""
    parts = [
        f"# Ledger of assumptions: {found.scenario}, under {found.framework}",
        summary(found),
        table(_headings(), _count_rows(found)).rstrip(),
        *(
            f"## `{name}`\n\n{table(_COLUMNS, map(_cells, entries)).rstrip()}"
            for name, entries in found.sections().items()
        ),
        CONSTANTS.replace("deter rules", "`deter rules`"),
    ]
    return "\n\n".join(parts)


_COLUMNS = ("number", "value", "unit", "allowed", "meaning", "evidence", "source", "set at")


def _cells(entry: LedgerEntry) -> tuple[str, ...]:
    place = f"`{entry.file}{f':{entry.line}' if entry.line else ''}`" if entry.file else DEFAULT
    return (
        f"`{entry.path}`",
        plain(amount(entry)),
        plain(_unit(entry)),
        plain(entry.range),
        plain(entry.meaning),
        entry.evidence,
        plain(entry.source or ""),
        plain(place),
    )


__all__ = ["ledger_markdown", "ledger_summary", "ledger_tables", "summary"]
