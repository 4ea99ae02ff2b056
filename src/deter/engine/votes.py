"""Votes in a crisis: what guarantors recognise, how they vote, what a rule makes of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deter.engine import journal, streams
from deter.engine.expected_help import (
    SECURITY_COUNCIL_ARBITER,
    act_ambiguity,
    expected_others,
    guarantor_vote,
)
from deter.engine.memory import Memory
from deter.engine.prepared import commitment, meeting_delay, members_needed, obligation_of
from deter.engine.strength import gains_now
from deter.engine.views import seen_now
from deter.engine.world import World
from deter.theory import chance, choice, coordination, credibility, posture

if TYPE_CHECKING:
    from deter.engine.crisis import Crisis

FloatArray = NDArray[np.float64]


class Votes:
    """Asks guarantors, one by one and by the rules of layers."""

    def __init__(self, world: World) -> None:
        self.w = world

    # ---- what is private to a crisis

    def shocks(self, source: int, occasion: int) -> list[float]:
        """Return each guarantor's shock in a crisis, one per guarantor and crisis."""
        w = self.w
        common = w.u(streams.COMMON_SHOCK, 0, occasion, 0, source)
        z = chance.normal_quantile(common)
        shocks = []
        for i in range(w.n):
            u = w.u(streams.SHOCK, 2 + i, occasion, 0, source)
            if w.rules.link == credibility.LOGIT:
                shocks.append(float(choice.logit(u)))
            else:
                own = chance.normal_quantile(u)
                shocks.append(float(credibility.crisis_shock(z, own, w.rules.shared_shock)))
        return shocks

    def own_clock(self, crisis: Crisis, i: int) -> float:
        """Return the days guarantor ``i`` takes to decide by itself in this crisis."""
        w = self.w
        u = w.u(streams.CLOCK, 2 + i, crisis.occasion, 0, crisis.source)
        return float(
            chance.lag_quantile(
                u, chance.LOGNORMAL, w.guarantors[i].decision_clock, w.rules.clock_sd
            )
        )

    def recognise(self, crisis: Crisis) -> None:
        """Settle whose reading makes the act the casus foederis of each layer."""
        w = self.w
        view = seen_now(w, perceived=False)
        common = chance.normal_quantile(
            w.u(streams.COMMON_READING, 0, crisis.occasion, 0, crisis.source)
        )
        option = w.options[crisis.k]
        crisis.recognised = np.zeros((len(w.layers), w.n), dtype=bool)
        for lay, layer in enumerate(w.layers):
            if not w.game.covers[lay, crisis.k]:
                continue
            arbiter = layer.attribution_arbiter
            if arbiter == SECURITY_COUNCIL_ARBITER and w.challenger.veto:
                continue
            width = layer.trigger_ambiguity * act_ambiguity(w.c, view.address, lay, crisis.k)
            for i in range(w.n):
                if not w.members[lay][i].member:
                    continue
                actor, index = 0, arbiter
                if arbiter == 0:
                    actor, index = 2 + i, 0
                elif arbiter == 2 and layer.lead >= 0:
                    actor, index = 2 + layer.lead, 0
                own = chance.normal_quantile(
                    w.u(streams.READING, actor, crisis.occasion, index, crisis.source)
                )
                reading = credibility.crisis_shock(common, own, w.rules.arbiter_shared)
                crisis.recognised[lay, i] = credibility.recognised(
                    option.severity, width, reading, layer.trigger_threshold
                )
            w.note(
                journal.RECOGNITION,
                lay,
                option.severity,
                layer.trigger_threshold,
                crisis.recognised[lay],
            )

    # ---- one by one

    def truth(self, crisis: Crisis) -> tuple[FloatArray, float, Memory]:
        """Return the gains help would bring now, the days since the act, and what all see."""
        w = self.w
        elapsed = (w.now - crisis.began) / posture.SECONDS_PER_DAY
        gains = np.zeros((1 + len(w.layers), 4))
        war = crisis.campaign
        gained = war.gained if war is not None else 0.0
        view = seen_now(w, perceived=False, helped=war.helped_total() if war is not None else 0.0)
        gains_now(
            w.c,
            view.address,
            crisis.k,
            gained,
            elapsed,
            crisis.head_start,
            -1,
            gains.ctypes.data,
        )
        return gains, elapsed, view

    def pulls(self, crisis: Crisis, i: int) -> FloatArray:
        """Return the pull of commitments on guarantor ``i`` by rung: the maximum over layers."""
        w = self.w
        layers = [
            lay
            for lay in range(len(w.layers))
            if not crisis.voided[lay] and crisis.recognised[lay, i] and w.response_in_force(lay, i)
        ]
        return self.pull(crisis, i, layers)

    def pull(self, crisis: Crisis, i: int, layers: list[int]) -> FloatArray:
        """Return the pull of some layers' commitments on guarantor ``i`` by rung: the maximum."""
        w = self.w
        pull = np.zeros(4)
        for lay in layers:
            for j in range(4):
                owed = obligation_of(w.c, lay, i, j + 1)
                here = commitment(w.c, crisis.k, i, w.effective_level(lay, i), owed)
                pull[j] = max(pull[j], here)
        return pull

    def vote(
        self,
        crisis: Crisis,
        i: int,
        gains: FloatArray,
        pull: FloatArray,
        view: Memory,
        lead: int = 0,
    ) -> tuple[int, FloatArray]:
        """Return guarantor ``i``'s vote and its public margins by rung."""
        w = self.w
        margins = np.zeros(4)
        private = w.resolve[i] + crisis.shock[i]
        others = w.memory.arrays["others"]
        if w.rules.free_riding > 0.0:
            expected_others(w.c, view.address, crisis.k, gains.ctypes.data)
        vote = int(
            guarantor_vote(
                w.c,
                view.address,
                crisis.k,
                i,
                private,
                gains.ctypes.data,
                pull.ctypes.data,
                lead,
                others.ctypes.data + 32 * i,
                margins.ctypes.data,
            )
        )
        w.note(journal.VOTE, i, vote, w.resolve[i], crisis.shock[i], gains, pull, margins)
        return vote, margins

    # ---- by the rule of a layer

    def deadline(self, crisis: Crisis, lay: int, elapsed: float) -> float:
        """Return by when the members must have decided, days since the act."""
        w = self.w
        layer = w.layers[lay]
        allowed = layer.deadlines_decide
        if layer.n_ladder and not layer.automatic:
            allowed = min(allowed, w.ladder[lay][0].deadline)
        if math.isinf(allowed):
            return math.inf
        start = 0.0
        if layer.deadlines_counted_from == 1:
            start = float(meeting_delay(w.c, lay))
        if layer.deadlines_counted_from == 2 and w.first_breach is not None:
            start = -(crisis.began - w.first_breach) / posture.SECONDS_PER_DAY
        return float(max(elapsed, start + allowed))

    def complies(self, crisis: Crisis, lay: int, i: int) -> bool:
        """Return whether guarantor ``i`` keeps a layer's deadlines in this crisis."""
        w = self.w
        p = credibility.compliance_probability(
            w.rules.deadline_compliance, w.rules.deadline_binding, w.effective_level(lay, i)
        )
        return w.u(streams.COMPLY, 2 + i, crisis.occasion, 0, crisis.source) < p

    def decide(
        self,
        crisis: Crisis,
        lay: int,
        members: list[int],
        votes: NDArray[np.int64],
        clocks: FloatArray,
        elapsed: float,
    ) -> tuple[int, float]:
        """Return the rung a layer's rule yields and when, with the members not modelled singly."""
        w = self.w
        weights = np.array([w.members[lay][i].weight for i in members], dtype=np.int64)
        others, other_clocks = self._others(crisis, lay, elapsed)
        unit = np.full(len(others), w.layers[lay].others_weight, dtype=np.int64)
        return self._collective(
            lay,
            members,
            np.concatenate([votes, others]),
            np.concatenate([clocks, other_clocks]),
            np.concatenate([weights, unit]),
        )

    def _others(
        self, crisis: Crisis, lay: int, elapsed: float
    ) -> tuple[NDArray[np.int64], FloatArray]:
        """Return votes and times of the members not modelled singly."""
        w = self.w
        layer = w.layers[lay]
        n = layer.decision_others_n
        votes = np.zeros(n, dtype=np.int64)
        clocks = np.zeros(n)
        if n == 0:
            return votes, clocks
        common = chance.normal_quantile(
            w.u(streams.COMMON_SHOCK, 0, crisis.occasion, 0, crisis.source)
        )
        for o in range(n):
            own = chance.normal_quantile(
                w.u(streams.OTHER_VOTE, 0, crisis.occasion, o, crisis.source)
            )
            shock = credibility.crisis_shock(common, own, w.rules.shared_shock)
            p = min(max(layer.decision_others_p, 1e-12), 1.0 - 1e-12)
            votes[o] = 4 if chance.normal_quantile(p) + shock > 0.0 else 0
            u = w.u(streams.OTHER_CLOCK, 0, crisis.occasion, o, crisis.source)
            own_clock = elapsed + chance.exponential_quantile(u, layer.decision_others_clock)
            clocks[o] = min(own_clock, self.deadline(crisis, lay, elapsed))
        return votes, clocks

    def _collective(
        self,
        lay: int,
        members: list[int],
        votes: NDArray[np.int64],
        clocks: FloatArray,
        weights: NDArray[np.int64],
    ) -> tuple[int, float]:
        """Return the rung the rule yields and when, days since the act."""
        w = self.w
        layer = w.layers[lay]
        rule, n = layer.decision_rule, len(votes)
        blocked = rule == coordination.SECURITY_COUNCIL and w.challenger.veto
        if rule == coordination.EACH or n == 0 or blocked:
            return 0, math.inf
        rung, days = 0, math.inf
        if rule == coordination.LEAD:
            if layer.lead in members:
                at = members.index(layer.lead)
                rung, days = int(votes[at]), float(clocks[at])
        elif rule == coordination.WEIGHTED_MAJORITY:
            quota = layer.quota_weight
            rung = int(coordination.weighted_rung(votes, weights, n, quota))
            if rung > 0:
                days = coordination.weighted_quorum_time(clocks, votes, weights, n, rung, quota)
        else:
            k = int(members_needed(w.c, lay, n))
            rung = int(coordination.kth_highest(votes, n, k))
            if rung > 0:
                days = coordination.quorum_time(clocks, votes, n, rung, k)
        return (rung, float(days)) if rung > 0 else (0, math.inf)
