"""At which value of a number two frameworks swap places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from deter.analysis.crossing import GRID, TOLERANCE, Flip, search
from deter.analysis.estimates import Estimate
from deter.analysis.valued import FULL_ATTACK, Valued, valued
from deter.defaults import SEED
from deter.errors import Fault, InputError
from deter.experiments.engines import EngineName
from deter.experiments.pairs import Dial, Replays, dial
from deter.planning import AnyScenario, check_numbers, loaded
from deter.replays.bench import Bench, Watch, check_search, check_whole, horizon_of
from deter.results import of_scenario
from deter.spec.loading import LoadedScenario, resolve_framework

Side = Literal["a", "b", "both"]

FLIP_N = 1000
"""Default of the replications run at each value."""


def find_flip(
    scenario: AnyScenario,
    a: str | LoadedScenario,
    b: str | LoadedScenario,
    path: str,
    low: float,
    high: float,
    *,
    measure: str = FULL_ATTACK,
    on: Side | None = None,
    n: int = FLIP_N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    grid: int = GRID,
    tolerance: float = TOLERANCE,
    engine: EngineName = "auto",
    workers: int = 1,
    watch: Watch | None = None,
) -> Flip:
    """Find the value at which two frameworks swap places on a measure, under shared luck.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    a, b : str or LoadedScenario
        Two frameworks, by name or path; or the scenario as it was loaded under each.
    path : str
        The number that is turned: of the scenario, as ``guarantors.GB.resolve``, or a clause, as
        ``framework.layers.0.trigger.threshold``; ``*`` for every item of a list, and then the
        total.
    low, high : float
        The range in which it is turned, in its own unit.
    measure : str
        A measure that is a probability or a mean.
    on : {"a", "b", "both"}, optional
        Whose clause it is; ``a``'s where not said. A number of the scenario is of both.
    n, seed : int
        Replications at each value, and the seed of all luck.
    overrides : iterable of str
        Values of the scenario to set first.
    grid, tolerance
        As for :func:`deter.analysis.crossing.search`.
    engine, workers
        As for :func:`deter.run`.
    watch : callable, optional
        Called with a few words before each run.

    Raises
    ------
    InputError
        If the scenario, a framework, the path, the range or the measure is none.
    """
    check_numbers(n, seed, workers)
    check_search(low, high, grid, tolerance)
    cases = _two(scenario, a, b, tuple(overrides))
    names = _names(cases)
    horizon = horizon_of(cases[0])
    bench = Bench(Replays(n, seed, engine, workers), valued(measure, horizon), watch)
    side: Side = on or ("a" if path.strip().startswith("framework.") else "both")
    dials = _dials(cases, path, side)
    for one, case in zip(dials, cases, strict=True):
        if one is not None:
            if one.whole:
                check_whole(low, high, path)
            for x in (low, high):
                one.turned(case, x)  # refuses a value that the field does not allow
    means: dict[float, tuple[Estimate, Estimate]] = {}

    def difference(x: float) -> Estimate:
        left, right = (
            bench.values(case if one is None else one.turned(case, x), f"{name}, {path} = {x:g}")
            for case, one, name in zip(cases, dials, names, strict=True)
        )
        means[x] = bench.measure.mean(left), bench.measure.mean(right)
        return bench.measure.difference(left, right)

    whole = any(one.whole for one in dials if one is not None)
    found = search(difference, low, high, whole=whole, grid=grid, tolerance=tolerance)
    return Flip(
        scenario=cases[0].name,
        a=names[0],
        b=names[1],
        path=path.strip(),
        unit=next(one.unit for one in dials if one is not None),
        on=side,
        now={name: one.now for name, one in zip(names, dials, strict=True) if one is not None},
        measure=bench.measure.label,
        what=bench.measure.what,
        percent=_percent(bench.measure),
        search=found,
        means=dict(sorted(means.items())),
        n=n,
        seed=seed,
        notes=_notes(cases, dials),
    )


def _two(
    scenario: AnyScenario,
    a: str | LoadedScenario,
    b: str | LoadedScenario,
    overrides: tuple[str, ...],
) -> tuple[LoadedScenario, LoadedScenario]:
    if len(of_scenario(overrides)) < len(overrides):
        message = "sets a clause, and there are two frameworks; turn a clause by its path"
        raise InputError((Fault("--set", 0, "", message),))
    base = loaded(scenario, overrides, None)
    return _under(base, a), _under(base, b)


def _under(base: LoadedScenario, name: str | LoadedScenario) -> LoadedScenario:
    if isinstance(name, LoadedScenario):
        return name
    return base if name == base.framework_name else resolve_framework(base, name)


def _names(cases: tuple[LoadedScenario, LoadedScenario]) -> tuple[str, str]:
    """Return the frameworks' names, told apart where they are one."""
    one, other = (case.framework_name for case in cases)
    return (one, other) if one != other else (f"{one} (a)", f"{other} (b)")


def _dials(
    cases: tuple[LoadedScenario, LoadedScenario], path: str, on: Side
) -> tuple[Dial | None, Dial | None]:
    """Return the dial of each, None where the number is not turned."""
    of_clause = path.strip().startswith("framework.")
    if not of_clause and on != "both":
        message = "is a number of the scenario, which both frameworks share"
        raise InputError((Fault("--on", 0, path, message),))
    one, other = (
        dial(case, path) if on in (side, "both") else None
        for case, side in zip(cases, "ab", strict=True)
    )
    return one, other


def _percent(measure: Valued) -> bool:
    return measure.unit == "1"


def _notes(cases: tuple[LoadedScenario, ...], dials: tuple[Dial | None, ...]) -> tuple[str, ...]:
    notes = [note for case in cases for note in case.notes]
    if any(one is not None and one.drawn for one in dials):
        notes.append("the number is uncertain in the scenario; here it is held at each value")
    return tuple(dict.fromkeys(notes))
