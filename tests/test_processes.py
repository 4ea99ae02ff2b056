"""Every process of section 4 of the model does what the model says, seen from its rows and logs."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worlds import (
    BLOW,
    GRAB,
    INVASION,
    NONE,
    STATE,
    Raw,
    built,
    difference,
    history,
    identical,
    merged,
    output,
    pact,
    put,
    rows,
    states,
    under,
    world,
)

from deter.engine.outcome import AMOUNTS, FIRSTS, RESPONSE_BINS, columns
from deter.engine.reference import simulate
from deter.engine.telling import Entry
from deter.vocabulary import (
    ACTIVATIONS,
    ARBITERS,
    BINDINGS,
    COUNTED_FROM,
    LADDER_WHEN,
    OBLIGATIONS,
    PLACES,
    RULES,
    RUNGS,
    SNAPBACKS,
    STARTS,
    VOIDS,
    WHY_ATTACKED,
    WHY_NOT_STOPPED,
)

DAY = 86400
RISES, FALLS = 1, -1
BLOW_DAYS = 30
"""Length of an incident where the scenario does not say."""
SPREAD = 2.6
"""Standard errors a frequency may lie from its probability."""
PLAIN: Raw = {"trigger": {"ambiguity": 0, "threshold": 0.3}}
SANCTIONS: Raw = {"obligation": dict.fromkeys(("arms", "air", "ground"), "none")}
SANCTIONS["obligation"]["sanctions"] = "all_means"
TREATY = under(pact())
PUNISH = under(pact(**PLAIN, **SANCTIONS))
"""A treaty that owes sanctions for an act that all recognise."""


def moved(
    before: Raw,
    after: Raw,
    figure: str,
    sign: int,
    frameworks: tuple[Raw, Raw] = (TREATY, TREATY),
    n: int = 40,
) -> None:
    """Check that a figure moves between two worlds, or under two frameworks, by the sign given."""
    mean, half = difference(
        output(rows(before, frameworks[0], n), figure),
        output(rows(after, frameworks[1], n), figure),
    )
    assert sign * mean > half, f"{figure} moves by {mean:+.4g} +- {half:.4g}"


def entries(scenario: Raw, framework: Raw, replication: int, kind: str) -> list[Entry]:
    """Return the lines of one kind in a history's log."""
    return [e for e in history(scenario, framework, replication).log if e.kind == kind]


def blows(*days: float) -> list[Raw]:
    """Return blows by script at some days."""
    return [{"option": "blow", "at": day} for day in days]


# ------------------------------------------------------------------------------- calendar


def test_ratification_takes_its_time() -> None:
    slow = world(guarantors=states(ratification_days=100), behaviour={"ratification_sd": 0})
    signed = pact(activation={"ratified": False, "signature": 50})
    dates = {e.time / DAY for e in entries(slow, under(signed), 0, "ratification")}
    assert dates == {150}
    assert [e.time / DAY for e in entries(slow, under(signed), 0, "signature")] == [50]


def test_ratification_may_fail() -> None:
    waits = under(pact(activation={"ratified": False, "response": "ratification"}))

    def failed(p: float) -> pd.DataFrame:
        soon = states(ratification_days=5, ratification_probability=p)
        return rows(world(guarantors=soon, scripted=blows(200)), waits, 60)

    count = "n_failed_ratifications"
    assert set(failed(1)[count]) == {0}
    assert set(failed(0)[count]) == {3}
    assert failed(0)["n_owed"].sum() == 0
    assert failed(0.5)[count].mean() / 3 == pytest.approx(0.5, abs=SPREAD * math.sqrt(0.25 / 180))


ELECTIONS = world(
    horizon=10,
    start="2026-01-01",
    guarantors=states(
        elections=["2026-03-01", "2027-03-01"],
        election_interval=0.5,
        change_probability=1,
        stance_sd=0.3,
    ),
)


def stances(replication: int) -> list[float]:
    """Return the stances that governments of one guarantor come with, in order."""
    lines = entries(ELECTIONS, TREATY, replication, "election")
    texts = [e.text for e in lines if e.actor == "AA"]
    return [float(re.findall(r"stance ([+-][\d.]+)", text)[0]) for text in texts]


def test_elections_come_on_their_dates_and_then_at_intervals() -> None:
    days = [e.time / DAY for e in entries(ELECTIONS, TREATY, 0, "election") if e.actor == "AA"]
    assert days[:2] == [59, 424]
    assert np.diff(days[1:]) == pytest.approx(0.5 * 365.25, abs=1e-4)
    assert len(days) == 2 + math.floor((3652.5 - 424) / 182.625)


def test_an_election_redraws_the_stance_and_does_not_add_to_it() -> None:
    first, last = ([stances(r)[at] for r in range(60)] for at in (0, -1))
    assert np.std(first) == pytest.approx(0.3, rel=0.25)
    assert np.std(last) == pytest.approx(0.3, rel=0.25)  # a sum of 18 would have 1.3
    assert abs(np.corrcoef(first, last)[0, 1]) < 0.25


def test_a_friendly_government_helps_more() -> None:
    terms = {"change_probability": 1, "election_interval": 0.2, "stance_sd": 2, "stake": 0}
    swayed = put(world(scripted=blows(100)), "guarantors", {"AA": merged(STATE, terms)})
    honoured = rows(swayed, PUNISH, 60)["n_honoured"].to_numpy()
    texts = [entries(swayed, PUNISH, r, "election")[0].text for r in range(60)]
    friendly = np.array(["+" in text for text in texts])
    assert min(friendly.sum(), (~friendly).sum()) > 15
    assert honoured[friendly].mean() > honoured[~friendly].mean() + 0.3


def test_who_has_left_is_gone_once() -> None:
    restless = world(horizon=8, guarantors=states(change_probability=1, election_interval=0.5))
    leaving = under(pact(duration={"exit": 1, "notice": 1000}))
    assert set(rows(restless, leaving, 5)["n_exits"]) == {3}
    (first, *_) = entries(restless, leaving, 0, "notice")
    exits = [e for e in entries(restless, leaving, 0, "exit") if e.actor == first.actor]
    assert [e.time - first.time for e in exits] == [1000 * DAY]


def test_a_term_is_renewed_or_runs_out() -> None:
    years = world(horizon=4)
    renewed = under(pact(duration={"years": 0.75, "renewal": 1}))
    assert len(entries(years, renewed, 0, "renewal")) == 5
    ends = []
    for r in range(60):
        even = under(pact(duration={"years": 0.75, "renewal": 0.5}))
        ends += [e.time / DAY for e in entries(years, even, r, "expiry")]
    first = sum(end == pytest.approx(0.75 * 365.25) for end in ends) / 60
    assert first == pytest.approx(0.5, abs=SPREAD * math.sqrt(0.25 / 60))


