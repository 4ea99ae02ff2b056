"""What help can do in time: odds, chances, the strength that arrives before an objective falls.

Both engines call these functions; no rule is written here, every step is a law of ``theory``.
"""

from __future__ import annotations

import math

from deter.engine.layout import (
    RUNG_COUNT,
    guarantor_of,
    layer_of,
    member_of,
    option_of,
    ready_cell,
    ready_layer,
    ready_state,
    rules_of,
    rung_of,
    seen_state,
    sizes,
    view_at,
)
from deter.engine.memory import floats, load, load_integer, store, store_integer
from deter.engine.prepared import winter_factor
from deter.theory import campaign, posture
from deter.theory.chance import LOGNORMAL, lag_cdf, lognormal_score, normal_cdfs
from deter.theory.law import inner, law

LONGEST_CAMPAIGN = 1e4
LATEST_OBJECTIVE = 1e6
"""Days above which an expected length, or an expected fall, tells nothing more."""


@inner
def walk(c: int, v: int, k: int, gained: float) -> tuple[float, float]:
    """Return the steps to repulse and to the objective of option ``k`` at a position."""
    option = option_of(c, k)
    below = option.steps_to_repulse + gained
    extra = load(view_at(v, 0).extra_steps, option.region)
    return below, option.steps_to_objective + extra - gained


@inner
def odds_of(c: int, v: int, k: int, helped: float) -> float:
    """Return the odds of a battle of option ``k`` if the defender has ``helped`` more strength."""
    option = option_of(c, k)
    view = view_at(v, 0)
    fort = load(view.fort, option.region)
    attacker = view.attacker * option.share
    defender = view.defender * option.defended_share + helped
    return campaign.battle_odds(attacker, defender, fort, rules_of(c, 0).contest_exponent)


@inner
def monthly_tempo(c: int, month: int) -> float:
    """Return expected battles per 30 days in a month."""
    rules = rules_of(c, 0)
    return rules.battles_per_month * winter_factor(c, month, rules.winter_tempo)


@inner
def days_to_objective(c: int, v: int, below: float, above: float, odds: float) -> float:
    """Return the expected days until the objective would fall, given that it falls."""
    battles = campaign.ruin_battles_given_win(below, above, odds)
    if battles == math.inf:
        return LATEST_OBJECTIVE
    days = campaign.days_of_battles(battles, monthly_tempo(c, view_at(v, 0).month), 1.0)
    return min(LATEST_OBJECTIVE, days)


@law
def prospects(c: int, v: int, k: int, gained: float) -> tuple[float, float]:
    """Return the challenger's chance from a position and the expected days left."""
    below, above = walk(c, v, k, gained)
    odds = odds_of(c, v, k, 0.0)
    win = campaign.ruin_win(below, above, odds)
    battles = campaign.ruin_battles(below, above, odds)
    days = campaign.days_of_battles(battles, monthly_tempo(c, view_at(v, 0).month), 1.0)
    return win, min(LONGEST_CAMPAIGN, days)


@inner
def may_help(c: int, channel: int, i: int) -> bool:
    """Return whether guarantor ``i`` may act in a channel: by its stake, or as a member."""
    if channel == 0:
        return guarantor_of(c, i).has_stake == 1
    return member_of(c, (channel - 1) * sizes(c, 0).n + i).member == 1


