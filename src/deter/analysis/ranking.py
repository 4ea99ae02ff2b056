"""Rank frameworks with intervals that hold for all ranks at once, and compare hazards of attack.

A framework's rank is one more than the number that are better. With 95 % confidence for all
frameworks together it lies between one more than the number shown to be better and the number of
all less those shown to be worse. What is shown is tested under shared luck, in both directions of
every pair, with Holm's adjustment for all of them.

A hazard ratio compares how often a first comes, among histories still without it. It is Mantel and
Haenszel's, over the times at which it came; ends that compete with it are censored, so that it is
the ratio of cause-specific hazards. Luck is shared, so its interval is by a jackknife over
replications. Where hazards are not proportional it is an average over the horizon.

References
----------
Mogstad, Romano, Shaikh and Wilhelm (2024), Rev. Econ. Stud. 91: 476-518; Holm (1979), Scand. J.
Stat. 6: 65-70. Mantel and Haenszel (1959), J. Natl. Cancer Inst. 22: 719-748, over risk sets:
Bernstein, Anderson and Pike (1981), Biometrics 37: 509-518.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, betaincinv, ndtr, stdtrit

from deter.analysis.contrasts import mean_difference, proportion_difference
from deter.analysis.estimates import LEVEL, Estimate, Z, bounded_mean, nothing, proportion
from deter.analysis.groups import Pair, holm, letters_of
from deter.analysis.rows import Bools, Floats, Sample, matched
from deter.errors import DeterError

GROUPS = 100
"""Groups of replications that the jackknife leaves out in turn."""

FEW = 5
"""Events in either framework below which the hazard ratio's interval is that of a share."""


@dataclass(frozen=True)
class Ranked:
    """One framework's rank.

    Attributes
    ----------
    framework : str
        Its name.
    value : Estimate
        Of the measure.
    rank : int
        By the estimate; 1 is best, equals share the lower number.
    low, high : int
        Between which its rank lies, with 95 % confidence for all frameworks together.
    letters : str
        Two frameworks share a letter if they cannot be told apart.
    """

    framework: str
    value: Estimate
    rank: int
    low: int
    high: int
    letters: str


@dataclass(frozen=True)
class Ranking:
    """Frameworks from the best.

    Attributes
    ----------
    frameworks : tuple of Ranked
        From the best.
    differences : dict of (str, str) to Estimate
        Of each pair, the better less the worse by the estimates, each with its own 95 % interval.
    apart : frozenset of (str, str)
        Pairs of which the first is shown to be better.
    better : str
        ``lower`` or ``higher``.
    n : int
        Replications that ran to their end under all.
    what : str
        What is ranked, how it is tested, and what it is conditional on.
    """

    frameworks: tuple[Ranked, ...]
    differences: dict[Pair, Estimate]
    apart: frozenset[Pair]
    better: str
    n: int
    what: str


