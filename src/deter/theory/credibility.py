"""Laws of a guarantor's vote and of what the challenger believes about it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from deter.theory.chance import normal_cdf, truncated_normal_moments
from deter.theory.choice import expit, fading, logit
from deter.theory.law import law

FloatArray = npt.NDArray[np.float64]

PROBIT = 0
LOGIT = 1
"""Links: the law of a guarantor's private shock."""


@law
def obligation_weight(level: int) -> float:
    """Return o = 0, 1/4, 1/2, 3/4, 1 for none, consult, assist, as deemed necessary, all means.

    Parameters
    ----------
    level : int
        0 none .. 4 all means; the result is a share in [0, 1].

    Source: the project's coding of treaty texts, after ATOP's content categories (Leeds et al.
    2002). Departs: equal steps are an assumption.

    Examples
    --------
    >>> obligation_weight(3)
    0.75
    """
    return 0.25 * level


@law
def binding_weight(level: int, resolve_sd: float, slope: float) -> float:
    """Return B = slope * sqrt(tau^2 + 1) * (0, .32, .59, .84, 1.37), in probit units.

    The table makes prior honour rates rise from .2 with no legal form to .3, .4, .5 and .7 for
    political, executive, statutory and ratified forms, for a resolve N(mean, tau^2) and a shock
    of standard deviation 1. The only place where binding enters.

    Parameters
    ----------
    level : int
        0 none .. 4 ratified treaty: the effective level.
    resolve_sd : float
        tau.
    slope : float
        1 for the table as it stands; a free parameter.

    Source: honour rates anchored on Leeds, Long & Mitchell 2000 and Berkemeier & Fuhrmann 2018.

    Examples
    --------
    >>> round(binding_weight(4, 0.0, 1.0), 2)
    1.37
    """
    table = 0.0
    if level == 1:
        table = 0.32
    elif level == 2:
        table = 0.59
    elif level == 3:
        table = 0.84
    elif level >= 4:
        table = 1.37
    return slope * math.sqrt(resolve_sd * resolve_sd + 1.0) * table


@law
def effective_binding(level: int, signed: bool, ratified: bool) -> int:
    """Return the legal level reached: min(level, stage).

    A text that needs a parliament (statute, treaty) is a political commitment once signed and
    what it is coded as once ratified; a political text or an executive agreement is complete on
    signature.

    Parameters
    ----------
    level : int
        0 none .. 4 ratified treaty: as the text is coded.
    signed, ratified : bool
        What has happened to it.

    Source: Vienna Convention on the Law of Treaties, arts 11-14 and 18.

    Examples
    --------
    >>> effective_binding(4, True, False)
    1
    """
    if not signed:
        return 0
    if level <= 2 or ratified:
        return level
    return 1


@law
def exposure_pull(weight: float, troops: float, half: float) -> float:
    """Return T * troops / (troops + half): the pull of own forces under fire, probit units.

    Saturating, so that a token force is a token.

    Parameters
    ----------
    weight : float
        T, probit.
    troops, half : float
        Own troops under fire; number at which the pull is half of T.

    Source: Schelling 1966 (tripwire); Reiter & Poast 2021 (small forces do not deter).

    Examples
    --------
    >>> exposure_pull(1.3, 10000.0, 10000.0)
    0.65
    """
    if troops <= 0.0:
        return 0.0
    return weight * troops / (troops + half)


@law
def vote_margin(
    stake: float,
    severity: float,
    gain: float,
    exposure: float,
    stance: float,
    risk: float,
    lead: float,
    others: float,
) -> float:
    """Return the public part of a guarantor's margin for a rung, probit units.

    psi * s * dW + T * exposed + g - risk + kappa * lead - F * (expected help of others); resolve,
    commitment and shock are added by whoever knows or guesses them.

    Parameters
    ----------
    stake : float
        psi, probit.
    severity : float
        s in [0, 1].
    gain : float
        dW in [0, 1], the fall in the challenger's chance if this rung's help comes.
    exposure, stance, risk, lead, others : float
        Each already in probit units.

    Source: Morrow 1994 and Smith 1995 (intervention by stakes and costs); Fearon 1997 (tied
    hands); Olson & Zeckhauser 1966 (free riding).

    Examples
    --------
    >>> round(vote_margin(0.7, 1.0, 0.5, 0.0, 0.0, 0.68, 0.0, 0.0), 6)
    -0.33
    """
    return stake * severity * gain + exposure + stance - risk + lead - others


