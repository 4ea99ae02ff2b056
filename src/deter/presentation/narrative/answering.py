"""What the guarantors saw, were asked, chose and did in a crisis."""

from __future__ import annotations

from collections.abc import Iterator

from deter.narrative.cast import Cast, Text
from deter.narrative.model import DAY, Ballot, Crisis, Deed, Poll
from deter.narrative.roles import against
from deter.narrative.standing import BOUND
from deter.presentation.narrative.phrases import (
    NOUNS,
    RULES,
    count,
    days,
    listed,
    on_day,
    pct,
    times,
    verb,
)
from deter.presentation.narrative.readings import unread, waited
from deter.presentation.narrative.standings import unbound_by
from deter.presentation.narrative.states import span, states
from deter.presentation.words import capital

FEW = 3
"""Of more states than this, chances and days are told as a range."""


def called(title: str) -> str:
    """Return the title of a layer in quotation marks."""
    return f"“{title}”"


def answered(crisis: Crisis, cast: Cast) -> Iterator[tuple[int, str]]:
    """Yield what each text asked and brought, with the time it belongs to."""
    threats = [p for p in crisis.polls if p.threat and p.ballots]
    said = {votes(p, cast): "while the threat stood" for p in threats}
    for code, text in cast.texts.items():
        if text.asks and text.members:
            words = _under(crisis, cast, code)
            polls = [p for p in crisis.polls if p.text == code and p.bound and not p.threat]
            told = votes(polls[-1], cast) if polls else ""
            if told in said:
                words = words.replace(told, f"they vote as {said[told]}")
            elif told:
                said[told] = f"under {called(text.title)}"
            late = polls and polls[-1].time - crisis.began >= DAY
            yield polls[-1].time if late else crisis.began, words


# ---- under a text


def _under(crisis: Crisis, cast: Cast, code: str) -> str:
    text = cast.texts[code]
    bound = [g for g in text.members if crisis.standing.get((code, g)) == BOUND]
    head = called(text.title)
    if not bound and any(p.text == code and p.bound for p in crisis.polls):
        return f"{head} bound nobody yet when it began. {_polled(crisis, cast, code)}"
    if not bound:
        return f"{capital(head)} binds nobody: it {unbound_by(crisis, cast, code)}."
    if crisis.last_option not in text.covers:
        return f"{head} does not cover such an act."
    if text.arbiter == "security_council" and cast.veto:
        return (
            f"{head} leaves the finding to the Security Council, where {cast.challenger} has a "
            "veto: nobody is bound."
        )
    seen = [g for g in bound if g in crisis.recognised(code)]
    read = _read(crisis, text, bound, seen, cast)
    words = [f"{head} binds {_members(bound, cast)}; {read}."]
    asked = [p.bound for p in crisis.polls if p.text == code and not p.threat]
    later = [g for g in (asked[-1] if asked else ()) if g not in bound]
    if later:
        words.append(f"Bound since: {states(later, cast)}.")
    words += [w for w in (_ruling(crisis, cast, code), _polled(crisis, cast, code)) if w]
    return " ".join(words)


def _members(bound: list[str], cast: Cast) -> str:
    if len(bound) <= 3:
        return states(bound, cast)
    return count(len(bound), "state")


def _read(crisis: Crisis, text: Text, bound: list[str], seen: list[str], cast: Cast) -> str:
    """Tell who takes the act for the event that binds, and why others do not."""
    one = len(bound) == 1
    if len(seen) == len(bound):
        return "it recognises the act" if one else "all recognise the act"
    missing = [g for g in bound if g not in seen]
    why = unread(crisis, text, missing, cast)
    if not seen:
        return f"{'it does not recognise' if one else 'none of them recognises'} the act ({why})"
    if len(missing) <= len(seen):
        return f"all but {states(missing, cast)} recognise the act ({why})"
    only = verb(seen, "recognises", "recognise")
    return f"only {states(seen, cast)} {only} the act (by the others: {why})"


def _ruling(crisis: Crisis, cast: Cast, code: str) -> str:
    if not crisis.alleged:
        return ""
    ruling = next((r for r in crisis.rulings if r.text == code), None)
    alleged = f"{cast.challenger} says that {cast.protege} provoked it"
    if ruling is None:
        return f"{alleged}, and its members wait for a ruling."
    after = days((ruling.time - crisis.began) / DAY)
    if not ruling.upheld:
        return f"{alleged}; after {after} the arbiter finds that it did not."
    if ruling.voids:
        return (
            f"{alleged}; after {after} the arbiter agrees ({pct(ruling.chance)} likely), and "
            "the text is void."
        )
    return (
        f"{alleged}; after {after} the arbiter agrees ({pct(ruling.chance)} likely), which "
        "changes nothing."
    )


