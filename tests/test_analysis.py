"""Evidence for the analysis: closed forms, SciPy, exact and simulated coverage, brute force."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from tests.synthetic import HORIZON, blank, findings, frame

from deter.analysis.causes import causes
from deter.analysis.contrasts import (
    mean_difference,
    rate_difference,
    share_difference,
    tango_limits,
)
from deter.analysis.estimates import (
    Estimate,
    bounded_mean,
    proportion,
    rate,
    share_of,
    wilson_limits,
)
from deter.analysis.groups import groups, holm, mcnemar
from deter.analysis.measures import NAMES, differences, estimates, label, measure
from deter.analysis.medians import (
    median_difference,
    median_response,
    median_time,
    middle_of_responses,
    middle_of_times,
)
from deter.analysis.rows import Floats, matched, response_edges, sample
from deter.analysis.survival import (
    cumulative_incidence,
    incidence_of,
    kaplan_meier,
)
from deter.analysis.twins import CLASSES, DELAY_YEARS, later_bounds, twins, within_bounds
from deter.engine import outcome

REQUIRED = {
    "p_limited_attack",
    "p_full_attack",
    "p_war",
    "p_force_within_1y",
    "incidents_per_10y",
    "median_years_to_first_attack",
    "honoured_share",
    "median_response_days",
    "ground_lost",
    "p_major_escalation",
    "deterred_share",
    "provoked_share",
    "campaign_days",
}


def yes(k: int, n: int) -> np.ndarray:
    return np.arange(n) < k


def limits(e: Estimate) -> tuple[float, float]:
    assert e.low is not None
    assert e.high is not None
    return e.low, e.high


def covers(e: Estimate, truth: float) -> bool:
    low, high = limits(e)
    return low <= truth <= high


# ------------------------------------------------------------------------------ single estimates


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 200), (3, 400), (200, 400), (400, 400)])
def test_proportion_is_wilsons(k: int, n: int) -> None:
    wanted = stats.binomtest(k, n).proportion_ci(method="wilson")
    e = proportion(yes(k, n))
    assert e.estimate == pytest.approx(k / n)
    assert limits(e) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_missing_is_none_and_never_nan() -> None:
    e = Estimate(math.nan, math.inf, None, 0)
    assert (e.estimate, e.low, e.high) == (None, None, None)
    assert proportion(yes(0, 0)).estimate is None
    assert rate(np.zeros(0), np.zeros(0)).estimate is None
    assert share_of(np.zeros(5), np.zeros(5)).estimate is None


@pytest.mark.parametrize("p", [0.005, 0.05, 0.5])
def test_wilson_covers(p: float) -> None:
    n = 400
    inside = [low <= p <= high for low, high in (wilson_limits(k / n, n) for k in range(n + 1))]
    assert stats.binom.pmf(np.arange(n + 1), n, p)[inside].sum() > 0.94


def test_mean_of_a_yes_or_no_is_a_proportion() -> None:
    for k in (0, 1, 7, 40):
        e, p = bounded_mean(yes(k, 40).astype(float), 0.0, 1.0), proportion(yes(k, 40))
        assert limits(e) == pytest.approx(limits(p))


def test_mean_of_many_varied_values_is_normal() -> None:
    values = np.random.default_rng(1).uniform(2, 8, 5000)
    e = bounded_mean(values, 0.0, 10.0)
    half = 1.96 * values.std() / math.sqrt(5000)
    assert limits(e) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.002)


def test_mean_covers_where_most_are_zero() -> None:
    rng = np.random.default_rng(2)
    truth, hits = 0.04 * 100.0, 0
    for _ in range(400):
        values = np.where(rng.random(300) < 0.04, rng.uniform(0, 200, 300), 0.0)
        hits += covers(bounded_mean(values, 0.0, 3652.5), truth)
    assert hits / 400 > 0.91


def test_mean_with_nothing_seen_has_a_width() -> None:
    e = bounded_mean(np.zeros(400), 0.0, 1.0)
    assert e.estimate == 0.0
    assert limits(e) == pytest.approx((0.0, 0.00951), abs=1e-5)
    seen = bounded_mean(np.zeros(400), 0.0, 3652.5, size=100.0)
    assert limits(seen)[1] == pytest.approx(100 * 3.8415 / 400, rel=0.01)


@pytest.mark.parametrize("mean", [0.01, 0.2, 5.0])
def test_rate_covers_poisson(mean: float) -> None:
    rng = np.random.default_rng(3)
    exposure = np.full(200, 9.5)
    counts = rng.poisson(mean * 9.5, (500, 200)).astype(float)
    assert np.mean([covers(rate(c, exposure), mean) for c in counts]) > 0.925


def test_rate_covers_overdispersed_counts() -> None:
    rng = np.random.default_rng(4)
    own = rng.gamma(0.7, 2 / 0.7, (500, 200))
    counts = rng.poisson(own).astype(float)
    assert np.mean([covers(rate(c, np.ones(200)), 2.0) for c in counts]) > 0.92


def test_rate_without_events_is_poissons_bound() -> None:
    e = rate(np.zeros(10), np.full(10, 10.0))
    assert (e.estimate, e.low) == (0.0, 0.0)
    assert e.high == pytest.approx(1.95996**2 / 100, rel=1e-4)


def test_share_of_clusters_covers() -> None:
    rng = np.random.default_rng(5)
    inside = []
    for _ in range(500):
        trials = rng.integers(0, 12, 150).astype(float)
        hits = rng.binomial(trials.astype(int), rng.beta(1.2, 0.8, 150)).astype(float)
        inside.append(covers(share_of(hits, trials), 0.6))
    assert np.mean(inside) > 0.92


def test_share_of_clusters_is_wider_than_of_items() -> None:
    trials = np.full(50, 10.0)
    together = np.where(np.arange(50) < 25, 10.0, 0.0)
    low, high = limits(share_of(together, trials))
    assert high - low > 2.5 * np.subtract(*wilson_limits(0.5, 500)[::-1])
    assert limits(share_of(trials, trials))[0] == pytest.approx(wilson_limits(1.0, 50)[0])


# ---------------------------------------------------------------------------------- survival


def test_incidence_without_censoring_is_the_share() -> None:
    rng = np.random.default_rng(6)
    times, kind = rng.uniform(0, 10, 300), rng.integers(0, 3, 300)
    times = np.where(kind == 0, 10.0, times)
    curve = cumulative_incidence(times, kind == 1, kind == 2)
    for at in (0.0, 1.0, 5.0, 10.0):
        share = float(np.mean((times <= at) & (kind == 1)))
        assert curve.at(at) == pytest.approx(share)
    low, high = wilson_limits(curve.value[-1], 300)
    assert (curve.low[-1], curve.high[-1]) == pytest.approx((low, high), rel=1e-6)


def test_incidence_without_competitors_is_one_minus_kaplan_meier() -> None:
    rng = np.random.default_rng(7)
    times, event = rng.exponential(3, 200).round(1), rng.random(200) < 0.6
    curve = cumulative_incidence(times, event, np.zeros(200, dtype=bool))
    survival = stats.ecdf(stats.CensoredData.right_censored(times, ~event)).sf
    assert curve.value == pytest.approx(1 - survival.evaluate(curve.times))


def test_incidence_with_competitors_by_hand() -> None:
    times = np.array([1.0, 2.0, 2.0, 3.0, 4.0])
    event = np.array([True, False, False, True, False])
    competing = np.array([False, True, False, False, False])
    curve = cumulative_incidence(times, event, competing)
    # 1/5 at 1; then 4 at risk, one lost and one censored; at 3 two are at risk: 0.8 * 0.75 / 2
    assert curve.value == pytest.approx([0.2, 0.2 + 0.8 * 0.75 * 0.5])


def test_kaplan_meier_is_scipys_and_has_a_band_everywhere() -> None:
    times = np.array([1.0, 2.0, 2.0, 4.0, 5.0])
    event = np.array([True, True, False, True, False])
    curve = kaplan_meier(times, event)
    assert curve.times == pytest.approx([1, 2, 4, 5])
    assert curve.value == pytest.approx([0.8, 0.6, 0.3, 0.3])
    assert np.all((curve.low <= curve.value) & (curve.value <= curve.high))
    assert len(kaplan_meier(times, ~event | event).times) == 4
    assert len(kaplan_meier(times, np.zeros(5, dtype=bool)).times) == 0


def test_median_time_covers_and_is_none_where_not_reached() -> None:
    rng = np.random.default_rng(8)
    inside = []
    for _ in range(300):
        times = rng.exponential(3.0, 101)
        event = times < 10
        curve = cumulative_incidence(np.minimum(times, 10), event, np.zeros(101, dtype=bool))
        inside.append(covers(median_time(curve), 3.0 * math.log(2)))
    assert np.mean(inside) > 0.92
    rare = cumulative_incidence(np.full(10, 10.0), yes(2, 10), np.zeros(10, dtype=bool))
    assert median_time(rare).estimate is None
    half = cumulative_incidence(np.full(10, 9.0), yes(5, 10), np.zeros(10, dtype=bool))
    assert median_time(half).estimate == 9.0
    assert median_time(half).high is None


def test_response_edges_are_those_of_the_engine() -> None:
    assert list(response_edges(outcome.RESPONSE_BINS)) == pytest.approx(outcome.response_edges())


def grouped(days: Floats, owner: np.ndarray, n: int) -> Floats:
    edges = np.array(outcome.response_edges())
    bins = np.searchsorted(edges, days, side="right") - 1
    given = np.zeros((n, outcome.RESPONSE_BINS))
    np.add.at(given, (owner, bins), 1.0)
    return given


def test_median_response_of_grouped_clusters() -> None:
    rng = np.random.default_rng(9)
    inside = []
    for _ in range(60):
        owner = np.repeat(np.arange(80), 4)
        days = 20 * np.exp(0.5 * np.repeat(rng.normal(size=80), 4) + 0.5 * rng.normal(size=320))
        late = rng.random(320) < 0.2  # never given: the median moves to the 0.625 quantile
        given = grouped(days[~late], owner[~late], 80)
        unanswered = np.bincount(owner[late], minlength=80).astype(float)
        truth = 20 * math.exp(math.sqrt(0.5) * stats.norm.ppf(0.625))
        e = median_response(list(given.T), unanswered)
        assert e.estimate is not None
        inside.append(covers(e, truth))
    assert np.mean(inside) > 0.85
    assert median_response(list(given.T), np.full(80, 100.0)).estimate is None
    assert median_response(list(np.zeros((34, 5))), np.zeros(5)).estimate is None


# --------------------------------------------------------------------------------- contrasts


def test_tango_limits_are_ordered_and_hold_the_estimate() -> None:
    n = 9
    for b, c in itertools.product(range(n + 1), repeat=2):
        if b + c <= n:
            low, high = tango_limits(b, c, n)
            assert -1 <= low <= (b - c) / n <= high <= 1
            mirrored = tango_limits(c, b, n)
            assert (-mirrored[1], -mirrored[0]) == pytest.approx((low, high), abs=1e-9)


def test_tango_with_no_discordant_pair_is_closed_form() -> None:
    z2 = 1.959963984540054**2
    assert tango_limits(0, 0, 50) == pytest.approx((-z2 / (50 + z2), z2 / (50 + z2)))


def test_tango_is_wald_where_pairs_are_many() -> None:
    b, c, n = 1500, 860, 16000
    middle, spread = (b - c) / n, 1.96 * math.sqrt(b + c - (b - c) ** 2 / n) / n
    assert tango_limits(b, c, n) == pytest.approx((middle - spread, middle + spread), abs=2e-4)


@pytest.mark.parametrize(("gain", "loss"), [(0.0, 0.02), (0.01, 0.03), (0.1, 0.25)])
def test_tango_covers_exactly(gain: float, loss: float) -> None:
    n, total, inside = 150, 0.0, 0.0
    law = stats.multinomial(n, [gain, loss, 1 - gain - loss])
    for b in range(int(stats.binom.ppf(0.9999, n, gain)) + 1):
        for c in range(int(stats.binom.ppf(0.9999, n, loss)) + 1):
            p = float(law.pmf([b, c, n - b - c]))
            if p > 1e-7:
                low, high = tango_limits(b, c, n)
                total, inside = total + p, inside + p * (low <= gain - loss <= high)
    assert total > 0.999
    assert inside > 0.935


def test_mean_difference_is_the_paired_t_interval_where_pairs_are_many() -> None:
    rng = np.random.default_rng(10)
    there = rng.uniform(0, 10, 4000)
    here = np.clip(there + rng.normal(0.3, 1, 4000), 0, 10)
    gap = here - there
    half = 1.96 * gap.std() / math.sqrt(4000)
    wanted = (gap.mean() - half, gap.mean() + half)
    assert limits(mean_difference(here, there, 10.0)) == pytest.approx(wanted, abs=0.004)


def test_mean_difference_covers_rare_changes() -> None:
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(400):
        there = np.where(rng.random(300) < 0.1, rng.uniform(0, 200, 300), 0.0)
        spared, hit = rng.random(300) < 0.2, rng.random(300) < 0.005
        here = np.where(spared, 0.0, there) + np.where(hit, 100.0, 0.0)
        inside.append(covers(mean_difference(here, there, 3652.5), -0.2 * 10 + 0.5))
    assert np.mean(inside) > 0.91


def test_mean_difference_of_equals_has_a_modest_width() -> None:
    values = np.where(np.arange(400) < 40, 90.0, 0.0)
    e = mean_difference(values, values, 3652.5)
    assert e.estimate == 0.0
    assert limits(e) == pytest.approx((-0.86, 0.86), abs=0.01)


def test_rate_and_share_differences_use_the_pairing() -> None:
    rng = np.random.default_rng(12)
    ones = np.ones(300)
    common = rng.poisson(5, 300).astype(float)
    more = common + (rng.random(300) < 0.1)
    paired = rate_difference((more, ones), (common, ones))
    apart = rate_difference((rng.permutation(more), ones), (common, ones))
    assert limits(paired)[0] > 0 > limits(apart)[0]
    hits = np.minimum(common, 4.0)
    trials = np.full(300, 10.0)
    e = share_difference((hits, trials), (np.maximum(hits - 1, 0), trials))
    assert e.estimate == pytest.approx((hits.sum() - np.maximum(hits - 1, 0).sum()) / 3000)
    assert limits(e)[0] > 0


def medians_apart(here: Floats, there: Floats) -> Estimate:
    one, other = (middle_of_times(np.where(t < 10, t, np.inf)) for t in (here, there))
    return median_difference(one, other, len(here))


def two_times(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Times with a common part, censored at 10."""
    common = rng.normal(size=n)
    here, there = (np.exp(1 + 0.6 * common + 0.4 * rng.normal(size=n)) for _ in range(2))
    return np.minimum(1.2 * here, 10.0), np.minimum(there, 10.0)


