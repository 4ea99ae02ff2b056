"""Formal cases of smaller decisions: attack, resist, honour, and the chain that joins them."""

from __future__ import annotations

import math
import re
from typing import Any

from deter.evidence.clock_limits import RaceLimit, race_seen
from deter.evidence.formal_beliefs import recorded
from deter.evidence.formal_case import (
    Answer,
    BadInputError,
    Case,
    Inputs,
    NoLawError,
    Seen,
    Shape,
    shape,
)
from deter.evidence.formal_lags import Lag
from deter.evidence.formal_races import race
from deter.evidence.formal_wars import contest
from deter.evidence.game_limits import (
    FixedAct,
    GameLimit,
    cost_of_acting,
    occasion_seen,
    votes_seen,
)
from deter.evidence.quadrature import unit_nodes
from deter.evidence.quiet import EXACT
from deter.theory import chance, choice, credibility

SURE_MARGIN = 40.0


def _exactly(value: float) -> Seen:
    return Seen(value, EXACT * max(1.0, abs(value)))


def refrains(precision: float, utility: float, status_quo: float) -> float:
    """Return the probability of refraining from one act."""
    index = float(choice.choice_index(precision, utility, 1.0, 0.0))
    return 1.0 - float(choice.attack_probability(precision * status_quo, index))


# ------------------------------------------------------------------------------ expected utility


def _p_star(_case: Case, given: Inputs) -> Answer:
    """Find the chance of winning at which an attack is worth the status quo."""
    win, lose = given.number("U_win"), given.number("U_lose")
    quo, cost = given.number("U_sq"), given.number("war_cost")
    if win <= lose:
        raise BadInputError("inputs.U_win is not above inputs.U_lose")

    def utility(p: float) -> float:
        gain = choice.war_utility(win - lose, p, 0.0, 0.0, 0.0, 0.0, 0.0)
        return float(gain) + lose - cost

    got = {"p_star": _crossing(utility(0.0), utility(1.0), quo)}
    never, surely = (_war_seen(win - lose, p, cost - lose, quo) for p in (0.0, 1.0))
    return Answer(got, {"p_star": _exactly(_crossing(never, surely, quo))})


def _crossing(at_0: float, at_1: float, level: float) -> float:
    """Return where a line over [0, 1] reaches a level."""
    if at_0 == at_1:
        raise NoLawError("no threshold: help changes nothing")
    return (level - at_0) / (at_1 - at_0)


def _war_seen(prize: float, p: float, cost: float, quo: float) -> float:
    """Return the engine's utility of an attack that is resisted for sure and nobody helps."""
    act = FixedAct(prize=prize, win_alone=p, challenger_cost_alone=cost)
    limit = GameLimit({"war": act}, 1.0, 1.0, status_quo=quo, guarded=False)
    return occasion_seen(limit).utility["war"]


def _helped(alone: float, helped: float, quo: float, precision: float, q: float) -> GameLimit:
    """Return the engine's limit of an act worth one thing alone and another if help comes."""
    act = FixedAct(
        prize=1.0,
        challenger_cost_alone=-alone,
        challenger_cost_helped=-helped,
        guarantor_cost=cost_of_acting(q),
    )
    return GameLimit({"war": act}, precision, 1.0, status_quo=quo)


def _third_party(_case: Case, given: Inputs) -> Answer:
    """Find the probability of help at which an attack is worth the status quo."""
    win, lose, quo = given.number("U_win"), given.number("U_lose"), given.number("U_sq")

    def utility(p: float) -> float:
        return float(choice.war_utility(win - lose, p, 0.0, 0.0, 0.0, 0.0, 0.0)) + lose

    alone, helped = (utility(given.number(p, 0.0, 1.0)) for p in ("p2", "p3"))
    got = {"q_star": _crossing(alone, helped, quo), "EU2": alone, "EU3": helped}
    return Answer(got, _q_star_seen(alone, helped, quo))


def _q_star_seen(alone: float, helped: float, quo: float) -> dict[str, Seen]:
    never, surely = (
        occasion_seen(_helped(alone, helped, quo, 1.0, q)).utility["war"] for q in (0.0, 1.0)
    )
    return {
        "q_star": _exactly(_crossing(never, surely, quo)),
        "EU2": _exactly(never),
        "EU3": _exactly(surely),
    }


