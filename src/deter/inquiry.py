"""What may be asked of a finished sweep: from its folder to the results of an analysis.

Reads the sweep, hands its numbers to the analyses, and runs histories again where the question
needs that (flip, trade, autopsy). Each answer is a result of :mod:`deter.analysis` with a heading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from deter.analysis.contrasts import mean_difference
from deter.analysis.discover import discover
from deter.analysis.enough import for_difference, for_mean, for_probability
from deter.analysis.estimates import Estimate
from deter.analysis.incidence import peace
from deter.analysis.overview import Contrast, Overview, Variances, overview
from deter.analysis.ranking import hazard_ratio, ranking
from deter.analysis.regret import Payoff, combined, regret
from deter.analysis.rows import matched, sample
from deter.analysis.sensitivity import levers, morris, saltelli_size, sobol
from deter.analysis.valued import Valued, as_valued
from deter.analysis.variance import Split, split_table
from deter.errors import Fault, InputError
from deter.experiments.rows import Rows
from deter.experiments.study import Study, StudyFactor
from deter.experiments.values import of_table, per_replication
from deter.spec.experiment import ANALYSES
from deter.spec.hints import unknown

Floats = NDArray[np.float64]

MEASURE = "p_full_attack"
"""What is asked about where nothing else is said."""

REFERENCE = "none"

MOST_VALUES = 200_000_000
"""Cases times frameworks times replications that are held at once."""


@dataclass(frozen=True)
class Answer:
    """One result, and what it is about.

    Attributes
    ----------
    what : str
        The analysis.
    heading : str
        What the result is of: a framework, a combination of levers.
    result : object
        A frozen dataclass of :mod:`deter.analysis`.
    """

    what: str
    heading: str
    result: Any


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
        raise _wrong("analysis", unknown(question.what, list(ASKED)))
    for name in question.frameworks:
        if name not in study.frameworks:
            raise _wrong("framework", unknown(name, list(study.frameworks)))
    return list(ASKED[question.what](study, question))


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


def _wrong(where: str, message: str) -> InputError:
    return InputError((Fault(where, 0, "", message),))


def _asked(study: Study, question: Question) -> tuple[str, ...]:
    return question.frameworks or study.frameworks


# ---- numbers of a sweep


@dataclass(frozen=True)
class _Table:
    """The values of a measure: cases by frameworks by replications, NaN where there is none."""

    values: Floats
    frameworks: tuple[str, ...]
    measure: Valued

    @property
    def is_event(self) -> bool:
        """Whether a value is 1 or 0."""
        return self.measure.event

    @property
    def unit(self) -> str:
        """Of a value."""
        return self.measure.unit

    def of(self, framework: str) -> Floats:
        """Return one framework's values, cases by replications."""
        found: Floats = self.values[:, self.frameworks.index(framework)]
        return found

    @property
    def span(self) -> float:
        """Width of the range of a value, the same for all that is told of the table."""
        return 1.0 if self.is_event else max(1.0, float(np.nanmax(self.values, initial=0.0)))

    def mean(self, framework: str, case: int) -> Estimate:
        """Estimate the measure in one case under one framework."""
        return self.measure.mean(self.of(framework)[case], span=self.span)

    def difference(self, framework: str, other: str, case: int) -> Estimate:
        """Estimate by how much it is larger under one framework than under another."""
        here, there = self.of(framework)[case], self.of(other)[case]
        return self.measure.difference(here, there, span=self.span)


def _values(study: Study, question: Question, cases: Sequence[int] | None = None) -> _Table:
    wanted = per_replication(question.measure)
    chosen = np.arange(len(study.cases)) if cases is None else np.asarray(sorted(cases))
    place = np.full(len(study.cases), -1)
    place[chosen] = np.arange(len(chosen))
    longest = 0
    columns = list(dict.fromkeys(("case", "framework", "replication", "status", *wanted.columns)))
    pieces = []
    for table in study.pieces(columns, None if cases is None else list(chosen)):
        replications = table.column("replication").to_numpy()
        longest = max(longest, int(replications.max(initial=-1)) + 1)
        names = table.column("framework").to_pandas().astype(str).to_numpy()
        pieces.append(
            (table.column("case").to_numpy(), names, replications, of_table(wanted, table))
        )
    size = len(chosen) * len(study.frameworks) * longest
    if size > MOST_VALUES:
        raise _wrong(
            "analysis", f"{size:,} values are too many to hold; ask about fewer cases or frameworks"
        )
    values = np.full((len(chosen), len(study.frameworks), longest), np.nan)
    number = {name: k for k, name in enumerate(study.frameworks)}
    for case, names, replications, found in pieces:
        which = np.array([number[name] for name in names], dtype=np.int64)
        values[place[case], which, replications] = found
    return _Table(values, study.frameworks, as_valued(wanted))


