"""What conduct shows of a guarantor, and what the challenger believes of it afterwards.

The like of :mod:`deter.engine.learning`.
"""

from __future__ import annotations

import math

from deter.engine import journal
from deter.engine.layout import RUNG_COUNT, guarantor_of, rules_of, seen_state, sizes
from deter.engine.loop.notes import open_line
from deter.engine.loop.state import (
    case_of,
    crisis_of,
    party_of,
    reading_of,
    shown_of,
    state_of,
    world_of,
)
from deter.engine.loop.views import relax
from deter.engine.loop.votes import add_pull, case, no_pull, party, reading
from deter.engine.memory import load, store
from deter.theory import credibility
from deter.theory.law import inner


@inner
def seen(c: int, slot: int, i: int, margins: int, rung: int, exact: bool) -> None:
    """Note what conduct says of a guarantor's resolve plus shock: bounds that it lies between.

    Parameters
    ----------
    margins : int
        Address of its public margins at the moment of its vote.
    rung : int
        What it is seen to do; 0 for a refusal.
    exact : bool
        It was free to do more, so not doing more is news too.
    """
    here = party_of(c, party(c, slot, i))
    if rung > 0:
        here.low = max(here.low, -load(margins, rung - 1))
    if exact:
        for j in range(rung, RUNG_COUNT):
            if load(margins, j) > -math.inf:
                here.high = min(here.high, -load(margins, j))


@inner
def show(c: int, slot: int, i: int, margins: int, ready: int, rung: int, alone: bool) -> None:
    """Note what a member's conduct under a rule shows of it.

    Alone it shows its vote; in concert only whether it is ready for what the rule yields; where
    the rule yields nothing, nothing.
    """
    if alone:
        seen(c, slot, i, margins, ready, True)
    elif rung > 0 and ready >= rung:
        seen(c, slot, i, margins, rung, False)
    elif rung > 0 and load(margins, rung - 1) > -math.inf:
        here = party_of(c, party(c, slot, i))
        here.high = min(here.high, -load(margins, rung - 1))


@inner
def learn(c: int, slot: int) -> None:
    """Update the challenger's beliefs for all guarantors at once, from pre-crisis values."""
    head, w, rules = sizes(c, 0), world_of(c, 0), rules_of(c, 0)
    _show_what_came_to_pass(c, slot)
    relax(c)
    for i in range(head.n):
        before = seen_state(head.view_now, i)
        state = state_of(c, i)
        state.mean, state.variance = before.mean, before.variance
        if guarantor_of(c, i).in_play:
            _learn_of(c, slot, i)
    if rules.reputation_spill > 0.0 and head.n > 1:
        _spill(c)
    _note_learning(c)
    w.believed_at, w.relaxed_at = w.now, -1


@inner
def _show_what_came_to_pass(c: int, slot: int) -> None:
    """Let members show what they decided; over before its clock is no news."""
    w, crisis = world_of(c, 0), crisis_of(c, slot)
    margins = sizes(c, 0).pull
    for at in range(crisis.n_shown):
        there = shown_of(c, slot * w.shown_room + at)
        if crisis.began + there.moment <= w.now:
            for j in range(RUNG_COUNT):
                store(margins, j, there.margins[j])
            show(c, slot, there.i, margins, there.ready, there.rung, there.alone == 1)


@inner
def _learn_of(c: int, slot: int, i: int) -> None:
    here, state, rules = party_of(c, party(c, slot, i)), state_of(c, i), rules_of(c, 0)
    state.mean, state.variance = credibility.belief_after(
        state.mean, state.variance, here.low, here.high, 1.0
    )
    _learn_of_refusal(c, slot, i)
    if rules.belief == 1 and here.owed > 0:
        known = seen_state(sizes(c, 0).view_now, i)
        known.alpha, known.beta = credibility.beta_after(
            known.alpha, known.beta, here.acted >= here.owed, rules.forgetting
        )


@inner
def _learn_of_refusal(c: int, slot: int, i: int) -> None:
    """Learn from a refusal under a layer, where no recognition was seen.

    A guarantor that did nothing, and whose layer never polled it, may have refused with its
    commitment, or may not have been bound: a mixture with no further news.
    """
    head, here = sizes(c, 0), party_of(c, party(c, slot, i))
    if here.asked == 0 or here.acted > 0 or here.polled:
        return
    share, bound = 0.0, False
    no_pull(c)
    for lay in range(head.n_layers):
        if reading_of(c, reading(c, slot, lay, i)).force > 0.0:
            bound = True
            share = max(share, case_of(c, case(c, slot, lay)).recognition)
            add_pull(c, slot, lay, i)
    if not bound:
        return
    least = math.inf
    for j in range(RUNG_COUNT):
        if here.margins[j] > -math.inf:
            least = min(least, -(here.margins[j] + load(head.pull, j)))
    weight = credibility.news_weight(share, here.expected)
    state = state_of(c, i)
    state.mean, state.variance = credibility.belief_after(
        state.mean, state.variance, -math.inf, least, weight
    )


@inner
def _spill(c: int) -> None:
    """Let what is learnt of some states colour what is believed of the others."""
    head, spill = sizes(c, 0), rules_of(c, 0).reputation_spill
    playing = 0
    for i in range(head.n):
        store(head.margins, i, state_of(c, i).mean - seen_state(head.view_now, i).mean)
        playing += guarantor_of(c, i).in_play
    for i in range(head.n):
        if guarantor_of(c, i).in_play and playing > 1:
            total = 0.0
            for j in range(head.n):
                if j != i and guarantor_of(c, j).in_play:
                    total += load(head.margins, j)
            state_of(c, i).mean += spill * total / (playing - 1)


@inner
def _note_learning(c: int) -> None:
    head = sizes(c, 0)
    if world_of(c, 0).keep_log == 0:
        return
    changed = False
    for i in range(head.n):
        if state_of(c, i).mean != seen_state(head.view_now, i).mean:
            changed = True
    if not changed:
        return
    at = open_line(c, journal.LEARNING, 2 * head.n)
    if at:
        for i in range(head.n):
            store(at, i, seen_state(head.view_now, i).mean)
            store(at, head.n + i, state_of(c, i).mean)
