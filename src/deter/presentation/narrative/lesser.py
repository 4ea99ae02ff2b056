"""What is condensed: acts short of attack, occasions not taken, texts, parliaments, governments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from deter.narrative.cast import Cast, Text
from deter.narrative.model import Choice, Crisis, Event, History
from deter.presentation.narrative.answering import called, deeds
from deter.presentation.narrative.phrases import (
    count,
    dated,
    listed,
    month,
    pct,
    probits,
    times,
    verb,
)
from deter.presentation.narrative.states import span, states
from deter.presentation.narrative.weighing import quoted
from deter.presentation.words import capital

FEW = 2
"""So many acts are told one by one."""

SLIGHT, MOST = 0.1, 3
"""A stance below this is as usual; so many that lean either way are named."""

LONG, AWAY = 60, "is tied down in a crisis elsewhere"


def incidents(crises: Sequence[Crisis], cast: Cast) -> Iterator[tuple[int, str]]:
    """Yield what is said of acts short of attack, with the date each belongs to."""
    answered = [c for c in crises if c.answer > 0]
    idle = [c for c in crises if c.answer == 0]
    if idle:
        yield idle[0].began, _unanswered(idle, cast)
    if len(answered) <= FEW:
        for crisis in answered:
            yield crisis.began, _answered(crisis, cast)
    else:
        yield answered[0].began, _summed(answered, cast)


def _kinds(crises: Sequence[Crisis], cast: Cast) -> str:
    found = Counter(cast.acts[c.option].title for c in crises)
    return listed(
        quoted(title) if n == 1 else f"{quoted(title)} ({n} times)"
        for title, n in found.most_common()
    )


def _scripted(crises: Sequence[Crisis]) -> str:
    n = sum(c.source == "scripted" for c in crises)
    return (
        ""
        if n == 0
        else " (by the script)"
        if n == len(crises)
        else f" ({n} of them by the script)"
    )


def _unanswered(crises: Sequence[Crisis], cast: Cast) -> str:
    if len(crises) == 1:
        act = cast.acts[crises[0].option].title
        return (
            f"{capital(cast.challenger)}: {quoted(act)}, short of attack{_scripted(crises)}. "
            f"{_why_idle(crises, cast)}"
        )
    until = dated(cast.start, crises[-1].began)
    return (
        f"Until {until} {capital(count(len(crises), 'act')).lower()} short of "
        f"attack{_scripted(crises)}: "
        f"{_kinds(crises, cast)}. {_why_idle(crises, cast)}"
    )


def _why_idle(crises: Sequence[Crisis], cast: Cast) -> str:
    seen = [c for c in crises if any(c.recognised(t) for t in cast.texts)]
    asking = any(text.asks for text in cast.texts.values())
    text = "Nobody goes beyond protest"
    if not asking:
        return f"{text}."
    if not seen:
        return (
            f"{text}; no member of any text takes {'it' if len(crises) == 1 else 'one of them'} "
            "for the event that binds it."
        )
    share = (
        "it" if len(crises) == 1 else "them" if len(seen) == len(crises) else f"{len(seen)} of them"
    )
    return f"{text}, though some members take {share} for the event that binds them."


def _answered(crisis: Crisis, cast: Cast) -> str:
    act = cast.acts[crisis.option].title
    odds = (
        ""
        if crisis.choice is None
        else (
            f" ({pct(crisis.choice.odds.get(crisis.option, 0.0))} likely on that occasion; doing "
            f"nothing {pct(crisis.choice.odds.get('refrain', 0.0))})"
        )
    )
    alone = [not d.text for d in crisis.done().values()]
    by = " (where no text is named, on their own motion)" if any(alone) else ""
    if all(alone):
        by = f", {'all on their' if len(alone) > 1 else 'on its'} own motion"
    return (
        f"{capital(cast.challenger)}: {quoted(act)}, short of attack{odds}. It is answered by "
        f"{deeds(crisis, cast, FEW + 1)}{by}."
    )


def _summed(crises: Sequence[Crisis], cast: Cast) -> str:
    who: Counter[str] = Counter()
    arms: Counter[str] = Counter()
    for crisis in crises:
        for code, deed in crisis.done().items():
            who[code] += 1
            arms[code] += deed.rung >= 2
    most = who.most_common(MOST)
    told = listed(f"{cast.named(code)} ({times(n)})" for code, n in most)
    others = f" and {count(len(who) - len(most), 'other')}" if len(who) > len(most) else ""
    more = [code for code, n in arms.items() if n]
    return (
        f"Until {dated(cast.start, crises[-1].began)} {count(len(crises), 'act')} short of attack "
        f"are answered by sanctions or more: {_kinds(crises, cast)}. Most often by {told}{others}"
        f"{'; arms come at times from ' + states(more, cast, brief=True) if more else ''}."
    )


def refrained(choices: Sequence[Choice], cast: Cast) -> str:
    """Tell of the occasions on which nothing was done."""
    passed = [c for c in choices if not c.option]
    if not passed:
        return ""
    odds = span([c.odds["refrain"] for c in passed])
    worst = max(sum(p for o, p in c.odds.items() if _attack(o, cast)) for c in passed)
    attack = f", an attack at most {pct(worst)}" if worst > 0 else ""
    if len(passed) == 1:
        return f"One occasion to act passes (doing nothing was {odds} likely{attack})."
    return (
        f"{capital(count(len(passed), 'occasion'))} to act pass until "
        f"{month(cast.start, passed[-1].time)} (doing nothing was {odds} likely on each{attack})."
    )


def _attack(option: str, cast: Cast) -> bool:
    return option in cast.acts and cast.acts[option].kind != "incident"


# ---- the calendar


def mattering(history: History) -> list[Event]:
    """Return the calendar without crises elsewhere in which nothing happened here."""
    kept, away = [], {}
    for event in history.events:
        if event.kind != "second theatre":
            kept.append(event)
        elif not event.passes:
            away[event.actor] = event
        else:
            began = away.pop(event.actor, None)
            if began is not None and _acts_between(history, began.time, event.time):
                kept += [began, event]
    kept += [e for e in away.values() if _acts_between(history, e.time, history.end)]
    return sorted(kept, key=lambda e: e.time)


def _acts_between(history: History, began: int, ended: int) -> bool:
    """Tell whether an attack or a mobilisation was under way in a stretch of time."""
    for crisis in history.crises:
        over = crisis.campaign.ended if crisis.campaign else crisis.began
        if (crisis.attack or crisis.stood_down) and crisis.time <= ended and over >= began:
            return True
    return False


def calendar(events: Sequence[Event], cast: Cast) -> Iterator[tuple[int, str]]:
    """Yield what is said of texts, parliaments and governments, with dates."""
    said: dict[str, str] = {}
    for text in cast.texts:
        mine = [e for e in events if text in (e.actor, e.text)]
        if mine:
            title = called(cast.named(text))
            words = _text(mine, text, cast)
            like = words.replace(title, "")
            if like in said and len(like) > LONG:
                words = f"{capital(title)}: the same as for {said[like]}."
            said.setdefault(like, title)
            yield mine[0].time, words
    yield from _governments(events, cast)
    for event in events:
        if event.kind == "leader change":
            yield (
                event.time,
                f"{capital(cast.challenger)} changes its leader (motive {event.level:.2f}, "
                "where 1 is ordinary).",
            )
        elif event.kind == "peace treaty":
            yield event.time, "A peace treaty is concluded."
        elif event.kind == "offer":
            yield event.time, "The framework on offer is withdrawn."
        elif event.kind == "script":
            yield event.time, "An act of the script is dropped: a campaign is under way."


def _text(events: Sequence[Event], code: str, cast: Cast) -> str:
    """Tell what became of a text in a stretch of time."""
    title = called(cast.named(code))
    parts = [f"{title} {listed(_fates(events))}"] if list(_fates(events)) else []
    passed = [e.actor for e in events if e.kind == "ratification" and e.passes]
    failed = [e.actor for e in events if e.kind == "ratification" and not e.passes]
    if passed or failed:
        votes = [e.time for e in events if e.kind == "ratification"]
        by = f" (by {month(cast.start, max(votes))})" if len(votes) > 1 or parts else ""
        words = []
        if passed:
            names = states(passed, cast, brief=True)
            words.append(f"{names} {verb(passed, 'ratifies', 'ratify')} it")
        if failed:
            it = "to" if passed else "to ratify it"
            names = states(failed, cast)
            words.append(f"{names} {verb(failed, 'fails', 'fail')} {it}")
        subject = "" if parts else f"{title}: "
        follows = _refused(failed, cast.texts[code])
        parts.append(f"{subject}{listed(words, 'but')}{by}{follows}")
    left = [e.actor for e in events if e.kind == "exit"]
    if left:
        parts.append(
            f"{'' if parts else title + ': '}{states(left, cast)} "
            f"{verb(left, 'leaves', 'leave')} it"
        )
    lapses = sum(e.kind == "tranche" for e in events)
    if lapses:
        parts.append(
            f"{'' if parts else title + ': '}{count(lapses, 'approval')} of its aid "
            f"{'fails' if lapses == 1 else 'fail'}"
        )
    return f"{capital('; '.join(parts))}." if parts else ""


def _refused(failed: Sequence[str], text: Text) -> str:
    """Tell what follows, by the clauses of a text, for those that failed to ratify it."""
    if not failed or not text.asks:
        return ""
    them = "it" if len(failed) == 1 else "them"
    if text.awaits == "ratification" and not text.provisional and not text.ratified:
        return f", so that for {them} it never takes effect"
    return f", so that it binds {them} only as a political promise"


_FATES = {
    "signature": "is signed",
    "entry into force": "enters into force",
    "expiry": "runs out and is not renewed",
    "renewal": "is renewed",
    "sanctions": "loses its sanctions to a veto",
}


def _fates(events: Sequence[Event]) -> list[str]:
    return list(dict.fromkeys(_FATES[e.kind] for e in events if e.kind in _FATES))


def _governments(events: Sequence[Event], cast: Cast) -> Iterator[tuple[int, str]]:
    turned = [e for e in events if e.kind == "election"]
    latest = {e.actor: e for e in turned}
    if any(abs(e.level) >= SLIGHT for e in latest.values()):
        yield turned[0].time, f"{_elected(list(latest.values()), cast)}."
    away: dict[str, Event] = {}
    for event in (e for e in events if e.kind == "second theatre"):
        if not event.passes:
            away[event.actor] = event
            continue
        began = away.pop(event.actor, None)
        if began is None:
            yield event.time, f"{cast.named(event.actor)} is free again."
        else:
            until = dated(cast.start, event.time)
            yield began.time, f"{cast.named(event.actor)} {AWAY} until {until}."
    for event in away.values():
        yield event.time, f"{cast.named(event.actor)} {AWAY}."


def _elected(latest: Sequence[Event], cast: Cast) -> str:
    """Tell of new governments: those that lean most, in order of time, and how many do not."""
    if len(latest) == 1:
        event = latest[0]
        much = "much as usual" if abs(event.level) < SLIGHT else _leaning(event.level)
        return (
            f"{capital(cast.named(event.actor))} has a new government, {much} "
            f"({probits(event.level)})"
        )
    ranked = sorted(latest, key=lambda e: -abs(e.level))
    parts, named = [], 0
    for words, sign in (("readier to help than usual", 1), ("less ready", -1)):
        mine = [e for e in ranked if sign * e.level >= SLIGHT][:MOST]
        named += len(mine)
        if mine:
            told = [
                f"{cast.named(e.actor)} ({month(cast.start, e.time)}, {probits(e.level)})"
                for e in sorted(mine, key=lambda e: e.time)
            ]
            parts.append(f"{words}: {listed(told)}")
    rest = "; the others less strongly, or much as before" if 0 < named < len(latest) else ""
    said = f"; {'; '.join(parts)}{rest}" if parts else ", all much as before"
    until = month(cast.start, max(e.time for e in latest))
    return f"Until {until} {count(len(latest), 'state')} have new governments{said}"


def _leaning(level: float) -> str:
    return "readier to help than usual" if level > 0 else "less ready to help than usual"
