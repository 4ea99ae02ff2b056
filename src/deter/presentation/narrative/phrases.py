"""Words for dates, chances, worths and lists of states."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from deter.narrative.model import DAY
from deter.presentation.words import capital

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOUNS = ("nothing beyond protest", "sanctions", "arms", "air and naval forces", "ground troops")
DOES = (
    "protests",
    "imposes sanctions",
    "sends arms",
    "sends air and naval forces",
    "sends ground troops",
)
DO = ("protest", "impose sanctions", "send arms", "send air and naval forces", "send ground troops")
NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
RULES = {
    "each": "each member decides for itself",
    "lead": "the lead decides for all",
    "coalition": "a coalition of the willing sets the level",
    "majority": "more than half of the members set the level",
    "weighted_majority": "a weighted majority sets the level",
    "consensus": "consensus: the least willing member sets the level",
    "security_council": "through the Security Council",
}


_BEGINS = re.compile(r"([.!?] )([a-z])")


def times(n: int) -> str:
    """Return how often in words.

    Examples
    --------
    >>> times(1), times(2), times(5), times(20)
    ('once', 'twice', 'five times', '20 times')
    """
    if n in (1, 2):
        return ("once", "twice")[n - 1]
    return count(n, "time")


def dated(start: date, seconds: float) -> str:
    """Return a date in words; the number of the day where the calendar ends."""
    days = int(seconds // DAY)
    try:
        day = start + timedelta(days=days)
    except OverflowError:
        return f"day {days}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def month(start: date, seconds: float) -> str:
    """Return month and year."""
    words = dated(start, seconds).split(" ", 1)
    return words[1] if words[0].isdigit() else " ".join(words)


def pct(p: float) -> str:
    """Return a probability the model gives an event, in percent.

    Examples
    --------
    >>> pct(0.274), pct(0.0031), pct(0.0001), pct(0.9991), pct(1.0)
    ('27%', '0.3%', 'under 0.1%', 'over 99%', '100%')
    """
    if not math.isfinite(p):
        return "unknown"
    if 0.0 < p < 0.0005:
        return "under 0.1%"
    if 0.0 < p < 0.00995:
        return f"{100 * p:.1f}%"
    if 0.995 < p < 1.0:
        return "over 99%"
    return f"{100 * p:.0f}%"


def likely(p: float) -> str:
    """Return a probability in words and figures.

    Examples
    --------
    >>> likely(0.02), likely(0.5), likely(0.97)
    ('very unlikely, 2%', 'about even, 50%', 'very likely, 97%')
    """
    for limit, words in (
        (0.1, "very unlikely"),
        (1 / 3, "unlikely"),
        (2 / 3, "about even"),
        (0.9, "likely"),
    ):
        if p < limit:
            return f"{words}, {pct(p)}"
    return f"very likely, {pct(p)}"


def worth(u: float) -> str:
    """Return a utility with its sign.

    Examples
    --------
    >>> worth(-0.0312), worth(0.2)
    ('−0.031', '+0.200')
    """
    return f"{u:+.3f}".replace("-", "−")


def probits(x: float) -> str:
    """Return a number of probits with its sign."""
    return f"{x:+.2f}".replace("-", "−")


def amount(x: float) -> str:
    """Return brigade equivalents, short."""
    return f"{x:.1f}" if x >= 0.05 else f"{x:.2f}"


def days(x: float) -> str:
    """Return a length of time in days.

    Examples
    --------
    >>> days(0.2), days(1.0), days(12.4), days(730.6)
    ('less than a day', '1 day', '12 days', '731 days')
    """
    whole = round(x)
    if whole < 1:
        return "less than a day"
    return "1 day" if whole == 1 else f"{whole} days"


def on_day(x: float) -> str:
    """Return when something was, counted from an act.

    Examples
    --------
    >>> on_day(0.1), on_day(13.0)
    ('on the first day', 'on day 13')
    """
    return "on the first day" if x < 1 else f"on day {x:.0f}"


def count(n: int, noun: str, plural: str = "") -> str:
    """Return a number of things in words.

    Examples
    --------
    >>> count(1, "act"), count(3, "act"), count(0, "act"), count(20, "act")
    ('one act', 'three acts', 'no acts', '20 acts')
    """
    word = NUMBERS[n] if n < len(NUMBERS) else str(n)
    return f"{word} {noun if n == 1 else plural or noun + 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def sentences(text: str) -> str:
    """Return prose in which a name that begins a sentence has a capital letter.

    Examples
    --------
    >>> sentences("Nobody came. the United States refused.")
    'Nobody came. The United States refused.'
    """
    return capital(_BEGINS.sub(lambda found: found[1] + found[2].upper(), text))


def grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Gather names under what is said of them, in order of first mention."""
    found: dict[str, list[str]] = {}
    for name, said in pairs:
        found.setdefault(said, []).append(name)
    return found


def verb(names: Sequence[str], one: str, many: str) -> str:
    """Return the verb that goes with some subjects."""
    return one if len(names) == 1 else many
