"""Which engine runs: the compiled one, unless a scenario needs Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from deter.errors import Fault, InputError

if TYPE_CHECKING:
    from deter.engine.outcome import Block

EngineName: TypeAlias = Literal["auto", "reference", "compiled"]
"""What a user may ask for."""

ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True)
class Engine:
    """What runs replications.

    Attributes
    ----------
    name : str
        ``reference`` or ``compiled``.
    rows : callable
        (built game, seed, first replication, one past the last) to a block of rows.
    simulate : callable
        (built game, seed, replication, log) to a result with ``row`` and ``log``.
    threads : bool
        Whether it releases the GIL, so that threads run side by side; else processes do.
    """

    name: str
    rows: Callable[[Any, int, int, int], Block]
    simulate: Callable[..., Any]
    threads: bool = False


def choose(name: str, strategies: Iterable[str]) -> Engine:
    """Return the engine to use for scenarios with some strategies of the challenger.

    Parameters
    ----------
    name : {"auto", "reference", "compiled"}
        As asked for; ``auto`` is the compiled engine, or the reference engine where a strategy is
        a plug-in, which only Python can call.
    strategies : iterable of str
        The challenger's, in each case.

    Raises
    ------
    InputError
        If the name is unknown, or the compiled engine is asked for a plug-in.
    """
    if name not in ENGINES:
        raise _refusal(f"found {name!r}; known: {', '.join(ENGINES)}")
    from deter.engine.strategies import BUILT_IN

    plugins = [strategy for strategy in strategies if strategy not in BUILT_IN]
    if name == "reference" or (name == "auto" and plugins):
        return _reference()
    if plugins:
        raise _refusal(
            f"the strategy {plugins[0]!r} is Python, which the compiled engine cannot call; leave "
            "the engine to auto, ask for reference, or take a strategy that is built in: "
            f"{', '.join(BUILT_IN)}"
        )
    return _compiled()


def _reference() -> Engine:
    from deter.engine import reference

    return Engine("reference", reference.rows, reference.simulate)


def _compiled() -> Engine:
    from deter.engine import compiled

    return Engine("compiled", compiled.rows, compiled.simulate, threads=True)


def _refusal(message: str) -> InputError:
    return InputError((Fault("--engine", 0, "", message),))
