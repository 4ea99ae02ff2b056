"""A history told: what is told, and laid out as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deter.narrative.cast import Cast
from deter.narrative.causes import decisive
from deter.narrative.model import History
from deter.presentation.narrative.answers import Answer, answers
from deter.presentation.narrative.chronicle import Paragraph, chronicle
from deter.presentation.narrative.ending import ending
from deter.presentation.narrative.outcomes import told
from deter.presentation.narrative.phrases import dated, sentences
from deter.presentation.narrative.resentment import Mended
from deter.presentation.narrative.stopping import counted_as
from deter.presentation.narrative.terms import terms

WIDTH, GUTTER = 92, 13
NOTE = (
    "One invented history of many, told from the model's log. A percentage is the model's own "
    "chance, just before, of the event it stands beside; it is no estimate and no forecast. One "
    "history proves nothing about a text; “deter compare” runs many."
)
ENDING = "What became of it"


@dataclass(frozen=True)
class Told:
    """A history in prose.

    Attributes
    ----------
    title, address : str
        Scenario and framework; replication and seed.
    outcome : str
        What it comes to, in a few words.
    cast : Cast
        Who is in it.
    paragraphs : tuple of Paragraph
        The chronicle.
    ending : str
        What became of it.
    answers : tuple of Answer
        The three questions.
    code : str
        How the row counts the attack that decided, for those who read every line; may be empty.
    """

    title: str
    address: str
    outcome: str
    cast: Cast
    paragraphs: tuple[Paragraph, ...]
    ending: str
    answers: tuple[Answer, ...]
    code: str = ""

    def text(self, width: int = WIDTH) -> str:
        """Return it as plain text, wrapped."""
        blocks = [f"{self.title}\n{self.address} {self.outcome}", filled(NOTE, width)]
        asked = " ".join(terms(self.cast))
        blocks += [filled(asked, width)] if asked else []
        blocks += laid_out(self.paragraphs, self.cast, width) or ["Nothing happens."]
        blocks += closing(self, width)
        return "\n\n".join(blocks)


def tell(history: History, cast: Cast, address: str = "", mended: Mended | None = None) -> Told:
    """Tell a history.

    Parameters
    ----------
    history, cast : History, Cast
        What happened, and to whom.
    address : str
        Replication and seed, in words.
    mended : Mended, optional
        The same luck under other texts.
    """
    crisis = decisive(history, cast)
    return Told(
        f"{cast.scenario}, under {cast.framework}",
        address,
        f"It ends with: {told(history.row, cast)}." if history.row else "",
        cast,
        tuple(chronicle(history, cast)),
        sentences(" ".join(s for s in ending(history, cast) if s)),
        answers(history, cast, mended),
        "" if crisis is None else counted_as(crisis, cast),
    )


def closing(story: Told, width: int) -> list[str]:
    """Return the ending and the three answers as blocks."""
    blocks = [f"{ENDING.upper()}\n{filled(story.ending, width)}"]
    return blocks + [f"{a.question.upper()}\n{filled(a.text, width)}" for a in story.answers]


def filled(text: str, width: int, gutter: int = 0) -> str:
    """Return a paragraph wrapped to a width."""
    return textwrap.fill(
        text, width, subsequent_indent=" " * gutter, break_long_words=False, break_on_hyphens=False
    )


def laid_out(paragraphs: Iterable[Paragraph], cast: Cast, width: int = WIDTH) -> list[str]:
    """Return dated paragraphs as blocks, with the date in a gutter where it is new."""
    blocks: list[str] = []
    day = ""
    for paragraph in paragraphs:
        if not paragraph.text:
            continue
        if paragraph.head:
            blocks.append(f"{paragraph.head}\n{'-' * len(paragraph.head)}")
            day = ""
        date = dated(cast.start, paragraph.time)
        shown = f"{date if date != day else '':<{GUTTER}}{paragraph.text}"
        line = filled(shown, width, GUTTER)
        if date == day and blocks and not paragraph.head:
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
        day = date
    return blocks


def joined(stories: Sequence[str]) -> str:
    """Return texts one below the other."""
    return "\n\n".join(stories)
