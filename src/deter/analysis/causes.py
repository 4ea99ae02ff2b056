"""How a guarantee fails: why attacks came, and which of its stages gave way."""

from __future__ import annotations

import numpy as np

from deter.analysis.estimates import Estimate, share_of
from deter.analysis.rows import Sample

KINDS = {
    "why_attacked": "share of attacks, by why they came",
    "why_not_stopped": "share of attacks, by what kept the guarantee from stopping them",
}


def causes(sample: Sample, kind: str = "why_not_stopped") -> dict[str, Estimate]:
    """Return the share of attacks with each cause, the most frequent first.

    Parameters
    ----------
    sample : Sample
        Replications of one framework.
    kind : {"why_not_stopped", "why_attacked"}
        Which of the two codes of an attack.

    Returns
    -------
    dict of str to Estimate
        Causes that occurred; empty if nothing was attacked. Attacks of one replication are a
        cluster.
    """
    prefix = f"{kind}_"
    columns = [column for column in sample.rows.columns() if column.startswith(prefix)]
    total, occurred = np.zeros(len(sample)), []
    for column in columns:
        hits = sample.numbers(column)
        total += hits
        if hits.any():
            occurred.append(column)
    shares = {
        column.removeprefix(prefix): share_of(sample.numbers(column), total).labelled(
            unit="1", what=KINDS[kind]
        )
        for column in occurred
    }
    return dict(sorted(shares.items(), key=lambda item: -(item[1].estimate or 0.0)))
