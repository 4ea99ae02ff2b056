"""The report of a run or a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deter.analysis.measures import NAMES
from deter.presentation.report.beside import Published, beside
from deter.presentation.report.blocks import Block, Page, Picture, Section
from deter.presentation.report.changing import change_blocks, resting_blocks
from deter.presentation.report.closing import limit_blocks, repeat_blocks
from deter.presentation.report.comparing import (
    FURTHER,
    MAIN,
    attacks,
    lowest_pair,
    numbers,
    standing,
)
from deter.presentation.report.grounds import assumed, ledger_blocks
from deter.presentation.report.naming import EVENTS, called, horizon_words
from deter.presentation.report.phrases import in_histories
from deter.presentation.report.pictured import picture_blocks
from deter.presentation.report.texts import framework_blocks
from deter.presentation.report.wording import answer, duty, other_event, precision
from deter.presentation.words import capital, labels
from deter.version import VERSION

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.presentation.opened import Answer, Opened

MOST_ROWS = 14
"""Frameworks that the table of the summary shows at most."""


def compared_page(
    opened: Opened,
    pictures: Sequence[Picture],
    rates: Sequence[Published],
    deeper: Sequence[Answer],
) -> Page:
    """Return the report of a run or a comparison.

    Parameters
    ----------
    opened : Opened
        The results.
    pictures : sequence of Picture
        Its figures.
    rates : sequence of Published
        Published base rates.
    deeper : sequence of Answer
        What running histories again has answered; none where that was not asked for.
    """
    findings = opened.findings
    assert findings is not None
    alone = findings.reference is None
    key = [] if alone else [attacks(findings, MOST_ROWS)]
    return Page(
        title=opened.title,
        question=_question(opened, findings),
        context=" ".join(opened.scenario.description.split()),
        answer=tuple(_alone(findings) if alone else _answer(findings)),
        standing=tuple(_firm(opened, findings)),
        key=tuple(key),
        facts=_facts(opened, findings),
        sections=tuple(_sections(opened, findings, pictures, rates, deeper)),
        made=f"Results of {str(opened.manifest['started'])[:10]}, deter {VERSION}.",
    )


def _question(opened: Opened, findings: Findings) -> str:
    scenario = opened.scenario
    whom = scenario.protege.title or "the protégé"
    who = scenario.challenger.title or "the challenger"
    within = horizon_words(findings.horizon)
    if findings.reference is None:
        name = called(findings.titles)[findings.frameworks[0]]
        return f"How likely is an attack by {who} on {whom} {within} under {name}?"
    return (
        f"Under which of {len(findings.frameworks)} frameworks is a full attack by {who} on {whom} "
        f"{within} least likely, and how firmly can that be said?"
    )


def _answer(findings: Findings) -> Iterator[str]:
    yield from answer(standing(findings))
    yield other_event(standing(findings, FURTHER[0]))


def _alone(findings: Findings) -> Iterator[str]:
    name = findings.frameworks[0]
    known = findings.estimates[name]
    within = horizon_words(findings.horizon)
    title = called(findings.titles)[name]
    for measure in (MAIN, *FURTHER):
        came = f"{EVENTS[measure]} came {within} {in_histories(known[measure])}"
        yield f"Under {title}, {came}." if measure == MAIN else f"{capital(came)}."
    yield from duty(title, known["honoured_share"], known["median_response_days"])
    yield from precision({name: known[MAIN]}, findings.n)


def _firm(opened: Opened, findings: Findings) -> Iterator[str]:
    total, guesses = assumed(opened)
    yield (
        f"Of the {total:,} numbers in force {guesses:,} are assumptions. Every figure is "
        "conditional on them; none is a forecast."
    )
    yield (
        f"Each framework was run for {findings.n:,} histories of {findings.horizon:g} years under "
        "the same luck. Intervals are 95 % and cover chance and written-down distributions only."
    )
    if findings.reference is not None:
        yield from precision({n: m[MAIN] for n, m in findings.estimates.items()}, findings.n)
        yield "What would change the answer, and which command tells it, is said below."


def _facts(opened: Opened, findings: Findings) -> tuple[tuple[str, str], ...]:
    return (
        ("Scenario", opened.title),
        ("Frameworks", f"{len(findings.frameworks)}"),
        ("Histories of each", f"{findings.n:,}"),
        (
            "Length of a history",
            f"{findings.horizon:g} years from {opened.scenario.start:%-d %B %Y}",
        ),
        ("Seed", str(findings.seed)),
        ("Made", str(opened.manifest["started"])[:10]),
    )


# ------------------------------------------------------------------------------------ sections


def _sections(
    opened: Opened,
    findings: Findings,
    pictures: Sequence[Picture],
    rates: Sequence[Published],
    deeper: Sequence[Answer],
) -> Iterator[Section]:
    if pictures:
        shown = picture_blocks(opened, pictures)
        yield Section("figures", "What was found, in pictures", shown)
    yield Section("numbers", "What was found, in numbers", tuple(numbers(findings)))
    pair = lowest_pair(findings)
    changes = change_blocks(opened, findings, pair, deeper)
    yield Section("change", "What would change the answer", tuple(changes))
    texts = framework_blocks(opened, pair)
    yield Section("frameworks", "The frameworks side by side", tuple(texts))
    held = ledger_blocks(opened, resting_blocks(opened))
    yield Section("ledger", "What it rests on", tuple(held))
    yield Section("record", "Beside the record", tuple(_record(opened, findings, rates)))
    yield Section("limits", "What it cannot tell", tuple(limit_blocks([*_own_limits(findings)])))
    more = (("engine", f"{findings.engine} ({findings.workers})"),)
    command = str(opened.manifest["command"])
    yield Section(
        "repeat", "How to repeat it", tuple(repeat_blocks(opened.manifest, command, more))
    )


def _own_limits(findings: Findings) -> Iterator[str]:
    if findings.n < findings.asked:
        yield (
            f"The run was stopped early: {findings.n:,} of {findings.asked:,} histories were "
            "finished under every framework, and only these are used."
        )
    if findings.rows.failed:
        yield (
            f"{findings.rows.failed:,} histories failed to run and are left out; the first: "
            f"{findings.rows.first_error}"
        )
    yield from findings.notes


def _record(opened: Opened, findings: Findings, rates: Sequence[Published]) -> list[Block]:
    names = called(findings.titles)
    order = list(labels(findings))
    simulated = {
        measure: [(names[n], findings.estimates[n][measure]) for n in order] for measure in NAMES
    }
    state = opened.scenario.begins.state
    return beside(rates, simulated, state, findings.horizon)


__all__ = ["compared_page"]
