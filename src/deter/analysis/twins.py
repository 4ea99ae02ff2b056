"""Twins: what became of the same replication under the reference and under a framework.

How the two histories of a pair belong together is not identified without the coupling: shares are
those *under shared luck*. What each framework shows by itself, its margin, only bounds them; the
sharp bounds over all couplings stand beside every share.

References
----------
Bounds of a joint law with given margins: Fréchet (1951); Makarov (1981). Sharpness here by the
theorem of Hall (1935), applied to the two empirical margins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deter.analysis.contrasts import mean_difference
from deter.analysis.estimates import Estimate, proportion
from deter.analysis.rows import Bools, Floats, Sample, matched

Ints = NDArray[np.int64]

CLASSES = ("deterred", "provoked", "delayed", "hastened", "same", "never", "lost_first")
"""What the framework did to a replication's first attack, in the order in which it is told."""

MEANINGS = {
    "deterred": "attacked under the reference, not under the framework",
    "provoked": "attacked under the framework, not under the reference",
    "delayed": "attacked under both, more than 30 days later under the framework",
    "hastened": "attacked under both, more than 30 days earlier under the framework",
    "same": "attacked under both, within 30 days",
    "never": "attacked under neither",
    "lost_first": "ended without an attack under at least one, by loss or major war",
}

DELAY_YEARS = 30 / 365.25


@dataclass(frozen=True)
class TwinShare:
    """The share of pairs in a class.

    Attributes
    ----------
    share : Estimate
        Under shared luck.
    least, most : float
        Bounds over all ways to pair the two frameworks' histories.
    """

    share: Estimate
    least: float
    most: float


@dataclass(frozen=True)
class Twins:
    """Shares of a framework's twins by class, and its gain in attack-free years.

    Attributes
    ----------
    classes : dict of str to TwinShare
        By the words of :data:`CLASSES`.
    attack_free_years : Estimate
        Mean gain in years before the first attack, under shared luck.
    n : int
        Pairs.
    """

    classes: dict[str, TwinShare]
    attack_free_years: Estimate
    n: int


@dataclass(frozen=True)
class _Pairs:
    """First times of matched pairs; infinite where there was no attack."""

    here: Floats
    there: Floats
    here_lost: Bools
    there_lost: Bools

    @staticmethod
    def of(here: Sample, there: Sample, first: str) -> _Pairs:
        return _Pairs(
            here.time_or_never(first),
            there.time_or_never(first),
            here.ended_early(first),
            there.ended_early(first),
        )

    def classes(self) -> dict[str, Bools]:
        """Tell of each pair whether it is in each class; every pair is in one."""
        came, before = np.isfinite(self.here), np.isfinite(self.there)
        both = came & before
        later = np.where(both, self.here, 0.0) - np.where(both, self.there, 0.0)
        out = self.here_lost | self.there_lost
        return {
            "deterred": before & ~came & ~out,
            "provoked": came & ~before & ~out,
            "delayed": both & (later > DELAY_YEARS),
            "hastened": both & (later < -DELAY_YEARS),
            "same": both & (np.abs(later) <= DELAY_YEARS),
            "never": ~came & ~before & ~out,
            "lost_first": out,
        }


def twins(here: Sample, there: Sample, first: str = "full_attack") -> Twins:
    """Return the twins' shares of a framework (``here``) against the reference (``there``)."""
    left, right = matched((here, there))
    pairs = _Pairs.of(left, right, first)
    bounds = _bounds(pairs) if len(left) else dict.fromkeys(CLASSES, (0.0, 1.0))
    classes = {
        name: TwinShare(_worded(name, members, first), *bounds[name])
        for name, members in pairs.classes().items()
    }
    gain = mean_difference(left.time("attack"), right.time("attack"), left.horizon)
    what = "gain in mean years before the first attack, under shared luck"
    return Twins(classes, gain.labelled(unit="y", what=what), len(left))


def deterred(here: Sample, there: Sample) -> Estimate:
    """Return the share of pairs with a full attack under the reference only."""
    return _share("deterred", here, there)


def provoked(here: Sample, there: Sample) -> Estimate:
    """Return the share of pairs with a full attack under the framework only."""
    return _share("provoked", here, there)


def _share(name: str, here: Sample, there: Sample) -> Estimate:
    left, right = matched((here, there))
    pairs = _Pairs.of(left, right, "full_attack")
    return _worded(name, pairs.classes()[name], "full_attack")


def _worded(name: str, members: Bools, first: str) -> Estimate:
    what = f"share of all pairs, {first.replace('_', ' ')}, under shared luck: {MEANINGS[name]}"
    return proportion(members).labelled(unit="1", what=what)


