"""The calendar: signature, ratification, entry into force, terms, exits, elections, renewals.

The like of :mod:`deter.engine.calendar`: each function is what one of its processes does from one
wait to the next.
"""

from __future__ import annotations

import math

from deter.engine import journal, streams
from deter.engine.agenda import CALENDAR
from deter.engine.calendar import (
    BUDGET,
    ELECT,
    EXIT,
    EXPIRE,
    LEADER,
    OFFER_EXPIRY,
    RATIFY,
    REGIME,
    RENEW_SANCTIONS,
    SIGN,
    THEATRE,
    TRANCHE,
    TREATY,
)
from deter.engine.layout import challenger_of, guarantor_of, layer_of, member_of, rules_of, sizes
from deter.engine.loop.crises import entered_into_force
from deter.engine.loop.events import push
from deter.engine.loop.notes import mark, note
from deter.engine.loop.standing import anchor_now, close_noise, reckon, refresh, withdrawn_for
from deter.engine.loop.state import (
    bond_of,
    draw,
    row_of,
    state_of,
    text_of,
    world_of,
)
from deter.engine.loop.views import see_stance
from deter.engine.memory import load_integer, store_integer
from deter.engine.prepared import budgets_matter
from deter.engine.world import AT_CEASEFIRE, CEASEFIRE
from deter.theory import chance, posture
from deter.theory.law import inner

OWN = streams.CANDIDATE
YEAR = posture.DAYS_PER_YEAR


@inner
def wait(c: int, time: int, rank: int, occasion: int, kind: int, index: int, a: int) -> None:
    """Put an event of the calendar on the agenda."""
    push(c, time, CALENDAR, rank, occasion, kind, index, -1, -1, a, 0.0)


@inner
def start_calendar(c: int) -> None:
    """Sign what is signed at the start and put the rest on the agenda."""
    head, rules = sizes(c, 0), rules_of(c, 0)
    for lay in range(head.n_layers):
        days = layer_of(c, lay).activation_signature
        if days <= 0.0:
            sign(c, lay)
        else:
            wait(c, posture.seconds(days), 0, lay, SIGN, 0, 0)
    refresh(c)
    reckon(c)
    if budgets_matter(c):
        wait_for_budget(c, 1)
    wait_for_regime(c, 0)
    for i in range(head.n):
        g = guarantor_of(c, i)
        if g.in_play == 0:
            continue
        if g.change_probability > 0.0:
            wait_for_election(c, i, 0, _last_date(c, i))
        if g.second_theatre_rate > 0.0:
            wait_for_theatre(c, i, 0, 0)
    if challenger_of(c, 0).leader_change > 0.0:
        wait_for_leader(c, 0)
    if rules.peace_treaty_rate > 0.0:
        wait_for_treaty(c, 0, 0)
    if rules.offer_expiry > 0.0:
        u = draw(c, streams.OFFER_EXPIRY, 0, 0, 0, OWN)
        days = chance.exponential_quantile(u, YEAR / rules.offer_expiry)
        wait(c, posture.seconds(days), 0, 0, OFFER_EXPIRY, 0, 0)


# ---- layers


@inner
def sign_if_offered(c: int, lay: int) -> None:
    """Sign a layer on its day, unless the offer was withdrawn."""
    if not withdrawn_for(c, lay):
        sign(c, lay)


@inner
def sign(c: int, lay: int) -> None:
    """Sign a layer; ratification, where it is needed, takes its time."""
    layer = layer_of(c, lay)
    text_of(c, lay).signed = 1
    world_of(c, 0).signed = 1
    world_of(c, 0).stale = 1
    note(c, journal.SIGNATURE, (float(lay),))
    needs = layer.binding >= 3 or layer.activation_response == 1 or layer.activation_peacetime == 1
    n = sizes(c, 0).n
    for i in range(n):
        if member_of(c, lay * n + i).member == 0:
            continue
        if layer.activation_ratified:
            bond_of(c, lay * n + i).ratified = 1
        elif needs:
            _wait_for_parliament(c, lay, i)
    check(c, lay)


