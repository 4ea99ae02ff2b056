"""How far draws are from what is to be fitted: distances and a kernel.

Each fitted measure has a band that is taken as the 95 % interval of what was observed. On its
scale (logarithms where the measure says so) the observation is the middle and its standard
deviation the half width over 1.96. The kernel is normal in that distance, so nothing like a
tolerance is chosen: Wilkinson (2013), Stat. Appl. Genet. Mol. Biol. 12: 129-141.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import Z
from deter.evidence.calibration.draws import Draws
from deter.evidence.patterns.book import Book, Target

Floats = NDArray[np.float64]
FLOOR = 1e-3
"""Least value of which a logarithm is taken: what was not seen in a few thousand pair-years. A
choice of the method."""


@dataclass(frozen=True)
class Aim:
    """What is fitted: measures, each with a centre and a standard deviation on its own scale."""

    names: tuple[str, ...]
    targets: tuple[Target, ...]

    @staticmethod
    def of(book: Book, patterns: Sequence[str] | None = None) -> Aim:
        """Return the aim of a book: the patterns named, or those marked to be fitted."""
        chosen = {p.id for p in book.patterns if (p.fit if patterns is None else p.id in patterns)}
        held = {n: t for n, t in book.targets().items() if n.split(".")[0] in chosen}
        return Aim(tuple(held), tuple(held.values()))

    @property
    def centre(self) -> Floats:
        """The middles of the bands, on their scales."""
        return np.array([0.5 * (_scaled(t, t.low) + _scaled(t, t.high)) for t in self.targets])

    @property
    def spread(self) -> Floats:
        """The standard deviations the bands imply, on their scales."""
        width = [_scaled(t, t.high) - _scaled(t, t.low) for t in self.targets]
        return np.array(width) / (2 * Z)

    def seen(self, draws: Draws) -> Floats:
        """Return the measures of draws on their scales, one draw a row; NaN where there is none."""
        return np.column_stack([np.ravel(_scales(t, t.measure(draws.sums))) for t in self.targets])

    def distances(self, seen: Floats) -> Floats:
        """Return measures' distances from the centres, in standard deviations."""
        far = (seen - self.centre) / self.spread
        return np.where(np.isfinite(far), far, WORST)


WORST = 6.0
"""Distance of a measure that cannot be computed, since nothing of the kind happened: a choice."""


def _scaled(target: Target, value: float) -> float:
    return float(np.log(max(value, FLOOR))) if target.log else value


def _scales(target: Target, values: Floats) -> Floats:
    return np.log(np.maximum(values, FLOOR)) if target.log else values


def log_kernel(distances: Floats) -> Floats:
    """Return the logarithm of the kernel of each draw, up to a constant."""
    return np.asarray((-0.5 * np.minimum(np.abs(distances), WORST) ** 2).sum(axis=1))
