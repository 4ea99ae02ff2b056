"""Laws as a reader sees them: lists and whole entries, for the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deter.presentation.markdown import plain, table
from deter.presentation.rules import Law, Use, module_line

NOWHERE = "nowhere in the package"

Uses = Mapping[str, Sequence[Use]]


def by_module(laws: Iterable[Law]) -> dict[str, list[Law]]:
    """Return laws by the file of ``theory/`` they are in."""
    found: dict[str, list[Law]] = {}
    for law in laws:
        found.setdefault(law.module, []).append(law)
    return found


def _words(text: str) -> str:
    """Return a docstring's words without its marks."""
    return plain(text).replace("\\|", "|").replace("`", "")


# ------------------------------------------------------------------------------- the terminal


def law_list(laws: Iterable[Law]) -> RenderableType:
    """Return laws in a line or two each, a table for each file."""
    tables: list[RenderableType] = []
    for module, held in by_module(laws).items():
        made = Table(
            title=Text(f"{module}: {_words(module_line(module))}", style="bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            collapse_padding=True,
        )
        made.add_column("law", overflow="fold", max_width=36)
        made.add_column("what it returns; source", ratio=1)
        for law in held:
            made.add_row(
                Text(law.name),
                Text.assemble(_words(law.meaning), "\n", (_words(law.source), "dim")),
            )
        tables.append(made)
    hint = "deter rules NAME tells one whole: equation, units, example, where it is used."
    return Group(*tables, Text(hint, style="dim"))


def law_entry(law: Law, used: Sequence[Use]) -> str:
    """Return a law whole, as plain text.

    Parameters
    ----------
    law : Law
        Which.
    used : sequence of Use
        Where it is used.
    """
    return "\n".join(
        [
            f"{law.module}.{law.signature}",
            "",
            f"Returns {_words(law.summary)}" if law.summary[:1].islower() else _words(law.summary),
            *(f"\n{_words(remark)}" for remark in law.remarks),
            "",
            f"equation: {_words(law.equation) or 'none in the docstring'}",
            *_units(law),
            *([f"result: {_words(law.returns)}"] if law.returns else []),
            *([f"raises: {_words(law.raises)}"] if law.raises else []),
            f"source: {_words(law.source)}",
            *([f"departs: {_words(law.departs)}"] if law.departs else []),
            "used in:",
            *([f"  {use}" for use in used] or [f"  {NOWHERE}"]),
            f"defined in: {law.file}:{law.line}",
            "example:",
            *(f"  {line}".rstrip() for line in law.example.splitlines()),
        ]
    )


def _units(law: Law) -> list[str]:
    arguments = [f"  {part.names} ({part.kind}): {_words(part.meaning)}" for part in law.parameters]
    told = [f"units: {_words(law.units)}"] if law.units else []
    if arguments:
        return [*told, "arguments:", *arguments]
    return told or ["units: not told in the docstring"]


# ------------------------------------------------------------------------------------ Markdown


def law_table(laws: Iterable[Law]) -> str:
    """Return laws as the page of laws has them: a section for each file, a row for each law."""
    heads = ("law", "what it returns", "source", "departs")
    return "\n".join(
        f"## `{module}`\n\n{plain(module_line(module))}\n\n{table(heads, map(_row, held))}"
        for module, held in by_module(laws).items()
    )


def _row(law: Law) -> tuple[str, str, str, str]:
    called = f"`{law.function}({', '.join(law.arguments)})`"
    return called, plain(law.meaning), plain(law.source), plain(law.departs)


def law_sections(laws: Iterable[Law], used: Uses) -> str:
    """Return laws whole as Markdown, a section each."""
    return "\n\n".join(_section(law, used[law.name]) for law in laws)


def _section(law: Law, used: Sequence[Use]) -> str:
    rows = [
        ("meaning", plain(" ".join([law.summary, *law.remarks]))),
        ("equation", plain(law.equation)),
        *((f"`{part.names}`", plain(part.meaning)) for part in law.parameters),
        ("units", plain(law.units)),
        ("result", plain(law.returns)),
        ("raises", plain(law.raises)),
        ("source", plain(law.source)),
        ("departs", plain(law.departs)),
        ("used in", plain("; ".join(map(str, used)) or NOWHERE)),
    ]
    said = table(("", ""), [row for row in rows if row[1]])
    return f"## `{law.name}`\n\n`{law.signature}`\n\n{said}\n```python\n{law.example}\n```"


__all__ = ["by_module", "law_entry", "law_list", "law_sections", "law_table"]
