"""What a user writes about a guarantee framework: layers, and in each layer its clauses."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from deter.spec.actors import CodeText
from deter.spec.quantities import Record, Value, number, number_map, optional_number

Level = Literal["none", "consult", "assist", "as_deemed_necessary", "all_means"]
RungName = Literal["sanctions", "arms", "air", "ground"]


class Obligation(Record):
    """What is owed at each rung."""

    sanctions: Level = Field(default="none", description="Owed at rung 1.")
    arms: Level = Field(default="none", description="Owed at rung 2.")
    air: Level = Field(default="none", description="Owed at rung 3.")
    ground: Level = Field(default="none", description="Owed at rung 4.")


class Trigger(Record):
    """Which acts bind the layer's members."""

    threshold: Value = number(
        0.5,
        unit="severity",
        low=0,
        high=1,
        meaning="Smallest severity that counts.",
        evidence="estimate",
    )
    ambiguity: Value = number(
        0.5, unit="1", low=0, high=1, meaning="Width of doubt about the threshold."
    )
    options: list[str] | Literal["all"] = Field(
        default="all", description="Aggression options covered."
    )
    regions: list[str] | Literal["all"] = Field(default="all", description="Regions covered.")
    threats: bool = Field(default=False, description="A mobilisation seen counts as an event.")


class Attribution(Record):
    """Who rules on what happened, how fast, with what eyes."""

    arbiter: Literal["each", "joint_commission", "lead", "security_council"] = Field(
        default="each", description="Whose reading of the event counts."
    )
    delay: Value = number(3, unit="d", low=0, meaning="Time to a ruling, without monitors.")
    monitoring: Value = number(
        0.0,
        unit="p",
        low=0,
        high=1,
        meaning="Quality of monitoring: it shortens the ruling, clears up disputes and sees "
        "mobilisation.",
    )


class Others(Record):
    """Members of the layer not modelled singly."""

    n: Annotated[int, Field(ge=0, le=200)] = Field(
        default=0, description="How many.", json_schema_extra={"unit": "members"}
    )
    p: Value = number(0.8, unit="p", low=0, high=1, meaning="Probability that one votes for help.")
    clock: Value = number(7, unit="d", low=0, meaning="Mean time one takes to decide.")


class Decision(Record):
    """How the members decide together."""

    rule: Literal[
        "each",
        "lead",
        "coalition",
        "majority",
        "weighted_majority",
        "consensus",
        "security_council",
    ] = Field(default="each", description="Decision rule.")
    k: Annotated[int, Field(ge=1, le=300)] | None = Field(
        default=None,
        description="Size of the coalition; needed by rule coalition.",
        json_schema_extra={"unit": "members"},
    )
    lead: CodeText | None = Field(default=None, description="The lead; needed by rule lead.")
    weights: dict[CodeText, Value] = number_map(
        unit="votes",
        low=0,
        high=100,
        meaning="Votes of each member, for rule weighted_majority; 1 where not given.",
    )
    quota: Value = number(
        0.5,
        unit="p",
        low=0,
        high=1,
        meaning="Share of the weights a weighted majority needs.",
        structural=True,
    )
    others: Others = Field(default_factory=Others, description="Members not modelled singly.")


class Deadlines(Record):
    """Clocks the text sets."""

    consult: Value | None = optional_number(unit="d", low=0, meaning="Time to consult.")
    decide: Value | None = optional_number(unit="d", low=0, meaning="Time to decide.")
    respond: Value | None = optional_number(
        unit="d", low=0, meaning="Time from the decision to the response."
    )
    counted_from: Literal["event", "request", "first_breach"] = Field(
        default="event", description="When the clocks start."
    )
    silence: bool = Field(
        default=False, description="True: a decision missed counts as given; false: as refused."
    )


