"""How texts stand as a history goes on: whom each binds, and if not, why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deter.narrative.cast import Cast, Text

BOUND = ""
UNASKED, OUTSIDE, UNSIGNED, REFUSED, WAITING = (
    "asks nothing",
    "no member",
    "not signed",
    "not ratified",
    "awaits ratification",
)
CEASEFIRE, TREATY, WITHDRAWN, EXPIRED, LEFT, VOID = (
    "awaits a ceasefire",
    "awaits a peace treaty",
    "withdrawn",
    "run out",
    "left",
    "void",
)
"""Why a text does not bind a state."""


@dataclass
class Standing:
    """What has happened to the texts so far."""

    cast: Cast
    signed: set[str] = field(default_factory=set)
    ratified: dict[tuple[str, str], bool] = field(default_factory=dict)
    left: set[tuple[str, str]] = field(default_factory=set)
    expired: set[str] = field(default_factory=set)
    void: set[str] = field(default_factory=set)
    ceasefire: bool = False
    treaty: bool = False
    withdrawn: bool = False

    def __post_init__(self) -> None:
        self.ceasefire = self.cast.begins == "ceasefire"

    def of(self, code: str, guarantor: str) -> str:
        """Return why a layer does not bind a guarantor; empty if it does."""
        text = self.cast.texts[code]
        if not text.asks:
            return UNASKED
        if guarantor not in text.members:
            return OUTSIDE
        ended = self._ended(text, guarantor)
        return ended or self._awaited(text, guarantor)

    def _ended(self, text: Text, guarantor: str) -> str:
        if text.code in self.void:
            return VOID
        if text.code in self.expired:
            return EXPIRED
        if (text.code, guarantor) in self.left:
            return LEFT
        late = text.awaits in ("ceasefire", "peace_treaty")
        if self.withdrawn and late:
            return WITHDRAWN
        return "" if text.code in self.signed else UNSIGNED

    def _awaited(self, text: Text, guarantor: str) -> str:
        if text.awaits == "ratification" and not text.provisional and not text.ratified:
            passed = self.ratified.get((text.code, guarantor))
            if passed is None:
                return WAITING
            return BOUND if passed else REFUSED
        if text.awaits == "ceasefire" and not self.ceasefire:
            return CEASEFIRE
        if text.awaits == "peace_treaty" and not self.treaty:
            return TREATY
        return BOUND

    def everywhere(self) -> Mapping[tuple[str, str], str]:
        """Return how every layer stands for every guarantor."""
        return {(t, g): self.of(t, g) for t in self.cast.texts for g in self.cast.parts}

    def bound(self, code: str) -> list[str]:
        """Return whom a layer binds now, in canonical order."""
        return [g for g in self.cast.parts if self.of(code, g) == BOUND]

    def note(self, kind: str, actor: str, text: str, passes: bool) -> None:
        """Take a line of the calendar into account."""
        if kind == "signature":
            self.signed.add(actor)
        elif kind == "ratification":
            self.ratified[text, actor] = passes
        elif kind == "expiry":
            self.expired.add(actor)
        elif kind == "exit":
            self.left.add((text, actor))
        elif kind == "peace treaty":
            self.treaty = True
        elif kind == "offer":
            self.withdrawn = True
