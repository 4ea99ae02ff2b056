"""Tables in, small frozen values out: estimates with intervals, curves, paired contrasts.

Nothing here imports an engine: a results folder is all it needs.
"""
