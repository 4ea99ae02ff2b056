"""A Dask cluster as an executor: the same work on other machines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor
from importlib import import_module
from typing import Any

from deter.errors import Fault, InputError

RETRIES = 5
"""Times a task is tried again elsewhere when it fails for reasons of the cluster."""

PATIENCE = "15s"


@contextlib.contextmanager
def dask_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """Give a Dask cluster's executor, and how many tasks it runs side by side.

    Parameters
    ----------
    address : str
        Of the scheduler, as ``tcp://10.0.0.1:8786``; its workers need deter in the same version.
        ``local`` starts a cluster on this machine, a worker process for each core.

    Raises
    ------
    InputError
        If Dask is not installed, or nothing answers at the address.
    """
    try:
        distributed: Any = import_module("dask.distributed")
    except ImportError:
        message = "needs Dask: pip install 'deter[dask]'"
        raise InputError((Fault("--dask", 0, "", message),)) from None
    options: dict[str, Any] = {"timeout": PATIENCE}
    if address == "local":
        options |= {"threads_per_worker": 1, "processes": True, "dashboard_address": None}
    else:
        options["address"] = address
    try:
        client = distributed.Client(**options)
    except (OSError, ValueError, TimeoutError) as error:
        message = f"nothing answers at {address!r} ({type(error).__name__}: {error})"
        raise InputError((Fault("--dask", 0, "", message),)) from None
    with client:
        threads = sum(client.nthreads().values())
        yield client.get_executor(retries=RETRIES), max(threads, 1)
