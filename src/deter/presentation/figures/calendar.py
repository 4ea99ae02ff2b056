"""What pictures of one history share: the calendar, and that nothing in them is estimated."""

from __future__ import annotations

from collections.abc import Callable

from deter.narrative.cast import Cast
from deter.narrative.model import DAY

YEAR_DAYS = 365.25
YEAR = YEAR_DAYS * DAY

ONE = "One replication of many, with nothing estimated"
"""What is said of every picture of one history, before what follows from it."""


def calendar(cast: Cast) -> Callable[[float], float]:
    """Return from seconds since the start to years of the calendar, with decimals."""
    first = cast.start.year + (cast.start.timetuple().tm_yday - 1) / YEAR_DAYS
    return lambda time: first + time / YEAR


__all__ = ["ONE", "YEAR", "calendar"]
