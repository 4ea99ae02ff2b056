"""What an experiment varies, checked against its scenario: levers with levels, uncertainties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from deter.spec.framework import Framework
from deter.spec.loading import LoadedScenario
from deter.spec.overrides import Setting, apply_settings
from deter.spec.quantities import Distribution, parse_number
from deter.spec.scenario import Scenario
from deter.spec.shape import CONTAINERS, Shape, below, record_shape
from deter.spec.terms import FRAMEWORK
from deter.spec.tree import Place, graft

LEVER: Literal["lever"] = "lever"
UNCERTAINTY: Literal["uncertainty"] = "uncertainty"


@dataclass(frozen=True)
class Level:
    """One value of a lever.

    Attributes
    ----------
    value : float or str
        As it stands in the table of cases: a number in the field's unit, or a word.
    raw : object
        As it is set.
    label : str
        As output shows it.
    """

    value: float | str
    raw: Any
    label: str


@dataclass(frozen=True)
class Factor:
    """One thing that is varied, and a column of the table of cases.

    Attributes
    ----------
    name : str
        Its column.
    kind : {"lever", "uncertainty"}
        Whether a drafter decides it or nobody knows it.
    paths : tuple of str
        What it sets, as after ``--set``.
    label : str
        Name shown in output.
    unit : str
        Of a number, as the field has it; empty for words.
    levels : tuple of Level
        Of a lever.
    distribution : Distribution or None
        Of an uncertainty by itself, in the field's unit.
    joint : str or None
        Name of the joint sample it is drawn from with others.
    drawn : tuple of float
        Of a joint sample: its values, row by row.
    frameworks : tuple of str
        Where it has an effect: frameworks in which its paths exist.
    written : dict
        The uncertainty as the user wrote it, with its standing.
    """

    name: str
    kind: Literal["lever", "uncertainty"]
    paths: tuple[str, ...]
    label: str = ""
    unit: str = ""
    levels: tuple[Level, ...] = ()
    distribution: Distribution | None = None
    joint: str | None = None
    drawn: tuple[float, ...] = field(default=(), repr=False)
    frameworks: tuple[str, ...] = ()
    written: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_number(self) -> bool:
        """Whether its column holds numbers."""
        return all(isinstance(level.value, float) for level in self.levels)

    def raw(self, value: Any) -> Any:
        """Return what is set where the table of cases holds a value."""
        for level in self.levels:
            if level.value == value:
                return level.raw
        return float(value)


def shape_at(path: str) -> Shape | None:
    """Return what may stand at a path, or None where the models have no such path.

    Examples
    --------
    >>> shape_at("protege.forces").kind, shape_at("framework.layers.x.activation.response").kind
    ('number', 'choice')
    """
    steps = [step.strip() for step in path.split(".")]
    shape: Shape | None = record_shape(Scenario)
    if steps[0] == FRAMEWORK and len(steps) > 1:
        shape, steps = record_shape(Framework), steps[1:]
    for step in steps:
        if shape is not None and shape.kind == "union":
            shape = next((arm for arm in shape.arms if arm.kind in CONTAINERS), None)
        shape = below(shape, step)
    return shape


def number_at(path: str) -> dict[str, Any] | None:
    """Return unit and range of the number at a path, or None where no number stands there."""
    shape = shape_at(path)
    return dict(shape.meta) if shape is not None and shape.kind == "number" else None


def addressed(case: LoadedScenario, path: str, raw: Any) -> list[str]:
    """Return what is wrong with a path in a scenario under its framework; empty if it exists."""
    steps = tuple(step.strip() for step in path.split("."))
    node = graft(raw, Place(""))
    if steps[0] == FRAMEWORK and len(steps) > 1:
        setting = Setting(steps[1:], node)
        _, faults = apply_settings(case.terms.tree, Framework, [setting], (FRAMEWORK,))
    else:
        _, faults = apply_settings(case.tree, Scenario, [Setting(steps, node)])
    return [f"{fault.path}: {fault.message}" if fault.path else fault.message for fault in faults]


def level_of(raw: Any, label: str | None, meta: dict[str, Any] | None) -> Level:
    """Return a lever's value as a level.

    Raises
    ------
    ValueError
        If it is no number where one must stand, or needs a label and has none.
    """
    if meta is not None and not (raw is None and meta.get("optional")):
        parsed = parse_number(raw, meta)
        assert parsed is not None
        if parsed.distribution is None:
            return Level(parsed.value, parsed.value, label or f"{parsed.value:g}")
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Level(float(raw), raw, label or str(raw))
    word = label or _word(raw)
    if word is None:
        raise ValueError("a value that is a mapping needs a label; write one for each in `labels`")
    return Level(word, raw, word)


def _word(raw: Any) -> str | None:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None:
        return "none"
    if isinstance(raw, list):
        words = [_word(item) for item in raw]
        return None if None in words else "+".join(str(word) for word in words) or "empty"
    return None if isinstance(raw, dict) else str(raw)


def names(factors: Iterable[Factor]) -> list[str]:
    """Return the columns of factors."""
    return [factor.name for factor in factors]
