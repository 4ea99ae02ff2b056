"""What an option is worth at most, whatever guarantors do: cheap, and often enough.

Most occasions are let pass. Where the luck of an occasion lies above the probability of attack that
no help at all would give, the challenger refrains, and what help it expects need not be known. The
compiled engine asks here first; what is decided is the same, to the last bit.
"""

from __future__ import annotations

from deter.engine.assessment import available, gets_through, index_of, resists
from deter.engine.layout import (
    RUNG_COUNT,
    option_of,
    rules_of,
    rung_of,
    sizes,
    view_at,
)
from deter.engine.memory import floats, load, store
from deter.engine.strength import LONGEST_CAMPAIGN, monthly_tempo, odds_of, walk
from deter.theory import campaign, chance, choice
from deter.theory.law import inner

SLACK = 1e-9
"""Room for rounding between a bound and what it bounds."""


@inner
def sound(c: int) -> bool:
    """Return whether bounds may be used: no law can fail in what they would leave out.

    Drawn numbers may make a lag with no shape, on which its law fails. Options must stand in an
    order in which what campaigns are worth does not move the incidents before them.
    """
    if rules_of(c, 0).ratification_sd < 0.0 or not _incidents_first(c):
        return False
    for j in range(RUNG_COUNT):
        rung = rung_of(c, j)
        if rung.lag_distribution > chance.EXPONENTIAL and not rung.lag_shape > 0.0:
            return False
    return True


@inner
def _incidents_first(c: int) -> bool:
    """Return whether no campaign comes before an incident in the order of options."""
    for k in range(1, sizes(c, 0).n_options):
        if option_of(c, k).option_class == 0 and option_of(c, k - 1).option_class > 0:
            return False
    return True


@inner
def attack_at_most(c: int, v: int, most: int) -> float:
    """Return a bound from above of V_A in a view: nobody helps, and wars cost nothing.

    Not for payoffs that are given outright (``win: fixed``).

    Parameters
    ----------
    most : int
        Address of floats (options); written: a bound of each option's index.
    """
    n = sizes(c, 0).n_options
    for k in range(n):
        store(most, k, _index_at_most(c, v, k))
    return choice.attack_value(floats(most, n), rules_of(c, 0).dissimilarity)


@inner
def _index_at_most(c: int, v: int, k: int) -> float:
    if not available(c, v, k):
        return choice.NEVER
    view = view_at(v, 0)
    gain = (view.motive + view.hostility) * load(view.prize, k)
    return index_of(c, v, k, _utility_at_most(c, v, k, gain))


@inner
def _utility_at_most(c: int, v: int, k: int, gain: float) -> float:
    """Return a bound of the utility that :func:`deter.engine.assessment.assess` works out.

    Help lowers the chance, punishes, escalates; the bound leaves all three out, and the days of
    war, and has the protégé give in as often as in the longest of wars.
    """
    option, win, resist = option_of(c, k), gets_through(c, v, k), 1.0
    if option.option_class > 0:
        if gain <= 0.0:
            return -option.cost
        below, above = walk(c, v, k, 0.0)
        win = campaign.ruin_win(below, above, odds_of(c, v, k, 0.0))
        longest = campaign.most_battles(below, above)
        days = campaign.days_of_battles(longest, monthly_tempo(c, view_at(v, 0).month), 1.0)
        resist = resists(c, v, k, win, min(LONGEST_CAMPAIGN, days))
    fight = choice.war_utility(gain, win, 0.0, 0.0, 0.0, 0.0, 0.0)
    return choice.act_utility(resist, fight, gain, option.cost)
