"""Answers about a sweep: tables and words for the terminal, data for JSON, by kind of result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.analysis.crossing import Flip
from deter.analysis.estimates import Estimate
from deter.analysis.exchange import Exchange
from deter.analysis.incidence import PeaceTable
from deter.analysis.overview import Contrast, Overview, Variances
from deter.analysis.rescue import Autopsy
from deter.presentation import analyses, replays
from deter.presentation.words import interval

SHOWN = 40
"""Cases told one by one; of more, only how they spread."""


def view(result: Any, seed: int) -> RenderableType:
    """Return a result as tables, with its sentences below.

    Parameters
    ----------
    result : object
        A result of :mod:`deter.analysis`.
    seed : int
        Of the sweep, for the commands that repeat a history.
    """
    if isinstance(result, PeaceTable):
        return replays.peace_view(result, seed)
    for kind, shown in VIEWS.items():
        if isinstance(result, kind):
            return shown(result)
    return analyses.tables(result)


def as_dict(result: Any) -> Any:
    """Return a result as plain data."""
    for kind, told in DICTS.items():
        if isinstance(result, kind):
            return told(result)
    return analyses.as_dict(result)


def _table(title: str, *headings: str) -> Table:
    table = Table(
        title=Text(title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for k, heading in enumerate(headings):
        table.add_column(heading, justify="right" if k else "left")
    return table


def _amount(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    return replays.amount(estimate, unit, signed=signed)


def _level(estimate: Estimate, unit: str) -> str:
    """Return an amount with its interval; shares in per cent."""
    return interval(estimate, percent=True) if unit == "1" else _amount(estimate, unit)


def _number(x: float, unit: str) -> str:
    return replays.value(100 * x) if unit == "1" else replays.value(x, unit)


def _overview(found: Overview) -> RenderableType:
    parts: list[RenderableType] = []
    if len(found.labels) <= SHOWN:
        percent = ", %" if found.unit == "1" else ""
        table = _table(f"{found.measure}: {found.meaning}{percent}", "case", *found.frameworks)
        for label, row in zip(found.labels, found.estimates, strict=True):
            table.add_row(Text(label), *(_level(e, found.unit) for e in row))
        sizes = sorted({e.n for row in found.estimates for e in row})
        told = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
        parts += [table, Text(f"95 % intervals; {told} replications a case and framework.")]
    if found.spreads:
        spread = _table(
            f"{found.measure} over {len(found.labels):,} cases{', %' * (found.unit == '1')}",
            "framework", "mean", "least", "quarter", "half", "three quarters", "most",
        )  # fmt: skip
        for one in found.spreads:
            numbers = (one.mean, one.least, one.lower, one.median, one.upper, one.most)
            spread.add_row(one.framework, *(_number(x, found.unit) for x in numbers))
        note = "A spread over cases: no interval, and chance within cases is part of it."
        parts += [spread, Text(note)]
    return Group(*parts)


def _contrast(found: Contrast) -> RenderableType:
    if found.unit == "1":
        told = f"{replays.points(found.difference)} points"
    else:
        told = f"{_amount(found.difference, '', signed=True)} {found.unit}"
    lines = [f"{found.measure}: {told}, paired difference"]
    if found.ratio is not None:
        lines.append(f"hazard ratio of the first attack: {_amount(found.ratio, '')}")
    return Text("\n".join(lines))


def _variances(found: Variances) -> RenderableType:
    table = _table(
        f"{found.measure}: where the variance comes from, %",
        "framework", "between cases", "chance", "of case means: chance",
    )  # fmt: skip
    for name, split in found.splits.items():
        shares = (split.parameters, split.chance, split.noise)
        table.add_row(name, *(interval(share, percent=True) for share in shares))
    one = next(iter(found.splits.values()))
    note = (
        "Shares of the variance of one history's outcome: between cases (parameters and clauses), "
        "and chance within them. Last column: share of the variance of case means that is chance, "
        f"left by {one.replications:.0f} replications a case; {one.cases:,} cases."
    )
    return Group(table, Text(note))


VIEWS: dict[type[Any], Callable[[Any], RenderableType]] = {
    Flip: replays.flip_view,
    Exchange: replays.exchange_view,
    Autopsy: replays.autopsy_view,
    Overview: _overview,
    Contrast: _contrast,
    Variances: _variances,
}
DICTS: dict[type[Any], Callable[[Any], Any]] = {
    Flip: replays.flip_dict,
    Exchange: replays.exchange_dict,
    Autopsy: replays.autopsy_dict,
    PeaceTable: replays.peace_dict,
}


__all__ = ["as_dict", "view"]
