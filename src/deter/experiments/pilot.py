"""The pilot of a sweep: a few histories, run for what they take and thrown away."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from deter.experiments.parts import PART_ROWS, parquet_bytes, tabulate_batch
from deter.experiments.plans import Plan
from deter.experiments.work import Batch, Kitchen, Task, run_task, sliced

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
    pace: dict[str, float] = {}
    sizes: list[float] = []
    for name in plan.frameworks:
        run_task(kitchen, Task(name, chosen, values, 0, 1))  # makes the games, once a case
        began, seconds, at = time.perf_counter(), 0.0, 0
        batches: list[Batch] = []
        while not batches or (seconds < PILOT_SECONDS and at < 64):
            length = 1 if at == 0 else at
            batches.append(run_task(kitchen, Task(name, chosen, values, at, at + length)))
            at += length
            seconds = time.perf_counter() - began
        pace[name] = seconds / sum(len(batch.rows) for batch in batches)
        tables = [tabulate_batch(batch, plan.frameworks) for batch in batches]
        sizes.append(_bytes_a_row(pa.concat_tables(tables).combine_chunks()))
    return Pilot(pace, sum(sizes) / len(sizes))


def _bytes_a_row(table: pa.Table) -> float:
    """Return the bytes of a row in a part of the usual length: what more rows add, and its head."""
    rows = int(table.num_rows)
    whole, part = (len(parquet_bytes(table.slice(0, n))) for n in (rows, rows // 2))
    added = max(whole - part, 0) / (rows - rows // 2)
    return added + max(whole - added * rows, 0) / PART_ROWS
