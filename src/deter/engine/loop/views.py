"""What the challenger sees, now and as it will be, and what guarantors see of themselves.

The like of :mod:`deter.engine.views`.
"""

from __future__ import annotations

from deter.engine.expected_help import see_resolve
from deter.engine.layout import (
    challenger_of,
    guarantor_of,
    layer_of,
    member_of,
    protege_of,
    rules_of,
    seen_cell,
    seen_state,
    sizes,
)
from deter.engine.loop.standing import (
    challenger_forces,
    heat_now,
    hostility,
    month,
    protege_forces,
    sanctions,
    withdrawn_for,
    years_since,
)
from deter.engine.loop.state import bond_of, later_view, now_view, state_of, text_of, world_of
from deter.engine.world import AT_CEASEFIRE, CEASEFIRE, PEACE_TREATY, RATIFICATION
from deter.theory import chance, choice, credibility, posture
from deter.theory.law import inner


@inner
def relax(c: int) -> None:
    """Let the challenger's beliefs relax towards their priors, as of now."""
    w, head = world_of(c, 0), sizes(c, 0)
    if w.relaxed_at == w.now:
        return
    w.relaxed_at = w.now
    years, decay = years_since(c, w.believed_at), rules_of(c, 0).belief_relaxation
    for i in range(head.n):
        state = state_of(c, i)
        mean = credibility.relaxed(state.mean, state.prior_mean, years, decay)
        variance = credibility.relaxed(state.variance, state.prior_variance, years, decay)
        see_resolve(c, head.view_now, i, mean, variance)


@inner
def see(c: int, perceived: bool, helped: float) -> None:
    """Fill the view of now.

    Parameters
    ----------
    perceived : bool
        True for the challenger, who misjudges the force ratio.
    helped : float
        Helpers' strength already in the fight, added to the defender's.
    """
    w, rules, head, view = world_of(c, 0), rules_of(c, 0), sizes(c, 0), now_view(c, 0)
    view.attacker = challenger_forces(c)
    view.defender = protege_forces(c) + helped
    if perceived:
        error = choice.learnt_misperception(
            w.error, float(w.battles_fought), challenger_of(c, 0).battles_to_learn
        )
        view.defender = choice.perceived_strength(view.defender, error)
    view.sanctions = sanctions(c)
    view.interception = w.air_defence
    view.motive = w.motive
    view.hostility = hostility(c)
    view.heat = heat_now(c)
    tired = years_since(c, w.exhaustion_time)
    view.exhaustion = choice.fading(w.exhaustion, tired, rules.exhaustion_decay)
    view.noise = rules.noise_ambiguity if w.state == CEASEFIRE and w.noisy else 0.0
    view.month = month(c)
    if perceived and rules.beliefs_about_help == 1:
        w.relaxed_at = -1
        for i in range(head.n):
            see_resolve(c, head.view_now, i, state_of(c, i).resolve, 0.0)
    elif perceived or rules.free_riding > 0.0:
        relax(c)


@inner
def see_stance(c: int, i: int) -> None:
    """Fill stance and availability of guarantor ``i``, as a second theatre leaves them."""
    state, seen = guarantor_of(c, i), seen_state(sizes(c, 0).view_now, i)
    away = state_of(c, i).away == 1
    seen.stance = state_of(c, i).stance + (state.second_theatre_shift if away else 0.0)
    seen.available = state.second_theatre_share if away else 1.0


@inner
def look_ahead(c: int, years: float) -> None:
    """Fill the later view from that of now: ``years`` on with no attack between."""
    w, rules, now, later = world_of(c, 0), rules_of(c, 0), now_view(c, 0), later_view(c, 0)
    see_later(c, years, False)
    copy_view(c)
    later.attacker = posture.forces_after(
        now.attacker, w.regrowth, years, challenger_of(c, 0).ceiling
    )
    ceiling = min(protege_of(c, 0).ceiling, w.lowest_cap)
    own = protege_forces(c)
    grown = posture.forces_after(own, w.growth, years, ceiling)
    later.defender = now.defender * grown / own if own > 0.0 else now.defender
    later.heat = choice.fading(now.heat, years, rules.heat_decay)
    later.exhaustion = choice.fading(now.exhaustion, years, rules.exhaustion_decay)