def test_median_difference_covers() -> None:
    rng = np.random.default_rng(13)
    inside = [covers(medians_apart(*two_times(rng, 201)), 0.2 * math.e) for _ in range(400)]
    assert 0.92 < np.mean(inside) <= 0.985


def test_median_difference_is_as_wide_as_a_paired_bootstrap() -> None:
    rng = np.random.default_rng(15)
    ratios = []
    for _ in range(12):
        here, there = two_times(rng, 600)
        drawn = rng.integers(0, 600, (1000, 600))
        gaps = np.median(here[drawn], axis=1) - np.median(there[drawn], axis=1)
        low, high = limits(medians_apart(here, there))
        ratios.append((high - low) / (np.quantile(gaps, 0.975) - np.quantile(gaps, 0.025)))
    assert 0.9 < np.mean(ratios) < 1.1


def test_median_difference_of_equals_is_none_at_all() -> None:
    times = np.random.default_rng(17).exponential(3.0, 300)
    assert limits(medians_apart(times, times)) == (0.0, 0.0)


def test_median_difference_where_a_median_is_hardly_reached() -> None:
    times = np.random.default_rng(18).exponential(3.0, 400)
    often = np.minimum(times, 10.0)
    seldom = np.where(times < np.quantile(times, 0.51), times, 10.0)
    e = medians_apart(seldom, often)
    assert (e.estimate, e.low, e.high) == (0.0, 0.0, None), "it may come much later, or never"
    assert medians_apart(np.where(times < 1, times, 10.0), often).estimate is None