def test_a_peacetime_layer_runs_out_too() -> None:
    training = {"id": "school", "peacetime": {"training": 2}}
    base = rows(world(horizon=4), NONE, 1)["final_protege_forces"][0]
    for years, gained in ((None, 8.0), (1.5, 3.0)):
        framework = under(training | {"duration": {"years": years, "renewal": 0}})
        after = rows(world(horizon=4), framework, 1)["final_protege_forces"][0]
        assert after - base == pytest.approx(gained)


def test_sanctions_lapse_at_a_vetoed_renewal() -> None:
    vetoed = under(pact(sanctions={"level": 1, "renewal": 1, "veto_risk": 0.5, "leakage": 0}))
    kept = [rows(world(horizon=2.5), vetoed, 80)["final_sanctions"] > 0]
    assert np.mean(kept) == pytest.approx(0.25, abs=SPREAD * math.sqrt(0.25 * 0.75 / 80))


BUSY: Raw = {"second_theatre_rate": 20, "second_theatre_days": 2000}


@pytest.mark.parametrize("effect", [{"second_theatre_shift": -3}, {"second_theatre_share": 0}])
def test_a_second_theatre_lowers_help(effect: Raw) -> None:
    idle = {"second_theatre_share": 1, "second_theatre_shift": 0}
    strong = {"arms": 0, "air": 60, "decision_clock": 3, "resolve": 1.5}
    free = world(
        guarantors=states(**strong),
        scripted=[{"option": "invasion", "at": 60}],
        behaviour={"battles_per_month": 3, "stopping": False, "tempo_sd": 0},
        talks={"offers": 0},
        options={"invasion": {"steps_to_objective": 5, "steps_to_repulse": 5}},
    )
    tied = put(free, "guarantors", states(**strong, **BUSY, **(idle | effect)))
    neutral = put(free, "guarantors", states(**strong, **BUSY, **idle))
    assert identical(rows(free, TREATY, 20), rows(neutral, TREATY, 20))
    moved(free, tied, "n_repulsed", FALLS, n=60)
    if "second_theatre_shift" in effect:
        moved(free, tied, "n_joined_combat", FALLS)


def test_a_new_leader_brings_a_new_motive() -> None:
    split = world(
        horizon=3,
        challenger={"strategy": "logit", "motive_mean": 0, "motive_sd": 1},
        behaviour={"opportunity_rate": 12},
    )
    idle = rows(split, NONE, 40)["n_live"] == 0
    assert 0.3 < idle.mean() < 0.7  # a challenger with nothing to win has no opportunities
    turns = put(split, "challenger.leader_change", 6)
    assert (rows(turns, NONE, 40)["n_live"] == 0).mean() < 0.1
    assert entries(turns, NONE, 0, "leader change")


# ------------------------------------------------------------------------------- candidates

PESTERED = world(
    horizon=2,
    challenger={"strategy": "logit"},
    behaviour={"opportunity_rate": 12, "frailty_sd": 0, "winter_opportunity": 1},
    options={"grab": {"minimum_forces": 1000}, "invasion": {"minimum_forces": 1000}},
)
"""A challenger that can do no more than strike blows."""


def live_times(framework: Raw, replication: int) -> set[int]:
    """Return the moments at which the challenger weighed an occasion."""
    return {e.time for e in entries(PESTERED, framework, replication, "choice")}


def test_live_opportunities_come_at_the_rate_given() -> None:
    cold = {"winter_opportunity": 0.5, "winter": list(range(1, 13))}
    for where, expected in ((PESTERED, 24), (merged(PESTERED, {"behaviour": cold}), 12)):
        live = rows(where, NONE, 60)["n_live"].mean()
        assert live == pytest.approx(expected, abs=SPREAD * math.sqrt(expected / 60))


def test_provocation_adds_occasions_and_moves_none() -> None:
    calm, hated = TREATY, under(pact(), hostility=0.5)
    added = 0
    for r in range(20):
        assert live_times(calm, r) <= live_times(hated, r)
        added += len(live_times(hated, r) - live_times(calm, r))
    assert added == pytest.approx(0.5 * 24 * 20, rel=0.3)
    few, many = rows(PESTERED, calm, 20), rows(PESTERED, hated, 20)
    assert (few["n_candidates"] == many["n_candidates"]).all()


def test_incidents_block_nothing() -> None:
    long = put(PESTERED, "options.blow.duration", 300)
    assert rows(long, NONE, 20)["n_dropped"].sum() == 0


RESTLESS = world(
    horizon=2,
    challenger={"strategy": "logit"},
    behaviour={"opportunity_rate": 12},
    options={
        "grab": {"cost": 0.02, "warning": 15},
        "invasion": {"cost": 0.3, "warning": 40},
    },
)
"""A challenger that seldom refrains, and whose campaigns take weeks of mobilisation."""


def test_occasions_in_mobilisation_and_campaign_are_dropped_and_counted() -> None:
    table = rows(RESTLESS, NONE, 30)
    assert table["n_dropped"].sum() > 30
    for r in range(30):
        log = history(RESTLESS, NONE, r).log
        choices = sum(e.kind == "choice" for e in log)
        assert table["n_live"][r] == choices + table["n_dropped"][r]
        busy = False
        for e in log:
            busy = (busy or e.kind == "mobilisation") and e.kind != "campaign ends"
            assert not (busy and e.kind == "choice")


# ------------------------------------------------------------------------------- script


def test_scripted_acts_are_answered_and_are_no_attacks() -> None:
    script = [*blows(20, 60), {"option": "grab", "at": 100}, {"option": "invasion", "at": 280}]
    table = rows(world(scripted=script), PUNISH, 30)
    assert set(table["n_scripted"]) == {4}
    attacks = ["n_incidents", "n_force_acts", "n_limited_attacks", "n_full_attacks", "n_wars"]
    causes = [c for c in table.columns if str(c).startswith("why_")]
    assert not table[attacks + causes].to_numpy().any()
    statuses = table[[f"s_{first}" for first in ("incident", "force", "attack", "war")]]
    assert set(statuses.to_numpy().ravel()) <= {"horizon", "lost"}
    assert (table["n_owed"] >= 9).all()
    assert table["n_honoured"].sum() > 100
    assert (table["n_campaigns"] + table["n_scripted_dropped"] == 2).all()
    assert table["ground_lost"].sum() > 0


