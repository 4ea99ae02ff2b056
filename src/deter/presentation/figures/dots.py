"""Estimates as dots or bars with their intervals, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from deter.analysis.estimates import Estimate
from deter.presentation.figures import style

THOUSAND = 1000.0

TICK = 0.6
"""Width that a tick takes with its label, inches."""

BAR, BOUNDS = 0.62, 0.5
"""Heights of a bar and of a strip of bounds, as parts of a row."""


@dataclass(frozen=True)
class Row:
    """One line of a dot plot: its label, its estimate, and how it stands to the reference.

    Attributes
    ----------
    label : str
        Shown at the left.
    estimate : Estimate
        Drawn as a dot with its interval; where it is None, so are words that say so.
    stands : str
        A key of :data:`deter.presentation.figures.style.MARKS`.
    bounds : tuple of float or None
        Least and most that it can be; drawn as a strip behind it.
    ends : tuple of float or None
        How far an interval is drawn that has no end, with an arrow.
    words : str
        Said in place of a missing estimate.
    """

    label: str
    estimate: Estimate
    stands: str = "unclear"
    bounds: tuple[float, float] | None = None
    ends: tuple[float, float] | None = None
    words: str = "no estimate"


def stands(difference: Estimate | None) -> str:
    """Say how a framework stands to the reference, from its difference; None is the reference."""
    if difference is None:
        return "reference"
    if difference.high is not None and difference.high < 0:
        return "lower"
    if difference.low is not None and difference.low > 0:
        return "higher"
    return "unclear"


def dots(
    rows: Sequence[Row],
    ax: Axes,
    *,
    scale: float = 1.0,
    bars: bool = False,
    labels: Sequence[str] | None = None,
) -> Axes:
    """Draw estimates with their intervals, one row each, the first at the top.

    Parameters
    ----------
    rows : sequence of Row
        What to draw.
    ax : Axes
        Where.
    scale : float
        Multiplier, as 100 for percent.
    bars : bool
        Draw a bar from 0 to each estimate.
    labels : sequence of str, optional
        At the rows in place of their own; none where it is empty.
    """
    style.plain_axes(ax)
    for place, row in enumerate(rows):
        if row.bounds is not None:
            _strip(row.bounds, place, ax, scale)
        if row.estimate.estimate is None:
            _missing(row, place, ax, scale)
            continue
        if bars:
            _bar(row, place, ax, scale)
        _dot(row, place, ax, scale)
    ax.autoscale_view()
    called = [row.label for row in rows] if labels is None else list(labels)
    ax.set_yticks(range(len(called)), called)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(_ticks(ax), steps=[1, 2, 2.5, 5, 10]))
    if max(abs(limit) for limit in ax.get_xlim()) >= THOUSAND:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}".replace("-", "−")))
    return ax


def _ticks(ax: Axes) -> int:
    """Return how many ticks a panel has room for."""
    figure = ax.get_figure(root=True)
    wide = ax.get_position().width * (style.WIDTH if figure is None else figure.get_figwidth())
    return min(max(int(wide / TICK), 3), 8)


def _dot(row: Row, place: int, ax: Axes, scale: float) -> None:
    e, mark = row.estimate, style.MARKS[row.stands]
    assert e.estimate is not None
    low, high = _limits(row)
    ax.add_line(_interval(low * scale, high * scale, place, mark["color"]))
    dot = Line2D([e.estimate * scale], [place], markersize=5, linestyle="none", zorder=3, **mark)
    ax.add_line(dot).set_clip_on(False)
    _arrows(row, place, ax, scale)


def _interval(low: float, high: float, place: int, color: str) -> Line2D:
    return Line2D([low, high], [place] * 2, color=color, linewidth=1.6, solid_capstyle="butt")


def _limits(row: Row) -> tuple[float, float]:
    """Return where the interval is drawn: to the ends where it has none of its own."""
    e = row.estimate
    middle = 0.0 if e.estimate is None else e.estimate
    least, most = (middle, middle) if row.ends is None else row.ends
    return (least if e.low is None else e.low), (most if e.high is None else e.high)


def _arrows(row: Row, place: int, ax: Axes, scale: float) -> None:
    if row.ends is None:
        return
    color = style.MARKS[row.stands]["color"]
    for limit, end, marker in (
        (row.estimate.low, row.ends[0], "<"),
        (row.estimate.high, row.ends[1], ">"),
    ):
        if limit is None:
            look = {"marker": marker, "color": color, "linestyle": "none"}
            ax.add_line(Line2D([end * scale], [place], markersize=4.5, zorder=3, **look))


def _bar(row: Row, place: int, ax: Axes, scale: float) -> None:
    assert row.estimate.estimate is not None
    color = style.MARKS[row.stands]["color"]
    ax.add_patch(
        Rectangle(
            (0.0, place - BAR / 2),
            row.estimate.estimate * scale,
            BAR,
            facecolor="white" if row.stands == "unclear" else color,
            edgecolor=color,
            alpha=0.35,
            linewidth=0.8,
            hatch="////" if row.stands == "higher" else "",
        )
    )


def _strip(bounds: tuple[float, float], place: int, ax: Axes, scale: float) -> None:
    least, most = bounds
    ax.add_patch(
        Rectangle(
            (least * scale, place - BOUNDS / 2),
            (most - least) * scale,
            BOUNDS,
            color=style.FAINT,
            linewidth=0,
            zorder=0.5,
        )
    )


def _missing(row: Row, place: int, ax: Axes, scale: float) -> None:
    if row.ends is not None and (row.estimate.low, row.estimate.high) != (None, None):
        low, high = _limits(row)
        color = style.MARKS[row.stands]["color"]
        ax.add_line(_interval(low * scale, high * scale, place, color))
        _arrows(row, place, ax, scale)
        return
    ax.text(
        0.5,
        place,
        row.words,
        transform=ax.get_yaxis_transform(),
        ha="center",
        va="center",
        fontsize=style.SMALL,
        color=style.QUIET,
    )


def against(value: Estimate, ax: Axes, *, scale: float = 1.0) -> Axes:
    """Draw the reference's estimate as a line through all rows."""
    if value.estimate is not None:
        ax.axvline(value.estimate * scale, color=style.QUIET, linewidth=0.8, linestyle=":")
    return ax


def letters(rows: Sequence[str], ax: Axes) -> Axes:
    """Write each row's group letters at the right edge."""
    for place, text in enumerate(rows):
        ax.text(
            1.02,
            place,
            text,
            transform=ax.get_yaxis_transform(),
            ha="left",
            va="center",
            fontsize=style.SMALL,
            color=style.QUIET,
        )
    return ax


__all__ = ["Row", "against", "dots", "letters", "stands"]
