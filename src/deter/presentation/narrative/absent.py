"""Who did not come, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from deter.narrative.cast import LADDER, Cast
from deter.narrative.model import Ballot, Crisis, Poll
from deter.narrative.roles import (
    BLOCKED,
    CAME,
    EMPTY,
    LATE,
    LESS,
    PUNISHED,
    STAKELESS,
    UNBOUND,
    UNCOVERED,
    UNDECIDED,
    UNPOLLED,
    UNREAD,
    UNWILLING,
    VOIDED,
    Role,
    against,
    roles,
)
from deter.presentation.narrative.answering import called
from deter.presentation.narrative.fighting import FELL
from deter.presentation.narrative.phrases import (
    NOUNS,
    amount,
    grouped,
    listed,
    times,
    verb,
)
from deter.presentation.narrative.readings import unread, waited
from deter.presentation.narrative.standings import fate
from deter.presentation.narrative.states import span, states

ORDER = (
    CAME,
    LATE,
    EMPTY,
    PUNISHED,
    BLOCKED,
    UNDECIDED,
    LESS,
    UNWILLING,
    UNPOLLED,
    VOIDED,
    UNREAD,
    UNCOVERED,
    UNBOUND,
    STAKELESS,
)


def absent(crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Yield who came and who did not, with the reason, from the nearest to the farthest."""
    played = roles(crisis, cast)
    if not played:
        yield "There is no guarantor in this scenario."
        return
    by_how: dict[str, list[Role]] = {}
    for role in played.values():
        by_how.setdefault(role.how, []).append(role)
    if not by_how.get(CAME):
        yield "Nobody's help reached the fight."
    for how in ORDER:
        mine = by_how.get(how, [])
        if mine:
            yield from _TOLD[how](mine, crisis, cast)
    listeners = [p.title for code, p in cast.parts.items() if code not in played]
    if listeners:
        yield (
            f"{listed(listeners)} {verb(listeners, 'has', 'have')} neither a stake nor an "
            "obligation and could play no part."
        )


def _names(mine: list[Role], cast: Cast) -> str:
    return states((role.guarantor for role in mine), cast)


def _said(words: Iterable[tuple[str, str]], cast: Cast) -> list[tuple[str, list[str]]]:
    """Group guarantors by what is said of them; the group with most force first."""
    found = grouped(words).items()
    force = {said: sum(cast.parts[c].force for c in codes) for said, codes in found}
    return [(said, list(codes)) for said, codes in sorted(found, key=lambda f: -force[f[0]])]


def _came(mine: list[Role], crisis: Crisis, cast: Cast) -> Iterator[str]:
    fight = crisis.campaign
    told = listed(
        (
            f"{cast.named(r.guarantor)} ({NOUNS[r.rung]}, from day {r.arrived:.0f}, "
            f"{amount(r.strength)} brigades)"
        )
        for r in sorted(mine, key=lambda r: -r.strength)
        if r.arrived is not None
    )
    tail = "" if fight is None else f" before {_over(crisis)} on day {fight.days:.0f}"
    yield f"{told} did come{tail}."


def _late(mine: list[Role], crisis: Crisis, cast: Cast) -> Iterator[str]:
    fight = crisis.campaign
    over = "" if fight is None else f": {_over(crisis)} on day {fight.days:.0f}"
    told = listed(
        f"{cast.named(r.guarantor)} (decided on day {r.decided:.0f}, {NOUNS[r.rung]})"
        for r in mine
        if r.decided is not None
    )
    yield f"Could not arrive in time{over}: {told}."


