"""Who would help, and how far: what can be seen of a guarantor's vote, and what is expected of it.

Both engines call these functions; no rule is written here, every step is a law of ``theory``.
"""

from __future__ import annotations

import math

from deter.engine.layout import (
    RUNG_COUNT,
    challenger_of,
    guarantor_of,
    layer_of,
    member_of,
    option_of,
    ready_cell,
    ready_state,
    rules_of,
    rung_of,
    seen_cell,
    seen_state,
    sizes,
    view_at,
)
from deter.engine.memory import floats, integers, load, load_integer, store, store_integer
from deter.engine.prepared import commitment, members_needed
from deter.engine.strength import answer
from deter.theory import coordination, credibility
from deter.theory.law import inlined, inner, law

SECURITY_COUNCIL_ARBITER = 3


@law
def act_ambiguity(c: int, v: int, lay: int, k: int) -> float:
    """Return how ambiguous option ``k`` is to a layer: the noise of a ceasefire adds to it."""
    option = option_of(c, k)
    if option.option_class == 2:
        return option.ambiguity
    monitoring = layer_of(c, lay).attribution_monitoring
    return min(1.0, option.ambiguity + view_at(v, 0).noise * (1.0 - monitoring))


@inner
def recognition(c: int, v: int, lay: int, k: int) -> float:
    """Return the probability that a layer's arbiter recognises option ``k`` and lets it stand."""
    head = sizes(c, 0)
    layer = layer_of(c, lay)
    option = option_of(c, k)
    if load_integer(head.covers, lay * head.n_options + k) == 0:
        return 0.0
    if layer.attribution_arbiter == SECURITY_COUNCIL_ARBITER and challenger_of(c, 0).veto:
        return 0.0
    ambiguity = act_ambiguity(c, v, lay, k)
    q = credibility.recognition_probability(
        option.severity, layer.trigger_ambiguity * ambiguity, layer.trigger_threshold
    )
    if layer.limits_void_if_protege_attacks > 0:
        rules = rules_of(c, 0)
        alleged = credibility.dispute_probability(
            rules.dispute_base, 0.0, 0.0, rules.dispute_void, True
        )
        upheld = credibility.provoked_probability(
            rules.dispute_provoked, ambiguity, layer.attribution_monitoring
        )
        q *= 1.0 - alleged * upheld
    return q


@inner
def open_rung(c: int, k: int, j: int) -> bool:
    """Return whether rung ``j + 1`` may answer option ``k`` at all."""
    return credibility.proportionate(
        option_of(c, k).severity, rules_of(c, 0).force_severity, rung_of(c, j).combat == 1
    )


@inner
def open_rungs(c: int, k: int) -> int:
    """Return which rungs may answer option ``k`` at all, a bit each."""
    bits = 0
    for j in range(RUNG_COUNT):
        if open_rung(c, k, j):
            bits |= 1 << j
    return bits


@inlined
def public_margin(
    c: int, v: int, k: int, i: int, j: int, gain: float, lead: float, others: float
) -> float:
    """Return the part of guarantor ``i``'s margin that all can see, without commitment.

    Parameters
    ----------
    j : int
        Rung, from 0.
    gain : float
        Fall in the challenger's chance that the channel's help brings.
    lead, others : float
        Whether (or how likely) the lead acts; expected share of the others that act.
    """
    rules = rules_of(c, 0)
    option = option_of(c, k)
    if rules.win == 1:
        return option.fixed_guarantor_value * gain - option.fixed_guarantor_cost
    seen = seen_state(v, i)
    exposed = seen.exposed if option.option_class > 0 else 0.0
    return credibility.vote_margin(
        seen.stake,
        option.severity,
        gain,
        exposed,
        seen.stance,
        ready_state(c, i).risk[j],
        rules.lead_pull * lead,
        rules.free_riding * others,
    )


