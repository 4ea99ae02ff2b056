"""How peace lasts: curves of first times with bands, and medians read off them.

References
----------
Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481. Aalen and Johansen (1978), Scand. J.
Stat. 5: 141-150; variance by the delta method: Marubini and Valsecchi (1995), ch. 10. Medians
with an interval read off the band: Brookmeyer and Crowley (1982), Biometrics 38: 29-41; of
clustered data: Woodruff (1952), J. Am. Stat. Assoc. 47: 635-646.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from deter.analysis.estimates import LEVEL, Estimate, nothing, share_of, wilson_band
from deter.analysis.rows import Bools, Floats, Sample, response_edges

MOST_STEPS = 10_000
"""Steps a curve of shares has at most, but for those about its median."""


@dataclass(frozen=True)
class Curve:
    """A step function of time with a 95 % band.

    Attributes
    ----------
    times : array
        Where it steps, rising.
    value, low, high : array
        From each time until the next; before the first it is 0 (incidence) or 1 (survival).
    n : int
        Replications.
    what : str
        What it is the probability of.
    """

    times: Floats
    value: Floats
    low: Floats
    high: Floats
    n: int
    what: str = ""

    def at(self, time: float) -> float:
        """Return the value at a time, of a curve that starts at 0."""
        before = int(np.searchsorted(self.times, time, side="right"))
        return float(self.value[before - 1]) if before else 0.0


def kaplan_meier(times: Floats, event: Bools) -> Curve:
    """Return the survival curve of times that are censored where ``event`` is false.

    By :func:`scipy.stats.ecdf`, with its log-minus-log band. Where that is undefined (nothing
    has happened yet, or all has) the band is Wilson's for the number at risk at the start.
    """
    if not event.any():
        return Curve(*(np.empty(0),) * 4, len(times), "no event yet")
    from scipy import stats  # takes a second to load

    data = stats.CensoredData.right_censored(times, ~event)
    survival = stats.ecdf(data).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        band = survival.confidence_interval(LEVEL, method="log-log")
    value = np.asarray(survival.probabilities, dtype=np.float64)
    low = np.asarray(cast("Any", band.low).probabilities, dtype=np.float64)
    high = np.asarray(cast("Any", band.high).probabilities, dtype=np.float64)
    lower, upper = wilson_band(value, np.full(len(value), float(len(times))))
    low = np.where(np.isfinite(low), low, lower)
    high = np.where(np.isfinite(high), high, upper)
    quantiles = np.asarray(survival.quantiles, dtype=np.float64)
    return Curve(quantiles, value, low, high, len(times), "no event yet")


def cumulative_incidence(times: Floats, event: Bools, competing: Bools) -> Curve:
    """Return the probability that the event has happened by a time, with competing ends.

    The Aalen-Johansen estimator. Where neither holds, the time is censored. With no censoring
    before the last event it is the share in which the event has happened, and the band is
    Wilson's; else Wilson's with the effective number that the delta-method variance implies.
    """
    n = len(times)
    came = np.sort(times[event])
    if not len(came) or not np.any(~event & ~competing & (times < came[-1])):
        steps, value = _shares(came, n)
        effective = np.full(len(value), float(n))
    else:
        steps = np.unique(came)
        value, variance = _aalen_johansen(times, event, competing, steps)
        effective = np.divide(
            value * (1 - value), variance, out=np.full(len(value), float(n)), where=variance > 0
        )
    return Curve(steps, value, *wilson_band(value, effective), n, "has happened")


def _shares(came: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the times in rising order, each once, and the share of ``n`` come by each.

    Of more than :data:`MOST_STEPS` times some are left out, though none near the median: its
    interval reaches about the square root of n ranks to each side.
    """
    last = np.flatnonzero(np.append(came[1:] != came[:-1], True)[: len(came)])
    if len(last) > MOST_STEPS:
        even = last[np.linspace(0, len(last) - 1, MOST_STEPS).astype(np.int64)]
        near = last[np.abs(last - n / 2) < 2 * math.sqrt(n)]
        last = np.union1d(even, near)
    return came[last], (last + 1) / n


