"""What is taken where nothing is said; the same at the command line and in Python."""

N = 200
"""Replications of a run, and of each framework of a comparison."""

SEED = 1
"""Of all luck."""

EPISODE_BASE, EPISODE_N = "stylised/episode_calibrated", 1000
"""In which historical episodes are set, and histories of each."""

DRAWS, ROWS, PAIRED_N, SPREAD = 64, 32, 20, 1.5
"""Of assumptions: their draws, rows of the posterior, replications of each pair, the spread."""

CALIBRATION_SEED, PRIOR_DRAWS = 20261126, 256
"""Of a calibration: of all luck, and how many draws from the prior."""

RESULTS = "results"
"""Folder below the working folder in which results are kept."""
