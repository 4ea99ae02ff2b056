"""What happened in a history, in order: the few things of an event log that patterns ask for.

A row has the first of everything; what comes after a first war, or year by year, is in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from deter.engine import journal
from deter.engine.compiled import Desk

YEAR = 365.25 * 86400.0
"""Seconds in a year."""

SENT = frozenset(
    at for at, piece in enumerate(journal.PIECES) if piece not in ("arms", "units in place")
)
"""Pieces of help that are combat units and were not there already, by position."""


@dataclass(frozen=True)
class Act:
    """An act of the challenger: when, years since the start, and which option, by position."""

    time: float
    option: int
    severity: float


@dataclass(frozen=True)
class Fight:
    """A campaign that ended.

    Attributes
    ----------
    began, ended : float
        Years since the start.
    how : int
        Position in ``CAMPAIGN_ENDS``.
    war : bool
        Whether the losses of both sides passed the threshold.
    """

    began: float
    ended: float
    how: int
    war: bool


@dataclass
class Track:
    """The course of one history.

    Attributes
    ----------
    acts : list of Act
        In order; scripted ones too.
    fights : list of Fight
        In the order in which they ended.
    answers : list of tuple
        Of guarantors that acted: time in years, guarantor, rung, time of the act they answer.
    arrivals : list of tuple
        Of combat units that were not in place: time in years, and guarantor.
    """

    acts: list[Act] = field(default_factory=list)
    fights: list[Fight] = field(default_factory=list)
    answers: list[tuple[float, int, int, float]] = field(default_factory=list)
    arrivals: list[tuple[float, int]] = field(default_factory=list)


def track_of(desk: Desk, seed: int, replication: int) -> Track:
    """Run one replication with its log and return its track."""
    desk.run(seed, replication, replication + 1, log=True)
    written = int(desk.world["written"][0])
    return read_track(desk.memory.arrays["journal"][:written].tolist())


def read_track(numbers: list[float]) -> Track:
    """Return the track in a log, as the compiled engine writes it (:func:`journal.lines`).

    Parameters
    ----------
    numbers : list of float
        For each line its time in seconds, its kind, how many numbers follow, and those.

    Examples
    --------
    >>> read_track([YEAR, float(journal.ACT_BEGUN), 2.0, 3.0, 1.0]).acts
    [Act(time=1.0, option=3, severity=1.0)]
    """
    found, at, length = Track(), 0, len(numbers)
    while at < length:
        reader = _READERS.get(int(numbers[at + 1]))
        if reader is not None:
            reader(found, numbers[at] / YEAR, numbers, at + 3)
        at += 3 + int(numbers[at + 2])
    return found


def _act(track: Track, time: float, numbers: list[float], at: int) -> None:
    track.acts.append(Act(time, int(numbers[at]), numbers[at + 1]))


def _fight(track: Track, time: float, numbers: list[float], at: int) -> None:
    began, war = numbers[at + 1] / YEAR, numbers[at + 2] > 0
    track.fights.append(Fight(began, time, int(numbers[at]), war))


def _answer(track: Track, time: float, numbers: list[float], at: int) -> None:
    guarantor, rung, began = int(numbers[at]), int(numbers[at + 1]), numbers[at + 4] / YEAR
    track.answers.append((time, guarantor, rung, began))


def _arrival(track: Track, time: float, numbers: list[float], at: int) -> None:
    if int(numbers[at + 1]) in SENT:
        track.arrivals.append((time, int(numbers[at])))


_READERS: dict[int, Any] = {
    journal.ACT_BEGUN: _act,
    journal.CAMPAIGN_ENDED: _fight,
    journal.ACT: _answer,
    journal.ARRIVAL: _arrival,
}
