"""From a results folder to a report: opened, laid out, written, and printed where that is asked."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deter.errors import OutputError
from deter.files import beside, cannot_write

if TYPE_CHECKING:
    from deter.experiments.study import Study
    from deter.inquiry import Answer
    from deter.presentation.opened import Answer as Told
    from deter.presentation.opened import Opened
    from deter.results import Results

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
)
"""Programs that print a page to a file, by the names they go by."""

PATIENCE = 120
"""Seconds that a browser has to print a page."""

Watch = Callable[[str], None]


def report(
    kept: Results | Study | str | Path,
    *,
    deep: bool | None = None,
    workers: int = 1,
    watch: Watch | None = None,
) -> str:
    """Return the report of some results as one HTML file.

    Parameters
    ----------
    kept : Results, Study, str or Path
        Of ``run``, ``compare`` or ``sweep``, or a folder of theirs.
    deep : bool, optional
        Whether histories are run again to say what would change the answer. Where not said, only
        what an experiment itself asks for is.
    workers : int
        For that.
    watch : callable, optional
        Called with a few words before what takes time.

    Raises
    ------
    OutputError
        If it is none, or is damaged.
    """
    from deter.evidence.base_rates import base_rates
    from deter.presentation.report.building import html
    from deter.reopening import opened_of

    opened = _asking(opened_of(kept), deep, watch)
    deeper = _deeper(opened, workers, watch) if deep and opened.kind == "compare" else ()
    return html(trusting(opened), base_rates(), deeper)


def trusting(opened: Opened) -> Opened:
    """Return results with what the model reproduces of history, and what rests on assumptions."""
    from deter.evidence.line import evidence_line
    from deter.presentation.report.naming import called
    from deter.presentation.report.trusting import Trust

    manifest, first = opened.manifest, next(iter(opened.frameworks))
    known = evidence_line(
        str(manifest.get("scenario") or manifest["base"]["name"]),
        opened.ledger(first).entries,
        opened.base,
        [opened.place],
        overrides=tuple(manifest.get("overrides") or ()),
    )
    documents = {id(found.document): found.document for found in known.resting.values()}
    trust = Trust(
        tuple(known.lines(called(opened.titles))),
        {framework: found.under for framework, found in known.resting.items()},
        tuple(documents.values()),
        known.command if known.missing else "",
        of_base=opened.study is not None,
    )
    return replace(opened, trust=trust)


RUN_AGAIN = ("flip", "trade", "autopsy")
"""Analyses that run histories again."""


def _asking(opened: Opened, deep: bool | None, watch: Watch | None) -> Opened:
    """Return results whose questions say when they run histories again, or leave that out."""

    def own() -> Sequence[tuple[str, Mapping[str, Any]]]:
        return [pair for pair in opened.own() if deep is not False or pair[0] not in RUN_AGAIN]

    def asking(what: str, options: Mapping[str, Any]) -> Sequence[Told]:
        if watch is not None and what in RUN_AGAIN:
            watch(
                f"Running histories again, as the experiment asks: {what} (--quick leaves it out)"
            )
        return opened.asking(what, options)

    return replace(opened, own=own, asking=asking)


def _deeper(opened: Opened, workers: int, watch: Watch | None) -> Sequence[Answer]:
    """Return where the two lowest frameworks swap places, and which repair helps the lowest."""
    from deter.inquiry import Answer
    from deter.presentation.report.changing import name_of, turned
    from deter.presentation.report.comparing import lowest_pair
    from deter.replays.autopsy import autopsy
    from deter.replays.flip import find_flip

    findings = opened.findings
    pair = None if findings is None else lowest_pair(findings)
    if findings is None or pair is None:
        return ()
    path, settings = str(opened.manifest["path"]), tuple(opened.manifest["overrides"])
    one, other = (name_of(opened, name) for name in pair)
    n = min(max(findings.n, LEAST), MOST)
    shared: dict[str, Any] = {
        "n": n,
        "seed": findings.seed,
        "workers": workers,
        "overrides": settings,
    }
    found = []
    for number, (low, high) in list(turned(opened).items())[:1]:
        _say(watch, f"Running histories again: {number} turned under {pair[0]} and {pair[1]}")
        flip = find_flip(path, one, other, number, low, high, **shared)
        found.append(Answer("flip", f"{pair[0]} and {pair[1]}", flip))
    _say(watch, f"Running histories again: each clause of {pair[0]} mended by itself")
    died = autopsy(path, one, pairs=False, **shared)
    return (*found, Answer("autopsy", pair[0], died))


def _say(watch: Watch | None, words: str) -> None:
    if watch is not None:
        watch(words)


LEAST, MOST = 200, 2000
"""Histories that are run again at each value and with each repair."""


# ------------------------------------------------------------------------------------- writing


def check_place(path: str | Path) -> Path:
    """Return where a report will go, or say why it cannot go there, before any work is done.

    Raises
    ------
    OutputError
        If nothing can be written there.
    """
    place = Path(path)
    if place.is_dir():
        raise OutputError(f"{place}: is a folder; name a file, as report.html")
    if place.suffix.lower() not in (".html", ".htm"):
        raise OutputError(
            f"{place}: a report is a page; name a file that ends in .html, and add --pdf to have "
            "it printed beside it"
        )
    _written("", beside(place), place).unlink(missing_ok=True)
    return place


def write(text: str, place: Path) -> Path:
    """Write a report, whole or not at all; an earlier file of that name is replaced.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    draft = _written(text, beside(place), place)
    try:
        draft.replace(place)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutputError(cannot_write(place, error)) from None
    return place


