"""Whether what is asked for belongs to the rows of a folder; what has changed since, by name.

Folders of earlier versions lack what the models have gained since. What a model takes where
nothing is written is no change, so both sides are read through the models before they are compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deter.errors import OutputError
from deter.experiments.folder import Contents
from deter.spec.hints import found
from deter.spec.stored import (
    completed_distribution,
    completed_framework,
    completed_scenario,
)

SHOWN = 12
"""Differences that a refusal names."""

_ABSENT = object()


def flattened(document: Any, path: str = "") -> dict[str, Any]:
    """Return the leaves of plain data by path; items of a list that have an ``id`` by it.

    Examples
    --------
    >>> flattened({"a": [{"id": "x", "b": 1}], "c": None})
    {'a.x.id': 'x', 'a.x.b': 1, 'c': None}
    """
    if isinstance(document, Mapping) and document:
        pairs = [(str(key), value) for key, value in document.items()]
    elif isinstance(document, list) and document:
        pairs = [(_item_name(at, item), item) for at, item in enumerate(document)]
    else:
        return {path: document}
    found_here: dict[str, Any] = {}
    for key, value in pairs:
        found_here |= flattened(value, f"{path}.{key}" if path else key)
    return found_here


def _item_name(at: int, item: Any) -> str:
    return str(item.get("id", at)) if isinstance(item, Mapping) else str(at)


def differences(stored: Any, wanted: Any, path: str = "") -> list[str]:
    """Return what differs between two plain documents: path, what was there, what is now."""
    before, after = flattened(stored, path), flattened(wanted, path)
    told = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, _ABSENT), after.get(key, _ABSENT)
        if old != new:
            told.append(f"{key}: was {_told(old)}, is {_told(new)}")
    return told


def _told(value: Any) -> str:
    if value is _ABSENT:
        return "not there"
    if isinstance(value, list | dict) and not value:
        return "empty"
    return f"{value!r}" if isinstance(value, float) else found(value)


def refuse_changes(place: Path, stored: Contents, wanted: Contents) -> None:
    """Say so where what is asked for does not belong to what is there.

    Raises
    ------
    OutputError
        With each difference.
    """
    told = differences(
        completed_scenario(stored.base["scenario"]), completed_scenario(wanted.base["scenario"])
    )
    for name, document in stored.base["frameworks"].items():
        if name not in wanted.base["frameworks"]:
            told.append(f"frameworks: {name} is in the folder and no longer asked for")
            continue
        mine = wanted.base["frameworks"][name]
        told += differences(
            completed_framework(document), completed_framework(mine), f"framework {name}"
        )
    told += differences(
        _completed_identity(stored.manifest["identity"]),
        _completed_identity(wanted.manifest["identity"]),
    )
    told += _taken_away(stored.manifest, wanted.manifest)
    if stored.manifest["model"] != wanted.manifest["model"] and not told:
        told.append(
            "the model's own code has changed since (deter "
            f"{stored.manifest['versions'].get('deter')}): rows of two models are no one table"
        )
    if told:
        more = [f"and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        raise OutputError(
            "\n  ".join(
                [
                    f"{place}: cannot go on there, for this has changed:",
                    *told[:SHOWN],
                    *more,
                    "take it back, or name another folder with -o",
                ]
            )
        )


def _taken_away(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Return which levels and patches of a folder are asked for no more, or mean something else."""
    told = []
    asked = {factor["name"]: factor for factor in wanted["factors"]}
    for factor in stored["factors"]:
        mine = asked.get(factor["name"])
        if mine is None or factor["values"] is None or mine["values"] is None:
            continue
        now = dict(zip(mine["values"], mine["sets"], strict=True))
        for value, raw in zip(factor["values"], factor["sets"], strict=True):
            path = f"levers.{factor['name']}"
            if value not in now:
                told.append(f"{path}: {value!r} is in the folder and no longer among its values")
            else:
                told += differences(raw, now[value], f"{path}.{value}")
    for name, patch in stored["patches"].items():
        if name not in wanted["patches"]:
            told.append(f"patches: {name} is in the folder and no longer asked for")
        else:
            changed = wanted["patches"][name]["set"]
            told += differences(patch["set"], changed, f"patches.{name}.set")
    return told


def _completed_identity(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may not change with each distribution in full."""
    varied = {
        name: {**one, "distribution": completed_distribution(one.get("distribution"))}
        for name, one in identity.get("uncertainties", {}).items()
    }
    return {**identity, "uncertainties": varied}


__all__ = ["differences", "flattened", "refuse_changes"]
