"""Sweeps: an experiment's cases run under its frameworks, its results on disk as they come.

Cases take turns in blocks of replications, so that what is there when a sweep is stopped is
balanced. Who runs a task, in which order tasks end and how they are cut shows in no row.
"""

from __future__ import annotations

import contextlib
import heapq
import math
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.errors import DeterError, OutputError
from deter.experiments import folder as folders
from deter.experiments.design import (
    Cases,
    columns_of,
    design_seed,
    extended,
    make_cases,
    per_history,
    sampler_seed,
)
from deter.experiments.engines import choose
from deter.experiments.folder import Contents
from deter.experiments.games import Games
from deter.experiments.ledger import uninterrupted
from deter.experiments.parts import (
    PARTS,
    Writer,
    finished,
    parquet_bytes,
    part_files,
    read_part,
    row_count,
    tabulate_batch,
)
from deter.experiments.runner import ignore_ctrl_c, shielded
from deter.experiments.stopping import Rule, block_end, look_end
from deter.experiments.store import CONDITION, MADE_BY, versions
from deter.experiments.values import of_records, of_table, per_replication
from deter.experiments.work import Batch, Kitchen, Task, run_task, sliced
from deter.spec.experiment import Until
from deter.spec.experiments import LoadedExperiment
from deter.spec.factors import Factor, addressed

TASK_SECONDS = 1.0
"""Work handed to a worker at a time: small, so that stopping is quick and little is lost."""

MOST_CASES_A_TASK = 2000
MOST_ROWS_A_TASK = 20_000
MANIFEST_SECONDS = 10.0
"""Time after which the manifest is written again while a sweep is under way."""

PILOT_SECONDS = 0.4
"""Work of a pilot for each framework."""

Progress: TypeAlias = Callable[[int, int], None]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """A sweep, ready to be run.

    Attributes
    ----------
    loaded : LoadedExperiment
        The experiment.
    cases : Cases
        What each case sets.
    engine : str
        Which engine runs it: ``compiled`` or ``reference``.
    threads : bool
        Whether that engine runs in threads side by side.
    command : str
        What repeats it.
    """

    loaded: LoadedExperiment
    cases: Cases
    engine: str
    threads: bool
    command: str = ""

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return tuple(self.loaded.cases)

    @property
    def rule(self) -> Rule | None:
        """When a case has been run often enough; None where the number is given."""
        wanted = self.loaded.experiment.replications
        if not isinstance(wanted, Until):
            return None
        return Rule(wanted.half_width.value, wanted.max, wanted.min)

    @property
    def most(self) -> int:
        """Replications of each case under each framework, at most."""
        wanted = self.loaded.experiment.replications
        return wanted.max if isinstance(wanted, Until) else wanted

    @property
    def measure(self) -> str | None:
        """What is to be known, where a rule says when to stop."""
        wanted = self.loaded.experiment.replications
        return wanted.measure if isinstance(wanted, Until) else None

    def games(self) -> Games:
        """Return what makes the games of its cases."""
        loaded = self.loaded
        fixed = {p: dict(f.written) for f in per_history(loaded) for p in f.paths}
        return Games(
            cases=loaded.cases,
            factors=tuple(f for f in loaded.factors if f.name in self.cases.table.columns),
            patches={patch.name: patch.settings for patch in loaded.patches},
            fixed=fixed,
            path=str(loaded.base.path),
            shown=dict(loaded.experiment.settings),
        )


def plan_sweep(loaded: LoadedExperiment, engine: str = "auto", command: str = "") -> Plan:
    """Prepare a sweep.

    Raises
    ------
    InputError
        If it makes too many cases, or the engine cannot run it.
    """
    chosen = choose(engine, {case.scenario.challenger.strategy for case in loaded.cases.values()})
    return Plan(loaded, make_cases(loaded), chosen.name, chosen.threads, command)


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


# ---- what stands in the folder


