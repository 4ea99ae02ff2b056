"""A campaign: battles, widening, stopping, escalation, talks, and how it ends.

With :mod:`deter.engine.loop.sending` the like of :mod:`deter.engine.war`.
"""

from __future__ import annotations

from deter.engine import journal, streams
from deter.engine.agenda import TALKS
from deter.engine.assessment import assess
from deter.engine.layout import (
    challenger_of,
    member_of,
    option_of,
    outlook_at,
    protege_of,
    rules_of,
    seen_cell,
    sizes,
)
from deter.engine.loop.calendar import check_all
from deter.engine.loop.crises import close, close_at, revote, widen_crisis
from deter.engine.loop.events import push
from deter.engine.loop.notes import note
from deter.engine.loop.sending import accrue, time_escalation, wait
from deter.engine.loop.standing import (
    anchor,
    anchor_now,
    challenger_forces,
    enter_peace,
    incident_seen,
    leave_peace,
    lose_ground,
    month,
    private,
    protege_forces,
)
from deter.engine.loop.state import (
    bond_of,
    case_of,
    crisis_of,
    draw,
    now_view,
    party_of,
    reading_of,
    row_of,
    text_of,
    world_of,
)
from deter.engine.loop.views import copy_view, same_layers_later, see, see_later
from deter.engine.loop.votes import case, party, reading
from deter.engine.memory import count_at, load, load_integer, store
from deter.engine.outcome import FIRST_ENDS, ROW
from deter.engine.prepared import winter_factor
from deter.engine.strength import prospects
from deter.engine.war import BATTLE, DECISION_POINT, END, FULL, LIMITED, OFFER
from deter.engine.world import CEASEFIRE, IN_CAMPAIGN, LOST
from deter.theory import campaign, chance, choice, posture
from deter.theory.law import inner
from deter.vocabulary import CAMPAIGN_ENDS, WHY_NOT_STOPPED

OBJECTIVE, REPULSE, STOPPED, CEASE, ESCALATED, AT_HORIZON, CONCEDED = range(len(CAMPAIGN_ENDS))
(
    HELD,
    NOT_YET_IN_FORCE,
    LAPSED_OR_EXITED,
    VOID,
    NOT_COVERED,
    NOT_RECOGNISED,
    BLOCKED,
    RENEGED,
    TOO_LATE,
    TOO_WEAK,
) = range(len(WHY_NOT_STOPPED))
NO_END = FIRST_ENDS.index("")
FIRST_END = len(FIRST_ENDS) - len(CAMPAIGN_ENDS)
_FIELDS = ROW.fields
assert _FIELDS is not None
CAUSES = _FIELDS[f"why_not_stopped_{WHY_NOT_STOPPED[0]}"][1]
"""Bytes from the start of a row to its counts of causes."""


@inner
def begin_war(c: int, slot: int, gained: float) -> None:
    """Start the campaign of a crisis."""
    leave_peace(c, IN_CAMPAIGN)
    w, rules, crisis, row = world_of(c, 0), rules_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    crisis.war, crisis.over, crisis.war_k, crisis.war_began = 1, 0, crisis.k, w.now
    crisis.gained, crisis.start, crisis.helped = gained, gained, 0.0
    crisis.challenger_losses, crisis.protege_losses = 0.0, 0.0
    crisis.hazard, crisis.hazard_at, crisis.threshold = 0.0, w.now, -1.0
    w.campaign = slot
    crisis.held_before = campaign.held_share(gained, gained + steps_above(c, slot))
    anchor_now(c)
    row.n_campaigns += 1
    if rules.win == 1:
        days = option_of(c, crisis.war_k).duration
        wait(c, w.now + posture.seconds(days), 0, END, 0, slot, 0, 0.0)
        return
    tempo = 1.0
    if rules.tempo_sd != 0.0:
        u = draw(c, streams.TEMPO, 0, crisis.occasion, 0, crisis.source)
        tempo = chance.lognormal_quantile(u, 1.0, rules.tempo_sd)
    tempo = min(tempo, rules.tempo_cap)
    wait_for_battle(c, slot, 0, rules.battles_per_month * tempo)
    if option_of(c, crisis.war_k).option_class == LIMITED:
        time = crisis.war_began + posture.seconds(rules.decision_point)
        wait(c, time, 0, DECISION_POINT, 0, slot, 0, 0.0)


# ---- battles