def _label(study: Study, case: int) -> str:
    row = study.cases.loc[case]
    if "patch" in study.cases.columns and isinstance(row["patch"], str):
        return _patch_label(study, row["patch"])
    told = []
    one_by_one = study.design["kind"] == "one_at_a_time"
    for factor in study.factors:
        if not factor.in_cases or factor.name not in study.cases.columns:
            continue
        value = row[factor.name]
        if _unset(value) or (one_by_one and value == study.cases.iloc[0][factor.name]):
            continue
        told.append(f"{factor.label or factor.name} {_shown(factor, value)}")
    return ", ".join(told) or "as in the base"


def _patch_label(study: Study, name: str) -> str:
    patch = (study.manifest["experiment"].get("patches") or {}).get(name) or {}
    return str(patch.get("label") or name)


def _unset(value: Any) -> bool:
    """Tell whether a lever is left as it is in the base."""
    return value is None or (isinstance(value, float) and bool(np.isnan(value)))


def _shown(factor: StudyFactor, value: Any) -> str:
    for held, label in zip(factor.values or (), factor.labels or (), strict=False):
        if held == value:
            return label
    return value if isinstance(value, str) else f"{float(value):.4g}"


def _combinations(study: Study) -> list[tuple[str, list[int]]]:
    """Return the cases of each combination of levers, in order of point."""
    names = [f.name for f in study.levers if f.name in study.cases.columns]
    if not names or "point" not in study.cases.columns:
        return [("", list(study.cases.index))]
    found = []
    for _, group in study.cases.groupby(names, sort=False, dropna=False):
        cases = [int(case) for case in group.index]
        told = [
            f"{f.label or f.name} {_shown(f, group[f.name].iloc[0])}"
            for f in study.levers
            if f.name in study.cases.columns
        ]
        found.append((", ".join(told), cases))
    return found


def _split(values: Floats, study: Study, cases: list[int]) -> Split:
    """Split the variance of a framework's values; rows of one base point stand together."""
    factors = {one.name: list(one.columns) for one in study.inputs}
    blocks = None
    if study.design["kind"] == "saltelli":
        size, _ = saltelli_size(study.cases.loc[cases], factors)
        blocks = np.arange(len(cases)) // size
    elif study.design["kind"] == "morris":
        blocks = np.arange(len(cases)) // (len(factors) + 1)
    return split_table(values, blocks)


# ---- the analyses


def _summary(study: Study, question: Question) -> Iterator[Answer]:
    table = _values(study, question)
    labels = [_label(study, case) for case in study.cases.index]
    estimates = {
        name: [table.mean(name, k) for k in range(len(study.cases))]
        for name in _asked(study, question)
    }
    found: Overview = overview(labels, estimates, question.measure, table.unit, table.measure.what)
    yield Answer("summary", "by case", found)
    if len(study.cases) > 1:
        cases = list(study.cases.index)
        splits = {name: _split(table.of(name), study, cases) for name in _asked(study, question)}
        yield Answer("summary", "between cases, and by chance", Variances(question.measure, splits))


def _contrast(study: Study, question: Question) -> Iterator[Answer]:
    table = _values(study, question)
    names = _asked(study, question)
    with np.errstate(invalid="ignore"):
        means = {name: _over_cases(table.of(name)) for name in names}
    several = len(study.cases) > 1
    over = f", mean over {len(study.cases):,} cases" if several else ""
    if len(names) > 1:
        what = question.measure + over
        found = ranking(means, what=what, unit=table.unit, span=table.span)
        yield Answer("contrast", question.measure, found)
    first = _reference(study, question)
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


def _over_cases(values: Floats) -> Floats:
    """Return the mean over cases of each replication that ran to its end in all of them."""
    whole = np.isfinite(values).all(axis=0)
    found: Floats = np.where(whole, values.mean(axis=0), np.nan)
    return found


def _over_replications(values: Floats) -> Floats:
    """Return the mean of each case over the replications that ran to their end."""
    known = np.isfinite(values)
    n = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    found: Floats = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return found


