"""A question about a sweep, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deter.errors import Fault, InputError
from deter.experiments.study import Study
from deter.spec.hints import unknown
from deter.spec.library import NO_FRAMEWORK

if TYPE_CHECKING:
    import pandas as pd

MEASURE = "p_full_attack"
"""What is asked about where nothing else is said."""

REFERENCE = NO_FRAMEWORK


@dataclass(frozen=True)
class Question:
    """What is asked of a sweep.

    Attributes
    ----------
    what : str
        One of :data:`deter.spec.experiment.ANALYSES`.
    measure : str
        A measure that is one value a replication, or a column of numbers.
    frameworks : tuple of str
        Those asked about; all where empty.
    options : mapping
        What the analysis takes besides.
    """

    what: str
    measure: str = MEASURE
    frameworks: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def option(self, name: str, default: Any = None) -> Any:
        """Return one option, or its default where it is not given."""
        found = self.options.get(name)
        return default if found is None else found

    def asked(self, study: Study) -> tuple[str, ...]:
        """Return the frameworks asked about."""
        return self.frameworks or study.frameworks

    def reference(self, study: Study) -> str:
        """Return the framework others are compared with.

        Raises
        ------
        InputError
            If one is asked for that the sweep does not have.
        """
        wanted = self.option("reference")
        if wanted is not None:
            if wanted not in study.frameworks:
                raise wrong("reference", unknown(str(wanted), list(study.frameworks)))
            return str(wanted)
        names = self.asked(study)
        return REFERENCE if REFERENCE in names else names[0]


@dataclass(frozen=True)
class Answer:
    """One result, and what it is about. Printed, it is what the terminal shows.

    Attributes
    ----------
    what : str
        The analysis.
    heading : str
        What the result is of: a framework, a combination of levers.
    result : object
        A frozen dataclass of :mod:`deter.analysis`.
    seed : int
        Of the sweep, for the commands that repeat a history.
    """

    what: str
    heading: str
    result: Any
    seed: int = 1

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data for JSON; what is missing is None."""
        from deter.presentation.answers import as_dict

        return {"analysis": self.what, "about": self.heading, "result": as_dict(self.result)}

    @property
    def frame(self) -> pd.DataFrame:
        """The result as a table, a row for each thing estimated; what is missing is NaN."""
        from deter.presentation.frames import frame

        return frame(self.result)

    @property
    def text(self) -> str:
        """Tables and sentences, as ``deter analyse`` shows them, 100 columns wide."""
        from deter.presentation.answers import as_text

        return f"{self.what}: {self.heading}\n{as_text(self.result, self.seed)}"

    def __str__(self) -> str:
        return self.text


def wrong(where: str, message: str) -> InputError:
    """Return the refusal of a question."""
    return InputError((Fault(where, 0, "", message),))


def questions_of(study: Study) -> list[Question]:
    """Return what the experiment itself wants asked; a summary where it says nothing."""
    wanted = study.manifest["experiment"].get("analyses") or ["summary"]
    found = []
    for item in wanted:
        what, options = (item, {}) if isinstance(item, str) else next(iter(item.items()))
        options = dict(options or {})
        names = options.pop("frameworks", None) or options.pop("framework", None) or ()
        names = (names,) if isinstance(names, str) else tuple(names)
        measure = options.pop("measure", MEASURE)
        found.append(Question(what, measure, names, options))
    return found
