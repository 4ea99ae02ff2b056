"""Histories told as prose at fixed seeds: read them; they change only where a change is meant.

Renew them with ``python -m tests.test_transcripts``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import deter

FOLDER = Path(__file__).parent / "transcripts"
TOLD = {
    "stationed_force_2": ("ukraine/ceasefire.yaml", "stationed_force", 2),
    "nato_membership_1": ("ukraine/ceasefire.yaml", "nato_membership", 1),
    "rivals_none_0": ("stylised/rivals.yaml", "none", 0),
}


def told(scenario: str, framework: str, replication: int) -> str:
    return str(deter.trace(scenario, replication, framework, seed=1)) + "\n"


@pytest.mark.parametrize("name", TOLD)
def test_histories_are_told_as_they_were(name: str) -> None:
    assert told(*TOLD[name]) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    for name, case in TOLD.items():
        (FOLDER / f"{name}.txt").write_text(told(*case), encoding="utf-8")
