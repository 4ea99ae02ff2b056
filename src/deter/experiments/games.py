"""Games of cases, cheaply: one game is flattened, and what changes is written into its cells.

Validating a scenario and flattening it takes a tenth of a second; a case has a millisecond. So a
*template* is a game made in full, with the values some factors have in it, and for the others,
called *plain*, the cells of the arrays they stand in. A factor is plain if flattening reads its
field exactly once, to fill it in: nothing else in the game can then depend on it. That is not
declared but observed: the records that hold the fields count how often each is read
(:mod:`deter.experiments.watching`). What is read elsewhere too (a severity orders the options, a
stake decides who plays) makes a template of its own for each of its values. What is no single
value (a list of members, an obligation written out) is set and validated as ``--set`` does.

The bits of a game so made are those of the same case under ``deter run --set``, or
``tests/test_sweep.py`` fails.
"""

from __future__ import annotations

import math
import shlex
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deter.engine.game import Built, build
from deter.errors import Fault, InputError
from deter.experiments.cells import Cell, located
from deter.experiments.places import Spot, placed, single, spot_of
from deter.experiments.watching import watched
from deter.spec.factors import Factor, addressed
from deter.spec.framework import Framework
from deter.spec.loading import LoadedScenario, patch_scenario
from deter.spec.references import Cast, check_framework, check_scenario
from deter.spec.scenario import Scenario
from deter.spec.tree import dotted

MOST_TEMPLATES = 512
"""Templates a process keeps; the oldest makes room."""

CHECKED_TOGETHER = frozenset(
    {
        "brigades_30d",
        "brigades_90d",
        "shape",
        "steps_to_objective",
        "steps_to_repulse",
        "position",
        "at",
        "horizon",
        "k",
        "n",
        "win",
        "option_class",
        "state",
        "rule",
        "arbiter",
        "automatic",
        "distribution",
    }
)
"""Fields of single values that the checks between fields read: where two of them vary, a
combination may be wrong although each value is right."""


def _checked_together(path: str, raw: Any) -> bool:
    """Tell whether setting a path sets a field that checks between fields read."""
    if isinstance(raw, Mapping) and any(_checked_together(str(k), v) for k, v in raw.items()):
        return True
    return path.rpartition(".")[2] in CHECKED_TOGETHER


@dataclass(frozen=True)
class Template:
    """A game, and where the values of its plain factors stand.

    Attributes
    ----------
    built : Built
        The game; never written to.
    cells : dict of str to list of Cell
        By plain factor.
    records : tuple
        The scenario and the framework it was made of.
    """

    built: Built
    cells: dict[str, list[Cell]]
    records: tuple[Scenario, Framework]


