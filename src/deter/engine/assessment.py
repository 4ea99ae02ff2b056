"""What an actor expects from what it sees: assemblies of the laws over a game's arrays.

No rule is written here: every step is a law of ``theory``. Both engines call these functions, so
what is expected is computed once. An actor is given a :class:`View`, never the world.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deter.engine.game import Game
from deter.theory import campaign, choice, coordination, credibility, posture
from deter.theory.chance import lag_cdf
from deter.theory.law import law

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class View(NamedTuple):
    """What an observer sees at a moment; ``mean`` and ``variance`` are its beliefs.

    Scalars: forces in brigades, ``sanctions`` L, ``interception`` of strikes, ``motive``,
    ``hostility`` of the framework, ``heat`` and ``exhaustion`` in log-odds, ``noise`` added to
    ambiguity, ``month`` 1-12. Over guarantors (G): beliefs, ``stance`` (with a second theatre's
    shift), ``available`` share, ``stake``, ``troops`` in place, ``alpha``/``beta`` of Beta
    beliefs, ``pledge``, the rung a guarantor has declared before the attack, -1 where it has
    declared nothing. Over layers and guarantors (L, G): ``force``, the probability in [0, 1] that
    the response clauses bind; ``level``, the effective binding. Over options (K): ``prize``, what
    is left to win, and ``seen``, the chance that mobilisation for it is detected. Over regions
    (Q): ``extra_steps`` that a zone adds and ``fort``, fortification.
    """

    attacker: float
    defender: float
    sanctions: float
    interception: float
    motive: float
    hostility: float
    heat: float
    exhaustion: float
    noise: float
    month: int
    mean: FloatArray
    variance: FloatArray
    stance: FloatArray
    available: FloatArray
    stake: FloatArray
    troops: FloatArray
    alpha: FloatArray
    beta: FloatArray
    force: FloatArray
    level: IntArray
    pledge: IntArray
    seen: FloatArray
    prize: FloatArray
    extra_steps: FloatArray
    fort: FloatArray


class Prepared(NamedTuple):
    """What follows from a replication's game alone, computed once.

    ``delay`` (1 + L, G): expected days from an attack to each guarantor's decision, ad hoc and
    under each layer. ``clock`` (L, G): expected days from a ruling to it. Over guarantors:
    ``place_days`` to reach the fight, ``fire`` share of units in place under fire, ``planned``
    reinforcement and its ``planned_days``.
    """

    delay: FloatArray
    clock: FloatArray
    place_days: FloatArray
    fire: FloatArray
    planned: FloatArray
    planned_days: FloatArray


class Outlook(NamedTuple):
    """What an option is expected to bring (arrays over options, K, or guarantors and rungs).

    ``indices`` v_k, ``utility`` EU_k, ``win`` W_k, ``days`` of campaign, ``resist`` probability;
    ``acts`` (K, G, 4) the probability that a guarantor acts at a rung or above and ``aid``
    (K, G, 4) the strength it then adds in time; ``gain`` (K, 1 + L, 4) the fall in the
    challenger's chance that a channel's help brings; ``recognition`` (K, L).
    """

    indices: FloatArray
    utility: FloatArray
    win: FloatArray
    days: FloatArray
    resist: FloatArray
    acts: FloatArray
    aid: FloatArray
    gain: FloatArray
    recognition: FloatArray


@law
def winter_factor(game: Game, month: int, value: float) -> float:
    """Return ``value`` in a month of winter, 1 in others."""
    if (game.rules[0].winter_mask >> month) & 1:
        return value
    return 1.0


@law
def walk(game: Game, view: View, k: int, gained: float) -> tuple[float, float]:
    """Return the steps to repulse and to the objective of option ``k`` at a position."""
    option = game.options[k]
    below = option.steps_to_repulse + gained
    above = option.steps_to_objective + view.extra_steps[option.region] - gained
    return below, above


@law
def odds_of(game: Game, view: View, k: int, helped: float) -> float:
    """Return the odds of a battle of option ``k`` if the defender has ``helped`` more strength."""
    option = game.options[k]
    fort = view.fort[option.region]
    attacker = view.attacker * option.share
    defender = view.defender * option.defended_share + helped
    return campaign.battle_odds(attacker, defender, fort, game.rules[0].contest_exponent)


@law
def monthly_tempo(game: Game, month: int) -> float:
    """Return expected battles per 30 days in a month."""
    rules = game.rules[0]
    return rules.battles_per_month * winter_factor(game, month, rules.winter_tempo)


@law
def strengths(
    game: Game,
    ready: Prepared,
    view: View,
    budget: float,
    elapsed: float,
    head_start: float,
    out: FloatArray,
) -> None:
    """Fill the strength each guarantor's response adds in time, by channel and rung.

    Channel 0 is help ad hoc by those with a stake, channel 1 + l help under layer l by its
    members. What a rung sends counts with the chance that its lag is over within the budget:
    arms (rung 2); air and units in place, which fight once their state does (rung 3); planned
    reinforcement, 30-day and 90-day brigades (rung 4). Rung 1 adds none.

    Parameters
    ----------
    budget : float
        Days from the attack until the objective would fall.
    elapsed : float
        Days since the attack.
    head_start : float
        Days of warning, which count for help ad hoc and for layers that count threats.
    out : array, shape (1 + L, G, 4)
        Written, brigade equivalents.
    """
    second_wave = game.rules[0].second_wave_days
    arms, air, ground = game.rungs[1], game.rungs[2], game.rungs[3]
    rules = game.rules[0]
    for c in range(out.shape[0]):
        respond, on_call = math.inf, 0.0
        if c > 0 and game.layers[c - 1].deadlines_respond < math.inf:
            respond = game.layers[c - 1].deadlines_respond
            on_call = credibility.compliance_probability(
                rules.deadline_compliance, rules.deadline_binding, game.layers[c - 1].binding
            )
        for i in range(out.shape[1]):
            for j in range(4):
                out[c, i, j] = 0.0
            g = game.guarantors[i]
            if c == 0:
                if g.has_stake == 0:
                    continue
            elif game.members[c - 1, i].member == 0:
                continue
            early = head_start if c == 0 or game.layers[c - 1].trigger_threats else 0.0
            days = budget - max(elapsed, ready.delay[c, i] - early)
            if days < 0.0:
                continue
            here = view.available[i]
            if g.arms > 0.0 and g.highest_rung >= 1:
                share = lag_cdf(days, arms.lag_distribution, arms.lag_typical, arms.lag_shape)
                share = max(share, on_call if days >= respond else 0.0)
                out[c, i, 1] = g.arms * share * arms.strength
            if g.highest_rung >= 2:
                total = 0.0
                if g.air > 0.0:
                    first_unit = max(air.lag_typical, g.days_first_unit)
                    share = lag_cdf(days, air.lag_distribution, first_unit, air.lag_shape)
                    total = g.air * max(share, on_call if days >= respond else 0.0)
                if days >= ready.place_days[i]:
                    total += posture.brigades(view.troops[i])
                out[c, i, 2] = total * air.strength * here
            if g.highest_rung >= 3:
                planned = ready.planned[i] if view.troops[i] > 0.0 else 0.0
                total = planned if days >= ready.planned_days[i] else 0.0
                first = max(0.0, g.brigades_30d - planned)
                second = max(0.0, g.brigades_90d - g.brigades_30d)
                kind, shape = ground.lag_distribution, ground.lag_shape
                if first > 0.0:
                    total += first * lag_cdf(days, kind, g.days_brigade, shape)
                if second > 0.0 and days > second_wave:
                    total += second * lag_cdf(days - second_wave, kind, g.days_brigade, shape)
                out[c, i, 3] = total * ground.strength * here


@law
def prepare(game: Game) -> Prepared:
    """Return what follows from the game alone."""
    n_layers, n = game.members.shape
    ready = Prepared(
        np.zeros((1 + n_layers, n)),
        np.zeros((n_layers, n)),
        np.full(n, np.inf),
        np.zeros(n),
        np.zeros(n),
        np.full(n, np.inf),
    )
    rules = game.rules[0]
    for i in range(n):
        ready.delay[0, i] = game.guarantors[i].decision_clock
        for lay in range(n_layers):
            cell = game.members[lay, i]
            if cell.member:
                ready.clock[lay, i] = typical_clock(game, lay, i)
                ready.delay[1 + lay, i] = layer_delay(game, lay, ready.clock[lay, i])
            if cell.troops > 0.0:
                here, fire = 0.0, 1.0
                if cell.place == 1:
                    here, fire = rules.rear_days, rules.rear_exposure
                elif cell.place == 2:
                    here, fire = rules.neighbour_days, 0.0
                ready.place_days[i] = min(ready.place_days[i], here)
                ready.fire[i] = max(ready.fire[i], fire)
            if cell.reinforcement > ready.planned[i]:
                ready.planned[i] = cell.reinforcement
                ready.planned_days[i] = cell.reinforcement_days
    return ready


@law
def attribution_delay(game: Game, lay: int) -> float:
    """Return the days a layer's arbiter takes to rule; monitors shorten it."""
    layer = game.layers[lay]
    return layer.attribution_delay * (1.0 - layer.attribution_monitoring)


