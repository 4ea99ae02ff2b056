"""What the analyses of an experiment found: tables for the terminal, sentences, data for JSON.

Three functions, each over every kind of result: :func:`tables`, :func:`words`, :func:`as_dict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import singledispatch
from typing import Any

import numpy as np
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.analysis.discover import Box, Discovery, Restriction
from deter.analysis.enough import Needed, NeededPairs
from deter.analysis.estimates import Estimate, finite
from deter.analysis.levers import Levers
from deter.analysis.morris import Morris
from deter.analysis.ranking import Ranking
from deter.analysis.regret import LABELS, Regret
from deter.analysis.sensitivity import Sobol
from deter.analysis.variance import Split
from deter.presentation.grids import grid
from deter.presentation.influence import levers_words, morris_words, sobol_words
from deter.presentation.words import interval, number

SHOWN = 20
"""Lines of a table at most, but where all are asked for by ``--json``."""


def as_dict(result: Any) -> Any:
    """Return a result as plain data for JSON: no NaN, no infinities, pairs as ``a × b``."""
    plain: Any = result
    if isinstance(result, np.ndarray | np.generic):
        plain = as_dict(result.tolist())
    elif is_dataclass(result) and not isinstance(result, type):
        plain = {f.name: as_dict(getattr(result, f.name)) for f in fields(result)}
    elif isinstance(result, Mapping):
        plain = {_key(key): as_dict(value) for key, value in result.items()}
    elif isinstance(result, frozenset):
        plain = sorted(as_dict(one) for one in result)
    elif isinstance(result, tuple | list):
        plain = [as_dict(one) for one in result]
    elif isinstance(result, float):
        plain = finite(result)
    return plain


def _key(key: Any) -> str:
    return " × ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)


@singledispatch
def words(result: Any) -> list[str]:
    """Return what a result says, in sentences."""
    raise TypeError(f"there are no words for a {type(result).__name__}")


@singledispatch
def tables(result: Any) -> RenderableType:
    """Return a result as tables with its sentences below."""
    raise TypeError(f"there is no table for a {type(result).__name__}")


def _below(result: Any) -> Iterable[Text]:
    return [Text(sentence) for sentence in words(result)]


def _percent(estimate: Estimate) -> str:
    return interval(estimate, percent=True)


def _value(estimate: Estimate, *, signed: bool = False) -> str:
    return interval(estimate, percent=estimate.unit == "1", signed=signed)


def _share(estimate: Estimate) -> str:
    """Return a share in words, as ``68 % (60 to 75)``."""
    if estimate.estimate is None:
        return "an unknown share"
    middle, _, rest = _percent(estimate).partition(" ")
    return f"{middle} % {rest}".rstrip()


def _unit(estimates: Iterable[Estimate]) -> str:
    units = {estimate.unit for estimate in estimates}
    return "%" if units <= {"1"} else ", ".join(sorted(units - {"1"}))


def _change(estimates: Iterable[Estimate]) -> str:
    """Return the unit of differences: those of shares are points."""
    unit = _unit(estimates)
    return "points" if unit == "%" else unit


# ------------------------------------------------------------------------- chance, parameters


@words.register
def _(result: Split) -> list[str]:
    if result.parameters.estimate is None:
        return [f"How much is chance cannot be told: {result.parameters.method}."]
    said = [
        f"Of the variance of one history's outcome {_share(result.parameters)} lies between cases "
        f"(parameters and clauses) and {_share(result.chance)} is chance within them.",
    ]
    if result.common.estimate is not None:
        said.append(f"{_share(result.common)} is luck that moves all cases alike.")
    if result.noise.estimate is not None:
        said.append(
            f"Of the variance of case means {_share(result.noise)} is chance, left by "
            f"{result.replications:.0f} replications a case; {result.cases:,} cases."
        )
    return said


@tables.register
def _(result: Split) -> RenderableType:
    table = grid("Where the variance comes from", "share of variance, %", "estimate (95 %)")
    table.add_row("of one history: between cases", _percent(result.parameters))
    table.add_row("of one history: chance", _percent(result.chance))
    table.add_row("  of it common to all cases", _percent(result.common))
    table.add_row("of case means: chance", _percent(result.noise))
    return Group(table, *_below(result))


# --------------------------------------------------------------------------------- sensitivity


def _noise(chance: Estimate | None) -> list[str]:
    if chance is None or chance.estimate is None:
        return []
    return [
        f"{_share(chance)} of the variance of case means is chance. It can look like interactions: "
        "a total order up to that may be chance alone."
    ]


def _left_out(dropped: int, what: str) -> list[str]:
    return [f"{dropped:,} {what} left out whole: a case without an outcome."] if dropped else []


@words.register
def _(result: Sobol) -> list[str]:
    said = sobol_words(result, _share)
    said += [*_noise(result.chance), *_left_out(result.dropped, "base rows")]
    return [*said, f"Conditional: {result.what}."]


@tables.register
def _(result: Sobol) -> RenderableType:
    table = grid(
        "Sobol indices, % of the variance of case means", "factor", "first order", "total order"
    )
    for one in result.indices:
        table.add_row(Text(one.factor), _percent(one.first), _percent(one.total))
    parts: list[RenderableType] = [table]
    if result.second:
        pairs = grid("Interactions of pairs, %", "factors", "second order")
        ranked = sorted(result.second.items(), key=lambda item: -(item[1].estimate or 0.0))
        for (a, b), share in ranked[:SHOWN]:
            pairs.add_row(Text(f"{a} × {b}"), _percent(share))
        if len(ranked) > SHOWN:
            pairs.add_row(f"… {len(ranked) - SHOWN} more", "")
        parts.append(pairs)
    return Group(*parts, *_below(result))


@words.register
def _(result: Morris) -> list[str]:
    said = morris_words(result, lambda size: f"{_value(size)} {_change([size])}")
    return [
        *said,
        *_noise(result.chance),
        *_left_out(result.dropped, "trajectories"),
        f"Conditional: {result.what}.",
    ]


@tables.register
def _(result: Morris) -> RenderableType:
    unit = _unit(one.mu_star for one in result.factors)
    headings = (f"mean size μ*, {unit}", "mean μ", "spread σ")
    table = grid("Morris screening: effect over a factor's whole range", "factor", *headings)
    for one in result.factors:
        table.add_row(
            Text(one.factor), _value(one.mu_star), _value(one.mu, signed=True), _value(one.sigma)
        )
    return Group(table, *_below(result))


@words.register
def _(result: Levers) -> list[str]:
    said = levers_words(result)
    if result.design == "one_at_a_time":
        said.append("Changed one at a time: what levers do together is not known from this design.")
    elif result.interactions is not None:
        said.append(
            f"{_share(result.interactions)} of the variance between cases is interactions, held by "
            "no lever by itself."
        )
    return [*said, f"Conditional: {result.what}."]


@tables.register
def _(result: Levers) -> RenderableType:
    unit = _change(one.effect for one in result.effects)
    table = grid("Effects of levers under shared luck", "lever", "from", "to", f"change, {unit}")
    for one in result.effects[:SHOWN]:
        change = _value(one.effect, signed=True)
        table.add_row(Text(one.lever), Text(str(one.against)), Text(str(one.level)), change)
    if len(result.effects) > SHOWN:
        table.add_row(f"… {len(result.effects) - SHOWN} more", "", "", "")
    parts: list[RenderableType] = [table]
    if result.shares:
        shares = grid("Shares of the variance between cases, %", "lever", "by itself", "Shapley")
        for share in result.shares:
            shares.add_row(Text(share.lever), _percent(share.main), _percent(share.shapley))
        parts.append(shares)
    return Group(*parts, *_below(result))


# ------------------------------------------------------------------------------------ discover


def box_words(found: Box) -> str:
    """Return a box in plain words, as ``p is at least 7.2 and q is at most 0.05``."""
    return " and ".join(_restriction(one) for one in found.restrictions) or "anywhere"


def _restriction(one: Restriction) -> str:
    if one.words is not None:
        listed = [str(word) for word in one.words]
        return f"{one.factor} is {' or '.join(listed)}" if listed else f"{one.factor} is nothing"
    low = None if one.low is None else f"{one.low:.3g}"
    high = None if one.high is None else f"{one.high:.3g}"
    if low is not None and high is not None:
        return f"{one.factor} is {low}" if low == high else f"{one.factor} is from {low} to {high}"
    return (
        f"{one.factor} is at least {low}" if low is not None else f"{one.factor} is at most {high}"
    )


@words.register
def _(result: Discovery) -> list[str]:
    said = []
    for k, found in enumerate(result.boxes):
        start = "Fails where" if k == 0 else "Of what is left, it fails where"
        said.append(
            f"{start} {box_words(found)}: {_share(found.coverage)} of the failures, and of what is "
            f"in it {_share(found.density)} fails, against {_share(result.overall)} overall."
        )
    if not result.boxes:
        said.append(
            f"Nothing is found: failures ({_share(result.overall)}) do not gather in any part of "
            "these factors more than chance makes them."
        )
    elif len(result.boxes) > 0 and result.rejected is not None:
        said.append(
            "The rest of the failures lie where chance would put them, as far as this shows."
        )
    if result.dropped:
        said.append(f"{result.dropped:,} cases have no outcome and are left out.")
    return [*said, f"Conditional: {result.what}; figures are those of the held-out cases."]


@tables.register
def _(result: Discovery) -> RenderableType:
    parts: list[RenderableType] = []
    for k, found in enumerate(result.boxes):
        title = f"Box {k + 1}: where it fails"
        table = grid(title, "factor", "kept", "quasi-p")
        for one in found.restrictions:
            kept = _restriction(one).removeprefix(f"{one.factor} is ")
            table.add_row(Text(one.factor), Text(kept), _p(one.quasi_p))
        sums = grid("", "coverage %", "density %", "mass %", "p")
        shares = (_percent(found.coverage), _percent(found.density), _percent(found.mass))
        sums.add_row(*shares, _p(found.p))
        parts += [table, sums, _path(found)]
    return Group(*parts, *_below(result))


def _path(found: Box) -> Table:
    """Return the way by which the box was found, every few steps."""
    table = grid("The way there, in the other half", "mass %", "coverage %", "density %", "factors")
    step = max(len(found.path) // 8, 1)
    shown = sorted({*range(0, len(found.path), step), found.taken, len(found.path) - 1})
    for k in shown:
        s = found.path[k]
        mark = " ←" if k == found.taken else ""
        shares = [number(100 * x) for x in (s.mass, s.coverage, s.density)]
        table.add_row(*shares, f"{s.restricted}{mark}")
    return table


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


# -------------------------------------------------------------------------------------- regret


@words.register
def _(result: Regret) -> list[str]:
    said = []
    for choice in result.choices:
        label = LABELS[choice.criterion]
        best, *others = choice.best
        value = _value(choice.values[best])
        unit = " %" if choice.values[best].unit == "1" else f" {choice.values[best].unit}"
        tied = f"; cannot be told apart from it: {', '.join(others)}" if others else ""
        said.append(f"By {label}: {best}, {value}{unit}{tied}.")
    for name, share in result.unsure.items():
        if share > 0:
            said.append(
                f"{name}: in {number(100 * share, 0)} % of cases chance leaves open whether it "
                "meets the threshold."
            )
    return [*said, f"Conditional: {result.what}."]


@tables.register
def _(result: Regret) -> RenderableType:
    heads = [LABELS[choice.criterion] for choice in result.choices]
    unit = _unit(e for choice in result.choices for e in choice.values.values())
    title = (
        f"{result.measure}, by criterion, {unit}; those that share a letter cannot be told apart"
    )
    table = grid(title, "framework", *heads)
    for name in result.choices[0].values:
        cells = [f"{_value(c.values[name])} {c.letters[name]}" for c in result.choices]
        table.add_row(Text(name), *cells)
    cases = grid("Cases", "framework", "worst in case", "regretted most in case")
    for name, place in result.worst_case.items():
        cases.add_row(Text(name), str(place), str(result.regret_case[name]))
    return Group(table, cases, *_below(result))


# ------------------------------------------------------------------------------------- ranking


@words.register
def _(result: Ranking) -> list[str]:
    said = []
    first = [one.framework for one in result.frameworks if one.low == 1]
    if len(first) == 1:
        said.append(f"Best: {first[0]}, with 95 % confidence.")
    else:
        said.append(f"May be best: {', '.join(first)}; this run does not tell which.")
    if not result.apart:
        said.append("No framework is told apart from another.")
    return [*said, f"Ranks hold for all frameworks at once. {result.what}."]


@tables.register
def _(result: Ranking) -> RenderableType:
    unit = _unit(one.value for one in result.frameworks)
    table = grid("Ranking", "framework", f"value, {unit}", "rank", "95 %", "")
    for one in result.frameworks:
        span = str(one.low) if one.low == one.high else f"{one.low} to {one.high}"
        table.add_row(Text(one.framework), _value(one.value), str(one.rank), span, one.letters)
    return Group(table, *_below(result))


# -------------------------------------------------------------------------------------- enough


@words.register
def _(result: Needed) -> list[str]:
    if result.half_width is None:
        return ["Nothing was estimated; more replications are needed before that can be told."]
    percent = result.now.unit == "1"
    unit = "points" if percent else result.now.unit
    wide = number(result.half_width * (100 if percent else 1), 2)
    said = [f"Known to {wide} {unit} at {result.now.n:,} replications."]
    if result.target is not None:
        goal = number(result.target * (100 if percent else 1), 2)
        if result.more is None:
            said.append(f"A half-width of {goal} {unit} is out of reach.")
        elif result.more == 0:
            said.append(f"A half-width of {goal} {unit} is reached.")
        else:
            most = "" if result.at_most is None else f", {result.at_most:,} at most"
            said.append(f"A half-width of {goal} {unit} needs about {result.more:,} more{most}.")
    return said


@tables.register
def _(result: Needed) -> RenderableType:
    percent = result.now.unit == "1"
    table = grid(
        "How the interval shrinks", "replications", "half-width" + (", points" if percent else "")
    )
    for n, wide in result.steps:
        table.add_row(f"{n:,}", number(wide * (100 if percent else 1), 2))
    return Group(table, *_below(result))


@words.register
def _(result: NeededPairs) -> list[str]:
    said = words(result.needed)
    if result.worth is not None:
        said.append(
            f"Shared luck is worth {number(result.worth, 1)} times as many replications (the two "
            f"outcomes correlate by {result.correlation:.2f})."
        )
    else:
        said.append("No pair differs.")
    return said


@tables.register
def _(result: NeededPairs) -> RenderableType:
    return Group(tables(result.needed), Text(words(result)[-1]))
