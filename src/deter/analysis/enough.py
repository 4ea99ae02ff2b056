"""How many replications are enough, and a rule for stopping that does not spoil the interval.

Stopping when an interval looks narrow enough favours samples that look too certain: with Wilson's
interval, stopped at its own width, rare probabilities are covered in 84 % of procedures and not
95 %. The rule here uses the exact interval of Clopper and Pearson at 96 %, and stops at the first
look at which *both* limits are within the half-width of the estimate. The interval told at the end
is the same one. Its coverage was worked out exactly (by the law of the count at each look) for
half-widths from 0.01 to 0.2, looks every 1 to 200 replications from 20 to 400 on, and some hundred
probabilities from 0.0001 to 0.5: never below 0.95. The price is about a tenth more replications
than with Wilson's. With no event at all the upper limit is 4 / n, so that seeing nothing is no
reason to stop.

References
----------
Clopper and Pearson (1934), Biometrika 26: 404-413; fixed-width sequential intervals of a share:
Frey (2010), Am. Stat. 64: 242-249; of a mean: Chow and Robbins (1965), Ann. Math. Stat. 36:
457-462.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from deter.analysis.contrasts import correlation, mean_difference, tango_limits
from deter.analysis.estimates import Estimate, Z, bounded_mean, nothing, proportion, wilson_limits
from deter.analysis.rows import Bools, Floats
from deter.errors import DeterError

ALPHA = 0.04
"""Error of the interval at each look; 5 % remain for the procedure as a whole."""

MINIMUM = 100
"""Replications before the first look where nothing else is said."""

MOST = 10**9
"""Replications beyond which more are not counted."""

STEPS = (1, 2, 4, 8, 16)
"""How many times the replications there are, in the table of what more would bring."""


def interval(successes: int, n: int) -> tuple[float, float]:
    """Return the interval of a probability that holds whenever one stopped: 95 %.

    Examples
    --------
    >>> [round(x, 4) for x in interval(0, 400)]
    [0.0, 0.0097]
    """
    if n <= 0:
        return 0.0, 1.0
    low, high = intervals(np.array([successes]), np.array([n]))
    return float(low[0]), float(high[0])


def intervals(successes: NDArray[np.int64], n: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return :func:`interval` of many, each seen in ``n`` trials."""
    k, m = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    low = np.where(k > 0, betaincinv(np.maximum(k, 0.5), m - k + 1, ALPHA / 2), 0.0)
    high = np.where(k < m, betaincinv(k + 1, np.maximum(m - k, 0.5), 1 - ALPHA / 2), 1.0)
    return low, high


def stop(successes: int, n: int, half_width: float, minimum: int = MINIMUM) -> bool:
    """Tell whether replications are enough for a probability to a half-width.

    Ask at looks that do not depend on what was seen, such as after every block.

    Parameters
    ----------
    successes, n : int
        Replications in which the event happened, and all.
    half_width : float
        How far either limit of the interval may be from the estimate.
    minimum : int
        Replications before which it never stops.

    Examples
    --------
    >>> stop(0, 200, 0.01), stop(0, 400, 0.01)
    (False, True)
    """
    if not 0 < half_width < 1:
        raise DeterError(f"a half-width of a probability is above 0 and below 1, not {half_width}")
    if n < max(minimum, 1):
        return False
    low, high = interval(successes, n)
    return max(high - successes / n, successes / n - low) <= half_width


def mean_interval(values: Floats, span: float) -> tuple[float, float]:
    """Return the interval of a mean of values from 0 to ``span`` that goes with :func:`stop_mean`.

    That of :func:`~deter.analysis.estimates.bounded_mean`, widened from 95 to 96 %.
    """
    e = bounded_mean(values, 0.0, span, _size(values))
    if e.estimate is None or e.low is None or e.high is None:
        return 0.0, span
    wider = 2.0537489106318225 / Z
    return (
        max(e.estimate - wider * (e.estimate - e.low), 0.0),
        min(e.estimate + wider * (e.high - e.estimate), span),
    )


def stop_mean(values: Floats, half_width: float, span: float, minimum: int = MINIMUM) -> bool:
    """Tell whether replications are enough for the mean of a quantity to a half-width.

    Holds for many values (Chow and Robbins); with few that are not 0 take a larger minimum.

    Parameters
    ----------
    values : array
        One a replication, from 0 to ``span``.
    half_width : float
        How far either limit may be from the mean, in the unit of the values.
    span : float
        Width of the range.
    minimum : int
        Replications before which it never stops.
    """
    if not half_width > 0:
        raise DeterError(f"a half-width is above 0, not {half_width}")
    if len(values) < max(minimum, 1):
        return False
    low, high = mean_interval(values, span)
    middle = float(values.mean())
    return max(high - middle, middle - low) <= half_width


