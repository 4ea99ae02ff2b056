"""Designs: from what varies to a table of cases.

A case is one *policy* (a combination of levers and a patch) at one *point* (a value of every
uncertainty). Points are the outer loop and policies the inner one, so that the first cases of a
sampled design are a smaller design of the same kind under every policy.

Grid, list and one at a time have no points: there an uncertainty keeps its distribution, and a
value is drawn anew for each history, the same under every case; one at a time moves it to
quantiles of its own.
"""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.errors import Fault, InputError
from deter.spec.experiment import SAMPLED
from deter.spec.experiments import LoadedExperiment
from deter.spec.factors import LEVER, Factor
from deter.spec.quantities import KINDS, Distribution

MOST_CASES = 5_000_000
"""Cases of a sweep at most."""

EDGE = 2.0**-40
"""Least distance of a point from 0 and 1: a normal law has no value there."""

TRIM = 0.005
"""Morris walks from 0 to 1 including both; on a law without ends it walks between these
quantiles, this far from either."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """One independent dimension of a sampled design.

    Attributes
    ----------
    name : str
        Of an uncertainty, of a joint sample, or of a lever that is drawn.
    columns : tuple of str
        The columns of the table of cases it determines.
    """

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Cases:
    """The table of cases.

    Attributes
    ----------
    table : DataFrame
        A row a case, indexed by ``case``: a column for each factor, with NaN or None where the
        factor is left as the base has it; of each joint sample the number of its row; ``patch`` if
        there are patches; ``point`` in sampled designs.
    inputs : tuple of Input
        Of a sampled design, in the order of the columns of ``points``.
    points : array
        Of a sampled design: its points in the unit cube.
    """

    table: pd.DataFrame
    inputs: tuple[Input, ...] = ()
    points: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def __len__(self) -> int:
        return len(self.table)

    @property
    def problem(self) -> dict[str, Any] | None:
        """The definition SALib's analysers take, for designs with points."""
        if not self.inputs:
            return None
        return {
            "num_vars": len(self.inputs),
            "names": [one.name for one in self.inputs],
            "bounds": [[0.0, 1.0] for _ in self.inputs],
        }


def sampler_seed(seed: int) -> int:
    """Return the seed handed to samplers: SALib takes 0 for none in places, so never that.

    Examples
    --------
    >>> sampler_seed(0), sampler_seed(7)
    (1, 8)
    """
    return seed % (2**31 - 2) + 1


def design_seed(loaded: LoadedExperiment) -> int:
    """Return the seed of an experiment's points."""
    given = loaded.experiment.design.seed
    return loaded.experiment.seed if given is None else given


def make_cases(loaded: LoadedExperiment) -> Cases:
    """Return the cases of an experiment, in order.

    Raises
    ------
    InputError
        If they are too many.
    """
    kind = loaded.experiment.design.kind
    if kind == "one_at_a_time":
        return Cases(_indexed(_one_at_a_time(loaded)))
    if kind in SAMPLED:
        return _sampled(loaded)
    policies = _policies(loaded, loaded.levers)
    _check_size(loaded, len(policies))
    return Cases(_indexed(policies))


def columns_of(loaded: LoadedExperiment) -> list[str]:
    """Return the columns of an experiment's table of cases."""
    drawn = _drawn(loaded)
    names = [factor.name for factor in (*loaded.levers, *drawn)]
    if drawn:
        names += [joint.name for joint in loaded.joints]
    more = ["patch"] if loaded.patches else []
    if loaded.experiment.design.kind in SAMPLED:
        more.append("point")
    return [*names, *more]


def _drawn(loaded: LoadedExperiment) -> tuple[Factor, ...]:
    """Return the uncertainties that have a value in each case."""
    kind = loaded.experiment.design.kind
    return loaded.uncertainties if kind in SAMPLED or kind == "one_at_a_time" else ()


def per_history(loaded: LoadedExperiment) -> tuple[Factor, ...]:
    """Return the uncertainties that are drawn anew for each history, those of grids and lists."""
    drawn = {factor.name for factor in _drawn(loaded)}
    return tuple(f for f in loaded.uncertainties if f.name not in drawn and f.joint is None)


