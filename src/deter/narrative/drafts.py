"""Crises and campaigns while they are being read: what is still being added to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from deter.narrative.cast import Act, Cast
from deter.narrative.model import (
    DAY,
    Arrival,
    Ballot,
    Battle,
    Campaign,
    Choice,
    Crisis,
    Deed,
    Poll,
    Reading,
    Ruling,
    Talk,
    Turn,
)


@dataclass
class Fight:
    """A campaign being read."""

    began: int
    battles: list[Battle] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    ended: int | None = None
    end: str = "horizon"
    war: bool = False

    def done(self, end: int) -> Campaign:
        """Return it as it was; ``end`` is when the history ends."""
        return Campaign(
            self.began,
            end if self.ended is None else self.ended,
            self.end,
            self.war,
            tuple(self.battles),
            tuple(self.arrivals),
            tuple(self.turns),
            tuple(self.talks),
        )


@dataclass
class Draft:
    """A crisis being read."""

    act: Act
    source: str
    began: int
    choice: Choice | None = None
    struck: bool = False
    mobilised: int | None = None
    seen: bool = False
    seen_chance: float = math.nan
    pledges: Mapping[str, int] = field(default_factory=dict)
    presses: bool | None = None
    press_chance: float = math.nan
    resists: bool | None = None
    resist_chance: float = math.nan
    sure: bool | None = None
    sure_chance: float = math.nan
    standing: Mapping[tuple[str, str], str] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    own: list[Ballot] = field(default_factory=list)
    alleged: bool = False
    fight: Fight | None = None
    widened: str = ""
    later: Mapping[tuple[str, str], str] = field(default_factory=dict)
    closed: bool = False
    shocks: dict[str, float] = field(default_factory=dict)

    def over(self, time: int) -> bool:
        """Tell whether an incident's crisis has run its time."""
        if self.closed:
            return True
        if self.fight is not None and self.fight.ended is not None:
            return time > self.fight.ended  # at that moment those whose clock has run still decide
        lasts = self.struck and self.fight is None
        return lasts and time > self.began + round(self.act.duration * DAY)

    def recognised(self, text: str) -> tuple[str, ...]:
        """Return whose reading makes it a casus foederis of a layer."""
        return next((r.recognised for r in reversed(self.readings) if r.text == text), ())

    def waits(self, text: str) -> bool:
        """Tell whether a layer's members can still be polled in it."""
        return bool(self.recognised(text))

    def done(self, number: int, end: int) -> Crisis:
        """Return it as it was."""
        return Crisis(
            number=number,
            option=self.act.code,
            kind=self.act.kind,
            source=self.source,
            choice=self.choice,
            mobilised=self.mobilised,
            seen=self.seen,
            seen_chance=self.seen_chance,
            pledges=self.pledges,
            presses=self.presses,
            press_chance=self.press_chance,
            began=self.began,
            resists=self.resists,
            resist_chance=self.resist_chance,
            sure=self.sure,
            sure_chance=self.sure_chance,
            standing=self.standing,
            readings=tuple(self.readings),
            polls=tuple(self.polls),
            rulings=tuple(self.rulings),
            deeds=tuple(self.deeds),
            own=tuple(self.own),
            alleged=self.alleged,
            campaign=None if self.fight is None else self.fight.done(end),
            widened=self.widened,
            later=self.later or self.standing,
        )


def first_full(cast: Cast) -> Act:
    """Return the option a war at the start is fought with, where the scenario names none."""
    return next(act for act in cast.acts.values() if act.kind == "full")
