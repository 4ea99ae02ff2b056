"""Patterns of history: what is counted, what is made of it, and that a planted case is found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from deter.cli import app
from deter.engine import journal, reference
from deter.evidence.patterns import columns, measures
from deter.evidence.patterns.book import bundled, read_book
from deter.evidence.patterns.columns import Histories
from deter.evidence.patterns.findings import counted, findings, of_resampled, of_rows
from deter.evidence.patterns.running import Bench, redrawn, summed
from deter.evidence.patterns.tracks import Act, Fight, Track, read_track, track_of
from deter.evidence.patterns.worlds import Ready, World
from deter.presentation.figures.patterns import placed

RIVALS = World("rivals/none", "stylised/rivals", "none", {})
LONG = World("postwar/none", "stylised/rivals", "none", {"horizon": "40 y"})


@pytest.fixture(scope="module")
def rivals() -> Ready:
    return Ready(RIVALS, ["behaviour.opportunity_rate", "options.war.cost"])


def histories(ready: Ready, tracks: dict[int, Track], n: int = 1) -> Histories:
    return Histories(ready.rows(1, 0, n), tracks, ready.built, 20.0, 1)


# ---- tracks and cells


def test_a_track_is_what_both_engines_log() -> None:
    ready = Ready(LONG, [])
    told = 0
    for replication in range(4):
        result = reference.simulate(ready.built, 1, replication, log=True)
        flat: list[float] = []
        for line in result.lines:
            flat += [line.time, line.kind, len(line.values), *line.values]
        assert track_of(ready.desk, 1, replication) == read_track(flat)
        told += sum(line.kind == journal.ACT_BEGUN for line in result.lines)
    assert told


def test_a_written_parameter_is_the_same_as_one_set(rivals: Ready) -> None:
    same = Ready(World("x", "stylised/rivals", "none", {"behaviour.opportunity_rate": 3.0}), [])
    own = rivals.read()
    rivals.write({"behaviour.opportunity_rate": 3.0})
    written = rivals.rows(1, 0, 30).copy()
    rivals.write(own)
    assert written.tolist() == same.rows(1, 0, 30).tolist()
    assert written.tolist() != rivals.rows(1, 0, 30).tolist()


# ---- what is counted


def test_quiet_years_are_counted_from_the_last_incident(rivals: Ready) -> None:
    """Incidents in years 0 and 3 of 20: two quiet years and a hit, then sixteen at risk."""
    held = histories(rivals, {0: Track(acts=[Act(0.5, 0, 0.2), Act(3.2, 0, 0.2)])})
    held.rows["years_exposed"], held.rows["campaign_days"] = 20.0, 0.0
    made = columns.lulls(held)
    risk, came = made["quiet_risk"][0], made["quiet_came"][0]
    assert came.tolist() == [0, 0, 1, *[0] * 17]
    assert risk.tolist() == [2, 2, 2, *[1] * 13, *[0] * 4]


def test_a_pair_is_followed_from_its_first_war(rivals: Ready) -> None:
    track = Track(
        acts=[Act(2.0, 3, 1.0), Act(3.6, 1, 0.35), Act(9.1, 3, 1.0)],
        fights=[Fight(2.0, 3.0, 1, True), Fight(9.1, 9.4, 1, True)],
    )
    held = histories(rivals, {0: track})
    held.rows["years_exposed"], held.rows["campaign_days"] = 20.0, 0.0
    made = columns.postwar(held)
    assert np.flatnonzero(made["force_came"][0]).tolist() == [2]
    assert np.flatnonzero(made["war_came"][0]).tolist() == [24]
    assert made["war_risk"][0].sum() == 25


def test_a_conquest_leaves_no_pair(rivals: Ready) -> None:
    held = histories(rivals, {0: Track(fights=[Fight(2.0, 3.0, 0, True)])})
    held.rows["years_exposed"], held.rows["campaign_days"] = 3.0, 0.0
    assert not any(column.any() for column in columns.postwar(held).values())


def test_only_joiners_that_come_in_a_war_count(rivals: Ready) -> None:
    track = Track(
        fights=[Fight(1.0, 2.0, 1, True), Fight(4.0, 4.5, 1, False)],
        arrivals=[(1.0 + 50 / 365.25, 0), (1.0 + 80 / 365.25, 0), (4.1, 1)],
    )
    counts = columns.joiners(histories(rivals, {0: track}))["joined"][0]
    assert counts.sum() == 1
    sums = {"w.joined": counts[None]}
    assert measures.binned_median(("w",), "joined")(sums)[0] == pytest.approx(50, rel=0.08)


# ---- what is made of it


def test_kaplan_meier_of_two_hand_made_steps() -> None:
    """Ten pairs, two struck in the first quarter, one of the four left in the second: .8 × .75."""
    sums = {"w.war_risk": np.array([[10.0, 4.0]]), "w.war_came": np.array([[2.0, 1.0]])}
    assert measures.within("w", "war", 0.5)(sums)[0] == pytest.approx(1 - 0.8 * 0.75)


def test_the_gap_of_tested_guarantees_compares_like_with_like() -> None:
    """Limited attacks are answered less, and chosen more: that alone makes no gap."""
    sums = {}
    for name in measures.GUARANTEES:
        for kind, tested, share in (("limited", 60, 0.1), ("full", 20, 0.5)):
            sums[f"tested/{name}.{kind}_tested"] = np.array([float(tested)])
            sums[f"tested/{name}.{kind}_answered"] = np.array([tested * share])
            script = {"limited": "grab", "full": "war"}[kind]
            sums[f"script_{script}/{name}.{kind}_tested"] = np.array([50.0])
            sums[f"script_{script}/{name}.{kind}_answered"] = np.array([50 * share])
    assert measures.tested_gap(sums)[0] == pytest.approx(0.0)
    sums["tested/pact.full_answered"] -= 8  # a tenth of that guarantee's attacks
    assert measures.tested_gap(sums)[0] == pytest.approx(-0.1 / 4)


def test_a_planted_election_effect_is_found() -> None:
    given = {"vote_acts": 30, "other_acts": 90, "vote_years": 100, "other_years": 300}
    sums = {f"w.{name}": np.array(float(n)) for name, n in given.items()}
    assert measures.election_ratio("w")(sums) == pytest.approx(1.0)
    sums["w.planted_other_acts"] = np.array(45.0)
    assert measures.election_ratio("w", planted=True)(sums) == pytest.approx(2.0)


def test_pacts_go_to_threatened_pairs_only_where_they_are_said_to() -> None:
    ready = Ready(World("p", "stylised/population", "none", {}), [])
    made = columns.threatened(Histories(ready.rows(1, 0, 400).copy(), {}, ready.built, 20.0, 1))
    held, bare = (made[f"threat_{how}_incidents"].sum() for how in ("with", "without"))
    years = [made[f"threat_{how}_years"].sum() for how in ("with", "without")]
    assert held / years[0] > 1.3 * bare / years[1]  # under one and the same framework
    lots = [made[f"random_{how}_incidents"].sum() for how in ("with", "without")]
    spans = [made[f"random_{how}_years"].sum() for how in ("with", "without")]
    assert lots[0] / spans[0] == pytest.approx(lots[1] / spans[1])


def test_an_interval_covers_what_is_estimated() -> None:
    """Poisson counts in a thousand pairs: 95 % intervals of the rate, about 95 % of the time."""
    rng = np.random.default_rng(5)
    hit = 0
    for turn in range(60):
        held = {"w": {"wars": rng.poisson(0.15, 400).astype(float), "years": np.full(400, 20.0)}}
        interval = of_resampled(redrawn(held, 300, turn))
        _, low, high = interval(measures.per_100("w", "wars"))
        hit += low <= 0.75 <= high
    assert hit >= 51  # the chance of less is below one in a thousand


def test_rows_of_a_posterior_are_not_added_up() -> None:
    sums = {"w.wars": np.array([1.0, 2.0, 30.0]), "w.years": np.array([100.0, 100.0, 100.0])}
    estimate, low, high = of_rows(sums, 1)(measures.per_100("w", "wars"))
    assert (estimate, low, high) == (2.0, 1.0, 30.0)


# ---- the book


def test_the_book_is_complete() -> None:
    book = bundled()
    assert [p.id for p in book.patterns] == [f"P{k}" for k in range(1, 15)]
    assert sum(not p.fit for p in book.patterns) >= 4
    named = {asked.world.name for asked in book.worlds}
    assert {f"script_war/{name}" for name in measures.GUARANTEES} <= named
    for pattern in book.patterns:
        assert pattern.sources
        assert pattern.observed
        for target in pattern.targets:
            assert target.low < target.high
            middle = (target.low + target.high) / 2
            assert 0 < placed(middle, (target.low, target.high), target.log) < 1


SMALL = {
    "worlds": {
        "rivals/none": {"scenario": "stylised/rivals", "framework": "none", "asks": ["rates"]},
        "quiet/none": {
            "scenario": "stylised/rivals",
            "framework": "none",
            "times": {"behaviour.opportunity_rate": 0.14},
            "asks": ["rates"],
            "share": 0.5,
        },
    },
    "patterns": [
        {
            "id": "P2",
            "title": "War is rare",
            "observed": "0.78",
            "mark": "C",
            "sources": ["[gml_2010] wars"],
            "fit": True,
            "measures": {
                "none": {"of": {"per_100": ["rivals/none", "wars"]}, "band": [0, 50], "unit": "x"},
                "all": {"of": {"per_100": ["rivals/none", "wars"]}, "band": [49, 50], "unit": "x"},
            },
        }
    ],
}


def test_a_small_book_is_measured() -> None:
    book = read_book(SMALL)
    found = Bench(book).columns({}, 60, 1)
    assert len(found["quiet/none"]["wars"]) == 30
    rates = {w: c["incidents"].sum() / c["years"].sum() for w, c in found.items()}
    assert rates["quiet/none"] < 0.35 * rates["rivals/none"]
    (finding,) = findings(book, of_resampled(redrawn(found, 50, 1)), summed(found))
    assert [measured.passes for measured in finding.measured] == [True, False]
    assert not finding.passes
    assert finding.bite == 0.0
    assert counted((finding,))["with_bite"] == 1


# ---- the command


def test_the_command_says_what_passes(tmp_path: Path) -> None:
    words = ["evidence", "patterns", "--at", "defaults", "-n", "12", "--json", "-o", str(tmp_path)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert {p["id"] for p in found["patterns"]} == {p.id for p in bundled().patterns}
    for pattern in found["patterns"]:
        assert pattern["status"] in ("pass", "fail")
        assert isinstance(pattern["in_fit"], bool)
        assert pattern["estimates"]
    assert (tmp_path / "patterns.png").stat().st_size > 10_000
    assert set(found["populations"]) == {"threat", "random"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evidence", "patterns", "-n", "3"], "-n: found 3; write a whole number from 10"),
        (["evidence", "patterns", "--posterior", "nowhere.csv"], "there is no such file"),
        (["calibrate", "--fit", "P2,P99"], "'P99' is unknown"),
        (["calibrate", "--draws", "1"], "--draws: found 1"),
    ],
)
def test_bad_input_is_told(words: list[str], said: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert said in done.output


def test_a_posterior_without_the_parameters_is_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("heat_jump,other\n1,2\nnone,4\n")
    done = CliRunner().invoke(app, ["evidence", "patterns", "--posterior", str(file)])
    assert done.exit_code == 2
    assert "has no such column: 'opportunity_rate'" in done.output
    assert "row 2 of" in done.output
