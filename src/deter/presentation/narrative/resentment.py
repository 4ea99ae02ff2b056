"""How a text provoked, in words; and what a story needs of its replays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from deter.narrative.cast import Cast
from deter.narrative.model import Crisis, History
from deter.narrative.provoking import Provocation, provocation
from deter.presentation.narrative.outcomes import BETTER, compared_with
from deter.presentation.narrative.phrases import dated, pct
from deter.presentation.narrative.weighing import quoted

QUIET = "no provocation by the text"
"""The repair that takes away what the text gives the challenger to resent."""


class Replay(Protocol):
    """The same luck under another text."""

    @property
    def name(self) -> str:
        """What was changed."""

    @property
    def row(self) -> Mapping[str, Any]:
        """The row it gives."""

    @property
    def history(self) -> History | None:
        """What happens in it, where that was read."""


class Mended(Protocol):
    """What the same luck brings under other texts."""

    @property
    def bare(self) -> Replay | None:
        """With no guarantee at all."""

    @property
    def repairs(self) -> tuple[Replay, ...]:
        """With each clause mended by itself."""

    @property
    def whole(self) -> Replay | None:
        """With all of them."""

    @property
    def nudges(self) -> tuple[Replay, ...]:
        """With the resolve of one guarantor raised, by its code."""


def provoked(history: History, crisis: Crisis, cast: Cast, mended: Mended | None) -> Iterator[str]:
    """Yield how the text provoked, where the same luck goes better without that or without it."""
    if mended is None or crisis.choice is None:
        return
    quiet = next((r for r in mended.repairs if r.name == QUIET), None)
    found = [
        replay
        for replay in (quiet, mended.bare)
        if replay is not None
        and replay.history is not None
        and compared_with(history.row, replay.row) == BETTER
    ]
    if not found or found[0].history is None:
        return
    parted = provocation(history, crisis, found[0].history)
    if parted is None:
        return
    both = " So it is with no guarantee at all." if len(found) > 1 else ""
    yield f"{_parted(parted, cast, found[0] is quiet)}{both}"


def _parted(parted: Provocation, cast: Cast, quiet: bool) -> str:
    """Tell where the story parts from that without the text, or without its provocation."""
    who, when = cast.challenger, dated(cast.start, parted.time)
    then = "" if parted.last else ", and what followed was another story"
    if parted.other is None:
        return f"The text itself provoked it: {_occasion(parted, cast, quiet)}{then}."
    does = "done nothing"
    if parted.other.option:
        does = f"chosen {quoted(cast.named(parted.other.option))}"
    low, high = (1.0 - odds["refrain"] for odds in (parted.other.odds, parted.odds))
    edge = (
        f" (that it would act in any way, short of attack included, was {100 * low:.1f}% likely "
        f"without and {100 * high:.1f}% with it: it was on the edge)"
        if not parted.other.option and parted.option
        else ""
    )
    if quiet:
        return (
            f"The text itself tipped it: without what it gives {who} to resent, which makes every "
            f"gain worth more to it, {who} would with the same luck have {does} on {when}"
            f"{edge}{then}."
        )
    return (
        f"With no guarantee at all {who} would with the same luck have {does} on {when}"
        f"{edge}{then}."
    )


def _occasion(parted: Provocation, cast: Cast, quiet: bool) -> str:
    """Tell of an occasion that would not have arisen."""
    when = dated(cast.start, parted.time)
    act = "" if parted.last or not parted.option else f" for {quoted(cast.named(parted.option))}"
    rate = pct(cast.hostility * cast.provocation)
    without = (
        f"without what it gives {cast.challenger} to resent, which makes occasions {rate} more "
        "frequent,"
        if quiet
        else "without it"
    )
    return f"{without} the occasion of {when}{act} would not have arisen"
