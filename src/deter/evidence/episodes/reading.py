"""Read a file of historical episodes: all its faults at once, each with its line.

An episode is a stretch of time in which a defender faced a challenger under one arrangement. What
a scenario may be made of is kept apart (:class:`Given`) from how it went and how long it lasted.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deter.errors import Fault, InputError
from deter.spec.hints import did_you_mean, found
from deter.spec.yaml_reader import read_text

FULL = 2
"""Outcome of an episode that ended in a full attack."""

MOST_TROOPS, MOST_YEARS, MOST_RATIO = 10_000_000.0, 1000.0, 1e6

_TEXTS = ("id", "defender", "challenger")
_CODES = {"commit": 5, "nuclear_guarantor": 1, "outcome": FULL}
_NUMBERS = {
    "guarantor_troops": (0.0, MOST_TROOPS),
    "years_at_risk": (1e-6, MOST_YEARS),
    "years_total": (1e-6, MOST_YEARS),
}
_RATIOS = ("ratio_chal_def", "ratio_chal_vs_coalition", "milper_ratio")
NEEDED = (*_TEXTS, *_CODES, *_NUMBERS, *_RATIOS)
"""Columns a file must have; ratios may be empty, and other columns may stand beside them."""

_SPARE = ("guarantors", "note")


@dataclass(frozen=True, slots=True)
class Given:
    """What the mapping reads of an episode: nothing of dates, lengths or outcomes.

    Attributes
    ----------
    commit : int
        0 none, 1 political or memorandum, 2 consultation, limited or a United Nations mandate,
        3 bilateral pact, 4 multilateral pact, 5 own territory.
    troops : float
        The guarantors' soldiers in place.
    nuclear : bool
        Whether a guarantor had nuclear weapons.
    ratio : float or None
        Challenger to defender, composite index of capabilities.
    coalition : float or None
        Challenger to defender and guarantors together, the same index.
    personnel : float or None
        Challenger to defender, soldiers.
    """

    commit: int
    troops: float
    nuclear: bool
    ratio: float | None
    coalition: float | None
    personnel: float | None


@dataclass(frozen=True, slots=True)
class Episode:
    """One historical episode.

    Attributes
    ----------
    id, defender, challenger, guarantors, note : str
        What it was.
    given : Given
        What a scenario is made of.
    event : bool
        Whether it ended in a full attack.
    years : float
        Until then; or, without one, the length of the window.
    line : int
        Where it stands in the file.
    """

    id: str
    defender: str
    challenger: str
    guarantors: str
    note: str
    given: Given
    event: bool
    years: float
    line: int

    @property
    def name(self) -> str:
        """The pair, in words."""
        return f"{self.defender} and {self.challenger}"


def read_episodes(path: Path, shown: str) -> list[Episode]:
    """Read the episodes of a file of comma-separated values with a line of column names.

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
    rows = list(_rows(text, shown))
    if not rows:
        raise InputError((Fault(shown, 1, "", f"is empty; write {', '.join(NEEDED)} first"),))
    heads = [head.strip() for head in rows[0][1]]
    faults = list(_head_faults(heads, rows[0][0], shown))
    if faults:
        raise InputError(tuple(faults))
    if len(rows) == 1:
        raise InputError((Fault(shown, 1, "", "holds no episode; write one a line"),))
    return _episodes(heads, rows[1:], shown)


def _rows(text: str, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row begins, and its cells; blank lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    began = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield began, cells
            began = reader.line_num + 1
    except csv.Error as error:
        message = f"is no table with commas between: {error}; close every quotation mark"
        raise InputError((Fault(shown, began, "", message),)) from None


def _head_faults(heads: Sequence[str], line: int, shown: str) -> Iterator[Fault]:
    if len(heads) == 1 and any(mark in heads[0] for mark in ";\t"):
        message = "the columns are not set apart by commas; save it with commas between"
        yield Fault(shown, line, "", message)
        return
    for name in NEEDED:
        if name not in heads:
            strange = [head for head in heads if head and head not in (*NEEDED, *_SPARE)]
            near = did_you_mean(name, strange)
            yield Fault(
                shown, line, name, f"there is no such column{near}; add it to the first line"
            )
        elif heads.count(name) > 1:
            yield Fault(shown, line, name, "stands twice in the first line; keep one")


def _episodes(
    heads: Sequence[str], rows: Sequence[tuple[int, list[str]]], shown: str
) -> list[Episode]:
    faults: list[Fault] = []
    episodes: list[Episode] = []
    known: dict[str, int] = {}
    for line, cells in rows:
        if len(cells) != len(heads):
            message = (
                f"has {len(cells)} cells and the first line {len(heads)}; put a text that holds "
                "commas between quotation marks"
            )
            faults.append(Fault(shown, line, "", message))
            continue
        row = {head: cell.strip() for head, cell in zip(heads, cells, strict=True)}
        wrong = list(_row_faults(row, line, shown))
        if row["id"] in known:
            message = f"{found(row['id'])} stands already at line {known[row['id']]}"
            wrong.append(Fault(shown, line, "id", message))
        known.setdefault(row["id"], line)
        faults.extend(wrong)
        if not wrong:
            episodes.append(_episode(row, line))
    if faults:
        raise InputError(tuple(faults))
    return episodes


def _row_faults(row: Mapping[str, str], line: int, shown: str) -> Iterator[Fault]:
    for name in _TEXTS:
        if not row[name]:
            yield Fault(shown, line, name, "is empty; write a text")
    for name, most in _CODES.items():
        if row[name] not in {str(code) for code in range(most + 1)}:
            allowed = "0 or 1" if most == 1 else f"a whole number from 0 to {most}"
            yield Fault(shown, line, name, f"found {found(row[name])}; write {allowed}")
    for name, (low, high) in _NUMBERS.items():
        yield from _number_faults(row, name, (low, high), line, shown)
    for name in _RATIOS:
        if row[name]:
            yield from _number_faults(row, name, (1 / MOST_RATIO, MOST_RATIO), line, shown)
    risk, total = _number(row["years_at_risk"]), _number(row["years_total"])
    if risk is not None and total is not None and risk > total:
        message = f"{row['years_at_risk']} is longer than years_total, {row['years_total']}"
        yield Fault(shown, line, "years_at_risk", message)


def _number_faults(
    row: Mapping[str, str], name: str, span: tuple[float, float], line: int, shown: str
) -> Iterator[Fault]:
    value = _number(row[name])
    if value is None or not span[0] <= value <= span[1]:
        message = (
            f"found {found(row[name] or None)}; write a number from {span[0]:g} to {span[1]:,g}"
        )
        yield Fault(shown, line, name, message)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _episode(row: Mapping[str, str], line: int) -> Episode:
    event = int(row["outcome"]) == FULL
    given = Given(
        commit=int(row["commit"]),
        troops=float(row["guarantor_troops"]),
        nuclear=row["nuclear_guarantor"] == "1",
        ratio=_number(row["ratio_chal_def"]),
        coalition=_number(row["ratio_chal_vs_coalition"]),
        personnel=_number(row["milper_ratio"]),
    )
    return Episode(
        id=row["id"],
        defender=row["defender"],
        challenger=row["challenger"],
        guarantors=row.get("guarantors", ""),
        note=row.get("note", ""),
        given=given,
        event=event,
        years=float(row["years_at_risk"] if event else row["years_total"]),
        line=line,
    )
