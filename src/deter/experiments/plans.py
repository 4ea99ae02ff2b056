"""A sweep that is ready to be run: the experiment, its cases, and what runs them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from deter.errors import Fault, InputError
from deter.experiments.design import Cases, make_cases, per_history
from deter.experiments.engines import choose
from deter.experiments.games import Games
from deter.experiments.stopping import Rule
from deter.experiments.values import per_replication
from deter.experiments.work import Kitchen
from deter.spec.experiment import Until
from deter.spec.experiments import LoadedExperiment
from deter.spec.tree import Path, dotted


@dataclass(frozen=True)
class Plan:
    """A sweep, ready to be run.

    Attributes
    ----------
    loaded : LoadedExperiment
        The experiment.
    cases : Cases
        What each case sets.
    engine : str
        Which engine runs it: ``compiled`` or ``reference``.
    threads : bool
        Whether that engine runs in threads side by side.
    command : str
        What repeats it.
    """

    loaded: LoadedExperiment
    cases: Cases
    engine: str
    threads: bool
    command: str = ""

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return tuple(self.loaded.cases)

    @property
    def rule(self) -> Rule | None:
        """When a case has been run often enough; None where the number is given."""
        wanted = self.loaded.experiment.replications
        if not isinstance(wanted, Until):
            return None
        return Rule(wanted.half_width.value, wanted.max, wanted.min)

    @property
    def most(self) -> int:
        """Replications of each case under each framework, at most."""
        wanted = self.loaded.experiment.replications
        return wanted.max if isinstance(wanted, Until) else wanted

    @property
    def measure(self) -> str | None:
        """What is to be known, where a rule says when to stop."""
        wanted = self.loaded.experiment.replications
        return wanted.measure if isinstance(wanted, Until) else None

    def games(self) -> Games:
        """Return what makes the games of its cases."""
        loaded = self.loaded
        fixed = {p: dict(f.written) for f in per_history(loaded) for p in f.paths}
        return Games(
            cases=loaded.cases,
            factors=tuple(f for f in loaded.factors if f.name in self.cases.table.columns),
            patches={patch.name: patch.settings for patch in loaded.patches},
            fixed=fixed,
            path=str(loaded.base.path),
            shown=dict(loaded.experiment.settings),
        )

    def kitchen(self) -> Kitchen:
        """Return what its workers share."""
        return Kitchen(self.games(), self.engine, self.loaded.experiment.seed)


def plan_sweep(loaded: LoadedExperiment, engine: str = "auto", command: str = "") -> Plan:
    """Prepare a sweep.

    Raises
    ------
    InputError
        If it makes too many cases, asks about what is no measure, or the engine cannot run it.
    """
    faults = measure_faults(loaded)
    if faults:
        raise InputError(tuple(faults))
    chosen = choose(engine, {case.scenario.challenger.strategy for case in loaded.cases.values()})
    return Plan(loaded, make_cases(loaded), chosen.name, chosen.threads, command)


def measure_faults(loaded: LoadedExperiment) -> list[Fault]:
    """Return where an experiment wants something asked about what is no measure."""
    faults = []
    for path, name in _measures(loaded):
        try:
            per_replication(str(name))
        except InputError as error:
            message = error.faults[0].message
            shown = dotted(path)
            faults.append(
                loaded.origin.fault(path, message)
                if loaded.origin is not None
                else Fault(str(loaded.path), 0, shown, message)
            )
    return faults


def _measures(loaded: LoadedExperiment) -> Iterator[tuple[Path, Any]]:
    """Yield each measure that analyses name, and where."""
    for index, item in enumerate(loaded.experiment.analyses):
        for name, options in item.items() if isinstance(item, dict) else ():
            at: Path = ("analyses", index, name)
            if not isinstance(options, dict):
                continue
            if options.get("measure") is not None:
                yield (*at, "measure"), options["measure"]
            for place, one in enumerate(options.get("measures") or ()):
                if isinstance(one, dict):
                    yield (*at, "measures", place, "measure"), one.get("measure")
                else:
                    yield (*at, "measures", place), one
