"""What rests on assumptions: which numbers are varied and how, planted cases, the command."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import deter
from deter.cli import app
from deter.evidence.assumptions.keeping import bundled, fingerprint
from deter.evidence.assumptions.measuring import Effort, Measured, chosen_rows, measure
from deter.evidence.assumptions.running import run
from deter.evidence.assumptions.varying import Setter, Varied, assumptions_of
from deter.evidence.line import evidence_of
from deter.presentation.report.blocks import Page, Section
from deter.presentation.report.changing import resting_blocks
from deter.presentation.report.trusting import trusted
from deter.reopening import reopen
from deter.reporting import trusting
from deter.spec.ledger import ledger
from deter.spec.loading import LoadedScenario, load_scenario, resolve_framework
from deter.spec.stored import plain_framework, plain_scenario

SMALL = """
title: A small scenario
horizon: 4 y
guarantors:
  A: {stake: 0.6, decision_clock: 9 d}
  B: {}
  C: {}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}
  attack:
    class: full
    severity: 0.9
    prize: 1
    cost: {value: 0.4, evidence: published, source: a book}
    share: 0.8
    steps_to_objective: 4
    steps_to_repulse: 4
frameworks: [none, pact]
"""

PACT = """
title: A pact
layers:
  - {id: pact, members: all, obligation: all_means, binding: ratified_treaty}
"""

DRAWN = """
extends: small.yaml
title: A small scenario, drawn
challenger:
  motive_mean: {joint: rows.csv, column: motive, evidence: calibrated, source: a fit}
