"""Generated worlds are valid, are written in every way a field allows, and are not quiet."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray
from tests.agreement import compiled, disagreement
from tests.evidence import size
from tests.fields import LEFT_OUT
from tests.generated import World, batch, shown, worlds
from tests.smaller import smallest, valid
from tests.worlds import SEED, Raw

from deter.engine import journal
from deter.engine.journal import Line
from deter.engine.outcome import ROW, Block, words_of
from deter.spec.framework import Framework
from deter.spec.loading import load_scenario
from deter.spec.quantities import KINDS, Record
from deter.spec.scenario import Scenario
from deter.spec.shape import FieldShape, Shape, fields_of

N = size(300, 3000)
EACH = 8
"""Worlds in the batch, and histories of each."""

RESPONSES = [name for name in ROW.names or () if name.startswith("response_")]
REAL = [name for name in ROW.names or () if ROW[name].kind == "f"]


# ------------------------------------------------------------------------------- what is written


@given(world=worlds())
@settings(
    max_examples=size(40, 2000),
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_worlds_that_are_drawn_are_valid(world: World) -> None:
    assert world.built().game.rules[0]["horizon"] > 0


def test_worlds_can_be_written_to_a_file(tmp_path: Path) -> None:
    for world in batch(N)[::40]:
        file = tmp_path / "world.yaml"
        file.write_text(json.dumps(world.scenario | {"framework": world.framework}), "utf-8")
        loaded = load_scenario(file)
        assert loaded.scenario.horizon == Scenario.model_validate(world.scenario).horizon
        assert loaded.framework == Framework.model_validate(world.framework)


def parts_of(entry: FieldShape) -> tuple[Shape, ...]:
    return entry.shape, *entry.shape.arms


def paths(model: type[Record], path: str = "") -> list[tuple[str, FieldShape]]:
    """Return every field below a record, with its path."""
    found: list[tuple[str, FieldShape]] = []
    for name, entry in fields_of(model).items():
        here = f"{path}.{name}" if path else name
        if name in ("framework", "frameworks"):
            continue
        found.append((here, entry))
        for part in parts_of(entry):
            inner, under = part, here
            if part.item is not None:
                inner, under = part.item, f"{here}.*"
            if inner.model is not None:
                found += paths(inner.model, under)
    return found


FIELDS = dict(paths(Scenario) + paths(Framework))
NAMED = frozenset({"guarantors", "options", "regions"})
LISTS = frozenset({"layers", "layers.*.ladder", "layers.*.presence", "scripted"})


def written(part: Any, path: str = "") -> Counter[str]:
    """Return the paths of what is written in a mapping, with how often; words at their end."""
    found: Counter[str] = Counter()
    number = path in FIELDS and any(shape.kind == "number" for shape in parts_of(FIELDS[path]))
    if isinstance(part, dict) and not number:
        for key, value in part.items():
            here = f"{path}.{'*' if path in NAMED else key}".lstrip(".")
            found += Counter({here: 1}) + written(value, here)
    elif isinstance(part, list) and path in LISTS:
        for item in part:
            found += written(item, f"{path}.*")
    elif isinstance(part, str):
        found[f"{path}={part}"] += 1
    elif isinstance(part, dict) and "distribution" in part:
        found[f"distribution={part['distribution']}"] += 1
    return found


@functools.cache
def all_written() -> Counter[str]:
    total: Counter[str] = Counter()
    for world in batch(N):
        total += written(world.scenario) + written(world.framework)
    return total


@pytest.mark.parametrize("path", [path for path in FIELDS if path not in LEFT_OUT])
def test_every_field_is_written(path: str) -> None:
    assert all_written()[path] > 0


def words(entry: FieldShape) -> list[str]:
    return [word for part in parts_of(entry) for word in part.choices]


def test_every_word_is_written() -> None:
    missing = [
        f"{path}={word}"
        for path, entry in FIELDS.items()
        for word in words(entry)
        if not all_written()[f"{path}={word}"]
    ]
    assert not missing


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_distribution_is_written(kind: str) -> None:
    assert all_written()[f"distribution={kind}"] > 0


# ------------------------------------------------------------------------------- what comes of it


@functools.cache
def blocks() -> list[Block]:
    return [compiled.rows(world.built(), SEED, 0, EACH) for world in batch(N)]


@functools.cache
def rows() -> NDArray[Any]:
    """Return the rows of all that did not fail."""
    whole = np.concatenate([block.rows for block in blocks()])
    kept: NDArray[Any] = whole[whole["status"] == 0]
    return kept


@functools.cache
def logs() -> list[list[Line]]:
    """Return a log of each world whose first replication does not fail."""
    pairs = zip(batch(N), blocks(), strict=True)
    whole = [world for world, block in pairs if 0 not in block.errors]
    return [compiled.simulate(world.built(), SEED, 0, log=True).lines for world in whole]


def test_few_worlds_lie_outside_what_a_law_allows() -> None:
    failed = Counter(text for block in blocks() for text in block.errors.values())
    assert failed.total() < 0.02 * EACH * N, failed


def test_every_kind_of_line_is_written() -> None:
    seen = {line.kind for log in logs() for line in log}
    assert not [journal.PAYLOADS[kind] for kind in journal.PAYLOADS if kind not in seen]


@pytest.mark.parametrize("column", [name for name in ROW.names or () if name not in RESPONSES])
def test_every_column_has_something_in_it(column: str) -> None:
    words = words_of(column)
    if words is None:
        assert (rows()[column] != 0).any()
    else:
        found = {words[position] for position in rows()[column].tolist()}
        assert found == set(words) - {"failed"}


def test_responses_come_sooner_and_later() -> None:
    assert sum((rows()[column] != 0).any() for column in RESPONSES) > 0.9 * len(RESPONSES)


def finite(world: World) -> bool:
    """Tell whether all numbers of a world's rows are finite."""
    block = compiled.rows(world.built(), SEED, 0, EACH)
    return all(np.isfinite(block.rows[name]).all() for name in REAL)


