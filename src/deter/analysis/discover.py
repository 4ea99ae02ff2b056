"""Where a framework fails: boxes of uncertain numbers that hold most failures and little else.

The patient rule induction method (PRIM) as scenario discovery uses it, on one half of the cases
chosen by lot. What is reported of a box is seen in the other half, which had no part in finding
it: so coverage and density are not flattered by the search, and a box that only fits chance is
told from one that is there. Further boxes are sought among the cases outside the ones before.

A step takes off a twentieth of the cases in the box, from below or above one number, or one word
of a factor that takes words: the one that raises the share of failures most for each case taken
off (the "lenient" criterion, needed where a word or a level holds many cases). Of all boxes on the
way the one is taken that makes the failures seen likeliest, with one share inside and another
outside; then bounds are moved as long as they become likelier still, restrictions that the data do
not call for are dropped, and those that they call for and the way had missed are added.

References
----------
Friedman and Fisher (1999), Stat. Comput. 9: 123-143; Bryant and Lempert (2010), Technol. Forecast.
Soc. Change 77: 34-49, for coverage, density and the quasi-p-value; Kwakkel and Jaxa-Rozen (2016),
Environ. Model. Softw. 79: 311-321, for factors of mixed kinds; Kulldorff (1997), Commun. Stat.
Theory Methods 26: 1481-1496, for the likelihood of a region.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import betainc, xlogy

from deter.analysis.estimates import Estimate, nothing, share_of
from deter.analysis.rows import Bools, Floats
from deter.errors import DeterError

PEEL = 0.05
"""Share of the cases in the box that a step takes off at least."""

LEAST_MASS = 0.05
"""Share of the cases that a box holds at least."""

LEVEL = 0.01
"""Chance with which something is found where failures fall by lot."""

QUASI_P = 0.05
"""Above it a restriction is dropped."""

LEAST_CASES = 40
SHUFFLES = 9999
_FEW = 12


@dataclass(frozen=True)
class Restriction:
    """The part of one factor's values that a box keeps.

    Attributes
    ----------
    factor : str
        Its name.
    low, high : float or None
        Least and largest value kept, None where there is no limit; of a factor that takes numbers.
    words : tuple or None
        Words kept, of a factor that takes words.
    quasi_p : float
        Chance of as many failures, were the restriction of no use; seen in the held-out half.
    """

    factor: str
    low: float | None
    high: float | None
    words: tuple[Any, ...] | None
    quasi_p: float


@dataclass(frozen=True)
class Step:
    """One box on the way: shares of the half in which it was sought.

    Attributes
    ----------
    mass, coverage, density : float
        Share of cases in the box, of failures in it, and of its histories that fail.
    restricted : int
        Factors that are restricted.
    """

    mass: float
    coverage: float
    density: float
    restricted: int


@dataclass(frozen=True)
class Box:
    """A box and what the held-out half says of it.

    Attributes
    ----------
    restrictions : tuple of Restriction
        Those that the data call for most first.
    coverage : Estimate
        Share of all failures that lie in it.
    density : Estimate
        Share of its cases (of the histories of its cases) that fail.
    mass : Estimate
        Share of all cases that lie in it.
    p : float
        Chance of so large a density, if failures fell by lot.
    path : tuple of Step
        Boxes on the way, from all cases to the smallest.
    taken : int
        Place on the way of the box that was taken, before bounds were moved.
    """

    restrictions: tuple[Restriction, ...]
    coverage: Estimate
    density: Estimate
    mass: Estimate
    p: float
    path: tuple[Step, ...]
    taken: int


@dataclass(frozen=True)
class Discovery:
    """Where failures lie.

    Attributes
    ----------
    boxes : tuple of Box
        In the order in which they were found, each sought among the cases that those before left
        over, and each with more failures than there are over all; none where they fall as by lot.
    overall : Estimate
        Share of all cases (of their histories) that fail.
    rejected : Box or None
        The box at which the search ended because the held-out half does not bear it out.
    cases, held_out, dropped : int
        Cases used, those of them held out, and cases without an outcome.
    what : str
        What counts as failure, and what it is conditional on.
    """

    boxes: tuple[Box, ...]
    overall: Estimate
    rejected: Box | None
    cases: int
    held_out: int
    dropped: int
    what: str


def discover(
    cases: pd.DataFrame,
    failures: ArrayLike,
    factors: Sequence[str],
    trials: ArrayLike | None = None,
    *,
    failure: str = "failure",
    least_density: float | None = None,
    most_boxes: int = 3,
    seed: int = 1,
) -> Discovery:
    """Find where failures lie among the cases of an experiment.

    Parameters
    ----------
    cases : DataFrame
        Cases with the factors' columns, drawn independently (Latin hypercube, Sobol) or a grid.
    failures : array (cases,)
        1 where a case fails and 0 where not; with ``trials``, how many of its histories fail. NaN
        where a case has no outcome.
    factors : sequence of str
        Columns to restrict; those that hold words are restricted by word.
    trials : array (cases,), optional
        Histories of each case.
    failure : str
        What counts as one, for words.
    least_density : float, optional
        Take the largest box on the way with at least this share of failures, as it is, in place of
        the likeliest.
    most_boxes : int
        Boxes to find at most.
    seed : int
        Of the lot by which cases are held out.

    Raises
    ------
    DeterError
        If there are too few cases, no such column, or outcomes that are no share.
    """
    data, dropped = _data(cases, failures, factors, trials)
    rng = np.random.default_rng(seed)
    train = np.zeros(len(data), dtype=np.bool_)
    train[rng.permutation(len(data))[: (len(data) + 1) // 2]] = True
    sought, held = data.among(train), data.among(~train)
    unit = "cases" if trials is None else "histories"
    what = (
        f"{failure}, of {unit}; {len(held):,} of {len(data):,} cases held out by lot, "
        "cases as this design draws them"
    )
    overall = share_of(data.hits, data.trials).labelled(unit="1", what=f"share that fails: {what}")
    boxes: list[Box] = []
    rejected = None
    open_here, open_there = np.ones(len(sought), np.bool_), np.ones(len(held), np.bool_)
    while len(boxes) < most_boxes and _worth(sought, open_here):
        limits, path, taken = _search(sought, open_here, least_density)
        box = _judged(held, open_there, limits, path, taken, rng, what)
        if box.p > LEVEL or not box.restrictions:
            rejected = box
            break
        if boxes and not _above(box.density, overall):
            break  # more than what the boxes before left over, and yet no more than over all
        boxes.append(box)
        open_here &= ~limits.hold(sought)
        open_there &= ~limits.hold(held)
    return Discovery(tuple(boxes), overall, rejected, len(data), len(held), dropped, what)


def _above(density: Estimate, overall: Estimate) -> bool:
    """Return whether a share is told to be above another."""
    if density.low is None or overall.estimate is None:
        return False
    return density.low > overall.estimate


@dataclass(frozen=True)
class _Data:
    """Factors as numbers or codes of words, and failures of trials, a row a case."""

    names: tuple[str, ...]
    columns: tuple[Floats, ...]
    words: tuple[tuple[Any, ...] | None, ...]
    hits: Floats
    trials: Floats

    def __len__(self) -> int:
        return len(self.hits)

    def among(self, kept: Bools) -> _Data:
        columns = tuple(column[kept] for column in self.columns)
        return _Data(self.names, columns, self.words, self.hits[kept], self.trials[kept])


def _data(
    cases: pd.DataFrame, failures: ArrayLike, factors: Sequence[str], trials: ArrayLike | None
) -> tuple[_Data, int]:
    hits = np.asarray(failures, dtype=np.float64)
    tried = np.ones(len(hits)) if trials is None else np.asarray(trials, dtype=np.float64)
    if not len(hits) == len(tried) == len(cases):
        raise DeterError(f"{len(cases)} cases need as many outcomes, not {len(hits)}, {len(tried)}")
    known = np.isfinite(hits) & (tried > 0)
    if ((hits[known] < 0) | (hits[known] > tried[known])).any():
        raise DeterError("failures lie between 0 and the histories of a case (1 without trials)")
    if np.count_nonzero(known) < LEAST_CASES:
        raise DeterError(
            f"{np.count_nonzero(known)} cases with an outcome are too few to look for boxes; "
            f"{LEAST_CASES} is least, some hundred a factor is better"
        )
    columns: list[Floats] = []
    words: list[tuple[Any, ...] | None] = []
    for name in factors:
        if name not in cases.columns:
            there = ", ".join(str(c) for c in cases.columns)
            raise DeterError(f"the cases have no column {name}; there are: {there}")
        column = cases[name][known]
        if column.isna().any():
            raise DeterError(f"factor {name} has cases without a value")
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if numeric:
            columns.append(column.to_numpy(np.float64))
            words.append(None)
        else:
            codes, shown = pd.factorize(column, sort=True)
            columns.append(codes.astype(np.float64))
            words.append(tuple(shown.tolist()))
    data = _Data(tuple(factors), tuple(columns), tuple(words), hits[known], tried[known])
    return data, int(np.count_nonzero(~known))


@dataclass(frozen=True)
class _Limits:
    """A box: of each factor a range, or the codes of the words that are kept."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    kept: tuple[frozenset[int] | None, ...]

    @staticmethod
    def none(data: _Data) -> _Limits:
        k = len(data.names)
        kept = tuple(None if w is None else frozenset(range(len(w))) for w in data.words)
        return _Limits((-np.inf,) * k, (np.inf,) * k, kept)

    def with_range(self, k: int, low: float, high: float) -> _Limits:
        return _Limits(
            (*self.low[:k], low, *self.low[k + 1 :]),
            (*self.high[:k], high, *self.high[k + 1 :]),
            self.kept,
        )

    def with_words(self, k: int, kept: frozenset[int]) -> _Limits:
        return _Limits(self.low, self.high, (*self.kept[:k], kept, *self.kept[k + 1 :]))

    def freed(self, k: int, data: _Data, side: str = "both") -> _Limits:
        """Return the box without its restriction of a factor, or one side of it."""
        words = data.words[k]
        if words is not None:
            return self.with_words(k, frozenset(range(len(words))))
        low = self.low[k] if side == "high" else -np.inf
        high = self.high[k] if side == "low" else np.inf
        return self.with_range(k, low, high)

    def sides(self, data: _Data) -> list[tuple[int, str]]:
        """Return what is restricted: factors, and which side of their values."""
        found = []
        for k in self.restricted(data):
            if self.kept[k] is not None:
                found.append((k, "both"))
            found += [(k, "low")] * (self.low[k] > -np.inf)
            found += [(k, "high")] * (self.high[k] < np.inf)
        return found

    def restricted(self, data: _Data) -> list[int]:
        """Return the factors that are restricted."""
        return [k for k in range(len(data.names)) if self != self.freed(k, data)]

    def holds(self, data: _Data, k: int) -> Bools:
        """Tell of each case whether one factor's value is kept."""
        kept, column = self.kept[k], data.columns[k]
        if kept is not None:
            return np.isin(column, list(kept))
        inside: Bools = (column >= self.low[k]) & (column <= self.high[k])
        return inside

    def hold(self, data: _Data) -> Bools:
        """Tell of each case whether it is in the box."""
        inside = np.ones(len(data), dtype=np.bool_)
        for k in range(len(data.names)):
            inside &= self.holds(data, k)
        return inside


