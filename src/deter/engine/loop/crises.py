"""A crisis: recognition, dispute, the guarantors' votes and acts, and its close.

The like of :mod:`deter.engine.crisis`.
"""

from __future__ import annotations

import math

from deter.engine import journal, streams
from deter.engine.agenda import CRISIS as CRISIS_CLASS
from deter.engine.agenda import LEARNING
from deter.engine.assessment import acts_of
from deter.engine.crisis import (
    AD_HOC,
    CLOSE,
    DECISION,
    LADDER,
    RULING,
    SANCTIONING,
    SANCTIONS_PIECE,
)
from deter.engine.expected_help import act_ambiguity
from deter.engine.layout import (
    RUNG_COUNT,
    guarantor_of,
    layer_of,
    option_of,
    outlook_at,
    ready_cell,
    ready_state,
    rules_of,
    rung_of,
    seen_cell,
    sizes,
    step_of,
)
from deter.engine.loop.events import push
from deter.engine.loop.learning import learn, seen
from deter.engine.loop.notes import note, open_line
from deter.engine.loop.sending import send
from deter.engine.loop.standing import anchor_now, heat_now, in_force, reckon, sanctions
from deter.engine.loop.state import (
    case_of,
    crisis_of,
    draw,
    lag,
    party_of,
    reading_of,
    row_of,
    shown_of,
    text_of,
    world_of,
)
from deter.engine.loop.views import see
from deter.engine.loop.votes import (
    case,
    complies,
    days_elapsed,
    deadline_of,
    decide,
    margins_at,
    no_pull,
    own_clock,
    party,
    pulls,
    reading,
    recognise,
    see_truth,
    vote,
)
from deter.engine.memory import count_at, load, load_integer, store, store_integer
from deter.engine.outcome import RESPONSE_BINS, ROW
from deter.engine.prepared import attribution_delay, meeting_delay
from deter.theory import coordination, credibility, posture
from deter.theory.law import inner

_FIELDS = ROW.fields
assert _FIELDS is not None
RESPONSES = _FIELDS["response_00"][1]
"""Bytes from the start of a row to its counts of responses."""


# ---- opening


@inner
def tag(c: int, slot: int) -> int:
    """Return a crisis's number in the agenda's order."""
    crisis = crisis_of(c, slot)
    return crisis.occasion * 3 + crisis.source


@inner
def wait(
    c: int, time: int, klass: int, rank: int, kind: int, index: int, slot: int, a: int, x: float
) -> None:
    """Put an event of a crisis on the agenda."""
    serial = crisis_of(c, slot).serial
    push(c, time, klass, rank, tag(c, slot), kind, index, slot, serial, a, x)


@inner
def _free_slot(c: int) -> int:
    """Return a place for a crisis."""
    w = world_of(c, 0)
    for slot in range(w.crisis_room):
        if crisis_of(c, slot).open == 0:
            return slot
    w.full = 1
    return 0


@inner
def open_crisis(c: int, source: int, occasion: int, k: int) -> int:
    """Open a crisis over option ``k`` now, from beliefs as they stand; return its place."""
    head, w = sizes(c, 0), world_of(c, 0)
    slot = _free_slot(c)
    crisis = crisis_of(c, slot)
    w.serial += 1
    crisis.serial, crisis.source, crisis.occasion, crisis.k = w.serial, source, occasion, k
    crisis.began, crisis.open, crisis.alleged, crisis.has_early = w.now, 1, 0, 0
    crisis.n_shown, crisis.war, crisis.over, crisis.common_known = 0, 0, 0, 0
    crisis.recognises, crisis.generation, crisis.direct, crisis.arrivals = 0, 0, 0, 0
    crisis.head_start, crisis.refrain = 0.0, 0.0
    crisis.heat_before = heat_now(c)
    acts = acts_of(c, head.outlook_now, k)
    crisis.expected_arms = 0.0
    for i in range(head.n):
        _open_party(c, slot, i, load(acts, i * RUNG_COUNT))
        crisis.expected_arms = max(crisis.expected_arms, load(acts, i * RUNG_COUNT + 1))
    recognised = outlook_at(head.outlook_now, 0).recognition + 8 * k * head.n_layers
    for lay in range(head.n_layers):
        here = case_of(c, case(c, slot, lay))
        here.recognition = load(recognised, lay)
        here.ruled, here.voided, here.blocked, here.declared = 0, 0, 0, 0
        for i in range(head.n):
            reading_of(c, reading(c, slot, lay, i)).recognised = 0
    _take_force(c, slot)
    store_integer(head.open, w.n_open, slot)
    w.n_open += 1
    return slot


