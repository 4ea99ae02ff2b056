"""Why an attack was not stopped: how far the guarantee got, read from the log.

The engine counts the same codes in the row; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from deter.narrative.cast import Cast
from deter.narrative.model import Crisis, History
from deter.narrative.standing import BOUND, EXPIRED, LEFT, VOID, WITHDRAWN


def stage(crisis: Crisis, cast: Cast) -> str:  # noqa: PLR0911
    """Return the code of :data:`deter.vocabulary.WHY_NOT_STOPPED` of an attack.

    Parameters
    ----------
    crisis : Crisis
        One with a campaign.
    cast : Cast
        Who is in it.
    """
    fight = crisis.campaign
    if fight is None:
        raise ValueError("only an attack has a stage at which help gave way")
    if fight.end in ("repulse", "stopped") and fight.gained <= 0:
        return "held"
    if fight.arrivals:
        return "too_weak"
    if any(deed.rung > 1 and not deed.after for deed in crisis.deeds):
        return "too_late"
    asking = [code for code, text in cast.texts.items() if text.asks and text.members]
    bound = [code for code in asking if _binds_somebody(crisis, code)]
    if not bound:
        return _unbound(crisis, asking)
    if all(any(r.text == code and r.voids for r in crisis.rulings) for code in bound):
        return "void"
    if not any(crisis.last_option in cast.texts[code].covers for code in bound):
        return "not_covered"
    if not any(crisis.recognised(code) for code in bound):
        return "not_recognised"
    if any(blocked(crisis, code) for code in bound):
        return "blocked_by_the_rule"
    willing = any(b.rung > 0 and b.guarantor in p.bound for p in crisis.polls for b in p.ballots)
    return "too_late" if willing else "reneged"


def blocked(crisis: Crisis, text: str) -> bool:
    """Tell whether members were willing and the rule of a layer yielded nothing."""
    polls = [p for p in crisis.polls if p.text == text and p.rung is not None]
    return bool(polls) and polls[-1].rung == 0 and any(b.rung > 0 for b in polls[-1].ballots)


def _binds_somebody(crisis: Crisis, text: str) -> bool:
    return any(how == BOUND for (code, _), how in crisis.standing.items() if code == text)


def _unbound(crisis: Crisis, asking: list[str]) -> str:
    how = {
        code: {state for (text, _), state in crisis.standing.items() if text == code}
        for code in asking
    }
    if any(not states & {EXPIRED, WITHDRAWN, LEFT, VOID} for states in how.values()):
        return "not_yet_in_force"
    if any(VOID in states for states in how.values()):
        return "void"
    if any(states & {EXPIRED, WITHDRAWN, LEFT} for states in how.values()):
        return "lapsed_or_exited"
    return "not_covered"


def decisive(history: History, cast: Cast) -> Crisis | None:
    """Return the attack that mattered most: the one that took most, then the greatest, the last.

    A war at the start counts only if it ended badly or nothing else happened.
    """
    if not history.attacks:
        return None
    return max(history.attacks, key=lambda crisis: (_weight(crisis, cast), crisis.number))


def _weight(crisis: Crisis, cast: Cast) -> tuple[int, int, bool, bool]:
    fight = crisis.campaign
    if fight is None:
        return 0, 0, False, False
    taken = fight.end in ("objective", "conceded")
    full = cast.acts[crisis.last_option].kind == "full"
    rank = 4 if taken and full else 3 if fight.end == "escalation" else 2 if taken else 0
    if rank == 0 and fight.gained > 0:
        rank = 1
    great = full and crisis.source != "initial"
    return rank, max(0, fight.gained), crisis.source == "chosen", great


FAILED, HELD, GIVEN = "failed", "held", "given"


def verdict(history: History) -> str:
    """Return whether deterrence ``failed`` (an attack was chosen), or ``held``.

    ``given`` where the only attacks are a war at the start, or acts of the script.
    """
    if any(crisis.source == "chosen" for crisis in history.attacks):
        return FAILED
    return GIVEN if history.attacks else HELD


def counted(history: History, cast: Cast) -> Mapping[str, int]:
    """Return how many attacks that were chosen came to which stage, once each is over."""
    found: dict[str, int] = {}
    for crisis in history.attacks:
        fight = crisis.campaign
        if crisis.source == "chosen" and fight is not None and fight.end != "horizon":
            code = stage(crisis, cast)
            found[code] = found.get(code, 0) + 1
    return found
