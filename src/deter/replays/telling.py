"""One replication run with its log, read, and replayed under other texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deter.engine.game import Built, build
from deter.experiments.engines import Engine, EngineName, choose
from deter.narrative.calls import nudges
from deter.narrative.cast import Cast, cast_of
from deter.narrative.causes import decisive
from deter.narrative.model import History
from deter.narrative.reading import read
from deter.replays.mending import Mended, mended
from deter.spec.loading import LoadedScenario


@dataclass
class Teller:
    """Runs the same replication of any case, each only once.

    Attributes
    ----------
    engine : str
        As asked for.
    seed, replication : int
        Address of the luck.
    """

    engine: EngineName
    seed: int
    replication: int
    _rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def told(
        self, case: LoadedScenario
    ) -> tuple[Mapping[str, Any], tuple[Any, ...], str, History, Mended]:
        """Return row, log, name of the engine, the history read, and the replays."""
        built = build(case.scenario, case.framework)
        engine = choose(self.engine, [built.strategy])
        result, cast, history = self._listened(case, built, engine)
        near = nudges(history, decisive(history, cast))
        replays = mended(
            case,
            lambda changed: self.row(changed, engine),
            near,
            lambda changed: self.heard(changed, engine),
        )
        return result.row, tuple(result.log), engine.name, history, replays

    def row(self, case: LoadedScenario, engine: Engine) -> Mapping[str, Any]:
        """Return the row of the same replication of another case."""
        if case.digest not in self._rows:
            built = build(case.scenario, case.framework)
            result = engine.simulate(built, self.seed, self.replication, log=False)
            self._rows[case.digest] = result.row
        return self._rows[case.digest]

    def heard(self, case: LoadedScenario, engine: Engine) -> History:
        """Return the same replication of another case, read whole."""
        return self._listened(case, build(case.scenario, case.framework), engine)[2]

    def _listened(
        self, case: LoadedScenario, built: Built, engine: Engine
    ) -> tuple[Any, Cast, History]:
        """Run the replication with its log; return what came of it, the cast, and the story."""
        result = engine.simulate(built, self.seed, self.replication, log=True)
        self._rows[case.digest] = result.row
        cast = cast_of(case.scenario, case.framework, case.name)
        return result, cast, read(result.log, cast, result.row, case.scenario.begins.option or "")
