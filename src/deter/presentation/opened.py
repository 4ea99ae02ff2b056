"""A results folder, opened to be drawn or told: what was run, what it found, what may be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from deter.errors import OutputError
from deter.spec.ledger import Ledger
from deter.spec.stored import stored_entry, stored_framework, stored_scenario

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.experiments.study import Study
    from deter.presentation.report.trusting import Trust
    from deter.spec.framework import Framework
    from deter.spec.scenario import Scenario

Kind = Literal["run", "compare", "sweep"]


class Answer(Protocol):
    """One result of an analysis, as :class:`deter.inquiry.Answer` has it."""

    @property
    def what(self) -> str:
        """The analysis."""

    @property
    def heading(self) -> str:
        """What the result is of."""

    @property
    def result(self) -> Any:
        """A frozen dataclass of :mod:`deter.analysis`."""


Asking = Callable[[str, Mapping[str, Any]], Sequence[Answer]]
"""From the name of an analysis and options to its answers; may run histories again."""


def _cannot_ask(what: str, _: Mapping[str, Any]) -> Sequence[Answer]:
    raise OutputError(f"{what}: nothing can be asked of these results")


@dataclass(frozen=True)
class Opened:
    """The results of a run, a comparison or a sweep.

    Attributes
    ----------
    kind : {"run", "compare", "sweep"}
        Which of the three.
    manifest : mapping
        How the rows came about.
    base : mapping
        Scenario, frameworks and ledger in full, as :func:`deter.experiments.bases.base_of` has it.
    findings : Findings or None
        Of a run or a comparison.
    study : Study or None
        Of a sweep.
    place : Path or None
        The folder; None where nothing is written yet.
    own : callable
        Returns what the experiment itself wants asked: pairs of an analysis and its options.
    asking : callable
        Answers a question, as ``asking("sensitivity", {"measure": "p_war"})``.
    trust : Trust or None
        What the model reproduces of history, and how much rests on assumptions, where it is known.
    """

    kind: Kind
    manifest: Mapping[str, Any]
    base: Mapping[str, Any]
    findings: Findings | None = None
    study: Study | None = None
    place: Path | None = None
    own: Callable[[], Sequence[tuple[str, Mapping[str, Any]]]] = tuple
    asking: Asking = _cannot_ask
    trust: Trust | None = None
    _held: dict[str, Sequence[Answer]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """Title of the scenario, or of the experiment."""
        if self.study is not None:
            return self.study.title
        return self.findings.title if self.findings is not None else ""

    @cached_property
    def table(self) -> Findings | None:
        """What is found of one table of histories: a run, a comparison, a sweep of one case.

        None for a sweep of several cases, or of more histories than are held in memory.
        """
        if self.study is None:
            return self.findings
        return _only_case(self.study)

    @property
    def seed(self) -> int:
        """Of all luck."""
        return int(self.manifest["seed"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario as it was run; of a sweep, as it is before a case changes it."""
        return stored_scenario(self.base["scenario"])

    @cached_property
    def frameworks(self) -> dict[str, Framework]:
        """The frameworks by name, in order."""
        return {n: stored_framework(held) for n, held in self.base["frameworks"].items()}

    @property
    def titles(self) -> dict[str, str]:
        """Titles of the frameworks by name, in order."""
        return {
            name: str(held.get("title") or name) for name, held in self.base["frameworks"].items()
        }

    def ledger(self, framework: str) -> Ledger:
        """Return every number in force under a framework.

        Raises
        ------
        OutputError
            If an older deter wrote the folder, which did not keep them.
        """
        kept = self.base.get("ledger")
        if not isinstance(kept, Mapping):
            raise OutputError(
                f"{self.place}: was made by an older deter, which did not keep the ledger; make "
                "the results again with the command in the manifest"
            )
        entries = [*kept["scenario"], *kept["frameworks"][framework]]
        scenario = str(self.manifest.get("scenario") or self.manifest["base"]["name"])
        title = str(self.base["scenario"].get("title") or scenario)
        return Ledger(title, scenario, framework, tuple(stored_entry(one) for one in entries))

    def answers(self, what: str, **options: Any) -> Sequence[Answer]:
        """Return the answers to a question; asked once, and kept."""
        key = f"{what} {sorted(options.items(), key=lambda pair: pair[0])!r}"
        if key not in self._held:
            self._held[key] = tuple(self.asking(what, options))
        return self._held[key]


REFERENCE = "none"
"""The framework that others are compared with, where a sweep has it."""

MOST_HELD = 1_000_000
"""Histories of a sweep of one case that are read at once: about a gigabyte."""


def _only_case(study: Study) -> Findings | None:
    from deter.analysis.findings import Findings

    finished = study.manifest.get("finished") or {}
    rows = sum(int(held["rows"]) for held in finished.values())
    if len(study) != 1 or not 0 < rows <= MOST_HELD:
        return None
    least = min(int(held["replications_least"]) for held in finished.values())
    names = study.frameworks
    return Findings(
        rows=study.rows(0),
        scenario=str(study.manifest["base"]["name"]),
        title=study.title,
        titles=study.titles,
        reference=REFERENCE if REFERENCE in names and len(names) > 1 else None,
        n=least,
        asked=least,
        seed=study.seed,
        engine=str(study.manifest["engine"]),
        workers="",
        horizon=study.horizon,
    )


__all__ = ["Answer", "Asking", "Kind", "Opened"]
