"""The report as a file: its structure, its numbers, what it never asks for, broken folders."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from tests.reports import compared
from tests.test_cli import PACT, PAPER, SMALL
from tests.test_report_wording import bare
from typer.testing import CliRunner, Result

from deter.analysis.crossing import Flip, search
from deter.analysis.estimates import Estimate
from deter.cli import app
from deter.evidence.base_rates import base_rates
from deter.inquiry import Answer
from deter.presentation.report.blocks import Part, Prose
from deter.presentation.report.building import page
from deter.reopening import reopen
from deter.spec.experiments import validate_any
from deter.spec.sources import keys_cited, library_sources

SWEEP = """
title: Which share, which rate
question: Does the pact hold whatever the share and the rate?
base: small.yaml
frameworks: [none, pact]
uncertainties:
  share: {path: options.attack.share, distribution: uniform, low: 0.2, high: 1, label: the share}
  rate: {path: behaviour.opportunity_rate, distribution: uniform, low: 0.5, high: 6}
design: {kind: saltelli, n: 16}
replications: 20
analyses: [summary, contrast, sensitivity]
"""

VOID = {"meta", "link", "br", "hr", "img", "input", "col"}


class Page(HTMLParser):
    """What a test wants to know of a page: tags in order, with attributes and their texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[int] = []
        self.feed(text)
        self.close()
        assert not self.open, [self.found[k][0] for k in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self.open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self.open[-1]][0] == tag, (self.found[self.open[-1]][0], tag)
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for k in self.open:
            self.found[k][2].append(data)

    def all(self, *tags: str) -> Iterator[tuple[dict[str, str], str]]:
        """Yield attributes and text of every element of some tags."""
        for tag, attributes, words in self.found:
            if tag in tags:
                yield attributes, " ".join("".join(words).split())

    def tags(self, *tags: str) -> list[str]:
        """Return the tags, of some, in order."""
        return [tag for tag, _, _ in self.found if tag in tags]


