"""Made-up rows and an engine that needs no scenario, for tests of what comes after the engine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from deter.analysis.findings import Findings
from deter.engine.outcome import Tally, columns
from deter.experiments.columns import tabulate

HORIZON = 10.0


@dataclass(frozen=True)
class FakeBuilt:
    """A game that is nothing but the strength of a framework, and how it misbehaves."""

    strength: float
    fails_at: int = -1
    seconds: float = 0.0
    interrupt_at: int = -1


@dataclass(frozen=True)
class FakeResult:
    row: dict[str, Any]


def simulate(built: FakeBuilt, seed: int, replication: int) -> FakeResult:
    """One history: luck by address, so that it is the same under every framework."""
    if replication == built.interrupt_at:
        raise KeyboardInterrupt
    if replication == built.fails_at:
        raise ZeroDivisionError("made to fail")
    if built.seconds:
        time.sleep(built.seconds)
    luck = np.random.default_rng([seed, replication])
    u, v = luck.random(2)
    tally = Tally()
    for _ in range(int(luck.poisson(6))):
        tally.count("incidents")
        tally.first("incident", 10 * float(luck.random()) ** 2)
    if "incident" in tally.firsts and luck.random() < 0.5:
        tally.first("force", tally.firsts["incident"])
    if u < 0.35 * (1 - built.strength):
        when = float(HORIZON * (0.05 + 0.95 * v))
        tally.first("full_attack", when)
        tally.first("attack", when)
        tally.first("war", when + 0.01)
        tally.count("campaigns")
        tally.count("full_attacks")
        tally.amounts["campaign_days"] = 200 * float(luck.random())
        tally.amounts["ground_lost"] = 0.2 * float(luck.random())
        tally.count("owed", 4)
        for _ in range(4):
            if luck.random() < 0.3 + 0.6 * built.strength:
                tally.count("honoured")
                tally.respond(float(30 * luck.lognormal(0, 0.7)))
            else:
                tally.count("unanswered")
    tally.amounts["years_exposed"] = HORIZON - tally.amounts["campaign_days"] / 365.25
    return FakeResult(tally.row(replication, HORIZON, False, "peace"))


STRENGTHS = {
    "none": 0.0,
    "budapest_1994": 0.02,
    "g7_vilnius_2023": 0.08,
    "bilateral_2024": 0.1,
    "ukraine_compact_2024": 0.15,
    "paris_jan2026": 0.35,
    "article5_like": 0.4,
    "nato_membership": 0.75,
    "stationed_force": 0.7,
    "tripwire": 0.25,
    "own_forces_first": 0.5,
}


def frame(n: int = 300, seed: int = 1, strengths: dict[str, float] | None = None) -> pd.DataFrame:
    """A table of replications of frameworks of some strength."""
    chosen = strengths or STRENGTHS
    rows = [
        {"framework": name} | simulate(FakeBuilt(strength), seed, replication).row
        for name, strength in chosen.items()
        for replication in range(n)
    ]
    return tabulate(rows, list(chosen))


def findings(
    n: int = 300,
    titles: dict[str, str] | None = None,
    reference: str | None = "none",
    seed: int = 1,
) -> Findings:
    """What the analysis says of a made-up table."""
    chosen = titles or {name: name.replace("_", " ") for name in STRENGTHS}
    strengths = {name: STRENGTHS.get(name, 0.3) for name in chosen}
    return Findings(
        frame=frame(n, seed, strengths),
        scenario="made/up",
        title="A made-up ceasefire",
        titles=chosen,
        reference=reference,
        n=n,
        asked=n,
        seed=seed,
        engine="fake",
        horizon=HORIZON,
    )


def blank(n: int, **values: Any) -> pd.DataFrame:
    """Rows in which nothing happens, with some columns set."""
    base = Tally().row(0, HORIZON, False, "peace")
    assert list(base) == columns()
    rows = [{"framework": "none"} | base | {"replication": r} for r in range(n)]
    table = tabulate(rows, ["none", "other"])
    for name, value in values.items():
        table[name] = value
    return table
