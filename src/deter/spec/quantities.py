"""Numbers as a user writes them: with a unit, a distribution, an evidence grade, a source.

A field declared with :func:`number` carries its unit, range, default, meaning, evidence grade
and source as metadata. That metadata is the project's only parameter dictionary: validation,
JSON Schema, documentation and the assumption ledger all read it.
"""

from __future__ import annotations

import math
import re
import statistics
from datetime import date, datetime
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from deter.spec.drawn_rows import column_of
from deter.spec.hints import found, listing, unknown
from deter.spec.units import describe_number, describe_unit, parse_text

Evidence = Literal["published", "estimate", "calibrated", "assumption"]

CALIBRATED = "[calibration_2026] median of the posterior"
"""Source of a default that is fitted; a test holds it to the posterior's middle."""


KINDS: dict[str, tuple[str, ...]] = {
    "fixed": ("value",),
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("median", "sd_log"),
    "beta": ("a", "b"),
    "discrete": ("values", "weights"),
}
"""Distribution kinds and their parameters; `low`/`high` also bound normal, lognormal, beta."""


class Distribution(BaseModel):
    """A probability distribution in the place of a number, in the field's own unit.

    Of a joint sample it holds one column, ``times`` a factor: a history takes one row of the file
    ``joint``, and all numbers that name the file take their columns of that row.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal[
        "fixed", "uniform", "triangular", "pert", "normal", "lognormal", "beta", "discrete"
    ]
    parameters: tuple[float, ...]
    low: float = -math.inf
    high: float = math.inf
    weights: tuple[float, ...] = ()
    joint: str = ""
    column: str = ""
    times: float = 1.0

    def center(self) -> float:
        """Return a central value: the mode, mean, median or weighted mean as the kind has it."""
        p = self.parameters
        if self.kind == "uniform":
            return 0.5 * (p[0] + p[1])
        if self.kind in ("triangular", "pert"):
            return p[1]
        if self.kind == "beta":
            low = self.low if math.isfinite(self.low) else 0.0
            high = self.high if math.isfinite(self.high) else 1.0
            return low + (high - low) * p[0] / (p[0] + p[1])
        if self.joint:
            return statistics.median(p)
        if self.kind == "discrete":
            return sum(v * w for v, w in zip(p, self.weights, strict=True)) / sum(self.weights)
        return p[0]


class Value(BaseModel):
    """A number in force: its value in the field's unit, its distribution if any, its standing.

    Attributes
    ----------
    value : float
        The number, or the centre of its distribution.
    distribution : Distribution or None
        Drawn once per replication where present.
    evidence : {"published", "estimate", "calibrated", "assumption"} or None
        None stands for the field's own grade.
    source : str or None
        Where the number comes from; None stands for the field's own source.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    distribution: Distribution | None = None
    evidence: Evidence | None = None
    source: str | None = None

    def __float__(self) -> float:
        return self.value


