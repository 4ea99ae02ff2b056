"""Generated worlds are valid, are written in every way a field allows, and are not quiet."""

from __future__ import annotations

import functools
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.evidence import FULL, size
from tests.fields import LEFT_OUT
from tests.generated import World, batch, worlds
from tests.smaller import smallest
from tests.worlds import SEED

from deter.engine import journal
from deter.engine.outcome import RESPONSE_BINS, columns, words_of
from deter.engine.reference import Result, simulate
from deter.spec.framework import Framework
from deter.spec.loading import load_scenario
from deter.spec.quantities import KINDS, Record
from deter.spec.scenario import Scenario
from deter.spec.shape import FieldShape, Shape, fields_of

N = size(400, 3000)
RESPONSES = {f"response_{b:02d}" for b in range(RESPONSE_BINS)}


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
def histories() -> list[tuple[World, Result | str]]:
    return [(world, history(world)) for world in batch(N)]


def history(world: World) -> Result | str:
    try:
        return simulate(world.built(), SEED, 0, log=True)
    except ValueError as error:
        return str(error)


def told() -> list[Result]:
    return [result for _, result in histories() if not isinstance(result, str)]


def test_few_worlds_lie_outside_what_a_law_allows() -> None:
    failed = Counter(result for _, result in histories() if isinstance(result, str))
    assert failed.total() < 0.03 * N, failed


def kinds() -> dict[int, str]:
    """Return the kinds of lines by their number."""
    names: dict[int, str] = {}
    for name, value in vars(journal).items():
        if isinstance(value, int) and name.isupper():
            names.setdefault(value, name)
    return {kind: names[kind] for kind in journal.PAYLOADS}


def test_every_kind_of_line_is_written() -> None:
    seen = Counter(kind for result in told() for kind in {line.kind for line in result.lines})
    assert not [name for kind, name in kinds().items() if not seen[kind]]


def test_every_column_has_something_in_it() -> None:
    filled = {name for result in told() for name, value in result.row.items() if value}
    filled |= {"replication", "status", "error"}
    assert set(columns()) - filled <= (set() if FULL else RESPONSES)
    assert len(RESPONSES - filled) <= 6


@pytest.mark.parametrize("column", [name for name in columns() if words_of(name)])
def test_every_word_of_a_column_occurs(column: str) -> None:
    known = set(words_of(column) or ()) - {"failed"}
    assert {result.row[column] for result in told()} == known


def test_no_number_of_a_row_or_log_is_nan() -> None:
    for world, result in histories():
        if not isinstance(result, str) and not finite(result):
            least = smallest(world, lambda w: not finite(history(w)))
            pytest.fail(f"{json.dumps(least.scenario)}\n{json.dumps(least.framework)}")


def finite(result: Result | str) -> bool:
    """Tell whether all numbers of a row are finite, and none of a log is NaN."""
    if isinstance(result, str):
        return True
    numbers = [value for value in result.row.values() if isinstance(value, float)]
    logged = [value for line in result.lines for value in line.values]
    return all(map(math.isfinite, numbers)) and not any(map(math.isnan, logged))


def test_histories_are_lively_and_cheap() -> None:
    lengths = sorted(len(result.lines) for result in told())
    assert lengths[len(lengths) // 2] > 20
    assert sum(lengths) / len(lengths) < 400
