"""A campaign: battles, arrivals, widening, stopping, escalation, talks, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from deter.engine import journal, streams
from deter.engine.agenda import CAMPAIGN, TALKS, Process
from deter.engine.assessment import assess
from deter.engine.prepared import winter_factor
from deter.engine.strength import prospects
from deter.engine.views import seen_now, seen_otherwise
from deter.engine.world import CEASEFIRE, IN_CAMPAIGN, LOST, World
from deter.theory import campaign, chance, choice, posture
from deter.vocabulary import CAMPAIGN_ENDS, WHY_NOT_STOPPED

if TYPE_CHECKING:
    from deter.engine.crisis import Crises, Crisis

BATTLE, ARRIVAL, DECISION_POINT, ESCALATION, END = range(5)
OFFER = 0
LIMITED, FULL = 1, 2
PIECES = 6
ARMS, AIR, IN_PLACE, PLANNED, FIRST_WAVE, SECOND_WAVE = range(PIECES)
RUNG_OF_PIECE = (2, 3, 3, 4, 4, 4)


@dataclass
class War:
    """One campaign under way."""

    crisis: Crisis
    k: int
    began: int
    gained: float
    helped: list[float] = field(default_factory=list)
    combat: list[int] = field(default_factory=list)
    sent: set[tuple[int, int]] = field(default_factory=set)
    over: bool = False
    battles: int = 0
    held_before: float = 0.0
    start: float = 0.0
    challenger_losses: float = 0.0
    protege_losses: float = 0.0
    generation: int = 0
    threshold: float = 0.0
    hazard: float = 0.0
    hazard_at: int = 0
    direct: bool = False
    arrivals: int = 0

    def helped_total(self) -> float:
        """Return helpers' strength in the fight, brigade equivalents."""
        total = 0.0
        for strength in self.helped:
            total += strength
        return total


