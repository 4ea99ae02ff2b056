"""What each column of the rows is: its meaning, its unit, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from deter.engine.outcome import (
    COUNTS,
    FIRSTS,
    RESPONSE_BINS,
    columns,
    response_edges,
)
from deter.vocabulary import WHY_ATTACKED, WHY_NOT_STOPPED


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the rows.

    Attributes
    ----------
    unit : str
        Its unit; ``1`` for a share, empty for words.
    meaning : str
        What it is.
    dtype : str
        How pandas keeps it.
    """

    unit: str
    meaning: str
    dtype: str


_COUNT, _REAL, _WORD = "Int32", "float64", "category"

_FIRST_WORDS = {
    "incident": "live act of any severity",
    "force": "act of severity 0.3 or more",
    "limited_attack": "limited attack",
    "full_attack": "full attack",
    "attack": "limited or full attack",
    "war": "war: a campaign in which the losses of both sides exceed the threshold",
    "major": "major war with a guarantor",
}

_COUNT_WORDS = {
    "candidates": "candidates for aggression that arrived",
    "live": "candidates that were not thinned out",
    "dropped": "live candidates dropped because of a mobilisation or campaign under way",
    "mobilised": "mobilisations",
    "stood_down": "mobilisations after which the challenger stood down",
    "incidents": "acts of the challenger's choice, of any severity",
    "force_acts": "acts of severity 0.3 or more",
    "limited_attacks": "limited attacks",
    "full_attacks": "full attacks",
    "scripted": "scripted acts that took place",
    "scripted_dropped": "scripted acts dropped because of a mobilisation or campaign under way",
    "campaigns": "campaigns",
    "wars": "campaigns in which the losses of both sides exceeded the threshold",
    "widened": "limited campaigns that were widened",
    "conceded": "attacks the protégé did not resist",
    "won": "campaigns in which the challenger reached its objective",
    "repulsed": "campaigns in which the challenger was repulsed",
    "stopped": "campaigns the challenger stopped",
    "ceasefires": "campaigns ended by a ceasefire",
    "direct_war": "campaigns that became a local war with a guarantor",
    "owed": "guarantor-crises in which a response was owed",
    "honoured": "of those owed, answered at the owed rung or above",
    "pending": "of those owed, by states willing but undecided or held back by the rule",
    "unanswered": "of those owed, settled below the owed rung, or with nothing done",
    "partly": "of those unanswered, with something done below the owed rung",
    "joined_combat": "guarantors that joined combat, summed over crises",
    "exits": "exits of guarantors from layers",
    "failed_ratifications": "ratifications that failed",
    "stance_changes": "changes of a guarantor's stance",
    "voided": "layers voided",
}

_AMOUNT_WORDS = {
    "years_exposed": ("y", "time in peace or ceasefire, with no campaign under way"),
    "campaign_days": ("d", "time in campaigns"),
    "first_campaign_days": ("d", "length of the first campaign; 0 if none"),
    "ground_lost": ("1", "share of the protégé's land lost since the start"),
    "challenger_losses": ("brigades", "the challenger's losses"),
    "protege_losses": ("brigades", "the protégé's losses"),
    "damage": ("bn USD", "damage by strikes of incidents that got through; not that of campaigns"),
    "violations": ("count", "ceasefire violations"),
    "final_credibility": ("probit", "challenger's mean belief about the guarantors, at the end"),
    "final_challenger_forces": ("brigades", "the challenger's forces at the end"),
    "final_protege_forces": ("brigades", "the protégé's forces at the end"),
    "final_sanctions": ("1", "sanctions in force at the end"),
}


def describe_columns() -> dict[str, Column]:
    """Return what each column of ``rows.parquet`` is, in order."""
    known = _described()
    return {name: known[name] for name in ("framework", *columns())}


def _described() -> dict[str, Column]:
    found = {
        "framework": Column("", "framework in force", _WORD),
        "replication": Column("", "number of the replication: the same luck everywhere", "int64"),
        "status": Column("", "ok, or failed", _WORD),
        "error": Column("", "why it failed, and the command that repeats it", "str"),
        "end_state": Column("", "state at the end of the history", _WORD),
        "first_campaign_end": Column("", "how the first campaign ended; empty if none", _WORD),
    }
    for first in FIRSTS:
        words = _FIRST_WORDS[first]
        found[f"t_{first}"] = Column("y", f"time to the first {words}, or to the end", _REAL)
        found[f"s_{first}"] = Column(
            "", f"first {words}: event, horizon (not reached) or lost (ended before)", _WORD
        )
    for count in COUNTS:
        found[f"n_{count}"] = Column("count", _COUNT_WORDS[count], _COUNT)
    for amount, (unit, meaning) in _AMOUNT_WORDS.items():
        found[amount] = Column(unit, meaning, _REAL)
    for code in WHY_ATTACKED:
        found[f"why_attacked_{code}"] = Column("count", f"attacks: {_plain(code)}", _COUNT)
    for code in WHY_NOT_STOPPED:
        words = f"attacks not stopped: {_plain(code)}"
        found[f"why_not_stopped_{code}"] = Column("count", words, _COUNT)
    edges = [f"{edge:.4g}" for edge in response_edges()] + ["later"]
    for b in range(RESPONSE_BINS):
        words = f"owed responses given {edges[b]} d to {edges[b + 1]} after the event"
        found[f"response_{b:02d}"] = Column("count", words, _COUNT)
    return found


def _plain(code: str) -> str:
    return code.replace("_", " ")
