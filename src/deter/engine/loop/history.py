"""One history from its first event to its row, and blocks of them.

The like of ``simulate`` in :mod:`deter.engine.reference`: what is there a process waiting for a
moment is here an event and the function that :func:`_handle` sends it to.
"""

from __future__ import annotations

import math

from deter.engine import calendar as of_calendar
from deter.engine import crisis as of_crisis
from deter.engine import journal
from deter.engine import war as of_war
from deter.engine.agenda import CALENDAR, CAMPAIGN, CANDIDATES, CRISIS, LEARNING
from deter.engine.bounds import sound
from deter.engine.layout import (
    challenger_of,
    guarantor_of,
    head_to_fill,
    option_of,
    protege_of,
    rules_of,
    seen_state,
    sizes,
)
from deter.engine.loop import calendar, challenger, crises, sending, wars
from deter.engine.loop.events import INDICES, OCCASIONS, RANKS, pop
from deter.engine.loop.notes import note
from deter.engine.loop.standing import (
    challenger_forces,
    close_noise,
    protege_forces,
    sanctions,
    set_private,
)
from deter.engine.loop.state import (
    NEVER,
    bond_of,
    crisis_of,
    event_of,
    now_view,
    party_of,
    row_of,
    state_of,
    text_of,
    uncertain_of,
    world_of,
)
from deter.engine.loop.views import relax, see_stance
from deter.engine.loop.votes import party
from deter.engine.memory import anew, clear, floats, load, load_integer, store
from deter.engine.outcome import FIRST_STATUSES, HORIZON, ROW, STATUSES
from deter.engine.outcome import LOST as LOST_FIRST
from deter.engine.prepared import prepare
from deter.engine.world import CEASEFIRE, IN_CAMPAIGN, LOST, PEACE
from deter.theory import chance, choice, luck, posture
from deter.theory.law import inner, whole

NOT_YET = FIRST_STATUSES.index(HORIZON)
"""Status of a first that has not happened: to the end of the history, the horizon."""

TOO_EARLY = FIRST_STATUSES.index(LOST_FIRST)
FAILED = STATUSES.index("failed")
BYTES = ROW.itemsize
WORDS = BYTES // 8

# ---- the beginning


@inner
def draw_uncertain(c: int) -> None:
    """Put a replication's own draws in the place of numbers given as distributions."""
    w = world_of(c, 0)
    stream, u, weights, place = -1, 0.0, 0, -1
    for at in range(w.n_uncertain):
        cell = uncertain_of(c, at)
        if cell.stream != stream:
            stream, weights = cell.stream, 0
            u = luck.uniform(w.seed, w.replication, stream, 0, 0)
        if cell.n > 0:
            if cell.weights != weights:  # columns of one file share luck and weights: one row
                weights = cell.weights
                place = chance.discrete_place(u, floats(weights, cell.n))
            store(cell.address, 0, load(cell.values, place) if place >= 0 else math.nan)
        else:
            p = cell.parameters
            value = chance.parameter_quantile(u, cell.kind, p[0], p[1], p[2], p[3])
            store(cell.address, 0, value)
    if w.n_uncertain or w.ready == 0:
        prepare(anew(c))
        w.ready, w.known = 1, 0
        w.sound = 1 if sound(anew(c)) else 0


@inner
def _begin(c: int) -> None:
    w, row = world_of(c, 0), row_of(c, 0)
    clear(sizes(c, 0).row, WORDS)
    row.replication = w.replication
    row.s_incident, row.s_force, row.s_attack = NOT_YET, NOT_YET, NOT_YET
    row.s_limited_attack, row.s_full_attack = NOT_YET, NOT_YET
    row.s_war, row.s_major = NOT_YET, NOT_YET
    rules = rules_of(c, 0)
    w.now, w.horizon, w.sequence, w.events, w.hole = 0, rules.horizon, 0, 0, 0
    w.serial, w.n_open, w.n_starting, w.written = 0, 0, 0, 0
    w.done, w.stale, w.month_at, w.campaign = 0, 1, 0, -1
    w.signed, w.treaty, w.withdrawn, w.noisy, w.first_breach = 0, 0, 0, 1, -1
    w.last_option, w.last_answer, w.battles_fought = -1, -1, 0
    w.believed_at, w.relaxed_at, w.sanctions_at = 0, -1, -1
    w.forces, w.forces_time = challenger_of(c, 0).forces, 0
    w.own, w.own_time = protege_of(c, 0).forces, 0
    w.regrowth, w.growth, w.cap, w.aid, w.drag = 0.0, 0.0, float("inf"), 0.0, 0.0
    w.imposed, w.imposed_time = 0.0, 0
    _begin_state(c)
    _begin_records(c)
    set_private(c)


