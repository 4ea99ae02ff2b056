"""Tables for the terminal: estimates with intervals, what cannot be told apart, remarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.analysis.measures import NAMES, label
from deter.experiments.store import CONDITION
from deter.presentation.grids import grid
from deter.presentation.words import NOTHING, interval, labels, number, outward

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate
    from deter.analysis.findings import Findings
    from deter.analysis.twins import TwinShare

Cell = Callable[[str], str]
Column = tuple[str, Cell]

SHOWN_CAUSES = 4
UNITS = {"1": "%", "per 10 y": "per 10 y", "per history": "per history"}


def run_table(findings: Findings) -> RenderableType:
    """Return every measure of one framework, a line each."""
    name = findings.frameworks[0]
    table = grid(f"{findings.title}, under {findings.titles[name]}")
    table.add_column("measure")
    table.add_column("estimate (95 % interval)", justify="right")
    table.add_column("unit")
    for measure in NAMES:
        estimate = findings.estimates[name][measure]
        if estimate.unit == "1" and not estimate.what:
            continue
        text = interval(estimate, percent=estimate.unit == "1")
        table.add_row(label(measure), text, UNITS.get(estimate.unit, estimate.unit))
    return Group(table, *_failings(findings), *_remarks(findings))


def compare_tables(findings: Findings) -> RenderableType:
    """Return a comparison: what frameworks deter, what happens under them, their twins."""
    first = _framework_table(f"{findings.title}: attacks, % of histories", findings, _deterrence)
    second = _framework_table("What happens under it", findings, _events)
    third = _framework_table(
        "Twins under shared luck, % of pairs [bounds whatever the pairing]",
        findings,
        _twin_columns,
        findings.others,
    )
    ends = (*_grouping(findings), *_failings(findings), *_remarks(findings))
    return Group(first, second, third, *ends)


def _framework_table(
    title: str,
    findings: Findings,
    columns: Callable[[Findings], Sequence[Column]],
    names: Sequence[str] | None = None,
) -> Table:
    table = grid(title)
    table.add_column("framework", overflow="ellipsis", no_wrap=True, max_width=24)
    wanted = columns(findings)
    for heading, _ in wanted:
        table.add_column(heading, justify="right")
    for name in labels(findings):
        if names is None or name in names:
            table.add_row(Text(name), *(cell(name) for _, cell in wanted))
    return table


def _measure(findings: Findings, measure: str, *, percent: bool = False) -> Cell:
    return lambda name: interval(findings.estimates[name][measure], percent=percent)


def _deterrence(findings: Findings) -> list[Column]:
    def gap(name: str) -> str:
        if name == findings.reference:
            return NOTHING
        value = findings.differences[name]["p_full_attack"]
        return interval(value, percent=True, signed=True)

    return [
        ("full attack", _measure(findings, "p_full_attack", percent=True)),
        (f"against {findings.against}", gap),
        ("war", _measure(findings, "p_war", percent=True)),
        ("", lambda name: findings.groups.letters.get(name, "")),
    ]


def _events(findings: Findings) -> list[Column]:
    return [
        ("limited %", _measure(findings, "p_limited_attack", percent=True)),
        ("incidents\nper 10 y", _measure(findings, "incidents_per_10y")),
        ("honoured in\nfull, %", _measure(findings, "honoured_share", percent=True)),
        ("response,\nmedian d", _measure(findings, "median_response_days")),
    ]


def _twin_columns(findings: Findings) -> list[Column]:
    def share(word: str) -> Cell:
        return lambda name: _bounded(findings.twins[name].classes[word])

    return [
        ("deterred", share("deterred")),
        ("provoked", share("provoked")),
        ("delayed", share("delayed")),
        ("hastened", share("hastened")),
        (
            "attack-free\nyears gained",
            lambda name: interval(findings.twins[name].attack_free_years, signed=True),
        ),
    ]


def _bounded(share: TwinShare) -> str:
    low, high = outward(share.least, share.most)
    return f"{number(_percent(share.share), 0)} \\[{low}, {high}]"


def _percent(estimate: Estimate) -> float | None:
    return None if estimate.estimate is None else 100 * estimate.estimate


def _grouping(findings: Findings) -> Iterable[Text]:
    grouped = findings.groups
    if not grouped.sets:
        yield Text("Every framework is told apart from every other by full attack.")
        return
    yield Text(f"Cannot be told apart ({grouped.what}):")
    for names in grouped.sets:
        yield Text(f"  {', '.join(names)}")
    if grouped.identical:
        alike = "; ".join(", ".join(names) for names in grouped.identical)
        yield Text(f"Full attack in the very same histories: {alike}")


def _failings(findings: Findings) -> Iterable[RenderableType]:
    """Yield, for each framework that owes anything, what kept it from stopping attacks."""
    told = {
        name: ", ".join(
            f"{code.replace('_', ' ')} {number(_percent(share), 0)} %"
            for code, share in list(shares.items())[:SHOWN_CAUSES]
        )
        for name, shares in findings.failings.items()
        if shares and name != findings.reference
    }
    if not told:
        return
    table = grid("What became of the guarantee in attacks, % of attacks")
    table.add_column("framework", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("most frequent first")
    for name in labels(findings):
        if name in told:
            table.add_row(Text(name), told[name])
    yield table


def _remarks(findings: Findings) -> Iterable[Text]:
    yield Text(
        f"n = {findings.n:,} histories of {findings.horizon:g} years each, seed {findings.seed}, "
        f"{findings.engine} engine ({findings.workers}); intervals are 95 %. {CONDITION}",
        style="dim",
    )
    failed = findings.rows.failed
    if failed:
        words = "replication" if failed == 1 else "replications"
        yield Text(
            f"{failed:,} {words} failed and are left out; the first: {findings.rows.first_error}",
            style="bold red",
        )
