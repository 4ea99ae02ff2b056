"""A campaign told: battles, help against the clock, turns, talks, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.ground import steps
from deter.narrative.model import DAY, Arrival, Campaign, Crisis
from deter.presentation.narrative.land import NOTHING, holds, none_left, since
from deter.presentation.narrative.phrases import (
    amount,
    count,
    dated,
    days,
    listed,
    pct,
    times,
)
from deter.presentation.narrative.states import span, states
from deter.presentation.words import capital

ENDS: Mapping[str, str] = {
    "objective": "{challenger} reached its objective after {days}",
    "conceded": "{protege} did not resist and {challenger} took its objective at once",
    "repulse": "{challenger} was thrown back after {days}",
    "stopped": "{challenger} stopped after {days}, because to go on did not pay",
    "ceasefire": "both sides accepted a ceasefire after {days}",
    "escalation": "it grew into a major war after {days}",
    "horizon": "it was still going on after {days}, when this history ends",
}
FELL = ("objective", "conceded")


def fought(crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Yield the sentences of a campaign."""
    fight = crisis.campaign
    if fight is None or fight.end == "conceded":
        return
    yield _battles(fight, cast)
    yield from _turns(fight, cast)
    yield from _talks(fight, cast)
    yield race(crisis, cast)


def battles(crisis: Crisis, cast: Cast) -> str:
    """Return in a sentence how a campaign's battles went; empty without one."""
    fight = crisis.campaign
    if fight is None or not fight.battles:
        return ""
    won, fought = sum(b.won for b in fight.battles), len(fight.battles)
    odds = span([b.chance for b in fight.battles])
    return (
        f"{cast.challenger} wins {won} of {count(fought, 'battle')} (its chance in each: {odds})."
    )


def _battles(fight: Campaign, cast: Cast) -> str:
    if not fight.battles:
        return f"No battle is decided in {days(fight.days)}."
    won = sum(b.won for b in fight.battles)
    last = fight.battles[-1]
    text = (
        f"{capital(count(len(fight.battles), 'battle'))} in {days(fight.days)}: "
        f"{cast.challenger} wins "
        f"{won} (its chance in each: {span([b.chance for b in fight.battles])}; forces at the "
        f"last {amount(last.attacker)} against {amount(last.defender)} brigades)."
    )
    if fight.end not in FELL and last.above > 0 and last.below > 0:
        text += (
            f" It stands {count(round(last.above), 'step')} short of its objective and "
            f"{count(round(last.below), 'step')} from being thrown back."
        )
    return text


def _turns(fight: Campaign, cast: Cast) -> Iterator[str]:
    for turn in fight.turns:
        when = dated(cast.start, turn.time)
        if turn.what == "widen":
            yield (
                f"{when}: it widens the attack to all of {cast.protege} ({pct(turn.chance)} "
                f"likely; it puts full victory at {pct(turn.win)})."
            )
        elif turn.what == "keep":
            yield (
                f"{when}: it keeps the attack limited (that it would widen it was "
                f"{pct(turn.chance)} likely)."
            )
        elif turn.what == "direct":
            yield f"{when}: it comes to direct war with a guarantor."
        elif turn.what == "major":
            yield f"{when}: the war becomes a major one."


def _talks(fight: Campaign, cast: Cast) -> Iterator[str]:
    refused = [t for t in fight.talks if not (t.challenger and t.protege)]
    if refused:
        by = {cast.challenger if not t.challenger else cast.protege for t in refused}
        both = any(not t.challenger and not t.protege for t in refused)
        names = listed(sorted(by | ({cast.protege} if both else set())))
        yield f"A ceasefire is offered {times(len(refused))} and refused by {names}."
    for talk in fight.talks:
        if talk.challenger and talk.protege:
            yield (
                f"{dated(cast.start, talk.time)}: both accept a ceasefire (that "
                f"{cast.protege} would was {pct(talk.chance)} likely)."
            )


def race(crisis: Crisis, cast: Cast) -> str:
    """Tell when help arrived against when the campaign was over."""
    fight = crisis.campaign
    if fight is None:
        return ""
    over = "the objective fell" if fight.end in FELL else "it was over"
    if not fight.arrivals:
        sent = sorted({d.guarantor for d in crisis.deeds if d.rung >= 2})
        if not sent:
            return "No help was on its way."
        names = states(sent, cast)
        return (
            f"What {names} had decided to send did not arrive before {over} on day "
            f"{fight.days:.0f}."
        )
    first = fight.arrivals[0]
    total = sum(a.strength for a in fight.arrivals)
    pieces = listed(_arrived(fight, cast))
    return (
        f"Help joins the defence from day {(first.time - fight.began) / DAY:.0f} on: "
        f"{pieces}; in all "
        f"{amount(total)} brigades' worth. {capital(over)} on day {fight.days:.0f}."
    )


def _arrived(fight: Campaign, cast: Cast) -> Iterator[str]:
    by: dict[str, list[Arrival]] = {}
    for arrival in fight.arrivals:
        by.setdefault(arrival.guarantor, []).append(arrival)
    for code, pieces in by.items():
        what = listed(dict.fromkeys(a.piece for a in pieces))
        first, last = pieces[0].time, pieces[-1].time
        span = f"day {(first - fight.began) / DAY:.0f}"
        if round((first - last) / DAY) != 0:
            span = f"days {(first - fight.began) / DAY:.0f} to {(last - fight.began) / DAY:.0f}"
        yield f"{cast.named(code)}'s {what} ({span}, {amount(sum(a.strength for a in pieces))})"


def ended(crisis: Crisis, cast: Cast) -> str:
    """Return how a campaign ended, as a clause."""
    fight = crisis.campaign
    if fight is None:
        return ""
    return ENDS[fight.end].format(
        challenger=cast.challenger, protege=cast.protege, days=days(fight.days)
    )


def held(crisis: Crisis, cast: Cast, land: Mapping[int, float] | None = None) -> str:
    """Return what the challenger holds at the end of a campaign, in words; empty for nothing.

    Parameters
    ----------
    crisis, cast : Crisis, Cast
        The campaign's.
    land : mapping of int to float, optional
        Share of the land each campaign took, by the number of its crisis.
    """
    fight = crisis.campaign
    if fight is None:
        return ""
    full = cast.acts[crisis.last_option].kind == "full"
    if fight.end in FELL:
        return _fallen(crisis, land or {}, full, cast)
    gained, total = steps(crisis)
    if gained <= 0 or total <= 0:
        return ""
    aim = f", control of {cast.protege}" if full else ""
    words = f"{gained} of the {total} steps to its objective{aim}"
    return f"{words}{_counted(crisis, land or {}, cast)}"


def _fallen(crisis: Crisis, land: Mapping[int, float], full: bool, cast: Cast) -> str:
    """Return what is held where the objective fell, and how much land that makes."""
    if not full:
        return f"what it came for{_counted(crisis, land, cast)}"
    return holds(cast, 1.0 - cast.held)


def _counted(crisis: Crisis, land: Mapping[int, float], cast: Cast) -> str:
    """Return in brackets how much land the challenger holds after a campaign."""
    if crisis.campaign is not None and crisis.campaign.end == "horizon":
        return " (land counts as lost only when the fighting is over)"
    if crisis.number not in land:
        return ""
    lost = since(land, crisis.number)
    if land[crisis.number] >= NOTHING:
        return f" ({cast.challenger} now holds {holds(cast, lost)})"
    left = "no more land was left to lose" if none_left(cast, lost) else "no more land lost"
    return f" ({left})"
