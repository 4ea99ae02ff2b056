"""The state of one history in memory: what :mod:`deter.engine.world` keeps, as records.

All of it hangs on the address ``c`` of a ``HEAD`` (:mod:`deter.engine.layout`). Rooms that can run
out (events, crises, lines of the log) raise the flag ``full``; the history is then run again with
more room, so that no size is a limit.
"""

from __future__ import annotations

import numpy as np

from deter.engine.layout import HEAD, VIEW, sizes
from deter.engine.memory import field_reader, load_integer
from deter.engine.outcome import ROW
from deter.theory import chance, luck
from deter.theory.law import inner

NEVER = 2**62
"""A time that does not come."""

WORLD = np.dtype(
    [
        *(
            (name, "i8")
            for name in (
                "seed",
                "replication",
                "now",
                "horizon",
                "state",
                "exposed_since",
                "noise_since",
                "noisy",
                "first_breach",
                "ceasefire_seen",
                "treaty",
                "withdrawn",
                "signed",
                "forces_time",
                "own_time",
                "heat_time",
                "exhaustion_time",
                "imposed_time",
                "battles_fought",
                "believed_at",
                "relaxed_at",
                "campaign",
                "last_option",
                "last_answer",
                "stale",
                "done",
                "full",
                "month_at",
                "sanctions_at",
                "events",
                "hole",
                "sequence",
                "serial",
                "n_open",
                "n_starting",
                "keep_log",
                "written",
                "event_room",
                "crisis_room",
                "shown_room",
                "journal_room",
                "n_uncertain",
                "sound",
                "strategy",
                "ready",
                "known",
            )
        ),
        *(
            (name, "f8")
            for name in (
                "forces",
                "own",
                "regrowth",
                "growth",
                "cap",
                "aid",
                "drag",
                "heat",
                "exhaustion",
                "imposed",
                "motive",
                "frailty",
                "error",
                "arms",
                "training",
                "lowest_cap",
                "air_defence",
                "monitoring",
                "sanctions",
                "refrain",
                "attack",
            )
        ),
    ]
)
"""Scalars of a history. Times are seconds, -1 for none; ``stale``: layers have changed since what
follows from them was worked out; ``known``: the outlook of now is of the view kept as known;
``refrain`` and ``attack``: indices of the last look."""

STATE = np.dtype(
    [
        (name, "f8")
        for name in ("resolve", "prior_mean", "prior_variance", "mean", "variance", "stance")
    ]
    + [("away", "i8")]
)
"""Of a guarantor: its resolve; the challenger's first belief about it and the one it last came
to; its government's stance; whether it is tied down elsewhere."""

TEXT = np.dtype(
    [
        (name, "i8")
        for name in (
            "signed",
            "expired",
            "void",
            "lapsed",
            "approved",
            "entered_at",
            "expires",
            "was_in_force",
            "term_runs",
            "peace",
            "bound",
        )
    ]
    + [("share", "f8")]
)
"""Of a layer; ``peace`` and ``bound``: whether its peacetime and response clauses are in force for
anybody; ``share``: of its members in the economy that sanctions, at most 1."""

BOND = np.dtype([("ratified", "i8"), ("exited", "i8"), ("leaving", "i8")])
"""Of a layer and a guarantor; ``ratified`` is -1 where ratification failed."""

EVENT = np.dtype(
    [(name, "i8") for name in ("time", "high", "low", "sequence", "slot", "serial", "a")]
    + [("x", "f8")]
)
"""An event: its place in the order (time; class, rank and occasion; kind and index; sequence),
the crisis it belongs to, and an integer and a float of its own."""