@dataclass
class Games:
    """Makes the games of the cases of an experiment; a worker process has one.

    Attributes
    ----------
    cases : dict of str to LoadedScenario
        The base under each framework.
    factors : tuple of Factor
        What varies.
    patches : dict of str to mapping
        Settings by patch.
    fixed : dict of str to object
        What is set in every case: distributions of uncertainties drawn per history.
    path : str
        The base's file, for the command that repeats a replication.
    shown : dict of str to object
        What ``set`` says, for the same command.
    names : dict of str to str
        By framework, the name or path it is asked for with.
    """

    cases: dict[str, LoadedScenario]
    factors: tuple[Factor, ...]
    patches: dict[str, Mapping[str, Any]]
    fixed: dict[str, Any]
    path: str = ""
    shown: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._lock = threading.RLock()
        self._templates: OrderedDict[Any, Template] = OrderedDict()
        self._cells: dict[Any, dict[str, list[Cell]]] = {}
        self._bases: dict[Any, LoadedScenario] = {}
        self._structural: dict[str, set[str]] = {name: set() for name in self.cases}
        self._by_name = {factor.name: factor for factor in self.factors}
        together = [
            f.name for f in self.factors if any(_checked_together(path, None) for path in f.paths)
        ]
        beside = any(_checked_together(p, raw) for p, raw in self._set_besides())
        self._checked = frozenset(together if len(together) > 1 or beside else ())
        self._applies = {
            name: {f.name: self._paths(name, f) for f in self.factors} for name in self.cases
        }

        self._effective = {
            name: (*(n for n, paths in applies.items() if paths), "patch")
            for name, applies in self._applies.items()
        }

    def _set_besides(self) -> Iterator[tuple[str, Any]]:
        """Yield what cases set besides factors: by patches, and as distributions."""
        for settings in (self.fixed, *self.patches.values()):
            yield from settings.items()

    def __getstate__(self) -> dict[str, Any]:
        kept = ("cases", "factors", "patches", "fixed", "path", "shown", "names")
        return {name: getattr(self, name) for name in kept}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def _paths(self, framework: str, factor: Factor) -> tuple[str, ...]:
        """Return the paths of a factor that exist under a framework."""
        if framework not in factor.frameworks:
            return ()
        raw = factor.levels[0].raw if factor.levels else 0.0
        case = self.cases[framework]
        return tuple(path for path in factor.paths if not addressed(case, path, raw))

    # ---- what a case sets

    def effective(self, framework: str) -> tuple[str, ...]:
        """Return the columns that have an effect under a framework."""
        return self._effective[framework]

    def settings(self, framework: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a case sets in the base, by path, as after ``--set``."""
        found = dict(self._given(framework, values.get("patch")))
        for name, value in values.items():
            factor = self._by_name.get(name)
            if factor is not None and is_set(value):
                raw = factor.raw(value)
                found |= dict.fromkeys(self._applies[framework][name], raw)
        return found

    def _given(self, framework: str, patch: Any) -> dict[str, Any]:
        """Return what is set besides factors: distributions drawn per history, and the patch."""
        case = self.cases[framework]
        wanted = {**self.fixed, **(self.patches[patch] if is_set(patch) else {})}
        return {p: raw for p, raw in wanted.items() if not addressed(case, p, raw)}

    def repeat(self, framework: str, values: Mapping[str, Any], seed: int, replication: int) -> str:
        """Return the command that tells one replication of a case."""
        parts = ["deter", "trace", self.path, "-f", self.names.get(framework, framework)]
        parts += ["-r", str(replication), "--engine", "reference", "--seed", str(seed)]
        settings = {**self._shown(framework), **self.settings(framework, values)}
        for path, raw in settings.items():
            parts += ["--set", f"{path}={_written(raw)}"]
        return shlex.join(parts)

    def _shown(self, framework: str) -> dict[str, Any]:
        case = self.cases[framework]
        return {p: raw for p, raw in self.shown.items() if not addressed(case, p, raw)}

    # ---- templates

    def template(self, framework: str, values: Mapping[str, Any]) -> Template:
        """Return the template for a case.

        Raises
        ------
        InputError
            If the case's values do not go together.
        """
        with self._lock:
            structural = self._structural[framework]
            while True:
                key = self._key(framework, values, structural)
                known = self._templates.get(key)
                if known is None:
                    known = self._make(framework, values, structural)  # what fails is not kept
                    if len(structural) != len(key[2]):
                        continue  # it has just come out that one more is structural
                    self._keep(key, known)
                return known

    def _key(self, framework: str, values: Mapping[str, Any], structural: set[str]) -> Any:
        patch = values.get("patch")
        fixed = tuple((name, _key_of(values[name])) for name in sorted(structural))
        unset = tuple(n for n in self._by_name if n in values and not is_set(values[n]))
        return framework, patch if is_set(patch) else None, fixed, unset

    def _keep(self, key: Any, made: Template) -> None:
        if len(self._templates) >= MOST_TEMPLATES:
            self._templates.popitem(last=False)
        self._templates[key] = made

    def _make(self, framework: str, values: Mapping[str, Any], structural: set[str]) -> Template:
        scenario, terms, spots = self._records(framework, values, structural)
        _refuse(self.cases[framework], scenario, terms)
        counts, seen = watched(scenario, terms, spots)
        built = build(*seen)
        plain = {
            name: places
            for name, places in spots.items()
            if name not in structural and all(counts.of(place) == 1 for place in places)
        }
        unknown = [
            name
            for name in self._by_name
            if name not in plain and self._applies[framework][name] and is_set(values.get(name))
        ]
        layout = self._layout(framework, values, built, plain)
        cells = self._cells.get(layout)
        if cells is None:
            levels = {n: [lv.raw for lv in self._by_name[n].levels] for n in plain}
            cells = located((scenario, terms), built, plain, levels)
            self._cells[layout] = cells
        structural.update(name for name in unknown)
        structural.update(name for name in plain if name not in cells)
        return Template(built, cells, (scenario, terms))

    def _layout(
        self, framework: str, values: Mapping[str, Any], built: Built, plain: Mapping[str, Any]
    ) -> Any:
        """Return all that decides where a plain factor stands in the arrays."""
        lists = tuple(
            (name, _key_of(values[name]))
            for name, factor in self._by_name.items()
            if name in values and any(isinstance(lv.raw, list | dict) for lv in factor.levels)
        )
        shapes = tuple(array.shape for array in built.game)
        patch = values.get("patch")
        names = built.guarantors, built.options, built.layers
        return framework, patch if is_set(patch) else None, lists, shapes, names, tuple(plain)

    def _records(
        self, framework: str, values: Mapping[str, Any], structural: set[str]
    ) -> tuple[Scenario, Framework, dict[str, list[Spot]]]:
        """Return a case's scenario and framework, and where its single values stand in them."""
        singles: dict[str, Any] = {}
        others: dict[str, Any] = dict(self._given(framework, values.get("patch")))
        for name, factor in self._by_name.items():
            value = values.get(name)
            paths = self._applies[framework][name]
            if not is_set(value) or not paths:
                continue
            raw = factor.raw(value)
            if isinstance(raw, list | dict):
                others |= dict.fromkeys(paths, raw)
            else:
                singles[name] = raw
        case = self._based(framework, others)
        scenario, terms = case.scenario, case.framework
        spots: dict[str, list[Spot]] = {}
        late: dict[str, Any] = {}
        for name, raw in singles.items():
            paths = self._applies[framework][name]
            found = [spot_of(scenario, terms, path) for path in paths]
            if any(single(spot, raw) is None for spot in found):
                late |= dict.fromkeys(paths, raw)
                structural.add(name)
        if late:
            case = self._based(framework, {**others, **late})
            scenario, terms = case.scenario, case.framework
        for name, raw in singles.items():
            paths = self._applies[framework][name]
            if late.keys() & set(paths):
                continue
            spots[name] = []
            for path in paths:
                spot = spot_of(scenario, terms, path)
                assert spot is not None
                scenario, terms = placed(scenario, terms, spot, single(spot, raw))
                spots[name].append(spot)
        fresh = {
            name: [spot_of(scenario, terms, path) for path in self._applies[framework][name]]
            for name in spots
        }
        return (
            scenario,
            terms,
            {n: [s for s in found if s is not None] for n, found in fresh.items()},
        )

    def _based(self, framework: str, settings: dict[str, Any]) -> LoadedScenario:
        """Return the base with settings, set and validated as ``--set`` does."""
        if not settings:
            return self.cases[framework]
        key = framework, repr(settings)
        case = self._bases.get(key)
        if case is None:
            case = patch_scenario(self.cases[framework], settings)
            if len(self._bases) >= MOST_TEMPLATES:
                self._bases.pop(next(iter(self._bases)))
            self._bases[key] = case
        return case

    def check(self, template: Template, framework: str, values: Mapping[str, Any]) -> None:
        """Say so where the values of a case do not go together.

        Raises
        ------
        InputError
            With what is wrong.
        """
        if not self._checked or not any(is_set(values.get(name)) for name in self._checked):
            return
        scenario, terms = template.records
        for name in self._checked:
            if name in template.cells and is_set(values.get(name)):
                raw = self._by_name[name].raw(values[name])
                for path in self._applies[framework][name]:
                    spot = spot_of(scenario, terms, path)
                    assert spot is not None
                    scenario, terms = placed(scenario, terms, spot, single(spot, raw))
        _refuse(self.cases[framework], scenario, terms)

    def written(
        self, template: Template, values: Mapping[str, Any]
    ) -> Iterator[tuple[str, int, Any]]:
        """Yield what is to be written where, for a case: array, offset, value."""
        for name, cells in template.cells.items():
            value: Any = values.get(name)
            if not is_set(value):
                continue
            for cell in cells:
                if not cell.codes:
                    yield cell.array, cell.offset, float(value)
                    continue
                raw = self._by_name[name].raw(value)
                code = next(c for known, c in cell.codes if known == raw and _alike(known, raw))
                yield cell.array, cell.offset, code


def is_set(value: Any) -> bool:
    """Tell whether a cell of the table of cases holds a value.

    Examples
    --------
    >>> is_set(0.0), is_set(float("nan")), is_set(None)
    (True, False, False)
    """
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _alike(known: Any, raw: Any) -> bool:
    return isinstance(known, bool) == isinstance(raw, bool)


def _key_of(value: Any) -> Any:
    return value if is_set(value) else None


def _written(raw: Any) -> str:
    """Return a value as it is written after ``--set``; a float so that it reads back the same."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float):
        return repr(raw)
    if raw is None:
        return "null"
    if isinstance(raw, list):
        return f"[{', '.join(_written(item) for item in raw)}]"
    if isinstance(raw, dict):
        return f"{{{', '.join(f'{key}: {_written(item)}' for key, item in raw.items())}}}"
    return f'"{raw}"' if str(raw).upper() in ("NO", "YES", "ON", "OFF", "NULL") else str(raw)


def _refuse(case: LoadedScenario, scenario: Scenario, terms: Framework) -> None:
    """Raise what is wrong between fields."""
    problems = [(p.path, p.message) for p in check_scenario(scenario)]
    cast = Cast.of(scenario, ())
    problems += [(("framework", *p.path), p.message) for p in check_framework(terms, cast)]
    if problems:
        faults = {Fault(case.name, 0, dotted(path), message) for path, message in problems}
        raise InputError(tuple(sorted(faults)))
