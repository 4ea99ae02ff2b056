"""The recipe: draws from the prior, an emulator, draws near the data, weights, a posterior.

Everything simulated is kept in parts below a folder; the same command goes on where it stopped.

1. *Prior.* Draws that fill the prior evenly are simulated. They say how much bite each pattern
   has, and the emulator learns from them.
2. *Guided.* Where the emulator expects the data, draws are proposed and simulated, round by round;
   each round's emulator has learnt from all before.
3. *Weights.* A draw of the last round weighs what the simulator says of it over what the emulator
   said when it was proposed. So the emulator decides only where to look.
4. *Posterior.* Rows are drawn anew by weight: each is one set of all free parameters.

Patterns out of the fit are looked at by nobody here; their values are in the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deter.evidence.calibration.draws import Draws, simulate
from deter.evidence.calibration.emulator import Emulator, fitted
from deter.evidence.calibration.fit import Aim, effective, log_kernel, normalised, resampled
from deter.evidence.calibration.prior import Prior, bundled_prior
from deter.evidence.calibration.proposing import sampled
from deter.evidence.patterns.book import Book, bundled

Floats = NDArray[np.float64]
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is simulated.

    Attributes
    ----------
    prior_draws, prior_n : int
        Draws from the prior; histories of each of their worlds.
    rounds, guided_draws, guided_n : int
        Rounds of guided draws; draws of each; histories of each of their worlds.
    rows : int
        Rows of the posterior.
    steps : int
        Steps of the chains that propose.
    """

    prior_draws: int = 256
    prior_n: int = 150
    rounds: int = 2
    guided_draws: int = 112
    guided_n: int = 200
    rows: int = 256
    steps: int = 1500


SMALL = Effort(32, 40, 1, 16, 40, 16, 200)
"""For a trial: seconds instead of an hour, and worth nothing else."""


@dataclass(frozen=True)
class Posterior:
    """What a calibration found.

    Attributes
    ----------
    rows : array, shape (rows, parameters)
        Sets of all free parameters, equally likely; some stand more than once.
    origin : array of int
        By row, the guided draw it is.
    prior, guided : Draws
        All draws from the prior, and of the last round.
    weights : array
        Of the draws of the last round; they add up to one.
    aim : Aim
        What was fitted.
    emulator : Emulator
        Which proposed the last round.
    accepted : float
        Share of steps of the proposing chains that were taken.
    simulations : int
        Histories simulated, over all worlds.
    """

    rows: Floats
    origin: NDArray[np.int64]
    prior: Draws
    guided: Draws
    weights: Floats
    aim: Aim
    emulator: Emulator
    accepted: float
    simulations: int

    @property
    def size(self) -> float:
        """The effective number of draws."""
        return effective(self.weights)


def calibrate(
    folder: Path,
    *,
    fit: Sequence[str] | None = None,
    effort: Effort | None = None,
    seed: int = 20261126,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    tell: Tell = lambda _: None,
) -> Posterior:
    """Fit the free parameters; what is in the folder already is not simulated again.

    Parameters
    ----------
    folder : Path
        Where draws are kept.
    fit : sequence of str, optional
        Patterns to fit; those marked so in the book where not given.
    effort : Effort, optional
        How much is simulated.
    seed : int
        Of all luck.
    workers : int
        Processes.
    progress, tell : callable, optional
        Called with draws done and asked for; with a line on each stage.
    """
    book, prior, much = bundled(), bundled_prior(), effort or Effort()
    aim = Aim.of(book, fit)
    tell(f"prior: {much.prior_draws} draws of {len(prior.names)} parameters")
    points = prior.draws(much.prior_draws, seed)
    known = simulate(
        points, folder / "prior", n=much.prior_n, seed=seed, workers=workers, progress=progress
    )
    learnt, first = [known], much.prior_draws
    proposal: _Proposal | None = None
    for turn in range(much.rounds):
        proposal = _propose(prior, aim, learnt, much, seed + turn + 1)
        explained = float(np.median(proposal.emulator.explained))
        tell(f"round {turn + 1}: the emulator explains {explained:.0%} in the median measure")
        guided = simulate(
            proposal.points,
            folder / f"round-{turn + 1}",
            n=much.guided_n,
            seed=seed,
            first=_address(first, much),
            workers=workers,
            progress=progress,
        )
        learnt.append(guided)
        first += much.guided_draws
    assert proposal is not None
    return _weighed(prior, book, aim, learnt, proposal, much, seed)


def _address(first: int, much: Effort) -> int:
    """Return the number of a round's first draw, so that its replications follow all before."""
    return -(-first * max(much.prior_n, much.guided_n) // much.guided_n)


@dataclass(frozen=True)
class _Proposal:
    emulator: Emulator
    points: Floats
    accepted: float


def _propose(prior: Prior, aim: Aim, learnt: Sequence[Draws], much: Effort, seed: int) -> _Proposal:
    cube = np.clip(prior.cube(np.vstack([d.points for d in learnt])), 1e-6, 1 - 1e-6)
    seen = np.vstack([aim.seen(d) for d in learnt])
    nearness = _nearness(aim.distances(seen))
    emulator = fitted(cube, seen, nearness)

    def density(at: Floats) -> Floats:
        return expected(emulator, aim, at)

    best = np.argsort(-density(cube))[: len(cube) // 4]
    begin = cube[np.random.default_rng(seed).choice(best, much.guided_draws)]
    spread = np.random.default_rng(seed + 1).normal(0, 0.02, begin.shape)
    places, accepted = sampled(density, np.clip(begin + spread, 1e-4, 1 - 1e-4), much.steps, seed)
    return _Proposal(emulator, prior.points(places), accepted)


def _nearness(distances: Floats) -> Floats:
    """Return how much a draw counts in the emulator: those near the data more, none not at all."""
    mean = (np.minimum(np.abs(distances), 4.0) ** 2).mean(axis=1)
    return np.asarray(0.1 + np.exp(-0.5 * mean))


def expected(emulator: Emulator, aim: Aim, cube: Floats) -> Floats:
    """Return the log kernel the emulator expects, widened by what it misses."""
    far = (emulator.predict(cube) - aim.centre) / np.hypot(aim.spread, emulator.error)
    return log_kernel(far)


def _weighed(
    prior: Prior,
    book: Book,
    aim: Aim,
    learnt: Sequence[Draws],
    proposal: _Proposal,
    much: Effort,
    seed: int,
) -> Posterior:
    guided = learnt[-1]
    said = log_kernel(aim.distances(aim.seen(guided)))
    weights = normalised(said - expected(proposal.emulator, aim, prior.cube(guided.points)))
    origin = resampled(weights, much.rows, seed)
    each = sum(asked.world.count(much.prior_n) for asked in book.worlds) * much.prior_draws
    each += sum(asked.world.count(much.guided_n) for asked in book.worlds) * (
        much.guided_draws * much.rounds
    )
    return Posterior(
        rows=guided.points[origin],
        origin=origin,
        prior=learnt[0],
        guided=guided,
        weights=weights,
        aim=aim,
        emulator=proposal.emulator,
        accepted=proposal.accepted,
        simulations=each,
    )
