"""Evidence for choice under deep uncertainty: tables by hand, and coverage of planted truths."""

from __future__ import annotations

import numpy as np
import pytest
from tests.test_sensitivity import holds, seen, shown

from deter.analysis.regret import CRITERIA, Payoff, combined, regret
from deter.errors import DeterError

HAND = np.array([[1.0, 2.0, 3.0], [4.0, 2.0, 9.0], [5.0, 8.0, 3.0], [1.0, 1.5, 1.0]])
"""Cases by frameworks a, b, c."""


def table(means: np.ndarray, n: int = 10) -> np.ndarray:
    """Replications whose mean is the table, with a little shared luck."""
    luck = np.tile([-0.1, 0.1], n // 2)
    found: np.ndarray = means[:, :, None] + luck
    return found


def values(found, criterion):
    return {name: e.estimate for name, e in found.choice(criterion).values.items()}


def test_by_hand() -> None:
    found = regret(Payoff("days", table(HAND), threshold=2.5, unit="d"), "abc", resamples=50)
    assert values(found, "worst") == pytest.approx({"a": 5, "b": 8, "c": 9})
    assert values(found, "regret") == pytest.approx({"a": 2, "b": 5, "c": 7})
    assert values(found, "regret_90") == pytest.approx({"a": 2, "b": 5, "c": 7})
    assert values(found, "mean") == pytest.approx({"a": 2.75, "b": 3.375, "c": 4})
    assert values(found, "satisficing") == pytest.approx({"a": 0.5, "b": 0.75, "c": 0.25})
    assert found.worst_case == {"a": 2, "b": 2, "c": 1}
    assert found.regret_case == {"a": 1, "b": 2, "c": 1}
    assert found.choice("worst").best[0] == "a"
    assert found.choice("satisficing").best[0] == "b"
    assert not found.choice("satisficing").lower_is_better
    assert (found.cases, found.n) == (4, 10)
    assert "By worst case: a" in shown(found)


def test_higher_may_be_better() -> None:
    found = regret(Payoff("years", table(HAND), "higher", 2.5), "abc", resamples=50)
    assert values(found, "worst") == pytest.approx({"a": 1, "b": 1.5, "c": 1})
    assert values(found, "regret") == pytest.approx({"a": 5, "b": 7, "c": 5})
    assert values(found, "mean") == pytest.approx({"a": 2.75, "b": 3.375, "c": 4})
    assert values(found, "satisficing") == pytest.approx({"a": 0.5, "b": 0.25, "c": 0.75})
    assert found.choice("mean").best[0] == "c"
    assert not found.choice("mean").lower_is_better
    assert found.choice("regret").lower_is_better
    e = found.choice("worst").values["a"]
    assert seen(e.low) <= seen(e.estimate) <= seen(e.high)


def test_weights_of_cases() -> None:
    payoff = Payoff("days", table(HAND), threshold=2.5)
    found = regret(payoff, "abc", [0, 3, 1, 0], resamples=50)
    assert values(found, "mean") == pytest.approx({"a": 4.25, "b": 3.5, "c": 7.5})
    assert values(found, "satisficing") == pytest.approx({"a": 0.0, "b": 0.75, "c": 0.0})
    assert values(found, "worst") == pytest.approx({"a": 5, "b": 8, "c": 9})
    assert values(found, "regret_90") == pytest.approx({"a": 2, "b": 5, "c": 7})
    assert found.worst_case["a"] == 2  # places of the whole table
    assert found.cases == 2


def test_several_measures() -> None:
    days = Payoff("days", table(HAND), weight=3)
    years = Payoff("years", table(10 - 2 * HAND), "higher", weight=1)
    both = combined([days, years])
    low, high = HAND.min(), HAND.max()
    assert both.values.mean(axis=2) == pytest.approx((HAND - low) / (high - low))
    assert "0.75 × days" in both.name
    found = regret(both, "abc", resamples=50)
    assert values(found, "worst")["c"] == pytest.approx(1.0)
    with pytest.raises(DeterError, match="all weights"):
        combined([Payoff("days", table(HAND), weight=0)])


def planted(rng, p, n):
    cases, frameworks = p.shape
    shared = rng.random((cases, frameworks, n)) < 0.7
    u = np.where(shared, rng.random((1, 1, n)), rng.random((cases, frameworks, n)))
    return (u < p[:, :, None]).astype(float)


def test_limits_cover() -> None:
    rng = np.random.default_rng(1)
    better = np.array([0, 0, -0.1, 0.05])
    p = rng.uniform(0.1, 0.5, (40, 1)) + better + rng.normal(0, 0.04, (40, 4))
    p = np.clip(p, 0, 1)
    gaps = p - p.min(axis=1, keepdims=True)
    truth = {
        "worst": p.max(axis=0),
        "regret": gaps.max(axis=0),
        "regret_90": np.quantile(gaps, 0.9, axis=0, method="inverted_cdf"),
        "mean": p.mean(axis=0),
        "satisficing": (p <= 0.3).mean(axis=0),
    }
    hits = dict.fromkeys(CRITERIA, 0.0)
    for _ in range(60):
        payoff = Payoff("p", planted(rng, p, 200), threshold=0.3)
        found = regret(payoff, "abcd", sampled=False, resamples=150)
        for choice in found.choices:
            for f, name in enumerate("abcd"):
                hits[choice.criterion] += holds(choice.values[name], truth[choice.criterion][f])
    assert all(hit / 240 > 0.88 for hit in hits.values()), hits
    assert found.choice("worst").best == ("c",)


def test_alike_frameworks_cannot_be_told_apart() -> None:
    """And the worst of many equal cases is not taken for worse than it is."""
    rng = np.random.default_rng(2)
    hits, told = np.zeros(2), 0
    for _ in range(60):
        y = planted(rng, np.full((100, 2), 0.3), 100)
        found = regret(Payoff("p", y), ["a", "b"], resamples=60)
        hits += [
            holds(found.choice("worst").values["a"], 0.3),
            holds(found.choice("regret").values["a"], 0.0),
        ]
        told += len(found.choice("mean").best) == 1
    assert (hits / 60 > 0.9).all()
    assert told / 60 < 0.12


def test_nothing_seen_has_a_width() -> None:
    found = regret(Payoff("p", np.zeros((3, 2, 50)), threshold=0.01), ["a", "b"], resamples=20)
    assert found.choice("mean").best == ("a", "b")
    for choice in found.choices:
        e = choice.values["a"]
        assert seen(e.high) > seen(e.low), choice.criterion
    assert found.choice("worst").values["a"].high == pytest.approx(3.84 / 53.84, abs=0.001)
    y = np.zeros((3, 2, 100))
    y[0, 1, :5] = 1.0
    found = regret(Payoff("p", y, threshold=0.01), ["a", "b"], resamples=50)
    assert seen(found.choice("worst").values["a"].high) > 0.02
    assert found.unsure["a"] > 0.9  # nothing in 100 does not show 1 %
    shown(found)


def test_failures_are_left_out_under_all() -> None:
    y = table(HAND)
    y[1, 1, 4] = np.nan
    assert regret(Payoff("days", y), "abc", resamples=20).n == 9


def test_bad_input_is_said() -> None:
    y = table(HAND)
    for wrong, words in (
        (lambda: Payoff("days", y, "less"), "lower or higher"),
        (lambda: Payoff("days", y[0]), "cases by frameworks by replications"),
        (lambda: regret(Payoff("days", y), "ab"), "2 frameworks"),
        (lambda: regret(Payoff("days", y), "abc", [1, 2]), "2 weights for 4 cases"),
        (lambda: regret(Payoff("days", y), "abc", [1, 2, 3, -1]), "at least 0"),
        (lambda: regret(Payoff("days", y * np.nan), "abc"), "fewer than two replications"),
        (lambda: regret(Payoff("days", y), "abc", seed=0), "at least 1"),
    ):
        with pytest.raises(DeterError, match=words):
            wrong()
