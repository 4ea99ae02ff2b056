"""One history replayed with a clause mended at a time, and with no guarantee at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from deter.errors import InputError
from deter.experiments.autopsy import repairs
from deter.experiments.pairs import Amendment
from deter.narrative.model import History
from deter.spec.library import NO_FRAMEWORK
from deter.spec.loading import LoadedScenario, patch_scenario, resolve_framework

Simulate = Callable[[LoadedScenario], Mapping[str, Any]]
"""Runs the same replication of a case, and returns its row."""

Listen = Callable[[LoadedScenario], History]
"""Reads the same replication of a case whole."""

NONE, ALL = NO_FRAMEWORK, "all of them at once"
QUIET = "no provocation by the text"
"""The repair that takes away what the text gives the challenger to resent."""


@dataclass(frozen=True)
class Replay:
    """The same luck under another text.

    Attributes
    ----------
    name : str
        What was changed, in plain words.
    row : mapping
        The row it gives.
    history : History or None
        What happens in it, where that is wanted.
    """

    name: str
    row: Mapping[str, Any]
    history: History | None = None


@dataclass(frozen=True)
class Mended:
    """What the same luck brings under other texts.

    Attributes
    ----------
    bare : Replay or None
        With no guarantee at all; None where that is what was run.
    repairs : tuple of Replay
        Each clause of the catalogue of repairs mended by itself, those that change no clause
        left out.
    whole : Replay or None
        All of them at once, as far as they go together; None where there is none.
    nudges : tuple of Replay
        With the resolve of one guarantor raised from the start, named by its code.
    """

    bare: Replay | None
    repairs: tuple[Replay, ...]
    whole: Replay | None
    nudges: tuple[Replay, ...] = ()


def mended(
    case: LoadedScenario,
    simulate: Simulate,
    nudges: Mapping[str, float] | None = None,
    listen: Listen | None = None,
) -> Mended:
    """Replay a history with each repair of the catalogue.

    Parameters
    ----------
    case : LoadedScenario
        The scenario under its framework.
    simulate : callable
        Runs the replication in question.
    nudges : mapping of str to float, optional
        Guarantors, and by how much to raise the resolve of each, probits.
    listen : callable, optional
        Reads the replication in question whole: without a guarantee, and without provocation.
    """
    bare = None
    if case.framework.layers:
        without = resolve_framework(case, NONE)
        heard = listen(without) if listen else None
        bare = Replay(NONE, simulate(without), heard)
    found, whole = [], case
    for one in repairs(case):
        try:
            changed = one.on(case)
        except InputError:
            continue
        if changed.digest != case.digest:
            heard = listen(changed) if listen and one.name == QUIET else None
            found.append(Replay(one.name, simulate(changed), heard))
            whole = _added(one, whole)
    together = Replay(ALL, simulate(whole)) if len(found) > 1 else None
    raised = [_nudged(case, code, by, simulate) for code, by in (nudges or {}).items()]
    return Mended(bare, tuple(found), together, tuple(r for r in raised if r is not None))


def _nudged(case: LoadedScenario, code: str, by: float, simulate: Simulate) -> Replay | None:
    """Replay with the resolve of one guarantor raised; None where a distribution stands there."""
    resolve = case.scenario.guarantors[code].resolve
    if resolve.distribution is not None:
        return None
    changed = patch_scenario(case, {f"guarantors.{code}.resolve": resolve.value + by})
    return Replay(code, simulate(changed))


def _added(one: Amendment, case: LoadedScenario) -> LoadedScenario:
    """Return a case with a repair added, or as it was where its clauses do not allow that."""
    try:
        return one.on(case)
    except InputError:
        return case
