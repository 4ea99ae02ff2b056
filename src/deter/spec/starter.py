"""A starter folder: a scenario and a framework of one's own, commented, that run as they are."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from string import Template

from deter.errors import Fault, InputError, OutputError
from deter.files import cannot_write
from deter.spec import library
from deter.spec.ledger import drawn
from deter.spec.loading import LoadedScenario, load_scenario
from deter.spec.quantities import Value

SCENARIO_FILE = f"scenario{library.SUFFIX}"
FRAMEWORK_NAME = "first_draft"
BASE = "ukraine/ceasefire"
"""The library's scenario that a starter builds on where nothing else is asked."""

MEMBERS = 3
"""Members of the starter's framework: the first guarantors of the scenario, as many as these."""

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_NAMED = (library.FRAMEWORKS, *library.CATALOGUES, library.SOURCES)


def make_starter(folder: str, base: str = BASE) -> list[str]:
    """Make a folder with a scenario, a framework and a README, or nothing at all.

    Parameters
    ----------
    folder : str
        A path that does not exist yet, in a folder that does; or an empty folder.
    base : str
        The scenario to build on, by name or path.

    Returns
    -------
    list of str
        The files, by their paths below the folder.

    Raises
    ------
    InputError
        If the folder holds anything or cannot be one, or there is no such scenario.
    OutputError
        If it cannot be written.
    """
    place = Path(folder)
    case = load_scenario(base)
    try:
        _check(place, folder)
        files = _contents(place, case)
        _write(place, files)
    except (OSError, ValueError) as error:
        raise OutputError(cannot_write(library.printable(folder), error)) from None
    return list(files)


def _check(place: Path, folder: str) -> None:
    """Refuse a place that is no new or empty folder."""
    shown = library.printable(folder) or "(no path)"
    if not folder.strip() or "\0" in folder:
        raise _refusal(shown, "is no path; name a folder, as my_case")
    if place.resolve().name in _NAMED:
        raise _refusal(shown, f"is a name deter reads as a kind of file; not {', '.join(_NAMED)}")
    if place.is_dir():
        if any(place.iterdir()):
            raise _refusal(shown, "is not empty; name a new folder, or an empty one")
    elif place.exists() or place.is_symlink():
        raise _refusal(shown, "is a file; name a new folder")
    elif not place.resolve().parent.is_dir():
        parent = library.printable(str(place.parent))
        raise _refusal(shown, f"there is no folder {parent}; make it first")


def _refusal(shown: str, message: str) -> InputError:
    return InputError((Fault(shown, 0, "", message),))


# ------------------------------------------------------------------------------ what is in it


def _contents(place: Path, case: LoadedScenario) -> dict[str, str]:
    """Return the text of every file, by its path below the folder."""
    title = f"{place.resolve().name}: {case.scenario.title or case.name}"
    words = {
        "base": _quoted(_extends(place, case)),
        "name": case.name,
        "title": title,
        "framework": FRAMEWORK_NAME,
    }
    return {
        SCENARIO_FILE: _filled(SCENARIO_FILE, words | _scenario_words(case, title)),
        f"{library.FRAMEWORKS}/{FRAMEWORK_NAME}{library.SUFFIX}": _filled(
            "framework.yaml", _framework_words(case)
        ),
        "README.md": _filled("README.md", words),
    }


def _filled(name: str, words: Mapping[str, str]) -> str:
    return Template((_TEMPLATES / name).read_text(encoding="utf-8")).substitute(words)


def _extends(place: Path, case: LoadedScenario) -> str:
    """Return how the new scenario names its base: in the library, or from its own folder."""
    path = case.path.resolve()
    if path.is_relative_to(library.library_root().resolve()):
        return f"{case.name}{library.SUFFIX}"
    try:
        return Path(os.path.relpath(path, place.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def _scenario_words(case: LoadedScenario, title: str) -> dict[str, str]:
    scenario = case.scenario
    codes = list(scenario.guarantors)
    if codes:
        first = scenario.guarantors[codes[0]]
        named = {
            "code": _quoted(codes[0]),
            "clock": _or_drawn(first.decision_clock, f"{_number(first.decision_clock)} d"),
            "resolve": _or_drawn(first.resolve, _number(first.resolve)),
        }
        guarantors = _filled("guarantors.yaml", named)
    else:
        guarantors = _filled("no_guarantors.yaml", {})
    return {
        "title": _quoted(title),
        "start": scenario.start.isoformat(),
        "horizon": _or_drawn(scenario.horizon, f"{_number(scenario.horizon)} y"),
        "challenger": _stated(scenario.challenger.forces),
        "protege": _stated(scenario.protege.forces),
        "guarantors": guarantors.rstrip(),
    }


def _framework_words(case: LoadedScenario) -> dict[str, str]:
    codes = [_quoted(code) for code in list(case.scenario.guarantors)[:MEMBERS]]
    force = "- {guarantor: %s, troops: 3000, place: rear, reinforcement: 1 brigade}"
    presence = (
        f"presence:\n      {force % codes[0]}" if codes else f"# presence: [{force[2:] % 'A'}]"
    )
    return {
        "members": f"[{', '.join(codes)}]" if codes else "all",
        "presence": f"    {presence}",
    }


def _number(value: Value) -> str:
    """Return a number with every digit it needs."""
    return f"{value.value:.15g}"


def _or_drawn(value: Value, plain: str) -> str:
    """Return a number as given, or the distribution it is drawn from, with its standing."""
    made = drawn(value.distribution)
    if made is None:
        return plain
    standing = {"evidence": value.evidence, "source": value.source}
    return json.dumps(made | {k: v for k, v in standing.items() if v}, ensure_ascii=False)


def _stated(value: Value) -> str:
    """Return a number with its evidence and source, where it says them."""
    if value.distribution is not None:
        return _or_drawn(value, "")
    parts = [f"value: {_number(value)}"]
    parts += [f"evidence: {value.evidence}"] if value.evidence else []
    parts += [f"source: {_quoted(value.source)}"] if value.source else []
    return f"{{{', '.join(parts)}}}" if len(parts) > 1 else _number(value)


def _quoted(text: str) -> str:
    """Return a text as YAML reads it: as it is if it is a plain word, else in quotes."""
    plain = re.fullmatch(r"[A-Za-z][\w./]*", text, re.ASCII)
    if plain and text.lower() not in ("no", "yes", "on", "off", "true", "false", "null", "y", "n"):
        return text
    return json.dumps(text, ensure_ascii=False)


# --------------------------------------------------------------------------------- writing it


def _write(place: Path, files: Mapping[str, str]) -> None:
    """Write all files or none: beside the place first, and then moved into it."""
    there = place.is_dir()
    stage = (place if there else place.resolve().parent) / f".deter-{os.getpid()}"
    try:
        for name, text in files.items():
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(text, encoding="utf-8")
        if there:
            _move(stage, place)
        else:
            stage.rename(place)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _move(stage: Path, place: Path) -> None:
    """Move what is in one folder into the empty one around it, or move nothing."""
    moved: list[Path] = []
    try:
        for path in sorted(stage.iterdir()):
            path.rename(place / path.name)
            moved.append(place / path.name)
        stage.rmdir()
    except BaseException:
        for path in moved:
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise


__all__ = ["BASE", "FRAMEWORK_NAME", "SCENARIO_FILE", "make_starter"]
