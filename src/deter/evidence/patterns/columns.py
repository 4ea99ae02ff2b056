"""From histories to columns: what a pattern counts, one row a history.

Every measure is a function of sums of columns. So an interval comes from drawing histories anew
and adding up again, and a draw of parameters is kept as a few sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine.game import Built
from deter.engine.outcome import FIRST_STATUSES
from deter.engine.streams import FRAILTY, MOTIVE
from deter.evidence.patterns.tracks import Act, Track
from deter.theory import chance, luck
from deter.vocabulary import CAMPAIGN_ENDS

Floats = NDArray[np.float64]
Columns = dict[str, Floats]

DAYS = 365.25
EVENT = FIRST_STATUSES.index("event")
FULL, LIMITED = 2, 1
"""Classes of options, by position."""

FOLLOWED = 20.0
"""Years for which a pair is followed after its first war."""

STEPS_A_YEAR = 4
QUIET_YEARS = 20
LAG_EDGES = np.concatenate(([0.0], np.logspace(0, 3.6, 73)))
"""Edges of the bins in which lags and lengths are counted, days."""

ELECTION_EVERY, ELECTION_FIRST = 4, 2
"""Election years, counted from the first year as 0: 2028, 2032, … of a start in 2026."""

PACT_SHARE, THREAT_WEIGHT = 0.38, 1.0
"""Of rival pair-years 1946-2010, .38 were under an outside major power's pact (gml_2010, computed);
how strongly threat attracts a pact is an assumption: log-odds for one standard deviation."""


@dataclass(frozen=True)
class Histories:
    """The histories of a world.

    Attributes
    ----------
    rows : record array
        One each.
    tracks : mapping of int to Track
        Of those that need one, by their position among the rows.
    built : Built
        The game.
    horizon : float
        Years.
    seed : int
        Of their luck.
    """

    rows: NDArray[Any]
    tracks: Mapping[int, Track]
    built: Built
    horizon: float
    seed: int

    def klass(self, act: Act) -> int:
        """Return the class of an act, by position."""
        return int(self.built.game.options[act.option]["option_class"])


def rates(h: Histories) -> Columns:
    """Return counts of acts and wars, and the years in which they could come."""
    r = h.rows
    return {
        "pairs": np.ones(len(r)),
        "years": r["years_exposed"] + r["campaign_days"] / DAYS,
        "incidents": r["n_incidents"].astype(float),
        "force": (r["n_force_acts"] - r["n_wars"]).astype(float),
        "wars": r["n_wars"].astype(float),
        "limited": r["n_limited_attacks"].astype(float),
        "full": r["n_full_attacks"].astype(float),
        "attacked": (r["s_full_attack"] == EVENT).astype(float),
    }


def threatened(h: Histories) -> Columns:
    """Return the counts of :func:`rates`, weighted by who would have a pact.

    ``threat``: pacts go to threatened pairs, as in history; ``random``: to any. Weights stand for
    drawing the assignment, of which they are the mean.
    """
    share = _pact_probability(h)
    found: Columns = {}
    for name, column in rates(h).items():
        for how, chosen in (("threat", share), ("random", np.full(len(share), share.mean()))):
            found[f"{how}_with_{name}"] = chosen * column
            found[f"{how}_without_{name}"] = (1 - chosen) * column
    return found


def _pact_probability(h: Histories) -> Floats:
    """Return the probability of a pact by a pair's motive, opportunities and force ratio."""
    streams = h.built.game.streams
    sources = [int(streams[MOTIVE, 0, 0]), int(streams[FRAILTY, 0, 0])]
    sources.append(luck.stream_id("param/challenger.forces"))
    scores = [
        sum(
            chance.normal_quantile(luck.uniform(h.seed, int(r), stream, 0, 0)) for stream in sources
        )
        for r in h.rows["replication"]
    ]
    pull = THREAT_WEIGHT * np.array(scores) / math.sqrt(len(sources))
    return 1 / (1 + np.exp(-(math.log(PACT_SHARE / (1 - PACT_SHARE)) + pull)))


def postwar(h: Histories) -> Columns:
    """Return who was at risk and whom force and war struck, by quarter since the first war."""
    steps = int(FOLLOWED * STEPS_A_YEAR)
    found = {name: np.zeros((len(h.rows), steps)) for name in _SINCE}
    for at, track in h.tracks.items():
        first = next((fight for fight in track.fights if fight.war), None)
        until = _ended(h, at) - (first.ended if first else 0.0)
        if first is None or until < 1e-6:  # a conquest ends the pair
            continue
        start = first.ended
        force = [act.time - start for act in track.acts if act.time > start and _is_force(h, act)]
        war = [f.began - start for f in track.fights if f.war and f.began > start]
        _follow(found["force_risk"][at], found["force_came"][at], force, until)
        _follow(found["war_risk"][at], found["war_came"][at], war, until)
    return found


_SINCE = ("force_risk", "force_came", "war_risk", "war_came")


def _is_force(h: Histories, act: Act) -> bool:
    return act.severity >= float(h.built.game.rules[0]["force_severity"])


