"""Independent ways to the numbers of formal cases: enumeration, SciPy, plain formulas.

Nothing here uses the project's laws.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
from scipy import integrate, stats
from scipy.special import expit

ACTS = {"L": "limited", "F": "full"}


def weighted_majority(p: list[float], weights: list[float], threshold: float) -> float:
    """Sum over all ways of voting."""
    total = 0.0
    for votes in product((0, 1), repeat=len(p)):
        if sum(w for w, v in zip(weights, votes, strict=True) if v) >= threshold - 1e-12:
            total += math.prod(q if v else 1.0 - q for q, v in zip(p, votes, strict=True))
    return total


def race(fait: Any, other: Any, lead: float = 0.0) -> float:
    """P(fait + lead < other) for two frozen SciPy distributions."""
    value, _ = integrate.quad(
        lambda t: fait.pdf(t) * other.sf(t + lead), 0, np.inf, epsabs=1e-12, limit=400
    )
    return float(value)


def erlang_quorum_mean(n: int, k: int, rate: float) -> float:
    """Rényi's sum for the k-th of n exponential times."""
    return sum(1.0 / (rate * j) for j in range(n - k + 1, n + 1))


def ruin(i: int, total: int, p: float) -> tuple[float, float]:
    """Chance of winning and mean length by solving the walk's linear equations."""
    rest = np.eye(total + 1)
    for x in range(1, total):
        rest[x, x + 1] -= p
        rest[x, x - 1] -= 1.0 - p
    win, length = np.zeros(total + 1), np.ones(total + 1)
    win[total] = 1.0
    length[0] = length[total] = 0.0
    return float(np.linalg.solve(rest, win)[i]), float(np.linalg.solve(rest, length)[i])


def reference_game(p: dict[str, float], lam: float) -> dict[str, Any]:
    """Agent quantal response of the reference game, from its payoff table."""
    honour, resist, utility = {}, {}, {"refrain": 0.0}
    for a in ACTS:
        s = p["s"] if a == "L" else 1.0
        ends = {
            h: {
                "C": p[f"p{h}{a}"] * s * p["vC"] - p[f"cC{h}{a}"] - p["m" + a],
                "D": -p[f"p{h}{a}"] * s * p["vD"] - p[f"cD{h}{a}"],
                "G": -p[f"p{h}{a}"] * s * p["vG"] - (p["cG" + a] if h == 3 else p["r" + a]),
            }
            for h in (2, 3)
        }
        honour[a] = float(expit(lam * (ends[3]["G"] - ends[2]["G"])))
        mean = {
            who: honour[a] * ends[3][who] + (1.0 - honour[a]) * ends[2][who] for who in ("C", "D")
        }
        resist[a] = float(expit(lam * (mean["D"] + s * p["vD"] + p["k" + a])))
        yielded = s * p["vC"] - p["m" + a]
        utility[a] = resist[a] * mean["C"] + (1.0 - resist[a]) * yielded
    top = max(utility.values())
    odds = {a: math.exp(lam * (u - top)) for a, u in utility.items()}
    total = sum(odds.values())
    challenger = {ACTS.get(a, a): x / total for a, x in odds.items()}
    return {"honour": honour, "resist": resist, "EU_C": utility, "challenger": challenger}


def random_payoffs(rng: np.random.Generator) -> dict[str, float]:
    """Payoffs of a reference game, to two digits."""
    p = {"vC": rng.uniform(2, 14), "vD": rng.uniform(5, 14), "vG": rng.uniform(0.5, 8)}
    p["s"] = rng.uniform(0.15, 0.6)
    for a in ACTS:
        p["p2" + a] = rng.uniform(0.4, 0.95)
        p["p3" + a] = rng.uniform(0.1, p["p2" + a])
        for c in ("cC2", "cC3", "cD2", "cD3"):
            p[c + a] = rng.uniform(0.2, 6)
        for c in ("cG", "r"):
            p[c + a] = rng.uniform(0.0, 4)
        for c in ("m", "k"):
            p[c + a] = rng.uniform(0.0, 1.5)
    return {name: round(float(value), 2) for name, value in p.items()}


def selected(alpha: float, beta: float, attacked: Any) -> tuple[float, float]:
    """Share attacked, and mean reliability among those, for Beta reliability."""
    law = stats.beta(alpha, beta)
    share, _ = integrate.quad(lambda q: law.pdf(q) * attacked(q), 0, 1, epsabs=1e-13)
    among, _ = integrate.quad(lambda q: q * law.pdf(q) * attacked(q), 0, 1, epsabs=1e-13)
    return share, among / share
