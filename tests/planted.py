"""A sweep that nobody ran: cases of a grid, made-up rows, and the answers to what is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from tests.synthetic import HORIZON, FakeBuilt, rows

from deter.experiments.folder import Contents
from deter.experiments.study import Study
from deter.experiments.table import tabulate
from deter.inquiry import Question, ask
from deter.presentation.opened import Answer, Opened

N = 60
Strength = Callable[[Mapping[str, Any], str], float]


def factor(name: str, values: Sequence[Any], label: str = "", unit: str = "1") -> dict[str, Any]:
    """A lever as a manifest has it."""
    return {
        "name": name,
        "label": label or name,
        "path": f"behaviour.{name}",
        "paths": [f"behaviour.{name}"],
        "kind": "lever",
        "unit": unit,
        "values": list(values),
        "labels": [str(v) for v in values],
        "sets": list(values),
        "distribution": None,
        "joint": None,
        "frameworks": [],
        "in_cases": True,
    }


def manifest(
    titles: Mapping[str, str], factors: Sequence[dict[str, Any]], kind: str, cases: int, n: int
) -> dict[str, Any]:
    """A manifest of a finished sweep."""
    return {
        "made_by": "deter",
        "kind": "sweep",
        "title": "A planted sweep",
        "base": {"name": "planted", "path": "planted.yaml", "horizon_years": HORIZON},
        "frameworks": dict.fromkeys(titles, ""),
        "framework_titles": dict(titles),
        "seed": 1,
        "design": {"kind": kind},
        "factors": list(factors),
        "patches": {},
        "given": {name: [] for name in titles},
        "state": "complete",
        "engine": "fake",
        "experiment": {},
        "replications": {"n": n},
        "finished": {
            name: {
                "rows": cases * n,
                "replications_least": n,
                "replications_most": n,
                "cases_finished": cases,
            }
            for name in titles
        },
    }


class Planted(Study):
    """A study whose rows are made up when they are read."""

    def __init__(self, contents: Contents, strength: Strength, n: int) -> None:
        super().__init__(Path("planted"), contents)
        self._strength, self._n = strength, n

    def pieces(
        self, columns: Sequence[str] | None = None, cases: Sequence[int] | None = None
    ) -> Iterator[pa.Table]:
        for case, row in self.cases.iterrows():
            if cases is not None and case not in cases:
                continue
            for name in self.frameworks:
                built = FakeBuilt(self._strength(dict(row), name))
                table = tabulate(name, rows(built, self.seed, 0, self._n), self.frameworks)
                number = pa.array([case] * self._n, pa.int32())
                whole = table.add_column(0, "case", number)
                yield whole if columns is None else whole.select(list(columns))


@dataclass(frozen=True)
class Told:
    """An answer that is given, whatever is asked."""

    what: str
    heading: str
    result: Any


def opened_of(
    titles: Mapping[str, str],
    levers: Mapping[str, Sequence[Any]],
    strength: Strength,
    *,
    kind: str = "grid",
    n: int = N,
    answers: Mapping[str, Sequence[Told]] | None = None,
    plots: Sequence[Any] = (),
    units: Mapping[str, str] | None = None,
) -> Opened:
    """A planted grid as a results folder opens; some answers may be planted too."""
    factors = [
        factor(name, held, unit=(units or {}).get(name, "1")) for name, held in levers.items()
    ]
    index = pd.MultiIndex.from_product(list(levers.values()), names=list(levers))
    cases = index.to_frame(index=False)
    cases.index.name = "case"
    made = manifest(titles, factors, kind, len(cases), n)
    made["experiment"] = {"plots": list(plots)}
    base = {
        "scenario": {"title": "A planted sweep"},
        "frameworks": {name: {"title": title} for name, title in titles.items()},
    }
    study = Planted(Contents(made, base, cases), strength, n)

    def asking(what: str, options: Mapping[str, Any]) -> Sequence[Answer]:
        if answers is not None and what in answers:
            return answers[what]
        more = dict(options)
        measure = more.pop("measure")
        return ask(study, Question(what, measure, tuple(more.pop("frameworks", ())), more))

    return Opened("sweep", made, base, study=study, asking=asking)


def failed_mean(study: Study, case: int, framework: str, measure: str = "full_attack") -> float:
    """The share of a case's histories with a first, counted by hand."""
    for table in study.pieces(cases=[case]):
        word = table.column("framework").cast(pa.string())[0].as_py()
        if word == framework:
            hits = pc.equal(table.column(f"s_{measure}").cast(pa.string()), "event")
            return float(pc.mean(hits.cast(pa.float64())).as_py())
    raise AssertionError((case, framework))


__all__ = ["N", "Planted", "Told", "failed_mean", "opened_of"]
