"""Figures: each a function from what was estimated to the axes it is drawn on.

:func:`draw` draws those that results allow, :func:`available` says which these are and why others
are not among them, :func:`svg` makes one part of a page.
"""

from deter.presentation.figures.drawn import Drawn
from deter.presentation.figures.registry import Available, available, check, draw
from deter.presentation.figures.saving import FORMATS, png, saved, svg

__all__ = ["FORMATS", "Available", "Drawn", "available", "check", "draw", "png", "saved", "svg"]
