"""Experiment files: every fault at once, with its line and what to do, before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deter.cli import app
from deter.errors import InputError
from deter.experiments.plans import plan_sweep
from deter.spec.experiments import load_experiment, validate_any
from deter.spec.library import experiment_files
from deter.spec.schema import json_schema

ROOT = Path(__file__).resolve().parents[1]

BASE = """
title: A small one
horizon: 3 y
guarantors:
  A: {title: Aland, brigades_30d: 2, brigades_90d: 4}
  B: {}
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}
  attack: {class: full, severity: 0.9, prize: 1, cost: 0.1, share: 0.8, steps_to_objective: 4,
           steps_to_repulse: 4}
framework:
  title: Pact
  layers:
    - {id: pact, members: [A, B], obligation: {air: all_means}, binding: political}
"""

GOOD = """
title: A question
base: base.yaml
frameworks: [none, inline]
levers:
  binding: {path: framework.layers.pact.binding, values: [political, ratified_treaty]}
uncertainties:
  forces: {path: protege.forces, distribution: uniform, low: 5, high: 15}
design: {kind: sobol, n: 8}
replications: 10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_experiment(write(folder, text))
    return [str(fault) for fault in caught.value.faults]


def test_a_good_one_loads(folder: Path):
    loaded = load_experiment(write(folder, GOOD))
    assert list(loaded.cases) == ["none", "inline"]
    binding, forces = loaded.factors
    assert [level.value for level in binding.levels] == ["political", "ratified_treaty"]
    assert binding.frameworks == ("inline",)
    assert forces.unit == "brigades"
    assert forces.distribution is not None
    assert any("binding has no effect under none" in note for note in loaded.notes)


def test_the_bundled_ones_are_well():
    """That each loads is asked in test_experiments; here, that validating asks the same."""
    files = experiment_files()
    assert files
    assert all((file.parent / "README.md").is_file() for file in files)
    assert validate_any(files[0]) == []


def test_every_fault_comes_at_once_with_its_line(folder: Path):
    text = """title: Wrong
base: base.yaml
frameworks: [none, inline, tripwyre]
levers:
  binding: {path: framework.layers.pact.bindng, values: [political]}
  forces: {path: protege.forces, values: [10, -1, 3 bananas]}
uncertainties:
  rate: {path: behaviour.opportunity_rate, distribution: unifrom, low: 1, high: 2}
  cost: {path: options.raid.cost, distribution: uniform, low: 3, high: 1}
design: {kind: sobol, n: 12}
replications: {measure: p_wa, half_width: 0.01, max: 50}
analyses: [sumary]
"""
    said = faults(folder, text)
    for line, words in (
        (3, "did you mean 'tripwire'?"),
        (5, "did you mean 'binding'?"),
        (6, "-1 is out of range"),
        (6, "'bananas' does not fit"),
        (8, "did you mean 'uniform'?"),
        (9, "low <= high"),
        (10, "write 8 or 16"),
        (11, "did you mean 'p_war'?"),
        (11, "fewer than min"),
        (12, "did you mean 'summary'?"),
    ):
        assert any(f"experiment.yaml:{line}: " in s and words in s for s in said), (line, words)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("base: base.yaml", "base: bse.yaml", "there is no such file"),
        ("base: base.yaml", "base: base.yaml\ndigest: 0123456789abcdef", "the base has changed"),
        ("n: 8", "n: 8, levels: 4", "takes no levels"),
        ("kind: sobol, n: 8", "kind: sobol", "needs a number of points"),
        ("kind: sobol, n: 8", "kind: grid, n: 8", "grid takes no n"),
        ("kind: sobol, n: 8", "kind: list", "needs `patches`"),
        ("kind: sobol, n: 8", "kind: morris, n: 4, levels: 5", "an even number"),
        ("kind: sobol, n: 8", "kind: morris, n: 4, levels: 4, levers: sampled", "by even steps"),
        ("path: framework.layers.pact.binding, values: [political, ratified_treaty]",
         "path: protege.forces, values: [{distribution: uniform, low: 1, high: 2}, 1000000.1, "
         "1000000.2], labels: [any]", "'1e+06' is there twice; write `labels`"),
        ("low: 5, high: 15", "low: -5, high: 15", "-5 is out of range"),
        ("distribution: uniform, low: 5, high: 15", "joint: no.csv, columns: {x: protege.forces}",
         "takes no path"),
        ("path: protege.forces, distribution: uniform, low: 5, high: 15",
         "joint: no.csv, columns: {x: protege.forces}", "there is no file 'no.csv'"),
        ("values: [political, ratified_treaty]", "values: [political, political]", "twice"),
        ("values: [political, ratified_treaty]", "values: []", "is empty"),
        ("values: [political, ratified_treaty]", "values: [a_treaty]", "ratified_treaty"),
        ("  binding:", "  case:", "is a column of the results"),
        ("  forces:", "  binding:", "is a lever too"),
        ("path: framework.layers.pact.binding, values: [political, ratified_treaty]",
         "path: protege.forces, values: [3]", "sets protege.forces too"),
        ("path: protege.forces", "path: options.raid.region", "make it a lever"),
        ("path: protege.forces", "path: horizon", "shapes the run itself"),
        ("replications: 10", "replications: 0", "a whole number"),
        ("title: A question", "titel: A question", "did you mean 'title'?"),
    ],
)  # fmt: skip
def test_each_fault_says_what_to_do(folder: Path, before: str, after: str, words: str):
    assert before in GOOD
    said = faults(folder, GOOD.replace(before, after, 1))
    assert any(words in s for s in said), said


ASKED = """
analyses:
  - {regret: {wieghts: [1], better: more}}
  - {flip: {path: protege.fores, low: 3, high: 1}}
  - {trade: {currency: framework.layers.pact.troops, n: 0.5}}
  - {discover: {framework: pact, above: much}}
  - {enough: half}
  - contrast: {reference: inlin}
"""