def _worth(data: _Data, open_: Bools) -> bool:
    """Tell whether there is anything left to look for."""
    hits = float(data.hits[open_].sum())
    enough = int(np.count_nonzero(open_)) >= LEAST_CASES // 2
    return enough and 0 < hits < float(data.trials[open_].sum())


def _search(
    data: _Data, open_: Bools, least_density: float | None
) -> tuple[_Limits, tuple[Step, ...], int]:
    """Return the box that is taken, the steps of the way, and its place on it."""
    boxes = list(_peeled(data, open_))
    path = tuple(_step(data, open_, box) for box in boxes)
    dense = [] if least_density is None else [s.density >= least_density for s in path]
    if any(dense):
        taken = dense.index(True)
        return boxes[taken], path, taken
    taken = int(np.argmax([_gain(data, open_, box) for box in boxes]))
    return _refined(data, open_, boxes[taken]), path, taken


def _step(data: _Data, open_: Bools, limits: _Limits) -> Step:
    inside = limits.hold(data) & open_
    hits, trials = float(data.hits[inside].sum()), float(data.trials[inside].sum())
    mass = trials / float(data.trials[open_].sum())
    coverage = hits / float(data.hits[open_].sum())
    return Step(mass, coverage, hits / trials, len(limits.restricted(data)))


