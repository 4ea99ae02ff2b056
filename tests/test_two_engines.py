"""Two engines, one model: the same logs and the same rows, to the last bit."""

from __future__ import annotations

import functools
import importlib
import json
import math
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests.agreement import (
    attempt,
    block_difference,
    compiled,
    disagreement,
    first_difference,
    reference,
    row_difference,
)
from tests.evidence import FULL, size
from tests.generated import (
    GUARANTOR_THEMES,
    LAYER_THEMES,
    OPTION_THEMES,
    World,
    batch,
    shown,
    worlds,
)
from tests.smaller import smallest
from tests.worlds import SEED, built

import deter
from deter.engine.compiled import Desk
from deter.engine.game import Built, build
from deter.engine.outcome import ROW, Block, recorded
from deter.engine.reference import Result
from deter.engine.telling import names_of
from deter.errors import InputError
from deter.spec import library
from deter.spec.extends import load_tree
from deter.spec.loading import load_scenario
from deter.spec.scenario import Scenario
from deter.spec.tree import plain

REPLICATIONS = 2
EVERY = 4
SOURCE = Path(deter.__file__).parent

SEVERAL = World(
    {
        "horizon": 4,
        "begins": {"state": "ceasefire", "since_war": 1},
        "challenger": {"motive_mean": 1},
        "guarantors": {
            "AA": GUARANTOR_THEMES["willing"] | {"aid": 3},
            "BB": GUARANTOR_THEMES["torn"] | {"resolve": 0.3},
            "CC": GUARANTOR_THEMES["busy"] | {"decision_clock": 9},
            "DD": GUARANTOR_THEMES["willing"] | {"resolve": 0.7, "decision_clock": 30},
            "EE": {"resolve": 0.4, "stake": 1},
        },
        "options": {
            "strikes": OPTION_THEMES["strikes"],
            "grab": OPTION_THEMES["long grab"],
            "invasion": OPTION_THEMES["announced invasion"],
        },
        "behaviour": {"opportunity_rate": 4, "free_riding": 0.2, "reputation_spill": 0.2},
    },
    {
        "layers": [
            LAYER_THEMES["vigilant"] | {"id": "A"},
            LAYER_THEMES["weighted"] | {"id": "B"},
            LAYER_THEMES["led"] | {"id": "C", "decision": {"rule": "lead", "lead": "BB"}},
            LAYER_THEMES["generous"] | {"id": "D", "members": ["AA", "CC", "EE"]},
        ]
    },
)
"""Five guarantors of whom no two do anything at one moment."""


# ------------------------------------------------------------------------------- generated worlds


