"""Sweeps: an experiment's cases run under its frameworks, its results on disk as they come.

Cases take turns in blocks of replications, so that what is there when a sweep is stopped is
balanced. Who runs a task, in which order tasks end and how they are cut shows in no row.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from deter.errors import DeterError, OutputError
from deter.experiments import folder as folders
from deter.experiments.changes import refuse_changes
from deter.experiments.described import contents_of
from deter.experiments.design import extended
from deter.experiments.folder import Contents
from deter.experiments.interrupts import uninterrupted
from deter.experiments.parts import PARTS, Writer, finished, part_files, read_part, row_count
from deter.experiments.pilot import pilot
from deter.experiments.plans import Plan, plan_sweep
from deter.experiments.pools import pool_of, spread
from deter.experiments.schedule import Queue, SweepLedger
from deter.experiments.values import of_records, of_table, per_replication
from deter.experiments.work import Batch, Task, run_task

MANIFEST_SECONDS = 10.0
"""Time after which the manifest is written again while a sweep is under way."""

ADVICE = "what is finished is kept: go on with --resume, perhaps with fewer --workers"
"""Where a worker died."""

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """How a sweep went.

    Attributes
    ----------
    folder : Path
        Where the results are.
    cases : int
        How many.
    rows : int
        How many are there, those of before included.
    ran : int
        How many this sweep added.
    failures : int
        How many of those added failed.
    seconds : float
        How long it took.
    interrupted : bool
        Whether it was stopped.
    """

    folder: Path
    cases: int
    rows: int
    ran: int
    failures: int
    seconds: float
    interrupted: bool


def run_sweep(
    plan: Plan,
    folder: str | Path,
    *,
    resume: bool = False,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Progress | None = None,
    part_rows: int | None = None,
    part_seconds: float | None = None,
) -> Outcome:
    """Run a sweep, or go on with one.

    Parameters
    ----------
    plan : Plan
        From :func:`plan_sweep`.
    folder : str or Path
        Where the results go.
    resume : bool
        Go on with a sweep that is there; what it holds is not run again.
    workers : int
        Threads of the compiled engine, processes of the reference engine; 1 for this thread.
    executor : concurrent.futures.Executor, optional
        To run on in place of workers of our own: threads, processes, a Dask cluster's.
    progress : callable, optional
        Called with the rows finished and the rows asked for, at most.
    part_rows, part_seconds : optional
        When a part is written; for tests.

    Returns
    -------
    Outcome
        Also where it was stopped with Ctrl-C.

    Raises
    ------
    OutputError
        If the folder is of something else, or cannot be written to (a full disk): what is in it
        is whole, and the sweep can go on.
    DeterError
        If workers died.
    """
    place, there = folders.open_place(folder, resume=resume)
    if there:
        stored = folders.read_contents(place)
        plan = _continued(place, stored, plan)
    contents = contents_of(plan)
    contents.manifest["started"] = _now()
    if there:
        contents.manifest["started"] = stored.manifest.get("started", _now())
    else:
        folders.create(place, contents)
    with folders.locked(place):
        if there:
            folders.write_contents(place, contents)
        run = _Run(plan, place, contents, progress)
        more = {
            key: value
            for key, value in (("rows", part_rows), ("seconds", part_seconds))
            if value is not None
        }
        return run.carry_out(workers, executor, more)


def _continued(place: Path, stored: Contents, plan: Plan) -> Plan:
    """Return the plan with the cases of a folder first; refuse what does not belong to it."""
    refuse_changes(place, stored, contents_of(plan))
    before = stored.manifest["replications"]
    finished = stored.manifest.get("finished", {}).values()
    there = max((before.get("n", 0), *(done["replications_most"] for done in finished)))
    if plan.most < there:
        raise OutputError(
            f"{place}: holds up to {there:,} replications of a case, more than the "
            f"{plan.most:,} asked for; ask for as many or more, or name another folder"
        )
    if plan.rule is None and "n" not in before:
        raise OutputError(
            f"{place}: its cases were stopped by a rule (until {before['measure']} was known), on "
            "which their intervals rest; keep a rule, or name another folder"
        )
    try:
        cases = extended(stored.cases, plan.cases, plan.loaded.experiment.design.kind)
    except ValueError as error:
        raise OutputError(f"{place}: cannot go on there: {error}") from None
    return Plan(plan.loaded, cases, plan.engine, plan.threads, plan.command)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Run:
    """A sweep under way."""

    def __init__(
        self, plan: Plan, place: Path, contents: Contents, progress: Progress | None
    ) -> None:
        self.plan, self.place, self.contents = plan, place, contents
        self.progress = progress
        self.parts = place / PARTS
        self.kitchen = plan.kitchen()
        self.measure = None if plan.measure is None else per_replication(plan.measure)
        self.ran = self.failures = 0
        self.began = self.noted = time.perf_counter()

    def carry_out(self, workers: int, executor: Executor | None, more: dict[str, Any]) -> Outcome:
        """Run what is still to be run."""
        self.writer = Writer(self.parts, self.plan.frameworks, **more)
        there = finished(self.parts, self.plan.frameworks, len(self.plan.cases))
        self.ledger = SweepLedger(self.plan, there.done)
        self._recall()
        interrupted = False
        try:
            if self._anything(there.gaps):
                measured = pilot(self.plan, self.kitchen)
                queue = Queue(self.ledger, measured.pace, workers)
                if executor is not None:
                    self._fill(queue, executor, there.gaps, max(16, 4 * workers))
                else:
                    with pool_of(workers, threads=self.plan.threads) as pool:
                        self._fill(queue, pool, there.gaps, 1 if workers == 1 else 2 * workers)
        except KeyboardInterrupt:
            interrupted = True
        except OutputError as error:
            self._note("stopped", quietly=True)
            raise OutputError(self._told(error)) from None
        except DeterError:
            self._end(interrupted=True)
            raise
        return self._end(interrupted=interrupted)

    def _anything(self, gaps: Sequence[Any]) -> bool:
        every = np.arange(len(self.plan.cases))
        return bool(gaps) or any(len(self.ledger.open(n, every)) for n in self.plan.frameworks)

    def _recall(self) -> None:
        """Add up what the parts hold of the measure that is to be known."""
        if self.measure is None:
            return
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = list(dict.fromkeys(("case", "framework", "status", *self.measure.columns)))
        for path in part_files(self.parts):
            table = read_part(path, columns)
            words = table.column("framework").cast(pa.string())
            for name in pc.unique(words).to_pylist():
                mine = table.filter(pc.equal(words, name))
                cases = mine.column("case").to_numpy().astype(np.int64)
                self.ledger.see(str(name), cases, of_table(self.measure, mine))

    def _fill(
        self, queue: Queue, pool: Executor, gaps: Sequence[tuple[str, int, int, int]], ahead: int
    ) -> None:
        missing = [
            queue.task(name, np.array([case]), start, stop) for name, case, start, stop in gaps
        ]
        if missing:
            held = iter(missing)
            self._spread(lambda: next(held, None), self._keep, pool, ahead)
        queue.begin()  # only now can a stopping rule judge what the cases have
        self._spread(queue.pop, lambda batch: self._keep_and_go_on(batch, queue), pool, ahead)
        with uninterrupted():
            self.writer.flush()

    def _spread(
        self,
        take: Callable[[], Task | None],
        keep: Callable[[Batch], None],
        pool: Executor,
        ahead: int,
    ) -> None:
        spread(
            take,
            lambda task: pool.submit(run_task, self.kitchen, task),
            lambda _, batch: keep(batch),
            ahead=ahead,
            advice=ADVICE,
            lost=Exception,
        )

    def _keep(self, batch: Batch) -> None:
        """Note a batch and hand it to the disk."""
        written = self.writer.add(batch)
        self.ran += len(batch.rows)
        self.failures += len(batch.errors)
        if self.measure is not None:
            span = batch.task.stop - batch.task.start
            cases = np.repeat(np.array(batch.task.cases), span)
            self.ledger.see(batch.task.framework, cases, of_records(self.measure, batch.rows))
        if written and time.perf_counter() - self.noted > MANIFEST_SECONDS:
            self._note("under way")

    def _keep_and_go_on(self, batch: Batch, queue: Queue) -> None:
        self._keep(batch)
        task = batch.task
        cases = np.array(task.cases)
        self.ledger.done[task.framework][cases] = task.stop
        queue.pace[task.framework] = batch.seconds / max(len(batch.rows), 1)
        queue.push(task.framework, cases)
        if self.progress is not None:
            most = self.plan.most * len(self.plan.cases) * len(self.plan.frameworks)
            self.progress(self.ledger.rows(), most)

    def _note(self, state: str, *, quietly: bool = False) -> None:
        """Write the manifest anew."""
        self.noted = time.perf_counter()
        manifest = self.contents.manifest
        manifest["state"] = state
        manifest["updated"] = _now()
        manifest["finished"] = {
            name: {
                "rows": int(done.sum()),
                "replications_least": int(done.min(initial=self.plan.most)),
                "replications_most": int(done.max(initial=0)),
                "cases_finished": int(
                    len(done) - len(self.ledger.open(name, np.arange(len(done))))
                ),
            }
            for name, done in self.ledger.done.items()
        }
        try:
            folders.write_json(self.place / folders.MANIFEST, manifest)
        except OutputError:
            if not quietly:
                raise

    def _told(self, error: OutputError) -> str:
        """Return what is wrong with the disk, and what has been saved."""
        kept = sum(row_count(path) for path in part_files(self.parts))
        return (
            f"{error}; {kept:,} rows are safe in {self.place}: go on there with --resume when "
            "that is mended"
        )

    def _end(self, *, interrupted: bool) -> Outcome:
        try:
            with uninterrupted():
                self.writer.flush()
                whole = not self._anything(())
                self._note("complete" if whole else "stopped")
        except OutputError as error:
            raise OutputError(self._told(error)) from None
        return Outcome(
            folder=self.place,
            cases=len(self.plan.cases),
            rows=self.ledger.rows(),
            ran=self.ran,
            failures=self.failures,
            seconds=time.perf_counter() - self.began,
            interrupted=interrupted and not whole,
        )


__all__ = ["Outcome", "Plan", "plan_sweep", "run_sweep"]
