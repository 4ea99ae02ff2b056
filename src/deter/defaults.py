"""What is taken where nothing is said; the same at the command line and in Python."""

N = 200
"""Replications of a run, and of each framework of a comparison."""

SEED = 1
"""Of all luck."""

RESULTS = "results"
"""Folder below the working folder in which results are kept."""
