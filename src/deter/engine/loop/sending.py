"""Help on its way to a campaign, and the hazard of escalation that combat brings.

With :mod:`deter.engine.loop.wars` the like of :mod:`deter.engine.war`.
"""

from __future__ import annotations

from deter.engine import streams
from deter.engine.agenda import CAMPAIGN
from deter.engine.layout import (
    guarantor_of,
    option_of,
    ready_state,
    rules_of,
    rung_of,
    seen_state,
    sizes,
)
from deter.engine.loop.events import push
from deter.engine.loop.state import crisis_of, draw, lag, party_of, world_of
from deter.engine.loop.votes import party
from deter.engine.war import (
    AIR,
    ARMS,
    ARRIVAL,
    ESCALATION,
    FIRST_WAVE,
    IN_PLACE,
    PIECES,
    PLANNED,
    RUNG_OF_PIECE,
)
from deter.theory import campaign, chance, posture
from deter.theory.law import inner


@inner
def wait(c: int, time: int, rank: int, kind: int, index: int, slot: int, a: int, x: float) -> None:
    """Put an event of a campaign on the agenda."""
    crisis = crisis_of(c, slot)
    tag = crisis.occasion * 3 + crisis.source
    push(c, time, CAMPAIGN, rank, tag, kind, index, slot, crisis.serial, a, x)


# ---- escalation


@inner
def hazard_rate(c: int, slot: int) -> float:
    """Return the yearly hazard of the next step of escalation."""
    crisis, rules = crisis_of(c, slot), rules_of(c, 0)
    in_combat = 0
    for i in range(sizes(c, 0).n):
        in_combat += party_of(c, party(c, slot, i)).combat
    rate = rules.major_rate if crisis.direct else rules.escalation_rate
    return campaign.escalation_rate(rate, float(in_combat), option_of(c, crisis.war_k).severity)


@inner
def accrue(c: int, slot: int) -> None:
    """Add the hazard since the last change."""
    crisis, w = crisis_of(c, slot), world_of(c, 0)
    crisis.hazard += hazard_rate(c, slot) * posture.years_between(crisis.hazard_at, w.now)
    crisis.hazard_at = w.now


@inner
def time_escalation(c: int, slot: int) -> None:
    """Re-time the next escalation: its hazard has changed."""
    crisis = crisis_of(c, slot)
    rate = hazard_rate(c, slot)
    crisis.generation += 1
    if rate <= 0.0:
        return
    years = (escalation_threshold(c, slot) - crisis.hazard) / rate
    days = max(0.0, years) * posture.DAYS_PER_YEAR
    time = world_of(c, 0).now + posture.seconds(days)
    wait(c, time, 0, ESCALATION, crisis.generation, slot, 0, 0.0)


@inner
def escalation_threshold(c: int, slot: int) -> float:
    """Return the hazard at which the next step of escalation comes; drawn when first asked for."""
    crisis = crisis_of(c, slot)
    if crisis.threshold < 0.0:
        purpose = streams.MAJOR if crisis.direct else streams.ESCALATION
        u = draw(c, purpose, 0, crisis.occasion, 0, crisis.source)
        crisis.threshold = chance.exponential_quantile(u, 1.0)
    return crisis.threshold


# ---- help


@inner
def send(c: int, i: int, rung: int, respond: float) -> None:
    """Put on the agenda the arrival of what guarantor ``i`` sends to the campaign under way."""
    w = world_of(c, 0)
    slot = w.campaign
    if slot < 0 or crisis_of(c, slot).over:
        return
    here = party_of(c, party(c, slot, i))
    if rung_of(c, rung - 1).combat:
        accrue(c, slot)
        here.combat = 0
        for j in range(rung):
            here.combat += rung_of(c, j).combat
        time_escalation(c, slot)
    for piece in range(PIECES):
        if RUNG_OF_PIECE[piece] > rung or (here.sent >> piece) & 1:
            continue
        strength = _strength(c, i, piece)
        if strength <= 0.0:
            continue
        here.sent |= 1 << piece
        days = _days(c, slot, i, piece)
        if piece in (ARMS, AIR, IN_PLACE):
            days = min(days, respond)
        wait(c, w.now + posture.seconds(days), 2 + i, ARRIVAL, piece, slot, 0, strength)


@inner
def _strength(c: int, i: int, piece: int) -> float:
    """Return the strength of a piece of guarantor ``i``'s help, brigade equivalents."""
    g, seen, ready = guarantor_of(c, i), seen_state(sizes(c, 0).view_now, i), ready_state(c, i)
    planned = ready.planned if seen.troops > 0.0 else 0.0
    ground = rung_of(c, 3).strength
    if piece == ARMS:
        return g.arms * rung_of(c, 1).strength
    if piece == AIR:
        return g.air * rung_of(c, 2).strength * seen.available
    if piece == IN_PLACE:
        return posture.brigades(seen.troops) * rung_of(c, 2).strength * seen.available
    if piece == PLANNED:
        return planned * ground * seen.available
    if piece == FIRST_WAVE:
        return max(0.0, g.brigades_30d - planned) * ground * seen.available
    return max(0.0, g.brigades_90d - g.brigades_30d) * ground * seen.available


@inner
def _days(c: int, slot: int, i: int, piece: int) -> float:
    """Return the lag in days of a piece of guarantor ``i``'s help."""
    g, ready = guarantor_of(c, i), ready_state(c, i)
    if piece == IN_PLACE:
        return ready.place_days
    if piece == PLANNED:
        return ready.planned_days
    rung = rung_of(c, 3)
    typical = g.days_brigade
    if piece == ARMS:
        rung = rung_of(c, 1)
        typical = rung.lag_typical
    elif piece == AIR:
        rung = rung_of(c, 2)
        typical = max(rung.lag_typical, g.days_first_unit)
    kind, shape = rung.lag_distribution, rung.lag_shape
    days = lag(c, streams.LAG, 2 + i, slot, piece, kind, typical, shape)
    if piece in (ARMS, AIR, FIRST_WAVE):
        return days
    return days + rules_of(c, 0).second_wave_days


@inner
def arrive(c: int, slot: int, i: int, strength: float) -> None:
    """Let a piece of help join the defence."""
    crisis = crisis_of(c, slot)
    here = party_of(c, party(c, slot, i))
    here.helped += strength
    crisis.arrivals += 1
    crisis.helped = 0.0
    for g in range(sizes(c, 0).n):
        crisis.helped += party_of(c, party(c, slot, g)).helped
