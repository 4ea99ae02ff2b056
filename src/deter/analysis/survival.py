"""How peace lasts: curves of first times with bands, and medians read off them.

References
----------
Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481. Aalen and Johansen (1978), Scand. J.
Stat. 5: 141-150; variance by the delta method: Marubini and Valsecchi (1995), ch. 10. Medians
with an interval read off the band: Brookmeyer and Crowley (1982), Biometrics 38: 29-41; of
clustered data: Woodruff (1952), J. Am. Stat. Assoc. 47: 635-646.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import stats

from deter.analysis.estimates import LEVEL, Estimate, nothing, share_of, wilson_limits
from deter.analysis.rows import Bools, Floats, Sample, response_edges


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
    data = stats.CensoredData.right_censored(times, ~event)
    survival = stats.ecdf(data).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        band = survival.confidence_interval(LEVEL, method="log-log")
    value = np.asarray(survival.probabilities, dtype=np.float64)
    low = np.asarray(cast("Any", band.low).probabilities, dtype=np.float64)
    high = np.asarray(cast("Any", band.high).probabilities, dtype=np.float64)
    fallback = np.array([wilson_limits(float(v), len(times)) for v in value])
    low = np.where(np.isfinite(low), low, fallback[:, 0])
    high = np.where(np.isfinite(high), high, fallback[:, 1])
    quantiles = np.asarray(survival.quantiles, dtype=np.float64)
    return Curve(quantiles, value, low, high, len(times), "no event yet")


def cumulative_incidence(times: Floats, event: Bools, competing: Bools) -> Curve:
    """Return the probability that the event has happened by a time, with competing ends.

    The Aalen-Johansen estimator. Where neither holds, the time is censored. With no censoring it
    is the share in which the event has happened, and the band is Wilson's; else Wilson's with the
    effective number that the delta-method variance implies.
    """
    n = len(times)
    steps = np.unique(times[event])
    value, variance = _aalen_johansen(times, event, competing, steps)
    effective = np.divide(
        value * (1 - value), variance, out=np.full(len(value), float(n)), where=variance > 0
    )
    limits = np.array([wilson_limits(v, k) for v, k in zip(value, effective, strict=True)]).reshape(
        -1, 2
    )
    return Curve(steps, value, limits[:, 0], limits[:, 1], n, "has happened")


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


def median_response(given: Floats, unanswered: Floats) -> Estimate:
    """Return the median days to an owed response, from counts by bin; None if not reached.

    What was owed and not given is later than all bins. Within a bin, times are taken as spread
    evenly on the log scale (linearly in the first). The interval is Woodruff's: the share answered
    by each edge is a share of clustered items, and its limits are read off at one half.

    Parameters
    ----------
    given : array (replications, bins)
        Owed responses by bin.
    unanswered : array (replications,)
        Owed and not given.
    """
    method = "Woodruff, clusters"
    owed = given.sum(axis=1) + unanswered
    if owed.sum() <= 0:
        return nothing(0, method)
    by_edge = np.cumsum(given, axis=1)[:, :-1]
    shares = [share_of(by_edge[:, b], owed) for b in range(by_edge.shape[1])]
    edges = response_edges(given.shape[1])
    middle = _crossing(edges, [s.estimate or 0.0 for s in shares])
    if middle is None:
        return nothing(shares[0].n, method)
    low = _crossing(edges, [s.high or 0.0 for s in shares])
    high = _crossing(edges, [s.low or 0.0 for s in shares])
    return Estimate(middle, low, high, shares[0].n, method=method)


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


def median_days(given: Floats, unanswered: float) -> float | None:
    """Return the median of response times counted by bin, as :func:`median_response` has it."""
    owed = float(given.sum()) + unanswered
    if owed <= 0:
        return None
    return _crossing(response_edges(len(given)), list(np.cumsum(given)[:-1] / owed))
