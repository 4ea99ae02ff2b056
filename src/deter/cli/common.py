"""What commands share: how they fail, print JSON, and show that they are at work."""

from __future__ import annotations

import functools
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import typer

from deter.errors import DeterError
from deter.experiments.engines import EngineName

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID
    from rich.table import Table

P = ParamSpec("P")
R = TypeVar("R")

BAD_INPUT, STOPPED, FAILED = 2, 130, 1
"""Exit codes: the user's input is wrong; Ctrl-C; it ran, and something in it failed."""

SILENCE = 3.0
"""Seconds without a word after which a command says that the engine is being prepared."""


def whole(text: str) -> int:
    """Read a whole number as a user writes it.

    Raises
    ------
    typer.BadParameter
        If it is not one.
    """
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; write a whole number") from None


SCENARIO = Annotated[
    str, typer.Argument(help="A scenario file, or its name in the library (ukraine/ceasefire).")
]
SEED = Annotated[int, typer.Option("--seed", help="Seed of all luck.", metavar="S", parser=whole)]
SETTINGS = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Set a value, as protege.forces=120; repeat for more.", metavar="PATH=VALUE"
    ),
]
JSON = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
FOLDER = Annotated[
    str | None, typer.Option("-o", "--output", help="Write a results folder.", metavar="DIR")
]
ENGINE = Annotated[
    EngineName,
    typer.Option(
        "--engine",
        help="What runs it; rows do not depend on it. auto is compiled, unless the challenger's "
        "strategy is a plug-in.",
    ),
]
WORKERS = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Threads of the compiled engine, processes of the reference engine; all cores where "
        "not given. Rows do not depend on it.",
        metavar="N",
        parser=whole,
    ),
]


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what a user can cause into a message and an exit code, never a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except DeterError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(BAD_INPUT) from None
        except KeyboardInterrupt:
            typer.echo("Stopped by Ctrl-C; nothing was kept.", err=True)
            raise typer.Exit(STOPPED) from None

    return run


def print_json(document: Any) -> None:
    """Print plain data as one JSON value on standard output; what is not finite as null."""
    typer.echo(json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False))


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it.

    Examples
    --------
    >>> plain({"a": float("nan"), "b": (1, 2.5)})
    {'a': None, 'b': [1, 2.5]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)


def console(*, stderr: bool = False) -> Console:
    """Return a console for tables; piped, it is as wide as it needs to be."""
    from rich.console import Console

    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = 110
    return made


def plain_table(*headings: str) -> Table:
    """Return an empty table with headings, the first column never wrapped."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, no_wrap=place == 0)
    return table


def note(*lines: str) -> None:
    """Print remarks to standard error."""
    for line in lines:
        typer.echo(line, err=True)


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


@contextmanager
def preparing() -> Iterator[threading.Timer]:
    """Say what takes so long, in one line, if nothing has come after a few seconds."""
    timer = threading.Timer(
        SILENCE,
        note,
        ["Preparing the engine; its first use on a machine compiles it, for some minutes…"],
    )
    timer.daemon = True
    timer.start()
    try:
        yield timer
    finally:
        timer.cancel()


class Bar:
    """A progress bar that shows itself only on a terminal, and only if work takes a second.

    Parameters
    ----------
    prepared : threading.Timer
        Cancelled when the first replication is done.
    """

    PATIENCE = 1.0

    def __init__(self, prepared: threading.Timer) -> None:
        self._began = time.monotonic()
        self._prepared = prepared
        self._terminal = sys.stderr.isatty()
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        """Note that replications are done."""
        self._prepared.cancel()
        if not self._terminal:
            return
        if self._progress is None:
            if time.monotonic() - self._began < self.PATIENCE or done >= total:
                return
            self._show(total)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done)

    def _show(self, total: int) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("replications"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("replications", total=total)
        self._progress.start()

    def stop(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Give what shows progress on a terminal, and elsewhere only that the engine is prepared."""
    with preparing() as prepared:
        bar = Bar(prepared)
        try:
            yield bar
        finally:
            bar.stop()
