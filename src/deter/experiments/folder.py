"""The results folder of a sweep: what it is made of, and whether a sweep may go on in it.

``manifest.json`` says how the rows came about, ``base.json`` holds the scenario and the frameworks
in full, ``cases.parquet`` what each case sets, ``parts/`` the rows. A sweep goes on in a folder
only if what it would add belongs to what is there: the same scenario, the same luck, the same
model; what differs is named.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from deter.errors import OutputError
from deter.experiments.columns import describe_columns
from deter.experiments.parts import PARTS, part_files
from deter.experiments.store import CONDITION, MADE_BY, PLOTS
from deter.files import DRAFT, cannot_write, reason, write_whole

MANIFEST, BASE, CASES, POINTS, README = (
    "manifest.json",
    "base.json",
    "cases.parquet",
    "points.parquet",
    "README.md",
)
LOCK = ".lock"
KIND = "sweep"
FORMAT = 1
OURS = frozenset({MANIFEST, BASE, CASES, POINTS, README, LOCK, PARTS, PLOTS})


@dataclass
class Contents:
    """What stands in a folder beside the rows.

    Attributes
    ----------
    manifest : dict
        How the rows come about.
    base : dict
        Scenario and frameworks in full.
    cases : DataFrame
        What each case sets.
    points : DataFrame or None
        Points of a sampled design in the unit cube.
    """

    manifest: dict[str, Any]
    base: dict[str, Any]
    cases: pd.DataFrame
    points: pd.DataFrame | None = None
    described: list[tuple[str, str, str]] = field(default_factory=list)


@cache
def model_digest() -> str:
    """Return a digest of the model's code: rows of two models do not belong in one table."""
    package = Path(__file__).resolve().parents[1]
    whole = hashlib.sha256()
    for room in ("engine", "theory"):
        for path in sorted((package / room).rglob("*.py")):
            whole.update(path.relative_to(package).as_posix().encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def is_sweep(place: Path) -> bool:
    """Tell whether a folder holds a sweep of ours."""
    document = _read_json(place / MANIFEST)
    return (
        isinstance(document, dict)
        and document.get("made_by") == MADE_BY
        and document.get("kind") == KIND
    )


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def open_place(folder: str | Path, *, resume: bool) -> tuple[Path, bool]:
    """Return the place of results and whether a sweep is there to go on with.

    Raises
    ------
    OutputError
        If something else is there, or a sweep that was not asked for.
    """
    shown = str(folder)
    try:
        place = Path(os.path.realpath(folder))
        if place.exists() and not place.is_dir():
            raise OutputError(f"{shown}: is a file; name a folder for the results")
        names = {path.name for path in place.iterdir()} if place.exists() else set()
    except (OSError, ValueError) as error:
        raise OutputError(f"{shown}: cannot be used: {reason(error)}") from None
    if is_sweep(place):
        if not resume:
            raise OutputError(
                f"{shown}: holds a sweep already; go on with it with --resume, or name another "
                "folder"
            )
        return place, True
    strange = sorted(n for n in names - OURS if not n.startswith(DRAFT))
    rows = part_files(place / PARTS) if PARTS in names else []
    if strange or rows:
        what = ", ".join(strange[:5]) or "parts without a manifest"
        raise OutputError(
            f"{shown}: holds files that are not of a sweep ({what}); name another folder"
        )
    return place, False


def create(place: Path, contents: Contents) -> None:
    """Make a folder; its manifest comes last, and with it it counts as a sweep."""
    try:
        (place / PARTS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(cannot_write(place, error)) from None
    write_contents(place, contents)


def write_contents(place: Path, contents: Contents) -> None:
    """Write all but the rows."""
    write_json(place / BASE, contents.base)
    write_whole(place / CASES, _table_bytes(contents.cases))
    if contents.points is not None:
        write_whole(place / POINTS, _table_bytes(contents.points))
    write_whole(place / README, readme(contents).encode())
    write_json(place / MANIFEST, contents.manifest)


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document that is whole or not there."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    write_whole(path, (text + "\n").encode())


def _table_bytes(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table = pa.Table.from_pandas(frame.reset_index(), preserve_index=False)
    pq.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
    return buffer.getvalue()


def read_contents(place: Path) -> Contents:
    """Read all but the rows.

    Raises
    ------
    OutputError
        If the folder is no sweep, or damaged.
    """
    if not is_sweep(place):
        if not place.exists():
            raise OutputError(f"{place}: there is no such folder; name one that deter sweep wrote")
        raise OutputError(f"{place}: is no results folder of a sweep; {_instead(place)}")
    base = _read_json(place / BASE)
    if not isinstance(base, dict):
        raise OutputError(f"{place / BASE}: cannot be read; the folder is damaged")
    manifest = json.loads((place / MANIFEST).read_text("utf-8"))
    points = read_frame(place / POINTS) if (place / POINTS).exists() else None
    return Contents(manifest, base, read_frame(place / CASES).set_index("case"), points)


def _instead(place: Path) -> str:
    """Return what a folder holds in place of a sweep, and what to name."""
    name = "name the folder that deter sweep wrote"
    document = _read_json(place / MANIFEST)
    if isinstance(document, dict) and document.get("made_by") == MADE_BY:
        return f"it holds a run or a comparison; {name}"
    damaged = f"its {MANIFEST} cannot be read; " if (place / MANIFEST).exists() else ""
    return f"{damaged}{name}"


def read_frame(path: Path) -> pd.DataFrame:
    """Read a small Parquet file."""
    try:
        frame: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{path}: cannot be read: {str(error).splitlines()[0]}") from None
    return frame


@contextlib.contextmanager
def locked(place: Path) -> Iterator[None]:
    """Hold a folder, so that no two sweeps write to it at a time; a crash lets go of it.

    Raises
    ------
    OutputError
        If another sweep holds it.
    """
    try:
        import fcntl
    except ImportError:  # a system without such locks
        yield
        return
    file: IO[bytes]
    try:
        file = (place / LOCK).open("ab")
    except OSError as error:
        raise OutputError(cannot_write(place / LOCK, error)) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"{place}: another sweep is at work there; wait for it, or name another folder"
            ) from None
        except OSError:  # a file system without locks
            yield
            return
        yield


# ---- the README


def readme(contents: Contents) -> str:
    """Return the text that explains the folder: every file, every column, its unit."""
    m = contents.manifest
    lines = [
        f"# {m['title']}",
        "",
        *([m["question"], ""] if m["question"] else []),
        f"{m['cases']:,} cases of the scenario {m['base']['name']} under "
        f"{len(m['frameworks'])} frameworks, seed {m['seed']}, design {m['design']['kind']}, "
        f"{_replications(m['replications'])} each. The same replication number met the same luck "
        "in every case and under every framework.",
        "",
        CONDITION,
        "",
        f"Made by `{m['command']}`.",
        "",
        "| file | what it is |",
        "| --- | --- |",
        f"| `{PARTS}/part-*.parquet` | one row for each case, framework and replication; parts are "
        "in no order |",
        f"| `{CASES}` | what each case sets |",
        *(
            [f"| `{POINTS}` | points of the design between 0 and 1, a column for each input |"]
            if contents.points is not None
            else []
        ),
        f"| `{MANIFEST}` | experiment, digests, versions, seed, design, what is finished |",
        f"| `{BASE}` | the scenario and the frameworks in full |",
        "",
        "Nothing of deter is needed to read it:",
        "",
        "```python",
        "import pandas as pd",
        f'rows = pd.read_parquet("{PARTS}").merge(pd.read_parquet("{CASES}"), on="case")',
        "```",
        "",
        "```r",
        "library(arrow); library(dplyr)",
        f'rows <- open_dataset("{PARTS}") |> left_join(read_parquet("{CASES}"), by = "case") |> '
        "collect()",
        "```",
        "",
        "```sql",
        f"SELECT * FROM '{PARTS}/*.parquet' JOIN '{CASES}' USING (\"case\");  -- DuckDB",
        "```",
        "",
        f"Columns of `{CASES}`:",
        "",
        "| column | unit | meaning |",
        "| --- | --- | --- |",
        "| `case` |  | number of the case |",
        *(f"| `{name}` | {unit} | {meaning} |" for name, unit, meaning in contents.described),
        "",
        f"Columns of `{PARTS}/part-*.parquet`:",
        "",
        "| column | unit | meaning |",
        "| --- | --- | --- |",
        "| `case` |  | number of the case |",
        *(f"| `{n}` | {c.unit} | {c.meaning} |" for n, c in describe_columns().items()),
        "",
    ]
    return "\n".join(lines)


def _replications(wanted: Mapping[str, Any]) -> str:
    if "n" in wanted:
        return f"{wanted['n']:,} replications"
    return (
        f"{wanted['min']:,} to {wanted['max']:,} replications, until {wanted['measure']} is known "
        f"to ±{wanted['half_width']:g},"
    )
