"""What moves an outcome most, in sentences that go no further than the intervals do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from deter.analysis.estimates import Estimate
from deter.analysis.levers import LeverEffect, Levers
from deter.analysis.morris import Morris
from deter.analysis.sensitivity import Sobol
from deter.presentation.leading import lead, lead_words, size_of
from deter.presentation.words import interval, listed

MOST_IDLE = 12
"""Names of what cannot be told from nothing that a sentence lists at most."""

Said = Callable[[Estimate], str]
"""An amount as a sentence tells it, with its interval and its unit."""


def sobol_words(found: Sobol, share: Said) -> list[str]:
    """Return which factor holds most of the variance, as far as that can be told.

    Parameters
    ----------
    found : Sobol
        Indices, compared by their total order.
    share : callable
        Tells a share.
    """
    if found.variance == 0:
        return ["The outcome is the same in all cases: nothing matters."]
    ahead = lead([(one.factor, one.total) for one in found.indices])
    if ahead is None:
        return ["No factor can be told from no influence."]
    first = next(one for one in found.indices if one.factor == ahead.first)
    held = (
        f"by itself it holds {share(first.first)} of the variance between cases, with its "
        f"interactions {share(first.total)}"
    )
    return [*lead_words(ahead, "matters most", held), *_idle(ahead.idle, "influence")]


def morris_words(found: Morris, amount: Said) -> list[str]:
    """Return which factor moves the outcome most, as far as that can be told.

    Parameters
    ----------
    found : Morris
        Factors, compared by the mean size of their effect.
    amount : callable
        Tells an effect.
    """
    ahead = lead([(one.factor, one.mu_star) for one in found.factors])
    if ahead is None:
        return ["No factor can be told from no effect."]
    first = next(one for one in found.factors if one.factor == ahead.first)
    held = f"on average {amount(first.mu_star)} over its whole range"
    return [*lead_words(ahead, "moves the outcome most", held), *_idle(ahead.idle, "effect")]


def levers_words(found: Levers) -> list[str]:
    """Return which lever moves the outcome most, by its largest change, as far as can be told."""
    changes: dict[str, list[LeverEffect]] = {}
    for one in found.effects:
        changes.setdefault(_name(one), []).append(one)
    chosen = {name: _chosen(held) for name, held in changes.items()}
    ahead = lead([(name, _reach(chosen[name], held)) for name, held in changes.items()])
    if ahead is None:
        return _idle(list(changes), "effect")
    first = chosen[ahead.first]
    largest = ", the largest of its changes" if len(changes[ahead.first]) > 1 else ""
    put = f"in place of {first.against}"
    put = f"{put} it" if first.lever == PATCH else f"{first.level} {put}"
    held = f"{put} changes the outcome by {_change(first.effect)}{largest}"
    return [*lead_words(ahead, "moves the outcome most", held), *_idle(ahead.idle, "effect")]


PATCH = "patch"
"""The lever of a list of patches, each of which is a thing of its own."""


def _name(one: LeverEffect) -> str:
    return str(one.level) if one.lever == PATCH else one.lever


def _chosen(held: Sequence[LeverEffect]) -> LeverEffect:
    """Return a lever's largest change: of those told from none where there is one."""
    return next((one for one in held if size_of(one.effect).low), held[0])


def _reach(chosen: LeverEffect, held: Sequence[LeverEffect]) -> Estimate:
    """Return the size of a lever's largest change, as large as any of its changes may be."""
    size = size_of(chosen.effect)
    highs = [one.high for one in (size_of(other.effect) for other in held) if one.high is not None]
    return replace(size, high=max(highs, default=size.high))


def _change(effect: Estimate) -> str:
    unit = "points" if effect.unit == "1" else effect.unit
    return f"{interval(effect, percent=effect.unit == '1', signed=True)} {unit}"


def _idle(names: Sequence[str], what: str) -> list[str]:
    if not names:
        return []
    return [f"Not told from no {what}: {listed(names, MOST_IDLE)}."]


__all__ = ["PATCH", "levers_words", "morris_words", "sobol_words"]
