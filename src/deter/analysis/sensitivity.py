"""Which uncertain numbers, and which clauses, an outcome hangs on.

Sobol and Morris indices are SALib's, over means of cases that share luck; intervals are those of a
bootstrap over base rows or trajectories, which are what such a design repeats. A joint sample (the
rows of a posterior) is one factor, whatever number of columns it has. Clauses are levers with few
levels: their effects are differences of means over the rest of a grid, paired under shared luck,
and their shares of the variance between the grid's cases are unbiased by chance.

References
----------
Saltelli et al. (2010), Comput. Phys. Commun. 181: 259-270; Saltelli (2002), ibid. 145: 280-297;
Morris (1991), Technometrics 33: 161-174; Campolongo, Cariboni and Saltelli (2007), Environ. Model.
Softw. 22: 1509-1518; Herman and Usher (2017), J. Open Source Softw. 2: 97 (SALib). Shapley
effects: Owen (2014), SIAM/ASA J. Uncertain. Quantif. 2: 245-251.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from deter.analysis.contrasts import mean_difference, proportion_difference
from deter.analysis.estimates import LEVEL, Estimate, nothing
from deter.analysis.rows import Floats
from deter.analysis.variance import Split
from deter.errors import DeterError

RESAMPLES = 1000
LEAST_ROWS = 8
"""Base rows or trajectories below which no index is given."""

MOST_DROPPED = 0.05
"""Share of base rows or trajectories that may lack an outcome."""

_ROOM = 20_000_000
_MOST_LEVERS = 12
_GROUPS = 50


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
    _check_seed(seed)
    y = _outcomes(cases, outcome)
    size, second = saltelli_size(cases, factors)
    whole = y.reshape(-1, size)
    used = whole[np.isfinite(whole).all(axis=1)]
    dropped = len(whole) - len(used)
    _check_rows(len(used), len(whole), "base rows")
    base = used[:, [0, size - 1]].ravel()
    names, what = list(factors), _condition(len(used), "base rows", len(y))
    chance = None if split is None else split.noise
    if np.ptp(used) == 0:
        none = nothing(len(used), "the outcome does not vary")
        indices = tuple(Index(name, none, none) for name in names)
        return Sobol(indices, {}, len(used), dropped, float(base.mean()), 0.0, chance, what)
    found = _salib_sobol(
        names, used.ravel(), second, seed, max(min(resamples, _ROOM // len(used)), 50)
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
    _check_columns(cases, factors)
    k, n = len(factors), len(cases)
    tables = {name: _codes(cases, columns) for name, columns in factors.items()}
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


def _codes(cases: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.int64]:
    """Return the columns of a factor as whole numbers, equal where values are equal."""
    return np.stack([pd.factorize(cases[column])[0] for column in columns], axis=1).astype(np.int64)


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
        As for :func:`sobol`; the order of factors does not matter.
    levels : int
        Levels of the design, even: a step is ``levels / (2 (levels - 1))`` of a factor's range.
    unit : str
        Of the outcome.

    Raises
    ------
    DeterError
        As for :func:`sobol`.
    """
    _check_seed(seed)
    if levels < 2 or levels % 2:
        raise DeterError(f"Morris's levels are an even number of at least 2, not {levels}")
    y, size = _outcomes(cases, outcome), len(factors) + 1
    codes = _trajectories(cases, factors, levels)
    whole = y.reshape(-1, size)
    kept = np.isfinite(whole).all(axis=1)
    used, dropped = whole[kept], int(np.count_nonzero(~kept))
    _check_rows(len(used), len(whole), "trajectories")
    codes = codes.reshape(len(whole), size, -1)[kept]
    what = _condition(len(used), "trajectories", len(y))
    points = _salib_morris(list(factors), codes, used, levels)
    effects = _effects(codes, used, levels / (2 * (levels - 1)))
    rng = np.random.default_rng(seed)
    draws = rng.integers(len(used), size=(len(used), max(min(resamples, _ROOM // len(used)), 50)))
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
    _check_columns(cases, factors)
    size, n = len(factors) + 1, len(cases)
    ask = "Morris's effects need design: morris, all of its cases in order, and all its factors"
    if not n or n % size:
        raise DeterError(f"{n} cases are no multiple of {size}, for {len(factors)} factors: {ask}")
    moves = np.zeros((n // size, size - 1), dtype=np.int64)
    found = np.zeros((n, len(factors)))
    for k, (name, columns) in enumerate(factors.items()):
        codes = _codes(cases, columns).reshape(-1, size, len(columns))
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


def _check_seed(seed: int) -> None:
    if seed < 1:
        raise DeterError(f"the seed of a bootstrap is at least 1, not {seed}")


def _check_columns(cases: pd.DataFrame, factors: Mapping[str, Sequence[str]]) -> None:
    if not factors:
        raise DeterError("there are no factors to compare; an index needs at least one uncertainty")
    missing = [c for columns in factors.values() for c in columns if c not in cases.columns]
    if missing:
        there = ", ".join(str(c) for c in cases.columns)
        raise DeterError(f"the cases have no column {missing[0]}; there are: {there}")


def _outcomes(cases: pd.DataFrame, outcome: ArrayLike) -> Floats:
    y = np.asarray(outcome, dtype=np.float64)
    if y.shape != (len(cases),):
        raise DeterError(f"{len(cases)} cases need as many outcomes, not {y.size}")
    return y


def _check_rows(used: int, there: int, word: str) -> None:
    if there - used > MOST_DROPPED * there:
        raise DeterError(
            f"{there - used} of {there} {word} have a case without an outcome; they would have to "
            f"be left out whole, and at most {MOST_DROPPED:.0%} may be. Finish the sweep (--resume)"
        )
    if used < LEAST_ROWS:
        raise DeterError(
            f"{used} {word} are too few for an index with an interval; {LEAST_ROWS} is least"
        )


def _condition(rows: int, word: str, cases: int) -> str:
    return (
        f"of means of {cases:,} cases under shared luck, {rows:,} {word}, factors as independent "
        "as the experiment draws them"
    )


# ------------------------------------------------------------------------------------- levers


@dataclass(frozen=True)
class LeverEffect:
    """What changing one lever does.

    Attributes
    ----------
    lever : str
        Its name.
    level, against : object
        The level, and the one it is compared with.
    effect : Estimate
        Mean outcome at the level less that at the other, paired under shared luck.
    """

    lever: str
    level: Any
    against: Any
    effect: Estimate


@dataclass(frozen=True)
class LeverShare:
    """What share of the variance between the cases of a full grid one lever holds.

    Attributes
    ----------
    lever : str
        Its name.
    main : Estimate
        By itself.
    shapley : Estimate
        With an equal part of every interaction that it is in; these add up to 1.
    """

    lever: str
    main: Estimate
    shapley: Estimate


@dataclass(frozen=True)
class Levers:
    """How much clauses matter.

    Attributes
    ----------
    effects : tuple of LeverEffect
        The largest first.
    shares : tuple of LeverShare
        By falling Shapley share; empty unless the design is a full grid of two levers or more
        whose cases differ by more than chance.
    interactions : Estimate or None
        Share of the variance that no lever holds by itself.
    design : str
        ``grid`` or ``one_at_a_time``.
    cases, n : int
        Cases, and replications that ran to their end in all of them.
    what : str
        What it is conditional on.
    """

    effects: tuple[LeverEffect, ...]
    shares: tuple[LeverShare, ...]
    interactions: Estimate | None
    design: str
    cases: int
    n: int
    what: str


def levers(
    cases: pd.DataFrame,
    values: ArrayLike,
    names: Sequence[str],
    *,
    base: int | None = None,
    span: float | None = None,
    unit: str = "1",
) -> Levers:
    """Return the effects of levers in a full grid or a one-at-a-time design.

    Parameters
    ----------
    cases : DataFrame
        Cases with the levers' columns; nothing else may differ between them.
    values : array (cases, replications)
        Outcome of each replication under shared luck; NaN where it failed.
    names : sequence of str
        The levers.
    base : int, optional
        Place of the case others are compared with; in a grid its levels, in a one-at-a-time design
        the one from which all others differ in one lever, where not given. A grid's default is its
        first case.
    span : float, optional
        Width of the outcome's range; that of the values where not given.
    unit : str
        Of the outcome.

    Raises
    ------
    DeterError
        If the cases are neither, or no replication ran to its end in all cases.
    """
    table = np.asarray(values, dtype=np.float64)
    _check_columns(cases, {name: [name] for name in names})
    if table.ndim != 2 or len(table) != len(cases):
        raise DeterError(f"{len(cases)} cases need a row of replications each, not {table.shape}")
    complete = np.isfinite(table).all(axis=0)
    table = table[:, complete]
    if not table.shape[1]:
        raise DeterError("no replication ran to its end in all cases; levers need pairs")
    codes, shown = _levels(cases, names)
    grid = _is_grid(codes)
    if base is not None and not 0 <= base < len(cases):
        raise DeterError(f"there is no case at place {base}; there are {len(cases)}")
    centre = (0 if grid else _centre(codes, names)) if base is None else base
    width = span if span is not None else _span(table)
    rest = "over all levels of the other levers" if grid else "with the others as in the base case"
    what = f"{rest}, under shared luck, {table.shape[1]:,} replications of {len(cases)} cases"
    effects = []
    for k, name in enumerate(names):
        for level in sorted(set(codes[:, k]) - {codes[centre, k]}):
            here, there = codes[:, k] == level, codes[:, k] == codes[centre, k]
            if not grid:
                others = np.delete(codes, k, axis=1)
                same = (others == others[centre]).all(axis=1)
                here, there = here & same, there & same
            words = (
                f"mean outcome, {name} {shown[k][level]} less {shown[k][codes[centre, k]]}, {what}"
            )
            gap = _paired(table[here].mean(axis=0), table[there].mean(axis=0), width)
            gap = gap.labelled(unit=unit, what=words)
            effects.append(LeverEffect(name, shown[k][level], shown[k][codes[centre, k]], gap))
    effects.sort(key=lambda one: -abs(one.effect.estimate or 0.0))
    shares: tuple[LeverShare, ...] = ()
    interactions = None
    if grid and 2 <= len(names) <= _MOST_LEVERS:
        shares, interactions = _shares(codes, table, names, what)
    design = "grid" if grid else "one_at_a_time"
    return Levers(tuple(effects), shares, interactions, design, len(cases), table.shape[1], what)


def _levels(cases: pd.DataFrame, names: Sequence[str]) -> tuple[NDArray[np.int64], list[list[Any]]]:
    codes, shown = [], []
    for name in names:
        code, uniques = pd.factorize(cases[name])
        if (code < 0).any():
            raise DeterError(f"lever {name} has cases without a value")
        codes.append(code)
        shown.append([value.item() if hasattr(value, "item") else value for value in uniques])
    return np.stack(codes, axis=1).astype(np.int64), shown


def _is_grid(codes: NDArray[np.int64]) -> bool:
    size = math.prod(int(c) + 1 for c in codes.max(axis=0))
    return len(codes) == size and len(np.unique(codes, axis=0)) == size


def _centre(codes: NDArray[np.int64], names: Sequence[str]) -> int:
    """Return the case from which all others differ in one lever at most."""
    for row, code in enumerate(codes):
        if (np.count_nonzero(codes != code, axis=1) <= 1).all():
            return row
    raise DeterError(
        f"the cases are no full grid of {', '.join(names)}, nor do all differ from one of them in "
        "a single lever; effects of levers need design: grid or one_at_a_time"
    )


def _span(table: Floats) -> float:
    return max(float(np.ptp(table)), float(np.abs(table).max())) or 1.0


def _paired(here: Floats, there: Floats, span: float) -> Estimate:
    """Return the paired difference: Tango's of yes or no, else of gains and losses."""
    if all(np.isin(part, (0.0, 1.0)).all() for part in (here, there)):
        return proportion_difference(here == 1.0, there == 1.0)
    return mean_difference(here, there, span)


def _shares(
    codes: NDArray[np.int64], table: Floats, names: Sequence[str], what: str
) -> tuple[tuple[LeverShare, ...], Estimate | None]:
    """Return shares of the variance between the cells of a grid, unbiased by chance.

    The variance of a set of levers is a sum of squares of contrasts. From products of *different*
    replications only, what chance adds has mean 0 whatever luck the cells share.
    """
    n, k = table.shape[1], len(names)
    if n < 4:
        return (), None
    group = np.arange(n) % min(n, _GROUPS)
    sets, parts = [], []
    for levers_, coefficients in _contrasts(codes, table):
        sets.append(levers_)
        parts.append(_without(coefficients, group))
    variances = np.array(parts)  # sets by (all, without each group)
    total = variances.sum(axis=0)
    g = variances.shape[1] - 1
    half = float(stdtrit(g - 1, (1 + LEVEL) / 2))
    spread = math.sqrt((g - 1) / g * float(((total[1:] - total[1:].mean()) ** 2).sum()))
    if total[0] - half * spread <= 0:
        return (), None
    words = f"share of the variance between the grid's cases; {what}"

    def share(part: Floats, of: str) -> Estimate:
        s = part / total
        error = math.sqrt((g - 1) / g * float(((s[1:] - s[1:].mean()) ** 2).sum()))
        low, high = max(s[0] - half * error, 0.0), min(s[0] + half * error, 1.0)
        method = "unbiased sums of squares, jackknife over groups of replications"
        return Estimate(
            min(max(s[0], 0.0), 1.0), low, max(high, 0.0), n, "1", f"{of}, {words}", method
        )

    found = []
    for j, name in enumerate(names):
        main = sum((v for s, v in zip(sets, parts, strict=True) if s == (j,)), np.zeros(g + 1))
        equal = sum(
            (v / len(s) for s, v in zip(sets, parts, strict=True) if j in s), np.zeros(g + 1)
        )
        found.append(LeverShare(name, share(main, "by itself"), share(equal, "Shapley")))
    found.sort(key=lambda one: -(one.shapley.estimate or 0.0))
    joint = sum((v for s, v in zip(sets, parts, strict=True) if len(s) > 1), np.zeros(g + 1))
    return tuple(found), share(joint, "of interactions") if k > 1 else None


def _contrasts(codes: NDArray[np.int64], table: Floats) -> Iterator[tuple[tuple[int, ...], Floats]]:
    """Yield each set of levers with its coefficients, (cells of the set, replications).

    Orthonormal over the grid: the sum of squares is the variance the set holds.
    """
    shape = tuple(int(c) + 1 for c in codes.max(axis=0))
    cells = np.empty((*shape, table.shape[1]))
    cells[tuple(codes.T)] = table
    for axis, levels in enumerate(shape):
        cells = np.moveaxis(np.tensordot(_helmert(levels), cells, axes=(1, axis)), 0, axis)
    cells /= math.sqrt(math.prod(shape))
    for size in range(1, len(shape) + 1):
        for chosen in combinations(range(len(shape)), size):
            if all(shape[axis] > 1 for axis in chosen):
                part = cells[tuple(slice(1, None) if a in chosen else 0 for a in range(len(shape)))]
                yield chosen, part.reshape(-1, table.shape[1])


def _helmert(levels: int) -> Floats:
    """Return an orthonormal matrix with an even first row."""
    if levels == 1:
        return np.ones((1, 1))
    rows = np.eye(levels)
    rows[0] = 1.0
    q = np.linalg.qr(rows.T)[0]
    found: Floats = q.T * np.sign(q[0, 0])
    return found


def _without(coefficients: Floats, group: NDArray[np.int64]) -> Floats:
    """Return the unbiased sum of squares of mean coefficients: of all, and without each group."""
    n, groups = coefficients.shape[1], int(group.max()) + 1
    sums = np.zeros((len(coefficients), groups))
    np.add.at(sums.T, group, coefficients.T)
    squares = np.bincount(group, weights=(coefficients**2).sum(axis=0), minlength=groups)
    counts = np.bincount(group, minlength=groups)
    whole, all_squares = sums.sum(axis=1), float(squares.sum())
    rest = whole[:, None] - sums
    left = n - counts
    less = ((rest**2).sum(axis=0) - (all_squares - squares)) / (left * (left - 1))
    first = (float((whole**2).sum()) - all_squares) / (n * (n - 1))
    return np.concatenate(([first], less))
