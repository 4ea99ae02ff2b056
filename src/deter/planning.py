"""What is going to be run: scenarios and frameworks loaded, numbers checked, nothing begun."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from deter.defaults import RESULTS, SEED, N
from deter.errors import Fault, InputError
from deter.results import REFERENCE, Ask, Results, of_scenario
from deter.spec.loading import (
    INLINE,
    LoadedScenario,
    list_frameworks,
    load_scenario,
    patch_scenario,
    resolve_framework,
)

if TYPE_CHECKING:
    from deter.experiments.engines import EngineName
    from deter.experiments.ledger import Progress
    from deter.experiments.sweep import Outcome
    from deter.experiments.sweep import Plan as Sweep
    from deter.spec.experiments import LoadedExperiment

MOST_REPLICATIONS = 10_000_000
LARGEST_REPLICATION = 2**32 - 1
LARGEST_SEED = 2**63 - 1
MOST_WORKERS = 1024

AnyScenario: TypeAlias = str | Path | LoadedScenario
AnyExperiment: TypeAlias = "str | Path | LoadedExperiment"


@dataclass(frozen=True)
class Plan:
    """A run or a comparison, ready to be carried out.

    Attributes
    ----------
    cases : tuple of LoadedScenario
        The scenario under each framework, the reference first where there is one.
    reference : str or None
        The framework others are compared with; None for a run.
    n : int
        Replications of each.
    ask : Ask
        What was asked for.
    """

    cases: tuple[LoadedScenario, ...]
    reference: str | None
    n: int
    ask: Ask

    @property
    def scenario(self) -> str:
        """Name of the scenario."""
        return self.cases[0].name

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of a framework, for the reader; each once."""
        return tuple(dict.fromkeys(note for case in self.cases for note in case.notes))

    def carry_out(
        self,
        workers: int = 1,
        progress: Progress | None = None,
        executor: Executor | None = None,
    ) -> Results:
        """Run it; after Ctrl-C, return what was finished under every framework."""
        from deter.engine.game import build
        from deter.experiments.engines import choose
        from deter.experiments.runner import replicate

        check_numbers(self.n, self.ask.seed, workers)
        started = datetime.now(UTC)
        built = {c.framework_name: build(c.scenario, c.framework) for c in self.cases}
        done = replicate(
            built,
            self.n,
            self.ask.seed,
            choose(self.ask.engine, (game.strategy for game in built.values())),
            workers=workers,
            progress=progress,
            repeat=self.ask.trace,
            executor=executor,
        )
        return Results(self.cases, done, self.reference, self.ask, started)


def plan_run(
    scenario: AnyScenario,
    framework: str | None = None,
    *,
    n: int = N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
) -> Plan:
    """Prepare to run a scenario under one framework; the arguments of :func:`deter.run`."""
    check_numbers(n, seed)
    settings = tuple(overrides)
    case = loaded(scenario, settings, framework)
    names = {case.framework_name: framework} if framework is not None else {}
    exact = not isinstance(scenario, LoadedScenario)
    return Plan((case,), None, n, Ask(str(case.path), seed, settings, names, exact, engine))


def plan_compare(
    scenario: AnyScenario,
    frameworks: str | Sequence[str] | None = None,
    *,
    n: int = N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
) -> Plan:
    """Prepare to compare frameworks; the arguments of :func:`deter.compare`."""
    check_numbers(n, seed)
    settings = tuple(overrides)
    base = loaded(scenario, of_scenario(settings), None)
    chosen = _compared(base, _chosen(base, frameworks), settings)
    names = {case.framework_name: name for name, case in chosen.items() if name != INLINE}
    exact = not isinstance(scenario, LoadedScenario)
    ask = Ask(str(base.path), seed, settings, names, exact, engine)
    return Plan(_distinct(list(chosen.values())), REFERENCE, n, ask)


@dataclass(frozen=True)
class SweepPlan:
    """A sweep, and the folder its results go into.

    Attributes
    ----------
    plan : deter.experiments.plans.Plan
        The experiment, its cases, and what runs them.
    folder : str
        Where the results go.
    """

    plan: Sweep
    folder: str

    def carry_out(
        self,
        workers: int = 1,
        progress: Progress | None = None,
        executor: Executor | None = None,
        *,
        resume: bool = False,
    ) -> Outcome:
        """Run it, or go on with it; after Ctrl-C, what was finished is in the folder."""
        from deter.experiments.sweep import run_sweep

        check_numbers(1, 0, workers)
        return run_sweep(
            self.plan,
            self.folder,
            resume=resume,
            workers=workers,
            executor=executor,
            progress=progress,
        )


