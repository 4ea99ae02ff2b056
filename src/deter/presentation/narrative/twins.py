"""Twins told side by side: where they part, why, and how each ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from typing import TypeAlias

from deter.narrative.cast import LADDER, Cast
from deter.narrative.model import History
from deter.narrative.parting import Difference, Parting, Side, kind_of
from deter.narrative.reading import Entry
from deter.presentation.narrative.chronicle import Paragraph, chronicle
from deter.presentation.narrative.outcomes import told
from deter.presentation.narrative.phrases import (
    DOES,
    NOUNS,
    dated,
    listed,
    pct,
    probits,
    sentences,
    worth,
)
from deter.presentation.narrative.story import NOTE, Told, closing, filled, laid_out
from deter.presentation.narrative.weighing import quoted

TwinSide: TypeAlias = tuple[Told, History, Cast]
ELSEWHERE = ("election", "second theatre")
ALIKE = "Changes of government and crises elsewhere are the same on both sides and left out below."
TWO, GAP = 110, 3
"""Columns of a screen from which two stories stand side by side, and the gap between them."""


def compared(left: TwinSide, right: TwinSide, parting: Parting | None, width: int) -> str:
    """Return two stories of the same luck, side by side where there is room.

    Parameters
    ----------
    left, right : tuple of Told, History, Cast
        The two.
    parting : Parting or None
        Where they part; None if they never do.
    width : int
        Columns.
    """
    page = min(width, TWO - 1)
    (one, history, cast), (two, _, other) = left, right
    head = f"{cast.scenario}: {cast.framework} against {other.framework}\n{one.address}"
    blocks = [head, filled(NOTE, page)]
    if history.row and right[1].row:
        summary = (
            f"With the same luck, it comes under {cast.framework} to {told(history.row, cast)}, "
            f"under {other.framework} to {told(right[1].row, other)}."
        )
        blocks.append(filled(summary, page))
    if parting is None:
        same = (
            f"They never part: with the same luck, all that is done is the same under "
            f"{cast.framework} and under {other.framework}. Told once."
        )
        blocks.append(f"WHERE THEY PART\n{filled(same, page)}")
        blocks += laid_out(one.paragraphs, cast, page) or ["Nothing happens."]
        return "\n\n".join([*blocks, *closing(one, page)])
    blocks.append(
        f"WHERE THEY PART\n{filled(sentences(' '.join(parted(parting, cast, other))), page)}"
    )
    before = [p for p in one.paragraphs if p.time < _since(history, parting)]
    if before:
        blocks.append(f"BEFORE THAT (told as under {cast.framework})")
        blocks += laid_out(before, cast, page)
    alike = _elsewhere(history) == _elsewhere(right[1])
    if alike and any(time >= parting.time for time, *_ in _elsewhere(history)):
        blocks.append(filled(ALIKE, page))
    sides = [
        _after(told_of, people, parting, alike)
        for told_of, people in ((history, cast), (right[1], other))
    ]
    titles = f"FROM THEN ON: {cast.framework.upper()}", f"FROM THEN ON: {other.framework.upper()}"
    if width < TWO:
        for title, paragraphs, (story, _, people) in zip(titles, sides, (left, right), strict=True):
            blocks += [title, *laid_out(paragraphs, people, page), *closing(story, page)]
        return "\n\n".join(blocks)
    column = (width - GAP) // 2
    blocks.append(_columns([titles[0]], [titles[1]], column))
    blocks += _aligned(sides[0], sides[1], (cast, other), column)
    ends = closing(one, column), closing(two, column)
    blocks += [_columns([a], [b], column) for a, b in zip(*ends, strict=True)]
    return "\n\n".join(blocks)


def _since(history: History, parting: Parting) -> int:
    """Return from when on a side is told: from the attack that is under way, if there is one."""
    for crisis in history.crises:
        fight = crisis.campaign
        if fight is not None and crisis.time <= parting.time <= fight.ended:
            return crisis.time
        if crisis.stood_down and crisis.time <= parting.time <= crisis.began:
            return crisis.time
    return parting.time


def _after(history: History, cast: Cast, parting: Parting, same: bool) -> list[Paragraph]:
    """Return what follows, without what happens elsewhere where that is the same twice."""
    since = _since(history, parting)
    if same:
        kept = tuple(event for event in history.events if event.kind not in ELSEWHERE)
        history = replace(history, events=kept)
    return chronicle(history, cast, since)


def _elsewhere(history: History) -> list[tuple[int, str, str]]:
    return [(e.time, e.kind, e.actor) for e in history.events if e.kind in ELSEWHERE]


# ---- where and why


def parted(parting: Parting, left: Cast, right: Cast) -> Iterator[str]:
    """Yield where twins part, in what, and why."""
    when = dated(left.start, parting.time)
    common = (
        "Before anything is done"
        if parting.index == 0
        else f"After {parting.index} deeds that are the same on both sides (choices, acts, battles)"
    )
    yield f"{common}, they part on {when}."
    yield f"Under {left.framework}: {_what(parting.left, left)}."
    yield f"Under {right.framework}: {_what(parting.right, right)}."
    yield from _why(parting, left, right)


def _what(side: Side, cast: Cast) -> str:
    entry = side.entry
    if entry is None:
        return "nothing of the kind happens at that moment"
    return WHAT.get(kind_of(entry), _plain)(entry, cast)


def _plain(entry: Entry, cast: Cast) -> str:
    who = cast.named(entry.actor) if entry.actor != "world" else ""
    text = str(getattr(entry, "text", entry.kind)).replace("`", "")
    return f"{who} {text}".strip()


def _choice(entry: Entry, cast: Cast) -> str:
    option = entry.numbers["option"]
    odds = entry.probabilities
    if not option:
        return (
            f"{cast.challenger} weighs its options and does nothing ({pct(odds['refrain'])} likely)"
        )
    return (
        f"{cast.challenger} decides on {quoted(cast.named(option))} ({pct(odds[option])} likely; "
        f"doing nothing {pct(odds['refrain'])})"
    )


def _deed(entry: Entry, cast: Cast) -> str:
    return f"{cast.named(entry.actor)} {DOES[LADDER.index(entry.numbers['rung'])]}"


def _battle(entry: Entry, cast: Cast) -> str:
    told = entry.numbers
    who = cast.challenger if told["won"] else cast.protege
    return f"{who} wins a battle ({cast.challenger} wins it with {pct(told['probability'])})"


def _press(entry: Entry, cast: Cast) -> str:
    told = entry.numbers
    return (
        f"{cast.challenger} {'presses on' if told['presses'] else 'stands down'} (to press on: "
        f"{pct(told['probability'])})"
    )


def _seen(entry: Entry, cast: Cast) -> str:
    told = entry.numbers
    return (
        f"{cast.challenger}'s mobilisation for {quoted(cast.named(told['option']))} is "
        f"{'seen' if told['seen'] else 'not seen'} (to be seen: {pct(told['probability'])})"
    )


def _arrival(entry: Entry, cast: Cast) -> str:
    return (
        f"help from {cast.named(entry.actor)} arrives ({entry.numbers['strength']:.1f} "
        "brigades' worth)"
    )


def _begun(entry: Entry, cast: Cast) -> str:
    return f"{cast.challenger} begins {quoted(cast.named(entry.numbers['option']))}"


WHAT = {
    "choice": _choice,
    "deed": _deed,
    "battle": _battle,
    "press": _press,
    "mobilisation": _seen,
    "arrival": _arrival,
    "act": _begun,
}


def _why(parting: Parting, left: Cast, right: Cast) -> Iterator[str]:
    if parting.kind == "choice":
        yield from _why_choice(parting, left, right)
    elif parting.kind == "deed":
        yield from _why_deed(parting, left, right)
    elif parting.left.entry is not None and parting.right.entry is not None:
        yield "The luck is the same on both sides; what differs are the odds it met."
    else:
        yield (
            "The luck is the same on both sides; what went before, by the texts alone, has "
            "moved the moment or the need."
        )


def _why_choice(parting: Parting, left: Cast, right: Cast) -> Iterator[str]:
    one, two = parting.left.entry, parting.right.entry
    if one is None or two is None:
        bare = right if two is None else left
        yield (
            "The occasion arises on one side only: the number of occasions rises with what "
            "a framework "
            f"gives {left.challenger} reason to resent, and an occasion is lost while it is "
            f"otherwise engaged. Under {bare.framework} there is none."
        )
        return
    yield "It is the same occasion, met with the same luck; what it is weighed against differs."
    refrain = one.probabilities["refrain"], two.probabilities["refrain"]
    if bool(one.numbers["option"]) != bool(two.numbers["option"]):
        yield (
            "That it would act in any way, short of attack included, was "
            f"{pct(1.0 - refrain[0])} likely under {left.framework} and {pct(1.0 - refrain[1])} "
            f"under {right.framework}; the luck of the occasion lay between the two."
        )
    said = list(_odds(one, two, left))
    helps = [d for d in parting.differences if d.what == "help"][:3]
    said += [_help(d, left) for d in helps]
    if said:
        yield (
            f"What {left.challenger} saw, under the one and the other: "
            f"{'; '.join(dict.fromkeys(said))}."
        )


def _odds(one: Entry, two: Entry, left: Cast) -> Iterator[str]:
    """Yield of each act that was chosen its chances and its worth on both sides."""
    for option in dict.fromkeys(e.numbers["option"] for e in (one, two) if e.numbers["option"]):
        win, value = ([e.numbers[what][option] for e in (one, two)] for what in ("win", "utility"))
        taken = [e.probabilities.get(option, 0.0) for e in (one, two)]
        yield (
            f"{quoted(left.named(option))}: chance of success {pct(win[0])} and {pct(win[1])}, "
            f"worth {worth(value[0])} and {worth(value[1])}, likely to be chosen {pct(taken[0])} "
            f"and {pct(taken[1])}"
        )


def _help(d: Difference, left: Cast) -> str:
    sent = NOUNS[d.rung]
    return f"help from {left.named(d.of)}, {sent} or more, {pct(d.left)} and {pct(d.right)}"


def _why_deed(parting: Parting, left: Cast, right: Cast) -> Iterator[str]:
    entry = parting.left.entry or parting.right.entry
    if entry is None:
        return
    who = left.named(entry.actor)
    votes = parting.left.vote, parting.right.vote
    told = [
        _vote(vote, cast)
        for vote, cast in zip(votes, (left, right), strict=True)
        if vote is not None
    ]
    if not told:
        yield f"{who} was not asked on either side before that moment."
        return
    yield f"It is {who}'s decision, with the same resolve and the same mood: {listed(told)}."
    if any(vote is None for vote in votes):
        yield "On the other side it had not been asked, or had not made up its mind, by then."


def _vote(vote: Entry, cast: Cast) -> str:
    told = vote.numbers
    rung = LADDER.index(told["rung"])
    pull = max(told["pull"])
    bound = f"commitments pull it by {probits(pull)}" if pull > 0 else "no commitment pulls it"
    return (
        f"under {cast.framework} it is ready for {NOUNS[rung]} ({bound}; resolve "
        f"{probits(told['resolve'])}, mood {probits(told['shock'])})"
    )


# ---- columns


def _aligned(
    left: list[Paragraph], right: list[Paragraph], casts: tuple[Cast, Cast], column: int
) -> list[str]:
    """Return paragraphs in two columns, those of one moment beside each other."""
    times = sorted({p.time for p in (*left, *right)})
    rows = []
    for time in times:
        cells = [
            [_cell(p, cast, column) for p in side if p.time == time and p.text]
            for side, cast in zip((left, right), casts, strict=True)
        ]
        if any(cells):
            rows.append(_columns(["\n".join(cells[0])], ["\n".join(cells[1])], column))
    return rows


def _cell(paragraph: Paragraph, cast: Cast, column: int) -> str:
    head = f"{filled(paragraph.head, column)}\n" if paragraph.head else ""
    return f"{head}{filled(f'{dated(cast.start, paragraph.time)}: {paragraph.text}', column, 2)}"


def _columns(left: list[str], right: list[str], column: int) -> str:
    """Return two texts side by side."""
    one = [line for text in left for line in text.split("\n")]
    two = [line for text in right for line in text.split("\n")]
    if len(one) == len(two) == 1:
        one, two = filled(one[0], column).split("\n"), filled(two[0], column).split("\n")
    rows = zip_longest(one, two, fillvalue="")
    return "\n".join(f"{a:<{column}}{' ' * GAP}{b}".rstrip() for a, b in rows)
