"""Measures: what is computed from sums over histories, for the data's estimator and for ours alike.

A sum is named by world and column. All functions take many sets of sums at once (the first axis):
the histories as they are, and as they are drawn anew for an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.evidence.patterns.columns import LAG_EDGES, STEPS_A_YEAR

Floats = NDArray[np.float64]
Sums = Mapping[str, Floats]
Measure = Callable[[Sums], Floats]

GUARANTEES = ("memorandum", "entente", "pact", "firm_pact")
"""Guarantees of rising strength, for the pattern on those that are tested."""


def over(top: Any, bottom: Any) -> Floats:
    """Return a ratio; NaN where there is nothing below, or too little to say."""
    with np.errstate(divide="ignore", invalid="ignore"):
        made: Floats = np.where(np.asarray(bottom) != 0, np.divide(top, bottom), np.nan)
    return made


def named(asked: Mapping[str, Any]) -> Measure:
    """Return a measure as files ask for it: the name of a function here, and its arguments.

    Examples
    --------
    >>> sums = {"a.wars": np.array(3.0), "a.years": np.array(150.0)}
    >>> float(named({"per_100": ["a", "wars"]})(sums))
    2.0
    """
    options = dict(asked)
    function, arguments = next(iter(options.items()))
    del options[function]
    found = MEASURES[function]
    parts = [tuple(part) if isinstance(part, list) else part for part in arguments]
    made: Measure = found(*parts, **options) if parts or options else found
    return made


def _added(sums: Sums, names: Sequence[str]) -> Floats:
    """Return the sum of some sums."""
    return np.asarray(np.sum([sums[name] for name in names], axis=0))


# ---- rates


def per_100(world: str, column: str, dot: str = ".") -> Measure:
    """Return a rate per 100 pair-years; with ``dot`` empty, of columns with a prefix."""
    return lambda s: 100 * over(s[f"{world}{dot}{column}"], s[f"{world}{dot}years"])


def rate_ratio(one: str, other: str, column: str) -> Measure:
    """Return the ratio of two worlds' rates."""
    return lambda s: over(per_100(one, column)(s), per_100(other, column)(s))


def war_per_incident(without: str, with_pact: str, dot: str = ".") -> Measure:
    """Return how many times likelier an incident becomes a war without a guarantee."""

    def measure(s: Sums) -> Floats:
        bare = over(s[f"{without}{dot}wars"], s[f"{without}{dot}incidents"])
        held = over(s[f"{with_pact}{dot}wars"], s[f"{with_pact}{dot}incidents"])
        return over(bare, held)

    return measure


def attack_effect(world: str, reference: str) -> Measure:
    """Return the change in the probability of a full attack within the horizon."""
    return lambda s: _attacked(s, world) - _attacked(s, reference)


def _attacked(s: Sums, world: str) -> Floats:
    """Return the probability of a full attack within the horizon."""
    return over(s[f"{world}.attacked"], s[f"{world}.pairs"])


def effect_share(small: str, large: str, reference: str) -> Measure:
    """Return one change in the probability of a full attack as a share of another."""
    one, other = attack_effect(small, reference), attack_effect(large, reference)
    return lambda s: over(one(s), other(s))


def limited_share(parts: tuple[str, ...]) -> Measure:
    """Return the share of attacks that are limited; parts are world and prefix of the columns."""

    def measure(s: Sums) -> Floats:
        limited = _added(s, [f"{part}limited" for part in parts])
        return over(limited, limited + _added(s, [f"{part}full" for part in parts]))

    return measure


# ---- after a war


def within(world: str, what: str, years: float) -> Measure:
    """Return the Kaplan-Meier probability of force or war within some years of a war."""
    upto = int(years * STEPS_A_YEAR)

    def measure(s: Sums) -> Floats:
        risk, came = s[f"{world}.{what}_risk"], s[f"{world}.{what}_came"]
        kept = 1 - np.nan_to_num(over(came, risk))[..., :upto]
        return np.asarray(1 - np.prod(kept, axis=-1))

    return measure


def within_ratio(one: str, other: str, what: str, years: float) -> Measure:
    """Return the ratio of two worlds' probabilities after a war."""
    return lambda s: over(within(one, what, years)(s), within(other, what, years)(s))


def later_ratio(world: str, late: float, early: float) -> Measure:
    """Return the probability of war within a longer time over that within a shorter one."""
    return lambda s: over(within(world, "war", late)(s), within(world, "war", early)(s))


# ---- quiet years, elections


def quiet_hazard(rivals: str, others: str, share: float, first: int, last: int) -> Measure:
    """Return the yearly hazard of an incident after ``first`` to ``last`` years since the last.

    Pairs of both worlds are pooled, ``share`` of them rivals.
    """

    def pooled(s: Sums, column: str) -> Floats:
        parts = []
        for world, weight in ((rivals, share), (others, 1 - share)):
            years = s[f"{world}.{column}"][..., first - 1 : last].sum(axis=-1)
            parts.append(weight * over(years, s[f"{world}.pairs"]))
        return parts[0] + parts[1]

    return lambda s: over(pooled(s, "quiet_came"), pooled(s, "quiet_risk"))


def election_ratio(world: str, *, planted: bool = False) -> Measure:
    """Return the rate of incidents in election years over that in others."""
    other = "planted_other_acts" if planted else "other_acts"

    def measure(s: Sums) -> Floats:
        votes = over(s[f"{world}.vote_acts"], s[f"{world}.vote_years"])
        return over(votes, over(s[f"{world}.{other}"], s[f"{world}.other_years"]))

    return measure


