"""Columns of a joint sample, as a posterior, that numbers of a scenario are drawn from together.

A history takes one row, and every number of the scenario that names the file takes its column of
that row: what goes together in the sample stays together.
"""

from __future__ import annotations

import csv
import math
from functools import lru_cache
from pathlib import Path

from deter.spec import library
from deter.spec.hints import found, unknown

SUFFIX = ".csv"
MOST_ROWS = 10_000


def column_of(text: str, column: str) -> tuple[float, ...]:
    """Return a column of a joint sample.

    Parameters
    ----------
    text : str
        The file, with or without ``.csv``: from the working folder, or else from the library.
    column : str
        Which column.

    Raises
    ------
    ValueError
        If there is no such file or column, or it holds what is no number.
    """
    path = _located(text)
    if path is None:
        raise ValueError(f"there is no file {found(text)}; name a CSV file, or one of the library")
    table = _columns(path, path.stat().st_mtime_ns)
    if column not in table:
        raise ValueError(f"{found(text)} has no such column: {unknown(column, table)}")
    numbers = table[column]
    if not 2 <= len(numbers) <= MOST_ROWS:
        raise ValueError(f"{found(text)} has {len(numbers)} rows; write 2 to {MOST_ROWS:,}")
    wrong = next((row for row, x in enumerate(numbers) if not math.isfinite(x)), None)
    if wrong is not None:
        raise ValueError(f"row {wrong + 1} of {found(text)} holds no number in column {column}")
    return numbers


def _located(text: str) -> Path | None:
    for place in (Path(text), library.library_root() / text):
        for path in (place, place.with_name(place.name + SUFFIX) if place.name else place):
            if library.is_file(path):
                return path
    return None


@lru_cache(maxsize=16)
def _columns(path: Path, _changed: int) -> dict[str, tuple[float, ...]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(line for line in file if not line.startswith("#"))
            rows = list(reader)
            heads = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{found(str(path.name))} cannot be read: {error}") from None
    return {head: tuple(_number(row.get(head)) for row in rows) for head in heads}


def _number(text: str | None) -> float:
    try:
        return float(text or "")
    except ValueError:
        return math.nan
