"""One file, read whole and replaced whole: whoever looks, and whenever we are killed, it is the old one or the new one.

Replaced means that a new file takes the name: the owner and the mode stay; other names of the old file (hard links),
access lists and extended attributes do not come along. On Windows a power loss may still lose the new file.
One gap stays: whoever opens the file to write in place in the instant between our last look and the renaming writes
into the old file, and nobody sees it (seen 4 times in 5000 ``go env -w`` beside 6078 writes of ours).
"""

import os
import re
import stat
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

from goproxyctl.errors import StoreError
from goproxyctl.stores.folder import Folder, Spot, make_folders, refuse_link, walk
from goproxyctl.text import Text

#: Nothing that we manage is near this. Units: bytes.
MAX_BYTES = 16 * 1024 * 1024

_TEMP = re.compile(r"\.goproxyctl-[0-9a-f]{12}\.tmp")
#: Another program may hold the file open on Windows for a moment (a virus scanner, an editor).
_SHARING_RETRIES = 40
_SHARING_PAUSE_S = 0.05

#: O_NONBLOCK, so that a FIFO in the file's place does not hang us.
_READ = os.O_RDONLY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
if sys.platform == "win32":
    _READ |= os.O_BINARY | os.O_NOINHERIT
    _CREATE |= os.O_BINARY | os.O_NOINHERIT
else:
    _READ |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    _CREATE |= os.O_NOFOLLOW | os.O_CLOEXEC


class MovedError(Exception):
    """The file is no longer what it was when we read it."""


class Reader:
    """Reads one file after the other; the folders of the last one stay open, for the next is often beside it."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened.enter_context(ExitStack())
        self._where: tuple[str, tuple[str, ...]] | None = None
        self._chain: list[Folder] = []

    def read(self, spot: Spot) -> bytes | None:
        """The bytes of the file, None where there is none. Raises: StoreError for what is no plain file; OSError."""
        if self._where != (spot.root, spot.folders):
            self._opened.close()
            self._where, self._chain = None, walk(spot, self._opened)
            self._where = (spot.root, spot.folders)
        return _read(self._chain[-1], spot)[0] if len(self._chain) > len(spot.folders) else None


def read_file(spot: Spot) -> bytes | None:
    """As `Reader.read`, for one file."""
    with ExitStack() as opened:
        return Reader(opened).read(spot)


def replace_file(spot: Spot, old: bytes | None, new: bytes) -> int:
    """Puts ``new`` in the place of ``old`` (None: no file). Returns how many folders had to be made.

    Raises: MovedError when it is no longer ``old``; StoreError; OSError. The old file is then still there, whole.
    """
    with ExitStack() as opened, ExitStack() as undo:
        chain = walk(spot, opened)
        if not chain:
            os.stat(spot.root)
            raise MovedError  # it came back just now
        made = make_folders(spot, chain, opened, undo)
        folder = chain[-1]
        _sweep(folder)
        current, status = _read(folder, spot)
        if current != old:
            raise MovedError
        temp = _write_temp(folder, new, status, undo)
        if _read(folder, spot)[0] != old:
            raise MovedError
        _retrying(lambda: os.replace(folder.at(temp), folder.at(spot.name), src_dir_fd=folder.fd, dst_dir_fd=folder.fd))
        undo.pop_all()
        folder.sync()
    return made


def delete_file(spot: Spot, old: bytes | None, folders: int) -> None:
    """Removes the file, and up to ``folders`` of the folders that it was in while they are empty.

    ``old`` None: the file went before, and this finishes with the folders.
    Raises: MovedError when it is no longer ``old``; StoreError; OSError.
    """
    with ExitStack() as opened:
        chain = walk(spot, opened)
        missing = len(spot.folders) + 1 - len(chain)
        if (None if missing else _read(chain[-1], spot)[0]) != old:
            raise MovedError
        if not missing:
            _sweep(chain[-1])
        if old is not None:
            _retrying(lambda: os.unlink(chain[-1].at(spot.name), dir_fd=chain[-1].fd))
            chain[-1].sync()
        for parent, name in list(zip(chain[:-1], spot.folders, strict=False))[::-1][: max(0, folders - missing)]:
            if not parent.remove(name):
                break


def _read(folder: Folder, spot: Spot) -> tuple[bytes | None, os.stat_result | None]:
    try:
        fd = os.open(folder.at(spot.name), _READ, dir_fd=folder.fd)
    except FileNotFoundError:
        if folder.fd is not None:
            _refuse_stranger(os.fstat(folder.fd), spot)
        return None, None
    except OSError:
        refuse_link(folder, spot.name, spot)
        raise
    try:
        status = os.fstat(fd)
        _refuse_stranger(status, spot)
        return _read_all(fd, status, spot), status
    finally:
        os.close(fd)


def _refuse_stranger(status: os.stat_result, spot: Spot) -> None:
    if spot.owner is not None and status.st_uid != spot.owner:
        raise StoreError(
            Text("store.stranger", "{path}: it is a link to what belongs to someone else; remove the link",
                 path=spot.shown)
        )  # fmt: skip


def _read_all(fd: int, status: os.stat_result, spot: Spot) -> bytes:
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(Text("store.not-a-file", "{path}: it is not a plain file; move it away", path=spot.shown))
    found = bytearray()
    while len(found) <= MAX_BYTES and status.st_size <= MAX_BYTES:
        piece = os.read(fd, 1 << 20)
        if not piece:
            return bytes(found)
        found += piece
    raise StoreError(
        Text("store.too-large", "{path}: it is larger than {limit} bytes; this cannot be the file that was meant",
             path=spot.shown, limit=MAX_BYTES)
    )  # fmt: skip


def _write_temp(folder: Folder, content: bytes, status: os.stat_result | None, undo: ExitStack) -> str:
    """A new file beside the old one, complete and on the disk, with the owner and the mode of the old one."""
    name = f".goproxyctl-{os.urandom(6).hex()}.tmp"
    undo.callback(_unlink_quietly, folder, name)
    fd = os.open(folder.at(name), _CREATE, 0o600, dir_fd=folder.fd)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(fd, rest) :]
        _dress(fd, status)
        os.fsync(fd)
    finally:
        os.close(fd)
    return name


def _dress(fd: int, status: os.stat_result | None) -> None:
    """Owner and mode; a new file is 0644 whatever the umask, for what we write holds no secret."""
    if sys.platform != "win32":
        mine = os.fstat(fd)
        if status and (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
            with suppress(PermissionError):  # someone else's file in a folder of ours: replacing it makes it ours
                os.fchown(fd, status.st_uid, status.st_gid)
        os.fchmod(fd, status.st_mode & 0o777 if status else 0o644)


def _sweep(folder: Folder) -> None:
    """Removes what a killed run of ours left in the folder."""
    with suppress(OSError):
        for name in os.listdir(folder.path if folder.fd is None else folder.fd):
            if _TEMP.fullmatch(name):
                _unlink_quietly(folder, name)


def _unlink_quietly(folder: Folder, name: str) -> None:
    with suppress(OSError):
        os.unlink(folder.at(name), dir_fd=folder.fd)


def _retrying(step: Callable[[], None]) -> None:
    """Carries out ``step``; on Windows again and again while someone holds the file open, for two seconds at most."""
    if sys.platform == "win32":
        for _ in range(_SHARING_RETRIES):
            with suppress(PermissionError):
                step()
                return
            time.sleep(_SHARING_PAUSE_S)
    step()
