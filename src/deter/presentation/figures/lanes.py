"""What a timeline shows: for each actor a lane, and on it marks and spans with a meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deter.narrative.cast import Cast
from deter.narrative.causes import decisive
from deter.narrative.model import DAY, Crisis, History
from deter.presentation.figures.calendar import calendar

CHALLENGER, PROTEGE, TEXTS = "challenger", "protege", "texts"
MOST_NEAR = 0.5
"""Part of a history beyond which an attack has no panel of its own: the whole shows it as well."""

MARKS = {
    "short": "act short of attack",
    "mobilises": "mobilisation",
    "attacks": "attack",
    "lost": "battle lost by the protégé",
    "won": "battle won by it",
    "election": "new government",
    "ratified": "parliament ratifies",
    "refused": "parliament refuses",
    "text": "text signed, in force, or at its end",
    "sanctions": "acts: sanctions",
    "arms": "acts: arms",
    "forces": "acts: own forces",
    "arrival": "help arrives",
}
"""Kinds of marks, and what each is called in the key."""


@dataclass(frozen=True)
class Mark:
    """Something that happened: on which lane, when (in the unit of the axis), of which kind."""

    lane: str
    at: float
    kind: str


@dataclass(frozen=True)
class Span:
    """A stretch of time over all lanes: a campaign (``war``) or a mobilisation (``threat``)."""

    begin: float
    end: float
    kind: str
    label: str


@dataclass(frozen=True)
class Lanes:
    """What one panel shows.

    Attributes
    ----------
    names : mapping of str to str
        Lanes and what they are called, from the top.
    marks, spans : tuple
        What is on them.
    begin, end : float
        Ends of the axis, years of the calendar or days since the act.
    unit : str
        What the axis counts.
    over : float or None
        When the campaign was over, to be marked; None in years.
    """

    names: dict[str, str]
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]
    begin: float
    end: float
    unit: str
    over: float | None = None


def lanes_of(history: History, cast: Cast) -> tuple[Lanes, ...]:
    """Return the panels of a history: all of it in years, and its deciding attack in days."""
    names = _names(history, cast)
    year = calendar(cast)
    first = year(0.0)
    whole = Lanes(
        names,
        tuple(m for m in _marks(history, year) if m.lane in names),
        tuple(_spans(history.crises, year)),
        first,
        max(year(history.end), first + 0.1),
        "year",
    )
    crisis = decisive(history, cast)
    near = None if crisis is None else _near(history, crisis, names)
    if near is None or (near.end - near.begin) * DAY > MOST_NEAR * history.end:
        return (whole,)
    return whole, near


def _names(history: History, cast: Cast) -> dict[str, str]:
    """Return lanes: the two sides, the texts, then guarantors by how much they did."""
    names = {CHALLENGER: cast.challenger, PROTEGE: cast.protege}
    if cast.texts:
        names[TEXTS] = "texts"
    deeds = {code: 0 for code in cast.parts if cast.playing(code)}
    for crisis in history.crises:
        for code, deed in crisis.done().items():
            if code in deeds:
                deeds[code] += 1 + (10 * deed.rung if crisis.attack else 0)
    ranked = sorted(deeds, key=lambda code: (-deeds[code], code))
    return names | {code: cast.parts[code].title.removeprefix("the ") for code in ranked}


def _near(history: History, crisis: Crisis, names: dict[str, str]) -> Lanes | None:
    """Return the panel of one attack, in days since it began."""
    fight = crisis.campaign
    if fight is None or fight.days < 1e-9:
        return None

    def day(time: float) -> float:
        return (time - crisis.began) / DAY

    begin = day(crisis.time)
    end = max(day(fight.ended), 1.0)
    room = 0.04 * (end - begin)
    marks = [m for m in _marks(history, day) if begin - room <= m.at <= end + room]
    spans = _spans((crisis,), day)
    kept = tuple(m for m in marks if m.lane in names)
    busy = {m.lane for m in kept} | {CHALLENGER, PROTEGE}
    return Lanes(
        {lane: name for lane, name in names.items() if lane in busy},
        kept,
        tuple(spans),
        begin - room,
        end + room,
        "days since the attack",
        day(fight.ended),
    )


def _spans(crises: tuple[Crisis, ...], place: Callable[[float], float]) -> Iterator[Span]:
    for crisis in crises:
        fight = crisis.campaign
        if crisis.mobilised is not None:
            yield Span(place(crisis.mobilised), place(crisis.began), "threat", "")
        if fight is not None:
            yield Span(place(fight.began), place(fight.ended), "war", str(crisis.number))


def _marks(history: History, place: Callable[[float], float]) -> Iterator[Mark]:
    for event in history.events:
        kind = _event(event.kind, event.passes)
        lane = TEXTS if kind == "text" else event.actor
        if kind:
            yield Mark(lane, place(event.time), kind)
    for crisis in history.crises:
        yield from _of_crisis(crisis, place)


def _event(kind: str, passes: bool) -> str:
    if kind == "ratification":
        return "ratified" if passes else "refused"
    if kind in ("signature", "entry into force", "expiry", "renewal", "sanctions"):
        return "text"
    return "election" if kind == "election" else ""


def _of_crisis(crisis: Crisis, place: Callable[[float], float]) -> Iterator[Mark]:
    if crisis.mobilised is not None:
        yield Mark(CHALLENGER, place(crisis.mobilised), "mobilises")
    if not crisis.stood_down and crisis.source != "initial":
        yield Mark(CHALLENGER, place(crisis.began), "attacks" if crisis.attack else "short")
    for deed in crisis.deeds:
        yield Mark(
            deed.guarantor,
            place(deed.time),
            ("sanctions", "arms", "forces", "forces")[deed.rung - 1],
        )
    fight = crisis.campaign
    for battle in fight.battles if fight else ():
        yield Mark(PROTEGE, place(battle.time), "lost" if battle.won else "won")
    for arrival in fight.arrivals if fight else ():
        yield Mark(arrival.guarantor, place(arrival.time), "arrival")
