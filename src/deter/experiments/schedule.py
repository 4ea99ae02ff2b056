"""What of a sweep is still to be done, and in which order: all cases a block, then the next."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from deter.experiments.plans import Plan
from deter.experiments.stopping import block_end, look_end
from deter.experiments.work import Task, sliced

TASK_SECONDS = 1.0
"""Work handed to a worker at a time: small, so that stopping is quick and little is lost."""

MOST_CASES_A_TASK = 2000
MOST_ROWS_A_TASK = 20_000

Whole = NDArray[np.int64]


@dataclass
class SweepLedger:
    """What is finished, and what has been seen of the measure that is to be known."""

    plan: Plan
    done: dict[str, Whole]
    ran: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    total: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    squares: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.plan.frameworks:
            for sums in (self.ran, self.total, self.squares):
                sums[name] = np.zeros(len(self.plan.cases))

    def see(self, framework: str, cases: Whole, values: NDArray[np.float64]) -> None:
        """Add up values of the measure, of rows in any order."""
        known = ~np.isnan(values)
        which, seen = cases[known], values[known]
        np.add.at(self.ran[framework], which, 1.0)
        np.add.at(self.total[framework], which, seen)
        np.add.at(self.squares[framework], which, seen * seen)

    def open(self, framework: str, cases: Whole) -> Whole:
        """Return those of some cases that need more replications."""
        done = self.done[framework][cases]
        wanted = done < self.plan.most
        rule = self.plan.rule
        if rule is not None:
            at_look = np.isin(done, rule.looks())
            enough = rule.satisfied(
                self.ran[framework][cases],
                self.total[framework][cases],
                self.squares[framework][cases],
            )
            wanted &= ~(at_look & enough)
        return cases[wanted]

    def end(self, start: int) -> int:
        """Return where the block that begins at a replication ends."""
        rule = self.plan.rule
        return block_end(start, self.plan.most) if rule is None else look_end(start, rule)

    def rows(self) -> int:
        """Return how many rows are finished."""
        return sum(int(done.sum()) for done in self.done.values())


class Queue:
    """Tasks in the order in which they are to be begun: block by block, all cases of each."""

    def __init__(self, ledger: SweepLedger, pace: dict[str, float], workers: int) -> None:
        self.ledger, self.pace = ledger, pace
        plan = ledger.plan
        self._values = {
            str(n): plan.cases.table[n].tolist() for n in plan.cases.table if n != "point"
        }
        self._heap: list[tuple[int, int, int, int, str, Whole, int, int]] = []
        self._serial = 0
        self._size = self._chunk(workers)

    def begin(self) -> None:
        """Note what all cases need, once the ledger knows all that is there."""
        cases = len(self.ledger.plan.cases)
        for first in range(0, cases, self._size):
            group = np.arange(first, min(first + self._size, cases))
            for name in self.ledger.plan.frameworks:
                self.push(name, group)

    def _chunk(self, workers: int) -> int:
        """Return how many cases a task takes: the first block of them in about a second."""
        plan = self.ledger.plan
        block = self.ledger.end(0)
        pace = max(sum(self.pace.values()) / len(self.pace), 1e-5)
        timed = int(TASK_SECONDS / (pace * block))
        shared = len(plan.cases) * len(plan.frameworks) // (4 * workers)
        most = min(MOST_CASES_A_TASK, MOST_ROWS_A_TASK // block)
        return max(1, min(timed, shared, most))

    def push(self, framework: str, cases: Whole) -> None:
        """Note what some cases need next, if anything."""
        cases = self.ledger.open(framework, cases)
        done = self.ledger.done[framework][cases]
        for start in np.unique(done):
            group = cases[done == start]
            block = self.ledger.end(int(start))
            seconds = max(self.pace[framework], 1e-6) * len(group)
            stop = min(block, int(start) + max(1, int(2 * TASK_SECONDS / seconds)))
            order = self.ledger.plan.frameworks.index(framework)
            self._serial += 1
            item = (block, int(group[0]), order, self._serial, framework, group, int(start), stop)
            heapq.heappush(self._heap, item)

    def pop(self) -> Task | None:
        """Return the next task, or None where there is none just now."""
        if not self._heap:
            return None
        *_, framework, cases, start, stop = heapq.heappop(self._heap)
        return self.task(framework, cases, start, stop)

    def task(self, framework: str, cases: Whole, start: int, stop: int) -> Task:
        """Return a task."""
        numbers = tuple(int(case) for case in cases)
        return Task(framework, numbers, sliced(self._values, numbers), start, stop)
