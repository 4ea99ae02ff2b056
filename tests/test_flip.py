"""Evidence for crossings: planted roots, simulated coverage, and games whose crossing is known."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.worlds import merged, pact, world

from deter.analysis.contrasts import proportion_difference
from deter.analysis.crossing import Search, search
from deter.analysis.estimates import Estimate
from deter.analysis.measures import PER_FRAMEWORK
from deter.analysis.rows import Floats, sample
from deter.analysis.valued import valued
from deter.errors import InputError
from deter.experiments.pairs import amendments, dial
from deter.presentation.replays import flip_dict, flip_view, words_of_flip
from deter.replays.flip import find_flip
from deter.spec.loading import load_scenario


def band(middle: Callable[[float], float], half: float) -> Callable[[float], Estimate]:
    """A difference with a band of one width everywhere."""
    return lambda x: Estimate(middle(x), middle(x) - half, middle(x) + half, 100)


def only(found: Search) -> Estimate:
    (crossing,) = found.crossings
    return crossing.at


# ------------------------------------------------------------------------------ planted roots


def test_a_planted_root_is_found_with_the_band_inverted() -> None:
    found = search(band(lambda x: 0.5 * (x - 3.3), 0.25), 0, 10)
    at = only(found)
    assert found.verdict == "crosses"
    assert at.estimate == pytest.approx(3.3, abs=1e-9)  # a line is met exactly by the secant
    assert at.low == pytest.approx(2.8, abs=10 / 256)
    assert at.high == pytest.approx(3.8, abs=10 / 256)
    assert at.low is not None
    assert at.low <= 2.8  # the last value told apart: outside the interval, never inside
    assert found.crossings[0].before == -1


def test_a_jump_is_found_to_the_tolerance() -> None:
    found = search(band(lambda x: 1.0 if x < 7.123 else -1.0, 0.1), 0, 10)
    at = only(found)
    assert at.low is not None
    assert at.high is not None
    assert at.low < 7.123 <= at.high
    assert at.high - at.low <= 10 / 256 + 1e-12
    assert found.crossings[0].before == 1


def test_a_plateau_of_no_difference_is_met_in_its_middle() -> None:
    found = search(band(lambda x: max(x - 6, 0) + min(x - 2, 0), 0.001), 0, 10)
    assert only(found).estimate == pytest.approx(4.0, abs=10 / 256)


def test_two_roots_are_both_found() -> None:
    found = search(band(lambda x: (x - 2) * (x - 8), 1.0), 0, 10)
    assert [c.at.estimate for c in found.crossings] == pytest.approx([2, 8], abs=0.02)
    assert [c.before for c in found.crossings] == [1, -1]


def test_no_crossing_says_by_how_much_at_least() -> None:
    found = search(band(lambda x: -(2 + x), 0.5), 0, 10)
    assert found.verdict == "apart"
    assert found.crossings == ()
    assert found.least.estimate == -2
    assert found.margin == 1.5


def test_nothing_told_apart_anywhere() -> None:
    found = search(band(lambda x: 0.1 * (x - 5), 1.0), 0, 10)
    assert found.verdict == "alike"
    assert found.crossings == ()
    assert len(found.points) == 9  # nothing to refine


def test_a_root_whose_interval_has_no_end_in_the_range() -> None:
    found = search(band(lambda x: x - 9.5, 1.0), 0, 10)
    at = only(found)
    assert found.verdict == "perhaps"
    assert at.estimate == pytest.approx(9.5, abs=1e-9)
    assert at.low == pytest.approx(8.5, abs=10 / 256)
    assert at.high is None
    assert not found.crossings[0].sure


def test_a_dip_to_nothing_is_no_crossing() -> None:
    found = search(band(lambda x: (x - 5) ** 2, 2.0), 0, 10)
    assert (found.verdict, found.crossings) == ("partly", ())
    assert [s.sign for s in found.stretches] == [1, 0, 1]


def test_stretches_cover_the_range() -> None:
    found = search(band(math.sin, 0.3), 0, 10)
    assert found.stretches[0].low == 0
    assert found.stretches[-1].high == 10
    ends = [s.high for s in found.stretches[:-1]]
    assert ends == [s.low for s in found.stretches[1:]]
    roots = [c.at.estimate for c in found.crossings]
    assert roots == pytest.approx([math.pi, 2 * math.pi, 3 * math.pi], abs=0.02)


def test_whole_numbers_only() -> None:
    asked: list[float] = []

    def difference(x: float) -> Estimate:
        asked.append(x)
        return band(lambda y: 4.5 - y, 0.2)(x)

    found = search(difference, 1, 23, whole=True)
    assert all(x == round(x) for x in asked)
    assert len(asked) == len(set(asked))
    at = only(found)
    assert (at.low, at.estimate, at.high) == (4, 5, 5)


def test_a_range_that_is_none_is_refused() -> None:
    for low, high, more in ((3, 3, {}), (0, 1, {"grid": 1}), (0, 1, {"tolerance": 0})):
        with pytest.raises(ValueError, match="no search"):
            search(band(lambda x: x, 1.0), low, high, **more)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no search"):
        search(band(lambda x: x, 1.0), 1.2, 2.9, whole=True)


def test_the_interval_covers_the_root() -> None:
    """Pairs with common luck: P(here) falls in x, P(there) stays; they meet at x = 0.6."""
    rng = np.random.default_rng(20)
    n, hits, rounds = 400, 0, 400
    for _ in range(rounds):
        luck, own = rng.random(n), rng.normal(0, 0.15, n)

        def difference(x: float, luck: Floats = luck, own: Floats = own) -> Estimate:
            here = luck + own < 0.55 - 0.5 * x
            return proportion_difference(here, luck + own[::-1] < 0.55 - 0.5 * 0.6)

        found = search(difference, 0.0, 1.0)
        for c in found.crossings:
            low = -math.inf if c.at.low is None else c.at.low
            high = math.inf if c.at.high is None else c.at.high
            hits += low <= 0.6 <= high
        hits += found.verdict == "alike"
    assert hits / rounds >= 0.93  # 0.95 less two standard errors of 400 rounds


# ------------------------------------------------------------------------------ measures, paths


def table() -> object:
    from tests.synthetic import frame

    return frame(300, strengths={"none": 0.0, "strong": 0.6})


def test_numbers_of_a_measure_have_its_mean() -> None:
    rows = table()
    s = sample(rows, "strong", 10.0)  # type: ignore[arg-type]
    named = {m.name: m for m in PER_FRAMEWORK}
    for name in ("p_full_attack", "p_force_within_1y", "ground_lost", "attack_free_years"):
        v = valued(name, 10.0)
        values = v.values(s.rows, "strong", 10.0, 300)
        wanted = named[name].estimate(s)
        assert v.mean(values).estimate == pytest.approx(wanted.estimate)
        assert v.unit == wanted.unit
        other = sample(s.rows, "none", 10.0)
        gap = v.difference(values, v.values(s.rows, "none", 10.0, 300))
        assert gap.estimate == pytest.approx(named[name].difference(s, other).estimate, abs=1e-12)


def test_failed_replications_are_left_out_of_pairs() -> None:
    v = valued("p_war", 10.0)
    gap = v.difference(np.array([1.0, np.nan, 1.0]), np.array([0.0, 1.0, 1.0]))
    assert (gap.estimate, gap.n) == (0.5, 2)
    assert v.mean(np.array([1.0, np.nan])).n == 1


@pytest.mark.parametrize("name", ["honoured_share", "end_state", "nonsense", "framework"])
def test_a_measure_that_is_no_mean_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="p_full_attack"):
        valued(name)


def file_of(tmp_path: Path, raw: object, name: str = "s") -> Path:
    path = tmp_path / f"{name}.yaml"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


FORCE = {
    "id": "pact",
    "obligation": "all_means",
    "binding": "ratified_treaty",
    "decision": {"rule": "coalition", "k": 2},
    "activation": {"ratified": True},
    "presence": [
        {"guarantor": "AA", "troops": 1000},
        {"guarantor": "BB", "troops": 3000},
    ],
}


def test_dials(tmp_path: Path) -> None:
    case = load_scenario(file_of(tmp_path, world(framework={"layers": [FORCE]})))
    total = dial(case, "framework.layers.pact.presence.*.troops")
    assert (total.now, total.unit, total.whole) == (4000, "troops", False)
    assert total.at(8000) == {
        "framework.layers.0.presence.0.troops": 2000,
        "framework.layers.0.presence.1.troops": 6000,
    }
    assert total.turned(case, 8000).framework.layers[0].presence[1].troops.value == 6000
    k = dial(case, "framework.layers.0.decision.k")
    assert (k.now, k.whole) == (2, True)
    assert k.turned(case, 3.0).framework.layers[0].decision.k == 3
    absent = dial(case, "framework.layers.0.deadlines.decide")
    assert (absent.now, absent.unit) == (None, "d")
    assert dial(case, "guarantors.AA.economic_weight").now == 12000


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("framework.layers.0.binding", "no number"),
        ("framework.layers.3.hostility", "no item"),
        ("framework.layers.0.nothing", "no key"),
        ("guarantors.ZZ.resolve", "there is no"),
        ("horizon.days", "holds no"),
        ("framework.layers.0.automatic", "no number"),
    ],
)
def test_a_path_that_holds_no_number_is_refused(tmp_path: Path, path: str, said: str) -> None:
    case = load_scenario(file_of(tmp_path, world(framework={"layers": [FORCE]})))
    with pytest.raises(InputError, match=said):
        dial(case, path)


def test_amendments_are_read() -> None:
    one, other = amendments(["a.b=1; c=x", "d=2"])
    assert one.settings == ("a.b=1", "c=x")
    assert (other.name, other.settings) == ("d=2", ("d=2",))


# ------------------------------------------------------------------------------ whole games


def covered(name: str, threshold: float) -> dict[str, object]:
    return {
        "title": name,
        "layers": [pact(trigger={"threshold": threshold, "ambiguity": 0}, peacetime={"arms": 0})],
    }


RIVALS = merged(
    world(
        horizon=10,
        challenger={"strategy": "logit", "forces": 100, "motive_mean": 0.9},
        protege={"forces": 90},
    ),
    {"begins": {"state": "peace"}},
)


@pytest.fixture
def rivals(tmp_path: Path) -> tuple[Path, str, str]:
    """Two pacts that differ only in the severity from which they bind: 0.9, and 0.2."""
    late = file_of(tmp_path, covered("late", 0.9), "late")
    early = file_of(tmp_path, covered("early", 0.2), "early")
    return file_of(tmp_path, RIVALS), str(late), str(early)


def test_a_framework_never_swaps_places_with_itself(rivals: tuple[Path, str, str]) -> None:
    scenario, late, _ = rivals
    found = find_flip(
        scenario, late, late, "protege.forces", 60, 140, n=60, grid=5, measure="p_limited_attack"
    )
    assert found.verdict == "alike"
    assert all(d.estimate == 0 for d in found.search.points.values())
    assert "cannot be told apart" in words_of_flip(found)


def test_turned_to_the_others_value_the_two_are_one(rivals: tuple[Path, str, str]) -> None:
    """With its threshold at the other's, a pact is the other: the difference is 0 exactly."""
    scenario, late, early = rivals
    found = find_flip(
        scenario,
        late,
        early,
        "framework.layers.0.trigger.threshold",
        0.2,
        1.0,
        n=300,
        grid=5,
        measure="n_limited_attacks",
    )
    assert found.now == {"late": 0.9}
    assert found.unit == "severity"
    assert found.search.points[0.2].estimate == 0
    highest = found.search.points[1.0].estimate
    assert highest is not None
    assert highest > 0  # what does not bind does not deter
    assert found.n == 300


