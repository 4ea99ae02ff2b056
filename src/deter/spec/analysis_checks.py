"""What an experiment wants asked of its results: names and options of the analyses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from deter.spec.experiment import ANALYSES, Experiment
from deter.spec.findings import Findings
from deter.spec.hints import found, unknown
from deter.spec.terms import FRAMEWORK
from deter.spec.tree import Path
from deter.spec.trials import Trials

COMMON = ("measure", "frameworks", "framework")
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "summary": (),
    "contrast": ("reference",),
    "sensitivity": (),
    "discover": ("above",),
    "regret": ("measures", "weights", "better", "threshold"),
    "flip": ("path", "low", "high", "n", "workers"),
    "trade": ("currency", "low", "high", "changes", "n", "workers"),
    "autopsy": ("n", "workers"),
    "survival": ("first",),
    "enough": ("half_width", "case", "reference"),
}
"""What each analysis takes besides :data:`COMMON`."""
assert tuple(OPTIONS) == ANALYSES

NUMBERS = ("above", "threshold", "low", "high", "half_width")
WHOLE = {"n": 1, "workers": 1, "case": 0}
"""Options that are whole numbers, and the least of each."""

BETTER = ("lower", "higher")


def check_analyses(e: Experiment, findings: Findings, trials: Trials) -> None:
    """Note what is wrong with what is to be asked."""
    for index, item in enumerate(e.analyses):
        at: Path = ("analyses", index)
        names = [item] if isinstance(item, str) else list(item)
        if isinstance(item, dict) and len(names) != 1:
            message = "write the name of one analysis, then its options, as contrast: {…}"
            findings.wrong(at, message)
        for name in names:
            if name not in ANALYSES:
                findings.wrong(at, unknown(str(name), ANALYSES))
            elif isinstance(item, dict):
                _options((*at, name), name, item[name], findings, trials)


def _options(at: Path, name: str, options: Any, findings: Findings, trials: Trials) -> None:
    if options is None:
        return
    if not isinstance(options, dict):
        findings.wrong(at, f"{found(options)}: write its options as {{measure: p_war, …}}")
        return
    known = (*OPTIONS[name], *COMMON)
    for key, value in options.items():
        here: Path = (*at, key)
        if key not in known:
            findings.wrong(here, f"key {unknown(str(key), known)}", at_key=True)
        elif message := wrong_value(key, value):
            findings.wrong(here, message)
        elif key in ("frameworks", "framework", "reference"):
            _frameworks(here, value, findings, trials)
        elif key in ("path", "currency"):
            _turned(here, value, findings, trials)
    low, high = options.get("low"), options.get("high")
    both = _number(low) and _number(high)
    if both and float(low or 0) >= float(high or 0):
        findings.wrong((*at, "high"), f"found {found(high)}; write more than low, {found(low)}")


def wrong_value(key: str, value: Any) -> str:
    """Return what is wrong with the value of an option by itself; an empty text if nothing is."""
    if key in NUMBERS and not _number(value):
        return f"{found(value)} is not a number"
    if key in WHOLE and not (_number(value) and value >= WHOLE[key] and value % 1 == 0):
        return f"{found(value)}; write a whole number from {WHOLE[key]}"
    if key == "better" and value not in BETTER:
        return unknown(str(value), BETTER)
    return ""


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _frameworks(at: Path, value: Any, findings: Findings, trials: Trials) -> None:
    """Note names of frameworks that the experiment does not have."""
    if not trials.cases:  # it has no frameworks to speak of, which is a fault by itself
        return
    for name in value if isinstance(value, list) else [value]:
        if name not in trials.cases:
            findings.wrong(at, unknown(str(name), list(trials.cases)))


def _turned(at: Path, value: Any, findings: Findings, trials: Trials) -> None:
    """Note a path that there is under no framework; one with ``*`` is tried when it is asked."""
    if not isinstance(value, str):
        findings.wrong(at, f"{found(value)}; write what is turned, as protege.forces")
    elif trials.cases and "*" not in value and not value.startswith(f"{FRAMEWORK}.*"):
        trials.where(value, 0.0, at)
