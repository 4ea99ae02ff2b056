"""What the analysis reads of a table of replications: one framework's sample, and pairs of them.

The columns are those of the outcome row; their meaning is written in the results folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EVENT, HORIZON, LOST = "event", "horizon", "lost"
"""Status of a first time: it happened, the horizon came first, the protégé was lost first."""

_BINS_A_DECADE = 8
_FIRST_EDGE_DAYS = 0.25
_TOLERANCE_YEARS = 1e-6


@dataclass(frozen=True)
class Sample:
    """The replications of one framework that ran to their end, in order of replication.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a replication, status ``ok``.
    horizon : float
        Length of a history, years.
    """

    table: pd.DataFrame
    horizon: float

    def __len__(self) -> int:
        return len(self.table)

    def numbers(self, column: str) -> Floats:
        """Return a column as floats."""
        return self.table[column].to_numpy(dtype=np.float64)

    def words(self, column: str) -> NDArray[np.object_]:
        """Return a column as Python strings."""
        return self.table[column].astype(object).to_numpy()

    def happened(self, first: str) -> Bools:
        """Tell of each replication whether a first (``full_attack``, ``war``, …) happened."""
        return np.asarray(self.words(f"s_{first}") == EVENT, dtype=np.bool_)

    def time(self, first: str) -> Floats:
        """Return the years to a first, or to the end of a history without it."""
        return self.numbers(f"t_{first}")

    def time_or_never(self, first: str) -> Floats:
        """Return the years to a first, infinite where it did not happen."""
        return np.where(self.happened(first), self.time(first), np.inf)

    def ended_early(self, first: str) -> Bools:
        """Tell of each replication whether it ended, lost or in a major war, without the first.

        No event can follow such an end, so it competes with the event; it does not censor it.
        """
        lost = np.asarray(self.words(f"s_{first}") == LOST, dtype=np.bool_)
        cut = ~self.happened(first) & (self.time(first) < self.horizon - _TOLERANCE_YEARS)
        return lost | cut

    @cached_property
    def responses(self) -> Floats:
        """Owed responses given, counted by bin of their time: one row a replication."""
        return self.table[response_columns(self.table)].to_numpy(dtype=np.float64)


def response_columns(table: pd.DataFrame) -> list[str]:
    """Return the names of the response bins, in order."""
    return sorted(c for c in table.columns if c.startswith("response_"))


def response_edges(bins: int) -> Floats:
    """Return the lower edges of the response bins in days: 0, then 8 a decade from 0.25.

    Examples
    --------
    >>> [round(float(edge), 3) for edge in response_edges(10)[:3]]
    [0.0, 0.25, 0.333]
    """
    steps = np.arange(bins - 1, dtype=np.float64)
    return np.concatenate(([0.0], _FIRST_EDGE_DAYS * 10 ** (steps / _BINS_A_DECADE)))


def frameworks_of(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the frameworks of a table, in the order of their first rows."""
    return tuple(str(name) for name in frame["framework"].unique())


def sample(frame: pd.DataFrame, framework: str, horizon: float) -> Sample:
    """Return the sample of one framework; failed replications are left out."""
    chosen = frame[(frame["framework"] == framework) & (frame["status"] == "ok")]
    return Sample(chosen.sort_values("replication", ignore_index=True), horizon)


def matched(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return samples cut down to the replications that ran to their end in all of them."""
    numbers = [s.table["replication"].to_numpy() for s in samples]
    if all(np.array_equal(numbers[0], other) for other in numbers[1:]):
        return tuple(samples)
    shared = set(samples[0].table["replication"])
    for other in samples[1:]:
        shared &= set(other.table["replication"])
    return tuple(
        Sample(s.table[s.table["replication"].isin(shared)].reset_index(drop=True), s.horizon)
        for s in samples
    )
