"""``deter plot``: folders that open again by themselves, and what is said of those that do not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.synthetic import made_up
from tests.test_cli import PACT, PAPER, SMALL
from tests.test_imports import SMALL as PLAIN
from typer.testing import CliRunner, Result

import deter
from deter.cli import app
from deter.errors import OutputError
from deter.experiments.kept import kept_rows
from deter.reopening import reopen
from deter.spec.ledger import ledger
from deter.spec.loading import load_scenario

GRID = """
title: A grid
base: small.yaml
frameworks: [none, pact]
levers:
  share: {path: options.attack.share, values: [0.4, 0.8]}
  rate: {path: behaviour.opportunity_rate, values: [1, 6]}
design: {kind: grid}
replications: 20
plots: [heat, {heat: {measure: p_war}}]
"""


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison, a run and a sweep whose scenario is no longer there."""
    folder = tmp_path_factory.mktemp("made")
    small = folder / "small.yaml"
    small.write_text(SMALL, encoding="utf-8")
    (folder / "frameworks").mkdir()
    for name, text in (("paper", PAPER), ("pact", PACT)):
        (folder / "frameworks" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "grid.yaml").write_text(GRID, encoding="utf-8")
    deter.compare(small, n=30).save(folder / "compared", pictures=False)
    deter.run(small, "pact", n=10).save(folder / "ran")
    done = deter_("sweep", str(folder / "grid.yaml"), "-o", str(folder / "swept"))
    assert done.exit_code == 0, done.output
    small.rename(folder / "gone.yaml")
    return folder


def test_a_comparison_opens_as_it_was(made: Path) -> None:
    opened = reopen(made / "compared")
    assert opened.kind == "compare"
    assert opened.findings is not None
    again = deter.compare(made / "gone.yaml", n=30)
    assert opened.findings.estimates == again.estimates
    assert opened.findings.differences == again.differences
    assert opened.titles == {c.framework_name: c.framework.title for c in again.cases}


def test_scenario_frameworks_and_ledger_are_kept(made: Path) -> None:
    case = load_scenario(made / "gone.yaml", framework="pact")
    for name in ("compared", "ran", "swept"):
        opened = reopen(made / name)
        kept = opened.scenario.model_dump(exclude={"framework"})
        assert kept == case.scenario.model_dump(exclude={"framework"})
        assert opened.frameworks["pact"] == case.framework
        told, mine = opened.ledger("pact").entries, ledger(case).entries
        assert [e.path for e in told] == [e.path for e in mine]
        assert [(e.value, e.evidence, e.source, e.low, e.high) for e in told] == [
            (e.value, e.evidence, e.source, e.low, e.high) for e in mine
        ]


@pytest.mark.parametrize("name", ["ukraine/ceasefire", "ukraine/war", "historical/korea_1949_50"])
def test_the_library_survives_being_kept(name: str) -> None:
    from deter.spec.stored import (
        plain_entry,
        plain_framework,
        plain_scenario,
        stored_entry,
        stored_framework,
        stored_scenario,
    )

    case = load_scenario(name, framework="layered" if "ukraine" in name else None)
    written = json.loads(json.dumps(plain_scenario(case.scenario), allow_nan=False))
    assert plain_scenario(stored_scenario(written)) == written
    clauses = json.loads(json.dumps(plain_framework(case.framework), allow_nan=False))
    assert stored_framework(clauses) == case.framework
    for entry in ledger(case).entries:
        kept = json.loads(json.dumps(plain_entry(entry), allow_nan=False))
        assert stored_entry(kept) == entry


