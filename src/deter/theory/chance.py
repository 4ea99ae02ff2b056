"""Chance: the laws that turn a draw into a value.

Every value takes one uniform draw (:mod:`deter.theory.luck`) through its quantile function, and
every quantile function is non-decreasing in the draw. The special functions behind them are in
:mod:`deter.theory.normal` and :mod:`deter.theory.incomplete`, and are re-exported here.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from deter.theory.incomplete import (
    regularised_beta,
    regularised_gamma_p,
    regularised_gamma_q,
    standard_beta_quantile,
    standard_gamma_quantile,
)
from deter.theory.law import law
from deter.theory.normal import (
    mills_ratio,
    normal_cdf,
    normal_cdfs,
    normal_pdf,
    normal_quantile,
    truncated_normal_moments,
)

__all__ = [
    "EXPONENTIAL",
    "FIXED",
    "GAMMA",
    "LOGNORMAL",
    "P_BETA",
    "P_DISCRETE",
    "P_FIXED",
    "P_LOGNORMAL",
    "P_NORMAL",
    "P_PERT",
    "P_TRIANGULAR",
    "P_UNIFORM",
    "WEIBULL",
    "beta_quantile",
    "discrete_place",
    "discrete_quantile",
    "exponential_quantile",
    "gamma_quantile",
    "lag_cdf",
    "lag_mean",
    "lag_quantile",
    "lognormal_quantile",
    "lognormal_score",
    "mills_ratio",
    "normal_cdf",
    "normal_cdfs",
    "normal_pdf",
    "normal_quantile",
    "normal_value",
    "parameter_quantile",
    "pert_quantile",
    "regularised_beta",
    "regularised_gamma_p",
    "regularised_gamma_q",
    "standard_beta_quantile",
    "standard_gamma_quantile",
    "triangular_quantile",
    "truncated_normal_moments",
    "truncated_normal_quantile",
    "uniform_quantile",
    "weibull_quantile",
]

# --------------------------------------------------------------------- quantiles of one draw


@law
def uniform_quantile(u: float, low: float, high: float) -> float:
    """Value of a uniform law on [low, high] at draw u: low + u·(high - low).

    *Units*: those of the bounds. low > high gives NaN.

    *Source*: the definition.

    Examples
    --------
    >>> uniform_quantile(0.25, 2.0, 6.0)
    3.0
    """
    if not low <= high:
        return math.nan
    return min(low + u * (high - low), high)


@law
def exponential_quantile(u: float, mean: float) -> float:
    """Value of an exponential law at draw u: -mean·log(1 - u).

    *Units*: those of ``mean``. A mean of 0 gives 0; a negative one NaN.

    *Source*: the inverse of F(x) = 1 - exp(-x/mean).

    Examples
    --------
    >>> round(exponential_quantile(0.5, 10.0), 6)  # 10 log 2
    6.931472
    """
    if mean > 0.0:
        return mean * -math.log(1.0 - u)  # 1 - u is exact for a draw (luck.open_unit)
    return 0.0 if mean == 0.0 else math.nan


@law
def weibull_quantile(u: float, scale: float, shape: float) -> float:
    """Value of a Weibull law at draw u: scale·(-log(1 - u))^(1/shape).

    *Units*: those of ``scale``; shape has none. A scale of 0 gives 0; outside the domain NaN.

    *Source*: the inverse of F(x) = 1 - exp(-(x/scale)^shape). The power is exp(log(·)/shape),
    so that no compiler puts a product or a root in the place of a run-time power.

    Examples
    --------
    >>> round(weibull_quantile(0.5, 10.0, 2.0), 6)  # 10 √(log 2)
    8.325546
    """
    if not (scale >= 0.0 and shape > 0.0):
        return math.nan
    if scale == 0.0 or u == 0.0:
        return 0.0
    return scale * math.exp(math.log(-math.log1p(-u)) / shape)


@law
def gamma_quantile(u: float, shape: float, scale: float) -> float:
    """Value of a gamma law at draw u: the x at which P(shape, x/scale) = u.

    *Units*: those of ``scale``; shape has none; the mean is shape·scale. A scale of 0 gives 0;
    outside the domain NaN.

    *Source*: as :func:`deter.theory.incomplete.standard_gamma_quantile`.

    Examples
    --------
    >>> round(gamma_quantile(0.5, 2.0, 5.0), 6)
    8.391735
    """
    if scale > 0.0:
        return scale * standard_gamma_quantile(u, shape)
    return 0.0 if scale == 0.0 and shape > 0.0 else math.nan


@law
def normal_value(u: float, mean: float, sd: float) -> float:
    """Value of a normal law at draw u: mean + sd·Φ⁻¹(u).

    *Units*: those of ``mean`` and ``sd``. sd = 0 gives the mean; a negative sd NaN.

    *Source*: as :func:`deter.theory.normal.normal_quantile`.

    Examples
    --------
    >>> round(normal_value(0.975, 100.0, 15.0), 4)
    129.3995
    """
    if sd > 0.0:
        return mean + sd * normal_quantile(u)
    return mean if sd == 0.0 else math.nan


@law
def lognormal_quantile(u: float, median: float, sd_log: float) -> float:
    """Value of a lognormal law at draw u: median·exp(sd_log·Φ⁻¹(u)).

    *Units*: those of ``median``; sd_log is that of the natural logarithm. A median of 0 gives 0,
    sd_log = 0 gives the median; outside the domain NaN.

    *Source*: the definition.

    Examples
    --------
    >>> round(lognormal_quantile(0.975, 10.0, 0.5), 4)
    26.6441
    """
    if not (median >= 0.0 and sd_log >= 0.0):
        return math.nan
    if median == 0.0 or sd_log == 0.0:
        return median
    return median * math.exp(sd_log * normal_quantile(u))


@law
def triangular_quantile(u: float, low: float, mode: float, high: float) -> float:
    """Value of a triangular law at draw u, its density peaking at ``mode``.

    low + √(u·w·(mode - low)) up to u = (mode - low)/w, high - √((1 - u)·w·(high - mode)) beyond,
    with w = high - low.

    *Units*: those of the bounds. low = high gives that point; outside low ≤ mode ≤ high NaN.

    *Source*: the inverse of the distribution function; Johnson, Kotz and Balakrishnan (1995),
    *Continuous Univariate Distributions* 2, §26.9.

    Examples
    --------
    >>> triangular_quantile(0.5, 0.0, 1.0, 2.0)
    1.0
    """
    if not low <= mode <= high:
        return math.nan
    width = high - low
    rise = mode - low
    if u * width < rise:
        return min(low + math.sqrt(u * width * rise), mode)
    return max(high - math.sqrt((1.0 - u) * width * (high - mode)), mode)


@law
def beta_quantile(u: float, a: float, b: float) -> float:
    """Value of a beta law on [0, 1] at draw u: the x at which Iₓ(a, b) = u.

    *Units*: none. A non-positive shape gives NaN.

    *Source*: as :func:`deter.theory.incomplete.standard_beta_quantile`.

    Examples
    --------
    >>> round(beta_quantile(0.5, 2.0, 2.0), 6)
    0.5
    """
    return standard_beta_quantile(u, a, b)


@law
def pert_quantile(u: float, low: float, mode: float, high: float) -> float:
    """Value of a Beta-PERT law at draw u: a beta law on [low, high] peaking at ``mode``.

    Its mean is (low + 4·mode + high)/6; its shapes are 1 + 4(mode - low)/(high - low)
    and 1 + 4(high - mode)/(high - low).

    *Units*: those of the bounds. low = high gives that point; outside low ≤ mode ≤ high NaN.

    *Source*: Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7(5), 646-669;
    the shapes: Vose (2008), *Risk Analysis*, 3rd ed.

    Examples
    --------
    >>> round(pert_quantile(0.5, 0.0, 1.0, 2.0), 6)
    1.0
    """
    if not low <= mode <= high:
        return math.nan
    width = high - low
    if width == 0.0:
        return low
    a = 1.0 + 4.0 * (mode - low) / width
    b = 1.0 + 4.0 * (high - mode) / width
    return min(low + width * standard_beta_quantile(u, a, b), high)


@law
def truncated_normal_quantile(u: float, mean: float, sd: float, low: float, high: float) -> float:
    """Value at draw u of N(mean, sd²) given that it lies in [low, high].

    Φ⁻¹ of the point a share u of the way from Φ((low - mean)/sd) to Φ((high - mean)/sd),
    reckoned in the tail where these are small, and held within the bounds.

    Bounds may be infinite; with both, it equals :func:`normal_value`. sd = 0 gives the mean,
    held within the bounds. An interval beyond the reach of a double's Φ (about 38 sd) gives its
    nearer bound. low > high or a negative sd gives NaN.

    *Units*: those of ``mean``.

    *Source*: inversion of the truncated distribution function; Johnson, Kotz and Balakrishnan
    (1994), *Continuous Univariate Distributions* 1, §13.10.1.

    Examples
    --------
    >>> round(truncated_normal_quantile(0.5, 0.0, 1.0, 0.0, math.inf), 6)
    0.67449
    """
    if not (sd >= 0.0 and low <= high):
        return math.nan
    if low == -math.inf and high == math.inf:
        return normal_value(u, mean, sd)
    if sd == 0.0:
        return min(max(mean, low), high)
    below = (low - mean) / sd
    above = (high - mean) / sd
    if below > 0.0:  # reckon in the upper tail
        at_low = normal_cdf(-below)
        at_high = normal_cdf(-above)
        if at_low == 0.0:
            return low
        z = -normal_quantile(at_low + u * (at_high - at_low))
    else:
        at_low = normal_cdf(below)
        at_high = normal_cdf(above)
        if at_high == 0.0:
            return high
        z = normal_quantile(at_low + u * (at_high - at_low))
    return min(max(mean + sd * z, low), high)


# ----------------------------------------------------------------------------------- lags

FIXED = 0
EXPONENTIAL = 1
GAMMA = 2
WEIBULL = 3
LOGNORMAL = 4


@law
def lag_quantile(u: float, kind: int, a: float, b: float) -> float:
    """Length of a lag at draw u.

    -a log(1 - u) for ``EXPONENTIAL``, a (-log(1 - u))^(1/b) for ``WEIBULL``, a exp(b Φ⁻¹(u)) for
    ``LOGNORMAL``, the quantile of the gamma law with scale a / b for ``GAMMA``, a for ``FIXED``.

    ``FIXED``: a. ``EXPONENTIAL``: mean a. ``GAMMA``: mean a, shape b. ``WEIBULL``: scale a,
    shape b. ``LOGNORMAL``: median a, standard deviation of the logarithm b. In every kind
    a ≤ 0 means no lag at all. A shape that is not positive gives NaN.

    *Units*: those of a (the project's lags are in days or seconds; this law does not care).

    *Source*: the quantile functions above.

    Raises
    ------
    ValueError
        If ``kind`` is none of the five.

    Examples
    --------
    >>> lag_quantile(0.3, FIXED, 14.0, 0.0)
    14.0
    >>> round(lag_quantile(0.5, LOGNORMAL, 14.0, 0.5), 6)
    14.0
    """
    if kind < FIXED or kind > LOGNORMAL:
        raise ValueError("lag kind must be FIXED, EXPONENTIAL, GAMMA, WEIBULL or LOGNORMAL (0-4)")
    if a <= 0.0:
        value = 0.0
    elif kind == FIXED:
        value = a
    elif kind == EXPONENTIAL:
        value = exponential_quantile(u, a)
    elif kind == GAMMA:
        value = gamma_quantile(u, b, a / b)
    elif kind == WEIBULL:
        value = weibull_quantile(u, a, b)
    else:
        value = lognormal_quantile(u, a, b)
    return value


@law
def lognormal_score(log_t: float, log_median: float, sd_log: float) -> float:
    """Return how many standard deviations a lognormal lag of length t lies above its median.

    (log t - log median) / sd_log; its Φ is the distribution function of :func:`lag_cdf`.

    *Units*: none.

    *Source*: the definition of the lognormal law.

    Examples
    --------
    >>> lognormal_score(2.0, 1.0, 0.5)
    2.0
    """
    return (log_t - log_median) / sd_log


@law
def lag_cdf(t: float, kind: int, a: float, b: float) -> float:
    """Probability that a lag is at most t; parameters as in :func:`lag_quantile`.

    1 - exp(-t / a) for ``EXPONENTIAL``, 1 - exp(-(t / a)^b) for ``WEIBULL``, Φ(log(t / a) / b) for
    ``LOGNORMAL``, the gamma law's P(b, b t / a) for ``GAMMA``.

    0 for t < 0, also where there is no lag; 1 from t = 0 on where there is none. A ``FIXED``
    lag, and a ``LOGNORMAL`` one with b = 0, is a step at a that includes a.

    *Units*: t as a; the result is a probability.

    *Source*: the distribution functions.

    Raises
    ------
    ValueError
        If ``kind`` is none of the five.

    Examples
    --------
    >>> lag_cdf(14.0, FIXED, 14.0, 0.0), lag_cdf(13.9, FIXED, 14.0, 0.0)
    (1.0, 0.0)
    >>> round(lag_cdf(10.0, EXPONENTIAL, 10.0, 0.0), 6)  # 1 - 1/e
    0.632121
    """
    if kind < FIXED or kind > LOGNORMAL:
        raise ValueError("lag kind must be FIXED, EXPONENTIAL, GAMMA, WEIBULL or LOGNORMAL (0-4)")
    if t < 0.0:
        share = 0.0
    elif a <= 0.0:
        share = 1.0
    elif kind == FIXED or (kind == LOGNORMAL and b == 0.0):
        share = 1.0 if t >= a else 0.0
    elif kind == EXPONENTIAL:
        share = -math.expm1(-t / a)
    elif not b > 0.0:
        share = math.nan
    elif t == 0.0:
        share = 0.0
    elif kind == GAMMA:
        share = regularised_gamma_p(b, t * b / a)
    elif kind == WEIBULL:
        share = -math.expm1(-math.exp(b * math.log(t / a)))
    else:
        share = normal_cdf(lognormal_score(math.log(t), math.log(a), b))
    return share


@law
def lag_mean(kind: int, a: float, b: float) -> float:
    """Mean of a lag; parameters as in :func:`lag_quantile`.

    a for ``FIXED``, ``EXPONENTIAL`` and ``GAMMA``; a·Γ(1 + 1/b) for ``WEIBULL``; a·exp(b²/2)
    for ``LOGNORMAL``. No lag (a ≤ 0) has mean 0.

    *Units*: those of a.

    *Source*: the means of these laws; Johnson, Kotz and Balakrishnan (1994).

    Raises
    ------
    ValueError
        If ``kind`` is none of the five.

    Examples
    --------
    >>> round(lag_mean(WEIBULL, 10.0, 2.0), 6)  # 10 √π / 2
    8.862269
    """
    if kind < FIXED or kind > LOGNORMAL:
        raise ValueError("lag kind must be FIXED, EXPONENTIAL, GAMMA, WEIBULL or LOGNORMAL (0-4)")
    if a <= 0.0:
        value = 0.0
    elif kind in (FIXED, EXPONENTIAL):
        value = a
    elif b < 0.0 or (b == 0.0 and kind != LOGNORMAL):
        value = math.nan
    elif kind == GAMMA:
        value = a
    elif kind == WEIBULL:
        value = a * math.gamma(1.0 + 1.0 / b)
    else:
        value = a * math.exp(0.5 * b * b)
    return value


# ----------------------------------------------------------------------- uncertain parameters

P_FIXED = 0
P_UNIFORM = 1
P_TRIANGULAR = 2
P_PERT = 3
P_NORMAL = 4
P_LOGNORMAL = 5
P_BETA = 6
P_DISCRETE = 7


@law
def parameter_quantile(u: float, kind: int, a: float, b: float, c: float, d: float) -> float:
    """Value of an uncertain parameter at draw u.

    ===============  ====================================================================
    ``P_FIXED``      a
    ``P_UNIFORM``    on [a, b]
    ``P_TRIANGULAR`` low a, mode b, high c
    ``P_PERT``       low a, mode b, high c
    ``P_NORMAL``     mean a, standard deviation b, truncated to [c, d]
    ``P_LOGNORMAL``  median a, standard deviation of the logarithm b, truncated to [c, d]
    ``P_BETA``       shapes a and b, scaled to [c, d]
    ===============  ====================================================================

    Give c = -∞ and d = ∞ for no truncation. ``P_DISCRETE`` needs arrays: see
    :func:`discrete_quantile`.

    *Units*: those of the parameter.

    *Source*: the quantile functions above.

    Raises
    ------
    ValueError
        If ``kind`` is none of the seven in the table.

    Examples
    --------
    >>> parameter_quantile(0.5, P_UNIFORM, 1.0, 3.0, 0.0, 0.0)
    2.0
    >>> round(parameter_quantile(0.5, P_NORMAL, 0.0, 1.0, 0.0, math.inf), 6)
    0.67449
    """
    if kind < P_FIXED or kind > P_BETA:
        raise ValueError("parameter kind must be P_FIXED to P_BETA (0-6)")
    if kind == P_FIXED:
        value = a
    elif kind == P_UNIFORM:
        value = uniform_quantile(u, a, b)
    elif kind == P_TRIANGULAR:
        value = triangular_quantile(u, a, b, c)
    elif kind == P_PERT:
        value = pert_quantile(u, a, b, c)
    elif kind == P_NORMAL:
        value = truncated_normal_quantile(u, a, b, c, d)
    elif kind == P_LOGNORMAL:
        value = _truncated_lognormal_quantile(u, a, b, c, d)
    else:
        value = min(c + (d - c) * standard_beta_quantile(u, a, b), d) if c <= d else math.nan
    return value


@law
def _truncated_lognormal_quantile(
    u: float, median: float, sd_log: float, low: float, high: float
) -> float:
    """Value at draw u of a lognormal law given that it lies in [low, high]; NaN if high ≤ 0."""
    if not (median > 0.0 and sd_log >= 0.0 and low <= high and high > 0.0):
        return math.nan
    below = math.log(low / median) if low > 0.0 else -math.inf
    above = math.log(high / median)
    value = median * math.exp(truncated_normal_quantile(u, 0.0, sd_log, below, above))
    return min(max(value, low), high)


@law
def discrete_place(u: float, weights: npt.NDArray[np.float64]) -> int:
    """Place of the value that a discrete law takes at draw u; -1 where no weight is positive.

    The first whose cumulative weight exceeds u·total.

    *Units*: none.

    *Source*: as :func:`discrete_quantile`.

    Examples
    --------
    >>> discrete_place(0.5, np.array([1.0, 2.0, 1.0]))
    1
    """
    total = 0.0
    for i in range(len(weights)):
        if weights[i] > 0.0:
            total += weights[i]
    reached = 0.0
    place = -1
    for i in range(len(weights)):
        if weights[i] > 0.0:
            reached += weights[i]
            place = i
            if u * total < reached:
                break
    return place


@law
def discrete_quantile(
    u: float, values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> float:
    """Value of a discrete law at draw u: the first whose cumulative weight exceeds u·total.

    Values are taken in the order given (ascending, if the result is to grow with u). Weights
    need not sum to one; one that is not positive never comes up. No positive weight gives NaN.

    *Units*: those of the values.

    *Source*: inversion of the distribution function.

    Examples
    --------
    >>> discrete_quantile(0.5, np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 1.0]))
    2.0
    """
    place = discrete_place(u, weights)
    return values[place] if place >= 0 else math.nan
