"""Say which differences between frameworks hold under every rival theory.

Run as ``python experiments/rival_theories/survives.py results/rival_theories`` after the sweep.
A difference holds under a theory if its interval excludes zero, at 95 % for all theories and pairs
together (Bonferroni; paired under shared luck).
"""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from deter.experiments.study import Study

LEVEL = 0.05


def attacked(study: Study) -> pd.DataFrame:
    """Return whether there was a full attack: replications by (patch, framework)."""
    columns = ["case", "framework", "replication", "s_full_attack"]
    table = pd.concat([piece.to_pandas() for piece in study.pieces(columns)])
    table["patch"] = table["case"].map(study.cases["patch"])
    table["hit"] = (table["s_full_attack"].astype(str) == "event").astype(float)
    return table.pivot_table(index="replication", columns=["patch", "framework"], values="hit")


def main(folder: str) -> None:
    """Print the probabilities by theory, and the pairs whose order survives all of them."""
    hit = attacked(Study.open(folder))
    shares = hit.mean().unstack("framework")
    order = list(shares.mean().sort_values().index)
    print("Probability of a full attack within ten years, %\n")
    print((100 * shares[order]).round(1).to_string())
    patches = list(shares.index)
    pairs = list(combinations(order, 2))
    far = stats.norm.ppf(1 - LEVEL / (2 * len(pairs) * len(patches)))
    print(f"\n{len(hit)} histories each; pairs told apart at 95 % together.\n")
    for one, other in pairs:
        held, turned = [], []
        for patch in patches:
            gap = hit[patch, other] - hit[patch, one]
            edge = far * gap.std(ddof=1) / np.sqrt(len(gap))
            if gap.mean() > edge:
                held.append(patch)
            elif gap.mean() < -edge:
                turned.append(patch)
        if turned:
            print(f"{one} below {other}: turned round under {', '.join(turned)}")
        elif len(held) == len(patches):
            print(f"{one} below {other}: survives all {len(patches)}")
        elif held:
            open_ = [patch for patch in patches if patch not in held]
            print(f"{one} below {other}: not told apart under {', '.join(open_)}")


if __name__ == "__main__":
    main(sys.argv[1])
