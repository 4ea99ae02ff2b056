"""Scenarios and frameworks as results keep them: in full, and read again without their files."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from deter.errors import OutputError
from deter.spec.framework import Framework
from deter.spec.ledger import LedgerEntry
from deter.spec.quantities import Distribution, Value
from deter.spec.scenario import Scenario

OWN = {"framework"}
"""Of a scenario: what is kept apart, because each case has its own."""

_VALUE = set(Value.model_fields)


def plain_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, without a framework; infinite numbers as texts."""
    document: dict[str, Any] = plain(scenario.model_dump(mode="json", by_alias=True, exclude=OWN))
    return document


def plain_framework(framework: Framework) -> dict[str, Any]:
    """Return a framework as plain data; infinite numbers as texts."""
    document: dict[str, Any] = plain(framework.model_dump(mode="json", by_alias=True))
    return document


def plain(value: Any) -> Any:
    """Return data as JSON can hold it: what is not finite as a text.

    Examples
    --------
    >>> plain({"a": (1, float("inf"))})
    {'a': [1, 'inf']}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def without(value: Any, keys: Collection[str]) -> Any:
    """Return plain data without what stands under some keys, at any depth.

    Examples
    --------
    >>> without({"title": "A", "layers": [{"title": "B", "binding": 3}]}, {"title"})
    {'layers': [{'binding': 3}]}
    """
    if isinstance(value, Mapping):
        return {key: without(inner, keys) for key, inner in value.items() if key not in keys}
    return [without(inner, keys) for inner in value] if isinstance(value, list) else value


def stored_scenario(document: Mapping[str, Any]) -> Scenario:
    """Return a scenario from what :func:`plain_scenario` made of it.

    Raises
    ------
    OutputError
        If it is not one, as where a later deter wrote it.
    """
    try:
        return Scenario.model_validate(_again(document))
    except (ValidationError, TypeError, ValueError) as error:
        raise OutputError(_damaged("scenario", error)) from None


def stored_framework(document: Mapping[str, Any]) -> Framework:
    """Return a framework from what :func:`plain_framework` made of it.

    Raises
    ------
    OutputError
        If it is not one.
    """
    try:
        return Framework.model_validate(_again(document))
    except (ValidationError, TypeError, ValueError) as error:
        raise OutputError(_damaged("framework", error)) from None


def completed_scenario(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored scenario as this version would store it: with what models have gained since.

    What cannot be read stays as it is.
    """
    try:
        return plain_scenario(stored_scenario(document))
    except OutputError:
        return dict(document)


def completed_framework(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored framework as this version would store it."""
    try:
        return plain_framework(stored_framework(document))
    except OutputError:
        return dict(document)


def completed_distribution(document: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a stored distribution as this version would store it."""
    try:
        made = _distribution(document)
    except (ValidationError, TypeError, ValueError):
        return None if document is None else dict(document)
    if made is None:
        return None
    complete: dict[str, Any] = plain(made.model_dump())
    return complete


def _damaged(what: str, error: Exception) -> str:
    first = str(error).splitlines()[0]
    return f"the {what} kept with the results cannot be read: {first}"


def _again(data: Any) -> Any:
    """Return plain data with its numbers as the models hold them."""
    if isinstance(data, Mapping):
        if set(data) == _VALUE and isinstance(data["value"], int | float | str):
            return _value(data)
        return {key: _again(inner) for key, inner in data.items()}
    if isinstance(data, list):
        return [_again(inner) for inner in data]
    return data


def _value(data: Mapping[str, Any]) -> Value:
    return Value(
        value=float(data["value"]),
        distribution=_distribution(data["distribution"]),
        evidence=data["evidence"],
        source=data["source"],
    )


def _distribution(data: Mapping[str, Any] | None) -> Distribution | None:
    if data is None:
        return None
    bounds = {name: float(data[name]) for name in ("low", "high") if data.get(name) is not None}
    kept = {name: part for name, part in data.items() if name not in ("low", "high")}
    return Distribution.model_validate(kept | bounds)


# ---- entries of the ledger


def plain_entry(entry: LedgerEntry) -> dict[str, Any]:
    """Return a number of the ledger as plain data from which it can be made again."""
    made = entry.distribution
    document: dict[str, Any] = plain(
        {
            **{name: getattr(entry, name) for name in LedgerEntry.__dataclass_fields__},
            "distribution": None if made is None else made.model_dump(mode="python"),
        }
    )
    return document


def stored_entry(document: Mapping[str, Any]) -> LedgerEntry:
    """Return a number of the ledger from what :func:`plain_entry` made of it.

    Raises
    ------
    OutputError
        If it is not one.
    """
    try:
        value = document["value"]
        return LedgerEntry(
            **{
                **document,
                "value": tuple(value) if isinstance(value, list) else float(value),
                "distribution": _distribution(document["distribution"]),
                "low": float(document["low"]),
                "high": float(document["high"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise OutputError(_damaged("ledger", error)) from None


__all__ = [
    "completed_distribution",
    "completed_framework",
    "completed_scenario",
    "plain",
    "plain_entry",
    "plain_framework",
    "plain_scenario",
    "stored_entry",
    "stored_framework",
    "stored_scenario",
]
