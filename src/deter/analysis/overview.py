"""A sweep at a glance: a measure by case and framework, and contrasts of frameworks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from deter.analysis.estimates import Estimate
from deter.analysis.variance import Split

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
class Stopped:
    """How a stopping rule chose the replications of estimates, and what that does to intervals.

    Attributes
    ----------
    measure : str
        The measure that was to be known.
    half_width : float
        How well: the distance of either limit from the estimate.
    least, most : int
        Replications of a case under a framework.
    kind : {"its own", "another's", "fixed"}
        Whose limits are told: the rule's, of its own measure; the rule's, of another measure that
        lies between 0 and 1 too; those of a number of replications that is given beforehand.
    short : tuple of (int, str)
        Cases and frameworks that reached the most without being known so well.
    of : int
        How many combinations of case and framework there are.
    """

    measure: str
    half_width: float
    least: int
    most: int
    kind: str
    short: tuple[tuple[int, str], ...]
    of: int


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
    stopped : Stopped or None
        How the number of replications was chosen; None where it was given.
    """

    measure: str
    unit: str
    meaning: str
    labels: tuple[str, ...]
    frameworks: tuple[str, ...]
    estimates: tuple[tuple[Estimate, ...], ...]
    spreads: tuple[Spread, ...]
    stopped: Stopped | None = None


@dataclass(frozen=True)
class Contrast:
    """One framework against another.

    Attributes
    ----------
    difference : Estimate
        Paired difference of the measure.
    ratio : Estimate or None
        Hazard ratio of the first attack; None where histories of several cases are averaged, or
        the measure is not of attacks.
    measure : str
        The measure.
    unit : str
        Of the measure; ``1`` for probabilities and shares.
    """

    difference: Estimate
    ratio: Estimate | None
    measure: str
    unit: str = "1"


@dataclass(frozen=True)
class Variances:
    """Where the variance of a measure comes from, framework by framework.

    Attributes
    ----------
    measure : str
        The measure.
    splits : mapping of str to Split
        By framework.
    """

    measure: str
    splits: Mapping[str, Split]


def overview(
    labels: Sequence[str],
    estimates: Mapping[str, Sequence[Estimate]],
    measure: str,
    unit: str,
    meaning: str,
    stopped: Stopped | None = None,
) -> Overview:
    """Put estimates together by case and framework, with their spread over cases."""
    names = tuple(estimates)
    by_case = tuple(tuple(estimates[name][k] for name in names) for k in range(len(labels)))
    spreads = tuple(_spread(name, estimates[name]) for name in names) if len(labels) > 1 else ()
    return Overview(measure, unit, meaning, tuple(labels), names, by_case, spreads, stopped)


def _spread(name: str, estimates: Sequence[Estimate]) -> Spread:
    values = np.array([e.estimate for e in estimates if e.estimate is not None])
    if not len(values):
        nan = float("nan")
        return Spread(name, nan, nan, nan, nan, nan, nan, 0)
    least, lower, median, upper, most = (float(q) for q in np.quantile(values, QUARTILES))
    mean = float(values.mean())
    return Spread(name, mean, least, lower, median, upper, most, len(values))
