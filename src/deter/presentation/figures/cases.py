"""A sweep of a few cases: each case under each framework."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.overview import Overview
from deter.experiments.study import Study
from deter.presentation.figures import notes
from deter.presentation.figures.asking import (
    asked,
    level_label,
    levels_label,
    measure_words,
    question,
    sweep_note,
    unit_of,
)
from deter.presentation.figures.dots import Row
from deter.presentation.figures.registry import Options
from deter.presentation.figures.table import Column, DotTable, dot_table
from deter.presentation.opened import Opened

MOST_CASES = 40
LABELS = 2.4
SEPARATOR = " · "
"""Between levels of levers in the label of a case."""

FIRST = ("list", "one_at_a_time")
"""Designs whose first case is what the others are changes of."""


@dataclass(frozen=True)
class Cases:
    """What the picture of cases shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : tuple of str
        What cases are called.
    table : Overview
        A measure in every case under every framework.
    titles : tuple of str
        Of the frameworks.
    changes : bool
        Whether the first case is what the others are changes of.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    table: Overview
    titles: tuple[str, ...]
    changes: bool


def table_of(data: Cases) -> DotTable:
    """Return cases as a table of dots: a column for each framework."""
    unit, scale = unit_of(data.table.unit)
    columns = []
    for k, title in enumerate(data.titles):
        held = [row[k] for row in data.table.estimates]
        rows = tuple(
            Row(text, e, "reference" if data.changes and not at else "plain")
            for at, (text, e) in enumerate(zip(data.labels, held, strict=True))
        )
        line = held[0] if data.changes else None
        columns.append(Column(title, unit, rows, scale, line=line))
    return DotTable(data.title, data.note, data.labels, tuple(columns))


def cases(data: Cases) -> Figure:
    """Draw a measure in each case under each framework, with 95 % intervals."""
    return dot_table(table_of(data), 4 if len(data.titles) > 3 else 3, LABELS)


def data_of(opened: Opened, options: Options) -> Cases:
    """Return what the picture of cases shows."""
    study = opened.study
    assert study is not None
    measure = question(opened, "summary", options)["measure"]
    table: Overview = asked(opened, "summary", options)[0].result
    changes = study.design["kind"] in FIRST
    labels, about = _called(study, table)
    note = notes.joined(
        about,
        "The dotted line is the first case." if changes else "",
        sweep_note(opened),
        notes.BARS,
        "Differences between cases are sharper than these intervals show."
        if len(study) > 1
        else "",
        notes.condition(opened),
    )
    titles = tuple(opened.titles[name] for name in table.frameworks)
    title = f"{opened.title}: {measure_words(measure)} in each case"
    return Cases(title, note, labels, table, titles, changes)


def _called(study: Study, table: Overview) -> tuple[tuple[str, ...], str]:
    """Return what cases are called, and what must be said to understand that.

    In a grid of several levers their names would stand in each row; they are said once.
    """
    held = [f for f in study.levers if f.name in study.cases.columns]
    if study.design["kind"] != "grid" or len(held) < 2 or len(table.labels) != len(study.cases):
        return tuple(label.replace("_", " ") for label in table.labels), ""
    rows = zip(*(study.cases[factor.name] for factor in held), strict=True)
    labels = tuple(
        SEPARATOR.join(level_label(f, v) for f, v in zip(held, row, strict=True)) for row in rows
    )
    return labels, f"Rows: {SEPARATOR.join(levels_label(factor) for factor in held)}."


__all__ = ["MOST_CASES", "Cases", "cases", "data_of", "table_of"]
