"""Replays: the same replications of a scenario once more, with some of its values set.

All runs here are of replications 0 to n - 1 under one seed: any two of them are pairs that met the
same luck, whatever was set. A :class:`Dial` turns one number of a scenario or framework, or several
in step; an :class:`Amendment` changes whatever it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from deter.errors import DeterError, Fault, InputError
from deter.experiments.engines import Engine, EngineName, choose
from deter.experiments.rows import InMemory, Rows
from deter.experiments.runner import replicate
from deter.experiments.table import joined, tabulate
from deter.spec.hints import found, listing
from deter.spec.loading import LoadedScenario, patch_scenario
from deter.spec.overrides import ADDRESSES
from deter.spec.quantities import Value

FRAMEWORK = "framework"
ANY = "*"
"""Step of a path that stands for every item of a list or every name of a mapping."""

Settings: TypeAlias = Mapping[str, Any] | tuple[str, ...]
"""Paths and plain values, or texts ``path=value``."""


@dataclass(frozen=True)
class Amendment:
    """A change with a name: values that are set together.

    Attributes
    ----------
    name : str
        In plain words, as ``no veto``.
    settings : mapping, or tuple of str
        Paths and plain values, or texts ``path=value``.
    """

    name: str
    settings: Settings

    def on(self, case: LoadedScenario) -> LoadedScenario:
        """Return a scenario with the change made."""
        return patch_scenario(case, self.settings)


def amendments(changes: Mapping[str, Any] | Sequence[Any]) -> tuple[Amendment, ...]:
    """Read changes as users write them.

    Parameters
    ----------
    changes : mapping, or sequence
        Names with settings; or a sequence of amendments and of texts, each
        ``path=value`` or several of them with semicolons between.

    Examples
    --------
    >>> amendments(["framework.layers.0.automatic=true"])[0].name
    'framework.layers.0.automatic=true'
    >>> amendments({"no doubt": {"framework.layers.0.trigger.ambiguity": 0}})[0].name
    'no doubt'
    """
    if isinstance(changes, Mapping):
        return tuple(Amendment(str(name), _settings(raw)) for name, raw in changes.items())
    return tuple(
        one if isinstance(one, Amendment) else Amendment(str(one), _settings(one))
        for one in changes
    )


def _settings(raw: Any) -> Settings:
    if isinstance(raw, Mapping):
        return dict(raw)
    parts = raw.split(";") if isinstance(raw, str) else list(raw)
    return tuple(part.strip() for part in parts if part.strip())


# ---------------------------------------------------------------------------- dials


@dataclass(frozen=True)
class Dial:
    """One number of a scenario or framework, or the total of several that move in step.

    Attributes
    ----------
    path : str
        As the user wrote it; ``*`` for every item of a list.
    shares : mapping of str to float
        The part of the total that stands at each path.
    now : float or None
        The value, or total, in force; None where the file sets none.
    unit : str
        Its unit.
    whole : bool
        Whether it takes whole numbers only.
    drawn : bool
        Whether a distribution stands there, which turning the dial replaces by a number.
    """

    path: str
    shares: Mapping[str, float]
    now: float | None
    unit: str
    whole: bool
    drawn: bool

    def at(self, x: float) -> dict[str, float | int]:
        """Return the settings that turn it to a value."""
        return {
            path: round(x * share) if self.whole else x * share
            for path, share in self.shares.items()
        }

    def turned(self, case: LoadedScenario, x: float) -> LoadedScenario:
        """Return a scenario with the dial turned to a value."""
        return patch_scenario(case, self.at(x))


@dataclass(frozen=True)
class _Spot:
    """A number found at the end of a path."""

    steps: tuple[str, ...]
    value: Any
    extra: Mapping[str, Any]
    whole: bool


def dial(case: LoadedScenario, path: str) -> Dial:
    """Find the number, or numbers, that a path addresses.

    Parameters
    ----------
    case : LoadedScenario
        A scenario under a framework; paths that start with ``framework.`` are of the latter.
    path : str
        As for ``--set``, or with ``*`` for every item of a list: then the dial is the total, and
        its parts keep their proportions (or are equal, if all of them are 0).

    Raises
    ------
    InputError
        If nothing, or no number, is there.
    """
    steps = tuple(step.strip() for step in path.strip().split("."))
    root: Any = case.framework if steps[0] == FRAMEWORK else case.scenario
    prefix = steps[:1] if steps[0] == FRAMEWORK else ()
    spots = list(_spots(root, steps[len(prefix) :], prefix, path))
    values = [None if s.value is None else float(s.value) for s in spots]
    if ANY in steps and None in values:
        raise _refusal(path, "some of these are not set; set them first, or name one of them")
    known = [v for v in values if v is not None]
    total = sum(known) if known else None
    if total:
        shares = [(v or 0.0) / total for v in values] if len(spots) > 1 else [1.0]
    else:
        shares = [1.0 / len(spots)] * len(spots)
    first = spots[0]
    return Dial(
        path=path.strip(),
        shares={".".join(s.steps): share for s, share in zip(spots, shares, strict=True)},
        now=total,
        unit=str(first.extra.get("unit", "")),
        whole=first.whole,
        drawn=any(isinstance(s.value, Value) and s.value.distribution is not None for s in spots),
    )


def _spots(
    node: Any,
    steps: tuple[str, ...],
    done: tuple[str, ...],
    path: str,
    extra: Mapping[str, Any] | None = None,
    whole: bool = False,
) -> Iterator[_Spot]:
    if not steps:
        number = isinstance(node, (Value, int, float)) and not isinstance(node, bool)
        if not number and node is not None:
            raise _refusal(path, f"holds {found(_plain(node))}, which is no number")
        yield _Spot(done, node, extra or {}, whole or isinstance(node, int))
        return
    step, rest = steps[0], steps[1:]
    if isinstance(node, BaseModel) and not isinstance(node, Value):
        fields = type(node).model_fields
        if step not in fields:
            raise _refusal(path, f"there is no key {found(step)} (there is: {listing(fields)})")
        schema = fields[step].json_schema_extra
        about = schema.get("deter") if isinstance(schema, dict) else None
        told = about if isinstance(about, dict) else extra
        is_whole = about is None and "int" in str(fields[step].annotation)
        yield from _spots(getattr(node, step), rest, (*done, step), path, told, is_whole)
    elif isinstance(node, dict):
        yield from _of_names(node, steps, done, path, extra)
    elif isinstance(node, list):
        yield from _of_items(node, steps, done, path)
    else:
        raise _refusal(path, f"{'.'.join(done)} holds no {found(step)}")


def _of_names(
    node: Mapping[str, Any],
    steps: tuple[str, ...],
    done: tuple[str, ...],
    path: str,
    extra: Mapping[str, Any] | None,
) -> Iterator[_Spot]:
    names = list(node) if steps[0] == ANY else [steps[0]]
    missing = [name for name in names if name not in node]
    if missing or not names:
        named = found(missing[0]) if missing else "item"
        raise _refusal(path, f"there is no {named} (there is: {listing(node)})")
    for name in names:
        yield from _spots(node[name], steps[1:], (*done, name), path, extra)


def _of_items(
    node: list[Any], steps: tuple[str, ...], done: tuple[str, ...], path: str
) -> Iterator[_Spot]:
    step = steps[0]
    if step == ANY:
        chosen = list(range(len(node)))
    elif re.fullmatch(r"\d{1,6}", step, re.ASCII):
        chosen = [int(step)] if int(step) < len(node) else []
    else:
        chosen = [i for i, item in enumerate(node) if _addressed(item) == step]
    if not chosen:
        raise _refusal(path, f"{'.'.join(done)} has no item {found(step)}; it holds {len(node)}")
    for i in chosen:
        yield from _spots(node[i], steps[1:], (*done, str(i)), path)


def _addressed(item: Any) -> str | None:
    names = [getattr(item, key) for key in ADDRESSES if hasattr(item, key)]
    return str(names[0]) if names else None


def _plain(node: Any) -> Any:
    return node if isinstance(node, (str, bool)) else type(node).__name__.lower()


def _refusal(path: str, message: str) -> InputError:
    return InputError((Fault("--path", 0, path, message),))


# ---------------------------------------------------------------------------- runs


@dataclass(frozen=True)
class Replays:
    """Replications 0 to ``n - 1`` under one seed, for any scenario.

    Attributes
    ----------
    n, seed : int
        Replications, and the seed of all luck.
    engine : {"auto", "reference", "compiled"}
        Which engine.
    workers : int
        Threads of the compiled engine, processes of the reference engine.
    """

    n: int
    seed: int
    engine: EngineName = "auto"
    workers: int = 1

    def rows(self, case: LoadedScenario) -> Rows:
        """Run all replications of a scenario.

        Raises
        ------
        KeyboardInterrupt
            After Ctrl-C: half of a pair is of no use.
        """
        built, engine = self._ready(case)
        name = case.framework_name
        done = replicate({name: built}, self.n, self.seed, engine, workers=self.workers)
        if done.interrupted:
            raise KeyboardInterrupt
        return done.rows

    def some(self, case: LoadedScenario, replications: NDArray[np.int64]) -> Rows:
        """Run some replications of a scenario, given in rising order, in this thread."""
        if not len(replications):
            raise DeterError("no replication to run")
        built, engine = self._ready(case)
        breaks = np.flatnonzero(np.diff(replications) != 1) + 1
        blocks = [
            engine.rows(built, self.seed, int(run[0]), int(run[-1]) + 1)
            for run in np.split(replications, breaks)
        ]
        name = case.framework_name
        return Rows({name: InMemory(tabulate(name, joined(blocks), [name]))})

    def _ready(self, case: LoadedScenario) -> tuple[Any, Engine]:
        from deter.engine.game import build

        built = build(case.scenario, case.framework)
        return built, choose(self.engine, [built.strategy])
