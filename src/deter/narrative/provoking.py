"""How a text provoked: where the same luck goes another way without what it gives to resent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deter.narrative.model import Choice, Crisis, History


@dataclass(frozen=True)
class Provocation:
    """Where a history in which an attack was chosen parts from one without the provocation.

    Attributes
    ----------
    time : int
        The first act that is not the same on both sides, seconds since the start.
    option : str
        What the challenger did then; empty for nothing.
    odds : mapping of str to float
        Its chances on that occasion; empty where there was none.
    other : Choice or None
        The choice on the same occasion, as it would have been; None where it would not arise.
    last : bool
        Whether that is the attack in question, and not an act before it.
    """

    time: int
    option: str
    odds: Mapping[str, float]
    other: Choice | None
    last: bool


def provocation(history: History, crisis: Crisis, other: History) -> Provocation | None:
    """Return where a history parts from another of the same luck.

    Parameters
    ----------
    history, crisis : History, Crisis
        What happened, and the attack in question.
    other : History
        The same luck without the provocation.

    Returns
    -------
    Provocation or None
        None for an attack not chosen, and where what differs was no choice of the challenger.
    """
    choice = crisis.choice
    if choice is None:
        return None
    mine, theirs = (_taken(one, choice.time) for one in (history, other))
    times = [t for t in sorted({*mine, *theirs}) if mine.get(t) != theirs.get(t)]
    if not times:
        return None
    first = times[0]
    here = next((c for c in history.choices if c.time == first), None)
    there = next((c for c in other.choices if c.time == first), None)
    if here is None:
        return None
    return Provocation(first, here.option, here.odds, there, first == choice.time)


def _taken(history: History, until: int) -> dict[int, str]:
    """Return what the challenger took, by time, where it took anything."""
    return {c.time: c.option for c in history.choices if c.time <= until and c.option}
