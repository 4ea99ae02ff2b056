"""Formal cases of war: gambler's ruin at constant odds, and contests between forces."""

from __future__ import annotations

import math
import statistics
from typing import Any

import numpy as np

from deter.evidence.formal_case import Answer, Case, Inputs, Seen, Shape, shape
from deter.evidence.quiet import EXACT, slack_of_mean, slack_of_share
from deter.evidence.war_limits import WarLimit, Wars, battle_seen, wars_seen
from deter.theory import campaign

LARGEST = 2000
NO_ENGINE = "laws only: the engine's walks have 1 to 200 steps each way, some chance and an end"


def chance_of(odds: float) -> float:
    """Return the probability of a battle at given odds."""
    return float(campaign.odds_to_probability(odds))


def odds_from(p: float) -> float:
    """Return the odds of forces p and 1 - p of which a battle law makes probability p."""
    return float(campaign.battle_odds(p, 1.0 - p, 1.0, 1.0))


def _walk(given: Inputs) -> tuple[int, int, float]:
    total = given.whole("N", 1, LARGEST)
    return given.whole("i", 0, total), total, odds_from(given.number("p", 0.0, 1.0))


def _ruin(_case: Case, given: Inputs) -> Answer:
    """Chance and length of a walk between repulse and objective."""
    i, total, odds = _walk(given)
    win, mean, given_win = _ruin_laws(i, total - i, odds)
    lost = float(campaign.ruin_battles_given_win(total - i, i, 1.0 / odds if odds else math.inf))
    sd = _sd_of_length(i, total, odds)
    got = {"P_win": win, "E_duration": mean, "E_duration_given_win": given_win}
    got |= {"sd_duration": sd, "E_duration_given_loss": lost, "P_lose": 1.0 - win}
    limit = WarLimit(i, total, chance_of(odds))
    if not limit.possible(mean):
        return Answer(got, {}, NO_ENGINE)
    return Answer(got, _share_and_length(wars_seen(limit, mean), win, sd, given_win))


def _ruin_laws(i: int, above: int, odds: float) -> tuple[float, float, float]:
    return (
        float(campaign.ruin_win(i, above, odds)),
        float(campaign.ruin_battles(i, above, odds)),
        float(campaign.ruin_battles_given_win(i, above, odds)),
    )


def _share_and_length(wars: Wars, win: float, sd: float, given_win: float) -> dict[str, Seen]:
    n = len(wars.won)
    seen = {
        "P_win": Seen(sum(wars.won) / n, slack_of_share(win, n)),
        "E_duration": Seen(statistics.fmean(wars.battles), slack_of_mean(sd, n)),
    }
    won = [battles for battles, yes in zip(wars.battles, wars.won, strict=True) if yes]
    if len(won) >= 20 and math.isfinite(given_win):
        spread = statistics.stdev(won)
        allowed = slack_of_mean(max(spread, 0.1 * given_win), len(won))
        seen["E_duration_given_win"] = Seen(statistics.fmean(won), allowed)
    return seen