def number(
    default: float | str | None,
    *,
    unit: str,
    meaning: str,
    low: float = -math.inf,
    high: float = math.inf,
    evidence: Evidence = "assumption",
    source: str | None = None,
    free: bool = False,
    structural: bool = False,
) -> Any:
    """Declare a field that holds a :class:`Value`.

    Parameters
    ----------
    default : float, str or None
        In ``unit``, or a text with a unit; ``None`` makes the field required.
    unit : str
        The unit in which the value is kept: ``d`` days, ``h`` hours, ``y`` years, ``1`` none,
        ``p`` a probability or share, or any other label.
    meaning : str
        One sentence for documentation and the ledger.
    low, high : float
        The closed range allowed.
    evidence, source
        The grade and source of the default.
    free : bool
        True for a behavioural parameter that is fitted to patterns.
    structural : bool
        True where a distribution makes no sense, as for the horizon.
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "low": low,
        "high": high,
        "evidence": evidence,
        "source": source,
        "free": free,
        "structural": structural,
    }
    if default is None:
        return Field(description=meaning, json_schema_extra={"deter": extra})
    return Field(
        default=default,
        validate_default=True,
        description=meaning,
        json_schema_extra={"deter": extra},
    )


def optional_number(*, unit: str, meaning: str, **rest: Any) -> Any:
    """Declare a field that holds a :class:`Value` or nothing; the arguments of :func:`number`."""
    declared = number(None, unit=unit, meaning=meaning, **rest)
    extra = declared.json_schema_extra["deter"] | {"optional": True}
    return Field(default=None, description=meaning, json_schema_extra={"deter": extra})


def number_map(*, unit: str, meaning: str, **rest: Any) -> Any:
    """Declare a mapping of names to :class:`Value`; the arguments of :func:`number`."""
    declared = number(None, unit=unit, meaning=meaning, **rest)
    extra = declared.json_schema_extra["deter"] | {"mapping": True}
    return Field(default_factory=dict, description=meaning, json_schema_extra={"deter": extra})


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def parse_day(raw: Any) -> date:
    """Read a calendar day written as ``2026-01-31`` and in no other way.

    Raises
    ------
    ValueError
        If it is written otherwise, or there is no such day.

    Examples
    --------
    >>> parse_day("2026-01-31")
    datetime.date(2026, 1, 31)
    """
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        raise ValueError(f"{found(raw)} is not a date; write it as 2026-01-31")
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"{found(raw)} is a day no calendar has; write it as 2026-01-31") from None


Day = Annotated[date, BeforeValidator(parse_day)]
"""A calendar day; a bare number is refused, which pydantic would read as seconds since 1970."""


class NumberError(ValueError):
    """What is wrong with a number written as a mapping, and under which of its keys."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message, key)
        self.message = message
        self.key = key

    def __str__(self) -> str:
        return self.message


def parse_number(raw: Any, extra: dict[str, Any]) -> Value | None:
    """Turn what a user wrote into a :class:`Value` in the field's unit and range.

    ``raw`` may be a number, a text with a unit, a mapping with ``value`` and optionally
    ``evidence`` and ``source``, or a mapping with ``distribution`` and its parameters.

    Raises
    ------
    ValueError
        With a message that says what is allowed.

    Examples
    --------
    >>> meta = {"unit": "d", "low": 0, "high": math.inf, "structural": False}
    >>> parse_number("72 h", meta).value
    3.0
    """
    if isinstance(raw, Value):
        return raw
    if raw is None and extra.get("optional"):
        return None
    if isinstance(raw, dict):
        return _parse_mapping(raw, extra)
    return Value(value=_bounded(raw, extra))


def parse_numbers(raw: Any, extra: dict[str, Any]) -> Any:
    """Turn a mapping of numbers into a mapping of :class:`Value`; leave all else as it is."""
    if not isinstance(raw, dict):
        return raw
    return {name: _parse_item(name, item, extra) for name, item in raw.items()}


def _parse_item(name: Any, raw: Any, extra: dict[str, Any]) -> Value | None:
    try:
        return parse_number(raw, extra)
    except ValueError as error:
        key = getattr(error, "key", "")
        raise NumberError(str(error), f"{name}.{key}" if key else str(name)) from None


def _scalar(raw: Any, unit: str) -> float:
    if isinstance(raw, str):
        return parse_text(raw, unit)
    plain = isinstance(raw, int | float) and not isinstance(raw, bool)
    if not plain:
        raise ValueError(f"found {found(raw)}; write {describe_number(unit)}")
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def _bounded(raw: Any, extra: dict[str, Any]) -> float:
    return _in_range(_scalar(raw, extra["unit"]), extra, raw)


def _in_range(value: float, extra: dict[str, Any], raw: Any = None) -> float:
    shown = f"{value:g}" if raw is None or not isinstance(raw, str) else found(raw)
    if not math.isfinite(value):
        raise ValueError(f"{shown} is not a finite number")
    if not extra["low"] <= value <= extra["high"]:
        allowed = describe_range(extra["low"], extra["high"], extra["unit"])
        raise ValueError(f"{shown} is out of range; allowed is {allowed}")
    return value


