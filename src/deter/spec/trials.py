"""Values of an experiment tried in its scenario, as ``--set`` would, under each framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deter.errors import InputError
from deter.spec.factors import addressed
from deter.spec.findings import Findings
from deter.spec.hints import found, listing
from deter.spec.loading import LoadedScenario, patch_scenario
from deter.spec.terms import FRAMEWORK
from deter.spec.tree import Path


def _nearness(said: list[str]) -> tuple[int, bool]:
    """Return how far a path leads; of two that lead as far, a list with something in it."""
    return len(said[0].partition(":")[0]), "list is empty" not in said[0]


class Trials:
    """The scenario under each framework, in which values are tried.

    Attributes
    ----------
    cases : dict of str to LoadedScenario
        By framework; filled as they are found, and overlaid with what is set in every case.
    findings : Findings
        Where it is noted what fails.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.cases: dict[str, LoadedScenario] = {}

    def where(self, path: str, raw: Any, at: Path) -> tuple[str, ...]:
        """Return the frameworks under which a path exists; a fault if there is none."""
        missing: dict[str, list[str]] = {}
        is_clause = path.startswith(f"{FRAMEWORK}.")
        tried = self.cases if is_clause else dict(list(self.cases.items())[:1])
        for name, case in tried.items():
            wrong = addressed(case, path, raw)
            if wrong:
                missing[name] = wrong
        if len(missing) == len(tried):
            nearest = max(missing.values(), key=_nearness)
            scope = f" under any of {listing(tried)}" if is_clause and len(tried) > 1 else ""
            self.findings.wrong(at, f"there is no {found(path)} to set{scope}: {nearest[0]}")
            return ()
        return tuple(name for name in self.cases if name not in missing)

    def applies(self, at: Path, paths: Sequence[str], raw: Any) -> tuple[str, ...]:
        """Return the frameworks in which something of a factor can be set."""
        allowed: set[str] = set()
        for index, path in enumerate(paths):
            written = (*at, "path", index) if len(paths) > 1 else (*at, "path")
            where = self.where(path, raw, written)
            if not where:
                return ()
            allowed |= set(where)
        missing = [name for name in self.cases if name not in allowed]
        if missing:
            self.findings.notes.append(
                f"{at[1]} has no effect under {listing(missing)}: there is no {listing(paths)}"
            )
        return tuple(name for name in self.cases if name in allowed)

    def attempt(self, at: Path, paths: Sequence[str], raw: Any, where: Sequence[str]) -> bool:
        """Set a value as ``--set`` would; a fault if that fails under any framework."""
        is_clause = any(path.startswith(f"{FRAMEWORK}.") for path in paths)
        for name in where if is_clause else where[:1]:
            settings = {p: raw for p in paths if not addressed(self.cases[name], p, raw)}
            try:
                patch_scenario(self.cases[name], settings)
            except InputError as error:
                self.findings.passed_on(error, at, paths[0])
                return False
        return True

    def together(self, settings: Mapping[str, Any], at: Path) -> None:
        """Set several values at once, those that a framework has; a fault if that fails."""
        for case in self.cases.values():
            usable = {p: raw for p, raw in settings.items() if not addressed(case, p, raw)}
            try:
                patch_scenario(case, usable)
            except InputError as error:
                self.findings.passed_on(error, at)
                return

    def overlay(self, path: str, raw: Any, at: Path) -> None:
        """Set a value in every case, for good."""
        for name in self.where(path, raw, at):
            try:
                self.cases[name] = patch_scenario(self.cases[name], {path: raw})
            except InputError as error:
                self.findings.passed_on(error, at, path)
                break
