"""Run a scenario at drawn assumptions crossed with rows of a posterior, under shared luck.

A game is flattened once for each draw of the assumptions under each framework; a row of the
posterior is written into its cells, as a history would draw it, and costs no more than its
histories.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine.game import Built, build
from deter.engine.outcome import EVENT, words_of
from deter.evidence.assumptions.varying import Floats, Setter
from deter.experiments.cells import Cell
from deter.experiments.engines import choose
from deter.experiments.games import Template
from deter.experiments.pools import pool_of, spread
from deter.experiments.work import Seat
from deter.spec.framework import Framework
from deter.spec.loading import LoadedScenario
from deter.theory.luck import stream_id

OUTCOMES = ("full_attack", "attack", "war")
"""Outcomes that are measured: whether each came at all."""

FAILED = -1
Flags = NDArray[np.int8]
Rows = Mapping[str, Sequence[int]]
"""By file of a joint sample, the rows that are taken, by their index."""

Progress = Callable[[int, int], None]
ADVICE = "run it again with --workers 1, which says what is wrong"


@dataclass
class Tables:
    """What every history came to.

    Attributes
    ----------
    flags : dict of str to dict of str to array (draws, rows, replications)
        By framework and outcome: 1 if it came, 0 if not, -1 where the history failed.
    left : list of tuple of str
        By draw, the paths that had to be left as they were, since fields did not go together.
    errors : list of str
        Of histories that failed.
    """

    flags: dict[str, dict[str, Flags]]
    left: list[tuple[str, ...]]
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Draw:
    """What comes of one draw: flags (frameworks, outcomes, rows, replications) and the rest."""

    flags: Flags
    left: tuple[str, ...]
    errors: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """All that workers share.

    Attributes
    ----------
    setter : Setter
        Writes a draw into the scenario.
    frameworks : tuple of Framework
        Under which it is run.
    rows : mapping of str to sequence of int
        Rows of joint samples; of no file where the scenario draws from none.
    many : int
        How many rows; 1 where there are none.
    n, seed : int
        Replications, and the seed of all luck.
    engine : str
        The engine.
    """

    setter: Setter
    frameworks: tuple[Framework, ...]
    rows: Rows
    many: int
    n: int
    seed: int
    engine: str

    def draw(self, u: Floats) -> Draw:
        """Run one draw of the assumptions under all frameworks and rows."""
        scenario, left = self.setter.drawn(u)
        flags: list[Flags] = []
        errors: list[str] = []
        for terms in self.frameworks:
            seat, cells = self._seated(build(scenario, terms))
            found = np.empty((len(OUTCOMES), self.many, self.n), dtype=np.int8)
            for p in range(self.many):
                seat.write([(a, at, values[rows[p]]) for a, at, values, rows in cells])
                records, failed = seat.run(self.seed, 0, self.n)
                found[:, p] = flags_of(records)
                errors += failed.values()
            flags.append(found)
        return Draw(np.stack(flags), left, tuple(errors))

    def _seated(self, built: Built) -> tuple[Seat, list[Any]]:
        """Return the game ready to run, with the cells that a row of the posterior is written to.

        Those cells are drawn no more; all other drawn numbers are drawn as ever.
        """
        streams = {stream_id(f"param/{file}"): file for file in self.rows}
        joint = [cell for cell in built.uncertain if cell.stream in streams]
        kept = tuple(cell for cell in built.uncertain if cell.stream not in streams)
        places = {"rows": [Cell(cell.array, cell.offset) for cell in joint]}
        records: Any = None
        seat = Seat(Template(built._replace(uncertain=kept), places, records), self.engine)
        cells = [(c.array, c.offset, c.values, self.rows[streams[c.stream]]) for c in joint]
        return seat, cells


def flags_of(records: NDArray[Any]) -> Flags:
    """Return for each outcome and history whether it came; -1 where a history failed."""
    came = [(words_of(f"s_{name}") or ()).index(EVENT) for name in OUTCOMES]
    found = np.stack(
        [records[f"s_{name}"] == code for name, code in zip(OUTCOMES, came, strict=True)]
    ).astype(np.int8)
    found[:, records["status"] != 0] = FAILED
    return found


def run(
    cases: Mapping[str, LoadedScenario],
    setter: Setter,
    draws: Floats,
    rows: Rows,
    *,
    n: int,
    seed: int,
    engine: str = "auto",
    workers: int = 1,
    progress: Progress | None = None,
) -> Tables:
    """Run all draws with all rows under all frameworks.

    Parameters
    ----------
    cases : mapping of str to LoadedScenario
        The scenario under each framework.
    setter : Setter
        Writes a draw into the scenario.
    draws : array (draws, numbers varied)
        Between 0 and 1.
    rows : mapping of str to sequence of int
        By file of a joint sample, which rows; all equally many.
    n, seed : int
        Replications of each combination, the same luck for all.
    engine : {"auto", "reference", "compiled"}
        What runs it.
    workers : int
        Threads, or processes of the reference engine.
    progress : callable, optional
        Called with how many histories are done, and of how many.
    """
    chosen = choose(engine, [setter.scenario.challenger.strategy])
    many = len(next(iter(rows.values()), (0,)))
    terms = tuple(case.framework for case in cases.values())
    work = Work(setter, terms, dict(rows), many, n, seed, chosen.name)
    found: dict[int, Draw] = {}
    each = len(terms) * many * n

    def keep(k: int, one: Draw) -> None:
        found[k] = one
        if progress is not None:
            progress(len(found) * each, len(draws) * each)

    todo = deque(range(len(draws)))
    with pool_of(workers, threads=chosen.threads) as pool:
        spread(
            lambda: todo.popleft() if todo else None,
            lambda k: pool.submit(partial(work.draw, draws[k])),
            keep,
            ahead=1 if workers == 1 else 2 * workers,
            advice=ADVICE,
        )
    return _tables(list(cases), [found[k] for k in range(len(draws))])


def _tables(names: Sequence[str], found: Sequence[Draw]) -> Tables:
    flags = np.stack([one.flags for one in found])
    by_name = {
        name: {outcome: flags[:, f, o] for o, outcome in enumerate(OUTCOMES)}
        for f, name in enumerate(names)
    }
    return Tables(by_name, [one.left for one in found], list(_errors(found)))


def _errors(found: Sequence[Draw]) -> Iterator[str]:
    for one in found:
        yield from one.errors


__all__ = ["FAILED", "OUTCOMES", "Draw", "Flags", "Rows", "Tables", "Work", "flags_of", "run"]
