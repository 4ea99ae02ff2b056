"""From an episode's columns to a scenario: the rules of ``episode_mapping.yaml``, carried out.

Only :class:`~deter.evidence.episodes.reading.Given` comes in, so no date, length or outcome can.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import product
from typing import Any

from deter.evidence.episodes.reading import Given
from deter.spec.library import library_root
from deter.spec.scenario import Scenario
from deter.spec.tree import plain
from deter.spec.yaml_reader import read_table

RULES = "episode_mapping.yaml"
BASE = "stylised/episode"
"""The scenario in which an episode is set where no other is named."""

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
    """

    challenger: float
    protege: float
    mobilisation: float
    guarantors: Mapping[str, Mapping[str, float]]


def generic(scenario: Scenario) -> Generic:
    """Return what the rules scale of a scenario; of a distribution its centre."""
    scaled = rules()["guarantor"]["scaled"]
    return Generic(
        challenger=scenario.challenger.forces.value,
        protege=scenario.protege.forces.value,
        mobilisation=scenario.behaviour.mobilisation.value,
        guarantors={
            code: {name: float(getattr(state, name)) for name in scaled}
            for code, state in scenario.guarantors.items()
        },
    )


@cache
def rules() -> dict[str, Any]:
    """Return the table of rules."""
    with as_file(files("deter.evidence") / RULES) as path:
        read: dict[str, Any] = plain(read_table(path, RULES))
    read["commitments"] = {int(level): terms for level, terms in read["commitments"].items()}
    return read


def settings(given: Given, base: Generic) -> dict[str, Any]:
    """Return what to set in the base scenario for an episode, by path.

    Parameters
    ----------
    given : Given
        The episode's columns.
    base : Generic
        The numbers of the base scenario.
    """
    return {
        **_pair(given, base),
        **_helpers(given, base),
        "framework": _framework(given),
    }


def committed(given: Given) -> list[str]:
    """Return the guarantors of the base scenario who are committed, or would be."""
    lead = host(given)
    if not rules()["commitments"][given.commit].get("multilateral"):
        return [lead]
    rule = rules()["guarantor"]
    return [code for code in rule["partners"] if code == lead or code != rule["nuclear"]]


def host(given: Given) -> str:
    """Return the guarantor whose troops stand there."""
    rule = rules()["guarantor"]
    return str(rule["nuclear"] if given.nuclear else rule["other"])


def balance(given: Given) -> float | None:
    """Return the ratio of forces at the front, or None where the columns say nothing of it."""
    rule = rules()["forces"]
    if given.commit in rule["owner_is_guarantor"]:
        return None
    ratio = given.ratio if given.personnel is None else given.personnel
    return None if ratio is None else float(ratio ** rule["exponent"])


def weight(given: Given) -> float:
    """Return the multiple of generic forces that those committed have."""
    rule = rules()["guarantor"]
    relative = _relative(given)
    if relative is None or relative <= 0 or given.commit == 0:
        return 1.0
    return float(min(relative ** rule["exponent"], rule["most"]))


def _relative(given: Given) -> float | None:
    """Return the guarantors' capabilities per challenger's."""
    if given.ratio is None:
        return None
    if given.commit in rules()["forces"]["owner_is_guarantor"]:
        return 1 / given.ratio
    if given.coalition is None or math.isclose(given.coalition, given.ratio, rel_tol=1e-9):
        return None
    return 1 / given.coalition - 1 / given.ratio


def _pair(given: Given, base: Generic) -> dict[str, Any]:
    ratio = balance(given)
    if ratio is None:
        return {}
    forces = base.challenger / ratio
    share = forces / base.protege if base.protege > 0 else 1.0
    return {
        "protege.forces": forces,
        "protege.ceiling": forces * rules()["forces"]["ceiling"],
        "behaviour.mobilisation": base.mobilisation * share,
    }


def _helpers(given: Given, base: Generic) -> dict[str, Any]:
    factor = weight(given)
    if factor == 1:
        return {}
    return {
        f"guarantors.{code}.{name}": number * factor
        for code in committed(given)
        for name, number in base.guarantors[code].items()
    }


def _framework(given: Given) -> dict[str, Any]:
    terms = dict(rules()["commitments"][given.commit])
    title = terms.pop("title")
    terms.pop("multilateral", None)
    layer = {
        "id": "commitment",
        "members": committed(given),
        **rules()["shared"],
        **terms,
    }
    if given.troops > 0:
        layer["presence"] = [_presence(given)]
    empty = given.commit == 0 and given.troops <= 0
    return {"title": title, "layers": [] if empty else [layer]}


def _presence(given: Given) -> dict[str, Any]:
    rule = rules()["presence"]
    return {
        "guarantor": host(given),
        "troops": given.troops,
        "place": rule["place"],
        "reinforcement": given.troops / rule["troops_per_brigade"],
        "reinforcement_days": rule["reinforcement_days"],
    }


def digest() -> str:
    """Return the SHA-256 of the mapping: its rules, its base scenario, and what they make.

    What they make is told for a grid of columns and plain numbers in place of the base scenario's,
    so that a change in the code shows, and one in a behavioural parameter does not: that makes
    another set of parameters, not another mapping.
    """
    own = plain(read_table(library_root() / f"{BASE}.yaml", BASE))
    whole = {
        "rules": {key: value for key, value in rules().items() if key != "commitments"},
        "commitments": {str(level): terms for level, terms in rules()["commitments"].items()},
        "base": {key: value for key, value in own.items() if key not in _TELLING},
        "made": [settings(given, _plain_base()) for given in _grid()],
    }
    text = json.dumps(whole, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain_base() -> Generic:
    forces = dict.fromkeys(rules()["guarantor"]["scaled"], 1.0)
    return Generic(1.0, 1.0, 1.0, dict.fromkeys(rules()["guarantor"]["partners"], forces))


def _grid() -> list[Given]:
    ratios = ((None, None, None), (5.0, 0.5, 4.0), (5.0, 5.0, None), (0.5, 0.02, 0.25))
    return [
        Given(commit, troops, nuclear, *three)
        for commit, troops, nuclear, three in product(
            rules()["commitments"], (0.0, 1500.0, 25000.0), (False, True), ratios
        )
    ]