def test_what_is_to_be_asked_is_checked_before_anything_runs(folder: Path):
    said = faults(folder, GOOD + ASKED)
    first = GOOD.count("\n") + 3
    for line, words in (
        (first, "did you mean 'weights'?"),
        (first, "(known: lower, higher)"),
        (first + 1, "did you mean 'forces'?"),
        (first + 1, "write more than low, 3"),
        (first + 2, "framework.layers.pact.troops"),
        (first + 2, "write a whole number from 1"),
        (first + 3, "(known: none, inline)"),
        (first + 3, "'much' is not a number"),
        (first + 4, "write its options as {measure"),
        (first + 5, "did you mean 'inline'?"),
    ):
        assert any(f"experiment.yaml:{line}: " in s and words in s for s in said), (line, words)
    assert len(said) == 10


def test_a_measure_that_is_none_is_refused_with_its_line(folder: Path):
    text = GOOD + "analyses:\n  - {summary: {measure: p_what}}\n  - {regret: {measures: [p_wa]}}\n"
    path = write(folder, text)
    with pytest.raises(InputError) as caught:
        plan_sweep(load_experiment(path))
    first, second = (str(fault) for fault in caught.value.faults)
    line = GOOD.count("\n") + 2
    assert f"experiment.yaml:{line}: analyses.0.summary.measure: 'p_what' is unknown" in first
    assert f"experiment.yaml:{line + 1}: analyses.1.regret.measures.0" in second
    assert "did you mean 'p_war'?" in second
    checked = CliRunner().invoke(app, ["validate", str(path)])
    assert checked.exit_code == 2
    assert "'p_what' is unknown" in checked.stderr


def test_what_follows_from_an_unknown_kind_is_no_fault(folder: Path):
    (said,) = faults(folder, GOOD.replace("kind: sobol", "kind: sobel"))
    assert "did you mean 'sobol'?" in said


def test_a_distribution_names_what_it_lacks_beside_what_it_does_not_know(folder: Path):
    (said,) = faults(folder, GOOD.replace("uniform, low: 5", "triangular, sd: 5"))
    assert "key 'sd' is unknown" in said
    assert "it needs low, mode as well" in said


def test_columns_of_a_joint_sample_are_tried_though_its_file_is_missing(folder: Path):
    said = faults(
        folder,
        GOOD.replace(
            "path: protege.forces, distribution: uniform, low: 5, high: 15",
            "joint: no.csv, columns: {x: protege.fores}",
        ),
    )
    assert any("there is no file 'no.csv'" in s for s in said)
    assert any("did you mean 'forces'?" in s for s in said)


def test_a_bound_is_tried_in_the_scenario(folder: Path):
    """brigades_90d counts those of 30 days too: a lower value is wrong between fields only."""
    text = GOOD.replace("protege.forces", "guarantors.A.brigades_90d").replace("low: 5", "low: 1")
    said = faults(folder, text)
    assert any("fewer than the 2 in 30 days" in s and "uncertainties.forces.low" in s for s in said)


def test_a_joint_sample_is_read(folder: Path):
    (folder / "posterior.csv").write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    one = "  draw: {joint: posterior.csv, columns: {x: protege.forces, y: challenger.forces}}\n"
    text = GOOD.replace(
        "  forces: {path: protege.forces, distribution: uniform, low: 5, high: 15}\n", one
    )
    loaded = load_experiment(write(folder, text))
    assert [(f.name, f.joint, f.drawn) for f in loaded.uncertainties] == [
        ("x", "draw", (1.0, 3.0)),
        ("y", "draw", (2.0, 4.0)),
    ]
    (folder / "posterior.csv").write_text("x,y\n1,2\n3,much\n", encoding="utf-8")
    assert any("row 2" in s and "'much'" in s for s in faults(folder, text))
    (folder / "posterior.csv").write_text("x,z\n1,2\n3,4\n", encoding="utf-8")
    assert any("has no such column: 'y'" in s for s in faults(folder, text))


def test_the_pin_holds(folder: Path):
    digest = load_experiment(write(folder, GOOD)).base.digest
    pinned = GOOD + f"digest: {digest[:12]}\n"
    assert load_experiment(write(folder, pinned)).base.digest == digest
    (folder / "base.yaml").write_text(BASE.replace("Aland", "Bland"), encoding="utf-8")
    assert any("the base has changed" in s for s in faults(folder, pinned))


def test_the_command_line_refuses_before_anything_runs(folder: Path):
    path = write(folder, GOOD.replace("n: 8", "n: 9"))
    done = CliRunner().invoke(app, ["sweep", str(path), "-o", str(folder / "out")])
    assert done.exit_code == 2
    assert "experiment.yaml:9: design.n: found 9" in done.stderr
    assert not (folder / "out").exists()
    checked = CliRunner().invoke(app, ["validate", str(path)])
    assert checked.exit_code == 2
    assert "write 8 or 16" in checked.stderr


def test_the_schema_knows_experiments():
    schema = json_schema("experiment")
    assert {"base", "levers", "uncertainties", "design", "replications"} <= set(
        schema["properties"]
    )
    assert "latin_hypercube" in json.dumps(schema["$defs"]["Design"])


def test_an_experiment_is_no_scenario():
    file = str(experiment_files()[0])
    done = CliRunner().invoke(app, ["run", file])
    assert done.exit_code == 2
    scenario = str(ROOT / "scenarios" / "ukraine" / "ceasefire.yaml")
    swapped = CliRunner().invoke(app, ["sweep", scenario])
    assert swapped.exit_code == 2
    assert "Traceback" not in swapped.output
