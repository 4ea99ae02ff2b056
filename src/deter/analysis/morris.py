"""Which uncertain numbers an outcome hangs on, cheaply: Morris's elementary effects.

They are SALib's, over means of cases that share luck; intervals are those of a bootstrap over
trajectories, which are what such a design repeats.

References
----------
Morris (1991), Technometrics 33: 161-174; Campolongo, Cariboni and Saltelli (2007), Environ. Model.
Softw. 22: 1509-1518; Herman and Usher (2017), J. Open Source Softw. 2: 97 (SALib).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

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
class Screened:
    """How much one factor matters: Morris's elementary effects.

    Attributes
    ----------
    factor : str
        Its name.
    mu_star : Estimate
        Mean size of the change of the outcome, a step extended to the factor's whole range.
    mu : Estimate
        Mean change with its sign; none for a joint sample, which has no direction.
    sigma : Estimate
        Spread of the change over places: interactions or curvature; none for a joint sample.
    """

    factor: str
    mu_star: Estimate
    mu: Estimate
    sigma: Estimate


@dataclass(frozen=True)
class Morris:
    """Morris's screening.

    Attributes
    ----------
    factors : tuple of Screened
        By falling mean size of the effect.
    trajectories, dropped : int
        Used, and left out whole because a case of theirs has no outcome.
    chance : Estimate or None
        Share of the variance of case means that is chance, if it was given.
    what : str
        What the effects are conditional on.
    """

    factors: tuple[Screened, ...]
    trajectories: int
    dropped: int
    chance: Estimate | None
    what: str


def morris(
    cases: pd.DataFrame,
    outcome: ArrayLike,
    factors: Mapping[str, Sequence[str]],
    levels: int = 4,
    *,
    unit: str = "1",
    split: Split | None = None,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> Morris:
    """Return mean, size and spread of elementary effects from finished Morris trajectories.

    Parameters
    ----------
    cases, outcome, factors, split, seed, resamples
        As for :func:`deter.analysis.sensitivity.sobol`; the order of factors does not matter.
    levels : int
        Levels of the design, even: a step is ``levels / (2 (levels - 1))`` of a factor's range.
    unit : str
        Of the outcome.

    Raises
    ------
    DeterError
        As for :func:`deter.analysis.sensitivity.sobol`.
    """
    check_seed(seed)
    if levels < 2 or levels % 2:
        raise DeterError(f"Morris's levels are an even number of at least 2, not {levels}")
    y, size = outcomes_of(cases, outcome), len(factors) + 1
    codes = _trajectories(cases, factors, levels)
    whole = y.reshape(-1, size)
    kept = np.isfinite(whole).all(axis=1)
    used, dropped = whole[kept], int(np.count_nonzero(~kept))
    check_rows(len(used), len(whole), "trajectories")
    codes = codes.reshape(len(whole), size, -1)[kept]
    what = condition_of(len(used), "trajectories", len(y))
    points = _salib_morris(list(factors), codes, used, levels)
    effects = _effects(codes, used, levels / (2 * (levels - 1)))
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(used), size=(len(used), max(min(resamples, ROOM // len(used)), 50)))
    method = "SALib, bootstrap over trajectories, percentiles"

    def spanned(value: float, again: Floats, words: str) -> Estimate:
        low, high = (float(x) for x in np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
        return Estimate(value, low, high, len(used), unit, f"{words}; {what}", method)

    found = []
    for k, (name, columns) in enumerate(factors.items()):
        again, joint = effects[draws, k], len(columns) > 1
        none = nothing(len(used), "a joint sample has no direction")
        found.append(
            Screened(
                name,
                spanned(
                    points["mu_star"][k], np.abs(again).mean(axis=0), "mean size of the effect"
                ),
                none if joint else spanned(points["mu"][k], again.mean(axis=0), "mean effect"),
                none
                if joint
                else spanned(points["sigma"][k], again.std(axis=0, ddof=1), "spread of the effect"),
            )
        )
    found.sort(key=lambda one: -(one.mu_star.estimate or 0.0))
    chance = None if split is None else split.noise
    return Morris(tuple(found), len(used), dropped, chance, what)


def _trajectories(cases: pd.DataFrame, factors: Mapping[str, Sequence[str]], levels: int) -> Floats:
    """Return a column for each factor that rises or falls where the factor moves.

    Raises
    ------
    DeterError
        If the cases are not trajectories that move each factor once.
    """
    check_columns(cases, factors)
    size, n = len(factors) + 1, len(cases)
    ask = "Morris's effects need design: morris, all of its cases in order, and all its factors"
    if not n or n % size:
        raise DeterError(f"{n} cases are no multiple of {size}, for {len(factors)} factors: {ask}")
    moves = np.zeros((n // size, size - 1), dtype=np.int64)
    found = np.zeros((n, len(factors)))
    for k, (name, columns) in enumerate(factors.items()):
        codes = codes_of(cases, columns).reshape(-1, size, len(columns))
        moved = (codes[:, 1:] != codes[:, :-1]).any(axis=2)
        wrong = np.count_nonzero(moved, axis=1) != 1
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            raise DeterError(f"trajectory {first} does not move factor {name} just once: {ask}")
        moves += moved
        single = cases[columns[0]]
        if len(columns) == 1 and pd.api.types.is_numeric_dtype(single):
            taken = len(np.unique(np.round(single / max(float(single.abs().max()), 1e-300), 9)))
            if taken > levels:
                raise DeterError(
                    f"factor {name} takes {taken} values where the design has {levels} "
                    f"levels; give the levels that the cases were drawn with"
                )
            found[:, k] = single.to_numpy(np.float64)
        elif len(columns) == 1:
            found[:, k] = pd.Categorical(single).codes
        else:
            found[:, k] = np.pad(moved, ((0, 0), (1, 0))).cumsum(axis=1).ravel()
    if (moves != 1).any():
        first = int(np.argwhere(moves != 1)[0, 0])
        raise DeterError(f"trajectory {first} moves two factors at once: {ask}")
    return found


def _effects(codes: Floats, y: Floats, step: float) -> Floats:
    """Return elementary effects, trajectories by factors."""
    moved = np.sign(np.diff(codes, axis=1))
    effects: Floats = (moved * np.diff(y, axis=1)[:, :, None]).sum(axis=1) / step
    return effects


def _salib_morris(names: list[str], codes: Floats, y: Floats, levels: int) -> Mapping[str, Any]:
    from SALib.analyze import morris as salib

    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    x = np.ascontiguousarray(codes.reshape(-1, len(names)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: Mapping[str, Any] = salib.analyze(
            problem, x, y.ravel(), 2, LEVEL, num_levels=levels, seed=1, print_to_console=False
        )
    return found
