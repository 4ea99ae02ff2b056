"""From an episode's columns to a scenario: a table of rules, carried out.

Only :class:`~deter.evidence.episodes.reading.Given` comes in, so no date, length or outcome can.
Rules once scored are never changed: a change is another table, and all of them can be scored.
"""

from __future__ import annotations

import copy
import hashlib
import json
import math
from collections.abc import Iterable
from collections.abc import Mapping as Readable
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import as_file, files
from itertools import pairwise, product
from typing import Any

from deter.defaults import EPISODE_BASE
from deter.errors import Fault, InputError
from deter.evidence.episodes.reading import Given
from deter.spec.hints import found, unknown
from deter.spec.library import library_root
from deter.spec.quantities import Value
from deter.spec.scenario import Scenario
from deter.spec.tree import plain
from deter.spec.yaml_reader import parse_value, read_table

RULES = "episode_mapping_{}.yaml"
LATEST = 2
"""Number of the latest table of rules; the first is 1."""

BASE = "stylised/episode"
"""The pair the rules are laid over, part of the mapping; its parameters are not."""

CALIBRATED = EPISODE_BASE
"""The same pair with the posterior's parameters; episodes are set in it if no other is named."""

_TELLING = ("title", "description", "sources")
"""What a scenario says of itself, which changes nothing."""


@dataclass(frozen=True)
class Generic:
    """The numbers of the base scenario that the rules scale.

    Attributes
    ----------
    challenger, protege : float
        Forces, brigades.
    mobilisation : float
        Brigades a year the protégé raises at war.
    guarantors : mapping
        Forces of each guarantor by field, brigades.
    opportunities : Value or float
        Occasions a year; of a joint sample the column, so that they are still drawn when scaled.
    """

    challenger: float
    protege: float
    mobilisation: float
    guarantors: Readable[str, Readable[str, float]]
    opportunities: Value | float = 1.0


