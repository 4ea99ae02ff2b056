"""What would change the answer of a comparison: what the rows say, and which command tells more."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from deter.presentation.assumptions import said as measured
from deter.presentation.report.blocks import Block, Bullets, Commands, Part, Prose
from deter.presentation.report.grounds import draw_file, numbers_of
from deter.presentation.report.naming import called
from deter.presentation.report.phrases import share, told
from deter.presentation.report.renaming import renamed
from deter.presentation.report.results import answer_blocks

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.presentation.opened import Answer, Opened
    from deter.spec.ledger import LedgerEntry

MEASURE = "p_full_attack"
TURNED = ("behaviour.binding_slope", "challenger.forces", "protege.forces")
"""Numbers that a flip is sought for: how much legal form counts, and the balance of forces."""

SHARE = 0.5
"""Part of a number by which it is turned to either side where it has no spread of its own."""

MOST_CAUSES = 3

REPLAYS = 500
"""Histories that are run again at each value, and with each repair."""


def change_blocks(
    opened: Opened,
    findings: Findings,
    pair: tuple[str, str] | None,
    deeper: Sequence[Answer],
) -> list[Block]:
    """Return what would change the answer of a run or a comparison.

    Parameters
    ----------
    opened : Opened
        The results.
    findings : Findings
        What they show.
    pair : tuple of str or None
        The two frameworks with the lowest estimates.
    deeper : sequence of Answer
        What running histories again has answered.
    """
    blocks: list[Block] = [Bullets(tuple(_said(findings, pair)))]
    blocks += [
        Part(WHAT.get(one.what, one.what), answer_blocks(one, opened.seed))
        for one in (renamed(one, called(opened.titles)) for one in deeper)
    ]
    blocks += _commands(opened, pair, asked=bool(deeper))
    return [block for block in blocks if not isinstance(block, Bullets) or block.items]


WHAT = {"flip": "Where two frameworks swap places", "autopsy": "Which repair would have helped"}


def _said(findings: Findings, pair: tuple[str, str] | None) -> Iterator[str]:
    """Yield what the rows themselves say: how near the next is, and what gave way."""
    names = called(findings.titles)
    if pair is not None:
        gap = findings.contrast(*pair)[MEASURE]
        yield _nearest(names[pair[0]], names[pair[1]], gap)
    for name in pair or findings.others or findings.frameworks:
        yield from _gave_way(names[name], findings, name)


def _nearest(one: str, other: str, gap: object) -> str:
    from deter.analysis.estimates import Estimate
    from deter.presentation.report.phrases import gap as gap_words

    assert isinstance(gap, Estimate)
    if told(gap):
        return (
            f"The two lowest estimates are those of {one} and {other}: under {one} a full attack "
            f"is {gap_words(gap)}. A change of assumptions that moves one against the other by "
            "that much would change their order."
        )
    return (
        f"The two lowest estimates are those of {one} and {other}, whose difference, "
        f"{gap_words(gap)}, is not told from none: chance alone may change their order."
    )


def _gave_way(called_so: str, findings: Findings, name: str) -> Iterator[str]:
    shares = {c: e for c, e in findings.failings.get(name, {}).items() if c != "held"}
    if name == findings.reference or not shares:
        return
    most = list(shares.items())[:MOST_CAUSES]
    named = [f"{code.replace('_', ' ')}, {share(e)} of attacks" for code, e in most]
    yield (
        f"What kept {called_so} from stopping attacks, the most frequent first: "
        f"{'; '.join(named)}. Terms that mend these are the first to change."
    )


def _commands(opened: Opened, pair: tuple[str, str] | None, *, asked: bool) -> Iterator[Block]:
    path = str(opened.manifest["path"])
    text = change_file(opened, pair, path)
    if text is None:
        return
    ready = "More can be asked." if asked else "This was not computed for this report."
    swap = "where two frameworks swap places, " if "flip" in text else ""
    yield Prose(
        (
            f"{ready} Save the lines below as change.yaml, where the comparison was run, and type "
            f"the two commands under them: they find {swap}in which conditions the guarantee "
            "fails, and which repaired clause would have saved which history.",
        )
    )
    yield Commands(text, "An experiment that tells what would change the answer")
    yield Commands(
        "deter sweep change.yaml -o changed\ndeter report changed -o changed.html",
        "Commands that run the experiment and report it",
    )


def change_file(opened: Opened, pair: tuple[str, str] | None, path: str) -> str | None:
    """Return an experiment that tells what would change the answer; None where none fits.

    Parameters
    ----------
    opened : Opened
        Results of a run or a comparison.
    pair : tuple of str or None
        Two frameworks to set against each other; else the first is asked about alone.
    path : str
        The scenario's file, as a user names it.
    """
    known = turned(opened)
    if not known:
        return None
    findings = opened.findings
    assert findings is not None
    names = pair or (findings.others or findings.frameworks)[:1]
    files = [name_of(opened, name) for name in names]
    lines = [
        f"title: {_quoted(f'What would change the answer: {opened.title}')}",
        f"question: {_quoted(_question(opened, names))}",
        f"base: {_quoted(path)}",
        f"frameworks: [{', '.join(map(_quoted, files))}]",
        *_settings(opened),
        "uncertainties:",
        *(
            f"  {name.replace('.', '_')}: "
            f"{{path: {name}, distribution: uniform, low: {low:g}, high: {high:g}}}"
            for name, (low, high) in known.items()
        ),
        "design: {kind: latin_hypercube, n: 200}",
        "replications: 50",
        f"seed: {opened.seed}",
        "analyses:",
        "  - summary",
    ]
    lines += [f"  - discover: {{framework: {names[0]}}}"]
    if len(names) > 1:
        lines += ["  - contrast", "  - regret"]
        lines += [
            f"  - flip: {{frameworks: [{', '.join(names)}], path: {name}, "
            f"low: {low:g}, high: {high:g}, n: {REPLAYS}}}"
            for name, (low, high) in list(known.items())[:1]
        ]
    lines += [f"  - autopsy: {{framework: {names[0]}, n: {REPLAYS}}}"]
    return "\n".join(lines)


def _question(opened: Opened, names: Sequence[str]) -> str:
    known = called(opened.titles)
    held = [known[name] for name in names]
    who = f"Does {held[0]} hold" if len(held) < 2 else f"Which of {held[0]} and {held[1]} is ahead"
    return f"{who} when the numbers most in doubt are others, and where does it fail?"


def turned(opened: Opened) -> dict[str, tuple[float, float]]:
    """Return the numbers that are turned to see what changes, each with its range."""
    ranges = {e.path: _range(e) for e in numbers_of(opened) if e.path in TURNED}
    found = {name: ranges[name] for name in TURNED if ranges.get(name) is not None}
    return {name: both for name, both in found.items() if both is not None}


def name_of(opened: Opened, name: str) -> str:
    """Return what a framework was asked for with, where the command tells it; else its name."""
    words = shlex.split(str(opened.manifest["command"]))
    asked = words[words.index("-f") + 1].split(",") if "-f" in words else []
    found = [one for one in asked if one == name or one.rsplit("/", 1)[-1].split(".")[0] == name]
    return found[0] if found else name


def _settings(opened: Opened) -> Iterator[str]:
    pairs = [str(text).partition("=") for text in opened.manifest["overrides"]]
    if pairs:
        yield "set:"
        yield from (f"  {path.strip()}: {value.strip()}" for path, _, value in pairs)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _range(entry: LedgerEntry) -> tuple[float, float] | None:
    if isinstance(entry.value, tuple) or entry.value == 0:
        return None
    low, high = entry.value * (1 - SHARE), entry.value * (1 + SHARE)
    low, high = min(low, high), max(low, high)
    low, high = max(low, entry.low), min(high, entry.high)
    return (low, high) if low < high else None


def resting_blocks(opened: Opened) -> list[Block]:
    """Return what is known of the share of variance that rests on assumptions, of a comparison."""
    if opened.trust is not None and opened.trust.resting:
        names = called(opened.titles)
        known = opened.trust.resting.items()
        return [Prose(tuple(measured(names.get(name, name), under) for name, under in known))]
    entries = numbers_of(opened)
    drawn = [e for e in entries if e.distribution is not None]
    path = str(opened.manifest["path"])
    text = draw_file(opened, path)
    if not drawn:
        said = (
            "No number of this scenario is drawn: all are fixed, and the spread of histories is "
            "chance alone. The share of variance that rests on assumptions is therefore not a "
            "small one but an unknown one; the command under “How far to trust this” measures it.",
        )
        return [Prose(said)]
    guesses = sum(e.evidence == "assumption" for e in drawn)
    many = "number is" if len(drawn) == 1 else "numbers are"
    if not guesses:
        return [
            Prose(
                (
                    f"{len(drawn):,} {many} drawn anew for each history, and none of them is an "
                    "assumption: every assumption is one fixed value. The share of variance that "
                    "rests on assumptions is therefore not a small one but an unknown one; the "
                    "command under “How far to trust this” measures it.",
                )
            )
        ]
    said = (
        f"{len(drawn):,} {many} drawn anew for each history, {guesses:,} of them assumptions; "
        "their spread is within the intervals. Which share of the variance they hold was not "
        "computed: the rows of a comparison do not keep what was drawn.",
    )
    if text is None:
        return [Prose(said)]
    ask = "This experiment computes it: save it as assumptions.yaml, then type the commands."
    return [
        Prose((*said, ask)),
        Commands(text, "An experiment that tells how much rests on assumptions"),
        Commands(
            "deter sweep assumptions.yaml -o assumed\ndeter report assumed -o assumed.html",
            "Commands that run it and report it",
        ),
    ]


__all__ = ["change_blocks", "change_file", "name_of", "resting_blocks", "turned"]
