"""The three questions at the end of a story: why, who did not come, what would have changed it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from deter.narrative.calls import Call, calls
from deter.narrative.cast import Cast
from deter.narrative.causes import FAILED, GIVEN, HELD, decisive, stage, verdict
from deter.narrative.model import Crisis, History
from deter.presentation.narrative.absent import absent, tallied
from deter.presentation.narrative.answering import called
from deter.presentation.narrative.fighting import ended, held
from deter.presentation.narrative.phrases import (
    DO,
    NOUNS,
    capital,
    count,
    dated,
    grouped,
    listed,
    pct,
    sentences,
)
from deter.presentation.narrative.weighing import quoted

WHY = {
    "held": "The defence held, and nothing was lost in it.",
    "not_yet_in_force": "No text bound anybody yet when it came.",
    "lapsed_or_exited": "The texts had run out, or their members had left them.",
    "void": "The guarantee was void when it was needed.",
    "not_covered": "No text in force covered the act.",
    "not_recognised": "No member recognised the act as the event that binds it.",
    "blocked_by_the_rule": "Members were willing, but the decision rule was not met.",
    "reneged": "Of the members that were bound and recognised the act, none was willing.",
    "too_late": "Help was decided on, and came too late.",
    "too_weak": "Help arrived and was not enough.",
}
HEADS = {
    FAILED: "Why it failed",
    HELD: "Why it held",
    GIVEN: "How the war that was given ended, and why",
}
NOTHING = "Nothing that was decided came near to going otherwise."
WHO, WHAT = "Who did not come, and why", "What would have changed it"


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


@dataclass(frozen=True)
class Answer:
    """One question and its answer, in sentences."""

    question: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The answer as one paragraph."""
        return sentences(" ".join(self.sentences))


def answers(history: History, cast: Cast, mended: Mended | None = None) -> tuple[Answer, ...]:
    """Return the three answers.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    mended : Mended, optional
        The same luck under other texts.
    """
    crisis = decisive(history, cast)
    return (
        Answer(HEADS[verdict(history)], tuple(s for s in _why(history, cast, crisis) if s)),
        Answer(WHO, tuple(s for s in _who(history, cast, crisis) if s)),
        Answer(WHAT, tuple(s for s in _what(history, cast, crisis, mended) if s) or (NOTHING,)),
    )


# ---- why


def _why(history: History, cast: Cast, crisis: Crisis | None) -> Iterator[str]:
    if crisis is None:
        yield from _why_held(history, cast)
        return
    when = dated(cast.start, crisis.began)
    chosen = [c for c in history.attacks if c.source == "chosen"]
    if crisis.source == "initial":
        yield f"The war was under way from the start; {ended(crisis, cast)}."
    else:
        n = len(history.attacks)
        which = "the attack" if n == 1 else f"of {count(n, 'attack')} the one that decided"
        head = "Deterrence failed: " if crisis.source == "chosen" else ""
        yield f"{capital(f'{head}{which}')} was {_named(crisis, cast)} of {when}."
        yield _why_attacked(crisis, cast)
        yield f"{capital(ended(crisis, cast))}{_holding(crisis, cast)}."
    yield why_not_stopped(crisis, cast) if _asks(cast) else _nothing_asked(crisis, cast)
    others = [c for c in chosen if c is not crisis]
    if others:
        told = listed(
            f"{_named(c, cast)} of {dated(cast.start, c.began)} ({_short(c, cast)})" for c in others
        )
        yield f"The others: {told}."


def _named(crisis: Crisis, cast: Cast) -> str:
    """Return what an attack was, and what it was widened to."""
    wide = f", widened to {quoted(cast.acts[crisis.widened].title)}," if crisis.widened else ""
    return f"{quoted(cast.acts[crisis.option].title)}{wide}"


def why_not_stopped(crisis: Crisis, cast: Cast) -> str:
    """Return in a sentence at which step help gave way."""
    code = stage(crisis, cast)
    if code == "too_late" and not any(deed.rung > 1 for deed in crisis.deeds):
        if crisis.deeds:
            return "The answer stopped at sanctions: nothing that adds strength was sent."
        return "Members were willing, and it was over before they had decided."
    return WHY[code]


def _asks(cast: Cast) -> bool:
    return any(text.asks and text.members for text in cast.texts.values())


def _nothing_asked(crisis: Crisis, cast: Cast) -> str:
    code = stage(crisis, cast)
    if code in ("held", "too_late", "too_weak"):
        return (
            "No text asked anything of anybody; what states did they did on their own motion. "
            f"{why_not_stopped(crisis, cast)}"
        )
    return "No text asked anything of anybody after an attack."


def _holding(crisis: Crisis, cast: Cast) -> str:
    what = held(crisis, cast)
    return f"; it holds {what}" if what else " with nothing gained"


def _short(crisis: Crisis, cast: Cast) -> str:
    fight = crisis.campaign
    what = held(crisis, cast)
    words = {
        "objective": "objective reached",
        "conceded": "conceded",
        "repulse": "thrown back",
        "stopped": "stopped by itself",
        "ceasefire": "ceasefire",
        "escalation": "major war",
        "horizon": "still going on",
    }
    return f"{words[fight.end] if fight else ''}, {'holding ' + what if what else 'nothing gained'}"


def _why_attacked(crisis: Crisis, cast: Cast) -> str:
    """Tell why deterrence failed: not believed, or not enough even if believed."""
    if crisis.source == "scripted":
        return "It came by the script, whatever anybody would have chosen."
    if crisis.sure is None:
        return ""
    if not _binding(crisis, cast):
        return f"{_rarity(crisis, cast)} No text bound anybody at the time."
    return f"{_rarity(crisis, cast)} {if_sure(crisis, cast)}"


