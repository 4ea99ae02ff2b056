"""The three answers of a trace: what a reader who has not seen the code must be able to tell."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.test_trace import (
    AGREED,
    CHOOSING,
    NEVER,
    after,
    attacked,
    cast,
    generated,
    heard,
    resolved,
)
from tests.worlds import Raw, history, merged, pact, states, under, world

from deter.narrative.cast import Cast
from deter.narrative.causes import decisive, stage
from deter.narrative.ground import CLOSE, ground, reckoned
from deter.narrative.luck import RARE, run, wins
from deter.narrative.model import Ballot, Battle, Campaign, Crisis, Event, History
from deter.narrative.provoking import provocation
from deter.presentation.narrative import tell
from deter.presentation.narrative.chronicle import chronicle
from deter.presentation.narrative.lines import every_line
from deter.presentation.narrative.outcomes import BETTER, OTHER, SAME, WORSE, compared_with
from deter.presentation.narrative.states import states as listed_states
from deter.presentation.narrative.why import why
from deter.replays.mending import QUIET, Mended, Replay
from deter.vocabulary import RUNGS

PAGE = 105
"""Lines a story of one attack may have: two pages."""

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
SCENARIO, FRAMEWORK = attacked(guarantors=resolved(AA=NEVER, BB=NEVER, CC=NEVER)), under(AGREED)


def row(**over: Any) -> dict[str, Any]:
    """Return the columns of a row that say what a history comes to."""
    base = {
        "n_full_attacks": 1,
        "n_limited_attacks": 0,
        "n_widened": 0,
        "ground_lost": 0.8,
        "end_state": "ceasefire",
        "first_campaign_end": "stopped",
    }
    return base | over


LOST = row(end_state="lost", first_campaign_end="objective")
TAKEN = row()
QUIETLY = row(n_full_attacks=0, ground_lost=0.0, first_campaign_end=None)
SMALL = row(ground_lost=0.06)


def answers(
    here: dict[str, Any],
    repairs: dict[str, Any],
    whole: Any = None,
    bare: Any = None,
    scenario: Raw = SCENARIO,
) -> str:
    """Return what would have changed a history that came to ``here``, with planted replays."""
    found = replace(heard(scenario, FRAMEWORK), row=here)
    mended = Mended(
        None if bare is None else Replay("none", bare),
        tuple(Replay(name, one) for name, one in repairs.items()),
        None if whole is None else Replay("all of them at once", whole),
    )
    return tell(found, cast(scenario, FRAMEWORK), mended=mended).answers[2].text


# ---------------------------------------------------------------- what would have changed it


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (QUIETLY, "All of them at once would have helped: no attacks."),
        (LOST, "All of them at once"),
        (row(s_major="event"), "All of them at once would have been worse: a major war."),
    ],
)
@pytest.mark.parametrize("one", [QUIETLY, LOST])
def test_all_repairs_at_once_are_told_whatever_single_ones_do(
    one: dict[str, Any], whole: dict[str, Any], words: str
) -> None:
    assert words in answers(LOST, {"a": one, "b": LOST}, whole)


def test_a_history_without_attack_says_that_no_repair_changes_it() -> None:
    said = answers(QUIETLY, dict.fromkeys("abc", QUIETLY), QUIETLY, QUIETLY, world())
    assert "None of three changes to the text" in said
    assert "no attack with any of them" in said
    assert "the guarantee was not needed for that" in said


def test_a_repair_that_leaves_the_land_lost_as_it_was_does_not_help() -> None:
    said = answers(LOST, {"a": TAKEN, "b": LOST})
    assert "none helps" in said
    assert "It ends otherwise, but with no less land lost, with “a”" in said
    assert "one helps: one attack, 6% of the land lost with “a”" in answers(
        LOST, {"a": SMALL, "b": LOST}
    )


def test_what_is_worse_says_what_and_the_same_is_not_called_worse() -> None:
    said = answers(SMALL, {"a": LOST, "b": TAKEN, "c": SMALL})
    assert "Worse (here: one attack, 6% of the land lost)" in said
    assert "lost with “a”" in said
    assert "one attack, 80% of the land lost with “b”" in said
    assert "Worse" not in answers(LOST, {"a": LOST, "b": row(**LOST | {"n_full_attacks": 2})})


@pytest.mark.parametrize(
    ("base", "other", "how"),
    [
        (LOST, LOST, SAME),
        (LOST, TAKEN, OTHER),
        (TAKEN, LOST, OTHER),
        (LOST, SMALL, BETTER),
        (SMALL, LOST, WORSE),
        (SMALL, TAKEN, WORSE),
        (TAKEN, QUIETLY, BETTER),
        (QUIETLY, row(ground_lost=0.0), WORSE),
        (TAKEN, row(n_full_attacks=2), OTHER),
        (LOST, row(s_major="event"), WORSE),
    ],
)
def test_histories_are_compared(base: dict[str, Any], other: dict[str, Any], how: str) -> None:
    assert compared_with(base, other) == how


def test_a_step_whose_repair_changes_nothing_is_said_not_to_have_decided() -> None:
    framework = under(merged(AGREED, {"decision": {"rule": "consensus"}}))
    said = []
    for replication in range(12):
        scenario = attacked(guarantors=resolved(BB=NEVER))
        found, people = heard(scenario, framework, replication), cast(scenario, framework)
        crisis = decisive(found, people)
        if crisis is None or stage(crisis, people) != "blocked_by_the_rule":
            continue
        for each in (found.row, {**found.row, **QUIETLY}):
            replays = Replay("each decides for itself", each), Replay("other", QUIETLY)
            mended = Mended(None, replays, None)
            said.append(tell(found, people, mended=mended).answers[2].text)
        break
    words = "even with “each decides for itself” it comes to the same"
    assert [words in one for one in said] == [True, False]


# ---------------------------------------------------------------- land and steps


def test_the_land_of_campaigns_adds_up_to_the_row() -> None:
    """All but a few: prizes may be drawn, and talks may give land away."""
    agree = []
    for scenario, framework in generated():
        found, people = heard(scenario, framework), cast(scenario, framework)
        if found.attacks:
            total = sum(share for _, share in reckoned(found, people))
            agree.append(abs(total - float(str(found.row["ground_lost"]))) < CLOSE)
            told = ground(found, people)
            assert bool(told) == (agree[-1] or len(found.attacks) == 1)
    assert sum(agree) >= 0.8 * len(agree) > 5


def test_land_is_told_as_a_share_of_the_whole_with_what_was_held_before() -> None:
    scenario = attacked(
        begins={"state": "ceasefire", "held": 0.2},
        behaviour={"stopping": True},
        guarantors=resolved(AA=NEVER, BB=NEVER, CC=NEVER),
        scripted=[{"option": "invasion", "at": 10}],
    )
    parts, part = 0, 0
    for replication in range(12):
        found, people = heard(scenario, FRAMEWORK, replication), cast(scenario, FRAMEWORK)
        said = tell(found, people).answers[0].text
        if "all of the protégé" in said:
            assert "all of the protégé, of which 20% it held before" in said
            parts += 1
        elif "steps to its objective" in said and "still going on" not in said:
            n, total, now = re.findall(
                r"(\d+) of the (\d+) steps to its objective, .*now holds (\w+)%? of", said
            )[0]
            taken = 100 if now == "all" else int(now)
            assert taken == pytest.approx(100 * min(1.0, 0.2 + int(n) / int(total)), abs=1)
            part += 1
    assert parts
    assert part


# ---------------------------------------------------------------- text and code agree


def test_the_code_an_attack_is_counted_under_stands_only_with_every_line() -> None:
    sanctions = {"sanctions": "all_means", "arms": "none", "air": "none", "ground": "none"}
    mild = {"highest_rung": "sanctions", "decision_clock": 0.01}
    guarantors = {code: merged(one, mild) for code, one in resolved().items()}
    scenario, framework = (
        attacked(guarantors=guarantors),
        under(merged(AGREED, {"obligation": sanctions})),
    )
    seen = 0
    for replication in range(8):
        found, people = heard(scenario, framework, replication), cast(scenario, framework)
        crisis = decisive(found, people)
        assert crisis is not None
        if stage(crisis, people) != "too_late":
            continue
        seen += 1
        said = tell(found, people).answers[0].text
        assert "stopped at sanctions" in said
        assert "counted as" not in tell(found, people).text()
        assert "counted as “too late”" in every_line((), tell(found, people))
    assert seen


def test_a_text_that_parliament_refused_is_called_refused_and_not_late() -> None:
    treaty = merged(AGREED, {"activation": {"response": "ratification", "ratified": False}})
    parliaments = {"ratification_probability": 0, "ratification_days": 1}
    guarantors = {code: merged(one, parliaments) for code, one in resolved().items()}
    said = ""
    for replication in range(8):
        scenario = attacked(guarantors=guarantors, scripted=[{"option": "grab", "at": 300}])
        found, people = heard(scenario, under(treaty), replication), cast(scenario, under(treaty))
        crisis = decisive(found, people)
        if crisis is not None and stage(crisis, people) == "not_yet_in_force":
            said = tell(found, people).answers[0].text
            break
    assert "had been refused by the parliaments of AA, BB and CC" in said
    assert "yet" not in said


# ---------------------------------------------------------------- how a text provoked


def provoked() -> tuple[History, History, Cast]:
    """Return a history in which a text brings an attack, and the same luck without its offence."""
    hostile = under(pact(), hostility=0.3)
    for replication in range(60):
        one = heard(CHOOSING, hostile, replication)
        if not one.attacks or one.attacks[0].source != "chosen":
            continue
        two = heard(CHOOSING, under(pact()), replication)
        if not two.attacks:
            return one, two, cast(CHOOSING, hostile)
    pytest.fail("no text provokes")


def test_a_text_that_provoked_is_said_to_have() -> None:
    one, two, people = provoked()
    mended = Mended(None, (Replay(QUIET, two.row, two),), None)
    said = tell(one, people, mended=mended).answers[0].text
    assert "The text itself" in said
    assert "The text itself" not in tell(one, people).answers[0].text


def test_an_occasion_that_would_not_arise_and_one_used_otherwise_are_told_apart() -> None:
    one, _, people = provoked()
    crisis = one.attacks[0]
    choice = crisis.choice
    assert choice is not None
    bare = replace(one, crises=(), row={**one.row, **QUIETLY})
    none = replace(bare, choices=tuple(c for c in one.choices if c.time < choice.time))
    calm = replace(bare, choices=(*none.choices, replace(choice, option="")))
    gone, kept = provocation(one, crisis, none), provocation(one, crisis, calm)
    assert gone is not None
    assert kept is not None
    assert gone.other is None
    assert kept.other is not None
    for other, words in ((none, "would not have arisen"), (calm, "have done nothing")):
        mended = Mended(None, (Replay(QUIET, other.row, other),), None)
        assert words in tell(one, people, mended=mended).answers[0].text


# ---------------------------------------------------------------- luck


@given(st.lists(st.floats(0.05, 0.95), min_size=1, max_size=6))
def test_wins_are_counted_as_by_going_through_all_runs(odds: list[float]) -> None:
    by = [0.0] * (len(odds) + 1)
    for outcome in product((True, False), repeat=len(odds)):
        by[sum(outcome)] += math.prod(
            p if won else 1.0 - p for p, won in zip(odds, outcome, strict=True)
        )
    assert wins(odds) == pytest.approx(by)


def fight(won: Sequence[bool], chance: float, end: str = "objective") -> Campaign:
    battles = tuple(Battle(i, w, 1, 1, 50.0, 50.0, chance) for i, w in enumerate(won))
    return Campaign(0, 10**6, end, True, battles, (), (), ())


@pytest.mark.parametrize(
    ("won", "chance", "words"),
    [
        ([True] * 5, 0.42, "The protégé was favoured in battle and unlucky"),
        ([True] * 5, 0.49, "The protégé was slightly favoured in battle and unlucky"),
        ([True] * 6, 0.55, "The challenger was lucky in battle"),
        ([False] * 3, 0.7, "The challenger was favoured in battle and unlucky"),
        ([True, False, True], 0.55, ""),
        ([True], 0.3, "won the one battle"),
    ],
)
def test_luck_in_battle_is_named_as_a_cause(won: list[bool], chance: float, words: str) -> None:
    found, people = heard(SCENARIO, FRAMEWORK), cast(SCENARIO, FRAMEWORK)
    crisis = decisive(found, people)
    assert crisis is not None
    lucky = replace(crisis, campaign=fight(won, chance))
    said = " ".join(why(found, people, lucky))
    assert (words in said) if words else ("lucky" not in said)
    assert run(lucky.campaign) is not None


def chosen(p: float) -> tuple[History, Cast, Crisis]:
    """Return a history with an attack that was chosen with a probability."""
    for replication in range(30):
        found, people = heard(CHOOSING, under(pact()), replication), cast(CHOOSING, under(pact()))
        crisis = decisive(found, people)
        if crisis is not None and crisis.choice is not None:
            odds = {**crisis.choice.odds, crisis.option: p}
            return found, people, replace(crisis, choice=replace(crisis.choice, odds=odds))
    pytest.fail("no attack is chosen")


@pytest.mark.parametrize("p", [0.02, RARE - 0.01, RARE + 0.01, 0.5])
def test_a_rare_choice_is_called_improbable(p: float) -> None:
    found, people, crisis = chosen(p)
    said = " ".join(why(found, people, crisis))
    assert ("It was improbable" in said) == (p < RARE)


def test_pressing_on_against_the_odds_is_called_improbable_too() -> None:
    found, people, crisis = chosen(0.02)
    bold = replace(crisis, presses=True, pledges={"AA": 2}, press_chance=0.01)
    assert "that too was improbable (1% likely)" in " ".join(why(found, people, bold))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_percentage_is_of_an_event_that_is_named(path: Path) -> None:
    text = " ".join(path.read_text(encoding="utf-8").split())
    assert "act at all" not in text
    answers = text[text.rindex("WHAT BECAME OF IT") :]
    named = (
        r"likely|chance|of the land|of its land|more frequent|might have|went? the other way|hold"
    )
    for sentence in re.split(r"(?<=[.:]) (?=[A-Z])", answers):
        assert "%" not in sentence or re.search(named, sentence), sentence


def test_what_weighed_most_is_told_first() -> None:
    found, people, crisis = chosen(0.02)
    choice = crisis.choice
    assert choice is not None
    alone = replace(found, choices=(choice,))
    assert "failed, above all by chance:" in next(why(alone, people, crisis))
    many = replace(found, choices=(replace(choice, odds={crisis.option: 0.9}), choice))
    assert "above all since there were so many occasions" in next(why(many, people, crisis))
    often = replace(crisis, choice=replace(choice, odds={crisis.option: 0.5, "refrain": 0.5}))
    for sure, p, words in (
        (False, 0.3, "did not believe the commitment"),
        (False, 0.49, "what was owed did not deter"),
        (True, 0.3, "what was owed did not deter"),
    ):
        told = list(why(alone, people, replace(often, sure=sure, sure_chance=p)))
        assert words in told[0]
        assert ("not believe" in " ".join(told)) == ("not believe" in words)
        assert ("30% likely; as it saw it, 50%" in " ".join(told)) == (p == 0.3)


def test_a_history_that_holds_without_a_guarantee_says_so_first() -> None:
    found, people = (
        replace(heard(SCENARIO, FRAMEWORK), crises=(), row=QUIETLY),
        cast(SCENARIO, FRAMEWORK),
    )
    for bare, same in ((QUIETLY, True), (LOST, False)):
        mended = Mended(Replay("none", bare), (), None)
        said = tell(found, people, mended=mended).answers[0].sentences[0]
        assert ("and no guarantee either" in said) == same


def test_an_improbable_choice_is_a_caution_before_what_would_have_changed_it() -> None:
    for p, told in ((0.02, True), (0.5, False)):
        found, people, crisis = chosen(p)
        planted = replace(found, crises=(crisis,))
        mended = Mended(Replay("none", found.row), (Replay("a", QUIETLY),), None)
        said = tell(planted, people, mended=mended).answers[2].text
        assert said.startswith("The choice was improbable") == told


@pytest.mark.parametrize("awaits", ["signature", "ratification"])
def test_what_follows_from_a_refusal_is_told_where_it_is_told(awaits: str) -> None:
    treaty = merged(
        AGREED,
        {"binding": "ratified_treaty", "activation": {"response": awaits, "ratified": False}},
    )
    parliaments = {"ratification_probability": 0, "ratification_days": 1}
    guarantors = {code: merged(one, parliaments) for code, one in resolved().items()}
    scenario = attacked(guarantors=guarantors, scripted=[{"option": "grab", "at": 300}])
    said = tell(heard(scenario, under(treaty)), cast(scenario, under(treaty))).text()
    said = " ".join(said.split())
    assert ("for them it never takes effect" in said) == (awaits == "ratification")
    assert ("binds them only as a political promise" in said) == (awaits == "signature")


@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4))
def test_to_be_ready_for_more_is_never_likelier_than_for_less(odds: list[float]) -> None:
    four = (0.0, 0.0, 0.0, 0.0)
    vote = Ballot(0, "AA", "", 0, 0.0, 0.0, four, four, four, dict(zip(RUNGS, odds, strict=True)))
    chances = [vote.ready(rung) for rung in range(1, 5)]
    assert all(one >= two for one, two in pairwise(chances))
    assert chances[-1] == odds[-1]


# ---------------------------------------------------------------- names, dates, readings


def test_of_many_states_those_with_most_force_come_first() -> None:
    codes = [f"{letter}{letter}" for letter in "ABCDEFGH"]
    guarantors = {
        code: merged(states()["AA"], {"brigades_90d": 8 + rank}) for rank, code in enumerate(codes)
    }
    people = cast(world(guarantors=guarantors), under(pact()))
    said = listed_states(codes, people)
    assert said.startswith("HH, GG, FF, EE and, with less to send, DD")
    assert listed_states(codes, people, brief=True) == "HH, GG, FF, EE and four others"
    assert listed_states(codes[:3], people) == "CC, BB and AA"


@pytest.mark.parametrize("number", range(24))
def test_dates_are_in_order(number: int) -> None:
    scenario, framework = generated()[number]
    found, people = heard(scenario, framework), cast(scenario, framework)
    told = chronicle(found, people)
    assert all(one.time <= two.time for one, two in pairwise(told))


def test_crises_told_whole_are_numbered_from_one() -> None:
    """A challenger that stood down is told whole too; attacks that did not decide are not."""
    found, people, crisis = chosen(0.5)
    quiet = replace(crisis, campaign=None, mobilised=None, presses=False, deeds=())
    for many in (1, 2):
        stood = tuple(
            replace(quiet, number=n, began=crisis.time - 100 + n) for n in range(1, many + 1)
        )
        planted = replace(found, crises=(*stood, replace(crisis, number=many + 1)))
        heads = [p.head.split(":")[0] for p in chronicle(planted, people) if p.head]
        assert heads == [f"Crisis {n} of {many + 1}" for n in range(1, many + 2)]


def test_an_act_short_of_attack_takes_no_number_from_the_attack() -> None:
    scenario = attacked(
        guarantors=resolved(), scripted=[{"option": "blow", "at": 5}, {"option": "grab", "at": 200}]
    )
    found, people = heard(scenario, FRAMEWORK), cast(scenario, FRAMEWORK)
    assert [c.number for c in found.attacks] == [2]
    heads = [p.head for p in chronicle(found, people) if p.head]
    assert heads == ["“grab”"]


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ({"trigger": {"threshold": 0.99}}, "not grave enough: its gravity is 0.60 of 1"),
        ({"trigger": {"threshold": 0.59, "ambiguity": 1}}, "can be read both ways"),
        ({"attribution": {"delay": 9000}}, "the finding takes 9000 days"),
    ],
)
def test_why_an_act_was_not_recognised_or_not_found_is_told(clause: Raw, words: str) -> None:
    framework = under(merged(AGREED, clause))
    said = ""
    for replication in range(12):
        scenario = attacked(guarantors=resolved())
        found, people = heard(scenario, framework, replication), cast(scenario, framework)
        said = tell(found, people).answers[1].text
        if words in said:
            return
    pytest.fail(said)


def test_a_disputed_provocation_is_told_as_what_held_up_the_answer() -> None:
    scenario = attacked(guarantors=resolved(), behaviour={"dispute_base": 1, "dispute_days": 9000})
    _, _, how, said = after(scenario, under(AGREED))
    assert set(how.values()) == {"not yet asked"}
    assert "had provoked it, and they had to wait for a ruling" in said
    found, people = heard(scenario, under(AGREED)), cast(scenario, under(AGREED))
    assert "it was over before that was settled" in tell(found, people).answers[0].text


def test_of_attacks_that_took_nothing_the_greatest_decides() -> None:
    found, people = heard(SCENARIO, FRAMEWORK), cast(SCENARIO, FRAMEWORK)
    one = found.attacks[0]
    both = tuple(
        replace(one, number=n, option=option, campaign=fight([False] * lost, 0.5, "repulse"))
        for n, (option, lost) in enumerate((("invasion", 4), ("grab", 3)), 1)
    )
    first = decisive(replace(found, crises=both), people)
    assert first is not None
    assert first.option == "invasion"


def test_a_ruling_that_voids_a_text_is_told_as_the_cause() -> None:
    scenario = attacked(
        guarantors=resolved(),
        behaviour={"dispute_base": 1, "dispute_days": 1, "dispute_provoked": 1},
        options={"grab": {"ambiguity": 1}},
    )
    framework = under(merged(AGREED, {"limits": {"void_if_protege_attacks": "crisis"}}))
    _, _, how, said = after(scenario, framework)
    assert set(how.values()) == {"void"}
    assert "void because the protégé was found to have provoked the act" in said
    found, people = heard(scenario, framework), cast(scenario, framework)
    assert "which agreed, which voided the text" in tell(found, people).answers[0].text


def test_a_crisis_elsewhere_is_told_where_something_happened_here() -> None:
    found, people = heard(SCENARIO, FRAMEWORK), cast(SCENARIO, FRAMEWORK)
    attack = found.attacks[0]

    def away(began: int, ended: int) -> str:
        pair = (
            Event(began, "second theatre", "AA", passes=False),
            Event(ended, "second theatre", "AA", passes=True),
        )
        return tell(replace(found, events=pair), people).text()

    assert "tied down in a crisis elsewhere" in away(attack.began - 10, attack.began + 10)
    assert "tied down" not in away(0, 10)


@pytest.mark.parametrize(
    "path", [p for p in TRANSCRIPTS if "against" not in p.stem], ids=lambda path: path.stem
)
def test_a_story_fits_two_pages(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= PAGE


def test_histories_of_the_worlds_above_are_what_they_are_taken_for() -> None:
    assert history(SCENARIO, FRAMEWORK, 0).row["n_campaigns"] == 1
