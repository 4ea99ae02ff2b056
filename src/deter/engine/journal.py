"""The event log in numbers: lines that either engine writes where a thing happens.

A line says when, which kind, and the numbers the engine has at hand then (:data:`PAYLOADS`). So two
engines can be compared number for number, and a log costs an engine nothing but the writing.
:mod:`deter.engine.telling` turns lines into words.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Number = float | NDArray[Any]

(
    SIGNATURE,
    RATIFICATION,
    ENTRY_INTO_FORCE,
    EXPIRY,
    RENEWAL,
    SANCTIONS_LAPSE,
    TRANCHE,
    ELECTION,
    NOTICE,
    EXIT,
    THEATRE_AWAY,
    THEATRE_BACK,
    LEADER,
    TREATY,
    OFFER_WITHDRAWN,
    CHOICE,
    MOBILISATION,
    PRESS,
    ACT_BEGUN,
    RESISTANCE,
    CAUSE,
    SCRIPT_DROPPED,
    RECOGNITION,
    DISPUTE,
    RULING,
    DECISION,
    VOTE,
    ACT,
    LEARNING,
    BATTLE,
    STOP,
    DECISION_POINT,
    ESCALATION,
    ARRIVAL,
    TALKS,
    CAMPAIGN_ENDED,
) = range(36)
"""Kinds of lines."""

OWN_MOTION, UNDER_LAYER, BY_LADDER = range(3)
"""How a guarantor comes to act: the field ``how`` of an :data:`ACT`."""

PAYLOADS = {
    SIGNATURE: "layer",
    RATIFICATION: "guarantor layer passes probability",
    ENTRY_INTO_FORCE: "layer",
    EXPIRY: "layer",
    RENEWAL: "layer",
    SANCTIONS_LAPSE: "layer",
    TRANCHE: "layer",
    ELECTION: "guarantor stance probability",
    NOTICE: "guarantor layer",
    EXIT: "guarantor layer",
    THEATRE_AWAY: "guarantor",
    THEATRE_BACK: "guarantor",
    LEADER: "motive",
    TREATY: "",
    OFFER_WITHDRAWN: "",
    CHOICE: "option refrain attack dissimilarity "
    "indices[K] utility[K] win[K] resist[K] acts[K,G,4]",
    MOBILISATION: "option seen probability",
    PRESS: "presses probability pledge[G]",
    ACT_BEGUN: "option severity",
    RESISTANCE: "resists probability",
    CAUSE: "sure probability",
    SCRIPT_DROPPED: "option",
    RECOGNITION: "layer severity threshold recognised[G]",
    DISPUTE: "expected clause probability",
    RULING: "layer upheld monitoring probability",
    DECISION: "layer rung days votes[G]",
    VOTE: "guarantor rung resolve shock gain[4] pull[4] margins[4]",
    ACT: "guarantor rung how layer began",
    LEARNING: "before[G] after[G]",
    BATTLE: "won above below attacker defender probability",
    STOP: "win held days",
    DECISION_POINT: "widens win probability",
    ESCALATION: "major",
    ARRIVAL: "guarantor piece strength",
    TALKS: "challenger_yes protege_yes value future worth index",
    CAMPAIGN_ENDED: "how began war",
}
"""The numbers of each kind of line, in order; all are floats, flags 0 or 1.

``layer``, ``guarantor`` and ``option`` are positions, -1 for none; ``rung`` is 0 (protest) to 4. A
name with a shape stands for an array, row by row: G guarantors, K options, 4 rungs. Times are
seconds since the start (``began``: of the act, or of the campaign), ``days`` are days. In words,
where the name does not say it:

=================  ==================================================================
``CHOICE``         option taken, -1 to refrain; indices of refraining and of attacking; nu;
                   then what each option is expected to bring
                   (:class:`~deter.engine.assessment.Outlook`)
``PRESS``          what each guarantor has declared before the attack, -1 for nothing
``RECOGNITION``    whether the act counts in the eyes of each, 0 for who is no member
``DISPUTE``        help expected; whether a clause makes a layer void
``DECISION``       days since the act, infinite for never; votes before the clocks, -1 for
                   who was not polled
``VOTE``           public margins by rung, ``-inf`` where a rung is not open
``LEARNING``       mean beliefs about resolve; written only where one changes
``BATTLE``         steps to the objective (above) and to repulse after it; strengths before it
``ARRIVAL``        position in :data:`PIECES`; brigade equivalents
``TALKS``          gain to the challenger, cost of the framework to it, worth of the
                   guarantee, the protégé's index of accepting
``CAMPAIGN_ENDED`` position in ``CAMPAIGN_ENDS``; whether it was a war
=================  ==================================================================
"""

PIECES = ("arms", "air force", "units in place", "reinforcement", "brigades", "brigades")
"""What arrives, by piece of help."""


# ---- lines


class Line(NamedTuple):
    """One line of the event log in numbers.

    Attributes
    ----------
    time : int
        Seconds since the start.
    kind : int
        A kind of this module.
    values : tuple of float
        As :data:`PAYLOADS` lists them.
    """

    time: int
    kind: int
    values: tuple[float, ...]


def line(time: int, kind: int, *numbers: Number) -> Line:
    """Return a line of numbers and arrays of numbers, which are copied row by row."""
    values: list[float] = []
    for number in numbers:
        if isinstance(number, np.ndarray):
            values.extend(float(x) for x in number.ravel().tolist())
        else:
            values.append(float(number))
    return Line(time, kind, tuple(values))


def lines(buffer: FloatArray, length: int) -> list[Line]:
    """Return the lines that a compiled engine wrote end to end.

    Parameters
    ----------
    buffer : array of float64
        For each line its time, its kind, how many numbers follow, and the numbers. Bits are kept.
    length : int
        How many numbers of the buffer are written.
    """
    numbers = buffer[:length].tolist()
    found, at = [], 0
    while at < length:
        start = at + 3
        time, kind, count = (int(x) for x in numbers[at:start])
        at = start + count
        found.append(Line(time, kind, tuple(numbers[start:at])))
    return found
