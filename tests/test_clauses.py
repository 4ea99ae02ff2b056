"""Every clause moves something: change it alone, and an output of the row moves, as it should.

The table has a line or more for each clause of section 3 of the model. Two runs share their luck
and all their clauses but one; the paired difference of one output must have the sign the line says
and a 95 % interval that excludes zero. Beside it stand the identities: changes that must move
nothing at all. Last, the pydantic models are walked, so that a clause, or a word of one, that has
no line here fails.
"""

# ruff: noqa: E501 (the table is wider than code)

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import numpy as np
import pandas as pd
import pytest
from tests.worlds import (
    BLOW,
    INVASION,
    Raw,
    difference,
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

from deter.spec.framework import Framework, Layer
from deter.spec.quantities import Record
from deter.vocabulary import RULES

# ------------------------------------------------------------------------------- worlds


def blows(*days: float) -> list[Raw]:
    """Return blows by script at some days."""
    return [{"option": "blow", "at": day} for day in days]


BLOWS = world(guarantors=states(resolve=-0.8), scripted=blows(30, 130, 230))
SEIZED = world(
    horizon=0.6,
    scripted=[{"option": "grab", "at": 30}],
    behaviour={"battles_per_month": 4, "tempo_sd": 0.3, "stopping": False},
    talks={"offers": 0},
)
INVADED = put(SEIZED, "scripted", [{"option": "invasion", "at": 30}])
ARMED = merged(
    INVADED,
    {
        "horizon": 1,
        "challenger": {"forces": 200},
        "guarantors": states(arms=40, brigades_30d=40, brigades_90d=40, decision_clock=3),
        "behaviour": {"battles_per_month": 2},
        "options": {"invasion": {"steps_to_objective": 5, "steps_to_repulse": 5}},
    },
)
SLOW = merged(
    ARMED,
    {
        "guarantors": states(arms=60, days_brigade=200, resolve=1),
        "rungs": {"arms": {"lag": {"typical": 200}}, "air": {"lag": {"typical": 200}}},
    },
)
STATIONED = merged(
    ARMED, {"guarantors": states(arms=0, air=0, brigades_30d=0, brigades_90d=0, resolve=2)}
)
QUIET = world(horizon=4)
DEPLETED = merged(QUIET, {"challenger": {"forces": 80, "regeneration": 12}})
STRIKES = world(
    options={"strike": merged(BLOW, {"volume": 2, "intercepted": True})},
    scripted=[{"option": "strike", "at": 10}],
)
TEMPTED = world(
    challenger={"strategy": "logit"},
    behaviour={"opportunity_rate": 12},
    options={"invasion": merged(INVASION, {"minimum_forces": 1000})},
)
MENACED = merged(
    TEMPTED,
    {
        "challenger": {"reliability": 0, "precision": 20},
        "guarantors": states(arms=60, resolve=-1.5, resolve_sd=1.5, decision_clock=30),
        "behaviour": {"battles_per_month": 8, "heat_jump": 0},
        "options": {
            "blow": {"minimum_forces": 1000},
            "grab": {"warning": 20, "detectability": 0, "cost": -0.01},
        },
        "rungs": {"arms": {"lag": {"typical": 3}}},
    },
)
AT_WAR = world(
    horizon=6,
    begins={"state": "war"},
    behaviour={"battles_per_month": 2, "tempo_sd": 0.3},
    talks={"offers": 6, "challenger_type_mean": -2},
    options={"invasion": merged(INVASION, {"steps_to_objective": 8, "steps_to_repulse": 8})},
    scripted=blows(2000),
)
RELUCTANT = put(BLOWS, "guarantors.AA.resolve", -4)
BOUND = put(BLOWS, "guarantors", states(stake=0, resolve=0.8))
EAGER = put(BLOWS, "guarantors", states(stake=0, resolve=3))
VETO = put(BLOWS, "challenger.veto", True)
DISPUTED = merged(
    BLOWS,
    {
        "behaviour": {"dispute_base": 0.5, "dispute_provoked": 1, "dispute_days": 5},
        "options": {"blow": {"ambiguity": 0.8}},
    },
)

WORLDS: dict[str, Raw] = {
    # three blows by script, severity .5, each with a month in which to answer it, and ...
    "BLOWS": BLOWS,
    "BOUND": BOUND,  # ... nobody who would help but under the layer
    "EAGER": EAGER,  # ... nobody who would help but under the layer, and under it all would
    "SLOW_LEAD": put(EAGER, "guarantors.AA.decision_clock", 60),
    "RELUCTANT": RELUCTANT,  # ... one guarantor, AA, that never would
    "HEATED": put(BLOWS, "guarantors", states()),  # ... guarantors not so unwilling
    "VETO": VETO,  # ... a challenger with a veto in the Security Council
    "DISPUTED": DISPUTED,  # ... provocation alleged, and often upheld
    "COASTAL": put(BLOWS, "regions", {"theatre": {}, "coast": {}}),
    "PAYING": put(BLOWS, "behaviour.payer_stake", 1),
    "PROMPT": put(BLOWS, "guarantors", states(resolve=-0.8, ratification_days=10)),
    # a land grab, and an invasion, by script; no talks, no giving up, and ...
    "SEIZED": SEIZED,
    "INVADED": INVADED,
    "FORTIFIED": put(INVADED, "regions.theatre.fortification", 2),
    "ARMED": ARMED,  # ... guarantors strong enough to decide a slow campaign
    "VETOED": merged(  # ... brigades, and a council that never decides
        ARMED,
        {
            "challenger": {"veto": True},
            "guarantors": states(arms=0, air=0, brigades_30d=60, brigades_90d=60, resolve=0.5),
        },
    ),
    "SLOW": SLOW,  # ... the same, their help half a year on its way
    "STATIONED": STATIONED,  # ... guarantors with no forces but those their layer stations
    # years in which nothing happens, also after a war that has left the challenger weak
    "QUIET": QUIET,
    "DEPLETED": DEPLETED,
    # a month of strikes on the power grid
    "STRIKES": STRIKES,
    # a challenger with an occasion a month; the same, a sharp chooser, that must mobilise first
    "TEMPTED": TEMPTED,
    "MENACED": MENACED,
    # a long war with an offer every two months that the challenger would take, then a blow
    "AT_WAR": AT_WAR,
    # a ceasefire that a peace treaty may follow, with a blow every two years
    "TRUCE": world(
        horizon=6,
        begins={"state": "ceasefire"},
        behaviour={"peace_treaty_rate": 0.5},
        scripted=blows(300, 900, 1500),
    ),
    # governments come and go; a blow every two years
    "UNSTEADY": world(
        horizon=8,
        guarantors=states(change_probability=0.8, election_interval=2),
        scripted=blows(365, 1095, 1825, 2555),
    ),
}

# ------------------------------------------------------------------------------- clauses


def owes(**rungs: str) -> Raw:
    """Return obligations at some rungs and none at the others."""
    return {"obligation": dict.fromkeys(("sanctions", "arms", "air", "ground"), "none") | rungs}


def stationed(troops: float, reinforcement: float = 0, days: float = 10) -> Raw:
    """Return forces of each guarantor at the front."""
    force = {"place": "front", "reinforcement": reinforcement, "reinforcement_days": days}
    codes = ("AA", "BB", "CC")
    return {"presence": [{"guarantor": code, "troops": troops} | force for code in codes]}


def ladder(**step: Any) -> Raw:
    """Return an automatic ladder of one step, sanctions within a day."""
    steps = [{"rung": "sanctions", "deadline": 1} | step]
    return {"automatic": True, "ladder": steps, "attribution": {"delay": 0}}


GIVEN: dict[str, Raw] = {
    "plain": {"trigger": {"ambiguity": 0, "threshold": 0.3}},  # all recognise the act
    "punish": {"trigger": {"ambiguity": 0, "threshold": 0.3}} | owes(sanctions="all_means"),
    "bare": {"trigger": {"ambiguity": 0, "threshold": 0.3}} | owes(),
    "clear": {"trigger": {"threshold": 0.4}},
    "owes arms": owes(sanctions="all_means", arms="all_means"),
    "political": {"binding": "political"},
    "AA leads": {"decision": {"lead": "AA"}},
    "coalition of three": {"decision": {"k": 3}},
    "AA outweighs": {"decision": {"weights": {"AA": 5}}},
    "twelve others": {"decision": {"others": {"n": 12, "p": 0.99}}},
    "others unwilling": {"decision": {"others": {"p": 0.2}}},
    "threats": {"trigger": {"threats": True}},
    "seen": {"peacetime": {"intelligence": 1}},
    "delay 20": {"attribution": {"delay": 20}},
    "delay 0": {"attribution": {"delay": 0}},
    "decide 3": {"deadlines": {"decide": 3}},
    "decide 7": {"deadlines": {"decide": 7}},
    "decide 40": {"deadlines": {"decide": 40}},
    "ladder": ladder(),
    "troops": stationed(6000),
    "10,000 troops": stationed(10000),
    "30,000 troops": stationed(30000),
    "reinforced": stationed(6000, reinforcement=25),
    "training": {"peacetime": {"training": 2}},
    "tranches": {"peacetime": {"tranches": 4}},
    "tranche risk": {"peacetime": {"tranche_risk": 0.5}},
    "sanctions": {"sanctions": {"level": 1}},
    "veto risk": {"sanctions": {"veto_risk": 0.3}},
    "renewal": {"sanctions": {"renewal": 1}},
    "unratified": {"activation": {"ratified": False}},
    "after ratification": {"activation": {"response": "ratification"}},
    "after ceasefire": {"activation": {"response": "ceasefire"}},
    "not renewed": {"duration": {"renewal": 0}},
    "term": {"duration": {"years": 0.4}},
    "loose": {"duration": {"exit": 0.9}},
    "zone": {"limits": {"economic_free_zone": "theatre"}},
    "void": {"limits": {"void_if_protege_attacks": "crisis"}},
}
GIVEN |= {rule: {"decision": {"rule": rule}} for rule in RULES}

RISES, FALLS = 1, -1

LINES = """
members                   all > ["AA"]               BLOWS      n_owed falls                  -
obligation                none > all_means           BLOWS      final_sanctions rises         plain
obligation                none > consult             BLOWS      final_sanctions rises         plain
obligation                consult > assist           BLOWS      final_sanctions rises         plain
obligation                assist > as_deemed_necessary  BLOWS   final_sanctions rises         plain
obligation                as_deemed_necessary > all_means  BLOWS  final_sanctions rises       plain
obligation.sanctions      none > consult             BLOWS      final_sanctions rises         bare
obligation.sanctions      consult > assist           BLOWS      final_sanctions rises         bare
obligation.sanctions      assist > as_deemed_necessary  BLOWS   final_sanctions rises         bare
obligation.sanctions      as_deemed_necessary > all_means  BLOWS  final_sanctions rises       bare
obligation.arms           none > all_means           ARMED      ground_lost falls x80         bare
obligation.air            none > all_means           ARMED      n_joined_combat rises         bare
obligation.ground         none > all_means           ARMED      ground_lost falls x80         bare
binding                   none > political           BLOWS      final_sanctions rises         punish
binding                   political > executive_agreement  BLOWS  final_sanctions rises       punish
binding                   executive_agreement > statute  BLOWS  final_sanctions rises         punish
binding                   statute > ratified_treaty  BLOWS      final_sanctions rises         punish

trigger.threshold         0.4 > 0.8                  BLOWS      n_owed falls                  -
trigger.ambiguity         0 > 1                      BLOWS      n_owed falls                  clear
trigger.options           all > ["grab"]             BLOWS      n_owed falls                  -
trigger.regions           all > ["coast"]            COASTAL    n_owed falls                  -
trigger.threats           false > true               MENACED    n_stood_down rises x60        plain + seen

attribution.arbiter       each > joint_commission    BLOWS      nobody owed rises x80         -
attribution.arbiter       each > lead                BLOWS      nobody owed rises x80         AA leads
attribution.arbiter       each > security_council    VETO       n_owed falls                  -
attribution.delay         1 > 20                     BLOWS      answered within 20 d falls    punish
attribution.monitoring    0 > 0.9                    BLOWS      answered within 20 d rises    punish + delay 20
attribution.monitoring    0 > 0.9                    DISPUTED   n_voided falls                void

decision.rule             each > lead                RELUCTANT  n_honoured falls              punish + AA leads
decision.rule             each > lead                SLOW_LEAD  answered within 30 d falls    punish + AA leads
decision.rule             each > coalition           BLOWS      n_honoured falls              punish + coalition of three
decision.rule             each > majority            RELUCTANT  n_honoured falls              punish
decision.rule             majority > weighted_majority  RELUCTANT  n_honoured falls           punish + AA outweighs
decision.rule             majority > consensus       RELUCTANT  n_honoured falls              punish
decision.rule             each > consensus           EAGER      answered within 20 d falls    punish
decision.rule             majority > security_council  VETO     n_honoured falls              punish
decision.k                1 > 3                      RELUCTANT  n_honoured falls              punish + coalition
decision.lead             AA > BB                    RELUCTANT  n_honoured rises              punish + lead
decision.weights          {} > {"AA": 5}             RELUCTANT  n_honoured falls              punish + weighted_majority
decision.quota            0.3 > 0.9                  RELUCTANT  n_honoured falls              punish + weighted_majority
decision.others.n         0 > 12                     BOUND      n_honoured falls              punish + consensus + others unwilling
decision.others.p         0.2 > 0.95                 BOUND      n_honoured rises              punish + consensus + twelve others
decision.others.clock     1 > 60                     BOUND      answered within 30 d falls    punish + consensus + twelve others

deadlines.consult         null > 1                   BLOWS      answered within 20 d rises    punish + delay 0
deadlines.decide          null > 3                   BLOWS      answered within 5 d rises     punish
deadlines.decide          null > 3                   BOUND      n_honoured falls              punish + political
deadlines.respond         null > 1                   SLOW       ground_lost falls             -
deadlines.counted_from    event > request            BOUND      n_honoured rises              punish + political + decide 7
deadlines.counted_from    event > first_breach       BOUND      n_honoured falls              punish + political + decide 40
deadlines.silence         false > true               BOUND      n_honoured rises              punish + political + decide 3
ladder                    [] > [{"rung": "sanctions", "deadline": 2}]  BLOWS  answered within 5 d rises  punish
ladder.rung               sanctions > arms           HEATED     answered within 2 d rises     plain + owes arms + ladder
ladder.rung               arms > air                 ARMED      n_joined_combat rises         plain + ladder + consensus
ladder.rung               air > ground               VETOED     n_repulsed rises x80          plain + ladder + security_council
ladder.deadline           1 > 20                     BLOWS      answered within 5 d falls     punish + ladder
ladder.when               always > continues         BLOWS      answered within 2 d falls     punish + ladder
ladder.when               continues > widens         SEIZED     answered within 2 d falls     punish + ladder
ladder.who                members > ["AA"]           BLOWS      answered within 2 d falls     punish + ladder
automatic                 false > true               BLOWS      answered within 2 d rises     punish + ladder
automatic                 false > true               RELUCTANT  n_honoured rises              punish + ladder + consensus

presence.troops           0 > 6000                   INVADED    n_joined_combat rises         troops
presence.place            front > rear               INVADED    n_joined_combat falls x80     10,000 troops
presence.place            rear > neighbour           INVADED    n_joined_combat falls         10,000 troops
presence.reinforcement    0 > 25                     STATIONED  ground_lost falls             troops
presence.reinforcement_days  3 > 300                 STATIONED  ground_lost rises             reinforced
presence.additional       false > true               STATIONED  ground_lost falls x80         30,000 troops + twice

peacetime.arms            0 > 20                     QUIET      final_protege_forces rises    -
peacetime.training        0 > 2                      QUIET      final_protege_forces rises    -
peacetime.finance         0 > 20                     QUIET      final_protege_forces rises    -
peacetime.intelligence    0 > 1                      MENACED    n_stood_down rises x60        plain + threats
peacetime.air_defence     0 > 0.5                    STRIKES    damage falls                  -
peacetime.payer           guarantor > protege        PAYING     final_sanctions rises         punish
peacetime.payer           guarantor > frozen_assets  QUIET      final_protege_forces rises    training + tranches + tranche risk
peacetime.tranches        0 > 4                      QUIET      final_protege_forces falls    training + tranche risk
peacetime.tranche_risk    0 > 0.5                    QUIET      final_protege_forces falls    training + tranches
peacetime.additional      false > true               QUIET      final_protege_forces rises    training + twice

sanctions.level           0 > 1                      DEPLETED   final_challenger_forces falls  -
sanctions.leakage         0 > 0.5                    DEPLETED   final_sanctions falls         sanctions
sanctions.renewal         null > 1                   DEPLETED   final_sanctions falls         sanctions + veto risk
sanctions.veto_risk       0 > 0.3                    DEPLETED   final_sanctions falls         sanctions + renewal
sanctions.snapback        none > vote                BLOWS      final_sanctions rises         bare
sanctions.snapback        vote > automatic           BLOWS      final_sanctions rises         bare

activation.signature      0 > 200                    BLOWS      n_owed falls                  -
activation.peacetime      signature > ratification   QUIET      final_protege_forces falls    training + unratified
activation.peacetime      ratification > ceasefire   QUIET      final_protege_forces falls    training + unratified
activation.peacetime      ceasefire > peace_treaty   TRUCE      final_protege_forces falls    training
activation.response       signature > ratification   BLOWS      n_owed falls                  unratified
activation.response       ratification > ceasefire   PROMPT     n_owed falls                  unratified
activation.response       ceasefire > peace_treaty   TRUCE      n_owed falls                  -
activation.provisional    false > true               BLOWS      n_owed rises                  after ratification + unratified
activation.ratified       false > true               BLOWS      n_owed rises                  after ratification
activation.ratified       false > true               BLOWS      final_sanctions rises         punish

duration.years            null > 0.4                 BLOWS      n_owed falls                  not renewed
duration.renewal          0 > 1                      BLOWS      n_owed rises                  term
duration.exit             0 > 0.9                    UNSTEADY   n_owed falls                  -
duration.exit_lock        0 > 1                      UNSTEADY   n_owed rises                  loose
duration.notice           0 > 1200                   UNSTEADY   n_owed rises                  loose

limits.force_cap          null > 90                  QUIET      final_protege_forces falls    -
limits.no_bases           false > true               INVADED    n_joined_combat falls         troops
limits.excluded_regions   [] > ["theatre"]           BLOWS      n_owed falls                  -
limits.economic_free_zone  null > "theatre"          FORTIFIED  ground_lost rises             -
limits.zone_depth         0 > 6                      INVADED    ground_lost falls             zone
limits.void_if_protege_attacks  never > crisis       DISPUTED   n_honoured falls              punish
limits.void_if_protege_attacks  crisis > permanent   DISPUTED   n_owed falls x80              -
limits.opacity            0 > 1                      QUIET      belief from prior falls       -
limits.reciprocity        0 > 1                      BLOWS      final_sanctions rises         punish

offer.expiry              0 > 5                      AT_WAR     n_owed falls                  after ceasefire
offer.territory           0 > 0.3                    AT_WAR     ground_lost rises             -
offer.payment             0 > 1                      AT_WAR     n_ceasefires falls            -
hostility                 0 > 0.5                    TEMPTED    n_live rises                  -
"""
"""Clause; from and to; world; output and its direction (x: runs, else 40); other clauses given."""


def literal(text: str) -> Any:
    """Read a value as YAML would: JSON, or a bare word."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


@dataclass(frozen=True)
class Line:
    """A clause, what it is changed from and to, and which output then moves which way."""

    clause: str
    before: Any
    after: Any
    world: str
    output: str
    sign: int
    n: int
    given: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> Line:
        """Read a line of the table."""
        clause, change, where, moves, given = re.split(r"\s{2,}", text.strip())
        before, _, after = change.partition(" > ")
        figure, direction, n = re.findall(r"^(.+) (rises|falls)(?: x(\d+))?$", moves)[0]
        names = tuple(given.split(" + ")) if given != "-" else ()
        sign = RISES if direction == "rises" else FALLS
        change_from, change_to = literal(before), literal(after)
        return cls(clause, change_from, change_to, where, figure, sign, int(n or 40), names)

    def framework(self, value: Any) -> Raw:
        """Return the framework with the clause at a value."""
        layer = pact()
        for name in self.given:
            if name != "twice":
                layer = merged(layer, GIVEN[name])
        other = [merged(layer, {"id": "other"})] if "twice" in self.given else []
        if self.clause.partition(".")[0] in Framework.model_fields:
            return under(layer, *other, **put({}, self.clause, value))
        return under(put(layer, self.clause, value), *other)

    def __str__(self) -> str:
        return f"{self.clause} {self.before} > {self.after}: {self.output} in {self.world}"


TABLE = [Line.read(text) for text in LINES.splitlines() if text]


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_a_clause_moves_its_output(line: Line) -> None:
    before, after = (
        output(rows(WORLDS[line.world], line.framework(value), line.n), line.output)
        for value in (line.before, line.after)
    )
    mean, half = difference(before, after)
    assert line.sign * mean > half, f"{mean:+.4g} +- {half:.4g}"


# ------------------------------------------------------------------------------- identities


def of(**clauses: Any) -> Raw:
    """Return the treaty with some clauses, as a framework."""
    return under(pact(**clauses))


def rule(name: str, **terms: Any) -> Raw:
    """Return the treaty under a decision rule."""
    return of(decision={"rule": name, **terms})


def trained(**terms: Any) -> Raw:
    """Return the treaty with training and terms of it."""
    return of(peacetime={"training": 2, **terms})


NULL = under({"id": "null"})
ALONE: Raw = {"members": ["AA"]}
NO_DISPUTES = {"dispute_base": 0, "dispute_hazard": 0, "dispute_void": 0}
WORLDS |= {
    "UNWILLING": put(BLOWS, "guarantors", states(ratification_probability=0)),
    "UNDISPUTED": put(BLOWS, "behaviour", NO_DISPUTES),
    "IGNORANT": put(TEMPTED, "challenger.reliability", 0),
}

SAME: dict[str, tuple[str, Raw, Raw]] = {
    "a title is only a name": ("BLOWS", of(), under(pact(title="x"), title="y", summary="z")),
    "a title is only a name, to a chooser": ("TEMPTED", of(), under(pact(title="x"), title="y")),
    "an id is only a name": ("BLOWS", of(), of(id="treaty")),
    "facts are for the reader": ("BLOWS", of(), of() | {"facts": {"a": "b"}, "sources": ["c"]}),
    "null clauses = no framework, when blows fall": ("BLOWS", {}, NULL),
    "null clauses = no framework, to a chooser": ("MENACED", {}, NULL),
    "null clauses = no framework, in war": ("AT_WAR", {}, NULL),
    "hostility needs a text": ("TEMPTED", {}, {"hostility": 0.5}),
    "all members, by name": ("BLOWS", of(), of(members=["CC", "AA", "BB"])),
    "all options, by name": ("BLOWS", of(), of(trigger={"options": ["blow", "grab", "invasion"]})),
    "all regions, by name": ("BLOWS", of(), of(trigger={"regions": ["theatre"]})),
    "an excluded region is one not covered": (
        "COASTAL",
        of(trigger={"regions": ["coast"]}),
        of(limits={"excluded_regions": ["theatre"]}),
    ),
    "threats need a warning": ("TEMPTED", of(), of(trigger={"threats": True})),
    "majority of three = coalition of two": ("BLOWS", rule("majority"), rule("coalition", k=2)),
    "consensus of three = coalition of three": ("BLOWS", rule("consensus"), rule("coalition", k=3)),
    "equal weights = majority": ("BLOWS", rule("majority"), rule("weighted_majority")),
    "a quota of all = consensus": ("BLOWS", rule("consensus"), rule("weighted_majority", quota=1)),
    "a council without veto = majority": ("BLOWS", rule("majority"), rule("security_council")),
    "a lead alone = each": (
        "BLOWS",
        of(**ALONE),
        of(**ALONE, decision={"rule": "lead", "lead": "AA"}),
    ),
    "each heeds no others": ("BLOWS", of(), of(decision={"others": {"n": 9, "p": 0}})),
    "weights need their rule": ("BLOWS", of(), of(decision={"weights": {"AA": 9}})),
    "a lead needs a rule, an arbiter or a pull": ("BLOWS", of(), of(decision={"lead": "AA"})),
    "a deadline after all is over = none": ("BLOWS", of(), of(deadlines={"decide": 300})),
    "silence needs a deadline": ("BLOWS", of(), of(deadlines={"silence": True})),
    "a count needs a deadline": ("BLOWS", of(), of(deadlines={"counted_from": "first_breach"})),
    "they meet within five days anyway": ("BLOWS", of(), of(deadlines={"consult": 5})),
    "a ladder with a decision stage = a deadline to decide": (
        "BLOWS",
        of(deadlines={"decide": 4}),
        of(ladder=[{"rung": "air", "deadline": 4, "when": "widens", "who": ["AA"]}]),
    ),
    "a grab continues": ("SEIZED", of(**ladder()), of(**ladder(when="continues"))),
    "an invasion is wide": ("INVADED", of(**ladder()), of(**ladder(when="widens"))),
    "no troops = no presence": ("INVADED", of(), of(**stationed(0, reinforcement=20))),
    "no bases = no presence": (
        "INVADED",
        of(limits={"no_bases": True}),
        of(limits={"no_bases": True}, **stationed(9000)),
    ),
    "one layer is not additional to itself": (
        "INVADED",
        of(**stationed(9000)),
        of(**put(stationed(9000), "presence.additional", True)),
    ),
    "approvals that never fail = none needed": (
        "QUIET",
        trained(),
        trained(tranches=4, tranche_risk=0),
    ),
    "frozen assets need no approval": (
        "QUIET",
        trained(),
        trained(tranches=4, tranche_risk=1, payer="frozen_assets"),
    ),
    "a renewal that is never vetoed = none needed": (
        "DEPLETED",
        of(sanctions={"level": 1}),
        of(sanctions={"level": 1, "renewal": 1}),
    ),
    "a treaty never ratified = a political word": (
        "UNWILLING",
        of(binding="political"),
        of(activation={"ratified": False}),
    ),
    "applied provisionally = as a political word": (
        "UNWILLING",
        of(binding="political"),
        of(activation={"ratified": False, "response": "ratification", "provisional": True}),
    ),
    "signed before the start = at the start": ("BLOWS", of(), of(activation={"signature": -500})),
    "a term always renewed = no term": ("BLOWS", of(), of(duration={"years": 0.3, "renewal": 1})),
    "a full lock = no exit": (
        "UNSTEADY",
        of(duration={"exit": 0}),
        of(duration={"exit": 1, "exit_lock": 1}),
    ),
    "notice needs an exit": (
        "UNSTEADY",
        of(duration={"exit": 0}),
        of(duration={"exit": 0, "notice": 900}),
    ),
    "a cap above all forces = none": ("QUIET", of(), of(limits={"force_cap": 500})),
    "depth needs a zone": ("INVADED", of(), of(limits={"zone_depth": 5})),
    "a zone of no depth where no works are = none": (
        "INVADED",
        of(),
        of(limits={"economic_free_zone": "theatre"}),
    ),
    "a void clause needs a dispute": (
        "UNDISPUTED",
        of(),
        of(limits={"void_if_protege_attacks": "permanent"}),
    ),
    "secret terms = an ignorant challenger": ("IGNORANT", of(), of(limits={"opacity": 1})),
    "an offer needs a war": ("BLOWS", of(), of() | {"offer": {"expiry": 5, "payment": 1}}),
}
"""A world and two frameworks that must give the same rows, to the last bit."""

FAILED = ("n_failed_ratifications",)
APART: dict[str, tuple[str, ...]] = {
    # what a member does under a rule shows less of it
    "a lead alone = each": ("final_credibility",),
    # beliefs foresee deadlines, not ladders
    "a ladder with a decision stage = a deadline to decide": ("final_credibility",),
    # the refusals of parliaments are counted
    "a treaty never ratified = a political word": FAILED,
    "applied provisionally = as a political word": FAILED,
}
"""Columns in which they may differ after all."""


@pytest.mark.parametrize("name", SAME)
def test_what_must_change_nothing_changes_nothing(name: str) -> None:
    where, left, right = SAME[name]
    first, second = rows(WORLDS[where], left, 15), rows(WORLDS[where], right, 15)
    but = [*APART.get(name, ())]
    left_rows, right_rows = first.drop(columns=but), second.drop(columns=but)
    pd.testing.assert_frame_equal(left_rows, right_rows, check_exact=True)


def test_secrecy_makes_an_informed_challenger_ignorant() -> None:
    informed = put(TEMPTED, "challenger.reliability", 0.7)
    secret = rows(informed, of(limits={"opacity": 1}), 15)
    assert identical(secret, rows(WORLDS["IGNORANT"], of(), 15))
    assert not identical(secret, rows(informed, of(), 15))


def test_reciprocity_is_a_stake() -> None:
    half, more = (put(BLOWS, "guarantors", states(stake=stake)) for stake in (0.5, 0.75))
    assert identical(rows(half, of(limits={"reciprocity": 0.25}), 15), rows(more, of(), 15))


def test_a_joint_finding_binds_all_or_none() -> None:
    led = rows(BLOWS, of(attribution={"arbiter": "lead"}, decision={"lead": "AA"}), 15)
    alone = rows(BLOWS, of(**ALONE), 15)
    assert (led["n_owed"] == 3 * alone["n_owed"]).all()
    joint = rows(BLOWS, of(attribution={"arbiter": "joint_commission"}), 15)
    assert set(joint["n_owed"] % 3) == {0}
    assert set(rows(BLOWS, of(), 15)["n_owed"] % 3) != {0}


def test_peacetime_clauses_give_exactly_what_they_say() -> None:
    base = rows(QUIET, of(), 3)["final_protege_forces"].to_numpy()

    def gained(**flows: Any) -> Any:
        return rows(QUIET, of(peacetime=flows), 3)["final_protege_forces"].to_numpy() - base

    assert gained(training=2) == pytest.approx(np.full(3, 2.0 * 4))
    assert gained(arms=10) == pytest.approx(np.full(3, 0.15 * 10 * 4))
    assert gained(finance=10) == pytest.approx(np.full(3, 0.15 * 5 * 4))
    capped = rows(QUIET, of(limits={"force_cap": 90}, peacetime={"training": 2}), 3)
    assert set(capped["final_protege_forces"]) == {90.0}


def test_sanctions_and_air_defence_do_exactly_what_they_say() -> None:
    imposed = rows(QUIET, of(sanctions={"level": 0.5, "leakage": 0}), 3)["final_sanctions"]
    assert imposed.to_numpy() == pytest.approx(np.full(3, 0.5 * 3 * 12000 / 60000))
    bare, covered = (
        rows(STRIKES, of(peacetime={"air_defence": share}), 3)["damage"].to_numpy()
        for share in (0, 0.25)
    )
    assert bare == pytest.approx(np.full(3, 2 * 30 / 30.4375))
    assert covered == pytest.approx(0.75 * bare)


# ------------------------------------------------------------------------------- completeness

NAMES = {"id", "title", "summary", "sources", "facts", "layers", "presence.guarantor"}
"""Fields of a framework that are no clauses."""


def records_in(annotation: Any) -> list[type[Record]]:
    """Return the records an annotation can hold."""
    if isinstance(annotation, type):
        return [annotation] if issubclass(annotation, Record) else []
    return [record for arg in get_args(annotation) for record in records_in(arg)]


def words_in(annotation: Any) -> list[str]:
    """Return the words an annotation allows."""
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for arg in get_args(annotation) for word in words_in(arg)]


def clauses(model: type[Record], prefix: str = "") -> dict[str, list[str]]:
    """Return the clauses of a model, dotted, each with the words it allows."""
    found: dict[str, list[str]] = {}
    for name, info in model.model_fields.items():
        path, words = prefix + name, words_in(info.annotation)
        if path in NAMES:
            continue
        inner = records_in(info.annotation)
        if not inner or words:
            found[path] = words
        for record in inner:
            found |= clauses(record, f"{path}.")
    return found


CLAUSES = clauses(Layer) | clauses(Framework)
FEW_WORDS = {"obligation.arms", "obligation.air", "obligation.ground"}
"""Clauses whose words have their lines elsewhere: one scale serves all rungs."""


@pytest.mark.parametrize("clause", CLAUSES)
def test_every_clause_and_every_word_of_it_has_a_line(clause: str) -> None:
    lines = [line for line in TABLE if line.clause == clause]
    assert lines
    used = {str(value) for line in lines for value in (line.before, line.after)}
    if clause not in FEW_WORDS:
        assert used >= set(CLAUSES[clause])


def test_the_table_would_see_a_clause_that_moves_nothing() -> None:
    planted = Line("title", "one", "another", "BLOWS", "n_owed", RISES, 40, ())
    before, after = (
        output(rows(BLOWS, planted.framework(title), planted.n), planted.output)
        for title in (planted.before, planted.after)
    )
    assert before.sum() > 0
    assert difference(before, after) == (0.0, 0.0)
