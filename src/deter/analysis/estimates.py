"""Estimates with 95 % intervals that do not stop at zero events.

Every interval here is of Wilson's kind: it inverts a test, so it stays inside the possible range
and has a width where nothing was seen. A mean of a bounded quantity, a rate, and a share whose
items come in clusters are brought to it through an effective sample size.

References
----------
Wilson (1927), J. Am. Stat. Assoc. 22: 209-212. Effective sample size: Kott and Carr (1997),
J. Off. Stat. 13: 241-258; Franco et al. (2019), J. Surv. Stat. Methodol. 7: 334-364.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from deter.analysis.rows import Bools, Floats

Z = 1.959963984540054
"""Quantile of the standard normal law for 95 % intervals."""

LEVEL = 0.95

BATCH = 65_536
"""Replications that are summed at a time."""

ROUNDING = 1e-20
"""A relative spread below it is none."""


def summed(part: Callable[[slice], Floats], n: int) -> float:
    """Sum what is reckoned from slices of long columns, batch by batch in their order.

    What is reckoned is never there whole, and the sum does not depend on who ran what.

    Examples
    --------
    >>> x = np.arange(100_000.0)
    >>> summed(lambda s: x[s] - 1.0, len(x))
    4999850000.0
    """
    total = 0.0
    for start in range(0, n, BATCH):
        total += float(part(slice(start, min(start + BATCH, n))).sum())
    return total


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number from a simulation, its 95 % interval, and what it is conditional on.

    Attributes
    ----------
    estimate, low, high : float or None
        None where it cannot be estimated; never NaN or infinite.
    n : int
        Replications (or pairs of them) it rests on.
    unit : str
        ``1`` for a share or probability.
    what : str
        What is estimated, and under which condition.
    method : str
        How the interval is made.
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int
    unit: str = "1"
    what: str = ""
    method: str = ""

    def __post_init__(self) -> None:
        for name in ("estimate", "low", "high"):
            object.__setattr__(self, name, finite(getattr(self, name)))

    def labelled(self, *, unit: str, what: str) -> Estimate:
        """Return the estimate with its unit and meaning."""
        return replace(self, unit=unit, what=what)

    def as_dict(self) -> dict[str, float | None]:
        """Return the three numbers, for JSON."""
        return {"estimate": self.estimate, "low": self.low, "high": self.high}


def finite(value: float | None) -> float | None:
    """Return a plain float, or None for what is missing, NaN or infinite."""
    if value is None or not math.isfinite(value):
        return None
    return float(value)


def nothing(n: int = 0, method: str = "") -> Estimate:
    """Return an estimate of what cannot be estimated."""
    return Estimate(None, None, None, n, method=method)


def wilson_limits(share: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % limits of a share seen in ``n`` (effective) trials.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson_limits(0.0, 200)]
    [0.0, 0.0188]
    """
    if n <= 0:
        return 0.0, 1.0
    low, high = wilson_band(np.array([share]), np.array([n]))
    return float(low[0]), float(high[0])


