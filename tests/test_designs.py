"""Designs: the cases they make, their order, their seeds, and what can be added to them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as analyze_morris
from SALib.analyze import sobol as analyze_sobol
from tests.test_experiment_files import BASE

from deter.experiments import design as designs
from deter.experiments.design import (
    Cases,
    columns_of,
    extended,
    make_cases,
    quantiles,
    sampler_seed,
)
from deter.spec.experiments import LoadedExperiment, load_experiment
from deter.spec.quantities import Distribution

TEXT = """
title: A question
base: base.yaml
frameworks: [inline]
levers:
  binding: {path: framework.layers.pact.binding, values: [ratified_treaty, political]}
  loss: {path: behaviour.loser_losses, values: [0.01, 0.02, 0.04]}
uncertainties:
  forces: {path: protege.forces, distribution: uniform, low: 5, high: 15}
  rate: {path: behaviour.opportunity_rate, distribution: lognormal, median: 2, sd_log: 0.5}
design: {kind: latin_hypercube, n: 4}
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedExperiment:
    folder = tmp_path_factory.mktemp("experiment")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "draws.csv").write_text(
        "x,y\n" + "\n".join(f"{5 + i},{i}" for i in range(10)), encoding="utf-8"
    )
    (folder / "experiment.yaml").write_text(TEXT, encoding="utf-8")
    return load_experiment(folder / "experiment.yaml")


def varied(
    loaded: LoadedExperiment,
    kind: str,
    n: int | None = None,
    *,
    levers: str = "crossed",
    seed: int = 1,
) -> LoadedExperiment:
    """Return the experiment with another design; its levers crossed, sampled, or left out."""
    changes = {"kind": kind, "n": n, "levers": "sampled" if levers == "sampled" else "crossed"}
    design = loaded.experiment.design.model_copy(update=changes)
    experiment = loaded.experiment.model_copy(update={"design": design, "seed": seed})
    factors = loaded.uncertainties if levers == "out" else loaded.factors
    return replace(loaded, experiment=experiment, factors=factors)


def from_text(folder: Path, text: str) -> LoadedExperiment:
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    path = folder / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    return load_experiment(path)


def test_a_grid_is_the_product_with_the_last_lever_fastest(loaded: LoadedExperiment):
    cases = make_cases(varied(loaded, "grid"))
    assert list(cases.table.itertuples(index=False, name=None)) == [
        ("ratified_treaty", 0.01),
        ("ratified_treaty", 0.02),
        ("ratified_treaty", 0.04),
        ("political", 0.01),
        ("political", 0.02),
        ("political", 0.04),
    ]


def test_one_at_a_time_is_the_base_and_then_each_change(loaded: LoadedExperiment):
    cases = make_cases(varied(loaded, "one_at_a_time")).table
    base = cases.loc[0]
    assert base["binding"] == "political"  # as the framework has it
    assert base["loss"] == pytest.approx(0.03)  # as the model has it: no level of the lever
    assert (base["forces"], base["rate"]) == (10.0, 2.0)
    changed = (cases.loc[1:] != base).sum(axis=1)
    assert (changed == 1).all()
    assert len(cases) == 1 + 1 + 3 + 2 + 2
    assert cases["forces"].iloc[-4:-2].tolist() == pytest.approx([5.5, 14.5])


def test_a_list_has_its_patches(tmp_path: Path):
    loaded = from_text(
        tmp_path,
        """
title: x
base: base.yaml
patches:
  as_is: {}
  weak: {label: A weaker army, set: {protege.forces: 5, challenger.forces: 20}}
design: {kind: list}
""",
    )
    assert make_cases(loaded).table["patch"].tolist() == ["as_is", "weak"]
    assert loaded.patches[1].label == "A weaker army"


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris"])
def test_a_sampled_design_crosses_points_and_levers(loaded: LoadedExperiment, kind: str):
    cases = make_cases(varied(loaded, kind, n=4))
    points = len(cases.points)
    assert len(cases) == points * 6
    assert list(cases.table.columns) == columns_of(varied(loaded, kind, n=4))
    assert cases.table["point"].tolist() == [p for p in range(points) for _ in range(6)]
    assert [one.name for one in cases.inputs] == ["forces", "rate"]
    assert cases.table["forces"].between(5, 15).all()
    first = cases.table.iloc[:6]
    assert first["forces"].nunique() == 1
    assert len(set(zip(first["binding"], first["loss"], strict=True))) == 6


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris"])
def test_the_seed_decides_the_points_and_zero_is_a_seed(loaded: LoadedExperiment, kind: str):
    def points(seed: int) -> Any:
        return make_cases(varied(loaded, kind, n=8, seed=seed)).points

    assert np.array_equal(points(0), points(0))
    assert np.array_equal(points(5), points(5))
    assert not np.array_equal(points(0), points(5))
    assert not np.array_equal(points(0), points(1))


