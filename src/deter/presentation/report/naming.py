"""What frameworks, measures and events are called in sentences and tables of a report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deter.presentation.report.phrases import UNKNOWN, amount, share
from deter.presentation.words import MINUS, NOTHING, interval

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate

REFERENCE = "none"

EVENTS = {
    "p_full_attack": "a full attack",
    "p_war": "a war",
    "p_limited_attack": "a limited attack",
    "p_major_escalation": "a major war with a guarantor",
    "p_lost": "the loss of the protégé",
    "p_force_within_1y": "force",
}
"""Events of probabilities, as a sentence names them."""

UNITS = {"d": "days", "y": "years", "per 10 y": "a decade", "per history": "a history"}


def called(titles: Mapping[str, str]) -> dict[str, str]:
    """Return what frameworks are called in a sentence.

    Examples
    --------
    >>> called({"none": "No guarantee", "a": "Stationed force, capable", "b": "NATO membership"})
    {'none': 'no guarantee', 'a': '“Stationed force, capable”', 'b': 'NATO membership'}
    """
    return {name: _called(name, title) for name, title in titles.items()}


def _called(name: str, title: str) -> str:
    if name == REFERENCE:
        return title[:1].lower() + title[1:]
    return f"“{title}”" if "," in title or " and " in title else title


def horizon_words(years: float) -> str:
    """Return a horizon as a sentence names it."""
    return f"within {years:g} year{'' if years == 1 else 's'}"


PROBABILITY = "the probability of "


def varying(measure: str) -> str:
    """Return what differs from one history to another, where a measure is their mean.

    Examples
    --------
    >>> varying("the probability of a full attack"), varying("ground lost")
    ('whether a full attack comes', 'ground lost')
    """
    event = measure.removeprefix(PROBABILITY)
    return measure if event == measure else f"whether {event} comes"


def told(estimate: Estimate) -> str:
    """Return an estimate with its interval and its unit, for a sentence."""
    if estimate.unit == "1":
        return share(estimate)
    if estimate.estimate is None:
        return UNKNOWN
    return amount(estimate, UNITS.get(estimate.unit, estimate.unit))


def cell(estimate: Estimate, *, signed: bool = False) -> str:
    """Return an estimate with its interval for a table; shares in per cent."""
    if estimate.estimate is None:
        return NOTHING
    return interval(estimate, percent=estimate.unit == "1", signed=signed).replace("-", MINUS)


def percent_cell(estimate: Estimate, *, signed: bool = False) -> str:
    """Return a share or a difference of shares with its interval, in per cent or points."""
    if estimate.estimate is None:
        return NOTHING
    return interval(estimate, percent=True, signed=signed).replace("-", MINUS)
