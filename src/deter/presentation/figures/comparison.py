"""Frameworks side by side: full attack, its difference from the reference, war, incidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from deter.analysis.estimates import Estimate
from deter.presentation.figures import cases, notes, style
from deter.presentation.figures.dots import Row, stands
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened
from deter.presentation.words import labels
from deter.spec.experiment import SAMPLED

if TYPE_CHECKING:
    from deter.analysis.measures import Table

NAME = "comparison"


@dataclass(frozen=True)
class Comparison:
    """What the picture of a comparison shows.

    Attributes
    ----------
    title, note : str
        Above and below the picture.
    labels : mapping of str to str
        Frameworks and what they are called, in the order from top to bottom.
    estimates, differences : Table
        Of the measures shown.
    letters : mapping of str to str
        Frameworks that share a letter are not told apart.
    reference : str
        What the others are compared with.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    estimates: Table
    differences: Table
    letters: Mapping[str, str]
    reference: str


@dataclass(frozen=True)
class _Panel:
    """One panel of the comparison: a measure or its difference, its title, unit and scale."""

    name: str
    difference: bool
    title: str
    unit: str
    scale: float


PANELS = (
    _Panel("p_full_attack", False, "Full attack", "% of histories", 100.0),
    _Panel("p_full_attack", True, "Full attack, against {reference}", "percentage points", 100.0),
    _Panel("p_war", False, "War", "% of histories", 100.0),
    _Panel("incidents_per_10y", False, "Incidents", "per 10 years", 1.0),
)


def table_of(data: Comparison) -> DotTable:
    """Return a comparison as a table of dots.

    Filled marks are told apart from the reference, by colour and by shape; hollow ones are not.
    """
    return DotTable(
        title=data.title,
        note=data.note,
        labels=tuple(data.labels.values()),
        columns=tuple(_column(data, one, first=k == 0) for k, one in enumerate(PANELS)),
        key=style.KEY,
    )


def comparison(data: Comparison) -> Figure:
    """Draw frameworks side by side; every dot has its 95 % interval."""
    return dot_table(table_of(data))


def _column(data: Comparison, panel: _Panel, *, first: bool) -> Column:
    shared = tuple(data.letters.get(name, "") for name in data.labels) if first else ()
    line = None if panel.difference else data.estimates[data.reference][panel.name]
    return Column(
        title=panel.title.format(reference="the reference"),
        unit=panel.unit,
        rows=tuple(_rows(data, panel)),
        scale=panel.scale,
        signed=panel.difference,
        line=line,
        letters=shared,
    )


def _rows(data: Comparison, panel: _Panel) -> list[Row]:
    rows = []
    for name, text in data.labels.items():
        gap = data.differences[name][panel.name] if name != data.reference else None
        shown = gap if panel.difference else data.estimates[name][panel.name]
        if shown is None:
            shown = Estimate(0.0, 0.0, 0.0, data.estimates[name][panel.name].n)
        rows.append(Row(text, shown, _stands(data, panel, name, gap)))
    return rows


def _stands(data: Comparison, panel: _Panel, name: str, gap: Estimate | None) -> str:
    """Say how a framework stands: by full attack as the letters have it, else by its interval."""
    shared = set(data.letters.get(name, "")) & set(data.letters.get(data.reference, ""))
    if gap is not None and panel.name == "p_full_attack" and shared:
        return "unclear"
    return stands(gap)


def data_of(opened: Opened) -> Comparison:
    """Return what the picture of a comparison shows."""
    findings = opened.table
    assert findings is not None
    note = (
        f"{notes.luck(findings)} {notes.BARS} Frameworks that share a letter cannot be told apart "
        "by full attack, all pairs tested at once; other panels go by their own interval. "
        f"{notes.condition(opened)}"
    )
    return Comparison(
        title=f"{opened.title}: attacks, war and incidents",
        note=note,
        labels=labels(findings),
        estimates=findings.estimates,
        differences=findings.differences,
        letters=findings.groups.letters,
        reference=findings.against,
    )


def _why_not(opened: Opened) -> str:
    if opened.study is None or opened.table is not None:
        return notes.needs_comparison(opened)
    if opened.study.design["kind"] in SAMPLED:
        return "its cases are points drawn at random, which say nothing one by one"
    few = len(opened.study) <= cases.MOST_CASES
    return "" if few else f"there are more than {cases.MOST_CASES} cases"


def _draw(opened: Opened, options: Options) -> Drawn:
    if opened.table is None:
        return _of_cases(opened, options)
    data = data_of(opened)
    alt = f"Against {data.labels[data.reference]}, % of histories with 95 % intervals."
    return drawn(NAME, table_of(data), comparison(data), alt, "framework", (0, 1, 2))


def _of_cases(opened: Opened, options: Options) -> Drawn:
    data = cases.data_of(opened, options)
    table = cases.table_of(data)
    return drawn(NAME, table, cases.cases(data), "By case, with 95 % intervals.", "case")


KIND = Kind(NAME, "frameworks side by side, with intervals", _why_not, _draw)

__all__ = ["KIND", "Comparison", "comparison", "data_of", "table_of"]
