"""Running the worlds of a book at one set of parameters, and adding up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.evidence.patterns.book import Asked, Book
from deter.evidence.patterns.columns import ASKS, Columns, Histories
from deter.evidence.patterns.tracks import YEAR
from deter.evidence.patterns.worlds import Ready

Floats = NDArray[np.float64]


class Bench:
    """The worlds of a book in memory, ready for any values of the parameters.

    Parameters
    ----------
    book : Book
        Whose worlds.
    paths : sequence of str
        Paths that will be written.
    """

    def __init__(self, book: Book, paths: Sequence[str] = ()) -> None:
        more = {path for asked in book.worlds for path in asked.times}
        self.paths = tuple(dict.fromkeys((*paths, *more)))
        self.worlds = [(asked, Ready(asked.world, self.paths)) for asked in book.worlds]
        self.defaults = {asked.world.name: ready.read() for asked, ready in self.worlds}

    def columns(
        self, values: Mapping[str, float], n: int, seed: int, start: int = 0
    ) -> dict[str, Columns]:
        """Run all worlds; return by world the columns of what is asked of it.

        Parameters
        ----------
        values : mapping of str to float
            Numbers by path; the scenario's own where a path is not named.
        n : int
            Histories of a world with share 1.
        seed : int
            Of all luck.
        start : int
            First replication.
        """
        found = {}
        for asked, ready in self.worlds:
            ready.write(_scaled(asked, {**self.defaults[asked.world.name], **values}))
            found[asked.world.name] = _columns(asked, ready, n, seed, start)
        return found


def _scaled(asked: Asked, values: Mapping[str, float]) -> dict[str, float]:
    return {path: value * asked.times.get(path, 1.0) for path, value in values.items()}


def _columns(asked: Asked, ready: Ready, n: int, seed: int, start: int) -> Columns:
    count = asked.world.count(n)
    rows = ready.rows(seed, start, count).copy()
    histories = Histories(
        rows=rows,
        tracks={int(at): ready.track(seed, start + int(at)) for at in _tracked(asked, rows)},
        built=ready.built,
        horizon=float(ready.built.game.rules[0]["horizon"]) / YEAR,
        seed=seed,
    )
    found: Columns = {}
    for ask in asked.asks:
        found |= ASKS[ask][0](histories)
    found.setdefault("pairs", np.ones(count))
    return found


def _tracked(asked: Asked, rows: NDArray[Any]) -> NDArray[np.int64]:
    """Return the positions of histories that need a track."""
    wanted = np.zeros(len(rows), dtype=bool)
    for ask in asked.asks:
        needs = ASKS[ask][1]
        if needs is not None:
            wanted |= needs(rows)
    return np.flatnonzero(wanted & (rows["status"] == 0))


def summed(columns: Mapping[str, Columns]) -> dict[str, Floats]:
    """Return the sums of all columns, with a first axis of length 1."""
    return {
        f"{world}.{name}": column.sum(axis=0)[None]
        for world, found in columns.items()
        for name, column in found.items()
    }


def redrawn(columns: Mapping[str, Columns], times: int, seed: int) -> dict[str, Floats]:
    """Return the sums over histories drawn anew, many times (bootstrap).

    A replication is drawn under all worlds at once, so that what shares its luck stays together.
    The first set is of the histories as they are.
    """
    generator = np.random.default_rng(seed)
    weights: dict[int, Floats] = {}
    found = {}
    largest = max(len(next(iter(held.values()))) for held in columns.values())
    drawn = generator.multinomial(largest, np.full(largest, 1 / largest), size=times)
    drawn[0] = 1
    for world, held in columns.items():
        count = len(next(iter(held.values())))
        if count not in weights:
            weights[count] = drawn[:, :count].astype(np.float64)
        for name, column in held.items():
            found[f"{world}.{name}"] = np.tensordot(weights[count], column, axes=(1, 0))
    return found
