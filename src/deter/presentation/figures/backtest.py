"""The calibration plot of a backtest: share attacked against risk predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from deter.presentation.figures import style


def calibration(groups: Sequence[Mapping[str, Any]], ax: Axes) -> Axes:
    """Draw observed shares with intervals against predicted risks; perfect is the diagonal.

    Parameters
    ----------
    groups : sequence of mapping
        Each with ``n``, ``events``, ``predicted``, ``least``, ``most``, ``observed``, ``low`` and
        ``high``; shares between 0 and 1.
    ax : Axes
        Where.
    """
    style.plain_axes(ax)
    ax.grid(axis="y", color=style.FAINT, linewidth=0.6)
    ax.plot([0, 100], [0, 100], color=style.GREY, linewidth=1, linestyle="--")
    for group in groups:
        x, y = 100 * group["predicted"], 100 * group["observed"]
        ax.plot([x, x], [100 * group["low"], 100 * group["high"]], color=style.BLUE, linewidth=1.6)
        span = [100 * group["least"], 100 * group["most"]]
        ax.plot(span, [y, y], color=style.BLUE, linewidth=0.7, alpha=0.6)
        ax.plot(x, y, marker="o", markersize=5.5, color=style.BLUE, linestyle="none", zorder=3)
        ax.annotate(
            f"{group['events']} of {group['n']}",
            (x, 100 * group["high"]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=style.SMALL,
            color=style.INK,
        )
    reach = 100 * max((group["most"] for group in groups), default=0.5)
    ax.set_xlim(0, min(100.0, 1.15 * reach))
    ax.set_ylim(0, 100)
    ax.set_xlabel("risk predicted, %", fontsize=style.SMALL, color=style.INK)
    ax.set_ylabel("attacked, %", fontsize=style.SMALL, color=style.INK)
    return ax


def calibration_figure(document: Mapping[str, Any], years: int = 10) -> Figure:
    """Return the calibration plot of a backtest's plain data."""
    figure = style.figure(5.2, 4.4)
    ax = calibration(document["calibration"], figure.subplots())
    title = f"Full attack within {years} years, {document['n']} episodes"
    ax.set_title(title, fontsize=style.LARGE, loc="left", color=style.INK)
    figure.supxlabel(
        "Episodes in groups of equal size by predicted risk, its level fitted to other\n"
        "defenders' episodes. Bars: 95 % intervals; thin lines: range of predictions;\n"
        "dashed: perfect; numbers: attacked, of how many. "
        f"Mapping {document['mapping']['number']}.\nProminent cases, not base rates.",
        fontsize=style.SMALL,
        x=0.01,
        ha="left",
        color=style.QUIET,
    )
    return figure


__all__ = ["calibration", "calibration_figure"]
