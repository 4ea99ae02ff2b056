"""Why a state did not recognise an act as the event that binds it, in a clause."""

from __future__ import annotations

from collections.abc import Sequence

from deter.narrative.cast import Cast, Text
from deter.narrative.model import Crisis
from deter.presentation.narrative.phrases import days


def unread(crisis: Crisis, text: Text, codes: Sequence[str], cast: Cast) -> str:
    """Return why an act was not taken for the event that binds.

    Parameters
    ----------
    crisis, text : Crisis, Text
        What was done, and the text.
    codes : sequence of str
        Members that did not recognise it.
    cast : Cast
        Who is in it.
    """
    act = cast.acts[crisis.last_option]
    grave = f"its gravity is {act.severity:.2f} of 1, the text binds from {text.threshold:.2f} on"
    own = text.arbiter == "each"
    whose = ("in its reading" if len(codes) == 1 else "in their reading") if own else "so read"
    if act.severity <= text.threshold:
        return f"the act is not grave enough: {grave}"
    if text.ambiguity <= 0 or (act.ambiguity <= 0 and act.kind == "full"):
        return f"{grave}, and {whose} it fell short"
    return f"the act can be read both ways: {grave}, and {whose} it fell short"


def waited(crisis: Crisis, text: Text, cast: Cast) -> str:
    """Return what members had to wait for before they could be asked."""
    finding = (
        f"the finding takes {days(text.delay)}" if text.delay >= 1 else "the finding was to come"
    )
    if not crisis.alleged:
        return finding
    return (
        f"{cast.challenger} said that {cast.protege} had provoked it, and they had to wait for a "
        "ruling on that"
    )
