"""Units a user may write after a number, and their factors to the unit a field is kept in.

A unit is a top and, after ``/`` or ``per``, a bottom: ``bn USD/y``, ``per 30 d``. Tops and
bottoms convert within one scale only: time, forces or money. All else must match word for word.
"""

from __future__ import annotations

import re

from deter.spec.hints import found

TIME_UNITS = {
    "s": 1 / 86400,
    "min": 1 / 1440,
    "h": 1 / 24,
    "d": 1.0,
    "w": 7.0,
    "month": 30.4375,
    "y": 365.25,
}
"""Units of time in days; a year has 365.25 of them, a month a twelfth of that."""

TIME_WORDS = {
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "wk": "w",
    "week": "w",
    "weeks": "w",
    "months": "month",
    "mo": "month",
    "year": "y",
    "years": "y",
    "yr": "y",
    "yrs": "y",
    "a": "y",
}
"""Other spellings of the units of time."""

BRIGADE = 5000.0
"""Soldiers in a brigade equivalent."""

_TIMES = TIME_UNITS | {word: TIME_UNITS[short] for word, short in TIME_WORDS.items()}
_FORCES = {"troops": 1.0, "soldiers": 1.0, "brigade": BRIGADE, "brigades": BRIGADE}
_AMOUNTS = {"": 1e-9, "m": 1e-3, "million": 1e-3, "bn": 1.0, "billion": 1.0, "tn": 1e3}
_MONEY = {f"{amount} USD".strip(): size for amount, size in _AMOUNTS.items()} | {
    f"USD {amount}".strip(): size for amount, size in _AMOUNTS.items()
}
_SHARES = {"%": 0.01, "percent": 0.01, "": 1.0, "1": 1.0, "p": 1.0}
_SCALES = (_TIMES, _FORCES, _MONEY, _SHARES)

_NUMBER = re.compile(
    r"([-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)(.*)", re.DOTALL | re.ASCII
)
_COUNT = re.compile(r"([1-9]\d{0,5}) ?([A-Za-z].*)", re.ASCII)
_LONGEST = 80

_DESCRIPTIONS = {
    "d": "days (as '3 d', '72 h', '2 w', '1 y')",
    "h": "hours (as '72 h', '3 d')",
    "y": "years (as '10 y', '18 months')",
    "p": "a share from 0 to 1 (as 0.4 or '40 %')",
    "1": "a plain number",
    "per year": "a rate per year (as 0.5 or '2 per month')",
    "probit": "probit units",
    "severity": "a severity from 0 to 1",
    "troops": "troops (as 5000 or '1 brigade')",
    "brigades": "brigades of 5,000 (as 12 or '60000 troops')",
    "brigades/y": "brigades a year (as 12 or '1 brigade/month')",
    "bn USD": "bn USD (as 90 or '90 bn USD')",
    "bn USD/y": "bn USD a year (as 40 or '3 bn USD/month')",
}


def parse_text(text: str, unit: str) -> float:
    """Read ``"72 h"``, ``"15 y"``, ``"40 %"``, ``"90 bn USD"`` into the field's unit.

    Raises
    ------
    ValueError
        If the text is no number, or its unit does not fit the field's.

    Examples
    --------
    >>> parse_text("72 h", "d")
    3.0
    >>> parse_text("40 %", "p")
    0.4
    >>> parse_text("1 bn USD/month", "bn USD/y")
    12.0
    """
    match = _NUMBER.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        raise ValueError(f"{found(text)} is not a number; write {describe_number(unit)}")
    given = " ".join(match.group(2).split())
    if given.startswith(","):
        raise ValueError(f"{found(text)} holds a comma; write 1000 or 1_000, and 0.5 with a point")
    factor = _factor(given, unit)
    if factor is None:
        raise ValueError(
            f"{found(text)}: the unit {given!r} does not fit; write {describe_number(unit)}"
        )
    return float(match.group(1).replace("_", "")) * factor


def describe_number(unit: str) -> str:
    """Return what to write for a number in a unit.

    Examples
    --------
    >>> describe_number("y")
    "a number in years (as '10 y', '18 months')"
    """
    described = describe_unit(unit)
    return described if described.startswith("a ") else f"a number in {described}"


def _factor(given: str, unit: str) -> float | None:
    if given in ("", unit):
        return 1.0
    given_top, given_bottom = _split(given)
    top, bottom = _split(unit)
    over = 1.0 if given_bottom and not given_top else _ratio(given_top, top)
    under = _ratio(given_bottom, bottom)
    return None if over is None or under is None else over / under


def _split(unit: str) -> tuple[str, str]:
    spread = f" {unit} ".replace("/", " per ").replace(" a ", " per ")
    top, _, bottom = spread.partition(" per ")
    return (" ".join(top.split()), " ".join(bottom.split())) if bottom.strip() else (unit, "")


def _ratio(given: str, unit: str) -> float | None:
    if given == unit:
        return 1.0
    given_count, given_word = _counted(given)
    count, word = _counted(unit)
    for scale in _SCALES:
        if given_word in scale and word in scale:
            return given_count * scale[given_word] / (count * scale[word])
    return None


def _counted(unit: str) -> tuple[float, str]:
    match = _COUNT.fullmatch(unit)
    return (float(match.group(1)), match.group(2)) if match else (1.0, unit)


def describe_unit(unit: str) -> str:
    """Return a unit in words for messages and documentation.

    Examples
    --------
    >>> describe_unit("p")
    "a share from 0 to 1 (as 0.4 or '40 %')"
    """
    return _DESCRIPTIONS.get(unit, f"a rate {unit}" if unit.startswith("per ") else unit)