@inner
def wait_for_battle(c: int, slot: int, b: int, rate: float) -> None:
    """Put candidate battle ``b`` on the agenda, at a rate per 30 days."""
    if rate <= 0.0:
        return
    crisis = crisis_of(c, slot)
    u = draw(c, streams.BATTLE_TIME, 0, crisis.occasion, b, crisis.source)
    days = chance.exponential_quantile(u, 30.0 / rate)
    wait(c, world_of(c, 0).now + posture.seconds(days), 0, BATTLE, b, slot, 0, rate)


@inner
def meet(c: int, slot: int, b: int, rate: float) -> None:
    """Fight candidate battle ``b`` unless winter thins it out, and wait for the next."""
    crisis = crisis_of(c, slot)
    factor = winter_factor(c, month(c), rules_of(c, 0).winter_tempo)
    fought = factor >= 1.0
    if not fought:
        u = draw(c, streams.BATTLE_SEASON, 0, crisis.occasion, b, crisis.source)
        fought = u < factor
    if fought:
        _battle(c, slot, b)
    if crisis.over == 0:
        wait_for_battle(c, slot, b + 1, rate)


@inner
def steps_above(c: int, slot: int) -> float:
    """Return the steps to the objective."""
    crisis = crisis_of(c, slot)
    option = option_of(c, crisis.war_k)
    extra = load(now_view(c, 0).extra_steps, option.region)
    return option.steps_to_objective + extra - crisis.gained


@inner
def _battle(c: int, slot: int, b: int) -> None:
    w, rules, crisis = world_of(c, 0), rules_of(c, 0), crisis_of(c, slot)
    option = option_of(c, crisis.war_k)
    own = protege_forces(c)
    attacker = challenger_forces(c) * option.share
    defender = own * option.defended_share + crisis.helped
    fort = load(now_view(c, 0).fort, option.region)
    odds = campaign.battle_odds(attacker, defender, fort, rules.contest_exponent)
    p = campaign.odds_to_probability(odds)
    won = draw(c, streams.BATTLE, 0, crisis.occasion, b, crisis.source) < p
    crisis.gained += 1.0 if won else -1.0
    w.battles_fought += 1
    share_c = rules.winner_losses if won else rules.loser_losses
    share_d = rules.loser_losses if won else rules.winner_losses
    lost_c = campaign.losses(attacker, share_c)
    lost_d = campaign.losses(own * option.defended_share, share_d)
    anchor(c, True, lost_c, lost_d)
    crisis.challenger_losses += lost_c
    crisis.protege_losses += lost_d
    below, above = option.steps_to_repulse + crisis.gained, steps_above(c, slot)
    note(c, journal.BATTLE, (1.0 if won else 0.0, above, below, attacker, defender, p))
    if above <= 0.0:
        end_war(c, slot, OBJECTIVE)
    elif below <= 0.0:
        end_war(c, slot, REPULSE)
    elif rules.stopping and _gives_up(c, slot):
        end_war(c, slot, STOPPED)


@inner
def end_fixed(c: int, slot: int) -> None:
    """End a campaign whose payoffs are given outright: won, or not."""
    crisis = crisis_of(c, slot)
    option = option_of(c, crisis.war_k)
    p = option.fixed_win_alone
    for i in range(sizes(c, 0).n):
        if party_of(c, party(c, slot, i)).acted > 0:
            p = option.fixed_win_helped
    won = draw(c, streams.BATTLE, 0, crisis.occasion, 0, crisis.source) < p
    end_war(c, slot, OBJECTIVE if won else REPULSE)


@inner
def _see_prospects(c: int, slot: int) -> tuple[float, float, float, float]:
    """Return the challenger's chance, days left, share held and cost per day as it sees it."""
    rules, crisis = rules_of(c, 0), crisis_of(c, slot)
    see(c, True, helpers_spread(c, slot))
    win, days = prospects(c, sizes(c, 0).view_now, crisis.war_k, crisis.gained)
    held = campaign.held_share(crisis.gained, crisis.gained + steps_above(c, slot))
    cost = posture.war_cost_under_sanctions(
        challenger_of(c, 0).war_cost, rules.sanctions_war_cost, now_view(c, 0).sanctions
    )
    if crisis.direct:
        cost *= rules.direct_war_cost
    return win, days, held, cost