def _hazard_ratio(rows: Rows, name: str, first: str, horizon: float) -> Estimate:
    here, there = matched([sample(rows, name, horizon), sample(rows, first, horizon)])
    return hazard_ratio(here, there)


def _reference(study: Study, question: Question) -> str:
    wanted = question.option("reference")
    if wanted is not None:
        if wanted not in study.frameworks:
            raise _wrong("reference", unknown(str(wanted), list(study.frameworks)))
        return str(wanted)
    names = _asked(study, question)
    return REFERENCE if REFERENCE in names else names[0]


def _sensitivity(study: Study, question: Question) -> Iterator[Answer]:
    kind = study.design["kind"]
    if kind in ("saltelli", "morris"):
        yield from _indices(study, question, kind)
    elif kind in ("grid", "one_at_a_time", "list"):
        table = _values(study, question)
        told = _told_cases(study)
        for name in _asked(study, question):
            found = levers(
                told, table.of(name), list(told.columns), span=table.span, unit=table.unit
            )
            yield Answer("sensitivity", f"{question.measure}, {name}", found)
    else:
        raise _wrong(
            "sensitivity",
            f"a design of kind {kind} has no indices; use saltelli or morris for uncertainties, "
            "grid, one_at_a_time or list for levers",
        )


def _told_cases(study: Study) -> pd.DataFrame:
    """Return the cases with names and values as a reader knows them, none of them empty.

    Those of a list are one lever, whose first value is the first patch.
    """
    if study.design["kind"] == "list":
        told = [_label(study, int(case)) for case in study.cases.index]
        names = study.cases["patch"] if len(set(told)) < len(told) else told
        return pd.DataFrame({"patch": list(names)}, index=study.cases.index)
    factors = [f for f in study.factors if f.name in study.cases.columns]
    labels = [f.label or f.name for f in factors]
    names = labels if len(set(labels)) == len(labels) else [f.name for f in factors]
    return pd.DataFrame(
        {
            name: ["as it is" if _unset(v) else _shown(f, v) for v in study.cases[f.name]]
            for name, f in zip(names, factors, strict=True)
        },
        index=study.cases.index,
    )


def _indices(study: Study, question: Question, kind: str) -> Iterator[Answer]:
    factors = {one.name: list(one.columns) for one in study.inputs}
    table = _values(study, question)
    for name in _asked(study, question):
        for told, cases in _combinations(study):
            frame = study.cases.loc[cases]
            values = table.of(name)[cases]
            outcome = _over_replications(values)
            split = _split(values, study, cases)
            if kind == "saltelli":
                found: Any = sobol(frame, outcome, factors, split=split)
            else:
                levels = int(study.design.get("levels") or 4)
                found = morris(frame, outcome, factors, levels, unit=table.unit, split=split)
            about = f"{question.measure}, {name}"
            yield Answer("sensitivity", f"{about}, {told}" if told else about, found)


def _discover(study: Study, question: Question) -> Iterator[Answer]:
    wanted = per_replication(question.measure)
    means = study.per_case(question.measure)
    names = [f.name for f in study.factors if f.in_cases and f.name in study.cases.columns]
    above = question.option("above")
    for name in _asked(study, question):
        mine = means[means["framework"] == name].set_index("case").reindex(study.cases.index)
        if above is not None:
            share = mine["mean"].to_numpy(dtype=np.float64)
            failures = np.where(np.isfinite(share), share > float(above), np.nan)
            words = f"{question.measure} above {float(above):g}"
            found = discover(study.cases, failures, names, failure=words)
        elif wanted.is_event:
            trials = mine["n"].to_numpy(dtype=np.float64)
            events = np.round(mine["mean"].to_numpy(dtype=np.float64) * trials)
            found = discover(study.cases, events, names, trials, failure=wanted.meaning)
        else:
            raise _wrong("above", f"{question.measure} is no event; say above which value it fails")
        yield Answer("discover", name, found)