def _polled(crisis: Crisis, cast: Cast, code: str) -> str:
    polls = [p for p in crisis.polls if p.text == code and not p.threat]
    if not polls:
        if not crisis.recognised(code):
            return ""
        if crisis.campaign is None:
            return "Its members are not asked in time."
        wait = waited(crisis, cast.texts[code], cast)
        return f"It is over before its members are asked: {wait}."
    poll = polls[-1]
    again = f" {times(len(polls))}, in the last vote" if len(polls) > 1 else ","
    if not poll.bound:
        return ""
    return f"Asked{again} {votes(poll, cast)}.{_together(poll, cast)}{_before(polls)}"


def _before(polls: list[Poll]) -> str:
    """Tell of a decision that an earlier vote had brought, where that was more or sooner."""
    found = [(p.rung, -p.days) for p in polls[:-1] if p.rung and p.days is not None]
    last = polls[-1]
    if not found or last.rung is None:
        return ""
    rung, days_ = max(found)
    if rung < last.rung or (rung == last.rung and last.days is not None and -days_ >= last.days):
        return ""
    return f" An earlier vote had brought {NOUNS[rung]} {on_day(-days_)}."


def votes(poll: Poll, cast: Cast) -> str:
    """Tell what each bound member was ready for, and how likely that had been."""
    bound = [b for b in poll.ballots if b.guarantor in poll.bound]
    parts = []
    for rung in range(4, -1, -1):
        at = {b.guarantor: b for b in bound if b.rung == rung}
        if at:
            are = "is" if len(at) == 1 else "are"
            parts.append(f"{_voters(at, rung, cast)} {are} ready for {NOUNS[rung]}")
    return "; ".join(parts)


def _voters(at: dict[str, Ballot], rung: int, cast: Cast) -> str:
    """Return members with the probability of what they were ready for, or of what they refused."""
    ranked = cast.ranked(at)
    odds = {g: at[g].ready(rung or 1) for g in ranked if at[g].odds}
    refused = "sanctions or more had been {} likely" if rung == 0 else "{}"
    if len(ranked) > FEW and len(odds) == len(ranked):
        said = refused.format(span(list(odds.values())))
        return f"{states(ranked, cast, brief=True)} ({said})"
    return listed(
        f"{cast.named(g)} ({refused.format(pct(odds[g]))})" if g in odds else cast.named(g)
        for g in ranked
    )


def _together(poll: Poll, cast: Cast) -> str:
    """Tell what the rule made of the votes."""
    text = cast.texts[poll.text]
    if poll.rung is None:
        return ""
    rule = RULES[text.rule]
    if text.rule == "lead" and text.lead:
        rule = f"{cast.named(text.lead)} decides for all"
    if poll.rung > 0:
        when = "" if poll.days is None else f" {on_day(poll.days)}"
        return f" By its rule ({rule}) the answer is {NOUNS[poll.rung]}{when}."
    willing = [b.guarantor for b in poll.ballots if b.rung > 0]
    if not willing:
        return f" By its rule ({rule}) the answer is nothing."
    if text.rule == "security_council" and cast.veto:
        return f" In the Security Council {cast.challenger} vetoes any answer."
    held = list(against(poll))
    who = (
        (f": {states(held, cast, brief=True)} {verb(held, 'stands', 'stand')} in the way")
        if held and text.rule in ("consensus", "lead")
        else ""
    )
    return f" By its rule ({rule}) the answer is nothing{who}."


# ---- in sum


def deeds(crisis: Crisis, cast: Cast, most: int = 0) -> str:
    """Tell who acted, at which rung, under which text, and when.

    Parameters
    ----------
    crisis, cast : Crisis, Cast
        What was done, and who is in it.
    most : int
        Count those beyond so many in each group; 0 for the usual number.
    """
    by: dict[tuple[int, str], list[Deed]] = {}
    for deed in sorted(crisis.done().values(), key=lambda d: (-d.rung, d.text)):
        by.setdefault((deed.rung, deed.text), []).append(deed)
    parts = []
    for (rung, text), done in by.items():
        under = f", under {called(cast.named(text))}" if text else ""
        parts.append(f"{NOUNS[rung]} from {_doers(done, crisis, cast, most)}{under}")
    return "; ".join(parts)


def _doers(done: list[Deed], crisis: Crisis, cast: Cast, most: int) -> str:
    """Return who acted and on which day; of many, from the first day to the last."""
    day = {d.guarantor: round((d.time - crisis.began) / DAY) for d in done}
    if len(day) > FEW:
        first, last = min(day.values()), max(day.values())
        when = f"day {first}" if first == last else f"days {first} to {last}"
        return f"{states(day, cast, brief=True, many=most)} ({when})"
    return listed(f"{cast.named(g)} (day {day[g]})" for g in cast.ranked(day))
