"""Records at addresses: nothing writes to what settled readers read, which may be remembered."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import deter

ENGINE = Path(deter.__file__).parent / "engine"


def settled_readers() -> frozenset[str]:
    """Return the names that ``layout`` gives to settled readers."""
    found = set()
    for node in ast.parse((ENGINE / "layout.py").read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            keywords = {k.arg for k in node.value.keywords}
            found |= {
                t.id for t in node.targets if isinstance(t, ast.Name) and "settled" in keywords
            }
    return frozenset(found)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what is assigned to what, where both sides are tuples one by one."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)
    else:
        yield target, value


def _is_settled(node: ast.expr, known: set[str], readers: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in known
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in readers
    return False


def written(text: str, readers: frozenset[str]) -> list[str]:
    """Return the fields of settled records that functions of a module write to."""
    found = []
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef):
            continue
        pairs: list[tuple[ast.expr, ast.expr]] = []
        for node in ast.walk(function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    pairs += _pairs(target, node.value)
            elif isinstance(node, ast.AugAssign):
                pairs.append((node.target, node.value))
        known: set[str] = set()
        for target, value in pairs:
            if isinstance(target, ast.Name) and _is_settled(value, known, readers):
                known.add(target.id)
        for target, _ in pairs:
            place = target.value if isinstance(target, ast.Subscript) else target
            if isinstance(place, ast.Attribute) and _is_settled(place.value, known, readers):
                found.append(f"{function.name}: {ast.unparse(target)}")
    return found


MODULES = sorted(ENGINE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ENGINE).as_posix())
def test_nothing_settled_is_written_to(path: Path) -> None:
    assert written(path.read_text("utf-8"), settled_readers()) == []


def test_readers_of_the_game_are_settled_and_those_of_a_history_are_not() -> None:
    readers = settled_readers()
    assert {"sizes", "rules_of", "guarantor_of", "member_of", "ready_cell"} <= readers
    assert readers.isdisjoint({"view_at", "seen_state", "state_to_fill", "head_to_fill"})


@pytest.mark.parametrize(
    "line",
    [
        "rules_of(c, 0).horizon = 3",
        "ready_state(c, i).risk[2] += 1.0",
        "w, rules = world_of(c, 0), rules_of(c, 0)\n    w.now, rules.horizon = 1, 2",
    ],
)
def test_a_write_is_noticed(line: str) -> None:
    assert len(written(f"def f(c, i):\n    {line}\n", settled_readers())) == 1