@inner
def strengths(c: int, v: int, budget: float, elapsed: float, head_start: float, only: int) -> None:
    """Fill the strength each guarantor's response adds in time, by channel and rung.

    Channel 0 is help ad hoc by those with a stake, channel 1 + l help under layer l by its
    members. What a rung sends counts with the chance that its lag is over within the budget:
    arms (rung 2); air and units in place, which fight once their state does (rung 3); planned
    reinforcement, 30-day and 90-day brigades (rung 4). Rung 1 adds none.

    Parameters
    ----------
    budget : float
        Days from the attack until the objective would fall.
    elapsed : float
        Days since the attack.
    head_start : float
        Days of warning, which count for help ad hoc and for layers that count threats.
    only : int
        The one channel that is asked for; -1 for all.
    """
    head = sizes(c, 0)
    first, last = 0, 1 + head.n_layers
    if only >= 0:
        first, last = only, only + 1
    asked = 0
    known, log_known, later, log_later = 0.0, 0.0, 0.0, 0.0
    second_wave = rules_of(c, 0).second_wave_days
    for channel in range(first, last):
        early = head_start
        if channel > 0 and layer_of(c, channel - 1).trigger_threats == 0:
            early = 0.0
        for i in range(head.n):
            at = channel * head.n + i
            days = -1.0
            if may_help(c, channel, i):
                delay = guarantor_of(c, i).decision_clock
                if channel > 0:
                    delay = ready_cell(c, at - head.n).delay
                days = budget - max(elapsed, delay - early)
            store(head.days, at, days)
            if days < 0.0:
                continue
            if days > 0.0 and days != known:  # members that decide together wait as long
                known, log_known = days, math.log(days)
            if days > second_wave and days - second_wave != later and _has_second_wave(c, i):
                later = days - second_wave
                log_later = math.log(later)
            asked = _ask_shares(c, i, days, log_known, log_later, at * RUNG_COUNT, asked)
    answer(c, asked, head.shares)
    for channel in range(first, last):
        respond, on_call = math.inf, 0.0
        if channel > 0:
            respond = ready_layer(c, channel - 1).respond
            on_call = ready_layer(c, channel - 1).on_call
        for i in range(head.n):
            at = channel * head.n + i
            days = load(head.days, at)
            called = on_call if days >= respond else 0.0
            _add_up(c, v, i, days, called, at * RUNG_COUNT)


ARMS, AIR, FIRST_WAVE, SECOND_WAVE = range(4)
"""Pieces of help whose share in time follows from a lag, as ``shares`` has them."""


@inner
def _has_second_wave(c: int, i: int) -> bool:
    """Return whether guarantor ``i`` has brigades that come later than its first."""
    state = guarantor_of(c, i)
    return state.highest_rung >= 3 and state.brigades_90d > state.brigades_30d


@inner
def _ask_shares(
    c: int, i: int, days: float, log_days: float, log_later: float, at: int, asked: int
) -> int:
    """Ask for the chance that each lag of guarantor ``i`` is over; return how many are asked.

    Parameters
    ----------
    log_days, log_later : float
        Logarithms of the days and of those left for a second wave, where these are above 0.
    """
    state, ready = guarantor_of(c, i), ready_state(c, i)
    arms, air, ground = rung_of(c, 1), rung_of(c, 2), rung_of(c, 3)
    if state.arms > 0.0 and state.highest_rung >= 1:
        asked = _ask_lag(
            c,
            days,
            log_days,
            arms.lag_distribution,
            arms.lag_typical,
            ready.log_arms,
            arms.lag_shape,
            at + ARMS,
            asked,
        )
    if state.air > 0.0 and state.highest_rung >= 2:
        first_unit = max(air.lag_typical, state.days_first_unit)
        asked = _ask_lag(
            c,
            days,
            log_days,
            air.lag_distribution,
            first_unit,
            ready.log_air,
            air.lag_shape,
            at + AIR,
            asked,
        )
    if state.highest_rung >= 3:
        kind, typical, shape = ground.lag_distribution, state.days_brigade, ground.lag_shape
        log_typical = ready.log_brigade
        if state.brigades_30d > 0.0:
            asked = _ask_lag(
                c, days, log_days, kind, typical, log_typical, shape, at + FIRST_WAVE, asked
            )
        days -= rules_of(c, 0).second_wave_days
        if days > 0.0 and _has_second_wave(c, i):
            asked = _ask_lag(
                c, days, log_later, kind, typical, log_typical, shape, at + SECOND_WAVE, asked
            )
    return asked


@inner
def _ask_lag(
    c: int,
    days: float,
    log_days: float,
    kind: int,
    typical: float,
    log_typical: float,
    shape: float,
    place: int,
    asked: int,
) -> int:
    """Ask for the chance that a lag is over within some days; return how many are asked."""
    head = sizes(c, 0)
    if kind == LOGNORMAL and typical > 0.0 and shape > 0.0 and days > 0.0:
        store(head.asked, asked, lognormal_score(log_days, log_typical, 1.0))
        store(head.divisors, asked, shape)
        store_integer(head.places, asked, place)
        return asked + 1
    store(head.shares, place, lag_cdf(days, kind, typical, shape))
    return asked


