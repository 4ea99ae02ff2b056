"""The calendar: signature, ratification, entry into force, terms, exits, elections, renewals."""

from __future__ import annotations

import math

from deter.engine import journal, streams
from deter.engine.agenda import CALENDAR, Process
from deter.engine.crisis import Crises
from deter.engine.prepared import budgets_matter
from deter.engine.world import AT_CEASEFIRE, CEASEFIRE, World
from deter.theory import chance, posture

(
    BUDGET,
    SIGN,
    RATIFY,
    ENTRY,
    EXPIRE,
    ELECT,
    EXIT,
    THEATRE,
    RENEW_SANCTIONS,
    TRANCHE,
    TREATY,
    REGIME,
    LEADER,
    OFFER_EXPIRY,
) = range(14)


class Calendar:
    """Starts the processes that run whatever the challenger does."""

    def __init__(self, world: World, crises: Crises) -> None:
        self.w = world
        self.crises = crises
        self.was_in_force = [False] * len(world.layers)
        self.term_runs = [False] * len(world.layers)
        self.leaving: set[tuple[int, int]] = set()

    def start(self) -> None:
        """Sign what is signed at the start and put the rest on the agenda."""
        w = self.w
        for lay in range(len(w.layers)):
            if w.layers[lay].activation_signature <= 0:
                self._sign(lay)
            else:
                w.agenda.process(self._signature(lay))
        w.reckon()
        if budgets_matter(w.c):
            w.agenda.process(self._budget())
        w.agenda.process(self._regimes())
        for i, g in enumerate(w.guarantors):
            if not g.in_play:
                continue
            if g.change_probability > 0:
                w.agenda.process(self._elections(i))
            if g.second_theatre_rate > 0:
                w.agenda.process(self._theatre(i))
        if w.challenger.leader_change > 0:
            w.agenda.process(self._leaders())
        if w.rules.peace_treaty_rate > 0:
            w.agenda.process(self._treaty())
        if w.rules.offer_expiry > 0:
            w.agenda.process(self._offer_expiry())

    # ---- layers

    def _signature(self, lay: int) -> Process:
        w = self.w
        days = w.layers[lay].activation_signature
        yield w.agenda.at(posture.seconds(days), CALENDAR, 0, lay, SIGN)
        if not w.withdrawn_for(lay):
            self._sign(lay)

    def _sign(self, lay: int) -> None:
        w = self.w
        layer = w.layers[lay]
        w.signed[lay] = True
        w.note(journal.SIGNATURE, lay)
        needs = layer.binding >= 3 or layer.activation_response == 1
        needs = needs or layer.activation_peacetime == 1
        for i in range(w.n):
            if not w.members[lay][i].member:
                continue
            if layer.activation_ratified:
                w.ratified[lay, i] = 1
            elif needs:
                w.agenda.process(self._ratification(lay, i))
        self.check(lay)

    def _ratification(self, lay: int, i: int) -> Process:
        """Let a parliament take its time, and perhaps fail to ratify.

        One parliament, one luck: it treats all layers of a framework alike.
        """
        w = self.w
        g = w.guarantors[i]
        days = chance.lag_quantile(
            w.u(streams.RATIFY_TIME, 2 + i),
            chance.LOGNORMAL,
            g.ratification_days,
            w.rules.ratification_sd,
        )
        signed = min(0.0, w.layers[lay].activation_signature)
        time = max(w.now, w.now + posture.seconds(signed + days))
        yield w.agenda.at(time, CALENDAR, 2 + i, lay, RATIFY)
        if w.expired[lay] or w.exited[lay, i]:
            return
        passes = w.u(streams.RATIFY, 2 + i) < g.ratification_probability
        w.ratified[lay, i] = 1 if passes else -1
        if not passes:
            w.tally.count("failed_ratifications")
        w.note(journal.RATIFICATION, i, lay, passes, g.ratification_probability)
        self.check(lay)

    def check(self, lay: int) -> None:
        """See whether a layer has entered into force, for peace or for response."""
        w = self.w
        w.anchor_forces()
        if w.entered_at[lay] < 0 and w.peacetime_in_force(lay):
            self._enter_peacetime(lay)
        bound = any(w.response_in_force(lay, i) for i in range(w.n))
        if bound and not self.was_in_force[lay]:
            self.was_in_force[lay] = True
            w.note(journal.ENTRY_INTO_FORCE, lay)
        entered = bound or w.entered_at[lay] >= 0
        if entered and not self.term_runs[lay]:
            self.term_runs[lay] = True
            self._start_term(lay)
        if bound:
            self.crises.entered_into_force(lay)

    def check_all(self) -> None:
        """See which layers a ceasefire or a peace treaty brings into force."""
        for lay in range(len(self.w.layers)):
            self.check(lay)

    def _enter_peacetime(self, lay: int) -> None:
        w = self.w
        layer = w.layers[lay]
        w.entered_at[lay] = w.now
        if layer.sanctions_level > 0:
            w.reckon()
        if not math.isinf(layer.sanctions_renewal) and layer.sanctions_level > 0:
            w.agenda.process(self._sanction_renewals(lay))
        if layer.peacetime_tranches > 0 and layer.peacetime_payer != 2:
            w.agenda.process(self._tranches(lay))

    def _start_term(self, lay: int) -> None:
        w = self.w
        years = w.layers[lay].duration_years
        if not math.isinf(years):
            w.agenda.process(self._term(lay, years))

    def _term(self, lay: int, years: float) -> Process:
        """Let a layer run out after its term unless it is renewed."""
        w = self.w
        n = 0
        # a text signed and in force before the start has run for a while
        signed = w.layers[lay].activation_signature
        begun = posture.seconds(signed) if w.now == 0 and signed < 0 else w.now
        while True:
            term = posture.seconds(years * posture.DAYS_PER_YEAR)
            end = begun + term
            begun = max(end, w.now)
            w.expires[lay] = end
            yield w.agenda.at(end, CALENDAR, 0, lay, EXPIRE, n)
            lapses = w.u(streams.RENEWAL, 0, lay, n) >= w.layers[lay].duration_renewal
            if lapses or term == 0:  # a term of no length is not renewed for ever
                w.expired[lay] = True
                w.anchor_forces()
                w.note(journal.EXPIRY, lay)
                return
            w.note(journal.RENEWAL, lay)
            n += 1

    def _sanction_renewals(self, lay: int) -> Process:
        w = self.w
        layer = w.layers[lay]
        n = 0
        while True:
            time = w.now + posture.seconds(layer.sanctions_renewal * posture.DAYS_PER_YEAR)
            yield w.agenda.at(time, CALENDAR, 0, lay, RENEW_SANCTIONS, n)
            if w.u(streams.SANCTION_RENEWAL, 0, lay, n) < layer.sanctions_veto_risk:
                w.lapsed[lay] = True
                w.reckon()
                w.note(journal.SANCTIONS_LAPSE, lay)
                return
            n += 1

    def _tranches(self, lay: int) -> Process:
        """Each tranche needs an approval, which may fail; then the flow waits for the next."""
        w = self.w
        layer = w.layers[lay]
        n = 0
        while True:
            w.approved[lay] = w.u(streams.TRANCHE, 0, lay, n) >= layer.peacetime_tranche_risk
            w.anchor_forces()
            if not w.approved[lay]:
                w.note(journal.TRANCHE, lay)
            days = posture.DAYS_PER_YEAR / layer.peacetime_tranches
            n += 1
            yield w.agenda.at(w.now + posture.seconds(days), CALENDAR, 0, lay, TRANCHE, n)

    # ---- guarantors

    def _elections(self, i: int) -> Process:
        """Dates as listed, then every interval; a change draws the stance anew."""
        w = self.w
        g = w.guarantors[i]
        dates = [int(t) for t in w.game.elections[i] if t >= 0]
        last = dates[-1] if dates else 0
        n = 0
        while True:
            if n < len(dates):
                time = dates[n]
            else:
                last += posture.seconds(g.election_interval * posture.DAYS_PER_YEAR)
                time = last
            if time >= w.horizon:
                return
            yield w.agenda.at(time, CALENDAR, 2 + i, n, ELECT)
            if w.u(streams.ELECTION, 2 + i, n) < g.change_probability:
                z = chance.normal_quantile(w.u(streams.STANCE, 2 + i, n))
                w.stance[i] = g.stance_sd * z
                w.tally.count("stance_changes")
                w.note(journal.ELECTION, i, w.stance[i], g.change_probability)
                self._exits(i, n)
            n += 1

    def _exits(self, i: int, n: int) -> None:
        """Let a change of stance lead to exit; cover ends after the notice."""
        w = self.w
        for lay, layer in enumerate(w.layers):
            if not w.members[lay][i].member or w.exited[lay, i] or not w.signed[lay]:
                continue
            if not (w.members[lay][i].binds or layer.gives):
                continue
            p = layer.duration_exit * (1.0 - layer.duration_exit_lock)
            if (lay, i) not in self.leaving and w.u(streams.EXIT, 2 + i, n, lay) < p:
                self.leaving.add((lay, i))
                w.agenda.process(self._leave(lay, i))

    def _leave(self, lay: int, i: int) -> Process:
        w = self.w
        w.note(journal.NOTICE, i, lay)
        days = w.layers[lay].duration_notice
        yield w.agenda.at(w.now + posture.seconds(days), CALENDAR, 2 + i, lay, EXIT)
        w.exited[lay, i] = True
        w.tally.count("exits")
        w.anchor_forces()
        w.note(journal.EXIT, i, lay)

    def _theatre(self, i: int) -> Process:
        """Crises elsewhere tie a guarantor down for a while."""
        w = self.w
        g = w.guarantors[i]
        n = 0
        while True:
            wait = chance.exponential_quantile(
                w.u(streams.THEATRE, 2 + i, n, 0), posture.DAYS_PER_YEAR / g.second_theatre_rate
            )
            yield w.agenda.at(w.now + posture.seconds(wait), CALENDAR, 2 + i, n, THEATRE, 0)
            w.away[i] = True
            w.note(journal.THEATRE_AWAY, i)
            length = chance.exponential_quantile(
                w.u(streams.THEATRE, 2 + i, n, 1), g.second_theatre_days
            )
            yield w.agenda.at(w.now + posture.seconds(length), CALENDAR, 2 + i, n, THEATRE, 1)
            w.away[i] = False
            w.note(journal.THEATRE_BACK, i)
            n += 1

    # ---- the pair

    def _budget(self) -> Process:
        """Once a year growth is reckoned anew: baseline aid and sanctions fade."""
        w = self.w
        n = 1
        while True:
            yield w.agenda.at(posture.seconds(n * posture.DAYS_PER_YEAR), CALENDAR, 0, n, BUDGET)
            w.reckon()
            n += 1

    def _regimes(self) -> Process:
        """Shift the regime of a ceasefire between noisy and quiet; monitors hasten quiet."""
        w = self.w
        rate = w.rules.regime_shift
        n = 0
        while rate > 0:
            u = w.u(streams.REGIME, 0, n)
            hazard = posture.regime_hazard(rate, w.noisy, w.monitoring())
            days = chance.exponential_quantile(u, posture.DAYS_PER_YEAR / hazard)
            yield w.agenda.at(w.now + posture.seconds(days), CALENDAR, 0, n, REGIME)
            if w.state == CEASEFIRE:
                w.close_noise()
                w.noise_since = w.now
            w.noisy = not w.noisy
            n += 1

    def _leaders(self) -> Process:
        w = self.w
        n = 0
        while True:
            days = chance.exponential_quantile(
                w.u(streams.LEADER, 0, n, 0), posture.DAYS_PER_YEAR / w.challenger.leader_change
            )
            yield w.agenda.at(w.now + posture.seconds(days), CALENDAR, 0, n, LEADER)
            u = w.u(streams.LEADER, 0, n, 1)
            w.motive = chance.normal_value(u, w.challenger.motive_mean, w.challenger.motive_sd)
            w.note(journal.LEADER, w.motive)
            n += 1

    def _treaty(self) -> Process:
        """Occasions for a peace treaty come by a calendar; one is made if a ceasefire holds."""
        w = self.w
        time, n = 0, 0
        while True:
            u = w.u(streams.PEACE_TREATY, 0, n)
            days = chance.exponential_quantile(u, posture.DAYS_PER_YEAR / w.rules.peace_treaty_rate)
            time += posture.seconds(days)
            yield w.agenda.at(time, CALENDAR, 0, n, TREATY)
            n += 1
            if w.state == CEASEFIRE and not w.treaty:
                w.anchor_forces()
                w.treaty = True
                w.note(journal.TREATY)
                self.check_all()
                return

    def _offer_expiry(self) -> Process:
        """Withdraw the framework on offer after a while, if no ceasefire came before."""
        w = self.w
        days = chance.exponential_quantile(
            w.u(streams.OFFER_EXPIRY, 0), posture.DAYS_PER_YEAR / w.rules.offer_expiry
        )
        yield w.agenda.at(posture.seconds(days), CALENDAR, 0, 0, OFFER_EXPIRY)
        if w.ceasefire_seen:
            return
        w.withdrawn = True
        for lay, layer in enumerate(w.layers):
            if layer.activation_response >= AT_CEASEFIRE:
                w.expired[lay] = True
        w.anchor_forces()
        w.note(journal.OFFER_WITHDRAWN)
