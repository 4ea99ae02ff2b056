"""Who works: this thread, threads, or processes; and how work is handed to them and taken back.

Runs and sweeps share it. Ctrl-C is for the process that asked: workers do not hear it, what they
have finished by then is kept, and what has not begun is cancelled.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from typing import Any, TypeVar

from deter.errors import DeterError
from deter.experiments.interrupts import ignore_ctrl_c, shielded, uninterrupted

Job = TypeVar("Job")
Done = TypeVar("Done")


class Here(Executor):
    """Runs what it is given at once, in this very thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  it is handed on with the future
            future.set_exception(error)
        return future


@contextlib.contextmanager
def pool_of(workers: int, *, threads: bool) -> Iterator[Executor]:
    """Give an executor of our own: this thread for one worker, else threads or processes."""
    if workers == 1:
        yield Here()
        return
    if threads:
        pool = ThreadPoolExecutor(workers, "deter")
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
        return
    with processes(workers) as others:
        yield others


@contextlib.contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Give worker processes that leave Ctrl-C to this one."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=ignore_ctrl_c)
    try:
        yield pool
    finally:
        try:
            pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            for process in set(multiprocessing.active_children()) - before:
                process.terminate()


def spread(
    take: Callable[[], Job | None],
    submit: Callable[[Job], Future[Done]],
    keep: Callable[[Job, Done], None],
    *,
    ahead: int,
    advice: str,
    lost: type[Exception] = BrokenExecutor,
) -> None:
    """Hand out jobs, a few ahead of those that run, and take back what comes of them.

    Parameters
    ----------
    take : callable
        Returns the next job, or None where there is none just now; asked again when one is done.
    submit : callable
        Hands a job to an executor.
    keep : callable
        Called with each job and what came of it, in any order. Ctrl-C does not strike in it.
    ahead : int
        Jobs handed out at a time.
    advice : str
        What to do where a worker died.
    lost : type of exception
        What a worker that died or cannot be reached shows as; a cluster raises almost anything.

    Raises
    ------
    DeterError
        If a worker died, with the advice.
    KeyboardInterrupt
        After Ctrl-C; what was finished by then has been kept.
    """
    pending: dict[Future[Done], Job] = {}
    try:
        while True:
            while len(pending) < ahead and (job := take()) is not None:
                with shielded(), _explained(lost, advice):
                    future = submit(job)
                pending[future] = job
            if not pending:
                return
            finished, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                with _explained(lost, advice):
                    result = future.result()
                with uninterrupted():
                    keep(pending.pop(future), result)
    except BaseException as error:
        for future in pending:
            future.cancel()
        if isinstance(error, KeyboardInterrupt):
            _collect(pending, keep)
        raise


def _collect(pending: dict[Future[Done], Job], keep: Callable[[Job, Done], None]) -> None:
    """Keep what was finished but not yet taken back."""
    for future, job in pending.items():
        if future.done() and not future.cancelled() and future.exception() is None:
            with uninterrupted():
                keep(job, future.result())


@contextlib.contextmanager
def _explained(lost: type[Exception], advice: str) -> Iterator[None]:
    """Say that a worker died, and what to do."""
    try:
        yield
    except DeterError:
        raise
    except lost as error:
        told = f"{type(error).__name__}: {str(error)[:200]}"
        raise DeterError(f"a worker died or could not be reached ({told}); {advice}") from None
