"""The normal law by hand, as Numba-compiled code cannot call SciPy.

Density, distribution, quantile, Mills ratio and truncated moments, each checked against SciPy in
``tests/test_theory_chance.py``: relative error below 1e-10 (about 1e-12 in practice). Users of the
laws import them from :mod:`deter.theory.chance`.

Arguments outside the domain give NaN, never an exception: these run inside compiled loops.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from deter.theory.law import bits_of, float_of, inlined, law

FloatArray = NDArray[np.float64]

__all__ = [
    "mills_ratio",
    "normal_cdf",
    "normal_cdfs",
    "normal_pdf",
    "normal_quantile",
    "truncated_normal_moments",
]

_SQRT_HALF = 0.7071067811865476
_SQRT_HALF_PI = 1.2533141373155003
_INVERSE_SQRT_TWO_PI = 0.3989422804014327

# Coefficients of AS 241 (PPND16), numerator and denominator for each of its three ranges.
_CENTRE_TOP = (
    3.3871328727963666080e0,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
_CENTRE_BOTTOM = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_TAIL_TOP = (
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_TAIL_BOTTOM = (
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
_FAR_TOP = (
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
_FAR_BOTTOM = (
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)


@law
def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Horner's rule, lowest power first."""
    total = 0.0
    for i in range(len(coefficients) - 1, -1, -1):
        total = total * x + coefficients[i]
    return total


@law
def normal_pdf(x: float) -> float:
    """Density of the standard normal law: φ(x) = exp(-x²/2)/√(2π).

    *Units*: per standard deviation.

    *Source*: the definition.

    Examples
    --------
    >>> round(normal_pdf(0.0), 6)
    0.398942
    """
    return _INVERSE_SQRT_TWO_PI * math.exp(-0.5 * x * x)


# 1.5 * 2^52: added to a small number, it leaves the nearest integer in the low bits.
_ROUNDING = 6755399441055744.0
_ROUNDING_BITS = 4843621399236968448
_SPLITTER = 134217729.0
_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_BIAS, _EXPONENT = 1023, 52
_FARTHEST = 40.0
_TAIL_CENTRE = 4.0


@inlined
def _exp_minus_half_square(a: float) -> float:
    """exp(-a²/2) for 0 ≤ a ≤ 40, to the last bit or two: the square is split so as to be exact.

    Written out, not left to ``math.exp``, so that a loop over it runs four numbers at a time.
    """
    t = a * _SPLITTER
    high = t - (t - a)
    exact = -0.5 * high * high
    rest = -0.5 * (a - high) * (a + high)
    k = exact * _LOG2_E + _ROUNDING
    n = k - _ROUNDING
    r = (exact - n * _LN2_HIGH) - n * _LN2_LOW + rest
    s = r * r
    u = s * s
    p0 = 1.0 + u * (1 / 24 + u * (1 / 40320 + u * (1 / 479001600)))
    p1 = 1.0 + u * (1 / 120 + u * (1 / 362880 + u * (1 / 6227020800)))
    p2 = 1 / 2 + u * (1 / 720 + u * (1 / 3628800))
    p3 = 1 / 6 + u * (1 / 5040 + u * (1 / 39916800))
    whole = bits_of(k) - _ROUNDING_BITS
    half = bits_of(n * 0.5 + _ROUNDING) - _ROUNDING_BITS  # in two steps, for subnormal results
    first = float_of((half + _BIAS) << _EXPONENT)
    second = float_of((whole - half + _BIAS) << _EXPONENT)
    probability: float = ((p0 + r * p1) + s * (p2 + r * p3)) * first * second
    return probability


@inlined
def _scaled_tail(t: float) -> float:
    """(1 + 2z) exp(z²) erfc(z)/2 at t = (z - 4)/(z + 4), a polynomial of degree 23 in t.

    Four interleaved polynomials in t⁴, so that none waits long for another's result. The last
    digit of the constant is set so that Φ(0) is ½.
    """
    s = t * t
    u = s * s
    p0 = 0.6164975593127762 + u * (
        -0.050519533017932654
        + u
        * (
            -0.008098866990727597
            + u
            * (7.531154860009314e-05 + u * (1.4900676901515666e-07 + u * (-8.185889881783484e-09)))
        )
    )
    p1 = -0.06981055842028115 + u * (
        0.0468664174995472
        + u
        * (
            0.0025159850338287446
            + u
            * (
                -1.2198873211218208e-05
                + u * (-4.105469521280284e-07 + u * (-6.173433021911765e-09))
            )
        )
    )
    p2 = 0.007689826051305236 + u * (
        -0.03316518291015577
        + u
        * (
            -0.0003788868535319125
            + u
            * (-5.612550937829589e-06 + u * (3.557668900292652e-08 + u * (7.869141887096018e-10)))
        )
    )
    p3 = 0.03404852712733454 + u * (
        0.018583757763277836
        + u
        * (
            -9.962857330545594e-05
            + u
            * (2.853302207447867e-06 + u * (5.316927809297442e-08 + u * (4.655872489116286e-10)))
        )
    )
    return (p0 + t * p1) + s * (p2 + t * p3)


