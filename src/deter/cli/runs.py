"""Commands that run scenarios: ``run``, ``compare``, ``trace``."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deter import defaults
from deter.cli.common import (
    ENGINE,
    FAILED,
    FOLDER,
    FRAMEWORK,
    JSON,
    SCENARIO,
    SEED,
    SETTINGS,
    STOPPED,
    WORKERS,
    console,
    count_of,
    guarded,
    note,
    preparing,
    print_json,
    progress,
    whole,
)
from deter.errors import OutputError
from deter.experiments.interrupts import stopping_once

if TYPE_CHECKING:
    from rich.console import RenderableType

    from deter.planning import Plan
    from deter.results import Results


@guarded
def run(
    scenario: SCENARIO,
    framework: FRAMEWORK = None,
    n: Annotated[
        int, typer.Option("-n", help="Replications.", metavar="N", parser=whole)
    ] = defaults.N,
    seed: SEED = defaults.SEED,
    settings: SETTINGS = None,
    output: FOLDER = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
    workers: WORKERS = None,
) -> None:
    """Run a scenario under one framework and estimate its measures."""
    from deter.planning import check_numbers, plan_run

    check_numbers(n, seed, count_of(workers))
    _check_output(output)
    plan = plan_run(scenario, framework, n=n, seed=seed, overrides=settings or (), engine=engine)
    ran = _carry_out(plan, workers, output)
    from deter.presentation.tables import run_table

    _finish(ran, output, as_json, lambda: run_table(ran.results.findings))


@guarded
def compare(
    scenario: SCENARIO,
    frameworks: Annotated[
        str | None,
        typer.Option(
            "-f",
            "--frameworks",
            help="Names or paths with commas between, or all; else those the scenario names. "
            "The reference none is always added.",
            metavar="A,B,…",
        ),
    ] = None,
    n: Annotated[
        int, typer.Option("-n", help="Replications of each.", metavar="N", parser=whole)
    ] = defaults.N,
    seed: SEED = defaults.SEED,
    settings: SETTINGS = None,
    output: FOLDER = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
    workers: WORKERS = None,
    plots: Annotated[
        bool, typer.Option("--plots/--no-plots", help="Draw the pictures of the results.")
    ] = True,
) -> None:
    """Compare frameworks under shared luck with no guarantee at all, and draw the pictures.

    Without -o the results go to results/SCENARIO/compare below the working folder; with --json
    and no -o nothing is written.
    """
    from deter.planning import check_numbers, plan_compare

    check_numbers(n, seed, count_of(workers))
    _check_output(output)
    plan = plan_compare(
        scenario, frameworks, n=n, seed=seed, overrides=settings or (), engine=engine
    )
    if output is None and not as_json:
        output = _usual_place(plan)
    ran = _carry_out(plan, workers, output)
    from deter.presentation.tables import compare_tables

    _finish(ran, output, as_json, lambda: compare_tables(ran.results.findings), plots=plots)


@guarded
def trace(
    scenario: SCENARIO,
    replication: Annotated[
        int,
        typer.Option("-r", "--replication", help="Which one, from 0.", metavar="R", parser=whole),
    ] = 0,
    framework: FRAMEWORK = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="Another framework: the same luck under it, side by side, and where they part.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", "-v", help="Every line of the event log, not the story.")
    ] = False,
    picture: Annotated[
        str | None,
        typer.Option(
            "--plot",
            help="Draw it too, a lane for each actor, and credibility beside it; the ending says "
            "how: png, svg or pdf.",
            metavar="FILE",
        ),
    ] = None,
    seed: SEED = defaults.SEED,
    settings: SETTINGS = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
) -> None:
    """Tell one replication as a dated story, and answer why it went as it did.

    Who saw what, weighed what and chose what, with what probability; who came and who did not, and
    why; and what would have changed it, by replays with the same luck.
    """
    from deter import api
    from deter.cli.pictures import check_picture, draw_story

    if picture is not None:
        check_picture(picture)
    with preparing():
        told = api.trace(
            scenario,
            replication,
            framework,
            against=against,
            seed=seed,
            overrides=settings or (),
            engine=engine,
        )
    note(*told.case.notes, f"Told by the {told.engine} engine.")
    if as_json:
        print_json(told.as_dict())
    elif full:
        typer.echo(told.full if told.other is None else f"{told.full}\n\n\n{told.other.full}")
    else:
        typer.echo(told.wide(console().width))
    if picture is not None:
        note(f"Pictures: {', '.join(draw_story(told, picture))}")


def _check_output(output: str | None) -> None:
    """Say before anything runs that results cannot be written where they are asked for."""
    if output is not None:
        from deter.experiments.store import check_folder

        check_folder(output)


def _usual_place(plan: Plan) -> str | None:
    """Return where a comparison is kept if nobody says, or None, with a remark, if it cannot."""
    place = str(Path(defaults.RESULTS, *plan.scenario.split("/"), "compare"))
    try:
        _check_output(place)
    except OutputError as error:
        note(f"The results will not be kept: {error} (choose a folder with -o)")
        return None
    return place


@dataclass(frozen=True)
class _Ran:
    """What was run, and why its rows are not kept where they should be."""

    results: Results
    lost: OutputError | None


def _carry_out(plan: Plan, workers: int | None, output: str | None) -> _Ran:
    """Run what was planned, and keep the rows before anything is made of them."""
    note(*plan.notes)
    with stopping_once():
        with progress() as bar:
            results = plan.carry_out(count_of(workers), bar)
        if output is not None and results.n:
            try:
                results.save_rows(output)
            except OutputError as error:
                return _Ran(results, error)
    return _Ran(results, None)


def _finish(
    ran: _Ran,
    output: str | None,
    as_json: bool,
    table: Callable[[], RenderableType],
    *,
    plots: bool = False,
) -> None:
    """Print and keep what was found, and the evidence; leave with a code that says how it went."""
    from deter.evidence.line import evidence_of

    results, done = ran.results, ran.results.replications
    if done.n == 0:
        note("Stopped by Ctrl-C before any replication was finished; nothing was kept.")
        raise typer.Exit(STOPPED)
    try:
        asked = results.ask
        known = evidence_of(results.cases, output, asked.names, asked.overrides, results.base)
        if as_json:
            print_json({**results.as_dict(), "evidence": known.as_dict()})
        else:
            console().print(table())
        if ran.lost is not None:
            raise ran.lost
        _describe(results, output, plots=plots)
        if not as_json:
            note(*known.lines())
    except KeyboardInterrupt:
        if output is None or ran.lost is not None:
            raise
        note(
            f"Stopped by Ctrl-C; {done.n:,} replications under every framework are kept in "
            f"{output}; deter plot {output} draws them."
        )
        raise typer.Exit(STOPPED) from None
    if done.interrupted:
        kept = f"they are kept in {output}" if output else "they are shown, not kept"
        note(
            f"Stopped by Ctrl-C: {done.n} of {done.asked} replications were finished under every "
            f"framework; {kept}."
        )
        raise typer.Exit(STOPPED)
    if done.rows.failed == len(done.rows):
        note(f"Every replication failed; the first: {done.rows.first_error}")
        raise typer.Exit(FAILED)


def _describe(results: Results, output: str | None, *, plots: bool) -> None:
    """Put summary and pictures beside the rows, and say where they are."""
    if output is None:
        return
    drawn = plots and results.reference is not None
    if drawn:
        note("Drawing…")
    results.save_findings(Path(os.path.realpath(output)), pictures=plots)
    pictures = f", picture {output}/comparison.png and others beside it" if drawn else ""
    note(f"Results: {output}{pictures}")