def _rarity(crisis: Crisis, cast: Cast) -> str:
    """Tell how rare the choice was: choices are noisy, and some histories turn on that."""
    choice = crisis.choice
    if choice is None:
        return ""
    p, none = choice.odds.get(crisis.option, 0.0), choice.odds.get("refrain", 0.0)
    u = choice.utility[crisis.option]
    text = (
        f"{capital(cast.challenger)} made this choice with {pct(p)}, and doing nothing had "
        f"{pct(none)}"
    )
    if u < 0:
        text += "; it was worth less than nothing to it, and choices in the model are noisy"
    return f"{text}."


def if_sure(crisis: Crisis, cast: Cast) -> str:
    """Tell what it would have done had it been sure that all do what they owe."""
    choice = crisis.choice
    was = (
        "" if choice is None else f", against {pct(1.0 - choice.odds['refrain'])} as it saw things"
    )
    odds = f"{pct(crisis.sure_chance)} likely to act at all{was}"
    head = f"Had {cast.challenger} been sure that every member does what it owes"
    if crisis.sure:
        return (
            f"{head}, it would still have attacked with the same luck ({odds}): what is "
            "owed was not "
            "enough to deter it here."
        )
    return (
        f"{head}, it would not have attacked with the same luck ({odds}): it did not believe the "
        "commitment."
    )


def _binding(crisis: Crisis, cast: Cast) -> bool:
    return any(how == "" and cast.texts[text].asks for (text, _), how in crisis.standing.items())


def _why_held(history: History, cast: Cast) -> Iterator[str]:
    stood = [c for c in history.crises if c.stood_down]
    yield f"No attack came in {cast.horizon:g} {'year' if cast.horizon == 1 else 'years'}."
    for crisis in stood:
        act = cast.acts[crisis.option].title
        yield (
            f"On {dated(cast.start, crisis.began)} {cast.challenger} had mobilised for "
            f"{quoted(act)} and stood down "
            "after guarantors had declared themselves (it would have pressed on with "
            f"{pct(crisis.press_chance)})."
        )
    if not history.choices:
        yield f"{capital(cast.challenger)} met no occasion on which it could have chosen one."
        return
    worst = max(history.choices, key=lambda c: _attack_odds(c.odds, cast))
    risk = 1.0 - math.prod(1.0 - _attack_odds(c.odds, cast) for c in history.choices)
    yield (
        f"On {count(len(history.choices), 'occasion')} it weighed its options; an attack "
        "was never likelier than "
        f"{pct(_attack_odds(worst.odds, cast))} ({dated(cast.start, worst.time)}), and "
        f"{pct(risk)} over all of them together."
    )
    best = [o for o in worst.odds if o in cast.acts and cast.acts[o].kind != "incident"]
    if best:
        top = max(best, key=lambda o: worst.utility[o])
        yield (
            f"At that moment the best attack was worth {worst.utility[top]:+.3f} to it, "
            "where doing nothing is 0, "
            f"with a chance of success of {pct(worst.win[top])}.".replace("-0", "−0")
        )
    n = sum(c.source != "initial" and not c.attack and not c.stood_down for c in history.crises)
    if n:
        yield f"It did not keep the peace below that: there were {count(n, 'act')} short of attack."


def _attack_odds(odds: Mapping[str, float], cast: Cast) -> float:
    return sum(p for o, p in odds.items() if o in cast.acts and cast.acts[o].kind != "incident")


# ---- who


def _who(history: History, cast: Cast, crisis: Crisis | None) -> Iterator[str]:
    if crisis is not None:
        if len(history.attacks) > 1:
            yield f"In the attack that decided ({dated(cast.start, crisis.began)}):"
        yield from absent(crisis, cast)
        return
    for threat in (c for c in history.crises if c.stood_down):
        yield _declared(threat, cast)
    lesser = [c for c in history.crises if not c.stood_down]
    if not lesser:
        yield "Nobody was called on to fight."
        return
    yield "Nobody was called on to fight."
    if len(lesser) > 1:
        yield f"In the {count(len(lesser), 'act')} short of attack:"
        yield from tallied(lesser, cast)
    else:
        yield from absent(lesser[0], cast)


def _declared(crisis: Crisis, cast: Cast) -> str:
    """Tell who declared what while a threat stood, and who did not."""
    said = [(cast.named(g), NOUNS[rung]) for g, rung in crisis.pledges.items() if rung > 0]
    words = "; ".join(f"{what} from {listed(names)}" for what, names in grouped(said).items())
    silent = [cast.named(g) for g, rung in crisis.pledges.items() if rung == 0]
    asked = set(crisis.pledges)
    out = [cast.named(g) for g in cast.parts if cast.playing(g) and g not in asked]
    text = f"When {cast.challenger} had mobilised, guarantors declared {words}."
    if silent:
        text += f" {listed(silent)} declared nothing beyond protest."
    if out:
        text += f" Not asked, or not bound, at that moment: {listed(out)}."
    return text


# ---- what


def _what(
    history: History, cast: Cast, crisis: Crisis | None, mended: Mended | None
) -> Iterator[str]:
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
        worst = max(history.choices, key=lambda c: _attack_odds(c.odds, cast))
        yield (
            f"The closest call was {cast.challenger}'s choice of "
            f"{dated(cast.start, worst.time)}, when an attack was "
            f"{pct(_attack_odds(worst.odds, cast))} likely."
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
