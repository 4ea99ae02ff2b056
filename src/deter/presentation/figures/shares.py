"""Shares by framework and code: of attacks by their causes, of histories by rungs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deter.analysis.estimates import Estimate
from deter.analysis.findings import Findings
from deter.analysis.rows import Sample
from deter.presentation.figures import notes
from deter.presentation.opened import Opened
from deter.presentation.words import labels


@dataclass(frozen=True)
class Shares:
    """What a picture of shares shows.

    Attributes
    ----------
    title, note : str
        Above and below.
    labels : mapping of str to str
        Frameworks and what they are called, in order.
    shares : mapping of str to mapping of str to Estimate
        By framework and code; a code that did not occur may be missing.
    """

    title: str
    note: str
    labels: Mapping[str, str]
    shares: Mapping[str, Mapping[str, Estimate]]


def shares_of(
    opened: Opened,
    title: str,
    about: str,
    shares: Callable[[Sample], Mapping[str, Estimate]],
) -> Shares:
    """Return shares under each framework.

    Parameters
    ----------
    opened : Opened
        The results.
    title, about : str
        What is shown, after the title of the results; and what else must be known of it.
    shares : callable
        From the histories of a framework to shares by code.
    """
    findings: Findings | None = opened.table
    assert findings is not None
    return Shares(
        title=f"{opened.title}: {title}",
        note=notes.joined(about, notes.luck(findings), notes.BARS, notes.condition(opened)),
        labels=labels(findings),
        shares={name: shares(findings.sample(name)) for name in findings.frameworks},
    )


__all__ = ["Shares", "shares_of"]
