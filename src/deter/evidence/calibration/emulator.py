"""A quick stand-in for the simulator: what the measures would be at parameters not yet tried.

For each measure a polynomial of second degree in the parameters' places in the prior, by ridge
regression with the penalty that predicts best what was left out. It only proposes; what counts is
simulated. History matching does the same with Gaussian processes: Craig et al. (1997); Vernon,
Goldstein and Bower (2010), Bayesian Anal. 5: 619-669. Thirty parameters and a thousand noisy draws
leave little to say beyond curvature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
FOLDS = 5
LINEAR_SHARE = 0.1
"""Penalty on the linear terms, relative to that on squares and products."""


def terms(cube: Floats) -> Floats:
    """Return the terms of the polynomial at places in the unit cube, one place a row."""
    x = 2 * cube - 1
    first, second = np.triu_indices(x.shape[1])
    curved = x[:, first] * x[:, second] - np.where(first == second, 1 / 3, 0.0)
    return np.column_stack([np.ones(len(x)), np.sqrt(3.0) * x, 3.0 * curved])


@dataclass(frozen=True)
class Emulator:
    """Predicts measures from places in the prior.

    Attributes
    ----------
    weights : array, shape (terms, measures)
        Of the polynomials.
    error : array
        Standard deviation of what it misses, by measure, out of sample; noise included.
    explained : array
        Share of the variance it predicts out of sample, by measure.
    """

    weights: Floats
    error: Floats
    explained: Floats

    def predict(self, cube: Floats) -> Floats:
        """Return the measures predicted at places in the unit cube."""
        return terms(cube) @ self.weights


def fitted(cube: Floats, seen: Floats, relevance: Floats | None = None) -> Emulator:
    """Return an emulator fitted to draws.

    Parameters
    ----------
    cube : array, shape (draws, parameters)
        Places in the prior's unit cube.
    seen : array, shape (draws, measures)
        Measures, NaN where there is none.
    relevance : array, optional
        Weight of each draw: those near the data count more.
    """
    made = terms(cube)
    weight = np.ones(len(cube)) if relevance is None else relevance / relevance.mean()
    columns = [_one(made, seen[:, j], weight) for j in range(seen.shape[1])]
    return Emulator(
        np.column_stack([c[0] for c in columns]),
        np.array([c[1] for c in columns]),
        np.array([c[2] for c in columns]),
    )


def _one(made: Floats, seen: Floats, weight: Floats) -> tuple[Floats, float, float]:
    known = np.isfinite(seen)
    x, y, w = made[known], seen[known], weight[known]
    fold = np.arange(len(y)) % FOLDS
    best = (np.inf, PENALTIES[0])
    for penalty in PENALTIES:
        missed = np.empty(len(y))
        for k in range(FOLDS):
            kept = fold != k
            missed[~kept] = y[~kept] - x[~kept] @ _ridge(x[kept], y[kept], w[kept], penalty)
        best = min(best, (float(np.average(missed**2, weights=w)), penalty))
    total = float(np.average((y - np.average(y, weights=w)) ** 2, weights=w))
    return _ridge(x, y, w, best[1]), best[0] ** 0.5, 1 - best[0] / max(total, 1e-12)


def _ridge(x: Floats, y: Floats, w: Floats, penalty: float) -> Floats:
    n_linear = round((np.sqrt(8 * x.shape[1] + 1) - 3) / 2)
    cost = np.full(x.shape[1], penalty)
    cost[0] = 1e-9
    cost[1 : 1 + n_linear] = penalty * LINEAR_SHARE
    gram = (x * w[:, None]).T @ x + np.diag(cost)
    return np.asarray(np.linalg.solve(gram, (x * w[:, None]).T @ y))
