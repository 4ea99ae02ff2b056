"""Ctrl-C, and where it may strike: not within an entry, and not in a worker."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until what is begun is done, so that nothing is noted by half."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    hits: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: hits.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if hits:
        signal.raise_signal(signal.SIGINT)


@contextlib.contextmanager
def stopping_once() -> Iterator[None]:
    """Hear the first Ctrl-C, and not the second of a hurried hand, which would lose what is kept.

    What follows the first is short: what was finished is put together and written. Should it hang,
    a third is heard again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if not callable(before):  # a shell's background job, which does not hear Ctrl-C at all
        yield
        return
    hits: list[int] = []

    def heard(number: int, frame: FrameType | None) -> None:
        hits.append(number)
        if len(hits) != 2:
            before(number, frame)

    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def shielded() -> Iterator[None]:
    """Hold Ctrl-C back for a moment, so that a worker born in it is born deaf to it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignore_ctrl_c() -> None:
    """Leave Ctrl-C to the process that started the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
