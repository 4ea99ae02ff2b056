"""Imports flow one way: down the list of rooms, never round, and never through the front door.

The list, lowest first. A module imports its own room and rooms of a lower rank; rooms of one rank
do not know each other, so ``spec`` and ``theory`` are independent. Two more rules: what reads
results (``analysis``, ``presentation``, ``results``) never imports ``engine`` or ``theory``, and
nobody imports the package root, which itself loads nothing but its version.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src"
PACKAGE = "deter"

RANKS = (
    ("defaults", "errors", "vocabulary", "version"),
    ("files",),
    ("spec", "theory"),
    ("engine",),
    ("experiments",),
    ("analysis", "narrative"),
    ("presentation",),
    ("evidence", "results"),
    ("planning",),
    ("replays",),
    ("inquiry",),
    ("reopening",),
    ("reporting",),
    ("api", "showing"),
    ("cli",),
    ("__main__",),
)
RANK = {room: rank for rank, rooms in enumerate(RANKS) for room in rooms}

READERS = ("analysis", "narrative", "presentation", "results")
"""Rooms that read results."""

ENGINES = ("engine", "theory")
"""Rooms that make them."""


@dataclass(frozen=True)
class Import:
    """One import of the package by one of its modules."""

    module: str
    line: int
    target: str
    typing_only: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def modules_of(source: Path) -> dict[str, Path]:
    """Return the package's modules by name."""
    found = {}
    for path in sorted((source / PACKAGE).rglob("*.py")):
        parts = list(path.relative_to(source).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def room_of(module: str) -> str:
    """Return the room a module is in; empty for the root."""
    return module.split(".")[1] if "." in module else ""


def _named(node: ast.AST, module: str, is_package: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield each module a statement names, with the names it takes from there."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, []) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            here = module.split(".") if is_package else module.split(".")[:-1]
            above = here[: len(here) - (node.level - 1)]
            base = ".".join([*above, *([node.module] if node.module else [])])
        yield base, [alias.name for alias in node.names]
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
        name = called.id if isinstance(called, ast.Name) else called
        if name in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.args[0].value, []


def _typing_only(tree: ast.Module) -> set[ast.AST]:
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }


@cache
def _statements(module: str, text: str, is_package: bool) -> list[tuple[int, str, list[str], bool]]:
    """Return line, module named, names taken from it, and whether only for types."""
    tree = ast.parse(text)
    typing_only = _typing_only(tree)
    return [
        (getattr(node, "lineno", 0), base, names, node in typing_only)
        for node in ast.walk(tree)
        for base, names in _named(node, module, is_package)
        if base == PACKAGE or base.startswith(f"{PACKAGE}.")
    ]


def imports_of(source: Path) -> list[Import]:
    """Return every import of the package within it, wherever in a module it stands."""
    modules = modules_of(source)
    found = []
    for module, path in modules.items():
        text = path.read_text(encoding="utf-8")
        for line, base, names, types in _statements(module, text, path.name == "__init__.py"):
            inner = [f"{base}.{name}" for name in names]
            targets = {name if name in modules else base for name in inner} or {base}
            found += [Import(module, line, target, types) for target in sorted(targets)]
    return found


def complaint(one: Import) -> str | None:
    """Say which rule an import breaks, if any."""
    here, there = room_of(one.module), room_of(one.target)
    if not here:
        known = one.typing_only or there == "version"
        return None if known else f"{one}: the root loads nothing but its version"
    if not there:
        return f"{one}: nobody imports the package root"
    unknown = [room for room in (here, there) if room not in RANK]
    if unknown:
        return f"{one}: room {unknown[0]!r} has no rank; give it one in tests/test_imports.py"
    if here in READERS and there in ENGINES:
        return f"{one}: what reads results knows no engine"
    if here != there and RANK[there] >= RANK[here]:
        return f"{one}: {there} is not below {here}"
    return None


def cycle_of(imports: list[Import]) -> list[str]:
    """Return the modules of a cycle of imports at run time, if there is one."""
    graph: dict[str, set[str]] = {}
    for one in imports:
        if not one.typing_only and one.module != one.target:
            graph.setdefault(one.module, set()).add(one.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(module) for module in error.args[1]]
    return []


def violations(source: Path) -> list[str]:
    """Return everything that breaks a rule."""
    imports = imports_of(source)
    broken = [words for one in imports if (words := complaint(one))]
    cycle = cycle_of(imports)
    return [*broken, *([f"cycle: {' → '.join(cycle)}"] if cycle else [])]


def test_imports_flow_one_way():
    assert violations(SOURCE) == []


def test_every_room_has_a_rank():
    rooms = {room_of(module) for module in modules_of(SOURCE)} - {""}
    assert rooms <= set(RANK)


@pytest.mark.parametrize(
    ("file", "statement", "said"),
    [
        ("theory/choice.py", "from deter.engine import game", "engine is not below theory"),
        ("theory/choice.py", "from deter.spec.quantities import Value", "spec is not below theory"),
        ("spec/units.py", "import deter.theory.choice", "theory is not below spec"),
        ("errors.py", "from deter import vocabulary", "vocabulary is not below errors"),
        ("engine/game.py", "from deter import __version__", "nobody imports the package root"),
        ("engine/game.py", "import deter", "nobody imports the package root"),
        ("engine/streams.py", "from deter.engine import game", "cycle: "),
        ("engine/game.py", "from ..experiments import store", "experiments is not below engine"),
        ("analysis/rows.py", "from deter.engine.outcome import columns", "knows no engine"),
        ("analysis/rows.py", "def f():\n    from deter.theory import choice", "knows no engine"),
        (
            "presentation/words.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import deter.engine.world",
            "knows no engine",
        ),
        (
            "analysis/rows.py",
            "from importlib import import_module\nimport_module('deter.engine.game')",
            "knows no engine",
        ),
        ("__init__.py", "from deter.errors import DeterError", "the root loads nothing"),
        ("somewhere.py", "from deter.errors import DeterError", "has no rank"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, statement: str, said: str):
    shutil.copytree(
        SOURCE / PACKAGE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")
    )
    place = tmp_path / PACKAGE / file
    before = place.read_text(encoding="utf-8") if place.exists() else ""
    place.write_text(f"{before}\n{statement}\n", encoding="utf-8")
    found = violations(tmp_path)
    assert any(said in words for words in found), found


def loaded_after(script: str) -> set[str]:
    """Return the modules loaded once a script has run in a Python of its own."""
    first = f"import sys\nsys.path.insert(0, {str(SOURCE)!r})"
    code = f"{first}\n{script}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


HEAVY = {"numba", "scipy", "pandas", "matplotlib", "simpy", "pyarrow"}


def test_the_package_is_light_to_import():
    assert not loaded_after("import deter") & HEAVY


def test_help_is_light():
    script = """
sys.argv = ["deter", "--help"]
from deter.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert not loaded_after(script) & HEAVY


@pytest.mark.parametrize(
    "words",
    [
        ["ledger", "stylised/rivals", "-f", "token"],
        ["rules"],
        ["rules", "choice.logit", "--json"],
        ["frameworks", "tripwire", "layered"],
        ["schema", "sources"],
        ["new", "mine"],
    ],
    ids=" ".join,
)
def test_commands_that_only_read_are_light(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    script = f"""
sys.argv = ["deter", *{words!r}]
from deter.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert not loaded_after(script) & HEAVY


def test_reading_results_loads_no_engine():
    """Of the engine, only the names of a row's columns (``engine.outcome``) may be known."""
    readers = [m for m in modules_of(SOURCE) if room_of(m) in READERS]
    loaded = loaded_after("\n".join(f"import {module}" for module in readers))
    ours = {m for m in loaded if room_of(m) in ENGINES and m.startswith(f"{PACKAGE}.")}
    assert ours <= {"deter.engine", "deter.engine.outcome"}
    assert not loaded & {"numba", "simpy"}


SMALL = """
horizon: 2 y
options:
  raid: {class: incident, severity: 0.3, prize: 0.05, cost: 0.01}
guarantors:
  A: {}
"""


def test_running_loads_no_plots(tmp_path: Path):
    scenario = tmp_path / "small.yaml"
    scenario.write_text(SMALL, encoding="utf-8")
    loaded = loaded_after(f"""
import deter
result = deter.run({str(scenario)!r}, n=2)
assert len(result.frame) == 2 and result.estimates
""")
    assert "deter.engine.reference" in loaded
    assert "matplotlib" not in loaded