def test_difference_of_median_responses_is_as_wide_as_a_paired_bootstrap() -> None:
    rng = np.random.default_rng(16)
    ratios = []
    for _ in range(4):
        own = rng.normal(size=300)
        parts = []
        for shift in (0.0, 0.2):
            owner = np.repeat(np.arange(300), 3)
            days = 20 * np.exp(shift + 0.5 * own[owner] + 0.5 * rng.normal(size=900))
            late = rng.random(900) < 0.1
            not_given = np.bincount(owner[late], minlength=300).astype(float)
            parts.append((grouped(days[~late], owner[~late], 300), not_given))
        middles = [middle_of_responses(list(given.T), left) for given, left in parts]
        for middle, (given, left) in zip(middles, parts, strict=True):
            assert middle is not None
            assert middle.residuals.sum() == pytest.approx(0.0, abs=1e-9)
            half = median_response(list(given.T), left).estimate
            assert middle.at(np.array([0.5])) == pytest.approx(half)
        low, high = limits(median_difference(middles[0], middles[1], 300))
        gaps = []
        for _ in range(200):
            w = np.bincount(rng.integers(0, 300, 300), minlength=300).astype(float)
            one, other = (
                median_response(list((w @ given)[:, None]), np.array([w @ left])).estimate or 0.0
                for given, left in parts
            )
            gaps.append(one - other)
        ratios.append((high - low) / (np.quantile(gaps, 0.975) - np.quantile(gaps, 0.025)))
    assert 0.85 < np.mean(ratios) < 1.15


