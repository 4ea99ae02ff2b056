"""How often each thing of :data:`benchmarks.floor.rules.NEEDS` occurs in an event log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.floor.rules import NEEDS
from deter.engine.game import Built
from deter.engine.telling import Entry

CHALLENGER = "challenger"
ARMS, AIR, GROUND = 1, 2, 3
"""Rungs at which something is sent that takes time."""

NEED_NOTHING = ("signature", "entry into force", "exit", "decision", "stop", "script")
"""Kinds of lines that follow from others by comparison only."""

FIXED_ARRIVALS = ("units in place", "reinforcement")
"""What arrives at a time that a text fixes."""


def counted(built: Built, log: Iterable[Entry]) -> Counter[str]:
    """Return how often each thing occurs in the log of one replication."""
    counter = _Counter(built)
    for entry in log:
        counter.take(entry)
    return counter.found


def _sends(built: Built) -> set[tuple[str, int]]:
    """Return which guarantors have something to send at which rungs."""
    found = set()
    for name, g in zip(built.guarantors, built.game.guarantors, strict=True):
        for rung, strength in ((ARMS, g["arms"]), (AIR, g["air"]), (GROUND, g["brigades_90d"])):
            if strength > 0.0:
                found.add((name, rung))
    return found


class _Counter:
    """Reads a log line by line and remembers what a program with a memory would know."""

    def __init__(self, built: Built) -> None:
        self.guarantors = set(built.guarantors)
        self.sends = _sends(built)
        classes = built.game.options["option_class"]
        self.campaigns = {name for name, c in zip(built.options, classes, strict=True) if c > 0}
        self.found: Counter[str] = Counter(history=1)
        self.once: set[tuple[Any, ...]] = set()
        self.acts: dict[tuple[str, str, int], float] = {}
        self.chances: dict[str, float] = {}
        self.weighed: list[str] = []
        self.crisis = 0
        self.on_battle = False

    def take(self, entry: Entry) -> None:
        """Count what a line shows."""
        kinds: dict[str, Callable[[Entry], None]] = {
            "ratification": self._ratification,
            "choice": self._choice,
            "press": self._press,
            "cause": lambda _: self._choice_again(),
            "act": self._act,
            "recognition": self._recognition,
            "vote": self._vote,
            "arrival": self._arrival,
            "resistance": lambda _: self.add("campaign"),
            "battle": self._battle,
            "campaign ends": self._campaign_ends,
            "talks": self._talks,
            "learning": lambda e: self.add("learning about a guarantor", len(e.seen)),
            "renewal": lambda _: self.add("renewal"),
            "expiry": lambda _: self.add("renewal"),
            "sanctions": lambda _: self.add("renewal"),
            "tranche": lambda _: self.add("renewal"),
        }
        if entry.kind in kinds:
            kinds[entry.kind](entry)
        elif entry.kind in NEEDS:
            self.add(entry.kind)
        elif entry.kind not in NEED_NOTHING:
            raise ValueError(
                f"the log has a line of a kind unknown to the floor: {entry.kind!r}; say in "
                f"benchmarks/floor what it needs"
            )

    def add(self, what: str, times: int = 1) -> None:
        """Count something."""
        self.found[what] += times

    def first(self, what: str, *address: Any) -> None:
        """Count something the first time it is met at an address."""
        if (what, *address) not in self.once:
            self.once.add((what, *address))
            self.add(what)

    # ---- the challenger

    def _ratification(self, entry: Entry) -> None:
        self.first("parliament", entry.actor)

    def _choice(self, entry: Entry) -> None:
        self.add("choice")
        self.weighed = [name for name in entry.probabilities if name != "refrain"]
        self.add("choice: option weighed", len(self.weighed))
        if entry.chose != "refrain":
            self.add("choice: option taken")
        for option in self.weighed:
            moved = self._moved_acts(option, entry.seen["help expected"][option])
            if option in self.campaigns:
                self._campaign_weighed(option, entry.seen["chances"][option], moved)

    def _moved_acts(self, option: str, expected: dict[str, list[float]]) -> list[tuple[str, int]]:
        """Count an option's chances to act that moved; return whose and at which rungs."""
        moved = []
        for guarantor, chances in expected.items():
            self.first("guarantor", guarantor)
            for rung, p in enumerate(chances):
                before = self.acts.get((option, guarantor, rung))
                self.acts[option, guarantor, rung] = p
                if 0.0 < p < 1.0 and p != before:
                    moved.append((guarantor, rung))
        self.add("choice: chance to act that moved", len(moved))
        return moved

    def _campaign_weighed(self, option: str, chance: float, moved: list[tuple[str, int]]) -> None:
        """Count a campaign's prospects: alone, with each rung's help that moved, with all help."""
        self.add("choice: campaign weighed")
        self.add("choice: ruin probability")  # a year ahead
        sending = [rung for guarantor, rung in moved if (guarantor, rung) in self.sends]
        self.add("choice: help in time", len(sending))
        if chance != self.chances.get(option):
            self.add("choice: ruin probability", 2 + len(set(sending)))
        self.chances[option] = chance

    def _press(self, entry: Entry) -> None:
        if entry.seen:  # what was declared; with nothing declared there is nothing to weigh
            self._choice_again()

    def _choice_again(self) -> None:
        self.add("choice again")
        self.add("choice again: option", len(self.weighed))
        self.add("choice again: campaign", len(self.campaigns.intersection(self.weighed)))

    # ---- the answer

    def _act(self, entry: Entry) -> None:
        if entry.actor == CHALLENGER:
            self.crisis += 1
        elif entry.actor in self.guarantors:
            self.first("sanctions take hold", self.crisis, entry.actor)

    def _recognition(self, entry: Entry) -> None:
        self.first("reading shared", entry.time)
        self.first("reading", entry.time, entry.actor)

    def _vote(self, entry: Entry) -> None:
        shock = entry.seen["shock"]
        self.first("guarantor", entry.actor)
        self.first("crisis", self.crisis)
        self.first("guarantor in a crisis", entry.actor, shock)
        moved = [rung for rung, gain in enumerate(entry.seen["gain"]) if gain != 1.0]
        own = [rung for rung in moved if (entry.actor, rung) in self.sends]
        self.add("vote: help in time", len(own))
        if moved:  # an incident's gains are all 1
            self.first("vote: gain", entry.time, "alone")
        for rung in moved:
            self.first("vote: gain", entry.time, entry.seen["gain"][rung])

    def _arrival(self, entry: Entry) -> None:
        if not entry.text.startswith(FIXED_ARRIVALS):
            self.add("arrival")

    # ---- the campaign

    def _battle(self, _: Entry) -> None:
        if self.on_battle:
            self.add("battle: going on")
        self.on_battle = True
        self.add("battle")

    def _campaign_ends(self, entry: Entry) -> None:
        if self.on_battle and entry.text.startswith("stopped"):
            self.add("battle: going on")
        self.on_battle = False

    def _talks(self, _: Entry) -> None:
        self.first("talks: types")
        self.add("talks")
