"""The parts of a sweep's results: Parquet files that are whole or not there, never rewritten.

A part is written under another name, forced to the disk, and moved to its place; then the folder is
forced to the disk too. What is there after a crash is therefore what was finished, but for the
part in hand. Which replications are finished is read from the parts and nowhere else.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from deter.errors import OutputError
from deter.experiments.table import schema_of, tabulated
from deter.files import DRAFT, write_whole

if TYPE_CHECKING:
    from deter.experiments.work import Batch

PARTS = "parts"
PATTERN = "part-*.parquet"
PART_ROWS = 20_000
"""Rows after which a part is written."""

PART_SECONDS = 10.0
"""Seconds after which a part is written if anything is in hand: so much work a crash can lose."""

DIGEST_ROWS = 100_000
"""Rows that are sorted at a time for a digest."""


def part_schema(frameworks: tuple[str, ...]) -> pa.Schema:
    """Return the columns of a part: ``case``, then those of every results folder."""
    plain = schema_of(frameworks)
    return pa.schema([pa.field("case", pa.int32()), *plain.remove_metadata()])


def tabulate_batch(batch: Batch, frameworks: tuple[str, ...]) -> pa.Table:
    """Return the rows of a batch as a table."""
    span = batch.task.stop - batch.task.start
    cases = np.repeat(np.array(batch.task.cases, dtype=np.int32), span)
    texts = None
    if batch.errors:
        texts = [batch.errors.get(at, "") for at in range(len(batch.rows))]
    table = tabulated(batch.task.framework, batch.rows, texts, frameworks)
    arrays = [pa.array(cases), *(column.combine_chunks() for column in table.columns)]
    return pa.Table.from_arrays(arrays, schema=part_schema(frameworks))


def parquet_bytes(table: pa.Table) -> bytes:
    """Return a table as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


# ---- writing


class Writer:
    """Gathers batches and writes them as parts.

    Parameters
    ----------
    folder : Path
        Of the parts.
    frameworks : tuple of str
        All of the sweep, in order.
    rows : int
        Rows of a part.
    seconds : float
        Time after which a part is written in any case.
    """

    def __init__(
        self,
        folder: Path,
        frameworks: tuple[str, ...],
        rows: int = PART_ROWS,
        seconds: float = PART_SECONDS,
    ) -> None:
        self.folder, self.frameworks = folder, frameworks
        self.rows, self.seconds = rows, seconds
        self._tables: list[pa.Table] = []
        self._held = 0
        self._since = time.monotonic()
        for draft in folder.glob(f"{DRAFT}-*"):
            draft.unlink(missing_ok=True)
        self._next = 1 + max((number_of(path) for path in part_files(folder)), default=-1)

    def add(self, batch: Batch) -> bool:
        """Take a batch; return whether a part has been written."""
        if not self._tables:
            self._since = time.monotonic()
        self._tables.append(tabulate_batch(batch, self.frameworks))
        self._held += len(batch.rows)
        late = time.monotonic() - self._since >= self.seconds
        if self._held >= self.rows or late:
            self.flush()
            return True
        return False

    def flush(self) -> None:
        """Write what is in hand.

        Raises
        ------
        OutputError
            If it cannot be written; it is lost then, and will be run again.
        """
        if not self._tables:
            return
        table = pa.concat_tables(self._tables).combine_chunks()
        path = self.folder / f"part-{self._next:06d}.parquet"
        self._tables, self._held = [], 0
        write_whole(path, parquet_bytes(table))
        self._next += 1


# ---- reading


def part_files(folder: Path) -> list[Path]:
    """Return the parts of a folder, in order."""
    return sorted(folder.glob(PATTERN))


def number_of(path: Path) -> int:
    """Return the number of a part; -1 for a file of another name.

    Examples
    --------
    >>> number_of(Path("part-000012.parquet"))
    12
    """
    digits = path.stem.removeprefix("part-")
    return int(digits) if digits.isdigit() else -1


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a part, some columns or all.

    Raises
    ------
    OutputError
        If it is damaged.
    """
    try:
        return pq.ParquetFile(path).read(columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        reason = str(error).splitlines()[0][:200]
        raise OutputError(
            f"{path}: is damaged: {reason}; delete it and go on with --resume, which runs again "
            "what was in it"
        ) from None


def row_count(path: Path) -> int:
    """Return how many rows a part holds; 0 if it is damaged."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return 0


@dataclass
class Finished:
    """Which replications are finished.

    Attributes
    ----------
    done : dict of str to array
        By framework: of each case, how many replications from 0 on are there without a gap.
    gaps : list of tuple
        Framework, case, first replication, one past the last: what is missing between others.
    """

    done: dict[str, NDArray[np.int64]]
    gaps: list[tuple[str, int, int, int]]


def spans(folder: Path) -> Iterator[tuple[str, NDArray[np.int64], NDArray[np.int64]]]:
    """Yield framework, cases and replications of the rows of each part."""
    for path in part_files(folder):
        table = read_part(path, ["case", "framework", "replication"])
        words = table.column("framework").cast(pa.string())
        for name in pc.unique(words).to_pylist():
            mine = table.filter(pc.equal(words, name))
            yield (
                str(name),
                mine.column("case").to_numpy().astype(np.int64),
                mine.column("replication").to_numpy().astype(np.int64),
            )


