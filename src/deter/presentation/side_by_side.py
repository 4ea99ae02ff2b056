"""Two frameworks side by side, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.presentation.clauses import about, clauses
from deter.spec.framework import Framework, Layer
from deter.spec.quantities import Record, Value
from deter.spec.shape import fields_of

NOTHING = "–"
"""Stands where a framework says nothing."""

WHOLE = "the framework as a whole"

OWN_CLAUSES = {"automatic": "decision"}
"""Fields of a layer that are told under another clause."""

NO_CLAUSES = ("id", "title")
"""Fields of a layer that only name it."""

Matched = Literal["id", "order", "none"]


@dataclass(frozen=True)
class FieldPair:
    """A field that is not alike: its path below the clause, and what either side has."""

    path: str
    values: tuple[Any, Any]


@dataclass(frozen=True)
class ClausePair:
    """One clause of two frameworks.

    Attributes
    ----------
    clause : str
        Which.
    texts : tuple of str
        What each says in plain words; a dash where it says nothing.
    fields : tuple of FieldPair
        The fields that differ; none where the clause is alike.
    """

    clause: str
    texts: tuple[str, str]
    fields: tuple[FieldPair, ...]

    @property
    def alike(self) -> bool:
        """Whether every field is the same, said or not."""
        return not self.fields


@dataclass(frozen=True)
class LayerPair:
    """A layer of each framework, or of one with nothing beside it.

    Attributes
    ----------
    layers : tuple of str or None
        Their ids; None on the side that has none.
    titles : tuple of str
        What they are called; a dash on the side that has none.
    matched_by : {"id", "order", "none"}
        Why they stand beside each other.
    clauses : tuple of ClausePair
        In the order of the model's table.
    """

    layers: tuple[str | None, str | None]
    titles: tuple[str, str]
    matched_by: Matched
    clauses: tuple[ClausePair, ...]


@dataclass(frozen=True)
class SideBySide:
    """Two frameworks, clause by clause.

    Attributes
    ----------
    names, titles : tuple of str
        Names and titles of the two.
    layers : tuple of LayerPair
        Those of the first in their order, then what only the second has.
    whole : tuple of ClausePair
        Hostility and offer.
    """

    names: tuple[str, str]
    titles: tuple[str, str]
    layers: tuple[LayerPair, ...]
    whole: tuple[ClausePair, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        heads = zip(self.names, self.titles, strict=True)
        return {
            "frameworks": [{"name": name, "title": title} for name, title in heads],
            "layers": [
                {
                    "layers": pair.layers,
                    "titles": pair.titles,
                    "matched_by": pair.matched_by,
                    "clauses": [_plain(clause) for clause in pair.clauses],
                }
                for pair in self.layers
            ],
            "whole": [_plain(clause) for clause in self.whole],
        }


def _plain(pair: ClausePair) -> dict[str, Any]:
    return {**asdict(pair), "alike": pair.alike}


def side_by_side(names: tuple[str, str], pair: tuple[Framework, Framework]) -> SideBySide:
    """Lay two frameworks side by side.

    Layers are matched by their id, and those left over by their order.

    Parameters
    ----------
    names : tuple of str
        What the two are called.
    pair : tuple of Framework
        The two.
    """
    return SideBySide(
        names=names,
        titles=(pair[0].title, pair[1].title),
        layers=tuple(_layer_pair(*match) for match in _matches(pair[0].layers, pair[1].layers)),
        whole=tuple(_whole(pair)),
    )


def _matches(
    left: Sequence[Layer], right: Sequence[Layer]
) -> Iterator[tuple[Layer | None, Layer | None, Matched]]:
    by_id = {layer.id: layer for layer in right}
    alone = [layer for layer in right if layer.id not in {other.id for other in left}]
    for layer in left:
        if layer.id in by_id:
            yield layer, by_id[layer.id], "id"
        elif alone:
            yield layer, alone.pop(0), "order"
        else:
            yield layer, None, "none"
    yield from ((None, layer, "none") for layer in alone)


def _layer_pair(left: Layer | None, right: Layer | None, matched: Matched) -> LayerPair:
    said = tuple(
        {c.name: c.text for c in clauses(layer)} if layer else {} for layer in (left, right)
    )
    known = [name for name in fields_of(Layer) if name not in (*NO_CLAUSES, *OWN_CLAUSES)]
    pairs = []
    for name in known:
        fields = [name, *(field for field, clause in OWN_CLAUSES.items() if clause == name)]
        differing = [d for field in fields for d in _differing(left, right, field, (field,))]
        texts = (said[0].get(name, NOTHING), said[1].get(name, NOTHING))
        unsaid = set(texts) == {NOTHING}
        if not unsaid or (differing and left is not None and right is not None):
            pairs.append(_clause(name, texts, differing))
    return LayerPair(
        layers=(left.id if left else None, right.id if right else None),
        titles=(_called(left), _called(right)),
        matched_by=matched,
        clauses=tuple(pairs),
    )


def _called(layer: Layer | None) -> str:
    return NOTHING if layer is None else layer.title or layer.id


def _whole(pair: tuple[Framework, Framework]) -> Iterator[ClausePair]:
    for name in ("hostility", "offer"):
        texts = (_said(pair[0], name), _said(pair[1], name))
        found = _clause(name, texts, list(_differing(pair[0], pair[1], name, (name,))))
        if found.fields or set(texts) != {NOTHING}:
            yield found


def _said(framework: Framework, name: str) -> str:
    return "; ".join(text for clause, text in about(framework) if clause == name) or NOTHING


def _clause(name: str, texts: tuple[str, str], differing: Sequence[FieldPair]) -> ClausePair:
    """Return a clause; what differs and is not told in words is told by its fields."""
    if differing and texts[0] == texts[1]:
        told = [
            "; ".join(f"{pair.path} {_shown(pair.values[side])}" for pair in differing)
            for side in (0, 1)
        ]
        words = ("", "") if texts[0] == NOTHING else (f"{texts[0]}; ", f"{texts[1]}; ")
        texts = (words[0] + told[0], words[1] + told[1])
    return ClausePair(name, texts, tuple(differing))


def _shown(value: Any) -> str:
    return NOTHING if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _differing(
    left: Record | None, right: Record | None, field: str, path: tuple[str, ...]
) -> Iterator[FieldPair]:
    """Yield the values below a field of two records that are not the same.

    A side that lacks the layer says nothing; whatever the other says, though it be the default,
    is told.
    """
    values = [None if one is None else _data(getattr(one, field)) for one in (left, right)]
    yield from _unlike(values[0], values[1], path)


def _data(value: Any) -> Any:
    """Return a value as plain data, without evidence, source and the order of names."""
    if isinstance(value, Value):
        drawn = value.distribution
        return value.value if drawn is None else drawn.model_dump(mode="json")
    if isinstance(value, Record):
        return {
            name: _data(getattr(value, f.attribute)) for name, f in fields_of(type(value)).items()
        }
    if isinstance(value, dict):
        return {name: _data(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_data(item) for item in value]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    return value


def _unlike(left: Any, right: Any, path: tuple[str, ...]) -> Iterator[FieldPair]:
    if left == right:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        for name in dict.fromkeys((*left, *right)):
            yield from _unlike(left.get(name), right.get(name), (*path, name))
    else:
        yield FieldPair(".".join(path), (left, right))


# ------------------------------------------------------------------------------- the terminal


def side_by_side_tables(found: SideBySide, *, unfold: bool = False) -> RenderableType:
    """Return two frameworks in two columns: differences first, then what is alike.

    Parameters
    ----------
    found : SideBySide
        The two.
    unfold : bool
        Show what is alike in full; else only which clauses are.
    """
    parts = [*(_layer_words(pair) for pair in found.layers), (WHOLE, found.whole)]
    differing = [(title, [c for c in held if not c.alike]) for title, held in parts]
    alike = [(title, [c for c in held if c.alike]) for title, held in parts]
    shown: list[RenderableType] = [Text(_heading(found), style="bold")]
    shown += [_table(title, found, held) for title, held in differing if held]
    if not any(held for _, held in differing):
        shown.append(Text("No clause differs."))
    return Group(*shown, *(_alike_whole(alike) if unfold else _alike_names(alike)))


def _heading(found: SideBySide) -> str:
    sides = zip(found.titles, found.names, strict=True)
    return " beside ".join(f"{title} ({name})" for title, name in sides)


def _layer_words(pair: LayerPair) -> tuple[str, tuple[ClausePair, ...]]:
    ids = [layer for layer in pair.layers if layer is not None]
    why = {
        "id": "in both",
        "order": "matched by their order",
        "none": "in one only",
    }[pair.matched_by]
    called = ids[0] if pair.matched_by == "id" else " and ".join(ids)
    return f"layer {called} ({why})", pair.clauses


def _table(title: str, found: SideBySide, held: Sequence[ClausePair]) -> Table:
    made = Table(
        title=Text(title, style="bold"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_lines=False,
    )
    made.add_column("clause", no_wrap=True)
    for name in found.names:
        made.add_column(Text(name), ratio=1, overflow="fold")
    for pair in held:
        made.add_row(pair.clause, *(Text(text) for text in pair.texts))
    return made


def _alike_whole(alike: Sequence[tuple[str, Sequence[ClausePair]]]) -> Iterator[RenderableType]:
    for title, held in alike:
        if held:
            yield Text(f"Alike, {title}:", style="bold")
            yield from (Text(f"  {pair.clause}: {pair.texts[0]}") for pair in held)


def _alike_names(alike: Sequence[tuple[str, Sequence[ClausePair]]]) -> Iterator[RenderableType]:
    named = [f"{title}: {', '.join(c.clause for c in held)}" for title, held in alike if held]
    if named:
        yield Text(f"Alike (--all shows them): {'; '.join(named)}.", style="dim")
