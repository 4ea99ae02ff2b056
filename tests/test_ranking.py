"""Evidence for ranks and hazard ratios: planted orders and hazards, coverage by simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from tests.synthetic import HORIZON, frame
from tests.test_sensitivity import holds, seen, shown

from deter.analysis.estimates import Estimate
from deter.analysis.groups import groups, letters_of
from deter.analysis.ranking import hazard_ratio, hazard_ratio_of, ranking
from deter.analysis.rows import sample
from deter.errors import DeterError


def outcomes(rng, ps, n, shared=0.6):
    mixed = rng.random((len(ps), n)) < shared
    u = np.where(mixed, rng.random((1, n)), rng.random((len(ps), n)))
    return dict(zip("abcdefgh", (u < np.array(ps)[:, None]).astype(float), strict=False))


def test_ranks_hold_all_at_once() -> None:
    rng = np.random.default_rng(1)
    truth = {"a": (1, 2), "b": (1, 2), "c": (3, 3), "d": (4, 4), "e": (5, 5)}
    wrong = 0
    for _ in range(200):
        found = ranking(outcomes(rng, [0.2, 0.2, 0.21, 0.3, 0.5], 800))
        wrong += any(
            one.low > truth[one.framework][1] or one.high < truth[one.framework][0]
            for one in found.frameworks
        )
    assert wrong / 200 < 0.06
    of = {one.framework: one for one in found.frameworks}
    assert (of["e"].low, of["e"].high) == (5, 5)
    assert (of["d"].low, of["d"].high) == (4, 4)
    assert of["a"].low == 1


def test_equals_are_ranked_apart_seldom() -> None:
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(200):
        found = ranking(outcomes(rng, [0.3] * 4, 400))
        wrong += any((one.low, one.high) != (1, 4) for one in found.frameworks)
    assert wrong / 200 < 0.09


def test_means_and_higher_is_better() -> None:
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(100):
        luck = rng.gamma(1, 2, 300)
        values = {"a": luck, "b": luck + rng.normal(0, 1, 300), "c": luck + rng.normal(1, 1, 300)}
        found = ranking(values, "higher", span=50.0, unit="y", what="years")
        wrong += found.frameworks[0].framework != "c" or found.frameworks[0].high != 1
        wrong += ("a", "b") in found.apart or ("b", "a") in found.apart
    assert wrong <= 9
    assert seen(found.differences["c", found.frameworks[1].framework].estimate) > 0.5
    assert "Best: c" in shown(found)


def test_letters_are_those_of_the_groups() -> None:
    table = frame(600, strengths={"none": 0.0, "weak": 0.1, "strong": 0.8, "firm": 0.82})
    wanted = groups(table, HORIZON)
    events = {
        name: sample(table, name, HORIZON).happened("full_attack").astype(float)
        for name in ("none", "weak", "strong", "firm")
    }
    found = ranking(events)
    of = {one.framework: one.letters for one in found.frameworks}
    for a, b in itertools.combinations(events, 2):
        here, there = set(of[a]) & set(of[b]), set(wanted.letters[a]) & set(wanted.letters[b])
        assert bool(here) == bool(there)


def test_nothing_seen_ranks_all_alike() -> None:
    found = ranking({"a": np.zeros(100), "b": np.zeros(100)})
    assert [(one.rank, one.low, one.high) for one in found.frameworks] == [(1, 1, 2), (1, 1, 2)]
    assert seen(found.frameworks[0].value.high) > 0.03
    assert "No framework is told apart" in shown(found)
    assert letters_of(["a", "b"], frozenset()) == {"a": "a", "b": "a"}


def test_failures_are_left_out_and_bad_input_is_said() -> None:
    values = {"a": np.array([0.0, 1.0, np.nan, 0.0]), "b": np.array([0.0, 1.0, 1.0, 1.0])}
    assert ranking(values).n == 3
    with pytest.raises(DeterError, match="lower or higher"):
        ranking(values, "best")
    with pytest.raises(DeterError, match="as many under each"):
        ranking({"a": np.zeros(3), "b": np.zeros(4)})
    with pytest.raises(DeterError, match="as many under each"):
        ranking({})
    with pytest.raises(DeterError, match="fewer than two"):
        ranking({"a": np.full(3, np.nan)})


# ------------------------------------------------------------------------------ hazard ratios


def times(rng, ratio, rate, n, shared=0.6):
    luck = rng.exponential(1, n)
    other = np.where(rng.random(n) < shared, luck, rng.exponential(1, n))
    a, b = other / (rate * ratio), luck / rate
    return (np.minimum(a, 3), a < 3), (np.minimum(b, 3), b < 3)


@pytest.mark.parametrize(
    ("ratio", "rate", "n"), [(0.5, 0.3, 400), (1.0, 0.05, 400), (0.2, 0.05, 400), (2.0, 0.5, 600)]
)
def test_hazard_ratios_cover(ratio: float, rate: float, n: int) -> None:
    rng = np.random.default_rng(4)
    found = [hazard_ratio_of(*times(rng, ratio, rate, n)) for _ in range(80)]
    hits = sum(seen(e.low) <= ratio and (e.high is None or ratio <= e.high) for e in found)
    assert hits / 80 > 0.88
    middle = np.median([e.estimate for e in found if e.estimate is not None])
    assert middle == pytest.approx(ratio, rel=0.12)


def test_pairs_narrow_a_hazard_ratio() -> None:
    rng = np.random.default_rng(5)
    here, there = times(rng, 0.8, 0.3, 2000, shared=1.0)
    paired = hazard_ratio_of(here, there)
    mixed = rng.permutation(2000)
    apart = hazard_ratio_of((here[0][mixed], here[1][mixed]), there)
    assert apart.estimate == pytest.approx(paired.estimate)

    def width(e: Estimate) -> float:
        return math.log(seen(e.high) / seen(e.low))

    assert width(paired) < 0.6 * width(apart)


def test_few_events_have_an_exact_interval() -> None:
    n = 200
    quiet = (np.full(n, 10.0), np.zeros(n, dtype=bool))
    some = (np.where(np.arange(n) < 20, 5.0, 10.0), np.arange(n) < 20)
    e = hazard_ratio_of(quiet, some)
    assert e.estimate == 0.0
    assert e.low == 0.0
    share = stats.binomtest(0, 20).proportion_ci(0.95, method="exact").high
    assert e.high == pytest.approx(share / (1 - share) * 1900 / 2000)
    back = hazard_ratio_of(some, quiet)
    assert (back.estimate, back.high) == (None, None)
    assert back.low == pytest.approx(1 / seen(e.high))
    assert hazard_ratio_of(quiet, quiet).estimate is None


def test_hazard_ratio_of_rows() -> None:
    table = frame(800, strengths={"none": 0.0, "strong": 0.7})
    here, there = (sample(table, name, HORIZON) for name in ("strong", "none"))
    e = hazard_ratio(here, there, "full_attack")
    share = [s.happened("full_attack").mean() for s in (here, there)]
    assert holds(e, math.log(1 - share[0]) / math.log(1 - share[1]))
    assert e.n == 800
    assert "competes" in e.what or "compete" in e.what
