"""How figures look: one palette that colour-blind readers can tell apart, one set of sizes.

The colours are those of Okabe and Ito (2008). What a colour says, a marker, a hatch or a word says
too. Figures are as wide as the text of a printed report, so that a size here is a size on paper.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

INK, QUIET, FAINT = "#1a1a1a", "#666666", "#d9d9d9"
BLUE, VERMILLION, GREY = "#0072b2", "#d55e00", "#8c8c8c"
ORANGE, SKY, GREEN, PURPLE = "#e69f00", "#56b4e9", "#009e73", "#cc79a7"

DPI = 150

MOST_STEPS = 500
"""Of a curve as it is drawn: far more than its panel has lines of ink, and small in a page."""

SMALL, NORMAL, LARGE = 7.5, 8.5, 11.0
"""Sizes of text in points; none is smaller."""

WIDTH = 7.0
"""Of every figure, in inches: the text of a page of A4 or Letter."""

POINTS = 72.0
LEADING = 1.3
HELD = "\u00a0=\u00a0"
"""Points in an inch; height of a line of text, as a part of its size; ``n = 9`` is not parted."""

MARKS: dict[str, dict[str, Any]] = {
    "reference": {"marker": "D", "color": INK, "mfc": INK},
    "lower": {"marker": "o", "color": BLUE, "mfc": BLUE},
    "higher": {"marker": "s", "color": VERMILLION, "mfc": VERMILLION},
    "unclear": {"marker": "o", "color": GREY, "mfc": "white"},
    "plain": {"marker": "o", "color": INK, "mfc": INK},
}
"""How an estimate is marked: reference; told apart from it, below or above; not told apart;
nothing that it could be told apart from."""

KEY = {
    "reference": "reference",
    "lower": "lower than the reference",
    "higher": "higher",
    "unclear": "not told apart from it",
}


def figure(width: float, height: float) -> Figure:
    """Return an empty figure, sized in inches."""
    made = Figure(figsize=(width, height), dpi=DPI)
    made.set_facecolor("white")
    return made


def plain_axes(ax: Axes, *, grid: str = "x") -> Axes:
    """Take away what carries nothing: box, ticks of rows; leave a light grid."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)
    ax.tick_params(axis="both", length=0, labelsize=SMALL, colors=INK)
    ax.tick_params(axis="y", pad=6)
    if grid:
        ax.grid(axis=grid, color=FAINT, linewidth=0.6)  # type: ignore[arg-type]
    ax.set_axisbelow(True)
    return ax


# ---- how wide a text is


@cache
def _font(size: float, bold: bool) -> FontProperties:
    return FontProperties(size=size, weight="bold" if bold else "normal")


@cache
def inches(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Return how wide a line of text is when it is printed."""
    width, _, _ = TextToPath().get_text_width_height_descent(text, _font(size, bold), ismath=False)
    return float(width) / POINTS


def wrapped(text: str, width: float, size: float = SMALL, *, bold: bool = False) -> str:
    """Return a text broken into lines of at most a width in inches; a long word is broken too."""
    made: list[str] = []
    for word in " ".join(text.split()).replace(" = ", HELD).split(" "):
        if made and inches(f"{made[-1]} {word}", size, bold) <= width:
            made[-1] = f"{made[-1]} {word}"
        else:
            made += _pieces(word, width, size, bold)
    return "\n".join(made).replace("\u00a0", " ")


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """Return a word in pieces that fit."""
    wide = inches(word, size, bold)
    if wide <= width:
        return [word]
    letters = max(int(len(word) * width / wide * 0.9), 1)
    count = math.ceil(len(word) / letters)
    return [word[k * letters : (k + 1) * letters] for k in range(count)]


def lines(text: str) -> int:
    """Return how many lines a text has."""
    return text.count("\n") + 1


def line_height(size: float = SMALL) -> float:
    """Return the height of a line of text, inches."""
    return size * LEADING / POINTS


def label(text: str, width: float, size: float = SMALL, most: int = 2) -> str:
    """Return a label in a few lines of at most a width in inches, cut where it is longer still."""
    broken = wrapped(text, width, size).split("\n")
    if len(broken) <= most:
        return "\n".join(broken)
    last = broken[most - 1]
    while last and inches(f"{last}…", size) > width:
        last = last[:-1]
    return "\n".join([*broken[: most - 1], f"{last.rstrip()}…"])
