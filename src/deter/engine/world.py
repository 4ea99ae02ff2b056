"""The state of one history: what is true of it now. Actors see it in :mod:`deter.engine.views`.

Quantities between events are closed forms with an anchor that only listed events move; reading
or logging never does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine import streams
from deter.engine.agenda import Agenda
from deter.engine.game import Built, Game
from deter.engine.journal import Line, Number, line
from deter.engine.layout import laid_out, new_outlook
from deter.engine.outcome import Tally
from deter.engine.prepared import prepare
from deter.theory import chance, choice, credibility, luck, posture
from deter.vocabulary import STATES

PEACE, MOBILISED, IN_CAMPAIGN, CEASEFIRE, LOST = range(len(STATES))
SIGNATURE, RATIFICATION, AT_CEASEFIRE, PEACE_TREATY = range(4)
FloatArray = NDArray[np.float64]


def plain(array: NDArray[Any]) -> list[SimpleNamespace]:
    """Return a record array's rows as objects with attributes, for quick reading in Python."""
    names = array.dtype.names
    assert names is not None
    return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in array.tolist()]


@dataclass
class Anchored:
    """A level that fades, with the moment at which it was set."""

    level: float = 0.0
    time: int = 0


class World:
    """One history: truth, beliefs, records. Actors read it only through views."""

    def __init__(self, built: Built, game: Game, seed: int, replication: int, log: bool) -> None:
        self.built = built
        self.game = game
        self.seed = seed
        self.replication = replication
        self.keep_log = log
        self.lines: list[Line] = []
        self.tally = Tally()
        self.memory = laid_out(game)
        self.c = self.memory.address
        prepare(self.c)
        self.ready = plain(self.memory.arrays["ready_states"])
        self.rules = plain(game.rules)[0]
        self.challenger = plain(game.challenger)[0]
        self.protege = plain(game.protege)[0]
        self.guarantors = plain(game.guarantors)
        self.options = plain(game.options)
        self.rungs = plain(game.rungs)
        self.regions = plain(game.regions)
        self.scripts = plain(game.scripts)
        self.layers = plain(game.layers)
        self.ladder = [plain(row) for row in game.ladder]
        self.members = [plain(row) for row in game.members]
        self.n = len(self.guarantors)
        self.horizon = self.rules.horizon
        self.agenda = Agenda(self.horizon)
        size = self.n, len(self.layers), len(self.options)
        self.outlook = new_outlook(*size)
        self.later = new_outlook(*size)
        self._set_state()
        self._set_private()

    # ---- set-up

    def _set_state(self) -> None:
        n_layers = len(self.layers)
        self.state = {0: PEACE, 1: CEASEFIRE, 2: IN_CAMPAIGN}[self.rules.start_state]
        self.exposed_since: int | None = None if self.state == IN_CAMPAIGN else 0
        self.forces = Anchored(self.challenger.forces, 0)
        self.own = Anchored(self.protege.forces, 0)
        self.regrowth = 0.0
        self.growth = 0.0
        self.cap = math.inf
        self.aid = 0.0
        self.drag = 0.0
        self.heat = Anchored()
        self.exhaustion = Anchored()
        self.imposed = Anchored()
        self.stance = [0.0] * self.n
        self.away = [False] * self.n
        self.signed = [False] * n_layers
        self.ratified = np.zeros((n_layers, self.n), dtype=np.int64)
        self.exited = np.zeros((n_layers, self.n), dtype=bool)
        self.expired = [False] * n_layers
        self.expires = [math.inf] * n_layers
        self.void = [False] * n_layers
        self.lapsed = [False] * n_layers
        self.entered_at = [-1] * n_layers
        self.approved = [True] * n_layers
        self.ceasefire_seen = self.state == CEASEFIRE
        self.treaty = False
        self.withdrawn = False
        self.noisy = True
        self.noise_since: int | None = 0 if self.state == CEASEFIRE else None
        self.first_breach: int | None = None
        self.left = [o.prize for o in self.options]
        self.alpha = np.zeros(self.n)
        self.beta = np.zeros(self.n)
        self.battles_fought = 0
        self.campaign: Any = None
        self.open_crises: list[Any] = []
        self.last_option = -1
        self.last_answer = -1
        self.on_ceasefire: list[Callable[[], None]] = []
        self._known: dict[str, Any] = {}
        if self.rules.start_state == 1:
            self._after_old_war()

    def _after_old_war(self) -> None:
        """Start in a ceasefire: heat and exhaustion of a war that ended before the start."""
        r = self.rules
        years = r.start_since_war
        self.heat = Anchored(choice.fading(r.heat_jump * r.heat_after_war, years, r.heat_decay), 0)
        self.exhaustion = Anchored(choice.fading(r.exhaustion, years, r.exhaustion_decay), 0)

    def _set_private(self) -> None:
        c, p, r = self.challenger, self.protege, self.rules
        u = self.u
        self.motive = chance.normal_value(u(streams.MOTIVE, 0), c.motive_mean, c.motive_sd)
        self.frailty = chance.lognormal_quantile(u(streams.FRAILTY, 0), 1.0, r.frailty_sd)
        self.error = chance.normal_value(
            u(streams.MISPERCEPTION, 0), c.misperception_bias, c.misperception_sd
        )
        self.challenger_type = chance.normal_value(
            u(streams.TYPE, 0), r.talks_challenger_type_mean, r.talks_challenger_type_sd
        )
        self.protege_type = chance.normal_quantile(u(streams.TYPE, 1))
        self.none_probit = chance.normal_quantile(p.acceptance_none)
        self.full_probit = chance.normal_quantile(p.acceptance_full)
        self.resolve = []
        self.prior_mean = np.zeros(self.n)
        self.prior_variance = np.zeros(self.n)
        iota = c.reliability * (1.0 - self.opacity())
        for i, g in enumerate(self.guarantors):
            z = chance.normal_quantile(u(streams.RESOLVE, 2 + i))
            theta = g.resolve + g.resolve_sd * z
            noise = chance.normal_quantile(u(streams.SIGNAL, 2 + i))
            self.resolve.append(theta)
            self.prior_mean[i] = credibility.first_belief(
                g.resolve, g.resolve_sd, theta, noise, iota
            )
            self.prior_variance[i] = g.resolve_sd * g.resolve_sd * (1.0 - iota)
        self.mean = self.prior_mean.copy()
        self.variance = self.prior_variance.copy()
        self.believed_at = 0
        self._relaxed_at = (-1, -1)
        self._relaxed = (self.mean, self.variance)

    # ---- chance, time, log

    def u(
        self,
        purpose: int,
        actor: int,
        occasion: int = 0,
        index: int = 0,
        source: int = streams.CANDIDATE,
    ) -> float:
        """Return the uniform at an address."""
        stream = int(self.game.streams[purpose, source, actor])
        return float(luck.uniform(self.seed, self.replication, stream, occasion, index))

    @property
    def now(self) -> int:
        """The present second."""
        return self.agenda.now

    def years(self, since: int) -> float:
        """Return the years from a moment until now."""
        return float(posture.years_between(since, self.now))

    def clock(self) -> float:
        """Return years since the start."""
        return self.years(0)

    def month(self) -> int:
        """Return the month, 1 to 12."""
        at = int(np.searchsorted(self.game.months, self.now, side="right")) - 1
        return int(self.game.month_numbers[at])

    def note(self, kind: int, *numbers: Number) -> None:
        """Write a line of the event log, if one is kept; see :data:`journal.PAYLOADS`."""
        if self.keep_log:
            self.lines.append(line(self.now, kind, *numbers))

    # ---- closed forms

    def challenger_forces(self) -> float:
        """Return the challenger's forces now, brigade equivalents."""
        return float(
            posture.forces_after(
                self.forces.level,
                self.regrowth,
                self.years(self.forces.time),
                self.challenger.ceiling,
            )
        )

    def force_cap(self) -> float:
        """Return the lowest cap of the layers in force."""
        cap = math.inf
        for lay, layer in enumerate(self.layers):
            if self.peacetime_in_force(lay):
                cap = min(cap, layer.limits_force_cap)
        return cap

    def protege_forces(self) -> float:
        """Return the protégé's forces now, brigade equivalents."""
        ceiling = min(self.protege.ceiling, self.cap)
        grown = posture.forces_after(
            self.own.level, self.growth, self.years(self.own.time), ceiling
        )
        return float(grown)

    def reckon(self) -> None:
        """Evaluate what leaks, baseline aid and sanctions, anew: at budgets and at sanctions."""
        r = self.rules
        self.aid = 0.0
        for g in self.guarantors:
            self.aid += posture.leaking(g.aid, r.baseline_aid_decay, self.clock())
        self.drag = self.sanctions()
        self.anchor_forces()

    def anchor_forces(self, lost: tuple[float, float] | None = None) -> None:
        """Let forces grow on as layers, budgets and the state of war now have it.

        Anchors move only where growth or a cap changes, or a battle is lost, so that an event that
        changes nothing leaves every bit as it was.

        Parameters
        ----------
        lost : tuple of float or None
            Forces the challenger and the protégé lose now.
        """
        self._known.clear()
        r = self.rules
        arms, training = self.peacetime_flows()
        growth = self.protege.buildup + r.arms_strength * (self.aid + arms) + training
        if self.state == IN_CAMPAIGN:
            growth += r.mobilisation
        regrowth = float(
            posture.slowed_regeneration(self.challenger.regeneration, r.sanctions_drag, self.drag)
        )
        cap = self.force_cap()
        if lost is None and (growth, regrowth, cap) == (self.growth, self.regrowth, self.cap):
            return
        lost_c, lost_d = lost or (0.0, 0.0)
        forces = max(0.0, self.challenger_forces() - lost_c)
        own = max(0.0, min(self.protege_forces(), cap) - lost_d)
        self.forces, self.own = Anchored(forces, self.now), Anchored(own, self.now)
        self.growth, self.regrowth, self.cap = growth, regrowth, cap

    def peacetime_flows(self) -> tuple[float, float]:
        """Return arms (bn USD a year) and training (brigades a year) of the layers in force.

        The maximum over layers, plus those marked additional.
        """
        arms = training = extra_arms = extra_training = 0.0
        for lay, layer in enumerate(self.layers):
            if not self.peacetime_in_force(lay) or not self.approved[lay]:
                continue
            given = layer.peacetime_arms + self.rules.finance_share * layer.peacetime_finance
            if layer.peacetime_additional:
                extra_arms += given
                extra_training += layer.peacetime_training
            else:
                arms = max(arms, given)
                training = max(training, layer.peacetime_training)
        return arms + extra_arms, training + extra_training

    def sanctions(self) -> float:
        """Return sanctions in force, L in [0, 1]: the maximum over their sources."""
        r = self.rules
        level = posture.leaking(r.baseline_sanctions, r.baseline_sanctions_leakage, self.clock())
        level = max(
            level,
            posture.leaking(
                self.imposed.level, r.baseline_sanctions_leakage, self.years(self.imposed.time)
            ),
        )
        for lay, layer in enumerate(self.layers):
            if layer.sanctions_level <= 0 or self.lapsed[lay] or not self.peacetime_in_force(lay):
                continue
            share = 0.0
            for i in range(self.n):
                if self.members[lay][i].member and not self.exited[lay, i]:
                    share += posture.economic_share(self.guarantors[i].economic_weight)
            years = self.years(max(0, self.entered_at[lay]))
            standing = layer.sanctions_level * min(1.0, share)
            level = max(level, posture.leaking(standing, layer.sanctions_leakage, years))
        return float(min(1.0, level))

    def interception(self) -> float:
        """Return the share of strikes that air defence stops."""
        best = 0.0
        for lay, layer in enumerate(self.layers):
            if self.peacetime_in_force(lay) and self.approved[lay]:
                best = max(best, layer.peacetime_air_defence)
        return float(posture.combined_share(self.rules.baseline_air_defence, best))

    def detection(self, k: int) -> float:
        """Return the probability that mobilisation for option ``k`` is seen."""
        if "detection" not in self._known:
            seen = [self._detection(option) for option in range(len(self.options))]
            self._known["detection"] = np.array(seen, dtype=np.float64)
        return float(self._known["detection"][k])

    def _detection(self, k: int) -> float:
        best = 0.0
        for lay, layer in enumerate(self.layers):
            if self.peacetime_in_force(lay):
                best = max(best, layer.peacetime_intelligence, layer.attribution_monitoring)
        seen = posture.combined_share(self.rules.baseline_intelligence, best)
        return float(posture.combined_share(self.options[k].detectability, seen))

    def detections(self) -> FloatArray:
        """Return :meth:`detection` of every option."""
        if self.options:
            self.detection(0)
        known: FloatArray = self._known.get("detection", np.zeros(0))
        return known

    def hostility(self) -> float:
        """Return the framework's provocation value, once any of its layers is signed."""
        return float(self.rules.hostility) if any(self.signed) else 0.0

    def opacity(self) -> float:
        """Return the secrecy of the framework's terms: the most secret layer's."""
        return max((layer.limits_opacity for layer in self.layers), default=0.0)

    def noise(self) -> float:
        """Return the ambiguity that violations of a ceasefire add."""
        if self.state == CEASEFIRE and self.noisy:
            return float(self.rules.noise_ambiguity)
        return 0.0

    def monitoring(self) -> float:
        """Return the best monitoring in force."""
        best = 0.0
        for lay, layer in enumerate(self.layers):
            if self.peacetime_in_force(lay):
                best = max(best, layer.attribution_monitoring)
        return best

    # ---- layers

    def _reached(self, lay: int, i: int, condition: int) -> bool:
        layer = self.layers[lay]
        if not self.signed[lay] or self.expired[lay] or self.exited[lay, i] or self.void[lay]:
            return False
        if condition == RATIFICATION:
            return bool(self.ratified[lay, i] == 1 or layer.activation_provisional)
        if condition == AT_CEASEFIRE:
            return self.ceasefire_seen
        if condition == PEACE_TREATY:
            return self.treaty
        return True

    def response_in_force(self, lay: int, i: int) -> bool:
        """Return whether a layer's response clauses bind guarantor ``i`` now."""
        if not self.members[lay][i].binds:
            return False
        return self._reached(lay, i, self.layers[lay].activation_response)

    def peacetime_in_force(self, lay: int) -> bool:
        """Return whether a layer's peacetime clauses run, for any of its members."""
        key = f"peacetime {lay}"
        if key not in self._known:
            self._known[key] = self._peacetime_in_force(lay)
        return bool(self._known[key])

    def _peacetime_in_force(self, lay: int) -> bool:
        condition = self.layers[lay].activation_peacetime
        if self.layers[lay].n_members == 0:
            return self.signed[lay] and not self.expired[lay]
        return any(
            self.members[lay][i].member and self._reached(lay, i, condition) for i in range(self.n)
        )

    def effective_level(self, lay: int, i: int) -> int:
        """Return the effective binding of a layer for guarantor ``i``."""
        layer = self.layers[lay]
        ratified = bool(self.ratified[lay, i] == 1)
        reached = int(credibility.effective_binding(layer.binding, self.signed[lay], ratified))
        provisional = layer.activation_provisional and layer.activation_response == RATIFICATION
        return min(reached, 1) if provisional and not ratified else reached

    def in_force(self) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return which response clauses bind whom (L, G), and with what effective binding."""
        if "force" not in self._known:
            force = np.zeros((len(self.layers), self.n))
            level = np.zeros((len(self.layers), self.n), dtype=np.int64)
            for lay in range(len(self.layers)):
                for i in range(self.n):
                    if self.response_in_force(lay, i):
                        force[lay, i] = 1.0
                        level[lay, i] = self.effective_level(lay, i)
            self._known["force"] = force, level
        force, level = self._known["force"]
        return force.copy(), level.copy()

    def in_force_later(
        self, years: float, ceasefire: bool = False
    ) -> tuple[FloatArray, NDArray[np.int64]]:
        """Return the probability that response clauses will bind, by the published calendar.

        Parameters
        ----------
        years : float
            How far ahead.
        ceasefire : bool
            If a ceasefire were made now.
        """
        force, level = self.in_force()
        ahead = self.now + posture.seconds(years * 365.25)
        for lay, layer in enumerate(self.layers):
            if self.expired[lay] or self.void[lay] or self.withdrawn_for(lay):
                continue
            signs = posture.seconds(layer.activation_signature) <= ahead
            stays = 1.0 if self.expires[lay] > ahead else layer.duration_renewal
            for i in range(self.n):
                if not self.members[lay][i].binds or self.exited[lay, i] or not signs:
                    continue
                ratifies = self._ratified_by(lay, i, ahead)
                reached = {
                    SIGNATURE: 1.0,
                    RATIFICATION: 1.0 if layer.activation_provisional else ratifies,
                    AT_CEASEFIRE: float(self.ceasefire_seen or ceasefire),
                    PEACE_TREATY: 1.0
                    if self.treaty
                    else (
                        float(posture.hazard_probability(self.rules.peace_treaty_rate, years))
                        if self.state == CEASEFIRE or ceasefire
                        else 0.0
                    ),
                }[layer.activation_response]
                force[lay, i] = reached * stays
                level[lay, i] = credibility.effective_binding(layer.binding, True, ratifies >= 0.5)
        return force, level

    def withdrawn_for(self, lay: int) -> bool:
        """Return whether the offer that would have brought a layer into force was withdrawn."""
        waits = self.layers[lay].activation_response in (AT_CEASEFIRE, PEACE_TREATY)
        return self.withdrawn and waits and not self.ceasefire_seen

    def _ratified_by(self, lay: int, i: int, ahead: int) -> float:
        if self.ratified[lay, i] == 1:
            return 1.0
        if self.ratified[lay, i] == -1:
            return 0.0
        g = self.guarantors[i]
        signed = posture.seconds(self.layers[lay].activation_signature)
        sd = self.rules.ratification_sd
        chance_by = self._ratifying(g, signed, ahead, sd)
        gone = self._ratifying(g, signed, self.now, sd)
        return (chance_by - gone) / (1.0 - gone) if gone < 1.0 else 1.0

    @staticmethod
    def _ratifying(g: SimpleNamespace, signed: int, by: int, sd: float) -> float:
        days = (by - signed) / posture.SECONDS_PER_DAY
        done = chance.lag_cdf(days, chance.LOGNORMAL, g.ratification_days, sd)
        return float(g.ratification_probability * done)

    def troops(self) -> FloatArray:
        """Return each guarantor's soldiers in place: the maximum over layers plus additional."""
        if "troops" not in self._known:
            self._known["troops"] = self._troops()
        known: FloatArray = self._known["troops"]
        return known

    def _troops(self) -> FloatArray:
        here = np.zeros(self.n)
        for lay, layer in enumerate(self.layers):
            if layer.limits_no_bases and self.peacetime_in_force(lay):
                return here
        extra = np.zeros(self.n)
        for lay, layer in enumerate(self.layers):
            for i in range(self.n):
                cell = self.members[lay][i]
                if cell.troops <= 0 or not self._reached(lay, i, layer.activation_peacetime):
                    continue
                if cell.additional:
                    extra[i] += cell.troops
                else:
                    here[i] = max(here[i], cell.troops)
        return here + extra

    def stakes(self) -> FloatArray:
        """Return each guarantor's stake with reciprocity and payment by the protégé."""
        if "stakes" not in self._known:
            self._known["stakes"] = self._stakes()
        known: FloatArray = self._known["stakes"]
        return known

    def _stakes(self) -> FloatArray:
        stakes = np.array([g.stake for g in self.guarantors], dtype=np.float64)
        added = np.zeros(self.n)
        for lay, layer in enumerate(self.layers):
            for i in range(self.n):
                if self.members[lay][i].member and self._reached(
                    lay, i, layer.activation_peacetime
                ):
                    paid = self.rules.payer_stake if layer.peacetime_payer == 1 else 0.0
                    added[i] = max(added[i], layer.limits_reciprocity + paid)
        result: FloatArray = stakes + added
        return result

    # ---- beliefs

    def beliefs(self) -> tuple[FloatArray, FloatArray]:
        """Return the challenger's beliefs about resolve now, relaxed towards their priors."""
        years, decay = self.years(self.believed_at), self.rules.belief_relaxation
        if self._relaxed_at == (self.now, self.believed_at):
            return self._relaxed
        mean, variance = np.empty(self.n), np.empty(self.n)
        for i in range(self.n):
            mean[i] = credibility.relaxed(self.mean[i], self.prior_mean[i], years, decay)
            variance[i] = credibility.relaxed(
                self.variance[i], self.prior_variance[i], years, decay
            )
        self._relaxed_at, self._relaxed = (self.now, self.believed_at), (mean, variance)
        return mean, variance

    def believe(self, mean: FloatArray, variance: FloatArray) -> None:
        """Set the challenger's beliefs as of now."""
        self.mean, self.variance, self.believed_at = mean, variance, self.now
        self._relaxed_at = (-1, -1)

    # ---- heat

    def heat_now(self) -> float:
        """Return heat now, log-odds."""
        years = self.years(self.heat.time)
        return float(choice.fading(self.heat.level, years, self.rules.heat_decay))

    # ---- exposure to attack

    def leave_peace(self, state: int) -> None:
        """Enter mobilisation or a campaign: close the spell of peace and of ceasefire noise."""
        if self.exposed_since is not None:
            self.tally.amounts["years_exposed"] += self.years(self.exposed_since)
            self.exposed_since = None
        self.close_noise()
        self.state = state

    def enter_peace(self, state: int) -> None:
        """Enter peace or a ceasefire."""
        self.state = state
        self.exposed_since = self.now
        if state == CEASEFIRE:
            self.noise_since = self.now

    def close_noise(self) -> None:
        """Add up the violations of the spell of ceasefire that ends or changes regime now."""
        if self.noise_since is not None:
            rate = self.rules.violations_noisy if self.noisy else self.rules.violations_quiet
            days = (self.now - self.noise_since) / posture.SECONDS_PER_DAY
            self.tally.amounts["violations"] += rate * days
            self.noise_since = None

    def incident_seen(self, severity: float, war: bool) -> None:
        """Raise heat after an incident; more, and exhaustion, after a war."""
        r = self.rules
        level = self.heat_now()
        jump = r.heat_jump * (r.heat_after_war if war else 1.0)
        self.heat = Anchored(choice.heat_after(level, jump), self.now)
        if war:
            self.exhaustion = Anchored(r.exhaustion, self.now)
        if self.first_breach is None and severity > 0:
            self.first_breach = self.now

    def lose_ground(self, share: float) -> None:
        """Move the line: add to the share of the land lost since the start, never below 0."""
        lost = self.tally.amounts["ground_lost"] + share
        self.tally.amounts["ground_lost"] = min(1.0 - self.rules.start_held, max(0.0, lost))
