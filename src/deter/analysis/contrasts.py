"""Paired differences between frameworks that met the same luck, with 95 % intervals.

A replication under two frameworks is a pair. Intervals of yes-or-no measures are Tango's; those
of means are put together from the gains and the losses, each with an interval of Wilson's kind,
so that a difference seen in no pair still has a width.

References
----------
Tango (1998), Stat. Med. 17: 891-908. Newcombe (1998), Stat. Med. 17: 2635-2650 and Zou and Donner
(2008), Stat. Med. 27: 1693-1702, for limits of a difference from the limits of its parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy import optimize

from deter.analysis.estimates import (
    Estimate,
    Z,
    bounded_mean,
    nothing,
    rate,
    share_of,
    summed,
    typical,
)
from deter.analysis.rows import Bools, Floats

_EDGE = 1e-12


def proportion_difference(here: Bools, there: Bools) -> Estimate:
    """Estimate P(here) - P(there) from pairs: Tango's score interval.

    Examples
    --------
    >>> same = np.array([True] * 50 + [False] * 350)
    >>> d = proportion_difference(same, same)
    >>> d.estimate, round(d.low, 4), round(d.high, 4)
    (0.0, -0.0095, 0.0095)
    """
    n = len(here)
    if n == 0:
        return nothing(method="Tango, paired")
    gained = int(np.count_nonzero(here & ~there))
    dropped = int(np.count_nonzero(there & ~here))
    low, high = tango_limits(gained, dropped, n)
    return Estimate((gained - dropped) / n, low, high, n, method="Tango, paired")


def tango_limits(gained: int, dropped: int, n: int) -> tuple[float, float]:
    """Return Tango's 95 % limits of a paired difference (gained - dropped) / n."""
    middle = (gained - dropped) / n

    def excess(sign: float) -> Callable[[float], float]:
        return lambda delta: _tango_score(delta, gained, dropped, n) - sign * Z

    low, high = -1.0, 1.0
    if middle > -1.0:
        low = optimize.brentq(excess(1.0), -1.0 + _EDGE, middle)
    if middle < 1.0:
        high = optimize.brentq(excess(-1.0), middle, 1.0 - _EDGE)
    return float(low), float(high)


def _tango_score(delta: float, gained: int, dropped: int, n: int) -> float:
    """Return Tango's score statistic for the hypothesis of a difference ``delta``."""
    b = -gained - dropped + (2 * n - gained + dropped) * delta
    c = -dropped * delta * (1 - delta)
    off = (math.sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * (2 * off + delta * (1 - delta))
    distance = gained - dropped - n * delta
    if variance <= 0:
        return math.copysign(math.inf, distance) if distance else 0.0
    return distance / math.sqrt(variance)


def mean_difference(here: Floats, there: Floats, span: float) -> Estimate:
    """Estimate the mean of ``here - there`` for a quantity whose range is ``span`` wide.

    The mean gain and the mean loss get intervals by :func:`bounded_mean`; where no pair gains (or
    loses), its upper limit is that of gains of the size of the differences seen, or else of the
    values seen. The two are joined with their correlation (Zou and Donner).
    """
    n = len(here)
    method = "gains and losses, Wilson, effective n, joined"
    if n == 0 or span <= 0:
        return nothing(n, method)
    gap = here - there
    gain, loss = np.maximum(gap, 0.0), np.maximum(-gap, 0.0)
    size = typical(gap)
    if size is None:
        size = typical(np.concatenate((here, there)))
    up, down = (bounded_mean(part, 0.0, span, size) for part in (gain, loss))
    return _joined(up, down, correlation(gain, loss), n, method)


def correlation(left: Floats, right: Floats) -> float:
    """Return the correlation of pairs; 0 where one of the two does not vary."""
    n = len(left)
    if n == 0:
        return 0.0
    m, k = float(left.mean()), float(right.mean())
    both = summed(lambda s: (left[s] - m) * (right[s] - k), n)
    spread = math.sqrt(summed(lambda s: (left[s] - m) ** 2, n))
    spread *= math.sqrt(summed(lambda s: (right[s] - k) ** 2, n))
    return both / spread if spread > 0 else 0.0


def _joined(up: Estimate, down: Estimate, together: float, n: int, method: str) -> Estimate:
    """Return ``up - down`` with limits made from those of both."""
    if None in (up.estimate, up.low, up.high, down.estimate, down.low, down.high):
        return nothing(n, method)
    u, u_low, u_high = (float(x or 0.0) for x in (up.estimate, up.low, up.high))
    d, d_low, d_high = (float(x or 0.0) for x in (down.estimate, down.low, down.high))
    below = _combined(u - u_low, d_high - d, together)
    above = _combined(u_high - u, d - d_low, together)
    return Estimate(u - d, u - d - below, u - d + above, n, method=method)


def _combined(left: float, right: float, together: float) -> float:
    return math.sqrt(max(left * left + right * right - 2 * together * left * right, 0.0))


def rate_difference(here: tuple[Floats, Floats], there: tuple[Floats, Floats]) -> Estimate:
    """Estimate the difference of two rates, each (events, exposure), from pairs.

    The two score intervals joined with the correlation of the ratios' residuals over pairs.
    """
    n = len(here[0])
    method = "score intervals, joined, paired"
    up, down = rate(*here), rate(*there)
    return _joined(up, down, correlation(_residuals(*here), _residuals(*there)), n, method)


def share_difference(here: tuple[Floats, Floats], there: tuple[Floats, Floats]) -> Estimate:
    """Estimate the difference of two shares of clustered items, each (hits, trials), from pairs."""
    n = len(here[0])
    method = "Wilson, clusters, joined, paired"
    up, down = share_of(*here), share_of(*there)
    return _joined(up, down, correlation(_residuals(*here), _residuals(*there)), n, method)


def _residuals(over: Floats, under: Floats) -> Floats:
    total = float(under.sum())
    return over - (float(over.sum()) / total if total > 0 else 0.0) * under
