"""The command line: one thin function a command, over the same functions as the Python API.

What is heavy is imported inside the commands, so that ``deter --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from deter.cli.analyses import analyse
from deter.cli.assumptions import assumptions
from deter.cli.checks import evidence, schema, validate
from deter.cli.episodes import episodes
from deter.cli.patterns import calibrate
from deter.cli.plots import plot
from deter.cli.reading import frameworks, ledger, rules
from deter.cli.reports import report
from deter.cli.runs import compare, run, trace
from deter.cli.starting import new
from deter.cli.sweeps import sweep
from deter.version import VERSION

app = typer.Typer(
    name="deter",
    help="Compare how well security-guarantee frameworks deter, with honest intervals. "
    "Figures are conditional on a scenario's assumptions; they are not a forecast.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"deter {VERSION}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take options that stand before a command."""


app.command()(run)
app.command()(compare)
app.command()(trace)
app.command()(sweep)
app.command()(analyse)
app.command()(report)
app.command()(plot)
app.command()(validate)
app.command()(frameworks)
app.command()(ledger)
app.command()(rules)
app.command()(new)
app.command()(calibrate)
app.command()(schema)
evidence.command()(episodes)
evidence.command()(assumptions)
app.add_typer(evidence, name="evidence")


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except OSError as error:  # the terminal or a pipe cannot take what we print
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(f"deter: cannot write: {error.strerror or error}\n")
        sys.exit(2)


__all__ = ["app", "main"]
