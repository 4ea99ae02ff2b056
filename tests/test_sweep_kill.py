"""Sweeps that are killed: by SIGKILL at random moments, and with a Dask worker lost under way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.evidence import FULL, size
from tests.test_sweep import TEXT, loaded_from, written

from deter.experiments.parts import PARTS, part_files, table_digest
from deter.experiments.sweep import plan_sweep, run_sweep

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_moments_it_ends_with_the_same_table(tmp_path: Path):
    text = TEXT.replace("replications: 60", "replications: 150")
    path = written(tmp_path, text)
    done = subprocess.run(
        [sys.executable, "-m", "tests.killing", str(path), str(tmp_path), str(size(20, 200)), "1"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=False, timeout=3000,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert "broken" not in found, done.stderr
    assert found["kills"] >= 20
    assert set(found["digests"]) == {found["whole"]}
    stages = {(one["sweep"], one["parts"]) for one in found["rounds"]}
    assert len(stages) >= 5, "the kills came at too few different moments"


# ---- a Dask cluster

distributed = pytest.importorskip(
    "dask.distributed", reason="Dask is not installed; pip install 'deter[dask]'"
)


@pytest.fixture(scope="module")
def cluster() -> Any:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as made:
        yield made


def test_a_cluster_gives_the_same_table(tmp_path: Path, cluster: Any):
    loaded = loaded_from(tmp_path)
    here = run_sweep(plan_sweep(loaded), tmp_path / "here")
    with distributed.Client(cluster) as client:
        pids = set(client.run(os.getpid).values())
        assert len(pids) == 2
        assert os.getpid() not in pids
        there = run_sweep(
            plan_sweep(loaded), tmp_path / "there", executor=client.get_executor(), workers=2
        )
    assert table_digest(there.folder) == table_digest(here.folder)


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, cluster: Any):
    text = TEXT.replace("replications: 60", f"replications: {size(400, 4000)}")
    loaded = loaded_from(tmp_path, text)
    here = run_sweep(plan_sweep(loaded), tmp_path / "here", workers=2)
    killed: list[int] = []
    with distributed.Client(cluster) as client:
        before = set(client.run(os.getpid).values())

        def kill() -> None:
            place = tmp_path / "there" / PARTS
            for _ in range(600):
                if len(part_files(place)) >= 2:
                    break
                time.sleep(0.05)
            victim = min(before)
            os.kill(victim, signal.SIGKILL)
            killed.append(len(part_files(place)))

        killer = threading.Thread(target=kill)
        killer.start()
        there = run_sweep(
            plan_sweep(loaded),
            tmp_path / "there",
            executor=client.get_executor(retries=3),
            workers=2,
            part_rows=300,
        )
        killer.join()
    assert 2 <= killed[0] < len(part_files(there.folder / PARTS)), "not killed under way"
    assert there.rows == here.rows
    assert table_digest(there.folder) == table_digest(here.folder)


@pytest.mark.skipif(not FULL, reason="starts a cluster of its own; DETER_EVIDENCE=full runs it")
def test_the_command_runs_on_a_cluster(tmp_path: Path):
    path = written(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "deter", "sweep", str(path), "-o", str(tmp_path / "out"),
         "--dask", "local", "--json"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "complete"
