"""How far a result may be trusted: what of history the model reproduces, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deter.presentation.assumptions import HEADS, MAIN, TITLE, cells, how
from deter.presentation.report.blocks import Block, Bullets, Commands, Folded, Prose, Table

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


def trust_blocks(trust: Trust, called: Mapping[str, str]) -> list[Block]:
    """Return the section: the evidence line, and behind it the shares with how they were measured.

    Parameters
    ----------
    trust : Trust
        The evidence.
    called : mapping of str to str
        What frameworks are called.
    """
    base = ("This is of the scenario as it is before the sweep changes it.",)
    return [
        *([Prose(base, quiet=True)] if trust.of_base else []),
        Bullets(trust.lines),
        *resting_table(trust, called),
    ]


def resting_table(trust: Trust, called: Mapping[str, str]) -> list[Block]:
    """Return what was measured of the share that rests on assumptions, or the command for it."""
    blocks: list[Block] = []
    if trust.resting:
        rows = tuple(
            (called.get(name, name), *cells(under["outcomes"][MAIN]))
            for name, under in trust.resting.items()
        )
        blocks.append(Table(f"Full attack: {TITLE}", HEADS, rows))
        told = (Prose(tuple(_how(trust.documents))),)
        blocks.append(Folded("How that was measured, and what was varied", told))
    if trust.command:
        blocks.append(Commands(trust.command, "A command that measures what rests on assumptions"))
    return blocks


def _how(documents: Sequence[Document]) -> Iterator[str]:
    for document in documents:
        yield from how(document)


__all__ = ["Trust", "resting_table", "trust_blocks"]
