"""The race: when help arrives against when the objective falls."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from deter.analysis.race import Race, race_of
from deter.presentation.figures import notes, style
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.layout import TICKS, Grid, Words, head_of, page
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import interval, labels

NAME = "race"
ACROSS = 3
TALL = 1.3
"""Height of a panel, inches."""

DAYS = {1: "1", 7: "7", 30: "30", 90: "90", 365: "365", 3650: "3650"}
"""Ticks of the axis, days."""

FIRST_DAY = 0.25


@dataclass(frozen=True)
class Races:
    """What the picture of the race shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        Frameworks and what they are called, in order.
    races : mapping of str to Race
        By framework.
    horizon : float
        Years.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    races: Mapping[str, Race]
    horizon: float


def race(data: Race, ax: Axes, last: float) -> Axes:
    """Draw one race: help as a solid line, the objective as a dashed one, both with bands.

    Parameters
    ----------
    data : Race
        What to draw.
    ax : Axes
        Where.
    last : float
        End of the axis, days.
    """
    style.plain_axes(ax, grid="both")
    _help(data, ax)
    _objective(data, ax, last)
    ax.set_xscale("log")
    ax.set_xlim(FIRST_DAY, last)
    ax.set_ylim(0.0, 102.0)
    ax.xaxis.set_major_locator(FixedLocator([day for day in DAYS if day <= last]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda day, _: DAYS.get(round(day), "")))
    ax.yaxis.set_major_locator(FixedLocator([0, 25, 50, 75, 100]))
    return ax


def _help(data: Race, ax: Axes) -> None:
    known = [(d, e) for d, e in zip(data.days, data.given, strict=True) if e.estimate is not None]
    if not known:
        return
    days = [day for day, _ in known]
    value, low, high = (
        [100.0 * float(getattr(e, part)) for _, e in known] for part in ("estimate", "low", "high")
    )
    ax.fill_between(days, low, high, color=style.BLUE, alpha=0.18, linewidth=0)
    ax.plot(days, value, color=style.BLUE, linewidth=1.6)


def _objective(data: Race, ax: Axes, last: float) -> None:
    curve = data.objective.thinned(style.MOST_STEPS)
    if not curve.n:
        return
    days = np.concatenate(([FIRST_DAY], np.maximum(curve.times, FIRST_DAY), [last]))

    def stairs(values: np.ndarray) -> np.ndarray:
        end = values[-1:] if len(values) else np.zeros(1)
        return 100.0 * np.concatenate(([0.0], values, end))

    if len(curve.times):
        ax.fill_between(
            days,
            stairs(curve.low),
            stairs(curve.high),
            step="post",
            color=style.VERMILLION,
            alpha=0.18,
            linewidth=0,
        )
    ax.plot(
        days,
        stairs(curve.value),
        drawstyle="steps-post",
        color=style.VERMILLION,
        linewidth=1.4,
        linestyle="--",
    )


def races(data: Races) -> Figure:
    """Draw the race under each framework."""
    names = list(data.labels)
    across = min(ACROSS, len(names))
    grid = Grid(
        down=math.ceil(len(names) / across), across=across, tall=TALL, left=0.55, foot=TICKS + 0.06
    )
    titles = [_title(data, name, grid.wide) for name in names]
    grid = replace(grid, head=head_of(titles), right=0.2)
    figure, axes = page(Words(data.title, data.note, _key()), grid, len(names))
    last = max(data.horizon * 365.25, 30.0)
    for place, (ax, name) in enumerate(zip(axes, names, strict=True)):
        race(data.races[name], ax, last)
        ax.set_title(titles[place], fontsize=style.SMALL, loc="left", color=style.INK)
        ax.tick_params(labelbottom=place + across >= len(names), labelleft=place % across == 0)
        if place % across == 0:
            ax.set_ylabel("% by then", fontsize=style.SMALL, color=style.INK, labelpad=2)
    axes[-1].set_xlabel("days", fontsize=style.SMALL, color=style.INK, labelpad=1)
    return figure


def _title(data: Races, name: str, wide: float) -> str:
    found = data.races[name]
    counts = f"n = {found.owed:,} owed, {found.objective.n:,} campaigns"
    return f"{style.label(data.labels[name], wide)}\n{counts}"


def _key() -> list[Line2D]:
    return [
        Line2D([], [], color=style.BLUE, linewidth=1.6, label="help that is owed has been given"),
        Line2D(
            [],
            [],
            color=style.VERMILLION,
            linewidth=1.4,
            linestyle="--",
            label="the objective has fallen",
        ),
    ]


def data_of(opened: Opened) -> Races:
    """Return what the picture of the race shows."""
    findings = opened.table
    assert findings is not None
    note = (
        "Days since the crisis began (help) or the campaign began (objective), on a scale of "
        "equal ratios. Solid: share of all help owed, in crises of any kind, that has been given "
        "at the owed rung or above. Dashed: share of first campaigns that have reached the "
        "challenger's objective; other ends compete. Bands hold 95 % at each day. "
        f"{notes.luck(findings)} {notes.condition(opened)}"
    )
    found = {name: race_of(findings.sample(name)) for name in findings.frameworks}
    title = f"{opened.title}: when help comes, when the objective falls"
    return Races(title, note, labels(findings), found, findings.horizon)


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    told = "; ".join(f"{text}: {_told(data.races[name])}" for name, text in data.labels.items())
    alt = f"% after 30 days, with 95 % intervals. {told}."
    return Drawn(NAME, data.title, data.note, alt, races(data))


def _told(found: Race) -> str:
    month = found.given_by(30.0)
    helped = interval(month, percent=True) if month.estimate is not None else "none owed"
    fallen = found.fallen_by(30.0)
    lost = interval(fallen, percent=True) if fallen.estimate is not None else "no campaign"
    return f"help given {helped}, objective reached {lost}"


KIND = Kind(NAME, "when help comes, when the objective falls", notes.needs_table, _draw)

__all__ = ["KIND", "Races", "data_of", "race", "races"]