def test_a_campaign_drops_scripted_campaigns_and_no_incidents() -> None:
    script = [{"option": "invasion", "at": 30}, {"option": "grab", "at": 31}, *blows(31)]
    table = rows(world(scripted=script, behaviour={"battles_per_month": 1}), PUNISH, 10)
    assert set(table["n_scripted_dropped"]) == {1}
    assert set(table["n_campaigns"]) == {1}
    assert set(table["n_scripted"]) == {3}


def test_a_script_at_a_rate_has_luck_of_its_own() -> None:
    shaken = merged(PESTERED, {"scripted": [{"option": "blow", "rate": 10}]})
    with_script, without = rows(shaken, NONE, 40), rows(PESTERED, NONE, 40)
    assert with_script["n_scripted"].mean() == pytest.approx(20, abs=SPREAD * math.sqrt(20 / 40))
    assert (with_script["n_live"] == without["n_live"]).all()


# ------------------------------------------------------------------------------- warning

MENACED = world(
    horizon=2,
    challenger={"strategy": "logit", "reliability": 0, "precision": 20},
    guarantors=states(arms=60, resolve=-1.5, resolve_sd=1.5, decision_clock=30),
    behaviour={"opportunity_rate": 12, "battles_per_month": 8, "heat_jump": 0, "look_ahead": 0},
    options={
        "blow": {"minimum_forces": 1000},
        "invasion": {"minimum_forces": 1000},
        "grab": {"warning": 20, "detectability": 0.7, "cost": -0.01},
    },
    rungs={"arms": {"lag": {"typical": 3}}},
)
WATCHED = under(pact(trigger={"threshold": 0.3, "ambiguity": 0, "threats": True}))


def presses() -> list[tuple[float, float, list[str], bool]]:
    """Return, of each mobilisation: P(attack) before and after, what was pledged, the outcome."""
    found = []
    for r in range(60):
        before = 0.0
        for e in history(MENACED, WATCHED, r).log:
            if e.kind == "choice":
                before = 1.0 - e.probabilities["refrain"]
            elif e.kind == "press":
                pledged = [str(rung) for rung in e.seen.values()]
                found.append((before, e.probabilities["press"], pledged, e.chose == "press"))
    return found


def test_immediate_deterrence_works_on_the_same_draw() -> None:
    for before, after, pledged, pressed in presses():
        if not pledged:
            assert pressed  # nobody said anything
        elif after >= before:
            assert pressed  # u < P(attack) then, so u < P(press) now
    stood_down = [after / before for before, after, _, pressed in presses() if not pressed]
    assert len(stood_down) > 10
    assert max(stood_down) < 1


def test_pledges_lower_the_probability_of_pressing_on() -> None:
    change: dict[int, list[float]] = {0: [], 1: [], 2: []}
    for before, after, pledged, _ in presses():
        if pledged:
            serious = sum(word in ("arms", "air", "ground") for word in pledged)
            change[min(serious, 2)].append(after - before)
    silence, one, several = (change[count] for count in (0, 1, 2))
    assert min(len(silence), len(one), len(several)) >= 10
    assert np.mean(silence) > np.mean(one) > np.mean(several)
    assert np.mean(several) + 1.96 * np.std(several) / math.sqrt(len(several)) < 0


def test_a_mobilisation_nobody_counts_is_carried_through() -> None:
    table = rows(MENACED, under(pact(**PLAIN)), 40)
    assert table["n_mobilised"].sum() > 20
    assert table["n_stood_down"].sum() == 0
    finished = table["end_state"] != "mobilised"
    attacks = table["n_limited_attacks"] + table["n_full_attacks"] - table["n_widened"]
    assert (table["n_mobilised"] == attacks)[finished].all()


# ------------------------------------------------------------------------------- the protégé


def test_the_protege_resists_or_concedes_by_what_it_would_cost() -> None:
    script = [{"option": "grab", "at": 30}]
    proud = world(scripted=script, protege={"concession_cost": 10})
    meek = world(scripted=script, protege={"concession_cost": 0, "war_cost": 0.1})
    assert rows(proud, NONE, 20)["n_conceded"].sum() == 0
    given = rows(meek, NONE, 20)
    assert set(given["n_conceded"]) == {1}
    assert set(given["first_campaign_end"]) == {"conceded"}
    assert given["ground_lost"].to_numpy() == pytest.approx(np.full(20, GRAB["prize"]))
    even = world(scripted=script, protege={"resistance_precision": 0})
    share = rows(even, NONE, 80)["n_conceded"].mean()
    assert share == pytest.approx(0.5, abs=SPREAD * 0.5 / math.sqrt(80))


# ------------------------------------------------------------------------------- campaigns

FOUGHT = world(
    scripted=[{"option": "invasion", "at": 30}],
    challenger={"forces": 200},
    behaviour={"battles_per_month": 2, "tempo_sd": 0.3, "stopping": False},
    talks={"offers": 0},
    guarantors=states(arms=60, decision_clock=3, resolve=0.5),
    options={"invasion": {"steps_to_objective": 5, "steps_to_repulse": 5}},
)
"""A slow invasion, fought out against a protégé whose friends can decide it."""


def test_help_races_the_fait_accompli() -> None:
    helpless = put(FOUGHT, "guarantors", states(arms=0, air=0, brigades_30d=0, brigades_90d=0))
    moved(helpless, FOUGHT, "ground_lost", FALLS, n=60)
    # over in a few days, the same campaign meets no help at all
    fast = {"behaviour": {"battles_per_month": 900, "tempo_sd": 0}}
    assert identical(
        rows(merged(FOUGHT, fast), TREATY, 20)[["ground_lost", "n_won", "campaign_days"]],
        rows(merged(helpless, fast), TREATY, 20)[["ground_lost", "n_won", "campaign_days"]],
    )


def test_battles_are_won_by_the_ratio_of_forces() -> None:
    alone = merged(FOUGHT, {"guarantors": states(stake=0), "challenger": {"forces": 100}})
    weaker, stronger = (put(alone, "challenger.forces", f) for f in (70, 160))
    moved(weaker, stronger, "ground_lost", RISES, (NONE, NONE))
    walls = put(alone, "regions", {"theatre": {"fortification": 2}})
    moved(alone, walls, "ground_lost", FALLS, (NONE, NONE))
    log = history(alone, NONE, 0).log
    for battle in (e for e in log if e.kind == "battle"):
        ratio = battle.seen["attacker"] / battle.seen["defender"]
        odds = ratio**0.85
        assert battle.probabilities["challenger wins"] == pytest.approx(
            odds / (1 + odds), abs=0.002
        )


