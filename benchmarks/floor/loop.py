"""The evaluations and nothing else: bare loops over the project's own laws."""

from __future__ import annotations

import math

import numba

from benchmarks.floor.rules import Needs
from deter.theory.chance import normal_cdf, normal_quantile
from deter.theory.luck import uniform

STEP, MASK = 2654435761, 4095
"""Arguments go round 4096 values in a scattered order, so that no branch can be foreseen."""


@numba.njit(nogil=True)
def _evaluated(uniforms: int, quantiles: int, cdfs: int, exps: int, logs: int) -> float:
    total = 0.0
    for i in range(uniforms):
        total += uniform(1, i, 2, 3, 4)
    for i in range(quantiles):
        total += normal_quantile(((i * STEP & MASK) + 0.5) / 4096.0)
    for i in range(cdfs):
        total += normal_cdf((i * STEP & MASK) / 512.0 - 4.0)
    for i in range(exps):
        total += math.exp((i * STEP & MASK) / 512.0 - 8.0)
    for i in range(logs):
        total += math.log(((i * STEP & MASK) + 0.5) / 1024.0)
    return total


def evaluate(needs: Needs) -> float:
    """Do so many evaluations; return their sum, so that none can be left out."""
    return float(_evaluated(*needs))
