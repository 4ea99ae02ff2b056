"""The rows of a results folder, read again: a column of one framework at a time, from its file."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from deter.errors import OutputError
from deter.experiments.columns import describe_columns
from deter.experiments.rows import Part, Rows


@dataclass(frozen=True)
class Stretch:
    """Consecutive rows of one group of a file: which group, the first row in it, how many."""

    group: int
    start: int
    count: int


@dataclass(frozen=True)
class InStretches:
    """Rows of one framework in a file that holds several; nothing of it stays in memory.

    But the file's footer, where it is given: of a file of many groups, reading it takes far longer
    than reading a column.
    """

    path: Path
    stretches: tuple[Stretch, ...]
    footer: pq.FileMetaData | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return sum(one.count for one in self.stretches)

    def names(self) -> list[str]:  # noqa: D102
        footer = pq.read_metadata(self.path) if self.footer is None else self.footer
        return list(footer.schema.to_arrow_schema().names)

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:  # noqa: D102
        wanted = None if columns is None else list(columns)
        with told(self.path), pq.ParquetFile(self.path, metadata=self.footer) as file:
            if not self.stretches:
                empty = file.schema_arrow.empty_table()
                yield empty if wanted is None else empty.select(wanted)
            for one in self.stretches:
                piece = file.read_row_group(one.group, columns=wanted)
                yield piece.slice(one.start, one.count)


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Say which file it is that cannot be read."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        raise OutputError(
            f"{path}: cannot be read: {str(error).splitlines()[0]}; the folder is damaged, make it "
            "again with the command in its manifest"
        ) from None


def kept_rows(path: Path, frameworks: Sequence[str]) -> Rows:
    """Return the rows of a file by framework, without loading them.

    Parameters
    ----------
    path : Path
        A Parquet file of rows, each framework's in order of replication.
    frameworks : sequence of str
        Those that must be in it, in their order.

    Raises
    ------
    OutputError
        If it is not there, damaged, lacks a column, or holds other frameworks.
    """
    found: dict[str, list[Stretch]] = {name: [] for name in frameworks}
    with told(path), pq.ParquetFile(path) as file:
        _check_columns(path, file.schema_arrow.names)
        for group in range(file.num_row_groups):
            column = file.read_row_group(group, columns=["framework"]).column(0)
            for name, stretch in _stretches(group, column):
                if name not in found:
                    raise OutputError(
                        f"{path}: holds rows of {name!r}, which the manifest does not name; the "
                        "folder is damaged"
                    )
                found[name].append(stretch)
        footer = file.metadata
    parts: dict[str, Part] = {n: InStretches(path, tuple(h), footer) for n, h in found.items()}
    missing = [name for name, held in found.items() if not held]
    if missing:
        raise OutputError(f"{path}: has no rows of {', '.join(missing)}; the folder is damaged")
    return Rows(parts)


def _check_columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in describe_columns() if name not in names]
    if missing:
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        raise OutputError(
            f"{path}: lacks columns that this version of deter reads ({shown}); make the results "
            "again with the command in the manifest"
        )


def _stretches(group: int, column: pa.ChunkedArray) -> Iterator[tuple[str, Stretch]]:
    """Yield the runs of one framework in a group of rows."""
    start = 0
    for chunk in column.chunks:
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        words = coded.dictionary.to_pylist()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        turns = np.flatnonzero(np.diff(codes)) + 1
        edges = [0, *turns.tolist(), len(codes)] if len(codes) else [0]
        for first, last in itertools.pairwise(edges):
            code = int(codes[first])
            name = str(words[code]) if code >= 0 else "?"
            yield name, Stretch(group, start + first, last - first)
        start += len(codes)


__all__ = ["InStretches", "Stretch", "kept_rows"]
