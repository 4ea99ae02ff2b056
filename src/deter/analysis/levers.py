"""Which clauses an outcome hangs on.

Clauses are levers with few levels: their effects are differences of means over the rest of a grid,
paired under shared luck, and their shares of the variance between the grid's cases are unbiased by
chance.

References
----------
Shapley effects: Owen (2014), SIAM/ASA J. Uncertain. Quantif. 2: 245-251.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from deter.analysis.contrasts import mean_difference, proportion_difference
from deter.analysis.designs import check_columns
from deter.analysis.estimates import LEVEL, Estimate
from deter.analysis.rows import Floats
from deter.errors import DeterError

MOST_LEVERS = 12
"""Beyond which shares of interactions are not worked out: their number doubles with each."""

GROUPS = 50
"""Of replications, in the jackknife."""


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
    check_columns(cases, {name: [name] for name in names})
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
    rest = f"{rest}, " if len(names) > 1 else ""
    what = f"{rest}under shared luck, {table.shape[1]:,} replications of {len(cases)} cases"
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
    if grid and 2 <= len(names) <= MOST_LEVERS:
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
    group = np.arange(n) % min(n, GROUPS)
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
