"""How much rests on assumptions, as a table and sentences, from plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from deter.presentation.words import NOTHING, number

if TYPE_CHECKING:
    from rich.console import RenderableType

Document = Mapping[str, Any]
"""What ``deter evidence assumptions --json`` prints."""

MAIN = "full_attack"
PARTS = ("assumptions", "calibrated", "both")
HEADS = ("framework", "P, %", "± points", *PARTS, "chance")
GAP_HEADS = ("framework", "difference", *HEADS[2:])
NOT_TOLD = "not told"

HELD = {
    "zero": "at 0",
    "whole": "shares at 1",
    "list": "of months of the year",
    "frame": "that shape the run itself",
    "asked": "held, as asked",
}
WAYS = {
    "factor": "times a factor",
    "odds": "shares between 0 and 1 by that factor in their odds",
    "shift": "numbers on probit or logarithmic scales plus or minus its logarithm",
    "own": "by a distribution of their own",
}


def percent(score: Mapping[str, Any] | None) -> str:
    """Return a share with its interval, in percent without the sign.

    Examples
    --------
    >>> percent({"estimate": 0.62, "low": 0.45, "high": 0.74})
    '62 (45 to 74)'
    >>> percent({"estimate": None, "low": None, "high": None})
    '–'
    """
    if score is None or score["estimate"] is None:
        return NOTHING
    three = [None if score[k] is None else 100 * score[k] for k in ("estimate", "low", "high")]
    digits = 0 if max(abs(x) for x in three if x is not None) >= 20 else 1
    middle, low, high = (number(x, digits) for x in three)
    return f"{middle} ({low} to {high})"


def rows(document: Document, outcome: str = MAIN) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table of an outcome, under :data:`HEADS`."""
    for name, under in document["frameworks"].items():
        yield (name, *cells(under["outcomes"][outcome]))


def cells(split: Document) -> tuple[str, ...]:
    """Return probability, standard deviation, shares of its variance, and chance in a history."""
    shares, one, sd = (
        split[k] for k in ("of_the_probability", "of_one_history", "sd_of_the_probability")
    )
    told = [percent(shares.get(p)) if split["told"] or p not in shares else NOT_TOLD for p in PARTS]
    return (percent(split["mean"]), percent(sd.get("assumptions")), *told, percent(one["chance"]))


def tables(document: Document) -> RenderableType:
    """Return what was found for the terminal: a table an outcome, and what they say."""
    from rich.console import Group
    from rich.text import Text

    names = list(next(iter(document["frameworks"].values()))["outcomes"])
    told = [Text(line) for line in sentences(document)]
    remarks = [Text(line, style="dim") for line in how(document)]
    shown = [
        _table(f"{document['title']}, {name.replace('_', ' ')}: {TITLE}", rows(document, name))
        for name in names
    ]
    gaps = list(gap_rows(document))
    if gaps:
        title = f"Full attack less that under none, in points: {GAP}"
        shown.append(_table(title, gaps, GAP_HEADS))
    return Group(*shown, *told, *remarks)


