"""Where the container of an address is on this machine, and what messages call it."""

import errno
import os
import sys
from pathlib import Path

from goproxyctl.errors import StoreError
from goproxyctl.resource import GOENV_FILE
from goproxyctl.stores import Roots
from goproxyctl.stores.folder import Spot
from goproxyctl.text import Text


def find_spot(container: str, roots: Roots) -> Spot:
    """The spot of a container.

    Links are followed on the machine, when they lead to what is the user's; never in the tree.
    Raises: StoreError where there can be no such file.
    """
    if container == GOENV_FILE:
        if roots.go_env is None:
            raise StoreError(
                Text("store.no-go-env", "go env file: go reads none here ({why}); change that first",
                     why=roots.go_env_why)
            )  # fmt: skip
        return _machine(roots.go_env, roots.home, str(roots.go_env))
    parts = container.removeprefix("~/").split("/")
    if {"", ".", ".."} & set(parts) or any(c in part for part in parts for c in _FORBIDDEN):
        words = Text("store.path", "{path}: this path leads elsewhere; use a plain relative one", path=container)
        raise StoreError(words)
    if container.startswith("~/"):
        return _machine(roots.home.joinpath(*parts), roots.home, container)
    return Spot(str(roots.tree), tuple(parts[:-1]), parts[-1], container)


#: A colon is a drive or a stream on Windows.
_FORBIDDEN = "\\\0:" if sys.platform == "win32" else "\\\0"


def _machine(path: Path, home: Path, shown: str) -> Spot:
    """The real file behind ``path``; only where a link was followed does it matter whose it is."""
    base = os.path.realpath(home)
    real = os.path.realpath(path)
    plain = os.path.join(base, path.relative_to(home)) if path.is_relative_to(home) else os.path.normpath(path)
    root = base if Path(real).is_relative_to(base) else Path(real).anchor
    *folders, name = Path(real).relative_to(root).parts
    return Spot(root, tuple(folders), name, shown, None if real == plain else _user())


def _user() -> int | None:
    if sys.platform == "win32":
        return None
    else:  # noqa: RET505 - mypy skips the branch of the other platform
        return os.geteuid()


def say(shown: str, error: OSError) -> Text:
    """What the system said, by the name of the error: names are the same everywhere."""
    code = errno.errorcode.get(error.errno or 0, str(error.errno))
    return Text(
        "store.os", "{path}: the system says {code} ({words}); correct that and run again",
        path=shown, code=code, words=os.strerror(error.errno or 0),
    )  # fmt: skip
