"""How well predicted hazards fit what happened and when: scores for right-censored times.

All functions are pure. Weights are how often each subject counts; a bootstrap is a stack of such
weights (:func:`resampled`), so that two predictions are scored on the same draws and their
difference has an interval of its own.

References
----------
Harrell et al. (1996), Stat. Med. 15: 361-387 (C). Graf et al. (1999), Stat. Med. 18: 2529-2545
(Brier score, weighted by the inverse probability of censoring). Kaplan and Meier (1958), J. Am.
Stat. Assoc. 53: 457-481. Gneiting and Raftery (2007), J. Am. Stat. Assoc. 102: 359-378 (log score).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import Estimate
from deter.analysis.rows import Bools, Floats

DRAWS = 2000
"""Bootstrap draws."""

TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class Hazards:
    """Predicted hazards of some subjects, constant within bands of time.

    Attributes
    ----------
    edges : array
        Where bands begin, years, the first 0; the last band has no end.
    rates : array, subjects by bands
        Events a year.
    """

    edges: Floats
    rates: Floats

    def at(self, times: Floats) -> Floats:
        """Return each subject's hazard just before its time, per year."""
        return np.asarray(self.rates[np.arange(len(times)), _band(self.edges, times)])

    def cumulative(self, times: Floats) -> Floats:
        """Return each subject's hazard summed from 0 to its time."""
        return np.asarray((self.rates * _spent(self.edges, times)).sum(axis=1))

    def risk(self, horizon: float) -> Floats:
        """Return each subject's probability of an event by a time."""
        return -np.expm1(-self.cumulative(np.full(len(self.rates), horizon)))

    def times(self, factor: Floats | float) -> Hazards:
        """Return the hazards multiplied, by one factor or one a subject."""
        return Hazards(self.edges, self.rates * np.reshape(factor, (-1, 1)))


def _band(edges: Floats, times: Floats) -> NDArray[np.int64]:
    """Return in which band each time falls; one on an edge in the band that ends there."""
    return np.clip(np.searchsorted(edges, times, side="left") - 1, 0, None)


def _spent(edges: Floats, times: Floats) -> Floats:
    """Return the time from 0 to each time that falls in each band, times by bands."""
    ends = np.append(edges[1:], np.inf)
    return np.asarray(np.clip(np.minimum(times[:, None], ends) - edges, 0.0, None))


def constant(rates: Floats) -> Hazards:
    """Return hazards that do not change with time."""
    return Hazards(np.zeros(1), np.asarray(rates, dtype=np.float64).reshape(-1, 1))


def band_rates(times: Floats, event: Bools, edges: Floats) -> Floats:
    """Return hazards by band of time from many histories of one subject.

    Half an event is added, spread over the bands by their exposure, so that no hazard is zero and
    an event where none was seen in the simulation costs a finite score.

    Parameters
    ----------
    times : array
        Years to the event, or to the end of the history without one.
    event : array of bool
        Whether it came.
    edges : array
        Where bands begin, years, the first 0.

    Examples
    --------
    >>> band_rates(np.array([1.0, 2.0, 2.0]), np.array([True, False, False]), np.array([0.0]))
    array([0.3])
    """
    exposure = _spent(edges, times).sum(axis=0)
    band = _band(edges, times[event])
    hits = np.bincount(band, minlength=len(edges)).astype(np.float64)
    seen = np.divide(hits, exposure, out=np.zeros(len(edges)), where=exposure > 0)
    return np.asarray(seen + 0.5 / exposure.sum())


def resampled(clusters: Sequence[str], draws: int = DRAWS, seed: int = 1) -> Floats:
    """Return bootstrap weights, draws by subjects: whole clusters drawn with replacement."""
    _, place = np.unique(np.asarray(clusters), return_inverse=True)
    count = int(place.max()) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=draws)
    return np.asarray(drawn, dtype=np.float64)[:, place]


def comparable(times: Floats, event: Bools) -> Bools:
    """Tell of each pair whether the first is known to have had its event before the second.

    One that is censored at the time of another's event outlived it.
    """
    earlier = times[:, None] < times[None, :]
    outlived = (times[:, None] == times[None, :]) & ~event[None, :]
    return np.asarray(event[:, None] & (earlier | outlived))


def concordance(risk: Floats, times: Floats, event: Bools, weights: Floats) -> Floats:
    """Return Harrell's C for each row of weights; NaN where no pair can be compared.

    The share of comparable pairs in which the one with the earlier event had the higher risk;
    equal risks count half.
    """
    pairs = comparable(times, event)
    right = np.sign(risk[:, None] - risk[None, :]) / 2 + 0.5
    agreed = np.einsum("bi,ij,bj->b", weights, pairs * right, weights, optimize=True)
    total = np.einsum("bi,ij,bj->b", weights, pairs.astype(np.float64), weights, optimize=True)
    share = np.divide(agreed, total, out=np.full(len(total), np.nan), where=total > 0)
    return np.asarray(share)


