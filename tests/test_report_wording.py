"""Sentences of the report: for planted estimates they are right, and no stronger than these."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from deter.analysis.contrasts import mean_difference, proportion_difference
from deter.analysis.estimates import Estimate, nothing, proportion
from deter.analysis.groups import holm, letters_of, mcnemar
from deter.analysis.levers import LeverEffect, Levers
from deter.analysis.morris import Morris, Screened
from deter.analysis.ranking import ranking
from deter.analysis.sensitivity import Index, Sobol
from deter.analysis.twins import Twins, TwinShare
from deter.presentation.analyses import words as terminal
from deter.presentation.report.phrases import amount, gap, in_histories, share
from deter.presentation.report.renaming import Renamed
from deter.presentation.report.results import sentences
from deter.presentation.report.wording import (
    Standing,
    answer,
    duty,
    other_event,
    peace_words,
    precision,
    twin_words,
)

TITLES = {"none": "no guarantee", "a": "Accord", "b": "Bond", "c": "Compact"}

PERCENT = re.compile(r"\d[\d.,]*\s?%")
WITH_INTERVAL = re.compile(
    r"\d[\d.,]* % \((?:95 % interval )?−?\d[\d.,]* to −?\d[\d.,]*\)"  # 25 % (21 to 29)
    r"|at (?:most|least) \d[\d.,]* %, 95 %"  # none in 200; at most 1.9 %, 95 %
    r"|between \d+ and \d+ %"  # bounds whatever the pairing
    r"|\(95 %\)|95 % interval|at 95 %|by 90 % regret"  # names of a level
)


def bare(sentence: str) -> list[str]:
    """Return the percentages of a sentence that stand without an interval."""
    return PERCENT.findall(WITH_INTERVAL.sub("", sentence))


def standing(events: Mapping[str, np.ndarray], event: str = "a full attack") -> Standing:
    """Say how frameworks stand whose histories had an event or not, as the analysis would."""
    names = list(events)
    order = sorted(names, key=lambda name: -float(events[name].sum()))
    p = {(a, b): mcnemar(events[a], events[b]) for i, a in enumerate(order) for b in order[i + 1 :]}
    first = names[0]
    return Standing(
        event=event,
        within="within 10 years",
        called={n: TITLES.get(n, n) for n in names},
        estimates={n: proportion(e) for n, e in events.items()},
        differences={
            n: proportion_difference(e, events[first]) for n, e in events.items() if n != first
        },
        letters=letters_of(order, holm(p)),
        reference=first,
    )


def shared(n: int, **probabilities: float) -> dict[str, np.ndarray]:
    """Histories under shared luck with given probabilities."""
    luck = (np.arange(n) + 0.5) / n
    return {name: luck < p for name, p in probabilities.items()}


def test_a_clear_winner_is_named_with_its_interval():
    said = answer(standing(shared(400, none=0.25, a=0.09, b=0.20)))
    assert said[0] == (
        "A full attack within 10 years is least likely under Accord: it came in 9.0 % (95 % "
        "interval 6.6 to 12.2) of histories, against 25 % (21 to 29) of histories under no "
        "guarantee. It is told apart from every other framework compared, all pairs tested at "
        "once."
    )
    assert said[1].startswith("Against no guarantee, it is lower under Accord (by 16.0 points,")


def test_a_tie_is_no_victory():
    said = " ".join(answer(standing(shared(400, none=0.30, a=0.10, b=0.105))))
    assert said.startswith("No one framework is shown to make a full attack within 10 years least")
    assert "Accord and Bond have estimates from 10.0 %" in said
    assert "is least likely under" not in said


def test_where_nothing_is_told_apart_no_order_is_given():
    said = answer(standing(shared(100, none=0.21, a=0.20, b=0.19)))
    assert said[0].startswith("This run cannot tell any of the 3 frameworks apart")
    text = " ".join(said)
    assert "lower" not in text
    assert "least likely" not in text
    assert "remain possible (95 %)" in text


def test_what_is_not_told_apart_leaves_a_range_open():
    events = shared(100, none=0.21, a=0.20)
    d = standing(events).differences["a"]
    assert d.low is not None
    assert d.high is not None
    last = answer(standing(events))[-1]
    assert f"effects of {100 * d.low:+.1f} to {100 * d.high:+.1f}".replace("-", "−") in last


def test_no_event_at_all_is_told_by_its_limit():
    said = answer(standing(shared(200, none=0.3, a=0.0)))
    assert "in none of 200 histories (at most 1.9 %, 95 %)" in said[0]
    assert share(proportion(np.zeros(200, dtype=bool))) == "none in 200; at most 1.9 %, 95 %"
    assert "0.0 %" not in " ".join(said)
    assert "0 %" not in re.sub(r"\d0 %", "", " ".join(said))


def test_an_event_in_every_history_is_told_by_its_limit():
    assert in_histories(proportion(np.ones(200, dtype=bool))) == (
        "in all of 200 histories (at least 98.1 %, 95 %)"
    )


def test_no_event_under_any_framework():
    said = answer(standing(shared(200, none=0.0, a=0.0)))
    assert said[0].startswith("This run cannot tell any of the 2 frameworks apart")
    assert not bare(" ".join(said))


def test_a_framework_that_raises_it_is_told_to():
    said = answer(standing(shared(400, none=0.1, a=0.3)))
    assert said[0].startswith("A full attack within 10 years is least likely under no guarantee")
    assert any("it is higher under Accord (by 20.0 points," in one for one in said)


def test_wide_intervals_are_called_wide():
    few = {"none": proportion(np.arange(40) < 12)}
    assert precision(few, 40)[0].startswith("The intervals are wide, up to 15 points to one side")
    many = {"none": proportion(np.arange(4000) < 1200)}
    assert precision(many, 4000) == []


def test_nothing_ran():
    empty = {name: np.zeros(0, dtype=bool) for name in ("none", "a")}
    s = Standing(
        "a full attack",
        "within 10 years",
        TITLES,
        {name: proportion(e) for name, e in empty.items()},
        {"a": nothing()},
        {},
        "none",
    )
    assert answer(s) == ["No history ran to its end: nothing can be said."]


def test_all_censored_there_is_no_median():
    medians = {"none": nothing(200), "a": nothing(200)}
    assert peace_words(TITLES, medians, 10) == (
        "Under every framework fewer than half of histories are attacked within 10 years, so that "
        "no median time of peace can be given."
    )


def test_some_censored():
    medians = {"none": Estimate(5.8, 5.0, 7.8, 200, "y"), "a": nothing(200)}
    assert peace_words(TITLES, medians, 10) == (
        "The median time to a first limited or full attack is 5.8 years (5.0 to 7.8) under no "
        "guarantee; under Accord fewer than half of histories are attacked within 10 years."
    )


def test_a_duty_never_tested_and_one_never_kept():
    assert duty("Accord", nothing(), nothing()) == [
        "Accord was never put to the test: no response came due."
    ]
    never = duty("Accord", proportion(np.zeros(50, dtype=bool)), nothing())
    assert "none was given in full (none in 50; at most 7.1 %, 95 %)" in never[0]
    assert "fewer than half were ever given" in never[0]
    open_ended = Estimate(29.0, 19.0, None, 50, "d")
    kept = duty("Accord", proportion(np.arange(50) < 30), open_ended)
    assert "29 days (19 to no limit that this run can tell)" in kept[0]


def test_twins_carry_their_bounds():
    classes = {
        "deterred": TwinShare(proportion(np.arange(100) < 18), 0.12, 0.31),
        "provoked": TwinShare(proportion(np.arange(100) < 1), 0.0, 0.2),
    }
    said = twin_words("Accord", "no guarantee", Twins(classes, nothing(), 100))
    assert "the first share lies anywhere between 12 and 31 %" in said
    assert not bare(said)


def test_other_events_say_that_they_were_not_tested_together():
    said = other_event(standing(shared(400, none=0.45, a=0.30, b=0.44), "a war"))
    assert said.startswith("A war came within 10 years in 45 % (40 to 50) of histories under no")
    assert "by their own intervals" in said


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(2, 400),
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_probability_never_stands_without_its_interval(n, shares, seed):
    luck = np.random.default_rng(seed).random(n)
    events = {name: luck < p for name, p in zip(("none", "a", "b", "c"), shares, strict=False)}
    s = standing(events)
    for sentence in [*answer(s), other_event(s)]:
        assert not bare(sentence), sentence
        assert "nan" not in sentence
        assert "None" not in sentence


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(2, 400),
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=4),
    seed=st.integers(0, 2**32 - 1),
)
def test_none_is_called_least_likely_that_shares_a_letter(n, shares, seed):
    luck = np.random.default_rng(seed).random(n)
    events = {name: luck < p for name, p in zip(("none", "a", "b", "c"), shares, strict=False)}
    s = standing(events)
    lead = answer(s)[0]
    if "is least likely under" not in lead:
        return
    named = lead.split("is least likely under ")[1].split(":")[0]
    winner = next(name for name in events if s.called[name] == named)
    for name in events:
        if name != winner:
            assert not set(s.letters[name]) & set(s.letters[winner])
            assert (s.estimates[winner].estimate or 0) < (s.estimates[name].estimate or 0)


@settings(max_examples=40, deadline=None)
@given(low=st.floats(-1, 1), width=st.floats(0, 1), at=st.floats(0, 1))
def test_lower_and_higher_are_said_only_where_the_interval_says_so(low, width, at):
    d = Estimate(low + at * width, low, low + width, 100)
    said = gap(d)
    assert ("lower" in said) == (low + width < 0)
    assert ("higher" in said) == (low > 0)


@settings(max_examples=40, deadline=None)
@given(estimate=st.floats(0, 1), n=st.integers(1, 10_000_000))
def test_every_share_has_its_limits(estimate, n):
    happened = round(estimate * n) / n
    from deter.analysis.estimates import wilson_limits

    found = Estimate(happened, *wilson_limits(happened, n), n)
    assert not bare(share(found))
    assert not bare(in_histories(found, spelled=True))


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (Estimate(None, None, None, 0), "an amount that cannot be estimated"),
        (Estimate(5.0, None, 6.0, 9), "5.0 days (no limit that this run can tell, to 6.0)"),
        (Estimate(-0.5, -1.0, 0.25, 9), "−0.5 days (−1.0 to 0.3)"),
    ],
)
def test_amounts_with_open_limits(estimate, said):
    assert amount(estimate, "days") == said


# ---------------------------------------------------------------------------- results of sweeps


def sobol_of(*shares: tuple[str, float, float, float]) -> Sobol:
    found = tuple(
        Index(name, Estimate(t, low, high, 64), Estimate(t, low, high, 64))
        for name, t, low, high in shares
    )
    return Sobol(found, {}, 64, 0, 0.3, 0.01, None, "as planted")


def events_of(luck: NDArray[np.float64], **shares: float) -> dict[str, NDArray[np.float64]]:
    return {name: np.where(luck < share_, 1.0, 0.0) for name, share_ in shares.items()}


def told(what: str, result: object, heading: str = "the outcome") -> str:
    return " ".join(sentences(Renamed(what, heading, result)))


def test_a_factor_matters_most_only_where_its_interval_lies_above_the_others():
    clear = sobol_of(("resolve", 0.7, 0.6, 0.8), ("forces", 0.2, 0.1, 0.3))
    assert "resolve matters most" in told("sensitivity", clear)
    close = sobol_of(("resolve", 0.4, 0.2, 0.6), ("forces", 0.3, 0.1, 0.5))
    said = told("sensitivity", close)
    assert "matters most" not in said
    assert "forces cannot be told to have less" in said


def test_what_is_told_to_have_less_is_told_beside_what_is_not():
    found = sobol_of(("a", 0.6, 0.5, 0.7), ("b", 0.5, 0.4, 0.6), ("c", 0.2, 0.1, 0.3))
    said = told("sensitivity", found)
    assert "a has the largest estimate: by itself it holds 60 % (50 to 70)" in said
    assert "b cannot be told to have less. Told to have less than a: c." in said


def test_a_wide_interval_is_no_proof_of_less_though_it_holds_nothing():
    found = sobol_of(("narrow", 0.4, 0.3, 0.5), ("wide", 0.2, -0.1, 0.5))
    for said in (told("sensitivity", found), " ".join(terminal(found))):
        assert "matters most" not in said
        assert "wide cannot be told to have less" in said
        assert "Not told from no influence: wide." in said


def test_a_larger_estimate_that_is_nothing_does_not_lead():
    found = sobol_of(("wide", 0.5, -0.1, 1.1), ("narrow", 0.4, 0.3, 0.5))
    said = " ".join(terminal(found))
    assert said.startswith("narrow has the largest estimate")
    assert "wide cannot be told to have less" in said


def test_the_terminal_and_the_report_judge_alike():
    for close in (0.45, 0.55):
        found = sobol_of(("a", 0.6, 0.5, 0.7), ("b", 0.4, 0.3, close))
        assert ("matters most" in " ".join(terminal(found))) == (close < 0.5)
        assert ("matters most" in told("sensitivity", found)) == (close < 0.5)


def morris_of(*sizes: tuple[str, float, float, float]) -> Morris:
    none = nothing(9)
    found = (Screened(name, Estimate(t, low, high, 9), none, none) for name, t, low, high in sizes)
    return Morris(tuple(found), 9, 0, None, "as planted")


def test_screening_names_a_first_only_where_no_other_interval_reaches_it():
    clear = morris_of(("a", 0.3, 0.2, 0.4), ("b", 0.1, 0.05, 0.15))
    close = morris_of(("a", 0.3, 0.2, 0.4), ("b", 0.2, 0.15, 0.25))
    for said in (told("sensitivity", clear), " ".join(terminal(clear))):
        assert "a moves the outcome most: on average 30" in said
    for said in (told("sensitivity", close), " ".join(terminal(close))):
        assert "most" not in said
        assert "b cannot be told to have less" in said
    flat = morris_of(("a", 0.0, 0.0, 0.0), ("b", 0.0, 0.0, 0.0))
    assert "No factor can be told from no effect." in told("sensitivity", flat)


def test_factors_without_influence_are_named():
    found = sobol_of(("resolve", 0.9, 0.8, 1.0), ("forces", 0.01, -0.01, 0.03))
    assert "Not told from no influence: forces." in told("sensitivity", found)


def test_a_ranking_names_a_first_only_where_ranks_do_not_overlap():
    luck = np.random.default_rng(1).random(400)
    clear = ranking(events_of(luck, a=0.5, b=0.1))
    assert "b is shown to be the lowest" in told("contrast", clear)
    tie = ranking(events_of(luck, a=0.5, b=0.49, c=0.48))
    assert "shown to be" not in told("contrast", tie)


def test_a_contrast_that_holds_zero_is_no_finding():
    from deter.analysis.overview import Contrast

    rng = np.random.default_rng(2)
    here, there = rng.random(200), rng.random(200)
    open_ = Contrast(mean_difference(here, there, 1.0), None, "ground lost", "1")
    assert "not told from no difference" in told("contrast", open_, "a against none")


def levers_of(*effects: tuple[str, float, float, float]) -> Levers:
    found = tuple(
        LeverEffect(name, "high", "low", Estimate(middle, low, high, 200))
        for name, middle, low, high in effects
    )
    return Levers(found, (), None, "one_at_a_time", len(found) + 1, 200, "as planted")


def test_levers_that_move_nothing_are_told_with_the_largest_estimate():
    found = levers_of(("troops", -0.02, -0.05, 0.01), ("rule", 0.01, -0.02, 0.04))
    assert told("sensitivity", found) == (
        "The outcome: none of 2 changes is shown to move it. The largest estimate, troops high in "
        "place of low, is −2.0 points (−5.0 to +1.0)."
    )


def test_levers_are_judged_by_their_own_intervals():
    found = levers_of(("troops", -0.04, -0.07, -0.01), ("rule", 0.01, -0.02, 0.04))
    said = told("sensitivity", found)
    assert "troops high in place of low makes it 4.0 points lower (1.0 to 7.0)" in said
    assert "Not told from no effect: rule." in said
    assert "one in twenty errs" in said


def test_a_lever_moves_it_most_only_where_its_size_is_told_from_the_others():
    clear = levers_of(("troops", -0.2, -0.25, -0.15), ("rule", 0.1, 0.05, 0.12))
    assert terminal(clear)[0] == (
        "troops moves the outcome most: high in place of low changes the outcome by "
        "-20 (-25 to -15) points. No other interval reaches that far."
    )
    close = levers_of(("troops", -0.2, -0.25, -0.15), ("rule", 0.1, 0.05, 0.18))
    assert "rule cannot be told to have less" in terminal(close)[0]


def test_each_patch_of_a_list_is_a_thing_of_its_own():
    found = Levers(
        (
            LeverEffect("patch", "no US", "all", Estimate(0.2, 0.15, 0.25, 200)),
            LeverEffect("patch", "no GB", "all", Estimate(0.18, 0.12, 0.24, 200)),
            LeverEffect("patch", "no TR", "all", Estimate(0.0, -0.02, 0.02, 200)),
        ), (), None, "list", 4, 200, "as planted",
    )  # fmt: skip
    said = terminal(found)
    assert said[0].startswith("no US has the largest estimate: in place of all it changes the")
    assert "no GB cannot be told to have less." in said[0]
    assert said[1:3] == ["Told to have less than no US: no TR.", "Not told from no effect: no TR."]
