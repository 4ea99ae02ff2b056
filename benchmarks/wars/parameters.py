"""The race-and-ruin war: its numbers, read from the scenario and written nowhere else."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from deter.spec.framework import Framework
from deter.spec.loading import load_scenario
from deter.spec.scenario import Scenario

SCENARIO = "literature/race_of_clocks"
DAYS_PER_MONTH = 30.0


class War(NamedTuple):
    """What the plain wars know.

    Two sides fight battles at exponential intervals; a battle moves the line one step. The
    challenger wins it with odds ``attacker`` to the defender's strength, which is ``defender``
    and ``brigades`` for every helper that has arrived. A helper arrives at ``meeting`` days, plus
    its own clock, plus its lag, both lognormal and independent.

    Attributes
    ----------
    attacker, defender : float
        Strengths at the start, brigade equivalents.
    brigades : float
        Strength that each helper adds on arrival.
    battles_per_day : float
        Rate of battles.
    to_objective, to_repulse : int
        Steps from the start line to either end.
    meeting : float
        Days until the members of the pact meet; their clocks run from then.
    clock_medians, lag_medians : tuple of float
        Days, one a helper, in canonical order.
    clock_sd, lag_sd : float
        Standard deviations of the logarithms.
    """

    attacker: float
    defender: float
    brigades: float
    battles_per_day: float
    to_objective: int
    to_repulse: int
    meeting: float
    clock_medians: tuple[float, ...]
    clock_sd: float
    lag_medians: tuple[float, ...]
    lag_sd: float


@cache
def war() -> War:
    """Return the war of ``literature/race_of_clocks``.

    Raises
    ------
    ValueError
        If the scenario has anything in it that the plain wars leave out.
    """
    case = load_scenario(SCENARIO)
    scenario = case.scenario
    _refuse_more(scenario, case.framework)
    option = scenario.options["attack"]
    helpers = [scenario.guarantors[name] for name in sorted(scenario.guarantors)]
    behaviour = scenario.behaviour
    return War(
        attacker=scenario.challenger.forces.value,
        defender=scenario.protege.forces.value,
        brigades=helpers[0].brigades_30d.value,
        battles_per_day=behaviour.battles_per_month.value / DAYS_PER_MONTH,
        to_objective=int(option.steps_to_objective.value),
        to_repulse=int(option.steps_to_repulse.value),
        meeting=behaviour.consult_days.value,
        clock_medians=tuple(helper.decision_clock.value for helper in helpers),
        clock_sd=behaviour.clock_sd.value,
        lag_medians=tuple(helper.days_brigade.value for helper in helpers),
        lag_sd=scenario.rungs.ground.lag.shape.value,
    )


def _refuse_more(scenario: Scenario, framework: Framework) -> None:
    """Refuse a scenario that is no longer the war the other programs fight."""
    behaviour, option = scenario.behaviour, scenario.options["attack"]
    (layer,) = framework.layers
    helpers = scenario.guarantors.values()
    brigades = {helper.brigades_30d.value for helper in helpers}
    held = {
        "tempo does not vary": behaviour.tempo_sd.value == 0,
        "winter is as summer": behaviour.winter_tempo.value == 1,
        "odds are the ratio of forces": behaviour.contest_exponent.value == 1,
        "nobody loses forces": behaviour.loser_losses.value == behaviour.winner_losses.value == 0,
        "nobody mobilises": behaviour.mobilisation.value == 0,
        "forces stand at their ceilings": (
            scenario.challenger.forces.value == scenario.challenger.ceiling.value
            and scenario.protege.forces.value == scenario.protege.ceiling.value
        ),
        "all fight": option.share.value == option.defended_share.value == 1,
        "the ground is even": scenario.regions["theatre"].fortification.value == 1,
        "nobody stops, talks or escalates": (
            not behaviour.stopping
            and scenario.talks.offers.value == 0
            and behaviour.escalation_rate.value == 0
        ),
        "helpers send one wave of brigades, all alike": len(brigades) == 1
        and all(
            helper.arms.value == helper.air.value == helper.second_theatre_rate.value == 0
            and helper.brigades_90d.value == helper.brigades_30d.value
            for helper in helpers
        ),
        "a brigade counts as one": scenario.rungs.ground.strength.value == 1,
        "lags are lognormal": scenario.rungs.ground.lag.distribution == "lognormal",
        "members meet after the usual days": layer.deadlines.consult is None,
        "each decides for itself, at once": (
            layer.decision.rule == "each" and layer.attribution.delay.value == 0
        ),
    }
    for what, holds in held.items():
        if not holds:
            raise ValueError(
                f"{SCENARIO} has changed: the benchmark's plain wars need that {what}; "
                f"change benchmarks/wars with it"
            )
