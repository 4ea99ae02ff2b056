"""Frameworks side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from deter.analysis.estimates import Estimate
from deter.presentation.figures import notes, style
from deter.presentation.figures.dots import Row, against, dots, letters, stands
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import interval, labels

if TYPE_CHECKING:
    from deter.analysis.measures import Table


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
    figure = style.sheet(0.6 + 0.31 * count, data.title, data.note)
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
    _legend(figure)
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


def data_of(opened: Opened) -> Comparison:
    """Return what the picture of a comparison shows."""
    findings = opened.findings
    assert findings is not None
    note = (
        f"{notes.luck(findings)} {notes.BARS} Frameworks that share a letter cannot be told apart "
        "by full attack, all pairs tested at once; other panels go by their own interval. "
        f"{notes.condition(opened)}"
    )
    return Comparison(
        title=opened.title,
        note=note,
        labels=labels(findings),
        estimates=findings.estimates,
        differences=findings.differences,
        letters=findings.groups.letters,
        reference=findings.against,
    )


def _why_not(opened: Opened) -> str:
    if opened.findings is None:
        return "it is drawn of a comparison, and this is a sweep"
    if opened.findings.reference is None:
        return "it is drawn of a comparison, and this is a run of one framework"
    return "" if opened.findings.n else "no replication was finished"


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    told = (
        f"{text}: full attack {interval(data.estimates[name]['p_full_attack'], percent=True)}, war "
        f"{interval(data.estimates[name]['p_war'], percent=True)}"
        for name, text in data.labels.items()
    )
    caption = (
        "Full attack, its difference from the reference, war, and incidents, framework by "
        f"framework. {data.note}"
    )
    alt = f"In % of histories, with 95 % intervals. {'; '.join(told)}."
    return Drawn("comparison", data.title, caption, alt, comparison(data))


KIND = Kind("comparison", "frameworks side by side, with intervals", _why_not, _draw)

__all__ = ["KIND", "Comparison", "comparison", "data_of"]
