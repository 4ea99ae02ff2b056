"""The engine's limits without a campaign's chances: members' clocks, and a race with no contest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from deter.engine.game import Built
from deter.engine.reference import Result
from deter.evidence.formal_case import Seen
from deter.evidence.quiet import (
    GUARANTOR,
    SURE,
    quiet,
    replications,
    slack_of_mean,
    slack_of_share,
)
from deter.theory import chance
from deter.theory.posture import SECONDS_PER_DAY
from deter.vocabulary import RUNGS

MEMBERS = 1500
"""Members' clocks drawn in a limit of quorums, over all replications."""

RACES = 200
TYPICAL = 10.0
"""Times are scaled to so many days, so that whole seconds do not matter."""

FAMILIES = ("fixed", "exponential", "gamma", "weibull", "lognormal")


# ------------------------------------------------------------------------------------ quorums


class QuorumLimit(NamedTuple):
    """Members alike: with exponential clocks (``sd_log`` None), or lognormal ones.

    The former are the members a layer does not model singly, beside one guarantor who has decided
    from the start and whose act shows when the rule was met; the latter are guarantors.
    """

    n: int
    p: float
    typical: float
    sd_log: float | None

    def possible(self, k: int) -> bool:
        """Return whether the schema takes it."""
        return self.n <= (200 if self.sd_log is None else 60) and k <= 299

    def replications(self) -> int:
        """Return how many replications a rule is tried in."""
        return max(80, min(250, MEMBERS // self.n))

    def built(self, k: int, days: float) -> Built:
        """Return the game in which k of them must decide, and which lasts so many days."""
        scenario: dict[str, Any] = {
            "horizon": days / 365.25,
            "challenger": {"strategy": "scripted_only"},
            "options": {"act": _incident(days)},
            "scripted": [{"option": "act", "at": 0}],
        }
        if self.sd_log is not None:
            one = GUARANTOR | {"resolve": SURE, "decision_clock": TYPICAL}
            scenario["guarantors"] = {f"G{i}": one for i in range(self.n)}
            rule = {"rule": "coalition", "k": k}
            return quiet(scenario, {"decision": rule}, {"clock_sd": self.sd_log})
        scenario["guarantors"] = {"G": GUARANTOR | {"resolve": SURE}}
        others = {"n": self.n, "p": self.p, "clock": TYPICAL}
        rule = {"rule": "coalition", "k": k + 1, "others": others}
        return quiet(scenario, {"decision": rule})


def _incident(days: float) -> dict[str, Any]:
    act = {"class": "incident", "severity": 1, "ambiguity": 0, "prize": 1, "cost": 0}
    return act | {"duration": 0.99 * days}


def quorum_seen(limit: QuorumLimit, k: int, mean: float, sd: float, ever: float) -> dict[str, Seen]:
    """Return how often the engine's rule was met, and when: ``ever`` and ``mean``.

    Parameters
    ----------
    limit : QuorumLimit
    k : int
        Yeses needed.
    mean, sd, ever : float
        What the laws give, from which the allowance follows.
    """
    unit, n = limit.typical / TYPICAL, limit.replications()
    days = min(70_000.0, (mean + 40.0 * sd) / unit)
    times = []
    for result in replications(limit.built(k, days), n):
        met = [e.time for e in result.log if e.kind == "act" and e.actor.startswith("G")]
        if met:
            times.append(min(met) / SECONDS_PER_DAY * unit)
    seen = {"ever": Seen(len(times) / n, slack_of_share(ever, n))}
    if times:
        found = sum(times) / len(times)
        seen["mean"] = Seen(found, slack_of_mean(sd, len(times)) + 1e-6 * mean)
    return seen


# -------------------------------------------------------------------------------------- races


class RaceLimit(NamedTuple):
    """A campaign nobody defends, so many battles from its objective, against help on its way.

    ``battles`` exponential battles of ``battle`` days make an exponential or Erlang fait accompli.
    Help is one guarantor's arms with a lag of their own; or those of one whose layer waits for k
    of n members with exponential clocks (``responders``). ``settlement`` is the mean time to a
    ceasefire that all accept.
    """

    battles: int
    battle: float
    lag: tuple[int, float, float]
    responders: tuple[int, int] | None
    settlement: float | None

    @classmethod
    def of(
        cls,
        fait: tuple[int, float, float],
        other: tuple[int, float, float],
        responders: tuple[int, int] | None = None,
        settlement: float | None = None,
    ) -> RaceLimit | None:
        """Return the limit for two lags (kind, a, b) as the laws write them, if there is one."""
        kind, mean, alpha = fait
        if kind == chance.EXPONENTIAL:
            alpha = 1.0
        elif kind != chance.GAMMA or alpha != round(alpha) or not 1.0 <= alpha <= 50.0:
            return None
        if responders is not None and (other[0] != chance.EXPONENTIAL or responders[0] > 200):
            return None
        return cls(int(alpha), mean / alpha, other, responders, settlement)

    def _unit(self) -> float:
        """Return the days that one day of the engine stands for."""
        return self.battle * self.battles / TYPICAL

    def built(self) -> Built:
        """Return the game."""
        unit = self._unit()
        helper = GUARANTOR | {"resolve": SURE, "arms": 1e-9, "air": 0}
        layer: dict[str, Any] = {}
        kind, a, b = self.lag
        written = {"distribution": FAMILIES[kind], "typical": a / unit, "shape": b}
        if self.responders is not None:
            n, k = self.responders
            others = {"n": n, "p": 1, "clock": a / unit}
            layer["decision"] = {"rule": "coalition", "k": k + 1, "others": others}
            written = {"distribution": "fixed", "typical": 0}
        scenario = {
            "horizon": 100.0 * TYPICAL / 365.25,
            "challenger": {"strategy": "scripted_only", "forces": 100, "ceiling": 100},
            "protege": {"forces": 0, "ceiling": 0, "war_cost": 1e6, "concession_cost": 1e15},
            "guarantors": {"G": helper},
            "options": {"grab": _grab(self.battles)},
            "rungs": {RUNGS[1]: {"lag": written}},
            "scripted": [{"option": "grab", "at": 0}],
            "talks": self._talks(unit),
        }
        return quiet(scenario, layer, {"battles_per_month": 30.0 * self.battles / TYPICAL})

    def _talks(self, unit: float) -> dict[str, Any]:
        if self.settlement is None:
            return {"offers": 0}
        rate = 365.25 * unit / self.settlement
        return {"offers": rate, "challenger_type_mean": -1e9, "challenger_type_sd": 0}


def _grab(battles: int) -> dict[str, Any]:
    act = {"class": "full", "severity": 1, "ambiguity": 0, "prize": 1, "cost": 0, "share": 1}
    return act | {"steps_to_objective": battles, "steps_to_repulse": 200}


def race_seen(
    limit: RaceLimit,
    fait: float,
    reinforcement: float = 0.0,
    settlement: float = 0.0,
    sd: float = 0.0,
) -> dict[str, Seen]:
    """Return how often each came first in the engine, and the mean time of the first.

    Parameters
    ----------
    limit : RaceLimit
    fait, reinforcement, settlement, sd : float
        What the laws give, from which the allowances follow.
    """
    counts = {"fait": 0, "reinforcement": 0, "settlement": 0}
    total = 0.0
    for days, what in _firsts(replications(limit.built(), RACES)):
        counts[what] += 1
        total += days * limit._unit()
    laws = {"fait": fait, "reinforcement": reinforcement, "settlement": settlement}
    seen = {name: Seen(counts[name] / RACES, slack_of_share(p, RACES)) for name, p in laws.items()}
    return seen | {"mean": Seen(total / RACES, slack_of_mean(sd, RACES))}


def _firsts(results: Iterator[Result]) -> Iterator[tuple[float, str]]:
    ends = {"objective": "fait", "ceasefire": "settlement"}
    for result in results:
        for entry in result.log:
            if entry.kind in ("arrival", "campaign ends"):
                word = entry.text.split()[0]
                what = "reinforcement" if entry.kind == "arrival" else ends[word]
                yield entry.time / SECONDS_PER_DAY, what
                break
