"""Measures that are one value a replication: which columns they take, and what is made of them.

Those of :mod:`deter.analysis.measures` that are probabilities or means, and any column of numbers.
An event is 1 or 0. A replication that failed has no value (NaN).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from deter.engine.outcome import ROW, STATUSES, words_of
from deter.errors import Fault, InputError
from deter.experiments.columns import describe_columns
from deter.spec.hints import unknown
from deter.vocabulary import STATES

Floats = NDArray[np.float64]
Read = Callable[[str], Floats]


@dataclass(frozen=True)
class PerReplication:
    """A measure that is one value a replication.

    Attributes
    ----------
    name : str
        Its name.
    unit, meaning : str
        What it is.
    columns : tuple of str
        What it reads.
    made : callable
        From a reader of columns to values. Words are read as positions in their list.
    is_event : bool
        Whether it is 1 or 0.
    """

    name: str
    unit: str
    meaning: str
    columns: tuple[str, ...]
    made: Callable[[Read], Floats]
    is_event: bool = False


def _happened(first: str) -> PerReplication:
    return PerReplication(
        f"p_{first}",
        "1",
        f"whether there was a first {first.replace('_', ' ')}",
        (f"s_{first}",),
        lambda read: (read(f"s_{first}") == 0).astype(np.float64),
        is_event=True,
    )


def _plain(name: str, column: str, unit: str, meaning: str) -> PerReplication:
    return PerReplication(name, unit, meaning, (column,), lambda read: read(column))


_MAJOR = _happened("major")
_KNOWN = {
    "p_limited_attack": _happened("limited_attack"),
    "p_full_attack": _happened("full_attack"),
    "p_war": _happened("war"),
    "p_force_within_1y": PerReplication(
        "p_force_within_1y",
        "1",
        "whether there was an act of severity 0.3 or more within a year of the start",
        ("s_force", "t_force"),
        lambda read: ((read("s_force") == 0) & (read("t_force") <= 1.0)).astype(np.float64),
        is_event=True,
    ),
    "p_major_escalation": PerReplication(
        "p_major_escalation", "1", _MAJOR.meaning, _MAJOR.columns, _MAJOR.made, is_event=True
    ),
    "p_lost": PerReplication(
        "p_lost",
        "1",
        "whether the protégé was lost",
        ("end_state",),
        lambda read: (read("end_state") == STATES.index("lost")).astype(np.float64),
        is_event=True,
    ),
    "ground_lost": _plain(
        "ground_lost", "ground_lost", "1", "share of the protégé's land lost since the start"
    ),
    "campaigns": _plain("campaigns", "n_campaigns", "count", "campaigns"),
    "attack_free_years": _plain(
        "attack_free_years", "t_attack", "y", "years to the first attack, or to the end"
    ),
}


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


def of_records(wanted: PerReplication, rows: NDArray[Any]) -> Floats:
    """Return the values of records as an engine returns them."""
    values = wanted.made(lambda name: np.ascontiguousarray(rows[name]).astype(np.float64))
    return np.where(rows["status"] == STATUSES.index("ok"), values, np.nan)


def of_table(wanted: PerReplication, table: pa.Table) -> Floats:
    """Return the values of a table of rows; it needs the measure's columns and ``status``."""

    def read(name: str) -> Floats:
        column = table.column(name)
        words = words_of(name)
        if words is not None:
            column = pc.index_in(column.cast(pa.string()), value_set=pa.array(list(words)))
        found: Floats = column.cast(pa.float64()).fill_null(np.nan).to_numpy()
        return found

    ok = pc.equal(table.column("status").cast(pa.string()), "ok").to_numpy()
    return np.where(ok, wanted.made(read), np.nan)


__all__ = ["PerReplication", "measure_names", "of_records", "of_table", "per_replication"]
