"""Where two curves swap places, found by runs that share their luck.

The curves are seen only through their paired difference D(x), with its 95 % interval, at values of
x that are run when asked for. A value belongs to the interval of the crossing if D there cannot be
told from 0: the interval inverts the test at each x (Fieller's way; Fieller 1954, J. R. Stat. Soc.
B 16: 175-185), so that it may have no end within the range, and says so. The range is laid out by
a grid and its edges are found by bisection: what happens between two points of the grid that agree
is not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from deter.analysis.estimates import Estimate

GRID, TOLERANCE = 9, 1 / 256
"""Points the range is laid out by, and the part of the range to which edges are found."""

METHOD = "values at which the paired difference cannot be told from 0"

Difference = Callable[[float], Estimate]
"""From a value to the paired difference there."""


@dataclass(frozen=True)
class Stretch:
    """A part of the range in which the verdict is one.

    Attributes
    ----------
    low, high : float
        Where it begins and ends.
    sign : int
        Of the difference: 1 or -1 where it is told from 0, 0 where it is not.
    """

    low: float
    high: float
    sign: int


@dataclass(frozen=True)
class Crossing:
    """A value at which the difference changes its sign.

    Attributes
    ----------
    at : Estimate
        The value; a limit is None where the interval has no end within the range.
    before : int
        Sign of the difference below it.
    sure : bool
        Whether the difference is told from 0 on both sides, with opposite signs.
    """

    at: Estimate
    before: int
    sure: bool


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes
    ----------
    low, high : float
        The range.
    points : dict of float to Estimate
        The paired difference wherever it was run, by rising value.
    stretches : tuple of Stretch
        The range cut by verdict.
    crossings : tuple of Crossing
        Changes of sign that the verdicts allow; those not ``sure`` lie in a stretch that reaches
        an end of the range.
    """

    low: float
    high: float
    points: dict[float, Estimate]
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]

    @property
    def verdict(self) -> str:
        """One of ``crosses``, ``perhaps``, ``apart``, ``alike``, ``partly``.

        ``crosses``: told from 0 with both signs. ``perhaps``: told with one sign only, but the
        estimate changes its sign within the range. ``apart``: told with the same sign throughout.
        ``alike``: told nowhere. ``partly``: told in a part of the range, always with one sign,
        which the estimate keeps.
        """
        signs = {stretch.sign for stretch in self.stretches}
        if {1, -1} <= signs:
            return "crosses"
        if signs == {0}:
            return "alike"
        if self.crossings:
            return "perhaps"
        return "partly" if 0 in signs else "apart"

    @property
    def least(self) -> Estimate:
        """The difference where it is smallest in size, among the points of the search."""
        return min(self.points.values(), key=lambda d: abs(d.estimate or 0.0))

    @property
    def margin(self) -> float:
        """The limit nearest 0 of all intervals run: 0 unless the difference is told throughout."""
        if self.verdict != "apart":
            return 0.0
        nearest = [min(abs(d.low or 0.0), abs(d.high or 0.0)) for d in self.points.values()]
        return min(nearest)


@dataclass
class _Line:
    """The range, and the points of it that have been run."""

    difference: Difference
    step: float
    whole: bool
    points: dict[float, Estimate] = field(default_factory=dict)

    def at(self, x: float) -> Estimate:
        if x not in self.points:
            self.points[x] = self.difference(x)
        return self.points[x]

    def sign(self, x: float) -> int:
        """Return the sign of the estimate."""
        return int(np.sign(self.at(x).estimate or 0.0))

    def told(self, x: float) -> int:
        """Return the sign of the difference where it is told from 0, else 0."""
        d = self.at(x)
        if d.low is None or d.high is None:
            return 0
        return 1 if d.low > 0 else -1 if d.high < 0 else 0

    def edge(self, low: float, high: float, holds: Callable[[float], bool]) -> tuple[float, float]:
        """Return the last value known at which it holds, and the first at which it does not.

        It holds at ``low`` and not at ``high``, which may lie below it.
        """
        while abs(high - low) > self.step * (1 + 1e-9):
            middle = 0.5 * (low + high)
            if self.whole:
                middle = float(round(middle))
                if middle in (low, high):
                    break
            if holds(middle):
                low = middle
            else:
                high = middle
        return low, high

    def last(self, start: float, end: float, sign: int) -> float:
        """Return the last value, from ``start`` on, known to be told with a sign."""
        if self.told(end) == sign:
            return end
        return self.edge(start, end, lambda x: self.told(x) == sign)[0]


