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

F = TypeVar("F", bound=Callable[..., Any])


def _cache_folder() -> str:
    """Return a folder for compiled laws, named after a digest of the package's sources.

    Numba watches only the file a function is in; a law inlined from another file would stay old.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        text = path.read_bytes()
        if b"@law" in text:
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


def law(function: F) -> F:
    """Compile ``function`` with Numba, releasing the GIL, caching the machine code on disk.

    No ``fastmath``: bits must not depend on the order in which a compiler sums. Division by
    zero gives infinity or NaN as IEEE 754 says; laws make their degenerate branches explicit.
    """
    return cast("F", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
