"""Peeling: the search of one box among the cases that are open to it (PRIM).

What a step takes off and which box of the way is taken, :mod:`deter.analysis.discover` says; it
judges what is found here by cases that had no part in finding it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betainc, xlogy

from deter.analysis.rows import Bools, Floats

PEEL = 0.05
"""Share of the cases in the box that a step takes off at least."""

LEAST_MASS = 0.05
"""Share of the cases that a box holds at least."""

QUASI_P = 0.05
"""Above it a restriction is dropped."""

LEAST_CASES = 40
_FEW = 12


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
class Data:
    """Factors as numbers or codes of words, and failures of trials, a row a case."""

    names: tuple[str, ...]
    columns: tuple[Floats, ...]
    words: tuple[tuple[Any, ...] | None, ...]
    hits: Floats
    trials: Floats

    def __len__(self) -> int:
        return len(self.hits)

    def among(self, kept: Bools) -> Data:
        """Return some of the cases."""
        columns = tuple(column[kept] for column in self.columns)
        return Data(self.names, columns, self.words, self.hits[kept], self.trials[kept])


@dataclass(frozen=True)
class Limits:
    """A box: of each factor a range, or the codes of the words that are kept."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    kept: tuple[frozenset[int] | None, ...]

    @staticmethod
    def none(data: Data) -> Limits:
        """Return the box that holds all cases."""
        k = len(data.names)
        kept = tuple(None if w is None else frozenset(range(len(w))) for w in data.words)
        return Limits((-np.inf,) * k, (np.inf,) * k, kept)

    def with_range(self, k: int, low: float, high: float) -> Limits:
        """Return the box with another range of a factor."""
        return Limits(
            (*self.low[:k], low, *self.low[k + 1 :]),
            (*self.high[:k], high, *self.high[k + 1 :]),
            self.kept,
        )

    def with_words(self, k: int, kept: frozenset[int]) -> Limits:
        """Return the box with other words of a factor, by their codes."""
        return Limits(self.low, self.high, (*self.kept[:k], kept, *self.kept[k + 1 :]))

    def freed(self, k: int, data: Data, side: str = "both") -> Limits:
        """Return the box without its restriction of a factor, or one side of it."""
        words = data.words[k]
        if words is not None:
            return self.with_words(k, frozenset(range(len(words))))
        low = self.low[k] if side == "high" else -np.inf
        high = self.high[k] if side == "low" else np.inf
        return self.with_range(k, low, high)

    def sides(self, data: Data) -> list[tuple[int, str]]:
        """Return what is restricted: factors, and which side of their values."""
        found = []
        for k in self.restricted(data):
            if self.kept[k] is not None:
                found.append((k, "both"))
            found += [(k, "low")] * (self.low[k] > -np.inf)
            found += [(k, "high")] * (self.high[k] < np.inf)
        return found

    def restricted(self, data: Data) -> list[int]:
        """Return the factors that are restricted."""
        return [k for k in range(len(data.names)) if self != self.freed(k, data)]

    def holds(self, data: Data, k: int) -> Bools:
        """Tell of each case whether one factor's value is kept."""
        kept, column = self.kept[k], data.columns[k]
        if kept is not None:
            return np.isin(column, list(kept))
        inside: Bools = (column >= self.low[k]) & (column <= self.high[k])
        return inside

    def hold(self, data: Data) -> Bools:
        """Tell of each case whether it is in the box."""
        inside = np.ones(len(data), dtype=np.bool_)
        for k in range(len(data.names)):
            inside &= self.holds(data, k)
        return inside


def worth_it(data: Data, open_: Bools) -> bool:
    """Tell whether there is anything left to look for."""
    hits = float(data.hits[open_].sum())
    enough = int(np.count_nonzero(open_)) >= LEAST_CASES // 2
    return enough and 0 < hits < float(data.trials[open_].sum())


def search(
    data: Data, open_: Bools, least_density: float | None
) -> tuple[Limits, tuple[Step, ...], int]:
    """Return the box that is taken, the steps of the way, and its place on it."""
    boxes = list(_peeled(data, open_))
    path = tuple(_step(data, open_, box) for box in boxes)
    dense = [] if least_density is None else [s.density >= least_density for s in path]
    if any(dense):
        taken = dense.index(True)
        return boxes[taken], path, taken
    taken = int(np.argmax([_gain(data, open_, box) for box in boxes]))
    return _refined(data, open_, boxes[taken]), path, taken


def _step(data: Data, open_: Bools, limits: Limits) -> Step:
    inside = limits.hold(data) & open_
    hits, trials = float(data.hits[inside].sum()), float(data.trials[inside].sum())
    mass = trials / float(data.trials[open_].sum())
    coverage = hits / float(data.hits[open_].sum())
    return Step(mass, coverage, hits / trials, len(limits.restricted(data)))


def _gain(data: Data, open_: Bools, limits: Limits) -> float:
    """Return how much likelier failures are with one share in the box and a lower one outside.

    The logarithm of the likelihood ratio against one share everywhere; 0 if it is not lower.
    """
    inside, outside = _shares(data, open_, limits)
    if inside <= outside:
        return 0.0
    kept = limits.hold(data) & open_
    return _likelihood(data, kept) + _likelihood(data, open_ & ~kept) - _likelihood(data, open_)


def _likelihood(data: Data, kept: Bools) -> float:
    hits, trials = float(data.hits[kept].sum()), float(data.trials[kept].sum())
    return float(xlogy(hits, hits) + xlogy(trials - hits, trials - hits) - xlogy(trials, trials))


def _shares(data: Data, open_: Bools, limits: Limits) -> tuple[float, float]:
    """Return the shares that fail in a box and outside, half a failure and half a success more."""
    kept = limits.hold(data) & open_
    return tuple(  # type: ignore[return-value]
        (float(data.hits[part].sum()) + 0.5) / (float(data.trials[part].sum()) + 1.0)
        for part in (kept, open_ & ~kept)
    )


def _peeled(data: Data, open_: Bools) -> Iterator[Limits]:
    """Yield the boxes on the way from all cases to the smallest."""
    limits = Limits.none(data)
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


def _peels(data: Data, inside: Bools, limits: Limits) -> Iterator[tuple[Limits, Bools]]:
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


def _refined(data: Data, open_: Bools, limits: Limits) -> Limits:
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
            if max(quasi_p(data, open_, box, *side) for side in box.sides(data))
            <= QUASI_P / len(data.names)
        ]
        if not called_for:
            break
        limits = max(called_for, key=lambda box: _gain(data, open_, box))
    return limits


def _moved(data: Data, open_: Bools, limits: Limits) -> Limits:
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


def _best(data: Data, open_: Bools, limits: Limits, k: int, sides: str) -> Limits:
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


def _worth_of(data: Data, open_: Bools, limits: Limits) -> Floats:
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


def _pruned(data: Data, open_: Bools, limits: Limits) -> Limits:
    """Drop, one by one, the restrictions that the data do not call for."""
    while True:
        found = {side: quasi_p(data, open_, limits, *side) for side in limits.sides(data)}
        if not found:
            return limits
        worst = max(found, key=lambda side: found[side])
        # Sought in the same half, a restriction on chance alone looks better than it is.
        if found[worst] <= QUASI_P / len(data.names):
            return limits
        limits = _moved(data, open_, limits.freed(worst[0], data, worst[1]))


def quasi_p(data: Data, open_: Bools, limits: Limits, k: int, side: str = "both") -> float:
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
