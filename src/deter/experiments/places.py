"""What stands at a path of a scenario or of its framework, as records; and another in its place."""

from __future__ import annotations

from typing import Any, NamedTuple

from deter.spec.framework import Framework
from deter.spec.overrides import ADDRESSES
from deter.spec.quantities import Record, Value
from deter.spec.scenario import Scenario
from deter.spec.shape import fields_of
from deter.spec.terms import FRAMEWORK


class Spot(NamedTuple):
    """Where a value is: in the framework or the scenario, the steps to its record, its field."""

    in_framework: bool
    steps: tuple[Any, ...]
    attribute: str
    holder: Record


def spot_of(scenario: Scenario, framework: Framework, path: str) -> Spot | None:
    """Return where a path leads to a field of a record; None where it does not.

    Steps are attributes of records, names of mappings and indices of lists.
    """
    steps = [step.strip() for step in path.split(".")]
    inside = steps[0] == FRAMEWORK and len(steps) > 1
    at: Any = framework if inside else scenario
    done: list[Any] = []
    for place, step in enumerate(steps[1:] if inside else steps):
        last = place == len(steps) - (2 if inside else 1)
        if isinstance(at, Record):
            declared = fields_of(type(at)).get(step)
            if declared is None:
                return None
            if last:
                return Spot(inside, tuple(done), declared.attribute, at)
            key: Any = declared.attribute
            at = getattr(at, key)
        elif isinstance(at, dict) and step in at:
            key, at = step, at[step]
        elif isinstance(at, list):
            found = _index(at, step)
            if found is None:
                return None
            key, at = found, at[found]
        else:
            return None
        done.append(key)
    return None


def _index(items: list[Any], step: str) -> int | None:
    if step.isdigit():
        return int(step) if int(step) < len(items) else None
    for name in ADDRESSES:
        if items and isinstance(items[0], Record) and name in fields_of(type(items[0])):
            hits = [i for i, item in enumerate(items) if getattr(item, name) == step]
            return hits[0] if len(hits) == 1 else None
    return None


def standing_at(scenario: Scenario, framework: Framework, path: str) -> Any:
    """Return the plain number, word or truth value at a path; None for anything else."""
    spot = spot_of(scenario, framework, path)
    value = None if spot is None else getattr(spot.holder, spot.attribute)
    if isinstance(value, Value):
        return value.value if value.distribution is None else None
    return value if isinstance(value, str | bool | int) else None


def follow(root: Any, steps: tuple[Any, ...]) -> Any:
    """Return what stands some steps below a record."""
    at = root
    for step in steps:
        at = getattr(at, step) if isinstance(at, Record) else at[step]
    return at


def put(root: Record, steps: tuple[Any, ...], record: Record) -> Any:
    """Return a record with another in the place some steps below it."""
    return _put(root, steps, record)


def _put(at: Any, steps: tuple[Any, ...], record: Any) -> Any:
    if not steps:
        return record
    step, rest = steps[0], steps[1:]
    if isinstance(at, Record):
        return at.model_copy(update={step: _put(getattr(at, step), rest, record)})
    copy = at.copy()
    copy[step] = _put(at[step], rest, record)
    return copy


def single(spot: Spot | None, raw: Any) -> Any:
    """Return a single value as a record's field holds it; None where it takes another kind."""
    if spot is None:
        return None
    held = getattr(spot.holder, spot.attribute)
    if isinstance(held, Value):
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        return Value(value=float(raw)) if is_number else None
    if isinstance(held, bool):
        return raw if isinstance(raw, bool) else None
    if isinstance(held, str) and isinstance(raw, str):
        return raw
    return None


def placed(
    scenario: Scenario, terms: Framework, spot: Spot, value: Any
) -> tuple[Scenario, Framework]:
    """Return scenario and framework with a value in the place of another."""
    root: Record = terms if spot.in_framework else scenario
    holder = follow(root, spot.steps)
    changed = put(root, spot.steps, holder.model_copy(update={spot.attribute: value}))
    return (scenario, changed) if spot.in_framework else (changed, terms)
