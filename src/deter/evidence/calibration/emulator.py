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
"""Penalty on the linear terms, relative to that on squares and products: a choice of the method."""


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
        Measures; where there is none (NaN), the middle of the others is taken.
    relevance : array, optional
        Weight of each draw: those near the data count more.
    """
    made = terms(cube) / np.sqrt(_costs(cube.shape[1]))
    filled = np.where(np.isfinite(seen), seen, np.nanmedian(seen, axis=0))
    weight = np.ones(len(cube)) if relevance is None else relevance / relevance.mean()
    missed = _left_out(made, filled, weight)
    best = np.argmin(missed, axis=0)
    solved = _ridges(made, filled, weight)
    chosen = np.column_stack([solved[k][:, j] for j, k in enumerate(best)])
    error = np.sqrt(missed[best, np.arange(len(best))])
    total = np.average((filled - np.average(filled, axis=0, weights=weight)) ** 2, 0, weight)
    weights = chosen / np.sqrt(_costs(cube.shape[1]))[:, None]
    return Emulator(weights, error, 1 - error**2 / np.maximum(total, 1e-12))


def _costs(parameters: int) -> Floats:
    """Return the relative penalty of each term; next to none on the constant."""
    pairs = parameters * (parameters + 1) // 2
    return np.concatenate([[1e-6], np.full(parameters, LINEAR_SHARE), np.ones(pairs)])


def _left_out(made: Floats, seen: Floats, weight: Floats) -> Floats:
    """Return the mean squared error on what was left out, by penalty and measure."""
    fold = np.arange(len(made)) % FOLDS
    missed = np.zeros((len(PENALTIES), *seen.shape))
    for k in range(FOLDS):
        kept = fold != k
        for at, solved in enumerate(_ridges(made[kept], seen[kept], weight[kept])):
            missed[at, ~kept] = seen[~kept] - made[~kept] @ solved
    return np.asarray(np.average(missed**2, axis=1, weights=weight))


def _ridges(made: Floats, seen: Floats, weight: Floats) -> list[Floats]:
    """Return the ridge solution for each penalty, all measures at once.

    With fewer draws than terms the draws' own matrix is the smaller one, and its eigenvalues serve
    every penalty.
    """
    root = np.sqrt(weight)[:, None]
    x, y = made * root, seen * root
    values, vectors = np.linalg.eigh(x @ x.T)
    turned = vectors.T @ y
    return [
        x.T @ (vectors @ (turned / (np.maximum(values, 0.0) + penalty)[:, None]))
        for penalty in PENALTIES
    ]
