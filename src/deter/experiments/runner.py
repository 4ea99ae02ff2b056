"""Running replications: over one worker or many, in any order, to the same rows.

A replication's luck is addressed by its number, so that it does not matter who runs it or when.
Frameworks are interleaved by blocks of replications: what has been finished when a run is stopped
is a fair comparison.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeAlias

import pandas as pd

from deter.engine.outcome import failed_row
from deter.errors import DeterError
from deter.experiments.columns import tabulate

BLOCK_SECONDS = 0.5
"""Work handed to a worker at a time: small, so that stopping is quick."""

LARGEST_BLOCK = 200
POOL_SECONDS = 2.0
"""Work below which starting worker processes does not pay."""

Row: TypeAlias = dict[str, Any]


class HasRow(Protocol):
    """What an engine returns of a replication."""

    @property
    def row(self) -> Row:
        """The outcome row."""


Simulate: TypeAlias = Callable[[Any, int, int], HasRow]
"""An engine: (built game, seed, replication) to a result."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the replications done and those asked for, over all frameworks."""


@dataclass(frozen=True)
class Replications:
    """The rows of some frameworks under the same luck.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row for each framework and replication, in that order.
    frameworks : tuple of str
        In the order asked for.
    n : int
        Replications finished under every framework.
    asked : int
        Replications asked for.
    seed : int
        Of all luck.
    engine : str
        Which engine ran them.
    seconds : float
        How long it took.
    interrupted : bool
        Whether it was stopped before its end; the frame then holds the replications 0 to
        ``n - 1`` of every framework.
    """

    frame: pd.DataFrame
    frameworks: tuple[str, ...]
    n: int
    asked: int
    seed: int
    engine: str
    seconds: float
    interrupted: bool = False

    @property
    def failures(self) -> pd.DataFrame:
        """The rows of replications that failed, with their errors."""
        return self.frame[self.frame["status"] == "failed"]


@dataclass
class _Ledger:
    """What has been finished so far."""

    frameworks: tuple[str, ...]
    asked: int
    progress: Progress | None
    rows: dict[tuple[int, int], Row] = field(default_factory=dict)

    def add(self, case: int, rows: Sequence[Row]) -> None:
        for row in rows:
            self.rows[case, row["replication"]] = row
        if self.progress is not None:
            self.progress(len(self.rows), self.asked * len(self.frameworks))

    def complete(self) -> int:
        """Return how many replications, from 0 on, are finished under every framework."""
        cases = range(len(self.frameworks))
        n = 0
        while n < self.asked and all((case, n) in self.rows for case in cases):
            n += 1
        return n

    def frame(self, n: int) -> pd.DataFrame:
        rows = (
            {"framework": name} | self.rows[case, replication]
            for case, name in enumerate(self.frameworks)
            for replication in range(n)
        )
        return tabulate(rows, self.frameworks)


