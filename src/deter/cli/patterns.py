"""Commands on evidence from history: ``evidence patterns`` and ``calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from deter import defaults
from deter.cli.checks import evidence
from deter.cli.common import (
    FOLDER,
    JSON,
    WORKERS,
    console,
    count_of,
    guarded,
    note,
    plain_table,
    print_json,
    progress,
    whole,
)
from deter.errors import Fault, InputError, OutputError
from deter.files import cannot_write

if TYPE_CHECKING:
    from deter.evidence.patterns.evaluation import Report

EVALUATION_SEED = 7


@evidence.command()
@guarded
def patterns(
    at: Annotated[
        Literal["posterior", "defaults"],
        typer.Option("--at", help="At the bundled posterior, or at the scenarios' own numbers."),
    ] = "posterior",
    n: Annotated[
        int | None,
        typer.Option(
            "-n", help="Histories of each world (at each row).", metavar="N", parser=whole
        ),
    ] = None,
    rows: Annotated[
        int, typer.Option("--rows", help="Rows of the posterior.", metavar="K", parser=whole)
    ] = 64,
    posterior: Annotated[
        str | None,
        typer.Option("--posterior", help="A posterior of your own, as calibrate writes it."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Seed of all luck.", metavar="S", parser=whole)
    ] = EVALUATION_SEED,
    output: FOLDER = None,
    as_json: JSON = False,
    workers: WORKERS = None,
) -> None:
    """Measure patterns of history on stylised pairs: estimates, bands, passes, bite.

    With -o a figure and patterns.json are written there, and a run that was stopped goes on.
    """
    _check("-n", n, 10)
    _check("--rows", rows, 2)
    _check("--seed", seed, 0, 2**63 - 1)
    found = _measured(at, n, rows, posterior, seed, output, workers)
    if output is not None:
        _keep(found, Path(output))
    if as_json:
        print_json(found.as_dict())
        return
    _print_patterns(found)


def _check(name: str, value: int | None, least: int, most: int = 10_000_000) -> None:
    if value is not None and not least <= value <= most:
        message = f"found {value}; write a whole number from {least} to {most:,}"
        raise InputError((Fault(name, 0, "", message),))


OURS = {"draws", "parts", "posterior.csv", "manifest.json", "patterns.json", "patterns.png"}
"""What these commands write into a folder, and so may find there."""


def _check_place(output: str) -> None:
    """Say before anything runs that results cannot be written where they are asked for."""
    place = Path(output)
    try:
        place.mkdir(parents=True, exist_ok=True)
        strange = sorted({path.name for path in place.iterdir()} - OURS)
    except OSError as error:
        raise OutputError(cannot_write(output, error)) from None
    if strange:
        told = ", ".join(strange[:3])
        raise OutputError(f"{output}: holds what is not of this command ({told}); name another")


def _measured(
    at: str,
    n: int | None,
    rows: int,
    posterior: str | None,
    seed: int,
    output: str | None,
    workers: int | None,
) -> Report:
    from deter.evidence.patterns import evaluation

    if output is not None:
        _check_place(output)
    with progress("rows", hours=True) as bar:
        if at == "defaults":
            return evaluation.at_defaults(n or evaluation.DEFAULT_HISTORIES, seed)
        return evaluation.at_posterior(
            rows,
            n or evaluation.HISTORIES,
            seed,
            posterior=_file(posterior),
            folder=None if output is None else Path(output) / "parts",
            workers=count_of(workers),
            progress=bar,
        )


def _file(posterior: str | None) -> Path | None:
    if posterior is None:
        return None
    path = Path(posterior)
    if not path.is_file():
        message = "there is no such file; name one that `deter calibrate` wrote"
        raise InputError((Fault(posterior, 0, "", message),))
    return path


def _keep(found: Report, folder: Path) -> None:
    from deter.evidence.calibration.bundle import PATTERNS, write_json
    from deter.presentation.figures.patterns import patterns_figure

    folder.mkdir(parents=True, exist_ok=True)
    document = found.as_dict()
    write_json(document, folder / PATTERNS)
    figure = patterns_figure(document["patterns"], _title(found), _conditions(found))
    figure.savefig(folder / "patterns.png")
    note(f"Results: {folder}/patterns.json, picture {folder}/patterns.png")


def _title(found: Report) -> str:
    return f"Patterns of history, simulated at the {found.at}"


def _conditions(found: Report) -> str:
    if found.at == "defaults":
        return (
            "Estimates with 95 % intervals of chance alone, at the stylised scenarios' own "
            f"numbers; {found.n:,} histories of each world, seed {found.seed}."
        )
    return (
        f"Medians over {found.rows} rows of the posterior with their 95 % intervals, "
        f"{found.n:,} histories of each world at a row, seed {found.seed}."
    )


def _print_patterns(found: Report) -> None:
    from deter.evidence.patterns.findings import band_words, counted

    table = plain_table("pattern", "measure", "estimate (95 %)", "band", "status", "fitted", "bite")
    for finding in found.findings:
        pattern = finding.pattern
        for at, m in enumerate(finding.measured):
            colour = "green" if m.passes else "red"
            table.add_row(
                pattern.id if at == 0 else "",
                m.name.replace("_", " "),
                f"{m.estimate:.3g} ({m.low:.3g} to {m.high:.3g})",
                band_words(*m.band),
                f"[{colour}]{'pass' if m.passes else 'fail'}[/{colour}]",
                ("yes" if pattern.fit else "no") if at == 0 else "",
                _bite(finding) if at == 0 else "",
            )
    console().print(table)
    for finding in found.findings:
        console().print(f"{finding.pattern.id}: {finding.pattern.title}", style="dim")
    many = counted(found.findings)
    console().print(
        f"{many['passed']} of {many['with_bite']} patterns with bite pass, "
        f"{many['passed_out_of_fit']} of them out of the fit "
        f"({many['passed_out_of_fit_on_their_own']} that follow from no fitted pattern)."
    )
    left = sum(m.is_open for finding in found.findings for m in finding.measured)
    if left:
        console().print(
            "A pattern passes if its intervals lie within its bands. "
            f"{left} intervals lie partly within: more rows or histories narrow them."
        )
    console().print(f"{_title(found)}. {_conditions(found)}")


def _bite(finding: Any) -> str:
    if finding.bite is None:
        return "not measured"
    return f"{finding.bite:.0%}" if finding.has_bite else f"{finding.bite:.0%}, none"


@guarded
def calibrate(
    output: Annotated[
        str, typer.Option("-o", "--output", help="Where draws and results are kept.", metavar="DIR")
    ] = "results/calibration",
    fit: Annotated[
        str | None,
        typer.Option(
            "--fit", help="Patterns to fit, with commas; else those so marked.", metavar="IDS"
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", help="Draws from the prior.", metavar="N", parser=whole)
    ] = defaults.PRIOR_DRAWS,
    small: Annotated[
        bool, typer.Option("--small", help="A trial of a minute; its result is worth nothing.")
    ] = False,
    seed: Annotated[
        int, typer.Option("--seed", help="Seed of all luck.", metavar="S", parser=whole)
    ] = defaults.CALIBRATION_SEED,
    workers: WORKERS = None,
) -> None:
    """Fit the free parameters to patterns of history; write a posterior sample.

    What is in the folder already is not simulated again, so the same command goes on where it
    stopped. The folder gets posterior.csv, which scenarios and experiments can draw rows from,
    and manifest.json, which says what was fitted and how well.
    """
    from dataclasses import replace

    from deter.evidence.calibration import bundle, recipe

    _check("--draws", draws, 16)
    _check("--seed", seed, 0, 2**63 - 1)
    chosen = _patterns_named(fit)
    effort = recipe.SMALL if small else replace(recipe.Effort(), prior_draws=draws)
    _check_place(output)
    with progress("draws", hours=True) as bar:
        found = recipe.calibrate(
            Path(output) / "draws",
            fit=chosen,
            effort=effort,
            seed=seed,
            workers=count_of(workers),
            progress=bar,
            tell=note,
        )
    bundle.write_calibration(found, effort, seed, Path(output))
    note(
        f"{found.simulations:,} histories; {len(found.rows)} rows, effective sample size "
        f"{found.chains.effective:.0f}.",
        f"Results: {output}/{bundle.POSTERIOR}, {output}/{bundle.MANIFEST}",
    )


def _patterns_named(text: str | None) -> list[str] | None:
    if text is None:
        return None
    from deter.evidence.patterns.book import bundled
    from deter.spec.hints import unknown

    known = {pattern.id: None for pattern in bundled().patterns}
    chosen = [name.strip() for name in text.split(",")]
    faults = [Fault("--fit", 0, "", unknown(name, known)) for name in chosen if name not in known]
    if faults:
        raise InputError(tuple(faults))
    return chosen
