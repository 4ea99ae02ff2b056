"""The calibration that comes with the package, and how one is written to files.

``scenarios/posterior/default.csv`` holds the posterior's rows; scenarios draw from it. Beside the
code, ``calibrated/manifest.json`` says how it came about and holds the bite of each pattern,
``calibrated/patterns.json`` what the patterns gave at it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import proportion
from deter.errors import Fault, InputError
from deter.evidence.calibration.prior import Prior, bundled_prior
from deter.evidence.calibration.recipe import Effort, Posterior
from deter.evidence.patterns.book import DATA, Book, bundled
from deter.evidence.patterns.findings import passing
from deter.files import write_whole
from deter.spec import library
from deter.spec.drawn_rows import column_of
from deter.version import VERSION

Floats = NDArray[np.float64]
POSTERIOR, MANIFEST, PATTERNS = "posterior.csv", "manifest.json", "patterns.json"
CALIBRATED = DATA / "calibrated"


def posterior_file() -> Path:
    """Return the file of the bundled posterior."""
    return library.library_root() / "posterior" / "default.csv"


def posterior_text(found: Posterior, prior: Prior) -> str:
    """Return the posterior as CSV: rows of parameters, then numbers several parameters make up."""
    made = io.StringIO()
    made.write("# Posterior of the free parameters; rows are equally likely. Made by\n")
    made.write("# `deter calibrate`; see docs/evidence.md.\n")
    writer = csv.writer(made, lineterminator="\n")
    shared = summed_paths(prior)
    writer.writerow([*prior.names, *shared.values()])
    for row in found.rows:
        values = prior.values(row)
        more = [values[path] for path in shared]
        writer.writerow([f"{x:.6g}" for x in (*row, *more)])
    return made.getvalue()


def summed_paths(prior: Prior) -> dict[str, str]:
    """Return the paths that several parameters set together, with the names of their columns."""
    paths = [path for p in prior.parameters for path in p.sets]
    names = {path for path in paths if paths.count(path) > 1}
    return {path: path.replace(".", "_") for path in prior.paths if path in names}


def read_posterior(path: Path | None = None) -> Floats:
    """Return the rows of a posterior, parameters in the order of the prior.

    Raises
    ------
    InputError
        If a parameter has no column, or there are no numbers in it.
    """
    place = str(path or posterior_file())
    columns, faults = [], []
    for name in bundled_prior().names:
        try:
            columns.append(column_of(place, name))
        except ValueError as error:
            faults.append(Fault(place, 0, name, str(error)))
    if faults:
        raise InputError(tuple(faults))
    return np.column_stack(columns)


def manifest_of(found: Posterior, effort: Effort, seed: int) -> dict[str, Any]:
    """Return how a posterior came about: what was fitted, how much was simulated, how well."""
    book, prior = bundled(), bundled_prior()
    fitted = sorted({name.split(".")[0] for name in found.aim.names}, key=_number)
    text = posterior_text(found, prior)
    return {
        "method": "Markov chains on an emulator that learnt from simulated draws, round by round",
        "deter": VERSION,
        "seed": seed,
        "effort": asdict(effort),
        "histories": found.simulations,
        "draws": {
            "prior": len(found.prior.points),
            "guided": effort.rounds * effort.guided_draws,
        },
        "rows": len(found.rows),
        "effective_sample_size": round(found.chains.effective, 1),
        "memory_of_the_start": round(found.chains.memory, 3),
        "accepted": round(found.chains.accepted, 3),
        "fitted": fitted,
        "out_of_fit": [p.id for p in book.patterns if p.id not in fitted],
        "posterior_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "emulator": {
            name: round(float(share), 3)
            for name, share in zip(found.aim.names, found.emulator.explained, strict=True)
        },
        "bite": bite_of(found, book),
        "outcomes": outcomes_of(found, prior),
        "parameters": {name: _narrowed(found, j) for j, name in enumerate(prior.names)},
    }


def _number(identity: str) -> int:
    return int(identity[1:])


def bite_of(found: Posterior, book: Book) -> dict[str, dict[str, float | None]]:
    """Return the share of prior draws that pass each pattern, with its interval."""
    return {p.id: proportion(passing(p, found.prior.sums)).as_dict() for p in book.patterns}


def outcomes_of(found: Posterior, prior: Prior) -> dict[str, Any]:
    """Return what was believed of outcomes, and what draws of the prior and the last round gave."""
    told = {}
    for outcome in prior.outcomes:
        before, after = (np.ravel(outcome.measure(d.sums)) for d in (found.prior, found.guided[-1]))
        told[outcome.name] = {
            "title": outcome.title,
            "range": [outcome.low, outcome.high],
            "prior_within": float(((before >= outcome.low) & (before <= outcome.high)).mean()),
            "guided_within": float(((after >= outcome.low) & (after <= outcome.high)).mean()),
            "guided": [float(f"{x:.4g}") for x in np.nanquantile(after, [0.025, 0.5, 0.975])],
        }
    return told


def _narrowed(found: Posterior, j: int) -> dict[str, Any]:
    """Return a parameter's prior and posterior middle and 95 % interval, and how it narrowed."""
    before, after = found.prior.points[:, j], found.rows[:, j]
    was, now = (np.quantile(x, [0.025, 0.5, 0.975]) for x in (before, after))
    return {
        "prior": [float(f"{x:.4g}") for x in was],
        "posterior": [float(f"{x:.4g}") for x in now],
        "sd_ratio": round(float(after.std() / before.std()), 2),
    }


def read_manifest(folder: Path | None = None) -> dict[str, Any] | None:
    """Return the manifest of a calibration, the bundled one by default; None if there is none."""
    path = (folder or CALIBRATED) / MANIFEST
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def write_calibration(found: Posterior, effort: Effort, seed: int, folder: Path) -> None:
    """Write posterior and manifest of a calibration into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / POSTERIOR, posterior_text(found, bundled_prior()).encode())
    write_json(manifest_of(found, effort, seed), folder / MANIFEST)


def write_json(document: Mapping[str, Any], path: Path) -> None:
    """Write plain data as JSON; what is not finite as null."""
    text = json.dumps(finite(document), indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, f"{text}\n".encode())


def finite(value: Any) -> Any:
    """Return plain data in which nothing is NaN or infinite."""
    if isinstance(value, Mapping):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
