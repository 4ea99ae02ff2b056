"""Laws of posture: forces between events, sanctions in force, defence against strikes, time."""

from __future__ import annotations

import math

from deter.theory.law import law

SECONDS_PER_DAY = 86400
DAYS_PER_YEAR = 365.25


@law
def seconds(days: float) -> int:
    """Return a duration in whole seconds: the one place where time is rounded.

    floor(86400 * days + 1/2)

    Parameters
    ----------
    days : float
        Duration, days. Anything above 10^9 days counts as never.

    Raises
    ------
    ValueError
        If it is not a number: a parameter lies outside what a law allows.

    Source: definition; integer time keeps both engines in step.

    Examples
    --------
    >>> seconds(1.5)
    129600
    """
    if math.isnan(days):
        raise ValueError("a duration: it is not a number")
    if days >= 1e9:
        return 86400 * 1000000000
    return math.floor(days * 86400.0 + 0.5)


@law
def years_between(start: int, end: int) -> float:
    """Return the years of 365.25 days between two times in seconds.

    (end - start) / (365.25 * 86400)

    Parameters
    ----------
    start, end : int
        Times, seconds.

    Source: definition.

    Examples
    --------
    >>> years_between(0, 31557600)
    1.0
    """
    return (end - start) / 31557600.0


@law
def forces_after(anchor: float, rate: float, years: float, ceiling: float) -> float:
    """Return forces that grow linearly to a ceiling: closed form between listed events.

    max(anchor, min(ceiling, anchor + rate * years))

    Parameters
    ----------
    anchor : float
        Forces at the last listed event, brigade equivalents.
    rate : float
        Growth a year, 0 or more.
    years : float
        Time since that event.
    ceiling : float
        Where growth ends. Forces above it stay: only an event can take them away.

    Source: definition; reconstitution estimates of the Danish Defence Intelligence Service 2025.

    Examples
    --------
    >>> forces_after(100.0, 10.0, 2.0, 115.0)
    115.0
    """
    if anchor >= ceiling:
        return anchor
    return min(ceiling, anchor + rate * years)


@law
def leaking(level: float, rate: float, years: float) -> float:
    """Return a flow or level that leaks away: level * exp(-rate * years).

    Used for sanctions in force and for baseline aid.

    Parameters
    ----------
    level : float
        At the start, in any unit.
    rate : float
        Per year.
    years : float
        Time since, years.

    Source: sanctions busting grows with time (Early 2015). The exponential is an assumption.

    Examples
    --------
    >>> leaking(0.5, 0.0, 3.0)
    0.5
    """
    if level == 0.0:
        return 0.0
    return level * math.exp(-rate * years)


@law
def hazard_probability(rate: float, years: float) -> float:
    """Return the chance of an event within some years at a constant rate: 1 - exp(-rate * years).

    Parameters
    ----------
    rate, years : float
        Per year; years.

    Source: standard (waiting time of a Poisson process).

    Examples
    --------
    >>> round(hazard_probability(0.2, 1.0), 6)
    0.181269
    """
    return -math.expm1(-rate * years)


@law
def slowed_regeneration(rate: float, drag: float, sanctions: float) -> float:
    """Return regeneration under sanctions: rate * (1 - drag * L).

    Parameters
    ----------
    rate : float
        Brigade equivalents a year.
    drag : float
        Share that full sanctions remove, in [0, 1].
    sanctions : float
        L, sanctions in force, in [0, 1].

    Source: assumption; the sign after Pape 1997 and Drezner 1999 (costs without compliance).

    Examples
    --------
    >>> slowed_regeneration(10.0, 0.5, 0.4)
    8.0
    """
    return rate * (1.0 - drag * sanctions)


@law
def war_cost_under_sanctions(cost: float, weight: float, sanctions: float) -> float:
    """Return the challenger's war cost a day: cost * (1 + weight * L).

    Parameters
    ----------
    cost : float
        Utility per day.
    weight : float
        Rise under full sanctions, dimensionless.
    sanctions : float
        L, sanctions in force, in [0, 1].

    Source: assumption.

    Examples
    --------
    >>> war_cost_under_sanctions(0.001, 0.5, 0.4)
    0.0012
    """
    return cost * (1.0 + weight * sanctions)


@law
def snapback_punishment(weight: float, severity: float, share: float, level: float) -> float:
    """Return the punishment sanctions can still threaten: weight * s * share * (1 - L).

    What is already in force cannot be threatened again.

    Parameters
    ----------
    weight : float
        Loss to the challenger from full sanctions, utility.
    severity : float
        s of the act.
    share : float
        Expected economic share of those who would impose them.
    level : float
        Sanctions in force, L in [0, 1].

    Source: Drezner 1999; Morgan, Bapat & Kobayashi 2014 (threats against impositions).

    Examples
    --------
    >>> round(snapback_punishment(0.12, 1.0, 0.5, 0.4), 6)
    0.036
    """
    return weight * severity * share * (1.0 - level)


@law
def combined_share(first: float, second: float) -> float:
    """Return what two independent layers stop: 1 - (1 - a)(1 - b).

    Used for air defence and for intelligence.

    Parameters
    ----------
    first, second : float
        a and b, shares in [0, 1].

    Source: independent layers of defence.

    Examples
    --------
    >>> combined_share(0.5, 0.5)
    0.75
    """
    return 1.0 - (1.0 - first) * (1.0 - second)


@law
def brigades(troops: float) -> float:
    """Return soldiers in brigade equivalents of 5,000.

    troops / 5000

    Parameters
    ----------
    troops : float
        Soldiers.

    Source: definition.

    Examples
    --------
    >>> brigades(10000.0)
    2.0
    """
    return troops / 5000.0


@law
def regime_hazard(rate: float, noisy: bool, monitoring: float) -> float:
    """Return the yearly hazard that a ceasefire's regime shifts between noisy and quiet.

    rate * (1 + 4 m) out of the noisy regime, rate * (1 - 0.8 m) out of the quiet one: monitors
    hasten quiet and hold it.

    Parameters
    ----------
    rate : float
        Per year, without monitors.
    noisy : bool
        The present regime.
    monitoring : float
        m in [0, 1].

    Source: assumption; the sign after Fortna 2003, and after the fall from 623 to 33 violations a
    day when the regime was tightened in July 2020 (OSCE SMM).

    Examples
    --------
    >>> regime_hazard(1.0, True, 0.5)
    3.0
    """
    if noisy:
        return rate * (1.0 + 4.0 * monitoring)
    return rate * (1.0 - 0.8 * monitoring)


@law
def economic_share(weight: float) -> float:
    """Return a guarantor's share of the economy that sanctions the challenger.

    min(1, weight / 60000)

    GDP over 60,000 bn USD, about that of the G7, the EU and partners, at most 1. A fixed
    denominator, so that a bystander added to a scenario changes nobody's weight.

    Parameters
    ----------
    weight : float
        GDP, bn USD.

    Source: World Bank 2023.

    Examples
    --------
    >>> economic_share(15000.0)
    0.25
    """
    return min(1.0, weight / 60000.0)
