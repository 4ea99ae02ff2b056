"""How far histories escalate, framework by framework."""

from __future__ import annotations

from matplotlib.figure import Figure

from deter.analysis.ladder import RUNGS
from deter.analysis.ladder import ladder as reached
from deter.presentation.figures import notes
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.shares import Shares, shares_of
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened

NAME = "ladder"
WORDS = {
    "incident": "Incident",
    "force": "Force: severity 0.3 or more",
    "mobilised": "Mobilisation",
    "limited_attack": "Limited attack",
    "full_attack": "Full attack",
    "war": "War",
    "joined_combat": "A guarantor joins combat",
    "direct_war": "Local war with a guarantor",
    "major": "Major war with a guarantor",
}
"""What each rung is called, from the lowest, which stands at the bottom."""

PER_LINE, MOST_LADDERS = 4, 12
"""Ladders beside each other; of more than these frameworks, a panel is a rung instead."""


def table_of(data: Shares) -> DotTable:
    """Return ladders as a table of bars: a panel for each framework, the lowest rung below.

    Of many frameworks: a panel for each rung, a row for each framework.
    """
    rungs = list(reversed(RUNGS))
    if len(data.labels) > MOST_LADDERS:
        columns = [_column(WORDS[rung], data, [(n, rung) for n in data.labels]) for rung in RUNGS]
        return DotTable(data.title, data.note, tuple(data.labels.values()), tuple(columns))
    columns = [_column(text, data, [(n, r) for r in rungs]) for n, text in data.labels.items()]
    return DotTable(data.title, data.note, tuple(WORDS[rung] for rung in rungs), tuple(columns))


def _column(title: str, data: Shares, places: list[tuple[str, str]]) -> Column:
    rows = tuple(Row(WORDS[rung], data.shares[name][rung], "plain") for name, rung in places)
    return Column(title, "% of histories", rows, bars=True, most=102.0)


def ladder(data: Shares) -> Figure:
    """Draw how many histories reach each rung; every bar has its 95 % interval."""
    return dot_table(table_of(data), PER_LINE)


def data_of(opened: Opened) -> Shares:
    """Return what the picture of the ladder shows."""
    about = (
        "Histories that reach a rung at least once. Rungs are not steps that each history takes in "
        "turn: a full attack need not follow a limited one."
    )
    return shares_of(opened, "how far it escalates", about, reached)


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    table = table_of(data)
    rows = "framework" if len(data.labels) > MOST_LADDERS else "rung"
    return drawn(NAME, table, ladder(data), "% of histories, with 95 % intervals.", rows)


KIND = Kind(NAME, "how many histories reach each rung", notes.needs_table, _draw)

__all__ = ["KIND", "WORDS", "data_of", "ladder", "table_of"]
