"""Records at addresses: how compiled code reads and writes what an engine holds.

A function compiled with Numba that takes forty arrays spends its time handing them on. Here it
takes one whole number, the address of a record of addresses, and reads the rest through readers
made below, which compile to a load and an addition, as a pointer to a struct does in C. The
arrays stay ordinary NumPy arrays, owned by Python and alive as long as :class:`Memory` is.

Nothing checks an index. What is read so is laid out by :mod:`deter.engine.layout` alone, and the
comparison of the two engines runs through every reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numba import carray, from_dtype  # type: ignore[attr-defined]
from numpy.typing import NDArray

from deter.theory.law import inner, intrinsic, types

WORD = 8
"""Bytes of an address, of an integer and of a float."""


def record_reader(dtype: np.dtype[Any]) -> Callable[[int, int], Any]:
    """Return a compiled reader ``(address, index) -> record`` of an array of records."""
    record = from_dtype(dtype)

    @intrinsic
    def at(_typing: Any, address: Any, index: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            step = builder.mul(args[1], context.get_constant(types.int64, dtype.itemsize))
            place = builder.add(args[0], step)
            return builder.inttoptr(place, context.get_value_type(record))

        return record(types.int64, types.int64), generate

    reader: Callable[[int, int], Any] = at
    return reader


def field_reader(holder: np.dtype[Any], name: str, dtype: np.dtype[Any]) -> Callable[..., Any]:
    """Return a compiled reader ``(holder's address, index) -> record``.

    Parameters
    ----------
    holder : dtype
        Of the record that holds the address of the array.
    name : str
        Its field with that address.
    dtype : dtype
        Of the array's records.
    """
    record = from_dtype(dtype)
    fields = holder.fields
    assert fields is not None
    offset = fields[name][1]

    @intrinsic
    def at(_typing: Any, address: Any, index: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            word = context.get_value_type(types.int64)
            held = builder.add(args[0], context.get_constant(types.int64, offset))
            base = builder.load(builder.inttoptr(held, word.as_pointer()))
            step = builder.mul(args[1], context.get_constant(types.int64, dtype.itemsize))
            return builder.inttoptr(builder.add(base, step), context.get_value_type(record))

        return record(types.int64, types.int64), generate

    reader: Callable[..., Any] = at
    return reader


@intrinsic
def _float_pointer(_typing: Any, address: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(types.int64), generate


@intrinsic
def _integer_pointer(_typing: Any, address: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.int64)(types.int64), generate


@intrinsic
def _small_pointer(_typing: Any, address: Any) -> Any:  # noqa: ARG001
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.int32)(types.int64), generate


@inner
def floats(address: int, n: int) -> Any:
    """Return the array of ``n`` floats at an address."""
    return carray(_float_pointer(address), (n,))


@inner
def integers(address: int, n: int) -> Any:
    """Return the array of ``n`` integers at an address."""
    return carray(_integer_pointer(address), (n,))


@inner
def load(address: int, index: int) -> float:
    """Return the float at a place of an array of floats."""
    return _float_pointer(address)[index]


@inner
def store(address: int, index: int, value: float) -> None:
    """Put a float in its place in an array of floats."""
    _float_pointer(address)[index] = value


@inner
def load_integer(address: int, index: int) -> int:
    """Return the integer at a place of an array of integers."""
    return _integer_pointer(address)[index]


@inner
def store_integer(address: int, index: int, value: int) -> None:
    """Put an integer in its place in an array of integers."""
    _integer_pointer(address)[index] = value


@inner
def count_at(address: int, index: int) -> None:
    """Add one to a place of an array of 32-bit integers."""
    _small_pointer(address)[index] += 1


@inner
def clear(address: int, words: int) -> None:
    """Fill words of memory with zeros."""
    for at in range(words):
        _integer_pointer(address)[at] = 0


class Memory:
    """A record of counts and addresses, and the arrays it points to, kept alive together.

    Parameters
    ----------
    dtype : dtype
        Of the record; all its fields are integers.
    arrays : mapping of str to array
        What the fields named so point to; contiguous.
    counts : mapping of str to int
        The other fields.
    """

    def __init__(
        self,
        dtype: np.dtype[Any],
        arrays: Mapping[str, NDArray[Any]],
        counts: Mapping[str, int],
    ) -> None:
        self.record = np.zeros(1, dtype=dtype)
        self.arrays: dict[str, NDArray[Any]] = {}
        for name, array in arrays.items():
            self.point(name, array)
        for name, count in counts.items():
            self.record[name] = count
        self.address = int(self.record.ctypes.data)

    def point(self, name: str, array: NDArray[Any]) -> None:
        """Let a field point to an array."""
        assert array.flags.c_contiguous, name
        self.arrays[name] = array
        self.record[name] = array.ctypes.data
