"""The counting rule of the floor: what each thing told in the event log needs, at the least.

A *need* is a uniform draw (Philox), a normal quantile, a normal distribution function (erfc), an
exponential, or a logarithm; an expm1, log1p, tanh or expit counts as the one evaluation it cannot
do without, a power as an exponential and a logarithm. Nothing else is counted: no comparison, sum,
queue, record, and no work that leaves no trace in the log.

Counted is what the log shows, not what the engine does:

- A draw counts once at its address, however often it is read: one shock and one clock a guarantor
  and crisis, one ratification a parliament. Draws whose outcome is not logged (candidates that are
  thinned out, elections that change nothing) do not count.
- What a choice weighed counts only where it moved since the choice before, in the three digits
  that the log gives. A program with a perfect memory would have known the rest.
- A ruin probability is a logarithm (of the odds) and two exponentials (its two powers).
- Help in time is one lag's distribution function for each chance to act that moved, from arms up.
- An update of a belief is one distribution function and one exponential, as with one bound.

Every need stands in :data:`NEEDS`, by what it is counted for; :mod:`benchmarks.floor.counting`
says how often each occurs in a log. Change either to see what it makes of the floor.
"""

from __future__ import annotations

from typing import NamedTuple


class Needs(NamedTuple):
    """Evaluations of each kind."""

    uniforms: int = 0
    quantiles: int = 0
    cdfs: int = 0
    exps: int = 0
    logs: int = 0

    def plus(self, other: Needs, times: int = 1) -> Needs:
        """Return these and another's, so many times."""
        return Needs(*(mine + times * its for mine, its in zip(self, other, strict=True)))


RUIN = Needs(exps=2, logs=1)
LAG = Needs(cdfs=1, logs=1)
LOGNORMAL_DRAW = Needs(uniforms=1, quantiles=1, exps=1)
EXPONENTIAL_DRAW = Needs(uniforms=1, logs=1)
NORMAL_DRAW = Needs(uniforms=1, quantiles=1)

NEEDS = {
    # set-up
    "history": Needs(uniforms=3, quantiles=3, exps=1),  # motive, frailty, misperception
    "guarantor": NORMAL_DRAW.plus(NORMAL_DRAW),  # resolve, and what the challenger heard of it
    # calendar
    "parliament": LOGNORMAL_DRAW.plus(Needs(uniforms=1)),  # when, and whether it ratifies
    "election": Needs(uniforms=2, quantiles=1),  # whether, and the new stance
    "notice": Needs(uniforms=1),
    "second theatre": EXPONENTIAL_DRAW,
    "leader change": EXPONENTIAL_DRAW.plus(NORMAL_DRAW),
    "renewal": Needs(uniforms=1),  # of a term, of sanctions, of a tranche
    "peace treaty": EXPONENTIAL_DRAW,
    "offer": EXPONENTIAL_DRAW,
    # an occasion: when it comes, whether it is live, whether it is taken; heat, exhaustion,
    # beliefs and sanctions fade to now, heat and exhaustion to a year ahead, forces are misjudged;
    # log-sum-exp now and a year ahead, two inclusive values, the probability of attack
    "choice": EXPONENTIAL_DRAW.plus(Needs(uniforms=2, exps=10, logs=4)),
    "choice: option weighed": Needs(exps=2),  # in the log-sum-exp, now and a year ahead
    "choice: option taken": Needs(uniforms=1),
    "choice: chance to act that moved": Needs(cdfs=1),
    "choice: help in time": LAG,
    "choice: ruin probability": RUIN,
    "choice: campaign weighed": Needs(exps=2),  # escalation, resistance
    # an attack
    "mobilisation": Needs(uniforms=1),
    "choice again": Needs(exps=1, logs=1),  # pressing after declarations; why it attacked
    "choice again: option": Needs(exps=1),
    "choice again: campaign": RUIN,
    "campaign": LOGNORMAL_DRAW.plus(EXPONENTIAL_DRAW).plus(Needs(uniforms=1)),
    "battle": EXPONENTIAL_DRAW.plus(Needs(uniforms=2, exps=1, logs=1)),  # season, odds, outcome
    "battle: going on": RUIN.plus(Needs(exps=1)),  # weighed against stopping, under sanctions
    "decision point": RUIN.plus(Needs(uniforms=1, exps=1)),
    "escalation": EXPONENTIAL_DRAW,
    "talks: types": NORMAL_DRAW.plus(NORMAL_DRAW),
    # an offer's time; prospects; the framework's worth under three sets of layers; acceptance
    "talks": EXPONENTIAL_DRAW.plus(RUIN, 4).plus(Needs(cdfs=1, exps=3, logs=3)),
    # the answer
    "crisis": NORMAL_DRAW,  # the shock all guarantors share
    "reading shared": NORMAL_DRAW,
    "reading": NORMAL_DRAW,
    "dispute": Needs(uniforms=1),
    "ruling": Needs(uniforms=1),
    "guarantor in a crisis": NORMAL_DRAW.plus(LOGNORMAL_DRAW),  # its shock and its clock
    "vote: gain": RUIN,
    "vote: help in time": LAG,
    "sanctions take hold": LOGNORMAL_DRAW,
    "arrival": LOGNORMAL_DRAW,
    "learning about a guarantor": Needs(cdfs=1, exps=1),
}
"""Evaluations needed for each thing that is counted."""

ASSESSMENTS = {"choice": 2, "choice again": 1}
"""Looks at all options that a thing counted makes the engine take, now and a year ahead."""
