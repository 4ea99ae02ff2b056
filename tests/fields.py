"""What a user may write in a field, made from the models' own metadata.

A field is generated because it is there: its unit, range, words and default say what may stand in
it. Ranges are narrowed by hand (:data:`RANGES`) only where the range allowed would let a history
run for ever, or make every history alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.luck import Luck
from tests.worlds import Raw

from deter.engine.strategies import BUILT_IN
from deter.spec.quantities import KINDS, Record
from deter.spec.schema import plain_default
from deter.spec.shape import FieldShape, Shape, fields_of


class About(NamedTuple):
    """What the fields of one world may refer to.

    Attributes
    ----------
    guarantors, options, regions : tuple of str
        Codes.
    start : date
        First day.
    days : float
        Length of the history.
    """

    guarantors: tuple[str, ...]
    options: tuple[str, ...]
    regions: tuple[str, ...]
    start: date
    days: float


# ------------------------------------------------------------------------------- tables

BY_UNIT: Mapping[str, tuple[float, float]] = {
    "d": (0, 40),
    "y": (0, 3),
    "p": (0, 1),
    "1": (0, 2),
    "severity": (0, 1),
    "probit": (-1, 1.5),
    "utility": (-0.3, 0.5),
    "per year": (0, 3),
    "steps": (0, 6),
    "brigades": (0, 30),
    "brigades/y": (0, 15),
    "bn USD": (0, 30000),
    "bn USD/y": (0, 40),
    "bn USD/month": (0, 5),
    "troops": (0, 20000),
    "votes": (0, 4),
}
"""Ordinary values of a number whose default does not give its size."""

RANGES: Mapping[str, tuple[float, float]] = {
    # rates, and periods that come again: a history stays at some hundreds of events
    "behaviour.opportunity_rate": (0, 8),
    "behaviour.headroom": (1, 3),
    "behaviour.frailty_sd": (0, 1),
    "behaviour.battles_per_month": (0, 8),
    "behaviour.tempo_cap": (0, 5),
    "behaviour.regime_shift": (0, 6),
    "behaviour.peace_treaty_rate": (0, 4),
    "challenger.leader_change": (0, 2),
    "guarantors.*.election_interval": (0.1, 4),
    "guarantors.*.second_theatre_rate": (0, 3),
    "guarantors.*.second_theatre_days": (0, 300),
    "layers.*.duration.years": (0, 3),
    "layers.*.sanctions.renewal": (0.05, 2),
    "scripted.*.rate": (0, 4),
    "talks.offers": (0, 24),
    # arrays as long as the number says
    "layers.*.decision.others.n": (0, 20),
    "layers.*.decision.k": (1, 9),
    # short enough to happen within a short history
    "guarantors.*.ratification_days": (0, 200),
    "guarantors.*.brigades_90d": (0, 40),
    "layers.*.activation.signature": (-800, 200),
    "offer.expiry": (0, 4),
    # large enough to be felt
    "behaviour.escalation_rate": (0, 12),
    "behaviour.major_rate": (0, 12),
    "challenger.war_cost": (0, 0.004),
    "protege.war_cost": (0, 0.004),
    # options that are worth their cost now and then
    "options.*.severity": (0, 1),
    "options.*.prize": (0, 1.2),
    "options.*.cost": (-0.1, 0.3),
    "options.*.stake": (0.02, 1.5),
    "options.*.warning": (0, 120),
    "options.*.duration": (0, 200),
    "options.*.minimum_forces": (0, 140),
    "begins.since_war": (0, 8),
}
"""Ordinary values where the allowed ones would run for ever or leave all histories alike."""

PERIODS = frozenset({"layers.*.duration.years"})
"""Periods that come again and may be as short as one likes: written to a hundredth only."""

LEFT_OUT = frozenset(
    {
        *("horizon", "start", "guarantors", "options", "regions", "scripted"),  # of the whole world
        *("layers", "layers.*.id"),
        *("frameworks", "framework"),  # what is compared, and in force, is chosen by the test
        *("sources", "facts", "guarantors.*.facts", "description", "summary"),  # for readers
    }
)
"""Fields that are made elsewhere, or that nothing but a reader reads."""

SEVERAL = 6
"""Names in a list, at most."""

STRATEGIES = tuple(sorted(BUILT_IN))


def _guarantors(about: About) -> tuple[str, ...]:
    return about.guarantors


def _options(about: About) -> tuple[str, ...]:
    return about.options


def _regions(about: About) -> tuple[str, ...]:
    return about.regions


WORDS: Mapping[str, Callable[[About], tuple[str, ...]]] = {
    "begins.option": _options,
    "scripted.*.option": _options,
    "options.*.region": _regions,
    "layers.*.members": _guarantors,
    "layers.*.trigger.options": _options,
    "layers.*.trigger.regions": _regions,
    "layers.*.decision.lead": _guarantors,
    "layers.*.decision.weights": _guarantors,
    "layers.*.ladder.*.who": _guarantors,
    "layers.*.presence.*.guarantor": _guarantors,
    "layers.*.limits.excluded_regions": _regions,
    "layers.*.limits.economic_free_zone": _regions,
    "challenger.strategy": lambda _: STRATEGIES,
}
"""What a text or the key of a map names; a title names nothing."""


def words_for(path: str, about: About) -> tuple[str, ...]:
    """Return the words a text may be; a new kind of text has to be put in :data:`WORDS`."""
    if path.rpartition(".")[2] == "title":
        return ("a name", "")
    return WORDS[path](about)


# ------------------------------------------------------------------------------- records


def record(
    luck: Luck, model: type[Record], path: str, about: About, most: int, base: Raw | None = None
) -> Raw:
    """Make a mapping for a record: what it needs, and up to ``most`` of what it may have.

    Parameters
    ----------
    luck : Luck
        Where choices come from.
    model : type of Record
        What is written.
    path : str
        Where it stands, ``*`` for a name or an index; empty for a whole file.
    about : About
        What it may refer to.
    most : int
        Fields written beyond the required ones.
    base : dict, optional
        What is written already, on which the fields drawn are laid.
    """
    given = base or {}
    fields = {
        name: entry
        for name, entry in fields_of(model).items()
        if _below(path, name) not in LEFT_OUT and _possible(entry.shape, _below(path, name), about)
    }
    needed = [name for name, entry in fields.items() if entry.required and name not in given]
    free = [name for name in fields if name not in needed]
    chosen = luck.some(free, most)
    drawn = {
        name: field(luck, entry, _below(path, name), about)
        for name, entry in fields.items()
        if name in needed or name in chosen
    }
    return laid(given, drawn)


def laid(base: Raw, over: Raw) -> Raw:
    """Return ``base`` with ``over`` laid on it, mapping by mapping; numbers are replaced whole."""
    result = dict(base)
    for key, value in over.items():
        parts = [part for part in (result.get(key), value) if isinstance(part, dict)]
        numbers = any({"value", "distribution"} & part.keys() for part in parts)
        result[key] = laid(*parts) if len(parts) == 2 and not numbers else value
    return result


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _possible(shape: Shape, path: str, about: About) -> bool:
    """Tell whether there is anything to name, for a field or for what an item must name."""
    if path in WORDS and shape.kind in ("text", "map"):
        return bool(words_for(path, about))
    item = shape.item
    if item is not None and item.model is not None:
        return all(
            _possible(entry.shape, f"{path}.*.{name}", about)
            for name, entry in fields_of(item.model).items()
            if entry.required
        )
    return True


def field(luck: Luck, entry: FieldShape, path: str, about: About) -> Any:
    """Make what stands in a field."""
    return _value(luck, entry.shape, path, about, plain_default(entry))


def _value(luck: Luck, shape: Shape, path: str, about: About, default: Any = None) -> Any:
    if shape.optional and luck.whole(0, 7) == 7:
        return None
    if shape.kind == "union":
        arm = luck.one_of(shape.arms)
        return _value(luck, arm, path, about)
    return _MAKERS[shape.kind](luck, shape, path, about, default)


def _record(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> Raw:
    assert shape.model is not None
    return record(luck, shape.model, path, about, 4)


def _map(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> Raw:
    assert shape.item is not None
    names = luck.some(words_for(path, about), SEVERAL)
    return {name: _value(luck, shape.item, path, about) for name in names}


def _list(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> list[Any]:
    item = shape.item
    assert item is not None
    if item.kind == "text":
        return luck.some(words_for(path, about), SEVERAL)
    if item.kind == "whole":
        return luck.some(range(item.low or 0, (item.high or 9) + 1), SEVERAL)
    here = f"{path}.*" if item.kind == "record" else path
    return [_value(luck, item, here, about) for _ in range(luck.whole(0, 3))]


def _choice(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> str:
    return str(luck.one_of(shape.choices))


def _text(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> str:
    return str(luck.one_of(words_for(path, about)))


def _whole(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> int:
    low, high = RANGES.get(path, (shape.low or 0, shape.high or 9))
    return int(luck.whole(int(low), int(high)))


def _truth(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> bool:
    return bool(luck.one_of((False, True)))


def _date(luck: Luck, shape: Shape, path: str, about: About, _: Any) -> str:
    """Make a day: few of them, so that some fall together, from just before to the horizon."""
    last = max(0, math.floor(about.days))
    days = {-30, 0, 1, last // 4, last // 2, last - 1, last, last + 1}
    return (about.start + timedelta(days=luck.one_of(sorted(days)))).isoformat()


# ------------------------------------------------------------------------------- numbers

STEPS = 24
"""Values on the grid of a range: few, so that numbers of several actors are often equal."""

DAYS = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 20.0, 30.0)
"""Days on which clocks and dates fall together."""

FORMS = ("grid", "grid", "grid", "edge", "any", "text", "stated", "drawn")


def _number(luck: Luck, shape: Shape, path: str, about: About, default: Any) -> Any:
    low, high = spread(path, shape.meta, default)
    form = luck.one_of(FORMS)
    if form == "drawn" and not shape.meta.get("structural"):
        return _distribution(luck, path, shape.meta, low, high)
    if form == "edge":
        return luck.one_of(edges(path, shape.meta, low, high, default, about))
    if form == "any":
        value = luck.real(low, high)
        return round(value, 2) if path in PERIODS else value
    value = _on_grid(luck, shape.meta["unit"], low, high)
    if form == "text":
        return written(value, shape.meta["unit"])
    return {"value": value, "evidence": "estimate"} if form == "stated" else value


def spread(path: str, meta: Mapping[str, Any], default: Any) -> tuple[float, float]:
    """Return the range from which a number's ordinary values are taken."""
    low, high = float(meta["low"]), float(meta["high"])
    if path in RANGES:
        return RANGES[path]
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    if default:
        least, largest = min(0.0, -2 * abs(default)), 3 * abs(default)
    else:
        least, largest = BY_UNIT.get(meta["unit"], (0.0, 1.0))
    return max(low, least), min(high, max(low, largest))


