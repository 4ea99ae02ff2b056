"""Published base rates, kept in one file of the package: what the record says of the like."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from deter.analysis.estimates import Estimate
from deter.presentation.report.beside import Published
from deter.spec.sources import MARKS
from deter.spec.tree import plain
from deter.spec.yaml_reader import parse_table

FILE = "base_rates.yaml"


class BaseRate(BaseModel):
    """A published figure as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(description="What it is, in a few words.")
    measure: str = Field(description="The measure it stands beside.")
    estimate: float = Field(description="The figure.")
    low: float = Field(description="Lower limit.")
    high: float = Field(description="Upper limit.")
    unit: str = Field(description="1 for a share, d for days.")
    n: Annotated[int, Field(ge=1)] = Field(description="Cases it rests on.")
    limits: str = Field(default="", description="What the limits are, if no 95 % interval.")
    sample: str = Field(description="Of what.")
    source: str = Field(description="Where it is from, catalogue keys in square brackets.")
    mark: Literal["V", "M", "C"] = Field(description="How far the source was looked at.")
    differs: str = Field(description="Why it is not the simulated measure.")
    begins: list[str] = Field(default_factory=list, description="States at the start it fits.")
    horizon: float | None = Field(default=None, description="Years of a history it fits.")

    def published(self) -> Published:
        """Return it as a report takes it."""
        return Published(
            title=self.title,
            measure=self.measure,
            estimate=Estimate(self.estimate, self.low, self.high, self.n, self.unit, self.title),
            limits=self.limits,
            sample=self.sample,
            source=self.source,
            mark=MARKS[self.mark],
            differs=" ".join(self.differs.split()),
            begins=tuple(self.begins),
            horizon=self.horizon,
        )


@cache
def base_rates() -> tuple[Published, ...]:
    """Return all base rates, in the order of the file."""
    text = (resources.files("deter.evidence") / FILE).read_text("utf-8")
    document = plain(parse_table(text, FILE))
    return tuple(BaseRate.model_validate(one).published() for one in document.values())


__all__ = ["FILE", "BaseRate", "base_rates"]
