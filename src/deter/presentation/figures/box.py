"""Where a framework fails: the box of conditions that holds most of its failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from deter.analysis.discover import Box, Discovery, Restriction
from deter.analysis.peeling import LEAST_CASES
from deter.experiments.study import Study
from deter.presentation.figures import notes, style
from deter.presentation.figures.asking import (
    NOT_A_SWEEP,
    asked,
    factor_labels,
    sweep_note,
)
from deter.presentation.figures.drawn import Drawn, Numbers
from deter.presentation.figures.layout import Grid, Words, head_of, page
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import interval
from deter.spec.experiment import SAMPLED

NAME = "box"
LEFT, ROW = 2.3, 0.36
"""Width of the labels, and height of a row, inches."""

MOST_ROWS, MOST_PANELS = 8, 6
NONE = "no box: where failures fall cannot be told from chance"


@dataclass(frozen=True)
class Boxes:
    """What the picture of boxes shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    found : mapping of str to Discovery
        By what the framework is called.
    labels, units : mapping of str to str
        What factors are called, and their units.
    ranges : mapping of str to tuple of float
        Least and largest value of each factor that takes numbers, over all cases.
    """

    title: str
    note: str
    found: Mapping[str, Discovery]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    ranges: Mapping[str, tuple[float, float]]

    @property
    def panels(self) -> list[tuple[str, Discovery, Box | None]]:
        """What each panel shows: a framework, what was found of it, and one of its boxes."""
        made: list[tuple[str, Discovery, Box | None]] = []
        for called, found in self.found.items():
            made += [(called, found, box) for box in found.boxes] or [(called, found, None)]
        return made[:MOST_PANELS]


def box(data: Boxes, found: Box | None, ax: Axes, rows: int) -> Axes:
    """Draw one box: for each factor that it restricts, what it keeps of the range.

    Parameters
    ----------
    data : Boxes
        Ranges and labels.
    found : Box or None
        The box; words that say so where there is none.
    ax : Axes
        Where.
    rows : int
        Rows that the panel has room for.
    """
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0, labelsize=style.SMALL, colors=style.INK)
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(rows - 0.5, -0.5)
    ax.set_xticks([])
    if found is None:
        ax.set_yticks([])
        ax.text(0.0, 0, NONE, fontsize=style.SMALL, color=style.QUIET, va="center", ha="left")
        return ax
    held = found.restrictions[:rows]
    for place, one in enumerate(held):
        low, high = span_of(data, one)
        ax.plot([0, 1], [place + 0.12] * 2, color=style.FAINT, linewidth=5, solid_capstyle="butt")
        ax.plot(
            [low, high], [place + 0.12] * 2, color=style.BLUE, linewidth=5, solid_capstyle="butt"
        )
        ax.text(
            0.0, place - 0.22, _kept(data, one), fontsize=style.SMALL, va="center", color=style.INK
        )
    called = [style.label(data.labels.get(r.factor, r.factor), LEFT - 0.3) for r in held]
    ax.set_yticks(range(len(held)), called)
    return ax


def span_of(data: Boxes, one: Restriction) -> tuple[float, float]:
    """Return what a box keeps of a factor's range, as a part of it; of words, their share."""
    if one.words is not None or one.factor not in data.ranges:
        return 0.0, 1.0
    least, most = data.ranges[one.factor]
    width = (most - least) or 1.0
    low = 0.0 if one.low is None else (one.low - least) / width
    high = 1.0 if one.high is None else (one.high - least) / width
    return float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))


def _kept(data: Boxes, one: Restriction) -> str:
    if one.words is not None:
        return style.label(f"only {', '.join(map(str, one.words))}", 4.3, most=1)
    unit = data.units.get(one.factor, "")
    least, most = data.ranges.get(one.factor, (float("nan"), float("nan")))
    low = least if one.low is None else one.low
    high = most if one.high is None else one.high
    return f"{low:.3g} to {high:.3g}{unit}, of {least:.3g} to {most:.3g}"


