"""Components of variance of a crossed table: closed forms, planted components, coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, qmc
from tests.evidence import size

from deter.analysis.crossed import CHANCE, components, crossed
from deter.analysis.variance import split_table
from deter.errors import DeterError

PLANTED = {(0,): 4.0, (1,): 2.0, (2,): 1.0, (0, 1): 0.5, (0, 2): 0.25, (1, 2): 0.0, (0, 1, 2): 3.0}
"""Variances by the ways that are in an effect."""


def planted(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return a table whose effects are drawn with the planted variances."""
    table = np.zeros(shape)
    for ways, variance in PLANTED.items():
        sizes = [n if axis in ways else 1 for axis, n in enumerate(shape)]
        table = table + rng.normal(0, np.sqrt(variance), sizes)
    return table


def test_a_table_worked_by_hand():
    """Three rows by two columns; mean squares 16, 13.5 and 1.5 worked with pencil."""
    table = np.array([[1.0, 3.0], [2.0, 6.0], [6.0, 9.0]])
    # rows 2, 4, 7.5 about 4.5; columns 3 and 6; rests .5, -.5, 0 and the same negative
    found = components(table)
    rows, columns, rest = 2 * (6.25 + 0.25 + 9.0) / 2, 3 * (2.25 + 2.25), 2 * 0.5 / 2
    assert found[(0, 1)] == pytest.approx(rest)
    assert found[(0,)] == pytest.approx((rows - rest) / 2)
    assert found[(1,)] == pytest.approx((columns - rest) / 3)


def test_planted_components_come_back_on_average():
    rng, shape, many = np.random.default_rng(3), (7, 6, 5), 800
    drawn = [components(planted(rng, shape)) for _ in range(many)]
    for ways, truth in PLANTED.items():
        values = np.array([found[ways] for found in drawn])
        error = values.std(ddof=1) / np.sqrt(many)
        assert abs(values.mean() - truth) < 4 * error, (ways, values.mean(), error)


def test_two_ways_agree_with_the_split_of_a_sweep():
    rng = np.random.default_rng(5)
    table = sum(rng.normal(0, 1, shape) for shape in ((40, 1), (1, 30), (40, 30)))
    other = split_table(table)
    assert components(table)[(0,)] == pytest.approx(other.between)
    ours = crossed(table, ["cases"]).of_one["cases"]
    assert ours.estimate == pytest.approx(other.parameters.estimate, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    scale=st.floats(0.01, 100),
    shift=st.floats(-100, 100),
    shape=st.tuples(st.integers(3, 6), st.integers(3, 6), st.integers(3, 6)),
)
def test_shares_add_up_and_have_no_unit(
    seed: int, scale: float, shift: float, shape: tuple[int, int, int]
):
    table = planted(np.random.default_rng(seed), shape)
    found, other = (crossed(t, ["a", "b"]) for t in (table, scale * table + shift))
    for shares in (found.of_mean, found.of_one):
        known = [s.estimate for s in shares.values() if s.estimate is not None]
        if len(known) == len(shares) and all(0 < x < 1 for x in known):
            assert sum(known) == pytest.approx(1.0)
    for name, share in found.of_one.items():
        assert other.of_one[name].as_dict() == pytest.approx(share.as_dict(), abs=1e-6)


def test_a_factor_that_does_nothing_has_no_share_at_all():
    rng = np.random.default_rng(2)
    b, noise = rng.normal(0, 1, (1, 40, 1)), rng.normal(0, 1, (1, 40, 20))
    found = crossed(np.repeat(b + noise, 30, axis=0), ["a", "b"])
    assert found.told
    for name in ("a", "a x b"):
        for shares in (found.of_mean, found.of_one):
            assert shares[name].as_dict() == {"estimate": 0.0, "low": 0.0, "high": 0.0}


def test_chance_alone_is_not_split():
    flags = (np.random.default_rng(4).random((30, 20, 20)) < 0.3).astype(float)
    found = crossed(flags, ["a", "b"])
    assert not found.told
    assert found.of_mean["a"].estimate is None
    assert found.of_one[CHANCE].high == 1.0


def test_nothing_varies():
    found = crossed(np.ones((4, 4, 4)), ["a", "b"])
    assert found.mean.estimate == 1.0
    assert all(share.estimate is None for share in found.of_one.values())


def test_a_table_with_one_level_is_refused_or_unknown():
    with pytest.raises(DeterError, match="two levels"):
        components(np.ones((1, 4)))
    assert crossed(np.ones((1, 4, 4)), ["a", "b"]).mean.estimate is None


INPUTS = 60


def probabilities(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return probabilities in which one factor, another and both together have a part."""
    a, b = a[:, None], b[None, :]
    return np.asarray(norm.cdf(-0.6 + 0.5 * a + 0.35 * b + 0.15 * a * b))


def test_intervals_cover_shares_of_a_probability():
    """Yes and no under shared luck, one factor a Latin hypercube of many inputs."""
    rng = np.random.default_rng(11)
    whole = probabilities(rng.normal(0, 1, 2000), rng.normal(0, 1, 2000))
    by_a, by_b, total = whole.mean(axis=1).var(), whole.mean(axis=0).var(), whole.var()
    truth = {"a": by_a / total, "b": by_b / total, "a x b": 1 - (by_a + by_b) / total}
    weights = rng.dirichlet(np.full(INPUTS, 0.5)) ** 0.5
    covered, many = dict.fromkeys(truth, 0), 0
    for _ in range(size(50, 600)):
        inputs = norm.ppf(qmc.LatinHypercube(INPUTS, rng=rng).random(32))
        p = probabilities(inputs @ weights, rng.normal(0, 1, 24))[:, :, None]
        luck = np.sqrt(0.5) * (rng.normal(0, 1, (1, 1, 12)) + rng.normal(0, 1, (32, 24, 12)))
        found = crossed(norm.cdf(luck) < p, ["a", "b"])
        if not found.told:
            continue
        many += 1
        for name, share in truth.items():
            held = found.of_mean[name]
            covered[name] += held.low <= share <= held.high
    assert many > size(35, 400)
    for name, hits in covered.items():
        assert hits / many > size(86, 92) / 100, (name, hits, many)