def test_sides_may_be_changed(rivals: tuple[Path, str, str]) -> None:
    """Turning b's clause is turning a's with the frameworks the other way round."""
    scenario, late, early = rivals
    path = "framework.layers.0.trigger.threshold"
    one = find_flip(scenario, late, early, path, 0.3, 1, n=80, grid=3, tolerance=0.5)
    other = find_flip(scenario, early, late, path, 0.3, 1, n=80, grid=3, tolerance=0.5, on="b")
    assert one.now == other.now == {"late": 0.9}
    assert len(one.search.points) >= 3
    for x, d in one.search.points.items():
        e = other.search.points[x]
        assert d.estimate == -(e.estimate or 0.0)
        assert d.low == pytest.approx(-(e.high or 0.0))


def test_flip_is_told_and_written(rivals: tuple[Path, str, str]) -> None:
    from rich.console import Console

    scenario, late, early = rivals
    found = find_flip(scenario, late, early, "protege.forces", 60, 140, n=60, grid=3)
    document = flip_dict(found)
    json.dumps(document, allow_nan=False)
    assert document["n"] == 60
    assert document["points"][0]["x"] == 60
    console = Console(record=True, width=100)
    console.print(flip_view(found))
    text = console.export_text()
    assert "n = 60" in text
    assert "not a forecast" in text


def test_bad_requests_are_refused(rivals: tuple[Path, str, str]) -> None:
    scenario, late, early = rivals
    with pytest.raises(InputError, match="smaller number first"):
        find_flip(scenario, late, early, "protege.forces", 140, 60, n=10)
    with pytest.raises(InputError) as raised:
        find_flip(scenario, late, early, "protege.forces", 0, math.inf, grid=1, tolerance=0)
    assert [fault.file for fault in raised.value.faults] == ["--range", "--grid", "--tolerance"]
    with pytest.raises(InputError, match="both frameworks share"):
        find_flip(scenario, late, early, "protege.forces", 60, 140, n=10, on="a")
    with pytest.raises(InputError, match="threshold"):
        find_flip(scenario, late, early, "framework.layers.0.trigger.threshold", 0, 3, n=10)
    with pytest.raises(InputError, match="turn a clause"):
        find_flip(
            scenario, late, early, "protege.forces", 60, 90, overrides=["framework.hostility=1"]
        )
