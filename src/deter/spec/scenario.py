"""What a user writes about a scenario: how it begins, who plays, what exists anyway, the script."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from deter.spec.actors import Challenger, CodeText, Guarantor, Option, Protege, Region
from deter.spec.behaviour import Behaviour
from deter.spec.framework import Framework
from deter.spec.quantities import CALIBRATED, Day, Record, Value, number, optional_number
from deter.spec.rungs import Rungs


class Start(Record):
    """The state in which the history begins."""

    state: Literal["peace", "ceasefire", "war"] = Field(
        default="peace", description="Peace, a ceasefire after a war, or war."
    )
    option: str | None = Field(
        default=None, description="In war: the option under way; else the first of class full."
    )
    position: Value = number(
        0,
        unit="steps",
        low=-200,
        high=200,
        meaning="In war: steps from the start line, towards the objective above 0.",
    )
    since_war: Value = number(
        0, unit="y", low=0, meaning="In ceasefire: years since the last war ended."
    )
    held: Value = number(
        0, unit="p", low=0, high=1, meaning="Share of the protégé's land held at the start."
    )


class Baseline(Record):
    """Aid, sanctions and forces that exist anyway, under every framework."""

    sanctions: Value = number(
        0.0, unit="p", low=0, high=1, meaning="Sanctions level in force at the start."
    )
    sanctions_leakage: Value = number(
        0.03, unit="per year", low=0, meaning="Share of the baseline sanctions lost a year."
    )
    aid_decay: Value = number(
        0.15, unit="per year", low=0, meaning="Rate at which baseline aid fades."
    )
    air_defence: Value = number(
        0.0, unit="p", low=0, high=1, meaning="Share of strikes intercepted without a framework."
    )
    intelligence: Value = number(
        0.0,
        unit="p",
        low=0,
        high=1,
        meaning="Share of hidden mobilisations revealed without a framework.",
    )


class Talks(Record):
    """Bargaining while a campaign lasts."""

    offers: Value = number(
        2.54,
        unit="per year",
        low=0,
        high=1000,
        meaning="Rate of ceasefire offers.",
        free=True,
        evidence="calibrated",
        source=CALIBRATED,
    )
    challenger_type_mean: Value = number(
        0.0, unit="utility", meaning="Mean of the gain below which the challenger refuses."
    )
    challenger_type_sd: Value = number(
        0.2, unit="utility", low=0, meaning="Spread of that gain between replications."
    )
    line_scale: Value = number(
        0.3,
        unit="utility",
        low=0.001,
        meaning="Gain on the line worth one probit of acceptance to the protégé.",
    )


class Scripted(Record):
    """An act that happens by script, whatever the challenger would choose."""

    option: str = Field(description="Which option.")
    at: Value | None = optional_number(unit="d", low=0, meaning="When, after the start.")
    date: Day | None = Field(default=None, description="When, as a date.")
    rate: Value | None = optional_number(
        unit="per year", low=0, high=1000, meaning="Or at what rate."
    )


class Scenario(Record):
    """A scenario: one story, ready to be run under any framework."""

    title: str = Field(default="", description="Name shown in output.")
    description: str = Field(default="", description="What it is.")
    sources: list[str] = Field(default_factory=list, description="Where its facts come from.")
    start: Day = Field(default=date(2026, 1, 1), description="First day.")
    horizon: Value = number(
        10, unit="y", low=1e-6, high=200, meaning="Length of a history.", structural=True
    )
    begins: Start = Field(default_factory=Start, description="State at the start.")
    challenger: Challenger = Field(default_factory=Challenger, description="Who may attack.")
    protege: Protege = Field(default_factory=Protege, description="Who is protected.")
    guarantors: dict[CodeText, Guarantor] = Field(
        default_factory=dict, description="Who may help, by code."
    )
    regions: dict[CodeText, Region] = Field(
        default_factory=lambda: {"theatre": Region()}, description="Parts of the territory."
    )
    options: dict[CodeText, Option] = Field(
        default_factory=dict, description="What the challenger may do."
    )
    rungs: Rungs = Field(default_factory=Rungs, description="What guarantors may do.")
    baseline: Baseline = Field(default_factory=Baseline, description="What exists anyway.")
    behaviour: Behaviour = Field(default_factory=Behaviour, description="Laws' parameters.")
    talks: Talks = Field(default_factory=Talks, description="Bargaining.")
    scripted: list[Scripted] = Field(default_factory=list, description="Scripted events.")
    framework: str | Framework = Field(
        default="none", description="Framework in force in `run`, by name or inline."
    )
    frameworks: list[str] = Field(
        default_factory=list, description="What `compare` compares where nothing else is asked."
    )
