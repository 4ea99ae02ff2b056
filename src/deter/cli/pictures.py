"""Pictures of one replication: where they go, and drawing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from deter.errors import Fault, InputError, OutputError
from deter.files import cannot_write

if TYPE_CHECKING:
    from deter.api import Story

FORMATS = (".png", ".svg", ".pdf")


def check_picture(path: str) -> None:
    """Say before anything runs that a picture cannot be written where it is asked for.

    Raises
    ------
    InputError
        If the ending is none of those known.
    OutputError
        If the folder is not there or cannot be written to.
    """
    place = Path(path)
    if place.suffix.lower() not in FORMATS:
        found = f"found {place.suffix!r}" if place.suffix else f"{path!r} has no ending"
        raise InputError(
            (Fault("--plot", 0, "", f"{found}; end the name in {', '.join(FORMATS)}"),)
        )
    if place.is_dir():
        raise OutputError(f"{path} is a folder; name a file")
    if not place.parent.is_dir():
        raise OutputError(f"{place.parent} is not there; make the folder first")


def draw_story(story: Story, path: str) -> list[str]:
    """Draw a replication as lanes of actors, and its credibility in a file beside it.

    Returns
    -------
    list of str
        The files.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    from deter.presentation.figures.saving import saved

    first = Path(path)
    files = {"timeline": first, "credibility": first.with_stem(f"{first.stem}-credibility")}
    form = first.suffix.lower().removeprefix(".")
    try:
        for name, place in files.items():
            place.write_bytes(saved(story.figure(name).figure, form))
    except OSError as error:
        raise OutputError(cannot_write(path, error)) from None
    return [str(place) for place in files.values()]
