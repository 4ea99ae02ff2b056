"""Evidence for stopping: simulated and exact coverage, and what more replications would bring."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats
from tests.test_sensitivity import seen, shown

from deter.analysis.enough import (
    for_difference,
    for_mean,
    for_probability,
    interval,
    intervals,
    mean_interval,
    simulated,
    stop,
    stop_mean,
)
from deter.errors import DeterError


@pytest.mark.parametrize("p", [0.005, 0.05, 0.5])
@pytest.mark.parametrize(("half_width", "every"), [(0.01, 100), (0.02, 50), (0.05, 20)])
def test_the_rule_covers(p: float, half_width: float, every: int) -> None:
    found = simulated(p, half_width, range(every, 20_001, every), 5000)
    assert seen(found.coverage.estimate) >= 0.94
    assert found.unfinished == 0
    assert "of 5,000 procedures" in shown(found)


def exact(p: float, half_width: float, minimum: int, every: int) -> float:
    """Coverage worked out from the law of the count at each look."""
    state, n, covered = np.ones(1), 0, 0.0
    while state.sum() > 1e-12:
        m = every if n else minimum
        state = np.convolve(state, stats.binom.pmf(np.arange(m + 1), m, p))
        n += m
        k = np.arange(n + 1)
        low, high = intervals(k, np.full(n + 1, n))
        done = np.maximum(high - k / n, k / n - low) <= half_width
        covered += state[done & (low <= p) & (p <= high)].sum()
        state = np.where(done, 0.0, state)
    return covered


@pytest.mark.parametrize(("half_width", "minimum", "every"), [(0.1, 20, 1), (0.05, 100, 50)])
def test_the_rule_covers_every_probability(half_width: float, minimum: int, every: int) -> None:
    ps = np.concatenate([np.geomspace(2e-4, 0.05, 12), np.linspace(0.07, 0.5, 12)])
    assert min(exact(p, half_width, minimum, every) for p in ps) > 0.95


def test_nothing_seen_is_no_reason_to_stop() -> None:
    assert not any(stop(0, n, 0.01, minimum=1) for n in range(1, 388))
    assert stop(0, 400, 0.01, minimum=1)
    assert not stop(100, 100, 0.01, minimum=1)
    assert not stop(0, 400, 0.01, minimum=500)
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("k", "n"), [(0, 50), (3, 400), (50, 50), (200, 400)])
def test_the_interval_is_clopper_and_pearsons(k: int, n: int) -> None:
    wanted = stats.binomtest(k, n).proportion_ci(0.96, method="exact")
    assert interval(k, n) == pytest.approx((wanted.low, wanted.high))


def test_means_stop_and_cover() -> None:
    rng = np.random.default_rng(1)
    hits, spent = 0, []
    for _ in range(150):
        values = np.zeros(0)
        while not stop_mean(values, 3.0, 3650.0, minimum=200):
            more = np.where(rng.random(200) < 0.05, rng.uniform(0, 300, 200), 0.0)
            values = np.concatenate((values, more))
        low, high = mean_interval(values, 3650.0)
        hits += low <= 7.5 <= high
        spent.append(len(values))
    assert hits / 150 > 0.91
    assert np.mean(spent) > 400
    assert not stop_mean(np.zeros(1000), 0.1, 3650.0)  # nothing seen, of a quantity this wide


def test_how_a_probability_shrinks() -> None:
    happened = np.arange(400) < 40
    found = for_probability(happened, 0.01)
    n = 400 + int(seen(found.more))
    later = for_probability(np.arange(n) < n / 10, 0.01)
    assert later.half_width == pytest.approx(0.01, rel=0.01)
    assert seen(later.more) <= 10
    assert seen(found.at_most) > seen(found.more) > 0
    widths = [width for _, width in found.steps]
    assert widths[0] == pytest.approx(found.half_width)
    assert all(a > b for a, b in itertools.pairwise(widths))
    assert "needs about 3,361 more" in shown(found)
    assert for_probability(happened, 0.05).more == 0
    assert for_probability(happened).more is None
    assert for_probability(happened, 1e-9).more is None
    assert for_probability(np.zeros(0, dtype=bool), 0.1).half_width is None


def test_how_a_mean_shrinks() -> None:
    rng = np.random.default_rng(2)
    values = np.where(rng.random(500) < 0.1, rng.uniform(0, 300, 500), 0.0)
    found = for_mean(values, 3650.0, 2.0)
    wanted = values.var() * (1.96 / 2.0) ** 2 - 500
    assert found.more == pytest.approx(wanted, rel=0.15)  # and the farther limit is asked about
    flat = for_mean(np.zeros(500), 3650.0, 2.0)
    assert seen(flat.more) > 0
    shown(flat)


def test_pairs_need_fewer() -> None:
    rng = np.random.default_rng(3)
    u = rng.random(1000)
    here, there = (u < 0.30).astype(float), (u < 0.25).astype(float)
    found = for_difference(here, there, 0.02)
    assert found.correlation == pytest.approx(np.corrcoef(here, there)[0, 1])
    assert found.worth == pytest.approx((here.var() + there.var()) / (here - there).var())
    assert seen(found.unpaired) > 5 * (1000 + seen(found.needed.more)) / 2
    other = rng.permutation(there)
    assert for_difference(here, other, 0.02).worth == pytest.approx(1.0, abs=0.15)
    assert "Shared luck is worth" in shown(found)
    same = for_difference(here, here, 0.005)
    assert same.worth is None
    assert seen(same.needed.half_width) > 0
    shown(same)
    days = for_difference(here * 100 * u, there * 100 * u, 0.5, span=3650.0)
    assert days.needed.steps[1][1] == pytest.approx(seen(days.needed.half_width) / np.sqrt(2))


def test_bad_input_is_said() -> None:
    for wrong in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(DeterError, match="half-width"):
            stop(1, 200, wrong)
    with pytest.raises(DeterError, match="half-width"):
        stop_mean(np.zeros(200), 0.0, 1.0)
    with pytest.raises(DeterError, match="half-width"):
        for_probability(np.zeros(5, dtype=bool), -1.0)
