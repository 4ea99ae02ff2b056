"""Tables of a comparison, each estimate with its interval, and the sentences beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from deter.analysis.estimates import Estimate
from deter.analysis.measures import NAMES, label
from deter.presentation.report.blocks import Block, Folded, Part, Prose, Table
from deter.presentation.report.naming import (
    EVENTS,
    UNITS,
    called,
    cell,
    horizon_words,
    percent_cell,
)
from deter.presentation.report.wording import (
    Standing,
    duty,
    other_event,
    peace_words,
    twin_words,
)
from deter.presentation.words import NOTHING, labels, outward
from deter.vocabulary import CODES

if TYPE_CHECKING:
    from deter.analysis.findings import Findings

MAIN = "p_full_attack"
FURTHER = ("p_war", "p_limited_attack")
YEARS = (1.0, 2.0, 5.0, 10.0, 20.0)
SHOWN = (
    "p_limited_attack",
    "incidents_per_10y",
    "ground_lost",
    "honoured_share",
    "median_response_days",
)
"""Measures that are told beside the main one."""


def standing(findings: Findings, measure: str = MAIN) -> Standing:
    """Return how the frameworks of a comparison stand by a probability."""
    there = findings.against
    return Standing(
        event=EVENTS[measure],
        within=horizon_words(findings.horizon),
        called=called(findings.titles),
        estimates={n: findings.estimates[n][measure] for n in findings.frameworks},
        differences={n: findings.differences[n][measure] for n in findings.others},
        letters=findings.groups.letters if measure == MAIN else {},
        reference=there,
    )


def lowest_pair(findings: Findings) -> tuple[str, str] | None:
    """Return the two frameworks, beside the reference, with the lowest estimates."""
    known = [n for n in findings.others if findings.estimates[n][MAIN].estimate is not None]
    if len(known) < 2:
        return None
    first, second, *_ = sorted(known, key=lambda n: findings.estimates[n][MAIN].estimate or 0.0)
    return first, second


Column = tuple[str, Callable[[str], str]]


def _table(
    findings: Findings, caption: str, columns: Sequence[Column], names: Sequence[str]
) -> Table:
    heads = ("framework", *(head for head, _ in columns))
    rows = tuple((findings.titles[n], *(made(n) for _, made in columns)) for n in names)
    return Table(caption, heads, rows)


def attacks(findings: Findings, most: int | None = None) -> Table:
    """Return attacks and wars by framework; of more than ``most`` those with the lowest."""
    order = list(labels(findings))
    names = order if most is None or len(order) <= most else [order[0], *order[1 - most :]]
    left = len(order) - len(names)
    more = f"; {left} more in the tables below" if left else ""
    caption = (
        f"Attacks {horizon_words(findings.horizon)}, % of histories with 95 % intervals; "
        f"frameworks that share a letter are not told apart by full attack{more}"
    )
    return _table(findings, caption, _deterrence(findings), names)


def _deterrence(findings: Findings) -> list[Column]:
    def gap(name: str) -> str:
        if name == findings.reference:
            return NOTHING
        return percent_cell(findings.differences[name][MAIN], signed=True)

    base = called(findings.titles)[findings.against]
    return [
        ("full attack, %", lambda n: percent_cell(findings.estimates[n][MAIN])),
        (f"against {base}, points", gap),
        ("war, %", lambda n: percent_cell(findings.estimates[n]["p_war"])),
        ("letters", lambda n: findings.groups.letters.get(n, "")),
    ]


def numbers(findings: Findings) -> Iterator[Block]:
    """Yield every table of a run or a comparison, with its sentences."""
    names = list(labels(findings))
    if findings.reference is not None:
        yield attacks(findings)
        yield from _apart(findings)
        yield Prose((other_event(standing(findings, FURTHER[1])),))
    yield _measures(findings, "What happens", SHOWN, names)
    yield Prose(tuple(_duties(findings)))
    yield _peace(findings)
    medians = {n: findings.estimates[n]["median_years_to_first_attack"] for n in names}
    yield Prose((peace_words(called(findings.titles), medians, findings.horizon),))
    yield from _failings(findings)
    if findings.reference is not None:
        yield from _twins(findings)
    rest = tuple(m for m in NAMES if m not in (*SHOWN, MAIN))
    yield Folded(
        "Every other measure",
        tuple(_measures(findings, "Measures", some, names) for some in _by_four(rest)),
    )


def _by_four(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    yield from (tuple(names[k : k + 4]) for k in range(0, len(names), 4))


def _measures(
    findings: Findings, caption: str, measures: Sequence[str], names: Sequence[str]
) -> Table:
    known = findings.estimates

    def column(measure: str) -> Column:
        unit = next((known[n][measure].unit for n in names), "1")
        shown = "%" if unit == "1" else UNITS.get(unit, unit)
        return f"{label(measure)}, {shown}", lambda n: cell(known[n][measure])

    columns = [column(measure) for measure in measures]
    return _table(findings, f"{caption}, with 95 % intervals", columns, names)


def _apart(findings: Findings) -> Iterator[Block]:
    grouped, names = findings.groups, called(findings.titles)
    if not grouped.sets:
        yield Prose(("Every framework is told apart from every other by full attack.",))
        return
    sets = "; ".join(", ".join(names[n] for n in held) for held in grouped.sets)
    said = [f"Not told apart among themselves: {sets}. Test: {grouped.what}."]
    if grouped.identical:
        alike = "; ".join(", ".join(names[n] for n in held) for held in grouped.identical)
        said.append(f"Full attack in the very same histories: {alike}.")
    yield Prose(tuple(said), quiet=True)


def _duties(findings: Findings) -> Iterator[str]:
    """Yield how far the two frameworks with the lowest estimates were honoured."""
    names = called(findings.titles)
    for name in lowest_pair(findings) or findings.others or findings.frameworks:
        known = findings.estimates[name]
        yield from duty(names[name], known["honoured_share"], known["median_response_days"])


def _peace(findings: Findings) -> Table:
    years = [y for y in YEARS if y < findings.horizon] + [findings.horizon]

    def column(year: float) -> Column:
        def made(name: str) -> str:
            return percent_cell(findings.attacks[name].by(year))

        return f"by {year:g} y, %", made

    caption = "A first limited or full attack has come, % of histories with 95 % bands"
    return _table(findings, caption, [column(y) for y in years], list(labels(findings)))


def _failings(findings: Findings) -> Iterator[Block]:
    table = failing_table(findings)
    if table is not None:
        yield table
        meanings = CODES["WHY_NOT_STOPPED"]
        rows = tuple((_words(code), meanings[code]) for code in meanings)
        yield Folded(
            "What the causes mean", (Table("Causes", ("cause", "meaning"), rows, words=True),)
        )


def _words(code: str) -> str:
    return code.replace("_", " ")


def failing_table(findings: Findings) -> Table | None:
    """Return what became of the guarantee in attacks, with intervals; None where none was owed."""
    held = {
        name: shares
        for name, shares in findings.failings.items()
        if shares and name != findings.reference
    }
    codes = list(dict.fromkeys(code for shares in held.values() for code in shares))
    if not codes:
        return None

    def column(code: str) -> Column:
        def made(name: str) -> str:
            found: Estimate | None = held[name].get(code)
            return NOTHING if found is None else percent_cell(found)

        return f"{_words(code)}, %", made

    caption = "What became of the guarantee in attacks, % of attacks with 95 % intervals"
    names = [n for n in labels(findings) if n in held]
    return _table(findings, caption, [column(code) for code in codes], names)


def _twins(findings: Findings) -> Iterator[Block]:
    names = called(findings.titles)
    pair = lowest_pair(findings) or findings.others[:1]
    said = [twin_words(names[n], names[findings.against], findings.twins[n]) for n in pair[:1]]

    def column(word: str) -> Column:
        def made(name: str) -> str:
            one = findings.twins[name].classes[word]
            least, most = outward(one.least, one.most)
            return f"{percent_cell(one.share)} [{least} to {most}]"

        return word, made

    columns = [column(word) for word in ("deterred", "provoked", "delayed", "hastened")]
    years = (
        "attack-free years gained",
        lambda n: cell(findings.twins[n].attack_free_years, signed=True),
    )
    caption = (
        "Pairs of histories under shared luck, % of pairs with 95 % intervals; in square brackets "
        "the bounds whatever the pairing"
    )
    order = [n for n in labels(findings) if n != findings.reference]
    table = _table(findings, caption, [*columns, years], order)
    yield Part("History by history", (Prose(tuple(said)), table))


__all__ = ["attacks", "failing_table", "lowest_pair", "numbers", "standing"]
