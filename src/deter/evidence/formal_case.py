"""A formal case, what answers it, and how an answer is held against what is expected."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from deter.spec.hints import found

_ALIASES = {"lam": "lambda"}
"""Other names under which files give an input."""


class BadInputError(ValueError):
    """An input that a case lacks, or one outside what a law takes."""


class NoLawError(ValueError):
    """A case that no law of the model answers."""


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a file.

    Attributes
    ----------
    id, group, name : str
        As in the file; the group and the inputs' keys choose the law.
    inputs, expected : dict
        What is given; what must come out.
    tolerance : float
        Largest difference allowed in a number.
    line : int
        Where it begins in its file, 1-based; 0 where unknown.
    """

    id: str
    group: str
    name: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    tolerance: float
    line: int = 0

    def says(self, *words: str) -> bool:
        """Return whether the id or the name holds one of some lower-case words."""
        text = f"{self.id} {self.name}".lower()
        return any(word in text for word in words)


class Inputs:
    """A case's inputs, read with checks; it remembers which were read."""

    def __init__(self, raw: Mapping[str, Any], path: str = "inputs") -> None:
        self._raw = {_ALIASES.get(key, key): value for key, value in raw.items()}
        self._path = path
        self.used: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def names(self) -> set[str]:
        """Return the names of all inputs."""
        return set(self._raw)

    def lists(self) -> list[str]:
        """Return the names of the inputs that are lists."""
        return sorted(key for key, value in self._raw.items() if isinstance(value, list))

    def unused(self) -> list[str]:
        """Return the names of inputs nobody has read."""
        return sorted(set(self._raw) - self.used)

    def raw(self, key: str) -> Any:
        """Return an input as it stands."""
        if key not in self._raw:
            raise BadInputError(f"{self._path} lack {key!r}")
        self.used.add(key)
        return self._raw[key]

    def first(self, *keys: str) -> str:
        """Return the first of some names that is given."""
        for key in keys:
            if key in self._raw:
                return key
        raise BadInputError(f"{self._path} lack {keys[0]!r}")

    def number(self, key: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Return a number within a closed range."""
        return self._checked(key, self.raw(key), low, high)

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number within a closed range."""
        value = self.number(key, low, high)
        if value != math.floor(value):
            raise BadInputError(f"{self._path}.{key}: {value:g} is not a whole number")
        return int(value)

    def numbers(self, key: str, low: float = -math.inf, high: float = math.inf) -> list[float]:
        """Return a list of numbers, each within a closed range."""
        raw = self.raw(key)
        if not isinstance(raw, list) or not raw:
            raise BadInputError(f"{self._path}.{key}: {found(raw)} is not a list of numbers")
        return [self._checked(f"{key}[{n}]", item, low, high) for n, item in enumerate(raw)]

    def table(self, key: str) -> Inputs:
        """Return an input that is itself a mapping."""
        raw = self.raw(key)
        if not isinstance(raw, dict):
            raise BadInputError(f"{self._path}.{key}: {found(raw)} is not a mapping")
        return Inputs(raw, f"{self._path}.{key}")

    def _checked(self, key: str, raw: Any, low: float, high: float) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise BadInputError(f"{self._path}.{key}: {found(raw)} is not a number")
        if not (math.isfinite(raw) and low <= raw <= high):
            allowed = f"{low:g} to {high:g}"
            raise BadInputError(
                f"{self._path}.{key}: {raw:g} is out of range; allowed is {allowed}"
            )
        return float(raw)


class Seen(NamedTuple):
    """A number the engine produced, and how far it may be from the one expected."""

    value: float
    allowance: float


class Answer(NamedTuple):
    """What a law answers.

    Attributes
    ----------
    got : dict
        All that the project's laws give, named as in the files; more than a case may ask.
    engine : dict
        The same names, as far as the engine's limit gives them; numbers as :class:`Seen`.
    note : str
        What a reader should know.
    """

    got: dict[str, Any]
    engine: dict[str, Any] = {}  # noqa: RUF012  (never written to)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of inputs and the law that answers it.

    Attributes
    ----------
    keys : frozenset of str
        Inputs it needs.
    answer : callable
        Of the case and its inputs.
    words : tuple of str
        One of which the id or name must hold, where keys alone do not tell two laws apart.
    """

    keys: frozenset[str]
    answer: Callable[[Case, Inputs], Answer]
    words: tuple[str, ...] = ()

    def fits(self, case: Case, given: Inputs) -> bool:
        """Return whether it answers a case."""
        return self.keys <= given.names() and (not self.words or case.says(*self.words))


def shape(
    keys: str, answer: Callable[[Case, Inputs], Answer], words: tuple[str, ...] = ()
) -> Shape:
    """Return a :class:`Shape`, its keys written in one text with blanks between."""
    return Shape(frozenset(keys.split()), answer, words)


def missing(expected: Any, got: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of what is expected and was not got at all."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            here = f"{path}.{key}" if path else key
            if key not in got:
                yield here
            else:
                yield from missing(value, got[key], here)


def differences(expected: Any, got: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Yield in words where what was got is not what is expected; what is missing is passed over."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key, value in expected.items():
            if key in got:
                here = f"{path}.{key}" if path else key
                yield from differences(value, got[key], tolerance, here)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for n, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, tolerance, f"{path}[{n}]")
    elif not same(expected, got, tolerance):
        yield f"{path} is {_shown(got)}, expected {_shown(expected)}"


def same(expected: Any, got: Any, tolerance: float) -> bool:
    """Return whether two leaves agree: numbers within a tolerance, all else equal."""
    if _numeric(expected) and _numeric(got):
        return bool(abs(got - expected) <= tolerance)
    return type(expected) is type(got) and bool(expected == got)


def engine_differences(
    expected: Any, got: Any, engine: Any, path: str = ""
) -> Iterator[tuple[str, bool]]:
    """Yield what the engine produced, in words, and whether it is as expected.

    What the case does not name is held against what the laws gave.
    """
    if isinstance(engine, dict):
        for key, seen in engine.items():
            here = f"{path}.{key}" if path else key
            yield from engine_differences(_at(expected, key), _at(got, key), seen, here)
        return
    if isinstance(engine, list):
        for n, seen in enumerate(engine):
            yield from engine_differences(_at(expected, n), _at(got, n), seen, f"{path}[{n}]")
        return
    target = got if expected is None else expected
    if isinstance(engine, Seen):
        if not _numeric(target):
            yield f"{path} {engine.value:.6g}", target is None
            return
        close = abs(engine.value - target) <= engine.allowance
        words = f"{path} {engine.value:.6g}"
        if engine.allowance > 1e-6:
            words += f" ({target:.6g} ± {engine.allowance:.2g})"
        elif not close:
            words += f" (expected {target:.12g})"
        yield words, close
        return
    yield f"{path} {_shown(engine)}", target is None or engine == target


def _at(tree: Any, key: str | int) -> Any:
    if isinstance(tree, dict):
        return tree.get(key)
    if isinstance(tree, list) and isinstance(key, int) and key < len(tree):
        return tree[key]
    return None


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)
