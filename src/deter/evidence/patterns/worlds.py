"""Worlds in which patterns are measured: a stylised scenario under a framework, many pairs of it.

A history is a pair of states. All worlds are run with the same replications, so that a pair meets
the same luck with a guarantee and without. Free parameters have cells in the arrays of a game:
they are found by asking where each would be drawn, and written to, so that a draw of all of them
costs no more than its histories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine.compiled import Desk
from deter.engine.game import Built, build
from deter.evidence.patterns.tracks import Track, track_of
from deter.spec.loading import load_scenario
from deter.theory.luck import stream_id

Records = NDArray[Any]


@dataclass(frozen=True)
class World:
    """A stylised scenario under a framework.

    Attributes
    ----------
    name : str
        As patterns call it, ``rivals/none``.
    scenario, framework : str
        By name in the library.
    settings : mapping of str to object
        Values set, by path.
    share : float
        Histories of it, relative to those asked for.
    """

    name: str
    scenario: str
    framework: str
    settings: Mapping[str, Any]
    share: float = 1.0

    def count(self, n: int) -> int:
        """Return how many histories of it are run where ``n`` are asked for."""
        return max(2, round(n * self.share))


class Ready:
    """A world in memory, with a place for each free parameter.

    Parameters
    ----------
    world : World
        Which.
    paths : sequence of str
        Paths of the numbers that will be written; those the world has not are passed over.
    """

    def __init__(self, world: World, paths: Sequence[str]) -> None:
        self.world = world
        self._cells: dict[str, tuple[str, int]] = {}
        self.built = self._built(list(paths))
        self.desk = Desk(self.built)

    def _built(self, paths: list[str]) -> Built:
        """Return the game at its defaults, noting where each path's number stands in it."""
        overrides = dict(self.world.settings)
        case = load_scenario(self.world.scenario, overrides, self.world.framework)
        plain = build(case.scenario, case.framework)
        streams = {stream_id(f"param/{path}"): path for path in paths}
        marked = {path: _spread(value) for path, value in _values(case, paths).items()}
        traced = load_scenario(self.world.scenario, overrides | marked, self.world.framework)
        for cell in build(traced.scenario, traced.framework).uncertain:
            if cell.stream in streams:
                self._cells[streams[cell.stream]] = cell.array, cell.offset
        kept = tuple(cell for cell in plain.uncertain if cell.stream not in streams)
        return plain._replace(uncertain=kept)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the numbers that can be written."""
        return tuple(self._cells)

    def read(self) -> dict[str, float]:
        """Return the scenario's own numbers at the paths."""
        return {
            path: float(getattr(self.built.game, array).reshape(-1).view(np.float64)[offset])
            for path, (array, offset) in self._cells.items()
        }

    def write(self, values: Mapping[str, float]) -> None:
        """Write numbers into their places; paths the world has not are passed over."""
        for path, value in values.items():
            if path in self._cells:
                self.desk.write(*self._cells[path], float(value))

    def rows(self, seed: int, start: int, n: int) -> Records:
        """Return the rows of ``n`` replications from ``start``."""
        return self.desk.run(seed, start, start + n)

    def track(self, seed: int, replication: int) -> Track:
        """Return what happened in a replication, in order."""
        return track_of(self.desk, seed, replication)


def _values(case: Any, paths: Sequence[str]) -> dict[str, float]:
    """Return the numbers at paths, of those that are there."""
    found = {}
    for path in paths:
        record: Any = case.scenario
        for step in path.split("."):
            record = record.get(step) if isinstance(record, dict) else getattr(record, step, None)
        if record is not None:
            found[path] = float(record.value)
    return found


def _spread(value: float) -> dict[str, Any]:
    """Return a distribution about a value that takes none of what is allowed away."""
    return {"distribution": "fixed", "value": value}
