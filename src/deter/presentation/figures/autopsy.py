"""Which repair would have saved which failed history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from deter.analysis.estimates import nothing
from deter.analysis.rescue import Autopsy, Repair
from deter.presentation.figures import notes
from deter.presentation.figures.asking import asked
from deter.presentation.figures.dots import Row, stands
from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Kind, Options
from deter.presentation.figures.table import Column, DotTable, dot_table, drawn
from deter.presentation.opened import Opened
from deter.presentation.words import interval

NAME = "autopsy"
LABELS = 2.6
SHOWN = 16
WHOLE = "all of them at once"
KEY = {"lower": "told apart from no change", "unclear": "not told apart from it"}


@dataclass(frozen=True)
class Autopsies:
    """What the picture of repairs shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    found : mapping of str to Autopsy
        By what the framework is called.
    """

    title: str
    note: str
    found: Mapping[str, Autopsy]

    @property
    def repairs(self) -> list[str]:
        """Names of the repairs that do anything, the best in any framework first."""
        nets: dict[str, float] = {}
        for one in self.found.values():
            for repair in one.repairs:
                if not repair.inert:
                    net = repair.net.estimate or 0.0
                    nets[repair.name] = min(nets.get(repair.name, net), net)
        return sorted(nets, key=lambda name: nets[name])


def table_of(data: Autopsies) -> DotTable:
    """Return repairs as a table of dots: what each saves, and what it changes on balance."""
    names = data.repairs[:SHOWN]
    left = len(data.repairs) - len(names)
    more = f"{left} repairs with less effect are not drawn. " if left else ""
    columns: list[Column] = []
    for called, one in data.found.items():
        by_name = {repair.name: repair for repair in one.repairs}
        held = [by_name.get(name) for name in names] + [one.whole]
        labels = [*names, WHOLE]
        saved = tuple(_row(t, r, "saved") for t, r in zip(labels, held, strict=True))
        net = tuple(_row(t, r, "net") for t, r in zip(labels, held, strict=True))
        columns += [
            Column(f"{called}: saved by it", f"% of {one.n_failed:,} failed", saved, most=102.0),
            Column(f"{called}: change of {one.measure}", "percentage points", net, signed=True),
        ]
    return DotTable(data.title, f"{more}{data.note}", (*names, WHOLE), tuple(columns), KEY)


def _row(label: str, repair: Repair | None, part: str) -> Row:
    if repair is None:
        return Row(label, nothing(), words="none here")
    told = repair.told or (label == WHOLE and stands(repair.net) != "unclear")
    return Row(label, getattr(repair, part), "lower" if told else "unclear")


def autopsy(data: Autopsies) -> Figure:
    """Draw what repairs save and change, with their 95 % intervals."""
    return dot_table(table_of(data), 2, LABELS)


def data_of(opened: Opened, options: Options) -> Autopsies:
    """Return what the picture of repairs shows; runs histories again."""
    answers = [a.result for a in asked(opened, "autopsy", options)]
    found = {opened.titles.get(one.framework, one.framework): one for one in answers}
    first = next(iter(found.values()))
    failed = "; ".join(
        f"{name} {interval(one.failed, percent=True)} %" for name, one in found.items()
    )
    note = (
        f"Failed: {first.what} ({failed}). Each failed history is run again with one clause "
        "mended: which it saves, and by how much failure becomes less probable once histories "
        f"that the mending makes fail are counted. n = {first.n:,} histories, the same luck in "
        f"all; seed {first.seed}. {notes.BARS} {notes.condition(opened)}"
    )
    return Autopsies(f"{opened.title}: what would have saved it", note, found)


def _why_not(opened: Opened) -> str:
    if opened.manifest.get("path") or opened.study is not None:
        return ""
    return "the scenario it was made from is not known"


def _draw(opened: Opened, options: Options) -> Drawn:
    data = data_of(opened, options)
    table = table_of(data)
    return drawn(NAME, table, autopsy(data), "With 95 % intervals.", "repair")


KIND = Kind(NAME, "which repair would have saved which history", _why_not, _draw, asked=True)

__all__ = ["KIND", "Autopsies", "autopsy", "data_of", "table_of"]