@inlined
def _normal_cdf(x: float) -> float:
    a = abs(x)
    a = _FARTHEST if a > _FARTHEST else a
    z = a * _SQRT_HALF
    tail = _scaled_tail((z - _TAIL_CENTRE) / (z + _TAIL_CENTRE))
    tail = tail * _exp_minus_half_square(a) / (1.0 + 2.0 * z)
    return tail if x < 0.0 else 1.0 - tail


@law
def normal_cdf(x: float) -> float:
    """Probability that a standard normal draw is at most x: Φ(x) = ½ erfc(-x/√2).

    Relative accuracy holds in the lower tail down to the smallest double; for the upper tail
    ask for ``normal_cdf(-x)`` rather than ``1 - normal_cdf(x)``. The scaled tail is a polynomial
    of which the coefficients were computed to 40 digits; the relative error is below 1e-15.

    *Units*: x in standard deviations; the result is a probability.

    *Source*: NIST DLMF 7.2; Shepherd and Laframboise (1981), "Chebyshev approximation of
    (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", Mathematics of Computation 36, 249-253.

    Examples
    --------
    >>> round(normal_cdf(1.0), 6), normal_cdf(0.0)
    (0.841345, 0.5)
    """
    probability: float = _normal_cdf(x)
    return probability


@law
def normal_cdfs(x: FloatArray, sd: FloatArray, n: int, out: FloatArray) -> None:
    """Fill Φ of the first n quotients, each as :func:`normal_cdf` gives it, several at a time.

    out_i = Φ(x_i / sd_i)

    *Units*: x and sd in the same; the results are probabilities.

    *Source*: as :func:`normal_cdf`.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.zeros(2)
    >>> normal_cdfs(np.array([0.0, 3.0]), np.array([1.0, 2.0]), 2, out)
    >>> bool(out[0] == normal_cdf(0.0) and out[1] == normal_cdf(1.5))
    True
    """
    for i in range(n):
        out[i] = _normal_cdf(x[i] / sd[i])