@inner
def _wait_for_parliament(c: int, lay: int, i: int) -> None:
    w, g = world_of(c, 0), guarantor_of(c, i)
    u = draw(c, streams.RATIFY_TIME, 2 + i, 0, 0, OWN)
    days = chance.lag_quantile(
        u, chance.LOGNORMAL, g.ratification_days, rules_of(c, 0).ratification_sd
    )
    signed = min(0.0, layer_of(c, lay).activation_signature)
    wait(c, w.now + posture.seconds(signed + days), 2 + i, lay, RATIFY, 0, 0)


@inner
def ratify(c: int, lay: int, i: int) -> None:
    """Let a parliament ratify a layer, or fail to."""
    bond, g = bond_of(c, lay * sizes(c, 0).n + i), guarantor_of(c, i)
    if text_of(c, lay).expired or bond.exited:
        return
    passes = draw(c, streams.RATIFY, 2 + i, 0, 0, OWN) < g.ratification_probability
    bond.ratified = 1 if passes else -1
    world_of(c, 0).stale = 1
    if not passes:
        row_of(c, 0).n_failed_ratifications += 1
    known = 1.0 if passes else 0.0
    note(c, journal.RATIFICATION, (float(i), float(lay), known, g.ratification_probability))
    check(c, lay)


@inner
def check(c: int, lay: int) -> None:
    """See whether a layer has entered into force, for peace or for response."""
    anchor_now(c)
    text = text_of(c, lay)
    if text.entered_at < 0 and text.peace:
        _enter_peacetime(c, lay)
    bound = text.bound == 1
    if bound and text.was_in_force == 0:
        text.was_in_force = 1
        note(c, journal.ENTRY_INTO_FORCE, (float(lay),))
    if (bound or text.entered_at >= 0) and text.term_runs == 0:
        text.term_runs = 1
        _start_term(c, lay)
    if bound:
        entered_into_force(c, lay)


@inner
def check_all(c: int) -> None:
    """See which layers a ceasefire or a peace treaty brings into force."""
    for lay in range(sizes(c, 0).n_layers):
        check(c, lay)


@inner
def _enter_peacetime(c: int, lay: int) -> None:
    w, layer, text = world_of(c, 0), layer_of(c, lay), text_of(c, lay)
    text.entered_at = w.now
    w.sanctions_at = -1
    if layer.sanctions_level > 0.0:
        reckon(c)
        if layer.sanctions_renewal < math.inf:
            wait_for_renewal(c, lay, 0)
    if layer.peacetime_tranches > 0.0 and layer.peacetime_payer != 2:
        store_integer(sizes(c, 0).starting, w.n_starting, lay)
        w.n_starting += 1


@inner
def start_waiting(c: int) -> None:
    """Start the tranches of layers that entered into force just now, once that event is over."""
    w = world_of(c, 0)
    for at in range(w.n_starting):
        approve(c, load_integer(sizes(c, 0).starting, at), 0)
    w.n_starting = 0


@inner
def _start_term(c: int, lay: int) -> None:
    """Let a layer's term begin; a text in force before the start has run for a while."""
    w, layer = world_of(c, 0), layer_of(c, lay)
    if layer.duration_years == math.inf:
        return
    begun = w.now
    if w.now == 0 and layer.activation_signature < 0.0:
        begun = posture.seconds(layer.activation_signature)
    _wait_for_expiry(c, lay, 0, begun)


@inner
def _wait_for_expiry(c: int, lay: int, n: int, begun: int) -> None:
    end = begun + posture.seconds(layer_of(c, lay).duration_years * YEAR)
    text_of(c, lay).expires = end
    wait(c, end, 0, lay, EXPIRE, n, max(end, world_of(c, 0).now))


@inner
def expire(c: int, lay: int, n: int, begun: int) -> None:
    """Let a layer run out after its term unless it is renewed."""
    w, layer = world_of(c, 0), layer_of(c, lay)
    lapses = draw(c, streams.RENEWAL, 0, lay, n, OWN) >= layer.duration_renewal
    if lapses or posture.seconds(layer.duration_years * YEAR) == 0:
        text_of(c, lay).expired = 1
        w.stale = 1
        anchor_now(c)
        note(c, journal.EXPIRY, (float(lay),))
        return
    note(c, journal.RENEWAL, (float(lay),))
    _wait_for_expiry(c, lay, n + 1, begun)


@inner
def wait_for_renewal(c: int, lay: int, n: int) -> None:
    """Put the next renewal of a layer's sanctions on the agenda."""
    time = world_of(c, 0).now + posture.seconds(layer_of(c, lay).sanctions_renewal * YEAR)
    wait(c, time, 0, lay, RENEW_SANCTIONS, n, 0)


