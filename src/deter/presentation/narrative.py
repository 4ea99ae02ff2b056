"""The story of one replication: its event log as dated lines of prose."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Protocol

from deter.spec.framework import Framework
from deter.spec.scenario import Scenario
from deter.vocabulary import RUNGS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAME = re.compile(r"`([^`]+)`")
_SECONDS_PER_DAY = 86400


class Event(Protocol):
    """What a story needs of an entry of the event log."""

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


def names_of(scenario: Scenario, framework: Framework) -> dict[str, str]:
    """Return what the codes of actors, options and layers are called in prose."""
    names = {
        "challenger": scenario.challenger.title,
        "protege": scenario.protege.title,
        "protégé": scenario.protege.title,
    }
    names |= {code: record.title for code, record in scenario.guarantors.items() if record.title}
    names |= {code: record.title for code, record in scenario.options.items() if record.title}
    names |= {layer.id: layer.title for layer in framework.layers if layer.title}
    return {code: text for code, text in names.items() if code not in RUNGS}


def story(
    log: Iterable[Event], start: date, title: str = "", names: Mapping[str, str] | None = None
) -> str:
    """Tell an event log, a dated line for each event.

    Parameters
    ----------
    log : iterable of Entry
        In order of time.
    start : date
        First day of the scenario.
    title : str
        Heading.
    names : mapping of str to str, optional
        What codes are called.
    """
    lines = [title, ""] if title else []
    day = ""
    for event in log:
        dated = _dated(start, event.time)
        lines.append(f"{dated if dated != day else '':<13}{_sentence(event, names or {})}")
        day = dated
    if len(lines) <= 2:
        lines.append("Nothing happens.")
    return "\n".join(lines)


def _dated(start: date, seconds: int) -> str:
    try:
        day = start + timedelta(days=seconds // _SECONDS_PER_DAY)
    except OverflowError:
        return f"day {seconds // _SECONDS_PER_DAY}"
    return f"{day.day:2d} {_MONTHS[day.month - 1]} {day.year}"


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
    known = {word: p for word, p in probabilities.items() if math.isfinite(p) and p >= 0.005}
    if not known:
        return ""
    told = sorted(known.items(), key=lambda item: (item[0] != chose, -item[1]))[:3]
    words = (f"{word.replace('_', ' ')} {p:.2f}" for word, p in told)
    return f"  ({', '.join(words)})"
