"""The war as a bare loop, compiled by Numba.

``wins`` draws from Numba's own generator, ``wins_drawing_from_numpy`` from NumPy's within the same
loop, which takes less than half the time. The loop is given its three kinds of draws.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.wars.parameters import war

FloatArray = NDArray[np.float64]


@numba.njit(nogil=True)
def _own_normal(_rng: Any, mean: float, sd: float) -> float:
    return np.random.normal(mean, sd)  # noqa: NPY002  (inside Numba this is Numba's own)


@numba.njit(nogil=True)
def _own_exponential(_rng: Any, mean: float) -> float:
    return np.random.exponential(mean)  # noqa: NPY002


@numba.njit(nogil=True)
def _own_uniform(_rng: Any) -> float:
    return np.random.random()  # noqa: NPY002


@numba.njit(nogil=True)
def _normal(rng: Any, mean: float, sd: float) -> float:
    return rng.normal(mean, sd)


@numba.njit(nogil=True)
def _exponential(rng: Any, mean: float) -> float:
    return rng.exponential(mean)


@numba.njit(nogil=True)
def _uniform(rng: Any) -> float:
    return rng.random()


@numba.njit(nogil=True)
def _seed(seed: int) -> None:
    np.random.seed(seed)  # noqa: NPY002


@numba.njit(nogil=True)
def _wins(
    rng: Any,
    normal: Any,
    exponential: Any,
    uniform: Any,
    n: int,
    attacker: float,
    defender: float,
    brigades: float,
    battles_per_day: float,
    to_objective: int,
    to_repulse: int,
    meeting: float,
    clock_medians: FloatArray,
    clock_sd: float,
    lag_medians: FloatArray,
    lag_sd: float,
) -> int:
    clock_logs, lag_logs = np.log(clock_medians), np.log(lag_medians)
    helpers = clock_medians.size
    arrivals = np.empty(helpers)
    days_between = 1.0 / battles_per_day
    wins = 0
    for _ in range(n):
        for i in range(helpers):
            clock = np.exp(normal(rng, clock_logs[i], clock_sd))
            arrivals[i] = meeting + clock + np.exp(normal(rng, lag_logs[i], lag_sd))
        arrivals.sort()
        line, now, arrived, strength = 0, 0.0, 0, defender
        while -to_repulse < line < to_objective:
            now += exponential(rng, days_between)
            while arrived < helpers and arrivals[arrived] <= now:
                strength += brigades
                arrived += 1
            if uniform(rng) * (attacker + strength) < attacker:
                line += 1
            else:
                line -= 1
        if line == to_objective:
            wins += 1
    return wins


def _numbers() -> tuple[Any, ...]:
    w = war()
    clocks, lags = np.array(w.clock_medians), np.array(w.lag_medians)
    return w._replace(clock_medians=clocks, lag_medians=lags)  # type: ignore[arg-type]


def wins(seed: int, n: int) -> int:
    """Return how many of ``n`` wars the challenger wins."""
    _seed(seed)
    return int(_wins(None, _own_normal, _own_exponential, _own_uniform, n, *_numbers()))


def wins_drawing_from_numpy(seed: int, n: int) -> int:
    """Return the same with draws of :class:`numpy.random.Generator`."""
    rng = np.random.default_rng(seed)
    return int(_wins(rng, _normal, _exponential, _uniform, n, *_numbers()))
