"""A sweep killed over and over, in a program of its own: run by ``test_sweep_kill.py``.

It warms up, so that what is forked begins at once, and then forks, kills with SIGKILL at a random
moment and forks again, until a sweep has come to its end.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

STAGES = 5
"""Different moments at which kills are to come."""


def main() -> None:
    """Sweep, be killed, go on; print how often, and the digests."""
    experiment, folder, wanted, seed = sys.argv[1:5]
    from deter.experiments.parts import PARTS, part_files, table_digest
    from deter.experiments.sweep import plan_sweep, run_sweep
    from deter.spec.experiments import load_experiment

    loaded = load_experiment(experiment)
    plan = plan_sweep(loaded)
    place = Path(folder)
    began = time.monotonic()
    whole = run_sweep(plan, place / "whole", part_rows=200)
    length = time.monotonic() - began

    random.seed(int(seed))
    rounds: list[dict[str, int]] = []
    kills = ended = 0
    stages: set[tuple[int, int]] = set()
    patience = 0.7 * length
    while kills < int(wanted) or (len(stages) < STAGES and kills < 5 * int(wanted)):
        out = place / f"killed{ended}"
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                run_sweep(plan, out, resume=out.exists(), part_rows=200)
                os._exit(0)
            os._exit(3)
        time.sleep(random.uniform(0, patience))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            kills += 1
            parts = len(part_files(out / PARTS))
            rounds.append({"sweep": ended, "parts": parts})
            if (ended, parts) in stages:
                patience *= 1.1  # a machine that has become busier needs longer for a part
            stages.add((ended, parts))
            continue
        if os.WEXITSTATUS(status) != 0:
            print(json.dumps({"broken": os.WEXITSTATUS(status), "kills": kills}))
            return
        ended += 1
    digests = []
    for number in range(ended + 1):
        run_sweep(plan, place / f"killed{number}", resume=(place / f"killed{number}").exists())
        digests.append(table_digest(place / f"killed{number}"))
    print(
        json.dumps(
            {
                "kills": kills,
                "digests": digests,
                "whole": table_digest(whole.folder),
                "rounds": rounds,
            }
        )
    )


if __name__ == "__main__":
    main()