def _gain(data: _Data, open_: Bools, limits: _Limits) -> float:
    """Return how much likelier failures are with one share in the box and a lower one outside.

    The logarithm of the likelihood ratio against one share everywhere; 0 if it is not lower.
    """
    inside, outside = _shares(data, open_, limits)
    if inside <= outside:
        return 0.0
    kept = limits.hold(data) & open_
    return _likelihood(data, kept) + _likelihood(data, open_ & ~kept) - _likelihood(data, open_)


def _likelihood(data: _Data, kept: Bools) -> float:
    hits, trials = float(data.hits[kept].sum()), float(data.trials[kept].sum())
    return float(xlogy(hits, hits) + xlogy(trials - hits, trials - hits) - xlogy(trials, trials))


def _shares(data: _Data, open_: Bools, limits: _Limits) -> tuple[float, float]:
    """Return the shares that fail in a box and outside, half a failure and half a success more."""
    kept = limits.hold(data) & open_
    return tuple(  # type: ignore[return-value]
        (float(data.hits[part].sum()) + 0.5) / (float(data.trials[part].sum()) + 1.0)
        for part in (kept, open_ & ~kept)
    )


def _peeled(data: _Data, open_: Bools) -> Iterator[_Limits]:
    """Yield the boxes on the way from all cases to the smallest."""
    limits = _Limits.none(data)
    inside = open_.copy()
    least = max(LEAST_MASS * np.count_nonzero(open_), 5.0)
    while True:
        yield limits
        now = float(data.hits[inside].sum() / data.trials[inside].sum())
        best, step = -np.inf, None
        for box, kept in _peels(data, inside, limits):
            left = np.count_nonzero(kept)
            if left < least:
                continue
            density = float(data.hits[kept].sum() / data.trials[kept].sum())
            gain = (density - now) / (np.count_nonzero(inside) - left)
            if gain > best:
                best, step = gain, (box, kept)
        if step is None or now >= 1.0:
            return
        limits, inside = step


