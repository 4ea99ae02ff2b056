"""What a map of a two-way sweep shows: cells, their differences, and where these change sign."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from deter.analysis.estimates import Estimate
from deter.experiments.study import Study, StudyFactor
from deter.presentation.figures.asking import level_label


@dataclass(frozen=True)
class Map:
    """One panel: a measure or a difference over two levers.

    Attributes
    ----------
    title : str
        Above it.
    cells : tuple of tuple of Estimate
        By row (from the bottom) and column.
    difference : bool
        Whether it is of two frameworks.
    """

    title: str
    cells: tuple[tuple[Estimate, ...], ...]
    difference: bool = False


@dataclass(frozen=True)
class Heat:
    """What the map shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    across, up : tuple of str
        Levels along and up the map.
    named : tuple of str
        What the two levers are called.
    maps : tuple of Map
        Panels.
    unit : str
        Of the measure.
    """

    title: str
    note: str
    across: tuple[str, ...]
    up: tuple[str, ...]
    named: tuple[str, str]
    maps: tuple[Map, ...]
    unit: str


def values_of(one: Map) -> np.ndarray:
    """Return the estimates of a map as numbers, NaN where there is none."""
    return np.array(
        [[np.nan if e.estimate is None else e.estimate for e in row] for row in one.cells]
    )


def untold(cell: Estimate) -> bool:
    """Tell whether a difference is not told from 0."""
    return cell.low is None or cell.high is None or cell.low <= 0 <= cell.high


@dataclass(frozen=True)
class Swap:
    """An edge between two cells in which a difference has opposite signs.

    Attributes
    ----------
    x, y : tuple of float
        Its ends, in cells.
    sure : bool
        Whether the difference is told from 0 on both sides.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    sure: bool


def swaps_of(one: Map) -> list[Swap]:
    """Return where two frameworks swap places: the edges between cells of opposite signs."""
    values = values_of(one)
    told = np.array([[not untold(cell) for cell in row] for row in one.cells])
    rows, columns = values.shape
    found = []
    for y, x in product(range(rows), range(columns)):
        if x + 1 < columns and values[y, x] * values[y, x + 1] < 0:
            sure = bool(told[y, x] and told[y, x + 1])
            found.append(Swap((x + 0.5, x + 0.5), (y - 0.5, y + 0.5), sure))
        if y + 1 < rows and values[y, x] * values[y + 1, x] < 0:
            sure = bool(told[y, x] and told[y + 1, x])
            found.append(Swap((x - 0.5, x + 0.5), (y + 0.5, y + 0.5), sure))
    return found


def axes_of(study: Study) -> tuple[list[StudyFactor], list[StudyFactor]]:
    """Return the two levers of a map, along and up, and those that are panels."""
    held = [f for f in study.levers if f.name in study.cases.columns and len(f.values or ()) > 1]
    numeric = {f.name: all(isinstance(v, int | float) for v in f.values or ()) for f in held}
    held.sort(key=lambda f: (-len(f.values or ()), not numeric[f.name]))
    return held[:2], held[2:]


def panels_of(others: Sequence[StudyFactor]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each panel is called, and the levels of the other levers in it."""
    for levels in product(*(f.values or () for f in others)):
        pairs = list(zip(others, levels, strict=True))
        words = ", ".join(f"{f.label or f.name} {level_label(f, v)}" for f, v in pairs)
        yield words, {f.name: v for f, v in pairs}


def cells_of(
    study: Study, two: Sequence[StudyFactor], fixed: dict[str, Any], estimates: Sequence[Estimate]
) -> tuple[tuple[Estimate, ...], ...]:
    """Return the estimates of one panel by row and column."""
    table = study.cases
    kept = np.ones(len(table), dtype=bool)
    for name, value in fixed.items():
        kept &= (table[name] == value).to_numpy()
    along, up = two
    rows = []
    for v in up.values or ():
        row = []
        for u in along.values or ():
            here = kept & (table[along.name] == u).to_numpy() & (table[up.name] == v).to_numpy()
            places = np.flatnonzero(here)
            found = estimates[int(places[0])] if len(places) else Estimate(None, None, None, 0)
            row.append(found)
        rows.append(tuple(row))
    return tuple(rows)


__all__ = [
    "Heat",
    "Map",
    "Swap",
    "axes_of",
    "cells_of",
    "panels_of",
    "swaps_of",
    "untold",
    "values_of",
]
