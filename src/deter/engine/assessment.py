"""What the challenger expects of its options: assemblies of the laws over a game in memory.

No rule is written here: every step is a law of ``theory``. Both engines call these functions, so
what is expected is computed once. An actor is given a view, never the world.
"""

from __future__ import annotations

import math

from deter.engine.expected_help import expected_help
from deter.engine.layout import (
    RUNG_COUNT,
    challenger_of,
    guarantor_of,
    option_of,
    outlook_at,
    protege_of,
    ready_state,
    rules_of,
    rung_of,
    sizes,
    view_at,
)
from deter.engine.memory import floats, load, load_integer, store, store_integer
from deter.engine.strength import (
    LONGEST_CAMPAIGN,
    channel_gains,
    days_to_objective,
    monthly_tempo,
    odds_of,
    strengths,
    walk,
)
from deter.theory import campaign, choice, credibility, posture
from deter.theory.law import inner, law

MOST_ENUMERATED = 3
"""Helpers whose every combination of acts is weighed in mode ``equilibrium``."""


@inner
def available(c: int, v: int, k: int) -> bool:
    """Return whether option ``k`` can be taken: season, forces, something left to win."""
    option = option_of(c, k)
    view = view_at(v, 0)
    if option.months_mask and not (option.months_mask >> view.month) & 1:
        return False
    if load(view.prize, k) <= 0.0:
        return False
    return bool(view.attacker >= option.minimum_forces)


@law
def assess(c: int, v: int, k: int, sure: bool, o: int, like: int) -> None:
    """Fill the outlook of option ``k`` for the challenger: help, chances, utility, index.

    Of an option that is not available nothing is expected: its index is -inf, the rest 0.

    Parameters
    ----------
    c, v, o : int
        Addresses of the game, the view and the outlook (:mod:`deter.engine.layout`).
    sure : bool
        If every guarantor honoured every obligation in force for certain.
    like : int
        Address of an outlook from the same beliefs, stances and layers, or 0. Help against an
        incident depends on nothing else, so it is taken from there.
    """
    head, rules, option = sizes(c, 0), rules_of(c, 0), option_of(c, k)
    view, out = view_at(v, 0), outlook_at(o, 0)
    store(out.indices, k, choice.NEVER)
    store(out.utility, k, 0.0)
    store(out.win, k, 0.0)
    store(out.days, k, 0.0)
    store(out.resist, k, 1.0)
    acts, aid, gains = acts_of(c, o, k), aid_of(c, o, k), gains_of(c, o, k)
    recognised = out.recognition + 8 * k * head.n_layers
    if not available(c, v, k):
        for at in range(head.n * RUNG_COUNT):
            store(acts, at, 0.0)
        for lay in range(head.n_layers):
            store(recognised, lay, 0.0)
        return
    if option.option_class > 0 and rules.win == 0:
        below, above = walk(c, v, k, 0.0)
        budget = days_to_objective(c, v, below, above, odds_of(c, v, k, 0.0))
        head_start = option.warning * load(view.seen, k)
        strengths(c, v, budget, 0.0, head_start, -1)
    helped = 0.0
    if like and option.option_class == 0 and load(outlook_at(like, 0).indices, k) > choice.NEVER:
        _take_help(c, o, k, like)
    else:
        channel_gains(c, v, k, 0.0, -1, gains)
        helped = expected_help(c, v, k, sure, gains, acts, aid, recognised)
    prize = load(view.prize, k)
    gain = (view.motive + view.hostility) * prize
    if rules.win == 1:
        utility = _fixed_utility(c, k, gain, o)
    else:
        utility = _campaign_utility(c, v, k, gain, helped, o)
    store(out.utility, k, utility)
    store(out.indices, k, index_of(c, v, k, utility))


