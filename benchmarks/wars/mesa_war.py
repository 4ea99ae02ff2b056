"""The war in Mesa: a model whose step is a day, and an agent for each helper.

Time is whole days: a helper joins on the first day by which it has arrived, and a day has a
battle with the probability that is its rate, 0.07, or none. The mean time between battles is that
of the other programs; its spread is slightly smaller (README.md says what that makes of the
chance of winning).
"""

from __future__ import annotations

import random
from math import log

import mesa

from benchmarks.wars.parameters import War, war


class Helper(mesa.Agent):
    """A helper on its way; it leaves the model once it has joined the defence."""

    def __init__(self, model: Campaign, clock: float, lag: float) -> None:
        super().__init__(model)
        w, rng = model.war, model.random
        self.arrival = w.meeting + rng.lognormvariate(log(clock), w.clock_sd)
        self.arrival += rng.lognormvariate(log(lag), w.lag_sd)

    def step(self) -> None:
        """Join the defence if today is the day."""
        if self.arrival <= self.model.steps:
            self.model.strength += self.model.war.brigades
            self.remove()


class Campaign(mesa.Model):
    """One war: a day is the helpers' arrivals, then perhaps a battle."""

    def __init__(self, war: War, seed: int) -> None:
        super().__init__(rng=seed)
        self.war = war
        self.strength = war.defender
        self.line = 0
        for clock, lag in zip(war.clock_medians, war.lag_medians, strict=True):
            Helper(self, clock, lag)

    def step(self) -> None:
        """Let a day go by."""
        self.agents.do("step")
        if self.random.random() < self.war.battles_per_day:
            self._battle()

    def _battle(self) -> None:
        w = self.war
        won = self.random.random() * (w.attacker + self.strength) < w.attacker
        self.line += 1 if won else -1
        self.running = -w.to_repulse < self.line < w.to_objective


def wins(seed: int, n: int) -> int:
    """Return how many of ``n`` wars the challenger wins."""
    rng, w, won = random.Random(seed), war(), 0
    for _ in range(n):
        model = Campaign(w, rng.getrandbits(32))
        model.run_model()
        won += model.line == w.to_objective
    return won
