"""The compiled engine beside its floor, and where the rest of a replication's time goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from statistics import median

from benchmarks.cases import SEED, Rows, case, work
from benchmarks.floor.assessing import seconds_of_a_look
from benchmarks.floor.counting import counted
from benchmarks.floor.loop import evaluate
from benchmarks.floor.rules import ASSESSMENTS, NEEDS, Needs
from benchmarks.report import Findings, Line, figure, spread, table
from benchmarks.timing import Effort, Work, repeated, side_by_side, sized
from deter.engine.game import Built
from deter.engine.reference import Result

Simulate = Callable[[Built, int, int, bool], Result]
"""An engine, one replication with its log: (case, seed, replication, log)."""

CASE = "ceasefire"
LOGGED = 64
"""Replications whose logs are counted, and which the engine is timed on."""


def measure(ours: Rows, simulate: Simulate, effort: Effort) -> Findings:
    """Count what the logs need, and time that and the engine side by side."""
    built, n = case(CASE), max(2, min(LOGGED, round(LOGGED * effort.seconds / 0.5)))
    things = _things(simulate, built, n)
    total = _total(things)
    floor_job = repeated(lambda _start, _n: evaluate(total), n, effort)
    our_job = repeated(lambda _start, _n: work(ours, built)(0, n), n, effort)
    pair = side_by_side(floor_job, our_job, effort)
    floor, replication = median(pair.first), median(pair.second)
    costs = _costs(effort)
    looks = seconds_of_a_look(built, effort)
    return Findings(
        rates={f"floor/{CASE}": 1.0 / floor},
        ratios={"floor": pair.ratio()},
        lines=[
            Line(CASE, "floor", 1.0 / floor),
            Line(CASE, "compiled, same histories", 1.0 / replication, "floor", spread(pair)),
        ],
        notes=[
            f"The floor of {CASE}: what {n} event logs need, for one replication (microseconds)\n"
            + _by_evaluation(total, costs, n),
            "The floor by what was told in the logs\n" + _by_thing(things, costs, n),
            "Where a replication's time goes (microseconds)\n"
            + _rest(things, n, floor, replication, looks),
        ],
    )


def _things(simulate: Simulate, built: Built, n: int) -> Counter[str]:
    """Return how often each thing that needs something occurs in ``n`` logs."""
    things: Counter[str] = Counter()
    for replication in range(n):
        things.update(counted(built, simulate(built, SEED, replication, True).log))
    return things


def _total(things: Counter[str]) -> Needs:
    total = Needs()
    for thing, times in things.items():
        total = total.plus(NEEDS[thing], times)
    return total


def _costs(effort: Effort) -> dict[str, float]:
    """Return the seconds that one evaluation of each kind takes in the bare loop."""
    short = Effort(0.1 * effort.seconds, effort.rounds)
    costs = {}
    for kind in Needs._fields:
        job = sized(_evaluations(kind), short)
        costs[kind] = median([job.seconds(round_) for round_ in range(short.rounds)])
    return costs


def _evaluations(kind: str) -> Work:
    def run(_start: int, n: int) -> float:
        return evaluate(Needs()._replace(**{kind: n}))

    return run


def _price(needs: Needs, costs: dict[str, float]) -> float:
    return sum(times * costs[kind] for kind, times in zip(Needs._fields, needs, strict=True))


def _by_evaluation(total: Needs, costs: dict[str, float], n: int) -> str:
    rows = [
        (
            kind,
            f"{times / n:,.1f}",
            f"{1e9 * costs[kind]:.1f}",
            f"{1e6 * times * costs[kind] / n:.2f}",
        )
        for kind, times in zip(Needs._fields, total, strict=True)
    ]
    return table(("evaluations", "number", "ns each", "together"), rows)


def _by_thing(things: Counter[str], costs: dict[str, float], n: int) -> str:
    priced = {thing: _price(NEEDS[thing], costs) * times / n for thing, times in things.items()}
    rows = [
        (thing, f"{things[thing] / n:,.1f}", *map(str, NEEDS[thing]), f"{1e6 * priced[thing]:.2f}")
        for thing in sorted(priced, key=lambda thing: -priced[thing])
        if things[thing]
    ]
    return table(("what", "number", *Needs._fields, "together"), rows)


def _rest(
    things: Counter[str], n: int, floor: float, replication: float, looks: tuple[float, float]
) -> str:
    """Return the parts of a replication's time as far as they can be told from outside."""
    times = sum(things[thing] * each for thing, each in ASSESSMENTS.items()) / n
    low, high = (times * look for look in looks)
    rows = [
        ("a replication", _share(replication, replication), ""),
        ("the floor", _share(floor, replication), "timed in one go, so less than its parts"),
        (
            f"{times:.1f} looks at all options",
            f"{_share(low, replication)} to {_share(high, replication)}",
            "with no layer in force, and with all; the choices' part of the floor is in them",
        ),
        (
            "all else",
            f"{_share(replication - high, replication)} to "
            f"{_share(replication - low, replication)}",
            "votes, learning, calendar, agenda, state, the row",
        ),
    ]
    return table(("part", "microseconds", ""), rows, "lrl")


def _share(seconds: float, whole: float) -> str:
    return f"{figure(1e6 * max(0.0, seconds))} ({100.0 * max(0.0, seconds) / whole:.0f} %)"
