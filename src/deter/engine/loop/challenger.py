"""The challenger: meets occasions, chooses, mobilises, strikes; and the script.

The like of the challenger in :mod:`deter.engine.reference`.
"""

from __future__ import annotations

import math

from deter.engine import journal, streams
from deter.engine.agenda import CALENDAR, CANDIDATES
from deter.engine.assessment import assess, assess_all
from deter.engine.calendar import ENTRY
from deter.engine.layout import (
    RUNG_COUNT,
    layer_of,
    option_of,
    outlook_at,
    ready_cell,
    rules_of,
    script_of,
    seen_state,
    sizes,
)
from deter.engine.loop.choosing import SCRIPTED_ONLY, choose, look_again
from deter.engine.loop.crises import close, close_at, open_crisis, react
from deter.engine.loop.events import push
from deter.engine.loop.learning import show
from deter.engine.loop.notes import copy_floats, note, open_line
from deter.engine.loop.standing import (
    enter_peace,
    hostility,
    in_force,
    incident_seen,
    leave_peace,
    month,
)
from deter.engine.loop.state import (
    case_of,
    crisis_of,
    draw,
    now_view,
    party_of,
    reading_of,
    row_of,
    world_of,
)
from deter.engine.loop.views import see
from deter.engine.loop.votes import (
    case,
    decide,
    margins_at,
    party,
    pulls,
    reading,
    recognise,
    see_truth,
    vote,
)
from deter.engine.loop.wars import CONCEDED, begin_war, end_war
from deter.engine.memory import load, load_integer, store, store_integer
from deter.engine.prepared import winter_factor
from deter.engine.world import CEASEFIRE, IN_CAMPAIGN, MOBILISED, PEACE
from deter.theory import chance, choice, coordination, posture
from deter.theory.law import inner

CANDIDATE, SCRIPT, PRESS = range(3)
FULL = 2


@inner
def start_challenger(c: int) -> None:
    """Begin in war if the scenario does; put occasions and the script on the agenda."""
    if rules_of(c, 0).start_state == 2:
        push(c, 0, CALENDAR, 0, 0, ENTRY, 0, -1, -1, 0, 0.0)
    if world_of(c, 0).strategy != SCRIPTED_ONLY:
        wait_for_candidate(c, 0, 0)
    for row in range(sizes(c, 0).n_scripts):
        event = script_of(c, row)
        if event.rate > 0.0:
            wait_for_script(c, row, 0, 0)
        elif event.at < 1e9:
            _wait_for_own(c, posture.seconds(event.at), 1, row, SCRIPT, 0)


@inner
def _wait_for_own(c: int, time: int, rank: int, occasion: int, kind: int, index: int) -> None:
    """Put an occasion or a line of the script on the agenda."""
    push(c, time, CANDIDATES, rank, occasion, kind, index, -1, -1, 0, 0.0)


@inner
def start_in_war(c: int) -> None:
    """Enter the war that the scenario starts in."""
    rules = rules_of(c, 0)
    see(c, True, 0.0)
    look_again(c)
    slot = open_crisis(c, streams.INITIAL, 0, rules.start_option)
    begin_war(c, slot, rules.start_position)
    react(c, slot)


# ---- occasions


