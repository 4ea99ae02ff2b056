"""The engine's limit of a game: payoffs given outright, one guarantor, one layer.

What it logs of an occasion (utilities, the chance of resistance, the probabilities of the choice)
and of a crisis (the guarantor's vote) is read back; nothing is recomputed here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from deter.engine.game import Built
from deter.evidence.quiet import GUARANTOR, first, history, quiet
from deter.theory import chance, choice
from deter.vocabulary import RUNGS

WIDTH = 0.1
SEVERITY = 0.5
FOREVER = 1e6


class FixedAct(NamedTuple):
    """One act of the challenger and what it brings, in the names of the schema.

    A guarantor's numbers come already multiplied by its precision: its shock is standard logistic.
    """

    prize: float
    cost: float = 0.0
    win_alone: float = 0.0
    win_helped: float = 0.0
    challenger_cost_alone: float = 0.0
    challenger_cost_helped: float = 0.0
    protege_cost_alone: float = 0.0
    protege_cost_helped: float = 0.0
    protege_value: float = 0.0
    concession_cost: float = FOREVER
    guarantor_value: float = 0.0
    guarantor_cost: float = 0.0
    renege_cost: float = 0.0

    def written(self, resisted: bool) -> dict[str, Any]:
        """Return the option as a user writes it; ``resisted`` for one that is sure to be."""
        payoffs = self._asdict()
        prize, cost = payoffs.pop("prize"), payoffs.pop("cost")
        if resisted:
            payoffs["concession_cost"] = FOREVER
        return {
            "class": "limited",
            "severity": SEVERITY,
            "ambiguity": WIDTH,
            "prize": prize,
            "cost": cost,
            "duration": 0.5,
            "fixed": payoffs,
        }


class GameLimit(NamedTuple):
    """A game of the engine.

    Attributes
    ----------
    acts : mapping
        What the challenger may do, by name.
    precision, protege_precision : float
        Of choice.
    status_quo : float
        What refraining is worth.
    reliable : float or None
        Probability that the guarantor is of the type its commitment binds: the layer recognises
        the act with it, and else the guarantor acts on its own motion. None for no second type.
    guarded : bool
        Whether there is a guarantor at all.
    """

    acts: Mapping[str, FixedAct]
    precision: float
    protege_precision: float
    status_quo: float = 0.0
    reliable: float | None = None
    guarded: bool = True

    def possible(self) -> bool:
        """Return whether the engine takes it: an act with nothing to win is never available."""
        return all(act.prize > 0.0 for act in self.acts.values())

    def _scenario(self, resisted: bool) -> dict[str, Any]:
        scenario: dict[str, Any] = {
            "horizon": len(self.acts) * 2.0 / 365.25,
            "challenger": {"precision": self.precision},
            "protege": {"resistance_precision": self.protege_precision},
            "options": {name: act.written(resisted) for name, act in self.acts.items()},
        }
        if self.guarded:
            stake = {} if self.reliable is None else {"stake": 1}
            scenario["guarantors"] = {"G": GUARANTOR | stake}
        return scenario

    def _layer(self) -> dict[str, Any] | None:
        if not self.guarded:
            return None
        if self.reliable is None:
            return {}
        return {"trigger": _recognised_with(self.reliable)}

    def occasions(self) -> Built:
        """Return the game in which the challenger meets occasions."""
        behaviour: dict[str, Any] = {"win": "fixed", "link": "logit", "opportunity_rate": 1000}
        behaviour["status_quo"] = self.status_quo
        return quiet(self._scenario(False), self._layer(), behaviour)

    def crises(self) -> Built:
        """Return the game in which each act comes by script, in turn, and is resisted."""
        scenario = self._scenario(True)
        scenario["challenger"] = {"strategy": "scripted_only"}
        scenario["scripted"] = [
            {"option": name, "at": float(n)} for n, name in enumerate(self.acts)
        ]
        return quiet(scenario, self._layer(), {"win": "fixed", "link": "logit"})


def _recognised_with(q: float) -> dict[str, Any]:
    """Return a trigger that recognises an act of the limits' severity with probability q."""
    if q <= 0.0 or q >= 1.0:
        return {"threshold": 0 if q >= 1.0 else 1, "ambiguity": 0}
    threshold = SEVERITY - WIDTH * float(chance.normal_quantile(q))
    return {"threshold": min(1.0, max(0.0, threshold)), "ambiguity": 1}


class Occasion(NamedTuple):
    """What the engine logs of the challenger's first occasion, by act.

    ``choice`` has the probability of refraining too, under ``refrain``; ``chance`` is the
    challenger's chance of winning, averaged over the help it expects.
    """

    choice: dict[str, float]
    utility: dict[str, float]
    resist: dict[str, float]
    chance: dict[str, float]


def occasion_seen(limit: GameLimit) -> Occasion:
    """Return what the engine logs of the first occasion in a game."""
    entry = first(history(limit.occasions()).log, "choice")
    seen = entry.seen
    return Occasion(entry.probabilities, seen["utilities"], seen["resistance"], seen["chances"])


def votes_seen(limit: GameLimit) -> dict[str, float]:
    """Return the probability, as the engine logs it, that the guarantor acts, by act.

    It is the first vote after each act; later ones are of the same crisis.
    """
    votes: dict[str, float] = {}
    act = ""
    for entry in history(limit.crises()).log:
        if entry.kind == "act" and entry.actor == "challenger":
            act = entry.chose
        elif entry.kind == "vote":
            votes.setdefault(act, entry.probabilities[RUNGS[0]])
    return votes


def cost_of_acting(p: float) -> float:
    """Return the cost of help at which a guarantor with nothing else at stake acts with p."""
    if p <= 0.0 or p >= 1.0:
        return math.copysign(1e3, 0.5 - p)
    return -float(choice.logit(p))
