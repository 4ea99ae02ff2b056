"""What a scenario itself draws from a joint sample, as one uncertainty of an experiment.

A scenario's history takes one row of the sample. Where the sample is an uncertainty of a sampled
design, a case takes one row instead, for all its histories, so that what is not known of the
calibrated numbers is told apart from chance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deter.spec.factors import UNCERTAINTY, Factor
from deter.spec.hints import found, listing
from deter.spec.joint import Joint
from deter.spec.ledger import LedgerEntry, ledger
from deter.spec.loading import LoadedScenario
from deter.spec.sample_files import SUFFIX


@dataclass(frozen=True)
class _Group:
    """Numbers that are one column of the sample times one factor."""

    entries: dict[str, LedgerEntry]
    frameworks: list[str]


def drawn_by_base(
    name: str, text: str, cases: Mapping[str, LoadedScenario]
) -> tuple[Joint, list[Factor]]:
    """Return all numbers of a scenario that it draws from a file, as factors of one joint sample.

    Parameters
    ----------
    name : str
        The uncertainty's.
    text : str
        The file, as the scenario names it; with or without ``.csv``.
    cases : mapping of str to LoadedScenario
        The scenario under each framework.

    Returns
    -------
    joint : Joint
        The sample, with the columns of the factors.
    factors : list of Factor
        One for each column and each number it is multiplied by. It has the column's name; where
        a column is multiplied by several numbers, with the first thing it sets behind it.

    Raises
    ------
    ValueError
        If nothing is drawn from that file.
    """
    groups: dict[tuple[str, float], _Group] = {}
    others: dict[str, None] = {}
    for framework, case in cases.items():
        for entry in ledger(case).entries:
            drawn = entry.distribution
            if drawn is None or not drawn.joint:
                continue
            if _bare(drawn.joint) != _bare(text):
                others[drawn.joint] = None
                continue
            group = groups.setdefault((drawn.column, drawn.times), _Group({}, []))
            group.entries.setdefault(entry.path, entry)
            if framework not in group.frameworks:
                group.frameworks.append(framework)
    if not groups:
        instead = f" (it draws from {listing(others)})" if others else ""
        raise ValueError(
            f"the scenario draws no number from {found(text)}{instead}; name `columns`: which "
            "column of the file sets what, as {scale: path}"
        )
    names = _names(groups)
    factors = [
        _factor(name, names[key], group.entries, group.frameworks) for key, group in groups.items()
    ]
    values = {factor.name: factor.drawn for factor in factors}
    digest = hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()
    return Joint(name, text, digest, len(factors[0].drawn), values), factors


def _factor(
    joint: str, name: str, entries: Mapping[str, LedgerEntry], frameworks: Iterable[str]
) -> Factor:
    first = next(iter(entries.values()))
    assert first.distribution is not None
    return Factor(
        name=name,
        kind=UNCERTAINTY,
        paths=tuple(entries),
        label=name,
        unit=first.unit,
        joint=joint,
        drawn=first.distribution.parameters,
        frameworks=tuple(frameworks),
    )


def _names(groups: Mapping[tuple[str, float], _Group]) -> dict[tuple[str, float], str]:
    columns = [column for column, _ in groups]
    names: dict[tuple[str, float], str] = {}
    for key, group in groups.items():
        column = key[0]
        if columns.count(column) == 1:
            names[key] = column
            continue
        longer = f"{column}_{next(iter(group.entries)).split('.')[1]}"
        taken = longer in names.values()
        names[key] = f"{longer}_{len(names)}" if taken else longer
    return names


def _bare(text: str) -> str:
    return text.removesuffix(SUFFIX)


__all__ = ["drawn_by_base"]