def _size(values: Floats) -> float | None:
    total = float(np.abs(values).sum())
    return float((values**2).sum()) / total if total > 0 else None


@dataclass(frozen=True)
class Needed:
    """How the interval of one estimate shrinks with more replications.

    Attributes
    ----------
    now : Estimate
        What is known.
    half_width : float or None
        Distance of the farther limit from the estimate now.
    steps : tuple of (int, float)
        Replications, and the half-width to expect if what was seen goes on.
    target : float or None
        Half-width asked for.
    more : int or None
        Further replications to expect for it; 0 where it is reached, None where none is asked for
        or it is out of reach.
    at_most : int or None
        Further replications if the truth is the limit of the interval at which most are needed.
    """

    now: Estimate
    half_width: float | None
    steps: tuple[tuple[int, float], ...]
    target: float | None
    more: int | None
    at_most: int | None


def for_probability(happened: Bools, target: float | None = None) -> Needed:
    """Return how Wilson's interval of a probability shrinks.

    Examples
    --------
    >>> found = for_probability(np.arange(400) < 40, 0.01)
    >>> found.more, found.at_most
    (3361, 4317)
    """
    now = proportion(happened)
    return _of_share(now, 1.0, len(happened), target)


def for_mean(values: Floats, span: float, target: float | None = None) -> Needed:
    """Return how the interval of a mean of values from 0 to ``span`` shrinks."""
    now = bounded_mean(values, 0.0, span, _size(values))
    n = len(values)
    if now.estimate is None or n == 0 or span <= 0:
        return Needed(now, None, (), target, None, None)
    share = now.estimate / span
    room = share * (1 - share)
    if room > 0:
        dispersion = min(float(values.var()) / span**2 / room, 1.0)
    else:
        dispersion = min((_size(values) or span) / span, 1.0)
    return _of_share(now, dispersion, n, target, span)


def _of_share(
    now: Estimate, dispersion: float, n: int, target: float | None, span: float = 1.0
) -> Needed:
    if now.estimate is None or now.low is None or now.high is None:
        return Needed(now, None, (), target, None, None)
    if dispersion <= 0:
        return Needed(now, 0.0, (), target, None if target is None else 0, None)

    def width(share: float) -> Callable[[int], float]:
        def at(m: int) -> float:
            low, high = wilson_limits(share, m / dispersion)
            return span * max(high - share, share - low)

        return at

    p, low, high = now.estimate / span, now.low / span, now.high / span
    worst = min(max(0.5, low), high)
    return _needed(now, n, width(p), width(worst), target)


def _needed(
    now: Estimate,
    n: int,
    width: Callable[[int], float],
    worst: Callable[[int], float],
    target: float | None,
) -> Needed:
    steps = tuple((n * k, width(n * k)) for k in STEPS)
    if target is None:
        return Needed(now, width(n), steps, None, None, None)
    if not target > 0:
        raise DeterError(f"a half-width is above 0, not {target}")
    least, most = _least(width, target), _least(worst, target)
    more = None if least is None else max(least - n, 0)
    at_most = None if most is None else max(most - n, more or 0)
    return Needed(now, width(n), steps, target, more, at_most)


def _least(width: Callable[[int], float], target: float) -> int | None:
    """Return the fewest replications at which a width that falls with them meets the target."""
    low, high = 0, 1
    while width(high) > target:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if width(middle) <= target else (middle, high)
    return high


@dataclass(frozen=True)
class NeededPairs:
    """How the interval of a difference shrinks under shared luck, and what sharing is worth.

    Attributes
    ----------
    needed : Needed
        Of the paired difference.
    correlation : float
        Of the two frameworks' outcomes.
    unpaired : int or None
        Replications of each framework that would be needed without shared luck, in all.
    worth : float or None
        Variance of an unpaired difference over that of the paired one: so many times as many
        replications would be needed without shared luck. None where no pair differs.
    """

    needed: Needed
    correlation: float
    unpaired: int | None
    worth: float | None


