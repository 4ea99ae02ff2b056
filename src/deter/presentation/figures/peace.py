"""How peace lasts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from deter.analysis.survival import Curve
from deter.presentation.figures import notes, style
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.layout import TICKS, Grid, Words, head_of, page
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import labels

ACROSS, TALL = 3, 1.05
"""Most panels beside each other; height of a panel, inches."""


def survival(
    curve: Curve, ax: Axes, horizon: float, *, color: str = style.BLUE, dashed: bool = False
) -> Axes:
    """Draw the share of histories without an event over the years, with its band.

    Parameters
    ----------
    curve : Curve
        Cumulative incidence.
    ax : Axes
        Where.
    horizon : float
        End of the time axis, years.
    color : str
        Of the line.
    dashed : bool
        A dashed line with no band, for the reference behind another curve.
    """
    curve = curve.thinned(style.MOST_STEPS)
    years = np.concatenate(([0.0], curve.times, [horizon]))

    def stairs(values: np.ndarray) -> np.ndarray:
        last = values[-1:] if len(values) else np.zeros(1)
        return 100.0 * (1.0 - np.concatenate(([0.0], values, last)))

    if not dashed and len(curve.times):
        ax.fill_between(
            years,
            stairs(curve.low),
            stairs(curve.high),
            step="post",
            color=color,
            alpha=0.18,
            linewidth=0,
        )
    ax.plot(
        years,
        stairs(curve.value),
        drawstyle="steps-post",
        color=color,
        linewidth=1.1 if dashed else 1.6,
        linestyle="--" if dashed else "-",
    )
    ax.set_xlim(0.0, horizon)
    ax.set_ylim(0.0, 102.0)
    return ax


@dataclass(frozen=True)
class Peace:
    """What the picture of lasting peace shows.

    Attributes
    ----------
    title, note : str
        Above and below the picture.
    labels : mapping of str to str
        Frameworks and what they are called, in order.
    curves : mapping of str to Curve
        Cumulative incidence of an attack, by framework.
    reference : str
        Whose curve is drawn behind all others.
    horizon : float
        Years.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    curves: Mapping[str, Curve]
    reference: str
    horizon: float


def peace(data: Peace) -> Figure:
    """Draw how peace lasts, a panel for each framework, the reference dashed behind."""
    names = [name for name in data.labels if name != data.reference] or [data.reference]
    across = min(ACROSS, len(names))
    grid = Grid(
        down=math.ceil(len(names) / across), across=across, tall=TALL, left=0.55, foot=TICKS + 0.06
    )
    titles = [style.label(data.labels[name], grid.wide) for name in names]
    grid = replace(grid, head=head_of(titles))
    figure, axes = page(Words(data.title, data.note, _key(data)), grid, len(names))
    for place, (ax, name) in enumerate(zip(axes, names, strict=True)):
        style.plain_axes(ax, grid="both")
        if name != data.reference:
            reference = data.curves[data.reference]
            survival(reference, ax, data.horizon, color=style.QUIET, dashed=True)
        survival(data.curves[name], ax, data.horizon)
        ax.set_title(titles[place], fontsize=style.SMALL, loc="left", color=style.INK)
        ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        ax.tick_params(labelbottom=place + across >= len(names), labelleft=place % across == 0)
        if place % across == 0:
            ax.set_ylabel("% at peace", fontsize=style.SMALL, color=style.INK, labelpad=2)
    axes[-1].set_xlabel("years", fontsize=style.SMALL, color=style.INK, labelpad=1)
    return figure


def _key(data: Peace) -> list[Line2D]:
    if len(data.labels) < 2:
        return []
    return [
        Line2D([], [], color=style.BLUE, linewidth=1.6, label="this framework, and its 95 % band"),
        Line2D(
            [],
            [],
            color=style.QUIET,
            linewidth=1.1,
            linestyle="--",
            label=style.label(data.labels[data.reference], 2.5, most=1),
        ),
    ]


def data_of(opened: Opened) -> Peace:
    """Return what the picture of lasting peace shows."""
    findings = opened.table
    assert findings is not None
    first = findings.reference or findings.frameworks[0]
    note = (
        "Share of histories without a limited or full attack, with its 95 % band; dashed: "
        f"{findings.titles[first]}. {notes.luck(findings)} {notes.condition(opened)}"
    )
    return Peace(
        title=f"{opened.title}: how peace lasts",
        note=note,
        labels=labels(findings),
        curves=findings.attacks,
        reference=first,
        horizon=findings.horizon,
    )


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    told = (f"{text}: {_last(data.curves[name])}" for name, text in data.labels.items())
    alt = (
        f"Without an attack after {data.horizon:g} years, % of histories with 95 % intervals. "
        f"{'; '.join(told)}."
    )
    return Drawn("peace", data.title, data.note, alt, peace(data))


def _last(curve: Curve) -> str:
    if not len(curve.times):
        return f"100, no attack in {curve.n:,} histories"
    low, high = 1.0 - curve.high[-1], 1.0 - curve.low[-1]
    return f"{100 * (1 - curve.value[-1]):.0f} ({100 * low:.0f} to {100 * high:.0f})"


KIND = Kind("peace", "how long peace lasts, with bands", notes.needs_table, _draw)

__all__ = ["KIND", "Peace", "data_of", "peace", "survival"]
