"""A library framework in a scenario that lacks some of what it names: that is left out.

Guarantors are, and regions it excludes. Nothing is left out silently: there is a note.
"""

from __future__ import annotations

from collections.abc import Iterable

from deter.spec.framework import Framework
from deter.spec.references import Cast, named_codes
from deter.spec.tree import Entry, Leaf, Listing, Node, Table


def absentees(framework: Framework, cast: Cast) -> list[str]:
    """Return the guarantors a framework names that the scenario lacks, in order of mention."""
    codes = (code for layer in framework.layers for _, code in named_codes(layer))
    return list(dict.fromkeys(code for code in codes if code in cast.elsewhere))


def prune(tree: Table, framework: Framework, cast: Cast, name: str) -> tuple[Table, list[str]]:
    """Leave absent guarantors, and excluded regions that are absent, out of a framework's tree.

    Returns
    -------
    tree : Table
        Without them.
    notes : list of str
        Who was left out, and which layers bind nobody in consequence; which regions.
    """
    gone = absentees(framework, cast)
    nowhere = list(dict.fromkeys(code for each in framework.layers for code in cast.nowhere(each)))
    if not gone and not nowhere:
        return tree, []
    notes = [f"framework {name}: {', '.join(who)} {_are(who)}" for who in (gone, nowhere) if who]
    layers = tree.get("layers")
    assert isinstance(layers, Listing)
    items: list[Node] = []
    for layer, node in zip(framework.layers, layers.items, strict=True):
        assert isinstance(node, Table)
        pruned = _everywhere(_without(node, frozenset(gone)), frozenset(nowhere))
        if layer.members and not cast.members(layer):
            notes.append(f"framework {name}: layer {layer.id} binds nobody in this scenario")
            pruned = _inert(pruned)
        items.append(pruned)
    entry = tree.entries["layers"]
    return tree.with_entry("layers", Listing(tuple(items), layers.place), entry.key), notes


def _are(gone: list[str]) -> str:
    verb = "is" if len(gone) == 1 else "are"
    return f"{verb} not in this scenario and {verb} left out"


def _without(layer: Table, gone: frozenset[str]) -> Table:
    for name, keep in (("members", _keep_codes), ("ladder", _keep_who), ("presence", _keep_at)):
        entry = layer.entries.get(name)
        if entry is not None and isinstance(entry.node, Listing):
            layer = layer.with_entry(name, keep(entry.node, gone), entry.key)
    decision = layer.entries.get("decision")
    if decision is not None and isinstance(decision.node, Table):
        layer = layer.with_entry("decision", _keep_decision(decision.node, gone), decision.key)
    return layer


def _everywhere(layer: Table, nowhere: frozenset[str]) -> Table:
    limits = layer.entries.get("limits")
    if limits is None or not isinstance(limits.node, Table):
        return layer
    excluded = limits.node.entries.get("excluded_regions")
    if excluded is None or not isinstance(excluded.node, Listing):
        return layer
    kept = _keep_codes(excluded.node, nowhere)
    node = limits.node.with_entry("excluded_regions", kept, excluded.key)
    return layer.with_entry("limits", node, limits.key)


def _keep_codes(codes: Listing, gone: frozenset[str]) -> Listing:
    return _kept(codes, (item for item in codes.items if not _is_gone(item, gone)))


def _keep_at(presence: Listing, gone: frozenset[str]) -> Listing:
    items = (item for item in presence.items if not _is_gone(_get(item, "guarantor"), gone))
    return _kept(presence, items)


def _keep_who(ladder: Listing, gone: frozenset[str]) -> Listing:
    return _kept(ladder, (_keep_step(step, gone) for step in ladder.items))


def _keep_step(step: Node, gone: frozenset[str]) -> Node:
    who = _get(step, "who")
    if not isinstance(step, Table) or not isinstance(who, Listing):
        return step
    return step.with_entry("who", _keep_codes(who, gone), step.entries["who"].key)


def _keep_decision(decision: Table, gone: frozenset[str]) -> Table:
    if _is_gone(decision.get("lead"), gone):
        decision = decision.without("lead")
    weights = decision.entries.get("weights")
    if weights is None or not isinstance(weights.node, Table):
        return decision
    kept: dict[str, Entry] = {k: e for k, e in weights.node.entries.items() if k not in gone}
    return decision.with_entry("weights", Table(kept, weights.node.place), weights.key)


def _inert(layer: Table) -> Table:
    """Take the decision rule off a layer with no members; its limits still hold."""
    attribution = layer.entries.get("attribution")
    if attribution is not None and isinstance(attribution.node, Table):
        arbiter = attribution.node.get("arbiter")
        if isinstance(arbiter, Leaf) and arbiter.value == "lead":
            node = attribution.node.without("arbiter")
            layer = layer.with_entry("attribution", node, attribution.key)
    return layer.without("decision")


def _kept(before: Listing, items: Iterable[Node]) -> Listing:
    return Listing(tuple(items), before.place)


def _get(node: Node, name: str) -> Node | None:
    return node.get(name) if isinstance(node, Table) else None


def _is_gone(node: Node | None, gone: frozenset[str]) -> bool:
    return isinstance(node, Leaf) and node.value in gone
