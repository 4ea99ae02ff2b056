"""Histories told as prose at fixed seeds: read them; they change only where a change is meant.

Renew them with ``python -m tests.test_transcripts``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import deter

FOLDER = Path(__file__).parent / "transcripts"
TOLD = {
    "stationed_force_17": ("ukraine/ceasefire.yaml", "stationed_force", 17),
    "nato_membership_5": ("ukraine/ceasefire.yaml", "nato_membership", 5),
    "istanbul_2022_ru_24": ("ukraine/ceasefire.yaml", "istanbul_2022_ru", 24),
    "us_guarantee_2026_24": ("ukraine/ceasefire.yaml", "us_guarantee_2026", 24),
    "tripwire_12": ("ukraine/ceasefire.yaml", "tripwire", 12),
    "war_nato_membership_3": ("ukraine/war.yaml", "nato_membership", 3),
    "armenia_73": ("historical/armenia_2020_22.yaml", None, 73),
    "race_of_clocks_2": ("literature/race_of_clocks.yaml", None, 2),
    "rivals_none_0": ("stylised/rivals.yaml", "none", 0),
    "rivals_nuclear_pact_30": ("stylised/rivals.yaml", "nuclear_pact", 30),
}
AGAINST = {
    "rivals_garrison_30_against_none": ("stylised/rivals.yaml", "garrison", 30, "none"),
}


def told(scenario: str, framework: str | None, replication: int, against: str | None = None) -> str:
    return str(deter.trace(scenario, replication, framework, against=against, seed=1)) + "\n"


@pytest.mark.parametrize("name", TOLD)
def test_histories_are_told_as_they_were(name: str) -> None:
    assert told(*TOLD[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", AGAINST)
def test_twins_are_told_as_they_were(name: str) -> None:
    assert told(*AGAINST[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["istanbul_2022_ru_24", "nato_membership_5"])
def test_the_page_shows_histories_as_they_are_told(name: str) -> None:
    page = FOLDER.parents[1] / "docs" / "traces.md"
    story = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert f"```text\n{story}```" in page.read_text(encoding="utf-8")


def test_both_engines_tell_the_same_story() -> None:
    scenario, framework, replication = TOLD["rivals_nuclear_pact_30"]
    stories = [
        deter.trace(scenario, replication, framework, engine=engine)
        for engine in ("reference", "compiled")
    ]
    assert [story.engine for story in stories] == ["reference", "compiled"]
    assert stories[0].text == stories[1].text
    assert stories[0].full == stories[1].full


if __name__ == "__main__":
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, case in TOLD.items():
        (FOLDER / f"{name}.txt").write_text(told(*case), encoding="utf-8")
    for name, pair in AGAINST.items():
        (FOLDER / f"{name}.txt").write_text(told(*pair), encoding="utf-8")
