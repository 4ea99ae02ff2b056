"""When a case has been run often enough: a rule that looks at fixed times.

The interval is Clopper and Pearson's: exact for a share, and with a width where nothing was seen,
so that a rare event does not end a run at once. A mean of a quantity between 0 and 1 is brought to
it through an effective number of trials, its variance against that of a yes-or-no. The run stops at
the first look at which neither limit is further from the estimate than was asked for. Looks are
fixed beforehand, so that who ran what does not show in how many replications there are.

A rule that stops when its own interval is short enough covers less often than the interval does
by itself, since it stops early on samples that happen to vary little: at 95 % each, down to 94.0 %
between two looks of p = 0.05, and with Wilson's interval down to 84 % where events are rare. So
each interval is one of 96 %, and what stops covers with 95 % and more: ``tests/test_stopping.py``
works it out from the law of the count at each look, and simulates it. The interval told of a case
that stopped is this one too. The price is about a tenth more replications than with Wilson's.

References
----------
Clopper and Pearson (1934), Biometrika 26: 404-413. Effective trials: Korn and Graubard (1998),
Survey Methodology 24: 193-201. Stopping on width: of a share Frey (2010), Am. Stat. 64: 242-249,
of a mean Chow and Robbins (1965), Ann. Math. Stat. 36: 457-462.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.errors import DeterError

LEVEL = 0.95
"""What the intervals of a rule that has stopped cover with."""

TAIL = 0.02
"""Probability beyond either limit: less than (1 - LEVEL) / 2, to make up for the stopping."""

GROWTH = 1.5
"""Each look comes when there are this many times the replications of the one before."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """When to stop.

    Attributes
    ----------
    half_width : float
        Largest distance from the estimate to either end of its interval.
    most : int
        Replications at most.
    least : int
        Replications at least: the first look.

    Raises
    ------
    DeterError
        If the half-width is not above 0 and below 1.
    """

    half_width: float
    most: int
    least: int = 100

    def __post_init__(self) -> None:
        if not 0 < self.half_width < 1:
            raise DeterError(f"a half-width is above 0 and below 1, not {self.half_width}")

    def looks(self) -> tuple[int, ...]:
        """Return the numbers of replications at which it is decided, the last at ``most``.

        Examples
        --------
        >>> Rule(0.02, 500, 100).looks()
        (100, 150, 225, 338, 500)
        """
        found = [min(self.least, self.most)]
        while found[-1] < self.most:
            following = max(found[-1] + 1, int(np.ceil(found[-1] * GROWTH)))
            found.append(min(following, self.most))
        return tuple(found)

    def satisfied(self, n: Any, total: Any, squares: Any) -> NDArray[np.bool_]:
        """Tell of many cases whether they may stop.

        Parameters
        ----------
        n, total, squares : array
            Replications that ran to their end, and the sums of their values and of their squares.
        """
        n = np.asarray(n, dtype=np.float64)
        low, high = limits(n, total, squares)
        share = np.divide(total, n, out=np.full(np.shape(n), 0.5), where=n > 0)
        reached: NDArray[np.bool_] = np.maximum(high - share, share - low) <= self.half_width
        some: NDArray[np.bool_] = reached & (n > 0)
        return some


def limits(n: Any, total: Any, squares: Any) -> tuple[Floats, Floats]:
    """Return the limits, TAIL beyond each, of means of a quantity between 0 and 1.

    Parameters
    ----------
    n, total, squares : array
        Values, their sums, and the sums of their squares; for a yes-or-no the last two are equal.

    Examples
    --------
    >>> [round(float(limit[0]), 4) for limit in limits([200], [0], [0])]
    [0.0, 0.0194]
    """
    from scipy.special import betaincinv

    n, total, squares = (np.asarray(x, dtype=np.float64) for x in (n, total, squares))
    some = n > 0
    share = np.clip(np.divide(total, n, out=np.full(n.shape, 0.5), where=some), 0.0, 1.0)
    spread = share * (1 - share)
    variance = np.divide(squares, n, out=np.zeros(n.shape), where=some) - share**2
    inside = spread > 0
    dispersion = np.divide(variance, spread, out=np.ones(n.shape), where=inside)
    trials = n / np.clip(dispersion, 1e-9, 1.0)
    hits, misses = share * trials, (1 - share) * trials
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-300), misses + 1, TAIL), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, 1e-300), 1 - TAIL), 1.0)
    return np.where(some, low, 0.0), np.where(some, high, 1.0)


def stopped_at(values: Floats, rule: Rule) -> int:
    """Return after how many of a row of values the rule stops.

    Examples
    --------
    >>> stopped_at(np.zeros(5000), Rule(0.01, 5000, 100))
    507
    """
    sums, squares = np.cumsum(values), np.cumsum(np.square(values))
    for look in rule.looks():
        if look >= len(values) or bool(
            rule.satisfied(np.array([look]), sums[look - 1 : look], squares[look - 1 : look])[0]
        ):
            return min(look, len(values))
    return len(values)


BLOCKS = (50, 100, 200, 400, 800)
"""Ends of the first blocks of replications that cases take in turn; further ones are as long as
the last."""


def block_end(start: int, most: int) -> int:
    """Return where the block that begins at a replication ends.

    Examples
    --------
    >>> block_end(0, 120), block_end(100, 120), block_end(800, 10_000), block_end(820, 10_000)
    (50, 120, 1600, 1600)
    """
    for end in BLOCKS:
        if start < end:
            return min(end, most)
    last = BLOCKS[-1]
    return min((start // last + 1) * last, most)


def look_end(start: int, rule: Rule) -> int:
    """Return the first look of a rule after some replications."""
    return next((look for look in rule.looks() if look > start), rule.most)