def test_a_limited_campaign_may_be_widened_once() -> None:
    grabbing = world(
        horizon=2,
        challenger={"strategy": "logit"},
        behaviour={"opportunity_rate": 12, "battles_per_month": 1, "decision_point": 10},
        options={"grab": {"cost": 0}, "invasion": {"cost": 0.4}, "blow": {"cost": 1}},
    )
    table = rows(grabbing, NONE, 40)
    assert table["n_widened"].sum() > 3
    campaigns = table["n_limited_attacks"] + table["n_full_attacks"] - table["n_widened"]
    assert (table["n_campaigns"] == campaigns).all()
    widened = table[table["n_widened"] > 0]
    assert set(widened["s_full_attack"]) == {"event"}
    assert (widened["t_full_attack"] >= widened["t_limited_attack"] + 10 / 365.25 - 1e-9).any()
    late = put(grabbing, "behaviour.decision_point", 1000)
    assert rows(late, NONE, 40)["n_widened"].sum() == 0
    dear = put(grabbing, "options.invasion.cost", 1)
    moved(grabbing, dear, "n_widened", FALLS, (NONE, NONE))
    scripted = merged(grabbing, {"challenger": {"strategy": "scripted_only"}})
    scripted["scripted"] = [{"option": "grab", "at": 5}]
    assert rows(scripted, NONE, 20)["n_widened"].sum() == 0


def test_the_challenger_stops_what_does_not_pay() -> None:
    stubborn = merged(FOUGHT, {"guarantors": states(stake=0), "challenger": {"forces": 100}})
    shrewd = put(stubborn, "behaviour.stopping", True)
    assert rows(stubborn, NONE, 40)["n_stopped"].sum() == 0
    moved(stubborn, shrewd, "n_stopped", RISES, (NONE, NONE))
    moved(stubborn, shrewd, "campaign_days", FALLS, (NONE, NONE))
    moved(shrewd, put(shrewd, "challenger.war_cost", 0.003), "n_stopped", RISES, (NONE, NONE))


def test_wars_wear_both_sides_down() -> None:
    bloodless = merged(FOUGHT, {"behaviour": {"loser_losses": 0, "winner_losses": 0}})
    table = rows(bloodless, NONE, 20)
    assert not table[["challenger_losses", "protege_losses", "n_wars"]].to_numpy().any()
    moved(bloodless, FOUGHT, "challenger_losses", RISES, (NONE, NONE))
    moved(bloodless, FOUGHT, "final_challenger_forces", FALLS, (NONE, NONE))


# ------------------------------------------------------------------------------- escalation


def test_escalation_has_a_rate_and_an_end() -> None:
    pact_of_fighters = under(pact(**PLAIN))
    calm = merged(FOUGHT, {"behaviour": {"escalation_rate": 0}})
    risky = merged(FOUGHT, {"behaviour": {"escalation_rate": 2, "major_rate": 0}})
    grave = put(risky, "behaviour.major_rate", 20)
    frameworks = (pact_of_fighters, pact_of_fighters)
    assert not rows(calm, pact_of_fighters, 30)["n_direct_war"].any()
    moved(calm, risky, "n_direct_war", RISES, frameworks)
    assert set(rows(risky, pact_of_fighters, 40)["s_major"]) <= {"horizon", "lost"}
    table = rows(grave, pact_of_fighters, 40)
    major = table[table["s_major"] == "event"]
    assert len(major) > 5
    assert set(major["first_campaign_end"]) == {"escalation"}
    assert set(major["n_direct_war"]) == {1}
    times = major[[f"t_{first}" for first in ("incident", "full_attack", "war")]].to_numpy()
    assert (times == major[["t_major"]].to_numpy()).all()  # the history ends there
    assert set(major["s_attack"]) == {"lost"}


def test_nobody_fights_nobody_escalates() -> None:
    bystanders = merged(FOUGHT, {"behaviour": {"escalation_rate": 50}})
    bystanders["guarantors"] = states(highest_rung="arms")
    assert not rows(bystanders, TREATY, 20)["n_direct_war"].any()


# ------------------------------------------------------------------------------- talks

AT_WAR = world(
    horizon=5,
    begins={"state": "war"},
    challenger={"motive_mean": 0.6, "motive_sd": 0.05},
    behaviour={"battles_per_month": 2, "tempo_sd": 0.3},
    talks={"offers": 6},
    options={"invasion": {"steps_to_objective": 8, "steps_to_repulse": 8}},
)


def test_a_history_may_start_in_war() -> None:
    table = rows(AT_WAR, NONE, 40)
    assert set(table["n_campaigns"]) == {1}
    assert not table[["n_full_attacks", "n_incidents", "n_wars", "n_scripted"]].to_numpy().any()
    assert table["years_exposed"].max() < 5
    ahead, behind = (put(AT_WAR, "begins.position", x) for x in (5, -5))
    moved(behind, ahead, "n_won", RISES, (NONE, NONE))
    still = merged(AT_WAR, {"behaviour": {"battles_per_month": 0}, "talks": {"offers": 0}})
    assert rows(still, NONE, 5)["campaign_days"].to_numpy() == pytest.approx(5 * 365.25)


def test_offers_end_wars() -> None:
    assert rows(put(AT_WAR, "talks.offers", 0), NONE, 40)["n_ceasefires"].sum() == 0
    moved(put(AT_WAR, "talks.offers", 0), AT_WAR, "n_ceasefires", RISES, (NONE, NONE))
    willing = put(AT_WAR, "talks.challenger_type_mean", -2)
    moved(put(willing, "talks.offers", 1), willing, "campaign_days", FALLS, (NONE, NONE))
    proud = put(willing, "talks.challenger_type_mean", 5)
    assert rows(proud, NONE, 20)["n_ceasefires"].sum() == 0


def test_a_shield_makes_the_protege_accept() -> None:
    willing = merged(AT_WAR, {"talks": {"challenger_type_mean": -2, "line_scale": 100}})
    willing["guarantors"] = states(arms=80, air=80, resolve=2, decision_clock=2)
    waits = under(pact(activation={"response": "ceasefire"}))
    bare, shielded = (
        [
            entry.probabilities["protege accepts"]
            for r in range(40)
            for entry in entries(willing, framework, r, "talks")[:1]
        ]
        for framework in (NONE, waits)
    )
    assert len(bare) > 30
    assert np.mean(bare) == pytest.approx(0.32, abs=0.03)  # an even line, no guarantee
    assert 0.45 < np.mean(shielded) <= 0.62


