"""Experiment files: read, and checked against their scenario before anything runs.

Every value a lever may take, and the bounds of every uncertainty, are set in the scenario as
``--set`` would, so that a sweep that has begun does not end at its ten-thousandth case.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from deter.errors import Fault, InputError
from deter.spec import library
from deter.spec.checking import Origin
from deter.spec.experiment import (
    ANALYSES,
    POWERS_OF_TWO,
    SAMPLED,
    Experiment,
    Lever,
    Uncertainty,
    Until,
)
from deter.spec.extends import load_tree
from deter.spec.factors import (
    LEVER,
    UNCERTAINTY,
    Factor,
    Level,
    addressed,
    level_of,
    number_at,
    shape_at,
)
from deter.spec.hints import did_you_mean, found, listing, unknown
from deter.spec.joint import Joint, read_joint
from deter.spec.library import EXPERIMENT_FILE
from deter.spec.loading import (
    LoadedScenario,
    load_scenario,
    patch_scenario,
    resolve_framework,
    validate_path,
)
from deter.spec.quantities import KINDS, Distribution, NumberError, parse_number
from deter.spec.salvage import examine
from deter.spec.shape import describe
from deter.spec.terms import FRAMEWORK
from deter.spec.tree import Path as TreePath
from deter.spec.tree import Table, plain

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

MOST_CASES = 5_000_000
SHAPES = tuple(dict.fromkeys(name for names in KINDS.values() for name in names))


@dataclass(frozen=True)
class Patched:
    """One entry of a list: its name, its label, and what it sets."""

    name: str
    label: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class LoadedExperiment:
    """An experiment whose every value has been tried in its scenario.

    Attributes
    ----------
    experiment : Experiment
        The validated experiment.
    name : str
        The folder's name for a file ``experiment.yaml``, else the file's stem.
    path : Path
        The file.
    document : dict
        As written, with what it extends.
    base : LoadedScenario
        The scenario under its own framework, with what ``set`` says.
    cases : dict of str to LoadedScenario
        The scenario under each framework, in order.
    factors : tuple of Factor
        Levers, then uncertainties; of a joint sample one for each column.
    joints : tuple of Joint
        Joint samples.
    patches : tuple of Patched
        Entries of a list.
    notes : tuple of str
        For the reader.
    """

    experiment: Experiment
    name: str
    path: Path
    document: dict[str, Any]
    base: LoadedScenario
    cases: dict[str, LoadedScenario]
    factors: tuple[Factor, ...]
    joints: tuple[Joint, ...]
    patches: tuple[Patched, ...]
    notes: tuple[str, ...] = ()

    @property
    def levers(self) -> tuple[Factor, ...]:
        """What a drafter decides."""
        return tuple(factor for factor in self.factors if factor.kind == LEVER)

    @property
    def uncertainties(self) -> tuple[Factor, ...]:
        """What nobody knows."""
        return tuple(factor for factor in self.factors if factor.kind == UNCERTAINTY)


def load_experiment(path: str | Path) -> LoadedExperiment:
    """Load an experiment and try every value in it.

    Parameters
    ----------
    path : str or Path
        A file, a folder with an ``experiment.yaml``, or a name in the library.

    Raises
    ------
    InputError
        With every fault.
    """
    file, shown = _find(str(path))
    loaded, faults = _examine(file, shown)
    if faults or loaded is None:
        raise InputError(tuple(sorted(set(faults))))
    return loaded


def experiment_faults(path: Path, shown: str) -> list[Fault]:
    """Return everything that is wrong with an experiment's file."""
    try:
        return sorted(set(_examine(path, shown)[1]))
    except InputError as error:
        return sorted(set(error.faults))


def validate_any(path: str | Path) -> list[Fault]:
    """Return what is wrong with a scenario, a framework, an experiment, or a folder of these."""
    return validate_path(path, experiment_faults)


def _find(text: str) -> tuple[Path, str]:
    file = library.locate_experiment(text)
    if file is None:
        name = library.printable(text) or "(no path)"
        known = [path.parent.name for path in library.experiment_files()]
        message = f"there is no such experiment{did_you_mean(name, known)}"
        more = f" (the library has: {listing(known)})" if known else ""
        raise InputError((Fault(name, 0, "", message + more),))
    return file, library.shown(file)


