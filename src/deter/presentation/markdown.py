"""Tables in Markdown, for documents and for what a reader pastes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def plain(text: str) -> str:
    r"""Return words, a docstring's among them, as Markdown for a cell of a table.

    Examples
    --------
    >>> plain("as :func:`deter.theory.choice.expit` of ``x``, or a | b")
    'as `deter.theory.choice.expit` of `x`, or a \\| b'
    """
    text = re.sub(r":[a-z]+:`~?([^`]+)`", r"`\1`", text).replace("``", "`")
    return " ".join(text.replace("|", "\\|").split())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown.

    Examples
    --------
    >>> print(table(("word", "meaning"), [("war", "a campaign")]), end="")
    | word | meaning |
    | --- | --- |
    | war | a campaign |
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