def plan_experiment(
    experiment: AnyExperiment, folder: str | Path | None = None, *, engine: EngineName = "auto"
) -> SweepPlan:
    """Prepare a sweep; the arguments of :func:`deter.sweep`."""
    from deter.experiments.sweep import plan_sweep
    from deter.spec.experiments import LoadedExperiment, load_experiment

    if isinstance(experiment, LoadedExperiment):
        loaded_one, asked = experiment, str(experiment.path)
    else:
        loaded_one, asked = load_experiment(experiment), str(experiment)
    place = str(folder) if folder is not None else str(Path(RESULTS, loaded_one.name))
    more = [] if engine == "auto" else ["--engine", engine]
    command = shlex.join(["deter", "sweep", asked, "-o", place, *more])
    return SweepPlan(plan_sweep(loaded_one, engine, command), place)


def _compared(
    base: LoadedScenario, chosen: Sequence[str], overrides: Sequence[str]
) -> dict[str, LoadedScenario]:
    """Return a scenario under the reference and each framework chosen, by the name asked for.

    Raises
    ------
    InputError
        With everything that is wrong, over all frameworks.
    """
    names = [name for name in chosen if name != REFERENCE]
    clauses = [setting for setting in overrides if setting not in of_scenario(overrides)]
    if clauses and len(names) != 1:
        raise _refusal(
            "--set",
            f"{clauses[0]!r} sets a clause, and {len(names)} frameworks are compared "
            "with the reference; name the one it is meant for with -f, or use `deter run`",
        )
    cases = {REFERENCE: resolve_framework(base, REFERENCE)}
    faults: list[Fault] = []
    for name in names:
        try:
            cases[name] = _under(base, name, clauses)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(tuple(dict.fromkeys(faults)))
    return cases


def _under(base: LoadedScenario, name: str, clauses: Sequence[str]) -> LoadedScenario:
    """Return a scenario under a framework: its own by default, or one that is asked for."""
    if name != base.framework_name:
        return resolve_framework(base, name, clauses)
    return patch_scenario(base, clauses) if clauses else base


def _chosen(base: LoadedScenario, frameworks: str | Sequence[str] | None) -> list[str]:
    if frameworks is None:
        names = list(base.scenario.frameworks) or [base.framework_name]
    elif isinstance(frameworks, str):
        names = [name.strip() for name in frameworks.split(",")]
    else:
        names = list(frameworks)
    if names == ["all"]:
        names = [entry.name for entry in list_frameworks()]
    if not all(names):
        raise _refusal("-f", "there is an empty name; write names with commas between, or all")
    return list(dict.fromkeys(names))


def _distinct(cases: Sequence[LoadedScenario]) -> tuple[LoadedScenario, ...]:
    seen: dict[str, LoadedScenario] = {}
    for case in cases:
        other = seen.setdefault(case.framework_name, case)
        if other.digest != case.digest:
            raise _refusal(
                "-f", f"two different frameworks are called {case.framework_name!r}; rename a file"
            )
    return tuple(seen.values())


def loaded(
    scenario: AnyScenario, overrides: Sequence[str], framework: str | None
) -> LoadedScenario:
    """Return a scenario, loaded if it is not yet, with values set and under a framework."""
    if not isinstance(scenario, LoadedScenario):
        return load_scenario(scenario, overrides, framework)
    if not overrides and framework in (None, scenario.framework_name):
        return scenario
    if framework is not None:
        return resolve_framework(scenario, framework, overrides)
    return patch_scenario(scenario, overrides)


def check_numbers(n: int, seed: int, workers: int = 1) -> None:
    """Say what is wrong with the numbers of a run, all together.

    Raises
    ------
    InputError
        If any is out of range.
    """
    faults: list[Fault] = []
    for check in (
        ("-n", n, 1, MOST_REPLICATIONS),
        ("--seed", seed, 0, LARGEST_SEED),
        ("--workers", workers, 1, MOST_WORKERS),
    ):
        try:
            check_range(*check)
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(tuple(faults))


def check_range(name: str, value: int, low: int, high: int, hint: str = "") -> None:
    """Say so where a number is no whole number from ``low`` to ``high``."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        more = f"; {hint}" if hint else ""
        raise _refusal(name, f"found {value}; write a whole number from {low:,} to {high:,}{more}")


def _refusal(name: str, message: str) -> InputError:
    return InputError((Fault(name, 0, "", message),))
