"""Two frameworks case by case: where one does better than the other, and where they swap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from deter.analysis.estimates import Estimate
from deter.analysis.rows import Floats
from deter.analysis.valued import Valued, as_valued
from deter.experiments.study import Study
from deter.experiments.values import of_table, per_replication

Pair = tuple[str, str]


def differences_by_case(
    study: Study, measure: str, pairs: Sequence[Pair]
) -> dict[Pair, tuple[Estimate, ...]]:
    """Estimate by how much a measure is larger under one framework than another, in each case.

    Parameters
    ----------
    study : Study
        The sweep.
    measure : str
        A measure that is one value a replication.
    pairs : sequence of tuple of str
        Frameworks: the difference is the first less the second.

    Returns
    -------
    dict
        Differences in order of case, over pairs of histories under shared luck.

    Raises
    ------
    InputError
        If there is no such measure.
    """
    per = per_replication(measure)
    valued = as_valued(per)
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    held = _values(study, measure, names)
    return {
        (one, other): tuple(
            _difference(valued, held[one].get(case), held[other].get(case))
            for case in study.cases.index
        )
        for one, other in pairs
    }


def _difference(valued: Valued, here: Floats | None, there: Floats | None) -> Estimate:
    if here is None or there is None:
        return Estimate(None, None, None, 0)
    n = min(len(here), len(there))
    return valued.difference(here[:n], there[:n])


def _values(study: Study, measure: str, names: Sequence[str]) -> Mapping[str, dict[int, Floats]]:
    """Return values by framework and case, in order of replication."""
    per = per_replication(measure)
    columns = list(dict.fromkeys(("case", "framework", "replication", "status", *per.columns)))
    found: dict[str, dict[int, Floats]] = {name: {} for name in names}
    for table in study.pieces(columns):
        words = table.column("framework").cast(pa.string()).to_numpy(zero_copy_only=False)
        cases = table.column("case").to_numpy()
        replications = table.column("replication").to_numpy()
        values = of_table(per, table)
        for name in names:
            mine = words == name
            for case in np.unique(cases[mine]):
                here = mine & (cases == case)
                _put(found[name], int(case), replications[here], values[here])
    return found


def _put(held: dict[int, Floats], case: int, at: np.ndarray, values: Floats) -> None:
    size = int(at.max(initial=-1)) + 1
    before = held.get(case, np.empty(0))
    if size > len(before):
        before = np.concatenate((before, np.full(size - len(before), np.nan)))
    before[at] = values
    held[case] = before


__all__ = ["Pair", "differences_by_case"]