def test_no_seed_becomes_zero():
    assert all(sampler_seed(seed) > 0 for seed in (0, 1, 2**31 - 3, 2**31 - 2, 2**63 - 1))


def test_a_latin_hypercube_has_a_point_in_every_stratum(loaded: LoadedExperiment):
    points = make_cases(varied(loaded, "latin_hypercube", n=50, levers="out")).points
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def test_values_are_the_laws_quantiles(loaded: LoadedExperiment):
    """As histories draw them; here against the closed forms."""
    cases = make_cases(varied(loaded, "sobol", n=16, levers="out"))
    u = cases.points
    assert cases.table["forces"].to_numpy() == pytest.approx(5 + 10 * u[:, 0])
    from scipy.stats import norm

    assert cases.table["rate"].to_numpy() == pytest.approx(2 * np.exp(0.5 * norm.ppf(u[:, 1])))
    discrete = Distribution(kind="discrete", parameters=(1, 2, 4), weights=(1, 2, 1))
    found = quantiles(discrete, np.array([0.1, 0.3, 0.6, 0.8]))
    assert found.tolist() == [1, 2, 2, 4]


def test_a_joint_sample_is_one_input(tmp_path: Path):
    (tmp_path / "draws.csv").write_text(
        "x,y\n" + "\n".join(f"{5 + i},{10 * i}" for i in range(10)), encoding="utf-8"
    )
    loaded = from_text(
        tmp_path,
        """
title: x
base: base.yaml
uncertainties:
  draw: {joint: draws.csv, columns: {x: protege.forces, y: challenger.forces}}
  rate: {path: behaviour.opportunity_rate, distribution: uniform, low: 1, high: 3}
design: {kind: saltelli, n: 16}
""",
    )
    cases = make_cases(loaded)
    assert [(i.name, i.columns) for i in cases.inputs] == [
        ("rate", ("rate",)),
        ("draw", ("draw", "x", "y")),
    ]
    assert len(cases) == 16 * (2 + 2)
    table = cases.table
    assert (table["y"] == 10 * (table["x"] - 5)).all()
    assert (table["x"] == 5 + table["draw"]).all()
    assert set(table["draw"]) == set(range(10))
    problem = cases.problem
    assert problem is not None
    assert problem["names"] == ["rate", "draw"]


def ishigami(x: Any) -> Any:
    z = -math.pi + 2 * math.pi * x
    return np.sin(z[:, 0]) + 7 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


def three(tmp_path: Path, design: str) -> Any:
    return make_cases(
        from_text(
            tmp_path,
            f"""
title: x
base: base.yaml
uncertainties:
  a: {{path: protege.forces, distribution: uniform, low: 0, high: 1}}
  b: {{path: behaviour.opportunity_rate, distribution: uniform, low: 0, high: 1}}
  c: {{path: challenger.forces, distribution: uniform, low: 0, high: 1}}
design: {design}
""",
        )
    )