@law
def meeting_delay(game: Game, lay: int) -> float:
    """Return the days until a layer's members meet: the deadline to consult, if it sets one."""
    return min(game.layers[lay].deadlines_consult, game.rules[0].consult_days)


@law
def members_needed(game: Game, lay: int, n: int) -> int:
    """Return how many yeses of ``n`` voters a layer's rule needs."""
    layer = game.layers[lay]
    rule = layer.decision_rule
    if rule == coordination.COALITION:
        return layer.decision_k
    if rule in (coordination.MAJORITY, coordination.SECURITY_COUNCIL):
        return coordination.majority_size(n)
    if rule == coordination.CONSENSUS:
        return n
    return 1


@law
def typical_clock(game: Game, lay: int, i: int) -> float:
    """Return the expected days from a ruling to a decision of member ``i`` in a layer.

    Own clock for rules each and lead; for collective rules the order statistic of the members'
    typical clocks.
    """
    layer = game.layers[lay]
    rule = layer.decision_rule
    if rule == coordination.EACH:
        return game.guarantors[i].decision_clock
    if rule == coordination.LEAD and layer.lead >= 0:
        return game.guarantors[layer.lead].decision_clock
    n_guarantors = game.guarantors.shape[0]
    clocks = np.empty(n_guarantors + layer.decision_others_n)
    n = 0
    for g in range(n_guarantors):
        if game.members[lay, g].member:
            clocks[n] = game.guarantors[g].decision_clock
            n += 1
    for _ in range(layer.decision_others_n):
        clocks[n] = layer.decision_others_clock
        n += 1
    votes = np.ones(n, dtype=np.int64)
    k = members_needed(game, lay, n)
    if rule == coordination.WEIGHTED_MAJORITY:
        k = coordination.majority_size(n)
    return coordination.quorum_time(clocks, votes, n, 1, min(k, n))


