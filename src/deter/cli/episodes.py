"""``deter evidence episodes``: score the model on historical episodes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from deter import defaults
from deter.cli.common import (
    ENGINE,
    FOLDER,
    JSON,
    SEED,
    SETTINGS,
    STOPPED,
    WORKERS,
    console,
    count_of,
    guarded,
    note,
    print_json,
    progress,
    whole,
)

if TYPE_CHECKING:
    from deter.evidence.episodes.scoring import Scored


@guarded
def episodes(
    file: Annotated[
        str | None,
        typer.Argument(help="Episodes as comma-separated values; the bundled ones if not given."),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option(
            "--mapping",
            help="Which mapping from columns to scenarios: 1 is the first, committed before any "
            "score; the latest if not given.",
            metavar="M",
            parser=whole,
        ),
    ] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rule",
            help="Change a rule of the mapping for a trial, as forces.exponent=0.3; repeat for "
            "more.",
            metavar="PATH=VALUE",
        ),
    ] = None,
    base: Annotated[
        str, typer.Option("--base", help="Scenario in which episodes are set.", metavar="SCENARIO")
    ] = defaults.EPISODE_BASE,
    settings: SETTINGS = None,
    n: Annotated[
        int, typer.Option("-n", help="Histories of each episode.", metavar="N", parser=whole)
    ] = defaults.EPISODE_N,
    seed: SEED = defaults.SEED,
    output: FOLDER = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
    workers: WORKERS = None,
) -> None:
    """Predict full attacks in historical episodes and score the predictions as survival data.

    The episodes are prominent cases, so the scores are no base rates. No length of a window enters
    a prediction.
    """
    from deter.evidence.episodes.scoring import score
    from deter.planning import check_numbers

    check_numbers(n, seed, count_of(workers))
    if output is not None:
        from deter.experiments.store import check_folder

        check_folder(output)
    more = {} if number is None else {"number": number}
    with progress() as bar:
        scored = score(
            file,
            base=base,
            rules=rules or (),
            overrides=settings or (),
            n=n,
            seed=seed,
            engine=engine,
            workers=count_of(workers),
            progress=bar,
            **more,
        )
    command = ["deter", "evidence", "episodes", *([file] if file else [])]
    command += ["--mapping", str(scored.rules.number), "-n", str(n), "--seed", str(seed)]
    command += [word for text in rules or () for word in ("--rule", text)]
    command += [] if base == defaults.EPISODE_BASE else ["--base", base]
    command += [word for text in settings or () for word in ("--set", text)]
    _finish(scored, output, as_json, shlex.join(command))


def _finish(scored: Scored, output: str | None, as_json: bool, command: str) -> None:
    """Print and keep the scores; leave with a code that says how it went."""
    done = scored.done
    document = scored.as_dict() | {"command": command}
    if as_json:
        print_json(document)
    else:
        from deter.presentation.backtest import tables

        console().print(tables(document))
    if output is not None:
        from deter.evidence.episodes.keeping import keep

        keep(scored, output, command)
        note(f"Results: {output}, picture {output}/calibration.png")
    if done.rows.failed:
        note(f"{done.rows.failed} histories failed and are left out: {done.rows.first_error}")
    if done.interrupted:
        note(f"Stopped by Ctrl-C: scored on {done.n} of {done.asked} histories of each episode.")
        raise typer.Exit(STOPPED)
