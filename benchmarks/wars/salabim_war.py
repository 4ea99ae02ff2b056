"""The war in salabim: a component for each helper and one for the battles.

As fast as salabim lets it be: processes are generators (``yieldless=False``) and not greenlets,
environment and components are made once and started anew for every war, monitors are off.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from math import log
from typing import Any

import salabim

from benchmarks.wars.parameters import War, war

Process = Generator[Any, Any, None]


class Campaign(salabim.Environment):
    """Wars one after another: the defender's strength and the line of the present one."""

    def setup(self, war: War, rng: random.Random) -> None:
        """Make the helpers and the battles."""
        self.war, self.rng = war, rng
        pairs = zip(war.clock_medians, war.lag_medians, strict=True)
        self.parts = [Helper(env=self, clock=log(clock), lag=log(lag)) for clock, lag in pairs]
        self.parts.append(Battles(env=self))

    def won(self) -> bool:
        """Fight one war; return whether the challenger wins."""
        self.strength, self.line = self.war.defender, 0
        for part in self.parts:
            part.activate(process="process")
        self.run()
        return bool(self.line == self.war.to_objective)


class Part(salabim.Component):
    """A component whose states are not recorded."""

    def unrecorded(self) -> None:
        """Switch the monitors off."""
        self.status.monitor(False)
        self.mode.monitor(False)


class Helper(Part):
    """A helper: decides, arrives, joins the defence."""

    def setup(self, clock: float, lag: float) -> None:
        """Keep the logarithms of the medians."""
        self.unrecorded()
        self.clock, self.lag = clock, lag

    def process(self) -> Process:
        """Take the time to decide, then the time to arrive."""
        campaign, w = self.env, self.env.war
        yield self.hold(w.meeting + campaign.rng.lognormvariate(self.clock, w.clock_sd))
        yield self.hold(campaign.rng.lognormvariate(self.lag, w.lag_sd))
        campaign.strength += w.brigades


class Battles(Part):
    """The battles, until the line is at either end."""

    def setup(self) -> None:
        """Keep nothing."""
        self.unrecorded()

    def process(self) -> Process:
        """Fight at exponential intervals; then hand over to whoever started the war."""
        campaign, w, rng = self.env, self.env.war, self.env.rng
        while -w.to_repulse < campaign.line < w.to_objective:
            yield self.hold(rng.expovariate(w.battles_per_day))
            won = rng.random() * (w.attacker + campaign.strength) < w.attacker
            campaign.line += 1 if won else -1
        campaign.main().activate()


def wins(seed: int, n: int) -> int:
    """Return how many of ``n`` wars the challenger wins."""
    rng = random.Random(seed)
    campaign = Campaign(yieldless=False, trace=False, random_seed="*", war=war(), rng=rng)
    return sum(campaign.won() for _ in range(n))
