"""A Scenario under a Framework, flattened into arrays: what both engines run.

The records' dtypes are made from the pydantic models, so a field has one name from the YAML file
to the machine code. Numbers given as distributions sit in the arrays at their centre and are
listed in :class:`Uncertain`; :func:`drawn` puts a replication's own draw in their place.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from deter.engine.streams import stream_table
from deter.spec.actors import Challenger, Guarantor, Option, Protege, Region, Rung
from deter.spec.behaviour import Behaviour
from deter.spec.framework import Framework, LadderStep, Layer, Obligation, Presence
from deter.spec.quantities import KINDS, Value
from deter.spec.scenario import Baseline, Scenario, Start, Talks
from deter.theory.chance import discrete_quantile, parameter_quantile
from deter.theory.luck import stream_id, uniform
from deter.vocabulary import RUNGS

Records = NDArray[Any]
WEIGHT_UNITS = 100
"""Votes of a weighted majority are counted in hundredths of a vote."""


class Uncertain(NamedTuple):
    """One cell drawn per replication: where it sits, its distribution, its stream."""

    array: str
    offset: int
    kind: int
    parameters: tuple[float, float, float, float]
    values: tuple[float, ...]
    weights: tuple[float, ...]
    stream: int


class Game(NamedTuple):
    """All a run needs, as flat arrays. Canonical order is sorted ids; layers keep their order.

    Record arrays: ``rules`` (1), ``challenger`` (1), ``protege`` (1), ``guarantors`` (G),
    ``options`` (K, by severity then id), ``rungs`` (4), ``regions`` (Q), ``layers`` (L),
    ``members`` (L, G), ``ladder`` (L, S), ``scripts`` (E). Plain arrays: ``ladder_who``
    (L, S, G), ``covers`` (L, K), ``elections`` (G, n; seconds, -1 for none), ``months`` (starts
    of months, seconds), ``month_numbers``, ``streams`` (purposes, sources, actors).
    """

    rules: Records
    challenger: Records
    protege: Records
    guarantors: Records
    options: Records
    rungs: Records
    regions: Records
    layers: Records
    members: Records
    ladder: Records
    scripts: Records
    ladder_who: NDArray[np.int64]
    covers: NDArray[np.int64]
    elections: NDArray[np.int64]
    months: NDArray[np.int64]
    month_numbers: NDArray[np.int64]
    streams: NDArray[np.int64]


class Built(NamedTuple):
    """A game, the names behind its numbers, and its uncertain cells."""

    game: Game
    guarantors: tuple[str, ...]
    options: tuple[str, ...]
    layers: tuple[str, ...]
    uncertain: tuple[Uncertain, ...]
    strategy: str


Fields = list[tuple[str, tuple[str, ...], str, tuple[str, ...]]]


def _optional(annotation: Any) -> Any:
    """Return the type inside ``X | None``, else the annotation itself."""
    if get_origin(annotation) in (Union, UnionType):
        inner = [a for a in get_args(annotation) if a is not type(None)]
        if len(inner) == 1:
            annotation = inner[0]
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[0]
    return annotation


def numeric_fields(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Fields:
    """List the number-like fields of a model, nested records flattened with ``_``.

    Returns
    -------
    list of (name, path, kind, codes)
        ``kind`` is ``value``, ``bool``, ``int`` or ``code``; ``codes`` are the literal's words.
    """
    fields: Fields = []
    for name, info in model.model_fields.items():
        path = (*prefix, name)
        annotation = _optional(info.annotation)
        if annotation is Value:
            fields.append(("_".join(path), path, "value", ()))
        elif annotation is bool:
            fields.append(("_".join(path), path, "bool", ()))
        elif annotation is int:
            fields.append(("_".join(path), path, "int", ()))
        elif get_origin(annotation) is Literal:
            fields.append(("_".join(path), path, "code", get_args(annotation)))
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields.extend(numeric_fields(annotation, path))
    return fields


def _dtype(models: list[tuple[type[BaseModel], str]], extra: tuple[str, ...] = ()) -> np.dtype[Any]:
    columns: list[tuple[str, str]] = []
    for model, prefix in models:
        for name, _, kind, _ in numeric_fields(model):
            columns.append((prefix + name, "f8" if kind == "value" else "i8"))
    columns.extend((name, "i8") for name in extra)
    return np.dtype(columns)


RULES = _dtype(
    [
        (Behaviour, ""),
        (Framework, ""),
        (Talks, "talks_"),
        (Baseline, "baseline_"),
        (Start, "start_"),
    ],
    ("horizon", "start_option", "winter_mask"),
)


CHALLENGER = _dtype([(Challenger, "")])
PROTEGE = _dtype([(Protege, "")])
GUARANTOR = _dtype([(Guarantor, "")], ("in_play", "has_stake"))
OPTION = _dtype([(Option, "")], ("region", "months_mask", "has_fixed"))
RUNG = _dtype([(Rung, "")])
REGION = _dtype([(Region, "")])
LAYER = _dtype(
    [(Layer, "")],
    ("lead", "zone_region", "quota_weight", "others_weight", "n_members", "n_ladder", "gives"),
)
MEMBER = np.dtype(
    [
        ("member", "i8"),
        *((rung, "i8") for rung in RUNGS),
        ("weight", "i8"),
        ("binds", "i8"),
        *_dtype([(Presence, "")]).descr,
    ]
)
STEP = _dtype([(LadderStep, "")])
SCRIPT = np.dtype([("option", "i8"), ("at", "f8"), ("rate", "f8")])


class _Book:
    """Fills records and keeps the list of uncertain cells."""

    def __init__(self) -> None:
        self.uncertain: list[Uncertain] = []

    def put(
        self, name: str, array: Records, row: int, column: str, value: Value | None, path: str
    ) -> None:
        flat = array.reshape(-1)
        flat[row][column] = math.inf if value is None else value.value
        if value is None or value.distribution is None:
            return
        d = value.distribution
        width = array.dtype.itemsize // 8
        fields = array.dtype.fields
        assert fields is not None
        p = d.parameters
        if d.kind in ("normal", "lognormal", "beta"):
            four = (p[0], p[1], d.low, d.high)
        else:
            four = (0.0, 0.0, 0.0, 0.0)
            if d.kind != "discrete":
                a, b, c, e, *_ = (*p, 0.0, 0.0, 0.0, 0.0)
                four = (a, b, c, e)
        self.uncertain.append(
            Uncertain(
                name,
                row * width + fields[column][1] // 8,
                list(KINDS).index(d.kind),
                four,
                p if d.kind == "discrete" else (),
                d.weights,
                stream_id(f"param/{d.joint or path}"),  # a joint sample: one draw for all columns
            )
        )

    def fill(
        self, name: str, array: Records, row: int, record: BaseModel, path: str, prefix: str = ""
    ) -> None:
        flat = array.reshape(-1)
        for column, steps, kind, codes in numeric_fields(type(record)):
            value: Any = record
            for step in steps:
                value = None if value is None else getattr(value, step)
            if kind == "value":
                self.put(name, array, row, prefix + column, value, ".".join((path, *steps)))
            elif kind == "code":
                flat[row][prefix + column] = -1 if value is None else codes.index(value)
            else:
                flat[row][prefix + column] = 0 if value is None else int(value)


def build(scenario: Scenario, framework: Framework) -> Built:
    """Flatten a scenario under a framework.

    Both must have been checked: names refer to something that exists.
    """
    book = _Book()
    names = sorted(scenario.guarantors)
    regions = sorted(scenario.regions)
    options = sorted(scenario.options, key=lambda o: (scenario.options[o].severity.value, o))
    months, month_numbers = _months(scenario)
    game = Game(
        rules=_rules(book, scenario, framework, options),
        challenger=_single(book, "challenger", scenario.challenger, CHALLENGER),
        protege=_single(book, "protege", scenario.protege, PROTEGE),
        guarantors=_guarantors(book, scenario, framework, names),
        options=_options(book, scenario, options, regions),
        rungs=_rows(book, "rungs", RUNG, [(r, getattr(scenario.rungs, r)) for r in RUNGS]),
        regions=_rows(book, "regions", REGION, [(r, scenario.regions[r]) for r in regions]),
        layers=_layers(book, framework, regions, names),
        members=_members(book, framework, names),
        ladder=_ladder(book, framework),
        scripts=_scripts(book, scenario, options),
        ladder_who=_ladder_who(framework, names),
        covers=_covers(scenario, framework, options),
        elections=_elections(scenario, names),
        months=months,
        month_numbers=month_numbers,
        streams=stream_table(names),
    )
    return Built(
        game,
        tuple(names),
        tuple(options),
        tuple(layer.id for layer in framework.layers),
        tuple(book.uncertain),
        scenario.challenger.strategy,
    )


def drawn(built: Built, seed: int, replication: int) -> Game:
    """Return the game with each uncertain number drawn for one replication.

    The address of a draw is ("param", path), so the same number is drawn under every framework.
    """
    if not built.uncertain:
        return built.game
    copies: dict[str, Records] = {}
    for cell in built.uncertain:
        if cell.array not in copies:
            copies[cell.array] = getattr(built.game, cell.array).copy()
        u = uniform(seed, replication, cell.stream, 0, 0)
        if cell.values:
            value = discrete_quantile(u, np.array(cell.values), np.array(cell.weights))
        else:
            value = parameter_quantile(u, cell.kind, *cell.parameters)
        copies[cell.array].reshape(-1).view(np.float64)[cell.offset] = value
    return built.game._replace(**copies)


def _mask(months: list[int]) -> int:
    return sum(1 << month for month in set(months))


def _rules(book: _Book, scenario: Scenario, framework: Framework, options: list[str]) -> Records:
    array = np.zeros(1, dtype=RULES)
    book.fill("rules", array, 0, scenario.behaviour, "behaviour")
    book.fill("rules", array, 0, framework, "framework")
    book.fill("rules", array, 0, scenario.talks, "talks", "talks_")
    book.fill("rules", array, 0, scenario.baseline, "baseline", "baseline_")
    book.fill("rules", array, 0, scenario.begins, "begins", "start_")
    rules = array[0]
    rules["horizon"] = math.floor(scenario.horizon.value * 365.25 * 86400 + 0.5)
    rules["winter_mask"] = _mask(scenario.behaviour.winter)
    under_way = scenario.begins.option
    if under_way is None:
        full = [o for o in options if scenario.options[o].option_class == "full"]
        under_way = full[0] if full else None
    rules["start_option"] = -1 if under_way is None else options.index(under_way)
    return array


def _single(book: _Book, name: str, record: BaseModel, dtype: np.dtype[Any]) -> Records:
    array = np.zeros(1, dtype=dtype)
    book.fill(name, array, 0, record, name)
    return array


def _rows(
    book: _Book, name: str, dtype: np.dtype[Any], records: list[tuple[str, BaseModel]]
) -> Records:
    array = np.zeros(len(records), dtype=dtype)
    for row, (key, record) in enumerate(records):
        book.fill(name, array, row, record, f"{name}.{key}")
    return array


def member_names(layer: Layer, names: list[str]) -> list[str]:
    """Return the guarantors a layer binds, in canonical order."""
    return names if layer.members == "all" else [n for n in names if n in layer.members]


def binds(layer: Layer) -> bool:
    """Return whether a layer asks its members for any response; a null layer is as if absent."""
    owed = layer.obligation
    levels = [getattr(owed, r) for r in RUNGS] if isinstance(owed, Obligation) else [owed]
    asks = any(level != "none" for level in levels)
    return asks or layer.sanctions.snapback != "none" or bool(layer.ladder)


def gives(layer: Layer) -> bool:
    """Return whether a layer does anything in peace: flows, forces in place, sanctions."""
    peace = layer.peacetime
    flows = (peace.arms, peace.training, peace.finance, peace.intelligence, peace.air_defence)
    some = any(flow.value > 0 or flow.distribution is not None for flow in flows)
    return some or bool(layer.presence) or layer.sanctions.level.value > 0


def _guarantors(book: _Book, scenario: Scenario, framework: Framework, names: list[str]) -> Records:
    array = np.zeros(len(names), dtype=GUARANTOR)
    bound = {n for layer in framework.layers if binds(layer) for n in member_names(layer, names)}
    for row, name in enumerate(names):
        record = scenario.guarantors[name]
        book.fill("guarantors", array, row, record, f"guarantors.{name}")
        stake = record.stake.value != 0 or record.stake.distribution is not None
        array[row]["has_stake"] = int(stake)
        array[row]["in_play"] = int(stake or name in bound)
    return array


def _options(book: _Book, scenario: Scenario, options: list[str], regions: list[str]) -> Records:
    array = np.zeros(len(options), dtype=OPTION)
    for row, name in enumerate(options):
        record = scenario.options[name]
        book.fill("options", array, row, record, f"options.{name}")
        array[row]["region"] = regions.index(record.region)
        array[row]["months_mask"] = _mask(list(record.months))
        array[row]["has_fixed"] = int(record.fixed is not None)
    return array


def _layers(book: _Book, framework: Framework, regions: list[str], names: list[str]) -> Records:
    array = np.zeros(len(framework.layers), dtype=LAYER)
    for row, layer in enumerate(framework.layers):
        book.fill("layers", array, row, layer, f"framework.layers.{layer.id}")
        lead = layer.decision.lead
        zone = layer.limits.economic_free_zone
        bound = member_names(layer, names)
        weights = [_weight(layer, n) for n in bound]
        unit = _vote_unit(layer, names)
        array[row]["lead"] = -1 if lead is None or lead not in names else names.index(lead)
        array[row]["zone_region"] = -1 if zone is None else regions.index(zone)
        total = sum(weights) + WEIGHT_UNITS * layer.decision.others.n
        quota = math.floor(layer.decision.quota.value * total) + 1
        if layer.decision.quota.value >= 1:
            quota = total
        array[row]["quota_weight"] = -(-quota // unit)
        array[row]["others_weight"] = WEIGHT_UNITS // unit
        array[row]["n_members"] = len(bound)
        array[row]["n_ladder"] = len(layer.ladder)
        array[row]["gives"] = int(gives(layer))
    return array


def _weight(layer: Layer, name: str) -> int:
    value = layer.decision.weights.get(name)
    return WEIGHT_UNITS if value is None else round(value.value * WEIGHT_UNITS)


def _vote_unit(layer: Layer, names: list[str]) -> int:
    """Return the greatest weight, in hundredths of a vote, of which all votes are multiples."""
    weights = [_weight(layer, name) for name in member_names(layer, names)]
    if layer.decision.others.n:
        weights.append(WEIGHT_UNITS)
    return math.gcd(*weights) or 1


def _members(book: _Book, framework: Framework, names: list[str]) -> Records:
    array = np.zeros((len(framework.layers), len(names)), dtype=MEMBER)
    levels = ("none", "consult", "assist", "as_deemed_necessary", "all_means")
    for row, layer in enumerate(framework.layers):
        owed = layer.obligation
        for name in member_names(layer, names):
            cell = array[row, names.index(name)]
            cell["member"] = 1
            cell["weight"] = _weight(layer, name) // _vote_unit(layer, names)
            for rung in RUNGS:
                level = getattr(owed, rung) if isinstance(owed, Obligation) else owed
                cell[rung] = levels.index(level)
            cell["binds"] = int(binds(layer))
        for n, presence in enumerate(layer.presence):
            at = row * len(names) + names.index(presence.guarantor)
            path = f"framework.layers.{layer.id}.presence.{n}"
            book.fill("members", array, at, presence, path)
    return array


def _ladder(book: _Book, framework: Framework) -> Records:
    longest = max((len(layer.ladder) for layer in framework.layers), default=0)
    array = np.zeros((len(framework.layers), longest), dtype=STEP)
    for row, layer in enumerate(framework.layers):
        for n, step in enumerate(layer.ladder):
            path = f"framework.layers.{layer.id}.ladder.{n}"
            book.fill("ladder", array, row * longest + n, step, path)
    return array


def _ladder_who(framework: Framework, names: list[str]) -> NDArray[np.int64]:
    longest = max((len(layer.ladder) for layer in framework.layers), default=0)
    who = np.zeros((len(framework.layers), longest, len(names)), dtype=np.int64)
    for row, layer in enumerate(framework.layers):
        for n, step in enumerate(layer.ladder):
            named = member_names(layer, names) if step.who == "members" else step.who
            for name in named:
                if name in names:
                    who[row, n, names.index(name)] = 1
    return who


def _covers(scenario: Scenario, framework: Framework, options: list[str]) -> NDArray[np.int64]:
    covers = np.zeros((len(framework.layers), len(options)), dtype=np.int64)
    for row, layer in enumerate(framework.layers):
        for k, name in enumerate(options):
            region = scenario.options[name].region
            trigger = layer.trigger
            covers[row, k] = int(
                (trigger.options == "all" or name in trigger.options)
                and (trigger.regions == "all" or region in trigger.regions)
                and region not in layer.limits.excluded_regions
            )
    return covers


def _scripts(book: _Book, scenario: Scenario, options: list[str]) -> Records:
    array = np.zeros(len(scenario.scripted), dtype=SCRIPT)
    for row, event in enumerate(scenario.scripted):
        array[row]["option"] = options.index(event.option)
        array[row]["at"] = math.inf
        array[row]["rate"] = 0.0
        if event.date is not None:
            array[row]["at"] = float((event.date - scenario.start).days)
        elif event.at is not None:
            book.put("scripts", array, row, "at", event.at, f"scripted.{row}.at")
        if event.rate is not None:
            book.put("scripts", array, row, "rate", event.rate, f"scripted.{row}.rate")
    return array


def _elections(scenario: Scenario, names: list[str]) -> NDArray[np.int64]:
    dates = {
        name: sorted(d for d in scenario.guarantors[name].elections if d > scenario.start)
        for name in names
    }
    longest = max((len(d) for d in dates.values()), default=0)
    array = np.full((len(names), longest), -1, dtype=np.int64)
    for row, name in enumerate(names):
        for n, day in enumerate(dates[name]):
            array[row, n] = (day - scenario.start).days * 86400
    return array


def _months(scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the starts of months in seconds after the start, and their numbers 1 to 12."""
    end = scenario.start + timedelta(days=math.ceil(scenario.horizon.value * 365.25) + 400)
    year, month = scenario.start.year, scenario.start.month
    starts, numbers = [0], [month]
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        first = date(year, month, 1)
        if first > end:
            break
        starts.append((first - scenario.start).days * 86400)
        numbers.append(month)
    return np.array(starts, dtype=np.int64), np.array(numbers, dtype=np.int64)
