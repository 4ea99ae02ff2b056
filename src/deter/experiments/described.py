"""What a sweep says of itself in its folder: the manifest, the base, the table of cases."""

from __future__ import annotations

import contextlib
from typing import Any

import pandas as pd

from deter.experiments import folder as folders
from deter.experiments.bases import base_of
from deter.experiments.design import columns_of, design_seed, sampler_seed
from deter.experiments.folder import Contents
from deter.experiments.plans import Plan
from deter.experiments.stopping import Rule
from deter.experiments.store import CONDITION, MADE_BY, versions
from deter.spec.experiment import Until
from deter.spec.experiments import LoadedExperiment
from deter.spec.factors import Factor, addressed
from deter.spec.stored import plain


def contents_of(plan: Plan) -> Contents:
    """Return what stands in a sweep's folder beside the rows."""
    loaded = plan.loaded
    e = loaded.experiment
    first = next(iter(loaded.cases.values()))
    replications: dict[str, Any] = {"n": e.replications}
    if isinstance(e.replications, Until):
        until = e.replications
        replications = {
            "measure": until.measure,
            "half_width": until.half_width.value,
            "min": until.min,
            "max": until.max,
            "looks": list(Rule(until.half_width.value, until.max, until.min).looks()),
        }
    manifest = {
        "made_by": MADE_BY,
        "kind": folders.KIND,
        "format": folders.FORMAT,
        "title": e.title,
        "question": e.question,
        "command": plan.command,
        "state": "begun",
        "base": {
            "name": loaded.base.name,
            "path": str(loaded.base.path),
            "digest": loaded.base.digest,
            "horizon_years": first.scenario.horizon.value,
        },
        "frameworks": {name: case.digest for name, case in loaded.cases.items()},
        "framework_titles": {n: c.framework.title or n for n, c in loaded.cases.items()},
        "seed": e.seed,
        "replications": replications,
        "design": _design(plan),
        "factors": [_factor(factor, plan) for factor in loaded.factors],
        "patches": {p.name: {"label": p.label, "set": dict(p.settings)} for p in loaded.patches},
        "given": _given(loaded),
        "analyses": list(e.analyses),
        "plots": list(e.plots),
        "cases": len(plan.cases),
        "engine": plan.engine,
        "finished": {},
        "notes": list(loaded.notes),
        "condition": CONDITION,
        "model": folders.model_digest(),
        "versions": versions() | _optional_versions(),
        "identity": _identity(plan),
        "experiment_name": loaded.name,
        "experiment_path": str(loaded.path),
        "experiment": plain(loaded.document),
    }
    points = None
    if plan.cases.inputs:
        points = pd.DataFrame(plan.cases.points, columns=[i.name for i in plan.cases.inputs])
        points.index.name = "point"
    return Contents(
        manifest, base_of(loaded.cases.values()), plan.cases.table, points, _described(plan)
    )


def _optional_versions() -> dict[str, str]:
    from importlib import metadata

    found = {}
    for name in ("SALib",):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _design(plan: Plan) -> dict[str, Any]:
    d = plan.loaded.experiment.design
    document: dict[str, Any] = {"kind": d.kind}
    if d.n is not None:
        document |= {"n": d.n, "seed": design_seed(plan.loaded), "levers": d.levers}
        document["sampler_seed"] = sampler_seed(design_seed(plan.loaded))
    if d.kind == "morris":
        document["levels"] = d.levels or 4
    if d.kind == "saltelli":
        document["second_order"] = d.second_order
    if d.kind == "one_at_a_time":
        document["quantiles"] = list(d.quantiles)
    if plan.cases.inputs:
        document["inputs"] = [
            {"name": one.name, "columns": list(one.columns)} for one in plan.cases.inputs
        ]
        document["problem"] = plan.cases.problem
        document["points"] = len(plan.cases.points)
    return document


def _factor(factor: Factor, plan: Plan) -> dict[str, Any]:
    drawn = factor.distribution
    return {
        "name": factor.name,
        "path": factor.paths[0],
        "paths": list(factor.paths),
        "label": factor.label,
        "kind": factor.kind,
        "unit": factor.unit,
        "values": [level.value for level in factor.levels] or None,
        "labels": [level.label for level in factor.levels] or None,
        "sets": [plain(level.raw) for level in factor.levels] or None,
        "distribution": None if drawn is None else plain(dict(factor.written)),
        "joint": factor.joint,
        "frameworks": list(factor.frameworks),
        "in_cases": factor.name in plan.cases.table.columns,
    }


def _identity(plan: Plan) -> dict[str, Any]:
    """Return what may not change when a sweep goes on, beside scenario and frameworks."""
    e, loaded = plan.loaded.experiment, plan.loaded
    d = e.design
    design: dict[str, Any] = {"kind": d.kind, "levers": d.levers, "second_order": d.second_order}
    if d.n is not None:
        design["seed"] = design_seed(loaded)
    if d.kind == "morris":
        design["levels"] = d.levels or 4
    if d.kind == "one_at_a_time":
        design["quantiles"] = list(d.quantiles)
    identity: dict[str, Any] = plain(
        {
            "seed": e.seed,
            "design": design,
            "levers": {f.name: {"sets": list(f.paths)} for f in loaded.levers},
            "uncertainties": {
                f.name: {
                    "sets": list(f.paths),
                    "distribution": None if f.distribution is None else f.distribution.model_dump(),
                    "joint": f.joint,
                }
                for f in loaded.uncertainties
            },
            "joint samples": {j.name: j.digest for j in loaded.joints},
        }
    )
    return identity


def _given(loaded: LoadedExperiment) -> dict[str, list[str]]:
    """Return, by framework, which paths of ``set`` and of patches exist under it."""
    wanted = dict(loaded.experiment.settings)
    for patch in loaded.patches:
        wanted |= patch.settings
    return {
        name: [path for path, raw in wanted.items() if not addressed(case, path, raw)]
        for name, case in loaded.cases.items()
    }


def _described(plan: Plan) -> list[tuple[str, str, str]]:
    """Return column, unit and meaning of the table of cases."""
    by_name = {factor.name: factor for factor in plan.loaded.factors}
    joints = {joint.name: joint for joint in plan.loaded.joints}
    rows = []
    for name in columns_of(plan.loaded):
        if name in by_name:
            factor = by_name[name]
            label = "" if factor.label == name else f"{factor.label}: "
            sets = ", ".join(f"`{path}`" for path in factor.paths)
            rows.append((name, factor.unit, f"{label}{factor.kind}, sets {sets}"))
        elif name in joints:
            rows.append((name, "row", f"row of the joint sample {joints[name].file}, from 0"))
        elif name == "patch":
            rows.append((name, "", "name of the set of changes"))
        else:
            rows.append((name, "", "point of the design; a row of points.parquet"))
    return rows