def _examine(file: Path, shown: str) -> tuple[LoadedExperiment | None, list[Fault]]:
    tree = load_tree(file, shown, Experiment)
    if tree.get("base") is None and tree.get("layers") is not None:
        raise InputError((Fault(shown, 0, "", "is a framework, not an experiment"),))
    if tree.get("base") is None and tree.get("options") is not None:
        message = "is a scenario, not an experiment; an experiment names its scenario as `base`"
        raise InputError((Fault(shown, 0, "", message),))
    rest, faults = examine(Experiment, Origin(tree))
    if rest is None:
        return None, faults
    check = _Check(file, tree, rest.record)
    check.doubts = {path[0] for path in rest.doubts}
    check.run()
    doubted = {path[:2] for path in rest.doubts}
    faults = [*faults, *(fault for path, fault in check.faults if not _rests_on(path, doubted))]
    if faults or check.base is None:
        return None, faults
    return check.loaded(_name(file)), []


def _rests_on(path: TreePath, doubted: set[TreePath]) -> bool:
    """Tell whether a fault may be no more than what another fault leads to."""
    return any(path[:length] in doubted for length in (1, 2))


def _name(file: Path) -> str:
    resolved = file.resolve()
    bare = resolved.parent.name if resolved.name == EXPERIMENT_FILE else resolved.stem
    return library.printable(bare)


