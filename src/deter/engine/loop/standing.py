"""What stands at a moment: layers in force, forces, sanctions, peace, what is private to each.

The like of :mod:`deter.engine.world`. What follows from layers alone is worked out anew only when
a layer has changed (``stale``).
"""

from __future__ import annotations

import math

from deter.engine import streams
from deter.engine.expected_help import see_forces
from deter.engine.layout import (
    challenger_of,
    guarantor_of,
    layer_of,
    member_of,
    option_of,
    protege_of,
    ready_state,
    region_of,
    rules_of,
    seen_cell,
    seen_state,
    sizes,
)
from deter.engine.loop.state import (
    bond_of,
    draw,
    now_view,
    row_of,
    state_of,
    text_of,
    world_of,
)
from deter.engine.memory import load, load_integer, store
from deter.engine.world import (
    AT_CEASEFIRE,
    CEASEFIRE,
    IN_CAMPAIGN,
    PEACE_TREATY,
    RATIFICATION,
)
from deter.theory import chance, choice, credibility, posture
from deter.theory.law import inner

# ---- time


@inner
def years_since(c: int, since: int) -> float:
    """Return the years from a moment until now."""
    return posture.years_between(since, world_of(c, 0).now)


@inner
def month(c: int) -> int:
    """Return the month, 1 to 12."""
    w, head = world_of(c, 0), sizes(c, 0)
    while w.month_at + 1 < head.n_months and load_integer(head.months, w.month_at + 1) <= w.now:
        w.month_at += 1
    return load_integer(head.month_numbers, w.month_at)


# ---- layers


@inner
def reached(c: int, lay: int, i: int, condition: int) -> bool:
    """Return whether what a clause waits for has happened, for a guarantor still bound."""
    w, text = world_of(c, 0), text_of(c, lay)
    bond = bond_of(c, lay * sizes(c, 0).n + i)
    if text.signed == 0 or text.expired or bond.exited or text.void:
        return False
    if condition == RATIFICATION:
        return bond.ratified == 1 or layer_of(c, lay).activation_provisional == 1
    if condition == AT_CEASEFIRE:
        return w.ceasefire_seen == 1
    if condition == PEACE_TREATY:
        return w.treaty == 1
    return True


@inner
def in_force(c: int, lay: int, i: int) -> bool:
    """Return whether a layer's response clauses bind guarantor ``i`` now."""
    return seen_cell(sizes(c, 0).view_now, lay * sizes(c, 0).n + i).force > 0.0


@inner
def effective_level(c: int, lay: int, i: int) -> int:
    """Return the effective binding of a layer for guarantor ``i``."""
    layer, text = layer_of(c, lay), text_of(c, lay)
    ratified = bond_of(c, lay * sizes(c, 0).n + i).ratified == 1
    level = credibility.effective_binding(layer.binding, text.signed == 1, ratified)
    if layer.activation_provisional and layer.activation_response == RATIFICATION and not ratified:
        return min(level, 1)
    return level


@inner
def _peace_in_force(c: int, lay: int) -> bool:
    """Return whether a layer's peacetime clauses run, for any of its members."""
    text, layer, n = text_of(c, lay), layer_of(c, lay), sizes(c, 0).n
    if layer.n_members == 0:
        return text.signed == 1 and text.expired == 0
    for i in range(n):
        if member_of(c, lay * n + i).member and reached(c, lay, i, layer.activation_peacetime):
            return True
    return False


@inner
def refresh(c: int) -> None:
    """Work out what follows from the layers, where one has changed."""
    w = world_of(c, 0)
    if w.stale == 0:
        return
    w.stale = 0
    w.sanctions_at = -1
    for lay in range(sizes(c, 0).n_layers):
        _refresh_layer(c, lay)
    _refresh_flows(c)
    _refresh_land(c)
    _refresh_states(c)


