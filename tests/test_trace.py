"""One history read and told: votes in their places, causes as the engine has them, planted runs."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pytest
from tests.generated import batch
from tests.worlds import BASE, Raw, history, merged, pact, states, under, world

from deter.narrative.calls import calls
from deter.narrative.cast import Cast, cast_of
from deter.narrative.causes import counted, decisive, stage
from deter.narrative.model import Crisis, History
from deter.narrative.parting import deeds, face, parting
from deter.narrative.reading import read
from deter.narrative.roles import roles
from deter.presentation.narrative import tell
from deter.presentation.narrative.lines import every_line
from deter.presentation.narrative.phrases import pct
from deter.presentation.narrative.twins import parted
from deter.spec.framework import Framework
from deter.spec.scenario import Scenario

CODES = ("AA", "BB", "CC")


def cast(scenario: Raw, framework: Raw) -> Cast:
    return cast_of(Scenario.model_validate(scenario), Framework.model_validate(framework), "Test")


def heard(scenario: Raw, framework: Raw, replication: int = 0) -> History:
    result = history(scenario, framework, replication)
    begins = scenario.get("begins", {})
    return read(result.log, cast(scenario, framework), result.row, begins.get("option") or "")


# ---------------------------------------------------------------- any history can be read

N_WORLDS = 24


@functools.cache
def generated() -> list[tuple[Raw, Raw]]:
    return [(one.scenario, one.framework) for one in batch(N_WORLDS)]


def counted_by_engine(row: Mapping[str, Any]) -> dict[str, int]:
    """Return how many attacks came to which stage as the row has it."""
    head = "why_not_stopped_"
    return {k.removeprefix(head): int(n) for k, n in row.items() if k.startswith(head) and n}


@pytest.mark.parametrize("number", range(N_WORLDS))
def test_any_history_is_read_whole_and_can_be_told(number: int) -> None:
    scenario, framework = generated()[number]
    result = history(scenario, framework, 0)
    found, people = heard(scenario, framework), cast(scenario, framework)
    polled = sum(len(p.ballots) for c in found.crises for p in c.polls)
    alone = sum(len(c.own) for c in found.crises)
    led = sum(_led(p, people) for c in found.crises for p in c.polls)
    assert polled + alone + led == sum(e.kind == "vote" for e in result.log)
    acts = sum(len(c.deeds) for c in found.crises)
    assert acts == sum(e.kind == "act" and "rung" in e.numbers for e in result.log)
    fights = [c.campaign for c in found.crises if c.campaign is not None]
    assert len(fights) == result.row["n_campaigns"]
    assert sum(len(f.battles) for f in fights) == sum(e.kind == "battle" for e in result.log)
    assert counted(found, people) == counted_by_engine(result.row)
    told = tell(found, people)
    assert len(told.answers) == 3
    assert all(answer.text for answer in told.answers)
    assert "nan" not in told.text()
    assert every_line(result.log, told).count("\n") > len(result.log)


def _led(poll: Any, people: Cast) -> bool:
    """Tell whether a lead was asked once more, before the others."""
    return people.texts[poll.text].lead in {b.guarantor for b in poll.ballots} and not poll.threat


# ---------------------------------------------------------------- planted causes

EAGER, NEVER, SURE = 0.9, -60.0, 60.0
LASTING = {"behaviour": {"stopping": False, "winter_tempo": 1}, "talks": {"offers": 0}}


def attacked(**over: Any) -> Raw:
    """Return a world with one attack, by the script, that is fought to its end."""
    return merged(world(**LASTING, scripted=[{"option": "grab", "at": 10}]), over)


def resolved(**values: float) -> Raw:
    """Return three states with resolves as given, each sure of itself."""
    base = states(stake=0, resolve_sd=0)
    return {code: merged(base[code], {"resolve": values.get(code, SURE)}) for code in CODES}


def after(scenario: Raw, framework: Raw) -> tuple[Crisis, Cast, dict[str, str], str]:
    """Return the attack, its cast, how each guarantor's help ended, and the second answer."""
    found, people = heard(scenario, framework), cast(scenario, framework)
    crisis = decisive(found, people)
    assert crisis is not None
    how = {code: role.how for code, role in roles(crisis, people).items()}
    return crisis, people, how, tell(found, people).answers[1].text


AGREED = pact(trigger={"threshold": 0.1, "ambiguity": 0}, attribution={"delay": 0})


def test_all_come_where_all_are_sure() -> None:
    crisis, people, how, said = after(attacked(guarantors=resolved()), under(AGREED))
    assert set(how.values()) <= {"came", "late", "undecided"}
    assert ("came" in how.values()) == (stage(crisis, people) in ("too_weak", "held"))
    assert "not willing" not in said


