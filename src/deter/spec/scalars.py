"""Plain scalars by the core schema of YAML 1.2: ``NO`` is Norway, ``yes`` and dates are texts."""

from __future__ import annotations

import re

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = {"0o": (8, re.compile(r"0o[0-7]+")), "0x": (16, re.compile(r"0x[0-9a-fA-F]+"))}
_FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NOTANUMBER = frozenset({".nan", ".NaN", ".NAN"})

MANY_DIGITS = 400
"""Digits beyond which an integer is read as a float, and so as infinite."""

Scalar = str | int | float | bool | None

TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
}
"""Tags of the core schema a scalar may carry, and the type each asks for."""


def resolve(text: str) -> Scalar:
    """Return what an unquoted scalar stands for.

    Examples
    --------
    >>> resolve("NO"), resolve("yes"), resolve("2026-01-31"), resolve("1e3"), resolve("~")
    ('NO', 'yes', '2026-01-31', 1000.0, None)
    """
    if text in NULLS:
        return None
    if text in TRUTHS:
        return TRUTHS[text]
    number = _number(text)
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= MANY_DIGITS else float(text)
    base, pattern = _BASED.get(text[:2], (0, _INTEGER))
    if base and pattern.fullmatch(text):
        return int(text, base) if len(text) <= MANY_DIGITS else float("inf")
    if _FLOAT.fullmatch(text):
        return float(text)
    infinite = _INFINITE.fullmatch(text)
    if infinite:
        return float(f"{infinite.group(1)}inf")
    return float("nan") if text in _NOTANUMBER else None


def resolve_tagged(text: str, tag: str) -> Scalar:
    """Return what a scalar with a tag of the core schema stands for.

    Raises
    ------
    ValueError
        If the tag is unknown, or the text is not of the type it asks for.
    """
    short = tag.replace("tag:yaml.org,2002:", "!!")
    if tag == "!":
        return text
    if tag not in TAGS:
        raise ValueError(f"the tag {short!r} is unknown; leave it out")
    wanted = TAGS[tag]
    if wanted is str:
        return text
    value = resolve(text)
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        raise ValueError(f"{text[:60]!r} does not fit its tag {short!r}; leave the tag out")
    return value
