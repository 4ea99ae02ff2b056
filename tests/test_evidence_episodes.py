"""Historical episodes: the facts, the mapping and its record, files that are none, the command."""

from __future__ import annotations

import csv
import io
import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from deter.analysis.survival_scores import Hazards
from deter.cli import app
from deter.errors import InputError
from deter.evidence.episodes.mapping import CALIBRATED, LATEST, changed, mapping
from deter.evidence.episodes.reading import NEEDED, Given, read_episodes
from deter.evidence.episodes.running import EDGES, scenarios
from deter.evidence.episodes.scoring import CONTAINED, REQUIRED, contained, covariates
from deter.presentation.backtest import misses, rows
from deter.presentation.figures.backtest import calibration_figure
from deter.spec.loading import load_scenario
from deter.spec.sources import library_sources

FACTS = Path(str(files("deter.evidence") / CONTAINED))
RECORD = YAML(typ="safe").load(
    Path(str(files("deter.evidence") / "episode_record.yaml")).read_text("utf-8")
)
LINES = list(csv.DictReader(io.StringIO(FACTS.read_text("utf-8"))))
NUMBERS = range(1, LATEST + 1)

PEACE = Given(0, 0.0, False, None, None, None)


BASE = load_scenario("stylised/episode")


def plain(given: Given, number: int = LATEST, rules: tuple[str, ...] = ()) -> dict[str, Any]:
    """What a mapping sets for an episode in the base scenario."""
    table = changed(mapping(number), rules)
    return table.settings(given, table.generic(BASE.scenario))


def row(**more: str) -> dict[str, str]:
    return {**LINES[0], **more}


def write(folder: Path, lines: list[dict[str, str]]) -> Path:
    path = folder / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, list(lines[0]))
        table.writeheader()
        table.writerows(lines)
    return path


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, ["evidence", "episodes", *words])


# ---- the facts


def test_the_contained_episodes():
    episodes = contained()
    assert len(episodes) == 58
    assert sum(e.event for e in episodes) == 24
    by_id = {e.id: e for e in episodes}
    assert by_id["48"].given == Given(0, 25.0, False, 7.55857, 0.0741672, 50.0)
    assert (by_id["48"].event, by_id["48"].years) == (True, 18.0)
    assert (by_id["24"].event, by_id["24"].years) == (False, 71.0)  # only limited attacks


def test_every_fact_has_a_source_in_the_catalogues_and_a_mark():
    for line in LINES:
        keys = line["sources"].replace("[", "").replace("]", "").split()
        assert keys
        assert set(keys) <= set(library_sources())
        assert set(line["mark"].split()) <= {"V", "M", "E", "C"}
        assert ("case_cinc" in keys) == bool(line["ratio_chal_def"])
        assert line["note"]


# ---- the mapping


def test_the_mappings_are_those_on_record():
    recorded = {entry["number"]: entry["digest"] for entry in RECORD["mappings"]}
    assert recorded == {number: mapping(number).digest for number in NUMBERS}


def test_every_trial_on_record_can_be_made():
    for entry in RECORD["tried"]:
        table = changed(mapping(entry["mapping"]), entry["rules"])
        assert table.digest != mapping(entry["mapping"]).digest
        assert entry["why"]


