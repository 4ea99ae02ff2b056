"""The main scenario is sane under numbers fitted to history (small, paired, fixed seeds)."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from tests.evidence import size
from tests.worlds import FloatArray, difference

from deter.engine import compiled
from deter.engine.game import build
from deter.engine.outcome import flat
from deter.spec.ledger import counts, ledger
from deter.spec.loading import load_scenario

N = size(400, 4000)


@functools.cache
def rows(scenario: str, framework: str, *settings: str, n: int = N) -> pd.DataFrame:
    loaded = load_scenario(scenario, settings, framework)
    built = build(loaded.scenario, loaded.framework)
    return pd.DataFrame(flat(compiled.rows(built, 1, 0, n)))


def ceasefire(framework: str) -> pd.DataFrame:
    return rows("ukraine/ceasefire.yaml", framework)


def happened(table: pd.DataFrame, first: str) -> pd.Series[bool]:
    return table[f"s_{first}"] == "event"


def attacked(framework: str) -> FloatArray:
    """Return 1 for each history with a full attack, else 0."""
    return np.asarray(happened(ceasefire(framework), "full_attack"), dtype=np.float64)


def incidents_per_decade(table: pd.DataFrame) -> float:
    return float(10 * table["n_incidents"].sum() / table["years_exposed"].sum())


def test_without_a_guarantee_levels_are_those_of_history() -> None:
    """A full attack in ten years between .15 and .45, force within the first year .15 to .65.

    The posterior gives .165 (.148 to .181) in the 2000 histories here and .183 (.175 to .190) in
    10,000: near the lower end. Fewer histories may fall below it by luck, which is why there are
    more here than elsewhere. Nothing was moved to meet the band: what was fitted was fitted to
    rivals since 1946 and not to this scenario.
    """
    none = rows("ukraine/ceasefire.yaml", "none", n=size(2000, 10_000))
    assert 0.15 < happened(none, "full_attack").mean() < 0.45
    within_a_year = happened(none, "force") & (none["t_force"] <= 1)
    assert 0.15 < within_a_year.mean() < 0.65


@pytest.mark.parametrize("memorandum", ["budapest_1994", "g7_vilnius_2023"])
def test_a_memorandum_changes_little(memorandum: str) -> None:
    change, half = difference(attacked("none"), attacked(memorandum))
    assert abs(change) + half < 0.03


def test_a_capable_force_halves_attacks_and_leaves_incidents() -> None:
    assert attacked("stationed_force").mean() < 0.5 * attacked("none").mean()
    none, force = ceasefire("none"), ceasefire("stationed_force")
    assert 0.6 < incidents_per_decade(force) / incidents_per_decade(none) < 1.4


def test_a_token_force_does_less_than_half_of_a_capable_one() -> None:
    capable, token = (
        1 - attacked(force).mean() / attacked("none").mean()
        for force in ("stationed_force", "tripwire")
    )
    assert token < 0.5 * capable


def test_a_response_that_waits_for_a_ceasefire_lengthens_the_war() -> None:
    """The challenger stalls: a ceasefire would bring the guarantee into force."""
    activation = "framework.layers.force.activation"
    early, late = (
        rows(
            "ukraine/war.yaml",
            "stationed_force",
            f"{activation}.response={when}",
            f"{activation}.peacetime={when}",
        )["first_campaign_days"].to_numpy(dtype=np.float64)
        for when in ("signature", "ceasefire")
    )
    longer, half = difference(early, late)
    assert longer > half


def test_behaviour_is_calibrated_and_facts_are_not() -> None:
    found = ledger(load_scenario("ukraine/ceasefire.yaml"))
    assert counts(found.entries)["calibrated"] > 60
    calibrated = {e.path for e in found.entries if e.evidence == "calibrated"}
    assert {"challenger.motive_mean", "options.full_invasion.cost"} <= calibrated
    assert "protege.forces" not in calibrated


def test_the_war_keeps_a_slow_tempo_of_its_own() -> None:
    """Three numbers of the posterior are set aside there, as an assumption about this war."""
    entries = {e.path: e.evidence for e in ledger(load_scenario("ukraine/war.yaml")).entries}
    for path in ("behaviour.battles_per_month", "behaviour.tempo_sd", "talks.offers"):
        assert entries[path] == "assumption"
    assert entries["behaviour.contest_exponent"] == "calibrated"