@law
def layer_delay(game: Game, lay: int, clock: float) -> float:
    """Return the expected days from an attack to a decision under a layer, given the clock."""
    layer = game.layers[lay]
    meeting = meeting_delay(game, lay)
    start = meeting if layer.deadlines_counted_from == 1 else 0.0
    ready = max(attribution_delay(game, lay), meeting)
    return min(ready + clock, max(ready, start + layer.deadlines_decide))


@law
def in_time(game: Game, ready: Prepared, view: View, lay: int, i: int) -> float:
    """Return the probability that member ``i`` decides by a layer's deadline, or is not missed."""
    layer = game.layers[lay]
    if layer.deadlines_decide == math.inf or layer.deadlines_silence:
        return 1.0
    if ready.clock[lay, i] <= layer.deadlines_decide:
        return 1.0
    rules = game.rules[0]
    return credibility.compliance_probability(
        rules.deadline_compliance, rules.deadline_binding, view.level[lay, i]
    )


@law
def obligation_of(game: Game, lay: int, i: int, rung: int) -> int:
    """Return the level of obligation of member ``i`` at ``rung`` (1-4).

    Sanctions that snap back by vote are owed at rung 1.
    """
    cell = game.members[lay, i]
    if rung == 1:
        if game.layers[lay].sanctions_snapback == 2:
            return max(cell.sanctions, 2)
        return cell.sanctions
    if rung == 2:
        return cell.arms
    if rung == 3:
        return cell.air
    return cell.ground


@law
def owed_rung(game: Game, lay: int, i: int) -> int:
    """Return the rung a member owes: the highest with a duty to assist or all means.

    Where the text leaves the action to the member (as deemed necessary), it owes some act, rung 1;
    where it only asks to consult, nothing.
    """
    owed = 0
    for rung in range(1, 5):
        level = obligation_of(game, lay, i, rung)
        if level == 3 and owed == 0:
            owed = 1
        elif level in (2, 4):
            owed = rung
    return owed


@law
def commitment(game: Game, binding: int, resolve_sd: float, level: int, renege: float) -> float:
    """Return the pull B * o of a layer in force, probit units.

    Parameters
    ----------
    binding, level : int
        Effective binding; level of obligation at the rung.
    resolve_sd : float
        tau of the guarantor.
    renege : float
        Cost of reneging where payoffs are given outright.
    """
    if level == 0:
        return 0.0
    weight = credibility.obligation_weight(level)
    if game.rules[0].win == 1:
        return renege * weight
    return weight * credibility.binding_weight(binding, resolve_sd, game.rules[0].binding_slope)


@law
def open_rung(game: Game, k: int, j: int) -> bool:
    """Return whether rung ``j + 1`` may answer option ``k`` at all."""
    return credibility.proportionate(
        game.options[k].severity, game.rules[0].force_severity, game.rungs[j].combat == 1
    )


