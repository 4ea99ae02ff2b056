"""The compiled engine: the model as one next-event loop in machine code, for Monte Carlo.

It runs the same :class:`~deter.engine.game.Game` under the same laws with the same addressed luck
as :mod:`deter.engine.reference`, which defines the model, and returns the same rows and event
logs, bit for bit. Its rooms are in :mod:`deter.engine.loop`; here is the door from Python.

A :class:`Desk` holds a built game in memory with room for one history at a time. Each thread has
its own; the machine code releases the interpreter's lock.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine import reference
from deter.engine.game import Built
from deter.engine.journal import lines
from deter.engine.layout import NUMBERS_SEEN, RUNG_COUNT, laid_out, new_outlook, new_view
from deter.engine.loop.history import run_block
from deter.engine.loop.state import RECORDS
from deter.engine.memory import Memory
from deter.engine.outcome import ROW, Block, flat, response_edges
from deter.engine.reference import Result
from deter.engine.strategies import BUILT_IN
from deter.engine.telling import entries, names_of
from deter.errors import DeterError

EVENTS, CRISES, SHOWN, JOURNAL = 256, 16, 64, 1 << 16
"""Room at first for events on the agenda, open crises, what is shown in each, numbers of a log."""


def compile_now() -> None:
    """Compile the engine, or find it compiled: what else happens at the first run.

    The machine code is kept in a cache on disk (:mod:`deter.theory.law`) until the sources change.
    """
    run_block.compile("int64(int64, int64, int64, int64)")  # type: ignore[attr-defined]


class Desk:
    """A built game in memory, and room for one history at a time.

    Parameters
    ----------
    built : Built
        A scenario under a framework; its strategy is a built-in one.

    Raises
    ------
    DeterError
        If its strategy is a plug-in, which needs Python.
    """

    def __init__(self, built: Built) -> None:
        if built.strategy not in BUILT_IN:
            raise DeterError(
                f"challenger.strategy {built.strategy!r} is a plug-in, which the compiled engine "
                "cannot call; use --engine reference, or auto"
            )
        self.built = built
        copies = {cell.array: getattr(built.game, cell.array).copy() for cell in built.uncertain}
        self.game = built.game._replace(**copies)
        self.memory = laid_out(self.game)
        self.address = self.memory.address
        self._draws: dict[bytes, NDArray[Any]] = {}
        self._add_views()
        self._add_records()
        self._add_uncertain()
        self._room = 0
        self._make_room(log=False)

    def _add_views(self) -> None:
        n_layers, n = self.game.members.shape
        size = n, n_layers, len(self.game.options)
        self.now = new_view(*size, len(self.game.regions))
        shared = {name: a for name, a in self.now.arrays.items() if name != "cells"}
        self.later = Memory(
            self.now.record.dtype, shared | {"cells": self.now.arrays["cells"].copy()}, {}
        )
        self.outlooks = new_outlook(*size), new_outlook(*size)
        self.memory.record["view_now"] = self.now.address
        self.memory.record["view_later"] = self.later.address
        self.memory.point(
            "view_known", np.zeros(NUMBERS_SEEN + int(self.memory.record["view_words"][0]))
        )
        self.memory.record["outlook_now"] = self.outlooks[0].address
        self.memory.record["outlook_later"] = self.outlooks[1].address

    def _add_records(self) -> None:
        n_layers, n = self.game.members.shape
        point = self.memory.point
        self.world = np.zeros(1, dtype=RECORDS["world"])
        point("world", self.world)
        point("states", np.zeros(n, dtype=RECORDS["states"]))
        point("texts", np.zeros(n_layers, dtype=RECORDS["texts"]))
        point("bonds", np.zeros(n_layers * n, dtype=RECORDS["bonds"]))
        point("starting", np.zeros(n_layers, dtype=np.int64))
        point("gains", np.zeros((1 + n_layers) * RUNG_COUNT))
        point("pull", np.zeros(RUNG_COUNT))
        point("margins", np.zeros(max(1, n) * RUNG_COUNT))
        point("ballots", np.zeros(n, dtype=np.int64))
        point("bound", np.zeros(n, dtype=np.int64))
        point("edges", np.array(response_edges()))
        point("weighed", np.zeros(len(self.game.options)))
        point("most", np.zeros(len(self.game.options)))
        point("worth", np.zeros(len(self.game.options)))
        self.world["strategy"] = list(BUILT_IN).index(self.built.strategy)

    def _add_uncertain(self) -> None:
        cells = np.zeros(len(self.built.uncertain), dtype=RECORDS["uncertain"])
        for cell, given in zip(cells, self.built.uncertain, strict=True):
            cell["address"] = self.memory.arrays[given.array].ctypes.data + 8 * given.offset
            cell["kind"], cell["stream"] = given.kind, given.stream
            cell["n"] = len(given.values)
            cell["values"] = self._kept(given.values)
            cell["weights"] = self._kept(given.weights)
            cell["parameters"] = given.parameters
        self.memory.point("uncertain", cells)
        self.world["n_uncertain"] = len(cells)

    def _kept(self, numbers: tuple[float, ...]) -> int:
        """Return the address of an array of numbers; the same bits have the same address."""
        made = np.array(numbers, dtype=np.float64)
        return self._draws.setdefault(made.tobytes(), made).ctypes.data

    def _make_room(self, log: bool) -> None:
        """Give twice the room there was for what can run out."""
        n_layers, n = self.game.members.shape
        times = 1 << self._room
        self._room += 1
        crises, shown = CRISES * times, SHOWN * times
        sizes = {
            "heap": EVENTS * times,
            "crises": crises,
            "parties": crises * n,
            "cases": crises * n_layers,
            "readings": crises * n_layers * n,
            "shown": crises * shown,
        }
        for name, size in sizes.items():
            self.memory.point(name, np.zeros(size, dtype=RECORDS[name]))
        # One more than there is room for: a history that has run out goes on to its end.
        self.memory.point("open", np.zeros(crises + 1, dtype=np.int64))
        self.memory.point("journal", np.zeros(JOURNAL * times if log else 0))
        self.world["event_room"], self.world["crisis_room"] = EVENTS * times, crises
        self.world["shown_room"] = shown
        self.world["journal_room"] = JOURNAL * times if log else 0
        self.world["keep_log"] = int(log)

    def write(self, array: str, offset: int, value: float) -> None:
        """Put a number in its place in the game, for all histories run from then on.

        Parameters
        ----------
        array : str
            Which array of the game.
        offset : int
            Words from its start.
        value : float or int
            Its bits are written as they are.
        """
        kind = np.float64 if isinstance(value, float) else np.int64
        self.memory.arrays[array].reshape(-1).view(kind)[offset] = value
        self.world["ready"] = 0

    def run(self, seed: int, start: int, stop: int, log: bool = False) -> NDArray[Any]:
        """Return the records of replications ``start`` to ``stop - 1``."""
        if log != bool(self.world["keep_log"][0]):
            self._room = 0
            self._make_room(log)
        records = np.zeros(stop - start, dtype=ROW)
        at = start
        while True:
            self.memory.record["row"] = records.ctypes.data + (at - start) * ROW.itemsize
            at = run_block(self.address, seed, at, stop)
            if at == stop:
                return records
            self._make_room(log)

    def written(self) -> list[Any]:
        """Return the lines of the log of the last history."""
        return lines(self.memory.arrays["journal"], int(self.world["written"][0]))


class _Desks(threading.local):
    """Desks that a thread keeps for the games it runs."""

    def __init__(self) -> None:
        self.kept: dict[int, tuple[Any, Desk]] = {}

    def of(self, built: Built) -> Desk:
        """Return this thread's desk for a game."""
        held = self.kept.get(id(built))
        if held is None or held[0] is not built:
            if len(self.kept) >= MOST_DESKS:
                self.kept.pop(next(iter(self.kept)))
            held = self.kept[id(built)] = (built, Desk(built))
        return held[1]


