"""The command ``analyse``: what a finished sweep says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deter.cli.common import JSON, console, guarded, note, print_json
from deter.errors import DeterError

if TYPE_CHECKING:
    from deter.inquiry import Answer

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
    from deter.inquiry import ask, questions
    from deter.presentation.sweeps import AS_GIVEN, stopping

    study = Study.open(folder)
    names = tuple(n for text in framework or [] for n in text.split(",") if n)
    found: list[Answer] = []
    refused: list[str] = []
    asked = questions(study, what or (), measure, names, options_of(options or []))
    for question in asked:
        try:
            answers = ask(study, question)
        except DeterError as error:
            if len(asked) == 1:
                raise
            refused.append(f"{question.what} cannot be answered: {error}")
            continue
        found += answers
        if not as_json:
            _show(question.what, answers)
    if study.rule is not None:
        others = any(answer.what != "summary" for answer in found)
        note(f"{stopping(study)} {AS_GIVEN}" if others else stopping(study))
    if not study.complete:
        note("the sweep is not finished; go on with deter sweep --resume")
    if as_json:
        print_json(
            {
                "folder": folder,
                "title": study.title,
                "complete": study.complete,
                "stopping": stopping(study) or None,
                "answers": [answer.as_dict() for answer in found],
                "refused": refused,
            }
        )
    if refused:
        raise DeterError("\n".join(refused))


def _show(what: str, answers: list[Answer]) -> None:
    from rich.text import Text

    from deter.presentation.answers import view

    screen = console()
    screen.print(Text(f"\n{what}", style="bold underline"))
    for answer in answers:
        screen.print(Text(answer.heading, style="bold"))
        screen.print(view(answer.result, answer.seed))


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
