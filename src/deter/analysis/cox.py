"""Proportional hazards with a ridge, for a baseline that predictions can be held against.

References
----------
Cox (1972), J. R. Stat. Soc. B 34: 187-220. Ties by Efron (1977), J. Am. Stat. Assoc. 72: 557-565.
Ridge: Verweij and van Houwelingen (1994), Stat. Med. 13: 2427-2436.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from deter.analysis.rows import Bools, Floats

RIDGE = 1.0
"""Precision of the prior on a coefficient of a covariate with unit variance."""


def negative_log_likelihood(
    beta: Floats, x: Floats, times: Floats, event: Bools, ridge: float = RIDGE
) -> tuple[float, Floats]:
    """Return the penalised negative log partial likelihood, and its gradient.

    Parameters
    ----------
    beta : array
        Coefficients.
    x : array, subjects by covariates
        Covariates.
    times, event : array
        Times, and whether the event came then.
    ridge : float
        Half of it times the sum of squared coefficients is added.
    """
    index = x @ beta
    hazard = np.exp(index)
    value = 0.5 * ridge * float(beta @ beta)
    gradient = ridge * beta
    for time in np.unique(times[event]):
        dying = event & (times == time)
        there = times >= time
        risk, risk_x = hazard[there].sum(), hazard[there] @ x[there]
        tied, tied_x = hazard[dying].sum(), hazard[dying] @ x[dying]
        share = np.arange(int(dying.sum())) / dying.sum()
        left = risk - share * tied
        value += float(np.log(left).sum() - index[dying].sum())
        slope = (risk_x - share[:, None] * tied_x) / left[:, None]
        gradient = gradient + slope.sum(axis=0) - x[dying].sum(axis=0)
    return value, gradient


def fit(x: Floats, times: Floats, event: Bools, ridge: float = RIDGE) -> Floats:
    """Return the coefficients that maximise the penalised partial likelihood."""
    from scipy.optimize import minimize

    loss = partial(negative_log_likelihood, x=x, times=times, event=event, ridge=ridge)
    found = minimize(loss, np.zeros(x.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-7})
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
