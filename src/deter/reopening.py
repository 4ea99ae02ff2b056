"""Results that were written are opened again: by ``deter plot``, by ``deter report``, in Python."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deter.errors import Fault, InputError, OutputError
from deter.experiments.store import BASE, MADE_BY, MANIFEST, ROWS
from deter.files import reason
from deter.presentation.opened import Kind, Opened
from deter.spec.hints import unknown

if TYPE_CHECKING:
    from deter.analysis.findings import Findings
    from deter.experiments.study import Study
    from deter.inquiry import Answer
    from deter.results import Results


def reopen(path: str | Path) -> Opened:
    """Open a results folder of ``run``, ``compare`` or ``sweep``.

    Rows stay in their file and are read as they are needed, a column of one framework at a time.

    Parameters
    ----------
    path : str or Path
        The folder.

    Raises
    ------
    OutputError
        If it is none, is damaged, or was written by a deter that did not keep what is needed.
    """
    place = Path(path)
    manifest = _manifest(place)
    if manifest.get("kind") == "sweep":
        return _sweep(place)
    return _compared(place, manifest)


def opened_of(kept: Results | Study | str | Path) -> Opened:
    """Return results as they open: what a call in Python returned, or a folder of them.

    Parameters
    ----------
    kept : Results, Study, str or Path
        Of ``run`` or ``compare``, of ``sweep``, or a folder that one of them has written.

    Raises
    ------
    OutputError
        As for :func:`reopen`.
    """
    from deter.experiments.study import Study
    from deter.results import Results

    if isinstance(kept, Study):
        return _of_study(kept, kept.place)
    if not isinstance(kept, Results):
        return reopen(kept)
    opened, findings = kept.opened, kept.findings

    def asking(what: str, options: Mapping[str, Any]) -> Sequence[Again]:
        return _run_again(opened.manifest, findings, what, options)

    return replace(opened, asking=asking)


def _manifest(place: Path) -> dict[str, Any]:
    if not place.exists():
        raise OutputError(f"{place}: there is no such folder")
    if not place.is_dir():
        raise OutputError(f"{place}: is a file; name a folder of results")
    file = place / MANIFEST
    if not file.is_file():
        raise OutputError(
            f"{place}: is no results folder of deter (there is no {MANIFEST} in it); name one that "
            "`deter compare`, `deter run -o` or `deter sweep` wrote"
        )
    document = _read(file)
    if document.get("made_by") != MADE_BY:
        raise OutputError(f"{file}: was not written by deter; name a results folder of deter")
    return document


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{file}: cannot be read: {reason(error)}; {AGAIN}") from None
    if not isinstance(document, dict):
        raise OutputError(f"{file}: holds no object; {AGAIN}")
    return document


AGAIN = "the folder is damaged, make the results again"


# ---- runs and comparisons


def _compared(place: Path, manifest: Mapping[str, Any]) -> Opened:
    base = _base(place)
    from deter.analysis.findings import Findings
    from deter.experiments.kept import kept_rows

    try:
        names = list(manifest["frameworks"])
        titles = {n: str(base["frameworks"][n].get("title") or n) for n in names}
        findings = Findings(
            rows=kept_rows(place / ROWS, names),
            scenario=str(manifest["scenario"]),
            title=str(base["scenario"].get("title") or manifest["scenario"]),
            titles=titles,
            reference=manifest["reference"],
            n=int(manifest["n"]),
            asked=int(manifest["asked"]),
            seed=int(manifest["seed"]),
            engine=str(manifest["engine"]),
            workers=str(manifest["workers"]),
            horizon=float(manifest["horizon_years"]),
            notes=tuple(manifest["notes"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutputError(
            f"{place / MANIFEST}: does not say all it should ({type(error).__name__}: {error}); "
            f"{AGAIN}"
        ) from None

    def asking(what: str, options: Mapping[str, Any]) -> Sequence[Again]:
        return _run_again(manifest, findings, what, options)

    kind: Kind = "run" if findings.reference is None else "compare"
    return Opened(kind, manifest, base, findings=findings, place=place, asking=asking)


@dataclass(frozen=True)
class Again:
    """What histories say that were run again for a question.

    Attributes
    ----------
    what, heading : str
        The question, and the framework it is about.
    result : object
        A result of :mod:`deter.analysis`.
    """

    what: str
    heading: str
    result: Any


def _run_again(
    manifest: Mapping[str, Any], findings: Findings, what: str, options: Mapping[str, Any]
) -> Sequence[Again]:
    """Answer a question that needs more histories, from the scenario's file."""
    names = tuple(options.get("frameworks") or findings.others or findings.frameworks)
    for name in names:
        if name not in findings.frameworks:
            message = unknown(name, list(findings.frameworks))
            raise InputError((Fault("frameworks", 0, "", message),))
    common: dict[str, Any] = {
        "measure": options.get("measure", "p_full_attack"),
        "n": int(options.get("n", min(max(findings.n, 1), AGAIN_N))),
        "seed": findings.seed,
        "workers": int(options.get("workers", 1)),
    }
    settings = tuple(manifest["overrides"])
    path = str(manifest["path"])
    if what == "autopsy":
        from deter.replays.autopsy import autopsy

        return [
            Again(what, n, autopsy(path, n, overrides=_settings(settings, n), **common))
            for n in names
        ]
    from deter.replays.trade import exchange

    missing = [name for name in ("currency", "low", "high") if options.get(name) is None]
    if what != "trade" or missing:
        message = (
            f"give {', '.join(missing)} by --with, as --with currency=framework.layers.force."
            "presence.*.troops --with low=0 --with high=40000"
        )
        raise InputError((Fault("--with", 0, "", message),))
    low, high = float(options["low"]), float(options["high"])
    found = exchange(
        path,
        names[0],
        str(options["currency"]),
        low,
        high,
        options.get("changes"),
        overrides=_settings(settings, names[0]),
        **common,
    )
    return [Again(what, names[0], found)]


