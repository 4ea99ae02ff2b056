"""Chance and parameter uncertainty kept apart: of the variance of an outcome, what each holds.

An outcome of case c in replication r is taken as m + a_c + b_r + e_cr: what the case makes of it,
luck that moves all cases alike, and luck that a case turns its own way. Under shared luck b_r is
the same in every case and so cannot make two cases differ; the noise of case means that can is
e_cr alone. Variances are unbiased (analysis of variance), so that a share of nothing is nothing
and not what the finite number of replications leaves of it.

References
----------
Searle, Casella and McCulloch (1992), Variance Components, ch. 3-4. Jackknife of groups, one way
and the other of a crossed table: Owen (2007), Ann. Appl. Stat. 1: 386-411 for what has to add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from deter.analysis.estimates import LEVEL, Estimate, nothing
from deter.analysis.rows import Floats
from deter.errors import DeterError

GROUPS = 25
"""Groups of cases, and of replications, that are left out in turn."""

CASES = "of the cases of this design, each weighing the same"


@dataclass(frozen=True)
class Split:
    """Where the variance of an outcome comes from.

    Attributes
    ----------
    parameters : Estimate
        Share of the variance of one history's outcome that lies between cases.
    chance : Estimate
        Share that is luck within cases: the rest.
    common : Estimate
        Share that is luck common to all cases.
    noise : Estimate
        Share of the variance of *case means* that is chance, left by finite replications.
    between, within : float
        Variance between cases and within them, in squared units of the outcome.
    cases : int
        Cases with an outcome.
    replications : float
        Replications a case, harmonic mean.
    """

    parameters: Estimate
    chance: Estimate
    common: Estimate
    noise: Estimate
    between: float
    within: float
    cases: int
    replications: float


@dataclass(frozen=True)
class _Parts:
    """Components of variance: between cases, luck of all, luck of one; and of case means."""

    between: float
    shared: float
    own: float
    means: float
    noise: float

    def shares(self) -> Floats:
        """Return the shares of parameters, of common luck, and of noise in case means."""
        kept = max(self.between, 0.0)
        total = kept + self.shared + self.own
        lost = min(self.noise / self.means, 1.0) if self.means > 0 else np.nan
        if total <= 0:
            return np.array([np.nan, np.nan, lost])
        return np.array([kept / total, self.shared / total, lost])


def split_table(values: ArrayLike, blocks: ArrayLike | None = None) -> Split:
    """Split the variance of a table of cases by replications that share luck.

    Parameters
    ----------
    values : array (cases, replications)
        The outcome; NaN where a replication failed.
    blocks : array (cases,), optional
        Cases with one label belong together (a base row of a Saltelli table, a trajectory) and
        are left out together; each case by itself where not given.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> table = rng.normal(0, 1, (400, 1)) + rng.normal(0, 1, (1, 50)) + rng.normal(0, 1, (400, 50))
    >>> found = split_table(table)
    >>> bool(abs(found.between - 1) < 0.2), bool(abs(found.noise.estimate - 0.02) < 0.005)
    (True, True)
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2:
        raise DeterError(f"a table of cases by replications has two dimensions, not {table.ndim}")
    label = _labels(blocks, len(table))
    known = np.count_nonzero(~np.isnan(table), axis=1) >= 2
    table, label = table[known], label[known]
    if len(table) < 2:
        return _unknown(len(table))
    replications = table.shape[1]
    each = np.arange(replications) % GROUPS
    ways = [
        (lambda g: _of_table(table[label != g]), _present(label)),
        (lambda g: _of_table(table[:, each != g]), _present(each)),
    ]
    n = _harmonic(np.count_nonzero(~np.isnan(table), axis=1))
    return _split(_of_table(table), ways, len(table), n)


def _labels(blocks: ArrayLike | None, n: int) -> NDArray[np.int64]:
    """Return the group a case belongs to; whole blocks are in one, and neighbours apart."""
    if blocks is None:
        return np.arange(n) % GROUPS
    given = np.asarray(blocks)
    if len(given) != n:
        raise DeterError(f"{len(given)} labels of blocks for {n} cases")
    place = np.unique(given, return_inverse=True)[1]
    return np.asarray(place, dtype=np.int64) % GROUPS


