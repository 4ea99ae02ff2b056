"""Where scenario and framework files are: on disk as the user names them, or in the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from deter.spec.hints import did_you_mean, found, listing

SUFFIX = ".yaml"
FOLDER = "scenarios"
FRAMEWORKS = "frameworks"
ACTORS = "actors"
CATALOGUES = (ACTORS, "options", "posterior")
"""Folders of what scenarios extend: no scenarios by themselves."""

SOURCES = "sources"
"""Folder of catalogues of sources, in the library or beside a scenario."""

LONGEST_NAME = 240
"""Characters of a file name that a message repeats."""

NO_FRAMEWORK = "none"
"""The framework with no layers; there is always one of this name."""


def library_root() -> Path:
    """Return the folder of scenarios that comes with the package.

    In a checkout that is ``scenarios/`` at the root of the repository; once installed it is
    inside the package.
    """
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1]
    if package.parent.name == "src" and (checkout / "pyproject.toml").is_file():
        return checkout / FOLDER
    return package / "library" / FOLDER


def shown(path: Path) -> str:
    """Return a path as messages show it: from the working folder where it lies below it."""
    try:
        text = str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):
        text = str(path)
    return printable(text)


def printable(text: str) -> str:
    """Return a file name cut to a readable length, with what cannot be printed as escapes."""
    safe = text.encode("utf-8", "backslashreplace").decode("utf-8")
    safe = safe if len(safe) <= LONGEST_NAME else f"{safe[:LONGEST_NAME]}…"
    return safe if safe.isprintable() else repr(safe)[1:-1]


EXPERIMENTS = "experiments"
EXPERIMENT_FILE = f"experiment{SUFFIX}"


def experiments_root() -> Path:
    """Return the folder of experiments that comes with the package."""
    return library_root().parent / EXPERIMENTS


def experiment_files() -> list[Path]:
    """Return the library's experiments, each in a folder of its own."""
    return sorted(p for p in yaml_files(experiments_root()) if p.name == EXPERIMENT_FILE)


def locate_experiment(text: str) -> Path | None:
    """Find an experiment: a file, a folder that holds one, or a name in the library."""
    for place in (Path(text), experiments_root() / text, experiments_root().parent / text):
        for candidate in (
            (place, place.with_name(place.name + SUFFIX), place / EXPERIMENT_FILE)
            if (place.name)
            else (place / EXPERIMENT_FILE,)
        ):
            if is_file(candidate):
                return candidate
    return None


def is_file(path: Path) -> bool:
    """Tell whether there is something to read at a path, whatever the path looks like."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder, whatever the path looks like."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def locate(text: str, base: Path | None = None) -> Path | None:
    """Find a file named by a user.

    Parameters
    ----------
    text : str
        A path, with or without ``.yaml``: from ``base`` or the working folder, or else from
        the library (``ukraine/ceasefire``, ``scenarios/ukraine/ceasefire.yaml``).
    base : Path, optional
        The folder of the file that names it.

    Returns
    -------
    Path or None
        None where there is no such file.
    """
    here = Path(text) if base is None else base / text
    places = [here, library_root() / text]
    if Path(text).parts[:1] == (FOLDER,):
        places.append(library_root().parent / text)
    for place in places:
        for candidate in (place, place.with_name(place.name + SUFFIX) if place.name else place):
            if is_file(candidate):
                return candidate
    return None


def explain_missing(text: str, base: Path | None = None) -> str:
    """Say why :func:`locate` found nothing, and what is there instead."""
    here = Path(text) if base is None else base / text
    for place in (here, library_root() / text):
        if is_folder(place):
            return f"is a folder; name a file in it (there is: {listing(_names_in(place))})"
    beside = [str(Path(text).parent / Path(name).stem) for name in _names_in(here.parent)]
    known = [*beside, *(name_of(path) for path in scenario_files())]
    bare = text.removesuffix(SUFFIX).removesuffix(".yml")
    near = did_you_mean(printable(bare), known)
    return f"there is no such file{near or '; check the path'}"


def _names_in(folder: Path) -> list[str]:
    if not is_folder(folder):
        return []
    try:
        return sorted(printable(p.name) for p in folder.iterdir() if p.suffix in (SUFFIX, ".yml"))
    except OSError:
        return []


def yaml_files(folder: Path) -> list[Path]:
    """Return all YAML files below a folder, sorted."""
    if not is_folder(folder):
        return []
    return sorted(path for path in folder.rglob(f"*{SUFFIX}") if is_file(path))


def scenario_files() -> Iterator[Path]:
    """Yield the library's scenarios: all that is neither a framework nor a catalogue."""
    root = library_root()
    for path in yaml_files(root):
        if not {FRAMEWORKS, SOURCES, *CATALOGUES} & set(path.relative_to(root).parts[:-1]):
            yield path


def framework_files() -> list[Path]:
    """Return the library's frameworks."""
    return yaml_files(library_root() / FRAMEWORKS)


def name_of(path: Path) -> str:
    """Return the name of a scenario: its path below a scenarios folder, or its stem.

    Examples
    --------
    >>> name_of(Path("/home/me/scenarios/ukraine/ceasefire.yaml"))
    'ukraine/ceasefire'
    >>> name_of(Path("mine.yaml"))
    'mine'
    """
    bare = path.with_suffix("")
    if bare.is_relative_to(library_root()):
        return printable(bare.relative_to(library_root()).as_posix())
    parts = bare.parts
    if FOLDER in parts[:-1]:
        last = len(parts) - 2 - parts[:-1][::-1].index(FOLDER)
        return printable("/".join(parts[last + 1 :]))
    return printable(path.stem)


def in_library(path: Path) -> bool:
    """Tell whether a file belongs to the library's frameworks."""
    return path.resolve().is_relative_to((library_root() / FRAMEWORKS).resolve())


def find_framework(name: str, base: Path | None = None) -> Path | None:
    """Find a framework by name or path.

    A name is looked up in ``frameworks/`` beside the scenario, in the library, and beside the
    scenario itself, in that order. What holds a ``/`` or ends in ``.yaml`` is a path: from the
    scenario's folder, the working folder or the library.
    """
    if "/" in name or name.endswith((SUFFIX, ".yml")):
        beside = locate(name, base)
        return beside if beside is not None or base is None else locate(name)
    for folder in _search_path(base):
        candidate = folder / f"{name}{SUFFIX}"
        if is_file(candidate):
            return candidate
    return None


def _search_path(base: Path | None) -> Iterable[Path]:
    library = library_root() / FRAMEWORKS
    return (library,) if base is None else (base / FRAMEWORKS, library, base)


def framework_names(base: Path | None = None) -> list[str]:
    """Return the names of frameworks known from a scenario's folder."""
    folders = [library_root() / FRAMEWORKS, *([] if base is None else [base / FRAMEWORKS])]
    names = {path.stem for folder in folders for path in yaml_files(folder)}
    return sorted(printable(name) for name in names | {NO_FRAMEWORK})


def unknown_framework(name: str, base: Path | None = None) -> str:
    """Say that there is no framework of a name, and which there are."""
    known = framework_names(base)
    near = did_you_mean(name, known)
    return f"there is no framework {found(name)}{near} (known: {listing(known, name)})"