class LadderStep(Record):
    """One pre-agreed step of response."""

    rung: RungName = Field(description="What is done.")
    deadline: Value = number(None, unit="d", low=0, meaning="By when, after the event.")
    when: Literal["always", "continues", "widens"] = Field(
        default="always", description="Only if the attack continues, or has been widened."
    )
    who: list[CodeText] | Literal["members"] = Field(default="members", description="Who takes it.")


class Presence(Record):
    """Forces of a guarantor on the protégé's soil or next to it."""

    guarantor: CodeText = Field(description="Whose forces.")
    troops: Value = number(None, unit="troops", low=0, meaning="Soldiers in place.")
    place: Literal["front", "rear", "neighbour"] = Field(
        default="rear", description="Where they stand."
    )
    reinforcement: Value = number(
        0, unit="brigades", low=0, meaning="Forces earmarked to reinforce them."
    )
    reinforcement_days: Value = number(
        10, unit="d", low=0, meaning="Time a planned reinforcement takes from the decision."
    )
    additional: bool = Field(
        default=False, description="Adds to the same guarantor's forces in other layers."
    )


class Peacetime(Record):
    """What members give before any attack."""

    arms: Value = number(0, unit="bn USD/y", low=0, meaning="Arms a year.")
    training: Value = number(0, unit="brigades/y", low=0, meaning="Forces trained a year.")
    finance: Value = number(0, unit="bn USD/y", low=0, meaning="Finance a year.")
    intelligence: Value = number(
        0, unit="p", low=0, high=1, meaning="Share of mobilisations it reveals that hide else."
    )
    air_defence: Value = number(
        0, unit="p", low=0, high=1, meaning="Share of what still gets through that it stops."
    )
    payer: Literal["guarantor", "protege", "frozen_assets"] = Field(
        default="guarantor",
        description="Who pays: a protégé that pays raises the guarantors' stake; frozen assets "
        "keep flowing whatever budgets say.",
    )
    tranches: Annotated[int, Field(ge=0, le=12)] = Field(
        default=0,
        description="Approvals a year each of which may fail; 0 for none needed.",
        json_schema_extra={"unit": "per year"},
    )
    tranche_risk: Value = number(
        0.1, unit="p", low=0, high=1, meaning="Probability that an approval fails."
    )
    additional: bool = Field(default=False, description="Adds to the flows of other layers.")


class Sanctions(Record):
    """Standing sanctions and how they come back."""

    level: Value = number(0, unit="p", low=0, high=1, meaning="Standing level among members.")
    leakage: Value = number(0.05, unit="per year", low=0, meaning="Share lost a year.")
    renewal: Value | None = optional_number(
        unit="y", low=0.05, meaning="Period after which they must be renewed."
    )
    veto_risk: Value = number(
        0.0, unit="p", low=0, high=1, meaning="Probability that a renewal is vetoed."
    )
    snapback: Literal["none", "automatic", "vote"] = Field(
        default="none", description="How full sanctions return after an attack."
    )


class Activation(Record):
    """What must have happened before the layer is in force."""

    signature: Value = number(
        0, unit="d", low=-73000, meaning="Date of signature, days after the start."
    )
    peacetime: Literal["signature", "ratification", "ceasefire", "peace_treaty"] = Field(
        default="signature", description="For peacetime clauses."
    )
    response: Literal["signature", "ratification", "ceasefire", "peace_treaty"] = Field(
        default="signature", description="For the response clauses."
    )
    provisional: bool = Field(
        default=False,
        description="Applied from signature at the level of a political commitment.",
    )
    ratified: bool = Field(
        default=False, description="Already ratified by all members at the start."
    )


class Duration(Record):
    """How long the layer lasts and how one leaves it."""

    years: Value | None = optional_number(unit="y", low=0, meaning="Years in force; else no end.")
    renewal: Value = number(
        0.5, unit="p", low=0, high=1, meaning="Probability that it is renewed when it runs out."
    )
    notice: Value = number(0, unit="d", low=0, meaning="Notice of exit.")
    exit: Value = number(
        0.05,
        unit="p",
        low=0,
        high=1,
        meaning="Probability that a change of stance leads to exit, without a lock.",
    )
    exit_lock: Value = number(
        0, unit="p", low=0, high=1, meaning="Strength of the lock on exit: 0 none, 1 full."
    )


