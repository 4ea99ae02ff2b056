"""Running replications over workers and keeping them, with an engine made for the purpose."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.synthetic import FAKE, SLOW, FakeBuilt, found, rows

from deter.engine.outcome import Block, columns
from deter.errors import DeterError, OutputError
from deter.experiments import runner, spool, store
from deter.experiments.columns import describe_columns
from deter.experiments.engines import Engine
from deter.experiments.interrupts import uninterrupted
from deter.experiments.rows import InFile, Rows
from deter.experiments.runner import Replications, replicate
from deter.experiments.store import Manifest, check_folder, read_results, write_results
from deter.experiments.table import joined
from deter.presentation.summary import summary

CASES = {"none": FakeBuilt(0.0), "strong": FakeBuilt(0.6)}
ROOT = Path(__file__).resolve().parents[1]


def run(
    cases: Mapping[str, FakeBuilt] = CASES, n: int = 40, engine: Engine = FAKE, **more: Any
) -> Replications:
    return replicate(cases, n, 7, engine, **more)


def dies(built: FakeBuilt, seed: int, start: int, stop: int) -> Block:
    if start > 0:
        os._exit(3)
    return rows(built, seed, start, stop)


WORKERS = {
    "1 thread": (FAKE, 1),
    "3 threads": (FAKE, 3),
    "1 process": (SLOW, 1),
    "2 processes": (SLOW, 2),
}
"""Who may run it: the engine and the number of workers, by what the manifest says."""


# ------------------------------------------------------------------------------------- runner


def test_rows_are_in_order_and_typed() -> None:
    done = run()
    assert list(done.frame.columns) == ["framework", *columns()]
    assert list(done.frame["framework"].unique()) == ["none", "strong"]
    assert list(done.frame["replication"][:40]) == list(range(40))
    assert done.n == done.asked == 40
    assert not done.interrupted
    assert done.frame["n_owed"].dtype == "Int32"
    assert done.frame["t_attack"].dtype == "float64"


def test_every_column_is_described() -> None:
    described = describe_columns()
    assert list(described) == ["framework", *columns()]
    assert all(column.meaning for column in described.values())


@pytest.mark.parametrize("words", WORKERS)
def test_rows_do_not_depend_on_workers(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POOL_SECONDS", 0.0)
    monkeypatch.setattr(runner, "LARGEST_BLOCK", 7)
    engine, workers = WORKERS[words]
    done = run(engine=engine, workers=workers)
    assert done.workers == words
    whole = joined([rows(built, 7, 0, 40) for built in CASES.values()]).rows
    for column in ("n_incidents", "t_attack", "campaign_days"):
        assert list(done.frame[column]) == list(whole[column])


@pytest.mark.parametrize("largest", [1, 7, 8192])
def test_rows_do_not_depend_on_executor_or_blocks(
    largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = run().frame
    monkeypatch.setattr(runner, "LARGEST_BLOCK", largest)
    pd.testing.assert_frame_equal(one, run().frame)
    with ThreadPoolExecutor(3) as pool:
        done = run(executor=pool)
    assert done.workers == "ThreadPoolExecutor"
    pd.testing.assert_frame_equal(one, done.frame)


def test_more_replications_leave_the_first_as_they_were() -> None:
    few, many = run(n=10).frame, run(n=30).frame
    for name in CASES:
        a = few[few["framework"] == name].reset_index(drop=True)
        b = many[many["framework"] == name].head(10).reset_index(drop=True)
        pd.testing.assert_frame_equal(a, b)


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    run(n=5, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (10, 10)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_failed_replication_is_a_row_with_its_command() -> None:
    cases = {"none": FakeBuilt(0.0), "bad": FakeBuilt(0.0, fails_at=3)}
    done = run(cases, 6, repeat=lambda name, r: f"deter trace x -f {name} -r {r}")
    assert len(done.frame) == 12
    row = done.failures.iloc[0]
    assert (row["framework"], row["replication"]) == ("bad", 3)
    assert "ZeroDivisionError: made to fail" in row["error"]
    assert "deter trace x -f bad -r 3" in row["error"]
    assert pd.isna(row["n_owed"])
    assert (done.frame["error"] != "").sum() == 1


@pytest.mark.parametrize("most_in_memory", [100_000, 0])
@pytest.mark.parametrize("words", WORKERS)
def test_ctrl_c_keeps_a_balanced_prefix(
    words: str, most_in_memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POOL_SECONDS", 0.0)
    monkeypatch.setattr(runner, "LARGEST_BLOCK", 4)
    monkeypatch.setattr(spool, "MOST_IN_MEMORY", most_in_memory)
    monkeypatch.setattr(spool, "ROW_GROUP", 8)
    engine, workers = WORKERS[words]
    slow = {"none": FakeBuilt(0.0, seconds=0.02), "strong": FakeBuilt(0.6, seconds=0.02)}
    main = threading.get_ident()
    hit = threading.Event()

    def stop(done: int, _: int) -> None:
        if done >= 20 and not hit.is_set():
            hit.set()
            signal.pthread_kill(main, signal.SIGINT)

    done = run(slow, 400, engine, workers=workers, progress=stop)
    assert done.interrupted
    assert (1 if workers > 1 else 5) <= done.n < 400, "a worker may be late with its first block"
    counts = done.frame["framework"].value_counts()
    assert counts["none"] == counts["strong"] == done.n
    whole = run(n=done.n).frame
    pd.testing.assert_frame_equal(done.frame, whole)
    assert not multiprocessing.active_children()


def test_ctrl_c_before_anything_is_finished_keeps_nothing() -> None:
    done = run({"none": FakeBuilt(0.0, interrupt_at=0)}, 10)
    assert done.interrupted
    assert (done.n, len(done.frame)) == (0, 0)
    assert list(done.frame.columns) == ["framework", *columns()]


def test_a_dying_worker_is_an_error_with_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POOL_SECONDS", 0.0)
    with pytest.raises(DeterError, match="--workers 1"):
        run(n=20, engine=replace(SLOW, rows=dies), workers=2)


def test_workers_leave_ctrl_c_to_their_parent() -> None:
    """A real Ctrl-C goes to the whole process group; no worker prints a traceback."""
    code = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "src")!r}]
from deter.experiments import runner
from tests.synthetic import SLOW, FakeBuilt
if __name__ == "__main__":
    runner.POOL_SECONDS = 0.0
    cases = {{"none": FakeBuilt(0.0, seconds=0.03)}}
    told = lambda done, total: print(done, flush=True)
    done = runner.replicate(cases, 5000, 1, SLOW, workers=2, progress=told)
    print("kept", done.n, done.interrupted, flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < 40:
            pass
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    words = out.strip().splitlines()[-1].split()
    assert words[0] == "kept"
    assert int(words[1]) >= 40
    assert words[2] == "True"
    assert "Traceback" not in err


# ------------------------------------------------------------------- rows too many for memory


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write all rows to temporary files, in small groups."""
    monkeypatch.setattr(spool, "MOST_IN_MEMORY", 0)
    monkeypatch.setattr(spool, "ROW_GROUP", 16)


