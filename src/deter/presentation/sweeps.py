"""What a sweep says when it ends: a table of cases where they are few, or else counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deter.analysis.estimates import ROUNDING, Estimate, wilson_band
from deter.experiments.stopping import limits
from deter.experiments.study import Study, sums_of
from deter.presentation.words import interval

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

Floats = NDArray[np.float64]

FEW = 40
"""Lines of a table that are still read: cases times frameworks."""

SHOWN = ("p_full_attack", "p_war", "ground_lost")
HEADS = {
    "p_full_attack": "P(full attack), %",
    "p_war": "P(war), %",
    "ground_lost": "ground lost, %",
}


def is_small(study: Study) -> bool:
    """Tell whether every case of a study can be shown."""
    return len(study) * len(study.frameworks) <= FEW


def summary_rows(study: Study) -> list[dict[str, Any]]:
    """Return case, framework, what varies, replications and a few measures, a row for each."""
    frames = {name: study.per_case(name) for name in SHOWN}
    bands = {name: _limits(study, frame) for name, frame in frames.items()}
    first = frames[SHOWN[0]]
    rows: list[dict[str, Any]] = []
    for at in range(len(first)):
        case = int(first["case"][at])
        row: dict[str, Any] = {"case": case, "framework": str(first["framework"][at])}
        row["sets"] = {n: study.cases[n][case] for n in study.cases if n != "point"}
        row["n"] = int(first["n"][at])
        for name, frame in frames.items():
            three = (frame["mean"][at], bands[name][0][at], bands[name][1][at])
            row[name] = {
                key: float(x) if row["n"] else None
                for key, x in zip(("estimate", "low", "high"), three, strict=True)
            }
        rows.append(row)
    return rows


def _limits(study: Study, frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the 95 % limits of means of a quantity between 0 and 1.

    After a stopping rule its own, else Wilson's with the effective number of trials.
    """
    n, total, squares = sums_of(frame)
    if study.rule is not None:
        return limits(n, total, squares)
    size = np.maximum(n, 1)
    share = np.clip(total / size, 0.0, 1.0)
    spread = share * (1 - share)
    dispersion = np.divide(
        squares / size - share**2, spread, out=np.ones(len(n)), where=(spread > 0) & (n > 1)
    )
    dispersion = np.where(dispersion < ROUNDING, 1.0 / size, np.minimum(dispersion, 1.0))
    low, high = wilson_band(share, size / dispersion)
    return low, high


def sweep_table(study: Study) -> RenderableType:
    """Return a table of every case under every framework."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=study.title, title_justify="left")
    table.add_column("case", justify="right", no_wrap=True)
    table.add_column("what is set", overflow="fold")
    if len(study.frameworks) > 1:
        table.add_column("framework", overflow="fold")
    for head in ("n", *HEADS.values()):
        table.add_column(head, justify="right", no_wrap=True)
    for row in summary_rows(study):
        cells = [str(row["case"]), _set(row["sets"])]
        cells += [row["framework"]] if len(study.frameworks) > 1 else []
        table.add_row(*cells, f"{row['n']:,}", *(_interval(row[name], row["n"]) for name in SHOWN))
    return table


def _set(values: dict[str, Any]) -> str:
    """Return what a case sets, in words."""
    said = [f"{name} {_word(value)}" for name, value in values.items() if not _as_base(value)]
    return ", ".join(said) or "as the base"


def _as_base(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _interval(found: dict[str, float | None], n: int) -> str:
    return interval(Estimate(found["estimate"], found["low"], found["high"], n), percent=True)


def counts(study: Study) -> str:
    """Return what there is, in words."""
    rows = {name: done["rows"] for name, done in study.manifest["finished"].items()}
    total = sum(rows.values())
    return (
        f"{len(study):,} {'case' if len(study) == 1 else 'cases'} under {len(rows)} "
        f"{'framework' if len(rows) == 1 else 'frameworks'}: {total:,} histories "
        f"({study.manifest['state']})"
    )


def stopping(study: Study) -> str:
    """Return how a rule chose the replications, in words; empty where their number was given."""
    rule, stops = study.rule, study.stops
    if rule is None:
        return ""
    known = int(stops["known"].sum())
    words = (
        f"{study.until} is known to ±{100 * rule.half_width:g} points in {known:,} of "
        f"{len(stops):,} cases under their frameworks"
    )
    short = int(((stops["n"] >= rule.most) & ~stops["known"]).sum())
    if short:
        words += f"; {short:,} reached {rule.most:,} replications without"
    return f"{words}."


OWN = "Intervals are the stopping rule's own."
AS_GIVEN = (
    "Intervals of other analyses than the summary take the numbers of replications as given "
    "beforehand, and may hold a little less often than they say."
)
"""What is said of the intervals of a sweep whose replications a rule chose."""


def duration(seconds: float) -> str:
    """Return a length of time in words.

    Examples
    --------
    >>> duration(42), duration(130), duration(9000)
    ('42 s', '2 min 10 s', '2 h 30 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def size(amount: float) -> str:
    """Return an amount of memory in words.

    Examples
    --------
    >>> size(999), size(2_500_000)
    ('999 B', '2.5 MB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return ""
