"""What a results folder holds beside its rows: the summary as data, the pictures."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from deter.experiments.store import CONDITION
from deter.presentation.words import labels, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from deter.analysis.findings import Findings
    from deter.analysis.measures import Table
    from deter.analysis.twins import Twins

REMARK = f"Bars are 95 % intervals. {CONDITION}"
LONGEST_TITLE = 60


def extras(findings: Findings) -> dict[str, bytes]:
    """Return the files of a results folder beside rows and manifest, by name."""
    files = {"summary.json": _json(summary(findings))}
    if findings.reference is None or not findings.n:
        return files
    from deter.presentation.plots import png

    return files | {
        "comparison.png": png(comparison_figure(findings)),
        "peace.png": png(peace_figure(findings)),
    }


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def summary(findings: Findings) -> dict[str, Any]:
    """Return all that was estimated as plain data, each number with unit, meaning and method."""
    document = findings.as_dict() | {
        "condition": CONDITION,
        "frameworks": _plain(findings.estimates),
        "why_not_stopped": _plain(findings.failings),
    }
    if findings.reference is None:
        return document
    grouped = findings.groups
    return document | {
        "reference": findings.reference,
        "differences": _plain(findings.differences),
        "twins": {name: _twins(twins) for name, twins in findings.twins.items()},
        "groups": {
            "what": grouped.what,
            "n": grouped.n,
            "not_told_apart": [list(names) for names in grouped.sets],
            "letters": grouped.letters,
        },
    }


def _plain(table: Table) -> dict[str, dict[str, Any]]:
    return {
        framework: {name: asdict(e) for name, e in measures.items()}
        for framework, measures in table.items()
    }


def _twins(twins: Twins) -> dict[str, Any]:
    classes = {
        word: {**asdict(c.share), "least": c.least, "most": c.most}
        for word, c in twins.classes.items()
    }
    gain = asdict(twins.attack_free_years)
    return {"n": twins.n, "attack_free_years": gain, "classes": classes}


def comparison_figure(findings: Findings) -> Figure:
    """Return the picture of a comparison."""
    from deter.presentation.plots import Comparison, comparison

    note = (
        f"n = {findings.n:,} histories of {findings.horizon:g} years under each framework, seed "
        f"{findings.seed}, the same luck under all. Frameworks that share a letter cannot be told "
        "apart by full attack, all pairs tested at once; other panels go by their own interval. "
        f"{REMARK}"
    )
    return comparison(
        Comparison(
            title=short(findings.title, LONGEST_TITLE),
            note=note,
            labels=labels(findings),
            estimates=findings.estimates,
            differences=findings.differences,
            letters=findings.groups.letters,
            reference=findings.against,
        )
    )


def peace_figure(findings: Findings) -> Figure:
    """Return the picture of how peace lasts."""
    from deter.presentation.plots import Peace, peace

    note = (
        "Share of histories without a limited or full attack, with its 95 % band; dashed: "
        f"{findings.titles[findings.against]}. n = {findings.n:,} each. {CONDITION}"
    )
    return peace(
        Peace(
            title=f"{short(findings.title, LONGEST_TITLE)}: how peace lasts",
            note=note,
            labels=labels(findings),
            curves=findings.attacks,
            reference=findings.against,
            horizon=findings.horizon,
        )
    )
