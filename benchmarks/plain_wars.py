"""The compiled engine beside the same war written plainly in other tools, one thread.

What is timed is also what is checked: the wars won in the timed rounds must agree, for every
program, with the probability worked out in :mod:`benchmarks.wars.exact`, and with the share our
engine won.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from statistics import median
from typing import NamedTuple

from benchmarks.cases import Rows, case, work
from benchmarks.report import TARGETS, Findings, Line, spread
from benchmarks.timing import Effort, side_by_side, sized
from benchmarks.wars.exact import daily_win_probability, win_probability
from benchmarks.wars.parameters import war

PROGRAMS = {
    "numpy": ("numpy_war", "wins"),
    "numba": ("numba_war", "wins"),
    "numba_numpy_draws": ("numba_war", "wins_drawing_from_numpy"),
    "simpy": ("simpy_war", "wins"),
    "salabim": ("salabim_war", "wins"),
    "mesa": ("mesa_war", "wins"),
}
"""Module and function of each program, by its name in the figures."""

DAILY = ("mesa",)
"""Programs whose time is whole days."""

LARGEST_Z = 4.0
"""A right program fails by chance about once in 16,000 times."""


class Share(NamedTuple):
    """Wars won of wars fought."""

    won: int
    fought: int

    def z_against(self, p: float) -> float:
        """Return the standard errors between the share and a probability, less half a war."""
        off = self.won - p * self.fought
        off = math.copysign(max(0.0, abs(off) - 0.5), off)
        return off / math.sqrt(p * (1.0 - p) * self.fought)

    def z_beside(self, other: Share) -> float:
        """Return the standard errors between two shares."""
        p = (self.won + other.won) / (self.fought + other.fought)
        sd = math.sqrt(p * (1.0 - p) * (1.0 / self.fought + 1.0 / other.fought))
        return (self.won / self.fought - other.won / other.fought) / sd if sd > 0.0 else 0.0


class Count:
    """Work that keeps count of the wars won, each block of wars once."""

    def __init__(self, wins: Callable[[int, int], int]) -> None:
        self.wins = wins
        self.blocks: dict[tuple[int, int], int] = {}

    def __call__(self, start: int, n: int) -> None:
        """Fight ``n`` wars from number ``start``."""
        self.blocks[start, n] = self.wins(start, n)

    def share(self, n: int) -> Share:
        """Return the share won in the blocks of ``n`` wars, which do not overlap."""
        won = [wins for (_, size), wins in self.blocks.items() if size == n]
        return Share(sum(won), n * len(won))


def wins_of(program: str) -> Callable[[int, int], int] | str:
    """Return a program's ``wins(seed, n)``, or why there is none."""
    module, name = PROGRAMS[program]
    try:
        return getattr(import_module(f"benchmarks.wars.{module}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("benchmarks", "deter")):
            raise
        return f"{error.name} is not installed (pip install -e '.[bench]')"


def expected(program: str) -> float:
    """Return the chance that a program's challenger wins, by numbers."""
    return daily_win_probability(war()) if program in DAILY else win_probability(war())


def our_wins(ours: Rows) -> Callable[[int, int], int]:
    """Return ``wins(start, n)`` of an engine.

    The function returned raises RuntimeError where a replication fails.
    """
    run = work(ours, case("war"))

    def wins(start: int, n: int) -> int:
        block = run(start, n)
        if block.errors:
            raise RuntimeError(f"a replication failed: {next(iter(block.errors.values()))}")
        return int(block.rows["n_won"].sum())

    return wins


def measure(ours: Rows, effort: Effort) -> Findings:
    """Time each program beside our engine, and check that they fight one war."""
    found = Findings()
    counted = Count(our_wins(ours))
    our_job = sized(counted, effort)
    our_rates: list[float] = []
    shares: dict[str, Share] = {}
    for program in PROGRAMS:
        wins = wins_of(program)
        if isinstance(wins, str):
            found.notes.append(f"{program}/war is left out: {wins}.")
            continue
        count = Count(wins)
        job = sized(count, effort)
        pair = side_by_side(our_job, job, effort)
        our_rate, rate = pair.rates()
        our_rates.append(our_rate)
        shares[program] = count.share(job.n)
        found.rates[f"{program}/war"] = rate
        if f"{program}/war" in TARGETS:
            found.ratios[f"{program}/war"] = pair.ratio()
        found.lines.append(Line("war", program, rate, "compiled", spread(pair)))
    if not shares:
        return found
    found.rates["compiled/war"] = median(our_rates)
    found.lines.insert(0, Line("war", "compiled", found.rates["compiled/war"]))
    _check(found, shares, counted.share(our_job.n))
    return found


def _check(found: Findings, shares: dict[str, Share], our_share: Share) -> None:
    """Note how far each share is from where it must be; too far is a fault."""
    told = []
    for program, share in {"compiled": our_share, **shares}.items():
        z = share.z_against(expected(program))
        beside = share.z_beside(our_share)
        told.append(
            f"  {program}: {share.won / share.fought:.4f} of {share.fought:,} won, "
            f"{z:+.1f} standard errors from {expected(program):.4f}, "
            f"{beside:+.1f} from our engine"
        )
        if max(abs(z), abs(beside)) > LARGEST_Z:
            found.faults.append(f"{program} fights another war:{told[-1].split(':', 1)[1]}")
    found.notes.append("Wars won, and how far that is from where it must be:\n" + "\n".join(told))
