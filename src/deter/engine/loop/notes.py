"""Writing the event log from compiled code, in the lines of :mod:`deter.engine.journal`."""

from __future__ import annotations

from deter.engine.layout import sizes
from deter.engine.loop.state import world_of
from deter.engine.memory import load, store
from deter.theory.law import inner

HEADING = 3
"""Numbers before a line's own: time, kind, how many follow."""


@inner
def open_line(c: int, kind: int, count: int) -> int:
    """Begin a line of ``count`` numbers; return the address for them, or 0 if there is no room."""
    w = world_of(c, 0)
    if w.written + HEADING + count > w.journal_room:
        w.full = 1
        return 0
    at = sizes(c, 0).journal + 8 * w.written
    store(at, 0, float(w.now))
    store(at, 1, float(kind))
    store(at, 2, float(count))
    w.written += HEADING + count
    return at + 8 * HEADING


@inner
def note(c: int, kind: int, numbers: tuple[float, ...]) -> None:
    """Write a line, if a log is kept."""
    if world_of(c, 0).keep_log:
        at = open_line(c, kind, len(numbers))
        if at:
            for place in range(len(numbers)):
                store(at, place, numbers[place])


@inner
def mark(c: int, kind: int) -> None:
    """Write a line with no numbers of its own, if a log is kept."""
    if world_of(c, 0).keep_log:
        open_line(c, kind, 0)


@inner
def copy_floats(target: int, source: int, n: int) -> int:
    """Copy floats from one address to another; return the address after them."""
    for place in range(n):
        store(target, place, load(source, place))
    return target + 8 * n
