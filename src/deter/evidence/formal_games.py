"""Formal cases of games with given payoffs: the reference game, and smaller ones.

The reference game is {refrain, limited, full}, then {concede, resist}, then {honour, renege}; its
payoffs are in the file's ``meta``. Decisions are the project's laws at a precision, or their limit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from deter.evidence.formal_case import Answer, Case, Inputs, Seen, Shape, shape
from deter.evidence.game_limits import FixedAct, GameLimit, occasion_seen, votes_seen
from deter.evidence.quiet import EXACT
from deter.theory import choice, credibility

ACTS = {"L": "limited", "F": "full"}
PER_ACT = ("p2", "p3", "cC2", "cC3", "cD2", "cD3", "cG", "r", "m", "k")
PAYOFFS = ("vC", "vD", "vG", "s", *(name + a for name in PER_ACT for a in ACTS))
SURE_MARGIN = 40.0
"""Precision times the smallest margin at which a logit is a best response to 1e-17."""

TIE = 1e-12
UNSETTLED = "laws only: someone is indifferent, or an act wins nothing; the engine has neither"


class Act(NamedTuple):
    """The reference game after one act: stakes already multiplied by the act's share."""

    vc: float
    vd: float
    vg: float
    p2: float
    p3: float
    cc2: float
    cc3: float
    cd2: float
    cd3: float
    cg: float
    r: float
    m: float
    k: float

    def margin(self, r: float | None = None) -> float:
        """Return what the guarantor gains by honouring over reneging."""
        public = credibility.vote_margin(
            self.vg, 1.0, self.p2 - self.p3, 0.0, 0.0, self.cg, 0.0, 0.0
        )
        return float(public) + (self.r if r is None else r)

    def war(self, h: float) -> float:
        """Return the challenger's utility of war if help comes with probability h."""
        win = h * self.p3 + (1.0 - h) * self.p2
        cost = h * self.cc3 + (1.0 - h) * self.cc2
        return float(choice.war_utility(self.vc, win, 0.0, 0.0, 0.0, 0.0, 0.0)) - cost - self.m

    def resisting(self, h: float) -> float:
        """Return the protégé's utility of resisting."""
        win = h * self.p3 + (1.0 - h) * self.p2
        cost = h * self.cd3 + (1.0 - h) * self.cd2
        return float(choice.war_utility(-self.vd, win, 0.0, 0.0, 0.0, 0.0, 0.0)) - cost

    def conceding(self) -> float:
        """Return the protégé's utility of conceding."""
        return -self.vd - self.k

    def expected(self, h: float, d: float) -> float:
        """Return the challenger's expected utility of the act."""
        return d * self.war(h) + (1.0 - d) * (self.vc - self.m)


Game = dict[str, Act]


class Play(NamedTuple):
    """How a game is played, by act; ``challenger`` has the probability of refraining too."""

    honour: dict[str, float]
    resist: dict[str, float]
    utility: dict[str, float]
    challenger: dict[str, float]


def game_of(given: Inputs, scale: float = 1.0) -> Game:
    """Return the reference game of some payoffs, all multiplied by a scale."""
    share = {"L": given.number("s", 0.0, 1.0), "F": 1.0}
    values = {v: given.number(v) for v in ("vC", "vD", "vG")}
    game = {}
    for a in ACTS:
        stakes = [scale * share[a] * values[v] for v in ("vC", "vD", "vG")]
        chances = [given.number(p + a, 0.0, 1.0) for p in ("p2", "p3")]
        costs = [scale * given.number(c + a) for c in PER_ACT[2:]]
        game[a] = Act(*stakes, *chances, *costs)
    return game


def decides(precision: float) -> Callable[[float], float]:
    """Return the probability of the better of two as a function of its margin.

    An infinite precision gives a best response, and a half at a tie.
    """
    if math.isinf(precision):
        return lambda x: 0.5 if abs(x) < TIE else float(x > 0.0)
    return lambda x: float(credibility.act_probability(precision * x, 0.0, credibility.LOGIT))