@given(world=worlds())
@settings(
    max_examples=size(60, 3000),
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_engines_agree_on_a_world_that_is_drawn(world: World) -> None:
    assert not disagreement(world.built(), REPLICATIONS), shown(world)


@pytest.mark.evidence
@pytest.mark.parametrize("part", range(4))
def test_engines_agree_on_a_batch(part: int) -> None:
    n = size(120, 8000)
    for world in batch(n)[part::4]:
        apart = disagreement(world.built(), REPLICATIONS)
        if apart:
            least = smallest(world, lambda w: bool(disagreement(w.built(), REPLICATIONS)))
            pytest.fail(f"{disagreement(least.built(), REPLICATIONS)}\n{shown(least)}")


@pytest.mark.parametrize("seed", [0, 2**32, 2**62])
def test_engines_agree_under_any_address(seed: int) -> None:
    for world in batch(44)[1::11]:
        apart = disagreement(world.built(), 1, seed, start=2**31 - 2)
        assert not apart, shown(world)


def test_engines_agree_where_a_helper_is_readier_for_more_than_for_less() -> None:
    found = json.loads(
        (Path(__file__).parent / "data" / "readier_for_more.json").read_text("utf-8")
    )
    assert not disagreement(World(found["scenario"], found["framework"]).built(), REPLICATIONS)


# ------------------------------------------------------------------------------- the library


def cases() -> Iterator[tuple[str, str]]:
    """Yield every scenario of the library with its own framework and those it compares.

    The first scenario of each folder stands for the folder, with every framework that may stand in
    it: the product of all scenarios and all frameworks grows with the square of the library.
    """
    opened: set[Path] = set()
    for path in library.scenario_files():
        beside = path.parent / library.FRAMEWORKS
        yield str(path), ""
        if path.parent not in opened:
            opened.add(path.parent)
            files = [*library.framework_files(), *library.yaml_files(beside)]
        else:
            names = compared(path)
            files = [file for name in names if (file := library.find_framework(name, path.parent))]
        for file in files:
            yield str(path), str(file)


def compared(path: Path) -> list[str]:
    """Return the frameworks a scenario compares, as its own file or one it extends lists them."""
    tree = load_tree(path, path.name, Scenario)
    listed = tree.get("frameworks")
    return [] if listed is None else [str(name) for name in plain(listed)]


def case_name(case: tuple[str, str]) -> str:
    scenario, framework = case
    return f"{library.name_of(Path(scenario))}-{Path(framework).stem or 'its own'}"


def of_library(scenario: str, framework: str) -> Built:
    try:
        loaded = load_scenario(scenario, (), framework or None)
    except InputError as error:
        pytest.skip(f"the framework names what the scenario has not: {error}")
    return build(loaded.scenario, loaded.framework)


def taken() -> list[tuple[str, str]]:
    """Return every scenario under its own framework, and of the rest every fourth; or all."""
    return [case for at, case in enumerate(cases()) if FULL or not case[1] or at % EVERY == 0]


@pytest.mark.evidence
@pytest.mark.parametrize("case", taken(), ids=case_name)
def test_engines_agree_on_the_library(case: tuple[str, str]) -> None:
    assert not disagreement(of_library(*case), size(2, 200))


# ------------------------------------------------------------------------------- planted changes

ROOMS = ("reference", "crisis", "votes", "learning", "war", "calendar", "world", "views")
"""Modules of the reference engine, which call laws from Python."""

LAST_BIT = 0.0
FELT_FROM = {
    # a time is rounded to seconds
    "chance.exponential_quantile": 1e-9,
    "chance.lognormal_quantile": 1e-6,
    "crisis.attribution_delay": 1e-4,
    "votes.meeting_delay": 1e-4,
    "votes.act_ambiguity": 0.3,
    "reference.winter_factor": 0.3,
    "war.winter_factor": 0.3,
    "campaign.escalation_rate": 1e-4,
    "posture.regime_hazard": 1e-4,
    # only compared with a uniform draw
    "choice.live_probability": 0.2,
    "credibility.compliance_probability": 0.3,
    "choice.learnt_misperception": 1e-9,
    "chance.lag_cdf": 1e-6,
    # a small part of a sum, whose own last bit it does not reach in every batch
    "posture.hazard_probability": 1e-12,
}
"""Relative changes where the last bit of a law's value is too little to be felt in the worlds."""

ASSEMBLED = (
    *("crisis.meeting_delay", "crisis.act_ambiguity", "crisis.owed_rung"),
    *("crisis.attribution_delay", "votes.meeting_delay", "votes.commitment"),
    *("votes.act_ambiguity", "votes.obligation_of"),
    *("war.prospects", "war.winter_factor", "reference.winter_factor"),
)
"""What both engines call that puts laws together, by the room in which the reference calls it."""


def laws_called() -> list[str]:
    """Return the laws that the reference engine calls from Python, as ``room.law``."""
    theory = "|".join(path.stem for path in (SOURCE / "theory").glob("[a-z]*.py"))
    text = "".join((SOURCE / "engine" / f"{room}.py").read_text("utf-8") for room in ROOMS)
    return sorted(set(re.findall(rf"\b((?:{theory})\.[a-z]\w*)\(", text)))


@dataclass
class Planted:
    """A law of which the reference engine is given another version, and how often it is called."""

    law: Callable[..., Any]
    by: float
    calls: int = 0

    def __call__(self, *arguments: Any) -> Any:
        self.calls += 1
        return moved(self.law(*arguments), self.by)


def moved(value: Any, by: float) -> Any:
    """Return a value a little off: relatively, or in the last bit; a count by 1, a flag turned."""
    if isinstance(value, tuple):
        return (moved(value[0], by), *value[1:])
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, int | np.integer):
        return value + 1
    return math.nextafter(value, math.inf) if by == LAST_BIT else value * (1.0 + by)


@functools.cache
def agreed() -> list[tuple[Built, Result]]:
    """Return games and what the compiled engine tells of each, once both engines agree."""
    found = []
    for world in batch(130):
        game = world.built()
        ours, told = (attempt(engine, game, SEED, 0) for engine in (reference, compiled))
        assert not first_difference(ours, told, names_of(game)), shown(world)
        if not isinstance(told, str):
            found.append((game, told))
    return found


@pytest.mark.parametrize("name", [*laws_called(), *ASSEMBLED])
def test_a_planted_difference_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room, _, law = name.partition(".")
    package = "engine" if name in ASSEMBLED else "theory"
    expected = agreed()
    module = importlib.import_module(f"deter.{package}.{room}")
    planted = Planted(getattr(module, law), FELT_FROM.get(name, LAST_BIT))
    monkeypatch.setattr(module, law, planted)
    assert any(
        first_difference(told, ours, names_of(game))
        for game, told in expected
        if not isinstance(ours := attempt(reference, game, SEED, 0), str)
    )
    assert planted.calls > 0


def test_an_engine_that_leaves_out_an_event_is_seen() -> None:
    game, told = next(pair for pair in agreed() if len(pair[1].lines) > 10)
    short = replace(told, lines=[*told.lines[:7], *told.lines[8:]])
    assert "line 7" in first_difference(told, short, names_of(game))
    assert "no more lines" in first_difference(
        told, replace(told, lines=told.lines[:-1]), names_of(game)
    )