behaviour:
  opportunity_rate: {joint: rows.csv, column: rate, evidence: calibrated, source: a fit}
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small scenario, and one like it that draws from rows."""
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(SMALL, encoding="utf-8")
    Path("pact.yaml").write_text(PACT, encoding="utf-8")
    Path("drawn.yaml").write_text(DRAWN, encoding="utf-8")
    rng = np.random.default_rng(1)
    pairs = np.column_stack([rng.normal(0.3, 0.6, 40), rng.uniform(0.5, 3, 40)])
    lines = [f"{motive:.4f},{rate:.4f}" for motive, rate in pairs]
    Path("rows.csv").write_text("motive,rate\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def cases_of(name: str, *frameworks: str) -> dict[str, LoadedScenario]:
    base = load_scenario(name)
    found = [resolve_framework(base, text) for text in frameworks or ("none",)]
    return {case.framework_name: case for case in found}


def known(number: float | None) -> float:
    assert number is not None
    return number


def measured(name: str, *frameworks: str, workers: int = 1, **more: Any) -> Measured:
    effort = Effort(**{"draws": 24, "rows": 12, "n": 20, "seed": 3, **more})
    return measure(cases_of(name, *frameworks), effort, workers=workers)


# ------------------------------------------------------------------- which numbers, and how


def test_what_is_varied_and_what_is_not(small: Path):
    entries = ledger(load_scenario("drawn.yaml", framework="pact")).entries
    found = assumptions_of(entries)
    ways = {path: one.way for one in found.varied for path in one.paths}
    assert ways["guarantors.A.stake"] == "shift"
    assert ways["guarantors.A.decision_clock"] == "factor"
    assert ways["options.raid.severity"] == "odds"
    assert ways["options.attack.prize"] == "factor"
    held = {path: why for why, paths in found.held.items() for path in paths}
    assert held["horizon"] == "frame"
    assert held["options.raid.steps_to_objective"] == "zero"
    assert held["options.raid.defended_share"] == "whole"
    assert held["behaviour.winter"] == "list"
    everything = ways.keys() | held.keys()
    assert "options.attack.cost" not in everything, "it has a source"
    assert "challenger.motive_mean" not in everything, "it is drawn from rows"
    assert not any(path.startswith("framework.") for path in everything)
    assumed = [e for e in entries if e.evidence == "assumption" and e.section != "framework"]
    assert len(everything) == len(assumed)


def test_a_default_that_several_leave_alone_is_one_number(small: Path):
    found = assumptions_of(ledger(load_scenario("small.yaml")).entries)
    stakes = [one.paths for one in found.varied if "guarantors.B.stance_sd" in one.paths]
    assert stakes == [tuple(f"guarantors.{code}.stance_sd" for code in "ABC")]
    clocks = [one.paths for one in found.varied if "guarantors.A.decision_clock" in one.paths]
    assert clocks == [("guarantors.A.decision_clock",)]


def test_what_is_to_be_held_is_held(small: Path):
    entries = ledger(load_scenario("small.yaml")).entries
    found = assumptions_of(entries, ["options.attack", "behaviour.opportunity_rate"])
    paths = {path for one in found.varied for path in one.paths}
    assert not any(path.startswith("options.attack.") for path in paths)
    assert "options.raid.prize" in paths


@settings(max_examples=80, deadline=None)
@given(
    u=st.floats(1e-6, 1 - 1e-6),
    spread=st.floats(1, 10),
    value=st.floats(0.01, 0.99),
    way=st.sampled_from(["factor", "odds", "shift"]),
)
def test_a_draw_keeps_to_its_scale(u: float, spread: float, value: float, way: Any):
    low = -math.inf if way == "shift" else 0.0
    high = 1.0 if way == "odds" else math.inf
    one = Varied(("a",), value, way, low, high)
    found, mirrored = one.at(u, spread), one.at(1 - u, spread)
    assert low <= found <= high
    assert one.at(u, 1.0) == value, "a factor of 1 is no change at all"
    scale = {"factor": math.log, "odds": lambda x: math.log(x / (1 - x)), "shift": float}[way]
    up, down = scale(found) - scale(value), scale(value) - scale(mirrored)
    assert up == pytest.approx(down, abs=1e-6), "as far up as down, on its scale"
    if 0.025 <= u <= 0.975:
        assert abs(up) <= math.log(spread) * (1 + 1e-6) + 1e-9


def test_whole_numbers_and_bounds_are_kept():
    us = np.linspace(0.01, 0.99, 40)
    whole = Varied(("a",), 3.0, "factor", 1.0, 4.0, whole=True)
    found = [whole.at(float(u), 3.0) for u in us]
    assert set(found) == {1.0, 2.0, 3.0, 4.0}


def test_fields_that_do_not_go_together_are_left_as_they_are(small: Path):
    text = SMALL.replace("B: {}", "B: {brigades_30d: 4, brigades_90d: 4.1}")
    Path("small.yaml").write_text(text, encoding="utf-8")
    case = load_scenario("small.yaml")
    found = assumptions_of(ledger(case).entries)
    setter = Setter(case.scenario, found.varied, 2.0)
    draw = np.full(len(found.varied), 0.5)
    for k, one in enumerate(found.varied):
        if one.paths[0].startswith("guarantors.B.brigades"):
            draw[k] = 0.9 if "30d" in one.paths[0] else 0.1
    made, left = setter.drawn(draw)
    assert set(left) == {"guarantors.B.brigades_30d", "guarantors.B.brigades_90d"}
    assert made.guarantors["B"].brigades_30d.value == 4.0
    assert setter.drawn(np.full(len(draw), 0.5))[1] == ()


# ------------------------------------------------------------------------ the histories


def test_histories_are_those_of_the_same_numbers_set_by_hand(small: Path):
    """A draw and a row: as ``deter run --set`` with every number, to the last history."""
    cases = cases_of("drawn.yaml", "pact")
    case = cases["pact"]
    found = assumptions_of(ledger(case).entries)
    setter = Setter(case.scenario, found.varied, 1.5)
    draws = np.random.default_rng(5).random((1, len(found.varied)))
    rows = {"rows.csv": [7, 31]}
    tables = run(cases, setter, draws, rows, n=30, seed=4)
    table = [line.split(",") for line in Path("rows.csv").read_text("utf-8").split()[1:]]
    for p, row in enumerate(rows["rows.csv"]):
        motive, rate = map(float, table[row])
        by_hand = setter.settings(draws[0])
        by_hand |= {"challenger.motive_mean": motive, "behaviour.opportunity_rate": rate}
        texts = [f"{path}={number!r}" for path, number in by_hand.items()]
        done = deter.run("drawn.yaml", "pact", n=30, seed=4, overrides=texts)
        for outcome, flags in tables.flags["pact"].items():
            came = done.frame[f"s_{outcome}"] == "event"
            assert flags[0, p].tolist() == came.astype(int).tolist()
    assert 0 < tables.flags["pact"]["attack"].mean() < 1


def test_numbers_do_not_depend_on_workers(small: Path):
    one, two = (measured("drawn.yaml", "pact", draws=4, workers=w).as_dict() for w in (1, 2))
    assert one == two


def test_a_spread_of_one_gives_assumptions_no_share(small: Path):
    found = measured("drawn.yaml", spread=1.0, rows=36, n=60).frameworks["none"]
    split = found.outcomes["attack"]
    nothing = {"estimate": 0.0, "low": 0.0, "high": 0.0}
    for name in ("assumptions", "assumptions x calibrated"):
        assert split.of_one[name].as_dict() == nothing
        assert split.sd[name].as_dict() == nothing
    assert split.told
    assert split.of_mean["assumptions"].as_dict() == nothing
    assert split.of_mean["calibrated"].estimate == 1.0


def test_rows_that_are_all_alike_have_no_share(small: Path):
    Path("rows.csv").write_text("motive,rate\n" + "0.5,2\n" * 12, encoding="utf-8")
    split = measured("drawn.yaml").frameworks["none"].outcomes["attack"]
    assert split.of_one["calibrated"].estimate == 0.0
    assert known(split.of_one["assumptions"].estimate) > 0.0


def test_more_spread_is_more_variance(small: Path):
    little, much = (
        measured("small.yaml", spread=s, draws=32, n=60).frameworks["none"].outcomes["attack"]
        for s in (1.1, 2.5)
    )
    assert known(little.sd["assumptions"].high) < known(much.sd["assumptions"].estimate)
    assert list(much.of_mean) == ["assumptions"], "no rows, so nothing else to rest on"


def test_the_number_that_decides_leads(small: Path):
    """Everything but one number is held: full attacks go with it, and nothing else is left."""
    entries = ledger(load_scenario("small.yaml")).entries
    others = [e.path for e in entries if e.path != "options.attack.prize"]
    found = measured("small.yaml", draws=40, n=60, spread=3.0, hold=tuple(others))
    assert found.assumptions.numbers == 1
    under = found.frameworks["none"]
    assert [one.paths for one in under.leading] == [("options.attack.prize",)]
    assert known(under.leading[0].rank.low) > 0.5


def test_rows_are_drawn_once_each():
    rows = chosen_rows(40, Effort(rows=12, seed=2))
    assert len(set(rows)) == 12
    assert max(rows) < 40
    assert rows != chosen_rows(40, Effort(rows=12, seed=3))


# ------------------------------------------------------------------------------ the command


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


QUICK = ("--draws", "6", "--rows", "4", "-n", "10", "--workers", "1")


def test_the_command_prints_keeps_and_is_found_again(small: Path):
    done = deter_("evidence", "assumptions", "drawn.yaml", "-f", "pact.yaml", *QUICK)
    assert done.exit_code == 0, done.output
    assert "full attack" in done.output
    assert "That spread is itself an assumption" in " ".join(done.output.split())
    kept = Path("results/drawn/assumptions.json")
    document = json.loads(kept.read_text("utf-8"))
    assert document["histories"] == 2 * 6 * 4 * 10
    assert document["calibrated"] == {"numbers": 2, "files": {"rows.csv": 40}}
    again = deter_(*document["command"].split()[1:], "--workers", "1", "--json")
    assert json.loads(again.stdout)["frameworks"] == document["frameworks"]
    compared = deter_("compare", "drawn.yaml", "-f", "pact.yaml", "-n", "5", "--no-plots")
    assert "Resting on assumptions (each may be off by a factor of 1.5)" in compared.output
    assert "2 numbers of this scenario are drawn from the fitted posterior" in compared.output
    other = deter_(
        "compare", "drawn.yaml", "-f", "pact.yaml", "-n", "5", "--json", "--set",
        "options.attack.prize=2",
    )  # fmt: skip
    evidence = json.loads(other.stdout)["evidence"]
    assert evidence["resting_on_assumptions"]["not_measured"] == ["none", "pact"]
    assert evidence["parameters"]["drawn_from_a_posterior"] == 2
    assert evidence["backtest"]["n"] == 58
    plain = deter_("run", "small.yaml", "-n", "5")
    assert "not measured for this scenario as it is" in plain.output
    assert "draws from no posterior" in plain.output


def test_a_report_says_how_far_to_trust_it(small: Path):
    deter_("compare", "drawn.yaml", "-f", "pact.yaml", "-n", "5", "--no-plots", "-o", "out")

    def page() -> str:
        opened = reopen("out")
        known = trusting(opened)
        bare = Page("", "", (), (), (), (), sections=(Section("change", "", ()),))
        made = trusted(bare, known)
        assert [section.id for section in made.sections] == ["trust", "change"]
        assert trusted(bare, opened) == bare
        return repr([made.sections[0], *resting_blocks(known)])

    before = page()
    assert "Backtest, 58 prominent episodes" in before
    assert "deter evidence assumptions drawn -f pact" in before
    deter_("evidence", "assumptions", "drawn.yaml", "-f", "pact.yaml", *QUICK)
    after = page()
    assert "Resting on assumptions (each may be off by a factor of 1.5)" in after
    assert "% of the variance of its probability that rests on each" in after
    assert "A pact: " in after
    assert "deter evidence assumptions drawn" not in after


def test_a_scenario_without_rows_says_so(small: Path):
    done = deter_("evidence", "assumptions", "small.yaml", "-f", "none", *QUICK)
    assert "No number of this scenario is drawn from a posterior" in " ".join(done.output.split())


def test_a_scenario_in_which_nothing_differs_says_so(small: Path):
    quiet = SMALL.replace("class: full", "class: incident").replace("steps_to", "# steps_to")
    Path("small.yaml").write_text(quiet, encoding="utf-8")
    done = deter_("evidence", "assumptions", "small.yaml", "-f", "none", *QUICK)
    assert done.exit_code == 0, done.output
    assert "no history differs from another" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-f", "pcat"], "there is no framework 'pcat'"),
        (["--draws", "1", "--spread", "0.5", "-n", "0"], "--spread: found 0.5"),
        (["--draws", "1", "--spread", "0.5", "-n", "0"], "--draws: found 1"),
        (["--spread", "nan"], "--spread: found nan"),
        (["--rows", "41"], "rows.csv has 40"),
        (["--hold", "options.atack"], "no assumption stands at 'options.atack'"),
        (["-o", "drawn.yaml"], "is there, and is no measure"),
        (["-o", "."], "is a folder"),
        (["--set", "horizon=x"], "horizon"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(small: Path, words: list[str], said: str):
    before = sorted(small.rglob("*"))
    done = deter_("evidence", "assumptions", "drawn.yaml", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert sorted(small.rglob("*")) == before


# --------------------------------------------------------------------------- what is bundled


def test_the_bundled_measure_is_of_the_scenario_as_it_is():
    """Where this fails, a number has changed: run ``python docs/measure_assumptions.py``."""
    base = load_scenario("ukraine/ceasefire")
    documents = [one for one in bundled() if one["scenario"] == "ukraine/ceasefire"]
    assert documents
    for document in documents:
        for name, under in document["frameworks"].items():
            case = resolve_framework(base, name)
            now = fingerprint(plain_scenario(case.scenario), plain_framework(case.framework))
            assert under["fingerprint"] == now, name
    case = resolve_framework(base, "stationed_force")
    assert not evidence_of([case]).missing
    told = evidence_of([case]).lines()[-1]
    assert "of what is not chance in P(full attack), under stationed_force" in told


def test_words_do_not_change_a_fingerprint_and_numbers_do():
    case = load_scenario("ukraine/ceasefire")
    plain, terms = plain_scenario(case.scenario), plain_framework(case.framework)
    before = fingerprint(plain, terms)
    assert fingerprint({**plain, "title": "Another"}, terms) == before
    challenger = {**plain["challenger"], "title": "X"}
    assert fingerprint({**plain, "challenger": challenger}, terms) == before
    challenger["ceiling"] = {**challenger["ceiling"], "value": 171.0}
    assert fingerprint({**plain, "challenger": challenger}, terms) != before