@law
def proportionate(severity: float, force: float, combat: bool) -> bool:
    """Return whether a response may answer an act at all: combat answers force only.

    not combat, or severity >= force

    Parameters
    ----------
    severity, force : float
        s of the act; severity from which an act is force.
    combat : bool
        Whether the response is combat.

    Source: necessity and proportionality in self-defence (UN Charter art. 51; ICJ, Nicaragua
    1986: less grave acts are no armed attack).

    Examples
    --------
    >>> proportionate(0.1, 0.3, True), proportionate(0.1, 0.3, False)
    (False, True)
    """
    return severity >= force or not combat


@law
def belief_spread(variance: float, link: int) -> float:
    """Return the spread of resolve plus shock, in units of the shock's own.

    sqrt(1 + v) for the probit; sqrt(1 + pi v / 8) for the logit.

    Parameters
    ----------
    variance : float
        Variance v of the belief about resolve; the shock has standard deviation 1 (probit) or is
        standard logistic (logit).
    link : int
        ``PROBIT`` or ``LOGIT``.

    Source: sum of independent normals; for the logit MacKay 1992's approximation.

    Examples
    --------
    >>> belief_spread(3.0, 0)
    2.0
    """
    if link == LOGIT:
        return math.sqrt(1.0 + math.pi * variance / 8.0)
    return math.sqrt(1.0 + variance)


@law
def readiness(mean: float, spread: float, link: int) -> float:
    """Return the probability that an expected margin plus its error is above 0.

    Phi(mean / spread) for the probit, expit(mean / spread) for the logit.

    Parameters
    ----------
    mean : float
        Expected margin.
    spread : float
        Of :func:`belief_spread`.
    link : int
        ``PROBIT`` or ``LOGIT``.

    Source: standard.

    Examples
    --------
    >>> readiness(0.0, 1.2, 0)
    0.5
    """
    if link == LOGIT:
        return expit(mean / spread)
    return normal_cdf(mean / spread)


@law
def ending_probability(ready: FloatArray, rung: int) -> float:
    """Return the probability that a guarantor goes as far as a rung and no further.

    max_{j >= rung} ready_j - max_{j > rung} ready_j, the first being 1 for rung 0: it goes to the
    highest rung that it is ready for, and one draw of its resolve and its shock decides on all. It
    may be readier for a rung than for one below it.

    Parameters
    ----------
    ready : array of float
        Probability that it is ready for each rung, from rung 1.
    rung : int
        0 for none.

    Source: the definition; a vote is the highest rung whose margin is above 0.

    Examples
    --------
    >>> import numpy as np
    >>> ready = np.array([0.9, 0.3, 0.5])
    >>> [round(ending_probability(ready, rung), 2) for rung in range(4)]
    [0.1, 0.4, 0.0, 0.5]
    """
    further = 0.0
    for j in range(rung, len(ready)):
        further = max(further, ready[j])
    reached: float = 1.0 if rung == 0 else max(further, ready[rung - 1])
    return reached - further


@law
def act_probability(mean: float, variance: float, link: int) -> float:
    """Return the probability that mean + N(0, variance) + shock is above 0.

    Parameters
    ----------
    mean, variance : float
        Expected margin; variance of the belief about resolve.
    link : int
        ``PROBIT`` or ``LOGIT``.

    Source: :func:`readiness` at :func:`belief_spread`.

    Examples
    --------
    >>> act_probability(0.0, 0.1, 0)
    0.5
    """
    return readiness(mean, belief_spread(variance, link), link)


@law
def says_yes(private: float, margin: float) -> bool:
    """Return whether a guarantor is ready for a rung: resolve + shock + public margin above 0.

    Parameters
    ----------
    private : float
        Resolve and the shock of the crisis, probit units.
    margin : float
        The public margin with commitment.

    Raises
    ------
    ValueError
        If either is not a number: a parameter lies outside what a law allows.

    Source: random utility (Train 2009, ch. 2).

    Examples
    --------
    >>> says_yes(0.2, -0.1)
    True
    """
    index = private + margin
    if math.isnan(index):
        raise ValueError("a vote: the margin is not a number")
    return index > 0.0


@law
def crisis_shock(shared: float, own: float, share: float) -> float:
    """Return eta = sqrt(r) Z + sqrt(1 - r) e, a guarantor's shock in a crisis.

    Parameters
    ----------
    shared, own : float
        Z and e, shocks of standard deviation 1.
    share : float
        r in [0, 1], what guarantors have in common.

    Source: one-factor model (Vasicek 1987).

    Examples
    --------
    >>> crisis_shock(1.0, 0.0, 0.25)
    0.5
    """
    return math.sqrt(share) * shared + math.sqrt(1.0 - share) * own


