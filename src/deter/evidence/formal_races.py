"""Formal cases of races: who comes first, the fait accompli or the help.

The laws are those of a lag (``lag_quantile``, ``lag_cdf``) and of a count of yeses; here they are
only integrated over one another's draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from deter.evidence.clock_limits import RaceLimit, race_seen
from deter.evidence.formal_case import Answer, Case, Inputs, NoLawError, Shape, shape
from deter.evidence.formal_lags import Lag, lag_of, stages_of
from deter.evidence.formal_timing import LARGEST, Member, Quorum, orders
from deter.evidence.quadrature import over_unit, unit_nodes
from deter.theory import chance


def before(first: Lag, cdf: Callable[[float], float], lead: float = 0.0) -> float:
    """Return P(first + lead < other), the other given by its distribution function.

    The expectation of 1 - G(T + lead) over the first lag's draws.
    """
    if first.kind == chance.FIXED:
        return 1.0 - cdf(first.a + lead)
    return over_unit(lambda u: 1.0 - cdf(first.at(u) + lead))


def race(fait: Lag, other: Lag, lead: float = 0.0) -> float:
    """Return the probability that the fait accompli comes before the reinforcement."""
    if other.kind == chance.FIXED:
        return fait.cdf(other.a - lead)
    return before(fait, other.cdf, lead)


def before_chain(fait: Lag, stages: Sequence[Lag]) -> float:
    """Return P(fait < sum of stages): its distribution function averaged over their draws."""
    if fait.kind == chance.FIXED:
        raise NoLawError("no law here for a chain against a fixed time")
    fixed = 0.0
    random = []
    for stage in stages:
        if stage.kind == chance.FIXED:
            fixed += stage.a
        else:
            random.append(stage)
    if len(random) > 2:
        raise NoLawError("no law here for a chain of more than two random stages")
    return _average(fait, random, fixed)


def _average(fait: Lag, stages: Sequence[Lag], passed: float) -> float:
    if not stages:
        return fait.cdf(passed)
    total = 0.0
    for u, weight in unit_nodes():
        total += weight * _average(fait, stages[1:], passed + stages[0].at(u))
    return total


def _race(case: Case, given: Inputs) -> Answer:
    """One lag against another, with a lead and a chance that help comes at all."""
    fait, other = lag_of(case, given, "_fait"), lag_of(case, given, "_reinf")
    lead = given.number("warning_lead", 0.0, 1e9) if "warning_lead" in given else 0.0
    comes = _chance_of_help(given)
    p = 1.0 - comes * (1.0 - race(fait, other, lead))
    got = {"P_fait_accompli": p, "P_continuous": p, "P_reinforced": 1.0 - p}
    limit = RaceLimit.of((fait.kind, fait.a, fait.b), (other.kind, other.a, other.b))
    if limit is None or lead > 0.0 or comes < 1.0:
        return Answer(got, {}, "laws only: the engine's campaigns have no such race")
    return Answer(got, {"P_fait_accompli": race_seen(limit, p)["fait"]})


def _chance_of_help(given: Inputs) -> float:
    for key in ("p_honour", "P_honour", "p_reinf", "p_arrive", "p"):
        if key in given:
            return given.number(key, 0.0, 1.0)
    return 1.0


def _race_in_steps(case: Case, given: Inputs) -> Answer:
    """Both lags seen only at the ends of steps; at a tie the challenger's act runs first.

    That is the engine's own rule for one second. An input ``tie``, or the case's name, may say
    otherwise.
    """
    a, b = _per_step(case, given)
    either = a + b - a * b
    if either <= 0.0:
        raise NoLawError("no law here for a race that nobody ends")
    strict, tie = a * (1.0 - b) / either, a * b / either
    hazards = [-math.log1p(-p) if p < 1.0 else math.inf for p in (a, b)]
    got = {
        "P_fait_accompli": strict + _tie_share(case, given) * tie,
        "P_fait_first": strict,
        "P_tie": tie,
        "P_reinf_first": 1.0 - strict - tie,
        "P_continuous": hazards[0] / (hazards[0] + hazards[1]),
    }
    for key in case.expected:
        if key not in got and "tie" in key.lower():
            got[key] = strict + _share_in(key.lower()) * tie
    return Answer(got, {}, "laws only: the engine's time has whole seconds")


def _per_step(case: Case, given: Inputs) -> tuple[float, float]:
    """Return the probabilities that either comes within a step."""
    if "p_fait" in given:
        return given.number("p_fait", 0.0, 1.0), given.number("p_reinf", 0.0, 1.0)
    step = given.number(given.first(*STEPS), 1e-6, 1e6)
    fait, other = lag_of(case, given, "_fait"), lag_of(case, given, "_reinf")
    if fait.kind != chance.EXPONENTIAL or other.kind != chance.EXPONENTIAL:
        raise NoLawError("no law here for a race in steps of lags with a memory")
    return fait.cdf(step), other.cdf(step)


def _tie_share(case: Case, given: Inputs) -> float:
    if "tie" in given:
        return _share_in(str(given.raw("tie")).lower())
    return _share_in(case.name.lower()) if case.says("tie") else 1.0


def _share_in(words: str) -> float:
    """Return the share of ties that words give to the fait accompli."""
    if any(word in words for word in ("half", "split", "coin", "even")):
        return 0.5
    after = words[words.index("tie") :] if "tie" in words else words
    return 0.0 if any(word in after for word in ("reinf", "defen", "guar", "los")) else 1.0


def _race_chain(case: Case, given: Inputs) -> Answer:
    """Race a fait accompli against a chain of stages."""
    fait = lag_of(case, given, "_fait")
    p = before_chain(fait, stages_of(given, given.first("stages", "stages_reinf", "chain")))
    return Answer({"P_fait_accompli": p}, {}, "laws only: the engine has no such chain of families")


def _race_kth(case: Case, given: Inputs) -> Answer:
    """Race a fait accompli against the k-th of n responders; first, majority, last without k."""
    fait = lag_of(case, given, "_fait")
    n = given.whole("n", 1, LARGEST)
    answer = lag_of(case, given, "_response")
    got, engine = {}, {}
    for label, k in orders(given, n).items():
        quorum = Quorum([Member(answer)] * n, k)
        key = label or "P_fait_accompli"
        got[key] = before(fait, quorum.cdf)
        limit = RaceLimit.of(
            (fait.kind, fait.a, fait.b), (answer.kind, answer.a, answer.b), responders=(n, k)
        )
        if limit is not None:
            engine[key] = race_seen(limit, got[key])["fait"]
    note = "" if engine else "laws only: the engine's other members have exponential clocks"
    return Answer(got, engine, note)


def _three_way(_case: Case, given: Inputs) -> Answer:
    """Competing exponential risks: who comes first, and when."""
    table = given.table("rates")
    lags = {
        name: Lag(chance.EXPONENTIAL, 1.0 / table.number(name, 1e-9, 1e9)) for name in table.names()
    }
    got = {name: before(lag, _any_other(lags, name)) for name, lag in lags.items()}
    quorum = Quorum([Member(lag) for lag in lags.values()], 1)
    got["mean_time"], sd = quorum.moments()
    if set(lags) != {"fait", "reinforcement", "settlement"}:
        return Answer(got, {}, "laws only: the engine's race is of three named risks")
    fait, other, talks = (lags[key] for key in ("fait", "reinforcement", "settlement"))
    limit = RaceLimit.of(
        (fait.kind, fait.a, fait.b), (other.kind, other.a, other.b), settlement=talks.a
    )
    if limit is None:
        return Answer(got)
    seen = race_seen(limit, got["fait"], got["reinforcement"], got["settlement"], sd)
    return Answer(got, {name: seen[name] for name in lags} | {"mean_time": seen["mean"]})


def _any_other(lags: dict[str, Lag], name: str) -> Callable[[float], float]:
    quorum = Quorum([Member(lag) for key, lag in lags.items() if key != name], 1)
    return quorum.cdf if len(lags) > 1 else lambda _: 0.0


STEPS = ("dt", "step", "time_step")
LAGS = ("mean", "rate")
_SIDES = ("mean", "rate", "delay", "shape {} scale", "scale", "mu {} sigma", "median {} sigma")


def _side(side: str) -> list[str]:
    return [" ".join(name + side for name in form.split(" {} ")) for form in _SIDES]


HAZARDS: tuple[Shape, ...] = (
    *(shape(f"{a} {b}", _race) for a in _side("_fait") for b in _side("_reinf")),
    *(shape(f"{lag}_fait {lag}_reinf {key}", _race_in_steps) for lag in LAGS for key in STEPS),
    shape("p_fait p_reinf", _race_in_steps),
    *(shape(f"{a} {b}", _race_chain) for a in _side("_fait") for b in ("stages", "chain")),
    *(shape(f"{a} n {b}", _race_kth) for a in _side("_fait") for b in _side("_response")),
    shape("rates", _three_way),
)