def play(game: Game, precision: float, honour: dict[str, float] | None = None) -> Play:
    """Play the game at one precision for all: agent quantal response, or its limit.

    Parameters
    ----------
    game : dict
        Of :class:`Act` by letter.
    precision : float
        lambda; infinite for subgame-perfect play.
    honour : dict or None
        Probability of help by act, where it is not one guarantor's own choice.
    """
    yes = decides(precision)
    h = honour or {a: yes(act.margin()) for a, act in game.items()}
    resist = {}
    for a, act in game.items():
        if math.isinf(precision):
            resist[a] = yes(act.resisting(h[a]) - act.conceding())
        else:
            p = choice.resist_probability(precision, act.resisting(h[a]), act.conceding())
            resist[a] = float(p)
    utility = {a: act.expected(h[a], resist[a]) for a, act in game.items()}
    return Play(h, resist, utility, chosen(utility, precision))


def chosen(
    utility: dict[str, float], precision: float, status_quo: float = 0.0
) -> dict[str, float]:
    """Return the challenger's probabilities of refraining (worth 0) and of each act."""
    if math.isinf(precision):
        best = max(status_quo, *utility.values())
        alone = [name for name, u in utility.items() if best - u < TIE]
        names = (["refrain"] if best - status_quo < TIE else []) + alone
        all_acts = ["refrain", *utility]
        return {ACTS.get(a, a): (a in names) / len(names) for a in all_acts}
    v = np.array([choice.choice_index(precision, u, 1.0, 0.0) for u in utility.values()])
    attack = float(choice.attack_value(v, 1.0))
    p = float(choice.attack_probability(precision * status_quo, attack))
    odds = {ACTS.get(a, a): p * math.exp(x - attack) for a, x in zip(utility, v, strict=True)}
    return {"refrain": 1.0 - p} | odds


def outcomes(done: Play) -> dict[str, float]:
    """Return the probability of each end of the game."""
    ends = {"status_quo": done.challenger["refrain"]}
    for a, name in ACTS.items():
        p, d, h = done.challenger[name], done.resist[a], done.honour[a]
        ends[f"{a}_concession"] = p * (1.0 - d)
        ends[f"{a}_war_with_guarantor"] = p * d * h
        ends[f"{a}_war_without_guarantor"] = p * d * (1.0 - h)
    return ends


def p_war(done: Play) -> float:
    """Return the probability that it comes to war."""
    return sum(done.challenger[name] * done.resist[a] for a, name in ACTS.items())


# ------------------------------------------------------------------------ subgame perfection


def word(p: float, yes: str, no: str) -> str:
    """Return what is done with a probability, in a word."""
    if p > 1.0 - EXACT:
        return yes
    return no if p < EXACT else "either"


def _indifference(at_0: float, at_1: float) -> tuple[float, float | None]:
    """Return the slope of a line over [0, 1] and where it crosses 0, if it does anywhere."""
    slope = at_1 - at_0
    return slope, None if abs(slope) < TIE else -at_0 / slope


def thresholds(game: Game) -> dict[str, float | None]:
    """Return r*, and the beliefs at which the protégé resists and the challenger is deterred."""
    table: dict[str, float | None] = {}
    for a, act in game.items():
        concede = act.conceding()
        table[f"r_star_{a}"] = -act.margin(0.0)
        slope, root = _indifference(act.resisting(0.0) - concede, act.resisting(1.0) - concede)
        table |= {f"slopeD_{a}": slope, f"qD_star_{a}": root}
        slope, root = _indifference(act.war(0.0), act.war(1.0))
        table |= {f"slopeC_{a}": slope, f"qC_star_{a}": root}
    return table


