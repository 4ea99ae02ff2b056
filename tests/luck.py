"""Where generated worlds take their choices from: hypothesis, or a seed.

Through hypothesis a failing world is made small by itself; from a seed worlds are many, varied and
the same on every machine and with every version of a library.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Luck(Protocol):
    """Choices, the simplest first."""

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of some choices."""

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        """Return up to ``most`` different choices, in any order."""

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """Return all choices, in any order."""

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""

    def real(self, low: float, high: float) -> float:
        """Return any number, both ends included."""


class Drawn:
    """Choices that hypothesis makes, and makes again to shrink them."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw

    def one_of(self, choices: Sequence[T]) -> T:
        return self.draw(st.sampled_from(choices))  # type: ignore[no-any-return]

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        if not choices:
            return []
        few = st.lists(st.sampled_from(choices), unique=True, max_size=min(most, len(choices)))
        return list(self.draw(few))

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        return list(self.draw(st.permutations(choices)))

    def whole(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def real(self, low: float, high: float) -> float:
        return float(self.draw(st.floats(low, high)))


class Seeded:
    """Choices from a seed; only ``random()``, whose sequence Python promises to keep."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        return self.shuffled(choices)[: self.whole(0, min(most, len(choices)))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        keys = [(self.random(), at) for at in range(len(choices))]
        return [choices[at] for _, at in sorted(keys)]

    def whole(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def real(self, low: float, high: float) -> float:
        return min(high, low + self.random() * (high - low))