# ------------------------------------------------------------------------------------ measures


def test_measures_are_those_of_the_issue_and_each_says_what_it_is() -> None:
    assert set(NAMES) >= REQUIRED
    table = estimates(frame(60), HORIZON, "none")
    for measures in table.values():
        assert tuple(measures) == NAMES
        for name, e in measures.items():
            assert label(name)
            assert e.what
            assert e.unit
            for value in (e.estimate, e.low, e.high):
                assert value is None or math.isfinite(value)
            if e.estimate is not None and e.low is not None:
                assert e.low <= e.estimate + 1e-12


def test_measures_of_a_quiet_world() -> None:
    table = estimates(blank(50), HORIZON, "none")["none"]
    for name in ("p_full_attack", "p_war", "p_lost", "campaign_days", "ground_lost", "campaigns"):
        e = table[name]
        assert (e.estimate, e.low) == (0.0, 0.0)
        assert limits(e)[1] > 0
    assert table["attack_free_years"].estimate == HORIZON
    for name in ("median_years_to_first_attack", "honoured_share", "median_response_days"):
        assert table[name].estimate is None
    assert table["incidents_per_10y"].estimate is None, "no exposure was noted"


def test_measures_of_a_table_that_can_be_counted_by_hand() -> None:
    rows = blank(
        10,
        t_force=[0.5, 2.0] + [10.0] * 8,
        s_force=["event"] * 2 + ["horizon"] * 8,
        n_incidents=[3] * 10,
        years_exposed=[5.0] * 10,
        n_owed=[4, 2] + [0] * 8,
        n_pending=[1, 0] + [0] * 8,
        n_honoured=[1, 1] + [0] * 8,
        campaign_days=[100.0] + [0.0] * 9,
    )
    table = estimates(rows, HORIZON)["none"]
    assert table["p_force_within_1y"].estimate == pytest.approx(0.1)
    assert table["incidents_per_10y"].estimate == pytest.approx(6.0)
    assert table["honoured_share"].estimate == pytest.approx(2 / 5)
    assert table["campaign_days"].estimate == pytest.approx(10.0)
    assert table["deterred_share"].estimate is None, "there is no reference"
    assert estimates(rows, 0.5)["none"]["p_force_within_1y"].estimate is None