def contents_of(plan: Plan) -> Contents:
    """Return what stands in a sweep's folder beside the rows."""
    loaded = plan.loaded
    e = loaded.experiment
    first = next(iter(loaded.cases.values()))
    base: dict[str, Any] = {
        "scenario": first.scenario.model_dump(mode="json", by_alias=True, exclude={"framework"}),
        "frameworks": {
            name: case.framework.model_dump(mode="json", by_alias=True)
            for name, case in loaded.cases.items()
        },
    }
    replications: dict[str, Any] = {"n": e.replications}
    if isinstance(e.replications, Until):
        until = e.replications
        replications = {
            "measure": until.measure,
            "half_width": until.half_width.value,
            "min": until.min,
            "max": until.max,
            "looks": list(Rule(until.half_width.value, until.max, until.min).looks()),
        }
    manifest = {
        "made_by": MADE_BY,
        "kind": folders.KIND,
        "format": folders.FORMAT,
        "title": e.title,
        "question": e.question,
        "command": plan.command,
        "state": "begun",
        "base": {
            "name": loaded.base.name,
            "path": str(loaded.base.path),
            "digest": loaded.base.digest,
            "horizon_years": first.scenario.horizon.value,
        },
        "frameworks": {name: case.digest for name, case in loaded.cases.items()},
        "framework_titles": {n: c.framework.title or n for n, c in loaded.cases.items()},
        "seed": e.seed,
        "replications": replications,
        "design": _design(plan),
        "factors": [_factor(factor, plan) for factor in loaded.factors],
        "patches": {p.name: {"label": p.label, "set": dict(p.settings)} for p in loaded.patches},
        "given": _given(loaded),
        "analyses": list(e.analyses),
        "plots": list(e.plots),
        "cases": len(plan.cases),
        "engine": plan.engine,
        "finished": {},
        "notes": list(loaded.notes),
        "condition": CONDITION,
        "model": folders.model_digest(),
        "versions": versions() | _optional_versions(),
        "identity": _identity(plan),
        "experiment_name": loaded.name,
        "experiment_path": str(loaded.path),
        "experiment": _jsonable(loaded.document),
    }
    points = None
    if plan.cases.inputs:
        points = pd.DataFrame(plan.cases.points, columns=[i.name for i in plan.cases.inputs])
        points.index.name = "point"
    return Contents(manifest, _jsonable(base), plan.cases.table, points, _described(plan))


def _optional_versions() -> dict[str, str]:
    from importlib import metadata

    found = {}
    for name in ("SALib",):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _design(plan: Plan) -> dict[str, Any]:
    d = plan.loaded.experiment.design
    document: dict[str, Any] = {"kind": d.kind}
    if d.n is not None:
        document |= {"n": d.n, "seed": design_seed(plan.loaded), "levers": d.levers}
        document["sampler_seed"] = sampler_seed(design_seed(plan.loaded))
    if d.kind == "morris":
        document["levels"] = d.levels or 4
    if d.kind == "saltelli":
        document["second_order"] = d.second_order
    if d.kind == "one_at_a_time":
        document["quantiles"] = list(d.quantiles)
    if plan.cases.inputs:
        document["inputs"] = [
            {"name": one.name, "columns": list(one.columns)} for one in plan.cases.inputs
        ]
        document["problem"] = plan.cases.problem
        document["points"] = len(plan.cases.points)
    return document


def _factor(factor: Factor, plan: Plan) -> dict[str, Any]:
    drawn = factor.distribution
    return {
        "name": factor.name,
        "path": factor.paths[0],
        "paths": list(factor.paths),
        "label": factor.label,
        "kind": factor.kind,
        "unit": factor.unit,
        "values": [level.value for level in factor.levels] or None,
        "labels": [level.label for level in factor.levels] or None,
        "sets": [_jsonable(level.raw) for level in factor.levels] or None,
        "distribution": None if drawn is None else _jsonable(dict(factor.written)),
        "joint": factor.joint,
        "frameworks": list(factor.frameworks),
        "in_cases": factor.name in plan.cases.table.columns,
    }