@inner
def same_layers_later(c: int) -> bool:
    """Return whether the later view has the same layers in force as that of now."""
    head = sizes(c, 0)
    for at in range(head.n_layers * head.n):
        now, later = seen_cell(head.view_now, at), seen_cell(head.view_later, at)
        if now.force != later.force or now.level != later.level:
            return False
    return True


@inner
def copy_view(c: int) -> None:
    """Copy the numbers of the view of now to the later one; what they point to is shared."""
    now, later = now_view(c, 0), later_view(c, 0)
    later.attacker, later.defender = now.attacker, now.defender
    later.sanctions, later.interception = now.sanctions, now.interception
    later.motive, later.hostility = now.motive, now.hostility
    later.heat, later.exhaustion = now.heat, now.exhaustion
    later.noise, later.month = now.noise, now.month


# ---- what is to come


@inner
def _ratifying(c: int, i: int, signed: int, by: int) -> float:
    state = guarantor_of(c, i)
    days = (by - signed) / posture.SECONDS_PER_DAY
    sd = rules_of(c, 0).ratification_sd
    done = chance.lag_cdf(days, chance.LOGNORMAL, state.ratification_days, sd)
    return state.ratification_probability * done


@inner
def _ratified_by(c: int, lay: int, i: int, ahead: int) -> float:
    ratified = bond_of(c, lay * sizes(c, 0).n + i).ratified
    if ratified == 1:
        return 1.0
    if ratified == -1:
        return 0.0
    signed = posture.seconds(layer_of(c, lay).activation_signature)
    by_then = _ratifying(c, i, signed, ahead)
    gone = _ratifying(c, i, signed, world_of(c, 0).now)
    return (by_then - gone) / (1.0 - gone) if gone < 1.0 else 1.0


@inner
def _will_be_reached(c: int, lay: int, ratifies: float, years: float, ceasefire: bool) -> float:
    """Return the probability that what the response clauses wait for will have happened."""
    w, layer = world_of(c, 0), layer_of(c, lay)
    condition = layer.activation_response
    if condition == RATIFICATION:
        return 1.0 if layer.activation_provisional else ratifies
    if condition == AT_CEASEFIRE:
        return 1.0 if w.ceasefire_seen or ceasefire else 0.0
    if condition == PEACE_TREATY:
        if w.treaty:
            return 1.0
        if w.state == CEASEFIRE or ceasefire:
            return posture.hazard_probability(rules_of(c, 0).peace_treaty_rate, years)
        return 0.0
    return 1.0


@inner
def see_later(c: int, years: float, ceasefire: bool) -> None:
    """Fill, in the later view, the probability that response clauses will bind, by the calendar.

    Parameters
    ----------
    years : float
        How far ahead.
    ceasefire : bool
        If a ceasefire were made now.
    """
    head, w = sizes(c, 0), world_of(c, 0)
    ahead = w.now + posture.seconds(years * posture.DAYS_PER_YEAR)
    for lay in range(head.n_layers):
        layer, text = layer_of(c, lay), text_of(c, lay)
        settled = text.expired == 1 or text.void == 1 or withdrawn_for(c, lay)
        signs = posture.seconds(layer.activation_signature) <= ahead
        stays = 1.0 if text.expires > ahead else layer.duration_renewal
        for i in range(head.n):
            at = lay * head.n + i
            now, later = seen_cell(head.view_now, at), seen_cell(head.view_later, at)
            later.force, later.level = now.force, now.level
            if settled or member_of(c, at).binds == 0 or bond_of(c, at).exited or not signs:
                continue
            ratifies = _ratified_by(c, lay, i, ahead)
            later.force = _will_be_reached(c, lay, ratifies, years, ceasefire) * stays
            later.level = credibility.effective_binding(layer.binding, True, ratifies >= 0.5)
