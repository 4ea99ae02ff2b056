"""Small worlds for tests: scenarios and frameworks as plain mappings, runs that are kept.

A world is a mapping as a user would write it in YAML; :func:`rows` checks it, builds it and runs
it under a framework, once for each pair however many tests ask. Replication r has the same luck
in every world, so the difference of two worlds is read run by run.
"""

from __future__ import annotations

import copy
import functools
import json
import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.engine import compiled
from deter.engine.game import Built, build
from deter.engine.outcome import flat, response_edges
from deter.engine.reference import Result, simulate
from deter.engine.strategies import BUILT_IN
from deter.spec.framework import Framework
from deter.spec.references import Cast, check_framework, check_scenario
from deter.spec.scenario import Scenario

Raw = dict[str, Any]
FloatArray = NDArray[np.float64]
SEED = 7


# ---------------------------------------------------------------------------- mappings


def merged(base: Raw, over: Raw) -> Raw:
    """Return ``base`` with ``over`` laid on it, mapping by mapping; lists are replaced."""
    result = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both else copy.deepcopy(value)
    return result


def put(base: Any, path: str, value: Any) -> Any:
    """Return ``base`` with one value changed, at a path such as ``trigger.threshold``.

    In a list, as of presence, the value changes in every item.
    """
    if isinstance(base, list):
        return [put(item, path, value) for item in base]
    head, _, rest = path.partition(".")
    result = dict(base)
    result[head] = put(result.get(head) or {}, rest, value) if rest else copy.deepcopy(value)
    return result


# ---------------------------------------------------------------------------- the cast

STATE = {
    "economic_weight": 12000,
    "arms": 3,
    "air": 6,
    "brigades_30d": 3,
    "brigades_90d": 8,
    "days_brigade": 20,
    "decision_clock": 14,
    "resolve_sd": 0.34,
    "change_probability": 0,
}
"""A middling guarantor whose government never changes."""

BLOW = {"class": "incident", "severity": 0.5, "ambiguity": 0.3, "prize": 0.05, "cost": 0.05}
GRAB = {
    "class": "limited",
    "severity": 0.6,
    "ambiguity": 0.2,
    "prize": 0.2,
    "cost": 0.2,
    "share": 0.3,
    "defended_share": 0.3,
    "steps_to_objective": 3,
    "steps_to_repulse": 3,
}
INVASION = {
    "class": "full",
    "severity": 1,
    "ambiguity": 0.05,
    "prize": 1,
    "cost": 1,
    "share": 0.9,
    "steps_to_objective": 4,
    "steps_to_repulse": 3,
}

FIXED: Raw = {
    "challenger": {
        "motive_mean": 0.55,
        "motive_sd": 0.14,
        "misperception_sd": 0.43,
        "reliability": 0.4,
        "war_cost": 0.00012,
    },
    "rungs": {
        "sanctions": {"risk": 0.68, "punishment": 0.12},
        "arms": {"risk": 1.48, "lag": {"typical": 20}},
        "air": {"risk": 2.28, "lag": {"typical": 10}},
        "ground": {"risk": 3.08, "lag": {"typical": 30}},
    },
    "behaviour": {
        "opportunity_rate": 1.2,
        "frailty_sd": 0.43,
        "heat_jump": 1.65,
        "heat_after_war": 1.9,
        "heat_decay": 2.6,
        "exhaustion": 0.69,
        "exhaustion_decay": 4.8,
        "look_ahead": 0.5,
        "escalation_loss": 0.5,
        "binding_slope": 1.25,
        "exposure": 1.3,
        "shared_shock": 0.6,
        "belief_relaxation": 8,
        "battles_per_month": 1.8,
        "tempo_sd": 1.3,
        "contest_exponent": 0.85,
    },
    "talks": {"offers": 1},
}
"""Fitted numbers, at round values: what is planted must not move when they are fitted anew."""

BASE: Raw = {
    **FIXED,
    "horizon": 1,
    "challenger": {**FIXED["challenger"], "strategy": "scripted_only"},
    "guarantors": {"AA": STATE, "BB": STATE, "CC": STATE},
    "regions": {"theatre": {}},
    "options": {"blow": BLOW, "grab": GRAB, "invasion": INVASION},
}
"""A pair at peace that is left in peace: what the worlds below change."""


def world(**over: Any) -> Raw:
    """Return the base world with changes laid on it."""
    return merged(BASE, over)


