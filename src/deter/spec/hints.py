"""Help in messages: the nearest known word, lists that stay short, values as they were found."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

LONGEST = 60
"""Characters of a user's text that a message repeats."""

LISTED = 14
"""Known words a message lists in full; longer lists show the nearest first and are cut."""

_WORD = 40
"""Characters of a word that are compared with the known ones."""


def nearest(word: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """Return the known word the user most likely meant, or None.

    Case does not count, and a part between underscores counts almost as much as the whole, so
    that ``treety`` finds ``ratified_treaty``.

    Parameters
    ----------
    word : str
        What the user wrote.
    known : iterable of str
        What could have been meant.
    least : float
        Likeness, in [0, 1], from which on it was.

    Examples
    --------
    >>> nearest("treety", ["political", "ratified_treaty"])
    'ratified_treaty'
    >>> nearest("de", ["DE", "US"])
    'DE'
    """
    ranked = _ranked(word, known)
    return ranked[0][1] if ranked and ranked[0][0] >= least else None


def _ranked(word: str, known: Iterable[str]) -> list[tuple[float, str]]:
    scored = [(_likeness(word, candidate), candidate) for candidate in known]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1]))


def _likeness(word: str, candidate: str) -> float:
    left, right = word.lower()[:_WORD], candidate.lower()[:_WORD]
    whole = SequenceMatcher(None, left, right).ratio()
    parts = [part for part in right.replace("/", "_").split("_") if len(part) > 3]
    part = max((SequenceMatcher(None, left, p).ratio() for p in parts), default=0.0)
    return max(whole, 0.9 * part)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing where no known word is near."""
    match = nearest(word, known)
    return f"; did you mean {match!r}?" if match is not None else ""


def listing(known: Iterable[str], word: str = "") -> str:
    """Return known words in their order, or the nearest of them where they are many."""
    words = list(known)
    if not words:
        return "none"
    if len(words) <= LISTED:
        return ", ".join(words)
    near = [candidate for _, candidate in _ranked(word, words)[:LISTED]] if word else words[:LISTED]
    return f"{', '.join(near)} and {len(words) - LISTED} more"


def unknown(word: str, known: Iterable[str]) -> str:
    """Return ``"'x' is unknown; did you mean 'y'? (known: …)"``."""
    words = list(known)
    return f"{found(word)} is unknown{did_you_mean(word, words)} (known: {listing(words, word)})"


def found(raw: Any) -> str:
    """Return a value as a message shows it, in YAML's words and cut to a readable length.

    Examples
    --------
    >>> found(True), found(None), found("treety"), found([1, 2])
    ('true', 'nothing', "'treety'", 'a list')
    """
    if raw is None:
        return "nothing"
    if isinstance(raw, dict | list | tuple):
        return "a mapping" if isinstance(raw, dict) else "a list"
    if isinstance(raw, str):
        return repr(raw if len(raw) <= LONGEST else raw[: LONGEST - 1] + "…")
    if isinstance(raw, int) and abs(raw) >= 10**LONGEST:
        return f"a number of more than {LONGEST} digits"
    return repr(raw).lower()
