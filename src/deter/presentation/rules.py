"""The laws of ``theory/`` as their docstrings tell them, and where each is used.

The files are parsed, not imported: nothing is compiled for it, and an installed package has them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]
THEORY = "theory"
NO_LAWS = ("__init__", "law", "linking")
"""Files of ``theory/`` that hold no law."""

EQUATION = re.compile(
    r"(?!Source:|Departs:|\*Units\*|Parameters|Examples)[^.]{1,160}[+*/=^√·][^.]{1,160}\.?$"
)


@dataclass(frozen=True)
class Argument:
    """One argument, or several that are told together.

    Attributes
    ----------
    names, kind, meaning : str
        As the docstring has them: names with commas between, type, meaning with its unit.
    """

    names: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Use:
    """A place where a law is called.

    Attributes
    ----------
    file : str
        Below the package, as ``engine/war.py``.
    line : int
        1-based.
    within : str
        The function it is called in; empty at the top of a module.
    """

    file: str
    line: int
    within: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}{f', in {self.within}' if self.within else ''}"


@dataclass(frozen=True)
class Law:
    """A law as its docstring tells it.

    Attributes
    ----------
    name : str
        Module and function, as ``choice.expit``.
    arguments : tuple of str
        Their names.
    signature : str
        With types, as ``expit(x: float) -> float``.
    summary : str
        What it returns, in the first sentence.
    meaning : str
        The same, and the equation where that stands by itself below it.
    equation : str
        As it stands by itself, or in the summary, or in a remark; empty where there is none.
    remarks : tuple of str
        Other paragraphs.
    parameters : tuple of Argument
        As the section ``Parameters`` has them.
    units : str
        What follows ``*Units*:``; empty where the parameters tell them.
    returns, raises : str
        Sections of these names, in a line each; empty where there is none.
    source, departs : str
        What follows ``Source:`` and ``Departs:``; empty where there is none.
    example : str
        The examples that run as tests; empty where there is none.
    file : str
        Below the package.
    line : int
        Of its definition.
    """

    name: str
    arguments: tuple[str, ...]
    signature: str
    summary: str
    meaning: str
    equation: str
    remarks: tuple[str, ...]
    parameters: tuple[Argument, ...]
    units: str
    returns: str
    raises: str
    source: str
    departs: str
    example: str
    file: str
    line: int

    @property
    def module(self) -> str:
        """The file of ``theory/`` it is in."""
        return self.name.partition(".")[0]

    @property
    def function(self) -> str:
        """Its bare name."""
        return self.name.partition(".")[2]

    @property
    def has_units(self) -> bool:
        """Whether the units of all its arguments are told."""
        told = {name.strip() for part in self.parameters for name in part.names.split(",")}
        return bool(self.units) or set(self.arguments) <= told

    def as_dict(self, used: tuple[Use, ...]) -> dict[str, Any]:
        """Return it as plain data, with where it is used."""
        return {**asdict(self), "used": [asdict(use) for use in used]}


@cache
def laws() -> tuple[Law, ...]:
    """Return every public law, file by file in the order of the names of the files."""
    return tuple(law for module in modules() for law in _laws_of(module))


@cache
def modules() -> tuple[str, ...]:
    """Return the names of the files of laws."""
    stems = sorted(path.stem for path in (PACKAGE / THEORY).glob("*.py"))
    return tuple(stem for stem in stems if stem not in NO_LAWS)


def module_line(module: str) -> str:
    """Return the first sentence of a file of laws."""
    return _joined((ast.get_docstring(_tree(module)) or "").split("\n\n")[0])


@cache
def _tree(module: str) -> ast.Module:
    path = PACKAGE / THEORY / f"{module}.py"
    return ast.parse(path.read_text(encoding="utf-8"))


def _laws_of(module: str) -> Iterator[Law]:
    for node in _tree(module).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield _law(module, node)


# ------------------------------------------------------------------------------- one docstring

_SECTION = re.compile(r"^(Parameters|Returns|Raises|Examples)\n-+\n", re.M)


def _law(module: str, node: ast.FunctionDef) -> Law:
    text = ast.get_docstring(node) or ""
    text = re.sub(r"\*(Source|Departs|Units)\*:", r"\1:", text)
    body, sections = _sections(text)
    first, *rest = [_flat(part) for part in _told(body).split("\n\n") if part.strip()] or [""]
    alone = bool(rest) and EQUATION.match(rest[0]) is not None
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return Law(
        name=f"{module}.{node.name}",
        arguments=tuple(argument.arg for argument in node.args.args),
        signature=f"{node.name}({ast.unparse(node.args)}){returns}",
        summary=first.removeprefix("Return "),
        meaning=" ".join([first.removeprefix("Return "), *(rest[:1] if alone else ())]),
        equation=_formula(first.removeprefix("Return "), rest[0] if alone else "", rest),
        remarks=tuple(rest[1:] if alone else rest),
        parameters=tuple(_arguments(sections.get("Parameters", ""))),
        units=_after("Units:", text),
        returns=_joined(sections.get("Returns", "")),
        raises=_joined(sections.get("Raises", "")),
        source=_after("Source:", text),
        departs=_after("Departs:", text),
        example=sections.get("Examples", "").strip(),
        file=f"{THEORY}/{module}.py",
        line=node.lineno,
    )


def _sections(text: str) -> tuple[str, dict[str, str]]:
    """Return what stands before the sections of a docstring, and the sections by name.

    A section ends with the next one, or with a paragraph ``Source:``, ``Departs:``, ``Units:``.
    """
    body, *parts = _SECTION.split(text)
    sections: dict[str, str] = {}
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        ends = re.search(r"^(?:Source|Departs|Units):", part, re.M)
        sections[name] = part[: ends.start()] if ends and name != "Examples" else part
    return body, sections


def _told(body: str) -> str:
    """Return the paragraphs that are neither source, departure nor units."""
    return re.sub(r"(?:^|(?<=\s))(?:Source|Departs|Units):.*?(?=\n\n|\Z)", "", body, flags=re.S)


_IN_SUMMARY = re.compile(
    r"\S (?:=|\*|/|\+|\*\*|>) \S|\w - \w|[\^√·∫]|\b(?:min|max|exp|log|floor)\("
)
_IN_REMARK = re.compile(r"\S (?:\*|/|\+) \S|[√·]|\b(?:min|max|exp|log)\(")
_NUMBER = re.compile(r"[\d./]+(?= |$)")


def _formula(summary: str, alone: str, remarks: Sequence[str]) -> str:
    """Return the parts of a summary that are an equation, or what stands alone, or a remark."""
    parts: list[str] = []
    for part in _clauses(summary):
        number = _NUMBER.match(part)
        if _IN_SUMMARY.search(part):
            parts.append(part)
        elif parts and number:  # a row of values: o = 0, 1/4, 1/2, …
            parts.append(number[0])
    if parts or alone:
        return ", ".join(parts) or alone
    return next((remark for remark in remarks if _IN_REMARK.search(remark)), "")


def _clauses(text: str) -> Iterator[str]:
    """Split a sentence at commas, colons and semicolons outside brackets."""
    depth = start = 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign in ",:;" and depth == 0 and text[place + 1 : place + 2] in ("", " "):
            yield text[start:place].strip()
            start = place + 1
    yield text[start:].strip().rstrip(".")


def _flat(paragraph: str) -> str:
    """Return a paragraph in one line, a table of two columns as a list with semicolons."""
    if not paragraph.startswith("==="):
        return _joined(paragraph)
    rows = [line.split(None, 1) for line in paragraph.splitlines() if not line.startswith("===")]
    return "; ".join(": ".join(cells) for cells in rows) + "."


def _arguments(section: str) -> Iterator[Argument]:
    for match in re.finditer(r"^(\S[^\n]*?) : ([^\n]+)\n((?:[ ]+[^\n]*\n?|\n)*)", section, re.M):
        names, kind, meaning = match.groups()
        yield Argument(names, kind, _joined(meaning))


def _after(word: str, text: str) -> str:
    """Return a paragraph from a word on, up to the next such word."""
    found = re.search(rf"{word}(.*?)(?=\n\n|Departs:|Source:|Units:|\Z)", text, re.S)
    return _joined(found[1]) if found else ""


def _joined(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------------------- where it is used


def uses(wanted: Iterable[Law]) -> dict[str, tuple[Use, ...]]:
    """Return the places of the package where each law is called, or handed on.

    Parameters
    ----------
    wanted : iterable of Law
        Which.

    Returns
    -------
    dict
        From the name of each to its places, by file and line.
    """
    by_name = {law.name: law for law in wanted}
    found: dict[str, list[Use]] = {name: [] for name in by_name}
    words = {law.function for law in by_name.values()}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if THEORY in text and any(word in text for word in words):
            for name, use in _uses_in(path.relative_to(PACKAGE).as_posix(), text, by_name):
                found[name].append(use)
    return {name: tuple(dict.fromkeys(places)) for name, places in found.items()}


def _uses_in(file: str, text: str, wanted: Mapping[str, Law]) -> Iterator[tuple[str, Use]]:
    tree = ast.parse(text, file)
    bare = _bare_names(file, tree)
    for node, within in _reads(tree, ""):
        name = _named(node, bare)
        name = _handed_on().get(name, name)
        law = wanted.get(name)
        if law is not None and not (file == law.file and within == law.function):
            yield name, Use(file, node.lineno, within)


def _bare_names(file: str, tree: ast.Module) -> dict[str, str]:
    """Return the laws that a module knows by their bare names: its own, and those it imports."""
    folder, _, stem = file.removesuffix(".py").rpartition("/")
    own = tree.body if folder == THEORY else []
    known = {node.name: f"{stem}.{node.name}" for node in own if isinstance(node, ast.FunctionDef)}
    prefix = f"deter.{THEORY}."
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(prefix):
            module = (node.module or "").removeprefix(prefix)
            known |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in node.names}
    return known


@cache
def _handed_on() -> dict[str, str]:
    """Return names under which one file of laws hands on another's, and whose they are."""
    return {
        f"{module}.{bare}": name
        for module in modules()
        for bare, name in _bare_names(f"{THEORY}/{module}.py", _tree(module)).items()
    }


def _named(node: ast.Name | ast.Attribute, bare: Mapping[str, str]) -> str:
    """Return what an expression names, as ``module.function``; empty for anything else."""
    if isinstance(node, ast.Name):
        return bare.get(node.id, "")
    return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""


def _reads(node: ast.AST, within: str) -> Iterator[tuple[ast.Name | ast.Attribute, str]]:
    """Yield every name and attribute that is read, with the function it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = within
        if isinstance(child, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            inner = f"{within}.{child.name}" if within else child.name
        if isinstance(child, ast.Name | ast.Attribute) and isinstance(child.ctx, ast.Load):
            yield child, inner
        yield from _reads(child, inner)
