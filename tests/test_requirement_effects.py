"""What the source documents ask for and claim: one thing is changed, and something moves or not.

``docs/requirements.yaml`` names these tests, beside those of clauses and processes. The table
changes one field of a bundled scenario; below it, claims about causes are put to the bundled
scenarios, and where a claim does not hold the test says what was found instead. Differences are
paired: both runs meet the same luck. All of it holds under the scenarios' assumptions only.
"""

# ruff: noqa: E501 (the table is wider than code)

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from tests.worlds import FloatArray, Raw, difference, identical, output, pact, under

from deter.engine import compiled
from deter.engine.game import build
from deter.engine.outcome import flat
from deter.spec.framework import Framework
from deter.spec.loading import LoadedScenario, load_scenario
from deter.spec.references import Cast, check_framework

SEED = 1
MANY, SOME, FEW = 800, 500, 250
RISES, FALLS = 1, -1
TRUCE, WAR = "ukraine/ceasefire.yaml", "ukraine/war.yaml"
PLACES = {"truce": TRUCE, "war": WAR}

# ------------------------------------------------------------------------------- running


@functools.cache
def loaded(scenario: str, framework: str, settings: tuple[str, ...]) -> LoadedScenario:
    return load_scenario(scenario, settings, framework)


def table_of(case: LoadedScenario, framework: Framework, n: int) -> pd.DataFrame:
    block = compiled.rows(build(case.scenario, framework), SEED, 0, n)
    assert not block.errors, block.errors
    return pd.DataFrame(flat(block))


@functools.cache
def ran(framework: str, *settings: str, where: str = TRUCE, n: int = SOME) -> pd.DataFrame:
    """Return rows of a bundled scenario under a bundled framework, with settings."""
    case = loaded(where, framework, settings)
    return table_of(case, case.framework, n)


@functools.cache
def _written(text: str, settings: tuple[str, ...], n: int) -> pd.DataFrame:
    case = loaded(TRUCE, "none", settings)
    framework = Framework.model_validate(json.loads(text))
    assert not list(check_framework(framework, Cast.of(case.scenario)))
    return table_of(case, framework, n)


def written(framework: Raw, *settings: str, n: int = SOME) -> pd.DataFrame:
    """Return rows of the ceasefire under a framework written here."""
    return _written(json.dumps(framework), settings, n)


@functools.cache
def layers(*wanted: str, n: int = MANY) -> pd.DataFrame:
    """Return rows of the ceasefire under layers of bundled frameworks, as ``layered.coalition``.

    A star takes all layers; a framework's first setting may follow it after a blank.
    """
    found, hostility = [], None
    for word in wanted:
        name, _, layer = word.partition(".")
        layer, *settings = layer.split()
        case = loaded(TRUCE, name, tuple(f"framework.layers.{s}" for s in settings))
        found += [one for one in case.framework.layers if layer in ("*", one.id)]
        hostility = hostility or case.framework.hostility
    whole = loaded(TRUCE, wanted[0].partition(".")[0], ())
    framework = whole.framework.model_copy(update={"layers": found, "hostility": hostility})
    return table_of(whole, framework, n)


def settings_for(codes: Iterable[str], **values: float) -> tuple[str, ...]:
    return tuple(f"guarantors.{c}.{k}={v}" for c in codes for k, v in values.items())


CAST = tuple(loaded(TRUCE, "none", ()).scenario.guarantors)
UNARMED = settings_for(CAST, arms=0, air=0, brigades_30d=0, brigades_90d=0)

# ------------------------------------------------------------------------------- reading


def figure(rows: pd.DataFrame, name: str) -> FloatArray:
    """Return a figure of each history.

    ``a <first>`` is 1 where the first such event happened, ``a <first> within <y> y`` where it
    did so early; ``lost`` is 1 where the protégé was; others are those of :func:`output`.
    """
    first = re.fullmatch(r"an? (\w+)(?: within ([\d.]+) y)?", name)
    if first:
        happened = rows[f"s_{first[1]}"] == "event"
        in_time = rows[f"t_{first[1]}"] <= float(first[2] or np.inf)
        return np.asarray(happened & in_time, dtype=np.float64)
    if name == "lost":
        return np.asarray(rows["end_state"] == "lost", dtype=np.float64)
    return output(rows, name)