@inner
def renew_sanctions(c: int, lay: int, n: int) -> None:
    """Renew a layer's sanctions, or let a veto end them."""
    w = world_of(c, 0)
    risk = layer_of(c, lay).sanctions_veto_risk
    if draw(c, streams.SANCTION_RENEWAL, 0, lay, n, OWN) < risk:
        text_of(c, lay).lapsed = 1
        w.stale = 1
        reckon(c)
        note(c, journal.SANCTIONS_LAPSE, (float(lay),))
        return
    wait_for_renewal(c, lay, n + 1)


@inner
def approve(c: int, lay: int, n: int) -> None:
    """Approve a tranche, or fail to; then the flow waits for the next."""
    w, text, layer = world_of(c, 0), text_of(c, lay), layer_of(c, lay)
    approved = draw(c, streams.TRANCHE, 0, lay, n, OWN) >= layer.peacetime_tranche_risk
    text.approved = 1 if approved else 0
    w.stale = 1
    anchor_now(c)
    if not approved:
        note(c, journal.TRANCHE, (float(lay),))
    days = YEAR / layer.peacetime_tranches
    wait(c, w.now + posture.seconds(days), 0, lay, TRANCHE, n + 1, 0)


# ---- guarantors


@inner
def _last_date(c: int, i: int) -> int:
    """Return the last listed election of guarantor ``i``; 0 where none is listed."""
    head = sizes(c, 0)
    last = 0
    for n in range(head.n_dates):
        last = max(last, load_integer(head.elections, i * head.n_dates + n))
    return last


@inner
def wait_for_election(c: int, i: int, n: int, last: int) -> None:
    """Put election ``n`` on the agenda: dates as listed, then every interval after the last."""
    head = sizes(c, 0)
    time = -1
    if n < head.n_dates:
        time = load_integer(head.elections, i * head.n_dates + n)
    if time < 0:
        last += posture.seconds(guarantor_of(c, i).election_interval * YEAR)
        time = last
    wait(c, time, 2 + i, n, ELECT, 0, last)


@inner
def elect(c: int, i: int, n: int, last: int) -> None:
    """Hold an election; a change draws the stance anew and may lead out of a layer."""
    g, state = guarantor_of(c, i), state_of(c, i)
    if draw(c, streams.ELECTION, 2 + i, n, 0, OWN) < g.change_probability:
        z = chance.normal_quantile(draw(c, streams.STANCE, 2 + i, n, 0, OWN))
        state.stance = g.stance_sd * z
        see_stance(c, i)
        row_of(c, 0).n_stance_changes += 1
        note(c, journal.ELECTION, (float(i), state.stance, g.change_probability))
        _exits(c, i, n)
    wait_for_election(c, i, n + 1, last)


@inner
def _exits(c: int, i: int, n: int) -> None:
    """Let a change of stance lead to exit; cover ends after the notice."""
    head, w = sizes(c, 0), world_of(c, 0)
    for lay in range(head.n_layers):
        at, layer = lay * head.n + i, layer_of(c, lay)
        bond, member = bond_of(c, at), member_of(c, at)
        if member.member == 0 or bond.exited or text_of(c, lay).signed == 0:
            continue
        if bond.leaving or (member.binds == 0 and layer.gives == 0):
            continue
        p = layer.duration_exit * (1.0 - layer.duration_exit_lock)
        if draw(c, streams.EXIT, 2 + i, n, lay, OWN) < p:
            bond.leaving = 1
            note(c, journal.NOTICE, (float(i), float(lay)))
            time = w.now + posture.seconds(layer.duration_notice)
            wait(c, time, 2 + i, lay, EXIT, 0, 0)


@inner
def leave(c: int, lay: int, i: int) -> None:
    """Let a guarantor out of a layer."""
    bond_of(c, lay * sizes(c, 0).n + i).exited = 1
    row_of(c, 0).n_exits += 1
    world_of(c, 0).stale = 1
    anchor_now(c)
    note(c, journal.EXIT, (float(i), float(lay)))


