"""Evidence for sensitivity: functions with known indices, planted levers, variances made up."""

from __future__ import annotations

import io
import itertools
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from SALib.analyze import morris as salib_morris
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami, Sobol_G

from deter.analysis.estimates import Estimate
from deter.analysis.levers import levers
from deter.analysis.morris import morris
from deter.analysis.sensitivity import saltelli_size, sobol
from deter.analysis.variance import split_table
from deter.errors import DeterError
from deter.presentation.analyses import as_dict, tables, words

ISHIGAMI: dict[str, Any] = {
    "num_vars": 3,
    "names": ["x1", "x2", "x3"],
    "bounds": [[-math.pi, math.pi]] * 3,
}
G: dict[str, Any] = {
    "num_vars": 8,
    "names": [f"x{k}" for k in range(8)],
    "bounds": [[0.0, 1.0]] * 8,
}
A = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def own(names):
    return {name: [name] for name in names}


def seen(value: float | None) -> float:
    assert value is not None
    return value


def holds(e: Estimate | None, truth: float) -> bool:
    assert e is not None
    return seen(e.low) <= truth <= seen(e.high)


def shown(result) -> str:
    """Print a result, and make sure that it is plain data too."""
    json.dumps(as_dict(result), allow_nan=False)
    assert words(result)
    page = io.StringIO()
    Console(width=400, file=page).print(tables(result))
    return page.getvalue()


def saltelli(problem, n, *, second, seed=5):
    x = sobol_sample.sample(problem, n, calc_second_order=second, seed=seed)
    return pd.DataFrame(x, columns=problem["names"]), x


# ------------------------------------------------------------------------------ Sobol's indices


def ishigami_truth(a=7.0, b=0.1):
    one = 0.5 * (1 + b * math.pi**4 / 5) ** 2
    two, both = a * a / 8, b * b * math.pi**8 * (1 / 18 - 1 / 50)
    total = one + two + both
    first = {"x1": one / total, "x2": two / total, "x3": 0.0}
    return first, {"x1": (one + both) / total, "x2": two / total, "x3": both / total}


@pytest.mark.parametrize("second", [True, False])
def test_ishigami(second: bool) -> None:
    cases, x = saltelli(ISHIGAMI, 1024, second=second)
    found = sobol(cases, Ishigami.evaluate(x), own(ISHIGAMI["names"]))
    first, total = ishigami_truth()
    for one in found.indices:
        assert one.first.estimate == pytest.approx(first[one.factor], abs=0.03)
        assert one.total.estimate == pytest.approx(total[one.factor], abs=0.03)
        assert holds(one.first, first[one.factor])
        assert holds(one.total, total[one.factor])
    assert [one.factor for one in found.indices] == ["x1", "x2", "x3"]
    assert bool(found.second) == second
    if second:
        assert found.second["x1", "x3"].estimate == pytest.approx(total["x3"], abs=0.04)
        assert found.second["x1", "x2"].estimate == pytest.approx(0.0, abs=0.04)
    assert found.variance == pytest.approx(13.845, rel=0.03)
    assert "x1 has the largest estimate" in shown(found)
    assert "x2 cannot be told to have less" in shown(found)


def test_sobol_g() -> None:
    cases, x = saltelli(G, 1024, second=False)
    found = sobol(cases, Sobol_G.evaluate(x), own(G["names"]))
    first = dict(zip(G["names"], Sobol_G.sensitivity_index(A), strict=True))
    total = dict(zip(G["names"], Sobol_G.total_sensitivity_index(A), strict=True))
    for one in found.indices:
        assert one.first.estimate == pytest.approx(first[one.factor], abs=0.02)
        assert one.total.estimate == pytest.approx(total[one.factor], abs=0.02)
        assert holds(one.total, total[one.factor])


def test_intervals_cover() -> None:
    first, _ = ishigami_truth()
    hits = 0
    for seed in range(40):
        x = sobol_sample.sample(ISHIGAMI, 256, calc_second_order=False, seed=seed + 1)
        cases = pd.DataFrame(x, columns=ISHIGAMI["names"])
        y = Ishigami.evaluate(x)
        found = sobol(cases, y, own(ISHIGAMI["names"]), seed=seed + 1, resamples=200)
        hits += sum(holds(one.first, first[one.factor]) for one in found.indices)
    assert hits / 120 > 0.92


