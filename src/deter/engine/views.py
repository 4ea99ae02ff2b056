"""Views: what an observer sees of the world at a moment, and what it would see otherwise.

Actors are given a view, never the world. A view must outlive the call that reads it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deter.engine.expected_help import see_forces, see_resolve
from deter.engine.layout import VIEW, new_view
from deter.engine.memory import Memory
from deter.engine.world import World
from deter.theory import choice, posture

FloatArray = NDArray[np.float64]


def seen_now(
    w: World,
    perceived: bool,
    pledge: NDArray[np.int64] | None = None,
    helped: float = 0.0,
) -> Memory:
    """Return what an observer sees now, laid out as :data:`deter.engine.layout.VIEW`.

    Parameters
    ----------
    perceived : bool
        True for the challenger, who misjudges the force ratio.
    pledge : array or None
        Declarations made before the attack.
    helped : float
        Helpers' strength already in the fight, added to the defender's.
    """
    force, level = w.in_force()
    view = new_view(w.n, len(w.layers), len(w.options), len(w.regions))
    seen = view.record[0]
    seen["attacker"] = w.challenger_forces()
    seen["defender"] = _defender(w, perceived, helped)
    seen["sanctions"] = w.sanctions()
    seen["interception"] = w.interception()
    seen["motive"] = w.motive
    seen["hostility"] = w.hostility()
    seen["heat"] = w.heat_now()
    seen["exhaustion"] = choice.fading(
        w.exhaustion.level, w.years(w.exhaustion.time), w.rules.exhaustion_decay
    )
    seen["noise"] = w.noise()
    seen["month"] = w.month()
    view.arrays["cells"]["force"] = force.reshape(-1)
    view.arrays["cells"]["level"] = level.reshape(-1)
    view.arrays["seen"][:] = w.detections()
    view.arrays["prize"][:] = w.left
    view.arrays["extra_steps"][:] = _extra_steps(w)
    view.arrays["fort"][:] = _fort(w)
    _see_states(w, view, perceived, pledge)
    return view


def _defender(w: World, perceived: bool, helped: float) -> float:
    """Return the protégé's strength and its helpers', as it is or as it is perceived."""
    defender = w.protege_forces() + helped
    if not perceived:
        return defender
    error = choice.learnt_misperception(
        w.error, float(w.battles_fought), w.challenger.battles_to_learn
    )
    return float(choice.perceived_strength(defender, error))


def _see_states(w: World, view: Memory, perceived: bool, pledge: NDArray[np.int64] | None) -> None:
    """Fill what an observer sees of the guarantors."""
    states = view.arrays["states"]
    states["stake"] = w.stakes()
    states["troops"] = w.troops()
    states["alpha"] = w.alpha
    states["beta"] = w.beta
    states["pledge"] = -1 if pledge is None else pledge
    mean, variance = w.beliefs()
    if perceived and w.rules.beliefs_about_help == 1:
        mean, variance = np.array(w.resolve), np.zeros(w.n)
    for i, g in enumerate(w.guarantors):
        away = w.away[i]
        states[i]["stance"] = w.stance[i] + (g.second_theatre_shift if away else 0.0)
        states[i]["available"] = g.second_theatre_share if away else 1.0
        see_resolve(w.c, view.address, i, float(mean[i]), float(variance[i]))
        see_forces(w.c, view.address, i)


def seen_later(w: World, view: Memory, years: float) -> Memory:
    """Return the view after ``years`` with no attack between: forces, layers, interception."""
    force, level = w.in_force_later(years)
    now = view.record[0]
    attacker = posture.forces_after(float(now["attacker"]), w.regrowth, years, w.challenger.ceiling)
    ceiling = min(w.protege.ceiling, w.force_cap())
    own = w.protege_forces()
    grown = posture.forces_after(own, w.growth, years, ceiling)
    defender = float(now["defender"])
    r = w.rules
    return seen_otherwise(
        view,
        force,
        level,
        attacker=attacker,
        defender=defender * grown / own if own > 0 else defender,
        heat=choice.fading(float(now["heat"]), years, r.heat_decay),
        exhaustion=choice.fading(float(now["exhaustion"]), years, r.exhaustion_decay),
    )


def _extra_steps(w: World) -> FloatArray:
    extra = np.zeros(len(w.game.regions))
    for lay, layer in enumerate(w.layers):
        if layer.zone_region >= 0 and w.peacetime_in_force(lay):
            extra[layer.zone_region] = max(extra[layer.zone_region], layer.limits_zone_depth)
    return extra


def _fort(w: World) -> FloatArray:
    """Return fortification by region; a demilitarised zone has none."""
    fort = np.array([r.fortification for r in w.regions], dtype=np.float64)
    for lay, layer in enumerate(w.layers):
        if layer.zone_region >= 0 and w.peacetime_in_force(lay):
            fort[layer.zone_region] = min(fort[layer.zone_region], 1.0)
    return fort


def seen_otherwise(
    view: Memory,
    force: FloatArray | None = None,
    level: NDArray[np.int64] | None = None,
    **numbers: float,
) -> Memory:
    """Return a copy of a view with other layers in force, or other numbers."""
    arrays = dict(view.arrays)
    if force is not None and level is not None:
        cells = view.arrays["cells"].copy()
        cells["force"], cells["level"] = force.reshape(-1), level.reshape(-1)
        arrays["cells"] = cells
    copy = Memory(VIEW, arrays, {})
    for name in VIEW.names or ():
        if name not in arrays:
            copy.record[0][name] = numbers.get(name, view.record[0][name])
    return copy
