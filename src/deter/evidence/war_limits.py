"""The engine's limit of a war with constant odds: no losses, stops, talks, escalation or help."""

from __future__ import annotations

from typing import Any, NamedTuple

from deter.engine.game import Built
from deter.evidence.quiet import GUARANTOR, SURE, first, history, quiet, replications
from deter.theory.posture import SECONDS_PER_DAY

BATTLES = 5000
"""Battles fought in a limit of wars, over all replications, about."""

FEWEST, MOST = 60, 300
PER_MONTH = 900.0
STEPS = 200


class Wars(NamedTuple):
    """Wars fought by the engine: who won, after how many battles, after how many days."""

    won: list[bool]
    battles: list[int]
    candidates: list[float]


class WarLimit(NamedTuple):
    """A walk of i steps to repulse and N - i to the objective at a constant chance of a step up.

    ``drawn`` is the chance that a battle is none, as in winter.
    """

    i: int
    total: int
    p: float
    drawn: float = 0.0

    def possible(self, battles: float) -> bool:
        """Return whether the schema takes it, and its wars of so many battles do not take long."""
        inside = 1 <= self.i <= STEPS and 1 <= self.total - self.i <= STEPS
        short = battles * FEWEST <= 4 * BATTLES
        return inside and short and 0.001 <= self.p <= 0.999 and self.drawn < 0.99

    def built(self) -> Built:
        """Return the game."""
        option = {
            "class": "full",
            "severity": 1,
            "prize": 1,
            "cost": 0,
            "share": 1,
            "steps_to_objective": self.total - self.i,
            "steps_to_repulse": self.i,
        }
        behaviour = {
            "battles_per_month": PER_MONTH,
            "winter": list(range(1, 13)),
            "winter_tempo": 1.0 - self.drawn,
        }
        forces = (100.0 * self.p, 100.0 * (1.0 - self.p))
        return quiet(_duel(*forces, option), None, behaviour)


def _duel(attacker: float, defender: float, option: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario in which an attack comes at once and is resisted for sure."""
    return {
        "horizon": "20 y",
        "challenger": {"strategy": "scripted_only", "forces": attacker, "ceiling": attacker},
        "protege": {"forces": defender, "ceiling": defender, "concession_cost": 1e6},
        "options": {"war": option},
        "scripted": [{"option": "war", "at": 0}],
    }


def wars_seen(limit: WarLimit, expected_battles: float) -> Wars:
    """Fight wars in the engine, fewer the longer they last."""
    n = round(BATTLES / max(1.0, expected_battles))
    wars = Wars([], [], [])
    for result in replications(limit.built(), max(FEWEST, min(MOST, n))):
        end = first(result.log, "campaign ends")
        wars.won.append(end.text.startswith("objective"))
        wars.battles.append(sum(entry.kind == "battle" for entry in result.log))
        wars.candidates.append(end.time / SECONDS_PER_DAY * PER_MONTH / 30.0)
    return wars


def battle_seen(
    attacker: float, defender: float, exponent: float, helper: float | None = None
) -> float:
    """Return the challenger's chance in a first battle, as the engine logs it.

    Parameters
    ----------
    attacker, defender : float
        Forces.
    exponent : float
        Of the contest.
    helper : float or None
        Strength that a guarantor's arms add at once.
    """
    option = {"class": "full", "severity": 1, "ambiguity": 0, "prize": 1, "cost": 0, "share": 1}
    option |= {"steps_to_objective": 5, "steps_to_repulse": 5}
    scenario = _duel(attacker, defender, option)
    behaviour = {"contest_exponent": exponent, "battles_per_month": 30.0}
    if helper is None:
        built = quiet(scenario, None, behaviour)
    else:
        one = GUARANTOR | {"resolve": SURE, "arms": helper, "air": 0}
        at_once = {"lag": {"distribution": "fixed", "typical": 0}}
        scenario |= {"guarantors": {"G": one}, "rungs": {"arms": at_once}}
        built = quiet(scenario, {}, behaviour)
    battle = first(history(built).log, "battle")
    return float(battle.probabilities["challenger wins"])
