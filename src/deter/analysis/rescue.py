"""Which repair would have saved which failed history: counts of pairs that met the same luck.

A history fails if an event happens in it. A repair saves those that fail without it and not with
it; those that fail with it and not without it, it causes. Both are told, because a repair that
changes when things happen also stirs the luck: one that saves as many as it causes does not help.
Shares are those under shared luck, of one coupling among many (see
:mod:`deter.analysis.twins`); the net change does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from deter.analysis.contrasts import proportion_difference
from deter.analysis.estimates import Estimate, proportion
from deter.analysis.groups import holm, mcnemar
from deter.analysis.rows import Bools

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Repair:
    """What one repair does to the histories.

    Attributes
    ----------
    name : str
        In plain words.
    settings : tuple of str
        What it sets, as ``path = value``.
    saved : Estimate
        Share of the failed histories that it saves.
    caused : Estimate
        Share of the others that fail with it.
    net : Estimate
        Change of the probability of failure, over all pairs.
    n_saved, n_caused : int
        How many.
    alone : int
        Failed histories that this repair saves and no other of the repairs by itself.
    told : bool
        Whether the net change is told from 0, all repairs tested at once (McNemar, Holm, 5 %).
    last : Estimate or None
        By how much failure becomes more probable where all repairs are made but this one.
    """

    name: str
    settings: tuple[str, ...]
    saved: Estimate
    caused: Estimate
    net: Estimate
    n_saved: int
    n_caused: int
    alone: int = 0
    told: bool = False
    last: Estimate | None = None

    @property
    def inert(self) -> bool:
        """Whether it makes no difference to any history."""
        return self.n_saved == 0 and self.n_caused == 0


@dataclass(frozen=True)
class Together:
    """Two repairs that save together what neither saves by itself.

    Attributes
    ----------
    names : tuple of str
        The two.
    saved : Estimate
        Share of the failed histories that need both.
    n_saved : int
        How many.
    """

    names: tuple[str, str]
    saved: Estimate
    n_saved: int


@dataclass(frozen=True)
class Autopsy:
    """Failed histories under a framework, each replayed with one clause mended at a time.

    Attributes
    ----------
    scenario, framework : str
        Names.
    measure, what : str
        Label of the event, and what it is.
    failed : Estimate
        Probability of failure as the framework stands.
    n_failed : int
        Histories that failed.
    repairs : tuple of Repair
        By falling net effect.
    whole : Repair
        All repairs at once.
    pairs : tuple of Together
        Pairs that save anything only together, the most first.
    pairs_tried : int
        How many pairs were run.
    by_one, by_two, by_none : Estimate
        Shares of the failed histories that one repair saves, that only a pair does, and that no
        repair or pair tried does.
    beyond : tuple of int
        Replications that no repair, pair or all at once saves.
    n, seed : int
        Replications, and the seed of all luck.
    horizon : float
        Length of a history, years.
    notes : tuple of str
        What the reader should know.
    """

    scenario: str
    framework: str
    measure: str
    what: str
    failed: Estimate
    n_failed: int
    repairs: tuple[Repair, ...]
    whole: Repair
    pairs: tuple[Together, ...]
    pairs_tried: int
    by_one: Estimate
    by_two: Estimate
    by_none: Estimate
    beyond: tuple[int, ...]
    n: int
    seed: int
    horizon: float
    notes: tuple[str, ...] = ()


def repair(name: str, settings: Sequence[str], before: Bools, after: Bools) -> Repair:
    """Count what a repair does.

    Parameters
    ----------
    name : str
        Its name.
    settings : sequence of str
        What it sets.
    before, after : array of bool
        Whether each history fails without it and with it.
    """
    saved, caused = before & ~after, ~before & after
    return Repair(
        name=name,
        settings=tuple(settings),
        saved=proportion(saved[before]).labelled(
            unit="1", what="share of the failed histories that it saves, under shared luck"
        ),
        caused=proportion(caused[~before]).labelled(
            unit="1", what="share of the other histories that fail with it, under shared luck"
        ),
        net=proportion_difference(after, before).labelled(
            unit="1", what="change of the probability of failure, over pairs under shared luck"
        ),
        n_saved=int(np.count_nonzero(saved)),
        n_caused=int(np.count_nonzero(caused)),
    )


def ranked(
    found: Sequence[Repair],
    before: Bools,
    after: Mapping[str, Bools],
    whole: Bools,
    without: Mapping[str, Bools],
) -> tuple[Repair, ...]:
    """Return repairs by falling net effect, with what only a comparison of them shows.

    Parameters
    ----------
    found : sequence of Repair
        As counted.
    before : array of bool
        Whether each history fails without repair.
    after : mapping of str to array of bool
        Whether it fails with each repair, by name.
    whole : array of bool
        Whether it fails with all repairs.
    without : mapping of str to array of bool
        Whether it fails with all repairs but one, by the name of that.
    """
    saviours = np.zeros(len(before), dtype=np.int64)
    for fails in after.values():
        saviours += before & ~fails
    told = holm({(name, ""): mcnemar(fails, before) for name, fails in after.items()})
    judged = [
        replace(
            one,
            alone=int(np.count_nonzero(before & ~after[one.name] & (saviours == 1))),
            told=(one.name, "") in told,
            last=_missed(without.get(one.name), whole),
        )
        for one in found
    ]
    return tuple(sorted(judged, key=lambda one: (one.n_caused - one.n_saved, -one.n_saved)))


def _missed(without: Bools | None, whole: Bools) -> Estimate | None:
    if without is None:
        return None
    what = "change of the probability of failure where all repairs are made but this one"
    return proportion_difference(without, whole).labelled(unit="1", what=what)


def together(names: tuple[str, str], failed: int, saved: int) -> Together:
    """Return what two repairs save that neither saves by itself, of ``failed`` histories."""
    share = proportion(np.arange(failed) < saved).labelled(
        unit="1", what="share of the failed histories that both save and neither alone"
    )
    return Together(names, share, saved)


def shares(before: Bools, by_one: Bools, by_two: Bools) -> tuple[Estimate, Estimate, Estimate]:
    """Return the shares of failed histories saved by one repair, only by two, and by none."""
    one = by_one[before]
    two = by_two[before] & ~one
    words = ("one of the repairs saves", "only two repairs together save", "nothing tried saves")
    first, second, third = (
        proportion(members).labelled(unit="1", what=f"share of the failed histories that {w}")
        for members, w in zip((one, two, ~one & ~two), words, strict=True)
    )
    return first, second, third