def usual_place(folder: str | Path) -> Path:
    """Return where the report of a results folder goes where nobody says.

    Examples
    --------
    >>> usual_place("results/ceasefire").as_posix()
    'results/ceasefire.html'
    """
    plain = os.path.normpath(folder)
    unnamed = plain in (".", "..") or plain.endswith(("/..", "\\.."))
    return Path(f"{os.path.realpath(folder) if unnamed else plain}.html")


def _written(text: str, draft: Path, place: Path) -> Path:
    try:
        draft.write_text(text, "utf-8")
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        missing = "" if place.parent.is_dir() else f" (there is no folder {place.parent})"
        raise OutputError(f"{cannot_write(place, error)}{missing}") from None
    return draft


def browser() -> str | None:
    """Return a program that can print a page, None where there is none."""
    found = (shutil.which(name) for name in BROWSERS)
    usual = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    )
    return next((one for one in found if one), None) or next(
        (one for one in usual if Path(one).is_file()), None
    )


def check_printing() -> str:
    """Return the program that prints, or say how to print without one.

    Raises
    ------
    OutputError
        If there is none.
    """
    program = browser()
    if program is None:
        raise OutputError(
            "--pdf: there is no Chromium, Chrome or Edge on this machine to print with; leave "
            "--pdf out, open the HTML file in any browser and print it to a file there (Ctrl-P)"
        )
    return program


def printed(page: Path, place: Path, program: str) -> Path:
    """Print a report to a PDF, whole or not at all.

    Raises
    ------
    OutputError
        If the browser does not print it.
    """
    with tempfile.TemporaryDirectory(prefix="deter-") as folder:
        made = Path(folder) / "report.pdf"
        command = [
            program,
            "--headless",
            "--disable-gpu",
            *(["--no-sandbox"] if _is_root() else []),
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            page.resolve().as_uri(),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=PATIENCE
            )
            words = done.stderr.strip().splitlines()
        except (OSError, subprocess.TimeoutExpired) as error:
            words = [str(error).splitlines()[0]]
        if not made.is_file() or not made.stat().st_size:
            last = words[-1] if words else "it says nothing"
            raise OutputError(
                f"{place}: {program} did not print the page ({last}); open {page} in a browser and "
                "print it to a file there (Ctrl-P)"
            )
        try:
            shutil.copyfile(made, place)
        except OSError as error:
            raise OutputError(cannot_write(place, error)) from None
    return place


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


__all__ = ["browser", "check_place", "check_printing", "printed", "report", "usual_place", "write"]
