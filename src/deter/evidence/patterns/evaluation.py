"""The patterns of the book, at the posterior or at the defaults: run, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from deter.evidence.calibration.bundle import read_manifest, read_posterior
from deter.evidence.calibration.draws import simulate
from deter.evidence.patterns.book import bundled
from deter.evidence.patterns.findings import (
    Finding,
    counted,
    findings,
    of_resampled,
    of_rows,
    populations,
)
from deter.evidence.patterns.running import Bench, redrawn

ROWS, HISTORIES, DEFAULT_HISTORIES = 64, 400, 4000
"""Rows of the posterior, histories of each world at a row; at the defaults."""

RESAMPLES = 400


@dataclass(frozen=True)
class Report:
    """What was found of the patterns, and how.

    Attributes
    ----------
    findings : tuple of Finding
        By pattern.
    populations : mapping
        Rates in the population of pairs, by how pacts are assigned.
    at : str
        ``posterior`` or ``defaults``.
    rows, n, seed : int
        Rows of the posterior (1 at the defaults), histories of a world at each, seed of all luck.
    """

    findings: tuple[Finding, ...]
    populations: Mapping[str, Any]
    at: str
    rows: int
    n: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "patterns": [found.as_dict() for found in self.findings],
            "counts": dict(counted(self.findings)),
            "populations": self.populations,
            "at": self.at,
            "rows": self.rows,
            "histories_of_a_world": self.n,
            "seed": self.seed,
        }


def at_defaults(n: int, seed: int) -> Report:
    """Measure the patterns at the scenarios' own numbers; intervals are of chance alone."""
    book = bundled()
    sums = redrawn(Bench(book).columns({}, n, seed), RESAMPLES, seed)
    interval = of_resampled(sums)
    found = findings(book, interval, None)
    return Report(_with_bite(found), populations(interval), "defaults", 1, n, seed)


def at_posterior(
    rows: int,
    n: int,
    seed: int,
    *,
    posterior: Path | None = None,
    folder: Path | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Measure the patterns at rows of a posterior; intervals carry what it leaves open.

    Parameters
    ----------
    rows, n : int
        Rows of the posterior, evenly taken; histories of each world at a row.
    seed : int
        Of all luck; another than that of the calibration, whose luck the posterior has met.
    posterior : Path, optional
        The bundled one where not given.
    folder : Path, optional
        Where finished parts are kept, so that a run that was stopped goes on.
    workers : int
        Processes.
    progress : callable, optional
        Called with rows done and asked for.
    """
    points = read_posterior(posterior)
    points = points[np.linspace(0, len(points) - 1, min(rows, len(points))).astype(int)]
    with TemporaryDirectory() as scratch:
        place = Path(scratch) if folder is None else folder
        drawn = simulate(points, place, n=n, seed=seed, workers=workers, progress=progress)
    interval = of_rows(drawn.sums, seed)
    found = findings(bundled(), interval, None, drawn.sums)
    return Report(_with_bite(found), populations(interval), "posterior", len(points), n, seed)


def _with_bite(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings with the bite that the bundled calibration measured."""
    manifest = read_manifest()
    if manifest is None:
        return found
    return tuple(_biting(finding, manifest["bite"]) for finding in found)


def _biting(finding: Finding, known: Mapping[str, Any]) -> Finding:
    bite = known.get(finding.pattern.id)
    if bite is None:
        return finding
    return replace(finding, bite=bite["estimate"], bite_interval=(bite["low"], bite["high"]))
