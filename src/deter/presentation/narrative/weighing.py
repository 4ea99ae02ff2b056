"""What the challenger weighed when it chose an attack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.model import Choice, Crisis
from deter.presentation.narrative.phrases import capital, likely, listed, pct, worth

SHOWN = 0.05
"""Expectations below this are summed up."""


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
    """Tell the odds and the worth of what it did not do."""
    kinds = {"incident": 0.0, "limited": 0.0, "full": 0.0}
    for option, p in choice.odds.items():
        if option in cast.acts and option != taken:
            kinds[cast.acts[option].kind] += p
    words = {
        "incident": "acts short of attack",
        "limited": "another limited attack",
        "full": "another full attack",
    }
    kind = cast.acts[taken].kind
    words |= {k: v.replace("another", "a") for k, v in words.items() if k != kind}
    others = [f"{words[k]} {pct(p)}" for k, p in kinds.items() if p >= 0.0005]
    text = f"It would have done nothing with {pct(choice.odds.get('refrain', 0.0))}"
    return f"{text}{'; ' + listed(others) if others else ''}."


def _gain(choice: Choice, cast: Cast, option: str) -> str:
    act = cast.acts[option]
    alike = [o for o in choice.odds if o in cast.acts and o != option]
    best = max(alike, key=lambda o: choice.utility[o], default="")
    win, resist = choice.win[option], choice.resist[option]
    text = (
        f"It puts its chance of success at {pct(win)} and expects {cast.protege} to resist "
        f"({pct(resist)}). The prize is {act.prize:g} where full control is 1; after the cost of "
        "war, punishment and the danger of escalation the act is worth "
        f"{worth(choice.utility[option])} "
        f"to it, where doing nothing is 0"
    )
    if best:
        other = cast.acts[best].title
        text += f" (best of the others: {quoted(other)}, {worth(choice.utility[best])})"
    return text + "."


def expected(help_: Mapping[str, tuple[float, ...]], cast: Cast) -> str:
    """Tell what the challenger expects of each guarantor."""
    playing = {code: rungs for code, rungs in help_.items() if cast.playing(code)}
    if not playing:
        return "There is nobody whose help it would have to expect."
    parts = list(_expectations(playing, cast))
    if not parts:
        return (
            "Of the guarantors it expects next to nothing: each at sanctions or more under "
            f"{pct(SHOWN)}."
        )
    return f"Of the guarantors it expects {'; '.join(parts)}."


def _expectations(playing: Mapping[str, tuple[float, ...]], cast: Cast) -> Iterator[str]:
    levels = ((2, "own forces (air, sea or ground)"), (1, "arms or more"), (0, "sanctions or more"))
    told = 0
    for rung, words in levels:
        ranked = sorted(playing.items(), key=lambda item: -item[1][rung])
        shown = [(code, r[rung]) for code, r in ranked if r[rung] >= SHOWN]
        if not shown:
            continue
        first = [f"{cast.named(code)} {pct(p)}" for code, p in shown[:4]]
        rest = (
            f", {len(shown) - 4} others {pct(shown[-1][1])} to {pct(shown[4][1])}"
            if len(shown) > 4
            else ""
        )
        yield f"{words}: {', '.join(first)}{rest}"
        told += 1
        if told == 2:
            return
