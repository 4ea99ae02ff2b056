"""Each Ukraine scenario shows what it was written to show.

A scenario is run under two frameworks, or twice with one value changed, under shared luck; a row of
the table says which output then moves which way. The paired difference must have that sign and a
95 % interval that excludes zero. What a scenario found *not* to move stands below the table as an
identity or as a bound.
"""

# ruff: noqa: E501 (the table is wider than code)

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.worlds import FloatArray, difference, output

from deter.engine import compiled
from deter.engine.game import build
from deter.engine.outcome import flat
from deter.spec.library import library_root
from deter.spec.loading import LoadedScenario, load_scenario, resolve_framework, validate_path
from deter.spec.yaml_reader import read_table

FOLDER = library_root() / "ukraine"
N = 300
SEED = 1


@functools.cache
def loaded(scenario: str, settings: tuple[str, ...]) -> LoadedScenario:
    """Return a scenario with values set, read once for all frameworks."""
    return load_scenario(f"ukraine/{scenario}", settings, "none")


@functools.cache
def rows(scenario: str, framework: str, settings: tuple[str, ...] = (), n: int = N) -> pd.DataFrame:
    """Return the rows of a scenario under a framework, with values set."""
    own = tuple(text for text in settings if not text.startswith("framework."))
    clauses = [text for text in settings if text not in own]
    case = resolve_framework(loaded(scenario, own), framework, clauses)
    block = compiled.rows(build(case.scenario, case.framework), SEED, 0, n)
    assert not block.errors, block.errors
    return pd.DataFrame(flat(block))


