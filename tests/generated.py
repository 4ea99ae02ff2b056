"""Generated worlds: scenarios and frameworks as a user might write them, all of them valid.

Fields and clauses are taken from the models (:mod:`tests.fields`); on some worlds *themes* are
laid that make things happen: an eager challenger, a bloody war, a treaty in force. What must hold
between fields is mended afterwards, so that nothing is thrown away.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st
from tests.fields import About, laid, record
from tests.luck import Drawn, Luck, Seeded
from tests.worlds import Raw, built

from deter.engine.game import Built
from deter.spec.actors import Challenger, Guarantor, Lag, Option, Region
from deter.spec.behaviour import Behaviour
from deter.spec.framework import Framework, Layer
from deter.spec.quantities import Record, parse_number
from deter.spec.rungs import Rungs
from deter.spec.scenario import Scenario, Scripted
from deter.spec.shape import fields_of
from deter.spec.units import TIME_UNITS

DAYS_PER_YEAR = TIME_UNITS["y"]


class World(NamedTuple):
    """A scenario and a framework, as plain mappings."""

    scenario: Raw
    framework: Raw

    def built(self) -> Built:
        """Return the game, which a user could have written."""
        return built(self.scenario, self.framework)


def shown(world: World) -> str:
    """Return a world as JSON, which YAML can read: the scenario, and the framework."""
    return f"{json.dumps(world.scenario)}\n{json.dumps(world.framework)}"


# ------------------------------------------------------------------------------- themes

FIRM: Raw = {"distribution": "fixed", "typical": 0}
LIVELY: Raw = {
    "challenger": {"motive_mean": 0.9, "precision": 4, "leader_change": 0.2},
    "protege": {"concession_cost": 2},
    "behaviour": {"opportunity_rate": 6, "battles_per_month": 4, "tempo_sd": 0.5, "headroom": 1.5},
    "talks": {"offers": 6},
}
"""A pair among whom something happens; laid on three worlds of four."""

SCENARIO_THEMES: dict[str, Raw] = {
    "eager": {
        "challenger": {"motive_mean": 1.2, "war_cost": 0},
        "behaviour": {"status_quo": -0.05, "exhaustion": 0},
    },
    "bloody": {
        "protege": {"concession_cost": 3},
        "behaviour": {
            "battles_per_month": 5,
            "winner_losses": 0.06,
            "loser_losses": 0.1,
            "war_threshold": 0.5,
        },
    },
    "stubborn": {"behaviour": {"stopping": False, "tempo_sd": 0.3, "battles_per_month": 2}},
    "even": {"challenger": {"forces": 100, "ceiling": 100}, "protege": {"forces": 100}},
    "escalating": {"behaviour": {"escalation_rate": 2, "major_rate": 2, "escalation_loss": 0}},
    "talkative": {
        "talks": {"offers": 24, "challenger_type_mean": -0.3, "challenger_type_sd": 0.1},
        "protege": {"acceptance_none": 0.9, "acceptance_full": 0.95},
        "behaviour": {"peace_treaty_rate": 3},
    },
    "quarrelsome": {"behaviour": {"dispute_base": 0.7, "dispute_provoked": 1, "dispute_days": 0}},
    "naive": {"challenger": {"reliability": 0, "precision": 10, "misperception_sd": 0}},
    "punishing": {
        "rungs": {"sanctions": {"punishment": 0.5}, "arms": {"punishment": 1}},
        "behaviour": {"heat_jump": 0.3, "headroom": 1},
    },
    "meek": {"protege": {"concession_cost": 0, "resistance_precision": 1}},
    "restless": {
        "challenger": {"leader_change": 1},
        "behaviour": {"regime_shift": 4},
    },
    "quick": {"behaviour": {"consult_days": 0, "rear_days": 0, "neighbour_days": 0}},
    "tied": {
        "rungs": {
            "sanctions": {"lag": FIRM},
            "arms": {"lag": FIRM},
            "air": {"lag": FIRM},
            "ground": {"lag": FIRM},
        },
        "behaviour": {
            "clock_sd": 0,
            "ratification_sd": 0,
            "consult_days": 0,
            "second_wave_days": 0,
            "dispute_days": 0,
        },
    },
    "endless": {
        "protege": {"war_cost": 0},
        "challenger": {"war_cost": 0},
        "behaviour": {"battles_per_month": 0, "escalation_rate": 0, "clock_sd": 1.5},
        "talks": {"offers": 0},
    },
    "widening": {
        "behaviour": {"decision_point": 5, "battles_per_month": 1.5, "stopping": False},
        "challenger": {"motive_mean": 1.5},
    },
    "bayesian": {"behaviour": {"belief": "beta", "forgetting": 0.8, "reputation_spill": 0.3}},
    "idle": {"behaviour": {"opportunity_rate": 0}, "talks": {"offers": 0}},
    "bookish": {"behaviour": {"win": "fixed", "link": "logit", "stake_exponent": 0}},
}
"""What makes things happen in a scenario, or happen at one second."""

FRIEND: Raw = {
    "economic_weight": 9000,
    "arms": 4,
    "air": 6,
    "brigades_30d": 3,
    "brigades_90d": 8,
    "days_first_unit": 3,
    "days_brigade": 10,
    "ratification_days": 40,
    "ratification_probability": 0.6,
}
GUARANTOR_THEMES: dict[str, Raw] = {
    "plain": {},
    "willing": FRIEND | {"resolve": 1.5, "decision_clock": 5},
    "at once": FRIEND | {"resolve": 1.2, "decision_clock": 0, "days_first_unit": 0},
    "torn": FRIEND | {"resolve": 0.5, "election_interval": 0.25, "change_probability": 1},
    "busy": FRIEND | {"second_theatre_rate": 3, "second_theatre_days": 60, "resolve": 1},
    "inscrutable": FRIEND | {"resolve": -2, "resolve_sd": 3, "arms": 8, "decision_clock": 2},
    "brisk": FRIEND | {"resolve": 2, "decision_clock": 0.7},
    "slow": FRIEND | {"resolve": 2.5, "decision_clock": 700},
    "bystander": {"stake": 0, "economic_weight": 500},
    "unwilling": {"resolve": -2, "stake": 0, "decision_clock": 10},
}

INCIDENT: Raw = {"class": "incident", "severity": 0.4, "prize": 0.05, "cost": 0.01}
LAND: Raw = {"share": 0.6, "defended_share": 0.5, "steps_to_objective": 3, "steps_to_repulse": 3}
OPTION_THEMES: dict[str, Raw] = {
    "incident": INCIDENT,
    "strikes": INCIDENT | {"severity": 0.5, "intercepted": True, "volume": 2, "duration": 5},
    "campaign of strikes": INCIDENT | {"prize": 0.1, "cost": 0, "duration": 1500},
    "sabotage": INCIDENT | {"severity": 0.1, "ambiguity": 1, "duration": 0},
    "grab": LAND | {"class": "limited", "severity": 0.6, "prize": 0.3, "cost": 0.02},
    "masked grab": LAND
    | {"class": "limited", "severity": 0.4, "prize": 0.2, "cost": 0.0, "ambiguity": 0.9},
    "announced grab": LAND
    | {"class": "limited", "severity": 0.7, "prize": 0.3, "cost": 0.15, "warning": 10},
    "long grab": LAND
    | {"class": "limited", "severity": 0.6, "prize": 0.3, "cost": 0, "steps_to_objective": 9},
    "invasion": LAND | {"class": "full", "severity": 1, "prize": 1, "cost": 0.3, "share": 0.7},
    "announced invasion": LAND
    | {"class": "full", "severity": 0.9, "prize": 1, "cost": 0.5, "warning": 90},
}
for _announced in ("announced grab", "announced invasion"):
    OPTION_THEMES[_announced]["detectability"] = 0.8

OWES: Raw = {"obligation": "all_means", "trigger": {"threshold": 0.2}}
IN_FORCE: Raw = {"binding": "ratified_treaty", "activation": {"ratified": True}}
LAYER_THEMES: dict[str, Raw] = {
    "plain": {},
    "word": OWES | {"binding": "political"},
    "treaty": OWES | IN_FORCE,
    "pending treaty": OWES
    | {"binding": "ratified_treaty", "activation": {"response": "ratification"}},
    "vigilant": OWES | IN_FORCE | {"trigger": {"threshold": 0.1, "threats": True}},
    "after the war": OWES
    | {
        "activation": {"response": "ceasefire", "peacetime": "peace_treaty"},
        "binding": "political",
    },
    "automatic": OWES
    | IN_FORCE
    | {
        "automatic": True,
        "ladder": [
            {"rung": "sanctions", "deadline": 0},
            {"rung": "air", "deadline": 3, "when": "continues"},
            {"rung": "ground", "deadline": 10, "when": "widens"},
        ],
    },
    "hurried": OWES | IN_FORCE | {"deadlines": {"decide": 3, "respond": 3, "consult": 1}},
    "together": OWES | IN_FORCE | {"decision": {"rule": "majority"}},
    "weighted": OWES
    | IN_FORCE
    | {"decision": {"rule": "weighted_majority", "quota": 0.4, "others": {"n": 2, "clock": 2}}},
    "with the peace": OWES | {"binding": "political", "activation": {"response": "peace_treaty"}},
    "council": OWES | IN_FORCE | {"decision": {"rule": "security_council"}},
    "unanimous": OWES | IN_FORCE | {"decision": {"rule": "consensus"}},
    "high bar": OWES | IN_FORCE | {"trigger": {"threshold": 1}},
    "elsewhere": OWES | IN_FORCE | {"trigger": {"options": []}},
    "led": OWES | IN_FORCE | {"decision": {"rule": "lead"}, "attribution": {"arbiter": "lead"}},
    "voidable": OWES | IN_FORCE | {"limits": {"void_if_protege_attacks": "permanent"}},
    "generous": {
        "peacetime": {"arms": 10, "training": 2, "air_defence": 0.3, "tranches": 4},
        "sanctions": {"level": 0.5, "renewal": 0.5, "veto_risk": 0.3, "snapback": "vote"},
    },
    "brief": OWES
    | {"binding": "executive_agreement", "duration": {"years": 0.5, "renewal": 0.6, "exit": 1}},
    "passing": OWES | {"binding": "political", "duration": {"years": 0.3, "renewal": 0}},
    "alert": OWES
    | IN_FORCE
    | {"obligation": {"sanctions": "assist"}}
    | {"attribution": {"delay": 0}, "deadlines": {"consult": 0}},
    "arms pact": OWES | IN_FORCE | {"obligation": {"arms": "assist"}},
    "instant": OWES
    | IN_FORCE
    | {"attribution": {"delay": 0}, "deadlines": {"consult": 0, "decide": 0, "respond": 0}},
}


class Plot(NamedTuple):
    """Themes that bring something about together; where none is named, any will do."""

    scenario: tuple[str, ...] = ()
    guarantors: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()


ANNOUNCED = ("announced grab", "announced invasion")
GRABS = ("grab", "masked grab", "invasion")
PLOTS: dict[str, Plot] = {
    "any": Plot(),
    "warned": Plot(("naive", "punishing"), ("inscrutable",), ANNOUNCED, ("vigilant",)),
    "widened": Plot(("widening", "eager"), (), ("long grab", "long grab", "invasion")),
    "void": Plot(("quarrelsome", "eager"), ("unwilling",), ("masked grab",), ("voidable",)),
    "blocked": Plot(("eager",), ("willing", "unwilling"), GRABS, ("unanimous", "council")),
    "not yet": Plot(("eager",), ("unwilling",), GRABS, ("pending treaty", "after the war")),
    "lapsed": Plot(("eager",), ("unwilling",), GRABS, ("passing", "brief")),
    "unseen": Plot(("eager",), ("unwilling",), GRABS, ("high bar", "elsewhere")),
    "denied": Plot(("eager",), ("unwilling", "torn"), GRABS, ("treaty", "together")),
    "weighed": Plot(("bayesian",), ("willing", "torn"), (), ("weighted", "with the peace")),
    "direct": Plot(("escalating", "stubborn", "eager"), ("willing",), GRABS, ("treaty",)),
    "brisk": Plot(("quick",), ("brisk",), (), ("alert", "alert", "instant")),
    "after peace": Plot(("talkative", "eager"), ("willing",), GRABS, ("with the peace",)),
    "crowded": Plot(("eager",), (), ("campaign of strikes",), ("treaty", "together", "weighted")),
    "slow": Plot(("endless", "eager"), ("slow",), GRABS, ("arms pact", "alert")),
}


# ------------------------------------------------------------------------------- the cast

CODES = ("DE", "FR", "US", "a1", "Z", "B_2", "b", "GB", "AA", "Ab")
ACTS = ("grab", "Grab", "blow", "z", "invasion")
HEADCOUNTS = (1, 2, 3, 3, 4, 2, 3, 4, 5, 7, 1, 12, 35, 0)
OPTIONS = (2, 3, 4, 1, 3, 4, 3, 0)
LENGTHS = ("2 y", "3 y", "4 y", "3 y", "4 y", "12 y", "1 y", "200 d", "20 d", "1 d", "1 min")
LONG = ("3 y", "4 y", "12 y")
STARTS = ("2026-01-01", "2024-02-29", "2025-11-30", "1800-01-01", "2200-12-31")


@st.composite
def worlds(draw: Callable[[st.SearchStrategy[Any]], Any]) -> World:
    """Worlds, for hypothesis."""
    return world_of(Drawn(draw))


@functools.cache
def batch(n: int) -> list[World]:
    """Return the worlds of the seeds 0 to ``n`` - 1: any world and every plot in turn."""
    plots = [plot for name, plot in PLOTS.items() if name != "any"]
    pairs = zip(plots, plots[5:] + plots[:5], strict=True)
    turns = [turn for pair in pairs for turn in (PLOTS["any"], *pair)]
    return [world_of(Seeded(seed), turns[seed % len(turns)]) for seed in range(n)]


def world_of(luck: Luck, plot: Plot | None = None) -> World:
    """Make a scenario and a framework that a user could have written, under some plot."""
    if plot is None:
        plot = PLOTS[luck.one_of(tuple(PLOTS)) if luck.whole(0, 2) else "any"]
    about = _about(luck, plot)
    return World(_scenario(luck, about, plot), _framework(luck, about, plot))


def _about(luck: Luck, plot: Plot) -> About:
    """Choose names, first day and length; a plot needs time, and somebody to act in it."""
    free = plot == PLOTS["any"]
    length = parse_number(luck.one_of(LENGTHS if free else LONG), _meta(Scenario, "horizon"))
    assert length is not None
    n = max(luck.one_of(HEADCOUNTS), 0 if free else 1)
    names = luck.shuffled(CODES) if n <= len(CODES) else [f"G{i}" for i in range(n)]
    return About(
        guarantors=tuple(names[:n]),
        options=tuple(luck.shuffled(ACTS))[: max(luck.one_of(OPTIONS), 0 if free else 2)],
        regions=("theatre", "coast", "North")[: luck.whole(1, 3)],
        start=date.fromisoformat(luck.one_of(STARTS)),
        days=length.value * DAYS_PER_YEAR,
    )


def _meta(model: type[Record], name: str) -> Raw:
    return dict(fields_of(model)[name].shape.meta)


def _centre(raw: Raw, model: type[Record], name: str) -> float:
    """Return the value of a number as written, or its default."""
    entry = fields_of(model)[name]
    value = parse_number(raw.get(name, entry.default()), _meta(model, name))
    return math.nan if value is None else value.value


def _theme(luck: Luck, themes: dict[str, Raw], named: tuple[str, ...]) -> Raw:
    return themes[luck.one_of(named or tuple(themes))]


# ------------------------------------------------------------------------------- scenarios


def _scenario(luck: Luck, about: About, plot: Plot) -> Raw:
    raw: Raw = {"start": about.start.isoformat(), "horizon": f"{about.days!r} d"}
    themes = [SCENARIO_THEMES[theme] for theme in luck.some(tuple(SCENARIO_THEMES), 6)]
    if plot != PLOTS["any"]:
        themes += [LIVELY, *(SCENARIO_THEMES[theme] for theme in plot.scenario)]
    elif luck.whole(0, 3) < 3:
        themes = [LIVELY, *themes]
    for theme in themes:
        raw = laid(raw, theme)
    raw = record(luck, Scenario, "", about, 4, raw)
    raw["behaviour"] = record(luck, Behaviour, "behaviour", about, 8, raw.get("behaviour"))
    raw["challenger"] = record(luck, Challenger, "challenger", about, 5, raw.get("challenger"))
    raw["rungs"] = record(luck, Rungs, "rungs", about, 2, raw.get("rungs"))
    raw["regions"] = {name: record(luck, Region, "regions.*", about, 1) for name in about.regions}
    raw["guarantors"] = _guarantors(luck, about, plot)
    fixed = raw["behaviour"].get("win") == "fixed"
    for rung in raw.get("rungs", {}).values():
        _mend_lag(rung.get("lag") or {})
    raw["options"] = {name: _option(luck, about, plot, fixed) for name in about.options}
    raw["begins"] = _begins(luck, raw, plot)
    events = luck.one_of([0, 0, 1, 2, 4]) if about.options else 0
    raw["scripted"] = [_event(luck, about) for _ in range(events)]
    return raw


def _mend_lag(lag: Raw) -> None:
    """Give a lag whose law needs a shape one above 0."""
    if lag.get("distribution") in ("gamma", "weibull") and _centre(lag, Lag, "shape") <= 0:
        lag["shape"] = 0.8


def _guarantors(luck: Luck, about: About, plot: Plot) -> Raw:
    """Make a few guarantors; a crowd repeats them, and so decides at the same moments."""
    several = min(len(about.guarantors), 4)
    models = [_guarantor(luck, about, plot) for _ in range(several)]
    return {code: models[at % several] for at, code in enumerate(about.guarantors)}


def _guarantor(luck: Luck, about: About, plot: Plot) -> Raw:
    theme = _theme(luck, GUARANTOR_THEMES, plot.guarantors)
    raw = record(luck, Guarantor, "guarantors.*", about, 4, theme)
    if _centre(raw, Guarantor, "brigades_90d") < _centre(raw, Guarantor, "brigades_30d"):
        raw["brigades_90d"] = raw["brigades_30d"]
    return raw


def _option(luck: Luck, about: About, plot: Plot, fixed: bool) -> Raw:
    """Make an option; an incident takes no steps, a campaign some, or payoffs outright."""
    theme = {"region": about.regions[0]} | _theme(luck, OPTION_THEMES, plot.options)
    raw = record(luck, Option, "options.*", about, 4, theme)
    steps = ("steps_to_objective", "steps_to_repulse")
    if fixed:
        raw["fixed"] = {"win_alone": 0.8, "win_helped": 0.3} | (raw.get("fixed") or {})
    if raw["class"] == "incident":
        return {key: value for key, value in raw.items() if key not in steps}
    if fixed:
        return raw
    return raw | {name: raw[name] if _centre(raw, Option, name) >= 1 else 1 for name in steps}


STATES = ("peace", "ceasefire", "war", "peace")


def _begins(luck: Luck, raw: Raw, plot: Plot) -> Raw:
    """Make a state at the start; a war needs a campaign, and a place on its walk."""
    begins: Raw = dict(raw.get("begins", {}))
    begins["state"] = luck.one_of(STATES if plot == PLOTS["any"] else STATES[:2])
    campaigns = {code: o for code, o in raw["options"].items() if o["class"] != "incident"}
    if begins.get("option") not in campaigns:
        begins["option"] = None
    if begins["state"] != "war" or not campaigns:
        return begins | {"state": "peace"} if begins["state"] == "war" else begins
    if begins["option"] is None:
        begins["option"] = luck.one_of(sorted(campaigns))
    option = campaigns[begins["option"]]
    low, high = (_centre(option, Option, f"steps_to_{end}") for end in ("repulse", "objective"))
    within = [at for at in (0, 1, -1, 2, 0.5, -0.5) if -low < at < high]
    return begins | {"position": luck.one_of(within) if within else 0}


def _event(luck: Luck, about: About) -> Raw:
    """Make a scripted act: by a date, after some days or at a rate, and by one of them only."""
    raw = record(luck, Scripted, "scripted.*", about, 3)
    way = luck.one_of(["at", "at", "date", "rate"])
    when = raw.get(way)
    if way == "rate":
        when = 2 if when is None else when
    elif way == "date":
        last = math.ceil(about.days) - 1
        when = (about.start + timedelta(days=luck.whole(0, 2) * last // 2)).isoformat()
    elif when is None or _centre(raw, Scripted, "at") >= about.days:
        days = [0.0, 1.0, 20.0, about.days / 2, about.days * 0.999]
        when = luck.one_of([day for day in days if day < about.days])
    return {"option": raw["option"], way: when}


# ------------------------------------------------------------------------------- frameworks


def _framework(luck: Luck, about: About, plot: Plot) -> Raw:
    raw = record(luck, Framework, "", about, 3)
    n = luck.one_of([1, 2, 3, 2, 1, 4, 0])
    return raw | {"layers": [_layer(luck, about, plot, f"L{i}") for i in range(n)]}


def _layer(luck: Luck, about: About, plot: Plot, name: str) -> Raw:
    """Make a layer; whoever must lead is named, and an automatic one has a ladder."""
    theme = _theme(luck, LAYER_THEMES, plot.layers) | {"id": name}
    raw = record(luck, Layer, "layers.*", about, 6, theme)
    members = raw.get("members", "all")
    members = list(about.guarantors) if members == "all" else members
    raw["decision"] = _decision(luck, raw.get("decision", {}), members)
    if raw["decision"].get("lead") is None and raw.get("attribution", {}).get("arbiter") == "lead":
        if members:
            raw["decision"]["lead"] = luck.one_of(members)
        else:
            raw["attribution"] = raw["attribution"] | {"arbiter": "each"}
    if raw.get("automatic") and not raw.get("ladder"):
        raw["automatic"] = False
    return raw


def _decision(luck: Luck, decision: Raw, members: Sequence[str]) -> Raw:
    """Mend a decision rule: a lead is a member, a coalition is no larger than its members."""
    raw = dict(decision)
    if raw.get("lead") is not None and members and raw["lead"] not in members:
        raw["lead"] = luck.one_of(members)
    if raw.get("rule") == "lead" and raw.get("lead") is None:
        raw |= {"lead": luck.one_of(members)} if members else {"rule": "each"}
    if raw.get("rule") == "coalition":
        there = len(members) + raw.get("others", {}).get("n", 0)
        raw["k"] = max(1, min(raw.get("k") or 2, there))
        if there == 0:
            raw["rule"] = "majority"
    return raw
