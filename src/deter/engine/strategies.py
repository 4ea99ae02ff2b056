"""Rules by which the challenger chooses at an occasion; a plug-in is one function.

A strategy gets a :class:`Sight`, never the world, and returns the option it takes, or -1 to
refrain. Built in: ``logit`` (the model), ``loss_averse``, ``probing``, ``scripted_only``. Any
``package.module:function`` with the same signature works in a scenario's
``challenger.strategy``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from deter.errors import DeterError
from deter.theory import choice

LOSS_AVERSION = 2.25
"""Weight of a loss against a gain (Tversky & Kahneman 1992)."""


class Sight(NamedTuple):
    """What a strategy sees at an occasion.

    Attributes
    ----------
    refrain : float
        v_0, the index of refraining.
    indices, utilities, severities : arrays, shape (options,)
        v_k (-inf where not available), EU_k and s_k, in order of severity.
    dissimilarity : float
        nu of the attack nest.
    u_attack, u_option : float
        The occasion's two uniforms: whether, and which.
    last_option, last_answer : int
        The option of the last crisis and the highest rung any guarantor acted at in it; -1 each
        before the first.
    """

    refrain: float
    indices: NDArray[np.float64]
    utilities: NDArray[np.float64]
    severities: NDArray[np.float64]
    dissimilarity: float
    u_attack: float
    u_option: float
    last_option: int
    last_answer: int


Strategy = Callable[[Sight], int]


def logit(sight: Sight) -> int:
    """Choose by the nested logit: the model of section 5.1."""
    attack = choice.attack_value(sight.indices, sight.dissimilarity)
    if sight.u_attack >= choice.attack_probability(sight.refrain, attack):
        return -1
    return int(choice.option_chosen(sight.u_option, sight.indices, sight.dissimilarity))


def loss_averse(sight: Sight) -> int:
    """Choose by the logit with losses weighted 2.25 (Tversky & Kahneman 1992)."""
    pairs = zip(sight.indices, sight.utilities, strict=True)
    indices = [choice.loss_averse_index(float(v), float(eu), LOSS_AVERSION) for v, eu in pairs]
    return logit(sight._replace(indices=np.array(indices, dtype=np.float64)))


def probing(sight: Sight) -> int:
    """Probe until answered, at a logit's rate: :func:`deter.theory.choice.option_probed`."""
    attack = choice.attack_value(sight.indices, sight.dissimilarity)
    if sight.u_attack >= choice.attack_probability(sight.refrain, attack):
        return -1
    return int(choice.option_probed(sight.indices, sight.last_option, sight.last_answer))


def scripted_only(sight: Sight) -> int:  # noqa: ARG001
    """Never act but by the script."""
    return -1


BUILT_IN: dict[str, Strategy] = {
    "logit": logit,
    "loss_averse": loss_averse,
    "probing": probing,
    "scripted_only": scripted_only,
}


def strategy(name: str) -> Strategy:
    """Return a built-in strategy, or the function a ``package.module:function`` names.

    Raises
    ------
    DeterError
        If there is no such function.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    module, _, function = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise DeterError(
            f"challenger.strategy {name!r} cannot be loaded: {error}; built in are "
            f"{', '.join(BUILT_IN)}, or name a function as package.module:function"
        ) from error
    if not callable(found):
        raise DeterError(f"challenger.strategy {name!r} is not a function")
    chosen: Strategy = found
    return chosen
