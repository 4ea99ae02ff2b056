"""The benchmark measures what it says: one war in all tools, counts that can be redone by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import pytest
from benchmarks import plain_wars, report, sweeps
from benchmarks.cases import SEED, case
from benchmarks.floor.counting import counted
from benchmarks.floor.loop import evaluate
from benchmarks.floor.rules import NEEDS, Needs
from benchmarks.guarantors import treaty
from benchmarks.timing import QUICK, Job, Pair, repeated, side_by_side, sized
from benchmarks.wars.exact import daily_win_probability, win_probability
from benchmarks.wars.parameters import war
from tests.evidence import FULL

from deter.engine.game import Built
from deter.engine.outcome import Block, recorded
from deter.engine.reference import simulate
from deter.engine.telling import Entry
from deter.theory.campaign import ruin_win

WARS = {"numpy": 30_000, "numba": 30_000, "numba_numpy_draws": 30_000, "simpy": 1_500}
SLOW_WARS = {"salabim": 200, "mesa": 200}


def rows(built: Built, seed: int, start: int, stop: int) -> Block:
    """The reference engine's rows, as either engine hands them over."""
    return recorded([simulate(built, seed, r).row for r in range(start, stop)])


# ---- the plain wars


@pytest.mark.parametrize(("program", "n"), (WARS | SLOW_WARS).items())
def test_each_plain_war_is_won_as_often_as_it_must_be(program, n):
    wins = plain_wars.wins_of(program)
    if isinstance(wins, str):
        pytest.skip(wins)
    share = plain_wars.Share(wins(3, n), n)
    assert abs(share.z_against(plain_wars.expected(program))) < plain_wars.LARGEST_Z


def test_our_engine_fights_the_same_war():
    n = 200
    share = plain_wars.Share(plain_wars.our_wins(rows)(0, n), n)
    assert abs(share.z_against(win_probability(war()))) < plain_wars.LARGEST_Z


def test_a_war_of_other_numbers_is_told_apart():
    """The z-test has teeth: with one helper fewer the plain loop fails it."""
    fewer = war()._replace(clock_medians=war().clock_medians[1:], lag_medians=war().lag_medians[1:])
    share = plain_wars.Share(round(30_000 * win_probability(fewer)), 30_000)
    assert share.z_against(win_probability(war())) > plain_wars.LARGEST_Z


def test_the_exact_chance_is_gamblers_ruin_where_help_does_not_change():
    alone = war()._replace(brigades=0.0)
    assert win_probability(alone) == pytest.approx(0.5, abs=1e-5)  # few last longer
    now = war()._replace(meeting=0.0, clock_medians=(1e-3,) * 6, lag_medians=(1e-3,) * 6)
    helped = ruin_win(6.0, 6.0, 100.0 / 160.0)
    assert win_probability(now) == pytest.approx(helped, abs=4e-4)  # half a day without


def test_the_exact_chance_does_not_hang_on_the_step():
    assert win_probability(war(), 2.0) == pytest.approx(win_probability(war(), 4.0), abs=1e-6)


def test_whole_days_change_the_chance_little():
    """What README.md says of Mesa's days."""
    less = win_probability(war()) - daily_win_probability(war())
    assert 0.0002 < less < 0.0004


def test_a_missing_program_is_left_out_and_said_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "mesa", None)
    monkeypatch.delitem(sys.modules, "benchmarks.wars.mesa_war", raising=False)
    assert plain_wars.wins_of("mesa") == "mesa is not installed (pip install -e '.[bench]')"
    monkeypatch.setattr(plain_wars, "PROGRAMS", {"mesa": plain_wars.PROGRAMS["mesa"]})
    found = plain_wars.measure(rows, QUICK)
    assert found.as_dict()["ratios"]["mesa/war"] is None
    assert any("mesa is not installed" in note for note in found.notes)
    assert not found.faults


