"""Laws of a campaign: a random walk of control, its losses, its end, its escalation."""

from __future__ import annotations

import math

from deter.theory.choice import power
from deter.theory.law import law


@law
def battle_odds(attacker: float, defender: float, fortification: float, exponent: float) -> float:
    """Return the challenger's odds of winning a battle, (S_c / (f S_d))^mu.

    Parameters
    ----------
    attacker, defender : float
        Strengths in the same unit (brigade equivalents).
    fortification : float
        f, multiplier of the defender's strength.
    exponent : float
        mu.

    Returns
    -------
    float
        0 without attackers, infinite without defenders (1 with neither).

    Source: contest success function in ratio form (Tullock 1980; Hirshleifer 1989).

    Examples
    --------
    >>> battle_odds(100.0, 50.0, 1.0, 1.0)
    2.0
    """
    if attacker <= 0.0:
        return 1.0 if defender <= 0.0 else 0.0
    if defender <= 0.0:
        return math.inf
    return power(attacker / (fortification * defender), exponent)


@law
def odds_to_probability(odds: float) -> float:
    """Return odds / (1 + odds); 1 for infinite odds.

    Parameters
    ----------
    odds : float
        Odds of winning, dimensionless, 0 or more.

    Raises
    ------
    ValueError
        If the odds are not a number: a parameter lies outside what a law allows.

    Source: standard.

    Examples
    --------
    >>> odds_to_probability(3.0)
    0.75
    """
    if math.isnan(odds):
        raise ValueError("a battle: the odds are not a number")
    if odds == math.inf:
        return 1.0
    return odds / (1.0 + odds)


@law
def ruin_win(steps_below: float, steps_above: float, odds: float) -> float:
    """Return the probability that a walk climbs ``steps_above`` before it falls ``steps_below``.

    With r = 1 / odds: (1 - r^i) / (1 - r^N), i = steps below, N = all steps; i / N at even odds.
    Computed in logs.

    Parameters
    ----------
    steps_below, steps_above : float
        Steps to repulse and to the objective from the present position; 0 or less means there.
    odds : float
        Odds of a step up.

    Source: gambler's ruin (Feller 1968, XIV.2); war as a random walk of forts (Smith 1998).

    Examples
    --------
    >>> round(ruin_win(3.0, 7.0, 1.5), 6)
    0.716122
    """
    if steps_above <= 0.0:
        return 1.0
    if steps_below <= 0.0 or odds <= 0.0:
        return 0.0
    if odds == math.inf:
        return 1.0
    log_r = -math.log(odds)
    if abs(log_r) < 1e-9:
        return steps_below / (steps_below + steps_above)
    if log_r < 0.0:
        return math.expm1(steps_below * log_r) / math.expm1((steps_below + steps_above) * log_r)
    # r > 1: divide through by r^N so that nothing overflows
    top = -math.expm1(-steps_below * log_r)
    bottom = -math.expm1(-(steps_below + steps_above) * log_r)
    return math.exp(-steps_above * log_r) * top / bottom


@law
def ruin_battles(steps_below: float, steps_above: float, odds: float) -> float:
    """Return the expected number of battles until the walk ends either way.

    E[T] = i / (q - p) - N P / (q - p), and i (N - i) at even odds.

    Parameters
    ----------
    steps_below, steps_above : float
        Steps to repulse (i) and to the objective (N - i) from the present position.
    odds : float
        p / q, odds of a step up, dimensionless.

    Source: gambler's ruin (Feller 1968, XIV.3).

    Examples
    --------
    >>> round(ruin_battles(3.0, 7.0, 1.5), 6)
    20.806118
    """
    if steps_above <= 0.0 or steps_below <= 0.0:
        return 0.0
    p = odds_to_probability(odds)
    drift = 2.0 * p - 1.0
    if abs(drift) < 1e-6:
        return steps_below * steps_above
    win = ruin_win(steps_below, steps_above, odds)
    return ((steps_below + steps_above) * win - steps_below) / drift


@law
def ruin_battles_given_win(steps_below: float, steps_above: float, odds: float) -> float:
    """Return the expected number of battles to the objective, given that it is reached.

    (N (1 + r^N) / (1 - r^N) - i (1 + r^i) / (1 - r^i)) / (p - q) with r = q / p, and
    (N^2 - i^2) / 3 at even odds. It is the same for r and 1 / r.

    Parameters
    ----------
    steps_below, steps_above : float
        Steps to repulse (i) and to the objective (N - i) from the present position.
    odds : float
        p / q, odds of a step up, dimensionless.

    Source: gambler's ruin conditioned on the outcome (Feller 1968, XIV.4 and problems).

    Examples
    --------
    >>> round(ruin_battles_given_win(3.0, 7.0, 1.5), 6)
    24.133178
    """
    if steps_above <= 0.0:
        return 0.0
    if steps_below <= 0.0 or odds <= 0.0:
        return math.inf
    if odds == math.inf:
        return steps_above
    total = steps_below + steps_above
    log_r = -abs(math.log(odds))
    if abs(log_r) < 1e-4:
        return (total * total - steps_below * steps_below) / 3.0
    # coth(x / 2) forms of (1 + r^n) / (1 - r^n); p - q = tanh(|log r| / 2)
    whole = total / math.tanh(-0.5 * total * log_r)
    part = steps_below / math.tanh(-0.5 * steps_below * log_r)
    return (whole - part) / math.tanh(-0.5 * log_r)


