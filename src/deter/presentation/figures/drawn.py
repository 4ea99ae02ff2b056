"""A figure that has been drawn, with the words that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Numbers:
    """A table of the numbers behind a figure, made of the estimates and not of the picture.

    Attributes
    ----------
    caption : str
        What it holds, its unit, and what the intervals are.
    heads : tuple of str
        Of the columns.
    rows : tuple of tuple of str
        Cells; the first of a row says what the row is of.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Drawn:
    """A figure, its words and its numbers.

    Attributes
    ----------
    name : str
        Stem of its file, and the word after ``--only``.
    title : str
        One line.
    caption : str
        What is drawn, its unit, n, what the interval is, what it is conditional on, and which
        assumptions it rests on.
    alt : str
        What a reader who cannot see it must know: the main numbers, with their intervals.
    figure : Figure
        The picture.
    data : tuple of Numbers
        The numbers behind it.
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure
    data: tuple[Numbers, ...] = ()

    def _repr_png_(self) -> bytes:
        """Return the picture as a notebook shows it."""
        from deter.presentation.figures.saving import png

        return png(self.figure)


__all__ = ["Drawn", "Numbers"]