@law
def recognised(severity: float, width: float, reading: float, threshold: float) -> bool:
    """Return whether an act reads as the casus foederis: s + width * reading > threshold.

    Parameters
    ----------
    severity : float
        s in [0, 1].
    width : float
        Ambiguity of the layer's trigger times that of the act.
    reading : float
        The arbiter's standard normal error.
    threshold : float
        Smallest severity that counts.

    Source: signal detection (Green & Swets 1966).

    Examples
    --------
    >>> recognised(0.9, 0.05, -1.0, 0.5)
    True
    """
    return severity + width * reading > threshold


@law
def recognition_probability(severity: float, width: float, threshold: float) -> float:
    """Return the probability of :func:`recognised` for a standard normal reading.

    Phi((s - threshold) / width)

    Parameters
    ----------
    severity, threshold : float
        s of the act, and the smallest that counts, in [0, 1].
    width : float
        Ambiguity of the trigger times that of the act, severity units.

    Source: signal detection (Green & Swets 1966). A sharp trigger (width 0) is a step.

    Examples
    --------
    >>> recognition_probability(0.5, 0.2, 0.5)
    0.5
    """
    if width <= 0.0:
        return 1.0 if severity > threshold else 0.0
    return normal_cdf((severity - threshold) / width)


@law
def dispute_probability(
    base: float, hazard: float, expected_help: float, exploit: float, void_clause: bool
) -> float:
    """Return the probability that provocation by the protégé is alleged.

    pi_0 + pi_1 * p + pi_2 if a void clause is there to be exploited, at most 1.

    Parameters
    ----------
    base, hazard, exploit : float
        pi_0, pi_1 and pi_2, probabilities.
    expected_help : float
        p, probability of help the protégé can count on.
    void_clause : bool
        Whether there is a clause to be exploited.

    Source: Benson 2012 (moral hazard).

    Examples
    --------
    >>> round(dispute_probability(0.03, 0.05, 0.4, 0.3, True), 6)
    0.35
    """
    total = base + hazard * expected_help
    if void_clause:
        total += exploit
    return min(1.0, total)


@law
def provoked_probability(base: float, ambiguity: float, monitoring: float) -> float:
    """Return the probability that an alleged provocation is upheld.

    base * ambiguity * (1 - monitoring)

    Parameters
    ----------
    base : float
        Probability for a wholly ambiguous act without monitors.
    ambiguity, monitoring : float
        Of the act, and quality of monitoring, in [0, 1].

    Source: the project's assumption: monitors see who began, and a plain act leaves no room.

    Examples
    --------
    >>> provoked_probability(0.3, 0.5, 0.0)
    0.15
    """
    return base * ambiguity * (1.0 - monitoring)


@law
def first_belief(mean: float, sd: float, resolve: float, noise: float, reliability: float) -> float:
    """Return the mean of the challenger's first belief about a guarantor's resolve.

    After a signal of reliability iota: mean + iota (theta - mean) + sd sqrt(iota (1 - iota)) z.
    Its variance is sd^2 (1 - iota).

    Parameters
    ----------
    mean, sd : float
        Prior of resolve, probit units.
    resolve : float
        theta, the resolve itself, probit units.
    noise : float
        z, a standard normal draw.
    reliability : float
        iota in [0, 1]: 0 ignorant, 1 informed.

    Source: normal learning (DeGroot 1970).

    Examples
    --------
    >>> first_belief(0.0, 1.0, 0.8, 0.3, 1.0)
    0.8
    """
    spread = sd * math.sqrt(reliability * (1.0 - reliability))
    return mean + reliability * (resolve - mean) + spread * noise