@inner
def helpers_spread(c: int, slot: int) -> float:
    """Return helpers' strength as an addition to all the protégé's forces."""
    crisis = crisis_of(c, slot)
    share = option_of(c, crisis.war_k).defended_share
    return crisis.helped / share if share > 0.0 else 0.0


@inner
def _gives_up(c: int, slot: int) -> bool:
    win, days, held, cost = _see_prospects(c, slot)
    gain = world_of(c, 0).motive * load(now_view(c, 0).prize, crisis_of(c, slot).war_k)
    stop = campaign.stops(gain, win, held, cost * days)
    if stop:
        note(c, journal.STOP, (win, held, days))
    return stop


# ---- widening and escalation


@inner
def _full_option(c: int) -> int:
    """Return the first full option; -1 where there is none."""
    for k in range(sizes(c, 0).n_options):
        if option_of(c, k).option_class == FULL:
            return k
    return -1


@inner
def decide_to_widen(c: int, slot: int) -> None:
    """At its first decision point a limited campaign may be widened once."""
    head, w, crisis, row = sizes(c, 0), world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    full = _full_option(c)
    if crisis.over or full < 0 or crisis.source == streams.SCRIPTED:
        return
    see(c, True, helpers_spread(c, slot))
    now_view(c, 0).heat = crisis.heat_before  # the attack's own heat is no reason
    assess(c, head.view_now, full, False, head.outlook_later, 0)
    out = outlook_at(head.outlook_later, 0)
    status_quo = rules_of(c, 0).status_quo
    stay = choice.refrain_index(challenger_of(c, 0).precision, status_quo, 0.0, 0.0, 0.0)
    p = choice.attack_probability(stay, load(out.indices, full))
    widens = draw(c, streams.OPTION, 0, crisis.occasion, 1, crisis.source) < p
    note(c, journal.DECISION_POINT, (1.0 if widens else 0.0, load(out.win, full), p))
    if widens:
        row.n_widened += 1
        row.n_full_attacks += 1
        if row.s_full_attack:
            row.s_full_attack, row.t_full_attack = 0, posture.years_between(0, w.now)
        accrue(c, slot)
        crisis.war_k = full
        whole = crisis.gained + steps_above(c, slot)
        crisis.held_before = campaign.held_share(crisis.start, whole)
        time_escalation(c, slot)
        widen_crisis(c, slot, full)


@inner
def escalate(c: int, slot: int) -> None:
    """Let the war become a direct one with a guarantor, or a direct one major."""
    w, crisis, row = world_of(c, 0), crisis_of(c, slot), row_of(c, 0)
    if crisis.direct:
        if row.s_major:
            row.s_major, row.t_major = 0, posture.years_between(0, w.now)
        note(c, journal.ESCALATION, (1.0,))
        end_war(c, slot, ESCALATED)
        return
    crisis.direct = 1
    row.n_direct_war += 1
    crisis.hazard, crisis.hazard_at, crisis.threshold = 0.0, w.now, -1.0
    note(c, journal.ESCALATION, (0.0,))
    revote(c, slot)
    time_escalation(c, slot)


# ---- talks


@inner
def wait_for_offer(c: int, time: int, n: int) -> None:
    """Put ceasefire offer ``n`` on the agenda, counted from a time."""
    rate = rules_of(c, 0).talks_offers
    if rate <= 0.0:
        return
    u = draw(c, streams.OFFER_TIME, 0, n, 0, streams.CANDIDATE)
    days = chance.exponential_quantile(u, posture.DAYS_PER_YEAR / rate)
    push(c, time + posture.seconds(days), TALKS, 0, n, OFFER, 0, -1, -1, 0, 0.0)


@inner
def talk(c: int, n: int) -> None:
    """Offer a ceasefire while a war lasts, and wait for the next offer."""
    w = world_of(c, 0)
    if w.campaign >= 0 and crisis_of(c, w.campaign).over == 0:
        _offer(c, w.campaign)
    wait_for_offer(c, w.now, n + 1)


