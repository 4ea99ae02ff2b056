"""The compiled engine on one thread, on two, and on as many as there are cores.

The work is cut into blocks of consecutive replications and put through a pool of threads, of one
thread as of many, so that what the pool costs is on both sides.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from benchmarks.cases import CASES, SEED, Rows, case
from benchmarks.report import Findings, Line, spread
from benchmarks.timing import Effort, Job, Pair, side_by_side, sized
from deter.engine.game import Built

JUDGED = "ceasefire"
"""The case of the ratio ``two_cores``."""

BLOCKS = 4
"""Blocks for each thread: enough for one that ends early to find more to do."""


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def measure(ours: Rows, effort: Effort) -> Findings:
    """Time every case on one thread and on all cores, and one case on two threads."""
    found = Findings()
    many = cores()
    if many < 2:
        found.notes.append("Threads: this process may use one core only, so there is no speed-up.")
        found.ratios["two_cores"] = None
        return found
    brief = effort._replace(rounds=min(3, effort.rounds))
    for name in CASES:
        pair = _against_one(ours, case(name), many, effort if name == JUDGED else brief)
        _tell(found, name, many, pair)
        if name == JUDGED and many > 2:
            pair = _against_one(ours, case(name), 2, effort)
            _tell(found, name, 2, pair)
        if name == JUDGED:
            found.ratios["two_cores"] = 1.0 / pair.ratio()
    return found


def _tell(found: Findings, name: str, threads: int, pair: Pair) -> None:
    _, rate = pair.rates()
    found.rates[f"compiled/{name}/{threads}_threads"] = rate
    found.lines.append(Line(name, f"compiled, {threads} threads", rate, "one thread", spread(pair)))


def _against_one(ours: Rows, built: Built, threads: int, effort: Effort) -> Pair:
    """Return the times on one thread and on many, of the same blocks."""
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(threads) as many:
        single = sized(_pooled(ours, built, one, BLOCKS * threads), effort)
        several = Job(_pooled(ours, built, many, BLOCKS * threads), single.n)
        return side_by_side(single, several, effort)


def _pooled(
    ours: Rows, built: Built, pool: ThreadPoolExecutor, blocks: int
) -> Callable[[int, int], object]:
    def run(start: int, n: int) -> object:
        edges = [start + n * b // blocks for b in range(blocks + 1)]
        spans = [(a, b) for a, b in pairwise(edges) if b > a]
        return list(pool.map(lambda span: ours(built, SEED, *span), spans))

    return run
