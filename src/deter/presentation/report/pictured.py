"""Figures in a report: pictures whose words are those of the page, and the numbers behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from deter.presentation.report.blocks import Block, Picture, Prose, Table
from deter.presentation.words import capital

if TYPE_CHECKING:
    from deter.presentation.opened import Opened

_SVG = re.compile(r"<svg\b[^>]*>")
_SPOKEN = re.compile(r'\s(?:role|aria-labelledby)="[^"]*"')


def pictures_of(opened: Opened) -> Iterator[Picture]:
    """Yield the figures that results allow, each an element that says what it shows.

    Title and note stand beside the picture and not in it, and what all figures are conditional on
    is left to :func:`picture_blocks`, so that each thing is said once.
    """
    from deter.presentation import figures
    from deter.presentation.figures.notes import condition

    shared = condition(opened)
    for one in figures.draw(opened):
        prefix = f"figure-{one.name}"
        drawn = figures.svg(one.figure, prefix, words=False)
        yield Picture(
            name=one.name,
            title=capital(one.title.removeprefix(f"{opened.title}: ")),
            caption=one.caption.replace(shared, "").strip(),
            alt=one.alt,
            svg=spoken(drawn, prefix, one.title, one.alt),
            data=tuple(Table(n.caption, n.heads, n.rows) for n in one.data),
        )


def picture_blocks(opened: Opened, pictures: Sequence[Picture]) -> tuple[Block, ...]:
    """Return the figures below what all of them are conditional on."""
    from deter.presentation.figures.notes import condition

    return (Prose((condition(opened),), quiet=True), *pictures)


def spoken(svg: str, prefix: str, title: str, alt: str) -> str:
    """Return an ``<svg>`` that is one picture with a name and a description to who hears it.

    Examples
    --------
    >>> told = spoken('<svg width="9"><g/></svg>', "a", "Dots", "Two dots.")
    >>> told.startswith('<svg width="9" role="img" aria-labelledby="a-title a-desc"><title')
    True
    """
    found = _SVG.search(svg)
    assert found is not None, "a figure is an svg element"
    opening = _SPOKEN.sub("", found.group())[:-1]
    words = (
        f'{opening} role="img" aria-labelledby="{prefix}-title {prefix}-desc">'
        f'<title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(alt)}</desc>'
    )
    return svg[: found.start()] + words + svg[found.end() :]


__all__ = ["picture_blocks", "pictures_of", "spoken"]
