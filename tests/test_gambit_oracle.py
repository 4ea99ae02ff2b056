"""Random reference games: the engine's limit against Gambit's own solutions.

Gambit's agent quantal response at a precision must be what the engine logs; its subgame-perfect
equilibrium must be what the engine does as precision grows.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from tests.oracles import random_payoffs

from deter.evidence.formal_case import Inputs
from deter.evidence.formal_games import ACTS, decisive_precision, game_of, play_seen, words

gambit: Any = pytest.importorskip(
    "pygambit", reason="the oracle pygambit is not installed: pip install 'deter[oracle]'"
)

GAMES = [random_payoffs(np.random.default_rng(seed)) for seed in range(12)]


def tree(p: dict[str, float]) -> Any:
    """The reference game as a Gambit tree; C moves first, then D, then G."""
    game = gambit.Game.new_tree(players=["C", "D", "G"], title="reference game")
    game.append_move(game.root, "C", ["refrain", *ACTS])
    end(game, game.root.children["refrain"], [Fraction(0)] * 3)
    exact = {name: Fraction(str(value)) for name, value in p.items()}
    for a in ACTS:
        share = exact["s"] if a == "L" else Fraction(1)
        vc, vd, vg = (share * exact[v] for v in ("vC", "vD", "vG"))
        node = game.root.children[a]
        game.append_move(node, "D", ["concede", "resist"])
        end(game, node.children["concede"], [vc - exact["m" + a], -vd - exact["k" + a], -vg])
        war = node.children["resist"]
        game.append_move(war, "G", ["honour", "renege"])
        for move, n, last in (("honour", "3", "cG"), ("renege", "2", "r")):
            win = exact[f"p{n}{a}"]
            payoffs = [
                win * vc - exact[f"cC{n}{a}"] - exact["m" + a],
                -win * vd - exact[f"cD{n}{a}"],
                -win * vg - exact[last + a],
            ]
            end(game, war.children[move], payoffs)
    return game


def end(game: Any, node: Any, payoffs: list[Fraction]) -> None:
    game.set_outcome(node, game.add_outcome(f"end {len(game.outcomes)}", payoffs))


def by_act(
    game: Any, probabilities: list[float]
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """First move, resistance and honour by act, from probabilities in the order of actions."""
    rest = iter(probabilities)
    first, d_l, d_f, g_l, g_f = ([next(rest) for _ in info.actions] for info in game.infosets)
    return (
        dict(zip(["refrain", *ACTS.values()], first, strict=True)),
        {"L": d_l[1], "F": d_f[1]},
        {"L": g_l[0], "F": g_f[0]},
    )


def perfect(game: Any, profile: Any) -> bool:
    """Whether a profile is a best response at every node, reached or not."""
    for node in game.nodes:
        if node.is_terminal:
            continue
        worth = [profile.node_value(node.player, child) for child in node.children]
        played = [profile[action] for action in node.infoset.actions]
        value = sum(p * w for p, w in zip(played, worth, strict=True))
        if value < max(worth):
            return False
    return True


def test_the_tree_has_the_order_the_readers_expect():
    infosets = [info.player.label for info in tree(GAMES[0]).infosets]
    assert infosets == ["C", "D", "D", "G", "G"]


@pytest.mark.parametrize("payoffs", GAMES)
@pytest.mark.parametrize("precision", [0.4, 1.5])
def test_agent_quantal_response(payoffs: dict[str, float], precision: float):
    game = tree(payoffs)
    found = gambit.qre.logit_solve_lambda(game, lam=[precision])[-1]
    assert found.lam == pytest.approx(precision, abs=1e-6), "the solver stopped short"
    first, resist, honour = by_act(game, [found[n] for n in range(len(found))])
    seen = play_seen(game_of(Inputs(payoffs)), precision)
    assert seen.challenger == pytest.approx(first, abs=1e-6)
    assert seen.resist == pytest.approx(resist, abs=1e-6)
    assert seen.honour == pytest.approx(honour, abs=1e-6)


@pytest.mark.parametrize("payoffs", GAMES)
def test_subgame_perfection(payoffs: dict[str, float]):
    tree_ = tree(payoffs)
    profiles = gambit.nash.enumpure_agent_solve(tree_).equilibria
    credible = [profile for profile in profiles if perfect(tree_, profile)]
    assert len(credible) == 1
    exact = [float(credible[0][a]) for info in tree_.infosets for a in info.actions]
    first, resist, honour = by_act(tree_, exact)
    game = game_of(Inputs(payoffs))
    precision = decisive_precision(game)
    assert precision is not None
    seen = play_seen(game, precision)
    assert seen.challenger == pytest.approx(first, abs=1e-9)
    assert seen.resist == pytest.approx(resist, abs=1e-9)
    assert seen.honour == pytest.approx(honour, abs=1e-9)
    assert words(seen)["challenger"] in ("refrain", *ACTS.values())