def test_a_guarantor_without_resolve_is_named_as_unwilling() -> None:
    _, _, how, said = after(attacked(guarantors=resolved(BB=NEVER)), under(AGREED))
    assert how["BB"] == "unwilling"
    assert "Asked, bound and not willing: BB" in said


def test_one_member_blocks_a_consensus_and_is_named() -> None:
    framework = under(merged(AGREED, {"decision": {"rule": "consensus"}}))
    crisis, people, how, said = after(attacked(guarantors=resolved(BB=NEVER)), framework)
    assert how == {"AA": "blocked", "BB": "unwilling", "CC": "blocked"}
    assert stage(crisis, people) in ("blocked_by_the_rule", "held")
    assert "Willing, but blocked: AA and CC" in said
    assert "BB was against" in said
    assert "Asked, bound and not willing: BB" in said


def test_a_veto_in_the_council_is_named() -> None:
    framework = under(merged(AGREED, {"decision": {"rule": "security_council"}}))
    scenario = attacked(guarantors=resolved(), challenger={"veto": True})
    _, _, how, said = after(scenario, framework)
    assert set(how.values()) == {"blocked"}
    assert "Security Council, where the challenger has a veto" in said


def test_a_finding_that_is_vetoed_is_named() -> None:
    framework = under(merged(AGREED, {"attribution": {"arbiter": "security_council"}}))
    scenario = attacked(guarantors=resolved(), challenger={"veto": True})
    _, _, how, said = after(scenario, framework)
    assert set(how.values()) == {"not recognised"}
    assert "the challenger vetoes the finding" in said


def test_help_that_is_decided_and_sets_out_too_late_is_named() -> None:
    slow = {"lag": {"distribution": "fixed", "typical": 5000}}
    scenario = attacked(
        guarantors={
            c: merged(g, {"days_brigade": 5000, "days_first_unit": 5000, "decision_clock": 0.01})
            for c, g in resolved().items()
        },
        rungs={"arms": slow, "air": slow, "ground": {"lag": {"distribution": "fixed"}}},
    )
    crisis, people, how, said = after(scenario, under(AGREED))
    assert set(how.values()) == {"late"}
    assert stage(crisis, people) in ("too_late", "held")
    assert "Could not arrive in time" in said


def test_a_member_that_decides_too_late_is_named() -> None:
    slow = {code: merged(g, {"decision_clock": 50000}) for code, g in resolved().items()}
    _, _, how, said = after(attacked(guarantors=slow), under(AGREED))
    assert set(how.values()) == {"undecided"}
    assert "Willing when asked, but not decided before" in said


def test_a_state_with_nothing_to_send_is_named() -> None:
    poor = {"arms": 0, "air": 0, "brigades_30d": 0, "brigades_90d": 0, "decision_clock": 0.01}
    scenario = attacked(guarantors=merged(resolved(), {"CC": poor}))
    _, _, how, said = after(scenario, under(AGREED))
    assert how["CC"] == "nothing to send"
    assert "with nothing to send: CC" in said


@pytest.mark.parametrize(
    ("clause", "reason", "words"),
    [
        ({"trigger": {"threshold": 0.99}}, "not recognised", "did not recognise the act"),
        ({"trigger": {"options": ["invasion"]}}, "not covered", "does not cover such an act"),
        ({"members": ["AA"]}, "no stake", "asked BB and CC, and without a stake"),
        ({"activation": {"response": "peace_treaty"}}, "no stake", "waited for a peace treaty"),
    ],
)
def test_who_was_not_asked_is_told_why(clause: Raw, reason: str, words: str) -> None:
    framework = under(merged(AGREED, clause), pact(id="shadow", activation={"signature": 9000}))
    _, _, how, said = after(attacked(guarantors=resolved()), framework)
    assert how["CC"] == reason
    assert words in said


def test_a_refusal_by_parliament_is_named() -> None:
    treaty = merged(AGREED, {"activation": {"response": "ratification", "ratified": False}})
    parliaments = {"ratification_probability": 0, "ratification_days": 1}
    guarantors = merged(resolved(), {"BB": parliaments | {"stake": 0.1, "resolve": NEVER}})
    scenario = attacked(guarantors=guarantors, scripted=[{"option": "grab", "at": 300}])
    _, _, how, said = after(scenario, under(treaty))
    assert how["BB"] == "not asked"
    assert "refused by parliament" in said