def _curve(case: Case, given: Inputs) -> Answer:
    """How likely restraint is as the belief in help rises."""
    alone, helped, quo = given.number("EU2"), given.number("EU3"), given.number("U_sq")
    precision = given.number("lambda", 0.0, 1e6)
    got, engine = {}, {}
    for key in case.expected:
        if (found := re.fullmatch(r"q(\d+(?:\.\d+)?)", key)) is not None:
            q = min(1.0, float(found.group(1)))
            got[key] = refrains(precision, q * helped + (1.0 - q) * alone, quo)
            seen = occasion_seen(_helped(alone, helped, quo, precision, q))
            engine[key] = _exactly(seen.choice["refrain"])
    return Answer(got, engine)


# -------------------------------------------------------------------------------- tied hands


def _lock_in(_case: Case, given: Inputs) -> Answer:
    """Honouring with a tied cost, paid by one that reneges, and with a sunk one, paid anyway."""
    cost, stake = given.number("cG"), given.number("vG")
    gain = given.number("delta_p", -1.0, 1.0)
    tied = given.numbers("m")
    margin = float(credibility.vote_margin(stake, 1.0, gain, 0.0, 0.0, cost, 0.0, 0.0))
    gaps = [abs(margin + m) for m in [0.0, *tied]]
    got = {
        "m_lock": -margin,
        "tied": [int(margin + m > 0.0) for m in tied],
        "sunk": [int(margin > 0.0)] * len(tied),
    }
    if min(gaps) < 1e-9:
        return Answer(got, {}, "laws only: the guarantor is indifferent")
    precision = SURE_MARGIN / min(gaps)
    engine = {
        "tied": [_honours(precision, stake, gain, cost, m) for m in tied],
        "sunk": [_honours(precision, stake, gain, cost, 0.0)] * len(tied),
    }
    return Answer(got, engine)


def _honours(precision: float, stake: float, gain: float, cost: float, tied: float) -> Seen:
    act = FixedAct(
        prize=1.0,
        win_alone=max(0.0, gain),
        win_helped=max(0.0, -gain),
        guarantor_value=precision * stake,
        guarantor_cost=precision * cost,
        renege_cost=precision * tied,
    )
    return Seen(votes_seen(GameLimit({"war": act}, 1.0, 1.0))["war"], EXACT)


# --------------------------------------------------------------------------------- selection

Weighed = list[tuple[float, float]]
"""Reliabilities of guarantees, each with its share."""


def _selection(case: Case, given: Inputs) -> Answer:
    """Reliability among guarantees that are challenged, where the challenger knows it.

    Guarantees differ in reliability, by a Beta law or in a list; each is challenged with the
    probability of the logit or, without ``lambda``, if help is less likely than the threshold.
    """
    if "lambda" in given:
        return _selected_by_logit(case, given)
    key = next((k for k in ("q_star", "threshold", "qC_star") if k in given), "")
    edge = given.number(key, 0.0, 1.0) if key else _crossing_of(*_utilities(given))
    if "alpha" in given:
        a, b = _beta(given)
        share = float(chance.regularised_beta(a, b, edge))
        population = a / (a + b)
        below = population * float(chance.regularised_beta(a + 1.0, b, edge))
    else:
        types = _types(given)
        population = sum(q * w for q, w in types)
        share = sum(w for q, w in types if q < edge)
        below = sum(q * w for q, w in types if q < edge)
    if share <= 0.0:
        raise NoLawError("no guarantee is challenged")
    got = _named(case, population, share, below / share)
    return Answer(got, {}, "laws only: a sharp threshold")


def _crossing_of(alone: float, helped: float, quo: float) -> float:
    return min(1.0, max(0.0, _crossing(alone, helped, quo)))