def test_a_joint_sample_is_one_factor() -> None:
    problem: dict[str, Any] = {"num_vars": 3, "names": ["p", "q", "r"], "bounds": [[0.0, 1.0]] * 3}
    grouped = problem | {"groups": ["posterior", "posterior", "r"]}
    cases, x = saltelli(grouped, 512, second=False)
    assert len(cases) == 512 * 4
    y = x[:, 0] * x[:, 1] + 0.5 * x[:, 2]
    found = sobol(cases, y, {"posterior": ["p", "q"], "r": ["r"]})
    joint, alone = 7 / 144, 0.25 / 12
    of = {one.factor: one for one in found.indices}
    assert of["posterior"].first.estimate == pytest.approx(joint / (joint + alone), abs=0.03)
    assert of["r"].total.estimate == pytest.approx(alone / (joint + alone), abs=0.03)


def test_same_seed_same_intervals_and_zero_is_no_seed() -> None:
    cases, x = saltelli(ISHIGAMI, 64, second=False)
    y = Ishigami.evaluate(x)
    one, same, other = (sobol(cases, y, own(ISHIGAMI["names"]), seed=s) for s in (3, 3, 4))
    assert one == same
    assert one != other
    with pytest.raises(DeterError, match="at least 1, not 0"):
        sobol(cases, y, own(ISHIGAMI["names"]), seed=0)


def test_rows_without_an_outcome_go_whole() -> None:
    cases, x = saltelli(ISHIGAMI, 256, second=False)
    y = Ishigami.evaluate(x)
    y[[7, 8, 100]] = np.nan  # cases 7 and 8 are of base row 1, 100 of row 20
    found = sobol(cases, y, own(ISHIGAMI["names"]))
    assert (found.rows, found.dropped) == (254, 2)
    kept = np.delete(np.arange(len(y)), [*range(5, 10), *range(100, 105)])
    without = sobol(cases.iloc[kept], y[kept], own(ISHIGAMI["names"]))
    assert found.indices[0].first.estimate == without.indices[0].first.estimate
    assert "2 base rows left out" in shown(found)
    y[::5] = np.nan
    with pytest.raises(DeterError, match="256 of 256 base rows"):
        sobol(cases, y, own(ISHIGAMI["names"]))


def test_only_a_saltelli_table_is_taken() -> None:
    cases, x = saltelli(ISHIGAMI, 64, second=True)
    assert saltelli_size(cases, own(ISHIGAMI["names"])) == (8, True)
    y = Ishigami.evaluate(x)
    for wrong in (own(["x1", "x2"]), own(["x2", "x1", "x3"])):
        with pytest.raises(DeterError, match="not a Saltelli design"):
            sobol(cases, y, wrong)
    with pytest.raises(DeterError, match="not a Saltelli design"):
        sobol(cases.iloc[::-1], y, own(ISHIGAMI["names"]))
    with pytest.raises(DeterError, match="no column x4"):
        sobol(cases, y, own(["x1", "x4"]))
    with pytest.raises(DeterError, match="as many outcomes"):
        sobol(cases, y[:-1], own(ISHIGAMI["names"]))


def test_an_outcome_that_does_not_vary_has_no_indices() -> None:
    cases, x = saltelli(ISHIGAMI, 64, second=False)
    found = sobol(cases, np.full(len(x), 0.25), own(ISHIGAMI["names"]))
    assert all(one.total.estimate is None for one in found.indices)
    assert "nothing matters" in shown(found)


# ------------------------------------------------------------------------------ Morris


def test_morris_is_salibs() -> None:
    x = morris_sample.sample(G, 60, num_levels=6, seed=5)
    cases, y = pd.DataFrame(x, columns=G["names"]), Sobol_G.evaluate(x)
    found = morris(cases, y, own(G["names"]), 6, unit="d")
    wanted = salib_morris.analyze(G, x, y, num_levels=6, seed=1).to_df()
    for one in found.factors:
        row = wanted.loc[one.factor]
        assert one.mu_star.estimate == pytest.approx(row["mu_star"])
        assert one.mu.estimate == pytest.approx(row["mu"])
        assert one.sigma.estimate == pytest.approx(row["sigma"])
        half = (seen(one.mu_star.high) - seen(one.mu_star.low)) / 2
        assert half == pytest.approx(row["mu_star_conf"], rel=0.25)
    assert [one.factor for one in found.factors[:4]] == ["x0", "x1", "x2", "x3"]
    assert "x0 moves the outcome most" in shown(found)