def log_scores(hazards: Hazards, times: Floats, event: Bools) -> Floats:
    """Return each subject's log likelihood: log hazard at its event less the hazard gone through.

    The higher the better.
    """
    gone = hazards.cumulative(times)
    return np.where(event, np.log(hazards.at(times)), 0.0) - gone


def per_year(scores: Floats, times: Floats, weights: Floats) -> Floats:
    """Return the sum of scores over the sum of exposures, for each row of weights."""
    return np.asarray((weights @ scores) / (weights @ times))


def censoring_before(times: Floats, event: Bools, at: Floats, weights: Floats) -> Floats:
    """Return the probability of not being censored before some times, for each row of weights.

    Kaplan-Meier with the roles exchanged. Where both fall on one time the event came first, so
    that its subject is no longer at risk of being censored then.
    """
    steps = np.unique(times[~event])
    hits = (times[:, None] == steps) & ~event[:, None]
    return _product_limit(steps, (times[:, None] > steps) | hits, hits, at, weights)


def _product_limit(steps: Floats, there: Bools, hits: Bools, at: Floats, weights: Floats) -> Floats:
    """Return Kaplan-Meier survival just before some times; who is there and hit, by step."""
    risk = weights @ there.astype(np.float64)
    gone = weights @ hits.astype(np.float64)
    kept = 1 - np.divide(gone, risk, out=np.zeros_like(gone), where=risk > 0)
    curve = np.concatenate((np.ones((len(weights), 1)), np.cumprod(kept, axis=1)), axis=1)
    return np.asarray(curve[:, np.searchsorted(steps, at, side="left")])


def ipcw_brier(
    risk: Floats, times: Floats, event: Bools, horizon: float, weights: Floats
) -> Floats:
    """Return the Brier score of predicted risks at a horizon, for each row of weights.

    Subjects censored before the horizon are left out, and those like them that were not count for
    more, by the inverse of their probability of still being watched. One that is watched until
    the horizon itself without an event counts as event-free.

    Parameters
    ----------
    risk : array
        Predicted probability of an event by the horizon; one a subject, or one row of weights each.
    times, event : array
        What happened.
    horizon : float
        Years.
    weights : array, draws by subjects
        How often each counts.
    """
    came = event & (times <= horizon)
    known = came | (times >= horizon)
    watched = censoring_before(times, event, np.minimum(times, horizon), weights)
    squares = np.where(came, 1 - risk, risk) ** 2
    lost = np.divide(squares, watched, out=np.zeros_like(watched), where=known & (watched > 0))
    return np.asarray((weights * lost).sum(axis=1) / weights.sum(axis=1))


def interval(value: float, draws: Floats, n: int, *, unit: str, what: str) -> Estimate:
    """Return an estimate with the interval between bootstrap percentiles."""
    kept = draws[np.isfinite(draws)]
    if not np.isfinite(value) or len(kept) < 2:
        return Estimate(None, None, None, n, unit, what, "bootstrap")
    low, high = np.percentile(kept, TAILS)
    return Estimate(float(value), float(low), float(high), n, unit, what, "bootstrap over clusters")


@dataclass(frozen=True)
class Group:
    """Subjects of about the same predicted risk, and what became of them.

    Attributes
    ----------
    n, events : int
        Subjects, and events seen by the horizon.
    predicted, least, most : float
        Mean, smallest and largest predicted risk.
    observed, low, high : float
        One less Kaplan-Meier survival at the horizon, with a 95 % interval.
    """

    n: int
    events: int
    predicted: float
    least: float
    most: float
    observed: float
    low: float
    high: float


def calibration(
    risk: Floats, times: Floats, event: Bools, horizon: float, groups: int = 4
) -> tuple[Group, ...]:
    """Return groups of equal size in order of predicted risk, with what was observed in each."""
    order = np.argsort(risk, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    return tuple(_group(risk[part], times[part], event[part], horizon) for part in parts)


def _group(risk: Floats, times: Floats, event: Bools, horizon: float) -> Group:
    from deter.analysis.survival import cumulative_incidence

    came = event & (times <= horizon)
    cut = np.minimum(times, horizon)
    curve = cumulative_incidence(cut, came, np.zeros(len(cut), dtype=np.bool_))
    if len(curve.times):
        observed, low, high = (float(x[-1]) for x in (curve.value, curve.low, curve.high))
    else:
        from deter.analysis.estimates import wilson_limits

        watched = float((times >= horizon).sum())
        observed, (low, high) = 0.0, wilson_limits(0.0, watched)
    return Group(
        n=len(risk),
        events=int(came.sum()),
        predicted=float(risk.mean()),
        least=float(risk.min()),
        most=float(risk.max()),
        observed=observed,
        low=low,
        high=high,
    )
