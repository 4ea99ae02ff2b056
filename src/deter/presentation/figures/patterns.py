"""The figure of the patterns: each measure with its interval against its band."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from deter.presentation.figures import style

EDGE = 0.75
"""How far beyond the band the picture goes, in widths of the band."""

ROW = 0.21
"""Height of a line, inches."""


def placed(value: float, band: Sequence[float], log: bool) -> float:
    """Return where a value lies, the band going from 0 to 1.

    Examples
    --------
    >>> placed(2.0, (1.0, 4.0), True), placed(2.0, (1.0, 3.0), False)
    (0.5, 0.5)
    """
    if log:
        value = max(value, 1e-4)
        low, high, value = math.log(band[0]), math.log(band[1]), math.log(value)
    else:
        low, high = band[0], band[1]
    return (value - low) / (high - low)


def patterns_figure(patterns: Sequence[Mapping[str, Any]], title: str, note: str) -> Figure:
    """Return the figure of what was found of the patterns.

    Parameters
    ----------
    patterns : sequence of mapping
        As :meth:`deter.evidence.patterns.findings.Finding.as_dict` gives them.
    title, note : str
        Above and below.
    """
    lines = [(p, name, m) for p in patterns for name, m in p["estimates"].items()]
    height = ROW * (len(lines) + len(patterns)) + 1.6
    figure = style.figure(9.6, height)
    ax = figure.add_subplot()
    ax.axvspan(0, 1, color=style.FAINT, alpha=0.6, lw=0)
    at, labels, places = 0.0, [], []
    for pattern in patterns:
        ax.text(
            -EDGE - 0.02, at, _heading(pattern), fontsize=style.SMALL, weight="bold", va="center"
        )
        at -= 1
        for name, measured in pattern["estimates"].items():
            _line(ax, at, measured, in_fit=pattern["in_fit"])
            labels.append(name.replace("_", " "))
            places.append(at)
            ax.text(1 + EDGE + 0.03, at, _numbers(measured), fontsize=style.SMALL, va="center")
            at -= 1
    style.plain_axes(ax)
    ax.grid(False)
    ax.set_yticks(places, labels)
    ax.set_xticks([0, 1], ["lower end\nof the band", "upper end"])
    ax.set_xlim(-EDGE - 0.05, 1 + EDGE + 1.0)
    ax.set_ylim(at + 0.3, 0.7)
    figure.suptitle(title, fontsize=style.LARGE, x=0.02, ha="left")
    ax.legend(
        handles=_legend(),
        loc="upper center",
        bbox_to_anchor=(0.4, -0.035),
        ncols=4,
        frameon=False,
        fontsize=style.SMALL,
    )
    figure.supxlabel(note, fontsize=style.SMALL, x=0.02, ha="left", color=style.QUIET)
    return figure


def _heading(pattern: Mapping[str, Any]) -> str:
    bite = pattern["bite"]
    words = [pattern["status"], "fitted" if pattern["in_fit"] else "not fitted"]
    if bite is None:
        words.append("bite unknown")
    else:
        words.append(f"{bite:.0%} of prior draws pass" + ("" if pattern["counts"] else ": no bite"))
    return f"{pattern['id']}  {pattern['title']}  ({', '.join(words)})"


def _line(ax: Axes, at: float, measured: Mapping[str, Any], *, in_fit: bool) -> None:
    passes = measured["status"] == "pass"
    colour = style.BLUE if passes else style.VERMILLION
    if not all(_finite(measured[key]) for key in ("estimate", "low", "high")):
        ax.text(0.5, at, "could not be estimated", fontsize=style.SMALL, ha="center", va="center")
        return
    low, middle, high = (
        placed(measured[key], measured["band"], measured["log"])
        for key in ("low", "estimate", "high")
    )
    ends = [min(max(x, -EDGE), 1 + EDGE) for x in (low, high)]
    ax.plot(ends, [at, at], color=colour, lw=1.6, solid_capstyle="butt")
    inside = -EDGE <= middle <= 1 + EDGE
    mark = ("o" if passes else "s") if inside else ("<" if middle < 0 else ">")
    face = colour if in_fit else "white"
    ax.plot([min(max(middle, -EDGE), 1 + EDGE)], [at], mark, color=colour, mfc=face, ms=5)


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _numbers(measured: Mapping[str, Any]) -> str:
    if not _finite(measured["estimate"]):
        return ""
    values = [measured["estimate"], measured["low"], measured["high"]]
    one, low, high = (f"{value:.3g}" for value in values)
    band = _band(measured["band"])
    unit = "" if measured["unit"] in ("1", "times") else f" {measured['unit']}"
    return f"{one} ({low} to {high}){unit}; band {band}"


def _band(band: Sequence[float]) -> str:
    low, high = band
    if abs(high) < 1e-6:
        return "below 0"
    return f"up to {high:.3g}" if low <= -100 else f"{low:.3g} to {high:.3g}"


def _legend() -> Iterable[Any]:
    def mark(marker: str, colour: str, face: str, label: str) -> Line2D:
        return Line2D([], [], marker=marker, color=colour, mfc=face, lw=1.6, label=label)

    return [
        Patch(color=style.FAINT, label="band of what was observed"),
        mark("o", style.BLUE, style.BLUE, "passes"),
        mark("s", style.VERMILLION, style.VERMILLION, "fails"),
        mark("o", style.BLUE, "white", "hollow: not fitted"),
    ]
