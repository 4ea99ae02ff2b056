"""The cited laws: pure functions on plain numbers, the only place where a rule is written.

Every law is compiled with Numba on first use and can be called from Python as it is.
"""