def test_a_program_that_fights_another_war_is_a_fault(monkeypatch):
    monkeypatch.setattr(plain_wars, "PROGRAMS", {"numpy": plain_wars.PROGRAMS["numpy"]})
    monkeypatch.setattr(plain_wars, "wins_of", lambda _: lambda _seed, n: n // 2)
    found = plain_wars.measure(rows, QUICK)
    assert [fault.split()[0] for fault in found.faults] == ["numpy"]


# ---- the floor


def choice(time: int, acts: list[float], chance: float) -> Entry:
    seen = {
        "help expected": {
            "full_invasion": {"PL": acts},
            "border_raid": {"PL": [0.5, 0.0, 0.0, 1.0]},
        },
        "chances": {"full_invasion": chance, "border_raid": 1.0},
    }
    odds = {"refrain": 0.5, "full_invasion": 0.2, "border_raid": 0.3}
    return Entry(time, "challenger", "choice", "", seen, "refrain", odds)


def test_the_floor_counts_what_a_choice_weighed_and_moved():
    log = [
        choice(1, [0.6, 0.4, 0.2, 0.1], 0.3),
        choice(2, [0.6, 0.4, 0.2, 0.1], 0.3),
        choice(3, [0.6, 0.4, 0.3, 0.1], 0.2),
    ]
    assert counted(case("ceasefire"), log) == Counter(
        {
            "history": 1,
            "guarantor": 1,
            "choice": 3,
            "choice: option weighed": 6,
            "choice: campaign weighed": 3,
            "choice: chance to act that moved": 5 + 0 + 1,
            "choice: help in time": 3 + 0 + 1,
            # a year ahead each time; alone, with all help, and with each rung that moved
            "choice: ruin probability": 3 + (2 + 3) + 0 + (2 + 1),
        }
    )


def test_the_floor_counts_a_draw_once():
    vote = {"gain": [1.0, 1.0, 1.0, 1.0], "commitment": [0.0] * 4, "resolve": 0.1, "shock": 0.2}
    log = [
        Entry(1, "challenger", "act", "begins `border_raid`"),
        Entry(2, "PL", "vote", "", vote),
        Entry(3, "PL", "vote", "", vote),
        Entry(3, "PL", "act", "acts at sanctions"),
        Entry(4, "PL", "act", "acts at arms"),
        Entry(5, "PL", "ratification", "ratifies `article_5`"),
        Entry(5, "PL", "ratification", "ratifies `alliance`"),
    ]
    once = ("history", "guarantor", "crisis", "guarantor in a crisis", "sanctions take hold")
    assert counted(case("ceasefire"), log) == Counter((*once, "parliament"))


def test_every_line_of_real_logs_is_known_to_the_floor():
    built = case("ceasefire")
    for replication in range(4):
        found = counted(built, simulate(built, SEED, replication, log=True).log)
        assert set(found) <= set(NEEDS)
        assert found["choice"] > 0


def test_a_line_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="unknown to the floor: 'miracle'"):
        counted(case("ceasefire"), [Entry(0, "world", "miracle", "")])


def test_the_bare_loop_evaluates_all_that_it_is_asked():
    each = [evaluate(Needs()._replace(**{kind: 100})) for kind in Needs._fields]
    assert all(value != 0.0 for value in each)
    assert evaluate(Needs(*[100] * len(each))) == pytest.approx(sum(each))


# ---- the harness


def test_jobs_grow_until_they_take_the_time_wanted():
    done = []
    job = sized(lambda start, n: done.append((start, n, sum(range(1000 * n)))), QUICK)
    assert job.n > 1
    assert repeated(lambda _start, _n: None, 5, QUICK).times > 1


def test_ratios_are_taken_pair_by_pair():
    assert Pair([1.0, 2.0, 4.0], [2.0, 6.0, 8.0]).ratio() == 2.0
    order = []
    first = Job(lambda start, _: order.append(("first", start)), 3)
    second = Job(lambda start, _: order.append(("second", start)), 5)
    side_by_side(first, second, QUICK)
    assert order == [("first", 0), ("second", 0), ("first", 3), ("second", 5)]


