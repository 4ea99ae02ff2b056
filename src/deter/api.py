"""The public functions: load, run, compare and trace a scenario; sweep an experiment and ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from deter.defaults import SEED, N
from deter.errors import Fault, InputError
from deter.planning import (
    LARGEST_REPLICATION,
    LARGEST_SEED,
    AnyExperiment,
    AnyScenario,
    check_range,
    loaded,
    plan_compare,
    plan_experiment,
    plan_run,
)
from deter.results import Results, of_scenario
from deter.spec.loading import LoadedScenario, Overrides, load_scenario

if TYPE_CHECKING:
    from deter.experiments.engines import EngineName
    from deter.experiments.ledger import Progress
    from deter.experiments.study import Study
    from deter.inquiry import Answer
    from deter.narrative.cast import Cast
    from deter.narrative.model import Crisis, History
    from deter.narrative.parting import Parting
    from deter.presentation.figures import Drawn
    from deter.presentation.narrative import Told
    from deter.replays.mending import Mended


def load(
    path: str | Path, overrides: Overrides = (), framework: str | None = None
) -> LoadedScenario:
    """Load a scenario: a file, or a name in the library as ``ukraine/ceasefire``.

    Parameters
    ----------
    path : str or Path
        Which scenario.
    overrides : iterable of str, or mapping
        Values to set: ``"protege.forces=120"``, or paths and plain values.
    framework : str, optional
        Framework to use in place of the scenario's own.

    Raises
    ------
    InputError
        With everything that is wrong with the files.
    """
    return load_scenario(path, overrides, framework)


def run(
    scenario: AnyScenario,
    framework: str | None = None,
    *,
    n: int = N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Results:
    """Run a scenario under one framework.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    framework : str, optional
        Name or path; the scenario's own where not given.
    n, seed : int
        Replications, and the seed of all luck.
    overrides : iterable of str
        Values to set, as ``"protege.forces=120"``.
    engine : {"auto", "reference", "compiled"}
        Which engine: rows do not depend on it. ``auto`` is the compiled one, unless the
        challenger's strategy is a plug-in in Python.
    workers : int
        Threads of the compiled engine. Of the reference engine processes; more than one needs
        the guard ``if __name__ == "__main__":`` in a script.
    progress : callable, optional
        Called with replications done and asked for.
    executor : concurrent.futures.Executor, optional
        To run on, in place of workers of our own.
    """
    plan = plan_run(scenario, framework, n=n, seed=seed, overrides=overrides, engine=engine)
    return plan.carry_out(workers, progress, executor)


def compare(
    scenario: AnyScenario,
    frameworks: str | Sequence[str] | None = None,
    *,
    n: int = N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Results:
    """Compare frameworks on a scenario under shared luck, against no guarantee at all.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    frameworks : sequence of str, or str, optional
        Names or paths; ``"all"`` for all of the library; those the scenario names where not
        given. The reference ``none`` is always added, first.
    n, seed, overrides, engine, workers, progress, executor
        As for :func:`run`.
    """
    plan = plan_compare(scenario, frameworks, n=n, seed=seed, overrides=overrides, engine=engine)
    return plan.carry_out(workers, progress, executor)


@dataclass(frozen=True)
class Story:
    """One replication, told.

    Attributes
    ----------
    case : LoadedScenario
        The scenario under its framework.
    seed, replication : int
        Address of its luck.
    row : mapping
        Its outcome row.
    log : tuple of Entry
        Its events: when, who, what kind, what was seen and chosen, with which probabilities.
    engine : str
        Which engine ran it.
    history : History
        The log read: ``crises`` with votes, acts and campaigns, ``choices``, ``events``.
    mended : Mended
        The same luck with no guarantee, and with each clause mended.
    other : Story or None
        The same replication under the framework it is told against.
    """

    case: LoadedScenario
    seed: int
    replication: int
    row: Mapping[str, Any]
    log: tuple[Any, ...]
    engine: str
    history: History
    mended: Mended
    other: Story | None = None

    @property
    def crises(self) -> tuple[Crisis, ...]:
        """Its crises, in order of time."""
        return self.history.crises

    @property
    def cast(self) -> Cast:
        """Who is in it."""
        from deter.narrative.cast import cast_of

        return cast_of(self.case.scenario, self.case.framework, self.case.name)

    @property
    def told(self) -> Told:
        """The story in its parts: chronicle, ending, answers."""
        from deter.presentation.narrative import tell

        address = f"Replication {self.replication}, seed {self.seed}."
        return tell(self.history, self.cast, address, self.mended)

    @property
    def parting(self) -> Parting | None:
        """Where it parts from the other; None where there is no other, or they never part."""
        from deter.narrative.parting import parting

        return None if self.other is None else parting(self.log, self.other.log)

    @property
    def text(self) -> str:
        """The story in plain words, and the other beside it if there is one."""
        return self.wide()

    @property
    def full(self) -> str:
        """Every line of the log in plain words, and the ending."""
        from deter.presentation.narrative.lines import every_line

        return every_line(self.log, self.told)

    def wide(self, width: int = 0) -> str:
        """Return the text for a screen of so many columns; 0 for the width of a page."""
        from deter.presentation.narrative.story import WIDTH
        from deter.presentation.narrative.twins import compared

        if self.other is None:
            return self.told.text(min(width, WIDTH) if width else WIDTH)
        return compared(
            (self.told, self.history, self.cast),
            (self.other.told, self.other.history, self.other.cast),
            self.parting,
            width or WIDTH,
        )

    def figure(self, name: str = "timeline") -> Drawn:
        """Return a figure of this replication with its words.

        Parameters
        ----------
        name : {"timeline", "credibility"}
            Lanes of actors, or what the challenger believes of each guarantor.
        """
        from importlib import import_module

        if name not in ("timeline", "credibility"):
            message = f"found {name!r}; known: timeline, credibility"
            raise InputError((Fault("figure", 0, "", message),))
        module = import_module(f"deter.presentation.figures.{name}")
        told = self.told
        return cast("Drawn", module.drawn(self.history, self.cast, told.title, told.address))

    def __str__(self) -> str:
        return self.text

    def as_dict(self) -> dict[str, Any]:
        """Return row, log, crises, answers and, if there is one, the other as plain data."""
        from deter.presentation.narrative.data import plain_story

        return plain_story(self)


def trace(
    scenario: AnyScenario,
    replication: int = 0,
    framework: str | None = None,
    *,
    against: str | None = None,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    engine: EngineName = "auto",
) -> Story:
    """Run one replication with its event log.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    replication : int
        Which one, from 0.
    framework : str, optional
        Name or path; the scenario's own where not given.
    against : str, optional
        Another framework: the same replication with the same luck under it, to compare.
    seed : int
        Of all luck.
    overrides : iterable of str
        Values to set; of the framework they hold for ``framework`` only.
    engine : {"auto", "reference", "compiled"}
        As for :func:`run`.
    """
    check_range("-r", replication, 0, LARGEST_REPLICATION, "replications are numbered from 0")
    check_range("--seed", seed, 0, LARGEST_SEED)
    settings = tuple(overrides)
    case = loaded(scenario, settings, framework)
    from deter.replays.telling import Teller

    teller = Teller(engine, seed, replication)
    other = None
    if against is not None:
        twin = loaded(scenario, of_scenario(settings), against)
        other = Story(twin, seed, replication, *teller.told(twin))
    return Story(case, seed, replication, *teller.told(case), other=other)


def sweep(
    experiment: AnyExperiment,
    folder: str | Path | None = None,
    *,
    resume: bool = False,
    engine: EngineName = "auto",
    workers: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Study:
    """Run the cases of an experiment under its frameworks; results are on disk as they come.

    The same as ``deter sweep``: a folder begun by one can be gone on with by the other. After
    Ctrl-C it returns what there is, with ``complete`` false.

    Parameters
    ----------
    experiment : str, Path or LoadedExperiment
        A file, a folder with an ``experiment.yaml``, a name in the library, or what
        :func:`deter.spec.experiments.load_experiment` returned.
    folder : str or Path, optional
        Where the results go; ``results/NAME`` where not given.
    resume : bool
        Go on with, or extend, the sweep that is in the folder.
    engine, workers, progress, executor
        As for :func:`run`; the executor may be a Dask cluster's (``client.get_executor()``).

    Returns
    -------
    Study
        ``cases`` (what each sets, a DataFrame), ``frame`` (all rows with it), ``rows(case)``,
        ``per_case(measure)`` (mean and variance by case and framework), ``pieces()`` (rows a part
        at a time, where they do not fit into memory), ``failures()``, ``manifest``.

    Raises
    ------
    InputError
        With everything that is wrong with the experiment.
    OutputError
        If the folder holds something else, or cannot be written to.
    """
    from deter.experiments.study import Study

    planned = plan_experiment(experiment, folder, engine=engine)
    return Study.open(planned.carry_out(workers, progress, executor, resume=resume).folder)


def analyse(
    study: Study | str | Path,
    what: str | Sequence[str] = (),
    *,
    measure: str | None = None,
    frameworks: str | Sequence[str] = (),
    **options: Any,
) -> list[Answer]:
    """Ask a sweep: the same answers as ``deter analyse`` gives.

    Parameters
    ----------
    study : Study, str or Path
        A sweep, or the folder of its results.
    what : str or sequence of str
        ``summary``, ``contrast``, ``sensitivity``, ``discover``, ``regret``, ``flip``, ``trade``,
        ``autopsy``, ``survival``, ``enough``; what the experiment asks where none is named.
    measure : str, optional
        A measure that is one value a replication; the experiment's, or ``p_full_attack``.
    frameworks : str or sequence of str
        Those asked about; all where none is named.
    **options
        Of the analyses, as after ``--with``: ``half_width``, ``path``, ``low``, ``high``,
        ``currency``, ``above``, ``better``, ``threshold``, ``weights``, ``case``, ``n``,
        ``workers``.

    Returns
    -------
    list of Answer
        Each with ``what``, ``heading`` and ``result``, a frozen dataclass of estimates with their
        intervals; ``frame`` is it as a table, ``as_dict()`` as plain data, ``text`` in words.

    Raises
    ------
    InputError
        If a question does not fit the sweep.
    DeterError
        If its numbers do not suffice.
    """
    from deter.experiments.study import Study
    from deter.inquiry import ask, questions

    opened = study if isinstance(study, Study) else Study.open(study)
    asked = [what] if isinstance(what, str) else list(what)
    names = [frameworks] if isinstance(frameworks, str) else list(frameworks)
    wanted = questions(opened, asked, measure, names, options)
    return [answer for question in wanted for answer in ask(opened, question)]


__all__ = ["Results", "Story", "analyse", "compare", "load", "run", "sweep", "trace"]