def _peels(data: _Data, inside: Bools, limits: _Limits) -> Iterator[tuple[_Limits, Bools]]:
    """Yield each box that is one step smaller, and the cases in it."""
    for k, column in enumerate(data.columns):
        kept = limits.kept[k]
        here = column[inside]
        if kept is not None:
            present = kept & {int(code) for code in np.unique(here)}
            if len(present) > 1:
                for code in sorted(present):
                    yield limits.with_words(k, present - {code}), inside & (column != code)
            continue
        values = np.sort(here)
        if values[0] == values[-1]:
            continue
        count = max(int(PEEL * len(values)), 1)
        above = values[np.searchsorted(values, values[count - 1], side="right") :]
        below = values[: np.searchsorted(values, values[-count], side="left")]
        if len(above):
            low = _edge(column, above[0], -1)
            yield limits.with_range(k, low, limits.high[k]), inside & (column >= low)
        if len(below):
            high = _edge(column, below[-1], 1)
            yield limits.with_range(k, limits.low[k], high), inside & (column <= high)


def _edge(column: Floats, kept: float, side: int) -> float:
    """Return a bound: the level kept, or halfway to the next value where there are many."""
    values = np.unique(column)
    if len(values) <= _FEW:
        return float(kept)
    place = int(np.searchsorted(values, kept)) + side
    return float(kept if not 0 <= place < len(values) else (kept + values[place]) / 2)