def test_morris_of_a_line_is_its_slope() -> None:
    problem: dict[str, Any] = {
        "num_vars": 3,
        "names": ["a", "b", "c"],
        "bounds": [[0.0, 1.0], [10, 30], [0, 1]],
    }
    x = morris_sample.sample(problem, 20, num_levels=4, seed=2)
    cases = pd.DataFrame(x, columns=problem["names"])
    found = morris(cases, 3 * x[:, 0] - 0.1 * x[:, 1], own(problem["names"]))
    of = {one.factor: one for one in found.factors}
    assert of["a"].mu.estimate == pytest.approx(3.0)
    assert of["b"].mu.estimate == pytest.approx(-2.0)  # over the whole range, 20 wide
    assert of["b"].mu_star.estimate == pytest.approx(2.0)
    assert of["a"].sigma.estimate == pytest.approx(0.0, abs=1e-9)
    assert of["c"].mu_star.estimate == pytest.approx(0.0)


def test_morris_joint_words_and_wrong_tables() -> None:
    grouped: dict[str, Any] = {
        "num_vars": 3,
        "names": ["p", "q", "r"],
        "bounds": [[0.0, 1.0]] * 3,
        "groups": ["posterior", "posterior", "r"],
    }
    x = morris_sample.sample(grouped, 30, num_levels=4, seed=2)
    cases = pd.DataFrame(x, columns=["p", "q", "r"])
    found = morris(cases, x[:, 0] + 5 * x[:, 2], {"r": ["r"], "posterior": ["p", "q"]})
    of = {one.factor: one for one in found.factors}
    assert of["posterior"].mu_star.estimate == pytest.approx(1.0)
    assert of["posterior"].mu.estimate is None
    assert of["r"].mu.estimate == pytest.approx(5.0)
    shown(found)
    with pytest.raises(DeterError, match="moves two factors at once"):
        morris(cases, x[:, 0], own(["p", "q"]))
    with pytest.raises(DeterError, match="takes 4 values"):
        morris(cases, x[:, 0], {"r": ["r"], "posterior": ["p", "q"]}, 2)
    with pytest.raises(DeterError, match="even number"):
        morris(cases, x[:, 0], {"r": ["r"], "posterior": ["p", "q"]}, 5)


# ------------------------------------------------------------------------------ levers


CELLS = list(itertools.product([0, 1], ["a", "b", "c"], [False, True]))
GRID = pd.DataFrame(CELLS, columns=["p", "q", "r"])


def grid_values(rng: np.random.Generator, n: int, noise: float = 2.0) -> np.ndarray:
    mean = np.array([1.0 * p + 0.5 * (q == "c") + 1.0 * p * r for p, q, r in CELLS])[:, None]
    return mean + rng.normal(0, noise, (1, n)) + rng.normal(0, noise, (12, n))


def test_levers_of_a_grid_cover() -> None:
    rng = np.random.default_rng(1)
    main = {"p": 0.5625, "q": 0.25 * 2 / 9, "r": 0.0625}
    both = 0.0625
    total = sum(main.values()) + both
    shapley = {"p": main["p"] + both / 2, "q": main["q"], "r": main["r"] + both / 2}
    effects = {"p": 1.5, "r": 0.5}
    hits = np.zeros(4)
    for _ in range(100):
        found = levers(GRID, grid_values(rng, 200), ["p", "q", "r"], span=20.0)
        assert found.design == "grid"
        for share in found.shares:
            hits[0] += holds(share.main, main[share.lever] / total) / 3
            hits[1] += holds(share.shapley, shapley[share.lever] / total) / 3
        hits[2] += holds(found.interactions, both / total)
        of = {(e.lever, e.level): e.effect for e in found.effects}
        hits[3] += (holds(of["p", 1], effects["p"]) + holds(of["r", True], effects["r"])) / 2
    assert (hits / 100 > 0.88).all(), hits
    assert sum(seen(share.shapley.estimate) for share in found.shares) == pytest.approx(
        1.0, abs=0.02
    )
    assert "p moves the outcome most" in shown(found)


def test_chance_alone_has_no_shares() -> None:
    rng = np.random.default_rng(2)
    with_shares = 0
    for _ in range(60):
        luck = rng.random((1, 100)) < 0.3
        own_luck = rng.random((12, 100)) < 0.1
        found = levers(GRID, (luck ^ own_luck).astype(float), ["p", "q", "r"])
        with_shares += bool(found.shares)
    assert with_shares <= 6


