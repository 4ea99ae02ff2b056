"""Read a file of formal cases: all its faults at once, each with its line, never a traceback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from deter.errors import Fault, InputError
from deter.evidence.formal_case import Case
from deter.spec.hints import found
from deter.spec.yaml_reader import read_text

DEFAULT_TOLERANCE = 1e-9
"""Where a case gives none."""

_BLANK = re.compile(r"[ \t\n\r,]*")
_HELP = 'write {"cases": [...]}, each case with "id", "group", "inputs" and "expected"'


class _TwiceError(ValueError):
    """A key that stands twice in one mapping."""


def read_cases(path: Path, shown: str) -> list[Case]:
    """Read the cases of a file.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.

    Raises
    ------
    InputError
        With every fault found.
    """
    text = read_text(path, shown)
    _check_whole(text, shown)
    faults: list[Fault] = []
    cases: list[Case] = []
    known: dict[str, int] = {}
    for n, (line, raw) in enumerate(_each_case(text, shown)):
        wrong = raw if isinstance(raw, list) else list(_faults(raw, shown, line, n))
        if not wrong and raw["id"] in known:
            first = known[raw["id"]]
            message = f"the id {raw['id']!r} stands already at line {first}"
            wrong = [Fault(shown, line, f"cases[{n}].id", message)]
        if wrong:
            faults.extend(wrong)
            continue
        known[raw["id"]] = line
        cases.append(_case(raw, line))
    if faults:
        raise InputError(tuple(faults))
    return cases


def _check_whole(text: str, shown: str) -> None:
    """Refuse what is no JSON, or JSON of another form."""
    try:
        data = json.loads(text)
    except JSONDecodeError as error:
        message = f"is no JSON: {error.msg} at column {error.colno}"
        raise InputError((Fault(shown, error.lineno, "", message),)) from None
    except RecursionError:
        raise InputError((Fault(shown, 0, "", "is nested too deeply"),)) from None
    except ValueError as error:
        raise InputError((Fault(shown, 0, "", f"cannot be read: {error}"),)) from None
    if not isinstance(data, dict):
        raise InputError((Fault(shown, 1, "", f"holds {found(data)}; {_HELP}"),))
    if not isinstance(data.get("cases"), list):
        what = f"{found(data['cases'])} is no list" if "cases" in data else "is missing"
        raise InputError((Fault(shown, 1, "cases", f"{what}; {_HELP}"),))
    if not data["cases"]:
        raise InputError((Fault(shown, 1, "cases", f"is empty; {_HELP}"),))


def _each_case(text: str, shown: str) -> Iterator[tuple[int, Any]]:
    """Yield each case with its line; in its place the faults of one that cannot stand."""
    strict = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
    at = _start_of_cases(text)
    n, line, counted = 0, 1, 0
    while True:
        at = _skip(text, at)
        if text[at] == "]":
            return
        line += text.count("\n", counted, at)
        counted = at
        _, end = json.JSONDecoder().raw_decode(text, at)
        try:
            raw, _ = strict.raw_decode(text, at)
        except ValueError as error:
            raw = [Fault(shown, line, f"cases[{n}]", str(error))]
        else:
            if not isinstance(raw, dict):
                raw = [Fault(shown, line, f"cases[{n}]", f"{found(raw)} is no case; {_HELP}")]
        yield line, raw
        at, n = end, n + 1


def _start_of_cases(text: str) -> int:
    """Return where the list of cases begins; the text is known to be sound."""
    decoder = json.JSONDecoder()
    at, start = _skip(text, 0) + 1, 0
    while text[at := _skip(text, at)] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if key == "cases":
            start = at + 1
        _, at = decoder.raw_decode(text, at)
    return start


def _skip(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return at if match is None else match.end()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise _TwiceError(f"the key {key!r} stands twice; keep one")
        table[key] = value
    return table


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a finite number; write null where there is none")


def _faults(raw: dict[str, Any], shown: str, line: int, n: int) -> Iterator[Fault]:
    for key in ("id", "group"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            yield Fault(shown, line, f"cases[{n}].{key}", _wanted(raw, key, "a text"))
    if not isinstance(raw.get("inputs"), dict):
        yield Fault(shown, line, f"cases[{n}].inputs", _wanted(raw, "inputs", "a mapping"))
    if not isinstance(raw.get("expected"), dict) or not raw["expected"]:
        wanted = _wanted(raw, "expected", "a mapping with what must come out")
        yield Fault(shown, line, f"cases[{n}].expected", wanted)
    tolerance = raw.get("tolerance", DEFAULT_TOLERANCE)
    plain = isinstance(tolerance, int | float) and not isinstance(tolerance, bool)
    if not plain or not 0 <= tolerance < 1e300:
        message = f"found {found(tolerance)}; write a number of 0 or more, such as 1e-9"
        yield Fault(shown, line, f"cases[{n}].tolerance", message)
    if not isinstance(raw.get("name", ""), str):
        yield Fault(shown, line, f"cases[{n}].name", _wanted(raw, "name", "a text"))


def _wanted(raw: dict[str, Any], key: str, what: str) -> str:
    return f"found {found(raw[key])}; write {what}" if key in raw else f"is missing; write {what}"


def _case(raw: dict[str, Any], line: int) -> Case:
    return Case(
        raw["id"],
        raw["group"],
        raw.get("name", ""),
        raw["inputs"],
        raw["expected"],
        float(raw.get("tolerance", DEFAULT_TOLERANCE)),
        line,
    )