@inner
def _open_party(c: int, slot: int, i: int, expected: float) -> None:
    here = party_of(c, party(c, slot, i))
    here.acted, here.owed, here.answered, here.early = 0, 0, 0, -1
    here.polled, here.asked, here.vote, here.missed = 0, 0, 0, 0
    here.shock_known, here.clock_known, here.combat, here.sent = 0, 0, 0, 0
    here.low, here.high = -math.inf, math.inf
    here.expected, here.helped = expected, 0.0


@inner
def _take_force(c: int, slot: int) -> None:
    """Keep which response clauses bind whom at this moment."""
    head = sizes(c, 0)
    for lay in range(head.n_layers):
        for i in range(head.n):
            force = seen_cell(head.view_now, lay * head.n + i).force
            reading_of(c, reading(c, slot, lay, i)).force = force


@inner
def react(c: int, slot: int) -> None:
    """Begin the guarantors' reactions at the moment of the act."""
    head, w, crisis = sizes(c, 0), world_of(c, 0), crisis_of(c, slot)
    crisis.began = w.now
    _take_force(c, slot)
    recognise(c, slot)
    _allege(c, slot)
    for lay in range(head.n_layers):
        schedule_ruling(c, slot, lay)
    if crisis.source == streams.INITIAL:
        return
    for i in range(head.n):
        if guarantor_of(c, i).has_stake:
            days = max(0.0, own_clock(c, slot, i) - crisis.head_start)
            time = w.now + posture.seconds(days)
            wait(c, time, CRISIS_CLASS, 2 + i, AD_HOC, 0, slot, 0, 0.0)


@inner
def _allege(c: int, slot: int) -> None:
    """Draw whether the protégé is said to have provoked the act."""
    head, rules, crisis = sizes(c, 0), rules_of(c, 0), crisis_of(c, slot)
    if head.n_layers == 0:
        return
    clause = False
    for lay in range(head.n_layers):
        if layer_of(c, lay).limits_void_if_protege_attacks > 0:
            for i in range(head.n):
                if reading_of(c, reading(c, slot, lay, i)).force > 0.0:
                    clause = True
    expected = crisis.expected_arms
    p = credibility.dispute_probability(
        rules.dispute_base, rules.dispute_hazard, expected, rules.dispute_void, clause
    )
    crisis.alleged = 0
    if p > 0.0 and draw(c, streams.DISPUTE, 0, crisis.occasion, 0, crisis.source) < p:
        crisis.alleged = 1
        note(c, journal.DISPUTE, (expected, 1.0 if clause else 0.0, p))


@inner
def schedule_ruling(c: int, slot: int, lay: int) -> None:
    """Put the ruling of a layer's arbiter on the agenda, if the layer binds anybody."""
    head, w, crisis, here = sizes(c, 0), world_of(c, 0), crisis_of(c, slot), case(c, slot, lay)
    if case_of(c, here).ruled or crisis.open == 0 or case_of(c, here).voided:
        return
    bound = False
    for i in range(head.n):
        if in_force(c, lay, i) and reading_of(c, reading(c, slot, lay, i)).recognised:
            bound = True
    if not bound:
        return
    days = attribution_delay(c, lay)
    if crisis.alleged:
        calm = 1.0 - layer_of(c, lay).attribution_monitoring
        days = max(days, rules_of(c, 0).dispute_days * calm)
    elif case_of(c, here).declared:
        days = 0.0
    case_of(c, here).ruled = 1
    time = w.now + posture.seconds(days)
    wait(c, time, CRISIS_CLASS, 0, RULING, lay, slot, 0, 0.0)


# ---- ad hoc


@inner
def act_ad_hoc(c: int, slot: int, i: int) -> None:
    """Let guarantor ``i`` decide on its own motion."""
    here = party_of(c, party(c, slot, i))
    if crisis_of(c, slot).open == 0:
        return
    see_truth(c, slot, 0)
    no_pull(c)
    rung = vote(c, slot, i, 0, 0)
    here.asked = 1
    margins = margins_at(c, i)
    for j in range(RUNG_COUNT):
        here.margins[j] = load(margins, j)
    if rung > here.acted:
        seen(c, slot, i, margins, rung, True)
        act(c, slot, i, rung, journal.OWN_MOTION, -1, math.inf)
    elif here.acted == 0:
        seen(c, slot, i, margins, 0, True)


# ---- under a layer