CRISIS = np.dtype(
    [
        (name, "i8")
        for name in (
            "serial",
            "source",
            "occasion",
            "k",
            "began",
            "open",
            "alleged",
            "has_early",
            "n_shown",
            "war",
            "over",
            "war_k",
            "war_began",
            "generation",
            "hazard_at",
            "direct",
            "arrivals",
            "common_known",
            "recognises",
        )
    ]
    + [
        (name, "f8")
        for name in (
            "common",
            "head_start",
            "heat_before",
            "refrain",
            "expected_arms",
            "gained",
            "start",
            "held_before",
            "challenger_losses",
            "protege_losses",
            "threshold",
            "hazard",
            "helped",
        )
    ]
)
"""A crisis, and its campaign where it has one (``war``)."""

PARTY = np.dtype(
    [
        (name, "i8")
        for name in (
            "acted",
            "owed",
            "answered",
            "early",
            "polled",
            "asked",
            "vote",
            "missed",
            "shock_known",
            "clock_known",
            "combat",
            "sent",
        )
    ]
    + [(name, "f8") for name in ("shock", "clock", "low", "high", "expected", "helped")]
    + [("margins", "f8", (4,))]
)
"""A guarantor in a crisis: rungs acted at and owed, what it declared early (-1 nothing), whether
a layer polled it and whether it was asked ad hoc (with which margins), shock, clock, bounds that
its conduct shows, what was expected of it, its part in the campaign."""

CASE = np.dtype(
    [("recognition", "f8")] + [(name, "i8") for name in ("ruled", "voided", "blocked", "declared")]
)
"""A layer in a crisis."""

READING = np.dtype([("force", "f8"), ("recognised", "i8")])
"""A layer and a guarantor in a crisis, at the act."""

SHOWN = np.dtype(
    [(name, "i8") for name in ("moment", "i", "ready", "rung", "alone")] + [("margins", "f8", (4,))]
)
"""What a member's conduct under a rule will have shown once its clock has run out."""

UNCERTAIN = np.dtype(
    [(name, "i8") for name in ("address", "kind", "stream", "n", "values", "weights")]
    + [("parameters", "f8", (4,))]
)
"""A number drawn per replication: where it goes, its distribution, its stream."""

RECORDS = {
    "world": WORLD,
    "states": STATE,
    "texts": TEXT,
    "bonds": BOND,
    "heap": EVENT,
    "crises": CRISIS,
    "parties": PARTY,
    "cases": CASE,
    "readings": READING,
    "shown": SHOWN,
    "uncertain": UNCERTAIN,
}

world_of = field_reader(HEAD, "world", WORLD)
row_of = field_reader(HEAD, "row", ROW)
state_of = field_reader(HEAD, "states", STATE)
text_of = field_reader(HEAD, "texts", TEXT)
bond_of = field_reader(HEAD, "bonds", BOND)
event_of = field_reader(HEAD, "heap", EVENT)
crisis_of = field_reader(HEAD, "crises", CRISIS)
party_of = field_reader(HEAD, "parties", PARTY)
case_of = field_reader(HEAD, "cases", CASE)
reading_of = field_reader(HEAD, "readings", READING)
shown_of = field_reader(HEAD, "shown", SHOWN)
uncertain_of = field_reader(HEAD, "uncertain", UNCERTAIN)
now_view = field_reader(HEAD, "view_now", VIEW)
later_view = field_reader(HEAD, "view_later", VIEW)


@inner
def draw(c: int, purpose: int, actor: int, occasion: int, index: int, source: int) -> float:
    """Return the uniform at an address."""
    head = sizes(c, 0)
    place = (purpose * head.n_sources + source) * head.n_actors + actor
    stream = load_integer(head.streams, place)
    w = world_of(c, 0)
    return luck.uniform(w.seed, w.replication, stream, occasion, index)


@inner
def lag(
    c: int, purpose: int, actor: int, crisis: int, index: int, kind: int, a: float, b: float
) -> float:
    """Return a lag of a crisis in days; luck is asked only where the lag depends on it."""
    if a <= 0.0 or kind == chance.FIXED:
        return chance.lag_quantile(0.5, kind, a, b)
    at = crisis_of(c, crisis)
    u = draw(c, purpose, actor, at.occasion, index, at.source)
    return chance.lag_quantile(u, kind, a, b)
