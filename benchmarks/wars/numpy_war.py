"""The war in NumPy: a batch of wars at a time, a battle in all of them at once.

Batches are large enough to spread what a call costs and small enough for the processor's cache.
Wars that are over stay in the batch, with their line at an end, for up to ``ROUNDS`` battles:
packing the arrays after every battle costs more than it saves.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.wars.parameters import War, war

BATCH = 32_000
ROUNDS = 4


def _arrivals(w: War, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """Return when each helper arrives in each war, shape (helpers, n)."""
    shape = (len(w.clock_medians), n)
    clock = rng.lognormal(np.log(w.clock_medians)[:, None], w.clock_sd, shape)
    lag = rng.lognormal(np.log(w.lag_medians)[:, None], w.lag_sd, shape)
    return w.meeting + clock + lag


def _batch(w: War, rng: np.random.Generator, n: int) -> int:
    arrivals, now, line = _arrivals(w, rng, n), np.zeros(n), np.zeros(n, dtype=np.int64)
    wins = 0
    while line.size:
        for _ in range(ROUNDS):
            now += rng.exponential(1.0 / w.battles_per_day, now.size)
            both = np.full(now.size, w.attacker + w.defender)
            for arrival in arrivals:
                both += w.brigades * (arrival <= now)
            won = rng.random(now.size) * both < w.attacker
            on = (line > -w.to_repulse) & (line < w.to_objective)
            line += np.where(won, 1, -1) * on
        on = (line > -w.to_repulse) & (line < w.to_objective)
        wins += int(np.count_nonzero(line == w.to_objective))
        arrivals, now, line = arrivals[:, on], now[on], line[on]
    return wins


def wins(seed: int, n: int) -> int:
    """Return how many of ``n`` wars the challenger wins."""
    rng = np.random.default_rng(seed)
    return sum(_batch(war(), rng, min(BATCH, n - start)) for start in range(0, n, BATCH))
