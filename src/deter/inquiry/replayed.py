"""Questions that run histories again: where two swap places, what clauses are worth, autopsies.

They replay the experiment's base with all that it sets in every case, under the sweep's own luck;
levers, uncertainties and patches are left as the base has them.
"""

from __future__ import annotations

from collections.abc import Iterator

from deter.errors import InputError
from deter.experiments.study import Study, StudyFactor
from deter.inquiry.question import REFERENCE, Answer, Question, wrong
from deter.spec.experiments import load_experiment
from deter.spec.loading import LoadedScenario

N = 2000
"""Histories replayed where nothing is said."""


def based(study: Study) -> dict[str, LoadedScenario]:
    """Return the base under each framework as the sweep ran it.

    Raises
    ------
    InputError
        If the experiment is no longer there, or its base is no longer the same.
    """
    path = str(study.manifest["experiment_path"])
    try:
        cases = load_experiment(path).cases
    except InputError as error:
        raise wrong(
            "replays", f"the sweep was made from {path}, which cannot be read again: {error}"
        ) from None
    for name, digest in study.manifest["frameworks"].items():
        if name not in cases or cases[name].digest != digest:
            raise wrong(
                "replays",
                f"{path} or its scenario has changed since: under {name} it is not what was run; "
                "take the change back, or sweep again into another folder",
            )
    return cases


def _numeric(study: Study) -> StudyFactor | None:
    """Return the first lever or uncertainty with a range of numbers."""
    for factor in study.factors:
        values = factor.values or ()
        if len(values) > 1 and all(isinstance(v, int | float) for v in values):
            return factor
    return None


def _span(study: Study, question: Question, named: str) -> tuple[str, float, float]:
    """Return the path that is turned and its range: as said, or those of the first lever."""
    path, low, high = (question.option(name) for name in (named, "low", "high"))
    factor = _numeric(study)
    if factor is not None:
        values = [float(v) for v in factor.values or ()]
        path = path or factor.path
        low = min(values) if low is None else low
        high = max(values) if high is None else high
    if path is None or low is None or high is None:
        raise wrong(named, f"the sweep has no lever of numbers; give {named}, low and high")
    return str(path), float(low), float(high)


def _work(study: Study, question: Question) -> tuple[int, int, int]:
    """Return how many histories, which luck, and how many workers."""
    n, workers = int(question.option("n", N)), int(question.option("workers", 1))
    return n, study.seed, workers


def flip(study: Study, question: Question) -> Iterator[Answer]:
    """Tell at which value of a number two frameworks swap places."""
    from deter.replays.flip import find_flip

    names = question.asked(study)
    if len(names) < 2:
        raise wrong("flip", "name two frameworks")
    path, low, high = _span(study, question, "path")
    cases = based(study)
    n, seed, workers = _work(study, question)
    found = find_flip(
        cases[names[0]], cases[names[0]], cases[names[1]], path, low, high,
        measure=question.measure, n=n, seed=seed, workers=workers,
    )  # fmt: skip
    yield Answer("flip", f"{names[0]} and {names[1]}", found)


def trade(study: Study, question: Question) -> Iterator[Answer]:
    """Tell what clauses are worth in the coin of another, under each framework that has it."""
    from deter.replays.trade import exchange

    path, low, high = _span(study, question, "currency")
    cases = based(study)
    n, seed, workers = _work(study, question)
    refused: list[InputError] = []
    names = _with_clauses(question.asked(study))
    for name in names:
        try:
            found = exchange(
                cases[name], None, path, low, high, question.option("changes"),
                measure=question.measure, n=n, seed=seed, workers=workers,
            )  # fmt: skip
        except InputError as error:
            refused.append(error)
            continue
        yield Answer("trade", name, found)
    if len(refused) == len(names):
        raise refused[0]


def _with_clauses(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the frameworks that have clauses; the reference too where it alone is asked about."""
    return tuple(name for name in names if name != REFERENCE) or names


def autopsy(study: Study, question: Question) -> Iterator[Answer]:
    """Tell which repair of a clause would have saved how many failed histories."""
    from deter.replays.autopsy import autopsy as dissect

    cases = based(study)
    n, seed, workers = _work(study, question)
    for name in _with_clauses(question.asked(study)):
        found = dissect(cases[name], measure=question.measure, n=n, seed=seed, workers=workers)
        yield Answer("autopsy", name, found)
