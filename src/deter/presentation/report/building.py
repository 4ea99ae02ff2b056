"""From opened results to a page, and from a page to a file's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from deter.presentation.report.beside import Published
from deter.presentation.report.blocks import Page, Picture
from deter.presentation.report.rendering import render
from deter.presentation.report.trusting import trusted

if TYPE_CHECKING:
    from deter.presentation.opened import Answer, Opened

_SVG = re.compile(r"<svg\b[^>]*>")
_SPOKEN = re.compile(r'\s(?:role|aria-labelledby)="[^"]*"')


def html(
    opened: Opened,
    rates: Sequence[Published] = (),
    deeper: Sequence[Answer] = (),
) -> str:
    """Return the report of some results as one HTML file.

    Parameters
    ----------
    opened : Opened
        The results.
    rates : sequence of Published
        Published base rates, to stand beside simulated ones.
    deeper : sequence of Answer
        Of a comparison: what running histories again has answered.
    """
    return render(trusted(page(opened, rates, deeper), opened))


def page(
    opened: Opened,
    rates: Sequence[Published] = (),
    deeper: Sequence[Answer] = (),
) -> Page:
    """Return the report of some results as plain values."""
    pictures = list(_pictures(opened))
    if opened.study is not None:
        from deter.presentation.report.swept import swept_page

        return swept_page(opened, pictures, rates)
    from deter.presentation.report.compared import compared_page

    return compared_page(opened, pictures, rates, deeper)


def _pictures(opened: Opened) -> Iterator[Picture]:
    """Yield the figures that the results allow, each an element that says what it shows."""
    from matplotlib import pyplot as plt

    from deter.presentation import figures

    for one in figures.draw(opened):
        prefix = f"figure-{one.name}"
        drawn = spoken(figures.svg(one.figure, prefix), prefix, one.title, one.alt)
        plt.close(one.figure)
        yield Picture(one.name, one.title, one.caption, one.alt, drawn)


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


__all__ = ["html", "page", "spoken"]
