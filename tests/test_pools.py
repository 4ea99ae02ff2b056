"""Jobs are handed out and taken back once each, whatever ends the work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from deter.errors import DeterError
from deter.experiments.pools import Here, spread


def handed(jobs: list[int]) -> Callable[[], int | None]:
    left = iter(jobs)
    return lambda: next(left, None)


def finished(job: int) -> Future[int]:
    return Here().submit(lambda: job * job)


def never(_: int) -> Future[int]:
    return Future()


def test_each_job_comes_back_once() -> None:
    kept: dict[int, int] = {}
    spread(handed([0, 1, 2, 3, 4]), finished, kept.__setitem__, ahead=2, advice="")
    assert kept == {job: job * job for job in range(5)}


def test_no_more_are_handed_out_than_asked_for() -> None:
    out: list[int] = []

    def submit(job: int) -> Future[int]:
        out.append(job)
        return finished(job)

    def keep(job: int, _: int) -> None:
        out.remove(job)
        assert len(out) < 3

    spread(handed(list(range(10))), submit, keep, ahead=3, advice="")
    assert not out


def test_after_ctrl_c_what_is_finished_is_kept_and_the_rest_cancelled() -> None:
    kept: list[int] = []
    waiting: list[Future[int]] = []

    def submit(job: int) -> Future[int]:
        if job < 3:
            return finished(job)
        waiting.append(never(job))
        return waiting[-1]

    def keep(job: int, _: int) -> None:
        kept.append(job)
        if len(kept) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spread(handed([0, 1, 2, 3, 4]), submit, keep, ahead=5, advice="")
    assert sorted(kept) == [0, 1, 2]
    assert [future.cancelled() for future in waiting] == [True, True]


def raises(error: Exception) -> Callable[[int], Future[int]]:
    def fail() -> int:
        raise error

    return lambda _: Here().submit(fail)


def refuses(error: Exception) -> Callable[[int], Future[int]]:
    def submit(_: int) -> Future[int]:
        raise error

    return submit


@pytest.mark.parametrize("way", [raises, refuses])
def test_a_worker_that_died_is_told_with_what_to_do(way: Any) -> None:
    submit = way(BrokenProcessPool("gone"))
    with pytest.raises(DeterError, match=r"worker died .*BrokenProcessPool: gone.*; do this"):
        spread(handed([1]), submit, lambda *_: None, ahead=1, advice="do this")


def test_only_what_a_lost_worker_shows_as_is_told_so() -> None:
    error = ValueError("a mistake")
    with pytest.raises(ValueError, match="a mistake"):
        spread(handed([1]), raises(error), lambda *_: None, ahead=1, advice="")
    with pytest.raises(DeterError, match="ValueError: a mistake"):
        spread(handed([1]), raises(error), lambda *_: None, ahead=1, advice="", lost=Exception)


def test_an_error_in_keeping_is_not_laid_to_a_worker() -> None:
    def keep(*_: Any) -> None:
        raise RuntimeError("a bug")

    pending = never(1)
    jobs = {0: finished(0), 1: pending}
    with pytest.raises(RuntimeError, match="a bug"):
        spread(handed([0, 1]), jobs.__getitem__, keep, ahead=2, advice="", lost=Exception)
    assert pending.cancelled()
