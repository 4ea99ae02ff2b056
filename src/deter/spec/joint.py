"""Joint samples: a file of rows drawn together, as a posterior, of which a case takes one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deter.spec.hints import found
from deter.spec.quantities import NumberError
from deter.spec.sample_files import Table, located, numbers_of, read_columns

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
    path = located(text, folder)
    table = read_columns(path)
    values = {column: _numbers(table, column, text) for column in columns}
    rows = min(len(column) for column in values.values())
    if not 2 <= rows <= MOST_ROWS:
        raise ValueError(f"{found(text)} has {rows} rows; a joint sample has 2 to {MOST_ROWS:,}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Joint(name, text, digest, rows, values)


def _numbers(table: Table, column: str, text: str) -> tuple[float, ...]:
    try:
        return numbers_of(table, column, text)
    except ValueError as error:
        raise NumberError(str(error), column) from None