@inner
def wait_for_candidate(c: int, time: int, k: int) -> None:
    """Put candidate ``k`` on the agenda, counted from a time: a rate with no framework in it."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    rate = rules.opportunity_rate * w.frailty * rules.headroom
    if rate <= 0.0:
        return
    u = draw(c, streams.ARRIVAL, 0, k, 0, streams.CANDIDATE)
    days = chance.exponential_quantile(u, posture.DAYS_PER_YEAR / rate)
    _wait_for_own(c, time + posture.seconds(days), 0, k, CANDIDATE, 0)


@inner
def meet_candidate(c: int, k: int) -> None:
    """Meet candidate ``k``, and wait for the next."""
    _weigh(c, k)
    wait_for_candidate(c, world_of(c, 0).now, k + 1)


@inner
def _weigh(c: int, k: int) -> None:
    w, rules, row = world_of(c, 0), rules_of(c, 0), row_of(c, 0)
    row.n_candidates += 1
    season = winter_factor(c, month(c), rules.winter_opportunity)
    live = choice.live_probability(
        season, rules.provocation, hostility(c), w.motive, rules.headroom
    )
    if draw(c, streams.LIVE, 0, k, 0, streams.CANDIDATE) >= live:
        return
    row.n_live += 1
    if w.state in (MOBILISED, IN_CAMPAIGN):
        row.n_dropped += 1
        return
    see(c, True, 0.0)
    u = draw(c, streams.ATTACK, 0, k, 0, streams.CANDIDATE)
    chosen = choose(c, k, u)
    _note_choice(c, chosen)
    if chosen >= 0:
        _go(c, k, chosen, u)


@inner
def _note_choice(c: int, chosen: int) -> None:
    head, w = sizes(c, 0), world_of(c, 0)
    if w.keep_log == 0:
        return
    n, acts = head.n_options, head.n_options * head.n * RUNG_COUNT
    at = open_line(c, journal.CHOICE, 4 + 4 * n + acts)
    if at:
        out = outlook_at(head.outlook_now, 0)
        store(at, 0, float(chosen))
        store(at, 1, w.refrain)
        store(at, 2, w.attack)
        store(at, 3, rules_of(c, 0).dissimilarity)
        at = copy_floats(at + 32, out.indices, n)
        at = copy_floats(at, out.utility, n)
        at = copy_floats(at, out.win, n)
        at = copy_floats(at, out.resist, n)
        copy_floats(at, out.acts, acts)


# ---- from a decision to an act


@inner
def _go(c: int, occasion: int, k: int, u: float) -> None:
    """Strike at once, or mobilise first where the option gives warning."""
    option, refrain = option_of(c, k), world_of(c, 0).refrain
    if option.option_class > 0 and option.warning > 0.0:
        _mobilise(c, occasion, k, u, refrain)
        return
    slot = open_crisis(c, streams.CANDIDATE, occasion, k)
    crisis_of(c, slot).refrain = refrain
    _strike(c, slot)


@inner
def _mobilise(c: int, occasion: int, k: int, u: float, refrain: float) -> None:
    """Mobilise; if seen, guarantors whose layer counts threats decide early."""
    w, option = world_of(c, 0), option_of(c, k)
    before = w.state
    leave_peace(c, MOBILISED)
    row_of(c, 0).n_mobilised += 1
    p_seen = load(now_view(c, 0).seen, k)
    is_seen = draw(c, streams.DETECTED, 0, occasion, 0, streams.CANDIDATE) < p_seen
    note(c, journal.MOBILISATION, (float(k), 1.0 if is_seen else 0.0, p_seen))
    slot = open_crisis(c, streams.CANDIDATE, occasion, k)
    crisis_of(c, slot).refrain = refrain
    if is_seen:
        crisis_of(c, slot).head_start = option.warning
        if _counts_threats(c, k):
            _declare(c, slot)
    time = w.now + posture.seconds(option.warning)
    serial = crisis_of(c, slot).serial
    push(c, time, CANDIDATES, 0, occasion, PRESS, 0, slot, serial, before, u)


@inner
def press_or_stand_down(c: int, slot: int, before: int, u: float) -> None:
    """Weigh again what was declared: press on, or stand down to the state before."""
    head, w, crisis, row = sizes(c, 0), world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    for i in range(head.n):
        seen_state(head.view_now, i).pledge = party_of(c, party(c, slot, i)).early
    see(c, True, 0.0)
    p, w.known = 1.0, 0
    if crisis.has_early == 0 and w.keep_log == 0 and w.sound == 1:
        assess(c, head.view_now, crisis.k, False, head.outlook_now, 0)  # nobody spoke: it presses
    else:
        attack = assess_all(c, head.view_now, False, head.outlook_now, 0)
        p = choice.attack_probability(crisis.refrain, attack)
    presses = crisis.has_early == 0 or u < p
    if w.keep_log:
        at = open_line(c, journal.PRESS, 2 + head.n)
        if at:
            store(at, 0, 1.0 if presses else 0.0)
            store(at, 1, p)
            for i in range(head.n):
                store(at, 2 + i, float(seen_state(head.view_now, i).pledge))
    for i in range(head.n):
        seen_state(head.view_now, i).pledge = -1
    if presses:
        _strike(c, slot)
        return
    row.n_stood_down += 1
    enter_peace(c, before if before in (PEACE, CEASEFIRE) else PEACE)
    close(c, slot)


@inner
def _counts_threats(c: int, k: int) -> bool:
    head = sizes(c, 0)
    for lay in range(head.n_layers):
        if layer_of(c, lay).trigger_threats == 0:
            continue
        if load_integer(head.covers, lay * head.n_options + k) == 0:
            continue
        for i in range(head.n):
            if in_force(c, lay, i):
                return True
    return False


@inner
def _declare(c: int, slot: int) -> None:
    """Let members of layers that count threats say what they will do."""
    recognise(c, slot)
    for lay in range(sizes(c, 0).n_layers):
        if layer_of(c, lay).trigger_threats:
            _declare_under(c, slot, lay)


@inner
def _declare_under(c: int, slot: int, lay: int) -> None:
    head, crisis = sizes(c, 0), crisis_of(c, slot)
    see_truth(c, slot, 1 + lay)
    voters = 0
    for i in range(head.n):
        if in_force(c, lay, i) and reading_of(c, reading(c, slot, lay, i)).recognised:
            pulls(c, slot, i)
            store_integer(head.who, voters, i)
            store_integer(head.votes, voters, vote(c, slot, i, 1 + lay, 0))
            store(head.clocks, voters, 0.0)
            voters += 1
    alone = layer_of(c, lay).decision_rule == coordination.EACH
    rung, _ = decide(c, slot, lay, voters, 0.0)
    for voter in range(voters):
        i, ready = load_integer(head.who, voter), load_integer(head.votes, voter)
        here = party_of(c, party(c, slot, i))
        show(c, slot, i, margins_at(c, i), ready, rung, alone)
        if not alone:
            ready = rung if ready >= rung else 0
        here.early = max(here.early, 0, ready)
        here.polled = 1
        crisis.has_early = 1
    for i in range(head.n):
        if party_of(c, party(c, slot, i)).early > 0:
            case_of(c, case(c, slot, lay)).declared = 1


@inner
def _strike(c: int, slot: int) -> None:
    """Do the act itself: counts, causes, crisis, campaign."""
    w, crisis, row = world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    k = crisis.k
    option = option_of(c, k)
    if crisis.source != streams.SCRIPTED:
        _count(c, k)
        if option.option_class > 0:
            _code_motive(c, slot)
    note(c, journal.ACT_BEGUN, (float(k), option.severity))
    incident_seen(c, option.severity, False)
    if option.option_class == 0:
        react(c, slot)
        row.damage += _damage(c, k)
        close_at(c, slot, w.now + posture.seconds(option.duration))
        return
    resist = load(outlook_at(sizes(c, 0).outlook_now, 0).resist, k)
    resists = draw(c, streams.RESIST, 1, crisis.occasion, 0, crisis.source) < resist
    note(c, journal.RESISTANCE, (1.0 if resists else 0.0, resist))
    begin_war(c, slot, 0.0)
    react(c, slot)
    if not resists:
        row.n_conceded += 1
        end_war(c, slot, CONCEDED)


@inner
def _damage(c: int, k: int) -> float:
    option = option_of(c, k)
    months = option.duration / 30.4375
    stopped = world_of(c, 0).air_defence if option.intercepted else 0.0
    return option.volume * months * (1.0 - stopped)


@inner
def _count(c: int, k: int) -> None:
    option, row = option_of(c, k), row_of(c, 0)
    years = posture.years_between(0, world_of(c, 0).now)
    row.n_incidents += 1
    if row.s_incident:
        row.s_incident, row.t_incident = 0, years
    if option.severity >= rules_of(c, 0).force_severity:
        row.n_force_acts += 1
        if row.s_force:
            row.s_force, row.t_force = 0, years
    if option.option_class == 0:
        return
    if row.s_attack:
        row.s_attack, row.t_attack = 0, years
    if option.option_class == FULL:
        row.n_full_attacks += 1
        if row.s_full_attack:
            row.s_full_attack, row.t_full_attack = 0, years
    else:
        row.n_limited_attacks += 1
        if row.s_limited_attack:
            row.s_limited_attack, row.t_limited_attack = 0, years


@inner
def _code_motive(c: int, slot: int) -> None:
    """Code why the attack came, by whether it would come if all were sure to honour."""
    head, w, crisis, row = sizes(c, 0), world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    owes = False
    for lay in range(head.n_layers):
        for i in range(head.n):
            if in_force(c, lay, i) and ready_cell(c, lay * head.n + i).owed > 0:
                owes = True
    p = math.nan
    if owes or w.keep_log:
        see(c, True, 0.0)
        attack = assess_all(c, head.view_now, True, head.outlook_later, 0)
        p = choice.attack_probability(crisis.refrain, attack)
    u = draw(c, streams.ATTACK, 0, crisis.occasion, 0, streams.CANDIDATE)
    sure = not owes or u < p
    if sure:
        row.why_attacked_undeterrable_here += 1
    else:
        row.why_attacked_disbelieved += 1
    note(c, journal.CAUSE, (1.0 if sure else 0.0, p))


# ---- the script


@inner
def wait_for_script(c: int, row: int, time: int, n: int) -> None:
    """Put the ``n``-th act of a line of the script on the agenda, counted from a time."""
    u = draw(c, streams.SCRIPT_TIME, 0, n, row, streams.CANDIDATE)
    days = chance.exponential_quantile(u, posture.DAYS_PER_YEAR / script_of(c, row).rate)
    _wait_for_own(c, time + posture.seconds(days), 1, row, SCRIPT, n)


@inner
def follow_script(c: int, row: int, n: int) -> None:
    """Do a scripted act; where it comes at a rate of its own, wait for the next."""
    _act_by_script(c, row * streams.SCRIPT_STRIDE + n, script_of(c, row).option)
    if script_of(c, row).rate > 0.0:
        wait_for_script(c, row, world_of(c, 0).now, n + 1)


@inner
def _act_by_script(c: int, occasion: int, k: int) -> None:
    w, row = world_of(c, 0), row_of(c, 0)
    row.n_scripted += 1
    if option_of(c, k).option_class > 0 and w.state in (MOBILISED, IN_CAMPAIGN):
        row.n_scripted_dropped += 1
        note(c, journal.SCRIPT_DROPPED, (float(k),))
        return
    see(c, True, 0.0)
    look_again(c)
    _strike(c, open_crisis(c, streams.SCRIPTED, occasion, k))