@inner
def wait_for_theatre(c: int, i: int, n: int, phase: int) -> None:
    """Put the next begin (phase 0) or end (1) of a crisis elsewhere on the agenda."""
    g = guarantor_of(c, i)
    mean = g.second_theatre_days if phase else YEAR / g.second_theatre_rate
    days = chance.exponential_quantile(draw(c, streams.THEATRE, 2 + i, n, phase, OWN), mean)
    wait(c, world_of(c, 0).now + posture.seconds(days), 2 + i, n, THEATRE, phase, 0)


@inner
def tie_down(c: int, i: int, n: int, phase: int) -> None:
    """Tie a guarantor down elsewhere for a while, or free it again."""
    state_of(c, i).away = 1 - phase
    see_stance(c, i)
    note(c, journal.THEATRE_BACK if phase else journal.THEATRE_AWAY, (float(i),))
    wait_for_theatre(c, i, n + phase, 1 - phase)


# ---- the pair


@inner
def wait_for_budget(c: int, n: int) -> None:
    """Put the ``n``-th budget on the agenda."""
    wait(c, posture.seconds(n * YEAR), 0, n, BUDGET, 0, 0)


@inner
def budget(c: int, n: int) -> None:
    """Reckon growth anew: baseline aid and sanctions fade."""
    reckon(c)
    wait_for_budget(c, n + 1)


@inner
def wait_for_regime(c: int, n: int) -> None:
    """Put the next shift of a ceasefire's regime on the agenda; monitors hasten quiet."""
    w, rate = world_of(c, 0), rules_of(c, 0).regime_shift
    if rate <= 0.0:
        return
    hazard = posture.regime_hazard(rate, w.noisy == 1, w.monitoring)
    days = chance.exponential_quantile(draw(c, streams.REGIME, 0, n, 0, OWN), YEAR / hazard)
    wait(c, w.now + posture.seconds(days), 0, n, REGIME, 0, 0)


@inner
def shift_regime(c: int, n: int) -> None:
    """Shift the regime of a ceasefire between noisy and quiet."""
    w = world_of(c, 0)
    if w.state == CEASEFIRE:
        close_noise(c)
        w.noise_since = w.now
    w.noisy = 1 - w.noisy
    wait_for_regime(c, n + 1)


@inner
def wait_for_leader(c: int, n: int) -> None:
    """Put the challenger's next change of leader on the agenda."""
    u = draw(c, streams.LEADER, 0, n, 0, OWN)
    days = chance.exponential_quantile(u, YEAR / challenger_of(c, 0).leader_change)
    wait(c, world_of(c, 0).now + posture.seconds(days), 0, n, LEADER, 0, 0)


@inner
def change_leader(c: int, n: int) -> None:
    """Draw the challenger's motive anew."""
    w, challenger = world_of(c, 0), challenger_of(c, 0)
    u = draw(c, streams.LEADER, 0, n, 1, OWN)
    w.motive = chance.normal_value(u, challenger.motive_mean, challenger.motive_sd)
    note(c, journal.LEADER, (w.motive,))
    wait_for_leader(c, n + 1)


@inner
def wait_for_treaty(c: int, time: int, n: int) -> None:
    """Put the next occasion for a peace treaty on the agenda, counted from a time."""
    u = draw(c, streams.PEACE_TREATY, 0, n, 0, OWN)
    days = chance.exponential_quantile(u, YEAR / rules_of(c, 0).peace_treaty_rate)
    wait(c, time + posture.seconds(days), 0, n, TREATY, 0, 0)


@inner
def conclude(c: int, n: int) -> None:
    """Conclude a peace treaty if a ceasefire holds; else wait for the next occasion."""
    w = world_of(c, 0)
    if w.state == CEASEFIRE and w.treaty == 0:
        anchor_now(c)
        w.treaty = 1
        w.stale = 1
        mark(c, journal.TREATY)
        check_all(c)
        return
    wait_for_treaty(c, w.now, n + 1)


@inner
def withdraw_offer(c: int) -> None:
    """Withdraw the framework on offer, if no ceasefire came before."""
    w = world_of(c, 0)
    if w.ceasefire_seen:
        return
    w.withdrawn = 1
    for lay in range(sizes(c, 0).n_layers):
        if layer_of(c, lay).activation_response >= AT_CEASEFIRE:
            text_of(c, lay).expired = 1
    w.stale = 1
    anchor_now(c)
    mark(c, journal.OFFER_WITHDRAWN)
