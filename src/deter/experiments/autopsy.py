"""What could be mended in a framework: a catalogue of repairs, each of one clause in all layers.

A repair puts a clause where it is strongest, whatever that would cost and whoever would have to
agree; what "strongest" means for clauses that are amounts (the force, the threshold) is an
assumption and stands in the constants below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from deter.experiments.pairs import Amendment
from deter.spec.framework import Layer, Obligation
from deter.spec.loading import LoadedScenario
from deter.vocabulary import RUNGS

DAY = 1.0
FORCE_STATES, FORCE_TROOPS, FORCE_BRIGADES, FORCE_DAYS = 4, 10_000, 3, 10
"""A capable force: the largest members, the troops of each at the front, what follows, and when."""

THRESHOLD = 0.0
"""A threshold that leaves no act out."""

DOING = ("assist", "as_deemed_necessary", "all_means")
"""Obligations to do something beyond consulting."""

Clauses: TypeAlias = Mapping[str, Any]
"""Paths below a layer and plain values."""

Mend: TypeAlias = Callable[[Layer], Clauses]


def _ladder(layer: Layer) -> Clauses:
    """Return an automatic ladder of what the layer owes anyway, within a day."""
    if layer.ladder:
        return {"automatic": True}
    owed = layer.obligation
    levels = {r: getattr(owed, r) if isinstance(owed, Obligation) else owed for r in RUNGS}
    steps = [{"rung": r, "deadline": DAY} for r in RUNGS if levels[r] in DOING]
    return {"automatic": True, "ladder": steps} if steps else {}


def _in_force(layer: Layer) -> Clauses:
    clauses: dict[str, Any] = {
        "activation.response": "signature",
        "activation.peacetime": "signature",
    }
    late = layer.activation.signature.value > 0
    return clauses | ({"activation.signature": 0} if late else {})


def _for_good(layer: Layer) -> Clauses:
    return {} if layer.duration.years is None else {"duration.years": None}


def _sanctions(layer: Layer) -> Clauses:
    return {"sanctions.snapback": "automatic"} if layer.sanctions.snapback != "automatic" else {}


def _fixed(**clauses: Any) -> Mend:
    named = {path.replace("__", "."): value for path, value in clauses.items()}
    return lambda _: named


def _uncapped(layer: Layer) -> Clauses:
    return {"limits.force_cap": None} if layer.limits.force_cap is not None else {}


RESPONSE: tuple[tuple[str, Mend], ...] = (
    ("in force from signature", _in_force),
    ("ratified treaty", _fixed(binding="ratified_treaty", activation__ratified=True)),
    ("all means owed", _fixed(obligation="all_means")),
    ("everybody a member", _fixed(members="all")),
    ("no threshold", _fixed(trigger__threshold=THRESHOLD)),
    ("no doubt about the threshold", _fixed(trigger__ambiguity=0)),
    (
        "everything covered",
        _fixed(trigger__options="all", trigger__regions="all", limits__excluded_regions=[]),
    ),
    ("threats count", _fixed(trigger__threats=True)),
    ("each rules for itself, at once", _fixed(attribution__arbiter="each", attribution__delay=0)),
    ("each decides for itself", _fixed(decision__rule="each")),
    (
        "decision within 24 h, silence is assent",
        _fixed(
            deadlines__consult=DAY,
            deadlines__decide=DAY,
            deadlines__counted_from="event",
            deadlines__silence=True,
        ),
    ),
    ("what is owed comes by itself within 24 h", _ladder),
    ("sanctions snap back by themselves", _sanctions),
    ("no void clause", _fixed(limits__void_if_protege_attacks="never")),
    ("no end of the term", _for_good),
    ("no way out", _fixed(duration__exit=0, duration__exit_lock=1)),
    ("open terms", _fixed(limits__opacity=0)),
)
"""Repairs of layers that answer an attack, by name."""

ANY_LAYER: tuple[tuple[str, Mend], ...] = (
    ("full monitoring", _fixed(attribution__monitoring=1)),
    ("no approvals needed for aid", _fixed(peacetime__tranches=0)),
    ("every preparation revealed", _fixed(peacetime__intelligence=1)),
    ("no cap on the protégé's forces", _uncapped),
)
"""Repairs of any layer, by name."""


def repairs(case: LoadedScenario) -> tuple[Amendment, ...]:
    """Return the catalogue of repairs of the framework in force.

    Parameters
    ----------
    case : LoadedScenario
        A scenario under a framework.

    Returns
    -------
    tuple of Amendment
        Also those that change nothing, because the clause is as it should be: running them would
        show it. None for a framework without layers.
    """
    layers = case.framework.layers
    answering = [i for i, layer in enumerate(layers) if answers(layer)]
    found = [_mended(case, name, mend, answering) for name, mend in RESPONSE]
    found += [_mended(case, name, mend, list(range(len(layers)))) for name, mend in ANY_LAYER]
    found.append(_force(case, answering))
    if case.framework.hostility.value > 0:
        found.append(Amendment("no provocation by the text", {"framework.hostility": 0}))
    return tuple(one for one in found if one is not None)


def answers(layer: Layer) -> bool:
    """Tell whether a layer asks anything of anybody after an attack."""
    owed = layer.obligation
    levels = [getattr(owed, r) for r in RUNGS] if isinstance(owed, Obligation) else [owed]
    return bool(layer.ladder) or any(level != "none" for level in levels)


def _mended(case: LoadedScenario, name: str, mend: Mend, where: list[int]) -> Amendment | None:
    settings = {
        f"framework.layers.{i}.{path}": value
        for i in where
        for path, value in mend(case.framework.layers[i]).items()
    }
    return Amendment(name, settings) if settings else None


def _force(case: LoadedScenario, answering: list[int]) -> Amendment | None:
    """Return a capable force in the first layer that answers, beside what stands there."""
    if not answering:
        return None
    first = answering[0]
    layer, states = case.framework.layers[first], case.scenario.guarantors
    members = list(states) if layer.members == "all" else [m for m in layer.members if m in states]
    largest = sorted(members, key=lambda code: -states[code].brigades_90d.value)[:FORCE_STATES]
    kept = [
        {
            "guarantor": p.guarantor,
            "troops": p.troops.value,
            "place": p.place,
            "reinforcement": p.reinforcement.value,
            "reinforcement_days": p.reinforcement_days.value,
            "additional": p.additional,
        }
        for p in layer.presence
        if p.guarantor not in largest
    ]
    sent = [
        {
            "guarantor": code,
            "troops": FORCE_TROOPS,
            "place": "front",
            "reinforcement": FORCE_BRIGADES,
            "reinforcement_days": FORCE_DAYS,
        }
        for code in largest
    ]
    bases = {
        f"framework.layers.{i}.limits.no_bases": False
        for i, other in enumerate(case.framework.layers)
        if other.limits.no_bases
    }
    settings = {f"framework.layers.{first}.presence": kept + sent}
    return Amendment("a capable force at the front", settings | bases)
