"""A two-way sweep as a map: the measure in each cell, and where two frameworks swap places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from deter.analysis.cellwise import differences_by_case
from deter.analysis.estimates import Estimate
from deter.analysis.overview import Overview
from deter.experiments.study import Study, StudyFactor
from deter.presentation.figures import notes, style
from deter.presentation.figures.asking import (
    NOT_A_SWEEP,
    asked,
    level_label,
    levels_label,
    measure_words,
    points_of,
    question,
    sweep_note,
    unit_of,
)
from deter.presentation.figures.drawn import Drawn, Numbers
from deter.presentation.figures.layout import AXIS, Grid, Words, head_of, page
from deter.presentation.figures.maps import (
    Heat,
    Map,
    axes_of,
    cells_of,
    panels_of,
    swaps_of,
    untold,
    values_of,
)
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.opened import Opened
from deter.presentation.words import MINUS, interval, number

NAME = "heat"
MOST_PANELS, MOST_PAIRS = 12, 3
CELL = (0.4, 0.34)
"""Least width, and height, of a cell in which two lines of text fit, inches."""

WHOLE = 0.1
"""Largest value from which shares are written without decimals."""

GAP, UP, MOST_ACROSS = 0.2, 1.1, 4
"""Space between maps; most width of the labels at their side, inches; most beside each other."""

LEVELS = LinearSegmentedColormap.from_list("levels", ["#ffffff", style.SKY, style.BLUE])
SIGNS = LinearSegmentedColormap.from_list("signs", [style.BLUE, "#ffffff", style.VERMILLION])
INKED = 0.85
"""How much of its colour a cell has; the rest is paper."""

INK_LUMINANCE = 0.0103
"""Of the ink of texts."""


def heat(
    one: Map, ax: Axes, scale: float, top: float, *, texts: bool = True, digits: int = 1
) -> Axes:
    """Draw one map.

    Parameters
    ----------
    one : Map
        What to draw.
    ax : Axes
        Where.
    scale : float
        Multiplier of what is written, as 100 for percent.
    top : float
        Largest size of the scale of colours, before scaling.
    texts : bool
        Write each cell's estimate and interval.
    digits : int
        Decimals written.
    """
    values = values_of(one)
    norm = Normalize(-top, top) if one.difference else Normalize(0.0, top)
    colours = SIGNS if one.difference else LEVELS
    ax.imshow(values, origin="lower", aspect="auto", cmap=colours, norm=norm, alpha=INKED)
    for (y, row), x in product(enumerate(one.cells), range(values.shape[1])):
        cell = row[x]
        if one.difference and untold(cell):
            ax.add_patch(_hatched(x, y))
        if texts:
            dark = _is_dark(colours(norm(cell.estimate or 0.0)))
            text = _text(cell, scale, digits, signed=one.difference)
            _write("none" if cell.estimate is None else text, (x, y), ax, dark=dark)
    if one.difference:
        _flip_line(one, ax)
    for side in ("top", "right", "left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0, labelsize=style.SMALL, colors=style.INK)
    return ax


def _is_dark(color: tuple[float, ...]) -> bool:
    """Tell whether white is read better on a colour than black, by their contrast (WCAG)."""
    parts = [INKED * part + 1.0 - INKED for part in color[:3]]
    light = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
    return 1.05 / (luminance + 0.05) > (luminance + 0.05) / (INK_LUMINANCE + 0.05)


def _hatched(x: int, y: int) -> Rectangle:
    return Rectangle(
        (x - 0.5, y - 0.5), 1, 1, fill=False, hatch="....", edgecolor=style.FAINT, linewidth=0
    )


def _write(text: str, at: tuple[int, int], ax: Axes, *, dark: bool) -> None:
    ax.text(
        *at,
        text,
        ha="center",
        va="center",
        fontsize=style.SMALL,
        linespacing=1.05,
        color="white" if dark else style.INK,
    )


def _text(cell: Estimate, scale: float, digits: int, *, signed: bool) -> str:
    parts = (cell.estimate, cell.low, cell.high)
    middle, low, high = (number(None if x is None else x * scale, digits) for x in parts)
    if signed and (cell.estimate or 0.0) > 0 and float(middle) != 0:
        middle = f"+{middle}"
    joined = f"{low}, {high}" if signed else f"{low}–{high}"
    return f"{middle}\n{joined}".replace("-", "−")


def _flip_line(one: Map, ax: Axes) -> None:
    for swap in swaps_of(one):
        ax.plot(
            swap.x,
            swap.y,
            color=style.INK,
            linewidth=2.0,
            linestyle="-" if swap.sure else (0, (1.2, 1.2)),
            solid_capstyle="butt",
        )


def heats(data: Heat) -> Figure:
    """Draw all maps of a two-way sweep."""
    _, scale = points_of(data.unit)
    digits = {d: _digits(data, scale, difference=d) for d in (False, True)}
    grid, texts = _grid(data, scale, digits)
    columns, rows, first = len(data.across), len(data.up), range(0, len(data.maps), grid.across)
    ticks = [style.label(text, grid.wide / columns - 0.05, most=3) for text in data.across]
    titles = [style.wrapped(one.title, grid.wide * 0.97) for one in data.maps]
    more = (max(style.lines(text) for text in ticks) - 1) * style.line_height()
    grid = replace(grid, head=head_of(titles), foot=AXIS + 0.08 + more)
    note = data.note if texts else f"{data.note} {_widest(data, scale)}"
    figure, axes = page(Words(data.title, note, _key(data)), grid, len(data.maps))
    for place, (ax, one) in enumerate(zip(axes, data.maps, strict=True)):
        top = _top(data, difference=one.difference)
        heat(one, ax, scale, top, texts=texts, digits=digits[one.difference])
        ax.set_title(titles[place], fontsize=style.SMALL, loc="left", color=style.INK)
        ax.set_xticks(range(columns), ticks)
        called = [style.label(text, UP, most=2) for text in data.up]
        ax.set_yticks(range(rows), called if place in first else [""] * rows)
        along = style.label(data.named[0], grid.wide, most=1)
        ax.set_xlabel(along, fontsize=style.SMALL, labelpad=1, color=style.INK)
        if place in first:
            upright = style.label(data.named[1], grid.tall + grid.head, most=1)
            ax.set_ylabel(upright, fontsize=style.SMALL, labelpad=3, color=style.INK)
    return figure


def _grid(data: Heat, scale: float, digits: dict[bool, int]) -> tuple[Grid, bool]:
    """Return how maps stand, and whether the text of their cells fits."""
    columns = len(data.across)
    called = [style.label(text, UP, most=2) for text in data.up]
    left = max(style.inches(part) for text in called for part in text.split("\n")) * 1.03 + 0.45
    needed = max(
        style.inches(part)
        for one in data.maps
        for row in one.cells
        for cell in row
        for part in _text(cell, scale, digits[one.difference], signed=one.difference).split("\n")
    )
    cell = max(needed * 1.05 + 0.06, CELL[0])
    room = style.WIDTH - left - 0.12 + GAP
    per_line = max(min(int(room / (columns * cell + GAP)), len(data.maps), MOST_ACROSS), 1)
    tall = len(data.up) * CELL[1]
    grid = Grid(-(-len(data.maps) // per_line), per_line, tall, left=left, gap=GAP)
    return grid, grid.wide / columns >= cell


def _digits(data: Heat, scale: float, *, difference: bool) -> int:
    """Return how many decimals are written: none in per cent, unless all values are small."""
    return 0 if scale == 100.0 and _top(data, difference=difference) >= WHOLE else 1


def _top(data: Heat, *, difference: bool) -> float:
    sizes = [
        np.nanmax(np.abs(values_of(one)), initial=0.0)
        for one in data.maps
        if one.difference == difference
    ]
    return float(max(sizes, default=0.0)) or 1.0


def _widest(data: Heat, scale: float) -> str:
    widths = [
        (e.high - e.low) / 2
        for one in data.maps
        for row in one.cells
        for e in row
        if e.low is not None and e.high is not None
    ]
    widest = number(max(widths, default=0.0) * scale)
    return f"Cells are too small for their intervals; the widest is ±{widest}."


def _key(data: Heat) -> list[Line2D | Patch]:
    if not any(one.difference for one in data.maps):
        return []
    found: list[Line2D | Patch] = [
        Patch(facecolor=style.BLUE, alpha=0.7, label="lower under the first"),
        Patch(facecolor=style.VERMILLION, alpha=0.7, label="lower under the second"),
        Patch(
            facecolor="white",
            edgecolor=style.GREY,
            hatch="....",
            linewidth=0,
            label="not told apart",
        ),
    ]
    swaps = {swap.sure for one in data.maps if one.difference for swap in swaps_of(one)}
    for told, words in ((True, "they swap places"), (False, "perhaps they swap")):
        if told in swaps:
            line = Line2D([], [], color=style.INK, linewidth=2.0, label=words)
            line.set_linestyle("-" if told else ":")
            found.append(line)
    return found


# ---- from a sweep to its maps


def data_of(opened: Opened, options: Options) -> Heat:
    """Return what the map of a two-way sweep shows."""
    study = opened.study
    assert study is not None
    measure = question(opened, "summary", options)["measure"]
    table: Overview = asked(opened, "summary", options)[0].result
    two, others = axes_of(study)
    names = table.frameworks
    maps = []
    for k, name in enumerate(names):
        column = [row[k] for row in table.estimates]
        for words, fixed in panels_of(others):
            title = ", ".join(part for part in (opened.titles[name], words) if part)
            maps.append(Map(title, cells_of(study, two, fixed, column)))
    maps += _swaps(opened, study, measure, names, two, others)
    shown = maps[:MOST_PANELS]
    left = len(maps) - len(shown)
    more = f" {left} more panels are not drawn; name frameworks to see them." if left else ""
    unit, _ = unit_of(table.unit)
    pairs = any(one.difference for one in shown)
    of_two = "; of two frameworks, the first less the second, in pairs under shared luck"
    note = notes.joined(
        f"In {unit}: the estimate, and below it its 95 % interval{of_two if pairs else ''}.",
        more,
        sweep_note(opened),
        notes.condition(opened),
    )
    along, up = two
    return Heat(
        title=(
            f"{opened.title}: {measure_words(measure)} by {along.label or along.name} and "
            f"{up.label or up.name}"
        ),
        note=note,
        across=tuple(level_label(along, v) for v in along.values or ()),
        up=tuple(level_label(up, v) for v in up.values or ()),
        named=(levels_label(along), levels_label(up)),
        maps=tuple(shown),
        unit=table.unit,
    )


def _swaps(
    opened: Opened,
    study: Study,
    measure: str,
    names: Sequence[str],
    two: Sequence[StudyFactor],
    others: Sequence[StudyFactor],
) -> list[Map]:
    """Return the maps of differences between pairs of frameworks, those that swap first."""
    pairs = list(combinations(names, 2))[: MOST_PAIRS if len(names) <= MOST_PAIRS else 0]
    if len(names) > MOST_PAIRS:
        pairs = [(name, names[0]) for name in names[1 : 1 + MOST_PAIRS]]
    if not pairs:
        return []
    found = differences_by_case(study, measure, pairs)
    maps = []
    for one, other in pairs:
        for words, fixed in panels_of(others):
            title = f"{opened.titles[one]} less {opened.titles[other]}"
            title = ", ".join(part for part in (title, words) if part)
            maps.append(Map(title, cells_of(study, two, fixed, found[one, other]), difference=True))
    return sorted(maps, key=lambda one: -len(swaps_of(one)))


def _why_not(opened: Opened) -> str:
    study = opened.study
    if study is None:
        return NOT_A_SWEEP
    if study.design["kind"] != "grid":
        return f"it is drawn of a grid, and this is a design of kind {study.design['kind']}"
    two, _ = axes_of(study)
    return "" if len(two) == 2 else "it takes two levers with two levels each"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    alt = f"With 95 % intervals. {_told(data)}"
    return Drawn(NAME, data.title, data.note, alt, heats(data), numbers_of(data))


def numbers_of(data: Heat) -> tuple[Numbers, ...]:
    """Return the numbers of every map, row by row as it is read from above."""
    unit, scale = unit_of(data.unit)
    points, _ = points_of(data.unit)
    found = []
    for one in data.maps:
        rows = tuple(
            (called, *(_number(cell, scale, signed=one.difference) for cell in row))
            for called, row in zip(data.up[::-1], one.cells[::-1], strict=True)
        )
        caption = f"{one.title}, {points if one.difference else unit}, with 95 % intervals"
        heads = (f"{data.named[1]} \\ {data.named[0]}", *data.across)
        found.append(Numbers(caption, heads, rows))
    return tuple(found)


def _number(cell: Estimate, scale: float, *, signed: bool) -> str:
    return interval(cell, percent=scale == 100.0, signed=signed).replace("-", MINUS)


def _told(data: Heat) -> str:
    _, scale = points_of(data.unit)
    percent = scale == 100.0
    parts = []
    for one in data.maps:
        cells = [
            f"{x}/{y} {interval(one.cells[j][k], percent=percent, signed=one.difference)}"
            for j, y in enumerate(data.up)
            for k, x in enumerate(data.across)
        ]
        parts.append(f"{one.title} ({data.named[0]}/{data.named[1]}): {', '.join(cells)}")
    return "; ".join(parts) + "."


KIND = Kind(NAME, "a two-way sweep, and where frameworks swap places", _why_not, _draw)

__all__ = [
    "KIND",
    "Heat",
    "Map",
    "axes_of",
    "data_of",
    "heat",
    "heats",
    "numbers_of",
    "swaps_of",
    "values_of",
]