@law
def public_margin(
    game: Game,
    ready: Prepared,
    view: View,
    k: int,
    i: int,
    rung: int,
    gain: float,
    lead: float,
    others: float,
) -> float:
    """Return the part of guarantor ``i``'s margin that all can see, without commitment.

    Parameters
    ----------
    gain : float
        Fall in the challenger's chance that the channel's help brings.
    lead, others : float
        Whether (or how likely) the lead acts; expected share of the others that act.
    """
    rules = game.rules[0]
    g = game.guarantors[i]
    option = game.options[k]
    if rules.win == 1:
        return option.fixed_guarantor_value * gain - option.fixed_guarantor_cost
    exposed = 0.0
    if option.option_class > 0 and view.troops[i] > 0.0:
        exposed = credibility.exposure_pull(
            rules.exposure, view.troops[i] * ready.fire[i], rules.exposure_half
        )
    risk = g.risk_sensitivity * game.rungs[rung - 1].risk
    return credibility.vote_margin(
        view.stake[i],
        option.severity,
        gain,
        exposed,
        view.stance[i],
        risk,
        rules.lead_pull * lead,
        rules.free_riding * others,
    )


@law
def channel_gains(
    game: Game, view: View, k: int, gained: float, strength: FloatArray, gains: FloatArray
) -> None:
    """Fill the fall in the challenger's chance that each channel's help at each rung brings.

    Help is joint: what all who may act in the channel would add at the rung and below. Rung 1
    punishes and does not have to arrive: its gain is 1, as it is for incidents.

    Parameters
    ----------
    gained : float
        Position of the walk, steps from the start line.
    strength : array, shape (1 + L, G, 4)
        Of :func:`strengths`.
    gains : array, shape (1 + L, 4)
        Written.
    """
    option = game.options[k]
    fixed = game.rules[0].win == 1
    for c in range(gains.shape[0]):
        for j in range(4):
            gains[c, j] = 1.0
            if fixed:
                gains[c, j] = option.fixed_win_alone - option.fixed_win_helped
    if fixed or option.option_class == 0:
        return
    below, above = walk(game, view, k, gained)
    win = campaign.ruin_win(below, above, odds_of(game, view, k, 0.0))
    for c in range(gains.shape[0]):
        helped = 0.0
        for j in range(1, 4):
            for i in range(strength.shape[1]):
                helped += strength[c, i, j]
            odds = odds_of(game, view, k, helped)
            gains[c, j] = win - campaign.ruin_win(below, above, odds)


@law
def days_to_objective(game: Game, view: View, below: float, above: float, odds: float) -> float:
    """Return the expected days until the objective would fall, given that it falls."""
    battles = campaign.ruin_battles_given_win(below, above, odds)
    if battles == math.inf:
        return 1e6
    return min(1e6, campaign.days_of_battles(battles, monthly_tempo(game, view.month), 1.0))


@law
def believed(
    rules: Any, resolve: float, mean: float, variance: float, margin: float, a: float, b: float
) -> float:
    """Return the observer's probability that a guarantor is ready, given its public margin.

    Parameters
    ----------
    resolve, mean, variance : float
        Prior mean of its resolve; the observer's belief.
    margin : float
        Public margin with commitment.
    a, b : float
        Record of acts and refusals, where beliefs are Beta.
    """
    if rules.belief == 0:
        return credibility.act_probability(mean + margin, variance, rules.link)
    start = credibility.act_probability(resolve + margin, variance, rules.link)
    prior = min(0.999, max(0.001, start))
    a0 = prior * rules.prior_strength
    b0 = (1.0 - prior) * rules.prior_strength
    record = (a0 + a) / (a0 + b0 + a + b)
    return credibility.nested_credibility(start, prior, record, rules.record_weight)


@law
def recognition(game: Game, view: View, lay: int, k: int) -> float:
    """Return the probability that a layer's arbiter recognises option ``k`` and lets it stand."""
    layer = game.layers[lay]
    option = game.options[k]
    if game.covers[lay, k] == 0:
        return 0.0
    if layer.attribution_arbiter == 3 and game.challenger[0].veto:
        return 0.0
    ambiguity = act_ambiguity(game, view, lay, k)
    q = credibility.recognition_probability(
        option.severity, layer.trigger_ambiguity * ambiguity, layer.trigger_threshold
    )
    if layer.limits_void_if_protege_attacks > 0:
        rules = game.rules[0]
        alleged = credibility.dispute_probability(
            rules.dispute_base, 0.0, 0.0, rules.dispute_void, True
        )
        upheld = credibility.provoked_probability(
            rules.dispute_provoked, ambiguity, layer.attribution_monitoring
        )
        q *= 1.0 - alleged * upheld
    return q


