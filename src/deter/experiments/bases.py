"""What was run, in full: the scenario, the frameworks and every number in force.

It stands in each results folder, so that results can be read, told and drawn when the files they
were made from have changed or are gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deter.spec.ledger import ledger
from deter.spec.loading import LoadedScenario
from deter.spec.stored import plain_entry, plain_framework, plain_scenario
from deter.spec.terms import FRAMEWORK


def base_of(cases: Iterable[LoadedScenario]) -> dict[str, Any]:
    """Return scenario, frameworks and ledger of some cases of one scenario, as plain data.

    Parameters
    ----------
    cases : iterable of LoadedScenario
        One scenario under each framework.

    Returns
    -------
    dict
        ``scenario``; ``frameworks`` by name; ``ledger``: the numbers of the ``scenario``, and
        those of the ``frameworks`` by name.
    """
    held = list(cases)
    books = {case.framework_name: ledger(case) for case in held}
    first = books[held[0].framework_name]
    return {
        "scenario": plain_scenario(held[0].scenario),
        "frameworks": {case.framework_name: plain_framework(case.framework) for case in held},
        "ledger": {
            "scenario": [plain_entry(e) for e in first.entries if e.section != FRAMEWORK],
            "frameworks": {
                name: [plain_entry(e) for e in book.entries if e.section == FRAMEWORK]
                for name, book in books.items()
            },
        },
    }


__all__ = ["base_of"]
