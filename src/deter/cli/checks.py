"""Commands that check: ``validate``, ``schema``, ``evidence``."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any, Literal

import typer

from deter.cli.common import (
    BAD_INPUT,
    ENGINE,
    FAILED,
    JSON,
    console,
    guarded,
    note,
    plain_table,
    preparing,
    print_json,
)

evidence = typer.Typer(
    help="Compare the project's laws and engine with published results.", no_args_is_help=True
)


@evidence.callback()
def _evidence() -> None:
    """Compare the project's laws and engine with published results."""


@guarded
def validate(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Scenarios, frameworks, experiments, or folders of them.", metavar="PATH"
        ),
    ],
    as_json: JSON = False,
) -> None:
    """Check files and name everything that is wrong with them, without running."""
    from deter.experiments.plans import measure_faults
    from deter.spec.experiments import validate_any

    found = {path: validate_any(path, measure_faults) for path in paths}
    if as_json:
        files = [
            {
                "path": path,
                "ok": not faults,
                "faults": [
                    {"file": f.file, "line": f.line, "path": f.path, "message": f.message}
                    for f in faults
                ],
            }
            for path, faults in found.items()
        ]
        print_json({"files": files})
    for path, faults in found.items():
        note(*(str(fault) for fault in faults))
        if not faults and not as_json:
            note(*_notes(path))
            typer.echo(f"{path}: all is well")
    if any(found.values()):
        raise typer.Exit(BAD_INPUT)


def _notes(path: str) -> tuple[str, ...]:
    """Return what a scenario's reader is told besides, as of a guarantor nobody knows."""
    from deter.spec import library
    from deter.spec.loading import load_scenario
    from deter.spec.validation import file_kind

    file = library.locate(path)
    if file is None or not file.is_file() or file_kind(file, path) != "scenario":
        return ()
    return load_scenario(path).notes


@guarded
def schema(
    which: Annotated[
        Literal["scenario", "framework", "experiment", "sources"],
        typer.Argument(help="Which kind of file."),
    ] = "scenario",
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from deter.spec.schema import json_schema

    print_json(json_schema(which))


@evidence.command()
@guarded
def formal(
    file: Annotated[
        str | None,
        typer.Argument(help="Reference cases as JSON; the bundled ones if not given."),
    ] = None,
    as_json: JSON = False,
    engine: ENGINE = "auto",
) -> None:
    """Run reference cases of published games and models through the laws and the engine."""
    with preparing():
        results = import_module("deter.evidence.formal").check(file, engine)
    if as_json:
        keys = ("id", "group", "status", "expected", "got")
        print_json({"cases": [{key: getattr(case, key) for key in keys} for case in results]})
    else:
        _print_cases(results)
    if any(case.status == "fail" for case in results):
        raise typer.Exit(FAILED)


def _print_cases(results: list[Any]) -> None:
    table = plain_table("case", "group", "status", "remark")
    counts: dict[str, int] = {}
    for case in results:
        counts[case.status] = counts.get(case.status, 0) + 1
        colour = {"pass": "green", "fail": "red"}.get(case.status, "dim")
        words = case.status.replace("_", " ")
        remark = case.note or ("" if case.status != "fail" else f"{case.expected} but {case.got}")
        table.add_row(case.id, case.group, f"[{colour}]{words}[/{colour}]", remark)
    console().print(table)
    console().print(", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items()))