@law
def act_ambiguity(game: Game, view: View, lay: int, k: int) -> float:
    """Return how ambiguous option ``k`` is to a layer: the noise of a ceasefire adds to it."""
    option = game.options[k]
    if option.option_class == 2:
        return option.ambiguity
    monitoring = game.layers[lay].attribution_monitoring
    return min(1.0, option.ambiguity + view.noise * (1.0 - monitoring))


@law
def pass_given(
    rule: int,
    i: int,
    lead: int,
    needed: int,
    quota: int,
    p: FloatArray,
    weights: IntArray,
    n: int,
) -> float:
    """Return the probability that a rule is met given that voter ``i`` votes yes.

    Parameters
    ----------
    rule : int
        Of ``coordination``.
    i, lead : int
        Positions among the voters; ``lead`` -1 for none.
    needed, quota : int
        Yeses or weight the rule needs.
    p, weights : arrays
        Probability and weight of each voter.
    n : int
        Voters that count.
    """
    if rule == coordination.EACH:
        return 1.0
    if rule == coordination.LEAD:
        if lead < 0:
            return 0.0
        return 1.0 if lead == i else p[lead]
    if rule == coordination.CONSENSUS:
        return coordination.all_of(p, n, i)
    if rule == coordination.WEIGHTED_MAJORITY:
        return coordination.weight_at_least(p, weights, n, quota - weights[i], i)
    return coordination.at_least(p, n, needed - 1, i)


@law
def bound_probability(
    game: Game,
    ready: Prepared,
    view: View,
    k: int,
    lay: int,
    i: int,
    j: int,
    gain: float,
    lead: float,
    others: float,
    recognised: FloatArray,
) -> float:
    """Return the observer's probability that member ``i`` is ready for rung ``j + 1`` in a layer.

    The commitment is the maximum over the layers in force that recognise the act where this one
    does: thresholds nest, so those that are at least as likely to.

    Parameters
    ----------
    gain, lead, others : float
        As in :func:`public_margin`.
    recognised : array, shape (L,)
        Probability that each layer recognises the act.
    """
    g = game.guarantors[i]
    if j > g.highest_rung or not open_rung(game, k, j):
        return 0.0
    renege = game.options[k].fixed_renege_cost
    pull = 0.0
    for m in range(recognised.shape[0]):
        if m != lay and (view.force[m, i] <= 0.0 or recognised[m] < recognised[lay]):
            continue
        level = obligation_of(game, m, i, j + 1)
        pull = max(pull, commitment(game, view.level[m, i], g.resolve_sd, level, renege))
    margin = pull + public_margin(game, ready, view, k, i, j + 1, gain, lead, others)
    mean, variance = view.mean[i], view.variance[i]
    return believed(game.rules[0], g.resolve, mean, variance, margin, view.alpha[i], view.beta[i])


@law
def expected_others(
    game: Game, ready: Prepared, view: View, k: int, gains: FloatArray, out: FloatArray
) -> None:
    """Fill the share of the other states with a stake that would act ad hoc, per rung."""
    n = game.guarantors.shape[0]
    count = 0
    total = np.zeros(4)
    for i in range(n):
        g = game.guarantors[i]
        if g.has_stake == 0:
            continue
        count += 1
        for j in range(g.highest_rung + 1):
            margin = public_margin(game, ready, view, k, i, j + 1, gains[0, j], 0.0, 0.0)
            p = credibility.act_probability(
                view.mean[i] + margin, view.variance[i], game.rules[0].link
            )
            out[i, j] = p
            total[j] += p
    for i in range(n):
        rest = count - game.guarantors[i].has_stake
        for j in range(4):
            out[i, j] = (total[j] - out[i, j]) / rest if rest > 0 else 0.0


