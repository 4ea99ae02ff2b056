"""The command that begins something: ``new``."""

from __future__ import annotations

from typing import Annotated

import typer

from deter.cli.common import JSON, guarded, print_json


@guarded
def new(
    folder: Annotated[str, typer.Argument(help="A new folder, or an empty one.", metavar="DIR")],
    base: Annotated[
        str,
        typer.Option("--from", help="The scenario to build on, by name or path.", metavar="NAME"),
    ] = "ukraine/ceasefire",
    as_json: JSON = False,
) -> None:
    """Make a folder with a scenario and a framework of your own.

    Both are commented line by line and run as they are; a README says how. Nothing is written
    into a folder that holds anything. With --json the names of the files.
    """
    from deter.spec.library import printable
    from deter.spec.starter import SCENARIO_FILE, make_starter

    files = make_starter(folder, base)
    if as_json:
        print_json({"folder": folder, "from": base, "files": files})
        return
    typer.echo(f"Made {printable(folder)}: {', '.join(files)}")
    typer.echo("Next:")
    typer.echo(f"  cd {printable(folder)}")
    typer.echo("  deter validate .")
    typer.echo(f"  deter compare {SCENARIO_FILE}")
    typer.echo(f"  deter trace {SCENARIO_FILE}")
