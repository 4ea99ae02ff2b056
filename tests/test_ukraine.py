"""The main scenario is sane by clauses and parameters alone (small, paired, fixed seeds)."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from deter.engine import compiled
from deter.engine.game import build
from deter.engine.outcome import flat
from deter.spec.loading import load_scenario

N = 150


@functools.cache
def rows(scenario: str, framework: str, *settings: str) -> pd.DataFrame:
    loaded = load_scenario(scenario, settings, framework)
    built = build(loaded.scenario, loaded.framework)
    return pd.DataFrame(flat(compiled.rows(built, 1, 0, N)))


def ceasefire(framework: str) -> pd.DataFrame:
    return rows("ukraine/ceasefire.yaml", framework)


def happened(table: pd.DataFrame, first: str) -> pd.Series[bool]:
    return table[f"s_{first}"] == "event"


def incidents_per_decade(table: pd.DataFrame) -> float:
    return float(10 * table["n_incidents"].sum() / table["years_exposed"].sum())


def test_without_a_guarantee_levels_are_those_of_history() -> None:
    none = ceasefire("none")
    assert 0.15 < happened(none, "full_attack").mean() < 0.45
    within_a_year = happened(none, "force") & (none["t_force"] <= 1)
    assert 0.15 < within_a_year.mean() < 0.65


@pytest.mark.parametrize("memorandum", ["budapest_1994", "g7_vilnius_2023"])
def test_a_memorandum_changes_little(memorandum: str) -> None:
    change = happened(ceasefire(memorandum), "full_attack").mean()
    change -= happened(ceasefire("none"), "full_attack").mean()
    assert abs(change) < 0.10


def test_a_capable_force_halves_attacks_and_leaves_incidents() -> None:
    none, force = ceasefire("none"), ceasefire("stationed_force")
    assert happened(force, "full_attack").mean() < 0.5 * happened(none, "full_attack").mean()
    ratio = incidents_per_decade(force) / incidents_per_decade(none)
    assert 0.6 < ratio < 1.4


def test_a_token_force_does_less_than_half_of_a_capable_one() -> None:
    base = happened(ceasefire("none"), "full_attack").mean()
    capable = 1 - happened(ceasefire("stationed_force"), "full_attack").mean() / base
    token = 1 - happened(ceasefire("tripwire"), "full_attack").mean() / base
    assert token < 0.5 * capable


def test_a_response_that_waits_for_a_ceasefire_lengthens_the_war() -> None:
    """The challenger stalls: a ceasefire would bring the guarantee into force."""
    activation = "framework.layers.force.activation"
    lengths = [
        rows(
            "ukraine/war.yaml",
            "stationed_force",
            f"{activation}.response={when}",
            f"{activation}.peacetime={when}",
        )["first_campaign_days"]
        for when in ("signature", "ceasefire")
    ]
    saved = (lengths[1] - lengths[0]).to_numpy()
    assert saved.mean() - 1.96 * saved.std(ddof=1) / np.sqrt(N) > 0
