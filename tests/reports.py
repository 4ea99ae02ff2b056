"""Results folders of made-up rows over a real scenario, for tests of reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq
from tests.synthetic import HORIZON, STRENGTHS, FakeBuilt, found, made_up
from tests.synthetic import rows as block_of

from deter.experiments.bases import base_of
from deter.experiments.rows import ROW_GROUP, Rows
from deter.experiments.store import Manifest, write_results
from deter.experiments.table import schema_of, tabulate
from deter.spec.loading import load_scenario, resolve_framework

SCENARIO = "ukraine/ceasefire"
NAMES = ("none", "tripwire", "nato_membership", "stationed_force")


def compared(
    place: Path, n: int = 300, names: Sequence[str] = NAMES, rows: Rows | None = None
) -> Path:
    """Write a comparison of some frameworks; a run where there is only one."""
    loaded = load_scenario(SCENARIO)
    cases = [resolve_framework(loaded, name) for name in names]
    held = rows or made_up(n, 1, {name: STRENGTHS[name] for name in names})
    reference = "none" if len(names) > 1 else None
    titles = {c.framework_name: c.framework.title for c in cases}
    shown = found(held, n, titles, reference)
    manifest = Manifest(
        command=f"deter compare {SCENARIO} -f {','.join(names)} -n {n} --seed 1",
        scenario=SCENARIO,
        path=SCENARIO,
        frameworks={case.framework_name: case.digest for case in cases},
        reference=reference,
        overrides=(),
        seed=1,
        asked=n,
        n=n,
        interrupted=False,
        failures=shown.rows.failed,
        engine="fake",
        workers="1 thread",
        horizon_years=HORIZON,
        started="2026-01-02T03:04:05+00:00",
        seconds=1.0,
    )
    write_results(place, held, manifest, {}, base_of(cases))
    return place


def many(place: Path, n: int, names: Sequence[str] = NAMES) -> Path:
    """Write a comparison of ``n`` histories of each framework, a block at a time."""
    compared(place, 1, names)
    manifest = json.loads((place / "manifest.json").read_text("utf-8"))
    (place / "manifest.json").write_text(json.dumps(manifest | {"n": n, "asked": n}), "utf-8")
    with pq.ParquetWriter(place / "rows.parquet", schema_of(names)) as writer:
        for name in names:
            for start in range(0, n, ROW_GROUP):
                block = block_of(FakeBuilt(STRENGTHS[name]), 1, start, min(n, start + ROW_GROUP))
                writer.write_table(tabulate(name, block, names))
    return place
