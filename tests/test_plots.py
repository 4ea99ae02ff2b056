"""Figures of a comparison: nothing overlaps, what is drawn is what was estimated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests import evidence
from tests.pictures import bars, check_numbers, check_table, check_texts, said
from tests.synthetic import STRENGTHS, findings, opened

from deter.analysis.causes import causes as shares
from deter.analysis.estimates import Estimate
from deter.analysis.ladder import RUNGS
from deter.analysis.survival import cumulative_incidence
from deter.presentation.figures import (
    available,
    causes,
    comparison,
    draw,
    flow,
    ladder,
    peace,
    race,
    svg,
)
from deter.presentation.figures.dots import Row, dots, stands
from deter.presentation.figures.saving import png, saved
from deter.presentation.figures.style import MARKS, SMALL, figure, inches, label, wrapped
from deter.presentation.opened import Opened
from deter.presentation.summary import drawn_files, summary
from deter.presentation.words import interval, labels, number

LONG = {"none": "None at all"} | {
    name: f"A framework with quite a long title, number {k}, of those that nobody has ever read"
    for k, name in enumerate(list(STRENGTHS)[1:5])
}
MANY = {"none": "None"} | {
    f"framework_{k:02d}": f"Framework of some kind {k:02d}" for k in range(29)
}
ONE = {"none": "None", "one": "One"}
OF_TABLES = ("comparison", "peace", "race", "causes", "flow", "ladder")


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (LONG, OF_TABLES),
        (ONE, OF_TABLES),
        (MANY, OF_TABLES if evidence.FULL else ("comparison", "peace", "ladder")),
    ],
    ids=["long", "one", "many"],
)
def test_no_text_overlaps_or_leaves_the_picture(
    titles: dict[str, str], names: tuple[str, ...]
) -> None:
    for drawn in draw(opened(40, titles), names):
        check_texts(drawn.figure)


def test_nothing_overlaps_where_nothing_happened() -> None:
    quiet = opened(40, {"none": "None", "one": "One"}, quiet=True)
    for drawn in draw(quiet):
        check_texts(drawn.figure)
        assert "n = 40" in said(drawn.figure)


def test_a_run_of_one_framework_is_drawn_too() -> None:
    alone = opened(40, {"tripwire": "Tripwire"}, reference=None)
    drawn = list(draw(alone))
    assert [one.name for one in drawn] == ["peace", "race", "causes", "ladder"]
    for one in drawn:
        check_texts(one.figure)
    assert "reference" in available(alone)["comparison"].why_not


def test_every_figure_has_a_name_and_a_reason() -> None:
    known = available(opened(20, ONE))
    assert set(known) == {
        "comparison", "peace", "race", "causes", "credibility", "tornado", "sobol", "heat", "box",
        "regret", "exchange", "autopsy", "flow", "ladder", "timeline",
    }  # fmt: skip
    assert "deter trace" in known["timeline"].why_not
    assert {name for name, one in known.items() if one.asked} == {"exchange", "autopsy"}


def test_a_planted_overlap_is_found() -> None:
    fig = comparison.comparison(comparison.data_of(opened(20, ONE)))
    fig.axes[0].set_title("a title that is so long that it runs into the next panel's own title")
    with pytest.raises(AssertionError):
        check_texts(fig)


def test_a_planted_small_text_is_found() -> None:
    fig = comparison.comparison(comparison.data_of(opened(20, ONE)))
    fig.axes[0].xaxis.label.set_fontsize(6)
    with pytest.raises(AssertionError):
        check_texts(fig)


@pytest.fixture(scope="module")
def some() -> Opened:
    return opened(60)


def test_every_figure_says_n_interval_and_condition(some: Opened) -> None:
    for drawn in draw(some):
        check_texts(drawn.figure)
        words = said(drawn.figure)
        for part in ("n = 60", "95 %", "not a forecast", "10 years", "seed 1"):
            assert part in words, (drawn.name, part)
            assert part in drawn.caption or part in drawn.alt
        assert "%" in words
        assert "(" in drawn.alt
        assert " to " in drawn.alt


def test_the_numbers_behind_every_table_of_dots_are_its_estimates(some: Opened) -> None:
    drawn = {one.name: one for one in draw(some)}
    for module in (comparison, causes, flow, ladder):
        check_numbers(drawn[module.NAME], module.table_of(module.data_of(some)))
    bounds = findings(60).twins["tripwire"].classes["deterred"]
    (row,) = [r for r in drawn["flow"].data[0].rows if r[0] == "tripwire"]
    assert f"[{100 * bounds.least:.0f} to {100 * bounds.most:.0f}]" in row[1]


def test_the_numbers_behind_curves_are_read_from_the_curves(some: Opened) -> None:
    drawn = {one.name: one for one in draw(some, ["peace", "race"])}
    (left,) = drawn["peace"].data
    given, fallen = drawn["race"].data
    found = findings(60)
    for row in left.rows:
        name = next(n for n, text in labels(found).items() if text == row[0])
        for head, cell in zip(left.heads[1:], row[1:], strict=True):
            gone = found.attacks[name].at(float(head.split()[1]))
            assert float(cell.split()[0]) == pytest.approx(100 * (1 - gone), abs=0.51)
            assert "(" in cell
    assert left.heads[1:] == ("after 1 y", "after 2 y", "after 5 y", "after 10 y")
    held = race.data_of(some).races["tripwire"]
    (row,) = [r for r in given.rows if r[0] == "tripwire"]
    assert row[3] == interval(held.given_by(30.0), percent=True)
    (row,) = [r for r in fallen.rows if r[0] == "tripwire"]
    assert row[5] == interval(held.fallen_by(365.0), percent=True)


def test_a_picture_without_its_words_is_smaller_and_has_them_again(some: Opened) -> None:
    (drawn,) = draw(some, ["flow"])
    whole, bare = svg(drawn.figure, "a"), svg(drawn.figure, "a", words=False)
    assert drawn.title in whole
    assert drawn.title not in bare
    assert "not a forecast" not in bare
    assert "Deterred" in bare
    high = [float(text.split('height="')[1].split("pt")[0]) for text in (whole, bare)]
    assert high[1] < high[0] - 40
    assert svg(drawn.figure, "a") == whole


def test_comparison_draws_the_estimates(some: Opened) -> None:
    data = comparison.data_of(some)
    table = comparison.table_of(data)
    check_table(comparison.comparison(data), table)
    found = findings(60)
    for place, name in enumerate(data.labels):
        assert table.columns[0].rows[place].estimate == found.estimates[name]["p_full_attack"]
        assert table.columns[2].rows[place].estimate == found.estimates[name]["p_war"]
        assert table.columns[3].rows[place].estimate == found.estimates[name]["incidents_per_10y"]
        if name != "none":
            gap = found.differences[name]["p_full_attack"]
            assert table.columns[1].rows[place].estimate == gap


def test_causes_draw_the_shares(some: Opened) -> None:
    data = causes.data_of(some)
    table = causes.table_of(data)
    check_table(causes.causes(data), table)
    found = findings(60)
    seen = {column.title: column for column in table.columns}
    for place, name in enumerate(data.labels):
        own = shares(found.sample(name), "why_not_stopped")
        drawn = seen[causes.WORDS["reneged"]].rows[place].estimate
        expected = own.get("reneged")
        assert drawn == expected if expected else drawn.estimate in (None, 0.0)


def test_a_cause_never_seen_still_has_an_upper_limit(some: Opened) -> None:
    column = causes.table_of(causes.data_of(some)).columns[0]
    for row in column.rows:
        e = row.estimate
        assert e.estimate is None or (e.high is not None and e.high > 0)


def test_flow_draws_shares_and_bounds(some: Opened) -> None:
    data = flow.data_of(some)
    table = flow.table_of(data)
    fig = flow.flow(data)
    check_table(fig, table)
    assert "none" not in data.labels
    twins = findings(60).twins
    for word, ax in zip(flow.SHOWN, fig.axes, strict=True):
        strips = {round(p.get_y() + p.get_height() / 2): p for p in bars(ax)}
        for place, name in enumerate(data.labels):
            held = twins[name].classes[word]
            strip = strips[place]
            assert strip.get_x() == pytest.approx(100 * held.least)
            assert strip.get_x() + strip.get_width() == pytest.approx(100 * held.most)


def test_ladder_draws_the_share_that_reaches_each_rung(some: Opened) -> None:
    data = ladder.data_of(some)
    table = ladder.table_of(data)
    fig = ladder.ladder(data)
    check_table(fig, table)
    for ax, column in zip(fig.axes, table.columns, strict=True):
        widths = [patch.get_width() for patch in bars(ax)]
        assert widths == [100 * (row.estimate.estimate or 0) for row in column.rows]
    frame = findings(60).rows.frame
    for name in data.labels:
        mine = frame[frame["framework"] == name]
        share = float((mine["s_full_attack"] == "event").mean())
        assert data.shares[name]["full_attack"].estimate == pytest.approx(share)
    assert table.labels[-1] == ladder.WORDS[next(iter(RUNGS))]


def test_of_many_frameworks_a_panel_is_a_rung() -> None:
    data = ladder.data_of(opened(20, MANY))
    assert [c.title for c in ladder.table_of(data).columns] == list(ladder.WORDS.values())


def test_peace_draws_the_curves(some: Opened) -> None:
    data = peace.data_of(some)
    fig = peace.peace(data)
    names = [name for name in data.labels if name != "none"]
    for name, ax in zip(names, fig.axes, strict=True):
        line = ax.lines[-1]
        curve = findings(60).attacks[name]
        assert np.allclose(np.asarray(line.get_ydata())[1:-1], 100 * (1 - curve.value))
        assert np.allclose(np.asarray(line.get_xdata())[1:-1], curve.times)
        band = np.asarray(ax.collections[0].get_paths()[0].vertices)[:, 1]
        assert band.min() == pytest.approx(100 * (1 - curve.high[-1]))


def test_race_draws_both_curves(some: Opened) -> None:
    data = race.data_of(some)
    fig = race.races(data)
    frame = findings(60).rows.frame
    for name, ax in zip(data.labels, fig.axes, strict=True):
        held = data.races[name]
        mine = frame[frame["framework"] == name]
        owed = int(mine["n_owed"].sum())
        assert held.owed == owed
        if owed:
            line = ax.lines[0]
            given = np.asarray(line.get_ydata())
            early = mine[[f"response_{b:02d}" for b in range(5)]].to_numpy().sum()
            assert given[4] == pytest.approx(100 * early / owed)
            assert np.all(np.diff(given) >= 0)


def test_the_objective_races_against_other_ends() -> None:
    from tests.synthetic import blank

    from deter.analysis.race import race_of
    from deter.analysis.rows import sample

    ends = ["objective"] * 4 + ["repulse"] * 4 + [""] * 2
    days = [10.0, 20.0, 30.0, 40.0, 5.0, 5.0, 50.0, 50.0, 0.0, 0.0]
    table = blank(10, first_campaign_end=ends, first_campaign_days=days)
    found = race_of(sample(table, "none", 10.0))
    assert found.objective.n == 8
    assert found.fallen_by(25.0).estimate == pytest.approx(2 / 8)
    assert found.fallen_by(1.0).estimate == 0.0
    assert (found.fallen_by(1.0).high or 0.0) > 0.0
    assert found.fallen_by(1000.0).estimate == pytest.approx(4 / 8)
    assert found.given_by(30.0).estimate is None


def test_all_have_fallen_though_some_were_cut_off() -> None:
    times, event = np.array([1.0, 2.0, 3.0]), np.array([True, False, True])
    curve = cumulative_incidence(times, event, np.zeros(3, dtype=bool))
    assert curve.value[-1] == pytest.approx(1.0)
    assert 0.0 < curve.low[-1] < 0.5
    assert curve.high[-1] == 1.0


def test_every_estimate_is_drawn_with_its_interval() -> None:
    fig = figure(4, 3)
    rows = [
        Row("a", Estimate(0.2, 0.1, 0.4, 10), "lower"),
        Row("b", Estimate(None, None, None, 10)),
        Row("c", Estimate(0.5, 0.3, None, 10), "reference"),
        Row("d", Estimate(0.5, 0.3, None, 10), "reference", ends=(0.0, 0.9)),
    ]
    ax = dots(rows, fig.subplots(), scale=100.0)
    drawn = [np.asarray(line.get_xdata()).tolist() for line in ax.lines]
    assert drawn == [[10, 40], [20], [30, 50], [50], [30, 90], [50], [90]]
    assert [text.get_text() for text in ax.texts] == ["no estimate"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a", "b", "c", "d"]


def test_colour_never_stands_alone() -> None:
    looks = {
        (mark["marker"], mark["mfc"] == "white") for key, mark in MARKS.items() if key != "plain"
    }
    assert len(looks) == len(MARKS) - 1, "plain marks never stand beside others"


def test_how_a_framework_stands() -> None:
    assert stands(None) == "reference"
    assert stands(Estimate(-0.1, -0.2, -0.01, 9)) == "lower"
    assert stands(Estimate(0.1, 0.01, 0.2, 9)) == "higher"
    assert stands(Estimate(0.1, -0.01, 0.2, 9)) == "unclear"
    assert stands(Estimate(0.1, None, None, 9)) == "unclear"


def test_survival_steps_down_from_one_hundred() -> None:
    times, event = np.array([2.0, 5.0, 10.0, 10.0]), np.array([True, True, False, False])
    curve = cumulative_incidence(times, event, np.zeros(4, dtype=bool))
    ax = peace.survival(curve, figure(3, 2).subplots(), 10.0)
    line = ax.lines[0]
    assert list(np.asarray(line.get_xdata())) == [0, 2, 5, 10]
    assert list(np.asarray(line.get_ydata())) == [100, 75, 50, 50]
    empty = cumulative_incidence(np.full(4, 10.0), np.zeros(4, bool), np.zeros(4, bool))
    still = peace.survival(empty, figure(3, 2).subplots(), 10.0).lines[0]
    assert list(np.asarray(still.get_ydata())) == [100, 100]


def test_labels_are_broken_and_cut_by_their_width() -> None:
    broken = wrapped("one two three four five six seven eight nine ten", 1.0)
    assert all(inches(line) <= 1.0 for line in broken.split("\n"))
    assert " ".join(broken.split()) == "one two three four five six seven eight nine ten"
    assert all(inches(line) <= 0.5 for line in wrapped("x" * 60, 0.5).split("\n"))
    cut = label("a very long label indeed that never ends at all", 1.0, SMALL)
    assert cut.count("\n") == 1
    assert cut.endswith("…")
    assert inches(cut.split("\n")[1]) <= 1.0


def test_pictures_repeat_themselves() -> None:
    first, again = (drawn_files(opened(30, ONE)) for _ in range(2))
    assert set(first) == {f"{name}.png" for name in OF_TABLES}
    assert first == again
    assert first["comparison.png"].startswith(b"\x89PNG")
    assert png(figure(1, 1)).startswith(b"\x89PNG")


@pytest.mark.parametrize("form", ["svg", "pdf"])
def test_other_formats_repeat_themselves(form: str, some: Opened) -> None:
    made: list[Callable[[], Figure]] = [lambda: flow.flow(flow.data_of(some))] * 2
    first, again = (saved(make(), form) for make in made)
    assert first == again


def test_an_svg_can_stand_in_a_page(some: Opened) -> None:
    import re
    from xml.etree import ElementTree

    text = svg(flow.flow(flow.data_of(some)), "flow")
    root = ElementTree.fromstring(text)
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert ids
    assert all(str(one).startswith("flow-") for one in ids)
    assert len(set(ids)) == len(ids)
    targets = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)
    assert {one or other for one, other in targets} <= set(ids)
    assert not re.search(r'(?:href|src)="(?!#)', text), "nothing is fetched"
    assert "Deterred" in "".join(root.itertext()), "text is kept as text"
    assert text == svg(flow.flow(flow.data_of(some)), "flow")


def test_the_summary_of_a_run_of_one_framework_compares_nothing() -> None:
    alone = opened(20, {"none": "None"}, reference=None)
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
