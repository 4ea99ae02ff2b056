"""Measures that are one value a replication: which columns they take, and what is made of them.

The one place where an event is defined. Sweeps read it from records and tables, the probabilities
and means of :mod:`deter.analysis.measures` from their samples. Any column of numbers is such a
measure too. An event is 1 or 0. A replication that failed has no value (NaN).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from deter.engine.outcome import ROW, STATUSES, words_of
from deter.errors import Fault, InputError
from deter.experiments.columns import describe_columns
from deter.spec.hints import unknown

HAPPENED = "event"
"""What a column ``s_…`` says of a first that happened."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Reader(Protocol):
    """Some rows, read column by column."""

    def numbers(self, column: str) -> Floats:
        """Return a column of numbers."""

    def says(self, column: str, word: str) -> Bools:
        """Tell of each row whether a column of words holds a word."""


@dataclass(frozen=True)
class PerReplication:
    """A measure that is one value a replication: what it is, defined here and nowhere else.

    Attributes
    ----------
    name : str
        Its name.
    unit, meaning : str
        What it is.
    columns : tuple of str
        What it reads.
    made : callable
        From a reader of rows to values, of rows that ran to their end.
    is_event : bool
        Whether it is 1 or 0.
    least_horizon : float
        Years below which histories are too short for it.
    """

    name: str
    unit: str
    meaning: str
    columns: tuple[str, ...]
    made: Callable[[Reader], Floats | Bools]
    is_event: bool = False
    least_horizon: float = 0.0


def _first(name: str, first: str) -> PerReplication:
    meaning = f"whether there was a first {first.replace('_', ' ')}"

    def made(rows: Reader) -> Bools:
        return rows.says(f"s_{first}", HAPPENED)

    return PerReplication(name, "1", meaning, (f"s_{first}",), made, is_event=True)


def _plain(name: str, column: str, unit: str, meaning: str) -> PerReplication:
    return PerReplication(name, unit, meaning, (column,), lambda rows: rows.numbers(column))


def _listed(*measures: PerReplication) -> dict[str, PerReplication]:
    return {measure.name: measure for measure in measures}


_KNOWN = _listed(
    _first("p_limited_attack", "limited_attack"),
    _first("p_full_attack", "full_attack"),
    _first("p_war", "war"),
    PerReplication(
        "p_force_within_1y",
        "1",
        "whether there was an act of severity 0.3 or more within a year of the start",
        ("s_force", "t_force"),
        lambda rows: rows.says("s_force", HAPPENED) & (rows.numbers("t_force") <= 1.0),
        is_event=True,
        least_horizon=1.0,
    ),
    _first("p_major_escalation", "major"),
    PerReplication(
        "p_lost",
        "1",
        "whether the protégé was lost",
        ("end_state",),
        lambda rows: rows.says("end_state", "lost"),
        is_event=True,
    ),
    _plain("ground_lost", "ground_lost", "1", "share of the protégé's land lost since the start"),
    _plain("campaigns", "n_campaigns", "count", "campaigns"),
    _plain("attack_free_years", "t_attack", "y", "years to the first attack, or to the end"),
)


def measure_names() -> list[str]:
    """Return the measures with names of their own; every column of numbers is one too."""
    return list(_KNOWN)


def per_replication(name: str) -> PerReplication:
    """Return a measure by its name, or that of a column of numbers.

    Raises
    ------
    InputError
        If there is none.
    """
    if name in _KNOWN:
        return _KNOWN[name]
    described = describe_columns()
    column = described.get(name)
    if column is None or name == "replication" or name not in (ROW.names or ()) or words_of(name):
        numbers = [c for c in described if c in (ROW.names or ()) and not words_of(c)]
        message = unknown(name, [*_KNOWN, *(c for c in numbers if c != "replication")])
        raise InputError((Fault("measure", 0, "", message),))
    return _plain(name, name, column.unit, column.meaning)


@dataclass(frozen=True)
class _Records:
    """Records as an engine returns them: words are positions in their list."""

    rows: NDArray[Any]

    def numbers(self, column: str) -> Floats:
        return np.ascontiguousarray(self.rows[column]).astype(np.float64)

    def says(self, column: str, word: str) -> Bools:
        found: Bools = self.rows[column] == (words_of(column) or ()).index(word)
        return found


@dataclass(frozen=True)
class _Columns:
    """A table of rows as it is kept."""

    table: pa.Table

    def numbers(self, column: str) -> Floats:
        values = self.table.column(column).cast(pa.float64()).fill_null(np.nan)
        found: Floats = values.to_numpy()
        return found

    def says(self, column: str, word: str) -> Bools:
        words = self.table.column(column).cast(pa.string())
        found: Bools = pc.fill_null(pc.equal(words, word), fill_value=False).to_numpy()
        return found


def of_records(wanted: PerReplication, rows: NDArray[Any]) -> Floats:
    """Return the values of records as an engine returns them; NaN where one failed."""
    return np.where(rows["status"] == STATUSES.index("ok"), wanted.made(_Records(rows)), np.nan)


def of_table(wanted: PerReplication, table: pa.Table) -> Floats:
    """Return the values of a table of rows; it needs the measure's columns and ``status``."""
    rows = _Columns(table)
    return np.where(rows.says("status", "ok"), wanted.made(rows), np.nan)


__all__ = ["PerReplication", "Reader", "measure_names", "of_records", "of_table", "per_replication"]
