"""The kinds of measures: a probability, a mean, a rate, a share of clustered items, medians.

A kind knows how to estimate from one framework's sample, and how to take the difference of two
samples that met the same luck.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deter.analysis.contrasts import (
    mean_difference,
    proportion_difference,
    rate_difference,
    share_difference,
)
from deter.analysis.estimates import Estimate, bounded_mean, nothing, proportion, rate, share_of
from deter.analysis.medians import (
    median_difference,
    median_response,
    median_time,
    middle_of_responses,
    middle_of_times,
)
from deter.analysis.rows import Bools, Floats, Sample, matched, of_sample
from deter.analysis.survival import incidence_of
from deter.experiments.values import per_replication


@dataclass(frozen=True)
class Measure(ABC):
    """One output by which frameworks are compared.

    Attributes
    ----------
    name : str
        Its name in files.
    label : str
        Its name in tables and figures.
    unit : str
        ``1`` for a probability or share.
    what : str
        What it is, in a sentence; ``{horizon}`` stands for the length of a history.
    """

    name: str
    label: str
    unit: str
    what: str

    @abstractmethod
    def raw(self, here: Sample) -> Estimate:
        """Return the estimate with no words."""

    @abstractmethod
    def raw_difference(self, here: Sample, there: Sample) -> Estimate:
        """Return the difference over pairs with no words."""

    def estimate(self, here: Sample) -> Estimate:
        """Estimate the measure under one framework."""
        return self.raw(here).labelled(unit=self.unit, what=self.meaning(here.horizon))

    def difference(self, here: Sample, there: Sample) -> Estimate:
        """Estimate by how much it is larger ``here`` than ``there``, over matched pairs."""
        pair = matched((here, there))
        what = f"difference under shared luck of: {self.meaning(here.horizon)}"
        return self.raw_difference(*pair).labelled(unit=self.unit, what=what)

    def meaning(self, horizon: float) -> str:
        """Return what it is, for histories of a length."""
        return self.what.format(horizon=f"{horizon:g}")


@dataclass(frozen=True)
class Probability(Measure):
    """The probability of an event, competing ends counting as no event: a plain share.

    No history is censored before the horizon, so that the Aalen-Johansen incidence at the horizon
    is the share of histories in which the event happened, and its interval Wilson's. Which event
    it is :mod:`deter.experiments.values` says, by the measure's name.
    """

    def event(self, here: Sample) -> Bools | None:
        """Tell of each history whether it happened; None where histories are too short."""
        found = of_sample(per_replication(self.name), here)
        return None if found is None else found.astype(np.bool_, copy=False)

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        happened = self.event(here)
        return nothing(len(here)) if happened is None else proportion(happened)

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        left, right = self.event(here), self.event(there)
        if left is None or right is None:
            return nothing(len(here))
        return proportion_difference(left, right)


@dataclass(frozen=True)
class Mean(Measure):
    """The mean of one number a history, between 0 and ``ceiling`` of the sample.

    Which number it is :mod:`deter.experiments.values` says, by the measure's name.
    """

    ceiling: Callable[[Sample], float]

    def values(self, here: Sample) -> Floats:
        """Return the number of each history."""
        return per_replication(self.name).made(here).astype(np.float64, copy=False)

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        if not len(here):
            return nothing()
        return bounded_mean(self.values(here), 0.0, self.ceiling(here))

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        if not len(here):
            return nothing()
        span = max(self.ceiling(here), self.ceiling(there))
        return mean_difference(self.values(here), self.values(there), span)


@dataclass(frozen=True)
class Rate(Measure):
    """Events over exposure in units of ``per``; an exposure of None is one a history."""

    events: str
    exposure: str | None
    per: float

    def _parts(self, s: Sample) -> tuple[Floats, Floats]:
        spent = np.ones(len(s)) if self.exposure is None else s.numbers(self.exposure)
        return s.numbers(self.events), spent / self.per

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        return rate(*self._parts(here))

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        return rate_difference(self._parts(here), self._parts(there))


@dataclass(frozen=True)
class HonouredShare(Measure):
    """Obligations honoured among those that came due and were settled."""

    @staticmethod
    def _parts(s: Sample) -> tuple[Floats, Floats]:
        return s.numbers("n_honoured"), s.numbers("n_owed") - s.numbers("n_pending")

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        return share_of(*self._parts(here))

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        return share_difference(self._parts(here), self._parts(there))


@dataclass(frozen=True)
class MedianYears(Measure):
    """Median time to a first, early ends without it taken as never."""

    first: str

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        return median_time(incidence_of(here, self.first))

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        left, right = (middle_of_times(s.time_or_never(self.first)) for s in (here, there))
        return median_difference(left, right, len(here))


@dataclass(frozen=True)
class MedianResponse(Measure):
    """Median days from the event to an owed response, what was not given taken as never."""

    def raw(self, here: Sample) -> Estimate:  # noqa: D102
        return median_response(here.responses, here.numbers("n_unanswered"))

    def raw_difference(self, here: Sample, there: Sample) -> Estimate:  # noqa: D102
        left, right = (
            middle_of_responses(s.responses, s.numbers("n_unanswered")) for s in (here, there)
        )
        return median_difference(left, right, len(here))
