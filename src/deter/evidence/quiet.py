"""The engine with all switched off that a limit does not need: one scenario, one layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from deter.engine.game import Built, build
from deter.engine.reference import Result
from deter.engine.telling import Entry
from deter.experiments.engines import EngineName, choose
from deter.spec.framework import Framework
from deter.spec.scenario import Scenario

SEED = 20260101

ENGINE: ContextVar[EngineName] = ContextVar("engine", default="reference")
"""The engine that runs the cases."""

EXACT = 1e-9
"""How far a probability that the engine logs may be from the one expected."""

SIGMAS = 4.0
"""How many standard errors a mean over replications may be off."""

SURE = 1e3
"""Resolve, in probits, of one that does not waver."""

QUIET: dict[str, Any] = {
    "opportunity_rate": 0,
    "frailty_sd": 0,
    "provocation": 0,
    "headroom": 1,
    "heat_jump": 0,
    "exhaustion": 0,
    "stake_exponent": 0,
    "dissimilarity": 1,
    "look_ahead": 0,
    "shared_shock": 0,
    "consult_days": 0,
    "dispute_base": 0,
    "dispute_hazard": 0,
    "dispute_void": 0,
    "regime_shift": 0,
    "noise_ambiguity": 0,
    "escalation_rate": 0,
    "major_rate": 0,
    "beliefs_about_help": "equilibrium",
    "contest_exponent": 1,
    "tempo_sd": 0,
    "winter_tempo": 1,
    "winter_opportunity": 1,
    "loser_losses": 0,
    "winner_losses": 0,
    "stopping": False,
    "mobilisation": 0,
    "peace_treaty_rate": 0,
}
"""Behaviour with no noise, heat, losses, stopping, escalation or look ahead."""

GUARANTOR: dict[str, Any] = {
    "resolve": 0,
    "resolve_sd": 0,
    "stake": 0,
    "decision_clock": 0,
    "change_probability": 0,
}
"""A guarantor that acts under its commitment only, and decides at once."""

LAYER: dict[str, Any] = {
    "id": "pact",
    "obligation": "all_means",
    "binding": "political",
    "trigger": {"threshold": 0, "ambiguity": 0},
    "attribution": {"delay": 0},
}
"""A layer in force from the start that recognises every act at once."""


def quiet(
    scenario: dict[str, Any],
    layer: dict[str, Any] | None = None,
    behaviour: dict[str, Any] | None = None,
) -> Built:
    """Return a game with all switched off but what is given.

    Parameters
    ----------
    scenario : dict
        As a user writes it; ``challenger`` and ``protege`` in part.
    layer : dict or None
        What its only layer has beside :data:`LAYER`; no layer for None.
    behaviour : dict or None
        What differs from :data:`QUIET`.
    """
    written = {"talks": {"offers": 0}} | scenario
    written["behaviour"] = QUIET | (behaviour or {})
    written["challenger"] = {
        "motive_mean": 1,
        "motive_sd": 0,
        "misperception_sd": 0,
        "regeneration": 0,
    } | scenario.get("challenger", {})
    written["protege"] = {"buildup": 0} | scenario.get("protege", {})
    layers = [] if layer is None else [LAYER | layer]
    return build(Scenario.model_validate(written), Framework.model_validate({"layers": layers}))


def history(built: Built, replication: int = 0) -> Result:
    """Return one replication with its log, under the fixed seed, by the engine in force."""
    engine = choose(ENGINE.get(), [built.strategy])
    result: Result = engine.simulate(built, SEED, replication, log=True)
    return result


def replications(built: Built, n: int) -> Iterator[Result]:
    """Yield replications 0 to n - 1 with their logs, under the fixed seed."""
    for replication in range(n):
        yield history(built, replication)


def first(log: list[Entry], kind: str, actor: str = "") -> Entry:
    """Return the first line of a kind in a log.

    Raises
    ------
    ValueError
        If there is none.
    """
    for entry in log:
        if entry.kind == kind and actor in ("", entry.actor):
            return entry
    raise ValueError(f"the engine's log holds no {kind!r}")


def slack_of_share(p: float, n: int) -> float:
    """Return how far a share among n replications may be from its probability.

    Four standard errors and one replication: near 0 and 1 a single event is no news.
    """
    return SIGMAS * math.sqrt(max(0.0, p * (1.0 - p)) / n) + 1.0 / n


def slack_of_mean(sd: float, n: int) -> float:
    """Return how far a mean over n replications may be from its expectation."""
    return SIGMAS * sd / math.sqrt(n)
