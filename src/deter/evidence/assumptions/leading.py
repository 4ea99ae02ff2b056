"""Which assumptions an outcome goes with most: where a source would tell most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from deter.analysis.estimates import Estimate, Z
from deter.evidence.assumptions.varying import Floats, Varied

MOST = 3
LEAST_DRAWS = 16
INFLATION = 1.06
"""Variance of the transformed rank correlation, over that of Pearson's (Fieller et al. 1957)."""


@dataclass(frozen=True)
class Leader:
    """An assumption that an outcome goes with.

    Attributes
    ----------
    paths : tuple of str
        Where it stands.
    rank : Estimate
        Rank correlation over draws of the number and the outcome's probability, other assumptions
        varying as well. Told from 0 even where it is the largest of all by chance (Bonferroni).
    """

    paths: tuple[str, ...]
    rank: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"paths": list(self.paths), "rank_correlation": self.rank.as_dict()}


def leaders(varied: Sequence[Varied], draws: Floats, means: Floats) -> tuple[Leader, ...]:
    """Return the assumptions that an outcome's probability goes with most, strongest first.

    Parameters
    ----------
    varied : sequence of Varied
        What was varied.
    draws : array (draws, numbers)
        Between 0 and 1.
    means : array (draws,)
        The outcome's probability at each draw.
    """
    k = len(means)
    if k < LEAST_DRAWS or np.ptp(means) == 0:
        return ()
    ranks = np.asarray(rankdata(means), dtype=np.float64)
    own = np.asarray(rankdata(draws, axis=0), dtype=np.float64)
    x, y = own - own.mean(axis=0), ranks - ranks.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = x.T @ y / np.sqrt((x**2).sum(axis=0) * (y**2).sum())
    rho = np.nan_to_num(rho)
    width = math.sqrt(INFLATION / (k - 3))
    bound = math.tanh(-float(ndtri(0.025 / len(varied))) * width)
    order = np.argsort(-np.abs(rho), kind="stable")
    found = [j for j in order[:MOST] if abs(rho[j]) > bound]
    return tuple(Leader(varied[j].paths, _estimate(float(rho[j]), width, k)) for j in found)


def _estimate(rho: float, width: float, k: int) -> Estimate:
    middle = math.atanh(min(max(rho, -0.999), 0.999))
    low, high = math.tanh(middle - Z * width), math.tanh(middle + Z * width)
    return Estimate(rho, low, high, k, "1", "rank correlation over draws", "Fisher's z")
