"""Numbers and names as a reader sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate
    from deter.analysis.findings import Findings

LONGEST_LABEL = 36
MOST_NAMES = 5
"""Names that a sentence lists at most."""

MINUS = "\u2212"
NOTHING = "–"
"""Stands where there is no estimate."""

ENDLESS = "…"
"""Stands for a limit that lies outside the range that was run."""


def short(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a label cut to a readable length.

    Examples
    --------
    >>> short("an agreement with a very long name", 16)
    'an agreement wi…'
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def capital(text: str) -> str:
    """Return a sentence with a capital letter."""
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names as a sentence lists them.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b", "c"]), listed(["a", "b", "c"], 2)
    ('a', 'a, b and c', 'a, b and 1 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def labels(findings: Findings) -> dict[str, str]:
    """Return what frameworks are called, the reference first, then by falling P(full attack).

    Titles, cut to size; names where two titles would look alike.
    """
    estimates = findings.estimates
    order = sorted(
        findings.frameworks,
        key=lambda name: (
            name != findings.reference,
            -(estimates[name]["p_full_attack"].estimate or 0.0),
        ),
    )
    called = {name: short(findings.titles[name]) for name in order}
    if len(set(called.values())) < len(called):
        called = {name: short(name) for name in order}
    return called


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with a fixed number of decimals, a dash for none.

    Examples
    --------
    >>> number(12.34), number(None), number(-0.001)
    ('12.3', '–', '0.0')
    """
    if value is None:
        return NOTHING
    text = f"{value + math.copysign(1e-9, value):,.{digits}f}"  # halves always away from zero
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def outward(least: float, most: float) -> tuple[str, str]:
    """Return bounds of a share in whole percent, rounded so that they hold what they held.

    Examples
    --------
    >>> outward(0.015, 0.165)
    ('1', '17')
    """
    low, high = math.floor(100 * least + 1e-9), math.ceil(100 * most - 1e-9)
    return number(low, 0), number(high, 0)


def interval(estimate: Estimate, *, percent: bool = False, signed: bool = False) -> str:
    """Return an estimate with its interval, in percent if asked, with as many digits as it bears.

    Examples
    --------
    >>> from deter.analysis.estimates import Estimate
    >>> interval(Estimate(0.305, 0.262, 0.352, 400), percent=True)
    '31 (26 to 35)'
    >>> interval(Estimate(0.005, 0.001, 0.018, 400), percent=True)
    '0.5 (0.1 to 1.8)'
    """
    if estimate.estimate is None:
        return NOTHING
    scale = 100.0 if percent else 1.0
    three = [
        None if x is None else x * scale for x in (estimate.estimate, estimate.low, estimate.high)
    ]
    digits = _digits([x for x in three if x is not None])
    middle, low, high = (number(x, digits) for x in three)
    if signed and three[0] is not None and three[0] > 0 and float(middle.replace(",", "")) != 0:
        middle = f"+{middle}"
    if estimate.low is None and estimate.high is None:
        return middle
    return f"{middle} ({low} to {high})"


def _digits(values: list[float]) -> int:
    """Return the decimals that the largest of an estimate and its limits calls for."""
    largest = max(abs(value) for value in values)
    return 0 if largest >= 20 else 1 if largest >= 0.2 else 3


def value(x: float | None, unit: str = "") -> str:
    """Return an amount with as many digits as a reader needs, and its unit.

    Examples
    --------
    >>> value(12345.6, "troops"), value(0.51234), value(None)
    ('12,300 troops', '0.512', '…')
    """
    if x is None:
        return ENDLESS
    digits = 3
    rounded = float(f"{x:.{digits}g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 or rounded == int(rounded) else f"{rounded:g}"
    text = "0" if text == "-0" else text
    return f"{text} {unit}" if unit not in ("", "1") else text


def amount(estimate: Estimate, unit: str = "", *, signed: bool = False) -> str:
    """Return an amount with its interval, whose limits may lie outside the range run."""
    low, high = value(estimate.low), value(estimate.high)
    if estimate.estimate is None:
        if estimate.low is not None:
            return f"more than {value(estimate.low, unit)}"
        if estimate.high is not None:
            return f"less than {value(estimate.high, unit)}"
        return NOTHING
    plus = "+" if signed and estimate.estimate > 0 else ""
    return f"{plus}{value(estimate.estimate, unit)} ({low} to {high})"


def points(difference: Estimate) -> str:
    """Return a difference of probabilities in points, with its sign."""
    if difference.estimate == 0:
        low, high = (None if x is None else 100 * x for x in (difference.low, difference.high))
        return f"0.0 ({number(low)} to {number(high)})"
    return interval(difference, percent=True, signed=True)