def ranking(
    values: Mapping[str, Floats],
    better: str = "lower",
    *,
    what: str = "",
    unit: str = "1",
    span: float | None = None,
) -> Ranking:
    """Rank frameworks by the mean of a measure over replications that share luck.

    Parameters
    ----------
    values : mapping of str to array (replications,)
        By framework: 0 or 1 for an event, or a number (of several cases, their mean). Place k of
        every array is the same replication; NaN where it failed.
    better : str
        ``lower`` or ``higher``.
    what : str
        What the measure is.
    unit : str
        Of the measure.
    span : float, optional
        Width of the range of a number, from 0; its largest value where not given.

    Raises
    ------
    DeterError
        If there is nothing to rank or lengths differ.

    Examples
    --------
    >>> luck = np.random.default_rng(1).random(400)
    >>> found = ranking({"a": luck < 0.5, "b": luck < 0.49, "c": luck < 0.2})
    >>> [(one.framework, one.low, one.high) for one in found.frameworks]
    [('c', 1, 1), ('b', 2, 3), ('a', 2, 3)]
    """
    if better not in ("lower", "higher"):
        raise DeterError(f"better is lower or higher, not {better!r}")
    table = _table(values)
    names, n = list(table), len(next(iter(table.values())))
    events = all(np.isin(column, (0.0, 1.0)).all() for column in table.values())
    width = span or max(float(np.abs(column).max()) for column in table.values()) or 1.0
    sign = 1.0 if better == "lower" else -1.0
    order = sorted(names, key=lambda name: sign * float(table[name].mean()))
    one_sided = {
        (a, b): _better(sign * table[a], sign * table[b], events=events)
        for a, b in permutations(order, 2)
    }
    apart = holm(one_sided)
    letters = letters_of(order, apart)
    found = []
    for name in order:
        column = table[name]
        value = proportion(column == 1.0) if events else _mean(column, width)
        mean = float(column.mean())
        rank = 1 + sum(sign * float(table[other].mean()) < sign * mean for other in names)
        ahead = sum((other, name) in apart for other in names)
        behind = sum((name, other) in apart for other in names)
        found.append(
            Ranked(
                name,
                value.labelled(unit=unit, what=what),
                rank,
                1 + ahead,
                len(names) - behind,
                letters[name],
            )
        )
    differences = {}
    for k, a in enumerate(order):
        for b in order[k + 1 :]:
            gap = (
                proportion_difference(table[a] == 1.0, table[b] == 1.0)
                if events
                else mean_difference(table[a], table[b], width)
            )
            words = f"{a} less {b}, under shared luck: {what}"
            differences[a, b] = gap.labelled(unit=unit, what=words)
    test = "McNemar's exact test" if events else "paired means"
    told = (
        f"{what}; {better} is better; {test} in both directions of every pair, Holm, 5 %, "
        f"{n:,} replications that share luck"
    )
    return Ranking(tuple(found), differences, apart, better, n, told)


