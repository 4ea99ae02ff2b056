"""Made-up rows and an engine that needs no scenario, for tests of what comes after the engine."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.analysis.findings import Findings
from deter.engine.outcome import ROW, Block, Tally, recorded, response_edges, words_of
from deter.experiments.engines import Engine
from deter.experiments.rows import InMemory, Rows
from deter.experiments.table import tabulate
from deter.presentation.opened import Kind, Opened

HORIZON = 10.0
GUARANTORS = 4


@dataclass(frozen=True)
class FakeBuilt:
    """A game that is nothing but the strength of a framework, and how it misbehaves."""

    strength: float
    fails_at: int = -1
    seconds: float = 0.0
    interrupt_at: int = -1


def luck(seed: int, replications: NDArray[np.int64], stream: int) -> NDArray[np.float64]:
    """Uniforms by address, so that a replication meets the same luck in any block (SplitMix64)."""
    state = replications.astype(np.uint64) * np.uint64(64) + np.uint64(stream)
    state = state + np.uint64(seed * 0xD1B54A32D192ED03 % 2**64)
    state = state * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((state ^ (state >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def rows(built: FakeBuilt, seed: int, start: int, stop: int) -> Block:
    """An engine: incidents, and in some histories a full attack with what follows it."""
    if start <= built.interrupt_at < stop:
        raise KeyboardInterrupt
    if built.seconds:
        time.sleep(built.seconds * (stop - start))
    numbers = np.arange(start, stop)
    found = np.zeros(len(numbers), dtype=ROW)
    found["replication"] = numbers
    for name in ROW.names or ():
        if name.startswith("t_"):
            found[name], found["s_" + name[2:]] = HORIZON, 1
    _incidents(found, seed, numbers)
    _attacks(found, built.strength, seed, numbers)
    found["years_exposed"] = HORIZON - found["campaign_days"] / 365.25
    errors = {}
    if start <= built.fails_at < stop:
        number = built.fails_at
        found[number - start] = np.zeros(1, dtype=ROW)[0]
        found["replication"][number - start], found["status"][number - start] = number, 1
        errors[number] = "ZeroDivisionError: made to fail"
    return Block(found, errors)


def _incidents(found: NDArray[Any], seed: int, numbers: NDArray[np.int64]) -> None:
    u, v, w = (luck(seed, numbers, k) for k in (2, 3, 4))
    found["n_incidents"] = 12 * u * u
    some = found["n_incidents"] > 0
    _happen(found, "incident", some, HORIZON * v * v)
    _happen(found, "force", some & (w < 0.5), HORIZON * v * v)


def _attacks(found: NDArray[Any], strength: float, seed: int, numbers: NDArray[np.int64]) -> None:
    u, v, w = (luck(seed, numbers, k) for k in (0, 1, 5))
    attacked = u < 0.35 * (1 - strength)
    when = HORIZON * (0.05 + 0.95 * v)
    for first in ("full_attack", "attack"):
        _happen(found, first, attacked, when)
    _happen(found, "war", attacked, when + 0.01)
    for column in ("n_campaigns", "n_full_attacks", "why_not_stopped_reneged"):
        found[column] = attacked
    found["campaign_days"] = np.where(attacked, 200 * w, 0.0)
    found["ground_lost"] = np.where(attacked, 0.2 * w, 0.0)
    found["n_owed"] = GUARANTORS * attacked
    edges = np.array(response_edges())
    for k in range(GUARANTORS):
        answers = attacked & (luck(seed, numbers, 6 + k) < 0.3 + 0.6 * strength)
        days = 90 * luck(seed, numbers, 16 + k) ** 2
        bins = np.searchsorted(edges, days, side="right") - 1
        for b in range(len(edges)):
            found[f"response_{b:02d}"] += answers & (bins == b)
        found["n_honoured"] += answers
        found["n_unanswered"] += attacked & ~answers


def _happen(
    found: NDArray[Any], first: str, where: NDArray[np.bool_], when: NDArray[np.float64]
) -> None:
    found[f"t_{first}"] = np.where(where, np.minimum(when, HORIZON), HORIZON)
    found[f"s_{first}"] = np.where(where, 0, 1)


def simulate(built: FakeBuilt, seed: int, replication: int, log: bool = False) -> Any:
    """No story is told of what is made up."""
    raise NotImplementedError


FAKE = Engine("fake", rows, simulate, threads=True)
SLOW = Engine("slow", rows, simulate, threads=False)
"""As an engine that holds the GIL: it is given processes, and in one process one at a time."""


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


def made_up(n: int, seed: int, strengths: dict[str, float]) -> Rows:
    """Rows of frameworks of some strength."""
    names = list(strengths)
    return Rows(
        {
            name: InMemory(tabulate(name, rows(FakeBuilt(strength), seed, 0, n), names))
            for name, strength in strengths.items()
        }
    )


def frame(n: int = 300, seed: int = 1, strengths: dict[str, float] | None = None) -> pd.DataFrame:
    """A table of replications of frameworks of some strength."""
    return made_up(n, seed, strengths or STRENGTHS).frame


def findings(
    n: int = 300,
    titles: dict[str, str] | None = None,
    reference: str | None = "none",
    seed: int = 1,
) -> Findings:
    """What the analysis says of a made-up table."""
    chosen = titles or {name: name.replace("_", " ") for name in STRENGTHS}
    strengths = {name: STRENGTHS.get(name, 0.3) for name in chosen}
    return found(made_up(n, seed, strengths), n, chosen, reference, seed)


def found(
    rows: Rows, n: int, titles: dict[str, str], reference: str | None = "none", seed: int = 1
) -> Findings:
    """What the analysis says of some rows."""
    return Findings(
        rows=rows,
        scenario="made/up",
        title="A made-up ceasefire",
        titles=titles,
        reference=reference,
        n=n,
        asked=n,
        seed=seed,
        engine="fake",
        workers="1 thread",
        horizon=HORIZON,
    )


def opened(
    n: int = 300,
    titles: dict[str, str] | None = None,
    reference: str | None = "none",
    seed: int = 1,
    *,
    quiet: bool = False,
) -> Opened:
    """A made-up table as a results folder opens; ``quiet``: nothing happens in any history."""
    held = findings(n, titles, reference, seed)
    if quiet:
        names = list(held.titles)
        rows = Rows({name: InMemory(_nothing(name, n, names)) for name in names})
        held = found(rows, n, dict(held.titles), reference, seed)
    base = {
        "scenario": {"title": held.title},
        "frameworks": {name: {"title": title} for name, title in held.titles.items()},
    }
    kind: Kind = "run" if reference is None else "compare"
    return Opened(kind, {"seed": seed, "scenario": held.scenario}, base, findings=held)


def _nothing(name: str, n: int, names: list[str]) -> Any:
    base = Tally().row(0, HORIZON, False, "peace")
    return tabulate(name, recorded([base | {"replication": r} for r in range(n)]), names)


def blank(n: int, **values: Any) -> pd.DataFrame:
    """Rows in which nothing happens, with some columns set."""
    base = Tally().row(0, HORIZON, False, "peace")
    block = recorded([base | {"replication": r} for r in range(n)])
    table: pd.DataFrame = tabulate("none", block, ["none", "other"]).to_pandas()
    for name, value in values.items():
        words = words_of(name)
        table[name] = value if words is None else pd.Categorical(value, categories=list(words))
    return table
