"""The war in SimPy: a process for each helper and one for the battles."""

from __future__ import annotations

import random
from collections.abc import Generator
from math import log
from typing import Any

import simpy

from benchmarks.wars.parameters import War, war

Process = Generator[simpy.Event, Any, Any]


class _Campaign:
    """One war: the defender's strength, and the processes that change it."""

    def __init__(self, w: War, rng: random.Random) -> None:
        self.w = w
        self.rng = rng
        self.strength = w.defender
        self.env = simpy.Environment()

    def won(self) -> bool:
        """Fight the war; return whether the challenger wins."""
        for clock, lag in zip(self.w.clock_medians, self.w.lag_medians, strict=True):
            self.env.process(self._helper(log(clock), log(lag)))
        return bool(self.env.run(until=self.env.process(self._battles())))

    def _helper(self, clock: float, lag: float) -> Process:
        w, rng = self.w, self.rng
        yield self.env.timeout(w.meeting + rng.lognormvariate(clock, w.clock_sd))  # decides
        yield self.env.timeout(rng.lognormvariate(lag, w.lag_sd))  # arrives
        self.strength += w.brigades

    def _battles(self) -> Process:
        w, rng, line = self.w, self.rng, 0
        while -w.to_repulse < line < w.to_objective:
            yield self.env.timeout(rng.expovariate(w.battles_per_day))
            won = rng.random() * (w.attacker + self.strength) < w.attacker
            line += 1 if won else -1
        return line == w.to_objective


def wins(seed: int, n: int) -> int:
    """Return how many of ``n`` wars the challenger wins."""
    rng = random.Random(seed)
    return sum(_Campaign(war(), rng).won() for _ in range(n))
