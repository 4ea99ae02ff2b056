"""The one look of a table of answers in the terminal, and what stands below it."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text


def grid(title: str, *headings: str, roomy: bool = False) -> Table:
    """Return an empty table: the first column to the left, the others to the right.

    Parameters
    ----------
    title : str
        Above it.
    *headings : str
        Of its columns.
    roomy : bool
        Whether columns keep two blanks between them.
    """
    table = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=not roomy,
    )
    for k, heading in enumerate(headings):
        table.add_column(heading, justify="right" if k else "left")
    return table


def remark(n: int, seed: int, notes: Iterable[str], more: str = "") -> Iterable[Text]:
    """Yield what stands below a table of replays: notes, how many, which luck, under what."""
    from deter.experiments.store import CONDITION  # late: a ledger needs none of its libraries

    for note in notes:
        yield Text(f"Note: {note}", style="dim")
    yield Text(
        f"n = {n:,} histories, the same luck (seed {seed}) in every run; intervals are 95 %.{more} "
        f"{CONDITION}",
        style="dim",
    )
