"""Which framework to choose when nobody knows which case is true.

A table of cases by frameworks holds a measure, such as the probability of a full attack. Criteria
of a framework are its worst case, its largest and its ninety-per-cent regret (how much better the
best framework of a case would have been), its mean under the user's weights of cases, and the share
of cases in which it meets a threshold. All is luck-paired: replications are shared by cases and
frameworks.

Worst cases and largest regrets are extremes of noisy numbers and so look larger than they are.
Their lower limits hold for all cases (and rivals) at once, by Bonferroni; their upper limits need
only hold for the case that is truly worst. The other criteria get limits by a bootstrap over
replications, and over cases too where these are a sample.

References
----------
Savage (1951), J. Am. Stat. Assoc. 46: 55-67, for regret; Lempert, Popper and Bankes (2003), Shaping
the Next One Hundred Years, for regret over many futures; Starr (1963), Product Design and Decision
Theory, for the satisficing share. Limits of a paired difference with pseudo-observations: Agresti
and Min (2005), Stat. Med. 24: 729-740.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from deter.analysis.estimates import LEVEL, Estimate, Z, wilson_band
from deter.analysis.groups import holm, letters_of
from deter.analysis.rows import Floats
from deter.errors import DeterError

RESAMPLES = 1000
CRITERIA = ("worst", "regret", "regret_90", "mean", "satisficing")
"""Criteria, in the order in which they are told."""

LABELS = {
    "worst": "worst case",
    "regret": "largest regret",
    "regret_90": "90 % regret",
    "mean": "mean",
    "satisficing": "share of cases that meet the threshold",
}


@dataclass(frozen=True)
class Payoff:
    """One measure of every framework in every case.

    Attributes
    ----------
    name : str
        Of the measure.
    values : array (cases, frameworks, replications)
        The measure's value in each replication, 0 or 1 for an event; replications with the same
        number share luck. NaN where one failed.
    better : str
        ``lower`` or ``higher``.
    threshold : float, optional
        Value that the mean of a case is to meet.
    weight : float
        Of the measure among several.
    unit : str
        ``1`` for a probability or share.
    span : float, optional
        Width of the range of values, from 0; 1 for a probability or share, else that of the values
        where not given. It says how wide the limits are where nothing was seen.
    """

    name: str
    values: Floats
    better: str = "lower"
    threshold: float | None = None
    weight: float = 1.0
    unit: str = "1"
    span: float | None = None

    def __post_init__(self) -> None:
        if self.better not in ("lower", "higher"):
            raise DeterError(f"measure {self.name}: better is lower or higher, not {self.better!r}")
        if self.values.ndim != 3:
            raise DeterError(
                f"measure {self.name}: values are cases by frameworks by replications, not an "
                f"array of {self.values.ndim} dimensions"
            )
        if not self.weight >= 0:
            raise DeterError(f"measure {self.name}: a weight is at least 0, not {self.weight}")


@dataclass(frozen=True)
class Choice:
    """One criterion over frameworks.

    Attributes
    ----------
    criterion : str
        A word of :data:`CRITERIA`.
    values : dict of str to Estimate
        By framework, in the unit of the measure (regret too) or as a share of cases.
    best : tuple of str
        Frameworks that cannot be told apart from the best by it, the best first.
    letters : dict of str to str
        Two frameworks share a letter if they cannot be told apart by it.
    lower_is_better : bool
        Of the criterion.
    """

    criterion: str
    values: dict[str, Estimate]
    best: tuple[str, ...]
    letters: dict[str, str]
    lower_is_better: bool


@dataclass(frozen=True)
class Regret:
    """Criteria of choice under deep uncertainty.

    Attributes
    ----------
    measure : str
        The measure, or what is put together of several.
    choices : tuple of Choice
        A criterion each.
    worst_case, regret_case : dict of str to int
        Place of the case in which a framework is worst, and regretted most.
    unsure : dict of str to float
        Share of cases of which chance leaves open whether the framework meets the threshold.
    cases, n : int
        Cases, and replications that ran to their end in all of them under all frameworks.
    what : str
        What all is conditional on.
    """

    measure: str
    choices: tuple[Choice, ...]
    worst_case: dict[str, int]
    regret_case: dict[str, int]
    unsure: dict[str, float]
    cases: int
    n: int
    what: str

    def choice(self, criterion: str) -> Choice:
        """Return one criterion."""
        return next(one for one in self.choices if one.criterion == criterion)


def regret(
    payoff: Payoff,
    frameworks: Sequence[str],
    weights: ArrayLike | None = None,
    *,
    sampled: bool = True,
    seed: int = 1,
    resamples: int = RESAMPLES,
) -> Regret:
    """Return the criteria of one measure.

    Parameters
    ----------
    payoff : Payoff
        The measure.
    frameworks : sequence of str
        Names, in the order of the table.
    weights : array (cases,), optional
        How much each case counts in means and shares; equal where not given. The worst case and
        the largest regret are over cases that count at all.
    sampled : bool
        Whether cases are a sample of what may be true (so that their number adds to the
        uncertainty) or all that is asked about (a grid, a list).
    seed, resamples : int
        Of the bootstrap; the seed is at least 1.

    Raises
    ------
    DeterError
        If sizes do not fit, a weight is negative, or no replication is complete.
    """
    if seed < 1:
        raise DeterError(f"the seed of a bootstrap is at least 1, not {seed}")
    values = _complete(payoff, len(frameworks))
    cases = len(values)
    weight = _weights(weights, cases)
    values, places = values[weight > 0], np.flatnonzero(weight > 0)
    weight = weight[weight > 0]
    data = _Losses.of(payoff, values, weight, sampled=sampled)
    means = data.loss.mean(axis=2)
    gaps = means - means.min(axis=1, keepdims=True)
    n = data.loss.shape[2]
    scope = f"{len(values):,} cases" + ("" if weights is None else ", weighted")
    what = (
        f"{payoff.name}, {payoff.better} is better; of {scope}, {n:,} replications that share luck"
    )
    middle = _criteria(means, weight, data.threshold)
    boot = _bootstrap(data, seed, resamples)
    choices = []
    for name in [name for name in CRITERIA if name in middle]:
        low, high, method = _limits(name, data, middle[name], boot[name])
        turn = data.sign if name in ("worst", "mean") else 1.0
        unit = "1" if name == "satisficing" else payoff.unit
        estimates = {}
        for f, framework in enumerate(frameworks):
            ends = sorted((turn * float(low[f]), turn * float(high[f])))
            words, value = f"{LABELS[name]}: {what}", turn * float(middle[name][f])
            estimates[framework] = Estimate(value, ends[0], ends[1], n, unit, words, method)
        lower = name != "satisficing"
        order, apart = _apart(middle[name], boot[name], frameworks, lower=lower)
        best = tuple(f for f in order if not {(order[0], f), (f, order[0])} & apart)
        letters = letters_of(order, apart)
        choices.append(Choice(name, estimates, best, letters, lower if turn > 0 else not lower))
    worst = {f: int(places[k]) for f, k in zip(frameworks, means.argmax(axis=0), strict=True)}
    most = {f: int(places[k]) for f, k in zip(frameworks, gaps.argmax(axis=0), strict=True)}
    unsure: dict[str, float] = {}
    if data.threshold is not None:
        surely, maybe = _threshold_limits(data, data.threshold)
        unsure = {f: float(b - a) for f, a, b in zip(frameworks, surely, maybe, strict=True)}
    return Regret(payoff.name, tuple(choices), worst, most, unsure, len(values), n, what)


@dataclass(frozen=True, eq=False)
class _Losses:
    """What is lost in each case, lower is better, and what limits need to know of it."""

    loss: Floats
    weight: Floats
    threshold: float | None
    sign: float
    room: tuple[float, float]
    sampled: bool

    @staticmethod
    def of(payoff: Payoff, values: Floats, weight: Floats, *, sampled: bool) -> _Losses:
        sign = 1.0 if payoff.better == "lower" else -1.0
        loss = sign * values
        threshold = None if payoff.threshold is None else sign * payoff.threshold
        width = payoff.span if payoff.span is not None else float(payoff.unit == "1")
        ends = (float(loss.min()), float(loss.max()), sign * width, 0.0)
        return _Losses(loss, weight, threshold, sign, (min(ends), max(ends)), sampled)


def _limits(name: str, data: _Losses, middle: Floats, boot: Floats) -> tuple[Floats, Floats, str]:
    """Return the limits of a criterion by framework, and how they are made."""
    if name in ("worst", "regret"):
        low, high = _worst_limits(data) if name == "worst" else _regret_limits(data)
        return low, high, "limits of all cases at once below, of the worst case above"
    low, high = np.quantile(boot, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    over = "replications and cases" if data.sampled else "replications"
    method = f"bootstrap over {over}, percentiles"
    if name == "regret_90":  # chance spreads regrets, in the resamples once more
        low, high = _mirrored(low, high, middle)
        method += " and their mirror image"
    flat = high - low <= 1e-12  # resamples of what never differs do not differ
    if flat.any():
        least, most = _spare(name, data)
        low, high = np.where(flat, least, low), np.where(flat, most, high)
    return low, high, method


def combined(payoffs: Sequence[Payoff]) -> Payoff:
    """Return several measures as one, lower is better, from 0 (best seen) to 1 (worst seen).

    Each measure is brought to that range by the best and the worst mean of any case and framework
    and weighted by its weight. The range is that of this table: another table has another.

    Raises
    ------
    DeterError
        If there are none, tables differ in size, or all weights are 0.
    """
    if not payoffs:
        raise DeterError("there is no measure to choose by")
    total = sum(p.weight for p in payoffs)
    if not total > 0:
        raise DeterError("all weights of measures are 0; at least one has to count")
    shape = payoffs[0].values.shape
    whole = np.zeros(shape)
    for p in payoffs:
        if p.values.shape != shape:
            raise DeterError(f"measure {p.name} has a table of {p.values.shape}, others of {shape}")
        loss = p.values if p.better == "lower" else -p.values
        means = np.nanmean(loss, axis=2)
        low, high = float(np.nanmin(means)), float(np.nanmax(means))
        if high > low:
            whole = whole + p.weight / total * (loss - low) / (high - low)
    name = " + ".join(f"{p.weight / total:.2g} × {p.name}" for p in payoffs)
    return Payoff(
        f"{name}, each from 0 (best seen) to 1 (worst seen)", whole, unit="score", span=1.0
    )


def _complete(payoff: Payoff, frameworks: int) -> Floats:
    values = np.asarray(payoff.values, dtype=np.float64)
    if values.shape[1] != frameworks:
        raise DeterError(f"{frameworks} frameworks, but a table of {values.shape[1]}")
    complete = np.isfinite(values).all(axis=(0, 1))
    if np.count_nonzero(complete) < 2 or not len(values):
        raise DeterError(
            f"measure {payoff.name}: fewer than two replications ran to their end in every case "
            "under every framework; regret needs them in all"
        )
    return values if complete.all() else values[:, :, complete]


def _weights(weights: ArrayLike | None, cases: int) -> Floats:
    weight = np.ones(cases) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (cases,):
        raise DeterError(f"{weight.size} weights for {cases} cases")
    if not (weight >= 0).all() or not weight.sum() > 0:
        raise DeterError("weights of cases are at least 0, and some are above")
    found: Floats = weight / weight.sum()
    return found


def _criteria(means: Floats, weight: Floats, threshold: float | None) -> dict[str, Floats]:
    """Return each criterion by framework, of losses (cases, frameworks)."""
    gaps = means - means.min(axis=1, keepdims=True)
    found = {
        "worst": means.max(axis=0),
        "regret": gaps.max(axis=0),
        "regret_90": _quantile(gaps, weight, 0.9),
        "mean": weight @ means,
    }
    if threshold is not None:
        found["satisficing"] = weight @ (means <= threshold)
    return found


def _quantile(values: Floats, weight: Floats, level: float) -> Floats:
    """Return the least value that a share of the weight does not exceed, by column."""
    order = np.argsort(values, axis=0, kind="stable")
    sums = np.cumsum(weight[order], axis=0)
    at = np.minimum((sums < level - 1e-12).sum(axis=0), len(values) - 1)
    columns = np.arange(values.shape[1])
    found: Floats = values[order[at, columns], columns]
    return found


def _bootstrap(data: _Losses, seed: int, resamples: int) -> dict[str, Floats]:
    """Return the criteria of resampled replications (and cases), each resamples by frameworks."""
    loss, weight = data.loss, data.weight
    rng = np.random.default_rng(seed)
    cases, frameworks, n = loss.shape
    flat = loss.reshape(-1, n)
    found: dict[str, list[Floats]] = {}
    for _ in range(resamples):
        share = rng.multinomial(n, np.full(n, 1.0 / n)) / n
        means = (flat @ share).reshape(cases, frameworks)
        drawn = (
            weight * rng.multinomial(cases, np.full(cases, 1.0 / cases)) if data.sampled else weight
        )
        extremes = _criteria(means, weight, None)
        drawn = drawn / drawn.sum() if drawn.sum() > 0 else weight
        rest = _criteria(means, drawn, data.threshold)
        for name, value in rest.items():
            kept = extremes[name] if name in ("worst", "regret") else value
            found.setdefault(name, []).append(kept)
    return {name: np.array(values) for name, values in found.items()}


def _mirrored(low: Floats, high: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Return limits that hold those of the bootstrap and their reflection in the estimate."""
    below, above = np.minimum(low, 2 * middle - high), np.maximum(high, 2 * middle - low)
    return np.maximum(below, 0.0), above


