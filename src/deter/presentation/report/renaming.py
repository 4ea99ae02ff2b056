"""Results under the names a reader knows: titles of frameworks, measures in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from deter.analysis.measures import NAMES, label
from deter.presentation.report.naming import EVENTS, PROBABILITY

KEPT = frozenset({"labels", "lever", "level", "against", "factor", "words", "path", "change"})
"""Fields that hold what a user wrote, which may be the name of a framework by chance."""


@dataclass(frozen=True)
class Renamed:
    """An answer under the names a reader knows.

    Attributes
    ----------
    what, heading, result
        As of the answer.
    """

    what: str
    heading: str
    result: Any


def measure_words(name: str) -> str:
    """Return what a measure is called in a sentence.

    Examples
    --------
    >>> measure_words("p_full_attack"), measure_words("ground_lost"), measure_words("n_wars")
    ('the probability of a full attack', 'ground lost', 'n_wars')
    """
    if name in EVENTS:
        return f"{PROBABILITY}{EVENTS[name]}"
    return label(name) if name in NAMES else name


def renamed(one: Any, called: Mapping[str, str]) -> Renamed:
    """Return an answer with frameworks and measures by the names a reader knows.

    Parameters
    ----------
    one : Answer
        Which.
    called : mapping of str to str
        Frameworks by name as a reader knows them.
    """
    names = {name: measure_words(name) for name in NAMES} | dict(called)
    return Renamed(one.what, heading(one.heading, names), _walked(one.result, names))


def heading(text: str, names: Mapping[str, str]) -> str:
    """Return a heading with the names in it replaced, as far as they stand there by themselves.

    Examples
    --------
    >>> heading("a against none", {"a": "A", "none": "no guarantee"})
    'A against no guarantee'
    """
    parts = re.split(r"(, | against | and )", text)
    return "".join(names.get(part, part) for part in parts)


def _walked(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _text(value, names)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            f.name: _walked(getattr(value, f.name), names)
            for f in fields(value)
            if f.init and f.name not in KEPT
        }
        return replace(value, **changed)
    if isinstance(value, dict):
        return {_walked(key, names): _walked(inner, names) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_walked(inner, names) for inner in value)
    if isinstance(value, frozenset):
        return frozenset(_walked(inner, names) for inner in value)
    return value


def _text(text: str, names: Mapping[str, str]) -> str:
    """Return a text that is a name, or begins with one and a comma, with that replaced."""
    first, comma, rest = text.partition(",")
    return f"{names.get(first, first)}{comma}{rest}"


__all__ = ["Renamed", "heading", "measure_words", "renamed"]
