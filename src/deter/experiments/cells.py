"""Where in a game's arrays the value of a plain factor stands.

A number is found by building the game once more with a mark in its place; a word by building it
with each other word and looking for what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from deter.engine.game import Built, Game, build
from deter.experiments.places import Spot, placed, single
from deter.spec.framework import Framework
from deter.spec.quantities import Distribution, Value
from deter.spec.scenario import Scenario

Records: TypeAlias = tuple[Scenario, Framework]


class Cell(NamedTuple):
    """Where a plain factor's value stands.

    Attributes
    ----------
    array : str
        Of the game.
    offset : int
        In words of eight bytes.
    codes : tuple
        For a word or truth value: pairs of what is set and the whole number it stands for.
    """

    array: str
    offset: int
    codes: tuple[tuple[Any, int], ...] = ()


def located(
    records: Records,
    built: Built,
    plain: Mapping[str, list[Spot]],
    levels: Mapping[str, Sequence[Any]],
) -> dict[str, list[Cell]]:
    """Find the cell of each plain factor; one that has no cell of its own is left out.

    Parameters
    ----------
    records : tuple
        Scenario and framework.
    built : Built
        The game made of them.
    plain : mapping of str to list of Spot
        Where the factors stand in the records.
    levels : mapping of str to sequence
        The values a lever may take, as they are set.
    """
    marks: dict[float, tuple[str, int]] = {}
    marked = records
    words: list[str] = []
    for name, places in plain.items():
        if not all(isinstance(getattr(s.holder, s.attribute), Value) for s in places):
            words.append(name)
            continue
        for index, spot in enumerate(places):
            mark = len(marks) + 0.5
            marks[mark] = name, index
            marked = placed(*marked, spot, _marked(getattr(spot.holder, spot.attribute), mark))
    found: dict[str, dict[int, Cell]] = {}
    if marks:
        for cell in build(*marked).uncertain:
            if cell.kind == 0 and cell.parameters[0] in marks and not cell.values:
                name, index = marks[cell.parameters[0]]
                found.setdefault(name, {})[index] = Cell(cell.array, cell.offset)
    cells = {
        name: [by_index[index] for index in sorted(by_index)]
        for name, by_index in found.items()
        if len(by_index) == len(plain[name])
    }
    for name in words:
        of_word = _word_cells(records, built, plain[name], levels[name])
        if of_word is not None:
            cells[name] = of_word
    return cells


def _word_cells(
    records: Records, built: Built, places: list[Spot], levels: Sequence[Any]
) -> list[Cell] | None:
    """Find the cells of words and truth values, by setting each of them."""
    cells: list[Cell] = []
    for spot in places:
        seen: dict[Any, tuple[str, int, int]] = {}
        now = getattr(spot.holder, spot.attribute)
        for raw in levels:
            if raw != now:
                other = build(*placed(*records, spot, single(spot, raw)))
                differs = _differences(built.game, other.game)
                if len(differs) != 1 or other.uncertain != built.uncertain:
                    return None
                seen[raw] = differs[0]
        where = {(array, offset) for array, offset, _ in seen.values()}
        if len(where) != 1:
            return None
        array, offset = where.pop()
        here = int(getattr(built.game, array).reshape(-1).view(np.int64)[offset])
        codes = {now: here, **{raw: code for raw, (_, _, code) in seen.items()}}
        cells.append(Cell(array, offset, tuple(codes.items())))
    return cells


def _marked(value: Value, mark: float) -> Value:
    drawn = Distribution(kind="fixed", parameters=(mark,))
    return Value(value=value.value, distribution=drawn)


def _differences(game: Game, other: Game) -> list[tuple[str, int, int]]:
    """Return where two games differ: array, offset in words, the other's word."""
    found: list[tuple[str, int, int]] = []
    for name in game._fields:
        left, right = getattr(game, name), getattr(other, name)
        if left.shape != right.shape:
            return []
        mine, theirs = (np.ascontiguousarray(a).reshape(-1).view(np.int64) for a in (left, right))
        found += [(name, int(at), int(theirs[at])) for at in np.flatnonzero(mine != theirs)]
    return found