class _Check:
    """Tries an experiment in its scenario and keeps what is found on the way."""

    def __init__(self, file: Path, tree: Table, experiment: Experiment) -> None:
        self.file, self.origin, self.experiment = file, Origin(tree), experiment
        self.tree = tree
        self.doubts: set[Any] = set()
        self.faults: list[tuple[TreePath, Fault]] = []
        self.base: LoadedScenario | None = None
        self.cases: dict[str, LoadedScenario] = {}
        self.factors: list[Factor] = []
        self.joints: list[Joint] = []
        self.notes: list[str] = []

    def loaded(self, name: str) -> LoadedExperiment:
        """Return the experiment; call it only where nothing is wrong."""
        assert self.base is not None
        patches = tuple(
            Patched(key, patch.label or key, dict(patch.settings))
            for key, patch in self.experiment.patches.items()
        )
        scenario_notes = [note for case in self.cases.values() for note in case.notes]
        return LoadedExperiment(
            experiment=self.experiment,
            name=name,
            path=self.file,
            document=plain(self.tree),
            base=self.base,
            cases=self.cases,
            factors=tuple(self.factors),
            joints=tuple(self.joints),
            patches=patches,
            notes=tuple(dict.fromkeys((*scenario_notes, *self.notes))),
        )

    def wrong(self, path: TreePath, message: str, *, at_key: bool = False) -> None:
        """Note a fault."""
        self.faults.append((path, self.origin.fault(path, message, at_key=at_key)))

    def passed_on(self, error: InputError, path: TreePath, target: str = "") -> None:
        """Note what setting a value leads to, at the place in the experiment that asks for it."""
        for fault in error.faults:
            if fault.file == "--set" or not fault.line:
                about = "" if fault.path in ("", target) else f"{fault.path}: "
                self.wrong(path, f"{about}{fault.message}")
            else:
                self.faults.append((path, fault))

    def run(self) -> None:
        """Check everything that can be checked."""
        self._design()
        self._replications()
        self._analyses()
        self._names()
        self._base()
        if self.base is None:
            return
        self._settings()
        if not self.cases:
            return
        for name, lever in self.experiment.levers.items():
            self._lever(name, lever)
        for name, uncertainty in self.experiment.uncertainties.items():
            self._uncertainty(name, uncertainty)
        self._patches()
        self._twice()

    # ---- what needs no scenario

    def _design(self) -> None:
        e, d = self.experiment, self.experiment.design
        sampled = d.kind in SAMPLED
        if sampled and d.n is None:
            self.wrong(("design", "n"), f"is missing; {d.kind} needs a number of points")
        if not sampled and d.n is not None:
            self.wrong(("design", "n"), f"{d.kind} takes no n: its cases follow from what varies")
        if d.kind in POWERS_OF_TWO and d.n is not None and d.n & (d.n - 1):
            low = 1 << (d.n.bit_length() - 1)
            self.wrong(
                ("design", "n"),
                f"found {d.n}; {d.kind} is balanced only for a power of two: write {low} or "
                f"{2 * low}",
            )
        if d.levels is not None and d.kind != "morris":
            self.wrong(("design", "levels"), f"{d.kind} takes no levels; morris does")
        if d.levels is not None and d.levels % 2:
            self.wrong(("design", "levels"), f"found {d.levels}; write an even number")
        if d.second_order and d.kind != "saltelli":
            self.wrong(("design", "second_order"), "is of saltelli only")
        for index, q in enumerate(d.quantiles):
            if not 0 < q < 1:
                message = f"found {q:g}; a quantile is above 0 and below 1"
                self.wrong(("design", "quantiles", index), message)
        self._varied(e, sampled)

    def _varied(self, e: Experiment, sampled: bool) -> None:
        kind = e.design.kind
        at: TreePath = ("design", "kind")
        if kind == "grid" and not e.levers:
            self.wrong(at, "a grid needs `levers`: what is varied, with its values")
        if kind == "list" and not e.patches:
            self.wrong(at, "a list needs `patches`: named sets of values")
        if kind == "list" and e.levers:
            self.wrong(at, "a list takes no levers; write patches, or take the design grid")
        if kind == "one_at_a_time" and not (e.levers or e.uncertainties):
            self.wrong(at, "one_at_a_time needs `levers` or `uncertainties`")
        if kind == "one_at_a_time" and e.patches:
            self.wrong(at, "one_at_a_time takes no patches; take the design list, or grid")
        if sampled and not e.uncertainties and not (e.levers and e.design.levers == "sampled"):
            hint = "; to draw levers, write `levers: sampled` in the design" if e.levers else ""
            self.wrong(at, f"{kind} needs `uncertainties` to draw from{hint}")
        for name, one in e.uncertainties.items():
            if one.joint is not None and kind in ("grid", "list"):
                message = (
                    f"a {kind} has no points, and a joint sample has one row for each; take a "
                    "sampled design, as sobol"
                )
                self.wrong(("uncertainties", name, "joint"), message)
        if kind == "morris":
            for name, one in e.uncertainties.items():
                if one.joint is not None:
                    self.wrong(
                        ("uncertainties", name, "joint"),
                        "morris moves one number up or down, and the rows of a joint sample have "
                        "no order; take saltelli, or leave it out",
                    )

    def _replications(self) -> None:
        wanted = self.experiment.replications
        if not isinstance(wanted, Until):
            return
        if wanted.measure not in MEASURES:
            self.wrong(("replications", "measure"), unknown(wanted.measure, MEASURES))
        if wanted.max < wanted.min:
            self.wrong(("replications", "max"), f"found {wanted.max}, fewer than min, {wanted.min}")

    def _analyses(self) -> None:
        for index, item in enumerate(self.experiment.analyses):
            names = [item] if isinstance(item, str) else list(item)
            if isinstance(item, dict) and len(names) != 1:
                message = "write the name of one analysis, then its options, as contrast: {…}"
                self.wrong(("analyses", index), message)
            for name in names:
                if name not in ANALYSES:
                    self.wrong(("analyses", index), unknown(str(name), ANALYSES))

    def _names(self) -> None:
        e = self.experiment
        for kind, names in (("levers", e.levers), ("uncertainties", e.uncertainties)):
            for name in names:
                if name in RESERVED:
                    message = f"{name!r} is a column of the results; choose another name"
                    self.wrong((kind, name), message, at_key=True)
        for name in e.uncertainties:
            if name in e.levers:
                message = f"{name!r} is a lever too; choose another name"
                self.wrong(("uncertainties", name), message, at_key=True)

    # ---- the scenario and its frameworks

    def _base(self) -> None:
        text, folder = self.experiment.base, self.file.parent
        if "base" in self.doubts:
            return
        file = library.locate(text, folder)
        if file is None:
            message = f"{found(text)}: {library.explain_missing(text, folder)}"
            self.wrong(("base",), message)
            return
        try:
            base = load_scenario(file)
        except InputError as error:
            self.passed_on(error, ("base",))
            return
        pinned = self.experiment.digest
        if pinned is not None and not base.digest.startswith(pinned):
            self.wrong(
                ("digest",),
                f"the base has changed: its digest is {base.digest[:16]}…, not {pinned}; look at "
                "what changed, and write the new digest if it is meant",
            )
        self.base = base
        self._frameworks(base)

    def _frameworks(self, base: LoadedScenario) -> None:
        wanted = list(self.experiment.frameworks)
        chosen = wanted or list(base.scenario.frameworks) or [base.framework_name]
        for index, name in enumerate(chosen):
            at: TreePath = ("frameworks", index) if wanted else ("base",)
            try:
                case = base if name == base.framework_name else self._resolved(base, name)
            except InputError as error:
                self.passed_on(error, at)
                continue
            if case.framework_name in self.cases:
                self.wrong(at, f"{found(name)} is there twice; leave one out")
            self.cases.setdefault(case.framework_name, case)

    def _resolved(self, base: LoadedScenario, name: str) -> LoadedScenario:
        """Return the base under a framework, which may be beside the experiment."""
        beside = library.locate(name, self.file.parent)
        looks_like_a_path = "/" in name or name.endswith((".yaml", ".yml"))
        if looks_like_a_path and beside is not None:
            name = str(beside.resolve())
        return resolve_framework(base, name)

    def _settings(self) -> None:
        """Lay over the base what is set in every case."""
        for path, raw in self.experiment.settings.items():
            at: TreePath = ("set", path)
            where = self._where(path, raw, at)
            for name in where:
                try:
                    self.cases[name] = patch_scenario(self.cases[name], {path: raw})
                except InputError as error:
                    self.passed_on(error, at, path)
                    break

    def _where(self, path: str, raw: Any, at: TreePath) -> tuple[str, ...]:
        """Return the frameworks under which a path exists; a fault if there is none."""
        missing: dict[str, list[str]] = {}
        is_clause = path.startswith(f"{FRAMEWORK}.")
        tried = self.cases if is_clause else dict(list(self.cases.items())[:1])
        for name, case in tried.items():
            wrong = addressed(case, path, raw)
            if wrong:
                missing[name] = wrong
        if len(missing) == len(tried):
            nearest = max(missing.values(), key=lambda said: len(said[0].partition(":")[0]))
            scope = f" under any of {listing(tried)}" if is_clause and len(tried) > 1 else ""
            self.wrong(at, f"there is no {found(path)} to set{scope}: {nearest[0]}")
            return ()
        return tuple(name for name in self.cases if name not in missing)

    # ---- what varies

    def _paths(self, at: TreePath, written: str | list[str] | None) -> tuple[str, ...]:
        if written is None:
            self.wrong(at, "is missing; write what it sets, as protege.forces")
            return ()
        paths = (written,) if isinstance(written, str) else tuple(written)
        if not paths:
            self.wrong((*at, "path"), "is empty; write what it sets, as protege.forces")
        return paths

    def _lever(self, name: str, lever: Lever) -> None:
        at: TreePath = ("levers", name)
        paths = self._paths(at, lever.path)
        if not lever.values:
            self.wrong((*at, "values"), "is empty; write the values it may take")
        if lever.labels and len(lever.labels) != len(lever.values):
            self.wrong(
                (*at, "labels"),
                f"found {len(lever.labels)} labels for {len(lever.values)} values; write one each",
            )
        if not paths or not lever.values:
            return
        where = self._applies(at, paths, lever.values[0])
        if not where:
            return
        metas = [number_at(path) for path in paths]
        meta = metas[0] if all(other is not None for other in metas) else None
        levels = self._levels(at, lever, meta)
        self._tried(at, paths, levels, where, numbers=meta is not None)
        unit = str(meta["unit"]) if meta is not None else ""
        self.factors.append(
            Factor(
                name=name,
                kind=LEVER,
                paths=paths,
                label=lever.label or name,
                unit=unit,
                levels=tuple(level for _, level in levels),
                frameworks=where,
            )
        )

    def _applies(self, at: TreePath, paths: Sequence[str], raw: Any) -> tuple[str, ...]:
        """Return the frameworks in which something of a factor can be set."""
        allowed: set[str] = set()
        for index, path in enumerate(paths):
            written = (*at, "path", index) if len(paths) > 1 else (*at, "path")
            where = self._where(path, raw, written)
            if not where:
                return ()
            allowed |= set(where)
        missing = [name for name in self.cases if name not in allowed]
        if missing:
            self.notes.append(
                f"{at[1]} has no effect under {listing(missing)}: there is no {listing(paths)}"
            )
        return tuple(name for name in self.cases if name in allowed)

    def _levels(
        self, at: TreePath, lever: Lever, meta: dict[str, Any] | None
    ) -> list[tuple[int, Level]]:
        levels: list[tuple[int, Level]] = []
        for index, raw in enumerate(lever.values):
            label = lever.labels[index] if index < len(lever.labels) else None
            try:
                level = level_of(raw, label, meta)
            except ValueError as error:
                key = getattr(error, "key", "")
                self.wrong((*at, "values", index, *([key] if key else [])), str(error))
                continue
            if any(level.value == other.value for _, other in levels):
                self.wrong((*at, "values", index), f"{found(level.value)} is there twice")
                continue
            levels.append((index, level))
        if not all(isinstance(level.value, float) for _, level in levels):
            return [(i, replace(level, value=str(level.label))) for i, level in levels]
        return levels

    def _tried(
        self,
        at: TreePath,
        paths: Sequence[str],
        levels: list[tuple[int, Level]],
        where: Sequence[str],
        *,
        numbers: bool,
    ) -> None:
        """Set each value in the base; of many numbers, the least and the largest."""
        chosen = levels
        if numbers and len(levels) > 2 and all(isinstance(lv.value, float) for _, lv in levels):
            ordered = sorted(levels, key=lambda pair: float(pair[1].value))
            chosen = [ordered[0], ordered[-1]]
        for index, level in chosen:
            self._try((*at, "values", index), paths, level.raw, where)

    def _try(self, at: TreePath, paths: Sequence[str], raw: Any, where: Sequence[str]) -> bool:
        """Set a value as ``--set`` would; a fault if that fails under any framework."""
        is_clause = any(path.startswith(f"{FRAMEWORK}.") for path in paths)
        for name in where if is_clause else where[:1]:
            settings = {p: raw for p in paths if not addressed(self.cases[name], p, raw)}
            try:
                patch_scenario(self.cases[name], settings)
            except InputError as error:
                self.passed_on(error, at, paths[0])
                return False
        return True

    def _uncertainty(self, name: str, one: Uncertainty) -> None:
        at: TreePath = ("uncertainties", name)
        if one.joint is not None:
            self._joint(name, one)
            return
        if one.columns:
            self.wrong((*at, "columns"), "is of a joint sample; write its file as `joint`")
        paths = self._paths(at, one.path)
        if one.distribution is None:
            self.wrong(at, "is missing `distribution`; write one, or the file of a `joint` sample")
            return
        if not paths:
            return
        raw = self._written(one)
        where = self._applies(at, paths, raw)
        if not where:
            return
        drawn = self._distribution(at, paths, raw)
        if drawn is None:
            return
        meta = number_at(paths[0])
        assert meta is not None
        for bound, key in ends(drawn):
            if not self._try((*at, key) if key else at, paths, bound, where):
                break
        self.factors.append(
            Factor(
                name=name,
                kind=UNCERTAINTY,
                paths=paths,
                label=one.label or name,
                unit=str(meta["unit"]),
                distribution=drawn,
                frameworks=where,
                written=raw,
            )
        )

    def _written(self, one: Uncertainty) -> dict[str, Any]:
        keys = ("distribution", *SHAPES, "evidence", "source")
        given = {key: getattr(one, key) for key in dict.fromkeys(keys)}
        return {key: value for key, value in given.items() if value is not None}

    def _distribution(
        self, at: TreePath, paths: Sequence[str], raw: dict[str, Any]
    ) -> Distribution | None:
        drawn: Distribution | None = None
        for path in paths:
            meta = number_at(path)
            if meta is None:
                shape = shape_at(path)
                stands = describe(shape) if shape is not None else "something else"
                self.wrong(at, f"{path} is {stands}, and no number; make it a lever with values")
                return None
            try:
                parsed = parse_number(raw, meta)
            except NumberError as error:
                key = tuple(error.key.split(".")) if error.key else ()
                self.wrong((*at, *key), str(error))
                return None
            except ValueError as error:
                self.wrong((*at, "distribution"), str(error))
                return None
            assert parsed is not None
            drawn = drawn or parsed.distribution
        return drawn

    def _joint(self, name: str, one: Uncertainty) -> None:
        at: TreePath = ("uncertainties", name)
        if one.path is not None or one.distribution is not None:
            self.wrong(at, "a joint sample takes no path and no distribution; name its `columns`")
            return
        if not one.columns:
            self.wrong(
                at, "is missing `columns`: which column of the file sets what, as {scale: path}"
            )
            return
        try:
            joint = read_joint(name, str(one.joint), self.file.parent, dict(one.columns))
        except ValueError as error:
            key = getattr(error, "key", "")
            self.wrong((*at, *(("columns", key) if key else ("joint",))), str(error))
            return
        self.joints.append(joint)
        for column, path in one.columns.items():
            self._joint_column(name, column, path, joint)

    def _joint_column(self, name: str, column: str, path: str, joint: Joint) -> None:
        at: TreePath = ("uncertainties", name, "columns", column)
        values = joint.values[column]
        where = self._where(path, values[0], at)
        meta = number_at(path)
        if not where:
            return
        if meta is None:
            self.wrong(at, f"{path} is no number")
            return
        for bound in (min(values), max(values)):
            if not self._try(at, (path,), bound, where):
                return
        self.factors.append(
            Factor(
                name=column,
                kind=UNCERTAINTY,
                paths=(path,),
                label=column,
                unit=str(meta["unit"]),
                joint=name,
                drawn=values,
                frameworks=where,
            )
        )

    def _patches(self) -> None:
        for name, patch in self.experiment.patches.items():
            for path, raw in patch.settings.items():
                at: TreePath = ("patches", name, "set", path)
                where = self._where(path, raw, at)
                if where:
                    self._try(at, (path,), raw, where)
            self._whole_patch(name, patch.settings)

    def _whole_patch(self, name: str, settings: Mapping[str, Any]) -> None:
        """Try all of a patch together, where each part by itself is right."""
        at: TreePath = ("patches", name)
        if any(path[:2] == at for path, _ in self.faults) or len(settings) < 2:
            return
        for case in self.cases.values():
            usable = {p: raw for p, raw in settings.items() if not addressed(case, p, raw)}
            try:
                patch_scenario(case, usable)
            except InputError as error:
                self.passed_on(error, at)
                return

    def _twice(self) -> None:
        """Say so where two things that vary set the same."""
        seen: dict[str, str] = {}
        for factor in self.factors:
            for path in factor.paths:
                other = seen.setdefault(path, factor.name)
                kind = "levers" if factor.kind == LEVER else "uncertainties"
                if other != factor.name:
                    at: TreePath = (kind, factor.joint or factor.name)
                    self.wrong(at, f"{other} sets {path} too; leave one out")
        for name, patch in self.experiment.patches.items():
            for path in patch.settings:
                if path in seen:
                    message = f"{seen[path]} sets {path} too; leave one out"
                    self.wrong(("patches", name, "set", path), message)
        columns: dict[str, str] = {}
        for factor in self.factors:
            other = columns.setdefault(factor.name, factor.joint or factor.name)
            if other != (factor.joint or factor.name):
                message = f"two things that vary are called {factor.name!r}; rename one"
                self.wrong(("uncertainties", factor.joint or factor.name), message)


def ends(drawn: Distribution) -> Iterator[tuple[float, str]]:
    """Yield the values at the ends of a distribution, and the key that sets each.

    An end that is not bounded is not yielded: a draw from there stays in the field's own range.
    """
    p = drawn.parameters
    if drawn.kind == "discrete":
        yield from ((value, "values") for value in (min(p), max(p)))
    elif drawn.kind == "fixed":
        yield p[0], "value"
    elif drawn.kind in ("normal", "lognormal", "beta"):
        yield from ((v, k) for v, k in ((drawn.low, "low"), (drawn.high, "high")) if _finite(v))
        yield drawn.center(), ""
    else:
        yield p[0], "low"
        yield p[-1], "high"


def _finite(value: float) -> bool:
    return math.isfinite(value)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


Checked = Callable[[Path, str], list[Fault]]

__all__ = [
    "MEASURES",
    "MOST_CASES",
    "LoadedExperiment",
    "Patched",
    "ends",
    "experiment_faults",
    "load_experiment",
    "validate_any",
]
