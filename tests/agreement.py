"""Whether two engines tell one history: rows and logs, compared bit for bit.

This is the one place from which the tests take both engines.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from tests.worlds import SEED

from deter.engine import compiled, reference
from deter.engine.game import Built
from deter.engine.journal import Line
from deter.engine.outcome import ROW, Block, failed_row, recorded
from deter.engine.reference import Result
from deter.engine.telling import Names, entry, names_of, unpacked

DAY = 86400
CONTEXT = 3
"""Lines that both logs have, shown before the first in which they differ."""


def bits(value: Any) -> Any:
    """Return a value in a form that is equal only where every bit is: 0.0 is not -0.0.

    Numbers are compared as floats, whatever their type; NaN equals a NaN of the same bits.
    """
    if isinstance(value, list | tuple):
        return tuple(bits(item) for item in value)
    return value if isinstance(value, str) or value is None else struct.pack(">d", value)


def first_difference(left: Result | str, right: Result | str, names: Names) -> str:
    """Return what two results of one replication first differ in; empty where in nothing.

    The log tells sooner than the row, so its first difference comes before those of the row. A
    replication that fails is its error.
    """
    if isinstance(left, str) or isinstance(right, str):
        sides = [side if isinstance(side, str) else "a row" for side in (left, right)]
        return "" if sides[0] == sides[1] else f"one fails: {sides[0]} | {sides[1]}"
    found = [log_difference(left.lines, right.lines, names), row_difference(left.row, right.row)]
    return "\n".join(part for part in found if part)


def log_difference(left: list[Line], right: list[Line], names: Names) -> str:
    """Return the first line in which two logs differ, with those before it; empty for none."""
    for at in range(max(len(left), len(right))):
        ours, theirs = (log[at] if at < len(log) else None for log in (left, right))
        if bits(ours) != bits(theirs):
            before = [f"    both  {told(line, names)}" for line in left[max(0, at - CONTEXT) : at]]
            return "\n".join(
                [
                    f"line {at} of the log differs:",
                    *before,
                    f"  left  {told(ours, names)}",
                    f"  right {told(theirs, names)}",
                    *_numbers_apart(ours, theirs, names),
                ]
            )
    return ""


def told(line: Line | None, names: Names) -> str:
    """Return a line in words: when, who, which kind, what."""
    if line is None:
        return "has no more lines"
    try:
        words = entry(line, names)
    except (ValueError, IndexError, KeyError) as error:
        return f"{line} which cannot be told: {error}"
    when = f"{line.time} s (day {line.time / DAY:.3f})"
    return f"{when} {words.actor}, {words.kind}: {words.text}"


def _numbers_apart(left: Line | None, right: Line | None, names: Names) -> list[str]:
    """Return the numbers of a line that differ, by the name they have in the journal."""
    if left is None or right is None or left.kind != right.kind:
        return []
    try:
        ours, theirs = vars(unpacked(left, names)), vars(unpacked(right, names))
    except (ValueError, IndexError):
        return [f"    {left.values} | {right.values}"]
    return [
        f"    {name}: {ours[name]!r} | {theirs[name]!r}"
        for name in ours
        if bits(ours[name]) != bits(theirs[name])
    ]


def row_difference(left: dict[str, Any], right: dict[str, Any]) -> str:
    """Return the columns in which two rows differ, with both values; empty for none."""
    names = list(dict.fromkeys([*left, *right]))
    apart = [name for name in names if bits(left.get(name)) != bits(right.get(name))]
    shown = [f"  {name}: {left.get(name)!r} | {right.get(name)!r}" for name in apart]
    return "\n".join(["rows differ:", *shown]) if shown else ""


def block_difference(left: Block, right: Block) -> str:
    """Return the columns in which two blocks of rows differ, byte by byte; empty for none."""
    if len(left.rows) != len(right.rows) or left.errors != right.errors:
        sides = [f"{len(block.rows)} rows, errors {block.errors}" for block in (left, right)]
        return " | ".join(sides)
    apart = [
        f"  {name}: {left.rows[name].tolist()} | {right.rows[name].tolist()}"
        for name in ROW.names or ()
        if np.ascontiguousarray(left.rows[name]).tobytes()
        != np.ascontiguousarray(right.rows[name]).tobytes()
    ]
    return "\n".join(["blocks differ:", *apart]) if apart else ""


def attempt(engine: Any, built: Built, seed: int, replication: int) -> Result | str:
    """Return one replication with its log; where it fails, what went wrong."""
    try:
        result: Result = engine.simulate(built, seed, replication, log=True)
    except Exception as error:  # noqa: BLE001  both engines must fail, and alike
        return f"{type(error).__name__}: {error}"
    return result


def disagreement(built: Built, replications: int, seed: int = SEED, start: int = 0) -> str:
    """Return what the two engines first disagree about in some replications of a game.

    Logs and rows are compared run by run, and then the rows that the compiled engine gives as a
    block, where no log is kept.
    """
    names, rows = names_of(built), []
    for replication in range(start, start + replications):
        left = attempt(reference, built, seed, replication)
        apart = first_difference(left, attempt(compiled, built, seed, replication), names)
        if apart:
            return f"replication {replication}, seed {seed}, reference | compiled: {apart}"
        rows.append(failed_row(replication, left) if isinstance(left, str) else left.row)
    block = compiled.rows(built, seed, start, start + replications)
    return block_difference(recorded(rows), block)


__all__ = [
    "attempt",
    "block_difference",
    "compiled",
    "disagreement",
    "first_difference",
    "log_difference",
    "reference",
    "row_difference",
]
