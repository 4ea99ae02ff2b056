"""Answers as tables of pandas: a row for each estimate, with what it is of and its interval.

Every table ends in the columns ``quantity`` (what is estimated), ``estimate``, ``low``, ``high``
(95 %, NaN where there is none), ``n`` and ``unit``; what stands before them says of what: a case, a
framework, a factor, a pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import singledispatch
from typing import Any, TypeAlias

import pandas as pd

from deter.analysis.crossing import Flip
from deter.analysis.discover import Discovery
from deter.analysis.enough import Needed, NeededPairs
from deter.analysis.estimates import Estimate
from deter.analysis.exchange import Exchange
from deter.analysis.incidence import PeaceTable
from deter.analysis.levers import Levers
from deter.analysis.morris import Morris
from deter.analysis.overview import Contrast, Overview, Variances
from deter.analysis.ranking import Ranking
from deter.analysis.regret import Regret
from deter.analysis.rescue import Autopsy
from deter.analysis.sensitivity import Sobol
from deter.analysis.variance import Split

Line: TypeAlias = tuple[dict[str, Any], str, Estimate]
"""Of what, which quantity, its estimate."""

ENDS = ("quantity", "estimate", "low", "high", "n", "unit")


def frame(result: Any) -> pd.DataFrame:
    """Return a result of an analysis as a table.

    Parameters
    ----------
    result : object
        A frozen dataclass of :mod:`deter.analysis`.

    Raises
    ------
    TypeError
        If it is none of them.
    """
    rows = [
        keys
        | {
            "quantity": quantity,
            "estimate": one.estimate,
            "low": one.low,
            "high": one.high,
            "n": one.n,
            "unit": one.unit,
        }
        for keys, quantity, one in lines(result)
    ]
    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(ENDS))
    table = table[[name for name in table.columns if name not in ENDS] + list(ENDS)]
    return table.astype(dict.fromkeys(("estimate", "low", "high"), "float64"))


@singledispatch
def lines(result: Any) -> Iterable[Line]:
    """Yield each estimate of a result."""
    raise TypeError(f"there is no table for a {type(result).__name__}")


@lines.register
def _(result: Overview) -> Iterator[Line]:
    for case, (label, row) in enumerate(zip(result.labels, result.estimates, strict=True)):
        for name, one in zip(result.frameworks, row, strict=True):
            yield {"case": case, "label": label, "framework": name}, result.measure, one


@lines.register
def _(result: Variances) -> Iterator[Line]:
    for name, split in result.splits.items():
        yield from (({"framework": name, **keys}, what, one) for keys, what, one in lines(split))


@lines.register
def _(result: Split) -> Iterator[Line]:
    yield {}, "share between cases", result.parameters
    yield {}, "share of chance", result.chance
    yield {}, "share of chance common to all cases", result.common
    yield {}, "share of the variance of case means that is chance", result.noise


@lines.register
def _(result: Contrast) -> Iterator[Line]:
    yield {}, f"difference of {result.measure}", result.difference
    if result.ratio is not None:
        yield {}, "hazard ratio of the first attack", result.ratio


@lines.register
def _(result: Ranking) -> Iterator[Line]:
    for one in result.frameworks:
        ranks = {"rank": one.rank, "rank_low": one.low, "rank_high": one.high}
        yield {"framework": one.framework, **ranks, "letters": one.letters}, "value", one.value
    for (a, b), gap in result.differences.items():
        yield {"framework": a, "less": b}, "difference", gap


@lines.register
def _(result: Sobol) -> Iterator[Line]:
    for one in result.indices:
        yield {"factor": one.factor}, "first order", one.first
        yield {"factor": one.factor}, "total order", one.total
    for (a, b), share in result.second.items():
        yield {"factor": a, "with": b}, "second order", share


@lines.register
def _(result: Morris) -> Iterator[Line]:
    for one in result.factors:
        yield {"factor": one.factor}, "mean size", one.mu_star
        yield {"factor": one.factor}, "mean", one.mu
        yield {"factor": one.factor}, "spread", one.sigma


@lines.register
def _(result: Levers) -> Iterator[Line]:
    for one in result.effects:
        keys = {"lever": one.lever, "from": one.against, "to": one.level}
        yield keys, "change", one.effect
    for share in result.shares:
        yield {"lever": share.lever}, "share of variance by itself", share.main
        yield {"lever": share.lever}, "share of variance, Shapley", share.shapley


@lines.register
def _(result: Discovery) -> Iterator[Line]:
    from deter.presentation.analyses import box_words

    yield {}, "failures in all cases", result.overall
    for number, box in enumerate(result.boxes, 1):
        keys = {"box": number, "where": box_words(box), "p": box.p}
        yield keys, "coverage", box.coverage
        yield keys, "density", box.density
        yield keys, "mass", box.mass


@lines.register
def _(result: Regret) -> Iterator[Line]:
    for choice in result.choices:
        for name, one in choice.values.items():
            keys = {
                "framework": name,
                "letters": choice.letters[name],
                "not_told_from_best": name in choice.best,
            }
            yield keys, choice.criterion, one


@lines.register
def _(result: Flip) -> Iterator[Line]:
    for crossing in result.search.crossings:
        yield {}, f"crossing of {result.path}", crossing.at
    for x, gap in result.search.points.items():
        here, there = result.means[x]
        yield {"at": x, "framework": result.a}, result.measure, here
        yield {"at": x, "framework": result.b}, result.measure, there
        yield {"at": x, "framework": result.a, "less": result.b}, "difference", gap


@lines.register
def _(result: Exchange) -> Iterator[Line]:
    yield {}, result.measure, result.before
    for one in result.prices:
        keys = {"change": one.change, "known": one.known}
        yield keys, result.measure, one.after
        yield keys, "effect", one.effect
        yield keys, f"worth in {result.currency}", one.worth


@lines.register
def _(result: Autopsy) -> Iterator[Line]:
    yield {}, "failed", result.failed
    for one in (*result.repairs, result.whole):
        yield {"repair": one.name}, "saved", one.saved
        yield {"repair": one.name}, "caused", one.caused
        yield {"repair": one.name}, "net", one.net
    for pair in result.pairs:
        yield {"repair": " and ".join(pair.names)}, "saved only together", pair.saved


@lines.register
def _(result: PeaceTable) -> Iterator[Line]:
    for one in result.frameworks:
        for years, share in one.come.items():
            yield {"framework": one.framework, "years": years}, f"{result.first} has come", share
        for years, share in one.stands.items():
            yield {"framework": one.framework, "years": years}, f"no {result.first} yet", share
        yield {"framework": one.framework}, "median", one.median


@lines.register
def _(result: Needed) -> Iterator[Line]:
    yield {"half_width": result.half_width, "more": result.more}, "now", result.now


@lines.register
def _(result: NeededPairs) -> Iterator[Line]:
    needed = result.needed
    keys = {"half_width": needed.half_width, "more": needed.more, "correlation": result.correlation}
    yield keys, "difference now", needed.now
