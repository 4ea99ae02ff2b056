"""What is left of a faulty tree, so that its field faults do not hide those between fields.

What is faulty is left out where it need not be there, and otherwise has something valid put in
its place. Every such path is kept as a doubt: a problem that rests on one may be no more than a
consequence of the fault, and is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from deter.errors import Fault
from deter.spec.checking import MAX_FAULTS, Origin, Spot, check, locate, record_at
from deter.spec.hints import nearest
from deter.spec.quantities import Record
from deter.spec.references import NAMES, Problem
from deter.spec.shape import Shape, fields_of
from deter.spec.tree import Node, Path, Step, Table, child, graft, plain

R = TypeVar("R", bound=Record)

ROUNDS = 4
"""Times a tree is mended; what one fault hides in the same place comes out in the next."""


@dataclass(frozen=True)
class Salvaged(Generic[R]):
    """A record, and which parts of it are not what the user wrote.

    Attributes
    ----------
    record : Record
        The record.
    doubts : frozenset of tuple
        Paths that were left out or filled in; empty for a record without faults.
    """

    record: R
    doubts: frozenset[Path] = frozenset()


def examine(model: type[R], origin: Origin) -> tuple[Salvaged[R] | None, list[Fault]]:
    """Validate a tree, and keep what can be kept of it where there are faults.

    Returns
    -------
    rest : Salvaged or None
        None where nothing can be kept.
    faults : list of Fault
        All of its fields, as :func:`~deter.spec.checking.check` has them.
    """
    record, faults = check(model, origin)
    return (_salvage(model, origin.tree) if record is None else Salvaged(record)), faults


def told(problems: Iterable[Problem], doubts: frozenset[Path]) -> Iterator[Problem]:
    """Yield the problems that rest on nothing in doubt."""
    above = {path[:length] for path in doubts for length in range(len(path) + 1)}

    def doubted(path: Path) -> bool:
        return path in above or any(path[:length] in doubts for length in range(len(path)))

    for problem in problems:
        if not any(doubted(path) for path in (problem.path, *problem.reads)):
            yield problem


def _salvage(model: type[R], tree: Table) -> Salvaged[R] | None:
    doubts: set[Path] = set()
    for _ in range(ROUNDS):
        raw = plain(tree)
        try:
            return Salvaged(model.model_validate(raw), frozenset(doubts))
        except ValidationError as error:
            items = error.errors(include_url=False)
        if len(items) > MAX_FAULTS:
            return None
        for item in items:
            spot = locate(item["loc"], model, tree)
            if spot is not None and spot.path:
                doubts.update(_mend(raw, spot, model, tree))
        mended = graft(raw, tree.place)
        assert isinstance(mended, Table)
        tree = mended
    return None


def _mend(raw: Any, spot: Spot, model: type[Record], tree: Table) -> Iterator[Path]:
    """Leave out or replace one value of plain data; yield what is in doubt for it."""
    *above, last = spot.path
    holder, kind = _at(raw, above), record_at(tuple(above), model, tree)
    yield spot.path
    if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        holder[last] = _stand_in(spot.shape)
    elif isinstance(holder, dict):
        field = fields_of(kind).get(str(last)) if kind is not None else None
        if field.required if field is not None else kind is None and not spot.is_key:
            holder[str(last)] = _stand_in(spot.shape)
        else:
            dropped = holder.pop(str(last), None)
            if spot.is_key:
                yield (*above, NAMES)
            elif kind is not None and field is None:
                yield from _meant(spot.path, dropped, kind, model, tree)


def _at(raw: Any, path: Iterable[Step]) -> Any:
    """Return what is at a path of plain data; None if it is no longer there."""
    for step in path:
        try:
            raw = raw[step]
        except (LookupError, TypeError):
            return None
    return raw


def _keys(tree: Table, path: Iterable[Step]) -> Collection[str]:
    """Return the keys the user wrote in the table at a path."""
    node: Node | None = tree
    for step in path:
        node = None if node is None else child(node, step)
    return node.entries if isinstance(node, Table) else ()


def _meant(
    path: Path, dropped: Any, kind: type[Record], model: type[Record], tree: Table
) -> Iterator[Path]:
    """Yield what an unknown key may stand for.

    That is the field with the nearest name, or else any field that is not given. A mapping may
    also be an entry in the wrong place, as a guarantor that is not indented.
    """
    *above, key = path
    fields, given = fields_of(kind), _keys(tree, above)
    near = nearest(str(key), fields)
    if near is not None and near not in given:
        yield (*above, near)
        return
    yield from ((*above, name) for name in fields if name not in given)
    if isinstance(dropped, dict):
        shapes = {name: field.shape for name, field in fields_of(model).items()}
        yield from ((name, NAMES) for name, shape in shapes.items() if shape.kind == "map")


def _stand_in(shape: Shape | None) -> Any:
    """Return something valid, of no meaning."""
    if shape is None:
        return None
    if shape.kind == "record" and shape.model is not None:
        fields = fields_of(shape.model).items()
        return {name: _stand_in(field.shape) for name, field in fields if field.required}
    if shape.kind == "union":
        return _stand_in(shape.arms[0])
    if shape.kind == "number":
        return max(shape.meta["low"], min(shape.meta["high"], 0.0))
    others = {"map": {}, "list": [], "truth": False, "date": "2026-01-31", "whole": shape.low or 0}
    return shape.choices[0] if shape.choices else others.get(shape.kind, "unnamed")
