"""An experiment checked against its scenario, so that no value in it fails once a sweep runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from deter.errors import InputError
from deter.spec import library
from deter.spec.design_checks import check_design
from deter.spec.experiment import Experiment
from deter.spec.factor_checks import FactorChecks
from deter.spec.factors import LEVER
from deter.spec.findings import Findings
from deter.spec.hints import found
from deter.spec.loading import LoadedScenario, load_scenario, resolve_framework
from deter.spec.plot_checks import check_plots
from deter.spec.tree import Path as TreePath
from deter.spec.tree import Table
from deter.spec.trials import Trials


class ExperimentChecks:
    """Tries an experiment in its scenario and keeps what is found on the way.

    Parameters
    ----------
    folder : Path
        Where the experiment's file is.
    tree : Table
        The experiment as written.
    experiment : Experiment
        What could be read of it.
    doubts : collection
        Top keys that could not be read.

    Attributes
    ----------
    base : LoadedScenario or None
        The scenario under its own framework, if it could be loaded.
    """

    def __init__(
        self, folder: Path, tree: Table, experiment: Experiment, doubts: Collection[Any]
    ) -> None:
        self.folder, self.experiment, self.doubts = folder, experiment, doubts
        self.findings = Findings(tree)
        self.trials = Trials(self.findings)
        self.varied = FactorChecks(self.trials, folder)
        self.base: LoadedScenario | None = None

    def run(self) -> None:
        """Check everything that can be checked."""
        check_plots(self.experiment, self.findings)
        check_design(self.experiment, self.findings)
        self._base()
        if self.base is None:
            return
        for path, raw in self.experiment.settings.items():
            self.trials.overlay(path, raw, ("set", path))
        if not self.trials.cases:
            return
        for name, lever in self.experiment.levers.items():
            self.varied.lever(name, lever)
        for name, uncertainty in self.experiment.uncertainties.items():
            self.varied.uncertainty(name, uncertainty)
        self._patches()
        self._twice()

    def _base(self) -> None:
        text, folder = self.experiment.base, self.folder
        if "base" in self.doubts:
            return
        file = library.locate(text, folder)
        if file is None:
            message = f"{found(text)}: {library.explain_missing(text, folder)}"
            self.findings.wrong(("base",), message)
            return
        try:
            base = load_scenario(file)
        except InputError as error:
            self.findings.passed_on(error, ("base",))
            return
        pinned = self.experiment.digest
        if pinned is not None and not base.digest.startswith(pinned):
            self.findings.wrong(
                ("digest",),
                f"the base has changed: its digest is {base.digest[:16]}…, not {pinned}; look at "
                "what changed, and write the new digest if it is meant",
            )
        self.base = base
        self._frameworks(base)

    def _frameworks(self, base: LoadedScenario) -> None:
        wanted = list(self.experiment.frameworks)
        chosen = wanted or list(base.scenario.frameworks) or [base.framework_name]
        for index, name in enumerate(chosen):
            at: TreePath = ("frameworks", index) if wanted else ("base",)
            try:
                case = base if name == base.framework_name else self._resolved(base, name)
            except InputError as error:
                self.findings.passed_on(error, at)
                continue
            if case.framework_name in self.trials.cases:
                self.findings.wrong(at, f"{found(name)} is there twice; leave one out")
            self.trials.cases.setdefault(case.framework_name, case)

    def _resolved(self, base: LoadedScenario, name: str) -> LoadedScenario:
        """Return the base under a framework, which may be beside the experiment."""
        beside = library.locate(name, self.folder)
        looks_like_a_path = "/" in name or name.endswith((".yaml", ".yml"))
        if looks_like_a_path and beside is not None:
            name = str(beside.resolve())
        return resolve_framework(base, name)

    def _patches(self) -> None:
        for name, patch in self.experiment.patches.items():
            for path, raw in patch.settings.items():
                at: TreePath = ("patches", name, "set", path)
                where = self.trials.where(path, raw, at)
                if where:
                    self.trials.attempt(at, (path,), raw, where)
            self._whole_patch(name, patch.settings)

    def _whole_patch(self, name: str, settings: Mapping[str, Any]) -> None:
        """Try all of a patch together, where each part by itself is right."""
        at: TreePath = ("patches", name)
        if len(settings) > 1 and not any(path[:2] == at for path, _ in self.findings.faults):
            self.trials.together(settings, at)

    def _twice(self) -> None:
        """Say so where two things that vary set the same."""
        seen: dict[str, str] = {}
        for factor in self.varied.factors:
            for path in factor.paths:
                other = seen.setdefault(path, factor.name)
                kind = "levers" if factor.kind == LEVER else "uncertainties"
                if other != factor.name:
                    at: TreePath = (kind, factor.joint or factor.name)
                    self.findings.wrong(at, f"{other} sets {path} too; leave one out")
        for name, patch in self.experiment.patches.items():
            for path in patch.settings:
                if path in seen:
                    message = f"{seen[path]} sets {path} too; leave one out"
                    self.findings.wrong(("patches", name, "set", path), message)
        columns: dict[str, str] = {}
        for factor in self.varied.factors:
            other = columns.setdefault(factor.name, factor.joint or factor.name)
            if other != (factor.joint or factor.name):
                message = f"two things that vary are called {factor.name!r}; rename one"
                self.findings.wrong(("uncertainties", factor.joint or factor.name), message)
