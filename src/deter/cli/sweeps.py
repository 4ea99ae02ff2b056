"""The command ``sweep``: an experiment's cases, run and kept as they come."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deter.cli.common import (
    ENGINE,
    FAILED,
    JSON,
    STOPPED,
    WORKERS,
    console,
    cores,
    guarded,
    note,
    preparing,
    print_json,
)

if TYPE_CHECKING:
    import threading

    from rich.progress import Progress, TaskID

    from deter.experiments.sweep import Outcome, Plan

RESULTS = "results"


@guarded
def sweep(
    experiment: Annotated[
        str,
        typer.Argument(
            help="An experiment: a file, a folder with an experiment.yaml, or a name in the "
            "library.",
            metavar="EXPERIMENT",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", help="Results folder; results/NAME if not given.", metavar="DIR"
        ),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with, or extend, the sweep that is in the folder."),
    ] = False,
    workers: WORKERS = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            help="Run on a Dask cluster: the address of its scheduler, or local.",
            metavar="ADDRESS",
        ),
    ] = None,
    engine: ENGINE = "auto",
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say how much work it is, without doing it."),
    ] = False,
    as_json: JSON = False,
) -> None:
    """Run the cases of an experiment; results are on disk as they come, and a sweep can go on.

    Killed at any moment, it loses what was in hand. With --resume it goes on, or adds
    replications, frameworks, levels, patches or points that the experiment now asks for.
    """
    from deter.experiments.sweep import plan_sweep
    from deter.planning import check_numbers
    from deter.spec.experiments import load_experiment

    count = cores() if workers is None else workers
    check_numbers(1, 0, count)
    loaded = load_experiment(experiment)
    place = output or str(Path(RESULTS, loaded.name))
    plan = plan_sweep(loaded, engine, _command(experiment, place, engine))
    note(*loaded.notes)
    if dry_run:
        _estimate(plan, place, count, as_json=as_json)
        return
    outcome = _carry_out(plan, place, count, dask, resume=resume)
    _finish(outcome, as_json=as_json)


def _command(experiment: str, place: str, engine: str) -> str:
    import shlex

    more = [] if engine == "auto" else ["--engine", engine]
    return shlex.join(["deter", "sweep", experiment, "-o", place, *more])


def _carry_out(plan: Plan, place: str, count: int, dask: str | None, *, resume: bool) -> Outcome:
    from deter.experiments.sweep import run_sweep

    with contextlib.ExitStack() as stack:
        executor = None
        if dask is not None:
            from deter.experiments.clusters import dask_executor

            executor, count = stack.enter_context(dask_executor(dask))
            note(f"Running on a Dask cluster, {count} tasks side by side.")
        bar = stack.enter_context(_progress())
        return run_sweep(plan, place, resume=resume, workers=count, executor=executor, progress=bar)


def _estimate(plan: Plan, place: str, workers: int, *, as_json: bool) -> None:
    """Say how much work a sweep is, from a few histories of it."""
    from deter.experiments.pilot import pilot
    from deter.experiments.work import Kitchen
    from deter.presentation.sweeps import duration, size

    with preparing():
        measured = pilot(plan, Kitchen(plan.games(), plan.engine, plan.loaded.experiment.seed))
    cases, most = len(plan.cases), plan.most
    rows = cases * most * len(plan.frameworks)
    seconds = sum(measured.pace[name] * cases * most for name in plan.frameworks) / workers
    disk = rows * measured.bytes_a_row
    if as_json:
        print_json(
            {
                "experiment": plan.loaded.name,
                "folder": place,
                "base_digest": plan.loaded.base.digest,
                "cases": cases,
                "frameworks": list(plan.frameworks),
                "replications": most,
                "until": plan.measure,
                "histories": rows,
                "engine": plan.engine,
                "workers": workers,
                "seconds": round(seconds, 1),
                "bytes": round(disk),
                "milliseconds_a_history": {n: round(p * 1e3, 3) for n, p in measured.pace.items()},
            }
        )
        return
    upto = "up to " if plan.rule is not None else ""
    lines = [
        f"{plan.loaded.experiment.title} ({plan.loaded.experiment.design.kind})",
        f"  cases          {cases:,}",
        f"  frameworks     {len(plan.frameworks)}: {', '.join(plan.frameworks)}",
        f"  replications   {upto}{most:,} of each case under each framework",
        f"  histories      {upto}{rows:,}",
        f"  time           {upto}about {duration(seconds)} on {workers} workers "
        f"({plan.engine} engine, timed on a few histories)",
        f"  disk           {upto}about {size(disk)} in {place}",
        f"  base           {plan.loaded.base.name}, digest {plan.loaded.base.digest[:16]}",
    ]
    typer.echo("\n".join(lines))


def _finish(outcome: Outcome, *, as_json: bool) -> None:
    from deter.experiments.study import Study
    from deter.presentation.sweeps import counts, duration, is_small, summary_rows, sweep_table

    study = Study.open(outcome.folder)
    shown = _shown(outcome.folder)
    if as_json:
        document: dict[str, Any] = {
            "folder": shown,
            "state": study.manifest["state"],
            "cases": outcome.cases,
            "frameworks": list(study.frameworks),
            "rows": outcome.rows,
            "added": outcome.ran,
            "failed": outcome.failures,
            "seconds": round(outcome.seconds, 3),
            "digest": study.digest(),
            "summary": summary_rows(study) if is_small(study) else None,
        }
        print_json(document)
    else:
        if is_small(study):
            console().print(sweep_table(study))
        typer.echo(f"{counts(study)}; {outcome.ran:,} run now in {duration(outcome.seconds)}.")
    note(f"Results: {shown}; ask of them with `deter analyse {shown}`")
    if outcome.failures:
        note(f"{outcome.failures:,} histories failed; each is a row that says why.")
    if outcome.interrupted:
        note("Stopped by Ctrl-C; go on with --resume.")
        raise typer.Exit(STOPPED)
    if outcome.ran and outcome.failures == outcome.ran:
        raise typer.Exit(FAILED)


def _shown(folder: Path) -> str:
    from deter.spec.library import shown

    return shown(folder)


class _Bar:
    """Progress on a terminal with rate and time left; elsewhere a line now and then."""

    EVERY = 30.0

    def __init__(self, prepared: threading.Timer) -> None:
        self._prepared = prepared
        self._terminal = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._first: tuple[float, int] | None = None
        self._told = time.monotonic()

    def __call__(self, done: int, most: int) -> None:
        """Note that histories are done."""
        self._prepared.cancel()
        now = time.monotonic()
        if self._first is None:
            self._first = now, done
        if self._terminal:
            self._show(done, most)
        elif now - self._told >= self.EVERY:
            self._told = now
            began, there = self._first
            rate = (done - there) / max(now - began, 1e-9)
            from deter.presentation.sweeps import duration

            left = f", {duration((most - done) / rate)} left" if rate > 0 else ""
            note(f"{done:,} of {most:,} histories, {rate:,.0f} a second{left}")

    def _show(self, done: int, most: int) -> None:
        if self._progress is None:
            from rich.progress import (
                BarColumn,
                MofNCompleteColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
            )

            self._progress = Progress(
                TextColumn("histories"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=console(stderr=True),
                transient=True,
            )
            self._task = self._progress.add_task("histories", total=most, completed=done, rate="")
            self._progress.start()
        assert self._task is not None
        assert self._first is not None
        began, there = self._first
        elapsed = time.monotonic() - began
        rate = f"{(done - there) / elapsed:,.0f}/s" if elapsed > 1 else ""
        self._progress.update(self._task, completed=done, rate=rate)

    def stop(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


@contextlib.contextmanager
def _progress() -> Iterator[_Bar]:
    with preparing() as prepared:
        bar = _Bar(prepared)
        try:
            yield bar
        finally:
            bar.stop()
