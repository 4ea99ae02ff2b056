"""The report of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deter.analysis.overview import Overview, Variances
from deter.analysis.sensitivity import Sobol
from deter.errors import DeterError
from deter.presentation.report.beside import Published, beside
from deter.presentation.report.blocks import (
    Block,
    Page,
    Part,
    Picture,
    Prose,
    Section,
    Table,
)
from deter.presentation.report.closing import limit_blocks, repeat_blocks
from deter.presentation.report.grounds import assumed, ledger_blocks
from deter.presentation.report.naming import called, percent_cell, varying
from deter.presentation.report.phrases import share
from deter.presentation.report.pictured import picture_blocks
from deter.presentation.report.renaming import Renamed, renamed
from deter.presentation.report.results import answer_blocks, sentences
from deter.presentation.report.texts import framework_blocks
from deter.presentation.words import listed
from deter.spec.experiment import SAMPLED

if TYPE_CHECKING:
    from deter.analysis.estimates import Estimate
    from deter.experiments.study import Study, StudyFactor
    from deter.presentation.opened import Opened

MOST = 7
"""Sentences of the answer at most."""

OF_EACH = 2
"""Sentences of one analysis in the answer at most."""

FIRST = (
    "contrast",
    "sensitivity",
    "trade",
    "flip",
    "discover",
    "regret",
    "autopsy",
    "survival",
    "summary",
)
"""In which order analyses speak in the answer."""

NUMBERS = ("summary", "contrast", "survival", "enough")
"""Analyses that say what was found; the others say what would change it."""

TITLES = {
    "summary": "By case and framework",
    "contrast": "Frameworks against each other",
    "sensitivity": "What matters most",
    "discover": "Where it fails",
    "regret": "Which choice is robust",
    "flip": "Where two frameworks swap places",
    "trade": "What changes are worth",
    "autopsy": "Which repair would have helped",
    "survival": "How long peace lasts",
    "enough": "How many more histories are needed",
}


def swept_page(opened: Opened, pictures: Sequence[Picture], rates: Sequence[Published]) -> Page:
    """Return the report of a sweep.

    Parameters
    ----------
    opened : Opened
        The results.
    pictures : sequence of Picture
        Its figures.
    rates : sequence of Published
        Published base rates.
    """
    study = opened.study
    assert study is not None
    asked = _Asked.of(opened, study)
    manifest = opened.manifest
    return Page(
        title=opened.title,
        question=" ".join(str(manifest.get("question") or "").split()),
        answer=tuple(asked.answer()),
        standing=tuple(_firm(opened, study, asked)),
        key=(),
        facts=_facts(opened, study),
        sections=tuple(_sections(opened, study, asked, pictures, rates)),
        made=f"Results of a sweep by deter {manifest['versions']['deter']}.",
    )


class _Asked:
    """What was asked of a sweep, what it answered, and what could not be answered."""

    def __init__(self, answers: Sequence[Renamed], unanswered: Mapping[str, str]) -> None:
        self.answers = answers
        self.unanswered = unanswered

    @staticmethod
    def of(opened: Opened, study: Study) -> _Asked:
        """Ask what the experiment wants asked, and what its design can answer besides."""
        answers: list[Renamed] = []
        names = called(study.titles)
        unanswered: dict[str, str] = {}
        for what, options in _questions(opened, study):
            try:
                answers += [renamed(one, names) for one in opened.answers(what, **options)]
            except DeterError as error:
                unanswered[what] = str(error).splitlines()[0]
        return _Asked(answers, unanswered)

    def by(self, what: str) -> list[Renamed]:
        """Return the answers of one analysis."""
        return [one for one in self.answers if one.what == what]

    def results(self, kind: type[Any]) -> list[Any]:
        """Return the results of one kind."""
        return [one.result for one in self.answers if isinstance(one.result, kind)]

    def answer(self) -> Iterator[str]:
        """Yield the answer: of each analysis the first sentences, those that decide first."""
        said: list[str] = []
        for what in FIRST:
            answers = [one for one in self.by(what) if not isinstance(one.result, Variances)]
            own = [s for one in answers for s in sentences(one) if not _remark(s)]
            said += own[:OF_EACH]
        yield from (said or ["The sweep holds too little to answer with."])[:MOST]


def _remark(sentence: str) -> bool:
    return sentence.startswith(("Conditional", "Not told", "Told to have", "Each change"))


def _questions(opened: Opened, study: Study) -> list[tuple[str, dict[str, Any]]]:
    """Return what is asked: what the experiment wants, then what the design allows besides."""
    wanted = [(what, _without_empty(options)) for what, options in opened.own()]
    known = {what for what, _ in wanted}
    several, cases = len(study.frameworks) > 1, len(study.cases) > 1
    more = {
        "summary": True,
        "contrast": several,
        "sensitivity": cases and str(study.design["kind"]) not in ("latin_hypercube", "sobol"),
        "discover": str(study.design["kind"]) in ("latin_hypercube", "sobol"),
        "regret": several and cases,
    }
    return [*wanted, *((what, {}) for what, fits in more.items() if fits and what not in known)]


def _without_empty(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value not in (None, ())}


def _firm(opened: Opened, study: Study, asked: _Asked) -> Iterator[str]:
    total, guesses = assumed(opened)
    yield (
        f"Of the {total:,} numbers in force in the base {guesses:,} are assumptions. Every figure "
        "is conditional on them and on the ranges that were varied; none is a forecast."
    )
    if not study.complete:
        yield "The sweep is not finished: cases that are missing are left out. Go on with --resume."
    for found in asked.results(Variances)[:1]:
        yield from (s for s in sentences(Renamed("summary", "", found))[:1])
    for what, why in asked.unanswered.items():
        yield f"{TITLES.get(what, what)}: not answered ({why})."


def _facts(opened: Opened, study: Study) -> tuple[tuple[str, str], ...]:
    manifest = opened.manifest
    asked = manifest["replications"]
    runs = f"{asked['n']:,}" if "n" in asked else f"until {asked['measure']} is known"
    return (
        ("Scenario", str(opened.base["scenario"].get("title") or manifest["base"]["name"])),
        ("Frameworks", f"{len(study.frameworks):,}"),
        ("Cases", f"{len(study.cases):,} ({str(study.design['kind']).replace('_', ' ')})"),
        ("Histories of each", runs),
        ("Length of a history", f"{study.horizon:g} years"),
        ("Seed", str(study.seed)),
    )


# ------------------------------------------------------------------------------------ sections


def _sections(
    opened: Opened,
    study: Study,
    asked: _Asked,
    pictures: Sequence[Picture],
    rates: Sequence[Published],
) -> Iterator[Section]:
    yield Section("varied", "The scenario, and what was varied", tuple(_varied(opened, study)))
    if pictures:
        shown = picture_blocks(opened, pictures)
        yield Section("figures", "What was found, in pictures", shown)
    numbers = [one for one in asked.answers if one.what in NUMBERS]
    yield Section("numbers", "What was found, in numbers", tuple(_parts(numbers, opened)))
    changes = [one for one in asked.answers if one.what not in NUMBERS]
    yield Section("change", "What would change the answer", tuple(_changes(changes, opened)))
    pair = _pair(study)
    yield Section(
        "frameworks", "The frameworks side by side", tuple(framework_blocks(opened, pair))
    )
    held = ledger_blocks(opened, _resting(opened, study, asked))
    yield Section("ledger", "What it rests on", tuple(held))
    yield Section("record", "Beside the record", tuple(_record(opened, study, rates)))
    limits = [*map(str, opened.manifest.get("notes") or ())]
    yield Section("limits", "What it cannot tell", tuple(limit_blocks(limits)))
    commands = f"{opened.manifest['command']}\ndeter analyse {opened.place}"
    more = (("engine", str(opened.manifest["engine"])),)
    yield Section(
        "repeat", "How to repeat it", tuple(repeat_blocks(opened.manifest, commands, more))
    )


def _parts(answers: Sequence[Renamed], opened: Opened) -> Iterator[Block]:
    """Yield answers under a heading for each analysis."""
    for what in dict.fromkeys(one.what for one in answers):
        blocks: list[Block] = []
        for one in answers:
            if one.what == what:
                blocks += [b for b in answer_blocks(one, opened.seed) if b not in blocks]
        yield Part(TITLES.get(what, what), tuple(blocks))


def _changes(answers: Sequence[Renamed], opened: Opened) -> Iterator[Block]:
    if answers:
        yield from _parts(answers, opened)
    missing = [w for w in ("flip", "trade", "autopsy") if w not in {one.what for one in answers}]
    if missing:
        named = listed([f"{TITLES[w][:1].lower()}{TITLES[w][1:]} ({w})" for w in missing])
        yield Prose(
            (
                f"Not asked by this experiment: {named}. Each runs histories again; deter analyse "
                f"{opened.place} {missing[0]} asks it.",
            ),
            quiet=True,
        )


def _pair(study: Study) -> tuple[str, str] | None:
    names = [name for name in study.frameworks if name != "none"]
    return (names[0], names[1]) if len(names) > 1 else None


def _varied(opened: Opened, study: Study) -> Iterator[Block]:
    words = str(opened.base["scenario"].get("description") or "")
    if words:
        yield Prose((" ".join(words.split()),))
    if study.factors:
        grades = _grades(opened, study)
        rows = tuple(
            (f.label or f.name, _kind(f), _values(f), _paths(f.paths), grades[f.name])
            for f in study.factors
        )
        heads = ("what", "who decides", "values", "sets", "evidence")
        yield Table("What was varied", heads, rows, words=True)


def _paths(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"


def _kind(factor: StudyFactor) -> str:
    return "a drafter" if factor.kind == "lever" else "nobody knows it"


def _values(factor: StudyFactor) -> str:
    if factor.labels or factor.values:
        return ", ".join(str(one) for one in (factor.labels or factor.values or ()))
    if factor.joint:
        return f"joint sample {factor.joint}"
    drawn = {k: v for k, v in (factor.distribution or {}).items() if k in _SHOWN}
    kind = str(drawn.pop("distribution", "drawn"))
    unit = f" {factor.unit}" if factor.unit not in ("", "1", "p") else ""
    return f"{kind}: {', '.join(f'{k} {v}' for k, v in drawn.items())}{unit}"


_SHOWN = (
    "distribution", "value", "low", "mode", "high", "mean", "sd", "median", "sd_log", "a", "b",
    "values", "weights",
)  # fmt: skip


def _grades(opened: Opened, study: Study) -> dict[str, str]:
    """Return how well each thing that was varied is known; a lever is chosen and has no grade."""
    known = {e.path: e.evidence for name in study.frameworks for e in opened.ledger(name).entries}
    found = {}
    for factor in study.factors:
        own = (factor.distribution or {}).get("evidence")
        grade = own or known.get(factor.path, "assumption")
        found[factor.name] = "chosen" if factor.kind == "lever" else str(grade)
    return found


def _resting(opened: Opened, study: Study, asked: _Asked) -> list[Block]:
    """Return the share of variance that rests on what was varied and is an assumption."""
    grades = _grades(opened, study)
    guesses = [f for f in study.uncertainties if grades[f.name] == "assumption"]
    if not study.uncertainties:
        return [
            Prose(
                (
                    "Only clauses were varied; no uncertain number was. The share of variance that "
                    "rests on assumptions is therefore not known from this sweep: all numbers are "
                    "fixed, and every figure is conditional on them.",
                )
            )
        ]
    said = [
        f"{len(study.uncertainties):,} uncertain numbers were varied over the ranges above, "
        f"{len(guesses):,} of them assumptions ({listed([f.label or f.name for f in guesses])})."
    ]
    blocks: list[Block] = []
    sampled = str(study.design["kind"]) in SAMPLED
    for found in asked.results(Variances)[:1] if sampled else ():
        levers = "; clauses that were varied with them are in it" if study.levers else ""
        whole = len(guesses) == len(study.uncertainties)
        what = "these assumptions" if whole else "these numbers, assumptions or not,"
        said += [
            f"{name}, {varying(found.measure)}: {share(one.parameters)} of the variance between "
            f"histories comes from {what} taken together{levers}; the rest is chance."
            for name, one in found.splits.items()
            if one.parameters.estimate is not None
        ]
    for one in asked.results(Sobol)[:1]:
        rows = tuple(
            (
                i.factor,
                grades.get(i.factor, "joint sample"),
                percent_cell(i.first),
                percent_cell(i.total),
            )
            for i in one.indices
        )
        heads = ("what", "evidence", "by itself, %", "with interactions, %")
        blocks.append(Table("Shares of the variance between cases, by factor", heads, rows))
    said.append("What was not varied has no share here, however uncertain it is.")
    return [Prose(tuple(said)), *blocks]


def _record(opened: Opened, study: Study, rates: Sequence[Published]) -> list[Block]:
    names = called(study.titles)
    simulated: dict[str, list[tuple[str, Estimate]]] = {}
    for measure in dict.fromkeys(one.measure for one in rates):
        try:
            answers = opened.answers("summary", measure=measure)
        except DeterError:
            continue  # a measure that is no value a history
        for one in answers:
            if isinstance(one.result, Overview):
                simulated[measure] = _cells(one.result, names)
    return beside(rates, simulated, opened.scenario.begins.state, study.horizon)


def _cells(found: Overview, names: Mapping[str, str]) -> list[tuple[str, Estimate]]:
    several = len(found.labels) > 1
    return [
        (
            f"{names.get(n, n)}, {label}" if several else names.get(n, n),
            e.labelled(unit=found.unit, what=e.what),
        )
        for label, row in zip(found.labels, found.estimates, strict=True)
        for n, e in zip(found.frameworks, row, strict=True)
    ]


__all__ = ["swept_page"]
