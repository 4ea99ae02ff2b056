"""The agenda: SimPy's queue under one explicit order, so that nothing depends on creation order.

Ties at one second run by (class, canonical actor rank, occasion, kind, index). A wait is cancelled
by a generation number that its owner checks, never by an interrupt.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, cast

import simpy

CALENDAR, CANDIDATES, CRISIS, CAMPAIGN, TALKS, LEARNING = 1, 2, 3, 4, 5, 6
"""Classes of events, in the order in which they run within one second."""

Process = Generator[simpy.Event, Any, None]


class Moment(simpy.Event):
    """An event at a given second with a given place in the order."""

    def __init__(self, env: simpy.Environment, time: int, order: int) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority=cast("Any", order), delay=time - env.now)


class Agenda:
    """A SimPy environment on whole seconds with ordered waits."""

    def __init__(self, horizon: int) -> None:
        self.env = simpy.Environment(initial_time=0)
        self.horizon = horizon
        self._done = False
        self._ended = False

    @property
    def now(self) -> int:
        """The present second."""
        return self.horizon if self._ended else int(self.env.now)

    def at(
        self, time: int, klass: int, rank: int = 0, occasion: int = 0, kind: int = 0, index: int = 0
    ) -> Moment:
        """Return a moment to wait for; a time already past means now."""
        order = (((klass * 4096 + rank) * 2**34 + occasion) * 64 + kind) * 2**34 + index
        return Moment(self.env, max(time, self.now), order)

    def process(self, body: Process) -> None:
        """Start a process."""
        self.env.process(body)

    def call(self, moment: Moment, action: Callable[[], None]) -> None:
        """Run an action at a moment."""
        assert moment.callbacks is not None
        moment.callbacks.append(lambda _: action())

    def stop(self) -> None:
        """End the history now, after the present event."""
        self._done = True

    def run(self) -> None:
        """Run until stopped or to the horizon, which is exclusive."""
        while not self._done and self.env.peek() < self.horizon:
            self.env.step()
        self._ended = not self._done
