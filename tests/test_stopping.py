"""Evidence for the rule by which sweeps stop: its coverage, exact and simulated; nothing seen."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pytest
from scipy import stats

from deter.analysis.valued import valued
from deter.errors import DeterError
from deter.experiments.stopping import GROWTH, LEVEL, Rule, limits, look_end, stopped_at

MOST = 200_000


def every(first: int, step: int) -> Iterable[int]:
    """Return looks every so many replications."""
    return range(first, MOST + 1, step)


def exact(p: float, rule: Rule, looks: Iterable[int]) -> float:
    """Coverage worked out from the law of the count at each look."""
    state, before, covered = np.ones(1), 0, 0.0
    for n in looks:
        m = n - before
        state = np.convolve(state, stats.binom.pmf(np.arange(m + 1), m, p))
        before = n
        k = np.arange(n + 1, dtype=float)
        trials = np.full(n + 1, float(n))
        low, high = limits(trials, k, k)
        done = rule.satisfied(trials, k, k) | (n >= rule.most)
        covered += float(state[done & (low <= p) & (p <= high)].sum())
        state = np.where(done, 0.0, state)
        if state.sum() < 1e-12:
            return covered
    raise AssertionError("it has not stopped")


PROBABILITIES = np.concatenate([np.geomspace(2e-4, 0.05, 12), np.linspace(0.07, 0.5, 12)])


@pytest.mark.parametrize(("half_width", "least", "step"), [(0.1, 20, 1), (0.05, 100, 50)])
def test_it_covers_every_probability_at_even_looks(half_width: float, least: int, step: int):
    rule = Rule(half_width, MOST, least)
    assert min(exact(p, rule, every(least, step)) for p in PROBABILITIES) > LEVEL


@pytest.mark.parametrize("half_width", [0.02, 0.05, 0.1, 0.2])
@pytest.mark.parametrize(("most", "least"), [(MOST, 100), (MOST, 20), (600, 50)])
def test_it_covers_every_probability_as_sweeps_use_it(half_width: float, most: int, least: int):
    rule = Rule(half_width, most, least)
    assert min(exact(p, rule, rule.looks()) for p in PROBABILITIES) > LEVEL


def simulated(
    p: float, rule: Rule, looks: Iterable[int], procedures: int = 5000
) -> tuple[float, int]:
    """Return the share of procedures whose interval holds the truth, and how many never stop."""
    rng = np.random.default_rng(5)
    hits, open_, held = np.zeros(procedures), np.ones(procedures, bool), np.zeros(procedures, bool)
    before = 0
    for n in looks:
        hits[open_] += rng.binomial(n - before, p, int(open_.sum()))
        before = n
        trials = np.full(procedures, float(n))
        low, high = limits(trials, hits, hits)
        done = open_ & rule.satisfied(trials, hits, hits)
        held[done] = (low[done] <= p) & (p <= high[done])
        open_ &= ~done
        if not open_.any():
            break
    return float(held.mean()), int(open_.sum())


@pytest.mark.parametrize("p", [0.005, 0.05, 0.5])
@pytest.mark.parametrize(("half_width", "step"), [(0.01, 100), (0.02, 50), (0.05, 20)])
def test_5000_procedures_at_even_looks(p: float, half_width: float, step: int):
    covered, unfinished = simulated(p, Rule(half_width, MOST, step), every(step, step))
    assert covered >= 0.94
    assert unfinished == 0


@pytest.mark.parametrize("p", [0.005, 0.05, 0.5])
@pytest.mark.parametrize("half_width", [0.005, 0.01, 0.03])
def test_5000_procedures_as_sweeps_use_it(p: float, half_width: float):
    rule = Rule(half_width, MOST, 100)
    covered, unfinished = simulated(p, rule, rule.looks())
    assert covered >= 0.94
    assert unfinished == 0


def test_the_looks_are_fixed_beforehand():
    rule = Rule(0.01, 20_000, 100)
    looks = rule.looks()
    assert (looks[0], looks[-1]) == (100, 20_000)
    assert all(b <= math.ceil(GROWTH * a) for a, b in itertools.pairwise(looks))
    assert [look_end(n, rule) for n in (0, 99, 100)] == [100, 100, 150]
    assert Rule(0.01, 50, 100).looks() == (50,)


def may_stop(hits: int, n: int, half_width: float) -> bool:
    return bool(Rule(half_width, MOST).satisfied([n], [hits], [hits])[0])


def test_nothing_seen_is_no_reason_to_stop():
    assert not any(may_stop(0, n, 0.01) for n in range(388))
    assert may_stop(0, 400, 0.01)
    assert not may_stop(100, 100, 0.01)  # nor that nothing else was seen
    assert stopped_at(np.zeros(10_000), Rule(0.005, 10_000, 100)) >= 700
    assert stopped_at(np.zeros(1000), Rule(0.01, 10_000, 500)) == 500  # nor before the first look
    assert not may_stop(0, 1000, 0.1 / 3650)  # of a quantity this wide
    assert [float(x[0]) for x in limits([0], [0], [0])] == [0.0, 1.0]


@pytest.mark.parametrize(("k", "n"), [(0, 50), (3, 400), (50, 50), (200, 400)])
def test_the_interval_is_clopper_and_pearsons(k: int, n: int):
    wanted = stats.binomtest(k, n).proportion_ci(0.96, method="exact")
    found = [float(x[0]) for x in limits([n], [k], [k])]
    assert found == pytest.approx([wanted.low, wanted.high])


@pytest.mark.parametrize("even", [True, False])
def test_means_stop_and_cover(even: bool):
    """Of a quantity that is 0 in most histories, against the range it might have."""
    rng, rule = np.random.default_rng(1), Rule(3.0 / 3650, 20_000, 200)
    looks = np.array(every(200, 200) if even else rule.looks())
    looks = looks[looks <= rule.most]
    held, spent = 0, []
    for _ in range(400):
        days = np.where(rng.random(20_000) < 0.05, rng.uniform(0, 300, 20_000), 0.0) / 3650
        sums, squares = np.cumsum(days)[looks - 1], np.cumsum(days**2)[looks - 1]
        at = int(rule.satisfied(looks, sums, squares).argmax())
        assert rule.satisfied(looks[at : at + 1], sums[at : at + 1], squares[at : at + 1])[0]
        low, high = (x[0] * 3650 for x in limits(looks[at : at + 1], sums[[at]], squares[[at]]))
        held += low <= 7.5 <= high
        spent.append(looks[at])
    assert held / 400 > 0.91
    assert np.mean(spent) > 400


@pytest.mark.parametrize("wrong", [0.0, 1.0, -1.0, math.nan])
def test_a_half_width_that_is_none_is_refused(wrong: float):
    with pytest.raises(DeterError, match="half-width"):
        Rule(wrong, 1000)


@pytest.mark.parametrize("shared", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("p", [0.005, 0.05, 0.3])
def test_the_rules_interval_of_another_measure_covers_too(p: float, shared: float):
    """Of an event that the first brings with it or that comes by itself, stopped on the first."""
    rng, rule, procedures = np.random.default_rng(3), Rule(0.02, MOST, 100), 3000
    other = p * shared + (1 - p) * p * 0.7  # its probability: brought along, or by itself
    sums, open_ = np.zeros((2, procedures)), np.ones(procedures, bool)
    held, before = np.zeros(procedures, bool), 0
    for n in rule.looks():
        first = rng.binomial(n - before, p, procedures)
        brought = rng.binomial(first, shared)
        alone = rng.binomial(n - before - first, p * 0.7)
        sums += np.where(open_, [first, brought + alone], 0)
        before = n
        trials = np.full(procedures, float(n))
        done = open_ & rule.satisfied(trials, sums[0], sums[0])
        low, high = limits(trials, sums[1], sums[1])
        held[done] = (low[done] <= other) & (other <= high[done])
        open_ &= ~done
        if not open_.any():
            break
    assert not open_.any()
    assert held.mean() >= 0.945


def test_an_estimate_after_stopping_is_told_with_the_rules_own_interval():
    values = np.concatenate([np.ones(3), np.zeros(197), [np.nan]])
    found = valued("p_full_attack").stopped_mean(values)
    wanted = stats.binomtest(3, 200).proportion_ci(0.96, method="exact")
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert (found.estimate, found.n, found.unit) == (0.015, 200, "1")
    assert "stopping" in found.method
    fixed = valued("p_full_attack").mean(values)
    assert fixed.high is not None
    assert found.high is not None
    assert found.high > fixed.high  # Wilson's would end too soon
    assert valued("p_full_attack").stopped_mean(np.full(3, np.nan)).estimate is None