def test_a_response_that_waits_for_a_ceasefire_is_a_reason_to_stall() -> None:
    deterrent = merged(
        AT_WAR,
        {
            "protege": {"acceptance_none": 0.99, "acceptance_full": 0.99},  # it takes any offer
            "guarantors": states(arms=80, air=80, resolve=2, decision_clock=2, stake=0),
            "behaviour": {"peace_treaty_rate": 0},
            "options": {"invasion": {"cost": 0.1}},
        },
    )
    never, waits = (
        under(pact(activation={"response": when})) for when in ("peace_treaty", "ceasefire")
    )
    moved(deterrent, deterrent, "campaign_days", RISES, (never, waits))
    moved(deterrent, deterrent, "n_ceasefires", FALLS, (never, waits))
    for framework, costs in ((never, False), (waits, True)):
        (first, *_) = entries(deterrent, framework, 0, "talks")
        assert (first.seen["cost of the framework to it"] < 0) is costs


# ------------------------------------------------------------------------------- heat


def test_heat_breeds_incidents_and_fades() -> None:
    rare = put(PESTERED, "options.blow.cost", 0.04)
    cold, hot = (put(rare, "behaviour.heat_jump", jump) for jump in (0, 2))
    moved(cold, hot, "n_incidents", RISES, (NONE, NONE))
    brief, lasting = (put(hot, "behaviour.heat_decay", years) for years in (0.05, 5))
    moved(brief, lasting, "n_incidents", RISES, (NONE, NONE))


def test_force_returns_soon_after_a_war_and_war_later() -> None:
    after = merged(
        RESTLESS,
        {
            "horizon": 6,
            "begins": {"state": "ceasefire"},
            "options": {
                "blow": {"cost": 0.04, "severity": 0.1},
                "grab": {"minimum_forces": 1000},
                "invasion": {"cost": 0.7, "warning": 0},
            },
        },
    )
    fresh, old = (put(after, "begins.since_war", since) for since in (0, 30))
    moved(old, fresh, "t_incident", FALLS, (NONE, NONE))
    rested, weary = (put(fresh, "behaviour.exhaustion", depth) for depth in (0, 1.5))
    moved(rested, weary, "t_full_attack", RISES, (NONE, NONE))
    # exhaustion weighs by severity: it holds back the invasion and not the blows
    first = output(rows(rested, NONE, 40), "t_incident").mean()
    assert output(rows(weary, NONE, 40), "t_incident").mean() == pytest.approx(first, rel=0.3)


# ------------------------------------------------------------------------------- learning

WATCHED_ONE = put(
    world(
        horizon=0.3,
        challenger={"strategy": "scripted_only", "reliability": 0},
        behaviour={"belief_relaxation": 1e6},
        scripted=blows(30),
    ),
    "guarantors",
    {"AA": merged(STATE, {"stake": 0, "resolve_sd": 1, "resolve": -1, "decision_clock": 1})},
)
"""One guarantor with no stake, bound by a treaty, and one blow."""


def test_honour_raises_belief_and_a_refusal_lowers_it() -> None:
    table = rows(WATCHED_ONE, PUNISH, 80)
    assert set(table["n_owed"]) == {1}
    belief = table["final_credibility"] + 1
    honoured, refused = table["n_honoured"] == 1, table["n_unanswered"] == 1
    assert min(honoured.sum(), refused.sum()) > 10
    assert (belief[honoured] > 0.05).all()
    assert (belief[refused] < -0.05).all()


def test_a_decision_still_pending_is_no_news() -> None:
    slow = put(WATCHED_ONE, "guarantors.AA.decision_clock", 60)
    table = rows(slow, PUNISH, 60)
    waiting = table["n_pending"] == 1
    assert waiting.sum() > 5
    assert (table["final_credibility"][waiting] == -1).all()


def test_what_does_not_bind_teaches_nothing() -> None:
    unsigned = under(pact(**PLAIN, **SANCTIONS, activation={"signature": 100}))
    assert set(rows(WATCHED_ONE, unsigned, 10)["final_credibility"]) == {-1}
    vetoed = under(pact(**PLAIN, **SANCTIONS, decision={"rule": "security_council"}))
    veto = put(WATCHED_ONE, "challenger.veto", True)
    assert set(rows(veto, vetoed, 10)["final_credibility"]) == {-1}


SPILLING = merged(
    WATCHED_ONE,
    {"guarantors": {"BB": {"stake": 0}, "CC": {"stake": 0}}},
)
IDLE = pact(id="idle", members=["BB", "CC"], activation={"response": "peace_treaty"})
TWO_TEXTS = under(pact(members=["AA"], **PLAIN, **SANCTIONS), IDLE)


@pytest.mark.parametrize("spill", [0.0, 0.5, 1.0])
def test_one_record_moves_beliefs_about_others_by_its_weight(spill: float) -> None:
    """At 0 (Press) nothing else moves; else each other moves by w times the mean change."""
    press = rows(put(SPILLING, "behaviour.reputation_spill", 0), TWO_TEXTS, 20)
    spilt = rows(put(SPILLING, "behaviour.reputation_spill", spill), TWO_TEXTS, 20)
    prior = -1 / 3
    own = press["final_credibility"] - prior  # a third of what AA's record moved
    assert (own.abs() > 0.01).all()
    moved_by = (spilt["final_credibility"] - prior).to_numpy()
    assert moved_by == pytest.approx((1 + spill) * own.to_numpy())
    if spill == 0:
        for r in range(20):
            (learnt,) = entries(SPILLING, TWO_TEXTS, r, "learning")
            assert set(learnt.seen) == {"AA"}


def test_beliefs_relax_to_their_prior() -> None:
    long = put(WATCHED_ONE, "horizon", 4)
    kept = rows(long, PUNISH, 20)["final_credibility"].to_numpy() + 1
    faded = rows(put(long, "behaviour.belief_relaxation", 2), PUNISH, 20)["final_credibility"]
    closed = (30 + BLOW_DAYS) / 365.25
    assert faded.to_numpy() + 1 == pytest.approx(kept * math.exp(-(4 - closed) / 2), rel=1e-4)


