"""How a law is compiled: one decorator, so that both engines call the same machine code."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")  # one exp and log everywhere

import numba
from numba.extending import intrinsic as numba_intrinsic

from deter.theory.linking import INNER, LATE

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Return a folder for compiled laws, named after a digest of the package's sources.

    Numba watches only the file a function is in; a law inlined from another file would stay old.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        text = path.read_bytes()
        if b"@law" in text or b"@inner" in text:
            digest.update(text)
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home) / "deter" / f"laws-{digest.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return str(folder)
    except OSError:
        pass
    return str(Path(tempfile.gettempdir()) / f"deter-laws-{digest.hexdigest()}")


if not os.environ.get("NUMBA_CACHE_DIR"):
    setattr(numba.config, "CACHE_DIR", _cache_folder())  # noqa: B010  (untyped upstream)


types: Any = numba.types
_njit: Any = numba.njit


def intrinsic(function: Callable[..., Any]) -> Any:
    """Return a function that writes its own machine code (untyped upstream)."""
    return numba_intrinsic(function)


_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def law(function: F) -> F:
    """Compile ``function`` with Numba, releasing the GIL, caching the machine code on disk.

    No ``fastmath``: bits must not depend on the order in which a compiler sums. Division by
    zero gives infinity or NaN as IEEE 754 says; laws make their degenerate branches explicit.
    """
    return cast("F", _njit(cache=True, **_OPTIONS)(function))


def inlined(function: F) -> F:
    """Compile ``function`` as :func:`inner` does, and put it into every caller.

    For the few numbers-to-numbers functions that loops are to run several at a time.
    """
    return cast("F", _njit(no_cpython_wrapper=True, forceinline=True, **_OPTIONS)(function))


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
    return cast("F", _njit(no_cpython_wrapper=True, **_OPTIONS)(function))
