"""What a results folder holds beside its rows: the summary as data, the pictures."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from deter.experiments.store import CONDITION

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.analysis.measures import Table
    from deter.analysis.twins import Twins
    from deter.presentation.opened import Opened


def summary_files(findings: Findings) -> dict[str, bytes]:
    """Return the summary of a run or a comparison as a file, by its name."""
    return {"summary.json": _json(summary(findings))}


def drawn_files(opened: Opened) -> dict[str, bytes]:
    """Return all pictures that results allow as files, by their names."""
    from deter.presentation.figures import draw, png

    return {f"{drawn.name}.png": png(drawn.figure) for drawn in draw(opened)}


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