# ---- lags, lengths, ends


def binned_median(worlds: tuple[str, ...], column: str) -> Measure:
    """Return the median of what is counted in bins, days; between edges on a log scale."""

    def measure(s: Sums) -> Floats:
        counts = _added(s, [f"{world}.{column}" for world in worlds])
        reached = np.cumsum(counts, axis=-1)
        half = 0.5 * reached[..., -1:]
        at = np.argmax(reached >= half, axis=-1)[..., None]
        here = np.take_along_axis(counts, at, axis=-1)
        before = np.take_along_axis(reached, at, axis=-1) - here
        low = np.log(np.maximum(LAG_EDGES[at], 0.1))
        high = np.log(LAG_EDGES[np.minimum(at + 1, len(LAG_EDGES) - 1)])
        made = np.exp(low + over(half - before, here) * (high - low))[..., 0]
        return np.where(reached[..., -1] > 0, made, np.nan)

    return measure


def binned_share(worlds: tuple[str, ...], column: str, days: float) -> Measure:
    """Return the share of what is counted in bins that is no more than some days."""
    upto = int(np.searchsorted(LAG_EDGES, days, side="right")) - 1

    def measure(s: Sums) -> Floats:
        counts = _added(s, [f"{world}.{column}" for world in worlds])
        low, high = LAG_EDGES[upto], LAG_EDGES[upto + 1]
        part = (np.log(days) - np.log(low)) / (np.log(high) - np.log(low))
        below = counts[..., :upto].sum(axis=-1) + part * counts[..., upto]
        return over(below, counts.sum(axis=-1))

    return measure


def ended(world: str, how: str) -> Measure:
    """Return the share of wars that ended in one way."""

    def measure(s: Sums) -> Floats:
        total = _added(s, [f"{world}.{name}" for name in ("won", "repulsed", "drawn")])
        return over(s[f"{world}.{how}"], total)

    return measure


def tested_gap(s: Sums) -> Floats:
    """Return by how much less guarantees are honoured where they are tested.

    For each guarantee: the share of the challenger's attacks that the lead guarantor answers with
    arms or combat, less the share when the same kinds of attack come by script. Each guarantee
    counts alike, however often it is attacked; those never attacked are left out.
    """
    gaps = []
    for name in GUARANTEES:
        chosen, world = Kinds(s, name), []
        for kind, script in (("limited", "grab"), ("full", "war")):
            sent = over(
                s[f"script_{script}/{name}.{kind}_answered"],
                s[f"script_{script}/{name}.{kind}_tested"],
            )
            world.append(chosen.share(kind) * np.nan_to_num(sent))
        gaps.append(chosen.answered() - world[0] - world[1])
    made = np.stack(np.broadcast_arrays(*gaps))
    known = np.isfinite(made)
    total = np.where(known, made, 0.0).sum(axis=0)
    return over(total, known.sum(axis=0))


def population_measures(how: str) -> dict[str, Measure]:
    """Return rates in the population of pairs, by how pacts were assigned.

    Parameters
    ----------
    how : {"threat", "random"}
        To threatened pairs, as in history, or to any.
    """
    bare, held = f"population/none.{how}_without_", f"population/nuclear_pact.{how}_with_"
    return {
        "wars_without": per_100(bare, "wars", ""),
        "wars_with": per_100(held, "wars", ""),
        "force_without": per_100(bare, "force", ""),
        "force_with": per_100(held, "force", ""),
        "incidents_ratio": lambda s: over(
            per_100(held, "incidents", "")(s), per_100(bare, "incidents", "")(s)
        ),
        "war_per_incident": war_per_incident(bare, held, ""),
        "limited_share": limited_share((bare, held)),
    }


class Kinds:
    """Attacks of the challenger's choice on one guarantee, by class."""

    def __init__(self, sums: Sums, name: str) -> None:
        self._sums, self._world = sums, f"tested/{name}"

    def _sum(self, what: str) -> Floats:
        return np.asarray(self._sums[f"{self._world}.{what}"])

    def _tested(self) -> Floats:
        return self._sum("limited_tested") + self._sum("full_tested")

    def share(self, kind: str) -> Floats:
        """Return the share of attacks of a class."""
        return over(self._sum(f"{kind}_tested"), self._tested())

    def answered(self) -> Floats:
        """Return the share answered with arms or combat."""
        return over(self._sum("limited_answered") + self._sum("full_answered"), self._tested())


# ---- outcomes of which something was believed beforehand


def attack_ratio(world: str, reference: str) -> Measure:
    """Return the probability of a full attack in one world over that in another."""
    return lambda s: over(_attacked(s, world), _attacked(s, reference))


def hazard_within(world: str, what: str, years: float) -> Measure:
    """Return the constant yearly hazard that gives the probability within some years of a war."""
    return lambda s: -np.log(np.maximum(1 - within(world, what, years)(s), 1e-9)) / years


MEASURES: Mapping[str, Any] = {
    one.__name__: one
    for one in (
        attack_effect,
        attack_ratio,
        binned_median,
        binned_share,
        effect_share,
        election_ratio,
        ended,
        hazard_within,
        later_ratio,
        limited_share,
        per_100,
        quiet_hazard,
        rate_ratio,
        tested_gap,
        war_per_incident,
        within,
        within_ratio,
    )
}
"""What patterns and priors may ask for, by name."""