def change(before: pd.DataFrame, after: pd.DataFrame, name: str) -> tuple[float, float]:
    """Return by how much a figure changes, and half of the width of its 95 % interval."""
    return difference(figure(before, name), figure(after, name))


def moves(before: pd.DataFrame, after: pd.DataFrame, name: str, sign: int) -> None:
    """Check that a figure moves the way said, and that the interval excludes zero."""
    mean, half = change(before, after, name)
    assert sign * mean > half, f"{name} moves by {mean:+.4g} +- {half:.4g}"


def stays(before: pd.DataFrame, after: pd.DataFrame, name: str, within: float) -> None:
    """Check that the whole interval of a figure's change lies within so much of zero."""
    mean, half = change(before, after, name)
    assert abs(mean) + half < within, f"{name} moves by {mean:+.4g} +- {half:.4g}"


def more(small: tuple[float, float], large: tuple[float, float]) -> None:
    """Check that one change is larger in size than another by more than both half-widths."""
    assert abs(large[0]) - large[1] > abs(small[0]) + small[1], (small, large)


# ------------------------------------------------------------------------------- fields

LINES = """
begins.state                     peace > ceasefire   truce  none              n_incidents rises
begins.position                  1 > 4               war    none              end: objective rises
begins.position                  1 > 4               war    none              end: ceasefire falls
begins.held                      0 > 0.4             war    none              ground_lost falls
start                            2027-04-15 > 2027-11-15  truce  none         a force within 0.3 y rises x2500
horizon                          5 > 10              truce  none              n_incidents rises

challenger.forces                100 > 170           truce  none              a war rises
challenger.motive_mean           0.3 > 0.8           truce  none              n_incidents rises
protege.forces                   90 > 150            truce  none              a full_attack falls
protege.buildup                  0 > 8               truce  none              final_protege_forces rises
protege.concession_cost          0 > 1               truce  none              n_conceded falls
protege.acceptance_none          0.1 > 0.6           war    none              n_ceasefires rises
protege.acceptance_full          0.35 > 0.9          war    stationed_force   n_ceasefires rises

guarantors.US.aid                0 > 20              truce  none              final_protege_forces rises
guarantors.US.economic_weight    0 > 27361           truce  none              final_sanctions rises
guarantors.US.change_probability  0 > 1              truce  nato_membership   n_stance_changes rises
guarantors.GB.resolve            -1 > 1              truce  stationed_force   n_joined_combat rises
guarantors.FR.resolve            -1 > 1              truce  stationed_force   n_joined_combat rises
guarantors.TR.resolve            -1 > 1              truce  paris_jan2026     n_joined_combat rises
guarantors.PL.stake              0 > 2               truce  nato_membership   final_sanctions rises x500

regions.donbas.fortification     1 > 2.5             truce  none              n_limited_attacks falls
options.limited_grab_donbas.cost  0.13 > 0.2         truce  none              n_limited_attacks falls
options.energy_strikes.months    [11,12,1] > [1,2,3,4,5,6]  truce  none       damage rises

rungs.air.lag.typical            2 > 120             truce  nato_membership   ground_lost rises x1000
rungs.air.strength               0.25 > 4            truce  nato_membership   a full_attack falls
rungs.sanctions.punishment       0 > 0.5             truce  none              n_incidents falls

baseline.aid_decay               0 > 0.6             truce  none              final_protege_forces falls
baseline.aid_decay               0 > 0.6             truce  none              a full_attack rises x800
baseline.air_defence             0.4 > 0.9           truce  none              damage falls

behaviour.escalation_rate        0 > 0.5             war    early_force       n_direct_war rises
behaviour.free_riding            0 > 2               truce  nato_membership   n_honoured falls
behaviour.heat_decay             1 > 6               truce  none              n_incidents rises
behaviour.look_ahead             0 > 1               truce  nato_membership   n_incidents rises
behaviour.stopping               true > false        truce  none              campaign_days rises
behaviour.violations_noisy       821 > 100           truce  none              violations falls
behaviour.winter_opportunity     0.5 > 1.5           truce  none              n_incidents rises
behaviour.winter_tempo           0.2 > 1             war    none              first_campaign_days rises

talks.offers                     0.5 > 6             war    none              n_ceasefires rises
talks.challenger_type_mean       -1 > 2              war    none              n_ceasefires falls
"""
"""Field; from and to; scenario; framework; output and its direction (x: runs, else 250)."""


