"""How long peace lasts: tables for the terminal, and data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from deter.experiments.store import CONDITION
from deter.presentation.grids import grid, remark
from deter.presentation.words import amount, interval

if TYPE_CHECKING:
    from deter.analysis.incidence import LogRank, PeaceTable


def peace_view(table: PeaceTable, seed: int) -> RenderableType:
    """Return how long peace lasts as tables and words."""
    years = sorted(table.frameworks[0].come) if table.frameworks else []
    words = table.first.replace("_", " ")
    come = grid(
        f"A first {words} has come, % of histories (Aalen-Johansen, early ends competing)",
        "framework",
        *(f"by {y:g} y" for y in years),
        "median, y",
    )
    stands = grid(
        f"No {words} yet, % (Kaplan-Meier, early ends censored, log-minus-log bands)",
        "framework",
        *(f"at {y:g} y" for y in years),
        "events",
        "early ends",
    )
    for p in table.frameworks:
        shares = [interval(p.come[y], percent=True) for y in years]
        come.add_row(Text(p.framework), *shares, amount(p.median))
        left = [interval(p.stands[y], percent=True) for y in years]
        stands.add_row(Text(p.framework), *left, str(p.events), str(p.early))
    tests = grid(
        "Log-rank tests, histories taken as pairs under shared luck (as independent)",
        "frameworks",
        "survival, p",
        "incidence, p",
        "",
    )
    for one, other in zip(table.survival_tests, table.incidence_tests, strict=True):
        tests.add_row(
            f"{one.one} – {one.other}",
            _p(one),
            _p(other),
            "told apart" if other.told else "not told apart",
        )
    note = Text(
        "The last column goes by incidence, all pairs of frameworks at once (Holm, 5 %). Tests of "
        "independent histories ignore the shared luck and are too cautious where pairs agree.",
        style="dim",
    )
    return Group(come, stands, tests, note, *remark(table.n, seed, ()))


def _p(test: LogRank) -> str:
    return f"{_small(test.p_paired)} ({_small(test.p_independent)})"


def _small(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def peace_dict(table: PeaceTable) -> dict[str, Any]:
    """Return a peace table as plain data, curves left out; what is missing is None."""
    return {
        "first": table.first,
        "horizon": table.horizon,
        "n": table.n,
        "frameworks": {
            p.framework: {
                "events": p.events,
                "early": p.early,
                "censored": p.censored,
                "median": asdict(p.median),
                "incidence": {f"{y:g}": asdict(e) for y, e in p.come.items()},
                "survival": {f"{y:g}": asdict(e) for y, e in p.stands.items()},
            }
            for p in table.frameworks
        },
        "differences": {
            name: {f"{y:g}": asdict(e) for y, e in gaps.items()}
            for name, gaps in table.gaps.items()
        },
        "log_rank": {
            "survival": [asdict(test) for test in table.survival_tests],
            "incidence": [asdict(test) for test in table.incidence_tests],
        },
        "condition": CONDITION,
    }
