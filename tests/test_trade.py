"""Evidence for exchange rates: planted curves, a coin for itself, worlds that scale."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from tests.test_autopsy import DEFENDED
from tests.worlds import Raw, merged, pact

from deter.analysis.crossing import search
from deter.analysis.estimates import Estimate
from deter.analysis.exchange import PRICES, Price, price
from deter.errors import InputError
from deter.presentation.replays import exchange_dict, exchange_view
from deter.presentation.words import amount, value
from deter.replays.trade import exchange

# ------------------------------------------------------------------------------ planted curves


def planted(
    curve: Callable[[float], float],
    target: float,
    half: float = 0.02,
    now: float = 0.0,
    size: float | None = None,
) -> Price:
    def difference(x: float) -> Estimate:
        d = curve(x) - target
        return Estimate(d, d - half, d + half, 100)

    effect = Estimate(
        target - curve(now), target - curve(now) - half, target - curve(now) + half, 100
    )
    found = search(difference, 0, 100, known=[now])
    return price("c", (), Estimate(target, None, None, 100), effect, found, now, "troops", size)


def falling(x: float) -> float:
    return 0.5 - 0.004 * x


def test_a_price_is_the_amount_that_does_the_same() -> None:
    one = planted(falling, 0.3)
    assert one.known == "priced"
    assert one.worth.estimate == pytest.approx(50, abs=1e-6)
    assert one.worth.low == pytest.approx(45, abs=0.5)
    assert one.worth.high == pytest.approx(55, abs=0.5)
    assert one.told
    assert one.worth.unit == "troops"


def test_a_price_is_counted_from_what_is_in_force() -> None:
    assert planted(falling, 0.3, now=20).worth.estimate == pytest.approx(30, abs=1e-6)


def test_a_change_that_does_harm_has_a_price_below_nothing() -> None:
    assert planted(falling, 0.45, now=40).worth.estimate == pytest.approx(-27.5, abs=1e-6)


def test_a_rate_is_for_each_unit_of_the_change() -> None:
    one = planted(falling, 0.3, size=-5)
    assert one.rate.estimate == pytest.approx(-10, abs=1e-6)
    low, high = one.rate.low, one.rate.high
    assert low is not None
    assert high is not None
    assert low < -10 < high
    assert planted(falling, 0.3).rate.estimate is None


def test_what_the_range_does_not_hold_is_said() -> None:
    beyond = planted(falling, 0.01)
    assert (beyond.known, beyond.worth.estimate, beyond.worth.low) == ("beyond", None, 100)
    below = planted(falling, 0.6, now=20)
    assert (below.known, below.worth.high) == ("below", -20)
    least = planted(falling, 0.09)  # within the band of the end, which does not reach it
    assert least.known == "at least"
    assert least.worth.low == pytest.approx(97.5, abs=0.5)
    most = planted(falling, 0.51)
    assert most.known == "at most"
    assert most.worth.high == pytest.approx(2.5, abs=0.5)
    unended = planted(falling, 0.11)
    assert (unended.known, unended.worth.high) == ("open", None)
    assert unended.worth.estimate == pytest.approx(97.5, abs=1e-6)
    assert planted(lambda x: 0.5, 0.5).known == "unpriced"
    assert planted(lambda x: 0.5, 0.2).known == "unpriced"


def test_what_changes_nothing_is_worth_nothing() -> None:
    one = planted(lambda x: falling(min(max(x, 30), 60)), falling(30), half=0.01, now=20)
    assert one.effect.estimate == 0  # the middle of the plateau would be 15
    assert one.worth.estimate == 0
    assert (one.known, one.worth.low) == ("open", None)
    assert one.worth.high == pytest.approx(12.5, abs=0.5)


def test_of_several_amounts_the_nearest_is_taken() -> None:
    one = planted(lambda x: 0.5 - 0.0002 * x * (100 - x), 0.3, now=0)
    assert one.worth.estimate == pytest.approx(11.27, abs=0.2)
    assert one.others == 1


def test_all_prices_are_explained() -> None:
    assert set(PRICES) == {"priced", "open", "at least", "at most", "beyond", "below", "unpriced"}


def test_amounts_are_written_with_their_limits() -> None:
    assert amount(Estimate(12345, 9000, None, 10)) == "12,300 (9,000 to …)"
    assert amount(Estimate(None, 9000, None, 10), "troops") == "more than 9,000 troops"
    assert amount(Estimate(None, None, -3, 10)) == "less than -3"
    assert amount(Estimate(None, None, None, 10)) == "–"
    assert value(0.0000012) == "1.2e-06"


# ------------------------------------------------------------------------------ worlds


SCALED: Raw = merged(
    DEFENDED,
    {
        "challenger": {"forces": 120, "ceiling": 120, "regeneration": 0},
        "protege": {"forces": 60, "buildup": 0, "ceiling": 1000},
        "behaviour": {"contest_exponent": 1, "mobilisation": 0},
    },
)
"""A scripted invasion whose end depends on the ratio of forces alone."""


def file_of(tmp_path: Path, raw: Raw) -> Path:
    path = tmp_path / "world.yaml"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_a_coin_is_worth_itself(tmp_path: Path) -> None:
    found = exchange(
        file_of(tmp_path, SCALED),
        None,
        "protege.forces",
        30,
        200,
        {"more": {"protege.forces": 110}, "less": {"protege.forces": 45}},
        measure="p_lost",
        n=400,
    )
    more, less = found.prices
    assert (more.change, less.change) == ("more", "less")
    for one, worth in ((more, 50), (less, -15)):
        assert one.known == "priced"
        assert one.worth.estimate == pytest.approx(worth, abs=170 / 256 * 2)
        assert one.rate.estimate == pytest.approx(1, abs=0.1)
        assert one.worth.low is not None
        assert one.worth.high is not None
        assert one.worth.low <= worth <= one.worth.high
    reach = found.reach.estimate
    assert reach is not None
    assert reach < -0.3
    assert found.now == 60


def test_halving_one_side_is_worth_doubling_the_other(tmp_path: Path) -> None:
    half = {"challenger.forces": 60, "challenger.ceiling": 60}
    found = exchange(
        file_of(tmp_path, SCALED),
        None,
        "protege.forces",
        40,
        200,
        {"half": half},
        measure="p_lost",
        n=400,
    )
    (one,) = found.prices
    assert one.worth.estimate == pytest.approx(60, abs=2)
    assert one.size is None


def test_a_pact_that_saves_all_is_beyond_a_small_range(tmp_path: Path) -> None:
    late = {"ratified": True, "response": "peace_treaty"}
    layer = pact(trigger={"ambiguity": 0}, activation=late)
    wanted = [
        "framework.layers.0.activation.response=signature",
        "framework.layers.0.duration.exit=0.04",
    ]
    found = exchange(
        file_of(tmp_path, merged(SCALED, {"framework": {"layers": [layer]}})),
        None,
        "protege.forces",
        50,
        70,
        wanted,
        measure="p_lost",
        n=200,
        grid=3,
    )
    saves, nothing = found.prices
    assert saves.after.estimate == 0
    assert (saves.known, saves.worth.low) == ("beyond", 10)
    assert nothing.effect.estimate == 0
    assert not nothing.told
    document = exchange_dict(found)
    json.dumps(document, allow_nan=False)
    assert document["prices"][0]["known"] == "beyond"
    console = Console(record=True, width=140)
    console.print(exchange_view(found))
    text = console.export_text()
    assert "beyond the range" in text
    assert "effect not told from none" in text


def test_bad_requests_are_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path, merged(SCALED, {"framework": {"layers": [pact()]}}))
    with pytest.raises(InputError, match="not set"):
        exchange(path, None, "framework.layers.0.deadlines.decide", 1, 5, [], n=5)
    with pytest.raises(InputError, match="smaller number first"):
        exchange(path, None, "protege.forces", 5, 5, [], n=5)
    with pytest.raises(InputError, match=r"protege\.forces"):
        exchange(path, None, "protege.forces", -10, 5, [], n=5)
