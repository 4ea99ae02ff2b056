"""What clauses are worth in the coin of another: exchange rates."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.exchange import Exchange, Price
from deter.presentation.figures import notes
from deter.presentation.figures.asking import asked, points_of
from deter.presentation.figures.dots import Row, stands
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened

NAME = "exchange"
LABELS = 2.6
SHOWN = 20
WORDS = {
    "beyond": "more than the range buys",
    "below": "less than the range takes",
    "unpriced": "cannot be priced",
    "open": "no end within the range",
    "at least": "more than the range shows",
    "at most": "less than the range shows",
}
"""What stands in place of a worth that is not known."""

KEY = {"lower": "lowers the measure", "higher": "raises it", "unclear": "not told from no effect"}


@dataclass(frozen=True)
class Rates:
    """What the picture of exchange rates shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    found : Exchange
        The table of prices.
    """

    title: str
    note: str
    found: Exchange


def table_of(data: Rates) -> DotTable:
    """Return exchange rates as a table: what a change does, and what it is worth."""
    found = data.found
    prices = sorted(found.prices, key=lambda p: p.effect.estimate or 0.0)[:SHOWN]
    unit, scale = points_of("1" if found.percent else found.measure)
    ends = (min(found.low - found.now, 0.0), max(found.high - found.now, 0.0))
    effects = tuple(Row(p.change, p.effect, stands(p.effect)) for p in prices)
    worth = tuple(_worth(p, ends) for p in prices)
    columns = (
        Column(f"Effect on {found.measure}", unit, effects, scale, signed=True, bars=True),
        Column("Worth as much as this more of it", found.unit, worth, 1.0, signed=True),
    )
    return DotTable(data.title, data.note, tuple(p.change for p in prices), columns, KEY)


def _worth(price: Price, ends: tuple[float, float]) -> Row:
    known = price.known not in ("beyond", "below", "unpriced")
    words = WORDS.get(price.known, "no estimate")
    return Row(
        price.change, price.worth, stands(price.effect), None, ends if known else None, words
    )


def exchange(data: Rates) -> Figure:
    """Draw what changes do and are worth, with their 95 % intervals."""
    return dot_table(table_of(data), 2, LABELS)


def data_of(opened: Opened, options: Options) -> Rates:
    """Return what the picture of exchange rates shows; runs histories again."""
    found: Exchange = asked(opened, "trade", options)[0].result
    name = opened.titles.get(found.framework, found.framework)
    unit = f" {found.unit}" if found.unit not in ("", "1", "p") else ""
    note = (
        f"Changes of {name}, one at a time. The coin is {found.currency}: "
        f"{found.now:,.6g}{unit} in force, run from {found.low:,.6g} to {found.high:,.6g}. An "
        f"arrow: the interval has no end within that range. n = {found.n:,} histories of each "
        "change and amount, the same luck in "
        f"all; seed {found.seed}. {notes.BARS} {notes.condition(opened)}"
    )
    return Rates(f"{opened.title}: what clauses are worth", note, found)


def _why_not(opened: Opened) -> str:
    if opened.kind == "run" or opened.manifest.get("path") or opened.study is not None:
        return ""
    return "the scenario it was made from is not known"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    return drawn(NAME, table_of(data), exchange(data), "With 95 % intervals.", "change")


KIND = Kind(NAME, "what clauses are worth in the coin of another", _why_not, _draw, asked=True)

__all__ = ["KIND", "Rates", "data_of", "exchange", "table_of"]
