"""What a sweep says when it ends: a table of cases where they are few, or else counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from deter.analysis.estimates import wilson_limits
from deter.experiments.study import Study

if TYPE_CHECKING:
    from rich.console import RenderableType

FEW = 40
"""Lines of a table that are still read: cases times frameworks."""

SHOWN = ("p_full_attack", "p_war", "ground_lost")
HEADS = {"p_full_attack": "P(full attack)", "p_war": "P(war)", "ground_lost": "ground lost"}


def is_small(study: Study) -> bool:
    """Tell whether every case of a study can be shown."""
    return len(study) * len(study.frameworks) <= FEW


def summary_rows(study: Study) -> list[dict[str, Any]]:
    """Return case, framework, what varies, replications and a few measures, a row for each."""
    frames = {name: study.per_case(name) for name in SHOWN}
    first = frames[SHOWN[0]]
    rows: list[dict[str, Any]] = []
    for at in range(len(first)):
        case = int(first["case"][at])
        row: dict[str, Any] = {"case": case, "framework": str(first["framework"][at])}
        row["sets"] = {n: study.cases[n][case] for n in study.cases if n != "point"}
        row["n"] = int(first["n"][at])
        for name, frame in frames.items():
            row[name] = _estimate(frame["mean"][at], frame["variance"][at], row["n"])
        rows.append(row)
    return rows


def _estimate(mean: float, variance: float, n: int) -> dict[str, float | None]:
    """Return a mean of a quantity between 0 and 1 with its 95 % interval."""
    if n == 0 or math.isnan(mean):
        return {"estimate": None, "low": None, "high": None}
    spread = mean * (1 - mean)
    dispersion = 1.0
    if spread > 0 and not math.isnan(variance):
        dispersion = min(max(variance * (n - 1) / n / spread, 1e-9), 1.0)
    low, high = wilson_limits(float(mean), n / dispersion)
    return {"estimate": float(mean), "low": low, "high": high}


def sweep_table(study: Study) -> RenderableType:
    """Return a table of every case under every framework."""
    from rich import box
    from rich.table import Table

    varied = [name for name in study.cases.columns if name != "point"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=study.title, title_justify="left")
    for head in ("case", *varied, "framework", "n", *HEADS.values()):
        words = head in (*varied, "framework")
        table.add_column(head, justify="left" if words else "right", no_wrap=True)
    for row in summary_rows(study):
        cells = [str(row["case"])]
        cells += [_word(row["sets"][name]) for name in varied]
        cells += [row["framework"], f"{row['n']:,}"]
        cells += [_interval(row[name]) for name in SHOWN]
        table.add_row(*cells)
    return table


def _word(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "as base"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _interval(found: dict[str, float | None]) -> str:
    if found["estimate"] is None:
        return "-"
    return f"{found['estimate']:.2f} [{found['low']:.2f}, {found['high']:.2f}]"


def counts(study: Study) -> str:
    """Return what there is, in words."""
    rows = {name: done["rows"] for name, done in study.manifest["finished"].items()}
    total = sum(rows.values())
    return (
        f"{len(study):,} cases under {len(rows)} frameworks: {total:,} histories "
        f"({study.manifest['state']})"
    )


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
