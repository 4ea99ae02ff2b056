"""The response race: when help that is owed arrives, and when the objective falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deter.analysis.estimates import Estimate, nothing, share_of
from deter.analysis.rows import Floats, Sample, response_edges
from deter.analysis.survival import Curve, cumulative_incidence

ENDED = ("repulse", "stopped", "ceasefire", "escalation", "conceded")
"""Other ends of a campaign, after which its objective cannot fall; the horizon censors it."""


@dataclass(frozen=True)
class Race:
    """Help against objective, under one framework.

    Attributes
    ----------
    days : array
        Upper edges of the bins of responses, days since the crisis began.
    given : tuple of Estimate
        By each day: share of the help owed, in crises of any kind, that has been given at the
        owed rung or above; a history is a cluster.
    owed : int
        Guarantor-crises in which help was owed.
    objective : Curve
        Share of first campaigns that have reached the challenger's objective, by days since the
        campaign began; other ends compete.
    """

    days: Floats
    given: tuple[Estimate, ...]
    owed: int
    objective: Curve

    def given_by(self, day: float) -> Estimate:
        """Return the share of help given by a day: that of the last edge not after it."""
        before = int(np.searchsorted(self.days, day, side="right"))
        return self.given[before - 1] if before else nothing()

    def fallen_by(self, day: float) -> Estimate:
        """Return the share of first campaigns that have reached their objective by a day."""
        return self.objective.by(day)


def race_of(sample: Sample) -> Race:
    """Return the race between help and objective in a sample."""
    responses = sample.responses
    edges = response_edges(len(responses))[1:]
    owed = sample.numbers("n_owed")
    given = np.zeros(len(owed))
    shares = []
    for k in range(len(responses) - 1):
        given += responses[k]
        shares.append(
            share_of(given, owed).labelled(
                unit="1", what=f"share of help owed that was given within {edges[k]:.4g} days"
            )
        )
    return Race(edges, tuple(shares), int(owed.sum()), _objective(sample))


def _objective(sample: Sample) -> Curve:
    """Return the incidence of the objective over days of the first campaign."""
    reached = sample.says("first_campaign_end", "objective")
    other = np.zeros(len(reached), dtype=bool)
    for end in ENDED:
        other |= sample.says("first_campaign_end", end)
    cut = sample.says("first_campaign_end", "horizon")
    fought = reached | other | cut
    days = sample.numbers("first_campaign_days")[fought]
    return cumulative_incidence(days, reached[fought], other[fought])


__all__ = ["Race", "race_of"]