def edges(
    path: str, meta: Mapping[str, Any], low: float, high: float, default: Any, about: About
) -> list[float]:
    """Return values at which something may tip: ends of the range, zero, default, horizon."""
    found = {low, high} | ({float(default)} if isinstance(default, int | float) else set())
    if path not in RANGES:
        found |= {bound for bound in (meta["low"], meta["high"]) if abs(bound) <= 1e6}
    length = {"d": about.days, "y": about.days / 365.25}.get(meta["unit"])
    if length is not None:
        found |= {length}
    if meta["low"] <= 0.0 <= meta["high"]:
        found |= {0.0}
    return sorted(value for value in found if meta["low"] <= value <= meta["high"])


def _on_grid(luck: Luck, unit: str, low: float, high: float) -> float:
    days = [day for day in DAYS if low <= day <= high]
    if unit == "d" and len(days) > 3:
        return float(luck.one_of(days))
    return min(high, low + (high - low) * luck.whole(0, STEPS) / STEPS)


def written(value: float, unit: str) -> str:
    """Return a number as a text with a unit, another than the field's where there is one."""
    if unit == "d":
        return f"{value * 24!r} h"
    if unit == "p":
        return f"{min(value * 100, 100.0)!r} %"
    return f"{value!r}" if unit in ("1", "severity") else f"{value!r} {unit}"