@inner
def _refresh_layer(c: int, lay: int) -> None:
    head, text, layer = sizes(c, 0), text_of(c, lay), layer_of(c, lay)
    text.peace = 1 if _peace_in_force(c, lay) else 0
    text.bound = 0
    share = 0.0
    for i in range(head.n):
        at = lay * head.n + i
        cell = seen_cell(head.view_now, at)
        cell.force, cell.level = 0.0, 0
        member = member_of(c, at)
        if member.binds and reached(c, lay, i, layer.activation_response):
            cell.force, cell.level = 1.0, effective_level(c, lay, i)
            text.bound = 1
        if member.member and bond_of(c, at).exited == 0:
            share += ready_state(c, i).share
    text.share = min(1.0, share)


@inner
def _refresh_flows(c: int) -> None:
    """Fill arms, training, air defence and monitoring of the layers in force, the lowest cap."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    arms, training, extra_arms, extra_training = 0.0, 0.0, 0.0, 0.0
    cap, defence, monitoring, seen = math.inf, 0.0, 0.0, 0.0
    for lay in range(sizes(c, 0).n_layers):
        text, layer = text_of(c, lay), layer_of(c, lay)
        if text.peace == 0:
            continue
        cap = min(cap, layer.limits_force_cap)
        monitoring = max(monitoring, layer.attribution_monitoring)
        seen = max(seen, layer.peacetime_intelligence, layer.attribution_monitoring)
        if text.approved == 0:
            continue
        defence = max(defence, layer.peacetime_air_defence)
        given = layer.peacetime_arms + rules.finance_share * layer.peacetime_finance
        if layer.peacetime_additional:
            extra_arms += given
            extra_training += layer.peacetime_training
        else:
            arms = max(arms, given)
            training = max(training, layer.peacetime_training)
    w.arms, w.training = arms + extra_arms, training + extra_training
    w.lowest_cap, w.monitoring = cap, monitoring
    w.air_defence = posture.combined_share(rules.baseline_air_defence, defence)
    known = posture.combined_share(rules.baseline_intelligence, seen)
    view = now_view(c, 0)
    for k in range(sizes(c, 0).n_options):
        store(view.seen, k, posture.combined_share(option_of(c, k).detectability, known))


@inner
def _refresh_land(c: int) -> None:
    """Fill steps that zones add and fortification, by region; a demilitarised zone has none."""
    view = now_view(c, 0)
    for q in range(sizes(c, 0).n_regions):
        store(view.extra_steps, q, 0.0)
        store(view.fort, q, region_of(c, q).fortification)
    for lay in range(sizes(c, 0).n_layers):
        layer = layer_of(c, lay)
        q = layer.zone_region
        if q >= 0 and text_of(c, lay).peace:
            store(view.extra_steps, q, max(load(view.extra_steps, q), layer.limits_zone_depth))
            store(view.fort, q, min(load(view.fort, q), 1.0))


@inner
def _refresh_states(c: int) -> None:
    """Fill stakes and troops in place, by guarantor."""
    head, rules = sizes(c, 0), rules_of(c, 0)
    no_bases = False
    for lay in range(head.n_layers):
        if layer_of(c, lay).limits_no_bases and text_of(c, lay).peace:
            no_bases = True
    for i in range(head.n):
        here, extra, added = 0.0, 0.0, 0.0
        for lay in range(head.n_layers):
            layer, cell = layer_of(c, lay), member_of(c, lay * head.n + i)
            if not reached(c, lay, i, layer.activation_peacetime):
                continue
            if cell.troops > 0.0 and cell.additional:
                extra += cell.troops
            elif cell.troops > 0.0:
                here = max(here, cell.troops)
            if cell.member:
                paid = rules.payer_stake if layer.peacetime_payer == 1 else 0.0
                added = max(added, layer.limits_reciprocity + paid)
        seen = seen_state(head.view_now, i)
        seen.stake = guarantor_of(c, i).stake + added
        seen.troops = 0.0 if no_bases else here + extra
        see_forces(c, head.view_now, i)


# ---- forces, sanctions


@inner
def challenger_forces(c: int) -> float:
    """Return the challenger's forces now, brigade equivalents."""
    w = world_of(c, 0)
    years = years_since(c, w.forces_time)
    return posture.forces_after(w.forces, w.regrowth, years, challenger_of(c, 0).ceiling)


