"""What guarantors are ready for in a crisis: readings, shocks, clocks, pulls, votes, decisions.

The like of :mod:`deter.engine.votes`.
"""

from __future__ import annotations

import math

from deter.engine import journal, streams
from deter.engine.expected_help import (
    SECURITY_COUNCIL_ARBITER,
    act_ambiguity,
    expected_others,
    guarantor_vote,
)
from deter.engine.layout import (
    RUNG_COUNT,
    challenger_of,
    guarantor_of,
    layer_of,
    member_of,
    option_of,
    ready_cell,
    rules_of,
    seen_cell,
    sizes,
    step_of,
)
from deter.engine.loop.notes import copy_floats, open_line
from deter.engine.loop.standing import effective_level, in_force
from deter.engine.loop.state import (
    case_of,
    crisis_of,
    draw,
    lag,
    party_of,
    reading_of,
    state_of,
    world_of,
)
from deter.engine.loop.views import see
from deter.engine.memory import (
    floats,
    integers,
    load,
    load_integer,
    store,
    store_integer,
)
from deter.engine.prepared import commitment, meeting_delay, members_needed
from deter.engine.strength import gains_now
from deter.theory import chance, choice, coordination, credibility, posture
from deter.theory.law import inner


@inner
def party(c: int, slot: int, i: int) -> int:
    """Return the place of a guarantor in a crisis."""
    return slot * sizes(c, 0).n + i


@inner
def case(c: int, slot: int, lay: int) -> int:
    """Return the place of a layer in a crisis."""
    return slot * sizes(c, 0).n_layers + lay


@inner
def reading(c: int, slot: int, lay: int, i: int) -> int:
    """Return the place of a layer and a guarantor in a crisis."""
    head = sizes(c, 0)
    return (slot * head.n_layers + lay) * head.n + i


@inner
def own_clock(c: int, slot: int, i: int) -> float:
    """Return the days guarantor ``i`` takes to decide by itself in this crisis."""
    here = party_of(c, party(c, slot, i))
    if here.clock_known == 0:
        here.clock_known = 1
        typical, sd = guarantor_of(c, i).decision_clock, rules_of(c, 0).clock_sd
        here.clock = lag(c, streams.CLOCK, 2 + i, slot, 0, chance.LOGNORMAL, typical, sd)
    return here.clock


@inner
def common_shock(c: int, slot: int) -> float:
    """Return the part of their shocks that all share in a crisis."""
    crisis = crisis_of(c, slot)
    if crisis.common_known == 0:
        crisis.common_known = 1
        u = draw(c, streams.COMMON_SHOCK, 0, crisis.occasion, 0, crisis.source)
        crisis.common = chance.normal_quantile(u)
    return crisis.common


@inner
def shock(c: int, slot: int, i: int) -> float:
    """Return guarantor ``i``'s shock in a crisis, one per guarantor and crisis."""
    here, rules = party_of(c, party(c, slot, i)), rules_of(c, 0)
    if here.shock_known == 0:
        here.shock_known = 1
        crisis = crisis_of(c, slot)
        u = draw(c, streams.SHOCK, 2 + i, crisis.occasion, 0, crisis.source)
        if rules.link == credibility.LOGIT:
            here.shock = choice.logit(u)
        else:
            own = chance.normal_quantile(u)
            here.shock = credibility.crisis_shock(common_shock(c, slot), own, rules.shared_shock)
    return here.shock


# ---- recognition


@inner
def recognise(c: int, slot: int) -> None:
    """Settle whose reading makes the act the casus foederis of each layer."""
    see(c, False, 0.0)
    head, crisis = sizes(c, 0), crisis_of(c, slot)
    crisis.recognises = 1
    for lay in range(head.n_layers):
        for i in range(head.n):
            reading_of(c, reading(c, slot, lay, i)).recognised = 0
        layer = layer_of(c, lay)
        if load_integer(head.covers, lay * head.n_options + crisis.k) == 0:
            continue
        if layer.attribution_arbiter == SECURITY_COUNCIL_ARBITER and challenger_of(c, 0).veto:
            continue
        width = layer.trigger_ambiguity * act_ambiguity(c, head.view_now, lay, crisis.k)
        severity = option_of(c, crisis.k).severity
        for i in range(head.n):
            if member_of(c, lay * head.n + i).member:
                error = 0.0 if width == 0.0 else _reading_error(c, slot, lay, i)
                counts = credibility.recognised(severity, width, error, layer.trigger_threshold)
                reading_of(c, reading(c, slot, lay, i)).recognised = 1 if counts else 0
        _note_recognition(c, slot, lay)


