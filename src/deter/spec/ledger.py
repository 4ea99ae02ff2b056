"""The ledger of assumptions: every number in force, how well it is known, where it was set."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from deter.spec.loading import LoadedScenario
from deter.spec.quantities import KINDS, Distribution, Evidence, Record, Value
from deter.spec.schema import FieldRow, fields_table
from deter.spec.shape import fields_of
from deter.spec.terms import FRAMEWORK
from deter.spec.tree import Node, Path, Place, Step, child, place_at
from deter.spec.values import standing

GRADES: tuple[str, ...] = get_args(Evidence)
"""Grades of evidence, the best first."""

GENERAL = "scenario"
"""The section of numbers that stand at the top of a scenario."""


@dataclass(frozen=True)
class LedgerEntry:
    """One number in force.

    Attributes
    ----------
    path : str
        As ``--set`` takes it; an item of a list that has an ``id`` is addressed by it.
    field : str
        The same with ``*`` for names and indices, as in the table of fields.
    value : float, or tuple of int
        In the unit; the centre of a distribution. Whole numbers of a list come together.
    distribution : Distribution or None
        Drawn once per replication where present.
    unit : str
        ``1`` for none, ``p`` for a probability or share.
    low, high : float
        The closed range allowed; infinite where there is no bound.
    range : str
        The same in words.
    meaning : str
        One sentence.
    evidence : {"published", "estimate", "calibrated", "assumption"}
        How well it is known.
    source : str or None
        Where it comes from.
    file : str
        The file it was set in, or ``--set``; empty for a default of the schema.
    line : int
        1-based; 0 where there is none.
    free : bool
        A behavioural parameter that is to be fitted to patterns.
    """

    path: str
    field: str
    value: float | tuple[int, ...]
    distribution: Distribution | None
    unit: str
    low: float
    high: float
    range: str
    meaning: str
    evidence: str
    source: str | None
    file: str
    line: int
    free: bool

    @property
    def default(self) -> bool:
        """Whether no file and no ``--set`` says it: the schema's default holds."""
        return not self.file

    @property
    def section(self) -> str:
        """The first step of its path; ``scenario`` for what stands at the top."""
        return self.path.split(".")[0] if "." in self.path else GENERAL

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "path": self.path,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "distribution": drawn(self.distribution),
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "meaning": self.meaning,
            "evidence": self.evidence,
            "source": self.source,
            "file": self.file or None,
            "line": self.line or None,
            "default": self.default,
            "free": self.free,
        }


