"""What the compiled engine leaves out is left out by bounds that hold.

That decisions are the same is the business of ``test_two_engines`` and ``test_generated``; here is
the law that the bounds lean on.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deter.theory import campaign

checked = settings(deadline=None, max_examples=500, derandomize=True)

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
