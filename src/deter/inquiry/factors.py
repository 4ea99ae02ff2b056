"""Questions about what was varied: what an outcome hangs on, where it fails, what is regretted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from deter.analysis.discover import discover as search_boxes
from deter.analysis.levers import levers
from deter.analysis.morris import morris
from deter.analysis.regret import Payoff, combined
from deter.analysis.regret import regret as judge
from deter.analysis.sensitivity import sobol
from deter.experiments.study import Study
from deter.experiments.values import per_replication
from deter.inquiry.names import combinations, told_cases
from deter.inquiry.numbers import asked_values, over_replications, values_of
from deter.inquiry.overviews import split_of
from deter.inquiry.question import Answer, Question, wrong


def sensitivity(study: Study, question: Question) -> Iterator[Answer]:
    """Tell which unknowns, or which clauses, an outcome hangs on."""
    kind = study.design["kind"]
    if kind in ("saltelli", "morris"):
        yield from _indices(study, question, kind)
    elif kind in ("grid", "one_at_a_time", "list"):
        table, told = asked_values(study, question), told_cases(study)
        for name in question.asked(study):
            found = levers(
                told, table.of(name), list(told.columns), span=table.span, unit=table.unit
            )
            yield Answer("sensitivity", f"{question.measure}, {name}", found)
    else:
        raise wrong(
            "sensitivity",
            f"a design of kind {kind} has no indices; use saltelli or morris for uncertainties, "
            "grid, one_at_a_time or list for levers",
        )


def _indices(study: Study, question: Question, kind: str) -> Iterator[Answer]:
    factors = {one.name: list(one.columns) for one in study.inputs}
    table = asked_values(study, question)
    for name in question.asked(study):
        for told, cases in combinations(study):
            frame = study.cases.loc[cases]
            values = table.of(name)[cases]
            outcome = over_replications(values)
            split = split_of(values, study, cases)
            if kind == "saltelli":
                found: Any = sobol(frame, outcome, factors, split=split)
            else:
                levels = int(study.design.get("levels") or 4)
                found = morris(frame, outcome, factors, levels, unit=table.unit, split=split)
            about = f"{question.measure}, {name}"
            yield Answer("sensitivity", f"{about}, {told}" if told else about, found)


def discover(study: Study, question: Question) -> Iterator[Answer]:
    """Tell in which part of the factors a framework fails."""
    wanted = per_replication(question.measure)
    means = study.per_case(question.measure)
    names = [f.name for f in study.factors if f.in_cases and f.name in study.cases.columns]
    cases = study.independent_cases()
    above = question.option("above")
    for name in question.asked(study):
        mine = means[means["framework"] == name].set_index("case").reindex(cases.index)
        if above is not None:
            share = mine["mean"].to_numpy(dtype=np.float64)
            failures = np.where(np.isfinite(share), share > float(above), np.nan)
            words = f"{question.measure} above {float(above):g}"
            found = search_boxes(cases, failures, names, failure=words)
        elif wanted.is_event:
            trials = mine["n"].to_numpy(dtype=np.float64)
            events = np.round(mine["mean"].to_numpy(dtype=np.float64) * trials)
            found = search_boxes(cases, events, names, trials, failure=wanted.meaning)
        else:
            raise wrong("above", f"{question.measure} is no event; say above which value it fails")
        yield Answer("discover", name, found)


def regret(study: Study, question: Question) -> Iterator[Answer]:
    """Tell which framework is best by maximin, regret, and the share of cases it suffices in."""
    names, weights = question.asked(study), question.option("weights")
    payoffs = [
        _payoff(study, question, one) for one in question.option("measures", [question.measure])
    ]
    sampled = "point" in study.cases.columns
    for payoff in payoffs:
        yield Answer("regret", payoff.name, judge(payoff, names, weights, sampled=sampled))
    if len(payoffs) > 1:
        whole = judge(combined(payoffs), names, weights, sampled=sampled)
        yield Answer("regret", "all measures by their weights", whole)


def _payoff(study: Study, question: Question, one: Any) -> Payoff:
    named = one if isinstance(one, str) else one["measure"]
    more: Mapping[str, Any] = {} if isinstance(one, str) else one
    table = values_of(study, named)
    kept = [table.frameworks.index(name) for name in question.asked(study)]
    return Payoff(
        named,
        table.values[:, kept],
        better=more.get("better", question.option("better", "lower")),
        threshold=more.get("threshold", question.option("threshold")),
        weight=float(more.get("weight", 1.0)),
        unit=table.unit,
    )
