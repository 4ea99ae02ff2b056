"""The command ``report``: one file that can be sent."""

from __future__ import annotations

from typing import Annotated

import typer

from deter.cli.common import WORKERS, count_of, guarded, note


@guarded
def report(
    folder: Annotated[str, typer.Argument(help="Results of run, compare or sweep.", metavar="DIR")],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", help="File; else DIR with .html after it.", metavar="FILE.html"
        ),
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it to a PDF beside it, with Chromium or Chrome.")
    ] = False,
    deep: Annotated[
        bool | None,
        typer.Option(
            "--deep/--quick",
            help="Run histories again to say what would change the answer, or never; else only "
            "what an experiment itself asks for.",
        ),
    ] = None,
    workers: WORKERS = None,
) -> None:
    """Write a report: the question, the answer with its intervals, and all that stands behind it.

    One HTML file that needs no network: it can be sent, read on a phone, and printed.
    """
    from deter.reporting import check_place, check_printing, printed, usual_place, write
    from deter.reporting import report as made

    program = check_printing() if pdf else ""
    place = check_place(output or usual_place(folder))
    text = made(folder, deep=deep, workers=count_of(workers), watch=note)
    written = write(text, place)
    note(f"Report: {written} ({len(text.encode()) / 1e6:.1f} MB)")
    if pdf:
        note(f"Printed: {printed(written, written.with_suffix('.pdf'), program)}")
