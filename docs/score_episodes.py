"""Score the episodes under every mapping and trial on record, and write docs/episodes.json.

    python docs/score_episodes.py

takes some twenty minutes on two cores; what is scored already under these parameters is kept, and
so are scores under earlier ones. docs/evidence_episodes.md is made from what it writes.
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

MANY, FEW = 10_000, 1000
"""Histories of each episode: for a mapping, for a trial."""

KEPT = ("n", "events", "years", "level", "scores", "mapping", "parameters", "histories", "seed")
"""What is kept of a score that is not the latest mapping's."""

Entry = Mapping[str, Any]


def wanted() -> list[tuple[int, list[str], int]]:
    """Return what is on record: mapping, rules changed, histories."""
    record: Entry = YAML(typ="safe").load(RECORD.read_text("utf-8"))
    mappings: list[tuple[int, list[str], int]]
    mappings = [(entry["number"], [], MANY) for entry in record["mappings"]]
    return mappings + [(entry["mapping"], entry["rules"], FEW) for entry in record["tried"]]


def command_of(number: int, rules: list[str], n: int) -> str:
    """Return the command that repeats a score."""
    changes = "".join(f" --rule {rule}" for rule in rules)
    return f"deter evidence episodes --mapping {number} -n {n} --seed 1{changes}"


def main() -> None:
    """Score what is not yet scored under these parameters, and write results and picture."""
    from deter.cli.common import cores
    from deter.evidence.episodes.mapping import CALIBRATED, LATEST, changed, mapping
    from deter.evidence.episodes.scoring import parameters, score
    from deter.presentation.figures import png
    from deter.presentation.figures.backtest import calibration_figure
    from deter.spec.loading import load_scenario

    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    known = {_key(entry): entry for entry in found.get("scores", [])}
    now = parameters(load_scenario(CALIBRATED))
    for number, rules, n in wanted():
        command = command_of(number, rules, n)
        if (command, changed(mapping(number), rules).digest, now) in known:
            continue
        fresh = score(number=number, rules=rules, n=n, workers=cores()).as_dict()
        entry = {"command": command, **{name: fresh[name] for name in KEPT}}
        known[_key(entry)] = entry
        print(command, fresh["c_index"], flush=True)
        if (number, rules) == (LATEST, []):
            found["latest"] = fresh | {"command": command}
        found["scores"] = list(known.values())
        RESULTS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    PICTURE.write_bytes(png(calibration_figure(found["latest"])))


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry["command"], entry["mapping"]["digest"], entry["parameters"]


if __name__ == "__main__":
    main()
