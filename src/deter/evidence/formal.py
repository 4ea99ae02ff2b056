"""Formal cases: published games, wars and races against the project's laws and its engine.

A file of cases says what goes in and what must come out. Each case runs through the laws of
``deter.theory``; where it is a game, a war or a race, the engine is put in the limit in which it
must give the same, and what it logs or does there is held against the case too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

from deter.errors import DeterError
from deter.evidence.formal_beliefs import BELIEFS
from deter.evidence.formal_case import (
    Answer,
    BadInputError,
    Case,
    Inputs,
    NoLawError,
    Shape,
    differences,
    engine_differences,
    missing,
)
from deter.evidence.formal_decisions import CHAIN, DECISIONS, STRATEGIC
from deter.evidence.formal_file import read_cases
from deter.evidence.formal_games import REFERENCE
from deter.evidence.formal_quorums import QUORUMS
from deter.evidence.formal_races import HAZARDS
from deter.evidence.formal_timing import TIMING
from deter.evidence.formal_wars import CONTESTS, RUIN
from deter.evidence.quiet import ENGINE
from deter.experiments.engines import EngineName

Status = Literal["pass", "fail", "no_law"]
CONTAINED = "formal_cases.json"

GROUPS: dict[str, tuple[Shape, ...]] = {
    "i_edg_spe": REFERENCE,
    "i_edg_incomplete": REFERENCE,
    "ii_edg_aqre": REFERENCE,
    "iii_gamblers_ruin": RUIN,
    "csf": CONTESTS,
    "v_beliefs": BELIEFS,
    "vi_quorum": QUORUMS,
    "vi_timing": TIMING,
    "vii_hazards": HAZARDS,
    "composite": CHAIN,
    "signorino": STRATEGIC,
    "decision": DECISIONS + REFERENCE,
}
"""The shapes of inputs that each group of cases may have."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case came out.

    Attributes
    ----------
    id, group : str
        The case's own.
    status : {"pass", "fail", "no_law"}
        ``no_law`` where no law of the model serves the case.
    expected : dict
        What the case expects.
    got : dict or None
        What the project's laws gave for it; None where nothing did.
    note : str
        What the engine gave in its limit, and why a case failed or has no law.
    """

    id: str
    group: str
    status: Status
    expected: dict[str, Any]
    got: dict[str, Any] | None
    note: str


def check(path: str | Path | None = None, engine: EngineName = "auto") -> list[CaseResult]:
    """Run the formal cases of a file, or those the package contains.

    Parameters
    ----------
    path : str, Path or None
        A JSON file ``{"cases": [{"id", "group", "inputs", "expected", "tolerance"}, …]}``.
    engine : {"auto", "reference", "compiled"}
        Which engine runs the cases that are a game, a war or a race.

    Returns
    -------
    list of CaseResult
        One a case, in the file's order.

    Raises
    ------
    InputError
        If the file cannot be read as such; with every fault found.

    Examples
    --------
    >>> from deter.evidence.formal import GROUPS
    >>> "i_edg_spe" in GROUPS
    True
    """
    if path is not None:
        cases = read_cases(Path(path), str(path))
    else:
        with as_file(files("deter.evidence") / CONTAINED) as contained:
            cases = read_cases(contained, CONTAINED)
    before = ENGINE.set(engine)
    try:
        return [judge(case) for case in cases]
    finally:
        ENGINE.reset(before)


def judge(case: Case) -> CaseResult:
    """Run one case through the laws, and the engine where it has the limit."""
    given = Inputs(case.inputs)
    try:
        answer = _answer(case, given)
        return _compare(case, given, answer)
    except NoLawError as error:
        return _result(case, "no_law", None, str(error))
    except BadInputError as error:
        return _result(case, "fail", None, str(error))
    except (ValueError, ArithmeticError, TypeError, LookupError, DeterError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _result(case, "fail", None, f"cannot be reckoned: {reason}")


def _answer(case: Case, given: Inputs) -> Answer:
    """Choose the law by the group and the names of the inputs; the most particular first."""
    shapes = GROUPS.get(case.group)
    if shapes is None:
        raise NoLawError(f"no law here for group {case.group!r} (known: {', '.join(GROUPS)})")
    fits = [s for s in shapes if s.fits(case, given)]
    if fits:
        return max(fits, key=lambda s: (len(s.keys), len(s.words))).answer(case, given)
    near = [s for s in shapes if given.names() and given.names() < s.keys and not s.words]
    if near:
        lacking = min((s.keys - given.names() for s in near), key=lambda keys: (len(keys), *keys))
        raise BadInputError(f"inputs lack {', '.join(repr(key) for key in sorted(lacking))}")
    raise NoLawError(f"no law here for inputs {', '.join(sorted(given.names())) or '(none)'}")


def _compare(case: Case, given: Inputs, answer: Answer) -> CaseResult:
    """Hold an answer of the laws and the engine against what a case expects."""
    got = {key: answer.got[key] for key in case.expected if key in answer.got}
    wrong = list(differences(case.expected, got, case.tolerance))
    lacking = list(missing(case.expected, got))
    unread = given.unused()
    seen = list(engine_differences(case.expected, answer.got, answer.engine))
    broken = [words for words, close in seen if not close]
    notes = [f"laws: {words}" for words in wrong]
    notes += [f"engine: {words}" for words in broken]
    if answer.note:
        notes.append(answer.note)
    if wrong or broken:
        status: Status = "fail"
        if unread and not broken:
            status = "no_law"
            notes.append(f"no law here that reads inputs {', '.join(unread)}")
    elif lacking:
        status = "no_law"
        notes.append(f"no law here gives {', '.join(lacking)}")
    else:
        status = "pass"
        if seen:
            notes.append("engine: " + ", ".join(words for words, _ in seen))
    return _result(case, status, _finite(got) if got else None, "; ".join(notes))


def _finite(tree: Any) -> Any:
    """Return a tree without infinities and NaN, which JSON does not know."""
    if isinstance(tree, dict):
        return {key: _finite(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_finite(value) for value in tree]
    return None if isinstance(tree, float) and not math.isfinite(tree) else tree


def _result(case: Case, status: Status, got: dict[str, Any] | None, note: str) -> CaseResult:
    return CaseResult(case.id, case.group, status, case.expected, got, note)
