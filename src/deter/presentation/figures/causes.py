"""Why attacks came, and what kept the guarantee from stopping them."""

from __future__ import annotations

from matplotlib.figure import Figure

from deter.analysis.causes import causes as shares
from deter.analysis.estimates import Estimate, nothing, wilson_limits
from deter.analysis.rows import Sample
from deter.presentation.figures import notes
from deter.presentation.figures.dots import Row
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.shares import Shares, shares_of
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened

NAME = "causes"
CODES = ("why_attacked", "why_not_stopped")
WORDS = {
    "undeterrable_here": "Why it came: sure help would not have deterred it",
    "disbelieved": "Why it came: the promise was not believed",
    "held": "It was stopped",
    "not_yet_in_force": "Not stopped: nothing in force yet",
    "lapsed_or_exited": "Not stopped: lapsed, or members left",
    "void": "Not stopped: the guarantee was void",
    "not_covered": "Not stopped: act not covered",
    "not_recognised": "Not stopped: not recognised",
    "blocked_by_the_rule": "Not stopped: blocked by the decision rule",
    "reneged": "Not stopped: nobody bound was willing",
    "too_late": "Not stopped: help came too late",
    "too_weak": "Not stopped: help was too weak",
}
"""What each code of an attack is called."""

NO_ATTACK = "no attack"


def table_of(data: Shares) -> DotTable:
    """Return causes as a table of dots: a column for each code that occurred anywhere."""
    seen = [code for code in WORDS if any(code in held for held in data.shares.values())]
    return DotTable(
        title=data.title,
        note=data.note,
        labels=tuple(data.labels.values()),
        columns=tuple(_column(data, code) for code in seen or ["held"]),
    )


def _column(data: Shares, code: str) -> Column:
    rows = []
    for name, text in data.labels.items():
        held = data.shares[name]
        known = next((e for e in held.values()), None)
        missing = nothing() if known is None else Estimate(0.0, 0.0, _rare(known.n), known.n)
        rows.append(Row(text, held.get(code, missing), "plain", words=NO_ATTACK))
    return Column(WORDS[code], "% of attacks", tuple(rows), most=102.0)


def _rare(n: int) -> float:
    """Return Wilson's upper limit of a share that was never seen in ``n`` clusters."""
    return wilson_limits(0.0, n)[1]


def causes(data: Shares) -> Figure:
    """Draw the share of attacks with each cause; every dot has its 95 % interval."""
    return dot_table(table_of(data))


def data_of(opened: Opened) -> Shares:
    """Return what the picture of causes shows."""
    about = (
        "Of limited and full attacks: why each came, and which stage of the guarantee gave way. "
        "Attacks of one history are a cluster."
    )
    return shares_of(opened, "why guarantees failed", about, _both)


def _both(sample: Sample) -> dict[str, Estimate]:
    return {code: e for kind in CODES for code, e in shares(sample, kind).items()}


def _draw(opened: Opened, _: Options) -> Drawn:
    data = data_of(opened)
    table = table_of(data)
    return drawn(NAME, table, causes(data), "% of attacks, with 95 % intervals.", "framework")


KIND = Kind(NAME, "why attacks came, and why they were not stopped", notes.needs_table, _draw)

__all__ = ["KIND", "WORDS", "causes", "data_of", "table_of"]