def _steps(total: int, odds: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return the transition matrix of the walk's inner positions 1 to N - 1."""
    up = chance_of(odds)
    inner = np.zeros((max(0, total - 1), max(0, total - 1)))
    for x in range(total - 2):
        inner[x, x + 1] = up
        inner[x + 1, x] = 1.0 - up
    return inner


def _sd_of_length(i: int, total: int, odds: float) -> float:
    """Return the standard deviation of the walk's length, from its first two moments.

    The fundamental matrix F of the absorbing chain gives E T = F 1 and E T² = (2F - I) E T.
    """
    if i in (0, total):
        return 0.0
    size = total - 1
    rest = np.eye(size) - _steps(total, odds)
    first = np.linalg.solve(rest, np.ones(size))
    second = 2.0 * np.linalg.solve(rest, first) - first
    return math.sqrt(max(0.0, float(second[i - 1] - first[i - 1] ** 2)))


def _horizon(_case: Case, given: Inputs) -> Answer:
    """Apply the walk's law T times: what has become of a war after T battles."""
    i, total, odds = _walk(given)
    last = given.whole("T", 0, 10_000)
    up = chance_of(odds)
    inner = _steps(total, odds)
    place = np.zeros(total - 1)
    won, lost = float(i == total), float(i == 0)
    if 0 < i < total:
        place[i - 1] = 1.0
        for _ in range(last):
            won += up * float(place[-1])
            lost += (1.0 - up) * float(place[0])
            place = place @ inner
    fighting = 1.0 - won - lost
    got = {"P_won_by_T": won, "P_lost_by_T": lost, "P_still_fighting": fighting}
    limit, mean = WarLimit(i, total, up), float(campaign.ruin_battles(i, total - i, odds))
    if not limit.possible(mean):
        return Answer(got, {}, NO_ENGINE)
    wars = wars_seen(limit, mean)
    n = len(wars.won)
    ended = [b <= last for b in wars.battles]
    soon = sum(yes and won_it for yes, won_it in zip(ended, wars.won, strict=True))
    engine = {
        "P_won_by_T": Seen(soon / n, slack_of_share(won, n)),
        "P_still_fighting": Seen(1.0 - sum(ended) / n, slack_of_share(fighting, n)),
    }
    return Answer(got, engine)


def _lazy(_case: Case, given: Inputs) -> Answer:
    """Battles of which some are drawn: as many candidates thinned as in winter."""
    i, total, odds = _walk(given)
    drawn = given.number("draw", 0.0, 1.0 - 1e-9)
    win, mean, _ = _ruin_laws(i, total - i, odds)
    days = float(campaign.days_of_battles(mean, 30.0, 1.0 - drawn))
    got = {"P_win": win, "E_duration": days}
    limit = WarLimit(i, total, chance_of(odds), drawn)
    if not limit.possible(days):
        return Answer(got, {}, NO_ENGINE)
    wars = wars_seen(limit, days)
    n = len(wars.won)
    engine = {
        "P_win": Seen(sum(wars.won) / n, slack_of_share(win, n)),
        "E_duration": Seen(
            statistics.fmean(wars.candidates), slack_of_mean(statistics.stdev(wars.candidates), n)
        ),
    }
    return Answer(got, engine)


def _brownian(_case: Case, given: Inputs) -> Answer:
    """Take a walk that drifts by mu and spreads by sigma a unit of time.

    Steps of 1 at odds exp(2 mu / sigma²) reach the ends with the Brownian probabilities, and each
    lasts (2p - 1)/mu.
    """
    mu = given.number("mu", -1e3, 1e3)
    variance = given.number("sigma", 1e-6, 1e6) ** 2
    width = given.number("L", 1e-9, 1e9)
    x = given.number("x", 0.0, width)
    odds = math.exp(max(-700.0, min(700.0, 2.0 * mu / variance)))
    win = float(campaign.ruin_win(x, width - x, odds))
    battles = float(campaign.ruin_battles(x, width - x, odds))
    step = (2.0 * chance_of(odds) - 1.0) / mu if mu else 1.0 / variance
    note = "laws only: the engine's wars have few battles"
    return Answer({"P_win": win, "E_duration": battles * step}, {}, note)


RUIN: tuple[Shape, ...] = (
    shape("i N p", _ruin),
    shape("i N p T", _horizon),
    shape("i N p draw", _lazy),
    shape("mu sigma x L", _brownian),
)


# ----------------------------------------------------------------------------------- contests


def _ratio(_case: Case, given: Inputs) -> Answer:
    """Set two forces against each other in one battle."""
    one, other = given.number("M1", 0.0, 1e9), given.number("M2", 0.0, 1e9)
    exponent = given.number("m", 0.0, 1e3)
    odds = float(campaign.battle_odds(one, other, 1.0, exponent))
    got: dict[str, Any] = {"p1": chance_of(odds), "p2": 1.0 - chance_of(odds)}
    if odds <= 0.0 or math.isinf(odds):
        return Answer(got, {}, "laws only: a force of nothing")
    got["log_odds"] = math.log(odds)
    return Answer(got, {"p1": Seen(battle_seen(one, other, exponent), EXACT)})


def _joined(_case: Case, given: Inputs) -> Answer:
    """Do so with and without a guarantor's effective force beside the defender."""
    attacker, defender = given.number("C", 1e-9, 1e9), given.number("D", 1e-9, 1e9)
    helper = given.number("G", 0.0, 1e9) * given.number("e", 0.0, 1e3)
    exponent = given.number("m", 0.0, 1e3)
    alone, helped = contest(attacker, defender, helper, exponent)
    got = {"p2": alone, "p3": helped, "delta_p": alone - helped}
    if helper <= 0.0:
        return Answer(got, {}, "laws only: a guarantor with no force")
    engine = {
        "p2": Seen(battle_seen(attacker, defender, exponent), EXACT),
        "p3": Seen(battle_seen(attacker, defender, exponent, helper), EXACT),
    }
    return Answer(got, engine)


def contest(
    attacker: float, defender: float, helper: float, exponent: float
) -> tuple[float, float]:
    """Return the attacker's chance in a battle, without and with a helper's force.

    Examples
    --------
    >>> contest(100.0, 50.0, 50.0, 1.0)[1]
    0.5
    """
    alone = campaign.battle_odds(attacker, defender, 1.0, exponent)
    helped = campaign.battle_odds(attacker, defender + helper, 1.0, exponent)
    return chance_of(float(alone)), chance_of(float(helped))


CONTESTS: tuple[Shape, ...] = (shape("M1 M2 m", _ratio), shape("C D G e m", _joined))