def for_difference(
    here: Floats, there: Floats, target: float | None = None, span: float = 1.0
) -> NeededPairs:
    """Return how the interval of a paired difference shrinks.

    Parameters
    ----------
    here, there : array (pairs,)
        Outcomes under two frameworks: 0 or 1 for an event, or a number from 0 to ``span``.
    target : float, optional
        Half-width asked for.
    span : float
        Width of the range.
    """
    a, b = np.asarray(here, dtype=np.float64), np.asarray(there, dtype=np.float64)
    n = len(a)
    if n == 0:
        return NeededPairs(Needed(nothing(), None, (), target, None, None), 0.0, None, None)
    r = correlation(a, b)
    paired = float((a - b).var())
    apart = float(a.var() + b.var())
    worth = apart / paired if paired > 0 else None
    if all(np.isin(part, (0.0, 1.0)).all() for part in (a, b)):
        gained, dropped = int(np.count_nonzero(a > b)), int(np.count_nonzero(b > a))
        low, high = tango_limits(gained, dropped, n)
        now = Estimate((gained - dropped) / n, low, high, n, method="Tango, paired")

        def width(m: int) -> float:
            return _tango_width(gained / n, dropped / n, m)

        # As many pairs may differ as Wilson's upper limit says, with the same balance.
        differ = (gained + dropped) / n
        more = wilson_limits(differ, n)[1]
        share = gained / (gained + dropped) if gained + dropped else 0.5

        def worst(m: int) -> float:
            return _tango_width(more * share, more * (1 - share), m)

    else:
        now = mean_difference(a, b, span)
        seen = max(
            (now.high or 0.0) - (now.estimate or 0.0), (now.estimate or 0.0) - (now.low or 0.0)
        )

        def width(m: int) -> float:
            return seen * math.sqrt(n / m)

        # The variance itself is known to about z √(2 / n), more with heavy tails.
        fourth = float(((a - b - (a - b).mean()) ** 4).mean()) / paired**2 if paired > 0 else 3.0
        inflated = math.sqrt(1 + Z * math.sqrt(max(fourth - 1, 0.0) / n))

        def worst(m: int) -> float:
            return inflated * width(m)

    needed = _needed(now, n, width, worst, target)
    unpaired = None
    if target is not None and apart > 0:
        unpaired = math.ceil(apart * (Z / target) ** 2)
    return NeededPairs(needed, r, unpaired, worth)


def _tango_width(gained: float, dropped: float, m: int) -> float:
    """Return the half-width of Tango's interval at ``m`` pairs, counts not rounded."""
    low, high = tango_limits(gained * m, dropped * m, m)  # type: ignore[arg-type]
    middle = gained - dropped
    return max(high - middle, middle - low)


@dataclass(frozen=True)
class Covered:
    """What a stopping rule does, over simulated procedures.

    Attributes
    ----------
    p, half_width : float
        Probability simulated, and the half-width asked for.
    coverage : Estimate
        Share of procedures whose interval holds the probability.
    mean_n : float
        Replications it took on average.
    unfinished : int
        Procedures that had not stopped at the last look.
    """

    p: float
    half_width: float
    coverage: Estimate
    mean_n: float
    unfinished: int


def simulated(
    p: float,
    half_width: float,
    looks: Sequence[int],
    procedures: int = 5000,
    minimum: int = MINIMUM,
    seed: int = 1,
) -> Covered:
    """Simulate the stopping rule with looks at fixed numbers of replications.

    Parameters
    ----------
    p : float
        Probability of the event.
    half_width : float
        Asked for.
    looks : sequence of int
        Replications at each look, rising; at the last it stops in any case.
    procedures : int
        How many.
    minimum : int
        As for :func:`stop`.
    seed : int
        Of the simulation.
    """
    rng = np.random.default_rng(seed)
    successes = np.zeros(procedures, dtype=np.int64)
    open_ = np.ones(procedures, dtype=np.bool_)
    held = np.zeros(procedures, dtype=np.bool_)
    spent = np.zeros(procedures)
    before, unfinished = 0, 0
    for look, n in enumerate(looks):
        successes[open_] += rng.binomial(n - before, p, int(open_.sum()))
        before = n
        low, high = intervals(successes, np.full(procedures, n))
        share = successes / n
        narrow = (np.maximum(high - share, share - low) <= half_width) & (n >= minimum)
        if look == len(looks) - 1:
            unfinished = int(np.count_nonzero(open_ & ~narrow))
            narrow[:] = True
        done = open_ & narrow
        held[done] = (low[done] <= p) & (p <= high[done])
        spent[done] = n
        open_ &= ~narrow
        if not open_.any():
            break
    what = f"procedures whose interval holds {p:g}, stopped at a half-width of {half_width:g}"
    coverage = proportion(held).labelled(unit="1", what=what)
    return Covered(p, half_width, coverage, float(spent.mean()), unfinished)