MOST_DESKS = 64
"""Desks a thread keeps; the oldest makes room."""

_desks = _Desks()


def rows(built: Built, seed: int, start: int, stop: int) -> Block:
    """Run replications ``start`` to ``stop - 1``; threads may call it side by side.

    Parameters
    ----------
    built : Built
        A scenario under a framework.
    seed : int
        Of all luck.
    start, stop : int
        First replication and one past the last.

    Returns
    -------
    Block
        A replication in which a law fails is a record that says so; its error is told by the
        reference engine, which runs it again.
    """
    records = _desks.of(built).run(seed, start, stop)
    errors = {}
    for record in records[records["status"] != 0]:
        replication = int(record["replication"])
        errors[replication] = _reason(built, seed, replication)
    return Block(records, errors)


def _reason(built: Built, seed: int, replication: int) -> str:
    """Return why a replication fails, as the reference engine says it."""
    block = reference.rows(built, seed, replication, replication + 1)
    return block.errors.get(
        replication, "failed in the compiled engine only: please report this as a bug"
    )


def simulate(built: Built, seed: int, replication: int, log: bool = False) -> Result:
    """Run one replication; as :func:`deter.engine.reference.simulate`.

    Raises
    ------
    ValueError
        If a law fails, as the reference engine raises it.
    """
    desk = _desks.of(built)
    records = desk.run(seed, replication, replication + 1, log)
    if records["status"][0]:
        return reference.simulate(built, seed, replication, log)
    row = flat(Block(records, {}))[0]
    if not log:
        return Result(row, [], [])
    written = desk.written()
    return Result(row, entries(written, names_of(built)), written)