def test_rows_are_read_back_framework_by_framework(tmp_path: Path) -> None:
    rows = made_up(50, 1, {"none": 0.0, "a": 0.3, "b": 0.6})
    rows.write(tmp_path / "rows.parquet")
    whole = pq.read_table(tmp_path / "rows.parquet")
    pq.write_table(whole, tmp_path / "odd.parquet", row_group_size=17)
    for name in ("rows.parquet", "odd.parquet"):
        again = kept_rows(tmp_path / name, ["none", "a", "b"])
        assert again.frameworks == rows.frameworks
        for framework in rows.frameworks:
            for column in ("t_full_attack", "n_incidents"):
                assert np.array_equal(
                    again.numbers(framework, column), rows.numbers(framework, column)
                )
            assert np.array_equal(
                again.says(framework, "s_attack", "event"),
                rows.says(framework, "s_attack", "event"),
            )


def test_plot_draws_beside_the_results(made: Path) -> None:
    done = deter_("plot", str(made / "compared"))
    assert done.exit_code == 0, done.output
    place = made / "compared" / "plots"
    names = {"comparison", "peace", "race", "causes", "flow", "ladder"}
    assert {p.stem for p in place.glob("*.png")} == names
    words = (place / "peace.txt").read_text("utf-8")
    assert "In words:" in words
    assert "95 %" in words
    assert "n = 30" in words


@pytest.mark.parametrize(("form", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_plot_writes_other_formats(made: Path, tmp_path: Path, form: str, start: bytes) -> None:
    out = str(tmp_path / "deep" / "er")
    done = deter_("plot", str(made / "ran"), "--format", form, "--only", "peace", "-o", out)
    assert done.exit_code == 0, done.output
    assert (Path(out) / f"peace.{form}").read_bytes().startswith(start)


def test_sweep_draws_what_its_experiment_lists(made: Path) -> None:
    place = made / "swept" / "plots"
    assert sorted(p.name for p in place.iterdir()) == [
        "heat-2.png",
        "heat-2.txt",
        "heat.png",
        "heat.txt",
    ]
    assert "P(war)" in (place / "heat-2.txt").read_text("utf-8")
    assert deter_("analyse", str(made / "swept"), "summary").exit_code == 0
    again = deter_("sweep", str(made / "grid.yaml"), "-o", str(made / "swept"), "--resume")
    assert "small.yaml" in again.output, "the scenario is gone; the folder itself is no obstacle"


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ("[haet]", "did you mean 'heat'"),
        ("[{heat: {measure: p_war}, box: {}}]", "write one figure an item"),
        ("[{heat: 3}]", "write its options as {heat: {measure: p_war}}"),
    ],
)
def test_plots_of_an_experiment_are_checked_before_it_runs(
    tmp_path: Path, listed: str, told: str
) -> None:
    (tmp_path / "small.yaml").write_text(PLAIN, encoding="utf-8")
    text = f"{GRID[: GRID.index('plots:')]}plots: {listed}\n".replace("[none, pact]", "[none]")
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    done = deter_("sweep", str(tmp_path / "wrong.yaml"), "-o", str(tmp_path / "out"))
    assert done.exit_code == 2, done.output
    assert told in " ".join(done.output.split())
    assert "wrong.yaml:" in done.output
    assert not (tmp_path / "out").exists()


def test_plot_says_which_figures_there_are(made: Path) -> None:
    done = deter_("plot", str(made / "swept"), "--list")
    assert done.exit_code == 0, done.output
    assert re.search(r"heat\s+.*yes", done.stdout)
    assert re.search(r"autopsy\s+.*named", done.stdout)


def test_results_with_pictures_beside_them_can_be_replaced(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    shutil.copytree(made / "compared", folder)
    (folder / "plots").mkdir(exist_ok=True)
    deter.run(made / "gone.yaml", n=2).save(folder)
    assert not (folder / "plots").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "haet"], "did you mean 'heat'"),
        (["--only", "sobol", "--only", "heat"], "sobol cannot be drawn of these results"),
        (["--format", "jpg"], "known: png, svg, pdf"),
        (["--only", "exchange"], "--with currency="),
        (["--only", "autopsy"], "there is no such file"),
        (["--only", "autopsy", "--with", "frameworks=[pcat]"], "did you mean 'pact'"),
    ],
)
def test_plot_refuses_what_cannot_be(made: Path, words: list[str], told: str) -> None:
    done = deter_("plot", str(made / "compared"), *words)
    assert done.exit_code == 2, done.output
    assert told in " ".join(done.output.split())
    assert "Traceback" not in done.output


