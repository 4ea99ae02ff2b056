"""What the guarantors saw, were asked, chose and did in a crisis."""

from __future__ import annotations

from collections.abc import Iterator

from deter.narrative.cast import LADDER, Cast
from deter.narrative.model import DAY, Ballot, Crisis, Poll
from deter.narrative.roles import against
from deter.narrative.standing import BOUND
from deter.presentation.narrative.phrases import (
    DO,
    DOES,
    NOUNS,
    RULES,
    capital,
    count,
    dated,
    days,
    grouped,
    listed,
    on_day,
    pct,
    times,
    verb,
)


def called(title: str) -> str:
    """Return the title of a layer in quotation marks."""
    return f"“{title}”"


def answered(crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Yield what each text asked and brought, then what states did by themselves."""
    said: dict[str, str] = {}
    for code, text in cast.texts.items():
        if text.asks and text.members:
            words = _under(crisis, cast, code)
            polls = [p for p in crisis.polls if p.text == code and p.bound]
            told = votes(polls[-1], cast) if polls else ""
            if told in said:
                words = words.replace(told, f"they vote as under {said[told]}")
            elif told:
                said[told] = called(text.title)
            yield words
    alone = _alone(crisis, cast)
    if alone:
        yield alone


# ---- under a text


def _under(crisis: Crisis, cast: Cast, code: str) -> str:
    text = cast.texts[code]
    bound = [g for g in text.members if crisis.standing.get((code, g)) == BOUND]
    head = called(text.title)
    if not bound and any(p.text == code and p.bound for p in crisis.polls):
        return f"{head} binds nobody yet when it begins. {_polled(crisis, cast, code)}"
    if not bound:
        return f"{capital(head)} binds nobody: {_why_unbound(crisis, cast, code)}."
    if crisis.last_option not in text.covers:
        return f"{head} does not cover such an act."
    if text.arbiter == "security_council" and cast.veto:
        return (
            f"{head} leaves the finding to the Security Council, where {cast.challenger} has a "
            "veto: nobody is bound."
        )
    seen = [g for g in bound if g in crisis.recognised(code)]
    words = [f"{head} binds {_members(bound, cast)}; {_read(bound, seen, cast)}."]
    words += [w for w in (_ruling(crisis, cast, code), _polled(crisis, cast, code)) if w]
    return " ".join(words)


def _members(bound: list[str], cast: Cast) -> str:
    if len(bound) <= 3:
        return listed(cast.named(g) for g in bound)
    return count(len(bound), "state")


def _read(bound: list[str], seen: list[str], cast: Cast) -> str:
    if not seen:
        whom = "it does" if len(bound) == 1 else "none of them does"
        return (
            f"by its reading of the act {whom} not have to answer"
            if len(bound) == 1
            else "none of them reads the act as one that binds it"
        )
    if len(seen) == len(bound):
        return (
            "it recognises the act as one that binds it"
            if len(bound) == 1
            else "all recognise the act as one that binds them"
        )
    missing = [g for g in bound if g not in seen]
    few, rest = (missing, False) if len(missing) <= len(seen) else (seen, True)
    names = listed(cast.named(g) for g in few)
    if rest:
        return f"only {names} {verb(few, 'recognises', 'recognise')} the act as one that binds"
    return f"all but {names} recognise the act as one that binds"


def _why_unbound(crisis: Crisis, cast: Cast, code: str) -> str:
    found = {crisis.later.get((code, g), "not signed") for g in cast.texts[code].members}
    return listed(UNBOUND_WORDS.get(how, how) for how in sorted(found))


UNBOUND_WORDS = {
    "not signed": "it is not signed yet",
    "not ratified": "parliaments have refused it",
    "awaits ratification": "parliaments have not ratified it yet",
    "awaits a ceasefire": "it waits for a ceasefire",
    "awaits a peace treaty": "it waits for a peace treaty",
    "withdrawn": "the offer was withdrawn",
    "run out": "its term has run out",
    "left": "its members have left it",
    "void": "it is void",
    "no member": "it names nobody",
    "asks nothing": "it asks nothing",
}


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
    polls = [p for p in crisis.polls if p.text == code]
    if not polls:
        if crisis.recognised(code):
            return (
                "It is over before its members are asked."
                if crisis.campaign
                else "Its members are not asked in time."
            )
        return ""
    poll = polls[-1]
    last = dated(cast.start, poll.time)
    again = f" {times(len(polls))} (the last time, {last}, is told)" if len(polls) > 1 else ""
    if not poll.bound:
        return ""
    return f"Asked{again}, {votes(poll, cast)}.{_together(poll, cast)}"


def votes(poll: Poll, cast: Cast) -> str:
    """Tell what each bound member was ready for, and how likely that had been."""
    bound = [b for b in poll.ballots if b.guarantor in poll.bound]
    parts = []
    for rung in range(4, -1, -1):
        at = [b for b in bound if b.rung == rung]
        if at:
            names = listed(_with_odds(b, cast) for b in at)
            parts.append(f"{names} {'is' if len(at) == 1 else 'are'} ready for {NOUNS[rung]}")
    return "; ".join(parts)


def _with_odds(ballot: Ballot, cast: Cast) -> str:
    """Return a member with the probability of what it was ready for, or of what it refused."""
    name = cast.named(ballot.guarantor)
    if ballot.rung == 0:
        p = ballot.odds.get(LADDER[1])
        return name if p is None else f"{name} (sanctions had been {pct(p)} likely)"
    p = ballot.odds.get(LADDER[ballot.rung])
    return name if p is None else f"{name} ({pct(p)})"


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
        (
            f": {listed(cast.named(g) for g in held[:4])} {verb(held[:4], 'stands', 'stand')} "
            "in the way"
        )
        if held and text.rule in ("consensus", "lead")
        else ""
    )
    return f" By its rule ({rule}) the answer is nothing{who}."


# ---- alone and in sum


def _alone(crisis: Crisis, cast: Cast) -> str:
    """Tell what states decided on their own motion, whoever asked."""
    latest = {b.guarantor: b for b in crisis.own}
    acted = {d.guarantor for d in crisis.deeds if d.how == "own"}
    idle = [
        b for g, b in latest.items() if g not in acted and b.rung == 0 and g not in crisis.done()
    ]
    moved = [latest[g] for g in sorted(acted) if g in latest]
    parts = []
    for rung, names in sorted(grouped((_with_odds(b, cast), str(b.rung)) for b in moved).items()):
        parts.append(f"{listed(names)} {verb(names, DOES[int(rung)], DO[int(rung)])}")
    text = f"On their own motion {'; '.join(parts)}." if parts else ""
    if idle:
        reluctant = listed(cast.named(b.guarantor) for b in idle)
        odds = sorted(b.odds.get(LADDER[1], 0.0) for b in idle)
        span = (
            pct(odds[0]) if pct(odds[0]) == pct(odds[-1]) else f"{pct(odds[0])} to {pct(odds[-1])}"
        )
        text += (
            f"{' ' if text else ''}By {'itself' if len(idle) == 1 else 'themselves'} {reluctant} "
            f"would do no more than protest (sanctions had been {span} likely)."
        )
    return text


def deeds(crisis: Crisis, cast: Cast) -> str:
    """Tell who acted, at which rung, on which day."""
    done = crisis.done()
    parts = []
    for rung in range(4, 0, -1):
        at = sorted((d for d in done.values() if d.rung == rung), key=lambda d: d.time)
        if at:
            names = listed(f"{cast.named(d.guarantor)} ({_day(d.time, crisis)})" for d in at)
            parts.append(f"{NOUNS[rung]} from {names}")
    return "; ".join(parts)


def _day(time: int, crisis: Crisis) -> str:
    return f"day {(time - crisis.began) / DAY:.0f}"
