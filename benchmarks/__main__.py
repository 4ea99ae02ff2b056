"""One command, one run: ``python -m benchmarks [--json] [--only PART]``."""

from __future__ import annotations

import argparse
import json
import sys
import time

from benchmarks import engines, guarantors, plain_wars, sweeps, threads
from benchmarks.cases import Rows
from benchmarks.floor import measure as floor
from benchmarks.machine import header
from benchmarks.report import Findings, main_table, verdicts
from benchmarks.timing import QUICK, Effort

PARTS = ("engines", "war", "threads", "guarantors", "floor", "sweep")


def main(arguments: list[str] | None = None) -> int:
    """Measure and tell; return 1 if a figure must not be believed, else 0."""
    asked = _parser().parse_args(arguments)
    from deter.engine import compiled, reference

    effort = QUICK if asked.quick else Effort()
    began = time.perf_counter()
    found = run(asked.only or PARTS, compiled.rows, reference.rows, reference.simulate, effort)
    if asked.json:
        print(json.dumps(found.as_dict()))
    else:
        print(header())
        print(
            f"One thread but where it says otherwise; {time.perf_counter() - began:.0f} s in all."
        )
        for part in (main_table(found), verdicts(found.ratios), *found.notes):
            print(f"\n{part}")
    for fault in found.faults:
        print(f"benchmarks: not to be believed: {fault}", file=sys.stderr)
    return 1 if found.faults else 0


def run(
    parts: tuple[str, ...] | list[str],
    ours: Rows,
    reference: Rows,
    simulate: floor.Simulate,
    effort: Effort,
) -> Findings:
    """Measure some parts, with any two engines.

    Parameters
    ----------
    parts : sequence of str
        Of :data:`PARTS`.
    ours, reference : callable
        The engine measured and the one it is measured against.
    simulate : callable
        An engine that keeps a log; the floor is counted in it.
    effort : Effort
        How long to measure.
    """
    measures = {
        "engines": lambda: engines.measure(ours, reference, effort),
        "war": lambda: plain_wars.measure(ours, effort),
        "threads": lambda: threads.measure(ours, effort),
        "guarantors": lambda: guarantors.measure(ours, effort),
        "floor": lambda: floor.measure(ours, simulate, effort),
        "sweep": lambda: sweeps.measure(effort),
    }
    found = Findings()
    for part in PARTS:
        if part in parts:
            print(f"benchmarks: measuring {part} ...", file=sys.stderr)
            found.add(measures[part]())
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Time the compiled engine beside the reference engine, beside the same war in "
        "other tools, and beside the least it could take; and a sweep beside EMA Workbench. About "
        "three minutes; the first run also "
        "compiles.",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="a part; may be repeated")
    parser.add_argument("--quick", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
