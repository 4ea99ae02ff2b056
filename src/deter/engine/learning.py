"""What the challenger learns in a crisis of each guarantor's resolve: bounds, then beliefs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deter.engine import journal
from deter.engine.world import World
from deter.theory import credibility

if TYPE_CHECKING:
    from deter.engine.crisis import Crisis
    from deter.engine.votes import Votes

FloatArray = NDArray[np.float64]


def seen(crisis: Crisis, i: int, margins: FloatArray, rung: int, exact: bool) -> None:
    """Note what conduct says of a guarantor's resolve plus shock: bounds that it lies between.

    Parameters
    ----------
    margins : array, shape (4,)
        Public margins at the moment of its vote.
    rung : int
        What it is seen to do; 0 for a refusal.
    exact : bool
        It was free to do more, so not doing more is news too.
    """
    if rung > 0:
        crisis.low[i] = max(crisis.low[i], -float(margins[rung - 1]))
    if exact:
        for margin in margins[rung:]:
            if margin > -math.inf:
                crisis.high[i] = min(crisis.high[i], -float(margin))


def show(crisis: Crisis, i: int, margins: FloatArray, ready: int, rung: int, alone: bool) -> None:
    """Note what a member's conduct under a rule shows of it.

    Alone it shows its vote; in concert only whether it is ready for what the rule yields; where
    the rule yields nothing, nothing.
    """
    if alone:
        seen(crisis, i, margins, ready, exact=True)
    elif rung > 0 and ready >= rung:
        seen(crisis, i, margins, rung, exact=False)
    elif rung > 0 and margins[rung - 1] > -math.inf:
        crisis.high[i] = min(crisis.high[i], -float(margins[rung - 1]))


def learn(votes: Votes, crisis: Crisis) -> None:
    """Update beliefs in batch from what they were before the crisis."""
    w = votes.w
    for moment, i, margins, ready, rung, alone in crisis.shown:
        if crisis.began + moment <= w.now:  # over before its clock: no news
            show(crisis, i, margins, ready, rung, alone)
    mean, variance = w.beliefs()
    after_mean, after_variance = mean.copy(), variance.copy()
    for i, g in enumerate(w.guarantors):
        if not g.in_play:
            continue
        after_mean[i], after_variance[i] = credibility.belief_after(
            mean[i], variance[i], crisis.low[i], crisis.high[i], 1.0
        )
        refusal = _refusal(votes, crisis, i)
        if refusal is not None:
            after_mean[i], after_variance[i] = credibility.belief_after(
                after_mean[i], after_variance[i], -math.inf, *refusal
            )
        if w.rules.belief == 1 and crisis.owed[i] > 0:
            w.alpha[i], w.beta[i] = _record(w, crisis, i)
    _spill(w, mean, after_mean)
    w.believe(after_mean, after_variance)
    if (after_mean != mean).any():
        w.note(journal.LEARNING, mean, after_mean)


def _spill(w: World, mean: FloatArray, after: FloatArray) -> None:
    """Let what is learnt of one guarantor tell something of the others."""
    spill = w.rules.reputation_spill
    playing = [i for i, g in enumerate(w.guarantors) if g.in_play]
    if spill <= 0.0 or len(playing) < 2:
        return
    moved = after - mean
    for i in playing:
        total = 0.0
        for j in playing:
            if j != i:
                total += moved[j]
        after[i] += spill * total / (len(playing) - 1)


def _record(w: World, crisis: Crisis, i: int) -> tuple[float, float]:
    """Return guarantor ``i``'s record of acts and refusals after what it owed in a crisis."""
    a, b = credibility.beta_after(
        w.alpha[i], w.beta[i], crisis.acted[i] >= crisis.owed[i], w.rules.forgetting
    )
    return float(a), float(b)


def _refusal(votes: Votes, crisis: Crisis, i: int) -> tuple[float, float] | None:
    """Return bound and weight of a refusal under a layer, where no recognition was seen.

    A guarantor that did nothing, and whose layer never polled it, may have refused with its
    commitment, or may not have been bound: a mixture with no further news.
    """
    w = votes.w
    margins = crisis.ad_hoc_margins.get(i)
    if margins is None or crisis.acted[i] > 0 or i in crisis.polled:
        return None
    layers = [lay for lay in range(len(w.layers)) if crisis.force[lay, i] > 0]
    if not layers:
        return None
    share = max(float(crisis.recognition[lay]) for lay in layers)
    pull = votes.pull(crisis, i, layers)
    bounds = [-float(m + p) for m, p in zip(margins, pull, strict=True) if m > -math.inf]
    weight = credibility.news_weight(share, float(crisis.acts_expected[i, 0]))
    return min(bounds, default=math.inf), float(weight)
