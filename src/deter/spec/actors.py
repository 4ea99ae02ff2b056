"""What a user writes about states and what they may do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deter.spec.quantities import CALIBRATED, Day, Record, Value, number, optional_number

CodeText = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,30}$")]


class Lag(Record):
    """Time from a decision to its effect."""

    distribution: Literal["fixed", "exponential", "gamma", "weibull", "lognormal"] = Field(
        default="lognormal", description="Family of the lag."
    )
    typical: Value = number(
        20,
        unit="d",
        low=0,
        meaning="Delay (fixed), mean (exponential, gamma), scale (weibull) or median (lognormal).",
    )
    shape: Value = number(
        0.6,
        unit="1",
        low=0,
        meaning="Shape (gamma, weibull) or standard deviation of the log (lognormal); "
        "not used by the others.",
    )


class Challenger(Record):
    """The state that may attack the protégé."""

    title: str = Field(default="the challenger", description="Name shown in output.")
    forces: Value = number(
        140,
        unit="brigades",
        low=0,
        meaning="Forces in theatre at the start, in brigade equivalents of 5,000.",
    )
    ceiling: Value = number(
        160, unit="brigades", low=0, meaning="Forces to which it can regenerate."
    )
    regeneration: Value = number(
        12,
        unit="brigades/y",
        low=0,
        meaning="Forces regained a year below the ceiling, without sanctions.",
    )
    motive_mean: Value = number(
        0.508,
        unit="1",
        meaning="Mean of the motive m, persistent and drawn once per replication: what full "
        "control is worth, relative to a challenger with m = 1.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    motive_sd: Value = number(
        0.147,
        unit="1",
        low=0,
        meaning="Standard deviation of the motive.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    leader_change: Value = number(
        0.0,
        unit="per year",
        low=0,
        meaning="Rate of leader changes, each of which draws the motive anew.",
    )
    precision: Value = number(
        6.3,
        unit="1",
        low=0,
        meaning="Precision of choice, lambda; identified only jointly with the utilities.",
    )
    misperception_bias: Value = number(
        0.0, unit="log ratio", meaning="Mean error in the perceived log force ratio.", free=True
    )
    misperception_sd: Value = number(
        0.44,
        unit="log ratio",
        low=0,
        meaning="Standard deviation of the error in the perceived log force ratio, drawn once "
        "per replication; it shrinks with battles fought (Slantchev 2003).",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    battles_to_learn: Value = number(
        8,
        unit="battles",
        low=0.001,
        meaning="Battles after which the error in the perceived force ratio is halved.",
    )
    reliability: Value = number(
        0.503,
        unit="p",
        low=0,
        high=1,
        meaning="Reliability of its signal of each guarantor's resolve: 0 ignorant, 1 informed.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    war_cost: Value = number(
        0.000162,
        unit="utility per day",
        low=0,
        meaning="Cost of a day of campaign, in units of full control.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    veto: bool = Field(
        default=False, description="It, or a friend of its, holds a veto in the Security Council."
    )
    strategy: Annotated[
        str,
        Field(pattern=r"^(logit|loss_averse|probing|scripted_only|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$"),
    ] = Field(
        default="logit",
        description="Rule of choice: logit (the model), loss_averse, probing (until answered), "
        "scripted_only, or a function of your own as package.module:function.",
    )


class Protege(Record):
    """The state the guarantee protects."""

    title: str = Field(default="the protégé", description="Name shown in output.")
    forces: Value = number(
        100, unit="brigades", low=0, meaning="Forces at the start, in brigade equivalents."
    )
    buildup: Value = number(
        4, unit="brigades/y", low=0, meaning="Own build-up a year, without aid."
    )
    ceiling: Value = number(
        160, unit="brigades", low=0, meaning="Forces it can sustain, before any cap."
    )
    war_cost: Value = number(
        0.00012,
        unit="utility per day",
        low=0,
        meaning="Cost of a day of campaign, in units of full control.",
    )
    concession_cost: Value = number(
        0.5,
        unit="utility",
        low=0,
        meaning="What conceding without a fight costs it beyond the prize itself.",
    )
    resistance_precision: Value = number(
        8.0, unit="1", low=0, meaning="Precision of its choice to resist or concede, lambda_P."
    )
    acceptance_none: Value = number(
        0.32,
        unit="p",
        low=0.001,
        high=0.999,
        meaning="Share who accept a ceasefire on the line with no guarantee.",
        evidence="published",
        source="[kiis_2026] split sample",
    )
    acceptance_full: Value = number(
        0.61,
        unit="p",
        low=0.001,
        high=0.999,
        meaning="Share who accept with a shield at the front.",
        evidence="published",
        source="[kiis_2026] split sample",
    )


class Guarantor(Record):
    """A state that may help, with or without a commitment."""

    title: str | None = Field(default=None, description="Name shown in output.")
    resolve: Value = number(
        0.0,
        unit="probit",
        meaning="Mean of its private resolve, without any commitment.",
        free=True,
    )
    resolve_sd: Value = number(
        0.592,
        unit="probit",
        low=0,
        meaning="Standard deviation of its private resolve.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    stake: Value = number(
        0.72,
        unit="probit",
        meaning="Weight it gives to the protégé's loss, psi; 0 for a bystander.",
        free=True,
    )
    economic_weight: Value = number(
        1000,
        unit="bn USD",
        low=0,
        meaning="GDP; over 60,000 bn USD it weighs its sanctions.",
    )
    arms: Value = number(
        1.0,
        unit="brigades",
        low=0,
        meaning="Strength its arms, intelligence and air defence add in a campaign.",
    )
    air: Value = number(
        2.0, unit="brigades", low=0, meaning="Strength its air and maritime force adds."
    )
    brigades_30d: Value = number(
        0, unit="brigades", low=0, meaning="Ground forces deployable in about 30 days."
    )
    brigades_90d: Value = number(
        0, unit="brigades", low=0, meaning="Ground forces deployable in about 90 days, in all."
    )
    days_first_unit: Value = number(
        7, unit="d", low=0, meaning="Days from the decision to its first unit in theatre."
    )
    days_brigade: Value = number(
        120,
        unit="d",
        low=0,
        meaning="Days from the decision to its first brigade in theatre.",
        evidence="calibrated",
        source=CALIBRATED,
    )
    decision_clock: Value = number(
        65,
        unit="d",
        low=0,
        meaning="Median time it takes to decide with no deadline.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    risk_sensitivity: Value = number(
        1.0, unit="1", low=0, meaning="Multiplier of the risk it sees in each rung."
    )
    highest_rung: Literal["sanctions", "arms", "air", "ground"] = Field(
        default="ground",
        description="National limit on what it may do (constitution, declared policy).",
    )
    elections: list[Day] = Field(
        default_factory=list, description="Dates of votes that can change its government."
    )
    election_interval: Value = number(
        4, unit="y", low=0.1, meaning="Years between such votes after the last date listed."
    )
    change_probability: Value = number(
        0.35,
        unit="p",
        low=0,
        high=1,
        meaning="Probability that such a vote draws its stance anew.",
    )
    stance_sd: Value = number(
        0.3, unit="probit", low=0, meaning="Standard deviation of a new government's stance."
    )
    second_theatre_rate: Value = number(
        0.0, unit="per year", low=0, meaning="Rate of crises elsewhere that tie it down."
    )
    second_theatre_days: Value = number(
        180, unit="d", low=0, meaning="Mean length of such a crisis."
    )
    second_theatre_share: Value = number(
        0.5, unit="p", low=0, high=1, meaning="Share of its force still available meanwhile."
    )
    second_theatre_shift: Value = number(
        -0.5, unit="probit", meaning="Shift of its resolve meanwhile."
    )
    ratification_days: Value = number(
        270,
        unit="d",
        low=0,
        meaning="Median time its parliament takes to ratify.",
        evidence="estimate",
        source="[bilateral_lags_2024] 184 to 337 days; treaty with Korea 413",
    )
    ratification_probability: Value = number(
        0.8, unit="p", low=0, high=1, meaning="Probability that its parliament ratifies at all."
    )
    aid: Value = number(
        0.0,
        unit="bn USD/y",
        low=0,
        meaning="Military aid it gives a year under every framework, before decay.",
    )
    facts: dict[str, str] = Field(
        default_factory=dict, description="Facts carried for the reader; nothing reads them."
    )


class FixedPayoffs(Record):
    """Payoffs given outright in place of a campaign (the reference game, mode `p_win: fixed`)."""

    win_alone: Value = number(None, unit="p", low=0, high=1, meaning="p2.")
    win_helped: Value = number(None, unit="p", low=0, high=1, meaning="p3.")
    challenger_cost_alone: Value = number(0, unit="utility", meaning="cC2.")
    challenger_cost_helped: Value = number(0, unit="utility", meaning="cC3.")
    protege_cost_alone: Value = number(0, unit="utility", meaning="cD2.")
    protege_cost_helped: Value = number(0, unit="utility", meaning="cD3.")
    protege_value: Value = number(1, unit="utility", meaning="vD times the share at stake.")
    concession_cost: Value = number(
        0, unit="utility", meaning="k, what conceding costs the protégé."
    )
    guarantor_value: Value = number(0, unit="utility", meaning="vG times the share at stake.")
    guarantor_cost: Value = number(0, unit="utility", meaning="cG.")
    renege_cost: Value = number(0, unit="utility", meaning="r.")


class Option(Record):
    """An aggression option of the challenger."""

    title: str | None = Field(default=None, description="Name shown in output.")
    option_class: Literal["incident", "limited", "full"] = Field(
        alias="class", description="Incident (no campaign), limited grab, or full attack."
    )
    severity: Value = number(None, unit="1", low=0, high=1, meaning="Severity s.")
    ambiguity: Value = number(
        0.3, unit="1", low=0, high=1, meaning="How hard the act is to attribute or to qualify."
    )
    prize: Value = number(
        None, unit="utility", meaning="What success is worth, in units of full control."
    )
    cost: Value = number(
        None, unit="utility", meaning="Cost to the challenger of the act itself.", free=True
    )
    stake: Value | None = optional_number(
        unit="utility",
        low=1e-9,
        meaning="Scale of the choice index (eta); the prize where not given.",
    )
    region: str = Field(default="theatre", description="Region in which it takes place.")
    share: Value = number(
        0.0, unit="p", low=0, high=1, meaning="Share of the challenger's forces committed."
    )
    defended_share: Value = number(
        1.0, unit="p", low=0, high=1, meaning="Share of the protégé's forces that meets it."
    )
    steps_to_objective: Value = number(
        0, unit="steps", low=0, high=200, meaning="Steps N from the start line to the objective."
    )
    steps_to_repulse: Value = number(
        0, unit="steps", low=0, high=200, meaning="Steps M from the start line to repulse."
    )
    warning: Value = number(
        0, unit="d", low=0, meaning="Time from visible mobilisation to the attack."
    )
    detectability: Value = number(
        0.0, unit="p", low=0, high=1, meaning="Probability that the mobilisation is seen."
    )
    minimum_forces: Value = number(
        0, unit="brigades", low=0, meaning="Forces without which it is not available."
    )
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        default_factory=list,
        description="Months in which it is available; all where empty.",
        json_schema_extra={"unit": "month of the year"},
    )
    duration: Value = number(
        30, unit="d", low=0, meaning="Length of an incident, after which its crisis closes."
    )
    intercepted: bool = Field(
        default=False, description="Air defence reduces its prize and its damage."
    )
    volume: Value = number(
        0, unit="bn USD/month", low=0, meaning="Damage a month before interception."
    )
    fixed: FixedPayoffs | None = Field(default=None, description="Payoffs in mode p_win: fixed.")


class Region(Record):
    """A part of the protégé's territory."""

    title: str | None = Field(default=None, description="Name shown in output.")
    fortification: Value = number(
        1.0, unit="1", low=0.01, meaning="Multiplier f of the defender's strength there."
    )


class Rung(Record):
    """What one rung of response does."""

    strength: Value = number(
        1.0, unit="1", low=0, meaning="Multiplier of the strength a guarantor adds at this rung."
    )
    punishment: Value = number(
        0.0,
        unit="utility",
        low=0,
        meaning="Loss to the challenger if a guarantor of full weight acts at this rung.",
        free=True,
    )
    risk: Value = number(
        None, unit="probit", meaning="Risk a guarantor sees in acting at this rung.", free=True
    )
    lag: Lag = Field(default_factory=Lag, description="Time from decision to effect.")
    combat: bool = Field(default=False, description="Acting here is combat with the challenger.")