def _selected_by_logit(case: Case, given: Inputs) -> Answer:
    precision = given.number("lambda", 0.0, 1e6)
    alone, helped, quo = _utilities(given)
    types = _types(given)
    laws = [1.0 - refrains(precision, q * helped + (1.0 - q) * alone, quo) for q, _ in types]
    logged = [
        1.0 - occasion_seen(_helped(alone, helped, quo, precision, q)).choice["refrain"]
        for q, _ in types
    ]
    got = _named(case, *_selected(types, laws))
    seen = _named(case, *_selected(types, logged))
    return Answer(got, {key: Seen(value, EXACT) for key, value in seen.items()})


def _selected(types: Weighed, attacked: list[float]) -> tuple[float, float, float]:
    """Return mean reliability, the share attacked, and mean reliability among those."""
    mean = share = among = 0.0
    for (q, weight), p in zip(types, attacked, strict=True):
        mean += weight * q
        share += weight * p
        among += weight * p * q
    if share <= 0.0:
        raise NoLawError("no guarantee is challenged")
    return mean, share, among / share


def _named(case: Case, population: float, share: float, among: float) -> dict[str, float]:
    """Name the three results as a case does."""
    named = {}
    for key in case.expected:
        low = key.lower()
        if re.fullmatch(r"(p|prob|share|rate)_?(of_)?(attack|challenge).*", low) or re.fullmatch(
            r"(attack|challenge)_?(p|prob|share|rate).*", low
        ):
            named[key] = share
        elif any(word in low for word in _AMONG) or not any(word in low for word in _ALL):
            named[key] = among
        else:
            named[key] = population
    return named


_AMONG = ("attack", "challenge", "given", "observed", "among", "select")
_ALL = ("pop", "prior", "uncond", "overall", "true", "mean", "reliab")


def _beta(given: Inputs) -> tuple[float, float]:
    return given.number("alpha", 1e-6, 1e6), given.number("beta", 1e-6, 1e6)


def _types(given: Inputs) -> Weighed:
    """Return reliabilities and shares: those listed, or the nodes of a Beta law."""
    if "alpha" in given:
        a, b = _beta(given)
        return [(float(chance.beta_quantile(u, a, b)), w) for u, w in unit_nodes() if w > 1e-15]
    key = given.first("reliability", "types", "q")
    values = given.numbers(key, 0.0, 1.0)
    shares = next((k for k in ("weights", "shares", "probabilities") if k in given), "")
    weights = given.numbers(shares, 0.0, 1e9) if shares else [1.0] * len(values)
    if len(weights) != len(values) or sum(weights) <= 0.0:
        raise BadInputError(f"{len(values)} reliabilities and {len(weights)} shares")
    return [(q, w / sum(weights)) for q, w in zip(values, weights, strict=True)]


def _utilities(given: Inputs) -> tuple[float, float, float]:
    """Return what an attack is worth without and with help, and the status quo."""
    quo = given.number("U_sq") if "U_sq" in given else 0.0
    if "EU2" in given:
        return given.number("EU2"), given.number("EU3"), quo
    lose = given.number("U_lose")
    prize = given.number("U_win") - lose
    alone, helped = (lose + given.number(p, 0.0, 1.0) * prize for p in ("p2", "p3"))
    return alone, helped, quo


_WORTH = ("EU2 EU3", "U_win U_lose p2 p3", "q_star", "threshold", "qC_star")
_KINDS = ("alpha beta", "reliability", "types", "q")

DECISIONS: tuple[Shape, ...] = (
    *(shape(f"{kind} {worth}", _selection) for kind in _KINDS for worth in _WORTH),
    shape("U_win U_lose U_sq war_cost", _p_star),
    shape("U_win U_lose U_sq p2 p3", _third_party),
    shape("EU2 EU3 U_sq lambda", _curve),
    shape("cG delta_p vG m", _lock_in),
)


# ------------------------------------------------------------------------------ two players


