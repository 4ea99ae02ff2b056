"""Score the episodes under every mapping and trial on record, and write docs/episodes.json.

    python docs/score_episodes.py

takes some twelve minutes on two cores. docs/evidence_episodes.md is made from what it writes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "src"
if str(SOURCE) not in sys.path:
    sys.path.insert(0, str(SOURCE))

from ruamel.yaml import YAML  # noqa: E402

RECORD = SOURCE / "deter" / "evidence" / "episode_record.yaml"
RESULTS = DOCS / "episodes.json"
PICTURE = DOCS / "images" / "episodes_calibration.png"

MANY, FEW = 2000, 1000
"""Histories of each episode: for a mapping, for a trial."""

KEPT = ("n", "events", "years", "level", "scores", "mapping", "parameters", "histories", "seed")
"""What is kept of a score that is not the latest mapping's."""


def scored(number: int, rules: list[str], n: int) -> dict[str, Any]:
    """Return the plain data of a score, with the command that repeats it."""
    from deter.cli.common import cores
    from deter.evidence.episodes.scoring import score

    found = score(number=number, rules=rules, n=n, workers=cores())
    changes = "".join(f" --rule {rule}" for rule in rules)
    command = f"deter evidence episodes --mapping {number} -n {n} --seed {found.done.seed}{changes}"
    print(command, found.test.number("c_index"), flush=True)
    return found.as_dict() | {"command": command}


def main() -> None:
    """Score all, and write results and picture."""
    from deter.evidence.episodes.mapping import LATEST
    from deter.presentation.backtest_figure import calibration_figure
    from deter.presentation.plots import png

    record: Mapping[str, Any] = YAML(typ="safe").load(RECORD.read_text("utf-8"))
    whole = {entry["number"]: scored(entry["number"], [], MANY) for entry in record["mappings"]}
    trials = [scored(entry["mapping"], entry["rules"], FEW) for entry in record["tried"]]
    document = {
        "latest": whole[LATEST],
        "mappings": [_kept(found) for found in whole.values()],
        "tried": [_kept(found) for found in trials],
    }
    RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PICTURE.write_bytes(png(calibration_figure(whole[LATEST])))


def _kept(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in (*KEPT, "command")}


if __name__ == "__main__":
    main()
