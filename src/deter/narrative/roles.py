"""Who came in a crisis, who did not, and at which step each stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from deter.narrative.cast import Cast, Part
from deter.narrative.model import DAY, Ballot, Crisis, Poll
from deter.narrative.standing import BOUND, OUTSIDE, UNASKED

CAME, LATE, EMPTY, PUNISHED = "came", "late", "nothing to send", "sanctions only"
UNWILLING, BLOCKED, LESS, UNDECIDED = "unwilling", "blocked", "ready for less", "undecided"
UNREAD, UNCOVERED, VOIDED, UNPOLLED = "not recognised", "not covered", "void", "not yet asked"
UNBOUND, STAKELESS = "not asked", "no stake"
"""Where a guarantor's help ended, from furthest to nearest."""

FURTHEST = (BLOCKED, UNDECIDED, LESS, UNWILLING, UNPOLLED, VOIDED, UNREAD, UNCOVERED)
"""Of several texts, the step that got furthest is told."""


@dataclass(frozen=True)
class Step:
    """How far one text got with one guarantor.

    Attributes
    ----------
    text : str
        The layer.
    how : str
        One of :data:`FURTHEST`.
    ballot : Ballot or None
        What it was ready for, where it was asked.
    poll : Poll or None
        The vote.
    """

    text: str
    how: str
    ballot: Ballot | None = None
    poll: Poll | None = None


@dataclass(frozen=True)
class Role:
    """One guarantor in one crisis.

    Attributes
    ----------
    guarantor : str
        Its code.
    how : str
        :data:`CAME` and so on; without an act the furthest step under any text that bound it,
        :data:`UNBOUND` where none did, :data:`STAKELESS` where it also had no stake of its own.
    rung : int
        The highest rung at which it acted.
    decided : float or None
        Days from the act to that.
    arrived : float or None
        Days from the beginning of the campaign to its first help.
    strength : float
        What arrived, brigade equivalents.
    under : str
        The layer it acted under; empty on its own motion.
    step : Step or None
        Under a text that bound it and did not bring it.
    standing : mapping of str to str
        Why each text that names it did not bind it.
    own : Ballot or None
        Its last decision on its own motion.
    """

    guarantor: str
    how: str
    rung: int
    decided: float | None
    arrived: float | None
    strength: float
    under: str
    step: Step | None
    standing: dict[str, str]
    own: Ballot | None

    @property
    def came(self) -> bool:
        """Whether anything it sent joined the fight."""
        return self.how == CAME


def roles(crisis: Crisis, cast: Cast) -> dict[str, Role]:
    """Return the part each guarantor played that could have played one, by code."""
    return {
        code: _role(crisis, cast, part) for code, part in cast.parts.items() if cast.playing(code)
    }


def _role(crisis: Crisis, cast: Cast, part: Part) -> Role:
    code = part.code
    deed = crisis.done().get(code)
    fight = crisis.campaign
    arrivals = [a for a in fight.arrivals if a.guarantor == code] if fight else []
    steps = [_step(crisis, cast, text, code) for text in cast.texts if _bound(crisis, text, code)]
    step = min(steps, key=lambda s: FURTHEST.index(s.how), default=None)
    own = next((b for b in reversed(crisis.own) if b.guarantor == code), None)
    if deed is None:
        how = step.how if step else UNBOUND if part.staked else STAKELESS
    elif arrivals:
        how = CAME
    elif deed.rung == 1:
        how = PUNISHED
    else:
        how = LATE if has_forces(part, deed.rung, _troops(cast, code)) else EMPTY
    return Role(
        guarantor=code,
        how=how,
        rung=deed.rung if deed else 0,
        decided=(deed.time - crisis.began) / DAY if deed else None,
        arrived=(arrivals[0].time - fight.began) / DAY if fight and arrivals else None,
        strength=sum(a.strength for a in arrivals),
        under=deed.text if deed else "",
        step=step,
        standing=_excused(crisis, cast, code),
        own=own,
    )


def has_forces(part: Part, rung: int, troops: float) -> bool:
    """Tell whether a guarantor has anything to send at a rung (2 to 4) or below."""
    pieces = (part.arms, part.air + troops, part.ground)
    return any(piece > 0 for piece in pieces[: rung - 1])


def _troops(cast: Cast, code: str) -> float:
    return max((text.troops.get(code, 0.0) for text in cast.texts.values()), default=0.0)


def _bound(crisis: Crisis, text: str, code: str) -> bool:
    polled = any(b.guarantor == code for p in crisis.polls if p.text == text for b in p.ballots)
    return polled or crisis.later.get((text, code)) == BOUND


def _excused(crisis: Crisis, cast: Cast, code: str) -> dict[str, str]:
    """Return why texts that name a guarantor do not bind it."""
    found = {text: crisis.later.get((text, code), OUTSIDE) for text in cast.texts}
    return {t: how for t, how in found.items() if how not in (BOUND, OUTSIDE, UNASKED)}


def _step(  # noqa: PLR0911
    crisis: Crisis, cast: Cast, text: str, code: str
) -> Step:
    """Return how far a text that binds a guarantor got with it."""
    if any(r.text == text and r.voids for r in crisis.rulings):
        return Step(text, VOIDED)
    if crisis.last_option not in cast.texts[text].covers:
        return Step(text, UNCOVERED)
    if code not in crisis.recognised(text):
        return Step(text, UNREAD)
    poll = next((p for p in reversed(crisis.polls) if p.text == text and not p.threat), None)
    if poll is None:
        return Step(text, UNPOLLED)
    ballot = next((b for b in poll.ballots if b.guarantor == code), None)
    if ballot is None:
        return Step(text, UNPOLLED, None, poll)
    if ballot.rung == 0:
        return Step(text, UNWILLING, ballot, poll)
    if poll.rung == 0:
        return Step(text, BLOCKED, ballot, poll)
    if poll.rung is not None and ballot.rung < poll.rung:
        return Step(text, LESS, ballot, poll)
    return Step(text, UNDECIDED, ballot, poll)


def against(poll: Poll) -> Iterator[str]:
    """Yield who was ready for nothing in a vote, least willing first."""
    refused = [ballot for ballot in poll.ballots if ballot.rung == 0]
    for ballot in sorted(refused, key=lambda b: b.above(1)):
        yield ballot.guarantor