def _aalen_johansen(
    times: Floats, event: Bools, competing: Bools, steps: Floats
) -> tuple[Floats, Floats]:
    """Return incidence and its variance at each step."""
    grid = np.unique(times)
    ordered = np.sort(times)
    risk = len(times) - np.searchsorted(ordered, grid, side="left").astype(np.float64)
    hits = _count(times[event], grid)
    ends = hits + _count(times[competing], grid)
    survival = np.cumprod(1 - ends / risk)
    before = np.concatenate(([1.0], survival[:-1]))
    incidence = np.cumsum(before * hits / risk)
    at = np.searchsorted(grid, steps)
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.where(risk > ends, ends / (risk * (risk - ends)), 0.0)
        b = before**2 * hits * (risk - hits) / risk**3
        c = before * hits / risk**2
    f = incidence[at]
    a0, a1, a2 = (np.cumsum(a * incidence**k)[at] for k in range(3))
    c0, c1 = (np.cumsum(c * incidence**k)[at] for k in range(2))
    variance = f**2 * a0 - 2 * f * a1 + a2 + np.cumsum(b)[at] - 2 * (f * c0 - c1)
    return f, np.maximum(variance, 0.0)


def _count(values: Floats, grid: Floats) -> Floats:
    return np.bincount(np.searchsorted(grid, values), minlength=len(grid)).astype(np.float64)


def incidence_of(sample: Sample, first: str) -> Curve:
    """Return the cumulative incidence of a first (``attack``, ``war``, …), years."""
    return cumulative_incidence(
        sample.time(first), sample.happened(first), sample.ended_early(first)
    )


def survival_of(sample: Sample, first: str) -> Curve:
    """Return the Kaplan-Meier survival without a first, early ends taken as censored."""
    return kaplan_meier(sample.time(first), sample.happened(first))


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
    middle = _crossing(edges, [s.estimate or 0.0 for s in shares])
    if middle is None:
        return nothing(len(tested), method)
    low = _crossing(edges, [s.high or 0.0 for s in shares])
    high = _crossing(edges, [s.low or 0.0 for s in shares])
    return Estimate(middle, low, high, len(tested), method=method)


def _owed(given: Sequence[Floats], unanswered: Floats) -> Floats:
    owed = unanswered.astype(np.float64)
    for b in range(len(given)):
        owed += given[b]
    return owed


def response_residuals(given: Sequence[Floats], unanswered: Floats, days: float) -> Floats:
    """Return the responses each replication gave by a time, less half of those it owed.

    At the median they add up to 0. Parameters as for :func:`median_response`.
    """
    residuals = -0.5 * _owed(given, unanswered)
    edges = np.append(response_edges(len(given)), np.inf)
    for b in range(len(given)):
        if edges[b] < days:
            residuals += _part_of_bin(edges, b, days) * given[b]
    return residuals


def _part_of_bin(edges: Floats, b: int, days: float) -> float:
    """Return the part of a bin's responses that came by a time."""
    if days >= edges[b + 1]:
        return 1.0
    if b == 0:
        return days / float(edges[1])
    return math.log(days / edges[b]) / math.log(edges[b + 1] / edges[b])


def _crossing(edges: Floats, shares: list[float]) -> float | None:
    """Return where a distribution given at ``edges[1:]`` crosses one half."""
    values = np.maximum.accumulate(np.concatenate(([0.0], shares)))
    above = np.flatnonzero(values >= 0.5)
    if not len(above):
        return None
    b = max(int(above[0]), 1)
    part = (0.5 - values[b - 1]) / (values[b] - values[b - 1])
    if b == 1:
        return float(part * edges[1])
    return float(edges[b - 1] * (edges[b] / edges[b - 1]) ** part)
