"""The answer in sentences: pure functions of estimates, never stronger than their intervals allow.

Three rules. A probability is not told without its interval; where an event came in no history or
in all, the limit is told instead. A framework is called lowest only where it is told apart from
every other, all pairs tested at once. What is not told apart is not called alike: the sentence says
how large a difference the run leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deter.presentation.report.phrases import (
    amount,
    gap,
    in_histories,
    share,
    signed,
    told,
)
from deter.presentation.words import capital, listed, number, outward

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate
    from deter.analysis.twins import Twins

WIDE = 0.05
"""Reach of an interval to one side from which a sentence calls it wide."""

FEW_NAMES = 5
"""Differences that a sentence tells one by one at most."""


@dataclass(frozen=True)
class Standing:
    """How frameworks stand by the probability of one event.

    Attributes
    ----------
    event : str
        As a sentence names it: ``a full attack``.
    within : str
        Within which time: ``within 10 years``.
    called : mapping of str to str
        Frameworks by name as a sentence calls them.
    estimates : mapping of str to Estimate
        Probability under each.
    differences : mapping of str to Estimate
        From the reference, over pairs that met the same luck; of all others.
    letters : mapping of str to str
        Two that share a letter are not told apart, all pairs tested at once.
    reference : str
        The one that others are compared with.
    """

    event: str
    within: str
    called: Mapping[str, str]
    estimates: Mapping[str, Estimate]
    differences: Mapping[str, Estimate]
    letters: Mapping[str, str]
    reference: str

    @property
    def order(self) -> list[str]:
        """Names by rising estimate."""
        return sorted(self.estimates, key=lambda name: self.estimates[name].estimate or 0.0)

    @property
    def lowest(self) -> list[str]:
        """Names that are not told apart from that with the lowest estimate, itself first."""
        order = self.order
        first = set(self.letters.get(order[0], ""))
        return [order[0], *(n for n in order[1:] if first & set(self.letters.get(n, "")))]

    def sign(self, name: str) -> int:
        """Return the sign of a difference from the reference that both tests tell; else 0."""
        shared = set(self.letters.get(name, "")) & set(self.letters.get(self.reference, ""))
        return 0 if shared else told(self.differences[name])

    def names(self, sign: int) -> list[str]:
        """Return those whose difference has a sign, the largest estimate of it first."""
        found = [name for name in self.differences if self.sign(name) == sign]
        return sorted(found, key=lambda n: -abs(self.differences[n].estimate or 0.0))

    def call(self, names: Sequence[str]) -> str:
        """Return names as a sentence lists them."""
        return listed([self.called[name] for name in names])


def answer(standing: Standing) -> list[str]:
    """Return what a comparison says about an event, the sentence that decides first.

    Parameters
    ----------
    standing : Standing
        Estimates, differences, and what is told apart.
    """
    if not any(e.n for e in standing.estimates.values()):
        return ["No history ran to its end: nothing can be said."]
    if len(standing.estimates) < 2:
        return [_alone(standing)]
    return [_lead(standing), *_lower(standing), *_higher(standing), *_open(standing)]


def _alone(s: Standing) -> str:
    name, found = next(iter(s.estimates.items()))
    return f"Under {s.called[name]}, {s.event} came {s.within} {in_histories(found, spelled=True)}."


def _lead(s: Standing) -> str:
    """Say which framework has the lowest probability, if that can be said of any."""
    ties = s.lowest
    if len(ties) == len(s.estimates):
        return _no_order(s)
    if len(ties) > 1:
        return _no_lowest(s, ties)
    first = ties[0]
    came = f"it came {in_histories(s.estimates[first], spelled=True)}"
    rest = "It is told apart from every other framework compared, all pairs tested at once."
    least = f"{capital(s.event)} {s.within} is least likely under {s.called[first]}: {came}"
    if first == s.reference:
        return f"{least}. {rest}"
    base = f"{in_histories(s.estimates[s.reference])} under {s.called[s.reference]}"
    return f"{least}, against {base.removeprefix('in ')}. {rest}"


def _no_order(s: Standing) -> str:
    low, high = s.estimates[s.order[0]], s.estimates[s.order[-1]]
    return (
        f"This run cannot tell any of the {len(s.estimates)} frameworks apart by {s.event} "
        f"{s.within}: the estimates lie between {share(low)} and {share(high)} of histories."
    )


def _no_lowest(s: Standing, ties: list[str]) -> str:
    there = s.estimates[s.reference]
    said = (
        f"No one framework is shown to make {s.event} {s.within} least likely: {s.call(ties)} have "
        f"estimates from {share(s.estimates[ties[0]])} to {share(s.estimates[ties[-1]])} of "
        "histories, and the lowest is not told apart from the others"
    )
    if s.reference in ties:
        return f"{said}."
    return f"{said}. Under {s.called[s.reference]} it came {in_histories(there)}."


def _lower(s: Standing) -> list[str]:
    """Say which frameworks lower it against the reference, and by how much."""
    base = s.called[s.reference]
    lower = s.names(-1)
    if not lower:
        nothing = len(s.lowest) == len(s.estimates)
        return [] if nothing else [f"No framework is shown to lower it against {base}."]
    return [f"Against {base}, it is lower under {_by_how_much(s, lower)}."]


def _higher(s: Standing) -> list[str]:
    higher = s.names(1)
    if not higher:
        return []
    return [f"Against {s.called[s.reference]}, it is higher under {_by_how_much(s, higher)}."]


def _by_how_much(s: Standing, names: list[str]) -> str:
    """Return names with their differences; of many the largest and the smallest."""
    if len(names) <= FEW_NAMES:
        return listed([f"{s.called[n]} ({_points(s.differences[n])})" for n in names])
    most, least = names[0], names[-1]
    return (
        f"{len(names)} of {len(s.differences)} frameworks, most under {s.called[most]} "
        f"({_points(s.differences[most])}), least under {s.called[least]} "
        f"({_points(s.differences[least])})"
    )


def _points(difference: Estimate) -> str:
    """Return the size of a difference whose direction the sentence says."""
    return (
        f"by {gap(difference)}".replace(" lower", "")
        .replace(" higher", "")
        .replace(" (", ", ")
        .replace(")", "")
    )


def _open(s: Standing) -> list[str]:
    """Say of what is not told from the reference how large an effect the run leaves open."""
    untold = s.names(0)
    if not untold:
        return []
    limits = [x for n in untold for x in (s.differences[n].low, s.differences[n].high)]
    known = [x for x in limits if x is not None]
    verb = "is" if len(untold) == 1 else "are"
    said = f"{s.call(untold)} {verb} not told apart from {s.called[s.reference]}"
    if not known:
        return [capital(f"{said}.")]
    low, high = signed(100 * min(known)), signed(100 * max(known))
    left = f"effects of {low} to {high} points remain possible (95 %)"
    return [capital(f"{said}; {left}.")]


def precision(estimates: Mapping[str, Estimate], n: int) -> list[str]:
    """Say that intervals are wide where they are, and what makes them narrower."""
    reach = [
        max(e.high - e.estimate, e.estimate - e.low)
        for e in estimates.values()
        if e.estimate is not None and e.high is not None and e.low is not None
    ]
    widest = max(reach, default=0.0)
    if widest < WIDE:
        return []
    return [
        f"The intervals are wide, up to {number(100 * widest, 0)} points to one side at "
        f"{n:,} histories a framework; four times as many histories halve them."
    ]


def other_event(standing: Standing) -> str:
    """Return one sentence about a further event, framework by framework against the reference.

    Differences are told by their own intervals and not tested together, and the sentence says so.
    """
    s = standing
    base = in_histories(s.estimates[s.reference])
    opening = f"{capital(s.event)} came {s.within} {base} under {s.called[s.reference]}"
    parts = []
    for sign, word in ((-1, "lower"), (1, "higher")):
        names = [n for n in s.differences if told(s.differences[n]) == sign]
        if names:
            most = max(names, key=lambda n: abs(s.differences[n].estimate or 0.0))
            parts.append(
                f"{word} under {len(names)} of the {len(s.differences)} others, most by the "
                f"estimates under {s.called[most]} ({_points(s.differences[most])})"
            )
    if not parts:
        return f"{opening}; by its own interval no other framework is shown to change that."
    return f"{opening}; by their own intervals it is {', and '.join(parts)}."


def duty(called: str, honoured: Estimate, median: Estimate) -> list[str]:
    """Say how far a guarantee was honoured, and how soon, given that acts tested it."""
    if honoured.estimate is None:
        return [f"{capital(called)} was never put to the test: no response came due."]
    kept = f"{capital(called)}: of the responses that came due, "
    if honoured.estimate <= 0:
        kept += f"none was given in full ({share(honoured)})"
    elif honoured.estimate >= 1:
        kept += f"all were given in full ({share(honoured)})"
    else:
        kept += f"{share(honoured)} were given in full"
    if median.estimate is None:
        return [f"{kept}; fewer than half were ever given, so that there is no median delay."]
    delay = amount(median, "days")
    return [f"{kept}; the median delay, counting what was not given as never, is {delay}."]


def twin_words(called: str, base: str, twins: Twins) -> str:
    """Say what became of pairs of histories that met the same luck, with bounds for any pairing."""
    stopped, caused = twins.classes["deterred"], twins.classes["provoked"]
    first, second = (" and ".join(outward(x.least, x.most)) for x in (stopped, caused))
    return (
        f"Pair by pair under shared luck, {called} had no full attack where there was one under "
        f"{base} in {share(stopped.share)} of pairs, and one where there was none in "
        f"{share(caused.share)}. The pairing is an assumption: without it the first share lies "
        f"anywhere between {first} %, the second between {second} %."
    )


def peace_words(called: Mapping[str, str], medians: Mapping[str, Estimate], horizon: float) -> str:
    """Say how long peace lasts; where fewer than half are attacked there is no median."""
    known = {n: e for n, e in medians.items() if e.estimate is not None}
    never = [called[n] for n in medians if n not in known]
    none = f"fewer than half of histories are attacked within {horizon:g} years"
    if not known:
        return f"Under every framework {none}, so that no median time of peace can be given."
    told_so = [f"{amount(e, 'years')} under {called[n]}" for n, e in known.items()]
    said = f"The median time to a first limited or full attack is {listed(told_so, 3)}"
    return f"{said}; under {listed(never)} {none}." if never else f"{said}."


__all__ = [
    "Standing",
    "answer",
    "duty",
    "other_event",
    "peace_words",
    "precision",
    "twin_words",
]
