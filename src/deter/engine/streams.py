"""Named streams of chance: every source of luck has its own address, none has the framework's.

A draw is addressed by (seed, replication, stream, occasion, index). The stream is a fixed hash of
``source:actor/purpose``; the scenario, the framework and the design point are in no address, so a
replication meets the same luck under every framework and adding an actor shifts nobody's draws.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deter.errors import DeterError
from deter.theory.luck import stream_id

CANDIDATE, SCRIPTED, INITIAL = 0, 1, 2
"""Sources of a crisis: the challenger's own candidates, the script, the war it starts in."""

SOURCES = ("candidate", "script", "start")

PURPOSES = (
    "motive",
    "frailty",
    "misperception",
    "type",
    "arrival",
    "live",
    "attack",
    "option",
    "detected",
    "resist",
    "resolve",
    "signal",
    "shock",
    "common_shock",
    "reading",
    "common_reading",
    "dispute",
    "ruling",
    "comply",
    "clock",
    "other_vote",
    "other_clock",
    "lag",
    "tempo",
    "battle_time",
    "battle_season",
    "battle",
    "escalation",
    "major",
    "offer_time",
    "offer_expiry",
    "ratify",
    "ratify_time",
    "election",
    "stance",
    "exit",
    "theatre",
    "renewal",
    "sanction_renewal",
    "tranche",
    "snapback",
    "peace_treaty",
    "regime",
    "leader",
    "script_time",
)
(
    MOTIVE,
    FRAILTY,
    MISPERCEPTION,
    TYPE,
    ARRIVAL,
    LIVE,
    ATTACK,
    OPTION,
    DETECTED,
    RESIST,
    RESOLVE,
    SIGNAL,
    SHOCK,
    COMMON_SHOCK,
    READING,
    COMMON_READING,
    DISPUTE,
    RULING,
    COMPLY,
    CLOCK,
    OTHER_VOTE,
    OTHER_CLOCK,
    LAG,
    TEMPO,
    BATTLE_TIME,
    BATTLE_SEASON,
    BATTLE,
    ESCALATION,
    MAJOR,
    OFFER_TIME,
    OFFER_EXPIRY,
    RATIFY,
    RATIFY_TIME,
    ELECTION,
    STANCE,
    EXIT,
    THEATRE,
    RENEWAL,
    SANCTION_RENEWAL,
    TRANCHE,
    SNAPBACK,
    PEACE_TREATY,
    REGIME,
    LEADER,
    SCRIPT_TIME,
) = range(len(PURPOSES))

SCRIPT_STRIDE = 2**20
"""Occasions a line of the script may use."""


def stream_table(guarantors: list[str]) -> NDArray[np.int64]:
    """Return the stream of each (purpose, source, actor); actors: challenger, protégé, others.

    Parameters
    ----------
    guarantors : list of str
        Codes in canonical order.

    Returns
    -------
    array of int64, shape (purposes, sources, 2 + guarantors)

    Raises
    ------
    DeterError
        If two names hash to one stream, which would couple their luck.
    """
    actors = ["challenger", "protege", *guarantors]
    seen: dict[int, str] = {}
    table = np.empty((len(PURPOSES), len(SOURCES), len(actors)), dtype=np.int64)
    for p, purpose in enumerate(PURPOSES):
        for s, source in enumerate(SOURCES):
            for a, actor in enumerate(actors):
                name = f"{source}:{actor}/{purpose}"
                stream = stream_id(name)
                if seen.setdefault(stream, name) != name:
                    raise DeterError(
                        f"streams {name!r} and {seen[stream]!r} collide; rename the guarantor"
                    )
                table[p, s, a] = stream
    return table
