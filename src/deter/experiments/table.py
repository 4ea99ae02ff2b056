"""Rows as engines return them, made into tables that pandas, R and DuckDB read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from deter.engine.outcome import ROW, Block, words_of
from deter.experiments.columns import describe_columns

_RAW = np.dtype((np.void, ROW.itemsize))


def joined(blocks: Sequence[Block]) -> Block:
    """Return blocks of consecutive replications as one."""
    errors: dict[int, str] = {}
    for block in blocks:
        errors |= block.errors
    rows = np.zeros(sum(len(block.rows) for block in blocks), dtype=ROW)
    raw, at = rows.view(_RAW), 0  # as bytes: NumPy copies records field by field
    for block in blocks:
        raw[at : at + len(block.rows)] = np.ascontiguousarray(block.rows).view(_RAW)
        at += len(block.rows)
    return Block(rows, errors)


def tabulate(framework: str, block: Block, frameworks: Sequence[str]) -> pa.Table:
    """Return rows of one framework as an Arrow table; a failed row has its error and no numbers.

    Parameters
    ----------
    framework : str
        Whose rows they are.
    block : Block
        The rows as an engine returns them.
    frameworks : sequence of str
        All that stand in the same results, in their order.
    """
    rows, errors = block
    texts = [errors.get(int(r), "") for r in rows["replication"]] if errors else None
    return tabulated(framework, rows, texts, tuple(frameworks))


def tabulated(
    framework: str, rows: NDArray[Any], texts: Sequence[str] | None, names: tuple[str, ...]
) -> pa.Table:
    """Return records of one framework as an Arrow table, with the error of each or None."""
    failed = rows["status"] != 0
    none = failed if failed.any() else None
    arrays = []
    for field in schema_of(names):
        name = field.name
        if name == "framework":
            codes = np.full(len(rows), names.index(framework))
            arrays.append(_worded(codes, None, names, field.type))
        elif name == "error":
            arrays.append(pa.array(texts or [""] * len(rows), field.type))
        else:
            values, known = np.ascontiguousarray(rows[name]), words_of(name)
            mask = None if name in ("replication", "status") else none
            if known is None:
                arrays.append(pa.array(values, field.type, mask=mask))
            else:
                arrays.append(_worded(values, mask, known, field.type))
    return pa.Table.from_arrays(arrays, schema=schema_of(names))


def _worded(
    codes: NDArray[Any], mask: NDArray[np.bool_] | None, words: Sequence[str], kind: pa.DataType
) -> pa.DictionaryArray:
    """Return words from their positions."""
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(kind.index_type.to_pandas_dtype()), mask=mask),
        pa.array(words, kind.value_type),
    )


@lru_cache(maxsize=8)
def schema_of(frameworks: tuple[str, ...]) -> pa.Schema:
    """Return how rows are kept in Arrow and in Parquet, so that pandas knows their types again."""
    empty = {}
    for name, column in describe_columns().items():
        words = frameworks if name == "framework" else words_of(name)
        kind = column.dtype if words is None else pd.CategoricalDtype(list(words))
        empty[name] = pd.Series([], dtype=kind)
    schema = pa.Schema.from_pandas(pd.DataFrame(empty), preserve_index=False)
    place = schema.get_field_index("error")
    if pa.types.is_null(schema.field(place).type):  # pandas before 3 has no type for strings
        schema = schema.set(place, pa.field("error", pa.string()))
    return schema
