"""Credibility through one history: what the challenger believes of each guarantor's resolve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from deter.narrative.cast import Cast
from deter.narrative.model import History
from deter.presentation.figures import style
from deter.presentation.figures.calendar import ONE, calendar
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.layout import TICKS, Grid, Words, head_of, page
from deter.presentation.figures.notes import joined

NAME = "credibility"
ACROSS, TALL = 4, 0.95

NOTE = (
    "What the challenger believes of each guarantor's resolve, as a mean in probits (0: about even "
    "whether it acts where nothing else pulls). It is known at the close of each crisis, joined by "
    f"straight lines between. {ONE}, so that there is no interval."
)


@dataclass(frozen=True)
class Credibility:
    """One guarantor through one history.

    Attributes
    ----------
    name : str
        What it is called.
    years : tuple of float
        When something was learnt: each time twice, before and after.
    beliefs : tuple of float
        Mean belief about its resolve, probits.
    elections : tuple of float
        When a new government came, years.
    campaigns : tuple of (float, float)
        Begin and end of each, years.
    begin, end : float
        Ends of the axis.
    """

    name: str
    years: tuple[float, ...]
    beliefs: tuple[float, ...]
    elections: tuple[float, ...]
    campaigns: tuple[tuple[float, float], ...]
    begin: float
    end: float


def credibility(data: Credibility, ax: Axes) -> Axes:
    """Draw what is believed of one guarantor.

    Parameters
    ----------
    data : Credibility
        What to draw.
    ax : Axes
        Where.
    """
    style.plain_axes(ax, grid="y")
    least = 0.006 * (data.end - data.begin)
    for begin, end in data.campaigns:
        ax.axvspan(begin, max(end, begin + least), color=style.VERMILLION, alpha=0.25, linewidth=0)
    for year in data.elections:
        ax.axvline(year, color=style.GREY, linewidth=0.9, linestyle=":")
    ax.plot(data.years, data.beliefs, color=style.BLUE, linewidth=1.3)
    ax.plot(data.years[1::2], data.beliefs[1::2], ".", color=style.BLUE, ms=3.5)
    ax.set_xlim(data.begin, data.end)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=3))
    return ax


def beliefs_of(history: History, cast: Cast) -> list[Credibility]:
    """Return what is believed of each guarantor that can play a part."""
    year = calendar(cast)
    fights = [c.campaign for c in history.crises if c.campaign is not None]
    campaigns = tuple((year(f.began), year(f.ended)) for f in fights)
    found = []
    for code in sorted(cast.parts, key=lambda code: _called(cast, code)):
        if not cast.playing(code):
            continue
        years, values = [], []
        for learnt in history.beliefs:
            years += [year(learnt.time)] * 2
            values += [learnt.before[code], learnt.after[code]]
        votes = [e for e in history.events if e.kind == "election" and e.actor == code]
        elections = tuple(year(e.time) for e in votes)
        found.append(
            Credibility(
                _called(cast, code),
                tuple(years),
                tuple(values),
                elections,
                campaigns,
                year(0.0),
                year(history.end),
            )
        )
    return found


def _called(cast: Cast, code: str) -> str:
    return cast.parts[code].title.removeprefix("the ")


def credibility_of(history: History, cast: Cast, title: str, address: str = "") -> Figure:
    """Draw what is believed of every guarantor, one panel each, on one scale.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    title, address : str
        What stands above, and which replication it is.
    """
    panels = beliefs_of(history, cast)
    across = min(ACROSS, max(len(panels), 1))
    titles = [style.label(p.name, 1.4, most=1) for p in panels]
    grid = Grid(
        down=max(math.ceil(len(panels) / across), 1),
        across=across,
        tall=TALL,
        left=0.5,
        head=head_of(titles),
        foot=TICKS,
        gap=0.22,
    )
    made, axes = page(Words(title, joined(address, NOTE), _key(panels)), grid, len(panels))
    values = [v for p in panels for v in p.beliefs]
    low, high = (min(values), max(values)) if values else (-1.0, 1.0)
    room = 0.08 * (high - low) or 0.1
    for place, (panel, name, ax) in enumerate(zip(panels, titles, axes, strict=True)):
        credibility(panel, ax)
        ax.tick_params(labelbottom=place + across >= len(panels), labelleft=place % across == 0)
        ax.set_ylim(low - room, high + room)
        ax.set_title(name, fontsize=style.SMALL, loc="left", color=style.INK)
        if place % across == 0:
            ax.set_ylabel("probits", fontsize=style.SMALL, color=style.INK, labelpad=2)
    return made


def _key(panels: Sequence[Credibility]) -> list[Line2D | Patch]:
    """Return what the signs mean, of those that are there."""
    belief = "mean belief about resolve; dot: a crisis closes"
    found: list[Line2D | Patch] = [
        Line2D([], [], color=style.BLUE, linewidth=1.3, marker=".", label=belief)
    ]
    if any(panel.elections for panel in panels):
        found.append(
            Line2D([], [], color=style.GREY, linewidth=0.9, linestyle=":", label="new government")
        )
    if any(panel.campaigns for panel in panels):
        found.append(Patch(color=style.VERMILLION, alpha=0.25, linewidth=0, label="campaign"))
    return found


def drawn(history: History, cast: Cast, title: str, address: str = "") -> Drawn:
    """Return the figure with its words."""
    made = credibility_of(history, cast, title, address)
    return Drawn(NAME, title, joined(address, NOTE), told(history, cast), made)


def told(history: History, cast: Cast) -> str:
    """Return what a reader who cannot see the figure must know."""
    parts = [
        f"{p.name} {p.beliefs[0]:+.2f} to {p.beliefs[-1]:+.2f}"
        for p in beliefs_of(history, cast)
        if p.beliefs
    ]
    if not parts:
        return "Nothing was learnt of anybody."
    return f"Mean belief about resolve, probits, from first to last: {'; '.join(parts)}."
