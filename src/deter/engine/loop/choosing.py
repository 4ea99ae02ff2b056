"""What the challenger does at an occasion: it assesses, and chooses.

The like of the challenger's look and choice in :mod:`deter.engine.reference`. Where no log is kept,
only as much is assessed as the choice hangs on (:mod:`deter.engine.bounds`).
"""

from __future__ import annotations

import math

from deter.engine import streams
from deter.engine.assessment import assess_all, assess_some
from deter.engine.bounds import SLACK, attack_at_most
from deter.engine.layout import (
    NUMBERS_SEEN,
    challenger_of,
    option_of,
    outlook_at,
    rules_of,
    sizes,
)
from deter.engine.loop.state import draw, now_view, world_of
from deter.engine.loop.views import look_ahead, same_layers_later
from deter.engine.memory import WORD, copy_words, floats, load, same_words, store
from deter.engine.strategies import LOSS_AVERSION
from deter.theory import choice
from deter.theory.law import inner

LOGIT, LOSS_AVERSE, PROBING, SCRIPTED_ONLY = range(4)
"""Built-in strategies, in the order of :data:`deter.engine.strategies.BUILT_IN`."""

OPEN = -2
"""Where a choice is not made yet; -1 is to refrain."""


@inner
def choose(c: int, k: int, u: float) -> int:
    """Return the option taken at occasion ``k`` in the view of now; -1 to refrain.

    Parameters
    ----------
    u : float
        Luck of the occasion.
    """
    chosen = _choose_briefly(c, k, u) if _may_be_brief(c) else OPEN
    if chosen != OPEN:
        return chosen
    look(c)
    if rules_of(c, 0).look_ahead > 0.0:
        look_ahead(c, rules_of(c, 0).look_ahead_horizon)
        _weigh_later(c)
    return _choose(c, k, u)


@inner
def look(c: int) -> None:
    """Assess all options in the view of now; fill the indices of refraining and of attacking."""
    head, w = sizes(c, 0), world_of(c, 0)
    w.known = 0
    w.attack = assess_all(c, head.view_now, False, head.outlook_now, 0)
    w.refrain = _stay(c)


@inner
def look_again(c: int) -> None:
    """Look, unless all that is seen is what was seen at the last look, in this history or before.

    Where no number is drawn and nothing has happened yet, every history begins with one view.
    """
    head, w = sizes(c, 0), world_of(c, 0)
    seen = now_view(c, 0).states
    rest = head.view_known + WORD * NUMBERS_SEEN
    known = w.known == 1 and same_words(head.view_now, head.view_known, NUMBERS_SEEN)
    if known and same_words(seen, rest, head.view_words):
        return
    look(c)
    copy_words(head.view_now, head.view_known, NUMBERS_SEEN)
    copy_words(seen, rest, head.view_words)
    w.known = 1


@inner
def _stay(c: int) -> float:
    """Return the index of refraining without a look ahead."""
    status_quo = rules_of(c, 0).status_quo
    return choice.refrain_index(challenger_of(c, 0).precision, status_quo, 0.0, 0.0, 0.0)


@inner
def _refrain_given(c: int, attack: float, later: float) -> float:
    """Return the index of refraining, given V_A now and the inclusive value later."""
    rules, stay = rules_of(c, 0), _stay(c)
    if rules.look_ahead == 0.0:
        return stay
    now = choice.inclusive_value(stay, attack)
    precision = challenger_of(c, 0).precision
    return choice.refrain_index(precision, rules.status_quo, rules.look_ahead, now, later)


@inner
def _weigh_later(c: int) -> None:
    """Assess all options in the later view too, and let refraining count what waiting brings."""
    head, w = sizes(c, 0), world_of(c, 0)
    like = head.outlook_now if same_layers_later(c) else 0
    later = assess_all(c, head.view_later, False, head.outlook_later, like)
    w.refrain = _refrain_given(c, w.attack, choice.inclusive_value(_stay(c), later))


# ---- what need not be worked out


@inner
def _may_be_brief(c: int) -> bool:
    """Return whether bounds may stand in for what is not needed: no log, a logit, payoffs by war.

    Either built-in strategy that takes the probability of attack as it is will do.
    """
    w = world_of(c, 0)
    plain = w.strategy in (LOGIT, PROBING)
    return w.keep_log == 0 and w.sound == 1 and plain and rules_of(c, 0).win == 0


@inner
def _choose_briefly(c: int, k: int, u: float) -> int:
    """Return what :func:`_choose` would after all is assessed, assessing less; OPEN if it cannot.

    First nothing is assessed, then acts below a campaign, then all acts now; each time the
    probability of attack lies between two bounds, and the luck of the occasion often beside them.
    """
    head = sizes(c, 0)
    highest = attack_at_most(c, head.view_now, head.most)
    if math.isnan(highest):
        return OPEN
    if u >= _chance_given(c, highest, _stay(c)) + SLACK:
        return -1
    return _choose_by_incidents(c, k, u)


