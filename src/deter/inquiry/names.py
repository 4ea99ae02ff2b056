"""What a reader calls a sweep's cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from deter.experiments.study import Study, StudyFactor


def label_of(study: Study, case: int) -> str:
    """Return a case's patch or the values that set it apart, as ``steps 2, decide d 1``."""
    row = study.cases.loc[case]
    if "patch" in study.cases.columns and isinstance(row["patch"], str):
        return _patch_label(study, row["patch"])
    told = []
    one_by_one = study.design["kind"] == "one_at_a_time"
    for factor in study.factors:
        if not factor.in_cases or factor.name not in study.cases.columns:
            continue
        value = row[factor.name]
        if _unset(value) or (one_by_one and value == study.cases.iloc[0][factor.name]):
            continue
        told.append(f"{factor.label or factor.name} {_shown(factor, value)}")
    return ", ".join(told) or "as in the base"


def labels_of(study: Study) -> list[str]:
    """Return the labels of all cases."""
    return [label_of(study, int(case)) for case in study.cases.index]


def _patch_label(study: Study, name: str) -> str:
    patch = (study.manifest["experiment"].get("patches") or {}).get(name) or {}
    return str(patch.get("label") or name)


def _unset(value: Any) -> bool:
    """Tell whether a lever is left as it is in the base."""
    return value is None or (isinstance(value, float) and bool(np.isnan(value)))


def _shown(factor: StudyFactor, value: Any) -> str:
    for held, label in zip(factor.values or (), factor.labels or (), strict=False):
        if held == value:
            return label
    return value if isinstance(value, str) else f"{float(value):.4g}"


def combinations(study: Study) -> list[tuple[str, list[int]]]:
    """Return the cases of each combination of levers, in order of point."""
    names = [f.name for f in study.levers if f.name in study.cases.columns]
    if not names or "point" not in study.cases.columns:
        return [("", list(study.cases.index))]
    found = []
    for _, group in study.cases.groupby(names, sort=False, dropna=False):
        cases = [int(case) for case in group.index]
        told = [
            f"{f.label or f.name} {_shown(f, group[f.name].iloc[0])}"
            for f in study.levers
            if f.name in study.cases.columns
        ]
        found.append((", ".join(told), cases))
    return found


def told_cases(study: Study) -> pd.DataFrame:
    """Return the cases with names and values as a reader knows them, none of them empty.

    Those of a list are one lever, whose first value is the first patch.
    """
    if study.design["kind"] == "list":
        told = labels_of(study)
        names = study.cases["patch"] if len(set(told)) < len(told) else told
        return pd.DataFrame({"patch": list(names)}, index=study.cases.index)
    factors = [f for f in study.factors if f.name in study.cases.columns]
    labels = [f.label or f.name for f in factors]
    names = labels if len(set(labels)) == len(labels) else [f.name for f in factors]
    return pd.DataFrame(
        {
            name: ["as it is" if _unset(v) else _shown(f, v) for v in study.cases[f.name]]
            for name, f in zip(names, factors, strict=True)
        },
        index=study.cases.index,
    )
