"""Lags as formal cases write them, in the terms of the project's laws of chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from deter.evidence.formal_case import BadInputError, Case, Inputs
from deter.theory import chance

FAMILIES = {
    "fixed": chance.FIXED,
    "exponential": chance.EXPONENTIAL,
    "gamma": chance.GAMMA,
    "weibull": chance.WEIBULL,
    "lognormal": chance.LOGNORMAL,
}


class Lag(NamedTuple):
    """A lag in the laws' own terms: kind, and its two parameters."""

    kind: int
    a: float
    b: float = 1.0

    def cdf(self, t: float) -> float:
        """Return the probability that it is over at a time."""
        return float(chance.lag_cdf(t, self.kind, self.a, self.b))

    def at(self, u: float) -> float:
        """Return its length at a draw."""
        return float(chance.lag_quantile(u, self.kind, self.a, self.b))

    def mean(self) -> float:
        """Return its mean."""
        return float(chance.lag_mean(self.kind, self.a, self.b))

    def jump(self) -> float | None:
        """Return where its distribution jumps, if it does."""
        return self.a if self.kind == chance.FIXED else None


def lag_of(case: Case, given: Inputs, side: str) -> Lag:
    """Return the lag of one side of a race, from the names and the values of its inputs.

    A shape with a scale is a gamma lag, or a Weibull one where the case's name says so.
    """
    names = {name for name in NAMES if name + side in given}

    def number(name: str, low: float = SMALLEST) -> float:
        return given.number(name + side, low, LONGEST)

    for needed, read in _READERS:
        if needed <= names:
            return read(number)
    if "scale" in names:
        alpha = number("shape") if "shape" in names else given.number("shape", SMALLEST, LONGEST)
        return _scaled(number("scale"), alpha, case.says("weibull"))
    raise BadInputError(
        f"inputs hold no lag that ends in {side!r}" if side else "inputs lack a lag"
    )


def _scaled(scale: float, alpha: float, weibull: bool) -> Lag:
    if weibull:
        return Lag(chance.WEIBULL, scale, alpha)
    return Lag(chance.GAMMA, alpha * scale, alpha)


Reader = Callable[..., float]
SMALLEST, LONGEST = 1e-12, 1e9
NAMES = ("mean", "rate", "delay", "shape", "scale", "mu", "median", "sigma")

_READERS: tuple[tuple[set[str], Callable[[Reader], Lag]], ...] = (
    ({"mean", "shape"}, lambda x: Lag(chance.GAMMA, x("mean"), x("shape"))),
    ({"mean"}, lambda x: Lag(chance.EXPONENTIAL, x("mean"))),
    ({"rate"}, lambda x: Lag(chance.EXPONENTIAL, 1.0 / x("rate"))),
    ({"delay"}, lambda x: Lag(chance.FIXED, x("delay", 0.0))),
    ({"median", "sigma"}, lambda x: Lag(chance.LOGNORMAL, x("median"), x("sigma", 0.0))),
    ({"mu", "sigma"}, lambda x: Lag(chance.LOGNORMAL, _exp(x("mu", -20.0)), x("sigma", 0.0))),
)
"""What names make a lag without a scale, and how it is read."""


def _exp(x: float) -> float:
    return math.exp(min(20.0, x))


def stages_of(given: Inputs, key: str) -> list[Lag]:
    """Return a chain of lags written as pairs of a family and its parameters."""
    raw = given.raw(key)
    if not isinstance(raw, list) or not raw:
        raise BadInputError(f"inputs.{key} is no list of stages")
    return [_stage(item, f"inputs.{key}[{n}]") for n, item in enumerate(raw)]


def _stage(item: Any, path: str) -> Lag:
    pair = isinstance(item, list) and len(item) == 2 and isinstance(item[1], dict)
    if not pair or item[0] not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise BadInputError(f"{path} is no pair of a family ({known}) and its parameters")
    table = Inputs(item[1], path)
    case = Case("", "", item[0], {}, {}, 0.0)
    if item[0] == "fixed" and "value" in table:
        return Lag(chance.FIXED, table.number("value", 0.0, LONGEST))
    return lag_of(case, table, "")
