"""Records at addresses: how compiled code reads and writes what an engine holds.

A function compiled with Numba that takes forty arrays spends its time handing them on. Here it
takes one whole number, the address of a record of addresses, and reads the rest through readers
made below, which compile to a load and an addition, as a pointer to a struct does in C. The
arrays stay ordinary NumPy arrays, owned by Python and alive as long as :class:`Memory` is.

Nothing checks an index. What is read so is laid out by :mod:`deter.engine.layout` alone, and the
comparison of the two engines runs through every reader.

For all a compiler knows, any store may change any number in memory, so that it reads all of them
anew after each. What a history never changes (addresses, and the game once it is drawn) is
therefore read by *settled* readers, of which the compiler is told that what they read may be
remembered. Whoever does change such a number hands on :func:`anew` of the address afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from llvmlite import ir
from numba import carray, from_dtype  # type: ignore[attr-defined]
from numba.core.datamodel.models import RecordModel
from numba.core.imputils import lower_getattr_generic
from numba.extending import register_model
from numba.np.arrayobj import record_getattr
from numpy.typing import NDArray

from deter.theory.law import inner, intrinsic, types

WORD = 8
"""Bytes of an address, of an integer and of a float."""


class Settled(types.Record):  # type: ignore[misc]
    """A record whose numbers do not change while anybody reads them."""

    def __init__(self, record: Any) -> None:
        names = "type", "offset", "alignment"
        fields = [(n, {k: getattr(f, k) for k in names}) for n, f in record.fields.items()]
        super().__init__(fields, record.size, record.aligned)
        self.name = f"Settled({record.name})"


register_model(Settled)(RecordModel)


def _load(builder: Any, pointer: Any) -> Any:
    """Read a number that does not change."""
    loaded = builder.load(pointer)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@lower_getattr_generic(Settled)  # type: ignore[no-untyped-call,untyped-decorator]
def _settled_number(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    kind = typ.typeof(attr)
    if kind not in (types.int64, types.float64):
        return record_getattr(context, builder, typ, value, attr)
    place = builder.bitcast(value, ir.IntType(8).as_pointer())
    place = builder.gep(place, [ir.Constant(ir.IntType(64), typ.offset(attr))])
    return _load(builder, builder.bitcast(place, context.get_value_type(kind).as_pointer()))


@intrinsic
def anew(_typing: Any, address: Any) -> Any:  # noqa: ARG001
    """Return an address under which nothing is remembered of what settled readers read before."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        word = context.get_value_type(types.int64)
        nothing = ir.FunctionType(word, [word])
        asm = ir.InlineAsm(nothing, "", "=r,0,~{memory}", side_effect=True)
        return builder.call(asm, args)

    return types.int64(types.int64), generate


def _type_of(dtype: np.dtype[Any], settled: bool) -> Any:
    record = from_dtype(dtype)
    return Settled(record) if settled else record


def record_reader(dtype: np.dtype[Any], settled: bool = False) -> Callable[[int, int], Any]:
    """Return a compiled reader ``(address, index) -> record`` of an array of records.

    Parameters
    ----------
    dtype : dtype
        Of the records.
    settled : bool
        Whether their numbers do not change during a history.
    """
    record = _type_of(dtype, settled)

    @intrinsic
    def at(_typing: Any, address: Any, index: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            step = builder.mul(args[1], context.get_constant(types.int64, dtype.itemsize))
            place = builder.add(args[0], step)
            return builder.inttoptr(place, context.get_value_type(record))

        return record(types.int64, types.int64), generate

    reader: Callable[[int, int], Any] = at
    return reader


def field_reader(
    holder: np.dtype[Any], name: str, dtype: np.dtype[Any], settled: bool = False
) -> Callable[..., Any]:
    """Return a compiled reader ``(holder's address, index) -> record``.

    Parameters
    ----------
    holder : dtype
        Of the record that holds the address of the array; the address does not change.
    name : str
        Its field with that address.
    dtype : dtype
        Of the array's records.
    settled : bool
        Whether the records' numbers do not change during a history.
    """
    record = _type_of(dtype, settled)
    fields = holder.fields
    assert fields is not None
    offset = fields[name][1]

    @intrinsic
    def at(_typing: Any, address: Any, index: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
            word = context.get_value_type(types.int64)
            held = builder.add(args[0], context.get_constant(types.int64, offset))
            base = _load(builder, builder.inttoptr(held, word.as_pointer()))
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


@inner
def same_words(a: int, b: int, words: int) -> bool:
    """Return whether two places in memory hold the same words, bit for bit."""
    at = 0
    while at < words and _integer_pointer(a)[at] == _integer_pointer(b)[at]:
        at += 1
    return at == words


@inner
def copy_words(source: int, target: int, words: int) -> None:
    """Copy words from one place in memory to another."""
    for at in range(words):
        _integer_pointer(target)[at] = _integer_pointer(source)[at]


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
