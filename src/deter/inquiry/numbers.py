"""The numbers of a sweep that are asked about: read once, by case, framework and replication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import Estimate
from deter.analysis.valued import Valued, as_valued
from deter.experiments.study import Study
from deter.experiments.values import of_table, per_replication
from deter.inquiry.question import Question, wrong
from deter.spec.design_checks import MEASURES as STOPPABLE

Floats = NDArray[np.float64]

MOST_VALUES = 200_000_000
"""Cases times frameworks times replications that are held at once."""


@dataclass(frozen=True)
class Values:
    """The values of a measure: cases by frameworks by replications, NaN where there is none.

    Attributes
    ----------
    values : array (cases, frameworks, replications)
        The values.
    frameworks : tuple of str
        In order.
    measure : Valued
        What they are of.
    stopped : bool
        Whether their number was chosen by a stopping rule and its interval fits them.
    """

    values: Floats
    frameworks: tuple[str, ...]
    measure: Valued
    stopped: bool = False

    @property
    def is_event(self) -> bool:
        """Whether a value is 1 or 0."""
        return self.measure.event

    @property
    def unit(self) -> str:
        """Of a value."""
        return self.measure.unit

    def of(self, framework: str) -> Floats:
        """Return one framework's values, cases by replications."""
        found: Floats = self.values[:, self.frameworks.index(framework)]
        return found

    @property
    def span(self) -> float:
        """Width of the range of a value, the same for all that is told of the table."""
        return 1.0 if self.is_event else max(1.0, float(np.nanmax(self.values, initial=0.0)))

    def mean(self, framework: str, case: int) -> Estimate:
        """Estimate the measure in one case under one framework."""
        values = self.of(framework)[case]
        if self.stopped:
            return self.measure.stopped_mean(values)
        return self.measure.mean(values, span=self.span)

    def difference(self, framework: str, other: str, case: int) -> Estimate:
        """Estimate by how much it is larger under one framework than under another."""
        here, there = self.of(framework)[case], self.of(other)[case]
        return self.measure.difference(here, there, span=self.span)


def values_of(study: Study, measure: str, cases: Sequence[int] | None = None) -> Values:
    """Return the values of a measure, of some cases or all.

    Raises
    ------
    InputError
        If there is no such measure, or there are more values than can be held.
    """
    wanted = per_replication(measure)
    chosen = np.arange(len(study.cases)) if cases is None else np.asarray(sorted(cases))
    place = np.full(len(study.cases), -1)
    place[chosen] = np.arange(len(chosen))
    longest = 0
    columns = list(dict.fromkeys(("case", "framework", "replication", "status", *wanted.columns)))
    pieces = []
    for table in study.pieces(columns, None if cases is None else list(chosen)):
        replications = table.column("replication").to_numpy()
        longest = max(longest, int(replications.max(initial=-1)) + 1)
        names = table.column("framework").to_pandas().astype(str).to_numpy()
        pieces.append(
            (table.column("case").to_numpy(), names, replications, of_table(wanted, table))
        )
    size = len(chosen) * len(study.frameworks) * longest
    if size > MOST_VALUES:
        raise wrong(
            "analysis", f"{size:,} values are too many to hold; ask about fewer cases or frameworks"
        )
    values = np.full((len(chosen), len(study.frameworks), longest), np.nan)
    number = {name: k for k, name in enumerate(study.frameworks)}
    for case, names, replications, found in pieces:
        which = np.array([number[name] for name in names], dtype=np.int64)
        values[place[case], which, replications] = found
    stopped = study.rule is not None and measure in STOPPABLE
    return Values(values, study.frameworks, as_valued(wanted), stopped)


def asked_values(study: Study, question: Question) -> Values:
    """Return the values of the measure a question is about."""
    return values_of(study, question.measure)


def over_cases(values: Floats) -> Floats:
    """Return the mean over cases of each replication that ran to its end in all of them."""
    whole = np.isfinite(values).all(axis=0)
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(whole, values.mean(axis=0), np.nan)
    return found


def over_replications(values: Floats) -> Floats:
    """Return the mean of each case over the replications that ran to their end."""
    known = np.isfinite(values)
    n = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    found: Floats = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return found
