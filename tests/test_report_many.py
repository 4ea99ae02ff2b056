"""Millions of rows are reported in little memory: a column of one framework at a time."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evidence import size
from tests.reports import NAMES, many

MOST = 2_000_000_000
"""Bytes."""

REPORT = """
import resource, sys
from deter.cli import main
sys.argv = ["deter", "report", sys.argv[1], "-o", sys.argv[2]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.evidence
@pytest.mark.skipif(not hasattr(resource, "RUSAGE_CHILDREN"), reason="memory is not measured here")
def test_many_rows_are_reported_in_little_memory(tmp_path: Path) -> None:
    n = size(20_000, 2_500_000)
    folder = many(tmp_path / "many", n)
    words = [sys.executable, "-c", REPORT, str(folder), str(tmp_path / "report.html")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=6000)
    assert done.returncode == 0, done.stderr
    unit = 1 if sys.platform == "darwin" else 1024
    peak = int(done.stdout.split()[-1]) * unit
    assert peak < MOST, f"{peak / 1e9:.2f} GB for {n * len(NAMES):,} rows"
    text = (tmp_path / "report.html").read_text("utf-8")
    assert f"{n:,} histories" in text
    assert len(text.encode()) < 3_000_000
