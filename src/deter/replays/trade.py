"""What clauses are worth in the coin of another: exchange rates at an equal measure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from deter.analysis.crossing import GRID, TOLERANCE, search
from deter.analysis.estimates import Estimate
from deter.analysis.exchange import Exchange, Price, price
from deter.analysis.rows import Floats
from deter.analysis.valued import FULL_ATTACK, valued
from deter.defaults import SEED
from deter.errors import Fault, InputError
from deter.experiments.autopsy import repairs as catalogue
from deter.experiments.engines import EngineName
from deter.experiments.pairs import Amendment, Dial, Replays, amendments, dial
from deter.planning import AnyScenario, check_numbers, loaded
from deter.replays.autopsy import Changes, told_settings
from deter.replays.bench import Bench, Watch, check_search, check_whole, horizon_of
from deter.spec.loading import LoadedScenario

TRADE_N = 1000
"""Default of the replications of each run."""


def exchange(
    scenario: AnyScenario,
    framework: str | None,
    currency: str,
    low: float,
    high: float,
    changes: Changes | None = None,
    *,
    measure: str = FULL_ATTACK,
    n: int = TRADE_N,
    seed: int = SEED,
    overrides: Iterable[str] = (),
    grid: int = GRID,
    tolerance: float = TOLERANCE,
    engine: EngineName = "auto",
    workers: int = 1,
    watch: Watch | None = None,
) -> Exchange:
    """Find what changes of a framework are worth in a currency, under shared luck.

    Parameters
    ----------
    scenario : str, Path or LoadedScenario
        Which scenario.
    framework : str or None
        Name or path; the scenario's own where None.
    currency : str
        Path of a number of scenario or framework, ``*`` for every item of a list and then the
        total, as ``framework.layers.force.presence.*.troops``.
    low, high : float
        Its range, in its own unit; the amount in force may lie outside.
    changes : mapping or sequence, optional
        Names with settings, or texts ``path=value``; the catalogue of repairs where not given.
    measure, n, seed, overrides, grid, tolerance, engine, workers, watch
        As for :func:`deter.replays.flip.find_flip`.

    Raises
    ------
    InputError
        If the scenario, the framework, a path, the range, a change or the measure is none.
    """
    check_numbers(n, seed, workers)
    check_search(low, high, grid, tolerance)
    case = loaded(scenario, tuple(overrides), framework)
    turned = dial(case, currency)
    if turned.now is None:
        message = "is not set, so that nothing can be added to it; set it first"
        raise InputError((Fault("--currency", 0, currency, message),))
    if turned.whole:
        check_whole(low, high, currency)
        low, high = float(math.ceil(low)), float(math.floor(high))
    for x in (low, high):
        turned.turned(case, x)  # refuses a value that the field does not allow
    horizon = horizon_of(case)
    bench = Bench(Replays(n, seed, engine, workers), valued(measure, horizon), watch)
    market = _Market(case, bench, turned, low, high, grid, tolerance)
    notes = list(case.notes)
    wanted = _possible(case, notes) if changes is None else amendments(changes)
    prices = [market.price(one) for one in wanted]
    bare = bench.values(case)
    ends = [market.at(x) for x in (high, low)]
    if turned.drawn:
        notes.append("the currency is uncertain in the scenario; here it is held at each amount")
    curve = {x: bench.measure.mean(market.at(x)) for x in sorted(market.ran)}
    return Exchange(
        scenario=case.name,
        framework=case.framework_name,
        currency=turned.path,
        unit=turned.unit,
        now=turned.now,
        low=low,
        high=high,
        measure=bench.measure.label,
        what=bench.measure.what,
        percent=bench.measure.unit == "1",
        before=bench.measure.mean(bare),
        reach=bench.measure.difference(*ends),
        curve=curve,
        prices=tuple(sorted(prices, key=lambda p: p.after.estimate or 0.0)),
        n=n,
        seed=seed,
        notes=tuple(dict.fromkeys(notes)),
    )


def _possible(case: LoadedScenario, notes: list[str]) -> tuple[Amendment, ...]:
    """Return the repairs that the framework's other clauses allow and that change something."""
    found, barred = [], []
    for one in catalogue(case):
        try:
            if one.on(case).digest != case.digest:
                found.append(one)
        except InputError:
            barred.append(one.name)
    if barred:
        notes.append(f"not possible with its other clauses: {', '.join(barred)}")
    return tuple(found)


class _Market:
    """Where a currency is turned and changes are priced."""

    def __init__(
        self,
        case: LoadedScenario,
        bench: Bench,
        turned: Dial,
        low: float,
        high: float,
        grid: int,
        tolerance: float,
    ) -> None:
        self.case, self.bench, self.turned = case, bench, turned
        self.low, self.high, self.grid, self.tolerance = low, high, grid, tolerance
        self.ran: set[float] = set()

    def at(self, x: float) -> Floats:
        """Return the numbers of the measure with so much of the currency."""
        self.ran.add(x)
        case = self.case if x == self.turned.now else self.turned.turned(self.case, x)
        return self.bench.values(case, f"{self.turned.path} = {x:g}")

    def price(self, one: Amendment) -> Price:
        """Return what a change is worth."""
        changed = one.on(self.case)
        after = self.bench.values(changed, one.name)
        now = float(self.turned.now or 0.0)

        def difference(x: float) -> Estimate:
            return self.bench.measure.difference(self.at(x), after)

        found = search(
            difference,
            self.low,
            self.high,
            whole=self.turned.whole,
            grid=self.grid,
            tolerance=self.tolerance,
            known=[now],
        )
        return price(
            one.name,
            told_settings(one),
            self.bench.measure.mean(after),
            self.bench.measure.difference(after, self.bench.values(self.case)),
            found,
            now,
            self.turned.unit,
            _size(self.case, changed, one),
        )


def _size(case: LoadedScenario, changed: LoadedScenario, one: Amendment) -> float | None:
    """Return the size of a change of one number; None of any other."""
    paths = (
        list(one.settings)
        if isinstance(one.settings, Mapping)
        else [text.partition("=")[0] for text in one.settings]
    )
    if len(paths) != 1:
        return None
    try:
        before, after = (dial(c, paths[0]).now for c in (case, changed))
    except InputError:
        return None
    return None if before is None or after is None else after - before