@dataclass(frozen=True)
class Line:
    """A field, what it is changed from and to, where, and which output then moves which way."""

    field: str
    before: str
    after: str
    where: str
    framework: str
    output: str
    sign: int
    n: int

    @classmethod
    def read(cls, text: str) -> Line:
        """Read a line of the table."""
        field, values, where, framework, moved = re.split(r"\s{2,}", text.strip())
        before, _, after = values.partition(" > ")
        name, direction, n = re.findall(r"^(.+) (rises|falls)(?: x(\d+))?$", moved)[0]
        sign = RISES if direction == "rises" else FALLS
        return cls(field, before, after, where, framework, name, sign, int(n or FEW))

    def __str__(self) -> str:
        return f"{self.field} {self.before} > {self.after}: {self.output} under {self.framework}"


TABLE = [Line.read(text) for text in LINES.splitlines() if text]


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_a_field_moves_its_output(line: Line) -> None:
    before, after = (
        ran(line.framework, f"{line.field}={value}", where=PLACES[line.where], n=line.n)
        for value in (line.before, line.after)
    )
    moves(before, after, line.output, line.sign)


# ------------------------------------------------------------------------------- promises, weapons

NONE: Raw = {}
TREATY = under(pact(activation={"response": "ceasefire"}))
ARMS: Raw = {"arms": 20, "additional": True}
WEAPONS = under({"id": "arms", "peacetime": ARMS})
BOTH = under(pact(activation={"response": "ceasefire"}, peacetime=ARMS))
FULL, LIMITED = "a full_attack", "a limited_attack"


def test_promise_and_weapons_are_two_inputs_and_most_weight_lies_with_those_who_promise() -> None:
    """S000-01, S000-02: each lowers the risk alone; a promise by the unarmed is worth less.

    What weapons add to a treaty of all cannot be told from nothing: little risk is left.
    """
    base, treaty = written(NONE, n=MANY), written(TREATY, n=MANY)
    moves(base, treaty, FULL, FALLS)
    moves(base, written(WEAPONS, n=MANY), FULL, FALLS)
    moves(written(WEAPONS, n=MANY), written(BOTH, n=MANY), FULL, FALLS)
    stays(treaty, written(BOTH, n=MANY), FULL, 0.01)
    hollow = written(TREATY, *UNARMED, n=MANY)
    moves(treaty, hollow, LIMITED, RISES)
    moves(treaty, hollow, FULL, RISES)


def test_the_likelier_a_response_the_fewer_attacks() -> None:
    """S000-13: nobody is bound; only the guarantors' resolve differs."""
    timid, bold = (ran("none", *settings_for(CAST, resolve=r)) for r in (-0.8, 0.8))
    for name in (FULL, LIMITED, "n_incidents"):
        moves(timid, bold, name, FALLS)


def test_credibility_counts_for_little_where_a_rule_blocks_it() -> None:
    """S001-38: the product of the two; either factor at nothing leaves little of the other."""

    def risk(binding: str, rule: str) -> tuple[float, float]:
        text = under(
            pact(binding=binding, decision={"rule": rule}, activation={"response": "ceasefire"})
        )
        return change(written(NONE), written(text), LIMITED)

    blocked, weak, both = (
        risk("ratified_treaty", "consensus"),
        risk("political", "each"),
        risk("ratified_treaty", "each"),
    )
    assert abs(blocked[0]) + blocked[1] < 0.04
    more(weak, both)
    more(blocked, weak)


# ------------------------------------------------------------------------------- sanctions, aid


