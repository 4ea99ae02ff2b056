"""Draws where the emulator expects the data: a Markov chain over the prior's unit cube.

Many chains at once, each stepping along the difference of two others: ter Braak (2006), Stat.
Comput. 16: 239-249. A step out of the cube is refused.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]

JITTER = 1e-3
EVERY = 10
"""Each so many steps goes the whole way to the other chain, so that chains change modes."""


def sampled(density: LogDensity, begin: Floats, steps: int, seed: int) -> tuple[Floats, float]:
    """Return where chains are after some steps, and the share of steps taken.

    Parameters
    ----------
    density : callable
        From places in the cube, one a row, to the logarithm of what is sampled.
    begin : array, shape (chains, parameters)
        Where the chains begin; more chains than parameters.
    steps : int
        How many.
    seed : int
        Of the steps.
    """
    generator = np.random.default_rng(seed)
    now, height = begin.copy(), density(begin)
    chains, size = now.shape
    taken = 0
    for step in range(steps):
        one, other = _others(generator, chains)
        scale = 1.0 if step % EVERY == 0 else 2.38 / np.sqrt(2 * size)
        noise = generator.normal(0, JITTER, now.shape)
        moved = now + scale * (now[one] - now[other]) + noise
        inside = np.all((moved > 0) & (moved < 1), axis=1)
        tried = np.full(chains, -np.inf)
        if inside.any():
            tried[inside] = density(moved[inside])
        accept = np.log(generator.random(chains)) < tried - height
        now[accept], height[accept] = moved[accept], tried[accept]
        taken += int(accept.sum())
    return now, taken / (steps * chains)


def _others(generator: np.random.Generator, chains: int) -> tuple[NDArray[np.int64], ...]:
    """Return for each chain two others, all different."""
    own = np.arange(chains)
    one = (own + generator.integers(1, chains, chains)) % chains
    other = (own + generator.integers(1, chains, chains)) % chains
    clash = one == other
    while clash.any():
        other[clash] = (own[clash] + generator.integers(1, chains, int(clash.sum()))) % chains
        clash = one == other
    return one, other
