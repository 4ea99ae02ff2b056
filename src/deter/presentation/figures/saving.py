"""Figures as files: the same bytes for the same figure, nothing fetched from anywhere."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deter.errors import Fault, InputError, OutputError
from deter.files import cannot_write, reason
from deter.presentation.figures import style
from deter.presentation.figures.layout import without_words
from deter.spec.hints import unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from deter.presentation.figures.drawn import Drawn

FORMATS = ("png", "svg", "pdf")

_NOTHING: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}
"""What is left out of each format: the date, and who made it."""

_HEAD = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>", re.DOTALL)
_REFERENCE = re.compile(r'(\bid="|(?:xlink:)?href="#|url\(#)')


def saved(figure: Figure, form: str, *, words: bool = True) -> bytes:
    """Return a figure as a file of a format.

    Parameters
    ----------
    figure : Figure
        Which.
    form : {"png", "svg", "pdf"}
        The format.
    words : bool
        With its title and its note; without, where they stand beside it.
    """
    import matplotlib as mpl

    buffer = io.BytesIO()
    plain = contextlib.nullcontext(None) if words else without_words(figure)
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "deter", "pdf.fonttype": 42}),
        plain as part,
    ):
        figure.savefig(
            buffer, format=form, dpi=style.DPI, metadata=_NOTHING[form], bbox_inches=part
        )
    return buffer.getvalue()


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG, the same bytes for the same figure."""
    return saved(figure, "png")


def svg(figure: Figure, prefix: str, *, words: bool = True) -> str:
    """Return a figure as an ``<svg>`` element that can stand in a page beside others.

    Parameters
    ----------
    figure : Figure
        Which.
    prefix : str
        Put before every id, so that no two figures of a page share one; a name without spaces.
    words : bool
        With title and note in the picture.

    Returns
    -------
    str
        The element alone, its text as text, without any reference to the outside; the same for
        the same figure.
    """
    text = _HEAD.sub("", saved(figure, "svg", words=words).decode("utf-8")).strip()
    return _REFERENCE.sub(rf"\g<1>{prefix}-", text)


def check_form(form: str, where: str = "form") -> None:
    """Say that there is no such format, before anything is drawn.

    Raises
    ------
    InputError
        If there is none.
    """
    if form not in FORMATS:
        raise InputError((Fault(where, 0, "", unknown(form, list(FORMATS))),))


def check_pictures(folder: str | Path) -> Path:
    """Return the folder for pictures, made if it is not there.

    Raises
    ------
    OutputError
        If nothing can be written there.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise OutputError(f"{folder}: pictures cannot be written there: {reason(error)}") from None
    return place


def write(drawn: Drawn, place: Path, form: str) -> Path:
    """Write a picture, and beside it its words; return the picture's path.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    picture = place / f"{drawn.name}.{form}"
    words = f"{drawn.title}\n\n{drawn.caption}\n\nIn words: {drawn.alt}\n"
    try:
        picture.write_bytes(saved(drawn.figure, form))
        picture.with_suffix(".txt").write_text(words, "utf-8")
    except OSError as error:
        raise OutputError(cannot_write(picture, error)) from None
    return picture


__all__ = ["FORMATS", "check_form", "check_pictures", "png", "saved", "svg", "write"]