def test_sanctions_lower_war_a_little_and_what_is_in_force_cannot_be_threatened() -> None:
    """S001-17: fewer wars; but incidents become likelier, found instead."""
    light, heavy = (ran("none", f"baseline.sanctions={level}", n=MANY) for level in (0, 1))
    moves(light, heavy, "a war", FALLS)
    moves(light, heavy, "n_incidents", RISES)
    more(change(light, heavy, "a war"), change(light, ran("stationed_force", n=MANY), "a war"))


FREELY = (
    "guarantors.US.aid=20",
    "baseline.aid_decay=0",
    "baseline.sanctions=1",
    "baseline.sanctions_leakage=0",
)
"""Twenty billion a year from the United States that never fade, and all sanctions for ever."""


def test_aid_and_sanctions_replace_a_weak_guarantee_and_no_strong_one() -> None:
    """S003-10."""
    lavish = ran("none", *FREELY, n=MANY)
    moves(ran("none", n=MANY), lavish, FULL, FALLS)
    stays(ran("article5_like", n=MANY), lavish, FULL, 0.03)
    moves(ran("nato_membership", n=MANY), lavish, FULL, RISES)
    moves(ran("stationed_force", n=MANY), lavish, FULL, RISES)


def test_money_defends() -> None:
    """S002-34, S001-15: of the economy only money that turns into forces is modelled."""
    paid = under({"id": "loan", "peacetime": {"finance": 20, "additional": True}})
    moves(written(NONE, n=MANY), written(paid, n=MANY), "a war", FALLS)
    less, most = (written(paid, f"behaviour.finance_share={s}", n=FEW) for s in (0.2, 0.9))
    moves(less, most, "final_protege_forces", RISES)


def test_who_gives_aid_does_not_matter_only_how_much() -> None:
    """S003-12: five billion moved from Germany to Britain change no event."""
    moved = ran("none", "guarantors.DE.aid=4.5", "guarantors.GB.aid=10", n=FEW)
    left = ran("none", n=FEW)
    counts = [c for c in left.columns if left[c].dtype.kind != "f"]
    assert (left[counts] == moved[counts]).all(axis=None)
    amounts = left.select_dtypes("float").columns
    np.testing.assert_allclose(left[amounts], moved[amounts], atol=1e-9)


# ------------------------------------------------------------------------------- provocation


@pytest.mark.parametrize("name", ["article5_like", "nato_membership", "stationed_force"])
def test_a_guarantee_provokes_small_acts_and_deters_large_ones(name: str) -> None:
    """S001-34: hostility adds incidents; on balance the large acts fall all the same."""
    calm = ran(name, "framework.hostility=0", n=MANY)
    moves(calm, ran(name, n=MANY), "n_incidents", RISES)
    moves(ran("none", n=MANY), ran(name, n=MANY), "n_incidents", RISES)
    moves(ran("none", n=MANY), ran(name, n=MANY), FULL, FALLS)


def test_a_membership_on_its_way_hastens_attacks() -> None:
    """S001-35, S003-04: with foresight more happens before parliaments are done."""
    blind, far_sighted = (ran("nato_membership", f"behaviour.look_ahead={w}") for w in (0, 1))
    moves(blind, far_sighted, "a attack within 2 y", RISES)


# ------------------------------------------------------------------------------- which framework


def test_membership_is_not_the_strongest_guarantee() -> None:
    """S002-41, found instead: a capable force in place does better; consensus alone does nothing."""
    nato, force = ran("nato_membership", n=MANY), ran("stationed_force", n=MANY)
    moves(nato, force, FULL, FALLS)
    moves(nato, force, LIMITED, FALLS)
    for name in ("layered", "article5_like", "bilateral_2024", "tripwire", "budapest_1994"):
        moves(ran(name, n=MANY), nato, FULL, FALLS)
    stays(ran("none", n=MANY), ran("nato_art5", n=MANY), FULL, 0.03)


def test_giving_up_membership_pays_only_for_a_duty_by_treaty() -> None:
    """S002-18, S003-05: the offer as it stands is worth less, the same offer as a treaty more."""
    nato = ran("nato_membership", n=MANY)
    moves(nato, ran("article5_like", n=MANY), FULL, RISES)
    europe = "framework.layers.europe"
    firm = (
        f"{europe}.obligation=all_means",
        f"{europe}.binding=ratified_treaty",
        f"{europe}.activation.ratified=true",
    )
    moves(nato, ran("article5_like", *firm, n=MANY), LIMITED, FALLS)