def deter_(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared(tmp_path_factory.mktemp("reported") / "compare")


@pytest.fixture(scope="module")
def written(folder: Path) -> Path:
    place = folder.parent / "report.html"
    done = deter_("report", str(folder), "-o", str(place))
    assert done.exit_code == 0, done.output
    return place


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("swept")
    (place / "small.yaml").write_text(SMALL, encoding="utf-8")
    (place / "frameworks").mkdir()
    (place / "frameworks" / "paper.yaml").write_text(PAPER, encoding="utf-8")
    (place / "frameworks" / "pact.yaml").write_text(PACT, encoding="utf-8")
    (place / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    done = deter_("sweep", str(place / "sweep.yaml"), "-o", str(place / "sweep"))
    assert done.exit_code == 0, done.output
    return place / "sweep"


@pytest.fixture(scope="module")
def swept_page(swept: Path) -> Path:
    done = deter_("report", str(swept))
    assert done.exit_code == 0, done.output
    return swept.parent / "sweep.html"


@pytest.fixture(scope="module", params=["compare", "sweep"])
def text(request: pytest.FixtureRequest, written: Path, swept_page: Path) -> str:
    place = written if request.param == "compare" else swept_page
    return place.read_text("utf-8")


def test_it_asks_nothing_of_anybody(text: str):
    page = Page(text)
    policy = next(a["content"] for a, _ in page.all("meta") if "http-equiv" in a)
    assert policy.startswith("default-src 'none'; ")
    for attributes, _ in page.all(*{tag for tag, _, _ in page.found}):
        for name in ("src", "href", "xlink:href", "action", "data", "poster", "srcset"):
            assert attributes.get(name, "#").startswith(("#", "data:")), attributes
    namespaces = re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    assert not re.findall(r"(?:url\(\s*['\"]?(?!#)|@import|https?://)", namespaces)


def test_the_policy_allows_the_pages_own_script_and_no_other(text: str):
    import base64
    import hashlib

    script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    policy = next(a["content"] for a, _ in Page(text).all("meta") if "http-equiv" in a)
    assert f"; script-src 'sha256-{digest}'; " in policy


def test_headings_are_in_order_and_nothing_is_skipped(text: str):
    levels = [int(tag[1]) for tag in Page(text).tags("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_there_are_landmarks_and_a_way_to_skip_to_the_answer(text: str):
    page = Page(text)
    assert [len(list(page.all(tag))) for tag in ("header", "main", "nav", "footer")] == [1] * 4
    first = next(page.all("a"))
    assert first[0]["href"] == "#main"
    assert any(a.get("id") == "main" for a, _ in page.all("main"))


def test_links_lead_somewhere_and_ids_are_there_once(text: str):
    page = Page(text)
    ids = [a["id"] for _, a, _ in page.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert all(a["href"][1:] in ids for a, _ in page.all("a"))
    for _, attributes, _ in page.found:
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(attributes.get(name, "").split()) <= set(ids)


def test_tables_have_captions_and_heads(text: str):
    page = Page(text)
    tables = len(page.tags("table"))
    assert tables > 5
    assert len([words for _, words in page.all("caption") if words]) == tables
    assert all(a.get("scope") in ("col", "row") for a, _ in page.all("th"))


def test_every_figure_can_be_heard(text: str):
    page = Page(text)
    figures, drawings = page.tags("figure"), list(page.all("svg"))
    assert figures
    assert len(drawings) == len(figures)
    for attributes, _ in drawings:
        assert attributes["role"] == "img"
        named, described = attributes["aria-labelledby"].split()
        words = {a.get("id"): said for a, said in page.all("title", "desc")}
        assert words[named]
        assert len(words[described]) > 40


def test_every_figure_of_a_comparison_has_its_numbers(written: Path):
    text = written.read_text("utf-8")
    for figure in re.findall(r"<figure.*?</figure>", text, re.DOTALL):
        assert "<details>" in figure
        folded = re.sub(r"<svg.*?</svg>", "", figure, flags=re.DOTALL)
        assert re.search(r"\d[\d.]* \(−?\d[\d.]* to \d", folded), folded[:300]


def test_no_sentence_of_the_answer_has_a_probability_without_its_interval(text: str):
    summary = unescape(text).replace("\u00a0", " ").split('id="answer"')[1].split("</div>")[0]
    said = [" ".join(one.split()) for one in re.findall(r"<p.*?>(.*?)</p>", summary)]
    assert len(said) >= 3
    for sentence in said:
        assert not bare(sentence), sentence


def test_what_must_be_there(written: Path):
    said = [words for _, words in Page(written.read_text("utf-8")).all("h2")]
    assert said[0] == "The answer"
    for wanted in (
        "What was found, in pictures",
        "What was found, in numbers",
        "What would change the answer",
        "The frameworks side by side",
        "What it rests on",
        "Beside the record",
        "What it cannot tell",
        "How to repeat it",
    ):
        assert wanted in said


def test_a_sweep_says_its_question_and_how_much_rests_on_assumptions(swept_page: Path):
    text = swept_page.read_text("utf-8").replace("\u00a0", " ")
    assert "Does the pact hold whatever the share and the rate?" in text
    assert "2 uncertain numbers were varied over the ranges above, 2 of them assumptions" in text
    assert re.search(r"of the variance between histories comes from these assump", text)
    assert "by itself, %" in text


def test_a_run_of_one_framework_the_same_twice_and_no_markup_of_a_user(tmp_path: Path):
    place = compared(tmp_path / "run", 60, ("tripwire",))
    base = json.loads((place / "base.json").read_text("utf-8"))
    base["scenario"]["title"] = "<script>alert(1)</script>"
    base["frameworks"]["tripwire"]["title"] = '"><img src=x onerror=alert(1)>'
    (place / "base.json").write_text(json.dumps(base), encoding="utf-8")
    for name in ("one.html", "two.html"):
        done = deter_("report", str(place), "-o", str(tmp_path / name))
        assert done.exit_code == 0, done.output
    text = (tmp_path / "one.html").read_text("utf-8")
    assert text == (tmp_path / "two.html").read_text("utf-8")
    assert "How likely is an attack by Russia on Ukraine within 10 years under" in text
    assert "<script>alert" not in text
    assert "<img" not in text


def test_it_is_small_enough_to_send(text: str):
    assert len(text.encode()) < 3_000_000


def test_the_experiments_it_proposes_are_valid(folder: Path, tmp_path: Path):
    from deter.presentation.report.changing import change_file
    from deter.presentation.report.grounds import draw_file

    opened = reopen(folder)
    for text in (
        change_file(opened, ("stationed_force", "nato_membership"), "ukraine/ceasefire"),
        change_file(opened, None, "ukraine/ceasefire"),
        draw_file(opened, "ukraine/ceasefire"),
    ):
        if text is None:
            continue
        (tmp_path / "change.yaml").write_text(text, encoding="utf-8")
        assert validate_any(str(tmp_path / "change.yaml")) == []


def planted_flip() -> Flip:
    """Two frameworks that swap places where a number is 0.4."""

    def gap(x: float) -> Estimate:
        return Estimate(x - 0.4, x - 0.5, x - 0.3, 200)

    found = search(gap, 0.0, 1.0)
    same = Estimate(0.3, 0.2, 0.4, 200)
    return Flip(
        "ceasefire", "stationed_force", "nato_membership", "behaviour.binding_slope", "1", "both",
        {}, "P(full attack)", "", True, found, dict.fromkeys(found.points, (same, same)), 200, 1,
    )  # fmt: skip


def test_what_running_again_has_answered_stands_where_it_belongs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("deter.presentation.report.building.pictures_of", lambda opened: iter(()))
    opened = reopen(folder)
    asked = Answer("flip", "stationed_force and nato_membership", planted_flip())
    made = page(opened, (), (asked,))
    change = next(one for one in made.sections if one.id == "change")
    said = " ".join(
        words
        for part in change.blocks
        if isinstance(part, Part)
        for block in part.blocks
        if isinstance(block, Prose)
        for words in block.paragraphs
    )
    assert "As behaviour.binding_slope is turned: “Stationed force, capable” has the lower" in said
    assert "0.4 (95 % interval" in said


# --------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (shutil.rmtree, "there is no such folder"),
        (lambda f: (f / "manifest.json").unlink(), "no results folder of deter"),
        (lambda f: (f / "manifest.json").write_text("{"), "cannot be read"),
        (lambda f: (f / "manifest.json").write_text('{"made_by": "deter"}'), "does not say all"),
        (lambda f: (f / "base.json").unlink(), "made by an older deter"),
        (lambda f: (f / "base.json").write_text("[]"), "damaged"),
        (lambda f: (f / "rows.parquet").write_bytes(b"no rows"), "cannot be read"),
        (lambda f: (f / "rows.parquet").unlink(), "rows.parquet"),
    ],
    ids=["gone", "no manifest", "cut", "empty", "no base", "list", "no parquet", "no rows"],
)
def test_a_broken_folder_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, spoil, said
):
    place = tmp_path / "compare"
    shutil.copytree(folder, place)
    spoil(place)
    done = deter_("report", str(place))
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert not (tmp_path / "compare.html").exists()


def test_a_place_that_cannot_be_written_is_refused(folder: Path, tmp_path: Path):
    done = deter_("report", str(folder), "-o", str(tmp_path))
    assert done.exit_code == 2
    assert "is a folder; name a file" in done.output


def test_without_a_browser_pdf_says_how_to_print(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("deter.reporting.browser", lambda: None)
    done = deter_("report", str(folder), "-o", str(tmp_path / "r.html"), "--pdf")
    assert done.exit_code == 2
    assert "Ctrl-P" in done.output
    assert not (tmp_path / "r.html").exists()


def test_a_browser_that_does_not_print_is_told_of(tmp_path: Path):
    from deter.errors import OutputError
    from deter.reporting import printed

    page = tmp_path / "r.html"
    page.write_text("<p>", encoding="utf-8")
    with pytest.raises(OutputError, match="did not print the page"):
        printed(page, tmp_path / "r.pdf", "/bin/false")


# ------------------------------------------------------------------------------------- base rates


def test_base_rates_cite_sources_that_are_in_a_catalogue():
    known = library_sources()
    rates = base_rates()
    assert len(rates) >= 5
    for one in rates:
        keys = keys_cited(one.source)
        assert keys
        assert set(keys) <= set(known)
        e = one.estimate
        assert e.low is not None
        assert e.high is not None
        assert e.low < (e.estimate or 0) < e.high


def test_a_rate_stands_beside_a_scenario_it_fits_and_no_other():
    again = next(one for one in base_rates() if one.measure == "p_war")
    assert again.fits("ceasefire", 10)
    assert not again.fits("peace", 10)
    assert not again.fits("ceasefire", 5)
