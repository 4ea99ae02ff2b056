"""Under the posterior the orderings asked of the main scenario hold (small, paired, fixed seed)."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest
from tests.evidence import FULL

from deter.engine import compiled
from deter.engine.game import build
from deter.engine.outcome import FIRST_STATUSES
from deter.spec.ledger import counts, ledger
from deter.spec.loading import load_scenario

N = 2000 if FULL else 300
EVENT = FIRST_STATUSES.index("event")
SCENARIO = "ukraine/ceasefire_calibrated"


@functools.cache
def rows(scenario: str, framework: str, *settings: str) -> Any:
    loaded = load_scenario(scenario, settings, framework)
    return compiled.rows(build(loaded.scenario, loaded.framework), 1, 0, N).rows


def attacked(framework: str) -> Any:
    return (rows(SCENARIO, framework)["s_full_attack"] == EVENT).astype(float)


def test_levels_without_a_guarantee() -> None:
    none = rows(SCENARIO, "none")
    soon = (none["s_force"] == EVENT) & (none["t_force"] <= 1)
    assert 0.08 < attacked("none").mean() < 0.45
    assert 0.15 < soon.mean() < 0.65


@pytest.mark.parametrize("memorandum", ["budapest_1994", "g7_vilnius_2023"])
def test_a_memorandum_changes_little(memorandum: str) -> None:
    assert abs((attacked(memorandum) - attacked("none")).mean()) < 0.05


def test_a_capable_force_halves_attacks_and_a_token_does_not() -> None:
    none, capable, token = (attacked(f).mean() for f in ("none", "stationed_force", "tripwire"))
    assert capable < 0.5 * none
    assert 1 - token / none < 0.5 * (1 - capable / none)


def test_a_response_that_waits_for_a_ceasefire_lengthens_the_war() -> None:
    clause = "framework.layers.force.activation"
    lengths = [
        rows(
            "ukraine/war_calibrated",
            "stationed_force",
            f"{clause}.response={when}",
            f"{clause}.peacetime={when}",
        )["first_campaign_days"]
        for when in ("signature", "ceasefire")
    ]
    longer = lengths[1] - lengths[0]
    assert longer.mean() - 1.96 * longer.std(ddof=1) / np.sqrt(N) > 0


def test_the_ledger_says_what_is_calibrated() -> None:
    found = ledger(load_scenario(SCENARIO))
    assert counts(found.entries)["calibrated"] > 60
    calibrated = {e.path for e in found.entries if e.evidence == "calibrated"}
    assert {"challenger.motive_mean", "options.full_invasion.cost"} <= calibrated
    assert "protege.forces" not in calibrated