@inner
def rule(c: int, slot: int, lay: int) -> None:
    """Apply the arbiter's ruling: void, or the members vote and the rule decides."""
    head, crisis, layer = sizes(c, 0), crisis_of(c, slot), layer_of(c, lay)
    if crisis.open == 0 or case_of(c, case(c, slot, lay)).voided:
        return
    if crisis.alleged and _voids(c, slot, lay):
        return
    elapsed = see_truth(c, slot, 1 + lay)
    voters = _poll(c, slot, lay, elapsed)
    rung, days = decide(c, slot, lay, voters, elapsed)
    for voter in range(voters):
        _answer_under(c, slot, lay, voter, rung, days, elapsed)
    if layer.decision_rule != coordination.EACH:
        most = 0
        for voter in range(voters):
            most = max(most, load_integer(head.ballots, voter))
        case_of(c, case(c, slot, lay)).blocked = 1 if rung == 0 and most > 0 else 0
        _note_decision(c, lay, voters, rung, days)
    if layer.n_ladder and layer.automatic:
        _climb_later(c, slot, lay, voters)


@inner
def _answer_under(
    c: int, slot: int, lay: int, voter: int, rung: int, days: float, elapsed: float
) -> None:
    """Note what a member owes and shows, and put its act under a layer on the agenda."""
    head, layer, crisis = sizes(c, 0), layer_of(c, lay), crisis_of(c, slot)
    alone = layer.decision_rule == coordination.EACH
    i = load_integer(head.who, voter)
    _owe(c, slot, lay, i)
    ready, clock = load_integer(head.votes, voter), load(head.clocks, voter)
    allowed, when = ready, clock
    if not alone:
        allowed = rung if ready >= rung else 0
        when = max(days, clock)
    bound = load_integer(head.bound, voter) == 1
    if bound and clock < math.inf:
        w = world_of(c, 0)
        if crisis.n_shown >= w.shown_room:
            w.full = 1
            return
        there = shown_of(c, slot * w.shown_room + crisis.n_shown)
        crisis.n_shown += 1
        there.moment = posture.seconds(clock if rung == 0 else when)
        there.i, there.ready, there.rung, there.alone = i, ready, rung, 1 if alone else 0
        for j in range(RUNG_COUNT):
            there.margins[j] = load(margins_at(c, i), j)
    if layer.sanctions_snapback == 1 and bound and allowed == 0:
        allowed, when = 1, elapsed
    if bound and clock == math.inf:
        party_of(c, party(c, slot, i)).missed = 1
    if allowed > 0 and when < math.inf:
        _decide_at(c, slot, lay, i, allowed, when)


@inner
def _poll(c: int, slot: int, lay: int, elapsed: float) -> int:
    """Fill who votes, votes, ballots as cast and times of decision; return how many vote.

    ``ballots`` are votes as cast, ``votes`` those that count: none where a deadline is missed.
    """
    head, layer = sizes(c, 0), layer_of(c, lay)
    deadline = deadline_of(c, slot, lay, elapsed)
    led = 0
    if layer.lead >= 0 and in_force(c, lay, layer.lead):
        pulls(c, slot, layer.lead)
        led = vote(c, slot, layer.lead, 1 + lay, 0)
    voters = 0
    for i in range(head.n):
        if not in_force(c, lay, i):
            continue
        here = party_of(c, party(c, slot, i))
        bound = reading_of(c, reading(c, slot, lay, i)).recognised == 1
        if bound:
            pulls(c, slot, i)
        else:
            no_pull(c)
        ballot = vote(c, slot, i, 1 + lay, 0 if i == layer.lead else led)
        if not bound and guarantor_of(c, i).has_stake == 0:
            ballot = 0
        if bound:
            here.polled = 1
            here.vote = max(here.vote, ballot)
        own = max(elapsed, meeting_delay(c, lay)) + own_clock(c, slot, i)
        if case_of(c, case(c, slot, lay)).declared and here.early >= 0:
            own = elapsed
        silence = layer.deadlines_silence == 1
        meets = own > deadline and not silence and complies(c, slot, lay, i)
        clock = coordination.deadline_clock(own, deadline, meets, silence)
        store_integer(head.who, voters, i)
        store_integer(head.bound, voters, 1 if bound else 0)
        store_integer(head.ballots, voters, ballot)
        store_integer(head.votes, voters, 0 if clock == math.inf else ballot)
        store(head.clocks, voters, clock)
        voters += 1
    return voters