def replicate(
    cases: Mapping[str, Any],
    n: int,
    seed: int,
    *,
    workers: int = 1,
    simulate: Simulate | None = None,
    engine: str = "reference",
    progress: Progress | None = None,
    repeat: Callable[[str, int], str] | None = None,
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
    workers : int
        Processes; with 1, everything runs in this one. Rows do not depend on it.
    simulate : callable, optional
        The engine; the reference engine where not given.
    engine : str
        Its name, for the record.
    progress : callable, optional
        Called as work is finished.
    repeat : callable, optional
        From framework and replication to the command that repeats it, for failed rows.
    executor : concurrent.futures.Executor, optional
        Use this one in place of processes of our own.

    Returns
    -------
    Replications
        All of them; or, after Ctrl-C, those finished under every framework.

    Notes
    -----
    A replication that raises becomes a row with status ``failed`` and its error. A script that
    asks for several workers needs the usual guard ``if __name__ == "__main__":``.
    """
    began = time.perf_counter()
    ledger = _Ledger(tuple(cases), n, progress)
    work = _Work(simulate or _reference(), tuple(cases.values()), seed)
    interrupted = False
    try:
        pace = _warm_up(work, ledger)
        rest = n - 1
        short = pace * rest * len(cases) < POOL_SECONDS
        if executor is not None:
            _spread(work, ledger, _blocks(work, rest, pace), executor)
        elif workers == 1 or short:
            _in_process(work, ledger)
        else:
            _in_processes(work, ledger, _blocks(work, rest, pace), workers)
    except KeyboardInterrupt:
        interrupted = True
    finished = ledger.complete()
    _explain_failures(ledger, repeat)
    return Replications(
        frame=ledger.frame(finished),
        frameworks=ledger.frameworks,
        n=finished,
        asked=n,
        seed=seed,
        engine=engine,
        seconds=time.perf_counter() - began,
        interrupted=interrupted and finished < n,
    )


@dataclass(frozen=True)
class _Work:
    simulate: Simulate
    built: tuple[Any, ...]
    seed: int


def _reference() -> Simulate:
    from deter.engine.reference import simulate

    return simulate


def _attempt(simulate: Simulate, built: Any, seed: int, replication: int) -> Row:
    """Return the row of a replication; a failed one's row says why."""
    try:
        return simulate(built, seed, replication).row
    except Exception as error:  # noqa: BLE001  whatever a law raises, the others go on
        return failed_row(replication, f"{type(error).__name__}: {error}")


def run_block(simulate: Simulate, built: Any, seed: int, start: int, stop: int) -> list[Row]:
    """Run the replications from ``start`` to ``stop - 1`` of one case."""
    return [_attempt(simulate, built, seed, replication) for replication in range(start, stop)]


def _warm_up(work: _Work, ledger: _Ledger) -> float:
    """Run replication 0 of every case here, and return the seconds one takes.

    Compiled laws are then on disk before any worker asks for them.
    """
    if ledger.asked < 1:
        return 0.0
    seconds = 0.0
    for case, built in enumerate(work.built):
        began = time.perf_counter()
        ledger.add(case, run_block(work.simulate, built, work.seed, 0, 1))
        seconds = time.perf_counter() - began
    return seconds


def _in_process(work: _Work, ledger: _Ledger) -> None:
    for replication in range(1, ledger.asked):
        for case, built in enumerate(work.built):
            rows = run_block(work.simulate, built, work.seed, replication, replication + 1)
            ledger.add(case, rows)


Block: TypeAlias = tuple[int, int, int]
"""Case, first replication, one past the last."""


def _blocks(work: _Work, rest: int, pace: float) -> Iterator[Block]:
    """Yield blocks in order of replication, all cases of a block before the next."""
    size = max(1, min(LARGEST_BLOCK, int(BLOCK_SECONDS / max(pace, 1e-9))))
    for start in range(1, rest + 1, size):
        for case in range(len(work.built)):
            yield case, start, min(start + size, rest + 1)


def _in_processes(work: _Work, ledger: _Ledger, blocks: Iterator[Block], workers: int) -> None:
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_ctrl_c)
    try:
        _spread(work, ledger, blocks, pool, ahead=2 * workers)
        pool.shutdown()
    except BaseException as error:
        try:
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()
        if isinstance(error, BrokenProcessPool):
            raise DeterError(
                "a worker process died (out of memory?); try again with --workers 1"
            ) from None
        raise


def _spread(
    work: _Work, ledger: _Ledger, blocks: Iterator[Block], pool: Executor, ahead: int = 16
) -> None:
    """Run blocks on an executor, a few handed in ahead of those that run."""
    pending: dict[Future[list[Row]], int] = {}
    try:
        while True:
            for case, start, stop in islice(blocks, ahead - len(pending)):
                with _shielded():
                    future = pool.submit(
                        run_block, work.simulate, work.built[case], work.seed, start, stop
                    )
                pending[future] = case
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                ledger.add(pending.pop(future), future.result())
    except KeyboardInterrupt:
        _collect(pending, ledger)
        raise


def _collect(pending: Mapping[Future[list[Row]], int], ledger: _Ledger) -> None:
    """Keep what was finished but not yet noted, and cancel what has not begun."""
    for future, case in pending.items():
        if not future.cancel() and future.done() and future.exception() is None:
            ledger.add(case, future.result())


def _ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the process that started the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextlib.contextmanager
def _shielded() -> Iterator[None]:
    """Hold Ctrl-C back for a moment, so that a worker born in it is born deaf to it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _explain_failures(ledger: _Ledger, repeat: Callable[[str, int], str] | None) -> None:
    if repeat is None:
        return
    for (case, replication), row in ledger.rows.items():
        if row["status"] == "failed":
            command = repeat(ledger.frameworks[case], replication)
            row["error"] = f"{row['error']} (repeat with: {command})"
