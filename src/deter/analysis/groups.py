"""Which frameworks a run can tell apart, and which it cannot.

References
----------
McNemar (1947), Psychometrika 12: 153-157, exact form; Holm (1979), Scand. J. Stat. 6: 65-70.
Letters as the cliques of what is not told apart: Piepho (2004), J. Comput. Graph. Stat. 13:
456-466; cliques by Bron and Kerbosch (1973), Commun. ACM 16: 575-577.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from deter.analysis.rows import Bools, matched, sample
from deter.experiments.rows import Rows

Pair = tuple[str, str]


@dataclass(frozen=True)
class Groups:
    """Frameworks that cannot be told apart by the probability of an event.

    Attributes
    ----------
    sets : tuple of tuple of str
        Each largest set of two or more no two of which are told apart; they may overlap.
    letters : dict of str to str
        Compact letter display: two frameworks share a letter if they are not told apart.
    identical : tuple of tuple of str
        Sets of two or more in whose every history the event was the same.
    n : int
        Replications that ran to their end under all.
    what : str
        The event and the test.
    """

    sets: tuple[tuple[str, ...], ...]
    letters: dict[str, str]
    identical: tuple[tuple[str, ...], ...]
    n: int
    what: str


def groups(table: Rows | pd.DataFrame, horizon: float, first: str = "full_attack") -> Groups:
    """Group frameworks by the probability of a first, over replications complete under all.

    Every pair is compared by McNemar's exact test under shared luck, with Holm's adjustment for
    the number of pairs, at 5 %: the chance of telling apart any that are alike is at most that.
    """
    rows = Rows.of(table)
    names = rows.frameworks
    samples = matched([sample(rows, name, horizon) for name in names])
    events = {name: s.happened(first) for name, s in zip(names, samples, strict=True)}
    order = sorted(names, key=lambda name: -float(events[name].sum()))
    p_values = {(a, b): mcnemar(events[a], events[b]) for a, b in combinations(order, 2)}
    apart = holm(p_values)
    letters = letters_of(order, apart)
    cliques = cliques_of(order, apart)
    return Groups(
        tuple(clique for clique in cliques if len(clique) > 1),
        {name: letters[name] for name in names},
        _alike(order, events),
        len(samples[0]) if samples else 0,
        f"{first.replace('_', ' ')}: McNemar's exact test of pairs under shared luck, Holm, 5 %",
    )


def _alike(order: Sequence[str], events: Mapping[str, Bools]) -> tuple[tuple[str, ...], ...]:
    """Return the sets of two or more with the very same events."""
    same: dict[bytes, list[str]] = {}
    for name in order:
        same.setdefault(events[name].tobytes(), []).append(name)
    return tuple(tuple(names) for names in same.values() if len(names) > 1)


def mcnemar(here: Bools, there: Bools) -> float:
    """Return the two-sided p of McNemar's exact test; 1 where no pair differs.

    Twice the smaller tail of the binomial law with ½.
    """
    gained = int(np.count_nonzero(here & ~there))
    dropped = int(np.count_nonzero(there & ~here))
    if gained == dropped:
        return 1.0
    return min(1.0, 2.0 * float(special.bdtr(min(gained, dropped), gained + dropped, 0.5)))


def holm(p_values: Mapping[Pair, float], level: float = 0.05) -> frozenset[Pair]:
    """Return the pairs whose hypothesis Holm's step-down procedure rejects.

    Examples
    --------
    >>> sorted(holm({("a", "b"): 0.01, ("a", "c"): 0.04, ("b", "c"): 0.03}))
    [('a', 'b')]
    """
    rejected = []
    ranked = sorted(p_values.items(), key=lambda item: item[1])
    for rank, (pair, p) in enumerate(ranked):
        if p > level / (len(ranked) - rank):
            break
        rejected.append(pair)
    return frozenset(rejected)


def letters_of(order: Sequence[str], apart: frozenset[Pair]) -> dict[str, str]:
    """Return the compact letter display: two share a letter unless they are told apart."""
    letters = dict.fromkeys(order, "")
    for letter, clique in zip(string.ascii_letters, cliques_of(order, apart), strict=False):
        for name in clique:
            letters[name] += letter  # with more sets than letters, the last ones have none
    return letters


def cliques_of(order: Sequence[str], apart: frozenset[Pair]) -> list[tuple[str, ...]]:
    """Return the maximal sets no two of which are apart, the highest first."""
    place = {name: rank for rank, name in enumerate(order)}
    near = {
        a: {b for b in order if b != a and (a, b) not in apart and (b, a) not in apart}
        for a in order
    }
    found = [
        tuple(sorted(clique, key=place.__getitem__))
        for clique in _bron_kerbosch(set(), set(order), set(), near)
    ]
    return sorted(found, key=lambda clique: [place[name] for name in clique])


def _bron_kerbosch(
    chosen: set[str], open_: set[str], done: set[str], near: Mapping[str, set[str]]
) -> Iterator[frozenset[str]]:
    if not open_ and not done:
        if chosen:
            yield frozenset(chosen)
        return
    pivot = max(sorted(open_ | done), key=lambda name: len(near[name] & open_))
    for name in sorted(open_ - near[pivot]):
        yield from _bron_kerbosch(chosen | {name}, open_ & near[name], done & near[name], near)
        open_ = open_ - {name}
        done = done | {name}