def test_early_ends_compete_and_do_not_censor() -> None:
    rows = blank(
        4,
        t_full_attack=[4.0, 10.0, 2.0, 3.0],
        s_full_attack=["event", "horizon", "lost", "horizon"],
    )
    s = sample(rows, "none", HORIZON)
    assert list(s.ended_early("full_attack")) == [False, False, True, True]
    assert measure("p_full_attack").estimate(s).estimate == 0.25
    assert incidence_of(s, "full_attack").at(10.0) == 0.25
    censored = kaplan_meier(s.time("full_attack"), s.happened("full_attack"))
    assert censored.value[-1] == pytest.approx(0.5), "it is more"


def test_failed_replications_are_left_out_of_pairs_too() -> None:
    rows = frame(40, strengths={"none": 0.0, "other": 0.5})
    bad = (rows["framework"] == "other") & (rows["replication"] == 7)
    rows.loc[bad, "status"] = "failed"
    there, here = sample(rows, "none", HORIZON), sample(rows, "other", HORIZON)
    assert (len(there), len(here)) == (40, 39)
    assert [len(s) for s in matched((here, there))] == [39, 39]
    assert differences(rows, HORIZON, "none")["other"]["p_full_attack"].n == 39
    assert groups(rows, HORIZON).n == 39