WHEN_AND_HOW = {
    "years_at_risk": "0.25",
    "years_total": "99",
    "outcome": "1",
    "outcome_year": "1900",
    "risk_from": "1900",
    "risk_to": "1999",
    "response": "0",
    "response_lag_days": "7",
    "defender": "somebody",
    "challenger": "somebody else",
    "guarantors": "none",
    "conf": "L",
    "note": "something else",
    "cinc_key": "none",
    "cinc_year": "1900",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_neither_lengths_nor_dates_nor_outcomes_reach_a_scenario(tmp_path: Path, number: int):
    moved = write(tmp_path, [{**line, **WHEN_AND_HOW} for line in LINES])
    before = scenarios(contained()[::9], BASE, mapping(number))
    after = scenarios(read_episodes(moved, "mine.csv")[::9], BASE, mapping(number))
    assert {k: v.digest for k, v in before.items()} == {k: v.digest for k, v in after.items()}
    assert {case.scenario.horizon.value for case in before.values()} == {30.0}


def test_the_baseline_does_not_see_them_either(tmp_path: Path):
    moved = read_episodes(write(tmp_path, [{**x, **WHEN_AND_HOW} for x in LINES]), "mine.csv")
    assert np.array_equal(covariates(moved), covariates(contained()), equal_nan=True)


ratios = st.none() | st.floats(0.01, 500)


@given(
    st.integers(0, 5), st.floats(0, 1e6), st.booleans(), ratios, ratios, ratios,
    st.sampled_from(NUMBERS),
)  # fmt: skip
def test_any_episode_makes_settings_of_finite_numbers(
    commit: int, troops: float, nuclear: bool, a: Any, b: Any, c: Any, number: int
):
    made = plain(Given(commit, troops, nuclear, a, b, c), number)
    for path, value in made.items():
        if path != "framework":
            assert math.isfinite(value), path
            assert value > 0, path
    layers = made["framework"]["layers"]
    assert bool(layers) == (commit > 0 or troops > 0)
    assert all("presence" in layer for layer in layers if troops > 0)


def test_commitments_and_troops_are_what_the_columns_say():
    def layer(commit: int, nuclear: bool = True, troops: float = 0.0) -> dict[str, Any]:
        made = plain(Given(commit, troops, nuclear, None, None, None))
        (only,) = made["framework"]["layers"]
        return dict(only)

    assert plain(PEACE)["framework"] == {"title": "none", "layers": []}
    assert layer(1)["binding"] == "political"
    assert layer(3)["members"] == ["MAJ"]
    assert layer(3, nuclear=False)["members"] == ["MID"]
    assert layer(4)["members"] == ["MAJ", "MID", "SML"]
    assert layer(4, nuclear=False)["members"] == ["MID", "SML"]
    assert layer(5)["obligation"] == "all_means"
    (presence,) = layer(3, troops=25000.0)["presence"]
    assert presence["guarantor"] == "MAJ"
    assert presence["reinforcement"] == 10


def test_ratios_by_hand():
    one = Given(3, 0.0, True, 4.0, 0.5, 9.0)
    first = plain(one, 1)
    assert first["protege.forces"] == pytest.approx(137 / 3)
    assert first["guarantors.MAJ.air"] == pytest.approx(20 * math.sqrt(1 / 0.5 - 1 / 4))
    second = plain(one, 2)
    assert "protege.forces" not in second
    share = 4 / 5
    by_hand = 1.08 + (1.42 - 1.08) * (share - 0.5) / 0.325
    assert second["behaviour.opportunity_rate"] == pytest.approx(1.29 * by_hand)
    drawn = mapping(2).settings(one, mapping(2).generic(load_scenario(CALIBRATED).scenario))
    rate = drawn["behaviour.opportunity_rate"]
    assert (rate["column"], rate["times"]) == ("opportunity_rate", pytest.approx(by_hand))
    assert mapping(1).weight(Given(3, 0, True, 0.44, 0.0148, 0.4)) == 3  # no more than that
    assert mapping(1).weight(Given(0, 0, True, 4.0, 0.5, 9.0)) == 1  # nobody is committed
    assert mapping(1).weight(Given(5, 0, True, 0.25, 0.25, 0.5)) == 2  # the owner's own ratio
    assert mapping(1).balance(Given(5, 0, True, 0.25, 0.25, 0.5)) is None


def test_missing_values_by_the_rules():
    assert set(plain(PEACE, 1)) == {"framework"}
    assert set(plain(PEACE, 2)) == {"framework"}
    known = plain(Given(3, 0, True, None, None, None), 2)
    assert known["guarantors.MAJ.air"] == pytest.approx(20 * math.sqrt(3.8))
    assert plain(PEACE, 1, ("forces.missing=9",))["protege.forces"] == pytest.approx(137 / 3)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("forces.exponent=2", "write a number from 0 to 1"),
        ("forces.exponet=0.3", "did you mean 'forces.exponent'"),
        ("commitments.9.obligation=none", "is unknown"),
        ("guarantor.most=many", "write a number"),
        ("nothing", "is unknown"),
    ],
)
def test_a_rule_that_cannot_be_changed_is_explained(rule: str, said: str):
    with pytest.raises(InputError, match="--rule") as caught:
        changed(mapping(1), [rule, rule])
    assert said in str(caught.value)
    assert len(caught.value.faults) == 2


# ---- files that are none


def test_a_file_reads_back(tmp_path: Path):
    kept = [{name: line[name] for name in reversed(NEEDED)} for line in LINES]
    here = read_episodes(write(tmp_path, kept), "mine.csv")
    assert [e.given for e in here] == [e.given for e in contained()]
    assert here[0].note == ""


