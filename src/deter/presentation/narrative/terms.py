"""What the texts ask of their members, in a sentence each."""

from __future__ import annotations

from collections.abc import Iterator

from deter.narrative.cast import Cast, Text
from deter.presentation.narrative.answering import called
from deter.presentation.narrative.phrases import RULES, count, grouped, listed

LEVELS = {
    "consult": "to consult on {}",
    "assist": "to assist with {}",
    "as_deemed_necessary": "what each deems necessary of {}",
    "all_means": "all means of {}",
}
RUNGS = {"sanctions": "sanctions", "arms": "arms", "air": "air force", "ground": "ground troops"}


def terms(cast: Cast) -> Iterator[str]:
    """Yield what each text with members asks of them after an act that binds."""
    for text in cast.texts.values():
        if text.members:
            yield _terms(text, cast)


def _terms(text: Text, cast: Cast) -> str:
    who = count(len(text.members), "state")
    if len(text.members) <= 3:
        who = listed(cast.named(code) for code in text.members)
    owed = [(RUNGS[rung], level) for rung, level in text.owed.items() if level in LEVELS]
    asks = [LEVELS[level].format(listed(rungs)) for level, rungs in grouped(owed).items()]
    if text.snapback == "automatic":
        asks.append("sanctions that come back by themselves")
    head = f"{called(text.title)} asks of {who}"
    if not asks:
        return f"{head} nothing after an attack."
    rule = RULES[text.rule]
    if text.rule == "lead" and text.lead:
        rule = f"{cast.named(text.lead)} decides for all"
    return f"{head}: {listed(asks)} ({rule})."
