"""What the compiled engine leaves out is left out by bounds that hold.

Where a log is kept nothing is left out, since the log tells it. So each history is run both ways,
thousands of them, and the rows must be the same to the last bit. That the compiled engine decides
as the reference engine does is the business of ``test_two_engines`` and ``test_generated``.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evidence import size

from deter.engine.compiled import Desk
from deter.engine.game import build
from deter.spec.loading import load_scenario
from deter.theory import campaign

checked = settings(deadline=None, max_examples=size(300, 3000), derandomize=True)

STEPS = st.floats(0.01, 64.0)
ODDS = st.one_of(
    st.floats(1e-6, 1e6), st.floats(0.9, 1.1), st.floats(1.0 - 1e-5, 1.0 + 1e-5), st.just(1.0)
)


@checked
@given(STEPS, STEPS, ODDS)
def test_no_walk_lasts_longer_than_the_bound(below: float, above: float, odds: float) -> None:
    lasts = campaign.ruin_battles(below, above, odds)
    assert lasts <= campaign.most_battles(below, above) * (1.0 + 1e-6)


@checked
@given(st.integers(2, 40))
def test_the_bound_is_met_from_the_middle_at_even_odds(half: int) -> None:
    assert campaign.ruin_battles(half, half, 1.0) == campaign.most_battles(half, half)


@checked
@given(STEPS, STEPS, st.floats(0.01, 100.0), st.floats(0.01, 1.0))
def test_help_never_raises_the_challengers_chance(
    below: float, above: float, odds: float, share: float
) -> None:
    alone, helped = (campaign.ruin_win(below, above, o) for o in (odds, odds * share))
    assert helped <= alone + 1e-12


CASES = [
    ("ukraine/ceasefire", "none", ()),
    ("ukraine/ceasefire", "nato_membership", ()),
    ("ukraine/ceasefire", "stationed_force", ("behaviour.look_ahead=1",)),
    ("ukraine/ceasefire", "paris_jan2026", ("behaviour.look_ahead=0",)),
    ("ukraine/ceasefire", "layered", ("challenger.strategy=probing",)),
    ("ukraine/ceasefire", "article5_like", ("challenger.precision=40",)),
    ("ukraine/ceasefire", "bilateral_2024", ("protege.war_cost=0.01", "behaviour.dissimilarity=1")),
    ("ukraine/ceasefire", "tripwire", ("challenger.motive_mean=-0.2", "challenger.motive_sd=1")),
    ("ukraine/war", "paris_jan2026", ()),
    ("stylised/rivals", "nuclear_pact", ("behaviour.opportunity_rate=12",)),
]


@pytest.mark.parametrize(("scenario", "framework", "overrides"), CASES)
def test_rows_are_those_of_histories_with_nothing_left_out(
    scenario: str, framework: str, overrides: tuple[str, ...]
) -> None:
    loaded = load_scenario(scenario, framework=framework, overrides=list(overrides))
    desk = Desk(build(loaded.scenario, loaded.framework))
    brief = desk.run(7, 0, 1500)
    whole = desk.run(7, 0, 1500, log=True)
    assert brief.tobytes() == whole.tobytes()
    assert brief["n_incidents"].sum() > 0
