"""What figures say of where they come from: n, luck, condition, assumptions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from deter.experiments.store import CONDITION

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.presentation.opened import Opened

BARS = "Lines through dots are 95 % intervals."


def joined(*parts: str) -> str:
    """Return sentences one after the other; those that are empty leave no gap."""
    return " ".join(part.strip() for part in parts if part.strip())


def luck(findings: Findings) -> str:
    """Return how many histories a comparison rests on, and that they met the same luck."""
    each = " under each framework, the same luck under all" if len(findings.frameworks) > 1 else ""
    return (
        f"n = {findings.n:,} histories of {findings.horizon:g} years{each}; seed {findings.seed}."
    )


def assumptions(opened: Opened) -> str:
    """Return how many of the scenario's numbers are assumptions; nothing where it is not known."""
    kept = opened.base.get("ledger")
    if not kept:
        return ""
    grades = Counter(str(entry["evidence"]) for entry in kept["scenario"])
    total = sum(grades.values())
    return f"{grades['assumption']:,} of the scenario's {total:,} numbers are assumptions."


def condition(opened: Opened) -> str:
    """Return what every figure is conditional on."""
    return f"{CONDITION} {assumptions(opened)}".strip()


def needs_table(opened: Opened) -> str:
    """Say why results are no table of histories of one case; empty where they are."""
    if opened.table is None:
        return (
            "it is drawn of a run, a comparison or a sweep of one case, and this is a sweep of "
            "several, or of more histories than fit into memory"
        )
    return "" if opened.table.n else "no replication was finished"


def needs_comparison(opened: Opened) -> str:
    """Say why results do not compare frameworks with a reference; empty where they do."""
    why = needs_table(opened)
    if why or opened.table is None:
        return why
    if opened.table.reference is None or len(opened.table.frameworks) < 2:
        return "it is drawn of frameworks against a reference, and these have none"
    return ""


__all__ = ["BARS", "assumptions", "condition", "joined", "luck", "needs_comparison", "needs_table"]
