"""Limits in which the engine must give what is known, run for run or in its probabilities.

The worlds are small but have everything in them: incidents, a limited grab and an invasion with
warning, elections, sanctions, talks, learning, private types, a start after a war.
"""

from __future__ import annotations

import copy
import math
import random
from typing import Any

import numpy as np
import pytest
from tests import oracles

from deter.engine import compiled
from deter.engine.game import Built, build
from deter.engine.outcome import flat
from deter.engine.reference import simulate
from deter.evidence.clock_limits import QuorumLimit, quorum_seen
from deter.evidence.formal_case import Inputs, Seen
from deter.evidence.formal_games import decisive_precision, game_of, play, play_seen
from deter.evidence.quiet import quiet, slack_of_mean, slack_of_share
from deter.evidence.war_limits import WarLimit, wars_seen
from deter.spec.framework import Framework
from deter.spec.scenario import Scenario

SEED = 11
N = 25
Raw = dict[str, Any]
Rows = list[dict[str, Any]]

STATE = {
    "economic_weight": 9000,
    "arms": 3,
    "air": 5,
    "brigades_30d": 2,
    "brigades_90d": 6,
    "aid": 4,
    "elections": ["2027-05-01"],
    "second_theatre_rate": 0.2,
}

LIVELY: Raw = {
    "horizon": "6 y",
    "begins": {"state": "ceasefire", "since_war": "1 y"},
    "challenger": {"title": "the challenger", "leader_change": 0.1},
    "guarantors": {"AA": STATE, "BB": {**STATE, "resolve": 0.4}, "CC": {**STATE, "stake": 1.1}},
    "regions": {"theatre": {}, "coast": {"fortification": 1.3}},
    "options": {
        "sabotage": {"class": "incident", "severity": 0.2, "prize": 0.02, "cost": 0.01},
        "strikes": {
            "class": "incident",
            "severity": 0.5,
            "prize": 0.08,
            "cost": 0.05,
            "intercepted": True,
            "volume": 1,
            "months": [11, 12, 1, 2],
        },
        "grab": {
            "class": "limited",
            "severity": 0.6,
            "prize": 0.25,
            "cost": 0.08,
            "region": "coast",
            "share": 0.4,
            "defended_share": 0.4,
            "steps_to_objective": 3,
            "steps_to_repulse": 3,
            "warning": "10 d",
            "detectability": 0.4,
        },
        "invasion": {
            "class": "full",
            "severity": 1,
            "ambiguity": 0.05,
            "prize": 1,
            "cost": 0.25,
            "share": 0.9,
            "steps_to_objective": 4,
            "steps_to_repulse": 3,
            "warning": "40 d",
            "detectability": 0.8,
        },
    },
    "baseline": {"sanctions": 0.3, "air_defence": 0.3},
    "behaviour": {"opportunity_rate": 3, "look_ahead": 0.5},
}

PACT: Raw = {
    "id": "pact",
    "members": ["AA", "BB", "CC"],
    "obligation": "all_means",
    "binding": "ratified_treaty",
    "decision": {"rule": "coalition", "k": 2},
    "presence": [{"guarantor": "AA", "troops": 8000, "place": "front"}],
    "peacetime": {"arms": 10, "training": 2},
    "sanctions": {"level": 0.4, "snapback": "vote"},
}