def _identity(plan: Plan) -> dict[str, Any]:
    """Return what may not change when a sweep goes on, beside scenario and frameworks."""
    e, loaded = plan.loaded.experiment, plan.loaded
    d = e.design
    design: dict[str, Any] = {"kind": d.kind, "levers": d.levers, "second_order": d.second_order}
    if d.n is not None:
        design["seed"] = design_seed(loaded)
    if d.kind == "morris":
        design["levels"] = d.levels or 4
    if d.kind == "one_at_a_time":
        design["quantiles"] = list(d.quantiles)
    identity: dict[str, Any] = _jsonable(
        {
            "seed": e.seed,
            "design": design,
            "levers": {f.name: {"sets": list(f.paths)} for f in loaded.levers},
            "uncertainties": {
                f.name: {
                    "sets": list(f.paths),
                    "distribution": None if f.distribution is None else f.distribution.model_dump(),
                    "joint": f.joint,
                }
                for f in loaded.uncertainties
            },
            "joint samples": {j.name: j.digest for j in loaded.joints},
        }
    )
    return identity


def _given(loaded: LoadedExperiment) -> dict[str, list[str]]:
    """Return, by framework, which paths of ``set`` and of patches exist under it."""
    wanted = dict(loaded.experiment.settings)
    for patch in loaded.patches:
        wanted |= patch.settings
    return {
        name: [path for path, raw in wanted.items() if not addressed(case, path, raw)]
        for name, case in loaded.cases.items()
    }


def _described(plan: Plan) -> list[tuple[str, str, str]]:
    """Return column, unit and meaning of the table of cases."""
    by_name = {factor.name: factor for factor in plan.loaded.factors}
    joints = {joint.name: joint for joint in plan.loaded.joints}
    rows = []
    for name in columns_of(plan.loaded):
        if name in by_name:
            factor = by_name[name]
            label = "" if factor.label == name else f"{factor.label}: "
            sets = ", ".join(f"`{path}`" for path in factor.paths)
            rows.append((name, factor.unit, f"{label}{factor.kind}, sets {sets}"))
        elif name in joints:
            rows.append((name, "row", f"row of the joint sample {joints[name].file}, from 0"))
        elif name == "patch":
            rows.append((name, "", "name of the set of changes"))
        else:
            rows.append((name, "", "point of the design; a row of points.parquet"))
    return rows


# ---- the tasks still to be done


@dataclass
class _Ledger:
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


class _Queue:
    """Tasks in the order in which they are to be begun: block by block, all cases of each."""

    def __init__(self, ledger: _Ledger, pace: dict[str, float], workers: int) -> None:
        self.ledger, self.pace = ledger, pace
        plan = ledger.plan
        self._values = {
            str(n): plan.cases.table[n].tolist() for n in plan.cases.table if n != "point"
        }
        self._heap: list[tuple[int, int, int, int, str, Whole, int, int]] = []
        self._serial = 0
        size = self._chunk(workers)
        for first in range(0, len(plan.cases), size):
            cases = np.arange(first, min(first + size, len(plan.cases)))
            for name in plan.frameworks:
                self.push(name, cases)

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


# ---- who runs them


