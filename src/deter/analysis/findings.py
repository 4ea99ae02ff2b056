"""All that the analysis says of one table of replications, computed when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deter.analysis.causes import causes
from deter.analysis.estimates import Estimate
from deter.analysis.groups import Groups, groups
from deter.analysis.measures import Table, differences, estimates
from deter.analysis.rows import Sample, sample
from deter.analysis.survival import Curve, incidence_of
from deter.analysis.twins import Twins, twins
from deter.errors import DeterError
from deter.experiments.rows import Rows


@dataclass(frozen=True)
class Findings:
    """A table of replications, how it came about, and what it shows.

    Attributes
    ----------
    rows : Rows
        A row for each framework and replication.
    scenario, title : str
        Name and title of the scenario.
    titles : mapping of str to str
        Titles of the frameworks by name, in order.
    reference : str or None
        The framework others are compared with; None for a run of one.
    n, asked : int
        Replications finished under every framework, and asked for.
    seed : int
        Of all luck.
    engine, workers : str
        Which engine ran them, and how many of what, as ``2 threads``.
    horizon : float
        Length of a history, years.
    notes : tuple of str
        What was left out of a framework, for the reader.
    """

    rows: Rows
    scenario: str
    title: str
    titles: Mapping[str, str]
    reference: str | None
    n: int
    asked: int
    seed: int
    engine: str
    workers: str
    horizon: float
    notes: tuple[str, ...] = ()

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return tuple(self.titles)

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the frameworks that are compared with the reference."""
        return tuple(name for name in self.titles if name != self.reference)

    def sample(self, framework: str) -> Sample:
        """Return the replications of one framework that ran to their end."""
        return sample(self.rows, framework, self.horizon)

    @cached_property
    def estimates(self) -> Table:
        """Every measure of every framework, with 95 % intervals."""
        return estimates(self.rows, self.horizon, self.reference)

    @cached_property
    def differences(self) -> Table:
        """Differences from the reference under shared luck, with 95 % intervals."""
        return differences(self.rows, self.horizon, self.against)

    def contrast(self, framework: str, other: str) -> dict[str, Estimate]:
        """Return by how much measures of one framework differ from another's, in pairs.

        Parameters
        ----------
        framework, other : str
            Any two frameworks of the table.
        """
        return differences(self.rows, self.horizon, other, frameworks=[framework])[framework]

    @cached_property
    def twins(self) -> dict[str, Twins]:
        """What became of each replication's first full attack, by framework."""
        there = self.sample(self.against)
        return {name: twins(self.sample(name), there) for name in self.others}

    @cached_property
    def groups(self) -> Groups:
        """Frameworks that cannot be told apart by the probability of a full attack."""
        return groups(self.rows, self.horizon)

    @cached_property
    def attacks(self) -> dict[str, Curve]:
        """Cumulative incidence of a limited or full attack, by framework."""
        return {name: incidence_of(self.sample(name), "attack") for name in self.frameworks}

    @cached_property
    def failings(self) -> dict[str, dict[str, Estimate]]:
        """What kept the guarantee from stopping attacks: shares of attacks, by framework."""
        return {name: causes(self.sample(name)) for name in self.frameworks}

    @property
    def against(self) -> str:
        """Name of the reference.

        Raises
        ------
        DeterError
            If there is none.
        """
        if self.reference is None:
            raise DeterError("a run of one framework has no reference; compare it with others")
        return self.reference

    def as_dict(self) -> dict[str, Any]:
        """Return the estimates as plain data for JSON; what is missing is None."""
        return {
            "scenario": self.scenario,
            "n": self.n,
            "seed": self.seed,
            "engine": self.engine,
            "frameworks": {
                framework: {name: e.as_dict() for name, e in measures.items()}
                for framework, measures in self.estimates.items()
            },
        }
