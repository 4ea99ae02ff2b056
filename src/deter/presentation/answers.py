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
from deter.analysis.overview import Contrast, Overview
from deter.analysis.rescue import Autopsy
from deter.presentation import analyses, replays

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


def _overview(found: Overview) -> RenderableType:
    parts: list[RenderableType] = []
    if len(found.labels) <= SHOWN:
        table = _table(f"{found.measure}: {found.meaning}", "case", *found.frameworks)
        for label, row in zip(found.labels, found.estimates, strict=True):
            table.add_row(label, *(_amount(e, found.unit) for e in row))
        sizes = sorted({e.n for row in found.estimates for e in row})
        told = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
        parts += [table, Text(f"95 % intervals; {told} replications a case and framework.")]
    if found.spreads:
        spread = _table(
            f"{found.measure} over {len(found.labels):,} cases",
            "framework", "mean", "least", "quarter", "half", "three quarters", "most",
        )  # fmt: skip
        for one in found.spreads:
            numbers = (one.mean, one.least, one.lower, one.median, one.upper, one.most)
            spread.add_row(one.framework, *(replays.value(x, found.unit) for x in numbers))
        note = "A spread over cases: no interval, and chance within cases is part of it."
        parts += [spread, Text(note)]
    return Group(*parts)


def _contrast(found: Contrast) -> RenderableType:
    lines = [f"{found.measure}: {_amount(found.difference, '1', signed=True)}, paired difference"]
    if found.ratio is not None:
        lines.append(f"hazard ratio of the first attack: {_amount(found.ratio, '')}")
    return Text("\n".join(lines))


VIEWS: dict[type[Any], Callable[[Any], RenderableType]] = {
    Flip: replays.flip_view,
    Exchange: replays.exchange_view,
    Autopsy: replays.autopsy_view,
    Overview: _overview,
    Contrast: _contrast,
}
DICTS: dict[type[Any], Callable[[Any], Any]] = {
    Flip: replays.flip_dict,
    Exchange: replays.exchange_dict,
    Autopsy: replays.autopsy_dict,
    PeaceTable: replays.peace_dict,
}


__all__ = ["as_dict", "view"]
