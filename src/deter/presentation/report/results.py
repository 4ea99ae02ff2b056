"""Results of analyses in sentences and blocks, no stronger than their intervals allow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from deter.analysis.crossing import Flip
from deter.analysis.discover import Discovery
from deter.analysis.exchange import Exchange, Price
from deter.analysis.incidence import PeaceTable
from deter.analysis.levers import LeverEffect, Levers
from deter.analysis.morris import Morris
from deter.analysis.overview import Contrast, Overview, Variances
from deter.analysis.ranking import Ranking
from deter.analysis.regret import LABELS, Regret
from deter.analysis.rescue import Autopsy
from deter.analysis.sensitivity import Sobol
from deter.presentation.analyses import words
from deter.presentation.answers import view
from deter.presentation.influence import PATCH, morris_words, sobol_words
from deter.presentation.replays import words_of_autopsy, words_of_flip
from deter.presentation.report.blocks import Block, Prose, from_rich
from deter.presentation.report.naming import told as amount_of
from deter.presentation.report.naming import varying
from deter.presentation.report.phrases import gap, share, told
from deter.presentation.words import amount as span
from deter.presentation.words import capital, listed

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate


MOST_LEVERS = 3
"""Effects of levers that are told in sentences."""


class Asked(Protocol):
    """An answer: which analysis, of what, and its result."""

    @property
    def what(self) -> str:
        """The analysis."""

    @property
    def heading(self) -> str:
        """What the result is of."""

    @property
    def result(self) -> Any:
        """A frozen dataclass of :mod:`deter.analysis`."""


def answer_blocks(one: Asked, seed: int) -> tuple[Block, ...]:
    """Return an answer as sentences and tables; no sentence stands there twice.

    Parameters
    ----------
    one : Asked
        The answer.
    seed : int
        Of all luck, for the commands that repeat a history.
    """
    said = sentences(one)
    doubled = {*said, *_own_words(one.result)}
    if isinstance(one.result, Contrast):
        return (Prose(tuple(said)),)
    shown = [
        block
        for block in from_rich(view(one.result, seed))
        if not (isinstance(block, Prose) and set(block.paragraphs) <= doubled)
    ]
    return (Prose(tuple(said)), *shown) if said else tuple(shown)


def _own_words(result: Any) -> list[str]:
    """Return the sentences that stand below the tables of the terminal."""
    if isinstance(result, Flip):
        return [words_of_flip(result)]
    if isinstance(result, Autopsy):
        return [words_of_autopsy(result)]
    return words(result) if isinstance(result, _WORDED) else []


_WORDED = (Sobol, Morris, Levers, Ranking, Regret, Discovery)


def sentences(one: Asked) -> list[str]:
    """Return what an answer says, in sentences."""
    for kind, told_so in SAYS.items():
        if isinstance(one.result, kind):
            return [s for s in told_so(one.result) if s]
    for kind, told_of in SAYS_OF.items():
        if isinstance(one.result, kind):
            return [capital(s) for s in told_of(one.result, one.heading) if s]
    return []


# ---------------------------------------------------------------------------------- frameworks


def _overview(found: Overview) -> list[str]:
    """Say in which case and under which framework a measure is lowest and highest."""
    cells = [
        (label, name, e)
        for label, row in zip(found.labels, found.estimates, strict=True)
        for name, e in zip(found.frameworks, row, strict=True)
        if e.estimate is not None
    ]
    if len(cells) < 2:
        return [f"{found.measure} is {_amount(e, found.unit)}." for _, _, e in cells]
    ranked = sorted(cells, key=lambda cell: cell[2].estimate or 0.0)
    low, high = ranked[0], ranked[-1]
    overlap = (low[2].high or 0.0) >= (high[2].low or 0.0)
    said = (
        f"Over the cases, {found.measure} is estimated from {_amount(low[2], found.unit)} "
        f"({_where(found, *low[:2])}) to {_amount(high[2], found.unit)} "
        f"({_where(found, *high[:2])})"
    )
    if overlap:
        return [f"{said}; even these two intervals overlap."]
    return [f"{said}. Of many cases the extremes are in part chance."]


def _where(found: Overview, label: str, name: str) -> str:
    case = label if len(found.labels) > 1 else ""
    framework = name if len(found.frameworks) > 1 else ""
    return ", ".join(part for part in (case, framework) if part) or "the only case"


def _amount(estimate: Estimate, unit: str) -> str:
    return amount_of(estimate.labelled(unit=unit, what=estimate.what))


def _contrast(found: Contrast, about: str) -> list[str]:
    d = found.difference
    known = gap(d) if found.unit == "1" else span(d, found.unit, signed=True)
    if not told(d):
        no = "which is not told from no difference"
        return [f"{about}: {found.measure} differs by {known}, {no}."]
    return [f"{about}: {found.measure} is {known}, paired under shared luck."]


def _ranking(found: Ranking, about: str) -> list[str]:
    first = [one for one in found.frameworks if one.low == 1]
    if len(found.frameworks) < 2:
        return []
    if not found.apart:
        return [f"By {about}, no framework is told apart from another: this run gives no order."]
    if len(first) == 1:
        best = first[0]
        return [
            f"By {about}, {best.framework} is shown to be the {_superlative(found.better)}, at "
            f"95 % for all ranks at once: {amount_of(best.value)}."
        ]
    names = listed([f"{one.framework} ({amount_of(one.value)})" for one in first])
    most = _superlative(found.better)
    return [f"By {about}, any of {names} may be the {most}; this run does not tell which."]


def _superlative(better: str) -> str:
    return "lowest" if better == "lower" else "highest"


# --------------------------------------------------------------------------------- sensitivity


def _sobol(found: Sobol, about: str) -> list[str]:
    return _of(about, sobol_words(found, share))


def _morris(found: Morris, about: str) -> list[str]:
    return _of(about, morris_words(found, _points))


def _of(about: str, said: list[str]) -> list[str]:
    """Return sentences of which the first says what they are about."""
    first, *rest = said
    return [f"{about}: {first}", *rest]


def _points(estimate: Estimate) -> str:
    if estimate.unit != "1":
        return amount_of(estimate)
    return share(estimate).replace(" %", " points", 1)


def _levers(found: Levers, about: str) -> list[str]:
    shown = [one for one in found.effects if told(one.effect)]
    if not shown:
        return [_no_lever(found, about)]
    said = [f"{about}: {_put(one)} makes it {_change(one.effect)}." for one in shown[:MOST_LEVERS]]
    if len(shown) > MOST_LEVERS:
        said.append(f"{len(shown) - MOST_LEVERS} more changes are shown to move it.")
    moved = {one.lever for one in shown}
    idle = list(dict.fromkeys(one.lever for one in found.effects if one.lever not in moved))
    said.append(f"Not told from no effect: {listed(idle, 12)}." if idle else "")
    return [*said, "Each change is judged by its own interval; of many, one in twenty errs."]


def _no_lever(found: Levers, about: str) -> str:
    """Say that nothing moves it, and how large the largest estimate is all the same."""
    if not found.effects:
        return f"{about}: nothing was changed."
    largest = found.effects[0]
    return (
        f"{about}: none of {len(found.effects)} changes is shown to move it. The largest estimate, "
        f"{_put(largest)}, is {_change(largest.effect)}."
    )


def _put(one: LeverEffect) -> str:
    lever = "" if one.lever == PATCH else f"{one.lever} "
    return f"{lever}{one.level} in place of {one.against}"


def _change(effect: Estimate) -> str:
    return gap(effect) if effect.unit == "1" else span(effect, effect.unit, signed=True)


# ------------------------------------------------------------------------------ what would change


def _exchange(found: Exchange) -> list[str]:
    priced = [one for one in found.prices if one.told and one.known in ("priced", "open")]
    if not priced:
        return [
            f"No change of {found.framework} has a price in {found.currency} that is told within "
            "the range run."
        ]
    most = sorted(priced, key=lambda one: -(one.worth.estimate or 0.0))[:3]
    return [_price(one, found) for one in most]


def _price(one: Price, found: Exchange) -> str:
    return (
        f"{one.change} is worth {span(one.worth, found.unit, signed=True)} of {found.currency}, at "
        f"an equal {found.measure}."
    )


def _peace(found: PeaceTable) -> list[str]:
    event = found.first.replace("_", " ")
    kind = f"first {event}" if event != "attack" else "first limited or full attack"
    reached = [p for p in found.frameworks if p.median.estimate is not None]
    never = [p.framework for p in found.frameworks if p.median.estimate is None]
    said = [
        f"{p.framework}: half have seen a {kind} after {span(p.median, 'years')}." for p in reached
    ]
    if never:
        said.append(
            f"Under {listed(never)} fewer than half see a {kind} within {found.horizon:g} years, "
            "so that there is no median."
        )
    return [capital(one) for one in said]


def _variances(found: Variances) -> list[str]:
    return [
        f"{name}, {varying(found.measure)}: {share(one.parameters)} of the variance between "
        f"histories lies between cases, {share(one.chance)} is chance within them."
        for name, one in found.splits.items()
        if one.parameters.estimate is not None
    ]


def _flip(found: Flip) -> list[str]:
    return [f"As {found.path} is turned: {words_of_flip(found)}"]


def _regret(found: Regret, about: str) -> list[str]:
    said = []
    for choice in found.choices:
        best, *others = choice.best
        known = amount_of(choice.values[best])
        by = f"{capital(about)} by {LABELS[choice.criterion]}"
        if others:
            rest = f"not told apart from {listed(others)}"
            said.append(f"{by}: {best} has the best estimate, {known}, {rest}.")
        else:
            said.append(f"{by}: {best} is shown to be the best, {known}.")
    return [*said, f"Conditional: {found.what}."]


def _discovery(found: Discovery, about: str) -> list[str]:
    return [
        f"Under {about}: {one[:1].lower()}{one[1:]}" if not k else one
        for k, one in enumerate(words(found))
    ]


def _autopsy(found: Autopsy) -> list[str]:
    return [words_of_autopsy(found)]


SAYS: Mapping[type[Any], Callable[[Any], list[str]]] = {
    Overview: _overview,
    Exchange: _exchange,
    PeaceTable: _peace,
    Variances: _variances,
    Flip: _flip,
    Autopsy: _autopsy,
}
"""What a kind of result says by itself."""

SAYS_OF: Mapping[type[Any], Callable[[Any, str], list[str]]] = {
    Contrast: _contrast,
    Ranking: _ranking,
    Sobol: _sobol,
    Morris: _morris,
    Levers: _levers,
    Discovery: _discovery,
    Regret: _regret,
}
"""What a kind of result says, told what it is of."""


__all__ = ["Asked", "answer_blocks", "sentences"]
