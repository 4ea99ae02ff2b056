"""Proportional hazards with a ridge, for a baseline that predictions can be held against.

References
----------
Cox (1972), J. R. Stat. Soc. B 34: 187-220. Ties by Efron (1977), J. Am. Stat. Assoc. 72: 557-565.
Ridge: Verweij and van Houwelingen (1994), Stat. Med. 13: 2427-2436.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deter.analysis.rows import Bools, Floats

RIDGE = 1.0
"""Precision of the prior on a coefficient of a covariate with unit variance."""


@dataclass(frozen=True)
class Deaths:
    """A row for each event: who was at risk then, who else had it then, and its place among them.

    Attributes
    ----------
    there, tied : array, events by subjects
        1 for who was at risk, and for who had the event at the same time.
    share : array
        Efron's share of the tied that have gone already: 0 to (d - 1) / d.
    total : array
        Covariates summed over events.
    """

    there: Floats
    tied: Floats
    share: Floats
    total: Floats

    @classmethod
    def of(cls, x: Floats, times: Floats, event: Bools) -> Deaths:
        """Return the events of a sample, in order of time."""
        steps, counts = np.unique(times[event], return_counts=True)
        when = np.repeat(steps, counts)
        places = [np.arange(d) / d for d in counts]
        return cls(
            (times >= when[:, None]).astype(np.float64),
            ((times == when[:, None]) & event).astype(np.float64),
            np.concatenate(places) if places else np.empty(0),
            np.asarray(x[event].sum(axis=0)),
        )


def negative_log_likelihood(
    beta: Floats, x: Floats, deaths: Deaths, ridge: float = RIDGE
) -> tuple[float, Floats]:
    """Return the penalised negative log partial likelihood, and its gradient.

    Parameters
    ----------
    beta : array
        Coefficients.
    x : array, subjects by covariates
        Covariates.
    deaths : Deaths
        Who had the event, and who was at risk.
    ridge : float
        Half of it times the sum of squared coefficients is added.
    """
    hazard = np.exp(x @ beta)
    weight = deaths.there - deaths.share[:, None] * deaths.tied
    left = weight @ hazard
    value = np.log(left).sum() - deaths.total @ beta + 0.5 * ridge * (beta @ beta)
    slope = (1 / left) @ (weight @ (hazard[:, None] * x)) - deaths.total + ridge * beta
    return float(value), np.asarray(slope)


def fit(x: Floats, times: Floats, event: Bools, ridge: float = RIDGE) -> Floats:
    """Return the coefficients that maximise the penalised partial likelihood."""
    from scipy.optimize import minimize

    deaths = Deaths.of(x, times, event)
    start = np.zeros(x.shape[1])
    found = minimize(negative_log_likelihood, start, (x, deaths, ridge), jac=True, method="BFGS")
    return np.asarray(found.x, dtype=np.float64)


def standardised(x: Floats) -> Floats:
    """Return covariates with mean 0 and variance 1; missing values take the mean."""
    mean, spread = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
    scaled = (x - mean) / np.where(spread > 0, spread, 1.0)
    return np.asarray(np.nan_to_num(scaled, nan=0.0))


def left_out(
    x: Floats, times: Floats, event: Bools, clusters: Sequence[str], ridge: float = RIDGE
) -> Floats:
    """Return each subject's log relative hazard from a fit to all clusters but its own."""
    names = np.asarray(clusters)
    index = np.zeros(len(x))
    for name in np.unique(names):
        out = names == name
        if event[~out].any():
            index[out] = x[out] @ fit(x[~out], times[~out], event[~out], ridge)
    return index
