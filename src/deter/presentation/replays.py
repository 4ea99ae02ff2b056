"""Flips, exchange rates, autopsies and peace tables, told: tables, plain words, data for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from deter.analysis.exchange import PRICES
from deter.experiments.store import CONDITION
from deter.presentation.grids import grid, remark
from deter.presentation.words import ENDLESS, amount, interval, number, points, value

if TYPE_CHECKING:
    from deter.analysis.crossing import Crossing, Flip, Search
    from deter.analysis.estimates import Estimate
    from deter.analysis.exchange import Exchange, Price
    from deter.analysis.rescue import Autopsy, Repair

SHOWN_PAIRS, SHOWN_BEYOND = 8, 8


# ---------------------------------------------------------------------------- flip


def words_of_flip(flip: Flip) -> str:
    """Return what was found, in a few sentences."""
    found, label = flip.search, flip.measure
    span = f"from {value(found.low)} to {value(found.high, flip.unit)}"
    if flip.verdict == "alike":
        return (
            f"{flip.a} and {flip.b} cannot be told apart by {label} anywhere {span}: the 95 % "
            f"intervals of their difference, {flip.n:,} pairs at each value, all hold 0."
        )
    if flip.verdict == "apart":
        lower = flip.a if found.stretches[0].sign < 0 else flip.b
        least = _gap(found.least, percent=flip.percent)
        margin = _size(found.margin, percent=flip.percent)
        return (
            f"No crossing {span}: {lower} has the lower {label} throughout. The difference is "
            f"smallest at {least}, and at no value run does its interval come nearer to 0 than "
            f"{margin}."
        )
    told = [_of_crossing(flip, crossing) for crossing in flip.crossings]
    if flip.verdict in ("partly", "perhaps"):
        sign = next(s.sign for s in found.stretches if s.sign)
        lower = flip.a if sign < 0 else flip.b
        parts = _parts(found, flip.unit, sign)
        rest = _parts(found, flip.unit, 0)
        if not told:
            told.append(f"No crossing is seen {span}.")
        told.append(
            f"{lower} has the lower {label} {parts}; the two cannot be told apart {rest}, and "
            "nowhere is the other told to be lower."
        )
    return " ".join(told)


def _of_crossing(flip: Flip, crossing: Crossing) -> str:
    below = flip.a if crossing.before < 0 else flip.b
    above = flip.b if crossing.before < 0 else flip.a
    at = crossing.at
    low, high = value(at.low), value(at.high)
    limits = f"95 % interval {low} to {high}"
    if not crossing.sure:
        limits += f", {ENDLESS} lying beyond the range run"
    return (
        f"{below} has the lower {flip.measure} below {_turned(flip)} = "
        f"{value(at.estimate, flip.unit)} ({limits}), {above} above it."
    )


def _turned(flip: Flip) -> str:
    """Return what is turned, and whose it is if it is one framework's."""
    return (
        f"{flip.path} of {flip.a if flip.on == 'a' else flip.b}" if flip.on != "both" else flip.path
    )


def _parts(found: Search, unit: str, sign: int) -> str:
    spans = [
        f"from {value(s.low)} to {value(s.high, unit)}" for s in found.stretches if s.sign == sign
    ]
    return " and ".join(spans)


def _gap(difference: Estimate, *, percent: bool) -> str:
    return f"{points(difference)} points" if percent else interval(difference, signed=True)


def _size(size: float, *, percent: bool) -> str:
    return f"{number(100 * size, 1)} points" if percent else value(size)


def flip_view(flip: Flip) -> RenderableType:
    """Return a flip as a table and words."""
    unit = f" ({flip.unit})" if flip.unit not in ("", "1") else ""
    table = grid(
        f"{flip.measure} of {flip.a} and {flip.b} as {_turned(flip)} is turned",
        f"value{unit}",
        f"{flip.a}{', %' if flip.percent else ''}",
        f"{flip.b}{', %' if flip.percent else ''}",
        "difference",
        "",
    )
    signs = {s.low: s for s in flip.search.stretches}
    shown = _shown(flip.search)
    for x in shown:
        here, there = flip.means[x]
        d = flip.search.points[x]
        table.add_row(
            value(x),
            interval(here, percent=flip.percent),
            interval(there, percent=flip.percent),
            points(d) if flip.percent else interval(d, signed=True),
            _verdict_word(d, flip),
            end_section=x in signs and x > flip.search.low and len(signs) > 1,
        )
    now = ", ".join(f"{name} {value(x, flip.unit)}" for name, x in flip.now.items())
    told = Text(words_of_flip(flip))
    standing = Text(f"In force: {now}." if flip.now else "", style="dim")
    more = (
        f" {len(flip.search.points)} values were run; each has its own interval, so that of many "
        "one in twenty misses."
    )
    return Group(table, told, standing, *remark(flip.n, flip.seed, flip.notes, more))


