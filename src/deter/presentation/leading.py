"""Which of several things is largest, and which of them cannot be told to be smaller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deter.analysis.estimates import Estimate
from deter.presentation.words import listed

MOST = 12
"""Names that a sentence lists at most."""


@dataclass(frozen=True)
class Lead:
    """The largest of several estimates, and how the others stand to it.

    Two are told apart where their intervals do not overlap. That is stricter than a test of their
    difference, so that what is told apart is safe to say, and what is not may yet differ.

    Attributes
    ----------
    first : str
        The largest estimate among those that are told from nothing.
    close : tuple of str
        Others whose interval reaches that of the first: they cannot be told to be smaller.
    below : tuple of str
        Those whose interval lies below it.
    idle : tuple of str
        Those that cannot be told from nothing; some of them may be close as well.
    """

    first: str
    close: tuple[str, ...]
    below: tuple[str, ...]
    idle: tuple[str, ...]


def lead(sizes: Sequence[tuple[str, Estimate]]) -> Lead | None:
    """Return which size is the largest, and what is told apart from it.

    Parameters
    ----------
    sizes : sequence of (str, Estimate)
        Names, and sizes of at least 0, in any order.

    Returns
    -------
    Lead or None
        None where no size is told from nothing.

    Examples
    --------
    >>> a, b = Estimate(0.5, 0.4, 0.6, 64), Estimate(0.3, 0.1, 0.45, 64)
    >>> lead([("a", a), ("b", b)])
    Lead(first='a', close=('b',), below=(), idle=())
    >>> lead([("b", Estimate(0.1, -0.1, 0.3, 64))]) is None
    True
    """
    ranked = sorted(sizes, key=lambda pair: -(pair[1].estimate or 0.0))
    known = [pair for pair in ranked if pair[1].low is not None and pair[1].low > 0]
    if not known:
        return None
    first, size = known[0]
    assert size.low is not None
    others = [pair for pair in ranked if pair[0] != first]
    below = tuple(name for name, e in others if e.high is not None and e.high < size.low)
    return Lead(
        first,
        tuple(name for name, _ in others if name not in below),
        below,
        tuple(name for name, e in others if e.low is None or e.low <= 0),
    )


def lead_words(found: Lead, most: str, held: str) -> list[str]:
    """Return what a lead says: who leads, who cannot be told to have less, who can.

    Parameters
    ----------
    found : Lead
        Who leads.
    most : str
        What the first is said to do where it is told apart from all others: ``matters most``.
    held : str
        How much that is, with intervals: ``by itself it holds 40 % (30 to 50)``.

    Examples
    --------
    >>> lead_words(Lead("a", ("b",), ("c",), ()), "matters most", "it holds 50 % (40 to 60)")
    ['a has the largest estimate: it holds 50 % (40 to 60). b cannot be told to have less.', \
'Told to have less than a: c.']
    >>> lead_words(Lead("a", (), ("c",), ()), "matters most", "it holds 50 % (40 to 60)")
    ['a matters most: it holds 50 % (40 to 60). No other interval reaches that far.']
    """
    if not found.close and not found.below:
        return [f"{found.first} is all that was varied: {held}."]
    if not found.close:
        return [f"{found.first} {most}: {held}. No other interval reaches that far."]
    said = [
        f"{found.first} has the largest estimate: {held}. {listed(found.close, MOST)} cannot be "
        "told to have less."
    ]
    if found.below:
        said.append(f"Told to have less than {found.first}: {listed(found.below, MOST)}.")
    return said


def size_of(effect: Estimate) -> Estimate:
    """Return the size of an effect, whatever its sign, with the interval of that.

    Examples
    --------
    >>> size_of(Estimate(-0.2, -0.3, -0.1, 9)), size_of(Estimate(0.1, -0.3, 0.4, 9)).low
    (Estimate(estimate=0.2, low=0.1, high=0.3, n=9, unit='1', what='', method=''), 0.0)
    """
    if effect.estimate is None or effect.low is None or effect.high is None:
        return effect
    ends = sorted((abs(effect.low), abs(effect.high)))
    low = 0.0 if effect.low <= 0 <= effect.high else ends[0]
    return Estimate(abs(effect.estimate), low, ends[1], effect.n)


__all__ = ["Lead", "lead", "lead_words", "size_of"]
