"""The race: when help arrives against when the objective falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from deter.analysis.race import Race, race_of
from deter.presentation.figures import curves, notes, style
from deter.presentation.figures.curves import Look
from deter.presentation.figures.drawn import Drawn, Numbers
from deter.presentation.figures.layout import Words
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import interval, labels

NAME = "race"
TALL = 1.3
"""Height of a panel, inches."""

YEAR = 365.25

DAYS = {1: "1", 7: "7", 30: "30", 90: "90", 365: "1 y", 3652: "10 y"}
"""Ticks of the axis, days."""

TOLD = (1.0, 7.0, 30.0, 90.0, 365.0)
"""Days of which the numbers behind the curves are told."""

FIRST_DAY = 0.25
HELP, OBJECTIVE = Look(style.BLUE), Look(style.VERMILLION, 1.4, dashed=True)


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
    _help(data, ax)
    if data.objective.n:
        curves.steps(data.objective, ax, (FIRST_DAY, last), OBJECTIVE)
    ax.set_xscale("log")
    ax.set_xlim(FIRST_DAY, last)
    ax.set_ylim(0.0, 102.0)
    ax.xaxis.set_major_locator(FixedLocator([day for day in DAYS if day <= last]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda day, _: DAYS.get(round(day), "")))
    return ax


def _help(data: Race, ax: Axes) -> None:
    known = [(d, e) for d, e in zip(data.days, data.given, strict=True) if e.estimate is not None]
    if not known:
        return
    days = [day for day, _ in known]
    value, low, high = (
        [100.0 * float(getattr(e, part)) for _, e in known] for part in ("estimate", "low", "high")
    )
    ax.fill_between(days, low, high, color=HELP.color, alpha=curves.BAND, linewidth=0)
    ax.plot(days, value, color=HELP.color, linewidth=HELP.width)


def races(data: Races) -> Figure:
    """Draw the race under each framework."""
    key = [
        HELP.handle("help that is owed has been given"),
        OBJECTIVE.handle("the objective has fallen"),
    ]
    names = list(data.labels)
    titles = [f"{data.labels[name]}\n{_counts(data.races[name])}" for name in names]
    words = Words(data.title, data.note, key)
    figure, axes = curves.panels(words, titles, TALL, "days, then years (y)", "% by then")
    last = max(data.horizon * YEAR, 30.0)
    for ax, name in zip(axes, names, strict=True):
        race(data.races[name], ax, last)
    return figure


def _counts(found: Race) -> str:
    fought = found.objective.n
    return f"help owed {found.owed:,}\u00d7, {fought:,} campaign{'' if fought == 1 else 's'}"


def data_of(opened: Opened) -> Races:
    """Return what the picture of the race shows."""
    findings = opened.table
    assert findings is not None
    about = (
        "Days since the crisis began (help) or the campaign began (objective), on a scale of "
        "equal ratios. Help is counted in crises of any kind, at the owed rung or above; the "
        "objective in first campaigns, where other ends compete. Bands hold 95 % at each day."
    )
    note = notes.joined(about, notes.luck(findings), notes.condition(opened))
    found = {name: race_of(findings.sample(name)) for name in findings.frameworks}
    title = f"{opened.title}: when help comes, when the objective falls"
    return Races(title, note, labels(findings), found, findings.horizon)


def numbers_of(data: Races) -> tuple[Numbers, ...]:
    """Return the shares of help given and of campaigns at their objective, by some days."""
    held = {text: data.races[name] for name, text in data.labels.items()}
    heads = [f"{day:g} d" for day in TOLD]
    given = {text: [one.given_by(day) for day in TOLD] for text, one in held.items()}
    fallen = {text: [one.fallen_by(day) for day in TOLD] for text, one in held.items()}
    return (
        curves.numbers("Help that is owed has been given, % of it", heads, given),
        curves.numbers("The objective has fallen, % of first campaigns", heads, fallen),
    )


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    told = "; ".join(f"{text}: {_told(data.races[name])}" for name, text in data.labels.items())
    alt = f"% after 30 days, with 95 % intervals. {told}."
    return Drawn(NAME, data.title, data.note, alt, races(data), numbers_of(data))


def _told(found: Race) -> str:
    month = found.given_by(30.0)
    helped = interval(month, percent=True) if month.estimate is not None else "none owed"
    fallen = found.fallen_by(30.0)
    lost = interval(fallen, percent=True) if fallen.estimate is not None else "no campaign"
    return f"help given {helped}, objective reached {lost}"


KIND = Kind(NAME, "when help comes, when the objective falls", notes.needs_table, _draw)

__all__ = ["KIND", "Races", "data_of", "numbers_of", "race", "races"]