class Wars:
    """Runs campaigns and the talks that may end them."""

    def __init__(self, world: World, crises: Crises) -> None:
        self.w = world
        self.crises = crises
        crises.send = self.send

    def begin(self, crisis: Crisis, gained: float = 0.0) -> War:
        """Start the campaign of a crisis."""
        w = self.w
        w.leave_peace(IN_CAMPAIGN)
        war = War(crisis, crisis.k, w.now, gained)
        war.start = gained
        war.helped = [0.0] * w.n
        war.combat = [0] * w.n
        w.campaign = crisis.campaign = war
        war.held_before = campaign.held_share(gained, gained + self._walk(war)[1])
        w.anchor_forces()
        w.tally.count("campaigns")
        tempo = chance.lognormal_quantile(
            w.u(streams.TEMPO, 0, crisis.occasion, 0, crisis.source), 1.0, w.rules.tempo_sd
        )
        tempo = min(float(tempo), w.rules.tempo_cap)
        war.threshold = chance.exponential_quantile(
            w.u(streams.ESCALATION, 0, crisis.occasion, 0, crisis.source), 1.0
        )
        war.hazard_at = w.now
        if w.rules.win == 1:
            w.agenda.process(self._fixed(war))
        else:
            w.agenda.process(self._battles(war, float(tempo)))
            w.agenda.process(self._decision_point(war))
        return war

    def tag(self, war: War) -> int:
        """Return a war's number in the agenda's order."""
        return self.crises.tag(war.crisis)

    # ---- battles

    def _battles(self, war: War, tempo: float) -> Process:
        """Candidate battles at the full rate; winter thins them, so twins keep their numbers."""
        w = self.w
        crisis = war.crisis
        rate = w.rules.battles_per_month * tempo
        if rate <= 0.0:
            return
        b = 0
        while not war.over:
            u = w.u(streams.BATTLE_TIME, 0, crisis.occasion, b, crisis.source)
            days = chance.exponential_quantile(u, 30.0 / rate)
            yield w.agenda.at(w.now + posture.seconds(days), CAMPAIGN, 0, self.tag(war), BATTLE, b)
            if war.over:
                return
            season = w.u(streams.BATTLE_SEASON, 0, crisis.occasion, b, crisis.source)
            if season < winter_factor(w.c, w.month(), w.rules.winter_tempo):
                self._battle(war, b)
            b += 1

    def _fixed(self, war: War) -> Process:
        """Payoffs given outright: after the option's duration the war is won or not."""
        w = self.w
        crisis = war.crisis
        option = w.options[war.k]
        yield w.agenda.at(w.now + posture.seconds(option.duration), CAMPAIGN, 0, self.tag(war), END)
        if war.over:
            return
        helped = any(rung > 0 for rung in crisis.acted)
        p = option.fixed_win_helped if helped else option.fixed_win_alone
        won = w.u(streams.BATTLE, 0, crisis.occasion, 0, crisis.source) < p
        self.end(war, "objective" if won else "repulse")

    def _battle(self, war: War, b: int) -> None:
        w = self.w
        crisis = war.crisis
        option = w.options[war.k]
        attacker = w.challenger_forces() * option.share
        defender = w.protege_forces() * option.defended_share + war.helped_total()
        fort = float(seen_now(w, perceived=False).arrays["fort"][option.region])
        odds = campaign.battle_odds(attacker, defender, fort, w.rules.contest_exponent)
        p = campaign.odds_to_probability(odds)
        won = w.u(streams.BATTLE, 0, crisis.occasion, b, crisis.source) < p
        war.gained += 1.0 if won else -1.0
        war.battles += 1
        w.battles_fought += 1
        lost_c = campaign.losses(attacker, w.rules.winner_losses if won else w.rules.loser_losses)
        lost_d = campaign.losses(
            w.protege_forces() * option.defended_share,
            w.rules.loser_losses if won else w.rules.winner_losses,
        )
        w.anchor_forces(lost=(float(lost_c), float(lost_d)))
        war.challenger_losses += lost_c
        war.protege_losses += lost_d
        below, above = self._walk(war)
        w.note(journal.BATTLE, won, above, below, attacker, defender, p)
        if above <= 0:
            self.end(war, "objective")
        elif below <= 0:
            self.end(war, "repulse")
        elif self._gives_up(war):
            self.end(war, "stopped")

    def _walk(self, war: War) -> tuple[float, float]:
        """Return steps to repulse and to the objective."""
        w = self.w
        option = w.options[war.k]
        extra = float(seen_now(w, perceived=False).arrays["extra_steps"][option.region])
        return (
            option.steps_to_repulse + war.gained,
            option.steps_to_objective + extra - war.gained,
        )

    def _prospects(self, war: War) -> tuple[float, float, float, float]:
        """Return the challenger's chance, days left, share held and cost per day as it sees it."""
        w = self.w
        view = seen_now(w, perceived=True, helped=self._spread(war))
        win, days = prospects(w.c, view.address, war.k, war.gained)
        _, above = self._walk(war)
        held = campaign.held_share(war.gained, war.gained + above)
        cost = posture.war_cost_under_sanctions(
            w.challenger.war_cost, w.rules.sanctions_war_cost, float(view.record[0]["sanctions"])
        )
        if war.direct:
            cost *= w.rules.direct_war_cost
        return float(win), float(days), float(held), float(cost)

    def _spread(self, war: War) -> float:
        """Return helpers' strength as an addition to all the protégé's forces."""
        share = self.w.options[war.k].defended_share
        return war.helped_total() / share if share > 0 else 0.0

    def _gives_up(self, war: War) -> bool:
        w = self.w
        if not w.rules.stopping:
            return False
        win, days, held, cost = self._prospects(war)
        gain = w.motive * w.left[war.k]
        stop = campaign.stops(gain, win, held, cost * days)
        if stop:
            w.note(journal.STOP, win, held, days)
        return bool(stop)

    # ---- widening and escalation

    def _decision_point(self, war: War) -> Process:
        """At its first decision point a limited campaign may be widened once."""
        w = self.w
        crisis = war.crisis
        if w.options[war.k].option_class != LIMITED:
            return
        yield w.agenda.at(
            war.began + posture.seconds(w.rules.decision_point),
            CAMPAIGN,
            0,
            self.tag(war),
            DECISION_POINT,
        )
        full = next((k for k, o in enumerate(w.options) if o.option_class == FULL), -1)
        if war.over or full < 0 or crisis.source == streams.SCRIPTED:
            return
        view = seen_now(w, perceived=True, helped=self._spread(war))
        view = seen_otherwise(view, heat=crisis.heat_before)  # the attack's own heat is no reason
        assess(w.c, view.address, full, False, w.later.address, 0)
        index = float(w.later.arrays["indices"][full])
        stay = choice.refrain_index(w.challenger.precision, w.rules.status_quo, 0.0, 0.0, 0.0)
        p = choice.attack_probability(stay, index)
        widen = w.u(streams.OPTION, 0, crisis.occasion, 1, crisis.source) < p
        w.note(journal.DECISION_POINT, widen, w.later.arrays["win"][full], p)
        if widen:
            w.tally.count("widened")
            w.tally.count("full_attacks")
            w.tally.first("full_attack", w.clock())
            self._accrue(war)
            war.k = full
            war.held_before = campaign.held_share(war.start, war.gained + self._walk(war)[1])
            self._escalation(war)
            self.crises.widen(crisis, full)

    def in_combat(self, war: War) -> int:
        """Return guarantor rungs in combat: 1 for air, 2 for ground."""
        total = 0
        for i in range(self.w.n):
            total += war.combat[i]
        return total

    def _hazard_rate(self, war: War) -> float:
        """Return the yearly hazard of the next step of escalation."""
        w = self.w
        rate = w.rules.major_rate if war.direct else w.rules.escalation_rate
        severity = w.options[war.k].severity
        return float(campaign.escalation_rate(rate, self.in_combat(war), severity))

    def _escalation(self, war: War) -> None:
        """Re-time the next escalation: its hazard has changed."""
        w = self.w
        rate = self._hazard_rate(war)
        war.generation += 1
        if rate <= 0.0:
            return
        years = (war.threshold - war.hazard) / rate
        generation = war.generation
        moment = w.agenda.at(
            w.now + posture.seconds(max(0.0, years) * posture.DAYS_PER_YEAR),
            CAMPAIGN,
            0,
            self.tag(war),
            ESCALATION,
            generation,
        )

        def escalate() -> None:
            if not war.over and war.generation == generation:
                self._escalate(war)

        w.agenda.call(moment, escalate)

    def _accrue(self, war: War) -> None:
        """Add the hazard since the last change."""
        w = self.w
        war.hazard += self._hazard_rate(war) * w.years(war.hazard_at)
        war.hazard_at = w.now

    def _escalate(self, war: War) -> None:
        w = self.w
        crisis = war.crisis
        if war.direct:
            w.tally.first("major", w.clock())
            w.note(journal.ESCALATION, True)
            self.end(war, "escalation")
            return
        war.direct = True
        w.tally.count("direct_war")
        war.hazard, war.hazard_at = 0.0, w.now
        war.threshold = float(
            chance.exponential_quantile(
                w.u(streams.MAJOR, 0, crisis.occasion, 0, crisis.source), 1.0
            )
        )
        w.note(journal.ESCALATION, False)
        self.crises.revote(crisis)
        self._escalation(war)

    # ---- help on its way

    def send(self, i: int, rung: int, respond: float) -> None:
        """Put on the agenda the arrival of what guarantor ``i`` sends."""
        w = self.w
        war = w.campaign
        if war is None or war.over:
            return
        if w.rungs[rung - 1].combat:
            self._accrue(war)
            war.combat[i] = sum(int(r.combat) for r in w.rungs[:rung])
            self._escalation(war)
        view = seen_now(w, perceived=False)
        for piece in range(PIECES):
            if RUNG_OF_PIECE[piece] > rung or (i, piece) in war.sent:
                continue
            strength, days = self._piece(war, view.arrays["states"]["troops"], i, piece)
            if strength <= 0.0:
                continue
            war.sent.add((i, piece))
            if piece in (ARMS, AIR, IN_PLACE):
                days = min(days, respond)
            self._arrive_at(war, i, piece, strength, days)

    def _piece(
        self, war: War, troops: np.ndarray[tuple[int], np.dtype[np.float64]], i: int, piece: int
    ) -> tuple[float, float]:
        """Return strength and lag in days of a piece of guarantor ``i``'s help."""
        w = self.w
        g, rungs, ready = w.guarantors[i], w.rungs, w.ready[i]
        crisis = war.crisis
        share = g.second_theatre_share if w.away[i] else 1.0
        u = w.u(streams.LAG, 2 + i, crisis.occasion, piece, crisis.source)
        planned = ready.planned if troops[i] > 0 else 0.0
        ground = rungs[3]
        if piece == ARMS:
            r = rungs[1]
            lag = chance.lag_quantile(u, r.lag_distribution, r.lag_typical, r.lag_shape)
            return g.arms * r.strength, lag
        if piece == AIR:
            r = rungs[2]
            first = max(r.lag_typical, g.days_first_unit)
            lag = chance.lag_quantile(u, r.lag_distribution, first, r.lag_shape)
            return g.air * r.strength * share, lag
        if piece == IN_PLACE:
            return posture.brigades(troops[i]) * rungs[2].strength * share, ready.place_days
        if piece == PLANNED:
            return planned * ground.strength * share, ready.planned_days
        lag = chance.lag_quantile(u, ground.lag_distribution, g.days_brigade, ground.lag_shape)
        if piece == FIRST_WAVE:
            return max(0.0, g.brigades_30d - planned) * ground.strength * share, lag
        more = max(0.0, g.brigades_90d - g.brigades_30d)
        return more * ground.strength * share, lag + w.rules.second_wave_days

    def _arrive_at(self, war: War, i: int, piece: int, strength: float, days: float) -> None:
        w = self.w
        moment = w.agenda.at(
            w.now + posture.seconds(days), CAMPAIGN, 2 + i, self.tag(war), ARRIVAL, piece
        )

        def arrive() -> None:
            if war.over:
                return
            war.helped[i] += strength
            war.arrivals += 1
            w.note(journal.ARRIVAL, i, piece, strength)

        w.agenda.call(moment, arrive)

    # ---- talks

    def offers(self) -> Process:
        """Ceasefire offers by a calendar of their own; they matter only while a war lasts."""
        w = self.w
        rate = w.rules.talks_offers
        if rate <= 0.0:
            return
        time, n = 0, 0
        while True:
            days = chance.exponential_quantile(
                w.u(streams.OFFER_TIME, 0, n), posture.DAYS_PER_YEAR / rate
            )
            time += posture.seconds(days)
            if time >= w.horizon:
                return
            yield w.agenda.at(time, TALKS, 0, n, OFFER)
            n += 1
            if w.campaign is not None and not w.campaign.over:
                self._offer(w.campaign)

    def _offer(self, war: War) -> None:
        w = self.w
        win, days, held, cost = self._prospects(war)
        gain = w.motive * w.left[war.k]
        future, worth = self._framework_worth(war)
        ceded = w.rules.offer_territory
        value = campaign.ceasefire_gain(win, held, days, cost, gain, future) + gain * ceded
        challenger_yes = value > w.challenger_type
        line = win - held + w.protege.war_cost * days - ceded - w.rules.offer_payment
        index = campaign.acceptance_index(
            line, w.rules.talks_line_scale, w.none_probit, w.full_probit, worth
        )
        protege_yes = index > w.protege_type
        w.note(journal.TALKS, challenger_yes, protege_yes, value, future, worth, index)
        if challenger_yes and protege_yes:
            if ceded > 0.0:
                w.lose_ground(ceded)
            self.end(war, "ceasefire")

    def _framework_worth(self, war: War) -> tuple[float, float]:
        """Return what a ceasefire's framework costs the challenger, and its worth in [0, 1].

        The cost is the change in the value of later opportunities between the layers in force now
        and those a ceasefire brings; the worth, to the protégé, is the share of the chance of a
        renewed defeat that the layers then in force remove.
        """
        w = self.w
        full = war.k
        view = seen_now(w, perceived=True)
        force, level = w.in_force_later(0.0, ceasefire=True)
        now_force, now_level = w.in_force()
        stay = w.challenger.precision * w.rules.status_quo
        values, wins = [], []
        for f, lv in ((now_force, now_level), (force, level), (force * 0.0, level)):
            seen = seen_otherwise(view, f, lv)
            assess(w.c, seen.address, full, False, w.later.address, 0)
            index = float(w.later.arrays["indices"][full])
            values.append(float(choice.inclusive_value(stay, index)))
            wins.append(float(w.later.arrays["win"][full]))
        precision = w.challenger.precision
        future = (values[1] - values[0]) / precision if precision > 0 else 0.0
        worth = max(0.0, 1.0 - wins[1] / wins[2]) if wins[2] > 0 else 0.0
        return future, worth

    # ---- the end

    def end(self, war: War, how: str) -> None:
        """End a campaign: losses, line, prize, state, causes; its crisis closes."""
        w = self.w
        if war.over:
            return
        war.over = True
        war.generation += 1
        w.campaign = None
        t = w.tally
        days = (w.now - war.began) / posture.SECONDS_PER_DAY
        t.amounts["campaign_days"] += days
        if t.first_campaign_end == "":
            t.first_campaign_end = how
            t.amounts["first_campaign_days"] = days
        t.amounts["challenger_losses"] += war.challenger_losses
        t.amounts["protege_losses"] += war.protege_losses
        was_war = self.is_war(war)
        self.count_war(war)
        self._cause(war, how)
        lost_all = self._settle(war, how)
        w.note(journal.CAMPAIGN_ENDED, CAMPAIGN_ENDS.index(how), war.began, was_war)
        if lost_all or how == "escalation":
            w.state = LOST if lost_all else IN_CAMPAIGN
            self.crises.close(war.crisis)
            w.agenda.stop()
            return
        w.incident_seen(1.0, was_war)
        w.first_breach = None
        w.ceasefire_seen = True
        w.enter_peace(CEASEFIRE)
        w.anchor_forces()
        for react in w.on_ceasefire:
            react()
        self.crises.close_at(war.crisis, w.now)

    def is_war(self, war: War) -> bool:
        """Return whether both sides' losses make a campaign a war."""
        least = self.w.rules.war_threshold
        return bool(war.challenger_losses > least and war.protege_losses > least)

    def count_war(self, war: War) -> None:
        """Count a war the challenger chose; one it starts in, or a scripted one, is not new."""
        if self.is_war(war) and war.crisis.source == streams.CANDIDATE:
            self.w.tally.count("wars")
            self.w.tally.first("war", posture.years_between(0, war.began))

    def _settle(self, war: War, how: str) -> bool:
        """Move the line and take prizes; return whether the protégé is lost."""
        w = self.w
        option = w.options[war.k]
        t = w.tally
        won = how in ("objective", "conceded")
        if won:
            t.count("won")
        elif how == "repulse":
            t.count("repulsed")
        elif how == "stopped":
            t.count("stopped")
        elif how == "ceasefire":
            t.count("ceasefires")
        if won and option.option_class == FULL:
            t.amounts["ground_lost"] = 1.0 - w.rules.start_held
            return True
        _, above = self._walk(war)
        held = 1.0 if won else campaign.held_share(war.gained, war.gained + above)
        taken = (held - war.held_before) * w.left[war.k]
        w.lose_ground(taken)
        if option.option_class == LIMITED:
            w.left[war.k] *= 1.0 - held
        return False

    def _cause(self, war: War, how: str) -> None:
        """Code why the attack was not stopped: how far any layer got."""
        w = self.w
        crisis = war.crisis
        if crisis.source != streams.CANDIDATE:
            return
        w.tally.cause(f"why_not_stopped_{WHY_NOT_STOPPED[self._stage(war, how)]}")

    def _stage(self, war: War, how: str) -> int:  # noqa: PLR0911
        w = self.w
        crisis = war.crisis
        stage = WHY_NOT_STOPPED.index
        if how in ("repulse", "stopped") and war.gained <= 0:
            return stage("held")
        if war.arrivals > 0:
            return stage("too_weak")
        if any(crisis.acted[i] > 1 for i in range(w.n)):
            return stage("too_late")
        layers = [lay for lay in range(len(w.layers)) if any(cell.binds for cell in w.members[lay])]
        bound = [lay for lay in layers if crisis.force[lay].any()]
        if not bound:
            waiting = [
                lay for lay in layers if not (w.expired[lay] or w.exited[lay].any() or w.void[lay])
            ]
            if waiting:
                return stage("not_yet_in_force")
            if any(w.void[lay] for lay in layers):
                return stage("void")
            if any(w.expired[lay] or w.exited[lay].any() for lay in layers):
                return stage("lapsed_or_exited")
            return stage("not_covered")
        if all(crisis.voided[lay] for lay in bound):
            return stage("void")
        if not any(w.game.covers[lay, crisis.k] for lay in bound):
            return stage("not_covered")
        if not any(crisis.recognised[lay].any() for lay in bound):
            return stage("not_recognised")
        if any(crisis.blocked[lay] for lay in bound):
            return stage("blocked_by_the_rule")
        if any(crisis.vote.get(i, 0) > 0 for i in range(w.n)):
            return stage("too_late")
        return stage("reneged")
