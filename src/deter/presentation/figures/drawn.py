"""A figure that has been drawn, with the words that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Drawn:
    """A figure and its words.

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
    """

    name: str
    title: str
    caption: str
    alt: str
    figure: Figure


__all__ = ["Drawn"]
