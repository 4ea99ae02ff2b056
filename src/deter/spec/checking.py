"""A tree against a model: the record it makes, or every fault in it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from deter.errors import Fault
from deter.spec.hints import did_you_mean, found, listing, unknown
from deter.spec.quantities import Record
from deter.spec.shape import Shape, arm_for, below, describe, fields_of, record_shape
from deter.spec.tree import (
    SET,
    Node,
    Path,
    Step,
    Table,
    child,
    dotted,
    key_place,
    place_at,
    plain,
)

R = TypeVar("R", bound=Record)

NAME_RULE = "a letter first, then letters, digits or _, at most 31 in all"
"""What the code of an actor, option, region or layer may be."""


MAX_FAULTS = 500
"""Faults of one file that are told; a file with more is best begun anew."""


@dataclass(frozen=True)
class Origin:
    """A tree, and how messages show the paths in it.

    Attributes
    ----------
    tree : Table
        What the user wrote.
    prefix : tuple
        Steps shown before each path, as ``framework`` for a framework written in a scenario.
    set_prefix : tuple
        The same for values from ``--set``, whose paths start at the scenario.
    """

    tree: Table
    prefix: Path = ()
    set_prefix: Path = ()

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> Fault:
        """Return a fault at a path, with the file and line where it was written."""
        place = key_place(self.tree, path) if at_key else place_at(self.tree, path)
        shown = path[:-1] if at_key else path
        prefix = self.set_prefix if place.file == SET else self.prefix
        return Fault(place.file, place.line, dotted((*prefix, *shown)), message)


def check(model: type[R], origin: Origin, *, partial: bool = False) -> tuple[R | None, list[Fault]]:
    """Validate a tree.

    Parameters
    ----------
    model : type of Record
        What it should be.
    origin : Origin
        The tree.
    partial : bool
        True for a file that others extend: what is missing is no fault.

    Returns
    -------
    record : Record or None
        None if anything is wrong, or missing.
    faults : list of Fault
        Sorted by file and line.
    """
    try:
        return model.model_validate(plain(origin.tree)), []
    except ValidationError as error:
        items = [dict(item) for item in error.errors(include_url=False)]
    if partial:
        items = [item for item in items if item["type"] != "missing"]
    faults = {f for item in items[:MAX_FAULTS] for f in _translate(item, model, origin)}
    if len(items) > MAX_FAULTS:
        faults.add(origin.fault((), f"has more than {MAX_FAULTS} faults; these are the first"))
    if items and not faults:
        faults = {origin.fault((), str(item["msg"])) for item in items}
    return None, sorted(faults)


@dataclass(frozen=True)
class Spot:
    """Where an error of pydantic lies.

    Attributes
    ----------
    path : tuple
        Of the value at fault.
    shape : Shape or None
        What may stand there; None under an unknown key.
    node : Node or None
        What does; None where it is missing.
    is_key : bool
        True where not the value but the name it stands under is wrong.
    """

    path: Path
    shape: Shape | None
    node: Node | None
    is_key: bool = False


def _translate(item: dict[str, Any], model: type[Record], origin: Origin) -> Iterator[Fault]:
    spot = locate(item["loc"], model, origin.tree)
    if spot is None:
        return
    path, kind = spot.path, item["type"]
    if kind == "extra_forbidden":
        yield origin.fault(path, _unknown_key(path, model, origin.tree), at_key=True)
    elif spot.is_key:
        yield origin.fault(path, f"key {found(path[-1])} is no name: {NAME_RULE}", at_key=True)
    elif kind == "missing":
        yield origin.fault(path, _missing(spot, model, origin.tree))
    elif kind == "value_error":
        error = item["ctx"]["error"]
        inner = tuple(part for part in getattr(error, "key", "").split(".") if part)
        yield origin.fault((*path, *inner), str(error))
    else:
        yield origin.fault(path, _mismatch(spot, str(item["msg"])))


def locate(loc: tuple[Step, ...], model: type[Record], tree: Table) -> Spot | None:
    """Walk the location of an error of pydantic.

    Returns
    -------
    Spot or None
        None if it lies in an arm of a union the user did not write.
    """
    path: Path = ()
    shape: Shape | None = record_shape(model)
    node: Node | None = tree
    for index, step in enumerate(loc):
        if step == "[key]":
            return Spot(path, shape, node, is_key=True)
        if shape is not None and shape.kind == "union":
            arm = arm_for(shape, node)
            if not _names(str(step), arm):
                return None
            shape = arm if index + 1 < len(loc) else shape
            continue
        shape = below(shape, step, node)
        node = None if node is None else child(node, step)
        path = (*path, step)
    return Spot(path, shape, node)


def _names(label: str, arm: Shape) -> bool:
    """Tell whether pydantic's label of an arm of a union is that of ``arm``."""
    if arm.kind == "list":
        return label.startswith(("list[", "tuple["))
    if arm.kind == "record" and arm.model is not None:
        return label == arm.model.__name__
    if arm.kind == "choice":
        return label.startswith("literal[")
    return not label.startswith(("list[", "tuple[", "literal[")) and not label[:1].isupper()


def record_at(path: Path, model: type[Record], tree: Table) -> type[Record] | None:
    """Return the kind of record that stands at a path, or None where none does."""
    shape: Shape | None = record_shape(model)
    node: Node | None = tree
    for step in path:
        shape = below(shape, step, node)
        node = None if node is None else child(node, step)
    return None if shape is None else arm_for(shape, node).model


def _unknown_key(path: Path, model: type[Record], tree: Table) -> str:
    holder = record_at(path[:-1], model, tree)
    return f"key {unknown(str(path[-1]), fields_of(holder) if holder else ())}"


def _missing(spot: Spot, model: type[Record], tree: Table) -> str:
    holder = record_at(spot.path[:-1], model, tree)
    declared = fields_of(holder).get(str(spot.path[-1])) if holder else None
    if declared is None:
        return "is missing"
    meaning = declared.description.rstrip(".")
    return f"is missing; write {describe(declared.shape)}" + (f" ({meaning})" if meaning else "")


def _mismatch(spot: Spot, fallback: str) -> str:
    raw = plain(spot.node) if spot.node is not None else None
    if spot.shape is None:
        return f"{found(raw)}: {fallback}"
    if spot.shape.kind == "choice" and isinstance(raw, str):
        return unknown(raw, spot.shape.choices)
    if spot.shape.kind == "union" and isinstance(raw, str):
        return _beside_choices(raw, spot.shape)
    if spot.shape.kind == "text" and spot.shape.pattern and isinstance(raw, str):
        return f"{found(raw)} is no name: {NAME_RULE}"
    return f"found {found(raw)}; write {describe(spot.shape)}{_hint(spot.shape, raw)}"


def _beside_choices(raw: str, shape: Shape) -> str:
    words = [word for arm in shape.arms for word in arm.choices]
    as_list = any(arm.kind == "list" for arm in shape.arms) and did_you_mean(raw, words) == ""
    listed = f"; a list of one is written [{listing([raw[:40]])}]" if as_list else ""
    return f"{found(raw)} is unknown{did_you_mean(raw, words)} (write {describe(shape)}{listed})"


def _hint(shape: Shape, raw: Any) -> str:
    if raw is None:
        return ", or leave the key out"
    if shape.kind == "text" and isinstance(raw, int | float):
        return ", in quotes"
    if shape.kind == "list" and isinstance(raw, str):
        return f", as [{listing([raw[:40]])}]"
    return ""