def wilson_band(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's 95 % limits of many shares, each seen in ``n`` (effective) trials."""
    spread = Z * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    middle = share + Z * Z / (2 * n)
    low = np.where(share <= 0, 0.0, np.maximum((middle - spread) / scale, 0.0))
    high = np.where(share >= 1, 1.0, np.minimum((middle + spread) / scale, 1.0))
    return low, high


def proportion(happened: Bools) -> Estimate:
    """Estimate a probability from replications in which it happened or not: Wilson's interval."""
    n = len(happened)
    if n == 0:
        return nothing(method="Wilson")
    share = float(np.count_nonzero(happened)) / n
    return Estimate(share, *wilson_limits(share, n), n, method="Wilson")


def bounded_mean(values: Floats, low: float, high: float, size: float | None = None) -> Estimate:
    """Estimate the mean of a quantity that lies between ``low`` and ``high``.

    The mean's place in the range is a share; its variance relative to that of a yes-or-no gives
    the effective number of trials for Wilson's interval. For a yes-or-no this is Wilson's interval
    itself, for many varied values the normal one. Where all values agree, the spread is taken that
    one of them at an end of the range would give.

    Parameters
    ----------
    values : array
        One a replication.
    low, high : float
        Range of the quantity.
    size : float, optional
        Typical distance from the edge of a value that is not on it, used if all values are on it;
        the whole range where not given.
    """
    n = len(values)
    method = "Wilson, effective n"
    if n == 0 or not high > low:
        return nothing(n, method)

    def place(s: slice) -> Floats:
        return np.clip((values[s] - low) / (high - low), 0.0, 1.0)

    share = summed(place, n) / n
    if 0 < share < 1:
        variance = summed(lambda s: (place(s) - share) ** 2, n) / n
        dispersion = min(variance / (share * (1 - share)), 1.0)
        if dispersion < ROUNDING:
            dispersion = 1.0 / n
    else:
        dispersion = 1.0 if size is None else min(size / (high - low), 1.0)
    lower, upper = (low + (high - low) * limit for limit in wilson_limits(share, n / dispersion))
    return Estimate(low + (high - low) * share, lower, upper, n, method=method)


def typical(values: Floats) -> float | None:
    """Return the size of what is not zero, weighted by size; None if all is zero.

    Examples
    --------
    >>> typical(np.array([0.0, 1.0, -3.0])), typical(np.zeros(3))
    (2.5, None)
    """
    total = float(np.abs(values).sum())
    return float((values**2).sum()) / total if total > 0 else None


def rate(events: Floats, exposure: Floats) -> Estimate:
    """Estimate a rate from each replication's events and exposure: a score interval.

    The total of the events is taken as Poisson with its variance inflated or shrunk to that seen
    between replications (residuals of the ratio); with no events as Poisson. Where all
    replications agree, the variance is taken that one event more in one of them would give.
    """
    n, total = len(events), float(exposure.sum())
    method = "score, dispersion between replications"
    if n == 0 or total <= 0:
        return nothing(n, method)
    ratio = float(events.sum()) / total
    dispersion = 1.0
    if ratio > 0 and n > 1:
        squares = summed(lambda s: (events[s] - ratio * exposure[s]) ** 2, n)
        if squares < ROUNDING * ratio * total:
            squares = 1.0
        dispersion = squares * n / (n - 1) / (ratio * total)
    half = Z * Z * dispersion / (2 * total)
    spread = math.sqrt(half * half + 2 * half * ratio)
    low = 0.0 if ratio == 0 else max(ratio + half - spread, 0.0)
    return Estimate(ratio, low, ratio + half + spread, n, method=method)


def share_of(hits: Floats, trials: Floats) -> Estimate:
    """Estimate a share of items that come in clusters, one cluster a replication.

    Wilson's interval with the effective number of trials that the variance between clusters
    implies; where all items agree, the number of clusters, which is the least it can be.
    """
    n, total = int(np.count_nonzero(trials > 0)), float(trials.sum())
    method = "Wilson, clusters"
    if total <= 0:
        return nothing(0, method)
    share = min(float(hits.sum()) / total, 1.0)
    variance = ratio_variance(hits, trials, share) if n > 1 else 0.0
    effective = share * (1 - share) / variance if variance > 0 else float(n)
    return Estimate(share, *wilson_limits(share, min(effective, total)), n, method=method)


def ratio_variance(over: Floats, under: Floats, ratio: float) -> float:
    """Return the linearised variance of a ratio of totals over replications."""
    used = int(np.count_nonzero(under > 0))
    squares = summed(lambda s: (over[s] - ratio * under[s]) ** 2, len(over))
    inflation = used / (used - 1) if used > 1 else 1.0
    return squares * inflation / float(under.sum()) ** 2
