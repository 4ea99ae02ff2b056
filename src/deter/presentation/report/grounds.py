"""What a result rests on: the ledger, the texts of the frameworks, its limits, how to repeat it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deter.presentation.clauses import about, clauses
from deter.presentation.ledger import amount, summary
from deter.presentation.report.blocks import (
    Block,
    Bullets,
    Commands,
    Facts,
    Folded,
    Part,
    Prose,
    Table,
)
from deter.presentation.side_by_side import side_by_side
from deter.spec.ledger import GRADES, counts, drawn

if TYPE_CHECKING:
    from deter.presentation.opened import Opened
    from deter.spec.framework import Framework, Layer
    from deter.spec.ledger import LedgerEntry

UNITS = {"1": "", "p": "share"}
GRADE_WORDS = {"published": "published", "estimate": "estimates", "assumption": "assumptions"}


def numbers_of(opened: Opened) -> list[LedgerEntry]:
    """Return every number in force under any framework, those of the scenario once."""
    names = list(opened.frameworks)
    books = [opened.ledger(name).entries for name in names]
    own = [entry for entry in books[0] if entry.section != "framework"]
    return [*own, *(entry for book in books for entry in book if entry.section == "framework")]


def assumed(opened: Opened) -> tuple[int, int]:
    """Return how many numbers are in force, and how many of them are assumptions."""
    many = counts(numbers_of(opened))
    return many["total"], many["assumption"]


# ---------------------------------------------------------------------------------- the ledger


def ledger_blocks(opened: Opened, resting: Sequence[Block]) -> list[Block]:
    """Return how well the numbers in force are known, and how much rests on assumptions.

    Parameters
    ----------
    opened : Opened
        The results.
    resting : sequence of Block
        What is known of the share of variance that assumptions hold.
    """
    entries = numbers_of(opened)
    uncertain = [one for one in entries if one.distribution is not None]
    many = counts(entries)
    first = opened.ledger(next(iter(opened.frameworks)))
    told = summary(type(first)(first.title, first.scenario, first.framework, tuple(entries)))
    fixed = many["total"] - len(uncertain)
    return [
        Prose(
            (
                told,
                f"{fixed:,} of them are fixed and {len(uncertain):,} are drawn anew for each "
                "history. No interval in this report covers what the fixed ones leave out: every "
                "figure is conditional on them.",
            )
        ),
        _grades(opened),
        Part("How much of the result rests on assumptions", tuple(resting)),
        *_uncertain(uncertain),
        *_set(entries),
    ]


def _grades(opened: Opened) -> Table:
    """Return how many numbers of each grade there are, by section and by framework."""
    heads = ("numbers", *(GRADE_WORDS.get(g, g) for g in GRADES), "in all", "defaults")
    first, *_ = opened.frameworks
    parts = opened.ledger(first).sections()
    rows = [(name, list(part)) for name, part in parts.items() if name != "framework"]
    for name, title in opened.titles.items():
        own = [e for e in opened.ledger(name).entries if e.section == "framework"]
        if own:
            rows.append((f"framework: {title}", own))
    return Table(
        "How well the numbers in force are known, by part of the scenario and by framework",
        heads,
        tuple(
            (name, *(f"{counts(held)[key]:,}" for key in (*GRADES, "total", "default")))
            for name, held in rows
        ),
    )


def _uncertain(entries: Sequence[LedgerEntry]) -> Iterator[Block]:
    if not entries:
        return
    rows = tuple((e.path, f"{amount(e)} {_unit(e)}".strip(), e.evidence) for e in entries)
    table = Table(
        "Numbers drawn anew for each history, with their distributions",
        ("number", "distribution", "evidence"),
        rows,
        words=True,
    )
    yield Folded(f"The {len(entries):,} numbers that are drawn for each history", (table,))


def _set(entries: Sequence[LedgerEntry]) -> Iterator[Block]:
    """Yield, section by section, the numbers that a file sets; defaults are only counted."""
    held: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        if not entry.default:
            held.setdefault(entry.section, []).append(entry)
    for name, part in held.items():
        rows = dict.fromkeys(
            (e.path, f"{amount(e)} {_unit(e)}".strip(), e.evidence, e.source or "–") for e in part
        )
        table = Table(
            f"Numbers under {name} that a file sets",
            ("number", "value", "evidence", "source"),
            tuple(rows),
            words=True,
        )
        yield Folded(f"Every number that a file sets: {name} ({len(rows):,})", (table,))
    yield Prose(
        (
            "Defaults of the schema and constants of the laws are not listed here; deter ledger "
            "and deter rules tell them, each with its meaning and its source.",
        ),
        quiet=True,
    )


def _unit(entry: LedgerEntry) -> str:
    return UNITS.get(entry.unit, entry.unit)


def draw_file(opened: Opened, path: str) -> str | None:
    """Return an experiment that tells how much the drawn assumptions hold; None where none is.

    Parameters
    ----------
    opened : Opened
        Results of a run or a comparison.
    path : str
        The scenario's file, as a user names it.
    """
    entries = [
        e
        for e in numbers_of(opened)
        if e.distribution is not None and e.evidence == "assumption" and e.section != "framework"
    ]
    if not entries:
        return None
    lines = [
        f"title: How much rests on assumptions in {opened.title}",
        f"base: {path}",
        f"frameworks: [{', '.join(opened.frameworks)}]",
        "uncertainties:",
        *(
            f"  u{k}: {{path: {e.path}, {_flow(drawn(e.distribution))}}}"
            for k, e in _numbered(entries)
        ),
        "design: {kind: latin_hypercube, n: 200}",
        "replications: 50",
        "analyses: [summary]",
    ]
    return "\n".join(lines)


def _numbered(entries: Iterable[LedgerEntry]) -> Iterator[tuple[int, LedgerEntry]]:
    return enumerate(entries, 1)


def _flow(written: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (written or {}).items())


# ------------------------------------------------------------------------------- the frameworks


def framework_blocks(opened: Opened, pair: tuple[str, str] | None) -> list[Block]:
    """Return the frameworks side by side: all by their main terms, two clause by clause.

    Parameters
    ----------
    opened : Opened
        The results.
    pair : tuple of str or None
        The two to lay side by side.
    """
    found: list[Block] = [_terms(opened.frameworks)]
    if pair is not None:
        found.append(_pair(opened.frameworks, pair))
    return [
        *found,
        *(
            Folded(f"{framework.title}, clause by clause", tuple(_told(framework)))
            for framework in opened.frameworks.values()
            if framework.layers
        ),
    ]


def _terms(frameworks: Mapping[str, Framework]) -> Table:
    heads = ("framework", "layer", "legal form", "owed", "decision", "in place", "in force")
    rows: list[tuple[str, ...]] = []
    for framework in frameworks.values():
        if not framework.layers:
            rows.append((framework.title, *["–"] * (len(heads) - 1)))
        for k, layer in enumerate(framework.layers):
            rows.append((framework.title if not k else "", *_main(layer)))
    return Table(
        "The frameworks by their main terms, a line for each layer", heads, tuple(rows), words=True
    )


def _main(layer: Layer) -> tuple[str, ...]:
    said = {clause.name: clause.text for clause in clauses(layer)}
    wanted = ("binding", "obligation", "decision", "presence", "activation")
    return (layer.title or layer.id, *(said.get(name, "–") for name in wanted))


def _pair(frameworks: Mapping[str, Framework], pair: tuple[str, str]) -> Part:
    found = side_by_side(pair, (frameworks[pair[0]], frameworks[pair[1]]))
    heads = ("clause", *found.titles)
    blocks: list[Block] = []
    for one in found.layers:
        differing = [c for c in one.clauses if not c.alike]
        alike = [c.clause for c in one.clauses if c.alike]
        named = " and ".join(dict.fromkeys(t for t in one.titles if t != "–"))
        if differing:
            rows = tuple((c.clause, *c.texts) for c in differing)
            blocks.append(Table(f"{named}: clauses that differ", heads, rows, words=True))
        if alike:
            blocks.append(Prose((f"Alike in {named}: {', '.join(alike)}.",), quiet=True))
    if found.whole:
        rows = tuple((c.clause, *c.texts) for c in found.whole)
        blocks.append(Table("The frameworks as a whole", heads, rows, words=True))
    return Part(f"{found.titles[0]} beside {found.titles[1]}", tuple(blocks))


def _told(framework: Framework) -> Iterator[Block]:
    if framework.summary:
        yield Prose((" ".join(framework.summary.split()),))
    for layer in framework.layers:
        rows = tuple((c.name, c.text) for c in clauses(layer))
        yield Table(layer.title or layer.id, ("clause", "what it says"), rows, words=True)
    whole = tuple(about(framework))
    if whole:
        yield Table("The framework as a whole", ("clause", "what it says"), whole, words=True)
    if framework.sources:
        yield Bullets(tuple(framework.sources))


# ------------------------------------------------------------------------ limits, repeating it


LIMITS = (
    "It does not forecast. Each figure says what follows from the numbers written into the "
    "scenario; where those are wrong, so is the figure, however narrow its interval.",
    "The intervals cover chance and the distributions that were written down. They do not cover "
    "what the model leaves out: signalling with nuclear weapons, the persons who lead, alliances "
    "that shift elsewhere, the economy as a whole.",
    "Differences between frameworks that met the same luck are firmer than the levels they are "
    "made of, and an order of frameworks is firmer than the size of a difference.",
    "That two frameworks are not told apart means that this run cannot tell, not that they are "
    "alike; more histories can tell smaller differences, and no number of them mends an "
    "assumption.",
    "Which histories a framework would have spared rests on pairing histories by their luck. "
    "Nobody can observe such pairs; the bounds beside these shares hold whatever the pairing.",
    "A framework is taken as it is written and assumed to be agreed. Whether anybody would sign "
    "it is not part of the figures.",
)


def limit_blocks(more: Sequence[str]) -> list[Block]:
    """Return what the results cannot tell; first what is particular to this run."""
    return [Bullets((*more, *LIMITS))]


def repeat_blocks(
    manifest: Mapping[str, Any], commands: str, more: Sequence[tuple[str, str]] = ()
) -> list[Block]:
    """Return how to make the same results again.

    Parameters
    ----------
    manifest : mapping
        Of the results folder.
    commands : str
        Lines to type.
    more : sequence of (str, str)
        Further facts.
    """
    versions = {str(k): str(v) for k, v in manifest["versions"].items()}
    digests = tuple((str(n), str(d)) for n, d in manifest["frameworks"].items())
    return [
        Prose(
            (
                "The same command with the same version and the same files gives the same rows, "
                "whichever engine runs it and on however many cores.",
            )
        ),
        Commands(commands, "Commands that repeat the results"),
        Facts((("seed", str(manifest["seed"])), *more)),
        Folded(
            "Versions and digests",
            (
                Table("Versions", ("of", "version"), tuple(versions.items()), words=True),
                Table(
                    "Digests of the scenario under each framework",
                    ("framework", "digest"),
                    digests,
                    words=True,
                ),
            ),
        ),
    ]


__all__ = [
    "assumed",
    "draw_file",
    "framework_blocks",
    "ledger_blocks",
    "limit_blocks",
    "numbers_of",
    "repeat_blocks",
]