def _signorino(_case: Case, given: Inputs) -> Answer:
    """Attack and resist with logit errors; the source's scale makes lambda = 1/(√2 sd)."""
    quo, yielded = given.number("u11"), given.number("u13")
    war, gain = given.number("u14"), given.number("u24")
    sd = given.number("sd", 1e-9, 1e9) if "sd" in given else 1.0
    precision = 1.0 / (math.sqrt(2.0) * sd)
    resist = float(choice.resist_probability(precision, gain, 0.0))
    attack = 1.0 - refrains(precision, (1.0 - resist) * yielded + resist * war, quo)
    act = FixedAct(
        prize=1.0,
        cost=1.0 - yielded,
        challenger_cost_alone=yielded - 1.0 - war,
        protege_cost_alone=-gain,
        concession_cost=0.0,
    )
    seen = occasion_seen(GameLimit({"war": act}, precision, precision, quo, guarded=False))
    engine = _three_ends(seen.choice["war"], seen.resist["war"])
    return Answer(
        _three_ends(attack, resist), {key: _exactly(value) for key, value in engine.items()}
    )


def _three_ends(attack: float, resist: float) -> dict[str, float]:
    return {
        "p_resist": resist,
        "p_challenge": attack,
        "P_SQ": 1.0 - attack,
        "P_capitulate": attack * (1.0 - resist),
        "P_war": attack * resist,
    }


STRATEGIC: tuple[Shape, ...] = (shape("u11 u13 u14 u24", _signorino, words=("logit",)),)


# ------------------------------------------------------------------------------- the chain


def _chain(_case: Case, given: Inputs) -> Answer:
    """Race, contest, belief and choice joined: late help makes p3, the record makes q."""
    fait = Lag(chance.EXPONENTIAL, given.number("mean_fait", 1e-9, 1e9))
    help_ = Lag(chance.EXPONENTIAL, given.number("mean_reinf", 1e-9, 1e9))
    late = race(fait, help_)
    helper = given.number("e", 0.0, 1e3) * given.number("G", 0.0, 1e9)
    sizes = (given.number("C", 1e-9, 1e9), given.number("D", 1e-9, 1e9))
    alone, joint = contest(*sizes, helper, given.number("m", 0.0, 1e3))
    helped = late * alone + (1.0 - late) * joint
    q = _record(given)
    value, quo = given.number("v"), given.number("U_sq")
    worth = (value * alone - given.number("cost2"), value * helped - given.number("cost3"))
    utility = q * worth[1] + (1.0 - q) * worth[0]
    precision = given.number("lambda", 0.0, 1e6)
    got = {
        "P_fait_accompli": late,
        "p2": alone,
        "p_joint": joint,
        "p3": helped,
        "belief_q": q,
        "EU_attack": utility,
        "P_attack": 1.0 - refrains(precision, utility, quo),
    }
    return Answer(got, _chain_seen(given, got, (fait, help_)))


def _record(given: Inputs) -> float:
    counts = [given.whole(key, 0, 100_000) for key in ("honoured", "reneged")]
    record = [True] * counts[0] + [False] * counts[1]
    a, b = recorded(given.number("alpha", 1e-9, 1e9), given.number("beta", 1e-9, 1e9), record)
    return a / (a + b)


def _chain_seen(given: Inputs, got: dict[str, Any], lags: tuple[Lag, Lag]) -> dict[str, Any]:
    value = given.number("v")
    engine: dict[str, Any] = {}
    if value > 0.0:
        act = FixedAct(
            prize=value,
            win_alone=got["p2"],
            win_helped=got["p3"],
            challenger_cost_alone=given.number("cost2"),
            challenger_cost_helped=given.number("cost3"),
            guarantor_cost=cost_of_acting(got["belief_q"]),
        )
        precision = given.number("lambda")
        seen = occasion_seen(GameLimit({"war": act}, precision, 1.0, given.number("U_sq")))
        engine["EU_attack"] = _exactly(seen.utility["war"])
        engine["P_attack"] = _exactly(seen.choice["war"])
    fait, help_ = lags
    limit = RaceLimit.of((fait.kind, fait.a, fait.b), (help_.kind, help_.a, help_.b))
    if limit is not None:
        engine["P_fait_accompli"] = race_seen(limit, got["P_fait_accompli"])["fait"]
    return engine


CHAIN: tuple[Shape, ...] = (
    shape(
        "mean_fait mean_reinf C D G e m v cost2 cost3 alpha beta honoured reneged lambda U_sq",
        _chain,
    ),
)
