"""Which figures there are, which of them a folder allows, and how they come to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from deter.errors import Fault, InputError
from deter.presentation.figures.drawn import Drawn
from deter.presentation.opened import Opened
from deter.spec.experiment import PLOTS
from deter.spec.hints import unknown

Options = Mapping[str, Any]
"""What an experiment says of a figure under ``plots``: a measure, frameworks."""


@dataclass(frozen=True)
class Kind:
    """A kind of figure.

    Attributes
    ----------
    name : str
        The word after ``--only``, and the stem of its file.
    what : str
        What it shows, in a line.
    why_not : callable
        Says why results do not allow it; empty where they do.
    draw : callable
        Draws it, from results and options.
    asked : bool
        It runs histories again, and so is drawn only where it is asked for by name.
    """

    name: str
    what: str
    why_not: Callable[[Opened], str]
    draw: Callable[[Opened, Options], Drawn]
    asked: bool = False


@dataclass(frozen=True)
class Available:
    """Whether some results allow a figure.

    Attributes
    ----------
    name, what : str
        Which figure, and what it shows.
    why_not : str
        Empty where it can be drawn.
    asked : bool
        Whether it is drawn only where it is asked for by name, because it runs histories again.
    """

    name: str
    what: str
    why_not: str
    asked: bool

    @property
    def possible(self) -> bool:
        """Whether it can be drawn."""
        return not self.why_not


def kinds() -> dict[str, Kind]:
    """Return all kinds of figures by name, in the order of pages.

    Each of results has a module of this package by its name, which holds it as ``KIND``.
    """
    found = [import_module(f"deter.presentation.figures.{name}").KIND for name in PLOTS]
    return {kind.name: kind for kind in (*found, *_of_one_history())}


ONE_HISTORY = {
    "credibility": "credibility through time, with elections and crises",
    "timeline": "one history, a lane for each actor",
}
"""Figures that ``deter trace`` draws, from the log of one history: no results folder has it."""

TRACE = "it is drawn of one history: deter trace SCENARIO -r R --plot FILE"


def _of_one_history() -> list[Kind]:
    def never(_opened: Opened, _options: Options) -> Drawn:
        raise AssertionError("nothing allows it")

    return [Kind(name, what, lambda _: TRACE, never) for name, what in ONE_HISTORY.items()]


def available(opened: Opened) -> dict[str, Available]:
    """Say of every figure whether some results allow it, and if not, why.

    Parameters
    ----------
    opened : Opened
        The results.
    """
    return {
        name: Available(name, kind.what, kind.why_not(opened), kind.asked)
        for name, kind in kinds().items()
    }


def draw(
    opened: Opened, only: Sequence[str] | None = None, options: Options | None = None
) -> Iterator[Drawn]:
    """Draw figures, one after the other.

    Parameters
    ----------
    opened : Opened
        The results.
    only : sequence of str, optional
        Names of figures. Where not given: what the experiment lists under ``plots``, else all
        that the results allow without running histories again.
    options : mapping, optional
        What is said besides, of all of them: ``measure``, ``frameworks``, and what the analyses
        behind them take.

    Raises
    ------
    InputError
        If there is no figure of a name, or the results do not allow it.
    """
    seen: dict[str, int] = {}
    for kind, own in _wanted(opened, only):
        drawn = kind.draw(opened, {**own, **(options or {})})
        seen[kind.name] = seen.get(kind.name, 0) + 1
        more = f"-{seen[kind.name]}" if seen[kind.name] > 1 else ""
        yield replace(drawn, name=f"{drawn.name}{more}")


def check(opened: Opened, only: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the figures that would be drawn, before any is.

    Raises
    ------
    InputError
        As for :func:`draw`.
    """
    return tuple(kind.name for kind, _ in _wanted(opened, only))


def _wanted(opened: Opened, only: Sequence[str] | None) -> list[tuple[Kind, Options]]:
    known = kinds()
    where = "--only"
    if only is not None:
        pairs: list[tuple[str, Options]] = [(name, _listed(opened).get(name, {})) for name in only]
    elif listed := _plots(opened):
        pairs, where = listed, "plots"
    else:
        pairs = [(n, {}) for n, a in available(opened).items() if a.possible and not a.asked]
    faults = [words for name, _ in pairs if (words := _refusal(opened, name, known))]
    if faults:
        raise InputError(tuple(Fault(where, 0, "", words) for words in dict.fromkeys(faults)))
    return [(known[name], options) for name, options in pairs]


def _refusal(opened: Opened, name: str, known: Mapping[str, Kind]) -> str:
    if name not in known:
        return unknown(name, list(known))
    why = known[name].why_not(opened)
    return f"{name} cannot be drawn of these results: {why}" if why else ""


def _plots(opened: Opened) -> list[tuple[str, Options]]:
    """Return what the experiment lists under ``plots``."""
    listed = (opened.manifest.get("experiment") or {}).get("plots") or []
    pairs = [(item, {}) if isinstance(item, str) else next(iter(item.items())) for item in listed]
    return [(str(name), dict(options or {})) for name, options in pairs]


def _listed(opened: Opened) -> dict[str, Options]:
    """Return the options of the first listing of each figure under ``plots``."""
    return dict(reversed(_plots(opened)))


__all__ = ["Available", "Kind", "Options", "available", "check", "draw", "kinds"]
