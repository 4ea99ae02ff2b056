"""Draws of the parameters, and sums over their histories: simulated once, kept in parts.

A draw is simulated at its own replications, so that draws do not share their luck; within a draw
all worlds do. A part is a Parquet file that is written whole or not at all; what is there is not
run again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from deter.evidence.calibration.prior import Prior, bundled_prior
from deter.evidence.patterns.book import Book, bundled
from deter.evidence.patterns.running import Bench, summed
from deter.experiments.pools import pool_of, spread
from deter.version import VERSION

Floats = NDArray[np.float64]
PART = 8
"""Draws of a part: a few seconds of work, so that little is lost."""


RUN = "run"
"""Key of what a part is of, in its metadata."""

SUMS = "sums"
"""Column of a part that holds the sums, end to end; their names are in its metadata."""


@dataclass(frozen=True)
class Draws:
    """Draws that were simulated.

    Attributes
    ----------
    names : tuple of str
        Of the parameters.
    points : array, shape (draws, parameters)
        The parameters.
    sums : dict of str to array
        Sums over the histories of each draw, by world and column.
    """

    names: tuple[str, ...]
    points: Floats
    sums: dict[str, Floats]


@dataclass(frozen=True)
class Batch:
    """Draws to be simulated.

    Attributes
    ----------
    number : int
        Of the part.
    points : array
        Parameters, one draw a row.
    first : int
        Number of the first draw, which is the address of its luck.
    n : int
        Histories of each world.
    seed : int
        Of all luck.
    """

    number: int
    points: Floats
    first: int
    n: int
    seed: int

    @property
    def run(self) -> str:
        """What a part must be of to be kept: version, worlds, and where its luck is from."""
        return f"deter {VERSION} {_digest()} n={self.n} seed={self.seed} first={self.first}"


@cache
def _digest() -> str:
    """Return a digest of the worlds that are simulated, and of what parameters set in them."""
    sets = [(parameter.name, dict(parameter.sets)) for parameter in bundled_prior().parameters]
    return hashlib.sha256(repr((bundled().worlds, sets)).encode()).hexdigest()[:12]


_benches: dict[int, tuple[Bench, Prior, Book]] = {}


def _bench() -> tuple[Bench, Prior, Book]:
    """Return the worlds in memory; a process makes them once."""
    key = os.getpid()
    if key not in _benches:
        prior, book = bundled_prior(), bundled()
        _benches[key] = Bench(book, prior.paths), prior, book
    return _benches[key]


def simulated(batch: Batch) -> pa.Table:
    """Return parameters and sums of the draws of a part; measures are made of sums later."""
    bench, prior, _ = _bench()
    columns: dict[str, list[Any]] = {name: [] for name in ("draw", *prior.names, SUMS)}
    shapes: dict[str, int] = {}
    for at, point in enumerate(batch.points):
        draw = batch.first + at
        found = bench.columns(prior.values(point), batch.n, batch.seed, start=draw * batch.n)
        sums = {name: np.ravel(value) for name, value in summed(found).items()}
        shapes = {name: len(value) for name, value in sums.items()}
        columns["draw"].append(draw)
        columns[SUMS].append(np.concatenate(list(sums.values())))
        for name, value in zip(prior.names, point, strict=True):
            columns[name].append(float(value))
    told = {SUMS: json.dumps(shapes), RUN: batch.run}
    return pa.table(columns).replace_schema_metadata(told)


def simulate(
    points: Floats,
    folder: Path,
    *,
    n: int,
    seed: int,
    first: int = 0,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Draws:
    """Simulate draws, those that are not in the folder already; return all.

    Parameters
    ----------
    points : array, shape (draws, parameters)
        The draws.
    folder : Path
        Where parts are kept; made if it is not there.
    n, seed, first : int
        Histories of each world; the seed of all luck; the number of the first draw.
    workers : int
        Processes.
    progress : callable, optional
        Called with draws done and asked for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    batches = list(_missing(points, folder, n, seed, first))
    left = sum(len(batch.points) for batch in batches)
    done = [len(points) - left]

    def keep(batch: Batch, found: pa.Table) -> None:
        _write(found, folder / f"part-{batch.number:05d}.parquet")
        done[0] += len(batch.points)
        if progress is not None:
            progress(done[0], len(points))

    waiting = iter(batches)
    with pool_of(min(workers, max(1, len(batches))), threads=False) as pool:
        spread(
            lambda: next(waiting, None),
            lambda batch: pool.submit(simulated, batch),
            keep,
            ahead=max(1, workers),
            advice="perhaps memory ran out: try again with --workers 1",
        )
    _leave_only(folder, -(-len(points) // PART))
    return read_draws(folder)


def _leave_only(folder: Path, parts: int) -> None:
    """Take away parts of a longer run that was here before."""
    for path in sorted(folder.glob("part-*.parquet"))[parts:]:
        path.unlink()


def _missing(points: Floats, folder: Path, n: int, seed: int, first: int) -> Iterator[Batch]:
    for number, start in enumerate(range(0, len(points), PART)):
        part = folder / f"part-{number:05d}.parquet"
        chunk = points[start : start + PART]
        batch = Batch(number, chunk, first + start, n, seed)
        if not (part.exists() and _same(part, batch)):
            yield batch


def _same(part: Path, batch: Batch) -> bool:
    """Tell whether a part holds these draws of this run."""
    try:
        table = pq.read_table(part)
    except (OSError, pa.ArrowException):
        return False
    if (table.schema.metadata or {}).get(RUN.encode()) != batch.run.encode():
        return False
    names = table.column_names[1 : 1 + batch.points.shape[1]]
    held = np.column_stack([table.column(name).to_numpy() for name in names])
    return held.shape == batch.points.shape and bool(np.allclose(held, batch.points, rtol=1e-12))


def _write(table: pa.Table, path: Path) -> None:
    """Write a part whole or not at all."""
    new = path.with_suffix(".new")
    pq.write_table(table, new)
    new.replace(path)


def read_draws(folder: Path) -> Draws:
    """Return all draws in a folder, in order."""
    parts: list[Any] = [pq.read_table(path) for path in sorted(folder.glob("part-*.parquet"))]
    table = pa.concat_tables(parts)
    names = [name for name in table.column_names if name not in ("draw", SUMS)]
    points = np.column_stack([table.column(name).to_numpy() for name in names])
    flat = np.stack(table.column(SUMS).to_numpy())
    sums, at = {}, 0
    for name, size in json.loads(table.schema.metadata[SUMS.encode()]).items():
        sums[name] = flat[:, at] if size == 1 else flat[:, at : at + size]
        at += size
    return Draws(tuple(names), points, sums)
