"""The event log: its numbers, its wire, and each kind of line in words."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.worlds import built, history, pact, states, under, world

from deter.engine import journal
from deter.engine.journal import Line, line, lines
from deter.engine.telling import Names, entries, entry, names_of, unpacked
from deter.vocabulary import CAMPAIGN_ENDS

DAY = 86400
NAMES = Names(("AA", "BB"), ("blow", "grab"), ("pact",), (True, False), (2,), 0)
NEVER = -math.inf
KINDS = sorted(journal.PAYLOADS)

# ------------------------------------------------------------------------------- numbers


def test_a_line_holds_what_it_is_given_bit_for_bit() -> None:
    got = line(5, journal.VOTE, 1, True, np.float64(-0.0), np.array([[0.1], [math.inf]]))
    assert got == Line(5, journal.VOTE, (1.0, 1.0, 0.0, 0.1, math.inf))
    assert {type(x) for x in got.values} == {float}
    assert math.copysign(1.0, got.values[2]) == -1.0


def test_a_line_is_a_copy() -> None:
    seen = np.zeros(2)
    got = line(0, journal.LEARNING, seen, seen)
    seen[:] = 1.0
    assert got.values == (0.0, 0.0, 0.0, 0.0)


def wire(log: list[Line]) -> list[float]:
    """Return lines end to end, as a compiled engine writes them."""
    return [x for e in log for x in (float(e.time), float(e.kind), len(e.values), *e.values)]


written = st.builds(
    Line,
    st.integers(0, 2**53),
    st.sampled_from(KINDS),
    st.lists(st.floats(allow_nan=False)).map(tuple),
)


@given(log=st.lists(written), spare=st.integers(0, 5))
def test_lines_come_back_from_the_wire_bit_for_bit(log: list[Line], spare: int) -> None:
    numbers = wire(log)
    buffer = np.array([*numbers, *[math.nan] * spare], dtype=np.float64)
    back = lines(buffer, len(numbers))
    assert back == log
    assert np.array(wire(back)).tobytes() == np.array(numbers, dtype=np.float64).tobytes()


def test_a_line_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 1 numbers, not the 4 of 'before"):
        entry(Line(0, journal.LEARNING, (1.0,)), NAMES)


def test_arrays_are_read_row_by_row() -> None:
    acts = np.arange(16.0).reshape(2, 2, 4)
    got = unpacked(line(0, journal.CHOICE, -1, 0, 0, 1, *[np.zeros(2)] * 4, acts), NAMES)
    assert got.acts == acts.tolist()
    assert got.option == ""


# ------------------------------------------------------------------------------- words

TOLD = [
    ((journal.SIGNATURE, 0), "pact signature: is signed"),
    ((journal.RATIFICATION, 1, 0, 1, 0.9), "BB ratification: ratifies `pact`"),
    ((journal.RATIFICATION, 1, 0, 0, 0.9), "BB ratification: fails to ratify `pact`"),
    (
        (journal.ENTRY_INTO_FORCE, 0),
        "pact entry into force: enters into force: its response clauses bind",
    ),
    ((journal.EXPIRY, 0), "pact expiry: runs out and is not renewed"),
    ((journal.RENEWAL, 0), "pact renewal: is renewed"),
    ((journal.SANCTIONS_LAPSE, 0), "pact sanctions: renewal is vetoed; sanctions lapse"),
    ((journal.TRANCHE, 0), "pact tranche: an approval fails; the flow stops"),
    ((journal.ELECTION, 0, -0.5, 0.3), "AA election: elects a new government: stance -0.50"),
    ((journal.NOTICE, 0, 0), "AA notice: gives notice of leaving `pact`"),
    ((journal.EXIT, 0, 0), "AA exit: has left `pact`"),
    ((journal.THEATRE_AWAY, 0), "AA second theatre: is tied down elsewhere"),
    ((journal.THEATRE_BACK, 0), "AA second theatre: is free again"),
    ((journal.LEADER, 0.456), "challenger leader change: changes its leader: motive 0.46"),
    ((journal.TREATY,), "world peace treaty: a peace treaty is concluded"),
    ((journal.OFFER_WITHDRAWN,), "world offer: the framework on offer is withdrawn"),
    (
        (journal.MOBILISATION, 1, 1, 0.5),
        "challenger mobilisation: mobilises for `grab`; it is seen",
    ),
    ((journal.PRESS, 0, 0.5, -1, -1), "challenger press: stands down"),
    ((journal.ACT_BEGUN, 1, 0.6), "challenger act: begins `grab`"),
    ((journal.RESISTANCE, 0, 0.2), "protege resistance: concedes"),
    (
        (journal.CAUSE, 0, 0.2),
        "world cause: it attacks because it does not believe that all will honour",
    ),
    (
        (journal.SCRIPT_DROPPED, 1),
        "world script: `grab` is dropped: a campaign is under way",
    ),
    (
        (journal.RECOGNITION, 0, 0.6, 0.3, 1, 0),
        "pact recognition: counts the act as the casus foederis in the eyes of 1 of 2 members",
    ),
    (
        (journal.DISPUTE, 0.4, 1, 0.1),
        "challenger dispute: says that the protégé provoked it; the layers wait for a ruling",
    ),
    ((journal.RULING, 0, 0, 0.5, 0.1), "pact ruling: finds no provocation"),
    ((journal.DECISION, 0, 3, 12.34, 3, 4), "pact decision: decides together: air, day 12.3"),
    ((journal.DECISION, 0, 0, math.inf, 0, -1), "pact decision: decides together: protest"),
    (
        (journal.ACT, 0, 2, journal.OWN_MOTION, -1, 0),
        "AA act: acts at arms on its own motion, day ",
    ),
    ((journal.ACT, 0, 3, journal.UNDER_LAYER, 0, 0), "AA act: acts at air under `pact`, day "),
    (
        (journal.ACT, 0, 4, journal.BY_LADDER, 0, 0),
        "AA act: acts at ground by the ladder of `pact`, day ",
    ),
    ((journal.LEARNING, 0, 1, 0, 1.5), "challenger learning: learns about the guarantors"),
    (
        (journal.BATTLE, 0, 3, 2, 10.06, 5, 0.6),
        "protege battle: wins a battle; 3 steps to the objective, 2 to repulse",
    ),
    ((journal.STOP, 0.1, 0.2, 30), "challenger stop: stops: what is left to win does not pay"),
    (
        (journal.DECISION_POINT, 1, 0.5, 0.7),
        "challenger decision point: widens the campaign",
    ),
    ((journal.ESCALATION, 1), "world escalation: the war becomes major; the history ends here"),
    (
        (journal.ESCALATION, 0),
        "world escalation: the war becomes a direct war with a guarantor",
    ),
    (
        (journal.ARRIVAL, 0, 1, 2.25),
        "AA arrival: air force join the defence (2.2 brigades' worth)",
    ),
    (
        (journal.TALKS, 1, 0, 0.1, -0.2, 0.3, 0),
        "world talks: a ceasefire is offered: challenger accepts, protégé refuses",
    ),
    (
        (journal.CAMPAIGN_ENDED, CAMPAIGN_ENDS.index("repulse"), 0, 1),
        "world campaign ends: repulse after ",
    ),
    ((journal.VOTE, 0, 2, *[0.0] * 14), "AA vote: is ready for arms"),
    (
        (journal.CHOICE, -1, *[0.0] * 27),
        "challenger choice: weighs an occasion and refrains",
    ),
]


@pytest.mark.parametrize(("numbers", "words"), TOLD)
def test_lines_in_words(numbers: tuple[float, ...], words: str) -> None:
    kind, *payload = numbers
    told = entry(line(3 * DAY, int(kind), *payload), NAMES)
    after = {journal.ACT: "3.0", journal.CAMPAIGN_ENDED: "3 days"}.get(int(kind), "")
    assert f"{told.actor} {told.kind}: {told.text}" == words + after
    assert told.time == 3 * DAY


def test_all_kinds_are_told() -> None:
    assert {int(numbers[0]) for numbers, _ in TOLD} == set(KINDS)


def test_a_choice_gives_the_odds_of_each_option() -> None:
    indices = np.array([0.0, NEVER])
    arrays = [indices, np.array([0.1, 0.2]), np.zeros(2), np.ones(2), np.full((2, 2, 4), 0.12345)]
    told = entry(line(0, journal.CHOICE, 0, math.log(3.0), 0.0, 0.5, *arrays), NAMES)
    assert told.probabilities == pytest.approx({"refrain": 0.75, "blow": 0.25})
    assert list(told.probabilities) == ["refrain", "blow"]
    assert told.chose == "blow"
    assert told.seen["utilities"] == {"blow": 0.1, "grab": 0.2}
    assert told.seen["help expected"] == {o: {"AA": [0.123] * 4} for o in NAMES.options}


def test_a_vote_gives_the_probability_of_each_open_rung() -> None:
    margins = np.array([0.0, 1.0, NEVER, NEVER])
    told = entry(
        line(0, journal.VOTE, 0, 1, 0.12345, -1, np.full(4, 0.5), np.zeros(4), margins), NAMES
    )
    assert list(told.probabilities) == ["sanctions", "arms"]
    assert told.probabilities["sanctions"] == pytest.approx(NormalDist().cdf(0.12345))
    assert told.seen["resolve"] == 0.123
    logit = entry(
        line(0, journal.VOTE, 0, 1, 1.0, 0, np.zeros(4), np.zeros(4), margins),
        NAMES._replace(link=1),
    )
    assert logit.probabilities["sanctions"] == pytest.approx(1 / (1 + math.exp(-1)))


def test_what_others_say_leaves_out_who_says_nothing() -> None:
    press = entry(line(0, journal.PRESS, 1, 0.5, np.array([0, -1])), NAMES)
    assert press.seen == {"AA": "protest"}
    decision = entry(line(0, journal.DECISION, 0, 1, 2.0, np.array([-1, 4])), NAMES)
    assert decision.seen == {"BB": "ground"}
    learnt = entry(line(0, journal.LEARNING, np.zeros(2), np.array([0.001, -0.5])), NAMES)
    assert learnt.seen == {"BB": "+0.00 to -0.50"}


# ------------------------------------------------------------------------------- an engine's log


def test_a_history_is_told_from_its_lines() -> None:
    scenario = world(
        challenger={"strategy": "logit", "motive_mean": 2},
        behaviour={"opportunity_rate": 6},
        guarantors=states(stake=1),
    )
    framework = under(pact())
    seen = set()
    for replication in range(5):
        result = history(scenario, framework, replication)
        assert result.log == entries(result.lines, names_of(built(scenario, framework)))
        seen |= {written.kind for written in result.lines}
    assert {journal.CHOICE, journal.VOTE, journal.BATTLE, journal.LEARNING} <= seen
