"""Fitting free parameters to a stated part of the patterns."""
