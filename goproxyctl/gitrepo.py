"""The policy at an older revision, read through GitPython. Nothing of the repository is run: no hook, no filter."""

import os
import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goproxyctl.errors import StoreError
from goproxyctl.programs import find_program
from goproxyctl.text import Text

#: Units: bytes. As for the files that are there now.
MOST_BYTES = 1 << 20

#: Set for every call. Source: git-config(1) and git(1): what a repository may configure to be run, and lazy fetching.
_OPTIONS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.untrackedCache=false", "protocol.allow=never")
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository at ``top``, and the way to read the files below ``folder`` in it.

    Shape: ``folder`` is a POSIX path relative to ``top``, "." for the top itself.
    """

    name: str
    commit: str
    folder: str
    git: Callable[..., bytes]

    def read(self, path: str) -> bytes:
        """The bytes of a file, by its path relative to ``folder``. Raises: StoreError when there is no such file."""
        within = posixpath.normpath(posixpath.join(self.folder, path))
        if posixpath.isabs(path) or within.split("/")[0] == "..":
            raise StoreError(Text("git.outside", "{path}: it is outside the repository", path=path))
        mode, size, blob = self._entry(path, within)
        if mode == "120000":
            raise StoreError(
                Text("git.symlink", "{path}: at {revision} it is a symbolic link; those are not followed",
                     path=path, revision=self.name)
            )  # fmt: skip
        if size > MOST_BYTES:
            raise StoreError(
                Text("git.large", "{path}: at {revision} it has {size} bytes, more than a policy may",
                     path=path, revision=self.name, size=size)
            )  # fmt: skip
        return self.git("cat-file", "blob", blob)

    def _entry(self, path: str, within: str) -> tuple[str, int, str]:
        """Mode, size and blob. Source: git-ls-tree(1), output format with -l -z."""
        listed = self.git("ls-tree", "-l", "-z", "--full-tree", self.commit, "--", within).decode(errors="replace")
        fields = listed.partition("\t")[0].split()
        if len(fields) != 4 or fields[1] != "blob":
            raise StoreError(
                Text("git.no-file", "{path}: there is no such file at {revision}", path=path, revision=self.name)
            )
        if not fields[3].isdecimal():
            raise StoreError(
                Text(
                    "git.no-content",
                    "{path}: its content at {revision} is not here (a partial clone); run git fetch --refetch",
                    path=path,
                    revision=self.name,
                )
            )
        return fields[0], int(fields[3]), fields[2]


def open_revision(top: Path, folder: str, name: str, search: str) -> Revision:
    """The commit that ``name`` stands for in the repository at ``top``; ``search`` is PATH, to find git in.

    Raises: StoreError when git is missing, or knows no such commit.
    """
    git = _git(top, search)
    if name.startswith("-") or not name.isprintable():
        raise StoreError(_unknown(name))
    try:
        commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except StoreError as error:
        if error.text.id == "git.failed":
            raise StoreError(_unknown(name)) from None
        raise
    return Revision(name, commit.decode("ascii").strip().splitlines()[-1], folder, git)


def _unknown(name: str) -> Text:
    return Text(
        "git.unknown-revision",
        "{revision}: git knows no such commit here; git log lists them (a shallow clone: git fetch --unshallow)",
        revision=name,
    )


def _git(top: Path, search: str) -> Callable[..., bytes]:
    """A function that runs git in ``top`` and gives back what it prints. Raises: StoreError."""
    library = _library(search)
    command = library.Git(str(top))
    command.update_environment(**_ENVIRONMENT, GIT_CEILING_DIRECTORIES=str(top.parent))
    options = [part for option in _OPTIONS for part in ("-c", option)]

    def run(*arguments: str) -> bytes:
        line = [library.Git.GIT_PYTHON_GIT_EXECUTABLE, "--no-pager", *options, *arguments]
        try:
            with _without_git_variables():
                printed: bytes = command.execute(line, stdout_as_string=False, strip_newline_in_stdout=False)
        except library.GitCommandError as error:
            said = error.stderr.strip().removeprefix("stderr: ").strip("'")
            raise StoreError(Text("git.failed", "git: {what}", what=said or error.status)) from None
        return printed

    return run


def _library(search: str) -> Any:
    """GitPython, which runs ``git version`` when it is imported: so git is found first, and never beside the policy."""
    found = find_program("git", search)
    if not found:
        raise StoreError(Text("git.missing", "git: not found; install it, or leave out --from"))
    os.environ.setdefault("GIT_PYTHON_GIT_EXECUTABLE", found)  # what the import itself runs
    from git import cmd

    cmd.Git.refresh(found)
    return cmd


@contextmanager
def _without_git_variables() -> Iterator[None]:
    """Hides GIT_DIR and the like, which a hook sets and which would lead to another repository."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