@inner
def _choose_by_incidents(c: int, k: int, u: float) -> int:
    """Go on with :func:`_choose_briefly`: assess incidents, and campaigns if that is not enough."""
    head, w, rules = sizes(c, 0), world_of(c, 0), rules_of(c, 0)
    n, most, stay = head.n_options, floats(head.most, head.n_options), _stay(c)
    w.known = 0
    assess_some(c, head.view_now, head.outlook_now, False, 0)
    highest = _with_campaigns_at_most(c, head.outlook_now, head.most)
    indices = floats(outlook_at(head.outlook_now, 0).indices, n)
    lowest = choice.attack_value(indices, rules.dissimilarity)
    if math.isnan(highest) or math.isnan(lowest):
        return OPEN
    if u >= _chance_given(c, highest, stay) + SLACK:
        return -1
    low, high = stay, stay
    if rules.look_ahead > 0.0:
        low, high = _later_between(c)
        if math.isnan(low) or math.isnan(high):
            return OPEN
        if u >= _chance_given(c, highest, low) + SLACK:
            return -1
    if u < _chance_given(c, lowest, high) - SLACK:
        chosen = _incident_between(c, k, indices, most)
        if chosen >= 0:
            return chosen
    assess_some(c, head.view_now, head.outlook_now, True, 0)
    w.attack, w.refrain = choice.attack_value(indices, rules.dissimilarity), stay
    return _choose_before_later(c, k, u, low, high)


@inner
def _with_campaigns_at_most(c: int, o: int, most: int) -> float:
    """Return V_A at most, given what incidents are worth in an outlook.

    There, campaigns are left without a value; of the bounds, those of incidents are replaced.
    """
    head = sizes(c, 0)
    for option in range(head.n_options):
        if option_of(c, option).option_class == 0:
            store(most, option, load(outlook_at(o, 0).indices, option))
        else:
            store(outlook_at(o, 0).indices, option, choice.NEVER)
    return choice.attack_value(floats(most, head.n_options), rules_of(c, 0).dissimilarity)


@inner
def _later_between(c: int) -> tuple[float, float]:
    """Return bounds of the inclusive value later; the later view is filled.

    No less than to stay, or with the same layers as now than to stay or do what is short of war;
    no more than if nobody helps against a campaign then, or with other layers against anything.
    """
    head, rules, stay = sizes(c, 0), rules_of(c, 0), _stay(c)
    look_ahead(c, rules.look_ahead_horizon)
    highest = attack_at_most(c, head.view_later, head.worth)
    if not same_layers_later(c):
        return stay, choice.inclusive_value(stay, highest)
    assess_some(c, head.view_later, head.outlook_later, False, head.outlook_now)
    highest = _with_campaigns_at_most(c, head.outlook_later, head.worth)
    indices = floats(outlook_at(head.outlook_later, 0).indices, head.n_options)
    lowest = choice.attack_value(indices, rules.dissimilarity)
    return choice.inclusive_value(stay, lowest), choice.inclusive_value(stay, highest)


@inner
def _chance_given(c: int, attack: float, later: float) -> float:
    """Return P(attack), given V_A now and the inclusive value later."""
    return choice.attack_probability(_refrain_given(c, attack, later), attack)


@inner
def _incident_between(c: int, k: int, least: choice.FloatArray, most: choice.FloatArray) -> int:
    """Return the incident that is taken whatever campaigns are worth; -1 if there is none."""
    w = world_of(c, 0)
    if w.strategy == PROBING:
        chosen = choice.option_probed(most, w.last_option, w.last_answer)
        return chosen if chosen >= 0 and option_of(c, chosen).option_class == 0 else -1
    u, dissimilarity = _luck_of_option(c, k), rules_of(c, 0).dissimilarity
    first = choice.option_chosen(u - SLACK, least, dissimilarity)
    last = choice.option_chosen(u + SLACK, most, dissimilarity)
    if first < 0 or first != last or option_of(c, first).option_class > 0:
        return -1
    return first


@inner
def _choose_before_later(c: int, k: int, u: float, low: float, high: float) -> int:
    """Choose with all acts now assessed, and those later only where they can tell.

    Parameters
    ----------
    low, high : float
        Bounds of the inclusive value later.
    """
    w = world_of(c, 0)
    if rules_of(c, 0).look_ahead == 0.0:
        return _choose(c, k, u)
    chosen = OPEN
    if not math.isnan(w.attack):
        if u >= _chance_given(c, w.attack, low) + SLACK:
            return -1
        if u < _chance_given(c, w.attack, high) - SLACK:
            w.refrain = _refrain_given(c, w.attack, high)
            chosen = _choose(c, k, u)
            if option_of(c, chosen).option_class == 0:
                return chosen
    _weigh_later(c)  # a campaign weighs it again before it presses on
    return _choose(c, k, u) if chosen == OPEN else chosen


@inner
def _choose(c: int, k: int, u: float) -> int:
    """Return the option that the challenger's strategy takes at an occasion; -1 to refrain."""
    head, w, rules = sizes(c, 0), world_of(c, 0), rules_of(c, 0)
    n = head.n_options
    out = outlook_at(head.outlook_now, 0)
    indices = floats(out.indices, n)
    attack = w.attack
    if w.strategy == LOSS_AVERSE:
        indices = floats(head.weighed, n)
        for option in range(n):
            v, eu = load(out.indices, option), load(out.utility, option)
            store(head.weighed, option, choice.loss_averse_index(v, eu, LOSS_AVERSION))
        attack = choice.attack_value(indices, rules.dissimilarity)
    if u >= choice.attack_probability(w.refrain, attack):
        return -1
    if w.strategy == PROBING:
        return choice.option_probed(indices, w.last_option, w.last_answer)
    return choice.option_chosen(_luck_of_option(c, k), indices, rules.dissimilarity)


@inner
def _luck_of_option(c: int, k: int) -> float:
    return draw(c, streams.OPTION, 0, k, 0, streams.CANDIDATE)