def finished(folder: Path, frameworks: Sequence[str], cases: int) -> Finished:
    """Return which replications of which cases the parts hold.

    Raises
    ------
    OutputError
        If a part is damaged, or holds cases or frameworks that are not asked for, or rows twice.
    """
    counts = {name: np.zeros(cases, dtype=np.int64) for name in frameworks}
    last = {name: np.full(cases, -1, dtype=np.int64) for name in frameworks}
    sums = {name: np.zeros(cases, dtype=np.int64) for name in frameworks}
    for name, which, numbers in spans(folder):
        if name not in counts or (len(which) and int(which.max()) >= cases):
            raise OutputError(
                f"{folder}: holds rows of other cases or frameworks than the experiment's; they "
                "do not belong together"
            )
        np.add.at(counts[name], which, 1)
        np.add.at(sums[name], which, numbers)
        np.maximum.at(last[name], which, numbers)
    gaps: list[tuple[str, int, int, int]] = []
    holes = {
        (name, int(case))
        for name in frameworks
        for case in np.flatnonzero(
            (counts[name] != last[name] + 1)
            | (2 * sums[name] != last[name] * (last[name] + 1))  # some twice, as many not there
        )
    }
    if holes:
        gaps = _gaps(folder, holes)
    return Finished({name: last[name] + 1 for name in frameworks}, gaps)


def _gaps(folder: Path, holes: set[tuple[str, int]]) -> list[tuple[str, int, int, int]]:
    """Return what is missing of cases that do not add up, as after a part has been deleted."""
    there: dict[tuple[str, int], list[int]] = {hole: [] for hole in holes}
    for name, which, numbers in spans(folder):
        for case in np.unique(which):
            if (name, int(case)) in there:
                there[name, int(case)].extend(numbers[which == case].tolist())
    found: list[tuple[str, int, int, int]] = []
    for (name, case), numbers_there in sorted(there.items()):
        sorted_numbers = sorted(numbers_there)
        if len(set(sorted_numbers)) < len(sorted_numbers):
            raise OutputError(
                f"{folder}: holds rows of case {case} under {name} twice; was a part copied?"
            )
        expected = 0
        for number in sorted_numbers:
            if number > expected:
                found.append((name, case, expected, number))
            expected = number + 1
    return found


# ---- the digest


def table_digest(folder: str | Path) -> str:
    """Return the SHA-256 of all rows of a results folder of a sweep.

    Rows count in the order of case, framework (by name) and replication, and by their values: it
    does not show in which order, in how many parts or by whom they were written. Millions of rows
    are sorted some at a time.

    Parameters
    ----------
    folder : str or Path
        The results folder, or that of its parts.
    """
    place = Path(folder)
    parts = place / PARTS if (place / PARTS).is_dir() else place
    files = part_files(parts)
    hashes: dict[str, Any] = {}
    for table in _sorted_pieces(files):
        for name in table.column_names:
            _hash_column(hashes, name, table.column(name).combine_chunks())
    whole = hashlib.sha256()
    for name in sorted(hashes):
        whole.update(f"{name}:{hashes[name].hexdigest()}\n".encode())
    return whole.hexdigest()


def _sorted_pieces(files: Sequence[Path]) -> Iterator[pa.Table]:
    """Yield all rows in order, a range of cases at a time."""
    counts: dict[Path, NDArray[np.int64]] = {}
    for path in files:
        counts[path] = read_part(path, ["case"]).column("case").to_numpy().astype(np.int64)
    if not counts:
        return
    total = np.bincount(np.concatenate(list(counts.values())))
    low = 0
    while low < len(total):
        reached = np.cumsum(total[low:])
        high = low + max(1, int(np.searchsorted(reached, DIGEST_ROWS, side="right")))
        pieces = []
        for path, cases in counts.items():
            if len(cases) and cases.min() < high and cases.max() >= low:
                table = _plain_words(read_part(path))
                inside = (cases >= low) & (cases < high)
                pieces.append(table.filter(pa.array(inside)))
        if pieces:
            together = pa.concat_tables(pieces)
            keys = [(key, "ascending") for key in ("case", "framework", "replication")]
            yield together.take(pc.sort_indices(together, sort_keys=keys))
        low = high


def _plain_words(table: pa.Table) -> pa.Table:
    fields = [pa.field(f.name, pa.string() if _is_word(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


def _is_word(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_dictionary(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)
    )


def _hash_column(hashes: dict[str, Any], name: str, column: pa.Array) -> None:
    """Add a piece of a column to its digest: which are missing, and the values, word by word."""
    missing = column.is_null().to_numpy(zero_copy_only=False)
    hashes.setdefault(f"{name}?", hashlib.sha256()).update(missing.tobytes())
    values = hashes.setdefault(f"{name}=", hashlib.sha256())
    if _is_word(column.type):
        texts = column.fill_null("")
        lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype("<i8")
        hashes.setdefault(f"{name}#", hashlib.sha256()).update(lengths.tobytes())
        values.update("".join(texts.to_pylist()).encode())
    else:
        kind = "<f8" if pa.types.is_floating(column.type) else "<i8"
        values.update(column.fill_null(0).to_numpy(zero_copy_only=False).astype(kind).tobytes())
