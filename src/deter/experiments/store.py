"""The results folder: rows, a manifest that says how they came about, and what each column is.

It is written beside its place and put there in one move, so that a folder is either whole or not
there. An earlier results folder is replaced only then; any other folder with something in it is
refused before anything runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from deter.errors import OutputError
from deter.experiments.columns import describe_columns
from deter.experiments.interrupts import uninterrupted
from deter.experiments.rows import Rows
from deter.files import beside, cannot_write, reason
from deter.version import VERSION

ROWS, MANIFEST, BASE, README = "rows.parquet", "manifest.json", "base.json", "README.md"
PLOTS = "plots"
"""Folder of pictures that ``deter plot`` makes beside results; it goes with them."""

MADE_BY = "deter"
FORMAT = 1
CONDITION = "Figures are conditional on the scenario's assumptions; they are not a forecast."
LIBRARIES = ("numpy", "numba", "scipy", "pandas", "pyarrow", "pydantic", "simpy")


@dataclass(frozen=True)
class Manifest:
    """How the rows of a results folder came about.

    Attributes
    ----------
    command : str
        What repeats it.
    scenario, path : str
        Name and file of the scenario.
    frameworks : dict of str to str
        Digest of the scenario under each framework.
    reference : str or None
        The framework others are compared with.
    overrides : tuple of str
        Values set on the command line.
    seed, asked, n : int
        Seed; replications asked for, and finished under every framework.
    interrupted : bool
        Whether it was stopped before its end.
    failures : int
        Replications that failed, over all frameworks.
    engine, workers : str
        Which engine ran them, and how many of what, as ``2 threads``.
    horizon_years : float
        Length of a history.
    started : str
        When, in UTC.
    seconds : float
        How long it took.
    notes : tuple of str
        What was left out of a framework, for the reader.
    """

    command: str
    scenario: str
    path: str
    frameworks: dict[str, str]
    reference: str | None
    overrides: tuple[str, ...]
    seed: int
    asked: int
    n: int
    interrupted: bool
    failures: int
    engine: str
    workers: str
    horizon_years: float
    started: str
    seconds: float
    notes: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def document(self, files: tuple[str, ...]) -> dict[str, Any]:
        """Return the manifest as it is written."""
        columns = {
            name: {"unit": column.unit, "meaning": column.meaning}
            for name, column in describe_columns().items()
        }
        return {
            "made_by": MADE_BY,
            "format": FORMAT,
            **{key: value for key, value in asdict(self).items() if key != "extra"},
            **self.extra,
            "condition": CONDITION,
            "versions": versions(),
            "files": list(files),
            "columns": columns,
        }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that results depend on."""
    found = {
        "deter": VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
    for library in LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            found[library] = "unknown"
    return found


def check_folder(folder: str | Path) -> Path:
    """Return where results will go, or say why they cannot go there.

    Parameters
    ----------
    folder : str or Path
        As the user named it. Nothing, an empty folder, or results of an earlier run may be there.

    Raises
    ------
    OutputError
        If anything else is there, or nothing can be written there.
    """
    try:
        place = Path(os.path.realpath(folder))
        _check_place(place, str(folder))
        _try_writing(place)
    except (OSError, ValueError) as error:
        raise OutputError(cannot_write(folder, error)) from None
    return place


def _check_place(place: Path, shown: str) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise OutputError(f"{shown}: is a file; name a folder for the results")
    if Path.cwd().is_relative_to(place):
        raise OutputError(f"{shown}: is the folder you are in; name one below it")
    names = {path.name for path in place.iterdir()}
    if not names:
        return
    ours = _files_of(place)
    if ours is None:
        raise OutputError(
            f"{shown}: holds files that are not results of deter; name another folder"
        )
    if names - ours - {PLOTS}:
        strange = ", ".join(sorted(names - ours - {PLOTS})[:5])
        raise OutputError(
            f"{shown}: holds earlier results and files beside them ({strange}), which would be "
            "lost; move them or name another folder"
        )


def _files_of(place: Path) -> set[str] | None:
    """Return the files an earlier run wrote to a folder, or None if it is not such a folder."""
    try:
        document = json.loads((place / MANIFEST).read_text("utf-8"))
        if document["made_by"] == MADE_BY:
            return set(document["files"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _try_writing(place: Path) -> None:
    """Make and remove a folder where the results will be made."""
    ancestor = place.parent
    while not ancestor.exists():
        ancestor = ancestor.parent
    probe = beside(ancestor / place.name)
    probe.mkdir()
    probe.rmdir()


def write_results(
    folder: Path,
    rows: Rows,
    manifest: Manifest,
    extras: Mapping[str, bytes],
    base: Mapping[str, Any] | None = None,
) -> None:
    """Write a results folder, whole or not at all.

    Parameters
    ----------
    folder : Path
        From :func:`check_folder`.
    rows : Rows
        Of all frameworks.
    manifest : Manifest
        How they came about.
    extras : mapping of str to bytes
        More files by name: pictures, a summary.
    base : mapping, optional
        Scenario, frameworks and ledger in full, so that the folder can be opened by itself.

    Raises
    ------
    OutputError
        If it cannot be written; nothing is left behind, and earlier results stay.

    Ctrl-C is heard when it is done: hours of histories are not lost to a second one.
    """
    made: list[Path] = []
    draft = beside(folder)
    held = dict(extras) if base is None else {BASE: _bytes(base), **extras}
    try:
        with uninterrupted():
            made = _make_parents(folder.parent)
            draft.mkdir()
            _fill(draft, rows, manifest, held)
            _put(draft, folder)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        for parent in reversed(made):
            with contextlib.suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            raise OutputError(cannot_write(folder, error)) from None
        raise


def add_files(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Add files to a results folder that has been written: a summary, pictures.

    Parameters
    ----------
    folder : Path
        As it was given to :func:`write_results`.
    manifest : Manifest
        That of the folder; it and the README name the files from then on.
    files : mapping of str to bytes
        By name.

    Raises
    ------
    OutputError
        If they cannot be written; the folder is then as it was.
    """
    written: list[Path] = []
    try:
        with uninterrupted():
            before = _files_of(folder) or set()
            extras = tuple(dict.fromkeys([*sorted(before - {ROWS, MANIFEST, README}), *files]))
            for name, content in files.items():
                written.append(folder / name)
                written[-1].write_bytes(content)
            _replace(folder / README, readme(manifest, extras).encode())
            document = manifest.document((ROWS, MANIFEST, README, *extras))
            _replace(folder / MANIFEST, _bytes(document))
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise OutputError(
            f"{folder}: {', '.join(files)} cannot be written: {reason(error)}; the rows are safe"
        ) from None


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew, whole or not at all."""
    draft = beside(path)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _make_parents(parent: Path) -> list[Path]:
    """Make what is missing above a folder, and return it, the highest first."""
    missing = [path for path in (parent, *parent.parents) if not path.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _fill(draft: Path, rows: Rows, manifest: Manifest, extras: Mapping[str, bytes]) -> None:
    files = (ROWS, MANIFEST, README, *extras)
    rows.write(draft / ROWS)
    document = manifest.document(files)
    (draft / MANIFEST).write_bytes(_bytes(document))
    (draft / README).write_text(readme(manifest, tuple(extras)), "utf-8")
    for name, content in extras.items():
        (draft / name).write_bytes(content)


def _bytes(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _put(draft: Path, folder: Path) -> None:
    """Move a finished folder to its place; what is there moves away first and back on failure."""
    if not folder.exists():
        draft.rename(folder)
        return
    old = beside(folder)
    folder.rename(old)
    try:
        draft.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def readme(manifest: Manifest, extras: tuple[str, ...] = ()) -> str:
    """Return the text that explains a results folder, with every column and its unit."""
    stopped = " (stopped before its end)" if manifest.interrupted else ""
    lines = [
        f"# {manifest.scenario}",
        "",
        f"{manifest.n} replications{stopped} of each of {len(manifest.frameworks)} frameworks, "
        f"seed {manifest.seed}, engine {manifest.engine} ({manifest.workers}), "
        f"{manifest.horizon_years:g} years each. "
        "The same replication number met the same luck under every framework.",
        "",
        CONDITION,
        "",
        f"Made by `{manifest.command}`.",
        "",
        "| file | what it is |",
        "| --- | --- |",
        f"| `{ROWS}` | one row for each framework and replication |",
        f"| `{MANIFEST}` | scenario, digests, versions, seed, command |",
        *(f"| `{name}` | {EXTRAS.get(name, '')} |" for name in extras),
        "",
        f"Columns of `{ROWS}`:",
        "",
        "| column | unit | meaning |",
        "| --- | --- | --- |",
        *(f"| `{n}` | {c.unit} | {c.meaning} |" for n, c in describe_columns().items()),
        "",
    ]
    return "\n".join(lines)


EXTRAS = {
    BASE: "the scenario, the frameworks and every number in force, in full",
    "summary.json": "estimates and differences with 95 % intervals, twins, groups",
    "comparison.png": "frameworks side by side: attacks, war, incidents",
    "peace.png": "share of histories without an attack over the years",
    "race.png": "when help comes, when the objective falls",
    "causes.png": "why attacks came, and why they were not stopped",
    "flow.png": "attacks deterred, provoked, delayed, hastened",
    "ladder.png": "how many histories reach each rung of escalation",
    "scores.json": "scores of historical episodes with intervals, and what was predicted of each",
    "calibration.png": "share attacked against risk predicted, as a picture",
}
"""What the other files of a results folder are."""


def read_results(
    folder: str | Path, columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows and the manifest of a results folder.

    Parameters
    ----------
    folder : str or Path
        Which.
    columns : sequence of str, optional
        Which columns to read; all where not given. Millions of rows do not fit whole.

    Raises
    ------
    OutputError
        If it is not one.
    """
    place = Path(folder)
    if _files_of(place) is None:
        raise OutputError(f"{folder}: is not a results folder of deter (no {MANIFEST} of its own)")
    manifest: dict[str, Any] = json.loads((place / MANIFEST).read_text("utf-8"))
    chosen = None if columns is None else list(columns)
    return pd.read_parquet(place / ROWS, columns=chosen), manifest