@law
def expected_help(
    game: Game,
    ready: Prepared,
    view: View,
    k: int,
    sure: bool,
    strength: FloatArray,
    gains: FloatArray,
    acts: FloatArray,
    aid: FloatArray,
    recognised: FloatArray,
) -> float:
    """Fill what help is expected against option ``k``; return its expected timely strength.

    Per guarantor and rung the best channel counts: commitment is the maximum over layers, and a
    decision under any suffices.

    Parameters
    ----------
    sure : bool
        If every guarantor honoured every obligation in force for certain.
    strength : array, shape (1 + L, G, 4)
        Strength that arrives in time, by channel.
    gains : array, shape (1 + L, 4)
    acts : array, shape (G, 4)
        Written: probability that each guarantor acts at each rung or above.
    aid : array, shape (G, 4)
        Written: strength each rung adds in time by its best channel, if the guarantor acts.
    recognised : array, shape (L,)
        Written: probability that each layer recognises the act.
    """
    n_layers, n = game.members.shape
    rules = game.rules[0]
    others = np.zeros((n, 4))
    if rules.free_riding > 0.0:
        expected_others(game, ready, view, k, gains, others)
    willing = np.zeros((n, 4))
    help_here = np.zeros((n, 4))
    for i in range(n):
        g = game.guarantors[i]
        for j in range(4):
            acts[i, j] = 0.0
        if g.has_stake == 0:
            continue
        for j in range(g.highest_rung + 1):
            if not open_rung(game, k, j):
                continue
            margin = public_margin(game, ready, view, k, i, j + 1, gains[0, j], 0.0, others[i, j])
            p = believed(
                rules,
                g.resolve,
                view.mean[i],
                view.variance[i],
                margin,
                view.alpha[i],
                view.beta[i],
            )
            willing[i, j] = p
            acts[i, j] = p
            help_here[i, j] = p * strength[0, i, j]
    for i in range(n):
        for j in range(4):
            aid[i, j] = 0.0
            for c in range(strength.shape[0]):
                aid[i, j] = max(aid[i, j], strength[c, i, j])
    most = n
    for lay in range(n_layers):
        most = max(most, n + game.layers[lay].decision_others_n)
    p_vote = np.empty(most)
    weights = np.empty(most, dtype=np.int64)
    who = np.empty(most, dtype=np.int64)
    for lay in range(n_layers):
        recognised[lay] = recognition(game, view, lay, k)
    for lay in range(n_layers):
        layer = game.layers[lay]
        q = recognised[lay]
        if q <= 0.0:
            continue
        rule = layer.decision_rule
        vetoed = rule == coordination.SECURITY_COUNCIL and game.challenger[0].veto == 1
        for j in range(4):
            voters = 0
            lead = -1
            bound = False
            lead_p = 0.0
            if rules.lead_pull != 0.0 and layer.lead >= 0:
                lead_p = bound_probability(
                    game,
                    ready,
                    view,
                    k,
                    lay,
                    layer.lead,
                    j,
                    gains[1 + lay, j],
                    0.0,
                    0.0,
                    recognised,
                )
            for i in range(n):
                cell = game.members[lay, i]
                if view.force[lay, i] <= 0.0:
                    continue
                if layer.lead == i:
                    lead = voters
                p = willing[i, j]
                if view.force[lay, i] > 0.0:
                    bound = True
                    if sure and j + 1 <= owed_rung(game, lay, i):
                        p = 1.0
                    else:
                        pull = 0.0 if layer.lead == i else lead_p
                        p = bound_probability(
                            game,
                            ready,
                            view,
                            k,
                            lay,
                            i,
                            j,
                            gains[1 + lay, j],
                            pull,
                            others[i, j],
                            recognised,
                        )
                p_vote[voters] = p
                weights[voters] = cell.weight
                who[voters] = i
                voters += 1
            if not bound:
                continue
            total = voters
            for _ in range(layer.decision_others_n):
                p_vote[total] = layer.decision_others_p
                weights[total] = 100
                total += 1
            needed = members_needed(game, lay, total)
            for v in range(voters):
                i = who[v]
                force = view.force[lay, i]
                own = p_vote[v]
                if force <= 0.0:
                    continue
                p = 0.0
                if own > 0.0 and not vetoed:
                    p = own if sure else own * in_time(game, ready, view, lay, i)
                    if rule != coordination.EACH:
                        p *= pass_given(
                            rule, v, lead, needed, layer.quota_weight, p_vote, weights, total
                        )
                if j == 0 and layer.sanctions_snapback == 1:
                    p = 1.0
                if layer.automatic and own > p and on_ladder(game, lay, i, j + 1):
                    p = own
                p = q * force * p + (1.0 - q * force) * willing[i, j]
                acts[i, j] = max(acts[i, j], p)
                help_here[i, j] = max(help_here[i, j], p * strength[1 + lay, i, j])
    helped = 0.0
    for i in range(n):
        if view.pledge[i] >= 0:
            for j in range(4):
                acts[i, j] = 1.0 if j < view.pledge[i] else 0.0
                help_here[i, j] = acts[i, j] * aid[i, j]
        for j in range(4):
            helped += help_here[i, j]
    return helped


