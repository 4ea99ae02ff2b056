"""The story of one replication as prose: a chronicle, an ending, and three questions answered."""

from __future__ import annotations

from deter.presentation.narrative.story import Told, tell

__all__ = ["Told", "tell"]