def describe_range(low: float, high: float, unit: str) -> str:
    """Return a closed range in words, with the unit where it has a name.

    Examples
    --------
    >>> describe_range(0, math.inf, "d"), describe_range(0, 1, "p")
    ('0 or more d', '0 to 1')
    """
    label = "" if unit in ("", "1", "p", "severity") else f" {unit}"
    if math.isinf(low) and math.isinf(high):
        return f"any number{label and f' ({unit})'}"
    if math.isinf(high):
        return f"{low:g} or more{label}"
    if math.isinf(low):
        return f"{high:g} or less{label}"
    return f"{low:g} to {high:g}{label}"


def _parse_mapping(given: dict[str, Any], extra: dict[str, Any]) -> Value:
    raw = dict(given)
    evidence = _parse_evidence(raw.pop("evidence", None))
    source = raw.pop("source", None)
    if source is not None and not isinstance(source, str):
        raise NumberError(f"found {found(source)}; a source is a text, in quotes", "source")
    if "joint" in raw:
        drawn = _parse_joint(raw, extra)
        return Value(value=drawn.center(), distribution=drawn, evidence=evidence, source=source)
    if "distribution" in raw:
        drawn = _parse_distribution(raw, extra)
        center = _in_range(drawn.center(), extra)
        return Value(value=center, distribution=drawn, evidence=evidence, source=source)
    _refuse_unknown(raw, NUMBER_KEYS[:2], "a number")
    if "value" not in raw:
        raise ValueError(
            "a number written as a mapping needs `value` or `distribution`, or `joint` and `column`"
        )
    value = _at_key("value", raw["value"], extra)
    return Value(value=value, evidence=evidence, source=source)


NUMBER_KEYS = ("value", "distribution", "evidence", "source")
"""Keys of a number written as a mapping, beside the parameters of its distribution."""


JOINT_KEYS = ("joint", "column", "times")
"""Keys of a number that is drawn with others from a file of rows."""


def _parse_joint(raw: dict[str, Any], extra: dict[str, Any]) -> Distribution:
    _refuse_unknown(raw, JOINT_KEYS, "a number drawn from a joint sample")
    if extra.get("structural"):
        raise ValueError("this number shapes the run itself and takes no distribution")
    file, column = raw["joint"], raw.get("column")
    if not isinstance(file, str) or not isinstance(column, str):
        raise NumberError("needs texts: `joint`, a file, and `column`, one of its heads", "joint")
    times = _at_key("times", raw.get("times", 1.0), _FREE)
    try:
        numbers = tuple(times * x for x in column_of(file, column))
    except ValueError as error:
        raise NumberError(str(error), "joint") from None
    for extreme in (min(numbers), max(numbers)):
        _in_range(extreme, extra)
    weights = (1.0,) * len(numbers)
    return Distribution(
        kind="discrete", parameters=numbers, weights=weights, joint=file, column=column, times=times
    )


def _parse_evidence(raw: Any) -> Evidence | None:
    if raw is not None and raw not in get_args(Evidence):
        raise NumberError(unknown(str(raw), get_args(Evidence)), "evidence")
    return cast("Evidence | None", raw)


def _refuse_unknown(
    raw: dict[str, Any], known: tuple[str, ...], what: str, needed: tuple[str, ...] = ()
) -> None:
    for key in raw:
        if key not in known:
            takes = (*known, *(k for k in NUMBER_KEYS[2:] if k not in known))
            message = unknown(str(key), takes)
            missing = [name for name in needed if name not in raw]
            more = f"; it needs {listing(missing)} as well" if missing else ""
            raise NumberError(f"key {message}; these are the keys of {what}{more}", str(key))


def _at_key(key: str, raw: Any, extra: dict[str, Any]) -> float:
    try:
        return _bounded(raw, extra)
    except ValueError as error:
        raise NumberError(str(error), key) from None


_FREE = {"unit": "1", "low": -math.inf, "high": math.inf}
_UNITLESS = frozenset({"sd_log", "a", "b"})
_BOUNDED = frozenset({"normal", "lognormal", "beta"})


