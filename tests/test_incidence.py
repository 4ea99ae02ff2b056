"""Evidence for peace tables: SciPy, hand calculations, closed forms, simulated tests."""

from __future__ import annotations

import json
import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy import stats
from tests.synthetic import HORIZON, frame

from deter.analysis.incidence import at_time, exchanged, log_rank, peace, residuals
from deter.analysis.rows import Bools, Floats, sample
from deter.analysis.survival import cumulative_incidence, kaplan_meier
from deter.presentation.peace import peace_dict, peace_view

TIMES = np.array([1.0, 2.0, 2.0, 4.0, 5.0])
CAME = np.array([True, True, False, True, False])


def test_kaplan_meier_by_hand() -> None:
    curve = kaplan_meier(TIMES, CAME)
    # 5 at risk, then 4 at 2 (one of the two events censored), then 2 at 4
    for t, wanted in ((0.5, 1.0), (1.0, 4 / 5), (2.5, 3 / 5), (4.5, 3 / 10)):
        assert at_time(curve, t, "", 1.0).estimate == pytest.approx(wanted)


def test_kaplan_meier_is_scipys_with_its_band() -> None:
    rng = np.random.default_rng(1)
    times, came = rng.exponential(5, 200), rng.random(200) < 0.7
    curve = kaplan_meier(times, came)
    survival: Any = stats.ecdf(stats.CensoredData.right_censored(times, ~came)).sf
    band: Any = survival.confidence_interval(0.95, method="log-log")
    for t in (1.0, 3.0, 6.0):
        e = at_time(curve, t, "", 1.0)
        assert e.estimate == pytest.approx(float(survival.evaluate(t)))
        assert e.low == pytest.approx(float(band.low.evaluate(t)))
        assert e.high == pytest.approx(float(band.high.evaluate(t)))


def test_aalen_johansen_by_hand() -> None:
    # event at 1 and 4, competing end at 2, one censored at 3, one left at 5
    times = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    event = np.array([True, False, False, True, False])
    competing = np.array([False, True, False, False, False])
    curve = cumulative_incidence(times, event, competing)
    assert curve.at(1.0) == pytest.approx(1 / 5)
    # free of both before 4: 4/5 × 3/4 = 3/5, two at risk
    assert curve.at(4.5) == pytest.approx(1 / 5 + 3 / 5 * 1 / 2)


def test_two_constant_hazards() -> None:
    """Attack at rate a, loss at b: incidence a/(a+b) (1 - exp(-(a+b) t)), survival exp(-a t)."""
    rng = np.random.default_rng(2)
    a, b, n, horizon = 0.12, 0.06, 20_000, 10.0
    attack, loss = rng.exponential(1 / a, n), rng.exponential(1 / b, n)
    times = np.minimum(np.minimum(attack, loss), horizon)
    came, early = (attack <= loss) & (attack < horizon), (loss < attack) & (loss < horizon)
    incidence, survival = cumulative_incidence(times, came, early), kaplan_meier(times, came)
    for t in (1.0, 5.0, 9.9):
        wanted = a / (a + b) * (1 - math.exp(-(a + b) * t))
        assert incidence.at(t) == pytest.approx(wanted, abs=0.01)
        assert at_time(survival, t, "", 1.0).estimate == pytest.approx(math.exp(-a * t), abs=0.012)


def test_before_the_first_event_the_interval_has_a_width() -> None:
    e = at_time(kaplan_meier(TIMES, CAME), 0.5, "", 1.0)
    assert e.estimate == 1.0
    assert e.low is not None
    assert e.low < 0.6
    assert at_time(cumulative_incidence(TIMES, CAME, ~CAME), 0.5, "", 0.0).high > 0.4  # type: ignore[operator]


# ------------------------------------------------------------------------------ log-rank


def two_groups(seed: int, n: int = 120) -> tuple[tuple[Floats, Floats], tuple[Bools, Bools]]:
    rng = np.random.default_rng(seed)
    one, other = rng.exponential(6, n), rng.exponential(9, n)
    cut = np.round(rng.uniform(2, 10, (2, n)), 1)
    times = np.round(np.minimum(one, cut[0]), 1), np.round(np.minimum(other, cut[1]), 1)  # ties
    return times, (one <= cut[0], other <= cut[1])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_log_rank_is_scipys(seed: int) -> None:
    times, came = two_groups(seed)
    x, y = (stats.CensoredData.right_censored(t, ~c) for t, c in zip(times, came, strict=True))
    assert log_rank(("x", "y"), times, came).p_independent == pytest.approx(
        stats.logrank(x, y).pvalue, rel=1e-9
    )


def test_observed_and_expected_add_up() -> None:
    times, came = two_groups(4)
    there = log_rank(("x", "y"), times, came)
    back = log_rank(("y", "x"), times[::-1], came[::-1])
    assert there.observed == came[0].sum()
    assert there.expected + back.expected == pytest.approx(came[0].sum() + came[1].sum())
    assert there.p_paired == pytest.approx(back.p_paired)


