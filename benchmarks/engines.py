"""The compiled engine beside the reference engine: the same replications, one thread."""

from __future__ import annotations

from benchmarks.cases import CASES, Rows, case, work
from benchmarks.report import Findings, Line, spread
from benchmarks.timing import Effort, repeated, side_by_side, sized


def measure(ours: Rows, reference: Rows, effort: Effort) -> Findings:
    """Time both engines on every case of :data:`benchmarks.cases.CASES`."""
    found = Findings()
    for name in CASES:
        built = case(name)
        slow = sized(work(reference, built), effort)
        quick = repeated(work(ours, built), slow.n, effort)
        pair = side_by_side(quick, slow, effort)
        rate, reference_rate = pair.rates()
        found.rates |= {f"compiled/{name}": rate, f"reference/{name}": reference_rate}
        found.lines += [
            Line(name, "compiled", rate),
            Line(name, "reference", reference_rate, "compiled", spread(pair)),
        ]
        if name == "ceasefire":
            found.ratios["reference/ceasefire"] = pair.ratio()
    return found
