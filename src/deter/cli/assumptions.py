"""``deter evidence assumptions``: how much of an outcome's variance rests on assumptions."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deter import defaults
from deter.cli.common import (
    ENGINE,
    JSON,
    SCENARIO,
    SEED,
    SETTINGS,
    WORKERS,
    console,
    count_of,
    guarded,
    note,
    plain,
    print_json,
    progress,
    whole,
)
from deter.errors import Fault, InputError

if TYPE_CHECKING:
    from deter.evidence.assumptions.measuring import Effort
    from deter.planning import Plan

MOST = 100_000


def _factor(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; write a number, as 1.5") from None


@guarded
def assumptions(
    scenario: SCENARIO,
    frameworks: Annotated[
        str | None,
        typer.Option(
            "-f",
            "--frameworks",
            help="Names or paths with commas between; else those the scenario names. The "
            "reference none is always added.",
            metavar="A,B,…",
        ),
    ] = None,
    spread: Annotated[
        float,
        typer.Option(
            "--spread",
            help="95 % of draws of an assumption lie within this factor, to either side.",
            metavar="FACTOR",
            parser=_factor,
        ),
    ] = defaults.SPREAD,
    draws: Annotated[
        int,
        typer.Option("--draws", help="Draws of the assumptions.", metavar="K", parser=whole),
    ] = defaults.DRAWS,
    rows: Annotated[
        int, typer.Option("--rows", help="Rows of the posterior.", metavar="P", parser=whole)
    ] = defaults.ROWS,
    n: Annotated[
        int,
        typer.Option("-n", help="Replications of each draw and row.", metavar="R", parser=whole),
    ] = defaults.PAIRED_N,
    hold: Annotated[
        list[str] | None,
        typer.Option(
            "--hold", help="Do not vary what stands at a path or below; repeat.", metavar="PATH"
        ),
    ] = None,
    seed: SEED = defaults.SEED,
    settings: SETTINGS = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", help="Write it to a file.", metavar="FILE")
    ] = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
    workers: WORKERS = None,
) -> None:
    """Measure how much of an outcome's variance rests on assumptions.

    Assumptions are varied together, crossed with rows of the posterior where the scenario draws
    from one, under shared luck: so that what rests on either, on both together and on chance can
    be told apart. Without -o it goes to results/SCENARIO/assumptions.json, where `deter compare`
    and `deter report` find it; with --json and no -o nothing is written.
    """
    from deter.evidence.assumptions.keeping import FILE, check_file, write
    from deter.evidence.assumptions.measuring import Effort, measure
    from deter.planning import plan_compare

    effort = Effort(draws=draws, rows=rows, n=n, spread=spread, seed=seed, hold=tuple(hold or ()))
    _check(effort, count_of(workers))
    plan = plan_compare(
        scenario, frameworks, n=n, seed=seed, overrides=settings or (), engine=engine
    )
    _check_plan(plan, effort)
    if output is None and not as_json:
        output = str(Path(defaults.RESULTS, *plan.scenario.split("/"), FILE))
    place = None if output is None else check_file(output)
    note(*plan.notes)
    with progress("histories", hours=True) as bar:
        found = measure(
            {case.framework_name: case for case in plan.cases},
            effort,
            engine=engine,
            workers=count_of(workers),
            progress=bar,
        )
    document = plain({**found.as_dict(), "command": _command(plan, scenario, effort)})
    if as_json:
        print_json(document)
    else:
        from deter.presentation.assumptions import tables

        console().print(tables(document))
    if place is not None:
        write(document, place)
        note(f"Results: {place}")


def _check(effort: Effort, workers: int) -> None:
    """Say what is wrong with the numbers, all together."""
    from deter.planning import check_numbers

    faults: list[Fault] = []
    for name, value in (("--draws", effort.draws), ("--rows", effort.rows), ("-n", effort.n)):
        if not 2 <= value <= MOST:
            message = f"found {value}; write a whole number from 2 to {MOST:,}"
            faults.append(Fault(name, 0, "", message))
    if not (math.isfinite(effort.spread) and 1 <= effort.spread <= 100):
        message = f"found {effort.spread:g}; write a factor from 1 (nothing varies) to 100"
        faults.append(Fault("--spread", 0, "", message))
    try:
        check_numbers(2, effort.seed, workers)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(tuple(faults))


def _check_plan(plan: Plan, effort: Effort) -> None:
    """Say so where a posterior has fewer rows than are asked for, or a path is of no assumption."""
    from deter.evidence.assumptions.measuring import hold_faults, joint_files

    faults = hold_faults(plan.cases, effort.hold)
    for file, held in joint_files(plan.cases).items():
        if held < effort.rows:
            message = f"found {effort.rows}; {file} has {held}, so write at most that"
            faults.append(Fault("--rows", 0, "", message))
    if faults:
        raise InputError(tuple(faults))


def _command(plan: Plan, scenario: str, effort: Effort) -> str:
    named = [plan.ask.names.get(c.framework_name, c.framework_name) for c in plan.cases]
    parts = ["deter", "evidence", "assumptions", scenario, "-f", ",".join(named)]
    parts += ["--spread", f"{effort.spread:g}", "--draws", str(effort.draws)]
    parts += ["--rows", str(effort.rows), "-n", str(effort.n), "--seed", str(effort.seed)]
    parts += [word for path in effort.hold for word in ("--hold", path)]
    if plan.ask.engine != "auto":
        parts += ["--engine", plan.ask.engine]
    return shlex.join([*parts, *(w for text in plan.ask.overrides for w in ("--set", text))])
