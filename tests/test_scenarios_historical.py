"""The historical cases run alike in both engines, and say one thing each that a run can deny.

They are illustrations: no test here asks whether a case comes out as it did in history.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.agreement import disagreement

from deter.analysis.contrasts import proportion_difference
from deter.analysis.estimates import Estimate
from deter.engine import compiled
from deter.engine.game import Built, build
from deter.engine.outcome import flat
from deter.evidence.calibration.bundle import summed_paths
from deter.evidence.calibration.fragments import FILE
from deter.evidence.calibration.prior import bundled_prior
from deter.spec.library import library_root, yaml_files
from deter.spec.loading import load_scenario
from deter.spec.quantities import Value
from deter.spec.scenario import Scenario
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table

FOLDER = library_root() / "historical"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
SEED = 1
OWN = {
    "options": {"region"},
    "behaviour": {"mobilisation"},
    "guarantors": {"days_brigade"},
    "challenger": {"title", "forces", "ceiling", "regeneration", "veto"},
    "protege": {"title", "forces", "ceiling", "buildup"},
    "baseline": {"sanctions"},
}
"""What a case may set for itself: facts, and what the common rules make of them."""
NESTED = ("options", "guarantors")
ACTS = {
    "incident": "cost_incident",
    "raid": "cost_force",
    "grab": "cost_limited",
    "full_attack": "cost_full",
}
OF_GUARANTORS = {"decision_clock": "clock", "days_brigade": "lag", "resolve_sd": "resolve_sd"}
"""Columns of the posterior, by what takes them."""


@dataclass(frozen=True)
class Contrast:
    """A framework as it was, one that was not, and what the second does to attacks.

    ``sign`` is that of the difference in first attacks of a class; 0 says that it cannot be told
    from none, and then the interval must lie within ``small`` points on either side.
    """

    was: str
    other: str
    sign: int
    n: int = 600
    first: str = "attack"
    small: float = 1.0


CONTRASTS = {
    "budapest_1994_2014": [
        Contrast("budapest_1994", "membership", -1),
        Contrast("budapest_1994", "none", 0),
    ],
    "minsk_2015_2022": [Contrast("minsk_2015", "stationed_force", -1)],
    "korea_1949_50": [Contrast("none", "korea_treaty_early", -1, n=2500)],
    "korea_1953": [Contrast("korea_treaty_1953", "treaty_no_troops", 1)],
    "kuwait_1990": [Contrast("none", "kuwait_garrison", -1)],
    "taiwan_1954_79": [
        Contrast("taiwan_treaty_1954", "taiwan_act_1979", 1, first="full_attack"),
        Contrast("none", "taiwan_treaty_1954", 1, n=10_000, first="limited_attack"),
    ],
    "baltics_2004": [
        Contrast("baltics_nato_2017", "baltics_nato_bare", 1, n=2500),
        Contrast("baltics_nato_2017", "none", 1),
    ],
    "georgia_2008": [
        Contrast("bucharest_2008", "membership", -1),
        Contrast("bucharest_2008", "none", -1),
    ],
    "israel": [
        Contrast("none", "israel_mou", -1, n=1000),
        Contrast("none", "treaty_no_troops", -1),
    ],
    "west_berlin": [Contrast("west_berlin_garrison", "west_berlin_no_garrison", 1)],
    "armenia_2020_22": [Contrast("csto_1997", "csto_and_article5", -1, n=2500)],
}

PAIRS = [(case, contrast) for case, contrasts in CONTRASTS.items() for contrast in contrasts]


@functools.cache
def built(case: str, framework: str) -> Built:
    loaded = load_scenario(FILES[case], framework=framework)
    return build(loaded.scenario, loaded.framework)


@functools.cache
def happened(case: str, framework: str, n: int, first: str) -> NDArray[np.bool_]:
    block = compiled.rows(built(case, framework), SEED, 0, n)
    assert not block.errors, block.errors
    return np.asarray(pd.DataFrame(flat(block))[f"s_{first}"] == "event", dtype=np.bool_)


def difference(case: str, contrast: Contrast) -> Estimate:
    here, there = (
        happened(case, framework, contrast.n, contrast.first)
        for framework in (contrast.other, contrast.was)
    )
    return proportion_difference(here, there)


def frameworks(case: str) -> list[str]:
    loaded = load_scenario(FILES[case])
    assert loaded.framework_name in loaded.scenario.frameworks
    return loaded.scenario.frameworks


def test_every_case_has_a_contrast_and_every_framework_a_case() -> None:
    assert set(CONTRASTS) == set(FILES)
    assert len(FILES) == 11
    named = {name for case in FILES for name in frameworks(case)}
    assert {path.stem for path in yaml_files(FOLDER / "frameworks")} <= named


@pytest.mark.parametrize("case", FILES)
def test_engines_agree_on_a_case(case: str) -> None:
    names = frameworks(case)
    assert "none" in names
    for name in names:
        assert not disagreement(built(case, name), 1), name


@pytest.mark.parametrize("case", FILES)
def test_a_case_has_no_numbers_of_its_own_choosing(case: str) -> None:
    tree = plain(read_table(FILES[case], case))
    for part, allowed in OWN.items():
        own = tree.get(part, {})
        for item in own.values() if part in NESTED else [own]:
            assert set(item) <= allowed, part
    assert not {"rungs", "talks", "scripted"} & set(tree)


def drawn_numbers(scenario: Scenario) -> Iterator[tuple[Value, str]]:
    """Numbers of a case that were fitted, each with its column of the posterior."""
    prior = bundled_prior()
    summed = summed_paths(prior)
    for parameter in prior.parameters:
        for path in parameter.sets:
            steps = path.split(".")
            if steps[0] not in NESTED:
                number = functools.reduce(getattr, steps, scenario)
                yield cast("Value", number), summed.get(path, parameter.name)
    for act, column in ACTS.items():
        yield scenario.options[act].cost, column
    for guarantor in scenario.guarantors.values():
        for name, column in OF_GUARANTORS.items():
            yield getattr(guarantor, name), column


@pytest.mark.parametrize("case", FILES)
def test_all_that_was_fitted_is_drawn_from_the_one_posterior(case: str) -> None:
    scenario = load_scenario(FILES[case]).scenario
    numbers = list(drawn_numbers(scenario))
    alone = {column for _, column in numbers}
    assert set(bundled_prior().names) - alone == {"risk_step"}  # only within sums
    for number, column in numbers:
        assert number.distribution, column
        assert (number.distribution.joint, number.distribution.column) == (FILE, column)
        assert number.evidence == "calibrated"


@pytest.mark.parametrize("case", FILES)
def test_a_case_follows_the_common_rules(case: str) -> None:
    scenario = load_scenario(FILES[case]).scenario
    challenger, protege = scenario.challenger, scenario.protege
    assert challenger.ceiling.value == challenger.forces.value
    assert challenger.regeneration.value == pytest.approx(0.12 * challenger.forces.value, abs=0.06)
    assert protege.ceiling.value == pytest.approx(1.25 * protege.forces.value)
    raised = scenario.behaviour.mobilisation.value
    assert raised == pytest.approx(0.12 * protege.forces.value, abs=0.06)


@pytest.mark.parametrize(
    ("case", "contrast"), PAIRS, ids=lambda value: value if isinstance(value, str) else value.other
)
def test_a_counterfactual_differs_as_found(case: str, contrast: Contrast) -> None:
    found = difference(case, contrast)
    assert {contrast.was, contrast.other} <= set(frameworks(case))
    assert found.estimate is not None
    assert found.low is not None
    assert found.high is not None
    low, high = 100 * found.low, 100 * found.high
    if contrast.sign:
        assert low * high > 0, f"cannot be told from none: {low:.2f} to {high:.2f} points"
        assert found.estimate * contrast.sign > 0
    else:
        assert -contrast.small < low <= 0 <= high < contrast.small
