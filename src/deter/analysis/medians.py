"""Medians of times, and the difference of two medians over pairs that met the same luck.

References
----------
Brookmeyer and Crowley (1982), Biometrics 38: 29-41, for an interval read off the band; Woodruff
(1952), J. Am. Stat. Assoc. 47: 635-646, of clustered data. That a sample quantile moves as the
share below it: Bahadur (1966), Ann. Math. Stat. 37: 577-580.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from deter.analysis.contrasts import correlation
from deter.analysis.estimates import Estimate, nothing, share_of, summed
from deter.analysis.rows import Floats, response_edges
from deter.analysis.survival import Curve

POINTS = 10_007
"""Points at which the joint law of two shares is laid out."""

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0


def median_time(curve: Curve) -> Estimate:
    """Return the time by which an incidence curve reaches one half; None where it does not.

    The limits are the times at which the upper and the lower band reach one half; an upper limit
    that is not reached by the horizon is None.
    """
    method = "read off the band"
    middle = _reaches(curve.times, curve.value)
    if middle is None:
        return nothing(curve.n, method)
    low, high = _reaches(curve.times, curve.high), _reaches(curve.times, curve.low)
    return Estimate(middle, low, high, curve.n, method=method)


def _reaches(times: Floats, values: Floats) -> float | None:
    above = np.flatnonzero(values >= 0.5 - 1e-12)
    return float(times[above[0]]) if len(above) else None


def median_response(given: Sequence[Floats], unanswered: Floats) -> Estimate:
    """Return the median days to an owed response, from counts by bin; None if not reached.

    What was owed and not given is later than all bins. Within a bin, times are taken as spread
    evenly on the log scale (linearly in the first). The interval is Woodruff's: the share answered
    by each edge is a share of clustered items, and its limits are read off at one half.

    Parameters
    ----------
    given : sequence of arrays (replications,)
        Owed responses, bin by bin.
    unanswered : array (replications,)
        Owed and not given.
    """
    method = "Woodruff, clusters"
    owed = _owed(given, unanswered)
    tested = np.flatnonzero(owed > 0)
    if not len(tested):
        return nothing(0, method)
    owed, by_edge, shares = owed[tested], np.zeros(len(tested)), []
    for b in range(len(given) - 1):
        by_edge += given[b][tested]
        shares.append(share_of(by_edge, owed))
    edges = response_edges(len(given))
    limits = ([s.estimate for s in shares], [s.high for s in shares], [s.low for s in shares])
    half = np.array([0.5])
    middle, low, high = (
        float(_crossings(edges, np.array(known, dtype=np.float64), half)[0]) for known in limits
    )
    if middle == math.inf:
        return nothing(len(tested), method)
    return Estimate(middle, low, high, len(tested), method=method)


def _owed(given: Sequence[Floats], unanswered: Floats) -> Floats:
    owed = unanswered.astype(np.float64)
    for b in range(len(given)):
        owed += given[b]
    return owed


def _crossings(edges: Floats, shares: Floats, levels: Floats) -> Floats:
    """Return where a distribution given at ``edges[1:]`` crosses levels, infinite if it does not.

    Between edges it rises evenly on the log scale, below the first linearly.
    """
    values = np.maximum.accumulate(np.concatenate(([0.0], shares)))
    above = np.searchsorted(values, levels)
    b = np.clip(above, 1, len(values) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((levels - values[b - 1]) / (values[b] - values[b - 1]), 0.0, 1.0)
        days = np.where(b == 1, part * edges[1], edges[b - 1] * (edges[b] / edges[b - 1]) ** part)
    return np.where(above < len(values), days, np.inf)


@dataclass(frozen=True, eq=False)
class Middle:
    """What the difference of two medians has to know of each.

    Attributes
    ----------
    at : callable
        From shares near one half to the times by which they have come, infinite where never.
    residuals : array (replications,)
        What of each replication has come by the median, less half of what it has.
    total : float
        What all replications have together.
    """

    at: Callable[[Floats], Floats]
    residuals: Floats
    total: float

    @property
    def error(self) -> float:
        """Standard error of the share that has come by the median."""
        squares = summed(lambda s: self.residuals[s] ** 2, len(self.residuals))
        return math.sqrt(squares) / self.total


def middle_of_times(times: Floats) -> Middle | None:
    """Return the middle of times, infinite where they never come; None if that is not reached."""
    n, ordered = len(times), np.sort(times)

    def at(shares: Floats) -> Floats:
        ranks = np.ceil(shares * n - 1e-9).astype(np.int64) - 1
        return ordered[np.clip(ranks, 0, n - 1)]

    if not n or not np.isfinite(at(np.array([0.5]))[0]):
        return None
    return Middle(at, (times <= at(np.array([0.5]))[0]) - np.float64(0.5), float(n))


def middle_of_responses(given: Sequence[Floats], unanswered: Floats) -> Middle | None:
    """Return the middle of responses counted by bin; None if it is not reached.

    Parameters are those of :func:`median_response`.
    """
    owed = _owed(given, unanswered)
    total = float(owed.sum())
    if total <= 0:
        return None
    edges = response_edges(len(given))
    shares = np.cumsum([given[b].sum() for b in range(len(given) - 1)]) / total

    def at(levels: Floats) -> Floats:
        return _crossings(edges, shares, levels)

    days = float(at(np.array([0.5]))[0])
    if days == math.inf:
        return None
    residuals = -0.5 * owed
    for b in np.flatnonzero(edges < days):
        residuals += _part_of_bin(edges, int(b), days) * given[int(b)]
    return Middle(at, residuals, total)


def _part_of_bin(edges: Floats, b: int, days: float) -> float:
    """Return the part of a bin's responses that came by a time not beyond the last edge."""
    if days >= edges[b + 1]:
        return 1.0
    if b == 0:
        return days / float(edges[1])
    return math.log(days / edges[b]) / math.log(edges[b + 1] / edges[b])


def median_difference(here: Middle | None, there: Middle | None, n: int) -> Estimate:
    """Estimate the difference of two medians over ``n`` pairs.

    To first order the share that has come by a median is normal about one half, and the two
    shares of pairs correlate as what each pair adds to them. Their joint law is laid out on a
    lattice, the times by which such shares have come are read off, and the middle 95 % of their
    differences is the interval: that of a paired bootstrap, with nothing resampled.
    """
    method = "shares below the medians, jointly normal, paired"
    if here is None or there is None:
        return nothing(n, method)
    steps = np.arange(POINTS) + 0.5
    one, other = ndtri(steps / POINTS), ndtri(steps * _GOLDEN % 1.0)
    r = min(max(correlation(here.residuals, there.residuals), -1.0), 1.0)
    left = here.at(0.5 + here.error * one)
    right = there.at(0.5 + there.error * (r * one + math.sqrt(1.0 - r * r) * other))
    half = np.array([0.5])
    middle = float(here.at(half)[0] - there.at(half)[0])
    known = np.isfinite(left) | np.isfinite(right)
    if np.count_nonzero(~known) > 0.025 * POINTS:
        return Estimate(middle, None, None, n, method=method)
    gaps = left[known] - right[known]
    low, high = (float(np.quantile(gaps, q, method="nearest")) for q in (0.025, 0.975))
    return Estimate(middle, low, high, n, method=method)
