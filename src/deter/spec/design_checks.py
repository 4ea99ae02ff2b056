"""What of an experiment can be checked without its scenario: design, names, what is asked."""

from __future__ import annotations

from deter.spec.experiment import POWERS_OF_TWO, SAMPLED, Experiment, Until
from deter.spec.findings import Findings
from deter.spec.hints import unknown
from deter.spec.tree import Path

MEASURES = (
    "p_limited_attack",
    "p_full_attack",
    "p_war",
    "p_force_within_1y",
    "p_major_escalation",
    "p_lost",
    "ground_lost",
)
"""Measures between 0 and 1 until which a sweep may go on."""

RESERVED = ("case", "patch", "point", "framework", "replication", "status", "error")
"""Columns that no factor may be called."""


def check_design(experiment: Experiment, findings: Findings) -> None:
    """Note what is wrong with an experiment in itself."""
    _design(experiment, findings)
    _varied(experiment, findings)
    _replications(experiment, findings)
    _names(experiment, findings)


def _design(e: Experiment, findings: Findings) -> None:
    d = e.design
    sampled = d.kind in SAMPLED
    if sampled and d.n is None:
        findings.wrong(("design", "n"), f"is missing; {d.kind} needs a number of points")
    if not sampled and d.n is not None:
        findings.wrong(("design", "n"), f"{d.kind} takes no n: its cases follow from what varies")
    if d.kind in POWERS_OF_TWO and d.n is not None and d.n & (d.n - 1):
        low = 1 << (d.n.bit_length() - 1)
        findings.wrong(
            ("design", "n"),
            f"found {d.n}; {d.kind} is balanced only for a power of two: write {low} or {2 * low}",
        )
    if d.levels is not None and d.kind != "morris":
        findings.wrong(("design", "levels"), f"{d.kind} takes no levels; morris does")
    if d.levels is not None and d.levels % 2:
        findings.wrong(("design", "levels"), f"found {d.levels}; write an even number")
    if d.second_order and d.kind != "saltelli":
        findings.wrong(("design", "second_order"), "is of saltelli only")
    for index, q in enumerate(d.quantiles):
        if not 0 < q < 1:
            message = f"found {q:g}; a quantile is above 0 and below 1"
            findings.wrong(("design", "quantiles", index), message)


def _varied(e: Experiment, findings: Findings) -> None:
    kind = e.design.kind
    sampled = kind in SAMPLED
    at: Path = ("design", "kind")
    if kind == "grid" and not e.levers:
        findings.wrong(at, "a grid needs `levers`: what is varied, with its values")
    if kind == "list" and not e.patches:
        findings.wrong(at, "a list needs `patches`: named sets of values")
    if kind == "list" and e.levers:
        findings.wrong(at, "a list takes no levers; write patches, or take the design grid")
    if kind == "one_at_a_time" and not (e.levers or e.uncertainties):
        findings.wrong(at, "one_at_a_time needs `levers` or `uncertainties`")
    if kind == "one_at_a_time" and e.patches:
        findings.wrong(at, "one_at_a_time takes no patches; take the design list, or grid")
    if sampled and not e.uncertainties and not (e.levers and e.design.levers == "sampled"):
        hint = "; to draw levers, write `levers: sampled` in the design" if e.levers else ""
        findings.wrong(at, f"{kind} needs `uncertainties` to draw from{hint}")
    for name, one in e.uncertainties.items():
        if one.joint is not None and kind in ("grid", "list"):
            message = (
                f"a {kind} has no points, and a joint sample has one row for each; take a "
                "sampled design, as sobol"
            )
            findings.wrong(("uncertainties", name, "joint"), message)
    if kind == "morris":
        if e.levers and e.design.levers == "sampled":
            findings.wrong(
                ("design", "levers"),
                "morris moves numbers by even steps, and levels of a lever have none; write "
                "numbers as `uncertainties`, or take saltelli",
            )
        for name, one in e.uncertainties.items():
            if one.joint is not None:
                findings.wrong(
                    ("uncertainties", name, "joint"),
                    "morris moves one number up or down, and the rows of a joint sample have "
                    "no order; take saltelli, or leave it out",
                )


def _replications(e: Experiment, findings: Findings) -> None:
    wanted = e.replications
    if not isinstance(wanted, Until):
        return
    if wanted.measure not in MEASURES:
        findings.wrong(("replications", "measure"), unknown(wanted.measure, MEASURES))
    if wanted.max < wanted.min:
        findings.wrong(("replications", "max"), f"found {wanted.max}, fewer than min, {wanted.min}")


def _names(e: Experiment, findings: Findings) -> None:
    for kind, names in (("levers", e.levers), ("uncertainties", e.uncertainties)):
        for name in names:
            if name in RESERVED:
                message = f"{name!r} is a column of the results; choose another name"
                findings.wrong((kind, name), message, at_key=True)
    for name in e.uncertainties:
        if name in e.levers:
            message = f"{name!r} is a lever too; choose another name"
            findings.wrong(("uncertainties", name), message, at_key=True)
