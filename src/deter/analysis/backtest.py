"""A backtest: predicted hazards of some historical cases, scored against what happened.

Every score has an interval over resampled clusters (cases of one defender go together), and what
is compared is compared on the same draws. The intervals are about which cases were picked, not
about what the model leaves out; a sample picked for prominence says nothing of base rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from deter.analysis import cox
from deter.analysis.estimates import Estimate
from deter.analysis.rows import Bools, Floats
from deter.analysis.survival_scores import (
    Group,
    Hazards,
    calibration,
    concordance,
    constant,
    interval,
    ipcw_brier,
    log_scores,
    per_year,
    resampled,
)

HORIZONS = (5, 10)
"""Years at which Brier scores are taken; calibration is shown at the last."""

PER_YEAR = "log likelihood per year at risk"


@dataclass(frozen=True)
class Cases:
    """What was predicted of some cases, and what happened.

    Attributes
    ----------
    ids : tuple of str
        Names of the cases.
    clusters : tuple of str
        Cases of one cluster are drawn and left out together.
    times : array
        Years to the event, or to the end of the window without one.
    event : array of bool
        Whether it came.
    hazards : Hazards
        Predicted.
    commitment : array
        Level of commitment, the rival predictor: more is held to be safer.
    covariates : array, cases by covariates
        Of the statistical baseline; NaN where missing. No length of a window.
    """

    ids: tuple[str, ...]
    clusters: tuple[str, ...]
    times: Floats
    event: Bools
    hazards: Hazards
    commitment: Floats
    covariates: Floats

    @property
    def rate(self) -> float:
        """Events per year at risk."""
        return float(self.event.sum() / self.times.sum())


@dataclass(frozen=True)
class Miss:
    """How far a case was from what was predicted, with the level fitted to the other cases.

    Attributes
    ----------
    id : str
        The case.
    expected : float
        Events predicted for the time it was watched.
    risk : float
        Probability predicted of an event by the end of that time.
    residual : float
        Deviance residual: above 0 more happened than predicted.
    cost : float
        By how much its log score is below that of a constant hazard fitted to the same cases.
    """

    id: str
    expected: float
    risk: float
    residual: float
    cost: float


@dataclass(frozen=True)
class Backtest:
    """The scores of a backtest.

    Attributes
    ----------
    n, events : int
        Cases, and events among them.
    years : float
        Years at risk, over all.
    scores : mapping of str to Estimate
        Each score and each difference of two, by name.
    groups : tuple of Group
        Calibration at the last of :data:`HORIZONS`, level fitted to the other cases.
    level : float
        Events for each one predicted, over all cases.
    misses : tuple of Miss
        All cases, the greatest surprise first.
    """

    n: int
    events: int
    years: float
    scores: Mapping[str, Estimate]
    groups: tuple[Group, ...]
    level: float
    misses: tuple[Miss, ...]

    def number(self, name: str) -> float | None:
        """Return a score by itself."""
        return self.scores[name].estimate


def backtest(cases: Cases, risk: Floats, seed: int = 1) -> Backtest:
    """Score predictions.

    Parameters
    ----------
    cases : Cases
        Predictions and what happened.
    risk : array
        By what the cases are ranked for Harrell's C: predicted events per year.
    seed : int
        Of the bootstrap.
    """
    levelled = level_left_out(cases)
    weights = np.vstack((np.ones(len(cases.ids)), resampled(cases.clusters, seed=seed)))
    score = partial(_estimate, len(cases.ids))
    values = _ranks(cases, risk, weights) | _logs(cases, levelled, weights)
    for horizon in HORIZONS:
        values |= _briers(cases, levelled, horizon, weights)
    gone = float(cases.hazards.cumulative(cases.times).sum())
    return Backtest(
        n=len(cases.ids),
        events=int(cases.event.sum()),
        years=float(cases.times.sum()),
        scores={name: score(*drawn) for name, drawn in values.items()},
        groups=calibration(
            levelled.risk(HORIZONS[-1]), cases.times, cases.event, float(HORIZONS[-1])
        ),
        level=float(cases.event.sum() / gone) if gone > 0 else float("nan"),
        misses=_misses(cases, levelled),
    )


Drawn = dict[str, tuple[Floats, str, str]]
"""A score by name: over the whole sample and over the draws; its unit; what it is."""


def _estimate(n: int, draws: Floats, unit: str, what: str) -> Estimate:
    return interval(float(draws[0]), draws[1:], n, unit=unit, what=what)


def _ranks(cases: Cases, risk: Floats, weights: Floats) -> Drawn:
    x = cox.standardised(cases.covariates)
    inside = x @ cox.fit(x, cases.times, cases.event) if cases.event.any() else np.zeros(len(x))
    outside = cox.left_out(x, cases.times, cases.event, cases.clusters)
    c: Callable[[Floats], Floats] = lambda r: concordance(  # noqa: E731
        r, cases.times, cases.event, weights
    )
    model, level, baseline = c(risk), c(-cases.commitment), c(outside)
    return {
        "c_index": (model, "1", "Harrell's C of the model"),
        "c_index_commitment": (level, "1", "Harrell's C of the level of commitment alone"),
        "c_index_baseline": (
            baseline,
            "1",
            "Harrell's C of a Cox model with a ridge, each case predicted from other defenders'",
        ),
        "c_index_baseline_in_sample": (
            c(inside),
            "1",
            "Harrell's C of the same Cox model on the cases it was fitted to: flattered",
        ),
        "c_over_commitment": (model - level, "1", "C of the model less that of commitment alone"),
        "c_over_baseline": (model - baseline, "1", "C of the model less that of the Cox model"),
    }


def level_left_out(cases: Cases) -> Hazards:
    """Return the hazards times one factor for each case, fitted to the other clusters.

    The factor makes as many events expected as there were: it moves the level and no rank within
    what was left in. The sample says how often *its* cases were attacked, which no model of pairs
    at large can know.
    """
    return cases.hazards.times(_left_out(cases, cases.hazards.cumulative(cases.times)))


def _half(events: float) -> float:
    """Return a count, or half an event where there was none, so that no rate is zero."""
    return max(float(events), 0.5)


def rate_left_out(cases: Cases) -> Floats:
    """Return the constant hazard of each case, from the other clusters."""
    return _left_out(cases, cases.times)


def _left_out(cases: Cases, exposure: Floats) -> Floats:
    """Return for each case the events of the other clusters over their exposure."""
    names = np.asarray(cases.clusters)
    found = np.empty(len(names))
    for name in np.unique(names):
        out = names == name
        found[out] = _half(cases.event[~out].sum()) / max(float(exposure[~out].sum()), 1e-12)
    return found


def _logs(cases: Cases, levelled: Hazards, weights: Floats) -> Drawn:
    def score(hazards: Hazards) -> Floats:
        return per_year(log_scores(hazards, cases.times, cases.event), cases.times, weights)

    rate = _half(cases.event.sum()) / float(cases.times.sum())
    fitted = score(constant(np.full(len(cases.ids), rate)))
    outside = score(constant(rate_left_out(cases)))
    model, level = score(cases.hazards), score(levelled)
    return {
        "log_score": (model, PER_YEAR, "log score of the model as simulated, nothing fitted"),
        "log_score_constant": (
            fitted,
            PER_YEAR,
            "log score of one constant hazard, fitted to these cases",
        ),
        "log_over_constant": (model - fitted, PER_YEAR, "model as simulated less constant hazard"),
        "log_score_level": (
            level,
            PER_YEAR,
            "log score of the model with its level fitted to other defenders' cases",
        ),
        "log_score_constant_left_out": (
            outside,
            PER_YEAR,
            "log score of a constant hazard fitted to other defenders' cases",
        ),
        "log_level_over_constant": (
            level - outside,
            PER_YEAR,
            "model less constant hazard, both with a level fitted to other defenders' cases",
        ),
    }


def _briers(cases: Cases, levelled: Hazards, horizon: int, weights: Floats) -> Drawn:
    def score(risk: Floats) -> Floats:
        return ipcw_brier(risk, cases.times, cases.event, float(horizon), weights)

    same = constant(rate_left_out(cases)).risk(horizon)
    model, level, base = (
        score(cases.hazards.risk(horizon)),
        score(levelled.risk(horizon)),
        score(same),
    )
    name, when = f"ipcw_brier_{horizon}y", f"at {horizon} years"
    return {
        name: (model, "1", f"Brier score {when} of the model as simulated"),
        f"{name}_level": (level, "1", f"Brier score {when}, level from other defenders' cases"),
        f"{name}_constant": (base, "1", f"Brier score {when} of a constant hazard, likewise"),
        f"{name}_over_constant": (model - base, "1", f"the first less the last, {when}"),
        f"{name}_level_over_constant": (level - base, "1", f"the second less the last, {when}"),
    }


def _misses(cases: Cases, levelled: Hazards) -> tuple[Miss, ...]:
    gone = levelled.cumulative(cases.times)
    with np.errstate(divide="ignore"):
        inside = np.where(cases.event, -np.log(gone) - 1 + gone, gone)
    residual = np.sign(cases.event - gone) * np.sqrt(2 * np.maximum(inside, 0.0))
    same = log_scores(constant(rate_left_out(cases)), cases.times, cases.event)
    cost = same - log_scores(levelled, cases.times, cases.event)
    found = [
        Miss(name, float(gone[i]), float(-np.expm1(-gone[i])), float(residual[i]), float(cost[i]))
        for i, name in enumerate(cases.ids)
    ]
    return tuple(sorted(found, key=lambda miss: -abs(miss.residual)))