@law
def belief_after(
    mean: float, variance: float, low: float, high: float, weight: float
) -> tuple[float, float]:
    """Return mean and variance of a belief after news that low < theta + shock <= high.

    With probability ``1 - weight`` the observation was no news (a threat nobody had to answer),
    so the result is the mixture's mean and variance. Conduct that contradicts itself, with a lower
    bound at or above the upper, is no news either: it may come of acting in concert at a rung a
    state would not have chosen alone.

    Parameters
    ----------
    mean, variance : float
        Belief N(mean, variance) about theta; the shock is standard normal.
    low, high : float
        Bounds; infinite where there is none.
    weight : float
        Probability in [0, 1] that the observation is news at all.

    Source: moments of the truncated normal (Johnson, Kotz & Balakrishnan 1994, ch. 13); the
    pattern of an ordered probit.

    Examples
    --------
    >>> m, v = belief_after(0.0, 1.0, 0.0, float("inf"), 1.0)
    >>> round(m, 6), round(v, 6)
    (0.56419, 0.68169)
    """
    if weight <= 0.0 or variance <= 0.0 or (low == -math.inf and high == math.inf):
        return mean, variance
    if low >= high:
        return mean, variance
    total = variance + 1.0
    seen_mean, seen_sd = truncated_normal_moments(mean, math.sqrt(total), low, high)
    gain = variance / total
    after_mean = mean + gain * (seen_mean - mean)
    after_variance = variance - gain * gain * (total - seen_sd * seen_sd)
    mixed_mean = weight * after_mean + (1.0 - weight) * mean
    mixed_variance = weight * (
        after_variance + (after_mean - mixed_mean) * (after_mean - mixed_mean)
    ) + (1.0 - weight) * (variance + (mean - mixed_mean) * (mean - mixed_mean))
    return mixed_mean, mixed_variance


@law
def news_weight(recognised_share: float, act_share: float) -> float:
    """Return the probability that inaction was a refusal, where recognition is not seen.

    q (1 - p) / (q (1 - p) + 1 - q), with q the prior probability that the act was recognised and
    p that the guarantor acts if it was.

    Parameters
    ----------
    recognised_share, act_share : float
        q and p, probabilities.

    Source: Bayes' rule.

    Examples
    --------
    >>> round(news_weight(0.5, 0.5), 6)
    0.333333
    """
    refused = recognised_share * (1.0 - act_share)
    total = refused + 1.0 - recognised_share
    if total <= 0.0:
        return 1.0
    return refused / total


@law
def relaxed(value: float, prior: float, years: float, decay: float) -> float:
    """Return a belief moment relaxed towards its prior: prior + (value - prior) exp(-t / decay).

    Parameters
    ----------
    value, prior : float
        The moment and its prior, in the same unit.
    years, decay : float
        t, and the time to relax to 1/e, years.

    Source: exponential forgetting (Crescenzi 2007).

    Examples
    --------
    >>> relaxed(1.0, 0.0, 0.0, 8.0)
    1.0
    """
    return prior + fading(value - prior, years, decay)


@law
def beta_after(alpha: float, beta: float, honoured: bool, forgetting: float) -> tuple[float, float]:
    """Return a Beta belief after one observation, older ones weighted by ``forgetting``.

    forgetting * (alpha, beta) + (1, 0) where it honoured, + (0, 1) where not

    Parameters
    ----------
    alpha, beta : float
        The belief, in crises.
    honoured : bool
        What was observed.
    forgetting : float
        Weight of each older crisis, in [0, 1].

    Source: Beta-Bernoulli conjugacy with exponential forgetting.

    Examples
    --------
    >>> beta_after(2.0, 2.0, True, 1.0)
    (3.0, 2.0)
    """
    if honoured:
        return forgetting * alpha + 1.0, forgetting * beta
    return forgetting * alpha, forgetting * beta + 1.0


@law
def nested_credibility(current: float, prior: float, record: float, weight: float) -> float:
    """Return credibility from the current calculus and the record.

    logit q = logit q_current + w (logit of the record's mean - logit of the prior's mean)

    Parameters
    ----------
    current : float
        Probability of acting by present interests and power.
    prior, record : float
        Mean of the Beta belief before and after the record.
    weight : float
        w: 0 is Press's current calculus, 1 full reputational updating.

    Source: Press 2005; Crescenzi 2007. The nesting is the project's.

    Examples
    --------
    >>> round(nested_credibility(0.8, 0.5, 0.2, 0.0), 6)
    0.8
    """
    if weight == 0.0 or record == prior:
        return current
    return expit(logit(current) + weight * (logit(record) - logit(prior)))


@law
def compliance_probability(base: float, slope: float, binding: int) -> float:
    """Return the probability that a guarantor meets a deadline; rises with binding, at most 1.

    min(1, base + slope * binding)

    Parameters
    ----------
    base : float
        Probability with no legal form.
    slope : float
        Rise with each level of binding.
    binding : int
        0 none .. 4 ratified treaty.

    Source: assumption.

    Examples
    --------
    >>> round(compliance_probability(0.5, 0.1, 4), 6)
    0.9
    """
    return min(1.0, base + slope * binding)
