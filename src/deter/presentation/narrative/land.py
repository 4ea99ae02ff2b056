"""Land in words: always as a share of all the protégé's land, with what was held before."""

from __future__ import annotations

from collections.abc import Mapping

from deter.narrative.cast import Cast
from deter.presentation.narrative.phrases import pct

ALL = 0.9995
"""From this share on it is all of the land."""

NOTHING = 5e-4
"""Below this share it is none."""


def share(cast: Cast, part: float) -> str:
    """Return a share of the protégé's land."""
    return f"{'all' if part >= ALL else pct(part)} of {cast.protege}"


def holds(cast: Cast, lost: float) -> str:
    """Return what the challenger holds when a share has been lost since the start.

    Parameters
    ----------
    cast : Cast
        Who held how much at the start.
    lost : float
        Share of all the protégé's land lost since then.
    """
    whole = share(cast, cast.held + lost)
    if cast.held < NOTHING:
        return whole
    return f"{whole}, of which {pct(cast.held)} it held before"


def since(land: Mapping[int, float], number: int) -> float:
    """Return the share lost in all campaigns up to one, by the number of its crisis."""
    return sum(part for crisis, part in land.items() if crisis <= number)


def none_left(cast: Cast, lost: float) -> bool:
    """Tell whether nothing more can be lost after a share was."""
    return cast.held + lost >= ALL
