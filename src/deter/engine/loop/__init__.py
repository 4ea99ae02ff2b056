"""The compiled engine's rooms, each the like of a room of the reference engine."""
