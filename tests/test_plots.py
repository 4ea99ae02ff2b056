"""Figures: nothing overlaps, everything is drawn, the same picture each time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from tests.synthetic import STRENGTHS, findings, opened

from deter.analysis.estimates import Estimate
from deter.analysis.survival import cumulative_incidence
from deter.presentation.figures.comparison import comparison
from deter.presentation.figures.comparison import data_of as compared
from deter.presentation.figures.dots import Row, dots, stands
from deter.presentation.figures.peace import data_of as lasting
from deter.presentation.figures.peace import peace, survival
from deter.presentation.figures.saving import png
from deter.presentation.figures.style import MARKS, figure
from deter.presentation.summary import extras, summary
from deter.presentation.words import interval, labels, number

LONG = {
    name: f"A framework with quite a long title, number {k}" for k, name in enumerate(STRENGTHS)
}
MANY = {f"framework_{k:02d}": f"Framework of some kind {k:02d}" for k in range(29)}


def texts(fig: Figure) -> Iterator[tuple[str, Bbox]]:
    """Yield every text that is drawn, with its box in pixels."""
    canvas = FigureCanvasAgg(fig)
    canvas.draw()
    renderer = canvas.get_renderer()
    for text in fig.findobj(Text):
        assert isinstance(text, Text)
        axes = text.axes
        if not text.get_text().strip() or not text.get_visible():
            continue
        if axes is not None and not axes.get_visible():
            continue
        box = text.get_window_extent(renderer)
        if is_drawn_tick(text, fig):
            yield text.get_text(), box


def is_drawn_tick(text: Text, fig: Figure) -> bool:
    """Tell whether a text is no tick label outside its axis' range, which is never drawn."""
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            for tick in axis.get_major_ticks():
                if text in (tick.label1, tick.label2):
                    low, high = sorted(axis.get_view_interval())
                    shown = tick.label1.get_visible() and text is tick.label1
                    return shown and low - 1e-9 <= tick.get_loc() <= high + 1e-9
    return True


def check_texts(fig: Figure) -> None:
    found = list(texts(fig))
    assert len(found) > 10
    width, height = fig.bbox.width, fig.bbox.height
    for text, box in found:
        assert box.x0 >= -1, text
        assert box.y0 >= -1, text
        assert box.x1 <= width + 1, text
        assert box.y1 <= height + 1, text
    for (one, a), (other, b) in itertools.combinations(found, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(overlap) <= 1, (one, other)


@pytest.mark.parametrize("titles", [None, LONG, MANY, {"none": "None", "one": "One"}])
def test_no_text_overlaps_or_leaves_the_picture(titles: dict[str, str] | None) -> None:
    data = opened(40, titles if titles is None or "none" in titles else {"none": "None"} | titles)
    check_texts(comparison(compared(data)))
    check_texts(peace(lasting(data)))


def test_a_planted_overlap_is_found() -> None:
    fig = comparison(compared(opened(20)))
    fig.axes[0].set_title("a title that is so long that it runs into the next panel's own title")
    with pytest.raises(AssertionError):
        check_texts(fig)


def test_the_picture_says_n_units_and_condition() -> None:
    said = " ".join(text for text, _ in texts(comparison(compared(opened(40)))))
    for words in ("n = 40", "% of histories", "per 10 years", "95 %", "not a forecast", "10 years"):
        assert words in said.replace("\n", " ")


def test_every_estimate_is_drawn_with_its_interval() -> None:
    fig = figure(4, 3)
    rows = [
        Row("a", Estimate(0.2, 0.1, 0.4, 10), "lower"),
        Row("b", Estimate(None, None, None, 10)),
        Row("c", Estimate(0.5, 0.3, None, 10), "reference"),
    ]
    ax = dots(rows, fig.subplots(), scale=100.0)
    drawn = [np.asarray(line.get_xdata()).tolist() for line in ax.lines]
    assert drawn == [[10, 40], [20], [30, 50], [50]]
    assert [text.get_text() for text in ax.texts] == ["no estimate"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]


def test_colour_never_stands_alone() -> None:
    looks = {(mark["marker"], mark["mfc"] == "white") for mark in MARKS.values()}
    assert len(looks) == len(MARKS)


def test_how_a_framework_stands() -> None:
    assert stands(None) == "reference"
    assert stands(Estimate(-0.1, -0.2, -0.01, 9)) == "lower"
    assert stands(Estimate(0.1, 0.01, 0.2, 9)) == "higher"
    assert stands(Estimate(0.1, -0.01, 0.2, 9)) == "unclear"
    assert stands(Estimate(0.1, None, None, 9)) == "unclear"


def test_survival_steps_down_from_one_hundred() -> None:
    times, event = np.array([2.0, 5.0, 10.0, 10.0]), np.array([True, True, False, False])
    curve = cumulative_incidence(times, event, np.zeros(4, dtype=bool))
    ax = survival(curve, figure(3, 2).subplots(), 10.0)
    line = ax.lines[0]
    assert list(np.asarray(line.get_xdata())) == [0, 2, 5, 10]
    assert list(np.asarray(line.get_ydata())) == [100, 75, 50, 50]
    empty = cumulative_incidence(np.full(4, 10.0), np.zeros(4, bool), np.zeros(4, bool))
    assert list(
        np.asarray(survival(empty, figure(3, 2).subplots(), 10.0).lines[0].get_ydata())
    ) == [
        100,
        100,
    ]


def test_pictures_are_pngs_and_repeat_themselves() -> None:
    first, again = (extras(opened(30, {"none": "None", "tripwire": "T"})) for _ in range(2))
    assert set(first) == {"summary.json", "comparison.png", "peace.png"}
    assert first == again
    assert first["comparison.png"].startswith(b"\x89PNG")
    assert png(figure(1, 1)).startswith(b"\x89PNG")


def test_a_run_of_one_framework_has_no_comparison() -> None:
    alone = opened(20, {"none": "None"}, reference=None)
    assert set(extras(alone)) == {"summary.json"}
    assert alone.findings is not None
    assert "differences" not in summary(alone.findings)


def test_the_reference_is_on_top_and_labels_differ() -> None:
    called = labels(findings(60))
    assert next(iter(called)) == "none"
    twice = labels(findings(20, {"none": "Same", "tripwire": "Same"}))
    assert twice == {"none": "none", "tripwire": "tripwire"}


def test_numbers_bear_the_digits_they_have() -> None:
    assert number(1234.5, 0) == "1,235"
    assert interval(Estimate(0.0, 0.0, 0.0095, 400), percent=True) == "0.0 (0.0 to 1.0)"
    assert (
        interval(Estimate(-0.12, -0.2, -0.04, 400), percent=True, signed=True) == "-12 (-20 to -4)"
    )
    assert interval(Estimate(0.12, 0.04, 0.2, 400), percent=True, signed=True) == "+12 (4 to 20)"
    assert interval(Estimate(4.9, 1.6, None, 9)) == "4.9 (1.6 to –)"
    assert interval(Estimate(None, None, None, 9)) == "–"
