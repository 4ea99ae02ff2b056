"""Ask a sweep a question: each analysis by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from deter.errors import Fault, InputError
from deter.experiments.study import Study
from deter.inquiry import factors, overviews, replayed
from deter.inquiry.question import MEASURE, Answer, Question, questions_of, wrong
from deter.spec.analysis_checks import OPTIONS, wrong_value
from deter.spec.experiment import ANALYSES
from deter.spec.hints import unknown

ASKED: dict[str, Callable[[Study, Question], Iterator[Answer]]] = {
    "summary": overviews.summary,
    "contrast": overviews.contrast,
    "sensitivity": factors.sensitivity,
    "discover": factors.discover,
    "regret": factors.regret,
    "flip": replayed.flip,
    "trade": replayed.trade,
    "autopsy": replayed.autopsy,
    "survival": overviews.survival,
    "enough": overviews.enough,
}
assert tuple(ASKED) == ANALYSES


def questions(
    study: Study,
    what: Sequence[str] = (),
    measure: str | None = None,
    frameworks: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
) -> list[Question]:
    """Return the questions that are meant.

    Parameters
    ----------
    study : Study
        The sweep.
    what : sequence of str
        Names of analyses; those of the experiment where there are none.
    measure : str, optional
        The measure; the experiment's, or the probability of a full attack.
    frameworks : sequence of str
        Those asked about; the experiment's, or all.
    options : mapping, optional
        Of the analyses, on top of the experiment's own; each goes to those that take it.

    Raises
    ------
    InputError
        If there is no such analysis, or none of them takes an option.
    """
    names = tuple(frameworks)
    asked = [Question(one, measure or MEASURE, names) for one in what]
    wanted = asked or [
        replace(own, measure=measure or own.measure, frameworks=names or own.frameworks)
        for own in questions_of(study)
    ]
    more = dict(options or {})
    _refuse_unknown(wanted, more)
    return [
        replace(
            one,
            options={
                **one.options,
                **{key: value for key, value in more.items() if key in OPTIONS[one.what]},
            },
        )
        for one in wanted
    ]


def _refuse_unknown(wanted: Sequence[Question], options: Mapping[str, Any]) -> None:
    """Say so where there is no such analysis, or none of them takes an option."""
    for one in wanted:
        if one.what not in ASKED:
            raise wrong("analysis", unknown(one.what, list(ASKED)))
    taken = list(dict.fromkeys(key for one in wanted for key in OPTIONS[one.what]))
    named = ", ".join(dict.fromkeys(one.what for one in wanted))
    faults = [
        Fault("option", 0, "", f"{unknown(str(key), taken)}; asked are {named}")
        if taken
        else Fault("option", 0, "", f"found {key!r}; {named} takes none")
        for key in options
        if key not in taken
    ]
    faults += [
        Fault(str(key), 0, "", message)
        for key, value in options.items()
        if key in taken and (message := wrong_value(str(key), value))
    ]
    if faults:
        raise InputError(tuple(faults))


def ask(study: Study, question: Question) -> list[Answer]:
    """Answer one question about a sweep.

    Raises
    ------
    InputError
        If the question does not fit the sweep.
    DeterError
        If its numbers do not suffice.
    """
    if question.what not in ASKED:
        raise wrong("analysis", unknown(question.what, list(ASKED)))
    for name in question.frameworks:
        if name not in study.frameworks:
            raise wrong("framework", unknown(name, list(study.frameworks)))
    return [replace(one, seed=study.seed) for one in ASKED[question.what](study, question)]
