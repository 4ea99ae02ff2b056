"""Components of variance of a crossed table: what each factor holds, what two hold, chance.

An outcome in a table whose ways are all crossed (assumptions k, rows of a posterior p, replications
r that share their luck) is taken as the sum of random effects, one for each set of ways: for three
ways y = m + a_k + b_p + c_r + ab_kp + ac_kr + bc_pr + abc_kpr, all independent. Whatever has the
replication in it is chance: it is gone when histories are averaged out. What is left is the
variance of the *probability* (or mean), and it splits into a, b and ab.

Components come from mean squares and are unbiased: a factor that does nothing has a component of
0 on average, and not what the finite number of replications leaves of it. An estimate may so come
out below 0; it is told as 0.

References
----------
Searle, Casella and McCulloch (1992), Variance Components, ch. 4-5.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from deter.analysis.estimates import Estimate, nothing
from deter.analysis.rows import Floats
from deter.analysis.variance import GROUPS, half_widths
from deter.errors import DeterError

CHANCE = "chance"
TOGETHER = " x "
"""Joins the names of factors that hold a share together."""

Ways = tuple[int, ...]
"""Ways of a table, as the axes that are in an effect."""

ROUNDING = 1e-12
"""A component that is a smaller part of the whole than this is what rounding leaves of nothing."""

METHOD = "unbiased components of variance, jackknife over groups of {ways}"


@dataclass(frozen=True)
class Crossed:
    """Where the variance of an outcome comes from, in a crossed table.

    Attributes
    ----------
    mean : Estimate
        The outcome's mean over the whole table: of yes and no, a probability.
    of_mean : dict of str to Estimate
        Shares of the variance of the probability, by factor and by factors together (joined with
        `` x ``); they add up to 1. No number where that variance cannot be told from 0.
    of_one : dict of str to Estimate
        Shares of the variance of one history's outcome, ``chance`` among them.
    sd : dict of str to Estimate
        Standard deviation of the probability that each makes, in the outcome's own unit.
    told : bool
        Whether the variance of the probability is told from 0.
    shape : tuple of int
        Of the table: levels of each factor, and replications last.
    """

    mean: Estimate
    of_mean: dict[str, Estimate]
    of_one: dict[str, Estimate]
    sd: dict[str, Estimate]
    told: bool
    shape: tuple[int, ...]


def components(table: ArrayLike) -> dict[Ways, float]:
    """Return the unbiased component of variance of each set of ways of a full crossed table.

    Parameters
    ----------
    table : array
        One outcome for each combination of levels; two levels or more each way.

    Returns
    -------
    dict of tuple of int to float
        By the axes that are in the effect; the set of all axes is the rest, which one outcome a
        cell cannot tell from noise.

    Examples
    --------
    >>> rows, columns = np.array([0.0, 2.0])[:, None], np.array([0.0, 0.0, 3.0])
    >>> found = components(rows + columns)
    >>> {ways: round(value, 9) + 0.0 for ways, value in found.items()}
    {(0,): 2.0, (1,): 3.0, (0, 1): 0.0}
    """
    values = np.asarray(table, dtype=np.float64)
    if min(values.shape, default=0) < 2:
        raise DeterError(f"a crossed table has two levels or more each way, not {values.shape}")
    axes = range(values.ndim)
    sets = [s for n in range(1, values.ndim + 1) for s in itertools.combinations(axes, n)]
    squares = _mean_squares(values, sets)
    found = {}
    for ways in sets:
        repeats = np.prod([values.shape[a] for a in axes if a not in ways])
        signed = (
            (-1) ** (len(other) - len(ways)) * squares[other]
            for other in sets
            if set(ways) <= set(other)
        )
        found[ways] = float(sum(signed) / repeats)
    return found


def _mean_squares(values: Floats, sets: Sequence[Ways]) -> dict[Ways, float]:
    """Return the mean square of each effect: its sum of squares over its degrees of freedom.

    A sum of squares of an effect is that of the margin with its ways, less those of all effects
    within it.
    """
    centred, axes = values - values.mean(), range(values.ndim)
    margins = {
        ways: float((centred.mean(axis=tuple(a for a in axes if a not in ways)) ** 2).mean())
        for ways in sets
    }
    found = {}
    for ways in sets:
        within = (
            (-1) ** (len(ways) - len(other)) * margins[other]
            for other in sets
            if set(other) <= set(ways)
        )
        degrees = np.prod([values.shape[a] - 1 for a in ways])
        found[ways] = float(sum(within) * values.size / degrees)
    return found


def crossed(
    table: ArrayLike,
    factors: Sequence[str],
    what: str = "the outcome",
    within: tuple[float, float] = (-np.inf, np.inf),
) -> Crossed:
    """Split the variance of an outcome over factors and chance.

    Parameters
    ----------
    table : array (levels of each factor, ..., replications)
        The outcome; replications share their luck over all combinations.
    factors : sequence of str
        Names of all ways but the last.
    what : str
        What the outcome is, for the labels of estimates.
    within : tuple of float
        Between which the outcome's mean must lie; 0 and 1 for a probability.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(0, 1, (200, 1, 1)), rng.normal(0, 1, (1, 200, 1))
    >>> found = crossed(a + b + rng.normal(0, 2, (200, 200, 10)), ["a", "b"])
    >>> [round(found.of_mean[name].estimate, 1) + 0.0 for name in ("a", "b", "a x b")]
    [0.5, 0.5, 0.0]
    """
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != len(factors) + 1:
        raise DeterError(f"a table of {len(factors)} factors has {len(factors) + 1} ways")
    if min(values.shape, default=0) < 2:
        return _unknown(values.shape, factors)
    names = _names(factors)
    middle = _derived(values, len(factors))
    ways = [(lambda g, a=a: _derived(_without(values, a, g), len(factors)), _groups(values, a))
            for a in range(values.ndim)]  # fmt: skip
    half = half_widths(ways, len(middle))
    method = METHOD.format(ways=", ".join([*factors, "replications"]))
    n, many = int(values.size), len(names)

    def made(k: int, low: float, high: float, said: str) -> Estimate:
        ends = np.clip([middle[k], middle[k] - half[k], middle[k] + half[k]], low, high)
        if not np.isfinite(middle[k]):
            return nothing(n, method)
        three = float(ends[0]), float(ends[1]), float(ends[2])
        return Estimate(*three, n, "1", f"{said} of {what}", method)

    told = bool(middle[1] - half[1] > 0)
    of_mean = {
        name: made(2 + k, 0.0, 1.0, "share of the variance of the probability")
        if told
        else nothing(n, "the variance of the probability is not told from 0")
        for k, name in enumerate(names)
    }
    one = 2 + many
    of_one = {
        name: made(one + k, 0.0, 1.0, "share of the variance of one history")
        for k, name in enumerate([*names, CHANCE])
    }
    last = one + many + 1
    sd = {name: _root(middle[last + k], half[last + k], n, method) for k, name in enumerate(names)}
    return Crossed(made(0, *within, "mean"), of_mean, of_one, sd, told, values.shape)


def _names(factors: Sequence[str]) -> list[str]:
    sets = (s for n in range(1, len(factors) + 1) for s in itertools.combinations(factors, n))
    return [TOGETHER.join(one) for one in sets]


def _groups(values: Floats, axis: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(min(values.shape[axis], GROUPS))


def _without(values: Floats, axis: int, group: int) -> Floats:
    """Return the table without a group of levels of one way."""
    kept = np.arange(values.shape[axis]) % GROUPS != group
    return values.compress(kept, axis=axis)


def _derived(values: Floats, factors: int) -> Floats:
    """Return mean, variance of the probability, shares of it, shares of one history, components."""
    if min(values.shape) < 2:  # with a group left out a way has one level
        return np.full(3 + 3 * (2**factors - 1), np.nan)
    found = components(values)
    whole = max(sum(max(v, 0.0) for v in found.values()), 0.0)
    parts = [v for ways, v in found.items() if factors not in ways]
    parts = [v if abs(v) > ROUNDING * whole else 0.0 for v in parts]
    chance = sum(v for ways, v in found.items() if factors in ways)
    systematic = sum(parts)
    total = systematic + chance
    of_mean = [v / systematic if systematic > 0 else np.nan for v in parts]
    of_one = [v / total if total > 0 else np.nan for v in (*parts, chance)]
    return np.array([values.mean(), systematic, *of_mean, *of_one, *parts])


def _root(variance: float, half: float, n: int, method: str) -> Estimate:
    ends = np.sqrt(np.clip([variance, variance - half, variance + half], 0.0, None))
    said = "standard deviation of the probability"
    low, high = float(ends[1]), float(ends[2])
    return Estimate(float(ends[0]), low, high, n, "1", said, method)


def _unknown(shape: tuple[int, ...], factors: Sequence[str]) -> Crossed:
    none = nothing(int(np.prod(shape)), "needs two levels each way")
    names = _names(factors)
    return Crossed(
        none,
        dict.fromkeys(names, none),
        dict.fromkeys([*names, CHANCE], none),
        dict.fromkeys(names, none),
        False,
        shape,
    )
