"""One war written five times over in other tools, and what it must come out at.

Each module but ``parameters`` and ``exact`` has ``wins(seed, n)``: of ``n`` wars, how many the
challenger wins.
"""