@inner
def _reading_error(c: int, slot: int, lay: int, i: int) -> float:
    """Return the standard normal error of the arbiter's reading, or of each guarantor's own."""
    crisis, layer = crisis_of(c, slot), layer_of(c, lay)
    arbiter = layer.attribution_arbiter
    actor, index = 0, arbiter
    if arbiter == 0:
        actor, index = 2 + i, 0
    elif arbiter == 2 and layer.lead >= 0:
        actor, index = 2 + layer.lead, 0
    u = draw(c, streams.COMMON_READING, 0, crisis.occasion, 0, crisis.source)
    common = chance.normal_quantile(u)
    u = draw(c, streams.READING, actor, crisis.occasion, index, crisis.source)
    own = chance.normal_quantile(u)
    return credibility.crisis_shock(common, own, rules_of(c, 0).arbiter_shared)


@inner
def _note_recognition(c: int, slot: int, lay: int) -> None:
    if world_of(c, 0).keep_log == 0:
        return
    head, crisis = sizes(c, 0), crisis_of(c, slot)
    at = open_line(c, journal.RECOGNITION, 3 + head.n)
    if at:
        store(at, 0, float(lay))
        store(at, 1, option_of(c, crisis.k).severity)
        store(at, 2, layer_of(c, lay).trigger_threshold)
        for i in range(head.n):
            recognised = reading_of(c, reading(c, slot, lay, i)).recognised
            store(at, 3 + i, float(recognised))


# ---- votes


@inner
def days_elapsed(c: int, slot: int) -> float:
    """Return the days since the act."""
    return (world_of(c, 0).now - crisis_of(c, slot).began) / posture.SECONDS_PER_DAY


@inner
def gains_at(c: int, channel: int) -> int:
    """Return the address of what a channel's help would gain now, by rung."""
    return sizes(c, 0).gains + 8 * RUNG_COUNT * channel


@inner
def margins_at(c: int, i: int) -> int:
    """Return the address of guarantor ``i``'s margins in the vote at hand, by rung."""
    return sizes(c, 0).margins + 8 * RUNG_COUNT * i


@inner
def see_truth(c: int, slot: int, channel: int) -> float:
    """Fill the view all have and what a channel's help would bring now; return the days since.

    Parameters
    ----------
    channel : int
        0 for help ad hoc, 1 + l for layer l.
    """
    head, crisis = sizes(c, 0), crisis_of(c, slot)
    elapsed = days_elapsed(c, slot)
    helped, gained = 0.0, 0.0
    if crisis.war:
        helped, gained = crisis.helped, crisis.gained
    see(c, False, helped)
    gains_now(c, head.view_now, crisis.k, gained, elapsed, crisis.head_start, channel, head.gains)
    return elapsed


@inner
def no_pull(c: int) -> None:
    """Fill the pull of commitments on somebody not bound: none."""
    for j in range(RUNG_COUNT):
        store(sizes(c, 0).pull, j, 0.0)


@inner
def pulls(c: int, slot: int, i: int) -> None:
    """Fill the pull of commitments on guarantor ``i`` by rung: the maximum over layers."""
    no_pull(c)
    for lay in range(sizes(c, 0).n_layers):
        if case_of(c, case(c, slot, lay)).voided or not in_force(c, lay, i):
            continue
        if reading_of(c, reading(c, slot, lay, i)).recognised:
            add_pull(c, slot, lay, i)


@inner
def add_pull(c: int, slot: int, lay: int, i: int) -> None:
    """Raise the pull on guarantor ``i`` to that of a layer, where it is stronger."""
    head, k = sizes(c, 0), crisis_of(c, slot).k
    level = effective_level(c, lay, i)
    for j in range(RUNG_COUNT):
        owed = ready_cell(c, lay * head.n + i).obligation[j]
        here = commitment(c, k, i, level, owed)
        store(head.pull, j, max(load(head.pull, j), here))


@inner
def vote(c: int, slot: int, i: int, channel: int, lead: int) -> int:
    """Return guarantor ``i``'s vote; fill its public margins.

    The gains of the channel, the pull of commitments and the view have been filled.

    Parameters
    ----------
    lead : int
        Rung the lead is ready for; 0 where there is none or it is the lead.
    """
    head, k = sizes(c, 0), crisis_of(c, slot).k
    gains, margins = gains_at(c, channel), margins_at(c, i)
    mine = shock(c, slot, i)
    resolve = state_of(c, i).resolve
    if rules_of(c, 0).free_riding > 0.0:
        expected_others(c, head.view_now, k, gains)
    others = head.others + 8 * RUNG_COUNT * i
    rung = guarantor_vote(
        c, head.view_now, k, i, resolve + mine, gains, head.pull, lead, others, margins
    )
    if world_of(c, 0).keep_log:
        at = open_line(c, journal.VOTE, 4 + 3 * RUNG_COUNT)
        if at:
            store(at, 0, float(i))
            store(at, 1, float(rung))
            store(at, 2, resolve)
            store(at, 3, mine)
            at = copy_floats(at + 32, gains, RUNG_COUNT)
            at = copy_floats(at, head.pull, RUNG_COUNT)
            copy_floats(at, margins, RUNG_COUNT)
    return rung