def _bounds(pairs: _Pairs) -> dict[str, tuple[float, float]]:
    """Return the sharp bounds of each class over all couplings of the two margins."""
    came, before = np.isfinite(pairs.here), np.isfinite(pairs.there)
    quiet_here, quiet_there = ~came & ~pairs.here_lost, ~before & ~pairs.there_lost
    return {
        "deterred": frechet(before.mean(), quiet_here.mean()),
        "provoked": frechet(came.mean(), quiet_there.mean()),
        "delayed": later_bounds(pairs.there, pairs.here, DELAY_YEARS),
        "hastened": later_bounds(pairs.here, pairs.there, DELAY_YEARS),
        "same": within_bounds(pairs.there, pairs.here, DELAY_YEARS),
        "never": frechet(quiet_here.mean(), quiet_there.mean()),
        "lost_first": _either(pairs.here_lost.mean(), pairs.there_lost.mean()),
    }


def frechet(one: float, other: float) -> tuple[float, float]:
    """Return Fréchet's bounds of the probability of both, from the probability of each.

    Examples
    --------
    >>> frechet(0.75, 0.5)
    (0.25, 0.5)
    """
    return float(max(one + other - 1.0, 0.0)), float(min(one, other))


def _either(one: float, other: float) -> tuple[float, float]:
    return float(max(one, other)), float(min(one + other, 1.0))


def later_bounds(first: Floats, second: Floats, by: float) -> tuple[float, float]:
    """Return the least and most pairs with a finite ``second`` more than ``by`` after ``first``.

    Shares over all ways to pair the two equally long arrays; infinite where there was no event.
    """
    n = len(first)
    start = np.sort(first[np.isfinite(first)]) + by
    most = _matching(start, np.sort(second[np.isfinite(second)]))
    ends = np.where(np.isfinite(second), second, -np.inf)
    not_later = _matching(np.sort(ends), np.sort(first + by), equal=True)
    return (n - not_later) / n, most / n


def _matching(low: Floats, high: Floats, *, equal: bool = False) -> int:
    """Return the most pairs (l, h) with l < h, or l <= h, that sorted arrays allow.

    Taken in rising order, each of ``high`` adds a pair if more of ``low`` lie below it than are
    paired already: after j of them there are min(pairs + 1, below_j), written out at once here.
    """
    below = np.searchsorted(low, high, side="right" if equal else "left")
    to_come = len(high) - 1 - np.arange(len(high))
    return int((below + to_come).min(initial=len(high)))


def within_bounds(first: Floats, second: Floats, by: float) -> tuple[float, float]:
    """Return the least and most pairs of finite times at most ``by`` apart, as shares.

    The most by greedy matching of sorted times. The least by Hall's theorem: pairs are forced
    together only if a short window holds so many of both that the others cannot take them apart.
    """
    n = len(first)
    one, other = (np.sort(times[np.isfinite(times)]) for times in (first, second))
    return max(_crowding(one, other, by) - n, 0) / n, _near(one, other, by) / n


def _near(one: Floats, other: Floats, by: float) -> int:
    """Return the most pairs at most ``by`` apart: each takes the earliest that is left."""
    left, right = one.data, other.data  # quicker to walk along than an array
    i = j = pairs = 0
    while i < len(left) and j < len(right):
        gap = right[j] - left[i]
        if abs(gap) <= by:
            i, j, pairs = i + 1, j + 1, pairs + 1
        elif gap > by:
            i += 1
        else:
            j += 1
    return pairs


def _crowding(one: Floats, other: Floats, by: float) -> int:
    """Return the most that a window of ``one`` and those of ``other`` near all of it can hold.

    A window from a to e, at most ``2 * by`` long, holds e - a + 1 of the one and of the other
    those from ``by`` before e to ``by`` after a: a part that depends on e and one that depends
    on a. For each a the best e is the largest of a stretch.
    """
    if not len(one):
        return 0
    places = np.arange(len(one))
    at_end = places + 1 - np.searchsorted(other, one - by, side="left")
    at_start = np.searchsorted(other, one + by, side="right") - places
    last = np.searchsorted(one, one + 2 * by, side="right")
    return int((at_start + _largest(at_end, places, last)).max())


def _largest(values: Ints, start: Ints, stop: Ints) -> Ints:
    """Return the largest of the values from each start to before its stop.

    Two stretches of a power of two cover any stretch; their largest values are found by doubling.
    """
    found = np.empty_like(values)
    length, spans = 1, values
    rest = stop - start
    while len(spans):
        here = np.flatnonzero((rest >= length) & (rest < 2 * length))
        found[here] = np.maximum(spans[start[here]], spans[stop[here] - length])
        spans = np.maximum(spans[:-length], spans[length:])
        length *= 2
    return found
