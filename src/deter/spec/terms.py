"""The framework in force: which one it is, where it is written, and what ``--set`` makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.checking import Origin
from deter.spec.extends import load_tree
from deter.spec.framework import Framework
from deter.spec.hints import found
from deter.spec.overrides import Setting, apply_settings
from deter.spec.tree import Leaf, Node, Place, Table, place_at, plain
from deter.spec.validation import refuse_scenario

FRAMEWORK = "framework"
INLINE = "inline"
"""Name of a framework written in the scenario itself."""


@dataclass(frozen=True)
class Terms:
    """A framework as found: its name, its tree, and where it stands.

    Attributes
    ----------
    name : str
        Its name, or ``inline``.
    tree : Table
        What was written, with ``--set`` laid over.
    from_library : bool
        True for a framework of the library given by name or path: it may name guarantors the
        scenario lacks.
    """

    name: str
    tree: Table
    from_library: bool = False

    @property
    def origin(self) -> Origin:
        """Return the tree with the prefixes its paths have in messages."""
        prefix = (FRAMEWORK,) if self.name == INLINE else ()
        return Origin(self.tree, prefix=prefix, set_prefix=(FRAMEWORK,))


def read_terms(name: str, base: Path | None, place: Place | None = None) -> Terms:
    """Read a framework by name or path.

    Parameters
    ----------
    name : str
        As the user gave it.
    base : Path or None
        The folder of the scenario that names it.
    place : Place, optional
        Where it is named, for the fault if there is none.

    Raises
    ------
    InputError
        If there is none of that name, or it cannot be read.
    """
    file = library.find_framework(name, base)
    if file is not None:
        shown = library.shown(file)
        tree = load_tree(file, shown, Framework)
        refuse_scenario(tree, shown)
        return Terms(library.printable(file.stem), tree, library.in_library(file))
    if name == library.NO_FRAMEWORK:
        return Terms(name, Table({}, Place(name)), from_library=True)
    message = library.unknown_framework(name, base)
    place = place or Place(library.printable(name) or "--framework")
    raise InputError((Fault(place.file, place.line, FRAMEWORK, message),))


def choose_terms(tree: Table, base: Path, choice: str | None) -> Terms:
    """Read the framework in force.

    Parameters
    ----------
    tree : Table
        The scenario's tree, which names a framework or holds one.
    base : Path
        The scenario's folder.
    choice : str or None
        A framework asked for in its place.
    """
    if choice is not None:
        return read_terms(choice, base, Place("--framework"))
    node: Node = tree.get(FRAMEWORK) or Leaf(library.NO_FRAMEWORK, tree.place)
    if isinstance(node, Table):
        return Terms(INLINE, node)
    place = place_at(tree, (FRAMEWORK,))
    if not isinstance(node, Leaf) or not isinstance(node.value, str):
        message = (
            f"found {found(plain(node))}; write the name of a framework, as none, or a framework"
        )
        raise InputError((Fault(place.file, place.line, FRAMEWORK, message),))
    return read_terms(node.value, base, place)


def apply_terms(terms: Terms, settings: list[Setting]) -> tuple[Terms, list[Fault]]:
    """Set values of a framework; the paths start at the framework."""
    tree, faults = apply_settings(terms.tree, Framework, settings, (FRAMEWORK,))
    return replace(terms, tree=tree), faults
