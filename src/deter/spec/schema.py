"""The models as a JSON Schema for editors, and as one table of fields for documents.

Both are read from the fields' own metadata, so they cannot drift from what is validated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from deter.spec.experiment import Experiment
from deter.spec.extends import KEY as EXTENDS
from deter.spec.framework import Framework
from deter.spec.quantities import KINDS, Evidence, Record, Value, describe_range, parse_number
from deter.spec.scenario import Scenario
from deter.spec.shape import FieldShape, Shape, describe, fields_of, record_shape
from deter.spec.sources import KEY, Source

Which = Literal["scenario", "framework", "experiment", "sources"]

ROOTS: dict[str, type[Record]] = {
    "scenario": Scenario,
    "framework": Framework,
    "experiment": Experiment,
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEXT = r"^\s*[-+]?([0-9][0-9_]*(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\s*[^,]*$"


def json_schema(which: Which) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file: scenario, experiment and so on.

    A key that must be there in the end may come from a file this one extends, so only items of
    lists, which replace as a whole, have keys that the schema requires.

    Parameters
    ----------
    which : {"scenario", "framework", "experiment", "sources"}
        The kind of file.
    """
    if which == "sources":
        return _sources_schema()
    model = ROOTS[which]
    root = _record(model, listed=False)
    path = {"type": "string", "description": "Path of a file to build on."}
    root["properties"][EXTENDS] = {"anyOf": [path, {"type": "array", "items": path}]}
    inner = sorted(_models(model) - {model}, key=lambda m: m.__name__)
    listed = _listed(model)
    definitions = {m.__name__: _record(m, listed=m in listed) for m in inner}
    return {
        "$schema": DIALECT,
        "title": f"deter {which}",
        **root,
        "$defs": {**_number_definitions(), **definitions},
    }


def _sources_schema() -> dict[str, Any]:
    source = _record(Source, listed=True)
    source["properties"]["year"] = {
        "type": ["integer", "string"],
        "description": fields_of(Source)["year"].description,
    }
    return {
        "$schema": DIALECT,
        "title": "deter sources",
        "type": "object",
        "description": " ".join((Source.__doc__ or "").split()),
        "propertyNames": {"pattern": f"^{KEY.pattern}$"},
        "additionalProperties": source,
    }


def _inner(shape: Shape) -> Iterator[Shape]:
    yield shape
    for part in (*shape.arms, *([shape.item] if shape.item is not None else [])):
        yield from _inner(part)


def _children(model: type[Record]) -> Iterator[tuple[type[Record], bool]]:
    """Yield the records directly below a model, and whether each is an item of a list."""
    for entry in fields_of(model).values():
        for part in _inner(entry.shape):
            if part.model is not None:
                yield part.model, False
            if part.kind == "list" and part.item is not None and part.item.model is not None:
                yield part.item.model, True


def _models(model: type[Record]) -> set[type[Record]]:
    reached: set[type[Record]] = {model}
    waiting = [model]
    while waiting:
        for child, _ in _children(waiting.pop()):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _listed(model: type[Record]) -> set[type[Record]]:
    return {child for m in _models(model) for child, is_item in _children(m) if is_item}


def _record(model: type[Record], *, listed: bool) -> dict[str, Any]:
    fields = fields_of(model)
    schema: dict[str, Any] = {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "properties": {name: _field(entry) for name, entry in fields.items()},
        "additionalProperties": False,
    }
    required = [name for name, entry in fields.items() if entry.required]
    if listed and required:
        schema["required"] = required
    return schema


def _field(entry: FieldShape) -> dict[str, Any]:
    schema = _schema(entry.shape)
    schema["description"] = entry.description
    default = plain_default(entry)
    if default is not None:
        schema["default"] = default
    return schema


def plain_default(entry: FieldShape) -> Any:
    """Return a field's default as plain data in its unit; None for a record or for nothing."""
    default = entry.default()
    if entry.shape.kind == "number" and default is not None:
        return _declared_number(entry, default)
    if isinstance(default, str | bool | int | float):
        return default
    if hasattr(default, "isoformat"):
        return default.isoformat()
    if isinstance(default, list) and all(isinstance(item, str | int) for item in default):
        return list(default)
    return None


