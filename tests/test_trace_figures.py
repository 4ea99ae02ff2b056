"""Pictures of one history: what is drawn is what happened; nothing is cut or lies on another."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from tests.test_trace import CHOOSING, cast, heard
from tests.worlds import pact, under

from deter.presentation.figures import credibility, timeline
from deter.presentation.figures.credibility import beliefs_of, credibility_of
from deter.presentation.figures.lanes import Lanes, Mark, lanes_of
from deter.presentation.figures.saving import svg
from deter.presentation.figures.timeline import ASIDE, LOOKS, note_of, places_of, timeline_of

FRAMEWORK = under(pact())


def points(line: Any) -> tuple[list[float], list[float]]:
    """Return the points of a line."""
    return list(line.get_xdata()), list(line.get_ydata())


@pytest.mark.parametrize("replication", range(3))
def test_every_mark_of_a_timeline_is_drawn_where_it_belongs(replication: int) -> None:
    found, people = heard(CHOOSING, FRAMEWORK, replication), cast(CHOOSING, FRAMEWORK)
    panels = lanes_of(found, people)
    figure = timeline_of(found, people, "Title", "Replication.")
    assert len(figure.axes) == len(panels)
    for panel, ax in zip(panels, figure.axes, strict=True):
        rows = {lane: len(panel.names) - 1 - k for k, lane in enumerate(panel.names)}
        placed = [
            (round(float(x), 9), float(y), str(line.get_marker()))
            for line in ax.lines
            if line.get_linestyle() == "None"
            for x, y in zip(*points(line), strict=True)
        ]
        drawn = Counter((x, float(round(y)), marker) for x, y, marker in placed)
        meant = Counter(
            (round(m.at, 9), float(rows[m.lane]), LOOKS[m.kind]["marker"]) for m in panel.marks
        )
        assert drawn == meant
        assert {round(y - round(y), 9) for _, y, _ in placed} <= {0.0, ASIDE, -ASIDE}
        assert [t.get_text() for t in ax.get_yticklabels()] == list(panel.names.values())


def test_marks_of_one_moment_stand_beside_each_other() -> None:
    kinds = ("election", "sanctions", "refused", "arms")
    marks = tuple(
        Mark("a", at, kind) for at, kind in zip((5.0, 5.0, 5.05, 7.0), kinds, strict=True)
    )
    data = Lanes({"a": "A", "b": "B"}, (*marks, Mark("b", 5.0, "arms")), (), 0.0, 10.0, "year")
    places = [(mark.kind, mark.lane, aside) for mark, aside in places_of(data)]
    assert {aside for _, lane, aside in places[:-1] if lane == "a"} == {0.0, ASIDE, -ASIDE}
    assert ("arms", "b", 0.0) in places
    assert places[-1] == ("arms", "a", 0.0), "there is room again"
    twice = Lanes({"a": "A"}, (Mark("a", 5.0, "text"),) * 2, (), 0.0, 10.0, "year")
    assert {aside for _, aside in places_of(twice)} == {0.0}, "they say the same"
    assert "aside of its lane" in note_of([data], "")
    assert "campaign" not in note_of([data], ""), "only what is there is explained"


def test_marks_are_the_events_of_the_history() -> None:
    found, people = heard(CHOOSING, FRAMEWORK, 0), cast(CHOOSING, FRAMEWORK)
    kinds = [mark.kind for mark in lanes_of(found, people)[0].marks]
    assert kinds.count("attacks") == sum(c.attack for c in found.crises)
    assert kinds.count("short") == sum(not c.attack and not c.stood_down for c in found.crises)
    assert kinds.count("election") == sum(e.kind == "election" for e in found.events)
    fights = [c.campaign for c in found.crises if c.campaign is not None]
    assert kinds.count("lost") + kinds.count("won") == sum(len(f.battles) for f in fights)
    assert kinds.count("arrival") == sum(len(f.arrivals) for f in fights)


def test_credibility_is_drawn_as_it_was_learnt() -> None:
    found, people = heard(CHOOSING, FRAMEWORK, 0), cast(CHOOSING, FRAMEWORK)
    panels = beliefs_of(found, people)
    figure = credibility_of(found, people, "Title")
    assert found.beliefs
    assert len(panels) == len(people.parts)
    for panel, ax in zip(panels, figure.axes, strict=True):
        code = next(c for c, part in people.parts.items() if part.title == panel.name)
        line = next(line for line in ax.lines if line.get_linestyle() == "-")
        learnt = [v for b in found.beliefs for v in (b.before[code], b.after[code])]
        assert points(line)[1] == learnt


def shown(ticks: Any, labels: Any, ends: tuple[float, float]) -> list[Any]:
    """Return the labels of ticks that lie on the axis."""
    low, high = sorted(ends)
    return [label for at, label in zip(ticks, labels, strict=False) if low <= at <= high]


@pytest.mark.parametrize("module", [timeline, credibility])
def test_no_words_are_cut_or_lie_on_others(module: object) -> None:
    found, people = heard(CHOOSING, FRAMEWORK, 0), cast(CHOOSING, FRAMEWORK)
    drawn = module.drawn(found, people, "A history", "Replication 0.")  # type: ignore[attr-defined]
    figure = drawn.figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    page = figure.bbox
    boxes = []
    for ax in figure.axes:
        ticks = [*shown(ax.get_yticks(), ax.get_yticklabels(), ax.get_ylim())]
        ticks += shown(ax.get_xticks(), ax.get_xticklabels(), ax.get_xlim())
        texts = [*ticks, ax.title, ax.xaxis.label, *ax.texts]
        boxes += [t.get_window_extent(renderer) for t in texts if t.get_visible() and t.get_text()]
    boxes += [t.get_window_extent(renderer) for t in figure.texts]
    for box in boxes:
        assert box.x0 >= page.x0 - 1
        assert box.x1 <= page.x1 + 1
        assert box.y0 >= page.y0 - 1
        assert box.y1 <= page.y1 + 1
    names = [t.get_window_extent(renderer) for ax in figure.axes for t in ax.get_yticklabels()]
    for k, one in enumerate(names):
        assert not any(one.overlaps(two) for two in names[k + 1 :])
    assert drawn.alt
    assert drawn.caption
    assert svg(figure, "one") == svg(figure, "one")
