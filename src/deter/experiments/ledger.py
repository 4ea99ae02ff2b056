"""The account of a run: which blocks are finished, and what may be kept of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from deter.engine.outcome import Block
from deter.experiments.interrupts import uninterrupted
from deter.experiments.rows import Rows
from deter.experiments.spool import Store, store_for

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the replications done and those asked for, over all frameworks."""

Repeat: TypeAlias = Callable[[str, int], str]
"""From framework and replication to the command that repeats it."""


class Ledger:
    """Takes blocks in any order, and hands them on in order of replication.

    Parameters
    ----------
    frameworks : sequence of str
        The cases.
    asked : int
        Replications of each.
    progress : callable, optional
        Called when a block comes.
    repeat : callable, optional
        For the texts of failed replications.
    """

    def __init__(
        self,
        frameworks: Sequence[str],
        asked: int,
        progress: Progress | None = None,
        repeat: Repeat | None = None,
    ) -> None:
        self.frameworks = tuple(frameworks)
        self.asked = asked
        self._progress = progress
        self._repeat = repeat
        self._store: Store = store_for(self.frameworks, asked)
        self._next = [0] * len(self.frameworks)
        self._early: dict[tuple[int, int], Block] = {}
        self._done = 0

    def add(self, case: int, start: int, block: Block) -> None:
        """Note that the replications of a case from ``start`` on are finished; once is enough."""
        if start < self._next[case] or (case, start) in self._early:
            return
        with uninterrupted():
            self._early[case, start] = self._explained(case, block)
            self._done += len(block.rows)
            while (case, self._next[case]) in self._early:
                following = self._early.pop((case, self._next[case]))
                self._store.add(self.frameworks[case], following)
                self._next[case] += len(following.rows)
        if self._progress is not None:
            self._progress(self._done, self.asked * len(self.frameworks))

    def _explained(self, case: int, block: Block) -> Block:
        """Add to each error the command that repeats it."""
        if self._repeat is None or not block.errors:
            return block
        name = self.frameworks[case]
        errors = {
            r: f"{text} (repeat with: {self._repeat(name, r)})" for r, text in block.errors.items()
        }
        return Block(block.rows, errors)

    def complete(self) -> int:
        """Return how many replications, from 0 on, are finished under every framework."""
        return min(self._next, default=0)

    def rows(self) -> Rows:
        """Return the replications that are finished under every framework."""
        with uninterrupted():
            return self._store.finish(self.complete())
