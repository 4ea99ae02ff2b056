"""Looking at figures in tests: where texts stand, and what is drawn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from deter.presentation.figures import style
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.table import Column, DotTable
from deter.presentation.words import NOTHING, interval

TALLEST = 23.0
"""Inches beyond which a figure is no longer one to look at."""


def texts(fig: Figure) -> Iterator[tuple[Text, Bbox]]:
    """Yield every text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    renderer = canvas.get_renderer()
    hidden = _tick_labels(fig)
    for text in fig.findobj(Text):
        assert isinstance(text, Text)
        axes = text.axes
        if not text.get_text().strip() or not text.get_visible() or id(text) in hidden:
            continue
        if axes is not None and not axes.get_visible():
            continue
        yield text, text.get_window_extent(renderer)


def _tick_labels(fig: Figure) -> set[int]:
    """Return tick labels that are never drawn: outside their axis' range, or switched off."""
    found = set()
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                inside = low - 1e-9 <= tick.get_loc() <= high + 1e-9
                if not inside or not tick.label1.get_visible():
                    found.add(id(tick.label1))
                found.add(id(tick.label2))
    return found


def check_texts(fig: Figure) -> None:
    """See that no text overlaps another, is cut, or is smaller than can be read in print."""
    found = list(texts(fig))
    assert len(found) > 3
    width, height = fig.bbox.width, fig.bbox.height
    assert fig.get_size_inches()[0] == style.WIDTH
    assert fig.get_size_inches()[1] < TALLEST
    for text, box in found:
        said = text.get_text()
        assert float(text.get_fontsize()) >= style.SMALL, said
        assert box.x0 >= -1, said
        assert box.y0 >= -1, said
        assert box.x1 <= width + 1, said
        assert box.y1 <= height + 1, said
    for (one, a), (other, b) in itertools.combinations(found, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) <= 1, (one.get_text(), other.get_text())


def said(fig: Figure) -> str:
    """Return all that is written on a figure, in one line."""
    return " ".join(" ".join(text.get_text().split()) for text, _ in texts(fig))


def bars(ax: Axes) -> list[Rectangle]:
    """Return the bars and strips of a panel, in the order in which they were drawn."""
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def drawn_rows(ax: Axes) -> dict[int, tuple[float, float, float]]:
    """Return what stands in each row of a dot plot: low end, dot, high end."""
    ends: dict[int, tuple[float, float]] = {}
    dots: dict[int, float] = {}
    for line in ax.lines:
        x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        if len(x) == 2 and y[0] == y[1] and line.get_marker() in ("None", None, ""):
            ends[int(y[0])] = float(x[0]), float(x[1])
        elif len(x) == 1 and line.get_marker() not in ("<", ">"):
            dots[int(y[0])] = float(x[0])
    return {row: (ends[row][0], dots[row], ends[row][1]) for row in dots}


def check_column(ax: Axes, column: Column) -> None:
    """See that a panel draws the estimates of its column, and nothing else."""
    expected = {
        place: tuple(float(x) * column.scale for x in (e.low, e.estimate, e.high))
        for place, e in enumerate(row.estimate for row in column.rows)
        if e.estimate is not None and e.low is not None and e.high is not None
    }
    found = drawn_rows(ax)
    assert {place: found[place] for place in expected} == {
        place: tuple(np.float64(x) for x in three) for place, three in expected.items()
    }
    missing = [k for k, row in enumerate(column.rows) if row.estimate.estimate is None]
    assert not set(missing) & set(found)


def check_numbers(drawn: Drawn, table: DotTable) -> None:
    """See that the numbers behind a table of dots are its estimates, each with its interval."""
    cells = {
        (row[0], head): cell
        for part in drawn.data
        for row in part.rows
        for head, cell in zip(part.heads[1:], row[1:], strict=True)
    }
    assert len(cells) == len(table.columns) * len(table.labels)
    for column in table.columns:
        title = " ".join(column.title.split())
        head = next(head for _, head in cells if head in (title, f"{title}, {column.unit}"))
        for label, row in zip(table.labels, column.rows, strict=True):
            shown = interval(row.estimate, percent=column.scale == 100.0, signed=column.signed)
            known = row.estimate.estimate is not None
            if column.signed and row.stands == "reference":
                assert cells[label, head] == NOTHING
                continue
            assert cells[label, head].startswith(shown.replace("-", "\u2212")) or not known
            assert "(" in cells[label, head] or not known


def check_table(fig: Figure, table: DotTable) -> None:
    """See that a table of dots draws every estimate with its interval, under its label."""
    assert len(fig.axes) == len(table.columns)
    for ax, column in zip(fig.axes, table.columns, strict=True):
        check_column(ax, column)
    labels = [text.get_text().replace("\n", " ") for text in fig.axes[0].get_yticklabels()]
    for shown, label in zip(labels, table.labels, strict=True):
        assert shown == label or label.startswith(shown.rstrip("…").rstrip())


__all__ = [
    "bars",
    "check_column",
    "check_numbers",
    "check_table",
    "check_texts",
    "drawn_rows",
    "said",
    "texts",
]