def test_a_tripwire_deters_no_full_attack() -> None:
    """S003-08: numbers, place and what follows count, and not the flag."""
    none, token = ran("none", n=MANY), ran("tripwire", n=MANY)
    stays(none, token, FULL, 0.02)
    moves(none, ran("stationed_force", n=MANY), FULL, FALLS)
    barred = ran("stationed_force", "framework.layers.force.limits.no_bases=true", n=MANY)
    moves(ran("stationed_force", n=MANY), barred, FULL, RISES)


def test_assurances_owe_nothing_and_change_nothing() -> None:
    """S000-03, S001-45."""
    memorandum = ran("budapest_1994", n=MANY)
    assert memorandum["n_owed"].sum() == 0
    stays(ran("none", n=MANY), memorandum, FULL, 0.005)
    as_treaty = tuple(
        f"framework.layers.0.{s}"
        for s in (
            "binding=ratified_treaty",
            "obligation=all_means",
            "decision.rule=each",
            "activation.ratified=true",
        )
    )
    moves(memorandum, ran("budapest_1994", *as_treaty, n=MANY), LIMITED, FALLS)


@pytest.mark.parametrize(
    "name", ["bilateral_2024", "article5_like", "paris_jan2026", "layered", "nato_membership"]
)
def test_every_binding_text_lengthens_the_peace(name: str) -> None:
    """S001-06, S002-01, S003-07, S004-13: years without attack, against no guarantee."""
    moves(ran("none", n=MANY), ran(name, n=MANY), "t_attack", RISES)


def test_the_declaration_of_vilnius_changes_little() -> None:
    """S003-05, S003-06: each of the G7 for itself, by a political word."""
    none, g7 = ran("none", n=MANY), ran("g7_vilnius_2023", n=MANY)
    moves(none, g7, "t_attack", RISES)
    stays(none, g7, FULL, 0.02)


# ------------------------------------------------------------------------------- ceasefire

ALWAYS_TAKES = "talks.challenger_type_mean=-5"
ENDED = "end: ceasefire"


def test_a_strong_guarantee_ends_more_wars_by_ceasefire_and_a_weak_one_hardly() -> None:
    """S002-03, S002-08: it is the protégé that is won over."""
    none = ran("none", where=WAR)
    moves(none, ran("stationed_force", where=WAR), ENDED, RISES)
    stays(none, ran("tripwire", where=WAR), ENDED, 0.015)
    stays(none, ran("article5_like", where=WAR), ENDED, 0.02)
    willing = ran("none", ALWAYS_TAKES, where=WAR)
    moves(willing, ran("stationed_force", ALWAYS_TAKES, where=WAR), ENDED, RISES)
    everybody = tuple(f"protege.acceptance_{w}=0.999" for w in ("none", "full"))
    stays(
        ran("none", *everybody, where=WAR),
        ran("stationed_force", *everybody, where=WAR),
        ENDED,
        0.01,
    )


@pytest.mark.parametrize("ceded", [0.1, 0.3])
def test_a_guarantee_makes_bad_terms_acceptable(ceded: float) -> None:
    """S002-11, found instead: terms are what the file says; a guarantee buys assent to them."""
    terms = (ALWAYS_TAKES, f"framework.offer.territory={ceded}")
    moves(ran("none", *terms, where=WAR), ran("stationed_force", *terms, where=WAR), ENDED, RISES)


def test_land_is_a_line_most_will_not_cross() -> None:
    """S002-12, S002-14: the challenger would take every offer; the protégé does not."""
    kept = ran("none", ALWAYS_TAKES, where=WAR)
    moves(kept, ran("none", ALWAYS_TAKES, "framework.offer.territory=0.3", where=WAR), ENDED, FALLS)
    moves(kept, ran("none", ALWAYS_TAKES, "framework.offer.payment=0.5", where=WAR), ENDED, FALLS)