def test_the_two_treaties_differ_in_their_members_only():
    few, many = treaty(8), treaty(32)
    assert (len(few.guarantors), len(many.guarantors)) == (8, 32)
    for strength in ("arms", "air", "brigades_90d", "economic_weight"):
        total = few.game.guarantors[strength].sum()
        assert many.game.guarantors[strength].sum() == pytest.approx(total)
    assert few.game.options.tobytes() == many.game.options.tobytes()


# ---- the sweep


def test_a_sweep_and_the_workbench_find_the_same_means():
    pytest.importorskip("ema_workbench", reason=sweeps.MISSING)
    found = sweeps.measure(QUICK)
    assert found.faults == []  # a case with other means would be one
    assert (found.ratios[sweeps.KEY] or 0) > 0
    programs = ("deter", "bare", "ema_workbench", "ema_workbench, public functions")
    assert list(found.rates) == [f"{program}/sweep" for program in programs]
    assert "Beyond it, a case: deter" in found.notes[0]


def timed(**more):
    seconds = {"ours": [0.011, 0.010, 0.012], "bare": [0.010] * 3, "ema": [0.022, 0.025, 0.018]}
    once = {"ours": 0.5, "ema": 0.25}
    whole = {"cases": 90, "replications": 10, "seconds": seconds, "once": once}
    return {**whole, "differ": 0, "missing": "", **more}


def test_a_sweep_is_told_by_the_case():
    found = sweeps.told(timed())
    assert found.ratios[sweeps.KEY] == pytest.approx(2.0)
    assert found.rates["deter/sweep"] == pytest.approx(10 / 0.011)
    assert "deter 1.00 ms, ema_workbench 12.00 ms" in found.notes[0]
    assert "Once a sweep: deter 0.50 s, ema_workbench 0.25 s" in found.notes[0]
    assert "other means" in sweeps.told(timed(differ=3)).faults[0]


def test_without_the_workbench_it_is_left_out_and_said_so():
    few = timed(missing=sweeps.MISSING)
    del few["seconds"]["ema"], few["once"]["ema"]
    found = sweeps.told(few)
    assert found.ratios[sweeps.KEY] is None
    assert "pip install -e '.[bench]'" in found.notes[1]
    assert not found.faults


def test_a_sweep_that_fails_is_a_fault(monkeypatch):
    ended = subprocess.CompletedProcess([], 1, "", "Traceback:\nRuntimeError: no room")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_more: ended)
    assert sweeps.measure(QUICK).faults == ["the sweeps failed: RuntimeError: no room"]


def test_every_ratio_has_its_key_and_a_missed_target_says_so():
    found = report.Findings(ratios={"two_cores": 1.5, "numpy/war": 0.9})
    assert list(found.as_dict()["ratios"]) == list(report.TARGETS)
    told = {line.split()[0]: line.split()[-1] for line in report.verdicts(found.ratios).split("\n")}
    assert told["two_cores"] == "missed"
    assert told["numpy/war"] == "met"


@pytest.mark.skipif(not FULL, reason="times every program once; DETER_EVIDENCE=full runs it")
def test_the_command_prints_one_json_object(capsys, monkeypatch):
    from benchmarks.__main__ import main

    monkeypatch.setattr(sweeps, "measure", lambda _effort: sweeps.told(timed()))  # is tried above
    assert main(["--json", "--quick"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["replications_per_second", "ratios"]
    assert list(found["ratios"]) == list(report.TARGETS)
    assert all(rate > 0 for rate in found["replications_per_second"].values())
    for program in ("compiled", "reference"):
        assert {f"{program}/{name}" for name in ("ceasefire", "rivals", "war")} <= set(
            found["replications_per_second"]
        )
