"""Millions of rows are drawn in little memory: a column of one framework at a time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.evidence import size
from tests.synthetic import STRENGTHS, FakeBuilt, rows
from tests.test_imports import SMALL

import deter
from deter.experiments.rows import ROW_GROUP
from deter.experiments.table import schema_of, tabulate

FRAMEWORKS = ("none", "tripwire", "paris_jan2026", "stationed_force")
MOST = 2_000_000_000
"""Bytes."""

PLOT = """
import resource, sys
from deter.cli import main
sys.argv = ["deter", "plot", sys.argv[1], "-o", sys.argv[2]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def folder_of(place: Path, n: int) -> Path:
    """Write a comparison of made-up rows, ``n`` of each framework, a block at a time."""
    small = place / "small.yaml"
    small.write_text(SMALL, encoding="utf-8")
    folder = place / "many"
    deter.compare(small, "none", n=1).save(folder, pictures=False)
    base = json.loads((folder / "base.json").read_text("utf-8"))
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    base["frameworks"] = dict.fromkeys(FRAMEWORKS, base["frameworks"]["none"])
    manifest |= {"frameworks": dict.fromkeys(FRAMEWORKS, ""), "n": n, "asked": n}
    manifest["horizon_years"] = 10.0
    (folder / "base.json").write_text(json.dumps(base))
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pq.ParquetWriter(folder / "rows.parquet", schema_of(FRAMEWORKS)) as writer:
        for name in FRAMEWORKS:
            built = FakeBuilt(STRENGTHS[name])
            for start in range(0, n, ROW_GROUP):
                block = rows(built, 1, start, min(n, start + ROW_GROUP))
                writer.write_table(tabulate(name, block, FRAMEWORKS))
    return folder


@pytest.mark.evidence
@pytest.mark.skipif(not hasattr(resource, "RUSAGE_CHILDREN"), reason="memory is not measured here")
def test_many_rows_are_drawn_in_little_memory(tmp_path: Path) -> None:
    n = size(20_000, 2_500_000)
    folder = folder_of(tmp_path, n)
    words = [sys.executable, "-c", PLOT, str(folder), str(tmp_path / "pictures")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=3000)
    assert done.returncode == 0, done.stderr
    unit = 1 if sys.platform == "darwin" else 1024
    peak = int(done.stdout.split()[-1]) * unit
    assert peak < MOST, f"{peak / 1e9:.2f} GB for {n * len(FRAMEWORKS):,} rows"
    drawn = {path.stem for path in (tmp_path / "pictures").glob("*.png")}
    assert drawn == {"comparison", "peace", "race", "causes", "flow", "ladder"}
