"""What a user writes about how states behave: the parameters of the laws."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deter.spec.quantities import CALIBRATED, Record, Value, number


class Behaviour(Record):
    """Parameters of the laws; those marked free are fitted to patterns."""

    opportunity_rate: Value = number(
        1.29,
        unit="per year",
        low=0,
        high=1000,
        meaning="Live opportunities a year.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    frailty_sd: Value = number(
        0.66,
        unit="log",
        low=0,
        meaning="Spread of the pair's opportunity rate, lognormal with median 1.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    provocation: Value = number(
        1.0,
        unit="per utility",
        low=0,
        meaning="Rise of the opportunity rate with a framework's hostility.",
    )
    headroom: Value = number(
        2.0,
        unit="1",
        low=1,
        high=100,
        meaning="Candidates per live opportunity: room for provocation to add without moving any.",
    )
    heat_jump: Value = number(
        1.73,
        unit="log-odds",
        low=0,
        meaning="Heat after an incident.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    heat_after_war: Value = number(
        1.77,
        unit="1",
        low=0,
        meaning="Heat after a war, relative to an incident.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    heat_decay: Value = number(
        2.75,
        unit="y",
        low=0.001,
        meaning="Time in which heat fades to 1/e.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    exhaustion: Value = number(
        0.556,
        unit="log-odds",
        low=0,
        meaning="Exhaustion after a war, for an act of severity 1.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    exhaustion_decay: Value = number(
        4.76,
        unit="y",
        low=0.001,
        meaning="Time in which exhaustion fades to 1/e.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    stake_exponent: Value = number(
        1.0,
        unit="1",
        low=0,
        high=1,
        meaning="Eta: 0 for one precision in absolute utility, 1 relative to the stake.",
        free=True,
    )
    dissimilarity: Value = number(
        1.0,
        unit="1",
        low=0.01,
        high=1,
        meaning="Nu of the attack nest: 1 for a plain logit, small for near-duplicates.",
    )
    status_quo: Value = number(0.0, unit="utility", meaning="Utility of refraining.")
    look_ahead: Value = number(
        0.489,
        unit="p",
        low=0,
        high=1,
        meaning="Phi: weight of the coming year's change in opportunity.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    look_ahead_horizon: Value = number(1.0, unit="y", low=0, meaning="H of the look ahead.")
    escalation_loss: Value = number(
        0.545,
        unit="utility",
        low=0,
        meaning="Loss to the challenger from direct war with a guarantor.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    binding_slope: Value = number(
        1.31,
        unit="1",
        low=0,
        meaning="Multiplier of the binding table.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    exposure: Value = number(
        1.36,
        unit="probit",
        low=0,
        meaning="T: pull of own forces under fire, saturating in their number.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    exposure_half: Value = number(
        10000, unit="troops", low=1, meaning="Troops at which exposure is half of T."
    )
    rear_exposure: Value = number(
        0.5, unit="p", low=0, high=1, meaning="Share of forces in the rear that is under fire."
    )
    rear_days: Value = number(
        2, unit="d", low=0, meaning="Time forces in the rear need to reach the fight."
    )
    neighbour_days: Value = number(
        5, unit="d", low=0, meaning="Time forces in a neighbouring state need to reach the fight."
    )
    second_wave_days: Value = number(
        60,
        unit="d",
        low=0,
        meaning="Time from a guarantor's first ground forces to the rest of its 90-day forces.",
        evidence="estimate",
        source="difference of the 30- and 90-day figures",
    )
    payer_stake: Value = number(
        0.1,
        unit="probit",
        meaning="Stake a protégé that pays for its guarantee adds to each member.",
    )
    lead_pull: Value = number(
        0.0, unit="probit", meaning="Kappa: pull of the lead's decision on the others."
    )
    free_riding: Value = number(
        0.0, unit="probit", low=0, meaning="F: expected help of others makes one's own less likely."
    )
    shared_shock: Value = number(
        0.601,
        unit="p",
        low=0,
        high=1,
        meaning="r: share of the guarantors' crisis shocks they have in common.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    arbiter_shared: Value = number(
        0.5, unit="p", low=0, high=1, meaning="r_a: what arbiters' readings have in common."
    )
    link: Literal["probit", "logit"] = Field(
        default="probit",
        description="Shocks of the guarantors: probit, or independent logistic as in the "
        "reference game.",
    )
    consult_days: Value = number(
        5, unit="d", low=0, meaning="Time members take to meet where no deadline to consult is set."
    )
    deadline_compliance: Value = number(
        0.5,
        unit="p",
        low=0,
        high=1,
        meaning="Probability that a guarantor meets a deadline with no binding form.",
        free=True,
    )
    deadline_binding: Value = number(
        0.1,
        unit="p",
        low=0,
        high=1,
        meaning="Rise of that probability with each level of binding.",
        free=True,
    )
    clock_sd: Value = number(
        0.91,
        unit="log",
        low=0,
        meaning="Spread of decision clocks.",
        free=True,
    )
    dispute_base: Value = number(
        0.03, unit="p", low=0, high=1, meaning="pi_0: probability that provocation is alleged."
    )
    dispute_hazard: Value = number(
        0.05,
        unit="p",
        low=0,
        high=1,
        meaning="pi_1: rise with expected help (moral hazard; Benson 2012).",
    )
    dispute_void: Value = number(
        0.3,
        unit="p",
        low=0,
        high=1,
        meaning="pi_2: rise where a void clause is there to be exploited.",
    )
    dispute_days: Value = number(
        21,
        unit="d",
        low=0,
        meaning="Time an alleged provocation takes to settle, without monitors.",
        evidence="published",
        source="[nato_attribution_2001] 21 days from provisional to confirmed attribution",
    )
    dispute_provoked: Value = number(
        0.3,
        unit="p",
        low=0,
        high=1,
        meaning="Probability that it is upheld, without monitors, for a wholly ambiguous act.",
    )
    violations_noisy: Value = number(
        821,
        unit="per day",
        low=0,
        meaning="Ceasefire violations in an unenforced regime.",
        evidence="published",
        source="[osce_2020] 299,633 in the year 2019",
    )
    violations_quiet: Value = number(
        33,
        unit="per day",
        low=0,
        meaning="Ceasefire violations in an enforced regime.",
        evidence="published",
        source="[osce_2020] after 27 July 2020",
    )
    regime_shift: Value = number(
        1.0,
        unit="per year",
        low=0,
        meaning="Rate of shifts between the two regimes; monitoring hastens those to quiet.",
    )
    noise_ambiguity: Value = number(
        0.2,
        unit="1",
        low=0,
        high=1,
        meaning="Ambiguity a noisy regime adds to acts short of full attack, without monitors.",
    )
    belief: Literal["gaussian", "beta"] = Field(
        default="gaussian", description="How the challenger learns of guarantors."
    )
    belief_relaxation: Value = number(
        8.07,
        unit="y",
        low=0.001,
        meaning="Time in which a belief relaxes to 1/e.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    reputation_spill: Value = number(
        0.0,
        unit="1",
        low=0,
        high=1,
        meaning="w: how far one guarantor's record moves beliefs about the others (0 Press, "
        "larger Crescenzi).",
    )
    record_weight: Value = number(
        1.0,
        unit="1",
        low=0,
        high=1,
        meaning="Belief beta: weight of the record against the current calculus.",
    )
    prior_strength: Value = number(
        10.0, unit="crises", low=0.01, meaning="Belief beta: weight of the prior, in crises."
    )
    forgetting: Value = number(
        1.0, unit="1", low=0, high=1, meaning="Belief beta: weight of each older crisis."
    )
    win: Literal["ruin", "fixed"] = Field(
        default="ruin", description="Winning chances from the campaign, or given as payoffs."
    )
    beliefs_about_help: Literal["adaptive", "equilibrium"] = Field(
        default="adaptive",
        description="The challenger's expectation of help: its own beliefs, or the guarantors' "
        "true probabilities (at most three helpers, enumerated).",
    )
    battles_per_month: Value = number(
        1.86,
        unit="battles per 30 d",
        low=0,
        high=1000,
        meaning="Battles in a campaign.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    tempo_sd: Value = number(
        1.31,
        unit="log",
        low=0,
        high=5,
        meaning="Spread of tempo between campaigns.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    tempo_cap: Value = number(
        5.0,
        unit="1",
        low=0,
        meaning="Tempo of a campaign at most, relative to the usual: armies need time to fight.",
    )
    contest_exponent: Value = number(
        0.774,
        unit="1",
        low=0,
        meaning="mu: odds of a battle = force ratio to this power.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    loser_losses: Value = number(
        0.03, unit="p", low=0, high=1, meaning="Share of its committed forces a loser loses."
    )
    winner_losses: Value = number(
        0.02, unit="p", low=0, high=1, meaning="Share of its committed forces a winner loses."
    )
    stopping: bool = Field(
        default=True, description="The challenger may stop a campaign that does not pay."
    )
    force_severity: Value = number(
        0.3,
        unit="severity",
        low=0,
        high=1,
        meaning="An act this severe or more is force.",
        structural=True,
    )
    war_threshold: Value = number(
        2.0,
        unit="brigades",
        low=0,
        meaning="Losses of both sides above which a campaign is a war.",
    )
    mobilisation: Value = number(
        12, unit="brigades/y", low=0, meaning="Forces the protégé raises a year while at war."
    )
    decision_point: Value = number(
        30, unit="d", low=0, meaning="Time after which a limited campaign may be widened once."
    )
    winter: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        default_factory=lambda: [11, 12, 1, 2, 3],
        description="Months of winter.",
        json_schema_extra={"unit": "month of the year"},
    )
    winter_tempo: Value = number(
        0.8, unit="1", low=0, high=1, meaning="Tempo of battles in winter."
    )
    winter_opportunity: Value = number(
        0.9, unit="1", low=0, high=2, meaning="Opportunities in winter, relative."
    )
    escalation_rate: Value = number(
        0.05,
        unit="per combat-year",
        low=0,
        meaning="Rate of direct war per guarantor rung in combat, for an act of severity 1.",
    )
    major_rate: Value = number(
        0.05,
        unit="per combat-year",
        low=0,
        meaning="Rate from direct war to major escalation, per guarantor rung in combat.",
    )
    arms_strength: Value = number(
        0.15,
        unit="brigades per bn USD",
        low=0,
        meaning="Forces a billion dollars of arms adds.",
    )
    finance_share: Value = number(
        0.5, unit="p", low=0, high=1, meaning="Share of finance given that goes into forces."
    )
    direct_war_cost: Value = number(
        2.0, unit="1", low=0, meaning="Rise of the war cost in direct war with a guarantor."
    )
    sanctions_drag: Value = number(
        0.5, unit="p", low=0, high=1, meaning="Share of regeneration full sanctions remove."
    )
    sanctions_war_cost: Value = number(
        0.5, unit="1", low=0, meaning="Rise of the war cost under full sanctions."
    )
    ratification_sd: Value = number(
        0.5, unit="log", low=0, meaning="Spread of the time parliaments take to ratify."
    )
    peace_treaty_rate: Value = number(
        0.1, unit="per year", low=0, meaning="Rate of a peace treaty during a ceasefire."
    )
