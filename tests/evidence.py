"""How large evidence runs are: reduced, or whole with ``DETER_EVIDENCE=full``."""

from __future__ import annotations

import os

FULL = os.environ.get("DETER_EVIDENCE") == "full"


def size(reduced: int, full: int) -> int:
    """Return how many of something a run takes."""
    return full if FULL else reduced
