"""What a backtest on historical episodes says: tables, sentences and remarks, from plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deter.presentation.words import NOTHING, number

Document = Mapping[str, Any]
"""What ``deter evidence episodes --json`` prints."""

COMMITMENTS = (
    "no commitment",
    "a political commitment",
    "a duty to consult or a limited one",
    "a bilateral pact",
    "a multilateral pact",
    "own territory",
)

WORST = 6
"""Misses shown of each kind."""

Line = tuple[str, str, bool]
"""Name of a score, what it is called, and whether it is a difference of two others."""

RANKS: tuple[Line, ...] = (
    ("c_index", "model", False),
    ("c_index_commitment", "level of commitment alone", False),
    ("c_index_baseline", "Cox model, fitted to other defenders' cases", False),
    ("c_index_baseline_in_sample", "the same, on the cases it was fitted to (flattered)", False),
    ("c_over_commitment", "model less commitment", True),
    ("c_over_baseline", "model less Cox model", True),
)
LOGS: tuple[Line, ...] = (
    ("log_score", "model as simulated, nothing fitted", False),
    ("log_score_constant", "constant hazard, fitted to these cases", False),
    ("log_over_constant", "difference", True),
    ("log_score_level", "model, its level fitted to other defenders' cases", False),
    ("log_score_constant_left_out", "constant hazard, likewise", False),
    ("log_level_over_constant", "difference", True),
)


def briers(years: int) -> tuple[Line, ...]:
    """Return the lines of the Brier scores at some years."""
    name = f"ipcw_brier_{years}y"
    return (
        (name, f"model as simulated, {years} years", False),
        (f"{name}_level", "model, its level fitted to other defenders' cases", False),
        (f"{name}_constant", "constant hazard, likewise", False),
        (f"{name}_over_constant", "first less constant", True),
        (f"{name}_level_over_constant", "second less constant", True),
    )


BLOCKS: tuple[tuple[str, tuple[Line, ...], float, bool], ...] = (
    ("Ranking: Harrell's C (.5 is chance, 1 perfect)", RANKS, 1.0, True),
    ("Log score per 100 years at risk (higher is better)", LOGS, 100.0, True),
    ("Brier score, weighted for censoring (lower is better)", briers(5) + briers(10), 1.0, False),
)
"""Blocks of scores: heading, lines, factor, and whether more is better."""


def told(score: Mapping[str, Any], scale: float, *, signed: bool = False) -> str:
    """Return a score with its interval.

    Examples
    --------
    >>> told({"estimate": 0.7059, "low": 0.61, "high": 0.79}, 1.0)
    '0.706 (0.610 to 0.790)'
    """
    values = [score[name] for name in ("estimate", "low", "high")]
    if values[0] is None:
        return NOTHING
    middle, low, high = (number(None if x is None else x * scale, 3) for x in values)
    plus = "+" if signed and values[0] > 0 else ""
    return f"{plus}{middle} ({low} to {high})"


def verdict(score: Mapping[str, Any], *, more: bool) -> str:
    """Say whether a difference is for the first of the two, by its interval.

    Examples
    --------
    >>> verdict({"estimate": 0.1, "low": -0.1, "high": 0.3}, more=True)
    'cannot be told apart'
    """
    if score["low"] is None or score["high"] is None:
        return "cannot be told"
    if score["low"] <= 0 <= score["high"]:
        return "cannot be told apart"
    return "better" if (score["low"] > 0) == more else "worse"


def rows(document: Document) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return each block's heading, and its lines: what, score with interval, verdict."""
    scores = document["scores"]
    return [
        (
            heading,
            [
                (
                    called,
                    told(scores[name], scale, signed=is_difference),
                    verdict(scores[name], more=more) if is_difference else "",
                )
                for name, called, is_difference in lines
            ],
        )
        for heading, lines, scale, more in BLOCKS
    ]


SURPRISES = "The greatest surprises"
DEARER = "Where one hazard for all would have done better"


