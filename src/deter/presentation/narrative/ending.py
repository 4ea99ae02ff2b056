"""What became of it: the state of things at the end of a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deter.narrative.cast import Cast
from deter.narrative.model import History
from deter.presentation.narrative.land import holds
from deter.presentation.narrative.phrases import (
    amount,
    count,
    dated,
    listed,
    probits,
)
from deter.presentation.words import capital


def ending(history: History, cast: Cast) -> Iterator[str]:
    """Yield the sentences that say what became of it."""
    row = history.row
    when = dated(cast.start, history.end)
    if row.get("s_major") == "event":
        yield f"The history ends on {when} with a major war."
    elif row.get("end_state") == "lost":
        yield f"The history ends on {when}: {cast.protege} is lost."
    else:
        states = {
            "peace": "at peace",
            "ceasefire": "in a ceasefire",
            "campaign": "at war",
            "mobilised": f"with {cast.challenger} mobilised",
        }
        state = states.get(str(row.get("end_state")), "")
        if state == "in a ceasefire" and any(e.kind == "peace treaty" for e in history.events):
            state = "at peace under a treaty"
        yield (
            f"On {when}, the last day looked at, {cast.challenger} and {cast.protege} are {state}."
        )
    yield _deeds(row, cast)
    lost = _number(row, "ground_lost")
    if row.get("end_state") != "lost":
        yield (
            f"{capital(cast.challenger)} now holds {holds(cast, lost)}."
            if lost > 0
            else f"{capital(cast.protege)} has lost no land."
        )
    yield (
        f"Own forces at the end, without helpers: {cast.challenger} "
        f"{amount(_number(row, 'final_challenger_forces'))} brigades, {cast.protege} "
        f"{amount(_number(row, 'final_protege_forces'))}."
    )
    yield _beliefs(history, cast)


def _number(row: Mapping[str, object], name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) else 0.0


def _deeds(row: Mapping[str, object], cast: Cast) -> str:
    limited, full = int(_number(row, "n_limited_attacks")), int(_number(row, "n_full_attacks"))
    small = int(_number(row, "n_incidents")) - limited - full + int(_number(row, "n_widened"))
    parts = [count(small, "act") + " short of attack"] if small > 0 else []
    if limited:
        parts.append(count(limited, "limited attack"))
    if full:
        parts.append(count(full, "full attack"))
    scripted = int(_number(row, "n_scripted")) - int(_number(row, "n_scripted_dropped"))
    if scripted > 0:
        parts.append(f"{count(scripted, 'act')} of the script")
    if cast.begins == "war":
        parts.insert(0, "the war it began with")
    done = listed(parts) if parts else "no attack and no act short of one"
    return f"{capital(cast.challenger)} has carried out {done}."


def _beliefs(history: History, cast: Cast) -> str:
    """Tell whose credibility moved most, from first to last."""
    if not history.beliefs:
        return ""
    first, last = history.beliefs[0].before, history.beliefs[-1].after
    moved = {code: last[code] - first[code] for code in last if cast.playing(code)}
    told = sorted((c for c in moved if abs(moved[c]) >= 0.05), key=lambda c: moved[c])
    if not told:
        return f"{capital(cast.challenger)} thinks of the guarantors' resolve much as before."
    down, up = (
        [c for c in told if moved[c] < 0][:2],
        [c for c in reversed(told) if moved[c] > 0][:2],
    )
    parts = []
    for words, codes in (("down", down), ("up", up)):
        if codes:
            moves = [f"{cast.named(c)} ({probits(first[c])} to {probits(last[c])})" for c in codes]
            parts.append(f"{words} most for {listed(moves)}")
    return f"What {cast.challenger} believes of their resolve has gone {'; '.join(parts)}."