def _shown(found: Search) -> list[float]:
    """Return the values worth showing: some of the whole range, and the edges of stretches."""
    points = list(found.points)
    edges = {s.low for s in found.stretches} | {s.high for s in found.stretches}
    wanted = [found.low + (found.high - found.low) * i / 8 for i in range(9)]
    near = {min(points, key=lambda x: abs(x - w)) for w in wanted}
    return sorted(x for x in points if x in near or x in edges)


def _verdict_word(d: Estimate, flip: Flip) -> str:
    if d.low is not None and d.low > 0:
        return f"{flip.b} lower"
    if d.high is not None and d.high < 0:
        return f"{flip.a} lower"
    return "not told apart"


def flip_dict(flip: Flip) -> dict[str, Any]:
    """Return a flip as plain data; what is missing is None."""
    found = flip.search
    return {
        "scenario": flip.scenario,
        "a": flip.a,
        "b": flip.b,
        "path": flip.path,
        "unit": flip.unit,
        "on": flip.on,
        "in_force": flip.now,
        "measure": flip.measure,
        "what": flip.what,
        "range": [found.low, found.high],
        "verdict": flip.verdict,
        "words": words_of_flip(flip),
        "crossings": [
            {**asdict(c.at), "lower_below": flip.a if c.before < 0 else flip.b, "sure": c.sure}
            for c in flip.crossings
        ],
        "stretches": [asdict(s) for s in found.stretches],
        "least": asdict(found.least),
        "margin": found.margin,
        "points": [
            {
                "x": x,
                "difference": asdict(d),
                "a": asdict(flip.means[x][0]),
                "b": asdict(flip.means[x][1]),
            }
            for x, d in found.points.items()
        ],
        "n": flip.n,
        "seed": flip.seed,
        "notes": list(flip.notes),
        "condition": CONDITION,
    }


# ---------------------------------------------------------------------------- exchange


def exchange_view(exchange: Exchange) -> RenderableType:
    """Return a table of exchange rates and words."""
    percent = exchange.percent
    table = grid(
        f"What changes of {exchange.framework} are worth in {exchange.currency}, at equal "
        f"{exchange.measure}",
        "change",
        f"{exchange.measure}{', %' if percent else ''}",
        "effect",
        f"worth, {exchange.unit}",
        "",
    )
    for one in exchange.prices:
        table.add_row(
            one.change,
            interval(one.after, percent=percent),
            points(one.effect) if percent else interval(one.effect, signed=True),
            amount(one.worth, signed=True),
            _price_word(one),
        )
    before = interval(exchange.before, percent=percent)
    reach = interval(exchange.reach, percent=percent, signed=True)
    told = Text(
        f"With nothing changed {exchange.measure} is {before}{' %' if percent else ''}, at "
        f"{value(exchange.now, exchange.unit)}. Turning the currency from {value(exchange.low)} "
        f"to {value(exchange.high, exchange.unit)} changes it by {reach}"
        f"{' points' if percent else ''}."
    )
    more = (
        f" {ENDLESS} is a limit beyond the range. A price compares single changes of this "
        "framework in this scenario; prices of two changes do not add."
    )
    return Group(table, told, *remark(exchange.n, exchange.seed, exchange.notes, more))


def _price_word(one: Price) -> str:
    parts = [] if one.told else ["effect not told from none"]
    if one.known in ("beyond", "below", "unpriced"):
        parts.append(
            {"beyond": "beyond the range", "below": "below the range"}.get(
                one.known, "currency does nothing told"
            )
        )
    if one.others:
        parts.append(f"{one.others} more amounts would do")
    return "; ".join(parts)


def exchange_dict(exchange: Exchange) -> dict[str, Any]:
    """Return a table of exchange rates as plain data; what is missing is None."""
    return {
        "scenario": exchange.scenario,
        "framework": exchange.framework,
        "currency": exchange.currency,
        "unit": exchange.unit,
        "in_force": exchange.now,
        "range": [exchange.low, exchange.high],
        "measure": exchange.measure,
        "what": exchange.what,
        "before": asdict(exchange.before),
        "reach": asdict(exchange.reach),
        "curve": [{"x": x, **asdict(e)} for x, e in exchange.curve.items()],
        "prices": [
            {
                "change": one.change,
                "settings": list(one.settings),
                "after": asdict(one.after),
                "effect": asdict(one.effect),
                "effect_told": one.told,
                "known": one.known,
                "means": PRICES[one.known],
                "worth": asdict(one.worth),
                "size": one.size,
                "rate": asdict(one.rate),
                "others": one.others,
            }
            for one in exchange.prices
        ],
        "n": exchange.n,
        "seed": exchange.seed,
        "notes": list(exchange.notes),
        "condition": CONDITION,
    }


