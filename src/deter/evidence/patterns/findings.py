"""What the patterns say of the model: estimates with intervals, bands, passes, bite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import proportion
from deter.evidence.patterns.book import BITE, Book, Pattern, Target
from deter.evidence.patterns.measures import Measure, Sums, population_measures

Floats = NDArray[np.float64]
RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """One measure of a pattern as simulated.

    Attributes
    ----------
    name, unit : str
        Which, and its unit.
    estimate, low, high : float
        With its 95 % interval; NaN where it could not be estimated.
    band : tuple of float
        In which the interval must lie.
    log : bool
        Whether it is to be drawn on a log scale.
    inside : float or None
        Share of the posterior's rows, each by itself, at which it lies in the band.
    """

    name: str
    unit: str
    estimate: float
    low: float
    high: float
    band: tuple[float, float]
    log: bool
    inside: float | None

    @property
    def passes(self) -> bool:
        """Whether the interval lies in the band."""
        return self.band[0] <= self.low and self.high <= self.band[1]

    @property
    def is_open(self) -> bool:
        """Whether it fails though its interval reaches into the band: more runs might tell."""
        return not self.passes and self.low <= self.band[1] and self.band[0] <= self.high


def band_words(low: float, high: float) -> str:
    """Return a band in words; a bound that stands for none is left out.

    Examples
    --------
    >>> band_words(-1, -1e-9), band_words(-100, 0.5), band_words(2, 6)
    ('below 0', 'up to 0.5', '2 to 6')
    """
    if low <= -1 and abs(high) < 1e-6:
        return "below 0"
    return f"up to {high:.3g}" if low <= -100 else f"{low:.3g} to {high:.3g}"


@dataclass(frozen=True)
class Finding:
    """A pattern as simulated.

    Attributes
    ----------
    pattern : Pattern
        Which.
    measured : tuple of Measured
        Its measures.
    bite : float or None
        Share of prior draws that pass, with its interval beside; None where there are no draws.
    bite_interval : tuple of float
        95 %.
    """

    pattern: Pattern
    measured: tuple[Measured, ...]
    bite: float | None
    bite_interval: tuple[float, float]

    @property
    def passes(self) -> bool:
        """Whether all measures pass."""
        return all(measured.passes for measured in self.measured)

    @property
    def has_bite(self) -> bool:
        """Whether few enough prior draws pass for the pattern to count."""
        return self.bite is not None and self.bite <= BITE

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        pattern = self.pattern
        return {
            "id": pattern.id,
            "title": pattern.title,
            "status": "pass" if self.passes else "fail",
            "in_fit": pattern.fit,
            "bite": self.bite,
            "bite_interval": list(self.bite_interval),
            "counts": self.has_bite,
            "depends_on": list(pattern.depends_on),
            "observed": pattern.observed,
            "mark": pattern.mark,
            "sources": list(pattern.sources),
            "believed": pattern.believed or None,
            "estimates": {
                m.name: {
                    "estimate": m.estimate,
                    "low": m.low,
                    "high": m.high,
                    "band": list(m.band),
                    "unit": m.unit,
                    "log": m.log,
                    "status": "pass" if m.passes else "fail",
                    "posterior_share": m.inside,
                }
                for m in self.measured
            },
        }


Interval = Callable[[Measure], tuple[float, float, float]]


def of_resampled(sums: Sums) -> Interval:
    """Return how estimates are made from sums over histories drawn anew; the first set is as is."""

    def interval(measure: Measure) -> tuple[float, float, float]:
        values = np.ravel(measure(sums))
        drawn = values[1:][np.isfinite(values[1:])]
        if not len(drawn) or not np.isfinite(values[0]):
            return (np.nan,) * 3
        low, high = np.quantile(drawn, [0.025, 0.975])
        return float(values[0]), float(low), float(high)

    return interval


def of_rows(sums: Sums, seed: int) -> Interval:
    """Return how estimates are made from sums at many rows of a posterior.

    The estimate is the median over rows, its interval that of the median when rows, with their
    histories, are drawn anew. Histories of different rows are never added up: a war is likelier in
    some rows, and pairs after a war would be those rows' pairs.
    """

    def interval(measure: Measure) -> tuple[float, float, float]:
        values = np.ravel(measure(sums))
        values = values[np.isfinite(values)]
        if len(values) < 2:
            return (np.nan,) * 3
        drawn = np.random.default_rng(seed).choice(values, (RESAMPLES, len(values)))
        low, high = np.quantile(np.median(drawn, axis=1), [0.025, 0.975])
        return float(np.median(values)), float(low), float(high)

    return interval


def findings(
    book: Book, interval: Interval, prior: Sums | None, rows: Sums | None = None
) -> tuple[Finding, ...]:
    """Return what is found of each pattern.

    Parameters
    ----------
    book : Book
        The patterns.
    interval : callable
        From a measure to estimate and interval.
    prior : mapping, optional
        Sums at draws from the prior, for bite.
    rows : mapping, optional
        Sums at rows of a posterior, for the share of them in the band.
    """
    return tuple(_finding(pattern, interval, prior, rows) for pattern in book.patterns)


def _finding(
    pattern: Pattern, interval: Interval, prior: Sums | None, rows: Sums | None
) -> Finding:
    measured = tuple(_measured(target, interval, rows) for target in pattern.targets)
    if prior is None:
        return Finding(pattern, measured, None, (0.0, 1.0))
    bite = proportion(passing(pattern, prior))
    return Finding(pattern, measured, bite.estimate, (bite.low or 0.0, bite.high or 0.0))


def passing(pattern: Pattern, sums: Sums) -> NDArray[np.bool_]:
    """Return at which draws all measures of a pattern lie in their bands, as simulated there."""
    made = [_within(target, np.ravel(target.measure(sums))) for target in pattern.targets]
    return np.asarray(np.all(made, axis=0))


def _within(target: Target, values: Floats) -> NDArray[np.bool_]:
    return np.asarray((values >= target.low) & (values <= target.high))


def _measured(target: Target, interval: Interval, rows: Sums | None) -> Measured:
    estimate, low, high = interval(target.measure)
    inside = None
    if rows is not None:
        inside = float(_within(target, np.ravel(target.measure(rows))).mean())
    band = (target.low, target.high)
    return Measured(target.name, target.unit, estimate, low, high, band, target.log, inside)


def populations(interval: Interval) -> dict[str, dict[str, dict[str, float]]]:
    """Return rates in the population of pairs, pacts given by threat and by lot, with intervals."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for how in ("threat", "random"):
        found[how] = {}
        for name, measure in population_measures(how).items():
            estimate, low, high = interval(measure)
            found[how][name] = {"estimate": estimate, "low": low, "high": high}
    return found


def counted(found: tuple[Finding, ...]) -> Mapping[str, int]:
    """Return how many patterns pass, of those with bite and of those out of the fit."""
    biting = [f for f in found if f.has_bite]
    passed = [f for f in biting if f.passes]
    out = [f for f in passed if not f.pattern.fit]
    return {
        "patterns": len(found),
        "with_bite": len(biting),
        "passed": len(passed),
        "passed_out_of_fit": len(out),
        "passed_out_of_fit_on_their_own": len([f for f in out if not f.pattern.depends_on]),
    }
