"""Numbers inside sentences: never without their interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deter.presentation.words import MINUS, interval, number

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate

UNKNOWN = "an amount that cannot be estimated"


SPELLED = "95 % interval "


def share(estimate: Estimate, *, spelled: bool = False) -> str:
    """Return a share with its interval; spelled out, it says what the interval is.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> share(Estimate(0.25, 0.21, 0.29, 400))
    '25 % (21 to 29)'
    >>> share(Estimate(0.0, 0.0, 0.0188, 200))
    'none in 200; at most 1.9 %, 95 %'
    """
    if estimate.estimate is None:
        return "a share that cannot be estimated"
    if end := _end(estimate):
        return f"{end.seen}; {end.limit}"
    middle, _, rest = interval(estimate, percent=True).partition(" ")
    if spelled:
        rest = rest.replace("(", f"({SPELLED}", 1)
    return f"{middle} % {rest}".rstrip()


def in_histories(estimate: Estimate, *, spelled: bool = False) -> str:
    """Return in how many histories something came, as the end of a sentence.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> in_histories(Estimate(0.25, 0.21, 0.29, 400))
    'in 25 % (21 to 29) of histories'
    >>> in_histories(Estimate(0.0, 0.0, 0.0188, 200))
    'in none of 200 histories (at most 1.9 %, 95 %)'
    """
    if estimate.estimate is None:
        return "in a share of histories that cannot be estimated"
    if end := _end(estimate):
        return f"in {end.seen.replace(' in ', ' of ')} histories ({end.limit})"
    return f"in {share(estimate, spelled=spelled)} of histories"


class _End(NamedTuple):
    """A share that was never or always seen: its count, and the limit that stands for it."""

    seen: str
    limit: str


def _end(estimate: Estimate) -> _End | None:
    """Return what is said of a share at an end of its range; None elsewhere."""
    assert estimate.estimate is not None
    if estimate.estimate <= 0:
        return _End(f"none in {estimate.n:,}", f"at most {_limit(estimate.high)} %, 95 %")
    if estimate.estimate >= 1:
        return _End(f"all of {estimate.n:,}", f"at least {_limit(estimate.low)} %, 95 %")
    return None


def _limit(limit: float | None) -> str:
    if limit is None:
        return "an unknown"
    shown = 100 * limit
    return number(shown, 1 if shown >= 0.1 else 3)


def told(difference: Estimate) -> int:
    """Return the sign of a difference whose interval leaves out 0; else 0.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> told(Estimate(-0.1, -0.2, -0.01, 9)), told(Estimate(-0.1, -0.2, 0.0, 9))
    (-1, 0)
    """
    low, high = difference.low, difference.high
    if low is None or high is None:
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


def gap(difference: Estimate) -> str:
    """Return a difference of shares in points; lower or higher only where that is told.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> gap(Estimate(-0.16, -0.20, -0.12, 9))
    '16.0 points lower (12.0 to 20.0)'
    >>> gap(Estimate(0.01, -0.02, 0.04, 9))
    '+1.0 points (−2.0 to +4.0)'
    """
    three = (difference.estimate, difference.low, difference.high)
    if three[0] is None or three[1] is None or three[2] is None:
        return "a difference that cannot be estimated"
    middle, low, high = (100 * x for x in three if x is not None)
    sign = told(difference)
    digits = 1 if max(abs(low), abs(high)) >= 0.2 else 3
    if sign:
        word = "higher" if sign > 0 else "lower"
        near, far = sorted((abs(low), abs(high)))
        limits = f"({number(near, digits)} to {number(far, digits)})"
        return f"{number(abs(middle), digits)} points {word} {limits}"
    shown = [signed(x, digits) for x in (middle, low, high)]
    return f"{shown[0]} points ({shown[1]} to {shown[2]})"


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, the minus a reader's and not a hyphen.

    Examples
    --------
    >>> signed(-1.25), signed(0.04), signed(2)
    ('−1.3', '0.0', '+2.0')
    """
    text = number(value, digits)
    if text.startswith("-"):
        return MINUS + text[1:]
    return text if float(text.replace(",", "")) == 0 else f"+{text}"


def amount(estimate: Estimate, unit: str) -> str:
    """Return an amount with its unit and its interval, whose limits may be unknown.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> amount(Estimate(8.8, 6.4, 10.5, 400), "days")
    '8.8 days (6.4 to 10.5)'
    >>> amount(Estimate(29.0, 19.0, None, 400), "days")
    '29 days (19 to no limit that this run can tell)'
    """
    if estimate.estimate is None:
        return UNKNOWN
    middle, _, rest = interval(estimate).partition(" ")
    limits = rest.replace("to –", "to no limit that this run can tell")
    limits = limits.replace("(– to", "(no limit that this run can tell, to")
    return f"{middle} {unit} {limits}".rstrip().replace("-", MINUS)
