"""The one row a replication returns, whichever engine ran it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deter.vocabulary import CAMPAIGN_ENDS, STATES, WHY_ATTACKED, WHY_NOT_STOPPED

EVENT, HORIZON, LOST = "event", "horizon", "lost"
"""Status of a first time: it happened, the horizon came first, the protégé was lost first."""

FIRSTS = ("incident", "force", "limited_attack", "full_attack", "attack", "war", "major")
"""First times kept: any live act; force; a limited or a full attack, either; war; major war."""

RESPONSE_BINS = 34
"""Owed responses are counted in bins of 1/8 decade from 0.25 days; the last is open."""

COUNTS = (
    "candidates",
    "live",
    "dropped",
    "mobilised",
    "stood_down",
    "incidents",
    "force_acts",
    "limited_attacks",
    "full_attacks",
    "scripted",
    "scripted_dropped",
    "campaigns",
    "wars",
    "widened",
    "conceded",
    "won",
    "repulsed",
    "stopped",
    "ceasefires",
    "direct_war",
    "owed",
    "honoured",
    "pending",
    "unanswered",
    "partly",
    "joined_combat",
    "exits",
    "failed_ratifications",
    "stance_changes",
    "voided",
)

AMOUNTS = (
    "years_exposed",
    "campaign_days",
    "first_campaign_days",
    "ground_lost",
    "challenger_losses",
    "protege_losses",
    "damage",
    "violations",
    "final_credibility",
    "final_challenger_forces",
    "final_protege_forces",
    "final_sanctions",
)


def response_edges() -> list[float]:
    """Return the lower edges of the response bins, days."""
    return [0.0, *(0.25 * 10 ** (i / 8) for i in range(RESPONSE_BINS - 1))]


def columns() -> list[str]:
    """Return the columns of a row, in order."""
    names = ["replication", "status", "error"]
    for first in FIRSTS:
        names += [f"t_{first}", f"s_{first}"]
    names += [f"n_{c}" for c in COUNTS]
    names += list(AMOUNTS)
    names += ["end_state", "first_campaign_end"]
    names += [f"why_attacked_{c}" for c in WHY_ATTACKED]
    names += [f"why_not_stopped_{c}" for c in WHY_NOT_STOPPED]
    names += [f"response_{b:02d}" for b in range(RESPONSE_BINS)]
    return names


@dataclass
class Tally:
    """A replication's outcome in the making."""

    firsts: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    amounts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(AMOUNTS, 0.0))
    causes: dict[str, int] = field(default_factory=dict)
    responses: list[int] = field(default_factory=lambda: [0] * RESPONSE_BINS)
    first_campaign_end: str = ""

    def first(self, name: str, years: float) -> None:
        """Note the time of a first, years since the start."""
        self.firsts.setdefault(name, years)

    def count(self, name: str, by: int = 1) -> None:
        """Add to a count."""
        self.counts[name] += by

    def cause(self, name: str) -> None:
        """Count a cause code."""
        self.causes[name] = self.causes.get(name, 0) + 1

    def respond(self, days: float) -> None:
        """Count an owed response given ``days`` after the event."""
        b = 0
        for i, edge in enumerate(_EDGES):
            if days >= edge:
                b = i
        self.responses[b] += 1

    def row(self, replication: int, end_years: float, lost: bool, end_state: str) -> dict[str, Any]:
        """Return the flat row; first times not reached are censored at ``end_years``."""
        row: dict[str, Any] = {"replication": replication, "status": "ok", "error": ""}
        for first in FIRSTS:
            happened = first in self.firsts
            row[f"t_{first}"] = self.firsts.get(first, end_years)
            row[f"s_{first}"] = EVENT if happened else (LOST if lost else HORIZON)
        row |= {f"n_{c}": self.counts[c] for c in COUNTS}
        row |= {a: self.amounts[a] for a in AMOUNTS}
        row |= {"end_state": end_state, "first_campaign_end": self.first_campaign_end}
        row |= {f"why_attacked_{c}": self.causes.get(f"why_attacked_{c}", 0) for c in WHY_ATTACKED}
        row |= {
            f"why_not_stopped_{c}": self.causes.get(f"why_not_stopped_{c}", 0)
            for c in WHY_NOT_STOPPED
        }
        row |= {f"response_{b:02d}": n for b, n in enumerate(self.responses)}
        return row


def failed_row(replication: int, error: str) -> dict[str, Any]:
    """Return the row of a replication that failed: its error, and no numbers."""
    row: dict[str, Any] = dict.fromkeys(columns())
    return row | {"replication": replication, "status": "failed", "error": error}


_EDGES = response_edges()

# ---- rows as records: how many of them are kept, and what both engines hand over

STATUSES = ("ok", "failed")
FIRST_STATUSES = (EVENT, HORIZON, LOST)
FIRST_ENDS = ("", *CAMPAIGN_ENDS)


def words_of(column: str) -> tuple[str, ...] | None:
    """Return the words whose positions a column of a record holds; None for a number."""
    if column == "status":
        return STATUSES
    if column == "end_state":
        return STATES
    if column == "first_campaign_end":
        return FIRST_ENDS
    return FIRST_STATUSES if column.startswith("s_") else None


def _kind(column: str) -> str:
    if column == "replication":
        return "i8"
    real = column in AMOUNTS or column.startswith("t_")
    return "f8" if real else "i4"


ROW = np.dtype([(name, _kind(name)) for name in columns() if name != "error"], align=True)
"""A row as a record: words as their position in :func:`words_of`; the error is kept apart."""


class Block(NamedTuple):
    """Rows of consecutive replications of one case.

    Attributes
    ----------
    rows : array of ``ROW``
        One record a replication; a failed one holds its number and status and zeros.
    errors : dict of int to str
        Of the failed ones, by replication.
    """

    rows: NDArray[Any]
    errors: dict[int, str]


def recorded(rows: list[dict[str, Any]]) -> Block:
    """Return flat rows as a block."""
    block = Block(np.zeros(len(rows), dtype=ROW), {})
    for record, row in zip(block.rows, rows, strict=True):
        if row["status"] == "failed":
            record["replication"], record["status"] = row["replication"], 1
            block.errors[row["replication"]] = row["error"]
            continue
        for name in ROW.names or ():
            words = words_of(name)
            record[name] = row[name] if words is None else words.index(row[name])
    return block


def flat(block: Block) -> list[dict[str, Any]]:
    """Return a block as flat rows: the inverse of :func:`recorded`."""
    found = []
    for record in block.rows:
        replication = int(record["replication"])
        if STATUSES[record["status"]] == "failed":
            found.append(failed_row(replication, block.errors[replication]))
            continue
        row: dict[str, Any] = dict.fromkeys(columns(), "")
        for name in ROW.names or ():
            words = words_of(name)
            row[name] = record[name].item() if words is None else words[record[name]]
        found.append(row)
    return found
