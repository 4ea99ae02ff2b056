"""How a law is compiled: one decorator, so that both engines call the same machine code."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")  # one exp and log everywhere

import numba
from numba.extending import intrinsic as numba_intrinsic

from deter.theory.linking import INNER, LATE, WHOLE

F = TypeVar("F", bound=Callable[..., Any])


def _sources() -> str:
    """Return a digest of all that is compiled.

    Numba watches only the file a function is in; a law put into another file's would stay old.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        text = path.read_bytes()
        if b"@law" in text or b"@inner" in text or path.name == "linking.py":
            digest.update(text)
    return digest.hexdigest()


def _homes() -> Iterator[Path]:
    """Yield where compiled code may be kept, the best place first."""
    home = os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):
        yield Path(home or Path.home() / ".cache") / "deter"
    with contextlib.suppress(FileNotFoundError):
        yield Path(tempfile.gettempdir()) / "deter"


def _cache_folder() -> str | None:
    """Return a folder for compiled code that can be written to, or None."""
    for home in _homes():
        folder = home / f"laws-{_sources()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return str(folder)
        except OSError:
            continue
    return None


CACHED = True
"""Whether compiled code is kept on disk; where nothing can be written, it is made at each start."""

if not os.environ.get("NUMBA_CACHE_DIR"):
    _folder = _cache_folder()
    CACHED = _folder is not None
    if CACHED:
        setattr(numba.config, "CACHE_DIR", _folder)  # noqa: B010  (untyped upstream)


types: Any = numba.types
_njit: Any = numba.njit


def intrinsic(function: Callable[..., Any]) -> Any:
    """Return a function that writes its own machine code (untyped upstream)."""
    return numba_intrinsic(function)


_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def _once(compiled: Any) -> Any:
    """Let a function be compiled for numbers, not once more for each constant it is given."""
    template = compiled.get_call_template

    def of_numbers(args: Any, kws: Any) -> Any:
        plain = {name: types.unliteral(kind) for name, kind in kws.items()}
        return template(tuple(types.unliteral(kind) for kind in args), plain)

    compiled.get_call_template = of_numbers
    return compiled


def law(function: F) -> F:
    """Compile ``function`` with Numba, releasing the GIL, caching the machine code on disk.

    No ``fastmath``: bits must not depend on the order in which a compiler sums. Division by
    zero gives infinity or NaN as IEEE 754 says; laws make their degenerate branches explicit.
    """
    return cast("F", _once(_njit(cache=CACHED, **_OPTIONS)(function)))


def whole(function: F) -> F:
    """Compile ``function`` as :func:`law` does, where no compiled function calls it."""
    if LATE:
        function.__qualname__ = WHOLE + function.__qualname__
    return law(function)


def inlined(function: F) -> F:
    """Compile ``function`` as :func:`inner` does, and put it into every caller.

    For the few numbers-to-numbers functions that loops are to run several at a time.
    """
    compiled = _njit(no_cpython_wrapper=True, forceinline=True, **_OPTIONS)(function)
    return cast("F", _once(compiled))


@intrinsic
def bits_of(_typing: Any, number: Any) -> Any:  # noqa: ARG001
    """Return the 64 bits of a float as an integer; compiled code only."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@intrinsic
def float_of(_typing: Any, bits: Any) -> Any:  # noqa: ARG001
    """Return the float that 64 bits stand for; compiled code only."""

    def generate(context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


def inner(function: F) -> F:
    """Compile ``function`` as :func:`law` does, for callers that are compiled themselves.

    It cannot be called from Python, is not cached by itself, and is turned into machine code
    only as part of a function that can (:mod:`deter.theory.linking`).
    """
    if LATE:
        function.__qualname__ = INNER + function.__qualname__
    return cast("F", _once(_njit(no_cpython_wrapper=True, **_OPTIONS)(function)))
