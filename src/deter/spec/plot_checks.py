"""What an experiment lists under ``plots``: each item a figure, by name, or with options."""

from __future__ import annotations

from deter.spec.experiment import PLOTS, Experiment
from deter.spec.findings import Findings
from deter.spec.hints import unknown


def check_plots(experiment: Experiment, findings: Findings) -> None:
    """Note every item that is no figure, or is written as none can be."""
    for index, item in enumerate(experiment.plots):
        names = [item] if isinstance(item, str) else list(item)
        if len(names) != 1:
            message = "write one figure an item, as heat or {heat: {measure: p_war}}"
            findings.wrong(("plots", index), message)
            continue
        name = str(names[0])
        if name not in PLOTS:
            findings.wrong(("plots", index), unknown(name, PLOTS))
        elif not isinstance(item, str) and not isinstance(item[names[0]], dict | None):
            message = f"write its options as {{{name}: {{measure: p_war}}}}"
            findings.wrong(("plots", index), message)


__all__ = ["check_plots"]
