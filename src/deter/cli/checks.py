"""Commands that run no scenario: ``validate``, ``frameworks``, ``schema``, ``evidence``."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from deter.cli.common import (
    BAD_INPUT,
    ENGINE,
    FAILED,
    JSON,
    console,
    guarded,
    note,
    preparing,
    print_json,
)

if TYPE_CHECKING:
    from rich.table import Table

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
    from deter.spec.experiments import validate_any

    found = {path: validate_any(path) for path in paths}
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
            typer.echo(f"{path}: all is well")
    if any(found.values()):
        raise typer.Exit(BAD_INPUT)


@guarded
def frameworks(
    name: Annotated[
        str | None, typer.Argument(help="A framework, by name or path.", metavar="[NAME]")
    ] = None,
    as_json: JSON = False,
) -> None:
    """List the library's frameworks, or tell one in plain words, clause by clause."""
    if name is None:
        _list_frameworks(as_json)
        return
    from deter.presentation.clauses import describe
    from deter.spec.loading import load_framework

    called, framework = load_framework(name)
    if as_json:
        print_json({"name": called, **framework.model_dump(mode="json", by_alias=True)})
    else:
        typer.echo(describe(framework, called))


def _list_frameworks(as_json: bool) -> None:
    from deter.spec.loading import list_frameworks

    entries = list_frameworks()
    if as_json:
        listed = [{"name": e.name, "title": e.title, "summary": e.summary} for e in entries]
        print_json({"frameworks": listed})
        return
    table = _plain_table("framework", "title", "what it is")
    for entry in entries:
        table.add_row(entry.name, entry.title, entry.summary)
    console().print(table)


def _plain_table(*headings: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=place == 0)
    return table


@guarded
def schema(
    which: Annotated[
        Literal["scenario", "framework", "experiment"], typer.Argument(help="Which kind of file.")
    ] = "scenario",
) -> None:
    """Print the JSON Schema of scenario, framework or experiment files, for editors."""
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
    table = _plain_table("case", "group", "status", "remark")
    counts: dict[str, int] = {}
    for case in results:
        counts[case.status] = counts.get(case.status, 0) + 1
        colour = {"pass": "green", "fail": "red"}.get(case.status, "dim")
        words = case.status.replace("_", " ")
        remark = case.note or ("" if case.status != "fail" else f"{case.expected} but {case.got}")
        table.add_row(case.id, case.group, f"[{colour}]{words}[/{colour}]", remark)
    console().print(table)
    console().print(", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items()))
