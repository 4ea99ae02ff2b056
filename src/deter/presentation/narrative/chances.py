"""Chance in words: choices that were improbable, and luck in battle."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.luck import RARE, Run, run
from deter.narrative.model import Choice, Crisis, History
from deter.presentation.narrative.phrases import NUMBERS, count, pct
from deter.presentation.narrative.states import span
from deter.presentation.words import capital

LIKELY = 2 / 3
"""From this probability on an attack sooner or later was to be expected."""


def attack_odds(odds: Mapping[str, float], cast: Cast) -> float:
    """Return how likely a limited or full attack was at a choice."""
    return sum(p for o, p in odds.items() if o in cast.acts and cast.acts[o].kind != "incident")


def rarity(history: History, crisis: Crisis, cast: Cast) -> Iterator[str]:
    """Yield how probable the choice of an attack was, and how probable any attack up to then."""
    choice = crisis.choice
    if choice is None:
        return
    p = choice.odds.get(crisis.option, 0.0)
    who = cast.challenger
    worse = (
        " It was worth less than nothing to it: the model lets it err."
        if choice.utility[crisis.option] < 0
        else ""
    )
    others = f"doing nothing was {pct(choice.odds.get('refrain', 0.0))} likely"
    short = _short_of_attack(choice, cast)
    if short >= RARE:
        others += f", an act short of attack {pct(short)}"
    if p < RARE:
        yield (
            f"It was improbable: that {who} would choose this attack was {pct(p)} likely on that "
            f"occasion; {others}.{worse}"
        )
    else:
        yield f"That {who} would choose it was {pct(p)} likely on that occasion; {others}.{worse}"
    if crisis.presses and crisis.pledges:
        again = "that too was improbable" if p < RARE else "that was improbable"
        rare = f", and {again}" if crisis.press_chance < RARE else ""
        yield (
            "It pressed on though guarantors had declared themselves"
            f"{rare} ({pct(crisis.press_chance)} likely)."
        )
    met = [c for c in history.choices if c.time <= choice.time]
    if len(met) > 1 and p < RARE:
        risk = risk_until(history, crisis, cast)
        soon = ": sooner or later one was to be expected" if risk >= LIKELY else ""
        yield (
            f"Over the {count(len(met), 'occasion')} up to then, that it would choose some attack "
            f"was {pct(risk)} likely{soon}."
        )


def risk_until(history: History, crisis: Crisis, cast: Cast) -> float:
    """Return how likely some attack was over all occasions up to the choice of one."""
    until = crisis.choice.time if crisis.choice is not None else crisis.time
    met = [c for c in history.choices if c.time <= until]
    return 1.0 - math.prod(1.0 - attack_odds(c.odds, cast) for c in met)


def _short_of_attack(choice: Choice, cast: Cast) -> float:
    return sum(
        p for o, p in choice.odds.items() if o in cast.acts and cast.acts[o].kind == "incident"
    )


def fortune(crisis: Crisis, cast: Cast) -> str:
    """Return a sentence on luck in battle; empty where battles went about as they were to go."""
    found = run(crisis.campaign)
    if found is None or not found.told:
        return ""
    lucky, other = (
        (cast.challenger, cast.protege) if found.lucky else (cast.protege, cast.challenger)
    )
    if found.against_strength:
        close = "slightly " if _even(found) else ""
        strong = cast.challenger if found.favoured else cast.protege
        head = f"{capital(strong)} was {close}favoured in battle and unlucky"
    else:
        head = f"{capital(lucky)} was lucky in battle, and {other} unlucky"
        if found.even:
            head = f"At even odds {head}"
    if found.fought == 1:
        won = cast.challenger if found.won else cast.protege
        return (
            f"{head}: {won} won the one battle, of which {cast.challenger}'s chance was "
            f"{pct(found.low)}."
        )
    n = found.won
    said = NUMBERS[n] if n < len(NUMBERS) else str(n)
    so = "so many or more" if found.lucky else "so few or fewer"
    return (
        f"{head}: {cast.challenger} won {said} of {count(found.fought, 'battle')}, where its "
        f"chance in each was {span([found.low, found.high])} ({so} of so many are "
        f"{pct(found.chance)} likely)."
    )


def _even(found: Run) -> bool:
    return abs(found.expected / found.fought - 0.5) < 0.05