def _declared_number(entry: FieldShape, default: Any) -> float | None:
    if isinstance(default, Value):
        return default.value
    value = parse_number(default, dict(entry.shape.meta))
    return None if value is None else value.value


def _schema(shape: Shape) -> dict[str, Any]:
    schema = _branches(shape) if shape.kind in ("union", "number") else _single(shape)
    if shape.optional:
        options = schema.pop("anyOf", None) or [schema]
        rest = {key: value for key, value in schema.items() if key.startswith("x-")}
        return {"anyOf": [*options, {"type": "null"}], **rest}
    return schema


def _branches(shape: Shape) -> dict[str, Any]:
    if shape.kind == "number":
        return _number(shape)
    return {"anyOf": [_schema(arm) for arm in shape.arms]}


def _single(shape: Shape) -> dict[str, Any]:
    if shape.kind == "record" and shape.model is not None:
        return {"$ref": f"#/$defs/{shape.model.__name__}"}
    if shape.kind == "map" and shape.item is not None:
        names = {"propertyNames": {"pattern": shape.pattern}} if shape.pattern else {}
        return {"type": "object", "additionalProperties": _schema(shape.item), **names}
    if shape.kind == "list" and shape.item is not None:
        return {"type": "array", "items": _schema(shape.item)}
    return _scalar(shape)


def _scalar(shape: Shape) -> dict[str, Any]:
    if shape.kind == "choice":
        return {"enum": list(shape.choices)}
    if shape.kind == "text":
        return {"type": "string", **({"pattern": shape.pattern} if shape.pattern else {})}
    if shape.kind == "date":
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    if shape.kind == "truth":
        return {"enum": [True, False, "yes", "no"]}
    if shape.kind == "whole":
        bounds = {"minimum": shape.low, "maximum": shape.high}
        return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}}
    return {}


def _number(shape: Shape) -> dict[str, Any]:
    meta = shape.meta
    plain: dict[str, Any] = {"type": "number"}
    if math.isfinite(meta["low"]):
        plain["minimum"] = meta["low"]
    if math.isfinite(meta["high"]):
        plain["maximum"] = meta["high"]
    forms = [plain, {"$ref": "#/$defs/number_text"}, {"$ref": "#/$defs/number_stated"}]
    if not meta["structural"]:
        forms.append({"$ref": "#/$defs/number_drawn"})
    schema: dict[str, Any] = {"anyOf": forms, "x-unit": meta["unit"]}
    schema["x-evidence"] = meta["evidence"]
    if meta["source"]:
        schema["x-source"] = meta["source"]
    if meta["free"]:
        schema["x-free"] = True
    return schema


def _number_definitions() -> dict[str, Any]:
    standing = {
        "evidence": {"enum": [*get_args(Evidence), None], "description": "Standing of the number."},
        "source": {"type": ["string", "null"], "description": "Where the number comes from."},
    }
    amount = {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/number_text"}]}
    kinds = [_kind(kind, names, amount, standing) for kind, names in KINDS.items()]
    return {
        "number_text": {
            "type": "string",
            "pattern": _TEXT,
            "description": "A number and its unit, as '72 h', '40 %', '90 bn USD'.",
        },
        "number_stated": {
            "type": "object",
            "properties": {"value": amount, **standing},
            "required": ["value"],
            "additionalProperties": False,
            "description": "A number with its evidence and source.",
        },
        "number_drawn": {
            "oneOf": [*kinds, _joint(amount, standing)],
            "description": "Drawn once per replication.",
        },
    }


def _joint(amount: dict[str, Any], standing: dict[str, Any]) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {"joint": text, "column": text, "times": amount, **standing},
        "required": ["joint", "column"],
        "additionalProperties": False,
    }