@inner
def _note_decision(c: int, lay: int, voters: int, rung: int, days: float) -> None:
    if world_of(c, 0).keep_log == 0:
        return
    head = sizes(c, 0)
    at = open_line(c, journal.DECISION, 3 + head.n)
    if at:
        store(at, 0, float(lay))
        store(at, 1, float(rung))
        store(at, 2, days)
        for i in range(head.n):
            store(at, 3 + i, -1.0)
        for voter in range(voters):
            i = load_integer(head.who, voter)
            store(at, 3 + i, float(load_integer(head.ballots, voter)))


@inner
def _voids(c: int, slot: int, lay: int) -> bool:
    """Settle an alleged provocation; return whether the layer is void."""
    crisis, layer = crisis_of(c, slot), layer_of(c, lay)
    see(c, False, 0.0)
    p = credibility.provoked_probability(
        rules_of(c, 0).dispute_provoked,
        act_ambiguity(c, sizes(c, 0).view_now, lay, crisis.k),
        layer.attribution_monitoring,
    )
    upheld = draw(c, streams.RULING, 0, crisis.occasion, 0, crisis.source) < p
    found = 1.0 if upheld else 0.0
    note(c, journal.RULING, (float(lay), found, layer.attribution_monitoring, p))
    clause = layer.limits_void_if_protege_attacks
    if not upheld or clause == 0:
        return False
    case_of(c, case(c, slot, lay)).voided = 1
    row_of(c, 0).n_voided += 1
    if clause == 2:
        void_for_good(c, lay)
    return True


@inner
def _owe(c: int, slot: int, lay: int, i: int) -> None:
    """Note what a bound member owes in this crisis."""
    if not in_force(c, lay, i) or not reading_of(c, reading(c, slot, lay, i)).recognised:
        return
    here = party_of(c, party(c, slot, i))
    owed = ready_cell(c, lay * sizes(c, 0).n + i).owed
    here.owed = max(here.owed, min(owed, guarantor_of(c, i).highest_rung + 1))
    _answer(c, slot, i)


@inner
def _decide_at(c: int, slot: int, lay: int, i: int, rung: int, days: float) -> None:
    respond = layer_of(c, lay).deadlines_respond
    if respond < math.inf and not complies(c, slot, lay, i):
        respond = math.inf
    time = crisis_of(c, slot).began + posture.seconds(days)
    wait(c, time, CRISIS_CLASS, 2 + i, DECISION, lay, slot, rung, respond)


@inner
def act_under(c: int, slot: int, lay: int, i: int, rung: int, respond: float) -> None:
    """Let a member act as its layer has decided, if it has not gone as far already."""
    if crisis_of(c, slot).open and rung > party_of(c, party(c, slot, i)).acted:
        act(c, slot, i, rung, journal.UNDER_LAYER, lay, respond)


@inner
def _climb_later(c: int, slot: int, lay: int, voters: int) -> None:
    """Put a layer's pre-agreed steps on the agenda; automatic ones need no decision."""
    head, crisis = sizes(c, 0), crisis_of(c, slot)
    for s in range(layer_of(c, lay).n_ladder):
        at = lay * head.n_steps + s
        step = step_of(c, at)
        for voter in range(voters):
            i = load_integer(head.who, voter)
            if load_integer(head.ladder_who, at * head.n + i) == 0:
                continue
            if load_integer(head.bound, voter) == 0 or not in_force(c, lay, i):
                continue
            if load_integer(head.ballots, voter) < step.rung + 1:
                continue
            time = crisis.began + posture.seconds(step.deadline)
            wait(c, time, CRISIS_CLASS, 2 + i, LADDER, lay * 64 + s, slot, 0, 0.0)


@inner
def climb(c: int, slot: int, lay: int, s: int, i: int) -> None:
    """Let a member take a step of a layer's ladder, if what the step waits for holds."""
    crisis = crisis_of(c, slot)
    step = step_of(c, lay * sizes(c, 0).n_steps + s)
    rung = step.rung + 1
    if crisis.open == 0 or rung <= party_of(c, party(c, slot, i)).acted:
        return
    if step.when >= 1 and crisis.war == 0:
        return
    if step.when == 2 and option_of(c, crisis.k).option_class != 2:
        return
    act(c, slot, i, rung, journal.BY_LADDER, lay, math.inf)


# ---- acting


@inner
def act(c: int, slot: int, i: int, rung: int, how: int, lay: int, respond: float) -> None:
    """Let guarantor ``i`` act at a rung; what it sends is on its way."""
    crisis, here = crisis_of(c, slot), party_of(c, party(c, slot, i))
    before = here.acted
    here.acted = rung
    numbers = (float(i), float(rung), float(how), float(lay), float(crisis.began))
    note(c, journal.ACT, numbers)
    _answer(c, slot, i)
    if before == 0:
        _impose_later(c, slot, i)
    if rung >= 3 and before < 3:
        row_of(c, 0).n_joined_combat += 1
    if crisis.war:
        send(c, i, rung, respond)


