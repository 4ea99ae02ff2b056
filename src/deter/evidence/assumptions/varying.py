"""Which numbers of a scenario are assumptions, and by how much each is varied.

An assumption has no source, so nothing says how far off it may be. All are therefore varied by one
rule, ``spread``: 95 % of draws lie within that factor of the number, to either side. The spread is
itself an assumption. A number that has a distribution of its own is drawn from that instead.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from deter.analysis.estimates import Z
from deter.experiments.design import quantiles
from deter.experiments.places import Spot, placed, spot_of
from deter.spec.framework import Framework
from deter.spec.ledger import LedgerEntry
from deter.spec.quantities import Distribution, Value
from deter.spec.references import check_scenario
from deter.spec.scenario import Scenario
from deter.spec.schema import FieldRow, fields_table
from deter.spec.terms import FRAMEWORK

Floats = NDArray[np.float64]
Way = Literal["factor", "odds", "shift", "own"]

ADDED = frozenset({"probit", "logit", "log", "log-odds", "log ratio"})
"""Units whose numbers stand on a scale on which a factor is a sum."""

WAYS: dict[Way, str] = {
    "factor": "times a factor",
    "odds": "odds times a factor",
    "shift": "plus or minus the factor's logarithm",
    "own": "by its own distribution",
}
"""How a number is varied, in words."""

HELD: dict[str, str] = {
    "zero": "is 0, and stays so",
    "whole": "is a share of all, and stays so",
    "list": "is a list of whole numbers",
    "frame": "shapes the run itself",
    "asked": "is held, as asked",
}
"""Why a number is not varied, in words."""


@dataclass(frozen=True)
class Varied:
    """An assumption that is varied.

    Attributes
    ----------
    paths : tuple of str
        Where it stands; the default of a field that several records leave alone is one number.
    value : float
        As it is.
    way : {"factor", "odds", "shift", "own"}
        How it is varied.
    low, high : float
        What the field allows.
    whole : bool
        Whether the field takes whole numbers only.
    distribution : Distribution or None
        Its own.
    """

    paths: tuple[str, ...]
    value: float
    way: Way
    low: float
    high: float
    whole: bool = False
    distribution: Distribution | None = None

    def at(self, u: float, spread: float) -> float:
        """Return the number for a draw ``u`` between 0 and 1, within what the field allows.

        Examples
        --------
        >>> one = Varied(("a",), 10.0, "factor", 0.0, math.inf)
        >>> round(one.at(0.975, 1.5), 6), one.at(0.5, 1.5), round(one.at(0.025, 2.0), 6)
        (15.0, 10.0, 5.0)
        >>> share = Varied(("a",), 0.5, "odds", 0.0, 1.0)
        >>> round(share.at(0.975, 1.5), 6)
        0.6
        """
        found = self._raw(u, spread)
        if self.whole:
            found = float(round(found))
        return min(max(found, self.low), self.high)

    def _raw(self, u: float, spread: float) -> float:
        if self.way == "own":
            assert self.distribution is not None
            return quantile(self.distribution, u)
        moved = math.log(spread) * float(ndtri(u)) / Z
        if self.way == "shift":
            return self.value + moved
        if self.way == "factor" or moved == 0.0:
            return self.value * math.exp(moved)
        odds = self.value / (1.0 - self.value) * math.exp(moved)
        return odds / (1.0 + odds)


def quantile(distribution: Distribution, u: float) -> float:
    """Return a quantile of a distribution, as a history draws it.

    Examples
    --------
    >>> quantile(Distribution(kind="uniform", parameters=(2.0, 4.0)), 0.25)
    2.5
    """
    return float(quantiles(distribution, np.array([u]))[0])


@dataclass(frozen=True)
class Assumptions:
    """The assumptions of a scenario.

    Attributes
    ----------
    varied : tuple of Varied
        Those that are varied.
    held : dict of str to tuple of str
        Paths of the others, by why they are not: a key of :data:`HELD`.
    other : int
        Numbers of another grade that each history draws from a distribution of their own; they
        count as chance.
    """

    varied: tuple[Varied, ...]
    held: dict[str, tuple[str, ...]]
    other: int

    @property
    def numbers(self) -> int:
        """How many numbers of the scenario are varied."""
        return sum(len(one.paths) for one in self.varied)


def assumptions_of(entries: Iterable[LedgerEntry], hold: Collection[str] = ()) -> Assumptions:
    """Return the assumptions among the numbers of a ledger; clauses of a framework are none.

    Parameters
    ----------
    entries : iterable of LedgerEntry
        Every number in force. What is drawn from rows of a joint sample is no assumption here,
        whatever its grade.
    hold : collection of str
        Paths, or sections, that stay as they are.
    """
    found: dict[tuple[object, ...], list[LedgerEntry]] = {}
    held: dict[str, list[str]] = {}
    other = 0
    for entry in entries:
        drawn = entry.distribution
        if entry.section == FRAMEWORK or (drawn is not None and drawn.joint):
            continue
        if entry.evidence != "assumption":
            other += drawn is not None
            continue
        why = "asked" if below(entry, hold) else _held(entry)
        if why:
            held.setdefault(why, []).append(entry.path)
            continue
        alone = entry.path if drawn is not None or not entry.default else ""
        found.setdefault((entry.field, entry.value, alone), []).append(entry)
    varied = tuple(_varied(same) for same in found.values())
    return Assumptions(varied, {why: tuple(paths) for why, paths in held.items()}, other)


def below(entry: LedgerEntry, paths: Iterable[str]) -> bool:
    """Tell whether a number stands at one of some paths, or below it."""
    return any(entry.path == path or entry.path.startswith(f"{path}.") for path in paths)


def _held(entry: LedgerEntry) -> str:
    """Return why an assumption is not varied; nothing if it is."""
    if isinstance(entry.value, tuple):
        return "list"
    if _row(entry.field).structural:
        return "frame"
    if entry.distribution is not None or _adds(entry):
        return ""
    if entry.value == 0:
        return "zero"
    return "whole" if _is_share(entry) and entry.value >= 1 else ""


def _adds(entry: LedgerEntry) -> bool:
    """Tell whether a number stands on a scale of logarithms; a size there is varied by a factor."""
    return entry.unit in ADDED and entry.low < 0


def _is_share(entry: LedgerEntry) -> bool:
    return entry.low >= 0 and entry.high == 1


def _varied(same: Sequence[LedgerEntry]) -> Varied:
    entry = same[0]
    assert not isinstance(entry.value, tuple)
    way: Way = "factor"
    if entry.distribution is not None:
        way = "own"
    elif _adds(entry):
        way = "shift"
    elif _is_share(entry):
        way = "odds"
    paths = tuple(one.path for one in same)
    whole = _row(entry.field).kind == "whole"
    value = float(entry.value)
    return Varied(paths, value, way, entry.low, entry.high, whole, entry.distribution)


@cache
def _rows() -> dict[str, FieldRow]:
    return {row.path: row for row in fields_table()}


def _row(field: str) -> FieldRow:
    rows = _rows()
    return rows[field] if field in rows else rows[field.removesuffix(".*")]


@dataclass(frozen=True)
class Setter:
    """Writes drawn assumptions into a scenario.

    Attributes
    ----------
    scenario : Scenario
        As it is.
    varied : tuple of Varied
        What is varied.
    spread : float
        By how much.
    """

    scenario: Scenario
    varied: tuple[Varied, ...]
    spread: float

    def settings(self, draw: Floats) -> dict[str, float]:
        """Return the numbers of a draw by path, as ``--set`` takes them."""
        pairs = zip(self.varied, draw, strict=True)
        numbers = ((one, one.at(float(u), self.spread)) for one, u in pairs)
        return {path: number for one, number in numbers for path in one.paths}

    def drawn(self, draw: Floats) -> tuple[Scenario, tuple[str, ...]]:
        """Return the scenario with drawn numbers, and the paths that had to be left as they were.

        Fields may not go together (fewer brigades in 90 days than in 30): those are left alone.
        """
        wanted = self.settings(draw)
        left: list[str] = []
        while True:
            made = self._with(wanted)
            clashing = [path for path in _clashing(made) if path in wanted]
            if not clashing:
                return made, tuple(left)
            left += clashing
            wanted = {path: value for path, value in wanted.items() if path not in clashing}

    def _with(self, wanted: dict[str, float]) -> Scenario:
        made, nothing = self.scenario, Framework()
        for path, number in wanted.items():
            spot = spot_of(self.scenario, nothing, path)
            assert spot is not None, path
            made, _ = placed(made, nothing, spot, _value(spot, number))
        return made


def _value(spot: Spot, number: float) -> Value | int:
    held = getattr(spot.holder, spot.attribute)
    return Value(value=number) if isinstance(held, Value) else round(number)


def _clashing(scenario: Scenario) -> list[str]:
    """Return the paths of fields that do not go together."""
    found = [path for p in check_scenario(scenario) for path in (p.path, *p.reads)]
    return list(dict.fromkeys(".".join(map(str, path)) for path in found))


__all__ = ["HELD", "WAYS", "Assumptions", "Setter", "Varied", "assumptions_of", "below", "quantile"]
