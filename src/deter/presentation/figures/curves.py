"""Shares that grow or shrink with time: step curves with bands, a panel for each framework."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator

from deter.analysis.estimates import Estimate, wilson_limits
from deter.analysis.survival import Curve
from deter.presentation.figures import style
from deter.presentation.figures.drawn import Numbers
from deter.presentation.figures.layout import AXIS, Grid, Words, head_of, page
from deter.presentation.words import interval

ACROSS = 3
"""Most panels beside each other."""

BAND = 0.18
"""How much of its colour a band has."""


@dataclass(frozen=True)
class Look:
    """How a curve is drawn.

    Attributes
    ----------
    color : str
        Of line and band.
    width : float
        Of the line, points.
    dashed : bool
        As against solid.
    """

    color: str
    width: float = 1.6
    dashed: bool = False

    def handle(self, label: str) -> Line2D:
        """Return the mark that explains it in the key."""
        return Line2D(
            [],
            [],
            color=self.color,
            linewidth=self.width,
            linestyle="--" if self.dashed else "-",
            label=label,
        )


def steps(
    curve: Curve,
    ax: Axes,
    ends: tuple[float, float],
    look: Look,
    *,
    falling: bool = False,
    band: bool = True,
) -> Axes:
    """Draw a step curve, in per cent.

    Parameters
    ----------
    curve : Curve
        Of a share that grows from 0.
    ax : Axes
        Where.
    ends : tuple of float
        Ends of the axis of time; what comes before the first is drawn there.
    look : Look
        Line and colour.
    falling : bool
        Draw what is left of the whole instead.
    band : bool
        Draw its 95 % band too.
    """
    curve = curve.thinned(style.MOST_STEPS)
    times = np.concatenate(([ends[0]], np.maximum(curve.times, ends[0]), [ends[1]]))

    def stairs(values: np.ndarray, first: float = 0.0) -> np.ndarray:
        last = values[-1:] if len(values) else [first]
        share = np.concatenate(([first], values, last))
        return 100.0 * (1.0 - share if falling else share)

    if band and curve.n:
        unseen = wilson_limits(0.0, curve.n)[1]  # nothing has been seen yet, which is no proof
        low, high = stairs(curve.low), stairs(curve.high, unseen)
        ax.fill_between(times, low, high, step="post", color=look.color, alpha=BAND, linewidth=0)
    ax.plot(
        times,
        stairs(curve.value),
        drawstyle="steps-post",
        color=look.color,
        linewidth=look.width,
        linestyle="--" if look.dashed else "-",
        clip_on=False,  # a line at zero is seen whole
    )
    return ax


def panels(
    words: Words, titles: Sequence[str], tall: float, along: str, up: str
) -> tuple[Figure, list[Axes]]:
    """Return a page of panels whose height is a share in per cent.

    Parameters
    ----------
    words : Words
        Above and below.
    titles : sequence of str
        Of the panels; each may have several lines, all of which are kept.
    tall : float
        Height of a panel, inches.
    along, up : str
        Of the axes: time at the last panel, the share at the first of each row.
    """
    across = min(ACROSS, len(titles))
    grid = Grid(
        down=math.ceil(len(titles) / across),
        across=across,
        tall=tall,
        left=0.55,
        right=0.2,
        foot=AXIS,
    )
    called = [_called(title, grid.wide) for title in titles]
    figure, axes = page(words, replace(grid, head=head_of(called)), len(titles))
    for place, (ax, title) in enumerate(zip(axes, called, strict=True)):
        style.plain_axes(ax, grid="both")
        ax.set_ylim(0.0, 102.0)
        ax.set_title(title, fontsize=style.SMALL, loc="left", color=style.INK)
        ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
        ax.tick_params(labelbottom=place + across >= len(axes), labelleft=place % across == 0)
        if place % across == 0:
            ax.set_ylabel(up, fontsize=style.SMALL, color=style.INK, labelpad=2)
        if place + across >= len(axes):
            ax.set_xlabel(along, fontsize=style.SMALL, color=style.INK, labelpad=1)
    return figure, axes


def _called(title: str, wide: float) -> str:
    """Return a title of a panel: its first line in as many as it takes, the rest as it is."""
    first, *rest = title.split("\n")
    return "\n".join([style.label(first, wide), *rest])


def numbers(caption: str, heads: Sequence[str], cells: Mapping[str, Sequence[Estimate]]) -> Numbers:
    """Return shares at some times, in per cent, a row for each framework.

    Parameters
    ----------
    caption : str
        What they are.
    heads : sequence of str
        The times.
    cells : mapping of str to sequence of Estimate
        By what a framework is called.
    """
    rows = tuple(
        (called, *(interval(one, percent=True) for one in held)) for called, held in cells.items()
    )
    return Numbers(f"{caption}, with 95 % intervals", ("framework", *heads), rows)


__all__ = ["Look", "numbers", "panels", "steps"]
