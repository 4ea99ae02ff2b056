"""Every line of a log as a dated sentence, for those who want all of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from deter.narrative.cast import Cast
from deter.presentation.narrative.phrases import dated, pct
from deter.presentation.narrative.story import WIDTH, Told, closing, filled
from deter.vocabulary import RUNGS

_NAME = re.compile(r"`([^`]+)`")
GUTTER = 13


class Event(Protocol):
    """What a line needs of an entry of the event log."""

    @property
    def time(self) -> int:
        """Seconds since the start."""

    @property
    def actor(self) -> str:
        """Whose event it is."""

    @property
    def text(self) -> str:
        """What happened, in plain words."""

    @property
    def chose(self) -> str:
        """What the actor chose."""

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Of the alternatives."""


def every_line(log: Iterable[Event], story: Told) -> str:
    """Tell an event log, a dated line for each event, and how it ends.

    Parameters
    ----------
    log : iterable of Entry
        In order of time.
    story : Told
        The story in prose, of which title and ending are taken.
    """
    head = (
        "Every line of the event log. In brackets: the probability of what happened and of the "
        "likeliest alternatives, as the model has them just before."
    )
    lines = [story.title, story.address, "", filled(head, WIDTH), ""]
    day = ""
    names = names_of(story.cast)
    for event in log:
        date = dated(story.cast.start, event.time)
        lines.append(f"{date if date != day else '':<{GUTTER}}{_sentence(event, names)}")
        day = date
    if not day:
        lines.append("Nothing happens.")
    end = [*closing(story, WIDTH), *([story.code] if story.code else [])]
    return "\n".join(lines) + "\n\n" + "\n\n".join(end)


def names_of(cast: Cast) -> dict[str, str]:
    """Return what the codes of actors, options and layers are called in prose."""
    names = {"challenger": cast.challenger, "protege": cast.protege, "protégé": cast.protege}
    names |= {code: part.title for code, part in cast.parts.items()}
    names |= {code: act.title for code, act in cast.acts.items()}
    names |= {code: text.title for code, text in cast.texts.items()}
    return {code: text for code, text in names.items() if code not in RUNGS}


def _sentence(event: Event, names: Mapping[str, str]) -> str:
    text = _NAME.sub(lambda name: names.get(name[1], name[1].replace("_", " ")), event.text)
    if event.actor == "world":
        text = re.sub(r"\b(challenger|protégé)\b", lambda word: names.get(word[1], word[1]), text)
    if event.actor == "world":
        sentence = text
    else:
        link = " " if _is_verb(event.text) else ": "
        sentence = f"{names.get(event.actor, event.actor)}{link}{text}"
    return f"{sentence[:1].upper()}{sentence[1:]}{_odds(event.probabilities, event.chose)}"


def _is_verb(text: str) -> bool:
    """Tell whether a text goes on from its subject, as ``decides on``, or stands by itself."""
    first = text.split(" ", 1)[0]
    return first.endswith("s") and first != "its"


def _odds(probabilities: Mapping[str, float], chose: str) -> str:
    """Return the probabilities behind an event: of what was chosen, then the largest others."""
    known = {
        word: p
        for word, p in probabilities.items()
        if math.isfinite(p) and (p >= 0.005 or word == chose)
    }
    if not known:
        return ""
    told = sorted(known.items(), key=lambda item: (item[0] != chose, -item[1]))[:3]
    words = (f"{word.replace('_', ' ')} {pct(p)}" for word, p in told)
    return f"  ({', '.join(words)})"
