"""``extends``: one file laid over others, every value keeping the file and line it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from deter.errors import Fault, InputError
from deter.spec.hints import found
from deter.spec.library import explain_missing, locate, shown
from deter.spec.quantities import Record
from deter.spec.shape import Shape, arm_for, below, record_shape
from deter.spec.tree import Entry, Leaf, Listing, Node, Table, plain
from deter.spec.yaml_reader import read_table

KEY = "extends"
"""The key under which a file names what it builds on."""

MAX_FILES = 100
"""Most files that may go into one."""


@dataclass
class _Reading:
    """Files read so far for one load; a file that several extend is read once."""

    shape: Shape
    done: dict[Path, Table] = field(default_factory=dict)


def load_tree(path: Path, name: str, model: type[Record]) -> Table:
    """Read a file and all it extends into one tree.

    Mappings merge key by key; numbers (with their evidence and source), lists and all other
    values replace what they meet. Later files of the list win over earlier, the file itself
    over all.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        Its name in messages.
    model : type of Record
        What it will become; this decides what is a mapping and what is one number.

    Raises
    ------
    InputError
        If a file cannot be read, or the files extend each other in a circle.
    """
    return _load(path, name, (), _Reading(record_shape(model)))


def _load(path: Path, name: str, chain: tuple[tuple[Path, str], ...], reading: _Reading) -> Table:
    resolved = path.resolve()
    if resolved in reading.done:
        return reading.done[resolved]
    own = read_table(path, name)
    extends = own.get(KEY)
    tree = own.without(KEY)
    if extends is not None:
        tree = _over_bases(extends, tree, (*chain, (resolved, name)), reading)
    reading.done[resolved] = tree
    return tree


def _over_bases(
    extends: Node, tree: Table, chain: tuple[tuple[Path, str], ...], reading: _Reading
) -> Table:
    merged: Table | None = None
    for leaf in _named(extends):
        base = _load_base(leaf, chain, reading)
        merged = base if merged is None else _merge_tables(merged, base, reading.shape)
    return tree if merged is None else _merge_tables(merged, tree, reading.shape)


def _named(extends: Node) -> list[Leaf]:
    items = list(extends.items) if isinstance(extends, Listing) else [extends]
    leaves = [item for item in items if isinstance(item, Leaf) and isinstance(item.value, str)]
    if len(leaves) != len(items):
        wrong = next(item for item in items if item not in leaves)
        message = f"found {found(plain(wrong))}; write the path of a file, or a list of paths"
        raise InputError((Fault(wrong.place.file, wrong.place.line, KEY, message),))
    return leaves


def _load_base(leaf: Leaf, chain: tuple[tuple[Path, str], ...], reading: _Reading) -> Table:
    text, folder = str(leaf.value), chain[-1][0].parent
    path = locate(text, folder)
    if path is None:
        raise _fault(leaf, f"{found(text)}: {explain_missing(text, folder)}")
    resolved, name = path.resolve(), shown(path)
    if resolved in (before for before, _ in chain):
        circle = " -> ".join([before for _, before in chain] + [name])
        raise _fault(leaf, f"the files extend each other in a circle: {circle}; cut it somewhere")
    if len(chain) + len(reading.done) >= MAX_FILES:
        raise _fault(leaf, f"more than {MAX_FILES} files extend each other; merge some")
    return _load(path, name, chain, reading)


def _fault(leaf: Leaf, message: str) -> InputError:
    return InputError((Fault(leaf.place.file, leaf.place.line, KEY, message),))


def _merge_tables(base: Table, over: Table, shape: Shape | None) -> Table:
    entries = dict(base.entries)
    for name, entry in over.entries.items():
        before = entries.get(name)
        if before is None:
            entries[name] = entry
        else:
            node = merge(before.node, entry.node, below(shape, name, over))
            entries[name] = Entry(node, entry.key)
    return Table(entries, over.place)


def merge(base: Node, over: Node, shape: Shape | None) -> Node:
    """Lay one node over another: tables merge where the shape has keys, all else replaces."""
    if not isinstance(base, Table) or not isinstance(over, Table) or shape is None:
        return over
    arm = arm_for(shape, over)
    return _merge_tables(base, over, arm) if arm.kind in ("record", "map") else over
