"""From a page to one HTML file that asks nothing of anybody: no network, no second file."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

    from deter.presentation.report.blocks import Page

TEMPLATES = "templates"

_NEGATIVE = re.compile(r"(?<![\w.)-])-(?=\d)")
"""A hyphen that is a minus sign."""


def render(page: Page) -> str:
    """Return a page as HTML; what is text is escaped, and only the project's own SVG is not.

    Parameters
    ----------
    page : Page
        Which.
    """
    script = _file("theme.js")
    words = (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            style=_file("style.css"),
            script=script,
            policy=_policy(script),
        )
    )
    lines = (line.rstrip() for line in words.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("deter.presentation.report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["kept"] = kept
    return made


def kept(text: str) -> str:
    """Return words with their numbers kept on one line with what belongs to them.

    Examples
    --------
    >>> kept("-9 % of 2026-11-26") == "\u22129\u00a0% of 2026-11-26"
    True
    """
    return _NEGATIVE.sub("\u2212", text.replace(" %", "\u00a0%"))


def _file(name: str) -> str:
    place = resources.files("deter.presentation.report") / TEMPLATES / name
    return place.read_text("utf-8").strip()


def _policy(script: str) -> str:
    """Return the policy that forbids every request, and every script but the page's own.

    Styles within the page are allowed, because figures carry theirs as attributes, and pictures
    that stand in the page itself; what either could fetch is forbidden with the rest.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


__all__ = ["render"]