@inner
def _take_help(c: int, o: int, k: int, like: int) -> None:
    """Take from another outlook what help is expected against an incident; none adds strength."""
    head = sizes(c, 0)
    acts, aid, given = acts_of(c, o, k), aid_of(c, o, k), acts_of(c, like, k)
    for at in range(head.n * RUNG_COUNT):
        store(acts, at, load(given, at))
        store(aid, at, 0.0)
    gains, gained = gains_of(c, o, k), gains_of(c, like, k)
    for at in range((1 + head.n_layers) * RUNG_COUNT):
        store(gains, at, load(gained, at))
    recognised = outlook_at(o, 0).recognition + 8 * k * head.n_layers
    known = outlook_at(like, 0).recognition + 8 * k * head.n_layers
    for lay in range(head.n_layers):
        store(recognised, lay, load(known, lay))


@inner
def acts_of(c: int, o: int, k: int) -> int:
    """Return the address of what guarantors are expected to do about option ``k``, (G, 4)."""
    return outlook_at(o, 0).acts + 8 * k * sizes(c, 0).n * RUNG_COUNT


@inner
def aid_of(c: int, o: int, k: int) -> int:
    """Return the address of the strength that answers option ``k`` in time, (G, 4)."""
    return outlook_at(o, 0).aid + 8 * k * sizes(c, 0).n * RUNG_COUNT


@inner
def gains_of(c: int, o: int, k: int) -> int:
    """Return the address of what help against option ``k`` gains, (1 + L, 4)."""
    return outlook_at(o, 0).gain + 8 * k * (1 + sizes(c, 0).n_layers) * RUNG_COUNT


@inner
def _fixed_utility(c: int, k: int, gain: float, o: int) -> float:
    """Return the expected utility with payoffs given outright (one guarantor's help or none)."""
    option, out = option_of(c, k), outlook_at(o, 0)
    helped = 0.0
    for i in range(sizes(c, 0).n):
        if guarantor_of(c, i).in_play:
            p = load(acts_of(c, o, k), i * RUNG_COUNT)
            helped = 1.0 - (1.0 - helped) * (1.0 - p)
    win = helped * option.fixed_win_helped + (1.0 - helped) * option.fixed_win_alone
    fight = (
        gain * win
        - helped * option.fixed_challenger_cost_helped
        - (1.0 - helped) * option.fixed_challenger_cost_alone
    )
    resist = (
        -win * option.fixed_protege_value
        - helped * option.fixed_protege_cost_helped
        - (1.0 - helped) * option.fixed_protege_cost_alone
    )
    concede = -option.fixed_protege_value - option.fixed_concession_cost
    p = choice.resist_probability(protege_of(c, 0).resistance_precision, resist, concede)
    store(out.win, k, win)
    store(out.resist, k, p)
    return choice.act_utility(p, fight, gain, option.cost)


@inner
def _enumerated_win(
    c: int, v: int, k: int, below: float, above: float, acts: int, aid: int, otherwise: float
) -> float:
    """Return the challenger's chance averaged over what each of at most three helpers does.

    Each helper ends on one of five rungs; all combinations are weighed by their probability. With
    more helpers the chance at their expected strength, ``otherwise``, stands.
    """
    helpers = sizes(c, 0).who
    count = 0
    for i in range(sizes(c, 0).n):
        if guarantor_of(c, i).in_play:
            if count == MOST_ENUMERATED:
                return otherwise
            store_integer(helpers, count, i)
            count += 1
    total = 0.0
    for code in range(5**count):
        rest = code
        p = 1.0
        strength = 0.0
        for h in range(count):
            at, rung = load_integer(helpers, h) * RUNG_COUNT, rest % 5
            rest //= 5
            p *= credibility.ending_probability(floats(acts + 8 * at, RUNG_COUNT), rung)
            for j in range(rung):
                strength += load(aid, at + j)
        if p > 0.0:
            total += p * campaign.ruin_win(below, above, odds_of(c, v, k, strength))
    return total