def test_the_range_of_bargains_may_be_empty() -> None:
    """S002-23, S004-02: a challenger that wants more than a line has to give signs nothing."""
    assert ran("none", "talks.challenger_type_mean=2", where=WAR)["n_ceasefires"].sum() == 0


def test_compliance_with_a_ceasefire_is_bought_by_forces_and_not_below_the_threshold() -> None:
    """S002-40: attacks fall under strong guarantees, incidents do not."""
    none = ran("none", n=MANY)
    for name in ("stationed_force", "nato_membership"):
        moves(none, ran(name, n=MANY), "a attack", FALLS)
        moves(none, ran(name, n=MANY), "n_incidents", RISES)
    stays(none, ran("budapest_1994", n=MANY), "a attack", 0.005)


# ------------------------------------------------------------------------------- clarity


def ambiguous(name: str, layers_of: Iterable[int], width: float, *others: str) -> pd.DataFrame:
    paths = (f"framework.layers.{i}.trigger.ambiguity={width}" for i in layers_of)
    return ran(name, *paths, *others, n=MANY)


def test_clarity_deters_what_it_covers() -> None:
    """S002-51: a threshold of .5, and land grabs of .55 and .6."""
    for name, where in (("stationed_force", (0,)), ("article5_like", (0,))):
        clear, vague = (ambiguous(name, where, width) for width in (0, 1))
        moves(clear, vague, LIMITED, RISES)


def test_clarity_invites_what_it_leaves_out() -> None:
    """S002-51, found instead: a threshold of .6 that is clear tells which grab is safe."""
    clear, vague = (ambiguous("nato_membership", (0, 1), width) for width in (0, 1))
    moves(clear, vague, LIMITED, FALLS)
    lower = tuple(f"framework.layers.{i}.trigger.threshold=0.3" for i in (0, 1))
    clear, vague = (ambiguous("nato_membership", (0, 1), width, *lower) for width in (0, 1))
    moves(clear, vague, LIMITED, RISES)


# ------------------------------------------------------------------------------- time


def test_speed_deters_grabs_and_a_deadline_brings_answers() -> None:
    """S002-26: lags of months against days; then a clause that shortens a decision.

    That clause brings more answers. It deters no full attack that could be seen.
    """
    lags = ("rungs.arms.lag.typical", "rungs.air.lag.typical")
    slow, fast = (
        written(TREATY, *(f"{lag}={d}" for lag in lags), *settings_for(CAST, days_brigade=d))
        for d in (120, 2)
    )
    moves(slow, fast, LIMITED, FALLS)
    slack = tuple(f"framework.layers.force.deadlines.{s}" for s in ("decide=30 d", "consult=20 d"))
    later, sooner = ran("stationed_force", *slack, n=MANY), ran("stationed_force", n=MANY)
    moves(later, sooner, "n_honoured", RISES)
    stays(later, sooner, FULL, 0.01)


def test_membership_put_off_is_membership_lost() -> None:
    """S001-27, S001-32, S003-02: signed in five years, or ratified within weeks."""
    nato = ran("nato_membership", n=MANY)
    signed = tuple(f"framework.layers.{i}.activation.signature=1826" for i in (0, 1))
    moves(nato, ran("nato_membership", *signed, n=MANY), FULL, RISES)
    quick = settings_for(CAST, ratification_days=30)
    moves(nato, ran("nato_membership", *quick, n=MANY), "a attack", FALLS)


@pytest.mark.parametrize("bridge", ["paris_jan2026", "stationed_force"])
def test_a_bridge_covers_the_years_before_membership(bridge: str) -> None:
    """S003-03: a layer of two years beside a membership that still has to be ratified."""
    number = 1 if bridge == "paris_jan2026" else 0
    term = f"{bridge}.* {number}.duration.years=2 {number}.duration.renewal=0"
    moves(
        layers("nato_membership.*"), layers("nato_membership.*", term), "a attack within 2 y", FALLS
    )


