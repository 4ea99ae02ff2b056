"""Evidence for scenario discovery: planted boxes are found, and in noise nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc
from tests.test_sensitivity import holds, seen, shown

from deter.analysis.discover import discover
from deter.errors import DeterError
from deter.presentation.analyses import box_words


def drawn(n: int, seed: int, numbers: int = 6) -> pd.DataFrame:
    x = qmc.LatinHypercube(numbers, seed=seed).random(n)
    cases = pd.DataFrame(x, columns=[f"x{k}" for k in range(numbers)])
    rng = np.random.default_rng(seed + 1000)
    cases["word"] = rng.choice(["a", "b", "c", "d"], n)
    cases["level"] = rng.integers(0, 5, n)
    return cases


def kept(box):
    return {one.factor: one for one in box.restrictions}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_box_is_found(seed: int) -> None:
    cases = drawn(2000, seed)
    inside = (cases.x0 > 0.6) & (cases.x1 < 0.5) & cases.word.isin(["a", "b"])
    rng = np.random.default_rng(seed + 2000)  # not the seed of the design
    y = rng.random(2000) < np.where(inside, 0.9, 0.1)
    found = discover(cases, y, list(cases.columns))
    assert len(found.boxes) == 1
    box = found.boxes[0]
    assert set(kept(box)) == {"x0", "x1", "word"}
    assert kept(box)["x0"].low == pytest.approx(0.6, abs=0.03)
    assert kept(box)["x0"].high is None
    assert kept(box)["x1"].high == pytest.approx(0.5, abs=0.03)
    assert kept(box)["word"].words == ("a", "b")
    assert all(one.quasi_p < 0.001 for one in box.restrictions)
    mass = float(inside.mean())
    coverage = 0.9 * mass / (0.9 * mass + 0.1 * (1 - mass))
    assert box.density.estimate == pytest.approx(0.9, abs=0.08)
    assert box.coverage.estimate == pytest.approx(coverage, abs=0.08)
    assert seen(box.density.low) < seen(box.density.estimate) < seen(box.density.high)
    assert box.p < 0.001
    text = shown(found)
    assert "Fails where" in text
    assert "word is a or b" in box_words(box)
    assert box.path[0].mass == box.path[0].coverage == 1.0
    assert all(a.mass > b.mass for a, b in zip(box.path, box.path[1:], strict=False))


def test_two_boxes_and_shares_of_histories() -> None:
    cases = drawn(2000, 4)
    first = (cases.x0 > 0.7) & (cases.level >= 3)
    second = (cases.x2 < 0.25) & (cases.x3 > 0.5)
    p = np.where(first, 0.8, np.where(second, 0.6, 0.05))
    hits = np.random.default_rng(5).binomial(50, p)
    found = discover(cases, hits, list(cases.columns), np.full(2000, 50), failure="full attack")
    one, other = found.boxes
    assert kept(one)["level"].low == 3
    assert kept(one)["x0"].low == pytest.approx(0.7, abs=0.02)
    assert kept(other)["x2"].high == pytest.approx(0.25, abs=0.02)
    assert kept(other)["x3"].low == pytest.approx(0.5, abs=0.02)
    assert holds(one.density, 0.8)
    assert "Of what is left" in shown(found)
    assert "full attack" in found.what


def test_a_further_box_holds_more_failures_than_there_are_over_all() -> None:
    """Where all but a tenth fails, what is left over has its own worst corner; it is no answer."""
    cases = drawn(2000, 6)
    rest = np.where(cases.x1 > 0.5, 0.3, 0.05)
    y = np.random.default_rng(7).random(2000) < np.where(cases.x0 > 0.4, 0.9, rest)
    (only,) = discover(cases, y, list(cases.columns)).boxes
    assert set(kept(only)) == {"x0"}


def test_two_sides_of_one_factor_are_recovered() -> None:
    cases = drawn(3000, 6)
    inside = (cases.x4 > 0.3) & (cases.x4 < 0.55)
    y = np.random.default_rng(7).random(3000) < np.where(inside, 0.7, 0.1)
    (box,) = discover(cases, y, list(cases.columns)).boxes
    assert set(kept(box)) == {"x4"}
    assert kept(box)["x4"].low == pytest.approx(0.3, abs=0.03)
    assert kept(box)["x4"].high == pytest.approx(0.55, abs=0.03)


def test_in_noise_nothing_is_found() -> None:
    found = 0
    for seed in range(15):
        cases = drawn(300, seed)
        y = np.random.default_rng(seed + 99).random(300) < 0.2
        result = discover(cases, y, list(cases.columns), seed=seed + 1)
        found += bool(result.boxes)
    assert found <= 1
    assert "Nothing is found" in shown(result) or result.boxes


def test_what_is_told_was_not_used_for_the_search() -> None:
    """Density of the half that is held out is unbiased; that of the search flatters itself."""
    gaps, flattered = [], []
    for seed in range(12):
        cases = drawn(400, seed)
        inside = cases.x0 > 0.7
        y = np.random.default_rng(seed + 50).random(400) < np.where(inside, 0.6, 0.2)
        result = discover(cases, y, list(cases.columns), seed=seed + 1)
        for box in result.boxes[:1]:
            low = kept(box)["x0"].low if "x0" in kept(box) else None
            if low is None or len(box.restrictions) > 1:
                continue
            truth = 0.6 if low >= 0.7 else (0.6 * 0.3 + 0.2 * (0.7 - low)) / (1 - low)
            density = seen(box.density.estimate)
            gaps.append(density - truth)
            flattered.append(box.path[box.taken].density - density)
    assert len(gaps) >= 6
    assert abs(np.mean(gaps)) < 0.06
    assert np.mean(flattered) > 0


def test_a_density_may_be_asked_for() -> None:
    cases = drawn(1000, 8)
    y = np.random.default_rng(9).random(1000) < np.where(cases.x0 > 0.5, 0.8, 0.1)
    (box, *_) = discover(cases, y, ["x0", "x1"], least_density=0.6).boxes
    assert box.path[box.taken].density >= 0.6
    assert box.path[box.taken - 1].density < 0.6


def test_all_or_nothing_has_no_box() -> None:
    cases = drawn(100, 10)
    for y in (np.zeros(100), np.ones(100)):
        found = discover(cases, y, list(cases.columns))
        assert found.boxes == ()
        shown(found)


def test_bad_input_is_said() -> None:
    cases = drawn(100, 11)
    y = np.zeros(100)
    with pytest.raises(DeterError, match="no column speed"):
        discover(cases, y, ["speed"])
    with pytest.raises(DeterError, match="between 0 and the histories"):
        discover(cases, y + 2, ["x0"])
    with pytest.raises(DeterError, match="too few"):
        discover(cases[:20], y[:20], ["x0"])
    with pytest.raises(DeterError, match="as many outcomes"):
        discover(cases, y[:20], ["x0"])
    y[:3] = np.nan
    assert discover(cases, y, ["x0"]).dropped == 3