@inner
def _impose_later(c: int, slot: int, i: int) -> None:
    """Put guarantor ``i``'s sanctions on the agenda; they take hold after the rung's lag."""
    rung = rung_of(c, 0)
    if ready_state(c, i).share * rung.strength <= 0.0:
        return
    days = lag(
        c,
        streams.LAG,
        2 + i,
        slot,
        SANCTIONS_PIECE,
        rung.lag_distribution,
        rung.lag_typical,
        rung.lag_shape,
    )
    time = world_of(c, 0).now + posture.seconds(days)
    wait(c, time, CRISIS_CLASS, 2 + i, SANCTIONING, 0, slot, 0, 0.0)


@inner
def impose(c: int, i: int) -> None:
    """Let guarantor ``i``'s sanctions take hold."""
    w = world_of(c, 0)
    share = ready_state(c, i).share * rung_of(c, 0).strength
    level = sanctions(c)
    w.imposed, w.imposed_time = min(1.0, level + share * (1.0 - level)), w.now
    w.sanctions_at = -1
    reckon(c)


@inner
def _answer(c: int, slot: int, i: int) -> None:
    """Note an owed response once it is given."""
    here = party_of(c, party(c, slot, i))
    if here.owed == 0 or here.answered or here.acted < here.owed:
        return
    here.answered = 1
    row_of(c, 0).n_honoured += 1
    days = days_elapsed(c, slot)
    found = 0
    for b in range(RESPONSE_BINS):
        if days >= load(sizes(c, 0).edges, b):
            found = b
    count_at(sizes(c, 0).row + RESPONSES, found)


@inner
def widen_crisis(c: int, slot: int, k: int) -> None:
    """Widen the attack to option ``k``: recognition and votes again."""
    crisis_of(c, slot).k = k
    recognise(c, slot)
    revote(c, slot)


@inner
def revote(c: int, slot: int) -> None:
    """Vote again with the same shocks: more at stake, a layer new in force, direct war."""
    head = sizes(c, 0)
    for lay in range(head.n_layers):
        case_of(c, case(c, slot, lay)).ruled = 0
        schedule_ruling(c, slot, lay)
    if crisis_of(c, slot).source == streams.INITIAL:
        return
    for i in range(head.n):
        if guarantor_of(c, i).has_stake and party_of(c, party(c, slot, i)).asked:
            act_ad_hoc(c, slot, i)


@inner
def entered_into_force(c: int, lay: int) -> None:
    """Let a layer new in force answer wars already under way."""
    for at in range(world_of(c, 0).n_open):
        slot = load_integer(sizes(c, 0).open, at)
        crisis = crisis_of(c, slot)
        if crisis.war and crisis.over == 0 and crisis.recognises:
            case_of(c, case(c, slot, lay)).ruled = 0
            schedule_ruling(c, slot, lay)


@inner
def void_for_good(c: int, lay: int) -> None:
    """Let a layer be void for good."""
    text_of(c, lay).void = 1
    world_of(c, 0).stale = 1
    anchor_now(c)


# ---- closing


@inner
def close_at(c: int, slot: int, time: int) -> None:
    """Close a crisis at a time: the challenger learns from it."""
    wait(c, time, LEARNING, 0, CLOSE, 0, slot, 0, 0.0)


@inner
def close(c: int, slot: int) -> None:
    """Close a crisis: count what was owed, update beliefs in batch from pre-crisis values."""
    head, w, crisis, row = sizes(c, 0), world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    if crisis.open == 0:
        return
    crisis.open = 0
    _take_off(c, slot)
    w.last_option, w.last_answer = crisis.k, 0
    for i in range(head.n):
        here = party_of(c, party(c, slot, i))
        w.last_answer = max(w.last_answer, here.acted)
        if here.owed > 0:
            row.n_owed += 1
            if here.answered == 0:
                undecided = here.vote >= here.owed and here.missed == 0
                if undecided:
                    row.n_pending += 1
                else:
                    row.n_unanswered += 1
                    if here.acted > 0:
                        row.n_partly += 1
    learn(c, slot)


@inner
def _take_off(c: int, slot: int) -> None:
    """Take a crisis off the list of those open; the others keep their order."""
    head, w = sizes(c, 0), world_of(c, 0)
    kept = 0
    for at in range(w.n_open):
        other = load_integer(head.open, at)
        if other != slot:
            store_integer(head.open, kept, other)
            kept += 1
    w.n_open = kept
