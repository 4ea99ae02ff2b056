"""What a user wrote, as a tree in which every key and value knows its file and line.

Three kinds of node and no more: a :class:`Leaf`, a :class:`Table` of entries by name, a
:class:`Listing` of nodes. Nodes are frozen: a change makes a new tree that shares what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from deter.spec.hints import LONGEST

SET = "--set"
"""The file name of what was given on the command line."""

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written.

    Attributes
    ----------
    file : str
        The file as messages name it, or ``--set``.
    line : int
        1-based; 0 where there is none.
    """

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, number, truth value or nothing."""

    value: str | int | float | bool | None
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A value in a table, with the place of its key."""

    node: Node
    key: Place


@dataclass(frozen=True, slots=True)
class Table:
    """Entries by name, in the order written."""

    entries: dict[str, Entry]
    place: Place

    def get(self, name: str) -> Node | None:
        """Return the node under a name, or None."""
        entry = self.entries.get(name)
        return None if entry is None else entry.node

    def with_entry(self, name: str, node: Node, key: Place) -> Table:
        """Return the table with one entry set."""
        return Table({**self.entries, name: Entry(node, key)}, self.place)

    def without(self, name: str) -> Table:
        """Return the table with one entry left out."""
        return Table({k: e for k, e in self.entries.items() if k != name}, self.place)


@dataclass(frozen=True, slots=True)
class Listing:
    """Nodes in order."""

    items: tuple[Node, ...]
    place: Place

    def with_item(self, index: int, node: Node) -> Listing:
        """Return the list with one item replaced."""
        return Listing((*self.items[:index], node, *self.items[index + 1 :]), self.place)


Node: TypeAlias = Leaf | Table | Listing


def plain(node: Node) -> Any:
    """Return the tree as plain dicts, lists and scalars."""
    if isinstance(node, Leaf):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {name: plain(entry.node) for name, entry in node.entries.items()}


def graft(raw: Any, place: Place) -> Node:
    """Return plain data as a tree of which every part has the same place.

    NumPy's scalars become Python's own.
    """
    if isinstance(raw, dict):
        entries = {str(key): Entry(graft(value, place), place) for key, value in raw.items()}
        return Table(entries, place)
    if isinstance(raw, list | tuple):
        return Listing(tuple(graft(item, place) for item in raw), place)
    if not isinstance(raw, str | int | float | None) and hasattr(raw, "item"):
        raw = raw.item()
    return Leaf(raw, place)


def child(node: Node, step: Step) -> Node | None:
    """Return what is one step below, or None."""
    if isinstance(node, Table):
        return node.get(str(step))
    if isinstance(node, Listing) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def place_at(node: Node, path: Sequence[Step]) -> Place:
    """Return where the value at a path was written; the nearest place above if it was not.

    A scalar counts from its own line, a table or list from the line of its key.
    """
    place = node.place
    for step in path:
        below = child(node, step)
        if below is None:
            break
        if isinstance(node, Table) and not isinstance(below, Leaf):
            place = node.entries[str(step)].key
        else:
            place = below.place
        node = below
    return place


def key_place(node: Node, path: Sequence[Step]) -> Place:
    """Return where the last key of a path was written."""
    holder = node
    for step in path[:-1]:
        below = child(holder, step)
        if below is None:
            return place_at(node, path)
        holder = below
    entry = holder.entries.get(str(path[-1])) if path and isinstance(holder, Table) else None
    return place_at(node, path) if entry is None else entry.key


def leaves(node: Node, path: Path = ()) -> Iterator[tuple[Path, Leaf]]:
    """Yield every scalar of a tree with its path."""
    if isinstance(node, Leaf):
        yield path, node
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            yield from leaves(item, (*path, index))
    else:
        for name, entry in node.entries.items():
            yield from leaves(entry.node, (*path, name))


def dotted(path: Sequence[Step]) -> str:
    """Return a path as messages show it.

    Examples
    --------
    >>> dotted(("framework", "layers", 0, "binding"))
    'framework.layers.0.binding'
    """
    return ".".join(_shown(step) for step in path)


def _shown(step: Step) -> str:
    text = str(step)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return text if text.isprintable() else repr(text)