@inner
def protege_forces(c: int) -> float:
    """Return the protégé's forces now, brigade equivalents."""
    w = world_of(c, 0)
    ceiling = min(protege_of(c, 0).ceiling, w.cap)
    return posture.forces_after(w.own, w.growth, years_since(c, w.own_time), ceiling)


@inner
def anchor(c: int, battle: bool, lost_c: float, lost_d: float) -> None:
    """Let forces grow on as layers, budgets and the state of war now have it.

    Anchors move only where growth or a cap changes, or a battle is fought.

    Parameters
    ----------
    lost_c, lost_d : float
        Forces the challenger and the protégé lose in a battle now.
    """
    refresh(c)
    w, rules = world_of(c, 0), rules_of(c, 0)
    growth = protege_of(c, 0).buildup + rules.arms_strength * (w.aid + w.arms) + w.training
    if w.state == IN_CAMPAIGN:
        growth += rules.mobilisation
    regrowth = posture.slowed_regeneration(
        challenger_of(c, 0).regeneration, rules.sanctions_drag, w.drag
    )
    cap = w.lowest_cap
    if not battle and growth == w.growth and regrowth == w.regrowth and cap == w.cap:
        return
    forces = max(0.0, challenger_forces(c) - lost_c)
    own = max(0.0, min(protege_forces(c), cap) - lost_d)
    w.forces, w.own, w.forces_time, w.own_time = forces, own, w.now, w.now
    w.growth, w.regrowth, w.cap = growth, regrowth, cap


@inner
def anchor_now(c: int) -> None:
    """Let forces grow on as things now stand, with no battle."""
    anchor(c, False, 0.0, 0.0)


@inner
def reckon(c: int) -> None:
    """Evaluate what leaks, baseline aid and sanctions, anew: at budgets and at sanctions."""
    w, rate = world_of(c, 0), rules_of(c, 0).baseline_aid_decay
    w.aid = 0.0
    years = years_since(c, 0)
    for i in range(sizes(c, 0).n):
        aid = guarantor_of(c, i).aid
        if aid != 0.0:
            w.aid += posture.leaking(aid, rate, years)
    refresh(c)
    w.drag = sanctions(c)
    anchor_now(c)


@inner
def sanctions(c: int) -> float:
    """Return sanctions in force, L in [0, 1]: the maximum over their sources."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    if w.sanctions_at == w.now:
        return w.sanctions
    rate = rules.baseline_sanctions_leakage
    level = posture.leaking(rules.baseline_sanctions, rate, years_since(c, 0))
    level = max(level, posture.leaking(w.imposed, rate, years_since(c, w.imposed_time)))
    for lay in range(sizes(c, 0).n_layers):
        layer, text = layer_of(c, lay), text_of(c, lay)
        if layer.sanctions_level <= 0.0 or text.lapsed or text.peace == 0:
            continue
        years = years_since(c, max(0, text.entered_at))
        standing = layer.sanctions_level * text.share
        level = max(level, posture.leaking(standing, layer.sanctions_leakage, years))
    w.sanctions, w.sanctions_at = min(1.0, level), w.now
    return w.sanctions


@inner
def hostility(c: int) -> float:
    """Return the framework's provocation value, once any of its layers is signed."""
    return rules_of(c, 0).hostility if world_of(c, 0).signed else 0.0


@inner
def heat_now(c: int) -> float:
    """Return heat now, log-odds."""
    w = world_of(c, 0)
    return choice.fading(w.heat, years_since(c, w.heat_time), rules_of(c, 0).heat_decay)


# ---- what is to come


@inner
def withdrawn_for(c: int, lay: int) -> bool:
    """Return whether the offer that would have brought a layer into force was withdrawn."""
    w = world_of(c, 0)
    waits = layer_of(c, lay).activation_response >= AT_CEASEFIRE
    return w.withdrawn == 1 and waits and w.ceasefire_seen == 0