@pytest.mark.parametrize(("value", "other"), [(0.0, -0.0), (1.0, math.nextafter(1.0, 2.0))])
def test_a_column_off_by_a_bit_is_seen(value: float, other: float) -> None:
    _, told = agreed()[0]
    rows = [told.row | {"damage": number} for number in (value, other)]
    assert "damage" in row_difference(*rows)
    assert "damage" in block_difference(*(recorded([row]) for row in rows))


# ------------------------------------------------------------------------------- one engine alone


def bystanding(world: World) -> World:
    """Return a world with one more guarantor, which has no stake and is in no layer."""
    others = list(world.scenario["guarantors"])
    layers = [
        layer | {"members": others} if layer.get("members", "all") == "all" else layer
        for layer in world.framework["layers"]
    ]
    guarantors = world.scenario["guarantors"] | {"Mm": {"stake": 0, "arms": 5, "resolve": 2}}
    scenario = world.scenario | {"guarantors": guarantors}
    return World(scenario, world.framework | {"layers": layers})


def test_a_bystander_changes_no_row() -> None:
    worlds = [world for world in batch(size(60, 600)) if world.scenario["guarantors"]]
    for world in worlds:
        alone, beside = (compiled.rows(w.built(), SEED, 0, 2) for w in (world, bystanding(world)))
        assert not block_difference(alone, beside), shown(world)


def test_the_order_in_which_guarantors_are_written_changes_no_row() -> None:
    for world in batch(size(30, 600)):
        turned = dict(reversed(world.scenario["guarantors"].items()))
        other = World(world.scenario | {"guarantors": turned}, world.framework)
        left, right = (compiled.rows(w.built(), SEED, 0, 2) for w in (world, other))
        assert not block_difference(left, right), shown(world)


def renumbered(game: Built, order: list[int]) -> Built:
    """Return a game in which guarantors have other places and keep their luck."""
    g = game.game
    layers = g.layers.copy()
    for layer in layers:
        layer["lead"] = order.index(layer["lead"]) if layer["lead"] >= 0 else -1
    places = [0, 1, *(2 + old for old in order)]
    turned = g._replace(
        guarantors=g.guarantors[order],
        members=np.ascontiguousarray(g.members[:, order]),
        ladder_who=np.ascontiguousarray(g.ladder_who[:, :, order]),
        elections=g.elections[order],
        streams=np.ascontiguousarray(g.streams[:, :, places]),
        layers=layers,
    )
    return game._replace(game=turned, guarantors=tuple(game.guarantors[old] for old in order))


def test_the_places_of_guarantors_change_nothing_but_roundings() -> None:
    game = built(SEVERAL.scenario, SEVERAL.framework)
    left = compiled.rows(game, SEED, 0, 40).rows
    right = compiled.rows(renumbered(game, [3, 1, 0, 4, 2]), SEED, 0, 40).rows
    assert left["n_owed"].sum() > 100
    for name in ROW.names or ():
        same = left[name] == right[name]
        assert (
            np.isclose(left[name], right[name], rtol=1e-9).all()
            if ROW[name].kind == "f"
            else same.all()
        )


def test_rows_come_alike_in_any_blocks() -> None:
    for world in batch(44)[::4]:
        game = world.built()
        whole = compiled.rows(game, SEED, 0, 12)
        for start, stop in ((0, 1), (1, 5), (5, 12), (7, 7)):
            rows = whole.rows[start:stop]
            errors = {at: text for at, text in whole.errors.items() if start <= at < stop}
            part = compiled.rows(game, SEED, start, stop)
            assert not block_difference(Block(rows, errors), part), shown(world)


def test_what_is_seen_again_is_not_assessed_again_and_anything_else_is() -> None:
    """A first look is the same in every history of this war: no number is drawn."""
    desk = Desk(of_library("literature/race_of_clocks", ""))
    truth = desk.run(SEED, 0, 20)
    known, resist = desk.memory.arrays["view_known"], desk.outlooks[0].arrays["resist"]

    resist[:] = 0.0
    assert (desk.run(SEED, 0, 20)["n_conceded"] == 1).all()
    for word in range(known.size):
        known.view(np.int64)[word] ^= 1
        resist[:] = 0.0
        assert desk.run(SEED, 0, 20).tobytes() == truth.tobytes()
    desk.world["ready"] = 0
    resist[:] = 0.0
    assert desk.run(SEED, 0, 20).tobytes() == truth.tobytes()


def test_two_threads_that_run_the_same_do_not_meet() -> None:
    game = built(SEVERAL.scenario, SEVERAL.framework)
    alone = compiled.rows(game, SEED, 0, 60)
    with ThreadPoolExecutor(2) as pool:
        barrier = threading.Barrier(2)

        def run(_: int) -> Block:
            barrier.wait()
            block: Block = compiled.rows(game, SEED, 0, 60)
            return block

        blocks = list(pool.map(run, range(2)))
    assert not any(block_difference(alone, block) for block in blocks)


def test_a_log_changes_no_row() -> None:
    for world in batch(44)[1::4]:
        game = world.built()
        logged = attempt(compiled, game, SEED, 0)
        assert isinstance(logged, str) or not block_difference(
            recorded([logged.row]), compiled.rows(game, SEED, 0, 1)
        )
