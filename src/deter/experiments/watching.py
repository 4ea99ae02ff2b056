"""Records that count how often each of their fields is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from deter.experiments.places import Spot, follow, put
from deter.spec.framework import Framework
from deter.spec.quantities import Record
from deter.spec.scenario import Scenario

_reads: Counter[tuple[int, str]] = Counter()


@lru_cache(maxsize=None)  # noqa: UP033  mypy knows its type
def _watching(model: type[Record]) -> type[Record]:
    """Return a record's class that counts reads of its fields."""
    fields = frozenset(model.model_fields)

    class Watched(model):  # type: ignore[valid-type, misc]
        def __getattribute__(self, name: str) -> Any:
            if name in fields:
                _reads[id(self), name] += 1
            return super().__getattribute__(name)

    Watched.__name__ = model.__name__
    return Watched


@dataclass(frozen=True)
class Counts:
    """Reads of fields by where they are."""

    _held: Mapping[tuple[Any, ...], Record]

    def of(self, spot: Spot) -> int:
        """Return how often the field at a place has been read."""
        record = self._held[spot.in_framework, *spot.steps]
        return _reads[id(record), spot.attribute]


def watched(
    scenario: Scenario, terms: Framework, spots: Mapping[str, Sequence[Spot]]
) -> tuple[Counts, tuple[Scenario, Framework]]:
    """Return scenario and framework with records that count their reads, and the counts to be."""
    _reads.clear()
    held: dict[tuple[Any, ...], Record] = {}
    every = [spot for places in spots.values() for spot in places]
    roots: dict[bool, Any] = {False: scenario, True: terms}
    for spot in sorted(every, key=lambda s: -len(s.steps)):
        key = (spot.in_framework, *spot.steps)
        if key in held:
            continue
        root = roots[spot.in_framework]
        holder = follow(root, spot.steps)
        model: Any = type(holder)
        kind = _watching(model)
        copy = kind.model_construct(**dict(holder))
        roots[spot.in_framework] = put(root, spot.steps, copy)
        held[key] = copy
    _settle(held, roots)
    _reads.clear()
    return Counts(held), (roots[False], roots[True])


def _settle(held: dict[tuple[Any, ...], Record], roots: Mapping[bool, Any]) -> None:
    """Note the records as they now stand: putting one copies those above it."""
    for key in held:
        held[key] = follow(roots[key[0]], key[1:])
