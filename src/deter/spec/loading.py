"""The one way in: from files and ``--set`` to a validated scenario with its framework.

:func:`load_scenario` reads a scenario, :func:`resolve_framework` puts it under another framework,
:func:`patch_scenario` changes values, :func:`validate_path` only checks.

Whatever a user can get wrong comes out as :class:`~deter.errors.InputError`, with all faults of
the files at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.catalogue import (
    FrameworkEntry,
    ScenarioEntry,
    catalogue_codes,
    code_meant,
    list_frameworks,
    list_scenarios,
)
from deter.spec.checking import MAX_FAULTS, Origin, check
from deter.spec.extends import load_tree
from deter.spec.framework import Framework
from deter.spec.library import library_root
from deter.spec.overrides import Setting, apply_settings, read_settings
from deter.spec.pruning import prune
from deter.spec.quantities import Record
from deter.spec.references import SCENARIO, Cast, Problem, check_framework, check_scenario
from deter.spec.salvage import Salvaged, examine, told
from deter.spec.scenario import Scenario
from deter.spec.sources import citation_faults, sources_faults
from deter.spec.terms import FRAMEWORK, INLINE, Terms, apply_terms, choose_terms, read_terms
from deter.spec.tree import Leaf, Place, Table, plain
from deter.spec.validation import (
    catalogue_faults,
    file_kind,
    framework_faults,
    refuse_framework,
    refuse_sources,
)

Overrides: TypeAlias = Iterable[str] | Mapping[str, Any]
"""Texts ``path=value`` as after ``--set``, or a mapping of paths to plain values."""

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario with its framework, ready to run.

    Attributes
    ----------
    scenario : Scenario
        The validated scenario.
    framework : Framework
        The framework in force, without guarantors the scenario lacks.
    framework_name : str
        Its name; ``inline`` where the scenario holds it.
    name : str
        The path below the scenarios folder, as ``ukraine/ceasefire``, or the file's stem.
    path : Path
        The file.
    digest : str
        SHA-256 of the validated content, framework included, with all that it extends.
    document : dict
        The merged plain data, framework written out: it loads again to the same digest.
    notes : tuple of str
        What was left out of a library framework, for the reader.
    tree, clauses : Table
        What was written of the scenario and of the framework in force, with file and line.
    terms : Terms
        The framework as found, before anybody was left out of it.
    """

    scenario: Scenario
    framework: Framework
    framework_name: str
    name: str
    path: Path
    digest: str
    document: dict[str, Any]
    notes: tuple[str, ...] = ()
    tree: Table = field(repr=False, compare=False, default_factory=lambda: Table({}, Place("")))
    terms: Terms = field(
        repr=False, compare=False, default_factory=lambda: Terms(INLINE, Table({}, Place("")))
    )
    clauses: Table = field(repr=False, compare=False, default_factory=lambda: Table({}, Place("")))


@dataclass(frozen=True)
class _Draft:
    """A scenario on its way in: its file, its merged tree, and what could be read of it."""

    path: Path
    tree: Table
    rest: Salvaged[Scenario] | None = None

    @property
    def base(self) -> Path:
        return self.path.parent


def load_scenario(
    path: str | Path, overrides: Overrides = (), framework: str | None = None
) -> LoadedScenario:
    """Load a scenario and the framework in force.

    Parameters
    ----------
    path : str or Path
        A file, or a name in the library as ``ukraine/ceasefire``.
    overrides : iterable of str, or mapping
        ``path=value`` texts, as after ``--set``; or paths and plain values. Paths that start
        with ``framework.`` address the framework in force, wherever it is written.
    framework : str, optional
        Name or path of the framework to use in place of the scenario's own.

    Raises
    ------
    InputError
        With every fault, in the order of file and line.
    """
    file, shown = _find(str(path))
    draft = _Draft(file, load_tree(file, shown, Scenario))
    refuse_sources(file, draft.tree, shown)
    refuse_framework(draft.tree, shown)
    return _assemble(draft, overrides, framework)


def resolve_framework(
    loaded: LoadedScenario, name: str, overrides: Overrides = ()
) -> LoadedScenario:
    """Return the same scenario under another framework.

    Settings of the scenario made when it was loaded stay; settings of its former framework do
    not carry over to the new one.

    Parameters
    ----------
    loaded : LoadedScenario
        The scenario.
    name : str
        Name or path of the framework.
    overrides : iterable of str, or mapping
        More settings, of scenario or framework.
    """
    draft = _Draft(loaded.path, loaded.tree, Salvaged(loaded.scenario))
    return _assemble(draft, overrides, name)


