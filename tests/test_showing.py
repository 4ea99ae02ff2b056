"""Pictures and reports from Python: of results in hand, of a study, of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.test_cli import PACT, PAPER, SMALL
from tests.test_plot_command import GRID

import deter
from deter.errors import InputError, OutputError


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("showing")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "paper.yaml").write_text(PAPER, encoding="utf-8")
    (folder / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    (folder / "grid.yaml").write_text(GRID, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def compared(here: Path) -> deter.Results:
    return deter.compare(here / "small.yaml", n=30)


@pytest.fixture(scope="module")
def study(here: Path) -> deter.Study:
    return deter.sweep(here / "grid.yaml", here / "swept")


def test_results_in_hand_are_drawn_and_nothing_is_written(
    here: Path, compared: deter.Results
) -> None:
    before = sorted(here.rglob("*"))
    drawn = deter.plot(compared, ["comparison", "race"])
    assert [one.name for one in drawn] == ["comparison", "race"]
    assert drawn[0]._repr_png_().startswith(b"\x89PNG")
    table = drawn[0].data[0]
    assert table.rows[0][0] == "No guarantee"
    assert sorted(here.rglob("*")) == before


def test_a_folder_gives_the_same_pictures_as_the_results_it_was_written_of(
    here: Path, compared: deter.Results
) -> None:
    folder = compared.save(here / "compared", pictures=False)
    (one,), (other,) = deter.plot(compared, "peace"), deter.plot(folder, "peace", out=here / "p")
    assert (one.title, one.caption, one.alt, one.data) == (
        other.title,
        other.caption,
        other.alt,
        other.data,
    )
    assert (here / "p" / "peace.png").read_bytes() == one._repr_png_()
    assert "In words:" in (here / "p" / "peace.txt").read_text("utf-8")


def test_a_study_is_drawn_with_options(here: Path, study: deter.Study) -> None:
    assert [one.name for one in deter.plot(study)] == ["heat", "heat-2"], "as it lists them"
    (heat,) = deter.plot(study, "heat", measure="ground_lost", out=here / "svg", form="svg")
    assert "ground lost" in heat.title
    assert (here / "svg" / "heat.svg").read_text("utf-8").startswith("<?xml")
    assert len(heat.data[0].rows) == 2


def test_reports_are_written_where_they_belong(
    here: Path, compared: deter.Results, study: deter.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    assert deter.report(compared) == Path("report.html")
    assert deter.report(study) == here / "swept.html"
    again = deter.report(here / "swept", "other.html", deep=False)
    assert again.read_text("utf-8") == (here / "swept.html").read_text("utf-8")
    assert "The answer" in Path("report.html").read_text("utf-8")


def test_what_cannot_be_is_refused(here: Path, compared: deter.Results) -> None:
    with pytest.raises(InputError, match="did you mean 'heat'"):
        deter.plot(compared, "haet")
    with pytest.raises(InputError, match="known: png, svg, pdf"):
        deter.plot(compared, form="jpg")
    with pytest.raises(OutputError, match="no such folder"):
        deter.plot(here / "nowhere", out=here / "none")
    with pytest.raises(OutputError, match="is a folder"):
        deter.report(compared, here)
    assert not (here / "none").exists()
