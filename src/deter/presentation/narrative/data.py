"""A story as plain data, for ``--json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from deter.narrative.cast import Cast
from deter.narrative.causes import decisive, stage
from deter.narrative.model import Crisis
from deter.presentation.narrative.absent import reasons
from deter.presentation.narrative.chronicle import verdict
from deter.presentation.narrative.phrases import dated


def plain_story(story: Any) -> dict[str, Any]:
    """Return a story's row, log, crises, answers, replays and parting as plain data."""
    cast: Cast = story.cast
    found = {
        "scenario": story.case.name,
        "framework": story.case.framework_name,
        "seed": story.seed,
        "replication": story.replication,
        "engine": story.engine,
        "row": dict(story.row),
        "log": [_entry(entry) for entry in story.log],
        "crises": [_crisis(crisis, cast) for crisis in story.crises],
        "decisive": getattr(decisive(story.history, cast), "number", None),
        "answers": {answer.question: answer.text for answer in story.told.answers},
        "replays": _replays(story.mended),
    }
    if story.other is not None:
        point = story.parting
        found["parting"] = None if point is None else _parting(point)
        found["against"] = plain_story(story.other)
    return found


def _entry(entry: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(entry).items() if name != "numbers"}


def _crisis(crisis: Crisis, cast: Cast) -> dict[str, Any]:
    """Return a crisis; keys of layer and guarantor as one mapping within another."""
    found = asdict(crisis)
    found.pop("choice")
    standing: dict[str, dict[str, str]] = {}
    for (text, code), how in crisis.standing.items():
        standing.setdefault(text, {})[code] = how or "bound"
    found["standing"] = standing
    found["date"] = dated(cast.start, crisis.time)
    found["reasons"] = dict(reasons(crisis, cast))
    if crisis.attack:
        found["stage"], found["verdict"] = stage(crisis, cast), verdict(crisis, cast)
    return found


def _replays(mended: Any) -> list[dict[str, Any]]:
    rows = [(r.name, r.row) for r in (mended.bare, *mended.repairs, mended.whole) if r is not None]
    rows += [(f"resolve of {r.name} raised", r.row) for r in mended.nudges]
    kept = ("n_limited_attacks", "n_full_attacks", "ground_lost", "end_state")
    return [{"changed": name} | {key: row[key] for key in kept} for name, row in rows]


def _parting(parting: Any) -> dict[str, Any]:
    sides = {side: _side(getattr(parting, side)) for side in ("left", "right")}
    rest = {"time": parting.time, "index": parting.index, "kind": parting.kind}
    return rest | sides | {"differences": [asdict(d) for d in parting.differences]}


def _side(side: Any) -> Mapping[str, Any]:
    return {
        name: _entry(value) if is_dataclass(value) else None
        for name, value in (("entry", side.entry), ("vote", side.vote))
    }
