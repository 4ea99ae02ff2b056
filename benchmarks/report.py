"""What a part of the benchmark found, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.timing import Pair

TARGETS = {
    "reference/ceasefire": ("at least", 50.0),
    "mesa/war": ("at least", 1000.0),
    "simpy/war": ("at least", 15.0),
    "salabim/war": ("at least", 300.0),
    "numpy/war": ("at least", 0.8),
    "numba/war": ("at least", 0.33),
    "floor": None,
    "two_cores": ("at least", 1.7),
    "guarantors_32_to_8": ("at most", 5.0),
    "ema_workbench/sweep": ("at least", 1.0),
}
"""The ratios, in the order in which they are told, with their targets; None for none."""


class Line(NamedTuple):
    """A line of the table: a program on a case, beside another on the same work.

    Attributes
    ----------
    case, program : str
        What was run, and by what.
    rate : float
        Replications a second.
    beside : str
        What it is compared with.
    ratio : str
        How many times slower (or, in threads, faster) it is.
    """

    case: str
    program: str
    rate: float
    beside: str = ""
    ratio: str = ""


@dataclass
class Findings:
    """What was measured.

    Attributes
    ----------
    rates : dict
        Replications a second by ``program/case``.
    ratios : dict
        By the names of :data:`TARGETS`; None where something is missing.
    faults : list of str
        Why a figure must not be believed. Any makes the command fail.
    lines : list of Line
        For the table.
    notes : list of str
        What else there is to say, in paragraphs.
    """

    rates: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float | None] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Findings) -> None:
        """Take over what another part found."""
        self.rates |= other.rates
        self.ratios |= other.ratios
        self.faults += other.faults
        self.lines += other.lines
        self.notes += other.notes

    def as_dict(self) -> dict[str, dict[str, float | None]]:
        """Return rates and ratios as plain data; every ratio has its key."""
        rates: dict[str, float | None] = {name: rounded(x) for name, x in self.rates.items()}
        ratios = {name: rounded(self.ratios.get(name)) for name in TARGETS}
        return {"replications_per_second": rates, "ratios": ratios}


def rounded(x: float | None) -> float | None:
    """Return a number to four digits."""
    return None if x is None else float(f"{x:.4g}")


def figure(x: float | None) -> str:
    """Return a number to three digits, with thousands set apart; a dash for none."""
    if x is None:
        return "-"
    return f"{x:,.0f}" if x >= 1000 else f"{x:.3g}"


def spread(pair: Pair) -> str:
    """Return a pair's ratio with the least and the largest of its rounds."""
    found = pair.ratios()
    return f"{figure(pair.ratio())} ({figure(min(found))} to {figure(max(found))})"


def table(head: Iterable[str], rows: Iterable[Iterable[str]], left: str = "l") -> str:
    """Return a table in plain text.

    Parameters
    ----------
    head, rows : iterable
        Cells.
    left : str
        A letter a column, ``l`` for left and ``r`` for right; columns beyond are set right.
    """
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[c]) for line in lines) for c in range(len(lines[0]))]
    sides = left.ljust(len(widths), "r")
    return "\n".join(
        "  ".join(
            cell.ljust(width) if side == "l" else cell.rjust(width)
            for cell, width, side in zip(line, widths, sides, strict=True)
        ).rstrip()
        for line in lines
    )


def main_table(found: Findings) -> str:
    """Return the table of all that was timed, case by case."""
    cases = list(dict.fromkeys(line.case for line in found.lines))
    lines = {(line.case, line.program): line for line in reversed(found.lines)}
    rows = [
        (line.case, line.program, figure(line.rate), line.ratio, line.beside)
        for name in cases
        for line in dict.fromkeys(lines[x.case, x.program] for x in found.lines if x.case == name)
    ]
    head = ("case", "program", "a second", "times slower (least to most)", "than")
    return table(head, rows, "llrrl")


def verdicts(ratios: dict[str, float | None]) -> str:
    """Return the ratios beside their targets."""
    rows = []
    for name, target in TARGETS.items():
        found = ratios.get(name)
        wanted = "" if target is None else f"{target[0]} {figure(target[1])}"
        met = ""
        if target is not None and found is not None:
            enough = found >= target[1] if target[0] == "at least" else found <= target[1]
            met = "met" if enough else "missed"
        rows.append((name, figure(found), wanted, met))
    return table(("ratio", "found", "target", ""), rows, "lrrl")
