"""Experiment files: read, and checked against their scenario before anything runs.

Every value a lever may take, and the bounds of every uncertainty, are set in the scenario as
``--set`` would, so that a sweep that has begun does not end at its ten-thousandth case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.checking import Origin
from deter.spec.experiment import Experiment
from deter.spec.experiment_checks import ExperimentChecks
from deter.spec.extends import load_tree
from deter.spec.factors import LEVER, UNCERTAINTY, Factor
from deter.spec.hints import did_you_mean, listing
from deter.spec.joint import Joint
from deter.spec.library import EXPERIMENT_FILE
from deter.spec.loading import LoadedScenario, validate_path
from deter.spec.salvage import examine
from deter.spec.tree import Path as TreePath
from deter.spec.tree import Table, plain


@dataclass(frozen=True)
class Patched:
    """One entry of a list: its name, its label, and what it sets."""

    name: str
    label: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class LoadedExperiment:
    """An experiment whose every value has been tried in its scenario.

    Attributes
    ----------
    experiment : Experiment
        The validated experiment.
    name : str
        The folder's name for a file ``experiment.yaml``, else the file's stem.
    path : Path
        The file.
    document : dict
        As written, with what it extends.
    base : LoadedScenario
        The scenario under its own framework, with what ``set`` says.
    cases : dict of str to LoadedScenario
        The scenario under each framework, in order.
    factors : tuple of Factor
        Levers, then uncertainties; of a joint sample one for each column.
    joints : tuple of Joint
        Joint samples.
    patches : tuple of Patched
        Entries of a list.
    notes : tuple of str
        For the reader.
    origin : Origin or None
        Where in the file what stands, for messages.
    """

    experiment: Experiment
    name: str
    path: Path
    document: dict[str, Any]
    base: LoadedScenario
    cases: dict[str, LoadedScenario]
    factors: tuple[Factor, ...]
    joints: tuple[Joint, ...]
    patches: tuple[Patched, ...]
    notes: tuple[str, ...] = ()
    origin: Origin | None = field(default=None, repr=False, compare=False)

    @property
    def levers(self) -> tuple[Factor, ...]:
        """What a drafter decides."""
        return tuple(factor for factor in self.factors if factor.kind == LEVER)

    @property
    def uncertainties(self) -> tuple[Factor, ...]:
        """What nobody knows."""
        return tuple(factor for factor in self.factors if factor.kind == UNCERTAINTY)


Further: TypeAlias = Callable[[LoadedExperiment], list[Fault]]


def load_experiment(path: str | Path) -> LoadedExperiment:
    """Load an experiment and try every value in it.

    Parameters
    ----------
    path : str or Path
        A file, a folder with an ``experiment.yaml``, or a name in the library.

    Raises
    ------
    InputError
        With every fault.
    """
    file, shown = _find(str(path))
    loaded, faults = _examine(file, shown)
    if faults or loaded is None:
        raise InputError(tuple(sorted(set(faults))))
    return loaded


def experiment_faults(path: Path, shown: str, more: Further | None = None) -> list[Fault]:
    """Return everything that is wrong with an experiment's file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        What it is called in messages.
    more : callable, optional
        What is asked of an experiment with which nothing else is wrong.
    """
    try:
        loaded, faults = _examine(path, shown)
    except InputError as error:
        return sorted(set(error.faults))
    further = more(loaded) if more is not None and loaded is not None else []
    return sorted({*faults, *further})


def validate_any(path: str | Path, more: Further | None = None) -> list[Fault]:
    """Return what is wrong with a scenario, a framework, an experiment, or a folder of these."""
    return validate_path(path, lambda file, shown: experiment_faults(file, shown, more))


def _find(text: str) -> tuple[Path, str]:
    file = library.locate_experiment(text)
    if file is None:
        name = library.printable(text) or "(no path)"
        known = [path.parent.name for path in library.experiment_files()]
        message = f"there is no such experiment{did_you_mean(name, known)}"
        more = f" (the library has: {listing(known)})" if known else ""
        raise InputError((Fault(name, 0, "", message + more),))
    return file, library.shown(file)


def _examine(file: Path, shown: str) -> tuple[LoadedExperiment | None, list[Fault]]:
    tree = load_tree(file, shown, Experiment)
    if tree.get("base") is None and tree.get("layers") is not None:
        raise InputError((Fault(shown, 0, "", "is a framework, not an experiment"),))
    if tree.get("base") is None and tree.get("options") is not None:
        message = "is a scenario, not an experiment; an experiment names its scenario as `base`"
        raise InputError((Fault(shown, 0, "", message),))
    rest, faults = examine(Experiment, Origin(tree))
    if rest is None:
        return None, faults
    checks = ExperimentChecks(file.parent, tree, rest.record, {path[0] for path in rest.doubts})
    checks.run()
    doubted = {path[:2] for path in rest.doubts}
    told = [fault for path, fault in checks.findings.faults if not _rests_on(path, doubted)]
    if faults or told or checks.base is None:
        return None, [*faults, *told]
    return _loaded(file, tree, checks, checks.base), []


def _loaded(
    file: Path, tree: Table, checks: ExperimentChecks, base: LoadedScenario
) -> LoadedExperiment:
    """Return an experiment with which nothing is wrong."""
    cases = checks.trials.cases
    patches = tuple(
        Patched(key, patch.label or key, dict(patch.settings))
        for key, patch in checks.experiment.patches.items()
    )
    scenario_notes = [note for case in cases.values() for note in case.notes]
    return LoadedExperiment(
        experiment=checks.experiment,
        name=_name(file),
        path=file,
        document=plain(tree),
        base=base,
        cases=cases,
        factors=tuple(checks.varied.factors),
        joints=tuple(checks.varied.joints),
        patches=patches,
        notes=tuple(dict.fromkeys((*scenario_notes, *checks.findings.notes))),
        origin=checks.findings.origin,
    )


def _rests_on(path: TreePath, doubted: set[TreePath]) -> bool:
    """Tell whether a fault may be no more than what another fault leads to.

    What a design takes hangs on its kind.
    """
    of_design = path[:1] == ("design",) and ("design", "kind") in doubted
    return of_design or any(path[:length] in doubted for length in (1, 2))


def _name(file: Path) -> str:
    resolved = file.resolve()
    bare = resolved.parent.name if resolved.name == EXPERIMENT_FILE else resolved.stem
    return library.printable(bare)


__all__ = [
    "LoadedExperiment",
    "Patched",
    "experiment_faults",
    "load_experiment",
    "validate_any",
]
