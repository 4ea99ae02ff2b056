"""Rows as they are read: a column of one framework at a time, from memory or from a file.

Ten million rows do not fit into memory, but a column of them does. What is read here is the same
whether the rows are in memory or in Parquet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

OK = "ok"
"""Status of a replication that ran to its end."""

ROW_GROUP = 16_384
"""Rows written to a file at a time: a few megabytes."""


class Part(Protocol):
    """The rows of one framework, in order of replication."""

    def __len__(self) -> int:
        """Return how many there are."""

    def names(self) -> list[str]:
        """Return their columns, in order."""

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield them in order, some columns or all."""


@dataclass(frozen=True)
class InMemory:
    """Rows of one framework that are in memory."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def names(self) -> list[str]:  # noqa: D102
        return list(self.table.column_names)

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:  # noqa: D102
        yield self.table if columns is None else self.table.select(list(columns))


@dataclass(frozen=True)
class InFile:
    """The first ``n`` rows of a Parquet file that holds one framework; its owner closes it."""

    file: pq.ParquetFile
    n: int
    owner: object

    def __len__(self) -> int:
        return self.n

    def names(self) -> list[str]:  # noqa: D102
        return list(self.file.schema_arrow.names)

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:  # noqa: D102
        if not self.n:
            empty = self.file.schema_arrow.empty_table()
            yield empty if columns is None else empty.select(list(columns))
        left = self.n
        for group in range(self.file.num_row_groups):
            if left <= 0:
                return
            piece = self.file.read_row_group(group, columns=columns).slice(0, left)
            left -= piece.num_rows
            yield piece


class Rows:
    """The rows of some frameworks, read a column of one framework at a time.

    Parameters
    ----------
    parts : mapping of str to Part
        Rows by framework, in order.
    """

    def __init__(self, parts: Mapping[str, Part]) -> None:
        self.parts = dict(parts)

    @staticmethod
    def of(table: Rows | pd.DataFrame) -> Rows:
        """Return a pandas table of rows, in any order, as such."""
        if isinstance(table, Rows):
            return table
        parts: dict[str, Part] = {}
        for name in table["framework"].unique():
            part = table[table["framework"] == name]
            if not part["replication"].is_monotonic_increasing:
                part = part.sort_values("replication")
            parts[str(name)] = InMemory(pa.Table.from_pandas(part, preserve_index=False))
        made = Rows(parts)
        made.frame = table
        return made

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Names of the frameworks, in order."""
        return tuple(self.parts)

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts.values())

    def columns(self) -> list[str]:
        """Return the names of the columns, in order."""
        return next(iter(self.parts.values())).names()

    def size(self, framework: str) -> int:
        """Return how many rows one framework has."""
        return len(self.parts[framework])

    def numbers(self, framework: str, column: str) -> NDArray[np.float64]:
        """Return a column of one framework as floats, NaN where a replication failed."""
        values = np.empty(self.size(framework), dtype=np.float64)
        self._fill(values, framework, column, _numbers)
        return values

    def replications(self, framework: str) -> NDArray[np.int64]:
        """Return the numbers of one framework's replications."""
        values = np.empty(self.size(framework), dtype=np.int64)
        self._fill(values, framework, "replication", _numbers)
        return values

    @cached_property
    def aligned(self) -> bool:
        """Whether every framework holds the same replications, in the same order."""
        first, *others = self.parts
        numbers = self.replications(first)
        return all(np.array_equal(numbers, self.replications(other)) for other in others)

    def says(self, framework: str, column: str, word: str) -> NDArray[np.bool_]:
        """Tell of each replication of one framework whether a column of words holds a word."""
        values = np.empty(self.size(framework), dtype=np.bool_)
        self._fill(values, framework, column, lambda chunk: _says(chunk, word))
        return values

    def _fill(
        self,
        values: NDArray[Any],
        framework: str,
        column: str,
        read: Callable[[pa.Array], NDArray[Any]],
    ) -> None:
        """Fill an array from the pieces of a column; the column is never there twice."""
        at = 0
        for piece in self.parts[framework].pieces([column]):
            for chunk in piece.column(0).chunks:
                values[at : at + len(chunk)] = read(chunk)
                at += len(chunk)

    @cached_property
    def failed(self) -> int:
        """How many replications failed, over all frameworks."""
        return sum(int(np.count_nonzero(~self.says(name, "status", OK))) for name in self.parts)

    @property
    def first_error(self) -> str:
        """What the first failed replication says; empty where none failed."""
        for piece in self._failures(["status", "error"]):
            return str(piece.column("error")[0].as_py())
        return ""

    def failures(self) -> pd.DataFrame:
        """Return the rows of replications that failed, with their errors."""
        found = list(self._failures(None)) if self.failed else []
        return _pandas(found) if found else self.frame.iloc[:0]

    def _failures(self, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        for piece in self.pieces(columns):
            failed = piece.filter(pc.not_equal(piece.column("status").cast(pa.string()), OK))
            if failed.num_rows:
                yield failed

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield all rows, framework by framework, in order of replication."""
        for part in self.parts.values():
            yield from part.pieces(columns)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows as a pandas table: a row for each framework and replication."""
        return _pandas(list(self.pieces()))

    def write(self, path: Path) -> None:
        """Write all rows to one Parquet file, a few thousand at a time."""
        schema = next(self.pieces()).schema
        with pq.ParquetWriter(path, schema) as writer:
            held: list[pa.Table] = []
            for piece in self.pieces():
                held.append(piece.cast(schema))
                if sum(table.num_rows for table in held) >= ROW_GROUP:
                    writer.write_table(pa.concat_tables(held))
                    held = []
            if held:
                writer.write_table(pa.concat_tables(held))


def _pandas(pieces: Sequence[pa.Table]) -> pd.DataFrame:
    frame: pd.DataFrame = pa.concat_tables(pieces).to_pandas()
    return frame


def _numbers(chunk: pa.Array) -> NDArray[Any]:
    filled = chunk.cast(pa.float64()).fill_null(np.nan) if chunk.null_count else chunk
    values: NDArray[Any] = filled.to_numpy(zero_copy_only=False)
    return values


def _says(chunk: pa.Array, word: str) -> NDArray[Any]:
    worded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
    known = worded.dictionary.to_pylist()
    codes: NDArray[Any] = worded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    hits: NDArray[Any] = codes == (known.index(word) if word in known else -2)
    return hits