def test_the_nearest_vote_is_the_one_with_the_smallest_margin() -> None:
    guarantors = resolved(AA=NEVER, BB=NEVER, CC=NEVER)
    near = history(attacked(guarantors=guarantors), under(AGREED), 0)
    votes = [e for e in near.log if e.kind == "vote" and e.actor == "BB"]
    told = votes[-1].numbers
    short = -(told["shock"] + told["margins"][0]) - 0.01
    guarantors["BB"]["resolve"] = short
    crisis, _, _, _ = after(attacked(guarantors=guarantors), under(AGREED))
    found = heard(attacked(guarantors=guarantors), under(AGREED))
    first = next(call for call in calls(found, crisis) if call.kind == "vote")
    assert first.who == "BB"
    assert first.short == pytest.approx(0.01, abs=1e-6)


# ---------------------------------------------------------------- twins


CHOOSING = merged(
    BASE,
    {
        "horizon": 5,
        "challenger": {"strategy": "logit", "motive_mean": 1.5, "precision": 4},
        "behaviour": {"opportunity_rate": 6},
        "guarantors": {c: merged(g, {"stake": 0.5}) for c, g in states().items()},
    },
)


def plainly(log: list[Any]) -> list[tuple[Any, ...]]:
    """Return what was done as the log says it, without the reading: an oracle for parting."""
    calendar = {"signature", "ratification", "entry into force", "election", "expiry", "renewal"}
    minds = {"recognition", "dispute", "ruling", "decision", "vote", "learning", "cause"}
    seen = []
    for line in log:
        if line.kind in calendar | minds:
            continue
        numbers = line.numbers
        kept = (
            "option",
            "seen",
            "presses",
            "resists",
            "guarantor",
            "rung",
            "won",
            "widens",
            "major",
            "piece",
            "strength",
            "challenger_yes",
            "protege_yes",
            "how",
            "motive",
        )
        shown = {k: numbers[k] for k in kept if k in numbers}
        if line.kind == "act" and "rung" in numbers:
            shown.pop("how")
        seen.append((line.time, line.kind, tuple(sorted(shown.items()))))
    return seen


@pytest.mark.parametrize("replication", range(8))
def test_twins_part_at_the_first_line_that_differs(replication: int) -> None:
    weak = under(pact(obligation="consult", binding="political"))
    one, two = (history(CHOOSING, f, replication).log for f in (under(pact()), weak))
    point = parting(one, two)
    left, right = plainly(one), plainly(two)
    differ = [k for k, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    if not differ and len(left) == len(right):
        assert point is None
        return
    first = differ[0] if differ else min(len(left), len(right))
    assert point is not None
    assert point.index == first
    assert point.time == min(side[first][0] for side in (left, right) if first < len(side))


def test_twins_part_somewhere() -> None:
    weak = under(pact(obligation="consult", binding="political"))
    points = [
        parting(history(CHOOSING, under(pact()), r).log, history(CHOOSING, weak, r).log)
        for r in range(8)
    ]
    assert any(point is not None for point in points)


@pytest.mark.parametrize("replication", range(4))
def test_a_renamed_framework_never_parts(replication: int) -> None:
    other = under(pact(id="another_name", title="Another title"), title="Renamed")
    one = history(CHOOSING, under(pact()), replication).log
    two = history(CHOOSING, other, replication).log
    assert parting(one, two) is None


def test_the_face_of_a_deed_is_not_what_was_thought() -> None:
    log = history(CHOOSING, under(pact()), 0).log
    assert deeds(log)
    for entry in deeds(log):
        assert entry.kind not in ("vote", "recognition", "learning")
        assert face(entry)[0] == entry.time


def test_a_choice_that_parts_tells_what_was_seen_on_both_sides() -> None:
    weak = under(pact(obligation="consult", binding="political"))
    for replication in range(30):
        one = history(CHOOSING, under(pact()), replication).log
        two = history(CHOOSING, weak, replication).log
        point = parting(one, two)
        if point is None or point.kind != "choice" or not point.differences:
            continue
        left, right = point.left.entry, point.right.entry
        assert left is not None
        assert right is not None
        option = left.numbers["option"] or right.numbers["option"]
        for d in point.differences:
            if d.what == "help":
                assert d.left == left.numbers["acts"][option][d.of][d.rung - 1]
                assert d.right == right.numbers["acts"][option][d.of][d.rung - 1]
        said = " ".join(parted(point, cast(CHOOSING, under(pact())), cast(CHOOSING, weak)))
        win = [pct(entry.numbers["win"][option]) for entry in (left, right)]
        taken = [pct(entry.probabilities.get(option, 0.0)) for entry in (left, right)]
        assert f"chance of success {win[0]} and {win[1]}" in said
        assert f"likely to be chosen {taken[0]} and {taken[1]}" in said
        return
    pytest.fail("no pair parts at a choice that both sides faced")
