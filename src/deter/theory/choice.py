"""Laws of choice: what the challenger and the protégé do with what they expect."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from deter.theory.law import law

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEVER = -math.inf
"""The index of an option that is not available."""


@law
def power(base: float, exponent: float) -> float:
    """Return base ** exponent for base > 0; the one place where a power is taken.

    Parameters
    ----------
    base, exponent : float
        Dimensionless; the base is above 0.

    Source: standard. Both engines call it with run-time exponents, so no compiler folds it.

    Examples
    --------
    >>> power(4.0, 0.5)
    2.0
    """
    if exponent == 1.0:
        return base
    return math.exp(exponent * math.log(base))


@law
def expit(x: float) -> float:
    """Return the logistic function 1 / (1 + exp(-x)), without overflow in either tail.

    Parameters
    ----------
    x : float
        Log-odds, dimensionless.

    Source: standard.

    Examples
    --------
    >>> expit(0.0)
    0.5
    """
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    z = math.exp(x)
    return z / (1.0 + z)


@law
def logit(p: float) -> float:
    """Return the log-odds log(p / (1 - p)); -inf at 0 and inf at 1.

    Parameters
    ----------
    p : float
        Probability in [0, 1].

    Source: standard.

    Examples
    --------
    >>> round(logit(0.75), 6)
    1.098612
    """
    if p <= 0.0:
        return -math.inf
    if p >= 1.0:
        return math.inf
    return math.log(p) - math.log1p(-p)


@law
def choice_index(precision: float, utility: float, stake: float, exponent: float) -> float:
    """Return v = lambda * EU / stake^eta, the index of an alternative in the logit.

    Parameters
    ----------
    precision : float
        lambda, the precision of choice.
    utility : float
        EU, in units of what full control is worth to a challenger with m = 1.
    stake : float
        Scale of what is at stake in this alternative, above 0, same unit.
    exponent : float
        eta: 0 gives McKelvey and Palfrey's one precision in absolute utility, 1 a precision
        relative to the stake.

    Source: McKelvey & Palfrey 1998 (agent quantal response).
    Departs: the stake exponent. One lambda for a cut cable and an invasion makes one of them a
    coin toss or a step.

    Examples
    --------
    >>> choice_index(6.0, 0.01, 0.02, 1.0)
    3.0
    >>> choice_index(6.0, 0.5, 0.02, 0.0)
    3.0
    """
    if exponent == 0.0:
        return precision * utility
    if exponent == 1.0:
        return precision * utility / stake
    return precision * utility / power(stake, exponent)


@law
def war_utility(
    gain: float,
    win: float,
    days: float,
    cost_per_day: float,
    punishment: float,
    escalation: float,
    escalation_loss: float,
) -> float:
    """Return the challenger's expected utility of fighting for a prize, before the act's cost.

    EU = gain * W - c * E[days] - punishment - P(escalation) * loss

    Parameters
    ----------
    gain : float
        (m + hostility) * prize, utility.
    win : float
        W, probability of reaching the objective.
    days, cost_per_day : float
        Expected length in days and its cost a day, utility.
    punishment : float
        Expected punishment by guarantors, utility.
    escalation, escalation_loss : float
        Probability of direct war with a guarantor and the loss it brings, utility.

    Source: Bueno de Mesquita 1981 (expected utility of war); Huth 1988 (denial and punishment).

    Examples
    --------
    >>> round(war_utility(0.5, 0.6, 100.0, 0.0004, 0.05, 0.1, 1.0), 6)
    0.11
    """
    return gain * win - cost_per_day * days - punishment - escalation * escalation_loss


@law
def act_utility(resist: float, fight: float, gain: float, cost: float) -> float:
    """Return the expected utility of an act that may be resisted or given in to.

    EU = P * EU_fight + (1 - P) * gain - cost

    Parameters
    ----------
    resist : float
        P, probability that the protégé resists.
    fight : float
        Expected utility of the fight (:func:`war_utility`).
    gain : float
        What the challenger gets without one, utility.
    cost : float
        Of the act itself, utility.

    *Units*: utility.

    Source: definition (expectation over the protégé's choice).

    Examples
    --------
    >>> act_utility(0.5, 0.25, 1.0, 0.125)
    0.5
    """
    return resist * fight + (1.0 - resist) * gain - cost


@law
def attack_value(indices: FloatArray, dissimilarity: float) -> float:
    """Return V_A = nu * log sum_k exp(v_k / nu), the inclusive value of the attack nest.

    Parameters
    ----------
    indices : array of float, shape (options,)
        v_k; ``-inf`` for an option that is not available.
    dissimilarity : float
        nu in (0, 1]: 1 is a plain logit; near 0 near-duplicates count once.

    Returns
    -------
    float
        ``-inf`` where no option is available; NaN where an index is.

    Source: McFadden 1978 (nested logit), with the usual shift by the maximum.

    Examples
    --------
    >>> import numpy as np
    >>> round(attack_value(np.array([0.0, 0.0]), 1.0), 6)
    0.693147
    """
    top = -math.inf
    for k in range(indices.shape[0]):
        if math.isnan(indices[k]):
            return math.nan
        top = max(top, indices[k])
    if top == -math.inf:
        return -math.inf
    total = 0.0
    for k in range(indices.shape[0]):
        if indices[k] > -math.inf:
            total += math.exp((indices[k] - top) / dissimilarity)
    return top + dissimilarity * math.log(total)


@law
def inclusive_value(refrain: float, attack: float) -> float:
    """Return I = log(exp(v_0) + exp(V_A)), what having the choice is worth in log-odds units.

    Parameters
    ----------
    refrain, attack : float
        v_0 and V_A, log-odds units.

    Source: McFadden 1978.

    Examples
    --------
    >>> round(inclusive_value(0.0, 0.0), 6)
    0.693147
    """
    if attack == -math.inf:
        return refrain
    top = max(refrain, attack)
    return top + math.log(math.exp(refrain - top) + math.exp(attack - top))


@law
def attack_probability(refrain: float, attack: float) -> float:
    """Return P(attack) = 1 / (1 + exp(v_0 - V_A)); 0 where no option is available.

    Parameters
    ----------
    refrain, attack : float
        v_0 and V_A, log-odds units; V_A is ``-inf`` where no option is available.

    Raises
    ------
    ValueError
        If an index is not a number: a parameter lies outside what a law allows.

    Source: McKelvey & Palfrey 1998; McFadden 1978.

    Examples
    --------
    >>> attack_probability(0.0, 0.0)
    0.5
    """
    if math.isnan(refrain) or math.isnan(attack):
        raise ValueError("a choice: an index is not a number")
    if attack == -math.inf:
        return 0.0
    return expit(attack - refrain)


@law
def option_chosen(u: float, indices: FloatArray, dissimilarity: float) -> int:
    """Return which option of the nest is taken: inverse CDF in order of severity.

    the least k with sum_{m <= k} exp(v_m / nu) > u * sum_m exp(v_m / nu)

    Taking options in order of severity couples twins comonotonically: the same uniform means
    an act of the same rank in the mix.

    Parameters
    ----------
    u : float
        Uniform in (0, 1).
    indices : array of float, shape (options,)
        v_k in canonical order (severity, then id); ``-inf`` where not available.
    dissimilarity : float
        nu.

    Returns
    -------
    int
        Position of the option; -1 where none is available.

    Source: inverse-transform sampling of the conditional logit.

    Examples
    --------
    >>> import numpy as np
    >>> option_chosen(0.7, np.array([0.0, 0.0]), 1.0)
    1
    """
    top = -math.inf
    for k in range(indices.shape[0]):
        top = max(top, indices[k])
    if top == -math.inf:
        return -1
    total = 0.0
    for k in range(indices.shape[0]):
        if indices[k] > -math.inf:
            total += math.exp((indices[k] - top) / dissimilarity)
    cumulative = 0.0
    last = -1
    for k in range(indices.shape[0]):
        if indices[k] > -math.inf:
            cumulative += math.exp((indices[k] - top) / dissimilarity)
            last = k
            if u * total < cumulative:
                return k
    return last


@law
def option_share(index: float, attack: float, dissimilarity: float) -> float:
    """Return P(option | attack) = exp((v_k - V_A) / nu); 0 for an option that is not available.

    Parameters
    ----------
    index, attack : float
        v_k of the option, and V_A of :func:`attack_value`.
    dissimilarity : float
        nu.

    Source: McFadden 1978 (nested logit): the conditional logit that :func:`option_chosen` samples.

    Examples
    --------
    >>> import numpy as np
    >>> indices = np.array([0.0, 0.0])
    >>> round(option_share(0.0, attack_value(indices, 1.0), 1.0), 6)
    0.5
    """
    if index == -math.inf:
        return 0.0
    return math.exp((index - attack) / dissimilarity)


@law
def loss_averse_index(index: float, utility: float, aversion: float) -> float:
    """Return the index of an alternative whose losses weigh more: aversion * v where EU < 0.

    Parameters
    ----------
    index, utility : float
        v_k and EU_k. A negative index of an alternative that gains stays as it is.
    aversion : float
        Weight of a loss against a gain.

    Source: Tversky & Kahneman 1992.

    Examples
    --------
    >>> loss_averse_index(-2.0, -0.1, 2.0)
    -4.0
    """
    if index < 0.0 and utility < 0.0:
        return index * aversion
    return index


@law
def option_probed(indices: FloatArray, last_option: int, last_answer: int) -> int:
    """Return the option a challenger probes with: one step up the ladder until it is answered.

    The least severe act first; the next one up after an act that no guarantor answered with more
    than protest; the least again after one that was answered; the most severe where there is none
    further up.

    Parameters
    ----------
    indices : array of float, shape (options,)
        v_k in order of severity; ``-inf`` where not available.
    last_option, last_answer : int
        Option of the last crisis and the highest rung anybody acted at in it; -1 before the first.

    Returns
    -------
    int
        Position of the option; -1 where none is available.

    Source: probing and salami tactics (George & Smoke 1974; Schelling 1966).

    Examples
    --------
    >>> import numpy as np
    >>> option_probed(np.array([0.1, 0.2, 0.3]), 0, 0)
    1
    """
    least = -1
    higher = -1
    most = -1
    for k in range(indices.shape[0]):
        if indices[k] > -math.inf:
            most = k
            if least < 0:
                least = k
            if higher < 0 and k > last_option:
                higher = k
    if last_option < 0 or last_answer > 0:
        return least
    return higher if higher >= 0 else most


@law
def refrain_index(
    precision: float, status_quo: float, look_ahead: float, now: float, later: float
) -> float:
    """Return v_0 = lambda * U(status quo) + phi * (I(t + H) - I(t)).

    A guarantee about to bind, or a protégé growing stronger, lowers I(t + H) and so opens a
    window now.

    Parameters
    ----------
    precision : float
        lambda.
    status_quo : float
        Utility of the status quo.
    look_ahead : float
        phi in [0, 1]; 0 switches anticipation off.
    now, later : float
        Inclusive values now and after the horizon, both without look-ahead, log-odds units.

    Source: Levy 1987 (preventive war); Powell 2006 (shifting power).
    Departs: one step and no recursion; the change of the inclusive value and not of expected
    utilities, whose differences explode.

    Examples
    --------
    >>> refrain_index(6.0, 0.0, 0.5, 1.0, 0.4)
    -0.3
    """
    base = precision * status_quo
    if look_ahead == 0.0:
        return base
    return base + look_ahead * (later - now)


@law
def resist_probability(precision: float, resist: float, concede: float) -> float:
    """Return the protégé's probability of resisting, expit(lambda_P (EU_resist - EU_concede)).

    Parameters
    ----------
    precision : float
        lambda_P, per unit of utility.
    resist, concede : float
        Expected utilities of the protégé.

    Source: McKelvey & Palfrey 1998.

    Examples
    --------
    >>> resist_probability(2.0, 1.0, 1.0)
    0.5
    """
    return expit(precision * (resist - concede))


@law
def fading(level: float, years: float, decay: float) -> float:
    """Return a term that fades exponentially: level * exp(-years / decay).

    Used for heat and exhaustion (log-odds) and for beliefs that relax to their prior.

    Parameters
    ----------
    level : float
        Level at the anchor.
    years, decay : float
        Time since the anchor and time to fade to 1/e, years.

    Source: exponential forgetting; hazard that falls with quiet years (peace-years effect,
    Beck, Katz & Tucker 1998).

    Examples
    --------
    >>> round(fading(2.0, 1.0, 1.0), 6)
    0.735759
    """
    if level == 0.0 or years <= 0.0:
        return level
    return level * math.exp(-years / decay)


@law
def heat_after(level: float, jump: float) -> float:
    """Return heat after an incident: the larger of what is left and the jump.

    max(level, jump)

    Parameters
    ----------
    level, jump : float
        What is left of earlier heat, and heat after an incident, log-odds.

    Source: peace-years effect (Beck, Katz & Tucker 1998): the hazard depends on the time since
    the last incident.
    Departs: it does not add up, so that a ceasefire with many incidents cannot explode.

    Examples
    --------
    >>> heat_after(0.4, 1.65)
    1.65
    """
    return max(level, jump)


@law
def live_probability(
    season: float, provocation: float, hostility: float, motive: float, headroom: float
) -> float:
    """Return the probability that a candidate for aggression is a live opportunity.

    P = min(1, season * (1 + provocation * hostility) / headroom), and 0 for a challenger whose
    motive is not positive. Candidates arrive at a rate with no framework in it, so a framework
    that provokes adds opportunities and moves none.

    Parameters
    ----------
    season : float
        Factor of the month, dimensionless.
    provocation : float
        Rise of the rate per unit of hostility.
    hostility : float
        Provocation value of the framework, utility.
    motive : float
        m, dimensionless.
    headroom : float
        Candidates per live opportunity, 1 or more.

    Source: thinning of a Poisson process (Lewis & Shedler 1979); security dilemma (Jervis 1978).

    Examples
    --------
    >>> live_probability(1.0, 1.0, 0.2, 0.5, 2.0)
    0.6
    """
    if motive <= 0.0:
        return 0.0
    return min(1.0, season * (1.0 + provocation * hostility) / headroom)


@law
def learnt_misperception(error: float, battles: float, half: float) -> float:
    """Return what is left of the error in the perceived log force ratio after some battles.

    error * half / (half + battles)

    Parameters
    ----------
    error : float
        Error in log(S_c / S_d) before the first battle.
    battles, half : float
        Battles fought; battles after which the error is halved.

    Source: Slantchev 2003 (the battlefield reveals strength); normal learning with a prior worth
    ``half`` battles.

    Examples
    --------
    >>> learnt_misperception(0.4, 8.0, 8.0)
    0.2
    """
    return error * half / (half + battles)


@law
def perceived_strength(strength: float, error: float) -> float:
    """Return the defender's strength as the challenger sees it: strength * exp(-error).

    Parameters
    ----------
    strength : float
        S_d, brigade equivalents.
    error : float
        Error in log(S_c / S_d); above 0 the challenger overrates itself.

    Source: definition of the error; misperceived balances after Blainey 1973 and Fearon 1995.

    Examples
    --------
    >>> round(perceived_strength(100.0, 0.1), 6)
    90.483742
    """
    return strength * math.exp(-error)