@law
def guarantor_vote(
    game: Game,
    ready: Prepared,
    view: View,
    k: int,
    i: int,
    private: float,
    gains: FloatArray,
    pull: FloatArray,
    lead: int,
    others: FloatArray,
    margins: FloatArray,
) -> int:
    """Return the highest rung for which guarantor ``i``'s margin is above 0; 0 for none.

    Parameters
    ----------
    private : float
        Its resolve and its shock in this crisis.
    gains, pull : arrays, shape (4,)
        Fall in the challenger's chance and pull of commitments, by rung.
    lead : int
        Rung the lead is ready for; 0 where there is none or it is the lead.
    others : array, shape (4,)
        Expected share of the others that act.
    margins : array, shape (4,)
        Written: the public margin with commitment, which the challenger learns from.
    """
    vote = 0
    for j in range(4):
        margins[j] = -math.inf
        if j > game.guarantors[i].highest_rung or not open_rung(game, k, j):
            continue
        led = 1.0 if lead > j else 0.0
        margins[j] = pull[j] + public_margin(
            game, ready, view, k, i, j + 1, gains[j], led, others[j]
        )
        if private + margins[j] > 0.0:
            vote = j + 1
    return vote


@law
def gains_now(
    game: Game,
    ready: Prepared,
    view: View,
    k: int,
    gained: float,
    elapsed: float,
    head_start: float,
    out: FloatArray,
) -> None:
    """Fill :func:`channel_gains` from the walk's present position."""
    strength = np.zeros((out.shape[0], game.guarantors.shape[0], 4))
    if game.options[k].option_class > 0 and game.rules[0].win == 0:
        below, above = walk(game, view, k, gained)
        odds = odds_of(game, view, k, 0.0)
        budget = elapsed + days_to_objective(game, view, below, above, odds)
        strengths(game, ready, view, budget, elapsed, head_start, strength)
    channel_gains(game, view, k, gained, strength, out)


@law
def prospects(game: Game, view: View, k: int, gained: float) -> tuple[float, float]:
    """Return the challenger's chance from a position and the expected days left."""
    below, above = walk(game, view, k, gained)
    odds = odds_of(game, view, k, 0.0)
    win = campaign.ruin_win(below, above, odds)
    battles = campaign.ruin_battles(below, above, odds)
    days = campaign.days_of_battles(battles, monthly_tempo(game, view.month), 1.0)
    return win, min(1e4, days)


@law
def on_ladder(game: Game, lay: int, i: int, rung: int) -> bool:
    """Return whether a layer's ladder has member ``i`` act at ``rung`` or above."""
    for s in range(game.layers[lay].n_ladder):
        if game.ladder_who[lay, s, i] and game.ladder[lay, s].rung + 1 >= rung:
            return True
    return False


@law
def available(game: Game, view: View, k: int) -> bool:
    """Return whether option ``k`` can be taken: season, forces, something left to win."""
    option = game.options[k]
    if option.months_mask and not (option.months_mask >> view.month) & 1:
        return False
    if view.prize[k] <= 0.0:
        return False
    return bool(view.attacker >= option.minimum_forces)


@law
def assess(game: Game, ready: Prepared, view: View, k: int, sure: bool, out: Outlook) -> None:
    """Fill the outlook of option ``k`` for the challenger: help, chances, utility, index."""
    rules = game.rules[0]
    option = game.options[k]
    out.indices[k] = choice.NEVER
    out.utility[k] = 0.0
    out.win[k] = 0.0
    out.days[k] = 0.0
    out.resist[k] = 1.0
    if not available(game, view, k):
        return
    strength = np.zeros((1 + game.layers.shape[0], game.guarantors.shape[0], 4))
    if option.option_class > 0 and rules.win == 0:
        below, above = walk(game, view, k, 0.0)
        odds = odds_of(game, view, k, 0.0)
        budget = days_to_objective(game, view, below, above, odds)
        head_start = option.warning * view.seen[k]
        strengths(game, ready, view, budget, 0.0, head_start, strength)
    channel_gains(game, view, k, 0.0, strength, out.gain[k])
    helped = expected_help(
        game,
        ready,
        view,
        k,
        sure,
        strength,
        out.gain[k],
        out.acts[k],
        out.aid[k],
        out.recognition[k],
    )
    gain = (view.motive + view.hostility) * view.prize[k]
    if rules.win == 1:
        utility = _fixed_utility(game, k, gain, out)
    else:
        utility = _campaign_utility(game, view, k, gain, helped, out)
    out.utility[k] = utility
    stake = view.prize[k] if option.stake == math.inf else option.stake
    out.indices[k] = (
        choice.choice_index(game.challenger[0].precision, utility, stake, rules.stake_exponent)
        + view.heat
        - view.exhaustion * option.severity
    )


@law
def _fixed_utility(game: Game, k: int, gain: float, out: Outlook) -> float:
    """Return the expected utility with payoffs given outright (one guarantor's help or none)."""
    option = game.options[k]
    helped = 0.0
    for i in range(game.guarantors.shape[0]):
        if game.guarantors[i].in_play:
            helped = 1.0 - (1.0 - helped) * (1.0 - out.acts[k, i, 0])
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
    p = choice.resist_probability(game.protege[0].resistance_precision, resist, concede)
    out.win[k] = win
    out.resist[k] = p
    return p * fight + (1.0 - p) * gain - option.cost