# ---------------------------------------------------------------------------- autopsy


def autopsy_view(autopsy: Autopsy) -> RenderableType:
    """Return an autopsy as tables and words."""
    title = (
        f"{autopsy.framework}: {autopsy.n_failed:,} of {autopsy.n:,} histories fail "
        f"({autopsy.measure}); each replayed with one clause mended"
    )
    table = grid(
        title,
        "repair",
        "saves,\n% of failed",
        "causes,\n% of others",
        "net, points of\nprobability",
        "alone",
        "last, points",
    )
    for one in (*autopsy.repairs, autopsy.whole):
        table.add_row(
            Text(one.name, style="" if one.told or one is autopsy.whole else "dim"),
            interval(one.saved, percent=True),
            interval(one.caused, percent=True),
            points(one.net) + ("*" if one.told else ""),
            str(one.alone) if one is not autopsy.whole else "",
            points(one.last) if one.last else "",
        )
    legend = Text(
        "* told from 0 with all repairs tested at once (McNemar, Holm, 5 %). alone: failed "
        "histories that no other repair saves by itself. last: what leaving this one out of all "
        "repairs costs.",
        style="dim",
    )
    parts = [table, legend, *_pairs(autopsy), Text(words_of_autopsy(autopsy))]
    more = " A repair changes the one clause and nothing of whether anybody would agree to it."
    return Group(*parts, *remark(autopsy.n, autopsy.seed, autopsy.notes, more))


def _pairs(autopsy: Autopsy) -> Iterable[RenderableType]:
    if not autopsy.pairs:
        return
    table = grid(
        f"Saved only together ({autopsy.pairs_tried} pairs run in what neither saves)",
        "pair",
        "% of failed",
        "histories",
    )
    for pair in autopsy.pairs[:SHOWN_PAIRS]:
        table.add_row(" + ".join(pair.names), interval(pair.saved, percent=True), str(pair.n_saved))
    yield table


def words_of_autopsy(autopsy: Autopsy) -> str:
    """Return what was found, in a few sentences."""
    if not autopsy.n_failed:
        return f"None of {autopsy.n:,} histories failed: there is nothing to repair."
    told = [one for one in autopsy.repairs if one.told and one.n_saved > one.n_caused]
    parts = [_best(told)]
    harm = [one.name for one in autopsy.repairs if one.told and one.n_saved < one.n_caused]
    if harm:
        parts.append(f"Told to do harm: {', '.join(harm)}.")
    parts.append(
        f"Of the failed histories some single repair saves "
        f"{interval(autopsy.by_one, percent=True)} %"
        + (
            f", only a pair {interval(autopsy.by_two, percent=True)} %"
            if autopsy.pairs_tried
            else ""
        )
        + f", none of these {interval(autopsy.by_none, percent=True)} %."
    )
    whole = autopsy.whole
    parts.append(
        f"All repairs at once save {whole.n_saved:,} and cause {whole.n_caused:,}: "
        f"{points(whole.net)} points."
    )
    beyond = len(autopsy.beyond)
    if beyond:
        first = ", ".join(str(r) for r in autopsy.beyond[:SHOWN_BEYOND])
        rest = f" and {beyond - SHOWN_BEYOND:,} more" if beyond > SHOWN_BEYOND else ""
        parts.append(
            f"{beyond:,} histories fail whatever is repaired here (replications {first}{rest}): "
            "tell one with `deter trace`."
        )
    inert = [one.name for one in autopsy.repairs if one.inert]
    if inert:
        parts.append(f"Without any effect in any history: {', '.join(inert)}.")
    return " ".join(parts)


def _best(told: list[Repair]) -> str:
    if not told:
        return "No single repair can be told to lower the probability of failure."
    named = [
        f"{one.name} (saves {one.n_saved:,}, causes {one.n_caused:,}; {points(one.net)} points)"
        for one in told
    ]
    return f"Told to help by itself: {'; '.join(named)}."


def autopsy_dict(autopsy: Autopsy) -> dict[str, Any]:
    """Return an autopsy as plain data; what is missing is None."""
    return asdict(autopsy) | {
        "beyond": list(autopsy.beyond),
        "words": words_of_autopsy(autopsy),
        "condition": CONDITION,
    }
