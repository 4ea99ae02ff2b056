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
FRAMEWORK = Annotated[
    str | None,
    typer.Option("-f", "--framework", help="Framework, by name or path; else the scenario's own."),
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


def count_of(workers: int | None) -> int:
    """Return how many workers are asked for: all cores where nothing is said."""
    return cores() if workers is None else workers


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
        ["Preparing the engine; its first use on a machine compiles it, for a minute or two…"],
    )
    timer.daemon = True
    timer.start()
    try:
        yield timer
    finally:
        timer.cancel()


class Bar:
    """Progress of work: a bar on a terminal, once the work has taken a second.

    Parameters
    ----------
    prepared : threading.Timer
        Cancelled when the first replication is done.
    what : str
        What is counted.
    hours : bool
        The work may take hours: the bar comes at once and tells the pace, and where there is no
        terminal a line says now and then how far it is.
    """

    PATIENCE = 1.0
    EVERY = 30.0

    def __init__(
        self, prepared: threading.Timer, what: str = "replications", *, hours: bool = False
    ) -> None:
        self._began = self._told = time.monotonic()
        self._prepared, self._what, self._hours = prepared, what, hours
        self._terminal = sys.stderr.isatty()
        self._first: tuple[float, int] | None = None
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int) -> None:
        """Note that some of what is counted is done."""
        self._prepared.cancel()
        if self._first is None:
            self._first = time.monotonic(), done
        if self._terminal:
            self._draw(done, total)
        elif self._hours and time.monotonic() - self._told >= self.EVERY:
            self._told = time.monotonic()
            self._say(done, total)

    def _pace(self, done: int) -> tuple[float, float]:
        """Return the seconds since the first call, and how many were done in each of them."""
        assert self._first is not None
        began, before = self._first
        seconds = time.monotonic() - began
        return seconds, (done - before) / max(seconds, 1e-9)

    def _say(self, done: int, total: int) -> None:
        _, pace = self._pace(done)
        from deter.presentation.sweeps import duration

        left = f", {duration((total - done) / pace)} left" if pace > 0 else ""
        note(f"{done:,} of {total:,} {self._what}, {pace:,.0f} a second{left}")

    def _draw(self, done: int, total: int) -> None:
        if self._progress is None:
            short = time.monotonic() - self._began < self.PATIENCE or done >= total
            if short and not self._hours:
                return
            self._progress = self._made()
            self._task = self._progress.add_task(self._what, total=total, completed=done, pace="")
            self._progress.start()
        assert self._task is not None
        seconds, pace = self._pace(done)
        shown = f"{pace:,.0f}/s" if seconds > 1 else ""
        self._progress.update(self._task, completed=done, pace=shown)

    def _made(self) -> Progress:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        return Progress(
            TextColumn(self._what),
            BarColumn(),
            MofNCompleteColumn(),
            *([TextColumn("{task.fields[pace]}")] if self._hours else []),
            TimeRemainingColumn(),
            console=console(stderr=True),
            transient=True,
        )

    def stop(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def progress(what: str = "replications", *, hours: bool = False) -> Iterator[Bar]:
    """Give what shows progress, as :class:`Bar` says, and that the engine is being prepared."""
    with preparing() as prepared:
        bar = Bar(prepared, what, hours=hours)
        try:
            yield bar
        finally:
            bar.stop()
