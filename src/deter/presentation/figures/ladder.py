"""How far histories escalate, framework by framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.estimates import Estimate
from deter.analysis.ladder import RUNGS
from deter.analysis.ladder import ladder as reached
from deter.presentation.figures import notes
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, told
from deter.presentation.opened import Opened
from deter.presentation.words import labels

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


@dataclass(frozen=True)
class Ladder:
    """What the picture of the ladder shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        Frameworks and what they are called, in order.
    shares : mapping of str to mapping of str to Estimate
        Share of histories that reach a rung, by framework and rung.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    shares: Mapping[str, Mapping[str, Estimate]]


def table_of(data: Ladder) -> DotTable:
    """Return ladders as a table of bars: a panel for each framework, the lowest rung below.

    Of many frameworks: a panel for each rung, a row for each framework.
    """
    rungs = list(reversed(RUNGS))
    if len(data.labels) > MOST_LADDERS:
        columns = [_column(WORDS[rung], data, [(n, rung) for n in data.labels]) for rung in RUNGS]
        return DotTable(data.title, data.note, tuple(data.labels.values()), tuple(columns))
    columns = [_column(text, data, [(n, r) for r in rungs]) for n, text in data.labels.items()]
    return DotTable(data.title, data.note, tuple(WORDS[rung] for rung in rungs), tuple(columns))


def _column(title: str, data: Ladder, places: list[tuple[str, str]]) -> Column:
    rows = tuple(Row(WORDS[rung], data.shares[name][rung], "plain") for name, rung in places)
    return Column(title, "% of histories", rows, bars=True, most=102.0)


def ladder(data: Ladder) -> Figure:
    """Draw how many histories reach each rung; every bar has its 95 % interval."""
    return dot_table(table_of(data), PER_LINE)


def data_of(opened: Opened) -> Ladder:
    """Return what the picture of the ladder shows."""
    findings = opened.table
    assert findings is not None
    note = (
        "Share of histories that reach each rung at least once. Rungs are not steps that each "
        "history takes in turn: a full attack need not follow a limited one. "
        f"{notes.luck(findings)} {notes.BARS} {notes.condition(opened)}"
    )
    shares = {name: reached(findings.sample(name)) for name in findings.frameworks}
    return Ladder(f"{opened.title}: how far it escalates", note, labels(findings), shares)


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    alt = f"% of histories, with 95 % intervals, by rung. {told(table_of(data))}"
    return Drawn(NAME, data.title, data.note, alt, ladder(data))


KIND = Kind(NAME, "how many histories reach each rung", notes.needs_table, _draw)

__all__ = ["KIND", "WORDS", "Ladder", "data_of", "ladder", "table_of"]
