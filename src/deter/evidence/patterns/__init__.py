"""Patterns of history, measured on the model: what passes, what fails, and which had bite."""