@law
def see_forces(c: int, v: int, i: int) -> None:
    """Fill the pull of guarantor ``i``'s forces under fire, from those seen in place."""
    seen = seen_state(v, i)
    seen.exposed = 0.0
    if seen.troops > 0.0:
        rules = rules_of(c, 0)
        seen.exposed = credibility.exposure_pull(
            rules.exposure, seen.troops * ready_state(c, i).fire, rules.exposure_half
        )


@law
def see_resolve(c: int, v: int, i: int, mean: float, variance: float) -> None:
    """Fill the belief about guarantor ``i``'s resolve."""
    seen = seen_state(v, i)
    seen.mean, seen.variance = mean, variance
    seen.spread = credibility.belief_spread(variance, rules_of(c, 0).link)


@inlined
def ask(c: int, v: int, i: int, margin: float, place: int, asked: int) -> int:
    """Ask how likely guarantor ``i`` is ready, given its margin; return how many are asked.

    The answer goes to a place of ``ready_for``, at once or when all are answered.
    """
    head, rules = sizes(c, 0), rules_of(c, 0)
    if rules.belief == 0 and rules.link == credibility.PROBIT:
        seen = seen_state(v, i)
        store(head.asked, asked, seen.mean + margin)
        store(head.divisors, asked, seen.spread)
        store_integer(head.places, asked, place)
        return asked + 1
    store(head.ready_for, place, believed(c, v, i, margin))
    return asked


@inner
def believed(c: int, v: int, i: int, margin: float) -> float:
    """Return the observer's probability that guarantor ``i`` is ready, given its public margin."""
    rules = rules_of(c, 0)
    seen = seen_state(v, i)
    if rules.belief == 0:
        return credibility.readiness(seen.mean + margin, seen.spread, rules.link)
    start = credibility.readiness(guarantor_of(c, i).resolve + margin, seen.spread, rules.link)
    prior = min(0.999, max(0.001, start))
    a0 = prior * rules.prior_strength
    b0 = (1.0 - prior) * rules.prior_strength
    record = (a0 + seen.alpha) / (a0 + b0 + seen.alpha + seen.beta)
    return credibility.nested_credibility(start, prior, record, rules.record_weight)


@law
def guarantor_vote(
    c: int,
    v: int,
    k: int,
    i: int,
    private: float,
    gains: int,
    pull: int,
    lead: int,
    others: int,
    margins: int,
) -> int:
    """Return the highest rung for which guarantor ``i``'s margin is above 0; 0 for none.

    Parameters
    ----------
    private : float
        Its resolve and its shock in this crisis.
    gains, pull : int
        Addresses of floats (4): fall in the challenger's chance and pull of commitments, by rung.
    lead : int
        Rung the lead is ready for; 0 where there is none or it is the lead.
    others : int
        Address of floats (4): expected share of the others that act.
    margins : int
        Address of floats (4); written: the public margin with commitment, which the challenger
        learns from.

    Raises
    ------
    ValueError
        If a margin is not a number.
    """
    vote = 0
    for j in range(RUNG_COUNT):
        store(margins, j, -math.inf)
        if j > guarantor_of(c, i).highest_rung or not open_rung(c, k, j):
            continue
        led = 1.0 if lead > j else 0.0
        margin = load(pull, j) + public_margin(c, v, k, i, j, load(gains, j), led, load(others, j))
        store(margins, j, margin)
        if credibility.says_yes(private, margin):
            vote = j + 1
    return vote


@law
def expected_others(c: int, v: int, k: int, gains: int) -> None:
    """Fill the share of the other states with a stake that would act ad hoc, per rung.

    Parameters
    ----------
    gains : int
        Address of floats (4): gains of help ad hoc.
    """
    head = sizes(c, 0)
    rules = rules_of(c, 0)
    count = 0
    for i in range(head.n):
        count += guarantor_of(c, i).has_stake
    for j in range(RUNG_COUNT):
        total = 0.0
        for i in range(head.n):
            p = 0.0
            state = guarantor_of(c, i)
            if state.has_stake and j <= state.highest_rung:
                margin = public_margin(c, v, k, i, j, load(gains, j), 0.0, 0.0)
                seen = seen_state(v, i)
                p = credibility.readiness(seen.mean + margin, seen.spread, rules.link)
            store(head.others, i * RUNG_COUNT + j, p)
            total += p
        for i in range(head.n):
            rest = count - guarantor_of(c, i).has_stake
            p = load(head.others, i * RUNG_COUNT + j)
            store(head.others, i * RUNG_COUNT + j, (total - p) / rest if rest > 0 else 0.0)


