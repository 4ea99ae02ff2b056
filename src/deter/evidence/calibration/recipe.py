"""The recipe: draws from the prior, an emulator, draws near the data, chains, a posterior.

Everything simulated is kept in parts below a folder; the same command goes on where it stopped.

1. *Prior.* Draws that fill the prior evenly are simulated. They say how much bite each pattern
   has, and the emulator learns from them.
2. *Guided.* Where the emulator expects the data, draws are proposed and simulated, round by round;
   each round's emulator has learnt from all before.
3. *Posterior.* Chains run on the emulator that has learnt from everything; a band's standard
   deviation and what the emulator misses add up. Where each chain ends is a row.

Simulations do not weigh the rows one by one: with twenty measures and some hundred histories of
each world, chance within a draw would leave a handful of rows with all the weight. What the rows
are worth is found by simulating them afresh (``deter evidence patterns``). Patterns out of the fit
are looked at by nobody here; their values are in the same draws.

After Kennedy and O'Hara (2001), J. R. Stat. Soc. B 63: 425-464, with a polynomial as emulator and
no discrepancy term.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deter.defaults import CALIBRATION_SEED, PRIOR_DRAWS
from deter.evidence.calibration.draws import Draws, simulate
from deter.evidence.calibration.emulator import Emulator, fitted
from deter.evidence.calibration.fit import Aim, log_kernel
from deter.evidence.calibration.prior import Prior, bundled_prior
from deter.evidence.calibration.proposing import Chains, sampled
from deter.evidence.patterns.book import Book, bundled
from deter.files import write_whole

Floats = NDArray[np.float64]
Tell = Callable[[str], None]
POINTS = "points.npy"
OWN = 0.25
"""Least share of what the emulator misses that is its own error: a choice of the method."""


@dataclass(frozen=True)
class Effort:
    """How much is simulated.

    Attributes
    ----------
    prior_draws, prior_n : int
        Draws from the prior; histories of each of their worlds.
    rounds, guided_draws, guided_n : int
        Rounds of guided draws; draws of each; histories of each of their worlds.
    repeats : int
        Times one draw is simulated again, to know how much of a measure is chance.
    rows : int
        Rows of the posterior.
    steps : int
        Steps of the chains.
    """

    prior_draws: int = PRIOR_DRAWS
    prior_n: int = 150
    rounds: int = 2
    guided_draws: int = 112
    guided_n: int = 200
    repeats: int = 24
    rows: int = 256
    steps: int = 3000


SMALL = Effort(32, 40, 1, 40, 40, 8, 40, 200)
"""For a trial: a minute instead of an hour, and worth nothing else."""


@dataclass(frozen=True)
class Posterior:
    """What a calibration found.

    Attributes
    ----------
    rows : array, shape (rows, parameters)
        Sets of all free parameters, equally likely.
    prior : Draws
        From the prior.
    guided : tuple of Draws
        Of the rounds.
    aim : Aim
        What was fitted.
    emulator : Emulator
        On which the chains ran.
    chains : Chains
        Where they began and ended.
    simulations : int
        Histories simulated, over all worlds.
    """

    rows: Floats
    prior: Draws
    guided: tuple[Draws, ...]
    aim: Aim
    emulator: Emulator
    chains: Chains
    simulations: int


def calibrate(
    folder: Path,
    *,
    fit: Sequence[str] | None = None,
    effort: Effort | None = None,
    seed: int = CALIBRATION_SEED,
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
    learnt = [
        simulate(
            prior.draws(much.prior_draws, seed),
            folder / "prior",
            n=much.prior_n,
            seed=seed,
            workers=workers,
            progress=progress,
        )
    ]
    for turn in range(much.rounds):
        place = folder / f"round-{turn + 1}"
        points = _kept(place / POINTS)
        if points is None:
            size = much.guided_draws
            emulator, chains = _proposed(prior, aim, learnt, size, much.steps, seed + turn)
            tell(f"round {turn + 1}: {_told(emulator)}; {chains.accepted:.0%} of steps taken")
            points = _keep(prior.points(chains.ended), place / POINTS)
        learnt.append(
            simulate(
                points,
                place,
                n=much.guided_n,
                seed=seed,
                first=_address(turn, much),
                workers=workers,
                progress=progress,
            )
        )
    tell("noise: one draw again and again")
    middle = np.median(learnt[-1].points, axis=0)
    again = simulate(
        np.tile(middle, (much.repeats, 1)),
        folder / "noise",
        n=much.guided_n,
        seed=seed,
        first=_address(much.rounds, much),
        workers=workers,
        progress=progress,
    )
    chance = np.nan_to_num(np.nanstd(aim.seen(again), axis=0, ddof=1))
    noise = chance * np.sqrt(_relative(learnt, much))
    size = much.rows
    emulator, chains = _proposed(prior, aim, learnt, size, much.steps, seed + much.rounds, noise)
    tell(f"posterior: {_told(emulator)}; {chains.accepted:.0%} of steps taken")
    return Posterior(
        rows=prior.points(chains.ended),
        prior=learnt[0],
        guided=tuple(learnt[1:]),
        aim=aim,
        emulator=emulator,
        chains=chains,
        simulations=_histories(book, much),
    )


def _kept(path: Path) -> Floats | None:
    """Return a round's draws as they were proposed before, so that a run that stopped goes on."""
    try:
        found: Floats = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    return found