def _parse_distribution(raw: dict[str, Any], extra: dict[str, Any]) -> Distribution:
    kind = raw.pop("distribution")
    if not isinstance(kind, str) or kind not in KINDS:
        raise NumberError(unknown(str(kind), KINDS), "distribution")
    if extra.get("structural"):
        raise ValueError("this number shapes the run itself and takes no distribution")
    names = KINDS[kind]
    bounds = ("low", "high") if kind in _BOUNDED else ()
    _refuse_unknown(raw, ("distribution", *names, *bounds), f"the distribution {kind}", names)
    missing = [name for name in names if name not in raw]
    if missing:
        raise ValueError(f"the distribution {kind} needs {listing(missing)}")
    if kind == "discrete":
        return _parse_discrete(raw["values"], raw["weights"], extra)
    values = tuple(_parameter(name, raw[name], extra) for name in names)
    low, high = _parse_bounds(kind, raw, extra)
    _check_shape(kind, values, low, high)
    return Distribution.model_validate(
        {"kind": kind, "parameters": values, "low": low, "high": high}
    )


def _parameter(name: str, raw: Any, extra: dict[str, Any]) -> float:
    if name == "sd":
        return _at_key(name, raw, {**extra, "low": 0.0, "high": math.inf})
    return _at_key(name, raw, _FREE if name in _UNITLESS else extra)


def _parse_bounds(kind: str, raw: dict[str, Any], extra: dict[str, Any]) -> tuple[float, float]:
    bounded = kind in _BOUNDED
    low = _at_key("low", raw["low"], extra) if bounded and "low" in raw else extra["low"]
    high = _at_key("high", raw["high"], extra) if bounded and "high" in raw else extra["high"]
    if kind == "beta":
        return low if math.isfinite(low) else 0.0, high if math.isfinite(high) else 1.0
    return low, high


def _parse_discrete(values: Any, weights: Any, extra: dict[str, Any]) -> Distribution:
    if not isinstance(values, list) or not isinstance(weights, list) or not values:
        raise ValueError("the distribution discrete needs lists `values` and `weights`")
    if len(values) != len(weights):
        raise ValueError(
            f"found {len(values)} values and {len(weights)} weights; write one weight a value"
        )
    numbers = tuple(_at_key("values", value, extra) for value in values)
    shares = tuple(_at_key("weights", weight, _FREE | {"low": 0.0}) for weight in weights)
    if not 0 < sum(shares) < math.inf:
        raise NumberError("all weights are zero, or too large to add up", "weights")
    return Distribution(kind="discrete", parameters=numbers, weights=shares)


def _check_shape(kind: str, values: tuple[float, ...], low: float, high: float) -> None:
    if kind in ("uniform", "triangular", "pert") and list(values) != sorted(values):
        raise ValueError(f"the distribution {kind} needs {' <= '.join(KINDS[kind])}")
    if kind == "lognormal" and values[0] <= 0:
        raise NumberError("lognormal needs a median above 0", "median")
    if kind == "lognormal" and values[1] < 0:
        raise NumberError("lognormal needs a spread of 0 or more", "sd_log")
    if kind == "beta" and min(values) <= 0:
        raise ValueError("beta needs a and b above 0")
    if low > high:
        raise ValueError(f"found low {low:g} above high {high:g}; write them the other way round")
    if kind in ("normal", "lognormal") and not low <= values[0] <= high:
        raise ValueError(f"the {KINDS[kind][0]} {values[0]:g} is outside {low:g} to {high:g}")


class Record(BaseModel):
    """Base of all that a user writes: no unknown keys, frozen, numbers parsed by metadata."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("*", mode="before")
    @classmethod
    def _numbers(cls, raw: Any, info: ValidationInfo) -> Any:
        meta = number_meta(cls.model_fields[info.field_name or ""].json_schema_extra)
        if meta is None:
            return raw
        return parse_numbers(raw, meta) if meta.get("mapping") else parse_number(raw, meta)


def number_meta(extra: Any) -> dict[str, Any] | None:
    """Return what :func:`number` declared of a field, or None if it is no number."""
    meta = extra.get("deter") if isinstance(extra, dict) else None
    return meta if isinstance(meta, dict) else None


__all__ = [
    "KINDS",
    "NUMBER_KEYS",
    "Day",
    "Distribution",
    "Evidence",
    "NumberError",
    "Record",
    "Value",
    "describe_range",
    "describe_unit",
    "number",
    "number_map",
    "number_meta",
    "optional_number",
    "parse_day",
    "parse_number",
    "parse_numbers",
    "parse_text",
]
