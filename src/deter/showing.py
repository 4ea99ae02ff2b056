"""Results as pictures and as a report, from Python: what ``deter plot`` and ``deter report`` do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deter.experiments.study import Study
    from deter.presentation.figures import Drawn
    from deter.results import Results


def plot(
    results: Results | Study | str | Path,
    only: str | Sequence[str] | None = None,
    *,
    out: str | Path | None = None,
    form: str = "png",
    **options: Any,
) -> list[Drawn]:
    """Draw the figures that results allow, as ``deter plot`` does.

    Parameters
    ----------
    results : Results, Study, str or Path
        What :func:`deter.run`, :func:`deter.compare` or :func:`deter.sweep` returned, or a folder
        that they, or the commands of these names, have written.
    only : str or sequence of str, optional
        Names of figures: ``comparison``, ``peace``, ``race``, ``causes``, ``flow``, ``ladder``,
        ``tornado``, ``sobol``, ``heat``, ``box``, ``regret``, ``exchange``, ``autopsy``. Where
        none is named: what an experiment lists under ``plots``, else all that the results allow
        without running histories again.
    out : str or Path, optional
        A folder to write them to, each with a text beside it; nothing is written where none is
        named.
    form : {"png", "svg", "pdf"}
        Format of these files.
    **options
        Of the figures, as after ``--with``: ``measure``, ``frameworks``, and what the analyses
        behind them take.

    Returns
    -------
    list of Drawn
        Each with ``name``, ``title``, ``caption``, ``alt`` (what it says in words), ``figure`` (a
        matplotlib figure, in inches) and ``data`` (tables of the numbers behind it, with their
        intervals). A notebook shows the picture.

    Raises
    ------
    InputError
        If there is no figure of a name, or the results do not allow it.
    OutputError
        If the folder is no results folder, is damaged, or nothing can be written to ``out``.
    """
    from deter.presentation.figures import check, draw
    from deter.presentation.figures.saving import check_form, check_pictures, write
    from deter.reopening import opened_of

    check_form(form)
    opened = opened_of(results)
    names = [only] if isinstance(only, str) else only
    check(opened, names)
    place = None if out is None else check_pictures(out)
    made = []
    for drawn in draw(opened, names, options):
        if place is not None:
            write(drawn, place, form)
        made.append(drawn)
    return made


def report(
    results: Results | Study | str | Path,
    out: str | Path | None = None,
    *,
    deep: bool | None = None,
    workers: int = 1,
) -> Path:
    """Write the report of some results as one HTML file, as ``deter report`` does.

    Parameters
    ----------
    results : Results, Study, str or Path
        As for :func:`plot`.
    out : str or Path, optional
        The file. Where not given, the folder's name with ``.html`` after it; of a run or a
        comparison that is in no folder, ``report.html``.
    deep : bool, optional
        Run histories again to say what would change the answer, or never; where not said, only
        what an experiment itself asks for is run.
    workers : int
        For that.

    Returns
    -------
    Path
        The file that was written, whole or not at all.

    Raises
    ------
    OutputError
        If the folder is no results folder or is damaged, or the file cannot be written.
    """
    from deter import reporting
    from deter.experiments.study import Study
    from deter.results import Results

    if out is None and not isinstance(results, Results):
        out = reporting.usual_place(results.place if isinstance(results, Study) else results)
    place = reporting.check_place(out or "report.html")
    return reporting.write(reporting.report(results, deep=deep, workers=workers), place)


__all__ = ["plot", "report"]
