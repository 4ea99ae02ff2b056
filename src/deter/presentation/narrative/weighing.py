"""What the challenger weighed when it chose an attack."""

from __future__ import annotations

from collections.abc import Mapping

from deter.narrative.cast import Cast
from deter.narrative.model import Choice, Crisis
from deter.presentation.narrative.phrases import likely, listed, pct, worth
from deter.presentation.words import capital

SHOWN, MOST = 0.05, 3
"""Expectations below this are not told, and no more than so many."""

LEVELS = ((1, "arms or more"), (0, "sanctions or more"))


def weighed(crisis: Crisis, cast: Cast) -> str:
    """Tell what the challenger saw, what it weighed and how likely its choice was."""
    choice = crisis.choice
    if choice is None:
        return ""
    act = cast.acts[crisis.option]
    return " ".join(
        [
            f"{capital(cast.challenger)} meets an occasion and decides on {quoted(act.title)}, "
            f"{_class(act.kind)} ({likely(choice.odds.get(crisis.option, 0.0))}).",
            _alternatives(choice, cast, crisis.option),
            _gain(choice, cast, crisis.option),
            expected(choice.help[crisis.option], cast),
        ]
    )


def quoted(title: str) -> str:
    """Return the title of an option in quotation marks."""
    return f"“{title}”"


def _class(kind: str) -> str:
    return {"limited": "a limited attack", "full": "a full attack"}.get(
        kind, "an act short of attack"
    )


def _alternatives(choice: Choice, cast: Cast, taken: str) -> str:
    """Tell the odds of what it did not do."""
    kinds = {"incident": 0.0, "limited": 0.0, "full": 0.0}
    for option, p in choice.odds.items():
        if option in cast.acts and option != taken:
            kinds[cast.acts[option].kind] += p
    words = {
        "incident": "an act short of attack",
        "limited": "another limited attack",
        "full": "another full attack",
    }
    kind = cast.acts[taken].kind
    words |= {k: v.replace("another", "a") for k, v in words.items() if k != kind}
    others = [f"{words[k]} {pct(p)}" for k, p in kinds.items() if p >= 0.0005]
    text = f"Doing nothing was {pct(choice.odds.get('refrain', 0.0))} likely"
    return f"{text}{', ' + listed(others) if others else ''}."


def _gain(choice: Choice, cast: Cast, option: str) -> str:
    return (
        f"It puts its chance of success at {pct(choice.win[option])}; all costs and dangers "
        f"counted, the act is worth {worth(choice.utility[option])} to it, where doing nothing is "
        f"0 and full control of {cast.protege} 1."
    )


def expected(help_: Mapping[str, tuple[float, ...]], cast: Cast) -> str:
    """Tell what the challenger expects of each guarantor."""
    playing = {code: rungs for code, rungs in help_.items() if cast.playing(code)}
    if not playing:
        return "There is nobody whose help it would have to expect."
    for rung, words in LEVELS:
        ranked = sorted(playing.items(), key=lambda item: -item[1][rung])
        shown = [(code, r[rung]) for code, r in ranked if r[rung] >= SHOWN]
        if shown:
            told = listed(f"{cast.named(code)} ({pct(p)})" for code, p in shown[:MOST])
            return f"It expects {words} most from {told}."
    return f"It expects next to nothing of the guarantors: of each, anything under {pct(SHOWN)}."
