"""The numbers in force in a record: where each is, and how well it is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deter.spec.quantities import Record, Value
from deter.spec.schema import FieldRow
from deter.spec.shape import fields_of


def walk_values(record: Record, path: str = "") -> Iterator[tuple[str, Value]]:
    """Yield every number in force with its path, in the order of the models.

    Paths are those of ``--set``; an item of a list that has an ``id`` is addressed by it, so
    that the order of layers changes no address.

    Parameters
    ----------
    record : Record
        A scenario, a framework, or a part of one.
    path : str
        Where the record itself is, as ``framework``.
    """
    for name, entry in fields_of(type(record)).items():
        yield from _walk(getattr(record, entry.attribute), f"{path}.{name}" if path else name)


def _walk(value: Any, path: str) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Value):
        yield path, value
    elif isinstance(value, Record):
        yield from walk_values(value, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}.{getattr(item, 'id', index)}")


def standing(value: Value, row: FieldRow) -> tuple[str, str | None]:
    """Return the evidence grade and source of a number in force.

    What the user states counts. A number that says nothing of itself has the field's own grade
    and source only where it is the field's default; any other is an assumption.

    Parameters
    ----------
    value : Value
        The number.
    row : FieldRow
        Its field.
    """
    untouched = value.distribution is None and value.value == row.default
    evidence = value.evidence or (row.evidence if untouched and row.evidence else "assumption")
    return evidence, value.source or (row.source if untouched else None)
