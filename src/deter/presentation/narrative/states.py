"""Lists of states: those with most force first, and not so many that names are buried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deter.narrative.cast import Cast
from deter.presentation.narrative.phrases import count, listed, pct

MANY = 5
"""Of more states than this, those with most force are set apart."""


def states(codes: Iterable[str], cast: Cast, brief: bool = False, many: int = 0) -> str:
    """Return the names of states, most force first.

    Parameters
    ----------
    codes : iterable of str
        Guarantors.
    cast : Cast
        Who is in it.
    brief : bool
        Only count those beyond the first few.
    many : int
        How many are not too many; 0 for the usual number.
    """
    names = [cast.named(code) for code in cast.ranked(dict.fromkeys(codes))]
    most = many or MANY
    if len(names) <= most + 1:
        return listed(names)
    first, rest = names[: most - 1], names[most - 1 :]
    if brief:
        return f"{', '.join(first)} and {count(len(rest), 'other')}"
    return f"{', '.join(first)} and, with less to send, {listed(rest)}"


def span(chances: Sequence[float]) -> str:
    """Return the range of some probabilities.

    Examples
    --------
    >>> span([0.2, 0.4]), span([0.201, 0.2])
    ('20% to 40%', '20%')
    """
    low, high = pct(min(chances)), pct(max(chances))
    return low if low == high else f"{low} to {high}"
