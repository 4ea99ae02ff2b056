"""A crisis from the act to its close: dispute, rulings, and what guarantors do when.

What they recognise and how they vote is in :mod:`deter.engine.votes`, what is learnt of them in
:mod:`deter.engine.learning`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deter.engine import journal, streams
from deter.engine.agenda import CRISIS, LEARNING
from deter.engine.expected_help import act_ambiguity
from deter.engine.learning import learn, seen
from deter.engine.memory import Memory
from deter.engine.prepared import (
    attribution_delay,
    meeting_delay,
    owed_rung,
)
from deter.engine.views import seen_now
from deter.engine.votes import Votes
from deter.engine.world import Anchored, World
from deter.theory import chance, coordination, credibility, posture

if TYPE_CHECKING:
    from deter.engine.war import War

AD_HOC, RULING, DECISION, LADDER, CLOSE, SANCTIONING = range(6)
SANCTIONS_PIECE = 6
FloatArray = NDArray[np.float64]


class Poll(NamedTuple):
    """What a layer's members say when they are polled; times are days since the act."""

    members: list[int]
    bound: list[bool]
    votes: NDArray[np.int64]
    clocks: FloatArray
    margins: list[FloatArray]


@dataclass
class Crisis:
    """One crisis, from the act (or the mobilisation seen) to its close."""

    source: int
    occasion: int
    k: int
    began: int
    acts_expected: FloatArray
    recognition: FloatArray
    shock: list[float]
    force: FloatArray
    campaign: War | None = None
    open: bool = True
    alleged: bool = False
    head_start: float = 0.0
    recognised: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    ruled: list[bool] = field(default_factory=list)
    voided: list[bool] = field(default_factory=list)
    blocked: list[bool] = field(default_factory=list)
    early: dict[int, int] = field(default_factory=dict)
    acted: list[int] = field(default_factory=list)
    owed: list[int] = field(default_factory=list)
    answered: list[bool] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    heat_before: float = 0.0
    refrain: float = 0.0
    declared: set[int] = field(default_factory=set)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    shown: list[tuple[int, int, FloatArray, int, int, bool]] = field(default_factory=list)
    polled: set[int] = field(default_factory=set)
    ad_hoc_margins: dict[int, FloatArray] = field(default_factory=dict)
    vote: dict[int, int] = field(default_factory=dict)
    missed: set[int] = field(default_factory=set)


