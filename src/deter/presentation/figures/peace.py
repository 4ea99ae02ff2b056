"""How peace lasts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator

from deter.analysis.survival import Curve
from deter.presentation.figures import notes, style
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import labels


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
    columns = min(3, len(names))
    lines = math.ceil(len(names) / columns)
    figure = style.sheet(1.35 * lines + 0.4, data.title, f"Years. {data.note}")
    axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for ax, name in zip(axes.flat, names, strict=False):
        style.plain_axes(ax)
        survival(data.curves[data.reference], ax, data.horizon, color=style.QUIET, dashed=True)
        survival(data.curves[name], ax, data.horizon)
        called = style.label(data.labels[name], (style.WIDTH - 0.6) / columns - 0.15)
        ax.set_title(called, fontsize=style.SMALL, loc="left", color=style.INK)
        ax.grid(axis="y", color=style.FAINT, linewidth=0.6)
        ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        below = names.index(name) + columns < len(names)
        ax.tick_params(labelbottom=not below)
    for ax in axes.flat[len(names) :]:
        ax.set_visible(False)
    figure.supylabel("% without an attack", fontsize=style.SMALL, color=style.INK)
    return figure


def data_of(opened: Opened) -> Peace:
    """Return what the picture of lasting peace shows."""
    findings = opened.findings
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


def _why_not(opened: Opened) -> str:
    if opened.findings is None:
        return "it is drawn of a run or a comparison, and this is a sweep"
    return "" if opened.findings.n else "no replication was finished"


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


KIND = Kind("peace", "how long peace lasts, with bands", _why_not, _draw)

__all__ = ["KIND", "Peace", "data_of", "peace", "survival"]