def words(done: Play) -> dict[str, Any]:
    """Return a play in words: what each does, and what comes of it."""
    first = next((a for a, p in done.challenger.items() if p > 1.0 - EXACT), "either")
    letter = {name: a for a, name in ACTS.items()}.get(first)
    outcome = "status quo" if first == "refrain" else first
    if letter is not None:
        resisted = word(done.resist[letter], "war", "concession")
        helped = word(done.honour[letter], " with guarantor", " without guarantor")
        outcome = f"{first} attack, {resisted}" + (helped if resisted == "war" else "")
    return {
        "guarantor": {a: word(p, "honour", "renege") for a, p in done.honour.items()},
        "defender": {a: word(p, "resist", "concede") for a, p in done.resist.items()},
        "challenger": first,
        "outcome": outcome,
    }


def _payoffs(game: Game, done: Play) -> list[float]:
    """Return the three players' expected payoffs."""
    total = [0.0, 0.0, 0.0]
    for a, name in ACTS.items():
        act, p, d, h = game[a], done.challenger[name], done.resist[a], done.honour[a]
        help_, alone = -act.p3 * act.vg - act.cg, -act.p2 * act.vg - act.r
        parts = (
            act.expected(h, d),
            d * act.resisting(h) + (1.0 - d) * act.conceding(),
            d * (h * help_ + (1.0 - h) * alone) - (1.0 - d) * act.vg,
        )
        for n, part in enumerate(parts):
            total[n] += p * part
    return total


def count_agent_nash(game: Game) -> int:
    """Return how many pure profiles no single decision point gains by leaving.

    A point that is not reached gains nothing, so that threats nobody would carry out count too.
    """
    count = 0
    pure = (0.0, 1.0)
    for first, d_l, d_f, h_l, h_f in product(("refrain", *ACTS), pure, pure, pure, pure):
        resist, honour = {"L": d_l, "F": d_f}, {"L": h_l, "F": h_f}
        utility = {a: act.expected(honour[a], resist[a]) for a, act in game.items()}
        stays = utility.get(first, 0.0) >= max(0.0, *utility.values()) - TIE
        reached = first in ACTS
        count += stays and (not reached or _stay(game[first], resist[first], honour[first]))
    return count


def _stay(act: Act, d: float, h: float) -> bool:
    """Return whether neither protégé nor guarantor, once reached, gains by another act."""
    net = act.resisting(h) - act.conceding()
    if (-net if d == 1.0 else net) > TIE:
        return False
    margin = act.margin()
    return d == 0.0 or (-margin if h == 1.0 else margin) <= TIE


def _changed(case: Case, given: Inputs) -> Answer:
    """Subgame-perfect play of payoffs given as a set, some of which the case changes."""
    table = given.table("payoff_parameters")
    payoffs = {name: table.raw(name) for name in PAYOFFS}
    changes = {name: given.raw(name) for name in PAYOFFS if name in given}
    return _spe(case, Inputs(payoffs | changes))


def _spe(_case: Case, given: Inputs) -> Answer:
    """Subgame-perfect play; the engine's at a precision that makes every margin decisive."""
    sweep = [key for key in PAYOFFS if isinstance(given.raw(key), list)]
    if len(sweep) == 1:
        return _sweep(given, sweep[0])
    game = game_of(given)
    got = _spe_laws(game)
    precision = decisive_precision(game)
    if precision is None or not limit_of(game, precision).possible():
        return Answer(got, {}, UNSETTLED)
    done = play_seen(game, precision)
    engine = words(done) | {"value_C": _exact(done.utility)}
    return Answer(got, engine)


def _spe_laws(game: Game) -> dict[str, Any]:
    done = play(game, math.inf)
    table = thresholds(game)
    return {
        **table,
        **words(done),
        **{f"honour_{a}": p for a, p in done.honour.items()},
        **{f"resist_{a}": p for a, p in done.resist.items()},
        "honour": done.honour,
        "resist": done.resist,
        "value_C": done.utility,
        "payoffs": _payoffs(game, done),
        "thresholds": table,
        "n_pure_agent_nash": count_agent_nash(game),
    }