def gap_rows(document: Document) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table of differences from no guarantee at all."""
    for name, under in document["frameworks"].items():
        if GAPS in under:
            yield (name, *cells(under[GAPS]))


GAPS = "full_attack_less_none"
GAP = "% of the variance of that difference that rests on each (95 %)"


def _table(
    title: str, lines: Iterable[tuple[str, ...]], heads: tuple[str, ...] = HEADS
) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
    for k, head in enumerate(heads):
        table.add_column(head, no_wrap=not k, justify="right" if k else "left")
    for row in lines:
        table.add_row(*row)
    return table


TITLE = "% of the variance of its probability that rests on each (95 %)"


def sentences(document: Document) -> Iterator[str]:
    """Yield what the table says of full attacks, and which assumptions they go with most."""
    for name, under in document["frameworks"].items():
        yield said(name, under)
    for name, under in document["frameworks"].items():
        leading = under["leading"]
        if leading:
            listed = ", ".join(_leader(one) for one in leading)
            yield f"Assumptions that full attacks go with most under {name}: {listed}."


def said(name: str, under: Document) -> str:
    """Return in a sentence what rests on assumptions under a framework, of a full attack."""
    split = under["outcomes"][MAIN]
    shares, one = split["of_the_probability"], split["of_one_history"]
    if one["chance"]["estimate"] is None:
        return f"{name}: no history differs from another; there is no variance to rest on anything."
    if "assumptions" not in one:
        return f"{name}: no number in force is an assumption that can be varied."
    if not split["told"]:
        return (
            f"{name}: what is not chance in a full attack is too small to be told from none, and "
            "so is not split."
        )
    moved = f"Assumptions move that probability by {_points(split)}."
    if "both" not in shares:
        return (
            f"{name}: all that is not chance in a full attack rests on assumptions, since nothing "
            f"else is uncertain here: {_share(one['assumptions'])} of the variance of a single "
            f"history's outcome. {moved}"
        )
    return (
        f"{name}: of what is not chance in a full attack, {_share(shares['assumptions'])} rests on "
        f"assumptions, {_share(shares['calibrated'])} on calibrated numbers, "
        f"{_share(shares['both'])} on both together. {moved}"
    )


def _points(split: Document) -> str:
    """Return by how much assumptions move a probability, as a standard deviation."""
    middle, _, ends = percent(split["sd_of_the_probability"]["assumptions"]).partition(" ")
    return f"{middle} points {ends}"


def _share(score: Mapping[str, Any]) -> str:
    middle, _, ends = percent(score).partition(" ")
    return f"{middle} % {ends}"


def _leader(one: Document) -> str:
    path, *more = one["paths"]
    rank = one["rank_correlation"]
    shown = path if not more else f"{path} and {len(more)} more"
    low, high = (number(rank[k], 2) for k in ("low", "high"))
    return f"{shown} (rank correlation {number(rank['estimate'], 2)}, {low} to {high})"


def how(document: Document) -> Iterator[str]:
    """Yield how it was measured, what was varied and what was not."""
    held = document["assumptions"]
    ways = "; ".join(f"{many:,} {WAYS[way]}" for way, many in held["ways"].items() if way in WAYS)
    yield (
        f"{held['varied']:,} numbers graded assumption were varied, drawn as "
        f"{held['drawn_apart']:,} (a default that several records leave alone is one): 95 % of "
        f"draws within a factor of {document['spread']:g} to either side ({ways}). That spread is "
        "itself an assumption, and so is that they err independently."
    )
    idle = "; ".join(f"{n:,} {HELD[why]}" for why, n in held["not_varied"].items())
    more = "clauses of frameworks are texts and stay as they are"
    yield f"Not varied: {f'{idle}; ' if idle else ''}{more}."
    if held["left_as_they_were"]:
        yield (
            f"{held['left_as_they_were']:,} times drawn numbers did not go together and were left "
            "as they are."
        )
    fitted = document["calibrated"]
    if fitted["numbers"]:
        files = " and ".join(fitted["files"])
        yield f"{fitted['numbers']:,} calibrated numbers come from rows of {files}, row by row."
    else:
        yield (
            "No number of this scenario is drawn from a posterior: calibrated numbers have no "
            "share here, and all behaviour is fixed or an assumption."
        )
    if document["other_drawn_numbers"]:
        yield (
            f"{document['other_drawn_numbers']:,} other numbers are drawn for each history as the "
            "scenario says; they count as chance."
        )
    yield _effort(document)
    if document["failed"]:
        yield (
            f"{document['failed']:,} histories failed; {document['draws_left_out']} draws of the "
            f"assumptions are left out. The first: {document['first_error']}"
        )


def _effort(document: Document) -> str:
    rows = f" × {document['rows']} rows of the posterior" if document["rows"] else ""
    return (
        f"{document['draws']} draws of the assumptions{rows} × {document['replications']} "
        f"replications under shared luck, {document['histories']:,} histories in all, seed "
        f"{document['seed']}. “± points” is the standard deviation that assumptions give the "
        "probability; “chance” is the share of chance in the variance of a single history's "
        "outcome, yes or no."
    )


__all__ = [
    "GAP",
    "GAPS",
    "GAP_HEADS",
    "HEADS",
    "cells",
    "gap_rows",
    "how",
    "percent",
    "rows",
    "said",
    "sentences",
    "tables",
]