def _distribution(
    luck: Luck, path: str, meta: Mapping[str, Any], low: float, high: float
) -> dict[str, Any]:
    """Make a distribution within a range, of any kind."""
    kind = luck.one_of(sorted(KINDS))
    least, middle, most = sorted(_on_grid(luck, "1", low, high) for _ in range(3))
    within = {"low": low, "high": high}
    if kind == "fixed":
        return {"distribution": kind, "value": middle}
    if kind == "uniform":
        return {"distribution": kind, "low": least, "high": most}
    if kind in ("triangular", "pert"):
        return {"distribution": kind, "low": least, "mode": middle, "high": most}
    if kind == "discrete":
        values = sorted({least, middle, most})
        weights = [luck.whole(0, 3) for _ in values]
        return {"distribution": kind, "values": values, "weights": [*weights[:-1], 1]}
    if kind == "beta":
        shapes = {name: luck.one_of([0.5, 1.0, 2.0, 6.0]) for name in ("a", "b")}
        return {"distribution": kind, **shapes, **within}
    free = path not in RANGES and luck.one_of((False, True))
    bounds = {} if free else within
    if kind == "lognormal" and middle > 0:
        sd_log = luck.one_of([0.0, 0.3, 1.0])
        return {"distribution": kind, "median": middle, "sd_log": sd_log, **bounds}
    sd = (high - low) * luck.one_of([0.0, 0.1, 0.5])
    return {"distribution": "normal", "mean": middle, "sd": sd, **bounds}


_MAKERS: dict[str, Callable[[Luck, Shape, str, About, Any], Any]] = {
    "record": _record,
    "map": _map,
    "list": _list,
    "number": _number,
    "choice": _choice,
    "text": _text,
    "whole": _whole,
    "truth": _truth,
    "date": _date,
}