def test_levers_one_at_a_time() -> None:
    cases = pd.DataFrame({"p": [1, 0, 0, 0], "q": ["a", "a", "b", "c"]})
    rng = np.random.default_rng(3)
    luck = rng.random((1, 500))
    y = (luck < np.array([[0.3], [0.3], [0.5], [0.1]])).astype(float)
    found = levers(cases, y, ["p", "q"])
    assert found.design == "one_at_a_time"
    of = {(e.lever, e.level): e.effect for e in found.effects}
    assert set(of) == {("p", 1), ("q", "b"), ("q", "c")}
    assert of["p", 1].estimate == 0.0
    assert seen(of["p", 1].low) < 0 < seen(of["p", 1].high)  # nothing seen, and still a width
    assert of["q", "b"].method == "Tango, paired"
    assert of["q", "b"].estimate == pytest.approx((luck < 0.5).mean() - (luck < 0.3).mean())
    text = shown(found)
    assert "Not told from no effect: p" in text
    assert "not known from this design" in text


def test_levers_refuse_other_designs_and_leave_failures_out() -> None:
    cases = pd.DataFrame({"p": [0, 1, 1], "q": [0, 1, 0]})
    y = np.zeros((3, 10))
    y[0, 3] = np.nan
    found = levers(cases, y, ["p", "q"])  # p=1, q=0 is the middle
    assert found.n == 9
    with pytest.raises(DeterError, match="no full grid"):
        levers(pd.DataFrame({"p": [0, 1, 2], "q": [0, 1, 2]}), y, ["p", "q"])
    with pytest.raises(DeterError, match="no replication"):
        levers(cases, np.full((3, 4), np.nan), ["p", "q"])


# ------------------------------------------------------------------------------ variance


def made_up(rng, cases=120, n=60):
    a, b, e = rng.normal(0, 0.7, (cases, 1)), rng.normal(0, 1, (1, n)), (cases, n)
    return a + b + rng.normal(0, 1.5, e)


def test_variance_is_split_under_shared_luck() -> None:
    rng = np.random.default_rng(4)
    total = 0.49 + 1 + 2.25
    noise = 2.25 / 60 / (0.49 + 2.25 / 60)
    hits = np.zeros(4)
    for _ in range(80):
        y = made_up(rng)
        found = split_table(y)
        hits[0] += holds(found.parameters, 0.49 / total)
        hits[1] += holds(found.chance, 1 - 0.49 / total)
        hits[2] += holds(found.common, 1 / total)
        hits[3] += holds(found.noise, noise)
    assert (hits / 80 > 0.88).all(), hits / 80
    assert "is chance within them" in shown(found)


def test_no_parameters_no_share() -> None:
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(100):
        y = (rng.random((50, 40)) < 0.3).astype(float)
        found = split_table(y)
        shares.append(seen(found.parameters.estimate))
        assert found.parameters.low == 0.0 or shares[-1] > 0
    assert np.mean(shares) < 0.01  # the naive share, of a variance of means, is 0.024


def test_blocks_failures_and_what_cannot_be_told() -> None:
    rng = np.random.default_rng(6)
    y = made_up(rng)
    y[3] = np.nan
    y[4, 5:] = np.nan
    found = split_table(y, blocks=np.arange(120) // 5)
    assert found.cases == 119
    assert found.parameters.estimate == pytest.approx(0.49 / 3.74, abs=0.06)
    assert split_table(np.ones((1, 5))).parameters.estimate is None
    flat = split_table(np.full((10, 10), 0.5))
    assert flat.parameters.estimate is None
    shown(flat)
    with pytest.raises(DeterError, match="labels of blocks"):
        split_table(y, blocks=[1, 2])
    with pytest.raises(DeterError, match="two dimensions"):
        split_table(np.zeros(4))


def test_chance_is_said_with_the_indices() -> None:
    cases, x = saltelli(ISHIGAMI, 64, second=False)
    rng = np.random.default_rng(7)
    y = Ishigami.evaluate(x)[:, None] + rng.normal(0, 8, (len(x), 20))
    split = split_table(y, blocks=np.arange(len(x)) // 5)
    found = sobol(cases, y.mean(axis=1), own(ISHIGAMI["names"]), split=split)
    assert holds(found.chance, 64 / 20 / (64 / 20 + 13.845))
    assert "may be chance alone" in shown(found)
