"""What figures ask of a sweep: as the experiment asks it, or as its ``plots`` say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deter.experiments.study import Study, StudyFactor
from deter.presentation.opened import Answer, Opened
from deter.presentation.words import MINUS

MEASURE = "p_full_attack"
NOT_A_SWEEP = "it is drawn of a sweep, and this is none"


def question(opened: Opened, what: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a question: the experiment's own first one, and what is said besides.

    Parameters
    ----------
    opened : Opened
        The results.
    what : str
        The analysis.
    options : mapping
        Of the figure; they win.
    """
    own = next((dict(held) for name, held in opened.own() if name == what), {})
    if "measure" in options and options["measure"] != own.get("measure"):
        own = {}
    named = options.get("frameworks") or options.get("framework")
    more = {k: v for k, v in options.items() if k not in ("framework", "frameworks")}
    if named:
        more["frameworks"] = (named,) if isinstance(named, str) else tuple(named)
    return {"measure": MEASURE, **own, **more}


def asked(opened: Opened, what: str, options: Mapping[str, Any]) -> Sequence[Answer]:
    """Return the answers to a question."""
    return opened.answers(what, **question(opened, what, options))


def wants(opened: Opened, what: str) -> bool:
    """Tell whether the experiment itself asks a question."""
    return any(name == what for name, _ in opened.own())


def about(opened: Opened, answer: Answer, measure: str) -> str:
    """Return what an answer is of, frameworks by their titles."""
    text = answer.heading.removeprefix(f"{measure}, ")
    for name, title in sorted(opened.titles.items(), key=lambda pair: -len(pair[0])):
        if text == name or text.startswith(f"{name},"):
            return f"{title}{text.removeprefix(name)}"
    return text


def factor_labels(study: Study) -> dict[str, str]:
    """Return what factors are called, by name."""
    return {factor.name: factor.label or factor.name for factor in study.factors}


def level_label(factor: StudyFactor, value: Any) -> str:
    """Return what a level is called."""
    for held, label in zip(factor.values or (), factor.labels or (), strict=False):
        if held == value:
            return written(label)
    return value if isinstance(value, str) else plain_number(value)


def written(label: str) -> str:
    """Return a label; where it is a number, as a reader expects it.

    Examples
    --------
    >>> written("-1.5"), written("15000"), written("ratified_treaty"), written("24 h")
    ('−1.5', '15,000', 'ratified treaty', '24 h')
    """
    if re.fullmatch(r"-?\d{4,}(\.0)?", label):
        return plain_number(float(label))
    return re.sub(r"^-(?=\d)", MINUS, label.replace("_", " "))


def plain_number(value: float) -> str:
    """Return a level as a drafter would write it.

    Examples
    --------
    >>> plain_number(15000), plain_number(0.05), plain_number(1_250_000.0)
    ('15,000', '0.05', '1,250,000')
    """
    return f"{float(value):,.10g}".replace("-", MINUS)


def levels_label(factor: StudyFactor) -> str:
    """Return what an axis of a factor's levels is called, with their unit."""
    called = factor.label or factor.name
    said = factor.unit in ("", "1", "p", called) or called.endswith(f" {factor.unit}")
    return called if said else f"{called}, {factor.unit}"


def sweep_note(opened: Opened) -> str:
    """Return how many histories a sweep rests on, and that they met the same luck."""
    study = opened.study
    assert study is not None
    finished = study.manifest.get("finished") or {}
    least = min((int(f["replications_least"]) for f in finished.values()), default=0)
    most = max((int(f["replications_most"]) for f in finished.values()), default=0)
    n = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    cases = f" in each of {len(study):,} cases" if len(study) > 1 else ""
    under = " under each framework" if len(study.frameworks) > 1 else ""
    same = ", the same luck in all" if cases or under else ""
    return f"n = {n} histories of {study.horizon:g} years{cases}{under}{same}; seed {study.seed}."


def unit_of(unit: str, of: str = "histories") -> tuple[str, float]:
    """Return how a unit is written at an axis, and the multiplier."""
    return (f"% of {of}", 100.0) if unit == "1" else (unit, 1.0)


def points_of(unit: str) -> tuple[str, float]:
    """Return how a difference in a unit is written at an axis, and the multiplier."""
    return ("percentage points", 100.0) if unit == "1" else (unit, 1.0)


def measure_words(name: str) -> str:
    """Return what a measure is called in a title."""
    from deter.analysis.measures import NAMES, label

    return label(name) if name in NAMES else name.replace("_", " ")


__all__ = [
    "MEASURE",
    "NOT_A_SWEEP",
    "about",
    "asked",
    "factor_labels",
    "level_label",
    "levels_label",
    "measure_words",
    "plain_number",
    "points_of",
    "question",
    "sweep_note",
    "unit_of",
    "wants",
    "written",
]
