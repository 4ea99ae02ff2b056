"""Which framework one would regret least: criteria of choice over all cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.regret import LABELS, Choice, Regret
from deter.presentation.figures import notes
from deter.presentation.figures.asking import (
    NOT_A_SWEEP,
    asked,
    measure_words,
    sweep_note,
    unit_of,
)
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened
from deter.presentation.words import short

NAME = "regret"
KEY = {"lower": "the best, or not told apart from it", "unclear": "told apart from the best"}


@dataclass(frozen=True)
class Regrets:
    """What the picture of criteria shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        Frameworks and what they are called, in order.
    tables : tuple of Regret
        One for each measure.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    tables: Sequence[Regret]


def table_of(data: Regrets) -> DotTable:
    """Return criteria as a table of dots: a column for each, for each measure."""
    columns = [_column(data, one, choice) for one in data.tables for choice in one.choices]
    return DotTable(data.title, data.note, tuple(data.labels.values()), tuple(columns), KEY)


def _column(data: Regrets, table: Regret, choice: Choice) -> Column:
    shares = choice.criterion == "satisficing"
    unit = next((e.unit for e in choice.values.values()), "1")
    shown, scale = unit_of(unit, "cases" if shares else "histories")
    several = f"{measure_words(table.measure)}: " if len(data.tables) > 1 else ""
    rows = tuple(
        Row(text, choice.values[name], "lower" if name in choice.best else "unclear")
        for name, text in data.labels.items()
    )
    words = LABELS[choice.criterion]
    better = "" if choice.lower_is_better else ", higher is better"
    letters = tuple(choice.letters.get(name, "") for name in data.labels)
    return Column(f"{several}{words}{better}", shown, rows, scale, letters=letters)


def regret(data: Regrets) -> Figure:
    """Draw criteria of choice with their 95 % intervals."""
    return dot_table(table_of(data))


def data_of(opened: Opened, options: Options) -> Regrets:
    """Return what the picture of criteria shows."""
    tables = [a.result for a in asked(opened, "regret", options) if isinstance(a.result, Regret)]
    first = tables[0]
    names = list(first.choices[0].values)
    spread = first.choices[-1] if not any(c.criterion == "mean" for c in first.choices) else None
    order = spread or first.choice("mean")
    names.sort(key=lambda name: -(order.values[name].estimate or 0.0))
    of = measure_words(first.measure) if len(tables) == 1 else "several measures"
    note = (
        f"Over all cases, of {of}. Worst case: in the case where the framework does worst. Regret: "
        "how much worse it is in a case than the best framework there. Frameworks that share a "
        f"letter cannot be told apart by a criterion. {sweep_note(opened)} {notes.BARS} "
        f"{notes.condition(opened)}"
    )
    labels = {name: short(opened.titles[name], 60) for name in names}
    return Regrets(f"{opened.title}: which framework one would regret least", note, labels, tables)


def _why_not(opened: Opened) -> str:
    if opened.study is None:
        return NOT_A_SWEEP
    if len(opened.study.frameworks) < 2:
        return "there is one framework, and nothing to choose between"
    return "" if len(opened.study) > 1 else "there is one case, and no doubt between cases"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    alt = "By criterion, with 95 % intervals."
    return drawn(NAME, table_of(data), regret(data), alt, "framework")


KIND = Kind(NAME, "which framework one would regret least", _why_not, _draw)

__all__ = ["KIND", "Regrets", "data_of", "regret", "table_of"]
