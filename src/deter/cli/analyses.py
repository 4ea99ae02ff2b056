"""The command ``analyse``: what a finished sweep says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deter.cli.common import JSON, console, guarded, note, print_json

if TYPE_CHECKING:
    from deter.inquiry import Answer, Question

WORDS = (
    "summary, contrast, sensitivity, discover, regret, flip, trade, autopsy, survival, enough; "
    "those of the experiment where none is named"
)


@guarded
def analyse(
    folder: Annotated[str, typer.Argument(help="Results of a sweep.", metavar="DIR")],
    what: Annotated[
        list[str] | None, typer.Argument(help=f"Which: {WORDS}.", metavar="[ANALYSIS]...")
    ] = None,
    measure: Annotated[
        str | None, typer.Option("-m", "--measure", help="Measure; else p_full_attack.")
    ] = None,
    framework: Annotated[
        list[str] | None,
        typer.Option("-f", "--framework", help="Frameworks asked about; all where none is named."),
    ] = None,
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Option of the analysis, as half_width=0.01, path=guarantors.US.resolve, low=-1, "
            "high=1, currency=…, above=0.1, better=higher, threshold=0.2, case=3, n=5000.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    as_json: JSON = False,
) -> None:
    """Ask a finished sweep: tables with intervals, and what they say."""
    from deter.experiments.study import Study
    from deter.inquiry import ask

    study = Study.open(folder)
    found: list[Answer] = []
    for question in _questions(study, what, measure, framework, options):
        answers = ask(study, question)
        found += answers
        if not as_json:
            _show(question, answers, study.seed)
    if not study.complete:
        note("the sweep is not finished; go on with deter sweep --resume")
    if as_json:
        from deter.presentation.answers import as_dict

        print_json(
            {
                "folder": folder,
                "title": study.title,
                "complete": study.complete,
                "answers": [
                    {"analysis": a.what, "about": a.heading, "result": as_dict(a.result)}
                    for a in found
                ],
            }
        )


def _show(question: Question, answers: list[Answer], seed: int) -> None:
    from rich.text import Text

    from deter.presentation.answers import view

    screen = console()
    screen.print(Text(f"\n{question.what}", style="bold underline"))
    for answer in answers:
        screen.print(Text(answer.heading, style="bold"))
        screen.print(view(answer.result, seed))


def _questions(
    study: Any,
    what: list[str] | None,
    measure: str | None,
    framework: list[str] | None,
    options: list[str] | None,
) -> list[Question]:
    from dataclasses import replace

    from deter.inquiry import MEASURE, Question, questions_of

    names = tuple(n for text in framework or [] for n in text.split(",") if n)
    more = options_of(options or [])
    if not what:
        own = questions_of(study)
        return [
            replace(
                q,
                measure=measure or q.measure,
                frameworks=names or q.frameworks,
                options={**q.options, **more},
            )
            for q in own
        ]
    return [Question(one, measure or MEASURE, names, more) for one in what]


def options_of(texts: list[str]) -> dict[str, Any]:
    """Return what follows ``--with`` as plain data."""
    from deter.errors import Fault, InputError
    from deter.spec.tree import plain
    from deter.spec.yaml_reader import parse_value

    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            message = f"found {text!r}; write NAME=VALUE"
            raise InputError((Fault("--with", 0, "", message),))
        found[name.strip()] = plain(parse_value(value.strip()))
    return found