def _table(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the replications that ran to their end under all frameworks."""
    table = {name: np.asarray(column, dtype=np.float64) for name, column in values.items()}
    lengths = {len(column) for column in table.values()}
    if not table or len(lengths) != 1 or 0 in lengths:
        raise DeterError(f"ranking needs replications, as many under each framework, not {lengths}")
    complete = np.logical_and.reduce([np.isfinite(column) for column in table.values()])
    if np.count_nonzero(complete) < 2:
        raise DeterError("fewer than two replications ran to their end under all frameworks")
    return {name: column[complete] for name, column in table.items()}


def _mean(column: Floats, width: float) -> Estimate:
    low = min(float(column.min()), 0.0)
    return bounded_mean(column, low, max(width, float(column.max())))


def _better(here: Floats, there: Floats, *, events: bool) -> float:
    """Return the one-sided p of the hypothesis that losses here are not lower than there."""
    if events:
        fewer = int(np.count_nonzero(here < there))
        more = int(np.count_nonzero(here > there))
        return float(bdtr(more, more + fewer, 0.5)) if more + fewer else 1.0
    gap = here - there
    squares, size = float((gap**2).sum()), float(np.abs(gap).sum())
    if size == 0:
        return 1.0
    n = len(gap) + Z * Z  # as in limits of paired differences: z² pairs of either sign more
    middle = float(gap.sum()) / n
    spread = math.sqrt(max((squares + Z * Z * (squares / size) ** 2) / n - middle**2, 0.0) / n)
    return float(ndtr(middle / spread)) if spread > 0 else 0.0 if middle < 0 else 1.0


def hazard_ratio(here: Sample, there: Sample, first: str = "attack") -> Estimate:
    """Return the ratio of the hazards of a first, here over there, over matched replications.

    Parameters
    ----------
    here, there : Sample
        Two frameworks' replications.
    first : str
        ``attack``, ``full_attack``, ``war``, …
    """
    left, right = matched((here, there))
    return hazard_ratio_of(
        (left.time(first), left.happened(first)), (right.time(first), right.happened(first)), first
    )


def hazard_ratio_of(
    here: tuple[Floats, Bools], there: tuple[Floats, Bools], first: str = "first"
) -> Estimate:
    """Return the ratio of hazards from times and whether the event came then, in pairs.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> u = rng.exponential(1, 2000)
    >>> found = hazard_ratio_of((u / 0.5, u / 0.5 < 1), (u, u < 1))
    >>> round(found.estimate, 1)
    0.5
    """
    n = len(here[0])
    what = (
        f"hazard of a {first.replace('_', ' ')} over that of the other, under shared luck, ends "
        "that compete with it censored; an average over the horizon if hazards are not proportional"
    )
    d, e = int(np.count_nonzero(here[1])), int(np.count_nonzero(there[1]))
    if n == 0 or d + e == 0:
        return nothing(n, "no event").labelled(unit="1", what=what)
    if min(d, e) < FEW:
        return _few(d, e, here[0], there[0]).labelled(unit="1", what=what)
    group = np.arange(n) % min(n, GROUPS)
    logs = _log_ratios(here, there, group)
    g = len(logs) - 1
    used = logs[1:][np.isfinite(logs[1:])]
    error = math.sqrt((g - 1) / g * float(((used - used.mean()) ** 2).sum()))
    half = float(stdtrit(g - 1, (1 + LEVEL) / 2)) * error
    middle = float(logs[0])
    method = "Mantel-Haenszel over risk sets, jackknife over pairs"
    low, high = math.exp(middle - half), math.exp(middle + half)
    return Estimate(math.exp(middle), low, high, n, "1", what, method)


def _few(d: int, e: int, here: Floats, there: Floats) -> Estimate:
    """Return the ratio of few events over exposure: Clopper and Pearson's limits of their share.

    Pairing is left out, which under shared luck makes the interval too wide and not too narrow.
    """
    exposure = float(there.sum()) / float(here.sum()) if here.sum() > 0 else math.nan
    total = d + e
    low = 0.0 if d == 0 else float(betaincinv(d, e + 1, (1 - LEVEL) / 2))
    high = 1.0 if e == 0 else float(betaincinv(d + 1, e, (1 + LEVEL) / 2))
    odds = [
        share / (1 - share) * exposure if share < 1 else None for share in (d / total, low, high)
    ]
    return Estimate(odds[0], odds[1], odds[2], len(here), method="events over exposure, exact")


def _log_ratios(
    here: tuple[Floats, Bools], there: tuple[Floats, Bools], group: NDArray[np.int64]
) -> Floats:
    """Return the log ratio of all pairs, and without each group of them."""
    left, right = _ordered(here, group), _ordered(there, group)
    found = [_log_ratio(left[:2], right[:2])]
    for g in range(int(group.max()) + 1):
        kept, also = left[2] != g, right[2] != g
        found.append(_log_ratio((left[0][kept], left[1][kept]), (right[0][also], right[1][also])))
    return np.array(found)


def _ordered(
    arm: tuple[Floats, Bools], group: NDArray[np.int64]
) -> tuple[Floats, Bools, NDArray[np.int64]]:
    order = np.argsort(arm[0], kind="stable")
    return arm[0][order], arm[1][order], group[order]


def _log_ratio(here: tuple[Floats, Bools], there: tuple[Floats, Bools]) -> float:
    """Return Mantel and Haenszel's log ratio over the times of events, times in order."""

    def weighed(arm: tuple[Floats, Bools], other: Floats) -> float:
        """Return the share of those at risk that is in the other arm, summed over events."""
        came = arm[0][arm[1]]
        own = len(arm[0]) - np.searchsorted(arm[0], came, side="left")
        others = len(other) - np.searchsorted(other, came, side="left")
        return float((others / (own + others)).sum())

    over, under = weighed(here, there[0]), weighed(there, here[0])
    return math.log(over / under) if over > 0 and under > 0 else math.nan