def _bands(loss: Floats, z: float, room: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return limits of the mean over the last axis: Wilson's, with an effective number of trials.

    As :func:`deter.analysis.estimates.bounded_mean`, of many means at once.
    """
    n, base, width = loss.shape[-1], room[0], room[1] - room[0]
    if width <= 0:
        return loss.mean(axis=-1), loss.mean(axis=-1)
    place = (loss - base) / width
    share, variance = place.mean(axis=-1), place.var(axis=-1)
    whole = float(place.sum())
    size = float((place**2).sum()) / whole if whole > 0 else 1.0
    most = share * (1 - share)
    dispersion = np.where(most > 0, np.minimum(variance / np.where(most > 0, most, 1.0), 1.0), size)
    inverse = dispersion / n * z * z
    middle = share + inverse / 2
    spread = np.sqrt(inverse * (most + inverse / 4))
    low, high = (middle - spread) / (1 + inverse), (middle + spread) / (1 + inverse)
    return base + width * np.clip(low, 0.0, 1.0), base + width * np.clip(high, 0.0, 1.0)


def _worst_limits(data: _Losses) -> tuple[Floats, Floats]:
    """Return limits of the worst case of each framework."""
    strict = float(ndtri(1 - (1 - LEVEL) / 2 / len(data.loss)))
    low, high = (_bands(data.loss, z, data.room)[side] for z, side in ((strict, 0), (Z, 1)))
    return low.max(axis=0), high.max(axis=0)


def _gap_error(gaps: Floats, room: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return means of paired differences and their errors, with pseudo-observations.

    z² of them lie half on each side of 0, by the typical size of what is not 0, so that a
    difference that was never seen has the width of Wilson's and Tango's intervals.
    """
    n = gaps.shape[-1]
    squares, sizes = (gaps**2).sum(axis=-1), np.abs(gaps).sum(axis=-1)
    whole = float(sizes.sum())
    typical = float(squares.sum()) / whole if whole > 0 else room[1] - room[0]
    size = np.where(sizes > 0, squares / np.where(sizes > 0, sizes, 1.0), typical)
    more = n + Z * Z
    middle = gaps.sum(axis=-1) / more
    variance = (squares + Z * Z * size**2) / more - middle**2
    return middle, np.sqrt(np.maximum(variance, 0.0) / more)


def _regret_limits(data: _Losses) -> tuple[Floats, Floats]:
    """Return limits of the largest regret: of paired differences from every rival in every case."""
    low = _regrets(data, _strict(data.loss), -1.0).max(axis=0)
    return low, _regrets(data, Z, 1.0).max(axis=0)


def _strict(loss: Floats) -> float:
    """Return the quantile for limits of all cases and rivals at once."""
    pairs = max(len(loss) * (loss.shape[1] - 1), 1)
    return float(ndtri(1 - (1 - LEVEL) / 2 / pairs))


def _regrets(data: _Losses, z: float, side: float) -> Floats:
    """Return a limit of each regret (cases, frameworks): the largest over rivals, at least 0."""
    loss = data.loss
    cases, frameworks, _ = loss.shape
    found = np.zeros((cases, frameworks))
    for f in range(frameworks):
        for g in range(frameworks):
            if g != f:
                middle, error = _gap_error(loss[:, f] - loss[:, g], data.room)
                found[:, f] = np.maximum(found[:, f], middle + side * z * error)
    return found


def _threshold_limits(data: _Losses, threshold: float) -> tuple[Floats, Floats]:
    """Return the shares of cases that surely meet the threshold, and that may meet it."""
    low, high = _bands(data.loss, Z, data.room)
    return data.weight @ (high <= threshold), data.weight @ (low <= threshold)


def _spare(name: str, data: _Losses) -> tuple[Floats, Floats]:
    """Return wide limits of a criterion of which all resamples are alike.

    The mean gets Wilson's over replications; the 90 % regret that of each case's own limits; the
    share of cases those that surely and that may meet the threshold, and Wilson's of the number of
    cases where they are a sample.
    """
    weight = data.weight
    if name == "mean":
        return _bands(np.tensordot(weight, data.loss, axes=1), Z, data.room)
    if name == "regret_90":
        high = _quantile(_regrets(data, Z, 1.0), weight, 0.9)
        return np.zeros_like(high), high
    threshold = data.threshold or 0.0
    low, high = _threshold_limits(data, threshold)
    if data.sampled:
        share = weight @ (data.loss.mean(axis=2) <= threshold)
        less, more = wilson_band(share, np.full(len(share), 1.0 / float((weight**2).sum())))
        low, high = np.minimum(low, less), np.maximum(high, more)
    return low, high


def _apart(
    middle: Floats, boot: Floats, frameworks: Sequence[str], *, lower: bool
) -> tuple[list[str], frozenset[tuple[str, str]]]:
    """Return frameworks from the best, and the pairs that are told apart: Holm, 5 %."""
    rank = np.argsort(middle if lower else -middle, kind="stable")
    order = [frameworks[k] for k in rank]
    p_values = {}
    for a, b in combinations(rank, 2):
        gap, spread = float(middle[a] - middle[b]), float((boot[:, a] - boot[:, b]).std(ddof=1))
        p = 1.0 if gap == 0 else 0.0 if spread == 0 else 2 * float(ndtr(-abs(gap) / spread))
        p_values[frameworks[a], frameworks[b]] = p
    return order, holm(p_values)
