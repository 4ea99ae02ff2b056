"""Levers and uncertainties of an experiment, each value tried in its scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deter.spec.drawn_base import drawn_by_base
from deter.spec.experiment import Lever, Uncertainty
from deter.spec.factors import LEVER, UNCERTAINTY, Factor, Level, level_of, number_at, shape_at
from deter.spec.hints import found
from deter.spec.joint import Joint, read_joint
from deter.spec.quantities import KINDS, Distribution, NumberError, parse_number
from deter.spec.shape import describe
from deter.spec.tree import Path as TreePath
from deter.spec.trials import Trials

SHAPES = tuple(dict.fromkeys(name for names in KINDS.values() for name in names))


class FactorChecks:
    """Makes factors of what an experiment varies, and notes what is wrong with it.

    Attributes
    ----------
    factors : list of Factor
        Those that are right; of a joint sample one for each column.
    joints : list of Joint
        Joint samples.
    """

    def __init__(self, trials: Trials, folder: Path) -> None:
        self.trials, self.findings, self.folder = trials, trials.findings, folder
        self.factors: list[Factor] = []
        self.joints: list[Joint] = []

    def _paths(self, at: TreePath, written: str | list[str] | None) -> tuple[str, ...]:
        if written is None:
            self.findings.wrong(at, "is missing; write what it sets, as protege.forces")
            return ()
        paths = (written,) if isinstance(written, str) else tuple(written)
        if not paths:
            self.findings.wrong((*at, "path"), "is empty; write what it sets, as protege.forces")
        return paths

    def lever(self, name: str, lever: Lever) -> None:
        """Check a lever."""
        at: TreePath = ("levers", name)
        paths = self._paths(at, lever.path)
        if not lever.values:
            self.findings.wrong((*at, "values"), "is empty; write the values it may take")
        if lever.labels and len(lever.labels) != len(lever.values):
            self.findings.wrong(
                (*at, "labels"),
                f"found {len(lever.labels)} labels for {len(lever.values)} values; write one each",
            )
        if not paths or not lever.values:
            return
        where = self.trials.applies(at, paths, lever.values[0])
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
                self.findings.wrong((*at, "values", index, *([key] if key else [])), str(error))
                continue
            if any(level.value == other.value for _, other in levels):
                self.findings.wrong((*at, "values", index), f"{found(level.value)} is there twice")
                continue
            levels.append((index, level))
        if not all(isinstance(level.value, float) for _, level in levels):
            return self._by_label(at, levels)
        return levels

    def _by_label(self, at: TreePath, levels: list[tuple[int, Level]]) -> list[tuple[int, Level]]:
        """Return levels of which some are no numbers, each known by its label."""
        named: dict[str, tuple[int, Level]] = {}
        for index, level in levels:
            if level.label in named:
                message = f"{found(level.label)} is there twice; write `labels` to tell them apart"
                self.findings.wrong((*at, "values", index), message)
                continue
            named[level.label] = index, replace(level, value=str(level.label))
        return list(named.values())

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
            self.trials.attempt((*at, "values", index), paths, level.raw, where)

    def uncertainty(self, name: str, one: Uncertainty) -> None:
        """Check an uncertainty."""
        at: TreePath = ("uncertainties", name)
        if one.joint is not None:
            self._joint(name, one)
            return
        if one.columns:
            self.findings.wrong((*at, "columns"), "is of a joint sample; write its file as `joint`")
        paths = self._paths(at, one.path)
        if one.distribution is None:
            self.findings.wrong(
                at, "is missing `distribution`; write one, or the file of a `joint` sample"
            )
            return
        if not paths:
            return
        raw = _written(one)
        where = self.trials.applies(at, paths, raw)
        if not where:
            return
        drawn = self._distribution(at, paths, raw)
        if drawn is None:
            return
        meta = number_at(paths[0])
        assert meta is not None
        for bound, key in ends(drawn):
            if not self.trials.attempt((*at, key) if key else at, paths, bound, where):
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

    def _distribution(
        self, at: TreePath, paths: Sequence[str], raw: dict[str, Any]
    ) -> Distribution | None:
        drawn: Distribution | None = None
        for path in paths:
            meta = number_at(path)
            if meta is None:
                shape = shape_at(path)
                stands = describe(shape) if shape is not None else "something else"
                self.findings.wrong(
                    at, f"{path} is {stands}, and no number; make it a lever with values"
                )
                return None
            try:
                parsed = parse_number(raw, meta)
            except NumberError as error:
                key = tuple(error.key.split(".")) if error.key else ()
                self.findings.wrong((*at, *key), str(error))
                return None
            except ValueError as error:
                self.findings.wrong((*at, "distribution"), str(error))
                return None
            assert parsed is not None
            drawn = drawn or parsed.distribution
        return drawn

    def _joint(self, name: str, one: Uncertainty) -> None:
        at: TreePath = ("uncertainties", name)
        if one.path is not None or one.distribution is not None:
            self.findings.wrong(
                at, "a joint sample takes no path and no distribution; name its `columns`"
            )
            return
        if not one.columns:
            self._drawn_by_base(name, str(one.joint))
            return
        try:
            joint = read_joint(name, str(one.joint), self.folder, dict(one.columns))
        except ValueError as error:
            key = getattr(error, "key", "")
            self.findings.wrong((*at, *(("columns", key) if key else ("joint",))), str(error))
            for column, path in one.columns.items():
                self.trials.where(path, 0.0, (*at, "columns", column))
            return
        self.joints.append(joint)
        for column, path in one.columns.items():
            self._joint_column(name, column, path, joint)

    def _drawn_by_base(self, name: str, text: str) -> None:
        """Take a row of what the scenario itself draws; its values were tried when it was read."""
        try:
            joint, factors = drawn_by_base(name, text, self.trials.cases)
        except ValueError as error:
            self.findings.wrong(("uncertainties", name, "joint"), str(error))
            return
        self.joints.append(joint)
        self.factors += factors

    def _joint_column(self, name: str, column: str, path: str, joint: Joint) -> None:
        at: TreePath = ("uncertainties", name, "columns", column)
        values = joint.values[column]
        where = self.trials.where(path, values[0], at)
        meta = number_at(path)
        if not where:
            return
        if meta is None:
            self.findings.wrong(at, f"{path} is no number")
            return
        for bound in (min(values), max(values)):
            if not self.trials.attempt(at, (path,), bound, where):
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


def _written(one: Uncertainty) -> dict[str, Any]:
    keys = ("distribution", *SHAPES, "evidence", "source")
    given = {key: getattr(one, key) for key in dict.fromkeys(keys)}
    return {key: value for key, value in given.items() if value is not None}


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
        yield from (
            (v, k) for v, k in ((drawn.low, "low"), (drawn.high, "high")) if math.isfinite(v)
        )
        yield drawn.center(), ""
    else:
        yield p[0], "low"
        yield p[-1], "high"
