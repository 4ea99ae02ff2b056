"""What more replications would bring; when a sweep stops is in ``test_stopping.py``."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.test_sensitivity import seen, shown

from deter.analysis.enough import for_difference, for_mean, for_probability
from deter.errors import DeterError


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
    for wrong in (0.0, -1.0, float("nan")):
        with pytest.raises(DeterError, match="half-width"):
            for_probability(np.zeros(5, dtype=bool), wrong)
