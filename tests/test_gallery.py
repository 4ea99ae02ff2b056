"""The gallery shows every figure, says how to draw it, and is as it would be written now."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from deter.presentation.figures.registry import ONE_HISTORY, kinds
from deter.spec.experiment import PLOTS

DOCS = Path(__file__).resolve().parents[1] / "docs"
sys.path.insert(0, str(DOCS))

import gallery  # noqa: E402

MOST = 1_500_000
"""Bytes of all pictures."""


def test_every_figure_is_in_the_gallery_and_on_the_checklist() -> None:
    assert {one.name for one in gallery.GALLERY} == set(kinds())
    listed = (DOCS / "figures_checklist.md").read_text("utf-8")
    for name in kinds():
        assert f"\n| {name}".lower() in listed.lower(), name


def test_an_experiment_may_list_every_figure_of_results() -> None:
    assert set(PLOTS) == set(kinds()) - set(ONE_HISTORY)


def test_the_page_is_as_it_would_be_written_now() -> None:
    assert (DOCS / "gallery.md").read_text("utf-8") == gallery.page()


def test_pictures_are_there_and_small() -> None:
    shown = {one.file for one in gallery.GALLERY}
    there = {path.name for path in gallery.IMAGES.glob("*.png")}
    assert shown <= there
    assert sum(path.stat().st_size for path in gallery.IMAGES.iterdir()) < MOST
    for name in shown:
        content = (gallery.IMAGES / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert not re.search(rb"/(?:home|tmp|work|Users)/", content), name


def test_commands_name_what_there_is() -> None:
    text = gallery.page()
    assert not re.search(r"(?<![\w.])/(?:home|tmp|work|Users)/", text)
    for command in re.findall(r"^deter (\w+)", text, re.M):
        assert command in ("compare", "sweep", "plot", "trace")
    for name in re.findall(r"deter sweep (\w+)$", text, re.M):
        assert (DOCS.parent / "experiments" / name / "experiment.yaml").exists(), name


def test_the_example_of_the_gallery_is_an_experiment() -> None:
    from deter.spec.experiments import load_experiment

    loaded = load_experiment(str(DOCS / "gallery_unknowns.yaml"))
    assert loaded.experiment.design.kind == "saltelli"
    assert loaded.experiment.plots == ["sobol"]
