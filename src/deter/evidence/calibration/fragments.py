"""The posterior as a part of scenarios: a file that others extend, each number drawn from a column.

Parameters that scale a scenario's own numbers (costs of acts, clocks, lags) need those numbers,
so the part is written for a list of guarantors and a catalogue of options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deter.evidence.calibration.bundle import summed_paths
from deter.evidence.calibration.prior import Prior, bundled_prior
from deter.spec import library
from deter.spec.quantities import parse_text
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table

FILE = "posterior/default.csv"
SOURCE = "[calibration_2026]"
FORCE = 0.3
"""Severity from which an incident is a use of force: the schema's `force_severity`, which a test
compares. A scenario with another one keeps the cost factor of its list."""

BASE_CLOCK, BASE_DAYS = 21.0, 30.0
"""Decision clock, and days to a first brigade, of a guarantor that says nothing: those of the
stylised middle power, which the factors of the posterior multiplied when it was fitted."""

HEAD = """\
# The calibrated parameters, for scenarios to extend: each history takes one row of the
#   posterior ({file}), every number its column of that row.
# Sources: fitted to patterns of history (docs/evidence.md); made by `python docs/generate.py` from
#   {made_from}. Do not edit.
# Estimates: {scaled} are the scenario's times a factor.
# Assumptions: that what holds of rivals since 1946 holds here.
description: Parameters drawn from the posterior, for scenarios to extend.
sources:
  - "[calibration_2026] all numbers below"

"""


def parts() -> dict[Path, str]:
    """Return the parts: where each is kept, and its text as YAML.

    Of Ukraine's the first has all parameters, for the core guarantors; the second has those of the
    guarantors that a scenario may add, and nothing else. The part for the historical cases has all
    but the guarantors', who differ from case to case. The part for rivals is the posterior as it
    was fitted, on the stylised pair.
    """
    root = library.library_root()
    texts = {
        "ukraine": _ukraine(root),
        "ukraine_more": _text(
            {"guarantors": _guarantors(root / "actors" / "guarantors_more.yaml")},
            "the posterior's parameters and the guarantors of ../actors/guarantors_more.yaml",
            "decision clocks and days to a brigade",
        ),
        "historical": _historical(root),
        "rivals": _text(
            _shared(bundled_prior(), whole=True),
            "the posterior's parameters and what each sets in ../stylised/rivals.yaml",
            "costs, decision clocks and days to a brigade",
        ),
    }
    return {root / "posterior" / f"{name}.yaml": text for name, text in texts.items()}


def _ukraine(root: Path) -> str:
    tree = _shared(bundled_prior())
    tree["guarantors"] = _guarantors(root / "actors" / "guarantors_core.yaml")
    tree["options"] = _costs(root / "options" / "ukraine.yaml")
    return _text(
        tree,
        "the posterior's parameters, the guarantors of ../actors/guarantors_core.yaml and the "
        "acts of\n#   ../options/ukraine.yaml",
        "costs, decision clocks and days to a brigade",
    )


def _historical(root: Path) -> str:
    tree = _shared(bundled_prior())
    tree["options"] = _costs(root / "historical" / "options" / "acts.yaml")
    return _text(
        tree,
        "the posterior's parameters and the acts of ../historical/options/acts.yaml",
        "costs",
    )


def _table(path: Path) -> Any:
    return plain(read_table(path, path.name))


def _guarantors(path: Path) -> dict[str, dict[str, str]]:
    return {code: _guarantor(raw) for code, raw in _table(path)["guarantors"].items()}


def _costs(path: Path) -> dict[str, dict[str, str]]:
    return {name: {"cost": _cost(raw)} for name, raw in _table(path)["options"].items()}


def _text(tree: Mapping[str, Any], made_from: str, scaled: str) -> str:
    head = HEAD.format(file=FILE, made_from=made_from, scaled=scaled)
    return head + "\n".join(_lines(tree, 0)) + "\n"


def _shared(prior: Prior, *, whole: bool = False) -> dict[str, Any]:
    """Return the numbers that mean the same in every scenario; all that are set, if ``whole``."""
    summed = summed_paths(prior)
    tree: dict[str, Any] = {}
    for parameter in prior.parameters:
        for path, factor in parameter.sets.items():
            if not whole and path.split(".")[0] in ("guarantors", "options"):
                continue
            column = summed.get(path, parameter.name)
            _put(tree, path.split("."), _drawn(column, 1.0 if path in summed else factor))
    return tree


def _put(tree: dict[str, Any], steps: list[str], value: str) -> None:
    for step in steps[:-1]:
        tree = tree.setdefault(step, {})
    tree[steps[-1]] = value


def _drawn(column: str, times: float = 1.0) -> str:
    factor = "" if times == 1 else f", times: {times:.6g}"
    where = f"joint: {FILE}, column: {column}{factor}"
    return f'{{{where}, evidence: calibrated, source: "{SOURCE}"}}'


def _guarantor(raw: Mapping[str, Any]) -> dict[str, str]:
    clock = _number(raw.get("decision_clock", BASE_CLOCK), "d")
    days = _number(raw.get("days_brigade", BASE_DAYS), "d")
    return {
        "resolve_sd": _drawn("resolve_sd"),
        "decision_clock": _drawn("clock", clock),
        "days_brigade": _drawn("lag", days),
    }


def _cost(raw: Mapping[str, Any]) -> str:
    klass = raw["class"]
    if klass == "incident":
        column = "cost_force" if _number(raw["severity"], "1") >= FORCE else "cost_incident"
    else:
        column = f"cost_{klass}"
    return _drawn(column, _number(raw["cost"], "utility"))


def _number(raw: Any, unit: str) -> float:
    if isinstance(raw, Mapping):
        raw = raw["value"]
    return parse_text(raw, unit) if isinstance(raw, str) else float(raw)


def _lines(tree: Mapping[str, Any], depth: int) -> Iterator[str]:
    for name, value in tree.items():
        key = f'"{name}"' if name == "NO" else name
        if isinstance(value, str):
            yield f"{'  ' * depth}{key}: {value}"
        else:
            yield f"{'  ' * depth}{key}:"
            yield from _lines(value, depth + 1)
