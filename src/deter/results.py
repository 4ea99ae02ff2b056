"""What a run or a comparison found: rows, estimates, and how to keep them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deter.spec.loading import LoadedScenario

if TYPE_CHECKING:
    import pandas as pd

    from deter.analysis.estimates import Estimate
    from deter.analysis.findings import Findings
    from deter.analysis.groups import Groups
    from deter.analysis.measures import Table
    from deter.analysis.twins import Twins
    from deter.experiments.runner import Replications
    from deter.experiments.store import Manifest
    from deter.presentation.opened import Opened

REFERENCE = "none"
"""The framework others are compared with: no guarantee at all."""

INEXACT = "values may have been set in Python before this was run; the command does not set them"


def of_scenario(overrides: Sequence[str]) -> list[str]:
    """Return the settings that do not address a clause of the framework in force."""
    return [s for s in overrides if not s.partition("=")[0].strip().startswith("framework.")]


@dataclass(frozen=True)
class Ask:
    """What was asked for.

    Attributes
    ----------
    path : str
        File of the scenario.
    seed : int
        Of all luck.
    overrides : tuple of str
        Values set.
    names : mapping of str to str
        By framework: the name or path it was asked for with; absent where nobody had to ask.
    exact : bool
        False where a loaded scenario was handed in, in which values may have been set before.
    engine : str
        The engine asked for.
    """

    path: str
    seed: int
    overrides: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    exact: bool = True
    engine: str = "auto"

    def again(self, verb: str, frameworks: Sequence[str], *options: str) -> str:
        """Return the command that asks for some frameworks again."""
        named = [self.names[name] for name in frameworks if name in self.names]
        parts = ["deter", verb, self.path, *(["-f", ",".join(named)] if named else []), *options]
        parts += ["--seed", str(self.seed)]
        if self.engine != "auto" and "--engine" not in options:
            parts += ["--engine", self.engine]
        clauses = [name for name in frameworks if name != REFERENCE]
        for setting in self.overrides if clauses else of_scenario(self.overrides):
            parts += ["--set", setting]
        return shlex.join(parts)

    def trace(self, framework: str, replication: int) -> str:
        """Return the command that tells one replication, by the engine that shows most."""
        told = ("-r", str(replication), "--engine", "reference")
        return self.again("trace", [framework], *told)


@dataclass(frozen=True)
class Results:
    """What a run or a comparison found.

    Attributes
    ----------
    cases : tuple of LoadedScenario
        The scenario under each framework, the reference first where there is one.
    replications : Replications
        Rows and how they came about.
    reference : str or None
        The framework others are compared with; None for a run.
    ask : Ask
        What was asked for, to ask for it again.
    started : datetime
        When it was started.
    """

    cases: tuple[LoadedScenario, ...]
    replications: Replications
    reference: str | None
    ask: Ask
    started: datetime

    @cached_property
    def findings(self) -> Findings:
        """All that the analysis says of the rows."""
        from deter.analysis.findings import Findings

        done, first = self.replications, self.cases[0]
        return Findings(
            rows=done.rows,
            scenario=first.name,
            title=first.scenario.title or first.name,
            titles={c.framework_name: c.framework.title or c.framework_name for c in self.cases},
            reference=self.reference,
            n=done.n,
            asked=done.asked,
            seed=done.seed,
            engine=done.engine,
            workers=done.workers,
            horizon=first.scenario.horizon.value,
            notes=tuple(dict.fromkeys(note for case in self.cases for note in case.notes)),
        )

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each framework and replication; of millions, it does not fit into memory."""
        return self.replications.frame

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return self.replications.frameworks

    @property
    def n(self) -> int:
        """Replications finished under every framework."""
        return self.replications.n

    @property
    def estimates(self) -> Table:
        """Every measure of every framework, with 95 % intervals."""
        return self.findings.estimates

    @property
    def differences(self) -> Table:
        """Differences from the reference under shared luck, with 95 % intervals."""
        return self.findings.differences

    def contrast(self, framework: str, other: str) -> dict[str, Estimate]:
        """Return by how much one framework's measures differ from another's, in pairs."""
        return self.findings.contrast(framework, other)

    @property
    def twins(self) -> dict[str, Twins]:
        """What became of each replication's first full attack, by framework."""
        return self.findings.twins

    @property
    def groups(self) -> Groups:
        """Frameworks that cannot be told apart by the probability of a full attack."""
        return self.findings.groups

    def as_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data for JSON; what is missing is None."""
        return self.findings.as_dict()

    @property
    def command(self) -> str:
        """The command that repeats it."""
        verb = "run" if self.reference is None else "compare"
        others = [name for name in self.frameworks if name != self.reference]
        return self.ask.again(verb, others or self.frameworks, "-n", str(self.replications.asked))

    def manifest(self) -> Manifest:
        """Return how the rows came about."""
        from deter.experiments.store import Manifest

        done = self.replications
        return Manifest(
            command=self.command,
            scenario=self.findings.scenario,
            path=str(self.cases[0].path),
            frameworks={case.framework_name: case.digest for case in self.cases},
            reference=self.reference,
            overrides=self.ask.overrides,
            seed=done.seed,
            asked=done.asked,
            n=done.n,
            interrupted=done.interrupted,
            failures=done.rows.failed,
            engine=done.engine,
            workers=done.workers,
            horizon_years=self.findings.horizon,
            started=self.started.isoformat(timespec="seconds"),
            seconds=round(done.seconds, 3),
            notes=(*self.findings.notes, *(() if self.ask.exact else (INEXACT,))),
        )

    @cached_property
    def base(self) -> dict[str, Any]:
        """Scenario, frameworks and ledger, as :func:`deter.experiments.bases.base_of` has them."""
        from deter.experiments.bases import base_of

        return base_of(self.cases)

    @property
    def opened(self) -> Opened:
        """The results as a written folder would open, to be drawn or told."""
        from deter.presentation.opened import Kind, Opened

        kind: Kind = "run" if self.reference is None else "compare"
        manifest = self.manifest().document(())
        return Opened(kind, manifest, self.base, findings=self.findings)

    def save(self, folder: str | Path, *, pictures: bool = True) -> Path:
        """Write a results folder: rows, manifest, summary, and pictures of a comparison.

        Rows come first: whatever stops what follows, Ctrl-C or a full disk, they are kept.

        Parameters
        ----------
        folder : str or Path
            Which.
        pictures : bool
            Draw; ``deter plot`` can do it later.

        Raises
        ------
        OutputError
            If something else is there, or it cannot be written.
        """
        place = self.save_rows(folder)
        self.save_findings(place, pictures=pictures)
        return place

    def save_rows(self, folder: str | Path) -> Path:
        """Write a results folder without what is reckoned from its rows.

        Raises
        ------
        OutputError
            If something else is there, or it cannot be written; nothing is left behind then.
        """
        from deter.experiments.store import check_folder, write_results

        place = check_folder(folder)
        write_results(place, self.replications.rows, self.manifest(), {}, self.base)
        return place

    def save_findings(self, place: Path, *, pictures: bool = True) -> None:
        """Add summary and pictures to the folder that :meth:`save_rows` wrote.

        Raises
        ------
        OutputError
            If they cannot be written; the rows stay.
        """
        from deter.experiments.store import add_files
        from deter.presentation.summary import drawn_files, summary_files

        manifest = self.manifest()
        add_files(place, manifest, summary_files(self.findings))
        if pictures and self.reference is not None and self.n:
            add_files(place, manifest, drawn_files(self.opened))