def _sweep(given: Inputs, key: str) -> Answer:
    """Play the game once for each value of a payoff given as a list: every result is a list."""
    rows = []
    for value in given.numbers(key):
        one = Inputs({name: given.raw(name) for name in PAYOFFS} | {key: value})
        rows.append(_spe_laws(game_of(one)))
    return Answer({name: [row[name] for row in rows] for name in rows[0]})


def decisive_precision(
    game: Game, low: float | None = None, honour: dict[str, float] | None = None
) -> float | None:
    """Return a precision at which logits are best responses; None where someone is indifferent.

    Parameters
    ----------
    game : dict
    low : float or None
        What another type of guarantor pays for reneging, where there is one.
    honour : dict or None
        Probability of help by act, where it is not one guarantor's own choice.
    """
    done = play(game, math.inf, honour)
    gaps = [abs(act.margin(r)) for act in game.values() for r in {None, low}]
    gaps += [abs(act.resisting(done.honour[a]) - act.conceding()) for a, act in game.items()]
    ordered = sorted([0.0, *done.utility.values()])
    gaps.append(ordered[-1] - ordered[-2])
    least = min(gaps)
    return None if least < 1e-9 else SURE_MARGIN / least


# ----------------------------------------------------------------------------- quantal response


def _aqre(given: Inputs) -> Game:
    """Return the game of a quantal response case."""
    scale = given.number("scale", 1e-6, 1e6) if "scale" in given else 1.0
    return game_of(given.table("payoff_parameters"), scale)


def _quantal(_case: Case, given: Inputs) -> Answer:
    """Agent quantal response at one precision, or at several."""
    game = _aqre(given)
    if isinstance(given.raw("lambda"), list):
        return _by_precision(game, given)
    precision = given.number("lambda", 0.0, 1e6)
    if "scale" in given:
        precision /= given.number("scale")
    done = play(game, precision)
    if not limit_of(game, precision).possible():
        return Answer(_described(done), {}, UNSETTLED)
    seen = play_seen(game, precision)
    return Answer(_described(done), _exact(_described(seen)))


def _by_precision(game: Game, given: Inputs) -> Answer:
    """How surely the guarantor honours after a full attack, at each of several precisions."""
    got, engine = {}, {}
    if "gap" in given:
        given.number("gap")
    for precision in given.numbers("lambda", 0.0, 1e6):
        key = f"lam{precision:g}"
        got[key] = decides(precision)(game["F"].margin())
        engine[key] = votes_seen(limit_of(game, precision))[ACTS["F"]]
    return Answer(got, _exact(engine))


def _described(done: Play) -> dict[str, Any]:
    ends = outcomes(done)
    return {
        **ends,
        "honour": done.honour,
        "resist": done.resist,
        "EU_C": {"refrain": 0.0} | done.utility,
        "challenger": done.challenger,
        "outcomes": ends,
        "P_war": p_war(done),
    }


def _exact(tree: Any) -> Any:
    """Return a tree of the engine's numbers, each to be met exactly."""
    if isinstance(tree, dict):
        return {key: _exact(value) for key, value in tree.items()}
    return Seen(tree, EXACT * max(1.0, abs(tree)))


def limit_of(game: Game, precision: float, q: float | None = None, low: float = 0.0) -> GameLimit:
    """Return the engine's limit of a game.

    Parameters
    ----------
    game : dict
    precision : float
        Of all three.
    q : float or None
        Probability that the guarantor is reliable, where it may be of another type.
    low : float
        What that other type pays for reneging.
    """
    acts = {}
    for a, act in game.items():
        acts[ACTS[a]] = FixedAct(
            prize=act.vc,
            cost=act.m,
            win_alone=act.p2,
            win_helped=act.p3,
            challenger_cost_alone=act.cc2,
            challenger_cost_helped=act.cc3,
            protege_cost_alone=act.cd2,
            protege_cost_helped=act.cd3,
            protege_value=act.vd,
            concession_cost=act.k,
            guarantor_value=precision * act.vg,
            guarantor_cost=precision * (act.cg - low - min(0.0, act.r - low)),
            renege_cost=precision * max(0.0, act.r - low),
        )
    return GameLimit(acts, precision, precision, reliable=q)


