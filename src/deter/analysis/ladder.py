"""How far histories escalate: how many reach each rung of the ladder."""

from __future__ import annotations

from deter.analysis.estimates import Estimate, proportion
from deter.analysis.rows import Bools, Sample

RUNGS = {
    "incident": "an incident of any severity",
    "force": "an act of severity 0.3 or more",
    "mobilised": "a mobilisation",
    "limited_attack": "a limited attack",
    "full_attack": "a full attack",
    "war": "a war: losses of both sides above the threshold",
    "joined_combat": "combat of a guarantor's own forces",
    "direct_war": "a local war with a guarantor",
    "major": "a major war with a guarantor",
}
"""Rungs, from the lowest, and what each is."""

_FIRSTS = ("incident", "force", "limited_attack", "full_attack", "war", "major")


def ladder(sample: Sample) -> dict[str, Estimate]:
    """Return the share of histories that reach each rung, from the lowest.

    A history may skip a rung: a full attack need not follow a limited one. Acts of the scenario's
    own script count where they are of the rung.
    """
    return {
        rung: proportion(_reached(sample, rung)).labelled(
            unit="1", what=f"share of histories with {words}"
        )
        for rung, words in RUNGS.items()
    }


def _reached(sample: Sample, rung: str) -> Bools:
    if rung in _FIRSTS:
        return sample.happened(rung)
    reached: Bools = sample.numbers(f"n_{rung}") > 0
    return reached


__all__ = ["RUNGS", "ladder"]