def changed(base: Raw, **over: Any) -> Raw:
    """A world with changes laid on it, one mapping deep."""
    result = copy.deepcopy(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = {**result[key], **value} if both else value
    return result


def built(scenario: Raw, *layers: Raw, **framework: Any) -> Built:
    return build(
        Scenario.model_validate(scenario),
        Framework.model_validate({"layers": list(layers), **framework}),
    )


def rows(game: Built, n: int = N) -> Rows:
    return flat(compiled.rows(game, SEED, 0, n))


NOTHING = rows(built(LIVELY))
UNDER_PACT = rows(built(LIVELY, PACT))


def test_the_world_is_lively():
    """Else every identity below would hold for nothing."""
    total = {key: sum(row[key] for row in NOTHING) for key in NOTHING[0] if key.startswith("n_")}
    for count in ("n_incidents", "n_limited_attacks", "n_full_attacks", "n_mobilised"):
        assert total[count] > 0
    assert UNDER_PACT != NOTHING
    assert sum(row["n_owed"] for row in UNDER_PACT) > 0
    assert sum(row["n_stance_changes"] for row in NOTHING) > 0


# ------------------------------------------------------------------------------ run for run


NULL: Raw = {"id": "nothing", "duration": {"exit": 0}}
"""A text in which every clause is null: it asks for nothing and nobody ever leaves it."""


@pytest.mark.parametrize(
    "clauses",
    [
        {},
        {"members": ["BB"]},
        {"trigger": {"threshold": 0, "ambiguity": 0}},
        {"decision": {"rule": "consensus"}},
        {"attribution": {"arbiter": "joint_commission", "delay": 30}},
        {"deadlines": {"consult": 1, "decide": 3}},
        {"activation": {"response": "ceasefire"}},
        {"activation": {"signature": "1.5 y"}},
    ],
    ids=["all", "one", "trigger", "rule", "arbiter", "deadlines", "ceasefire", "signature"],
)
def test_a_layer_that_asks_nothing_is_no_layer(clauses: Raw):
    assert rows(built(LIVELY, {**NULL, **clauses})) == NOTHING


def test_two_layers_that_ask_nothing_are_none():
    assert rows(built(LIVELY, NULL, {**NULL, "id": "more"})) == NOTHING


def test_a_second_copy_of_a_layer_changes_nothing():
    """Commitments combine by the maximum, so a text signed twice is one text."""
    text = {**PACT, "decision": {}, "activation": {"ratified": True}}
    once = rows(built(LIVELY, text), 10)
    again = rows(built(LIVELY, text, {**text, "id": "copy"}), 10)
    assert again == once


@pytest.mark.parametrize("layers", [(), (PACT,)], ids=["none", "pact"])
def test_a_bystander_changes_no_row(layers: tuple[Raw, ...]):
    bystander = {**STATE, "stake": 0, "economic_weight": 30000, "aid": 0}
    for code in ("A0", "ZZ"):
        more = changed(LIVELY, guarantors={code: bystander})
        assert rows(built(more, *layers)) == (UNDER_PACT if layers else NOTHING)


def test_titles_change_no_row():
    titled = changed(LIVELY, challenger={"title": "Ruritania"}, title="another story")
    titled["protege"] = {"title": "a small state"}
    for code, one in titled["guarantors"].items():
        titled["guarantors"][code] = {**one, "title": f"the state of {code}"}
    for name, option in titled["options"].items():
        titled["options"][name] = {**option, "title": name.upper()}
    game = built(titled, {**PACT, "title": "a pact"}, title="a framework")
    assert rows(game, 10) == UNDER_PACT[:10]


def test_the_order_in_the_file_changes_no_row():
    backwards = copy.deepcopy(LIVELY)
    for key in ("guarantors", "options", "regions"):
        backwards[key] = dict(reversed(backwards[key].items()))
    members = {**PACT, "members": ["CC", "AA", "BB"]}
    assert rows(built(backwards)) == NOTHING
    assert rows(built(backwards, members)) == UNDER_PACT


@pytest.mark.parametrize(
    "activation",
    [
        {"signature": "50 y"},
        {"signature": "50 y", "provisional": True},
        {"peacetime": "peace_treaty", "response": "peace_treaty"},
    ],
    ids=["signed too late", "provisional", "peace treaty"],
)
def test_without_foresight_a_framework_never_in_force_is_none(activation: Raw):
    blind = changed(
        LIVELY, behaviour={"look_ahead": 0, "peace_treaty_rate": 0}, talks={"offers": 0}
    )
    text = {**PACT, "binding": "political", "activation": activation, "duration": {"exit": 0}}
    without, under = rows(built(blind)), rows(built(blind, text))
    assert [events(row) for row in under] == [events(row) for row in without]
    told = "why_not_stopped_not_yet_in_force"
    assert sum(row[told] for row in under) > 0


def events(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the code that says how far a framework got, which only one has."""
    return {key: value for key, value in row.items() if not key.startswith("why_not_stopped")}


def test_with_foresight_a_framework_about_to_bind_is_not():
    soon = {**PACT, "binding": "political", "activation": {"signature": "3 y"}}
    assert rows(built(LIVELY, soon)) != NOTHING


def test_replications_in_any_order():
    game = built(LIVELY, PACT)
    order = list(range(N))
    random.Random(3).shuffle(order)
    shuffled = {r: simulate(game, SEED, r).row for r in order}
    assert [shuffled[r] for r in range(N)] == UNDER_PACT


def test_a_log_changes_no_row():
    game = built(LIVELY, PACT)
    assert [simulate(game, SEED, r, log=True).row for r in range(10)] == UNDER_PACT[:10]


def test_a_run_replays_from_a_new_build():
    assert rows(built(copy.deepcopy(LIVELY), copy.deepcopy(PACT)), 5) == UNDER_PACT[:5]


# ------------------------------------------------------------------------- the reference game


@pytest.mark.parametrize("seed", range(6))
def test_as_precision_grows_play_becomes_subgame_perfect(seed: int):
    game = game_of(Inputs(oracles.random_payoffs(np.random.default_rng(seed))))
    precision = decisive_precision(game)
    assert precision is not None
    best = play(game, math.inf)
    seen = play_seen(game, precision)
    assert seen.challenger == pytest.approx(best.challenger, abs=1e-9)
    assert seen.resist == pytest.approx(best.resist, abs=1e-9)
    assert seen.honour == pytest.approx(best.honour, abs=1e-9)


def test_without_precision_every_choice_is_a_toss():
    game = game_of(Inputs(oracles.random_payoffs(np.random.default_rng(9))))
    seen = play_seen(game, 0.0)
    assert list(seen.challenger.values()) == pytest.approx([1 / 3] * 3, abs=1e-12)
    assert [*seen.resist.values(), *seen.honour.values()] == [0.5] * 4


def test_payoffs_count_only_times_precision():
    payoffs = oracles.random_payoffs(np.random.default_rng(4))
    once = play_seen(game_of(Inputs(payoffs)), 1.2)
    thrice = play_seen(game_of(Inputs(payoffs), scale=3.0), 0.4)
    assert thrice.challenger == pytest.approx(once.challenger, abs=1e-12)
    assert thrice.honour == pytest.approx(once.honour, abs=1e-12)


# -------------------------------------------------------------------- wars, clocks, occasions


def within(seen: Seen, expected: float) -> bool:
    return abs(seen.value - expected) <= seen.allowance


@pytest.mark.parametrize(("i", "total", "p"), [(2, 5, 0.55), (4, 6, 0.4), (1, 3, 0.5)])
def test_a_war_with_constant_odds_is_gamblers_ruin(i: int, total: int, p: float):
    win, length = oracles.ruin(i, total, p)
    wars = wars_seen(WarLimit(i, total, p), length)
    n = len(wars.won)
    assert abs(sum(wars.won) / n - win) <= slack_of_share(win, n)
    sd = float(np.std(wars.battles, ddof=1))
    assert abs(sum(wars.battles) / n - length) <= slack_of_mean(sd, n)


@pytest.mark.parametrize("k", [1, 4, 7])
def test_a_coalition_decides_at_an_order_statistic(k: int):
    rate = 0.25
    mean = oracles.erlang_quorum_mean(7, k, rate)
    sd = math.sqrt(sum(1.0 / (rate * j) ** 2 for j in range(7 - k + 1, 8)))
    seen = quorum_seen(QuorumLimit(7, 1.0, 1.0 / rate, None), k, mean, sd, 1.0)
    assert within(seen["ever"], 1.0)
    assert within(seen["mean"], mean)


RATE, YEARS, RUNS = 4.0, 1.0, 250
ACTS = {
    "mild": {"class": "incident", "severity": 0.1, "prize": 1, "cost": 0.8, "stake": 1},
    "sharp": {"class": "incident", "severity": 0.4, "prize": 1, "cost": 1.1, "stake": 1},
}


def test_occasions_are_competing_hazards():
    """Acts come at the rate of occasions times the logit's probability of each."""
    utility = {"mild": 0.2, "sharp": -0.1}
    odds = {name: math.exp(2.0 * u) for name, u in utility.items()}
    p = {name: x / (1.0 + sum(odds.values())) for name, x in odds.items()}
    scenario = {"horizon": YEARS, "challenger": {"precision": 2}, "options": ACTS}
    game = quiet(scenario, None, {"opportunity_rate": RATE})
    waits, first = [], {"mild": 0, "sharp": 0}
    for r in range(RUNS):
        log = simulate(game, SEED, r, log=True).log
        acts = [e for e in log if e.kind == "act" and e.actor == "challenger"]
        if acts:
            waits.append(acts[0].time)
            first[acts[0].chose] += 1
    attack = sum(p.values())
    ever = 1.0 - math.exp(-RATE * attack * YEARS)
    assert abs(len(waits) / RUNS - ever) <= slack_of_share(ever, RUNS)
    for name, count in first.items():
        share = p[name] / attack
        assert abs(count / len(waits) - share) <= slack_of_share(share, len(waits))


def test_splitting_an_occasion_rate_by_headroom_changes_no_hazard():
    """Candidates are thinned back to live occasions, whatever room is left for provocation."""
    means = []
    for headroom in (1, 5):
        scenario = {"horizon": 5, "challenger": {"precision": 0}, "options": ACTS}
        game = quiet(scenario, None, {"opportunity_rate": RATE, "headroom": headroom})
        live = [simulate(game, SEED, r).row["n_live"] for r in range(100)]
        means.append(float(np.mean(live)))
    for mean in means:
        assert abs(mean - 5 * RATE) <= slack_of_mean(math.sqrt(5 * RATE), 100)
