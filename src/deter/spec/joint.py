"""Joint samples: a file of rows drawn together, as a posterior, of which a case takes one."""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deter.spec import library
from deter.spec.hints import found, unknown
from deter.spec.quantities import NumberError

MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Joint:
    """Rows drawn together.

    Attributes
    ----------
    name : str
        The uncertainty's name; a column of the table of cases holds the row's number.
    file : str
        As the user named it.
    digest : str
        SHA-256 of the file.
    rows : int
        How many.
    values : mapping of str to tuple of float
        By column.
    """

    name: str
    file: str
    digest: str
    rows: int
    values: Mapping[str, tuple[float, ...]] = field(repr=False)


def read_joint(name: str, text: str, folder: Path, columns: Mapping[str, str]) -> Joint:
    """Read a joint sample.

    Parameters
    ----------
    name : str
        The uncertainty's.
    text : str
        Path of a CSV or Parquet file, from the experiment's folder, the working folder or the
        library. Lines of a CSV file that begin with # are left out.
    folder : Path
        The experiment's folder.
    columns : mapping of str to str
        The columns wanted, with the paths they set.

    Raises
    ------
    ValueError
        If it cannot be read, lacks a column, or holds what is no number.
    """
    places = (folder / text, Path(text), library.library_root() / text)
    path = next((p for p in places if library.is_file(p)), None)
    if path is None:
        raise ValueError(f"there is no file {found(text)}; name a CSV or Parquet file")
    try:
        table = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{found(text)} cannot be read: {error}") from None
    values = {column: _numbers(column, table, text) for column in columns}
    rows = min(len(column) for column in values.values())
    if not 2 <= rows <= MOST_ROWS:
        raise ValueError(f"{found(text)} has {rows} rows; a joint sample has 2 to {MOST_ROWS:,}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Joint(name, text, digest, rows, values)


def _csv(path: Path) -> dict[str, list[str | None]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        rows = list(reader)
        heads = reader.fieldnames or []
    return {head: [row.get(head) for row in rows] for head in heads}


def _parquet(path: Path) -> dict[str, list[object]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        raise OSError(str(error)) from None
    return {head: table.column(head).to_pylist() for head in table.column_names}


def _numbers(
    column: str, table: Mapping[str, list[object]] | Mapping[str, list[str | None]], text: str
) -> tuple[float, ...]:
    if column not in table:
        raise NumberError(f"{found(text)} has no such column: {unknown(column, table)}", column)
    numbers = []
    for index, raw in enumerate(table[column]):
        try:
            value = float(raw)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            value = math.nan
        if not math.isfinite(value):
            message = f"row {index + 1} of {found(text)} holds {found(raw)} there, and no number"
            raise NumberError(message, column)
        numbers.append(value)
    return tuple(numbers)
