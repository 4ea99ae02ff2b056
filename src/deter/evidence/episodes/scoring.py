"""Score the episodes of a file: the whole way from columns to scores."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from deter.analysis.backtest import Backtest, Cases, backtest
from deter.analysis.estimates import finite
from deter.analysis.rows import Floats
from deter.defaults import EPISODE_N, SEED
from deter.errors import Fault, InputError
from deter.evidence.episodes.mapping import CALIBRATED, LATEST, Mapping, changed, mapping
from deter.evidence.episodes.reading import Episode, read_episodes
from deter.evidence.episodes.running import (
    Prediction,
    hazards,
    predictions,
    scenarios,
    simulate,
)
from deter.spec.library import shown
from deter.spec.loading import LoadedScenario, load_scenario
from deter.spec.stored import without

if TYPE_CHECKING:
    from deter.experiments.engines import EngineName
    from deter.experiments.ledger import Progress
    from deter.experiments.runner import Replications

CONTAINED = "episodes.csv"

CAVEAT = (
    "The episodes were picked because they are well known: they say how well the model ranks such "
    "cases, and nothing of how often guarantees fail."
)
"""Stands beside every score."""


@dataclass(frozen=True)
class Scored:
    """Episodes of a file with their predictions and scores.

    Attributes
    ----------
    file : str
        As the user named it.
    episodes : tuple of Episode
        In the file's order.
    cases : dict of str to LoadedScenario
        The scenario of each.
    base : LoadedScenario
        In which they are set.
    found : dict of str to Prediction
        What was predicted of each.
    test : Backtest
        The scores.
    rules : Mapping
        The mapping.
    done : Replications
        The histories.
    settings : tuple of str
        Values set in the base scenario.
    """

    file: str
    episodes: tuple[Episode, ...]
    cases: dict[str, LoadedScenario]
    base: LoadedScenario
    found: dict[str, Prediction]
    test: Backtest
    rules: Mapping
    done: Replications
    settings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return scores and predictions as plain data; what cannot be told is None."""
        return document(self)


def contained() -> list[Episode]:
    """Return the episodes the package contains."""
    with as_file(files("deter.evidence") / CONTAINED) as path:
        return read_episodes(path, CONTAINED)


def score(
    file: str | Path | None = None,
    *,
    base: str = CALIBRATED,
    number: int = LATEST,
    rules: Iterable[str] = (),
    overrides: Iterable[str] = (),
    n: int = EPISODE_N,
    seed: int = SEED,
    engine: EngineName = "auto",
    workers: int = 1,
    progress: Progress | None = None,
) -> Scored:
    """Map, run and score the episodes of a file.

    Parameters
    ----------
    file : str, Path or None
        Of the form of the contained ``episodes.csv``, which is taken where None.
    base : str
        Scenario in which the episodes are set: a file or a name in the library.
    number : int
        Of the mapping.
    rules : iterable of str
        Rules of it to change for a trial, as ``forces.exponent=0.3``.
    overrides : iterable of str
        Values to set in it, as ``behaviour.binding_slope=0.8``.
    n, seed : int
        Histories of each episode; seed of all luck, and of the bootstrap.

    Raises
    ------
    InputError
        With everything that is wrong with file and settings; or if every history failed.
    KeyboardInterrupt
        After Ctrl-C before any history was finished for all episodes.
    """
    episodes = contained() if file is None else read_episodes(Path(file), str(file))
    table = changed(mapping(number), rules)
    set_here = _no_clauses(overrides)
    scenario = load_scenario(base, set_here)
    cases = scenarios(episodes, scenario, table)
    done = simulate(cases, n, seed, engine=engine, workers=workers, progress=progress)
    if not done.n:
        raise KeyboardInterrupt  # stopped before any history was finished for all episodes
    found = predictions(done, scenario.scenario.horizon.value)
    if not any(prediction.hazard.n for prediction in found.values()):
        raise InputError(
            (Fault(shown(scenario.path), 0, "", f"no history ran: {done.rows.first_error}"),)
        )
    return Scored(
        file=CONTAINED if file is None else str(file),
        episodes=tuple(episodes),
        cases=cases,
        base=scenario,
        found=found,
        test=_tested(episodes, found, seed),
        rules=table,
        done=done,
        settings=tuple(set_here),
    )


