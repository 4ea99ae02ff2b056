"""The chronicle: dated paragraphs, attacks told whole, the rest condensed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deter.narrative.cast import Cast
from deter.narrative.causes import decisive, stage
from deter.narrative.ground import ground
from deter.narrative.model import DAY, Crisis, History
from deter.presentation.narrative.answering import answered, deeds, votes
from deter.presentation.narrative.fighting import battles, ended, fought, held
from deter.presentation.narrative.lesser import calendar, incidents, mattering, refrained
from deter.presentation.narrative.phrases import (
    NOUNS,
    days,
    grouped,
    likely,
    listed,
    pct,
    sentences,
)
from deter.presentation.narrative.states import states
from deter.presentation.narrative.stopping import why_not_stopped
from deter.presentation.narrative.weighing import quoted, weighed
from deter.presentation.words import capital

SURE = 0.95
"""Resistance more likely than this goes without saying."""


@dataclass(frozen=True)
class Paragraph:
    """A dated paragraph.

    Attributes
    ----------
    time : int
        What it is filed under, seconds since the start.
    text : str
        The prose.
    head : str
        A heading above it, for the beginning of an attack.
    """

    time: int
    text: str
    head: str = ""


def chronicle(history: History, cast: Cast, since: int = 0) -> list[Paragraph]:
    """Return the story of a history, in order of time.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    since : int
        Leave out what came before; an attack that began before is told whole.
    """
    found: list[Paragraph] = []
    great = [c for c in history.crises if c.attack or c.stood_down]
    decided = decisive(history, cast)
    whole = [c for c in great if c is decided or c.stood_down]
    land = ground(history, cast)
    began = since
    for crisis in great:
        if crisis.time < since:
            continue
        fight = crisis.campaign
        over = crisis.began if fight is None else fight.ended
        number = f"Crisis {whole.index(crisis) + 1} of {len(whole)}: " if crisis in whole else ""
        told = attack(crisis, cast, land) if crisis in whole else briefly(crisis, cast, land)
        first, *rest = told
        if first.head:
            first = replace(first, head=f"{number if len(whole) > 1 else ''}{first.head}")
        if crisis.source != "initial":
            found += _stretch(history, cast, began, crisis.time + 1)
        meanwhile = _stretch(history, cast, max(began, _opened(crisis)), over)
        found += sorted([first, *rest[:-1], *meanwhile], key=lambda p: p.time)
        found += rest[-1:]
        began = max(over, crisis.time + 1)
    found += _stretch(history, cast, began, history.end + 1)
    return [replace(p, text=sentences(p.text)) for p in found]


def _opened(crisis: Crisis) -> int:
    """Return from when on the calendar is told within a crisis."""
    return 0 if crisis.source == "initial" else crisis.time + 1


def _stretch(history: History, cast: Cast, began: int, until: int) -> list[Paragraph]:
    """Return what is condensed between two attacks, in order of time."""
    inside = [
        c for c in history.crises if began <= c.time < until and not c.attack and not c.stood_down
    ]
    events = [e for e in mattering(history) if began <= e.time < until]
    passed = [c for c in history.choices if began <= c.time < until]
    dates = [*calendar(events, cast), *incidents(inside, cast)]
    idle = [c for c in passed if not c.option]
    if idle:
        dates.append((idle[0].time, refrained(passed, cast)))
    return [Paragraph(time, text) for time, text in sorted(dates, key=lambda d: d[0]) if text]


def briefly(crisis: Crisis, cast: Cast, land: Mapping[int, float]) -> Iterator[Paragraph]:
    """Yield an attack that did not decide: that it came, what was answered, how it ended."""
    title = quoted(cast.acts[crisis.option].title)
    if crisis.choice is not None:
        odds = crisis.choice.odds
        how = (
            f" ({pct(odds.get(crisis.option, 0.0))} likely on that occasion; doing nothing "
            f"{pct(odds.get('refrain', 0.0))})"
        )
    else:
        how = " (by the script)" if crisis.source == "scripted" else " (under way from the start)"
    verb = "resists" if crisis.resists or crisis.resists is None else "concedes"
    yield Paragraph(
        crisis.began,
        f"{capital(cast.challenger)} attacks: {title}{how}. {capital(cast.protege)} {verb}.",
    )
    fight = crisis.campaign
    if fight is not None:
        told = [_done(crisis, cast), battles(crisis, cast), verdict(crisis, cast, land)]
        yield Paragraph(fight.ended, " ".join(part for part in told if part))


def attack(crisis: Crisis, cast: Cast, land: Mapping[int, float]) -> Iterator[Paragraph]:
    """Yield an attack, or a mobilisation that came to nothing, in full."""
    title = cast.acts[crisis.option].title
    head = quoted(title)
    if crisis.source == "initial":
        yield Paragraph(0, f"The war is under way: {quoted(title)}.", head)
    elif crisis.source == "scripted":
        yield Paragraph(
            crisis.began, f"By the script {cast.challenger} begins {quoted(title)}.", head
        )
    else:
        decided = crisis.choice.time if crisis.choice else crisis.time
        yield Paragraph(decided, weighed(crisis, cast), head)
    if crisis.mobilised is not None:
        yield Paragraph(crisis.mobilised, _mobilised(crisis, cast))
    if crisis.presses is not None and (crisis.pledges or crisis.stood_down):
        yield Paragraph(crisis.began, _pressed(crisis, cast))
    if crisis.stood_down:
        yield Paragraph(
            crisis.began, f"Verdict: immediate deterrence held; {cast.challenger} stood down."
        )
        return
    yield Paragraph(crisis.began, _struck(crisis, cast))
    yield from (Paragraph(time, text) for time, text in answered(crisis, cast))
    fight = crisis.campaign
    done = _done(crisis, cast)
    if fight is None:
        yield Paragraph(crisis.began, done)
        return
    told = [done, *fought(crisis, cast), verdict(crisis, cast, land, reason=False)]
    yield Paragraph(fight.ended, " ".join(part for part in told if part))


def _mobilised(crisis: Crisis, cast: Cast) -> str:
    text = (
        f"It mobilises, and that is {'seen' if crisis.seen else 'not seen'} (to be seen was "
        f"{likely(crisis.seen_chance)})."
    )
    threats = [p for p in crisis.polls if p.threat]
    told = [(quoted(cast.named(p.text)), votes(p, cast)) for p in threats if p.ballots]
    for said, texts in grouped(told).items():
        text += f" Asked while the threat stands, under {listed(texts)}: {said}."
    if not crisis.seen:
        text += " Nobody is warned."
    elif not threats:
        text += f" {_silence(crisis, cast)}, and nobody declares what it will do."
    return text


def _silence(crisis: Crisis, cast: Cast) -> str:
    counting = [code for code, text in cast.texts.items() if text.threats and text.asks]
    binding = [
        t for t in counting if any(h == "" for (x, _), h in crisis.standing.items() if x == t)
    ]
    if not binding:
        return "No text in force counts a threat"
    return "Members whose text counts a threat do not take this for one"


def _pressed(crisis: Crisis, cast: Cast) -> str:
    said = [(code, NOUNS[rung]) for code, rung in crisis.pledges.items() if rung > 0]
    words = "; ".join(
        f"{what} from {states(codes, cast, brief=True)}" for what, codes in grouped(said).items()
    )
    declared = f"It knows what is declared ({words}). " if words else ""
    does = "presses on" if crisis.presses else "stands down"
    p = crisis.press_chance
    odds = f" (to press on was {likely(p)})" if words or crisis.stood_down else ""
    return f"{declared}{capital(cast.challenger)} {does}{odds}."


def _struck(crisis: Crisis, cast: Cast) -> str:
    if crisis.source == "initial":
        return ""
    lead = (crisis.began - crisis.mobilised) / DAY if crisis.mobilised is not None else 0.0
    after = f", {days(lead)} after it mobilised" if lead >= 1 else ""
    says = "resists" if crisis.resists else "concedes without a fight"
    p = crisis.resist_chance
    sure = crisis.resists and p > SURE
    odds = "" if sure else f" (that it would resist was {pct(p)} likely)"
    return f"{capital(cast.challenger)} attacks{after}. {capital(cast.protege)} {says}{odds}."


def _done(crisis: Crisis, cast: Cast) -> str:
    if not crisis.deeds:
        return "In the end nobody does more than protest."
    return f"In the end the answer is {deeds(crisis, cast)}."


def verdict(
    crisis: Crisis, cast: Cast, land: Mapping[int, float] | None = None, reason: bool = True
) -> str:
    """Return the verdict on an attack, one sentence or two.

    Parameters
    ----------
    crisis, cast : Crisis, Cast
        The attack, and who is in it.
    land : mapping of int to float, optional
        Share of the land each campaign took, by the number of its crisis.
    reason : bool
        Say also at which step help gave way.
    """
    what = held(crisis, cast, land)
    gained = f", holding {what}" if what else ", with nothing gained"
    fight = crisis.campaign
    war = " Both sides lost enough to call it a war." if fight is not None and fight.war else ""
    text = f"Verdict: {ended(crisis, cast)}{gained}.{war}"
    if not reason:
        return text
    if not any(t.asks and t.members for t in cast.texts.values()) and stage(crisis, cast) not in (
        "held",
        "too_weak",
        "too_late",
    ):
        return f"{text} No text asked anything of anybody."
    return f"{text} {why_not_stopped(crisis, cast)}"