def _settings(settings: Sequence[str], framework: str) -> tuple[str, ...]:
    """Return the settings that hold under a framework: the reference has no clauses."""
    if framework != REFERENCE:
        return tuple(settings)
    return tuple(s for s in settings if not s.strip().startswith("framework."))


AGAIN_N = 1000
"""Most histories that are run again for each change, where nothing else is said."""

REFERENCE = "none"


def _base(place: Path) -> dict[str, Any]:
    file = place / BASE
    if not file.exists():
        raise OutputError(
            f"{place}: was made by an older deter, which did not keep the scenario ({BASE}) with "
            "the results; make them again with the command in the manifest"
        )
    base = _read(file)
    if not all(isinstance(base.get(key), dict) for key in ("scenario", "frameworks")):
        raise OutputError(f"{file}: lacks the scenario or the frameworks; {AGAIN}")
    return base


# ---- sweeps


def _sweep(place: Path) -> Opened:
    from deter.experiments.study import Study

    return _of_study(Study.open(place), place)


def _of_study(study: Study, place: Path) -> Opened:
    def own() -> Sequence[tuple[str, Mapping[str, Any]]]:
        from deter.inquiry import questions_of

        return [
            (q.what, {"measure": q.measure, "frameworks": q.frameworks, **q.options})
            for q in questions_of(study)
        ]

    def asking(what: str, options: Mapping[str, Any]) -> Sequence[Answer]:
        from deter.inquiry import MEASURE, Question, ask

        more = dict(options)
        measure = more.pop("measure", MEASURE)
        names = tuple(more.pop("frameworks", ()))
        return ask(study, Question(what, measure, names, more))

    return Opened(
        "sweep", study.manifest, study.base, study=study, place=place, own=own, asking=asking
    )


__all__ = ["opened_of", "reopen"]
