"""What a table of cases must be for an index of it to mean something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from deter.analysis.rows import Floats
from deter.errors import DeterError

RESAMPLES = 1000
"""Of a bootstrap, where not said otherwise."""

ROOM = 20_000_000
"""Numbers that a bootstrap holds at once."""

LEAST_ROWS = 8
"""Base rows or trajectories below which no index is given."""

MOST_DROPPED = 0.05
"""Share of base rows or trajectories that may lack an outcome."""


def check_seed(seed: int) -> None:
    """Refuse a seed that SALib takes for none."""
    if seed < 1:
        raise DeterError(f"the seed of a bootstrap is at least 1, not {seed}")


def check_columns(cases: pd.DataFrame, factors: Mapping[str, Sequence[str]]) -> None:
    """Refuse factors that are none of the cases' columns."""
    if not factors:
        raise DeterError("there are no factors to compare; an index needs at least one uncertainty")
    missing = [c for columns in factors.values() for c in columns if c not in cases.columns]
    if missing:
        there = ", ".join(str(c) for c in cases.columns)
        raise DeterError(f"the cases have no column {missing[0]}; there are: {there}")


def outcomes_of(cases: pd.DataFrame, outcome: ArrayLike) -> Floats:
    """Return one outcome a case; refuse another number of them."""
    y = np.asarray(outcome, dtype=np.float64)
    if y.shape != (len(cases),):
        raise DeterError(f"{len(cases)} cases need as many outcomes, not {y.size}")
    return y


def check_rows(used: int, there: int, word: str) -> None:
    """Refuse a design of which too little is left."""
    if there - used > MOST_DROPPED * there:
        raise DeterError(
            f"{there - used} of {there} {word} have a case without an outcome; they would have to "
            f"be left out whole, and at most {MOST_DROPPED:.0%} may be. Finish the sweep (--resume)"
        )
    if used < LEAST_ROWS:
        raise DeterError(
            f"{used} {word} are too few for an index with an interval; {LEAST_ROWS} is least"
        )


def condition_of(rows: int, word: str, cases: int) -> str:
    """Return what indices are conditional on."""
    return (
        f"of means of {cases:,} cases under shared luck, {rows:,} {word}, factors as independent "
        "as the experiment draws them"
    )


def codes_of(cases: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
    """Return the columns of a factor as whole numbers, equal where values are equal."""
    return np.stack([pd.factorize(cases[column])[0] for column in columns], axis=1).astype(np.int64)
