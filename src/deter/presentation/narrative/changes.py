"""What would have changed a history: replays with the same luck, and the closest calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deter.narrative.calls import Call, calls
from deter.narrative.cast import Cast
from deter.narrative.causes import stage
from deter.narrative.luck import rare
from deter.narrative.model import Crisis, History
from deter.presentation.narrative.answering import called
from deter.presentation.narrative.chances import attack_odds
from deter.presentation.narrative.outcomes import (
    BETTER,
    OTHER,
    SAME,
    WORSE,
    compared_with,
    told,
)
from deter.presentation.narrative.phrases import (
    DO,
    NUMBERS,
    count,
    dated,
    grouped,
    listed,
    pct,
)
from deter.presentation.narrative.resentment import Mended, Replay
from deter.presentation.narrative.stopping import ARMS, undecided
from deter.presentation.narrative.weighing import quoted

HALF = 0.5
NARROW, WIDE = 0.05, 0.25
"""A vote is missed narrowly, or widely, by the share of moods between it and what was needed."""

CURES = {
    "blocked_by_the_rule": ("each decides for itself",),
    "not_covered": ("everything covered",),
    "not_recognised": ("no threshold", "no doubt about the threshold"),
    "not_yet_in_force": ("in force from signature", "ratified treaty"),
    "lapsed_or_exited": ("no end of the term", "no way out"),
    "void": ("no void clause",),
    "too_late": (
        "decision within 24 h, silence is assent",
        "what is owed comes by itself within 24 h",
    ),
    "reneged": ("what is owed comes by itself within 24 h",),
}
"""Repairs of the step at which help gave way."""


def what(
    history: History, cast: Cast, crisis: Crisis | None, mended: Mended | None
) -> Iterator[str]:
    """Yield what the same luck brings under other texts, and what nearly went otherwise."""
    if mended is not None:
        yield _caution(crisis, mended)
        yield from _replayed(history, cast, crisis, mended)
    if crisis is not None:
        yield from _closest(history, crisis, cast, mended)
        yield from _talks(crisis, cast)
    elif any(c.stood_down for c in history.crises):
        for threat in (c for c in history.crises if c.stood_down):
            yield (
                f"The closest call (not replayed): on {dated(cast.start, threat.began)}, knowing "
                f"what guarantors had declared, {cast.challenger} was "
                f"{pct(threat.press_chance)} likely to press on to an attack."
            )
    elif history.choices:
        worst = max(history.choices, key=lambda c: attack_odds(c.odds, cast))
        yield (
            f"The closest call (not replayed) was {cast.challenger}'s choice of "
            f"{dated(cast.start, worst.time)}, when an attack was "
            f"{pct(attack_odds(worst.odds, cast))} likely."
        )


# ---- replays


def _caution(crisis: Crisis | None, mended: Mended) -> str:
    """Say how little it says that a change averts an improbable choice."""
    if crisis is None or not rare(crisis) or not (mended.repairs or mended.bare):
        return ""
    return (
        "The choice was improbable: that a change averts it in this one history says little about "
        "the change."
    )


def _replayed(history: History, cast: Cast, crisis: Crisis | None, mended: Mended) -> Iterator[str]:
    """Tell what the same luck brings under other texts."""
    here = told(history.row, cast)
    if mended.bare is not None:
        how, there = compared_with(history.row, mended.bare.row), told(mended.bare.row, cast)
        if how == SAME:
            yield (
                f"Replayed with the same luck and no guarantee at all, it comes to the same "
                f"({there})."
            )
        else:
            yield f"Replayed with the same luck and no guarantee at all: {there} (here: {here})."
        yield _part_of_the_text(how, history)
    if mended.bare is None and not mended.repairs:
        yield "There is no text whose clauses could be changed."
    if mended.repairs:
        yield from _repaired(history, cast, mended)
        yield _cured(history, cast, crisis, mended)
        yield from _reshuffled(history, crisis, mended)


def _part_of_the_text(how: str, history: History) -> str:
    """Return what the text did, by how the same luck goes without it."""
    if how == BETTER:
        return "In this history the guarantee made things worse."
    if history.attacks:
        return "In this history the guarantee limited the damage." if how == WORSE else ""
    if how == WORSE:
        return "In this history the guarantee kept the peace."
    return "In this history the guarantee was not needed for that." if how == SAME else ""


def _repaired(history: History, cast: Cast, mended: Mended) -> Iterator[str]:
    """Tell what each clause put where it is strongest brings, and all of them together."""
    n = len(mended.repairs)
    by: dict[str, list[Replay]] = {}
    for replay in mended.repairs:
        by.setdefault(compared_with(history.row, replay.row), []).append(replay)
    clauses = f"{count(n, 'change')} to the text, each made alone and with the same luck"
    changed = [how for how in (BETTER, OTHER, WORSE) if by.get(how)]
    if n == 1:
        only = mended.repairs[0]
        yield _one(only, compared_with(history.row, only.row), history, cast)
    elif not changed:
        attack = " (no attack with any of them)" if told(history.row, cast) == "no attacks" else ""
        yield f"None of {clauses}, makes a difference{attack}."
    else:
        found = len(by.get(BETTER, ()))
        few = NUMBERS[found] if found < len(NUMBERS) else str(found)
        helps = "none helps" if not found else f"{few} {'helps' if found == 1 else 'help'}"
        better = f": {_outcomes(by[BETTER], cast)}" if found else ""
        yield f"Of {clauses}, {helps}{better}."
        if by.get(OTHER):
            yield (
                "It ends otherwise, but with no less land lost, with "
                f"{_outcomes(by[OTHER], cast, after=True)}."
            )
        if by.get(WORSE):
            yield f"Worse (here: {told(history.row, cast)}): {_outcomes(by[WORSE], cast)}."
    if mended.whole is not None:
        how = compared_with(history.row, mended.whole.row)
        there = told(mended.whole.row, cast)
        yield {
            BETTER: f"All of them at once would have helped: {there}.",
            SAME: "All of them at once change nothing either."
            if not by.get(BETTER)
            else f"All of them at once come to the same as it was ({there}).",
            OTHER: f"All of them at once: {there}, with no less land lost.",
            WORSE: f"All of them at once would have been worse: {there}.",
        }[how]


def _cured(history: History, cast: Cast, crisis: Crisis | None, mended: Mended) -> str:
    """Say so where the step at which help gave way, mended, makes no difference."""
    if crisis is None or crisis.campaign is None:
        return ""
    code = stage(crisis, cast)
    if code == "too_late" and not (any(d.rung >= ARMS for d in crisis.deeds) or undecided(crisis)):
        return ""  # nothing that adds strength was meant to come
    cures = [r for r in mended.repairs if r.name in CURES.get(code, ())]
    differ = [r for r in mended.repairs if compared_with(history.row, r.row) != SAME]
    if not cures or not differ or any(r in differ for r in cures):
        return ""
    said = listed((quoted(r.name) for r in cures), "or")
    return f"The step at which help failed did not decide: even with {said} it comes to the same."


def _one(replay: Replay, how: str, history: History, cast: Cast) -> str:
    there, here = told(replay.row, cast), told(history.row, cast)
    said = "changes nothing" if how == SAME else f"brings {there} (here: {here})"
    return f"The one change to the text that could be made, {quoted(replay.name)}, {said}."


def _outcomes(replays: Sequence[Replay], cast: Cast, after: bool = False) -> str:
    """Return replays by what they come to."""
    by = grouped((quoted(r.name), told(r.row, cast)) for r in replays)
    if after:
        return "; ".join(f"{listed(names, 'or')} ({said})" for said, names in by.items())
    return "; ".join(f"{said} with {listed(names, 'or')}" for said, names in by.items())


def _reshuffled(history: History, crisis: Crisis | None, mended: Mended) -> Iterator[str]:
    """Say so where almost any change averts an improbable attack: that is chance."""
    if crisis is None or not rare(crisis) or mended.bare is None:
        return
    averted = [r for r in mended.repairs if compared_with(history.row, r.row) == BETTER]
    bare = compared_with(history.row, mended.bare.row) == BETTER
    if bare and len(averted) >= HALF * len(mended.repairs):
        yield (
            "That so many changes avert it, having no guarantee among them, is a mark of chance."
        )


# ---- the closest calls


def _closest(history: History, crisis: Crisis, cast: Cast, mended: Mended | None) -> Iterator[str]:
    found = calls(history, crisis)
    near = [c for c in found if c.kind == "vote"]
    chances = [c for c in found if c.kind != "vote"]
    if near:
        first = near[0]
        under = f" under {called(cast.named(first.text))}" if first.text else " on its own motion"
        yield (
            f"The closest vote: {cast.named(first.who)} was {pct(first.chance)} likely to be ready "
            f"to {DO[first.rung]}{under}, and was not{_miss(first)}"
            f"{_nudged(first, history, cast, mended)}."
        )
    if chances:
        yield f"The closest chance (not replayed): {_chance(chances[0], crisis, cast)}."


def _miss(call: Call) -> str:
    """Return whether a vote was missed by little or by much, by the moods in between."""
    if call.near < NARROW:
        return " (a narrow miss)"
    return " (a wide miss)" if call.near >= WIDE else ""


def _nudged(call: Call, history: History, cast: Cast, mended: Mended | None) -> str:
    """Tell what a replay brings in which that vote goes the other way."""
    replay = next((r for r in mended.nudges if r.name == call.who), None) if mended else None
    if replay is None:
        return ""
    if compared_with(history.row, replay.row) == SAME:
        return "; with that vote the other way, a replay comes to the same"
    return (
        f"; with just so much more resolve from the start, a replay comes to "
        f"{told(replay.row, cast)} (here: {told(history.row, cast)})"
    )


def _chance(call: Call, crisis: Crisis, cast: Cast) -> str:
    when = dated(cast.start, call.time)
    if call.kind == "choice":
        return (
            f"on {when} {cast.challenger} might have done nothing at all ({pct(call.near)} "
            "likely), or something short of attack"
        )
    if call.kind == "press":
        stood = "stood down" if crisis.presses else "pressed on"
        return f"on {when} it might have {stood} after mobilisation ({pct(call.near)} likely)"
    if call.kind == "detection":
        return f"its mobilisation of {when} might have been seen ({pct(call.near)} likely)"
    if call.kind == "widening":
        return (
            f"on {when} the choice to widen the attack or not might have gone the other way "
            f"({pct(call.near)} likely)"
        )
    return (
        f"{cast.named(call.who)} might have ratified {called(cast.named(call.text))} "
        f"({pct(call.near)} likely; it failed on {when})"
    )


def _talks(crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Tell of a ceasefire that one side alone refused: the fighting might have ended there."""
    fight = crisis.campaign
    missed = [t for t in fight.talks if t.challenger != t.protege] if fight else []
    if missed:
        talk = missed[-1]
        yes, no = cast.challenger, cast.protege
        if not talk.challenger:
            yes, no = no, yes
        odds = f" ({no} was {pct(talk.chance)} likely to accept)" if talk.challenger else ""
        yield (
            f"The fighting might have ended (not replayed) on {dated(cast.start, talk.time)}: "
            f"{yes} would have taken a ceasefire, and {no} refused{odds}."
        )