def measured(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return a column, or a figure made of columns.

    ``ended by ceasefire`` and the like are 1 where the first campaign ended so, ``lost`` where the
    protégé is, ``attacked in full`` where a full attack came; ``violations a day`` are those of a
    day without a campaign.
    """
    if name.startswith("ended by "):
        return output(frame, f"end: {name.removeprefix('ended by ')}")
    if name == "lost":
        return np.asarray(frame["end_state"] == "lost", dtype=np.float64)
    if name == "attacked in full":
        return np.asarray(frame["s_full_attack"] == "event", dtype=np.float64)
    if name == "violations a day":
        days = 365.25 * np.asarray(frame["years_exposed"], dtype=np.float64)
        return np.asarray(frame["violations"], dtype=np.float64) / days
    return output(frame, name)


LINES = """
winter_energy      none > air_shield                      damage                 falls
winter_energy      none > air_shield                      n_force_acts           falls
winter_energy      air_shield > air_shield_by_budget      damage                 rises
winter_energy      stationed_force [framework.layers.force.peacetime.air_defence=0] > stationed_force  damage  falls

donbas_zone        zone_none > zone_5km                   n_limited_attacks      falls
donbas_zone        zone_5km > zone_10km                   n_limited_attacks      falls
donbas_zone        zone_10km > zone_40km                  n_limited_attacks      falls
donbas_zone        zone_none > zone_40km_one_sided        n_limited_attacks      rises
donbas_zone        zone_40km > zone_40km_unpoliced        violations a day       rises
donbas_zone        zone_none > zone_none [ceded]          attacked in full       rises

maritime_turkey    none > sea_turkey_leads                damage                 falls
maritime_turkey    sea_high_threshold > sea_turkey_leads  n_honoured             rises
maritime_turkey    sea_turkey_leads > sea_each_decides    n_honoured             rises
maritime_turkey    sea_turkey_leads > sea_each_decides    answered within 4 d    rises
maritime_turkey    sea_each_decides > sea_open_straits    n_joined_combat        rises
maritime_turkey    none > sea_turkey_leads                n_incidents            rises

minsk_like         none > minsk_monitors                  violations a day       falls
minsk_like         minsk_monitors > minsk_tightened       violations a day       falls
minsk_like         minsk_guarantee_blind > minsk_guarantee  n_owed               falls
minsk_like         minsk_guarantee_blind > minsk_guarantee  answered within 4 d  rises
minsk_like         none > minsk_guarantee                 n_limited_attacks      falls

us_change          us_unlocked > us_locked                n_exits                falls
us_change          us_unlocked [never] > us_unlocked [always]  attacked in full  rises x900
us_change          us_unlocked > us_with_europe           attacked in full       falls

expiring_offer     stationed_force > force_urgent         first_campaign_days    rises x900
expiring_offer     stationed_force > force_urgent         ended by ceasefire     falls
expiring_offer     stationed_force > force_urgent         attacked in full       rises
expiring_offer     offer_standing > offer_urgent          n_owed                 falls
expiring_offer     offer_standing > offer_premature       ground_lost            rises x900
expiring_offer     none > us_guarantee_2026               ground_lost            rises

escalation_ladder  ladder_no_hours > ladder_24_72         answered within 4 d    rises
escalation_ladder  ladder_no_hours > ladder_24_72         n_honoured             rises
escalation_ladder  ladder_24_72 > ladder_automatic        answered within 4 d    rises
escalation_ladder  ladder_24_72 > ladder_ft_feb2026       n_honoured             falls

peace_plan         cap_800_firm > cap_800_void            n_voided               rises x900
peace_plan         cap_800_firm > cap_800_void            n_honoured             falls x900
peace_plan         cap_800_firm > cap_800_void            answered within 4 d    falls
peace_plan         cap_800_firm > cap_600_firm            attacked in full       rises
peace_plan         cap_800_firm > cap_600_firm            lost                   rises
peace_plan         none > cap_600_firm                    attacked in full       rises
peace_plan         none > plan28_nov2025                  attacked in full       rises

early_or_late      late_force > early_force               first_campaign_days    falls
early_or_late      late_force > early_force               lost                   falls
early_or_late      late_force > early_force               ended by escalation    rises
early_or_late      late_aid > early_aid                   lost                   falls x900
early_or_late      berlin_dec2025 > kyiv_compact_2022     first_campaign_days    falls x600
"""
"""Scenario; from and to, each with values set; output and its direction (x: runs, else 400)."""

SETTINGS = {
    "ceded": (
        "options.limited_grab_donbas.minimum_forces=1000",
        "options.line_slice.minimum_forces=1000",
        "options.zone_infiltration.minimum_forces=1000",
        "begins.held=0.21",
        "regions.country.fortification=1.1",
        "options.full_invasion.steps_to_objective=4",
    ),
    "never": ("guarantors.US.change_probability=0",),
    "always": ("guarantors.US.change_probability=1",),
}
"""Settings by the word the table has for them; any other text in brackets is one setting."""


@dataclass(frozen=True)
class Side:
    """A framework, and what is set under it."""

    framework: str
    settings: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Side:
        """Read ``framework [setting]``."""
        name, _, rest = text.partition(" [")
        setting = rest.rstrip("]")
        return cls(name, SETTINGS.get(setting, (setting,) if setting else ()))


@dataclass(frozen=True)
class Line:
    """A scenario, what is compared in it, and which output moves which way."""

    text: str
    scenario: str
    before: Side
    after: Side
    output: str
    sign: int
    n: int

    @classmethod
    def read(cls, text: str) -> Line:
        """Read a line of the table."""
        scenario, change, figure, direction = re.split(r"\s{2,}", text.strip())
        before, _, after = change.partition(" > ")
        way, _, n = direction.partition(" x")
        sign = {"rises": 1, "falls": -1}[way]
        sides = Side.read(before), Side.read(after)
        return cls(re.sub(r"\s+", " ", text), scenario, *sides, figure, sign, int(n or N))

    def values(self, side: Side) -> FloatArray:
        """Return the output on one side."""
        return measured(rows(self.scenario, side.framework, side.settings, self.n), self.output)

    def __str__(self) -> str:
        return self.text


TABLE = [Line.read(text) for text in LINES.splitlines() if text]
SCENARIOS = sorted({line.scenario for line in TABLE})


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_a_scenario_shows_what_it_is_for(line: Line) -> None:
    mean, half = difference(line.values(line.before), line.values(line.after))
    assert line.sign * mean > half, f"{mean:+.4g} +- {half:.4g}"


# ------------------------------------------------------------------------------- what does not move


def interval(scenario: str, before: str, after: str, name: str, n: int = N) -> tuple[float, float]:
    """Return the 95 % interval of a paired difference."""
    mean, half = difference(
        measured(rows(scenario, before, n=n), name), measured(rows(scenario, after, n=n), name)
    )
    return mean - half, mean + half


def test_a_zone_leaves_full_attacks_as_they_are() -> None:
    for zone in ("zone_5km", "zone_10km", "zone_40km"):
        low, high = interval("donbas_zone", "zone_none", zone, "attacked in full")
        assert low > -0.03
        assert high < 0.03


def test_watching_a_zone_stops_no_slice_of_it() -> None:
    low, high = interval("donbas_zone", "zone_40km", "zone_40km_unpoliced", "n_limited_attacks")
    assert low > -0.03
    assert high < 0.03


def test_observers_who_only_consult_change_no_attack() -> None:
    """A council with a veto and a duty to consult: the very same attacks, fewer violations."""
    none, monitors = (rows("minsk_like", name) for name in ("none", "minsk_monitors"))
    for column in ("t_incident", "t_attack", "n_incidents", "ground_lost", "end_state"):
        pd.testing.assert_series_equal(none[column], monitors[column], check_exact=True)


def test_unenforced_and_tightened_truces_have_the_violations_that_were_counted() -> None:
    """821 a day in 2019; 33 under the tightened regime, of which the model makes some 95."""
    unenforced = measured(rows("minsk_like", "none"), "violations a day").mean()
    tightened = measured(rows("minsk_like", "minsk_tightened"), "violations a day").mean()
    assert 0.9 * 821 < unenforced < 1.1 * 821
    assert 33 < tightened < 4 * 33


def test_the_election_matters_less_with_an_exit_lock() -> None:
    """The change of government costs more force with no lock: a difference of differences."""
    never, always = SETTINGS["never"], SETTINGS["always"]

    def effect(framework: str, name: str) -> FloatArray:
        with_change = measured(rows("us_change", framework, always, 900), name)
        return with_change - measured(rows("us_change", framework, never, 900), name)

    for name, sign in (("attacked in full", -1), ("final_protege_forces", 1)):
        mean, half = difference(effect("us_unlocked", name), effect("us_locked", name))
        assert sign * mean > half, name


def test_a_full_lock_keeps_america_in() -> None:
    locked = rows("us_change", "us_locked", ("framework.layers.us.duration.exit_lock=1",))
    assert locked["n_exits"].sum() == 0


def test_an_offer_that_never_expires_is_the_force_itself() -> None:
    standing = rows("expiring_offer", "force_urgent", ("framework.offer.expiry=0",))
    pd.testing.assert_frame_equal(standing, rows("expiring_offer", "stationed_force"))


def test_hours_hardly_change_the_ground() -> None:
    """Half a point of Ukraine's land at n = 2000; what comes in time is mostly arms."""
    low, high = interval("escalation_ladder", "ladder_no_hours", "ladder_24_72", "ground_lost", 900)
    assert low > -0.02
    assert high < 0.02


def test_the_script_is_the_same_under_every_framework() -> None:
    for framework in ("none", "ladder_no_hours", "ladder_24_72", "ladder_automatic"):
        table = rows("escalation_ladder", framework)
        assert set(table["n_scripted"]) == {4}
        assert (table["n_incidents"] == 0).all()
        assert (table["n_full_attacks"] == 0).all()


def test_the_void_clause_leaves_full_attacks_as_they_are() -> None:
    low, high = interval("peace_plan", "cap_800_firm", "cap_800_void", "attacked in full")
    assert low > -0.02
    assert high < 0.02


def test_a_cap_holds_until_the_plan_is_void() -> None:
    """What voids the guarantee frees the army too."""
    assert rows("peace_plan", "cap_600_firm")["final_protege_forces"].max() <= 90
    assert rows("peace_plan", "cap_800_firm")["final_protege_forces"].max() <= 120
    void = rows("peace_plan", "cap_800_void")
    kept, voided = void[void["n_voided"] == 0], void[void["n_voided"] > 0]
    assert kept["final_protege_forces"].max() <= 120 < voided["final_protege_forces"].max()


def test_early_and_late_differ_in_nothing_but_the_day() -> None:
    for kind in ("force", "aid", "word"):
        path = f"framework.layers.{kind}.activation"
        clauses = [f"{path}.response=ceasefire"]
        clauses += [] if kind == "force" else [f"{path}.peacetime=ceasefire"]
        moved = rows("early_or_late", f"early_{kind}", tuple(clauses), 100)
        pd.testing.assert_frame_equal(moved, rows("early_or_late", f"late_{kind}", n=100))


# ------------------------------------------------------------------------------- the files


def test_every_scenario_of_the_folder_is_tried() -> None:
    names = {path.stem for path in FOLDER.glob("*.yaml")}
    names -= {"ceasefire", "war"}  # tried in test_ukraine.py
    assert set(SCENARIOS) == names


def test_the_folder_is_valid() -> None:
    assert validate_path(FOLDER) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_head_says_question_sources_assumptions_and_command(name: str) -> None:
    head = re.match(r"(#.*\n)+", (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    assert head is not None
    text = head.group()
    assert "?" in text
    for part in ("Sources:", "Estimates:", "Assumptions:", "What it shows"):
        assert part in text
    assert re.search(rf"^# +deter compare ukraine/{name}\b", text, re.MULTILINE)


def keys_in(path: Path) -> set[str]:
    """Return the keys of sources that a file names."""
    return set(re.findall(r"\[(ua_[a-z0-9_]+)\]", path.read_text(encoding="utf-8")))


def test_every_source_named_is_in_the_catalogue_and_the_other_way_round() -> None:
    catalogue = library_root() / "sources" / "ukraine.yaml"
    known = set(read_table(catalogue, catalogue.name).entries)
    named = set().union(*(keys_in(path) for path in FOLDER.rglob("*.yaml")))
    assert named == known
