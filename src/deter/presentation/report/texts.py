"""The texts of the frameworks: all by their main terms, two clause by clause, each in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from deter.presentation.clauses import BINDING_WORDS, EVENT_WORDS, LEVEL_WORDS, about, clauses
from deter.presentation.report.blocks import Block, Bullets, Folded, Part, Prose, Table
from deter.presentation.side_by_side import side_by_side
from deter.vocabulary import RUNGS

if TYPE_CHECKING:
    from deter.presentation.opened import Opened
    from deter.spec.framework import Framework, Layer


def framework_blocks(opened: Opened, pair: tuple[str, str] | None) -> list[Block]:
    """Return the frameworks side by side: all by their main terms, two clause by clause.

    Parameters
    ----------
    opened : Opened
        The results.
    pair : tuple of str or None
        The two to lay side by side.
    """
    found: list[Block] = [_terms(opened.frameworks)]
    if pair is not None:
        found.append(_pair(opened.frameworks, pair))
    return [
        *found,
        *(
            Folded(f"{framework.title}, clause by clause", tuple(_told(framework)))
            for framework in opened.frameworks.values()
            if framework.layers
        ),
    ]


def _terms(frameworks: Mapping[str, Framework]) -> Table:
    heads = ("framework", "layer", "legal form", "owed", "decision", "in place", "response from")
    rows: list[tuple[str, ...]] = []
    for framework in frameworks.values():
        if not framework.layers:
            rows.append((framework.title, *["–"] * (len(heads) - 1)))
        rows += [(framework.title, *_main(layer)) for layer in framework.layers]
    caption = "The frameworks by their main terms, a line for each layer"
    return Table(caption, heads, tuple(rows), words=True)


def _main(layer: Layer) -> tuple[str, ...]:
    said = {clause.name: clause.text for clause in clauses(layer)}
    return (
        layer.title or layer.id,
        BINDING_WORDS.get(layer.binding, layer.binding),
        _owed(layer),
        said.get("decision", "–"),
        _in_place(layer),
        EVENT_WORDS.get(layer.activation.response, layer.activation.response),
    )


def _owed(layer: Layer) -> str:
    """Return what is owed, rungs of one level together."""
    if isinstance(layer.obligation, str):
        level = LEVEL_WORDS.get(layer.obligation, layer.obligation)
        return "–" if layer.obligation == "none" else f"at every rung: {level}"
    by_level: dict[str, list[str]] = {}
    for rung in RUNGS:
        asked = str(getattr(layer.obligation, rung))
        if asked != "none":
            by_level.setdefault(LEVEL_WORDS.get(asked, asked), []).append(rung)
    return "; ".join(f"{', '.join(rungs)}: {level}" for level, rungs in by_level.items()) or "–"


def _in_place(layer: Layer) -> str:
    """Return how many troops of how many states stand where."""
    held = [one for one in layer.presence if one.troops.value > 0]
    if not held:
        return "–"
    total = sum(one.troops.value for one in held)
    states = len({one.guarantor for one in held})
    front = sum(one.troops.value for one in held if one.place == "front")
    brigades = sum(one.reinforcement.value for one in held)
    told = f"{total:,.0f} troops of {states} state{'' if states == 1 else 's'}"
    told += f", {front:,.0f} of them at the front" if front else ""
    return f"{told}; {brigades:g} brigades to follow" if brigades else told


def _pair(frameworks: Mapping[str, Framework], pair: tuple[str, str]) -> Part:
    found = side_by_side(pair, (frameworks[pair[0]], frameworks[pair[1]]))
    heads = ("clause", *found.titles)
    blocks: list[Block] = []
    for one in found.layers:
        differing = [c for c in one.clauses if not c.alike]
        alike = [c.clause for c in one.clauses if c.alike]
        named = " and ".join(dict.fromkeys(t for t in one.titles if t != "–"))
        if differing:
            rows = tuple((c.clause, *c.texts) for c in differing)
            blocks.append(Table(f"{named}: clauses that differ", heads, rows, words=True))
        if alike:
            blocks.append(Prose((f"Alike in {named}: {', '.join(alike)}.",), quiet=True))
    if found.whole:
        rows = tuple((c.clause, *c.texts) for c in found.whole)
        blocks.append(Table("The frameworks as a whole", heads, rows, words=True))
    return Part(f"{found.titles[0]} beside {found.titles[1]}", tuple(blocks))


def _told(framework: Framework) -> Iterator[Block]:
    if framework.summary:
        yield Prose((" ".join(framework.summary.split()),))
    for layer in framework.layers:
        rows = tuple((c.name, c.text) for c in clauses(layer))
        yield Table(layer.title or layer.id, ("clause", "what it says"), rows, words=True)
    whole = tuple(about(framework))
    if whole:
        yield Table("The framework as a whole", ("clause", "what it says"), whole, words=True)
    if framework.sources:
        yield Bullets(tuple(framework.sources))


__all__ = ["framework_blocks"]