def _empty(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    yield f"Willing, but with nothing to send: {_names(mine, cast)}."


def _punished(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    told = [
        f"{states(codes, cast)}{f' ({said})' if said else ''}"
        for said, codes in _said([(r.guarantor, _why_no_more(r, cast)) for r in mine], cast)
    ]
    yield f"Imposed sanctions and sent nothing: {'; '.join(told)}."


def _why_no_more(role: Role, cast: Cast) -> str:
    step = role.step
    if cast.parts[role.guarantor].highest == 1:
        return "sanctions are all it can do"
    if step and step.ballot and step.ballot.rung > role.rung:
        ready = f"ready for {NOUNS[step.ballot.rung]} under {called(cast.named(step.text))}, "
        if step.how == BLOCKED and step.poll is not None:
            return f"{ready}but blocked, for it {_barred(step.poll, cast)}"
        return f"{ready}but not decided in time"
    ballot = (step.ballot if step and role.under else None) or role.own
    if ballot is not None and ballot.rung <= 1 and LADDER[2] in ballot.odds:
        return f"unwilling to send arms: {_reluctance(ballot)}"
    return ""


def _blocked(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    for text, codes in _said([(r.guarantor, r.step.text) for r in mine if r.step], cast):
        poll = next(r.step.poll for r in mine if r.step and r.step.text == text)
        barred = "" if poll is None else f"; {called(cast.named(text))} {_barred(poll, cast)}"
        yield f"Willing, but blocked: {states(codes, cast)}{barred}."


def _barred(poll: Poll, cast: Cast) -> str:
    """Return why the rule of a layer yielded nothing though some were willing."""
    text = cast.texts[poll.text]
    if text.rule == "security_council" and cast.veto:
        return f"goes through the Security Council, where {cast.challenger} has a veto"
    held = list(against(poll))
    who = f", and {states(held, cast)} {verb(held, 'was', 'were')} against" if held else ""
    if text.rule == "consensus":
        return f"needed all members{who}"
    if text.rule == "lead" and text.lead:
        return f"leaves the decision to {cast.named(text.lead)}"
    return f"needed more members{who}"


def _undecided(mine: list[Role], crisis: Crisis, cast: Cast) -> Iterator[str]:
    fight = crisis.campaign
    over = "it was over" if fight is None else f"it was over on day {fight.days:.0f}"
    yield (
        f"Willing when asked, but not decided before {over}, or past the deadline: "
        f"{_names(mine, cast)}."
    )


def _less(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    told = listed(
        (
            f"{cast.named(r.guarantor)} (ready for {NOUNS[r.step.ballot.rung]}, the rule "
            f"yielded {NOUNS[r.step.poll.rung or 0]})"
        )
        for r in mine
        if r.step and r.step.ballot and r.step.poll
    )
    yield f"Ready for less than was decided together, and so outside it: {told}."


def _unwilling(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    known = {r.guarantor: r.step.ballot for r in mine if r.step and r.step.ballot}
    words = [
        (r.guarantor, _reluctance(known[r.guarantor]) if r.guarantor in known else "") for r in mine
    ]
    told = []
    for why, codes in _said(words, cast):
        odds = [known[c].ready(1) for c in codes if c in known and known[c].odds]
        chance = f"sanctions or more had been {span(odds)} likely" if odds else ""
        said = "; ".join(part for part in (why, chance) if part)
        told.append(f"{states(codes, cast)}{f' ({said})' if said else ''}")
    yield f"Asked, bound and not willing: {'; '.join(told)}."


def _reluctance(ballot: Ballot) -> str:
    """Return what stood in the way of doing more."""
    if ballot.resolve < ballot.shock:
        return "little resolved from the start"
    return "the mood of this crisis was against it"


def _unpolled(mine: list[Role], crisis: Crisis, cast: Cast) -> Iterator[str]:
    for text, codes in _said([(r.guarantor, r.step.text) for r in mine if r.step], cast):
        yield (
            f"Bound, but not asked before it was over: {states(codes, cast)} "
            f"({waited(crisis, cast.texts[text], cast)})."
        )


def _voided(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    texts = listed(
        called(cast.named(t)) for t in dict.fromkeys(r.step.text for r in mine if r.step)
    )
    yield (
        f"Released from {texts}, void because {cast.protege} was found to have provoked the "
        f"act: {_names(mine, cast)}."
    )


def _unread(mine: list[Role], crisis: Crisis, cast: Cast) -> Iterator[str]:
    for text, codes in _said([(r.guarantor, r.step.text) for r in mine if r.step], cast):
        record = cast.texts[text]
        title, names = called(record.title), states(codes, cast)
        if record.arbiter == "security_council" and cast.veto:
            yield f"Not asked, since {cast.challenger} vetoes the finding under {title}: {names}."
            continue
        why = unread(crisis, record, codes, cast)
        if record.arbiter == "each":
            yield (
                f"Bound by {title}, but did not recognise the act as one that binds: {names} "
                f"({why})."
            )
        else:
            who = cast.named(record.lead) if record.arbiter == "lead" else "the commission"
            yield f"Bound by {title}, but {who} did not find that the act binds: {names} ({why})."


def _uncovered(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    texts = listed(
        called(cast.named(t)) for t in dict.fromkeys(r.step.text for r in mine if r.step)
    )
    yield f"Not asked, since {texts} does not cover such an act: {_names(mine, cast)}."


def _unbound(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    for said, codes in _said([(r.guarantor, _excuse(r, cast)) for r in mine], cast):
        asked = {r.guarantor: r.own for r in mine if r.guarantor in codes}
        yield f"Not asked by any text {said}: {'; '.join(_alone(asked, cast))}."


def _plural(said: str, names: Sequence[str]) -> str:
    return said.replace("was ", "were ", 1) if len(names) > 1 else said


def _excuse(role: Role, cast: Cast) -> str:
    """Return why texts that name a state did not bind it."""
    known = [(called(cast.named(t)), fate(how)) for t, how in role.standing.items() if fate(how)]
    texts = [f"{listed(names)} {_plural(said, names)}" for said, names in grouped(known).items()]
    return f"({'; '.join(texts)})" if texts else "in force"


def _alone(asked: Mapping[str, Ballot | None], cast: Cast) -> Iterator[str]:
    """Yield who would not act by itself, and who had not made up its mind."""
    votes = {code: ballot for code, ballot in asked.items() if ballot is not None}
    late = [code for code in asked if code not in votes]
    if votes:
        odds = span([ballot.ready(1) if ballot.odds else 0.0 for ballot in votes.values()])
        own = verb(list(votes), "its", "their")
        yield (
            f"{states(votes, cast)} (on {own} own motion not willing; sanctions or more had been "
            f"{odds} likely)"
        )
    if late:
        mind = verb(late, "it made up its mind", "they made up their minds")
        yield f"{states(late, cast)} (it was over before {mind})"


def _stakeless(mine: list[Role], _crisis: Crisis, cast: Cast) -> Iterator[str]:
    for said, codes in _said([(r.guarantor, _excuse(r, cast)) for r in mine], cast):
        alone = "it does" if len(codes) == 1 else "they do"
        own = "its" if len(codes) == 1 else "their"
        yield (
            f"No text {said} asked {states(codes, cast)}, and without a stake of {own} own "
            f"{alone} not act."
        )


def _over(crisis: Crisis) -> str:
    fight = crisis.campaign
    return "the objective fell" if fight is not None and fight.end in FELL else "it was over"


_TOLD = {
    CAME: _came,
    LATE: _late,
    EMPTY: _empty,
    PUNISHED: _punished,
    BLOCKED: _blocked,
    UNDECIDED: _undecided,
    LESS: _less,
    UNWILLING: _unwilling,
    UNPOLLED: _unpolled,
    VOIDED: _voided,
    UNREAD: _unread,
    UNCOVERED: _uncovered,
    UNBOUND: _unbound,
    STAKELESS: _stakeless,
}


def tallied(crises: list[Crisis], cast: Cast) -> Iterator[str]:
    """Yield who answered acts short of attack and who never did, over many of them."""
    acted: dict[str, int] = {}
    asked: dict[str, int] = {}
    for crisis in crises:
        for code, role in roles(crisis, cast).items():
            acted[code] = acted.get(code, 0) + (role.rung > 0)
            step = role.step
            asked[code] = asked.get(code, 0) + bool(
                step and step.how in (UNWILLING, BLOCKED, LESS, UNDECIDED)
            )
    some = sorted((code for code in acted if acted[code]), key=lambda code: -acted[code])
    never = [code for code in acted if not acted[code]]
    if some:
        yield "Answered: " + listed(f"{cast.named(c)} ({times(acted[c])})" for c in some) + "."
    bound = [c for c in never if asked[c]]
    free = [c for c in never if not asked[c]]
    if bound:
        yield (
            "Asked as bound by a text, and never did more than protest: "
            + listed(f"{cast.named(c)} (asked {times(asked[c])})" for c in bound)
            + "."
        )
    if free:
        yield (
            "Never bound by a text in such a crisis, and never acted by "
            f"{'itself' if len(free) == 1 else 'themselves'}: "
            f"{listed(cast.named(c) for c in free)}."
        )


def reasons(crisis: Crisis, cast: Cast) -> Mapping[str, str]:
    """Return the reason of each guarantor, by code, as plain data."""
    return {code: role.how for code, role in roles(crisis, cast).items()}