class Limits(Record):
    """What the framework takes away or makes conditional."""

    force_cap: Value | None = optional_number(
        unit="brigades", low=0, meaning="Cap on the protégé's forces."
    )
    no_bases: bool = Field(default=False, description="Neutrality: no foreign forces.")
    excluded_regions: list[str] = Field(default_factory=list, description="Not covered.")
    economic_free_zone: str | None = Field(
        default=None, description="Region that is demilitarised."
    )
    zone_depth: Value = number(
        0, unit="steps", low=0, meaning="Steps the zone adds between line and objective."
    )
    void_if_protege_attacks: Literal["never", "crisis", "permanent"] = Field(
        default="never", description="What a ruling that the protégé provoked does."
    )
    opacity: Value = number(
        0, unit="p", low=0, high=1, meaning="Secrecy of terms: lowers what the challenger learns."
    )
    reciprocity: Value = number(
        0, unit="probit", low=0, meaning="Stake added because the protégé owes help too."
    )


class Layer(Record):
    """One text or arrangement: clauses and the guarantors they bind."""

    id: CodeText = Field(description="Name of the layer within the framework.")
    title: str | None = Field(default=None, description="Name shown in output.")
    members: list[CodeText] | Literal["all"] = Field(
        default="all", description="Guarantors it binds."
    )
    obligation: Obligation | Level = Field(
        default="none", description="What is owed; one level for all rungs or one per rung."
    )
    binding: Literal["none", "political", "executive_agreement", "statute", "ratified_treaty"] = (
        Field(default="none", description="Legal form.")
    )
    trigger: Trigger = Field(default_factory=Trigger, description="Which acts count.")
    attribution: Attribution = Field(default_factory=Attribution, description="Who rules on it.")
    decision: Decision = Field(default_factory=Decision, description="How members decide.")
    deadlines: Deadlines = Field(default_factory=Deadlines, description="Clocks.")
    automatic: bool = Field(default=False, description="The ladder runs with no decision stage.")
    ladder: list[LadderStep] = Field(
        default_factory=list, max_length=64, description="Pre-agreed steps, 64 at most."
    )
    presence: list[Presence] = Field(default_factory=list, description="Forces in place.")
    peacetime: Peacetime = Field(default_factory=Peacetime, description="Given in peace.")
    sanctions: Sanctions = Field(default_factory=Sanctions, description="Sanctions.")
    activation: Activation = Field(default_factory=Activation, description="Entry into force.")
    duration: Duration = Field(default_factory=Duration, description="Term and exit.")
    limits: Limits = Field(default_factory=Limits, description="Limits.")


class Offer(Record):
    """Terms on which the framework is on offer in talks."""

    expiry: Value = number(
        0, unit="per year", low=0, meaning="Rate at which the offer is withdrawn; 0 for never."
    )
    territory: Value = number(
        0, unit="p", low=0, high=1, meaning="Share of the prize the protégé must cede."
    )
    payment: Value = number(0, unit="utility", low=0, meaning="Payment asked of the protégé.")


class Framework(Record):
    """A guarantee framework: an ordered list of layers."""

    title: str = Field(default="no guarantee", description="Name shown in output.")
    summary: str = Field(default="", description="What it is, in a sentence or two.")
    sources: list[str] = Field(default_factory=list, description="Where its clauses come from.")
    facts: dict[str, str] = Field(
        default_factory=dict, description="Facts carried for the reader; nothing reads them."
    )
    hostility: Value = number(
        0.0,
        unit="utility",
        low=0,
        meaning="Provocation value of the framework itself to the challenger.",
    )
    layers: list[Layer] = Field(default_factory=list, description="Layers, in order.")
    offer: Offer = Field(default_factory=Offer, description="Terms in talks.")
