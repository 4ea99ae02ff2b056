"""Integrals of laws: the double exponential rule of Takahasi and Mori (1974).

It takes what these laws do at the ends of their range (infinite slopes, long tails) without
losing digits. The function must be smooth inside; break the range where it is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

STEP = 1 / 16
REACH = 4.0


@lru_cache
def unit_nodes() -> tuple[tuple[float, float], ...]:
    """Return nodes and weights on (0, 1): u = (1 + tanh(π/2 sinh x))/2.

    Examples
    --------
    >>> round(sum(w for _, w in unit_nodes()), 12)
    1.0
    """
    nodes = []
    for n in range(-round(REACH / STEP), round(REACH / STEP) + 1):
        x = n * STEP
        y = math.pi * math.sinh(x)
        u = 1.0 / (1.0 + math.exp(-y))
        weight = STEP * math.pi * math.cosh(x) * u / (1.0 + math.exp(y))
        if 0.0 < u < 1.0 and weight > 0.0:
            nodes.append((u, weight))
    return tuple(nodes)


def over_unit(f: Callable[[float], float]) -> float:
    """Return the integral of a function over (0, 1).

    Examples
    --------
    >>> round(over_unit(lambda u: u**-0.5), 9)
    2.0
    """
    total = 0.0
    for u, weight in unit_nodes():
        total += weight * f(u)
    return total


def over_interval(f: Callable[[float], float], low: float, high: float) -> float:
    """Return the integral of a function over an interval.

    Examples
    --------
    >>> round(over_interval(lambda x: x, 0.0, 3.0), 9)
    4.5
    """
    return (high - low) * over_unit(lambda u: f(low + u * (high - low)))


def over_half_line(
    f: Callable[[float], float], scale: float, breaks: Sequence[float] = ()
) -> float:
    """Return the integral of a function over (0, ∞).

    Parameters
    ----------
    f : callable
        Smooth but at ``breaks``; it must vanish at infinity.
    scale : float
        Where most of it lies.
    breaks : sequence of float
        Points at which it jumps or bends.

    Examples
    --------
    >>> round(over_half_line(lambda t: math.exp(-t / 5.0), 1.0), 9)
    5.0
    """
    start, total = 0.0, 0.0
    for end in sorted({point for point in breaks if point > 0.0}):
        total += over_interval(f, start, end)
        start = end
    for n in range(-round(5.0 / STEP), round(5.0 / STEP) + 1):
        x = n * STEP
        t = scale * math.exp(0.5 * math.pi * math.sinh(x))
        weight = STEP * 0.5 * math.pi * math.cosh(x) * t
        if math.isfinite(weight) and (value := f(start + t)) != 0.0:
            total += weight * value
    return total


def root(f: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function that does not fall crosses 0 between two points, by bisection.

    Examples
    --------
    >>> round(root(lambda x: x * x - 2.0, 0.0, 2.0), 9)
    1.414213562
    """
    for _ in range(200):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if f(middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
