"""What became of each history's first attack: deterred, provoked, delayed, hastened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matplotlib.figure import Figure

from deter.analysis.twins import Twins
from deter.presentation.figures import notes
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened
from deter.presentation.words import labels, outward

NAME = "flow"
SHOWN = {
    "deterred": ("Deterred: attack there, none here", "lower"),
    "provoked": ("Provoked: none there, attack here", "higher"),
    "delayed": ("Delayed: more than 30 days later here", "lower"),
    "hastened": ("Hastened: more than 30 days earlier here", "higher"),
}
"""Classes of twins that are drawn, their titles, and their marks."""


@dataclass(frozen=True)
class Flow:
    """What the picture of twins shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        Frameworks but the reference, and what they are called.
    twins : mapping of str to Twins
        By framework.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    twins: Mapping[str, Twins]


def table_of(data: Flow) -> DotTable:
    """Return twins as a table of dots, with strips for what any pairing could give."""
    return DotTable(
        title=data.title,
        note=data.note,
        labels=tuple(data.labels.values()),
        columns=tuple(_column(data, word, _most(data)) for word in SHOWN),
        key={"lower": "attacks fewer or later", "higher": "more or earlier"},
        bounds="bounds over all ways to pair the histories",
    )


def _most(data: Flow) -> float:
    """Return where the axes of all panels end, so that their lengths can be compared."""
    held = [one.classes[word] for one in data.twins.values() for word in SHOWN]
    ends = [end for one in held for end in (one.share.high, one.most) if end is not None]
    return max(104.0 * max(ends, default=1.0), 1.0)


def _column(data: Flow, word: str, most: float) -> Column:
    title, stands = SHOWN[word]
    rows = []
    for name, text in data.labels.items():
        held = data.twins[name].classes[word]
        rows.append(Row(text, held.share, stands, bounds=(held.least, held.most)))
    return Column(title, "% of pairs", tuple(rows), most=most)


def flow(data: Flow) -> Figure:
    """Draw what became of attacks between twins, with intervals and bounds."""
    return dot_table(table_of(data))


def data_of(opened: Opened) -> Flow:
    """Return what the picture of twins shows."""
    findings = opened.table
    assert findings is not None
    called = {n: text for n, text in labels(findings).items() if n != findings.against}
    about = (
        f"A pair is one replication here and there: under {findings.titles[findings.against]}. "
        "Dots are shares of first full attacks under shared luck, which is one way to pair "
        "histories; the strips hold what any other way could give."
    )
    note = notes.joined(about, notes.luck(findings), notes.BARS, notes.condition(opened))
    title = f"{opened.title}: what became of the attacks"
    return Flow(title, note, called, findings.twins)


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    bounds = "; ".join(_bounds(data, name, text) for name, text in data.labels.items())
    made = drawn(NAME, table_of(data), flow(data), "% of pairs, with 95 % intervals.", "framework")
    return replace(made, alt=f"{made.alt} Bounds: {bounds}.")


def _bounds(data: Flow, name: str, text: str) -> str:
    held = data.twins[name].classes
    ends = {word: outward(held[word].least, held[word].most) for word in SHOWN}
    parts = (f"{word} {low} to {high}" for word, (low, high) in ends.items())
    return f"{text}: {', '.join(parts)}"


KIND = Kind(NAME, "attacks deterred, provoked, delayed, hastened", notes.needs_comparison, _draw)

__all__ = ["KIND", "SHOWN", "Flow", "data_of", "flow", "table_of"]
