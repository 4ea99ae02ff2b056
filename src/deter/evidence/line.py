"""The evidence line: in a sentence, what of history the model reproduces. Light to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOUND = Path(__file__).resolve().parent / "calibrated" / "patterns.json"
"""What the patterns gave at the bundled posterior."""


def found_patterns() -> dict[str, Any] | None:
    """Return what was found of the patterns at the bundled posterior, as plain data."""
    if not FOUND.exists():
        return None
    found: dict[str, Any] = json.loads(FOUND.read_text("utf-8"))
    return found


def patterns_line() -> str:
    """Return how many patterns of history the model passes, and which with bite fail.

    Examples
    --------
    >>> patterns_line().startswith("Patterns of history")
    True
    """
    found = found_patterns()
    if found is None:
        return "Patterns of history have not been measured; run deter evidence patterns."
    many = found["counts"]
    failing = [p["id"] for p in found["patterns"] if p["counts"] and p["status"] == "fail"]
    told = f"; {', '.join(failing)} fail" if failing else ""
    return (
        "Patterns of history, with the calibrated parameters only: "
        f"{many['passed']} of {many['with_bite']} with bite pass, "
        f"{many['passed_out_of_fit']} of them not fitted{told} (docs/evidence.md). "
        "A scenario that does not draw from the posterior has starting values, not these."
    )