@inlined
def bound_margin(
    c: int, v: int, k: int, lay: int, i: int, j: int, gain: float, lead: float, others: float
) -> float:
    """Return member ``i``'s public margin for rung ``j + 1`` in a layer, with its commitments.

    The commitment is the maximum over the layers in force that recognise the act where this one
    does: thresholds nest, so those that are at least as likely to.

    Parameters
    ----------
    gain, lead, others : float
        As in :func:`public_margin`.
    """
    head = sizes(c, 0)
    recognised = load(head.recognition, lay)
    pull = 0.0
    for m in range(head.n_layers):
        seen = seen_cell(v, m * head.n + i)
        if m != lay and (seen.force <= 0.0 or load(head.recognition, m) < recognised):
            continue
        level = ready_cell(c, m * head.n + i).obligation[j]
        pull = max(pull, commitment(c, k, i, seen.level, level))
    return pull + public_margin(c, v, k, i, j, gain, lead, others)


@inner
def expected_help(
    c: int, v: int, k: int, sure: bool, gains: int, acts: int, aid: int, recognised: int
) -> float:
    """Fill what help is expected against option ``k``; return its expected timely strength.

    Per guarantor and rung the best channel counts: commitment is the maximum over layers, and a
    decision under any suffices.

    Parameters
    ----------
    sure : bool
        If every guarantor honoured every obligation in force for certain.
    gains : int
        Address of floats (1 + L, 4), of :func:`deter.engine.strength.channel_gains`.
    acts, aid : int
        Addresses of floats (G, 4); written: probability that each guarantor acts at each rung or
        above, and the strength each rung adds in time by its best channel, if it does.
    recognised : int
        Address of floats (L); written: probability that each layer recognises the act.
    """
    head = sizes(c, 0)
    if rules_of(c, 0).free_riding > 0.0:
        expected_others(c, v, k, gains)
    for lay in range(head.n_layers):
        q = recognition(c, v, lay, k)
        store(head.recognition, lay, q)
        store(recognised, lay, q)
    asked = _ask_ad_hoc(c, v, k, gains)
    for lay in range(head.n_layers):
        if load(head.recognition, lay) > 0.0:
            asked = _ask_under(c, v, k, lay, sure, gains, asked)
    answer(c, asked, head.ready_for)
    campaign = option_of(c, k).option_class > 0 and rules_of(c, 0).win == 0
    _help_ad_hoc(c, campaign, acts, aid)
    for lay in range(head.n_layers):
        if load(head.recognition, lay) > 0.0:
            _help_under(c, v, k, lay, sure, campaign, acts)
    helped = 0.0
    for i in range(head.n):
        pledge = seen_state(v, i).pledge
        for j in range(RUNG_COUNT):
            at = i * RUNG_COUNT + j
            if pledge >= 0:
                store(acts, at, 1.0 if j < pledge else 0.0)
                store(head.helping, at, load(acts, at) * load(aid, at))
            helped += load(head.helping, at)
    return helped


@inner
def _ask_ad_hoc(c: int, v: int, k: int, gains: int) -> int:
    """Ask how likely each state with a stake is ready to act ad hoc; return how many are asked."""
    head = sizes(c, 0)
    riding = rules_of(c, 0).free_riding > 0.0
    open_to = open_rungs(c, k)
    asked = 0
    for i in range(head.n):
        state = guarantor_of(c, i)
        for j in range(RUNG_COUNT):
            at = i * RUNG_COUNT + j
            store(head.ready_for, at, 0.0)
            if state.has_stake and j <= state.highest_rung and (open_to >> j) & 1:
                others = load(head.others, at) if riding else 0.0
                margin = public_margin(c, v, k, i, j, load(gains, j), 0.0, others)
                asked = ask(c, v, i, margin, at, asked)
    return asked