@inner
def _begin_state(c: int) -> None:
    """Enter the state the scenario starts in, with what an old war has left behind."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    w.state = PEACE
    if rules.start_state == 1:
        w.state = CEASEFIRE
    elif rules.start_state == 2:
        w.state = IN_CAMPAIGN
    w.exposed_since = -1 if w.state == IN_CAMPAIGN else 0
    w.ceasefire_seen = 1 if w.state == CEASEFIRE else 0
    w.noise_since = 0 if w.state == CEASEFIRE else -1
    w.heat, w.heat_time, w.exhaustion, w.exhaustion_time = 0.0, 0, 0.0, 0
    if w.state == CEASEFIRE:
        years = rules.start_since_war
        jump = rules.heat_jump * rules.heat_after_war
        w.heat = choice.fading(jump, years, rules.heat_decay)
        w.exhaustion = choice.fading(rules.exhaustion, years, rules.exhaustion_decay)


@inner
def _begin_records(c: int) -> None:
    """Clear what is kept of crises, layers, guarantors and options."""
    head, w = sizes(c, 0), world_of(c, 0)
    for slot in range(w.crisis_room):
        crisis_of(c, slot).open = 0
    for lay in range(head.n_layers):
        text = text_of(c, lay)
        text.signed, text.expired, text.void, text.lapsed, text.approved = 0, 0, 0, 0, 1
        text.entered_at, text.expires, text.was_in_force, text.term_runs = -1, NEVER, 0, 0
        text.peace, text.bound = 0, 0
        for i in range(head.n):
            bond = bond_of(c, lay * head.n + i)
            bond.ratified, bond.exited, bond.leaving = 0, 0, 0
    for i in range(head.n):
        state_of(c, i).stance, state_of(c, i).away = 0.0, 0
        see_stance(c, i)
        seen = seen_state(head.view_now, i)
        seen.alpha, seen.beta, seen.pledge = 0.0, 0.0, -1
    for k in range(head.n_options):
        store(now_view(c, 0).prize, k, option_of(c, k).prize)


# ---- events


@inner
def _handle_calendar(  # noqa: PLR0912  one line an event
    c: int, rank: int, occasion: int, kind: int, index: int, a: int
) -> None:
    if kind == of_calendar.BUDGET:
        calendar.budget(c, occasion)
    elif kind == of_calendar.REGIME:
        calendar.shift_regime(c, occasion)
    elif kind == of_calendar.ELECT:
        calendar.elect(c, rank - 2, occasion, a)
    elif kind == of_calendar.THEATRE:
        calendar.tie_down(c, rank - 2, occasion, index)
    elif kind == of_calendar.RATIFY:
        calendar.ratify(c, occasion, rank - 2)
    elif kind == of_calendar.TRANCHE:
        calendar.approve(c, occasion, index)
    elif kind == of_calendar.RENEW_SANCTIONS:
        calendar.renew_sanctions(c, occasion, index)
    elif kind == of_calendar.EXPIRE:
        calendar.expire(c, occasion, index, a)
    elif kind == of_calendar.EXIT:
        calendar.leave(c, occasion, rank - 2)
    elif kind == of_calendar.SIGN:
        calendar.sign_if_offered(c, occasion)
    elif kind == of_calendar.TREATY:
        calendar.conclude(c, occasion)
    elif kind == of_calendar.LEADER:
        calendar.change_leader(c, occasion)
    elif kind == of_calendar.OFFER_EXPIRY:
        calendar.withdraw_offer(c)
    else:
        challenger.start_in_war(c)


@inner
def _handle_crisis(c: int, rank: int, kind: int, index: int, slot: int, a: int, x: float) -> None:
    if kind == of_crisis.AD_HOC:
        crises.act_ad_hoc(c, slot, rank - 2)
    elif kind == of_crisis.RULING:
        crises.rule(c, slot, index)
    elif kind == of_crisis.DECISION:
        crises.act_under(c, slot, index, rank - 2, a, x)
    elif kind == of_crisis.LADDER:
        crises.climb(c, slot, index // 64, index % 64, rank - 2)


@inner
def _handle_campaign(c: int, rank: int, kind: int, index: int, slot: int, x: float) -> None:
    crisis = crisis_of(c, slot)
    if crisis.over:
        return
    if kind == of_war.BATTLE:
        wars.meet(c, slot, index, x)
    elif kind == of_war.ARRIVAL:
        sending.arrive(c, slot, rank - 2, x)
        note(c, journal.ARRIVAL, (float(rank - 2), float(index), x))
    elif kind == of_war.DECISION_POINT:
        wars.decide_to_widen(c, slot)
    elif kind == of_war.ESCALATION:
        if crisis.generation == index:
            wars.escalate(c, slot)
    else:
        wars.end_fixed(c, slot)


@inner
def _handle(c: int) -> None:
    """Send the event that runs to what it is about, unless that is over."""
    event = event_of(c, 0)
    klass = event.high >> (RANKS + OCCASIONS)
    rank = (event.high >> OCCASIONS) & ((1 << RANKS) - 1)
    occasion = event.high & ((1 << OCCASIONS) - 1)
    kind, index = event.low >> INDICES, event.low & ((1 << INDICES) - 1)
    slot, a, x = event.slot, event.a, event.x
    if klass == CALENDAR:
        _handle_calendar(c, rank, occasion, kind, index, a)
        return
    if slot < 0:
        if klass != CANDIDATES:
            wars.talk(c, occasion)
        elif kind == challenger.CANDIDATE:
            challenger.meet_candidate(c, occasion)
        else:
            challenger.follow_script(c, occasion, index)
        return
    if klass == CRISIS and kind == of_crisis.SANCTIONING:
        crises.impose(c, rank - 2)
        return
    if crisis_of(c, slot).serial != event.serial:
        return
    if klass == CAMPAIGN:
        _handle_campaign(c, rank, kind, index, slot, x)
    elif klass == CRISIS:
        _handle_crisis(c, rank, kind, index, slot, a, x)
    elif klass == LEARNING:
        crises.close(c, slot)
    else:
        challenger.press_or_stand_down(c, slot, a, x)


# ---- the end


@inner
def _finish(c: int) -> None:
    """Close what is open at the end and fill the rest of the row."""
    head, w, row = sizes(c, 0), world_of(c, 0), row_of(c, 0)
    stopped = w.state == LOST or row.s_major != NOT_YET
    if not w.done:
        w.now = w.horizon
    end = w.now if stopped else w.horizon
    if w.exposed_since >= 0:
        row.years_exposed += posture.years_between(w.exposed_since, end)
    if w.campaign >= 0:
        wars.count_campaign(c, w.campaign, wars.AT_HORIZON, end)
    for at in range(w.n_open):
        slot = load_integer(head.open, at)
        for i in range(head.n):
            here = party_of(c, party(c, slot, i))
            if here.owed > 0:
                row.n_owed += 1
                if here.answered == 0:
                    row.n_pending += 1
    close_noise(c)
    row.final_credibility = _mean_belief(c)
    row.final_challenger_forces = challenger_forces(c)
    row.final_protege_forces = protege_forces(c)
    row.final_sanctions = sanctions(c)
    row.end_state = w.state
    _censor(c, posture.years_between(0, end), TOO_EARLY if stopped else NOT_YET)


@inner
def _mean_belief(c: int) -> float:
    """Return the challenger's mean belief about the guarantors that play."""
    head = sizes(c, 0)
    relax(c)
    total, playing = 0.0, 0
    for i in range(head.n):
        if guarantor_of(c, i).in_play:
            total += seen_state(head.view_now, i).mean
            playing += 1
    return total / playing if playing else 0.0


