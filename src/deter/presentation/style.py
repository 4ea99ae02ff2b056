"""How figures look: one palette that colour-blind readers can tell apart, one set of sizes.

The colours are those of Okabe and Ito (2008). What a colour says, a marker says too.
"""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, QUIET, FAINT = "#1a1a1a", "#767676", "#d9d9d9"
BLUE, VERMILLION, GREY = "#0072b2", "#d55e00", "#8c8c8c"

DPI = 150
SMALL, NORMAL, LARGE = 8.0, 9.0, 12.0

MARKS: dict[str, dict[str, Any]] = {
    "reference": {"marker": "D", "color": INK, "mfc": INK},
    "lower": {"marker": "o", "color": BLUE, "mfc": BLUE},
    "higher": {"marker": "s", "color": VERMILLION, "mfc": VERMILLION},
    "unclear": {"marker": "o", "color": GREY, "mfc": "white"},
}
"""How an estimate is marked: reference; told apart from it, below or above; not told apart."""

WORDS = {
    "reference": "reference",
    "lower": "lower than the reference",
    "higher": "higher",
    "unclear": "not told apart from it",
}


def figure(width: float, height: float) -> Figure:
    """Return an empty figure, sized in inches, that lays itself out."""
    made = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    engine = made.get_layout_engine()
    if engine is not None:
        engine.set(w_pad=0.06, h_pad=0.06)  # type: ignore[call-arg]
    made.set_facecolor("white")
    return made


def plain_axes(ax: Axes) -> Axes:
    """Take away what carries nothing: box, ticks of rows; leave a light grid."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color(FAINT)
    ax.tick_params(axis="both", length=0, labelsize=SMALL, colors=INK)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)
    return ax
