"""Commands that show what is written, and run nothing: ``ledger``, ``rules``, ``frameworks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deter.cli.common import (
    JSON,
    SCENARIO,
    SETTINGS,
    console,
    guarded,
    note,
    plain_table,
    print_json,
)
from deter.errors import Fault, InputError

if TYPE_CHECKING:
    from deter.presentation.rules import Law
    from deter.spec.framework import Framework
    from deter.spec.ledger import Ledger
    from deter.spec.loading import LoadedScenario

MARKDOWN = Annotated[bool, typer.Option("--markdown", help="Print Markdown, to be pasted.")]


def _one_form(as_json: bool, markdown: bool) -> None:
    """Refuse two forms of output at once."""
    if as_json and markdown:
        message = "cannot be given together with --json; choose one"
        raise InputError((Fault("--markdown", 0, "", message),))


@guarded
def ledger(
    scenario: SCENARIO,
    frameworks: Annotated[
        list[str] | None,
        typer.Option(
            "-f",
            "--framework",
            help="Framework, by name or path; repeat for more; else the scenario's own.",
            metavar="FRAMEWORK",
        ),
    ] = None,
    settings: SETTINGS = None,
    only: Annotated[
        str | None,
        typer.Option(
            "--only", help="Show one part, as guarantors.DE or behaviour.", metavar="PATH"
        ),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Show each default by itself, even where several are alike."),
    ] = False,
    as_json: JSON = False,
    markdown: MARKDOWN = False,
) -> None:
    """List every number in force, its evidence, and where it was set.

    Each with its unit, the range allowed, its meaning and its source; how many are published,
    estimates or assumptions, in all and by section. With --json an object of scenario,
    framework, counts and entries; with several frameworks, a list of these under "ledgers".
    """
    _one_form(as_json, markdown)
    loaded = _under_each(scenario, frameworks or [], settings or [])
    note(*dict.fromkeys(words for case in loaded for words in case.notes))
    found = [_ledger(case, only) for case in loaded]
    if as_json:
        books = [one.as_dict() for one in found]
        print_json(books[0] if len(books) == 1 else {"ledgers": books})
    elif markdown:
        from deter.presentation.ledger import ledger_markdown

        typer.echo("\n\n".join(ledger_markdown(one) for one in found))
    else:
        _print_ledgers(found, everything)


def _under_each(scenario: str, names: list[str], settings: list[str]) -> list[LoadedScenario]:
    """Load a scenario under each framework, or under its own where none is named."""
    from deter.spec.loading import load_scenario

    wanted = [part.strip() for text in names for part in text.split(",")]
    if not wanted:
        return [load_scenario(scenario, settings)]
    return [load_scenario(scenario, settings, name) for name in wanted]


def _ledger(loaded: LoadedScenario, only: str | None) -> Ledger:
    from deter.spec.hints import did_you_mean, found, listing
    from deter.spec.ledger import ledger as ledger_of

    whole = ledger_of(loaded)
    if only is None:
        return whole
    part = whole.below(only.strip().strip("."))
    if not part.entries:
        known = {".".join(e.path.split(".")[:n]) for e in whole.entries for n in range(1, 9)}
        near = did_you_mean(only, sorted(known, key=lambda path: (path.count("."), path)))
        message = f"there is no number at or below {found(only)}{near}"
        message = f"{message} (sections: {listing(whole.sections())})"
        raise InputError((Fault("--only", 0, "", message),))
    return part


def _print_ledgers(found: list[Ledger], everything: bool) -> None:
    """Print the numbers of the scenario once, and those of each framework."""
    from deter.presentation.ledger import ledger_summary, ledger_tables

    screen = console()
    for place, one in enumerate(found):
        screen.print(ledger_summary(one))
        screen.print(
            ledger_tables(one if place == 0 else one.below("framework"), unfold=everything)
        )


@guarded
def rules(
    name: Annotated[
        str | None,
        typer.Argument(help="A law, as choice.logit, or a file of laws, as choice."),
    ] = None,
    as_json: JSON = False,
    markdown: MARKDOWN = False,
) -> None:
    """List the laws of the model, or tell one whole.

    Each with its signature, meaning, equation, units, source, where it departs from that, an
    example that runs, and the places that use it. With --json all of that for each law.
    """
    from deter.presentation import rule_tables
    from deter.presentation.rules import uses

    _one_form(as_json, markdown)
    wanted = _laws(name)
    if as_json:
        used = uses(wanted)
        print_json({"laws": [law.as_dict(used[law.name]) for law in wanted]})
    elif markdown:
        typer.echo(rule_tables.law_sections(wanted, uses(wanted)))
    elif len(wanted) == 1:
        (law,) = wanted
        typer.echo(rule_tables.law_entry(law, uses(wanted)[law.name]))
    else:
        console().print(rule_tables.law_list(wanted))


def _laws(name: str | None) -> list[Law]:
    """Return the laws that a name means: one law, those of a file, or all where none is given."""
    from deter.presentation.rules import laws, modules
    from deter.spec.hints import unknown

    known = list(laws())
    if name is None:
        return known
    asked = name.strip().removesuffix("()").removeprefix("theory.")
    found = [law for law in known if asked in (law.name, law.module)]
    found = found or [law for law in known if asked == law.function]
    if not found:
        words = [law.name if "." in asked else law.function for law in known]
        message = f"law {unknown(name, [*modules(), *words])}"
        raise InputError((Fault("rules", 0, "", message),))
    return found


@guarded
def frameworks(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="A framework, by name or path; or two, to see them side by side.",
            metavar="[NAME [NAME]]",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="With two: show in full what is alike, too.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """List the library's frameworks, tell one, or compare two.

    Two are compared clause by clause, differences first; layers are matched by their id, those
    left over by their order. With --json every clause has its text and the fields that differ.
    """
    asked = names or []
    if len(asked) > 2:
        message = f"found {len(asked)} frameworks; write none, one, or two to set side by side"
        raise InputError((Fault("frameworks", 0, "", message),))
    if not asked:
        _list_frameworks(as_json)
    elif len(asked) == 1:
        _tell_framework(asked[0], as_json)
    else:
        _set_side_by_side(asked[0], asked[1], as_json, everything)


def _list_frameworks(as_json: bool) -> None:
    from deter.spec.loading import list_frameworks

    entries = list_frameworks()
    if as_json:
        listed = [{"name": e.name, "title": e.title, "summary": e.summary} for e in entries]
        print_json({"frameworks": listed})
        return
    table = plain_table("framework", "title", "what it is")
    for entry in entries:
        table.add_row(entry.name, entry.title, entry.summary)
    console().print(table)


def _tell_framework(name: str, as_json: bool) -> None:
    from deter.presentation.clauses import describe
    from deter.spec.loading import load_framework

    called, framework = load_framework(name)
    if as_json:
        print_json({"name": called, **framework.model_dump(mode="json", by_alias=True)})
    else:
        typer.echo(describe(framework, called))


def _set_side_by_side(first: str, second: str, as_json: bool, everything: bool) -> None:
    from deter.presentation.side_by_side import side_by_side, side_by_side_tables

    one, other = _load_each(first, second)
    names = (one[0], other[0]) if one[0] != other[0] else (first, second)
    found = side_by_side(names, (one[1], other[1]))
    if as_json:
        print_json(found.as_dict())
    else:
        console().print(side_by_side_tables(found, unfold=everything))


def _load_each(*names: str) -> list[tuple[str, Framework]]:
    """Load frameworks; the faults of all come together."""
    from deter.spec.loading import load_framework

    loaded: list[tuple[str, Framework]] = []
    faults: list[Fault] = []
    for name in names:
        try:
            loaded.append(load_framework(name))
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(tuple(dict.fromkeys(faults)))
    return loaded
