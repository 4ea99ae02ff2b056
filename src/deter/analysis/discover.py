"""Where a framework fails: boxes of uncertain numbers that hold most failures and little else.

The patient rule induction method (PRIM) as scenario discovery uses it, on one half of the cases
chosen by lot. What is reported of a box is seen in the other half, which had no part in finding
it: so coverage and density are not flattered by the search, and a box that only fits chance is
told from one that is there. Further boxes are sought among the cases outside the ones before.

A step takes off a twentieth of the cases in the box, from below or above one number, or one word
of a factor that takes words: the one that raises the share of failures most for each case taken
off (the "lenient" criterion, needed where a word or a level holds many cases). Of all boxes on the
way the one is taken that makes the failures seen likeliest, with one share inside and another
outside; then bounds are moved as long as they become likelier still, restrictions that the data do
not call for are dropped, and those that they call for and the way had missed are added.

References
----------
Friedman and Fisher (1999), Stat. Comput. 9: 123-143; Bryant and Lempert (2010), Technol. Forecast.
Soc. Change 77: 34-49, for coverage, density and the quasi-p-value; Kwakkel and Jaxa-Rozen (2016),
Environ. Model. Softw. 79: 311-321, for factors of mixed kinds; Kulldorff (1997), Commun. Stat.
Theory Methods 26: 1481-1496, for the likelihood of a region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from deter.analysis.estimates import Estimate, nothing, share_of
from deter.analysis.peeling import LEAST_CASES, Data, Limits, Step, quasi_p, search, worth_it
from deter.analysis.rows import Bools, Floats
from deter.errors import DeterError

LEVEL = 0.01
"""Chance with which something is found where failures fall by lot."""

SHUFFLES = 9999


@dataclass(frozen=True)
class Restriction:
    """The part of one factor's values that a box keeps.

    Attributes
    ----------
    factor : str
        Its name.
    low, high : float or None
        Least and largest value kept, None where there is no limit; of a factor that takes numbers.
    words : tuple or None
        Words kept, of a factor that takes words.
    quasi_p : float
        Chance of as many failures, were the restriction of no use; seen in the held-out half.
    """

    factor: str
    low: float | None
    high: float | None
    words: tuple[Any, ...] | None
    quasi_p: float


@dataclass(frozen=True)
class Box:
    """A box and what the held-out half says of it.

    Attributes
    ----------
    restrictions : tuple of Restriction
        Those that the data call for most first.
    coverage : Estimate
        Share of all failures that lie in it.
    density : Estimate
        Share of its cases (of the histories of its cases) that fail.
    mass : Estimate
        Share of all cases that lie in it.
    p : float
        Chance of so large a density, if failures fell by lot.
    path : tuple of Step
        Boxes on the way, from all cases to the smallest.
    taken : int
        Place on the way of the box that was taken, before bounds were moved.
    """

    restrictions: tuple[Restriction, ...]
    coverage: Estimate
    density: Estimate
    mass: Estimate
    p: float
    path: tuple[Step, ...]
    taken: int


@dataclass(frozen=True)
class Discovery:
    """Where failures lie.

    Attributes
    ----------
    boxes : tuple of Box
        In the order in which they were found, each sought among the cases that those before left
        over, and each with more failures than there are over all; none where they fall as by lot.
    overall : Estimate
        Share of all cases (of their histories) that fail.
    rejected : Box or None
        The box at which the search ended because the held-out half does not bear it out.
    cases, held_out, dropped : int
        Cases used, those of them held out, and cases without an outcome.
    what : str
        What counts as failure, and what it is conditional on.
    """

    boxes: tuple[Box, ...]
    overall: Estimate
    rejected: Box | None
    cases: int
    held_out: int
    dropped: int
    what: str


def discover(
    cases: pd.DataFrame,
    failures: ArrayLike,
    factors: Sequence[str],
    trials: ArrayLike | None = None,
    *,
    failure: str = "failure",
    least_density: float | None = None,
    most_boxes: int = 3,
    seed: int = 1,
) -> Discovery:
    """Find where failures lie among the cases of an experiment.

    Parameters
    ----------
    cases : DataFrame
        Cases with the factors' columns, drawn independently (Latin hypercube, Sobol) or a grid.
    failures : array (cases,)
        1 where a case fails and 0 where not; with ``trials``, how many of its histories fail. NaN
        where a case has no outcome.
    factors : sequence of str
        Columns to restrict; those that hold words are restricted by word.
    trials : array (cases,), optional
        Histories of each case.
    failure : str
        What counts as one, for words.
    least_density : float, optional
        Take the largest box on the way with at least this share of failures, as it is, in place of
        the likeliest.
    most_boxes : int
        Boxes to find at most.
    seed : int
        Of the lot by which cases are held out.

    Raises
    ------
    DeterError
        If there are too few cases, no such column, or outcomes that are no share.
    """
    data, dropped = _data(cases, failures, factors, trials)
    rng = np.random.default_rng(seed)
    train = np.zeros(len(data), dtype=np.bool_)
    train[rng.permutation(len(data))[: (len(data) + 1) // 2]] = True
    sought, held = data.among(train), data.among(~train)
    unit = "cases" if trials is None else "histories"
    what = (
        f"{failure}, of {unit}; {len(held):,} of {len(data):,} cases held out by lot, "
        "cases as this design draws them"
    )
    overall = share_of(data.hits, data.trials).labelled(unit="1", what=f"share that fails: {what}")
    boxes: list[Box] = []
    rejected = None
    open_here, open_there = np.ones(len(sought), np.bool_), np.ones(len(held), np.bool_)
    while len(boxes) < most_boxes and worth_it(sought, open_here):
        limits, path, taken = search(sought, open_here, least_density)
        box = _judged(held, open_there, limits, path, taken, rng, what)
        if box.p > LEVEL or not box.restrictions:
            rejected = box
            break
        if boxes and not _above(box.density, overall):
            break  # more than what the boxes before left over, and yet no more than over all
        boxes.append(box)
        open_here &= ~limits.hold(sought)
        open_there &= ~limits.hold(held)
    return Discovery(tuple(boxes), overall, rejected, len(data), len(held), dropped, what)


def _above(density: Estimate, overall: Estimate) -> bool:
    """Return whether a share is told to be above another."""
    if density.low is None or overall.estimate is None:
        return False
    return density.low > overall.estimate


def _data(
    cases: pd.DataFrame, failures: ArrayLike, factors: Sequence[str], trials: ArrayLike | None
) -> tuple[Data, int]:
    hits = np.asarray(failures, dtype=np.float64)
    tried = np.ones(len(hits)) if trials is None else np.asarray(trials, dtype=np.float64)
    if not len(hits) == len(tried) == len(cases):
        raise DeterError(f"{len(cases)} cases need as many outcomes, not {len(hits)}, {len(tried)}")
    known = np.isfinite(hits) & (tried > 0)
    if ((hits[known] < 0) | (hits[known] > tried[known])).any():
        raise DeterError("failures lie between 0 and the histories of a case (1 without trials)")
    if np.count_nonzero(known) < LEAST_CASES:
        raise DeterError(
            f"{np.count_nonzero(known)} cases with an outcome are too few to look for boxes; "
            f"{LEAST_CASES} is least, some hundred a factor is better"
        )
    columns: list[Floats] = []
    words: list[tuple[Any, ...] | None] = []
    for name in factors:
        if name not in cases.columns:
            there = ", ".join(str(c) for c in cases.columns)
            raise DeterError(f"the cases have no column {name}; there are: {there}")
        column = cases[name][known]
        if column.isna().any():
            raise DeterError(f"factor {name} has cases without a value")
        numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if numeric:
            columns.append(column.to_numpy(np.float64))
            words.append(None)
        else:
            codes, shown = pd.factorize(column, sort=True)
            columns.append(codes.astype(np.float64))
            words.append(tuple(shown.tolist()))
    data = Data(tuple(factors), tuple(columns), tuple(words), hits[known], tried[known])
    return data, int(np.count_nonzero(~known))


def _judged(
    held: Data,
    open_: Bools,
    limits: Limits,
    path: tuple[Step, ...],
    taken: int,
    rng: np.random.Generator,
    what: str,
) -> Box:
    """Return a box with what the held-out half says of it."""
    inside = limits.hold(held) & open_
    restrictions = sorted(
        (_restriction(held, open_, limits, k) for k in limits.restricted(held)),
        key=lambda one: one.quasi_p,
    )
    coverage = share_of(held.hits * inside, held.hits)
    density = share_of(held.hits[inside], held.trials[inside]) if inside.any() else nothing()
    mass = share_of(inside.astype(np.float64), np.ones(len(held)))
    return Box(
        tuple(restrictions),
        coverage.labelled(unit="1", what=f"share of all failures that lie in the box: {what}"),
        density.labelled(unit="1", what=f"share in the box that fails: {what}"),
        mass.labelled(unit="1", what="share of all cases that lie in the box"),
        _by_lot(held, open_, inside, rng),
        path,
        taken,
    )


def _restriction(held: Data, open_: Bools, limits: Limits, k: int) -> Restriction:
    low, high, kept, words = limits.low[k], limits.high[k], limits.kept[k], held.words[k]
    return Restriction(
        held.names[k],
        float(low) if np.isfinite(low) else None,
        float(high) if np.isfinite(high) else None,
        None if kept is None or words is None else tuple(words[code] for code in sorted(kept)),
        quasi_p(held, open_, limits, k),
    )


def _by_lot(held: Data, open_: Bools, inside: Bools, rng: np.random.Generator) -> float:
    """Return the chance that cases drawn by lot hold as many failures as those in the box."""
    n = int(np.count_nonzero(inside))
    pool = held.hits[open_] - held.trials[open_] * (
        float(held.hits[open_].sum()) / max(float(held.trials[open_].sum()), 1.0)
    )
    if not 0 < n < len(pool):
        return 1.0
    seen = float(pool[inside[open_]].sum()) - 1e-9
    more = sum(float(rng.permutation(pool)[:n].sum()) >= seen for _ in range(SHUFFLES))
    return (1 + more) / (1 + SHUFFLES)
