"""The reference engine: the model as SimPy processes, one history at a time.

It is the definition. Read it to understand the model: the challenger meets occasions, chooses,
mobilises, presses or stands down (:class:`Challenger`); each act opens a crisis
(:mod:`deter.engine.crisis`), a campaign where it is more than an incident
(:mod:`deter.engine.war`), against a calendar that runs anyway (:mod:`deter.engine.calendar`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deter.engine import journal, streams
from deter.engine.agenda import CALENDAR, CANDIDATES, Process
from deter.engine.assessment import assess_all
from deter.engine.calendar import ENTRY, Calendar
from deter.engine.crisis import Crises, Crisis
from deter.engine.game import Built, drawn
from deter.engine.journal import Line
from deter.engine.learning import show
from deter.engine.outcome import Block, failed_row, recorded
from deter.engine.prepared import owed_rung, winter_factor
from deter.engine.strategies import Sight, scripted_only, strategy
from deter.engine.telling import Entry, entries, names_of
from deter.engine.views import seen_later, seen_now
from deter.engine.war import Wars
from deter.engine.world import CEASEFIRE, IN_CAMPAIGN, LOST, MOBILISED, PEACE, World
from deter.theory import chance, choice, posture
from deter.theory.coordination import EACH
from deter.vocabulary import STATES, WHY_ATTACKED

CANDIDATE, SCRIPT, PRESS = range(3)
FULL = 2


@dataclass(frozen=True, slots=True)
class Result:
    """What one replication returns.

    Attributes
    ----------
    row : dict
        The flat outcome row; columns in :func:`deter.engine.outcome.columns`.
    log : list of Entry
        The event log; empty unless it was asked for.
    lines : list of Line
        The event log in numbers, to compare engines by.
    """

    row: dict[str, Any]
    log: list[Entry]
    lines: list[Line] = field(default_factory=list)


def simulate(built: Built, seed: int, replication: int, log: bool = False) -> Result:
    """Run one replication.

    Parameters
    ----------
    built : Built
        A scenario under a framework.
    seed, replication : int
        Address of all its luck: any replication replays alone.
    log : bool
        Keep the event log.
    """
    game = drawn(built, seed, replication)
    world = World(built, game, seed, replication, log)
    crises = Crises(world)
    wars = Wars(world, crises)
    calendar = Calendar(world, crises)
    challenger = Challenger(world, crises, wars)
    world.on_ceasefire.append(calendar.check_all)
    calendar.start()
    challenger.start()
    world.agenda.process(wars.offers())
    world.agenda.run()
    row = _finish(world, wars)
    return Result(row, entries(world.lines, names_of(built)), world.lines)


def rows(built: Built, seed: int, start: int, stop: int) -> Block:
    """Run replications ``start`` to ``stop - 1``; one that fails is a record that says so."""
    return recorded([_attempt(built, seed, number) for number in range(start, stop)])


def _attempt(built: Built, seed: int, replication: int) -> dict[str, Any]:
    try:
        return simulate(built, seed, replication).row
    except Exception as error:  # noqa: BLE001  whatever a law raises, the others go on
        return failed_row(replication, f"{type(error).__name__}: {error}")


def _finish(w: World, wars: Wars) -> dict[str, Any]:
    """Close what is open at the end and return the row."""
    stopped = w.state == LOST or "major" in w.tally.firsts
    end = w.now if stopped else w.horizon
    years = posture.years_between(0, end)
    t = w.tally
    if w.exposed_since is not None:
        t.amounts["years_exposed"] += posture.years_between(w.exposed_since, end)
    if w.campaign is not None:
        war = w.campaign
        days = (end - war.began) / posture.SECONDS_PER_DAY
        t.amounts["campaign_days"] += days
        t.amounts["challenger_losses"] += war.challenger_losses
        t.amounts["protege_losses"] += war.protege_losses
        if t.first_campaign_end == "":
            t.first_campaign_end = "horizon"
            t.amounts["first_campaign_days"] = days
        wars.count_war(war)
    for crisis in list(w.open_crises):
        for i in range(w.n):
            if crisis.owed[i] > 0:
                t.count("owed")
                if not crisis.answered[i]:
                    t.count("pending")
    if w.noise_since is not None:
        w.close_noise()
    playing = [i for i, g in enumerate(w.guarantors) if g.in_play]
    mean, _ = w.beliefs()
    total = 0.0
    for i in playing:
        total += float(mean[i])
    t.amounts["final_credibility"] = total / len(playing) if playing else 0.0
    t.amounts["final_challenger_forces"] = w.challenger_forces()
    t.amounts["final_protege_forces"] = w.protege_forces()
    t.amounts["final_sanctions"] = w.sanctions()
    return t.row(w.replication, years, stopped, STATES[w.state])


class Challenger:
    """The challenger: meets occasions, chooses, mobilises, strikes; and the script."""

    def __init__(self, world: World, crises: Crises, wars: Wars) -> None:
        self.w = world
        self.crises = crises
        self.wars = wars
        self.choose = strategy(world.built.strategy)
        self.severities = np.array([o.severity for o in world.options], dtype=np.float64)

    def start(self) -> None:
        """Begin in war if the scenario does; put occasions and the script on the agenda."""
        w = self.w
        if w.rules.start_state == 2:
            w.agenda.process(self._war_at_start())
        if self.choose is not scripted_only:
            w.agenda.process(self._candidates())
        for row in range(len(w.game.scripts)):
            w.agenda.process(self._script(row))

    def _war_at_start(self) -> Process:
        w = self.w
        yield w.agenda.at(0, CALENDAR, 0, 0, ENTRY)
        k = w.rules.start_option
        self._look(False)
        crisis = self.crises.open(streams.INITIAL, 0, k)
        self.wars.begin(crisis, w.rules.start_position)
        self.crises.strike(crisis)

    # ---- occasions

    def _candidates(self) -> Process:
        """Candidates for aggression: a Poisson process with no framework in its rate."""
        w = self.w
        rate = w.rules.opportunity_rate * w.frailty * w.rules.headroom
        if rate <= 0.0:
            return
        time, k = 0, 0
        while True:
            days = chance.exponential_quantile(
                w.u(streams.ARRIVAL, 0, k), posture.DAYS_PER_YEAR / rate
            )
            time += posture.seconds(days)
            if time >= w.horizon:
                return
            yield w.agenda.at(time, CANDIDATES, 0, k, CANDIDATE)
            self._candidate(k)
            k += 1

    def _candidate(self, k: int) -> None:
        w = self.w
        w.tally.count("candidates")
        season = winter_factor(w.c, w.month(), w.rules.winter_opportunity)
        live = choice.live_probability(
            season, w.rules.provocation, w.hostility(), w.motive, w.rules.headroom
        )
        if w.u(streams.LIVE, 0, k) >= live:
            return
        w.tally.count("live")
        if w.state in (MOBILISED, IN_CAMPAIGN):
            w.tally.count("dropped")
            return
        refrain, attack = self._look(True)
        u = w.u(streams.ATTACK, 0, k)
        chosen = self.choose(
            Sight(
                refrain,
                w.outlook.arrays["indices"].copy(),
                w.outlook.arrays["utility"].copy(),
                self.severities,
                w.rules.dissimilarity,
                u,
                w.u(streams.OPTION, 0, k),
                w.last_option,
                w.last_answer,
            )
        )
        out = w.outlook.arrays
        w.note(
            journal.CHOICE,
            chosen,
            refrain,
            attack,
            w.rules.dissimilarity,
            out["indices"],
            out["utility"],
            out["win"],
            out["resist"],
            out["acts"],
        )
        if chosen >= 0:
            self._go(k, chosen, u, refrain)

    def _look(self, ahead: bool) -> tuple[float, float]:
        """Assess all options now; return the indices of refraining and of attacking."""
        w = self.w
        view = seen_now(w, perceived=True)
        attack = assess_all(w.c, view.address, False, w.outlook.address, 0)
        r = w.rules
        stay = choice.refrain_index(w.challenger.precision, r.status_quo, 0.0, 0.0, 0.0)
        if not ahead or r.look_ahead == 0.0:
            return float(stay), float(attack)
        ahead_view = seen_later(w, view, r.look_ahead_horizon)
        later = assess_all(w.c, ahead_view.address, False, w.later.address, 0)
        refrain = choice.refrain_index(
            w.challenger.precision,
            r.status_quo,
            r.look_ahead,
            choice.inclusive_value(stay, attack),
            choice.inclusive_value(stay, later),
        )
        return float(refrain), float(attack)

    # ---- from a decision to an act

    def _go(self, occasion: int, k: int, u: float, refrain: float) -> None:
        """Strike at once, or mobilise first where the option gives warning."""
        option = self.w.options[k]
        if option.option_class > 0 and option.warning > 0:
            self.w.agenda.process(self._mobilise(occasion, k, u, refrain))
            return
        crisis = self.crises.open(streams.CANDIDATE, occasion, k)
        crisis.refrain = refrain
        self._strike(crisis)

    def _mobilise(self, occasion: int, k: int, u: float, refrain: float) -> Process:
        """Mobilise; if seen, guarantors whose layer counts threats decide; press or stand down."""
        w = self.w
        option = w.options[k]
        before = w.state
        w.leave_peace(MOBILISED)
        w.tally.count("mobilised")
        p_seen = w.detection(k)
        seen = w.u(streams.DETECTED, 0, occasion) < p_seen
        w.note(journal.MOBILISATION, k, seen, p_seen)
        crisis = self.crises.open(streams.CANDIDATE, occasion, k)
        crisis.refrain = refrain
        if seen:
            crisis.head_start = option.warning
            if self._counts_threats(k):
                self._declare(crisis)
        yield w.agenda.at(w.now + posture.seconds(option.warning), CANDIDATES, 0, occasion, PRESS)
        pledge = np.full(w.n, -1, dtype=np.int64)
        for i, rung in crisis.early.items():
            pledge[i] = rung
        view = seen_now(w, perceived=True, pledge=pledge)
        attack = assess_all(w.c, view.address, False, w.outlook.address, 0)
        p = choice.attack_probability(refrain, float(attack))
        presses = not crisis.early or u < p
        w.note(journal.PRESS, presses, p, pledge)
        if presses:
            self._strike(crisis)
            return
        w.tally.count("stood_down")
        w.enter_peace(before if before in (PEACE, CEASEFIRE) else PEACE)
        self.crises.close(crisis)

    def _counts_threats(self, k: int) -> bool:
        w = self.w
        return any(
            layer.trigger_threats
            and w.game.covers[lay, k]
            and any(w.response_in_force(lay, i) for i in range(w.n))
            for lay, layer in enumerate(w.layers)
        )

    def _declare(self, crisis: Crisis) -> None:
        """Members of layers that count threats say what they will do."""
        w = self.w
        asked = self.crises.votes
        asked.recognise(crisis)
        gains, _, view = asked.truth(crisis)
        for lay, layer in enumerate(w.layers):
            if not layer.trigger_threats:
                continue
            members = [
                i for i in range(w.n) if w.response_in_force(lay, i) and crisis.recognised[lay, i]
            ]
            votes = np.zeros(len(members), dtype=np.int64)
            shown = []
            for at, i in enumerate(members):
                pull = asked.pulls(crisis, i)
                votes[at], margins = asked.vote(crisis, i, gains[1 + lay], pull, view)
                shown.append(margins)
            alone = layer.decision_rule == EACH
            rung, _ = asked.decide(crisis, lay, members, votes, np.zeros(len(members)), 0.0)
            for at, i in enumerate(members):
                ready = int(votes[at])
                show(crisis, i, shown[at], ready, rung, alone)
                if not alone:
                    ready = rung if ready >= rung else 0
                crisis.early[i] = max(crisis.early.get(i, 0), ready)
                crisis.polled.add(i)
            if any(crisis.early.values()):
                crisis.declared.add(lay)

    def _strike(self, crisis: Crisis) -> None:
        """Do the act itself: counts, causes, crisis, campaign."""
        w = self.w
        source, occasion, k = crisis.source, crisis.occasion, crisis.k
        option = w.options[k]
        if source != streams.SCRIPTED:
            self._count(k)
            if option.option_class > 0:
                self._why(crisis)
        w.note(journal.ACT_BEGUN, k, option.severity)
        w.incident_seen(option.severity, False)
        if option.option_class == 0:
            self.crises.strike(crisis)
            w.tally.amounts["damage"] += self._damage(k)
            end = w.now + posture.seconds(option.duration)
            self.crises.close_at(crisis, end)
            return
        resist = float(w.outlook.arrays["resist"][k])
        resists = w.u(streams.RESIST, 1, occasion, 0, source) < resist
        w.note(journal.RESISTANCE, resists, resist)
        war = self.wars.begin(crisis)
        self.crises.strike(crisis)
        if not resists:
            w.tally.count("conceded")
            self.wars.end(war, "conceded")

    def _damage(self, k: int) -> float:
        w = self.w
        option = w.options[k]
        months = option.duration / 30.4375
        stopped = w.interception() if option.intercepted else 0.0
        return float(option.volume * months * (1.0 - stopped))

    def _count(self, k: int) -> None:
        w = self.w
        option = w.options[k]
        t, years = w.tally, w.clock()
        t.count("incidents")
        t.first("incident", years)
        if option.severity >= w.rules.force_severity:
            t.count("force_acts")
            t.first("force", years)
        if option.option_class == 1:
            t.count("limited_attacks")
            t.first("limited_attack", years)
            t.first("attack", years)
        elif option.option_class == FULL:
            t.count("full_attacks")
            t.first("full_attack", years)
            t.first("attack", years)

    def _why(self, crisis: Crisis) -> None:
        """Code why the attack came, by whether it would come if all were sure to honour."""
        w = self.w
        view = seen_now(w, perceived=True)
        attack = assess_all(w.c, view.address, True, w.later.address, 0)
        p = choice.attack_probability(crisis.refrain, float(attack))
        owes = any(
            owed_rung(w.c, lay, i) > 0 and w.response_in_force(lay, i)
            for lay in range(len(w.layers))
            for i in range(w.n)
        )
        sure = not owes or w.u(streams.ATTACK, 0, crisis.occasion) < p
        w.tally.cause(f"why_attacked_{WHY_ATTACKED[0 if sure else 1]}")
        w.note(journal.CAUSE, sure, p)

    # ---- the script

    def _script(self, row: int) -> Process:
        """Do a scripted act: at its time, or at a rate of its own."""
        w = self.w
        event = w.scripts[row]
        rate, k = event.rate, event.option
        n = 0
        if rate <= 0.0:
            if event.at >= 1e9:
                return
            yield w.agenda.at(posture.seconds(event.at), CANDIDATES, 1, row, SCRIPT)
            self._scripted(row * streams.SCRIPT_STRIDE, k)
            return
        time = 0
        while True:
            days = chance.exponential_quantile(
                w.u(streams.SCRIPT_TIME, 0, n, row), posture.DAYS_PER_YEAR / rate
            )
            time += posture.seconds(days)
            if time >= w.horizon:
                return
            yield w.agenda.at(time, CANDIDATES, 1, row, SCRIPT, n)
            self._scripted(row * streams.SCRIPT_STRIDE + n, k)
            n += 1

    def _scripted(self, occasion: int, k: int) -> None:
        w = self.w
        w.tally.count("scripted")
        if w.options[k].option_class > 0 and w.state in (MOBILISED, IN_CAMPAIGN):
            w.tally.count("scripted_dropped")
            w.note(journal.SCRIPT_DROPPED, k)
            return
        self._look(False)
        self._strike(self.crises.open(streams.SCRIPTED, occasion, k))


__all__ = ["Challenger", "Entry", "Result", "simulate"]