def search(
    difference: Difference,
    low: float,
    high: float,
    *,
    whole: bool = False,
    grid: int = GRID,
    tolerance: float = TOLERANCE,
    known: Sequence[float] = (),
) -> Search:
    """Find where a difference changes its sign in a range.

    Parameters
    ----------
    difference : callable
        From a value to the paired difference there, with its interval; called once for a value.
    low, high : float
        The range.
    whole : bool
        Only whole numbers are meant, of which the range holds at least two.
    grid : int
        Points by which the range is laid out, at least two.
    tolerance : float
        Edges are found to this part of the range.
    known : sequence of float
        More values to lay the range out by, as the one in force.
    """
    if whole:
        low, high = float(math.ceil(low)), float(math.floor(high))
    if not low < high or grid < 2 or not 0 < tolerance < 1:
        raise ValueError(
            f"no search from {low:g} to {high:g} by {grid} points, to {tolerance:g} of the range"
        )
    step = 1.0 if whole else (high - low) * tolerance
    line = _Line(difference, step, whole)
    values = {float(x) for x in np.linspace(low, high, grid)}
    if whole:
        values = {float(round(x)) for x in values}
    xs = sorted(values | {float(x) for x in known if low <= x <= high})
    stretches = _stretches(line, xs)
    crossings = tuple(c for i in range(len(stretches)) for c in _crossing(line, stretches, i))
    return Search(low, high, dict(sorted(line.points.items())), stretches, crossings)


def _stretches(line: _Line, xs: Sequence[float]) -> tuple[Stretch, ...]:
    """Cut the range by verdict, with an untold stretch wherever the sign turns."""
    cuts: list[tuple[float, int]] = [(xs[0], line.told(xs[0]))]
    for left, right in pairwise(xs):
        here, there = line.told(left), line.told(right)
        if here == there:
            continue
        if here and there:
            cuts += _turn(line, left, right)
        elif here:
            cuts.append((line.last(left, right, here), 0))
        else:
            cuts.append((line.last(right, left, there), there))
    ends = [*(x for x, _ in cuts[1:]), xs[-1]]
    return tuple(Stretch(start, end, sign) for (start, sign), end in zip(cuts, ends, strict=True))


def _turn(line: _Line, left: float, right: float) -> list[tuple[float, int]]:
    """Return the cuts between two neighbours of the grid that are told with opposite signs."""
    here, there = line.told(left), line.told(right)
    last, first = line.edge(left, right, lambda x: line.sign(x) == here)
    return [(line.last(left, last, here), 0), (line.last(right, first, there), there)]


def _crossing(line: _Line, stretches: Sequence[Stretch], i: int) -> list[Crossing]:
    """Return the crossing in an untold stretch, if its surroundings make one."""
    here = stretches[i]
    before = stretches[i - 1].sign if i > 0 else 0
    after = stretches[i + 1].sign if i + 1 < len(stretches) else 0
    if here.sign or not (before or after) or before == after:
        return []
    left = before or line.sign(here.low)
    right = after or line.sign(here.high)
    if left == right or not left or not right:
        return []
    at = _root(line, here, left, right)
    low = here.low if before else None
    high = here.high if after else None
    n = line.at(here.low).n
    return [Crossing(Estimate(at, low, high, n, method=METHOD), left, bool(before and after))]


def _root(line: _Line, here: Stretch, left: int, right: int) -> float:
    """Return the middle of where the estimate is 0 between a stretch's ends.

    Among whole numbers, the first at which the sign has turned.
    """
    last, turned = line.edge(here.low, here.high, lambda x: line.sign(x) == left)
    if line.whole:
        return turned
    if line.sign(turned) != 0:
        return _secant(line, last, turned)
    first = line.edge(here.high, turned, lambda x: line.sign(x) == right)[0]
    return 0.5 * (last + first)


def _secant(line: _Line, last: float, turned: float) -> float:
    """Return where a line between two points of opposite signs meets 0."""
    one, other = line.at(last).estimate or 0.0, line.at(turned).estimate or 0.0
    return last + (turned - last) * one / (one - other) if one != other else 0.5 * (last + turned)


@dataclass(frozen=True)
class Flip:
    """At which value of a number two frameworks swap places on a measure.

    Attributes
    ----------
    scenario, a, b : str
        Names of the scenario and of the two frameworks.
    path, unit : str
        The number that is turned, and its unit.
    on : str
        Whose number it is: ``a``, ``b`` or ``both``.
    now : dict of str to float or None
        Its value in force, by framework.
    measure, what : str
        Label of the measure, and what it is.
    percent : bool
        Whether the measure is a probability or share.
    search : Search
        Of the difference, ``a`` less ``b``.
    means : dict of float to tuple of Estimate
        The measure under ``a`` and under ``b``, by value.
    n, seed : int
        Replications at each value, and the seed of all luck.
    notes : tuple of str
        What the reader should know.
    """

    scenario: str
    a: str
    b: str
    path: str
    unit: str
    on: str
    now: dict[str, float | None]
    measure: str
    what: str
    percent: bool
    search: Search
    means: dict[float, tuple[Estimate, Estimate]]
    n: int
    seed: int
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """As of the search."""
        return self.search.verdict

    @property
    def crossings(self) -> tuple[Crossing, ...]:
        """Values at which they swap places, rising; of the search."""
        return self.search.crossings
