"""The prior of the free parameters, and what numbers of a scenario a draw sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.evidence.patterns.book import DATA
from deter.evidence.patterns.measures import Measure, named
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parameter:
    """A free parameter.

    Attributes
    ----------
    name : str
        Its name; a column of the posterior.
    sets : mapping of str to float
        Paths it sets in the stylised scenarios, with the factor by which it is multiplied.
    prior : mapping
        As in scenarios: ``distribution`` and its parameters, with bounds.
    origin : str
        How centre and width were chosen.
    """

    name: str
    sets: Mapping[str, float]
    prior: Mapping[str, Any]
    origin: str

    @cached_property
    def law(self) -> Any:
        """The prior as a frozen distribution of SciPy."""
        from scipy import stats

        p = self.prior
        kind = p["distribution"]
        low, high = float(p["low"]), float(p["high"])
        if kind == "uniform":
            return stats.uniform(low, high - low)
        if kind == "normal":
            mean, sd = float(p["mean"]), float(p["sd"])
            return stats.truncnorm((low - mean) / sd, (high - mean) / sd, mean, sd)
        mean, sd = np.log(float(p["median"])), float(p["sd_log"])
        a, b = (np.log(low) - mean) / sd, (np.log(high) - mean) / sd
        return _Exponential(stats.truncnorm(a, b, mean, sd))


@dataclass(frozen=True)
class _Exponential:
    """A truncated lognormal law: the exponential of a truncated normal one."""

    base: Any

    def ppf(self, u: Floats) -> Floats:
        return np.asarray(np.exp(self.base.ppf(u)))

    def cdf(self, x: Floats) -> Floats:
        return np.asarray(self.base.cdf(np.log(x)))


@dataclass(frozen=True)
class Outcome:
    """An outcome of which something was believed beforehand."""

    name: str
    title: str
    measure: Measure
    low: float
    high: float


@dataclass(frozen=True)
class Prior:
    """All free parameters, independent of each other beforehand."""

    parameters: tuple[Parameter, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths that are set, each once."""
        return tuple(dict.fromkeys(path for p in self.parameters for path in p.sets))

    def points(self, u: Floats) -> Floats:
        """Return parameters at points of the unit cube, one a row."""
        laws = [parameter.law for parameter in self.parameters]
        return np.column_stack([law.ppf(u[:, j]) for j, law in enumerate(laws)])

    def cube(self, points: Floats) -> Floats:
        """Return where in the unit cube parameters lie: the inverse of :meth:`points`."""
        laws = [parameter.law for parameter in self.parameters]
        return np.column_stack([law.cdf(points[:, j]) for j, law in enumerate(laws)])

    def values(self, point: Floats) -> dict[str, float]:
        """Return what a draw sets, by path."""
        found: dict[str, float] = {}
        for parameter, value in zip(self.parameters, point, strict=True):
            for path, factor in parameter.sets.items():
                found[path] = found.get(path, 0.0) + factor * float(value)
        return found

    def draws(self, n: int, seed: int) -> Floats:
        """Return draws that fill the cube evenly (Sobol); more draws begin with the same."""
        from scipy.stats import qmc

        sobol = qmc.Sobol(len(self.parameters), scramble=True, rng=np.random.default_rng(seed))
        points = sobol.random(1 << max(n - 1, 1).bit_length())[:n]
        return self.points(np.clip(points, 1e-9, 1 - 1e-9))


@cache
def bundled_prior() -> Prior:
    """Return the prior that comes with the package."""
    path = DATA / "priors.yaml"
    data = plain(read_table(path, path.name))
    parameters = tuple(
        Parameter(name, {k: float(v) for k, v in raw["sets"].items()}, raw["prior"], raw["from"])
        for name, raw in data["parameters"].items()
    )
    outcomes = tuple(
        Outcome(name, raw["title"], named(raw["of"]), *(float(x) for x in raw["range"]))
        for name, raw in data["outcomes"].items()
    )
    return Prior(parameters, outcomes)
