"""Columns of a joint sample, as a posterior, that numbers of a scenario are drawn from together.

A history takes one row, and every number of the scenario that names the file takes its column of
that row: what goes together in the sample stays together.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from deter.spec.hints import found
from deter.spec.sample_files import located, numbers_of, read_columns

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
    path = located(text)
    return _column(path, path.stat().st_mtime_ns, text, column)


@lru_cache(maxsize=1024)
def _column(path: Path, _changed: int, text: str, column: str) -> tuple[float, ...]:
    numbers = numbers_of(read_columns(path), column, text)
    if not 2 <= len(numbers) <= MOST_ROWS:
        raise ValueError(f"{found(text)} has {len(numbers)} rows; write 2 to {MOST_ROWS:,}")
    return numbers
