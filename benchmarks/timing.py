"""Timing: two jobs side by side, in turn, several times over; medians, and ratios pair by pair."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple

Work = Callable[[int, int], object]
"""Does so many replications from a given one: (start, n)."""


LARGEST = 4**13
"""Replications of a call at most, as for work that takes no time."""


class Effort(NamedTuple):
    """How long to measure.

    Attributes
    ----------
    seconds : float
        Roughly what one measurement takes.
    rounds : int
        Measurements of each job.
    """

    seconds: float = 0.5
    rounds: int = 5


QUICK = Effort(0.01, 2)
"""For tests of the benchmark itself: what it prints is no measurement."""


class Job(NamedTuple):
    """A piece of work of a size worth timing.

    Attributes
    ----------
    work : callable
        Does it.
    n : int
        Replications of a call; round r does those from r * n.
    times : int
        Calls of a measurement, all with the same replications.
    """

    work: Work
    n: int
    times: int = 1

    def seconds(self, round_: int) -> float:
        """Return the seconds a replication takes in a round."""
        gc.collect()
        began = time.perf_counter()
        for _ in range(self.times):
            self.work(round_ * self.n, self.n)
        return (time.perf_counter() - began) / (self.n * self.times)


class Pair(NamedTuple):
    """Seconds a replication of two jobs timed in turn, round by round."""

    first: list[float]
    second: list[float]

    def rates(self) -> tuple[float, float]:
        """Return the replications a second of either, medians."""
        return 1.0 / median(self.first), 1.0 / median(self.second)

    def ratios(self) -> list[float]:
        """Return how many times slower the second is than the first, pair by pair."""
        return [second / first for first, second in zip(self.first, self.second, strict=True)]

    def ratio(self) -> float:
        """Return the median of :meth:`ratios`."""
        return median(self.ratios())


def sized(work: Work, effort: Effort) -> Job:
    """Return the job of so many replications that a measurement takes the seconds wanted.

    The first call, which may compile, is not timed.
    """
    work(0, 1)
    n = 1
    while True:
        began = time.perf_counter()
        work(0, n)
        took = time.perf_counter() - began
        if took >= 0.1 * effort.seconds or n >= LARGEST:
            return Job(work, max(1, min(LARGEST, round(n * effort.seconds / took))))
        n *= 4


def repeated(work: Work, n: int, effort: Effort) -> Job:
    """Return the job that does the same ``n`` replications as often as takes the seconds wanted.

    For the faster of two programs that must do the same replications.
    """
    work(0, 1)
    took = Job(work, n).seconds(0) * n
    return Job(work, n, max(1, math.ceil(effort.seconds / took)))


def side_by_side(first: Job, second: Job, effort: Effort) -> Pair:
    """Time two jobs in turn: first, second, first, second, …"""
    pair = Pair([], [])
    for round_ in range(effort.rounds):
        pair.first.append(first.seconds(round_))
        pair.second.append(second.seconds(round_))
    return pair
