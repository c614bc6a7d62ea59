"""Reads a policy and the files it names, and nothing outside the repository that holds it."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from goproxyctl.errors import PolicyError, Problem, StoreError
from goproxyctl.stores.folder import Spot, walk
from goproxyctl.text import Text

#: Units: bytes. A policy has its own, lower limit; a bundle of certificates takes more.
MOST_BYTES = 1 << 20


class Folder(NamedTuple):
    """The folder of a policy, and what may be read for it.

    ``path`` and ``top`` are real paths: the folder, and the git work tree that holds it (else the folder itself).
    ``shown`` is what messages put before a path in it: the folder as it was named on the command line.
    """

    path: Path
    top: Path
    shown: str

    def read(self, relative: str) -> bytes:
        """The bytes of a file by its path relative to the folder. Raises: StoreError."""
        real = Path(os.path.realpath(self.path / relative))
        if os.path.isabs(relative) or not real.is_relative_to(self.top):
            raise StoreError(
                Text("read.outside", "{file}: it leads outside {top}; a policy is made of files inside its repository",
                     file=self.name(relative), top=self.top)
            )  # fmt: skip
        try:
            return _read(self.top, real, self.name(relative))
        except OSError as error:
            raise StoreError(
                Text("read.failed", "{file}: cannot be read: {why}", file=self.name(relative), why=error.strerror)
            ) from error

    def name(self, relative: str) -> str:
        """The file as messages call it."""
        return self.shown + relative


def _read(top: Path, real: Path, name: str) -> bytes:
    """The bytes of a regular file below ``top``: no step of the way there is a link, not even one of a moment ago."""
    *folders, last = real.relative_to(top).parts or (".",)
    with ExitStack() as opened:
        chain = walk(Spot(str(top), tuple(folders), last, name), opened)
        if len(chain) <= len(folders):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        inner = chain[-1]
        _check_sort(os.stat(inner.at(last), dir_fd=inner.fd, follow_symlinks=False).st_mode, name)
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(inner.at(last), flags, dir_fd=inner.fd), "rb") as file:
            _check_sort(os.fstat(file.fileno()).st_mode, name)
            content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise StoreError(
            Text(
                "read.large", "{file}: it has more than {most} bytes; is it the right file?", file=name, most=MOST_BYTES
            )
        )
    return content


def _check_sort(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise StoreError(Text("read.folder", "{file}: this is a folder; name the file", file=name))
    if not stat.S_ISREG(mode):
        raise StoreError(Text("read.special", "{file}: this is no regular file", file=name))


def open_folder(file: str, cwd: Path) -> tuple[Folder, str]:
    """The folder of the policy ``file``, and the file's name in it. Raises: StoreError when there is no such file."""
    path = cwd / file
    if path.is_dir():
        raise StoreError(Text("read.policy-folder", "{file}: this is a folder; name the policy in it", file=file))
    if not os.path.lexists(path):
        raise StoreError(
            Text(
                "read.no-policy",
                "{file}: there is no such file; goproxyctl init writes one, -f names another",
                file=file,
            )
        )
    tree = Path(os.path.realpath(path.parent))
    shown = file[: len(file) - len(path.name)]
    return Folder(tree, _work_tree(tree), shown), path.name


def _work_tree(folder: Path) -> Path:
    """The git work tree around ``folder``: found by its .git, without running git."""
    return next((above for above in (folder, *folder.parents) if os.path.lexists(above / ".git")), folder)


@contextmanager
def placed(folder: Folder) -> Iterator[None]:
    """Positions in a PolicyError as the person would open them: the folder as it was named comes first."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError([placed_problem(problem, folder) for problem in error.problems]) from error


def placed_problem(problem: Problem, folder: Folder) -> Problem:
    """The problem, with its file as the person would open it."""
    return problem._replace(position=problem.position._replace(file=folder.name(problem.position.file)))