def _refined(data: _Data, open_: Bools, limits: _Limits) -> _Limits:
    """Move bounds, drop what the data do not call for, and restrict what the way missed."""
    for _ in range(2 * len(data.names)):
        limits = _pruned(data, open_, _moved(data, open_, limits))
        inside = limits.restricted(data)
        others = [k for k in range(len(data.names)) if k not in inside]
        tried = [
            box
            for k in others
            for sides in ("low", "high")
            if (box := _best(data, open_, limits, k, sides)) != limits
        ]
        called_for = [
            box
            for box in tried
            if max(_quasi_p(data, open_, box, *side) for side in box.sides(data))
            <= QUASI_P / len(data.names)
        ]
        if not called_for:
            break
        limits = max(called_for, key=lambda box: _gain(data, open_, box))
    return limits


def _moved(data: _Data, open_: Bools, limits: _Limits) -> _Limits:
    """Move bounds and change words as long as the failures seen become likelier."""
    for _ in range(10):
        before = limits
        for k in limits.restricted(data):
            limits = _best(
                data, open_, limits, k, "".join(s for j, s in limits.sides(data) if j == k)
            )
        if limits == before:
            break
    return limits


def _best(data: _Data, open_: Bools, limits: _Limits, k: int, sides: str) -> _Limits:
    """Return the box with those limits of one factor that make the failures seen likeliest.

    With the shares inside and outside as they are, what each case gains by being in the box is
    summed along the factor, and the best stretch taken; only the sides named are limited. Of words
    those are kept that gain.
    """
    free = limits.freed(k, data)
    rest = free.hold(data) & open_
    column = data.columns[k][rest]
    worth = _worth_of(data, open_, limits)[rest]
    words = data.words[k]
    if words is not None:
        sums = np.bincount(column.astype(np.int64), weights=worth, minlength=len(words))
        moved = limits.with_words(k, frozenset(int(code) for code in np.flatnonzero(sums > 0)))
    else:
        moved = limits.with_range(k, *_stretch(data.columns[k], column, worth, sides))
    return moved if _gain(data, open_, moved) > _gain(data, open_, limits) + 1e-12 else limits


def _worth_of(data: _Data, open_: Bools, limits: _Limits) -> Floats:
    """Return by how much each case is likelier with the box's share than with that outside."""
    inside, outside = _shares(data, open_, limits)
    if inside <= outside:
        inside, outside = max(inside, outside), min(inside, outside)
    worth: Floats = data.hits * math.log(inside / outside)
    return worth + (data.trials - data.hits) * math.log((1 - inside) / (1 - outside))


def _stretch(whole: Floats, column: Floats, worth: Floats, sides: str) -> tuple[float, float]:
    """Return the limits of the stretch of a factor's values that is worth most."""
    order = np.argsort(column, kind="stable")
    values = column[order]
    last = np.flatnonzero(np.append(values[1:] != values[:-1], True))
    levels, sums = values[last], np.cumsum(worth[order])[last]
    before = np.concatenate(([0.0], sums[:-1]))
    first, end = 0, len(levels) - 1
    if sides == "high":
        end = int(np.argmax(sums))
    elif sides == "low":
        first = int(np.argmin(before))
    else:
        end = int(np.argmax(sums - np.minimum.accumulate(before)))
        first = int(np.argmin(before[: end + 1]))
    low = -np.inf if first == 0 else _edge(whole, float(levels[first]), -1)
    high = np.inf if end == len(levels) - 1 else _edge(whole, float(levels[end]), 1)
    return low, high


