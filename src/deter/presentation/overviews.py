"""A sweep at a glance, for the terminal: by case and framework, contrasts, where variance is."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from deter.analysis.estimates import Estimate
from deter.analysis.overview import Contrast, Overview, Stopped, Variances
from deter.presentation.grids import grid
from deter.presentation.words import amount, interval, points, value

SHOWN = 40
"""Cases told one by one; of more, only how they spread."""

MARK = " *"
"""Stands behind an estimate that is not known as well as was asked for."""


def overview_view(found: Overview) -> RenderableType:
    """Return a measure by case and framework, and how it spreads over cases."""
    parts: list[RenderableType] = []
    if len(found.labels) <= SHOWN:
        parts += [_by_case(found), Text(_sizes(found))]
    if found.stopped is not None:
        parts.append(Text(" ".join(stopping_words(found.stopped))))
    if found.spreads:
        spread = grid(
            f"{found.measure} over {len(found.labels):,} cases{', %' * (found.unit == '1')}",
            "framework", "mean", "least", "quarter", "half", "three quarters", "most", roomy=True,
        )  # fmt: skip
        for one in found.spreads:
            numbers = (one.mean, one.least, one.lower, one.median, one.upper, one.most)
            spread.add_row(one.framework, *(_number(x, found.unit) for x in numbers))
        note = "A spread over cases: no interval, and chance within cases is part of it."
        parts += [spread, Text(note)]
    return Group(*parts)


def _by_case(found: Overview) -> RenderableType:
    percent = ", %" if found.unit == "1" else ""
    title = f"{found.measure}: {found.meaning}{percent}"
    table = grid(title, "case", *found.frameworks, roomy=True)
    short = set(found.stopped.short) if found.stopped is not None else set()
    for case, (label, row) in enumerate(zip(found.labels, found.estimates, strict=True)):
        cells = [
            _level(e, found.unit) + (MARK if (case, name) in short else "")
            for name, e in zip(found.frameworks, row, strict=True)
        ]
        table.add_row(Text(label), *cells)
    return table


def _sizes(found: Overview) -> str:
    sizes = sorted({e.n for row in found.estimates for e in row})
    told = f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}"
    return f"95 % intervals; {told} replications a case and framework."


def stopping_words(stopped: Stopped) -> list[str]:
    """Return how replications were chosen by a rule, and how the intervals take that into account.

    Examples
    --------
    >>> rule = Stopped("p_war", 0.02, 100, 5000, "its own", ((3, "none"),), 12)
    >>> stopping_words(rule)[0]
    'Replications were added, from 100 to 5,000, until p_war was known to ±2 points.'
    >>> stopping_words(rule)[2]
    '* 1 of 12 reached 5,000 with p_war not known so well.'
    """
    said = [
        f"Replications were added, from {stopped.least:,} to {stopped.most:,}, until "
        f"{stopped.measure} was known to ±{100 * stopped.half_width:g} points."
    ]
    if stopped.kind == "its own":
        said.append(
            "Intervals are the stopping rule's own (Clopper and Pearson's at 96 %), which hold "
            "with 95 % and more after it has stopped."
        )
    elif stopped.kind == "another's":
        said.append(
            f"Intervals are of the stopping rule's kind (Clopper and Pearson's at 96 %); how often "
            f"they hold was worked out for {stopped.measure} and not for this measure."
        )
    else:
        said.append(
            "Intervals take the number of replications as given beforehand, which it was not, and "
            "may hold a little less often than they say."
        )
    if stopped.short:
        few = len(stopped.short)
        said.append(
            f"{MARK.strip()} {few:,} of {stopped.of:,} reached {stopped.most:,} with "
            f"{stopped.measure} not known so well."
        )
    return said


def _level(estimate: Estimate, unit: str) -> str:
    """Return an amount with its interval; shares in per cent."""
    return interval(estimate, percent=True) if unit == "1" else amount(estimate, unit)


def _number(x: float, unit: str) -> str:
    return value(100 * x) if unit == "1" else value(x, unit)


def contrast_view(found: Contrast) -> RenderableType:
    """Return by how much two frameworks differ."""
    if found.unit == "1":
        told = f"{points(found.difference)} points"
    else:
        told = f"{amount(found.difference, '', signed=True)} {found.unit}"
    lines = [f"{found.measure}: {told}, paired difference"]
    if found.ratio is not None:
        lines.append(f"hazard ratio of the first attack: {amount(found.ratio, '')}")
    return Text("\n".join(lines))


def variances_view(found: Variances) -> RenderableType:
    """Return where the variance comes from, framework by framework."""
    table = grid(
        f"{found.measure}: where the variance comes from, %",
        "framework", "between cases", "chance", "of case means: chance", roomy=True,
    )  # fmt: skip
    for name, split in found.splits.items():
        shares = (split.parameters, split.chance, split.noise)
        table.add_row(name, *(interval(share, percent=True) for share in shares))
    one = next(iter(found.splits.values()))
    note = (
        "Shares of the variance of one history's outcome: between cases (parameters and clauses), "
        "and chance within them. Last column: share of the variance of case means that is chance, "
        f"left by {one.replications:.0f} replications a case; {one.cases:,} cases."
    )
    return Group(table, Text(note))
