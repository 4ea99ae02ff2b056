"""Estimates as dots with their intervals, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from deter.analysis.estimates import Estimate
from deter.presentation.figures import style


@dataclass(frozen=True)
class Row:
    """One line of a dot plot: its label, its estimate, and how it stands to the reference.

    Attributes
    ----------
    label : str
        Shown at the left.
    estimate : Estimate
        Drawn as a dot with its interval; left out where it is None.
    stands : str
        A key of :data:`deter.presentation.figures.style.MARKS`.
    """

    label: str
    estimate: Estimate
    stands: str = "unclear"


def stands(difference: Estimate | None) -> str:
    """Say how a framework stands to the reference, from its difference; None is the reference."""
    if difference is None:
        return "reference"
    if difference.high is not None and difference.high < 0:
        return "lower"
    if difference.low is not None and difference.low > 0:
        return "higher"
    return "unclear"


def dots(rows: Sequence[Row], ax: Axes, *, scale: float = 1.0) -> Axes:
    """Draw estimates as dots with their intervals, one row each, the first at the top.

    Parameters
    ----------
    rows : sequence of Row
        What to draw.
    ax : Axes
        Where.
    scale : float
        Multiplier, as 100 for percent.
    """
    style.plain_axes(ax)
    for place, row in enumerate(rows):
        e, mark = row.estimate, style.MARKS[row.stands]
        if e.estimate is None:
            ax.text(
                0.5,
                place,
                "no estimate",
                transform=ax.get_yaxis_transform(),
                ha="center",
                va="center",
                fontsize=style.SMALL,
                color=style.QUIET,
            )
            continue
        low = e.estimate if e.low is None else e.low
        high = e.estimate if e.high is None else e.high
        ax.plot([low * scale, high * scale], [place, place], color=mark["color"], linewidth=1.6)
        ax.plot(e.estimate * scale, place, markersize=5.5, linestyle="none", zorder=3, **mark)
    ax.set_yticks(range(len(rows)), [row.label for row in rows])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    return ax


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
