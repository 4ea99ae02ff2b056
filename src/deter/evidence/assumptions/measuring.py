"""Measure how much of an outcome's variance rests on assumptions, and say how that was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from deter.analysis.crossed import TOGETHER, Crossed, crossed
from deter.defaults import DRAWS, PAIRED_N, ROWS, SPREAD
from deter.errors import Fault
from deter.evidence.assumptions.keeping import fingerprint
from deter.evidence.assumptions.leading import Leader, leaders
from deter.evidence.assumptions.running import FAILED, OUTCOMES, Flags, Progress, Tables, run
from deter.evidence.assumptions.varying import Assumptions, Floats, Setter, assumptions_of, below
from deter.experiments.folder import model_digest
from deter.spec.hints import did_you_mean, found
from deter.spec.ledger import LedgerEntry, ledger
from deter.spec.library import NO_FRAMEWORK
from deter.spec.loading import LoadedScenario
from deter.spec.quantities import Distribution
from deter.spec.stored import plain_framework, plain_scenario
from deter.spec.terms import FRAMEWORK
from deter.version import VERSION

N = PAIRED_N
"""Replications of each pair."""

ASSUMED, FITTED, BOTH = "assumptions", "calibrated", "both"
REFERENCE = NO_FRAMEWORK
NAMES = {TOGETHER.join((ASSUMED, FITTED)): BOTH}
MOST_FAILED = 0.1
"""A draw of which a larger part failed is left out."""


@dataclass(frozen=True)
class Effort:
    """How much is run.

    Attributes
    ----------
    draws, rows, n : int
        Draws of the assumptions; rows of the posterior; replications of each pair.
    spread : float
        Factor within which 95 % of draws lie, to either side.
    seed : int
        Of all luck and all draws.
    hold : tuple of str
        Paths of assumptions that are not varied.
    """

    draws: int = DRAWS
    rows: int = ROWS
    n: int = N
    spread: float = SPREAD
    seed: int = 1
    hold: tuple[str, ...] = ()


@dataclass(frozen=True)
class Under:
    """What was found under one framework.

    Attributes
    ----------
    digest, fingerprint, title : str
        Of the scenario under the framework; the second leaves descriptions out.
    outcomes : dict of str to Crossed
        By outcome.
    against : Crossed or None
        Of the difference from no guarantee in full attacks; None where it was not run.
    leading : tuple of Leader
        The assumptions that full attacks go with most.
    """

    digest: str
    fingerprint: str
    title: str
    outcomes: dict[str, Crossed]
    against: Crossed | None
    leading: tuple[Leader, ...]


@dataclass(frozen=True)
class Measured:
    """How much rests on assumptions in a scenario.

    Attributes
    ----------
    scenario, title : str
        Its name and title.
    frameworks : dict of str to Under
        What was found, by framework.
    assumptions : Assumptions
        What was varied and what was not.
    fitted : int
        Numbers that are drawn together from rows of a posterior.
    files : dict of str to int
        The files of those rows, with how many they hold.
    effort : Effort
        How much was run.
    left : int
        Times that drawn numbers did not go together and were left as they are.
    failed, dropped : int
        Histories that failed; draws left out since too many of theirs did.
    error : str
        The first failure.
    """

    scenario: str
    title: str
    frameworks: dict[str, Under]
    assumptions: Assumptions
    fitted: int
    files: dict[str, int]
    effort: Effort
    left: int
    failed: int
    dropped: int
    error: str

    @property
    def histories(self) -> int:
        """How many histories were run."""
        e = self.effort
        return len(self.frameworks) * e.draws * (e.rows if self.files else 1) * e.n

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        e = self.effort
        ways = Counter(one.way for one in self.assumptions.varied for _ in one.paths)
        return {
            "scenario": self.scenario,
            "title": self.title,
            "frameworks": {name: _under(one) for name, one in self.frameworks.items()},
            "assumptions": {
                "varied": self.assumptions.numbers,
                "drawn_apart": len(self.assumptions.varied),
                "ways": dict(ways),
                "not_varied": {why: len(p) for why, p in self.assumptions.held.items()},
                "left_as_they_were": self.left,
            },
            "calibrated": {"numbers": self.fitted, "files": self.files},
            "other_drawn_numbers": self.assumptions.other,
            "held": list(e.hold),
            "spread": e.spread,
            "draws": e.draws,
            "rows": e.rows if self.files else 0,
            "replications": e.n,
            "seed": e.seed,
            "histories": self.histories,
            "failed": self.failed,
            "draws_left_out": self.dropped,
            "first_error": self.error or None,
            "version": VERSION,
            "model": model_digest(),
        }


def _under(one: Under) -> dict[str, Any]:
    found: dict[str, Any] = {
        "digest": one.digest,
        "fingerprint": one.fingerprint,
        "title": one.title,
    }
    found["outcomes"] = {name: _split(split) for name, split in one.outcomes.items()}
    if one.against is not None:
        found["full_attack_less_none"] = _split(one.against)
    return found | {"leading": [leader.as_dict() for leader in one.leading]}


def _split(split: Crossed) -> dict[str, Any]:
    def told(shares: Mapping[str, Any]) -> dict[str, Any]:
        return {NAMES.get(name, name): share.as_dict() for name, share in shares.items()}

    return {
        "mean": split.mean.as_dict(),
        "told": split.told,
        "of_the_probability": told(split.of_mean),
        "of_one_history": told(split.of_one),
        "sd_of_the_probability": told(split.sd),
    }


def measure(
    cases: Mapping[str, LoadedScenario],
    effort: Effort,
    *,
    engine: str = "auto",
    workers: int = 1,
    progress: Progress | None = None,
) -> Measured:
    """Run a scenario at drawn assumptions and rows of its posterior, and split the variance.

    Parameters
    ----------
    cases : mapping of str to LoadedScenario
        The same scenario under each framework.
    effort : Effort
        How much to run.
    engine, workers, progress
        As elsewhere.
    """
    first = next(iter(cases.values()))
    entries = list(_entries(cases.values()))
    known = assumptions_of(entries, effort.hold)
    joint = _joint(entries)
    files = joint_files(cases.values())
    rows = {file: chosen_rows(held, effort) for file, held in sorted(files.items())}
    setter = Setter(first.scenario, known.varied, effort.spread)
    draws = drawn(setter, effort)
    tables = run(
        cases,
        setter,
        draws,
        rows,
        n=effort.n,
        seed=effort.seed,
        engine=engine,
        workers=workers,
        progress=progress,
    )
    kept, flags = complete(tables)
    factors = [*([ASSUMED] if known.varied else []), *([FITTED] if files else [])]
    under = {}
    for name, case in cases.items():
        under[name] = _found(case, flags, name, factors, effort)
        if known.varied and len(draws) > 1:
            means = flags[name][OUTCOMES[0]].mean(axis=(1, 2))
            led = leaders(known.varied, draws[kept], means)
            under[name] = replace(under[name], leading=led)
    return Measured(
        scenario=first.name,
        title=first.scenario.title or first.name,
        frameworks=under,
        assumptions=known,
        fitted=len(joint),
        files=files,
        effort=effort,
        left=sum(len(paths) for paths in tables.left),
        failed=len(tables.errors),
        dropped=len(kept) - int(kept.sum()),
        error=tables.errors[0] if tables.errors else "",
    )


def joint_files(cases: Iterable[LoadedScenario]) -> dict[str, int]:
    """Return the files of rows that numbers are drawn from together, with how many rows each has.

    Parameters
    ----------
    cases : iterable of LoadedScenario
        The scenario under each framework.
    """
    drawn_together = _joint(_entries(cases)).values()
    return {one.joint: len(one.parameters) for one in drawn_together}


def hold_faults(cases: Iterable[LoadedScenario], hold: Iterable[str]) -> list[Fault]:
    """Return what is wrong with paths that are to be held: no assumption stands there."""
    entries = [e for e in _entries(cases) if e.evidence == "assumption" and e.section != FRAMEWORK]
    known = [e.path for e in entries]
    return [
        Fault("--hold", 0, "", f"no assumption stands at {found(path)}{did_you_mean(path, known)}")
        for path in hold
        if not any(below(entry, (path,)) for entry in entries)
    ]


def _joint(entries: Iterable[LedgerEntry]) -> dict[str, Distribution]:
    drawn_ones = ((e.path, e.distribution) for e in entries)
    return {path: one for path, one in drawn_ones if one is not None and one.joint}


def _entries(cases: Iterable[LoadedScenario]) -> Iterable[LedgerEntry]:
    """Return the numbers of the scenario, and of every framework, each once."""
    by_path = {(e.path, e.value): e for case in cases for e in ledger(case).entries}
    return by_path.values()


def chosen_rows(held: int, effort: Effort) -> list[int]:
    """Return which rows of a file are taken: some of them, by lot, none twice."""
    lot = np.random.default_rng([effort.seed, held])
    return [int(row) for row in lot.permutation(held)[: effort.rows]]


def drawn(setter: Setter, effort: Effort) -> Floats:
    """Return draws of the assumptions between 0 and 1, a Latin hypercube.

    Where nothing can differ from one draw to the next, one is enough.
    """
    if not setter.varied:
        return np.zeros((1, 0))
    if effort.spread == 1.0 and all(one.way != "own" for one in setter.varied):
        return np.full((1, len(setter.varied)), 0.5)
    from scipy.stats import qmc

    lot = np.random.default_rng([effort.seed, 0])
    return np.asarray(qmc.LatinHypercube(len(setter.varied), rng=lot).random(effort.draws))


def complete(tables: Tables) -> tuple[np.ndarray[Any, Any], dict[str, dict[str, Floats]]]:
    """Return which draws are kept, and tables without failures.

    Draws of which many histories failed are left out, and of the rest every replication that failed
    anywhere, under all frameworks alike.
    """
    every: list[Flags] = [flags for held in tables.flags.values() for flags in held.values()]
    bad = np.logical_or.reduce([flags == FAILED for flags in every])
    kept = bad.mean(axis=(1, 2)) <= MOST_FAILED
    whole = ~bad[kept].any(axis=(0, 1))
    made = {
        name: {o: flags[kept][:, :, whole].astype(np.float64) for o, flags in held.items()}
        for name, held in tables.flags.items()
    }
    return kept, made


def _found(
    case: LoadedScenario,
    flags: Mapping[str, Mapping[str, Floats]],
    name: str,
    factors: Sequence[str],
    effort: Effort,
) -> Under:
    def split(table: Floats, what: str, least: float = 0.0) -> Crossed:
        return crossed(_shaped(table, factors, effort), factors, what, (least, 1.0))

    here, first = flags[name], OUTCOMES[0]
    outcomes = {o: split(here[o], o.replace("_", " ")) for o in OUTCOMES}
    against = None
    if name != REFERENCE and REFERENCE in flags:
        against = split(here[first] - flags[REFERENCE][first], "full attack less none", -1.0)
    same = fingerprint(plain_scenario(case.scenario), plain_framework(case.framework))
    return Under(case.digest, same, case.framework.title or name, outcomes, against, ())


def _shaped(table: Floats, factors: Sequence[str], effort: Effort) -> Floats:
    """Return a table (draws, rows, replications) with the ways there are.

    One draw stands for all of them where all are the same.
    """
    if ASSUMED in factors and len(table) == 1:
        table = np.repeat(table, effort.draws, axis=0)
    axes = [k for k, name in enumerate((ASSUMED, FITTED)) if name not in factors]
    return table.squeeze(axis=tuple(axes))


__all__ = [
    "DRAWS",
    "ROWS",
    "SPREAD",
    "Effort",
    "Measured",
    "N",
    "Under",
    "hold_faults",
    "joint_files",
    "measure",
]
