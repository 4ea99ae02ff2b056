"""How long peace lasts under each framework, and whether that differs: curves, points, tests.

Two questions that competing ends keep apart. *Survival* (Kaplan-Meier) asks how fast attacks come
while the protégé stands: a history that ends early, lost or in a major war, is censored there.
*Incidence* (Aalen-Johansen) asks in which share of all histories an attack has come: after an
early end none can. Each has its log-rank test: of survival that of the cause-specific hazard, of
incidence Gray's, whose risk set keeps those that ended early; with every history followed to its
end or the horizon that is the log-rank test with their times put at the horizon.

Frameworks met the same luck, so that their histories are pairs, which the log-rank test takes for
independent: its p is then too large where pairs agree. The paired test has the same numerator. A
framework's observed less expected events are the sum of its histories' martingale residuals in
the pooled sample, which stays as it is when the two histories of a pair change places; so the
numerator's law under that exchange is known: it is half the sum of the pairs' differences, each
with a random sign.

References
----------
Mantel (1966), Cancer Chemother. Rep. 50: 163-170; Gray (1988), Ann. Stat. 16: 1141-1154; tests by
exchange within pairs: Pitman (1937), J. R. Stat. Soc. Suppl. 4: 119-130.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from deter.analysis.contrasts import proportion_difference
from deter.analysis.estimates import Estimate
from deter.analysis.groups import holm
from deter.analysis.medians import median_time
from deter.analysis.rows import Bools, Floats, Sample, matched, sample
from deter.analysis.survival import Curve, cumulative_incidence, kaplan_meier
from deter.experiments.rows import Rows

EXACT_PAIRS = 16
"""Pairs that differ up to which every assignment of signs is counted; beyond, the normal law."""

YEARS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0)
"""Years at which curves are read."""


@dataclass(frozen=True)
class Peace:
    """How long peace lasts under one framework.

    Attributes
    ----------
    framework : str
        Its name.
    survival : Curve
        Kaplan-Meier, early ends censored, with its log-minus-log band.
    incidence : Curve
        Aalen-Johansen, early ends competing.
    come : dict of float to Estimate
        Incidence by some years.
    stands : dict of float to Estimate
        Survival at some years.
    median : Estimate
        Median time, years, read off the incidence; None where not reached.
    events, early, censored, n : int
        Histories in which it came, that ended early without it, that reached the horizon
        without it, and in all.
    """

    framework: str
    survival: Curve
    incidence: Curve
    come: dict[float, Estimate]
    stands: dict[float, Estimate]
    median: Estimate
    events: int
    early: int
    censored: int
    n: int


@dataclass(frozen=True)
class LogRank:
    """Two log-rank tests of one pair of frameworks.

    Attributes
    ----------
    one, other : str
        The frameworks.
    observed, expected : float
        Events under ``one``, and those expected there if the two were alike.
    p_independent : float
        Two-sided p, the histories taken for independent.
    p_paired : float
        Two-sided p of the exchange within pairs.
    told : bool
        Whether the paired test tells them apart, all pairs of frameworks at once (Holm, 5 %).
    """

    one: str
    other: str
    observed: float
    expected: float
    p_independent: float
    p_paired: float
    told: bool = False


@dataclass(frozen=True)
class PeaceTable:
    """How long peace lasts under several frameworks.

    Attributes
    ----------
    first : str
        The event: a first of the rows, as ``attack`` or ``full_attack``.
    horizon : float
        Length of a history, years.
    frameworks : tuple of Peace
        In the order of the table.
    survival_tests, incidence_tests : tuple of LogRank
        Of every pair of frameworks.
    gaps : dict of str to dict of float to Estimate
        Difference of incidence from the first framework's by some years, over pairs.
    n : int
        Replications that ran to their end under all.
    """

    first: str
    horizon: float
    frameworks: tuple[Peace, ...]
    survival_tests: tuple[LogRank, ...]
    incidence_tests: tuple[LogRank, ...]
    gaps: dict[str, dict[float, Estimate]]
    n: int


def peace(
    table: Rows | pd.DataFrame,
    horizon: float,
    first: str = "attack",
    years: Sequence[float] = YEARS,
    frameworks: Sequence[str] | None = None,
) -> PeaceTable:
    """Describe how long peace lasts under each framework of a table, and test all pairs.

    Parameters
    ----------
    table : Rows or pandas.DataFrame
        Rows of replications.
    horizon : float
        Length of a history, years.
    first : str
        Which first ends peace: ``attack``, ``full_attack``, ``limited_attack``, ``force``,
        ``incident``, ``war`` or ``major``.
    years : sequence of float
        At which to read the curves; those beyond the horizon are left out.
    frameworks : sequence of str, optional
        Which, the one that others are compared with first; all where not given.
    """
    rows = Rows.of(table)
    names = list(frameworks or rows.frameworks)
    samples = matched([sample(rows, name, horizon) for name in names])
    at = sorted({y for y in years if y < horizon} | {horizon})
    described = [_described(s, first, at) for s in samples]
    survival, incidence = {}, {}
    for (one, left), (other, right) in combinations(zip(names, samples, strict=True), 2):
        came = left.happened(first), right.happened(first)
        times = left.time(first), right.time(first)
        survival[one, other] = log_rank((one, other), times, came)
        kept = tuple(np.where(c, t, horizon) for c, t in zip(came, times, strict=True))
        incidence[one, other] = log_rank((one, other), (kept[0], kept[1]), came)
    return PeaceTable(
        first=first,
        horizon=horizon,
        frameworks=tuple(described),
        survival_tests=_judged(survival),
        incidence_tests=_judged(incidence),
        gaps={s.framework: _gaps(s, samples[0], first, at) for s in samples[1:]},
        n=len(samples[0]) if samples else 0,
    )


def _described(s: Sample, first: str, years: Sequence[float]) -> Peace:
    came, early, times = s.happened(first), s.ended_early(first), s.time(first)
    survival = kaplan_meier(times, came)
    incidence = cumulative_incidence(times, came, early)
    words = first.replace("_", " ")
    return Peace(
        framework=s.framework,
        survival=survival,
        incidence=incidence,
        come={
            y: at_time(incidence, y, f"share in which a {words} has come by {y:g} y", 0.0)
            for y in years
        },
        stands={
            y: at_time(
                survival, y, f"survival without a {words} to {y:g} y, early ends censored", 1.0
            )
            for y in years
        },
        median=median_time(incidence).labelled(unit="y", what=f"median time to a {words}"),
        events=int(np.count_nonzero(came)),
        early=int(np.count_nonzero(early)),
        censored=int(np.count_nonzero(~came & ~early)),
        n=len(s),
    )


def at_time(curve: Curve, time: float, what: str, start: float) -> Estimate:
    """Return a curve's value at a time; before its first step it is ``start``, without a band.

    There the interval is Wilson's for nothing seen yet.
    """
    before = int(np.searchsorted(curve.times, time, side="right"))
    if before:
        i = before - 1
        three = float(curve.value[i]), float(curve.low[i]), float(curve.high[i])
        return Estimate(*three, curve.n, what=what, method="band of the curve")
    from deter.analysis.estimates import wilson_limits

    return Estimate(start, *wilson_limits(start, curve.n), curve.n, what=what, method="Wilson")


def residuals(times: Floats, came: Bools) -> tuple[Floats, Floats]:
    """Return each history's martingale residual and its expected events, in its own sample.

    Expected events are the Nelson-Aalen cumulative hazard at its time; the residual is what came,
    0 or 1, less that. Residuals of a sample add to 0.
    """
    grid, place = np.unique(times, return_inverse=True)
    hits = np.bincount(place[came], minlength=len(grid)).astype(np.float64)
    leaving = np.bincount(place, minlength=len(grid))
    risk = len(times) - np.concatenate(([0], np.cumsum(leaving)[:-1]))
    expected = np.cumsum(hits / risk)[place]
    return came - expected, expected


def log_rank(
    names: tuple[str, str], times: tuple[Floats, Floats], came: tuple[Bools, Bools]
) -> LogRank:
    """Test whether two frameworks' times differ, histories as independent and as pairs.

    Parameters
    ----------
    names : tuple of str
        The frameworks.
    times, came : tuple of arrays
        Years to the event or to the end without it, and whether it came; pair by pair.
    """
    pooled, events = np.concatenate(times), np.concatenate(came)
    n = len(times[0])
    left_over, expected = residuals(pooled, events)
    observed = float(np.count_nonzero(came[0]))
    variance = _hypergeometric(pooled, events, n)
    numerator = float(left_over[:n].sum())
    independent = _two_sided(numerator / math.sqrt(variance)) if variance > 0 else 1.0
    return LogRank(
        names[0],
        names[1],
        observed,
        float(expected[:n].sum()),
        independent,
        exchanged(left_over[:n] - left_over[n:]),
    )


def _hypergeometric(times: Floats, came: Bools, n: int) -> float:
    """Return the log-rank variance, where the first ``n`` of a pooled sample are one group."""
    grid, place = np.unique(times, return_inverse=True)

    def at_risk(members: np.ndarray) -> Floats:
        leaving = np.bincount(members, minlength=len(grid))
        return len(members) - np.concatenate(([0.0], np.cumsum(leaving)[:-1]))

    hits = np.bincount(place[came], minlength=len(grid)).astype(np.float64)
    risk, mine = at_risk(place), at_risk(place[:n])
    some = risk > 1
    share = mine[some] / risk[some]
    parts = hits[some] * share * (1 - share) * (risk[some] - hits[some]) / (risk[some] - 1)
    return float(parts.sum())


def exchanged(gaps: Floats) -> float:
    """Return the two-sided p of a sum of differences, each of either sign with equal chance.

    Counted out where few pairs differ, else by the normal law with the variance of that sum.

    Examples
    --------
    >>> exchanged(np.array([1.0, 1.0, 1.0, 0.0]))
    0.25
    """
    some = gaps[gaps != 0]
    if not len(some):
        return 1.0
    total = abs(float(some.sum()))
    if len(some) > EXACT_PAIRS:
        return _two_sided(total / math.sqrt(float((some**2).sum())))
    sums = np.zeros(1)
    for gap in some:
        sums = np.concatenate((sums + gap, sums - gap))
    slack = 1e-9 * float(np.abs(some).sum())
    return float(np.mean(np.abs(sums) >= total - slack))


def _two_sided(z: float) -> float:
    return float(2 * ndtr(-abs(z)))


def _judged(tests: dict[tuple[str, str], LogRank]) -> tuple[LogRank, ...]:
    from dataclasses import replace

    told = holm({pair: test.p_paired for pair, test in tests.items()})
    return tuple(replace(test, told=pair in told) for pair, test in tests.items())


def _gaps(here: Sample, there: Sample, first: str, years: Sequence[float]) -> dict[float, Estimate]:
    """Return differences of incidence by some years; no history is censored before the horizon."""
    words = first.replace("_", " ")
    left, right = here.time_or_never(first), there.time_or_never(first)
    return {
        y: proportion_difference(left <= y, right <= y).labelled(
            unit="1",
            what=f"difference, under shared luck, of the share in which a {words} has come by "
            f"{y:g} y",
        )
        for y in years
    }
