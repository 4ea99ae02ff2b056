"""An experiment as a user writes it: a question, a scenario, and what is varied how.

The model only; :mod:`deter.spec.experiments` reads a file and checks it against its scenario.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from deter.spec.actors import CodeText
from deter.spec.quantities import KINDS, Record, Value, number

DesignKind = Literal[
    "grid", "list", "one_at_a_time", "latin_hypercube", "sobol", "saltelli", "morris"
]

SAMPLED = ("latin_hypercube", "sobol", "saltelli", "morris")
"""Designs that draw points in the space of the uncertainties."""

POWERS_OF_TWO = ("sobol", "saltelli")
"""Designs whose points are balanced only if their number is a power of two."""

PLOTS = (
    "comparison",
    "peace",
    "race",
    "causes",
    "flow",
    "ladder",
    "tornado",
    "sobol",
    "heat",
    "box",
    "regret",
    "exchange",
    "autopsy",
)
"""Figures that an experiment may list under ``plots``."""

ANALYSES = (
    "summary",
    "contrast",
    "sensitivity",
    "discover",
    "regret",
    "flip",
    "trade",
    "autopsy",
    "survival",
    "enough",
)
"""What may be asked of the results of a sweep."""

DEFAULT_REPLICATIONS = 200
DistributionKind = Literal[
    "fixed", "uniform", "triangular", "pert", "normal", "lognormal", "beta", "discrete"
]
assert set(get_args(DistributionKind)) == set(KINDS)

AnyMapping = dict[str, Any]
AnyList = list[Any]
Named = Annotated[str, Field(min_length=1)]


class Lever(Record):
    """Something a drafter decides, and the values it may take."""

    path: str | list[str] = Field(
        description="What it sets, as after --set; a list sets all of them to the same value."
    )
    values: AnyList = Field(description="Its values, as they would stand in the scenario.")
    labels: list[str] = Field(
        default_factory=list, description="A word for each value; needed for lists and mappings."
    )
    label: str = Field(default="", description="Name shown in output.")


class Uncertainty(Record):
    """Something nobody knows: a number's distribution, or a file of numbers drawn together."""

    path: str | list[str] | None = Field(default=None, description="What it sets, as after --set.")
    label: str = Field(default="", description="Name shown in output.")
    distribution: DistributionKind | None = Field(
        default=None, description="Kind of distribution, as in scenarios."
    )
    value: Any = Field(default=None, description="Of fixed: the value.")
    low: Any = Field(default=None, description="Least value.")
    mode: Any = Field(default=None, description="Of triangular and pert: the likeliest value.")
    high: Any = Field(default=None, description="Greatest value.")
    mean: Any = Field(default=None, description="Of normal.")
    sd: Any = Field(default=None, description="Of normal: standard deviation.")
    median: Any = Field(default=None, description="Of lognormal.")
    sd_log: Any = Field(default=None, description="Of lognormal: spread of the logarithm.")
    a: Any = Field(default=None, description="Of beta: first shape.")
    b: Any = Field(default=None, description="Of beta: second shape.")
    values: Any = Field(default=None, description="Of discrete: the values.")
    weights: Any = Field(default=None, description="Of discrete: their weights.")
    evidence: str | None = Field(
        default=None,
        description="Standing of the distribution: published, estimate, calibrated, assumption.",
    )
    source: str | None = Field(default=None, description="Where it comes from.")
    joint: str | None = Field(
        default=None,
        description="A CSV or Parquet file of rows drawn together, as a posterior; the rows count "
        "as one uncertainty.",
    )
    columns: dict[CodeText, str] = Field(
        default_factory=dict,
        description="Of joint: the path each of its columns sets; columns not named are not used. "
        "With none named, the numbers that the base itself draws from the file, each as there.",
    )


class Design(Record):
    """How cases are made of what varies."""

    kind: DesignKind = Field(description="Which design.")
    n: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Points of latin_hypercube and sobol; base points of saltelli; trajectories "
        "of morris.",
    )
    levels: Annotated[int, Field(ge=4, le=64)] | None = Field(
        default=None, description="Of morris: levels of the grid, an even number; 4 if not given."
    )
    second_order: bool = Field(
        default=False, description="Of saltelli: points for interactions of pairs as well."
    )
    quantiles: list[float] = Field(
        default_factory=lambda: [0.05, 0.95],
        description="Of one_at_a_time: quantiles at which each uncertainty is tried.",
    )
    levers: Literal["crossed", "sampled"] = Field(
        default="crossed",
        description="In sampled designs: every point under every combination of levers, or levers "
        "drawn like uncertainties.",
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 2)] | None = Field(
        default=None, description="Of the points; the experiment's seed if not given."
    )


class Until(Record):
    """Replications until a measure is known well enough, case by case."""

    measure: str = Field(description="A probability, as p_full_attack, or ground_lost.")
    half_width: Value = number(
        None,
        unit="1",
        low=1e-6,
        high=0.5,
        meaning="Half the width of the interval wanted.",
        structural=True,
    )
    max: Annotated[int, Field(ge=1, le=10_000_000)] = Field(description="Replications at most.")
    min: Annotated[int, Field(ge=20, le=10_000_000)] = Field(
        default=100, description="Replications at least."
    )


class Patch(Record):
    """A named set of changes to the base."""

    label: str = Field(default="", description="Name shown in output.")
    settings: dict[str, Any] = Field(
        alias="set", default_factory=dict, description="Paths and values; none for the base itself."
    )


class Experiment(Record):
    """A question, and the cases that are run to answer it."""

    title: str = Field(description="Name shown in output.")
    question: str = Field(default="", description="What it is to answer.")
    description: str = Field(default="", description="What it is.")
    sources: list[str] = Field(default_factory=list, description="Where its numbers come from.")
    base: Named = Field(description="Scenario, by path from this file or by name.")
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")] | None = Field(
        default=None, description="Digest the base must have, or its first 8 figures or more."
    )
    settings: dict[str, Any] = Field(
        alias="set", default_factory=dict, description="Paths and values set in every case."
    )
    frameworks: list[str] = Field(
        default_factory=list, description="Frameworks, by name or path; the base's if not given."
    )
    levers: dict[CodeText, Lever] = Field(
        default_factory=dict, description="What a drafter decides."
    )
    uncertainties: dict[CodeText, Uncertainty] = Field(
        default_factory=dict, description="What nobody knows."
    )
    patches: dict[CodeText, Patch] = Field(
        default_factory=dict, description="Named sets of changes, of which a list is made."
    )
    design: Design = Field(description="How cases are made.")
    replications: Annotated[int, Field(ge=1, le=10_000_000)] | Until = Field(
        default=DEFAULT_REPLICATIONS,
        description="Histories of each case under each framework; or until a measure is known.",
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        default=1, description="Of all luck; the same in every case."
    )
    analyses: list[str | AnyMapping] = Field(
        default_factory=list, description="What to ask of the results: names, or names and options."
    )
    plots: list[str | AnyMapping] = Field(default_factory=list, description="What to draw.")


__all__ = [
    "ANALYSES",
    "PLOTS",
    "POWERS_OF_TWO",
    "SAMPLED",
    "Design",
    "Experiment",
    "Lever",
    "Patch",
    "Uncertainty",
    "Until",
]