def test_beta_beliefs_weigh_the_record() -> None:
    tested = merged(
        PESTERED,
        {
            "behaviour": {"belief": "beta", "prior_strength": 1, "heat_jump": 0},
            "challenger": {"reliability": 0},
            "guarantors": states(stake=0, resolve=-3, economic_weight=60000),
            "options": {"blow": {"cost": 0.02}},
        },
    )
    reneging = under(pact(**PLAIN, **SANCTIONS))
    calculus = put(tested, "behaviour.record_weight", 0)
    moved(calculus, tested, "n_incidents", RISES, (reneging, reneging))
    # Press: with no weight on the record, nothing about it matters
    other = merged(calculus, {"behaviour": {"prior_strength": 50, "forgetting": 0.5}})
    assert identical(rows(calculus, reneging, 15), rows(other, reneging, 15))
    firm = put(tested, "behaviour.prior_strength", 1000)  # a strong prior drowns the record
    moved(firm, tested, "n_incidents", RISES, (reneging, reneging))


# ------------------------------------------------------------------------------- sanctions


def test_sanctions_leak_at_their_rate() -> None:
    leaky = under(pact(sanctions={"level": 0.5, "leakage": 0.4}))
    level = rows(world(horizon=2), leaky, 1)["final_sanctions"][0]
    assert level == pytest.approx(0.5 * 0.6 * math.exp(-0.8), rel=1e-3)
    base = world(horizon=2, baseline={"sanctions": 0.3, "sanctions_leakage": 0.1})
    assert rows(base, NONE, 1)["final_sanctions"][0] == pytest.approx(
        0.3 * math.exp(-0.2), rel=1e-3
    )


def test_sanctions_snap_back_by_themselves_or_by_a_vote() -> None:
    unwilling = world(guarantors=states(stake=0, resolve=-9), scripted=blows(30))
    bare: Raw = {**PLAIN, "obligation": "none"}
    by_vote, automatic = (
        rows(unwilling, under(pact(**bare, sanctions={"snapback": how})), 5)
        for how in ("vote", "automatic")
    )
    assert not by_vote["final_sanctions"].any()
    assert (automatic["final_sanctions"] > 0.4).all()


# ------------------------------------------------------------------------------- looking ahead


def test_a_guarantee_about_to_bind_opens_a_window() -> None:
    soon = under(pact(activation={"signature": 300}))
    eager = merged(
        RESTLESS,
        {
            "horizon": 0.8,
            "challenger": {"reliability": 1},
            "behaviour": {"look_ahead": 1},
            "guarantors": states(arms=60, air=60, stake=0, resolve=3, decision_clock=1),
            "rungs": {"arms": {"lag": {"typical": 2}}},
            "options": {
                "blow": {"minimum_forces": 1000},
                "grab": {"cost": 0.1, "warning": 0},
                "invasion": {"minimum_forces": 1000},
            },
        },
    )
    moved(eager, eager, "t_limited_attack", FALLS, (NONE, soon), n=60)
    blind = merged(eager, {"behaviour": {"look_ahead": 0}, "guarantors": states(stake=0.5)})
    coded = tuple(f"why_not_stopped_{code}" for code in ("not_yet_in_force", "not_covered"))
    assert identical(rows(blind, soon, 20), rows(blind, NONE, 20), but=coded)
    first = [entries(eager, f, 0, "choice")[0].probabilities["refrain"] for f in (soon, NONE)]
    assert first[0] < first[1]


# ------------------------------------------------------------------------------- disputes

BLAMED = world(
    behaviour={"dispute_base": 0, "dispute_hazard": 0, "dispute_void": 0, "dispute_provoked": 1},
    options={"blow": {"ambiguity": 1}},
    scripted=blows(30, 130, 230),
)
VOIDABLE = under(pact(**PLAIN, limits={"void_if_protege_attacks": "crisis"}))


def disputes(**behaviour: float) -> float:
    """Return the mean number of layers voided in a history."""
    return float(rows(merged(BLAMED, {"behaviour": behaviour}), VOIDABLE, 60)["n_voided"].mean())


def test_disputes_void_what_can_be_voided() -> None:
    assert disputes() == 0
    assert disputes(dispute_base=1) == 3
    third = 3 * 0.3
    assert disputes(dispute_void=0.3) == pytest.approx(third, abs=SPREAD * math.sqrt(0.63 / 60))
    assert disputes(dispute_hazard=0.9) > 0.2  # moral hazard: help expected is a reason to blame
    unsure = merged(BLAMED, {"behaviour": {"dispute_base": 1}})
    assert rows(unsure, under(pact(**PLAIN)), 10)["n_voided"].sum() == 0
    once = under(pact(**PLAIN, limits={"void_if_protege_attacks": "permanent"}))
    assert set(rows(unsure, once, 10)["n_voided"]) == {1}
    assert set(rows(unsure, once, 10)["n_owed"]) == {0}


def test_a_disputed_layer_waits() -> None:
    quick = states(decision_clock=1, stake=0, resolve=3)
    blamed = merged(BLAMED, {"guarantors": quick, "behaviour": {"dispute_base": 1}})
    blamed = merged(blamed, {"behaviour": {"dispute_provoked": 0, "dispute_days": 20}})
    certain = put(blamed, "behaviour.dispute_base", 0)
    assert output(rows(certain, PUNISH, 20), "answered within 14 d").sum() > 100
    assert output(rows(blamed, PUNISH, 20), "answered within 14 d").sum() == 0
    assert rows(blamed, PUNISH, 20)["n_honoured"].sum() > 100


# ------------------------------------------------------------------------------- perception


def test_battles_teach_the_balance_of_forces() -> None:
    rash = merged(
        RESTLESS,
        {
            "challenger": {"misperception_bias": 0.8, "misperception_sd": 0, "precision": 20},
            "guarantors": states(stake=0),
            "behaviour": {"heat_jump": 0, "look_ahead": 0, "battles_per_month": 30},
            "options": {
                "blow": {"minimum_forces": 1000},
                "grab": {"cost": 0.13, "warning": 0},
                "invasion": {"minimum_forces": 1000},
                "raid": merged(GRAB, {"minimum_forces": 1000}),
            },
            "scripted": [{"option": "raid", "at": 1}],
        },
    )
    sober = put(rash, "challenger.misperception_bias", 0)
    slow, quick = (put(rash, "challenger.battles_to_learn", b) for b in (1e6, 0.01))
    moved(sober, slow, "n_limited_attacks", RISES, (NONE, NONE))
    moved(slow, quick, "n_limited_attacks", FALLS, (NONE, NONE))


