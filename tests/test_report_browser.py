"""The report in a browser: nothing is asked of anybody, and hands, eyes and ears can all use it.

Playwright drives the system's own Chromium; where either is missing the tests are skipped, and say
what is missing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reports import compared
from typer.testing import CliRunner

from deter.cli import app
from deter.reporting import browser

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
PROGRAM = browser()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine")

PHONE = {"width": 375, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of a comparison, and beside it the same as a PDF."""
    folder = compared(tmp_path_factory.mktemp("seen") / "compare", 200)
    done = CliRunner().invoke(app, ["report", str(folder), "--pdf"])
    assert done.exit_code == 0, done.output
    return folder.parent / "compare.html"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(chromium: Any, place: Path) -> Iterator[Any]:
    """The report on a light desktop; what it logs and asks for stands in ``page.said``."""
    context = chromium.new_context(viewport=DESKTOP, color_scheme="light")
    made = context.new_page()
    said: list[str] = []
    made.on("console", lambda message: said.append(message.text))
    made.on("pageerror", lambda error: said.append(str(error)))
    made.on("request", lambda request: said.append(request.url))
    made.goto(place.as_uri())
    made.said = [one for one in said if one != place.as_uri()]
    yield made
    context.close()


def background(page: Any) -> str:
    found: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return found


def test_it_logs_nothing_and_asks_for_nothing(page: Any):
    page.get_by_role("switch").click()
    page.mouse.wheel(0, 20_000)
    assert page.said == []


def test_a_request_would_be_seen_and_is_forbidden(page: Any):
    """What the test above listens for is heard, and the page's policy stops it."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.evaluate(
        "() => new Promise((done) => { const one = new Image(); one.onerror = done; "
        "one.src = 'http://127.0.0.1:9/none.png'; document.body.append(one); })"
    )
    assert any("Content Security Policy" in words for words in heard)


def test_headings_landmarks_and_figures_are_heard(page: Any):
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("heading", level=2).count() >= 9
    for landmark in ("banner", "main", "navigation", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark
    figures, drawings = page.locator("figure").count(), page.get_by_role("img")
    assert figures >= 2
    assert drawings.count() == figures
    for k in range(figures):
        snapshot = drawings.nth(k).evaluate(
            "one => [document.getElementById(one.getAttribute('aria-labelledby').split(' ')[1])"
            ".textContent, one.getBoundingClientRect().height]"
        )
        assert len(snapshot[0]) > 40
        assert snapshot[1] > 100


def test_tables_are_tables(page: Any):
    first = page.get_by_role("table").first
    assert first.get_by_role("columnheader").count() >= 4
    assert first.get_by_role("rowheader").count() == 4
    assert "full attack" in first.locator("caption").inner_text()


def test_the_theme_is_switched_and_its_state_is_said(page: Any):
    switch = page.get_by_role("switch", name="Dark theme")
    assert switch.get_attribute("aria-checked") == "false"
    light = background(page)
    switch.focus()
    page.keyboard.press("Space")
    assert switch.get_attribute("aria-checked") == "true"
    assert background(page) != light
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-checked") == "false"
    assert background(page) == light


def test_who_likes_it_dark_gets_it_dark(chromium: Any, place: Path):
    context = chromium.new_context(color_scheme="dark")
    made = context.new_page()
    made.goto(place.as_uri())
    assert made.get_by_role("switch").get_attribute("aria-checked") == "true"
    assert sum(map(int, background(made)[4:-1].split(","))) < 200
    context.close()


def test_the_keyboard_comes_first_to_the_skip_link_and_then_to_the_answer(page: Any):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    assert page.locator(".skip").bounding_box()["y"] >= 0
    page.wait_for_timeout(50)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_on_a_phone_only_tables_and_figures_scroll_sideways(page: Any):
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.body.scrollWidth") <= PHONE["width"]
    over = page.evaluate(
        "() => [...document.querySelectorAll('p, li, h1, h2, h3, dd, summary, caption span')]"
        ".filter((one) => !one.closest('details:not([open])'))"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth + 1)"
        ".map((one) => one.textContent)"
    )
    assert over == []


def test_words_have_contrast_in_both_themes(page: Any):
    """At least 4.5 to 1 (WCAG 2.2, AA) for ink, quiet words and links on the page."""
    for _ in range(2):
        for where in (".answer p", ".quiet", ".contents a", "figcaption"):
            assert page.locator(where).first.evaluate(CONTRAST) >= 4.5, where
        page.get_by_role("switch").click()


CONTRAST = """one => {
  const light = (rgb) => rgb.match(/[0-9.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const ink = light(getComputedStyle(one).color);
  const paper = light(getComputedStyle(document.body).backgroundColor);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}"""


def test_the_summary_prints_on_one_page(page: Any):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 990})  # A4 less its margins, at 96 a inch
    height = page.locator(".summary").evaluate("one => one.getBoundingClientRect().bottom")
    assert height <= 990


def test_a_pdf_is_printed(place: Path):
    made = place.with_suffix(".pdf").read_bytes()
    assert made.startswith(b"%PDF-")
    assert len(made) > 20_000


def test_the_browser_is_found_by_its_usual_names():
    assert PROGRAM is not None
    assert shutil.which(PROGRAM) or Path(PROGRAM).is_file()