def _kind(
    kind: str, names: tuple[str, ...], amount: dict[str, Any], standing: dict[str, Any]
) -> dict[str, Any]:
    many = {"type": "array", "items": amount, "minItems": 1}
    bounds = ("low", "high") if kind in ("normal", "lognormal", "beta") else ()
    parameters = dict.fromkeys((*names, *bounds), many if kind == "discrete" else amount)
    return {
        "type": "object",
        "properties": {"distribution": {"const": kind}, **parameters, **standing},
        "required": ["distribution", *names],
        "additionalProperties": False,
    }


@dataclass(frozen=True)
class FieldRow:
    """One field a user may write.

    Attributes
    ----------
    path : str
        From the scenario's root; ``*`` stands for a name or an index.
    kind : str
        number, choice, text, whole, truth, date, list, map or union.
    unit : str
        Of a number or of whole numbers; empty for anything else.
    default : object
        In the unit; None where there is none.
    required : bool
        Whether it must be written.
    low, high : float
        The closed range of a number.
    range : str
        What is allowed, in words.
    meaning : str
        One sentence.
    evidence : str
        Grade of the default; empty for anything but numbers.
    source : str or None
        Of the default.
    free : bool
        Fitted to patterns.
    structural : bool
        Takes no distribution.
    """

    path: str
    kind: str
    unit: str
    default: Any
    required: bool
    low: float
    high: float
    range: str
    meaning: str
    evidence: str
    source: str | None
    free: bool
    structural: bool


def fields_table() -> list[FieldRow]:
    """Return every field a scenario with its framework may have, in the order of the models."""
    return list(_cached_table())


def field_row(path: str) -> FieldRow | None:
    """Return the row of one field by its path, whatever the names and indices in it.

    Examples
    --------
    >>> field_row("guarantors.DE.resolve").unit
    'probit'
    """
    steps = path.split(".")
    for row in _cached_table():
        pattern = row.path.split(".")
        if len(pattern) == len(steps) and all(
            p in ("*", s) for p, s in zip(pattern, steps, strict=True)
        ):
            return row
    return None


@cache
def _cached_table() -> tuple[FieldRow, ...]:
    return tuple(_rows(record_shape(Scenario), "", None))


def _rows(shape: Shape, path: str, instance: Any) -> Iterator[FieldRow]:
    if shape.model is None:
        return
    for name, entry in fields_of(shape.model).items():
        here = f"{path}.{name}" if path else name
        default = getattr(instance, entry.attribute, None) if instance is not None else None
        if entry.shape.kind != "record":
            yield _row(entry, here, default)
        yield from _rows_below(entry, here, default)


def _rows_below(entry: FieldShape, path: str, default: Any) -> Iterator[FieldRow]:
    for part in (entry.shape, *entry.shape.arms):
        if part.kind == "record":
            inner = default if isinstance(default, Record) else _default_record(entry)
            yield from _rows(part, path, inner)
        elif part.item is not None and part.item.kind == "record":
            yield from _rows(part.item, f"{path}.*", None)


def _default_record(entry: FieldShape) -> Record | None:
    default = entry.default()
    return default if isinstance(default, Record) else None


def _row(entry: FieldShape, path: str, default: Any) -> FieldRow:
    shape = entry.shape
    item = shape.item if shape.kind in ("map", "list") and shape.item is not None else shape
    meta, unit = item.meta, entry.unit
    low, high = _closed_range(item)
    held = default if isinstance(default, Value) else None
    return FieldRow(
        path=path,
        kind=shape.kind,
        unit=unit,
        default=held.value if held else plain_default(entry),
        required=entry.required and default is None,
        low=low,
        high=high,
        range=describe_range(low, high, unit) if meta else describe(shape),
        meaning=entry.description,
        evidence=(held and held.evidence)
        or str(meta.get("evidence", "assumption" if unit else "")),
        source=(held and held.source) or meta.get("source"),
        free=bool(meta.get("free", False)),
        structural=bool(meta.get("structural", False)),
    )


def _closed_range(shape: Shape) -> tuple[float, float]:
    """Return the bounds of a number, whole or not; infinite where there is none."""
    low, high = shape.meta.get("low", shape.low), shape.meta.get("high", shape.high)
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)


__all__ = ["FieldRow", "field_row", "fields_table", "json_schema", "plain_default"]
