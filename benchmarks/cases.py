"""The scenarios that are timed, and how a block of replications is asked for."""

from __future__ import annotations

from collections.abc import Callable

from deter.engine.game import Built, build
from deter.engine.outcome import Block
from deter.spec.loading import load_scenario

Rows = Callable[[Built, int, int, int], Block]
"""An engine: (case, seed, start, stop) to the rows of replications start to stop - 1."""

SEED = 1

CASES = {
    "ceasefire": ("ukraine/ceasefire", "nato_membership"),
    "ceasefire_none": ("ukraine/ceasefire", "none"),
    "rivals": ("stylised/rivals", None),
    "war": ("literature/race_of_clocks", None),
}
"""Scenario and framework (None: the scenario's own) of each case, by its name in the figures."""


def case(name: str) -> Built:
    """Return a case of :data:`CASES`, ready to run."""
    scenario, framework = CASES[name]
    loaded = load_scenario(scenario, framework=framework)
    return build(loaded.scenario, loaded.framework)


def work(rows: Rows, built: Built) -> Callable[[int, int], Block]:
    """Return the engine's work on a case, as :data:`benchmarks.timing.Work`."""

    def run(start: int, n: int) -> Block:
        return rows(built, SEED, start, start + n)

    return run
