"""Answers about a sweep: tables and words for the terminal, data for JSON, by kind of result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import RenderableType

from deter.analysis.crossing import Flip
from deter.analysis.exchange import Exchange
from deter.analysis.incidence import PeaceTable
from deter.analysis.overview import Contrast, Overview, Variances
from deter.analysis.rescue import Autopsy
from deter.presentation import analyses, peace, replays
from deter.presentation.overviews import contrast_view, overview_view, variances_view

WIDTH = 100


def view(result: Any, seed: int) -> RenderableType:
    """Return a result as tables, with its sentences below.

    Parameters
    ----------
    result : object
        A result of :mod:`deter.analysis`.
    seed : int
        Of the sweep, for the commands that repeat a history.
    """
    if isinstance(result, PeaceTable):
        return peace.peace_view(result, seed)
    for kind, shown in VIEWS.items():
        if isinstance(result, kind):
            return shown(result)
    return analyses.tables(result)


def as_text(result: Any, seed: int, width: int = WIDTH) -> str:
    """Return what :func:`view` shows as plain text."""
    from io import StringIO

    from rich.console import Console

    page = StringIO()
    screen = Console(
        file=page, width=width, color_system=None, highlight=False, legacy_windows=False
    )
    screen.print(view(result, seed))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def as_dict(result: Any) -> Any:
    """Return a result as plain data."""
    for kind, told in DICTS.items():
        if isinstance(result, kind):
            return told(result)
    return analyses.as_dict(result)


VIEWS: dict[type[Any], Callable[[Any], RenderableType]] = {
    Flip: replays.flip_view,
    Exchange: replays.exchange_view,
    Autopsy: replays.autopsy_view,
    Overview: overview_view,
    Contrast: contrast_view,
    Variances: variances_view,
}
DICTS: dict[type[Any], Callable[[Any], Any]] = {
    Flip: replays.flip_dict,
    Exchange: replays.exchange_dict,
    Autopsy: replays.autopsy_dict,
    PeaceTable: peace.peace_dict,
}


__all__ = ["as_dict", "as_text", "view"]
