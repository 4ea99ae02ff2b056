"""How peace lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from deter.analysis.estimates import Estimate
from deter.analysis.survival import Curve
from deter.presentation.figures import curves, notes, style
from deter.presentation.figures.curves import Look
from deter.presentation.figures.drawn import Drawn, Numbers
from deter.presentation.figures.layout import Words
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import interval, labels

NAME = "peace"
TALL = 1.05
"""Height of a panel, inches."""

YEARS = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Of which the numbers behind the curves are told, as far as a history lasts."""

OWN, REFERENCE = Look(style.BLUE), Look(style.QUIET, 1.1, dashed=True)


def survival(curve: Curve, ax: Axes, horizon: float, look: Look = OWN) -> Axes:
    """Draw the share of histories without an event over the years.

    Parameters
    ----------
    curve : Curve
        Cumulative incidence.
    ax : Axes
        Where.
    horizon : float
        End of the time axis, years.
    look : Look
        Of the line; a dashed one has no band, as it lies behind another.
    """
    curves.steps(curve, ax, (0.0, horizon), look, falling=True, band=not look.dashed)
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
    words = Words(data.title, data.note, _key(data))
    titles = [data.labels[name] for name in names]
    figure, axes = curves.panels(words, titles, TALL, "years", "% at peace")
    for ax, name in zip(axes, names, strict=True):
        if name != data.reference:
            survival(data.curves[data.reference], ax, data.horizon, REFERENCE)
        survival(data.curves[name], ax, data.horizon)
        whole = data.horizon >= 2
        ax.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], integer=whole))
    return figure


def _key(data: Peace) -> list[Line2D]:
    if len(data.labels) < 2:
        return []
    there = style.label(data.labels[data.reference], 2.5, most=1)
    return [OWN.handle("this framework, and its 95 % band"), REFERENCE.handle(there)]


def data_of(opened: Opened) -> Peace:
    """Return what the picture of lasting peace shows."""
    findings = opened.table
    assert findings is not None
    about = "At peace: without a limited or full attack so far."
    if len(findings.frameworks) == 1:
        about = f"{about} Its 95 % band is shaded."
    note = notes.joined(about, notes.luck(findings), notes.condition(opened))
    return Peace(
        title=f"{opened.title}: how peace lasts",
        note=note,
        labels=labels(findings),
        curves=findings.attacks,
        reference=findings.reference or findings.frameworks[0],
        horizon=findings.horizon,
    )


def numbers_of(data: Peace) -> tuple[Numbers, ...]:
    """Return the share at peace after some years, by framework."""
    years = [year for year in YEARS if year < data.horizon] + [data.horizon]
    cells = {
        text: [_left(data.curves[name].by(year)) for year in years]
        for name, text in data.labels.items()
    }
    heads = [f"after {year:g} y" for year in years]
    return (curves.numbers("Without a limited or full attack, % of histories", heads, cells),)


def _left(gone: Estimate) -> Estimate:
    """Return what is left of the whole."""
    parts = (gone.estimate, gone.high, gone.low)
    estimate, low, high = (None if x is None else 1.0 - x for x in parts)
    return replace(gone, estimate=estimate, low=low, high=high)


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    last = {text: _left(data.curves[n].by(data.horizon)) for n, text in data.labels.items()}
    told = "; ".join(f"{text}: {interval(e, percent=True)}" for text, e in last.items())
    alt = (
        f"Without an attack after {data.horizon:g} years, % of histories with 95 % intervals. "
        f"{told}."
    )
    return Drawn(NAME, data.title, data.note, alt, peace(data), numbers_of(data))


KIND = Kind(NAME, "how long peace lasts, with bands", notes.needs_table, _draw)

__all__ = ["KIND", "Peace", "data_of", "numbers_of", "peace", "survival"]
