"""Why an attack was not stopped, in a sentence: at which step help gave way."""

from __future__ import annotations

from deter.narrative.cast import Cast
from deter.narrative.causes import stage
from deter.narrative.model import DAY, Crisis
from deter.narrative.standing import BOUND
from deter.presentation.narrative.phrases import amount, days, verb
from deter.presentation.narrative.readings import unread, waited
from deter.presentation.narrative.standings import unbound
from deter.presentation.narrative.states import states
from deter.presentation.words import capital

WHY = {
    "held": "The defence held, and nothing was lost in it.",
    "lapsed_or_exited": "The texts had run out, or their members had left them.",
    "void": "The guarantee was void when it was needed.",
    "not_covered": "No text in force covered the act.",
    "not_recognised": "No member recognised the act as the event that binds it.",
    "blocked_by_the_rule": "Members were willing, but the decision rule was not met.",
    "reneged": "Of the members that were bound and recognised the act, none was willing.",
    "too_late": "Help was decided on, and came too late.",
    "too_weak": "Help arrived and was not enough.",
}
UNBOUND, ARMS = "not_yet_in_force", 2


def why_not_stopped(crisis: Crisis, cast: Cast) -> str:
    """Return in a sentence at which step help gave way."""
    code = stage(crisis, cast)
    if code == UNBOUND:
        return f"No text bound anybody when it came: {unbound(crisis, cast)}."
    tell = {
        "not_recognised": _not_recognised,
        "reneged": _reneged,
        "too_late": _too_late,
        "too_weak": _too_weak,
    }.get(code)
    return tell(crisis, cast) if tell else WHY[code]


def _bound(crisis: Crisis, cast: Cast, code: str) -> list[str]:
    return [g for g in cast.texts[code].members if crisis.standing.get((code, g)) == BOUND]


def _not_recognised(crisis: Crisis, cast: Cast) -> str:
    for code, text in cast.texts.items():
        missing = _bound(crisis, cast, code)
        if text.asks and missing and crisis.last_option in text.covers:
            if text.arbiter == "security_council" and cast.veto:
                break
            return f"{WHY['not_recognised'][:-1]} ({unread(crisis, text, missing, cast)})."
    return WHY["not_recognised"]


def _reneged(crisis: Crisis, cast: Cast) -> str:
    """Tell who was asked and refused, and who of the bound did not recognise the act."""
    polls = [p for p in crisis.polls if p.bound and not p.threat]
    if not polls:
        seen = [text for code, text in cast.texts.items() if crisis.recognised(code)]
        waits = [waited(crisis, text, cast) for text in seen]
        wait = f", for {waits[0]}" if waits else ""
        return f"It was over before the members that were bound had been asked{wait}."
    asked = {g for p in polls for g in p.bound}
    blind = {g for code in {p.text for p in polls} for g in _bound(crisis, cast, code)} - asked
    who = states(asked, cast, brief=True)
    text = f"Asked and bound, {who} {verb(list(asked), 'was', 'were')} not willing to do anything"
    if blind:
        text += f"; {states(blind, cast, brief=True)} had not recognised the act"
    return f"{text}."


def _too_late(crisis: Crisis, cast: Cast) -> str:
    """Tell what was late: help on its way, minds not made up, or nothing but sanctions meant."""
    if any(deed.rung >= ARMS for deed in crisis.deeds):
        return WHY["too_late"]
    ready = undecided(crisis)
    if ready:
        were, they = ("was", "it") if len(ready) == 1 else ("were", "they")
        return (
            f"{capital(states(ready, cast))} {were} ready for more than sanctions; it was over "
            f"before {they} had decided."
        )
    if crisis.deeds:
        return "The answer stopped at sanctions: nothing that adds strength was sent."
    return "Members were willing, and it was over before they had decided."


def undecided(crisis: Crisis) -> list[str]:
    """Return who was ready to send strength when last asked under a text, and did not act on it."""
    last = {p.text: p for p in crisis.polls if not p.threat}
    done = crisis.done()
    found = [
        b.guarantor
        for poll in last.values()
        for b in poll.ballots
        if b.rung >= ARMS and b.guarantor in poll.bound and (poll.rung is None or poll.rung >= ARMS)
    ]
    return [g for g in dict.fromkeys(found) if g not in done or done[g].rung < ARMS]


def counted_as(crisis: Crisis, cast: Cast) -> str:
    """Return the code under which the row counts why an attack was not stopped."""
    code = stage(crisis, cast)
    return f"In its row the attack that decided is counted as “{code.replace('_', ' ')}”."


def _too_weak(crisis: Crisis, _cast: Cast) -> str:
    """Tell how much help arrived, from when on, and how the two sides then stood."""
    fight = crisis.campaign
    if fight is None or not fight.battles or not fight.arrivals:
        return WHY["too_weak"]
    total = sum(a.strength for a in fight.arrivals)
    first = (fight.arrivals[0].time - fight.began) / DAY
    last = fight.battles[-1]
    lost = fight.gained > 0
    helped = fight.arrivals[0].time <= last.time
    with_it = "With this help" if helped else "Before it came"
    tail = ""
    if lost:
        tail = " and lost all the same" if last.defender > last.attacker else " and lost"
    return (
        f"Help arrived and was not enough: {amount(total)} brigades' worth, the first of it on day "
        f"{first:.0f} of {fight.days:.0f}. {with_it} the defence stood at "
        f"{amount(last.defender)} brigades against {amount(last.attacker)}{tail}."
    )


def disputed(crisis: Crisis, cast: Cast) -> str:
    """Tell whether a disputed provocation held up the answer; empty where there was none."""
    if not crisis.alleged or not any(r.recognised for r in crisis.readings):
        return ""
    text = f"{capital(cast.challenger)} said that {cast.protege} had provoked it"
    if not crisis.rulings:
        return f"{text}, and it was over before that was settled: until then nobody was asked."
    after = min(r.time - crisis.began for r in crisis.rulings) / DAY
    found = "agreed" if any(r.upheld for r in crisis.rulings) else "found otherwise"
    void = ", which voided the text" if any(r.voids for r in crisis.rulings) else ""
    return f"{text}; members had to wait {days(after)} for the ruling, which {found}{void}."