@law
def enumerated_win(
    game: Game,
    view: View,
    k: int,
    below: float,
    above: float,
    acts: FloatArray,
    aid: FloatArray,
    otherwise: float,
) -> float:
    """Return the challenger's chance averaged over what each of at most three helpers does.

    Each helper ends on one of five rungs; all combinations are weighed by their probability. With
    more helpers the chance at their expected strength, ``otherwise``, stands.
    """
    helpers = np.empty(3, dtype=np.int64)
    count = 0
    for i in range(game.guarantors.shape[0]):
        if game.guarantors[i].in_play:
            if count == 3:
                return otherwise
            helpers[count] = i
            count += 1
    total = 0.0
    for code in range(5**count):
        rest = code
        p = 1.0
        strength = 0.0
        for h in range(count):
            i, rung = helpers[h], rest % 5
            rest //= 5
            at_least = 1.0 if rung == 0 else acts[i, rung - 1]
            above_it = 0.0 if rung == 4 else acts[i, rung]
            p *= max(0.0, at_least - above_it)
            for j in range(rung):
                strength += aid[i, j]
        if p > 0.0:
            total += p * campaign.ruin_win(below, above, odds_of(game, view, k, strength))
    return total


@law
def _campaign_utility(
    game: Game, view: View, k: int, gain: float, helped: float, out: Outlook
) -> float:
    """Return the expected utility of an option from chances, length, punishment, escalation."""
    rules = game.rules[0]
    option = game.options[k]
    win, days, resist = 1.0, 0.0, 1.0
    if option.option_class == 0:
        if option.intercepted:
            win = 1.0 - view.interception
    else:
        below, above = walk(game, view, k, 0.0)
        odds = odds_of(game, view, k, helped)
        win = campaign.ruin_win(below, above, odds)
        if rules.beliefs_about_help == 1:
            win = enumerated_win(game, view, k, below, above, out.acts[k], out.aid[k], win)
        battles = campaign.ruin_battles(below, above, odds)
        days = min(1e4, campaign.days_of_battles(battles, monthly_tempo(game, view.month), 1.0))
        resist = choice.resist_probability(
            game.protege[0].resistance_precision,
            -view.prize[k] * win - game.protege[0].war_cost * days,
            -view.prize[k] - game.protege[0].concession_cost,
        )
    punishment = 0.0
    in_combat = 0.0
    sanctioning = 0.0
    for i in range(game.guarantors.shape[0]):
        share = posture.economic_share(game.guarantors[i].economic_weight)
        sanctioning += share * out.acts[k, i, 0]
        for j in range(1, 4):
            punishment += game.rungs[j].punishment * option.severity * share * out.acts[k, i, j]
            if game.rungs[j].combat:
                in_combat += out.acts[k, i, j]
    punishment += posture.snapback_punishment(
        game.rungs[0].punishment, option.severity, min(1.0, sanctioning), view.sanctions
    )
    escalation = 0.0
    if days > 0.0:
        hazard = campaign.escalation_rate(rules.escalation_rate, in_combat, option.severity)
        escalation = campaign.escalation_probability(hazard, days)
    cost = posture.war_cost_under_sanctions(
        game.challenger[0].war_cost, rules.sanctions_war_cost, view.sanctions
    )
    fight = choice.war_utility(gain, win, days, cost, punishment, escalation, rules.escalation_loss)
    out.win[k] = win
    out.days[k] = days
    out.resist[k] = resist
    if option.option_class == 0:
        return fight - option.cost
    return resist * fight + (1.0 - resist) * gain - option.cost


@law
def assess_all(game: Game, ready: Prepared, view: View, sure: bool, out: Outlook) -> float:
    """Fill the outlook of every option; return the inclusive value of attacking, V_A."""
    for k in range(game.options.shape[0]):
        assess(game, ready, view, k, sure, out)
    return choice.attack_value(out.indices, game.rules[0].dissimilarity)


def empty_outlook(game: Game) -> Outlook:
    """Return an outlook of the right shapes, to be written over and over."""
    k, g, n = len(game.options), len(game.guarantors), len(game.layers)
    return Outlook(
        np.zeros(k),
        np.zeros(k),
        np.zeros(k),
        np.zeros(k),
        np.ones(k),
        np.zeros((k, g, 4)),
        np.zeros((k, g, 4)),
        np.zeros((k, 1 + n, 4)),
        np.zeros((k, n)),
    )
