"""``--set path=value``: one value of a scenario or of its framework, changed by its path.

A path goes by the model, not by what the file happens to say: a key that the file leaves out
can be set, a key that does not exist is a fault. Names (of guarantors, options, regions) must be
there, except at the end of a path, where a new one may be added whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deter.errors import Fault, InputError
from deter.spec.checking import NAME_RULE
from deter.spec.hints import did_you_mean, found, listing, unknown
from deter.spec.quantities import KINDS, NUMBER_KEYS, Record
from deter.spec.shape import Shape, arm_for, describe, fields_of, record_shape
from deter.spec.tree import (
    SET,
    Entry,
    Leaf,
    Listing,
    Node,
    Path,
    Place,
    Step,
    Table,
    child,
    dotted,
    graft,
)
from deter.spec.yaml_reader import parse_value

ADDRESSES = ("id", "guarantor")
"""Keys by whose value an item of a list may be addressed."""

_HERE = Place(SET)
_NUMBER_KEYS = tuple(
    dict.fromkeys((*NUMBER_KEYS, *(name for names in KINDS.values() for name in names)))
)


@dataclass(frozen=True)
class Setting:
    """One value to set.

    Attributes
    ----------
    path : tuple of str
        The steps as the user wrote them.
    node : Node
        The value.
    """

    path: tuple[str, ...]
    node: Node

    def under(self, root: str) -> bool:
        """Tell whether the path starts at a key and goes on below it."""
        return len(self.path) > 1 and self.path[0] == root

    def beneath(self) -> Setting:
        """Return the setting with the first step of its path taken off."""
        return Setting(self.path[1:], self.node)


def read_settings(
    overrides: Iterable[str] | Mapping[str, Any],
) -> tuple[list[Setting], list[Fault]]:
    """Read texts ``path=value``, or a mapping of paths to plain values.

    Returns
    -------
    settings : list of Setting
        Those that can be read, in order.
    faults : list of Fault
        One for each that cannot.
    """
    if isinstance(overrides, Mapping):
        return [Setting(_steps(path), graft(raw, _HERE)) for path, raw in overrides.items()], []
    settings: list[Setting] = []
    faults: list[Fault] = []
    for text in [overrides] if isinstance(overrides, str) else overrides:
        try:
            settings.append(_read(text))
        except InputError as error:
            faults.extend(error.faults)
    return settings, faults


def _read(text: str) -> Setting:
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise _fault((), f"{found(text)} is no setting; write path=value, as protege.forces=120")
    steps = _steps(path)
    try:
        return Setting(steps, parse_value(value))
    except InputError as error:
        raise InputError(
            tuple(Fault(SET, 0, dotted(steps), fault.message) for fault in error.faults)
        ) from None


def _steps(path: str) -> tuple[str, ...]:
    return tuple(step.strip() for step in path.strip().split("."))


def _fault(path: Sequence[Step], message: str) -> InputError:
    return InputError((Fault(SET, 0, dotted(path), message),))


def apply_settings(
    tree: Table, model: type[Record], settings: Sequence[Setting], prefix: Path = ()
) -> tuple[Table, list[Fault]]:
    """Set values in a tree, one after the other.

    Parameters
    ----------
    tree : Table
        What the files say.
    model : type of Record
        What the tree will become.
    settings : sequence of Setting
        With paths from the tree's root.
    prefix : tuple
        Steps shown before each path in messages.

    Returns
    -------
    tree : Table
        With the values set that could be.
    faults : list of Fault
        One for each that could not.
    """
    faults: list[Fault] = []
    for setting in settings:
        try:
            changed = _set(tree, record_shape(model), setting.path, setting.node, prefix)
        except InputError as error:
            faults.extend(error.faults)
        else:
            assert isinstance(changed, Table)
            tree = changed
    return tree, faults


def _set(
    node: Node | None,
    shape: Shape,
    steps: Sequence[str],
    value: Node,
    done: Path,
    default: Any = None,
) -> Node:
    if not steps:
        return value
    if shape.kind == "union":
        node, shape = _open_union(node, shape)
    step = steps[0]
    if shape.kind == "record":
        return _set_key(_table(node), shape, steps, value, done)
    if shape.kind == "map":
        return _set_name(_table(node), shape, steps, value, done, default)
    if shape.kind == "list":
        return _set_item(node, shape, steps, value, done)
    if shape.kind == "number":
        return _set_part(node, steps, value, done)
    raise _fault(done, f"is {describe(shape)}, and holds no {step!r}")


def _table(node: Node | None) -> Table:
    return node if isinstance(node, Table) else Table({}, _HERE)


def _set_key(table: Table, shape: Shape, steps: Sequence[str], value: Node, done: Path) -> Node:
    fields = fields_of(shape.model) if shape.model is not None else {}
    declared = fields.get(steps[0])
    if declared is None:
        raise _fault(done, f"key {unknown(steps[0], fields)}")
    below_here = _set(
        table.get(steps[0]),
        declared.shape,
        steps[1:],
        value,
        (*done, steps[0]),
        declared.default(),
    )
    return _with(table, steps[0], below_here)


def _set_name(
    table: Table, shape: Shape, steps: Sequence[str], value: Node, done: Path, default: Any
) -> Node:
    name = steps[0]
    known = [*table.entries, *(default if isinstance(default, dict) and not table.entries else ())]
    if name not in known and len(steps) > 1:
        hint = did_you_mean(name, known)
        add = f"; to add it, set {dotted((*done, name))}={{...}} whole"
        raise _fault(done, f"there is no {found(name)}{hint} (there is: {listing(known)}){add}")
    if shape.pattern and not re.search(shape.pattern, name):
        raise _fault(done, f"key {found(name)} is no name: {NAME_RULE}")
    assert shape.item is not None
    node = table.get(name)
    return _with(table, name, _set(node, shape.item, steps[1:], value, (*done, name)))


def _set_item(
    node: Node | None, shape: Shape, steps: Sequence[str], value: Node, done: Path
) -> Node:
    held = node if isinstance(node, Listing) else Listing((), _HERE)
    index = _index(held, shape, steps[0], done)
    assert shape.item is not None
    item = _set(held.items[index], shape.item, steps[1:], value, (*done, index))
    return held.with_item(index, item)


def _index(held: Listing, shape: Shape, step: str, done: Path) -> int:
    if re.fullmatch(r"\d{1,6}", step, re.ASCII):
        if int(step) < len(held.items):
            return int(step)
        raise _fault(done, f"there is no item {step}; {_span(held)}")
    names = _addresses(held, shape)
    matches = [index for index, name in enumerate(names) if name == step]
    if len(matches) == 1:
        return matches[0]
    if matches:
        where = ", ".join(str(index) for index in matches)
        raise _fault(done, f"{found(step)} is there more than once; address it by number: {where}")
    named = [name for name in names if name is not None]
    near = f"{did_you_mean(step, named)} (there is: {listing(named)})" if named else ""
    raise _fault(done, f"there is no item {found(step)}{near}; {_span(held)}")


def _span(held: Listing) -> str:
    count = len(held.items)
    return f"items are numbered 0 to {count - 1}" if count else "the list is empty; set it whole"


def _addresses(held: Listing, shape: Shape) -> list[str | None]:
    model = shape.item.model if shape.item is not None else None
    keys = [key for key in ADDRESSES if model is not None and key in fields_of(model)]
    return [_text(child(item, keys[0])) if keys else None for item in held.items]


def _text(node: Node | None) -> str | None:
    return node.value if isinstance(node, Leaf) and isinstance(node.value, str) else None


def _set_part(node: Node | None, steps: Sequence[str], value: Node, done: Path) -> Node:
    if steps[0] not in _NUMBER_KEYS or len(steps) > 1:
        raise _fault(done, f"key {unknown(dotted(steps), _NUMBER_KEYS)}: it is a number")
    table = node if isinstance(node, Table) else Table({}, _HERE)
    if isinstance(node, Leaf):
        table = table.with_entry("value", node, node.place)
    return _with(table, steps[0], value)


def _open_union(node: Node | None, shape: Shape) -> tuple[Node | None, Shape]:
    """Pick the arm that can hold something, and turn what stands there into it."""
    arm = arm_for(shape, node)
    if arm.kind in ("record", "map", "list", "number"):
        return node, arm
    inner = [a for a in shape.arms if a.kind in ("record", "map", "list")]
    if not inner:
        return node, arm
    return _spread(node, inner[0], arm), inner[0]


def _spread(node: Node | None, record: Shape, scalar: Shape) -> Node | None:
    """Write one word for all keys out key by key, where each key takes that word too."""
    if not isinstance(node, Leaf) or record.model is None or scalar.kind != "choice":
        return None
    fields = fields_of(record.model)
    if any(entry.shape.choices != scalar.choices for entry in fields.values()):
        return None
    return Table({name: Entry(node, node.place) for name in fields}, node.place)


def _with(table: Table, name: str, node: Node) -> Table:
    before = table.entries.get(name)
    whole = isinstance(node, Leaf) or node.place.file == SET  # else the file's own, changed below
    key = before.key if before is not None and not whole else _HERE
    return table.with_entry(name, node, key)