def test_air_defence_stops_its_share() -> None:
    struck = world(
        options={"strike": merged(BLOW, {"volume": 2, "intercepted": True})},
        scripted=[{"option": "strike", "at": 10}],
    )
    bare = rows(struck, NONE, 1)["damage"][0]
    both = put(struck, "baseline", {"air_defence": 0.5})
    shield = under(pact(peacetime={"air_defence": 0.5}))
    assert rows(both, NONE, 1)["damage"][0] == pytest.approx(bare / 2)
    assert rows(both, shield, 1)["damage"][0] == pytest.approx(bare / 4)
    open_sky = put(both, "options.strike.intercepted", False)
    assert rows(open_sky, shield, 1)["damage"][0] == pytest.approx(bare)


# ------------------------------------------------------------------------------- the end


def test_a_lost_protege_ends_the_history() -> None:
    doomed = merged(
        FOUGHT,
        {
            "challenger": {"forces": 2000},
            "scripted": [{"option": "invasion", "at": 30}, *blows(300)],
        },
    )
    doomed["guarantors"] = states(stake=0)
    table = rows(doomed, NONE, 20)
    lost = table[table["end_state"] == "lost"]
    assert len(lost) > 15
    assert set(lost["ground_lost"]) == {1.0}
    assert set(lost["first_campaign_end"]) == {"objective"}
    ends = lost["t_incident"]
    assert (ends < 1).all()
    assert ends.to_numpy() == pytest.approx((30 + lost["campaign_days"]) / 365.25)
    for first in ("incident", "force", "attack", "war", "major"):
        assert set(lost[f"s_{first}"]) == {"lost"}
        assert (lost[f"t_{first}"] == ends).all()
    early = lost[ends < 299 / 365.25]
    assert len(early) > 5
    assert set(early["n_scripted"]) == {1}


def test_a_first_time_not_reached_is_censored_at_the_horizon() -> None:
    quiet = rows(world(horizon=3), TREATY, 3)
    for first in ("incident", "force", "limited_attack", "full_attack", "attack", "war", "major"):
        assert set(quiet[f"s_{first}"]) == {"horizon"}
        assert quiet[f"t_{first}"].to_numpy() == pytest.approx(3)


# ------------------------------------------------------------------------------- invariants

CODES = ("AA", "BB", "CC", "DD")
share = st.sampled_from((0.0, 0.3, 1.0))
level = st.sampled_from(OBLIGATIONS)
activated = st.sampled_from(ACTIVATIONS)
days = st.sampled_from((None, 0, 2, 30))


def some(**fields: Any) -> st.SearchStrategy[Raw]:
    """Return mappings with some of these keys."""
    return st.fixed_dictionaries({}, optional=fields)


def layers_of(codes: tuple[str, ...]) -> st.SearchStrategy[Raw]:
    """Return layers a user could write for these guarantors."""
    code = st.sampled_from(codes)
    lead = {"lead": codes[0], "k": 1}
    forces = some(
        troops=st.sampled_from((0, 800, 20000)),
        place=st.sampled_from(PLACES),
        reinforcement=st.sampled_from((0, 4)),
        additional=st.booleans(),
    ).map(lambda f: {"troops": 100} | f)
    step = st.fixed_dictionaries(
        {
            "rung": st.sampled_from(RUNGS),
            "deadline": st.sampled_from((0, 1, 20)),
            "when": st.sampled_from(LADDER_WHEN),
        }
    )
    return some(
        obligation=st.one_of(level, some(sanctions=level, arms=level, air=level, ground=level)),
        binding=st.sampled_from(BINDINGS),
        trigger=some(threshold=share, ambiguity=share, threats=st.booleans()),
        attribution=some(arbiter=st.sampled_from(ARBITERS), delay=st.just(1), monitoring=share),
        decision=some(
            rule=st.sampled_from(RULES), others=some(n=st.sampled_from((0, 3)), p=share)
        ).map(lambda d: lead | d),
        deadlines=some(
            consult=days,
            decide=days,
            respond=days,
            silence=st.booleans(),
            counted_from=st.sampled_from(COUNTED_FROM),
        ),
        ladder=st.lists(step, min_size=1, max_size=2),
        presence=st.builds(lambda c, f: [{"guarantor": c} | f], code, forces),
        peacetime=some(
            arms=st.just(5), training=st.just(1), tranches=st.just(2), tranche_risk=share
        ),
        sanctions=some(
            level=share,
            renewal=st.just(0.5),
            veto_risk=share,
            snapback=st.sampled_from(SNAPBACKS),
        ),
        activation=some(
            signature=st.sampled_from((-500, 0, 90)),
            peacetime=activated,
            response=activated,
            provisional=st.booleans(),
            ratified=st.booleans(),
        ),
        duration=some(
            years=st.sampled_from((0, 0.4)), renewal=share, notice=st.just(200), exit=share
        ),
        limits=some(
            force_cap=st.sampled_from((20, 90)),
            no_bases=st.booleans(),
            economic_free_zone=st.just("theatre"),
            zone_depth=st.just(2),
            void_if_protege_attacks=st.sampled_from(VOIDS),
            opacity=share,
            reciprocity=share,
        ),
    ).map(lambda layer: {"decision": lead, "automatic": len(layer.get("ladder", [])) == 2} | layer)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Raw, Raw]:
    """Return a small world and a framework for it."""
    codes = CODES[: draw(st.integers(1, 4))]
    guarantors = {
        code: draw(
            some(
                stake=st.sampled_from((0, 0.7, 2)),
                resolve=st.sampled_from((-2, 0, 2)),
                resolve_sd=share,
                arms=st.sampled_from((0, 5, 50)),
                brigades_90d=st.sampled_from((0, 20)),
                decision_clock=st.sampled_from((0, 2, 30)),
                highest_rung=st.sampled_from(RUNGS),
                election_interval=st.just(0.3),
                ratification_days=st.just(60),
                second_theatre_rate=st.sampled_from((0, 2)),
            )
        )
        for code in codes
    }
    cheap = st.sampled_from((-0.1, 0.0, 0.1, 1.0))
    scenario = {
        "horizon": draw(st.sampled_from((0.3, 1.0, 2.5))),
        "begins": {
            "state": draw(st.sampled_from(STARTS)),
            "position": draw(st.sampled_from((-1, 0, 2))),
            "held": draw(st.sampled_from((0, 0.2))),
        },
        "challenger": draw(
            some(
                forces=st.sampled_from((0, 80, 300)),
                motive_sd=share,
                leader_change=share,
                veto=st.booleans(),
                strategy=st.sampled_from(("logit", "probing", "loss_averse")),
            )
        ),
        "protege": draw(some(forces=st.sampled_from((0, 100)), concession_cost=share)),
        "guarantors": guarantors,
        "options": {
            "blow": BLOW | {"cost": draw(cheap), "volume": 1, "intercepted": True},
            "grab": GRAB | {"cost": draw(cheap), "warning": draw(st.sampled_from((0, 20)))},
            "invasion": INVASION | {"cost": draw(cheap), "detectability": 1, "warning": 30},
        },
        "behaviour": draw(
            some(
                opportunity_rate=st.sampled_from((0, 3, 12)),
                battles_per_month=st.sampled_from((0, 2, 20)),
                escalation_rate=st.sampled_from((0, 5)),
                major_rate=st.sampled_from((0, 5)),
                link=st.sampled_from(("probit", "logit")),
                belief=st.sampled_from(("gaussian", "beta")),
                reputation_spill=share,
                dispute_base=share,
                dispute_provoked=share,
                look_ahead=share,
                free_riding=share,
                lead_pull=share,
                peace_treaty_rate=st.just(2),
                beliefs_about_help=st.sampled_from(("adaptive", "equilibrium")),
            )
        ),
        "talks": draw(some(offers=st.sampled_from((0, 6)), challenger_type_mean=st.just(-1))),
        "scripted": draw(
            st.lists(
                st.sampled_from(
                    (
                        {"option": "blow", "rate": 4},
                        {"option": "grab", "at": 20},
                        {"option": "invasion", "at": 60},
                    )
                ),
                max_size=2,
            )
        ),
    }
    members = st.sampled_from(("all", [codes[0]], [*codes]))
    layers = [
        draw(layers_of(codes)) | {"id": f"layer{n}", "members": draw(members)}
        for n in range(draw(st.integers(0, 2)))
    ]
    terms = draw(some(hostility=share, offer=some(expiry=share, territory=share, payment=share)))
    return scenario, {"layers": layers, **terms}