@inner
def _censor(c: int, years: float, status: int) -> None:
    """Give firsts that did not happen the end of the history and why it ended."""
    row = row_of(c, 0)
    if row.s_incident:
        row.s_incident, row.t_incident = status, years
    if row.s_force:
        row.s_force, row.t_force = status, years
    if row.s_limited_attack:
        row.s_limited_attack, row.t_limited_attack = status, years
    if row.s_full_attack:
        row.s_full_attack, row.t_full_attack = status, years
    if row.s_attack:
        row.s_attack, row.t_attack = status, years
    if row.s_war:
        row.s_war, row.t_war = status, years
    if row.s_major:
        row.s_major, row.t_major = status, years


@inner
def run_history(c: int) -> None:
    """Run the history whose game is drawn and fill its row.

    Raises
    ------
    ValueError
        If a parameter lies outside what a law allows.
    """
    _begin(c)
    calendar.start_calendar(c)
    challenger.start_challenger(c)
    wars.wait_for_offer(c, 0, 0)
    w = world_of(c, 0)
    calendar.start_waiting(c)
    while w.done == 0 and w.full == 0 and pop(c):
        _handle(c)
        if w.n_starting and w.done == 0:
            calendar.start_waiting(c)
    _finish(c)


@whole
def run_block(c: int, seed: int, start: int, stop: int) -> int:
    """Run histories and fill their rows, one after the other from the address in ``row``.

    Returns
    -------
    int
        The replication that needs more room than there is; ``stop`` if all had enough. A history
        in which a law fails has its status set, and no numbers.
    """
    head, w = head_to_fill(c, 0), world_of(c, 0)
    first = head.row
    at = start
    while at < stop:
        head.row = first + (at - start) * BYTES
        w.seed, w.replication, w.full = seed, at, 0
        failed = False
        try:
            draw_uncertain(c)
            run_history(anew(c))
        except Exception:  # noqa: BLE001  whatever a law raises is told by the reference engine
            failed = True
        if w.full:
            break
        if failed:
            clear(head.row, WORDS)
            row = row_of(anew(c), 0)
            row.replication, row.status = at, FAILED
        at += 1
    head.row = first
    return at
