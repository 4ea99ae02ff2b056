"""The chronicle: dated paragraphs, attacks told whole, the rest condensed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from deter.narrative.cast import Cast
from deter.narrative.causes import stage
from deter.narrative.model import DAY, Crisis, History
from deter.presentation.narrative.answering import answered, votes
from deter.presentation.narrative.fighting import ended, fought, held
from deter.presentation.narrative.lesser import calendar, incidents, refrained
from deter.presentation.narrative.phrases import (
    NOUNS,
    capital,
    days,
    grouped,
    likely,
    listed,
    sentences,
)
from deter.presentation.narrative.weighing import quoted, weighed
from deter.presentation.narrative.why import if_sure, why_not_stopped


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
    began = since
    for crisis in great:
        if crisis.time < since:
            continue
        fight = crisis.campaign
        over = crisis.began if fight is None else fight.ended
        first, *rest = attack(crisis, cast)
        meanwhile = _stretch(history, cast, crisis.time + 1, over)
        if crisis.source == "initial":
            before = _stretch(history, cast, began, crisis.time + 1)
            found += [*before, *meanwhile, first, *rest]
        else:
            found += _stretch(history, cast, began, crisis.time + 1)
            found += [first, *rest[:-1], *meanwhile, *rest[-1:]]
        began = max(over, crisis.time + 1)
    found += _stretch(history, cast, began, history.end + 1)
    return [replace(p, text=sentences(p.text)) for p in found]


def _stretch(history: History, cast: Cast, began: int, until: int) -> list[Paragraph]:
    """Return what is condensed between two attacks, in order of time."""
    inside = [
        c for c in history.crises if began <= c.time < until and not c.attack and not c.stood_down
    ]
    events = [e for e in history.events if began <= e.time < until]
    passed = [c for c in history.choices if began <= c.time < until]
    dates = [*calendar(events, cast), *incidents(inside, cast)]
    idle = [c for c in passed if not c.option]
    if idle:
        dates.append((idle[0].time, refrained(passed, cast)))
    return [Paragraph(time, text) for time, text in sorted(dates, key=lambda d: d[0]) if text]


def attack(crisis: Crisis, cast: Cast) -> Iterator[Paragraph]:
    """Yield an attack, or a mobilisation that came to nothing, in full."""
    title = cast.acts[crisis.option].title
    head = f"Crisis {crisis.number}: {quoted(title)}"
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
    for text in answered(crisis, cast):
        yield Paragraph(crisis.began, text)
    done = _done(crisis, cast)
    if done:
        yield Paragraph(crisis.began, done)
    fighting = " ".join(fought(crisis, cast))
    fight = crisis.campaign
    if fighting and fight is not None:
        yield Paragraph(crisis.began, fighting)
    if fight is not None:
        yield Paragraph(fight.ended, verdict(crisis, cast))


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
    said = [(cast.named(code), NOUNS[rung]) for code, rung in crisis.pledges.items() if rung > 0]
    words = "; ".join(f"{what} from {listed(names)}" for what, names in grouped(said).items())
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
    text = (
        f"{capital(cast.challenger)} attacks{after}. {capital(cast.protege)} {says} (to resist "
        f"was {likely(crisis.resist_chance)})."
    )
    if crisis.sure is not None and any(how == "" for how in crisis.standing.values()):
        text += f" {if_sure(crisis, cast)}"
    return text


def _done(crisis: Crisis, cast: Cast) -> str:
    done = sorted(crisis.done().values(), key=lambda d: (-d.rung, d.time))
    if not done:
        return "In the end nobody does more than protest."
    by: dict[tuple[int, str], list[str]] = {}
    for deed in done:
        day = f"day {(deed.time - crisis.began) / DAY:.0f}"
        by.setdefault((deed.rung, deed.text), []).append(f"{cast.named(deed.guarantor)} ({day})")
    parts = [
        f"{NOUNS[rung]} from {listed(names)}{', under ' + quoted(cast.named(text)) if text else ''}"
        for (rung, text), names in by.items()
    ]
    return f"In the end the answer is {'; '.join(parts)}."


def verdict(crisis: Crisis, cast: Cast) -> str:
    """Return the verdict on an attack, one sentence or two."""
    what = held(crisis, cast)
    gained = f", holding {what}" if what else ", with nothing gained"
    fight = crisis.campaign
    war = " Both sides lost enough to call it a war." if fight is not None and fight.war else ""
    reason = why_not_stopped(crisis, cast)
    if not any(t.asks and t.members for t in cast.texts.values()) and stage(crisis, cast) not in (
        "held",
        "too_weak",
        "too_late",
    ):
        reason = "No text asked anything of anybody."
    return f"Verdict: {ended(crisis, cast)}{gained}.{war} {reason}"
