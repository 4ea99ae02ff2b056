"""Running replications: over one worker or many, in any order, to the same rows.

A replication's luck is addressed by its number, so that it does not matter who runs it or when.
Frameworks are interleaved by blocks of replications: what has been finished when a run is stopped
is a fair comparison.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import pandas as pd

from deter.engine.outcome import Block
from deter.experiments.engines import Engine
from deter.experiments.ledger import Ledger, Progress, Repeat
from deter.experiments.pools import pool_of, spread
from deter.experiments.rows import Rows

BLOCK_SECONDS = 0.5
"""Work handed to a worker at a time: small, so that stopping is quick."""

LARGEST_BLOCK = 8192
"""Rows a worker returns at most: a few megabytes."""

BLOCKS_EACH = 4
"""Blocks a worker gets at least, where there is work for that, so that all end together."""

POOL_SECONDS = 2.0
"""Work below which starting worker processes does not pay."""

ADVICE = "perhaps memory ran out: try again with --workers 1"
"""Where a worker died."""


@dataclass(frozen=True)
class Replications:
    """The rows of some frameworks under the same luck.

    Attributes
    ----------
    rows : Rows
        Of every framework; in memory, or in a temporary file if they are many.
    n : int
        Replications finished under every framework.
    asked : int
        Replications asked for.
    seed : int
        Of all luck.
    engine : str
        Which engine ran them.
    workers : str
        How many of what ran them, as ``2 threads``.
    seconds : float
        How long it took.
    interrupted : bool
        Whether it was stopped before its end; the rows are then the replications 0 to ``n - 1``
        of every framework.
    """

    rows: Rows
    n: int
    asked: int
    seed: int
    engine: str
    workers: str
    seconds: float
    interrupted: bool = False

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in the order asked for."""
        return self.rows.frameworks

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each framework and replication, in that order."""
        return self.rows.frame

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of replications that failed, with their errors."""
        return self.rows.failures()


def replicate(
    cases: Mapping[str, Any],
    n: int,
    seed: int,
    engine: Engine,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    repeat: Repeat | None = None,
    executor: Executor | None = None,
) -> Replications:
    """Run ``n`` replications of each case under one seed.

    Parameters
    ----------
    cases : mapping of str to Built
        Built games by the name of their framework.
    n : int
        Replications of each.
    seed : int
        Of all luck.
    engine : Engine
        What runs them.
    workers : int
        Threads, or processes for an engine that holds the GIL; with 1, everything runs in this
        one. Rows do not depend on it.
    progress : callable, optional
        Called as work is finished.
    repeat : callable, optional
        From framework and replication to the command that repeats it, for failed rows.
    executor : concurrent.futures.Executor, optional
        Use this one in place of workers of our own.

    Returns
    -------
    Replications
        All of them; or, after Ctrl-C, those finished under every framework.

    Raises
    ------
    OutputError
        If there are too many rows for memory and the temporary files cannot be written.

    Notes
    -----
    A replication that raises becomes a row with status ``failed`` and its error. With several
    processes a script needs the usual guard ``if __name__ == "__main__":``.
    """
    began = time.perf_counter()
    ledger = Ledger(tuple(cases), n, progress, repeat)
    work = _Work(engine, tuple(cases.values()), seed, n, workers)
    used = _one(engine)
    interrupted = False
    try:
        _warm_up(work, ledger)
        if executor is not None:
            used = type(executor).__name__
            _spread(work, ledger, executor)
        elif workers == 1 or work.is_short():
            _here(work, ledger)
        else:
            used = f"{workers} {'threads' if engine.threads else 'processes'}"
            _in_pool(work, ledger)
    except KeyboardInterrupt:
        interrupted = True
    finished = ledger.complete()
    return Replications(
        rows=ledger.rows(),
        n=finished,
        asked=n,
        seed=seed,
        engine=engine.name,
        workers=used,
        seconds=time.perf_counter() - began,
        interrupted=interrupted and finished < n,
    )


def _one(engine: Engine) -> str:
    return "1 thread" if engine.threads else "1 process"


Span: TypeAlias = tuple[int, int, int]
"""Case, first replication, one past the last."""


class Timed(NamedTuple):
    """A block, and the seconds it took."""

    block: Block
    seconds: float


@dataclass
class _Work:
    """What is to be run, and how fast it has been going."""

    engine: Engine
    built: tuple[Any, ...]
    seed: int
    n: int
    workers: int
    pace: float = 0.0

    def run(self, case: int, start: int, stop: int) -> Timed:
        return run_block(self.engine.rows, self.built[case], self.seed, start, stop)

    def is_short(self) -> bool:
        """Tell whether starting processes does not pay."""
        left = self.pace * (self.n - 1) * len(self.built)
        return not self.engine.threads and left < POOL_SECONDS

    def spans(self, *, single: bool = False) -> Iterator[Span]:
        """Yield spans in order of replication, all cases of a span before the next.

        Their size follows the pace, which is measured anew with every block; or is 1.
        """
        largest = 1 if single else LARGEST_BLOCK
        start = 1
        while start < self.n:
            share = (self.n - 1) * len(self.built) // (self.workers * BLOCKS_EACH)
            paced = int(BLOCK_SECONDS / max(self.pace, 1e-9))
            stop = min(self.n, start + max(1, min(largest, share, paced)))
            for case in range(len(self.built)):
                yield case, start, stop
            start = stop

    def note(self, ledger: Ledger, span: Span, timed: Timed) -> None:
        """Keep a block, and learn from it how fast it goes."""
        case, start, stop = span
        self.pace = timed.seconds / max(stop - start, 1)
        ledger.add(case, start, timed.block)


def run_block(rows: Any, built: Any, seed: int, start: int, stop: int) -> Timed:
    """Run the replications from ``start`` to ``stop - 1`` of one case."""
    began = time.perf_counter()
    block = rows(built, seed, start, stop)
    return Timed(block, time.perf_counter() - began)


def _warm_up(work: _Work, ledger: Ledger) -> None:
    """Run replication 0 of every case here, and one again to learn how fast it goes.

    What has to be compiled is then in place before any worker asks for it.
    """
    for case in range(len(work.built)):
        work.note(ledger, (case, 0, 1), work.run(case, 0, 1))
    work.pace = work.run(0, 0, 1).seconds


def _here(work: _Work, ledger: Ledger) -> None:
    """Run everything in this process; one by one if in Python, so that Ctrl-C loses only one."""
    for span in work.spans(single=not work.engine.threads):
        work.note(ledger, span, work.run(*span))


def _in_pool(work: _Work, ledger: Ledger) -> None:
    """Run on workers of our own: threads, or processes."""
    with pool_of(work.workers, threads=work.engine.threads) as pool:
        _spread(work, ledger, pool, ahead=2 * work.workers)


def _spread(work: _Work, ledger: Ledger, pool: Executor, ahead: int = 16) -> None:
    """Run blocks on an executor."""
    spans = work.spans()

    def submit(span: Span) -> Future[Timed]:
        case, start, stop = span
        return pool.submit(run_block, work.engine.rows, work.built[case], work.seed, start, stop)

    spread(
        lambda: next(spans, None),
        submit,
        lambda span, timed: work.note(ledger, span, timed),
        ahead=ahead,
        advice=ADVICE,
    )
