"""Measures that are one value a replication: one definition, the same by every way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from tests.synthetic import frame

import deter
from deter.analysis.estimates import Estimate
from deter.analysis.kinds import Mean, Probability
from deter.analysis.measures import PER_FRAMEWORK, estimates
from deter.analysis.rows import of_sample, sample
from deter.analysis.valued import as_valued, valued
from deter.errors import InputError
from deter.experiments.parts import tabulate_batch
from deter.experiments.rows import InMemory, Rows
from deter.experiments.sweep import plan_sweep
from deter.experiments.values import (
    measure_names,
    of_records,
    of_table,
    per_replication,
)
from deter.experiments.work import Kitchen, Task, run_task
from deter.spec.experiments import load_experiment

N, SEED = 200, 3
SCENARIOS = ("stylised/rivals", "ukraine/war")
TOLD = tuple(m.name for m in PER_FRAMEWORK if isinstance(m, Probability | Mean))
NAMES = tuple(dict.fromkeys((*measure_names(), *TOLD)))

OTHERWISE: dict[str, Callable[[pd.DataFrame], Any]] = {
    "p_limited_attack": lambda f: f["s_limited_attack"] == "event",
    "p_full_attack": lambda f: f["s_full_attack"] == "event",
    "p_war": lambda f: f["s_war"] == "event",
    "p_force_within_1y": lambda f: (f["s_force"] == "event") & (f["t_force"] <= 1),
    "p_major_escalation": lambda f: f["s_major"] == "event",
    "p_lost": lambda f: f["end_state"] == "lost",
    "ground_lost": lambda f: f["ground_lost"],
    "campaigns": lambda f: f["n_campaigns"],
    "campaign_days": lambda f: f["campaign_days"],
    "first_campaign_days": lambda f: f["first_campaign_days"],
    "attack_free_years": lambda f: f["t_attack"],
}
"""What each name means, written down apart from the program."""


@dataclass(frozen=True)
class Ran:
    """The same histories as records, as a table, and as ``deter run`` has them."""

    framework: str
    horizon: float
    records: NDArray[Any]
    table: pa.Table
    run: dict[str, Estimate]


@pytest.fixture(scope="module", params=SCENARIOS)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    path = tmp_path_factory.mktemp("values") / "experiment.yaml"
    path.write_text(
        f"title: T\nbase: {request.param}\ndesign: {{kind: list}}\npatches: {{base: {{set: {{}}}}}}"
        f"\nreplications: {N}\nseed: {SEED}\n",
        encoding="utf-8",
    )
    plan = plan_sweep(load_experiment(str(path)))
    found = deter.run(request.param, n=N, seed=SEED)
    ((name, told),) = found.estimates.items()
    kitchen = Kitchen(plan.games(), plan.engine, SEED)
    batch = run_task(kitchen, Task(name, (0,), {"patch": ["base"]}, 0, N))
    horizon = float(plan.loaded.cases[name].scenario.horizon)
    return Ran(name, horizon, batch.rows, tabulate_batch(batch, plan.frameworks), told)


def test_every_name_is_told_apart_from_the_program():
    assert set(OTHERWISE) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_way_in_gives_the_same_numbers(ran: Ran, name: str):
    per = per_replication(name)
    values = of_table(per, ran.table)
    wanted = np.asarray(OTHERWISE[name](ran.table.to_pandas()), dtype=float)
    assert np.array_equal(values, wanted)
    assert np.array_equal(values, of_records(per, ran.records))
    rows = Rows({ran.framework: InMemory(ran.table)})
    here = of_sample(per, sample(rows, ran.framework, ran.horizon))
    assert here is not None
    assert np.array_equal(values, here)
    if name in TOLD:
        named = valued(name, ran.horizon)
        assert np.array_equal(values, named.values(rows, ran.framework, ran.horizon, N))
        assert named.event == per.is_event
        assert named.unit == per.unit


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_is_what_a_run_tells(ran: Ran, name: str):
    values = of_table(per_replication(name), ran.table)
    told = ran.run[name]
    assert told.estimate == pytest.approx(values.mean(), rel=1e-12, abs=1e-15)
    mean = as_valued(per_replication(name)).mean(values)
    assert mean.estimate == pytest.approx(told.estimate, rel=1e-12)
    assert mean.n == told.n
    if per_replication(name).is_event:
        assert (mean.low, mean.high) == (told.low, told.high)


def test_some_numbers_of_each_scenario_vary(ran: Ran):
    """Else the tests above would hold of anything."""
    varied = [n for n in NAMES if np.ptp(of_table(per_replication(n), ran.table)) > 0]
    assert len(varied) >= 6


def test_a_failed_replication_has_no_value():
    rows = frame(50, strengths={"none": 0.0})
    rows["status"] = ["failed" if k == 7 else "ok" for k in range(50)]
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for name in NAMES:
        values = of_table(per_replication(name), table)
        assert np.flatnonzero(np.isnan(values)).tolist() == [7]
        assert as_valued(per_replication(name)).mean(values).n == 49


def test_histories_too_short_for_it_say_nothing():
    rows = frame(50, strengths={"none": 0.0})
    name = "p_force_within_1y"
    assert estimates(rows, 0.5, names=[name])["none"][name].estimate is None
    with pytest.raises(InputError, match="histories longer"):
        valued(name, 0.5).values(Rows.of(rows), "none", 0.5, 50)
    assert estimates(rows, 1.0, names=[name])["none"][name].estimate is not None