def test_a_signature_too_early_or_too_late() -> None:
    """S000-19: a coarse text now, a precise one in a year or in five."""
    text = "framework.layers.europe"

    def signed(threshold: float, day: int) -> pd.DataFrame:
        terms = (
            f"trigger.threshold={threshold}",
            "trigger.ambiguity=0.1",
            f"activation.signature={day}",
        )
        return ran("article5_like", *(f"{text}.{t}" for t in terms), n=MANY)

    moves(signed(0.8, 0), signed(0.4, 365), "n_honoured", RISES)
    moves(signed(0.8, 0), signed(0.4, 365), "t_attack", RISES)
    moves(signed(0.8, 0), signed(0.4, 1826), "t_attack", FALLS)


# ------------------------------------------------------------------------------- who is in


def without(name: str, *codes: str) -> pd.DataFrame:
    """Return rows under a framework when some guarantors will not help in any way."""
    return ran(name, *settings_for(codes, resolve=-9, stake=-9), n=MANY)


@pytest.mark.parametrize("name", ["stationed_force", "nato_membership", "layered", "paris_jan2026"])
def test_what_is_left_when_two_drop_out(name: str) -> None:
    """S000-20: without Britain and France."""
    moves(ran(name, n=MANY), without(name, "GB", "FR"), LIMITED, RISES)


def test_how_far_it_hangs_on_the_united_states() -> None:
    """S000-07, S004-10: membership feels the loss, a European force in place does not."""
    moves(ran("nato_membership", n=MANY), without("nato_membership", "US"), LIMITED, RISES)
    stays(ran("stationed_force", n=MANY), without("stationed_force", "US"), LIMITED, 0.03)


def test_a_crisis_elsewhere_lowers_what_membership_deters() -> None:
    """S002-17."""
    busy = ("rate=3", "shift=-2", "share=0")
    tied = ran("nato_membership", *(f"guarantors.US.second_theatre_{b}" for b in busy), n=MANY)
    moves(ran("nato_membership", n=MANY), tied, "a attack", RISES)


@pytest.mark.parametrize("left_out", ["own_forces", "coalition", "backstop"])
def test_each_of_three_layers_carries_something(left_out: str) -> None:
    """S001-09, S004-09, S004-10."""
    names = ("own_forces", "coalition", "backstop")
    rest = [f"layered.{name}" for name in names if name != left_out]
    moves(layers("layered.*"), layers(*rest), "a war", RISES)


def test_more_forces_next_door_change_little() -> None:
    """S001-41: ten times the forward forces in two neighbouring states."""
    forces = tuple(f"framework.layers.alliance.presence.{i}.troops=12500" for i in (0, 1))
    nato, strong = ran("nato_membership", n=MANY), ran("nato_membership", *forces, n=MANY)
    assert not identical(nato, strong)
    stays(nato, strong, LIMITED, 0.02)
    stays(nato, strong, FULL, 0.02)


# ------------------------------------------------------------------------------- concessions


def test_ceding_a_fortified_belt_invites_a_grab_unless_the_zone_is_deep() -> None:
    """S002-13, S002-22, S002-43."""
    zone = "framework.layers.europe.limits.economic_free_zone=donbas"
    offer, bare = ran("article5_like", n=MANY), ran("article5_like", zone, n=MANY)
    deep = ran("article5_like", zone, "framework.layers.europe.limits.zone_depth=5", n=MANY)
    moves(offer, bare, LIMITED, RISES)
    moves(offer, bare, "ground_lost", RISES)
    moves(bare, deep, LIMITED, FALLS)


def test_foreign_troops_add_incidents_and_on_balance_no_war_with_a_guarantor() -> None:
    """S003-31: barred from the country, the same states end in direct war no less often."""
    force = ran("stationed_force", n=MANY)
    calm = ran("stationed_force", "framework.hostility=0", n=MANY)
    moves(calm, force, "n_incidents", RISES)
    barred = ran("stationed_force", "framework.layers.force.limits.no_bases=true", n=MANY)
    mean, half = change(barred, force, "n_direct_war")
    assert mean + half < 0.005


# ------------------------------------------------------------------------------- the test itself


def test_a_change_that_does_nothing_is_seen_as_nothing() -> None:
    left, right = (ran("none", f"title={word}", n=FEW) for word in ("one", "another"))
    assert change(left, right, "n_incidents") == (0.0, 0.0)
    with pytest.raises(AssertionError):
        moves(left, right, "n_incidents", RISES)