def test_differences_of_a_framework_that_changes_nothing() -> None:
    rows = frame(80, strengths={"none": 0.0, "same": 0.0})
    for e in differences(rows, HORIZON, "none")["same"].values():
        assert e.estimate is None or e.estimate == 0.0
        if e.low is not None and e.high is not None:
            assert e.low <= 0.0 <= e.high


def test_order_of_rows_does_not_matter() -> None:
    rows = frame(60)
    mixed = rows.sample(frac=1.0, random_state=1)
    one, other = estimates(rows, HORIZON, "none"), estimates(mixed, HORIZON, "none")
    for name in one:
        assert one[name] == other[name]


# --------------------------------------------------------------------------- twins and groups


def test_deterred_less_provoked_is_the_difference() -> None:
    rows = frame(200)
    table = estimates(rows, HORIZON, "none")
    base = table["none"]["p_full_attack"].estimate
    assert base is not None
    for name in table:
        e = table[name]
        values = [e[m].estimate for m in ("p_full_attack", "deterred_share", "provoked_share")]
        attack, deterred, provoked = (float(v) for v in values if v is not None)
        assert deterred - provoked == pytest.approx(base - attack)
    assert table["none"]["deterred_share"].as_dict() == {"estimate": 0, "low": 0, "high": 0}


def test_classes_of_twins_are_counted_once_and_lie_in_their_bounds() -> None:
    rows = frame(200)
    there = sample(rows, "none", HORIZON)
    for name in ("tripwire", "stationed_force"):
        found = twins(sample(rows, name, HORIZON), there)
        assert set(found.classes) == set(CLASSES)
        shares = [c.share.estimate or 0.0 for c in found.classes.values()]
        assert sum(shares) == pytest.approx(1.0)
        for c in found.classes.values():
            assert c.least - 1e-9 <= (c.share.estimate or 0.0) <= c.most + 1e-9
    assert limits(found.attack_free_years)[0] > 0


def test_classes_of_twins_by_hand() -> None:
    never = ("horizon", HORIZON)
    there = [("event", 2.0), never, ("event", 2.0), ("event", 2.0), ("event", 2.0), never, never]
    here = [
        never,
        ("event", 5.0),
        ("event", 3.0),
        ("event", 1.0),
        ("event", 2.01),
        never,
        ("lost", 4.0),
    ]
    after, before = (
        sample(
            blank(7, s_full_attack=[s for s, _ in rows], t_full_attack=[t for _, t in rows]),
            "none",
            HORIZON,
        )
        for rows in (here, there)
    )
    found = twins(after, before)
    assert all(c.share.estimate == pytest.approx(1 / 7) for c in found.classes.values())


def brute(first: Floats, second: Floats, member: np.ndarray) -> tuple[float, float]:
    n = len(first)
    least = member[optimize.linear_sum_assignment(member)].sum() / n
    most = member[optimize.linear_sum_assignment(-member)].sum() / n
    return float(least), float(most)


