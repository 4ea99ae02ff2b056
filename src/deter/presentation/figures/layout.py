"""Where things stand on a page: panels in rows and columns, words above and below.

Everything is measured in inches before it is placed, so that a figure is laid out once, quickly
and always alike; nothing is moved after the fact.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from deter.presentation.figures import style

EDGE = 0.07
"""Between the words and the edge of the figure, inches."""

SAFE = 0.97
"""Part of the width that lines of text fill: a screen draws letters a little wider than paper."""

HANDLE = 0.42
"""Width of a mark in the key with the space about it, inches."""

TICKS, AXIS = 0.17, 0.32
"""Height of the labels of ticks, and of these with the label of the axis, inches."""


TITLE, NOTE = "title-of-figure", "note-of-figure"
"""How the words of a figure are found again."""


@dataclass(frozen=True)
class Words:
    """What stands above and below the panels.

    Attributes
    ----------
    title, note : str
        In one line if there is room; what the figure is conditional on.
    key : sequence of artists
        Marks that are explained, each with its label.
    """

    title: str
    note: str
    key: Sequence[Any] = ()


@dataclass(frozen=True)
class Grid:
    """How panels stand.

    Attributes
    ----------
    down, across : int
        Rows and columns of panels.
    tall : float
        Height of a panel, inches.
    left, right : float
        Space at the sides of all panels, inches.
    head : float
        Space above a panel for its title, inches.
    foot : float
        Space below a panel for ticks and the label of its axis, inches.
    gap : float
        Space between panels, inches.
    """

    down: int
    across: int
    tall: float
    left: float
    right: float = 0.12
    head: float = 0.2
    foot: float = AXIS
    gap: float = 0.2

    @property
    def wide(self) -> float:
        """Width of a panel, inches."""
        room = style.WIDTH - self.left - self.right - (self.across - 1) * self.gap
        return room / self.across


def page(words: Words, grid: Grid, count: int | None = None) -> tuple[Figure, list[Axes]]:
    """Return a figure of a report's width with its words, and its empty panels row by row.

    Parameters
    ----------
    words : Words
        What stands above and below.
    grid : Grid
        How panels stand.
    count : int, optional
        How many panels there are; as many as the grid has places where not given.
    """
    room = (style.WIDTH - 2 * EDGE) * SAFE
    title = style.wrapped(words.title, room, style.LARGE)
    note = style.wrapped(words.note, room, style.SMALL)
    above = EDGE + style.lines(title) * style.line_height(style.LARGE)
    rows = _key_rows(words.key, room)
    below = EDGE + style.lines(note) * style.line_height()
    key_high = rows * 0.19 + (0.04 if rows else 0.0)
    line = grid.head + grid.tall + grid.foot
    high = above + key_high + grid.down * line + 0.06 + below
    made = style.figure(style.WIDTH, high)
    across, up = 1 / style.WIDTH, 1 / high
    made.text(
        EDGE * across,
        1 - EDGE * up,
        title,
        size=style.LARGE,
        color=style.INK,
        va="top",
        ha="left",
        gid=TITLE,
    )
    made.text(
        EDGE * across, EDGE * up, note, size=style.SMALL, color=style.QUIET, va="bottom", gid=NOTE
    )
    if words.key:
        _key(made, words.key, rows, 1 - above * up)
    axes = []
    for place in range(grid.down * grid.across if count is None else count):
        row, column = divmod(place, grid.across)
        x = grid.left + column * (grid.wide + grid.gap)
        y = high - above - key_high - row * line - grid.head - grid.tall
        axes.append(made.add_axes((x * across, y * up, grid.wide * across, grid.tall * up)))
    return made, axes


@contextlib.contextmanager
def without_words(figure: Figure) -> Iterator[Bbox]:
    """Hide title and note, for a page that has them as text, and give what is left, in inches.

    Parameters
    ----------
    figure : Figure
        As :func:`page` made it; any other is left whole.
    """
    wide, high = figure.get_size_inches()
    words = {str(text.get_gid()): text for text in figure.texts if text.get_gid() in (TITLE, NOTE)}
    above, below = 0.0, 0.0
    if TITLE in words:
        above = style.lines(words[TITLE].get_text()) * style.line_height(style.LARGE)
    if NOTE in words:
        below = style.lines(words[NOTE].get_text()) * style.line_height()
    for text in words.values():
        text.set_visible(False)
    try:
        yield Bbox([[0.0, below], [wide, high - above]])
    finally:
        for text in words.values():
            text.set_visible(True)


def _key_rows(key: Sequence[Any], room: float) -> int:
    """Return how many rows the key takes."""
    if not key:
        return 0
    widest = max(style.inches(str(one.get_label())) for one in key) + HANDLE
    total = sum(style.inches(str(one.get_label())) + HANDLE for one in key)
    if total <= room:
        return 1
    return -(-len(key) // max(int(room / widest), 1))


def _key(figure: Figure, key: Sequence[Any], rows: int, top: float) -> None:
    figure.legend(
        handles=list(key),
        loc="upper left",
        bbox_to_anchor=(EDGE / style.WIDTH, top),
        ncols=-(-len(key) // rows),
        frameon=False,
        fontsize=style.SMALL,
        handletextpad=0.4,
        handlelength=1.6,
        columnspacing=1.0,
        borderaxespad=0.0,
        borderpad=0.0,
    )


def head_of(titles: Sequence[str]) -> float:
    """Return the space that titles of panels need above them, inches."""
    most = max((style.lines(text) for text in titles), default=0)
    return most * style.line_height() + 0.12


__all__ = ["AXIS", "EDGE", "TICKS", "Grid", "Words", "head_of", "page", "without_words"]
