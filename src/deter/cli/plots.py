"""The command ``plot``: results that were written, as pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deter.cli.common import cores, guarded, note, plain_table

if TYPE_CHECKING:
    from deter.presentation.figures import Drawn
    from deter.presentation.opened import Opened


@guarded
def plot(
    folder: Annotated[
        str, typer.Argument(help="Results of a run, a comparison or a sweep.", metavar="DIR")
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", help="Folder for the pictures; DIR/plots if not given.", metavar="DIR"
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="png, svg or pdf.", metavar="FORMAT")
    ] = "png",
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="Draw one figure, by its name; repeat for more. Some run histories again, and "
            "are drawn only where they are named.",
            metavar="NAME",
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Option of the figure, as measure=p_war, frameworks=[none, tripwire], or of the "
            "analysis behind it.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Say which figures the results allow; draw nothing.")
    ] = False,
) -> None:
    """Draw the figures that results allow: comparison, peace, race, causes, heat and more.

    Each picture has its units, n, intervals and assumptions on it, and a text beside it with its
    caption and what it says in words. An experiment's own plots are drawn where it lists some.
    """
    from deter.presentation.figures import check
    from deter.presentation.figures.saving import check_form, check_pictures, write
    from deter.reopening import reopen

    check_form(form, "--format")
    opened = reopen(folder)
    if listing:
        _list(opened)
        return
    from deter.cli.analyses import options_of
    from deter.experiments.store import PLOTS

    more = options_of(options or [])
    names = check(opened, only)
    place = check_pictures(output or str(Path(folder, PLOTS)))
    if _announce(opened, names):
        more.setdefault("workers", cores())
    for drawn in drawn_of(opened, only, more):
        note(f"{write(drawn, place, form)}")


def _list(opened: Opened) -> None:
    from deter.cli.common import console
    from deter.presentation.figures import available

    table = plain_table("figure", "what it shows", "drawn")
    for name, one in available(opened).items():
        when = one.why_not or ("where it is named: it runs histories again" if one.asked else "yes")
        table.add_row(name, one.what, when)
    console().print(table)


def _announce(opened: Opened, names: Sequence[str]) -> bool:
    """Say which figures run histories again; return whether any does."""
    from deter.presentation.figures import available

    again = [name for name in names if available(opened)[name].asked]
    if again:
        note(f"{', '.join(again)}: runs histories again; this may take minutes.")
    return bool(again)


def drawn_of(
    opened: Opened, only: Sequence[str] | None, options: Mapping[str, Any]
) -> Iterator[Drawn]:
    """Yield figures as they are drawn."""
    from deter.presentation.figures import draw

    yield from draw(opened, only, options)


def draw_sweep(folder: str | Path, shown: str) -> None:
    """Draw what a finished sweep allows, beside its rows; what fails is told and stops nothing."""
    from deter.errors import DeterError
    from deter.experiments.store import PLOTS
    from deter.presentation.figures.saving import check_pictures, write
    from deter.reopening import reopen

    began = time.monotonic()
    note("Drawing…")
    try:
        opened = reopen(folder)
        place = check_pictures(str(Path(folder, PLOTS)))
        names = [write(drawn, place, "png").name for drawn in drawn_of(opened, None, {})]
    except DeterError as error:
        note(f"Not drawn: {error}")
        return
    except KeyboardInterrupt:
        note(f"Drawing stopped by Ctrl-C; deter plot {shown} draws what is missing.")
        raise
    if names:
        seconds = time.monotonic() - began
        note(f"Pictures: {', '.join(names)} in {shown}/{PLOTS} ({seconds:.0f} s)")


__all__ = ["draw_sweep", "drawn_of", "plot"]
