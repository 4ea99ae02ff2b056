"""What each change of a lever, or each uncertainty, moves: bars from the largest down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.estimates import Estimate, nothing
from deter.analysis.levers import Levers
from deter.analysis.morris import Morris
from deter.presentation.figures import notes
from deter.presentation.figures.asking import (
    NOT_A_SWEEP,
    about,
    asked,
    factor_labels,
    measure_words,
    points_of,
    question,
    sweep_note,
    written,
)
from deter.presentation.figures.dots import Row, stands
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened

NAME = "tornado"
SHOWN = 14
"""Bars drawn at most."""

KINDS = ("grid", "one_at_a_time", "list", "morris")
LABELS = 2.6
KEY = {"higher": "raises it", "lower": "lowers it", "unclear": "not told from no effect"}


@dataclass(frozen=True)
class Tornado:
    """What the picture of effects shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    effects : mapping of str to mapping of str to Estimate
        By panel (a framework) and bar (a change).
    unit : str
        Of the measure; ``1`` for a probability or share.
    signed : bool
        Whether effects have a direction; those of a screening have a size only.
    """

    title: str
    note: str
    effects: Mapping[str, Mapping[str, Estimate]]
    unit: str
    signed: bool = True

    @property
    def bars(self) -> list[str]:
        """Names of the bars, the largest in any panel first."""
        sizes: dict[str, float] = {}
        for panel in self.effects.values():
            for name, effect in panel.items():
                sizes[name] = max(sizes.get(name, 0.0), abs(effect.estimate or 0.0))
        return sorted(sizes, key=lambda name: -sizes[name])


def table_of(data: Tornado) -> DotTable:
    """Return effects as a table of bars: a column for each framework."""
    unit, scale = points_of(data.unit)
    bars = data.bars[:SHOWN]
    left = len(data.bars) - len(bars)
    more = f"{left} smaller effects are not drawn. " if left else ""
    columns = []
    for name, panel in data.effects.items():
        rows = []
        for bar in bars:
            effect = panel.get(bar, nothing())
            mark = stands(effect) if data.signed else "plain"
            rows.append(Row(bar, effect, mark, words="none here"))
        columns.append(Column(name, unit, tuple(rows), scale, signed=data.signed, bars=True))
    key = KEY if data.signed else {}
    return DotTable(data.title, f"{more}{data.note}", tuple(bars), tuple(columns), key)


def tornado(data: Tornado) -> Figure:
    """Draw effects as bars from 0 with their 95 % intervals, the largest first."""
    return dot_table(table_of(data), 3, LABELS)


def data_of(opened: Opened, options: Options) -> Tornado:
    """Return what the picture of effects shows."""
    study = opened.study
    assert study is not None
    measure = question(opened, "sensitivity", options)["measure"]
    called = factor_labels(study)
    effects: dict[str, dict[str, Estimate]] = {}
    unit, signed, words = "1", True, ""
    for answer in asked(opened, "sensitivity", options):
        panel = about(opened, answer, measure)
        found = answer.result
        if isinstance(found, Levers):
            effects[panel] = {
                _bar(one.lever, one.level, one.against): one.effect for one in found.effects
            }
            unit = next((one.effect.unit for one in found.effects), unit)
            words = "Bars: the mean difference that a change makes, in pairs under shared luck."
        elif isinstance(found, Morris):
            effects[panel] = {called.get(f.factor, f.factor): f.mu_star for f in found.factors}
            unit = next((f.mu_star.unit for f in found.factors), unit)
            signed = False
            words = (
                "Bars: the mean size of the change of the measure when a factor is moved over "
                "its whole range (Morris's μ*)."
            )
    note = f"{words} {sweep_note(opened)} {notes.BARS} {notes.condition(opened)}"
    title = f"{opened.title}: what moves {measure_words(measure)}"
    return Tornado(title, note, effects, unit, signed)


def _bar(lever: str, level: object, against: object) -> str:
    here, there = (written(str(word)) for word in (level, against))
    return here if lever == "patch" else f"{lever}: {here}, not {there}"


def _why_not(opened: Opened) -> str:
    if opened.study is None:
        return NOT_A_SWEEP
    kind = opened.study.design["kind"]
    if kind not in KINDS:
        return f"a design of kind {kind} has no effects of changes one by one"
    return "" if len(opened.study) > 1 else "there is one case, and nothing is changed"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    table = table_of(data)
    alt = f"{table.columns[0].unit}, with 95 % intervals, the largest first."
    return drawn(NAME, table, tornado(data), alt, "change" if data.signed else "factor")


KIND = Kind(NAME, "what each change moves, the largest first", _why_not, _draw)

__all__ = ["KIND", "Tornado", "data_of", "table_of", "tornado"]
