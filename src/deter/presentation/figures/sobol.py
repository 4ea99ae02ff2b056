"""Which uncertainties hold the variance: Sobol's indices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.estimates import nothing
from deter.analysis.sensitivity import Index, Sobol
from deter.presentation.figures import notes
from deter.presentation.figures.asking import (
    NOT_A_SWEEP,
    about,
    asked,
    factor_labels,
    measure_words,
    question,
    sweep_note,
)
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened
from deter.presentation.words import interval

NAME = "sobol"
SHOWN = 14
LABELS = 2.2
UNIT = "% of variance of case means"


@dataclass(frozen=True)
class Indices:
    """What the picture of indices shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        What factors are called.
    panels : mapping of str to Sobol
        By framework, and combination of levers where there are several.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    panels: Mapping[str, Sobol]

    @property
    def factors(self) -> list[str]:
        """Names of the factors, that with the largest total index in any panel first."""
        sizes: dict[str, float] = {}
        for found in self.panels.values():
            for one in found.indices:
                sizes[one.factor] = max(sizes.get(one.factor, 0.0), one.total.estimate or 0.0)
        return sorted(sizes, key=lambda name: -sizes[name])


def table_of(data: Indices) -> DotTable:
    """Return indices as a table of bars: two columns for each panel."""
    factors = data.factors[:SHOWN]
    left = len(data.factors) - len(factors)
    more = f"{left} smaller ones are not drawn. " if left else ""
    columns = []
    for name, found in data.panels.items():
        by_name = {one.factor: one for one in found.indices}
        for words, part in (("by itself", "first"), ("with all interactions", "total")):
            rows = tuple(_row(data, by_name.get(f), f, part) for f in factors)
            columns.append(Column(f"{name}: {words}", UNIT, rows, bars=True))
    labels = tuple(data.labels.get(name, name) for name in factors)
    return DotTable(data.title, f"{more}{data.note}", labels, tuple(columns))


def _row(data: Indices, index: Index | None, factor: str, part: str) -> Row:
    estimate = nothing() if index is None else getattr(index, part)
    return Row(data.labels.get(factor, factor), estimate, "plain")


def sobol(data: Indices) -> Figure:
    """Draw Sobol's indices as bars with their 95 % intervals, the largest first."""
    return dot_table(table_of(data), 2, LABELS)


def data_of(opened: Opened, options: Options) -> Indices:
    """Return what the picture of indices shows."""
    study = opened.study
    assert study is not None
    measure = question(opened, "sensitivity", options)["measure"]
    panels = {
        about(opened, answer, measure): answer.result
        for answer in asked(opened, "sensitivity", options)
        if isinstance(answer.result, Sobol)
    }
    chance = "; ".join(
        f"{name} {interval(found.chance, percent=True)} %"
        for name, found in panels.items()
        if found.chance is not None
    )
    of_chance = f" Of that variance, chance holds: {chance}." if chance else ""
    note = (
        f"Share of the variance of {measure_words(measure)} between cases that each uncertainty "
        f"holds.{of_chance} {sweep_note(opened)} {notes.BARS} {notes.condition(opened)}"
    )
    title = f"{opened.title}: what holds the variance"
    return Indices(title, note, factor_labels(study), panels)


def _why_not(opened: Opened) -> str:
    if opened.study is None:
        return NOT_A_SWEEP
    kind = opened.study.design["kind"]
    return "" if kind == "saltelli" else f"a design of kind {kind} has no Sobol indices"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    table = table_of(data)
    return drawn(NAME, table, sobol(data), f"{UNIT}, with 95 % intervals.", "factor")


KIND = Kind(NAME, "which uncertainties hold the variance", _why_not, _draw)

__all__ = ["KIND", "Indices", "data_of", "sobol", "table_of"]
