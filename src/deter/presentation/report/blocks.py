"""What a page is made of: paragraphs, tables, figures, in sections, as plain values.

Templates lay these out and know nothing of estimates; what makes them knows nothing of HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text


@dataclass(frozen=True)
class Prose:
    """Paragraphs.

    Attributes
    ----------
    paragraphs : tuple of str
        In order.
    quiet : bool
        Whether they are remarks.
    """

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]
    quiet: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list.

    Attributes
    ----------
    items : tuple of str
        In order.
    """

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Terms, each with what holds of it.

    Attributes
    ----------
    pairs : tuple of (str, str)
        Term and value.
    """

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Commands:
    """Lines to type, or to save in a file.

    Attributes
    ----------
    text : str
        The lines.
    label : str
        What they are, for who hears the page.
    """

    kind: ClassVar[str] = "commands"
    text: str
    label: str


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row heads it.

    Attributes
    ----------
    caption : str
        What it shows, with the unit.
    heads : tuple of str
        Of the columns.
    rows : tuple of tuple of str
        Cells, as many a row as heads.
    words : bool
        Whether cells hold prose, and are set left; numbers are set right.
    """

    kind: ClassVar[str] = "table"
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure with its words and its data.

    Attributes
    ----------
    name, title, caption, alt : str
        As of :class:`deter.presentation.figures.Drawn`.
    svg : str
        An ``<svg>`` element, made by this project and safe to stand in a page as it is.
    data : tuple of Table
        The numbers behind it.
    """

    kind: ClassVar[str] = "picture"
    name: str
    title: str
    caption: str
    alt: str
    svg: str
    data: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Folded:
    """What a reader opens to see.

    Attributes
    ----------
    summary : str
        What is in it.
    blocks : tuple of Block
        That.
    """

    kind: ClassVar[str] = "folded"
    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Part:
    """A part of a section, with a heading of its own.

    Attributes
    ----------
    title : str
        Its heading.
    blocks : tuple of Block
        What it holds.
    """

    kind: ClassVar[str] = "part"
    title: str
    blocks: tuple[Block, ...]


Block = Prose | Bullets | Facts | Commands | Table | Picture | Folded | Part


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes
    ----------
    id, title : str
        Its anchor and its heading.
    blocks : tuple of Block
        What it holds.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A report.

    Attributes
    ----------
    title, question : str
        What it is about, and what was asked.
    answer : tuple of str
        The answer, in sentences; the first stands out.
    standing : tuple of str
        How firm that is: what it is conditional on, what it rests on, what would change it.
    key : tuple of Block
        What belongs to the summary: a small table, a figure.
    facts : tuple of (str, str)
        What was run, in a few words each.
    sections : tuple of Section
        All that follows.
    made : str
        When the results were made, and by which version.
    context : str
        What the scenario is, in a sentence or two.
    """

    title: str
    question: str
    answer: tuple[str, ...]
    standing: tuple[str, ...]
    key: tuple[Block, ...]
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...] = field(default=())
    made: str = ""
    context: str = ""


def pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    """Yield the figures in blocks, wherever they stand."""
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Folded | Part):
            yield from pictures(block.blocks)


def from_rich(shown: RenderableType) -> list[Block]:
    """Return what was made for the terminal as blocks: tables as tables, texts as paragraphs."""
    if isinstance(shown, Group):
        return [block for one in shown.renderables for block in from_rich(one)]
    if isinstance(shown, RichTable):
        return [_table(shown)]
    words = _plain(shown)
    return [Prose((words,), quiet=_is_dim(shown))] if words.strip() else []


def _table(shown: RichTable) -> Table:
    heads = tuple(" ".join(_plain(column.header).split()) for column in shown.columns)
    cells = [[_plain(cell) for cell in column.cells] for column in shown.columns]
    rows: Sequence[tuple[str, ...]] = list(zip(*cells, strict=True))
    title = "" if shown.title is None else " ".join(_plain(shown.title).split())
    return Table(title[:1].upper() + title[1:], heads, tuple(rows))


def _plain(shown: RenderableType) -> str:
    if isinstance(shown, Text):
        return shown.plain
    return Text.from_markup(shown).plain if isinstance(shown, str) else str(shown)


def _is_dim(shown: RenderableType) -> bool:
    return isinstance(shown, Text) and "dim" in str(shown.style)


__all__ = [
    "Block",
    "Bullets",
    "Commands",
    "Facts",
    "Folded",
    "Page",
    "Part",
    "Picture",
    "Prose",
    "Section",
    "Table",
    "from_rich",
    "pictures",
]