def test_all_faults_come_at_once_with_their_lines(tmp_path: Path):
    lines = [
        row(commit="6"),
        row(id="b", guarantor_troops="-5", outcome=""),
        row(id="", nuclear_guarantor="yes"),
        row(id="b", milper_ratio="nan"),
        row(id="d", years_at_risk="9", years_total="3"),
        row(id="e", years_total="inf", ratio_chal_def="0"),
    ]
    path = write(tmp_path, lines)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("f,too,few\n")
    with pytest.raises(InputError) as caught:
        read_episodes(path, "mine.csv")
    places = [(fault.line, fault.path) for fault in caught.value.faults]
    assert places == [
        (2, "commit"),
        (3, "outcome"),
        (3, "guarantor_troops"),
        (4, "id"),
        (4, "nuclear_guarantor"),
        (5, "milper_ratio"),
        (5, "id"),
        (6, "years_at_risk"),
        (7, "years_total"),
        (7, "ratio_chal_def"),
        (8, ""),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (",".join(NEEDED) + "\n", "holds no episode"),
        (";".join(NEEDED) + "\n", "not set apart by commas"),
        (",".join(NEEDED).replace("commit", "comit") + "\n", "did you mean 'comit'"),
        (",".join([*NEEDED, "id"]) + "\n1\n", "stands twice"),
        (",".join(NEEDED) + '\n"1,2\n', "close every quotation mark"),
    ],
)
def test_a_file_that_is_none_is_explained(tmp_path: Path, text: str, said: str):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    result = deter_(str(path))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_bad_options_are_explained(tmp_path: Path):
    bare = tmp_path / "bare.yaml"
    bare.write_text("options: {a: {class: incident, severity: 1, prize: 1, cost: 1}}\n", "utf-8")
    for words, said in (
        (["--mapping", "3"], "--mapping: found 3"),
        (["--set", "framework.hostility=1"], "which the mapping writes"),
        (["--base", str(bare)], "guarantors.MAJ: is not there"),
        (["--base", "nowhere"], "nowhere"),
        (["-n", "0"], "-n: found 0"),
        (["-o", __file__], "is a file"),
    ):
        result = deter_(*words)
        assert result.exit_code == 2, result.output
        assert said in result.stderr


# ---- the command


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = [line for line in LINES if line["id"] in ("24", "16", "48", "7", "62", "53", "76")]
    return write(tmp_path_factory.mktemp("few"), chosen)


def test_plain_data(few: Path, tmp_path: Path):
    folder = tmp_path / "out"
    result = deter_(str(few), "-n", "20", "--json", "-o", str(folder))
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["n"] == 7
    assert all(isinstance(document[name], float) for name in REQUIRED)
    assert {"id", "hazard_full_attack", "event", "years"} <= set(document["episodes"][0])
    assert "picked" in document["condition"]
    for score in document["scores"].values():
        assert score["low"] <= score["estimate"] <= score["high"]
    by_id = {episode["id"]: episode for episode in document["episodes"]}
    assert by_id["16"]["hazard_full_attack"] < by_id["48"]["hazard_full_attack"]
    kept = json.loads((folder / "scores.json").read_text("utf-8"))
    assert kept["scores"] == document["scores"]
    assert (folder / "calibration.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "rows.parquet").exists()
    again = deter_(*document["command"].split()[3:], "--json")
    assert json.loads(again.stdout)["scores"] == document["scores"]


def test_it_is_told_in_words_with_the_caveat(few: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "160")
    result = deter_(str(few), "-n", "20", "--set", "behaviour.binding_slope=0.5", "--mapping", "1")
    assert result.exit_code == 0, result.stderr
    text = " ".join(result.stdout.split())
    for words in (
        "picked because they are well known",
        "level of commitment alone",
        "The greatest surprises",
        "Mapping 1, digest 90d50d1e981c",
        "7 episodes, 4 with a full attack",
    ):
        assert words in text


def test_one_episode_is_told_without_scores(tmp_path: Path):
    result = deter_(str(write(tmp_path, [row()])), "-n", "10", "--json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["c_index"] is None
    assert document["episodes"][0]["hazard_full_attack"] is not None


# ---- how it is shown


def shown() -> dict[str, Any]:
    path = Path(__file__).resolve().parents[1] / "docs" / "episodes.json"
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def test_the_committed_scores_are_of_the_mappings_on_record():
    document = shown()
    assert document["latest"]["mapping"]["digest"] == mapping().digest
    scored = {(e["mapping"]["digest"], e["histories"]) for e in document["scores"]}
    for number in NUMBERS:
        assert mapping(number).digest in {digest for digest, _ in scored}
    for entry in RECORD["tried"]:
        wanted = changed(mapping(entry["mapping"]), entry["rules"]).digest
        assert wanted in {digest for digest, _ in scored}, entry


def test_every_score_is_shown_and_every_miss_is_a_sentence():
    document = shown()["latest"]
    lines = [line for _, block in rows(document) for line in block]
    assert len(lines) == len(document["scores"])
    for sentences in misses(document).values():
        for sentence in sentences:
            assert sentence.endswith((".", ")."))
            assert "given for that time" in sentence


def test_the_picture_shows_every_group():
    document = shown()["latest"]
    (ax,) = calibration_figure(document).axes
    texts = [text.get_text() for text in ax.texts]
    assert texts == [f"{g['events']} of {g['n']}" for g in document["calibration"]]


def test_committed_predictions_score_as_committed():
    """What is written can be scored again from what is written, without running anything."""
    from deter.analysis.survival_scores import log_scores, per_year

    document = shown()["latest"]
    episodes = document["episodes"]
    times = np.array([e["years"] for e in episodes])
    event = np.array([e["event"] for e in episodes])
    rates = np.array([e["hazard_by_band"] for e in episodes])
    scores = log_scores(Hazards(EDGES, rates), times, event)
    again = per_year(scores, times, np.ones((1, len(times))))[0]
    assert again == pytest.approx(document["log_score"])