@inner
def _campaign_utility(c: int, v: int, k: int, gain: float, helped: float, o: int) -> float:
    """Return the expected utility of an option from chances, length, punishment, escalation."""
    rules, option, view = rules_of(c, 0), option_of(c, k), view_at(v, 0)
    challenger, out = challenger_of(c, 0), outlook_at(o, 0)
    win, days, resist = 1.0, 0.0, 1.0
    if option.option_class == 0:
        win = gets_through(c, v, k)
    else:
        below, above = walk(c, v, k, 0.0)
        odds = odds_of(c, v, k, helped)
        win = campaign.ruin_win(below, above, odds)
        if rules.beliefs_about_help == 1:
            acts, aid = acts_of(c, o, k), aid_of(c, o, k)
            win = _enumerated_win(c, v, k, below, above, acts, aid, win)
        battles = campaign.ruin_battles(below, above, odds)
        days = campaign.days_of_battles(battles, monthly_tempo(c, view.month), 1.0)
        days = min(LONGEST_CAMPAIGN, days)
        resist = resists(c, v, k, win, days)
    punishment, in_combat = _punishment(c, v, k, acts_of(c, o, k))
    escalation = 0.0
    if days > 0.0:
        hazard = campaign.escalation_rate(rules.escalation_rate, in_combat, option.severity)
        escalation = campaign.escalation_probability(hazard, days)
    cost = posture.war_cost_under_sanctions(
        challenger.war_cost, rules.sanctions_war_cost, view.sanctions
    )
    fight = choice.war_utility(gain, win, days, cost, punishment, escalation, rules.escalation_loss)
    store(out.win, k, win)
    store(out.days, k, days)
    store(out.resist, k, resist)
    return choice.act_utility(resist, fight, gain, option.cost)


@inner
def gets_through(c: int, v: int, k: int) -> float:
    """Return the chance that an act short of a campaign does what it is meant to."""
    return 1.0 - view_at(v, 0).interception if option_of(c, k).intercepted else 1.0


@inner
def resists(c: int, v: int, k: int, win: float, days: float) -> float:
    """Return the protégé's probability of resisting option ``k``, given chance and length."""
    protege, prize = protege_of(c, 0), load(view_at(v, 0).prize, k)
    return choice.resist_probability(
        protege.resistance_precision,
        -prize * win - protege.war_cost * days,
        -prize - protege.concession_cost,
    )


@inner
def index_of(c: int, v: int, k: int, utility: float) -> float:
    """Return the index of option ``k`` in the logit, with heat and exhaustion."""
    option, view = option_of(c, k), view_at(v, 0)
    stake = load(view.prize, k) if option.stake == math.inf else option.stake
    precision, exponent = challenger_of(c, 0).precision, rules_of(c, 0).stake_exponent
    index = choice.choice_index(precision, utility, stake, exponent)
    return index + view.heat - view.exhaustion * option.severity


@inner
def _punishment(c: int, v: int, k: int, acts: int) -> tuple[float, float]:
    """Return the expected punishment of option ``k`` and the guarantor rungs in combat."""
    severity = option_of(c, k).severity
    punishment = 0.0
    in_combat = 0.0
    sanctioning = 0.0
    for i in range(sizes(c, 0).n):
        share = ready_state(c, i).share
        sanctioning += share * load(acts, i * RUNG_COUNT)
        for j in range(1, RUNG_COUNT):
            rung, p = rung_of(c, j), load(acts, i * RUNG_COUNT + j)
            punishment += rung.punishment * severity * share * p
            if rung.combat:
                in_combat += p
    threat = rung_of(c, 0).punishment
    punishment += posture.snapback_punishment(
        threat, severity, min(1.0, sanctioning), view_at(v, 0).sanctions
    )
    return punishment, in_combat


@law
def assess_all(c: int, v: int, sure: bool, o: int, like: int) -> float:
    """Fill the outlook of every option; return the inclusive value of attacking, V_A.

    The arguments are those of :func:`assess`.
    """
    n_options = sizes(c, 0).n_options
    for k in range(n_options):
        assess(c, v, k, sure, o, like)
    indices = floats(outlook_at(o, 0).indices, n_options)
    return choice.attack_value(indices, rules_of(c, 0).dissimilarity)


@inner
def assess_some(c: int, v: int, o: int, campaigns: bool, like: int) -> None:
    """Fill the outlook of the options that are campaigns, or of those that are not.

    ``like`` is as in :func:`assess`.
    """
    for k in range(sizes(c, 0).n_options):
        if (option_of(c, k).option_class > 0) == campaigns:
            assess(c, v, k, False, o, like)
