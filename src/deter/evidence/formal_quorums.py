"""Formal cases of collective decisions: whether enough members say yes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from deter.evidence.formal_case import Answer, BadInputError, Case, Inputs, Shape, shape
from deter.evidence.quadrature import over_unit
from deter.theory import chance, coordination

LARGEST = 2000
MOST_WEIGHT = 200_000


def at_least(p: float, n: int, k: int) -> float:
    """Return the probability that at least k of n members, each with p, say yes."""
    return float(coordination.at_least(np.full(n, p), n, k, -1))


def scaled_weights(weights: Sequence[float], threshold: float) -> tuple[list[int], int]:
    """Return whole weights and the whole quota that pass the same coalitions.

    Examples
    --------
    >>> scaled_weights([29.0, 2.5], 30.1)
    ([58, 5], 61)
    """
    exact = [Fraction(str(w)) for w in weights]
    unit = math.lcm(*(w.denominator for w in exact))
    quota = math.ceil(Fraction(str(threshold)) * unit)
    whole = [int(w * unit) for w in exact]
    if sum(whole) > MOST_WEIGHT:
        raise BadInputError(f"the weights need more than {MOST_WEIGHT} whole votes")
    return whole, quota


def _k_of_n(_case: Case, given: Inputs) -> Answer:
    n = given.whole("n", 1, LARGEST)
    p = given.number("p", 0.0, 1.0)
    return _passes(given, n, lambda k: at_least(p, n, k), p)


def _passes(given: Inputs, n: int, passes: Callable[[int], float], p: float) -> Answer:
    """Return the probabilities of any, a majority, all and k of n."""
    got = {
        "P_any": passes(1),
        "P_majority": passes(int(coordination.majority_size(n))),
        "P_all": passes(n),
        "mean": n * p,
    }
    if "k" in given:
        got["P_pass"] = passes(given.whole("k", 0, n))
    return Answer(got)


def _poisson_binomial(_case: Case, given: Inputs) -> Answer:
    p = np.array(given.numbers("p", 0.0, 1.0))
    n = len(p)

    def passes(k: int) -> float:
        return float(coordination.at_least(p, n, k, -1))

    answer = _passes(given, n, passes, 0.0)
    answer.got["P_all"] = float(coordination.all_of(p, n, -1))
    answer.got["mean"] = float(p.sum())
    return answer


def _weighted(_case: Case, given: Inputs) -> Answer:
    p = np.array(given.numbers("p", 0.0, 1.0))
    weights = given.numbers("weights", 0.0, 1e6)
    if len(weights) != len(p):
        raise BadInputError(f"{len(weights)} weights for {len(p)} members")
    whole, quota = scaled_weights(weights, given.number("threshold", 0.0, 1e9))
    votes = np.array(whole, dtype=np.int64)
    passes = coordination.weight_at_least(p, votes, len(p), quota, -1)
    return Answer({"P_pass": float(passes), "mean": float((p * weights).sum())})


def _beta_binomial(_case: Case, given: Inputs) -> Answer:
    """Members who share a Beta-distributed willingness: averaged over its draws."""
    n = given.whole("n", 1, LARGEST)
    mean = given.number("mean", 1e-9, 1.0 - 1e-9)
    rho = given.number("rho", 1e-6, 1.0 - 1e-6)
    weight = (1.0 - rho) / rho
    a, b = mean * weight, (1.0 - mean) * weight

    def passes(k: int) -> float:
        return over_unit(lambda u: at_least(float(chance.beta_quantile(u, a, b)), n, k))

    return _passes(given, n, passes, mean)


def _one_factor(_case: Case, given: Inputs) -> Answer:
    """Members whose probit shocks share a factor, as guarantors' do: averaged over it."""
    n = given.whole("n", 1, LARGEST)
    p = given.number(given.first("p", "mean"), 1e-12, 1.0 - 1e-12)
    rho = given.number("rho", 0.0, 1.0 - 1e-9)
    edge = float(chance.normal_quantile(p))
    own = math.sqrt(1.0 - rho)

    def willing(u: float) -> float:
        common = math.sqrt(rho) * float(chance.normal_quantile(u))
        return float(chance.normal_cdf((edge + common) / own))

    def passes(k: int) -> float:
        return over_unit(lambda u: at_least(willing(u), n, k))

    return _passes(given, n, passes, p)


FACTOR_WORDS = ("factor", "probit", "gaussian", "normal", "vasicek", "copula")

QUORUMS: tuple[Shape, ...] = (
    shape("n p", _k_of_n),
    shape("p", _poisson_binomial),
    shape("p weights threshold", _weighted),
    shape("n mean rho", _beta_binomial),
    shape("n p rho", _one_factor),
    shape("n mean rho", _one_factor, words=FACTOR_WORDS),
)