# ---- peace and its end


@inner
def close_noise(c: int) -> None:
    """Add up the violations of the spell of ceasefire that ends or changes regime now."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    if w.noise_since >= 0:
        rate = rules.violations_noisy if w.noisy else rules.violations_quiet
        days = (w.now - w.noise_since) / posture.SECONDS_PER_DAY
        row_of(c, 0).violations += rate * days
        w.noise_since = -1


@inner
def leave_peace(c: int, state: int) -> None:
    """Enter mobilisation or a campaign: close the spell of peace and of ceasefire noise."""
    w = world_of(c, 0)
    if w.exposed_since >= 0:
        row_of(c, 0).years_exposed += years_since(c, w.exposed_since)
        w.exposed_since = -1
    close_noise(c)
    w.state = state


@inner
def enter_peace(c: int, state: int) -> None:
    """Enter peace or a ceasefire."""
    w = world_of(c, 0)
    w.state = state
    w.exposed_since = w.now
    if state == CEASEFIRE:
        w.noise_since = w.now


@inner
def incident_seen(c: int, severity: float, war: bool) -> None:
    """Raise heat after an incident; more, and exhaustion, after a war."""
    w, rules = world_of(c, 0), rules_of(c, 0)
    level = heat_now(c)
    jump = rules.heat_jump * (rules.heat_after_war if war else 1.0)
    w.heat, w.heat_time = choice.heat_after(level, jump), w.now
    if war:
        w.exhaustion, w.exhaustion_time = rules.exhaustion, w.now
    if w.first_breach < 0 and severity > 0.0:
        w.first_breach = w.now


@inner
def lose_ground(c: int, share: float) -> None:
    """Move the line: add to the share of the land lost since the start, never below 0."""
    row = row_of(c, 0)
    most = 1.0 - rules_of(c, 0).start_held
    row.ground_lost = min(most, max(0.0, row.ground_lost + share))


@inner
def set_private(c: int) -> None:
    """Draw motive, misperception, rate frailty, resolve and the first beliefs about it."""
    w, rules, challenger, head = world_of(c, 0), rules_of(c, 0), challenger_of(c, 0), sizes(c, 0)
    w.motive = private(c, streams.MOTIVE, challenger.motive_mean, challenger.motive_sd)
    w.error = private(
        c, streams.MISPERCEPTION, challenger.misperception_bias, challenger.misperception_sd
    )
    w.frailty = 1.0
    if rules.frailty_sd != 0.0:
        u = draw(c, streams.FRAILTY, 0, 0, 0, streams.CANDIDATE)
        w.frailty = chance.lognormal_quantile(u, 1.0, rules.frailty_sd)
    opacity = 0.0
    for lay in range(head.n_layers):
        opacity = max(opacity, layer_of(c, lay).limits_opacity)
    iota = challenger.reliability * (1.0 - opacity)
    for i in range(head.n):
        state, g = state_of(c, i), guarantor_of(c, i)
        state.resolve, noise = g.resolve, 0.0
        if g.resolve_sd != 0.0:
            u = draw(c, streams.RESOLVE, 2 + i, 0, 0, streams.CANDIDATE)
            state.resolve = g.resolve + g.resolve_sd * chance.normal_quantile(u)
            u = draw(c, streams.SIGNAL, 2 + i, 0, 0, streams.CANDIDATE)
            noise = chance.normal_quantile(u)
        state.prior_mean = credibility.first_belief(
            g.resolve, g.resolve_sd, state.resolve, noise, iota
        )
        state.prior_variance = g.resolve_sd * g.resolve_sd * (1.0 - iota)
        state.mean, state.variance = state.prior_mean, state.prior_variance


@inner
def private(c: int, purpose: int, mean: float, sd: float) -> float:
    """Return a normal value of a replication; luck is asked only where it has a spread."""
    if sd == 0.0:
        return mean
    return chance.normal_value(draw(c, purpose, 0, 0, 0, streams.CANDIDATE), mean, sd)