def broken(made: Path, tmp_path: Path, how: str) -> Path:
    folder = tmp_path / "broken"
    if how == "absent":
        return folder
    shutil.copytree(made / "compared", folder)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    match how:
        case "no manifest":
            (folder / "manifest.json").unlink()
        case "no object":
            (folder / "manifest.json").write_text("[1]")
        case "half a manifest":
            (folder / "manifest.json").write_text('{"made_by": "deter", "fra')
        case "not ours":
            (folder / "manifest.json").write_text('{"made_by": "somebody"}')
        case "no n":
            del manifest["n"]
            (folder / "manifest.json").write_text(json.dumps(manifest))
        case "older":
            (folder / "base.json").unlink()
        case "half a base":
            (folder / "base.json").write_text('{"scenario": 1}')
        case "no rows":
            (folder / "rows.parquet").unlink()
        case "cut rows":
            whole = (folder / "rows.parquet").read_bytes()
            (folder / "rows.parquet").write_bytes(whole[: len(whole) // 2])
        case "other rows":
            frame = pd.read_parquet(folder / "rows.parquet")
            frame["framework"] = frame["framework"].astype(str).replace("pact", "paact")
            frame.to_parquet(folder / "rows.parquet")
        case "few columns":
            table = pq.read_table(folder / "rows.parquet").select(["framework", "status"])
            pq.write_table(table, folder / "rows.parquet")
    return folder


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("absent", "there is no such folder"),
        ("no manifest", "no results folder of deter"),
        ("no object", "holds no object"),
        ("half a manifest", "cannot be read"),
        ("not ours", "was not written by deter"),
        ("no n", "does not say all it should"),
        ("older", "made by an older deter"),
        ("half a base", "lacks the scenario or the frameworks"),
        ("no rows", "rows.parquet: cannot be read"),
        ("cut rows", "rows.parquet: cannot be read"),
        ("other rows", "holds rows of 'paact'"),
        ("few columns", "lacks columns"),
    ],
)
def test_a_broken_folder_is_told_and_nothing_is_written(
    made: Path, tmp_path: Path, how: str, told: str
) -> None:
    folder = broken(made, tmp_path, how)
    done = deter_("plot", str(folder), "-o", str(tmp_path / "pictures"))
    assert done.exit_code == 2, done.output
    assert told in " ".join(done.output.split())
    assert "Traceback" not in done.output
    assert not (tmp_path / "pictures").exists()


def test_a_file_is_no_folder(made: Path) -> None:
    done = deter_("plot", str(made / "gone.yaml"))
    assert done.exit_code == 2
    assert "is a file" in done.output


def test_pictures_that_cannot_be_written_are_told(made: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = deter_("plot", str(made / "ran"), "-o", str(tmp_path / "file" / "deep"))
    assert done.exit_code == 2
    assert "cannot be written there" in done.output


def test_a_sweep_of_before_has_no_ledger(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(made / "swept", folder)
    base = json.loads((folder / "base.json").read_text("utf-8"))
    del base["ledger"]
    (folder / "base.json").write_text(json.dumps(base))
    opened = reopen(folder)
    with pytest.raises(OutputError, match="older deter"):
        opened.ledger("pact")
    done = deter_("plot", str(folder), "--only", "heat", "-o", str(tmp_path / "p"))
    assert done.exit_code == 0, done.output


def test_a_table_in_pieces_is_one_column(made: Path) -> None:
    part = kept_rows(made / "compared" / "rows.parquet", ["none", "paper", "pact"]).parts["pact"]
    pieces = list(part.pieces(["replication"]))
    assert pa.concat_tables(pieces).num_rows == len(part) == 30
