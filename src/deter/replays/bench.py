"""The bench on which histories are replayed: the numbers of a measure, by scenario, kept."""

from __future__ import annotations

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


def check_span(low: float, high: float) -> None:
    """Refuse a range that is none.

    Raises
    ------
    InputError
        If ``low`` is not below ``high``.
    """
    if not low < high:
        message = f"found {low:g} to {high:g}; write the smaller number first"
        raise InputError((Fault("--range", 0, "", message),))
