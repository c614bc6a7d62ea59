"""One apply at a time: a lock that the kernel holds, so that it goes when its process goes, however that ends.

Safe, not fair: waiters look again and again, so one that applies without pause may keep others waiting for minutes.
"""

import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from goproxyctl.errors import LockedError
from goproxyctl.text import Text

_PAUSE_S = 0.05


@contextmanager
def hold(folder: str, shown: str, timeout_s: float) -> Iterator[None]:
    """Holds the lock of ``folder``, which is made for it, and removed when it is empty in the end.

    Units: ``timeout_s`` is how long to wait for whoever holds it now.
    Raises: LockedError when that is not enough; OSError.
    """
    fd = _acquire(folder, timeout_s)
    if fd is None:
        raise LockedError(
            Text("lock.held", "{path}: another goproxyctl is applying here; run again when it is done", path=shown)
        )
    try:
        yield
    finally:
        _release(folder, fd)


def _acquire(folder: str, timeout_s: float) -> int | None:
    for left in reversed(range(math.ceil(timeout_s / _PAUSE_S) + 1)):
        fd = _attempt(folder)
        if fd is not None:
            return fd
        if left:
            time.sleep(_PAUSE_S)
    return None


if sys.platform == "win32":
    import msvcrt

    def _attempt(folder: str) -> int | None:
        os.makedirs(folder, exist_ok=True)
        try:  # the file goes with the last handle, also that of a killed process
            fd = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_TEMPORARY | os.O_NOINHERIT)
        except PermissionError:  # it is just going
            return None
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            os.close(fd)
            return None
        return fd

    def _release(folder: str, fd: int) -> None:
        os.close(fd)
        with suppress(OSError):
            os.rmdir(folder)

else:
    import fcntl

    def _attempt(folder: str) -> int | None:
        with suppress(FileExistsError):
            os.makedirs(folder)
        try:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:  # its last holder removed it
            return None
        locked = False
        try:
            locked = _lock(folder, fd)
        finally:
            if not locked:
                os.close(fd)
        return fd if locked else None

    def _lock(folder: str, fd: int) -> bool:
        """Whether we hold the folder now, and it is still the one that others find by its name."""
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(fd), os.stat(folder, follow_symlinks=False))
        except (BlockingIOError, FileNotFoundError):
            return False

    def _release(folder: str, fd: int) -> None:
        with suppress(OSError):
            os.rmdir(folder)
        os.close(fd)