def _keep(points: Floats, path: Path) -> Floats:
    made = io.BytesIO()
    np.save(made, points)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, made.getvalue())
    return points


def _relative(learnt: Sequence[Draws], much: Effort) -> float:
    """Return the variance by chance of what was learnt from, relative to that of a guided draw."""
    sizes = np.array([len(draws.points) for draws in learnt])
    many = np.array([much.prior_n, *[much.guided_n] * (len(learnt) - 1)])
    return float((sizes * much.guided_n / many).sum() / sizes.sum())


def _told(emulator: Emulator) -> str:
    return f"the emulator explains {float(np.median(emulator.explained)):.0%} (median measure)"


def _address(turn: int, much: Effort) -> int:
    """Return the number of a round's first draw, so that its replications follow all before."""
    before = -(-much.prior_draws * much.prior_n // much.guided_n)
    return before + turn * much.guided_draws


def _histories(book: Book, much: Effort) -> int:
    prior = sum(asked.world.count(much.prior_n) for asked in book.worlds) * much.prior_draws
    guided = sum(asked.world.count(much.guided_n) for asked in book.worlds)
    return prior + guided * (much.guided_draws * much.rounds + much.repeats)


def _proposed(
    prior: Prior,
    aim: Aim,
    learnt: Sequence[Draws],
    number: int,
    steps: int,
    seed: int,
    noise: Floats | float = 0.0,
) -> tuple[Emulator, Chains]:
    """Return an emulator that has learnt from draws, and chains on it.

    ``noise`` is the standard deviation by chance within a draw: what the emulator misses of single
    draws is that and its own error, and only the second is in doubt about the parameters.
    """
    cube = np.clip(prior.cube(np.vstack([d.points for d in learnt])), 1e-6, 1 - 1e-6)
    seen = np.vstack([aim.seen(d) for d in learnt])
    emulator = fitted(cube, seen, _nearness(aim.distances(seen)))

    own = np.sqrt(np.maximum(emulator.error**2 - np.square(noise), (OWN * emulator.error) ** 2))

    def density(at: Floats) -> Floats:
        return expected(emulator, aim, at, own)

    generator = np.random.default_rng(seed)
    best = np.argsort(-density(cube))[: len(cube) // 4]
    begin = cube[generator.choice(best, number)] + generator.normal(
        0, 0.02, (number, cube.shape[1])
    )
    return emulator, sampled(density, np.clip(begin, 1e-4, 1 - 1e-4), steps, seed)


def _nearness(distances: Floats) -> Floats:
    """Return how much a draw counts in the emulator: those near the data more, none not at all."""
    mean = (np.minimum(np.abs(distances), 4.0) ** 2).mean(axis=1)
    return np.asarray(0.1 + np.exp(-0.5 * mean))


def expected(emulator: Emulator, aim: Aim, cube: Floats, error: Floats) -> Floats:
    """Return the log kernel the emulator expects, widened by its error."""
    far = (emulator.predict(cube) - aim.centre) / np.hypot(aim.spread, error)
    return log_kernel(far)
