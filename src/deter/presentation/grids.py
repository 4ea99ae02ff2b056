"""The one look of a table of answers in the terminal."""

from __future__ import annotations

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
