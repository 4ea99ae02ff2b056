"""Runs a scenario: the game as flat arrays, the SimPy engine, the outcome row."""
