"""What the models ask for, as a small tree: the one reading of pydantic's field declarations.

Faults, ``--set``, ``extends``, the JSON Schema and the table of fields all walk this.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deter.spec.quantities import Record, Value, number_meta
from deter.spec.tree import Listing, Node, Step, Table
from deter.spec.units import describe_number

Kind = Literal[
    "record", "map", "list", "number", "choice", "text", "whole", "truth", "date", "union", "any"
]


@dataclass(frozen=True)
class Shape:
    """What may stand in one place.

    Attributes
    ----------
    kind : str
        The kind of node: a record has fixed keys, a map free ones, a choice listed words.
    model : type of Record, or None
        Of a record.
    item : Shape or None
        What a map or list holds.
    choices : tuple of str
        Of a choice.
    arms : tuple of Shape
        Of a union, tried by the kind of node the user wrote.
    meta : mapping
        Of a number: unit, low, high, evidence, source, free, structural.
    low, high : int or None
        Of a whole number.
    pattern : str or None
        Of a text, or of the keys of a map.
    optional : bool
        Nothing may stand here.
    """

    kind: Kind
    model: type[Record] | None = None
    item: Shape | None = None
    choices: tuple[str, ...] = ()
    arms: tuple[Shape, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    pattern: str | None = None
    optional: bool = False


@dataclass(frozen=True)
class FieldShape:
    """One field of a record, under the name a user writes."""

    name: str
    attribute: str
    shape: Shape
    description: str
    required: bool
    info: FieldInfo

    @property
    def unit(self) -> str:
        """The unit of a number or of whole numbers; empty for anything else."""
        extra = self.info.json_schema_extra
        declared = extra.get("unit", "") if isinstance(extra, dict) else ""
        return str(_numeric(self.shape).meta.get("unit", declared))

    def default(self) -> Any:
        """Return the default, as the model gives it; None where the field is required."""
        if self.required:
            return None
        return self.info.get_default(call_default_factory=True)


def _numeric(shape: Shape) -> Shape:
    return shape.item if shape.kind == "map" and shape.item is not None else shape


@cache
def fields_of(model: type[Record]) -> Mapping[str, FieldShape]:
    """Return the fields of a record by the name a user writes."""
    return {
        (info.alias or attribute): FieldShape(
            name=info.alias or attribute,
            attribute=attribute,
            shape=_field_shape(info),
            description=info.description or "",
            required=info.default is PydanticUndefined and info.default_factory is None,
            info=info,
        )
        for attribute, info in model.model_fields.items()
    }


def record_shape(model: type[Record]) -> Shape:
    """Return the shape of a record."""
    return Shape("record", model=model)


def _field_shape(info: FieldInfo) -> Shape:
    meta = number_meta(info.json_schema_extra)
    return _shape(info.annotation, info.metadata, meta)


def _shape(annotation: Any, metadata: Iterable[Any], meta: dict[str, Any] | None = None) -> Shape:
    if get_origin(annotation) is Annotated:
        inner, *extra = get_args(annotation)
        return _shape(inner, [*metadata, *_flat(extra)], meta)
    if get_origin(annotation) in (Union, types.UnionType):
        return _union(annotation, metadata, meta)
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return record_shape(annotation)
    if annotation is Value:
        return Shape("number", meta=meta or {})
    return _container(annotation, meta) or _scalar(annotation, list(metadata))


def _flat(metadata: Iterable[Any]) -> list[Any]:
    return [
        part
        for item in metadata
        for part in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]


def _union(annotation: Any, metadata: Iterable[Any], meta: dict[str, Any] | None) -> Shape:
    arms = tuple(
        _shape(arm, metadata, meta) for arm in get_args(annotation) if arm is not type(None)
    )
    optional = type(None) in get_args(annotation)
    if len(arms) > 1:
        return Shape("union", arms=arms, optional=optional)
    return replace(arms[0], optional=optional)


def _container(annotation: Any, meta: dict[str, Any] | None) -> Shape | None:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Shape("choice", choices=tuple(str(choice) for choice in args))
    if origin in (list, tuple):
        return Shape("list", item=_shape(args[0], []))
    if origin is dict:
        return Shape("map", item=_shape(args[1], [], meta), pattern=_shape(args[0], []).pattern)
    return None


def _scalar(annotation: Any, metadata: list[Any]) -> Shape:
    if annotation is str:
        patterns = [getattr(item, "pattern", None) for item in metadata]
        return Shape("text", pattern=next((str(p) for p in patterns if p), None))
    if annotation is bool:
        return Shape("truth")
    if annotation is int:
        low = next((item.ge for item in metadata if isinstance(item, Ge)), None)
        high = next((item.le for item in metadata if isinstance(item, Le)), None)
        return Shape("whole", low=_int(low), high=_int(high))
    return Shape("date" if annotation is date else "any")


def _int(bound: Any) -> int | None:
    return None if bound is None else int(bound)


def arm_for(shape: Shape, node: Node | None) -> Shape:
    """Return the arm of a union that fits the kind of node the user wrote.

    A table takes the record, a list the list, anything else the arm for scalars. Where none
    fits, the first scalar arm does, or the first of all. Other shapes are their own arm.
    """
    if shape.kind != "union":
        return shape
    kinds = _kinds_of(node)
    fitting = [arm for arm in shape.arms if arm.kind in kinds]
    scalar = [arm for arm in shape.arms if arm.kind not in CONTAINERS]
    return (fitting or scalar or list(shape.arms))[0]


CONTAINERS = ("record", "map", "list")
"""Kinds of shape that hold others."""


def _kinds_of(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, Table):
        return ("record", "map", "number")
    if isinstance(node, Listing):
        return ("list",)
    return ("choice", "text", "number", "whole", "truth", "date")


def below(shape: Shape | None, step: Step, node: Node | None = None) -> Shape | None:
    """Return what may stand one step below, or None; ``node`` picks the arm of a union."""
    if shape is None:
        return None
    shape = arm_for(shape, node)
    if shape.kind == "record" and shape.model is not None:
        entry = fields_of(shape.model).get(str(step))
        return None if entry is None else entry.shape
    return shape.item if shape.kind in ("map", "list") else None


def describe(shape: Shape) -> str:
    """Return what may stand there, in words: ``a whole number from 1 to 300``.

    Examples
    --------
    >>> describe(Shape("truth"))
    'true or false'
    """
    if shape.kind == "number":
        return describe_number(str(shape.meta.get("unit", "1")))
    if shape.kind == "choice":
        return ("one of " if len(shape.choices) > 1 else "") + ", ".join(shape.choices)
    if shape.kind == "whole":
        bounds = (shape.low, shape.high)
        return f"a whole number{_between(*bounds)}"
    if shape.kind == "list" and shape.item is not None:
        plural = "names" if shape.item.pattern else _PLURALS.get(shape.item.kind, "items")
        return f"a list of {plural}"
    if shape.kind == "union":
        return " or ".join(describe(arm) for arm in shape.arms)
    return "a name" if shape.kind == "text" and shape.pattern else _WORDS.get(shape.kind, "a value")


_WORDS = {
    "record": "a mapping of keys",
    "map": "a mapping of names",
    "text": "a text",
    "truth": "true or false",
    "date": "a date as 2026-01-31",
}
_PLURALS = {
    "record": "mappings",
    "text": "texts",
    "date": "dates as 2026-01-31",
    "whole": "whole numbers",
    "number": "numbers",
}


def _between(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" of {low} or more"
    return f" from {low} to {high}" if low is not None else f" of {high} or less"