@law
def most_battles(steps_below: float, steps_above: float) -> float:
    """Return a bound that the expected number of battles exceeds at no odds: N^2 / 4, or N.

    N is the number of all steps. A walk lasts longest from the middle, at even odds; with fewer
    than four steps, some of them parts of one, it may last as long as there are steps.

    Parameters
    ----------
    steps_below, steps_above : float
        Steps to repulse and to the objective from the present position.

    Source: gambler's ruin (Feller 1968, XIV.3), i (N - i) at its largest.

    Examples
    --------
    >>> most_battles(3.0, 7.0)
    25.0
    """
    if steps_above <= 0.0 or steps_below <= 0.0:
        return 0.0
    n = steps_below + steps_above
    return max(n, 0.25 * n * n)


@law
def days_of_battles(battles: float, per_month: float, tempo: float) -> float:
    """Return the days that a number of battles takes at a rate per 30 days.

    30 * battles / (per_month * tempo)

    Parameters
    ----------
    battles : float
        How many, a count.
    per_month : float
        Battles per 30 days at the usual tempo.
    tempo : float
        Tempo relative to the usual, dimensionless.

    Source: definition.

    Examples
    --------
    >>> days_of_battles(3.0, 1.5, 1.0)
    60.0
    """
    rate = per_month * tempo
    if rate <= 0.0:
        return math.inf
    return battles * 30.0 / rate


@law
def stops(gain: float, win: float, held: float, cost: float) -> bool:
    """Return whether the challenger stops: gain * (W - held) < cost of going on.

    Parameters
    ----------
    gain : float
        m * prize, utility.
    win : float
        Probability of reaching the objective from here.
    held : float
        Share of the prize held if it stops here.
    cost : float
        Cost per day times expected days left, utility.

    Source: Wittman 1979; Goemans 2000 (ending a war by comparing ends).

    Examples
    --------
    >>> stops(0.5, 0.1, 0.2, 0.01)
    True
    """
    return gain * (win - held) < cost


@law
def losses(committed: float, share: float) -> float:
    """Return the forces a side loses in a battle, a fixed share of those committed.

    committed * share

    Parameters
    ----------
    committed : float
        Forces committed, brigade equivalents.
    share : float
        Share lost, in [0, 1].

    Source: Dupuy 1990 (loss rates per engagement differ little with size).

    Examples
    --------
    >>> losses(100.0, 0.03)
    3.0
    """
    return committed * share


@law
def escalation_rate(rate: float, rungs_in_combat: float, severity: float) -> float:
    """Return the yearly hazard of escalation: rate * rungs * s.

    Parameters
    ----------
    rate : float
        Per combat-year, guarantor rung in combat and unit of severity.
    rungs_in_combat, severity : float
        Guarantor rungs in combat; s of the act they fight.

    Source: assumption; a larger fight has more ways to widen.

    Examples
    --------
    >>> escalation_rate(0.1, 2.0, 0.5)
    0.1
    """
    return rate * rungs_in_combat * severity


@law
def escalation_probability(hazard: float, days: float) -> float:
    """Return 1 - exp(-hazard * years), the chance of escalation in a campaign.

    Parameters
    ----------
    hazard : float
        Yearly, of :func:`escalation_rate`.
    days : float
        Expected length, days.

    Source: constant hazard; the rate is an assumption.

    Examples
    --------
    >>> round(escalation_probability(0.2, 365.25), 6)
    0.181269
    """
    return -math.expm1(-hazard * days / 365.25)


@law
def held_share(steps_gained: float, steps_to_objective: float) -> float:
    """Return the share of the prize held at a position of the walk, in [0, 1].

    min(1, max(0, steps_gained / steps_to_objective))

    Parameters
    ----------
    steps_gained, steps_to_objective : float
        Position of the walk, and N, in steps from the start line.

    Source: definition: control is linear in steps.

    Examples
    --------
    >>> held_share(2.0, 4.0)
    0.5
    """
    if steps_to_objective <= 0.0:
        return 1.0
    return min(1.0, max(0.0, steps_gained / steps_to_objective))


@law
def ceasefire_gain(
    win: float, held: float, days: float, cost_per_day: float, gain: float, future: float
) -> float:
    """Return the challenger's gain from a ceasefire here over fighting on, utility.

    gain * (held - W) + cost * E[days] + future, where ``future`` is what the framework that the
    ceasefire brings into force costs it in later opportunities (0 or less for one that deters).
    So it stalls where the response clause waits for a ceasefire.

    Parameters
    ----------
    win, held : float
        W, probability of reaching the objective; share of the prize held.
    days, cost_per_day : float
        Expected days left, and the cost of one, utility.
    gain : float
        m * prize, utility.
    future : float
        What the ceasefire's layers cost it later, utility; 0 or less.

    Source: Wagner 2000; Slantchev 2003 (bargaining while fighting).

    Examples
    --------
    >>> round(ceasefire_gain(0.5, 0.5, 100.0, 0.001, 0.5, -0.02), 6)
    0.08
    """
    return gain * (held - win) + cost_per_day * days + future


@law
def acceptance_index(
    line: float, scale: float, none: float, full: float, guarantee: float
) -> float:
    """Return the protégé's index of accepting a ceasefire, in probits.

    line / scale + none + (full - none) * guarantee: at an even line it accepts with the surveyed
    probability for no guarantee (``none``) up to that for a shield at the front (``full``).

    Parameters
    ----------
    line : float
        Gain on the line: W - held + cost * E[days] - what must be ceded or paid, utility.
    scale : float
        Utility worth one probit.
    none, full : float
        Probits of the surveyed shares.
    guarantee : float
        Worth of the guarantee in [0, 1]: the share of the chance of a renewed defeat it removes.

    Source: KIIS 2026 split-sample survey: 32, 42, 61 % for none, symbolic, shield.

    Examples
    --------
    >>> acceptance_index(0.0, 0.3, -0.4, 0.3, 0.0)
    -0.4
    """
    return line / scale + none + (full - none) * guarantee
