"""A table of dots: a row for each framework or clause, a column for each thing estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from deter.analysis.estimates import Estimate
from deter.presentation.figures import style
from deter.presentation.figures.dots import Row, against, dots, letters
from deter.presentation.figures.drawn import Drawn, Numbers
from deter.presentation.figures.layout import AXIS, Grid, Words, head_of, page
from deter.presentation.words import MINUS, NOTHING, interval, outward, value

MOST_COLUMNS = 4
LABELS = 1.75
"""Most width of the row labels, inches."""

ONE_LINE, TWO_LINES = 0.2, 0.29
"""Height of a row, inches, by the lines of the labels."""


@dataclass(frozen=True)
class Column:
    """One panel.

    Attributes
    ----------
    title, unit : str
        Above the panel and below its axis.
    rows : tuple of Row
        One for each label of the table, in order.
    scale : float
        Multiplier, as 100 for percent.
    signed : bool
        Values lie on both sides of 0, where a line is drawn; else the axis begins at 0.
    line : Estimate or None
        Drawn as a line through all rows: the reference.
    letters : tuple of str
        Written at the right of the rows.
    bars : bool
        Draw bars from 0.
    most : float or None
        Where the axis ends, after scaling; as the data have it where not given.
    """

    title: str
    unit: str
    rows: tuple[Row, ...]
    scale: float = 100.0
    signed: bool = False
    line: Estimate | None = None
    letters: tuple[str, ...] = ()
    bars: bool = False
    most: float | None = None


@dataclass(frozen=True)
class DotTable:
    """A table of dots.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : tuple of str
        Of the rows, from top to bottom.
    columns : tuple of Column
        Panels, from left to right.
    key : mapping of str to str
        Marks that are explained, and what they mean.
    bounds : str
        What the strips behind the dots are; empty where there are none.
    """

    title: str
    note: str
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    key: dict[str, str] = field(default_factory=dict)
    bounds: str = ""


def dot_table(data: DotTable, per_line: int = MOST_COLUMNS, labels: float = LABELS) -> Figure:
    """Draw a table of dots.

    Parameters
    ----------
    data : DotTable
        What to draw.
    per_line : int
        Most panels beside each other; the rest come below, with the labels again.
    labels : float
        Most width of the row labels, inches.
    """
    across = min(per_line, len(data.columns))
    called = [style.label(text, labels) for text in data.labels]
    widest = max(style.inches(part) for text in called for part in text.split("\n"))
    line = TWO_LINES if any("\n" in text for text in called) else ONE_LINE
    lettered = any(any(column.letters) for column in data.columns)
    grid = Grid(
        down=-(-len(data.columns) // across),
        across=across,
        tall=max(line * len(called), 0.3),
        left=widest * 1.03 + 0.22,
        right=0.2,
        gap=0.35 if lettered else 0.22,
        foot=AXIS + 0.02,
    )
    titles = [style.wrapped(column.title, grid.wide + 0.1) for column in data.columns]
    grid = replace(grid, head=head_of(titles))
    figure, axes = page(Words(data.title, data.note, _key(data)), grid, len(data.columns))
    for place, (ax, column) in enumerate(zip(axes, data.columns, strict=True)):
        panel(column, ax, called if place % across == 0 else ())
        ax.set_title(titles[place], fontsize=style.SMALL, loc="left", color=style.INK)
    return figure


def panel(column: Column, ax: Axes, labels: Sequence[str] | None = None) -> Axes:
    """Draw one column of a table on some axes, with labels at its rows or without."""
    dots(column.rows, ax, scale=column.scale, bars=column.bars, labels=labels)
    if column.signed:
        ax.axvline(0.0, color=style.QUIET, linewidth=0.8, linestyle=":")
    elif not _below(column):
        ax.set_xlim(left=0.0)
    if column.line is not None:
        against(column.line, ax, scale=column.scale)
    if column.most is not None:
        ax.set_xlim(right=column.most)
    if ax.get_xlim()[1] <= 1e-9 and not column.signed:
        ax.set_xlim(right=1.0)  # nothing was seen and nothing limits it
    letters(column.letters, ax)
    ax.set_xlabel(column.unit, fontsize=style.SMALL, color=style.INK, loc="left", labelpad=1)
    return ax


def _below(column: Column) -> bool:
    return any((row.estimate.low or 0.0) < 0 for row in column.rows)


def _key(data: DotTable) -> list[Line2D | Patch]:
    shown = {row.stands for column in data.columns for row in column.rows}
    handles: list[Line2D | Patch] = [
        Line2D([], [], linestyle="none", markersize=5, label=words, **style.MARKS[key])
        for key, words in data.key.items()
        if key in shown
    ]
    if data.bounds:
        handles.append(Patch(facecolor=style.FAINT, label=data.bounds))
    return handles


def told(data: DotTable, columns: Sequence[int] | None = None) -> str:
    """Return the numbers of a table in words, with their intervals, row by row."""
    chosen = range(len(data.columns)) if columns is None else columns
    parts = []
    for place, name in enumerate(data.labels):
        numbers = (_number(data.columns[k], place) for k in chosen)
        parts.append(f"{name}: {', '.join(numbers)}")
    return "; ".join(parts) + "."


def _number(column: Column, place: int) -> str:
    row = column.rows[place]
    title = column.title.replace("\n", " ")
    if row.estimate.estimate is None:
        return f"{title} {row.words}"
    percent = column.scale == 100.0
    return f"{title} {interval(row.estimate, percent=percent, signed=column.signed)}"


def drawn(
    name: str,
    data: DotTable,
    figure: Figure,
    alt: str,
    of: str,
    columns: Sequence[int] | None = None,
) -> Drawn:
    """Return a table of dots as a figure with its words and numbers.

    Parameters
    ----------
    name : str
        Of the figure.
    data, figure : DotTable, Figure
        The table, and the picture of it.
    alt : str
        How the words for who cannot see it begin; the numbers follow.
    of : str
        What the rows are.
    columns : sequence of int, optional
        Those that are told in these words; all where not given.
    """
    words = f"{alt} {told(data, columns)}"
    return Drawn(name, data.title, data.note, words, figure, numbers(data, of))


MOST_TOGETHER = 6
"""Columns that stand in one table of numbers."""


def numbers(data: DotTable, of: str) -> tuple[Numbers, ...]:
    """Return the numbers of a table of dots, row by row; of many columns in several tables.

    Parameters
    ----------
    data : DotTable
        Estimates, with the bounds that are drawn behind them.
    of : str
        What the rows are.
    """
    more = f"; in square brackets {data.bounds}" if data.bounds else ""
    if any(any(column.letters) for column in data.columns):
        more = f"{more}; what shares a letter is not told apart"
    parts = []
    for k in range(0, len(data.columns), MOST_TOGETHER):
        some = data.columns[k : k + MOST_TOGETHER]
        units = dict.fromkeys(column.unit for column in some)
        shared = next(iter(units)) if len(units) == 1 else ""
        heads = (of, *(_head(column, shared) for column in some))
        rows = tuple(
            (label, *(_cell(column, place) for column in some))
            for place, label in enumerate(data.labels)
        )
        unit = f"{shared[:1].upper()}{shared[1:]}, with" if shared else "With"
        parts.append(Numbers(f"{unit} 95 % intervals{more}", heads, rows))
    return tuple(parts)


def _head(column: Column, shared: str) -> str:
    title = " ".join(column.title.split())
    return title if column.unit == shared else f"{title}, {column.unit}"


def _cell(column: Column, place: int) -> str:
    row = column.rows[place]
    percent = column.scale == 100.0
    if column.signed and row.stands == "reference":
        return NOTHING
    if row.estimate.estimate is None:
        known = row.ends is not None and (row.estimate.low, row.estimate.high) != (None, None)
        return limits(row.estimate) if known else row.words
    shown = interval(row.estimate, percent=percent, signed=column.signed)
    if row.bounds is not None:
        least, most = outward(*row.bounds)
        shown = f"{shown} [{least} to {most}]"
    lettered = column.letters[place] if column.letters else ""
    return f"{shown} {lettered}".strip().replace("-", MINUS)


def limits(estimate: Estimate) -> str:
    """Return what is known of an amount of which only a limit is known."""
    low, high = (None if x is None else value(x) for x in (estimate.low, estimate.high))
    return (
        f"more than {low}"
        if high is None
        else f"less than {high}"
        if low is None
        else (f"{low} to {high}")
    )


__all__ = ["Column", "DotTable", "dot_table", "drawn", "numbers", "panel", "told"]