@inner
def _ask_under(c: int, v: int, k: int, lay: int, sure: bool, gains: int, asked: int) -> int:
    """Ask how likely each member bound by a layer is ready; return how many are asked."""
    head, rules, layer = sizes(c, 0), rules_of(c, 0), layer_of(c, lay)
    riding = rules.free_riding > 0.0
    open_to = open_rungs(c, k)
    for i in range(head.n):
        cell, state = lay * head.n + i, guarantor_of(c, i)
        if seen_cell(v, cell).force <= 0.0:
            continue
        for j in range(RUNG_COUNT):
            place = ((1 + lay) * head.n + i) * RUNG_COUNT + j
            if sure and j + 1 <= ready_cell(c, cell).owed:
                store(head.ready_for, place, 1.0)
                continue
            store(head.ready_for, place, 0.0)
            if j > state.highest_rung or not (open_to >> j) & 1:
                continue
            gain = load(gains, (1 + lay) * RUNG_COUNT + j)
            lead = 0.0
            if rules.lead_pull != 0.0 and layer.lead >= 0 and layer.lead != i:
                lead = _lead_probability(c, v, k, lay, j, gain)
            others = load(head.others, i * RUNG_COUNT + j) if riding else 0.0
            margin = bound_margin(c, v, k, lay, i, j, gain, lead, others)
            asked = ask(c, v, i, margin, place, asked)
    return asked


@inner
def _lead_probability(c: int, v: int, k: int, lay: int, j: int, gain: float) -> float:
    """Return the probability that a layer's lead is ready for rung ``j + 1``."""
    lead = layer_of(c, lay).lead
    if j > guarantor_of(c, lead).highest_rung or not open_rung(c, k, j):
        return 0.0
    return believed(c, v, lead, bound_margin(c, v, k, lay, lead, j, gain, 0.0, 0.0))


@inner
def _help_ad_hoc(c: int, campaign: bool, acts: int, aid: int) -> None:
    """Start with help ad hoc, and the strength of each rung by its best channel."""
    head = sizes(c, 0)
    for at in range(head.n * RUNG_COUNT):
        p = load(head.ready_for, at)
        store(acts, at, p)
        best, mine = 0.0, 0.0
        if campaign:
            mine = p * load(head.strength, at)
            for channel in range(1 + head.n_layers):
                best = max(best, load(head.strength, channel * head.n * RUNG_COUNT + at))
        store(head.helping, at, mine)
        store(aid, at, best)


@inner
def _help_under(c: int, v: int, k: int, lay: int, sure: bool, campaign: bool, acts: int) -> None:
    """Let a layer's help count where it is likelier than what came before."""
    head, layer = sizes(c, 0), layer_of(c, lay)
    voters, lead = _voters(c, v, lay)
    if voters == 0:
        return
    rule = layer.decision_rule
    vetoed = rule == coordination.SECURITY_COUNCIL and challenger_of(c, 0).veto == 1
    open_to = open_rungs(c, k)
    for j in range(RUNG_COUNT):
        if j > 0 and not sure and not (open_to >> j) & 1:
            continue  # nobody is ready for it, alone or together
        total = _fill_chances(c, lay, voters, j)
        if rule != coordination.EACH and not vetoed:
            _chances_given(c, lay, voters, total, lead)
        for voter in range(voters):
            p = _chance_to_act(c, v, lay, voter, j, sure, vetoed)
            at = load_integer(head.who, voter) * RUNG_COUNT + j
            store(acts, at, max(load(acts, at), p))
            if campaign:
                strength = load(head.strength, (1 + lay) * head.n * RUNG_COUNT + at)
                store(head.helping, at, max(load(head.helping, at), p * strength))