def _pruned(data: _Data, open_: Bools, limits: _Limits) -> _Limits:
    """Drop, one by one, the restrictions that the data do not call for."""
    while True:
        found = {side: _quasi_p(data, open_, limits, *side) for side in limits.sides(data)}
        if not found:
            return limits
        worst = max(found, key=lambda side: found[side])
        # Sought in the same half, a restriction on chance alone looks better than it is.
        if found[worst] <= QUASI_P / len(data.names):
            return limits
        limits = _moved(data, open_, limits.freed(worst[0], data, worst[1]))


def _quasi_p(data: _Data, open_: Bools, limits: _Limits, k: int, side: str = "both") -> float:
    """Return the chance of as many failures in the box as seen, without one restriction's help.

    Binomial, with the share of failures in the box without it; the number of trials is that which
    the spread between cases implies.
    """
    inside = limits.hold(data) & open_
    wider = limits.freed(k, data, side).hold(data) & open_
    if not inside.any():
        return 1.0
    hits, trials = data.hits[inside], data.trials[inside]
    share = float(hits.sum() / trials.sum())
    share_without = float(data.hits[wider].sum() / data.trials[wider].sum())
    n = _effective(hits, trials, share)
    count = share * n
    if count <= 0 or share_without >= 1:
        return 1.0
    return float(betainc(count, n - count + 1, share_without)) if share_without > 0 else 0.0


def _effective(hits: Floats, trials: Floats, share: float) -> float:
    total = float(trials.sum())
    squares = float(((hits - share * trials) ** 2).sum())
    if squares <= 0:
        return float(len(hits))
    return min(share * (1 - share) * total**2 / squares, total)


def _judged(
    held: _Data,
    open_: Bools,
    limits: _Limits,
    path: tuple[Step, ...],
    taken: int,
    rng: np.random.Generator,
    what: str,
) -> Box:
    """Return a box with what the held-out half says of it."""
    inside = limits.hold(held) & open_
    restrictions = sorted(
        (_restriction(held, open_, limits, k) for k in limits.restricted(held)),
        key=lambda one: one.quasi_p,
    )
    coverage = share_of(held.hits * inside, held.hits)
    density = share_of(held.hits[inside], held.trials[inside]) if inside.any() else nothing()
    mass = share_of(inside.astype(np.float64), np.ones(len(held)))
    return Box(
        tuple(restrictions),
        coverage.labelled(unit="1", what=f"share of all failures that lie in the box: {what}"),
        density.labelled(unit="1", what=f"share in the box that fails: {what}"),
        mass.labelled(unit="1", what="share of all cases that lie in the box"),
        _by_lot(held, open_, inside, rng),
        path,
        taken,
    )


def _restriction(held: _Data, open_: Bools, limits: _Limits, k: int) -> Restriction:
    low, high, kept, words = limits.low[k], limits.high[k], limits.kept[k], held.words[k]
    return Restriction(
        held.names[k],
        float(low) if np.isfinite(low) else None,
        float(high) if np.isfinite(high) else None,
        None if kept is None or words is None else tuple(words[code] for code in sorted(kept)),
        _quasi_p(held, open_, limits, k),
    )


def _by_lot(held: _Data, open_: Bools, inside: Bools, rng: np.random.Generator) -> float:
    """Return the chance that cases drawn by lot hold as many failures as those in the box."""
    n = int(np.count_nonzero(inside))
    pool = held.hits[open_] - held.trials[open_] * (
        float(held.hits[open_].sum()) / max(float(held.trials[open_].sum()), 1.0)
    )
    if not 0 < n < len(pool):
        return 1.0
    seen = float(pool[inside[open_]].sum()) - 1e-9
    more = sum(float(rng.permutation(pool)[:n].sum()) >= seen for _ in range(SHUFFLES))
    return (1 + more) / (1 + SHUFFLES)
