"""Where a game, what actors see of it and what they expect lie in memory, and the readers of them.

Compiled functions are given the address of a ``HEAD`` (by convention ``c``), which holds counts
and the addresses of the game's arrays; what an observer sees is at the address of a ``VIEW``
(``v``), what it expects at that of an ``OUTLOOK`` (``o``). An array over layers and guarantors is
flat: the cell of layer l and guarantor i is l * n + i.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deter.engine import game as g
from deter.engine.memory import WORD, Memory, field_reader, record_reader

RUNG_COUNT = 4

COUNTS = (
    "n",
    "n_layers",
    "n_options",
    "n_regions",
    "n_steps",
    "n_scripts",
    "n_dates",
    "n_months",
    "n_actors",
    "n_sources",
    "most_voters",
    "view_words",
)
"""Guarantors, layers, options, regions, ladder steps a layer, scripted events, election dates a
guarantor, months, actors and sources of streams, the most voters of any layer, and the words of
what a view points to."""

GAME = {
    "rules": g.RULES,
    "challenger": g.CHALLENGER,
    "protege": g.PROTEGE,
    "guarantors": g.GUARANTOR,
    "options": g.OPTION,
    "rungs": g.RUNG,
    "regions": g.REGION,
    "layers": g.LAYER,
    "members": g.MEMBER,
    "ladder": g.STEP,
    "scripts": g.SCRIPT,
}
GAME_NUMBERS = ("ladder_who", "covers", "elections", "months", "month_numbers", "streams")

READY_STATE = np.dtype(
    [
        ("place_days", "f8"),
        ("fire", "f8"),
        ("planned", "f8"),
        ("planned_days", "f8"),
        ("share", "f8"),
        ("log_arms", "f8"),
        ("log_air", "f8"),
        ("log_brigade", "f8"),
        ("risk", "f8", (RUNG_COUNT,)),
        ("pull", "f8", (5,)),
    ]
)
"""What follows from the game alone, by guarantor: days of units in place to the fight and their
share under fire; planned reinforcement and its days; economic share; logarithms of the days of
arms, of a first air unit and of a brigade, where these are above 0; risk and, by effective
binding, the pull of a full commitment, probit."""

READY_CELL = np.dtype(
    [
        ("clock", "f8"),
        ("delay", "f8"),
        ("obligation", "i8", (RUNG_COUNT,)),
        ("owed", "i8"),
        ("ladder_top", "i8"),
    ]
)
"""By layer and guarantor: expected days from a ruling and from an attack to a decision; level of
obligation by rung; the rung owed; the highest rung the ladder has it act at."""

READY_LAYER = np.dtype([("on_call", "f8"), ("respond", "f8")])
"""By layer: probability that a deadline to respond is met, and that deadline in days."""

SCRATCH = (
    "strength",
    "days",
    "shares",
    "ready_for",
    "asked",
    "divisors",
    "answers",
    "places",
    "others",
    "willing",
    "helping",
    "recognition",
    "p_vote",
    "given",
    "prefix",
    "suffix",
    "clocks",
    "weights",
    "who",
    "votes",
)
"""``strength`` (1 + L, G, 4): what is added in time by channel, guarantor and rung; ``days``
(1 + L, G) and ``shares`` (1 + L, G, 4): what it is made of. ``ready_for`` (1 + L, G, 4): how likely
a guarantor is ready. ``asked``, ``divisors``, ``answers`` and ``places``: of which quotients Φ is
asked, what it is, and where it goes. The rest serves votes."""

READY = {"ready_states": READY_STATE, "ready_cells": READY_CELL, "ready_layers": READY_LAYER}

ENGINE = (
    "world",
    "row",
    "states",
    "texts",
    "cells_now",
    "bonds",
    "heap",
    "crises",
    "parties",
    "readings",
    "cases",
    "shown",
    "open",
    "starting",
    "journal",
    "view_now",
    "view_later",
    "view_known",
    "outlook_now",
    "outlook_later",
    "uncertain",
    "gains",
    "pull",
    "margins",
    "ballots",
    "bound",
    "edges",
    "weighed",
    "most",
    "worth",
)
"""What the compiled engine alone keeps; nought in the reference engine."""

HEAD = np.dtype(
    [(name, "i8") for name in (*COUNTS, *GAME, *GAME_NUMBERS, *READY, *SCRATCH, *ENGINE)]
)

VIEW = np.dtype(
    [
        *(
            (name, "f8")
            for name in (
                "attacker",
                "defender",
                "sanctions",
                "interception",
                "motive",
                "hostility",
                "heat",
                "exhaustion",
                "noise",
            )
        ),
        ("month", "i8"),
        *((name, "i8") for name in ("states", "cells", "seen", "prize", "extra_steps", "fort")),
    ]
)
"""What an observer sees at a moment: forces in brigades, sanctions L, interception of strikes,
motive, hostility of the framework, heat and exhaustion in log-odds, noise added to ambiguity,
month 1-12; and the addresses of what it sees of guarantors (``SEEN_STATE``), of layers and
guarantors (``SEEN_CELL``), and, as floats, over options the chance that mobilisation is detected
and the prize left, over regions steps that a zone adds and fortification."""

NUMBERS_SEEN = (VIEW.names or ()).index("states")
"""Words of a view before its addresses."""

SEEN_STATE = np.dtype(
    [
        *(
            (name, "f8")
            for name in (
                "mean",
                "variance",
                "spread",
                "stance",
                "available",
                "stake",
                "troops",
                "exposed",
                "alpha",
                "beta",
            )
        ),
        ("pledge", "i8"),
    ]
)
"""Of a guarantor: belief about its resolve (mean, variance and what follows from it, the spread
of resolve plus shock), stance with a second theatre's shift, available share, stake, troops in
place and the pull of those under fire, record of acts and refusals, and the rung it has declared
before the attack, -1 where it has declared nothing."""

SEEN_CELL = np.dtype([("force", "f8"), ("level", "i8")])
"""Of a layer and a guarantor: probability in [0, 1] that the response clauses bind; effective
binding."""

OUTLOOK = np.dtype(
    [
        (name, "i8")
        for name in (
            "indices",
            "utility",
            "win",
            "days",
            "resist",
            "acts",
            "aid",
            "gain",
            "recognition",
        )
    ]
)
"""What options are expected to bring: addresses of floats over options (K): index v_k, utility
EU_k, chance W_k, days of campaign, probability of resistance; over (K, G, 4) the probability that
a guarantor acts at a rung or above and the strength it then adds in time; over (K, 1 + L, 4) the
fall in the challenger's chance that a channel's help brings; over (K, L) recognition."""

sizes = record_reader(HEAD, settled=True)
head_to_fill = record_reader(HEAD)
view_at = record_reader(VIEW)
outlook_at = record_reader(OUTLOOK)
rules_of = field_reader(HEAD, "rules", g.RULES, settled=True)
challenger_of = field_reader(HEAD, "challenger", g.CHALLENGER, settled=True)
protege_of = field_reader(HEAD, "protege", g.PROTEGE, settled=True)
guarantor_of = field_reader(HEAD, "guarantors", g.GUARANTOR, settled=True)
option_of = field_reader(HEAD, "options", g.OPTION, settled=True)
rung_of = field_reader(HEAD, "rungs", g.RUNG, settled=True)
region_of = field_reader(HEAD, "regions", g.REGION, settled=True)
layer_of = field_reader(HEAD, "layers", g.LAYER, settled=True)
member_of = field_reader(HEAD, "members", g.MEMBER, settled=True)
step_of = field_reader(HEAD, "ladder", g.STEP, settled=True)
script_of = field_reader(HEAD, "scripts", g.SCRIPT, settled=True)
ready_state = field_reader(HEAD, "ready_states", READY_STATE, settled=True)
state_to_fill = field_reader(HEAD, "ready_states", READY_STATE)
ready_cell = field_reader(HEAD, "ready_cells", READY_CELL, settled=True)
cell_to_fill = field_reader(HEAD, "ready_cells", READY_CELL)
ready_layer = field_reader(HEAD, "ready_layers", READY_LAYER, settled=True)
layer_to_fill = field_reader(HEAD, "ready_layers", READY_LAYER)
seen_state = field_reader(VIEW, "states", SEEN_STATE)
seen_cell = field_reader(VIEW, "cells", SEEN_CELL)


def laid_out(game: g.Game) -> Memory:
    """Return a game in memory, with room for what follows from it and for scratch.

    What follows from it is filled in by :func:`deter.engine.prepared.prepare`.
    """
    n_layers, n = game.members.shape
    cells = (1 + n_layers) * n
    most = n + max((int(x) for x in game.layers["decision_others_n"]), default=0)
    counts = {
        "n": n,
        "n_layers": n_layers,
        "n_options": len(game.options),
        "n_regions": len(game.regions),
        "n_steps": game.ladder.shape[1],
        "n_scripts": len(game.scripts),
        "n_dates": game.elections.shape[1],
        "n_months": len(game.months),
        "n_actors": game.streams.shape[2],
        "n_sources": game.streams.shape[1],
        "most_voters": most,
        "view_words": view_size(n, n_layers, len(game.options), len(game.regions)),
    }
    arrays: dict[str, NDArray[Any]] = {
        name: np.ascontiguousarray(getattr(game, name)) for name in (*GAME, *GAME_NUMBERS)
    }
    arrays |= {
        "ready_states": np.zeros(n, dtype=READY_STATE),
        "ready_cells": np.zeros(n_layers * n, dtype=READY_CELL),
        "ready_layers": np.zeros(n_layers, dtype=READY_LAYER),
        "strength": np.zeros(cells * RUNG_COUNT),
        "days": np.zeros(cells),
        "shares": np.zeros(cells * RUNG_COUNT),
        "ready_for": np.zeros(cells * RUNG_COUNT),
        "asked": np.zeros(cells * RUNG_COUNT),
        "divisors": np.ones(cells * RUNG_COUNT),
        "answers": np.zeros(cells * RUNG_COUNT),
        "places": np.zeros(cells * RUNG_COUNT, dtype=np.int64),
        "others": np.zeros(n * RUNG_COUNT),
        "willing": np.zeros(n * RUNG_COUNT),
        "helping": np.zeros(n * RUNG_COUNT),
        "recognition": np.zeros(n_layers),
        "p_vote": np.zeros(most),
        "given": np.zeros(most),
        "prefix": np.zeros((most + 1) * (most + 2)),
        "suffix": np.zeros((most + 1) * (most + 2)),
        "clocks": np.zeros(most),
        "weights": np.zeros(most, dtype=np.int64),
        "who": np.zeros(most, dtype=np.int64),
        "votes": np.zeros(most, dtype=np.int64),
    }
    return Memory(HEAD, arrays, counts)


def _view_parts(
    n: int, n_layers: int, n_options: int, n_regions: int
) -> dict[str, tuple[int, np.dtype[Any]]]:
    """Return how many records of which type each array of a view has."""
    number = np.dtype("f8")
    return {
        "states": (n, SEEN_STATE),
        "cells": (n_layers * n, SEEN_CELL),
        "seen": (n_options, number),
        "prize": (n_options, number),
        "extra_steps": (n_regions, number),
        "fort": (n_regions, number),
    }


def view_size(n: int, n_layers: int, n_options: int, n_regions: int) -> int:
    """Return the words of all that a view of a game of some size points to."""
    parts = _view_parts(n, n_layers, n_options, n_regions)
    return sum(count * dtype.itemsize for count, dtype in parts.values()) // WORD


def new_view(n: int, n_layers: int, n_options: int, n_regions: int) -> Memory:
    """Return an empty view of a game of some size; its arrays lie side by side, states first."""
    block = np.zeros(view_size(n, n_layers, n_options, n_regions))
    arrays: dict[str, NDArray[Any]] = {}
    at = 0
    for name, (count, dtype) in _view_parts(n, n_layers, n_options, n_regions).items():
        end = at + count * dtype.itemsize // WORD
        arrays[name] = block[at:end].view(dtype)
        at = end
    arrays["fort"][:] = 1.0
    return Memory(VIEW, arrays, {})


def new_outlook(n: int, n_layers: int, n_options: int) -> Memory:
    """Return an outlook of the right size, to be written over and over."""
    arrays = {
        "indices": np.zeros(n_options),
        "utility": np.zeros(n_options),
        "win": np.zeros(n_options),
        "days": np.zeros(n_options),
        "resist": np.ones(n_options),
        "acts": np.zeros((n_options, n, RUNG_COUNT)),
        "aid": np.zeros((n_options, n, RUNG_COUNT)),
        "gain": np.zeros((n_options, 1 + n_layers, RUNG_COUNT)),
        "recognition": np.zeros((n_options, n_layers)),
    }
    return Memory(OUTLOOK, arrays, {})
