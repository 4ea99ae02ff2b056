"""What a result rests on: the numbers in force, and how well they are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deter.presentation.ledger import PLURALS, amount, summary
from deter.presentation.report.blocks import (
    Block,
    Folded,
    Part,
    Prose,
    Table,
)
from deter.spec.ledger import GRADES, counts, drawn

if TYPE_CHECKING:
    from deter.presentation.opened import Opened
    from deter.spec.ledger import LedgerEntry

UNITS = {"1": "", "p": "share"}


def numbers_of(opened: Opened) -> list[LedgerEntry]:
    """Return every number in force under any framework, those of the scenario once."""
    names = list(opened.frameworks)
    books = [opened.ledger(name).entries for name in names]
    own = [entry for entry in books[0] if entry.section != "framework"]
    return [*own, *(entry for book in books for entry in book if entry.section == "framework")]


def assumed(opened: Opened) -> tuple[int, int]:
    """Return how many numbers are in force, and how many of them are assumptions."""
    many = counts(numbers_of(opened))
    return many["total"], many["assumption"]


# ---------------------------------------------------------------------------------- the ledger


def ledger_blocks(opened: Opened, resting: Sequence[Block]) -> list[Block]:
    """Return how well the numbers in force are known, and how much rests on assumptions.

    Parameters
    ----------
    opened : Opened
        The results.
    resting : sequence of Block
        What is known of the share of variance that assumptions hold.
    """
    entries = numbers_of(opened)
    uncertain = [one for one in entries if one.distribution is not None]
    many = counts(entries)
    first = opened.ledger(next(iter(opened.frameworks)))
    told = summary(type(first)(first.title, first.scenario, first.framework, tuple(entries)))
    fixed = many["total"] - len(uncertain)
    return [
        Prose(
            (
                told,
                f"{fixed:,} of them are fixed and {len(uncertain):,} are drawn anew for each "
                "history. No interval in this report covers what the fixed ones leave out: every "
                "figure is conditional on them.",
            )
        ),
        _grades(opened),
        Part("How much of the result rests on assumptions", tuple(resting)),
        *_uncertain(uncertain),
        *_set(entries),
    ]


def _grades(opened: Opened) -> Table:
    """Return how many numbers of each grade there are, by section and by framework."""
    heads = ("numbers", *(PLURALS[g] for g in GRADES), "in all", "defaults")
    first, *_ = opened.frameworks
    parts = opened.ledger(first).sections()
    rows = [(name, list(part)) for name, part in parts.items() if name != "framework"]
    for name, title in opened.titles.items():
        own = [e for e in opened.ledger(name).entries if e.section == "framework"]
        if own:
            rows.append((f"framework: {title}", own))
    return Table(
        "How well the numbers in force are known, by part of the scenario and by framework",
        heads,
        tuple(
            (name, *(f"{counts(held)[key]:,}" for key in (*GRADES, "total", "default")))
            for name, held in rows
        ),
    )


def _uncertain(entries: Sequence[LedgerEntry]) -> Iterator[Block]:
    if not entries:
        return
    rows = tuple((e.path, f"{amount(e)} {_unit(e)}".strip(), e.evidence) for e in entries)
    table = Table(
        "Numbers drawn anew for each history, with their distributions",
        ("number", "distribution", "evidence"),
        rows,
        words=True,
    )
    yield Folded(f"The {len(entries):,} numbers that are drawn for each history", (table,))


def _set(entries: Sequence[LedgerEntry]) -> Iterator[Block]:
    """Yield, section by section, the numbers that a file sets; defaults are only counted."""
    held: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        if not entry.default:
            held.setdefault(entry.section, []).append(entry)
    for name, part in held.items():
        rows = dict.fromkeys(
            (e.path, f"{amount(e)} {_unit(e)}".strip(), e.evidence, e.source or "–") for e in part
        )
        table = Table(
            f"Numbers under {name} that a file sets",
            ("number", "value", "evidence", "source"),
            tuple(rows),
            words=True,
        )
        yield Folded(f"Every number that a file sets: {name} ({len(rows):,})", (table,))
    yield Prose(
        (
            "Defaults of the schema and constants of the laws are not listed here; deter ledger "
            "and deter rules tell them, each with its meaning and its source.",
        ),
        quiet=True,
    )


def _unit(entry: LedgerEntry) -> str:
    return UNITS.get(entry.unit, entry.unit)


def draw_file(opened: Opened, path: str) -> str | None:
    """Return an experiment that tells how much the drawn assumptions hold; None where none is.

    Parameters
    ----------
    opened : Opened
        Results of a run or a comparison.
    path : str
        The scenario's file, as a user names it.
    """
    entries = [
        e
        for e in numbers_of(opened)
        if e.distribution is not None and e.evidence == "assumption" and e.section != "framework"
    ]
    if not entries:
        return None
    lines = [
        f"title: How much rests on assumptions in {opened.title}",
        f"base: {path}",
        f"frameworks: [{', '.join(opened.frameworks)}]",
        "uncertainties:",
        *(
            f"  u{k}: {{path: {e.path}, {_flow(drawn(e.distribution))}}}"
            for k, e in _numbered(entries)
        ),
        "design: {kind: latin_hypercube, n: 200}",
        "replications: 50",
        "analyses: [summary]",
    ]
    return "\n".join(lines)


def _numbered(entries: Iterable[LedgerEntry]) -> Iterator[tuple[int, LedgerEntry]]:
    return enumerate(entries, 1)


def _flow(written: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (written or {}).items())


__all__ = ["assumed", "draw_file", "ledger_blocks", "numbers_of"]
