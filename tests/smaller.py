"""Making a world that shows something as small as it goes: what a reader can take in."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError
from tests.generated import World

Path = tuple[str | int, ...]
TRIES = 600
"""Worlds that are tried at most."""


def smallest(world: World, shows: Callable[[World], bool]) -> World:
    """Take out of a world, part by part, what it shows something without.

    Parameters
    ----------
    world : World
        One that shows it.
    shows : callable
        Whether a world that is valid shows it.
    """
    tries = TRIES
    progress = True
    while progress and tries > 0:
        progress = False
        for path in sorted(_paths(world), key=_order):
            smaller = _without(world, path)
            if smaller is None or tries <= 0:
                continue
            tries -= 1
            if valid(smaller) and shows(smaller):
                world, progress = smaller, True
    return world


def _order(path: Path) -> tuple[int, str]:
    """Large parts first; of a list, the last items first, so that no index moves."""
    last = path[-1]
    return len(path), f"{path[:-1]}{999 - last if isinstance(last, int) else last}"


def _paths(world: World) -> Iterator[Path]:
    for name, part in world._asdict().items():
        yield from _below((name,), part)


def _below(path: Path, part: Any) -> Iterator[Path]:
    entries = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _below((*path, key), value)


def _without(world: World, path: Path) -> World | None:
    """Return the world without what is at a path; None where nothing is there any more."""
    whole: Any = copy.deepcopy(world._asdict())
    part = whole
    try:
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return World(**whole)


def valid(world: World) -> bool:
    """Tell whether a user could have written a world."""
    try:
        world.built()
    except (ValidationError, AssertionError):
        return False
    return True
