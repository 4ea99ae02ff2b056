"""The measures by which frameworks are compared: each with its meaning, its unit, its interval.

A measure reads one framework's sample, and the reference's where it is defined against it. Its
difference from the reference is taken over pairs that met the same luck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from deter.analysis.estimates import Estimate, nothing
from deter.analysis.kinds import (
    HonouredShare,
    Mean,
    Measure,
    MedianResponse,
    MedianYears,
    Probability,
    Rate,
)
from deter.analysis.rows import Sample, sample
from deter.analysis.twins import deterred, provoked
from deter.experiments.rows import Rows

DAYS_PER_YEAR = 365.25


def _at_least(bound: float, name: str) -> Callable[[Sample], float]:
    """Return the bound, or the largest value of a column where that is larger."""
    return lambda s: max(bound, float(s.numbers(name).max(initial=0.0)))


_WITHIN = "within {horizon} years"

PER_FRAMEWORK: tuple[Measure, ...] = (
    Probability(
        "p_limited_attack",
        "P(limited attack)",
        "1",
        f"probability of a limited attack {_WITHIN}; a history that ends before it has none",
    ),
    Probability(
        "p_full_attack",
        "P(full attack)",
        "1",
        f"probability of a full attack {_WITHIN}; a history that ends before it has none",
    ),
    Probability(
        "p_war",
        "P(war)",
        "1",
        f"probability {_WITHIN} of a campaign with losses of both sides above the threshold",
    ),
    Probability(
        "p_force_within_1y",
        "P(force within 1 y)",
        "1",
        "probability of an act of severity 0.3 or more within a year of the start",
    ),
    Rate(
        "incidents_per_10y",
        "incidents per 10 y",
        "per 10 y",
        "live acts of any severity per ten years without a campaign",
        "n_incidents",
        "years_exposed",
        10.0,
    ),
    MedianYears(
        "median_years_to_first_attack",
        "median years to first attack",
        "y",
        f"median time to the first limited or full attack; none if not reached {_WITHIN}",
        "attack",
    ),
    HonouredShare(
        "honoured_share",
        "honoured",
        "1",
        "share honoured of the obligations that came due, given that acts tested them; those "
        "still pending are left out",
    ),
    MedianResponse(
        "median_response_days",
        "median response",
        "d",
        "median days from the event to an owed response, given that acts tested it; what was not "
        "given counts as never",
    ),
    Mean(
        "ground_lost",
        "ground lost",
        "1",
        f"mean share of the protégé's land lost {_WITHIN}",
        _at_least(1.0, "ground_lost"),
    ),
    Probability(
        "p_major_escalation",
        "P(major escalation)",
        "1",
        f"probability of a major war with a guarantor {_WITHIN}",
    ),
    Mean(
        "campaign_days",
        "campaign days",
        "d",
        f"mean days of campaign {_WITHIN}, histories without one included",
        lambda s: _at_least(s.horizon * DAYS_PER_YEAR, "campaign_days")(s),
    ),
    Mean(
        "first_campaign_days",
        "first campaign, days",
        "d",
        "mean length of the first campaign, in a scenario that starts in war that war; 0 for "
        "histories without one",
        lambda s: _at_least(s.horizon * DAYS_PER_YEAR, "first_campaign_days")(s),
    ),
    Mean(
        "attack_free_years",
        "attack-free years",
        "y",
        "mean years before the first limited or full attack, or the end of the history, of "
        "{horizon}",
        lambda s: s.horizon,
    ),
    Rate(
        "campaigns",
        "campaigns",
        "per history",
        f"mean campaigns {_WITHIN}",
        "n_campaigns",
        None,
        1.0,
    ),
    Probability(
        "p_lost",
        "P(lost)",
        "1",
        f"probability that the protégé is lost {_WITHIN}",
    ),
)
"""Measures of one framework, in the order in which they are told."""

TWIN_SHARES: Mapping[str, tuple[str, Callable[[Sample, Sample], Estimate]]] = {
    "deterred_share": ("deterred", deterred),
    "provoked_share": ("provoked", provoked),
}
"""Measures of a framework against the reference: name, label, and the function."""

NAMES = (
    "p_limited_attack",
    "p_full_attack",
    "p_war",
    "p_force_within_1y",
    "incidents_per_10y",
    "median_years_to_first_attack",
    "honoured_share",
    "median_response_days",
    "ground_lost",
    "p_major_escalation",
    "deterred_share",
    "provoked_share",
    "campaign_days",
    "first_campaign_days",
    "attack_free_years",
    "campaigns",
    "p_lost",
)
"""All measures, in the order of files."""

Table = dict[str, dict[str, Estimate]]
"""Estimates by framework and measure."""


def measure(name: str) -> Measure:
    """Return a measure of one framework by its name."""
    return next(m for m in PER_FRAMEWORK if m.name == name)


def label(name: str) -> str:
    """Return the name of a measure as tables and figures show it."""
    return TWIN_SHARES[name][0] if name in TWIN_SHARES else measure(name).label


def estimates(
    table: Rows | pd.DataFrame,
    horizon: float,
    reference: str | None = None,
    names: Sequence[str] = NAMES,
) -> Table:
    """Estimate measures for every framework of a table.

    Parameters
    ----------
    table : Rows or pandas.DataFrame
        Rows of replications.
    horizon : float
        Length of a history, years.
    reference : str, optional
        The framework the twins are compared with; without it their shares are None.
    names : sequence of str
        Which measures.
    """
    rows = Rows.of(table)
    against = None if reference is None else sample(rows, reference, horizon)
    found: Table = {}
    for framework in rows.frameworks:
        here = sample(rows, framework, horizon)
        found[framework] = {
            name: _twin_share(name, here, against, framework == reference)
            if name in TWIN_SHARES
            else measure(name).estimate(here)
            for name in names
        }
    return found


def _twin_share(name: str, here: Sample, against: Sample | None, itself: bool) -> Estimate:
    if against is None:
        return nothing(len(here), "needs a reference framework")
    if itself:
        return Estimate(0.0, 0.0, 0.0, len(here), what="its own twin", method="exact")
    return TWIN_SHARES[name][1](here, against)


def differences(
    table: Rows | pd.DataFrame,
    horizon: float,
    reference: str,
    names: Sequence[str] = NAMES,
    frameworks: Sequence[str] | None = None,
) -> Table:
    """Estimate by how much frameworks' measures differ from the reference's, in pairs.

    Parameters
    ----------
    table, horizon, names
        As for :func:`estimates`.
    reference : str
        The framework others are compared with.
    frameworks : sequence of str, optional
        Which others; all where not given.
    """
    rows = Rows.of(table)
    there = sample(rows, reference, horizon)
    wanted = [measure(name) for name in names if name not in TWIN_SHARES]
    found: Table = {}
    for framework in rows.frameworks if frameworks is None else frameworks:
        if framework != reference:
            here = sample(rows, framework, horizon)
            found[framework] = {m.name: m.difference(here, there) for m in wanted}
    return found