def play_seen(game: Game, precision: float) -> Play:
    """Return how the engine plays a game at a precision."""
    limit = limit_of(game, precision)
    seen, votes = occasion_seen(limit), votes_seen(limit)
    return Play(
        {a: votes[name] for a, name in ACTS.items()},
        {a: seen.resist[name] for a, name in ACTS.items()},
        {a: seen.utility[name] for a, name in ACTS.items()},
        seen.choice,
    )


# ----------------------------------------------------------------------- an uncertain guarantor


def _types(given: Inputs) -> tuple[Game, float, float]:
    game = _aqre(given)
    return game, given.number("q", 0.0, 1.0), given.number("r_unreliable")


def _uncertain(_case: Case, given: Inputs) -> Answer:
    """Play with a guarantor of two types: an attack says nothing about which.

    Without ``lambda`` it is the perfect Bayesian equilibrium.
    """
    game, q, low = _types(given)
    sharp = "lambda" not in given
    precision = math.inf if sharp else given.number("lambda", 0.0, 1e6)
    yes = decides(precision)
    reliable = {a: yes(act.margin()) for a, act in game.items()}
    unreliable = {a: yes(act.margin(low)) for a, act in game.items()}
    honour = {a: q * reliable[a] + (1.0 - q) * unreliable[a] for a in game}
    done = play(game, precision, honour)
    got = _described(done) | {
        "honour_reliable": reliable,
        "honour_unreliable": unreliable,
        "P_honour": honour,
        "max_regret": _regret(game, done, reliable, unreliable, low),
    }
    if sharp:
        decisive = decisive_precision(game, low, honour)
        if decisive is None:
            return Answer(got, {}, UNSETTLED)
        precision = decisive
    if not limit_of(game, precision).possible():
        return Answer(got, {}, UNSETTLED)
    if any(act.r < low for act in game.values()):
        return Answer(got, {}, "laws only: the engine's commitments raise the will to act")
    return Answer(got, _uncertain_seen(game, precision, q, low))


def _uncertain_seen(game: Game, precision: float, q: float, low: float) -> dict[str, Any]:
    seen = occasion_seen(limit_of(game, precision, q, low))
    engine: dict[str, Any] = {
        "challenger": seen.choice,
        "resist": {a: seen.resist[name] for a, name in ACTS.items()},
        "EU_C": {a: seen.utility[name] for a, name in ACTS.items()},
    }
    spread = {a: act.p2 - act.p3 for a, act in game.items()}
    engine["P_honour"] = {
        a: (act.p2 - seen.chance[ACTS[a]]) / spread[a]
        for a, act in game.items()
        if abs(spread[a]) > 1e-3
    }
    tree: dict[str, Any] = _exact(engine)
    return tree


def _regret(
    game: Game, done: Play, reliable: dict[str, float], unreliable: dict[str, float], low: float
) -> float:
    """Return the most that any decision point could gain by another act."""
    worst = max(0.0, *done.utility.values()) - sum(
        p * done.utility[a] for a, name in ACTS.items() if (p := done.challenger[name]) > 0.0
    )
    for a, act in game.items():
        net = act.resisting(done.honour[a]) - act.conceding()
        points = ((net, done.resist[a]), (act.margin(), reliable[a]))
        for gain, p in (*points, (act.margin(low), unreliable[a])):
            worst = max(worst, max(gain, 0.0) - p * gain)
    return worst


REFERENCE: tuple[Shape, ...] = (
    shape(" ".join(PAYOFFS), _spe),
    shape("payoff_parameters", _changed),
    shape("payoff_parameters lambda", _quantal),
    shape("payoff_parameters q r_unreliable", _uncertain),
    shape("payoff_parameters q r_unreliable lambda", _uncertain),
)
