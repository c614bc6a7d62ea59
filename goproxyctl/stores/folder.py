"""Folders, opened once and entered name by name, so that nobody can swap one for a link while we work in it."""

import errno
import os
import stat
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from goproxyctl.errors import StoreError
from goproxyctl.text import Text


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a file belongs: below ``root``, which may be reached through links, no link is followed.

    ``shown`` is what messages call it. ``owner``: the user id that the file (or the folder that it is to be made in)
    must have; None where that does not matter.
    """

    root: str
    folders: tuple[str, ...]
    name: str
    shown: str
    owner: int | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder. ``fd`` is None on Windows, where names are joined to ``path`` instead."""

    path: str
    fd: int | None

    def at(self, name: str) -> str:
        """What the system calls ``name`` in here, beside ``dir_fd=fd``."""
        return name if self.fd is not None else os.path.join(self.path, name)

    def close(self) -> None:
        """Lets the folder go."""
        if self.fd is not None:
            os.close(self.fd)

    def sync(self) -> None:
        """Makes names that were added or removed outlast a power loss, where the system offers that for folders."""
        if self.fd is None:
            return
        try:
            os.fsync(self.fd)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.EBADF, errno.ENOTSUP}:
                raise

    def remove(self, name: str) -> bool:
        """Removes a folder that is empty. Returns whether it was."""
        try:
            os.rmdir(self.at(name), dir_fd=self.fd)
        except OSError as error:
            if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
                return False
            raise
        self.sync()
        return True


def open_root(path: str) -> Folder:
    """The folder at ``path``, links followed."""
    if sys.platform == "win32":
        os.stat(path)
        return Folder(path, None)
    else:  # noqa: RET505 - mypy skips the branch of the other platform
        return Folder(path, _open(path, os.O_DIRECTORY, None))


def enter(folder: Folder, name: str, spot: Spot) -> Folder:
    """The folder ``name`` in ``folder``. Raises: StoreError when it is a link; OSError."""
    path = os.path.join(folder.path, name)
    if sys.platform == "win32":
        refuse_link(folder, name, spot)
        if not stat.S_ISDIR(os.stat(path).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return Folder(path, None)
    else:  # noqa: RET505 - as above
        try:
            return Folder(path, _open(name, os.O_DIRECTORY | os.O_NOFOLLOW, folder.fd))
        except OSError:
            refuse_link(folder, name, spot)
            raise


def walk(spot: Spot, opened: ExitStack) -> list[Folder]:
    """The folders down to the file, as far as they exist; ``opened`` closes them."""
    chain: list[Folder] = []
    with suppress(FileNotFoundError):
        chain.append(open_root(spot.root))
        opened.callback(chain[-1].close)
        for name in spot.folders:
            chain.append(enter(chain[-1], name, spot))
            opened.callback(chain[-1].close)
    return chain


def count_missing(spot: Spot) -> int:
    """How many folders `make_folders` would make."""
    with ExitStack() as opened:
        return len(spot.folders) + 1 - max(1, len(walk(spot, opened)))


def make_folders(spot: Spot, chain: list[Folder], opened: ExitStack, undo: ExitStack) -> int:
    """Makes the folders that ``chain`` lacks and adds them to it. Returns how many; ``undo`` takes them back."""
    missing = spot.folders[len(chain) - 1 :]
    for name in missing:
        parent = chain[-1]
        os.mkdir(parent.at(name), 0o755, dir_fd=parent.fd)
        undo.callback(_remove_quietly, parent, name)
        parent.sync()
        chain.append(enter(parent, name, spot))
        opened.callback(chain[-1].close)
    return len(missing)


def refuse_link(folder: Folder, name: str, spot: Spot) -> None:
    """Raises: StoreError when ``name`` in ``folder`` is a link."""
    with suppress(FileNotFoundError):
        found = os.stat(folder.at(name), dir_fd=folder.fd, follow_symlinks=False)
        junction = sys.platform == "win32" and found.st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT
        if stat.S_ISLNK(found.st_mode) or junction:
            raise StoreError(
                Text(
                    "store.link",
                    "{path}: {name!r} on the way there is a symbolic link; put a folder or a file there instead",
                    path=spot.shown,
                    name=name,
                )
            )


def _remove_quietly(folder: Folder, name: str) -> None:
    with suppress(OSError):
        folder.remove(name)


if sys.platform != "win32":

    def _open(name: str, flags: int, fd: int | None) -> int:
        """A descriptor of a folder, to search at least: one above a home may be closed to reading."""
        try:
            return os.open(name, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=fd)
        except PermissionError:
            if sys.platform != "linux":
                raise
            return os.open(name, os.O_PATH | os.O_CLOEXEC | flags, dir_fd=fd)
