"""What one look of the challenger at all its options costs, which both engines share."""

from __future__ import annotations

from benchmarks.cases import SEED
from benchmarks.timing import Effort, sized
from deter.engine.assessment import assess_all
from deter.engine.game import Built, drawn
from deter.engine.views import seen_now
from deter.engine.world import World


def seconds_of_a_look(built: Built, effort: Effort) -> tuple[float, float]:
    """Return the seconds of a look with no layer in force, and with all."""
    return _seconds(built, False, effort), _seconds(built, True, effort)


def _seconds(built: Built, in_force: bool, effort: Effort) -> float:
    world = World(built, drawn(built, SEED, 0), SEED, 0, False)
    if in_force:
        world.signed = [True] * len(world.layers)
        world.ratified[:] = 1
    world.anchor_forces()
    view = seen_now(world, perceived=True)

    def look(_start: int, n: int) -> None:
        for _ in range(n):
            assess_all(world.c, view.address, False, world.outlook.address, 0)

    return sized(look, Effort(0.2 * effort.seconds)).seconds(0)
