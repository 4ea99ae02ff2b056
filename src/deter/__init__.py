"""A scenario and deterrence simulation toolkit: security guarantees compared, with intervals.

Four lines run a comparison:

>>> import deter
>>> scenario = deter.load("ukraine/ceasefire")                             # doctest: +SKIP
>>> result = deter.compare(scenario, ["g7_vilnius_2023", "tripwire"])      # doctest: +SKIP
>>> result.estimates["tripwire"]["p_full_attack"], result.frame            # doctest: +SKIP

``result.frame`` is a pandas table with a row for each framework and replication;
``result.estimates``, ``.differences``, ``.groups`` and ``.twins`` are made of it. ``deter.run``
runs one framework, ``deter.trace`` tells one replication as a story. An experiment is swept and
asked:

>>> study = deter.sweep("which_clause", "results/which_clause")            # doctest: +SKIP
>>> for answer in deter.analyse(study, "sensitivity"):                     # doctest: +SKIP
...     print(answer)

Results, a study or a folder of either are drawn, and told in a report:

>>> figures = deter.plot(result, ["comparison", "peace"])                  # doctest: +SKIP
>>> deter.report("results/which_clause")                                   # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deter.version import VERSION

if TYPE_CHECKING:
    from deter.api import Results, Story, analyse, compare, load, run, sweep, trace
    from deter.errors import DeterError, InputError, OutputError
    from deter.experiments.study import Study
    from deter.inquiry import Answer
    from deter.showing import plot, report
    from deter.spec.experiments import load_experiment

__version__ = VERSION
__all__ = [
    "Answer",
    "DeterError",
    "InputError",
    "OutputError",
    "Results",
    "Story",
    "Study",
    "__version__",
    "analyse",
    "compare",
    "load",
    "load_experiment",
    "plot",
    "report",
    "run",
    "sweep",
    "trace",
]

_HOMES = {
    "deter.api": ("Results", "Story", "analyse", "compare", "load", "run", "sweep", "trace"),
    "deter.errors": ("DeterError", "InputError", "OutputError"),
    "deter.experiments.study": ("Study",),
    "deter.inquiry": ("Answer",),
    "deter.showing": ("plot", "report"),
    "deter.spec.experiments": ("load_experiment",),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562)."""
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted({*globals(), *__all__})
