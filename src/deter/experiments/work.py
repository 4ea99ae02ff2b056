"""The work of a sweep: some cases under one framework, a span of replications of each.

The luck of a history is addressed by seed and replication and by nothing else: no case has a
number in it, so that all cases meet the same luck.
"""

from __future__ import annotations

import pickle
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deter.engine.game import Built
from deter.engine.outcome import ROW
from deter.errors import InputError
from deter.experiments.games import Games, Template, is_set

SEATS = 64
"""Games a thread keeps ready to run; the oldest makes room."""

KITCHENS = 4
"""Sweeps a worker process remembers."""

_RAW = np.dtype((np.void, ROW.itemsize))


class Task(NamedTuple):
    """What a worker does at a time.

    Attributes
    ----------
    framework : str
        Under which framework.
    cases : tuple of int
        Which cases.
    values : dict of str to list
        Their columns of the table of cases.
    start, stop : int
        First replication of each, and one past the last.
    """

    framework: str
    cases: tuple[int, ...]
    values: dict[str, list[Any]]
    start: int
    stop: int


class Batch(NamedTuple):
    """What comes of a task.

    Attributes
    ----------
    task : Task
        What was asked.
    rows : array of ``ROW``
        Case after case, each in order of replication.
    errors : dict of int to str
        Of rows that failed, by their position.
    seconds : float
        How long it took.
    """

    task: Task
    rows: NDArray[Any]
    errors: dict[int, str]
    seconds: float


@dataclass
class Kitchen:
    """All that workers share: how games are made, the engine's name, the seed.

    It is pickled once and sent as bytes; a process that has it does not unpack it again.
    """

    games: Games
    engine: str
    seed: int
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __reduce__(self) -> tuple[Callable[..., Kitchen], tuple[Any, ...]]:
        return _opened, (self.token, self._packed())

    def _packed(self) -> bytes:
        held = self.__dict__.get("_bytes")
        if held is None:
            held = pickle.dumps((self.games, self.engine, self.seed), pickle.HIGHEST_PROTOCOL)
            self.__dict__["_bytes"] = held
        packed: bytes = held
        return packed


_open: OrderedDict[str, Kitchen] = OrderedDict()
_open_lock = threading.Lock()


def _opened(token: str, packed: bytes) -> Kitchen:
    with _open_lock:
        kitchen = _open.get(token)
        if kitchen is None:
            games, engine, seed = pickle.loads(packed)
            kitchen = _open[token] = Kitchen(games, engine, seed, token)
            while len(_open) > KITCHENS:
                _open.popitem(last=False)
        return kitchen


class Seat:
    """A game of one thread, whose cells are written to, and what runs it.

    Parameters
    ----------
    template : Template
        The game, and which of its cells will be written to.
    engine : {"reference", "compiled"}
        What runs it.
    """

    def __init__(self, template: Template, engine: str) -> None:
        built = template.built
        arrays = {cell.array for cells in template.cells.values() for cell in cells}
        copies = {name: np.ascontiguousarray(getattr(built.game, name)).copy() for name in arrays}
        self.built: Built = built._replace(game=built.game._replace(**copies))
        self._floats = {name: a.reshape(-1).view(np.float64) for name, a in copies.items()}
        self._wholes = {name: a.reshape(-1).view(np.int64) for name, a in copies.items()}
        self._desk: Any = None
        if engine == "compiled":
            from deter.engine.compiled import Desk

            self._desk = Desk(self.built)

    def write(self, cells: Any) -> None:
        """Write the values of a case into its cells."""
        for name, offset, value in cells:
            views = self._floats if isinstance(value, float) else self._wholes
            views[name][offset] = value
            if self._desk is not None:
                self._desk.write(name, offset, value)

    def run(self, seed: int, start: int, stop: int) -> tuple[NDArray[Any], dict[int, str]]:
        """Return the records of some replications, and the errors of those that failed."""
        from deter.engine import reference

        if self._desk is None:
            block = reference.rows(self.built, seed, start, stop)
            return block.rows, block.errors
        records = self._desk.run(seed, start, stop)
        errors: dict[int, str] = {}
        for number in records["replication"][records["status"] != 0]:
            block = reference.rows(self.built, seed, int(number), int(number) + 1)
            unknown = "failed in the compiled engine only: please report this as a bug"
            errors[int(number)] = block.errors.get(int(number), unknown)
        return records, errors


class _Seats(threading.local):
    def __init__(self) -> None:
        self.kept: OrderedDict[int, tuple[Template, Seat]] = OrderedDict()

    def of(self, template: Template, engine: str) -> Seat:
        held = self.kept.get(id(template))
        if held is not None and held[0] is template:
            return held[1]
        while len(self.kept) >= SEATS:
            self.kept.popitem(last=False)
        seat = Seat(template, engine)
        self.kept[id(template)] = template, seat
        return seat


_seats = _Seats()


def run_task(kitchen: Kitchen, task: Task) -> Batch:
    """Run a task; a case that cannot be run becomes rows that say why."""
    began = time.perf_counter()
    span = task.stop - task.start
    rows = np.zeros(len(task.cases) * span, dtype=ROW)
    raw = rows.view(_RAW)  # as bytes: NumPy copies records field by field
    errors: dict[int, str] = {}
    seen: dict[Any, int] = {}
    for place in range(len(task.cases)):
        values = {name: column[place] for name, column in task.values.items()}
        at, key = place * span, _effective(kitchen.games, task.framework, values)
        before = seen.setdefault(key, at)
        if before != at:  # what differs has no effect under this framework
            raw[at : at + span] = raw[before : before + span]
            again = {
                at + e - before: errors[e] for e in range(before, before + span) if e in errors
            }
            errors |= again
            continue
        records, failed = _run_case(kitchen, task, values)
        raw[at : at + span] = np.ascontiguousarray(records).view(_RAW)
        for number, text in failed.items():
            told = kitchen.games.repeat(task.framework, values, kitchen.seed, number)
            errors[at + number - task.start] = f"{text} (repeat with: {told})"
    return Batch(task, rows, errors, time.perf_counter() - began)


def _effective(games: Games, framework: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what of a case has an effect under a framework."""
    names = games.effective(framework)
    return tuple(values[name] if is_set(values[name]) else None for name in names if name in values)


def _run_case(
    kitchen: Kitchen, task: Task, values: Mapping[str, Any]
) -> tuple[NDArray[Any], dict[int, str]]:
    games = kitchen.games
    try:
        template = games.template(task.framework, values)
        games.check(template, task.framework, values)
        seat = _seats.of(template, kitchen.engine)
        seat.write(games.written(template, values))
        return seat.run(kitchen.seed, task.start, task.stop)
    except InputError as error:
        text = "; ".join(f"{f.path}: {f.message}" if f.path else f.message for f in error.faults)
    except Exception as error:  # noqa: BLE001  one case that fails does not stop the others
        text = f"{type(error).__name__}: {error}"
    return _all_failed(task, text)


def _all_failed(task: Task, text: str) -> tuple[NDArray[Any], dict[int, str]]:
    rows = np.zeros(task.stop - task.start, dtype=ROW)
    rows["replication"] = np.arange(task.start, task.stop)
    rows["status"] = 1
    return rows, dict.fromkeys(range(task.start, task.stop), text)


def sliced(columns: Mapping[str, Sequence[Any]], cases: Sequence[int]) -> dict[str, list[Any]]:
    """Return some cases' columns as plain lists."""
    return {name: [column[case] for case in cases] for name, column in columns.items()}