@inner
def _offer(c: int, slot: int) -> None:
    w, rules, protege, crisis = world_of(c, 0), rules_of(c, 0), protege_of(c, 0), crisis_of(c, slot)
    win, days, held, cost = _see_prospects(c, slot)
    gain = w.motive * load(now_view(c, 0).prize, crisis.war_k)
    future, worth = _framework_worth(c, slot)
    ceded = rules.offer_territory
    value = campaign.ceasefire_gain(win, held, days, cost, gain, future) + gain * ceded
    challenger_yes = value > private(
        c, streams.TYPE, rules.talks_challenger_type_mean, rules.talks_challenger_type_sd
    )
    line = win - held + protege.war_cost * days - ceded - rules.offer_payment
    index = campaign.acceptance_index(
        line,
        rules.talks_line_scale,
        chance.normal_quantile(protege.acceptance_none),
        chance.normal_quantile(protege.acceptance_full),
        worth,
    )
    u = draw(c, streams.TYPE, 1, 0, 0, streams.CANDIDATE)
    protege_yes = index > chance.normal_quantile(u)
    first, second = 1.0 if challenger_yes else 0.0, 1.0 if protege_yes else 0.0
    note(c, journal.TALKS, (first, second, value, future, worth, index))
    if challenger_yes and protege_yes:
        if ceded > 0.0:
            lose_ground(c, ceded)
        end_war(c, slot, CEASE)


@inner
def _framework_worth(c: int, slot: int) -> tuple[float, float]:
    """Return what a ceasefire's framework costs the challenger, and its worth in [0, 1].

    The cost is the change in the value of later opportunities between the layers in force now
    and those a ceasefire brings; the worth, to the protégé, is the share of the chance of a
    renewed defeat that the layers then in force remove.
    """
    head, k = sizes(c, 0), crisis_of(c, slot).war_k
    precision = challenger_of(c, 0).precision
    see(c, True, 0.0)
    copy_view(c)
    for at in range(head.n_layers * head.n):
        now, later = seen_cell(head.view_now, at), seen_cell(head.view_later, at)
        later.force, later.level = now.force, now.level
    value_now, win_now = _value_later(c, k)
    see_later(c, 0.0, True)
    value_then, win_then = value_now, win_now
    if not same_layers_later(c):
        value_then, win_then = _value_later(c, k)
    win_without, bound = win_then, False
    for at in range(head.n_layers * head.n):
        later = seen_cell(head.view_later, at)
        bound = bound or later.force > 0.0
        later.force = 0.0
    if bound:
        _, win_without = _value_later(c, k)
    future = (value_then - value_now) / precision if precision > 0.0 else 0.0
    worth = max(0.0, 1.0 - win_then / win_without) if win_without > 0.0 else 0.0
    return future, worth


@inner
def _value_later(c: int, k: int) -> tuple[float, float]:
    """Return the value of having option ``k`` and its chance, in the later view."""
    head = sizes(c, 0)
    assess(c, head.view_later, k, False, head.outlook_later, 0)
    out = outlook_at(head.outlook_later, 0)
    stay = challenger_of(c, 0).precision * rules_of(c, 0).status_quo
    return choice.inclusive_value(stay, load(out.indices, k)), load(out.win, k)


# ---- the end


@inner
def end_war(c: int, slot: int, how: int) -> None:
    """End a campaign: losses, line, prize, state, causes; its crisis closes."""
    w, crisis = world_of(c, 0), crisis_of(c, slot)
    if crisis.over:
        return
    crisis.over = 1
    crisis.generation += 1
    w.campaign = -1
    was_war = is_war(c, slot)
    count_campaign(c, slot, how, w.now)
    _code_cause(c, slot, how)
    lost_all = _settle(c, slot, how)
    note(
        c,
        journal.CAMPAIGN_ENDED,
        (float(how), float(crisis.war_began), 1.0 if was_war else 0.0),
    )
    if lost_all or how == ESCALATED:
        w.state = LOST if lost_all else IN_CAMPAIGN
        close(c, slot)
        w.done = 1
        return
    incident_seen(c, 1.0, was_war)
    w.first_breach = -1
    w.ceasefire_seen = 1
    w.stale = 1
    enter_peace(c, CEASEFIRE)
    anchor_now(c)
    check_all(c)
    close_at(c, slot, w.now)


@inner
def is_war(c: int, slot: int) -> bool:
    """Return whether both sides' losses make a campaign a war."""
    crisis, least = crisis_of(c, slot), rules_of(c, 0).war_threshold
    return crisis.challenger_losses > least and crisis.protege_losses > least


