"""What a history comes to, in a few words, and whether another is better, worse or the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deter.narrative.cast import Cast
from deter.presentation.narrative.land import NOTHING, none_left, share
from deter.presentation.narrative.phrases import count, pct

BETTER, WORSE, SAME, OTHER = "better", "worse", "same", "other"
"""How a history compares; ``other`` where it ends otherwise with the same land lost."""

FINE = 0.005
"""Shares of the land nearer than this are the same."""

FIRST = {
    "objective": "the objective reached",
    "conceded": "the protégé giving in",
    "repulse": "the attacker thrown back",
    "stopped": "the war given up by the attacker",
    "ceasefire": "a ceasefire",
    "horizon": "the war still going on",
}


def attacks_of(row: Mapping[str, Any]) -> int:
    """Return how many attacks were carried out; one that was widened is one."""
    return int(row["n_full_attacks"] + row["n_limited_attacks"] - row["n_widened"])


def compared_with(base: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """Return whether a row is better, worse, the same or otherwise than another.

    The end of the protégé or a major war weighs most, then the land lost, then whether there was
    an attack at all. Two ends with the same land lost are neither better nor worse.
    """
    rank, was = _rank(row), _rank(base)
    more = float(row["ground_lost"]) - float(base["ground_lost"])
    if rank == was and rank > 0:
        return SAME
    if rank != was:
        alike = {rank, was} == {0, 2} and abs(more) < FINE
        return OTHER if alike else BETTER if rank < was else WORSE
    if abs(more) >= FINE:
        return BETTER if more < 0 else WORSE
    n, before = attacks_of(row), attacks_of(base)
    if bool(n) != bool(before):
        return BETTER if n < before else WORSE
    ends = row.get("first_campaign_end"), base.get("first_campaign_end")
    return SAME if n == before and ends[0] == ends[1] else OTHER


def _rank(row: Mapping[str, Any]) -> int:
    if row.get("s_major") == "event":
        return 3
    return 2 if row.get("end_state") == "lost" else 0


def told(row: Mapping[str, Any], cast: Cast) -> str:
    """Return what became of it, in a few words."""
    if row.get("s_major") == "event":
        return "a major war"
    if row.get("end_state") == "lost":
        return f"{cast.protege} lost"
    attacks = attacks_of(row)
    lost = float(row["ground_lost"])
    if attacks == 0 and row.get("first_campaign_end"):
        first = FIRST.get(str(row.get("first_campaign_end")), "the war over")
        return f"{first}, {_land(lost, cast)}"
    return f"{count(attacks, 'attack')}{', ' + _land(lost, cast) if attacks or lost else ''}"


def _land(lost: float, cast: Cast) -> str:
    if lost < NOTHING:
        return "no land lost"
    if cast.held < NOTHING:
        return f"{pct(lost)} of the land lost"
    if none_left(cast, lost):
        return f"all of {cast.protege} lost"
    return f"{cast.challenger} holding {share(cast, cast.held + lost)}"