def _present(label: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(label)


def _harmonic(counts: ArrayLike) -> float:
    return float(1.0 / np.mean(1.0 / np.asarray(counts, dtype=np.float64)))


def _of_table(table: Floats) -> _Parts:
    """Return the components of a table, failed replications left out of their case."""
    seen = ~np.isnan(table)
    counts = np.count_nonzero(seen, axis=1).astype(np.float64)
    counts = np.maximum(counts, 1.0)
    means = np.nansum(table, axis=1) / counts
    gaps = np.where(seen, table - means[:, None], 0.0)
    variances = (gaps**2).sum(axis=1) / np.maximum(counts - 1, 1.0)
    each = np.count_nonzero(seen, axis=0)
    common = gaps.sum(axis=0)[each > 0] / each[each > 0]
    luck = float(common.var(ddof=1)) if len(common) > 1 else 0.0
    cases, within = len(means), float(variances.mean())
    shared = 0.0
    if cases > 1:
        shared = min(max((luck - within / cases) * cases / (cases - 1), 0.0), within)
    own = within - shared
    share = own / within if within > 0 else 0.0
    noise = share * float((variances / counts).mean())
    spread = float(means.var(ddof=1)) if cases > 1 else 0.0
    return _Parts(spread - noise, shared, own, spread, noise)


def _split(
    whole: _Parts,
    ways: Sequence[tuple[Callable[[int], _Parts], NDArray[np.int64]]],
    cases: int,
    n: float,
) -> Split:
    middle = whole.shares()
    half = half_widths([(_shares_of(without), groups) for without, groups in ways], len(middle))
    low, high = np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)
    note = "under shared luck"

    def share(k: int, what: str) -> Estimate:
        if not np.isfinite(middle[k]):
            return nothing(cases, "the outcome does not vary")
        method = "unbiased components of variance, jackknife over groups of cases and replications"
        limits = (float(low[k]), float(high[k]))
        return Estimate(float(middle[k]), *limits, cases, "1", f"{what}; {CASES}, {note}", method)

    parameters = share(0, "share of the variance of one history's outcome that lies between cases")
    chance = nothing(cases, parameters.method)
    if (
        parameters.estimate is not None
        and parameters.low is not None
        and parameters.high is not None
    ):
        ends = (1 - parameters.high, 1 - parameters.low)
        what = f"share of the variance of one history's outcome that is chance; {CASES}, {note}"
        chance = Estimate(1 - parameters.estimate, *ends, cases, "1", what, parameters.method)
    common = "share of the variance of one history's outcome that is luck common to all cases"
    return Split(
        parameters,
        chance,
        share(1, common),
        share(2, f"share of the variance of case means that is chance, at {n:.0f} replications"),
        max(whole.between, 0.0),
        whole.shared + whole.own,
        cases,
        n,
    )


def _shares_of(without: Callable[[int], _Parts]) -> Callable[[int], Floats]:
    return lambda group: without(group).shares()


def half_widths(
    ways: Sequence[tuple[Callable[[int], Floats], NDArray[np.int64]]], size: int
) -> Floats:
    """Return half the width of 95 % intervals by leaving groups out, one way and the other.

    Parameters
    ----------
    ways : sequence of (callable, array of int)
        For each way of a crossed table: what returns the estimates without a group, and the groups.
    size : int
        How many estimates there are.

    Returns
    -------
    array (size,)
        NaN where a way has one group only. Variances of all ways add up, so that what depends on
        two of them counts twice: wide rather than narrow (Owen 2007).
    """
    variance, fewest = np.zeros(size), GROUPS
    for without, groups in ways:
        g = len(groups)
        if g < 2:
            return np.full(size, np.nan)
        left = np.array([without(int(one)) for one in groups])
        variance += (g - 1) / g * ((left - left.mean(axis=0)) ** 2).sum(axis=0)
        fewest = min(fewest, g)
    return np.asarray(stdtrit(fewest - 1, (1 + LEVEL) / 2) * np.sqrt(variance))


def _unknown(cases: int) -> Split:
    none = nothing(cases, "needs two cases with two replications each")
    return Split(none, none, none, none, 0.0, 0.0, cases, 0.0)
