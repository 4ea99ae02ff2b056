"""What the analysis reads of the rows: one framework's sample, and pairs of them.

A sample holds no rows: it reads a column when it is asked for one, so that ten million
replications need no more memory than a few columns of them. The columns are those of the outcome
row; their meaning is written in the results folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.experiments.rows import Rows
from deter.experiments.values import HAPPENED, PerReplication

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EVENT, HORIZON, LOST = HAPPENED, "horizon", "lost"
"""Status of a first time: it happened, the horizon came first, the protégé was lost first."""

_BINS_A_DECADE = 8
_FIRST_EDGE_DAYS = 0.25
_TOLERANCE_YEARS = 1e-6


@dataclass(frozen=True, eq=False)
class Sample:
    """The replications of one framework that ran to their end, in order of replication.

    Attributes
    ----------
    rows : Rows
        Where they are read from.
    framework : str
        Whose they are.
    horizon : float
        Length of a history, years.
    kept : array of bool or None
        Which of the framework's rows belong to the sample; None for all.
    """

    rows: Rows
    framework: str
    horizon: float
    kept: Bools | None = None

    def __len__(self) -> int:
        kept = self.kept
        return self.rows.size(self.framework) if kept is None else int(np.count_nonzero(kept))

    def numbers(self, column: str) -> Floats:
        """Return a column as floats."""
        values = self.rows.numbers(self.framework, column)
        return values if self.kept is None else values[self.kept]

    def says(self, column: str, word: str) -> Bools:
        """Tell of each replication whether a column of words holds a word."""
        hits = self.rows.says(self.framework, column, word)
        return hits if self.kept is None else hits[self.kept]

    @property
    def replications(self) -> NDArray[np.int64]:
        """The replications' numbers."""
        numbers = self.rows.replications(self.framework)
        return numbers if self.kept is None else numbers[self.kept]

    def among(self, replications: NDArray[np.int64]) -> Sample:
        """Return the sample cut down to some replications."""
        chosen = np.isin(self.rows.replications(self.framework), replications)
        kept = chosen if self.kept is None else self.kept & chosen
        return Sample(self.rows, self.framework, self.horizon, kept)

    def happened(self, first: str) -> Bools:
        """Tell of each replication whether a first (``full_attack``, ``war``, …) happened."""
        return self.says(f"s_{first}", EVENT)

    def time(self, first: str) -> Floats:
        """Return the years to a first, or to the end of a history without it."""
        return self.numbers(f"t_{first}")

    def time_or_never(self, first: str) -> Floats:
        """Return the years to a first, infinite where it did not happen."""
        times = self.time(first)
        times[~self.happened(first)] = np.inf
        return times

    def ended_early(self, first: str) -> Bools:
        """Tell of each replication whether it ended, lost or in a major war, without the first.

        No event can follow such an end, so it competes with the event; it does not censor it.
        """
        cut = ~self.happened(first) & (self.time(first) < self.horizon - _TOLERANCE_YEARS)
        return self.says(f"s_{first}", LOST) | cut

    @property
    def responses(self) -> Bins:
        """Owed responses given, counted by bin of their time."""
        columns = sorted(c for c in self.rows.columns() if c.startswith("response_"))
        return Bins(self, tuple(columns))


@dataclass(frozen=True, eq=False)
class Bins(Sequence[Floats]):
    """Some columns of a sample, each read when it is asked for."""

    sample: Sample
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, b: Any) -> Any:
        return self.sample.numbers(self.names[b])


def response_edges(bins: int) -> Floats:
    """Return the lower edges of the response bins in days: 0, then 8 a decade from 0.25.

    Examples
    --------
    >>> [round(float(edge), 3) for edge in response_edges(10)[:3]]
    [0.0, 0.25, 0.333]
    """
    steps = np.arange(bins - 1, dtype=np.float64)
    return np.concatenate(([0.0], _FIRST_EDGE_DAYS * 10 ** (steps / _BINS_A_DECADE)))


def sample(table: Rows | pd.DataFrame, framework: str, horizon: float) -> Sample:
    """Return the sample of one framework; failed replications are left out."""
    rows = Rows.of(table)
    ran = rows.says(framework, "status", "ok")
    return Sample(rows, framework, horizon, None if ran.all() else ran)


def of_sample(wanted: PerReplication, here: Sample) -> Floats | Bools | None:
    """Return a measure's values in a sample; None where its histories are too short for it."""
    return wanted.made(here) if here.horizon >= wanted.least_horizon else None


def matched(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return samples cut down to the replications that ran to their end in all of them."""
    rows = samples[0].rows
    if rows.aligned and all(one.rows is rows for one in samples):
        masks = [one.kept for one in samples if one.kept is not None]
        if not masks:
            return tuple(samples)
        shared = np.logical_and.reduce(masks)
        return tuple(Sample(rows, one.framework, one.horizon, shared) for one in samples)
    common = reduce(np.intersect1d, (one.replications for one in samples))
    return tuple(one.among(common) for one in samples)
