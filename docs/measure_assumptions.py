"""Measure how much rests on assumptions in the scenario of the first page, and keep it.

    python docs/measure_assumptions.py

writes what the package carries (``src/deter/evidence/calibrated/assumptions_*.json``); it takes
some three minutes on two cores. It is due again when a number of the scenario, of a framework in it
or a law has changed; a test says so of the first two, the evidence line of the third. The section
in docs/evidence.md is made from what it writes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACE = Path("src", "deter", "evidence", "calibrated")

SCENARIO = "ukraine/ceasefire"
FRAMEWORKS = ("none", "bilateral_2024", "article5_like", "nato_membership", "stationed_force")
FEW = ("none", "stationed_force")
HELD = ("options.full_invasion.prize", "challenger.precision")
"""The two assumptions that full attacks go with most: held, to see what is left."""

RUNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "assumptions_ukraine_ceasefire.json": (FRAMEWORKS, ()),
    "assumptions_ukraine_ceasefire_held.json": (FEW, HELD),
}
"""By file: frameworks, and assumptions that are held."""


def main() -> None:
    """Run the commands, one after the other."""
    for name, (frameworks, held) in RUNS.items():
        words = ["evidence", "assumptions", SCENARIO, "-f", ",".join(frameworks)]
        words += [word for path in held for word in ("--hold", path)]
        command = [sys.executable, "-m", "deter", *words, "-o", str(PLACE / name)]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
