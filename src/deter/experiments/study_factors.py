"""What was varied in a sweep, as it is read from the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class StudyFactor:
    """One thing that was varied; a column of the cases if it has a value in each.

    Attributes
    ----------
    name, label : str
        Its column, and its name in output.
    path : str
        What it sets, as after ``--set``; the first if there are several.
    paths : tuple of str
        All of them.
    kind : {"lever", "uncertainty"}
        Whether a drafter decides it or nobody knows it.
    unit : str
        Of a number; empty for words.
    values : tuple or None
        Of a lever: its levels as they stand in the cases.
    labels : tuple of str or None
        Of a lever: its levels as output shows them.
    sets : tuple or None
        Of a lever: its levels as they are set.
    distribution : dict or None
        Of an uncertainty, as written in the experiment.
    joint : str or None
        Name of the joint sample it is drawn from.
    frameworks : tuple of str
        Under which it has an effect.
    in_cases : bool
        False for an uncertainty that is drawn anew for each history (grids and lists).
    """

    name: str
    label: str
    path: str
    paths: tuple[str, ...]
    kind: str
    unit: str
    values: tuple[float | str, ...] | None
    labels: tuple[str, ...] | None
    sets: tuple[Any, ...] | None
    distribution: dict[str, Any] | None
    joint: str | None
    frameworks: tuple[str, ...]
    in_cases: bool


@dataclass(frozen=True)
class StudyInput:
    """An independent input of a sampled design: an uncertainty, a joint sample, a drawn lever."""

    name: str
    columns: tuple[str, ...]


def factor_of(document: dict[str, Any]) -> StudyFactor:
    """Return a factor as the manifest holds it."""

    def several(key: str) -> Any:
        return None if document[key] is None else tuple(document[key])

    return StudyFactor(
        name=document["name"],
        label=document["label"],
        path=document["path"],
        paths=tuple(document["paths"]),
        kind=document["kind"],
        unit=document["unit"],
        values=several("values"),
        labels=several("labels"),
        sets=several("sets"),
        distribution=document["distribution"],
        joint=document["joint"],
        frameworks=tuple(document["frameworks"]),
        in_cases=document["in_cases"],
    )


def raw_of(factor: StudyFactor, value: Any) -> Any:
    """Return what a value in the table of cases sets."""
    for held, raw in zip(factor.values or (), factor.sets or (), strict=True):
        if held == value:
            return raw
    return float(value)
