"""The pilot of a sweep: a few histories, run for what they take and thrown away."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from deter.experiments.parts import parquet_bytes, tabulate_batch
from deter.experiments.plans import Plan
from deter.experiments.work import Kitchen, Task, run_task, sliced

PILOT_SECONDS = 0.4
"""Work of a pilot for each framework."""


@dataclass(frozen=True)
class Pilot:
    """What some histories of a sweep took.

    Attributes
    ----------
    pace : dict of str to float
        Seconds a history, by framework.
    bytes_a_row : float
        Bytes of a row on disk.
    """

    pace: dict[str, float]
    bytes_a_row: float


def pilot(plan: Plan, kitchen: Kitchen) -> Pilot:
    """Run a few histories of cases spread over the sweep, and throw them away.

    What has to be compiled is then in place before any worker asks for it.
    """
    columns = {str(name): plan.cases.table[name].tolist() for name in plan.cases.table}
    count = min(len(plan.cases), 8)
    chosen = tuple(int(c) for c in np.linspace(0, len(plan.cases) - 1, count).astype(int))
    chosen = tuple(dict.fromkeys(chosen))
    values = sliced(columns, chosen)
    pace, sizes, rows = {}, 0, 0
    for name in plan.frameworks:
        run_task(kitchen, Task(name, chosen[:1], sliced(columns, chosen[:1]), 0, 1))
        began, seconds, ran, at = time.perf_counter(), 0.0, 0, 0
        while seconds < PILOT_SECONDS and at < 64:
            length = 1 if at == 0 else at
            batch = run_task(kitchen, Task(name, chosen, values, at, at + length))
            ran, at = ran + len(batch.rows), at + length
            seconds = time.perf_counter() - began
        sizes += len(parquet_bytes(tabulate_batch(batch, plan.frameworks)))
        rows += len(batch.rows)
        pace[name] = seconds / ran
    empty = len(parquet_bytes(tabulate_batch(batch, plan.frameworks).slice(0, 0)))
    return Pilot(pace, max(sizes - empty * len(pace), 0) / rows + empty / 20_000)