def _no_clauses(overrides: Iterable[str]) -> list[str]:
    """Refuse settings of clauses: the mapping writes the framework."""
    given = list(overrides)
    faults = [
        Fault("--set", 0, "framework", f"{text!r} sets a clause, which the mapping writes")
        for text in given
        if text.strip().startswith("framework")
    ]
    if faults:
        raise InputError(tuple(faults))
    return given


def _tested(episodes: Sequence[Episode], found: dict[str, Prediction], seed: int) -> Backtest:
    kept = [e for e in episodes if found[e.id].hazard.n]
    cases = Cases(
        ids=tuple(e.id for e in kept),
        clusters=tuple(e.defender for e in kept),
        times=np.array([e.years for e in kept]),
        event=np.array([e.event for e in kept]),
        hazards=hazards(found, kept),
        commitment=np.array([float(e.given.commit) for e in kept]),
        covariates=covariates(kept),
    )
    risk = np.array([found[e.id].hazard.estimate for e in kept], dtype=np.float64)
    return backtest(cases, risk, seed)


def covariates(episodes: Sequence[Episode]) -> Floats:
    """Return what the statistical baseline reads: the mapping's columns, and no length of time.

    Level of commitment, log of troops, nuclear guarantor, log ratio of personnel (or else of the
    composite index), log ratio to the coalition; NaN where missing.
    """
    return np.array([_covariates(e) for e in episodes], dtype=np.float64)


def _covariates(episode: Episode) -> list[float]:
    given = episode.given
    ratio = given.ratio if given.personnel is None else given.personnel
    return [
        float(given.commit),
        math.log1p(given.troops),
        float(given.nuclear),
        math.nan if ratio is None else math.log(ratio),
        math.nan if given.coalition is None else math.log(given.coalition),
    ]


def parameters(base: LoadedScenario) -> str:
    """Return the SHA-256 of the numbers in a base scenario; titles and sources do not count."""
    telling = {"title", "description", "sources", "framework", "frameworks"}
    numbers = base.scenario.model_dump(mode="json", by_alias=True, exclude=telling)
    text = json.dumps(without(numbers, SAID), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


SAID = frozenset({"title", "evidence", "source", "facts"})
"""Keys under which something is said of numbers and states."""


REQUIRED = (
    "c_index",
    "c_index_commitment",
    "c_index_baseline",
    "log_score",
    "log_score_constant",
    "ipcw_brier_5y",
    "ipcw_brier_10y",
)
"""Scores that stand by themselves in the plain data, as single numbers."""


def document(scored: Scored) -> dict[str, Any]:
    """Return scores and predictions as plain data.

    The scores of :data:`REQUIRED` stand as single numbers; all of them, differences too, stand
    under ``scores`` with their intervals.
    """
    test = scored.test
    return {
        "n": test.n,
        **{name: test.number(name) for name in REQUIRED},
        "scores": {
            name: {**e.as_dict(), "unit": e.unit, "what": e.what} for name, e in test.scores.items()
        },
        "events": test.events,
        "years": test.years,
        "level": finite(test.level),
        "condition": CAVEAT,
        "mapping": {
            "number": scored.rules.number,
            "changes": list(scored.rules.changes),
            "digest": scored.rules.digest,
        },
        "parameters": parameters(scored.base),
        "histories": scored.done.n,
        "seed": scored.done.seed,
        "engine": scored.done.engine,
        "horizon_years": scored.base.scenario.horizon.value,
        "episodes": [_episode(scored, e) for e in scored.episodes],
        "calibration": [dict(vars(group)) for group in test.groups],
        "misses": [dict(vars(miss)) for miss in test.misses],
    }


def _episode(scored: Scored, episode: Episode) -> dict[str, Any]:
    found = scored.found[episode.id]
    return {
        "id": episode.id,
        "hazard_full_attack": found.hazard.estimate,
        "event": episode.event,
        "years": episode.years,
        "name": episode.name,
        "note": episode.note,
        "columns": asdict(episode.given),
        "hazard_low": found.hazard.low,
        "hazard_high": found.hazard.high,
        "hazard_by_band": [finite(float(r)) for r in found.rates],
        "scenario": scored.cases[episode.id].digest,
        "failed": found.failed,
    }
