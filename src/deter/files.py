"""Files that are whole or not there, and what is said where one cannot be written."""

from __future__ import annotations

import errno
import os
import uuid
from pathlib import Path

from deter.errors import OutputError

DRAFT = ".draft"
"""How the name of a file that is being written begins."""

REMEDIES = {
    errno.ENOSPC: "; make room on that disk",
    errno.EDQUOT: "; your quota on that disk is used up: make room",
    errno.EFBIG: "; files may not be that large there (ulimit -f)",
}
"""What to do, by what the system says."""


def reason(error: Exception) -> str:
    """Return what is wrong, in the system's words where it has any."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def cannot_write(path: Path | str, error: Exception) -> str:
    """Return why a file cannot be written, and what to do."""
    remedy = REMEDIES.get(getattr(error, "errno", None) or 0, "")
    return f"{path}: cannot be written: {reason(error)}{remedy}"


def beside(place: Path) -> Path:
    """Return a name nobody else has, beside a file or a folder, to make it under."""
    return place.with_name(f".deter-{uuid.uuid4().hex[:12]}")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there, and on the disk when this returns.

    Raises
    ------
    OutputError
        If it cannot be written; what was there stays.
    """
    draft = path.with_name(f"{DRAFT}-{path.name}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise OutputError(cannot_write(path, error)) from None


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)
