"""What follows from a game alone: clocks, obligations, pulls and risks, worked out once.

A replication whose game holds drawn numbers has it worked out once more, in its own copy.
"""

from __future__ import annotations

import math

from deter.engine.layout import (
    RUNG_COUNT,
    cell_to_fill,
    challenger_of,
    guarantor_of,
    layer_of,
    layer_to_fill,
    member_of,
    option_of,
    ready_state,
    rules_of,
    rung_of,
    sizes,
    state_to_fill,
    step_of,
)
from deter.engine.memory import floats, integers, load_integer, store, store_integer
from deter.theory import coordination, credibility, posture
from deter.theory.law import inner, law


@law
def winter_factor(c: int, month: int, value: float) -> float:
    """Return ``value`` in a month of winter, 1 in others."""
    if (rules_of(c, 0).winter_mask >> month) & 1:
        return value
    return 1.0


@law
def attribution_delay(c: int, lay: int) -> float:
    """Return the days a layer's arbiter takes to rule; monitors shorten it."""
    layer = layer_of(c, lay)
    return layer.attribution_delay * (1.0 - layer.attribution_monitoring)


@law
def meeting_delay(c: int, lay: int) -> float:
    """Return the days until a layer's members meet: the deadline to consult, if it sets one."""
    return min(layer_of(c, lay).deadlines_consult, rules_of(c, 0).consult_days)


@law
def members_needed(c: int, lay: int, n: int) -> int:
    """Return how many yeses of ``n`` voters a layer's rule needs."""
    layer = layer_of(c, lay)
    rule = layer.decision_rule
    if rule == coordination.COALITION:
        return layer.decision_k
    if rule in (coordination.MAJORITY, coordination.SECURITY_COUNCIL):
        return coordination.majority_size(n)
    if rule == coordination.CONSENSUS:
        return n
    return 1


@inner
def typical_clock(c: int, lay: int, i: int) -> float:
    """Return the expected days from a ruling to a decision of member ``i`` in a layer.

    Own clock for rules each and lead; for collective rules the order statistic of the members'
    typical clocks.
    """
    layer = layer_of(c, lay)
    rule = layer.decision_rule
    if rule == coordination.EACH:
        return guarantor_of(c, i).decision_clock
    if rule == coordination.LEAD and layer.lead >= 0:
        return guarantor_of(c, layer.lead).decision_clock
    head = sizes(c, 0)
    n = 0
    for g in range(head.n):
        if member_of(c, lay * head.n + g).member:
            store(head.clocks, n, guarantor_of(c, g).decision_clock)
            n += 1
    for _ in range(layer.decision_others_n):
        store(head.clocks, n, layer.decision_others_clock)
        n += 1
    for voter in range(n):
        store_integer(head.votes, voter, 1)
    k = members_needed(c, lay, n)
    if rule == coordination.WEIGHTED_MAJORITY:
        k = coordination.majority_size(n)
    return coordination.quorum_time(
        floats(head.clocks, n), integers(head.votes, n), n, 1, min(k, n)
    )


@inner
def layer_delay(c: int, lay: int, clock: float) -> float:
    """Return the expected days from an attack to a decision under a layer, given the clock."""
    layer = layer_of(c, lay)
    meeting = meeting_delay(c, lay)
    start = meeting if layer.deadlines_counted_from == 1 else 0.0
    ready = max(attribution_delay(c, lay), meeting)
    return min(ready + clock, max(ready, start + layer.deadlines_decide))


@law
def obligation_of(c: int, lay: int, i: int, rung: int) -> int:
    """Return the level of obligation of member ``i`` at ``rung`` (1-4).

    Sanctions that snap back by vote are owed at rung 1.
    """
    cell = member_of(c, lay * sizes(c, 0).n + i)
    if rung == 1:
        if layer_of(c, lay).sanctions_snapback == 2:
            return max(cell.sanctions, 2)
        return cell.sanctions
    if rung == 2:
        return cell.arms
    if rung == 3:
        return cell.air
    return cell.ground


@law
def owed_rung(c: int, lay: int, i: int) -> int:
    """Return the rung a member owes: the highest with a duty to assist or all means.

    Where the text leaves the action to the member (as deemed necessary), it owes some act, rung 1;
    where it only asks to consult, nothing.
    """
    owed = 0
    for rung in range(1, RUNG_COUNT + 1):
        level = obligation_of(c, lay, i, rung)
        if level == 3 and owed == 0:
            owed = 1
        elif level in (2, 4):
            owed = rung
    return owed


