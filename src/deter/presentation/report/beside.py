"""Published base rates beside simulated ones: what is known of the like, never a test of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deter.presentation.report.blocks import Block, Prose, Table
from deter.presentation.report.phrases import amount, share

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate


@dataclass(frozen=True)
class Published:
    """A figure from the literature or from public data.

    Attributes
    ----------
    title : str
        What it is, in a few words.
    measure : str
        The measure it stands beside.
    estimate : Estimate
        The figure with its 95 % interval, or with the range it has.
    limits : str
        What the limits are, where they are no 95 % interval; empty where they are.
    sample : str
        Of what.
    source : str
        Where it is from, its catalogue key in square brackets.
    mark : str
        How far the source was looked at, in words.
    differs : str
        Why the two are not the same thing.
    begins : tuple of str
        States at the start of a scenario beside which it may stand; all where empty.
    horizon : float or None
        Length of a history in years beside which it may stand; any where None.
    """

    title: str
    measure: str
    estimate: Estimate
    limits: str
    sample: str
    source: str
    mark: str
    differs: str
    begins: tuple[str, ...] = ()
    horizon: float | None = None

    def fits(self, begins: str, horizon: float) -> bool:
        """Tell whether it may stand beside a scenario."""
        if self.begins and begins not in self.begins:
            return False
        return self.horizon is None or abs(self.horizon - horizon) < 1e-9

    def shown(self) -> str:
        """Return the figure with its limits, in words."""
        told = figure(self.estimate)
        return f"{told}, {self.limits}" if self.limits else told


def figure(estimate: Estimate) -> str:
    """Return an estimate with its interval and its unit; a share in per cent."""
    if estimate.estimate is None:
        return "no value"
    if estimate.unit == "1":
        return share(estimate)
    return amount(estimate, {"d": "days", "y": "years"}.get(estimate.unit, estimate.unit))


def beside(
    rates: Sequence[Published],
    simulated: Mapping[str, Sequence[tuple[str, Estimate]]],
    begins: str,
    horizon: float,
) -> list[Block]:
    """Return published figures beside simulated ones, as far as they may stand beside each other.

    Parameters
    ----------
    rates : sequence of Published
        All that are known.
    simulated : mapping
        By measure: what it was simulated under, and its estimate, in order.
    begins : str
        State at the start of the scenario.
    horizon : float
        Length of a history, years.
    """
    rows, notes = [], []
    for one in rates:
        found = [(n, e) for n, e in simulated.get(one.measure, ()) if e.estimate is not None]
        if not found or not one.fits(begins, horizon):
            continue
        rows.append((one.title, one.shown(), one.sample, _range(found)))
        notes.append((one.title, f"{one.differs} Source: {one.source} ({one.mark})."))
    if not rows:
        return [
            Prose(
                (
                    "No published figure that is kept here measures what this scenario simulates "
                    "over the same time from the same start, so none is set beside it.",
                )
            )
        ]
    caption = "Published and simulated, each with its 95 % interval where no other is named"
    heads = ("what", "published", "of what", "simulated here")
    return [
        Prose(
            (
                "These figures were not used to fit the scenario and do not test it. They show "
                "whether what it simulates is of an order that the record knows.",
            )
        ),
        Table(caption, heads, tuple(rows), words=True),
        Table(
            "Why the two are not the same thing, and where the published figure is from",
            ("what", "how they differ; source"),
            tuple(notes),
            words=True,
        ),
    ]


def _range(found: Sequence[tuple[str, Estimate]]) -> str:
    """Return the first, which is the reference where there is one, and the range of the others."""
    (name, first), *others = found
    told = f"{name}: {figure(first)}"
    if not others:
        return told
    ranked = sorted(others, key=lambda pair: pair[1].estimate or 0.0)
    low, high = ranked[0], ranked[-1]
    if low is high:
        return f"{told}; {low[0]}: {figure(low[1])}"
    return f"{told}; the others from {figure(low[1])} ({low[0]}) to {figure(high[1])} ({high[0]})"


__all__ = ["Published", "beside", "figure"]