# ---- deciding together


@inner
def deadline_of(c: int, slot: int, lay: int, elapsed: float) -> float:
    """Return by when a layer's members must have decided, days since the act."""
    w, layer, crisis = world_of(c, 0), layer_of(c, lay), crisis_of(c, slot)
    allowed = layer.deadlines_decide
    if layer.n_ladder and layer.automatic == 0:
        allowed = min(allowed, step_of(c, lay * sizes(c, 0).n_steps).deadline)
    if allowed == math.inf:
        return math.inf
    start = 0.0
    if layer.deadlines_counted_from == 1:
        start = meeting_delay(c, lay)
    if layer.deadlines_counted_from == 2 and w.first_breach >= 0:
        start = -(crisis.began - w.first_breach) / posture.SECONDS_PER_DAY
    return max(elapsed, start + allowed)


@inner
def complies(c: int, slot: int, lay: int, i: int) -> bool:
    """Return whether guarantor ``i`` meets a layer's deadlines in this crisis."""
    rules, crisis = rules_of(c, 0), crisis_of(c, slot)
    level = seen_cell(sizes(c, 0).view_now, lay * sizes(c, 0).n + i).level
    p = credibility.compliance_probability(rules.deadline_compliance, rules.deadline_binding, level)
    return draw(c, streams.COMPLY, 2 + i, crisis.occasion, 0, crisis.source) < p


@inner
def _add_others(c: int, slot: int, lay: int, n: int, elapsed: float) -> int:
    """Add votes and times of the members not modelled singly; return how many vote in all."""
    head, layer, crisis = sizes(c, 0), layer_of(c, lay), crisis_of(c, slot)
    p = min(max(layer.decision_others_p, 1e-12), 1.0 - 1e-12)
    for o in range(layer.decision_others_n):
        u = draw(c, streams.OTHER_VOTE, 0, crisis.occasion, o, crisis.source)
        own = chance.normal_quantile(u)
        mine = credibility.crisis_shock(common_shock(c, slot), own, rules_of(c, 0).shared_shock)
        store_integer(head.votes, n, 4 if chance.normal_quantile(p) + mine > 0.0 else 0)
        u = draw(c, streams.OTHER_CLOCK, 0, crisis.occasion, o, crisis.source)
        clock = elapsed + chance.exponential_quantile(u, layer.decision_others_clock)
        store(head.clocks, n, min(clock, deadline_of(c, slot, lay, elapsed)))
        store_integer(head.weights, n, layer.others_weight)
        n += 1
    return n


@inner
def decide(c: int, slot: int, lay: int, voters: int, elapsed: float) -> tuple[int, float]:
    """Return the rung a layer's rule yields and when, with the members not modelled singly.

    Parameters
    ----------
    voters : int
        How many guarantors vote: ``who``, ``votes`` and ``clocks`` of the scratch are filled.
    """
    head, layer = sizes(c, 0), layer_of(c, lay)
    rule = layer.decision_rule
    blocked = rule == coordination.SECURITY_COUNCIL and challenger_of(c, 0).veto == 1
    if rule == coordination.EACH or blocked:
        return 0, math.inf
    lead = -1
    for voter in range(voters):
        i = load_integer(head.who, voter)
        store_integer(head.weights, voter, member_of(c, lay * head.n + i).weight)
        if i == layer.lead:
            lead = voter
    n = _add_others(c, slot, lay, voters, elapsed)
    if n == 0:
        return 0, math.inf
    votes, clocks = integers(head.votes, n), floats(head.clocks, n)
    rung, days = 0, math.inf
    if rule == coordination.LEAD:
        if lead >= 0:
            rung, days = votes[lead], clocks[lead]
    elif rule == coordination.WEIGHTED_MAJORITY:
        weights, quota = integers(head.weights, n), layer.quota_weight
        rung = coordination.weighted_rung(votes, weights, n, quota)
        if rung > 0:
            days = coordination.weighted_quorum_time(clocks, votes, weights, n, rung, quota)
    else:
        k = members_needed(c, lay, n)
        rung = coordination.kth_highest(votes, n, k)
        if rung > 0:
            days = coordination.quorum_time(clocks, votes, n, rung, k)
    if rung > 0:
        return rung, days
    return 0, math.inf
