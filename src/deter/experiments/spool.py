"""Where rows go while a run is under way: into memory, or into files if they are too many.

The files are temporary and have no name: the system removes them when the program ends, however
it ends. There is one for each framework, in order of replication.
"""

from __future__ import annotations

import contextlib
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import IO, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from deter.engine.outcome import Block
from deter.errors import OutputError
from deter.experiments.rows import ROW_GROUP, InFile, InMemory, Part, Rows
from deter.experiments.table import joined, schema_of, tabulate
from deter.files import reason

MOST_IN_MEMORY = 250_000
"""Rows up to which a run keeps them in memory: some 250 MB as a table."""


class Store(Protocol):
    """Takes the rows of each framework, block by block in order of replication."""

    def add(self, framework: str, block: Block) -> None:
        """Take the rows that come next."""

    def finish(self, n: int) -> Rows:
        """Return the first ``n`` rows of every framework."""


def store_for(frameworks: Sequence[str], n: int) -> Store:
    """Return where ``n`` rows of each framework go."""
    few = n * len(frameworks) <= MOST_IN_MEMORY
    return Memory(frameworks) if few else Spool(frameworks)


class Memory:
    """Keeps rows in memory."""

    def __init__(self, frameworks: Sequence[str]) -> None:
        self._blocks: dict[str, list[Block]] = {name: [] for name in frameworks}

    def add(self, framework: str, block: Block) -> None:  # noqa: D102
        self._blocks[framework].append(block)

    def finish(self, n: int) -> Rows:  # noqa: D102
        names = tuple(self._blocks)
        parts: dict[str, Part] = {}
        for name in names:
            block = joined(self._blocks.pop(name))
            parts[name] = InMemory(tabulate(name, block, names).slice(0, n))
        return Rows(parts)


class _Unnamed:
    """A temporary Parquet file without a name, gone when nobody holds it any more."""

    def __init__(self, schema: pa.Schema) -> None:
        file = tempfile.TemporaryFile()  # noqa: SIM115  see the finalizer
        self._file: IO[bytes] = file
        self._writer = pq.ParquetWriter(file, schema)
        weakref.finalize(self, _abandon, self._writer, file)

    def write(self, table: pa.Table) -> None:
        """Add a group of rows."""
        self._writer.write_table(table, row_group_size=ROW_GROUP)

    def read(self) -> pq.ParquetFile:
        """Return it to be read; nothing can be added any more."""
        self._writer.close()
        self._file.flush()
        return pq.ParquetFile(self._file)


def _abandon(writer: pq.ParquetWriter, file: IO[bytes]) -> None:
    """Close a file without ado: what was not written, on a full disk say, is not missed."""
    writer.is_open = False
    with contextlib.suppress(OSError):
        file.close()


class Spool:
    """Keeps rows in temporary Parquet files, in groups of a fixed size."""

    def __init__(self, frameworks: Sequence[str]) -> None:
        self._names = tuple(frameworks)
        self._waiting: dict[str, list[Block]] = {name: [] for name in frameworks}
        with _told():
            self._files = {name: _Unnamed(schema_of(self._names)) for name in frameworks}

    def add(self, framework: str, block: Block) -> None:  # noqa: D102
        waiting = self._waiting[framework]
        waiting.append(block)
        if sum(len(b.rows) for b in waiting) >= ROW_GROUP:
            whole = joined(waiting)
            full = len(whole.rows) - len(whole.rows) % ROW_GROUP
            self._write(framework, Block(whole.rows[:full], whole.errors))
            rest = whole.rows[full:].copy()
            first = rest["replication"][0] if len(rest) else 0
            late = {r: text for r, text in whole.errors.items() if len(rest) and r >= first}
            self._waiting[framework] = [Block(rest, late)]

    def _write(self, framework: str, block: Block) -> None:
        if len(block.rows):
            table = tabulate(framework, block, self._names)
            with _told():
                self._files[framework].write(table)

    def finish(self, n: int) -> Rows:  # noqa: D102
        parts: dict[str, Part] = {}
        for name in self._names:
            self._write(name, joined(self._waiting.pop(name)))
            with _told():
                parts[name] = InFile(self._files[name].read(), n, self._files[name])
        return Rows(parts)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say what is wrong where a temporary file cannot be written."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{tempfile.gettempdir()}: more rows than fit in memory go to temporary files there, "
            f"and they cannot be written: {reason(error)}; set TMPDIR to a folder with "
            "room (some 100 bytes a row), or ask for fewer replications with -n"
        ) from None
