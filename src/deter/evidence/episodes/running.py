"""Run each episode's scenario, and make predicted hazards of its histories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from deter.analysis.estimates import Estimate, rate
from deter.analysis.rows import Floats, sample
from deter.analysis.survival_scores import Hazards, band_rates
from deter.errors import Fault, InputError
from deter.evidence.episodes.mapping import Mapping as Rules
from deter.evidence.episodes.reading import Episode
from deter.spec.library import NO_FRAMEWORK, shown
from deter.spec.loading import LoadedScenario, patch_scenario, resolve_framework

if TYPE_CHECKING:
    from deter.experiments.engines import EngineName
    from deter.experiments.ledger import Progress
    from deter.experiments.runner import Replications

FIRST = "full_attack"
"""What is predicted."""

EDGES = np.array([0.0, 1.0, 2.0, 5.0, 10.0, 20.0])
"""Where bands of a predicted hazard begin, years; the last goes on for ever."""


@dataclass(frozen=True)
class Prediction:
    """What the histories of one episode's scenario say.

    Attributes
    ----------
    hazard : Estimate
        Full attacks per year without one, over the whole horizon.
    rates : array
        The same by band of time (:data:`EDGES`).
    failed : int
        Histories that did not run to their end, left out.
    """

    hazard: Estimate
    rates: Floats
    failed: int


def scenarios(
    episodes: Sequence[Episode], base: LoadedScenario, rules: Rules
) -> dict[str, LoadedScenario]:
    """Return each episode's scenario, by the episode's id.

    Raises
    ------
    InputError
        If the base scenario lacks what the mapping scales, or is given values it does not allow.
    """
    _check(base, rules)
    peace = resolve_framework(base, NO_FRAMEWORK)
    numbers = rules.generic(base.scenario)
    return {e.id: patch_scenario(peace, rules.settings(e.given, numbers)) for e in episodes}


def _check(base: LoadedScenario, rules: Rules) -> None:
    """Say what the base scenario lacks."""
    wanted = rules.rules["guarantor"]["partners"]
    faults = [
        Fault(
            shown(base.path),
            0,
            f"guarantors.{code}",
            "is not there, and the mapping gives it commitments; extend stylised/episode.yaml",
        )
        for code in wanted
        if code not in base.scenario.guarantors
    ]
    for path, value in (
        ("challenger.forces", base.scenario.challenger.forces.value),
        ("protege.forces", base.scenario.protege.forces.value),
    ):
        if value <= 0:
            message = f"found {value:g}; the mapping scales it, so it must be above 0"
            faults.append(Fault(shown(base.path), 0, path, message))
    if faults:
        raise InputError(tuple(faults))


def simulate(
    cases: Mapping[str, LoadedScenario],
    n: int,
    seed: int,
    *,
    engine: EngineName = "auto",
    workers: int = 1,
    progress: Progress | None = None,
) -> Replications:
    """Run the same histories, by number and luck, of every episode's scenario."""
    from deter.engine.game import build
    from deter.experiments.engines import choose
    from deter.experiments.runner import replicate

    built: dict[str, Any] = {
        name: build(case.scenario, case.framework) for name, case in cases.items()
    }
    chosen = choose(engine, (game.strategy for game in built.values()))
    return replicate(built, n, seed, chosen, workers=workers, progress=progress)


def predictions(done: Replications, horizon: float) -> dict[str, Prediction]:
    """Return what the histories say, by episode."""
    return {name: _prediction(done, name, horizon) for name in done.frameworks}


def _prediction(done: Replications, name: str, horizon: float) -> Prediction:
    here = sample(done.rows, name, horizon)
    if not len(here):
        return Prediction(Estimate(None, None, None, 0), np.full(len(EDGES), np.nan), done.n)
    times, came = here.time(FIRST), here.happened(FIRST)
    what = f"full attacks per year without one, within {horizon:g} years"
    hazard = rate(came.astype(np.float64), times).labelled(unit="per year", what=what)
    used = EDGES[: int(np.searchsorted(EDGES, horizon))]
    rates = band_rates(times, came, used)
    rates = np.append(rates, np.full(len(EDGES) - len(used), rates[-1]))
    return Prediction(hazard, rates, done.n - len(here))


def hazards(found: Mapping[str, Prediction], episodes: Sequence[Episode]) -> Hazards:
    """Return predicted hazards in the order of the episodes."""
    return Hazards(EDGES, np.vstack([found[e.id].rates for e in episodes]))
