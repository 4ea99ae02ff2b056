"""Scores of survival predictions: by hand, in closed form, by other programs, on planted data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import check_grad

from deter.analysis import cox
from deter.analysis.backtest import Backtest, Cases, backtest, level_left_out, rate_left_out
from deter.analysis.survival_scores import (
    Hazards,
    band_rates,
    calibration,
    censoring_before,
    concordance,
    constant,
    ipcw_brier,
    log_scores,
    per_year,
    resampled,
)

ONE = np.ones((1, 4))
TIMES = np.array([1.0, 2.0, 3.0, 4.0])
EVENT = np.array([True, False, True, False])


def c(risk: list[float], times: list[float], event: list[bool]) -> float:
    return float(
        concordance(np.array(risk), np.array(times), np.array(event), np.ones((1, len(risk))))[0]
    )


# ---- Harrell's C


def test_concordance_by_hand():
    # comparable: 1 before 2, 3, 4; 3 before 4. Right: 1-2, 1-4, 3-4; wrong: 1-3.
    assert c([3, 1, 4, 2], list(TIMES), list(EVENT)) == 0.75


def test_equal_risks_count_half_and_equal_times_of_events_not_at_all():
    assert c([1, 1, 1], [1, 2, 3], [True, True, True]) == 0.5
    assert math.isnan(c([1, 2], [1, 1], [True, True]))


def test_who_is_censored_at_the_time_of_an_event_outlived_it():
    assert c([2, 1], [1, 1], [True, False]) == 1.0


def test_with_no_event_there_is_nothing_to_rank():
    assert math.isnan(c([1, 2], [1, 2], [False, False]))


@given(st.lists(st.tuples(st.floats(0.1, 50), st.booleans(), st.floats(-3, 3)), min_size=2))
def test_concordance_of_a_reversed_risk_is_its_complement(rows: list[tuple[float, bool, float]]):
    times, event, risk = (list(x) for x in zip(*rows, strict=True))
    forward, back = c(risk, times, event), c([-r for r in risk], times, event)
    assert math.isnan(forward) == math.isnan(back)
    if not math.isnan(forward):
        assert forward + back == pytest.approx(1.0)


def test_a_weight_of_two_is_two_subjects():
    risk, weights = np.array([3.0, 1.0, 4.0, 2.0]), np.array([[2.0, 1.0, 0.0, 1.0]])
    twice = np.array([0, 0, 1, 3])
    whole = concordance(risk[twice], TIMES[twice], EVENT[twice], ONE)
    assert concordance(risk, TIMES, EVENT, weights)[0] == whole[0]


# ---- hazards and log score


def test_hazards_by_band_by_hand():
    hazards = Hazards(np.array([0.0, 2.0]), np.array([[0.1, 0.5]] * 3))
    times = np.array([1.0, 2.0, 5.0])
    assert hazards.cumulative(times) == pytest.approx([0.1, 0.2, 0.2 + 1.5])
    assert list(hazards.at(times)) == [0.1, 0.1, 0.5]
    assert hazards.risk(5.0) == pytest.approx(-math.expm1(-1.7))
    assert hazards.times(2.0).cumulative(times) == pytest.approx([0.2, 0.4, 3.4])


def test_log_score_of_a_constant_hazard_in_closed_form():
    rate = EVENT.sum() / TIMES.sum()
    scores = log_scores(constant(np.full(4, rate)), TIMES, EVENT)
    assert per_year(scores, TIMES, ONE)[0] == pytest.approx(rate * (math.log(rate) - 1))


def test_the_fitted_constant_is_the_best_constant():
    rate = EVENT.sum() / TIMES.sum()

    def total(r: float) -> float:
        return float(log_scores(constant(np.full(4, r)), TIMES, EVENT).sum())

    assert total(rate) > max(total(rate * 1.01), total(rate * 0.99))


def test_band_rates_find_what_histories_were_drawn_from():
    rng = np.random.default_rng(7)
    true = Hazards(np.array([0.0, 2.0, 10.0]), np.array([[0.3, 0.05, 0.01]]))
    grid = np.linspace(0, 30, 30001)
    gone = true.times(np.ones(1)).rates  # one subject
    cumulative = Hazards(true.edges, np.repeat(gone, len(grid), axis=0)).cumulative(grid)
    drawn = np.interp(rng.exponential(size=40_000), cumulative, grid, right=np.inf)
    times, came = np.minimum(drawn, 30.0), drawn < 30.0
    assert band_rates(times, came, true.edges) == pytest.approx(true.rates[0], rel=0.05)


def test_a_subject_never_attacked_in_simulation_has_half_an_event():
    rates = band_rates(np.full(100, 30.0), np.zeros(100, dtype=bool), np.array([0.0, 10.0]))
    assert list(rates) == [0.5 / 3000] * 2


# ---- Kaplan-Meier and the Brier score


def test_censoring_by_hand():
    at = np.array([1.0, 1.5, 3.0, 4.0, 9.0])
    censored = censoring_before(TIMES, EVENT, at, ONE)[0]
    assert censored == pytest.approx([1, 1, 2 / 3, 2 / 3, 0])


def test_brier_by_hand():
    risk = np.array([0.9, 0.5, 0.4, 0.2])
    # at 3: 1 came (G = 1), 2 censored before, 3 came (G(3-) = 2/3), 4 free (G(3-) = 2/3)
    by_hand = (0.1**2 + 0.6**2 / (2 / 3) + 0.2**2 / (2 / 3)) / 4
    assert ipcw_brier(risk, TIMES, EVENT, 3.0, ONE)[0] == pytest.approx(by_hand)


def test_without_censoring_brier_is_the_mean_square():
    rng = np.random.default_rng(1)
    times, risk = rng.exponential(5, 200), rng.uniform(size=200)
    event = np.ones(200, dtype=bool)
    plain = np.mean((risk - (times <= 4)) ** 2)
    assert ipcw_brier(risk, times, event, 4.0, np.ones((1, 200)))[0] == pytest.approx(plain)


def test_weighting_undoes_censoring():
    """Scores of many censored samples have the mean that samples without censoring have."""
    rng = np.random.default_rng(2)
    n, draws = 150, 400
    index = rng.normal(size=n)
    rates = 0.15 * np.exp(index)
    risk, ones = -np.expm1(-rates * 5), np.ones((1, n))
    full, cut = [], []
    for _ in range(draws):
        times, ends = rng.exponential(1 / rates), rng.exponential(10, n)
        full.append(ipcw_brier(risk, times, np.ones(n, dtype=bool), 5.0, ones)[0])
        cut.append(ipcw_brier(risk, np.minimum(times, ends), times <= ends, 5.0, ones)[0])
    se = math.hypot(np.std(full), np.std(cut)) / math.sqrt(draws)
    assert abs(np.mean(full) - np.mean(cut)) < 3 * se


def planted(n: int = 120, seed: int = 5) -> tuple[Any, ...]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    rates = 0.1 * np.exp(x @ np.array([1.0, -0.5]))
    times, ends = rng.exponential(1 / rates), rng.exponential(15, n)
    return x, rates, np.minimum(times, ends), times <= ends


def test_another_program_agrees_on_concordance_and_brier():
    sksurv = pytest.importorskip("sksurv.metrics")
    x, rates, times, event = planted()
    mine = concordance(x[:, 0], times, event, np.ones((1, len(x))))[0]
    assert mine == pytest.approx(sksurv.concordance_index_censored(event, times, x[:, 0])[0])
    truth = np.array(list(zip(event, times, strict=True)), dtype=[("event", bool), ("time", float)])
    risk = -np.expm1(-rates * 4.0)
    theirs = sksurv.brier_score(truth, truth, 1 - risk, 4.0)[1][0]
    assert ipcw_brier(risk, times, event, 4.0, np.ones((1, len(x))))[0] == pytest.approx(theirs)


def test_another_program_agrees_on_the_cox_model():
    lifelines = pytest.importorskip("lifelines")
    pd = pytest.importorskip("pandas")
    x, _, times, event = planted()
    times = np.ceil(times)  # ties
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "t": times, "e": event})
    theirs = lifelines.CoxPHFitter().fit(frame, "t", "e").params_.to_numpy()
    assert cox.fit(x, times, event, ridge=0.0) == pytest.approx(theirs, abs=1e-3)


# ---- the Cox model


def test_the_gradient_is_that_of_the_likelihood():
    x, _, times, event = planted(40)
    times = np.ceil(times)
    at = np.array([0.3, -0.2])
    deaths = cox.Deaths.of(x, times, event)

    def value(beta: Any) -> float:
        return cox.negative_log_likelihood(beta, x, deaths)[0]

    def slope(beta: Any) -> Any:
        return cox.negative_log_likelihood(beta, x, deaths)[1]

    error = check_grad(value, slope, at)
    assert error < 1e-4


def test_the_cox_model_by_hand():
    """Two subjects, one event: the likelihood is a logit of the difference."""
    x, times, event = np.array([[1.0], [0.0]]), np.array([1.0, 2.0]), np.array([True, False])
    deaths = cox.Deaths.of(x, times, event)
    value, slope = cox.negative_log_likelihood(np.array([0.7]), x, deaths, ridge=0.0)
    assert value == pytest.approx(math.log1p(math.exp(-0.7)))
    assert slope[0] == pytest.approx(-1 / (1 + math.exp(0.7)))


def test_tied_events_by_hand():
    """Efron: of two that go together the second finds half of both gone."""
    x, times = np.array([[1.0], [0.0], [0.0]]), np.array([1.0, 1.0, 2.0])
    deaths = cox.Deaths.of(x, times, np.array([True, True, False]))
    value, _ = cox.negative_log_likelihood(np.array([0.4]), x, deaths, ridge=0.0)
    first, second = math.exp(0.4) + 2, math.exp(0.4) / 2 + 0.5 + 1
    assert value == pytest.approx(math.log(first) + math.log(second) - 0.4)


def test_the_cox_model_finds_what_was_planted():
    x, _, times, event = planted(1500)
    assert cox.fit(x, times, event) == pytest.approx([1.0, -0.5], abs=0.12)


def test_who_is_left_out_does_not_inform_its_own_prediction():
    x, _, times, event = planted(30)
    clusters = [str(i // 3) for i in range(30)]
    before = cox.left_out(x, times, event, clusters)
    times[:3], event[:3] = 1000.0, ~event[:3]
    after = cox.left_out(x, times, event, clusters)
    assert list(after[:3]) == list(before[:3])
    assert not np.allclose(after[3:], before[3:])


def test_missing_covariates_take_the_mean():
    x = cox.standardised(np.array([[1.0, 5.0], [3.0, 5.0], [math.nan, 5.0]]))
    assert x == pytest.approx(np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]))


# ---- the backtest as a whole


def cases(hazards: Hazards, times: Any, event: Any, x: Any) -> Cases:
    n = len(times)
    names = tuple(str(i) for i in range(n))
    return Cases(names, names, times, event, hazards, -np.arange(n, dtype=np.float64), x)


def limits(found: Backtest, name: str) -> tuple[float, float]:
    score = found.scores[name]
    assert score.low is not None
    assert score.high is not None
    return score.low, score.high


def test_the_true_hazards_beat_a_constant_and_shuffled_ones_do_not():
    x, rates, times, event = planted(100)
    good = backtest(cases(constant(rates), times, event, x), rates)
    assert limits(good, "log_over_constant")[0] > 0
    assert limits(good, "c_over_commitment")[0] > 0
    assert limits(good, "ipcw_brier_10y_over_constant")[1] < 0
    mixed = np.random.default_rng(3).permutation(rates)
    bad = backtest(cases(constant(mixed), times, event, x), mixed)
    assert limits(bad, "log_over_constant")[1] < 0
    low, high = limits(bad, "c_index")
    assert low < 0.5 < high


@pytest.mark.parametrize("factor", [0.03, 0.7, 40.0])
def test_the_level_of_predictions_moves_no_rank_and_no_score_with_a_fitted_level(factor: float):
    x, rates, times, event = planted(40)
    one = cases(constant(rates), times, event, x)
    other = cases(constant(rates * factor), times, event, x)
    assert level_left_out(other).rates == pytest.approx(level_left_out(one).rates)
    a, b = backtest(one, rates), backtest(other, rates * factor)
    for name in ("c_index", "log_score_level", "ipcw_brier_5y_level"):
        assert a.number(name) == pytest.approx(b.number(name))
    assert b.level == pytest.approx(a.level / factor)


def test_levels_left_out_do_not_know_their_own_case():
    x, rates, times, event = planted(30)
    one = cases(constant(rates), times, event, x)
    before = level_left_out(one).rates[0, 0], rate_left_out(one)[0]
    event[0], times[0] = not event[0], 99.0
    after = level_left_out(one).rates[0, 0], rate_left_out(one)[0]
    assert after == before


def test_calibrated_predictions_lie_on_the_diagonal():
    _, rates, times, event = planted(4000)
    groups = calibration(-np.expm1(-rates * 10), times, event, 10.0)
    assert len(groups) == 4
    for group in groups:
        assert group.n == 1000
        assert group.low <= group.predicted <= group.high
        assert group.observed == pytest.approx(group.predicted, abs=0.05)


def test_a_group_with_no_event_has_an_interval():
    times, event = np.array([20.0, 20.0, 3.0]), np.zeros(3, dtype=bool)
    (group,) = calibration(np.full(3, 0.1), times, event, 10.0, groups=1)
    assert (group.events, group.observed, group.low) == (0, 0.0, 0.0)
    assert 0.5 < group.high < 0.9  # two were watched


def test_misses_are_signed_and_ordered():
    x = np.zeros((3, 1))
    times, event = np.array([1.0, 10.0, 40.0]), np.array([True, True, False])
    found = backtest(cases(constant(np.array([0.01, 0.1, 0.01])), times, event, x), np.ones(3))
    assert found.misses[0].id == "0"
    assert found.misses[0].residual > 0
    assert {m.id: m.residual < 0 for m in found.misses}["2"]


def test_clusters_are_drawn_whole():
    weights = resampled(["a", "b", "a", "c"], draws=50)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_one_episode_is_told_and_not_scored():
    """A file with one case gives predictions; what cannot be estimated is None."""
    one = cases(constant(np.array([0.1])), np.array([3.0]), np.array([True]), np.zeros((1, 1)))
    found = backtest(one, np.array([0.1]))
    assert found.number("c_index") is None
    assert found.number("log_score") == pytest.approx((math.log(0.1) - 0.3) / 3)