def check_row(row: dict[str, Any], scenario: Raw, framework: Raw) -> None:
    """Check what must hold of any row."""
    count = {name[2:]: value for name, value in row.items() if name.startswith("n_")}
    horizon, held = scenario["horizon"], scenario["begins"]["held"]
    assert row["status"] == "ok"
    assert list(row) == columns()
    assert all(math.isfinite(value) for value in row.values() if not isinstance(value, str))
    assert min(count.values()) >= 0
    # times and statuses
    end = max(row[f"t_{first}"] for first in FIRSTS)
    stopped = any(row[f"s_{first}"] == "lost" for first in FIRSTS)
    for first in FIRSTS:
        assert 0 <= row[f"t_{first}"] <= horizon
        assert row[f"s_{first}"] in ("event", "lost" if stopped else "horizon")
        assert row[f"s_{first}"] == "event" or row[f"t_{first}"] == end
    assert stopped or end == pytest.approx(horizon, abs=1e-7)
    for first, counted in FIRST_COUNTED.items():
        assert (row[f"s_{first}"] == "event") == (count[counted] > 0)
    assert row["t_attack"] == min(row["t_limited_attack"], row["t_full_attack"])
    assert row["t_incident"] <= min(row["t_force"], row["t_attack"])
    assert (row["end_state"] == "lost") <= stopped
    # occasions, acts, campaigns
    attacks = count["limited_attacks"] + count["full_attacks"] - count["widened"]
    assert count["dropped"] + count["incidents"] <= count["live"] <= count["candidates"]
    assert attacks <= count["incidents"]
    assert count["force_acts"] <= count["incidents"]
    assert count["stood_down"] <= count["mobilised"]
    ended = sum(count[how] for how in ("won", "repulsed", "stopped", "ceasefires"))
    under_way = int(row["end_state"] == "campaign")
    assert count["campaigns"] == ended + under_way
    assert count["conceded"] <= count["won"]
    assert count["wars"] <= attacks
    assert count["direct_war"] <= count["campaigns"]
    assert (row["first_campaign_end"] == "") == (count["campaigns"] == 0)
    coded = {kind: sum(row[f"{kind}_{c}"] for c in codes) for kind, codes in CAUSES.items()}
    assert coded["why_attacked"] == attacks
    assert attacks - under_way <= coded["why_not_stopped"] <= attacks
    # what was owed
    assert count["owed"] == count["honoured"] + count["pending"] + count["unanswered"]
    assert count["honoured"] == sum(row[f"response_{b:02d}"] for b in range(RESPONSE_BINS))
    # layers and their members
    seats = len(framework["layers"]) * len(scenario["guarantors"])
    crises = count["incidents"] + count["scripted"] + count["campaigns"] + count["mobilised"]
    assert count["owed"] <= crises * len(scenario["guarantors"])
    assert count["voided"] <= crises * len(framework["layers"])
    assert count["exits"] <= seats
    assert count["failed_ratifications"] <= seats
    # amounts
    assert -held <= row["ground_lost"] <= 1 - held
    assert 0 <= row["final_sanctions"] <= 1
    for amount in AMOUNTS:
        assert row[amount] >= 0 or amount in ("ground_lost", "final_credibility")
    at_war = row["campaign_days"] / 365.25
    assert row["years_exposed"] + at_war <= end + 1e-6
    assert row["first_campaign_days"] <= row["campaign_days"] + 1e-9


FIRST_COUNTED = {
    "incident": "incidents",
    "force": "force_acts",
    "limited_attack": "limited_attacks",
    "full_attack": "full_attacks",
    "war": "wars",
}
CAUSES = {"why_attacked": WHY_ATTACKED, "why_not_stopped": WHY_NOT_STOPPED}


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(written=histories(), seed=st.integers(0, 2**32))
def test_rows_add_up_whatever_is_written(written: tuple[Raw, Raw], seed: int) -> None:
    scenario, framework = written
    game = built(scenario, framework)
    row = simulate(game, seed, 0).row
    check_row(row, scenario, framework)
    logged = simulate(game, seed, 0, log=True)
    assert logged.row == row  # the same again, and watching changes nothing
    assert [e.time for e in logged.log] == sorted(e.time for e in logged.log)
    for entry in logged.log:
        assert all(-1e-9 <= p <= 1 + 1e-9 for p in entry.probabilities.values())
    backwards = {key: dict(reversed(scenario[key].items())) for key in ("guarantors", "options")}
    assert simulate(built(scenario | backwards, framework), seed, 0).row == row
    bystander = {"ZZ": {"stake": 0, "arms": 50, "resolve": 5}} | scenario["guarantors"]
    named = [
        layer | {"members": [*scenario["guarantors"]]} if layer["members"] == "all" else layer
        for layer in framework["layers"]
    ]
    crowded = built(scenario | {"guarantors": bystander}, framework | {"layers": named})
    assert simulate(crowded, seed, 0).row == row