@inner
def ladder_top(c: int, lay: int, i: int) -> int:
    """Return the highest rung at which a layer's ladder has member ``i`` act; 0 for none."""
    head = sizes(c, 0)
    top = 0
    for s in range(layer_of(c, lay).n_ladder):
        at = lay * head.n_steps + s
        if load_integer(head.ladder_who, at * head.n + i):
            top = max(top, step_of(c, at).rung + 1)
    return top


@law
def prepare(c: int) -> None:
    """Fill what follows from the game alone."""
    head = sizes(c, 0)
    rules = rules_of(c, 0)
    for lay in range(head.n_layers):
        layer = layer_of(c, lay)
        ready = layer_to_fill(c, lay)
        ready.respond, ready.on_call = math.inf, 0.0
        if layer.deadlines_respond < math.inf:
            ready.respond = layer.deadlines_respond
            ready.on_call = credibility.compliance_probability(
                rules.deadline_compliance, rules.deadline_binding, layer.binding
            )
    for i in range(head.n):
        _prepare_state(c, i)


@inner
def _prepare_state(c: int, i: int) -> None:
    head = sizes(c, 0)
    rules = rules_of(c, 0)
    state = guarantor_of(c, i)
    ready = state_to_fill(c, i)
    ready.place_days, ready.fire = math.inf, 0.0
    ready.planned, ready.planned_days = 0.0, math.inf
    ready.share = posture.economic_share(state.economic_weight)
    typical_arms = rung_of(c, 1).lag_typical
    ready.log_arms = math.log(typical_arms) if typical_arms > 0.0 else 0.0
    first_air = max(rung_of(c, 2).lag_typical, state.days_first_unit)
    ready.log_air = math.log(first_air) if first_air > 0.0 else 0.0
    ready.log_brigade = math.log(state.days_brigade) if state.days_brigade > 0.0 else 0.0
    for j in range(RUNG_COUNT):
        ready.risk[j] = state.risk_sensitivity * rung_of(c, j).risk
    for level in range(5):
        ready.pull[level] = credibility.binding_weight(level, state.resolve_sd, rules.binding_slope)
    for lay in range(head.n_layers):
        cell = member_of(c, lay * head.n + i)
        mine = cell_to_fill(c, lay * head.n + i)
        mine.clock, mine.delay = 0.0, 0.0
        for j in range(RUNG_COUNT):
            mine.obligation[j] = obligation_of(c, lay, i, j + 1)
        mine.owed = owed_rung(c, lay, i)
        mine.ladder_top = ladder_top(c, lay, i)
        if cell.member:
            mine.clock = typical_clock(c, lay, i)
            mine.delay = layer_delay(c, lay, mine.clock)
        if cell.troops > 0.0:
            here, fire = 0.0, 1.0
            if cell.place == 1:
                here, fire = rules.rear_days, rules.rear_exposure
            elif cell.place == 2:
                here, fire = rules.neighbour_days, 0.0
            ready.place_days = min(ready.place_days, here)
            ready.fire = max(ready.fire, fire)
        if cell.reinforcement > ready.planned:
            ready.planned = cell.reinforcement
            ready.planned_days = cell.reinforcement_days


@law
def commitment(c: int, k: int, i: int, binding: int, level: int) -> float:
    """Return the pull B * o of a layer in force on guarantor ``i``, probit units.

    Parameters
    ----------
    k : int
        Option, for the cost of reneging where payoffs are given outright.
    binding, level : int
        Effective binding; level of obligation at the rung.
    """
    if level == 0:
        return 0.0
    weight = credibility.obligation_weight(level)
    if rules_of(c, 0).win == 1:
        return option_of(c, k).fixed_renege_cost * weight
    return weight * ready_state(c, i).pull[binding]


@law
def budgets_matter(c: int) -> bool:
    """Return whether anything a yearly budget reckons can change: aid, or what sanctions slow."""
    rules = rules_of(c, 0)
    for i in range(sizes(c, 0).n):
        if guarantor_of(c, i).aid > 0.0:
            return True
    return rules.sanctions_drag > 0.0 and challenger_of(c, 0).regeneration > 0.0
