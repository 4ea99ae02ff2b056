"""Draws where the emulator expects the data: Markov chains over the prior's unit cube.

Many chains at once, each stepping along the difference of two others in some of the parameters:
ter Braak (2006), Stat. Comput. 16: 239-249; Vrugt et al. (2009), Int. J. Nonlinear Sci. Numer.
Simul. 10: 273-290. A step out of the cube is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LogDensity = Callable[[Floats], Floats]

JITTER = 1e-3
CROSSED = 0.15
"""Share of the parameters that a step moves."""

EVERY = 10
"""Each so many steps goes the whole way to another chain, so that chains change places."""


@dataclass(frozen=True)
class Chains:
    """Chains that have run.

    Attributes
    ----------
    began, ended : array, shape (chains, parameters)
        Where each began and ended.
    accepted : float
        Share of steps taken.
    """

    began: Floats
    ended: Floats
    accepted: float

    @property
    def memory(self) -> float:
        """The largest correlation, over parameters, of where chains began and where they ended."""
        pairs = zip(self.began.T, self.ended.T, strict=True)
        return max(abs(float(np.corrcoef(a, b)[0, 1])) for a, b in pairs)

    @property
    def effective(self) -> float:
        """The number of chains, less what their memory of the start takes away."""
        return len(self.ended) * (1 - self.memory**2)


def sampled(density: LogDensity, begin: Floats, steps: int, seed: int) -> Chains:
    """Run chains.

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
        moved_in = generator.random(now.shape) < CROSSED
        moved_in[np.arange(chains), generator.integers(0, size, chains)] = True
        many = moved_in.sum(axis=1, keepdims=True)
        scale = 1.0 if step % EVERY == 0 else 2.38 / np.sqrt(2 * many)
        stride = scale * (now[one] - now[other]) + generator.normal(0, JITTER, now.shape)
        tried = np.where(moved_in, now + stride, now)
        inside = np.all((tried > 0) & (tried < 1), axis=1)
        found = np.full(chains, -np.inf)
        if inside.any():
            found[inside] = density(tried[inside])
        accept = np.log(generator.random(chains)) < found - height
        now[accept], height[accept] = tried[accept], found[accept]
        taken += int(accept.sum())
    return Chains(begin, now, taken / (steps * chains))


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
