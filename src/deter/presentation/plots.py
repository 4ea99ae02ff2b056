"""Figures: each a function from what was estimated to the axes it is drawn on."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from deter.analysis.estimates import Estimate
from deter.analysis.survival import Curve
from deter.presentation import style

if TYPE_CHECKING:
    from deter.analysis.measures import Table


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
        A key of :data:`deter.presentation.style.MARKS`.
    """

    label: str
    estimate: Estimate
    stands: str = "unclear"


@dataclass(frozen=True)
class Comparison:
    """What the picture of a comparison shows.

    Attributes
    ----------
    title, note : str
        Above and below the picture.
    labels : mapping of str to str
        Frameworks and what they are called, in the order from top to bottom.
    estimates, differences : Table
        Of the measures shown.
    letters : mapping of str to str
        Frameworks that share a letter are not told apart.
    reference : str
        What the others are compared with.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    estimates: Table
    differences: Table
    letters: Mapping[str, str]
    reference: str


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


@dataclass(frozen=True)
class _Panel:
    """One panel of the comparison: a measure or its difference, its title and scale."""

    name: str
    difference: bool
    title: str
    scale: float


PANELS = (
    _Panel("p_full_attack", False, "Full attack\n% of histories", 100.0),
    _Panel("p_full_attack", True, "Full attack, against\nthe reference, points", 100.0),
    _Panel("p_war", False, "War\n% of histories", 100.0),
    _Panel("incidents_per_10y", False, "Incidents\nper 10 years", 1.0),
)


def comparison(data: Comparison) -> Figure:
    """Draw frameworks side by side: full attack, its difference, war, incidents.

    Every dot has its 95 % interval. Filled marks are told apart from the reference, by colour and
    by shape; hollow ones are not.
    """
    count = len(data.labels)
    figure = style.figure(11.0, 2.1 + 0.31 * count)
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for ax, panel in zip(axes, PANELS, strict=True):
        dots(_rows(data, panel), ax, scale=panel.scale)
        if panel.difference:
            ax.axvline(0.0, color=style.QUIET, linewidth=0.8, linestyle=":")
        else:
            against(data.estimates[data.reference][panel.name], ax, scale=panel.scale)
            ax.set_xlim(left=min(0.0, ax.get_xlim()[0]) if ax.get_xlim()[0] < 0 else 0.0)
        ax.set_title(panel.title, fontsize=style.NORMAL, loc="left", color=style.INK)
    letters([data.letters.get(name, "") for name in data.labels], axes[0])
    figure.suptitle(data.title, fontsize=style.LARGE, x=0.01, ha="left", color=style.INK)
    _legend(figure)
    figure.supxlabel(
        _wrapped(data.note, 185), fontsize=style.SMALL, x=0.01, ha="left", color=style.QUIET
    )
    return figure


def _rows(data: Comparison, panel: _Panel) -> list[Row]:
    rows = []
    for name, text in data.labels.items():
        gap = data.differences[name][panel.name] if name != data.reference else None
        shown = gap if panel.difference else data.estimates[name][panel.name]
        if shown is None:
            shown = Estimate(0.0, 0.0, 0.0, data.estimates[name][panel.name].n)
        rows.append(Row(text, shown, _stands(data, panel, name, gap)))
    return rows


def _stands(data: Comparison, panel: _Panel, name: str, gap: Estimate | None) -> str:
    """Say how a framework stands: by full attack as the letters have it, else by its interval."""
    shared = set(data.letters.get(name, "")) & set(data.letters.get(data.reference, ""))
    if gap is not None and panel.name == "p_full_attack" and shared:
        return "unclear"
    return stands(gap)


def _legend(figure: Figure) -> None:
    handles = [
        Line2D([], [], linestyle="none", markersize=5.5, label=style.WORDS[key], **mark)
        for key, mark in style.MARKS.items()
    ]
    figure.legend(
        handles=handles,
        loc="outside upper right",
        ncols=len(handles),
        frameon=False,
        fontsize=style.SMALL,
        handletextpad=0.2,
        columnspacing=1.2,
    )


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width))


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
    columns = min(4, len(names))
    lines = math.ceil(len(names) / columns)
    figure = style.figure(2.6 * columns + 0.8, 1.9 * lines + 1.3)
    axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    for ax, name in zip(axes.flat, names, strict=False):
        style.plain_axes(ax)
        survival(data.curves[data.reference], ax, data.horizon, color=style.QUIET, dashed=True)
        survival(data.curves[name], ax, data.horizon)
        ax.set_title(data.labels[name], fontsize=style.NORMAL, loc="left", color=style.INK)
        ax.grid(axis="y", color=style.FAINT, linewidth=0.6)
        ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        below = names.index(name) + columns < len(names)
        ax.tick_params(labelbottom=not below)
    for ax in axes.flat[len(names) :]:
        ax.set_visible(False)
    figure.supylabel("% without an attack", fontsize=style.SMALL, color=style.INK)
    figure.suptitle(data.title, fontsize=style.LARGE, x=0.01, ha="left", color=style.INK)
    figure.supxlabel(
        _wrapped(f"Years. {data.note}", 42 * columns + 20),
        fontsize=style.SMALL,
        x=0.01,
        ha="left",
        color=style.QUIET,
    )
    return figure


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG, the same bytes for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=style.DPI, metadata={"Software": None})
    return buffer.getvalue()


__all__ = [
    "Comparison",
    "Peace",
    "Row",
    "against",
    "comparison",
    "dots",
    "letters",
    "peace",
    "png",
    "stands",
    "survival",
]
