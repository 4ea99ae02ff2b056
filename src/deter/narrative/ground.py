"""The land each campaign took, from its battles: shares of the protégé's land."""

from __future__ import annotations

from collections.abc import Mapping

from deter.narrative.cast import Cast
from deter.narrative.model import Crisis, History

CLOSE = 1e-3
"""Up to here the sum over campaigns is the row's figure."""

TAKEN = ("objective", "conceded")
"""Ends of a campaign whose objective fell."""


def ground(history: History, cast: Cast) -> Mapping[int, float]:
    """Return the share of the land each campaign took, by the number of its crisis.

    Worked out from battles and prizes and compared with the row: where the sum is another, a single
    campaign is given the row's figure, and of several none is told.
    """
    told = history.row.get("ground_lost")
    if not history.attacks or not isinstance(told, (int, float)):
        return {}
    found = dict(reckoned(history, cast))
    if abs(sum(found.values()) - float(told)) <= CLOSE:
        return found
    if len(history.attacks) == 1:
        return {history.attacks[0].number: float(told)}
    return {}


def reckoned(history: History, cast: Cast) -> list[tuple[int, float]]:
    """Return the same from battles and prizes alone, in order of time."""
    left = {code: act.prize for code, act in cast.acts.items()}
    most, lost, found = 1.0 - cast.held, 0.0, []
    for crisis in history.attacks:
        act = cast.acts[crisis.last_option]
        share = _share(crisis)
        whole = act.kind == "full" and _fell(crisis)
        now = most if whole else min(most, max(0.0, lost + share * left[act.code]))
        if act.kind == "limited":
            left[act.code] *= 1.0 - share
        found.append((crisis.number, now - lost))
        lost = now
    return found


def _fell(crisis: Crisis) -> bool:
    return crisis.campaign is not None and crisis.campaign.end in TAKEN


def _share(crisis: Crisis) -> float:
    """Return the share of the way to its objective that a campaign came."""
    if _fell(crisis):
        return 1.0
    if crisis.campaign is not None and crisis.campaign.end == "horizon":
        return 0.0  # land changes hands in the model when the fighting is over
    gained, total = steps(crisis)
    return min(1.0, max(0.0, gained / total)) if total > 0 else 0.0


def steps(crisis: Crisis) -> tuple[int, int]:
    """Return the steps a campaign gained and those to its objective; zeros without a battle."""
    fight = crisis.campaign
    if fight is None or not fight.battles:
        return 0, 0
    return fight.gained, round(fight.battles[-1].above + fight.gained)
