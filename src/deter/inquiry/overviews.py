"""Questions about frameworks: how often, by how much they differ, how long peace lasts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from deter.analysis.contrasts import mean_difference
from deter.analysis.enough import for_difference, for_mean, for_probability
from deter.analysis.estimates import Estimate
from deter.analysis.incidence import peace
from deter.analysis.overview import Contrast, Stopped, Variances, overview
from deter.analysis.ranking import hazard_ratio, ranking
from deter.analysis.rows import matched, sample
from deter.analysis.sensitivity import saltelli_size
from deter.analysis.variance import Split, split_table
from deter.experiments.rows import Rows
from deter.experiments.study import Study
from deter.inquiry.names import label_of, labels_of
from deter.inquiry.numbers import Floats, Values, asked_values, over_cases
from deter.inquiry.question import Answer, Question, wrong


def summary(study: Study, question: Question) -> Iterator[Answer]:
    """Tell a measure by case and framework, and where its variance comes from."""
    table, names = asked_values(study, question), question.asked(study)
    estimates = {name: [table.mean(name, k) for k in range(len(study.cases))] for name in names}
    found = overview(
        labels_of(study),
        estimates,
        question.measure,
        table.unit,
        table.measure.what,
        stopped_of(study, question.measure, table.stopped),
    )
    yield Answer("summary", "by case", found)
    if len(study.cases) > 1:
        cases = list(study.cases.index)
        splits = {name: split_of(table.of(name), study, cases) for name in names}
        yield Answer("summary", "between cases, and by chance", Variances(question.measure, splits))


def stopped_of(study: Study, measure: str, own: bool) -> Stopped | None:
    """Return what a stopping rule means for estimates of a measure; None where there was none."""
    rule = study.rule
    if rule is None or study.until is None:
        return None
    stops = study.stops
    short = stops[(stops["n"] >= rule.most) & ~stops["known"]]
    return Stopped(
        measure=study.until,
        half_width=rule.half_width,
        least=rule.looks()[0],
        most=rule.most,
        kind="its own" if measure == study.until else "another's" if own else "fixed",
        short=tuple(
            (int(c), str(f)) for c, f in zip(short["case"], short["framework"], strict=True)
        ),
        of=len(stops),
    )


def split_of(values: Floats, study: Study, cases: list[int]) -> Split:
    """Split the variance of a framework's values; rows of one base point stand together."""
    factors = {one.name: list(one.columns) for one in study.inputs}
    blocks = None
    if study.design["kind"] == "saltelli":
        size, _ = saltelli_size(study.cases.loc[cases], factors)
        blocks = np.arange(len(cases)) // size
    elif study.design["kind"] == "morris":
        blocks = np.arange(len(cases)) // (len(factors) + 1)
    return split_table(values, blocks)


def contrast(study: Study, question: Question) -> Iterator[Answer]:
    """Tell by how much frameworks differ in pairs, and their ranks that hold at once."""
    table, names = asked_values(study, question), question.asked(study)
    means = {name: over_cases(table.of(name)) for name in names}
    several = len(study.cases) > 1
    if len(names) > 1:
        over = f", mean over {len(study.cases):,} cases" if several else ""
        what = question.measure + over
        found = ranking(means, what=what, unit=table.unit, span=table.span)
        yield Answer("contrast", question.measure, found)
    first = question.reference(study)
    of_attacks = "attack" in question.measure  # a ratio of hazards says nothing of other measures
    rows = study.pooled() if of_attacks and not several else None
    for name in names:
        if name == first:
            continue
        if several:
            both = np.isfinite(means[name]) & np.isfinite(means[first])
            gap = mean_difference(means[name][both], means[first][both], table.span)
        else:
            gap = table.difference(name, first, 0)
        ratio = None if rows is None else _hazard_ratio(rows, name, first, study.horizon)
        result = Contrast(gap, ratio, question.measure, table.unit)
        yield Answer("contrast", f"{name} against {first}", result)


def _hazard_ratio(rows: Rows, name: str, first: str, horizon: float) -> Estimate:
    here, there = matched([sample(rows, name, horizon), sample(rows, first, horizon)])
    return hazard_ratio(here, there)


def survival(study: Study, question: Question) -> Iterator[Answer]:
    """Tell how long peace lasts."""
    first = question.option("first", "attack")
    rows = study.pooled()
    over = "" if len(study.cases) == 1 else f", pooled over {len(study.cases):,} cases"
    found = peace(rows, study.horizon, first, frameworks=question.asked(study))
    yield Answer("survival", f"{first}{over}", found)


def enough(study: Study, question: Question) -> Iterator[Answer]:
    """Tell how intervals shrink with more replications, and how many a width needs."""
    table = asked_values(study, question)
    target = question.option("half_width")
    target = None if target is None else float(target)
    names, first = question.asked(study), question.reference(study)
    case = _one(study, question)
    told = f", {label_of(study, case)}" if len(study.cases) > 1 else ""
    for name in names:
        yield Answer("enough", name + told, _needed(table, name, case, target))
        if name != first:
            here, there = table.of(name)[case], table.of(first)[case]
            both = np.isfinite(here) & np.isfinite(there)
            pairs = for_difference(here[both], there[both], target, table.span)
            yield Answer("enough", f"{name} against {first}{told}", pairs)


def _needed(table: Values, name: str, case: int, target: float | None) -> object:
    values = table.of(name)[case]
    known = values[np.isfinite(values)]
    if table.is_event:
        return for_probability(known > 0.5, target)
    return for_mean(known, table.span, target)


def _one(study: Study, question: Question) -> int:
    """Return the case asked about: by its number, else the first."""
    case = question.option("case")
    if case is None:
        return 0
    if not 0 <= int(case) < len(study.cases):
        raise wrong("case", f"there is no case {case}; they are numbered 0 to {len(study) - 1}")
    return int(case)