@dataclass(frozen=True)
class Mapping:
    """One table of rules.

    Attributes
    ----------
    number : int
        Which; they count from 1 in the order of time.
    rules : dict
        The table, as its file has it, with what was changed.
    changes : tuple of str
        Rules changed for a trial, as the user wrote them.
    """

    number: int
    rules: dict[str, Any] = field(repr=False)
    changes: tuple[str, ...] = ()

    def generic(self, scenario: Scenario) -> Generic:
        """Return what the rules scale of a scenario; of a distribution its centre."""
        return Generic(
            challenger=scenario.challenger.forces.value,
            protege=scenario.protege.forces.value,
            mobilisation=scenario.behaviour.mobilisation.value,
            guarantors={
                code: {
                    name: float(getattr(state, name)) for name in self.rules["guarantor"]["scaled"]
                }
                for code, state in scenario.guarantors.items()
            },
            opportunities=scenario.behaviour.opportunity_rate,
        )

    def settings(self, given: Given, base: Generic) -> dict[str, Any]:
        """Return what to set in the base scenario for an episode, by path.

        Parameters
        ----------
        given : Given
            The episode's columns.
        base : Generic
            The numbers of the base scenario.
        """
        return {
            **self._pair(given, base),
            **self._occasions(given, base),
            **self._helpers(given, base),
            **self._bystanders(given, base),
            "framework": self._framework(given),
        }

    def host(self, given: Given) -> str:
        """Return the guarantor whose troops stand there."""
        rule = self.rules["guarantor"]
        return str(rule["nuclear"] if given.nuclear else rule["other"])

    def committed(self, given: Given) -> list[str]:
        """Return the guarantors of the base scenario who are committed, or would be."""
        lead = self.host(given)
        if not self.rules["commitments"][given.commit].get("multilateral"):
            return [lead]
        rule = self.rules["guarantor"]
        return [code for code in rule["partners"] if code == lead or code != rule["nuclear"]]

    def balance(self, given: Given) -> float | None:
        """Return the ratio of forces at the front; None for that of the base scenario."""
        rule = self.rules["forces"]
        ratio = given.ratio if given.personnel is None else given.personnel
        if rule["exponent"] == 0:
            return None
        if self._is_owner(given) or ratio is None:
            ratio = rule.get("missing")
            if ratio is None:
                return None
        return float(ratio ** rule["exponent"])

    def frequency(self, given: Given) -> float:
        """Return how often occasions come, relative to the base scenario."""
        classes = self.rules["forces"].get("disputes")
        if not classes or given.ratio is None or self._is_owner(given):
            return 1.0
        share = given.ratio / (1 + given.ratio)
        return _between([(float(at), float(rate)) for at, rate in classes], share)

    def weight(self, given: Given) -> float:
        """Return the multiple of generic forces that those committed have."""
        rule = self.rules["guarantor"]
        relative = self._relative(given) or rule.get("missing")
        if relative is None or given.commit == 0:
            return 1.0
        return float(min(relative ** rule["exponent"], rule["most"]))

    def _is_owner(self, given: Given) -> bool:
        return given.commit in self.rules["forces"]["owner_is_guarantor"]

    def _relative(self, given: Given) -> float | None:
        """Return the guarantors' capabilities per challenger's; None where nobody counted any."""
        if given.ratio is None:
            return None
        if self._is_owner(given):
            return 1 / given.ratio
        if given.coalition is None or math.isclose(given.coalition, given.ratio, rel_tol=1e-9):
            return None
        relative = 1 / given.coalition - 1 / given.ratio
        return relative if relative > 0 else None

    def _pair(self, given: Given, base: Generic) -> dict[str, Any]:
        ratio = self.balance(given)
        if ratio is None:
            return {}
        forces = base.challenger / ratio
        share = forces / base.protege if base.protege > 0 else 1.0
        return {
            "protege.forces": forces,
            "protege.ceiling": forces * self.rules["forces"]["ceiling"],
            "behaviour.mobilisation": base.mobilisation * share,
        }

    def _occasions(self, given: Given, base: Generic) -> dict[str, Any]:
        factor = self.frequency(given)
        scaled = _scaled(base.opportunities, factor)
        return {} if factor == 1 else {"behaviour.opportunity_rate": scaled}

    def _helpers(self, given: Given, base: Generic) -> dict[str, Any]:
        factor = self.weight(given)
        if factor == 1:
            return {}
        return {
            f"guarantors.{code}.{name}": number * factor
            for code in self.committed(given)
            for name, number in base.guarantors[code].items()
        }

    def _bystanders(self, given: Given, base: Generic) -> dict[str, Any]:
        stake = self.rules["guarantor"].get("bystanders")
        if stake is None:
            return {}
        tied = self.committed(given) if given.commit else []
        return {f"guarantors.{c}.stake": stake for c in base.guarantors if c not in tied}

    def _framework(self, given: Given) -> dict[str, Any]:
        terms = dict(self.rules["commitments"][given.commit])
        title = terms.pop("title")
        terms.pop("multilateral", None)
        layer = {
            "id": "commitment",
            "members": self.committed(given),
            **self.rules["shared"],
            **terms,
        }
        if given.troops > 0:
            layer["presence"] = [self._presence(given)]
        empty = given.commit == 0 and given.troops <= 0
        return {"title": title, "layers": [] if empty else [layer]}

    def _presence(self, given: Given) -> dict[str, Any]:
        rule = self.rules["presence"]
        return {
            "guarantor": self.host(given),
            "troops": given.troops,
            "place": rule["place"],
            "reinforcement": given.troops / rule["troops_per_brigade"],
            "reinforcement_days": rule["reinforcement_days"],
        }

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the mapping: its rules, its base scenario, and what they make.

        What they make is told for a grid of columns and plain numbers in place of the base
        scenario's, so that a change in the code shows, and one in a behavioural parameter does
        not: that makes another set of parameters, not another mapping.
        """
        own = plain(read_table(library_root() / f"{BASE}.yaml", BASE))
        rules = {key: value for key, value in self.rules.items() if key != "commitments"}
        forces = dict.fromkeys(self.rules["guarantor"]["scaled"], 1.0)
        ones = Generic(1.0, 1.0, 1.0, dict.fromkeys(self.rules["guarantor"]["partners"], forces))
        whole = {
            "rules": rules,
            "commitments": {str(n): terms for n, terms in self.rules["commitments"].items()},
            "base": {key: value for key, value in own.items() if key not in _TELLING},
            "made": [self.settings(given, ones) for given in self._grid()],
        }
        text = json.dumps(whole, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def _grid(self) -> list[Given]:
        ratios = ((None, None, None), (5.0, 0.5, 4.0), (5.0, 5.0, None), (0.5, 0.02, 0.25))
        return [
            Given(commit, troops, nuclear, *three)
            for commit, troops, nuclear, three in product(
                self.rules["commitments"], (0.0, 1500.0, 25000.0), (False, True), ratios
            )
        ]


def _scaled(number: Value | float, factor: float) -> Any:
    """Return a number times a factor; a column of a joint sample stays one."""
    drawn = number.distribution if isinstance(number, Value) else None
    if drawn is None or not drawn.joint:
        return float(number) * factor
    return {"joint": drawn.joint, "column": drawn.column, "times": drawn.times * factor}


def _between(points: list[tuple[float, float]], at: float) -> float:
    """Return the height at a place of straight lines through points; level beyond the ends."""
    if at <= points[0][0]:
        return points[0][1]
    for (x, y), (to, height) in pairwise(points):
        if at <= to:
            return y + (height - y) * (at - x) / (to - x)
    return points[-1][1]


NUMBERS = {
    "forces.exponent": "0 to 1: how far a ratio counts in the balance at the front; 0 not at all",
    "forces.missing": "the ratio of a pair without one",
    "guarantor.exponent": "0 to 1: how far the guarantors' capabilities count",
    "guarantor.most": "largest multiple of generic forces",
    "guarantor.missing": "guarantors' capabilities per challenger's where none are known",
    "guarantor.bystanders": "stake of those who are not committed; that of the base if not given",
    "presence.troops_per_brigade": "soldiers in place for each brigade earmarked",
}
"""Rules that are numbers, and may be changed for a trial."""


def changed(rules: Mapping, texts: Iterable[str]) -> Mapping:
    """Return a mapping with some rules changed, for a trial.

    Parameters
    ----------
    rules : Mapping
        What to start from.
    texts : iterable of str
        As ``forces.exponent=0.3``, of :data:`NUMBERS`; or ``commitments.1.obligation=none``, a
        clause of the layer that a level of commitment makes.

    Raises
    ------
    InputError
        With all that cannot be changed so.
    """
    table = copy.deepcopy(rules.rules)
    faults: list[Fault] = []
    given = tuple(texts)
    for text in given:
        path, _, word = (part.strip() for part in text.partition("="))
        wrong = _change(table, path, word)
        if wrong:
            faults.append(Fault("--rule", 0, path or text, wrong))
    if faults:
        raise InputError(tuple(faults))
    return Mapping(rules.number, table, (*rules.changes, *given))


def _change(table: dict[str, Any], path: str, word: str) -> str:
    """Change one rule in place, or say why not."""
    room, _, key = path.partition(".")
    if path in NUMBERS:
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        most = 1.0 if key == "exponent" else 1e6
        least = 0.0 if key in ("exponent", "bystanders") else 1e-6
        if not least <= value <= most:
            return f"found {found(word or None)}; write a number from {least:g} to {most:,g}"
        table[room][key] = value
        return ""
    level, _, clause = key.partition(".")
    levels = {str(n): terms for n, terms in table["commitments"].items()}
    if room == "commitments" and level in levels and clause and "." not in clause:
        levels[level][clause] = plain(parse_value(word))
        return ""
    known = [*NUMBERS, "commitments.0.obligation", "commitments.0.binding"]
    return f"{unknown(path, known)}; levels of commitment go from 0 to {len(levels) - 1}"


@cache
def mapping(number: int = LATEST) -> Mapping:
    """Return a table of rules by its number.

    Raises
    ------
    InputError
        If there is none of this number.
    """
    if not 1 <= number <= LATEST:
        message = f"found {number}; the mappings are numbered 1 to {LATEST}"
        raise InputError((Fault("--mapping", 0, "", message),))
    name = RULES.format(number)
    with as_file(files("deter.evidence") / name) as path:
        read: dict[str, Any] = plain(read_table(path, name))
    read["commitments"] = {int(level): terms for level, terms in read["commitments"].items()}
    return Mapping(number, read)
