"""Formal cases of clocks: when enough of several members have decided.

The laws are those of a lag (``lag_cdf``) and of a count of yeses (``at_least``,
``weight_at_least``); here they are only integrated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from deter.evidence.clock_limits import QuorumLimit, quorum_seen
from deter.evidence.formal_case import Answer, BadInputError, Case, Inputs, Seen, Shape, shape
from deter.evidence.formal_lags import Lag, lag_of, stages_of
from deter.evidence.formal_quorums import scaled_weights
from deter.evidence.quadrature import over_half_line, root
from deter.theory import chance, coordination

LARGEST = 300


class Member(NamedTuple):
    """One who answers after a lag, if at all."""

    lag: Lag
    p: float = 1.0
    weight: int = 1


class Quorum:
    """The time at which enough of several independent members have said yes."""

    def __init__(self, members: Sequence[Member], needed: int, weighted: bool = False) -> None:
        self.members = members
        self.needed = needed
        self.weighted = weighted
        self._weights = np.array([m.weight for m in members], dtype=np.int64)

    def cdf(self, t: float) -> float:
        """Return the probability that the quorum is met by a time."""
        n = len(self.members)
        yes = np.array([m.p * m.lag.cdf(t) for m in self.members])
        if self.weighted:
            return float(coordination.weight_at_least(yes, self._weights, n, self.needed, -1))
        return float(coordination.at_least(yes, n, self.needed, -1))

    def ever(self) -> float:
        """Return the probability that it is ever met."""
        return self.cdf(math.inf)

    def moments(self) -> tuple[float, float]:
        """Return mean and standard deviation of the time, given that it is met."""
        ever = self.ever()
        scale = max(m.lag.mean() for m in self.members)
        breaks = [j for m in self.members if (j := m.lag.jump()) is not None]
        if ever <= 0.0 or not math.isfinite(scale) or scale <= 0.0:
            raise BadInputError("no time: the quorum is never met, or at once")
        first = over_half_line(lambda t: ever - self.cdf(t), scale, breaks) / ever
        second = over_half_line(lambda t: 2.0 * t * (ever - self.cdf(t)), scale, breaks) / ever
        return first, math.sqrt(max(0.0, second - first * first))

    def median(self) -> float:
        """Return the median of the time, given that the quorum is met."""
        half, high = 0.5 * self.ever(), 1.0
        while self.cdf(high) < half:
            high *= 2.0
        return root(lambda t: self.cdf(t) - half, 0.0, high)


def _quorum(case: Case, given: Inputs) -> Answer:
    """Order statistics of members with one law, or each its own."""
    members = _members(case, given)
    labels = orders(given, len(members))
    quorums = {label: Quorum(members, k) for label, k in labels.items()}
    got: dict[str, Any] = {}
    for label, quorum in quorums.items():
        got |= {_name(label, key): value for key, value in _times(case, quorum).items()}
    limit = _limit_of(members)
    if limit is None or not limit.possible(max(labels.values())):
        return Answer(got, {}, "laws only: the engine's clocks are lognormal, or alike")
    engine: dict[str, Seen] = {}
    for label, quorum in quorums.items():
        seen = quorum_seen(limit, quorum.needed, *quorum.moments(), quorum.ever())
        engine |= {_name(label, _engine_name(key, limit.p)): x for key, x in seen.items()}
    return Answer(got, engine)


def _name(label: str, what: str) -> str:
    return f"{label}_{what}" if label else what


def _engine_name(key: str, p: float) -> str:
    if key == "ever":
        return "P_quorum_ever"
    return "mean" if p == 1.0 else "mean_time_given_quorum"


def _times(case: Case, quorum: Quorum) -> dict[str, float]:
    """Return all that a case may ask of the time of a quorum."""
    mean, sd = quorum.moments()
    median = quorum.median()
    times = {"mean": mean, "sd": sd, "median": median, "P_quorum_ever": quorum.ever()}
    times |= {f"{name}_time_given_quorum": times[name] for name in ("mean", "sd", "median")}
    for key in case.expected:
        if (day := re.fullmatch(r"(?:.*_)?P_by_(\d+(?:\.\d+)?)", key)) is not None:
            times[f"P_by_{day.group(1)}"] = quorum.cdf(float(day.group(1)))
    return times


def orders(given: Inputs, n: int) -> dict[str, int]:
    """Return which order statistics are asked for, by the name that begins their results."""
    if "k" not in given:
        return {"first": 1, "majority": coordination.majority_size(n), "last": n}
    if isinstance(given.raw("k"), dict):
        table = given.table("k")
        return {label: table.whole(label, 1, n) for label in sorted(table.names())}
    return {"": given.whole("k", 1, n)}


def _members(case: Case, given: Inputs) -> list[Member]:
    lags = _lags(case, given)
    if "p" in given and isinstance(given.raw("p"), list):
        shares = given.numbers("p", 0.0, 1.0)
    else:
        shares = [given.number("p", 0.0, 1.0) if "p" in given else 1.0] * len(lags)
    if len(shares) != len(lags):
        raise BadInputError(f"{len(shares)} probabilities for {len(lags)} members")
    return [Member(lag, p) for lag, p in zip(lags, shares, strict=True)]


def _lags(case: Case, given: Inputs) -> list[Lag]:
    """Return each member's lag: exponential by rates or means, any law, or n alike."""
    if "delays" in given:
        return stages_of(given, "delays")
    for key in ("rates", "means"):
        if key in given:
            values = given.numbers(key, 1e-9, 1e9)
            return [Lag(chance.EXPONENTIAL, 1.0 / v if key == "rates" else v) for v in values]
    return [lag_of(case, given, "")] * given.whole("n", 1, LARGEST)


def _limit_of(members: Sequence[Member]) -> QuorumLimit | None:
    lag, p = members[0].lag, members[0].p
    if any(m != members[0] for m in members):
        return None
    if lag.kind == chance.EXPONENTIAL:
        return QuorumLimit(len(members), p, lag.a, None)
    if lag.kind == chance.LOGNORMAL and p == 1.0:
        return QuorumLimit(len(members), p, lag.a, lag.b)
    return None


def _weighted(case: Case, given: Inputs) -> Answer:
    """Time until those who have answered weigh enough."""
    members = _members(case, given)
    weights = given.numbers("weights", 0.0, 1e6)
    if len(weights) != len(members):
        raise BadInputError(f"{len(weights)} weights for {len(members)} members")
    whole, quota = scaled_weights(weights, given.number("threshold", 0.0, 1e9))
    heavy = [m._replace(weight=w) for m, w in zip(members, whole, strict=True)]
    note = "laws only: the engine's clocks of members with weights of their own are lognormal"
    return Answer(_times(case, Quorum(heavy, quota, weighted=True)), {}, note)


TIMING: tuple[Shape, ...] = (
    shape("n rate", _quorum),
    shape("n mean", _quorum),
    shape("n mu sigma", _quorum),
    shape("n median sigma", _quorum),
    shape("n shape scale", _quorum),
    shape("rates", _quorum),
    shape("means", _quorum),
    shape("delays", _quorum),
    shape("delays weights threshold", _weighted),
    shape("rates weights threshold", _weighted),
    shape("means weights threshold", _weighted),
)