def test_no_number_of_a_row_is_nan_or_infinite() -> None:
    for world, block in zip(batch(N), blocks(), strict=True):
        if not all(np.isfinite(block.rows[name]).all() for name in REAL):
            least = smallest(world, lambda w: not finite(w))
            pytest.fail(shown(least))


def test_no_number_of_a_log_is_nan() -> None:
    numbers = (number for log in logs() for line in log for number in line.values)
    assert not any(map(math.isnan, numbers))


def test_histories_are_lively_and_cheap() -> None:
    lengths = sorted(map(len, logs()))
    assert lengths[len(lengths) // 2] > 20
    assert sum(lengths) / len(lengths) < 400


# ------------------------------------------------------------------------------- what was found

GRAB: Raw = {
    **{"class": "limited", "severity": 0.6, "prize": 0.3, "cost": 0.02, "share": 0.6},
    **{"steps_to_objective": 3, "steps_to_repulse": 3},
}
BLOW: Raw = {"class": "incident", "severity": 0.5, "prize": 0.05, "cost": 0.01}
GROUND_ONLY: Raw = {
    "id": "A",
    "obligation": {"ground": "all_means"},
    "binding": "ratified_treaty",
    "decision": {"rule": "majority"},
}
SEIZED: Raw = {"options": {"grab": GRAB}, "scripted": [{"option": "grab", "rate": 3}]}
FOUND: dict[str, World] = {
    # ready for ground but not for air, a member shows under a rule that it is ready for air
    "conduct that contradicts itself": World(
        SEIZED | {"guarantors": {"AA": {}, "CC": {}}}, {"layers": [GROUND_ONLY]}
    ),
    "an incident with no payoffs where payoffs are given": World(
        {"options": {"blow": BLOW}, "behaviour": {"win": "fixed"}}, {}
    ),
    "a lag of shape 0": World(
        SEIZED
        | {"guarantors": {"AA": {}}}
        | {"rungs": {"arms": {"lag": {"distribution": "weibull", "shape": 0}}}},
        {},
    ),
    "votes beyond counting": World(
        SEIZED | {"guarantors": {"AA": {}}},
        {
            "layers": [
                GROUND_ONLY | {"decision": {"rule": "weighted_majority", "weights": {"AA": 1e300}}}
            ]
        },
    ),
}
"""The smallest worlds that did not do what they should, of those met so far."""


@pytest.mark.parametrize("name", FOUND)
def test_a_world_is_refused_or_gives_numbers(name: str) -> None:
    world = FOUND[name]
    if valid(world):
        block = compiled.rows(world.built(), SEED, 0, 150)
        assert not block.errors
        assert all(np.isfinite(block.rows[column]).all() for column in REAL)


def test_a_long_ladder_is_climbed_by_both_engines() -> None:
    step = {"rung": "sanctions", "deadline": 1}
    ladder = [*([step] * 66), {"rung": "ground", "deadline": 20}]
    layer = GROUND_ONLY | {"obligation": "all_means", "automatic": True, "ladder": ladder}
    world = World(SEIZED | {"guarantors": {"AA": {}, "CC": {}}}, {"layers": [layer]})
    assert not valid(world) or not disagreement(world.built(), 20)