@law
def normal_quantile(u: float) -> float:
    """Value below which a standard normal draw falls with probability u: Φ⁻¹(u).

    Rational approximations in q = u - ½ for |q| ≤ 0.425 and in √(-log min(u, 1 - u)) beyond,
    with relative error about 1e-16. u = 0 and u = 1 give -∞ and +∞.

    *Units*: standard deviations.

    *Source*: Wichura (1988), "Algorithm AS 241", Applied Statistics 37(3), 477-484, PPND16.

    Examples
    --------
    >>> round(normal_quantile(0.975), 6)
    1.959964
    >>> normal_quantile(0.5)
    0.0
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(_CENTRE_TOP, r) / _polynomial(_CENTRE_BOTTOM, r)
    tail = u if q < 0.0 else 1.0 - u
    if tail > 0.0:
        r = math.sqrt(-math.log(tail))
        if r <= 5.0:
            size = _polynomial(_TAIL_TOP, r - 1.6) / _polynomial(_TAIL_BOTTOM, r - 1.6)
        else:
            size = _polynomial(_FAR_TOP, r - 5.0) / _polynomial(_FAR_BOTTOM, r - 5.0)
    elif tail == 0.0:
        size = math.inf
    else:
        size = math.nan
    return -size if q < 0.0 else size


@law
def mills_ratio(x: float) -> float:
    """Upper tail over density of the standard normal law: R(x) = (1 - Φ(x))/φ(x).

    Its inverse is the mean of a normal draw known to exceed x. Up to x = 5 by erfc, beyond by
    Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/(x + …)))), so that neither tail
    divides one vanishing number by another. Overflows to +∞ below about -37.6.

    *Units*: x in standard deviations; the result likewise.

    *Source*: Mills (1926), Biometrika 18, 395-400; continued fraction: NIST DLMF 7.9.

    Examples
    --------
    >>> round(mills_ratio(0.0), 6)
    1.253314
    >>> round(mills_ratio(100.0), 8)
    0.009999
    """
    if x <= 5.0:
        return _SQRT_HALF_PI * math.exp(0.5 * x * x) * math.erfc(x * _SQRT_HALF)
    fraction = x
    for k in range(60, 0, -1):
        fraction = x + k / fraction
    return 1.0 / fraction


# Positive nodes and weights of the 32-point Gauss-Legendre rule on (-1, 1).
_NODES = (
    0.0483076656877383162,
    0.144471961582796493,
    0.239287362252137075,
    0.33186860228212765,
    0.421351276130635345,
    0.50689990893222939,
    0.587715757240762329,
    0.663044266930215201,
    0.73218211874028968,
    0.794483795967942407,
    0.84936761373256997,
    0.896321155766052124,
    0.934906075937739689,
    0.964762255587506431,
    0.985611511545268335,
    0.997263861849481564,
)
_WEIGHTS = (
    0.0965400885147278006,
    0.0956387200792748594,
    0.0938443990808045656,
    0.0911738786957638847,
    0.0876520930044038111,
    0.0833119242269467552,
    0.0781938957870703065,
    0.0723457941088485062,
    0.0658222227763618468,
    0.0586840934785355471,
    0.0509980592623761762,
    0.0428358980222266807,
    0.0342738629130214331,
    0.0253920653092620595,
    0.0162743947309056706,
    0.0070186100094700966,
)

# exp(-_DROP) of the density's highest value on an interval no longer matters to a double.
_DROP = 40.0


@law
def _half_moments(edge: float, width: float) -> tuple[float, float, float]:
    """Integrals of 1, t and t² times exp(-edge·t - t²/2) over 0 < t ≤ width, for edge ≥ 0."""
    reach = 2.0 * _DROP / (math.hypot(edge, math.sqrt(2.0 * _DROP)) + edge)
    half = 0.5 * min(width, reach)
    mass = 0.0
    first = 0.0
    second = 0.0
    for i in range(16):
        near = half * (1.0 - _NODES[i])
        far = half * (1.0 + _NODES[i])
        near_mass = _WEIGHTS[i] * math.exp(-near * (edge + 0.5 * near))
        far_mass = _WEIGHTS[i] * math.exp(-far * (edge + 0.5 * far))
        mass += near_mass + far_mass
        first += near * near_mass + far * far_mass
        second += near * near * near_mass + far * far * far_mass
    return half * mass, half * first, half * second


# Up to here a half-line's moments in closed form lose no more than a digit.
_NEAR_TAIL = 2.0


@law
def _one_sided(edge: float) -> tuple[float, float]:
    """Mean and standard deviation of a standard normal draw given that it exceeds ``edge``."""
    hazard = normal_pdf(edge) / normal_cdf(-edge)
    return hazard, math.sqrt(1.0 - hazard * (hazard - edge))


@law
def truncated_normal_moments(
    mean: float, sd: float, low: float, high: float
) -> tuple[float, float]:
    """Mean and standard deviation of N(mean, sd²) given that the draw lies in (low, high].

    With p the point of [low, high] where the density is highest, the three integrals
    Mⱼ = ∫ tʲ φ((p + t - mean)/sd) dt give mean p + M₁/M₀ and variance M₂/M₀ - (M₁/M₀)².
    Measured from p, a unimodal law has (M₁/M₀)² ≤ 3·variance, so at most a factor of four is
    lost to the subtraction, wherever the interval lies and however narrow it is.

    Both bounds infinite: mean and sd unchanged. sd = 0: (mean, 0), since nothing moves a
    certain belief. low = high: that point. low > high or a negative sd: NaN.

    *Units*: those of ``mean``, for all arguments and both results.

    *Source*: the moments in closed form are in Johnson, Kotz and Balakrishnan (1994),
    *Continuous Univariate Distributions* 1, §13.10.1; the bound: Johnson and Rogers (1951),
    Annals of Mathematical Statistics 22, 433-439.

    *Departs*: a half-line that begins at most 2 sd beyond the mean has the closed form; elsewhere
    the integrals are computed by 32-point Gauss-Legendre on each side of p, out to where
    the density is e⁻⁴⁰ of its height, instead of the closed form with a Mills-ratio branch in
    the tails. The closed form cancels to nothing for narrow intervals; this one has no branch
    to cancel and its relative error is below 1e-12 throughout. An interval narrower than
    1e-100 sd is taken as a point.

    Examples
    --------
    >>> mean, sd = truncated_normal_moments(0.0, 1.0, 0.0, math.inf)
    >>> round(mean, 6), round(sd, 6)
    (0.797885, 0.60281)
    >>> truncated_normal_moments(0.3, 1.2, -math.inf, math.inf)
    (0.3, 1.2)
    """
    if sd == 0.0 or (low == -math.inf and high == math.inf):
        return mean, sd
    if not (0.0 < sd < math.inf and -math.inf < mean < math.inf and low <= high):
        return math.nan, math.nan
    if low == high:
        return low, 0.0
    width = (high - low) / sd
    below = (low - mean) / sd
    above = (high - mean) / sd
    half_line = high == math.inf and below <= _NEAR_TAIL
    if half_line or (low == -math.inf and above >= -_NEAR_TAIL):
        side = 1.0 if half_line else -1.0
        shift, spread = _one_sided(below if half_line else -above)
        return mean + side * sd * shift, sd * spread
    if below >= 0.0:
        anchor = low
        mass, first, second = _half_moments(below, width)
    elif above <= 0.0:
        anchor = high
        mass, first, second = _half_moments(-above, width)
        first = -first
    else:
        anchor = mean
        right_mass, right_first, right_second = _half_moments(0.0, above)
        left_mass, left_first, left_second = _half_moments(0.0, -below)
        mass = right_mass + left_mass
        first = right_first - left_first
        second = right_second + left_second
    if mass == 0.0:
        return anchor, 0.0
    shift = first / mass
    variance = second / mass - shift * shift
    return min(max(anchor + sd * shift, low), high), sd * math.sqrt(max(variance, 0.0))
