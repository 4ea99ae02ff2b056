"""Luck in battle and of rare choices: how far a history turned on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deter.narrative.model import Campaign, Crisis

RARE = 0.1
"""Below this probability a choice, or a run of battles, is called improbable."""

EVEN, MARGIN = 0.5, 0.005
"""Even odds, and how far from them on average a side counts as favoured."""


@dataclass(frozen=True)
class Run:
    """The battles of a campaign against what was to be expected of them.

    Attributes
    ----------
    won, fought : int
        Battles the challenger won, and all.
    expected : float
        Wins to be expected from its chance in each.
    low, high : float
        Its least and greatest chance in a battle.
    chance : float
        Probability of so many wins or more (where it won more than was expected), or of so few
        or fewer, in so many battles, taken as independent.
    favoured : bool
        Whether the challenger was favoured on average.
    even : bool
        Whether neither side was.
    """

    won: int
    fought: int
    expected: float
    low: float
    high: float
    chance: float
    favoured: bool
    even: bool

    @property
    def lucky(self) -> bool:
        """Whether the challenger won more than was to be expected."""
        return self.won > self.expected

    @property
    def against_strength(self) -> bool:
        """Whether the side that was stronger in battle lost most of them."""
        if self.even or self.won * 2 == self.fought:
            return False
        return self.favoured != (self.won * 2 > self.fought)

    @property
    def told(self) -> bool:
        """Whether it is worth a word: against strength, or a rare run."""
        return self.against_strength or self.chance < RARE


def run(fight: Campaign | None) -> Run | None:
    """Return how a campaign's battles went against expectation; None without a battle."""
    if fight is None or not fight.battles:
        return None
    odds = [battle.chance for battle in fight.battles]
    won = sum(battle.won for battle in fight.battles)
    expected = sum(odds)
    many = wins(odds)
    chance = sum(many[won:]) if won > expected else sum(many[: won + 1])
    lead = expected / len(odds) - EVEN
    even = abs(lead) < MARGIN
    return Run(won, len(odds), expected, min(odds), max(odds), min(1.0, chance), lead > 0, even)


def wins(odds: Sequence[float]) -> list[float]:
    """Return the probability of each number of wins (Poisson-binomial recursion).

    Examples
    --------
    >>> wins([0.5, 0.5])
    [0.25, 0.5, 0.25]
    """
    found = [1.0]
    for p in odds:
        found = [
            (found[k] * (1.0 - p) if k < len(found) else 0.0) + (found[k - 1] * p if k else 0.0)
            for k in range(len(found) + 1)
        ]
    return found


def rare(crisis: Crisis) -> bool:
    """Tell whether the choice of an attack, or to press on with it, was improbable."""
    choice = crisis.choice
    if choice is None:
        return False
    pressed = crisis.press_chance if crisis.presses and crisis.pledges else 1.0
    return min(choice.odds.get(crisis.option, 0.0), pressed) < RARE