def misses(document: Document, count: int = WORST) -> dict[str, list[str]]:
    """Return the worst misses of two kinds, a sentence each.

    The greatest surprises are mostly attacks soon after a window opens, which surprise any rate.
    The second kind shows where the differences that the model makes between episodes misled.
    """
    episodes = {episode["id"]: episode for episode in document["episodes"]}
    dearest = sorted(document["misses"], key=lambda miss: -miss["cost"])
    return {
        heading: [_miss(miss, episodes[miss["id"]]) for miss in found[:count]]
        for heading, found in ((SURPRISES, document["misses"]), (DEARER, dearest))
    }


def _miss(miss: Mapping[str, Any], episode: Mapping[str, Any]) -> str:
    years = f"{episode['years']:g} year{'' if episode['years'] == 1 else 's'}"
    given = f"{number(100 * miss['risk'], 0)} in 100 given for that time"
    if episode["event"]:
        what = f"full attack after {years}, {given}"
    else:
        what = f"no full attack in {years}, {given}"
    note = f" {episode['note']}" if episode["note"] else ""
    return f"{episode['name']} ({episode['id']}): {what}, with {known(episode['columns'])}.{note}"


def known(columns: Mapping[str, Any]) -> str:
    """Say what the mapping knew of an episode.

    Examples
    --------
    >>> known({"commit": 3, "troops": 0.0, "nuclear": True, "ratio": None})
    'a bilateral pact, a nuclear guarantor, no troops, ratio unknown'
    """
    troops = f"{columns['troops']:,.0f} soldiers" if columns["troops"] else "no troops"
    ratio = columns["ratio"]
    parts = [
        COMMITMENTS[columns["commit"]],
        *(["a nuclear guarantor"] if columns["nuclear"] else []),
        troops,
        "ratio unknown" if ratio is None else f"{_ratio(ratio)} times as strong a challenger",
    ]
    return ", ".join(parts)


def _ratio(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.95 else f"{value:.2f}"


def remarks(document: Document) -> list[str]:
    """Return what a reader of the scores must know."""
    mapping = document["mapping"]
    return [
        document["condition"],
        f"n = {document['n']} episodes, {document['events']} with a full attack, "
        f"{document['years']:,.0f} years at risk. Intervals are 95 %, over which defenders were "
        "picked; they do not cover what the model leaves out.",
        f"For each full attack as simulated there were {number(document['level'], 2)}. No length "
        "of a window enters a prediction.",
        f"Mapping {mapping['number']}{_changes(mapping['changes'])}, digest "
        f"{mapping['digest'][:12]}; parameters "
        f"{document['parameters'][:12]}; {document['histories']:,} histories of "
        f"{document['horizon_years']:g} years each, seed {document['seed']}, "
        f"{document['engine']} engine.",
    ]


def _changes(changes: Sequence[str]) -> str:
    return f" with {', '.join(changes)}" if changes else ""


def tables(document: Document) -> Any:
    """Return scores, misses and remarks for the terminal."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left")
    table.title = Text(f"Full attack in {document['n']} historical episodes", style="bold")
    for heading, justify in (("score", "left"), ("estimate (95 %)", "right"), ("", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for heading, lines in rows(document):
        table.add_row(Text(heading, style="bold"), "", "")
        for line in lines:
            table.add_row(f"  {line[0]}", line[1], line[2])
    worst = [
        part
        for heading, sentences in misses(document).items()
        for part in (Text(heading, style="bold"), *_bullets(sentences), Text(""))
    ]
    return Group(table, *worst, *_texts(document))


def _bullets(sentences: Sequence[str]) -> list[Any]:
    from rich.padding import Padding

    return [Padding(f"– {sentence}", (0, 0, 0, 2)) for sentence in sentences]


def _texts(document: Document) -> list[Any]:
    from rich.text import Text

    return [
        Text(remark, style="dim" if place else "") for place, remark in enumerate(remarks(document))
    ]
