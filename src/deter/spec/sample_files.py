"""Files of rows drawn together, CSV or Parquet: where they are, and the numbers in them."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from deter.spec import library
from deter.spec.hints import found, unknown

SUFFIX = ".csv"
Table = Mapping[str, Sequence[object]]


def located(text: str, *folders: Path) -> Path:
    """Return where a file is: in one of some folders, the working folder or the library.

    Parameters
    ----------
    text : str
        The file as the user names it, with or without ``.csv``.
    folders : Path
        Where to look first.

    Raises
    ------
    ValueError
        If there is none.
    """
    for place in (
        *(folder / text for folder in folders),
        Path(text),
        library.library_root() / text,
    ):
        for path in (place, place.with_name(place.name + SUFFIX) if place.name else place):
            if library.is_file(path):
                return path
    raise ValueError(
        f"there is no file {found(text)}; name a CSV or Parquet file, or one of the library"
    )


def read_columns(path: Path) -> Table:
    """Return the columns of a file; lines of a CSV file that begin with # are left out.

    A file is read once as long as it does not change.

    Raises
    ------
    ValueError
        If it cannot be read.
    """
    return _columns(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _columns(path: Path, _changed: int) -> Table:
    try:
        return _parquet(path) if path.suffix == ".parquet" else _csv(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{found(path.name)} cannot be read: {error}") from None


def _csv(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        rows = list(reader)
        heads = reader.fieldnames or []
    return {head: [row.get(head) for row in rows] for head in heads}


def _parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        raise OSError(str(error)) from None
    return {head: table.column(head).to_pylist() for head in table.column_names}


def numbers_of(table: Table, column: str, text: str) -> tuple[float, ...]:
    """Return a column as numbers.

    Parameters
    ----------
    table : mapping of str to sequence
        As :func:`read_columns` returns it.
    column : str
        Which.
    text : str
        The file as the user names it, for words.

    Raises
    ------
    ValueError
        If there is no such column, or it holds what is no number.
    """
    if column not in table:
        raise ValueError(f"{found(text)} has no such column: {unknown(column, table)}")
    numbers = tuple(_number(raw) for raw in table[column])
    for index, number in enumerate(numbers):
        if not math.isfinite(number):
            raw = found(table[column][index])
            raise ValueError(
                f"row {index + 1} of {found(text)} holds {raw} in column {column}, and no number"
            )
    return numbers


def _number(raw: object) -> float:
    try:
        return float(raw)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return math.nan