@inner
def answer(c: int, asked: int, target: int) -> None:
    """Fill Φ of all the quotients asked for in their places of a target, several at a time."""
    head = sizes(c, 0)
    numbers, divisors = floats(head.asked, asked), floats(head.divisors, asked)
    normal_cdfs(numbers, divisors, asked, floats(head.answers, asked))
    for at in range(asked):
        store(target, load_integer(head.places, at), load(head.answers, at))


@inner
def _add_up(c: int, v: int, i: int, days: float, called: float, at: int) -> None:
    """Fill what guarantor ``i`` adds at each rung within some days of its decision."""
    head = sizes(c, 0)
    for j in range(RUNG_COUNT):
        store(head.strength, at + j, 0.0)
    if days < 0.0:
        return
    state, ready, seen = guarantor_of(c, i), ready_state(c, i), seen_state(v, i)
    if state.arms > 0.0 and state.highest_rung >= 1:
        share = max(load(head.shares, at + ARMS), called)
        store(head.strength, at + 1, state.arms * share * rung_of(c, 1).strength)
    if state.highest_rung >= 2:
        total = 0.0
        if state.air > 0.0:
            total = state.air * max(load(head.shares, at + AIR), called)
        if days >= ready.place_days:
            total += posture.brigades(seen.troops)
        store(head.strength, at + 2, total * rung_of(c, 2).strength * seen.available)
    if state.highest_rung >= 3:
        planned = ready.planned if seen.troops > 0.0 else 0.0
        total = planned if days >= ready.planned_days else 0.0
        first = max(0.0, state.brigades_30d - planned)
        second = max(0.0, state.brigades_90d - state.brigades_30d)
        if first > 0.0:
            total += first * load(head.shares, at + FIRST_WAVE)
        if second > 0.0 and days > rules_of(c, 0).second_wave_days:
            total += second * load(head.shares, at + SECOND_WAVE)
        store(head.strength, at + 3, total * rung_of(c, 3).strength * seen.available)


@inner
def channel_gains(c: int, v: int, k: int, gained: float, only: int, gains: int) -> None:
    """Fill the fall in the challenger's chance that each channel's help at each rung brings.

    Help is joint: what all who may act in the channel would add at the rung and below, by
    :func:`strengths`. Rung 1 punishes and does not have to arrive: its gain is 1, as it is for
    incidents.

    Parameters
    ----------
    gained : float
        Position of the walk, steps from the start line.
    only : int
        The one channel that is asked for; -1 for all.
    gains : int
        Address of floats, (1 + L, 4); written.
    """
    head = sizes(c, 0)
    option = option_of(c, k)
    fixed = rules_of(c, 0).win == 1
    level = option.fixed_win_alone - option.fixed_win_helped if fixed else 1.0
    plain = fixed or option.option_class == 0
    below, above, win = 0.0, 0.0, 0.0
    if not plain:
        below, above = walk(c, v, k, gained)
        win = campaign.ruin_win(below, above, odds_of(c, v, k, 0.0))
    for channel in range(1 + head.n_layers):
        if only not in (-1, channel):
            continue
        store(gains, channel * RUNG_COUNT, level)
        helped, gain = 0.0, level if plain else win - win  # no help, no gain; or NaN
        for j in range(1, RUNG_COUNT):
            if not plain:
                before = helped
                for i in range(head.n):
                    helped += load(head.strength, (channel * head.n + i) * RUNG_COUNT + j)
                if helped != before:
                    gain = win - campaign.ruin_win(below, above, odds_of(c, v, k, helped))
            store(gains, channel * RUNG_COUNT + j, gain)


@law
def gains_now(
    c: int,
    v: int,
    k: int,
    gained: float,
    elapsed: float,
    head_start: float,
    only: int,
    gains: int,
) -> None:
    """Fill :func:`channel_gains` from the walk's present position."""
    if option_of(c, k).option_class > 0 and rules_of(c, 0).win == 0:
        below, above = walk(c, v, k, gained)
        odds = odds_of(c, v, k, 0.0)
        budget = elapsed + days_to_objective(c, v, below, above, odds)
        strengths(c, v, budget, elapsed, head_start, only)
    channel_gains(c, v, k, gained, only, gains)
