"""Keep scored episodes in a results folder: rows, manifest, scores, picture."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from deter.evidence.episodes.scoring import Scored
from deter.experiments.store import Manifest, check_folder, write_results


def keep(scored: Scored, folder: str | Path, command: str) -> Path:
    """Write a results folder; the column ``framework`` of its rows holds the episode's id.

    Parameters
    ----------
    scored : Scored
        What to keep.
    folder : str or Path
        Where.
    command : str
        What repeats it.

    Raises
    ------
    OutputError
        If something else is there, or it cannot be written; nothing is left behind then.
    """
    from deter.presentation.figures import png
    from deter.presentation.figures.backtest import calibration_figure

    place = check_folder(folder)
    document = scored.as_dict() | {"command": command}
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    extras = {
        "scores.json": text.encode("utf-8"),
        "calibration.png": png(calibration_figure(document)),
    }
    write_results(place, scored.done.rows, _manifest(scored, command), extras)
    return place


def _manifest(scored: Scored, command: str) -> Manifest:
    done = scored.done
    return Manifest(
        command=command,
        scenario=f"Episodes of {scored.file}",
        path=str(scored.base.path),
        frameworks={name: case.digest for name, case in scored.cases.items()},
        reference=None,
        overrides=scored.settings,
        seed=done.seed,
        asked=done.asked,
        n=done.n,
        interrupted=done.interrupted,
        failures=done.rows.failed,
        engine=done.engine,
        workers=done.workers,
        horizon_years=scored.base.scenario.horizon.value,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=round(done.seconds, 3),
        notes=("a framework here is an episode, by its id",),
    )
