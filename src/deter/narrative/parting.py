"""Twins: the same replication under two frameworks, and the first point where they part.

What the texts do by their calendar (signature, ratification, entry into force, …), what is
estimated, believed and voted is a cause; twins part at the first *deed* that differs: a choice, an
act, a battle, an election's outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deter.narrative.cast import LADDER
from deter.narrative.reading import Entry

OF_TEXTS = frozenset(
    (
        "signature",
        "ratification",
        "entry into force",
        "expiry",
        "renewal",
        "sanctions",
        "tranche",
        "notice",
        "exit",
        "offer",
        "election",
        "second theatre",
    )
)
"""Kinds of lines that belong to the calendar of texts and of those they bring into play."""

OF_MINDS = frozenset(("recognition", "dispute", "ruling", "decision", "vote", "learning", "cause"))
"""Kinds of lines that tell what was thought."""

SHOWN = {
    "choice": ("option",),
    "mobilisation": ("option", "seen"),
    "press": ("presses",),
    "act": ("option",),
    "resistance": ("resists",),
    "deed": ("guarantor", "rung"),
    "battle": ("won",),
    "stop": (),
    "decision point": ("widens",),
    "escalation": ("major",),
    "arrival": ("guarantor", "piece", "strength"),
    "talks": ("challenger_yes", "protege_yes"),
    "campaign ends": ("how",),
    "leader change": ("motive",),
}
"""What of a deed everybody could see, by kind."""

NOTHING = 1e-9


@dataclass(frozen=True)
class Side:
    """What stands at the point of parting on one side.

    Attributes
    ----------
    entry : Entry or None
        The deed; None where this side has none any more.
    vote : Entry or None
        Where the deed is a guarantor's on either side, its vote in that crisis on this side.
    """

    entry: Entry | None
    vote: Entry | None = None


@dataclass(frozen=True)
class Difference:
    """A number that stood differently before the deed that parts.

    ``what`` is ``utility``, ``win``, ``resist`` (``of`` an option) or ``help`` (``of`` a guarantor
    at the rung ``rung``, for the option in question).
    """

    what: str
    of: str
    left: float
    right: float
    rung: int = 0


@dataclass(frozen=True)
class Parting:
    """The first point where twins part.

    Attributes
    ----------
    time : int
        Seconds since the start.
    index : int
        How many deeds both have in common before it.
    kind : str
        Kind of the deed, as in :data:`SHOWN`.
    left, right : Side
        What stands there on each side.
    differences : tuple of Difference
        What the challenger saw differently, largest first, where the deed is its choice.
    """

    time: int
    index: int
    kind: str
    left: Side
    right: Side
    differences: tuple[Difference, ...] = field(default=())


def kind_of(entry: Entry) -> str:
    """Return the kind of a line, telling a guarantor's act (``deed``) from the challenger's."""
    return "deed" if entry.kind == "act" and "rung" in entry.numbers else entry.kind


def deeds(log: Iterable[Entry]) -> list[Entry]:
    """Return the lines of a log that tell what was done."""
    return [e for e in log if e.kind not in OF_TEXTS and e.kind not in OF_MINDS]


def face(entry: Entry) -> tuple[Any, ...]:
    """Return what of a deed everybody could see, with its time."""
    kind = kind_of(entry)
    return entry.time, kind, *(entry.numbers.get(name) for name in SHOWN.get(kind, ()))


def parting(left: Sequence[Entry], right: Sequence[Entry]) -> Parting | None:
    """Return where two logs part; None if everything that was done is the same.

    Parameters
    ----------
    left, right : sequence of Entry
        Logs of the same replication under two frameworks.
    """
    mine, theirs = deeds(left), deeds(right)
    index = 0
    while index < min(len(mine), len(theirs)) and face(mine[index]) == face(theirs[index]):
        index += 1
    one = mine[index] if index < len(mine) else None
    two = theirs[index] if index < len(theirs) else None
    first = _first(one, two)
    if first is None:
        return None
    alike_one = one if one is not None and one.time == first.time else None
    alike_two = two if two is not None and two.time == first.time else None
    who = first.numbers.get("guarantor", "")
    return Parting(
        time=first.time,
        index=index,
        kind=kind_of(first),
        left=Side(alike_one, _vote(left, who, first.time)),
        right=Side(alike_two, _vote(right, who, first.time)),
        differences=_differences(alike_one, alike_two),
    )


def _first(one: Entry | None, two: Entry | None) -> Entry | None:
    """Return the earlier of two deeds; at the same moment the left one."""
    if one is None or two is None:
        return one or two
    return two if two.time < one.time else one


def _vote(log: Sequence[Entry], who: str, time: int) -> Entry | None:
    """Return the last vote of a guarantor up to a moment, within the crisis open then."""
    if not who:
        return None
    began = max(
        (e.time for e in log if e.time <= time and kind_of(e) in ("act", "mobilisation")), default=0
    )
    votes = [e for e in log if e.kind == "vote" and began <= e.time <= time and e.actor == who]
    return votes[-1] if votes else None


def _differences(one: Entry | None, two: Entry | None) -> tuple[Difference, ...]:
    """Return what differs between two choices on the same occasion, largest first."""
    if one is None or two is None or one.kind != "choice" or two.kind != "choice":
        return ()
    option = one.numbers["option"] or two.numbers["option"]
    found = [
        Difference(what, option, one.numbers[what][option], two.numbers[what][option])
        for what in ("utility", "win", "resist")
    ]
    helps = one.numbers["acts"][option], two.numbers["acts"][option]
    found += [d for code in helps[0] for d in _helps(code, helps[0], helps[1])]
    moved = [d for d in found if abs(d.left - d.right) > NOTHING]
    return tuple(sorted(moved, key=lambda d: (d.what == "help", -abs(d.left - d.right))))


def _helps(
    code: str, mine: Mapping[str, Sequence[float]], theirs: Mapping[str, Sequence[float]]
) -> Iterable[Difference]:
    for rung in range(len(LADDER) - 1):
        yield Difference("help", code, mine[code][rung], theirs[code][rung], rung + 1)