def _regret(study: Study, question: Question) -> Iterator[Answer]:
    names = _asked(study, question)
    weights = question.option("weights")
    measures = question.option("measures", [question.measure])
    payoffs = []
    for one in measures:
        named = one if isinstance(one, str) else one["measure"]
        more: Mapping[str, Any] = {} if isinstance(one, str) else one
        table = _values(study, Question(question.what, named))
        kept = [table.frameworks.index(name) for name in names]
        payoffs.append(
            Payoff(
                named,
                table.values[:, kept],
                better=more.get("better", question.option("better", "lower")),
                threshold=more.get("threshold", question.option("threshold")),
                weight=float(more.get("weight", 1.0)),
                unit=table.unit,
            )
        )
    sampled = "point" in study.cases.columns
    for payoff in payoffs:
        yield Answer("regret", payoff.name, regret(payoff, names, weights, sampled=sampled))
    if len(payoffs) > 1:
        whole = regret(combined(payoffs), names, weights, sampled=sampled)
        yield Answer("regret", "all measures by their weights", whole)


def _survival(study: Study, question: Question) -> Iterator[Answer]:
    first = question.option("first", "attack")
    rows = study.pooled()
    over = "" if len(study.cases) == 1 else f", pooled over {len(study.cases):,} cases"
    names = _asked(study, question)
    yield Answer("survival", f"{first}{over}", peace(rows, study.horizon, first, frameworks=names))


def _enough(study: Study, question: Question) -> Iterator[Answer]:
    table = _values(study, question)
    target = question.option("half_width")
    target = None if target is None else float(target)
    names, first = _asked(study, question), _reference(study, question)
    for case in _few(study, question):
        told = f", {_label(study, case)}" if len(study.cases) > 1 else ""
        for name in names:
            values = table.of(name)[case]
            known = values[np.isfinite(values)]
            found = (
                for_probability(known > 0.5, target)
                if table.is_event
                else for_mean(known, table.span, target)
            )
            yield Answer("enough", name + told, found)
            if name != first:
                both = np.isfinite(values) & np.isfinite(table.of(first)[case])
                pairs = for_difference(
                    values[both], table.of(first)[case][both], target, table.span
                )
                yield Answer("enough", f"{name} against {first}{told}", pairs)


def _few(study: Study, question: Question) -> list[int]:
    """Return the cases asked about: one by its number, else the first."""
    case = question.option("case")
    if case is None:
        return [0]
    if not 0 <= int(case) < len(study.cases):
        raise _wrong("case", f"there is no case {case}; they are numbered 0 to {len(study) - 1}")
    return [int(case)]


# ---- those that run histories again


def _base(study: Study) -> str:
    return str(study.manifest["base"]["path"])


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
        raise _wrong(named, f"the sweep has no lever of numbers; give {named}, low and high")
    return str(path), float(low), float(high)


def _flip(study: Study, question: Question) -> Iterator[Answer]:
    from deter.replays.flip import find_flip

    names = _asked(study, question)
    if len(names) < 2:
        raise _wrong("flip", "name two frameworks")
    path, low, high = _span(study, question, "path")
    found = find_flip(
        _base(study),
        names[0],
        names[1],
        path,
        low,
        high,
        measure=question.measure,
        n=int(question.option("n", 2000)),
        seed=study.seed,
        workers=int(question.option("workers", 1)),
    )
    yield Answer("flip", f"{names[0]} and {names[1]}", found)


def _trade(study: Study, question: Question) -> Iterator[Answer]:
    from deter.replays.trade import exchange

    path, low, high = _span(study, question, "currency")
    name = _asked(study, question)[0]
    found = exchange(
        _base(study),
        name,
        path,
        low,
        high,
        question.option("changes"),
        measure=question.measure,
        n=int(question.option("n", 2000)),
        seed=study.seed,
        workers=int(question.option("workers", 1)),
    )
    yield Answer("trade", name, found)


def _autopsy(study: Study, question: Question) -> Iterator[Answer]:
    from deter.replays.autopsy import autopsy

    for name in _asked(study, question):
        if name == REFERENCE and len(_asked(study, question)) > 1:
            continue
        found = autopsy(
            _base(study),
            name,
            measure=question.measure,
            n=int(question.option("n", 2000)),
            seed=study.seed,
            workers=int(question.option("workers", 1)),
        )
        yield Answer("autopsy", name, found)


ASKED: dict[str, Callable[[Study, Question], Iterator[Answer]]] = {
    "summary": _summary,
    "contrast": _contrast,
    "sensitivity": _sensitivity,
    "discover": _discover,
    "regret": _regret,
    "flip": _flip,
    "trade": _trade,
    "autopsy": _autopsy,
    "survival": _survival,
    "enough": _enough,
}
assert tuple(ASKED) == ANALYSES


__all__ = ["ASKED", "Answer", "Question", "ask", "questions_of"]
