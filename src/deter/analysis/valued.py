"""What one replication adds to a measure: the numbers that pairs are made of.

Measures that are a probability or a mean are the mean of such numbers; rates over exposure, shares
of clustered items and medians are not, and are refused here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deter.analysis.contrasts import mean_difference, proportion_difference
from deter.analysis.estimates import Estimate, bounded_mean, nothing, proportion
from deter.analysis.kinds import Mean, Probability
from deter.analysis.measures import PER_FRAMEWORK
from deter.analysis.rows import Floats, of_sample, sample
from deter.errors import Fault, InputError
from deter.experiments.columns import describe_columns
from deter.experiments.rows import Rows
from deter.experiments.stopping import limits
from deter.experiments.values import PerReplication, per_replication

FULL_ATTACK = "p_full_attack"
STOPPED = "Clopper-Pearson at 96 %, 95 % and more after a stopping rule"


@dataclass(frozen=True)
class Valued:
    """A measure that is the mean of one number a replication.

    Attributes
    ----------
    name, label, unit : str
        Of the measure.
    what : str
        What it is, in a sentence; ``{horizon}`` stands for the length of a history.
    per : PerReplication
        The number, and where it is read.
    """

    name: str
    label: str
    unit: str
    what: str
    per: PerReplication

    @property
    def event(self) -> bool:
        """Whether the number is a yes or no."""
        return self.per.is_event

    def values(self, rows: Rows, framework: str, horizon: float, n: int) -> Floats:
        """Return the numbers of replications 0 to ``n - 1``, NaN where one failed or is not there.

        Raises
        ------
        InputError
            If the histories are too short for the measure.
        """
        here = sample(rows, framework, horizon)
        numbers = of_sample(self.per, here)
        if numbers is None:
            raise _refusal(self.name, f"needs histories longer than {horizon:g} years")
        found = np.full(n, np.nan)
        found[here.replications] = numbers
        return found

    def mean(self, values: Floats, *, span: float | None = None) -> Estimate:
        """Estimate the measure from its numbers.

        Parameters
        ----------
        values : array
            One a replication, NaN where there is none.
        span : float, optional
            Width of the range of a number that is no event, from 0; its largest value where not
            given.
        """
        there = values[np.isfinite(values)]
        if self.event:
            found = proportion(there > 0.5)
        else:
            found = bounded_mean(there, 0.0, span or _span(there)) if len(there) else nothing()
        return found.labelled(unit=self.unit, what=self.what)

    def stopped_mean(self, values: Floats) -> Estimate:
        """Estimate it from numbers between 0 and 1 of which a stopping rule chose how many.

        The limits are the rule's own (:func:`deter.experiments.stopping.limits`): of 96 %, so that
        after the stopping they hold with 95 % or more.

        Parameters
        ----------
        values : array
            One a replication, NaN where there is none.
        """
        there = values[np.isfinite(values)]
        n = len(there)
        if not n:
            return nothing(method=STOPPED).labelled(unit=self.unit, what=self.what)
        low, high = limits([n], [float(there.sum())], [float((there**2).sum())])
        found = Estimate(float(there.mean()), float(low[0]), float(high[0]), n, method=STOPPED)
        return found.labelled(unit=self.unit, what=self.what)

    def difference(self, here: Floats, there: Floats, *, span: float | None = None) -> Estimate:
        """Estimate by how much it is larger ``here`` than ``there``, over pairs without NaN.

        ``span`` is as for :meth:`mean`.
        """
        both = np.isfinite(here) & np.isfinite(there)
        left, right = here[both], there[both]
        if self.event:
            found = proportion_difference(left > 0.5, right > 0.5)
        else:
            found = mean_difference(left, right, span or max(_span(left), _span(right)))
        return found.labelled(unit=self.unit, what=f"difference under shared luck of: {self.what}")


def _span(values: Floats) -> float:
    """Return a range that holds values of at least 0; 1 where all are 0, so that it has a width."""
    return float(values.max(initial=0.0)) or 1.0


def valued(name: str, horizon: float | None = None) -> Valued:
    """Return a measure, or a column of the rows, as the mean of one number a replication.

    Parameters
    ----------
    name : str
        A probability or mean of :data:`deter.analysis.measures.PER_FRAMEWORK`, or a column of
        numbers, none of them below 0.
    horizon : float, optional
        Length of a history, for the words.

    Raises
    ------
    InputError
        If it is neither.
    """
    years = "{horizon}" if horizon is None else f"{horizon:g}"
    for m in PER_FRAMEWORK:
        if m.name == name and isinstance(m, (Probability, Mean)):
            what = m.what.replace("{horizon}", years)
            return Valued(name, m.label, m.unit, what, per_replication(name))
    column = describe_columns().get(name)
    numeric = column is not None and column.unit != "" and name != "final_credibility"
    if column is None or not numeric:
        known = [m.name for m in PER_FRAMEWORK if isinstance(m, (Probability, Mean))]
        raise _refusal(
            name,
            f"is not the mean of one number a replication; write one of {', '.join(known)}, "
            "or a column of counts or amounts in the rows",
        )
    return Valued(name, name, column.unit, f"mean of: {column.meaning}", per_replication(name))


def as_valued(per: PerReplication) -> Valued:
    """Return any measure that is one value a replication, in its own words."""
    return Valued(per.name, per.name, per.unit, per.meaning, per)


def event(name: str, horizon: float | None = None) -> Valued:
    """Return a measure that is the probability of an event.

    Raises
    ------
    InputError
        If it is something else.
    """
    found = valued(name, horizon)
    if not found.event:
        known = [m.name for m in PER_FRAMEWORK if isinstance(m, Probability)]
        raise _refusal(name, f"is no probability of an event; write one of {', '.join(known)}")
    return found


def _refusal(name: str, message: str) -> InputError:
    return InputError((Fault("--measure", 0, name, message),))