@dataclass(frozen=True)
class Ledger:
    """All numbers in force in a scenario under a framework.

    Attributes
    ----------
    title, scenario, framework : str
        What the scenario is called; its name; the name of the framework.
    entries : tuple of LedgerEntry
        In the order of the models, the framework's last.
    """

    title: str
    scenario: str
    framework: str
    entries: tuple[LedgerEntry, ...]

    def sections(self) -> dict[str, tuple[LedgerEntry, ...]]:
        """Return the entries by section, in order."""
        found: dict[str, list[LedgerEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.section, []).append(entry)
        return {name: tuple(entries) for name, entries in found.items()}

    def below(self, path: str) -> Ledger:
        """Return the ledger of one part: a section, the number at a path, or all below it."""
        kept = (
            entry
            for entry in self.entries
            if path in (entry.section, entry.path) or entry.path.startswith(f"{path}.")
        )
        return Ledger(self.title, self.scenario, self.framework, tuple(kept))

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, with counts over all and by section."""
        return {
            "scenario": self.scenario,
            "framework": self.framework,
            "counts": counts(self.entries),
            "sections": {name: counts(part) for name, part in self.sections().items()},
            "entries": [entry.as_dict() for entry in self.entries],
        }


def counts(entries: Iterable[LedgerEntry]) -> dict[str, int]:
    """Return how many numbers there are of each grade, in all, and as the schema's default."""
    held = list(entries)
    graded = {grade: sum(entry.evidence == grade for entry in held) for grade in GRADES}
    return {**graded, "total": len(held), "default": sum(entry.default for entry in held)}


def drawn(distribution: Distribution | None) -> dict[str, Any] | None:
    """Return a distribution as a user writes it, or None."""
    if distribution is None:
        return None
    kind = distribution.kind
    if distribution.joint:
        file = {"joint": distribution.joint, "column": distribution.column}
        return file if distribution.times == 1 else {**file, "times": distribution.times}
    if kind == "discrete":
        values: dict[str, Any] = {
            "values": list(distribution.parameters),
            "weights": list(distribution.weights),
        }
    else:
        values = dict(zip(KINDS[kind], distribution.parameters, strict=True))
    if kind in ("normal", "lognormal", "beta"):
        bounds = {"low": distribution.low, "high": distribution.high}
        values |= {name: bound for name, bound in bounds.items() if math.isfinite(bound)}
    return {"distribution": kind, **values}


def ledger(loaded: LoadedScenario) -> Ledger:
    """Return every number in force in a scenario under its framework.

    Numbers are quantities and whole numbers; dates, words and names are not.

    Parameters
    ----------
    loaded : LoadedScenario
        The scenario, with its framework.
    """
    scenario = _walk(loaded.scenario, loaded.tree, ())
    own = (entry for entry in scenario if entry.section != FRAMEWORK)
    clauses = _walk(loaded.framework, loaded.clauses, (FRAMEWORK,))
    return Ledger(
        title=loaded.scenario.title or loaded.name,
        scenario=loaded.name,
        framework=loaded.framework_name,
        entries=(*own, *clauses),
    )


@dataclass(frozen=True)
class _Spot:
    """Where a walk is: the path as shown, as in the table of fields, and in the tree."""

    shown: Path
    field: Path
    steps: Path

    def at(self, name: Step) -> _Spot:
        return _Spot((*self.shown, name), (*self.field, name), (*self.steps, name))

    def item(self, name: Step, step: Step) -> _Spot:
        return _Spot((*self.shown, name), (*self.field, "*"), (*self.steps, step))


def _walk(record: Record, tree: Node, root: Path) -> Iterator[LedgerEntry]:
    for spot, value in _numbers(record, _Spot(root, root, ())):
        yield _entry(spot, value, tree)


def _numbers(value: Any, spot: _Spot) -> Iterator[tuple[_Spot, Value | tuple[int, ...]]]:
    """Yield every number at or below a spot."""
    if isinstance(value, Value):
        yield spot, value
    elif isinstance(value, Record):
        for name, entry in fields_of(type(value)).items():
            yield from _numbers(getattr(value, entry.attribute), spot.at(name))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _numbers(item, spot.item(name, name))
    elif isinstance(value, list):
        yield from _listed(value, spot)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield spot, (value,)


def _listed(value: list[Any], spot: _Spot) -> Iterator[tuple[_Spot, Value | tuple[int, ...]]]:
    if value and all(isinstance(item, int) for item in value):
        yield spot, tuple(value)
        return
    for index, item in enumerate(value):
        yield from _numbers(item, spot.item(getattr(item, "id", index), index))


def _entry(spot: _Spot, value: Value | tuple[int, ...], tree: Node) -> LedgerEntry:
    row, place = _row(spot.field), _place(tree, spot.steps)
    if isinstance(value, Value):
        evidence, source = standing(value, row)
        amount: float | tuple[int, ...] = value.value
    else:
        evidence, source = "assumption", None
        amount = value[0] if row.kind == "whole" else value
    return LedgerEntry(
        path=".".join(map(str, spot.shown)),
        field=row.path,
        value=amount,
        distribution=value.distribution if isinstance(value, Value) else None,
        unit=row.unit,
        low=row.low,
        high=row.high,
        range=row.range,
        meaning=row.meaning,
        evidence=evidence,
        source=source,
        file=place.file,
        line=place.line,
        free=row.free,
    )


def _place(tree: Node, steps: Path) -> Place:
    """Return where a number was written; a place without a file if it was not."""
    node: Node | None = tree
    for step in steps:
        node = None if node is None else child(node, step)
    return Place("") if node is None else place_at(tree, steps)


@cache
def _rows() -> Mapping[str, FieldRow]:
    return {row.path: row for row in fields_table()}


def _row(field: Path) -> FieldRow:
    """Return the row of a field; a mapping of numbers has one for all its names."""
    path, rows = ".".join(map(str, field)), _rows()
    return rows[path] if path in rows else rows[path.removesuffix(".*")]


__all__ = ["GRADES", "Ledger", "LedgerEntry", "counts", "drawn", "ledger"]
