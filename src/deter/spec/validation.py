"""Checking files without running them: scenarios, frameworks, catalogues, folders of these."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.catalogue import catalogue_codes
from deter.spec.checking import Origin, check
from deter.spec.extends import KEY as EXTENDS
from deter.spec.extends import load_tree
from deter.spec.framework import Framework
from deter.spec.references import Cast, check_framework, named_codes
from deter.spec.salvage import examine, told
from deter.spec.scenario import Scenario
from deter.spec.shape import fields_of
from deter.spec.sources import citation_faults
from deter.spec.tree import Table
from deter.spec.yaml_reader import read_table

FileKind = Literal["scenario", "framework", "catalogue", "sources", "experiment"]


def kind_of(path: Path, tree: Table | None = None) -> FileKind:
    """Tell what a file is, by the folder it is in and by what it holds.

    Parameters
    ----------
    path : Path
        The file.
    tree : Table, optional
        What it holds, if it could be read.

    Returns
    -------
    {"scenario", "framework", "catalogue", "sources", "experiment"}
        An experiment is called ``experiment.yaml`` or names its ``base``. A framework is in a
        folder ``frameworks`` or has ``layers``; a catalogue, which others extend, is in a folder
        ``actors`` or ``options``; a catalogue of sources is in a folder ``sources`` and has no
        key of a scenario.
    """
    if path.name == library.EXPERIMENT_FILE or (tree is not None and tree.get("base") is not None):
        return "experiment"
    folder = path.resolve().parent.name
    if folder == library.SOURCES and not (tree is not None and _has_story(tree)):
        return "sources"
    if folder == library.FRAMEWORKS or (tree is not None and tree.get("layers") is not None):
        return "framework"
    return "catalogue" if folder in library.CATALOGUES else "scenario"


def _has_story(tree: Table) -> bool:
    """Tell whether a file has what only scenarios and frameworks have."""
    return any(tree.get(key) is not None for key in ("options", "layers", "guarantors", EXTENDS))


def refuse_sources(path: Path, tree: Table, shown: str) -> None:
    """Say so where a catalogue of sources stands in the place of something else."""
    if kind_of(path, tree) == "sources":
        message = "is a catalogue of sources; name a scenario or a framework"
        raise InputError((Fault(shown, 0, "", message),))


def refuse_framework(tree: Table, shown: str) -> None:
    """Say so where a framework's file stands in the place of a scenario's."""
    if tree.get("layers") is not None and tree.get("options") is None:
        message = "is a framework, not a scenario; name a scenario, and this with --framework"
        raise InputError((Fault(shown, 0, "", message),))


def refuse_scenario(tree: Table, shown: str) -> None:
    """Say so where a scenario's file stands in the place of a framework's."""
    foreign = set(tree.entries) - set(fields_of(Framework))
    if tree.get("layers") is None and foreign & set(fields_of(Scenario)):
        message = "is a scenario, not a framework; a framework has `layers`"
        raise InputError((Fault(shown, 0, "", message),))


def framework_faults(path: Path, shown: str) -> list[Fault]:
    """Return what is wrong with a framework's file, whatever the scenario.

    A framework of the library may name the guarantors of the library's catalogue; one of the
    user's own may name any.
    """
    try:
        origin = Origin(load_tree(path, shown, Framework))
        known = catalogue_codes() if library.in_library(path) else frozenset()
    except InputError as error:
        return list(error.faults)
    rest, faults = examine(Framework, origin)
    if rest is None:
        return faults
    named = {code for layer in rest.record.layers for _, code in named_codes(layer)}
    cast = Cast(tuple(sorted(known or named)), whole=False)
    problems = told(check_framework(rest.record, cast), rest.doubts)
    faults = faults + citation_faults(origin, path.parent)
    return faults + [origin.fault(problem.path, problem.message) for problem in problems]


def catalogue_faults(path: Path, shown: str) -> list[Fault]:
    """Return what is wrong with a catalogue that scenarios extend; it need not be complete."""
    try:
        origin = Origin(load_tree(path, shown, Scenario))
    except InputError as error:
        return list(error.faults)
    return check(Scenario, origin, partial=True)[1] + citation_faults(origin, path.parent)


def file_kind(path: Path, shown: str) -> FileKind:
    """Return the kind of a file; one that cannot be read counts by its folder."""
    try:
        return kind_of(path, read_table(path, shown))
    except InputError:
        return kind_of(path)