def test_residuals_by_hand_and_their_sum() -> None:
    left_over, expected = residuals(TIMES, CAME)
    hazard = np.array([1 / 5, 1 / 5 + 1 / 4, 1 / 5 + 1 / 4, 9 / 20 + 1 / 2, 9 / 20 + 1 / 2])
    assert expected == pytest.approx(hazard)
    assert left_over == pytest.approx(CAME - hazard)
    times, came = two_groups(5)
    pooled = residuals(np.concatenate(times), np.concatenate(came))[0]
    assert pooled.sum() == pytest.approx(0, abs=1e-10)


def test_exchange_within_pairs_is_that_of_every_swap() -> None:
    """Swap the histories of every pair in all ways and count: the exact law, from the start."""
    times, came = two_groups(6, n=9)
    numerators = []
    for swaps in product([False, True], repeat=9):
        mask = np.array(swaps)
        t = np.where(mask, times[1], times[0]), np.where(mask, times[0], times[1])
        c = np.where(mask, came[1], came[0]), np.where(mask, came[0], came[1])
        found = log_rank(("x", "y"), t, c)
        numerators.append(found.observed - found.expected)
    seen = abs(numerators[0])
    share = np.mean(np.abs(np.array(numerators)) >= seen - 1e-9)
    assert log_rank(("x", "y"), times, came).p_paired == pytest.approx(share)


def test_normal_law_takes_over_smoothly() -> None:
    rng = np.random.default_rng(7)
    gaps = rng.normal(0.25, 1, 16)
    signs = rng.choice([-1.0, 1.0], (200_000, 16))
    share = np.mean(np.abs(signs @ gaps) >= abs(gaps.sum()))
    assert exchanged(gaps) == pytest.approx(share, abs=0.005)
    normal = 2 * stats.norm.sf(abs(gaps.sum()) / math.sqrt((gaps**2).sum()))
    assert exchanged(gaps) == pytest.approx(normal, abs=0.03)
    assert exchanged(np.zeros(5)) == 1.0


def paired(rng: np.random.Generator, n: int, effect: float) -> tuple[float, float]:
    """Return both p of pairs whose luck is largely shared."""
    shared = rng.exponential(1, n)
    own = rng.exponential(1, (2, n))
    raw = 10 * (0.9 * shared + 0.1 * own[0]), 10 * effect * (0.9 * shared + 0.1 * own[1])
    times = np.minimum(raw[0], 10.0), np.minimum(raw[1], 10.0)
    found = log_rank(("x", "y"), times, (raw[0] < 10.0, raw[1] < 10.0))
    return found.p_paired, found.p_independent


def test_paired_test_keeps_its_level_and_sees_more() -> None:
    rng = np.random.default_rng(8)
    level = np.mean([paired(rng, 150, 1.0)[0] < 0.05 for _ in range(1000)])
    assert 0.03 < level < 0.072  # 5 % and three standard errors
    both = np.array([paired(rng, 150, 1.1) for _ in range(200)]) < 0.05
    seen, unpaired = both.mean(axis=0)
    assert seen > 0.7
    assert unpaired < 0.3


# ------------------------------------------------------------------------------ tables


def test_peace_table() -> None:
    strengths = {"none": 0.0, "weak": 0.05, "strong": 0.8}
    table = peace(frame(500, strengths=strengths), HORIZON, "full_attack", years=(2, 5, 50))
    assert [p.framework for p in table.frameworks] == list(strengths)
    assert set(table.frameworks[0].come) == {2, 5, HORIZON}
    for p in table.frameworks:
        s = sample(frame(500, strengths=strengths), p.framework, HORIZON)
        assert p.events == s.happened("full_attack").sum()
        assert p.events + p.early + p.censored == p.n == table.n == 500
        assert p.come[HORIZON].estimate == pytest.approx(s.happened("full_attack").mean())
    by_pair = {(t.one, t.other): t for t in table.incidence_tests}
    assert by_pair["none", "strong"].told
    assert by_pair["none", "strong"].p_paired < 1e-6
    gap = table.gaps["strong"][HORIZON]
    first, last = table.frameworks[0], table.frameworks[2]
    assert gap.estimate == pytest.approx(
        (last.come[HORIZON].estimate or 0) - (first.come[HORIZON].estimate or 0)
    )
    json.dumps(peace_dict(table), allow_nan=False)
    console = Console(record=True, width=120)
    console.print(peace_view(table, 1))
    text = console.export_text()
    assert "Kaplan-Meier" in text
    assert "told apart" in text


def test_one_framework_has_no_tests() -> None:
    table = peace(frame(50, strengths={"none": 0.0}), HORIZON)
    assert (table.survival_tests, table.incidence_tests, table.gaps) == ((), (), {})


def test_identical_frameworks_are_not_told_apart() -> None:
    table = peace(frame(200, strengths={"a": 0.3, "b": 0.3}), HORIZON)
    (test,) = table.incidence_tests
    assert (test.p_paired, test.told) == (1.0, False)
    assert test.observed == pytest.approx(test.expected)