def boxes(data: Boxes) -> Figure:
    """Draw all boxes, one below the other."""
    panels = data.panels
    rows = max((min(len(b.restrictions), MOST_ROWS) for _, _, b in panels if b), default=1)
    titles = [_title(called, found, one) for called, found, one in panels]
    grid = Grid(down=len(panels), across=1, tall=ROW * rows, left=LEFT, foot=0.1)
    room = style.WIDTH - LEFT - 0.2
    wrapped = [style.wrapped(text, room) for text in titles]
    grid = replace(grid, head=head_of(wrapped))
    figure, axes = page(Words(data.title, data.note), grid, len(panels))
    for ax, text, (_, _, one) in zip(axes, wrapped, panels, strict=True):
        box(data, one, ax, rows)
        ax.set_title(text, fontsize=style.SMALL, loc="left", color=style.INK)
    return figure


def _title(called: str, found: Discovery, one: Box | None) -> str:
    overall = interval(found.overall, percent=True)
    if one is None:
        return f"{called}: {overall} % fail overall"
    inside, share = (interval(e, percent=True) for e in (one.density, one.coverage))
    mass = interval(one.mass, percent=True)
    return (
        f"{called}: in the box {inside} % fail, overall {overall}; the box holds {share} % of "
        f"failures in {mass} % of cases"
    )


def data_of(opened: Opened, options: Options) -> Boxes:
    """Return what the picture of boxes shows."""
    study = opened.study
    assert study is not None
    answers = asked(opened, "discover", options)
    found = {opened.titles.get(a.heading, a.heading): a.result for a in answers}
    first: Discovery = answers[0].result
    signs = (
        "The grey line is the whole range of a condition, the blue part what the box keeps; "
        "conditions that are not listed are not restricted."
    )
    note = notes.joined(
        f"Failure: {first.what}. Brackets hold 95 % intervals in the half that was held out.",
        signs if any(one.boxes for one in found.values()) else "",
        sweep_note(opened),
        notes.condition(opened),
    )
    units = {f.name: f" {f.unit}" for f in study.factors if f.unit not in ("", "1", "p")}
    title = f"{opened.title}: where it fails"
    return Boxes(title, note, found, factor_labels(study), units, _ranges(study))


def _ranges(study: Study) -> dict[str, tuple[float, float]]:
    found = {}
    for factor in study.factors:
        if factor.name in study.cases.columns:
            column = study.cases[factor.name]
            if column.dtype.kind in "fiu":
                found[factor.name] = (float(column.min()), float(column.max()))
    return found


def _why_not(opened: Opened) -> str:
    if opened.study is None:
        return NOT_A_SWEEP
    kind = opened.study.design["kind"]
    if kind not in SAMPLED:
        return f"a design of kind {kind} samples no conditions"
    cases = len(opened.study.independent_cases())
    if cases < LEAST_CASES:
        return f"it takes {LEAST_CASES} independent cases at least, and there are {cases}"
    return ""


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    told = []
    for called, found, one in data.panels:
        kept = "; ".join(
            f"{data.labels.get(r.factor, r.factor)} {_kept(data, r)}"
            for r in (one.restrictions if one else ())
        )
        told.append(f"{_title(called, found, one)}. {kept or NONE}.")
    return Drawn(NAME, data.title, data.note, " ".join(told), boxes(data), numbers_of(data))


def numbers_of(data: Boxes) -> tuple[Numbers, ...]:
    """Return how well each box holds, and what it keeps of each condition."""
    found = [(called, one) for called, _, one in data.panels if one is not None]
    if not found:
        return ()
    shares = tuple(
        (called, *(interval(e, percent=True) for e in (one.density, one.coverage, one.mass)))
        for called, one in found
    )
    kept = tuple(
        (data.labels.get(r.factor, r.factor), called, _kept(data, r))
        for called, one in found
        for r in one.restrictions
    )
    heads = ("framework", "in the box fail", "of failures in it", "of cases in it")
    return (
        Numbers("Boxes, % with 95 % intervals", heads, shares),
        Numbers("What a box keeps", ("condition", "framework", "kept"), kept),
    )


KIND = Kind(NAME, "the conditions in which a framework fails", _why_not, _draw)

__all__ = ["KIND", "Boxes", "box", "boxes", "data_of", "numbers_of", "span_of"]