@inner
def count_campaign(c: int, slot: int, how: int, end: int) -> None:
    """Add a campaign's days, losses and end; count a war that the challenger chose."""
    crisis, row = crisis_of(c, slot), row_of(c, 0)
    days = (end - crisis.war_began) / posture.SECONDS_PER_DAY
    row.campaign_days += days
    if row.first_campaign_end == NO_END:
        row.first_campaign_end = FIRST_END + how
        row.first_campaign_days = days
    row.challenger_losses += crisis.challenger_losses
    row.protege_losses += crisis.protege_losses
    if is_war(c, slot) and crisis.source == streams.CANDIDATE:
        row.n_wars += 1
        if row.s_war:
            row.s_war, row.t_war = 0, posture.years_between(0, crisis.war_began)


@inner
def _settle(c: int, slot: int, how: int) -> bool:
    """Move the line and take prizes; return whether the protégé is lost."""
    crisis, row, view = crisis_of(c, slot), row_of(c, 0), now_view(c, 0)
    option = option_of(c, crisis.war_k)
    won = how in (OBJECTIVE, CONCEDED)
    if won:
        row.n_won += 1
    elif how == REPULSE:
        row.n_repulsed += 1
    elif how == STOPPED:
        row.n_stopped += 1
    elif how == CEASE:
        row.n_ceasefires += 1
    if won and option.option_class == FULL:
        row.ground_lost = 1.0 - rules_of(c, 0).start_held
        return True
    whole = crisis.gained + steps_above(c, slot)
    held = 1.0 if won else campaign.held_share(crisis.gained, whole)
    left = load(view.prize, crisis.war_k)
    lose_ground(c, (held - crisis.held_before) * left)
    if option.option_class == LIMITED:
        store(view.prize, crisis.war_k, left * (1.0 - held))
    return False


@inner
def _code_cause(c: int, slot: int, how: int) -> None:
    """Code why the attack was not stopped: how far any layer got."""
    if crisis_of(c, slot).source == streams.CANDIDATE:
        count_at(sizes(c, 0).row + CAUSES, _stage(c, slot, how))


@inner
def _stage(c: int, slot: int, how: int) -> int:
    crisis = crisis_of(c, slot)
    if how in (REPULSE, STOPPED) and crisis.gained <= 0.0:
        return HELD
    if crisis.arrivals > 0:
        return TOO_WEAK
    willing = False
    for i in range(sizes(c, 0).n):
        here = party_of(c, party(c, slot, i))
        if here.acted > 1:
            return TOO_LATE
        if here.vote > 0:
            willing = True
    stage = _stage_of_layers(c, slot)
    if stage >= 0:
        return stage
    return TOO_LATE if willing else RENEGED


@inner
def _stage_of_layers(c: int, slot: int) -> int:
    """Return at which stage the layers gave way; -1 if they got as far as a vote."""
    head, k = sizes(c, 0), crisis_of(c, slot).k
    bound, all_void, covered, recognised, blocked = False, True, False, False, False
    for lay in range(head.n_layers):
        binds, forced, counts = False, False, False
        for i in range(head.n):
            here = reading_of(c, reading(c, slot, lay, i))
            binds = binds or member_of(c, lay * head.n + i).binds == 1
            forced = forced or here.force > 0.0
            counts = counts or here.recognised == 1
        if not binds or not forced:
            continue
        bound = True
        here_case = case_of(c, case(c, slot, lay))
        all_void = all_void and here_case.voided == 1
        covered = covered or load_integer(head.covers, lay * head.n_options + k) == 1
        recognised = recognised or counts
        blocked = blocked or here_case.blocked == 1
    if not bound:
        return _stage_without_layers(c)
    if all_void:
        return VOID
    if not covered:
        return NOT_COVERED
    if not recognised:
        return NOT_RECOGNISED
    return BLOCKED if blocked else -1


@inner
def _stage_without_layers(c: int) -> int:
    """Return why no layer was in force at the attack."""
    head = sizes(c, 0)
    any_void, any_gone = False, False
    for lay in range(head.n_layers):
        binds, exited = False, False
        for i in range(head.n):
            at = lay * head.n + i
            binds = binds or member_of(c, at).binds == 1
            exited = exited or bond_of(c, at).exited == 1
        if not binds:
            continue
        text = text_of(c, lay)
        gone = text.expired == 1 or exited
        if not gone and text.void == 0:
            return NOT_YET_IN_FORCE
        any_void = any_void or text.void == 1
        any_gone = any_gone or gone
    if any_void:
        return VOID
    return LAPSED_OR_EXITED if any_gone else NOT_COVERED
