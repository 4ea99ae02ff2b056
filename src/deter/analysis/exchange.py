"""What a change is worth in the coin of another: exchange rates at an equal measure.

A currency is a number that can be turned, as troops in place. A change is worth as much of it as
brings the measure, with the change not made, to where the change brings it. That is a crossing of
two curves under shared luck (:mod:`deter.analysis.crossing`): the measure against the currency,
and the constant with the change made. Its interval is Fieller's; it may have no end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deter.analysis.crossing import METHOD, Crossing, Search
from deter.analysis.estimates import Estimate, nothing

PRICES = {
    "priced": "worth an amount within the range",
    "open": "worth an amount whose interval has no end within the range",
    "at least": "worth more than the limit; how much, the range does not show",
    "at most": "worth less than the limit; how much, the range does not show",
    "beyond": "worth more than the currency buys within the range",
    "below": "worth less than the currency takes within the range",
    "unpriced": "the currency cannot be told to do anything within the range",
}
"""What is known of a price."""


@dataclass(frozen=True)
class Price:
    """What one change is worth.

    Attributes
    ----------
    change : str
        Its name.
    settings : tuple of str
        What it sets.
    after : Estimate
        The measure with the change made.
    effect : Estimate
        Difference it makes, over pairs.
    search : Search
        Of the measure at each amount of the currency, less ``after``.
    known : str
        One of :data:`PRICES`.
    worth : Estimate
        Amount of the currency beyond what is in force; below 0 where the change does harm.
    size : float or None
        Size of the change, where it is of one number.
    rate : Estimate
        Worth for each unit of the change.
    others : int
        Further amounts that would do: the measure does not fall steadily with the currency.
    """

    change: str
    settings: tuple[str, ...]
    after: Estimate
    effect: Estimate
    search: Search
    known: str
    worth: Estimate
    size: float | None
    rate: Estimate
    others: int

    @property
    def told(self) -> bool:
        """Whether the change can be told from none."""
        low, high = self.effect.low, self.effect.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True)
class Exchange:
    """A table of exchange rates.

    Attributes
    ----------
    scenario, framework : str
        Names.
    currency, unit : str
        Path of the currency, and its unit.
    now, low, high : float
        Amount in force, and the range that was run.
    measure, what : str
        Label of the measure, and what it is.
    percent : bool
        Whether it is a probability or share.
    before : Estimate
        The measure with nothing changed.
    reach : Estimate
        Difference of the measure between the ends of the range, over pairs.
    curve : dict of float to Estimate
        The measure by amount of the currency.
    prices : tuple of Price
        By rising measure with the change made.
    n, seed : int
        Replications of each run, and the seed of all luck.
    notes : tuple of str
        What the reader should know.
    """

    scenario: str
    framework: str
    currency: str
    unit: str
    now: float
    low: float
    high: float
    measure: str
    what: str
    percent: bool
    before: Estimate
    reach: Estimate
    curve: dict[float, Estimate]
    prices: tuple[Price, ...]
    n: int
    seed: int
    notes: tuple[str, ...] = ()


def price(
    change: str,
    settings: Sequence[str],
    after: Estimate,
    effect: Estimate,
    found: Search,
    now: float,
    unit: str,
    size: float | None = None,
) -> Price:
    """Read what a change is worth from a search.

    Parameters
    ----------
    change, settings, after, effect
        As of :class:`Price`.
    found : Search
        Of the measure at each amount, less the measure with the change made.
    now : float
        The amount in force.
    unit : str
        Of the currency.
    size : float, optional
        Size of the change.

    Notes
    -----
    Of several amounts that would do, the one nearest to that in force is taken. What changes
    nothing in any history is worth 0 exactly.
    """
    near = sorted(found.crossings, key=lambda c: abs((c.at.estimate or 0.0) - now))
    known, worth = _of_crossing(near[0], now) if near else _of_limits(found, now)
    if effect.estimate == 0 and known != "unpriced":
        known, worth = _of_nothing(found, now) or (known, worth)
    worth = worth.labelled(unit=unit, what=f"worth of the change: {PRICES[known]}")
    return Price(
        change=change,
        settings=tuple(settings),
        after=after,
        effect=effect,
        search=found,
        known=known,
        worth=worth,
        size=size,
        rate=_rate(worth, size),
        others=max(len(near) - 1, 0),
    )


def _of_nothing(found: Search, now: float) -> tuple[str, Estimate] | None:
    """Return the price of a change that makes no difference at all: nothing, with its limits."""
    for here in found.stretches:
        if here.sign == 0 and here.low <= now <= here.high:
            low = None if here.low == found.low else here.low
            high = None if here.high == found.high else here.high
            known = "open" if low is None or high is None else "priced"
            return known, _beyond(now, low, high, now, found.points[found.low].n)
    return None


def _of_crossing(crossing: Crossing, now: float) -> tuple[str, Estimate]:
    at = crossing.at
    known = "priced" if crossing.sure else "open"
    return known, _beyond(at.estimate, at.low, at.high, now, at.n)


def _beyond(
    middle: float | None, low: float | None, high: float | None, now: float, n: int
) -> Estimate:
    middle, low, high = (None if x is None else x - now for x in (middle, low, high))
    return Estimate(middle, low, high, n, method=METHOD)


def _of_limits(found: Search, now: float) -> tuple[str, Estimate]:
    """Return what can be said where the curves do not meet in the range."""
    ends = found.points[found.low], found.points[found.high]
    n = ends[0].n
    one, other = (d.estimate or 0.0 for d in ends)
    first, last = found.stretches[0], found.stretches[-1]
    if found.verdict == "alike" or one == other:
        return "unpriced", nothing(n, METHOD)
    if found.verdict == "partly" and last.sign == 0 and abs(other) <= abs(one):
        return "at least", _beyond(None, last.low, None, now, n)
    if found.verdict == "partly" and first.sign == 0 and abs(one) <= abs(other):
        return "at most", _beyond(None, None, first.high, now, n)
    if abs(other) < abs(one):
        return "beyond", _beyond(None, found.high, None, now, n)
    return "below", _beyond(None, None, found.low, now, n)


def _rate(worth: Estimate, size: float | None) -> Estimate:
    if not size:
        return nothing(worth.n, worth.method)
    middle, low, high = (
        None if x is None else x / size for x in (worth.estimate, worth.low, worth.high)
    )
    if size < 0:
        low, high = high, low
    what = "worth for each unit of the change"
    return Estimate(middle, low, high, worth.n, worth.unit, what, worth.method)