@inner
def _voters(c: int, v: int, lay: int) -> tuple[int, int]:
    """Fill who votes in a layer, with what weight; return how many, and the lead's place or -1."""
    head, layer = sizes(c, 0), layer_of(c, lay)
    voters, lead = 0, -1
    for i in range(head.n):
        at = lay * head.n + i
        if seen_cell(v, at).force <= 0.0:
            continue
        if layer.lead == i:
            lead = voters
        store_integer(head.weights, voters, member_of(c, at).weight)
        store_integer(head.who, voters, i)
        voters += 1
    return voters, lead


@inner
def _fill_chances(c: int, lay: int, voters: int, j: int) -> int:
    """Fill how likely each voter is ready for rung ``j + 1``; return how many vote in all."""
    head, layer = sizes(c, 0), layer_of(c, lay)
    for voter in range(voters):
        i = load_integer(head.who, voter)
        p = load(head.ready_for, ((1 + lay) * head.n + i) * RUNG_COUNT + j)
        store(head.p_vote, voter, p)
    total = voters
    for _ in range(layer.decision_others_n):
        store(head.p_vote, total, layer.decision_others_p)
        store_integer(head.weights, total, layer.others_weight)
        total += 1
    return total


@inner
def _chance_to_act(c: int, v: int, lay: int, voter: int, j: int, sure: bool, vetoed: bool) -> float:
    """Return how likely a voter acts at rung ``j + 1``, by the rule or else ad hoc."""
    head, layer = sizes(c, 0), layer_of(c, lay)
    i = load_integer(head.who, voter)
    own = load(head.p_vote, voter)
    p = 0.0
    if own > 0.0 and not vetoed:
        p = own if sure else own * in_time(c, v, lay, i)
        if layer.decision_rule != coordination.EACH:
            p *= load(head.given, voter)
    if j == 0 and layer.sanctions_snapback == 1:
        p = 1.0
    if layer.automatic and own > p and ready_cell(c, lay * head.n + i).ladder_top > j:
        p = own
    q = load(head.recognition, lay) * seen_cell(v, lay * head.n + i).force
    return q * p + (1.0 - q) * load(head.ready_for, i * RUNG_COUNT + j)


@inner
def _chances_given(c: int, lay: int, voters: int, total: int, lead: int) -> None:
    """Fill, for each voter, the probability that the rule is met given that it votes yes.

    Parameters
    ----------
    voters, total : int
        Voters modelled singly, and all.
    lead : int
        Place of the lead among the voters; -1 for none.
    """
    head = sizes(c, 0)
    layer = layer_of(c, lay)
    rule = layer.decision_rule
    p = floats(head.p_vote, total)
    if rule == coordination.CONSENSUS:
        given = floats(head.given, total)
        coordination.others_all(p, total, floats(head.suffix, total + 1), given)
        return
    if rule in (coordination.LEAD, coordination.WEIGHTED_MAJORITY):
        weights = integers(head.weights, total)
        for voter in range(voters):
            if rule == coordination.LEAD:
                given = 0.0
                if lead >= 0:
                    given = 1.0 if lead == voter else p[lead]
            else:
                quota = layer.quota_weight - weights[voter]
                given = coordination.weight_at_least(p, weights, total, quota, voter)
            store(head.given, voter, given)
        return
    needed = members_needed(c, lay, total) - 1
    if needed > total - 1:
        for voter in range(voters):
            store(head.given, voter, 0.0)
        return
    size = (total + 1) * (total + 2)
    coordination.others_at_least(
        p,
        total,
        needed,
        floats(head.prefix, size),
        floats(head.suffix, size),
        floats(head.given, total),
    )


@inner
def in_time(c: int, v: int, lay: int, i: int) -> float:
    """Return the probability that member ``i`` decides by a layer's deadline, or is not missed."""
    layer = layer_of(c, lay)
    at = lay * sizes(c, 0).n + i
    if layer.deadlines_decide == math.inf or layer.deadlines_silence:
        return 1.0
    if ready_cell(c, at).clock <= layer.deadlines_decide:
        return 1.0
    rules = rules_of(c, 0)
    return credibility.compliance_probability(
        rules.deadline_compliance, rules.deadline_binding, seen_cell(v, at).level
    )
