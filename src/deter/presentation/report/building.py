"""From opened results to a page, and from a page to a file's text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deter.presentation.report.beside import Published
from deter.presentation.report.blocks import Page
from deter.presentation.report.pictured import pictures_of
from deter.presentation.report.rendering import render
from deter.presentation.report.trusting import trusted

if TYPE_CHECKING:
    from deter.presentation.opened import Answer, Opened


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
    pictures = list(pictures_of(opened))
    if opened.study is not None:
        from deter.presentation.report.swept import swept_page

        return swept_page(opened, pictures, rates)
    from deter.presentation.report.compared import compared_page

    return compared_page(opened, pictures, rates, deeper)


__all__ = ["html", "page"]
