"""The end of a report: what the results cannot tell, and how to make them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deter.presentation.report.blocks import Block, Bullets, Commands, Facts, Folded, Prose, Table

LIMITS = (
    "It does not forecast. Each figure says what follows from the numbers written into the "
    "scenario; where those are wrong, so is the figure, however narrow its interval.",
    "The intervals cover chance and the distributions that were written down. They do not cover "
    "what the model leaves out: signalling with nuclear weapons, the persons who lead, alliances "
    "that shift elsewhere, the economy as a whole.",
    "Differences between frameworks that met the same luck are firmer than the levels they are "
    "made of, and an order of frameworks is firmer than the size of a difference.",
    "That two frameworks are not told apart means that this run cannot tell, not that they are "
    "alike; more histories can tell smaller differences, and no number of them mends an "
    "assumption.",
    "Which histories a framework would have spared rests on pairing histories by their luck. "
    "Nobody can observe such pairs; the bounds beside these shares hold whatever the pairing.",
    "A framework is taken as it is written and assumed to be agreed. Whether anybody would sign "
    "it is not part of the figures.",
)


def limit_blocks(more: Sequence[str]) -> list[Block]:
    """Return what the results cannot tell; last what is particular to this run."""
    blocks: list[Block] = [Bullets(LIMITS)]
    if more:
        blocks += [Prose(("Of this run in particular:",)), Bullets(tuple(more))]
    return blocks


def repeat_blocks(
    manifest: Mapping[str, Any], commands: str, more: Sequence[tuple[str, str]] = ()
) -> list[Block]:
    """Return how to make the same results again.

    Parameters
    ----------
    manifest : mapping
        Of the results folder.
    commands : str
        Lines to type.
    more : sequence of (str, str)
        Further facts.
    """
    versions = {str(k): str(v) for k, v in manifest["versions"].items()}
    digests = tuple((str(n), str(d)) for n, d in manifest["frameworks"].items())
    return [
        Prose(
            (
                "The same command with the same version and the same files gives the same rows, "
                "whichever engine runs it and on however many cores.",
            )
        ),
        Commands(commands, "Commands that repeat the results"),
        Facts((("seed", str(manifest["seed"])), *more)),
        Folded(
            "Versions and digests",
            (
                Table("Versions", ("of", "version"), tuple(versions.items()), words=True),
                Table(
                    "Digests of the scenario under each framework",
                    ("framework", "digest"),
                    digests,
                    words=True,
                ),
            ),
        ),
    ]


__all__ = ["limit_blocks", "repeat_blocks"]
