"""What guarantors cost: one treaty by majority with 8 members, and with 32.

All else is equal: the pair, its options, and the sum of what the members can do, so that each
member of the larger treaty has a quarter of the strength and the wars are of one kind.
"""

from __future__ import annotations

from typing import Any

from benchmarks.cases import Rows, work
from benchmarks.report import Findings, Line, spread
from benchmarks.timing import Effort, repeated, side_by_side, sized
from deter.engine.game import Built, build
from deter.spec.framework import Framework
from deter.spec.loading import load_scenario
from deter.spec.scenario import Scenario

FEW, MANY = 8, 32

TOTAL = {
    "economic_weight": 24000.0,
    "arms": 8.0,
    "air": 24.0,
    "brigades_30d": 8.0,
    "brigades_90d": 24.0,
    "aid": 8.0,
}
"""What all members together can do."""

TREATY: dict[str, Any] = {
    "id": "treaty",
    "members": "all",
    "obligation": "all_means",
    "binding": "ratified_treaty",
    "decision": {"rule": "majority"},
    "activation": {"ratified": True},
}


def treaty(members: int) -> Built:
    """Return the pair of ``stylised/rivals`` under a treaty of so many members."""
    one = {name: total / members for name, total in TOTAL.items()}
    pair = load_scenario("stylised/rivals").document
    scenario = pair | {"guarantors": {f"G{i:02d}": one for i in range(members)}}
    return build(Scenario.model_validate(scenario), Framework.model_validate({"layers": [TREATY]}))


def measure(ours: Rows, effort: Effort) -> Findings:
    """Time both treaties side by side."""
    found = Findings()
    many = sized(work(ours, treaty(MANY)), effort)
    few = repeated(work(ours, treaty(FEW)), many.n, effort)
    pair = side_by_side(few, many, effort)
    for members, rate in zip((FEW, MANY), pair.rates(), strict=True):
        found.rates[f"compiled/guarantors_{members}"] = rate
        beside = ("compiled, 8 members", spread(pair)) if members == MANY else ()
        found.lines.append(Line("treaty", f"compiled, {members} members", rate, *beside))
    found.ratios["guarantors_32_to_8"] = pair.ratio()
    return found
