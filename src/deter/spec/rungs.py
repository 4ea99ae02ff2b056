"""What a user writes about the four rungs of response, and what they do where nothing is said."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from deter.spec.actors import Rung
from deter.spec.quantities import CALIBRATED, Record


def _calibrated(value: float | str) -> dict[str, Any]:
    return {"value": value, "evidence": "calibrated", "source": CALIBRATED}


RUNG_DEFAULTS: dict[str, dict[str, Any]] = {
    "sanctions": {
        "risk": _calibrated(0.691),
        "punishment": _calibrated(0.142),
        "lag": {"distribution": "lognormal", "typical": "14 d", "shape": 0.6},
    },
    "arms": {
        "risk": _calibrated(1.39),
        "lag": {"distribution": "lognormal", "typical": _calibrated("80 d"), "shape": 0.7},
    },
    "air": {
        "risk": _calibrated(2.06),
        "punishment": 0.02,
        "combat": True,
        "lag": {"distribution": "lognormal", "typical": _calibrated("40 d"), "shape": 0.6},
    },
    "ground": {
        "risk": _calibrated(2.75),
        "punishment": 0.02,
        "combat": True,
        "lag": {"distribution": "lognormal", "typical": _calibrated("120 d"), "shape": 0.6},
    },
}
"""What each rung does where the user does not say; a rung given in part keeps the rest."""


def _rung(name: str) -> Rung:
    return Rung.model_validate(RUNG_DEFAULTS[name])


class Rungs(Record):
    """The four rungs of response, in fixed order."""

    sanctions: Rung = Field(
        default_factory=lambda: _rung("sanctions"), description="Rung 1: sanctions and finance."
    )
    arms: Rung = Field(
        default_factory=lambda: _rung("arms"),
        description="Rung 2: arms, intelligence and air defence.",
    )
    air: Rung = Field(
        default_factory=lambda: _rung("air"), description="Rung 3: air and maritime force."
    )
    ground: Rung = Field(
        default_factory=lambda: _rung("ground"),
        description="Rung 4: ground troops; each guarantor's own days replace this median.",
    )

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: _over(RUNG_DEFAULTS.get(name), given) for name, given in raw.items()}


def _over(default: Any, given: Any) -> Any:
    """Lay a mapping over its default, key by key; a number, however written, stands as it is."""
    if not isinstance(default, dict) or not isinstance(given, dict) or "value" in default:
        return given
    return default | {key: _over(default.get(key), value) for key, value in given.items()}