def patch_scenario(loaded: LoadedScenario, overrides: Overrides) -> LoadedScenario:
    """Return the same scenario and framework with more values set, without reading files again.

    Parameters
    ----------
    loaded : LoadedScenario
        The scenario.
    overrides : iterable of str, or mapping
        As for :func:`load_scenario`.
    """
    draft = _Draft(loaded.path, loaded.tree, Salvaged(loaded.scenario))
    return _assemble(draft, overrides, None, loaded.terms)


def load_framework(name_or_path: str, base: Path | None = None) -> tuple[str, Framework]:
    """Load a framework by itself, by name or path.

    Parameters
    ----------
    name_or_path : str
        A name on the search path, or a path.
    base : Path, optional
        The folder of the scenario that names it.

    Returns
    -------
    name : str
        Its name.
    framework : Framework
        The validated framework; its guarantors are those it names, whatever the scenario.

    Raises
    ------
    InputError
        If there is none, or it has faults.
    """
    terms = read_terms(name_or_path, base)
    framework, faults = check(Framework, terms.origin)
    faults = faults + citation_faults(terms.origin, base)
    if framework is None or faults:
        raise InputError(tuple(faults))
    return terms.name, framework


def load_record(
    path: str | Path, model: type[R], overrides: Overrides = ()
) -> tuple[R, dict[str, Any]]:
    """Load any other file of ours (as an experiment) against its model.

    Parameters
    ----------
    path : str or Path
        The file; ``extends`` works as in scenarios.
    model : type of Record
        What it should be.
    overrides : iterable of str, or mapping
        Values to set.

    Returns
    -------
    record : Record
        The validated record.
    document : dict
        The merged plain data.
    """
    file, shown = _find(str(path))
    settings, faults = read_settings(overrides)
    tree, more = apply_settings(load_tree(file, shown, model), model, settings)
    record, still = check(model, Origin(tree))
    faults = [*faults, *more, *still]
    if record is None or faults:
        raise InputError(tuple(sorted(set(faults))))
    return record, plain(tree)


Experiments: TypeAlias = Callable[[Path, str], list[Fault]]
"""What checks an experiment's file; it knows scenarios, so it is handed in from above."""


def validate_path(path: str | Path, experiments: Experiments | None = None) -> list[Fault]:
    """Return everything that is wrong with a file, or with all YAML files below a folder.

    Parameters
    ----------
    path : str or Path
        A scenario (checked under its own framework and each of its ``frameworks``), a framework,
        a catalogue others extend, a catalogue of sources, or a folder of these; on disk or in
        the library.
    experiments : callable, optional
        What checks files that are experiments; without it they are refused.

    Returns
    -------
    list of Fault
        In the order of file and line; empty where all is well.
    """
    text = str(path)
    root = library.library_root()
    folders = [Path(text), root / text, root.parent / text]
    folder = next((place for place in folders if library.is_folder(place)), None)
    if folder is not None and not library.is_file(Path(text)):
        return _folder_faults(folder, text, experiments)
    try:
        file, shown = _find(text)
    except InputError as error:
        return list(error.faults)
    return _file_faults(file, shown, experiments)


def _folder_faults(folder: Path, text: str, experiments: Experiments | None) -> list[Fault]:
    files = library.yaml_files(folder)
    if not files:
        return [Fault(library.printable(text), 0, "", "holds no YAML file; name another folder")]
    once: dict[tuple[str, int, str], Fault] = {}
    for fault in (
        f for file in files for f in _file_faults(file, library.shown(file), experiments)
    ):
        once.setdefault((fault.file, fault.line, fault.path), fault)
    return sorted(once.values())


def _file_faults(file: Path, shown: str, experiments: Experiments | None) -> list[Fault]:
    kind = file_kind(file, shown)
    if kind == "experiment":
        if experiments is None:
            return [Fault(shown, 0, "", "is an experiment; run it with `deter sweep`")]
        return experiments(file, shown)
    checks = {
        "framework": framework_faults,
        "catalogue": catalogue_faults,
        "sources": sources_faults,
    }
    if kind in checks:
        return sorted(checks[kind](file, shown))
    return _scenario_faults(file)


def _scenario_faults(file: Path) -> list[Fault]:
    try:
        loaded = load_scenario(file)
    except InputError as error:
        return list(error.faults)
    faults: set[Fault] = set()
    for name in loaded.scenario.frameworks:
        try:
            resolve_framework(loaded, name)
        except InputError as error:
            faults.update(error.faults)
    return sorted(faults)


def _find(text: str) -> tuple[Path, str]:
    file = library.locate(text)
    if file is None:
        name = library.printable(text) or "(no path)"
        raise InputError((Fault(name, 0, "", library.explain_missing(text)),))
    exact = library.is_file(Path(text))
    return file, library.printable(text) if exact else library.shown(file)


