"""How far a result may be trusted: what of history the model reproduces, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from deter.presentation.assumptions import GAP, GAP_HEADS, GAPS, HEADS, MAIN, TITLE, cells, how
from deter.presentation.report.blocks import (
    Block,
    Bullets,
    Commands,
    Folded,
    Page,
    Prose,
    Section,
    Table,
)
from deter.presentation.report.naming import called

if TYPE_CHECKING:
    from deter.presentation.opened import Opened

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Trust:
    """The evidence for a result, as plain values.

    Attributes
    ----------
    lines : tuple of str
        Patterns, backtest, what rests on assumptions: the line of the terminal.
    resting : mapping of str to mapping
        By framework, what was found of the share that rests on assumptions.
    documents : tuple of mapping
        The measures that these are from, each whole.
    command : str
        What measures the frameworks that are not there; empty where none is missing.
    of_base : bool
        Whether it is of a sweep's base, before a case changes it.
    """

    lines: tuple[str, ...]
    resting: Mapping[str, Document] = field(default_factory=dict)
    documents: tuple[Document, ...] = ()
    command: str = ""
    of_base: bool = False


BEFORE = "change"
"""The section before which it stands: after what was found."""


def trusted(page: Page, opened: Opened) -> Page:
    """Return a report with a section on how far to trust it, where that is known."""
    if opened.trust is None:
        return page
    blocks = trust_blocks(opened.trust, called(opened.titles))
    mine = Section("trust", "How far to trust this", tuple(blocks))
    at = next((k for k, one in enumerate(page.sections) if one.id == BEFORE), len(page.sections))
    return replace(page, sections=(*page.sections[:at], mine, *page.sections[at:]))


def trust_blocks(trust: Trust, names: Mapping[str, str]) -> list[Block]:
    """Return the section: the evidence line, and behind it the shares with how they were measured.

    Parameters
    ----------
    trust : Trust
        The evidence.
    names : mapping of str to str
        What frameworks are called.
    """
    base = ("This is of the scenario as it is before the sweep changes it.",)
    return [
        *([Prose(base, quiet=True)] if trust.of_base else []),
        Bullets(trust.lines),
        *resting_table(trust, names),
    ]


def resting_table(trust: Trust, names: Mapping[str, str]) -> list[Block]:
    """Return what was measured of the share that rests on assumptions, or the command for it."""
    blocks: list[Block] = []
    if trust.resting:
        rows = tuple(
            (names.get(name, name), *cells(under["outcomes"][MAIN]))
            for name, under in trust.resting.items()
        )
        blocks.append(Table(f"Full attack: {TITLE}", HEADS, rows))
        gaps = tuple(
            (names.get(name, name), *cells(under[GAPS]))
            for name, under in trust.resting.items()
            if GAPS in under
        )
        if gaps:
            blocks.append(
                Table(f"Full attack less that under none, in points: {GAP}", GAP_HEADS, gaps)
            )
        told = (Prose(tuple(_how(trust.documents))),)
        blocks.append(Folded("How that was measured, and what was varied", told))
    if trust.command:
        blocks.append(Commands(trust.command, "A command that measures what rests on assumptions"))
    return blocks


def _how(documents: Sequence[Document]) -> Iterator[str]:
    for document in documents:
        yield from how(document)


__all__ = ["Trust", "resting_table", "trust_blocks", "trusted"]
