"""Figures of sweeps and replays: what is drawn is what was found, and all of it can be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests import evidence
from tests.pictures import bars, check_numbers, check_table, check_texts, said
from tests.planted import N, Told, failed_mean, opened_of

from deter.analysis.crossing import Search
from deter.analysis.discover import Box, Discovery, Restriction
from deter.analysis.estimates import Estimate, nothing
from deter.analysis.exchange import Exchange, Price
from deter.analysis.morris import Morris, Screened
from deter.analysis.rescue import Autopsy, Repair
from deter.analysis.sensitivity import Index, Sobol
from deter.errors import InputError
from deter.presentation.figures import (
    autopsy,
    available,
    box,
    cases,
    draw,
    exchange,
    heat,
    regret,
    sobol,
    tornado,
)
from deter.presentation.opened import Opened
from deter.presentation.words import interval

TITLES = {"none": "None", "pact": "A pact"}
LONG = {
    "none": "No guarantee at all, of whatever kind, by whomever",
    "pact": "An agreement with a title that goes on for longer than any table has room",
    "third": "A third one",
}
MANY = {"none": "None"} | {f"f_{k:02d}": f"Framework of some kind {k:02d}" for k in range(29)}
LEVERS = {"troops": (0.0, 1.0, 2.0), "place": ("rear", "front")}


def strength(case: Mapping[str, Any], framework: str) -> float:
    """A pact that is better with many troops, and worse than nothing with none."""
    if framework == "none":
        return 0.3
    return 0.1 + 0.35 * float(case["troops"]) + (0.1 if case["place"] == "front" else 0.0)


@pytest.fixture(scope="module")
def grid() -> Opened:
    return opened_of(TITLES, LEVERS, strength)


def test_a_grid_is_drawn_by_default_as_far_as_it_goes(grid: Opened) -> None:
    drawn = {one.name: one for one in draw(grid)}
    assert list(drawn) == ["comparison", "tornado", "heat", "regret"]
    for one in drawn.values():
        check_texts(one.figure)
        for part in (f"n = {N}", "95 %", "not a forecast", "seed 1"):
            assert part in said(one.figure), (one.name, part)
        assert "(" in one.alt
    why = {name: one.why_not for name, one in available(grid).items()}
    assert "Sobol" in why["sobol"]
    assert "several" in why["peace"]


@pytest.mark.parametrize(
    ("titles", "names"),
    [(LONG, None), (MANY, None if evidence.FULL else ("comparison", "heat"))],
    ids=["long", "many"],
)
def test_names_of_any_length_and_number_fit(
    titles: dict[str, str], names: tuple[str, ...] | None
) -> None:
    levers = {
        "a lever with a long name that nobody would ever write": (0.0, 1.0),
        "place": ("the rear of the country, far from everything", "front"),
    }
    wide = opened_of(titles, levers, lambda _, name: 0.2 if name == "none" else 0.5, n=12)
    for one in draw(wide, names):
        check_texts(one.figure)


def test_cells_draw_means_and_differences(grid: Opened) -> None:
    data = heat.data_of(grid, {})
    fig = heat.heats(data)
    study = grid.study
    assert study is not None
    levels = [one for one in data.maps if not one.difference]
    assert [one.title for one in levels] == ["None", "A pact"]
    for name, one, ax in zip(TITLES, levels, fig.axes, strict=False):
        image = np.asarray(ax.images[0].get_array())
        for y, place in enumerate(LEVERS["place"]):
            for x, troops in enumerate(LEVERS["troops"]):
                here = study.cases
                case = int(here[(here.troops == troops) & (here.place == place)].index[0])
                assert image[y, x] == pytest.approx(failed_mean(study, case, name))
                e = one.cells[y][x]
                assert e.n == N
                shown = ax.texts[y * 3 + x].get_text()
                low, high = f"{100 * (e.low or 0):.0f}", f"{100 * (e.high or 0):.0f}"
                assert shown == f"{100 * (e.estimate or 0):.0f}\n{low}–{high}"
    (gap,) = [one for one in data.maps if one.difference]
    assert gap.title == "None less A pact"
    expected = heat.values_of(levels[0]) - heat.values_of(levels[1])
    assert np.allclose(heat.values_of(gap), expected)


def test_the_flip_line_runs_between_cells_of_opposite_signs(grid: Opened) -> None:
    data = heat.data_of(grid, {})
    (gap,) = [one for one in data.maps if one.difference]
    swaps = heat.swaps_of(gap)
    signs = np.sign(heat.values_of(gap))
    assert signs[0, 0] < 0 < signs[0, 2], "planted: none is better with no troops, worse with many"
    crossed = {s.x[0] for s in swaps if s.x[0] == s.x[1] and s.y == (-0.5, 0.5)}
    assert len(crossed) == 1
    ax = heat.heats(data).axes[-1]
    drawn = {tuple(np.asarray(line.get_xdata())) for line in ax.lines}
    assert drawn == {swap.x for swap in swaps}


def test_a_swap_is_sure_only_where_both_cells_are_told() -> None:
    told, untold = Estimate(0.2, 0.1, 0.3, 9), Estimate(-0.1, -0.2, 0.1, 9)
    other = Estimate(-0.2, -0.3, -0.1, 9)
    one = heat.Map("a", ((told, untold), (other, other)), difference=True)
    assert [swap.sure for swap in heat.swaps_of(one)] == [False, True]


def test_cells_too_small_for_text_say_how_wide_intervals_are() -> None:
    levers = {"x": tuple(float(k) for k in range(16)), "y": (0.0, 1.0)}
    many = opened_of({"none": "None"}, levers, lambda *_: 0.2, n=12)
    (drawn,) = draw(many, ["heat"])
    check_texts(drawn.figure)
    assert "the widest is ±" in said(drawn.figure)


def test_tornado_draws_effects_largest_first(grid: Opened) -> None:
    data = tornado.data_of(grid, {})
    table = tornado.table_of(data)
    fig = tornado.tornado(data)
    check_table(fig, table)
    found = {a.heading: a.result for a in grid.answers("sensitivity", measure="p_full_attack")}
    (effect,) = [
        one.effect
        for one in found["p_full_attack, pact"].effects
        if (one.lever, one.level) == ("troops", "2.0")
    ]
    row = table.labels.index("troops: 2.0, not 0.0")
    assert table.columns[1].rows[row].estimate == effect
    sizes = [abs(row.estimate.estimate or 0) for row in table.columns[1].rows]
    assert sizes[0] == max(sizes)
    widths = [patch.get_width() for patch in bars(fig.axes[1])]
    assert widths == [100 * (row.estimate.estimate or 0) for row in table.columns[1].rows]


def test_screening_has_no_direction() -> None:
    three = (Estimate(0.2, 0.1, 0.3, 9),) * 3
    found = Morris((Screened("troops", *three),), 9, 0, None, "")
    told = [Told("sensitivity", "p_full_attack, none", found)]
    opened = opened_of(TITLES, LEVERS, strength, kind="morris", answers={"sensitivity": told})
    (drawn,) = draw(opened, ["tornado"])
    check_texts(drawn.figure)
    data = tornado.data_of(opened, {})
    check_table(drawn.figure, tornado.table_of(data))
    assert not data.signed
    assert "raises it" not in said(drawn.figure)


def test_sobol_draws_both_orders() -> None:
    one = Index("troops", Estimate(0.2, 0.1, 0.3, 9), Estimate(0.5, 0.4, 0.6, 9))
    other = Index("place", nothing(), Estimate(0.7, 0.6, 0.8, 9))
    found = Sobol((other, one), {}, 9, 0, 0.3, 0.1, Estimate(0.1, 0.05, 0.2, 9), "")
    told = [Told("sensitivity", "p_full_attack, pact", found)]
    opened = opened_of(TITLES, LEVERS, strength, kind="saltelli", answers={"sensitivity": told})
    (drawn,) = draw(opened, ["sobol"])
    check_texts(drawn.figure)
    table = sobol.table_of(sobol.data_of(opened, {}))
    check_table(drawn.figure, table)
    assert table.labels == ("place", "troops"), "by falling total index"
    assert [row.estimate for row in table.columns[0].rows] == [other.first, one.first]
    assert [row.estimate for row in table.columns[1].rows] == [other.total, one.total]
    assert "chance holds: A pact 10 (5 to 20) %" in said(drawn.figure)


def test_numbers_stand_behind_every_figure_of_a_sweep(grid: Opened) -> None:
    drawn = {one.name: one for one in draw(grid)}
    for module, name in ((cases, "comparison"), (tornado, "tornado"), (regret, "regret")):
        check_numbers(drawn[name], module.table_of(module.data_of(grid, {})))
    levels, _, gap = drawn["heat"].data
    data = heat.data_of(grid, {})
    assert levels.heads[1:] == data.across
    assert [row[0] for row in levels.rows] == list(data.up[::-1]), "from above, as it is seen"
    assert levels.rows[-1][1] == interval(data.maps[0].cells[0][0], percent=True)
    assert "percentage points" in gap.caption


def test_of_a_grid_the_names_of_levers_are_said_once(grid: Opened) -> None:
    table = cases.table_of(cases.data_of(grid, {}))
    assert table.labels[0] == "0.0 · rear"
    assert table.note.startswith("Rows: troops · place.")


def test_too_few_cases_are_a_reason_and_no_failure() -> None:
    few = opened_of(TITLES, LEVERS, strength, kind="sobol")
    assert "40 independent cases at least" in available(few)["box"].why_not


def test_regret_draws_criteria_and_marks_the_best(grid: Opened) -> None:
    data = regret.data_of(grid, {})
    table = regret.table_of(data)
    check_table(regret.regret(data), table)
    for choice, column in zip(data.tables[0].choices, table.columns, strict=True):
        for name, row in zip(data.labels, column.rows, strict=True):
            assert row.estimate == choice.values[name]
            assert row.stands == ("lower" if name in choice.best else "unclear")


def test_cases_draw_the_overview(grid: Opened) -> None:
    data = cases.data_of(grid, {})
    table = cases.table_of(data)
    check_table(cases.cases(data), table)
    study = grid.study
    assert study is not None
    for k, name in enumerate(TITLES):
        for case, row in enumerate(table.columns[k].rows):
            assert row.estimate.estimate == pytest.approx(failed_mean(study, case, name))


def boxed(*found: Box) -> Opened:
    discovery = Discovery(found, Estimate(0.2, 0.1, 0.3, 9), None, 64, 32, 0, "a full attack")
    told = {"discover": [Told("discover", "pact", discovery)]}
    many = {"troops": tuple(k / 10 for k in range(21)), "place": ("rear", "front")}
    return opened_of(TITLES, many, strength, kind="sobol", answers=told, n=12)


def test_a_box_is_drawn_to_the_scale_of_its_factors() -> None:
    kept = (
        Restriction("troops", 0.5, None, None, 0.01),
        Restriction("place", None, None, ("front",), 0.01),
    )
    share = Estimate(0.6, 0.5, 0.7, 32)
    opened = boxed(Box(kept, share, share, share, 0.01, (), 0))
    (drawn,) = draw(opened, ["box"])
    check_texts(drawn.figure)
    lines = drawn.figure.axes[0].lines
    assert [list(np.asarray(line.get_xdata())) for line in lines[:2]] == [[0, 1], [0.25, 1.0]]
    words = said(drawn.figure)
    assert "0.5 to 2, of 0 to 2" in words
    assert "only front" in words
    assert "60 (50 to 70) % fail" in words
    assert box.span_of(box.data_of(opened, {}), kept[0]) == (0.25, 1.0)


def test_no_box_is_said() -> None:
    (drawn,) = draw(boxed(), ["box"])
    check_texts(drawn.figure)
    assert box.NONE in said(drawn.figure)
    assert "20 (10 to 30) % fail overall" in said(drawn.figure)


def price(change: str, known: str, worth: Estimate, effect: Estimate) -> Price:
    search = Search(0.0, 40.0, {}, (), ())
    return Price(change, (), effect, effect, search, known, worth, None, nothing(), 0)


def test_exchange_rates_draw_open_ends_as_arrows() -> None:
    effect = Estimate(-0.1, -0.2, -0.05, 9)
    prices = (
        price("a clause", "priced", Estimate(10.0, 5.0, 20.0, 9), effect),
        price("one without an end", "open", Estimate(12.0, 4.0, None, 9), effect),
        price("a great one", "beyond", nothing(), effect),
    )
    found = Exchange(
        "s", "pact", "framework.x.troops", "troops", 10.0, 0.0, 40.0, "P(full attack)", "",
        True, effect, effect, {}, prices, 9, 1,
    )  # fmt: skip
    told = {"trade": [Told("trade", "pact", found)]}
    opened = opened_of(TITLES, LEVERS, strength, answers=told)
    assert "exchange" not in [one.name for one in draw(opened)], "only where it is named"
    (drawn,) = draw(opened, ["exchange"])
    check_texts(drawn.figure)
    table = exchange.table_of(exchange.data_of(opened, {}))
    check_table(drawn.figure, table)
    worth = drawn.figure.axes[1]
    arrows = [line for line in worth.lines if line.get_marker() == ">"]
    assert [list(np.asarray(line.get_xdata())) for line in arrows] == [[30.0]]
    assert "more than the range buys" in said(drawn.figure)


def test_an_autopsy_draws_what_is_saved_and_the_balance() -> None:
    share, net = Estimate(0.4, 0.3, 0.5, 20), Estimate(-0.1, -0.2, -0.05, 50)
    good = Repair("in force at once", (), share, nothing(), net, 8, 1, told=True)
    idle = Repair("of no use", (), nothing(), nothing(), nothing(), 0, 0)
    found = Autopsy(
        "s", "pact", "P(full attack)", "a full attack", share, 20, (good, idle), good, (), 0,
        share, share, share, (), 50, 1, 10.0,
    )  # fmt: skip
    told = {"autopsy": [Told("autopsy", "pact", found)]}
    opened = opened_of(TITLES, LEVERS, strength, answers=told)
    (drawn,) = draw(opened, ["autopsy"])
    check_texts(drawn.figure)
    table = autopsy.table_of(autopsy.data_of(opened, {}))
    check_table(drawn.figure, table)
    assert table.labels == ("in force at once", autopsy.WHOLE)
    assert [column.rows[0].estimate for column in table.columns] == [share, net]


def test_an_experiment_says_what_is_drawn() -> None:
    plots = ["tornado", {"heat": {"measure": "p_war"}}, {"heat": {"frameworks": ["none"]}}]
    opened = opened_of(TITLES, LEVERS, strength, plots=plots)
    drawn = list(draw(opened))
    assert [one.name for one in drawn] == ["tornado", "heat", "heat-2"]
    assert "P(war)" in drawn[1].title
    assert len(drawn[2].figure.axes) == 1
    (one,) = draw(opened, ["heat"])
    assert "P(war)" in one.title, "by name, with the options of its first listing"


def test_what_cannot_be_drawn_is_refused_with_all_faults(grid: Opened) -> None:
    with pytest.raises(InputError) as caught:
        list(draw(grid, ["sobol", "haet"]))
    told = str(caught.value)
    assert "sobol cannot be drawn of these results" in told
    assert "did you mean 'heat'" in told


def test_a_sweep_of_one_case_is_a_comparison() -> None:
    single = opened_of(TITLES, {"troops": (1.0,)}, lambda _, n: 0.2 if n == "none" else 0.5)
    names = [one.name for one in draw(single)]
    assert names == ["comparison", "peace", "race", "causes", "flow", "ladder"]