def _assemble(
    draft: _Draft, overrides: Overrides, choice: str | None, terms: Terms | None = None
) -> LoadedScenario:
    settings, faults = read_settings(overrides)
    own = [setting for setting in settings if not setting.under(FRAMEWORK)]
    theirs = [setting.beneath() for setting in settings if setting.under(FRAMEWORK)]
    if own or draft.rest is None:
        draft, more = _set_and_check(draft, own)
        faults += more
    clauses = None
    try:
        renamed = any(setting.path == (FRAMEWORK,) for setting in own)
        terms = choose_terms(draft.tree, draft.base, choice) if terms is None or renamed else terms
        terms, more = apply_terms(terms, theirs)
        clauses, still = examine(Framework, terms.origin)
        faults += more + still + citation_faults(terms.origin, draft.base)
        if draft.rest is not None and clauses is not None:
            faults += _clause_faults(draft.rest, terms, clauses)
    except InputError as error:
        faults += error.faults
    if faults or draft.rest is None or clauses is None or terms is None:
        raise InputError(tuple(sorted(set(faults))))
    return _finish(draft, draft.rest.record, terms, clauses.record)


def _set_and_check(draft: _Draft, settings: list[Setting]) -> tuple[_Draft, list[Fault]]:
    tree, faults = apply_settings(draft.tree, Scenario, settings)
    origin = Origin(_named(tree, library.NO_FRAMEWORK))
    rest, more = examine(Scenario, origin)
    more = more + citation_faults(origin, draft.base)
    if rest is not None:
        problems = chain(check_scenario(rest.record), _unknown_frameworks(rest.record, draft.base))
        more = more + _problems(origin, told(problems, rest.doubts))
    return _Draft(draft.path, tree, rest), faults + more


def _unknown_frameworks(scenario: Scenario, base: Path) -> Iterator[Problem]:
    for index, name in enumerate(scenario.frameworks):
        if name != library.NO_FRAMEWORK and not library.find_framework(name, base):
            yield Problem(("frameworks", index), library.unknown_framework(name, base))


def _clause_faults(
    rest: Salvaged[Scenario], terms: Terms, clauses: Salvaged[Framework]
) -> list[Fault]:
    doubts = clauses.doubts | {(SCENARIO, *path) for path in rest.doubts}
    problems = check_framework(clauses.record, _cast(rest.record, terms))
    return _problems(terms.origin, told(problems, doubts))


def _cast(scenario: Scenario, terms: Terms) -> Cast:
    return Cast.of(scenario, catalogue_codes() if terms.from_library else ())


def _named(tree: Table, name: str) -> Table:
    """Return a scenario's tree with a name in the place of its framework."""
    entry = tree.entries.get(FRAMEWORK)
    place = tree.place if entry is None else entry.key
    return tree.with_entry(FRAMEWORK, Leaf(name, place), place)


def _problems(origin: Origin, problems: Iterable[Problem]) -> list[Fault]:
    first = islice(problems, MAX_FAULTS)
    return [origin.fault(problem.path, problem.message) for problem in first]


def _finish(
    draft: _Draft, scenario: Scenario, terms: Terms, framework: Framework
) -> LoadedScenario:
    tree, notes = prune(terms.tree, framework, _cast(scenario, terms), terms.name)
    if notes:
        framework = Framework.model_validate(plain(tree))
    in_force = framework if terms.name == INLINE else terms.name
    return LoadedScenario(
        scenario=scenario.model_copy(update={FRAMEWORK: in_force}),
        framework=framework,
        framework_name=terms.name,
        name=library.name_of(draft.path.resolve()),
        path=draft.path,
        digest=digest(scenario, framework),
        document={**plain(draft.tree), FRAMEWORK: plain(tree)},
        notes=(*_newcomers(scenario), *notes),
        tree=draft.tree,
        terms=terms,
        clauses=tree,
    )


def _newcomers(scenario: Scenario) -> list[str]:
    """Note states that are in no catalogue, where others are: a mistyped code adds a helper."""
    known = catalogue_codes()
    codes = list(scenario.guarantors)
    if not any(code in known for code in codes):
        return []
    return [
        f"guarantor {code} is in no catalogue and counts as a new state{_perhaps(code)}"
        for code in codes
        if code not in known
    ]


def _perhaps(code: str) -> str:
    meant = code_meant(code)
    return "" if meant is None else f"; did you mean {meant!r}?"


def digest(scenario: Scenario, framework: Framework) -> str:
    """Return the SHA-256 of a scenario under a framework, as canonical JSON."""
    content = {
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude={FRAMEWORK}),
        "framework": framework.model_dump(mode="json", by_alias=True),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


__all__ = [
    "INLINE",
    "FrameworkEntry",
    "LoadedScenario",
    "Overrides",
    "ScenarioEntry",
    "Terms",
    "digest",
    "library_root",
    "list_frameworks",
    "list_scenarios",
    "load_framework",
    "load_record",
    "load_scenario",
    "patch_scenario",
    "resolve_framework",
    "validate_path",
]
