"""Which uncertain numbers an outcome hangs on: Sobol's indices.

They are SALib's, over means of cases that share luck; intervals are those of a bootstrap over base
rows, which are what such a design repeats. A joint sample (the rows of a posterior) is one factor,
whatever number of columns it has.

References
----------
Saltelli et al. (2010), Comput. Phys. Commun. 181: 259-270; Saltelli (2002), ibid. 145: 280-297;
Herman and Usher (2017), J. Open Source Softw. 2: 97 (SALib).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from deter.analysis.designs import (
    RESAMPLES,
    ROOM,
    check_columns,
    check_rows,
    check_seed,
    codes_of,
    condition_of,
    outcomes_of,
)
from deter.analysis.estimates import LEVEL, Estimate, nothing
from deter.analysis.rows import Floats
from deter.analysis.variance import Split
from deter.errors import DeterError


@dataclass(frozen=True)
class Index:
    """How much one factor matters: Sobol's indices.

    Attributes
    ----------
    factor : str
        Its name; the name of the joint sample where several columns are one factor.
    first : Estimate
        Share of the variance of case means that it holds by itself.
    total : Estimate
        That share with all interactions it is part of.
    """

    factor: str
    first: Estimate
    total: Estimate


@dataclass(frozen=True)
class Sobol:
    """Sobol's indices of a Saltelli table.

    Attributes
    ----------
    indices : tuple of Index
        By falling total order.
    second : dict of (str, str) to Estimate
        Share of each pair's interaction; empty for a design without it.
    rows, dropped : int
        Base rows used, and left out whole because a case of theirs has no outcome.
    mean, variance : float
        Of case means over the two independent samples of the design.
    chance : Estimate or None
        Share of the variance of case means that is chance, if it was given.
    what : str
        What the indices are conditional on.
    """

    indices: tuple[Index, ...]
    second: dict[tuple[str, str], Estimate]
    rows: int
    dropped: int
    mean: float
    variance: float
    chance: Estimate | None
    what: str


def sobol(
    cases: pd.DataFrame,
    outcome: ArrayLike,
    factors: Mapping[str, Sequence[str]],
    *,
    split: Split | None = None,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> Sobol:
    """Return first, second and total order of factors from a finished Saltelli table.

    Parameters
    ----------
    cases : DataFrame
        All cases of the design in its order, with the factors' columns.
    outcome : array (cases,)
        Mean of each case over replications that share luck; NaN where there is none.
    factors : mapping of str to sequence of str
        Columns of each factor, in the order of the design; several for a joint sample.
    split : Split, optional
        Where the variance comes from (:mod:`deter.analysis.variance`), to say how much of that of
        case means is chance.
    seed : int
        Of the bootstrap, at least 1: SALib takes 0 for no seed.
    resamples : int
        Of the bootstrap.

    Raises
    ------
    DeterError
        If the table is not a Saltelli design of these factors, too many rows lack an outcome, or
        the seed is below 1.
    """
    check_seed(seed)
    y = outcomes_of(cases, outcome)
    size, second = saltelli_size(cases, factors)
    whole = y.reshape(-1, size)
    used = whole[np.isfinite(whole).all(axis=1)]
    dropped = len(whole) - len(used)
    check_rows(len(used), len(whole), "base rows")
    base = used[:, [0, size - 1]].ravel()
    names, what = list(factors), condition_of(len(used), "base rows", len(y))
    chance = None if split is None else split.noise
    if np.ptp(used) == 0:
        none = nothing(len(used), "the outcome does not vary")
        indices = tuple(Index(name, none, none) for name in names)
        return Sobol(indices, {}, len(used), dropped, float(base.mean()), 0.0, chance, what)
    found = _salib_sobol(
        names, used.ravel(), second, seed, max(min(resamples, ROOM // len(used)), 50)
    )
    method = "SALib, bootstrap over base rows, normal"

    def share(value: float, half: float, words: str) -> Estimate:
        text = f"{words}; {what}"
        return Estimate(value, value - half, value + half, len(used), "1", text, method)

    ranked = [
        Index(
            name,
            share(found["S1"][k], found["S1_conf"][k], "share of variance it holds by itself"),
            share(found["ST"][k], found["ST_conf"][k], "share of variance with its interactions"),
        )
        for k, name in enumerate(names)
    ]
    pairs = {
        (names[i], names[k]): share(
            found["S2"][i, k], found["S2_conf"][i, k], "share of variance of the interaction"
        )
        for i, k in (combinations(range(len(names)), 2) if second else ())
    }
    ranked.sort(key=lambda one: -(one.total.estimate or 0.0))
    spread = float(base.var())
    return Sobol(tuple(ranked), pairs, len(used), dropped, float(base.mean()), spread, chance, what)


def _salib_sobol(
    names: list[str], y: Floats, second: bool, seed: int, resamples: int
) -> Mapping[str, Any]:
    from SALib.analyze import sobol as salib

    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of resamples that do not vary; their index is 0
        found: Mapping[str, Any] = salib.analyze(
            problem, y, second, resamples, LEVEL, seed=seed, print_to_console=False
        )
    return found


def saltelli_size(cases: pd.DataFrame, factors: Mapping[str, Sequence[str]]) -> tuple[int, bool]:
    """Return the cases of one base row, and whether the design has second order.

    A base row is A, A with each factor in turn from B, (B with each factor from A,) B.

    Raises
    ------
    DeterError
        If the cases are not such rows of these factors in this order.
    """
    check_columns(cases, factors)
    k, n = len(factors), len(cases)
    tables = {name: codes_of(cases, columns) for name, columns in factors.items()}
    why = f"{n} cases are no multiple of {k + 2} or {2 * k + 2}, for {k} factors"
    for size, second in ((2 * k + 2, True), (k + 2, False)):
        if n and n % size == 0:
            why = _not_saltelli(tables, size, second)
            if not why:
                return size, second
    raise DeterError(
        f"these cases are not a Saltelli design of {', '.join(factors)}: {why}. Sobol's indices "
        "need design: saltelli, all of its cases in order, and every factor that it varies"
    )


def _not_saltelli(tables: Mapping[str, NDArray[np.int64]], size: int, second: bool) -> str:
    """Say what is wrong with a table as a Saltelli design; empty if nothing."""
    for place, (name, codes) in enumerate(tables.items()):
        rows = codes.reshape(-1, size, codes.shape[1])
        a, b = rows[:, :1], rows[:, -1:]
        from_b = np.zeros(size, dtype=bool)
        from_b[1 + place] = True
        if second:
            from_b[1 + len(tables) : -1] = True
            from_b[1 + len(tables) + place] = False
        from_b[-1] = True
        wrong = (rows != np.where(from_b[None, :, None], b, a)).any(axis=2)
        if wrong.any():
            row, at = (int(x) for x in np.argwhere(wrong)[0])
            return f"factor {name} of case {row * size + at} is not what its place in the row asks"
    return ""
