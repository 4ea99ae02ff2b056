"""The agenda: a heap of events under one explicit order, the same as :mod:`deter.engine.agenda`.

Ties at one second run by class, canonical actor rank, occasion, kind and index, and last by the
order of making, as SimPy's queue does. The event that runs leaves a hole at the top, which the
next one made fills: what comes again and again, a battle or a candidate, costs one sift.
"""

from __future__ import annotations

from deter.engine.layout import sizes
from deter.engine.loop.state import EVENT, event_of, world_of
from deter.engine.memory import load_integer, store_integer
from deter.theory.law import inner

SIZE = EVENT.itemsize
WORDS = SIZE // 8
RANKS, OCCASIONS, INDICES = 12, 34, 34
"""Bits of a rank, an occasion and an index."""


@inner
def _copy(target: int, source: int) -> None:
    for word in range(WORDS):
        store_integer(target, word, load_integer(source, word))


@inner
def _before(time: int, high: int, low: int, sequence: int, other: int) -> bool:
    """Return whether an event comes before the one at an address."""
    there = load_integer(other, 0)
    if time != there:
        return time < there
    there = load_integer(other, 1)
    if high != there:
        return high < there
    there = load_integer(other, 2)
    if low != there:
        return low < there
    return sequence < load_integer(other, 3)


@inner
def push(
    c: int,
    time: int,
    klass: int,
    rank: int,
    occasion: int,
    kind: int,
    index: int,
    slot: int,
    serial: int,
    a: int,
    x: float,
) -> None:
    """Put an event on the agenda; a time already past means now, one beyond the end never.

    Parameters
    ----------
    slot, serial : int
        Place and number of the crisis it belongs to; -1 for none.
    a : int
        An integer of its own.
    x : float
        A float of its own.
    """
    w = world_of(c, 0)
    time = max(time, w.now)
    w.sequence += 1
    if time >= w.horizon:
        return
    if w.events + 1 >= w.event_room:
        w.full = 1
        return
    high = (((klass << RANKS) + rank) << OCCASIONS) + occasion
    low = (kind << INDICES) + index
    heap = sizes(c, 0).heap
    if w.hole:
        w.hole = 0
        at = _sift_down(heap, w.events, time, high, low, w.sequence)
    else:
        at = _sift_up(heap, w.events, time, high, low, w.sequence)
        w.events += 1
    event = event_of(c, at)
    event.time, event.high, event.low, event.sequence = time, high, low, w.sequence
    event.slot, event.serial, event.a, event.x = slot, serial, a, x


@inner
def _sift_up(heap: int, at: int, time: int, high: int, low: int, sequence: int) -> int:
    """Return where an event belongs that would stand at a place; those above it move down."""
    while at > 0:
        parent = (at - 1) >> 1
        if not _before(time, high, low, sequence, heap + parent * SIZE):
            break
        _copy(heap + at * SIZE, heap + parent * SIZE)
        at = parent
    return at


@inner
def _sift_down(heap: int, n: int, time: int, high: int, low: int, sequence: int) -> int:
    """Return where an event belongs that would stand at the top; those below it move up."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= n:
            return at
        other = heap + child * SIZE
        if child + 1 < n:
            right = other + SIZE
            if _before(
                load_integer(right, 0),
                load_integer(right, 1),
                load_integer(right, 2),
                load_integer(right, 3),
                other,
            ):
                child += 1
                other = right
        if _before(time, high, low, sequence, other):
            return at
        _copy(heap + at * SIZE, other)
        at = child


@inner
def _close_hole(c: int) -> None:
    """Fill the hole at the top with the last event."""
    w = world_of(c, 0)
    heap = sizes(c, 0).heap
    w.hole = 0
    w.events -= 1
    if w.events == 0:
        return
    last = heap + w.events * SIZE
    at = _sift_down(
        heap,
        w.events,
        load_integer(last, 0),
        load_integer(last, 1),
        load_integer(last, 2),
        load_integer(last, 3),
    )
    _copy(heap + at * SIZE, last)


@inner
def pop(c: int) -> bool:
    """Take the clock to the next event, which stands at the top; False if there is none.

    What it holds must be read before anything is pushed, which takes its place.
    """
    w = world_of(c, 0)
    if w.hole:
        _close_hole(c)
    if w.events == 0:
        return False
    heap = sizes(c, 0).heap
    w.hole = 1
    w.now = load_integer(heap, 0)
    return True
