"""Why texts bound nobody, or did not bind some, in words."""

from __future__ import annotations

from collections.abc import Sequence

from deter.narrative.cast import Cast
from deter.narrative.model import Crisis
from deter.presentation.narrative.phrases import grouped, listed
from deter.presentation.narrative.states import states

IN_PARLIAMENT = {
    "not ratified": "had been refused by the parliament",
    "awaits ratification": "was still before the parliament",
}

FATES = {
    "not signed": "was not signed yet",
    "not ratified": "had been refused by parliament",
    "awaits ratification": "was still before parliament",
    "awaits a ceasefire": "waited for a ceasefire",
    "awaits a peace treaty": "waited for a peace treaty",
    "withdrawn": "had been withdrawn",
    "run out": "had run out",
    "left": "had been left",
    "void": "was void",
}
"""How a text stood that named a state and did not bind it."""


def fate(how: str) -> str:
    """Return how a text stood that did not bind a state; empty where it never named it."""
    return FATES.get(how, "")


def unbound(crisis: Crisis, cast: Cast) -> str:
    """Return why no text bound anybody, text by text, as a clause."""
    said = [
        (f"“{text.title}”", unbound_by(crisis, cast, code))
        for code, text in cast.texts.items()
        if text.asks and text.members
    ]
    parts = []
    for words, (first, *like) in grouped(said).items():
        also = f" (and so with {listed(like)})" if like else ""
        parts.append(f"{first} {words}{also}")
    return "; ".join(parts)


def unbound_by(crisis: Crisis, cast: Cast, code: str) -> str:
    """Return why a text bound nobody, as what is said of it."""
    how = crisis.standing or crisis.later
    members = cast.texts[code].members
    found = grouped((g, how.get((code, g), "not signed")) for g in members)
    return listed(_by_whom(why, names, cast, len(found) > 1) for why, names in found.items() if why)


def _by_whom(how: str, codes: Sequence[str], cast: Cast, some: bool) -> str:
    """Return how a text stood for some states."""
    if how in IN_PARLIAMENT:
        names = states(codes, cast, brief=True)
        return f"{IN_PARLIAMENT[how]}{'s' if len(codes) > 1 else ''} of {names}"
    return FATES.get(how, how) + (f" for {states(codes, cast)}" if some else "")
