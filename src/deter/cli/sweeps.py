"""The command ``sweep``: an experiment's cases, run and kept as they come."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deter.cli.common import (
    ENGINE,
    FAILED,
    JSON,
    STOPPED,
    WORKERS,
    console,
    count_of,
    guarded,
    note,
    preparing,
    print_json,
    progress,
)
from deter.experiments.interrupts import stopping_once

if TYPE_CHECKING:
    from deter.experiments.sweep import Outcome, Plan
    from deter.planning import SweepPlan


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
    plots: Annotated[
        bool, typer.Option("--plots/--no-plots", help="Draw what the finished sweep allows.")
    ] = True,
) -> None:
    """Run the cases of an experiment; results are on disk as they come, and a sweep can go on.

    Killed at any moment, it loses what was in hand. With --resume it goes on, or adds
    replications, frameworks, levels, patches or points that the experiment now asks for.
    """
    from deter.planning import check_numbers, plan_experiment

    count = count_of(workers)
    check_numbers(1, 0, count)
    planned = plan_experiment(experiment, output, engine=engine)
    note(*planned.plan.loaded.notes)
    if dry_run:
        _estimate(planned.plan, planned.folder, count, as_json=as_json)
        return
    with stopping_once():
        outcome = _carry_out(planned, count, dask, resume=resume)
    try:
        _finish(outcome, as_json=as_json, plots=plots)
    except KeyboardInterrupt:
        note(f"Stopped by Ctrl-C; all {outcome.rows:,} histories are kept in {planned.folder}.")
        raise typer.Exit(STOPPED) from None


def _carry_out(planned: SweepPlan, count: int, dask: str | None, *, resume: bool) -> Outcome:
    with contextlib.ExitStack() as stack:
        executor = None
        if dask is not None:
            from deter.experiments.clusters import dask_executor

            executor, count = stack.enter_context(dask_executor(dask))
            note(f"Running on a Dask cluster, {count} tasks side by side.")
        bar = stack.enter_context(progress("histories", hours=True))
        return planned.carry_out(count, bar, executor, resume=resume)


def _estimate(plan: Plan, place: str, workers: int, *, as_json: bool) -> None:
    """Say how much work a sweep is, from a few histories of it."""
    from deter.experiments.pilot import pilot
    from deter.presentation.sweeps import duration, size

    with preparing():
        measured = pilot(plan, plan.kitchen())
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
        f"  disk           {upto}about {size(disk)} or less in {place}",
        f"  base           {plan.loaded.base.name}, digest {plan.loaded.base.digest[:16]}",
    ]
    typer.echo("\n".join(lines))


def _finish(outcome: Outcome, *, as_json: bool, plots: bool) -> None:
    from deter.experiments.study import Study
    from deter.presentation.sweeps import (
        OWN,
        counts,
        duration,
        is_small,
        stopping,
        summary_rows,
        sweep_table,
    )
    from deter.spec.library import shown

    study = Study.open(outcome.folder)
    place = shown(outcome.folder)
    if as_json:
        document: dict[str, Any] = {
            "folder": place,
            "state": study.manifest["state"],
            "cases": outcome.cases,
            "frameworks": list(study.frameworks),
            "rows": outcome.rows,
            "added": outcome.ran,
            "failed": outcome.failures,
            "seconds": round(outcome.seconds, 3),
            "digest": study.digest(),
            "stopping": stopping(study) or None,
            "summary": summary_rows(study) if is_small(study) else None,
        }
        print_json(document)
    else:
        if is_small(study):
            console().print(sweep_table(study))
        if study.rule is not None:
            typer.echo(f"{stopping(study)} {OWN}")
        typer.echo(f"{counts(study)}; {outcome.ran:,} run now in {duration(outcome.seconds)}.")
    note(f"Results: {place}; ask of them with `deter analyse {place}`")
    if plots and study.complete and outcome.rows:
        from deter.cli.plots import draw_sweep

        draw_sweep(outcome.folder, place)
    if outcome.failures:
        note(f"{outcome.failures:,} histories failed; each is a row that says why.")
    if outcome.interrupted:
        note("Stopped by Ctrl-C; go on with --resume.")
        raise typer.Exit(STOPPED)
    if outcome.ran and outcome.failures == outcome.ran:
        raise typer.Exit(FAILED)