def _indexed(rows: Mapping[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(dict(rows))
    frame.index = pd.RangeIndex(len(frame), name="case")
    return frame


def _check_size(loaded: LoadedExperiment, cases: int) -> None:
    if cases > MOST_CASES:
        message = f"makes {cases:,} cases; the most is {MOST_CASES:,}: vary less, or sample"
        raise InputError((Fault(str(loaded.path), 0, "design", message),))


class Policies(dict[str, list[Any]]):
    """Columns of policies."""

    def __init__(self, columns: Mapping[str, list[Any]], size: int) -> None:
        super().__init__(columns)
        self.size = size

    def __len__(self) -> int:
        return self.size


def _policies(loaded: LoadedExperiment, levers: Sequence[Factor]) -> Policies:
    """Cross patches and levers: the first patch first, the last lever fastest."""
    patches: list[Any] = [patch.name for patch in loaded.patches] or [None]
    size = len(patches) * math.prod(len(lever.levels) for lever in levers)
    _check_size(loaded, size)
    axes: list[list[Any]] = [
        patches,
        *([level.value for level in lever.levels] for lever in levers),
    ]
    combined = list(itertools.product(*axes))
    columns: dict[str, list[Any]] = {
        lever.name: [row[at + 1] for row in combined] for at, lever in enumerate(levers)
    }
    if loaded.patches:
        columns["patch"] = [row[0] for row in combined]
    return Policies(columns, len(combined))


# ---- one at a time


def _one_at_a_time(loaded: LoadedExperiment) -> dict[str, list[Any]]:
    """Return the base and then each other value of each factor, with the rest as in the base.

    An uncertainty is at its centre, and in turn at the quantiles of the design; a joint sample at
    each of its columns' medians, and not moved.
    """
    centre: dict[str, Any] = {f.name: base_value(loaded, f) for f in loaded.levers}
    for factor in loaded.uncertainties:
        drawn = factor.distribution
        centre[factor.name] = (
            float(np.median(factor.drawn)) if drawn is None else float(drawn.center())
        )
    rows = [dict(centre)]
    for factor in loaded.levers:
        values = [level.value for level in factor.levels]
        others = [value for value in values if value != centre[factor.name]]
        rows += [{**centre, factor.name: value} for value in others]
    for factor in loaded.uncertainties:
        if factor.distribution is not None:
            at = np.array(loaded.experiment.design.quantiles)
            drawn_there = quantiles(factor.distribution, at)
            others = [float(v) for v in drawn_there if float(v) != centre[factor.name]]
            rows += [{**centre, factor.name: value} for value in others]
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in centre}
    return columns | {joint.name: [np.nan] * len(rows) for joint in loaded.joints}


def base_value(loaded: LoadedExperiment, factor: Factor) -> float | str | None:
    """Return a lever's value in the base where that is a plain number or one of its levels.

    Otherwise NaN for a number and None for a word: the base is left as it is.
    """
    from deter.experiments.places import standing_at

    values = set()
    for name in factor.frameworks:
        case = loaded.cases[name]
        values |= {standing_at(case.scenario, case.framework, path) for path in factor.paths}
    if len(values) == 1:
        value = values.pop()
        if factor.is_number and isinstance(value, float):
            return value
        for level in factor.levels:
            if not factor.is_number and level.raw == value and type(level.raw) is type(value):
                return level.value
    return math.nan if factor.is_number else None


# ---- sampled designs


def _sampled(loaded: LoadedExperiment) -> Cases:
    design = loaded.experiment.design
    sampled = loaded.levers if design.levers == "sampled" else ()
    crossed = () if sampled else loaded.levers
    inputs = _inputs(loaded, sampled)
    policies = _policies(loaded, crossed)
    points = _points(loaded, len(inputs))
    _check_size(loaded, len(points) * len(policies))
    if design.kind == "morris":
        at = {one.name: _walked(loaded, one.name, points[:, k]) for k, one in enumerate(inputs)}
    else:
        inside = np.clip(points, EDGE, 1 - EDGE)
        at = {one.name: inside[:, k] for k, one in enumerate(inputs)}
    columns: dict[str, Any] = {}
    times = len(policies)
    for factor in (*loaded.levers, *loaded.uncertainties):
        if factor in crossed:
            columns[factor.name] = _repeated(policies[factor.name], len(points))
        else:
            drawn = _values(factor, at[factor.joint or factor.name])
            columns[factor.name] = [value for value in drawn for _ in range(times)]
    for joint in loaded.joints:
        columns[joint.name] = np.repeat(_row(at[joint.name], joint.rows), times)
    if loaded.patches:
        columns["patch"] = _repeated(policies["patch"], len(points))
    columns["point"] = np.repeat(np.arange(len(points)), times)
    return Cases(_indexed(columns), inputs, points)


def _repeated(values: Sequence[Any], times: int) -> list[Any]:
    return list(values) * times


def _inputs(loaded: LoadedExperiment, sampled: Sequence[Factor]) -> tuple[Input, ...]:
    made = [Input(lever.name, (lever.name,)) for lever in sampled]
    made += [Input(f.name, (f.name,)) for f in loaded.uncertainties if f.joint is None]
    for joint in loaded.joints:
        mine = tuple(f.name for f in loaded.uncertainties if f.joint == joint.name)
        made.append(Input(joint.name, (joint.name, *mine)))
    return tuple(made)


def _points(loaded: LoadedExperiment, dimensions: int) -> Floats:
    design, seed = loaded.experiment.design, sampler_seed(design_seed(loaded))
    assert design.n is not None
    made: Floats
    if design.kind in ("latin_hypercube", "sobol"):
        from scipy.stats import qmc

        if design.kind == "sobol":
            made = qmc.Sobol(d=dimensions, scramble=True, rng=seed).random(design.n)
        else:
            made = qmc.LatinHypercube(d=dimensions, rng=seed).random(design.n)
        return made
    problem = {
        "num_vars": dimensions,
        "names": [f"x{k}" for k in range(dimensions)],
        "bounds": [[0.0, 1.0]] * dimensions,
    }
    if design.kind == "saltelli":
        from SALib.sample import sobol

        made = sobol.sample(problem, design.n, calc_second_order=design.second_order, seed=seed)
        return made
    from SALib.sample import morris

    made = morris.sample(problem, design.n, num_levels=design.levels or 4, seed=seed)
    return made


def _walked(loaded: LoadedExperiment, name: str, u: Floats) -> Floats:
    """Return Morris's points of one input, kept off the ends of a law that has none."""
    drawn = next((f.distribution for f in loaded.uncertainties if f.name == name), None)
    if drawn is not None and drawn.kind in ("normal", "lognormal"):
        return TRIM + (1 - 2 * TRIM) * u
    return np.clip(u, EDGE, 1 - EDGE)


def _values(factor: Factor, u: Floats) -> Iterator[Any]:
    if factor.kind == LEVER:
        levels = [level.value for level in factor.levels]
        yield from (levels[k] for k in _row(u, len(levels)))
    elif factor.distribution is None:
        yield from (factor.drawn[k] for k in _row(u, len(factor.drawn)))
    else:
        yield from (float(value) for value in quantiles(factor.distribution, u))


def _row(u: Floats, n: int) -> NDArray[np.int64]:
    """Return which of ``n`` a point falls on; each has the same share of the unit interval."""
    return np.minimum((u * n).astype(np.int64), n - 1)


def quantiles(drawn: Distribution, u: Floats) -> Floats:
    """Return a distribution's values at quantiles ``u``, by the laws that draw them in histories.

    A discrete distribution takes its values in the order written.
    """
    from deter.theory.chance import discrete_quantile, parameter_quantile

    p = drawn.parameters
    if drawn.kind == "discrete":
        values, weights = np.array(p), np.array(drawn.weights)
        return np.array([discrete_quantile(float(x), values, weights) for x in u])
    four = (p[0], p[1], drawn.low, drawn.high) if drawn.kind in _BOUNDED else _four(p)
    kind = list(KINDS).index(drawn.kind)
    return np.array([parameter_quantile(float(x), kind, *four) for x in u])


_BOUNDED = ("normal", "lognormal", "beta")


def _four(p: tuple[float, ...]) -> tuple[float, float, float, float]:
    a, b, c, d, *_ = (*p, 0.0, 0.0, 0.0, 0.0)
    return a, b, c, d


# ---- extension

NOT_EXTENDED = {
    "latin_hypercube": "another n is another sample: none of its points is kept, since each "
    "stratum is split anew; sobol can be doubled",
    "morris": "trajectories can be added, not taken away",
    "saltelli": "n can only go from one power of two to a greater one",
    "sobol": "n can only go from one power of two to a greater one",
    "grid": "levels can be added to a lever, not taken away or changed",
    "list": "patches can be added, not taken away",
    "one_at_a_time": "levels can be added, not taken away, and the base must stay",
}
"""Why cases that are there are not among those asked for, by design."""


def extended(stored: pd.DataFrame, wanted: Cases, kind: str) -> Cases:
    """Return the cases asked for with those of a folder first, under the numbers they have.

    Parameters
    ----------
    stored : DataFrame
        The table of cases in the folder.
    wanted : Cases
        Those asked for.
    kind : str
        The design.

    Raises
    ------
    ValueError
        If some that are there are not asked for, with the reason.
    """
    table = wanted.table
    if list(stored.columns) != list(table.columns):
        raise ValueError(NOT_EXTENDED[kind])
    keys = [_key(row) for row in table.itertuples(index=False, name=None)]
    places: dict[tuple[Any, ...], deque[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, deque()).append(at)
    there = [_key(row) for row in stored.itertuples(index=False, name=None)]
    kept = [places[key].popleft() for key in there if places.get(key)]
    missing = len(there) - len(kept)
    if missing:
        raise ValueError(f"{missing:,} of its {len(there):,} cases would go: {NOT_EXTENDED[kind]}")
    known = set(kept)
    order = [*kept, *(at for at in range(len(table)) if at not in known)]
    again = table.iloc[order].reset_index(drop=True)
    again.index.name = "case"
    return Cases(again, wanted.inputs, wanted.points)


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row by which it is found again; what is not set is the same whatever its type."""
    return tuple(None if v is None or v != v else v for v in row)  # noqa: PLR0124  NaN
