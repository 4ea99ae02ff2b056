"""What would have changed a history: replays with the same luck, and the closest calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from deter.narrative.calls import Call, calls
from deter.narrative.cast import Cast
from deter.narrative.model import Crisis, History
from deter.presentation.narrative.answering import called
from deter.presentation.narrative.phrases import (
    DO,
    count,
    dated,
    listed,
    pct,
)
from deter.presentation.narrative.weighing import quoted
from deter.presentation.narrative.why import attack_odds


class Replay(Protocol):
    """The same luck under another text."""

    @property
    def name(self) -> str:
        """What was changed."""

    @property
    def row(self) -> Mapping[str, Any]:
        """The row it gives."""


class Mended(Protocol):
    """What the same luck brings under other texts."""

    @property
    def bare(self) -> Replay | None:
        """With no guarantee at all."""

    @property
    def repairs(self) -> tuple[Replay, ...]:
        """With each clause mended by itself."""

    @property
    def whole(self) -> Replay | None:
        """With all of them."""

    @property
    def nudges(self) -> tuple[Replay, ...]:
        """With the resolve of one guarantor raised, by its code."""


def what(
    history: History, cast: Cast, crisis: Crisis | None, mended: Mended | None
) -> Iterator[str]:
    """Yield what the same luck brings under other texts, and what nearly went otherwise."""
    if mended is not None:
        yield from _replayed(history, cast, mended)
    if crisis is not None:
        yield from _closest(history, crisis, cast, mended)
    elif any(c.stood_down for c in history.crises):
        for threat in (c for c in history.crises if c.stood_down):
            yield (
                f"The closest call: on {dated(cast.start, threat.began)}, knowing what "
                "guarantors had "
                f"declared, {cast.challenger} would have pressed on with "
                f"{pct(threat.press_chance)}."
            )
    elif history.choices:
        worst = max(history.choices, key=lambda c: attack_odds(c.odds, cast))
        yield (
            f"The closest call was {cast.challenger}'s choice of "
            f"{dated(cast.start, worst.time)}, when an attack was "
            f"{pct(attack_odds(worst.odds, cast))} likely."
        )


FIRST = {
    "objective": "the objective reached",
    "conceded": "the protégé giving in",
    "repulse": "the attacker thrown back",
    "stopped": "the war given up by the attacker",
    "ceasefire": "a ceasefire",
    "horizon": "the war still going on",
}


def attacks_of(row: Mapping[str, Any]) -> int:
    """Return how many attacks were carried out; one that was widened is one."""
    return int(row["n_full_attacks"] + row["n_limited_attacks"] - row["n_widened"])


def severity(row: Mapping[str, Any]) -> tuple[int, int, float]:
    """Return how bad a history is, to compare: how it ended, attacks, ground lost."""
    if row.get("s_major") == "event":
        return 3, 0, 0.0
    if row.get("end_state") == "lost":
        return 2, 0, 0.0
    return 0, attacks_of(row), round(float(row["ground_lost"]), 3)


def told(row: Mapping[str, Any], cast: Cast) -> str:
    """Return what became of it, in a few words."""
    if row.get("s_major") == "event":
        return "a major war"
    if row.get("end_state") == "lost":
        return f"{cast.protege} lost"
    attacks = attacks_of(row)
    lost = float(row["ground_lost"])
    if attacks == 0 and row.get("first_campaign_end"):
        first = FIRST.get(str(row.get("first_campaign_end")), "the war over")
        return f"{first}, {pct(lost) + ' of' if lost > 0.0005 else 'none of'} the land lost"
    ground = (
        f", {pct(lost)} of the land lost" if lost > 0.0005 else ", no land lost" if attacks else ""
    )
    return f"{count(attacks, 'attack')}{ground}"


def _replayed(history: History, cast: Cast, mended: Mended) -> Iterator[str]:
    """Tell what the same luck brings under other texts."""
    base = severity(history.row)
    here = told(history.row, cast)
    if mended.bare is not None:
        bare = severity(mended.bare.row)
        same = told(mended.bare.row, cast)
        if bare == base:
            yield (
                "Replayed with the same luck and no guarantee at all, it comes to the same "
                f"({same})."
            )
        else:
            yield f"Replayed with the same luck and no guarantee at all: {same} (here: {here})."
            if bare < base:
                yield "In this history the guarantee made things worse."
    better = [r for r in mended.repairs if severity(r.row) < base]
    worse = [r for r in mended.repairs if severity(r.row) > base]
    n = len(mended.repairs)
    if not n:
        return
    if better:
        best: dict[str, list[str]] = {}
        for replay in sorted(better, key=lambda r: severity(r.row)):
            best.setdefault(told(replay.row, cast), []).append(replay.name)
        said = "; ".join(
            f"{outcome} with {listed((quoted(n) for n in names), 'or')}"
            for outcome, names in best.items()
        )
        yield (
            f"Of {count(n, 'repair')} of the text, one clause at a time and with the same luck, "
            f"{'one helps' if len(better) == 1 else f'{len(better)} help'}: {said}."
        )
    elif base > (0, 0, 0.0):
        yield (
            f"None of {count(n, 'repair')} of the text, one clause at a time and with the same "
            "luck, makes it less bad."
        )
        if mended.whole is not None:
            whole = severity(mended.whole.row)
            said = f"would: {told(mended.whole.row, cast)}"
            yield f"All of them at once {'would not either' if whole >= base else said}."
    elif history.attacks and not worse:
        yield f"None of {count(n, 'repair')} of the text changes how it ended."
    if worse:
        names = listed(quoted(r.name) for r in worse)
        yield f"Worse than it was, with the same luck: {names} ({told(worse[0].row, cast)})."


def _closest(history: History, crisis: Crisis, cast: Cast, mended: Mended | None) -> Iterator[str]:
    found = calls(history, crisis)
    near = [c for c in found if c.kind == "vote"]
    chances = [c for c in found if c.kind != "vote"]
    if near:
        first = near[0]
        under = f" under {called(cast.named(first.text))}" if first.text else " on its own motion"
        yield (
            f"The closest vote: {cast.named(first.who)} was {first.short:.2f} short of "
            f"being ready to {DO[first.rung]}{under} "
            f"({pct(first.near)} of moods lie between what it was and what was needed)."
        )
        yield _nudged(first, history, cast, mended)
    if chances:
        yield f"The closest chance: {_chance(chances[0], crisis, cast)}."


def _nudged(call: Call, history: History, cast: Cast, mended: Mended | None) -> str:
    """Tell what a replay brings in which that vote goes the other way."""
    replay = next((r for r in mended.nudges if r.name == call.who), None) if mended else None
    if replay is None:
        return ""
    before, after = severity(history.row), severity(replay.row)
    head = "Replayed with its resolve higher by that much from the start, it comes to"
    if after == before:
        return "With that vote the other way, a replay comes to the same."
    return f"{head} {told(replay.row, cast)} (here: {told(history.row, cast)})."


def _chance(call: Call, crisis: Crisis, cast: Cast) -> str:
    when = dated(cast.start, call.time)
    if call.kind == "choice":
        return (
            f"on {when} {cast.challenger} might have done nothing at all ({pct(call.near)}), or "
            "something short of attack"
        )
    if call.kind == "press":
        what = "stood down" if crisis.presses else "pressed on"
        return f"on {when} it might have {what} after mobilisation ({pct(call.near)})"
    if call.kind == "detection":
        return f"its mobilisation of {when} might have been seen ({pct(call.near)})"
    if call.kind == "widening":
        return (
            f"on {when} the choice to widen the attack or not might have gone the other way "
            f"({pct(call.near)})"
        )
    return (
        f"{cast.named(call.who)} might have ratified {called(cast.named(call.text))} "
        f"({pct(call.near)}; it failed on {when})"
    )
