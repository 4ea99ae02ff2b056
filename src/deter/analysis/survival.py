"""How peace lasts: curves of first times with bands.

References
----------
Kaplan and Meier (1958), J. Am. Stat. Assoc. 53: 457-481. Aalen and Johansen (1978), Scand. J.
Stat. 5: 141-150; variance by the delta method: Marubini and Valsecchi (1995), ch. 10.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from deter.analysis.estimates import LEVEL, Estimate, nothing, wilson_band, wilson_limits
from deter.analysis.rows import Bools, Floats, Sample

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

    def thinned(self, most: int) -> Curve:
        """Return the curve with at most so many steps, for drawing.

        Those that stay are as they were, the last among them; between two of them the curve drawn
        lags behind by about one part in ``most`` of all that it rises or falls.

        Examples
        --------
        >>> x = np.arange(1.0, 1001.0)
        >>> thin = Curve(x, x / 1000, x / 1001, x / 999, 1000).thinned(100)
        >>> len(thin.times), float(thin.value[-1]), bool(np.diff(thin.value).max() < 0.012)
        (100, 1.0, True)
        """
        if len(self.times) <= most:
            return self
        kept = np.unique(np.linspace(0, len(self.times) - 1, most).round().astype(np.int64))
        return replace(
            self,
            times=self.times[kept],
            value=self.value[kept],
            low=self.low[kept],
            high=self.high[kept],
        )

    def at(self, time: float) -> float:
        """Return the value at a time, of a curve that starts at 0."""
        before = int(np.searchsorted(self.times, time, side="right"))
        return float(self.value[before - 1]) if before else 0.0

    def by(self, time: float) -> Estimate:
        """Return the value at a time with its limits, of a curve that starts at 0.

        Examples
        --------
        >>> x = np.arange(1.0, 11.0)
        >>> curve = Curve(x, x / 20, x / 40, x / 10, 200)
        >>> curve.by(3.5).as_dict()
        {'estimate': 0.15, 'low': 0.075, 'high': 0.3}
        >>> round(curve.by(0.5).high, 4), Curve(x[:0], x[:0], x[:0], x[:0], 0).by(1.0).estimate
        (0.0188, None)
        """
        if not self.n:
            return nothing()
        before = int(np.searchsorted(self.times, time, side="right"))
        if not before:
            return Estimate(0.0, *wilson_limits(0.0, self.n), self.n)
        k = before - 1
        return Estimate(float(self.value[k]), float(self.low[k]), float(self.high[k]), self.n)


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
        seen = float(np.count_nonzero(event | competing))  # what a share of 0 or 1 rests on
        inside = (variance > 0) & (value > 0) & (value < 1)
        effective = np.where((value > 0) & (value < 1), float(n), seen)
        np.divide(value * (1 - value), variance, out=effective, where=inside)
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
