"""The evidence line: what of history the model reproduces, and how much rests on assumptions.

Three things, each short: patterns of history passed, with whether the scenario at hand draws from
the posterior that was fitted to them; the backtest on historical episodes; the share of an
outcome's variance that rests on assumptions, where it was measured for this very scenario. Light to
read: nothing is simulated.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deter.defaults import RESULTS
from deter.evidence.assumptions.keeping import FILE, Found, find, fingerprints
from deter.spec.ledger import LedgerEntry
from deter.spec.library import NO_FRAMEWORK, library_root
from deter.spec.loading import LoadedScenario
from deter.spec.terms import FRAMEWORK, INLINE

CALIBRATED = Path(__file__).resolve().parent / "calibrated"
PATTERNS, BACKTEST = CALIBRATED / "patterns.json", CALIBRATED / "backtest.json"
"""What the patterns gave at the bundled posterior, and the scores of historical episodes."""

OUTCOME, ASSUMED = "full_attack", "assumptions"
MOST = 3
"""Frameworks whose share a line tells one by one."""


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def found_patterns() -> dict[str, Any] | None:
    """Return what was found of the patterns at the bundled posterior, as plain data."""
    return _read(PATTERNS)


def found_backtest() -> dict[str, Any] | None:
    """Return the scores of the bundled historical episodes, as plain data."""
    return _read(BACKTEST)


@dataclass(frozen=True)
class Parameters:
    """How a scenario stands to the calibration.

    Attributes
    ----------
    drawn : int
        Numbers that each history draws from rows of a posterior.
    fixed : int
        Calibrated numbers that stand at one value.
    """

    drawn: int
    fixed: int

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Parameters:
        """Count them in a ledger; clauses of a framework are none."""
        own = [entry for entry in entries if entry.section != FRAMEWORK]
        drawn = [e for e in own if e.distribution is not None and e.distribution.joint]
        fixed = [e for e in own if e.evidence == "calibrated" and e.distribution is None]
        return cls(len(drawn), len(fixed))

    def said(self) -> str:
        """Return it in a sentence."""
        if self.drawn:
            return f"{self.drawn} numbers of this scenario are drawn from the fitted posterior."
        if self.fixed:
            return (
                f"This scenario draws from no posterior: {self.fixed} of its numbers stand at a "
                "fitted value, and no interval covers what is not known of them."
            )
        return (
            "This scenario draws from no posterior: it has starting values, to which none of this "
            "applies."
        )


@dataclass(frozen=True)
class EvidenceLine:
    """The evidence for a result.

    Attributes
    ----------
    patterns, backtest : mapping or None
        What was found; None where it was not measured.
    parameters : Parameters
        How the scenario stands to the calibration.
    resting : mapping of str to Found
        By framework, how much rests on assumptions.
    missing : tuple of str
        Frameworks for which that was not measured.
    command : str
        What measures that.
    """

    patterns: Mapping[str, Any] | None
    backtest: Mapping[str, Any] | None
    parameters: Parameters
    resting: Mapping[str, Found]
    missing: tuple[str, ...]
    command: str

    def lines(self, called: Mapping[str, str] | None = None) -> list[str]:
        """Return it for the terminal, a line each.

        Parameters
        ----------
        called : mapping of str to str, optional
            What frameworks are called, where that is not their names.
        """
        return [
            f"{patterns_line(self.patterns)} {self.parameters.said()}",
            backtest_line(self.backtest),
            self._resting_line(called or {}),
        ]

    def _resting_line(self, called: Mapping[str, str]) -> str:
        head = "Resting on assumptions"
        if not self.resting:
            return f"{head}: not measured for this scenario as it is; {self.command} measures it."
        many = len(self.missing)
        left = f" Not measured for {many} more: {self.command}" if many else ""
        return f"{head}{_spread(self.resting)}: {'; '.join(self._shares(called))}.{left}"

    def _shares(self, called: Mapping[str, str]) -> list[str]:
        told = {
            called.get(name, name): found.under["outcomes"][OUTCOME]
            for name, found in self.resting.items()
        }
        known = {n: s for n, s in told.items() if s["told"] and ASSUMED in s["of_the_probability"]}
        said = [f"under {name} {_held(split)}" for name, split in list(known.items())[:MOST]]
        if len(known) > MOST:
            said.append(f"and {len(known) - MOST} more")
        of = "of what is not chance in P(full attack), " + ", ".join(said)
        rest = [name for name in told if name not in known]
        apart = f"under {', '.join(rest)} what is not chance is too little to be split"
        return [*([of] if said else []), *([apart] if rest else [])]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        one = next(iter(self.resting.values()), None)
        return {
            "patterns": _patterns_dict(self.patterns),
            "backtest": self.backtest,
            "parameters": {
                "drawn_from_a_posterior": self.parameters.drawn,
                "calibrated_at_one_value": self.parameters.fixed,
            },
            "resting_on_assumptions": {
                "frameworks": {
                    name: {"outcomes": f.under["outcomes"], "leading": f.under["leading"]}
                    for name, f in self.resting.items()
                },
                "not_measured": list(self.missing),
                "spread": None if one is None else one.document["spread"],
                "command": None if one is None else one.document["command"],
                "file": None if one is None else one.place or "bundled",
            },
        }


def patterns_line(found: Mapping[str, Any] | None) -> str:
    """Return how many patterns of history the model passes, and which with bite fail.

    Examples
    --------
    >>> patterns_line(found_patterns()).startswith("Patterns of history")
    True
    """
    if found is None:
        return "Patterns of history: not measured; run deter evidence patterns."
    many = found["counts"]
    failing = _failing(found)
    told = f"; {' and '.join(failing)} fail" if failing else ""
    return (
        f"Patterns of history (docs/evidence.md): {many['passed']} of {many['with_bite']} with "
        f"bite pass, {many['passed_out_of_fit']} of them not fitted{told}."
    )


def backtest_line(found: Mapping[str, Any] | None) -> str:
    """Return how the model scores on historical episodes, against commitment and a constant.

    Examples
    --------
    >>> backtest_line(found_backtest()).startswith("Backtest")
    True
    """
    if found is None:
        return "Backtest: not scored; run deter evidence episodes."
    scores = found["scores"]
    ranks, alone = _number(scores["c_index"]), _number(scores["c_index_commitment"])
    gap = scores["c_over_commitment"]
    logs = scores["log_over_constant"]
    return (
        f"Backtest, {found['n']} prominent episodes: C {ranks}, by commitment alone {alone}, "
        f"{_apart(gap)} (difference {_number(gap, signed=True)}); log score against a "
        f"constant hazard {_number(logs, 100, 2, signed=True)} per 100 years, {_apart(logs)}."
    )


def _apart(score: Mapping[str, Any]) -> str:
    if score["low"] <= 0 <= score["high"]:
        return "not told apart"
    return "better" if score["low"] > 0 else "worse"


def _number(
    score: Mapping[str, Any], scale: float = 1.0, digits: int = 2, *, signed: bool = False
) -> str:
    middle, low, high = (
        f"{score[k] * scale:{'+' if signed else ''}.{digits}f}" for k in ("estimate", "low", "high")
    )
    return f"{middle} ({low} to {high})"


def _held(split: Mapping[str, Any]) -> str:
    """Return the share that assumptions hold, and by how many points they move the probability."""
    moved = split["sd_of_the_probability"][ASSUMED]
    middle, low, high = (f"{100 * moved[k]:.0f}" for k in ("estimate", "low", "high"))
    share = _percent(split["of_the_probability"][ASSUMED])
    return f"{share} or ±{middle} points ({low} to {high})"


def _percent(score: Mapping[str, Any]) -> str:
    middle, low, high = (f"{100 * score[k]:.0f}" for k in ("estimate", "low", "high"))
    return f"{middle} % ({low} to {high})"


def _spread(resting: Mapping[str, Found]) -> str:
    """Say by how much assumptions were varied, and whether that was under this very model."""
    documents = {id(found.document): found.document for found in resting.values()}.values()
    factors = " or ".join(f"{one:g}" for one in sorted({d["spread"] for d in documents}))
    said = [f"each may be off by a factor of {factors}"]
    if any(document.get("held") for document in documents):
        said.append("some are held")
    from deter.experiments.folder import model_digest

    if any(document["model"] != model_digest() for document in documents):
        said.append("measured under an earlier version of the model")
    return f" ({', '.join(said)})"


def _patterns_dict(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {**found["counts"], "failing": _failing(found)}


def _failing(found: Mapping[str, Any]) -> list[str]:
    """Return the patterns that fail, of those that count."""
    return [p["id"] for p in found["patterns"] if p["counts"] and p["status"] == "fail"]


def evidence_line(
    scenario: str,
    entries: Iterable[LedgerEntry],
    base: Mapping[str, Any],
    places: Iterable[str | Path | None] = (),
    *,
    names: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    asked: str = "",
) -> EvidenceLine:
    """Return the evidence for results of a scenario.

    Parameters
    ----------
    scenario : str
        As a user names it.
    entries : iterable of LedgerEntry
        Its numbers in force.
    base : mapping
        Scenario and frameworks in full, as :func:`deter.experiments.bases.base_of` has them.
    places : iterable of str, Path or None
        Folders of results; a measure of assumptions may lie in them, beside them, or where
        ``deter evidence assumptions`` puts it, if it is not one that came with the package.
    names : mapping of str to str, optional
        By framework, the name or path it is asked for with.
    overrides : sequence of str
        Values set.
    asked : str
        The scenario's file, where its name does not lead to it.
    """
    prints = fingerprints(base["scenario"], base["frameworks"])
    given = [Path(place) for place in places if place is not None]
    usual = Path(RESULTS, *scenario.split("/"))
    where = dict.fromkeys([*(f for p in given for f in (p, p.parent)), usual])
    resting = find(prints, [place / FILE for place in where])
    missing = tuple(name for name in prints if name not in resting)
    return EvidenceLine(
        found_patterns(),
        found_backtest(),
        Parameters.of(entries),
        {name: resting[name] for name in prints if name in resting},
        missing,
        _command(asked or scenario, missing, names or {}, overrides),
    )


def _command(
    scenario: str, missing: Sequence[str], names: Mapping[str, str], overrides: Sequence[str]
) -> str:
    """Return the command that measures what is missing."""
    asked = [names.get(name, name) for name in missing if name not in (NO_FRAMEWORK, INLINE)]
    parts = ["deter", "evidence", "assumptions", scenario]
    parts += ["-f", ",".join(asked)] if asked else []
    return shlex.join([*parts, *(word for text in overrides for word in ("--set", text))])


def evidence_of(
    cases: Sequence[LoadedScenario],
    place: str | None = None,
    names: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    base: Mapping[str, Any] | None = None,
) -> EvidenceLine:
    """Return the evidence for a scenario under some frameworks; as :func:`evidence_line`."""
    from deter.experiments.bases import base_of
    from deter.spec.ledger import ledger

    first = cases[0]
    entries, base = ledger(first).entries, base_of(cases) if base is None else base
    ours = first.path.resolve().is_relative_to(library_root().resolve())
    asked = "" if ours else str(first.path)
    return evidence_line(
        first.name, entries, base, [place], names=names, overrides=overrides, asked=asked
    )


__all__ = [
    "EvidenceLine",
    "Parameters",
    "backtest_line",
    "evidence_line",
    "evidence_of",
    "found_backtest",
    "found_patterns",
    "patterns_line",
]
