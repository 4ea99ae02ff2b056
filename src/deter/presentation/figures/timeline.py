"""The timeline of one history: a lane for each actor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from deter.narrative.cast import Cast
from deter.narrative.model import History
from deter.presentation.figures import style
from deter.presentation.figures.calendar import ONE
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.lanes import MARKS, Lanes, Mark, lanes_of
from deter.presentation.figures.layout import AXIS, Grid, Words, page
from deter.presentation.figures.notes import joined

NAME = "timeline"
LANE, BETWEEN = 0.185, 0.62
"""Height of a lane, and of the space between panels, inches."""

LOOKS: dict[str, dict[str, Any]] = {
    "short": {"marker": ".", "color": style.INK, "ms": 4},
    "mobilises": {"marker": "d", "color": style.VERMILLION, "mfc": "white", "ms": 4.5},
    "attacks": {"marker": "X", "color": style.VERMILLION, "ms": 6, "mew": 0.4},
    "lost": {"marker": "v", "color": style.VERMILLION, "ms": 3.6},
    "won": {"marker": "^", "color": style.BLUE, "ms": 3.6},
    "election": {"marker": "|", "color": style.GREY, "ms": 7, "mew": 1.2},
    "ratified": {"marker": "P", "color": style.GREEN, "ms": 4.5, "mew": 0.3},
    "refused": {"marker": "x", "color": style.INK, "ms": 4, "mew": 1.2},
    "text": {"marker": "s", "color": style.PURPLE, "ms": 3.6},
    "sanctions": {"marker": "o", "color": style.SKY, "ms": 4, "mfc": "white", "mew": 1.1},
    "arms": {"marker": "o", "color": style.BLUE, "ms": 4},
    "forces": {"marker": "D", "color": style.BLUE, "ms": 5},
    "arrival": {"marker": ">", "color": style.GREEN, "ms": 5},
}
"""How each kind of mark looks; none is told by its colour alone."""

ORDER = (
    "election",
    "text",
    "short",
    "sanctions",
    "arms",
    "forces",
    "ratified",
    "refused",
    "mobilises",
    "lost",
    "won",
    "attacks",
    "arrival",
)
"""What is drawn first lies below."""

CLOSE, ASIDE = 0.0125, 0.27
"""Part of the axis within which two marks would cover each other; how far aside the second stands,
in lanes."""


def note_of(panels: Sequence[Lanes], address: str) -> str:
    """Return what stands below: which replication, and what the signs of its panels mean."""
    kinds = {span.kind for panel in panels for span in panel.spans}
    numbered = any(span.label for panel in panels for span in panel.spans)
    parts = [
        "numbers above are those of crises in the text" if numbered else "",
        "shaded: a campaign" if "war" in kinds else "",
        "hatched: a mobilisation" if "threat" in kinds else "",
        "a mark aside of its lane is there to be seen" if any(map(_crowded, panels)) else "",
    ]
    signs = "; ".join(["Each lane is an actor", *(part for part in parts if part)])
    below = "Below: the attack that decided; dashed, when it was over." if len(panels) > 1 else ""
    likely = f"{ONE}: it shows how things came about, not how likely they are."
    return joined(address, f"{signs}.", below, likely)


def places_of(data: Lanes) -> list[tuple[Mark, float]]:
    """Return every mark with how far aside of its lane it stands, so that none covers another.

    Marks of one kind and moment say the same, and stand in one place.
    """
    room = CLOSE * (data.end - data.begin)
    taken: dict[str, dict[float, float]] = {}
    found: list[tuple[Mark, float]] = []
    for mark in sorted(data.marks, key=lambda mark: (mark.at, mark.lane, ORDER.index(mark.kind))):
        if (same := next((y for one, y in found[-1:] if one == mark), None)) is not None:
            found.append((mark, same))
            continue
        rows = taken.setdefault(mark.lane, {})
        free = [y for y in (0.0, ASIDE, -ASIDE) if mark.at - rows.get(y, -1e9) > room]
        aside = free[0] if free else min(rows, key=lambda y: rows[y])
        rows[aside] = mark.at
        found.append((mark, aside))
    return found


def _crowded(data: Lanes) -> bool:
    return any(aside for _, aside in places_of(data))


def timeline(data: Lanes, ax: Axes) -> Axes:
    """Draw lanes with what happened on them.

    Parameters
    ----------
    data : Lanes
        What to draw.
    ax : Axes
        Where.
    """
    style.plain_axes(ax)
    rows = {lane: len(data.names) - 1 - place for place, lane in enumerate(data.names)}
    for row in rows.values():
        ax.axhline(row, color=style.FAINT, linewidth=0.5, zorder=0)
    _spans(data, ax, len(rows))
    placed = places_of(data)
    for kind in ORDER:
        found = [(m.at, rows[m.lane] + aside) for m, aside in placed if m.kind == kind]
        if found:
            ax.plot(*zip(*found, strict=True), linestyle="none", zorder=3, **LOOKS[kind])
    if data.over is not None:
        ax.axvline(data.over, color=style.INK, linewidth=0.9, linestyle="--", zorder=2)
    ax.set_yticks(
        list(rows.values()), [style.label(data.names[lane], 1.25, most=1) for lane in rows]
    )
    ax.set_ylim(-0.6, len(rows) - 0.4)
    pad = 0.012 * (data.end - data.begin)
    ax.set_xlim(data.begin - pad, data.end + pad)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=11, integer=True))
    ax.set_xlabel(data.unit, fontsize=style.SMALL, color=style.INK, labelpad=1)
    return ax


def _spans(data: Lanes, ax: Axes, rows: int) -> None:
    least = 0.004 * (data.end - data.begin)
    taken = -1e9
    for span in data.spans:
        end = max(span.end, span.begin + least)
        if span.kind == "threat":
            ax.axvspan(
                span.begin,
                end,
                facecolor="none",
                edgecolor=style.ORANGE,
                hatch="////",
                linewidth=0,
                alpha=0.5,
            )
            continue
        ax.axvspan(span.begin, end, color=style.VERMILLION, alpha=0.2, linewidth=0)
        middle = (span.begin + end) / 2
        if span.label and middle - taken > 0.02 * (data.end - data.begin):
            ax.text(
                middle,
                rows - 0.3,
                span.label,
                size=style.SMALL,
                color=style.INK,
                ha="center",
                va="bottom",
            )
            taken = middle


def timeline_of(history: History, cast: Cast, title: str, address: str = "") -> Figure:
    """Draw a history: all of it in years, and the attack that decided in days.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    title, address : str
        What stands above, and which replication it is.
    """
    panels = lanes_of(history, cast)
    shown = {mark.kind for panel in panels for mark in panel.marks}
    key = [
        Line2D([], [], linestyle="none", label=label, **LOOKS[kind])
        for kind, label in MARKS.items()
        if kind in shown
    ]
    heights = [LANE * len(panel.names) + 0.1 for panel in panels]
    note = note_of(panels, address)
    room = sum(heights) + BETWEEN * (len(panels) - 1)
    grid = Grid(down=1, across=1, tall=room, left=1.4, head=0.2, foot=AXIS + 0.08)
    made, (whole,) = page(Words(title, note, key), grid)
    for panel, ax in zip(panels, _stacked(whole, heights, room), strict=True):
        timeline(panel, ax)
    return made


def _stacked(whole: Axes, heights: list[float], room: float) -> list[Axes]:
    """Return panels of some heights, inches, one below the other in the place of one."""
    place, figure = whole.get_position(), whole.get_figure(root=True)
    assert figure is not None
    whole.remove()
    made, top = [], place.y1
    for height in heights:
        part = place.height * height / room
        made.append(figure.add_axes((place.x0, top - part, place.width, part)))
        top -= part + place.height * BETWEEN / room
    return made


def drawn(history: History, cast: Cast, title: str, address: str = "") -> Drawn:
    """Return the timeline with its words."""
    note = note_of(lanes_of(history, cast), address)
    made = timeline_of(history, cast, title, address)
    return Drawn(NAME, title, note, told(history, cast), made)


def told(history: History, cast: Cast) -> str:
    """Return what a reader who cannot see the timeline must know."""
    whole, *near = lanes_of(history, cast)
    parts = []
    for lane, name in whole.names.items():
        found = Counter(MARKS[m.kind] for m in whole.marks if m.lane == lane)
        if found:
            parts.append(f"{name}: {', '.join(f'{what} {n}' for what, n in found.items())}")
    text = f"From {whole.begin:.0f} to {whole.end:.0f}. {'; '.join(parts)}."
    if near and near[0].over is not None:
        text += f" The attack that decided lasted {near[0].over:.0f} days."
    return text
