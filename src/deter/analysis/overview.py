"""A sweep at a glance: a measure by case and framework, and contrasts of frameworks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from deter.analysis.estimates import Estimate

QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Spread:
    """How a measure is spread over cases, under one framework.

    Attributes
    ----------
    framework : str
        Its name.
    mean : float
        Mean over cases.
    least, lower, median, upper, most : float
        Smallest, quartiles and largest over cases; chance within cases is part of them.
    cases : int
        Cases with a value.
    """

    framework: str
    mean: float
    least: float
    lower: float
    median: float
    upper: float
    most: float
    cases: int


@dataclass(frozen=True)
class Overview:
    """A measure in every case under every framework.

    Attributes
    ----------
    measure, unit, meaning : str
        What it is.
    labels : tuple of str
        Of the cases.
    frameworks : tuple of str
        In order.
    estimates : tuple of tuple of Estimate
        By case, then framework.
    spreads : tuple of Spread
        Over cases, by framework; empty for one case.
    """

    measure: str
    unit: str
    meaning: str
    labels: tuple[str, ...]
    frameworks: tuple[str, ...]
    estimates: tuple[tuple[Estimate, ...], ...]
    spreads: tuple[Spread, ...]


@dataclass(frozen=True)
class Contrast:
    """One framework against another.

    Attributes
    ----------
    difference : Estimate
        Paired difference of the measure.
    ratio : Estimate or None
        Hazard ratio of the first attack; None where histories of several cases are averaged.
    measure : str
        The measure.
    """

    difference: Estimate
    ratio: Estimate | None
    measure: str


def overview(
    labels: Sequence[str],
    estimates: Mapping[str, Sequence[Estimate]],
    measure: str,
    unit: str,
    meaning: str,
) -> Overview:
    """Put estimates together by case and framework, with their spread over cases."""
    names = tuple(estimates)
    by_case = tuple(tuple(estimates[name][k] for name in names) for k in range(len(labels)))
    spreads = tuple(_spread(name, estimates[name]) for name in names) if len(labels) > 1 else ()
    return Overview(measure, unit, meaning, tuple(labels), names, by_case, spreads)


def _spread(name: str, estimates: Sequence[Estimate]) -> Spread:
    values = np.array([e.estimate for e in estimates if e.estimate is not None])
    if not len(values):
        nan = float("nan")
        return Spread(name, nan, nan, nan, nan, nan, nan, 0)
    least, lower, median, upper, most = (float(q) for q in np.quantile(values, QUARTILES))
    mean = float(values.mean())
    return Spread(name, mean, least, lower, median, upper, most, len(values))