def states(**over: Any) -> Raw:
    """Return the three guarantors, each with the same changes."""
    return {code: merged(STATE, over) for code in ("AA", "BB", "CC")}


def pact(**over: Any) -> Raw:
    """Return a ratified treaty of all guarantors by which each owes all means."""
    treaty = {
        "id": "pact",
        "obligation": "all_means",
        "binding": "ratified_treaty",
        "activation": {"ratified": True},
    }
    return merged(treaty, over)


def under(*layers: Raw, **over: Any) -> Raw:
    """Return a framework of some layers."""
    return {"layers": list(layers), **over}


NONE: Raw = {}


# ---------------------------------------------------------------------------- runs


@functools.cache
def _built(scenario_text: str, framework_text: str) -> Built:
    scenario = Scenario.model_validate(json.loads(scenario_text))
    framework = Framework.model_validate(json.loads(framework_text))
    faults = [*check_scenario(scenario), *check_framework(framework, Cast.of(scenario))]
    assert not faults, faults
    return build(scenario, framework)


def built(scenario: Raw, framework: Raw) -> Built:
    """Return the game of a world that a user could have written."""
    return _built(json.dumps(scenario), json.dumps(framework))


class _Kept:
    """Results by the identity of a game, which :func:`_built` keeps alive."""

    def __init__(self) -> None:
        self.results: dict[tuple[int, int, int, bool], Result] = {}

    def get(self, game: Built, seed: int, replication: int, log: bool) -> Result:
        key = (id(game), seed, replication, log)
        if key not in self.results:
            self.results[key] = simulate(game, seed, replication, log)
        return self.results[key]


_KEPT = _Kept()


_TABLES: dict[tuple[int, int, int], pd.DataFrame] = {}


def _compiled_rows(game: Built, seed: int, n: int) -> pd.DataFrame:
    """Return rows of the compiled engine, which is held to the other in ``test_two_engines``."""
    key = id(game), seed, n
    if key not in _TABLES:
        block = compiled.rows(game, seed, 0, n)
        assert not block.errors, block.errors
        _TABLES[key] = pd.DataFrame(flat(block))
    return _TABLES[key].copy()


def history(scenario: Raw, framework: Raw, replication: int, seed: int = SEED) -> Result:
    """Return one replication with its log."""
    return _KEPT.get(built(scenario, framework), seed, replication, True)


def rows(scenario: Raw, framework: Raw, n: int, seed: int = SEED) -> pd.DataFrame:
    """Return the rows of replications 0 to n - 1."""
    game = built(scenario, framework)
    if game.strategy not in BUILT_IN:
        return pd.DataFrame([_KEPT.get(game, seed, r, False).row for r in range(n)])
    return _compiled_rows(game, seed, n)


# ---------------------------------------------------------------------------- reading


def output(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return a column of the rows, or one of a few figures made of columns.

    ``answered within 3 d`` counts owed responses in the bins that end within three days of the
    act; ``nobody owed`` is 1 where a history has no owed response; ``belief from prior`` is how far
    the challenger's beliefs lie from a prior of 0; ``end: repulse`` is 1 where the first campaign
    ended so.
    """
    if name.startswith("answered within "):
        days, edges = float(name.split()[2]), response_edges()
        bins = [f"response_{b:02d}" for b in range(len(edges) - 1) if edges[b + 1] <= days]
        figure = frame[bins].sum(axis=1)
    elif name == "nobody owed":
        figure = frame["n_owed"] == 0
    elif name == "belief from prior":
        figure = frame["final_credibility"].abs()
    elif name.startswith("end: "):
        figure = frame["first_campaign_end"] == name.removeprefix("end: ")
    else:
        figure = frame[name]
    return np.asarray(figure, dtype=np.float64)


def difference(before: FloatArray, after: FloatArray) -> tuple[float, float]:
    """Return the mean paired difference and the half-width of its 95 % interval."""
    d = after - before
    return float(d.mean()), 1.96 * float(d.std(ddof=1)) / math.sqrt(len(d))


def identical(left: pd.DataFrame, right: pd.DataFrame, but: tuple[str, ...] = ()) -> bool:
    """Return whether two sets of rows are the same to the last bit, some columns apart."""
    columns = [c for c in left.columns if c not in but]
    return bool((left[columns] == right[columns]).all(axis=None))
