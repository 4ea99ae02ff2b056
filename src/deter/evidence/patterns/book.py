"""The book of patterns: what is in ``patterns.yaml``, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from deter.evidence.patterns.measures import Measure, named
from deter.evidence.patterns.worlds import World
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table

DATA = Path(__file__).resolve().parents[1]
"""Folder of the data files."""

BITE = 0.8
"""Share of prior draws that pass above which a pattern does not count: a choice, made before any
pattern was measured."""


@dataclass(frozen=True)
class Target:
    """One measure of a pattern, and the band it must lie in.

    Attributes
    ----------
    name : str
        Within the pattern.
    measure : callable
        From sums to values.
    low, high : float
        The band.
    unit : str
        Its unit; ``1`` for a share, ``times`` for a ratio.
    log : bool
        Whether distances are taken on a log scale.
    """

    name: str
    measure: Measure
    low: float
    high: float
    unit: str
    log: bool


@dataclass(frozen=True)
class Pattern:
    """A pattern of history.

    Attributes
    ----------
    id, title, observed, mark : str
        Its name; what it says; what was observed, with the mark of the figures.
    sources : tuple of str
        Where from.
    fit : bool
        Whether calibration may look at it.
    depends_on : tuple of str
        Patterns it follows from for the most part.
    targets : tuple of Target
        Its measures.
    believed : str
        Why it is believed to fail, where it is known to.
    population : bool
        Whether it is measured on the population of pairs.
    """

    id: str
    title: str
    observed: str
    mark: str
    sources: tuple[str, ...]
    fit: bool
    depends_on: tuple[str, ...]
    targets: tuple[Target, ...]
    believed: str
    population: bool


@dataclass(frozen=True)
class Asked:
    """A world, what is asked of it, and what of the parameters is scaled in it."""

    world: World
    asks: tuple[str, ...]
    times: Mapping[str, float]


@dataclass(frozen=True)
class Book:
    """Patterns, and the worlds in which they are measured."""

    patterns: tuple[Pattern, ...]
    worlds: tuple[Asked, ...]

    def targets(self) -> dict[str, Target]:
        """Return all measures by ``pattern.measure``."""
        return {f"{p.id}.{t.name}": t for p in self.patterns for t in p.targets}


@cache
def bundled() -> Book:
    """Return the patterns that come with the package."""
    path = DATA / "patterns.yaml"
    return read_book(plain(read_table(path, path.name)))


def read_book(data: Mapping[str, Any]) -> Book:
    """Return the book in plain data, as ``patterns.yaml`` has it."""
    worlds: list[Asked] = []
    for name, raw in data["worlds"].items():
        each: Mapping[str, Any] = data[raw["each"]] if "each" in raw else {"": {}}
        for variant, settings in each.items():
            worlds.append(_asked(f"{name}/{variant}" if variant else name, raw, settings or {}))
    return Book(tuple(_pattern(raw) for raw in data["patterns"]), tuple(worlds))


def _asked(name: str, raw: Mapping[str, Any], more: Mapping[str, Any]) -> Asked:
    settings = {**raw.get("set", {}), **more}
    share = float(raw.get("share", 1.0))
    world = World(name, raw["scenario"], raw["framework"], settings, share)
    return Asked(world, tuple(raw["asks"]), dict(raw.get("times", {})))


def _pattern(raw: Mapping[str, Any]) -> Pattern:
    return Pattern(
        id=raw["id"],
        title=raw["title"],
        observed=" ".join(str(raw["observed"]).split()),
        mark=raw["mark"],
        sources=tuple(raw["sources"]),
        fit=bool(raw["fit"]),
        depends_on=tuple(raw.get("depends_on", ())),
        targets=tuple(_target(name, given) for name, given in raw["measures"].items()),
        believed=" ".join(str(raw.get("believed", "")).split()),
        population=bool(raw.get("population", False)),
    )


def _target(name: str, raw: Mapping[str, Any]) -> Target:
    measure = named(raw["of"])
    low, high = (float(x) for x in raw["band"])
    return Target(name, measure, low, high, raw["unit"], bool(raw.get("log", False)))
