"""Numbers as a user writes them: units, ranges, distributions, evidence."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deter.spec.quantities import (
    KINDS,
    NumberError,
    Value,
    describe_range,
    parse_day,
    parse_number,
    parse_text,
)
from deter.spec.units import TIME_UNITS


def meta(
    unit: str = "1", low: float = -math.inf, high: float = math.inf, **rest: Any
) -> dict[str, Any]:
    return {"unit": unit, "low": low, "high": high, "structural": False, **rest}


def read(raw: Any, **rest: Any) -> Value:
    value = parse_number(raw, meta(**rest))
    assert value is not None
    return value


def refused(raw: Any, **rest: Any) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the test
        parse_number(raw, meta(**rest))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("72 h", "d", 3.0),
        ("72h", "d", 3.0),
        ("2 weeks", "d", 14.0),
        ("18 months", "y", 1.5),
        ("15 y", "y", 15.0),
        ("10 a", "d", 3652.5),
        ("40 %", "p", 0.4),
        ("40%", "1", 0.4),
        ("90 bn USD", "bn USD", 90.0),
        ("USD 90 bn", "bn USD", None),
        ("500 m USD", "bn USD", 0.5),
        ("1 tn USD/y", "bn USD/y", 1000.0),
        ("1 bn USD/month", "bn USD/y", 12.0),
        ("1 bn USD a year", "bn USD/y", 1.0),
        ("2 per month", "per year", 24.0),
        ("5 % per year", "per year", 0.05),
        ("3 per 15 d", "battles per 30 d", 6.0),
        ("60000 troops", "brigades", 12.0),
        ("1 brigade", "troops", 5000.0),
        ("1 brigade/month", "brigades/y", 12.0),
        ("1_000", "1", 1000.0),
        ("-.5e1", "probit", -5.0),
        ("+3 probit", "probit", 3.0),
    ],
)
def test_text_with_a_unit(text: str, unit: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(ValueError, match="is not a number"):
            parse_text(text, unit)
    else:
        assert parse_text(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("3 m", "d", "the unit 'm' does not fit; write a number in days"),
        ("12 brigades", "brigades/y", "the unit 'brigades' does not fit"),
        ("12 brigades/y", "brigades", "does not fit"),
        ("3 d", "p", "a share from 0 to 1"),
        ("5 %", "d", "does not fit"),
        ("3 per 0 d", "per year", "does not fit"),
        ("1,5", "1", "holds a comma"),
        ("many", "y", "'many' is not a number; write a number in years"),
        ("", "1", "'' is not a number; write a plain number"),
        ("nan", "1", "is not a number"),
        ("1" * 500, "1", "is not a number"),
    ],
)
def test_text_that_is_refused(text: str, unit: str, said: str) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        parse_text(text, unit)
    assert said in str(caught.value)


def test_plain_forms() -> None:
    assert read(3).value == 3.0
    assert read("72 h", unit="d") == Value(value=3.0)
    stated = read({"value": "40 %", "evidence": "published", "source": "X 2020"}, unit="p")
    assert stated == Value(value=0.4, evidence="published", source="X 2020")
    assert parse_number(None, meta(optional=True)) is None
    assert float(read(2)) == 2.0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (True, "found true"),
        (None, "found nothing"),
        ([1], "found a list"),
        (math.inf, "not a finite number"),
        (math.nan, "not a finite number"),
        (10**400, "not a finite number"),
        ("1e999", "not a finite number"),
        (2, "2 is out of range; allowed is 0 to 1"),
        ("-10 %", "'-10 %' is out of range; allowed is 0 to 1"),
        ({}, "needs `value` or `distribution`"),
        ({"valu": 1}, "key 'valu' is unknown; did you mean 'value'?"),
        ({"value": 1, "evidence": "publishd"}, "did you mean 'published'?"),
        ({"value": 1, "evidence": []}, "is unknown"),
        ({"value": 1, "source": 3}, "a source is a text"),
        ({"value": None}, "found nothing"),
    ],
)
def test_plain_forms_that_are_refused(raw: Any, said: str) -> None:
    assert said in refused(raw, unit="p", low=0, high=1)


def test_ranges_in_words() -> None:
    assert describe_range(0, 1, "p") == "0 to 1"
    assert describe_range(0, math.inf, "d") == "0 or more d"
    assert describe_range(-math.inf, 3, "1") == "3 or less"
    assert describe_range(-math.inf, math.inf, "probit") == "any number (probit)"


@pytest.mark.parametrize(
    ("raw", "center"),
    [
        ({"distribution": "fixed", "value": 0.3}, 0.3),
        ({"distribution": "uniform", "low": 0.2, "high": "60 %"}, 0.4),
        ({"distribution": "triangular", "low": 0, "mode": 0.7, "high": 1}, 0.7),
        ({"distribution": "pert", "low": 0, "mode": 0.7, "high": 1}, 0.7),
        ({"distribution": "normal", "mean": 0.5, "sd": 3}, 0.5),
        ({"distribution": "normal", "mean": 0.5, "sd": 0.1, "low": 0.2, "high": 0.8}, 0.5),
        ({"distribution": "lognormal", "median": 0.5, "sd_log": 2}, 0.5),
        ({"distribution": "beta", "a": 1, "b": 3}, 0.25),
        ({"distribution": "beta", "a": 1, "b": 1, "low": 0.2, "high": 0.4}, 0.3),
        ({"distribution": "discrete", "values": [0, 1], "weights": [1, 3]}, 0.75),
    ],
)
def test_distributions(raw: dict[str, Any], center: float) -> None:
    value = read({**raw, "source": "here"}, unit="p", low=0, high=1)
    assert value.value == pytest.approx(center)
    assert value.distribution is not None
    assert value.distribution.kind == raw["distribution"]
    assert value.source == "here"


@pytest.mark.parametrize(
    ("raw", "said", "key"),
    [
        ({"distribution": "unifrm"}, "did you mean 'uniform'?", "distribution"),
        ({"distribution": []}, "is unknown", "distribution"),
        ({"distribution": "uniform", "low": 0}, "the distribution uniform needs high", ""),
        ({"distribution": "uniform", "low": 1, "high": 0}, "needs low <= high", ""),
        ({"distribution": "uniform", "low": 0, "high": 1, "sd": 1}, "key 'sd' is unknown", "sd"),
        ({"distribution": "uniform", "low": 0, "high": 2}, "2 is out of range", "high"),
        ({"distribution": "pert", "low": 0, "mode": 2, "high": 1}, "2 is out of range", "mode"),
        ({"distribution": "normal", "mean": 0, "sd": -1}, "-1 is out of range", "sd"),
        ({"distribution": "normal", "mean": 0, "sd": 1, "low": -1}, "-1 is out of range", "low"),
        (
            {"distribution": "normal", "mean": 0.1, "sd": 1, "low": 0.5},
            "the mean 0.1 is outside",
            "",
        ),
        ({"distribution": "lognormal", "median": 0, "sd_log": 1}, "above 0", "median"),
        ({"distribution": "lognormal", "median": 1, "sd_log": -1}, "0 or more", "sd_log"),
        ({"distribution": "beta", "a": 0, "b": 1}, "above 0", ""),
        ({"distribution": "beta", "a": 1, "b": 1, "low": 0.4, "high": 0.2}, "other way", ""),
        ({"distribution": "discrete", "values": [], "weights": []}, "needs lists", ""),
        ({"distribution": "discrete", "values": [1], "weights": 1}, "needs lists", ""),
        (
            {"distribution": "discrete", "values": [1], "weights": [1, 2]},
            "found 1 values and 2 weights",
            "",
        ),
        ({"distribution": "discrete", "values": [1], "weights": [0]}, "are zero", "weights"),
        ({"distribution": "discrete", "values": [1], "weights": [-1]}, "-1 is out", "weights"),
        ({"distribution": "discrete", "values": ["x"], "weights": [1]}, "not a number", "values"),
    ],
)
def test_distributions_that_are_refused(raw: dict[str, Any], said: str, key: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the test
        parse_number(raw, meta("p", 0, 1))
    assert said in str(caught.value)
    assert getattr(caught.value, "key", "") == key


def test_a_number_that_shapes_the_run_takes_no_distribution() -> None:
    raw = {"distribution": "uniform", "low": 1, "high": 2}
    assert "takes no distribution" in refused(raw, unit="y", structural=True)


def test_days() -> None:
    assert parse_day("2026-01-31") == date(2026, 1, 31)
    assert parse_day(date(2026, 1, 31)) == date(2026, 1, 31)
    for raw in ("2026-02-30", "31.1.2026", "0", 0, True, None, datetime(2026, 1, 1)):
        with pytest.raises(ValueError, match="write it as 2026-01-31"):
            parse_day(raw)


def test_errors_survive_being_rebuilt_from_their_arguments() -> None:
    error = NumberError("wrong", "low")
    again = NumberError(*error.args)
    assert (str(again), again.key) == ("wrong", "low")


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.sampled_from([*TIME_UNITS]))
def test_time_converts_there_and_back(amount: float, unit: str) -> None:
    days = parse_text(f"{amount!r} {unit}", "d")
    assert days == pytest.approx(amount * TIME_UNITS[unit], rel=1e-12, abs=1e-300)


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("3 d")
)
PARTS = st.sampled_from(
    sorted({"value", "distribution", "evidence", "source", *(n for k in KINDS.values() for n in k)})
)


@given(
    st.one_of(
        SCALARS,
        st.dictionaries(PARTS, st.one_of(SCALARS, st.sampled_from([*KINDS]), st.lists(SCALARS))),
    )
)
def test_anything_is_a_number_in_range_or_a_clear_error(raw: Any) -> None:
    try:
        value = parse_number(raw, meta("d", 0, 1000))
    except ValueError:
        return
    assert value is not None
    assert 0 <= value.value <= 1000