@pytest.mark.parametrize("seed", range(30))
def test_bounds_of_twins_are_sharp(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, atoms = int(rng.integers(1, 13)), rng.uniform(0, 1, 3)
    spread = rng.choice([0.05, 1.0, 10.0])

    def times() -> Floats:
        drawn = np.where(rng.random(n) < 0.5, rng.choice(atoms, n), rng.uniform(0, spread, n))
        return np.where(rng.random(n) < 0.25, np.inf, drawn)

    first, second = times(), times()
    both = np.isfinite(first)[:, None] & np.isfinite(second)[None, :]
    start, end = (np.where(np.isfinite(t), t, 0.0) for t in (first, second))
    gap = end[None, :] - start[:, None]
    later = (both & (gap > DELAY_YEARS)).astype(float)
    near = (both & (np.abs(gap) <= DELAY_YEARS)).astype(float)
    assert later_bounds(first, second, DELAY_YEARS) == pytest.approx(brute(first, second, later))
    assert within_bounds(first, second, DELAY_YEARS) == pytest.approx(brute(first, second, near))


def test_mcnemar_is_the_binomial_test() -> None:
    here, there = yes(30, 100), yes(18, 100)
    assert mcnemar(here, there) == pytest.approx(stats.binomtest(12, 12).pvalue)
    assert mcnemar(here, here) == 1.0


def test_holm_rejects_step_by_step() -> None:
    p = {("a", "b"): 0.01, ("a", "c"): 0.02, ("b", "c"): 0.9, ("c", "d"): 0.03}
    assert holm(p) == {("a", "b")}
    assert holm(p | {("a", "c"): 0.012}) == {("a", "b"), ("a", "c")}


def test_groups_and_letters() -> None:
    rows = frame(400, strengths={"none": 0.0, "paper": 0.01, "middle": 0.4, "strong": 0.9})
    found = groups(rows, HORIZON)
    assert found.sets == (("none", "paper"),)
    assert found.letters["none"] == found.letters["paper"] == "a"
    assert len({found.letters[name] for name in ("none", "middle", "strong")}) == 3
    twice = groups(frame(50, strengths={"none": 0.0, "a": 0.0, "b": 0.9, "c": 0.0}), HORIZON)
    assert twice.identical == (("none", "a", "c"),)
    few = groups(frame(12, strengths={"none": 0.0, "paper": 0.01, "middle": 0.4}), HORIZON)
    assert [set(s) for s in few.sets] == [{"none", "paper", "middle"}]


def test_groups_may_overlap() -> None:
    rows = frame(150, strengths={"none": 0.0, "a": 0.12, "b": 0.24})
    found = groups(rows, HORIZON)
    for one, other in itertools.combinations(found.letters, 2):
        together = any({one, other} <= set(s) for s in found.sets)
        assert together == bool(set(found.letters[one]) & set(found.letters[other]))


def test_telling_apart_keeps_its_level() -> None:
    rng = np.random.default_rng(14)
    wrong = 0
    for _ in range(200):
        p = {}
        events = {name: rng.random(120) < 0.3 for name in "abcd"}
        for pair in itertools.combinations("abcd", 2):
            p[pair] = mcnemar(events[pair[0]], events[pair[1]])
        wrong += bool(holm(p))
    assert wrong / 200 < 0.07


def test_causes_are_shares_of_attacks() -> None:
    rows = blank(4, why_not_stopped_reneged=[2, 1, 0, 0], why_not_stopped_held=[0, 0, 1, 0])
    found = causes(sample(rows, "none", HORIZON))
    assert list(found) == ["reneged", "held"]
    assert found["reneged"].estimate == pytest.approx(0.75)
    assert causes(sample(blank(4), "none", HORIZON)) == {}


def test_findings_hold_together() -> None:
    f = findings(50)
    assert set(f.estimates) == set(f.frameworks)
    assert set(f.differences) == set(f.twins) == set(f.others)
    one, other = f.contrast("tripwire", "none"), f.contrast("none", "tripwire")
    assert one == f.differences["tripwire"]
    assert one["p_war"].estimate == -(other["p_war"].estimate or 0.0)
    assert list(f.as_dict()) == ["scenario", "n", "seed", "engine", "frameworks"]
    assert set(f.as_dict()["frameworks"]["none"]["p_war"]) == {"estimate", "low", "high"}


def test_analysis_imports_no_engine() -> None:
    code = "import sys, deter.analysis.findings; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    # The layout of a row is shared; nothing that runs is.
    engine = [name for name in imported if name.startswith("deter.engine.")]
    assert engine == ["deter.engine.outcome"]
    assert not {"numba", "simpy"} & set(imported)


def test_frame_is_pandas() -> None:
    assert isinstance(frame(2), pd.DataFrame)


def test_values_that_all_agree_have_an_interval_too() -> None:
    """Of twenty histories with a count of 1 or, one in twenty, 2, a third show no 2."""
    rng = np.random.default_rng(7)
    hits = np.zeros(2)
    for _ in range(400):
        counts = np.where(rng.random(20) < 0.05, 2.0, 1.0)
        hits += [
            covers(rate(counts, np.ones(20)), 1.05),
            covers(bounded_mean(counts, 0.0, 4.0), 1.05),
        ]
    assert (hits / 400 > 0.93).all(), hits / 400
    assert rate(np.ones(2), np.ones(2)).high != 1.0
    assert bounded_mean(np.full(3, 0.5), 0.0, 1.0).low != 0.5