def test_saltelli_pairs_with_its_analyser(tmp_path: Path):
    """Sobol's indices of Ishigami's function: S1 .3139, .4424, 0; ST .5576, .4424, .2437."""
    cases = three(tmp_path, "{kind: saltelli, n: 2048}")
    y = ishigami(cases.table[["a", "b", "c"]].to_numpy())
    found = analyze_sobol.analyze(cases.problem, y, calc_second_order=False, seed=1)
    assert found["S1"] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found["ST"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_saltelli_of_the_second_order(tmp_path: Path):
    cases = three(tmp_path, "{kind: saltelli, n: 2048, second_order: true}")
    y = ishigami(cases.table[["a", "b", "c"]].to_numpy())
    found = analyze_sobol.analyze(cases.problem, y, calc_second_order=True, seed=1)
    assert found["S2"][0, 2] == pytest.approx(0.2437, abs=0.03)
    assert found["S2"][0, 1] == pytest.approx(0.0, abs=0.03)


def test_morris_pairs_with_its_analyser(tmp_path: Path):
    cases = three(tmp_path, "{kind: morris, n: 20, levels: 8}")
    x = cases.table[["a", "b", "c"]].to_numpy()
    y = 3 * x[:, 0] - 2 * x[:, 1]
    found = analyze_morris.analyze(cases.problem, cases.points, y, num_levels=8, seed=1)
    assert np.asarray(found["mu"]) == pytest.approx([3, -2, 0], abs=1e-6)
    assert np.asarray(found["sigma"]) == pytest.approx([0, 0, 0], abs=1e-6)


def test_morris_stays_off_the_ends_of_a_law_without_ends(loaded: LoadedExperiment):
    rates = make_cases(varied(loaded, "morris", n=10, levers="out")).table["rate"]
    assert np.isfinite(rates).all()
    assert rates.max() < 2 * math.exp(0.5 * 2.6)


def test_levers_can_be_drawn(loaded: LoadedExperiment):
    cases = make_cases(varied(loaded, "sobol", n=64, levers="sampled"))
    assert len(cases) == 64
    assert [one.name for one in cases.inputs] == ["binding", "loss", "forces", "rate"]
    assert cases.table["binding"].value_counts().tolist() == [32, 32]
    assert cases.table["loss"].value_counts().between(19, 24).all()


# ---- extension


def keys(cases: Any) -> list[tuple[Any, ...]]:
    return list(cases.table.itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", ["sobol", "saltelli", "morris"])
def test_doubling_keeps_the_first_cases(loaded: LoadedExperiment, kind: str):
    small = make_cases(varied(loaded, kind, n=8))
    large = make_cases(varied(loaded, kind, n=16))
    assert keys(large)[: len(small)] == keys(small)
    assert keys(extended(small.table, large, kind)) == keys(large)


@pytest.mark.parametrize(
    ("kind", "words"), [("latin_hypercube", "another sample"), ("sobol", "power of two")]
)
def test_what_cannot_be_extended_says_why(loaded: LoadedExperiment, kind: str, words: str):
    small, large = (make_cases(varied(loaded, kind, n=n)) for n in (8, 16))
    if kind == "sobol":
        small, large = large, small
    with pytest.raises(ValueError, match=words):
        extended(small.table, large, kind)


def test_a_level_added_in_the_middle_keeps_the_numbers(loaded: LoadedExperiment):
    whole = make_cases(varied(loaded, "grid"))
    kept = whole.table[whole.table["loss"] != 0.02].reset_index(drop=True)
    kept.index.name = "case"
    again = extended(kept, whole, "grid")
    assert keys(again)[: len(kept)] == list(kept.itertuples(index=False, name=None))
    assert sorted(keys(again)) == sorted(keys(whole))
    assert designs.NOT_EXTENDED.keys() >= {"grid", "list", "one_at_a_time"}


def test_a_quantile_at_the_centre_is_no_case_of_its_own(tmp_path: Path):
    text = """
title: x
base: base.yaml
uncertainties:
  a: {path: protege.forces, distribution: uniform, low: 0, high: 1}
design: {kind: one_at_a_time, quantiles: [0.05, 0.5, 0.95]}
"""
    assert make_cases(from_text(tmp_path, text)).table["a"].tolist() == [0.5, 0.05, 0.95]


def test_equal_cases_are_found_again_one_by_one():
    stored = pd.DataFrame({"a": [1.0, 2.0, 1.0]})
    wanted = Cases(pd.DataFrame({"a": [1.0, 1.0, 2.0, 3.0]}))
    assert extended(stored, wanted, "list").table["a"].tolist() == [1.0, 2.0, 1.0, 3.0]
