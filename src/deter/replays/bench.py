"""The bench on which histories are replayed: the numbers of a measure, by scenario, kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from deter.analysis.rows import Floats
from deter.analysis.valued import Valued
from deter.errors import Fault, InputError
from deter.experiments.pairs import Replays
from deter.spec.loading import LoadedScenario

Watch: TypeAlias = Callable[[str], None]
"""Called with a few words before each run."""


MOST_POINTS, FINEST = 1000, 1e-6
"""Points of a grid at most, and the finest tolerance."""


@dataclass
class Bench:
    """Runs what is asked for once, and keeps the numbers of one measure.

    Attributes
    ----------
    replays : Replays
        How many, and which luck.
    measure : Valued
        What is read of each.
    watch : callable, optional
        Called before each run.
    """

    replays: Replays
    measure: Valued
    watch: Watch | None = None
    _kept: dict[str, Floats] = field(default_factory=dict)

    def values(self, case: LoadedScenario, words: str = "") -> Floats:
        """Return the measure's number in each replication, NaN where one failed."""
        if case.digest not in self._kept:
            if self.watch is not None:
                self.watch(words or case.framework_name)
            rows = self.replays.rows(case)
            self._kept[case.digest] = self.measure.values(
                rows, case.framework_name, horizon_of(case), self.replays.n
            )
        return self._kept[case.digest]


def horizon_of(case: LoadedScenario) -> float:
    """Return the length of a history, years."""
    return float(case.scenario.horizon)


def check_search(low: float, high: float, grid: int, tolerance: float) -> None:
    """Refuse a range, a grid or a tolerance that is none, all at once.

    Raises
    ------
    InputError
        If ``low`` is not below ``high``, the grid has fewer than 2 points or more than 1,000, or
        the tolerance is no part of the range.
    """
    faults = []
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        message = f"found {low:g} to {high:g}; write two numbers, the smaller number first"
        faults.append(Fault("--range", 0, "", message))
    if not 2 <= grid <= MOST_POINTS:
        message = f"found {grid}; write a whole number from 2 to {MOST_POINTS:,}"
        faults.append(Fault("--grid", 0, "", message))
    if not FINEST <= tolerance < 1:
        message = f"found {tolerance:g}; write a part of the range from {FINEST:g} to below 1"
        faults.append(Fault("--tolerance", 0, "", message))
    if faults:
        raise InputError(tuple(faults))


def check_whole(low: float, high: float, path: str) -> None:
    """Refuse a range of whole numbers that holds fewer than two.

    Raises
    ------
    InputError
        If so.
    """
    if math.floor(high) <= math.ceil(low):
        message = f"found {low:g} to {high:g}; there are no two whole numbers in it"
        raise InputError((Fault("--range", 0, path, message),))