class Crises:
    """Opens crises and runs the guarantors in them."""

    def __init__(self, world: World) -> None:
        self.w = world
        self.votes = Votes(world)
        self.send: Callable[[int, int, float], None] = _nothing_to_send

    # ---- opening

    def open(self, source: int, occasion: int, k: int) -> Crisis:
        """Open a crisis over option ``k`` now, from beliefs as they stand."""
        w = self.w
        force, _ = w.in_force()
        crisis = Crisis(
            source,
            occasion,
            k,
            w.now,
            w.outlook.arrays["acts"][k].copy(),
            w.outlook.arrays["recognition"][k].copy(),
            self.votes.shocks(source, occasion),
            force,
        )
        crisis.heat_before = w.heat_now()
        crisis.low = [-math.inf] * w.n
        crisis.high = [math.inf] * w.n
        n_layers = len(w.layers)
        crisis.ruled = [False] * n_layers
        crisis.voided = [False] * n_layers
        crisis.blocked = [False] * n_layers
        crisis.acted = [0] * w.n
        crisis.owed = [0] * w.n
        crisis.answered = [False] * w.n
        crisis.due = [math.inf] * w.n
        w.open_crises.append(crisis)
        return crisis

    def strike(self, crisis: Crisis) -> None:
        """Begin the guarantors' reactions at the moment of the act."""
        w = self.w
        crisis.began = w.now
        crisis.force, _ = w.in_force()
        self.votes.recognise(crisis)
        self._allege(crisis)
        for lay in range(len(w.layers)):
            self.schedule_ruling(crisis, lay)
        if crisis.source == streams.INITIAL:
            return
        for i, g in enumerate(w.guarantors):
            if not g.has_stake:
                continue
            days = max(0.0, self.votes.own_clock(crisis, i) - crisis.head_start)
            moment = w.agenda.at(
                w.now + posture.seconds(days), CRISIS, 2 + i, self.tag(crisis), AD_HOC
            )
            w.agenda.call(moment, lambda i=i: self._ad_hoc(crisis, i))  # type: ignore[misc]

    @staticmethod
    def tag(crisis: Crisis) -> int:
        """Return a crisis's number in the agenda's order."""
        return crisis.occasion * 3 + crisis.source

    def _allege(self, crisis: Crisis) -> None:
        """Draw whether the protégé is said to have provoked the act."""
        w = self.w
        if not w.layers:
            return
        r = w.rules
        expected = float(crisis.acts_expected[:, 1].max()) if w.n else 0.0
        clause = any(
            layer.limits_void_if_protege_attacks > 0 and crisis.force[lay].max(initial=0.0) > 0
            for lay, layer in enumerate(w.layers)
        )
        p = credibility.dispute_probability(
            r.dispute_base, r.dispute_hazard, expected, r.dispute_void, clause
        )
        u = w.u(streams.DISPUTE, 0, crisis.occasion, 0, crisis.source)
        crisis.alleged = u < p
        if crisis.alleged:
            w.note(journal.DISPUTE, expected, clause, p)

    def schedule_ruling(self, crisis: Crisis, lay: int) -> None:
        """Put the ruling of a layer's arbiter on the agenda, if the layer binds anybody."""
        w = self.w
        if crisis.ruled[lay] or not crisis.open or crisis.voided[lay]:
            return
        bound = [i for i in range(w.n) if w.response_in_force(lay, i) and crisis.recognised[lay, i]]
        if not bound:
            return
        days = float(attribution_delay(w.c, lay))
        if crisis.alleged:
            calm = 1.0 - w.layers[lay].attribution_monitoring
            days = max(days, w.rules.dispute_days * calm)
        if lay in crisis.declared and not crisis.alleged:
            days = 0.0
        crisis.ruled[lay] = True
        moment = w.agenda.at(
            w.now + posture.seconds(days), CRISIS, 0, self.tag(crisis), RULING, lay
        )
        w.agenda.call(moment, lambda: self._rule(crisis, lay))

    # ---- ad hoc

    def _ad_hoc(self, crisis: Crisis, i: int) -> None:
        if not crisis.open:
            return
        gains, _, view = self.votes.truth(crisis)
        vote, margins = self.votes.vote(crisis, i, gains[0], np.zeros(4), view)
        crisis.ad_hoc_margins[i] = margins
        if vote > crisis.acted[i]:
            seen(crisis, i, margins, vote, exact=True)
            self.act(crisis, i, vote, journal.OWN_MOTION)
        elif crisis.acted[i] == 0:
            seen(crisis, i, margins, 0, exact=True)

    # ---- under a layer

    def _rule(self, crisis: Crisis, lay: int) -> None:
        """Apply the arbiter's ruling: void, or the members vote and the rule decides."""
        w = self.w
        if not crisis.open or crisis.voided[lay]:
            return
        layer = w.layers[lay]
        if crisis.alleged and self._voids(crisis, lay):
            return
        gains, elapsed, view = self.votes.truth(crisis)
        poll = self._poll(crisis, lay, gains, elapsed, view)
        votes = np.where(np.isinf(poll.clocks), 0, poll.votes)
        rung, days = self.votes.decide(crisis, lay, poll.members, votes, poll.clocks, elapsed)
        alone = layer.decision_rule == coordination.EACH
        for at, i in enumerate(poll.members):
            self._owe(crisis, lay, i)
            ready, clock = int(votes[at]), float(poll.clocks[at])
            allowed, when = ready, clock
            if not alone:
                allowed = rung if ready >= rung else 0
                when = max(days, clock)
            bound = poll.bound[at]
            if bound and not np.isinf(clock):
                moment = posture.seconds(clock if rung == 0 else when)
                crisis.shown.append((moment, i, poll.margins[at], ready, rung, alone))
            if layer.sanctions_snapback == 1 and bound and allowed == 0:
                allowed, when = 1, elapsed
            if bound and np.isinf(clock):
                crisis.missed.add(i)
            if allowed > 0 and when < math.inf:
                self._decide_at(crisis, lay, i, allowed, when)
        if layer.decision_rule != coordination.EACH:
            crisis.blocked[lay] = rung == 0 and bool(poll.votes.max(initial=0) > 0)
            said = np.full(w.n, -1)
            said[poll.members] = poll.votes
            w.note(journal.DECISION, lay, rung, days, said)
        if layer.n_ladder:
            self._ladder(crisis, lay, poll.members, poll.votes)

    def _voids(self, crisis: Crisis, lay: int) -> bool:
        """Settle an alleged provocation; return whether the layer is void."""
        w = self.w
        layer = w.layers[lay]
        view = seen_now(w, perceived=False)
        p = credibility.provoked_probability(
            w.rules.dispute_provoked,
            act_ambiguity(w.c, view.address, lay, crisis.k),
            layer.attribution_monitoring,
        )
        upheld = w.u(streams.RULING, 0, crisis.occasion, 0, crisis.source) < p
        clause = layer.limits_void_if_protege_attacks
        w.note(journal.RULING, lay, upheld, layer.attribution_monitoring, p)
        if not upheld or clause == 0:
            return False
        crisis.voided[lay] = True
        w.tally.count("voided")
        if clause == 2:
            w.void[lay] = True
            w.anchor_forces()
        return True

    def _poll(
        self, crisis: Crisis, lay: int, gains: FloatArray, elapsed: float, view: Memory
    ) -> Poll:
        """Return the members, whether bound, their votes, margins and times of decision."""
        w = self.w
        layer = w.layers[lay]
        members = [i for i in range(w.n) if w.response_in_force(lay, i)]
        votes = np.zeros(len(members), dtype=np.int64)
        clocks = np.zeros(len(members))
        poll = Poll(members, [], votes, clocks, [])
        deadline = self.votes.deadline(crisis, lay, elapsed)
        led = 0
        if layer.lead in members:
            led, _ = self.votes.vote(
                crisis, layer.lead, gains[1 + lay], self.votes.pulls(crisis, layer.lead), view
            )
        for at, i in enumerate(members):
            bound = bool(w.response_in_force(lay, i) and crisis.recognised[lay, i])
            pull = self.votes.pulls(crisis, i) if bound else np.zeros(4)
            follows = 0 if i == layer.lead else led
            vote, margins = self.votes.vote(crisis, i, gains[1 + lay], pull, view, follows)
            if not bound and not w.guarantors[i].has_stake:
                vote = 0
            votes[at] = vote
            poll.bound.append(bound)
            poll.margins.append(margins)
            if bound:
                crisis.polled.add(i)
                crisis.vote[i] = max(crisis.vote.get(i, 0), vote)
            meeting = max(elapsed, float(meeting_delay(w.c, lay)))
            own = meeting + self.votes.own_clock(crisis, i)
            if lay in crisis.declared and i in crisis.early:
                own = elapsed
            complies = self.votes.complies(crisis, lay, i)
            clocks[at] = coordination.deadline_clock(
                own, deadline, complies, layer.deadlines_silence == 1
            )
        return poll

    def _owe(self, crisis: Crisis, lay: int, i: int) -> None:
        """Note what a bound member owes in this crisis."""
        w = self.w
        if not (w.response_in_force(lay, i) and crisis.recognised[lay, i]):
            return
        owed = int(owed_rung(w.c, lay, i))
        owed = min(owed, w.guarantors[i].highest_rung + 1)
        crisis.owed[i] = max(crisis.owed[i], owed)
        self._answer(crisis, i)

    def _decide_at(self, crisis: Crisis, lay: int, i: int, rung: int, days: float) -> None:
        w = self.w
        moment = w.agenda.at(
            crisis.began + posture.seconds(days),
            CRISIS,
            2 + i,
            self.tag(crisis),
            DECISION,
            lay,
        )
        layer = w.layers[lay]
        respond = layer.deadlines_respond if self.votes.complies(crisis, lay, i) else math.inf

        def act() -> None:
            if crisis.open and rung > crisis.acted[i]:
                self.act(crisis, i, rung, journal.UNDER_LAYER, lay, respond)

        w.agenda.call(moment, act)

    def _ladder(
        self, crisis: Crisis, lay: int, members: list[int], votes: NDArray[np.int64]
    ) -> None:
        """Put a layer's pre-agreed steps on the agenda; automatic ones need no decision."""
        w = self.w
        layer = w.layers[lay]
        if not layer.automatic:
            return
        for s in range(layer.n_ladder):
            step = w.ladder[lay][s]
            rung, when = step.rung + 1, step.when
            for at, i in enumerate(members):
                bound = w.response_in_force(lay, i) and crisis.recognised[lay, i]
                if not w.game.ladder_who[lay, s, i] or not bound or votes[at] < rung:
                    continue
                moment = w.agenda.at(
                    crisis.began + posture.seconds(step.deadline),
                    CRISIS,
                    2 + i,
                    self.tag(crisis),
                    LADDER,
                    lay * 64 + s,
                )

                def climb(i: int = i, rung: int = rung, when: int = when) -> None:
                    if not crisis.open or rung <= crisis.acted[i]:
                        return
                    war = crisis.campaign
                    if when >= 1 and war is None:
                        return
                    wide = w.options[crisis.k].option_class == 2
                    if when == 2 and not wide:
                        return
                    self.act(crisis, i, rung, journal.BY_LADDER, lay)

                w.agenda.call(moment, climb)

    # ---- acting

    def act(
        self,
        crisis: Crisis,
        i: int,
        rung: int,
        how: int,
        lay: int = -1,
        respond: float = math.inf,
    ) -> None:
        """Guarantor ``i`` acts at a rung, ``how`` as the journal has it; its help is on its way."""
        w = self.w
        before = crisis.acted[i]
        crisis.acted[i] = rung
        w.note(journal.ACT, i, rung, how, lay, crisis.began)
        self._answer(crisis, i)
        if before == 0:
            self._impose(crisis, i)
        if rung >= 3 and before < 3:
            w.tally.count("joined_combat")
        if crisis.campaign is not None:
            self.send(i, rung, respond)

    def _impose(self, crisis: Crisis, i: int) -> None:
        """Put guarantor ``i``'s sanctions on the agenda; they take hold after the rung's lag.

        Whoever has no weight in the economy imposes none.
        """
        w = self.w
        rung = w.rungs[0]
        share = posture.economic_share(w.guarantors[i].economic_weight) * rung.strength
        if share <= 0.0:
            return
        u = w.u(streams.LAG, 2 + i, crisis.occasion, SANCTIONS_PIECE, crisis.source)
        days = chance.lag_quantile(u, rung.lag_distribution, rung.lag_typical, rung.lag_shape)
        moment = w.agenda.at(
            w.now + posture.seconds(days), CRISIS, 2 + i, self.tag(crisis), SANCTIONING
        )

        def impose() -> None:
            level = w.sanctions()
            w.imposed = Anchored(min(1.0, level + share * (1.0 - level)), w.now)
            w.reckon()

        w.agenda.call(moment, impose)

    def _answer(self, crisis: Crisis, i: int) -> None:
        """Note an owed response once it is given."""
        w = self.w
        if crisis.owed[i] == 0 or crisis.answered[i] or crisis.acted[i] < crisis.owed[i]:
            return
        crisis.answered[i] = True
        w.tally.count("honoured")
        w.tally.respond((w.now - crisis.began) / posture.SECONDS_PER_DAY)

    def widen(self, crisis: Crisis, k: int) -> None:
        """Widen the attack to option ``k``: recognition and votes again."""
        crisis.k = k
        self.votes.recognise(crisis)
        self.revote(crisis)

    def revote(self, crisis: Crisis) -> None:
        """Vote again with the same shocks: more at stake, a layer new in force, direct war."""
        w = self.w
        for lay in range(len(w.layers)):
            crisis.ruled[lay] = False
            self.schedule_ruling(crisis, lay)
        if crisis.source == streams.INITIAL:
            return
        for i, g in enumerate(w.guarantors):
            if g.has_stake and i in crisis.ad_hoc_margins:
                self._ad_hoc(crisis, i)

    def entered_into_force(self, lay: int) -> None:
        """Let a layer new in force answer wars already under way."""
        for crisis in list(self.w.open_crises):
            war = crisis.campaign
            if war is not None and not war.over and crisis.recognised.size:
                crisis.ruled[lay] = False
                self.schedule_ruling(crisis, lay)

    # ---- closing

    def close_at(self, crisis: Crisis, time: int) -> None:
        """Close a crisis at a time: the challenger learns from it."""
        moment = self.w.agenda.at(time, LEARNING, 0, self.tag(crisis), CLOSE)
        self.w.agenda.call(moment, lambda: self.close(crisis))

    def close(self, crisis: Crisis) -> None:
        """Close a crisis: count what was owed, update beliefs in batch from pre-crisis values."""
        w = self.w
        if not crisis.open:
            return
        crisis.open = False
        w.open_crises.remove(crisis)
        w.last_option, w.last_answer = crisis.k, max(crisis.acted, default=0)
        for i in range(w.n):
            if crisis.owed[i] > 0:
                w.tally.count("owed")
                if not crisis.answered[i]:
                    willing = crisis.vote.get(i, 0) >= crisis.owed[i]
                    undecided = willing and i not in crisis.missed
                    w.tally.count("pending" if undecided else "unanswered")
                    if not undecided and crisis.acted[i] > 0:
                        w.tally.count("partly")
        learn(self.votes, crisis)


def _nothing_to_send(_i: int, _rung: int, _respond: float) -> None:
    """Stand in for the campaign's logistics until there is one."""
