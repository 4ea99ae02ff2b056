"""The closest calls of a history: decisions and chances that almost went the other way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from deter.narrative.model import Ballot, Crisis, History, Poll
from deter.narrative.standing import REFUSED

NORMAL = NormalDist()
REACH, ARMS = 4, 2
"""Highest rung, and the first that adds strength."""

SPARE = 1e-3
"""Probits by which a nudge passes the mark."""


@dataclass(frozen=True)
class Call:
    """Something that might have gone the other way.

    Attributes
    ----------
    time : int
        When.
    kind : str
        ``vote``, ``choice``, ``press``, ``widening``, ``ratification``, ``talks`` or ``detection``.
    who : str
        Whose it was: a guarantor's code, ``challenger``, ``protege``.
    rung : int
        Of a vote, the rung it just missed (``short``) or just reached; else 0.
    near : float
        The probability of the other outcome before luck was known; of a vote, the share of crises
        whose mood lies between what it was and what the other outcome needed.
    chance : float
        Of a vote, how likely it was to be ready for that rung, as told of it elsewhere; else NaN.
    short : float
        Of a vote, how much resolve was wanting (above 0) or to spare (below 0), probits; else NaN.
    text : str
        Layer, if any.
    crisis : int
        Number of the crisis; 0 for none.
    blocks : bool
        Of a vote, whether it was against where others were willing and the rule yielded nothing.
    """

    time: int
    kind: str
    who: str
    rung: int
    near: float
    short: float
    text: str
    crisis: int
    blocks: bool = False
    chance: float = math.nan


def calls(history: History, crisis: Crisis) -> list[Call]:
    """Return what might have gone otherwise in a crisis, nearest first, votes apart from chances.

    Votes come first; among votes and among chances the nearest first.
    """
    found = [*_votes(crisis), *_chances(history, crisis)]
    return sorted(found, key=lambda call: (call.kind != "vote", _rank(call)))


def _rank(call: Call) -> tuple[int, float]:
    """Order votes that blocked first, then those for more than sanctions; the nearest first."""
    if call.kind != "vote":
        return 0, -call.near
    return (0 if call.blocks else 1 if call.rung >= ARMS else 2), call.near


def nudges(history: History, crisis: Crisis | None) -> dict[str, float]:
    """Return the nearest vote that fell short, as the resolve its guarantor would have needed.

    Returns
    -------
    dict of str to float
        Guarantor and probits, with a little to spare; empty where no vote fell short.
    """
    votes = [c for c in calls(history, crisis) if c.kind == "vote"] if crisis else []
    return {votes[0].who: votes[0].short + SPARE} if votes else {}


def _votes(crisis: Crisis) -> Iterator[Call]:
    """Yield the votes that would have brought more if a little more resolve had been there."""
    done = crisis.done()
    latest: dict[tuple[str, str], tuple[Ballot, Poll | None]] = {}
    for held in crisis.polls:
        if not held.threat:
            for ballot in held.ballots:
                if ballot.guarantor in held.bound:
                    latest[ballot.guarantor, ballot.text] = ballot, held
    for ballot in crisis.own:
        latest[ballot.guarantor, ""] = ballot, None
    for (code, text), (ballot, poll) in latest.items():
        willing = [b.rung for b in poll.ballots if b.rung > 0] if poll else []
        blocks = poll is not None and poll.rung == 0 and ballot.rung == 0 and bool(willing)
        reached = max(ballot.rung, done[code].rung if code in done else 0)
        if not blocks and (ballot.rung < reached or reached >= REACH):
            continue
        rung = min(willing) if blocks else reached + 1
        short = -ballot.above(rung)
        if 0.0 < short < math.inf:
            near = abs(NORMAL.cdf(ballot.shock + short) - NORMAL.cdf(ballot.shock))
            chance = ballot.ready(rung)
            yield Call(
                ballot.time, "vote", code, rung, near, short, text, crisis.number, blocks, chance
            )


def _chances(history: History, crisis: Crisis) -> Iterator[Call]:
    choice = crisis.choice
    none, n = math.nan, crisis.number
    if choice is not None:
        near = choice.odds.get("refrain", 0.0)
        yield Call(choice.time, "choice", "challenger", 0, near, none, "", n)
    if crisis.mobilised is not None and crisis.pledges and not math.isnan(crisis.press_chance):
        near = 1.0 - crisis.press_chance if crisis.presses else crisis.press_chance
        yield Call(crisis.began, "press", "challenger", 0, near, none, "", n)
    if crisis.mobilised is not None and not crisis.seen:
        yield Call(crisis.mobilised, "detection", "world", 0, crisis.seen_chance, none, "", n)
    fight = crisis.campaign
    for turn in fight.turns if fight else ():
        if turn.what in ("widen", "keep"):
            near = 1.0 - turn.chance if turn.what == "widen" else turn.chance
            yield Call(turn.time, "widening", "challenger", 0, near, none, "", n)
    yield from _parliaments(history, crisis)


def _parliaments(history: History, crisis: Crisis) -> Iterator[Call]:
    """Yield ratifications that failed and left a text without a member in this crisis."""
    for event in history.events:
        key = event.text, event.actor
        if event.kind == "ratification" and crisis.standing.get(key) == REFUSED:
            yield Call(
                event.time,
                "ratification",
                event.actor,
                0,
                event.chance,
                math.nan,
                event.text,
                crisis.number,
            )