class Here(Executor):
    """Runs what it is given at once, in this very thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  it is handed on with the future
            future.set_exception(error)
        return future


@contextlib.contextmanager
def workers_for(plan: Plan, workers: int) -> Iterator[Executor]:
    """Give an executor of our own: this thread, threads, or processes."""
    if workers == 1:
        yield Here()
        return
    if plan.threads:
        pool: Executor = ThreadPoolExecutor(workers, "deter")
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
        return
    with processes(workers) as pool:
        yield pool


@contextlib.contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Give worker processes that leave Ctrl-C to this one."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=ignore_ctrl_c)
    try:
        yield pool
    finally:
        try:
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()


# ---- a sweep


@dataclass(frozen=True)
class Pilot:
    """What some histories of a sweep took.

    Attributes
    ----------
    pace : dict of str to float
        Seconds a history, by framework.
    bytes_a_row : float
        Bytes of a row on disk.
    """

    pace: dict[str, float]
    bytes_a_row: float


def pilot(plan: Plan, kitchen: Kitchen) -> Pilot:
    """Run a few histories of cases spread over the sweep, and throw them away.

    What has to be compiled is then in place before any worker asks for it.
    """
    columns = {str(name): plan.cases.table[name].tolist() for name in plan.cases.table}
    count = min(len(plan.cases), 8)
    chosen = tuple(int(c) for c in np.linspace(0, len(plan.cases) - 1, count).astype(int))
    chosen = tuple(dict.fromkeys(chosen))
    values = sliced(columns, chosen)
    pace, sizes, rows = {}, 0, 0
    for name in plan.frameworks:
        run_task(kitchen, Task(name, chosen[:1], sliced(columns, chosen[:1]), 0, 1))
        began, seconds, ran, at = time.perf_counter(), 0.0, 0, 0
        while seconds < PILOT_SECONDS and at < 64:
            length = 1 if at == 0 else at
            batch = run_task(kitchen, Task(name, chosen, values, at, at + length))
            ran, at = ran + len(batch.rows), at + length
            seconds = time.perf_counter() - began
        sizes += len(parquet_bytes(tabulate_batch(batch, plan.frameworks)))
        rows += len(batch.rows)
        pace[name] = seconds / ran
    empty = len(parquet_bytes(tabulate_batch(batch, plan.frameworks).slice(0, 0)))
    return Pilot(pace, max(sizes - empty * len(pace), 0) / rows + empty / 20_000)


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
    folders.refuse_changes(place, stored, contents_of(plan))
    before = stored.manifest["replications"]
    if plan.most < before.get("n", 0):
        raise OutputError(
            f"{place}: holds {before['n']:,} replications of each case, more than the "
            f"{plan.most:,} asked for; ask for as many or more, or name another folder"
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
        self.kitchen = Kitchen(plan.games(), plan.engine, plan.loaded.experiment.seed)
        self.measure = None if plan.measure is None else per_replication(plan.measure)
        self.ran = self.failures = 0
        self.began = self.noted = time.perf_counter()

    def carry_out(self, workers: int, executor: Executor | None, more: dict[str, Any]) -> Outcome:
        """Run what is still to be run."""
        self.writer = Writer(self.parts, self.plan.frameworks, **more)
        there = finished(self.parts, self.plan.frameworks, len(self.plan.cases))
        self.ledger = _Ledger(self.plan, there.done)
        self._recall()
        interrupted = False
        try:
            if self._anything(there.gaps):
                measured = pilot(self.plan, self.kitchen)
                queue = _Queue(self.ledger, measured.pace, workers)
                if executor is not None:
                    self._fill(queue, executor, there.gaps, max(16, 4 * workers))
                else:
                    with workers_for(self.plan, workers) as pool:
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
        self, queue: _Queue, pool: Executor, gaps: Sequence[tuple[str, int, int, int]], ahead: int
    ) -> None:
        missing = [
            queue.task(name, np.array([case]), start, stop) for name, case, start, stop in gaps
        ]
        if missing:
            held = iter(missing)
            self._spread(lambda: next(held, None), self._keep, pool, ahead)
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
        """Run tasks on an executor, a few handed in ahead of those that run."""
        pending: dict[Future[Batch], Task] = {}
        try:
            while True:
                while len(pending) < ahead and (task := take()) is not None:
                    with shielded():
                        future = pool.submit(run_task, self.kitchen, task)
                    pending[future] = task
                if not pending:
                    return
                done, _ = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    batch = _result(future)
                    del pending[future]
                    with uninterrupted():
                        keep(batch)
        except BaseException as error:
            for future in pending:
                future.cancel()
            if isinstance(error, KeyboardInterrupt):
                for future in pending:
                    if future.done() and not future.cancelled() and future.exception() is None:
                        keep(future.result())
            raise

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

    def _keep_and_go_on(self, batch: Batch, queue: _Queue) -> None:
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


def _result(future: Future[Batch]) -> Batch:
    """Return what a task came to, or say that its worker died.

    Raises
    ------
    DeterError
        If it did.
    """
    try:
        return future.result()
    except (OutputError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001  whatever a cluster raises
        name = type(error).__name__
        raise DeterError(
            f"a worker died or could not be reached ({name}: {str(error)[:200]}); what is finished "
            "is kept: go on with --resume, perhaps with fewer --workers"
        ) from None


__all__ = ["Outcome", "Pilot", "Plan", "pilot", "plan_sweep", "processes", "run_sweep"]