def _follow(risk: Floats, came: Floats, times: list[float], until: float) -> None:
    """Note in which quarters a pair was at risk of a first event, and in which it came."""
    first = min(times, default=math.inf)
    end = min(first, until, FOLLOWED)
    whole = int(end * STEPS_A_YEAR)
    if first < min(until, FOLLOWED):
        risk[: whole + 1] = 1
        came[whole] = 1
    else:
        risk[:whole] = 1


def lulls(h: Histories) -> Columns:
    """Return years at risk and years with an incident, by years of quiet before them."""
    risk, came = np.zeros((len(h.rows), QUIET_YEARS)), np.zeros((len(h.rows), QUIET_YEARS))
    for at, track in h.tracks.items():
        years = sorted({int(act.time) for act in track.acts})
        end = int(_ended(h, at))
        for last, following in zip(years, [*years[1:], None], strict=True):
            stop = end - 1 if following is None else following
            quiet = min(stop - last, QUIET_YEARS)
            risk[at, :quiet] += 1
            if following is not None and following - last <= QUIET_YEARS:
                came[at, following - last - 1] += 1
    return {"quiet_risk": risk, "quiet_came": came}


def _ended(h: Histories, at: int) -> float:
    row = h.rows[at]
    return float(row["years_exposed"] + row["campaign_days"] / DAYS)


def elections(h: Histories) -> Columns:
    """Return incidents and years, in years in which the major power votes and in others."""
    n = len(h.rows)
    found = {name: np.zeros(n) for name in ("vote_acts", "other_acts", "vote_years", "other_years")}
    found["planted_other_acts"] = np.zeros(n)
    for at in range(n):
        years = np.arange(int(_ended(h, at) + 1e-9))
        votes = int(np.count_nonzero(years % ELECTION_EVERY == ELECTION_FIRST))
        found["vote_years"][at], found["other_years"][at] = votes, len(years) - votes
        track = h.tracks.get(at)
        for number, act in enumerate(track.acts if track else ()):
            if act.time >= len(years):
                continue
            if int(act.time) % ELECTION_EVERY == ELECTION_FIRST:
                found["vote_acts"][at] += 1
            else:
                found["other_acts"][at] += 1
                found["planted_other_acts"][at] += (at + number) % 2  # every other one left out
    return found


def joiners(h: Histories) -> Columns:
    """Return the lags of outside joiners' first combat units in wars, counted in bins."""
    found = np.zeros((len(h.rows), len(LAG_EDGES)))
    for at, track in h.tracks.items():
        for fight in track.fights:
            if not fight.war:
                continue
            first: dict[int, float] = {}
            for time, who in track.arrivals:
                if fight.began <= time <= fight.ended:
                    first.setdefault(who, (time - fight.began) * DAYS)
            for days in first.values():
                found[at, _bin(days)] += 1
    return {"joined": found}


def fights(h: Histories) -> Columns:
    """Return lengths and ends of wars in which nobody joined."""
    n = len(h.rows)
    lengths = np.zeros((n, len(LAG_EDGES)))
    ends = {name: np.zeros(n) for name in ("won", "repulsed", "drawn")}
    for at, track in h.tracks.items():
        for fight in track.fights:
            helped = any(fight.began <= time <= fight.ended for time, _ in track.arrivals)
            kind = _ENDS.get(CAMPAIGN_ENDS[fight.how])
            if fight.war and not helped and kind:
                lengths[at, _bin((fight.ended - fight.began) * DAYS)] += 1
                ends[kind][at] += 1
    return {"length": lengths, **ends}


_ENDS = {"objective": "won", "repulse": "repulsed", "stopped": "drawn", "ceasefire": "drawn"}


def _bin(days: float) -> int:
    return int(np.searchsorted(LAG_EDGES, days, side="right")) - 1


def answers(h: Histories) -> Columns:
    """Return first attacks by class, and those the major power answered with arms or combat."""
    n = len(h.rows)
    names = ("limited_tested", "limited_answered", "full_tested", "full_answered")
    found = {name: np.zeros(n) for name in names}
    lead = h.built.guarantors.index("MAJ")
    for at, track in h.tracks.items():
        attack = next((act for act in track.acts if h.klass(act) >= LIMITED), None)
        if attack is None:
            continue
        kind = "full" if h.klass(attack) == FULL else "limited"
        found[f"{kind}_tested"][at] = 1
        found[f"{kind}_answered"][at] = any(
            who == lead and rung >= 2 and abs(began - attack.time) < 1e-9
            for _, who, rung, began in track.answers
        )
    return found


Needs = Callable[[NDArray[Any]], NDArray[np.bool_]]

ASKS: dict[str, tuple[Callable[[Histories], Columns], Needs | None]] = {
    "rates": (rates, None),
    "threatened": (threatened, None),
    "postwar": (postwar, lambda r: r["n_wars"] > 0),
    "lulls": (lulls, lambda r: r["n_incidents"] > 0),
    "elections": (elections, lambda r: r["n_incidents"] > 0),
    "joiners": (joiners, lambda r: r["n_joined_combat"] > 0),
    "fights": (fights, lambda r: r["n_wars"] > 0),
    "answers": (
        answers,
        lambda r: (r["n_limited_attacks"] + r["n_full_attacks"] + r["n_scripted"]) > 0,
    ),
}
"""What may be asked of a world, and which of its histories need a track for it."""
