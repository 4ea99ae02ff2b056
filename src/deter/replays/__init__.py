"""Questions that are answered by running more: each run is chosen by what the last one showed.

Where two frameworks swap places (:mod:`deter.replays.flip`), what clauses are worth in the coin of
another (:mod:`deter.replays.trade`), and which repair would have saved which history
(:mod:`deter.replays.autopsy`). Here running and statistics meet; each is made elsewhere.
"""
