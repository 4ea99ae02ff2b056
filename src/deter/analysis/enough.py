"""How many replications are enough: how an interval shrinks as more are run.

What is asked beforehand, not when to stop: the rule by which a sweep stops is in
:mod:`deter.experiments.stopping`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deter.analysis.contrasts import correlation, mean_difference, tango_limits
from deter.analysis.estimates import (
    Estimate,
    Z,
    bounded_mean,
    nothing,
    proportion,
    typical,
    wilson_limits,
)
from deter.analysis.rows import Bools, Floats
from deter.errors import DeterError

MOST = 10**9
"""Replications beyond which more are not counted."""

STEPS = (1, 2, 4, 8, 16)
"""How many times the replications there are, in the table of what more would bring."""


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
    now = bounded_mean(values, 0.0, span, typical(values))
    n = len(values)
    if now.estimate is None or n == 0 or span <= 0:
        return Needed(now, None, (), target, None, None)
    share = now.estimate / span
    room = share * (1 - share)
    if room > 0:
        dispersion = min(float(values.var()) / span**2 / room, 1.0)
    else:
        dispersion = min((typical(values) or span) / span, 1.0)
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