TITLES = {"none": "None", "strong": "Strong"}
BAD = {"none": FakeBuilt(0.0), "strong": FakeBuilt(0.6, fails_at=33)}


def told(rows: Rows, n: int) -> dict[str, Any]:
    found_ = found(rows, n, TITLES)
    return summary(found_) | {"attacks": {k: v.value.sum() for k, v in found_.attacks.items()}}


@pytest.mark.parametrize("cases", [CASES, BAD])
def test_what_is_found_does_not_depend_on_where_rows_are(
    cases: Mapping[str, FakeBuilt], request: pytest.FixtureRequest
) -> None:
    kept = run(cases, 150)
    request.getfixturevalue("spooled")
    done = run(cases, 150, workers=2)
    assert all(isinstance(part, InFile) for part in done.rows.parts.values())
    assert told(done.rows, 150) == told(kept.rows, 150) == told(Rows.of(kept.frame), 150)
    pd.testing.assert_frame_equal(done.frame, kept.frame)
    pd.testing.assert_frame_equal(done.failures, kept.failures)
    assert done.rows.first_error == kept.rows.first_error


def test_spooled_rows_are_kept_as_others_are(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place = write(tmp_path / "kept", 100)
    request.getfixturevalue("spooled")
    other = write(tmp_path / "spooled", 100)
    pd.testing.assert_frame_equal(read_results(place)[0], read_results(other)[0])
    few = read_results(other, ["framework", "t_attack"])[0]
    assert list(few.columns) == ["framework", "t_attack"]


def test_a_run_of_nothing_that_was_spooled_is_an_empty_table(spooled: None) -> None:
    done = run({"none": FakeBuilt(0.0, interrupt_at=0)}, 10)
    assert (done.n, len(done.frame), done.rows.failed) == (0, 0, 0)
    assert list(done.frame.columns) == ["framework", *columns()]


def test_nothing_is_left_of_temporary_files(
    tmp_path: Path, spooled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done = run(n=100)
    assert len(done.frame) == 200
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_message(spooled: None) -> None:
    """The system's own limit on the size of files stands for a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard))
    try:
        with pytest.raises(OutputError, match="File too large; set TMPDIR"):
            run(n=400)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_memory_does_not_grow_with_replications() -> None:
    """Half a million rows are 235 MB as records alone; what is held of them is a few columns."""
    code = f"""
import resource, sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "src")!r}]
from deter.experiments import spool
from deter.experiments.runner import replicate
from tests.synthetic import FAKE, FakeBuilt, found
spool.MOST_IN_MEMORY = 0
for n in (2_000, 500_000):
    done = replicate({{"none": FakeBuilt(0.3)}}, n, 1, FAKE, workers=2)
    f = found(done.rows, n, {{"none": "None"}}, None)
    assert f.estimates["none"]["p_full_attack"].n == n and f.failings and f.attacks
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    few, many = (int(line) / 1024 for line in done.stdout.split())
    assert many - few < 150


