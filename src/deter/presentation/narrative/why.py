"""Why deterrence failed or held, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.causes import stage
from deter.narrative.model import Crisis, History
from deter.presentation.narrative.fighting import ended, held
from deter.presentation.narrative.phrases import (
    capital,
    count,
    dated,
    listed,
    pct,
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


def why(history: History, cast: Cast, crisis: Crisis | None) -> Iterator[str]:
    """Yield why it failed, or held; ``crisis`` is the attack that decided, if there was one."""
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
    worst = max(history.choices, key=lambda c: attack_odds(c.odds, cast))
    risk = 1.0 - math.prod(1.0 - attack_odds(c.odds, cast) for c in history.choices)
    yield (
        f"On {count(len(history.choices), 'occasion')} it weighed its options; an attack "
        "was never likelier than "
        f"{pct(attack_odds(worst.odds, cast))} ({dated(cast.start, worst.time)}), and "
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


def attack_odds(odds: Mapping[str, float], cast: Cast) -> float:
    """Return how likely a limited or full attack was at a choice."""
    return sum(p for o, p in odds.items() if o in cast.acts and cast.acts[o].kind != "incident")