def test_ctrl_c_waits_until_what_is_begun_is_done() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done


# -------------------------------------------------------------------------------------- store


def manifest(done: Replications, command: str = "deter compare x") -> Manifest:
    return Manifest(
        command=command,
        scenario="made/up",
        path="x.yaml",
        frameworks=dict.fromkeys(done.frameworks, "0" * 64),
        reference="none",
        overrides=(),
        seed=done.seed,
        asked=done.asked,
        n=done.n,
        interrupted=done.interrupted,
        failures=0,
        engine=done.engine,
        workers=done.workers,
        horizon_years=10.0,
        started="2026-01-01T00:00:00+00:00",
        seconds=1.0,
    )


def write(folder: Path, n: int = 5, extras: Mapping[str, bytes] | None = None) -> Path:
    done = run(n=n)
    place = check_folder(folder)
    write_results(place, done.rows, manifest(done), extras or {})
    return place


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    place = write(tmp_path / "a" / "b", extras={"comparison.png": b"png"})
    frame, document = read_results(place)
    pd.testing.assert_frame_equal(frame, run(n=5).frame)
    assert document["n"] == 5
    assert set(document["versions"]) >= {"deter", "python", "numpy", "numba", "pandas"}
    assert set(document["columns"]) == set(frame.columns)
    assert set(document["files"]) == {path.name for path in place.iterdir()}
    text = (place / "README.md").read_text()
    assert "not a forecast" in text
    for column in frame.columns:
        assert f"`{column}`" in text
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a"], "no draft is left"


def test_earlier_results_are_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "r", 5, {"comparison.png": b"old"})
    place = write(tmp_path / "r", 8)
    assert read_results(place)[1]["n"] == 8
    assert not (place / "comparison.png").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    assert read_results(write(tmp_path / "r"))[1]["n"] == 5


def test_other_peoples_files_are_safe(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="not results of deter"):
        check_folder(tmp_path / "r")
    write(tmp_path / "s")
    (tmp_path / "s" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt"):
        check_folder(tmp_path / "s")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "manifest.json").write_text('{"made_by": "another"}')
    with pytest.raises(OutputError, match="not results of deter"):
        check_folder(tmp_path / "m")


def test_places_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "file")
    for bad in (tmp_path / "file" / "below", tmp_path / ("x" * 300), "a\0b", "/proc/nowhere/x"):
        with pytest.raises(OutputError, match="cannot be written"):
            check_folder(bad)
    monkeypatch.chdir(tmp_path)
    for here in (".", "..", str(tmp_path)):
        with pytest.raises(OutputError, match="folder you are in"):
            check_folder(here)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_nothing_is_left_behind_on_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "kept", 5)
    before = (tmp_path / "kept" / "manifest.json").read_bytes()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "readme", full)
    for name in ("kept", "new/deep"):
        with pytest.raises(OutputError, match="No space left"):
            write(tmp_path / name, 9)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / "manifest.json").read_bytes() == before


def test_ctrl_c_while_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "readme", stop)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_put_in_place_puts_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write(tmp_path / "r", 5)
    rename, calls = Path.rename, []

    def second_fails(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(OutputError, match="Input/output"):
        write(tmp_path / "r", 9)
    assert read_results(place)[1]["n"] == 5
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_link_to_results_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "real", 5)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link", 6)
    assert (tmp_path / "link").is_symlink()
    assert read_results(tmp_path / "real")[1]["n"] == 6


def test_reading_what_is_no_results_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not a results folder"):
        read_results(tmp_path)


def test_manifest_is_strict_json(tmp_path: Path) -> None:
    place = write(tmp_path / "r")

    def refuse(word: str) -> float:
        raise AssertionError(word)

    json.loads((place / "manifest.json").read_text(), parse_constant=refuse)


def test_running_is_quick_to_stop() -> None:
    began = time.perf_counter()
    run({"none": FakeBuilt(0.0, seconds=0.01, interrupt_at=20)}, 10_000)
    assert time.perf_counter() - began < 5
